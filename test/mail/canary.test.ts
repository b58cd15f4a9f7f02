/** A canary is believed when the desk itself wrote it, and lately. */
import { describe, expect, test } from 'vitest';
import { canaryMail } from '../../core/mail/canary.ts';
import { compose } from '../../core/mail/compose.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Receipt } from '../../core/mail/email.ts';
import { parseEmail } from '../../core/mail/parse.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf } from '../../core/mail/thread.ts';
import { type Keys, readToken } from '../../core/mail/token.ts';
import { desk, keys, MONDAY, memory, receipt } from '../sample.ts';

const SENT = Date.parse(MONDAY);
const PROVEN = { spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' } as const;
const OTHERS: Keys = { current: 1, keys: { '1': Buffer.alloc(32, 8).toString('base64') } };

/** What becomes of a canary that arrives `after` so many ms. */
async function become(
  after: number,
  { signedBy = keys, from, ...verdicts }: Partial<Receipt> & { signedBy?: Keys; from?: string } = {},
) {
  const canary = canaryMail(SENT, desk, signedBy);
  const composed = compose(canary);
  if (composed.outcome !== 'composed') throw new Error(composed.header);
  const own = canary.from.address;
  const raw = Buffer.from(composed.mime)
    .toString()
    .replace(/^(From:.*)$/m, (line) => (from ? line.replace(own, from) : line));
  const given: Receipt = { ...receipt, ...PROVEN, recipients: [canary.to.address], ...verdicts };
  const moment = { now: MONDAY, realNow: SENT + after };
  const read = await parseEmail(Buffer.from(raw));
  const { token } = cluesOf(read, given, desk, keys, moment.realNow);
  const known = memory({ token: token.found === 'token' ? token.token : null });
  return dispose(readArrival(read, given, desk), known, moment, desk, keys);
}

test('it is known again, opens nothing, and says how long it was on its way', async () => {
  expect(await become(12_000)).toMatchObject({
    ...{ disposition: 'suppressed', reason: 'canary', roundTrip: 12_000 },
    ...{ ticket: null, message: null, notice: null, tells: null },
  });
});

test('its mail is marked as a machine’s, and as what it is', async () => {
  const composed = compose(canaryMail(SENT, desk, keys));
  const mime = composed.outcome === 'composed' ? Buffer.from(composed.mime).toString() : '';
  expect(mime).toMatch(/^X-Replydesk-Update: canary\r$/m);
  expect(mime).toMatch(/^Auto-Submitted: auto-generated\r$/m);
});

test('it says what it is to whoever finds it, answers nothing and asks for nothing', () => {
  const { to, ...canary } = canaryMail(SENT, desk, keys);
  const id = 'canary-20261123090000000';
  const said = `Written at ${MONDAY} to learn whether mail gets through. Nobody reads it.`;
  expect(canary).toEqual({
    ...{ id, kind: 'canary', ticketId: null, audience: 'sender', personal: false, cc: [], files: [] },
    ...{ from: { address: 'support@desk.example.test', name: 'Service Desk' }, replyTo: null, date: MONDAY },
    ...{ messageId: `${id}@desk.example.test`, inReplyTo: null, references: [] },
    content: { language: 'en', subject: 'Canary', text: `${said}\n`, html: `<p>${said}</p>` },
  });
  const expired = (after: number) => {
    const read = readToken(to.address, keys, SENT + after);
    return read.found === 'token' && read.token.expired;
  };
  expect([expired(7_199_000), expired(3 * 86_400_000)]).toEqual([false, true]);
});

test('the clock of the sender may go a little before ours', async () => {
  expect(await become(-2_000)).toMatchObject({ reason: 'canary', roundTrip: 0 });
});

test('the second in which it was written stands in its address, for decades', () => {
  for (const year of [2026, 2038, 2053]) {
    const at = Date.UTC(year, 5, 1, 12, 34, 56);
    const { to } = canaryMail(at, desk, keys);
    expect(readToken(to.address, keys, at)).toMatchObject({ token: { purpose: 'canary', expired: false } });
  }
});

describe('it proves nothing, and is a loop like all that is from ourselves,', () => {
  test.each([
    ['that comes after more than two hours', 2 * 3_600_000 + 1, {}],
    ['whose time has not come', -3_600_000, {}],
    ['that another key has signed', 12_000, { signedBy: OTHERS }],
    ['that SES does not take for ours', 12_000, { spf: 'FAIL', dkim: 'FAIL', dmarc: 'FAIL' } as const],
    ['that comes from another address of the desk', 12_000, { from: 'hr@desk.example.test' }],
  ])('one %s', async (_, after, given) => {
    const outcome = await become(after, given);
    expect(outcome).toMatchObject({ disposition: 'suppressed', reason: 'loop', ticket: null });
    expect(outcome.roundTrip).toBeUndefined();
  });
});

test('a stranger who has learned the address of one opens nothing with it', async () => {
  expect(await become(12_000, { from: 'mallory@example.org' })).toMatchObject({
    ...{ disposition: 'refused', reason: 'posing-as-agent', ticket: null, notice: null },
  });
});

test('one that a scanner takes for spam has not come back', async () => {
  expect(await become(12_000, { spam: 'FAIL' })).toMatchObject({ disposition: 'quarantined' });
});
