/**
 * Lambda's event source mappings: what polls a queue or reads the table's stream and calls a function with what it
 * finds. Nothing polls here: a queue and the table say when there is something.
 */
import type { DeskClock } from './clock.ts';
import type { Tables } from './dynamodb.ts';
import type { Functions, Outcome } from './functions.ts';
import type { Fields } from './protocol.ts';
import { md5 } from './queue-service.ts';
import type { MessageAttributes, QueueMessage, Queues } from './queues.ts';
import type { State } from './state.ts';

export interface QueueSourceSetting {
  id: string;
  functionArn: string;
  queueArn: string;
  batchSize: number;
  /** Seconds. */
  batchingWindow: number;
  /** How many invocations at once, at most. */
  maxConcurrency: number;
  reportBatchItemFailures: boolean;
}

export interface StreamSourceSetting {
  id: string;
  functionArn: string;
  table: string;
  streamArn: string;
  batchSize: number;
  batchingWindow: number;
  /** Patterns of which a record has to match one; all records when there are none. */
  filters: Fields[];
  /** -1: without end. */
  maximumRetryAttempts: number;
  bisect: boolean;
  reportBatchItemFailures: boolean;
  onFailureQueueArn: string | null;
}

export interface EventSource {
  /** Has it found something that its function has not finished with? */
  isBusy(): boolean;
  stop(): void;
}

interface World {
  functions: Pick<Functions, 'invoke' | 'most'>;
  queues: Queues;
  region: string;
  clock: Pick<DeskClock, 'speed'>;
}

/** SQS returns at most ten messages a call; a mapping with larger batches calls again. */
const RECEIVE_AT_ONCE = 10;

export function startQueueSource(
  { functions, queues, region, clock }: World,
  setting: QueueSourceSetting,
): EventSource {
  const most = Math.min(setting.maxConcurrency, functions.most);
  let running = 0;
  let stopped = false;
  let window: NodeJS.Timeout | undefined;

  const take = (): QueueMessage[] => {
    const batch: QueueMessage[] = [];
    while (batch.length < setting.batchSize) {
      const more = queues.receive(
        setting.queueArn,
        Math.min(RECEIVE_AT_ONCE, setting.batchSize - batch.length),
      );
      if (more.length === 0) break;
      batch.push(...more);
    }
    return batch;
  };

  const mayHand = () => !stopped && running < most;

  const handNext = (): boolean => {
    const batch = take();
    if (batch.length === 0) return false;
    running++;
    hand(batch).finally(() => {
      running--;
      wake();
    });
    return true;
  };

  const work = () => {
    window = undefined;
    while (mayHand() && handNext());
  };

  const wake = () => {
    if (setting.batchingWindow === 0) return work();
    // A batch that is full does not wait.
    while (mayHand() && queues.count(setting.queueArn).visible >= setting.batchSize) handNext();
    if (mayHand() && queues.hasReady(setting.queueArn))
      window ??= setTimeout(work, windowOf(setting, clock.speed));
  };

  const hand = async (batch: QueueMessage[]) => {
    const outcome = await functions.invoke(setting.functionArn, {
      Records: batch.map((message) => queueRecord(message, setting.queueArn, region)),
    });
    if (stopped) return;
    const failed = failedOf(
      outcome,
      setting.reportBatchItemFailures,
      batch.map(({ messageId }) => messageId),
    );
    for (const { messageId, receiptHandle } of batch) {
      // What failed comes back when its visibility ends, or goes to the dead-letter queue instead.
      if (failed.has(messageId)) queues.giveUp(setting.queueArn, receiptHandle);
      else queues.delete(setting.queueArn, receiptHandle);
    }
  };

  queues.onReady(setting.queueArn, wake);
  // What has waited for the desk to start has waited long enough.
  work();
  return {
    isBusy: () => running > 0 || queues.hasReady(setting.queueArn),
    stop() {
      stopped = true;
      clearTimeout(window);
    },
  };
}

/**
 * Which items of a batch failed. As Lambda sees it: all of them when the function threw, when the answer cannot be
 * read, and when it names an item that was not in the batch.
 */
