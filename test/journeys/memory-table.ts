/**
 * The table in memory (bench/drill/items.ts) without the SDK, which is most of what a call costs. Each call takes a moment of
 * its own, drawn by chance, so that others come in between.
 */
import { type Attributes, attributesOf, fieldsOf } from '../../aws/attributes.ts';
import { migrated, stamped } from '../../aws/schema.ts';
import { type Item, inTheWay, type Table, type Write } from '../../aws/table.ts';
import { NamedError } from '../../bench/drill/fault.ts';
import { ask, emptyItems } from '../../bench/drill/items.ts';
import { ConflictError } from '../../core/faults.ts';

export interface MemoryTable {
  table: Table;
  /** What was written since it was asked last: where there was nothing before. */
  inserted(): Item[];
}

const REFUSED = new Set(['ConditionalCheckFailedException', 'TransactionCanceledException']);

export function openMemoryTable(chance: () => number): MemoryTable {
  const items = emptyItems();
  let told = 0;
  const call = async (
    action: string,
    input: object,
    writes: Write[] = [],
  ): Promise<Record<string, unknown>> => {
    for (let turns = Math.floor(chance() * 4); turns > 0; turns--) await null;
    try {
      return ask(items, action, input as Parameters<typeof ask>[2]) as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof NamedError) || !REFUSED.has(error.name)) throw error;
      const reasons = (error.more.CancellationReasons ?? []) as { Code: string }[];
      const codes = reasons.map(({ Code }) => Code);
      throw new ConflictError(error.message, { cause: error, at: inTheWay(codes, writes) });
    }
  };
  const holds = (work: Promise<Record<string, unknown>>) =>
    work.catch((error) => {
      if (error instanceof ConflictError) return null;
      throw error;
    });
  const read = <T extends Item>(found: unknown) => migrated(unwired(found) as T);
  const all = <T extends Item>(found: unknown) => (found as unknown[]).map((item) => read<T>(item));

  const table: Table = {
    name: 'table',
    async get<T extends Item>(key: Parameters<Table['get']>[0]) {
      const { Item } = await call('GetItem', { Key: attributesOf(key) });
      return Item ? read<T>(Item) : null;
    },
    async getAll<T extends Item>(keys: Parameters<Table['getAll']>[0]) {
      const { Responses } = await call('BatchGetItem', {
        RequestItems: { table: { Keys: keys.map(attributesOf) } },
      });
      return all<T>((Responses as { table: unknown }).table);
    },
    async query<T extends Item>(input: Parameters<Table['query']>[0]) {
      const { ExclusiveStartKey: start } = input;
      const { Items, LastEvaluatedKey: next } = await call('Query', {
        ...wiredInput(input),
        ...(start ? { ExclusiveStartKey: attributesOf(start) } : {}),
      });
      return { items: all<T>(Items), next: next ? unwired(next) : undefined };
    },
    async *pages() {
      yield all((await call('Scan', {})).Items);
    },
    async remove(key) {
      await call('DeleteItem', { Key: attributesOf(key) });
    },
    async transact(writes) {
      const TransactItems = writes.map((write) => {
        const { Put } = write;
        const made = Put ? { Put: { ...Put, Item: stamped(Put.Item as Item) } } : write;
        return Object.fromEntries(Object.entries(made).map(([verb, asked]) => [verb, wiredInput(asked)]));
      });
      await call('TransactWriteItems', { TransactItems }, writes);
    },
    async put(item, { expression, names, values } = { expression: '' }) {
      const input = { Item: stamped(item), ConditionExpression: expression };
      return (await holds(call('PutItem', wiredInput({ ...input, ...expressed(names, values) })))) !== null;
    },
    async update<T extends Item>(
      key: Parameters<Table['update']>[0],
      { update, expression, names, values }: Parameters<Table['update']>[1],
    ) {
      const input = { Key: key, UpdateExpression: update, ConditionExpression: expression };
      const made = await holds(call('UpdateItem', wiredInput({ ...input, ...expressed(names, values) })));
      return made && read<T>(made.Attributes);
    },
  };
  return {
    table,
    inserted() {
      const fresh = items.stream.slice(told).filter(({ isNew }) => isNew);
      told = items.stream.length;
      return fresh.map(({ item }) => unwired(item));
    },
  };
}

function expressed(names: object | undefined, values: object | undefined) {
  return { ExpressionAttributeNames: names, ExpressionAttributeValues: values };
}

function unwired(found: unknown): Item {
  return fieldsOf(found as Attributes) as Item;
}

function wiredInput(input: object): object {
  const wires = ['Key', 'Item', 'ExpressionAttributeValues'];
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      value && wires.includes(name) ? attributesOf(value) : value,
    ]),
  );
}
