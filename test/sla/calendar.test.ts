import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../core/config/desk.ts';
import {
  addWorkingTime,
  isWorkingTime,
  nextClosing,
  nextOpening,
  stretches,
  workingTimeBetween,
} from '../../core/sla/calendar.ts';
import { anyCalendar, anyMinute, PATIENCE, runs } from './arbitrary.ts';
import { instantOf, MINUTE, openMinutes } from './slow-reckoning.ts';

const HOUR = 60 * MINUTE;
const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const EVERY_DAY = [...WORKDAYS, 'sat', 'sun'] as const;

function calendar(
  timezone: string,
  frames: string[],
  days: readonly (keyof Calendar['hours'])[] = WORKDAYS,
  holidays: string[] = [],
): Calendar {
  return { name: 'office', timezone, hours: Object.fromEntries(days.map((day) => [day, frames])), holidays };
}

/** As a clock on the wall shows it, so that expectations read like the calendar. */
function local(at: string, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(Date.parse(at));
}

const berlin = calendar('Europe/Berlin', ['08:00-12:00', '13:00-17:00']);

describe('a day', () => {
  test('a frame holds its first instant and not its last', () => {
    expect(isWorkingTime(berlin, '2026-06-01T05:59:59.999Z')).toBe(false);
    expect(isWorkingTime(berlin, '2026-06-01T06:00:00.000Z')).toBe(true);
    expect(isWorkingTime(berlin, '2026-06-01T09:59:59.999Z')).toBe(true);
    expect(isWorkingTime(berlin, '2026-06-01T10:00:00.000Z')).toBe(false);
  });

  test('lunch is not working time', () => {
    expect(addWorkingTime(berlin, '2026-06-01T09:30:00.000Z', HOUR)).toBe('2026-06-01T11:30:00.000Z');
    expect(workingTimeBetween(berlin, '2026-06-01T09:30:00.000Z', '2026-06-01T11:30:00.000Z')).toBe(HOUR);
  });

  test('the last hour of a day has passed at closing, not when the desk opens again', () => {
    expect(addWorkingTime(berlin, '2026-06-05T14:00:00.000Z', HOUR)).toBe('2026-06-05T15:00:00.000Z');
    expect(addWorkingTime(berlin, '2026-06-05T14:00:00.000Z', HOUR + 1)).toBe('2026-06-08T06:00:00.001Z');
  });

  test('no time has passed at once, whether the desk is open or not', () => {
    expect(addWorkingTime(berlin, '2026-06-06T14:00:00Z', 0)).toBe('2026-06-06T14:00:00.000Z');
  });

  test('what was written at night begins to count in the morning', () => {
    expect(addWorkingTime(berlin, '2026-06-01T22:15:00.000Z', 4 * HOUR)).toBe('2026-06-02T10:00:00.000Z');
  });

  test('the next opening is now when the desk is open', () => {
    expect(nextOpening(berlin, '2026-06-01T09:30:00.000Z')).toBe('2026-06-01T09:30:00.000Z');
    expect(nextOpening(berlin, '2026-06-01T10:00:00.000Z')).toBe('2026-06-01T11:00:00.000Z');
    expect(nextOpening(berlin, '2026-06-05T15:00:00.000Z')).toBe('2026-06-08T06:00:00.000Z');
  });

  test('a calendar of another zone than the requester counts its own days', () => {
    const kolkata = calendar('Asia/Kolkata', ['09:00-18:00']);
    // Friday 14:00 in New York is Friday 23:30 in Kolkata.
    const due = addWorkingTime(kolkata, '2026-06-05T18:00:00.000Z', 2 * HOUR);
    expect(local(due, 'Asia/Kolkata')).toBe('2026-06-08 11:00');
    expect(local(due, 'America/New_York')).toBe('2026-06-08 01:30');
  });
});

