/** Does the audit trail hold? Of one ticket, or of all that are and were. */
import { type EventItem, trailOf } from '../aws/audit.ts';
import { GONE, partition, type Tombstone } from '../aws/removal.ts';
import type { Item, Table } from '../aws/table.ts';
import { SHARDS, ticketKey } from '../aws/tickets.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { Refused } from './refused.ts';

export interface Verified {
  ticketId: string;
  events: number;
  /** How many of them are in the chain; those before there was one are not. */
  chained: number;
  /** The last link: whoever keeps it can prove later that nothing before it has changed. */
  head: string | null;
  broken: { number: number; why: string } | null;
}

export async function verifyTicket(id: string, table: Table): Promise<Verified> {
  const item = await table.get<Item & { ticket?: Ticket; events?: number }>(ticketKey(id));
  if (!item) throw new Refused(`There is no ticket ${id}, and there was none.`);
  const events: EventItem[] = [];
  for await (const items of partition(table, id, 'EVENT#')) events.push(...(items as EventItem[]));
  const expected = item.ticket?.events ?? (item as unknown as Tombstone).events;
  const isOver = !item.ticket && events.length === 0;
  const { links, broken } = await trailOf(table, id, events, isOver ? 0 : expected);
  const head = links.at(-1)?.chain ?? null;
  return { ticketId: id, events: events.length, chained: links.length, head, broken };
}

/** A query for each ticket. */
export async function* verifyAll(table: Table): AsyncGenerator<Verified> {
  const listings = [...Array.from({ length: SHARDS }, (_, shard) => `TICKET#${shard}`), GONE];
  for (const listPk of listings) {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await table.query<Item>({
        IndexName: 'listing',
        KeyConditionExpression: 'listPk = :pk',
        ExpressionAttributeValues: { ':pk': listPk },
        ExclusiveStartKey: start,
      });
      for (const { pk } of page.items) yield verifyTicket(pk.slice('T#'.length), table);
      start = page.next;
    } while (start);
  }
}
