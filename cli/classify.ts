/** Files texts as was learned. */
import { readFile } from 'node:fs/promises';
import { type Guess, guesser } from '../core/triage/guess.ts';
import { readModel } from '../core/triage/model.ts';
import { readTexts } from './records.ts';
import { Refused } from './refused.ts';
import { table } from './table.ts';

export interface Classified {
  items: Guess[];
  /** From which confidence on a guess is worth acting on; null when none is. */
  sure: number | null;
  /** The words of each text that spoke most for its label. */
  closest: (item: number) => string[];
}

export async function classifyFile(file: string, modelFile: string): Promise<Classified> {
  const octets = await readFile(modelFile).catch(() => {
    throw new Refused(`There is no model ${modelFile}. \`desk train\` makes one.`);
  });
  const read = readModel(octets);
  if (!read.ok) throw new Refused(`${modelFile} is ${WORDS[read.reason]}: ${read.detail}.`);
  const { guess, closest } = guesser(read.model);
  const texts = await readTexts(file);
  const items = texts.map(guess);
  return {
    items,
    sure: read.model.sure,
    closest: (item) => closest(texts[item] ?? '', items[item]?.label ?? '', 3),
  };
}

export function describeClassified({ items, sure, closest }: Classified): string {
  return table(
    ['Label', 'Confidence', 'Sure', 'Closest words'],
    items.map(({ label, confidence }, item) => [
      label,
      confidence.toFixed(2),
      sure !== null && confidence >= sure ? 'yes' : 'no',
      closest(item).join(', '),
    ]),
    'no texts',
  );
}

const WORDS = {
  'no-model': 'no model',
  newer: 'a model of a newer desk',
  damaged: 'damaged; train it again',
} as const;
