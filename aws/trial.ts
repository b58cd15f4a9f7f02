/** Reads what a desk on trial (`shadow: true`) has come to know and do. */
import type { ShadowTicket } from '../core/insight/shadow.ts';
import type { MailRecord } from '../core/mail/record.ts';
import type { Ledger } from './ledger.ts';
import type { Tickets } from './tickets.ts';

/** The newest; each takes a query for its events. */
const MOST_TICKETS = 1_000;
const MOST_MAILS = 10_000;
const MOST_EVENTS = 1_000;
const AT_ONCE = 20;

export interface Trial {
  mails: MailRecord[];
  tickets: ShadowTicket[];
  /** There are more tickets than were read. */
  cut: boolean;
}

/** `since`: ISO 8601 UTC. */
export async function readTrial(
  { tickets, ledger }: { tickets: Pick<Tickets, 'list' | 'events'>; ledger: Pick<Ledger, 'list'> },
  since: string,
): Promise<Trial> {
  const mails = await ledger.list(MOST_MAILS, () => true, since);
  const found = await tickets.list(MOST_TICKETS, ({ shadow }) => shadow === true, since);
  const read: ShadowTicket[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE)
    read.push(
      ...(await Promise.all(
        found
          .slice(from, from + AT_ONCE)
          .map(async (ticket) => ({ ticket, events: await tickets.events(ticket.id, MOST_EVENTS) })),
      )),
    );
  return { mails, tickets: read, cut: found.length === MOST_TICKETS };
}
