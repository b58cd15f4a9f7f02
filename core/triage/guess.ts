/** Files a text under the label whose plane it lies furthest inside of, with how likely that is right, and why. */
import { best, confidenceOf } from './confidence.ts';
import { type Bag, bagOf, eachFeature, vectorOf, wordsOf } from './features.ts';
import type { Model } from './model.ts';

export interface Guess {
  label: string;
  /** From 0 to 1: of a hundred guesses with 0.8, eighty are right. */
  confidence: number;
}

export interface Guesser {
  guess(text: string): Guess;
  /** The labels, those first whose planes the text lies furthest inside of. */
  likeliest(text: string): string[];
  /** The words of the text, folded, that spoke most for the label; fewer or none when not so many did. */
  closest(text: string, label: string, most: number): string[];
}

export function guesser(model: Model): Guesser {
  const columnOf = finder(model.features);
  const score = scorer(model, columnOf);
  return {
    guess: (text) => {
      const scores = score(bagOf(text));
      return {
        label: model.labels[best(scores)] as string,
        confidence: confidenceOf(scores, model.calibration),
      };
    },
    likeliest: (text) => {
      const scores = score(bagOf(text));
      return [...scores.keys()]
        .sort((one, other) => (scores[other] as number) - (scores[one] as number))
        .map((place) => model.labels[place] as string);
    },
    closest: (text, label, most) => closest(text, label, most, model, columnOf),
  };
}

/** Of each label, how far inside its plane a ticket lies. */
export function scorer(model: Model, columnOf = finder(model.features)): (bag: Bag) => Float64Array {
  const vocabulary = { columnOf, rarity: model.rarity };
  return (bag) => {
    const scores = Float64Array.from(model.biases);
    const { columns, values } = vectorOf(bag, vocabulary);
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at] as number;
      const value = (values[at] as number) * (model.scales[column] as number);
      const row = column * scores.length;
      for (let label = 0; label < scores.length; label++)
        scores[label] = (scores[label] as number) + value * (model.weights[row + label] as number);
    }
    return scores;
  };
}

function closest(
  text: string,
  label: string,
  most: number,
  model: Model,
  columnOf: (feature: number) => number,
): string[] {
  const place = model.labels.indexOf(label);
  const bag = bagOf(text);
  const { columns, values } = vectorOf(bag, { columnOf, rarity: model.rarity });
  const shares = new Map(columns.map((column, at) => [column, values[at] as number]));
  for (const { features, counts } of bag)
    for (const [at, feature] of features.entries()) {
      const column = columnOf(feature);
      const share = shares.get(column);
      if (share !== undefined) shares.set(column, share / (counts[at] as number));
    }
  const words = wordsOf(text);
  const weights = new Map<string, number>();
  const add = (word: string | undefined, weight: number) => {
    if (word !== undefined) weights.set(word, (weights.get(word) ?? 0) + weight);
  };
  eachFeature(words, (feature, _group, at, isPair) => {
    const column = columnOf(feature);
    if (column < 0) return;
    const weight =
      (shares.get(column) ?? 0) *
      (model.scales[column] as number) *
      (model.weights[column * model.labels.length + place] as number);
    add(words[at], isPair ? weight / 2 : weight);
    if (isPair) add(words[at - 1], weight / 2);
  });
  return [...weights]
    .filter(([, weight]) => weight > 0)
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word);
}

/** An open table of the features, half empty. A Map of them would take ten times as long to fill. */
export function finder(features: Uint32Array): (feature: number) => number {
  let size = 2;
  while (size < 2 * features.length) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  for (const [column, feature] of features.entries()) {
    let slot = feature & (size - 1);
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1);
    slots[slot] = column;
  }
  return (feature) => {
    for (let slot = feature & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const column = slots[slot] as number;
      if (column === -1 || features[column] === feature) return column;
    }
  };
}
