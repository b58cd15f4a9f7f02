/**
 * The audit trail of a ticket: every event as a line that names nobody and quotes nobody, and a chain of hashes over
 * these lines. The line can be made from the event for as long as that is kept; when the event goes, by an erasure or
 * because its time is over, the line takes its place, and the chain still holds.
 *
 * Addresses are pseudonyms there, HMACs under a random key of each person. Words are seals, HMACs under a random salt of
 * each event: they prove that an event is what was written, and without the salt nobody can try words against them.
 * docs/decisions/0011-the-audit-trail.md says why.
 */
import { createHmac, createSecretKey, hash } from 'node:crypto';
import { DESK, type TicketEvent } from './ticket.ts';

/** What is kept beside an event. Both base64url. */
export interface Sealed {
  salt: string;
  /** SHA-256 of the link before and this event's line. */
  chain: string;
}

/** Under this no mail arrives (RFC 2606): what stands where somebody's address stood. */
const NOWHERE = '@erased.invalid';

/** `key` is the person's own, base64. */
export function pseudonymOf(address: string, key: string): string {
  const mac = createHmac('sha256', createSecretKey(key, 'base64'))
    .update(address.toLowerCase())
    .digest('hex');
  return `person-${mac.slice(0, 24)}${NOWHERE}`;
}

export function isPseudonym(address: string): boolean {
  return address.endsWith(NOWHERE);
}

/** Addresses that an event names, in lower case, each once. */
export function personsIn(event: TicketEvent): string[] {
  const found = new Set<string>();
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'string' && isPerson(key, value)) found.add(value.toLowerCase());
    else if (Array.isArray(value)) for (const each of value) look(each, key);
    // Nobody stands among its numbers.
    else if (typeof value === 'object' && value !== null && key !== 'print')
      for (const name of Object.keys(value)) look((value as Record<string, unknown>)[name], name);
  };
  look(event, '');
  return [...found];
}

/** The event's line: canonical JSON. `pseudonyms` has everybody of `personsIn`. */
export function auditLine(
  ticketId: string,
  event: TicketEvent,
  salt: string,
  pseudonyms: ReadonlyMap<string, string>,
): string {
  // Made once: a key that is handed over as octets is made anew for each seal, which takes longer than the seal.
  const key = createSecretKey(salt, 'base64url');
  const seal = (name: string, value: string) =>
    `~${createHmac('sha256', key).update(`${name}\n${value}`).digest('base64url').slice(0, 22)}`;
  return spell({ ...event, ticketId }, '', (name, value) => {
    if (isPseudonym(value)) return value;
    if (isPerson(name, value)) {
      const pseudonym = pseudonyms.get(value.toLowerCase());
      if (!pseudonym) throw new TypeError(`nobody said under which pseudonym ${ticketId} names somebody`);
      return pseudonym;
    }
    return isPlain(name, value) ? value : seal(name, value);
  });
}

/** `previous`: null for the first of a ticket. */
export function linkAfter(previous: string | null, line: string): string {
  return hash('sha256', `${previous ?? ''}\n${line}`, 'base64url');
}

function isPerson(key: string, value: string): boolean {
  return (
    value.includes('@') &&
    !NOBODY.has(key) &&
    !isPseudonym(value) &&
    /^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/.test(value)
  );
}

/** Ids of mails look like addresses, and the desk's own addresses are nobody's. */
const NOBODY = new Set(['messageId', 'mailbox']);

/** What is chosen from the desk's own words, and says nothing about anybody. */
const PLAIN = new Set([
  'kind',
  'type',
  'team',
  'category',
  'impact',
  'urgency',
  'priority',
  'language',
  'mailbox',
  'policy',
  'measure',
  'relation',
  'state',
  'result',
  'verdict',
  'cause',
  'quorum',
  'service',
  'nextKind',
]);
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,12}Z$/;
const ID = /^[TK]-[0-9A-Z]{6}$/;
const PRIORITY = /^P[1-4]$/;

function isPlain(key: string, value: string): boolean {
  return PLAIN.has(key) || value === DESK || INSTANT.test(value) || ID.test(value) || PRIORITY.test(value);
}

/** One spelling for one value: the names in their order, and without what is undefined, as DynamoDB keeps it. */
export function canonical(value: unknown): string {
  return spell(value, '');
}

/** With every string changed, by the name that it stands under; what an array holds stands under the array's. */
function spell(value: unknown, key: string, change?: (key: string, value: string) => string): string {
  if (typeof value === 'string') return JSON.stringify(change ? change(key, value) : value);
  if (Array.isArray(value)) return `[${value.map((each) => spell(each ?? null, key, change)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Numbers that were made from somebody's words are sealed as one.
  if (change && key === 'print') return JSON.stringify(change(key, canonical(value)));
  const entries = value as Readonly<Record<string, unknown>>;
  let spelled = '';
  for (const name of Object.keys(entries).sort()) {
    const each = entries[name];
    if (each === undefined) continue;
    spelled += `${spelled === '' ? '' : ','}${JSON.stringify(name)}:${spell(each, name, change)}`;
  }
  return `{${spelled}}`;
}
