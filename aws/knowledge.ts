/**
 * Articles in the table, and the index of each language in the bucket (core/knowledge/search.ts says how it is kept). What is
 * searched is read again from the table before anybody sees it: the index may be behind, the table decides who reads what.
 */
import { createHash } from 'node:crypto';
import type { Desk, Language } from '../core/config/desk.ts';
import { UnavailableError } from '../core/faults.ts';
import {
  type Article,
  articleIdOf,
  evolveArticle,
  isOffered,
  mayReadArticle,
  scored,
  scoresOf,
  ticketIdOf,
  worth,
} from '../core/knowledge/article.ts';
import type { Entry, Found, Index } from '../core/knowledge/search.ts';
import type { Change } from '../core/ticket/change.ts';
import type { Mailroom } from './mailroom.ts';
import { type Item, putVersion, type Table, type Write } from './table.ts';
import { newest } from './tickets.ts';

export interface Knowledge {
  read(id: string): Promise<Article | null>;
  /** In the order of their ids, those that this reader may be offered now. */
  offered(ids: readonly string[], reader: string | 'outside', now: string, desk: Desk): Promise<Article[]>;
  /** What changes of tickets do to articles, for the transaction of these changes. */
  writes(changes: readonly Change[], desk: Desk): Promise<Write[]>;
  /** Lays what the article is now beside the index: one small object, whatever the index holds. Repeats are harmless. */
  index(id: string): Promise<void>;
  /** The best for this reader, by their words and by what they did. */
  find(asked: Search, now: string, desk: Desk): Promise<Article[]>;
  /** Ids of the tickets whose article has something due, the earliest first. */
  due(before: string, most: number): Promise<string[]>;
  /** Folds what lies beside a language's index into it once it is much; returns how many objects that were. */
  fold(language: Language): Promise<number>;
  /** All that the index of a language knows. */
  entries(language: Language): Promise<Entry[]>;
  /** Every entry of a language's index as `change` makes it, and nothing of what it was; false when there is no index. */
  rewrite(language: Language, change: (entry: Entry) => Entry): Promise<boolean>;
  /** The newest first. */
  list(limit: number): Promise<Article[]>;
}

export interface Search {
  text: string;
  how: 'words' | 'mail';
  languages: readonly Language[];
  /** An address of the desk's people. */
  reader: string | 'outside';
  most: number;
}

interface Loaded {
  /** Keys of the whole indexes that it was read from. */
  all: string;
  seen: Set<string>;
  index: Index;
}

interface Listing {
  all: string[];
  news: string[];
}

