/**
 * Which ticket a mail belongs to: the clues, in the order in which they are believed. What memory has to be asked
 * for is said by `cluesOf`; what its answers mean is decided by `threadOf`. Equal subjects are never a clue.
 */
import type { Desk } from '../config/desk.ts';
import type { Email, Receipt } from './email.ts';
import { type Keys, readReference, readToken, SUBJECT_TAG, type Token } from './token.ts';

export interface Clues {
  /** The first token that verifies, or that somebody tried. */
  token: { found: 'none' } | { found: 'forged'; in: string } | { found: 'token'; token: Token; in: string };
  /** Ids of earlier mail that memory is asked for, the nearest first. */
  references: string[];
  /** Tickets named by our own signed ids. */
  signed: string[];
  tags: string[];
}

/** Long chains repeat their beginning and end; a hostile one must not cost more reads than a long one. */
const MOST_REFERENCES = 30;
const MOST_TAGS = 2;

/** `realNow` in epoch ms: signatures stay on real time. `returned` are the ids of what a report gives back. */
export function cluesOf(
  email: Email,
  receipt: Receipt,
  desk: Desk,
  keys: Keys,
  realNow: number,
  returned: readonly string[] = [],
): Clues {
  const answered = [...(email.inReplyTo ? [email.inReplyTo] : []), ...returned];
  const nearestFirst = [...answered, ...email.references.toReversed()];
  const ids = [...new Set(nearestFirst)];
  const signed = ids.flatMap((id) => readReference(id, desk.domain, keys) ?? []);
  return {
    token: findToken(email, receipt, desk, keys, realNow),
    references: ids.slice(0, MOST_REFERENCES),
    signed: [...new Set(signed)],
    tags: [
      ...new Set([...email.subject.matchAll(SUBJECT_TAG)].map(([, id]) => (id as string).toUpperCase())),
    ].slice(0, MOST_TAGS),
  };
}

/** The envelope first: it also knows of Bcc, and no sender writes it into the message. */
function findToken(email: Email, receipt: Receipt, desk: Desk, keys: Keys, realNow: number): Clues['token'] {
  const headers = [...email.to, ...email.cc].map(({ address }) => address);
  const delivered = (email.headers.get('delivered-to') ?? []).map((value) =>
    value.trim().replace(/^<|>$/g, ''),
  );
  const places: [string, string[]][] = [
    ['the envelope', receipt.recipients],
    ['To, Cc or Delivered-To', [...headers, ...delivered]],
  ];
  let forged: Clues['token'] | null = null;
  for (const [place, addresses] of places) {
    for (const address of addresses.filter((each) => each.toLowerCase().endsWith(`@${desk.domain}`))) {
      const reading = readToken(address, keys, realNow);
      if (reading.found === 'token') return { found: 'token', token: reading.token, in: place };
      if (reading.found === 'forged') forged ??= { found: 'forged', in: place };
    }
  }
  return forged ?? { found: 'none' };
}

/** Of an id that SES gave to one of our mails: it is known as soon as we have recorded the sending. */
export function isSesId(id: string | null): boolean {
  return id !== null && /@(email|[a-z]{2}(-[a-z]+)+-\d)\.amazonses\.com$/i.test(id);
}

export type Clue = 'token' | 'reference' | 'subject';

export interface Candidate {
  ticketId: string;
  clue: Clue;
  why: string;
}

/**
 * The one ticket to look at, or none. `known` says for each id of earlier mail which ticket it belongs to.
 * A token that does not verify ends the search: whoever tampers gets a new ticket, and the suspicion is recorded.
 */
export function threadOf(
  clues: Clues,
  known: ReadonlyMap<string, string>,
): { candidate: Candidate | null; suspicion: string | null } {
  const { token, references, signed, tags } = clues;
  const named = firstKnown(references, known);
  const elsewhere = named?.ticketId ?? signed[0] ?? tags[0] ?? null;
  switch (token.found) {
    case 'forged':
      return {
        candidate: null,
        suspicion: `a token in ${token.in} that does not verify${elsewhere ? `, near ${elsewhere}` : ''}`,
      };
    case 'token': {
      const conflict =
        elsewhere && elsewhere !== token.token.id ? `, although its other clues point to ${elsewhere}` : '';
      return {
        candidate: { ticketId: token.token.id, clue: 'token', why: `our token in ${token.in}${conflict}` },
        suspicion: null,
      };
    }
    case 'none':
      if (named)
        return {
          candidate: { ticketId: named.ticketId, clue: 'reference', why: `it answers <${named.id}>` },
          suspicion: null,
        };
      if (signed[0])
        return {
          candidate: { ticketId: signed[0], clue: 'reference', why: 'it refers to our own signed id' },
          suspicion: null,
        };
      if (tags[0])
        return {
          candidate: tagged(tags[0], tags[1]),
          suspicion: null,
        };
      return { candidate: null, suspicion: null };
  }
}

/** By its number in the subject; `other` stands there as well. */
export function tagged(ticketId: string, other: string | undefined): Candidate {
  const beside = other ? `, and not [${other}],` : '';
  return { ticketId, clue: 'subject', why: `[${ticketId}]${beside} in the subject` };
}

function firstKnown(
  references: string[],
  known: ReadonlyMap<string, string>,
): { id: string; ticketId: string } | null {
  for (const id of references) {
    const ticketId = known.get(id);
    if (ticketId) return { id, ticketId };
  }
  return null;
}
