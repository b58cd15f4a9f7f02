/** Articles, and a table and a bucket in memory that count what is asked of them. */
import { openKnowledge } from '../../aws/knowledge.ts';
import type { Mailroom } from '../../aws/mailroom.ts';
import type { Item, Key, Table } from '../../aws/table.ts';
import type { Article } from '../../core/knowledge/article.ts';
import { LUIS, later, MONDAY } from '../sample.ts';

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function madeArticle(n: number, given: Partial<Article> = {}): Article {
  const number = Array.from({ length: 6 }, (_, place) => SIGNS[Math.floor(n / 32 ** (5 - place)) % 32]).join(
    '',
  );
  return {
    ...{ id: `K-${number}`, version: 1, state: 'published', madeAt: MONDAY, helped: 0, failed: 0 },
    ...{
      validUntil: later(MONDAY, 24 * 365),
      dueAt: null,
      language: 'en',
      readers: 'public',
      team: 'service-desk',
    },
    ...{ title: `Case ${n}`, question: '', answer: 'Do this.', fix: '', category: 'printing', owner: LUIS },
    ...given,
  };
}

export async function articlePlace(articles: readonly Article[]) {
  const items = new Map<string, Item>();
  const objects = new Map<string, Uint8Array>();
  const calls: string[] = [];
  const put = (article: Article) =>
    void items.set(`ARTICLE#${article.id}`, { pk: `ARTICLE#${article.id}`, sk: 'ARTICLE', article });
  const table = {
    get: async ({ pk }: Key) => {
      calls.push('table:get');
      return items.get(pk) ?? null;
    },
    getAll: async (keys: Key[]) => {
      calls.push('table:getAll');
      return keys.flatMap(({ pk }) => items.get(pk) ?? []);
    },
  } as unknown as Table;
  const mailroom = {
    async read(key: string) {
      calls.push('bucket:read');
      return objects.get(key) ?? null;
    },
    async write(key: string, content: Uint8Array) {
      calls.push('bucket:write');
      objects.set(key, content);
    },
    async remove(key: string) {
      calls.push('bucket:remove');
      objects.delete(key);
    },
    async *list(prefix: string) {
      calls.push('bucket:list');
      for (const key of [...objects.keys()].sort()) if (key.startsWith(prefix)) yield { key, at: MONDAY };
    },
  } as unknown as Mailroom;
  const knowledge = openKnowledge(table, mailroom);
  for (const article of articles) {
    put(article);
    await knowledge.index(article.id);
  }
  calls.length = 0;
  return { knowledge, table, mailroom, objects, calls, put };
}
