/** Starts the watch of a ticket, which waits at once: one execution for each generation, however often it is asked. */
import { WatchRequest, wakeAt } from '../core/ticket/turn.ts';
import { queue, type World } from './handler.ts';

export const handler = queue(WatchRequest, startWatch);

export async function startWatch({ ticketId, generation }: WatchRequest, world: World): Promise<void> {
  const watch = (await world.tickets.read(ticketId))?.watch;
  // A later generation may have been started meanwhile, or all be done: this one would end at its first step.
  if (watch?.generation !== generation || watch.state === 'ended' || !watch.nextAt) return;
  // What was reckoned with the ticket, and not anew: whoever changes it begins a generation only for what comes before that.
  await world.watches.start(ticketId, generation, wakeAt(watch, watch.nextAt));
}
