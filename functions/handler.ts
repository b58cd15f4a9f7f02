/**
 * The one wrapper around every function, and the only place that reaches AWS. What a function is given:
 *
 * - called by AWS: the event is checked against the function's schema, each record of a batch by itself;
 * - on a cold start only: the world is opened from the environment and the desk that travels in the bundle;
 * - for every record: the function's own step runs with its input and the world.
 *
 * A step that throws is logged with its ids, never with addresses or text, and its record is tried again; the
 * others of the batch are done. After five tries a record lands in a dead-letter queue, where an alarm rings.
 */
import { readFile } from 'node:fs/promises';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type {
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { type Addresses, openAddresses } from '../aws/addresses.ts';
import { type Canaries, openCanaries } from '../aws/canaries.ts';
import { lazy } from '../aws/clients.ts';
import { type Digests, openDigests } from '../aws/digests.ts';
import { openKeys } from '../aws/keys.ts';
import { type Knowledge, openKnowledge } from '../aws/knowledge.ts';
import { type Ledger, openLedger } from '../aws/ledger.ts';
import { type Mailer, openMailer } from '../aws/mailer.ts';
import { type Mailroom, openMailroom } from '../aws/mailroom.ts';
import { openQueue, type Queue } from '../aws/queues.ts';
import { openRates, type Rates } from '../aws/rates.ts';
import type { Recalled } from '../aws/recall.ts';
import { openRecurringWork, type RecurringWork } from '../aws/recurring.ts';
import type { Removal } from '../aws/removal.ts';
import type { Rollups } from '../aws/rollups.ts';
import { openReports, type Reports } from '../aws/similar.ts';
import { openTable } from '../aws/table.ts';
import { openTickets, type Tickets } from '../aws/tickets.ts';
import type { Trial } from '../aws/trial.ts';
import { openUpdates, type Updates } from '../aws/updates.ts';
import { openWatches, type Watches } from '../aws/watches.ts';
import type { Desk } from '../core/config/desk.ts';
import { ConflictError, InvalidInputError } from '../core/faults.ts';
import { withoutContent } from '../core/log.ts';
import type { Arrival, Moment } from '../core/mail/outcome.ts';
import type { MailCount, MailRecord } from '../core/mail/record.ts';
import type { Keys } from '../core/mail/token.ts';
import { METRICS, METRICS_NAMESPACE, type MetricName } from '../core/metrics.ts';
import type { Seen } from '../core/ticket/without-ticket.ts';
import type { Learned, Opinion } from '../core/triage/learned.ts';
import { inSources } from './stack.ts';

export interface World {
  desk: Desk;
  /** Desk time, ISO 8601 UTC. */
  now(): string;
  /** Real time, epoch ms: for leases, signatures and codes. */
  realNow(): number;
  /** Random octets. */
  random(octets: number): Uint8Array;
  keys(): Promise<Keys>;
  /** What memory knows about a mail that has just been read. */
  recall(arrival: Arrival, record: MailRecord | null | 'unread', moment: Moment): Promise<Recalled>;
  /** What was learned from filed tickets; null when desk.yaml names no model. */
  learned(): Promise<Learned | null>;
  /** What a model in the account says of a text; null when desk.yaml names none, and when it says nothing in time. */
  consult(text: string): Promise<Opinion | null>;
  /** What travels beside the function's code, by its name there. */
  beside(name: string): Promise<Uint8Array>;
  /** What a command asks to see of other tickets; `by` is who reads it. */
  lookUp(look: Seen['look'], by: string): Promise<Seen>;
  /** The mails of a day against their records. */
  count(day: string): Promise<MailCount>;
  /** What a desk on trial has read and opened since then, ISO 8601 UTC. */
  trial(since: string): Promise<Trial>;
  tickets: Tickets;
  reports: Reports;
  knowledge: Knowledge;
  ledger: Ledger;
  updates: Updates;
  addresses: Addresses;
  digests: Digests;
  rates: Rates;
  recurring: RecurringWork;
  removal(): Promise<Removal>;
  /** What was measured. */
  rollups(): Promise<Rollups>;
  mailroom: Mailroom;
  mailer: Mailer;
  mails: Queue;
  updatesQueue: Queue;
  watchesQueue: Queue;
  watches: Watches;
  canaries: Canaries;
  log: Log;
  /** Tells CloudWatch, in the unit that core/metrics.ts says. */
  metric(name: MetricName, value: number): Promise<void>;
}

export interface Log {
  info(message: string, ids: Record<string, string | number | boolean | null>): void;
  warn(message: string, ids: Record<string, string | number | boolean | null>): void;
}

// The small form of zod, a third of the whole, brings no words for what is wrong.
z.config(en());

type Step<Input, Output> = (input: Input, world: World) => Promise<Output>;

const log: Log = {
  info: (message, ids) => logger.info(message, withoutContent(ids)),
  warn: (message, ids) => logger.warn(message, withoutContent(ids)),
};
const logger = new Logger({ serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'replydesk' });
const beside = (name: string) => readFile(new URL(`./${name}`, import.meta.url));
const world = lazy(async () =>
  openWorld(process.env, JSON.parse((await beside('desk.json')).toString('utf8')), beside),
);

/** A function that is called with one input: by the state machine, by a schedule. */
export function lambda<Schema extends z.ZodMiniType, Output>(
  schema: Schema,
  step: Step<z.output<Schema>, Output>,
) {
  return middy(async (event: unknown): Promise<Output> => step(parse(schema, event), await world())).onError(
    ({ error }) => {
      logger.error('the call failed', named(error));
    },
  );
}

/**
 * A function behind a queue: each record by itself. A step is told which delivery of it this is, from 1.
 * `isNotice` tells what is no message for us at all.
 */
export function queue<Schema extends z.ZodMiniType>(
  schema: Schema,
  step: (input: z.output<Schema>, world: World, delivery: number) => Promise<void>,
  isNotice: (body: string) => boolean = () => false,
) {
  const processor = new BatchProcessor(EventType.SQS);
  const record = async ({ body, messageId, attributes }: SQSRecord) => {
    if (isNotice(body)) return;
    const delivery = Number(attributes.ApproximateReceiveCount);
    await isolated({ messageId }, async () => step(parse(schema, JSON.parse(body)), await world(), delivery));
  };
  return middy(
    (event: SQSEvent): Promise<SQSBatchResponse> =>
      processPartialResponse(event, record, processor, {
        throwOnFullBatchFailure: false,
      }) as Promise<SQSBatchResponse>,
  );
}

/**
 * The function behind the table's stream is given all records at once and says which it could not do, by their
 * places. Lambda reads the stream again from the first of these; what comes after it is repeated.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function stream<Schema extends z.ZodMiniType>(
  schema: Schema,
  step: (inputs: z.output<Schema>[], world: World) => Promise<number[]>,
) {
  return middy(async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const read = Records.map(({ dynamodb }) => schema.safeParse(dynamodb));
    const unread = read.findIndex(({ success }) => !success);
    const inputs = read
      .slice(0, unread === -1 ? read.length : unread)
      .flatMap(({ data }) => (data === undefined ? [] : [data]));
    const failed = [...(await step(inputs, await world())), ...(unread === -1 ? [] : [unread])];
    if (failed.length === 0) return { batchItemFailures: [] };
    const first = Records[Math.min(...failed)]?.dynamodb?.SequenceNumber ?? '';
    logger.error('records of the stream failed', { first, failed: failed.length });
    return { batchItemFailures: [{ itemIdentifier: first }] };
  }).onError(({ error }) => {
    logger.error('the batch failed', named(error));
  });
}

async function isolated(ids: Record<string, string | null>, run: () => Promise<void>): Promise<void> {
  try {
    await again(run);
  } catch (error) {
    logger.error('the record failed', { ...ids, ...named(error) });
    throw error;
  }
}

const MOST_CONFLICTS = 8;

/** Somebody wrote in between: reading and deciding anew is all it takes, and waiting for the queue would take minutes. */
export async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MOST_CONFLICTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 25 * 2 ** attempt));
    }
  }
}

