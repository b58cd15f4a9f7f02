/**
 * Shadow mode (`shadow: true` in desk.yaml): the desk reads, decides and records, and no mail leaves, but a report to those
 * who asked for the trial and a canary, which the desk writes to itself. What was withheld is recorded as settled, so
 * that none of it leaves later; and a ticket of the trial stays silent until somebody writes on it.
 */
import type { Desk } from '../config/desk.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import { personOf } from './standing.ts';
import type { SentKind } from './update.ts';

/** Why a mail does not leave, in words; null when it may. */
export function inShadow(
  { kind, to }: { kind: SentKind; to: { address: string } },
  ticket: Ticket | null,
  desk: Desk,
): string | null {
  if (kind === 'canary' || (kind === 'report' && hearsOfTrial(to.address, desk))) return null;
  if (desk.shadow) return 'shadow: the desk only looks on';
  return ticket?.shadow ? 'shadow: the ticket is of the time when the desk only looked on' : null;
}

/** Managers; where there is none, leads. */
export function hearsOfTrial(address: string, desk: Desk): boolean {
  const role = desk.people.some(({ role }) => role === 'manager') ? 'manager' : 'lead';
  return personOf(address, desk)?.role === role;
}

/** What somebody does who believes in the ticket: the first of it after the trial ends the silence. */
const BY_PEOPLE: readonly Happening['kind'][] = ['message-received', 'answered', 'noted', 'commanded'];

export function leavesShadow(ticket: Ticket, happenings: readonly Happening[], desk: Desk): Ticket {
  if (!ticket.shadow || desk.shadow || !happenings.some(({ kind }) => BY_PEOPLE.includes(kind)))
    return ticket;
  const { shadow: _, ...live } = ticket;
  return live;
}
