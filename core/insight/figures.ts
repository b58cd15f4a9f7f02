/**
 * The figures of some days, from their rollups. docs/guide/measures.md says of each what it is and what it includes; how an event
 * becomes part of a rollup stands in measures.ts.
 */
import type { Priority } from '../config/desk.ts';
import { MEASURES, type Measure } from '../sla/clock.ts';
import { BALANCE, SERIES } from './cells.ts';
import { dayAfter, daysIn, weekdayOf } from './days.ts';
import { durationOf, ERROR, rankOf, type Series } from './histogram.ts';
import { LOOPS } from './mails.ts';

export const DIMENSIONS = ['category', 'team', 'agent', 'priority'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Of a ticket that nobody has. */
export const NOBODY = '-';

/** What was counted of one value of a dimension on one day; of the desk itself, `of` is ''. */
export interface Rollup {
  /** In the desk's time zone, `2026-11-23`. */
  day: string;
  by: Dimension | 'desk';
  of: string;
  /** By their names in measures.ts. */
  cells: Readonly<Record<string, number>>;
}

/** A ticket that is worked on now. */
export interface OpenTicket {
  id: string;
  /** ISO 8601 UTC. */
  openedAt: string;
  category: string;
  team: string;
  /** An address, or `NOBODY`. */
  agent: string;
  priority: Priority;
  /** When its next deadline falls, ISO 8601 UTC; null when none runs. */
  due: string | null;
}

/** Milliseconds; null where nothing was counted. The mean is exact, median and p90 are within `Figures.error` of the exact ones. */
export interface Duration {
  count: number;
  mean: number | null;
  median: number | null;
  p90: number | null;
}

/** Both of one thing: in the working time of its promise's calendar without its pauses, and from beginning to end. */
export interface Lasted {
  working: Duration;
  elapsed: Duration;
}

/** Between 0 and 1; null where there is nothing to divide by. Of two flows, so `reopened` may be more than 1. */
export type Share = number | null;

export interface Counts {
  opened: number;
  /** Of these: what the desk itself asked for, as a step of a checklist or as recurring work. */
  ofDesk: number;
  resolved: number;
  merged: number;
  /** Closed without having been resolved: spam, and what nobody wants. */
  dropped: number;
  reopened: number;
  /** Of the resolved: with one answer at most, at the first tier that had it. */
  firstContact: number;
  /** Tickets that climbed for the first time, all climbs, and those that came back down. */
  escalated: number;
  climbs: number;
  bounced: number;
  /** To the requester, and from outside after the first. */
  answers: number;
  replies: number;
  sla: Record<Measure, { met: number; breached: number; share: Share }>;
  firstResponse: Lasted;
  resolution: Lasted;
  /** Working time at a tier, of each stay there that ended. */
  tiers: { tier: number; time: Duration }[];
  satisfaction: { votes: number; mean: number | null; grades: readonly number[] };
  shares: {
    /** Of the resolved. */
    firstContact: Share;
    reopened: Share;
    /** Of the opened. */
    escalated: Share;
    /** Of the climbs, those that did not come back. */
    accuracy: Share;
  };
  backlog: Backlog;
}

export interface Backlog {
  /** At the end of the last day, or now. */
  open: number;
  /** Of the open ones, from their opening on, exact; null when the last day is past: ages are known only of what is open now. */
  age: Omit<Duration, 'count'> | null;
  oldest: { id: string; openedAt: string } | null;
  /** A deadline of theirs has passed; null as above. */
  overdue: number | null;
}

export interface Mails {
  /** What came in: all, by disposition and reason, the most frequent first. */
  in: number;
  dispositions: { disposition: string; reason: string; count: number }[];
  /** What SES took, by the kind of update. */
  out: number;
  kinds: { kind: string; count: number }[];
  /** By SES; and by the desk, because too many went before it. */
  refused: number;
  withheld: number;
  /** Mail in that a machine wrote and nobody answered, and mail out that was withheld. */
  loopsPrevented: number;
}

export interface Figures {
  /** First and last day, in the desk's time zone. */
  from: string;
  to: string;
  /** When it was asked, ISO 8601 UTC. */
  at: string;
  /** Of each median and p90 but those of ages: at most this share of the exact value. */
  error: number;
  total: Counts;
  /** Those that were asked for; in each the most opened first. The counts of one dimension add up to the total's. */
  by: Partial<Record<Dimension, { of: string; counts: Counts }[]>>;
  /** Each day of the range, the oldest first. */
  days: {
    day: string;
    opened: number;
    resolved: number;
    backlog: number;
    mailsIn: number;
    mailsOut: number;
  }[];
  mails: Mails;
  /** Mail that people wrote, by weekday (Monday first) and hour of the desk's time zone. */
  hours: number[][];
}

export interface Range {
  /** `2026-11-23`, in the desk's time zone, both included. */
  from: string;
  to: string;
  by: readonly Dimension[];
}

/** What is open now, and when that was. */
export interface Standing {
  open: readonly OpenTicket[];
  /** ISO 8601 UTC. */
  at: string;
  /** The same as a day in the desk's time zone. */
  today: string;
}

/**
 * `rollups`: those of `desk`, `priority` and each dimension that is asked for, from the first day to the last; where that is
 * past, on to today, by which the backlog of then is reckoned back from what is open now.
 */
export function figuresOf(rollups: readonly Rollup[], { from, to, by }: Range, standing: Standing): Figures {
  const during = rollups.filter(({ day }) => day >= from && day <= to);
  const later = rollups.filter(({ day }) => day > to && day <= standing.today);
  const counted = (dimension: Dimension, of: string | null): Counts => {
    const isOf = (each: Rollup) => each.by === dimension && (of === null || each.of === of);
    const open = standing.open.filter((ticket) => of === null || ticket[dimension] === of);
    return countsOf(
      added(during.filter(isOf)),
      open,
      added(later.filter(isOf)),
      to < standing.today,
      standing.at,
    );
  };
  return {
    ...{ from, to, at: standing.at, error: ERROR },
    // Each ticket has a priority: what was counted of them all is what was counted of all.
    total: counted('priority', null),
    by: Object.fromEntries(
      by.map((dimension) => {
        const known = [
          ...during.flatMap((each) => (each.by === dimension ? [each.of] : [])),
          ...standing.open.map((ticket) => ticket[dimension]),
        ];
        const values = [...new Set(known)].map((of) => ({ of, counts: counted(dimension, of) }));
        values.sort((a, b) => b.counts.opened - a.counts.opened || (a.of < b.of ? -1 : 1));
        return [dimension, values];
      }),
    ),
    days: dayByDay(rollups, from, to, standing),
    mails: mailsOf(added(during.filter((each) => each.by === 'desk'))),
    hours: hoursOf(during.filter((each) => each.by === 'desk')),
  };
}

type Cells = ReadonlyMap<string, number>;

function added(rollups: readonly Rollup[]): Cells {
  const sums = new Map<string, number>();
  for (const { cells } of rollups)
    for (const [cell, add] of Object.entries(cells)) sums.set(cell, (sums.get(cell) ?? 0) + add);
  return sums;
}

function countsOf(
  cells: Cells,
  open: readonly OpenTicket[],
  later: Cells,
  isPast: boolean,
  now: string,
): Counts {
  const of = (cell: string) => cells.get(cell) ?? 0;
  const lasted = ({ working, elapsed }: { working: string; elapsed: string }): Lasted => ({
    working: durationOf(seriesOf(cells, working)),
    elapsed: durationOf(seriesOf(cells, elapsed)),
  });
  const grades = [1, 2, 3, 4, 5].map((grade) => of(`rated.${grade}`));
  const votes = grades.reduce((sum, count) => sum + count, 0);
  const counts = {
    ...{ opened: of('opened'), ofDesk: of('ofDesk'), resolved: of('resolved'), merged: of('merged') },
    ...{ dropped: of('dropped'), reopened: of('reopened'), firstContact: of('firstContact') },
    ...{ escalated: of('escalated'), climbs: of('climbs'), bounced: of('bounced') },
    ...{ answers: of('answers'), replies: of('replies') },
  };
  return {
    ...counts,
    sla: slaOf(of),
    firstResponse: lasted(SERIES.firstResponse),
    resolution: lasted(SERIES.resolution),
    tiers: tiersOf(cells),
    satisfaction: {
      votes,
      mean: votes === 0 ? null : grades.reduce((sum, count, index) => sum + count * (index + 1), 0) / votes,
      grades,
    },
    shares: {
      firstContact: share(counts.firstContact, counts.resolved),
      reopened: share(counts.reopened, counts.resolved),
      escalated: share(counts.escalated, counts.opened),
      accuracy: share(Math.max(counts.climbs - counts.bounced, 0), counts.climbs),
    },
    backlog: isPast
      ? { open: open.length - (later.get(BALANCE) ?? 0), age: null, oldest: null, overdue: null }
      : backlogOf(open, now),
  };
}

function share(part: number, whole: number): Share {
  return whole > 0 ? part / whole : null;
}

function slaOf(of: (cell: string) => number): Counts['sla'] {
  return Object.fromEntries(
    MEASURES.map((measure) => {
      const [met, breached] = [of(`met.${measure}`), of(`breached.${measure}`)];
      return [measure, { met, breached, share: share(met, met + breached) }];
    }),
  ) as Counts['sla'];
}

function seriesOf(cells: Cells, series: string): Series {
  const buckets = new Map<number, number>();
  for (const [cell, count] of cells) {
    const [name, bucket] = cell.split('.');
    if (name === series && bucket !== 'sum') buckets.set(Number(bucket), count);
  }
  return { buckets, sum: cells.get(`${series}.sum`) ?? 0 };
}

function tiersOf(cells: Cells): Counts['tiers'] {
  const tiers = [...cells.keys()].flatMap((cell) => /^t(\d+)\.sum$/.exec(cell)?.[1] ?? []);
  return tiers
    .map((tier) => ({ tier: Number(tier), time: durationOf(seriesOf(cells, `t${tier}`)) }))
    .filter(({ time }) => time.count > 0)
    .sort((a, b) => a.tier - b.tier);
}

function backlogOf(open: readonly OpenTicket[], now: string): Backlog {
  const byAge = [...open].sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1));
  const ages = byAge.map(({ openedAt }) => Date.parse(now) - Date.parse(openedAt));
  const at = (part: number) => ages[rankOf(part, ages.length) - 1] ?? null;
  const oldest = byAge.at(-1);
  return {
    open: open.length,
    age: {
      mean: ages.length === 0 ? null : ages.reduce((sum, age) => sum + age, 0) / ages.length,
      median: at(0.5),
      p90: at(0.9),
    },
    oldest: oldest ? { id: oldest.id, openedAt: oldest.openedAt } : null,
    overdue: open.filter(({ due }) => due !== null && Date.parse(due) < Date.parse(now)).length,
  };
}