function failedOf(outcome: Outcome, reports: boolean, batch: string[]): Set<string> {
  if (!outcome.ok) return new Set(batch);
  if (!reports) return new Set();
  const failures =
    (outcome.value as { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null)
      ?.batchItemFailures ?? [];
  const failed = new Set<string>();
  for (const { itemIdentifier } of failures) {
    if (typeof itemIdentifier !== 'string' || !batch.includes(itemIdentifier)) return new Set(batch);
    failed.add(itemIdentifier);
  }
  return failed;
}

function queueRecord(message: QueueMessage, queueArn: string, region: string): Fields {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: 'laptop',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: lambdaAttributes(message.attributes),
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function lambdaAttributes(attributes: MessageAttributes): Fields {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  );
}

/** Real time between two attempts at the same records, doubled each time. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** On a quick desk a minute is over sooner, but not all at once. */
const SHORTEST_GATHERING_MS = 500;
/** Read records are trimmed when there are this many, not one by one. */
const TRIM_EVERY = 1000;

/**
 * Reads the table's stream in order, one batch at a time: a batch that fails holds up what comes after it, until it
 * succeeds or its attempts are used up and the failure destination hears of it. How far it came is kept.
 */
export function startStreamSource(
  {
    functions,
    queues,
    region,
    state,
    tables,
    clock,
    report,
  }: World & {
    state: State;
    tables: Tables;
    clock: Pick<DeskClock, 'speed' | 'iso'>;
    report: (fault: unknown) => void;
  },
  setting: StreamSourceSetting,
  /** The ids of all that read the same stream. */
  readers: readonly string[] = [setting.id],
): EventSource {
  const note = noteOf(setting.id);
  let position = state.read<string>(note) ?? null;
  let stopped = false;
  let running = false;
  /** What waits for more to come is not busy. */
  let gathering = false;
  let again = false;
  let read = 0;

  const advance = (sequence: string) => {
    position = sequence;
    state.write(note, sequence);
  };

  const work = async () => {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again && !stopped) {
        again = false;
        if (setting.batchingWindow > 0) {
          gathering = true;
          await pause(windowOf(setting, clock.speed, SHORTEST_GATHERING_MS));
          gathering = false;
        }
        let full = true;
        while (full && !stopped) {
          const found = await tables.readStream(setting.table, position, setting.batchSize);
          full = found.length === setting.batchSize;
          if (found.length === 0 || stopped) break;
          const records = found.map(({ sequence, record }) => ({
            sequence,
            record: { ...record, awsRegion: region, eventSourceARN: setting.streamArn },
          }));
          const wanted = records.filter(
            ({ record }) =>
              setting.filters.length === 0 || setting.filters.some((filter) => matches(filter, record)),
          );
          if (wanted.length > 0) await hand(wanted, 0);
          if (stopped) return;
          advance((records.at(-1) as (typeof records)[number]).sequence);
          read += records.length;
          if (read >= TRIM_EVERY) {
            read = 0;
            const behind = slowest(readers.map((id) => state.read<string>(noteOf(id)) ?? null));
            if (behind !== null) tables.trimStream(setting.table, behind);
          }
        }
      }
    } catch (error) {
      if (stopped) return;
      report(error);
      again = true;
      setTimeout(wake, FIRST_PAUSE_MS);
    } finally {
      running = false;
    }
  };
  const wake = () => void work();

  type Batch = { sequence: string; record: Fields }[];

  /** Returns when every record has been handled or handed to the failure destination. */
  const hand = async (batch: Batch, attempt: number): Promise<void> => {
    if (stopped || batch.length === 0) return;
    const outcome = await functions.invoke(setting.functionArn, {
      Records: batch.map(({ record }) => record),
    });
    if (stopped) return;
    const failed = failedOf(
      outcome,
      setting.reportBatchItemFailures,
      batch.map(({ sequence }) => sequence),
    );
    if (failed.size === 0) return;
    // The lowest that failed is where Lambda goes on; what came before it is done, what comes after is repeated.
    const rest = batch.slice(batch.findIndex(({ sequence }) => failed.has(sequence)));
    const done = batch.length - rest.length;
    if (done > 0) advance((batch[done - 1] as Batch[number]).sequence);
    if (setting.bisect && rest.length > 1) {
      const half = Math.ceil(rest.length / 2);
      await hand(rest.slice(0, half), attempt);
      await hand(rest.slice(half), attempt);
      return;
    }
    if (setting.maximumRetryAttempts >= 0 && attempt >= setting.maximumRetryAttempts)
      return abandon(rest, attempt + 1);
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    await hand(rest, attempt + 1);
  };

  const abandon = (batch: Batch, attempts: number) => {
    if (setting.onFailureQueueArn === null) return;
    const [first] = batch;
    const last = batch.at(-1);
    queues.send(
      setting.onFailureQueueArn,
      JSON.stringify({
        requestContext: {
          functionArn: setting.functionArn,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: attempts,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: clock.iso(),
        DDBStreamBatchInfo: {
          shardId: 'shard',
          startSequenceNumber: first?.sequence,
          endSequenceNumber: last?.sequence,
          batchSize: batch.length,
          streamArn: setting.streamArn,
        },
      }),
    );
  };

  tables.onWrite(wake);
  wake();
  return {
    isBusy: () => running && !gathering,
    stop() {
      stopped = true;
    },
  };
}

const noteOf = (id: string) => `stream:${id}`;

/** Ms of real time in which what comes is gathered: by a quick desk's clock nothing may come later than in AWS. */
function windowOf({ batchingWindow }: { batchingWindow: number }, speed: number, shortest = 0): number {
  const window = batchingWindow * 1000;
  return Math.min(window, Math.max(window / speed, shortest));
}

/** Null while one of them has read nothing. Sequence numbers are whole numbers without end. */
function slowest(positions: readonly (string | null)[]): string | null {
  return positions.reduce(
    (a, b) => (a === null || b === null ? null : BigInt(a) < BigInt(b) ? a : b),
    positions[0] ?? null,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

type Rule = string | number | boolean | null | Record<string, unknown>;

/**
 * Does the record match the pattern? Every field of the pattern has to, and of a field's rules one.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function matches(pattern: Fields, record: unknown): boolean {
  return Object.entries(pattern).every(([name, inner]) => {
    const value = typeof record === 'object' && record !== null ? (record as Fields)[name] : undefined;
    if (Array.isArray(inner)) return (inner as Rule[]).some((rule) => fits(rule, value));
    return matches(inner as Fields, value);
  });
}

function fits(rule: Rule, value: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return value === rule;
  const [[operator, operand] = []] = Object.entries(rule);
  switch (operator) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand));
    case 'exists':
      return (value !== undefined) === operand;
    case 'anything-but':
      return value !== undefined && !(Array.isArray(operand) ? operand : [operand]).includes(value);
    default:
      throw new Error(`The filter rule ${operator} is not known to the laptop.`);
  }
}
