/** What people of the desk have filed: its closed tickets, as something to learn from. */
import type { Tickets } from '../aws/tickets.ts';
import type { Desk } from '../core/config/desk.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import type { Filed } from '../core/triage/learn.ts';

/** The newest: older ones speak of systems that are gone, and training takes minutes with more. */
const MOST_TICKETS = 10_000;
const AT_ONCE = 20;

/**
 * The first message of each with the category that it has in the end. One that somebody corrected counts twice: it is
 * where the rules and the model were wrong. Spam is left out, what was merged into another ticket, and what lies in a
 * category that desk.yaml no longer has.
 */
export async function closedTickets(
  tickets: Tickets,
  desk: Desk,
  progress: (done: number, all: number) => void,
): Promise<Filed[]> {
  const known = new Set(desk.categories.map(({ name }) => name));
  const closed = await tickets.list(
    MOST_TICKETS,
    ({ status, category, tags, mergedInto }) =>
      status === 'closed' && known.has(category) && !tags.includes('spam') && mergedInto === undefined,
  );
  const filed: Filed[] = [];
  for (let from = 0; from < closed.length; from += AT_ONCE) {
    const some = closed.slice(from, from + AT_ONCE);
    filed.push(...(await Promise.all(some.map((ticket) => asFiled(ticket, tickets)))));
    progress(filed.length, closed.length);
  }
  return filed;
}

async function asFiled(
  { id, subject, category, team, priority, createdAt }: Ticket,
  tickets: Tickets,
): Promise<Filed> {
  const [message, [opened]] = await Promise.all([tickets.message(id, 1), tickets.events(id, 1)]);
  const corrected = opened?.kind === 'opened' && opened.category !== category;
  return {
    text: `${subject}\n${message?.text ?? ''}`,
    label: category,
    times: corrected ? 2 : 1,
    at: createdAt,
    aspects: { team, priority },
  };
}
