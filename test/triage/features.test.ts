import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bag, bagOf, vectorOf } from '../../core/triage/features.ts';
import { finder } from '../../core/triage/guess.ts';
import { anyText } from './any-text.ts';

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

test('a word is itself and its pieces of two to four letters, its ends among them; two words are a pair as well', () => {
  const [words, pieces] = bagOf('ab');
  // Of “ ab ”: three that begin with the space, two with a, one with b.
  expect([words.features.length, pieces.features.length]).toEqual([1, 6]);
  expect(bagOf('ab cd')[0].features).toHaveLength(3);
  expect(bagOf('ab cd')[0]).not.toEqual(bagOf('cd ab')[0]);
});

test('half of a vector is words and half is pieces; what is rare or stands often weighs more, and what is unknown nothing', () => {
  const counted = (features: number[], counts: number[]) => ({
    features: Uint32Array.from(features),
    counts: Uint32Array.from(counts),
  });
  const bag: Bag = [counted([10, 99, 11], [1, 5, 10]), counted([12], [3])];
  const columns = [10, 11, 12];
  const rarity = Float32Array.of(2, 1, 7);
  const vector = vectorOf(bag, { columnOf: (feature) => columns.indexOf(feature), rarity });
  const [once, often] = [2, 1 + Math.log(10)];
  const length = Math.sqrt(2 * (once ** 2 + often ** 2));
  expect(vector.columns).toEqual([0, 1, 2]);
  expect(vector.values).toEqual([
    ...[expect.closeTo(once / length, 12), expect.closeTo(often / length, 12)],
    expect.closeTo(Math.SQRT1_2, 12),
  ]);
});

test.each([
  ['whose places are taken', [1, 9, 17]],
  ['of which one goes round the end', [7, 15, 8]],
  ['of which there is one', [4]],
])('features %s are found in their columns, and others not', (_, features) => {
  const columnOf = finder(Uint32Array.from(features));
  expect([...features, 25, 2, 3].map(columnOf)).toEqual([...features.keys(), -1, -1, -1]);
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
    fc.property(anyText(50), (text) => {
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
