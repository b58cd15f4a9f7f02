/**
 * Working time: which stretches of real time a calendar counts.
 *
 * A frame such as `22:00-06:00` begins when the wall clock of the calendar's zone first shows 22:00 on its day and
 * ends when it first shows 06:00 on the next. From this everything follows without a rule of its own: a frame over
 * a DST change has its real length; a time that the wall clock skips is the instant of the skip; a time that it
 * shows twice is the first of the two. A holiday takes away the frames that begin on it, not the end of last night's.
 * A frame holds its first instant and not its last; one that ends where it begins is empty. A calendar that is made of
 * others is open whenever one of them is, each by its own zone, hours and holidays.
 *
 * Instants are ISO 8601 UTC ending in `Z`, in and out; out always with milliseconds. Throws InvalidInputError for an
 * instant, a zone or an amount that is none, and for a search that leads nowhere. What is learned of a calendar is
 * kept with the object, which must therefore not be changed afterwards.
 */
import { Temporal } from 'temporal-polyfill';
import type { Calendar } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import { InvalidInputError } from '../faults.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const YEAR = 365.25 * DAY;
const FIRST_MONDAY = Date.parse('1970-01-05T00:00:00Z');
/** A calendar that stays closed for longer is a mistake, such as one without hours. */
const LONGEST_CLOSED = 5 * YEAR;
/** An absurd duration or a clock set wrong ends here instead of walking through centuries. */
const LONGEST_SEARCH = 30 * YEAR;
/** Ten years of one calendar and some more, at about a kilobyte each. */
const WEEKS_KEPT = 600;

export function isWorkingTime(calendar: Calendar, at: string): boolean {
  const hours = hoursOf(calendar);
  const instant = epoch(at);
  return (
    hours.always || weekOf(hours, instant).frames.some(({ from, to }) => from <= instant && instant < to)
  );
}

/** `at` itself when the calendar is open then, else the instant at which it opens next. */
export function nextOpening(calendar: Calendar, at: string): string {
  const hours = hoursOf(calendar);
  const instant = epoch(at);
  if (hours.always) return iso(instant);
  return search(hours, instant, ({ frames }) => {
    const next = frames.find(({ to }) => to > instant);
    return next ? Math.max(next.from, instant) : null;
  });
}

/** `at` itself when the calendar is closed then, else the instant at which it closes next; null when it never does. */
export function nextClosing(calendar: Calendar, at: string): string | null {
  const hours = hoursOf(calendar);
  if (hours.always) return null;
  const instant = epoch(at);
  let until = instant;
  for (let week = weekOf(hours, instant); ; week = weekAt(hours, week.index + 1)) {
    for (const { from, to } of week.frames) if (from <= until && until < to) until = to;
    if (until < week.to) return iso(until);
    if (week.to - instant > LONGEST_CLOSED) return null;
  }
}

/**
 * The first instant at which `ms` of working time have passed since `from`: of a day that closes at 17:00 the last
 * hour has passed at 17:00, not when the calendar opens again. Nothing has passed at `from` itself, open or not.
 */
export function addWorkingTime(calendar: Calendar, from: string, ms: number): string {
  const hours = hoursOf(calendar);
  const start = epoch(from);
  if (!(ms >= 0 && ms <= LONGEST_SEARCH))
    throw new InvalidInputError(`${ms} ms is no amount of working time`);
  if (hours.always || ms === 0) return iso(start + ms);
  let left = ms;
  return search(hours, start, (week) => {
    const open = openWithin(week, start, week.to);
    if (left > open) {
      left -= open;
      return null;
    }
    for (const frame of week.frames) {
      const length = overlap(frame, start, frame.to);
      if (left <= length) return frame.to - length + left;
      left -= length;
    }
    return null;
  });
}

/** Milliseconds. None when `to` is not after `from`: a clock that was set back adds nothing. */
export function workingTimeBetween(calendar: Calendar, from: string, to: string): number {
  const hours = hoursOf(calendar);
  const start = epoch(from);
  const end = epoch(to);
  if (end <= start) return 0;
  if (end - start > LONGEST_SEARCH)
    throw new InvalidInputError(`from ${from} to ${to} is longer than any ticket lives`);
  if (hours.always) return end - start;
  let sum = 0;
  for (let week = weekOf(hours, start); week.from < end; week = weekAt(hours, week.index + 1)) {
    sum += openWithin(week, start, end);
  }
  return sum;
}

export interface Stretch {
  from: string;
  to: string;
  open: boolean;
  /** The holidays, `YYYY-MM-DD`, that keep the calendar closed in this stretch on a day that has hours. */
  holidays: string[];
}