describe('frames', () => {
  test('frames that touch or overlap count once, in whatever order they are written', () => {
    const messy = calendar('UTC', ['12:00-15:00', '08:00-12:00', '11:00-13:00', '09:00-10:00']);
    expect(workingTimeBetween(messy, '2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z')).toBe(7 * HOUR);
    expect(stretches(messy, '2026-06-01T08:00:00.000Z', '2026-06-01T15:00:00.000Z')).toHaveLength(1);
  });

  test('a frame over midnight belongs to the day on which it begins', () => {
    const nights = calendar('UTC', ['22:00-06:00'], ['fri']);
    expect(isWorkingTime(nights, '2026-06-06T05:59:00.000Z')).toBe(true);
    expect(isWorkingTime(nights, '2026-06-05T05:59:00.000Z')).toBe(false);
    expect(workingTimeBetween(nights, '2026-06-01T00:00:00.000Z', '2026-06-08T00:00:00.000Z')).toBe(8 * HOUR);
  });

  test('a frame over midnight from Sunday to Monday is one, across the turn of the week', () => {
    const nights = calendar('UTC', ['22:00-06:00'], ['sun']);
    expect(stretches(nights, '2026-06-07T12:00:00.000Z', '2026-06-08T12:00:00.000Z')).toEqual([
      { from: '2026-06-07T12:00:00.000Z', to: '2026-06-07T22:00:00.000Z', open: false, holidays: [] },
      { from: '2026-06-07T22:00:00.000Z', to: '2026-06-08T06:00:00.000Z', open: true, holidays: [] },
      { from: '2026-06-08T06:00:00.000Z', to: '2026-06-08T12:00:00.000Z', open: false, holidays: [] },
    ]);
  });

  test('last night may end within this morning, and the minutes count once', () => {
    const both: Calendar = {
      name: 'both',
      timezone: 'UTC',
      hours: { mon: ['22:00-06:00'], tue: ['05:00-12:00'] },
      holidays: [],
    };
    expect(workingTimeBetween(both, '2026-06-01T00:00:00.000Z', '2026-06-03T00:00:00.000Z')).toBe(14 * HOUR);
  });

  test('24:00 is the midnight that ends the day', () => {
    const evening = calendar('UTC', ['20:00-24:00'], ['mon']);
    expect(workingTimeBetween(evening, '2026-06-01T00:00:00.000Z', '2026-06-03T00:00:00.000Z')).toBe(
      4 * HOUR,
    );
    expect(isWorkingTime(evening, '2026-06-02T00:00:00.000Z')).toBe(false);
  });

  test('a frame that ends where it begins is empty', () => {
    const frames = ['08:00-08:00', '00:00-00:00', '10:00-11:00'];
    expect(
      workingTimeBetween(calendar('UTC', frames), '2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z'),
    ).toBe(HOUR);
  });

  test('open day and night, working time is time', () => {
    const always = calendar('Europe/Berlin', ['00:00-12:00', '12:00-24:00'], EVERY_DAY);
    expect(workingTimeBetween(always, '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z')).toBe(
      365 * 24 * HOUR,
    );
    expect(addWorkingTime(always, '2026-03-28T12:00:00.000Z', 24 * HOUR)).toBe('2026-03-29T12:00:00.000Z');
    expect(nextOpening(always, '2026-03-28T12:00:00Z')).toBe('2026-03-28T12:00:00.000Z');
    expect(isWorkingTime(always, '2026-03-29T01:00:00.000Z')).toBe(true);
    expect(stretches(always, '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z')).toHaveLength(1);
  });

  test('open day and night but on holidays, the holidays do not count', () => {
    const nearly = calendar('UTC', ['00:00-24:00'], EVERY_DAY, ['12-25']);
    expect(workingTimeBetween(nearly, '2026-12-20T00:00:00.000Z', '2026-12-30T00:00:00.000Z')).toBe(
      9 * 24 * HOUR,
    );
  });

  test('nights that leave no minute out are day and night too', () => {
    const relay = calendar('America/New_York', ['06:00-22:00', '22:00-06:00'], EVERY_DAY);
    expect(workingTimeBetween(relay, '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z')).toBe(
      365 * 24 * HOUR,
    );
  });
});

