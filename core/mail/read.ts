/** Everything that is read from an email before anything is decided about it. */
import type { Desk } from '../config/desk.ts';
import { readBounce } from './bounce.ts';
import type { Email, Receipt } from './email.ts';
import { readForward } from './forward.ts';
import type { Arrival } from './outcome.ts';
import { screen } from './screen.ts';
import { personOf } from './standing.ts';
import { trimReply } from './trim.ts';

export function readArrival(email: Email, receipt: Receipt, desk: Desk): Arrival {
  const automatic = screen(email, receipt, {
    domain: desk.domain,
    addresses: desk.addresses.map(({ address }) => address),
    listIds: [],
  });
  return {
    email,
    receipt,
    automatic,
    // Between the lines of our mail a requester answers; from an agent nothing below the marker may leave.
    trimmed: trimReply(email, { belowMarker: !email.from || !personOf(email.from.address, desk) }),
    bounce: automatic?.kind === 'bounce' ? readBounce(email) : null,
    forwarded: readForward(email),
  };
}
