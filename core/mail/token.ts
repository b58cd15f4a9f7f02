/**
 * The proofs that our mail carries and that come back with an answer: the token in Reply-To, which says which
 * ticket and to whom we wrote, our own id in References, and the one-time code.
 *
 * A token is 24 octets, 39 characters in base 32, so that base (at most 24) + "+" + token fits the 64 octets of a
 * local part (RFC 5321 4.5.3.1.1):
 *
 *     1  what it is for (high 4 bits) and the version of the key (low 4)
 *     4  the ticket's, or the held mail's, id
 *     5  hash of the participant's address
 *     2  expiry, days since 2020-01-01
 *    12  HMAC-SHA-256 over all before, cut to 96 bits
 */
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { decodeBase32, encodeBase32 } from './base32.ts';

/** The HMAC keys by version; `current` signs, the others still verify. Versions 1 to 15. */
export interface Keys {
  current: number;
  keys: Readonly<Record<string, string>>;
}

/**
 * `approval` lets its owner vote on what he was asked to approve, and do nothing else to the ticket; `digest` gives the
 * numbers of one digest their meaning; `canary` says when the desk wrote to itself.
 */
export type Purpose = 'ticket' | 'code' | 'approval' | 'digest' | 'canary';

export interface Token {
  purpose: Purpose;
  /** `T-7K4M2Q`, `C-…` for a code, `D-…` for a day's digest, `S-…` for a canary's second. */
  id: string;
  /** Says whose it is without saying who: compare with `participantHash`. */
  participant: string;
  expired: boolean;
}

export type TokenReading =
  | { found: 'none' }
  | { found: 'forged'; token: string }
  | { found: 'token'; token: Token };

const OCTETS = 24;
const LENGTH = 39;
const MAC_AT = 12;
const EPOCH = Date.UTC(2020, 0, 1);
const DAY = 86_400_000;
const PURPOSES: Record<Purpose, { bits: number; prefix: string }> = {
  ticket: { bits: 0, prefix: 'T-' },
  code: { bits: 1, prefix: 'C-' },
  approval: { bits: 2, prefix: 'T-' },
  digest: { bits: 3, prefix: 'D-' },
  canary: { bits: 4, prefix: 'S-' },
};

/** `support+<token>@desk.example.test`: where an answer from this participant goes. `expires` in epoch ms. */
export function replyAddress(
  mailbox: string,
  proof: { purpose: Purpose; id: string; participant: string; expires: number },
  keys: Keys,
): string {
  const at = mailbox.lastIndexOf('@');
  return `${mailbox.slice(0, at)}+${signToken(proof, keys)}${mailbox.slice(at)}`;
}

function signToken(
  {
    purpose,
    id,
    participant,
    expires,
  }: { purpose: Purpose; id: string; participant: string; expires: number },
  keys: Keys,
): string {
  const bytes = Buffer.alloc(OCTETS);
  bytes[0] = (PURPOSES[purpose].bits << 4) | keys.current;
  bytes.writeUInt32BE(idToNumber(id), 1);
  bytes.set(hashAddress(participant), 5);
  bytes.writeUInt16BE(Math.min(65_535, Math.max(0, Math.ceil((expires - EPOCH) / DAY))), 10);
  bytes.set(mac(keys, keys.current, 'token', bytes.subarray(0, MAC_AT)), MAC_AT);
  return encodeBase32(bytes);
}

/**
 * Reads the token of one address of the desk, if it has one. Something after the plus that is about as long as a
 * token and does not verify is forged or damaged; a short word there is somebody's own filing and no token at all.
 * `now` in epoch ms, of real time: a signature does not age faster because the desk plays a quick day.
 */
export function readToken(address: string, keys: Keys, now: number): TokenReading {
  const plus = address.indexOf('+');
  const text = plus < 0 ? '' : address.slice(plus + 1, address.lastIndexOf('@'));
  if (text.length < LENGTH - 9) return { found: 'none' };
  const bytes = text.length === LENGTH ? decodeBase32(text) : null;
  const purpose =
    bytes &&
    (Object.keys(PURPOSES) as Purpose[]).find((name) => PURPOSES[name].bits === (bytes[0] as number) >> 4);
  if (!bytes || !purpose) return { found: 'forged', token: text };
  const view = Buffer.from(bytes);
  const version = (view[0] as number) & 15;
  if (!(version in keys.keys)) return { found: 'forged', token: text };
  if (!timingSafeEqual(view.subarray(MAC_AT), mac(keys, version, 'token', view.subarray(0, MAC_AT))))
    return { found: 'forged', token: text };
  return {
    found: 'token',
    token: {
      purpose,
      id: PURPOSES[purpose].prefix + numberToId(view.readUInt32BE(1)),
      participant: view.subarray(5, 10).toString('hex'),
      expired: EPOCH + view.readUInt16BE(10) * DAY < now,
    },
  };
}

/** Whether a reply address of ours stands in a text. */
export function holdsToken(text: string, domain: string): boolean {
  return tokenPattern(domain, 'i').test(text);
}

/** The text with every reply address of ours made useless: who reads somebody's words must not get his token with them. */
export function withoutTokens(text: string, domain: string): string {
  return text.replace(tokenPattern(domain, 'gi'), `+…@${domain}`);
}

