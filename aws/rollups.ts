/**
 * Measures in the table. A rollup is one small item for each value of a dimension, day and part: what stands in it is a closed
 * list of cells, so that its size does not grow with the desk's categories or people, and a write costs what it changes.
 * Parts are by the id of what is counted, so that no item is everybody's; a reader adds them up.
 *
 * What was counted of a ticket, a mail or an update stands beside it, and changes in one transaction with the rollups: whatever
 * is delivered twice, late or in another order, each event counts once.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Desk } from '../core/config/desk.ts';
import { daysOf } from '../core/insight/days.ts';
import {
  type Figures,
  figuresOf,
  NOBODY,
  type OpenTicket,
  type Range,
  type Rollup,
  type Standing,
} from '../core/insight/figures.ts';
import { measureIn, measureOut } from '../core/insight/mails.ts';
import { type Increment, measure } from '../core/insight/measures.ts';
import type { MailRecord } from '../core/mail/record.ts';
import { isActive } from '../core/ticket/ticket.ts';
import { expiry, type Item, type Key, putVersion, type Table, type Write } from './table.ts';
import { everyShard, shardOf, type Tickets } from './tickets.ts';
import type { UpdateRecord } from './updates.ts';

export interface Rollups {
  /**
   * Counts what has not been counted of these: partition keys of tickets, mails and updates. Throws ConflictError when
   * somebody counts the same. `realNow` in epoch ms.
   */
  count(pks: readonly string[], realNow: number): Promise<void>;
  /** Those of these days of the desk, in no order: one query for each dimension and part, and another for each megabyte. */
  read(from: string, to: string, by: readonly Rollup['by'][]): Promise<Rollup[]>;
  /** What is worked on now: its cost grows with what is open, and not with what there was. `now` is ISO 8601 UTC. */
  standing(now: string): Promise<Standing>;
  /** `now` as above. */
  figures(range: Range, now: string): Promise<Figures>;
}

/** A history that is longer is counted so far; no honest ticket has it. */
const MOST_EVENTS = 10_000;
/** Histories that are read at once. */
const AT_ONCE = 10;
/** The stream forgets after a day, and whoever is behind it knows no more of an update than that it was sent. */
const UPDATE_REMEMBERED = 30 * 86_400_000;

/** By the promises, calendars and zone of this desk. */
export function openRollups(
  table: Table,
  tickets: Pick<Tickets, 'events' | 'running' | 'readAll'>,
  desk: Desk,
): Rollups {
  const read: Rollups['read'] = async (from, to, by) => {
    const found = await Promise.all(
      by.flatMap((dimension) => everyShard((part) => readPart(table, part, dimension, from, to))),
    );
    return found.flat();
  };
  const standing: Rollups['standing'] = async (now) => ({
    open: await openTickets(tickets),
    at: now,
    today: daysOf(desk)(now),
  });
  return {
    count: async (pks, realNow) => {
      for (const [part, ofPart] of Map.groupBy(new Set(pks), shardOf)) {
        const uncounted = await uncountedOf(ofPart, { table, tickets, desk, realNow });
        for (const writes of transactions(uncounted, part, table)) await table.transact(writes);
      }
    },
    read,
    standing,
    figures: async (range, now) => {
      const then = await standing(now);
      const by = new Set<Rollup['by']>(['desk', 'priority', ...range.by]);
      return figuresOf(await read(range.from, then.today, [...by]), range, then);
    },
  };
}

/** What is to be counted of one ticket, mail or update, in order: its events, or what became of it. */
interface Uncounted {
  key: Key;
  /** What was counted before. */
  before: Marker | null;
  steps: { marker: Marker; increments: Increment[] }[];
}

/** Of a ticket `version` is the number of its last event that counted. */
interface Marker {
  version: number;
  /** What a mail or an update counts for by now. */
  counted?: Increment[];
  expiresAt?: number;
}

interface Counting {
  table: Table;
  tickets: Pick<Tickets, 'events'>;
  desk: Desk;
  realNow: number;
}

async function uncountedOf(pks: readonly string[], counting: Counting): Promise<Uncounted[]> {
  const items = await counting.table.getAll<Item>(
    pks.flatMap((pk) => [markerKey(pk), ...(isTicket(pk) ? [] : [{ pk, sk: whatIs(pk) }])]),
  );
  const found = Map.groupBy(items, ({ pk }) => pk);
  const uncounted: Uncounted[] = [];
  for (let from = 0; from < pks.length; from += AT_ONCE)
    uncounted.push(
      ...(await Promise.all(
        pks.slice(from, from + AT_ONCE).map(async (pk): Promise<Uncounted> => {
          const { marker, record } = ofOne(found.get(pk) ?? []);
          const steps = isTicket(pk)
            ? await eventsAfter(pk, marker, counting)
            : whatBecame(record, marker, counting);
          return { key: markerKey(pk), before: marker, steps };
        }),
      )),
    );
  return uncounted;
}

function ofOne(items: readonly Item[]): { marker: Marker | null; record: Item | undefined } {
  const marker = items.find(({ sk }) => sk === MEASURED) as (Item & Marker) | undefined;
  return { marker: marker ?? null, record: items.find(({ sk }) => sk !== MEASURED) };
}

async function eventsAfter(
  pk: string,
  marker: Marker | null,
  { tickets, desk }: Counting,
): Promise<Uncounted['steps']> {
  const history = await tickets.events(pk.slice(TICKET.length), MOST_EVENTS);
  const counted = measure(history, desk);
  // Of a ticket that was taken out for good no event is left to read.
  if (counted.length === 0) return [];
  return history.flatMap(({ number }, index) => {
    const increments = counted[index] ?? [];
    return number > (marker?.version ?? 0) && increments.length > 0
      ? [{ marker: { version: number }, increments }]
      : [];
  });
}

