import { describe, expect, test } from 'vitest';
import { cluesOf, isSesId, threadOf } from '../../core/mail/thread.ts';
import { ownReference, replyAddress } from '../../core/mail/token.ts';
import { desk, email, ID, keys, moment, NORA, receipt } from '../sample.ts';

const mine = replyAddress(
  'support@desk.example.test',
  { purpose: 'ticket', id: ID, participant: NORA, expires: moment.realNow + 1e9 },
  keys,
);
const clues = (mail: Parameters<typeof email>[0], verdicts = {}) =>
  cluesOf(email(mail), { ...receipt, ...verdicts }, desk, keys, moment.realNow);
const to = (address: string) => [{ address, name: '' }];

test('the token in the envelope is found although no header shows it', () => {
  expect(clues({}, { recipients: [mine] }).token).toMatchObject({
    found: 'token',
    in: 'the envelope',
    token: { id: ID },
  });
});

test('a token in Cc or Delivered-To is found when the envelope has none', () => {
  expect(clues({ cc: to(mine) }).token).toMatchObject({ found: 'token' });
  expect(clues({ headers: new Map([['delivered-to', [mine]]]) }).token).toMatchObject({ found: 'token' });
});

test('a token of another domain is none of ours', () => {
  expect(clues({ to: to(mine.replace('desk.', 'desk2.')) }).token).toEqual({ found: 'none' });
});

describe('the order of the clues', () => {
  const known = new Map([['sent-1@eu-west-1.amazonses.com', 'T-AAAAAA']]);
  const reply = { inReplyTo: 'sent-1@eu-west-1.amazonses.com', subject: 'Re: jam [T-BBBBBB]' };

  test('a token wins over references, and the conflict is recorded', () => {
    expect(threadOf(clues({ ...reply, to: to(mine) }), known)).toEqual({
      candidate: { ticketId: ID, clue: 'token', why: 'our token in To, Cc or Delivered-To' },
      suspicion: 'its references point to T-AAAAAA',
    });
  });

  test('a known id wins over the subject', () => {
    expect(threadOf(clues(reply), known).candidate).toMatchObject({
      ticketId: 'T-AAAAAA',
      clue: 'reference',
    });
  });

  test('our own signed id needs no memory', () => {
    const own = ownReference(ID, desk.domain, keys);
    expect(threadOf(clues({ references: ['gone@example.org', own] }), new Map()).candidate).toMatchObject({
      ticketId: ID,
      clue: 'reference',
    });
  });

  test('the subject’s tag is the last clue, and an equal subject is none', () => {
    expect(threadOf(clues({ subject: 'Re: jam [t-bbbbbb]' }), new Map()).candidate).toMatchObject({
      ticketId: 'T-BBBBBB',
      clue: 'subject',
    });
    expect(threadOf(clues({ subject: 'Re: The printer is jammed' }), new Map()).candidate).toBeNull();
  });

  test('a vendor’s own number in brackets is no tag', () => {
    expect(clues({ subject: 'Re: [#123] [T-12] [TICKET-7K4M2Q]' }).tags).toEqual([]);
  });

  test('a forged token ends the search, and what it was near is recorded', () => {
    const forged = mine
      .replace(/(.)@/, (_, letter: string) => `${letter === '0' ? '1' : '0'}@`)
      .replace('+0', '+1');
    expect(threadOf(clues({ ...reply, to: to(forged) }), known)).toEqual({
      candidate: null,
      suspicion: 'a token in To, Cc or Delivered-To that does not verify, near T-AAAAAA',
    });
  });
});

test('the nearest known ancestor of a trimmed chain counts', () => {
  const chain = Array.from({ length: 40 }, (_, index) => `m${index}@example.org`);
  const { references } = clues({ references: chain, inReplyTo: 'm39@example.org' });
  expect(references).toHaveLength(30);
  expect(references[0]).toBe('m39@example.org');
});

test.each([
  ['0100018@email.amazonses.com', true],
  ['0102018@eu-west-1.amazonses.com', true],
  ['0102018@us-gov-west-1.amazonses.com', true],
  ['x@amazonses.com.evil.test', false],
  [null, false],
])('%s is an id that SES gave: %s', (id, expected) => {
  expect(isSesId(id)).toBe(expected);
});
