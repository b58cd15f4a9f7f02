/** Starts the watch of a ticket: one execution for each generation, however often it is asked. */
import { WatchRequest } from '../core/ticket/turn.ts';
import { queue, type World } from './handler.ts';

export const handler = queue(WatchRequest, startWatch);

export async function startWatch({ ticketId, generation }: WatchRequest, world: World): Promise<void> {
  const ticket = await world.tickets.read(ticketId);
  // A later generation may have been started meanwhile; this one would end at its first step.
  if (ticket?.watch?.generation !== generation) return;
  await world.watches.start(ticketId, generation);
}
