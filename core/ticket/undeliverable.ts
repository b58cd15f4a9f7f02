/** An address at which nothing arrives: what its tickets do meanwhile, and for how long the desk remembers it. */
import { DESK, type Happening, isActive, type Ticket } from './ticket.ts';

/** Desk times are ISO 8601 UTC. A mail from the address ends it before its time. */
export interface Undeliverable {
  address: string;
  why: 'bounce' | 'complaint';
  /** RFC 3463, when the report has one. */
  status: string | null;
  since: string;
  until: string;
}

const DAY = 86_400_000;
/** Mailboxes come back, and domains are paid for again. */
const REMEMBERED_FOR = 60 * DAY;
/** Long enough to find another way to somebody, short enough that nobody forgets him. */
const STANDS_FOR = 3 * DAY;

export interface Failure {
  address: string;
  status: string | null;
  permanent: boolean;
  /** The update that did not arrive, when it is known. */
  update: string | null;
}

/** Recorded in any case; when nothing will ever reach the requester there, the clock stands still for a while. */
export function failed(ticket: Ticket, failures: readonly Failure[], now: string): Happening[] {
  const dead = failures.some(({ address, permanent }) => permanent && address === ticket.requester.address);
  return [
    ...failures.map((failure): Happening => ({ kind: 'delivery-failed', ...failure })),
    ...(dead ? standStill(ticket, now) : []),
  ];
}

/** Nothing when it does not run, or waits for a date already: then nobody reminds a dead address either. */
export function standStill(ticket: Ticket, now: string): Happening[] {
  if (!isActive(ticket) || ticket.waiting?.until) return [];
  const { address } = ticket.requester;
  return [
    {
      kind: 'paused',
      until: new Date(Date.parse(now) + STANDS_FOR).toISOString(),
      reason: `mail to ${address} cannot be delivered`,
      by: DESK,
      undeliverable: address,
    },
  ];
}

export function mark(
  address: string,
  why: Undeliverable['why'],
  status: string | null,
  now: string,
): Undeliverable {
  const until = new Date(Date.parse(now) + REMEMBERED_FOR).toISOString();
  return { address, why, status, since: now, until };
}

export function isMarked(found: Undeliverable | null, now: string): found is Undeliverable {
  return found !== null && Date.parse(now) < Date.parse(found.until);
}
