/**
 * The clock of a ticket: an append-only log from which every deadline is derived, each time anew.
 * Nothing ever edits a deadline, so pauses, holidays and changes of priority cannot drift. What a desk with other
 * targets, hours or holidays makes of the same log holds from the measure's start on, as if it had always been so.
 */
import type { Calendar, Desk, Priority } from '../config/desk.ts';
import { InvalidInputError } from '../faults.ts';
import { addWorkingTime, epoch, iso, stretches, workingTimeBetween } from './calendar.ts';

export const MEASURES = ['firstResponse', 'nextResponse', 'resolution', 'tier'] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * All instants are ISO 8601 UTC. Entries of one instant hold in their order; one that claims to be earlier than the
 * entry before it counts as of the same instant, so that a clock that was set back counts no time twice.
 */
export type ClockEntry =
  /** The measure's time begins (again); an earlier run of the same measure is over. */
  | { kind: 'start'; at: string; measure: Measure }
  /** All measures stand still until `resume`. A second pause changes nothing. */
  | { kind: 'pause'; at: string; reason: string }
  | { kind: 'resume'; at: string }
  /**
   * From now on the targets and the calendar of this priority hold, reckoned from each measure's original start.
   * What is fulfilled by then keeps the priority under which it was fulfilled.
   */
  | { kind: 'retarget'; at: string; priority: Priority }
  /** What the measure waited for has happened. At the very instant of the deadline it is in time. */
  | { kind: 'fulfil'; at: string; measure: Measure }
  /** The ticket lives again and waits for nobody: the resolution runs on, without the time in which it was resolved. */
  | { kind: 'reopen'; at: string };

export type ClockLog = readonly ClockEntry[];

export interface Reckoned {
  measure: Measure;
  startedAt: string;
  priority: Priority;
  /** The name of the calendar that counts. */
  calendar: string;
  /** Milliseconds of that calendar's working time. */
  target: number;
  /** The first instant at which the target is used up; null while the measure stands still or is fulfilled. */
  due: string | null;
  fulfilledAt: string | null;
  paused: boolean;
  /** The deadline that had passed when the measure was fulfilled or began to stand still; null if there was time left. */
  missed: string | null;
  /** Milliseconds that are counted up to `at`. */
  used(at: string): number;
  /**
   * When this share of the target is used up: of 0.75 that is a quarter before the deadline. It may be long past;
   * null while the measure stands still or is fulfilled.
   */
  warnAt(share: number): string | null;
}

/**
 * What each measure has come to by this log; null for one that has not begun. Throws InvalidInputError when the log
 * names no priority, or the desk has no targets for it or no such calendar.
 */
export function deadlines(
  log: ClockLog,
  desk: Pick<Desk, 'sla' | 'calendars'>,
): Record<Measure, Reckoned | null> {
  const replayed = replay(log);
  const reckoned = (measure: Measure) => {
    const run = replayed.runs.get(measure);
    return run ? reckon(run, promiseOf(run, replayed.priority, desk), replayed.pause) : null;
  };
  return {
    firstResponse: reckoned('firstResponse'),
    nextResponse: reckoned('nextResponse'),
    resolution: reckoned('resolution'),
    tier: reckoned('tier'),
  };
}

function reckon(run: Run, { priority, target, calendar }: Promised, pause: Pause | null): Reckoned {
  const counted = run.passages.filter(({ why }) => why === 'counted');
  const stands = run.fulfilled !== null || pause !== null;
  const usedUp = usedUpAt(counted, calendar, target);
  return {
    measure: run.measure,
    startedAt: run.startedAt,
    priority,
    calendar: calendar.name,
    target,
    due: stands ? null : usedUp,
    fulfilledAt: run.fulfilled?.at ?? null,
    paused: run.fulfilled === null && pause !== null,
    missed: stands && usedUp !== null && usedUp < (counted.at(-1)?.to ?? usedUp) ? usedUp : null,
    used: (at) =>
      counted.reduce((sum, { from, to }) => sum + workingTimeBetween(calendar, from, earlier(to, at)), 0),
    warnAt: (share) => (stands ? null : usedUpAt(counted, calendar, Math.round(target * share))),
  };
}

