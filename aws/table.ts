/**
 * The one table. Everything that changes goes through `transact`; everything that is read on a mail's way is read
 * by key. What DynamoDB says when it refuses becomes one of our faults here and nowhere else.
 */
import type {
  BatchGetCommandOutput,
  DynamoDBDocument,
  QueryCommandInput,
  ScanCommandOutput,
  TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { ConflictError, UnavailableError } from '../core/faults.ts';
import { documents } from './clients.ts';
import { migrated, stamped } from './schema.ts';

export interface Key {
  pk: string;
  sk: string;
}

export type Item = Key & Record<string, unknown>;
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface Table {
  name: string;
  /** Strongly consistent. */
  get<T extends Item>(key: Key): Promise<T | null>;
  /** Strongly consistent, a hundred keys to a call; what is not there is left out. */
  getAll<T extends Item>(keys: Key[]): Promise<T[]>;
  query<T extends Item>(
    input: Omit<QueryCommandInput, 'TableName'>,
  ): Promise<{ items: T[]; next: QueryCommandInput['ExclusiveStartKey'] }>;
  /** Every item, a page of at most a megabyte at a time: for exports, erasures and backups, never on a mail's way. */
  pages(): AsyncGenerator<Item[]>;
  /** All or nothing. Throws ConflictError when a condition does not hold or somebody else writes at this moment. */
  transact(writes: Write[]): Promise<void>;
  /** One conditional write: false when the condition does not hold. */
  put(item: Item, condition?: Condition): Promise<boolean>;
  /** Repeats are harmless. */
  remove(key: Key): Promise<void>;
  /** One atomic change: the item as it is then, or null when the condition does not hold. */
  update<T extends Item>(key: Key, change: Partial<Condition> & { update: string }): Promise<T | null>;
}

export interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** A write for a record that is replaced as a whole: it fails when somebody else wrote since `before` was read. */
export function putVersion(
  table: Table,
  item: Item & { version: number },
  before: { version: number } | null,
): Write {
  const put = { TableName: table.name, Item: item };
  if (!before) return { Put: { ...put, ConditionExpression: 'attribute_not_exists(pk)' } };
  return {
    Put: {
      ...put,
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': before.version },
    },
  };
}

/** `expiresAt` is what DynamoDB's TTL goes by; it deletes late, so readers compare as well. Seconds since 1970. */
export function expiry(at: number): number {
  return Math.ceil(at / 1000);
}

export function openTable(name: string): Table {
  return {
    name,
    async get<T extends Item>(key: Key) {
      const found = await faults((db) => db.get({ TableName: name, Key: key, ConsistentRead: true }));
      return found.Item ? migrated(found.Item as T) : null;
    },
    async getAll<T extends Item>(keys: Key[]) {
      const items: T[] = [];
      for (let from = 0; from < keys.length; from += MOST_KEYS)
        items.push(...(await batchGet<T>(name, keys.slice(from, from + MOST_KEYS))));
      return items;
    },
    async query<T extends Item>(input: Omit<QueryCommandInput, 'TableName'>) {
      const found = await faults((db) => db.query({ TableName: name, ...input }));
      const items = (found.Items ?? []) as T[];
      return { items: items.map((item) => migrated(item)), next: found.LastEvaluatedKey };
    },
    async *pages() {
      let start: ScanCommandOutput['LastEvaluatedKey'];
      do {
        const from = start;
        const page = await faults((db) =>
          db.scan({ TableName: name, ConsistentRead: true, ExclusiveStartKey: from }),
        );
        yield ((page.Items ?? []) as Item[]).map((item) => migrated(item));
        start = page.LastEvaluatedKey;
      } while (start);
    },
    async remove(key) {
      await faults((db) => db.delete({ TableName: name, Key: key }));
    },
    async transact(writes) {
      const TransactItems = writes.map((write) =>
        write.Put ? { ...write, Put: { ...write.Put, Item: stamped(write.Put.Item as Item) } } : write,
      );
      await faults((db) => db.transactWrite({ TransactItems }));
    },
    async put(item, condition) {
      try {
        await faults((db) =>
          db.put({
            TableName: name,
            Item: stamped(item),
            ConditionExpression: condition?.expression,
            ExpressionAttributeNames: condition?.names,
            ExpressionAttributeValues: condition?.values,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConflictError) return false;
        throw error;
      }
    },
    async update<T extends Item>(
      key: Key,
      { update, expression, names, values }: Partial<Condition> & { update: string },
    ) {
      try {
        const { Attributes } = await faults((db) =>
          db.update({
            TableName: name,
            Key: key,
            UpdateExpression: update,
            ConditionExpression: expression,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: values,
            ReturnValues: 'ALL_NEW',
          }),
        );
        return migrated(Attributes as T);
      } catch (error) {
        if (error instanceof ConflictError) return null;
        throw error;
      }
    },
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MOST_KEYS = 100;
const MOST_ROUNDS = 5;

async function batchGet<T extends Item>(name: string, keys: Key[]): Promise<T[]> {
  const items: T[] = [];
  let asked: NonNullable<BatchGetCommandOutput['UnprocessedKeys']> = {
    [name]: { Keys: keys, ConsistentRead: true },
  };
  for (let round = 1; Object.keys(asked).length > 0; round++) {
    if (round > MOST_ROUNDS)
      throw new UnavailableError(`DynamoDB left keys of a batch unread ${MOST_ROUNDS} times`);
    const request = asked;
    const found = await faults((db) => db.batchGet({ RequestItems: request }));
    items.push(...((found.Responses?.[name] ?? []) as T[]).map((item) => migrated(item)));
    asked = found.UnprocessedKeys ?? {};
  }
  return items;
}

const CONFLICTS = new Set(['ConditionalCheckFailed', 'TransactionConflict']);
const THROTTLES = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);
const UNAVAILABLE = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'TransactionInProgressException',
]);

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html, Errors */
async function faults<T>(call: (db: DynamoDBDocument) => Promise<T>): Promise<T> {
  const db = await documents();
  try {
    return await call(db);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ConditionalCheckFailedException' || error.name === 'TransactionConflictException')
      throw new ConflictError(error.message, { cause: error });
    if (error.name === 'TransactionCanceledException') {
      const codes = cancellationCodes(error);
      if (codes.some((code) => THROTTLES.has(code)))
        throw new UnavailableError(error.message, { cause: error });
      if (codes.length > 0 && codes.every((code) => code === 'None' || CONFLICTS.has(code)))
        throw new ConflictError(error.message, { cause: error });
    }
    if (UNAVAILABLE.has(error.name)) throw new UnavailableError(error.message, { cause: error });
    throw error;
  }
}

function cancellationCodes(error: Error & { CancellationReasons?: { Code?: string }[] }): string[] {
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}