export function parse<Schema extends z.ZodMiniType>(schema: Schema, event: unknown): z.output<Schema> {
  const read = schema.safeParse(event);
  if (read.success) return read.data;
  throw new InvalidInputError(
    read.error.issues.map(({ path, message }) => `${path.join('.') || 'the event'}: ${message}`).join('; '),
  );
}

function named(error: unknown): { fault: string; reason: string; stack: string } {
  return withoutContent(
    error instanceof Error
      ? { fault: error.name, reason: error.message, stack: inSources(error.stack ?? '') }
      : { fault: 'unknown', reason: String(error), stack: '' },
  );
}

/** What the template declares for the function; what it does not need it does not have, and using it is a fault. */
export function openWorld(
  env: NodeJS.ProcessEnv,
  desk: Desk,
  beside: (name: string) => Promise<Uint8Array>,
): World {
  const clock = () => readClock(env.DESK_CLOCK ?? '');
  const table = openTable(env.DESK_TABLE ?? '');
  const [tickets, ledger, digests] = [
    openTickets(table),
    openLedger(table, desk.retention.rawMail),
    openDigests(table),
  ];
  const mailroom = openMailroom(env.DESK_BUCKET ?? '');
  const knowledge = openKnowledge(table, mailroom, () => Date.now());
  const now = () => new Date(clock().at(Date.now())).toISOString();
  const keys = openKeys(env.DESK_KEYS_PARAMETER ?? '', () => Date.now());
  return {
    desk,
    now,
    realNow: () => Date.now(),
    random: (octets) => crypto.getRandomValues(new Uint8Array(octets)),
    keys,
    // One function each needs these, and what they decide by is as long as all that the others do.
    recall: async (arrival, record, moment) => {
      const { recall } = await import('../aws/recall.ts');
      return recall(arrival, record, moment, { desk, keys: await keys(), ledger, tickets, digests });
    },
    learned: lazy(async () => {
      if (!desk.triage.model) return null;
      const { openLearned } = await import('../core/triage/learned.ts');
      return openLearned(await beside('model.bin'));
    }),
    consult: async (text) => {
      if (!desk.triage.bedrock) return null;
      const { consult } = await import('../aws/consultant.ts');
      return consult(text, { desk, table, realNow: Date.now(), log });
    },
    beside,
    lookUp: async (look, by) => {
      const { lookUp } = await import('../aws/look.ts');
      return lookUp(look, by, { desk, tickets, knowledge, now });
    },
    count: async (day) => {
      const { countDay } = await import('../aws/count.ts');
      return countDay(day, now(), { ledger, mailroom });
    },
    trial: async (since) => {
      const { readTrial } = await import('../aws/trial.ts');
      return readTrial({ tickets, ledger }, since);
    },
    tickets,
    reports: openReports(table, tickets),
    knowledge,
    ledger,
    updates: openUpdates(table, clock().since),
    addresses: openAddresses(table),
    digests,
    rates: openRates(table),
    recurring: openRecurringWork(table),
    removal: lazy(async () => {
      const { openRemoval } = await import('../aws/removal.ts');
      return openRemoval(table, mailroom);
    }),
    rollups: lazy(async () => {
      const { openRollups } = await import('../aws/rollups.ts');
      return openRollups(table, tickets, desk);
    }),
    mailroom,
    mailer: openMailer(env.DESK_CONFIGURATION_SET ?? ''),
    mails: openQueue(env.DESK_MAIL_QUEUE ?? ''),
    updatesQueue: openQueue(env.DESK_UPDATES_QUEUE ?? ''),
    watchesQueue: openQueue(env.DESK_WATCHES_QUEUE ?? ''),
    watches: openWatches(env.DESK_WATCH_MACHINE ?? ''),
    canaries: openCanaries(table),
    log,
    metric: openMetrics(env.DESK_STACK ?? ''),
  };
}