function usedUpAt(counted: Passage[], calendar: Calendar, target: number): string | null {
  let left = target;
  for (const { from, to } of counted) {
    if (to === null) return addWorkingTime(calendar, from, left);
    const length = workingTimeBetween(calendar, from, to);
    if (left <= length) return addWorkingTime(calendar, from, left);
    left -= length;
  }
  return null;
}

export interface Explanation {
  /** In order and without gaps from the start on; `ms` is real time and belongs to the sum where it is counted. */
  intervals: Interval[];
  target: number;
  /** As in Reckoned. */
  due: string | null;
  /** What the measure waits for at the end of the log. */
  paused: { since: string; reason: string } | null;
}

export interface Interval {
  from: string;
  to: string;
  ms: number;
  counted: boolean;
  /** `resolved`: the ticket was resolved then, and later reopened. */
  why: 'open' | 'closed' | 'holiday' | 'paused' | 'resolved';
  /** The calendar's name, the dates of the holidays, or the reason of the pause. */
  detail: string;
}

/**
 * How a deadline comes about, interval by interval: as far as the log goes and, while the measure runs, on to its
 * deadline. Null for a measure that has not begun. Throws what `deadlines` throws.
 */
export function explainReckoning(
  log: ClockLog,
  desk: Pick<Desk, 'sla' | 'calendars'>,
  measure: Measure,
): Explanation | null {
  const { runs, priority, pause } = replay(log);
  const run = runs.get(measure);
  if (!run) return null;
  const promised = promiseOf(run, priority, desk);
  const { target, calendar } = promised;
  const { due, paused } = reckon(run, promised, pause);
  const intervals = run.passages.flatMap(({ from, to, why, detail }): Interval[] => {
    const until = to ?? due;
    if (until === null || until <= from) return [];
    if (why !== 'counted')
      return [{ from, to: until, ms: epoch(until) - epoch(from), counted: false, why, detail }];
    return stretches(calendar, from, until).map((stretch) => ({
      from: stretch.from,
      to: stretch.to,
      ms: epoch(stretch.to) - epoch(stretch.from),
      counted: stretch.open,
      why: stretch.open ? 'open' : stretch.holidays.length > 0 ? 'holiday' : 'closed',
      detail: stretch.holidays.join(', ') || calendar.name,
    }));
  });
  return { intervals, target, due, paused: paused ? pause : null };
}

interface Promised {
  priority: Priority;
  target: number;
  calendar: Calendar;
}

function promiseOf(run: Run, current: Priority | null, desk: Pick<Desk, 'sla' | 'calendars'>): Promised {
  const priority = run.fulfilled ? run.fulfilled.priority : current;
  if (!priority) throw new InvalidInputError(`the clock of ${run.measure} runs without a priority`);
  const sla = desk.sla.find((one) => one.priority === priority);
  if (!sla) throw new InvalidInputError(`the desk has no targets for ${priority}`);
  const calendar = desk.calendars.find(({ name }) => name === sla.calendar);
  if (!calendar) throw new InvalidInputError(`the desk has no calendar ${sla.calendar}`);
  return { priority, target: sla[run.measure], calendar };
}

interface Replayed {
  runs: ReadonlyMap<Measure, Run>;
  priority: Priority | null;
  pause: Pause | null;
}

interface Pause {
  since: string;
  reason: string;
}

/** One run of a measure, from its start to the end of the log. */
interface Run {
  measure: Measure;
  startedAt: string;
  fulfilled: { at: string; priority: Priority | null } | null;
  passages: Passage[];
}

/** Real time, calendars aside; `to` is null while it lasts. */
interface Passage {
  from: string;
  to: string | null;
  why: 'counted' | 'paused' | 'resolved';
  detail: string;
}

