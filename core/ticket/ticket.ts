/**
 * A ticket: what it is (a union over its status) and how an event changes it (`evolve`).
 * What may happen to it is decided in decide.ts and next-step.ts; its deadlines are derived in change.ts.
 */
import type { Action, Impact, Language, Priority, TicketType, Urgency } from '../config/desk.ts';
import type { Address, Automatic } from '../mail/email.ts';
import { type Awaited, type ClockEntry, type Measure, RUNS, type RunName } from '../sla/clock.ts';

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
  /** Since when its assignee has it, or was last found to be the one to keep it. */
  heldSince?: string;
  team: string;
  tier: number;
  category: string;
  impact: Impact;
  urgency: Urgency;
  priority: Priority;
  language: Language;
  tags: string[];
  /** People of the desk who read along. */
  watchers?: string[];
  /** Those outside who want no more mail of it; whoever writes again wants it again. */
  muted?: string[];
  /** Minutes that people of the desk say they worked on it. */
  timeSpent?: number;
  /** The desk's address that this ticket speaks from. */
  mailbox: string;
  /** The first mail could not prove its sender: nothing confidential goes by its word alone. */
  flagged: string | null;
  /** The ticket that this one follows, or null. */
  follows: string | null;
  createdAt: string;
  updatedAt: string;
  /** The policy of desk.yaml whose promises hold for it, and why it is this one. */
  policy: string;
  policyReason: string;
  clock: ClockEntry[];
  /** What was already said of a deadline: `<measure>:<its start>:<what>`, so that it is said once. */
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
  /** SHA-256 of the pictures that its mails have shown, the newest last, so that a logo is kept and passed on once. Bounded. */
  pictures?: string[];
  /** Hash of the desk.yaml that it was last reckoned with. */
  deskHash: string;
  /** The desk's other addresses whose teams were told of it. */
  referredFrom?: string[];
}

