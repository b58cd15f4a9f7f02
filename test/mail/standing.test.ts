import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../core/mail/email.ts';
import { failedAuthentication, standingOf } from '../../core/mail/standing.ts';
import { desk, email, KIM, LUIS, PROVEN, receipt } from '../sample.ts';

const none = { released: false, trusted: false };
const undoubted = { flagged: null, distrusted: false };
const standing = (address: string, verdicts: Partial<Receipt> = {}, proofs = none) =>
  standingOf(email({ from: { address, name: '' } }), { ...receipt, ...verdicts }, undoubted, desk, proofs);

describe('an agent', () => {
  test('is believed by DMARC alone', () => {
    expect(standing(KIM, PROVEN)).toMatchObject({ kind: 'agent', proof: 'dmarc' });
    expect(standing(KIM, { spf: 'PASS', dkim: 'PASS' })).toMatchObject({ kind: 'unproven-agent' });
  });

  test('is believed from an alternate address as well', () => {
    expect(standing('l.ortega@example.test', PROVEN)).toMatchObject({
      kind: 'agent',
      person: { address: LUIS },
    });
  });

  test('is believed when the code for this mail came back, or his domain is trusted and signed it', () => {
    expect(standing(KIM, {}, { released: true, trusted: false })).toMatchObject({
      kind: 'agent',
      proof: 'code',
    });
    expect(standing(KIM, { dkim: 'PASS' }, { released: false, trusted: true })).toMatchObject({
      kind: 'agent',
      proof: 'trusted-domain',
    });
    expect(standing(KIM, {}, { released: false, trusted: true })).toMatchObject({ kind: 'unproven-agent' });
  });

  test.each([{ dmarc: 'FAIL' }, { spf: 'FAIL' }, { dmarc: 'FAIL', dkim: 'PASS' }] as Partial<Receipt>[])(
    'is never believed with %o, not even with a code',
    (verdicts) => {
      expect(standing(KIM, verdicts, { released: true, trusted: true })).toMatchObject({ kind: 'poser' });
    },
  );

  test('is not believed when From names somebody else as well', () => {
    const two = email({
      from: { address: 'x@example.org', name: '' },
      fromAll: [
        { address: 'x@example.org', name: '' },
        { address: KIM, name: '' },
      ],
    });
    expect(standingOf(two, { ...receipt, ...PROVEN }, undoubted, desk, none)).toMatchObject({
      kind: 'poser',
    });
  });

  test('is not believed by his name', () => {
    const named = email({ from: { address: 'evil@example.org', name: `Kim Brandt <${KIM}>` } });
    expect(standingOf(named, { ...receipt, ...PROVEN }, undoubted, desk, none)).toMatchObject({
      kind: 'requester',
    });
  });
});

describe('anybody else', () => {
  test('is a requester without proof', () => {
    expect(standing('a@example.org')).toEqual({
      kind: 'requester',
      flagged: null,
      failed: false,
      distrusted: false,
    });
  });

  test('is flagged when authentication failed and the domain does not mind', () => {
    expect(standing('a@example.org', { dmarc: 'FAIL', dmarcPolicy: 'none' })).toMatchObject({
      kind: 'requester',
      failed: true,
      flagged: 'authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY)',
    });
  });

  test.each(['quarantine', 'reject'] as const)('is disowned when the domain says %s', (dmarcPolicy) => {
    expect(standing('a@example.org', { dmarc: 'FAIL', dmarcPolicy })).toEqual({
      kind: 'disowned',
      policy: dmarcPolicy,
    });
  });

  test('is nobody without an address', () => {
    expect(standingOf({ ...email(), from: null, fromAll: [] }, receipt, undoubted, desk, none)).toEqual({
      kind: 'nobody',
    });
  });
});

test.each([
  ['FAIL', 'PASS', 'PASS', true],
  ['GRAY', 'FAIL', 'GRAY', true],
  ['GRAY', 'FAIL', 'PASS', false],
  ['GRAY', 'GRAY', 'GRAY', false],
  ['PASS', 'FAIL', 'FAIL', false],
] as const)('DMARC %s, SPF %s, DKIM %s: failed is %s', (dmarc, spf, dkim, failed) => {
  expect(failedAuthentication({ dmarc, spf, dkim })).toBe(failed);
});
