/** The same mail once more, at another of our addresses. */
import type { Desk } from '../config/desk.ts';
import { DESK, type Happening, isActive, type Ticket } from '../ticket/ticket.ts';
import { route } from '../triage/route.ts';
import { classifyArrival } from './opening.ts';
import type { Arrival, Memory, Moment } from './outcome.ts';
import { isConfidential, referrals } from './referral.ts';
import { failedAuthentication } from './standing.ts';

/**
 * When it opened the ticket and the address is a confidential team's, the ticket is theirs from now on: nothing had told
 * the desk, the first time, that it was written to them as well. Whoever has a copy can send it once more in its
 * writer's name; what failed authentication moves nothing.
 */
export function arrivedAgain(
  arrival: Arrival,
  ticket: Ticket,
  { loads }: Memory,
  { now }: Moment,
  desk: Desk,
): Happening[] {
  const { email, receipt } = arrival;
  if (failedAuthentication(receipt) || receipt.spam === 'FAIL' || receipt.virus === 'FAIL') return [];
  const referred = referrals(arrival, ticket, desk);
  const theirs = referred.some((event) => event.kind === 'referred' && isConfidential(event.team, desk));
  const opened = ticket.firstMessageId === email.messageId;
  if (!theirs || !opened || !isActive(ticket)) return referred;
  const { category, team, skills } = classifyArrival(arrival, desk);
  const { tier, priority } = ticket;
  const { assignee, reason } = route({ team, tier, skills, priority }, desk, loads, now);
  return [
    { kind: 'categorised', category, previous: ticket.category, team, by: DESK },
    ...(assignee
      ? [{ kind: 'assigned', assignee, previous: ticket.assignee, reason, by: DESK } as const]
      : []),
  ];
}
