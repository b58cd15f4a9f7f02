/**
 * When recurring work falls: `every: month` and `on: first mon` are days of the wall's calendar, in a zone; with a calendar
 * a day on which it is closed gives way to the next on which it is open.
 */
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../config/choices.ts';
import type { Calendar, Desk, Recurring } from '../config/desk.ts';
import { nextOpening } from './calendar.ts';

export interface Occurrence {
  /** The day by the rule alone, `YYYY-MM-DD`: what makes this occurrence this one. */
  day: string;
  /** When it falls, ISO 8601 UTC. */
  at: string;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'last'] as const;
type Ordinal = (typeof ORDINALS)[number];
type Weekday = (typeof WEEKDAYS)[number];

/** Which day of each period. */
type On =
  | { kind: 'day'; day: number }
  | { kind: 'last' }
  | { kind: 'weekday'; weekday: Weekday }
  | { kind: 'nth'; nth: Ordinal; weekday: Weekday }
  | { kind: 'date'; month: number; day: number };

type Every = Recurring['every'];

const TAKES: Record<Every, { kinds: readonly On['kind'][]; allowed: string }> = {
  weekday: { kinds: [], allowed: 'nothing: it is every day from Monday to Friday' },
  week: { kinds: ['weekday'], allowed: `one of ${WEEKDAYS.join(', ')}` },
  month: {
    kinds: ['day', 'last', 'nth'],
    allowed:
      'a day from 1 to 31, last, or first, second, third, fourth or last with a weekday, such as first mon',
  },
  quarter: {
    kinds: ['day', 'last', 'nth'],
    allowed:
      'a day from 1 to 31, last, or first, second, third, fourth or last with a weekday, such as first mon',
  },
  year: { kinds: ['date'], allowed: 'a month and day such as 03-31' },
};

/** What is wrong with `on` for this `every`; null when nothing is. */
export function notOn(
  every: Every,
  on: string,
): { message: string; meant: readonly string[]; allowed: string } | null {
  const { kinds, allowed } = TAKES[every];
  const read = readOn(on);
  if (read && kinds.includes(read.kind)) return null;
  const message = read ? `“${on}” is no day of every ${every}` : `“${on}” names no day`;
  const days = kinds.includes('nth')
    ? ORDINALS.flatMap((nth) => WEEKDAYS.map((weekday) => `${nth} ${weekday}`))
    : kinds.includes('weekday')
      ? WEEKDAYS
      : [];
  return { message, meant: days, allowed };
}

function readOn(on: string): On | null {
  if (on === 'last') return { kind: 'last' };
  if (/^([1-9]|[12]\d|3[01])$/.test(on)) return { kind: 'day', day: Number(on) };
  const [month, day] = /^(\d{2})-(\d{2})$/.exec(on)?.slice(1).map(Number) ?? [];
  // In a leap year every date is there.
  if (month !== undefined && day !== undefined)
    return month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= Temporal.PlainYearMonth.from({ year: 2024, month }).daysInMonth
      ? { kind: 'date', month, day }
      : null;
  const words = on.split(' ');
  const weekday = WEEKDAYS.find((each) => each === words.at(-1));
  if (!weekday || words.length > 2) return null;
  if (words.length === 1) return { kind: 'weekday', weekday };
  const nth = ORDINALS.find((each) => each === words[0]);
  return nth ? { kind: 'nth', nth, weekday } : null;
}

type Zoned = Pick<Desk, 'calendars' | 'timezone'>;

/** So many days a closed calendar can put one off; beyond them it falls on its own day. */
const MOST_PUT_OFF = 60;

