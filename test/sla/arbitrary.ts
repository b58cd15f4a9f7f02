/** Calendars, minutes and histories as chance would have them, with a liking for what goes wrong. */
import fc from 'fast-check';
import { PRIORITIES } from '../../core/config/choices.ts';
import type { Calendar, Priority } from '../../core/config/desk.ts';
import {
  AWAITED,
  type ClockEntry,
  type ClockLog,
  MEASURES,
  type Measure,
  RUNS,
} from '../../core/sla/clock.ts';
import { instantOf, MINUTE, type Promises, type PromisesOfOne, wallMinute } from './slow-reckoning.ts';

/** How many cases a property tries: the same ones each time, so that a failure can be looked at. */
export function runs(numRuns: number) {
  return { interruptAfterTimeLimit: PATIENCE / 2, markInterruptAsFailure: true, numRuns, seed: 20_260_329 };
}

/** Milliseconds that a property may take, the search for a smaller counterexample included. */
export const PATIENCE = 60_000;

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'America/St_Johns',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'UTC',
];

const DAY = 1440;
const FIRST = Date.parse('2025-01-01T00:00:00Z') / MINUTE;
const LAST = Date.parse('2029-01-01T00:00:00Z') / MINUTE;
/** Shortly before Samoa left out a Friday. */
const SAMOA = Date.parse('2011-12-27T00:00:00Z') / MINUTE;
const LEAP_DAY = Date.parse('2028-02-28T00:00:00Z') / MINUTE;

/** Shortly before some clock is set. */
const changes = ZONES.flatMap((zone) => {
  const offset = (minute: number) => wallMinute(zone, minute) - minute;
  const found: number[] = [];
  for (let minute = FIRST; minute < LAST; minute += DAY)
    if (offset(minute) !== offset(minute + DAY)) found.push(minute - DAY);
  return found;
});

const near = (minutes: number[]) =>
  fc.tuple(fc.constantFrom(...minutes), fc.nat(2 * DAY)).map(([minute, more]) => minute + more);

export const anyMinute = fc.oneof(
  { weight: 3, arbitrary: near(changes) },
  { weight: 2, arbitrary: fc.integer({ min: FIRST, max: LAST }) },
  { weight: 1, arbitrary: near([SAMOA, LEAP_DAY]) },
);

const anyTime = fc.oneof(
  fc.constantFrom(0, 60, 90, 120, 135, 150, 165, 180, 8 * 60, 12 * 60, 17 * 60, 22 * 60, 23 * 60),
  fc.nat(DAY - 1),
);
const anyFrame = fc
  .tuple(anyTime, fc.oneof(anyTime, fc.constant(DAY)))
  .map(([begin, end]) => `${clock(begin)}-${clock(end)}`);
const anyDay: fc.Arbitrary<string[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<string[]>(
      ['08:00-12:00', '13:00-17:00'],
      ['22:00-06:00'],
      ['00:00-24:00'],
      ['09:00-17:30'],
      ['08:00-08:00', '10:00-15:00'],
    ),
  },
  { weight: 3, arbitrary: fc.array(anyFrame, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
);
const anyHoliday = fc
  .tuple(anyMinute, fc.boolean(), fc.integer({ min: 0, max: 6 }))
  .map(([minute, yearly, days]) => instantOf(minute + days * DAY).slice(yearly ? 5 : 0, 10));

const anyOffice: fc.Arbitrary<Calendar> = fc.record({
  name: fc.constant('any'),
  timezone: fc.constantFrom(...ZONES),
  hours: fc.record({
    mon: anyDay,
    tue: anyDay,
    wed: anyDay,
    thu: anyDay,
    fri: anyDay,
    sat: anyDay,
    sun: anyDay,
  }),
  holidays: fc.array(anyHoliday, { maxLength: 12 }),
});

/** One office, or now and then several that follow the sun. */
export const anyCalendar: fc.Arbitrary<Calendar> = fc.oneof(
  { weight: 4, arbitrary: anyOffice },
  {
    weight: 1,
    arbitrary: fc
      .array(anyOffice, { minLength: 2, maxLength: 3 })
      .map((of) => ({ name: 'any', timezone: 'UTC', hours: {}, holidays: [], of })),
  },
);

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((number) => String(number).padStart(2, '0')).join(':');
}

