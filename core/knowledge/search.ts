/**
 * The index of one language's articles. It is kept as objects that are never written over: `all/<hash>` is a whole index,
 * `new/<article>-v<version>` is what one article has become since. Whatever is written twice, at once or in another order, the
 * highest version of each counts, so that two who publish at once lose nothing and need no lock.
 */
import MiniSearch, { type Options, type SearchResult } from 'minisearch';
import type { Article, Readers } from './article.ts';
import { termsOf } from './terms.ts';

/** What the index knows of an article. The table has the rest, and the last word. */
export interface Entry {
  id: string;
  version: number;
  /** False when it is not to be found any more. */
  live: boolean;
  title: string;
  question: string;
  answer: string;
  readers: Readers;
  team: string;
}

const MOST_QUESTION = 300;
const MOST_ANSWER = 300;

export function entryOf({ id, version, state, title, question, answer, readers, team }: Article): Entry {
  return {
    ...{ id, version, live: state === 'published', title, readers, team },
    ...{ question: question.slice(0, MOST_QUESTION), answer: answer.slice(0, MOST_ANSWER) },
  };
}

export type Index = MiniSearch<Entry>;

const OPTIONS: Options<Entry> = {
  fields: ['title', 'question', 'answer'],
  // Whole, so that one index can be folded into another.
  storeFields: ['id', 'version', 'live', 'title', 'question', 'answer', 'readers', 'team'],
  tokenize: termsOf,
  processTerm: (term) => term,
};

export function emptyIndex(): Index {
  return new MiniSearch(OPTIONS);
}

/** Throws when it is none. */
export function readIndex(content: string): Index {
  return MiniSearch.loadJSON(content, OPTIONS);
}

/** Without the articles that are not to be found any more. */
export async function writeIndex(index: Index): Promise<string> {
  for (const { id } of entriesIn(index).filter(({ live }) => !live)) index.discard(id);
  await index.vacuum();
  return JSON.stringify(index);
}

export function entriesIn(index: Index): Entry[] {
  return index.search(MiniSearch.wildcard).map(({ id }) => stored(index, id) as Entry);
}

function stored(index: Index, id: string): Entry | undefined {
  return index.getStoredFields(id) as Entry | undefined;
}

/** An older word of the same article changes nothing. */
export function take(index: Index, entry: Entry): void {
  const known = stored(index, entry.id);
  if (known && known.version >= entry.version) return;
  if (known) index.replace(entry);
  else index.add(entry);
}

export interface Found {
  id: string;
  score: number;
}

/** As many terms of a mail are compared. */
const MOST_TERMS = 60;
/** Of the best by their words the scores are looked up. */
const MOST_CANDIDATES = 12;

/**
 * The best by their words. `how`: for words that somebody looks for, whatever has one of them; for a mail, what is likely about
 * the same: a word of the title and another one, and no small part of the title. `keep` must not let through what its reader may
 * not read: nothing of the others then moves the rest.
 */
export function search(
  index: Index,
  text: string,
  how: 'words' | 'mail',
  keep: (entry: Entry) => boolean,
): Found[] {
  const terms = [...new Set(termsOf(text))].slice(0, MOST_TERMS);
  if (terms.length === 0) return [];
  const results = index.search(
    { queries: terms, combineWith: 'OR' },
    {
      boost: { title: 3, question: 1.5 },
      fuzzy: (term) => (term.length > 5 ? 0.2 : false),
      prefix: (term) => how === 'words' || term.length > 4,
      weights: { fuzzy: 0.4, prefix: 0.6 },
      filter: ({ id }) => {
        const entry = stored(index, id);
        return entry?.live === true && keep(entry);
      },
    },
  );
  return results
    .filter((result) => how === 'words' || isAbout(result))
    .slice(0, MOST_CANDIDATES)
    .map(({ id, score }) => ({ id: String(id), score }));
}

function isAbout({ match, title, queryTerms }: SearchResult): boolean {
  const inTitle = Object.keys(match).filter((term) => match[term]?.includes('title'));
  return (
    inTitle.length > 0 &&
    new Set(queryTerms).size > 1 &&
    inTitle.length * 3 >= new Set(termsOf(title as string)).size
  );
}
