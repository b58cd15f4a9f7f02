/**
 * How far a guess can be trusted. Scores of planes are no probabilities; what they are worth is learned from guesses on
 * tickets that were held out: first how steeply they fall apart (Guo et al., “On Calibration of Modern Neural Networks”,
 * 2017), then, because the steepest are still wrong now and then, Platt's two numbers on top.
 */
import type { Calibration } from './model.ts';

export interface Scored {
  scores: Float64Array;
  /** The place of the label that is right. */
  right: number;
}

export interface Judged {
  confidence: number;
  isRight: boolean;
}

/** The place of the greatest score; of equal ones the first. */
export function best(scores: Float64Array): number {
  return scores.reduce((first, score, label) => (score > (scores[first] as number) ? label : first), 0);
}

export function confidenceOf(scores: Float64Array, { steepness, slope, offset }: Calibration): number {
  return sigmoid(slope * lead(scores, steepness) + offset);
}

/** The log-odds of the best label against all others together. */
function lead(scores: Float64Array, steepness: number): number {
  const first = best(scores);
  const top = scores[first] as number;
  let others = 0;
  for (let label = 0; label < scores.length; label++)
    if (label !== first) others += Math.exp(steepness * ((scores[label] as number) - top));
  // Beyond e^-30 nothing is meant by it, and the logarithm of 0 would not be a number to go on with.
  return -Math.log(Math.max(others, 1e-13));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

export function calibrate(scored: readonly Scored[]): Calibration {
  const steepness = steepnessOf(scored);
  const leads = scored.map(({ scores, right }) => ({
    lead: lead(scores, steepness),
    isRight: best(scores) === right,
  }));
  return { steepness, ...platt(leads) };
}

/** By likelihood, among steps of a tenth: the curve is flat about its best. */
function steepnessOf(scored: readonly Scored[]): number {
  const loss = (steepness: number) =>
    scored.reduce((sum, { scores, right }) => {
      const top = scores[best(scores)] as number;
      const total = scores.reduce((all, score) => all + Math.exp(steepness * (score - top)), 0);
      return sum + Math.log(total) - steepness * ((scores[right] as number) - top);
    }, 0);
  return STEEPNESSES.reduce(
    (least, next) => {
      const lost = loss(next);
      return lost < least.lost ? { steepness: next, lost } : least;
    },
    { steepness: 1, lost: Number.POSITIVE_INFINITY },
  ).steepness;
}

const STEEPNESSES = Array.from({ length: 34 }, (_, step) => 0.5 * 1.1 ** step);

/**
 * Newton's method on the logistic loss, with Platt's targets: short of 0 and 1, so that few tickets prove nothing for
 * certain. A step that overshoots is halved.
 */
function platt(leads: readonly Lead[]): { slope: number; offset: number } {
  const right = leads.filter(({ isRight }) => isRight).length;
  const certain = (right + 1) / (right + 2);
  const unlikely = 1 / (leads.length - right + 2);
  const targets = leads.map(({ lead, isRight }) => ({ lead, target: isRight ? certain : unlikely }));
  let line = { slope: 1, offset: 0 };
  for (let round = 0; round < 50; round++) {
    const step = newton(targets, line);
    const before = loss(targets, line);
    let length = 1;
    const moved = () => ({
      slope: line.slope - length * step.slope,
      offset: line.offset - length * step.offset,
    });
    while (length > 1e-6 && loss(targets, moved()) > before) length /= 2;
    if (length <= 1e-6) break;
    line = moved();
  }
  // A lead that speaks against its guess is chance: then all guesses are worth the same.
  return line.slope > 0 ? line : { slope: 0, offset: Math.log((right + 1) / (leads.length - right + 1)) };
}

interface Lead {
  lead: number;
  isRight: boolean;
}

interface Target {
  lead: number;
  target: number;
}

interface Line {
  slope: number;
  offset: number;
}

function newton(targets: readonly Target[], { slope, offset }: Line): Line {
  let [g1, g0, h11, h10, h00] = [DOUBT * (slope - 1), DOUBT * offset, DOUBT, 0, DOUBT];
  for (const { lead, target } of targets) {
    const share = sigmoid(slope * lead + offset);
    const bend = share * (1 - share);
    g1 += (share - target) * lead;
    g0 += share - target;
    h11 += bend * lead * lead;
    h10 += bend * lead;
    h00 += bend;
  }
  const area = h11 * h00 - h10 * h10;
  return { slope: (h00 * g1 - h10 * g0) / area, offset: (h11 * g0 - h10 * g1) / area };
}

function loss(targets: readonly Target[], { slope, offset }: Line): number {
  return targets.reduce(
    (sum, { lead, target }) => {
      const odds = slope * lead + offset;
      return sum + Math.max(odds, 0) - target * odds + Math.log1p(Math.exp(-Math.abs(odds)));
    },
    (DOUBT / 2) * ((slope - 1) ** 2 + offset ** 2),
  );
}

/** How much holds the line to what the leads say by themselves: hundreds of tickets hardly feel it, ten cannot bend it far. */
const DOUBT = 1;

/** From how much confidence on so many of the guesses are right that more are let through than with any other; null when none is. */
export function sureFrom(judged: readonly Judged[]): number | null {
  const ranked = [...judged].sort((a, b) => b.confidence - a.confidence);
  let right = 0;
  let sure: number | null = null;
  for (const [at, { confidence, isRight }] of ranked.entries()) {
    if (isRight) right++;
    // Of equal confidences all are let through or none.
    const isLast = ranked[at + 1]?.confidence !== confidence;
    if (isLast && at + 1 >= FEWEST && right / (at + 1) >= SURE) sure = confidence;
  }
  return sure;
}

/** How often a guess that is acted on must be right: one wrong team in ten is what people get wrong, too. */
export const SURE = 0.9;
/** Fewer that happen to be right prove nothing. */
const FEWEST = 20;