/** All that fall after `since` and not after `now`, the oldest first, `limit` at the most. Both ISO 8601 UTC. */
export function occurrences(
  work: Recurring,
  since: string,
  now: string,
  desk: Zoned,
  limit = Number.POSITIVE_INFINITY,
): Occurrence[] {
  const place = placeOf(work, desk);
  const found: Occurrence[] = [];
  let reached = Number.NEGATIVE_INFINITY;
  const first = dayAt(since, place.zone).subtract({ days: MOST_PUT_OFF });
  const last = dayAt(now, place.zone);
  for (
    let period = periodOf(first, work.every);
    found.length < limit && Temporal.PlainDate.compare(period, last) <= 0;
    period = period.add(LENGTH[work.every])
  ) {
    const occurrence = fall(period, work, place);
    const at = occurrence ? Date.parse(occurrence.at) : Number.NaN;
    // What is put off to the same morning is one.
    if (occurrence && at > Math.max(Date.parse(since), reached) && at <= Date.parse(now)) {
      found.push(occurrence);
      reached = at;
    }
  }
  return found;
}

/** The first after `since`. */
export function nextOccurrence(work: Recurring, since: string, desk: Zoned): Occurrence | null {
  const end = new Date(Date.parse(since) + 2 * 366 * 86_400_000).toISOString();
  return occurrences(work, since, end, desk, 1)[0] ?? null;
}

const LENGTH: Record<Every, Temporal.DurationLike> = {
  weekday: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
};

interface Place {
  zone: string;
  calendar: Calendar | null;
}

function placeOf({ timezone, calendar: name }: Recurring, desk: Zoned): Place {
  const calendar = desk.calendars.find((each) => each.name === name) ?? null;
  return { zone: timezone ?? calendar?.timezone ?? desk.timezone, calendar };
}

function dayAt(at: string, zone: string): Temporal.PlainDate {
  return Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** The first day of the period in which a day lies. */
function periodOf(day: Temporal.PlainDate, every: Every): Temporal.PlainDate {
  switch (every) {
    case 'weekday':
      return day;
    case 'week':
      return day.subtract({ days: day.dayOfWeek - 1 });
    case 'month':
      return day.with({ day: 1 });
    case 'quarter':
      return day.with({ day: 1, month: day.month - ((day.month - 1) % 3) });
    case 'year':
      return day.with({ day: 1, month: 1 });
  }
}

function fall(period: Temporal.PlainDate, work: Recurring, { zone, calendar }: Place): Occurrence | null {
  const { every, on, at } = work;
  const day = every === 'weekday' ? period : dayOf(period, every, on === undefined ? null : readOn(on));
  if (every === 'weekday' && (day.dayOfWeek > 5 || (calendar && !isOpenOn(day, calendar, zone)))) return null;
  let moved = day;
  for (let days = 0; calendar && days < MOST_PUT_OFF && !isOpenOn(moved, calendar, zone); days++)
    moved = moved.add({ days: 1 });
  const falls = calendar && !isOpenOn(moved, calendar, zone) ? day : moved;
  const instant = falls
    .toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(at) })
    .toInstant();
  return { day: day.toString(), at: new Date(instant.epochMilliseconds).toISOString() };
}

function dayOf(period: Temporal.PlainDate, every: Every, on: On | null): Temporal.PlainDate {
  const next = period.add(LENGTH[every]);
  switch (on?.kind) {
    case undefined:
      return period;
    case 'weekday':
      return period.add({ days: WEEKDAYS.indexOf(on.weekday) });
    // A month that is shorter has its last day.
    case 'day':
      return period.with({ day: on.day });
    case 'date':
      return period.with({ month: on.month, day: on.day });
    case 'last':
      return next.subtract({ days: 1 });
    case 'nth': {
      const weekday = WEEKDAYS.indexOf(on.weekday) + 1;
      if (on.nth === 'last') {
        const last = next.subtract({ days: 1 });
        return last.subtract({ days: (last.dayOfWeek - weekday + 7) % 7 });
      }
      const days = ((weekday - period.dayOfWeek + 7) % 7) + 7 * ORDINALS.indexOf(on.nth);
      return period.add({ days });
    }
  }
}

function isOpenOn(day: Temporal.PlainDate, calendar: Calendar, zone: string): boolean {
  const [from, to] = [day, day.add({ days: 1 })].map(
    (each) => each.toZonedDateTime(zone).epochMilliseconds,
  ) as [number, number];
  return Date.parse(nextOpening(calendar, new Date(from).toISOString())) < to;
}