describe('holidays', () => {
  test('a holiday of one year is one only then', () => {
    const office = calendar('UTC', ['08:00-16:00'], WORKDAYS, ['2026-12-24']);
    expect(isWorkingTime(office, '2026-12-24T09:00:00.000Z')).toBe(false);
    expect(isWorkingTime(office, '2027-12-24T09:00:00.000Z')).toBe(true);
  });

  test('a holiday of every year is one in each', () => {
    const office = calendar('UTC', ['08:00-16:00'], WORKDAYS, ['12-24']);
    for (const year of [2024, 2025, 2026, 2027])
      expect(isWorkingTime(office, `${year}-12-24T09:00:00.000Z`)).toBe(false);
  });

  test('a holiday is the day of the zone, not of UTC', () => {
    const apia = calendar('Pacific/Apia', ['08:00-16:00'], WORKDAYS, ['2026-06-01']);
    // Monday 1 June 09:00 in Apia is Sunday 20:00 UTC.
    expect(isWorkingTime(apia, '2026-05-31T20:00:00.000Z')).toBe(false);
    expect(isWorkingTime(apia, '2026-06-01T20:00:00.000Z')).toBe(true);
  });

  test('a night that began before the holiday is worked to its end, and none begins on the holiday', () => {
    const nights = calendar('UTC', ['22:00-06:00'], EVERY_DAY, ['2026-12-25']);
    expect(isWorkingTime(nights, '2026-12-25T05:00:00.000Z')).toBe(true);
    expect(isWorkingTime(nights, '2026-12-25T23:00:00.000Z')).toBe(false);
    expect(isWorkingTime(nights, '2026-12-26T05:00:00.000Z')).toBe(false);
  });

  test('29 February is a holiday when there is one, and working time passes over it in other years', () => {
    const office = calendar('UTC', ['08:00-16:00'], EVERY_DAY, ['02-29']);
    expect(nextOpening(office, '2028-02-28T16:00:00.000Z')).toBe('2028-03-01T08:00:00.000Z');
    expect(nextOpening(office, '2027-02-28T16:00:00.000Z')).toBe('2027-03-01T08:00:00.000Z');
    expect(isWorkingTime(office, '2028-02-29T09:00:00.000Z')).toBe(false);
    expect(workingTimeBetween(office, '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z')).toBe(
      28 * 8 * HOUR,
    );
  });

  test('a leap day is worked like any other', () => {
    expect(isWorkingTime(calendar('UTC', ['08:00-16:00']), '2028-02-29T09:00:00.000Z')).toBe(true);
  });

  test('a stretch names the holidays that keep it closed, and none on a day without hours', () => {
    const easter = calendar('UTC', ['08:00-16:00'], WORKDAYS, ['2026-04-03', '2026-04-05', '2026-04-06']);
    const [, closed] = stretches(easter, '2026-04-02T15:00:00.000Z', '2026-04-07T09:00:00.000Z');
    expect(closed).toEqual({
      from: '2026-04-02T16:00:00.000Z',
      to: '2026-04-07T08:00:00.000Z',
      open: false,
      holidays: ['2026-04-03', '2026-04-06'],
    });
  });

  test('a holiday at the turn of the week is named once', () => {
    const daily = calendar('UTC', ['08:00-16:00'], EVERY_DAY, ['2026-04-05']);
    const all = stretches(daily, '2026-04-04T20:00:00.000Z', '2026-04-06T08:00:00.000Z');
    expect(all.map(({ holidays }) => holidays)).toEqual([['2026-04-05']]);
  });
});