function tokenPattern(domain: string, flags: 'i' | 'gi'): RegExp {
  const key = `${flags} ${domain}`;
  const pattern =
    PATTERNS.get(key) ?? new RegExp(`\\+[0-9a-z]{${LENGTH}}@${domain.replaceAll('.', '\\.')}`, flags);
  PATTERNS.set(key, pattern);
  return pattern;
}

/** A desk has one domain. */
const PATTERNS = new Map<string, RegExp>();

/** Whoever uses another one's token counts as having none. An expired one proves nothing either. */
export function ownsToken(token: Token | null, person: { address: string; alternates: string[] }): boolean {
  return (
    token !== null &&
    !token.expired &&
    [person.address, ...person.alternates].some((address) => participantHash(address) === token.participant)
  );
}

export function participantHash(address: string): string {
  return Buffer.from(hashAddress(address)).toString('hex');
}

/** Our own id for References, without angle brackets. SES rewrites Message-ID; References travel as we wrote them. */
export function ownReference(ticketId: string, domain: string, keys: Keys): string {
  return `${ticketId.toLowerCase()}.${keys.current}.${referenceMac(ticketId, keys.current, keys)}@${domain}`;
}

/** The ticket that one of our own ids names; null when it is not ours or was not signed by us. */
export function readReference(reference: string, domain: string, keys: Keys): string | null {
  const parts = /^(t-[0-9a-z]{6})\.(\d{1,2})\.([0-9a-z]{20})@(.+)$/.exec(reference.toLowerCase());
  if (!parts || parts[4] !== domain) return null;
  const [, id, version, signed] = parts as unknown as [string, string, string, string];
  const ticketId = id.toUpperCase();
  if (!(version in keys.keys)) return null;
  return timingSafeEqual(Buffer.from(signed), Buffer.from(referenceMac(ticketId, Number(version), keys)))
    ? ticketId
    : null;
}

function referenceMac(ticketId: string, version: number, keys: Keys): string {
  return encodeBase32(mac(keys, version, 'reference', Buffer.from(ticketId)))
    .padEnd(20, '0')
    .slice(0, 20);
}

/** The id under which a held mail waits for its code. The same mail always has the same one. */
export function codeId(mailId: string): string {
  return `C-${numberToId(hash('sha256', `code:${mailId}`, 'buffer').readUInt32BE(0) >>> 2)}`;
}

/** The six digits that release a held mail. Derived, so that nothing secret is stored and a repeat says the same. */
export function oneTimeCode(mailId: string, round: number, keys: Keys): string {
  const digest = createHmac('sha256', keyOf(keys, keys.current))
    .update(`one-time:${round}:${mailId}`)
    .digest();
  return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
}

/** Whether these are the six digits: also of a code that was sent before the keys were rotated. */
export function isOneTimeCode(digits: string, mailId: string, round: number, { keys }: Keys): boolean {
  return Object.keys(keys).some(
    (version) => oneTimeCode(mailId, round, { current: Number(version), keys }) === digits,
  );
}

/** Signs as long as possible with the same key, for what must stay the same through a rotation. */
export function lasting({ keys }: Keys): Keys {
  return { current: Math.min(...Object.keys(keys).map(Number)), keys };
}

/** A new ticket's id from four octets of somebody else's randomness. */
export function ticketIdFrom(random: Uint8Array): string {
  return `T-${numberToId(Buffer.from(random).readUInt32BE(0) >>> 2)}`;
}

/** What stands in the subject: `[T-7K4M2Q]`. */
export const SUBJECT_TAG = /\[(T-[0-9A-HJKMNP-TV-Z]{6})\]/gi;
export const TICKET_ID = /^T-[0-9A-HJKMNP-TV-Z]{6}$/;

/** The id of a person's digest or report by its number; of a digest that is its day, in days since 1970. Whose it is the token says besides. */
export function digestId(day: number): string {
  return `D-${numberToId(day)}`;
}

export function digestDay(id: string): number {
  return idToNumber(id);
}

/** The id of a canary: the second in which it was written, of which 30 bits count 34 years from 2020. `at` in epoch ms. */
export function canaryId(at: number): string {
  return `S-${numberToId(Math.floor((at - EPOCH) / 1000))}`;
}

/** Epoch ms. */
export function canarySentAt(id: string): number {
  return EPOCH + idToNumber(id) * 1000;
}

function idToNumber(id: string): number {
  const padded = decodeBase32(`${id.slice(2)}0`) as Uint8Array;
  return Buffer.from(padded).readUInt32BE(0) >>> 2;
}

function numberToId(number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((number << 2) >>> 0);
  return encodeBase32(bytes).slice(0, 6).toUpperCase();
}

function hashAddress(address: string): Uint8Array {
  return hash('sha256', `participant:${address.toLowerCase()}`, 'buffer').subarray(0, 5);
}

function mac(keys: Keys, version: number, domain: string, bytes: Uint8Array): Uint8Array {
  return createHmac('sha256', keyOf(keys, version))
    .update(`${domain}:`)
    .update(bytes)
    .digest()
    .subarray(0, OCTETS - MAC_AT);
}

/** Made once for each ring that was read: a key that is handed over as octets is made anew for each signature, which takes longer than to sign. */
const made = new WeakMap<Keys['keys'], Map<number, KeyObject>>();

function keyOf({ keys }: Keys, version: number): KeyObject {
  const known = made.get(keys) ?? new Map<number, KeyObject>();
  made.set(keys, known);
  const key = known.get(version) ?? createSecretKey(keys[version] as string, 'base64');
  known.set(version, key);
  return key;
}
