import { expect, test } from 'vitest';
import type { Erasure, Traces } from '../../aws/erasure.ts';
import { certificateOf, describeCertificate, describeTraces } from '../../cli/erase.ts';
import { desk, MONDAY, NORA } from '../sample.ts';

const traces: Traces = {
  tickets: [
    { id: 'T-7K4M2Q', subject: 'The printer', status: 'open', messages: 3, byOthers: 2, files: 1, mails: 2 },
  ],
  messages: [
    { id: 'T-000001-m1', his: false },
    { id: 'T-000001-m2', his: true },
  ],
  ...{
    named: ['T-000001'],
    events: 4,
    updates: 5,
    articles: ['K-000002'],
    bodies: [],
    indexes: [],
    others: [],
  },
  mails: [
    { mailId: 'a', his: true },
    { mailId: 'b', his: false },
  ],
  remembered: [`RATE#in#${NORA} RATE`],
};
const erasure: Erasure = {
  pseudonym: 'person-1@erased.invalid',
  list: ['x', 'y'],
  listHash: 'abc',
  left: [],
};
const certificate = (kept: Parameters<typeof certificateOf>[4], left: string[] = []) =>
  certificateOf(NORA, MONDAY, traces, { ...erasure, left }, kept, desk);

test('the preview names what goes, warns of what is not closed, and says how to do it', () => {
  const said = describeTraces(NORA, traces);
  expect(said).toContain(
    'ticket T-7K4M2Q «The printer», open: 3 messages (2 by others), 1 files, 2 raw mails',
  );
  expect(said).toContain('1 of his messages in others’ tickets, with their files: T-000001-m2');
  expect(said).toContain('Not closed yet: T-7K4M2Q');
  expect(said).toContain(`desk erase ${NORA} --confirm ${NORA}`);
});

test('the certificate counts, and says until when backups, queues and logs still hold it', () => {
  const of = certificate({ tableDays: 35, bucketVersions: 'off' });
  expect(of.erased).toEqual({
    ...{ tickets: ['T-7K4M2Q'], messages: 4, mails: 4, events: 4 },
    ...{ updates: 5, articles: 1, remembered: 1, others: 0 },
  });
  expect(of.list).toEqual({ things: 2, sha256: 'abc' });
  const until = (word: string) => of.held.find(({ where }) => where.includes(word))?.until;
  expect(until('point-in-time')).toBe('2026-12-28T09:00:00.000Z');
  expect(until('dead-letter')).toBe('2026-12-07T09:00:00.000Z');
  expect(until('Logs are kept for 30 days')).toBe('2026-12-23T09:00:00.000Z');
  expect(until('keeps no versions')).toBe(MONDAY);
  expect(describeCertificate(of)).toMatch(/Nothing names him any more.*Until 2026-12-28/s);
});

test('a bucket that keeps versions is said to, and so is what was not reached', () => {
  const of = certificate({ tableDays: 0, bucketVersions: 'enabled' }, ['MAIL#x MAIL']);
  expect(of.held.map(({ where }) => where).join()).toMatch(/versioning is enabled/);
  expect(of.held.map(({ where }) => where).join()).not.toMatch(/point-in-time/);
  expect(describeCertificate(of)).toContain('These still name him; run it again: MAIL#x MAIL');
});

test('a laptop has no backups of its own', () => {
  expect(certificate(null).held[0]?.where).toBe('This laptop keeps no backups of its own.');
});
