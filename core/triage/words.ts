/**
 * Finding the words and phrases of desk.yaml in a text: whole words, whatever their capitals and accents, in one
 * pass over the text. A phrase costs only where its first word stands, so a hostile text costs its length.
 */

/** A text made ready to be searched: its words, folded, in order. */
export type Folded = readonly string[];

/** The clues of a list of rules, by the first word of each. */
export interface Phrases {
  whole: ReadonlyMap<string, readonly Phrase[]>;
  /** Where that has a star, by what stands beside it. */
  begins: Starred;
  ends: Starred;
}

/** By the first letter, or by the last: of each together those that are as long, and a word of the text is cut only there. */
type Starred = ReadonlyMap<string, readonly Cut[]>;

interface Cut {
  length: number;
  phrases: Map<string, readonly Phrase[]>;
}

interface Phrase {
  rule: number;
  written: string;
  /** `GAP` among them stands for up to `WIDEST_GAP` words, or none. */
  words: readonly string[];
}

export interface Hit {
  /** Which rule, counted from 0. */
  rule: number;
  /** The clue as desk.yaml has it; of several words for one place the one that was found. */
  written: string;
}

/** Longer ones are no words of a language; only their beginning is looked at. */
const LONGEST_WORD = 100;

/** “Nobody in our office can sign in”: further apart they mostly stand in two sentences. */
const WIDEST_GAP = 5;
const GAP = '…';

/**
 * Each rule is the list of its words and phrases; in them a star stands for the beginning or the rest of a word. The rules of
 * several lists are counted on from one list to the next, so that a text is gone through once for all of them.
 */
export function compile(...lists: readonly (readonly (readonly string[])[])[]): Phrases {
  const whole = new Map<string, Phrase[]>();
  const [begins, ends] = [new Map<string, Cut[]>(), new Map<string, Cut[]>()];
  const pieces = new Map<string, readonly string[]>();
  let rule = 0;
  for (const rules of lists) {
    const [stars, endStars] = [cutAtStar(), cutAtStar()];
    for (const clues of rules) {
      for (const written of clues.flatMap(readings)) {
        for (const words of spellings(written, pieces)) {
          const [first] = words;
          if (first === undefined) continue;
          const phrase = { rule, written, words };
          if (first.endsWith('*')) put(phrase, first.slice(0, -1), stars);
          else if (first.startsWith('*')) put(phrase, first.slice(1), endStars);
          else keep(phrase, first, whole);
        }
      }
      rule++;
    }
    addCuts(begins, stars, 0);
    addCuts(ends, endStars, -1);
  }
  return { whole, begins, ends };
}

function cutAtStar(): Map<number, Map<string, Phrase[]>> {
  return new Map();
}

function put(phrase: Phrase, part: string, all: ReturnType<typeof cutAtStar>): void {
  const asLong = all.get(part.length) ?? new Map<string, Phrase[]>();
  all.set(part.length, asLong);
  keep(phrase, part, asLong);
}

function keep(phrase: Phrase, first: string, phrases: Map<string, Phrase[]>): void {
  const known = phrases.get(first);
  if (known) known.push(phrase);
  else phrases.set(first, [phrase]);
}

function addCuts(starred: Map<string, Cut[]>, all: ReturnType<typeof cutAtStar>, side: 0 | -1): void {
  for (const [length, parts] of all) {
    const ofLetter = new Map<string, Map<string, readonly Phrase[]>>();
    for (const [part, found] of parts) {
      const letter = part.at(side) ?? '';
      const phrases = ofLetter.get(letter) ?? new Map<string, readonly Phrase[]>();
      ofLetter.set(letter, phrases.set(part, found));
    }
    for (const [letter, phrases] of ofLetter)
      starred.set(letter, [...(starred.get(letter) ?? []), { length, phrases }]);
  }
}

/** Who writes without umlauts writes `Stoerung`, so a clue with one is looked for in both spellings. */
function spellings(written: string, pieces: Map<string, readonly string[]>): string[][] {
  if (!/[äöü]/iu.test(written)) return [cut(written, pieces)];
  const spelled = written.replace(/[äöü]/giu, (umlaut) => `${umlaut.normalize('NFKD').charAt(0)}e`);
  return [written, spelled].map((clue) => cut(clue, pieces));
}

/** `nobody|none ... work` is two phrases, and a reason names the one that stood there. */
function readings(clue: string): string[] {
  const [first = [], ...others] = clue.split(/\s+/).map((place) => place.split('|'));
  return others.reduce(
    (begun, either) => begun.flatMap((one) => either.map((word) => `${one} ${word}`)),
    first,
  );
}

