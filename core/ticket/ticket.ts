/**
 * A ticket: what it is (a union over its status) and how an event changes it (`evolve`).
 * What may happen to it is decided in decide.ts and next-step.ts; its deadlines are derived in change.ts.
 */
import type { Impact, Language, Priority, TicketType, Urgency } from '../config/desk.ts';
import type { Address } from '../mail/email.ts';
import type { ClockEntry, Measure } from '../sla/clock.ts';

export const STATUSES = ['new', 'open', 'waiting', 'resolved', 'closed'] as const;
export type Status = (typeof STATUSES)[number];

/** Somebody outside the desk who takes part: mail goes to him and comes from him. */
export interface Participant extends Address {
  role: 'requester' | 'cc';
}

/** The running watch, or the last one: one Step Functions execution per ticket and generation. */
export interface Watch {
  generation: number;
  state: 'running' | 'ended';
  startedAt: string;
  /** When it wakes, and for what; null when nothing is left to wake for. */
  nextAt: string | null;
  nextKind: string | null;
}

interface TicketFacts {
  /** `T-` and six Crockford base-32 characters. */
  id: string;
  version: number;
  subject: string;
  type: TicketType;
  requester: Address;
  participants: Participant[];
  assignee: string | null;
  team: string;
  tier: number;
  category: string;
  impact: Impact;
  urgency: Urgency;
  priority: Priority;
  language: Language;
  tags: string[];
  /** The desk's address that this ticket speaks from. */
  mailbox: string;
  /** The first mail could not prove its sender: nothing confidential goes by its word alone. */
  flagged: string | null;
  /** The ticket that this one follows, or null. */
  follows: string | null;
  createdAt: string;
  updatedAt: string;
  clock: ClockEntry[];
  /** What was already said of a deadline: `<measure>:<its start>:warned|breached`, so that it is said once. */
  told: string[];
  /** Derived by change.ts: what is due when, while its clock runs. */
  deadlines: Partial<Record<Measure, string>>;
  watch: Watch | null;
  /** Numbers of the last event and message. */
  events: number;
  messages: number;
  /** RFC 5322 ids of the last email from each participant, so that our mail threads in his client. Bounded. */
  lastMessageIds: Record<string, string>;
  firstMessageId: string | null;
  /** Hash of the desk.yaml that it was last reckoned with. */
  deskHash: string;
}

export type Ticket = TicketFacts &
  (
    | { status: 'new' | 'open'; resolvedAt: null; closedAt: null; waiting: null }
    | {
        status: 'waiting';
        resolvedAt: null;
        closedAt: null;
        waiting: { since: string; until: string | null; reason: string; reminders: number };
      }
    | { status: 'resolved'; resolvedAt: string; closedAt: null; waiting: null }
    | { status: 'closed'; resolvedAt: string | null; closedAt: string; waiting: null }
  );

/** An entry in a ticket. `out`: an answer that went to the requester; `in`: everything else that was written. */
export interface Message {
  /** `<ticketId>-m<number>` */
  id: string;
  number: number;
  at: string;
  direction: 'in' | 'out';
  visibility: 'public' | 'private';
  from: Address;
  text: string;
  /** Where the whole text lies when it is too long for the table; `text` is then its beginning. */
  bodyKey: string | null;
  attachments: {
    name: string;
    contentType: string;
    size: number;
    inline: boolean;
    contentId: string | null;
    key: string;
  }[];
  /** Files that stay where they are because nothing says that they are free of viruses. */
  withheld: number;
  /** The email it came in as. */
  mailId: string;
  messageId: string | null;
  cc: Address[];
}

/** Who did it: an address, or the desk itself. */
export type Actor = string;

export interface Reason {
  /** What was decided: category, impact, urgency, priority, team, tier, assignee … */
  what: string;
  /** The rule that fired and the clue it saw, in words. */
  why: string;
}