describe('when the clocks change', () => {
  test('a night that loses an hour has seven, one that gains an hour nine', () => {
    const nights = calendar('Europe/Berlin', ['22:00-06:00'], ['sat']);
    expect(workingTimeBetween(nights, '2026-03-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z')).toBe(7 * HOUR);
    expect(workingTimeBetween(nights, '2026-10-24T12:00:00.000Z', '2026-10-25T12:00:00.000Z')).toBe(9 * HOUR);
  });

  test('office hours stay the same on the wall', () => {
    expect(local(nextOpening(berlin, '2026-03-27T20:00:00.000Z'), 'Europe/Berlin')).toBe('2026-03-30 08:00');
    expect(local(nextOpening(berlin, '2026-10-23T20:00:00.000Z'), 'Europe/Berlin')).toBe('2026-10-26 08:00');
  });

  test('two hours on Friday and six on Monday are one day of work, whatever the clocks do between', () => {
    const due = addWorkingTime(berlin, '2026-03-27T14:00:00.000Z', 8 * HOUR);
    expect(local(due, 'Europe/Berlin')).toBe('2026-03-30 15:00');
  });

  test('a frame that begins in the hour that is skipped begins when the clocks are set', () => {
    const early = calendar('Europe/Berlin', ['02:30-05:00'], ['sun']);
    expect(nextOpening(early, '2026-03-28T12:00:00.000Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(workingTimeBetween(early, '2026-03-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z')).toBe(2 * HOUR);
  });

  test('a frame that lies in the hour that is skipped does not happen', () => {
    const early = calendar('Europe/Berlin', ['02:10-02:50'], ['sun']);
    expect(workingTimeBetween(early, '2026-03-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z')).toBe(0);
  });

  test('a frame in the hour that comes twice happens once, the first time', () => {
    const early = calendar('Europe/Berlin', ['02:10-02:50'], ['sun']);
    expect(stretches(early, '2026-10-25T00:10:00.000Z', '2026-10-25T00:50:00.000Z')).toHaveLength(1);
    expect(workingTimeBetween(early, '2026-10-24T12:00:00.000Z', '2026-10-25T12:00:00.000Z')).toBe(
      40 * MINUTE,
    );
  });

  test('half an hour is the whole change on Lord Howe Island', () => {
    const nights = calendar('Australia/Lord_Howe', ['00:00-06:00'], ['sun']);
    expect(workingTimeBetween(nights, '2026-04-04T00:00:00.000Z', '2026-04-05T12:00:00.000Z')).toBe(
      6.5 * HOUR,
    );
    expect(workingTimeBetween(nights, '2026-10-03T00:00:00.000Z', '2026-10-04T12:00:00.000Z')).toBe(
      5.5 * HOUR,
    );
  });

  test('the Friday that Samoa left out had no hours', () => {
    const apia = calendar('Pacific/Apia', ['08:00-16:00'], EVERY_DAY);
    apia.hours.fri = ['06:00-20:00'];
    expect(local(nextOpening(apia, '2011-12-30T02:00:00.000Z'), 'Pacific/Apia')).toBe('2011-12-31 08:00');
    expect(workingTimeBetween(apia, '2011-12-29T10:00:00.000Z', '2012-01-01T10:00:00.000Z')).toBe(
      3 * 8 * HOUR,
    );
  });

  test('where midnight is skipped the day begins at one', () => {
    const cairo = calendar('Africa/Cairo', ['00:00-08:00'], EVERY_DAY);
    expect(workingTimeBetween(cairo, '2026-04-23T18:00:00.000Z', '2026-04-24T18:00:00.000Z')).toBe(7 * HOUR);
  });

  test('where midnight comes twice no day begins twice', () => {
    const havana = calendar('America/Havana', ['00:00-08:00'], EVERY_DAY);
    expect(workingTimeBetween(havana, '2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z')).toBe(9 * HOUR);
  });

  test('where the clocks went back over midnight the old day does not open again', () => {
    // At 00:01 on Sunday 7 November 2010 clocks in St. John's went back to 23:01 on Saturday.
    const late: Calendar = {
      name: 'late',
      timezone: 'America/St_Johns',
      hours: { sat: ['23:00-24:00'], sun: ['00:00-01:00'] },
      holidays: [],
    };
    expect(
      stretches(late, '2010-11-07T01:00:00.000Z', '2010-11-07T06:00:00.000Z').filter(({ open }) => open),
    ).toEqual([
      { from: '2010-11-07T01:30:00.000Z', to: '2010-11-07T04:30:00.000Z', open: true, holidays: [] },
    ]);
  });
});

describe('what makes no sense', () => {
  const refusal = expect.objectContaining({ name: 'InvalidInputError' });

  test('a calendar that never opens is named instead of searched for ever', () => {
    const never = calendar('UTC', []);
    expect(() => nextOpening(never, '2026-06-01T00:00:00.000Z')).toThrow(/office stays closed/);
    expect(() => addWorkingTime(never, '2026-06-01T00:00:00.000Z', 1)).toThrow(refusal);
    expect(workingTimeBetween(never, '2026-06-01T00:00:00.000Z', '2036-06-01T00:00:00.000Z')).toBe(0);
  });

  test('a calendar that opens once in four years is a calendar', () => {
    const days = Array.from({ length: 365 }, (_, day) =>
      new Date(Date.UTC(2027, 0, 1 + day)).toISOString().slice(5, 10),
    );
    const leap = calendar('UTC', ['08:00-16:00'], EVERY_DAY, days);
    expect(nextOpening(leap, '2024-03-01T00:00:00.000Z')).toBe('2028-02-29T08:00:00.000Z');
    expect(addWorkingTime(leap, '2024-03-01T00:00:00.000Z', 9 * HOUR)).toBe('2032-02-29T09:00:00.000Z');
  });

  test('more time than thirty years have is refused', () => {
    const hour = calendar('UTC', ['08:00-09:00'], ['mon']);
    expect(() => addWorkingTime(hour, '2026-06-01T00:00:00.000Z', 6_000 * HOUR)).toThrow(/thirty years/);
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e15]) {
      expect(() => addWorkingTime(berlin, '2026-06-01T00:00:00.000Z', ms)).toThrow(refusal);
    }
    expect(() => workingTimeBetween(berlin, '2026-06-01T00:00:00.000Z', '9999-06-01T00:00:00.000Z')).toThrow(
      refusal,
    );
    expect(() => stretches(berlin, '0001-06-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z')).toThrow(refusal);
  });

  test('a zone that does not exist is named', () => {
    expect(() => isWorkingTime(calendar('Europe/Atlantis', []), '2026-06-01T00:00:00.000Z')).toThrow(
      /Europe\/Atlantis/,
    );
  });

  test('an instant without its zone is refused, because it would mean the zone of the machine', () => {
    for (const at of [
      '2026-06-01T00:00:00',
      '2026-06-01',
      '',
      'Monday',
      '2026-13-01T00:00:00.000Z',
      '2026-06-01T00:00:00+02:00',
    ]) {
      expect(() => isWorkingTime(berlin, at)).toThrow(refusal);
    }
  });

  test('a clock that was set back adds nothing', () => {
    expect(workingTimeBetween(berlin, '2026-06-02T00:00:00.000Z', '2026-06-01T00:00:00.000Z')).toBe(0);
    expect(stretches(berlin, '2026-06-02T00:00:00.000Z', '2026-06-01T00:00:00.000Z')).toEqual([]);
  });
});

