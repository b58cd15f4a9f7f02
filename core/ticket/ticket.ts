/**
 * A ticket: what it is (a union over its status) and how an event changes it (`evolve`).
 * What may happen to it is decided in decide.ts and next-step.ts; its deadlines are derived in change.ts.
 */
import type { Action, Impact, Language, Priority, Quorum, TicketType, Urgency } from '../config/desk.ts';
import type { Dimension } from '../insight/figures.ts';
import type { Draft, Verdict } from '../knowledge/article.ts';
import type { Address, Automatic, CalendarAnswer } from '../mail/email.ts';
import type { SentKind } from '../mail/update.ts';
import {
  type Awaited,
  type ClockEntry,
  type Measure,
  RUNS,
  type RunName,
  withoutTakenBack,
} from '../sla/clock.ts';
import type { Print } from '../triage/likeness.ts';
import { accepts } from './acceptance.ts';
import type { DueDate, Snooze } from './agenda.ts';
import type { Fix, Offered, OwnArticle } from './article.ts';
import type { Saying } from './decision.ts';
import type { Extension } from './extension.ts';
import { moved, waits } from './life.ts';
import { type Appointment, toldAnew, type Visit } from './visit.ts';

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

export const RELATIONS = ['problem', 'incident', 'blocks', 'blocked-by', 'duplicate', 'related'] as const;
export type Relation = (typeof RELATIONS)[number];

/** What another ticket is to this one: its problem, one of its incidents, what it blocks … */
export interface Link {
  relation: Relation | 'merged-here' | 'merged-into' | 'step' | 'part-of';
  id: string;
  /** Of its problem: the event there whose solution came here, so that it comes once. */
  solvedBy?: number;
  /** The same of its last news. */
  toldBy?: number;
}

/** One task of a category's checklist, as desk.yaml had it when it was begun. */
export interface PlannedStep {
  /** `<category>/<name>`: once in a ticket. */
  key: string;
  title: string;
  text: string;
  team: string;
  tier: number;
  skills: string[];
  /** Keys of those that come before. */
  after: string[];
}

/** `called`: its ticket is to be opened, or again; `recalled`: to be closed, after which it is `off`. */
export type StepState = 'waits' | 'called' | 'open' | 'done' | 'skipped' | 'recalled' | 'off';

export interface ChecklistStep extends PlannedStep {
  state: StepState;
  /** Its ticket, as soon as it has one. */
  id?: string;
  /** The last event there that counts here: reports may come late, twice and out of order. */
  heard?: number;
}

export interface Answer {
  message: number;
  by: Actor;
  /** When it was given, which is when clocks stopped for it. */
  at: string;
  /** It is held until about then; absent when it left at once. */
  leavesAt?: string;
  /** Null while it is held. That it goes is written here before it goes. */
  leftAt: string | null;
}

export type Vote = 'approve' | 'reject';

export interface Asked extends Address {
  /** As one of the desk's people: his word counts for as long as he is one. */
  ofDesk?: true;
}

export interface Approver extends Asked {
  vote: Vote | null;
  /** When he last said so. */
  votedAt: string | null;
}

export type StepReport = 'open' | 'done' | 'skipped';

