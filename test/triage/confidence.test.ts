import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calibrate, confidenceOf, type Judged, sureFrom } from '../../core/triage/confidence.ts';
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
