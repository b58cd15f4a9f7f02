/**
 * What other promises would have made of tickets that were: their clock logs, reckoned again by another desk.yaml. The
 * logs are what happened, so that nothing here guesses what people would have done with less or more time.
 */
import type { Desk, Priority } from '../config/desk.ts';
import {
  type ClockLog,
  deadlines,
  MEASURES,
  type Measure,
  RUNS,
  type RunName,
  runOf,
  withoutTakenBack,
} from './clock.ts';
import { type Promisee, policyFor } from './policy.ts';

export interface Lived extends Promisee {
  id: string;
  subject: string;
  priority: Priority;
  /** The policy by which it was last reckoned. */
  policy: string;
  clock: ClockLog;
}

type Promising = Pick<Desk, 'sla' | 'calendars' | 'vips' | 'organisations'>;

/** `open`: the time still runs, or stands still, and the deadline has not fallen. */
export type Fate = 'met' | 'breached' | 'open' | 'not-promised';

/** One run of a measure, as each of the two has it. */
export interface Compared {
  measure: Measure;
  startedAt: string;
  before: Outcome;
  after: Outcome;
}

export interface Outcome {
  fate: Fate;
  /** The deadline that is open, or was missed; null where it was met, or where nothing is promised. */
  due: string | null;
  policy: string;
  priority: Priority;
}

/** `now` is ISO 8601 UTC. Throws what `deadlines` throws. */
export function simulate(ticket: Lived, before: Promising, after: Promising, now: string): Compared[] {
  // What was taken back is so in every part of the log, and not only in those that are longer.
  const standing = { ...ticket, clock: withoutTakenBack(ticket.clock) };
  const other = rematched(standing, before, after);
  return RUNS.flatMap((run) =>
    partsOf(standing.clock, run, now).flatMap((part) => {
      const then = outcomes(standing.clock, part, ticket, before);
      const instead = outcomes(other.clock, part, other, after);
      return then.flatMap((outcome, index): Compared[] => {
        const changed = instead[index];
        if (!changed || (outcome.fate === 'not-promised' && changed.fate === 'not-promised')) return [];
        const { measure, startedAt, ...was } = outcome;
        const { measure: _, startedAt: _at, ...would } = changed;
        return [{ measure, startedAt, before: was, after: would }];
      });
    }),
  );
}

/**
 * The log as if the other file had held from the beginning. Policies that the ticket had before its category, team or
 * requester were changed stay what they were, by their names.
 */
function rematched(
  ticket: Lived,
  before: Promising,
  after: Promising,
): Pick<Lived, 'policy' | 'clock' | 'priority'> {
  const was = policyFor(ticket, before).policy.name;
  const { policy, why: reason } = policyFor(ticket, after);
  const { priority, clock } = ticket;
  if (was === policy.name) return { policy: ticket.policy, priority, clock };
  const its = (name: string | undefined) => name === undefined || name === was || name === ticket.policy;
  return {
    policy: policy.name,
    priority,
    clock: clock.map((entry) =>
      entry.kind === 'retarget' && its(entry.policy) ? { ...entry, policy: policy.name, reason } : entry,
    ),
  };
}

/** The log up to `length`, in which the run is the last of its kind; `end` is when it was over, or now. */
interface Part {
  run: RunName;
  startedAt: string;
  length: number;
  end: string;
  /** The next run of its kind began in its place. */
  replaced: boolean;
}

function partsOf(clock: ClockLog, run: RunName, now: string): Part[] {
  const starts = clock.flatMap((entry, index) =>
    entry.kind === 'start' && entry.measure === run ? [{ index, at: entry.at }] : [],
  );
  return starts.map(({ at }, nth): Part => {
    const next = starts[nth + 1];
    return {
      run,
      startedAt: at,
      length: next?.index ?? clock.length,
      end: next?.at ?? now,
      replaced: next !== undefined,
    };
  });
}

function outcomes(
  clock: ClockLog,
  { run, startedAt, length, end, replaced }: Part,
  { policy, priority }: Pick<Lived, 'policy' | 'priority'>,
  desk: Promising,
): (Outcome & { measure: Measure; startedAt: string })[] {
  const reckoned = deadlines(clock.slice(0, length), desk);
  return MEASURES.filter((measure) => runOf(measure) === run).map((measure) => {
    const one = reckoned[measure];
    if (!one) return { measure, startedAt, fate: 'not-promised', due: null, policy, priority };
    const terms = { measure, startedAt, policy: one.policy, priority: one.priority };
    if (one.missed) return { ...terms, fate: 'breached', due: one.missed };
    if (one.fulfilledAt) return { ...terms, fate: 'met', due: null };
    // A time at a tier that is used up ends in that instant with a climb.
    if (one.due && Date.parse(one.due) <= Date.parse(end))
      return { ...terms, fate: 'breached', due: one.due };
    return replaced ? { ...terms, fate: 'met', due: null } : { ...terms, fate: 'open', due: one.due };
  });
}

export interface Tally {
  before: Counts;
  after: Counts;
}

export type Counts = Record<Exclude<Fate, 'not-promised'>, number>;

/** How many runs of a kind are met, breached or open, as it was and as it would be; `of` says of which kind each is. */
export function tally<T extends Compared>(
  all: readonly T[],
  of: (one: T, side: 'before' | 'after') => string,
): Map<string, Tally> {
  const found = new Map<string, Tally>();
  for (const one of all)
    for (const side of ['before', 'after'] as const) {
      const { fate } = one[side];
      if (fate === 'not-promised') continue;
      const key = of(one, side);
      const counted = found.get(key) ?? { before: none(), after: none() };
      counted[side][fate]++;
      found.set(key, counted);
    }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function none(): Counts {
  return { met: 0, breached: 0, open: 0 };
}
