/**
 * One turn of a ticket's watch: reads the ticket, does what has fallen due, and says when to wake next. Deciding and
 * writing are one step under the ticket's version, so no answer can slip in between.
 */
import * as z from 'zod';
import { change, changeOnWaking, LONGEST_WAIT } from '../core/ticket/change.ts';
import { teamsAfter } from '../core/ticket/hand-over.ts';
import { nextStep } from '../core/ticket/next-step.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { isMarked } from '../core/ticket/undeliverable.ts';
import { candidates } from '../core/triage/route.ts';
import { again, lambda, type World } from './handler.ts';

/** What the machine hands from turn to turn. Running executions outlive a deployment: a new shape is a new version. */
export const AdvanceWatchInput = z.object({
  version: z.literal(1),
  ticketId: z.string(),
  generation: z.int().min(1),
  turns: z.int().min(0),
});

type Input = z.output<typeof AdvanceWatchInput>;
export type NextWake = Input & { wake: { state: 'waiting'; at: string } | { state: 'ended' } };

/** A turn writes about a dozen entries of history, and an execution fails at 25,000: 20,000 are enough. */
const MOST_TURNS = 1_600;

export const handler = lambda(AdvanceWatchInput, (input, world) => again(() => advanceWatch(input, world)));

export async function advanceWatch(input: Input, world: World): Promise<NextWake> {
  const { ticketId, generation, turns } = input;
  const ticket = await world.tickets.read(ticketId);
  if (!ticket || ticket.watch?.generation !== generation || ticket.watch.state === 'ended')
    return ended(input);
  const now = world.now();
  const happenings = nextStep(
    ticket,
    now,
    world.desk,
    await loadsNear(ticket, world),
    await isUnreachable(ticket, world),
  );
  if (turns >= MOST_TURNS || Date.parse(now) - Date.parse(ticket.watch.startedAt) >= LONGEST_WAIT) {
    await world.tickets.commit(
      change({ ...ticket, watch: { ...ticket.watch, state: 'ended' } }, happenings, now, world.desk),
      [],
    );
    return ended(input);
  }
  const changed = changeOnWaking(ticket, happenings, now, world.desk);
  if (happenings.length > 0 || changed.after.watch?.nextAt !== ticket.watch.nextAt)
    await world.tickets.commit(changed, []);
  const nextAt = changed.after.watch?.nextAt;
  if (!nextAt) return ended(input);
  return {
    ...input,
    turns: turns + 1,
    wake: { state: 'waiting', at: earliest(nextAt, Date.parse(now) + LONGEST_WAIT) },
  };
}

/** Only a ticket that waits for its requester would write to him without a person's doing. */
async function isUnreachable({ status, requester }: Ticket, world: World): Promise<boolean> {
  return (
    status === 'waiting' && isMarked(await world.addresses.undeliverable(requester.address), world.now())
  );
}

function ended(input: Input): NextWake {
  return { ...input, wake: { state: 'ended' } };
}

/** Who is free at its tier, above, and where it is handed over to: what has fallen due may give it into other hands. */
async function loadsNear(ticket: Ticket, world: World) {
  const { team, tier, status } = ticket;
  if (status === 'resolved' || status === 'closed') return new Map();
  return world.tickets.loads([
    ...candidates(team, tier + 1, world.desk),
    ...[team, ...teamsAfter(ticket, world.desk)].flatMap((each) => candidates(each, tier, world.desk)),
  ]);
}

function earliest(at: string, other: number): string {
  return Date.parse(at) <= other ? at : new Date(other).toISOString();
}
