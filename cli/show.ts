/** Tickets, messages and events as the CLI gives them away. Programs rely on these shapes. */
import type { Desk } from '../core/config/desk.ts';
import { explainReckoning, MEASURES } from '../core/sla/clock.ts';
import {
  type Approval,
  DESK,
  type Link,
  type Message,
  type Ticket,
  type TicketEvent,
} from '../core/ticket/ticket.ts';
import type { Visit } from '../core/ticket/visit.ts';

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
  'policy',
  'policyReason',
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

export function publicTicket(ticket: Ticket): AsItIs & {
  requester: string | null;
  cc: string[];
  links: Link[];
  mergedInto: string | null;
  fields: Record<string, string>;
  approvals: Approval[];
  steps: { step: string; title: string; team: string; state: string; id: string | null }[];
  visit: Visit | null;
} {
  const shown = Object.fromEntries(AS_IT_IS.map((name) => [name, ticket[name]])) as unknown as AsItIs;
  const cc = ticket.participants.filter(({ role }) => role === 'cc').map(({ address }) => address);
  const { links = [], mergedInto = null, fields = {}, approvals = [], visit = null } = ticket;
  const steps = (ticket.steps ?? []).map(({ key, title, team, state, id = null }) => ({
    ...{ step: key, title, team, state, id },
  }));
  return {
    ...shown,
    requester: ticket.requester.address,
    cc,
    links,
    mergedInto,
    fields,
    approvals,
    steps,
    visit,
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

/** An event's facts for a person to read: what is empty is left out, reasons say themselves, people are their addresses. */
export function describeDetail(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([name, value]): [string, string] => [name, describe(value)])
    .filter(([, said]) => said !== '')
    .map(([name, said]) =>
      name === 'reason' || name === 'reasons' || name === 'lines' ? said : `${spoken(name)} ${said}`,
    )
    .join(', ');
}

function describe(value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value))
    return value
      .map(describe)
      .filter((said) => said !== '')
      .join('; ');
  if (typeof value !== 'object') return String(value);
  if ('why' in value) return String(value.why);
  if ('line' in value && 'detail' in value) return `${value.line}: ${value.detail}`;
  if ('address' in value) return String(value.address);
  return describeDetail(value as Record<string, unknown>);
}

/** `firstResponse` is `first response`. */
function spoken(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
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

/** How each deadline comes about; `ms` of time that does not count is real time. Measures that have not begun are left out. */
export function showReckoning({ clock }: Ticket, desk: Desk) {
  return MEASURES.flatMap((measure) => {
    const why = explainReckoning(clock, desk, measure);
    return why ? [{ measure, ...why }] : [];
  });
}

/** The same for a person: what is promised and why, then the sum. */
export function describeReckoning(reckoning: ReturnType<typeof showReckoning>): string {
  return reckoning
    .map(
      ({
        measure,
        policy,
        reason,
        priority,
        calendar,
        target,
        due,
        missed,
        fulfilledAt,
        paused,
        intervals,
      }) =>
        [
          `${measure}: ${lasting(target)} of ${calendar} for ${priority} by the policy ${policy}${reason && ` (${reason})`}`,
          ...intervals.map(
            ({ from, to, ms, counted, why, detail }) =>
              `  ${from}  ${to}  ${(counted ? `+ ${lasting(ms)}` : '').padEnd(12)}  ${why}${detail && `: ${detail}`}`,
          ),
          ...(due ? [`  due ${due}`] : []),
          ...(paused ? [`  stands since ${paused.since}: ${paused.reason}`] : []),
          ...(fulfilledAt ? [`  fulfilled ${fulfilledAt}`] : []),
          ...(missed ? [`  missed: it was due ${missed}`] : []),
        ].join('\n'),
    )
    .join('\n');
}

/** `1d 2h`, `45m`, `12s`: days of 24 hours, as desk.yaml writes them. */
function lasting(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([number]) => number > 0).map(([number, unit]) => `${number}${unit}`);
  return shown.join(' ') || '0s';
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
