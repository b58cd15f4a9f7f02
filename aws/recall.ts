/** What memory knows about a mail that has just been read: a few reads by key, however many tickets there are. */
import type { Desk } from '../core/config/desk.ts';
import type { Address } from '../core/mail/email.ts';
import { type Arrival, type Memory, type Moment, takesPart } from '../core/mail/outcome.ts';
import { orPoison } from '../core/mail/poison.ts';
import { claimOf, type MailRecord } from '../core/mail/record.ts';
import { domainOf, personOf } from '../core/mail/standing.ts';
import { type Candidate, cluesOf, isSesId, tagged, threadOf } from '../core/mail/thread.ts';
import type { Keys } from '../core/mail/token.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import type { Ledger } from './ledger.ts';
import type { Tickets } from './tickets.ts';

/** A reply may be faster than our record of what it answers; until then an unknown id of SES's is waited for. */
const TOO_EARLY_UNTIL = 5 * 60_000;

export async function recall(
  { email, receipt, reported }: Arrival,
  before: MailRecord | null,
  { now, realNow }: Moment,
  { desk, keys, ledger, tickets }: { desk: Desk; keys: Keys; ledger: Ledger; tickets: Tickets },
): Promise<Memory | 'too-early'> {
  const clues = await orPoison(() => cluesOf(email, receipt, desk, keys, realNow, reported?.ids));
  const person = email.from && personOf(email.from.address, desk);
  const known = await ledger.recall({
    mailId: receipt.mailId,
    claim: claimOf(email.messageId, email.from?.address ?? null, email.text),
    references: [...clues.references, ...(email.messageId ? [email.messageId] : [])],
    sender: email.from?.address ?? null,
    trust: email.from && person && { person: person.address, domain: domainOf(email.from.address) },
    realNow,
  });
  const own = email.messageId ? known.tickets.get(email.messageId) : undefined;
  const thread = threadOf(clues, known.tickets);
  const early =
    !thread.candidate &&
    !thread.suspicion &&
    [email.inReplyTo, reported?.ids[0] ?? null].some(isSesId) &&
    Date.parse(now) - Date.parse(receipt.receivedAt) < TOO_EARLY_UNTIL;
  if (early && !known.duplicateOf) return 'too-early';
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const forCode = token?.purpose === 'code';
  const found = forCode ? NOTHING_FOUND : await find(thread.candidate, clues.tags, email.from, tickets);
  const held = (before?.history ?? []).filter(({ disposition }) => disposition === 'held').length;
  return {
    duplicateOf: known.duplicateOf,
    sameMessageId: known.duplicateOf ? null : (own ?? null),
    sameMail: known.duplicateOf && own ? await tickets.read(own) : null,
    candidate: found.candidate ?? thread.candidate,
    ticket: found.ticket,
    token,
    suspicion: thread.suspicion,
    sentTo: firstOf([...(email.inReplyTo ? [email.inReplyTo] : []), ...(reported?.ids ?? [])], known.sentTo),
    undeliverable: known.undeliverable,
    code: forCode ? await ledger.code(token.id) : null,
    released: before?.released ?? false,
    trusted: known.trusted,
    rounds: held + (before?.disposition === 'held' ? 1 : 0),
    // Counted when the mail is known to be none of the desk's people's.
    flood: null,
    loads: await tickets.loads(
      desk.people.filter(({ role }) => role !== 'manager').map(({ address }) => address),
    ),
  };
}

interface Found {
  candidate: Candidate | null;
  ticket: Ticket | null;
}

const NOTHING_FOUND: Found = { candidate: null, ticket: null };

/** Of two tickets that a subject names the one counts in which the sender takes part. */
async function find(
  candidate: Candidate | null,
  tags: readonly string[],
  from: Address | null,
  tickets: Tickets,
): Promise<Found> {
  if (!candidate) return NOTHING_FOUND;
  const first = { candidate, ticket: await tickets.read(candidate.ticketId) };
  const leads = (ticket: Ticket | null) =>
    ticket !== null && from !== null && takesPart(from.address, ticket);
  const other = tags[1];
  if (candidate.clue !== 'subject' || !other || leads(first.ticket)) return first;
  const second = await tickets.read(other);
  return leads(second) ? { candidate: tagged(other, candidate.ticketId), ticket: second } : first;
}

function firstOf(ids: readonly string[], known: ReadonlyMap<string, string>): string | null {
  return ids.map((id) => known.get(id)).find((value) => value !== undefined) ?? null;
}
