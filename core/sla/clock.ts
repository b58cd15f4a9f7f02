/**
 * The clock of a ticket: an append-only log from which every deadline is derived, each time anew.
 * Nothing ever edits a deadline, so pauses, holidays and changes of priority cannot drift. What a desk with other
 * targets, hours or holidays makes of the same log holds from the measure's start on, as if it had always been so.
 */
import type { Calendar, Desk, Priority } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import { InvalidInputError } from '../faults.ts';
import { addWorkingTime, epoch, iso, stretches, workingTimeBetween } from './calendar.ts';
import { policyNamed, promised } from './policy.ts';

/** What the log begins and fulfils. */
export const RUNS = ['firstResponse', 'nextResponse', 'periodicUpdate', 'resolution', 'tier'] as const;
export type RunName = (typeof RUNS)[number];

/** What can be promised, in the order in which people read it. */
export const MEASURES = [
  'firstResponse',
  'nextResponse',
  'periodicUpdate',
  'resolution',
  'requesterWait',
  'agentWork',
  'tier',
] as const;
export type Measure = (typeof MEASURES)[number];

/** The totals live and end with the resolution; they differ in what counts of it and in what is promised. */
export function runOf(measure: Measure): RunName {
  return measure === 'requesterWait' || measure === 'agentWork' ? 'resolution' : measure;
}

/**
 * Whom a ticket waits for. While it waits for the requester himself, or for an address at which he can be reached, he
 * waits for nobody; while it waits for others, he does.
 */
export const AWAITED = ['requester', 'bounce', 'third-party', 'approval'] as const;
export type Awaited = (typeof AWAITED)[number];

function countsDuring(measure: Measure, awaited: Awaited): boolean {
  return measure === 'requesterWait' && (awaited === 'third-party' || awaited === 'approval');
}

/**
 * All instants are ISO 8601 UTC. Entries of one instant hold in their order; one that claims to be earlier than the
 * entry before it counts as of the same instant, so that a clock that was set back counts no time twice.
 */
export type ClockEntry =
  /** The measure's time begins (again); an earlier run of the same measure is over. */
  | { kind: 'start'; at: string; measure: RunName }
  /**
   * Measures stand still until `resume`, but for a requester's wait while others are waited for (the requester himself
   * where nothing is said). A second pause changes nothing.
   */
  | { kind: 'pause'; at: string; reason: string; awaited?: Awaited }
  | { kind: 'resume'; at: string }
  /**
   * From now on the targets and the calendar of this priority in this policy hold (in the one for all, where none is
   * named), reckoned from each measure's original start. What is fulfilled by then keeps the priority and the policy
   * under which it was fulfilled. `reason` is why it is this policy.
   */
  | { kind: 'retarget'; at: string; priority: Priority; policy?: string; reason?: string }
  /** What the measure waited for has happened. At the very instant of the deadline it is in time. */
  | { kind: 'fulfil'; at: string; measure: RunName }
  /** The ticket lives again and waits for nobody: the resolution runs on, without the time in which it was resolved. */
  | { kind: 'reopen'; at: string }
  /** So many milliseconds of working time more are promised for the solution that is waited for now. */
  | { kind: 'extend'; at: string; ms: number }
  /** The answer of that instant (`of`) never left: what it fulfilled and began is as if it had not been. */
  | { kind: 'take-back'; at: string; of: string };

export type ClockLog = readonly ClockEntry[];

export interface Reckoned {
  measure: Measure;
  startedAt: string;
  priority: Priority;
  /** The name of the policy that promises it. */
  policy: string;
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
   * When so many milliseconds are used up: of the target less half an hour that is half an hour of working time before
   * the deadline, of more than the target after it. It may be long past; null while the measure stands still or is
   * fulfilled.
   */
  usedUpAt(ms: number): string | null;
}

/**
 * What each measure has come to by this log; null for one that has not begun or is not promised. Throws
 * InvalidInputError when the log names no priority, or the desk has no policy or no such calendar.
 */
export function deadlines(log: ClockLog, desk: Pick<Desk, 'sla' | 'calendars'>): AllReckoned {
  const before = known.get(log);
  if (before?.sla === desk.sla && before.calendars === desk.calendars) return before.reckoned;
  const reckoned = reckonAll(log, desk);
  known.set(log, { sla: desk.sla, calendars: desk.calendars, reckoned });
  return reckoned;
}

/** One change asks about the same log a dozen times. What is learned of a log is kept with it, which must therefore not be changed afterwards. */
const known = new WeakMap<ClockLog, Pick<Desk, 'sla' | 'calendars'> & { reckoned: AllReckoned }>();

type AllReckoned = Readonly<Record<Measure, Reckoned | null>>;

