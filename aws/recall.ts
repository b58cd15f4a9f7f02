/** What memory knows about a mail that has just been read: four reads by key at the most, however many tickets there are. */
import type { Desk } from '../core/config/desk.ts';
import type { Arrival, Memory, Moment } from '../core/mail/outcome.ts';
import { claimOf, type MailRecord } from '../core/mail/record.ts';
import { domainOf, personOf } from '../core/mail/standing.ts';
import { cluesOf, isSesId, threadOf } from '../core/mail/thread.ts';
import type { Keys } from '../core/mail/token.ts';
import type { Ledger } from './ledger.ts';
import type { Tickets } from './tickets.ts';

/** A reply may be faster than our record of what it answers; until then an unknown id of SES's is waited for. */
const TOO_EARLY_UNTIL = 5 * 60_000;

export async function recall(
  { email, receipt, bounce }: Arrival,
  before: MailRecord | null,
  { now, realNow }: Moment,
  { desk, keys, ledger, tickets }: { desk: Desk; keys: Keys; ledger: Ledger; tickets: Tickets },
): Promise<Memory | 'too-early'> {
  const clues = cluesOf(email, receipt, desk, keys, realNow, bounce?.originalMessageId);
  const person = email.from && personOf(email.from.address, desk);
  const known = await ledger.recall({
    mailId: receipt.mailId,
    claim: claimOf(email.messageId, email.from?.address ?? null, email.text),
    references: [...clues.references, ...(email.messageId ? [email.messageId] : [])],
    trust: email.from && person && { person: person.address, domain: domainOf(email.from.address) },
    realNow,
  });
  const own = email.messageId ? known.tickets.get(email.messageId) : undefined;
  const thread = threadOf(clues, known.tickets);
  const early =
    !thread.candidate &&
    !thread.suspicion &&
    isSesId(email.inReplyTo) &&
    Date.parse(now) - Date.parse(receipt.receivedAt) < TOO_EARLY_UNTIL;
  if (early && !known.duplicateOf) return 'too-early';
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const forCode = token?.purpose === 'code';
  const ticket = !forCode && thread.candidate ? await tickets.read(thread.candidate.ticketId) : null;
  const held = (before?.history ?? []).filter(({ disposition }) => disposition === 'held').length;
  return {
    duplicateOf: known.duplicateOf,
    sameMessageId: known.duplicateOf ? null : (own ?? null),
    candidate: thread.candidate,
    ticket,
    token,
    suspicion: thread.suspicion,
    code: forCode ? await ledger.code(token.id) : null,
    released: before?.released ?? false,
    trusted: known.trusted,
    rounds: held + (before?.disposition === 'held' ? 1 : 0),
    loads: await tickets.loads(
      desk.people.filter(({ role }) => role !== 'manager').map(({ address }) => address),
    ),
  };
}
