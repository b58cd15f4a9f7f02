/** Who knows the requester already: whoever had what he asked for last, where desk.yaml wants that. */
import type { Desk } from '../config/desk.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Last } from './route.ts';

/** Null where desk.yaml does not say so, it was too long ago, or another team's. */
export function lastAgent(
  ticket: Ticket | null | undefined,
  team: string,
  now: string,
  { triage: { lastAgent: within } }: Desk,
): Last | null {
  if (!within || !ticket?.assignee || ticket.team !== team) return null;
  const ended = ticket.resolvedAt ?? ticket.closedAt ?? now;
  return Date.parse(now) - Date.parse(ended) <= within
    ? { agent: ticket.assignee, ticketId: ticket.id }
    : null;
}
