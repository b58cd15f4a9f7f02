/** What time will do next: every ticket that has a watch, by when it wakes. */
import { shardOf, type Tickets } from '../aws/tickets.ts';
import type { Ticket } from '../core/ticket/ticket.ts';

/** The first `limit` to wake. The index keeps each shard in this order, so that no more of each need be read. */
export async function nextWatches(tickets: Pick<Tickets, 'running' | 'read'>, limit: number) {
  const perShard = new Map<number, string[]>();
  for await (const id of tickets.running(null)) {
    const ids = perShard.get(shardOf(id)) ?? [];
    perShard.set(shardOf(id), ids);
    if (ids.length < limit) ids.push(id);
  }
  const read = await Promise.all([...perShard.values()].flat().map((id) => tickets.read(id)));
  return read
    .flatMap((ticket) => (ticket ? showNext(ticket) : []))
    .sort((a, b) => Date.parse(a.nextAt) - Date.parse(b.nextAt))
    .slice(0, limit);
}

/** Nothing of a ticket that ended while its index was read. */
function showNext({ id, watch, status, priority, policy, assignee, deadlines, subject }: Ticket) {
  if (watch?.state !== 'running' || !watch.nextAt || !watch.nextKind) return [];
  const { nextAt, nextKind, generation } = watch;
  return [
    { ticketId: id, nextAt, nextKind, generation, status, priority, policy, assignee, deadlines, subject },
  ];
}