function replay(log: ClockLog): Replayed {
  const runs = new Map<Measure, Run>();
  let priority: Priority | null = null;
  let pause: Pause | null = null;

  const turnAll = (at: string, why: Passage['why'], detail: string) => {
    for (const run of runs.values()) if (!run.fulfilled) turn(run, at, why, detail);
  };
  for (const entry of inOrder(log)) {
    const { at } = entry;
    switch (entry.kind) {
      case 'start': {
        const first: Passage = pause
          ? { from: at, to: null, why: 'paused', detail: pause.reason }
          : { from: at, to: null, why: 'counted', detail: '' };
        runs.set(entry.measure, {
          measure: entry.measure,
          startedAt: at,
          fulfilled: null,
          passages: [first],
        });
        break;
      }
      case 'pause':
        if (pause) break;
        pause = { since: at, reason: entry.reason };
        turnAll(at, 'paused', entry.reason);
        break;
      case 'resume':
        if (pause) turnAll(at, 'counted', '');
        pause = null;
        break;
      case 'retarget':
        priority = entry.priority;
        break;
      case 'fulfil': {
        const run = runs.get(entry.measure);
        if (!run || run.fulfilled) break;
        run.fulfilled = { at, priority };
        turn(run, at, 'resolved', '');
        break;
      }
      case 'reopen': {
        if (pause) turnAll(at, 'counted', '');
        pause = null;
        const run = runs.get('resolution');
        if (!run?.fulfilled) break;
        run.fulfilled = null;
        turn(run, at, 'counted', '');
        break;
      }
    }
  }
  return { runs, priority, pause };
}

/** Passages without length leave no trace. */
function turn(run: Run, at: string, why: Passage['why'], detail: string): void {
  const ended = run.passages.at(-1);
  if (ended?.from === at) run.passages.pop();
  else if (ended) ended.to = at;
  const last = run.passages.at(-1);
  if (last?.why === why && last.detail === detail) last.to = null;
  else run.passages.push({ from: at, to: null, why, detail });
}

/** Instants in one form, which sorts as text, and never going back. */
function inOrder(log: ClockLog): ClockEntry[] {
  let latest = Number.NEGATIVE_INFINITY;
  return log.map((entry) => {
    latest = Math.max(latest, epoch(entry.at));
    return { ...entry, at: iso(latest) };
  });
}

function earlier(a: string | null, b: string): string {
  return a !== null && epoch(a) < epoch(b) ? a : b;
}

/** So many pauses, and so many times resolved, are kept as they were; no honest ticket has them. */
const MOST_STANDSTILLS = 100;

/**
 * The same clock in fewer entries, so that a ticket can carry it for years: every deadline and every explanation
 * stays what it was, whatever is appended later and however targets, hours or holidays are edited. What goes is what
 * nothing can ask for any more: entries without effect, earlier runs of a measure, pauses from before every run that
 * is left, priorities under which nothing was fulfilled.
 *
 * Pauses within a run that still counts cannot be summed up, because the next desk may count their hours
 * differently. Beyond a hundred of them, as in a loop of two machines, each one more makes those two that lie closest
 * together into one of their joint length. So the log stays bounded; what is no longer exact is on which side of a
 * closing time, or of a resolution among the pauses, some minutes of it lay.
 */
export function compact(log: ClockLog): ClockLog {
  const ordered = inOrder(log);
  const kept = withFewStandstills(withoutWhatIsOver(withoutWhatChangesNothing(ordered)));
  const last = ordered.at(-1);
  // What is appended next and claims to be earlier counts as of the last entry, which must therefore be there.
  return last && kept.at(-1)?.at !== last.at ? [...kept, last] : kept;
}

function withoutWhatChangesNothing(log: ClockLog): ClockEntry[] {
  const kept: ClockEntry[] = [];
  const live = new Set<Measure>();
  let paused = false;
  for (const entry of log) {
    switch (entry.kind) {
      case 'start':
        live.add(entry.measure);
        kept.push(entry);
        break;
      case 'pause':
        if (!paused) kept.push(entry);
        paused = true;
        break;
      case 'resume':
        if (paused) kept.push(entry);
        paused = false;
        break;
      case 'retarget':
        kept.push(entry);
        break;
      case 'fulfil':
        if (live.has(entry.measure)) kept.push(entry);
        live.delete(entry.measure);
        break;
      case 'reopen':
        if (paused) kept.push({ kind: 'resume', at: entry.at });
        paused = false;
        if (!live.has('resolution')) {
          live.add('resolution');
          kept.push(entry);
        }
        break;
    }
  }
  return kept;
}

