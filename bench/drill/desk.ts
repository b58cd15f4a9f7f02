/**
 * A desk whose functions are the real ones, with the real adapters and the SDK under them, over services in memory and a
 * clock that jumps to what is due next. At one or two of its calls something goes wrong.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { countDay } from '../../aws/count.ts';
import type { Desk } from '../../core/config/desk.ts';
import { Turn, WatchRequest } from '../../core/ticket/turn.ts';
import { advanceWatch } from '../../functions/advance-watch.ts';
import { countMeasures } from '../../functions/count-measures.ts';
import { again, openWorld, parse, type World } from '../../functions/handler.ts';
import { Received, receiveEmail } from '../../functions/receive-email.ts';
import { Feedback, receiveFeedback } from '../../functions/receive-feedback.ts';
import { relayEvents, StreamedEvent } from '../../functions/relay-events.ts';
import { sendDigests } from '../../functions/send-digests.ts';
import { sendOrPark, UpdateRequest } from '../../functions/send-update.ts';
import { startWatch } from '../../functions/start-watch.ts';
import { sweep } from '../../functions/sweep.ts';
import { NamedError } from './fault.ts';
import type { Item } from './items.ts';
import { goOn, type Outcome } from './machine.ts';
import { type Answer, type Call, connect, refusal, serve } from './services.ts';
import type { Execution, QueueName, ReaderName, ScheduledName, Site, Waiting } from './site.ts';
import { QUEUES } from './site.ts';

export const KINDS = [
  'error before',
  'error after',
  'timeout',
  'throttle',
  'crash before',
  'crash after',
  'twice',
  'out of order',
  'two at once',
] as const;
/** `late`: what the call put into a queue comes ten minutes later. By itself it is only slow, so it goes with another one. */
export type Kind = (typeof KINDS)[number] | 'late';

/** Which of the calls, from 0, and what goes wrong there. */
export interface Point {
  at: number;
  kind: Kind;
}

export interface Run {
  site: Site;
  desk: Desk;
  points: readonly Point[];
  /** Each `<function> <service>:<Action>` since calls were listed; null before. */
  calls: string[] | null;
  /** SES took a mail at a point, and its sender was not told. */
  inWindow: boolean;
  /** And SES says so only when the sender's lease is over. */
  isToldLate: boolean;
  /** What the SDK tries again with that answer. */
  refused: Map<string, 'broken' | 'throttled'>;
  seen: Set<string>;
  /** Processes that have nothing to do at the moment, of each function: as with Lambda, each does one thing at a time. */
  idle: Map<string, World[]>;
  /** Invocations that neither stand still nor are over. */
  active: number;
  whenIdle: () => void;
  /** What no retry mends. */
  stuck: Error | null;
  /** Sees each call that was answered as it is, in their order. */
  witness: ((call: Call, answer: Answer) => Promise<void>) | null;
  /** What waits until all others have gone before it. */
  parked: { by: Invocation; since: number; goOn: () => void } | null;
  /** Somebody waits for another delivery's end. */
  isRepeating: boolean;
}

interface Invocation {
  run: Run;
  fn: string;
  isDead: boolean;
  /** Another delivery of the same, until it is over or its process is gone. */
  repeat(): Promise<void>;
  gone: () => void;
}

const invocations = new AsyncLocalStorage<Invocation>();
let connected: Promise<void> | null = null;

export async function openRun(site: Site, desk: Desk, points: readonly Point[] = []): Promise<Run> {
  connected ??= connect(carry);
  await connected;
  return {
    ...{ site, desk, points, calls: null, inWindow: false, isToldLate: false },
    ...{ refused: new Map(), seen: new Set(), idle: new Map(), active: 0, whenIdle: () => {} },
    ...{ stuck: null, witness: null, parked: null, isRepeating: false },
  };
}