/** The same time as `workingTimeBetween`, stretch by stretch: open and closed in turn, without gaps. */
export function stretches(calendar: Calendar, from: string, to: string): Stretch[] {
  const hours = hoursOf(calendar);
  const start = epoch(from);
  const end = epoch(to);
  if (end <= start) return [];
  if (end - start > LONGEST_SEARCH)
    throw new InvalidInputError(`from ${from} to ${to} is longer than any ticket lives`);
  if (hours.always) return [{ from: iso(start), to: iso(end), open: true, holidays: [] }];
  const open: Span[] = [];
  const holidays: Holiday[] = [];
  for (let week = weekOf(hours, start); week.from < end; week = weekAt(hours, week.index + 1)) {
    open.push(...week.frames);
    holidays.push(...week.holidays);
  }
  const all: Stretch[] = [];
  let reached = start;
  const closedUntil = (until: number) => {
    if (until <= reached) return;
    const dates = holidays.filter((day) => overlap(day, reached, until) > 0).map(({ date }) => date);
    all.push({ from: iso(reached), to: iso(until), open: false, holidays: [...new Set(dates)] });
    reached = until;
  };
  for (const frame of merge(open)) {
    if (overlap(frame, start, end) <= 0) continue;
    closedUntil(frame.from);
    const until = Math.min(frame.to, end);
    all.push({ from: iso(reached), to: iso(until), open: true, holidays: [] });
    reached = until;
  }
  closedUntil(end);
  return all;
}

/** Goes through the weeks from `start` on until one of them has the answer. */
function search(hours: Hours, start: number, find: (week: Week) => number | null): string {
  let lastOpen = start;
  for (let week = weekOf(hours, start); ; week = weekAt(hours, week.index + 1)) {
    const found = find(week);
    if (found !== null) return iso(found);
    if (week.open > 0) lastOpen = week.to;
    if (week.to - lastOpen > LONGEST_CLOSED)
      throw new InvalidInputError(
        `calendar ${hours.name} stays closed for more than five years from ${iso(start)} on`,
      );
    if (week.to - start > LONGEST_SEARCH)
      throw new InvalidInputError(`calendar ${hours.name} has not that much working time in thirty years`);
  }
}

/** Epoch milliseconds, the end not in it. */
interface Span {
  from: number;
  to: number;
}

interface Holiday extends Span {
  date: string;
}

/** A week of the calendar's zone (UTC's when it is made of several), from Monday on: its working time as disjoint spans in order, cut at its ends. */
interface Week extends Span {
  /** Weeks since the first Monday of 1970. */
  index: number;
  frames: Span[];
  /** All of `frames` together. */
  open: number;
  holidays: Holiday[];
}

/** Milliseconds on the wall since the midnight of its day; the end may be on the day after. */
interface Frame {
  begin: number;
  end: number;
}

interface Hours {
  name: string;
  zone: string;
  /** Monday first. */
  days: Frame[][];
  holidays: Set<string>;
  /** Open at every hour of every day. */
  always: boolean;
  /** The calendars that it is made of, which then have all its hours and holidays. */
  of: Hours[];
  weeks: Map<number, Week>;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies (keyof Calendar['hours'])[];

const hoursOf = oncePer(learn);

function learn({ name, timezone, hours, holidays, of }: Calendar): Hours {
  if (!isZone(timezone)) throw new InvalidInputError(`calendar ${name}: there is no time zone ${timezone}`);
  const members = (of ?? []).map(hoursOf);
  return {
    name,
    zone: of ? 'UTC' : timezone,
    days: DAYS.map((day) => (hours[day] ?? []).map(frameOf)),
    holidays: new Set(holidays),
    always: of
      ? members.some(({ always }) => always)
      : holidays.length === 0 && DAYS.every((day) => coversDay(hours[day] ?? [])),
    of: members,
    weeks: new Map(),
  };
}

function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function frameOf(text: string): Frame {
  const [begin = 0, end = 0] = text.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * HOUR + minute * MINUTE;
  });
  return { begin, end: end < begin ? end + DAY : end };
}

/** Whether the frames that begin on a day leave nothing of it out. `HH:MM` sorts as text. */
function coversDay(frames: string[]): boolean {
  let covered = '00:00';
  for (const [begin = '', end = ''] of frames.map((frame) => frame.split('-')).sort()) {
    if (begin > covered) return false;
    const until = end < begin ? '24:00' : end;
    if (until > covered) covered = until;
  }
  return covered === '24:00';
}

function weekOf(hours: Hours, instant: number): Week {
  // A zone is at most a day away from UTC, so that its week is this one or a neighbour.
  const week = weekAt(hours, Math.floor((instant - FIRST_MONDAY) / WEEK));
  if (instant < week.from) return weekAt(hours, week.index - 1);
  if (instant >= week.to) return weekAt(hours, week.index + 1);
  return week;
}

