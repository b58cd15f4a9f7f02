/**
 * Starts the watch of a ticket, which waits at once: one execution for each generation, however often it is asked. Nobody
 * looks whether a later one has begun in the second since, or all is done: then it ends at its first turn. That costs as
 * much as four hundred looks, and is far more seldom.
 */
import { WatchRequest, wakeAt } from '../core/ticket/turn.ts';
import { queue, type World } from './handler.ts';

export const handler = queue(WatchRequest, startWatch);

export async function startWatch(
  { ticketId, generation, at }: WatchRequest,
  { watches, now }: World,
): Promise<void> {
  // Where nobody says when, advance-watch does.
  await watches.start(ticketId, generation, at ?? wakeAt({ startedAt: now() }, now()));
}