/** All that is due up to `end` happens, and all that comes of it. */
export async function until(run: Run, end: number): Promise<void> {
  const { site } = run;
  for (;;) {
    while (run.active > 0)
      await new Promise<void>((resolve) => {
        run.whenIdle = resolve;
      });
    if (run.stuck) throw run.stuck;
    const due = nextDue(run);
    if (run.parked && (!due || due.at > run.parked.since + LONGEST_PARK)) {
      const { goOn } = run.parked;
      run.parked = null;
      run.active++;
      goOn();
      continue;
    }
    if (!due || due.at > end) break;
    site.now = Math.max(site.now, due.at);
    due.start();
  }
  site.now = end;
}

/** Less than any function may take. */
const LONGEST_PARK = 20_000;

interface Due {
  at: number;
  start: () => void;
}

function nextDue(run: Run): Due | null {
  const { site } = run;
  const dues: Due[] = [
    ...QUEUES.flatMap((name) =>
      site.queues[name].waiting.map((waiting) => ({ at: waiting.at, start: () => hand(run, name, waiting) })),
    ),
    ...(Object.keys(site.readers) as ReaderName[]).flatMap((name) =>
      site.items.stream.length > site.readers[name].place
        ? [{ at: Math.max(site.readers[name].at, site.now), start: () => read(run, name) }]
        : [],
    ),
    ...[...site.executions].flatMap(([name, execution]) =>
      execution.status === 'RUNNING' ? [{ at: execution.at, start: () => turn(run, name, execution) }] : [],
    ),
    ...site.calls.map((call) => ({ at: call.at, start: () => schedule(run, call) })),
  ];
  return dues.reduce<Due | null>((first, due) => (first && first.at <= due.at ? first : due), null);
}

type Step<T> = (world: World) => Promise<T>;

function launch<T>(
  run: Run,
  fn: string,
  step: Step<T>,
  settle: (outcome: Outcome<T>) => void,
): Promise<void> {
  const idle = run.idle.get(fn) ?? [];
  run.idle.set(fn, idle);
  const world = idle.pop() ?? open(run);
  const { promise: death, resolve: gone } = Promise.withResolvers<void>();
  const invocation: Invocation = {
    ...{ run, fn, isDead: false, gone },
    repeat: () => launch(run, fn, step, () => {}),
  };
  run.active++;
  const whole = invocations.run(invocation, async () => {
    const outcome = await step(world).then(
      (value): Outcome<T> => ({ ok: true, value }),
      (error): Outcome<T> => ({ ok: false, error }),
    );
    if (invocation.isDead) return;
    idle.push(world);
    try {
      settle(outcome);
    } catch (error) {
      run.stuck ??= error as Error;
    }
    // It may have failed at one call while another stands still.
    restOf(invocation);
  });
  return Promise.race([whole, death]);
}

/** What stands still was counted out when it began to. */
function restOf(invocation: Invocation): void {
  const { run } = invocation;
  if (run.parked?.by === invocation) run.parked = null;
  else rest(run);
}

function rest(run: Run): void {
  run.active--;
  if (run.active === 0) run.whenIdle();
}

/** Six times what its function may take, and for how long messages are gathered (infra/queue.ts), ms. */
const HIDDEN: Record<QueueName, number> = {
  mail: 360_000,
  updates: 360_000,
  watches: 182_000,
  feedback: 182_000,
};
const MOST_RECEIVES = 5;

const READERS_OF: Record<
  QueueName,
  { fn: string; step(body: string, world: World, delivery: number): Promise<void> }
> = {
  mail: {
    fn: 'receive-email',
    step: (body, world, delivery) => receiveEmail(parse(Received, JSON.parse(body)), world, delivery),
  },
  updates: {
    fn: 'send-update',
    step: (body, world) => sendOrPark(parse(UpdateRequest, JSON.parse(body)), world),
  },
  watches: {
    fn: 'start-watch',
    step: (body, world) => startWatch(parse(WatchRequest, JSON.parse(body)), world),
  },
  feedback: {
    fn: 'receive-feedback',
    step: (body, world) => receiveFeedback(parse(Feedback, JSON.parse(body)), world),
  },
};

