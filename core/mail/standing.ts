/**
 * Who wrote a mail, and how far that is believed. The verdicts are those of the receipt; nothing that stands in
 * the mail speaks for itself. It fails closed: whoever might be an agent and is not proven is none.
 */
import type { Desk, Person } from '../config/desk.ts';
import type { Email, Receipt } from './email.ts';

export type Standing =
  /** A known address and authenticated mail. To touch an existing ticket he needs his own token besides. */
  | { kind: 'agent'; person: Person; proof: 'dmarc' | 'code' | 'trusted-domain' }
  /** A known address without proof: a code goes to it. */
  | { kind: 'unproven-agent'; person: Person }
  /** A known address, and authentication failed: never believed, never answered. */
  | { kind: 'poser'; why: string }
  /** Anybody else. `flagged` says what is doubtful; who failed authentication, or is distrusted, gets no answer. */
  | { kind: 'requester'; flagged: string | null; failed: boolean; distrusted: boolean }
  /** The sender's domain asks that such mail be refused. */
  | { kind: 'disowned'; policy: 'quarantine' | 'reject' }
  | { kind: 'nobody' };

export interface Proofs {
  /** A right code for this very mail came back. */
  released: boolean;
  /** In the last 12 hours this person proved by code that mail signed by this domain is his. */
  trusted: boolean;
}

/** What the rules of writer.ts doubt about whoever wrote. */
export interface Doubts {
  flagged: string | null;
  distrusted: boolean;
}

export function standingOf(
  { from, fromAll }: Email,
  receipt: Receipt,
  { flagged, distrusted }: Doubts,
  desk: Desk,
  proofs: Proofs,
): Standing {
  if (!from) return { kind: 'nobody' };
  const person = personOf(from.address, desk);
  const posing = fromAll.length > 1 && fromAll.some(({ address }) => personOf(address, desk));
  if (posing) return { kind: 'poser', why: 'From names several senders, one of them of the desk' };
  if (person && failedAuthentication(receipt))
    return { kind: 'poser', why: `From is ${person.address}, and ${verdictWords(receipt)}` };
  if (person) return believe(person, receipt, proofs);
  if (receipt.dmarc === 'FAIL' && (receipt.dmarcPolicy === 'quarantine' || receipt.dmarcPolicy === 'reject'))
    return { kind: 'disowned', policy: receipt.dmarcPolicy };
  if (failedAuthentication(receipt))
    return {
      kind: 'requester',
      flagged: [verdictWords(receipt), ...(flagged ? [flagged] : [])].join('; '),
      failed: true,
      distrusted,
    };
  return { kind: 'requester', flagged, failed: false, distrusted };
}

/**
 * DMARC PASS is proof; GRAY (no policy, nothing to check) never is by itself. A DKIM PASS of SES's is one of the sender's
 * own domain: for a valid signature of another domain its verdict is GRAY.
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
 */
function believe(person: Person, receipt: Receipt, { released, trusted }: Proofs): Standing {
  if (released) return { kind: 'agent', person, proof: 'code' };
  if (receipt.dmarc === 'PASS') return { kind: 'agent', person, proof: 'dmarc' };
  if (trusted && receipt.dkim === 'PASS') return { kind: 'agent', person, proof: 'trusted-domain' };
  return { kind: 'unproven-agent', person };
}

/** DMARC FAIL, or no DMARC and SPF FAIL with no DKIM signature that would make up for it. */
export function failedAuthentication({ dmarc, spf, dkim }: Pick<Receipt, 'dmarc' | 'spf' | 'dkim'>): boolean {
  return dmarc === 'FAIL' || (dmarc !== 'PASS' && spf === 'FAIL' && dkim !== 'PASS');
}

function verdictWords({ dmarc, spf, dkim }: Receipt): string {
  return `authentication failed (DMARC ${dmarc}, SPF ${spf}, DKIM ${dkim})`;
}

/** Somebody of the desk by his address or one of his alternates. */
/** A manager is of no tier: nobody can give him a ticket, and it would climb away from nobody. */
export function mayHold(address: string, desk: Desk): boolean {
  return personOf(address, desk)?.role !== 'manager';
}

export function personOf(address: string, desk: Desk): Person | null {
  return (
    desk.people.find((person) => person.address === address || person.alternates.includes(address)) ?? null
  );
}

/** What stands behind the @: the domain whose signature and policy speak for the address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
