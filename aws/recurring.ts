/** How far recurring work has come. What opens a ticket moves it on in the same transaction, so that it is done once. */
import type { Pace } from '../core/ticket/recurring.ts';
import { type Item, putVersion, type Table, type Write } from './table.ts';

export interface Kept extends Pace {
  version: number;
}

export interface RecurringWork {
  read(name: string): Promise<Kept | null>;
  /** Fails when somebody else has moved it since. */
  move(name: string, pace: Pace, before: Kept | null): Write;
  /** The same by itself. */
  begin(name: string, pace: Pace, before: Kept | null): Promise<void>;
}

export function openRecurringWork(table: Table): RecurringWork {
  const move: RecurringWork['move'] = (name, pace, before) =>
    putVersion(table, { ...keyOf(name), ...pace, version: (before?.version ?? 0) + 1 }, before);
  return {
    read: async (name) => table.get<Item & Kept>(keyOf(name)),
    move,
    begin: (name, pace, before) => table.transact([move(name, pace, before)]),
  };
}

const keyOf = (name: string) => ({ pk: `RECURRING#${name}`, sk: 'RECURRING' });