function hand(run: Run, name: QueueName, message: Waiting): void {
  const queue = run.site.queues[name];
  const gone = () => {
    queue.waiting = queue.waiting.filter((each) => each !== message);
  };
  if (message.received === MOST_RECEIVES) {
    gone();
    queue.dead.push(message.body);
    return;
  }
  message.received++;
  // Whoever dies with it leaves it as it is: it comes back when it is not hidden any more.
  message.at = run.site.now + HIDDEN[name];
  const { fn, step } = READERS_OF[name];
  const { body, received } = message;
  launch(
    run,
    fn,
    (world) => again(() => step(body, world, received)),
    ({ ok }) => void (ok && gone()),
  );
}

const MOST_RECORDS = 100;
const MOST_TRIES = 11;

function read(run: Run, name: ReaderName): void {
  const { site } = run;
  const reader = site.readers[name];
  const from = reader.place;
  const records = site.items.stream.slice(from, from + MOST_RECORDS);
  reader.at = site.now + 60_000;
  const done = (count: number) => {
    reader.place = Math.max(reader.place, from + count);
    reader.failed = 0;
    reader.at = site.now + (name === 'relay-events' ? 200 : 60_000);
  };
  const wanted = records.flatMap(({ isNew, item }, place) =>
    wants(name, isNew, item) ? [{ item, place }] : [],
  );
  if (wanted.length === 0) {
    done(records.length);
    return;
  }
  const step: Step<number[]> =
    name === 'relay-events'
      ? (world) =>
          relayEvents(
            wanted.map(({ item }) => parse(StreamedEvent, streamed(item))),
            world,
          )
      : (world) =>
          countMeasures(
            wanted.map(({ item }) => ({ Keys: { pk: item.pk as { S: string } } })),
            world,
          );
  launch(run, name, step, (outcome) => {
    const failed = outcome.ok ? Math.min(...outcome.value) : 0;
    if (failed === Number.POSITIVE_INFINITY) return done(records.length);
    const tries = reader.failed + 1;
    if (tries === MOST_TRIES) throw new Error(`${name} never succeeds`);
    done(wanted[failed]?.place ?? 0);
    Object.assign(reader, { failed: tries, at: site.now + 1000 });
  });
}

/** As the filters of the template say (infra/out.ts, infra/insight.ts). */
function wants(name: ReaderName, isNew: boolean, { pk, sk, restored }: Item): boolean {
  if (restored) return false;
  const isEvent = isNew && String(sk?.S).startsWith('EVENT#');
  if (name === 'relay-events') return isEvent;
  return (isEvent && String(pk?.S).startsWith('T#')) || sk?.S === 'MAIL' || sk?.S === 'UPDATE';
}

const streamed = (item: Item) => ({ Keys: { pk: item.pk, sk: item.sk }, NewImage: item });

function turn(run: Run, name: string, execution: Execution): void {
  goOn(execution, name, run.site.now, (payload, settle) =>
    launch(run, 'advance-watch', (world) => again(() => advanceWatch(parse(Turn, payload), world)), settle),
  );
}

const SCHEDULED: Record<ScheduledName, Step<unknown>> = { 'send-digests': sendDigests, sweep };

function schedule(run: Run, call: Site['calls'][number]): void {
  const { site } = run;
  const gone = () => {
    site.calls = site.calls.filter((each) => each !== call);
  };
  if (call.left === 0) {
    gone();
    return;
  }
  call.left--;
  call.at = site.now + 300_000;
  launch(run, call.fn, SCHEDULED[call.fn], ({ ok }) => {
    if (ok) gone();
    else call.at = site.now + 60_000;
  });
}

const never = () => new Promise<never>(() => {});

