/** What is given to the decision about an email, and what comes of it. */
import type { Desk, Language } from '../config/desk.ts';
import type { MacroFile } from '../config/macro-files.ts';
import type { Decided } from '../ticket/decide.ts';
import type { Conversation, Elsewhere, Opens } from '../ticket/decision.ts';
import type { Numbered } from '../ticket/digest.ts';
import type { Known, Similar } from '../ticket/recurrence.ts';
import type { CommandResult, Happening, Look, Message, Shown, Ticket } from '../ticket/ticket.ts';
import type { Undeliverable } from '../ticket/undeliverable.ts';
import type { Asked } from '../triage/learned.ts';
import type { Away } from '../triage/presence.ts';
import type { Loads } from '../triage/route.ts';
import type { Disposition, DispositionReason } from './disposition.ts';
import type { Address, Automatic, Bounce, Email, Forwarded, Receipt, Reported, Trimmed } from './email.ts';
import type { Flood } from './flood.ts';
import { languageOf, writtenLanguage } from './language.ts';
import { personOf } from './standing.ts';
import type { Candidate } from './thread.ts';
import type { Token } from './token.ts';
import type { Writer } from './writer.ts';

/** An email with everything that was read from it: read.ts makes it. */
export interface Arrival {
  /** Its `from` is who wrote it, by the rules of writer.ts. */
  email: Email;
  /** The verdicts as they are to be understood of that writer. */
  receipt: Receipt;
  writer: Writer;
  trimmed: Trimmed;
  automatic: Automatic | null;
  bounce: Bounce | null;
  reported: Reported | null;
  forwarded: Forwarded | null;
}

/** A held mail's code, as memory keeps it. */
export interface HeldCode {
  id: string;
  mailId: string;
  /** Whom it was sent to. */
  person: string;
  round: number;
  tries: number;
  /** ISO 8601 UTC of real time. */
  expiresAt: string;
  used: boolean;
}

/** All that memory knows about an arrival. */
export interface Memory {
  duplicateOf: string | null;
  /** The ticket of an earlier mail that has the same Message-ID and other content. */
  sameMessageId: string | null;
  /** The ticket of which this is the mail once more. */
  sameMail: Ticket | null;
  candidate: Candidate | null;
  /** The candidate's ticket, merged ones followed; null when it is not there. */
  ticket: Ticket | null;
  /** The other tickets that the commands of one of the desk's people name. */
  others: ReadonlyMap<string, Ticket>;
  /** The message that their #split names. */
  toSplit: Message | null;
  /** Of what their #kb makes an article. */
  conversation?: Conversation | null;
  /** The id of the ticket that this mail opens, if it opens one. */
  newId: string;
  token: Token | null;
  suspicion: string | null;
  /** To whom our mail went that this one answers or reports on. */
  sentTo: string | null;
  /** What is remembered of the sender's address. */
  undeliverable: Undeliverable | null;
  /** By which ticket's #block the sender is refused. */
  blocked?: Blocked | null;
  code: HeldCode | null;
  /** The digest that it answers, and those of its tickets that it names. */
  digest: { digest: Numbered; tickets: ReadonlyMap<string, Ticket> } | null;
  released: boolean;
  trusted: boolean;
  /** How often this mail was held before: each time has a code of its own. */
  rounds: number;
  loads: Loads;
  /** What the requester asked for last. Read only for a mail that opens a ticket, and where desk.yaml goes by it. */
  lastTicket?: Ticket | null;
  /** Set when its sender writes more, and more of the same, than a person does. */
  flood: Flood | null;
  /** How many codes were asked for in this person's name within the hour, this one included. Known when one is to be sent. */
  codes?: number;
  /** What this mail's ticket is compared with. Read only for one that counts as a report. */
  similar?: Similar;
  /** The id of the problem that this mail opens, if it opens one. */
  problemId?: string;
  /** What was learned from filed tickets, or a model says. Asked only about a mail that the rules do not know (`Outcome.isKnown`). */
  opinion?: Asked;
}

/** What a desk knows that has seen nothing yet. */
export const NOTHING_KNOWN: Memory = {
  duplicateOf: null,
  sameMessageId: null,
  sameMail: null,
  candidate: null,
  ticket: null,
  others: new Map(),
  toSplit: null,
  newId: '',
  token: null,
  suspicion: null,
  sentTo: null,
  undeliverable: null,
  code: null,
  digest: null,
  released: false,
  trusted: false,
  rounds: 0,
  loads: new Map(),
  flood: null,
};

export interface Moment {
  /** Desk time, ISO 8601 UTC. */
  now: string;
  /** Real time, epoch ms: what signatures and codes go by. */
  realNow: number;
}

export type NewMessage = Pick<
  Message,
  'direction' | 'visibility' | 'from' | 'text' | 'html' | 'cc' | 'messageId'
> & {
  /** Files of the desk's own that go with it. */
  encloses?: MacroFile[];
};

export type TicketOutcome =
  | {
      kind: 'open';
      opened: Extract<Happening, { kind: 'opened' }>;
      also: Happening[];
      /** The problem that it reports with others. */
      opens?: Opens;
    }
  | {
      kind: 'change';
      before: Ticket;
      happenings: Happening[];
      elsewhere?: Elsewhere[];
      opens?: Opens | null;
    };

/** A sender whose mail is refused, and who said so where. */
export interface Blocked {
  address: string;
  by: string;
  ticketId: string;
  /** ISO 8601 UTC. */
  at: string;
}

