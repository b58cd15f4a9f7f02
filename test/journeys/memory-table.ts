/**
 * The table in memory, as DynamoDB has it: conditions, transactions, indexes, and the expressions that the adapters say.
 * Each call takes a moment of its own, drawn by chance, so that others come in between.
 */
import { isDeepStrictEqual } from 'node:util';
import { migrated, stamped } from '../../aws/schema.ts';
import type { Item, Key, Table } from '../../aws/table.ts';
import { ConflictError } from '../../core/faults.ts';

type Names = Record<string, string> | undefined;
type Values = Record<string, unknown> | undefined;

const INDEXES: Record<string, string> = { open: 'open', hands: 'hands', listing: 'list' };
const PAGE = 1_000;

export interface MemoryTable {
  table: Table;
  /** What was written since it was asked last: where there was nothing before. */
  inserted(): Item[];
}

export function openMemoryTable(chance: () => number): MemoryTable {
  const items = new Map<string, Item>();
  let fresh: Item[] = [];
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
  const at = (key: Key) => items.get(nameOf(key));
  const copy = <T>(item: Item) => migrated(structuredClone(item)) as T;
  const moment = async () => {
    for (let turns = Math.floor(chance() * 4); turns > 0; turns--) await null;
  };
  const put = (item: Item) => {
    if (!at(item)) fresh.push(item);
    items.set(nameOf(item), item);
  };
  const holds = (key: Key, expression: string | undefined, names: Names, values: Values) =>
    expression === undefined || isTrue(expression, at(key) ?? {}, names, values);

  const table: Table = {
    name: 'table',
    async get<T extends Item>(key: Key) {
      await moment();
      const found = at(key);
      return found ? copy<T>(found) : null;
    },
    async getAll<T extends Item>(keys: Key[]) {
      await moment();
      return keys.flatMap((key) => at(key) ?? []).map((item) => copy<T>(item));
    },
    async query<T extends Item>(input: Parameters<Table['query']>[0]) {
      await moment();
      const { IndexName, KeyConditionExpression = '', ScanIndexForward = true, Limit = PAGE } = input;
      const prefix = INDEXES[IndexName ?? ''];
      const place = (item: Item) => `${prefix ? item[`${prefix}Sk`] : item.sk} ${nameOf(item)}`;
      const found = [...items.values()]
        .filter((item) =>
          isTrue(
            KeyConditionExpression,
            item,
            input.ExpressionAttributeNames,
            input.ExpressionAttributeValues,
          ),
        )
        .sort((a, b) => (place(a) < place(b) === ScanIndexForward ? -1 : 1));
      const start = input.ExclusiveStartKey as Key | undefined;
      const from = start ? found.findIndex((item) => nameOf(item) === nameOf(start)) + 1 : 0;
      const page = found.slice(from, from + Limit);
      const last = page.at(-1);
      const next = last && from + Limit < found.length ? { pk: last.pk, sk: last.sk } : undefined;
      return { items: page.map((item) => copy<T>(item)), next };
    },
    async *pages() {
      yield [...items.values()].map((item) => copy<Item>(item));
    },
    async remove(key) {
      await moment();
      items.delete(nameOf(key));
    },
    async transact(writes) {
      await moment();
      const keys = writes.map(({ Put, Update, Delete, ConditionCheck }) =>
        nameOf((Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key) as Key),
      );
      if (new Set(keys).size < keys.length || keys.length > 100)
        throw new TypeError(`DynamoDB takes no such transaction: ${keys.join(', ')}`);
      for (const { Put, Update, Delete, ConditionCheck } of writes) {
        const write = Put ?? Update ?? Delete ?? ConditionCheck;
        const key = (Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key) as Key;
        const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = write ?? {};
        if (!holds(key, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues))
          throw new ConflictError(`a condition on ${nameOf(key)}`);
      }
      for (const { Put, Update, Delete } of writes) {
        if (Put) put(stamped(structuredClone(Put.Item as Item)));
        if (Delete) items.delete(nameOf(Delete.Key as Key));
        if (Update)
          put(
            changed(
              at(Update.Key as Key) ?? (Update.Key as Item),
              Update.UpdateExpression ?? '',
              Update.ExpressionAttributeNames,
              Update.ExpressionAttributeValues,
            ),
          );
      }
    },
    async put(item, condition) {
      await moment();
      if (!holds(item, condition?.expression, condition?.names, condition?.values)) return false;
      put(stamped(structuredClone(item)));
      return true;
    },
    async update<T extends Item>(
      key: Key,
      { update, expression, names, values }: Parameters<Table['update']>[1],
    ) {
      await moment();
      if (!holds(key, expression, names, values)) return null;
      put(changed(at(key) ?? { ...key }, update, names, values));
      return copy<T>(at(key) as Item);
    },
  };
  return {
    table,
    inserted() {
      const all = fresh;
      fresh = [];
      return all;
    },
  };
}