/** Each call of the SDK, and each of its repeats. */
async function carry(call: Call): Promise<Answer> {
  const invocation = invocations.getStore();
  if (!invocation) throw new Error(`${call.action} outside of any function`);
  const { run, fn } = invocation;
  if (invocation.isDead) return never();
  const refused = run.refused.get(call.id);
  if (refused) return refusal(call, refused);
  if (!run.seen.has(call.id)) {
    run.seen.add(call.id);
    run.calls?.push(`${fn} ${call.action}`);
    const place = (run.calls?.length ?? 0) - 1;
    const kinds = run.points.flatMap(({ at, kind }) => (at === place ? kind : []));
    if (kinds.length > 0) return strike(call, kinds, invocation);
  }
  const answer = serve(call, run.site);
  await run.witness?.(call, answer);
  return answer;
}

const LATE = 600_000;

async function strike(call: Call, kinds: readonly Kind[], invocation: Invocation): Promise<Answer> {
  const { run } = invocation;
  const { site } = run;
  const isLate = kinds.includes('late');
  const answer = () => {
    const before = new Set(QUEUES.flatMap((name) => site.queues[name].waiting));
    const answered = serve(call, site);
    if (isLate)
      for (const waiting of QUEUES.flatMap((name) => site.queues[name].waiting))
        if (!before.has(waiting)) waiting.at += LATE;
    return answered;
  };
  const take = () => {
    if (answer().statusCode !== 200 || call.action !== 'ses:SendRawEmail') return;
    run.inWindow = true;
    run.isToldLate ||= isLate;
  };
  const die = () => {
    invocation.isDead = true;
    restOf(invocation);
    invocation.gone();
    return never();
  };
  switch (kinds.find((kind) => kind !== 'late')) {
    case undefined:
      return answer();
    case 'error before':
      run.refused.set(call.id, 'broken');
      return refusal(call, 'broken');
    case 'throttle':
      run.refused.set(call.id, 'throttled');
      return refusal(call, 'throttled');
    case 'error after':
      take();
      run.refused.set(call.id, 'broken');
      return refusal(call, 'broken');
    case 'timeout':
      take();
      throw new NamedError('TimeoutError');
    case 'crash before':
      return die();
    case 'crash after':
      take();
      return die();
    case 'twice':
      run.isRepeating = true;
      await invocation.repeat();
      run.isRepeating = false;
      return answer();
    case 'out of order':
      // One at a time, and none for which another waits.
      if (run.parked || run.isRepeating) return answer();
      await new Promise<void>((resolve) => {
        run.parked = { by: invocation, since: site.now, goOn: resolve };
        rest(run);
      });
      return answer();
    case 'two at once':
      void invocation.repeat();
      return answer();
  }
}

const ENVIRONMENT = {
  DESK_TABLE: 'Drill',
  DESK_BUCKET: 'drill',
  DESK_CONFIGURATION_SET: 'drill',
  DESK_KEYS_PARAMETER: '/drill/keys',
  DESK_WATCH_MACHINE: 'arn:aws:states:us-east-1:000000000000:stateMachine:Watch',
  ...Object.fromEntries(
    QUEUES.map((name) => [
      `DESK_${name.toUpperCase()}_QUEUE`,
      `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`,
    ]),
  ),
};

/** A process of its own, as a cold start makes it. */
function open({ site, desk }: Run): World {
  const world = openWorld(ENVIRONMENT, desk, async () => new Uint8Array());
  const now = () => new Date(site.now).toISOString();
  return {
    ...world,
    now,
    realNow: () => site.now,
    random: (octets) =>
      createHash('sha256')
        .update(`${site.seed} ${site.drawn++}`)
        .digest()
        .subarray(0, octets),
    count: (day) => countDay(day, now(), world),
    log: { info() {}, warn() {} },
    metric: async () => {},
  };
}

/** By the desk's own count, whose calls nothing happens to. */
export async function balance(run: Run, day: string) {
  const asked = { ...run, calls: null };
  return new Promise<Awaited<ReturnType<World['count']>>>((resolve, reject) => {
    void launch(
      asked,
      'count',
      (world) => world.count(day),
      (outcome) => {
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      },
    );
  });
}
