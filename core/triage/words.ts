/**
 * Finding the words and phrases of desk.yaml in a text: whole words, whatever their capitals and accents, in one
 * pass over the text. A phrase costs only where its first word stands, so a hostile text costs its length.
 */

/** A text made ready to be searched: its words, folded, in order. */
export type Folded = readonly string[];

/** The clues of a list of rules, by the first word of each. */
export interface Phrases {
  byFirst: ReadonlyMap<string, readonly Phrase[]>;
  /** How long the beginnings and ends are that carry a star: a word of the text is cut only there. */
  prefixes: readonly number[];
  suffixes: readonly number[];
}

interface Phrase {
  rule: number;
  written: string;
  words: readonly string[];
}

export interface Hit {
  /** Which rule, counted from 0. */
  rule: number;
  /** The clue as desk.yaml has it. */
  written: string;
}

/** Longer ones are no words of a language; only their beginning is looked at. */
const LONGEST_WORD = 100;

/** Each rule is the list of its words and phrases; in them a star stands for the beginning or the rest of a word. */
export function compile(rules: readonly (readonly string[])[]): Phrases {
  const byFirst = new Map<string, Phrase[]>();
  const prefixes = new Set<number>();
  const suffixes = new Set<number>();
  for (const [rule, clues] of rules.entries()) {
    for (const written of clues) {
      for (const words of spellings(written)) {
        const [first] = words;
        if (first === undefined) continue;
        byFirst.set(first, [...(byFirst.get(first) ?? []), { rule, written, words }]);
        if (first.endsWith('*')) prefixes.add(first.length - 1);
        if (first.startsWith('*')) suffixes.add(first.length - 1);
      }
    }
  }
  return { byFirst, prefixes: [...prefixes], suffixes: [...suffixes] };
}

/** Who writes without umlauts writes `Stoerung`, so a clue with one is looked for in both spellings. */
function spellings(written: string): string[][] {
  const plain = cut(written);
  const spelled = cut(written.replace(/[äöü]/giu, (umlaut) => `${umlaut.normalize('NFKD').charAt(0)}e`));
  return plain.join(' ') === spelled.join(' ') ? [plain] : [plain, spelled];
}

function cut(clue: string): string[] {
  return unaccented(clue).match(WORDS_AND_STARS) ?? [];
}

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
  for (let at = 0; at < text.length; at++) {
    for (const { rule, written, words } of beginningWith(text[at] as string, phrases)) {
      if (best && rule >= best.rule) continue;
      if (words.every((word, offset) => matches(word, text[at + offset])) && counts(rule))
        best = { rule, written };
    }
  }
  return best;
}

function* beginningWith(word: string, { byFirst, prefixes, suffixes }: Phrases): Generator<Phrase> {
  yield* byFirst.get(word) ?? [];
  for (const length of prefixes)
    if (length <= word.length) yield* byFirst.get(`${word.slice(0, length)}*`) ?? [];
  for (const length of suffixes)
    if (length <= word.length) yield* byFirst.get(`*${word.slice(-length)}`) ?? [];
}

function matches(wanted: string, word: string | undefined): boolean {
  if (word === undefined) return false;
  if (wanted.endsWith('*')) return word.startsWith(wanted.slice(0, -1));
  if (wanted.startsWith('*')) return word.endsWith(wanted.slice(1));
  return word === wanted;
}
