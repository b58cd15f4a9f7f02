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

/**
 * Nothing of a ticket that ended while its index was read. A watch may wake for what is settled by then: it finds nothing
 * due and waits on. `falls` is the deadline that comes first.
 */
function showNext({ id, watch, status, priority, policy, assignee, deadlines, subject }: Ticket) {
  if (watch?.state !== 'running' || !watch.nextAt || !watch.nextKind) return [];
  const { nextAt, nextKind, generation } = watch;
  const [falls = null] = Object.entries(deadlines)
    .map(([what, at]) => ({ what, at }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return [
    {
      ...{ ticketId: id, nextAt, nextKind, falls, generation },
      ...{ status, priority, policy, assignee, deadlines, subject },
    },
  ];
}
