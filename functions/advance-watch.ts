/**
 * One turn of a ticket's watch: reads the ticket, does what has fallen due, and says when to wake next. Deciding and
 * writing are one step under the ticket's version, so no answer can slip in between.
 */
import { change, changeOnWaking } from '../core/ticket/change.ts';
import { nextStep } from '../core/ticket/next-step.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { oldest, Turn, type Turned, wakeAt } from '../core/ticket/turn.ts';
import { isMarked } from '../core/ticket/undeliverable.ts';
import { again, lambda, type World } from './handler.ts';
import { type SeenLoads, withLoads } from './with-loads.ts';

/** A turn writes about a dozen entries of history, and an execution fails at 25,000: 20,000 are enough. */
const MOST_TURNS = 1_600;

export const handler = lambda(Turn, (input, world) => again(() => advanceWatch(input, world)));

export async function advanceWatch(input: Turn, world: World): Promise<Turned> {
  const { ticketId, generation, turns } = input;
  const ticket = await world.tickets.read(ticketId);
  if (!ticket || ticket.watch?.generation !== generation || ticket.watch.state === 'ended')
    return ended(input);
  const now = world.now();
  const isDeaf = await isUnreachable(ticket, world);
  const seen: SeenLoads = new Map();
  const happenings = await withLoads(
    world.tickets,
    (loads) => nextStep(ticket, now, world.desk, loads, isDeaf),
    seen,
  );
  if (turns >= MOST_TURNS || Date.parse(now) >= oldest(ticket.watch)) {
    await world.tickets.commit(
      change({ ...ticket, watch: { ...ticket.watch, state: 'ended' } }, happenings, now, world.desk),
      [],
      [],
      [],
      { loads: seen },
    );
    return ended(input);
  }
  const changed = changeOnWaking(ticket, happenings, now, world.desk);
  if (happenings.length > 0 || changed.after.watch?.nextAt !== ticket.watch.nextAt)
    await world.tickets.commit(changed, [], [], [], { loads: seen });
  const nextAt = changed.after.watch?.nextAt;
  if (!nextAt) return ended(input);
  const ahead = Date.parse(input.enteredAt ?? now) - Date.parse(now);
  return {
    ...input,
    turns: turns + 1,
    wake: { state: 'waiting', at: wakeAt(ticket.watch, nextAt, ahead) },
  };
}

/** Only a ticket that waits for its requester would write to him without a person's doing. */
async function isUnreachable({ status, requester }: Ticket, world: World): Promise<boolean> {
  return (
    status === 'waiting' && isMarked(await world.addresses.undeliverable(requester.address), world.now())
  );
}

function ended(input: Turn): Turned {
  return { ...input, wake: { state: 'ended' } };
}
