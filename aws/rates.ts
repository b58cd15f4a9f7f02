/** How much came from one sender, and how much went to one person: counted atomically, in real time, and forgotten soon. */
import { type Counted, FIRST_OF_ALL, FLOOD_WINDOW, type Tally, wouldOpen } from '../core/mail/flood.ts';
import { countersOf, PACE_REMEMBERED, type Paced, staleCounters } from '../core/ticket/pace.ts';
import { expiry, type Item, type Table } from './table.ts';

export interface Rates {
  /** Counts a mail that came in, once however often it is tried. Mostly one call, and four at the most. `realNow` in epoch ms. */
  arrived(counted: Counted, mailId: string, realNow: number): Promise<Tally>;
  /** Counts a mail that is about to go out, unless it was before, and returns all counters of its recipient. One call. */
  sent(paced: Paced, realNow: number, isCounted?: boolean): Promise<Record<string, number>>;
  /** It did not go out. `realNow` as it was counted with. */
  takeBack(paced: Paced, realNow: number): Promise<void>;
  /**
   * Counts a mail that is about to leave on this day, `2026-11-23`; false, and not counted, when it would be more than `most`.
   * One call, and none for those that this process has counted ahead.
   */
  leaves(day: string, most: number, realNow: number): Promise<boolean>;
  /** It did not leave. */
  stays(day: string): Promise<void>;
  /** Whether this process was told so before. No call. */
  isSpent(day: string, most: number): boolean;
}

export function openRates(table: Table): Rates {
  // A mail that is tried again after a conflict must not count as two: the first try is a moment ago, in this process.
  const remembered = new Map<string, Promise<Tally>>();
  // What waits comes back every quarter of an hour, and must not cost more than to send it.
  let spent = { day: '', most: 0 };
  let ahead = { day: '', most: 0, left: 0 };
  const count = async (mails: number, day: string, most: number, realNow: number) =>
    (await table.update(dayKey(day), {
      update: 'SET expiresAt = :until ADD mails :more',
      expression: 'attribute_not_exists(mails) OR mails <= :most',
      values: { ':more': mails, ':most': most - mails, ':until': expiry(realNow + DAY_REMEMBERED) },
    })) !== null;
  return {
    arrived(counted, mailId, realNow) {
      const name = `${counted.sender} ${mailId}`;
      const tally = remembered.get(name) ?? arrive(table, counted, mailId, realNow);
      remembered.delete(name);
      remembered.set(name, tally);
      const oldest = remembered.keys().next().value;
      if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
      tally.catch(() => remembered.delete(name));
      return tally;
    },
    async sent(paced, realNow, isCounted = false) {
      const counts = countsIn(await add(table, paced, isCounted ? 0 : 1, realNow));
      const stale = staleCounters(Object.keys(counts), realNow).slice(0, MOST_FORGOTTEN);
      if (Object.keys(counts).length > MOST_COUNTERS && stale.length > 0) await forget(table, paced, stale);
      return counts;
    },
    async takeBack(paced, realNow) {
      await add(table, paced, -1, realNow);
    },
    async leaves(day, most, realNow) {
      // What was counted up to the last mail of the day is not for those that leave a tenth of them to others.
      if (ahead.day === day && ahead.most <= most && ahead.left > 0) {
        ahead.left--;
        return true;
      }
      const share = Math.floor(most * COUNTED_AHEAD);
      if (share > 1 && (await count(share, day, most, realNow))) {
        ahead = { day, most, left: share - 1 };
        return true;
      }
      const counted = await count(1, day, most, realNow);
      if (!counted) spent = { day, most };
      return counted;
    },
    async stays(day) {
      if (ahead.day === day) ahead.left++;
      else await table.update(dayKey(day), { update: 'ADD mails :less', values: { ':less': -1 } });
      spent = { day: '', most: 0 };
    },
    isSpent: (day, most) => spent.day === day && most <= spent.most,
  };
}

/**
 * Of a day's mails a process counts so many at once. What it has not sent when it ends never leaves: the bound is never
 * passed, and may be met sooner by a thousandth for each process of the day.
 */