/** `clock` (epoch ms): what was listed is good for a minute. Without it each search lists. */
export function openKnowledge(table: Table, mailroom: Mailroom, clock?: () => number): Knowledge {
  const loaded = new Map<Language, Loaded>();
  const kept = new Map<Language, { listing: Listing; until: number }>();
  const list = async (language: Language, isFirst: boolean): Promise<Listing> => {
    const known = kept.get(language);
    if (isFirst && clock && known && clock() < known.until) return known.listing;
    const listing = await listed(language, mailroom);
    if (clock) kept.set(language, { listing, until: clock() + LISTED_FOR });
    return listing;
  };
  const read: Knowledge['read'] = async (id) =>
    (await table.get<Item & { article: Article }>(articleKey(id)))?.article ?? null;
  const readAll = async (ids: readonly string[]) => {
    const items = await table.getAll<Item & { article: Article }>([...new Set(ids)].map(articleKey));
    const found = new Map(items.map(({ article }) => [article.id, article]));
    return ids.flatMap((id) => found.get(id) ?? []);
  };
  const offered: Knowledge['offered'] = async (ids, reader, now, desk) =>
    (await readAll(ids)).filter((article) => isOffered(article, reader, now, desk));
  return {
    read,
    offered,
    async writes(changes, desk) {
      const found = new Map<string, { before: Article | null; after: Article | null }>();
      const of = async (id: string) => {
        const known = found.get(id);
        if (known) return known;
        const before = await read(id);
        const entry = { before, after: before };
        found.set(id, entry);
        return entry;
      };
      for (const change of changes) {
        const id = articleIdOf(change.after.id);
        for (const event of change.events) {
          if (event.kind !== 'article-asked' && event.kind !== 'article-decided') continue;
          const entry = await of(id);
          entry.after = evolveArticle(entry.after, id, event, desk);
        }
        for (const { id: helped, score } of scoresOf(change)) {
          const entry = await of(helped);
          entry.after = entry.after && scored(entry.after, score);
        }
      }
      return [...found.values()].flatMap(({ before, after }) =>
        after && after !== before ? [putVersion(table, itemOf(after), before)] : [],
      );
    },
    async index(id) {
      const article = await read(id);
      if (!article) return;
      const { entryOf } = await import('../core/knowledge/search.ts');
      const key = `${folderOf(article.language)}new/${id}-v${article.version}`;
      kept.delete(article.language);
      await mailroom.write(key, Buffer.from(JSON.stringify(entryOf(article))), 'application/json');
    },
    async find({ text, how, languages, reader, most }, now, desk) {
      const keep = (entry: Entry) => mayReadArticle(reader, entry, desk);
      const hits: Found[] = [];
      for (const language of languages) {
        const index = await upToDate(language, loaded, mailroom, list);
        if (!index) continue;
        const { search } = await import('../core/knowledge/search.ts');
        hits.push(...search(index, text, how, keep));
      }
      if (hits.length === 0) return [];
      const scores = new Map(hits.map(({ id, score }) => [id, score]));
      const weight = (article: Article) => (scores.get(article.id) ?? 0) * worth(article);
      const best = hits.sort((a, b) => b.score - a.score).slice(0, MOST_READ);
      const articles = await offered(
        best.map(({ id }) => id),
        reader,
        now,
        desk,
      );
      return articles.sort((a, b) => weight(b) - weight(a)).slice(0, most);
    },
    async due(before, most) {
      const { items } = await table.query<Item>({
        IndexName: 'open',
        KeyConditionExpression: 'openPk = :shard AND openSk < :before',
        ExpressionAttributeValues: { ':shard': 'ARTICLE', ':before': before },
        Limit: most,
      });
      return items.map(({ pk }) => ticketIdOf(pk.slice('ARTICLE#'.length)));
    },
    async fold(language) {
      const { all, news } = await listed(language, mailroom);
      if (news.length < MOST_BESIDE && all.length < 2) return 0;
      const { writeIndex } = await import('../core/knowledge/search.ts');
      const folded = news.slice(0, MOST_FOLDED);
      const state = await load(all, folded, mailroom);
      if (!state) return 0;
      const content = Buffer.from(await writeIndex(state.index));
      const key = wholeKey(language, content);
      await mailroom.write(key, content, 'application/json');
      // What another sweep wrote meanwhile is left, and is folded into this next time.
      const old = [...all.filter((each) => each !== key), ...folded];
      for (const each of old) await mailroom.remove(each);
      return old.length;
    },
    async entries(language) {
      const { all, news } = await listed(language, mailroom);
      const state = await load(all, news, mailroom);
      if (!state) throw new UnavailableError(`the index of ${language} changes at this moment`);
      const { entriesIn } = await import('../core/knowledge/search.ts');
      return entriesIn(state.index);
    },
    async rewrite(language, change) {
      const { all, news } = await listed(language, mailroom);
      if (all.length + news.length === 0) return false;
      const state = await load(all, news, mailroom);
      if (!state) throw new UnavailableError(`the index of ${language} changes at this moment`);
      const { emptyIndex, entriesIn, take, writeIndex } = await import('../core/knowledge/search.ts');
      const index = emptyIndex();
      for (const entry of entriesIn(state.index)) take(index, change(entry));
      const content = Buffer.from(await writeIndex(index));
      const key = wholeKey(language, content);
      await mailroom.write(key, content, 'application/json');
      for (const each of [...all, ...news]) if (each !== key) await mailroom.remove(each);
      return true;
    },
    list: async (limit) =>
      (await newest<Item & { article: Article }>(table, 'ARTICLE', limit, () => true)).map(
        ({ article }) => article,
      ),
  };
}