export type Ticket = TicketFacts &
  (
    | { status: 'new' | 'open'; resolvedAt: null; closedAt: null; waiting: null }
    | {
        status: 'waiting';
        resolvedAt: null;
        closedAt: null;
        waiting: {
          since: string;
          until: string | null;
          reason: string;
          reminders: number;
          /** It stands still because nothing reaches the requester at this address. */
          undeliverable?: string;
        };
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
  /** The same words as they were formatted, harmless; absent when plain text says as much. */
  html?: string | null;
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
  /** What of its mail is not in `text`: quotes, and a signature. When they are long they lie together under the key, as JSON. Absent when nothing was cut. */
  cut?: { quoted: string; signature: string; bodyKey?: string } | null;
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
      /** One of a flood: nobody is told of it. */
      quiet?: boolean;
    }
  | {
      kind: 'answered';
      message: number;
      by: Actor;
      messageId: string | null;
      /** This answer is said by the `resolved` notice that comes with it, or the agent sent it himself. */
      with: 'resolved' | 'own-mail' | null;
    }
  | { kind: 'noted'; message: number; by: Actor; thirdParty: string | null; quiet?: boolean }
  | {
      kind: 'assigned';
      assignee: string;
      previous: string | null;
      reason: string;
      by: Actor /** With a new ticket: what the desk thinks of it. */;
      reasons?: Reason[];
    }
  /** His hours have ended, and it stays with him all the same. */
  | { kind: 'kept'; assignee: string; reason: string }
  | { kind: 'unassigned'; previous: string; by: Actor }
  | { kind: 'given-to-team'; team: string; previous: string; reason: string; by: Actor }
  | { kind: 'requester-changed'; requester: Address; previous: Address; by: Actor }
  | { kind: 'copies-changed'; added: Address[]; removed: string[]; by: Actor }
  | { kind: 'watched' | 'unwatched'; by: Actor }
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
  | { kind: 'retyped'; type: TicketType; previous: TicketType; by: Actor }
  | { kind: 'tagged'; added: string[]; removed: string[]; by: Actor }
  | { kind: 'time-spent'; minutes: number; what: string; by: Actor }
  | {
      kind: 'paused';
      until: string | null;
      reason: string;
      by: Actor;
      undeliverable?: string /** The requester, where nothing is said. */;
      awaited?: Awaited;
    }
  | { kind: 'resumed'; reason: string; by: Actor; undeliverable?: string }
  | { kind: 'resolved'; reason: string; by: Actor; message: number | null }
  /** `quiet`: whoever wrote it is not told. */
  | { kind: 'closed'; reason: string; by: Actor; quiet?: true }
  | { kind: 'muted'; by: Actor }
  | {
      kind: 'reopened';
      reason: string;
      by: Actor /** A message that comes with it tells it. */;
      told: boolean;
    }
  | { kind: 'escalated' | 'deescalated'; from: number; to: number; reason: string; by: Actor }
  /** `warnings`: those of the policy that had come by then, such as `75%`; they are said as one. */
  | ({ kind: 'deadline-warned'; warnings: string[] } & AtDeadline)
  | ({ kind: 'deadline-breached' } & AtDeadline)
  /** A deadline has passed by `after` (milliseconds of its calendar), and the policy says what then. */
  | ({ kind: 'deadline-overrun'; after: number; do: Action[] } & AtDeadline)
  /**
   * Other promises hold: desk.yaml was changed, or the ticket was and another policy is for it. `before` and `after` are
   * its deadlines. Nobody is told: whoever reads the next mail about it reads the new times.
   */
  | {
      kind: 'reckoned-anew';
      cause: 'desk-changed' | 'ticket-changed';
      policy: string;
      reason: string;
      before: Ticket['deadlines'];
      after: Ticket['deadlines'];
    }
  | { kind: 'requester-reminded'; number: number }
  | {
      kind: 'commanded';
      by: Actor;
      lines: CommandResult[];
      refused: boolean;
      /** What the mail asked to be shown. */
      shows: Shown[];
      /** Of which messages it asked for the files: by number, or the latest that has any. */
      files?: ('latest' | number)[];
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
  | { kind: 'delivery-delayed'; address: string; status: string | null; update: string | null }
  | { kind: 'complained'; address: string }
  /** Somebody writes more than a person does; told once, and then his mail is only kept. */
  | { kind: 'flooded'; address: string }
  /** A mail that nobody of the desk wrote did not go out, because too many went before it. */
  | { kind: 'update-withheld'; update: string; address: string; reason: string }
  /** A machine's mail that belongs here. It is looked up, never told. */
  | {
      kind: 'automatic-mail-received';
      what: Exclude<Automatic['kind'], 'list' | 'monitoring' | 'loop'> | 'delayed';
      from: string | null;
      /** Whom a report speaks of. */
      about: string | null;
      excerpt: string;
    }
  /** The mail was also written to another team's address; its lead is told where it is worked on. */
  | { kind: 'referred'; address: string; team: string; lead: string };

/** `assignee`: who had the ticket then; a moment later it may be in other hands. */
interface AtDeadline {
  measure: Measure;
  due: string;
  startedAt: string;
  assignee: string | null;
}

/** What a mail may ask to see, in the order in which it is shown. */
export const SHOWN = ['status', 'files', 'history', 'help'] as const;
export type Shown = (typeof SHOWN)[number];

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

/** The ticket that an `opened` event begins; which policy is for it, change.ts finds. */
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
    policy: '',
    policyReason: '',
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
      const muted = ticket.muted?.filter((address) => address !== event.from.address);
      return {
        ...heard(next, event.from.address, event.messageId),
        ...(muted ? { muted } : {}),
        clock,
        messages: event.message,
      };
    }
    case 'answered':
      return {
        ...heard(next, event.by, event.messageId),
        messages: event.message,
        clock: [
          ...ticket.clock,
          { kind: 'fulfil', at, measure: 'firstResponse' },
          { kind: 'fulfil', at, measure: 'nextResponse' },
          // Until the first answer the first response is what is waited for.
          ...(isActive(ticket) ? [{ kind: 'start', at, measure: 'periodicUpdate' } as const] : []),
        ],
      };
    case 'noted':
      return { ...next, messages: event.message };
    case 'assigned':
      return { ...next, assignee: event.assignee, heldSince: at };
    case 'kept':
      return { ...next, heldSince: at };
    case 'unassigned':
      return { ...next, assignee: null };
    case 'given-to-team':
      return { ...next, team: event.team };
    case 'requester-changed': {
      const others = ticket.participants.filter(
        ({ address, role }) => role === 'cc' && address !== event.requester.address,
      );
      return {
        ...next,
        requester: event.requester,
        participants: [{ ...event.requester, role: 'requester' }, ...others],
      };
    }
    case 'copies-changed': {
      const kept = ticket.participants.filter(({ address }) => !event.removed.includes(address));
      return {
        ...next,
        participants: [...kept, ...event.added.map((address) => ({ ...address, role: 'cc' as const }))],
      };
    }
    case 'muted':
      return { ...next, muted: [...(ticket.muted ?? []), event.by] };
    case 'watched':
      return { ...next, watchers: [...(ticket.watchers ?? []), event.by] };
    case 'unwatched':
      return { ...next, watchers: (ticket.watchers ?? []).filter((address) => address !== event.by) };
    case 'retyped':
      return { ...next, type: event.type };
    case 'tagged':
      return {
        ...next,
        tags: [...ticket.tags.filter((tag) => !event.removed.includes(tag)), ...event.added],
      };
    case 'time-spent':
      return { ...next, timeSpent: (ticket.timeSpent ?? 0) + event.minutes };
    case 'started':
      return { ...next, status: 'open', resolvedAt: null, closedAt: null, waiting: null };
    case 'prioritised': {
      const { impact, urgency, priority } = event;
      return {
        ...next,
        impact,
        urgency,
        priority,
        clock: [...ticket.clock, retarget({ ...ticket, priority }, at)],
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
        waiting: {
          ...{ since: at, until: event.until, reason: event.reason, reminders: 0 },
          ...(event.undeliverable ? { undeliverable: event.undeliverable } : {}),
        },
        clock: paused(ticket, event, at),
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
    case 'deescalated':
      return { ...next, tier: event.to, clock: [...ticket.clock, { kind: 'start', at, measure: 'tier' }] };
    case 'deadline-warned':
      return tell(
        next,
        event,
        event.warnings.map((name) => `warned ${name}`),
      );
    case 'deadline-breached':
      return tell(next, event, ['breached']);
    case 'deadline-overrun':
      return tell(next, event, [overrunKey(event)]);
    case 'reckoned-anew': {
      const { policy, reason: policyReason } = event;
      if (policy === ticket.policy) return { ...next, policyReason };
      const changed = { ...next, policy, policyReason };
      return { ...changed, clock: [...ticket.clock, retarget(changed, at)] };
    }
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
    case 'referred':
      return { ...next, referredFrom: [...(ticket.referredFrom ?? []), event.address] };
    case 'commanded':
    case 'delivery-failed':
    case 'delivery-delayed':
    case 'complained':
    case 'flooded':
    case 'update-withheld':
    case 'automatic-mail-received':
      return next;
    default:
      return unreachable(event);
  }
}

export function isActive(ticket: Ticket): boolean {
  return ticket.status === 'new' || ticket.status === 'open' || ticket.status === 'waiting';
}

/** A measure runs from its last start (or the reopening, for the resolution) until it is fulfilled. */
export function isRunning(clock: readonly ClockEntry[], measure: RunName): boolean {
  const last = clock.findLast(
    (entry) => (entry.kind === 'start' || entry.kind === 'fulfil') && entry.measure === measure,
  );
  return last?.kind === 'start';
}

function retarget({ priority, policy, policyReason: reason }: Ticket, at: string): ClockEntry {
  return { kind: 'retarget', at, priority, policy, reason };
}

/** Whom it waits for; null when it does not wait. */
export function awaitedBy({ status, clock }: Ticket): Awaited | null {
  const pause = clock.findLast(({ kind }) => kind === 'pause');
  return status === 'waiting' && pause?.kind === 'pause' ? (pause.awaited ?? 'requester') : null;
}

/** Others than the requester: nobody reminds him then, and he need not answer. */
export function awaitsOthers(ticket: Ticket): boolean {
  const awaited = awaitedBy(ticket);
  return awaited === 'third-party' || awaited === 'approval';
}

/** Whoever is waited for now instead of somebody else begins a pause of its own. */
function paused(
  ticket: Ticket,
  { reason, awaited = 'requester', undeliverable }: Extract<Happening, { kind: 'paused' }>,
  at: string,
): ClockEntry[] {
  const whom = undeliverable ? 'bounce' : awaited;
  if (awaitedBy(ticket) === whom) return ticket.clock;
  const ended: ClockEntry[] = ticket.status === 'waiting' ? [{ kind: 'resume', at }] : [];
  return [...ticket.clock, ...ended, { kind: 'pause', at, reason, awaited: whom }];
}

/** What was told of a measure's earlier runs is never asked again. */
function tell<T extends Ticket>(ticket: T, { measure, startedAt }: AtDeadline, what: string[]): T {
  const others = ticket.told.filter(
    (key) => !key.startsWith(`${measure}:`) || key.startsWith(toldKey(measure, startedAt, '')),
  );
  return { ...ticket, told: [...others, ...what.map((each) => toldKey(measure, startedAt, each))] };
}

export function toldKey(measure: Measure, startedAt: string, what: string): string {
  return `${measure}:${startedAt}:${what}`;
}

/** Steps that wait equally long differ in what they do. */
export function overrunKey({ after, do: actions }: { after: number; do: readonly Action[] }): string {
  return `overrun ${after} ${actions.join(' ')}`;
}

/** What a resolved or closed ticket no longer waits for. Fulfilling twice changes nothing, so it is only done once. */
function finished(ticket: Ticket, at: string): ClockEntry[] {
  const resumed: ClockEntry[] = ticket.status === 'waiting' ? [{ kind: 'resume', at }] : [];
  if (!isActive(ticket)) return ticket.clock;
  return [
    ...ticket.clock,
    ...resumed,
    ...RUNS.map((measure): ClockEntry => ({ kind: 'fulfil', at, measure })),
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
