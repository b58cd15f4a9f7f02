/** Everything that is read from an email before anything is decided about it. */
import type { Desk } from '../config/desk.ts';
import { readBounce, readReported } from './bounce.ts';
import type { Automatic, Email, Receipt } from './email.ts';
import { readForward } from './forward.ts';
import type { Arrival } from './outcome.ts';
import { type Own, screen } from './screen.ts';
import { personOf } from './standing.ts';
import { trimReply } from './trim.ts';
import { readWriter } from './writer.ts';

export function readArrival(received: Email, given: Receipt, desk: Desk): Arrival {
  const own = ownOf(desk);
  const { email, receipt, writer } = readWriter(received, given, desk, own);
  const known = { passedOn: writer.through !== null, allowed: writer.listed?.as === 'allowed' };
  const automatic = screen(email, receipt, own, known);
  return {
    email,
    receipt,
    writer,
    automatic,
    // Between the lines of our mail a requester answers; from an agent nothing below the marker may leave.
    trimmed: trimReply(email, { belowMarker: !email.from || !personOf(email.from.address, desk) }),
    bounce: automatic?.kind === 'bounce' ? readBounce(email) : null,
    reported: isReport(automatic) ? readReported(email) : null,
    forwarded: readForward(email),
  };
}

/** What is the desk's own, by which it knows its own mail. */
export function ownOf(desk: Desk): Own {
  return {
    domain: desk.domain,
    addresses: desk.addresses.flatMap((each) => [
      each.address,
      ...(each.public ? [each.public.address] : []),
    ]),
    listIds: desk.mail.lists,
  };
}

/** Somebody who attaches a mail of ours reports nothing. */
function isReport(automatic: Automatic | null): boolean {
  return automatic !== null && ['bounce', 'receipt', 'complaint'].includes(automatic.kind);
}
