/**
 * Learns from tickets that people have filed to file others as they would. One plane for each label in the space of
 * the features, whose axes are stretched by how much more, or less, a feature stands with the label than without it
 * (Wang and Manning, “Baselines and Bigrams”, ACL 2012): that is what lifts a linear machine on tickets of few words.
 *
 * How good it is, and what its confidence is worth, is measured on tickets that it has not seen: a fifth of them is
 * held out, five times. The same tickets in the same order give the same model, octet for octet.
 */
import { best, calibrate, confidenceOf, type Judged, type Scored, sureFrom } from './confidence.ts';
import { type Bag, bagOf, type Vocabulary, vectorOf } from './features.ts';
import { finder, scorer } from './guess.ts';
import { accuracy, calibrationError, type Guessed, macroF1 } from './measure.ts';
import { type Aspect, type Calibration, MOST_LABELS, type Model, mostFeatures } from './model.ts';
import { type Costs, type Rows, seeded, separate } from './separate.ts';

/** A ticket as it was filed. */
export interface Filed {
  text: string;
  label: string;
  /** As how many tickets it counts when something is learned from it; one when not said. */
  times?: number;
  /** When it came in, ISO 8601 UTC. */
  at?: string;
  /** Whose it was in the end, and how soon it had to be done, where that is known. */
  aspects?: Partial<Record<Aspect, string>>;
}

export interface Trained {
  model: Model;
  /** The present model against this one, on held-out tickets that came after all those of the present one. */
  present: { tickets: number; before: Quality; after: Quality } | null;
  heldOut: {
    folds: number;
    /** Had each ticket been given the commonest label. */
    before: Quality;
    after: Quality & { calibrationError: number };
    /** Of the guesses from `confidence` on: how many are right, and how many of all they are. Null when too few are right. */
    sure: { confidence: number; precision: number; coverage: number } | null;
  };
}

export interface Quality {
  accuracy: number;
  macroF1: number;
}

export type Lack = 'few-tickets' | 'one-label' | 'many-labels';

/** Why nothing can be learned from these, or null. */
export function lackOf(tickets: readonly Filed[]): Lack | null {
  const labels = new Set(tickets.map(({ label }) => label)).size;
  if (tickets.length < FEWEST_TICKETS) return 'few-tickets';
  if (labels < 2) return 'one-label';
  return labels > MOST_LABELS ? 'many-labels' : null;
}

/** So that each fold holds two. */
export const FEWEST_TICKETS = 10;
const FOLDS = 5;

/** Yields how much of the work is done, from 0 to 1. Call it only with tickets that lack nothing. `present` is the model in use. */
export function* train(
  tickets: readonly Filed[],
  present?: Model,
  octets?: number,
): Generator<number, Trained> {
  const labels = [...new Set(tickets.map(({ label }) => label))].sort();
  const places = new Map(labels.map((label, place) => [label, place]));
  const lessons = tickets.map(({ text, label, times = 1 }, at) => ({
    bag: bagOf(text),
    right: places.get(label) as number,
    times,
    at,
  }));
  const folds = foldsOf(tickets);
  let planes = 0;
  const work = (FOLDS + 1) * labels.length;
  const held: Held[] = [];
  for (let out = 0; out < FOLDS; out++) {
    const seen = lessons.filter(({ at }) => folds[at] !== out);
    const model = yield* learn(seen, labels, () => ++planes / work, octets);
    const score = scorer(model);
    const commonest = labels[mostOf(seen, labels.length)] as string;
    for (const { bag, right, at } of lessons)
      if (folds[at] === out) held.push({ scores: score(bag), right, fold: out, commonest, bag, at });
  }
  const model = yield* learn(lessons, labels, () => ++planes / work, octets);
  const until = newest(tickets);
  const found = { ...model, calibration: calibrate(held), ...(until ? { until } : {}) };
  return { ...report(found, held), present: present ? compare(present, tickets, held, labels) : null };
}

/** The same tickets with another of their labels: those of which it is known. */
export function byAspect(tickets: readonly Filed[], aspect: Aspect): Filed[] {
  return tickets.flatMap(({ aspects, ...ticket }) => {
    const label = aspects?.[aspect];
    return label === undefined ? [] : [{ ...ticket, label }];
  });
}

