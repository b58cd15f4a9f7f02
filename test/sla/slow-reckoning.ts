/**
 * The reckoning of time as one would do it with a finger on a wall clock: minute by minute, with no idea of what the
 * desk knows of zones, spans or logs. It asks the platform's own Intl for what the wall shows and does the rest by
 * counting. Instants are whole minutes since 1970; frames begin and end on whole minutes, so nothing is lost.
 */
import type { Calendar, Priority } from '../../core/config/desk.ts';
import { type ClockEntry, type ClockLog, MEASURES, type Measure } from '../../core/sla/clock.ts';

export const MINUTE = 60_000;
const DAY = 1440;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** For each minute of [from, to) whether the calendar, or one of those that it is made of, is open. */
export function openMinutes(calendar: Calendar, from: number, to: number): boolean[] {
  if (calendar.of) {
    const [first = [], ...others] = calendar.of.map((member) => openMinutes(member, from, to));
    return first.map((open, minute) => open || others.some((other) => other[minute]));
  }
  const open: boolean[] = [];
  // What the wall has shown at most so far: a time that comes a second time has already been.
  let reached = Number.NEGATIVE_INFINITY;
  let day = Number.NaN;
  let today: boolean[] = [];
  let offset = 0;
  for (let minute = from - DAY; minute < to; minute++) {
    if (minute === from - DAY || minute % 15 === 0) offset = wallMinute(calendar.timezone, minute) - minute;
    reached = Math.max(reached, minute + offset);
    if (minute < from) continue;
    if (Math.floor(reached / DAY) !== day) {
      day = Math.floor(reached / DAY);
      today = paintDay(calendar, day);
    }
    open.push(today[reached - day * DAY] === true);
  }
  return open;
}

/** The minutes of a day on the wall, those in a frame of its own or of the night before painted over. */
function paintDay(calendar: Calendar, day: number): boolean[] {
  const minutes = Array<boolean>(DAY).fill(false);
  for (const [begin, end] of framesOn(calendar, day)) minutes.fill(true, begin, end < begin ? DAY : end);
  for (const [begin, end] of framesOn(calendar, day - 1)) if (end < begin) minutes.fill(true, 0, end);
  return minutes;
}

function framesOn(calendar: Calendar, day: number): [number, number][] {
  const date = new Date(day * DAY * MINUTE);
  const text = date.toISOString().slice(0, 10);
  if (calendar.holidays.some((holiday) => text === holiday || text.endsWith(`-${holiday}`))) return [];
  const name = WEEKDAYS[date.getUTCDay()];
  return ((name && calendar.hours[name]) ?? []).map((frame) => {
    const [begin = 0, end = 0] = frame
      .split('-')
      .map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
    return [begin, end];
  });
}

/**
 * Minutes since 1970 as the wall shows them. The zones that are tried differ from UTC by quarters of an hour, and no
 * zone sets its clocks twice within a day of UTC: only a day that ends otherwise than it began is read by quarters.
 */
export function wallMinute(zone: string, minute: number): number {
  const known = offsets.get(zone) ?? {
    days: new Map<number, number | null>(),
    quarters: new Map<number, number>(),
  };
  offsets.set(zone, known);
  const day = Math.floor(minute / DAY);
  let offset = known.days.get(day);
  if (offset === undefined) {
    const [begins, ends] = [day, day + 1].map((each) => readWall(zone, each * DAY) - each * DAY);
    offset = begins !== undefined && begins === ends ? begins : null;
    known.days.set(day, offset);
  }
  if (offset !== null) return minute + offset;
  const quarter = Math.floor(minute / 15) * 15;
  const then = known.quarters.get(quarter) ?? readWall(zone, quarter) - quarter;
  known.quarters.set(quarter, then);
  return minute + then;
}

/** Of each zone, by days of UTC, null where the clocks are set; those days by quarters of an hour. */
const offsets = new Map<string, { days: Map<number, number | null>; quarters: Map<number, number> }>();
const walls = new Map<string, Intl.DateTimeFormat>();

function readWall(zone: string, minute: number): number {
  const wall =
    walls.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  walls.set(zone, wall);
  // Swedish dates are written as in ISO 8601.
  return Date.parse(`${wall.format(minute * MINUTE).replace(' ', 'T')}Z`) / MINUTE;
}

/** What each policy of a desk promises, in minutes; null is no promise. The one named `standard` is for all. */
export type Promises = Record<'vip' | 'standard', Record<Priority, PromisesOfOne>>;
export type PromisesOfOne = Record<Measure, { calendar: Calendar; minutes: number } | null>;

