/**
 * The desk on a laptop: the synthesized template, and an engine for each thing in it. Everything that must outlive the
 * process lies in one data folder.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBuckets } from './buckets.ts';
import { startClock } from './clock.ts';
import { openDoor } from './door.ts';
import { openDrills } from './drills.ts';
import { openTables } from './dynamodb.ts';
import type { EventSource } from './event-sources.ts';
import { startQueueSource, startStreamSource } from './event-sources.ts';
import { openExecutions } from './executions.ts';
import { DeskFault } from './fault.ts';
import { openFunctions } from './functions.ts';
import type { Guard } from './gateway.ts';
import { startGateway } from './gateway.ts';
import type { Mailer } from './mailer.ts';
import { openMailer } from './mailer.ts';
import { meterService, openMeter, standingOf } from './meter.ts';
import { readDesk } from './page/mailboxes.ts';
import { openRecords } from './page/records.ts';
import { openParameters } from './parameters.ts';
import type { Call, Permissions } from './permissions.ts';
import { openPermissions } from './permissions.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './plan.ts';
import { provision } from './provisioning.ts';
import { queueService } from './queue-service.ts';
import { openQueues } from './queues.ts';
import type { Receiver } from './receipt.ts';
import { openReceiver } from './receipt.ts';
import { startRelay } from './relay.ts';
import { startScheduler } from './scheduler.ts';
import type { State } from './state.ts';
import { lock, openState } from './state.ts';
import { readAssembly } from './template.ts';
import { openTopics } from './topics.ts';
import { openWeb } from './web.ts';

export interface DeskSetting {
  dataDir: string;
  /** Forget what the data folder holds. */
  fresh: boolean;
  /** 0 takes any port. */
  smtpPort: number;
  webPort: number;
  /** `smtp://host:port` */
  relay: string | null;
  speed: number;
  /** Desk time of the first start, epoch ms: the wall's unless it is given. */
  begin?: number;
  /** Hears of each call and delivery that the policies allowed. */
  onCall?: (call: Call) => void;
}

export interface Desk {
  smtpPort: number;
  webPort: number;
  endpoint: string;
  outputs: Record<string, string>;
  /** Desk time, ISO 8601 UTC. */
  now(): string;
  /**
   * From now on desk time goes so many times faster than the wall's. The functions learn the clock when they load: they
   * load anew. Resolves when none goes by the old speed any more.
   */
  setSpeed(speed: number): Promise<void>;
  /** Resolves when an engine has ended by itself, which the desk cannot go on without. */
  failed: Promise<DeskFault>;
  stop(): Promise<void>;
}

/** What the CLI needs to know of a desk that runs; `<data>/running.json`. */
export interface Running {
  pid: number;
  endpoint: string;
  region: string;
  accessKeyId: string;
  outputs: Record<string, string>;
  smtpPort: number;
  webPort: number;
  /** As DESK_CLOCK has it. */
  clock: string;
  /** The checked configuration that its functions run with. */
  deskFile: string;
}

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const HOUSEKEEPING_MS = 10 * 60_000;
/** A canary proves that the world's mail gets through, of which there is none here; and at --speed 3600 one would come each second. */
const OF_THE_ACCOUNT: ReadonlySet<string> = new Set(['CanarySchedule']);
/** All that a desk writes into its data folder. */
const CONTENTS = /^(state\.db|table\.db)(-wal|-shm|-journal)?$|^(buckets|sent|logs|running\.json)$/;

/**
 * `assembly` is asked for the cloud assembly's folder once the data folder is ours. `say` hears in a line of faults that
 * nobody waits for; the log has them whole. `judge` decides what the policies allow; a bench measures what that costs.
 * Throws DeskFault for what the owner can mend.
 */