describe('offices that follow the sun', () => {
  const office = (timezone: string, holidays: string[] = []) =>
    calendar(timezone, ['09:00-17:00'], WORKDAYS, holidays);
  const around = (of: Calendar[]): Calendar => ({
    name: 'around',
    timezone: 'UTC',
    hours: {},
    holidays: [],
    of,
  });
  const sun = around([office('Europe/Berlin'), office('America/Chicago'), office('Asia/Manila')]);

  test('the clock runs while any of them is open', () => {
    // A Wednesday in winter: Berlin 08–16, Chicago 15–23, Manila 01–09 UTC.
    const day = ['00:30', '01:00', '08:30', '15:30', '22:59', '23:00'];
    expect(day.map((time) => isWorkingTime(sun, `2026-01-14T${time}:00.000Z`))).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(workingTimeBetween(sun, '2026-01-14T00:00:00.000Z', '2026-01-15T00:00:00.000Z')).toBe(22 * HOUR);
  });

  test('each sets its clocks on its own day', () => {
    // Chicago is in summer time from 8 March, Berlin from 29 March: an hour less of both together in between.
    const two = around([office('Europe/Berlin'), office('America/Chicago')]);
    const open = (day: string) =>
      workingTimeBetween(two, `2026-${day}T00:00:00.000Z`, `2026-${day}T23:59:00.000Z`) / HOUR;
    expect([open('03-05'), open('03-12'), open('04-02')]).toEqual([15, 14, 15]);
  });

  test('a holiday closes one office and not the others', () => {
    const without = around([office('Europe/Berlin', ['2026-01-14']), office('America/Chicago')]);
    expect(nextOpening(without, '2026-01-14T08:00:00.000Z')).toBe('2026-01-14T15:00:00.000Z');
    expect(stretches(without, '2026-01-14T06:00:00.000Z', '2026-01-14T16:00:00.000Z')).toEqual([
      {
        from: '2026-01-14T06:00:00.000Z',
        to: '2026-01-14T15:00:00.000Z',
        open: false,
        holidays: ['2026-01-14'],
      },
      { from: '2026-01-14T15:00:00.000Z', to: '2026-01-14T16:00:00.000Z', open: true, holidays: [] },
    ]);
  });

  test('with one that never closes they never close', () => {
    const never = around([office('Europe/Berlin'), calendar('UTC', ['00:00-24:00'], EVERY_DAY)]);
    expect(addWorkingTime(never, '2026-06-06T12:00:00.000Z', 48 * HOUR)).toBe('2026-06-08T12:00:00.000Z');
    expect(nextClosing(never, '2026-06-06T12:00:00.000Z')).toBeNull();
  });
});

