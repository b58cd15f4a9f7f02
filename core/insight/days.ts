/** Days and hours as the desk has them: by its own zone. */
import { Temporal } from 'temporal-polyfill';
import type { Desk } from '../config/desk.ts';

/** What day it is there at an instant (ISO 8601 UTC): `2026-11-23`. */
export function daysOf({ timezone }: Pick<Desk, 'timezone'>): (at: string) => string {
  return (at) => zoned(at, timezone).toPlainDate().toString();
}

/** From 0 to 23. */
export function hourOf(at: string, { timezone }: Pick<Desk, 'timezone'>): number {
  return zoned(at, timezone).hour;
}

/** Monday is 0. */
export function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek - 1;
}

/** So many days later, or before. */
export function dayAfter(day: string, days = 1): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** How many days a range has, both ends included; less than one when it ends before it begins. */
export function daysIn(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days + 1;
}

function zoned(at: string, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timezone);
}
