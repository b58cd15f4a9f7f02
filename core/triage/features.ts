/**
 * What a text is weighed by: its words, its pairs of neighbouring words, and the pieces of two to four letters that its
 * words are made of. Pieces find `Druckertreiber` by `Drucker`, a mistyped word by what is right in it, and are all
 * that there is in scripts that set no spaces. Each is a number of 32 bits, so that a model shows nobody the words of the
 * mails that it was trained on; whoever guesses a word can still find out whether it stood there.
 */
import { type Folded, foldSpaced } from './words.ts';

/** A ticket's features, each once, with how often it occurs: first words and pairs of words, then pieces. */
export type Bag = readonly [Counted, Counted];

interface Counted {
  features: Uint32Array;
  counts: Uint32Array;
}

export function bagOf(text: string): Bag {
  const groups = [new Map<number, number>(), new Map<number, number>()] as const;
  eachFeature(wordsOf(text), (feature, group) => {
    groups[group].set(feature, (groups[group].get(feature) ?? 0) + 1);
  });
  const [words, pieces] = groups;
  return [counted(words), counted(pieces)];
}

function counted(counts: ReadonlyMap<number, number>): Counted {
  return { features: Uint32Array.from(counts.keys()), counts: Uint32Array.from(counts.values()) };
}

/** Of a model: where in its arrays a feature is, or -1, and how rare each is, as the logarithm of its inverse frequency. */
export interface Vocabulary {
  columnOf: (feature: number) => number;
  rarity: Float32Array;
}

/** Those features of a ticket that a vocabulary knows, with their weight in it. */
export interface Vector {
  columns: number[];
  values: number[];
}

/**
 * Of length 1, half of it words and half pieces, of which there are ten times as many. A word that stands ten times
 * weighs some three times as much as one that stands once.
 */
export function vectorOf(bag: Bag, { columnOf, rarity }: Vocabulary): Vector {
  const columns: number[] = [];
  const values: number[] = [];
  for (const { features, counts } of bag) {
    const from = values.length;
    let squares = 0;
    for (let at = 0; at < features.length; at++) {
      const column = columnOf(features[at] as number);
      if (column < 0) continue;
      const value = (1 + Math.log(counts[at] as number)) * (rarity[column] as number);
      columns.push(column);
      values.push(value);
      squares += value * value;
    }
    const length = Math.sqrt(2 * squares);
    for (let at = from; at < values.length; at++) values[at] = (values[at] as number) / length;
  }
  return { columns, values };
}

/** A request stands in the first page of a mail. This bounds what a hostile text costs, in time and memory. */
const MOST_TEXT = 10_000;
/** There are signs that Unicode takes apart into four words. */
const MOST_WORDS = 2_000;

export function wordsOf(text: string): Folded {
  return foldSpaced(text.slice(0, MOST_TEXT)).slice(0, MOST_WORDS);
}

/** Calls once for each feature as often as it occurs, with its group of the bag and the word that it ends in. */
export function eachFeature(
  words: Folded,
  visit: (feature: number, group: 0 | 1, word: number, isPair: boolean) => void,
): void {
  let before = 0;
  for (const [at, word] of words.entries()) {
    const whole = hash(WORD, word);
    visit(mixed(whole), 0, at, false);
    if (at > 0) visit(mixed(Math.imul(before, 31) + whole), 0, at, true);
    before = whole;
    eachPiece(word, (piece) => visit(piece, 1, at, false));
  }
}

const WORD = 0x811c9dc5;
const PIECE = 0x5bd1e995;
const SHORTEST_PIECE = 2;
const LONGEST_PIECE = 4;

/** The space before and after a word counts as a letter: how words begin and end says more than their middle. */
function eachPiece(word: string, visit: (piece: number) => void): void {
  const padded = ` ${word} `;
  for (let start = 0; start <= padded.length - SHORTEST_PIECE; start++) {
    const end = Math.min(padded.length, start + LONGEST_PIECE);
    let piece = PIECE;
    for (let at = start; at < end; at++) {
      piece = Math.imul(piece ^ padded.charCodeAt(at), FNV_PRIME);
      if (at - start + 1 >= SHORTEST_PIECE) visit(mixed(piece));
    }
  }
}

/** FNV-1a, by UTF-16 units instead of octets. */
const FNV_PRIME = 0x01000193;

function hash(seed: number, text: string): number {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), FNV_PRIME);
  return value;
}

/** MurmurHash3's last step: spreads what FNV leaves clustered, so that tables can be addressed by the low bits. */
function mixed(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
