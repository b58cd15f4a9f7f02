/**
 * Finding the words and phrases of desk.yaml in a text: whole words, whatever their capitals and accents, in one
 * pass over the text. A phrase costs only where its first word stands, so a hostile text costs its length.
 */

/** A text made ready to be searched: its words, folded, in order. */
export type Folded = readonly string[];

/** The clues of a list of rules, by the first word of each. */
export interface Phrases {
  whole: ReadonlyMap<string, readonly Phrase[]>;
  /** Where that has a star, by what stands beside it; together those that are as long: a word of the text is cut only there. */
  begins: readonly Cut[];
  ends: readonly Cut[];
}

interface Cut {
  length: number;
  phrases: ReadonlyMap<string, readonly Phrase[]>;
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

/** Each rule is the list of its words and phrases; in them a star stands for the beginning or the rest of a word. */
export function compile(rules: readonly (readonly string[])[]): Phrases {
  const [whole, begins, ends] = [new Map<string, Phrase[]>(), cutAtStar(), cutAtStar()];
  const pieces = new Map<string, readonly string[]>();
  for (const [rule, clues] of rules.entries()) {
    for (const written of clues.flatMap(readings)) {
      for (const words of spellings(written, pieces)) {
        const [first] = words;
        if (first === undefined) continue;
        const phrase = { rule, written, words };
        if (first.endsWith('*')) put(phrase, first.slice(0, -1), begins);
        else if (first.startsWith('*')) put(phrase, first.slice(1), ends);
        else keep(phrase, first, whole);
      }
    }
  }
  return { whole, begins: cuts(begins), ends: cuts(ends) };
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

function cuts(all: ReturnType<typeof cutAtStar>): Cut[] {
  return [...all].map(([length, phrases]) => ({ length, phrases }));
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
  return (unaccented(text).match(word) ?? []).map((found) => found.slice(0, LONGEST_WORD));
}

function unaccented(text: string): string {
  return text
    .replace(/n['’ʼ`´]t(?![\p{L}\p{N}])/giu, 'nt')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđı]/gu, (letter) => LETTERS[letter] ?? letter);
}

/** Letters that Unicode does not take apart. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** The first rule, in the order of the rules, of which a clue stands in the text; of its clues the one that stands first. */
export function firstHit(
  phrases: Phrases,
  text: Folded,
  counts: (rule: number) => boolean = () => true,
): Hit | null {
  let best: Hit | null = null;
  const { whole, begins, ends } = phrases;
  const look = (found: readonly Phrase[] | undefined, at: number) => {
    for (const { rule, written, words } of found ?? []) {
      if (best && rule >= best.rule) continue;
      if (standsAt(at, words, text) && counts(rule)) best = { rule, written };
    }
  };
  for (const [at, word] of text.entries()) {
    look(whole.get(word), at);
    for (const { length, phrases } of begins)
      if (length <= word.length) look(phrases.get(word.slice(0, length)), at);
    for (const { length, phrases } of ends)
      if (length <= word.length) look(phrases.get(word.slice(-length)), at);
  }
  return best;
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
