/**
 * What each event counts for: a ticket's history in, increments of rollups out. An event counts once, by what the ticket was
 * when it happened; what comes later changes nothing of it, but for an answer that is taken back, a vote that is replaced,
 * and the first who gets a ticket that was opened before. docs/guide/measures.md says it in words.
 */
import type { Desk } from '../config/desk.ts';
import {
  compact,
  deadlines,
  MEASURES,
  RUNS,
  type RunName,
  runOf,
  runsOf,
  type Spent,
  spent,
} from '../sla/clock.ts';
import { promise } from '../ticket/change.ts';
import {
  begin,
  DESK,
  evolve,
  isActive,
  isOfTheDesk,
  type Ticket,
  type TicketEvent,
} from '../ticket/ticket.ts';
import { BALANCE, SERIES, tierSeries } from './cells.ts';
import { daysOf } from './days.ts';
import { DIMENSIONS, type Dimension, NOBODY } from './figures.ts';
import { bucketOf } from './histogram.ts';

export interface Increment {
  /** In the desk's time zone, `2026-11-23`. */
  day: string;
  by: Dimension | 'desk';
  /** Of the desk itself, ''. */
  of: string;
  cell: string;
  add: number;
}

/** What a ticket is put down to. */
export type Attributed = Record<Dimension, string>;

/** As change.ts keeps it: a long clock is made shorter, and reckons the same. */
const MOST_CLOCK_ENTRIES = 100;

/**
 * For each event, in its order, what it counts for. `history` begins with `opened` and has no gaps; with more events behind
 * it the same events count for the same. Throws what `deadlines` throws.
 */
export function measure(history: readonly TicketEvent[], desk: Desk): Increment[][] {
  const [first, ...others] = history;
  if (first?.kind !== 'opened') return [];
  const dayOf = daysOf(desk);
  const state: State = {
    opened: { day: dayOf(first.at), ofDesk: false },
    assigned: false,
    answers: new Set(),
    given: new Map(),
    resolved: null,
    breached: new Set(),
    climbers: [],
    climbed: false,
    reopened: false,
    rated: [],
  };
  let ticket = promise(begin('T-000000', first, first.at), desk);
  state.opened.ofDesk = isOfTheDesk(ticket) || ticket.partOf !== undefined;
  const counted = [opening(ticket, state)];
  for (const event of others) {
    const after = bounded(evolve(ticket, event, event.at));
    const day = dayOf(event.at);
    counted.push([...happened(ticket, event, after, state, day, desk), ...moved(ticket, after, day)]);
    ticket = after;
  }
  return counted;
}

/** What an event has to know of those before it, beside the ticket that they made. */
interface State {
  opened: { day: string; ofDesk: boolean };
  /** Somebody has it, or had it. */
  assigned: boolean;
  /** Numbers of the messages that answered its requester. */
  answers: Set<number>;
  /** What each of them counted for, by its number, and what the last resolution did: both may be taken back. */
  given: Map<number, Increment[]>;
  resolved: Increment[] | null;
  /** Runs whose deadline is said to be missed: `<measure>:<start>`. */
  breached: Set<string>;
  /** To whom each climb is put down that has not come back. */
  climbers: Attributed[];
  climbed: boolean;
  reopened: boolean;
  /** What the last vote counted for. */
  rated: Increment[];
}

function opening(ticket: Ticket, { opened: { day, ofDesk } }: State): Increment[] {
  const to = attributed(ticket);
  return [
    ...counts(day, to, { opened: 1, ...(ofDesk ? { ofDesk: 1 } : {}) }),
    ...counts(day, to, { [BALANCE]: 1 }),
  ];
}

/** The backlog: who has it now, and whether it is worked on. */
function moved(before: Ticket, after: Ticket, day: string): Increment[] {
  return [
    ...(isActive(before) ? counts(day, attributed(before), { [BALANCE]: -1 }) : []),
    ...(isActive(after) ? counts(day, attributed(after), { [BALANCE]: 1 }) : []),
  ];
}