function reckonAll(log: ClockLog, desk: Pick<Desk, 'sla' | 'calendars'>): AllReckoned {
  const replayed = replay(log);
  const reckoned = (measure: Measure) => {
    const run = replayed.runs.get(runOf(measure));
    const promise = run && promiseOf(measure, run, replayed.terms, desk);
    return promise ? reckon(measure, run, promise, replayed.pause) : null;
  };
  return {
    firstResponse: reckoned('firstResponse'),
    nextResponse: reckoned('nextResponse'),
    periodicUpdate: reckoned('periodicUpdate'),
    resolution: reckoned('resolution'),
    requesterWait: reckoned('requesterWait'),
    agentWork: reckoned('agentWork'),
    tier: reckoned('tier'),
  };
}

function reckon(
  measure: Measure,
  run: Run,
  { priority, policy, target, calendar }: Promised,
  pause: Pause | null,
): Reckoned {
  const counted = run.passages.filter((passage) => counts(passage, measure));
  const paused = run.fulfilled === null && pause !== null && !countsDuring(measure, pause.awaited);
  const stands = run.fulfilled !== null || paused;
  const usedUp = usedUpAt(counted, calendar, target);
  return {
    measure,
    startedAt: run.startedAt,
    priority,
    policy,
    calendar: calendar.name,
    target,
    due: stands ? null : usedUp,
    fulfilledAt: run.fulfilled?.at ?? null,
    paused,
    missed: stands && usedUp !== null && usedUp < (counted.at(-1)?.to ?? usedUp) ? usedUp : null,
    used: (at) =>
      counted.reduce((sum, { from, to }) => sum + workingTimeBetween(calendar, from, earlier(to, at)), 0),
    usedUpAt: (ms) => (stands ? null : usedUpAt(counted, calendar, ms)),
  };
}

