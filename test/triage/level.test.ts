/** That work lies level on people, over a seeded month in which they differ: the figures of bench/routing.ts, held. */
import { describe, expect, test } from 'vitest';
import { monthDesk, monthOf, playMonth, type Rule, spread } from '../../bench/routing.ts';
import { desk as sample } from '../sample.ts';

const desk = monthDesk(sample);

describe.each([1, 2])('in a month of 3,000 tickets with seed %i', (seed) => {
  const asked = monthOf(3_000, seed);
  const firstLine = (rule: Rule) =>
    playMonth(rule, asked, desk, seed).filter(({ person }) => person.tier === 1);
  const [byDesk, byTurns, byChance] = [firstLine('desk'), firstLine('turns'), firstLine('chance')];

  test('those of the first line who are at work together have all but equally much open, whatever their speed', () => {
    const gap = (shares: typeof byDesk) => shares.reduce((sum, share) => sum + share.gap, 0) / shares.length;
    expect(gap(byDesk)).toBeLessThan(1);
    expect(gap(byTurns)).toBeGreaterThan(1.5 * gap(byDesk));
    expect(gap(byChance)).toBeGreaterThan(1.5 * gap(byDesk));
  });

  test('the spread in a shift is below a twentieth', () => {
    for (const hours of ['early', 'late'])
      expect(
        spread(byDesk.filter(({ person }) => person.hours === hours).map(({ meanOpen }) => meanOpen)),
      ).toBeLessThan(0.05);
  });
});

test('the same seed gives the same month', () => {
  const play = () => playMonth('desk', monthOf(300, 7), desk, 7).map(({ given }) => given);
  expect(play()).toEqual(play());
  expect(spread([4, 4, 4])).toBe(0);
  expect(spread([2, 6])).toBe(0.5);
});
