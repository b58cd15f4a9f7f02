/** Starts the watch of a ticket: one execution for each generation, however often it is asked. */
import * as z from 'zod';
import { queue, type World } from './handler.ts';

export const WatchRequest = z.object({
  version: z.literal(1),
  ticketId: z.string(),
  generation: z.int().min(1),
});

export const handler = queue(WatchRequest, startWatch);

export async function startWatch(
  { ticketId, generation }: z.output<typeof WatchRequest>,
  world: World,
): Promise<void> {
  const ticket = await world.tickets.read(ticketId);
  // A later generation may have been started meanwhile; this one would end at its first step.
  if (ticket?.watch?.generation !== generation) return;
  await world.watches.start(ticketId, generation);
}