function dayByDay(rollups: readonly Rollup[], from: string, to: string, standing: Standing): Figures['days'] {
  const byDay = Map.groupBy(rollups, ({ day }) => day);
  const sum = (day: string, by: Rollup['by']) =>
    added((byDay.get(day) ?? []).filter((each) => each.by === by));
  // From today back: what is open now, less what came and went since.
  const changes = [...byDay.keys()]
    .filter((day) => day > from && day <= standing.today)
    .map((day) => ({ day, by: sum(day, 'priority').get(BALANCE) ?? 0 }));
  const days: Figures['days'] = [];
  for (let day = from; daysIn(day, to) > 0; day = dayAfter(day)) {
    const [tickets, desk] = [sum(day, 'priority'), sum(day, 'desk')];
    const since = changes.reduce((all, change) => (change.day > day ? all + change.by : all), 0);
    days.push({
      day,
      opened: tickets.get('opened') ?? 0,
      resolved: tickets.get('resolved') ?? 0,
      backlog: standing.open.length - since,
      mailsIn: sumOf(desk, 'in.'),
      mailsOut: sumOf(desk, 'out.'),
    });
  }
  return days;
}

function sumOf(cells: Cells, prefix: string): number {
  return [...cells].reduce((sum, [cell, count]) => (cell.startsWith(prefix) ? sum + count : sum), 0);
}

