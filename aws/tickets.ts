/** Tickets in the table: read by id, changed by one transaction that holds everything that belongs together. */
import { ConflictError, LoadMovedError } from '../core/faults.ts';
import type { Sealed } from '../core/ticket/audit.ts';
import type { Change } from '../core/ticket/change.ts';
import { findable, MOST_KEYS } from '../core/ticket/finding.ts';
import { isActive, isJoined, type Message, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';
import type { Undeliverable } from '../core/ticket/undeliverable.ts';
import type { Away } from '../core/triage/presence.ts';
import type { Load } from '../core/triage/route.ts';
import { awayKey, type Marks, undeliverableKey } from './addresses.ts';
import { keysIn, type PersonKeys, personKey, sealEvents } from './audit.ts';
import { type Item, putVersion, type Table, type Write } from './table.ts';

export interface Tickets {
  read(id: string): Promise<Ticket | null>;
  /** The same, or the ticket as which a merged one goes on. */
  goingOn(id: string): Promise<Ticket | null>;
  event(pk: string, sk: string): Promise<TicketEvent | null>;
  /** Events of one ticket, the ticket as it is now, and what goes with each of them: one batch read. */
  withTicket(
    pk: string,
    asked: readonly WithEvent[],
  ): Promise<{
    ticket: Ticket | null;
    told: { event: TicketEvent | null; message: Message | null }[];
    marks: Marks;
  }>;
  message(ticketId: string, number: number): Promise<Message | null>;
  /** The last `limit` messages, oldest first. */
  messages(ticketId: string, limit: number): Promise<Message[]>;
  /** All of a ticket's events, oldest first, `limit` at the most. */
  events(ticketId: string, limit: number): Promise<TicketEvent[]>;
  /** How much each of them has to do, and whether he is away: one batch read for fifty people. */
  loads(addresses: readonly string[]): Promise<Map<string, Load>>;
  /** The same; and of few, the keys by which the trail names them, with those that are known: one of them is going to be chosen. */
  candidates(
    addresses: readonly string[],
    known: PersonKeys,
  ): Promise<{ loads: Map<string, Load>; keys: PersonKeys }>;
  /**
   * All or nothing, with what it changes in other tickets. Throws ConflictError when one of the tickets was changed since
   * it was read, or an id is taken; LoadMovedError when somebody gets a ticket who was chosen by a load (`seen`) that he no
   * longer has, and nothing else is in the way.
   */
  commit(
    change: Change,
    messages: Message[],
    also?: Write[],
    elsewhere?: Change[],
    seen?: Seen,
  ): Promise<void>;
  /** The writes by which a message becomes another, for the transaction of the change that says so. */
  rewrite(ticket: Ticket, message: Message): Write[];
  /** Ids of the tickets that are not closed: all, or those whose watch wakes before then (ISO 8601 UTC). In each shard the earliest first. */
  running(before: string | null): AsyncGenerator<string>;
  /**
   * Ids of tickets that were closed before then (ISO 8601 UTC), `limit` at the most: those that have all that was written in
   * them, or those that have lost it; and those whose removal was begun before then.
   */
  closed(state: Closed, before: string, limit: number): Promise<string[]>;
  /** Tickets of before there were such indexes are put into them, `limit` at the most; how many were looked at. Throws ConflictError. */
  adopt(limit: number): Promise<number>;
  /** The hash of the desk.yaml that the last sweep through all of them reckoned with; null before the first. */
  reckonedBy(): Promise<string | null>;
  sayReckonedBy(hash: string): Promise<void>;
  /** By their keys alone, in no order: what a team has open, or what one of its people has of it. One page of an index. */
  held(team: string, assignee: string | null): Promise<Held[]>;
  /** Ids of somebody's own open requests, the newest first, `limit` at the most. */
  askedBy(requester: string, limit: number): Promise<string[]>;
  /** Ids of all that he asked for: what is worked on first, the newest first; so many at the most of either. */
  requestedBy(requester: string, limit: number): Promise<string[]>;
  /** What a team was asked with this word, or with one that begins so: the newest with the word itself first. One page of an index. */
  named(team: string, word: string, limit: number): Promise<Named[]>;
  /** The requester's newest ticket that is worked on, else the one that was done last. */
  lastOf(requester: string): Promise<Ticket | null>;
  /** Whom others stand in for, and with which tickets: one page of an index. */
  stoodIn(): Promise<{ id: string; owner: string }[]>;
  /** In the order of their ids; what is not there is left out. */
  readAll(ids: readonly string[]): Promise<Ticket[]>;
  /** Newest first; `since` (ISO 8601 UTC) saves reading what was opened before. */
  list(limit: number, keep: (ticket: Ticket) => boolean, since?: string): Promise<Ticket[]>;
}

/** Which event; the number of a message, and somebody's address, to read with it. */
export interface WithEvent {
  sk: string;
  message?: number | undefined;
  reader?: string | undefined;
}

/** What was read of people on the way to a change. */
export interface Seen {
  /** By which somebody was chosen; null where nothing is kept of him. */
  loads?: ReadonlyMap<string, Load | null>;
  keys?: PersonKeys;
}

/** An open ticket, as the index of hands knows it. */
export interface Held {
  id: string;
  assignee: string | null;
  /** Its next deadline, ISO 8601 UTC; null when none runs. */
  due: string | null;
}

/** A ticket, as the index of words knows it. */
export interface Named {
  id: string;
  /** ISO 8601 UTC. */
  createdAt: string;
  words: string[];
}

/** Of closed tickets: with all that was written in them, without it, on the way out. */
export type Closed = 'kept' | 'bare' | 'going';

/** Under which they stand in the index of what is open, which is sorted by time. */
export function closedPk(state: Closed, shard: number): string {
  return `${state.toUpperCase()}#${shard}`;
}

/** Listings are spread over a few partitions, so that none is the table's one hot key. */
export const SHARDS = 4;

export function shardOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % SHARDS;
}

