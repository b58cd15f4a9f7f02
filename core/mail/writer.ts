/**
 * Who wrote a mail, by stated rules:
 *
 * 1. From says who wrote. Sender never does: it names whoever typed or passed it on.
 * 2. Reply-To says it only when From cannot be a person: a web form writes from no-reply@, and a group or a public
 *    address of the desk's own that rewrote From (`Ann via Support <support@…>`) says in X-Original-From or X-MailFrom
 *    whom it replaced, and Reply-To names the same. Whoever is found like this is a requester, or an agent who still
 *    needs a code: the verdicts speak for From.
 * 3. What came through a public address that is hosted elsewhere is known by the receipt alone: the envelope's sender
 *    is of the form and at the domain of that forwarder, and SPF is PASS. Forwarding breaks SPF and may break DKIM; the
 *    forwarder's own SPF and DKIM would vouch for whatever it passes on. So DMARC FAIL counts as GRAY here, and PASS
 *    counts only when it cannot be the forwarder's. It proves nobody, and nobody is turned away for it.
 * 4. Several senders, a name or a domain that imitates the desk's people: believed by nobody, opened with the reason,
 *    and not answered.
 * 5. Headers that only the desk writes say nothing in a mail that is not provably its own.
 *
 * The guide for admins is docs/senders.md.
 */
import type { Desk } from '../config/desk.ts';
import { isFrom } from '../config/sender.ts';
import type { Address, Email, Receipt } from './email.ts';
import { isWithin, lookAlike } from './look-alike.ts';
import { NO_REPLY, type Own, screen } from './screen.ts';
import { domainOf, failedAuthentication } from './standing.ts';

export interface Writer {
  /** Which header names him. */
  by: 'from' | 'reply-to';
  /** The public address through which the mail provably came. */
  through: string | null;
  /** What desk.yaml says of this sender, and in which entry. */
  listed: { as: 'blocked' | 'allowed'; entry: string } | null;
  /** What is doubtful, in words. */
  flagged: string | null;
  /** So doubtful that nobody is answered. */
  distrusted: boolean;
}

export interface Written {
  /** With `from` as its writer. */
  email: Email;
  /** As it is to be understood of that writer. */
  receipt: Receipt;
  writer: Writer;
}

export function readWriter(email: Email, receipt: Receipt, desk: Desk, own: Own): Written {
  const through = forwarderOf(receipt, desk);
  const behind = authorBehind(email, receipt, through, desk, own);
  const asFrom = through ? understood(receipt, email.from, through) : receipt;
  const written = behind ? { ...email, from: behind, fromAll: [behind] } : email;
  const listed = listedAs(email.from, behind, through !== null, asFrom, desk);
  const doubt =
    listed?.as === 'allowed' ? null : doubtOf(email, written.from, !behind && asFrom.dmarc === 'PASS', desk);
  const flags = [
    doubt,
    through && receipt.dmarc === 'FAIL' && asFrom.dmarc === 'GRAY'
      ? `it came through ${through.address}, and forwarding broke the proof of who wrote it`
      : null,
    behind && !through && listed?.as !== 'allowed'
      ? `${email.from?.address} sent it, and only its Reply-To names ${behind.address}`
      : null,
    claimsToBeOurs(email) ? 'it has headers that only the desk writes, and they are forged' : null,
  ].filter((flag) => flag !== null);
  return {
    email: written,
    receipt: behind ? provesNobody(asFrom) : asFrom,
    writer: {
      by: behind ? 'reply-to' : 'from',
      through: through?.address ?? null,
      listed,
      flagged: flags.length > 0 ? flags.join('; ') : null,
      distrusted: doubt !== null,
    },
  };
}

type PublicAddress = NonNullable<Desk['addresses'][number]['public']>;

/**
 * The form of the envelope's sender says that a forwarder wrote it and not one of the people whose mail leaves from
 * the same domain. Google writes `user+caf_=…` when a mailbox forwards and `group+bnc…` for a group; Microsoft 365
 * `bounces+SRS=…` (Sender Rewriting Scheme). Of others no form is known, and the domain has to do.
 */
const FORMS: Record<PublicAddress['hostedBy'], RegExp> = {
  google: /^[^@]+\+(?:caf_=|bnc)[^@]*@/,
  microsoft: /^[^@]*\+srs=[^@]*@/,
  other: /^[^@]+@/,
};

function forwarderOf({ returnPath, spf, recipients }: Receipt, desk: Desk): PublicAddress | null {
  if (spf !== 'PASS') return null;
  const path = returnPath.toLowerCase();
  const reached = recipients.map(withoutTag);
  const found = desk.addresses.find(
    ({ address, public: known }) =>
      known &&
      reached.includes(address) &&
      FORMS[known.hostedBy].test(path) &&
      forwarderDomains(known).includes(domainOf(path)),
  );
  return found?.public ?? null;
}

function forwarderDomains({ address, envelopeDomains }: PublicAddress): string[] {
  return envelopeDomains.length > 0 ? envelopeDomains : [domainOf(address)];
}

