/** What the desk remembers of addresses, beside its tickets: who of its people is away, and where nothing arrives. */
import type { Blocked, Learned } from '../core/mail/outcome.ts';
import type { Change } from '../core/ticket/change.ts';
import type { Undeliverable } from '../core/ticket/undeliverable.ts';
import { expiry, type Item, type Key, type Table, type Write } from './table.ts';
import { newest } from './tickets.ts';

export interface Addresses {
  /** Whether it still counts, the reader asks of its `until`. */
  undeliverable(address: string): Promise<Undeliverable | null>;
  /** The writes that belong in the transaction with what taught it. `now` is desk time, ISO 8601 UTC; `realNow` in epoch ms. */
  writes(learned: Learned, now: string, realNow: number): Write[];
  /** Those of whom these changes say that their mail is refused from now on, or taken again. */
  blockWrites(changes: readonly Change[]): Write[];
  /** All whose mail is refused, the latest first, `limit` at the most. */
  blocked(limit: number): Promise<Blocked[]>;
}

/** What was read of addresses at which nothing arrives; null where nothing is known of one. */
export type Marks = ReadonlyMap<string, Undeliverable | null>;

export function openAddresses(table: Table): Addresses {
  const put = (item: Item): Write => ({ Put: { TableName: table.name, Item: item } });
  return {
    undeliverable: async (address) =>
      (await table.get<Item & { undeliverable: Undeliverable }>(undeliverableKey(address)))?.undeliverable ??
      null,
    blockWrites: (changes) => {
      const last = new Map<string, Write>();
      for (const { after, events } of changes)
        for (const event of events) {
          if (event.kind !== 'blocked' && event.kind !== 'unblocked') continue;
          const { kind, address, by, at } = event;
          const blocked: Blocked = { address, by, ticketId: after.id, at };
          const listed = { listPk: BLOCKED, listSk: `${at}#${address}` };
          // A transaction takes one write for an item.
          last.set(
            address,
            kind === 'blocked'
              ? put({ ...blockedKey(address), blocked, ...listed })
              : { Delete: { TableName: table.name, Key: blockedKey(address) } },
          );
        }
      return [...last.values()];
    },
    blocked: async (limit) =>
      (await newest<Item & { blocked: Blocked }>(table, BLOCKED, limit, () => true)).map(
        ({ blocked }) => blocked,
      ),
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
/** Under which they stand in the listing. */
const BLOCKED = 'BLOCKED';

export const undeliverableKey = (address: string): Key => ({ pk: `ADDRESS#${address}`, sk: 'ADDRESS' });
export const blockedKey = (address: string): Key => ({ pk: `BLOCKED#${address}`, sk: 'BLOCKED' });
export const awayKey = (address: string): Key => ({ pk: `AWAY#${address}`, sk: 'AWAY' });
