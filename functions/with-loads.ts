/** Decides with no more people's loads than the decision asks for: most mails ask for nobody's. */
import type { PersonKeys } from '../aws/audit.ts';
import type { Tickets } from '../aws/tickets.ts';
import { LoadMovedError } from '../core/faults.ts';
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

const MOST_CHOICES = 4;

/**
 * Of those that choose among the same people at once one gets in, and the others choose anew by the loads as they are then:
 * nothing else was in their way. In a burst somebody always gets a ticket meanwhile: after four choices the commit is not
 * held to the loads (`isHeld` is false), and whoever was chosen has it, with one more than another.
 */
export async function choosing(commit: (isHeld: boolean) => Promise<void>): Promise<void> {
  for (let choice = 1; choice <= MOST_CHOICES; choice++) {
    try {
      return await commit(true);
    } catch (error) {
      if (!(error instanceof LoadMovedError)) throw error;
    }
  }
  return commit(false);
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

/** The same, with the keys that the commit would ask for beside, as far as they were read or `known`. */
export async function readCandidates(
  asked: ReadonlySet<string>,
  seen: SeenLoads,
  known: PersonKeys,
  tickets: Pick<Tickets, 'candidates'>,
): Promise<PersonKeys> {
  if (asked.size === 0) return known;
  const { loads, keys } = await tickets.candidates([...asked], known);
  for (const address of asked) seen.set(address, loads.get(address) ?? null);
  return keys;
}
