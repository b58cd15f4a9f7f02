/**
 * Counts what the desk uses, in the units that AWS bills. Calls are counted where they pass, at the gateway; what AWS
 * does by itself (delivering, polling, invoking, keeping time) where the engines do it. What `admin` does is left out.
 * It is kept with the data, and may be some seconds behind when the desk is killed.
 */
import { Readable } from 'node:stream';
import {
  alarmMetrics,
  HOURS_A_MONTH,
  POLLS_A_MONTH,
  type Reading,
  type Standing,
} from '../core/insight/cost.ts';
import type { Amounts, Unit } from '../core/insight/prices.ts';
import type { Buckets } from './buckets.ts';
import type { FunctionSetting, Functions, Heard } from './functions.ts';
import type { HeardCall, Service } from './gateway.ts';
import type { Plan } from './plan.ts';
import type { Fields } from './protocol.ts';
import type { Queues } from './queues.ts';
import { nextOccurrence } from './scheduler.ts';
import type { State } from './state.ts';
import type { Assembly } from './template.ts';
import type { Topics } from './topics.ts';

export interface Meter {
  add(by: string, unit: Unit, amount: number): void;
  /** A call over the gateway. */
  called(call: HeardCall): void;
  /** What DynamoDB says that a call consumed. */
  consumed(by: string, units: { reads: number; writes: number }): void;
  functions: Heard;
  transition(): void;
  /** The same things, counted: as AWS's own services use them. */
  counted: {
    queues(queues: Queues): Queues;
    topics(topics: Topics): Topics;
    buckets(buckets: Buckets): Buckets;
    schedules(functions: Pick<Functions, 'invoke'>): Pick<Functions, 'invoke'>;
  };
  read(): Reading;
  /** By whom, a function by its logical id, and by `service:Operation`; since the desk began. */
  callsBy(): Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How many metrics of our own the functions have published: each is billed by itself. */
  ownMetrics(): number;
  stop(): void;
}

const KEPT_EVERY_MS = 5_000;
/** SQS and SNS count a request for each 64 KB that are begun. */
const REQUEST_OCTETS = 65_536;
const CHUNK_OCTETS = 262_144;
const GB = 2 ** 30;
/** A function with less memory has as much less of a processor. */
const WHOLE_PROCESSOR_MB = 1_769;
/** What Lambda writes of its own into the log at each call, in JSON: start and report, each with its 26 octets of overhead. */
const LAMBDA_LOGS = 800;

/** `now`: desk time, ISO 8601 UTC. */
export function openMeter(state: State, now: () => string): Meter {
  const kept = state.read<Reading>('meter') ?? { since: now(), by: {}, calls: {} };
  const by: Record<string, Amounts> = structuredClone(kept.by);
  const calls: Record<string, number> = { ...kept.calls };
  /** The same by whom, since the desk began. */
  const callsBy: Record<string, Record<string, number>> = {};
  const ownMetrics = new Set(state.read<string[]>('meter:metrics'));
  const read = (): Reading => ({ since: kept.since, by, calls });
  let dirty = true;
  const keep = () => {
    if (!dirty) return;
    dirty = false;
    state.write('meter', read());
    state.write('meter:metrics', [...ownMetrics]);
  };
  const timer = setInterval(keep, KEPT_EVERY_MS).unref();

  const count = (call: string, who = 'aws') => {
    calls[call] = (calls[call] ?? 0) + 1;
    callsBy[who] ??= {};
    callsBy[who][call] = (callsBy[who][call] ?? 0) + 1;
    dirty = true;
  };
  const add: Meter['add'] = (who, unit, amount) => {
    by[who] ??= {};
    const amounts = by[who];
    amounts[unit] = (amounts[unit] ?? 0) + amount;
    dirty = true;
  };
  const seconds = ({ memory }: FunctionSetting, ms: number) =>
    (ms / 1_000) * (memory / 1_024) * Math.max(1, WHOLE_PROCESSOR_MB / memory);

  return {
    add,
    called({ principal, service, operation, octets }) {
      if (principal === 'admin') return;
      count(`${service}:${operation}`, principal);
      for (const [unit, amount] of unitsOf(service, operation, octets)) add(principal, unit, amount);
    },
    consumed(who, { reads, writes }) {
      if (who === 'admin') return;
      if (reads > 0) add(who, 'dynamodb-reads', reads);
      if (writes === 0) return;
      add(who, 'dynamodb-writes', writes);
      // A unit is at most a kilobyte, and in a transaction half of one: the most that can be left of it.
      add(who, 'dynamodb-gb-months', (writes * 512) / GB);
      add(who, 'dynamodb-backup-gb-months', (writes * 512) / GB);
    },
    functions: {
      ran(setting, ms) {
        count('lambda:Invoke');
        add(setting.id, 'lambda-requests', 1);
        add(setting.id, 'lambda-gb-seconds', seconds(setting, ms));
        add(setting.id, 'log-gb', LAMBDA_LOGS / GB);
        if (setting.traced) add(setting.id, 'xray-traces', 1);
      },
      loaded(setting, ms) {
        count('lambda:Init');
        add(setting.id, 'lambda-init-gb-seconds', seconds(setting, ms));
      },
      logged({ id }, text) {
        add(id, 'log-gb', Buffer.byteLength(text) / GB);
        for (const metric of metricsIn(text)) ownMetrics.add(metric);
      },
    },
    transition() {
      count('states:Transition');
      add('states', 'states-transitions', 1);
    },
    counted: {
      queues: (queues) => ({
        ...queues,
        send(arn, body, options) {
          count('sqs:SendMessage');
          add('sqs', 'sqs-requests', requests(Buffer.byteLength(body)));
          return queues.send(arn, body, options);
        },
        receive(arn, most, visibility) {
          const taken = queues.receive(arn, most, visibility);
          // Polls that find nothing go on for ever, and are reckoned for each month.
          if (taken.length === 0) return taken;
          count('sqs:ReceiveMessage');
          const octets = taken.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
          add('sqs', 'sqs-requests', requests(octets));
          return taken;
        },
        delete(arn, receiptHandle) {
          // Lambda deletes a batch at once: this is the most that it can be.
          count('sqs:DeleteMessage');
          add('sqs', 'sqs-requests', 1);
          return queues.delete(arn, receiptHandle);
        },
      }),
      topics: (topics) => ({
        ...topics,
        publish(arn, message, subject) {
          count('sns:Publish');
          add('sns', 'sns-published', requests(Buffer.byteLength(message)));
          return topics.publish(arn, message, subject);
        },
      }),
      buckets: (buckets) => ({
        ...buckets,
        async put(bucket, key, body, also) {
          let octets = 0;
          const measured = async function* () {
            for await (const part of body) {
              octets += Buffer.byteLength(part);
              yield part;
            }
          };
          await buckets.put(bucket, key, Readable.from(measured()), also);
          count('s3:PutObject');
          add('ses', 's3-writes', 1);
          add('ses', 's3-gb-months', octets / GB);
          // The notice that SES writes when a rule is made is no mail, and tells nobody.
          if (!also) return;
          count('ses:Receive');
          add('ses', 'ses-received', 1);
          add('ses', 'ses-received-chunks', Math.floor(octets / CHUNK_OCTETS));
        },
      }),
      schedules: (functions) => ({
        invoke(arn, event) {
          count('scheduler:Invoke');
          return functions.invoke(arn, event);
        },
      }),
    },
    read,
    callsBy: () => callsBy,
    ownMetrics: () => ownMetrics.size,
    stop() {
      clearInterval(timer);
      keep();
    },
  };
}

