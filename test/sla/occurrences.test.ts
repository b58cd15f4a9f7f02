/** When recurring work falls: by example, and against going through the days one by one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WEEKDAYS } from '../../core/config/choices.ts';
import type { Calendar, Recurring } from '../../core/config/desk.ts';
import { isWorkingTime } from '../../core/sla/calendar.ts';
import { nextOccurrence, notOn, occurrences } from '../../core/sla/occurrences.ts';

const OFFICE: Calendar = {
  name: 'office',
  timezone: 'Europe/Berlin',
  hours: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['08:00-17:00']])),
  holidays: ['01-01', '12-25', '2026-04-03', '2026-04-06', '2026-05-01'],
};
const desk = { calendars: [OFFICE], timezone: 'Europe/Berlin' };

function work(given: Partial<Recurring>): Recurring {
  return {
    name: 'patching',
    title: 'Patching',
    text: '',
    category: 'general',
    every: 'month',
    at: '08:00',
    ...given,
  };
}

const days = (given: Partial<Recurring>, since: string, now: string) =>
  occurrences(work(given), `${since}T00:00:00Z`, `${now}T23:00:00Z`, desk).map(({ at }) => at.slice(0, 16));

describe('what a rule names', () => {
  test('the first Monday of each month, at eight by the wall clock, in winter and summer', () => {
    expect(days({ on: 'first mon' }, '2026-03-01', '2026-05-31')).toEqual([
      '2026-03-02T07:00',
      '2026-04-06T06:00',
      '2026-05-04T06:00',
    ]);
  });

  test('the last Friday of a quarter, and its first and last day', () => {
    expect(days({ every: 'quarter', on: 'last fri' }, '2026-01-01', '2026-06-30')).toEqual([
      '2026-03-27T07:00',
      '2026-06-26T06:00',
    ]);
    expect(days({ every: 'quarter' }, '2026-01-02', '2026-07-01')).toEqual([
      '2026-04-01T06:00',
      '2026-07-01T06:00',
    ]);
    expect(days({ every: 'quarter', on: 'last' }, '2026-01-01', '2026-03-31')).toEqual(['2026-03-31T06:00']);
  });

  test('the 31st is the last day of a shorter month, and 29 February the 28th of most years', () => {
    expect(days({ on: '31' }, '2026-01-01', '2026-04-30').map((at) => at.slice(5, 10))).toEqual([
      '01-31',
      '02-28',
      '03-31',
      '04-30',
    ]);
    expect(
      days({ every: 'year', on: '02-29' }, '2027-01-01', '2028-12-31').map((at) => at.slice(0, 10)),
    ).toEqual(['2027-02-28', '2028-02-29']);
  });

  test('a day on which the calendar is closed gives way to the next, and a weekday is left out', () => {
    // Good Friday, and Easter Monday after it.
    expect(days({ on: '3', calendar: 'office' }, '2026-04-01', '2026-04-30')).toEqual(['2026-04-07T06:00']);
    expect(
      days({ every: 'weekday', calendar: 'office' }, '2026-04-02', '2026-04-07').map((at) => at.slice(8, 10)),
    ).toEqual(['02', '07']);
    expect(days({ every: 'weekday' }, '2026-04-03', '2026-04-06').map((at) => at.slice(8, 10))).toEqual([
      '03',
      '06',
    ]);
  });

  test('what was put off beyond the end of its month is still owed in the next', () => {
    expect(days({ on: 'last', calendar: 'office' }, '2026-06-01', '2026-06-02')).toEqual([
      '2026-06-01T06:00',
    ]);
  });

  test('the next of a yearly one is found from the day after the last', () => {
    const yearly = work({ every: 'year', on: '02-29' });
    expect(nextOccurrence(yearly, '2026-02-28T08:00:00Z', desk)).toEqual({
      day: '2027-02-28',
      at: '2027-02-28T07:00:00.000Z',
    });
  });
});

test('what names no day of its kind is refused with what is allowed', () => {
  expect(notOn('month', 'first mon')).toBeNull();
  expect(notOn('month', 'frist mon')).toMatchObject({ message: '“frist mon” names no day' });
  expect(notOn('week', '15')).toMatchObject({ allowed: 'one of mon, tue, wed, thu, fri, sat, sun' });
  expect(notOn('weekday', 'mon')).toMatchObject({ message: '“mon” is no day of every weekday' });
  expect(notOn('year', '02-30')).toMatchObject({ message: '“02-30” names no day' });
  expect(notOn('month', '32')).toMatchObject({ message: '“32” names no day' });
});

const DAY = 86_400_000;
const ORDINAL = ['first', 'second', 'third', 'fourth'];

/** Whether a rule names a day, asked of that day alone. */
function names(every: Recurring['every'], on: string | undefined, day: Date): boolean {
  const [date, month, weekday] = [day.getUTCDate(), day.getUTCMonth(), WEEKDAYS[(day.getUTCDay() + 6) % 7]];
  const length = new Date(Date.UTC(day.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const isFirstMonth = every === 'month' || month % 3 === 0;
  const isLastMonth = every === 'month' || month % 3 === 2;
  if (every === 'weekday') return weekday !== 'sat' && weekday !== 'sun';
  if (every === 'week') return weekday === (on ?? 'mon');
  if (every === 'year') return day.toISOString().slice(5, 10) === (on ?? '01-01');
  if (on === 'last') return isLastMonth && date === length;
  const [which, wanted] = on?.split(' ') ?? [];
  if (wanted === undefined) return isFirstMonth && date === Math.min(Number(on ?? 1), length);
  if (weekday !== wanted) return false;
  return which === 'last'
    ? isLastMonth && date > length - 7
    : isFirstMonth && Math.ceil(date / 7) - 1 === ORDINAL.indexOf(which ?? '');
}

/** Day by day, and from each that is named on to the next that is open. */
function slowly({ every, on, calendar }: Recurring, since: number, now: number): string[] {
  const isOpen = (at: number) =>
    calendar === undefined ||
    Array.from({ length: 24 }, (_, hour) => at + hour * 3_600_000).some((hour) =>
      isWorkingTime(UTC_OFFICE, new Date(hour).toISOString()),
    );
  const found: string[] = [];
  for (let day = since - 70 * DAY; day <= now; day += DAY) {
    if (!names(every, on, new Date(day)) || (every === 'weekday' && !isOpen(day))) continue;
    let falls = day;
    while (!isOpen(falls)) falls += DAY;
    const at = falls + 8 * 3_600_000;
    if (at > since && at <= now) found.push(new Date(at).toISOString());
  }
  return [...new Set(found)];
}

const UTC_OFFICE: Calendar = { ...OFFICE, name: 'utc', timezone: 'UTC' };

const nthOfWeekday = fc
  .tuple(fc.constantFrom(...ORDINAL, 'last'), fc.constantFrom(...WEEKDAYS))
  .map(([nth, weekday]) => `${nth} ${weekday}`);
const ofMonth = fc.oneof(
  nthOfWeekday,
  fc.constant('last'),
  fc.integer({ min: 1, max: 31 }).map(String),
  fc.constant(undefined),
);
const rule = fc.oneof(
  fc.tuple(fc.constant('weekday' as const), fc.constant(undefined)),
  fc.tuple(fc.constant('week' as const), fc.option(fc.constantFrom(...WEEKDAYS), { nil: undefined })),
  fc.tuple(fc.constantFrom('month' as const, 'quarter' as const), ofMonth),
  fc.tuple(fc.constant('year' as const), fc.constantFrom('03-31', '12-25', '01-01', undefined)),
);
const hour = fc
  .integer({ min: 0, max: 24 * 365 * 3 })
  .map((hours) => Date.UTC(2025, 0, 1) + hours * 3_600_000);

test('every occurrence is what going through the days one by one finds, and none is found twice or lost between two sweeps', () => {
  fc.assert(
    fc.property(
      rule,
      fc.boolean(),
      hour,
      fc.array(fc.integer({ min: 1, max: 24 * 60 }), { minLength: 1, maxLength: 4 }),
      ([every, on], moves, since, spans) => {
        const recurring = work({ every, ...(on ? { on } : {}), ...(moves ? { calendar: 'utc' } : {}) });
        const utc = { calendars: [UTC_OFFICE], timezone: 'UTC' };
        const midnight = since - (since % DAY);
        let from = midnight;
        const found: string[] = [];
        for (const span of spans) {
          const to = from + span * 3_600_000;
          const iso = (at: number) => new Date(at).toISOString();
          found.push(...occurrences(recurring, iso(from), iso(to), utc).map(({ at }) => at));
          from = to;
        }
        expect(found).toEqual(slowly(recurring, midnight, from));
      },
    ),
    { numRuns: 150 },
  );
});
