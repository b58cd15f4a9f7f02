/** Which days a report tells of, as people say it: `last week`, `2026-10`, `2026-10-01..2026-10-31`; and with what they are compared. */
import { Temporal } from 'temporal-polyfill';
import { didYouMean } from '../mail/commands.ts';
import { readSpokenDate } from '../mail/spoken-date.ts';
import type { Refused } from '../ticket/decision.ts';
import { daysIn } from './days.ts';
import { DIMENSIONS, type Dimension } from './figures.ts';

/** Days of the desk's time zone such as 2026-11-23, both included. */
export interface Period {
  from: string;
  to: string;
}

export interface Wanted extends Period {
  by: Dimension | null;
}

/** Two of them are read at once, a day at a time. */
const MOST_DAYS = 366;
const LONGEST_SHOWN = 80;

type Reckon = (today: Temporal.PlainDate) => [Temporal.PlainDate, Temporal.PlainDate];

const NAMED: Readonly<Record<string, Reckon>> = {
  today: (today) => [today, today],
  yesterday: (today) => [today.subtract({ days: 1 }), today.subtract({ days: 1 })],
  'this week': (today) => [monday(today), today],
  'last week': (today) => [monday(today).subtract({ days: 7 }), monday(today).subtract({ days: 1 })],
  'this month': (today) => [today.with({ day: 1 }), today],
  'last month': (today) => wholeMonth(today.with({ day: 1 }).subtract({ months: 1 })),
};
export const EXAMPLES = [...Object.keys(NAMED), '2026-10', '2026-10-01..2026-10-31'];

/** `[period] [by category|team|agent|priority]`; without a period it is the last week. `today` is that of the desk. */
export function readWanted(value: string, today: string): Wanted | Refused {
  const [, words = '', , word] = /^(.*?)((?:^|\s+)by\s+(\S+))?$/.exec(value.trim().toLowerCase()) ?? [];
  const by = word === undefined ? null : DIMENSIONS.find((each) => each === word || `${each}s` === word);
  if (by === undefined && word !== undefined && !PLURAL[word]) return noBreakdown(word);
  const now = Temporal.PlainDate.from(today);
  const [from, to] = daysMeant(words.trim().replace(/\s+/g, ' '), now) ?? [];
  if (!from || !to) return noPeriod(words.trim());
  const end = Temporal.PlainDate.compare(to, now) > 0 ? now : to;
  if (Temporal.PlainDate.compare(from, end) > 0)
    return Temporal.PlainDate.compare(from, now) > 0
      ? { refused: `${from} is still to come`, said: { key: 'report-to-come', facts: { day: `${from}` } } }
      : noPeriod(words.trim());
  if (daysIn(`${from}`, `${end}`) > MOST_DAYS)
    return {
      refused: `a report takes ${MOST_DAYS} days at the most`,
      said: { key: 'report-too-long', facts: { most: String(MOST_DAYS) } },
    };
  return { from: `${from}`, to: `${end}`, by: by ?? PLURAL[word ?? ''] ?? null };
}

const PLURAL: Readonly<Record<string, Dimension>> = { categories: 'category', priorities: 'priority' };

function daysMeant(
  words: string,
  today: Temporal.PlainDate,
): [Temporal.PlainDate, Temporal.PlainDate] | null {
  const named = NAMED[words === '' ? 'last week' : words];
  if (named) return named(today);
  const month = /^(\d{4})-(\d{2})$/.exec(words);
  if (month) return orNone(() => wholeMonth(Temporal.PlainDate.from(`${words}-01`)));
  const [first = '', last = first, ...more] = words.split(/\.\.+|…/).map((part) => part.trim());
  const [from, to] = [dayIn(first), dayIn(last)];
  return from && to && more.length === 0 ? [from, to] : null;
}

/** `2026-10-01`, and as mail programs write days: `1 October 2026`, `1.10.2026`. */
function dayIn(text: string): Temporal.PlainDate | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return orNone(() => Temporal.PlainDate.from(text));
  const spoken = /^[\p{L}\d .,/-]{6,40}$/u.test(text) ? readSpokenDate(text) : null;
  return spoken ? Temporal.PlainDate.from(spoken.slice(0, 10)) : null;
}

function orNone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    // The thirty-first of February is a slip of somebody's.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function monday(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 });
}

function wholeMonth(first: Temporal.PlainDate): [Temporal.PlainDate, Temporal.PlainDate] {
  return [first, first.with({ day: first.daysInMonth })];
}

function noPeriod(words: string): Refused {
  const value = words.slice(0, LONGEST_SHOWN);
  const suggestion = didYouMean(value, Object.keys(NAMED));
  const allowed = EXAMPLES.join(', ');
  return {
    refused: `“${value}” is no period${suggestion ? `; did you mean ${suggestion}?` : ''} Allowed are ${allowed}`,
    said: suggestion
      ? { key: 'report-no-period-but', facts: { value, suggestion, allowed } }
      : { key: 'report-no-period', facts: { value, allowed } },
  };
}

function noBreakdown(word: string): Refused {
  const value = word.slice(0, LONGEST_SHOWN);
  const suggestion = didYouMean(value, DIMENSIONS);
  const allowed = DIMENSIONS.map((each) => `by ${each}`).join(', ');
  return {
    refused: `“by ${value}” is none of ${allowed}${suggestion ? `; did you mean by ${suggestion}?` : ''}`,
    said: suggestion
      ? { key: 'report-no-breakdown-but', facts: { value, suggestion, allowed } }
      : { key: 'report-no-breakdown', facts: { value, allowed } },
  };
}

/**
 * With what it is compared: a month with the one before, begun or whole; up to seven days with the same weekdays a week
 * earlier; anything else with as many days before.
 */
export function before({ from, to }: Period): Period {
  const [first, last] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)];
  const days = daysIn(from, to);
  if (first.day === 1 && days > 7 && last.toPlainYearMonth().equals(first.toPlainYearMonth())) {
    const [start, end] = wholeMonth(first.subtract({ months: 1 }));
    // Of the month before no more days than there are of this one, unless both are whole.
    const isWhole = last.day === last.daysInMonth;
    return {
      from: `${start}`,
      to: `${isWhole || last.day >= end.day ? end : start.with({ day: last.day })}`,
    };
  }
  const by = { days: days <= 7 ? 7 : days };
  return { from: `${first.subtract(by)}`, to: `${last.subtract(by)}` };
}

/** The day that it is there, such as 2026-11-23. */
export function dayAt(at: string, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timezone).toPlainDate();
}