function mailsOf(cells: Cells): Mails {
  const named = (prefix: string) =>
    [...cells]
      .flatMap(([cell, count]) =>
        cell.startsWith(prefix) && count !== 0 ? [{ name: cell.slice(prefix.length), count }] : [],
      )
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const withheld = cells.get('withheld') ?? 0;
  const dispositions = named('in.').map(({ name, count }) => {
    const [disposition = '', reason = ''] = name.split('.');
    return { disposition, reason, count };
  });
  const loops = dispositions.filter(({ reason }) => (LOOPS as readonly string[]).includes(reason));
  return {
    in: sumOf(cells, 'in.'),
    dispositions,
    out: sumOf(cells, 'out.'),
    kinds: named('out.').map(({ name: kind, count }) => ({ kind, count })),
    refused: cells.get('refused') ?? 0,
    withheld,
    loopsPrevented: loops.reduce((sum, { count }) => sum + count, withheld),
  };
}

function hoursOf(rollups: readonly Rollup[]): number[][] {
  const hours = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const { day, cells } of rollups) {
    const row = hours[weekdayOf(day)];
    for (const [cell, count] of Object.entries(cells)) {
      const [name, hour] = cell.split('.');
      if (row && name === 'hour') row[Number(hour)] = (row[Number(hour)] ?? 0) + count;
    }
  }
  return hours;
}
