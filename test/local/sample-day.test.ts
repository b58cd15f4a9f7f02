/** The page that the sample day is told on. */
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPage, type Paper, wrapped } from '../../local/sample-day/page.ts';

const NINE = '2026-11-23T09:00:00.000Z';
const LONG =
  'The printer on floor 3 has eaten the minutes of the board, and now it wants the annual report too';

beforeEach(() => {
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('TERM', 'xterm');
});
afterEach(() => void vi.unstubAllEnvs());

function open(paper: Partial<Paper>, timezone: string) {
  const printed: string[] = [];
  const page = openPage({ ...paper, write: (text) => printed.push(text) }, timezone);
  return { page, printed: () => printed.join('') };
}

function print(paper: Partial<Paper>): string {
  const { page, printed } = open(paper, 'Europe/Berlin');
  page.scene('A printer');
  page.line(NINE, 'wrote', LONG);
  page.detail(`${LONG}\n\nNora`, true);
  page.line(NINE, 'alarm', LONG);
  return printed();
}

test('where there is no terminal there are no colours, and the time of day is the desk’s', () => {
  const printed = print({});
  expect(stripVTControlCharacters(printed)).toBe(printed);
  expect(printed).toContain('10:00:00 < The printer');
});

test('a terminal gets colours that change no letter, unless its owner wants none', () => {
  const coloured = print({ isTTY: true });
  expect(coloured).not.toBe(print({}));
  expect(stripVTControlCharacters(coloured)).toBe(print({}));
  vi.stubEnv('NO_COLOR', '1');
  expect(print({ isTTY: true })).toBe(print({}));
});

test.each([40, 60, 100])('on a terminal of %i columns no line is longer, and no word is lost', (columns) => {
  const lines = print({ columns }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  const words = (text: string) => text.split(/\s+/).filter((word) => !/^(\||!|<|[\d:]{8}|)$/.test(word));
  expect(words(lines.join(' '))).toEqual(words(`A printer ${LONG} ${LONG} Nora ${LONG}`));
});

test('a word that is longer than the line stands on one of its own', () => {
  expect(wrapped('see https://desk.example.test/a/long/address now', 20)).toEqual([
    'see',
    'https://desk.example.test/a/long/address',
    'now',
  ]);
});

test('nothing in a mail steers the terminal', () => {
  const { page, printed } = open({}, 'UTC');
  page.line(NINE, 'wrote', 'a\u001b[2Jb\u0007c\u202ed\u009be');
  page.detail('f\rg\u001b]0;title\u0007', true);
  expect(printed()).toBe('09:00:00 < a[2Jbcde\n           | f g]0;title\n');
});