const MOST_HOPS = 5;

export async function goingOn(id: string, read: Tickets['read']): Promise<Ticket | null> {
  let ticket = await read(id);
  for (let hop = 1; ticket?.mergedInto && hop <= MOST_HOPS; hop++) ticket = await read(ticket.mergedInto);
  return ticket;
}

export function openTickets(table: Table): Tickets {
  const read: Tickets['read'] = async (id) =>
    (await table.get<Item & { ticket: Ticket }>(ticketKey(id)))?.ticket ?? null;
  return {
    read,
    goingOn: (id) => goingOn(id, read),
    event: async (pk, sk) => (await table.get<Item & { event: TicketEvent }>({ pk, sk }))?.event ?? null,
    withTicket: async (pk, asked) => {
      // A batch takes each key once.
      const sks = new Set(asked.flatMap(({ sk, message }) => [sk, ...(message ? [messageSk(message)] : [])]));
      const readers = [...new Set(asked.flatMap(({ reader }) => reader ?? []))];
      const items = await table.getAll<Told>([
        ...['TICKET', ...sks].map((sk) => ({ pk, sk })),
        ...readers.map(undeliverableKey),
      ]);
      const found = new Map(items.map((item) => [item.sk, item]));
      return {
        ticket: found.get('TICKET')?.ticket ?? null,
        told: asked.map(({ sk, message }) => ({
          event: found.get(sk)?.event ?? null,
          message: (message && found.get(messageSk(message))?.message) || null,
        })),
        marks: new Map(
          readers.map((reader) => [
            reader,
            items.find((item) => item.pk === undeliverableKey(reader).pk)?.undeliverable ?? null,
          ]),
        ),
      };
    },
    message: async (ticketId, number) =>
      (await table.get<Item & { message: Message }>(messageKey(ticketId, number)))?.message ?? null,
    messages: async (ticketId, limit) => {
      const found = await range<Item & { message: Message }>(
        table,
        `T#${ticketId}`,
        'MESSAGE#',
        limit,
        false,
      );
      return found.map(({ message }) => message).reverse();
    },
    events: async (ticketId, limit) =>
      (await range<Item & { event?: TicketEvent }>(table, `T#${ticketId}`, 'EVENT#', limit, true)).flatMap(
        // Of a ticket that is gone only the audit trail is there.
        ({ event }) => event ?? [],
      ),
    loads: async (addresses) => (await readLoads(table, addresses)).loads,
    candidates: async (addresses, known) => {
      const unknown = addresses.filter((address) => !known.has(address));
      const named = unknown.length > MOST_KEYS_READ ? [] : unknown;
      const { loads, keys } = await readLoads(table, addresses, named);
      return { loads, keys: new Map([...known, ...keys]) };
    },
    commit: async (change, messages, also = [], elsewhere = [], { loads = new Map(), keys } = {}) => {
      const changes = [change, ...elsewhere];
      const { sealed, writes } = await sealEvents(table, changes, keys);
      const all = [
        ...changes.flatMap(({ before, after, events }) => [
          putTicket(table, before, { ...after, ...trailOf(events, sealed) }),
          ...putAsker(table, before, after),
          ...putStandIn(table, before, after),
          ...(before ? [] : putFindable(table, after, textOf(after, messages))),
          ...events.map((event) => putEvent(table, `T#${after.id}`, event, sealed.get(event))),
        ]),
        ...messages.map((message) => putMessage(table, ticketOf(message), message)),
        ...moveLoads(table, changes, loads),
        ...writes,
        ...also,
      ];
      await table.transact(all).catch((error) => {
        throw isAboutLoads(error) ? new LoadMovedError(error.message, { cause: error, at: error.at }) : error;
      });
    },
    rewrite: (ticket, message) => [
      putMessage(table, ticket.id, message, 'attribute_exists(pk)'),
      ...(message.number === 1 ? putFindable(table, ticket, message.text, MOST_KEYS) : []),
    ],
    async *running(before) {
      for (let shard = 0; shard < SHARDS; shard++) {
        let start: Record<string, unknown> | undefined;
        do {
          const page = await table.query<Item>({
            IndexName: 'open',
            KeyConditionExpression: before ? 'openPk = :shard AND openSk < :before' : 'openPk = :shard',
            ExpressionAttributeValues: {
              ':shard': `OPEN#${shard}`,
              ...(before ? { ':before': before } : {}),
            },
            ExclusiveStartKey: start,
          });
          for (const { pk } of page.items) yield pk.slice('T#'.length);
          start = page.next;
        } while (start);
      }
    },
    closed: async (state, before, limit) => {
      const pages = await Promise.all(
        everyShard((shard) =>
          table.query<Item>({
            IndexName: 'open',
            KeyConditionExpression: 'openPk = :shard AND openSk < :before',
            ExpressionAttributeValues: { ':shard': closedPk(state, shard), ':before': before },
            Limit: limit,
          }),
        ),
      );
      return pages.flatMap(({ items }) => items.map(({ pk }) => pk.slice('T#'.length))).slice(0, limit);
    },
    adopt: (limit) => adopt(table, limit),
    reckonedBy: async () => (await table.get<Item & { hash: string }>(RECKONED))?.hash ?? null,
    sayReckonedBy: async (hash) => void (await table.put({ ...RECKONED, hash })),
    held: async (team, assignee) => {
      const { items } = await table.query<Item & { handsSk: string }>({
        IndexName: 'hands',
        KeyConditionExpression: 'handsPk = :pk AND begins_with(handsSk, :begins)',
        ExpressionAttributeValues: { ':pk': `TEAM#${team}`, ':begins': assignee ? `${assignee}#` : '' },
        Limit: MOST_HELD,
      });
      return items.map(({ handsSk }) => heldIn(handsSk));
    },
    askedBy: (requester, limit) => inHandsOf(table, `ASKER#${requester}`, limit),
    requestedBy: async (requester, limit) => {
      const found = await Promise.all(
        [`ASKER#${requester}`, `ASKED#${requester}`].map((pk) => inHandsOf(table, pk, limit)),
      );
      return found.flat();
    },
    named: async (team, word, limit) => {
      const { items } = await table.query<Item & { listSk: string; words: string[] }>({
        IndexName: 'listing',
        KeyConditionExpression: 'listPk = :pk AND begins_with(listSk, :begins)',
        ExpressionAttributeValues: { ':pk': foundPk(team, word), ':begins': word },
        ScanIndexForward: false,
        Limit: limit,
      });
      return items.map(({ pk, listSk, words }) => ({
        ...{ id: pk.slice('T#'.length), words },
        createdAt: listSk.slice(listSk.indexOf(BEHIND) + 1, listSk.lastIndexOf('#')),
      }));
    },
    lastOf: async (requester) => {
      const newest = async (pk: string) => (await inHandsOf(table, pk, 1))[0];
      const [asks, asked] = await Promise.all([newest(`ASKER#${requester}`), newest(`ASKED#${requester}`)]);
      const id = asks ?? asked;
      return id ? read(id) : null;
    },
    stoodIn: async () => {
      const { items } = await table.query<Item & { handsSk: string }>({
        IndexName: 'hands',
        KeyConditionExpression: 'handsPk = :pk',
        ExpressionAttributeValues: { ':pk': STANDS_IN },
        Limit: MOST_HELD,
      });
      return items.map(({ pk, handsSk }) => ({
        id: pk.slice('T#'.length),
        owner: handsSk.slice(0, handsSk.lastIndexOf('#')),
      }));
    },
    readAll: async (ids) => {
      const items = await table.getAll<Item & { ticket?: Ticket }>([...new Set(ids)].map(ticketKey));
      // An erased id leaves an item without a ticket.
      const found = new Map(items.flatMap(({ ticket }) => (ticket ? [[ticket.id, ticket]] : [])));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    list: async (limit, keep, since) => {
      const shards = await Promise.all(
        everyShard((shard) =>
          newest<Item & { ticket: Ticket }>(
            table,
            `TICKET#${shard}`,
            limit,
            ({ ticket }) => keep(ticket),
            since,
          ),
        ),
      );
      return newestFirst(shards.flat().map(({ ticket }) => ticket)).slice(0, limit);
    },
  };
}

/** Of all but one of them the key is read in vain: a few cost less than a call more, and those of a large tier would not. */
const MOST_KEYS_READ = 4;

async function readLoads(
  table: Table,
  addresses: readonly string[],
  named: readonly string[] = [],
): Promise<{ loads: Map<string, Load>; keys: PersonKeys }> {
  const people = [...new Set(addresses)];
  const items = await table.getAll<
    Item & { openTickets?: number; lastAssignedAt?: string; away?: Away; key?: string }
  >([...people.flatMap((address) => [loadKey(address), awayKey(address)]), ...named.map(personKey)]);
  const found = new Map(items.map((item) => [item.pk, item]));
  const loads = new Map(
    people.flatMap((address): [string, Load][] => {
      const load = found.get(loadKey(address).pk);
      const away = found.get(awayKey(address).pk)?.away ?? null;
      return load || away
        ? [[address, { open: load?.openTickets ?? 0, lastAssignedAt: load?.lastAssignedAt ?? null, away }]]
        : [];
    }),
  );
  return { loads, keys: keysIn(items, named) };
}

type Told = Item & { event?: TicketEvent; ticket?: Ticket; message?: Message; undeliverable?: Undeliverable };

/** Which of the indexes were filled; with another one a desk goes through its tickets once more. */
const ADOPTED = { pk: 'DESK', sk: 'ADOPTED#2' };

/** Once through the listing, a page an hour, the oldest first; what comes from now on stands in the indexes by itself. Throws ConflictError. */
async function adopt(table: Table, limit: number): Promise<number> {
  const done = await table.get<Item & { shard: number; after: string }>(ADOPTED);
  const { shard, after } = done ?? { shard: 0, after: ' ' };
  if (shard === SHARDS) return 0;
  const { items, next: more } = await table.query<
    Item & { ticket: Ticket; version: number; openPk?: string }
  >({
    IndexName: 'listing',
    KeyConditionExpression: 'listPk = :pk AND listSk > :after',
    ExpressionAttributeValues: { ':pk': `TICKET#${shard}`, ':after': after },
    Limit: limit,
  });
  const texts = new Map(
    (
      await table.getAll<Item & { message: Message }>(items.map(({ ticket }) => messageKey(ticket.id, 1)))
    ).map(({ pk, message }) => [pk, message.text]),
  );
  for (const { pk, ticket, version, openPk } of items) {
    const isBare = ticket.status === 'closed' && openPk === undefined;
    const text = texts.get(pk);
    const Update = {
      ...{ TableName: table.name, Key: ticketKey(ticket.id) },
      UpdateExpression: isBare ? 'SET openPk = :kept, openSk = :at' : 'SET #version = :read',
      // Whoever changed it meanwhile has put it where it belongs, or taken out what was read.
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: {
        ...{ ':read': version },
        ...(isBare ? { ':kept': closedPk('kept', shard), ':at': `${ticket.closedAt}#${ticket.id}` } : {}),
      },
    };
    if (isBare || text !== undefined)
      await table.transact([{ Update }, ...(text === undefined ? [] : putFindable(table, ticket, text))]);
  }
  const last = items.at(-1)?.listSk;
  const next = more && last ? { shard, after: String(last) } : { shard: shard + 1, after: ' ' };
  await table.put({ ...ADOPTED, ...next });
  return items.length;
}

const RECKONED = { pk: 'DESK', sk: 'RECKONED' };

/** A team with more open tickets than this sees the first of them. */
const MOST_HELD = 1_000;

function newestFirst(tickets: Ticket[]): Ticket[] {
  return tickets.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

export function everyShard<T>(ask: (shard: number) => T): T[] {
  return Array.from({ length: SHARDS }, (_, shard) => ask(shard));
}

export const ticketKey = (id: string) => ({ pk: `T#${id}`, sk: 'TICKET' });
const messageKey = (ticketId: string, number: number) => ({ pk: `T#${ticketId}`, sk: messageSk(number) });
const messageSk = (number: number) => `MESSAGE#${pad(number)}`;
const loadKey = (address: string) => ({ pk: `LOAD#${address}`, sk: 'LOAD' });

function pad(number: number): string {
  return String(number).padStart(8, '0');
}

function trailOf(
  events: readonly TicketEvent[],
  sealed: ReadonlyMap<TicketEvent, Sealed>,
): Pick<Ticket, 'trail'> {
  const last = events.at(-1);
  const link = last && sealed.get(last);
  return link ? { trail: { events: last.number, chain: link.chain } } : {};
}

function putTicket(table: Table, before: Ticket | null, after: Ticket): Write {
  const nextAt = after.watch?.state === 'running' ? after.watch.nextAt : null;
  const shard = shardOf(after.id);
  const item = {
    ...ticketKey(after.id),
    ticket: after,
    version: after.version,
    listPk: `TICKET#${shard}`,
    listSk: `${after.createdAt}#${after.id}`,
    // What waits for its problem is in the problem's hands, and is nobody's to take.
    ...(isActive(after) && !isJoined(after) ? inHands(after) : {}),
    // A ticket for which time has nothing left to do is there too, behind all others: another desk.yaml may have. What is
    // closed stands there apart, by when it was, until its time is over.
    ...(after.status === 'closed'
      ? { openPk: closedPk('kept', shard), openSk: `${after.closedAt}#${after.id}` }
      : { openPk: `OPEN#${shard}`, openSk: `${nextAt ?? NOTHING_DUE}#${after.id}` }),
  };
  return putVersion(table, item, before);
}

/** Sparse: only an open ticket has these attributes. In the order of the index nobody's come first, then each one's by what is due next. */
function inHands({ id, team, assignee, deadlines }: Ticket): { handsPk: string; handsSk: string } {
  const due = Object.values(deadlines).sort()[0] ?? NOTHING_DUE;
  return { handsPk: `TEAM#${team}`, handsSk: `${assignee ?? NOBODY}#${due}#${id}` };
}

const NOBODY = '-';
const NOTHING_DUE = '9999';

/** The address may hold a number sign, what follows it does not. */
function heldIn(handsSk: string): Held {
  const parts = handsSk.split('#');
  const [id = '', due = NOTHING_DUE] = [parts.pop(), parts.pop()];
  const assignee = parts.join('#');
  return {
    id,
    assignee: assignee === NOBODY ? null : assignee,
    due: due === NOTHING_DUE ? null : due,
  };
}

/** The entry by which a requester's open tickets are found, in the same index, and the last of those that are done. */
function putAsker(table: Table, before: Ticket | null, after: Ticket): Write[] {
  const pkOf = (ticket: Ticket) => `${isActive(ticket) ? 'ASKER' : 'ASKED'}#${ticket.requester.address}`;
  const handsPk = pkOf(after);
  if (before && pkOf(before) === handsPk) return [];
  const { id, createdAt, updatedAt } = after;
  const handsSk = `${isActive(after) ? createdAt : updatedAt}#${id}`;
  return [{ Put: { TableName: table.name, Item: { pk: `T#${id}`, sk: 'ASKER', handsPk, handsSk } } }];
}

/** Ids, the newest first. */
async function inHandsOf(table: Table, pk: string, limit: number): Promise<string[]> {
  const { items } = await table.query<Item>({
    IndexName: 'hands',
    KeyConditionExpression: 'handsPk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ScanIndexForward: false,
    Limit: limit,
  });
  return items.map(({ pk }) => pk.slice('T#'.length));
}

/** Behind every letter: from the end of the index, what is the word itself comes before what begins so. */
const BEHIND = '\uf8ff';

/** By its beginning, so that one page holds all that begin so; and by the team that was asked, since not everybody may read it. */
function foundPk(team: string, word: string): string {
  return `FOUND#${team}#${[...word].slice(0, 3).join('')}`;
}

/** `over`: so many entries of before are written over, with nothing where there are fewer now. */
function putFindable(table: Table, ticket: Ticket, text: string, over = 0): Write[] {
  const { id, team, createdAt } = ticket;
  const { keys, words } = findable(ticket, text);
  return Array.from({ length: Math.max(keys.length, over) }, (_, n) => {
    const word = keys[n];
    const entry = word && {
      ...{ listPk: foundPk(team, word), listSk: `${word}${BEHIND}${createdAt}#${id}` },
      words,
    };
    return { Put: { TableName: table.name, Item: { pk: `T#${id}`, sk: `FOUND#${pad(n)}`, ...entry } } };
  });
}

function textOf({ id }: Ticket, messages: readonly Message[]): string {
  return messages.find((message) => message.id === `${id}-m1`)?.text ?? '';
}

const STANDS_IN = 'STANDS-IN';

/** Somebody has it for as long as another is away: it stands in the index until he is back, or it is done or given on. */
function putStandIn(table: Table, before: Ticket | null, after: Ticket): Write[] {
  const ownerOf = (ticket: Ticket | null) => (ticket && isActive(ticket) ? ticket.standsInFor : undefined);
  const owner = ownerOf(after);
  if (owner === ownerOf(before)) return [];
  const { id } = after;
  const entry = owner ? { handsPk: STANDS_IN, handsSk: `${owner}#${id}` } : {};
  return [{ Put: { TableName: table.name, Item: { pk: `T#${id}`, sk: 'STANDS-IN', ...entry } } }];
}

/** An event is never written over: history only grows. */
export function putEvent(
  table: Table,
  pk: string,
  event: { number: number },
  beside: Partial<Sealed> & { expiresAt?: number } = {},
): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { pk, sk: `EVENT#${pad(event.number)}`, event, ...beside },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

function ticketOf({ id }: Message): string {
  return id.slice(0, id.lastIndexOf('-m'));
}

function putMessage(
  table: Table,
  ticketId: string,
  message: Message,
  condition = 'attribute_not_exists(pk)',
): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { ...messageKey(ticketId, message.number), message },
      ConditionExpression: condition,
    },
  };
}

