import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase32, encodeBase32 } from '../../core/mail/base32.ts';
import {
  codeId,
  holdsToken,
  oneTimeCode,
  ownReference,
  participantHash,
  readReference,
  readToken,
  replyAddress,
  TICKET_ID,
  ticketIdFrom,
  withoutTokens,
} from '../../core/mail/token.ts';
import { ID, KIM, keys, moment, NORA } from '../sample.ts';

const DAY = 86_400_000;
const mailbox = 'support@desk.example.test';
const proof = { purpose: 'ticket' as const, id: ID, participant: NORA, expires: moment.realNow + 180 * DAY };
const address = replyAddress(mailbox, proof, keys);

test('a token says its ticket and whose it is', () => {
  expect(readToken(address, keys, moment.realNow)).toEqual({
    found: 'token',
    token: { purpose: 'ticket', id: ID, participant: participantHash(NORA), expired: false },
  });
});

test('a token survives a relay that changes its case', () => {
  expect(readToken(address.toUpperCase(), keys, moment.realNow)).toMatchObject({
    found: 'token',
    token: { id: ID },
  });
});

test('the longest base and a token fit the 64 octets of a local part', () => {
  const longest = replyAddress(`${'x'.repeat(24)}@desk.example.test`, proof, keys);
  expect(longest.indexOf('@')).toBe(64);
});

test('every changed character makes a token forged', () => {
  fc.assert(
    fc.property(fc.nat(38), fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), (at, letter) => {
      const start = address.indexOf('+') + 1;
      const changed = address.slice(0, start + at) + letter + address.slice(start + at + 1);
      // The last character carries three bits that stand for nothing.
      fc.pre(changed !== address && at < 38);
      return readToken(changed, keys, moment.realNow).found === 'forged';
    }),
  );
});

test('a token of another key, or cut short, is forged', () => {
  const others = { current: 1, keys: { '1': Buffer.alloc(32, 8).toString('base64') } };
  expect(readToken(replyAddress(mailbox, proof, others), keys, moment.realNow).found).toBe('forged');
  expect(readToken(address.replace(/.@/, '@'), keys, moment.realNow).found).toBe('forged');
});

test('every bit of it is signed: none of 192 can be turned', () => {
  const [, text = ''] = /\+([^@]+)@/.exec(address) ?? [];
  const octets = decodeBase32(text) ?? expect.unreachable();
  expect(octets).toHaveLength(24);
  const found = Array.from({ length: octets.length * 8 }, (_, bit) => {
    const turned = Uint8Array.from(octets);
    turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
    return readToken(address.replace(text, encodeBase32(turned)), keys, moment.realNow).found;
  });
  expect(new Set(found)).toEqual(new Set(['forged']));
});

test('cut, lengthened, turned around or put together from two, it is forged', () => {
  const [, text = ''] = /\+([^@]+)@/.exec(address) ?? [];
  const other = replyAddress(mailbox, { ...proof, participant: KIM, id: 'T-BBBBBB' }, keys);
  const [, second = ''] = /\+([^@]+)@/.exec(other) ?? [];
  const tries = [
    ...Array.from({ length: 9 }, (_, at) => text.slice(0, 30 + at)),
    ...[...'0z'].flatMap((letter) =>
      Array.from({ length: 40 }, (_, at) => text.slice(0, at) + letter + text.slice(at)),
    ),
    ...Array.from(
      { length: 37 },
      (_, at) => text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2),
    ),
    ...Array.from({ length: 38 }, (_, at) => text.slice(0, at + 1) + second.slice(at + 1)),
    [...text].reverse().join(''),
  ].filter((tried) => tried.slice(0, 38) !== text.slice(0, 38) && tried.slice(0, 38) !== second.slice(0, 38));
  expect(tries.length).toBeGreaterThan(120);
  for (const tried of tries)
    expect(readToken(address.replace(text, tried), keys, moment.realNow).found, tried).toBe('forged');
});

test('of one purpose it is none of another, and an id is none of another kind', () => {
  const [, text = ''] = /\+([^@]+)@/.exec(address) ?? [];
  const octets = decodeBase32(text) ?? expect.unreachable();
  for (let first = 0; first < 256; first++) {
    const turned = Uint8Array.from(octets);
    turned[0] = first;
    const { found } = readToken(address.replace(text, encodeBase32(turned)), keys, moment.realNow);
    expect(found, String(first)).toBe(first === octets[0] ? 'token' : 'forged');
  }
});

test('what a key that was taken away has signed is forged from then on', () => {
  const without = { current: 2, keys: { '2': Buffer.alloc(32, 9).toString('base64') } };
  expect(readToken(address, without, moment.realNow).found).toBe('forged');
  expect(readReference(ownReference(ID, 'desk.example.test', keys), 'desk.example.test', without)).toBeNull();
});

test('somebody’s own filing after the plus is no token', () => {
  expect(readToken('support+invoices@desk.example.test', keys, moment.realNow)).toEqual({ found: 'none' });
  expect(readToken(mailbox, keys, moment.realNow)).toEqual({ found: 'none' });
});

test('an old key still verifies after a rotation, and an expired token says so', () => {
  const rotated = { current: 2, keys: { ...keys.keys, '2': Buffer.alloc(32, 9).toString('base64') } };
  expect(readToken(address, rotated, moment.realNow)).toMatchObject({
    found: 'token',
    token: { expired: false },
  });
  expect(readToken(address, rotated, moment.realNow + 182 * DAY)).toMatchObject({
    found: 'token',
    token: { expired: true },
  });
});

test('a token for a code is none for a ticket', () => {
  const forCode = replyAddress(
    mailbox,
    { ...proof, purpose: 'code', id: codeId('mail-1'), participant: KIM },
    keys,
  );
  expect(readToken(forCode, keys, moment.realNow)).toMatchObject({
    token: { purpose: 'code', id: codeId('mail-1') },
  });
});

test('our own reference names its ticket, and nobody else can make one', () => {
  const reference = ownReference(ID, 'desk.example.test', keys);
  expect(readReference(reference, 'desk.example.test', keys)).toBe(ID);
  expect(readReference(reference.replace('t-7k4m2q', 't-7k4m2r'), 'desk.example.test', keys)).toBeNull();
  expect(readReference(reference, 'other.example.test', keys)).toBeNull();
  expect(readReference('t-7k4m2q@desk.example.test', 'desk.example.test', keys)).toBeNull();
});

test('ticket ids are six letters of the alphabet that has no O, I, L or U', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (random) =>
      TICKET_ID.test(ticketIdFrom(random)),
    ),
  );
});

test('a code is six digits, the same for the same mail, another one when it is held again', () => {
  expect(oneTimeCode('mail-1', 0, keys)).toMatch(/^\d{6}$/);
  expect(oneTimeCode('mail-1', 0, keys)).toBe(oneTimeCode('mail-1', 0, keys));
  expect(oneTimeCode('mail-1', 1, keys)).not.toBe(oneTimeCode('mail-1', 0, keys));
});

test('a reply address in somebody’s words is made useless for whoever reads them', () => {
  const masked = withoutTokens(`write to ${address} or ${address.toUpperCase()}`, 'desk.example.test');
  expect(masked).toBe('write to support+…@desk.example.test or SUPPORT+…@desk.example.test');
  expect(holdsToken(masked, 'desk.example.test')).toBe(false);
});

test('a reply address is found in a text that is about to leave', () => {
  expect(holdsToken(`write to ${address} please`, 'desk.example.test')).toBe(true);
  expect(holdsToken('write to support@desk.example.test please', 'desk.example.test')).toBe(false);
});