/** As many of the best by their words are read from the table. */
const MOST_READ = 24;
/** So many small objects lie beside an index before the sweep folds them in; a cold start reads them one by one. */
const MOST_BESIDE = 32;
const MOST_FOLDED = 1_000;
const AT_ONCE = 16;

const articleKey = (id: string) => ({ pk: `ARTICLE#${id}`, sk: 'ARTICLE' });

function folderOf(language: Language): string {
  return `knowledge/${language}/`;
}

/** Sparse: in the index of what is due stands an article while something is due with it. */
function itemOf(article: Article): Item & { version: number } {
  const { id, version, madeAt, dueAt } = article;
  return {
    ...{ ...articleKey(id), article, version, listPk: 'ARTICLE', listSk: `${madeAt}#${id}` },
    ...(dueAt ? { openPk: 'ARTICLE', openSk: `${dueAt}#${id}` } : {}),
  };
}

function wholeKey(language: Language, content: Uint8Array): string {
  return `${folderOf(language)}all/${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
}

async function listed(language: Language, mailroom: Mailroom): Promise<Listing> {
  const keys: string[] = [];
  for await (const { key } of mailroom.list(folderOf(language))) keys.push(key);
  const isAll = (key: string) => key.startsWith(`${folderOf(language)}all/`);
  return { all: keys.filter(isAll), news: keys.filter((key) => !isAll(key)) };
}

const MOST_LOOKS = 3;
/** A request costs as much as twelve that read, and an article that is a minute late is missed by nobody. */
const LISTED_FOR = 60_000;

/** One listing while nothing is new; null where a language has no article. */
async function upToDate(
  language: Language,
  loaded: Map<Language, Loaded>,
  mailroom: Mailroom,
  list: (language: Language, isFirst: boolean) => Promise<Listing>,
): Promise<Index | null> {
  for (let look = 1; ; look++) {
    const { all, news } = await list(language, look === 1);
    if (all.length + news.length === 0) return null;
    const known = loaded.get(language);
    const isSame = known?.all === all.join();
    const state = isSame ? await takeNew(known, news, mailroom) : await load(all, news, mailroom);
    if (state) {
      loaded.set(language, state);
      return state.index;
    }
    // The sweep folded between the listing and the reading.
    loaded.delete(language);
    if (look === MOST_LOOKS) throw new Error(`the index of ${language} changes faster than it can be read`);
  }
}

/** Null when an object is gone. */
async function load(
  all: readonly string[],
  news: readonly string[],
  mailroom: Mailroom,
): Promise<Loaded | null> {
  const { emptyIndex, entriesIn, readIndex, take } = await import('../core/knowledge/search.ts');
  const [first, ...others] = await readTexts(all, mailroom);
  if (all.length > 0 && first === undefined) return null;
  const index = first === undefined ? emptyIndex() : readIndex(first);
  if (others.length < all.length - 1) return null;
  for (const other of others) for (const entry of entriesIn(readIndex(other))) take(index, entry);
  return takeNew({ all: all.join(), seen: new Set(), index }, news, mailroom);
}

async function takeNew(state: Loaded, news: readonly string[], mailroom: Mailroom): Promise<Loaded | null> {
  const unseen = news.filter((key) => !state.seen.has(key));
  if (unseen.length === 0) return state;
  const { take } = await import('../core/knowledge/search.ts');
  const texts = await readTexts(unseen, mailroom);
  if (texts.length < unseen.length) return null;
  for (const text of texts) take(state.index, JSON.parse(text) as Entry);
  for (const key of unseen) state.seen.add(key);
  return state;
}

/** Those that are there. */
async function readTexts(keys: readonly string[], mailroom: Mailroom): Promise<string[]> {
  const texts: string[] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => mailroom.read(key)));
    texts.push(...some.flatMap((content) => (content ? [Buffer.from(content).toString('utf8')] : [])));
  }
  return texts;
}
