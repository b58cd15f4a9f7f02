/** What is given to the decision about an email, and what comes of it. */
import type { Desk, Language } from '../config/desk.ts';
import type { Decided } from '../ticket/decide.ts';
import type { Happening, Message, Ticket } from '../ticket/ticket.ts';
import type { Loads } from '../triage/route.ts';
import type { Disposition, DispositionReason } from './disposition.ts';
import type { Address, Automatic, Bounce, Email, Forwarded, Receipt, Trimmed } from './email.ts';
import type { Candidate } from './thread.ts';
import type { Token } from './token.ts';

/** An email with everything that was read from it: read.ts makes it. */
export interface Arrival {
  email: Email;
  receipt: Receipt;
  trimmed: Trimmed;
  automatic: Automatic | null;
  bounce: Bounce | null;
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
  candidate: Candidate | null;
  /** The candidate's ticket, merged ones followed; null when it is not there. */
  ticket: Ticket | null;
  token: Token | null;
  suspicion: string | null;
  code: HeldCode | null;
  released: boolean;
  trusted: boolean;
  /** How often this mail was held before: each time has a code of its own. */
  rounds: number;
  loads: Loads;
}

/** What a desk knows that has seen nothing yet. */
export const NOTHING_KNOWN: Memory = {
  duplicateOf: null,
  sameMessageId: null,
  candidate: null,
  ticket: null,
  token: null,
  suspicion: null,
  code: null,
  released: false,
  trusted: false,
  rounds: 0,
  loads: new Map(),
};

export interface Moment {
  /** Desk time, ISO 8601 UTC. */
  now: string;
  /** Real time, epoch ms: what signatures and codes go by. */
  realNow: number;
}

export type NewMessage = Pick<Message, 'direction' | 'visibility' | 'from' | 'text' | 'cc' | 'messageId'>;

export type TicketOutcome =
  | { kind: 'open'; opened: Extract<Happening, { kind: 'opened' }>; also: Happening[] }
  | { kind: 'change'; before: Ticket; happenings: Happening[] };

/** What its sender is told outside of any ticket. */
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
    };

export interface Outcome {
  disposition: Disposition;
  reason: DispositionReason;
  /** In words: which rule fired, and what it saw. */
  detail: string;
  clue: Candidate['clue'] | null;
  ticket: TicketOutcome | null;
  message: NewMessage | null;
  /** What came with it for the desk's eyes alone: an agent's words above a mail that he forwards. */
  note: NewMessage | null;
  notice: Notice | null;
  /** What the code's record becomes. */
  code: HeldCode | null;
  /** A right code came back: this mail runs again, and perhaps the domain is trusted for a while. */
  release: { mailId: string; trust: { person: string; domain: string } | null } | null;
}

export const CODE_VALID_FOR = 30 * 60_000;
export const CODE_TRIES = 5;
export const TRUST_VALID_FOR = 12 * 3_600_000;

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
    message: null,
    note: null,
    notice: null,
    code: null,
    release: null,
    ...more,
  };
}

/** Takes part: the requester, those on copy, and whoever works on it. */
export function takesPart(address: string, { participants, assignee }: Ticket): boolean {
  return assignee === address || participants.some((participant) => participant.address === address);
}

export function transcript(
  { lines, refused, shows }: Decided,
  by: string,
  words: 'none' | 'sent' | 'noted',
): Happening {
  return { kind: 'commanded', by, lines, refused, shows, words };
}

export function sender({ from }: Email): Address {
  if (!from) throw new TypeError('an email without a sender was not to come this far');
  return from;
}

export function refusal({ email }: Arrival, reason: DispositionReason, detail: string, desk: Desk): Notice {
  return {
    kind: 'refused',
    to: sender(email),
    reason,
    detail,
    subject: email.subject,
    messageId: email.messageId,
    language: desk.language,
  };
}