/** By what it is now, less what it was when it was counted before. */
function whatBecame(
  record: Item | undefined,
  marker: Marker | null,
  { desk, realNow }: Counting,
): Uncounted['steps'] {
  if (!record) return [];
  const { mail, update } = record as Item & { mail?: MailRecord; update?: UpdateRecord };
  const counted = mail ? measureIn(mail, desk) : update ? measureOut(update, desk) : [];
  const before = marker?.counted ?? [];
  if (isDeepStrictEqual(counted, before)) return [];
  const next: Marker = {
    version: (marker?.version ?? 0) + 1,
    counted,
    ...(update ? { expiresAt: expiry(realNow + UPDATE_REMEMBERED) } : {}),
  };
  return [{ marker: next, increments: [...counted, ...before.map((each) => ({ ...each, add: -each.add }))] }];
}

/** A transaction takes a hundred writes, and an expression 4 KB, of which a cell is 20 octets. */
const MOST_WRITES = 90;
const MOST_CELLS = 150;

/** As few as there can be: what is counted together is written together. A very long history takes several. */
function* transactions(uncounted: readonly Uncounted[], part: number, table: Table): Generator<Write[]> {
  let markers: Write[] = [];
  let rollups = new Map<string, Sum>();
  const written = () => [...markers, ...[...rollups.values()].flatMap((sum) => addCells(table, sum))];
  for (const { key, before, steps } of uncounted) {
    let [done, reached]: (Marker | null)[] = [before, null];
    const mark = () => {
      if (reached) markers.push(putVersion(table, { ...key, ...reached }, done ?? null));
    };
    for (const { marker, increments } of steps) {
      if (!fits(increments, rollups, markers.length + 1)) {
        mark();
        yield written();
        [markers, rollups, done, reached] = [[], new Map(), reached ?? done, null];
      }
      for (const increment of increments) add(increment, part, rollups);
      reached = marker;
    }
    mark();
  }
  if (markers.length > 0) yield written();
}

interface Sum {
  key: Key;
  cells: Map<string, number>;
}

function add(increment: Increment, part: number, rollups: Map<string, Sum>): void {
  const key = rollupKey(increment, part);
  const sum = rollups.get(nameOf(increment)) ?? { key, cells: new Map() };
  rollups.set(nameOf(increment), sum);
  sum.cells.set(increment.cell, (sum.cells.get(increment.cell) ?? 0) + increment.add);
}

function fits(increments: readonly Increment[], rollups: ReadonlyMap<string, Sum>, markers: number): boolean {
  const names = new Set([...rollups.keys(), ...increments.map(nameOf)]);
  const cells = Math.max(0, ...increments.map((each) => rollups.get(nameOf(each))?.cells.size ?? 0));
  return (
    rollups.size === 0 || (names.size + markers <= MOST_WRITES && cells + increments.length <= MOST_CELLS)
  );
}

function addCells(table: Table, { key, cells }: Sum): Write[] {
  const changed = [...cells].filter(([, by]) => by !== 0);
  if (changed.length === 0) return [];
  return [
    {
      Update: {
        TableName: table.name,
        Key: key,
        UpdateExpression: `ADD ${changed.map((_, index) => `#${index} :${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(changed.map(([cell], index) => [`#${index}`, cell])),
        ExpressionAttributeValues: Object.fromEntries(changed.map(([, by], index) => [`:${index}`, by])),
      },
    },
  ];
}

async function readPart(
  table: Table,
  part: number,
  by: Rollup['by'],
  from: string,
  to: string,
): Promise<Rollup[]> {
  const rollups: Rollup[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.query<Item>({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      // What follows the number sign, so that the last day is whole.
      ExpressionAttributeValues: { ':pk': `ROLLUP#${by}#${part}`, ':from': from, ':to': `${to}$` },
      ExclusiveStartKey: start,
    });
    rollups.push(
      ...page.items.map(({ pk: _, sk, ...cells }) => ({
        day: sk.slice(0, 'yyyy-mm-dd'.length),
        by,
        of: sk.slice('yyyy-mm-dd#'.length),
        cells: cells as Record<string, number>,
      })),
    );
    start = page.next;
  } while (start);
  return rollups;
}

async function openTickets({
  running,
  readAll,
}: Pick<Tickets, 'running' | 'readAll'>): Promise<OpenTicket[]> {
  const open: OpenTicket[] = [];
  const page: string[] = [];
  const readPage = async () => {
    const found = await readAll(page.splice(0));
    for (const ticket of found.filter(isActive)) {
      const { id, createdAt, category, team, assignee, priority, deadlines } = ticket;
      const due = Object.values(deadlines).sort()[0] ?? null;
      open.push({ id, openedAt: createdAt, category, team, agent: assignee ?? NOBODY, priority, due });
    }
  };
  for await (const id of running(null)) {
    page.push(id);
    if (page.length === PAGE) await readPage();
  }
  await readPage();
  return open;
}

/** One batch read. */
const PAGE = 100;

const MEASURED = 'MEASURED';
const TICKET = 'T#';

const markerKey = (pk: string): Key => ({ pk, sk: MEASURED });
const isTicket = (pk: string) => pk.startsWith(TICKET);
/** `MAIL` of `MAIL#…`. */
const whatIs = (pk: string) => pk.slice(0, pk.indexOf('#'));
const nameOf = ({ day, by, of }: Increment) => `${by} ${day}#${of}`;
const rollupKey = ({ day, by, of }: Increment, part: number): Key => ({
  pk: `ROLLUP#${by}#${part}`,
  sk: `${day}#${of}`,
});