function understood(receipt: Receipt, from: Address | null, through: PublicAddress): Receipt {
  const domain = from ? domainOf(from.address) : '';
  const vouchesForItself = [domainOf(through.address), ...forwarderDomains(through)].some(
    (own) => isWithin(domain, own) || isWithin(own, domain),
  );
  return vouchesForItself || receipt.dmarc !== 'PASS'
    ? { ...receipt, spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY', dmarcPolicy: null }
    : { ...receipt, spf: 'GRAY' };
}

/** A failure is one whoever is named; a pass is the named domain's alone. */
function provesNobody(receipt: Receipt): Receipt {
  return failedAuthentication(receipt) ? receipt : { ...receipt, spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' };
}

/** Whom From stands for, when it cannot be a person. What a program sends from no-reply@ has nobody behind it. */
function authorBehind(
  email: Email,
  receipt: Receipt,
  through: PublicAddress | null,
  desk: Desk,
  own: Own,
): Address | null {
  const { from, fromAll, replyTo } = email;
  if (!from || fromAll.length !== 1) return null;
  const named = replyTo.find(
    ({ address }) => !NO_REPLY.test(address) && !isOwnAddress(address, desk) && address !== from.address,
  );
  if (!named) return null;
  if (NO_REPLY.test(from.address))
    return screen({ ...email, from: named, fromAll: [named] }, receipt, own) ? null : named;
  const rewrote = through?.address === from.address || postsFrom(email, from.address, desk);
  return rewrote && original(email) === named.address ? named : null;
}

function original(email: Email): string | null {
  const value = (email.headers.get('x-original-from') ?? email.headers.get('x-mailfrom'))?.[0]?.slice(
    0,
    1_000,
  );
  if (value === undefined) return null;
  return (/<([^<>\s]{3,320})>\s*$/.exec(value)?.[1] ?? value.trim()).toLowerCase();
}

/** Whether this is the address of one of the desk's own lists, and the mail came over it. */
function postsFrom({ headers }: Email, address: string, desk: Desk): boolean {
  const id = /<([^<>]{1,255})>/.exec(headers.get('list-id')?.[0]?.slice(0, 1_000) ?? '')?.[1]?.toLowerCase();
  return id !== undefined && desk.mail.lists.includes(id) && listAddress(id) === address;
}

/** RFC 2919 3: by custom the id is the list's address with a dot for the @, and Google and Mailman keep to it. */
function listAddress(id: string): string {
  return id.replace('.', '@');
}

/** Addresses at which the desk is reached: its own, the public ones that forward to it, and those of its lists. */
export function isOwnAddress(address: string, desk: Desk): boolean {
  const plain = withoutTag(address);
  return (
    plain.endsWith(`@${desk.domain}`) ||
    desk.addresses.some((each) => each.public?.address === plain) ||
    desk.mail.lists.some((id) => listAddress(id) === plain)
  );
}

/** The desk's address for a public one; any other as it is. */
export function ownAddressOf(address: string, desk: Desk): string {
  const plain = withoutTag(address);
  return desk.addresses.find((each) => each.public?.address === plain)?.address ?? plain;
}

export function withoutTag(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*@/, '@');
}

/**
 * What desk.yaml says of this sender, and of whom Reply-To names in his place. The more specific entry counts: an
 * address before a domain, a domain before the one above it. Nobody is allowed by a From that failed authentication,
 * nor by a Reply-To alone: anybody could write them.
 */
function listedAs(
  from: Address | null,
  behind: Address | null,
  passedOn: boolean,
  receipt: Receipt,
  desk: Desk,
): Writer['listed'] {
  const best = (entries: readonly string[], senders: (Address | null)[]) =>
    entries
      .filter((entry) => senders.some((sender) => sender && isFrom(sender.address, entry)))
      .sort((a, b) => specific(b) - specific(a))[0];
  const blocked = best(desk.mail.blocked, [from, behind]);
  const allowed = failedAuthentication(receipt)
    ? undefined
    : best(desk.mail.allowed, passedOn ? [from, behind] : [from]);
  if (allowed && (!blocked || specific(allowed) > specific(blocked)))
    return { as: 'allowed', entry: allowed };
  return blocked ? { as: 'blocked', entry: blocked } : null;
}

function specific(entry: string): number {
  return entry.startsWith('@') ? entry.split('.').length : Number.POSITIVE_INFINITY;
}

function doubtOf(
  { fromAll, headers }: Email,
  from: Address | null,
  proven: boolean,
  desk: Desk,
): string | null {
  // RFC 5322 3.6: one From. Of several each reader shows another one, and DMARC may have looked at a third.
  if (fromAll.length > 1 || (headers.get('from')?.length ?? 0) > 1) return 'From names several senders';
  return from && lookAlike(from, proven, desk);
}

function claimsToBeOurs({ headers }: Email): boolean {
  return [...headers.keys()].some((name) => name.startsWith('x-replydesk-'));
}
