/**
 * How much mail that nobody of the desk wrote may go to one person: acknowledgements, reminders, refusals. Beyond it
 * a mail is withheld and the ticket says so. Two programs that answer each other fall silent like this even when
 * neither can be told from a person.
 *
 * Real time, as in core/mail/flood.ts: the other side is a machine, and its clock is.
 */
import { hash } from 'node:crypto';
import { likeness } from '../mail/flood.ts';
import type { SentKind } from '../mail/update.ts';
import type { Plan } from './audience.ts';

/** What one mail counts for. */
export interface Paced {
  recipient: string;
  ticketId: string | null;
  /** Of an acknowledgement: what the mail that it answers is like. */
  likeness: string | null;
}

/** Null for a person's own words: those always go. */
export function pacedAs(
  { kind, to, speaker }: Pick<Plan, 'to' | 'speaker'> & { kind: SentKind },
  ticket: { id: string; subject: string } | null,
): Paced | null {
  if (speaker !== null) return null;
  return {
    recipient: to.address,
    ticketId: ticket?.id ?? null,
    likeness: ticket && kind === 'acknowledgement' ? likeness(ticket.subject) : null,
  };
}

/** Most mails within minutes. A person who gets so many of them does not read them. */
const TO_ONE_TICKET: readonly Limit[] = [
  [10, 10],
  [15, 30],
  [25, 60],
  [50, 180],
  [100, 600],
];
const IN_ALL: readonly Limit[] = [
  [30, 10],
  [60, 30],
  [120, 60],
  [240, 180],
  [360, 600],
];
/** Who gets a third acknowledgement for the same within an hour is a machine, or knows already. */
const ALIKE: readonly Limit[] = [[2, 60]];

type Limit = readonly [most: number, minutes: number];

const MINUTE = 60_000;
/** Mails are counted by slices of time, so that one atomic write counts and the windows slide. */
const SLICE = 5 * MINUTE;
/** Until when a counter can matter, ms. */
export const PACE_REMEMBERED = 600 * MINUTE + SLICE;

/** The counters that this mail adds to. `realNow` in epoch ms. */
export function countersOf(paced: Paced, realNow: number): string[] {
  const slice = Math.floor(realNow / SLICE);
  return limitsOf(paced).map(({ of }) => `${of}:${slice}`);
}

/** Counters whose time is over. */
export function staleCounters(names: readonly string[], realNow: number): string[] {
  const oldest = Math.floor((realNow - PACE_REMEMBERED) / SLICE);
  return names.filter((name) => sliceOf(name) < oldest);
}

/** Why a mail is withheld, or null. `counts` are all counters of its recipient, this mail included. */
export function tooMuch(
  paced: Paced,
  counts: Readonly<Record<string, number>>,
  realNow: number,
): string | null {
  const all = Object.entries(counts);
  for (const { of, limits, what } of limitsOf(paced)) {
    const counted = all.flatMap(([name, count]) =>
      name.startsWith(`${of}:`) ? [{ slice: sliceOf(name), count }] : [],
    );
    for (const [most, minutes] of limits) {
      // The slice in which the window began counts whole: rather one mail too few than one too many.
      const oldest = Math.floor((realNow - minutes * MINUTE) / SLICE);
      const sent = counted.reduce((sum, { slice, count }) => (slice < oldest ? sum : sum + count), 0);
      if (sent > most) return `${most} ${what} within ${minutes} minutes are enough`;
    }
  }
  return null;
}

function limitsOf({
  ticketId,
  likeness: alike,
}: Paced): { of: string; limits: readonly Limit[]; what: string }[] {
  return [
    { of: 'all', limits: IN_ALL, what: 'automatic mails to one person' },
    ...(ticketId ? [{ of: ticketId, limits: TO_ONE_TICKET, what: 'automatic mails about one ticket' }] : []),
    ...(alike === null
      ? []
      : [{ of: `alike-${shortHash(alike)}`, limits: ALIKE, what: 'acknowledgements of the same' }]),
  ];
}

function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 12);
}

function sliceOf(name: string): number {
  return Number(name.slice(name.lastIndexOf(':') + 1));
}
