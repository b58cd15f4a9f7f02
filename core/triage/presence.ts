/** Who is away although desk.yaml does not say so: his own mail program said it. */
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../config/choices.ts';
import type { Calendar, Desk, Person } from '../config/desk.ts';

export interface Away {
  /** ISO 8601 UTC; he is there again at `until`. */
  from: string;
  until: string;
  /** What said so, in words. */
  why: string;
  /** The words that were read; null when they name no day, and the end is a guess that the next notice moves along. */
  quote: string | null;
  /** Its numbers can be read in two ways. */
  ambiguous: boolean;
  /** The mail that said it. */
  source: string;
}

/** What a mail says of somebody's absence; null when he is there again. */
export interface Presence {
  person: string;
  away: Omit<Away, 'source'> | null;
}

export function isAway(away: Away | null | undefined, now: string): away is Away {
  return away != null && Date.parse(away.from) <= Date.parse(now) && Date.parse(now) < Date.parse(away.until);
}

/** The zone by whose clock somebody lives. Hours that never end are the same everywhere, and tell nothing of where he is. */
export function zoneOf(person: Pick<Person, 'hours'>, desk: Desk): string {
  const calendar = desk.calendars.find(({ name }) => name === person.hours);
  return calendar && !neverCloses(calendar) ? calendar.timezone : desk.timezone;
}

function neverCloses({ hours, holidays }: Calendar): boolean {
  return holidays.length === 0 && WEEKDAYS.every((day) => hours[day]?.includes('00:00-24:00'));
}

/** By the file or by his own word: the first day on which somebody is there again, null when he is there now. */
export function awayUntil(
  person: Person,
  away: Away | null | undefined,
  desk: Desk,
  now: string,
): { day: string; why: string } | null {
  // So it is with nearly everybody, and the calendar costs more than the question.
  if (!person.absences.some((absence) => isNear(absence, now)) && !isAway(away, now)) return null;
  const timezone = zoneOf(person, desk);
  const today = dayOf(now, timezone);
  const written = person.absences.find(({ from, to }) => from <= today && today <= to);
  const planned = written && Temporal.PlainDate.from(written.to).add({ days: 1 }).toString();
  const said = isAway(away, now) ? dayOf(away.until, timezone) : undefined;
  if (said && (!planned || said >= planned)) return { day: said, why: away?.why ?? '' };
  return planned ? { day: planned, why: 'desk.yaml says so' } : null;
}

/** Whether it may be one of these days where he lives: no wall is a day away from UTC. */
function isNear({ from, to }: Person['absences'][number], now: string): boolean {
  const at = Date.parse(now);
  return Date.parse(from) - DAY < at && at < Date.parse(to) + 2 * DAY;
}

const DAY = 86_400_000;

/** The day on the wall of that zone, `2026-11-23`. `at` is ISO 8601. */
export function dayOf(at: string, timezone: string): string {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timezone).toPlainDate().toString();
}
