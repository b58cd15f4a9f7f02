/** Tickets in the table: read by id, changed by one transaction that holds everything that belongs together. */
import type { Change } from '../core/ticket/change.ts';
import type { Message, Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import type { Away } from '../core/triage/presence.ts';
import type { Load } from '../core/triage/route.ts';
import { awayKey } from './addresses.ts';
import { type Item, putVersion, type Table, type Write } from './table.ts';

export interface Tickets {
  read(id: string): Promise<Ticket | null>;
  event(pk: string, sk: string): Promise<TicketEvent | null>;
  message(ticketId: string, number: number): Promise<Message | null>;
  /** The last `limit` messages, oldest first. */
  messages(ticketId: string, limit: number): Promise<Message[]>;
  /** All of a ticket's events, oldest first, `limit` at the most. */
  events(ticketId: string, limit: number): Promise<TicketEvent[]>;
  /** How much each of them has to do, and whether he is away: one batch read for fifty people. */
  loads(addresses: readonly string[]): Promise<Map<string, Load>>;
  /** Throws ConflictError when the ticket was changed since it was read, or its id is taken. */
  commit(change: Change, messages: Message[], also?: Write[]): Promise<void>;
  /** Ids of the tickets that have a watch: all, or those whose watch should have woken by then (ISO 8601 UTC). */
  running(before: string | null): AsyncGenerator<string>;
  /** Newest first. */
  list(limit: number, keep: (ticket: Ticket) => boolean): Promise<Ticket[]>;
}

/** Listings are spread over a few partitions, so that none is the table's one hot key. */
export const SHARDS = 4;

export function shardOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % SHARDS;
}

export function openTickets(table: Table): Tickets {
  return {
    read: async (id) => (await table.get<Item & { ticket: Ticket }>(ticketKey(id)))?.ticket ?? null,
    event: async (pk, sk) => (await table.get<Item & { event: TicketEvent }>({ pk, sk }))?.event ?? null,
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
      (await range<Item & { event: TicketEvent }>(table, `T#${ticketId}`, 'EVENT#', limit, true)).map(
        ({ event }) => event,
      ),
    loads: async (addresses) => {
      const people = [...new Set(addresses)];
      const items = await table.getAll<Item & { openTickets?: number; lastAssignedAt?: string; away?: Away }>(
        people.flatMap((address) => [loadKey(address), awayKey(address)]),
      );
      const found = new Map(items.map((item) => [item.pk, item]));
      return new Map(
        people.flatMap((address): [string, Load][] => {
          const load = found.get(loadKey(address).pk);
          const away = found.get(awayKey(address).pk)?.away ?? null;
          return load || away
            ? [
                [
                  address,
                  { open: load?.openTickets ?? 0, lastAssignedAt: load?.lastAssignedAt ?? null, away },
                ],
              ]
            : [];
        }),
      );
    },
    commit: async ({ before, after, events }, messages, also = []) => {
      await table.transact([
        putTicket(table, before, after),
        ...events.map((event) => putEvent(table, `T#${after.id}`, event)),
        ...messages.map((message) => putMessage(table, after.id, message)),
        ...moveLoad(table, before, after),
        ...also,
      ]);
    },
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
    list: async (limit, keep) => {
      const shards = await Promise.all(
        everyShard((shard) =>
          newest<Item & { ticket: Ticket }>(table, `TICKET#${shard}`, limit, ({ ticket }) => keep(ticket)),
        ),
      );
      const tickets = shards.flat().map(({ ticket }) => ticket);
      return tickets.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)).slice(0, limit);
    },
  };
}

export function everyShard<T>(ask: (shard: number) => T): T[] {
  return Array.from({ length: SHARDS }, (_, shard) => ask(shard));
}

const ticketKey = (id: string) => ({ pk: `T#${id}`, sk: 'TICKET' });
const messageKey = (ticketId: string, number: number) => ({
  pk: `T#${ticketId}`,
  sk: `MESSAGE#${pad(number)}`,
});
const loadKey = (address: string) => ({ pk: `LOAD#${address}`, sk: 'LOAD' });

function pad(number: number): string {
  return String(number).padStart(8, '0');
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
    ...(nextAt ? { openPk: `OPEN#${shard}`, openSk: `${nextAt}#${after.id}` } : {}),
  };
  return putVersion(table, item, before);
}

/** An event is never written over: history only grows. */
export function putEvent(table: Table, pk: string, event: { number: number }): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { pk, sk: `EVENT#${pad(event.number)}`, event },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

function putMessage(table: Table, ticketId: string, message: Message): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { ...messageKey(ticketId, message.number), message },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** How many running tickets somebody has, kept with the tickets themselves so that it can never disagree with them. */
function moveLoad(table: Table, before: Ticket | null, after: Ticket): Write[] {
  const from = before ? holder(before) : null;
  const to = holder(after);
  if (from === to) return [];
  return [
    ...(from ? [addLoad(table, from, -1, null)] : []),
    ...(to ? [addLoad(table, to, 1, after.updatedAt)] : []),
  ];
}

/** Tickets whose clock stands still take nobody's time. */
function holder({ status, assignee }: Ticket): string | null {
  return status === 'new' || status === 'open' ? assignee : null;
}

function addLoad(table: Table, address: string, by: number, at: string | null): Write {
  return {
    Update: {
      TableName: table.name,
      Key: loadKey(address),
      UpdateExpression: at ? 'ADD openTickets :by SET lastAssignedAt = :at' : 'ADD openTickets :by',
      ExpressionAttributeValues: { ':by': by, ...(at ? { ':at': at } : {}) },
    },
  };
}

async function range<T extends Item>(
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