/** What happened. Past tense; one union; every consumer switches exhaustively. */
export type Happening =
  | {
      kind: 'opened';
      subject: string;
      requester: Address;
      cc: Address[];
      mailbox: string;
      type: TicketType;
      team: string;
      tier: number;
      category: string;
      impact: Impact;
      urgency: Urgency;
      priority: Priority;
      language: Language;
      flagged: string | null;
      follows: string | null;
      /** False for lists, monitoring and mail that failed authentication: nobody is told that it came. */
      acknowledge: boolean;
      message: number;
      messageId: string | null;
      reasons: Reason[];
    }
  | {
      kind: 'message-received';
      message: number;
      from: Address;
      messageId: string | null;
      flagged: string | null;
    }
  | {
      kind: 'answered';
      message: number;
      by: Actor;
      messageId:
        | string
        | null /** This answer is said by the `resolved` or waiting notice that comes with it. */;
      with: 'resolved' | null;
    }
  | { kind: 'noted'; message: number; by: Actor; thirdParty: string | null }
  | {
      kind: 'assigned';
      assignee: string;
      previous: string | null;
      reason: string;
      by: Actor /** With a new ticket: what the desk thinks of it. */;
      reasons?: Reason[];
    }
  | { kind: 'started'; by: Actor }
  | {
      kind: 'prioritised';
      impact: Impact;
      urgency: Urgency;
      priority: Priority;
      previous: Priority;
      reason: string;
      by: Actor;
    }
  | { kind: 'categorised'; category: string; previous: string; team: string; by: Actor }
  | { kind: 'paused'; until: string | null; reason: string; by: Actor }
  | { kind: 'resumed'; reason: string; by: Actor }
  | { kind: 'resolved'; reason: string; by: Actor; message: number | null }
  | { kind: 'closed'; reason: string; by: Actor }
  | {
      kind: 'reopened';
      reason: string;
      by: Actor /** A message that comes with it tells it. */;
      told: boolean;
    }
  | { kind: 'escalated'; from: number; to: number; reason: string; by: Actor }
  /** `assignee`: who had the ticket then; a moment later it may be in other hands. */
  | {
      kind: 'deadline-warned' | 'deadline-breached';
      measure: Measure;
      due: string;
      startedAt: string;
      assignee: string | null;
    }
  | { kind: 'requester-reminded'; number: number }
  | {
      kind: 'commanded';
      by: Actor;
      lines: CommandResult[];
      refused: boolean;
      /** What the mail asked to be shown. */
      shows: ('status' | 'help')[];
      /** What became of its other words. */
      words: 'none' | 'sent' | 'noted';
    }
  | { kind: 'watch-started'; generation: number; nextAt: string; nextKind: string; reason: string }
  | {
      kind: 'delivery-failed';
      address: string;
      permanent: boolean;
      status: string | null;
      update: string | null;
    }
  | { kind: 'complained'; address: string };

export interface CommandResult {
  line: string;
  verb: string;
  outcome: 'done' | 'nothing-to-do' | 'refused' | 'unknown';
  detail: string;
}

/** An event as it is kept: its number in the ticket's history, and when. */
export type TicketEvent = Happening & { number: number; at: string };
export type EventKind = Happening['kind'];

/** The desk itself as an actor. */
export const DESK: Actor = 'desk';

/** The ticket that an `opened` event begins. */
export function begin(id: string, event: Extract<Happening, { kind: 'opened' }>, at: string): Ticket {
  const {
    requester,
    cc,
    subject,
    type,
    team,
    tier,
    category,
    impact,
    urgency,
    priority,
    language,
    mailbox,
    flagged,
    follows,
  } = event;
  return {
    id,
    version: 0,
    status: 'new',
    subject,
    type,
    requester,
    participants: [
      { ...requester, role: 'requester' },
      ...cc.map((address) => ({ ...address, role: 'cc' as const })),
    ],
    assignee: null,
    team,
    tier,
    category,
    impact,
    urgency,
    priority,
    language,
    tags: [],
    mailbox,
    flagged,
    follows,
    createdAt: at,
    updatedAt: at,
    resolvedAt: null,
    closedAt: null,
    waiting: null,
    clock: [
      { kind: 'retarget', at, priority },
      { kind: 'start', at, measure: 'firstResponse' },
      { kind: 'start', at, measure: 'resolution' },
      { kind: 'start', at, measure: 'tier' },
    ],
    told: [],
    deadlines: {},
    watch: null,
    events: 0,
    messages: event.message,
    lastMessageIds: event.messageId ? { [requester.address]: event.messageId } : {},
    firstMessageId: event.messageId,
    deskHash: '',
  };
}