function happened(
  before: Ticket,
  event: TicketEvent,
  after: Ticket,
  state: State,
  day: string,
  desk: Desk,
): Increment[] {
  const to = attributed(before);
  switch (event.kind) {
    case 'assigned':
      return state.assigned ? [] : firstHands(to, event.assignee, state);
    case 'message-received':
      return counts(day, to, { replies: 1 });
    case 'answered': {
      const answerer = { ...to, agent: event.by === DESK ? to.agent : event.by };
      const found = [
        ...counts(day, answerer, { answers: 1 }),
        ...runsEnded(before, after, event.at, day, { ...to, agent: answerer.agent }, state, desk),
      ];
      state.answers.add(event.message);
      state.given.set(event.message, found);
      return found;
    }
    case 'undone': {
      const found = [
        ...(state.given.get(event.message) ?? []),
        ...(event.reopens ? (state.resolved ?? []) : []),
      ].map((each) => ({ ...each, add: -each.add }));
      state.answers.delete(event.message);
      state.given.delete(event.message);
      if (event.reopens) state.resolved = null;
      return found;
    }
    case 'resolved':
    case 'closed': {
      if (!isActive(before)) return [];
      if (event.kind === 'closed' && (event.quiet || event.by === DESK))
        return counts(day, to, { dropped: 1 });
      const isFirstContact = state.answers.size <= 1 && !state.climbed && !state.reopened;
      const found = [
        ...counts(day, to, { resolved: 1, ...(isFirstContact ? { firstContact: 1 } : {}) }),
        ...runsEnded(before, after, event.at, day, to, state, desk),
      ];
      state.resolved = found;
      return found;
    }
    case 'merged':
      return isActive(before) ? counts(day, to, { merged: 1 }) : [];
    case 'reopened':
      state.reopened = true;
      return counts(day, to, { reopened: 1 });
    case 'escalated': {
      const isFirst = !state.climbed;
      state.climbed = true;
      state.climbers.push(to);
      return [
        ...counts(day, to, { climbs: 1, ...(isFirst ? { escalated: 1 } : {}) }),
        ...runsEnded(before, after, event.at, day, to, state, desk),
      ];
    }
    case 'deescalated': {
      const climber = state.climbers.pop();
      return [
        ...(climber ? counts(day, climber, { bounced: 1 }) : []),
        ...runsEnded(before, after, event.at, day, to, state, desk),
      ];
    }
    case 'deadline-breached': {
      const run = `${event.measure}:${event.startedAt}`;
      if (state.breached.has(run)) return [];
      state.breached.add(run);
      return counts(day, to, { [`breached.${event.measure}`]: 1 });
    }
    case 'rated': {
      const replaced = event.previous === null ? [] : state.rated;
      state.rated = counts(day, to, { [`rated.${event.vote}`]: 1 });
      return [...replaced.map((each) => ({ ...each, add: -each.add })), ...state.rated];
    }
    default:
      return [];
  }
}

/** Whose it is when somebody first gets it: until then the opened one was put down to nobody. */
function firstHands(to: Attributed, assignee: string, state: State): Increment[] {
  state.assigned = true;
  const { day, ofDesk } = state.opened;
  return [[NOBODY, -1] as const, [assignee, 1] as const].flatMap(([of, add]) =>
    counts(day, { ...to, agent: of }, { opened: add, ...(ofDesk ? { ofDesk: add } : {}) }).filter(
      ({ by }) => by === 'agent',
    ),
  );
}

/** What each run that this event ended took, and whether what was promised of it was kept. */
function runsEnded(
  before: Ticket,
  after: Ticket,
  at: string,
  day: string,
  to: Attributed,
  { breached }: State,
  desk: Desk,
): Increment[] {
  const [were, are] = [runsOf(before.clock), runsOf(after.clock)];
  return RUNS.flatMap((name): Increment[] => {
    const [was, is] = [were.get(name), are.get(name)];
    if (!was || !is || was.fulfilledAt !== null) return [];
    // Another run of its kind began in its place, or it was fulfilled, or neither.
    const replaced = is.startedAt !== was.startedAt;
    if (!replaced && is.fulfilledAt === null) return [];
    const { clock } = replaced ? before : after;
    const reckoned = deadlines(clock, desk);
    const kept = MEASURES.filter((each) => runOf(each) === name).flatMap((each) => {
      const one = reckoned[each];
      if (!one || breached.has(`${each}:${one.startedAt}`)) return [];
      // Time at a tier that is used up ends in that very instant with a climb.
      const late = one.missed !== null || (replaced && one.due !== null && one.due <= at);
      return counts(day, to, { [`${late ? 'breached' : 'met'}.${each}`]: 1 });
    });
    const took = spent(clock, name, desk, at);
    return took ? [...kept, ...counts(day, to, timed(name, before.tier, took))] : kept;
  });
}

function timed(run: RunName, tier: number, { working, elapsed }: Spent): Record<string, number> {
  switch (run) {
    case 'firstResponse':
    case 'resolution':
      return { ...lasted(SERIES[run].working, working), ...lasted(SERIES[run].elapsed, elapsed) };
    case 'tier':
      return lasted(tierSeries(tier), working);
    case 'nextResponse':
    case 'periodicUpdate':
      return {};
  }
}

function lasted(series: string, ms: number): Record<string, number> {
  return { [`${series}.${bucketOf(ms)}`]: 1, [`${series}.sum`]: ms };
}

function attributed({ category, team, assignee, priority }: Ticket): Attributed {
  return { category, team, agent: assignee ?? NOBODY, priority };
}

/** The same in each dimension. */
function counts(day: string, to: Attributed, cells: Record<string, number>): Increment[] {
  return DIMENSIONS.flatMap((by) =>
    Object.entries(cells).map(([cell, add]) => ({ day, by, of: to[by], cell, add })),
  );
}

function bounded(ticket: Ticket): Ticket {
  const { clock } = ticket;
  return clock.length > MOST_CLOCK_ENTRIES ? { ...ticket, clock: [...compact(clock)] } : ticket;
}