function counts({ why, awaited }: Passage, measure: Measure): boolean {
  return why === 'counted' || (why === 'paused' && countsDuring(measure, awaited));
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
  /** Why this target: the priority, the policy, and why it is this one ('' in logs that do not say). */
  priority: Priority;
  policy: string;
  reason: string;
  calendar: string;
  target: number;
  /** As in Reckoned. */
  due: string | null;
  fulfilledAt: string | null;
  missed: string | null;
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
 * deadline. Null for a measure that has not begun or is not promised. Throws what `deadlines` throws.
 */
export function explainReckoning(
  log: ClockLog,
  desk: Pick<Desk, 'sla' | 'calendars'>,
  measure: Measure,
): Explanation | null {
  const { runs, terms, pause } = replay(log);
  const run = runs.get(runOf(measure));
  const promise = run && promiseOf(measure, run, terms, desk);
  if (!promise) return null;
  const { priority, policy, reason, target, calendar } = promise;
  const { due, paused, fulfilledAt, missed } = reckon(measure, run, promise, pause);
  const intervals = run.passages.flatMap((passage): Interval[] => {
    const { from, to, why, detail } = passage;
    const until = to ?? due;
    if (until === null || until <= from) return [];
    if (!counts(passage, measure))
      return [
        {
          from,
          to: until,
          ms: epoch(until) - epoch(from),
          counted: false,
          why: why === 'resolved' ? 'resolved' : 'paused',
          detail,
        },
      ];
    return stretches(calendar, from, until).map((stretch) => ({
      from: stretch.from,
      to: stretch.to,
      ms: epoch(stretch.to) - epoch(stretch.from),
      counted: stretch.open,
      why: stretch.open ? 'open' : stretch.holidays.length > 0 ? 'holiday' : 'closed',
      detail: stretch.holidays.join(', ') || calendar.name,
    }));
  });
  return {
    intervals,
    priority,
    policy,
    reason,
    calendar: calendar.name,
    target,
    due,
    fulfilledAt,
    missed,
    paused: paused && pause ? { since: pause.since, reason: pause.reason } : null,
  };
}

/** Each run that has begun: since when, and when it was fulfilled; null while it runs or stands still. */
export function runsOf(
  log: ClockLog,
): ReadonlyMap<RunName, { startedAt: string; fulfilledAt: string | null }> {
  return new Map(
    [...replay(log).runs].map(([name, { startedAt, fulfilled }]) => [
      name,
      { startedAt, fulfilledAt: fulfilled?.at ?? null },
    ]),
  );
}

/** Milliseconds that a run took: those of working time in which it was not paused, and all but those in which the ticket was resolved. */
export interface Spent {
  working: number;
  elapsed: number;
}

/**
 * How long a run has lasted by the end of the log, or by `at` where it still runs; null for one that has not begun. Whether
 * anything is promised or not: then the hours of the policy count. Throws what `deadlines` throws.
 */
export function spent(
  log: ClockLog,
  name: RunName,
  desk: Pick<Desk, 'sla' | 'calendars'>,
  at: string,
): Spent | null {
  const { runs, terms } = replay(log);
  const run = runs.get(name);
  const agreed = run?.fulfilled ? run.fulfilled.terms : terms;
  if (!run || !agreed) return null;
  const policy = policyNamed(agreed.policy, desk);
  const wanted = promised(name, agreed.priority, policy)?.calendar ?? policy.calendar;
  const calendar = desk.calendars.find((each) => each.name === wanted);
  if (!calendar) throw new InvalidInputError(`the desk has no calendar ${wanted}`);
  const sum = { working: 0, elapsed: 0 };
  for (const { from, to, why } of run.passages) {
    const until = to ?? at;
    if (why === 'resolved' || until <= from) continue;
    sum.elapsed += epoch(until) - epoch(from);
    if (why === 'counted') sum.working += workingTimeBetween(calendar, from, until);
  }
  return sum;
}

interface Promised {
  priority: Priority;
  policy: string;
  reason: string;
  target: number;
  calendar: Calendar;
}

function promiseOf(
  measure: Measure,
  run: Run,
  current: Terms | null,
  desk: Pick<Desk, 'sla' | 'calendars'>,
): Promised | null {
  const terms = run.fulfilled ? run.fulfilled.terms : current;
  if (!terms) throw new InvalidInputError(`the clock of ${run.name} runs without a priority`);
  const policy = policyNamed(terms.policy, desk);
  const target = promised(measure, terms.priority, policy);
  if (!target) return null;
  const calendar = desk.calendars.find(({ name }) => name === target.calendar);
  if (!calendar) throw new InvalidInputError(`the desk has no calendar ${target.calendar}`);
  // The totals are the desk's own affair: what a requester was promised is the resolution.
  const ms = target.ms + (measure === 'resolution' ? run.extended : 0);
  return { priority: terms.priority, policy: policy.name, reason: terms.reason, target: ms, calendar };
}

interface Replayed {
  runs: ReadonlyMap<RunName, Run>;
  terms: Terms | null;
  pause: Pause | null;
}

/** What was last agreed on. */
interface Terms {
  priority: Priority;
  policy: string | null;
  reason: string;
}

interface Pause {
  since: string;
  reason: string;
  awaited: Awaited;
}

/** One run of a measure, from its start to the end of the log. */
interface Run {
  name: RunName;
  startedAt: string;
  fulfilled: { at: string; terms: Terms | null } | null;
  /** Milliseconds that were granted on top. */
  extended: number;
  passages: Passage[];
}

/** Real time, calendars aside; `to` is null while it lasts. */
interface Passage {
  from: string;
  to: string | null;
  why: 'counted' | 'paused' | 'resolved';
  detail: string;
  /** Of a pause. */
  awaited: Awaited;
}

const RUNNING: Turn = { why: 'counted', detail: '', awaited: 'requester' };
const RESOLVED: Turn = { why: 'resolved', detail: '', awaited: 'requester' };

type Turn = Pick<Passage, 'why' | 'detail' | 'awaited'>;

/** Of one log a ticket asks for every measure, again and again. */
const replay = oncePer(replayAnew);

function replayAnew(log: ClockLog): Replayed {
  const runs = new Map<RunName, Run>();
  let terms: Terms | null = null;
  let pause: Pause | null = null;

  const turnAll = (at: string, to: Turn) => {
    for (const run of runs.values()) if (!run.fulfilled) turn(run, at, to);
  };
  for (const entry of withoutTakenBack(inOrder(log))) {
    const { at } = entry;
    switch (entry.kind) {
      case 'start':
        runs.set(entry.measure, {
          name: entry.measure,
          startedAt: at,
          fulfilled: null,
          extended: 0,
          passages: [{ from: at, to: null, ...(pause ? waiting(pause) : RUNNING) }],
        });
        break;
      case 'pause':
        if (pause) break;
        pause = { since: at, reason: entry.reason, awaited: entry.awaited ?? 'requester' };
        turnAll(at, waiting(pause));
        break;
      case 'resume':
        if (pause) turnAll(at, RUNNING);
        pause = null;
        break;
      case 'retarget':
        terms = { priority: entry.priority, policy: entry.policy ?? null, reason: entry.reason ?? '' };
        break;
      case 'fulfil': {
        const run = runs.get(entry.measure);
        if (!run || run.fulfilled) break;
        run.fulfilled = { at, terms };
        turn(run, at, RESOLVED);
        break;
      }
      case 'reopen': {
        if (pause) turnAll(at, RUNNING);
        pause = null;
        const run = runs.get('resolution');
        if (!run?.fulfilled) break;
        run.fulfilled = null;
        turn(run, at, RUNNING);
        break;
      }
      case 'extend': {
        const run = runs.get('resolution');
        if (run && !run.fulfilled) run.extended += entry.ms;
        break;
      }
      case 'take-back':
        break;
    }
  }
  return { runs, terms, pause };
}

function waiting({ reason, awaited }: Pause): Turn {
  return { why: 'paused', detail: reason, awaited };
}

/** Passages without length leave no trace. */
function turn(run: Run, at: string, to: Turn): void {
  const ended = run.passages.at(-1);
  if (ended?.from === at) run.passages.pop();
  else if (ended) ended.to = at;
  const last = run.passages.at(-1);
  if (last?.why === to.why && last.detail === to.detail && last.awaited === to.awaited) last.to = null;
  else run.passages.push({ from: at, to: null, ...to });
}

/** Those entries that hold. Others of the same instant, such as a message that came in with it, or an answer after it, stay. */
export function withoutTakenBack<Entries extends ClockLog>(log: Entries): ClockEntry[] {
  const takenUpTo = new Map<string, number>();
  for (const [index, entry] of log.entries())
    if (entry.kind === 'take-back') takenUpTo.set(iso(epoch(entry.of)), index);
  if (takenUpTo.size === 0) return [...log];
  return log.filter(
    (entry, index) =>
      !(entry.kind === 'fulfil' || (entry.kind === 'start' && entry.measure === 'periodicUpdate')) ||
      index > (takenUpTo.get(iso(epoch(entry.at))) ?? -1),
  );
}

/** Instants in one form, which sorts as text, and never going back. */
function inOrder(log: ClockLog): ClockEntry[] {
  let latest = Number.NEGATIVE_INFINITY;
  let at = '';
  return log.map((entry) => {
    const instant = epoch(entry.at);
    if (instant > latest) {
      latest = instant;
      at = iso(latest);
    }
    return at === entry.at ? entry : { ...entry, at };
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
 * closing time, or of a resolution among the pauses, some minutes of it lay, and who was waited for in them.
 */
export function compact(log: ClockLog): ClockLog {
  const ordered = inOrder(log);
  const standing = withoutTakenBack(ordered);
  const kept = withFewStandstills(withoutWhatIsOver(withoutWhatChangesNothing(standing)));
  const last = ordered.at(-1);
  // What is appended next and claims to be earlier counts as of the last entry, which must therefore be there.
  return last && kept.at(-1)?.at !== last.at ? [...kept, last] : kept;
}

function withoutWhatChangesNothing(log: ClockLog): ClockEntry[] {
  const kept: ClockEntry[] = [];
  const live = new Set<RunName>();
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
      case 'extend':
        if (live.has('resolution')) kept.push(entry);
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
      // What it took back is no longer there.
      case 'take-back':
        break;
    }
  }
  return kept;
}

function withoutWhatIsOver(log: ClockEntry[]): ClockEntry[] {
  const begins = new Map(
    RUNS.map((measure) => [
      measure,
      log.findLastIndex((entry) => entry.kind === 'start' && entry.measure === measure),
    ]),
  );
  const running = log.filter((entry, index) => {
    const ofResolution = entry.kind === 'reopen' || entry.kind === 'extend';
    if (!('measure' in entry) && !ofResolution) return true;
    const measure = 'measure' in entry ? entry.measure : 'resolution';
    return index >= (begins.get(measure) ?? -1);
  });
  const first = running.findIndex(({ kind }) => kind === 'start');
  const before = pairs(running.slice(0, first < 0 ? running.length : first), isPause, isResume);
  const instant = [...pairs(running, isPause, isResume), ...pairs(running, isResolved, isReopened)].filter(
    (pair) => lengthOf(pair) === 0,
  );
  const over = new Set([...before, ...instant].flat());
  const left = running.filter((entry) => !over.has(entry));
  const needed = priorities(left);
  return left.filter((entry) => entry.kind !== 'retarget' || needed.has(entry));
}

/** The retargets under which something was fulfilled, and the last. */
function priorities(log: ClockEntry[]): Set<ClockEntry> {
  const kept: Extract<ClockEntry, { kind: 'retarget' }>[] = [];
  let fulfilled = true;
  for (const entry of log) {
    if (entry.kind === 'fulfil') fulfilled = true;
    if (entry.kind !== 'retarget') continue;
    if (!fulfilled) kept.pop();
    const last = kept.at(-1);
    fulfilled = last?.priority === entry.priority && last.policy === entry.policy;
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
