/**
 * The mail that the desk writes to itself every hour, to know that mail gets through: an event in MEMORY, out by OUT, in
 * by IN, and into the ledger as `suppressed: canary`. Its address says when it was written, under our signature, so that
 * nobody else can write one and an old one proves nothing. No person ever sees it, and it counts as no mail of anybody's.
 */
import type { Desk } from '../config/desk.ts';
import type { Outgoing } from './compose.ts';
import type { Arrival, Moment } from './outcome.ts';
import { failedAuthentication } from './standing.ts';
import { canaryId, canarySentAt, type Keys, participantHash, replyAddress, type Token } from './token.ts';

/** What stands before the time in a canary's partition key. */
export const CANARIES = 'CANARY#';

/** Later than this it is no news any more: the alarm has rung. */
const LATEST = 2 * 3_600_000;
/** Clocks of two machines; the address holds whole seconds. */
const SKEW = 60_000;

/** `sentAt` in epoch ms of real time, as all that is signed. */
export function canaryMail(sentAt: number, desk: Desk, keys: Keys): Outgoing & { kind: 'canary' } {
  const mailbox = desk.addresses[0];
  if (!mailbox) throw new TypeError('a desk has an address');
  const { address, name } = mailbox;
  const at = new Date(sentAt).toISOString();
  const proof = { id: canaryId(sentAt), participant: address, expires: sentAt + LATEST };
  const to = { address: replyAddress(address, { purpose: 'canary', ...proof }, keys), name };
  const id = `canary-${at.replace(/\D/g, '')}`;
  const said = `Written at ${at} to learn whether mail gets through. Nobody reads it.`;
  return {
    ...{ id, kind: 'canary', ticketId: null, audience: 'sender', personal: false },
    ...{ from: { address, name }, to, replyTo: null, cc: [] },
    ...{ messageId: `${id}@${desk.domain}`, inReplyTo: null, references: [], date: at, files: [] },
    content: { language: 'en', subject: 'Canary', text: `${said}\n`, html: `<p>${said}</p>` },
  };
}

/** How long it was on its way, in ms; null of whatever is no canary of ours, or comes too late to prove anything. */
export function roundTripOf({ email, receipt }: Arrival, token: Token | null, moment: Moment): number | null {
  if (token?.purpose !== 'canary' || failedAuthentication(receipt)) return null;
  if (!email.from || participantHash(email.from.address) !== token.participant) return null;
  const took = moment.realNow - canarySentAt(token.id);
  return took >= -SKEW && took <= LATEST ? Math.max(took, 0) : null;
}
