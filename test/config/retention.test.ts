import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadDesk } from '../../core/config/load.ts';
import { desk } from '../sample.ts';
import { problemsOf, SMALL_DESK, smallDeskWith } from './small-desk.ts';

const DAY = 86_400_000;
const BLOCK = /^retention:\n(?: {2}.*\n)+/m;
const text = readFileSync('desk.yaml', 'utf8');

function load(retention: string) {
  expect(text).toMatch(BLOCK);
  return loadDesk(text.replace(BLOCK, retention));
}

const problemOf = (retention: string) => {
  const loaded = load(retention);
  return loaded.ok
    ? null
    : loaded.problems.map(({ path, message, allowed }) => `${path}: ${message}; ${allowed}`).join();
};

test('what is left out is kept as the sample desk keeps it', () => {
  const loaded = load('');
  expect(loaded.ok && loaded.desk.retention).toEqual(desk.retention);
  expect(desk.retention).toEqual({
    ...{ rawMail: 365 * DAY, bodies: 1_095 * DAY, tickets: 1_825 * DAY, audit: 3_650 * DAY },
    logs: '30d',
  });
});

test('what is kept for ever is', () => {
  const loaded = load(
    'retention:\n  rawMail: forever\n  bodies: forever\n  tickets: forever\n  audit: forever\n',
  );
  expect(loaded.ok && loaded.desk.retention).toMatchObject({
    rawMail: null,
    bodies: null,
    tickets: null,
    audit: null,
  });
});

test.each([
  ['retention:\n  rawMail: 6d\n', /retention\.rawMail.*7d/],
  ['retention:\n  rawMail: 12h\n', /retention\.rawMail.*a number of days/],
  ['retention:\n  logs: 31d\n', /retention\.logs/],
  ['retention:\n  tickets: 400d\n', /retention\.bodies: .*at most 400d/],
  ['retention:\n  bodies: forever\n', /retention\.bodies: the words.*at most 1825d/],
  ['retention:\n  bodies: 90d\n', /retention\.bodies: a ticket would lose its words.*at least \d+d/],
])('%s is refused, with what is allowed', (retention, problem) => {
  expect(problemOf(retention)).toMatch(problem);
});

describe('the words of a ticket', () => {
  const bodies = (days: string, more = '') =>
    problemsOf(`${SMALL_DESK}retention: { bodies: ${days}${more} }\n`).map(({ allowed }) => allowed);

  test('stay as long as it can be answered, on to the end of that day', () => {
    expect(bodies('183d')).toEqual([]);
    expect(bodies('182d')).toEqual(['at least 183d, which is tokens.validFor and resolved.closeAfter']);
    const longer = smallDeskWith(['closeAfter: 3d', 'closeAfter: 3d1h']);
    expect(problemsOf(`${longer}retention: { bodies: 183d }\n`)).toMatchObject([
      { path: 'retention.bodies', allowed: expect.stringContaining('at least 184d') },
    ]);
  });

  test('may stay as long as the ticket, and for ever with one that does', () => {
    expect(bodies('400d', ', tickets: 400d')).toEqual([]);
    expect(bodies('401d', ', tickets: 400d')).toEqual(['at most 400d, which is retention.tickets']);
    expect(bodies('401d', ', tickets: forever')).toEqual([]);
  });
});