/** What the ticket is after something happened to it. Pure bookkeeping: whether it may happen was decided before. */
export function evolve(ticket: Ticket, event: Happening, at: string): Ticket {
  const next = { ...ticket, updatedAt: at };
  switch (event.kind) {
    case 'opened':
      return next;
    case 'message-received': {
      const waits = isRunning(ticket.clock, 'firstResponse') || isRunning(ticket.clock, 'nextResponse');
      const clock: ClockEntry[] =
        waits || !isActive(ticket)
          ? ticket.clock
          : [...ticket.clock, { kind: 'start', at, measure: 'nextResponse' }];
      return { ...heard(next, event.from.address, event.messageId), clock, messages: event.message };
    }
    case 'answered':
      return {
        ...heard(next, event.by, event.messageId),
        messages: event.message,
        clock: [
          ...ticket.clock,
          { kind: 'fulfil', at, measure: 'firstResponse' },
          { kind: 'fulfil', at, measure: 'nextResponse' },
        ],
      };
    case 'noted':
      return { ...next, messages: event.message };
    case 'assigned':
      return { ...next, assignee: event.assignee };
    case 'started':
      return { ...next, status: 'open', resolvedAt: null, closedAt: null, waiting: null };
    case 'prioritised': {
      const { impact, urgency, priority } = event;
      return {
        ...next,
        impact,
        urgency,
        priority,
        clock: [...ticket.clock, { kind: 'retarget', at, priority }],
      };
    }
    case 'categorised':
      return { ...next, category: event.category, team: event.team };
    case 'paused':
      return {
        ...next,
        status: 'waiting',
        resolvedAt: null,
        closedAt: null,
        waiting: { since: at, until: event.until, reason: event.reason, reminders: 0 },
        clock:
          ticket.status === 'waiting'
            ? ticket.clock
            : [...ticket.clock, { kind: 'pause', at, reason: event.reason }],
      };
    case 'resumed':
      return {
        ...next,
        status: 'open',
        resolvedAt: null,
        closedAt: null,
        waiting: null,
        clock: [...ticket.clock, { kind: 'resume', at }],
      };
    case 'resolved':
      return {
        ...next,
        status: 'resolved',
        resolvedAt: at,
        closedAt: null,
        waiting: null,
        clock: finished(ticket, at),
      };
    case 'closed':
      return {
        ...next,
        status: 'closed',
        resolvedAt: ticket.resolvedAt,
        closedAt: at,
        waiting: null,
        clock: finished(ticket, at),
      };
    case 'reopened':
      return {
        ...next,
        status: 'open',
        resolvedAt: null,
        closedAt: null,
        waiting: null,
        // Whoever reopens waits for a word from us.
        clock: [
          ...ticket.clock,
          { kind: 'reopen', at },
          { kind: 'start', at, measure: 'tier' },
          { kind: 'start', at, measure: 'nextResponse' },
        ],
      };
    case 'escalated':
      return { ...next, tier: event.to, clock: [...ticket.clock, { kind: 'start', at, measure: 'tier' }] };
    case 'deadline-warned':
      return { ...next, told: [...ticket.told, toldKey(event.measure, event.startedAt, 'warned')] };
    case 'deadline-breached':
      return { ...next, told: [...ticket.told, toldKey(event.measure, event.startedAt, 'breached')] };
    case 'requester-reminded':
      return ticket.status === 'waiting'
        ? { ...ticket, updatedAt: at, waiting: { ...ticket.waiting, reminders: event.number } }
        : next;
    case 'watch-started':
      return {
        ...next,
        watch: {
          generation: event.generation,
          state: 'running',
          startedAt: at,
          nextAt: event.nextAt,
          nextKind: event.nextKind,
        },
      };
    case 'commanded':
    case 'delivery-failed':
    case 'complained':
      return next;
    default:
      return unreachable(event);
  }
}

export function isActive(ticket: Ticket): boolean {
  return ticket.status === 'new' || ticket.status === 'open' || ticket.status === 'waiting';
}

/** A measure runs from its last start (or the reopening, for the resolution) until it is fulfilled. */
export function isRunning(clock: readonly ClockEntry[], measure: Measure): boolean {
  const last = clock.findLast(
    (entry) => (entry.kind === 'start' || entry.kind === 'fulfil') && entry.measure === measure,
  );
  return last?.kind === 'start';
}

export function toldKey(measure: Measure, startedAt: string, what: 'warned' | 'breached'): string {
  return `${measure}:${startedAt}:${what}`;
}

/** What a resolved or closed ticket no longer waits for. Fulfilling twice changes nothing, so it is only done once. */
function finished(ticket: Ticket, at: string): ClockEntry[] {
  const measures: Measure[] = ['firstResponse', 'nextResponse', 'resolution', 'tier'];
  const resumed: ClockEntry[] = ticket.status === 'waiting' ? [{ kind: 'resume', at }] : [];
  if (!isActive(ticket)) return ticket.clock;
  return [
    ...ticket.clock,
    ...resumed,
    ...measures.map((measure): ClockEntry => ({ kind: 'fulfil', at, measure })),
  ];
}

/** Remembers the last Message-ID from somebody, so that our next mail to him threads in his client. */
function heard<T extends Ticket>(ticket: T, address: string, messageId: string | null): T {
  if (!messageId) return ticket;
  const { [address]: _, ...others } = ticket.lastMessageIds;
  // Newest last, and no more than a ticket's usual company: the snapshot is one item of at most 400 KB.
  const kept = Object.entries(others).slice(-49);
  return { ...ticket, lastMessageIds: { ...Object.fromEntries(kept), [address]: messageId } };
}

export function unreachable(value: never): never {
  throw new TypeError(`not a known case: ${JSON.stringify(value)}`);
}
