/**
 * The reckoning of time as one would do it with a finger on a wall clock: minute by minute, with no idea of what the
 * desk knows of zones, spans or logs. It asks the platform's own Intl for what the wall shows and does the rest by
 * counting. Instants are whole minutes since 1970; frames begin and end on whole minutes, so nothing is lost.
 */
import type { Calendar, Priority } from '../../core/config/desk.ts';
import { type ClockLog, MEASURES, type Measure } from '../../core/sla/clock.ts';

export const MINUTE = 60_000;
const DAY = 1440;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** For each minute of [from, to) whether the calendar, or one of those that it is made of, is open. */
export function openMinutes(calendar: Calendar, from: number, to: number): boolean[] {
  if (calendar.of) {
    const all = calendar.of.map((member) => openMinutes(member, from, to));
    return Array.from({ length: to - from }, (_, minute) => all.some((open) => open[minute]));
  }
  const open: boolean[] = [];
  // What the wall has shown at most so far: a time that comes a second time has already been.
  let reached = Number.NEGATIVE_INFINITY;
  let day = Number.NaN;
  let today: boolean[] = [];
  for (let minute = from - DAY; minute < to; minute++) {
    reached = Math.max(reached, wallMinute(calendar.timezone, minute));
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

/** Minutes since 1970 as the wall shows them. The zones that are tried differ from UTC by quarters of an hour. */
export function wallMinute(zone: string, minute: number): number {
  const quarter = Math.floor(minute / 15) * 15;
  const known = offsets.get(zone) ?? new Map<number, number>();
  offsets.set(zone, known);
  const offset = known.get(quarter) ?? readWall(zone, quarter) - quarter;
  known.set(quarter, offset);
  return minute + offset;
}

const offsets = new Map<string, Map<number, number>>();
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
 * by then is null.
 */
export function reckonSlowly(
  log: ClockLog,
  promises: Promises,
  horizon: number,
): Record<Measure, SlowlyReckoned | null> {
  const start = minuteOf(log[0]?.at ?? '');
  const end = minuteOf(log.at(-1)?.at ?? '');
  const times = log.map(({ at }) => minuteOf(at));
  const found = new Map<Calendar, boolean[]>();
  const result: Partial<Record<Measure, SlowlyReckoned | null>> = {};
  for (const measure of MEASURES) {
    // Both totals begin, end and are reopened as the resolution is.
    const run = measure === 'requesterWait' || measure === 'agentWork' ? 'resolution' : measure;
    let started: number | null = null;
    let fulfilled: { at: number; under: PromisesOfOne } | null = null;
    let waitsFor: string | null = null;
    let terms = promises.standard.P4;
    let ran: number[] = [];
    let next = 0;
    const paused = () =>
      waitsFor !== null &&
      !(measure === 'requesterWait' && (waitsFor === 'third-party' || waitsFor === 'approval'));
    for (let minute = start; minute < horizon; minute++) {
      for (let entry = log[next]; entry && times[next] === minute; entry = log[++next]) {
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
          ran = [];
        }
      }
      if (started !== null && !fulfilled && !paused()) ran.push(minute);
    }
    const promise = (fulfilled?.under ?? terms)[measure];
    if (started === null || !promise) {
      result[measure] = null;
      continue;
    }
    const { calendar, minutes } = promise;
    const open = found.get(calendar) ?? openMinutes(calendar, start, horizon);
    found.set(calendar, open);
    const counts = (minute: number) => open[minute - start] === true;
    const usedUp = ran.filter(counts)[minutes - 1];
    const stands = fulfilled !== null || paused();
    result[measure] = {
      startedAt: started,
      fulfilledAt: fulfilled?.at ?? null,
      paused: paused() && !fulfilled,
      used: ran.filter((minute) => minute < end && counts(minute)).length,
      due: stands || usedUp === undefined ? null : usedUp + 1,
      // It is missed when the clock ran on, open or not, after the last minute was used.
      missed: stands && usedUp !== undefined && ran.some((minute) => minute > usedUp) ? usedUp + 1 : null,
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
