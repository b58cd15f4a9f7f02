/** Calendars, minutes and histories as chance would have them, with a liking for what goes wrong. */
import fc from 'fast-check';
import type { Calendar, Priority } from '../../core/config/desk.ts';
import { AWAITED, type ClockEntry, type ClockLog, RUNS } from '../../core/sla/clock.ts';
import { instantOf, MINUTE, wallMinute } from './slow-reckoning.ts';

/**
 * How many cases a property tries: the same ones each time, so that a failure can be looked at. `RECKONINGS=50`
 * tries fifty times as many, others each time, with histories over years.
 */
export function runs(usual: number) {
  const patience = { interruptAfterTimeLimit: PATIENCE / 2, markInterruptAsFailure: true };
  return MORE > 0
    ? { ...patience, numRuns: usual * MORE }
    : { ...patience, numRuns: usual, seed: 20_260_329 };
}

const MORE = Number(process.env.RECKONINGS ?? 0);
/** Milliseconds that a property may take, the search for a smaller counterexample included. */
export const PATIENCE = 60_000 * (1 + 2 * MORE);

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
  { weight: 1, arbitrary: near([SAMOA]) },
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
type Act = ClockEntry extends infer Entry ? (Entry extends ClockEntry ? Omit<Entry, 'at'> : never) : never;

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
);

/** Entries minutes, hours or days apart; now and then in the same minute. */
const anyPace = fc.oneof(fc.constant(0), fc.nat(90), fc.nat(12 * 60), fc.nat((MORE > 0 ? 30 : 3) * DAY));
const anyActs = (maxLength: number) => fc.array(fc.tuple(anyPace, anyAct), { maxLength });

/** The life of a ticket, from its opening on. */
export const anyHistory: fc.Arbitrary<ClockLog> = fc
  .tuple(anyMinute, anyPriority, anyActs(30))
  .map(([minute, priority, acts]) => [...opening(minute, priority), ...enact(minute, acts)]);

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

export function enact(from: number, acts: readonly (readonly [number, Act])[]): ClockLog {
  let minute = from;
  return acts.map(([pace, act]) => {
    minute += pace;
    return { ...act, at: instantOf(minute) };
  });
}