/** What a mail says of people and addresses, beside what it does to a ticket. */
export interface Learned {
  away?: { address: string; away: Away };
  /** Who is there again. */
  back?: string;
  undeliverable: Undeliverable[];
  /** Nothing arrived there, and now mail came from it. */
  reachable?: string;
}

/** What somebody is told outside of any ticket: a sender of his mail, a lead of his agent. */
export type Notice =
  | {
      kind: 'refused';
      to: Address;
      reason: DispositionReason;
      detail: string;
      subject: string;
      messageId: string | null;
      language: Language;
    }
  | {
      kind: 'held';
      to: Address;
      reason: DispositionReason;
      codeId: string;
      round: number;
      subject: string;
      messageId: string | null;
      language: Language;
    }
  | ({
      kind: 'away';
      to: Address;
      reason: DispositionReason;
      /** Who is away. */
      person: string;
      /** Who said it with #away; absent when his mail program did. */
      by?: string;
      subject: '';
      messageId: null;
      language: Language;
    } & Pick<Away, 'from' | 'until' | 'quote' | 'ambiguous'>)
  /** Who is no longer in desk.yaml, and who of a team has his tickets now; nobody has what is done. */
  | {
      kind: 'left';
      to: Address;
      /** Since when the desk goes by it, ISO 8601 UTC. */
      since: string;
      people: string[];
      tickets: { id: string; subject: string; assignee: string | null }[];
      /** How many more there are. */
      more: number;
      subject: '';
      messageId: null;
      language: Language;
    }
  /** What commands that are for no ticket did, and what they asked to see. */
  | {
      kind: 'commanded';
      to: Address;
      reason: DispositionReason;
      lines: CommandResult[];
      refused: boolean;
      shows: Shown[];
      looks: Look[];
      /** The id of the digest that they answered: what is sent after them answers it as well. */
      digest?: string;
      subject: string;
      messageId: string | null;
      language: Language;
    };

export interface Outcome {
  disposition: Disposition;
  reason: DispositionReason;
  /** In words: which rule fired, and what it saw. */
  detail: string;
  clue: Candidate['clue'] | null;
  /** The ticket that it belongs to without changing it. */
  concerns?: string;
  /** Of a canary: how long it was on its way, ms. */
  roundTrip?: number;
  ticket: TicketOutcome | null;
  /** What an answer to a digest does to each of its tickets. */
  several: Elsewhere[];
  /** False of a new ticket that no rule of desk.yaml could file by its words or its sender: what was learned may know better. */
  isKnown: boolean;
  message: NewMessage | null;
  /** What came with it for the desk's eyes alone: an agent's words above a mail that he forwards. */
  note: NewMessage | null;
  notice: Notice | null;
  /** What is known of reports from now on. */
  noticed?: { known: Known[]; version: number };
  /** What somebody else is told because of it: a lead, that his agent is away. */
  tells: Notice | null;
  learned: Learned;
  /** What the code's record becomes. */
  code: HeldCode | null;
  /** A right code came back: this mail runs again, and perhaps the domain is trusted for a while. */
  release: { mailId: string; trust: { person: string; domain: string } | null } | null;
}

export function ends(
  disposition: Disposition,
  reason: DispositionReason,
  detail: string,
  more: Partial<Outcome> = {},
): Outcome {
  return {
    disposition,
    reason,
    detail,
    clue: null,
    ticket: null,
    several: [],
    isKnown: true,
    message: null,
    note: null,
    notice: null,
    tells: null,
    learned: { undeliverable: [] },
    code: null,
    release: null,
    ...more,
  };
}

/** Takes part: the requester, those on copy, and whoever works on it. */
export function takesPart(address: string, { participants, assignee }: Ticket): boolean {
  return assignee === address || participants.some((participant) => participant.address === address);
}

/** The same of a mail's writer. Whom nothing but its Reply-To names takes no part: anybody could write that. */
export function writerTakesPart({ email, writer }: Arrival, ticket: Ticket): boolean {
  return (writer.by === 'from' || writer.through !== null) && takesPart(sender(email).address, ticket);
}

/** Anybody can write a number into a subject: it leads those who take part, and nobody else learns that it is one of ours. */
export function isMisled(arrival: Arrival, { candidate, ticket }: Memory): boolean {
  return candidate?.clue === 'subject' && ticket !== null && !writerTakesPart(arrival, ticket);
}

export function transcript(
  { lines, refused, shows, files, looks }: Decided,
  by: string,
  words: 'none' | 'sent' | 'noted',
): Happening {
  return {
    ...{ kind: 'commanded', by, lines, refused, shows, words },
    ...(files.length > 0 ? { files } : {}),
    ...(looks.length > 0 ? { looks } : {}),
  };
}

/** Looking is not acting: only what does something takes a ticket out of `new`. */
export function begins(ticket: Ticket, { happenings }: Decided, speaks: boolean, by: string): Happening[] {
  return ticket.status === 'new' && (speaks || happenings.length > 0) ? [{ kind: 'started', by }] : [];
}

export function sender({ from }: Email): Address {
  if (!from) throw new TypeError('an email without a sender was not to come this far');
  return from;
}

export function refusal(arrival: Arrival, reason: DispositionReason, detail: string, desk: Desk): Notice {
  const { email } = arrival;
  const to = sender(email);
  return {
    kind: 'refused',
    to,
    reason,
    detail,
    subject: email.subject,
    messageId: email.messageId,
    language: personOf(to.address, desk) ? languageOf(to.address, desk) : writtenLanguage(arrival, desk),
  };
}
