/** The desk's reckoning beside the slow one, and what the two say of the same log. */
import type { Calendar, Desk, Policy, Priority } from '../../core/config/desk.ts';
import { type ClockLog, deadlines, MEASURES, type Measure } from '../../core/sla/clock.ts';
import {
  instantOf,
  MINUTE,
  minuteOf,
  type Promises,
  type PromisesOfOne,
  reckonSlowly,
} from './slow-reckoning.ts';

const DAY = 1440;

interface Said {
  startedAt: string;
  fulfilledAt: string | null;
  paused: boolean;
  /** Minutes. */
  used: number;
  due: string | null;
  missed: string | null;
}

export interface Comparison {
  desk: Record<Measure, Said | null>;
  finger: Record<Measure, Said | null>;
}

/** Null for a calendar that never opens within five years: it has no deadline to compare. */
export function compare(log: ClockLog, promises: Promises): Comparison | null {
  const end = minuteOf(log.at(-1)?.at ?? '');
  const horizon = end + 6 * DAY;
  const quick = attempt(() => deadlines(log, policyOf(promises)));
  if (quick === null) return null;
  const slow = reckonSlowly(log, promises, horizon);
  return {
    desk: each((measure) => {
      const mine = quick[measure];
      if (!mine) return null;
      const { startedAt, fulfilledAt, paused, missed, due } = mine;
      const used = mine.used(instantOf(end)) / MINUTE;
      const within = due !== null && minuteOf(due) <= horizon ? due : null;
      return { startedAt, fulfilledAt, paused, missed, used, due: within };
    }),
    finger: each((measure) => {
      const theirs = slow[measure];
      return (
        theirs && {
          ...theirs,
          startedAt: instantOf(theirs.startedAt),
          fulfilledAt: instant(theirs.fulfilledAt),
          due: instant(theirs.due),
          missed: instant(theirs.missed),
        }
      );
    }),
  };
}

function each<T>(said: (measure: Measure) => T): Record<Measure, T> {
  return Object.fromEntries(MEASURES.map((measure) => [measure, said(measure)])) as Record<Measure, T>;
}

function instant(minute: number | null): string | null {
  return minute === null ? null : instantOf(minute);
}

/** Null where a calendar stays closed. */
export function attempt<T>(reckoning: () => T): T | null {
  try {
    return reckoning();
  } catch (error) {
    if (error instanceof Error && /stays closed|thirty years/.test(error.message)) return null;
    throw error;
  }
}

/** The same promises as desk.yaml would have them. */
export function policyOf(promises: Promises): Pick<Desk, 'sla' | 'calendars'> {
  const named = new Map<Calendar, Calendar>();
  const nameOf = (calendar: Calendar) => {
    const known = named.get(calendar) ?? { ...calendar, name: `c${named.size}` };
    named.set(calendar, known);
    return known.name;
  };
  const targetsOf = (ofOne: PromisesOfOne): Policy['targets'][Priority] =>
    Object.fromEntries(
      MEASURES.flatMap((measure) => {
        const promise = ofOne[measure];
        return promise
          ? [[measure, { ms: promise.minutes * MINUTE, calendar: nameOf(promise.calendar) }]]
          : [];
      }),
    );
  const sla = (['vip', 'standard'] as const).map((name): Policy => {
    const { P1, P2, P3, P4 } = promises[name];
    const targets = { P1: targetsOf(P1), P2: targetsOf(P2), P3: targetsOf(P3), P4: targetsOf(P4) };
    return { name, calendar: 'none', targets, warnings: [], escalation: [] };
  });
  return { calendars: [...named.values()], sla };
}
