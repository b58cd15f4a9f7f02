/** What the desk remembers of addresses, beside its tickets: who of its people is away, and where nothing arrives. */
import type { Learned } from '../core/mail/outcome.ts';
import type { Undeliverable } from '../core/ticket/undeliverable.ts';
import { expiry, type Item, type Key, type Table, type Write } from './table.ts';

export interface Addresses {
  /** Whether it still counts, the reader asks of its `until`. */
  undeliverable(address: string): Promise<Undeliverable | null>;
  /** The writes that belong in the transaction with what taught it. `now` is desk time, ISO 8601 UTC; `realNow` in epoch ms. */
  writes(learned: Learned, now: string, realNow: number): Write[];
}

export function openAddresses(table: Table): Addresses {
  const put = (item: Item): Write => ({ Put: { TableName: table.name, Item: item } });
  return {
    undeliverable: async (address) =>
      (await table.get<Item & { undeliverable: Undeliverable }>(undeliverableKey(address)))?.undeliverable ??
      null,
    writes: ({ away, back, undeliverable, reachable }, now, realNow) => {
      // What is over by desk time may go a day later, by real time.
      const expiresAt = (until: string) =>
        expiry(realNow + Math.max(0, Date.parse(until) - Date.parse(now)) + DAY);
      const marks = new Map(undeliverable.map((each) => [each.address, each]));
      return [
        ...(away
          ? [put({ ...awayKey(away.address), away: away.away, expiresAt: expiresAt(away.away.until) })]
          : []),
        ...(back ? [{ Delete: { TableName: table.name, Key: awayKey(back) } }] : []),
        ...[...marks.values()].map((each) =>
          put({ ...undeliverableKey(each.address), undeliverable: each, expiresAt: expiresAt(each.until) }),
        ),
        ...(reachable ? [{ Delete: { TableName: table.name, Key: undeliverableKey(reachable) } }] : []),
      ];
    },
  };
}

const DAY = 86_400_000;

export const undeliverableKey = (address: string): Key => ({ pk: `ADDRESS#${address}`, sk: 'ADDRESS' });
export const awayKey = (address: string): Key => ({ pk: `AWAY#${address}`, sk: 'AWAY' });
