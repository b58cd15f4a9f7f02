/** The time in `#waiting [until] [reason]`: a length (`3d`, `4h`), a day, or a day and an hour. */
import { Temporal } from 'temporal-polyfill';
import type { Refused } from './decision.ts';

const LENGTH = /^(\d{1,4})\s?(m|min|h|d|w)\b\s*/i;
/** As the desk's own people say it, each in his language. */
const TO = "(?:(?:until|bis|jusqu[’']?(?:au|à)|hasta|até)\\s+)?";
const DATE = new RegExp(`^${TO}(\\d{4}-\\d{2}-\\d{2})(?:[ t](\\d{1,2}:\\d{2}))?\\b\\s*`, 'iu');
const TOMORROW = new RegExp(
  `^(?:${TO}(?:tomorrow|morgen|demain|mañana|amanhã)(?![\\p{L}\\p{N}])|明日(?:まで)?)(?:\\s*(\\d{1,2}:\\d{2})(?!\\d))?\\s*`,
  'iu',
);
const MILLISECONDS: Record<string, number> = {
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
/** A day without an hour means when people are at their desks again. */
const MORNING = '08:00';

/** `isDay`: a day was named and no hour of it. */
export type Until = { until: string | null; reason: string; isDay: boolean } | Refused;

/** `until` is ISO 8601 UTC, null when the value names no time; the rest is the reason. Days are read in `timezone`. */
export function readUntil(value: string, now: string, timezone: string): Until {
  const text = value.trim();
  const length = LENGTH.exec(text);
  if (length) {
    const [all, number, unit] = length as unknown as [string, string, string];
    const ms = Number(number) * (MILLISECONDS[unit.toLowerCase()] as number);
    const until = new Date(Date.parse(now) + ms).toISOString();
    return { until, reason: text.slice(all.length), isDay: false };
  }
  const date = DATE.exec(text);
  if (date) return onDay(date[1] as string, date[2], text.slice(date[0].length), timezone);
  const tomorrow = TOMORROW.exec(text);
  if (tomorrow) {
    const day = Temporal.Instant.from(now).toZonedDateTimeISO(timezone).toPlainDate().add({ days: 1 });
    return onDay(day.toString(), tomorrow[1], text.slice(tomorrow[0].length), timezone);
  }
  return { until: null, reason: text, isDay: false };
}

/** `2027-01-31 08:00`: the same time as people write it. */
export function inZone(at: string, timezone: string): string {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timezone).toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

function onDay(day: string, time: string | undefined, reason: string, timezone: string): Until {
  try {
    const local = Temporal.PlainDateTime.from(`${day}T${(time ?? MORNING).padStart(5, '0')}`, {
      overflow: 'reject',
    });
    return {
      until: local.toZonedDateTime(timezone).toInstant().toString({ fractionalSecondDigits: 3 }),
      reason,
      isDay: time === undefined,
    };
  } catch (error) {
    if (error instanceof RangeError)
      return {
        refused: `${day}${time ? ` ${time}` : ''} is no day and hour of the calendar`,
        said: {
          key: 'no-time',
          facts: { value: `${day} ${time ?? ''}`.trim(), example: '2027-01-31 14:00, 3d' },
        },
      };
    throw error;
  }
}
