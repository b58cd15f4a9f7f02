/** Decides with no more people's loads than the decision asks for: most mails ask for nobody's. */
import type { Tickets } from '../aws/tickets.ts';
import type { Load, Loads } from '../core/triage/route.ts';

/** What was read of somebody while it was decided; null where nothing is kept of him. */
export type SeenLoads = Map<string, Load | null>;

/**
 * `decide` is pure and runs until all that it asks for was read: once where it asks for nobody, and twice where somebody
 * is chosen among those of a tier. `seen` is for the commit, which fails when one of them got a ticket meanwhile.
 */
export async function withLoads<T>(
  tickets: Pick<Tickets, 'loads'>,
  decide: (loads: Loads) => T | Promise<T>,
  seen: SeenLoads = new Map(),
): Promise<T> {
  for (;;) {
    const asked = new Set<string>();
    const decided = await decide(noting(asked, seen));
    if (asked.size === 0) return decided;
    await readLoads(asked, seen, tickets);
  }
}

/** The loads that were read, and a note of whoever else is asked for. */
export function noting(asked: Set<string>, seen: SeenLoads): Loads {
  return {
    get(address) {
      if (!seen.has(address)) asked.add(address);
      return seen.get(address) ?? undefined;
    },
  };
}

export async function readLoads(
  asked: ReadonlySet<string>,
  seen: SeenLoads,
  tickets: Pick<Tickets, 'loads'>,
): Promise<void> {
  if (asked.size === 0) return;
  const read = await tickets.loads([...asked]);
  for (const address of asked) seen.set(address, read.get(address) ?? null);
}