/** Printed as a line of the log, in CloudWatch's embedded metric format: no call, and nothing to grant. */
function openMetrics(stack: string): World['metric'] {
  const opened = lazy(async () => {
    const { Metrics } = await import('@aws-lambda-powertools/metrics');
    return new Metrics({ namespace: METRICS_NAMESPACE, serviceName: stack });
  });
  return async (name, value) => {
    (await opened()).addMetric(name, METRICS[name], value).publishStoredMetrics();
  };
}

/**
 * The template declares DESK_CLOCK empty: desk time is real time. A laptop fills in `<real ms>,<desk ms>,<speed>`
 * to play a day in seconds, and fills in another when the speed changes. Whatever ran before that real instant has
 * ended (`since`): it was the start of the laptop's one process, or a change of speed, for which all functions end what they do.
 */
export function readClock(variable: string): { at(realNow: number): number; since: number } {
  if (variable === '') return { at: (realNow) => realNow, since: 0 };
  const [real, desk, speed] = variable.split(',').map(Number);
  if (real === undefined || desk === undefined || !speed || !Number.isFinite(real + desk + speed))
    throw new InvalidInputError(
      `DESK_CLOCK is «${variable}»; allowed is nothing or <real ms>,<desk ms>,<speed>`,
    );
  return { at: (realNow) => desk + (realNow - real) * speed, since: real };
}