/** What others have to allow. The last of a ticket's is the one that counts. */
export interface Approval {
  askedAt: string;
  by: Actor;
  question: string;
  quorum: Quorum;
  approvers: Approver[];
  reminded: boolean;
  state: 'open' | 'given' | 'rejected' | 'expired' | 'taken-back';
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
  /** Whose it is again when he is no longer away. */
  standsInFor?: string;
  /** Since when its assignee has it, or was last found to be the one to keep it. */
  heldSince?: string;
  team: string;
  tier: number;
  category: string;
  impact: Impact;
  urgency: Urgency;
  priority: Priority;
  language: Language;
  /** How far the requester's clock was from UTC when he wrote, such as +05:30. */
  utcOffset?: string | null;
  tags: string[];
  /** What desk.yaml's fields say of it, by their names; the desk's affair alone. */
  fields?: Record<string, string>;
  approvals?: Approval[];
  /** People of the desk who read along. */
  watchers?: string[];
  /** Those outside who want no more mail of it; whoever writes again wants it again. */
  muted?: string[];
  /** The last public answer. It can be taken back while it is held. */
  lastAnswer?: Answer;
  /** Numbers of answers that were taken back before they left. */
  takenBack?: number[];
  /** Since when whoever it climbed to has said nothing on it, and from whom it climbed. */
  unaccepted?: string;
  climbedFrom?: string;
  /** More time for the solution that somebody asked for, and nobody has decided on. */
  extension?: Extension;
  /** Numbers of messages that were taken out for good. */
  redacted?: number[];
  /** Who wants to look at it again, and when. */
  snoozes?: Snooze[];
  due?: DueDate;
  /** The last appointment with its requester. */
  visit?: Visit;
  /** Minutes that people of the desk say they worked on it. */
  timeSpent?: number;
  fix?: Fix;
  article?: OwnArticle;
  offered?: Offered;
  /** Of desk.yaml's services: whether it was answered by itself, and the fields that were asked for and have no answer yet. */
  service?: { name: string; answers: boolean; asks: string[] };
  /** The desk's address that this ticket speaks from. */
  mailbox: string;
  /** The first mail could not prove its sender: nothing confidential goes by its word alone. */
  flagged: string | null;
  /** It was opened while the desk only looked on (mail/shadow.ts): nobody is mailed about it. */
  shadow?: true;
  /** Nobody was told that it came: a machine wrote, or somebody whom a machine must not answer. */
  unacknowledged?: boolean;
  /** What its requester thought of it after it was closed, and since when he has said so. */
  rating?: { vote: Grade; since: string };
  /** The ticket that this one follows, or null. */
  follows: string | null;
  /** Each other ticket once. Bounded. */
  links?: Link[];
  /** What it is compared by with others that tell of the same; only what counts as a report has it. */
  print?: Print;
  /** Other tickets that tell of the same, as the lead was told. */
  noticed?: string[];
  /** The problem that it was joined to, for which it waits. */
  joined?: string;
  /** Of a problem: the numbers of its last news for everybody, by language. */
  news?: Partial<Record<Language, number>>;
  /** The ticket as which this one goes on: replies lead there. */
  mergedInto?: string;
  /** What is to be done for it, each as a ticket of its own. Bounded. */
  steps?: ChecklistStep[];
  /** It is a step of another one, which was last told that it stands so. */
  partOf?: { id: string; step: string; reported: StepReport };
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
  /** The last link of its audit trail, and the number of the event that made it. */
  trail?: { events: number; chain: string };
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

/** Why it waits, since when and until when. */
export interface Wait {
  since: string;
  until: string | null;
  reason: string;
  reminders: number;
  /** It stands still because nothing reaches the requester at this address. */
  undeliverable?: string;
}

/** Where it stands; what moves it there is the table in life.ts. */
export type Life =
  | { status: 'new' | 'open'; resolvedAt: null; closedAt: null; waiting: null }
  | { status: 'waiting'; resolvedAt: null; closedAt: null; waiting: Wait }
  | { status: 'resolved'; resolvedAt: string; closedAt: null; waiting: null }
  | { status: 'closed'; resolvedAt: string | null; closedAt: string; waiting: null };

export type Ticket = TicketFacts & Life;

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
  /** Of which message of another ticket this is a copy. Their files are the same. */
  copyOf?: { ticketId: string; number: number };
  /** The email it came in as. */
  mailId: string;
  messageId: string | null;
  cc: Address[];
}