function unitsOf(service: string, operation: string, octets: number): [Unit, number][] {
  switch (service) {
    case 's3':
      if (/^(Get|Head)/.test(operation)) return [['s3-reads', 1]];
      if (/^Delete/.test(operation)) return [];
      return [
        ['s3-writes', 1],
        ...(operation === 'PutObject' ? ([['s3-gb-months', octets / GB]] as [Unit, number][]) : []),
      ];
    case 'sqs':
      return [['sqs-requests', requests(octets)]];
    case 'ses':
      // SES bills what is attached; all of the mail is the most that it can be. It came in base 64.
      return operation === 'SendRawEmail'
        ? [
            ['ses-sent', 1],
            ['ses-sent-gb', (octets * 3) / 4 / GB],
          ]
        : [];
    case 'ssm':
      return [['kms-requests', 1]];
    default:
      return [];
  }
}

function requests(octets: number): number {
  return Math.max(1, Math.ceil(octets / REQUEST_OCTETS));
}

/** Metrics of our own that a log line declares, one for each set of dimensions: CloudWatch's embedded metric format. */
function metricsIn(text: string): string[] {
  if (!text.includes('"_aws"')) return [];
  return text.split('\n').flatMap((line) => {
    try {
      const read = JSON.parse(line) as Fields;
      const { CloudWatchMetrics = [] } = (read._aws ?? {}) as {
        CloudWatchMetrics?: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
      return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((dimensions) => {
          const values = dimensions.map((name) => `${name}=${read[name]}`).join();
          return Metrics.map(({ Name }) => `${Namespace}/${Name}/${values}`);
        }),
      );
    } catch {
      return [];
    }
  });
}

/** What the template has that costs though nobody writes. `canaries`: schedules that make the desk write to itself each time. */
export function standingOf(plan: Plan, { template }: Assembly, canaries: ReadonlySet<string>): Standing {
  const resources = Object.values(template.Resources);
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const idOf = new Map(plan.functions.map(({ arn, id }) => [arn, id]));
  return {
    polls: plan.queueSources.length * POLLS_A_MONTH,
    scheduled: plan.schedules.map((schedule) => {
      const id = idOf.get(schedule.functionArn) ?? schedule.id;
      return { function: id, perMonth: perMonth(schedule), writesMail: canaries.has(schedule.id) };
    }),
    alarms: ofType('AWS::CloudWatch::Alarm').reduce(
      (sum, { Properties }) => sum + alarmMetrics(Properties),
      0,
    ),
    metrics: ofType('AWS::Logs::MetricFilter').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
  };
}

const WEEK_MS = 7 * 86_400_000;
/** A Monday. */
const FROM = Date.parse('2026-03-02T00:00:00Z');

function perMonth(schedule: Plan['schedules'][number]): number {
  let [times, last] = [0, FROM];
  for (;;) {
    const at = nextOccurrence(schedule, last, last);
    if (at === null || at > FROM + WEEK_MS) break;
    times++;
    last = Math.max(at, last + 1);
  }
  return (times * HOURS_A_MONTH) / (7 * 24);
}

/** Only an admin asks. `standing`: to reckon it takes as long as half a start, and hardly anybody asks. */
export function meterService(meter: Meter, standing: () => Standing): Service {
  let reckoned: Standing | undefined;
  return {
    protocol: 'json-1.0',
    operations: {
      ReadMeter() {
        reckoned ??= standing();
        return {
          ...meter.read(),
          callsBy: meter.callsBy(),
          standing: { ...reckoned, metrics: reckoned.metrics + meter.ownMetrics() },
        };
      },
    },
    needs: (operation) => [{ action: `meter:${operation}`, resource: '*' }],
  };
}