export interface SlowlyReckoned {
  startedAt: number;
  fulfilledAt: number | null;
  paused: boolean;
  /** Minutes used up to the end of the log. */
  used: number;
  due: number | null;
  missed: number | null;
}

/**
 * Lives through the log minute by minute, `minuteOf` each entry, and on to `horizon`: a deadline that is not reached
 * by then is null. Whoever reckons often gives the open minutes as he has counted them
 * already, and asks for no more measures than he needs.
 */
export function reckonSlowly(
  log: ClockLog,
  promises: Promises,
  horizon: number,
  minutesOf = openMinutes,
  measures: readonly Measure[] = MEASURES,
): Record<Measure, SlowlyReckoned | null> {
  const start = minuteOf(log[0]?.at ?? '');
  const end = minuteOf(log.at(-1)?.at ?? '');
  const times = log.map(({ at }) => minuteOf(at));
  const found = new Map<Calendar, boolean[]>();
  const result: Partial<Record<Measure, SlowlyReckoned | null>> = {};
  // An answer that never left was never given: what it ended and began is passed over.
  const isTaken = (entry: ClockEntry, index: number) =>
    (entry.kind === 'fulfil' || (entry.kind === 'start' && entry.measure === 'periodicUpdate')) &&
    log.slice(index).some((later) => later.kind === 'take-back' && later.of === entry.at);
  for (const measure of measures) {
    // Both totals begin, end and are reopened as the resolution is.
    const run = measure === 'requesterWait' || measure === 'agentWork' ? 'resolution' : measure;
    let started: number | null = null;
    let fulfilled: { at: number; under: PromisesOfOne } | null = null;
    let waitsFor: string | null = null;
    let terms = promises.standard.P4;
    const ran = new Int32Array(horizon - start);
    let minutesRun = 0;
    let extended = 0;
    let next = 0;
    const paused = () =>
      waitsFor !== null &&
      !(measure === 'requesterWait' && (waitsFor === 'third-party' || waitsFor === 'approval'));
    for (let minute = start; minute < horizon; minute++) {
      for (let entry = log[next]; entry && times[next] === minute; entry = log[++next]) {
        if (isTaken(entry, next)) continue;
        const mine = 'measure' in entry && entry.measure === run;
        if (entry.kind === 'retarget')
          terms = promises[entry.policy === 'vip' ? 'vip' : 'standard'][entry.priority];
        if (entry.kind === 'pause') waitsFor ??= entry.awaited ?? 'requester';
        if (entry.kind === 'resume' || entry.kind === 'reopen') waitsFor = null;
        if (entry.kind === 'reopen' && run === 'resolution') fulfilled = null;
        if (entry.kind === 'fulfil' && mine && started !== null) fulfilled ??= { at: minute, under: terms };
        if (entry.kind === 'start' && mine) {
          started = minute;
          fulfilled = null;
          minutesRun = 0;
          extended = 0;
        }
        // More time is granted for the solution alone, while it is waited for.
        if (entry.kind === 'extend' && measure === 'resolution' && started !== null && !fulfilled)
          extended += entry.ms / MINUTE;
      }
      if (started !== null && !fulfilled && !paused()) ran[minutesRun++] = minute;
    }
    const promise = (fulfilled?.under ?? terms)[measure];
    if (started === null || !promise) {
      result[measure] = null;
      continue;
    }
    const { calendar, minutes } = promise;
    const open = found.get(calendar) ?? minutesOf(calendar, start, horizon);
    found.set(calendar, open);
    let counted = 0;
    let used = 0;
    let usedUp: number | undefined;
    for (const minute of ran.subarray(0, minutesRun)) {
      if (!open[minute - start]) continue;
      if (minute < end) used++;
      if (++counted === minutes + extended) usedUp = minute;
    }
    const stands = fulfilled !== null || paused();
    result[measure] = {
      startedAt: started,
      fulfilledAt: fulfilled?.at ?? null,
      paused: paused() && !fulfilled,
      used,
      due: stands || usedUp === undefined ? null : usedUp + 1,
      // It is missed when the clock ran on, open or not, after the last minute was used.
      missed: stands && usedUp !== undefined && (ran[minutesRun - 1] ?? 0) > usedUp ? usedUp + 1 : null,
    };
  }
  return result as Record<Measure, SlowlyReckoned | null>;
}

export function minuteOf(at: string): number {
  return Date.parse(at) / MINUTE;
}

export function instantOf(minute: number): string {
  return new Date(minute * MINUTE).toISOString();
}
