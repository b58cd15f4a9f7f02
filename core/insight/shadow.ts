/** What a desk in shadow mode would have done: of the tickets and mails of some days. */
import type { MailRecord } from '../mail/record.ts';
import type { Ticket, TicketEvent } from '../ticket/ticket.ts';

export interface Count {
  name: string;
  count: number;
}

export interface ShadowReport {
  /** ISO 8601 UTC. */
  since: string;
  until: string;
  mails: Count[];
  tickets: number;
  categories: Count[];
  teams: Count[];
  priorities: Count[];
  /** Mails that did not leave, by their kind. */
  withheld: Count[];
  warned: number;
  breached: number;
  escalated: number;
  /** The newest tickets, and which mails to whom were withheld. */
  newest: {
    id: string;
    subject: string;
    category: string;
    team: string;
    priority: string;
    withheld: { kind: string; to: string }[];
  }[];
}

/** A ticket of the trial, with its events. */
export interface ShadowTicket {
  ticket: Ticket;
  events: readonly TicketEvent[];
}

const MOST_NAMED = 20;

/** `mails` and `tickets` newest first, each ticket with its events of these days. */
export function shadowReport(
  mails: readonly Pick<MailRecord, 'disposition'>[],
  tickets: readonly ShadowTicket[],
  { since, until }: { since: string; until: string },
): ShadowReport {
  const events = tickets.flatMap(({ events }) => events);
  const opened = tickets.filter(({ ticket }) => ticket.createdAt >= since).map(({ ticket }) => ticket);
  const howMany = (kind: TicketEvent['kind']) => events.filter((event) => event.kind === kind).length;
  return {
    ...{ since, until },
    mails: counted(mails.map(({ disposition }) => disposition)),
    tickets: opened.length,
    categories: counted(opened.map(({ category }) => category)),
    teams: counted(opened.map(({ team }) => team)),
    priorities: counted(opened.map(({ priority }) => priority)),
    withheld: counted(withheldIn(events).map(({ kind }) => kind)),
    warned: howMany('deadline-warned'),
    breached: howMany('deadline-breached'),
    escalated: howMany('escalated'),
    newest: tickets.slice(0, MOST_NAMED).map(({ ticket, events }) => {
      const { id, subject, category, team, priority } = ticket;
      return { id, subject, category, team, priority, withheld: withheldIn(events) };
    }),
  };
}

/** The mails that would have gone out since then, each a line: of which ticket, as what filed, to whom. */
export function withheldSince(tickets: readonly ShadowTicket[], since: string): Record<string, string>[] {
  return tickets.flatMap(({ ticket: { id, subject, category, team, priority }, events }) =>
    withheldIn(events.filter(({ at }) => at >= since)).map(({ kind, to }) => ({
      ...{ ticket: id, subject, category, team, priority, mail: kind, to },
    })),
  );
}

function withheldIn(events: readonly TicketEvent[]): { kind: string; to: string }[] {
  return events.flatMap((event) =>
    event.kind === 'update-withheld' && event.mail !== undefined
      ? [{ kind: event.mail, to: event.address }]
      : [],
  );
}

/** The most first. */
function counted(names: readonly string[]): Count[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}
