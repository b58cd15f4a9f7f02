/**
 * What becomes of an email: one disposition with its reason, and what it does to a ticket. The order is the
 * contract's: duplicate, spam and virus, automatic mail, identity, threading; then what the sender may do.
 */
import type { Desk } from '../config/desk.ts';
import type { Happening } from '../ticket/ticket.ts';
import { redeem } from './code.ts';
import type { Automatic } from './email.ts';
import { fromAgent } from './from-agent.ts';
import { fromOutside } from './from-outside.ts';
import { type Arrival, ends, type Memory, type Moment, type Outcome, takesPart } from './outcome.ts';
import { standingOf } from './standing.ts';
import type { Keys } from './token.ts';

/** SES writes this object once, when the receipt rule is made. */
const SETUP_NOTICE = 'AMAZON_SES_SETUP_NOTIFICATION';

export function dispose(arrival: Arrival, memory: Memory, moment: Moment, desk: Desk, keys: Keys): Outcome {
  const { email, receipt, automatic } = arrival;
  if (receipt.mailId === SETUP_NOTICE)
    return ends('setup', 'ses-setup', 'SES tried whether it may write to the bucket');
  if (memory.duplicateOf)
    return ends('duplicate', 'same-message', `the same message came in as ${memory.duplicateOf}`);
  if (receipt.virus === 'FAIL') return ends('quarantined', 'virus', 'SES found a virus');
  if (receipt.spam === 'FAIL') return ends('quarantined', 'spam', 'SES takes it for spam');
  if (automatic && automatic.kind !== 'list' && automatic.kind !== 'monitoring')
    return disposeAutomatic(automatic, arrival, memory);
  const standing = standingOf(email, receipt, desk, memory);
  switch (standing.kind) {
    case 'nobody':
      return ends('quarantined', 'no-sender', 'From names no valid address');
    case 'poser':
      return ends('refused', 'posing-as-agent', standing.why);
    case 'disowned':
      return ends(
        'quarantined',
        'disowned-by-domain',
        `DMARC failed and the sender’s domain asks to ${standing.policy}`,
      );
    case 'unproven-agent':
    case 'agent':
      if (memory.token?.purpose === 'code')
        return redeem(arrival, memory, standing.person, moment, desk, keys);
      return fromAgent(arrival, memory, standing, moment, desk);
    case 'requester':
      if (memory.token?.purpose === 'code')
        return ends('refused', 'posing-as-agent', 'it answers a code that was sent to somebody else');
      return fromOutside(arrival, memory, standing, moment, desk);
  }
}

function disposeAutomatic(
  { kind, rule, seen }: Automatic,
  { bounce }: Arrival,
  { ticket, candidate }: Memory,
): Outcome {
  const detail = `${rule}: ${seen}`;
  switch (kind) {
    case 'bounce': {
      const failed = (bounce?.recipients ?? []).filter(({ address }) => ticket && takesPart(address, ticket));
      const happenings = failed.map(
        ({ address, permanent, status }): Happening => ({
          kind: 'delivery-failed',
          address,
          permanent,
          status,
          update: null,
        }),
      );
      return ends(
        'feedback',
        'bounce',
        detail,
        ticket && happenings.length > 0
          ? { clue: candidate?.clue ?? null, ticket: { kind: 'change', before: ticket, happenings } }
          : {},
      );
    }
    case 'complaint':
      return ends('feedback', 'complaint', detail);
    case 'auto-reply':
    case 'out-of-office':
    case 'receipt':
    case 'loop':
      return ends('suppressed', kind, detail);
    case 'list':
    case 'monitoring':
      throw new TypeError(`${kind} mail opens tickets`);
  }
}