function newest(tickets: readonly Filed[]): string | undefined {
  return tickets
    .flatMap(({ at = [] }) => at)
    .sort()
    .at(-1);
}

/** What the present model learned from it knows by heart: only what came later tells anything. */
function compare(
  present: Model,
  tickets: readonly Filed[],
  held: readonly Held[],
  labels: readonly string[],
): NonNullable<Trained['present']> {
  const score = scorer(present);
  const later = held.filter(({ at }) => (tickets[at]?.at ?? '~') > (present.until ?? ''));
  const quality = (labelOf: (one: Held) => string | undefined) =>
    later.length === 0
      ? { accuracy: 0, macroF1: 0 }
      : qualityOf(later.map((one) => ({ meant: labels[one.right] as string, got: labelOf(one) as string })));
  return {
    tickets: later.length,
    before: quality(({ bag }) => present.labels[best(score(bag))]),
    after: quality(({ scores }) => labels[best(scores)]),
  };
}

function qualityOf(guesses: readonly Guessed[]): Quality {
  return { accuracy: accuracy(guesses), macroF1: macroF1(guesses) };
}

interface Lesson {
  bag: Bag;
  /** The place of its label. */
  right: number;
  times: number;
}

/** Of each ticket, in which fold it is held out. Those of each label are dealt out in turn, so that every fold has its share. */
export function foldsOf(tickets: readonly Filed[]): number[] {
  const chance = seeded(1);
  const folds: number[] = [];
  let next = 0;
  for (const [, alike] of [...Map.groupBy(tickets.keys(), (at) => tickets[at]?.label ?? '')].sort(
    ([one], [other]) => (one < other ? -1 : 1),
  ))
    for (let left = alike.length; left > 0; left--) {
      const [drawn] = alike.splice(Math.floor(chance() * left), 1);
      folds[drawn as number] = next++ % FOLDS;
    }
  return folds;
}

function mostOf(lessons: readonly Lesson[], labels: number): number {
  const counts = new Float64Array(labels);
  for (const { right } of lessons) counts[right] = (counts[right] as number) + 1;
  return best(counts);
}

interface Held extends Scored {
  fold: number;
  commonest: string;
  bag: Bag;
  at: number;
}

/** Each fold is judged with what the others say about confidence: what it was set by proves nothing about itself. */
function report(model: Model, held: readonly Held[]): Omit<Trained, 'present'> {
  const calibrations = Array.from({ length: FOLDS }, (_, out) =>
    calibrate(held.filter(({ fold }) => fold !== out)),
  );
  const judged: Judged[] = held.map(({ scores, right, fold }) => ({
    confidence: confidenceOf(scores, calibrations[fold] as Calibration),
    isRight: best(scores) === right,
  }));
  const meant = ({ right }: Held) => model.labels[right] as string;
  const before: Guessed[] = held.map((one) => ({ meant: meant(one), got: one.commonest }));
  const after: Guessed[] = held.map((one) => ({
    meant: meant(one),
    got: model.labels[best(one.scores)] as string,
  }));
  const sure = sureFrom(judged);
  const trusted = judged.filter(({ confidence }) => sure !== null && confidence >= sure);
  return {
    model: { ...model, sure },
    heldOut: {
      folds: FOLDS,
      before: qualityOf(before),
      after: {
        ...qualityOf(after),
        calibrationError: calibrationError(judged),
      },
      sure:
        sure === null
          ? null
          : {
              confidence: sure,
              precision: trusted.filter(({ isRight }) => isRight).length / trusted.length,
              coverage: trusted.length / judged.length,
            },
    },
  };
}

/** Not yet calibrated. */
function* learn(
  tickets: readonly Lesson[],
  labels: readonly string[],
  done: () => number,
  octets?: number,
): Generator<number, Model> {
  const { features, rarity } = vocabularyOf(tickets, mostFeatures(labels.length, octets));
  const lessons = tickets.flatMap((ticket) => Array<Lesson>(ticket.times).fill(ticket));
  const rows = rowsOf(lessons, { columnOf: finder(features), rarity });
  const lean = leanings(rows, features.length);
  const stretched = { ...rows, values: new Float32Array(rows.values.length) };
  const planes: Float64Array[] = [];
  const biases = new Float32Array(labels.length);
  for (const label of labels.keys()) {
    const isInside = (row: number) => lessons[row]?.right === label;
    const leaning = lean(isInside);
    for (let at = 0; at < stretched.values.length; at++)
      stretched.values[at] = (rows.values[at] as number) * (leaning[rows.columns[at] as number] as number);
    const { weights, bias } = separate(
      stretched,
      features.length,
      isInside,
      costsOf(lessons, label),
      seeded(label),
    );
    planes.push(weights.map((weight, column) => weight * (leaning[column] as number)));
    biases[label] = bias;
    yield done();
  }
  return {
    labels: [...labels],
    calibration: { steepness: 1, slope: 1, offset: 0 },
    sure: null,
    features,
    rarity,
    biases,
    ...quantised(planes, features.length),
  };
}

