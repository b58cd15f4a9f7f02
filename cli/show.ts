/** Tickets, messages and events as the CLI gives them away. Programs rely on these shapes. */
import { DESK, type Message, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';

/** What a ticket shows as it is; its clock, watch and counters are the desk's own affair. */
const AS_IT_IS = [
  'id',
  'subject',
  'status',
  'type',
  'assignee',
  'team',
  'tier',
  'category',
  'impact',
  'urgency',
  'priority',
  'language',
  'tags',
  'mailbox',
  'flagged',
  'follows',
  'createdAt',
  'updatedAt',
  'resolvedAt',
  'closedAt',
  'deadlines',
  'version',
] as const satisfies (keyof Ticket)[];

type AsItIs = Pick<Ticket, (typeof AS_IT_IS)[number]>;

export function publicTicket(ticket: Ticket): AsItIs & { requester: string | null; cc: string[] } {
  const shown = Object.fromEntries(AS_IT_IS.map((name) => [name, ticket[name]])) as unknown as AsItIs;
  const cc = ticket.participants.filter(({ role }) => role === 'cc').map(({ address }) => address);
  return { ...shown, requester: ticket.requester.address, cc };
}

export function showMessage({ id, at, direction, visibility, from, text, attachments }: Message) {
  return {
    id,
    at,
    direction,
    visibility,
    from: from.address,
    text,
    attachments: attachments.map(({ name, contentType, size, inline }) => ({
      name,
      contentType,
      size,
      inline,
    })),
  };
}

export function showEvent(event: TicketEvent) {
  const { at, kind, number: _, ...rest } = event;
  const { by: _by, ...facts } = { by: '', ...rest };
  const detail = Object.fromEntries(Object.entries(facts).sort(([a], [b]) => a.localeCompare(b)));
  return { at, kind, by: actorOf(event), detail };
}

function actorOf(event: TicketEvent): string {
  switch (event.kind) {
    case 'opened':
      return event.requester.address;
    case 'message-received':
      return event.from.address;
    default:
      return 'by' in event ? event.by : DESK;
  }
}

export function showWatch({ watch }: Ticket) {
  return (
    watch && {
      generation: watch.generation,
      state: watch.state,
      nextAt: watch.nextAt,
      nextKind: watch.nextKind,
    }
  );
}
