/** Each person's digests, one for each day, and his reports; and the updates that wait for the next digest. */
import { ConflictError } from '../core/faults.ts';
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
  /**
   * False when there is one of this number: whoever writes it first has it sent. What it tells is forgotten with it, so that
   * tomorrow's does not say it once more.
   */
  begin(digest: Digest | Report, told?: readonly News[]): Promise<boolean>;
}

/** Somebody may be away for months, and comes back to all of it. */
const KEPT_FOR = 180 * 86_400_000;
const MOST_NEWS = 1_000;
/** Of a transaction, which takes a hundred writes. */
const MOST_DELETED = 99;

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
    begin: async (digest, told = []) => {
      const { person, number, answerableUntil } = digest;
      const key = digestKey(person, number);
      // Asked for after it has gone, it is as expired as before.
      const Item = { ...key, event: digest, expiresAt: expiry(answerableUntil + 86_400_000) };
      const put = { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' };
      const forget = told.map(({ id }) => ({ Delete: { TableName: table.name, Key: newsKey(person, id) } }));
      try {
        await table.transact([{ Put: put }, ...forget.slice(0, MOST_DELETED)]);
      } catch (error) {
        // It may be some news that is written at this moment.
        if (error instanceof ConflictError && (await table.get(key))) return false;
        throw error;
      }
      // Should the process end here, tomorrow's says the rest once more: better than never.
      for (let from = MOST_DELETED; from < forget.length; from += MOST_DELETED)
        await table.transact(forget.slice(from, from + MOST_DELETED));
      return true;
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