export async function startDesk(
  setting: DeskSetting,
  assembly: () => Promise<string>,
  say: (line: string) => void = () => {},
  judge: typeof openPermissions = openPermissions,
): Promise<Desk> {
  const report = reporter(setting.dataDir, say);
  // What was opened is closed in the reverse order, whether the desk ends or does not even come to be.
  const closers: (() => void | Promise<void>)[] = [];
  const stop = once(async () => {
    report.silence();
    for (const close of closers.reverse()) await close();
  });
  try {
    const state = openData(setting);
    closers.push(() => state.close());
    const outdir = await assembly();
    return { ...(await open(setting, { state, outdir, report, closers, judge })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openData({ dataDir, fresh }: DeskSetting): State {
  // A folder that holds something else is not written into, and nothing in it is deleted.
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0 && !existsSync(join(dataDir, 'state.db'))) {
    throw new DeskFault(
      `${dataDir} holds files that are not a desk's. Choose another folder with --data DIR.`,
    );
  }
  if (!fresh) return openState(dataDir);
  lock(dataDir).close();
  for (const name of readdirSync(dataDir)) {
    if (CONTENTS.test(name)) rmSync(join(dataDir, name), { recursive: true });
  }
  return openState(dataDir);
}

interface Opening {
  state: State;
  outdir: string;
  report: Reporter;
  closers: (() => void | Promise<void>)[];
  judge: typeof openPermissions;
}

async function open(setting: DeskSetting, opening: Opening): Promise<Omit<Desk, 'stop'>> {
  const { dataDir } = setting;
  const { state, outdir, report, closers, judge } = opening;
  const clock = startClock(state, setting.speed, setting.begin);
  closers.push(() => clock.stop());

  // The plan names the gateway's address, and the gateway asks what the plan permits: nobody calls before both are there.
  let permissions: Permissions | undefined;
  const guard: Guard = { authorize: (principal, needs) => permissions?.authorize(principal, needs) };
  const meter = openMeter(state, clock.iso);
  closers.push(() => meter.stop());
  const drills = openDrills(report.note);
  closers.push(() => drills.stop());
  const gateway = await startGateway(guard, report, drills.strike, meter.called);
  closers.push(() => gateway.stop());
  gateway.add('drill', drills.service);
  const account = { region: REGION, accountId: ACCOUNT };
  const assembly = readAssembly(outdir);
  const plan = readPlan(assembly, { endpoint: gateway.endpoint, ...account });
  gateway.add(
    'meter',
    meterService(meter, () => standingOf(plan, assembly, OF_THE_ACCOUNT)),
  );
  const granted = judge(plan.policies, firstOfEach(report), setting.onCall);
  permissions = granted;
  const may = deliveries(granted);

  let fail: (fault: DeskFault) => void = () => {};
  const failed = new Promise<DeskFault>((resolve) => {
    fail = resolve;
  });
  const tables = await openTables(
    dataDir,
    state,
    guard,
    plan.tables,
    (reason) => fail(new DeskFault(`${reason} Start the desk again; nothing is lost.`)),
    meter.consumed,
  );
  closers.push(() => tables.stop());
  const queues = openQueues(state, clock, plan.queues);
  closers.push(() => queues.stop());
  // What AWS's own services do with queues, topics and the bucket passes no gateway.
  const { counted } = meter;
  const ownQueues = counted.queues(queues);
  const topics = counted.topics(openTopics(state, clock, ownQueues, plan.topics, may.deliver));
  const buckets = openBuckets(state, clock, dataDir, guard, plan.buckets);
  const receiver = openReceiver(
    { state, clock, buckets: counted.buckets(buckets), topics, region: REGION },
    may.receive,
    plan.rules,
  );
  const relay = startRelay(state, dataDir, setting.relay, report);
  closers.push(() => relay.stop());
  const mailer = openMailer(
    {
      state,
      clock,
      topics,
      receiver,
      dataDir,
      ...account,
      relay: relay.add,
      mayPublish: may.publish,
      report,
    },
    plan.mailer,
  );
  closers.push(() => mailer.stop());
  const functions = openFunctions(
    dataDir,
    (id) => functionEnvironment(id, gateway.endpoint, dataDir),
    plan.functions.map((each) => ({ ...each, environment: withClock(each.environment, clock.reading) })),
    meter.functions,
  );
  closers.push(() => functions.stop());
  const executions = openExecutions(
    state,
    clock,
    functions,
    plan.machines,
    may.invoke,
    report,
    meter.transition,
  );
  closers.push(() => executions.stop());

  gateway.add('dynamodb', tables.service);
  gateway.add('sqs', queueService(queues, gateway.endpoint));
  gateway.add('sns', topics.service);
  gateway.add('s3', buckets.service);
  gateway.add('ses', mailer.service);
  gateway.add('states', executions.service);
  gateway.add('ssm', openParameters(state, account));
  await provision(plan, { state, functions, gateway });
  await announce(plan, { state, receiver, mailer });

  checkMappings(plan, granted);
  const world = { functions, queues: ownQueues, region: REGION, state, tables, clock, report };
  const sources = startSources(plan, world);
  closers.push(() => sources.stop());
  const scheduler = startScheduler(
    state,
    clock,
    counted.schedules(functions),
    ownQueues,
    plan.schedules.filter(({ id }) => !OF_THE_ACCOUNT.has(id)),
    report,
  );
  closers.push(() => scheduler.stop());

  const door = await openDoor(setting.smtpPort, receiver, report);
  closers.push(() => door.stop());
  const isBusy = () => functions.isBusy() || mailer.isBusy() || sources.isBusy();
  const known = readDesk(plan.functions[0]?.folder);
  if (known?.triage.bedrock)
    report.note(
      `triage.bedrock of desk.yaml names ${known.triage.bedrock.model}: on a laptop there is no such model, and mail is filed without it`,
    );
  const web = await openWeb(
    setting.webPort,
    {
      ...{ clock, mailer, isBusy, smtpPort: door.port, onChange: tables.onWrite },
      records: openRecords(gateway.endpoint, REGION, plan.outputs),
      desk: known,
    },
    report,
  );
  closers.push(() => web.stop());

  const housekeeping = setInterval(() => {
    tables.expire().catch(report);
    buckets.expire().catch(report);
  }, HOUSEKEEPING_MS);
  closers.push(() => clearInterval(housekeeping));

  const { outputs } = plan;
  const ports = { smtpPort: door.port, webPort: web.port };
  const { endpoint } = gateway;
  const runningFile = join(dataDir, 'running.json');
  const deskFile = plan.functions.map(({ folder }) => join(folder, 'desk.json')).find(existsSync) ?? '';
  const tell = () => {
    const running: Running = {
      ...{ pid: process.pid, endpoint, region: REGION, accessKeyId: 'admin' },
      ...{ outputs, ...ports, clock: clock.reading, deskFile },
    };
    writeFileSync(runningFile, `${JSON.stringify(running, null, 2)}\n`);
  };
  tell();
  closers.push(() => rmSync(runningFile, { force: true }));
  const setSpeed = (speed: number) =>
    functions.renew(() => {
      clock.setSpeed(speed);
      tell();
      return ({ environment }) => withClock(environment, clock.reading);
    });
  return { ...ports, endpoint, outputs, now: clock.iso, setSpeed, failed };
}

/** What services do in their own name, or by a role, when nobody calls them: each step asks before it is taken. */
function deliveries(permissions: Permissions) {
  const asService = (service: string, source: string, action: string, resource: string) =>
    permissions.byService(service, { action, resource }, { arn: source, accountId: ACCOUNT });
  const ses = (rest: string) => `arn:aws:ses:${REGION}:${ACCOUNT}:${rest}`;
  return {
    deliver: (topicArn: string, queueArn: string) =>
      asService('sns.amazonaws.com', topicArn, 'sqs:SendMessage', queueArn),
    receive: (rule: { ruleSet: string; name: string }, action: string, resource: string) =>
      asService(
        'ses.amazonaws.com',
        ses(`receipt-rule-set/${rule.ruleSet}:receipt-rule/${rule.name}`),
        action,
        resource,
      ),
    publish: (configurationSet: string, topicArn: string) =>
      asService('ses.amazonaws.com', ses(`configuration-set/${configurationSet}`), 'sns:Publish', topicArn),
    invoke: (machineArn: string, functionArn: string) =>
      permissions.byRole(machineArn, { action: 'lambda:InvokeFunction', resource: functionArn }),
  };
}

/**
 * What is asked as a thing is made, not when it is used: whether a service may take on the role that it is given, and
 * whether the role of a mapping or a schedule has its rights. And what on a laptop never comes to pass: dead letters.
 */
function checkMappings(
  { functions, machines, topics, queueSources, streamSources, schedules, policies }: Plan,
  permissions: Permissions,
): void {
  const need = (role: string, actions: string[], resource: string) => {
    for (const action of actions) permissions.byRole(role, { action, resource });
  };
  const takeOn = (service: string, roleOf: string, arn: string) =>
    permissions.byService(
      service,
      { action: 'sts:AssumeRole', resource: policies.roleOf[roleOf] ?? '' },
      { arn, accountId: ACCOUNT },
    );
  for (const { arn } of functions) takeOn('lambda.amazonaws.com', arn, arn);
  for (const { arn } of machines) takeOn('states.amazonaws.com', arn, arn);
  const group = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/default`;
  for (const { id } of schedules) takeOn('scheduler.amazonaws.com', id, group);
  for (const { arn, subscriptions } of topics) {
    for (const { deadLetterArn } of subscriptions) {
      if (deadLetterArn) deliveries(permissions).deliver(arn, deadLetterArn);
    }
  }
  for (const { functionArn, queueArn } of queueSources) {
    need(functionArn, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queueArn);
  }
  for (const { functionArn, streamArn, onFailureQueueArn } of streamSources) {
    need(
      functionArn,
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      streamArn,
    );
    need(functionArn, ['dynamodb:ListStreams'], '*');
    if (onFailureQueueArn) need(functionArn, ['sqs:SendMessage'], onFailureQueueArn);
  }
  for (const { id, functionArn, onFailureQueueArn, deadLetterArn } of schedules) {
    need(id, ['lambda:InvokeFunction'], functionArn);
    if (deadLetterArn) need(id, ['sqs:SendMessage'], deadLetterArn);
    if (onFailureQueueArn) need(functionArn, ['sqs:SendMessage'], onFailureQueueArn);
  }
}

/**
 * Everything that feeds functions. First what SES said of mail that a killed desk sent: only then the queue in which
 * that same mail waits to be sent again.
 */
function startSources(
  plan: Plan,
  world: Parameters<typeof startQueueSource>[0] & Parameters<typeof startStreamSource>[0],
): EventSource {
  const told = toldBySes(plan);
  const sources: EventSource[] = [];
  let [begun, stopped] = [false, false];
  const begin = (wanted: Plan['queueSources']) => {
    for (const source of wanted) sources.push(startQueueSource(world, source));
  };
  begin(plan.queueSources.filter(({ queueArn }) => told.has(queueArn)));
  const goOn = () => {
    if (stopped) return;
    // What fails is hidden by its queue, so that this comes to an end.
    if (sources.some((source) => source.isBusy())) return void setTimeout(goOn, 10);
    begin(plan.queueSources.filter(({ queueArn }) => !told.has(queueArn)));
    const readers = Map.groupBy(plan.streamSources, ({ streamArn }) => streamArn);
    for (const source of plan.streamSources) {
      const ids = readers.get(source.streamArn)?.map(({ id }) => id);
      sources.push(startStreamSource(world, source, ids));
    }
    begun = true;
  };
  goOn();
  return {
    isBusy: () => !begun || sources.some((source) => source.isBusy()),
    stop() {
      stopped = true;
      for (const source of sources) source.stop();
    },
  };
}

/** The queues that hear what became of mail. */
function toldBySes({ mailer, topics }: Plan): Set<string> {
  const heard = new Set(
    mailer.configurationSets.flatMap(({ destinations }) => destinations.map(({ topicArn }) => topicArn)),
  );
  return new Set(
    topics
      .filter(({ arn }) => heard.has(arn))
      .flatMap(({ subscriptions }) => subscriptions.map(({ queueArn }) => queueArn)),
  );
}

/** What SES says once when a rule or an event destination is made. */
async function announce(
  plan: Plan,
  { state, receiver, mailer }: { state: State; receiver: Receiver; mailer: Mailer },
): Promise<void> {
  const rules = hash(plan.rules);
  if (state.read('announced:rules') !== rules) await receiver.announce();
  state.write('announced:rules', rules);
  const destinations = hash(plan.mailer.configurationSets);
  state.transaction(() => {
    if (state.read('announced:destinations') !== destinations) mailer.announce();
    state.write('announced:destinations', destinations);
  });
}

function functionEnvironment(id: string, endpoint: string, dataDir: string): Record<string, string> {
  // Nothing of the owner's own AWS set-up may reach the functions.
  const none = join(dataDir, 'none');
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: 'laptop',
    AWS_CONFIG_FILE: none,
    AWS_SHARED_CREDENTIALS_FILE: none,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function withClock(environment: Record<string, string>, reading: string): Record<string, string> {
  return 'DESK_CLOCK' in environment ? { ...environment, DESK_CLOCK: reading } : environment;
}

interface Reporter {
  (fault: unknown): void;
  /** Something worth knowing that is no fault. */
  note(line: string): void;
  silence(): void;
}

/** Faults that nobody waits for are written down, and said in one line. */
function reporter(dataDir: string, say: (line: string) => void): Reporter {
  const file = join(dataDir, 'logs', 'desk.log');
  let silent = false;
  const write = (text: string) => {
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    appendFileSync(file, `${new Date().toISOString()} ${text}\n`);
  };
  const report = (fault: unknown) => {
    if (silent) return;
    const error = fault instanceof Error ? fault : new Error(String(fault));
    write(String(error.stack));
    say(`${error.message.split('\n')[0]} (${file})`);
  };
  return Object.assign(report, {
    note(line: string) {
      if (silent) return;
      write(line);
      say(line);
    },
    silence() {
      silent = true;
    },
  });
}

/** A function that lacks a right lacks it at every call. */
function firstOfEach(report: (fault: unknown) => void): (fault: Error) => void {
  const said = new Set<string>();
  return (fault) => {
    if (said.has(fault.message)) return;
    said.add(fault.message);
    report(fault);
  };
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
