/**
 * One change of a ticket: events in, the next snapshot and its numbered events out. Here, and only here, the
 * deadlines are derived and the watch is set, so that no way of changing a ticket can forget them.
 */
import type { Desk } from '../config/desk.ts';
import { compact, deadlines, MEASURES, type Measure } from '../sla/clock.ts';
import {
  begin,
  evolve,
  type Happening,
  isActive,
  type Ticket,
  type TicketEvent,
  toldKey,
  type Watch,
} from './ticket.ts';

export interface Change {
  before: Ticket | null;
  after: Ticket;
  events: TicketEvent[];
}

/** `at` is ISO 8601 UTC. */
export function open(
  id: string,
  opened: Extract<Happening, { kind: 'opened' }>,
  others: Happening[],
  at: string,
  desk: Desk,
): Change {
  return settle(null, begin(id, opened, at), [opened, ...others], at, desk);
}

export function change(before: Ticket, happenings: Happening[], at: string, desk: Desk): Change {
  return settle(before, before, happenings, at, desk);
}

/** The same, by the watch itself while it is awake: it needs no successor, it only learns when to wake next. */
export function changeOnWaking(before: Ticket, happenings: Happening[], at: string, desk: Desk): Change {
  const { after, events } = apply(before, happenings, at, desk);
  return finish(before, { ...after, watch: after.watch && wakeNext(after.watch, after, desk) }, events);
}

function settle(
  before: Ticket | null,
  from: Ticket,
  happenings: Happening[],
  at: string,
  desk: Desk,
): Change {
  const changed = apply(from, happenings, at, desk);
  const watch = setWatch(changed.after, at, desk);
  if (!watch) return finish(before, endWatch(changed.after, desk), changed.events);
  const started = apply(changed.after, [watch], at, desk);
  return finish(before, started.after, [...changed.events, ...started.events]);
}

function apply(
  from: Ticket,
  happenings: Happening[],
  at: string,
  desk: Desk,
): { after: Ticket; events: TicketEvent[] } {
  const after = happenings.reduce((ticket, event) => evolve(ticket, event, at), from);
  const events = happenings.map((event, index) => ({ ...event, number: from.events + index + 1, at }));
  return { after: { ...reckon(bounded(after), desk), events: from.events + events.length }, events };
}

/** The snapshot is one item of at most 400 KB, however long a ticket lives. */
const MOST_CLOCK_ENTRIES = 100;
const MOST_TOLD = 100;

function bounded(ticket: Ticket): Ticket {
  const { clock, told } = ticket;
  return {
    ...ticket,
    clock: clock.length > MOST_CLOCK_ENTRIES ? [...compact(clock)] : clock,
    told: told.slice(-MOST_TOLD),
  };
}

function finish(before: Ticket | null, after: Ticket, events: TicketEvent[]): Change {
  return { before, after: { ...after, version: (before?.version ?? 0) + 1 }, events };
}

function wakeNext(watch: Watch, ticket: Ticket, desk: Desk): Watch {
  const next = upcoming(ticket, desk)[0];
  return next
    ? { ...watch, nextAt: next.at, nextKind: stepName(next) }
    : { ...watch, state: 'ended', nextAt: null, nextKind: null };
}

function endWatch(ticket: Ticket, desk: Desk): Ticket {
  if (!ticket.watch || upcoming(ticket, desk).length > 0) return ticket;
  return { ...ticket, watch: { ...ticket.watch, state: 'ended', nextAt: null, nextKind: null } };
}

/** Derives what is due when, and records by which desk it was reckoned. */
export function reckon(ticket: Ticket, desk: Desk): Ticket {
  const due: Partial<Record<Measure, string>> = {};
  if (isActive(ticket)) {
    const reckoned = deadlines(ticket.clock, desk);
    for (const measure of MEASURES) {
      const at = reckoned[measure]?.due;
      if (at) due[measure] = at;
    }
  }
  return { ...ticket, deadlines: due, deskHash: desk.hash };
}

export type StepKind = 'warn' | 'breach' | 'remind' | 'resume' | 'resolve' | 'close';

export interface Step {
  at: string;
  kind: StepKind;
  measure: Measure | null;
  /** The start of the measure's run, and when it falls. */
  startedAt: string | null;
  due: string | null;
}

/** What time alone will do to this ticket, earliest first; what was already told is not told again. */
export function upcoming(ticket: Ticket, desk: Desk): Step[] {
  switch (ticket.status) {
    case 'closed':
      return [];
    case 'resolved':
      return [policyStep('close', ticket.resolvedAt, desk.resolved.closeAfter)];
    case 'waiting': {
      const { since, until, reminders } = ticket.waiting;
      if (until) return [{ at: until, kind: 'resume', measure: null, startedAt: null, due: null }];
      return reminders === 0
        ? [policyStep('remind', since, desk.waiting.remindAfter)]
        : [policyStep('resolve', since, desk.waiting.resolveAfter)];
    }
    case 'new':
    case 'open':
      return deadlineSteps(ticket, desk).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }
}

function policyStep(kind: StepKind, since: string, after: number): Step {
  return {
    at: new Date(Date.parse(since) + after).toISOString(),
    kind,
    measure: null,
    startedAt: null,
    due: null,
  };
}

function deadlineSteps(ticket: Ticket, desk: Desk): Step[] {
  const reckoned = deadlines(ticket.clock, desk);
  return MEASURES.flatMap((measure): Step[] => {
    const clock = reckoned[measure];
    if (!clock?.due || ticket.told.includes(toldKey(measure, clock.startedAt, 'breached'))) return [];
    const { due, startedAt } = clock;
    const warnAt = clock.warnAt(desk.warnAt);
    const warn = warnAt && !ticket.told.includes(toldKey(measure, startedAt, 'warned'));
    return [
      ...(warn ? [{ at: warnAt, kind: 'warn' as const, measure, startedAt, due }] : []),
      { at: due, kind: 'breach', measure, startedAt, due },
    ];
  });
}

/**
 * A new generation of the watch begins when none runs or the next step now comes earlier than the running one wakes.
 * When it comes later nothing is started: the running one wakes, finds nothing due and waits on.
 */
function setWatch(
  ticket: Ticket,
  at: string,
  desk: Desk,
): Extract<Happening, { kind: 'watch-started' }> | null {
  const next = upcoming(ticket, desk)[0];
  if (!next) return null;
  const { watch } = ticket;
  if (watch?.state === 'running' && watch.nextAt && Date.parse(watch.nextAt) <= Date.parse(next.at))
    return null;
  const reason = watch
    ? watch.state === 'ended'
      ? 'the ticket lives again'
      : `the next step is earlier than ${watch.nextAt}`
    : 'the ticket is new';
  return {
    kind: 'watch-started',
    generation: (watch?.generation ?? 0) + 1,
    nextAt: latest(next.at, at),
    nextKind: stepName(next),
    reason,
  };
}

/** `breach:firstResponse`, `close` … */
export function stepName(step: Step): string {
  return step.measure ? `${step.kind}:${step.measure}` : step.kind;
}

/** A year is the longest Wait of Step Functions; the watch wakes after 300 days at the latest and goes on. */
export const LONGEST_WAIT = 300 * 86_400_000;

function latest(a: string, b: string): string {
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

export function topTier(desk: Desk): number {
  return Math.max(...desk.tiers.map(({ tier }) => tier));
}
