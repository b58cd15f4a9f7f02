/** Each person's digests, one for each day, and his reports; and the updates that wait for the next digest. */
import type { Report } from '../core/insight/report.ts';
import type { Digest, News } from '../core/ticket/digest.ts';
import { expiry, type Item, type Table } from './table.ts';

export interface Digests {
  /** By its number: of a digest that is its day, in days since 1970. */
  read(person: string, number: number): Promise<Digest | Report | null>;
  event(pk: string, sk: string): Promise<Digest | Report | null>;
  /** What waits for this person's next digest, in the order in which it came; a page of it at the most. */
  news(person: string): Promise<News[]>;
  /** The same update again is kept once. `realNow` in epoch ms. */
  keep(person: string, news: News, at: string, realNow: number): Promise<void>;
  /** False when there is one of this number: whoever writes it first has it sent. */
  begin(digest: Digest | Report): Promise<boolean>;
  /** What a digest has told. */
  forget(person: string, news: readonly News[]): Promise<void>;
}

/** Somebody may be away for months, and comes back to all of it. */
const KEPT_FOR = 180 * 86_400_000;
const MOST_NEWS = 1_000;
/** Of a transaction. */
const MOST_DELETED = 100;

export function openDigests(table: Table): Digests {
  return {
    read: async (person, number) => eventOf(await table.get(digestKey(person, number))),
    event: async (pk, sk) => eventOf(await table.get({ pk, sk })),
    news: async (person) => {
      const { items } = await table.query<Item & { news: News }>({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': newsKey(person, '').pk, ':prefix': 'NEWS#' },
        ConsistentRead: true,
        Limit: MOST_NEWS,
      });
      return items.map(({ news }) => news);
    },
    keep: async (person, news, at, realNow) => {
      const item = { ...newsKey(person, news.id), news, at, expiresAt: expiry(realNow + KEPT_FOR) };
      await table.put(item);
    },
    begin: (digest) =>
      table.put(
        {
          ...digestKey(digest.person, digest.number),
          event: digest,
          // Asked for after it has gone, it is as expired as before.
          expiresAt: expiry(digest.answerableUntil + 86_400_000),
        },
        { expression: 'attribute_not_exists(pk)' },
      ),
    forget: async (person, news) => {
      for (let from = 0; from < news.length; from += MOST_DELETED)
        await table.transact(
          news.slice(from, from + MOST_DELETED).map(({ id }) => ({
            Delete: { TableName: table.name, Key: newsKey(person, id) },
          })),
        );
    },
  };
}

function eventOf(item: Item | null): Digest | Report | null {
  return (item as (Item & { event: Digest | Report }) | null)?.event ?? null;
}

const digestKey = (person: string, number: number) => ({
  pk: `DIGEST#${person}`,
  sk: `EVENT#${String(number).padStart(8, '0')}`,
});
const newsKey = (person: string, id: string) => ({ pk: `DIGEST#${person}`, sk: `NEWS#${id}` });
