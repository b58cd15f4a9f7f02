/**
 * More mail from one sender than a person writes: a program gone wild, or two that answer each other. Nothing is lost:
 * what comes too fast is joined to the ticket that the flood's first mail opened, then only kept in the ledger, and
 * whoever works on that ticket is told once.
 *
 * Floods go by real time, as leases do. They are made by machines, and no machine writes faster because a laptop's desk
 * plays a day in a minute.
 */
import { hash } from 'node:crypto';
import type { Desk } from '../config/desk.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import { type Arrival, ends, isMisled, type Memory, type Outcome, sender } from './outcome.ts';
import { type Standing, standingOf } from './standing.ts';

/** Milliseconds of real time, from the first mail that is counted. */
export const FLOOD_WINDOW = 10 * 60_000;
const MOST_TICKETS = 30;
const MOST_ALIKE = 5;
const MOST_TO_A_TICKET = 30;
/** More of the same tells nobody more. */
const MOST_JOINED = 20;

/** As what a mail counts: `slot` is shared by those that would open tickets and are alike, or that go to one ticket. */
export interface Counted {
  sender: string;
  slot: string;
  /** Milliseconds, where it is another one than a flood's. */
  window?: number;
}

/** What was counted of one sender in the running window, this mail included. */
export interface Tally {
  /** By slot. */
  counts: Readonly<Record<string, number>>;
  /** The id of the first mail of each slot, and of all that would open tickets. */
  firsts: Readonly<Record<string, string>>;
}

export type Flood =
  /** It goes to the ticket of the flood's first mail, as the how-manieth. */
  | { kind: 'joined'; place: number; ticket: Ticket }
  /** It stays with the ticket that it answers, and nobody is told; but of the first. */
  | { kind: 'quiet'; begins: boolean };

/** Null for mail that counts for nothing: it opens nothing, or comes from somebody who is known or allowed. */
export function countedAs(arrival: Arrival, memory: Memory, desk: Desk): Counted | null {
  const { email, receipt, automatic, writer } = arrival;
  if (memory.duplicateOf || memory.released || receipt.virus === 'FAIL' || receipt.spam === 'FAIL')
    return null;
  if (automatic && automatic.kind !== 'list' && automatic.kind !== 'monitoring') return null;
  if (writer.listed) return null;
  if (standingOf(email, receipt, writer, desk, memory).kind !== 'requester') return null;
  const { ticket, token } = memory;
  const goesOn =
    ticket !== null && ticket.status !== 'closed' && !token?.expired && !isMisled(arrival, memory);
  return {
    sender: sender(email).address,
    slot: goesOn ? slotOf(TICKETS, ticket.id) : slotOf(ALIKE, likeness(email.subject)),
  };
}

const ALIKE = 'l';
const TICKETS = 't';
/** Among the firsts: of all that would open tickets. */
export const FIRST_OF_ALL = 'first';

/** One of 256, so that the item that counts stays small whatever is written; that two share one matters to nobody. */
function slotOf(kind: typeof ALIKE | typeof TICKETS, what: string): string {
  return `${kind}${hash('sha256', what).slice(0, 2)}`;
}

export function wouldOpen(slot: string): boolean {
  return slot.startsWith(ALIKE);
}

/** A subject without what differs from one of a machine's mails to the next: reply prefixes, numbers, ids, times. */
export function likeness(subject: string): string {
  return subject
    .slice(0, LONGEST_SUBJECT)
    .toLowerCase()
    .normalize('NFKC')
    .replace(/^(?:\s*(?:re|aw|fwd?|wg|antw|sv|vs|tr|rv|r|odp|res|enc)(?:\s*[[(]\d{1,3}[\])])?\s*[:：])+/u, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => !/\d/.test(word))
    .join(' ')
    .trim();
}

const LONGEST_SUBJECT = 500;

/** Over which limit a mail is: `first` is the mail whose ticket it is joined to. Each place is taken by one mail alone. */
export function overflow(
  { slot }: Counted,
  { counts, firsts }: Tally,
): { kind: 'joined'; place: number; first: string } | { kind: 'quiet'; begins: boolean } | null {
  const alike = counts[slot] ?? 0;
  if (!wouldOpen(slot))
    return alike > MOST_TO_A_TICKET ? { kind: 'quiet', begins: alike === MOST_TO_A_TICKET + 1 } : null;
  if (alike > MOST_ALIKE) return { kind: 'joined', place: alike - MOST_ALIKE, first: firsts[slot] ?? '' };
  const opened = Object.entries(counts)
    .filter(([each]) => wouldOpen(each))
    .reduce((sum, [, count]) => sum + Math.min(count, MOST_ALIKE), 0);
  return opened > MOST_TICKETS
    ? { kind: 'joined', place: opened - MOST_TICKETS, first: firsts[FIRST_OF_ALL] ?? '' }
    : null;
}

export function join(
  { email, trimmed }: Arrival,
  { flagged }: Extract<Standing, { kind: 'requester' }>,
  { place, ticket }: Extract<Flood, { kind: 'joined' }>,
): Outcome {
  const from = sender(email);
  const detail = `${from.address} writes one mail after another; this one is joined to ${ticket.id}`;
  if (place > MOST_JOINED)
    return ends('suppressed', 'flood', `${from.address} writes one mail after another, as on ${ticket.id}`, {
      concerns: ticket.id,
    });
  const received: Happening = {
    kind: 'message-received',
    message: ticket.messages + 1,
    from,
    messageId: email.messageId,
    flagged,
    quiet: true,
  };
  return ends('appended', 'flood', detail, {
    ticket: {
      kind: 'change',
      before: ticket,
      happenings: [received, ...(place === 1 ? [flooded(from.address)] : [])],
    },
    message: {
      direction: 'in',
      visibility: 'public',
      from,
      text: trimmed.visible || email.text,
      cc: [],
      messageId: email.messageId,
    },
  });
}

/** What a mail did to its ticket, with nobody told of it; the flood's first tells that it is one. */
export function quietly(outcome: Outcome, { email }: Arrival, flood: Flood | null): Outcome {
  if (flood?.kind !== 'quiet' || outcome.ticket?.kind !== 'change') return outcome;
  const happenings = outcome.ticket.happenings.map((event) =>
    event.kind === 'message-received' || event.kind === 'noted' ? { ...event, quiet: true } : event,
  );
  const begins = flood.begins ? [flooded(sender(email).address)] : [];
  return { ...outcome, ticket: { ...outcome.ticket, happenings: [...happenings, ...begins] } };
}

function flooded(address: string): Happening {
  return { kind: 'flooded', address };
}