/** The same words stand in many clues: each is taken apart once, or the first mail would wait for it. */
function cut(clue: string, pieces: Map<string, readonly string[]>): string[] {
  return clue.split(/\s+/).flatMap((word) => {
    const known = pieces.get(word);
    if (known) return known;
    const found =
      word === '...' || word === GAP
        ? [GAP]
        : PLAIN.test(word)
          ? [word]
          : (unaccented(word).match(WORDS_AND_STARS) ?? []);
    pieces.set(word, found);
    return found;
  });
}

/** Nothing in it is to be folded or taken apart. */
const PLAIN = /^\*?[a-z0-9]+\*?$/;

/** Chinese and Japanese put no blanks between words: each character is looked at as one, and a word is a phrase of them. */
const UNSPACED = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー]';
const WORD = `(?:${UNSPACED}|(?:(?!${UNSPACED})[\\p{L}\\p{N}])+)`;
const WORDS = new RegExp(WORD, 'gu');
const SPACED = /[\p{L}\p{N}]+/gu;
const WORDS_AND_STARS = new RegExp(`\\*?${WORD}\\*?`, 'gu');

/**
 * Splits a text into words: letters and digits, lower case, without accents. `don’t` is one word and `l’imprimante`
 * two; `e-mail` is two and so is `e mail`.
 */
export function fold(text: string): Folded {
  return cutAt(WORDS, text);
}

/** The same without taking scripts apart that have no blanks: what learns looks at the pieces of each word anyway. */
export function foldSpaced(text: string): Folded {
  return cutAt(SPACED, text);
}

function cutAt(word: RegExp, text: string): Folded {
  const plain = unaccented(text);
  const words = plain.match(ASCII.test(plain) ? /[a-z0-9]+/g : word) ?? [];
  return words.map((found) => found.slice(0, LONGEST_WORD));
}

/** Most mail has nothing else, and patterns that know all letters take several times as long. */
export const ASCII = /^[\0-\x7F]*$/;

function unaccented(text: string): string {
  const lower = text.replace(/n['’ʼ`´]t(?![\p{L}\p{N}])/giu, 'nt').toLowerCase();
  if (ASCII.test(lower)) return lower;
  return lower
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđı]/gu, (letter) => LETTERS[letter] ?? letter);
}

/** Letters that Unicode does not take apart. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** Of each rule of which a clue stands in a text the one that stands first, as desk.yaml has it. */
export type Hits = ReadonlyMap<number, string>;

export function hitsIn({ whole, begins, ends }: Phrases, text: Folded): Hits {
  const hits = new Map<number, string>();
  const look = (found: readonly Phrase[] | undefined, at: number) => {
    if (!found) return;
    for (const { rule, written, words } of found)
      if (!hits.has(rule) && standsAt(at, words, text)) hits.set(rule, written);
  };
  text.forEach((word, at) => {
    look(whole.get(word), at);
    for (const { length, phrases } of begins.get(word.charAt(0)) ?? NONE)
      if (length <= word.length) look(phrases.get(word.slice(0, length)), at);
    for (const { length, phrases } of ends.get(word.charAt(word.length - 1)) ?? NONE)
      if (length <= word.length) look(phrases.get(word.slice(-length)), at);
  });
  return hits;
}

const NONE: readonly Cut[] = [];

/** The first rule, in the order of the rules, of which a clue stands in the text; of its clues the one that stands first. */
export function firstHit(
  phrases: Phrases,
  text: Folded,
  counts: (rule: number) => boolean = () => true,
): Hit | null {
  return firstOf(hitsIn(phrases, text), counts);
}

export function firstOf(hits: Hits, counts: (rule: number) => boolean): Hit | null {
  let first: Hit | null = null;
  for (const [rule, written] of hits)
    if ((!first || rule < first.rule) && counts(rule)) first = { rule, written };
  return first;
}

function standsAt(at: number, words: readonly string[], text: Folded): boolean {
  const gap = words.indexOf(GAP);
  const before = gap < 0 ? words : words.slice(0, gap);
  if (!before.every((word, offset) => matches(word, text[at + offset]))) return false;
  if (gap < 0) return true;
  const behind = words.slice(gap + 1);
  for (let wide = 0; wide <= WIDEST_GAP; wide++)
    if (behind.every((word, offset) => matches(word, text[at + gap + wide + offset]))) return true;
  return false;
}

function matches(wanted: string, word: string | undefined): boolean {
  if (word === undefined) return false;
  if (wanted.endsWith('*')) return word.startsWith(wanted.slice(0, -1));
  if (wanted.startsWith('*')) return word.endsWith(wanted.slice(1));
  return word === wanted;
}
