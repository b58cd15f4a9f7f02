import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  best,
  calibrate,
  confidenceOf,
  type Judged,
  type Scored,
  sureFrom,
} from '../../core/triage/confidence.ts';
import { accuracy, calibrationError, macroF1 } from '../../core/triage/measure.ts';

test('confidence is as high as guesses with such scores are right, however far apart the scores are', () => {
  const scored = Array.from({ length: 400 }, (_, at) => ({
    scores: Float64Array.of(at % 2 === 0 ? 9 : 1, 0),
    // Of the high ones nine of ten are right, of the low ones six of ten.
    right: at % 20 < (at % 2 === 0 ? 18 : 12) ? 0 : 1,
  }));
  const calibration = calibrate(scored);
  expect(confidenceOf(Float64Array.of(9, 0), calibration)).toBeCloseTo(0.9, 1);
  expect(confidenceOf(Float64Array.of(1, 0), calibration)).toBeCloseTo(0.6, 1);
});

test('the confidence in the best of several is its share of all, made steeper or moved as was learned', () => {
  const scores = Float64Array.of(1, 2, 0);
  const share = Math.E ** 2 / (Math.E ** 2 + Math.E + 1);
  const plain = { steepness: 1, slope: 1, offset: 0 };
  expect(confidenceOf(scores, plain)).toBeCloseTo(share, 12);
  const odds = Math.log(share / (1 - share));
  expect(confidenceOf(scores, { ...plain, slope: 2, offset: -0.5 })).toBeCloseTo(
    1 / (1 + Math.exp(0.5 - 2 * odds)),
    12,
  );
  expect(confidenceOf(Float64Array.of(3, 6, 0), { ...plain, steepness: 1 / 3 })).toBeCloseTo(share, 12);
  expect(best(Float64Array.of(1, 3, 3))).toBe(1);
});

test('what is learned of it fits what was seen better than anything near it', () => {
  const scored: Scored[] = Array.from({ length: 30 }, (_, at) => ({
    scores: Float64Array.of(2 - at / 20, at / 15, 0.3),
    right: at % 3 === 0 ? 1 : 0,
  }));
  const { steepness, slope, offset } = calibrate(scored);
  const shares = (steep: number) =>
    scored.map(({ scores, right }) => {
      const grown = [...scores].map((score) => Math.exp(steep * score));
      const sum = grown.reduce((all, each) => all + each, 0);
      const first = best(scores);
      return { of: (grown[first] ?? 0) / sum, ofRight: (grown[right] ?? 0) / sum, isRight: first === right };
    });
  const steeply = (steep: number) => shares(steep).reduce((sum, { ofRight }) => sum - Math.log(ofRight), 0);
  for (const other of [steepness * 1.1, steepness / 1.1])
    expect(steeply(other)).toBeGreaterThan(steeply(steepness));
  const leads = shares(steepness).map(({ of, isRight }) => ({ lead: Math.log(of / (1 - of)), isRight }));
  const right = leads.filter(({ isRight }) => isRight).length;
  const lost = (by: number, more: number) =>
    leads.reduce(
      (sum, { lead, isRight }) => {
        const share = 1 / (1 + Math.exp(-by * lead - more));
        const target = isRight ? (right + 1) / (right + 2) : 1 / (leads.length - right + 2);
        return sum - target * Math.log(share) - (1 - target) * Math.log(1 - share);
      },
      ((by - 1) ** 2 + more ** 2) / 2,
    );
  for (const [by, more] of [
    [0.001, 0],
    [-0.001, 0],
    [0, 0.001],
    [0, -0.001],
  ] as const)
    expect(lost(slope + by, offset + more)).toBeGreaterThan(lost(slope, offset));
});

test('where the guesses that stand out most are wrong, all are worth the same', () => {
  const scored = Array.from({ length: 40 }, (_, at) => ({
    scores: Float64Array.of(at < 30 ? 9 : 1, 0),
    right: at < 30 ? 1 : 0,
  }));
  expect(calibrate(scored)).toMatchObject({ slope: 0, offset: expect.closeTo(Math.log(11 / 31), 12) });
});

test('whatever the scores are, confidence lies between 0 and 1', () => {
  const score = fc.double({ min: -100, max: 100, noNaN: true });
  const scored = fc.record({
    scores: fc.array(score, { minLength: 3, maxLength: 3 }).map((scores) => Float64Array.from(scores)),
    right: fc.constantFrom(0, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(scored, { minLength: 1, maxLength: 30 }), (all) => {
      const calibration = calibrate(all);
      for (const { scores } of all) {
        const confidence = confidenceOf(scores, calibration);
        expect(confidence >= 0 && confidence <= 1).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test('sure is the confidence from which on nine of ten are right, and as many as possible', () => {
  const judged = [...series(40, 0.95, 40), ...series(20, 0.8, 15), ...series(20, 0.5, 4)];
  expect(sureFrom(judged)).toBe(0.8);
  expect(sureFrom(judged.toReversed())).toBe(0.8);
  expect(sureFrom(series(20, 0.9, 18))).toBe(0.9);
});

test.each<[string, Judged[]]>([
  ['a few that are right', series(19, 0.99, 19)],
  ['many of which a fifth is wrong', series(100, 0.99, 80)],
])('%s are not enough to be sure', (_, judged) => {
  expect(sureFrom(judged)).toBeNull();
});

test('rare labels count as much as common ones in macro-F1, and not in accuracy', () => {
  const guesses = [
    ...Array.from({ length: 9 }, () => ({ meant: 'common', got: 'common' })),
    { meant: 'rare', got: 'common' },
  ];
  expect(accuracy(guesses)).toBe(0.9);
  expect(macroF1(guesses)).toBeCloseTo(9 / 9.5 / 2);
});

test('the calibration error is the distance between what was said and what was so', () => {
  expect(calibrationError(series(10, 0.8, 8))).toBeCloseTo(0);
  expect(calibrationError([...series(10, 0.95, 5), ...series(10, 0.55, 6)])).toBeCloseTo((0.45 + 0.05) / 2);
});

function series(count: number, confidence: number, right: number): Judged[] {
  return Array.from({ length: count }, (_, at) => ({ confidence, isRight: at < right }));
}
