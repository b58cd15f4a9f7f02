import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bagOf } from '../../core/triage/features.ts';

test.each([
  ['capitals', 'VPN Verbindung', 'vpn verbindung'],
  ['accents', 'réseau lent', 'reseau lent'],
  ['punctuation', 'paper – jam!', 'paper jam'],
])('%s make no difference', (_, one, other) => {
  expect(bagOf(one)).toEqual(bagOf(other));
});

test('what occurs twice is one feature that counts two', () => {
  const [words] = bagOf('toner toner');
  expect([...words.counts].sort()).toEqual([1, 2]);
});

test('scripts that set no spaces share the pieces of their words', () => {
  const [, one] = bagOf('打印机卡纸');
  const [, other] = bagOf('我的打印机坏了');
  expect([...one.features].filter((feature) => other.features.includes(feature)).length).toBeGreaterThan(2);
});

test.each([
  ['a megabyte of spaces', ' '.repeat(1_000_000), 0],
  ['a word of a megabyte', 'x'.repeat(1_000_000), 10],
  ['a megabyte of other letters', alphabet(1_000_000), 310],
  ['a megabyte of words', Array.from({ length: 150_000 }, (_, n) => `w${n}`).join(' '), 20_000],
  ['a megabyte of signs that are four words each', '\uFDFA'.repeat(500_000), 100],
])('of %s only the beginning is looked at', (_, text, most) => {
  const [words, pieces] = bagOf(text);
  expect(words.features.length + pieces.features.length).toBeLessThanOrEqual(most);
  expect(bagOf(text)).toEqual(bagOf(text.slice(0, 20_000)));
});

test('every feature is there once, and counts at least one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      for (const { features, counts } of bagOf(text)) {
        expect(new Set(features).size).toBe(counts.length);
        expect(counts.every((count) => count > 0)).toBe(true);
      }
    }),
  );
});

/** Letters of which hardly two are the same. */
function alphabet(length: number): string {
  return Array.from({ length }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7919) % 20_000))).join('');
}