describe('closing', () => {
  test('is the end of the hours that run, and now when none do', () => {
    expect(nextClosing(berlin, '2026-06-01T07:00:00.000Z')).toBe('2026-06-01T10:00:00.000Z');
    expect(nextClosing(berlin, '2026-06-01T10:00:00.000Z')).toBe('2026-06-01T10:00:00.000Z');
  });

  test('is after a night that goes over the turn of the week', () => {
    const nights = calendar('UTC', ['22:00-06:00'], EVERY_DAY);
    expect(nextClosing(nights, '2026-06-07T23:00:00.000Z')).toBe('2026-06-08T06:00:00.000Z');
  });
});

describe('against a finger on the wall clock', () => {
  const SPAN = 12 * 24 * 60;
  const seconds = fc.integer({ min: 0, max: MINUTE - 1 });

  test(
    'working time between two instants is what one counts minute by minute',
    () => {
      fc.assert(
        fc.property(
          anyCalendar,
          anyMinute,
          fc.nat(SPAN),
          seconds,
          seconds,
          (hours, from, length, early, late) => {
            const begin = from * MINUTE + early;
            const end = Math.max(begin, (from + length) * MINUTE + late);
            const slow = openMinutes(hours, from, from + length + 1).reduce((sum, open, index) => {
              const minute = (from + index) * MINUTE;
              return open ? sum + Math.max(0, Math.min(end, minute + MINUTE) - Math.max(begin, minute)) : sum;
            }, 0);
            expect(workingTimeBetween(hours, iso(begin), iso(end))).toBe(slow);
          },
        ),
        runs(250),
      );
    },
    PATIENCE,
  );

  test(
    'the calendar is open in the minutes in which one finds it open, and opens next when one finds it so',
    () => {
      fc.assert(
        fc.property(anyCalendar, anyMinute, (hours, from) => {
          const open = openMinutes(hours, from, from + SPAN);
          const wrong = open.flatMap((expected, index) => {
            if (index % 37 > 0) return [];
            const at = instantOf(from + index);
            return isWorkingTime(hours, at) === expected ? [] : [at];
          });
          expect(wrong).toEqual([]);
          const next = open.indexOf(true);
          if (next >= 0) expect(nextOpening(hours, instantOf(from))).toBe(instantOf(from + next));
        }),
        runs(100),
      );
    },
    PATIENCE,
  );

  test(
    'working time has passed when one has counted it',
    () => {
      fc.assert(
        fc.property(
          anyCalendar,
          anyMinute,
          fc.integer({ min: 1, max: 60 * 60 }),
          seconds,
          (hours, from, minutes, early) => {
            const begin = from * MINUTE + early;
            const wanted = minutes * MINUTE;
            let left = wanted;
            let due: number | null = null;
            const open = openMinutes(hours, from, from + SPAN);
            for (let index = 0; index < open.length && due === null; index++) {
              const minute = (from + index) * MINUTE;
              const usable = open[index] ? minute + MINUTE - Math.max(begin, minute) : 0;
              if (left <= usable) due = minute + MINUTE - usable + left;
              left -= usable;
            }
            fc.pre(due !== null);
            expect(addWorkingTime(hours, iso(begin), wanted)).toBe(iso(due ?? 0));
          },
        ),
        runs(250),
      );
    },
    PATIENCE,
  );

  test(
    'stretches have no gaps, alternate, and add up',
    () => {
      fc.assert(
        fc.property(
          anyCalendar,
          anyMinute,
          fc.integer({ min: 1, max: 400 * 24 * 60 }),
          (hours, from, length) => {
            const [begin, end] = [instantOf(from), instantOf(from + length)];
            const all = stretches(hours, begin, end);
            expect([begin, ...all.map(({ to }) => to)]).toEqual([...all.map(({ from }) => from), end]);
            all.slice(1).forEach((stretch, index) => {
              expect(stretch.open).not.toBe(all[index]?.open);
            });
            const open = all
              .filter((stretch) => stretch.open)
              .reduce((sum, stretch) => sum + Date.parse(stretch.to) - Date.parse(stretch.from), 0);
            expect(open).toBe(workingTimeBetween(hours, begin, end));
          },
        ),
        runs(60),
      );
    },
    PATIENCE,
  );
});

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