/** And about nothing else: whoever chooses anew goes on with all else that he read, the keys of people too. */
function isAboutLoads(error: unknown): error is ConflictError {
  return (
    error instanceof ConflictError &&
    error.at.length > 0 &&
    error.at.every((pk) => pk.startsWith(loadKey('').pk))
  );
}

/** How many running tickets somebody has, kept with the tickets themselves so that it can never disagree with them. */
export function moveLoads(
  table: Table,
  changes: readonly Change[],
  seen: ReadonlyMap<string, Load | null>,
): Write[] {
  const moves = new Map<string, { by: number; at: string | null }>();
  // A transaction takes one write for an item.
  const move = (address: string, by: number, at: string | null) => {
    const before = moves.get(address);
    moves.set(address, { by: (before?.by ?? 0) + by, at: at ?? before?.at ?? null });
  };
  for (const { before, after } of changes) {
    const from = before ? holder(before) : null;
    const to = holder(after);
    if (from === to) continue;
    if (from) move(from, -1, null);
    if (to) move(to, 1, after.updatedAt);
  }
  return [...moves].map(([address, { by, at }]) => {
    const load = by > 0 ? seen.get(address) : undefined;
    return addLoad(table, address, by, at, load === undefined ? null : (load?.open ?? 0));
  });
}