/** `a.#b` in an item, whether it is there or not. */
function pathOf(path: string, names: Names): string[] {
  return path.split('.').map((part) => names?.[part] ?? part);
}

function read(word: string, item: object, names: Names, values: Values): unknown {
  if (word.startsWith(':')) return values?.[word];
  return pathOf(word, names).reduce<unknown>(
    (in_, name) => (in_ as Record<string, unknown> | undefined)?.[name],
    item,
  );
}

/** OR of ANDs of what is compared; the one pair of brackets that there is encloses an AND. */
function isTrue(expression: string, item: object, names: Names, values: Values): boolean {
  const of = (word = '') => read(word, item, names, values);
  const compared = (term: string): boolean => {
    const [, call, path, other] = /^(\w+)\(([^,)]+)(?:, ([^)]+))?\)$/.exec(term) ?? [];
    if (call === 'attribute_not_exists') return of(path) === undefined;
    if (call === 'attribute_exists') return of(path) !== undefined;
    if (call === 'begins_with') return String(of(path) ?? '').startsWith(String(of(other)));
    const [left, sign, right, until] = term.split(' ').filter((word) => word !== 'AND');
    const [a, b] = [of(left), of(right)];
    if (sign === '=') return isDeepStrictEqual(a, b);
    if (a === undefined) return false;
    const order = (x: unknown, y: unknown) => ((x as string) < (y as string) ? -1 : x === y ? 0 : 1);
    if (sign === 'BETWEEN') return order(a, b) >= 0 && order(a, of(until)) <= 0;
    if (sign === '<') return order(a, b) < 0;
    if (sign === '<=') return order(a, b) <= 0;
    if (sign === '>') return order(a, b) > 0;
    if (sign === '>=') return order(a, b) >= 0;
    throw new TypeError(`no such condition is known: ${term}`);
  };
  return expression.split(' OR ').some((all) =>
    all
      .replace(/^\((.*)\)$/, '$1')
      .split(/ AND (?!:\w+$)/)
      .every(compared),
  );
}

function changed(before: Item, expression: string, names: Names, values: Values): Item {
  const item = structuredClone(before);
  const holderOf = (path: string[]) =>
    path
      .slice(0, -1)
      .reduce((in_, name) => in_[name] as Record<string, unknown>, item as Record<string, unknown>);
  for (const clause of expression.split(/ (?=SET |ADD |REMOVE )/)) {
    const verb = clause.slice(0, clause.indexOf(' '));
    for (const part of clause.slice(verb.length + 1).split(/, (?![^(]*\))/)) {
      const [target = ''] = part.split(' ');
      const path = pathOf(target, names);
      const [holder, name] = [holderOf(path), path.at(-1) ?? ''];
      if (verb === 'REMOVE') delete holder[name];
      else if (verb === 'ADD')
        holder[name] = Number(holder[name] ?? 0) + Number(values?.[part.split(' ')[1] ?? '']);
      else {
        const [, otherwise] = /if_not_exists\([^,]+, (:\w+)\)/.exec(part) ?? [];
        const given = values?.[otherwise ?? part.split(' = ')[1] ?? ''];
        holder[name] = otherwise ? (holder[name] ?? given) : given;
      }
    }
  }
  return item;
}
