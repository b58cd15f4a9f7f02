/**
 * The one table. Everything that changes goes through `transact`; everything that is read on a mail's way is read
 * by key. What DynamoDB says when it refuses becomes one of our faults here and nowhere else.
 */
import type {
  BatchGetItemCommandOutput,
  QueryCommandInput,
  ScanCommandOutput,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { ConflictError, UnavailableError } from '../core/faults.ts';
import { type Attributes, attributesOf, fieldsOf } from './attributes.ts';
import { database } from './clients.ts';
import { migrated, stamped } from './schema.ts';

export interface Key {
  pk: string;
  sk: string;
}

export type Item = Key & Record<string, unknown>;
/** A part of a transaction, with values as they are here. */
export interface Write {
  Put?: { TableName: string; Item: Item } & Conditioned;
  Update?: { TableName: string; Key: Key; UpdateExpression: string } & Conditioned;
  Delete?: { TableName: string; Key: Key } & Conditioned;
  ConditionCheck?: { TableName: string; Key: Key; ConditionExpression: string } & Conditioned;
}

interface Conditioned {
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

/** `ExclusiveStartKey` is what an earlier answer said as `next`. */
export type Query = Omit<
  QueryCommandInput,
  'TableName' | 'ExpressionAttributeValues' | 'ExclusiveStartKey'
> & { ExpressionAttributeValues: Record<string, unknown>; ExclusiveStartKey?: Record<string, unknown> };

export interface Table {
  name: string;
  /** Strongly consistent. */
  get<T extends Item>(key: Key): Promise<T | null>;
  /** Strongly consistent, a hundred keys to a call; what is not there is left out. */
  getAll<T extends Item>(keys: Key[]): Promise<T[]>;
  query<T extends Item>(input: Query): Promise<{ items: T[]; next: Record<string, unknown> | undefined }>;
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
      const { Item } = await faults(({ client, dynamodb }) =>
        client.send(
          new dynamodb.GetItemCommand({ TableName: name, Key: attributesOf(key), ConsistentRead: true }),
        ),
      );
      return Item ? itemOf<T>(Item) : null;
    },
    async getAll<T extends Item>(keys: Key[]) {
      const items: T[] = [];
      for (let from = 0; from < keys.length; from += MOST_KEYS)
        items.push(...(await batchGet<T>(name, keys.slice(from, from + MOST_KEYS))));
      return items;
    },
    async query<T extends Item>({ ExpressionAttributeValues, ExclusiveStartKey, ...input }: Query) {
      const found = await faults(({ client, dynamodb }) =>
        client.send(
          new dynamodb.QueryCommand({
            TableName: name,
            ...input,
            ExpressionAttributeValues: attributesOf(ExpressionAttributeValues),
            ExclusiveStartKey: ExclusiveStartKey && attributesOf(ExclusiveStartKey),
          }),
        ),
      );
      return {
        items: (found.Items ?? []).map((item) => itemOf<T>(item)),
        next: found.LastEvaluatedKey && fieldsOf(found.LastEvaluatedKey),
      };
    },
    async *pages() {
      let start: ScanCommandOutput['LastEvaluatedKey'];
      do {
        const from = start;
        const page = await faults(({ client, dynamodb }) =>
          client.send(
            new dynamodb.ScanCommand({ TableName: name, ConsistentRead: true, ExclusiveStartKey: from }),
          ),
        );
        yield (page.Items ?? []).map((item) => itemOf(item));
        start = page.LastEvaluatedKey;
      } while (start);
    },
    async remove(key) {
      await faults(({ client, dynamodb }) =>
        client.send(new dynamodb.DeleteItemCommand({ TableName: name, Key: attributesOf(key) })),
      );
    },
    async transact(writes) {
      const TransactItems = writes.map(written);
      await faults(
        ({ client, dynamodb }) => client.send(new dynamodb.TransactWriteItemsCommand({ TransactItems })),
        writes,
      );
    },
    async put(item, condition) {
      try {
        await faults(({ client, dynamodb }) =>
          client.send(
            new dynamodb.PutItemCommand({
              TableName: name,
              Item: attributesOf(stamped(item)),
              ConditionExpression: condition?.expression,
              ExpressionAttributeNames: condition?.names,
              ExpressionAttributeValues: condition?.values && attributesOf(condition.values),
            }),
          ),
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
        const { Attributes = {} } = await faults(({ client, dynamodb }) =>
          client.send(
            new dynamodb.UpdateItemCommand({
              TableName: name,
              Key: attributesOf(key),
              UpdateExpression: update,
              ConditionExpression: expression,
              ExpressionAttributeNames: names,
              ExpressionAttributeValues: values && attributesOf(values),
              ReturnValues: 'ALL_NEW',
            }),
          ),
        );
        return itemOf<T>(Attributes);
      } catch (error) {
        if (error instanceof ConflictError) return null;
        throw error;
      }
    },
  };
}

function itemOf<T extends Item>(attributes: Attributes): T {
  return migrated(fieldsOf(attributes) as T);
}

function written({ Put, Update, Delete, ConditionCheck }: Write): TransactWriteItem {
  if (Put) return { Put: { ...conditioned(Put), Item: attributesOf(stamped(Put.Item)) } };
  if (Update) return { Update: { ...conditioned(Update), Key: attributesOf(Update.Key) } };
  if (Delete) return { Delete: { ...conditioned(Delete), Key: attributesOf(Delete.Key) } };
  if (!ConditionCheck) throw new TypeError('a write that writes nothing');
  return { ConditionCheck: { ...conditioned(ConditionCheck), Key: attributesOf(ConditionCheck.Key) } };
}

function conditioned<Part extends Conditioned>({ ExpressionAttributeValues: values, ...part }: Part) {
  return { ...part, ...(values ? { ExpressionAttributeValues: attributesOf(values) } : {}) };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MOST_KEYS = 100;
const MOST_ROUNDS = 5;

async function batchGet<T extends Item>(name: string, keys: Key[]): Promise<T[]> {
  const items: T[] = [];
  let asked: NonNullable<BatchGetItemCommandOutput['UnprocessedKeys']> = {
    [name]: { Keys: keys.map(attributesOf), ConsistentRead: true },
  };
  for (let round = 1; Object.keys(asked).length > 0; round++) {
    if (round > MOST_ROUNDS)
      throw new UnavailableError(`DynamoDB left keys of a batch unread ${MOST_ROUNDS} times`);
    const request = asked;
    const found = await faults(({ client, dynamodb }) =>
      client.send(new dynamodb.BatchGetItemCommand({ RequestItems: request })),
    );
    items.push(...(found.Responses?.[name] ?? []).map((item) => itemOf<T>(item)));
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
async function faults<T>(
  call: (db: Awaited<ReturnType<typeof database>>) => Promise<T>,
  writes: readonly Write[] = [],
): Promise<T> {
  const db = await database();
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
        throw new ConflictError(error.message, { cause: error, at: inTheWay(codes, writes) });
    }
    if (UNAVAILABLE.has(error.name)) throw new UnavailableError(error.message, { cause: error });
    throw error;
  }
}

/** A reason for each write, in their order. */
export function inTheWay(codes: readonly string[], writes: readonly Write[]): string[] {
  return writes.flatMap(({ Put, Update, Delete, ConditionCheck }, n) => {
    const key = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key;
    return key && codes[n] !== 'None' ? [key.pk] : [];
  });
}

function cancellationCodes(error: Error & { CancellationReasons?: { Code?: string }[] }): string[] {
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}
