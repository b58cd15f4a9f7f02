/**
 * How content the requester is with a ticket that was closed: whether he is asked, and what he answers. He answers
 * by mail and never by a link: programs that look through mail follow every link, and would vote.
 */
import type { Desk } from '../config/desk.ts';
import type { Grade, Happening, Ticket } from './ticket.ts';

/** He is asked once in this time, however many of his tickets are closed. */
export const ASKED_EVERY = 7 * 86_400_000;
/** From the first digit on. */
const CHANGEABLE_FOR = 12 * 3_600_000;
/** With these the lead is told. */
const POOR = 2;

/** Machines, and whoever failed authentication, are not asked. */
export function isAsked({ status, flagged, unacknowledged }: Ticket, desk: Desk): boolean {
  return desk.satisfaction.ask && status === 'closed' && flagged === null && !unacknowledged;
}

export interface Ballot {
  vote: Grade;
  words: string;
}

/** A digit from 1 to 5 alone in the first line that is not empty, and the words below it. Null when there is none. */
export function readBallot(text: string): Ballot | null {
  const [first = '', ...below] = text.trim().split('\n');
  const digit = /^[\s\u00a0]*([1-5])(?:点)?[.!)]?[\s\u00a0]*$/.exec(first.normalize('NFKC'))?.[1];
  return digit ? { vote: Number(digit) as Grade, words: below.join('\n').trim() } : null;
}

const MOST_WORDS = 4_000;

/** Null when it comes too late. A ticket that was reopened and closed once more is voted on anew. */
export function rate(
  { vote, words }: Ballot,
  { rating, closedAt }: Ticket,
  by: string,
  now: string,
): Extract<Happening, { kind: 'rated' }> | null {
  const earlier = rating && closedAt && Date.parse(rating.since) >= Date.parse(closedAt) ? rating : null;
  if (earlier && Date.parse(now) > Date.parse(earlier.since) + CHANGEABLE_FOR) return null;
  return { kind: 'rated', vote, previous: earlier?.vote ?? null, words: words.slice(0, MOST_WORDS), by };
}

/** The lead hears of a poor vote, and when it is taken back. */
export function isLeadTold({ vote, previous }: Extract<Happening, { kind: 'rated' }>): boolean {
  return Math.min(vote, previous ?? vote) <= POOR;
}
