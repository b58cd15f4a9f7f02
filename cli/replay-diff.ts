/**
 * What a changed desk.yaml would have made of the mail of the last days: each stored mail is read and decided again, by
 * the same pure decision, under both. Nothing is written, and nobody hears of it.
 */
import { memoryOf, recall } from '../aws/recall.ts';
import type { Desk } from '../core/config/desk.ts';
import { dispose } from '../core/mail/dispose.ts';
import type { Arrival } from '../core/mail/outcome.ts';
import { parseEmail, UnreadableEmailError } from '../core/mail/parse.ts';
import { PoisonError } from '../core/mail/poison.ts';
import { readArrival } from '../core/mail/read.ts';
import type { MailRecord } from '../core/mail/record.ts';
import { change, open } from '../core/ticket/change.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import type { Learned } from '../core/triage/learned.ts';
import type { DeskConnection } from './connect.ts';
import { table } from './table.ts';

export type Place = Pick<DeskConnection, 'ledger' | 'tickets' | 'digests' | 'mailroom' | 'keys'>;

/** What is compared of a mail, in words. `null`: it has none, as a mail that opens and changes no ticket. */
export interface Disposed {
  disposition: string;
  category: string | null;
  team: string | null;
  priority: string | null;
  service: string | null;
  /** What is promised: each deadline with its instant. */
  deadlines: string | null;
}
const FIELDS = ['disposition', 'category', 'team', 'priority', 'service', 'deadlines'] as const;

export interface Differing {
  key: string;
  receivedAt: string;
  from: string | null;
  subject: string;
  /** The ticket that it belongs to as things are. */
  ticketId: string | null;
  before: Disposed;
  after: Disposed;
  differs: (typeof FIELDS)[number][];
  /** Why it is so after the change. */
  reasons: string[];
}

/** The newest mails; more are not read in one run. */
const MOST_MAILS = 10_000;
/** A reply may come before the record of what it answers; all of these have long been there. */
const LONG_AFTER = 600_000;

export interface Side {
  desk: Desk;
  learned: Learned | null;
}

/** `now`: desk time, epoch ms. */
export async function replayDiff(
  place: Place,
  { before, after, days }: { before: Side; after: Side; days: number },
  now: number,
  progress: (done: number, all: number) => void,
) {
  const since = new Date(now - days * 86_400_000).toISOString();
  const records = await place.ledger.list(MOST_MAILS, () => true, since);
  const changed: Differing[] = [];
  const unread: { key: string; why: string }[] = [];
  for (const [index, record] of records.entries()) {
    const raw = record.takenOut ? null : await place.mailroom.read(record.key);
    const compared = raw ? await compare(record, raw, before, after, place) : 'its raw mail is gone';
    if (typeof compared === 'string') unread.push({ key: record.key, why: compared });
    else if (compared.differs.length > 0) changed.push(compared);
    progress(index + 1, records.length);
  }
  return {
    ...{ days, since, mails: records.length, cut: records.length === MOST_MAILS },
    counts: countsOf(changed),
    changed,
    unread,
  };
}

export type ReplayDiff = Awaited<ReturnType<typeof replayDiff>>;

async function compare(
  record: MailRecord,
  raw: Uint8Array,
  before: Side,
  after: Side,
  place: Place,
): Promise<Differing | string> {
  try {
    const [was, is] = [await decide(record, raw, before, place), await decide(record, raw, after, place)];
    const { key, receivedAt, from, subject, ticketId } = record;
    return {
      ...{ key, receivedAt, from, subject, ticketId, before: was.disposed, after: is.disposed },
      differs: FIELDS.filter((field) => was.disposed[field] !== is.disposed[field]),
      reasons: is.reasons.filter((reason) => !was.reasons.includes(reason)),
    };
  } catch (error) {
    // One mail that cannot be read must not keep the others from being compared.
    if (error instanceof UnreadableEmailError || error instanceof PoisonError) return error.message;
    throw error;
  }
}