function withoutWhatIsOver(log: ClockEntry[]): ClockEntry[] {
  const begins = new Map(
    MEASURES.map((measure) => [
      measure,
      log.findLastIndex((entry) => entry.kind === 'start' && entry.measure === measure),
    ]),
  );
  const running = log.filter((entry, index) => {
    if (entry.kind === 'pause' || entry.kind === 'resume' || entry.kind === 'retarget') return true;
    const measure = entry.kind === 'reopen' ? 'resolution' : entry.measure;
    return index >= (begins.get(measure) ?? -1);
  });
  const first = running.findIndex(({ kind }) => kind === 'start');
  const before = pairs(running.slice(0, first < 0 ? running.length : first), isPause, isResume);
  const instant = [...pairs(running, isPause, isResume), ...pairs(running, isResolved, isReopened)].filter(
    (pair) => lengthOf(pair) === 0,
  );
  const over = new Set([...before, ...instant].flat());
  const needed = priorities(running);
  return running.filter((entry) => (entry.kind === 'retarget' ? needed.has(entry) : !over.has(entry)));
}

/** The retargets under which something was fulfilled, and the last. */
function priorities(log: ClockEntry[]): Set<ClockEntry> {
  const kept: Extract<ClockEntry, { kind: 'retarget' }>[] = [];
  let fulfilled = true;
  for (const entry of log) {
    if (entry.kind === 'fulfil') fulfilled = true;
    if (entry.kind !== 'retarget') continue;
    if (!fulfilled) kept.pop();
    fulfilled = kept.at(-1)?.priority === entry.priority;
    if (!fulfilled) kept.push(entry);
  }
  return new Set(kept);
}

function withFewStandstills(log: ClockEntry[]): ClockEntry[] {
  return joined(joined(log, isResolved, isReopened), isPause, isResume);
}

function joined(log: ClockEntry[], begins: Test, ends: Test): ClockEntry[] {
  let kept = log;
  for (let all = pairs(kept, begins, ends); all.length > MOST_STANDSTILLS; all = pairs(kept, begins, ends)) {
    const closest = closestTogether(all, kept);
    if (!closest) break;
    const [first, [begin]] = closest;
    const sum = { ...begin, at: iso(epoch(begin.at) - lengthOf(first)) };
    const others = kept.filter((entry) => entry !== begin && !first.includes(entry));
    const place = others.findIndex(({ at }) => at > sum.at);
    kept = others.toSpliced(place, 0, sum);
  }
  return kept;
}

/** Of those that follow each other with no reopening between them, which would end their sum. */
function closestTogether(all: Pair[], log: ClockEntry[]): [Pair, Pair] | null {
  let closest: [Pair, Pair] | null = null;
  let span = Number.POSITIVE_INFINITY;
  all.forEach((second, index) => {
    const first = all[index - 1];
    if (!first || lengthOf([first[0], second[1]]) >= span) return;
    if (log.slice(log.indexOf(first[1]) + 1, log.indexOf(second[0])).some(isReopened)) return;
    closest = [first, second];
    span = lengthOf([first[0], second[1]]);
  });
  return closest;
}

type Pair = [ClockEntry, ClockEntry];
type Test = (entry: ClockEntry) => boolean;

/** Each entry that begins something with the next one that ends it. */
function pairs(log: ClockEntry[], begins: Test, ends: Test): Pair[] {
  const found: Pair[] = [];
  let begin: ClockEntry | null = null;
  for (const entry of log) {
    if (begins(entry)) begin ??= entry;
    else if (begin && ends(entry)) {
      found.push([begin, entry]);
      begin = null;
    }
  }
  return found;
}

const isPause = ({ kind }: ClockEntry) => kind === 'pause';
const isResume = ({ kind }: ClockEntry) => kind === 'resume';
const isResolved = (entry: ClockEntry) => entry.kind === 'fulfil' && entry.measure === 'resolution';
const isReopened = ({ kind }: ClockEntry) => kind === 'reopen';

function lengthOf([from, to]: Pair): number {
  return epoch(to.at) - epoch(from.at);
}