/** A mistake on a rare label is dearer, or the plane of ten tickets among thousands would hold none of them inside. */
function costsOf(lessons: readonly Lesson[], label: number): Costs {
  const own = lessons.filter(({ right }) => right === label).length;
  const odds = own === 0 ? 1 : Math.max(1, (lessons.length - own) / own);
  return { inside: COST * odds ** 0.25, outside: COST };
}

/** Between 0.3 and 1 it hardly matters: few labels like less, many labels more. */
const COST = 0.4;

/** What stands in one ticket only says nothing about others; of the rest the commonest, as far as there is room. */
function vocabularyOf(
  lessons: readonly Lesson[],
  most: number,
): { features: Uint32Array; rarity: Float32Array } {
  const holders = new Map<number, number>();
  for (const { bag } of lessons)
    for (const { features } of bag)
      for (const feature of features) holders.set(feature, (holders.get(feature) ?? 0) + 1);
  const kept = [...holders]
    .filter(([, count]) => count > 1)
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, most)
    .sort(([a], [b]) => a - b);
  return {
    features: Uint32Array.from(kept, ([feature]) => feature),
    rarity: Float32Array.from(kept, ([, count]) => Math.log((1 + lessons.length) / (1 + count)) + 1),
  };
}

function rowsOf(lessons: readonly Lesson[], vocabulary: Vocabulary): Rows {
  const vectors = lessons.map(({ bag }) => vectorOf(bag, vocabulary));
  const starts = new Uint32Array(vectors.length + 1);
  for (const [row, { columns }] of vectors.entries())
    starts[row + 1] = (starts[row] as number) + columns.length;
  const end = starts[vectors.length] as number;
  const rows = { starts, columns: new Uint32Array(end), values: new Float32Array(end) };
  for (const [row, { columns, values }] of vectors.entries()) {
    rows.columns.set(columns, starts[row]);
    rows.values.set(values, starts[row]);
  }
  return rows;
}

/** For a label: of each column, by how much its axis is stretched. */
function leanings({ starts, columns, values }: Rows, width: number) {
  const sum = (counts: (row: number) => boolean) => {
    const sums = new Float64Array(width);
    for (let row = 0; row < starts.length - 1; row++) {
      if (!counts(row)) continue;
      for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
        const column = columns[at] as number;
        sums[column] = (sums[column] as number) + (values[at] as number);
      }
    }
    return sums;
  };
  const total = (sums: Float64Array) => sums.reduce((all, one) => all + one, width);
  const everywhere = sum(() => true);
  return (isInside: (row: number) => boolean): Float64Array => {
    const within = sum(isInside);
    const odds = total(within) / (total(everywhere) - total(within) + width);
    return within.map((inside, column) => {
      const outside = (everywhere[column] as number) - inside;
      return LEAST_STRETCH + Math.abs(Math.log((1 + inside) / (1 + outside) / odds));
    });
  };
}

/** A feature that leans to no side may still matter together with others. */
const LEAST_STRETCH = 0.5;

/** Eight bits for each weight are enough: of guesses on what was held out they cost one in two thousand. */
function quantised(planes: readonly Float64Array[], width: number): Pick<Model, 'scales' | 'weights'> {
  const scales = new Float32Array(width);
  const weights = new Int8Array(width * planes.length);
  for (let column = 0; column < width; column++) {
    const greatest = planes.reduce((most, plane) => Math.max(most, Math.abs(plane[column] as number)), 0);
    const scale = greatest / 127 || 1;
    scales[column] = scale;
    for (const [label, plane] of planes.entries())
      weights[column * planes.length + label] = Math.round((plane[column] as number) / scale);
  }
  return { scales, weights };
}