/** As it would have been decided on when it came in, with the tickets that there are now. */
async function decide(
  { receipt, receivedAt, ticketId, released }: MailRecord,
  raw: Uint8Array,
  { desk, learned }: Side,
  { ledger, tickets, digests, keys: read }: Place,
): Promise<{ disposed: Disposed; reasons: string[] }> {
  const arrival: Arrival = readArrival(await parseEmail(raw), receipt, desk);
  const keys = await read();
  const realNow = Date.parse(receivedAt);
  const asked = { now: new Date(realNow + LONG_AFTER).toISOString(), realNow };
  const known = await recall(arrival, null, asked, { desk, keys, ledger, tickets, digests });
  const memory = {
    ...memoryOf(known),
    ...{ newId: ticketId ?? NOBODYS, problemId: NOBODYS, released },
    ...(learned ? { opinion: learned } : {}),
    // Its own id leads to what it did the first time.
    sameMessageId: null,
  };
  const outcome = dispose(arrival, memory, { now: receivedAt, realNow }, desk, keys);
  const after = ticketAfter(outcome.ticket, ticketId ?? NOBODYS, receivedAt, desk);
  const begun = outcome.ticket?.kind === 'open' ? outcome.ticket.opened.reasons : [];
  return {
    disposed: {
      disposition: `${outcome.disposition}, ${outcome.reason}`,
      category: after?.category ?? null,
      team: after?.team ?? null,
      priority: after?.priority ?? null,
      service: after?.service?.name ?? null,
      deadlines: after && promised(after),
    },
    reasons: [outcome.detail, ...begun.map(({ what, why }) => `${what}: ${why}`)].filter(
      (reason) => reason !== '',
    ),
  };
}

/** Stands for the id of a ticket that was never opened. */
const NOBODYS = 'T-000000';

function ticketAfter(
  ticket: ReturnType<typeof dispose>['ticket'],
  id: string,
  at: string,
  desk: Desk,
): Ticket | null {
  if (!ticket) return null;
  if (ticket.kind === 'open') return open(id, ticket.opened, ticket.also, at, desk).after;
  return change(ticket.before, ticket.happenings, at, desk).after;
}

function promised({ deadlines }: Ticket): string | null {
  const named = Object.entries(deadlines).map(([name, at]) => `${name} ${at.slice(0, 16)}Z`);
  return named.length > 0 ? named.join(', ') : null;
}

/** How many mails go from what to what, the most first. Instants are all different, and only counted. */
function countsOf(changed: readonly Differing[]) {
  const counts = new Map<string, { what: string; before: string; after: string; mails: number }>();
  for (const { before, after, differs } of changed)
    for (const what of differs) {
      const [was, is] =
        what === 'deadlines'
          ? ['', after[what] === null ? 'none' : 'others']
          : [before[what] ?? '–', after[what] ?? '–'];
      const key = JSON.stringify([what, was, is]);
      const count = counts.get(key) ?? { what, before: was, after: is, mails: 0 };
      counts.set(key, { ...count, mails: count.mails + 1 });
    }
  return [...counts.values()].sort((a, b) => b.mails - a.mails);
}

/** So many mails are told to a person. */
const MOST_TOLD = 50;

export function describeReplayDiff({ days, mails, cut, counts, changed, unread }: ReplayDiff): string {
  const left = changed.length - MOST_TOLD;
  return [
    `${mails}${cut ? ' (the newest)' : ''} ${mails === 1 ? 'mail' : 'mails'} of the last ${days} days, decided again as if the changed file had held; ${changed.length} would be different, and nothing was changed.`,
    'Tickets are as they are now, nobody’s hands are full, and floods, models in the account and reports alike are left out: under both files.',
    '',
    table(
      ['Mails', 'What', 'Before', 'After'],
      counts.map(({ mails, what, before, after }) => [String(mails), what, before, after]),
      'No mail changes.',
    ),
    ...changed.slice(0, MOST_TOLD).flatMap(tell),
    ...(left > 0 ? ['', `and ${left} more; --json has all`] : []),
    ...unread.map(({ key, why }) => `not compared: ${key}: ${why}`),
  ].join('\n');
}

function tell({ key, from, subject, before, after, differs, reasons }: Differing, index: number): string[] {
  return [
    '',
    `${index + 1}  ${key}  ${from ?? '(nobody)'}: ${subject || '(no subject)'}`,
    ...differs.map((what) => `   ${what}: ${before[what] ?? '–'} → ${after[what] ?? '–'}`),
    ...reasons.map((reason) => `   because ${reason}`),
  ];
}