/** Tickets whose clock stands still take nobody's time. */
function holder({ status, assignee }: Ticket): string | null {
  return status === 'new' || status === 'open' ? assignee : null;
}

/**
 * Of two mails that choose the same person at the same moment one comes too late and chooses anew: otherwise a burst would
 * all go to whoever had the fewest before it. `seen`: null when he was not chosen by his load.
 */
function addLoad(table: Table, address: string, by: number, at: string | null, seen: number | null): Write {
  const same = 'openTickets = :seen';
  return {
    Update: {
      TableName: table.name,
      Key: loadKey(address),
      UpdateExpression: at ? 'ADD openTickets :by SET lastAssignedAt = :at' : 'ADD openTickets :by',
      ...(seen === null
        ? {}
        : { ConditionExpression: seen === 0 ? `attribute_not_exists(openTickets) OR ${same}` : same }),
      ExpressionAttributeValues: {
        ':by': by,
        ...(at ? { ':at': at } : {}),
        ...(seen === null ? {} : { ':seen': seen }),
      },
    },
  };
}

export async function range<T extends Item>(
  table: Table,
  pk: string,
  prefix: string,
  limit: number,
  forward: boolean,
): Promise<T[]> {
  const items: T[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.query<T>({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      ScanIndexForward: forward,
      ConsistentRead: true,
      Limit: limit - items.length,
      ExclusiveStartKey: start,
    });
    items.push(...page.items);
    start = page.next;
  } while (start && items.length < limit);
  return items;
}

/** The newest entries of one shard of a listing that are worth keeping. For the admin's listings, not for a mail's way. */
export async function newest<T extends Item>(
  table: Table,
  listPk: string,
  limit: number,
  keep: (item: T) => boolean,
  since?: string,
): Promise<T[]> {
  const kept: T[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.query<T>({
      IndexName: 'listing',
      KeyConditionExpression: since ? 'listPk = :pk AND listSk >= :since' : 'listPk = :pk',
      ExpressionAttributeValues: { ':pk': listPk, ...(since ? { ':since': since } : {}) },
      ScanIndexForward: false,
      ExclusiveStartKey: start,
    });
    kept.push(...page.items.filter(keep));
    start = page.next;
  } while (start && kept.length < limit);
  return kept.slice(0, limit);
}
