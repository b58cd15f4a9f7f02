/** Tickets, messages and events as the CLI gives them away. Programs rely on these shapes. */
import { DESK, type Message, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';

export function publicTicket(ticket: Ticket) {
  const {
    id,
    subject,
    status,
    type,
    requester,
    participants,
    assignee,
    team,
    tier,
    category,
    impact,
    urgency,
    priority,
    language,
    tags,
    mailbox,
    flagged,
    follows,
  } = ticket;
  const { createdAt, updatedAt, resolvedAt, closedAt, deadlines, version } = ticket;
  return {
    id,
    subject,
    status,
    type,
    requester: requester.address as string | null,
    cc: participants.filter(({ role }) => role === 'cc').map(({ address }) => address),
    assignee,
    team,
    tier,
    category,
    impact,
    urgency,
    priority,
    language,
    tags,
    mailbox,
    flagged,
    follows,
    createdAt,
    updatedAt,
    resolvedAt,
    closedAt,
    deadlines,
    version,
  };
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