const anyPriority = fc.constantFrom<Priority>('P1', 'P2', 'P3', 'P4');
const anyRun = fc.constantFrom(...RUNS);
const anyPolicy = fc.constantFrom('vip', 'standard', undefined);
type Act = ClockEntry extends infer Entry
  ? Entry extends { kind: 'take-back' }
    ? { kind: 'take-back'; back: number }
    : Entry extends ClockEntry
      ? Omit<Entry, 'at'>
      : never
  : never;

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pause' as const),
      reason: fc.constantFrom('a serial number', 'the supplier'),
      awaited: fc.constantFrom(...AWAITED, undefined),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'resume' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('retarget' as const),
      priority: anyPriority,
      policy: anyPolicy,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const), measure: anyRun }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fulfil' as const), measure: anyRun }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('extend' as const),
      ms: fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * MINUTE),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('take-back' as const), back: fc.nat(5) }) },
);

/** Entries minutes, hours or days apart; now and then in the same instant. */
const anyPace = (days: number) => fc.oneof(fc.constant(0), fc.nat(90), fc.nat(12 * 60), fc.nat(days * DAY));
const anyActs = (maxLength: number, days = 3) =>
  fc.array(fc.tuple(anyPace(days), anyAct), { maxLength, size: 'medium' });

/** The life of a ticket, from its opening on, in which nothing happens for so many days at a time at the most. */
export function historiesOf(days: number): fc.Arbitrary<ClockLog> {
  return fc
    .tuple(anyMinute, anyPriority, anyActs(30, days))
    .map(([minute, priority, acts]) => [...opening(minute, priority), ...enact(minute, acts)]);
}

export const anyHistory = historiesOf(3);

/** What may follow a history. */
export const anySequel = anyActs(8);

export function opening(minute: number, priority: Priority): ClockLog {
  const at = instantOf(minute);
  return [
    { kind: 'retarget', at, priority },
    { kind: 'start', at, measure: 'firstResponse' },
    { kind: 'start', at, measure: 'resolution' },
    { kind: 'start', at, measure: 'tier' },
  ];
}

/** Each so many minutes after the one before; what is taken back is one of the last that were done. */
export function enact(from: number, acts: readonly (readonly [number, Act])[]): ClockLog {
  let minute = from;
  const log: ClockEntry[] = [];
  for (const [pace, act] of acts) {
    minute += pace;
    const at = instantOf(minute);
    if (act.kind !== 'take-back') log.push({ ...act, at });
    else log.push({ kind: 'take-back', at, of: log.at(-1 - act.back)?.at ?? at });
  }
  return log;
}

const anyTarget = fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 60, max: 30 * 60 }));
const MEASURED = 2 * PRIORITIES.length * MEASURES.length;

/** Three calendars; each target is of the hours of one of them, and now and then there is none. */
export const anyPromises: fc.Arbitrary<Promises> = fc
  .tuple(
    fc.array(anyCalendar, { minLength: 3, maxLength: 3 }),
    fc.array(fc.tuple(anyTarget, fc.nat(3)), { minLength: MEASURED, maxLength: MEASURED }),
  )
  .map(([calendars, all]) => {
    const left = [...all];
    return promisesOf(() => {
      const [minutes = 60, which = 0] = left.pop() ?? [];
      const calendar = calendars[which];
      return calendar ? { calendar, minutes } : null;
    });
  });

/** What becomes of a desk's promises when its file is edited: a holiday more in every calendar, and other targets. */
export const anyEdit: fc.Arbitrary<(promises: Promises) => Promises> = fc
  .tuple(fc.array(anyHoliday, { minLength: 1, maxLength: 3 }), fc.integer({ min: 50, max: 200 }))
  .map(([days, percent]) => (promises) => {
    const edited = new Map<Calendar, Calendar>();
    const withDays = (calendar: Calendar): Calendar => ({
      ...calendar,
      holidays: [...calendar.holidays, ...days],
      ...(calendar.of ? { of: calendar.of.map(withDays) } : {}),
    });
    return promisesOf((policy, priority, measure) => {
      const promise = promises[policy][priority][measure];
      if (!promise) return null;
      const calendar = edited.get(promise.calendar) ?? withDays(promise.calendar);
      edited.set(promise.calendar, calendar);
      return { calendar, minutes: Math.max(1, Math.round((promise.minutes * percent) / 100)) };
    });
  });

type Promised = PromisesOfOne[Measure];

function promisesOf(
  promise: (policy: keyof Promises, priority: Priority, measure: Measure) => Promised,
): Promises {
  const each = <Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value) =>
    Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Value>;
  return each(['vip', 'standard'], (policy) =>
    each(PRIORITIES, (priority) => each(MEASURES, (measure) => promise(policy, priority, measure))),
  );
}