const COUNTED_AHEAD = 0.001;

const MOST_REMEMBERED = 100;
/** Whoever gets mail all the time has counters that are never forgotten with their item; its size is what a write costs. */
const MOST_COUNTERS = 200;
const MOST_FORGOTTEN = 100;

const inKey = (sender: string) => ({ pk: `RATE#in#${sender}`, sk: 'RATE' });
const outKey = (recipient: string) => ({ pk: `RATE#out#${recipient}`, sk: 'RATE' });
const dayKey = (day: string) => ({ pk: `RATE#day#${day}`, sk: 'RATE' });
const DAY_REMEMBERED = 2 * 86_400_000;

type Window = Item & { counts: Record<string, number>; firsts: Record<string, string>; endsAt: number };

/**
 * A window begins with the first mail that is counted and is begun anew when it has ended, so that no border of the
 * clock falls into a flood. What would open a ticket is mostly the first from its sender for a long time.
 */
async function arrive(table: Table, counted: Counted, mailId: string, realNow: number): Promise<Tally> {
  const ways = wouldOpen(counted.slot) ? [begin, goOn, begin, goOn] : [goOn, begin, goOn, begin];
  for (const way of ways) {
    const tally = await way(table, counted, mailId, realNow);
    if (tally) return tally;
  }
  throw new Error(`the counters of ${counted.sender} begin and end at once`);
}

/** Null when no window runs. */
async function goOn(
  table: Table,
  { sender, slot }: Counted,
  mailId: string,
  realNow: number,
): Promise<Tally | null> {
  const opens = wouldOpen(slot);
  const found = await table.update<Window>(inKey(sender), {
    update: [
      'ADD counts.#slot :one',
      `SET firsts.#slot = if_not_exists(firsts.#slot, :mail)${
        opens ? ', firsts.#first = if_not_exists(firsts.#first, :mail)' : ''
      }`,
    ].join(' '),
    expression: 'endsAt > :now',
    names: { '#slot': slot, ...(opens ? { '#first': FIRST_OF_ALL } : {}) },
    values: { ':one': 1, ':mail': mailId, ':now': realNow },
  });
  return found && { counts: found.counts, firsts: found.firsts };
}

/** Null when one runs. */
async function begin(
  table: Table,
  { sender, slot, window = FLOOD_WINDOW }: Counted,
  mailId: string,
  realNow: number,
): Promise<Tally | null> {
  const endsAt = realNow + window;
  const counts = { [slot]: 1 };
  const firsts = { [slot]: mailId, ...(wouldOpen(slot) ? { [FIRST_OF_ALL]: mailId } : {}) };
  const begun = await table.put(
    { ...inKey(sender), counts, firsts, endsAt, expiresAt: expiry(endsAt) },
    { expression: 'attribute_not_exists(pk) OR endsAt <= :now', values: { ':now': realNow } },
  );
  return begun ? { counts, firsts } : null;
}

async function add(table: Table, paced: Paced, by: 1 | 0 | -1, realNow: number): Promise<Item> {
  const counters = countersOf(paced, realNow);
  const found = await table.update<Item>(outKey(paced.recipient), {
    update: `SET expiresAt = :until ADD ${counters.map((_, at) => `#c${at} :by`).join(', ')}`,
    names: Object.fromEntries(counters.map((name, at) => [`#c${at}`, name])),
    values: { ':by': by, ':until': expiry(realNow + PACE_REMEMBERED) },
  });
  if (!found) throw new TypeError('an update without a condition was not made');
  return found;
}

async function forget(table: Table, { recipient }: Paced, names: string[]): Promise<void> {
  await table.update(outKey(recipient), {
    update: `REMOVE ${names.map((_, at) => `#c${at}`).join(', ')}`,
    names: Object.fromEntries(names.map((name, at) => [`#c${at}`, name])),
  });
}

function countsIn({ pk: _, sk: _sk, expiresAt: _until, ...counters }: Item): Record<string, number> {
  return counters as Record<string, number>;
}
