/** How good guesses are. */
import type { Judged } from './confidence.ts';

export interface Guessed {
  meant: string;
  got: string;
}

/** The share that is right. */
export function accuracy(guesses: readonly Guessed[]): number {
  return guesses.filter(({ meant, got }) => meant === got).length / guesses.length;
}

/**
 * The mean over all labels of F1, which is 2 × hits / (meant + got): rare labels count as much as common ones, which
 * accuracy hides.
 */
export function macroF1(guesses: readonly Guessed[]): number {
  const tally = new Map<string, { hits: number; all: number }>();
  const add = (label: string, hits: number) => {
    const known = tally.get(label) ?? { hits: 0, all: 0 };
    tally.set(label, { hits: known.hits + hits, all: known.all + 1 });
  };
  for (const { meant, got } of guesses) {
    add(meant, meant === got ? 1 : 0);
    add(got, 0);
  }
  return [...tally.values()].reduce((sum, { hits, all }) => sum + (2 * hits) / all, 0) / tally.size;
}

/**
 * Expected calibration error: the mean distance between how confident guesses were and how many were right, in ten
 * steps of confidence, each weighed by how many guesses it has (Naeini et al., AAAI 2015).
 */
export function calibrationError(judged: readonly Judged[]): number {
  const steps = Array.from({ length: 10 }, () => 0);
  for (const { confidence, isRight } of judged) {
    const step = Math.min(Math.floor(confidence * 10), 9);
    steps[step] = (steps[step] as number) + confidence - (isRight ? 1 : 0);
  }
  return steps.reduce((sum, gap) => sum + Math.abs(gap), 0) / judged.length;
}
