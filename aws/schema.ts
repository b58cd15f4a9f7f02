/**
 * The shape of the table's items has a version, which each item says in `v`. What an earlier release wrote is read as if this
 * one had: it is migrated each time it is read, and keeps its new shape when it is next written. So an upgrade changes
 * nothing at once, and can be interrupted at any item.
 *
 * What a later release wrote is not touched: whoever goes back to an earlier one finds items that it does not know, and
 * would write them over with less than they hold.
 */
import { UnavailableError } from '../core/faults.ts';
import type { Item } from './table.ts';

/** An item of one version as the next has it. It may be a part of an item: an index gives keys alone. */
export type Migration = (item: Item) => Item;

/** By the version that each begins with. To change a shape, add one here, and a test with an item of the version before. */
const MIGRATIONS: readonly Migration[] = [
  // 0.1.0 said no version; what it wrote has the same shape.
  (item) => item,
];

export const SCHEMA = MIGRATIONS.length;

/** Throws UnavailableError: the item waits, with its mail or ticket, until there is a release again that knows it. */
export function migrated<T extends Item>(
  { v = 0, ...item }: T & { v?: number },
  migrations: readonly Migration[] = MIGRATIONS,
): T {
  const newest = migrations.length;
  if (v > newest)
    throw new UnavailableError(
      `${item.pk} ${item.sk} is of version ${v}, and this release knows ${newest}: a newer Replydesk has written it. Deploy that again; nothing has been changed.`,
    );
  return migrations.slice(v).reduce<Item>((each, migrate) => migrate(each), item as Item) as T;
}

export function stamped(item: Item): Item & { v: number } {
  return { ...item, v: SCHEMA };
}