function weekAt(hours: Hours, index: number): Week {
  const kept = hours.weeks.get(index);
  if (kept) return kept;
  const week = hours.of.length > 0 ? join(hours, index) : layOut(hours, index);
  for (const oldest of hours.weeks.keys()) {
    if (hours.weeks.size < WEEKS_KEPT) break;
    hours.weeks.delete(oldest);
  }
  hours.weeks.set(index, week);
  return week;
}

function layOut({ zone, days, holidays }: Hours, index: number): Week {
  const monday = FIRST_MONDAY + index * WEEK;
  const bounds = { from: firstShown(zone, monday), to: firstShown(zone, monday + WEEK) };
  const frames: Span[] = [];
  const kept: Holiday[] = [];
  // The night before the Monday may still be open.
  for (const [number, day] of [days[6] ?? [], ...days].entries()) {
    if (day.length === 0) continue;
    const today = monday + (number - 1) * DAY;
    const date = iso(today).slice(0, -'T00:00:00.000Z'.length);
    if (holidays.has(date) || holidays.has(date.slice(-'MM-DD'.length))) {
      kept.push({ date, from: firstShown(zone, today), to: firstShown(zone, today + DAY) });
      continue;
    }
    for (const { begin, end } of day) {
      const from = Math.max(bounds.from, firstShown(zone, today + begin));
      const to = Math.min(bounds.to, firstShown(zone, today + end));
      if (from < to) frames.push({ from, to });
    }
  }
  return weekWith(
    index,
    bounds,
    frames,
    kept.filter((day) => overlap(day, bounds.from, bounds.to) > 0),
  );
}

/** What the members' own weeks, which begin and end by their own zones, have within this one. */
function join({ of }: Hours, index: number): Week {
  const from = FIRST_MONDAY + index * WEEK;
  const to = from + WEEK;
  const frames: Span[] = [];
  const holidays: Holiday[] = [];
  for (const member of of)
    for (let week = weekOf(member, from); week.from < to; week = weekAt(member, week.index + 1)) {
      for (const frame of week.frames)
        if (overlap(frame, from, to) > 0)
          frames.push({ from: Math.max(frame.from, from), to: Math.min(frame.to, to) });
      holidays.push(...week.holidays.filter((day) => overlap(day, from, to) > 0));
    }
  return weekWith(index, { from, to }, frames, holidays);
}

function weekWith(index: number, { from, to }: Span, frames: Span[], holidays: Holiday[]): Week {
  const merged = merge(frames);
  const open = merged.reduce((sum, frame) => sum + frame.to - frame.from, 0);
  return { index, from, to, frames: merged, open, holidays };
}

/**
 * The first instant at which the wall clock of the zone shows this time or, when it jumps over it, a later one. What a wall
 * shows is counted as if it were UTC.
 */
function firstShown(zone: string, shown: number): number {
  // No clock is a day away from UTC.
  let span = steadyAt(zone, shown - DAY);
  while (shown - span.offset >= span.to) span = steadyAt(zone, span.to);
  return Math.max(shown - span.offset, span.from);
}

/** A time in which no clock of the zone is set; `offset` is what its wall is ahead of UTC, in milliseconds. */
interface Steady extends Span {
  offset: number;
}

/** Of each zone that a calendar names, those that were asked for. */
const steady = new Map<string, Steady[]>();

function steadyAt(zone: string, instant: number): Steady {
  const known = steady.get(zone) ?? [];
  steady.set(zone, known);
  const found = known.find(({ from, to }) => from <= instant && instant < to);
  if (found) return found;
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  // None is found where for years none is planned.
  const to = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
  const longer = known.find((span) => span.to === to);
  if (longer) {
    longer.from = instant;
    return longer;
  }
  const span = { from: instant, to, offset: zoned.offsetNanoseconds / 1e6 };
  known.push(span);
  return span;
}

/** In order and disjoint, what touches or overlaps made one. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}

function openWithin(week: Week, from: number, to: number): number {
  if (from <= week.from && week.to <= to) return week.open;
  return week.frames.reduce((sum, frame) => sum + overlap(frame, from, to), 0);
}

/** Never below nothing. */
function overlap(span: Span, from: number, to: number): number {
  return Math.max(0, Math.min(span.to, to) - Math.max(span.from, from));
}

/** `at` in epoch milliseconds. */
export function epoch(at: string): number {
  // Without the Z, Date.parse would read the zone of the machine.
  const ms = INSTANT.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(ms))
    throw new InvalidInputError(`${JSON.stringify(at)} is no instant such as 2026-03-29T01:00:00.000Z`);
  return ms;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