/** From very dissatisfied to very satisfied. */
export type Grade = 1 | 2 | 3 | 4 | 5;

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
      /** How far the requester's clock is from UTC, such as +05:30; absent where his mail does not say. */
      utcOffset?: string;
      flagged: string | null;
      follows: string | null;
      /** False for lists, monitoring and mail that failed authentication: nobody is told that it came. */
      acknowledge: boolean;
      message: number;
      messageId: string | null;
      reasons: Reason[];
      /** What was learned is unsure between these categories, the likeliest first. */
      likeliest?: string[];
      print?: Print;
      /** It is a step of another ticket's checklist. */
      partOf?: { id: string; step: string };
    }
  | {
      kind: 'message-received';
      message: number;
      from: Address;
      messageId: string | null;
      flagged: string | null;
      /** One of a flood: nobody is told of it. */
      quiet?: boolean;
      /** It only says thank you: nobody is told, and a resolved ticket stays so. */
      thanks?: true;
    }
  | {
      kind: 'answered';
      message: number;
      by: Actor;
      messageId: string | null;
      /** This answer is said by the `resolved` notice that comes with it, or the agent sent it himself. */
      with: 'resolved' | 'own-mail' | null;
      /** Those outside who have it from the agent's own mail: they are not sent it again. */
      had?: string[];
      /** It is held until then, and may be taken back. */
      leavesAt?: string;
      /** News of its problem, by this event there. */
      problem?: { id: string; event: number };
    }
  /** A held answer goes out now: from here on it cannot be taken back. */
  | { kind: 'left'; message: number }
  /** `given`: when the answer was. `reopens`: what it resolved is not resolved. */
  | { kind: 'undone'; message: number; given: string; by: Actor; reopens: boolean }
  | { kind: 'noted'; message: number; by: Actor; thirdParty: string | null; quiet?: boolean }
  | {
      kind: 'assigned';
      assignee: string;
      previous: string | null;
      reason: string;
      by: Actor /** With a new ticket: what the desk thinks of it. */;
      reasons?: Reason[];
      likeliest?: string[];
      /** It climbed to him, and he is to take it. */
      climbs?: true;
      /** Nobody had it, and there is more to read than its last message. */
      handsOver?: true;
      /** Until this one is there again. */
      standsInFor?: string;
    }
  /** Whoever it climbed to has said nothing on it for too long. */
  | { kind: 'not-accepted'; assignee: string; tier: number; since: string }
  /** His hours have ended, and it stays with him all the same. */
  | { kind: 'kept'; assignee: string; reason: string }
  | { kind: 'unassigned'; previous: string; by: Actor }
  | { kind: 'given-to-team'; team: string; previous: string; reason: string; by: Actor }
  | { kind: 'requester-changed'; requester: Address; previous: Address; by: Actor }
  | { kind: 'copies-changed'; added: Address[]; removed: string[]; by: Actor }
  | { kind: 'watched' | 'unwatched'; by: Actor }
  | { kind: 'linked'; relation: Relation; to: string; by: Actor }
  /** An incident of this problem is to be answered and resolved with the same words; they may be taken back until then. */
  | {
      kind: 'solution-passed-on';
      to: string;
      /** Where a problem has many: those that this event is for as well. */
      others?: string[];
      reason: string;
      message: number | null;
      by: Actor;
      leavesAt?: string;
    }
  /** News of this problem for one of its incidents; `language` is that of the words. They may be taken back until they leave. */
  | {
      kind: 'news-passed-on';
      to: string;
      others?: string[];
      message: number | null;
      language: Language;
      by: Actor;
      leavesAt?: string;
    }
  /** Others have reported the same: the lead is asked whether that is one problem. */
  | { kind: 'recurrence-noticed'; tickets: string[]; why: string }
  /** This is the problem behind those tickets. */
  | { kind: 'problem-begun'; tickets: string[]; why: string; by: Actor }
  /** It waits for its problem. `previous`: who had it. `told`: its requester hears so by himself. */
  | { kind: 'joined'; problem: string; why: string; previous: string | null; told: boolean; by: Actor }
  /** It is another matter than its problem. */
  | { kind: 'parted'; problem: string; by: Actor }
  | { kind: 'split-off'; message: number; to: string; by: Actor }
  /** Another ticket begins with the same request. */
  | { kind: 'cloned'; to: string; by: Actor }
  | { kind: 'merged'; into: string; by: Actor }
  /** Another ticket goes on as this one; those who took part in it take part here. */
  | {
      kind: 'merged-in';
      from: string;
      /** Its requester. */
      requester: Address;
      added: Address[];
      watchers: string[];
      /** Those of them who wanted no more mail of it. */
      muted: string[];
      by: Actor;
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
  | { kind: 'retyped'; type: TicketType; previous: TicketType; by: Actor }
  | { kind: 'tagged'; added: string[]; removed: string[]; by: Actor }
  | { kind: 'time-spent'; minutes: number; what: string; by: Actor }
  | { kind: 'redacted'; message: number; reason: string; by: Actor }
  | { kind: 'fix-recorded'; words: string; by: Actor }
  /** An article of this ticket waits for its reviewer; without a draft its owner is asked whether it still holds. */
  | { kind: 'article-asked'; draft: Draft | null; reviewer: string; by: Actor }
  /** `answer`: the reviewer's own words instead. `words`: why not. */
  | { kind: 'article-decided'; verdict: Verdict | 'lapse'; words: string; answer?: string; by: Actor }
  /** With its acknowledgement, the likeliest first. */
  | { kind: 'articles-offered'; articles: string[] }
  /** With its acknowledgement go questions for these fields, and the service's own words. */
  | { kind: 'service-begun'; service: string; asks: string[]; answers: boolean }
  /** The one reply that counts has come; what it lacks is asked by a person. */
  | { kind: 'facts-answered'; given: string[]; lacking: string[]; by: Actor }
  /** The requester says that the service's own words solved it. */
  | { kind: 'self-served'; service: string; by: Actor }
  /** Its lead is told of a security incident. */
  | { kind: 'security-reported'; lead: string }
  /** The requester says that this one solved it. */
  | { kind: 'helped'; article: string; by: Actor }
  /** `ms` of working time; `due` is when the solution is due, `wouldBe` when it would be. */
  | {
      kind: 'extension-asked';
      by: Actor;
      lead: string;
      ms: number;
      reason: string;
      due: string;
      wouldBe: string;
    }
  /** `due`: when the solution is due now. */
  | { kind: 'extension-decided'; granted: boolean; asker: string; by: Actor; due: string | null }
  /** `until`: null when he no longer wants to be reminded. */
  | { kind: 'snoozed'; until: string | null; reason: string; by: Actor }
  /** The time has come for which he asked. */
  | { kind: 'snooze-ended'; by: Actor; reason: string }
  /** `due`: null when there is no such date any more. */
  | { kind: 'due-set'; due: string | null; reason: string; by: Actor }
  | { kind: 'due-warned' | 'due-passed'; due: string; reason: string; assignee: string | null }
  | ({ kind: 'visit-planned'; by: Actor } & Appointment)
  /** `previous`: when it was to begin before. */
  | ({ kind: 'visit-moved'; by: Actor; previous: string } & Appointment)
  /** `quiet`: the requester is not told. */
  | ({ kind: 'visit-cancelled'; by: Actor; quiet?: true } & Appointment)
  /** What the requester’s calendar answers, or that of whoever works on it; `message` has his words. */
  | {
      kind: 'visit-answered';
      answer: CalendarAnswer['answer'];
      /** The appointment’s. */
      start: string;
      end: string;
      zone: string;
      /** What is proposed instead, if that can be read. */
      proposed: { start: string; end: string } | null;
      message: number | null;
      by: Actor;
    }
  /** `before`: how long before its start this was due, ms. */
  | ({ kind: 'visit-reminded'; before: number } & Pick<Appointment, 'start' | 'end' | 'zone' | 'words'>)
  | { kind: 'field-set'; field: string; value: string | null; previous: string | null; by: Actor }
  /** The clock stands until it is decided. */
  | { kind: 'approval-asked'; approvers: Asked[]; quorum: Quorum; question: string; by: Actor }
  | { kind: 'approval-voted'; address: string; vote: Vote }
  /** Those who have not answered are asked once more. */
  | { kind: 'approval-reminded'; addresses: string[] }
  | { kind: 'approval-decided'; result: Exclude<Approval['state'], 'open'>; by: Actor }
  | {
      kind: 'paused';
      until: string | null;
      reason: string;
      by: Actor;
      undeliverable?: string /** The requester, where nothing is said. */;
      awaited?: Awaited;
    }
  | { kind: 'resumed'; reason: string; by: Actor; undeliverable?: string }
  | {
      kind: 'resolved';
      reason: string;
      by: Actor;
      message: number | null;
      leavesAt?: string;
      /** With its problem, by this event there. */
      problem?: { id: string; event: number };
      /** With the last step of its checklist: the titles of what was done. */
      steps?: string[];
    }
  | { kind: 'checklist-begun'; category: string; steps: PlannedStep[] }
  /** `to`: the step's ticket. `apart`: its team must not see what this ticket says. */
  | {
      kind: 'step-changed';
      step: string;
      title: string;
      state: Exclude<StepState, 'waits'>;
      to: string | null;
      heard?: number;
      reason: string;
      apart?: true;
    }
  /** Of a step: the ticket that it is part of is to hear how it stands. */
  | { kind: 'step-reported'; to: string; step: string; state: StepReport; reason: string }
  /** `quiet`: whoever wrote it is not told. */
  | { kind: 'closed'; reason: string; by: Actor; quiet?: true }
  | { kind: 'muted'; by: Actor }
  /** Mail from there is refused from now on; taken again. */
  | { kind: 'blocked' | 'unblocked'; address: string; by: Actor }
  /** `previous`: the vote that it replaces. */
  | { kind: 'rated'; vote: Grade; previous: Grade | null; words: string; by: Actor }
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
  | { kind: 'requester-reminded' }
  | {
      kind: 'commanded';
      by: Actor;
      lines: CommandResult[];
      refused: boolean;
      /** What the mail asked to be shown. */
      shows: Shown[];
      /** Of which messages it asked for the files: by number, or the latest that has any. */
      files?: ('latest' | number)[];
      /** What it asked to see of other tickets. */
      looks?: Look[];
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
  | { kind: 'update-withheld'; update: string; address: string; reason: string; mail?: SentKind }
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
export const SHOWN = ['status', 'why', 'files', 'history', 'help'] as const;
export type Shown = (typeof SHOWN)[number];

/** What a mail may ask to see beyond its ticket. `own`: whoever asks is no agent, and sees what is his request. */
export type Look =
  | { what: 'mine' | 'own' }
  | { what: 'queue'; team: string }
  /** `requester`: an address, where one was named. */
  | { what: 'find'; words: string[]; requester?: string }
  | { what: 'articles'; words: string }
  | { what: 'show'; id: string }
  /** What `by` could ask for when he wrote. */
  | { what: 'services'; of: string[] }
  /** In a mail of its own: of these days, both included. */
  | { what: 'report'; from: string; to: string; by: Dimension | null };

export interface CommandResult {
  line: string;
  verb: string;
  outcome: 'done' | 'nothing-to-do' | 'refused' | 'unknown';
  detail: string;
  /** The same for its reader's language; absent where only English is spoken. */
  said?: Saying;
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
    utcOffset,
    mailbox,
    flagged,
    follows,
    acknowledge,
    partOf,
    print,
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
    ...(utcOffset ? { utcOffset } : {}),
    tags: [],
    mailbox,
    flagged,
    ...(acknowledge ? {} : { unacknowledged: true }),
    follows,
    ...(print ? { print } : {}),
    ...(partOf
      ? { partOf: { ...partOf, reported: 'open' }, links: [{ relation: 'part-of', id: partOf.id }] }
      : {}),
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
  const next = { ...(accepts(event, ticket) ? accepted(ticket) : ticket), updatedAt: at };
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
        ...(event.problem
          ? { links: marked(ticket, event.problem.id, { toldBy: event.problem.event }) }
          : {}),
        messages: event.message,
        lastAnswer: {
          ...{ message: event.message, by: event.by, at },
          ...(event.leavesAt ? { leavesAt: event.leavesAt, leftAt: null } : { leftAt: at }),
        },
        clock: [
          ...ticket.clock,
          { kind: 'fulfil', at, measure: 'firstResponse' },
          { kind: 'fulfil', at, measure: 'nextResponse' },
          // Until the first answer the first response is what is waited for.
          ...(isActive(ticket) ? [{ kind: 'start', at, measure: 'periodicUpdate' } as const] : []),
        ],
      };
    case 'left':
      return ticket.lastAnswer?.message === event.message
        ? { ...next, lastAnswer: { ...ticket.lastAnswer, leftAt: at } }
        : next;
    case 'undone':
      return withoutAnswer(ticket, event, at);
    case 'noted':
      return { ...next, messages: event.message };
    case 'assigned':
      return {
        ...toldAnew(ownedBy(event.by === event.assignee ? accepted(next) : next, event.standsInFor)),
        assignee: event.assignee,
        heldSince: at,
        // Whoever it is passed on to has a time of his own.
        ...(event.by !== event.assignee && (event.climbs || ticket.unaccepted) ? { unaccepted: at } : {}),
        ...(event.climbs && event.previous ? { climbedFrom: event.previous } : {}),
      };
    case 'not-accepted':
      return accepted(next);
    case 'kept':
      return { ...next, heldSince: at };
    case 'unassigned':
      return { ...toldAnew(ownedBy(next)), assignee: null };
    case 'given-to-team':
      return { ...next, team: event.team };
    case 'requester-changed': {
      const others = ticket.participants.filter(
        ({ address, role }) => role === 'cc' && address !== event.requester.address,
      );
      const { visit } = toldAnew(ticket);
      return {
        ...next,
        ...(visit ? { visit: { ...visit, answer: null } } : {}),
        ...(ticket.unacknowledged ? { unacknowledged: false } : {}),
        ...(ticket.utcOffset ? { utcOffset: null } : {}),
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
    case 'rated':
      return {
        ...next,
        rating: { vote: event.vote, since: event.previous === null ? at : (ticket.rating?.since ?? at) },
      };
    case 'watched':
      return { ...next, watchers: [...(ticket.watchers ?? []), event.by] };
    case 'unwatched':
      return { ...next, watchers: (ticket.watchers ?? []).filter((address) => address !== event.by) };
    case 'linked':
      return { ...next, links: linked(ticket, { relation: event.relation, id: event.to }) };
    case 'split-off':
    case 'cloned':
      return { ...next, links: linked(ticket, { relation: 'related', id: event.to }) };
    case 'news-passed-on':
      return event.message === null
        ? next
        : { ...next, news: { ...ticket.news, [event.language]: event.message } };
    case 'recurrence-noticed':
      return { ...next, noticed: event.tickets };
    case 'problem-begun': {
      const incidents = event.tickets.map((id): Link => ({ relation: 'incident', id }));
      return {
        ...next,
        links: incidents.reduce((links, link) => linked({ links }, link), ticket.links ?? []),
      };
    }
    case 'joined': {
      const reason = `its problem, ${event.problem}`;
      return {
        ...toldAnew(next),
        assignee: null,
        joined: event.problem,
        links: linked(ticket, { relation: 'problem', id: event.problem }),
        ...waits(event.kind, { since: at, until: null, reason, reminders: 0 }),
        clock: paused(ticket, { reason, awaited: 'third-party' }, at),
      };
    }
    case 'parted': {
      const { joined: _, ...others } = next;
      return { ...others, links: linked(ticket, { relation: 'related', id: event.problem }) } as Ticket;
    }
    case 'merged':
      return {
        ...ended(ticket, next, event.kind, at),
        mergedInto: event.into,
        links: linked(ticket, { relation: 'merged-into', id: event.into }),
      };
    case 'checklist-begun': {
      const begun = event.steps.map((step): ChecklistStep => ({ ...step, state: 'waits' }));
      return { ...next, steps: [...(ticket.steps ?? []), ...begun] };
    }
    case 'step-changed': {
      const { state, to, heard } = event;
      const steps = (ticket.steps ?? []).map((step) =>
        step.key === event.step
          ? { ...step, state, ...(to ? { id: to } : {}), ...(heard === undefined ? {} : { heard }) }
          : step,
      );
      return { ...next, steps, ...(to ? { links: linked(ticket, { relation: 'step', id: to }) } : {}) };
    }
    case 'step-reported':
      return ticket.partOf ? { ...next, partOf: { ...ticket.partOf, reported: event.state } } : next;
    case 'merged-in':
      return {
        ...next,
        participants: [
          ...ticket.participants,
          ...event.added.map((address) => ({ ...address, role: 'cc' as const })),
        ],
        ...(event.watchers.length > 0 ? { watchers: [...(ticket.watchers ?? []), ...event.watchers] } : {}),
        ...(event.muted.length > 0 ? { muted: [...(ticket.muted ?? []), ...event.muted] } : {}),
        links: linked(ticket, { relation: 'merged-here', id: event.from }),
      };
    case 'retyped':
      return { ...next, type: event.type };
    case 'tagged':
      return {
        ...next,
        tags: [...ticket.tags.filter((tag) => !event.removed.includes(tag)), ...event.added],
      };
    case 'extension-asked': {
      const { by, lead, ms, reason } = event;
      return { ...next, extension: { by, lead, ms, reason, askedAt: at, isOpen: true } };
    }
    case 'extension-decided': {
      if (!ticket.extension) return next;
      const extension = { ...ticket.extension, isOpen: false };
      if (!event.granted) return { ...next, extension };
      return {
        ...next,
        extension,
        clock: [...ticket.clock, { kind: 'extend', at, ms: extension.ms }],
        // Of the new deadline nothing was said yet.
        told: ticket.told.filter((key) => !key.startsWith('resolution:')),
      };
    }
    case 'redacted': {
      const { print, ...others } = next;
      // Its words are compared with no more.
      const kept = event.message === 1 || !print ? others : next;
      return { ...kept, redacted: [...(ticket.redacted ?? []), event.message] } as Ticket;
    }
    case 'snoozed':
    case 'snooze-ended': {
      const others = (ticket.snoozes ?? []).filter(({ by }) => by !== event.by);
      const { reason, by } = event;
      const until = event.kind === 'snoozed' ? event.until : null;
      return { ...next, snoozes: until ? [...others, { by, until, reason }] : others };
    }
    case 'due-set': {
      const { due: _, ...others } = next;
      if (!event.due) return others as Ticket;
      return { ...next, due: { at: event.due, since: at, reason: event.reason, told: 'nothing' } };
    }
    case 'due-warned':
    case 'due-passed':
      return ticket.due
        ? { ...next, due: { ...ticket.due, told: event.kind === 'due-warned' ? 'warned' : 'passed' } }
        : next;
    case 'visit-planned':
    case 'visit-moved': {
      const { nth, sequence, start, end, zone, words } = event;
      const appointment = { nth, sequence, start, end, zone, words };
      const begins = { since: sequence, setAt: at, answer: null, isCancelled: false, reminded: null };
      return { ...next, visit: { ...appointment, ...begins } };
    }
    case 'visit-cancelled':
      return ticket.visit
        ? { ...next, visit: { ...ticket.visit, sequence: event.sequence, isCancelled: true } }
        : next;
    case 'visit-answered':
      return ticket.visit && event.by === ticket.requester.address
        ? { ...next, visit: { ...ticket.visit, answer: event.answer } }
        : next;
    case 'visit-reminded':
      return ticket.visit ? { ...next, visit: { ...ticket.visit, reminded: event.before } } : next;
    case 'time-spent':
      return { ...next, timeSpent: (ticket.timeSpent ?? 0) + event.minutes };
    case 'fix-recorded':
      return { ...next, fix: { words: event.words, by: event.by, at } };
    case 'article-asked': {
      const { draft, reviewer } = event;
      const { owner, readers } = draft ?? ticket.article ?? { owner: reviewer, readers: 'desk' };
      const state = draft ? 'draft' : (ticket.article?.state ?? 'draft');
      return { ...next, article: { state, owner, readers, reviewer, askedAt: at, isOpen: true } };
    }
    case 'article-decided':
      return ticket.article
        ? { ...next, article: { ...ticket.article, state: BECOMES[event.verdict], isOpen: false } }
        : next;
    case 'service-begun': {
      const { service: name, asks, answers } = event;
      return { ...next, service: { name, asks, answers }, ...(answers ? { offered: { articles: [] } } : {}) };
    }
    case 'facts-answered':
      return ticket.service ? { ...next, service: { ...ticket.service, asks: [] } } : next;
    case 'self-served':
    case 'security-reported':
      return next;
    case 'articles-offered':
      return { ...next, offered: { articles: event.articles } };
    case 'helped':
      return ticket.offered ? { ...next, offered: { ...ticket.offered, helped: event.article } } : next;
    case 'field-set': {
      const { [event.field]: _, ...others } = ticket.fields ?? {};
      return { ...next, fields: event.value === null ? others : { ...others, [event.field]: event.value } };
    }
    case 'approval-asked': {
      const { by, question, quorum } = event;
      const approvers = event.approvers.map((each) => ({ ...each, vote: null, votedAt: null }));
      const approval: Approval = {
        askedAt: at,
        by,
        question,
        quorum,
        approvers,
        reminded: false,
        state: 'open',
      };
      const reason = `an approval: ${question}`;
      return {
        ...next,
        approvals: [...(ticket.approvals ?? []), approval],
        ...waits(event.kind, { since: at, until: null, reason, reminders: 0 }),
        clock: paused(ticket, { reason, awaited: 'approval' }, at),
      };
    }
    case 'approval-voted':
      return {
        ...next,
        approvals: lastApproval(ticket, ({ approvers, ...approval }) => ({
          ...approval,
          approvers: approvers.map((each) =>
            each.address === event.address ? { ...each, vote: event.vote, votedAt: at } : each,
          ),
        })),
      };
    case 'approval-reminded':
      return { ...next, approvals: lastApproval(ticket, (approval) => ({ ...approval, reminded: true })) };
    case 'approval-decided': {
      const approvals = lastApproval(ticket, (approval) => ({ ...approval, state: event.result }));
      if (awaitedBy(ticket) !== 'approval') return { ...next, approvals };
      return {
        ...next,
        approvals,
        ...moved(ticket, event.kind, at),
        clock: [...ticket.clock, { kind: 'resume', at }],
      };
    }
    case 'started':
      return { ...next, ...moved(ticket, event.kind, at) };
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
        ...waits(event.kind, {
          ...{ since: at, until: event.until, reason: event.reason, reminders: 0 },
          ...(event.undeliverable ? { undeliverable: event.undeliverable } : {}),
        }),
        clock: paused(ticket, event, at),
      };
    case 'resumed':
      return {
        ...next,
        ...moved(ticket, event.kind, at),
        clock: [...ticket.clock, { kind: 'resume', at }],
      };
    case 'resolved':
      return {
        ...ended(ticket, next, event.kind, at),
        ...(event.problem
          ? { links: marked(ticket, event.problem.id, { solvedBy: event.problem.event }) }
          : {}),
      };
    case 'closed':
      return ended(ticket, next, event.kind, at);
    case 'reopened':
      return {
        ...next,
        ...moved(ticket, event.kind, at),
        ...(ticket.offered?.helped ? { offered: { ...ticket.offered, failed: true } } : {}),
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
        ? {
            ...ticket,
            updatedAt: at,
            waiting: { ...ticket.waiting, reminders: ticket.waiting.reminders + 1 },
          }
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
    case 'solution-passed-on':
    case 'blocked':
    case 'unblocked':
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

const BECOMES = {
  publish: 'published',
  internal: 'published',
  reject: 'withdrawn',
  lapse: 'lapsed',
} as const satisfies Record<Verdict | 'lapse', OwnArticle['state']>;

/** Two tickets are one thing to each other: the newest word counts. */
function linked({ links = [] }: Pick<Ticket, 'links'>, link: Link): Link[] {
  return [...links.filter(({ id }) => id !== link.id), link];
}

function marked({ links = [] }: Ticket, id: string, mark: Pick<Link, 'solvedBy' | 'toldBy'>): Link[] {
  return links.map((link) => (link.id === id ? { ...link, ...mark } : link));
}

/** The desk itself asked: for a step, or for what recurs. Nobody outside hears of it. */
export function isOfTheDesk({ requester, mailbox }: Pick<Ticket, 'requester' | 'mailbox'>): boolean {
  return requester.address === mailbox;
}

export function isActive(ticket: Ticket): boolean {
  return ticket.status === 'new' || ticket.status === 'open' || ticket.status === 'waiting';
}

/** It waits for its problem, and nobody has it. */
export function isJoined({ status, joined }: Ticket): boolean {
  return status === 'waiting' && joined !== undefined;
}

/** A measure runs from its last start (or the reopening, for the resolution) until it is fulfilled. */
export function isRunning(clock: readonly ClockEntry[], measure: RunName): boolean {
  const last = withoutTakenBack(clock).findLast(
    (entry) => (entry.kind === 'start' || entry.kind === 'fulfil') && entry.measure === measure,
  );
  return last?.kind === 'start';
}

function retarget({ priority, policy, policyReason: reason }: Ticket, at: string): ClockEntry {
  return { kind: 'retarget', at, priority, policy, reason };
}

function ownedBy<T extends Ticket>(ticket: T, owner?: string): T {
  const { standsInFor: _, ...others } = ticket;
  return { ...others, ...(owner ? { standsInFor: owner } : {}) } as T;
}

function accepted<T extends Ticket>(ticket: T): T {
  const { unaccepted: _, climbedFrom: _from, ...others } = ticket;
  return others as T;
}

/** Nobody works on it from here on. */
function ended(ticket: Ticket, next: Ticket, kind: 'merged' | 'resolved' | 'closed', at: string): Ticket {
  return { ...undated(next), ...moved(ticket, kind, at), clock: finished(ticket, at) };
}

/** What is done is due no more, and needs no more time. */
function undated<T extends Ticket>(ticket: T): T {
  const { due: _due, ...others } = ticket;
  const { extension } = ticket;
  return { ...others, ...(extension ? { extension: { ...extension, isOpen: false } } : {}) } as T;
}

/** So many of one ticket are remembered; no honest ticket has them. */
const MOST_TAKEN_BACK = 50;

/** What its mail said instead is the last answer by now. */
function withoutAnswer(
  ticket: Ticket,
  { kind, message, given, reopens }: Extract<Happening, { kind: 'undone' }>,
  at: string,
): Ticket {
  const { lastAnswer, ...others } = ticket;
  const next: Ticket = {
    ...{ ...others, updatedAt: at },
    ...(lastAnswer && lastAnswer.message !== message ? { lastAnswer } : {}),
    takenBack: [...(ticket.takenBack ?? []), message].slice(-MOST_TAKEN_BACK),
    clock: [...ticket.clock, { kind: 'take-back', at, of: given } as const],
  };
  return reopens ? { ...next, ...moved(ticket, kind, at) } : next;
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

function lastApproval({ approvals = [] }: Ticket, become: (last: Approval) => Approval): Approval[] {
  const last = approvals.at(-1);
  return last ? [...approvals.slice(0, -1), become(last)] : [];
}

/** Whoever is waited for now instead of somebody else begins a pause of its own. */
function paused(
  ticket: Ticket,
  {
    reason,
    awaited = 'requester',
    undeliverable,
  }: Pick<Extract<Happening, { kind: 'paused' }>, 'reason' | 'awaited' | 'undeliverable'>,
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
