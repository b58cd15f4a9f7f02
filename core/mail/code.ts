/** The one-time code: mail without proof waits for it, and the answer that brings it releases the mail. */
import type { Desk, Person } from '../config/desk.ts';
import type { Counted } from './flood.ts';
import { languageOf } from './language.ts';
import {
  type Arrival,
  ends,
  type HeldCode,
  type Memory,
  type Moment,
  type Outcome,
  refusal,
  sender,
} from './outcome.ts';
import { domainOf } from './standing.ts';
import { codeId, isOneTimeCode, type Keys } from './token.ts';

/** Of real time: a code does not age faster because the desk plays a quick day. */
export const CODE_VALID_FOR = 30 * 60_000;
export const CODE_TRIES = 5;
export const TRUST_VALID_FOR = 12 * 3_600_000;
/** Anybody can write in somebody's name, and each such mail would send him a code: no more than these in an hour. */
export const MOST_CODES = 10;
const CODE_WINDOW = 3_600_000;

/** As what a code counts, in real time; null when the mail asks for none. */
export function codeCounted({ disposition, code }: Outcome): Counted | null {
  return disposition === 'held' && code
    ? { sender: `code#${code.person}`, slot: CODES, window: CODE_WINDOW }
    : null;
}

export const CODES = 'codes';

/** The mail waits; a code goes to the address that it claims to come from, unless too many did. */
export function hold(
  { email, receipt }: Arrival,
  reason: 'without-token' | 'without-proof',
  detail: string,
  person: Person,
  { rounds, codes = 0 }: Memory,
  { realNow }: Moment,
  desk: Desk,
): Outcome {
  const { mailId } = receipt;
  if (codes > MOST_CODES)
    return ends(
      'held',
      'too-many-codes',
      `${detail}; ${person.address} was sent ${MOST_CODES} codes within the hour, and no more`,
    );
  const code: HeldCode = {
    id: codeId(mailId),
    mailId,
    person: person.address,
    round: rounds,
    tries: 0,
    expiresAt: new Date(realNow + CODE_VALID_FOR).toISOString(),
    used: false,
  };
  return ends('held', reason, detail, {
    code,
    notice: {
      kind: 'held',
      to: { address: person.address, name: person.name },
      reason,
      codeId: code.id,
      round: rounds,
      subject: email.subject,
      messageId: email.messageId,
      language: languageOf(person.address, desk),
    },
  });
}

/** The answer to a code: six digits at its head, from the address that it was sent to. */
export function redeem(
  arrival: Arrival,
  { code }: Memory,
  person: Person,
  { realNow }: Moment,
  desk: Desk,
  keys: Keys,
): Outcome {
  const { email, receipt, trimmed } = arrival;
  if (!code || code.person !== person.address)
    return ends('refused', 'posing-as-agent', 'it answers a code that was sent to somebody else');
  if (code.used || Date.parse(code.expiresAt) < realNow || code.tries >= CODE_TRIES) {
    const why = code.used
      ? 'the code was used already'
      : code.tries >= CODE_TRIES
        ? 'too many wrong codes'
        : 'the code is too old';
    return ends('refused', 'code-expired', why, { notice: refusal(arrival, 'code-expired', why, desk) });
  }
  const digits = /^\s*(\d{3})[\s\u00a0-]?(\d{3})(?!\d)/.exec(trimmed.visible);
  if (!digits || !isOneTimeCode(`${digits[1]}${digits[2]}`, code.mailId, code.round, keys)) {
    return ends('refused', 'wrong-code', 'the six digits are not those that we sent', {
      code: { ...code, tries: code.tries + 1 },
      notice: refusal(arrival, 'wrong-code', '', desk),
    });
  }
  // Only where the domain says nothing about itself, and only for mail that it signed: the one he wrote from.
  const domain = domainOf(sender(email).address);
  const trust =
    receipt.dmarc !== 'PASS' && receipt.dkim === 'PASS' ? { person: person.address, domain } : null;
  return ends('commanded', 'code-accepted', `the code released ${code.mailId}`, {
    code: { ...code, used: true },
    release: { mailId: code.mailId, trust },
  });
}
