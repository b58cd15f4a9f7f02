/** What a desk costs: what it used, per ticket, per month and idle, beside designs that are easier to think of. */
import {
  type Amounts,
  type Bill,
  billOf,
  PRICED_AT,
  PRICED_IN,
  times,
  together,
  type Unit,
} from './prices.ts';

/** What a meter has counted. */
export interface Reading {
  /** ISO 8601 UTC, desk time. */
  since: string;
  /** By whom: a function by its logical id; a service that acts by itself by its name. */
  by: Readonly<Record<string, Amounts>>;
  /** By `service:Operation`. */
  calls: Readonly<Record<string, number>>;
}

/** What a desk uses although nobody writes to it. */
export interface Standing {
  /** A month, of queues that Lambda finds empty. */
  polls: number;
  /** Functions by logical id, and how often a month each is called by a schedule. */
  scheduled: readonly { function: string; perMonth: number; writesMail: boolean }[];
  /** Metrics that alarms look at: each of an alarm's is billed. */
  alarms: number;
  metrics: number;
  dashboards: number;
}

export interface Volume {
  tickets: number;
  mailsIn: number;
  mailsOut: number;
}

export const HOURS_A_MONTH = 730;
/**
 * Of each queue. Lambda keeps five long polls of at most 20 seconds, whether anything comes or not, and whatever
 * concurrency it is allowed: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const POLLS_A_MONTH = 5 * 3 * 60 * HOURS_A_MONTH;
/** Called when a stack is made or changed. */
const ONCE_ONLY = ['Provision'];

/** Of an alarm's properties in a template. What only reckons with others costs nothing; a query counts as the one that it finds. */
export function alarmMetrics({ Metrics }: Readonly<Record<string, unknown>> = {}): number {
  if (!Array.isArray(Metrics)) return 1;
  const isBilled = ({ MetricStat, Expression }: { MetricStat?: unknown; Expression?: unknown }) =>
    MetricStat !== undefined || String(Expression).startsWith('SELECT ');
  return Metrics.filter(isBilled).length;
}

export type Cost = ReturnType<typeof costOf>;

/** `reading` is of `volume`; its tickets are more than none. */
export function costOf(reading: Reading, volume: Volume, standing: Standing) {
  const apart = new Set([...standing.scheduled.map(({ function: id }) => id), ...ONCE_ONLY]);
  const ofTickets = Object.entries(reading.by).flatMap(([id, amounts]) => (apart.has(id) ? [] : [amounts]));
  const perTicket = times(together(...ofTickets), 1 / volume.tickets);
  const idle = idleMonth(reading, standing);
  const mails = { in: volume.mailsIn / volume.tickets, out: volume.mailsOut / volume.tickets };
  return {
    pricedAt: PRICED_AT,
    pricedIn: PRICED_IN,
    since: reading.since,
    ...volume,
    mailsPerTicket: mails,
    perTicket: summed(billOf(perTicket)),
    // 1,000 tickets more; the allowances are those of a month with no others.
    per1000Tickets: {
      ...summed(billOf(times(perTicket, 1_000))),
      afterAllowances:
        billOf(together(times(perTicket, 1_000), idle), { free: true }).total -
        billOf(idle, { free: true }).total,
    },
    day: dayOf(1_000, perTicket, idle),
    idleMonth: { ...summed(billOf(idle)), afterAllowances: billOf(idle, { free: true }).total },
    months: [100, 1_000, 10_000].map((tickets) => monthOf(tickets, perTicket, idle, mails)),
    lines: linesOf(perTicket, idle),
    sensitivity: sensitivityOf(perTicket),
    calls: reading.calls,
  };
}

export function monthOf(tickets: number, perTicket: Amounts, idle: Amounts, mails: Mails) {
  const used = together(times(perTicket, tickets), idle);
  return {
    tickets,
    ...summed(billOf(used)),
    afterAllowances: billOf(used, { free: true }).total,
    polling: billOf(together(times(pollingTicket(perTicket), tickets), idle)).total,
    alwaysOn: ALWAYS_ON + billOf(times(mailsAlone(mails), tickets)).total,
  };
}

/** What looks on costs by the month, whatever comes. */
const OBSERVING = ['alarm-months', 'metric-months', 'dashboard-months'] as const satisfies readonly Unit[];

/** So many tickets in one day, with the day's polls of queues, sweeps, digests, reports and canaries; what looks on stands apart. */
function dayOf(tickets: number, perTicket: Amounts, idle: Amounts) {
  const share = times(idle, 24 / HOURS_A_MONTH);
  const observing: Amounts = Object.fromEntries(OBSERVING.map((unit) => [unit, share[unit] ?? 0]));
  const clock = together(share, times(observing, -1));
  return {
    tickets,
    ...summed(billOf(together(times(perTicket, tickets), clock))),
    ofTheClock: billOf(clock).total,
    observing: billOf(observing).total,
  };
}

interface Mails {
  in: number;
  out: number;
}

/** Each scheduled call costs what such calls have cost so far. */
function idleMonth({ by }: Reading, { polls, scheduled, alarms, metrics, dashboards }: Standing): Amounts {
  return together(
    {
      'sqs-requests': polls,
      'alarm-months': alarms,
      'metric-months': metrics,
      'dashboard-months': dashboards,
    },
    ...scheduled.flatMap(({ function: id, perMonth, writesMail }) => {
      const used = by[id] ?? {};
      const calls = used['lambda-requests'] ?? 0;
      const call = calls > 0 ? times(used, 1 / calls) : UNSEEN_CALL;
      return [
        { 'scheduler-calls': perMonth },
        times({ ...call, 'scheduler-calls': 0 }, perMonth),
        ...(writesMail ? [times(mailAndBack(by), perMonth)] : []),
      ];
    }),
  );
}

/** A second of 512 MB with a few reads and writes: more than any of our scheduled functions takes with nothing to do. */
const UNSEEN_CALL: Amounts = {
  ...{ 'lambda-requests': 1, 'lambda-gb-seconds': 0.5, 'dynamodb-reads': 10, 'dynamodb-writes': 10 },
  ...{ 'log-gb': 2e-6 },
};

/** A mail that the desk writes to itself: sent, received, stored, told of, taken in, and its sending settled. */
function mailAndBack(by: Reading['by']): Amounts {
  const average = (id: string) => {
    const used = by[id] ?? {};
    const calls = used['lambda-requests'] ?? 0;
    return calls > 0 ? times(used, 1 / calls) : UNSEEN_CALL;
  };
  return together(
    average('RelayEvents'),
    { ...average('SendUpdate'), 'ses-sent': 1, 'ses-sent-gb': 0 },
    average('ReceiveEmail'),
    average('ReceiveFeedback'),
    // Two publications are delivered, and three messages sent, taken and deleted.
    { 'ses-received': 1, 's3-writes': 1, 'sns-published': 2, 'sqs-requests': 9 },
  );
}

/** A workflow that looks every five minutes for a day: three states a turn, a call, a strong read of 4 KB, and a log of it all. */
const TURNS = 288;

function pollingTicket(perTicket: Amounts): Amounts {
  return together(
    { ...perTicket, 'states-transitions': 0 },
    {
      'states-transitions': 3 * TURNS + 4,
      'lambda-requests': TURNS,
      // 50 ms with 512 MB.
      'lambda-gb-seconds': TURNS * 0.025,
      'dynamodb-reads': TURNS,
      'log-gb': (TURNS * 4_500) / 2 ** 30,
    },
  );
}

/** A month of t4g.small (0.0168/h), db.t4g.micro in one zone (0.016/h), 20 GB of gp3 for it (0.115), one public IPv4 (0.005/h). */
const ALWAYS_ON = HOURS_A_MONTH * (0.0168 + 0.016 + 0.005) + 20 * 0.115;

function mailsAlone(mails: Mails): Amounts {
  return { 'ses-received': mails.in, 'ses-sent': mails.out };
}

/** What is not known of Lambda from a laptop: how fast its processors are, and how often it starts a function anew. */
function sensitivityOf(perTicket: Amounts) {
  const of = (amounts: Amounts) => billOf(times(amounts, 1_000)).total;
  const { 'lambda-gb-seconds': running = 0, 'lambda-init-gb-seconds': starting = 0 } = perTicket;
  return {
    halfAsLong: of({
      ...perTicket,
      'lambda-gb-seconds': running / 2,
      'lambda-init-gb-seconds': starting / 2,
    }),
    twiceAsLong: of({
      ...perTicket,
      'lambda-gb-seconds': running * 2,
      'lambda-init-gb-seconds': starting * 2,
    }),
    // A third of a second of 512 MB each, as measured of bundles of this size in AWS.
    everyCallStarts: of({
      ...perTicket,
      'lambda-init-gb-seconds': Math.max(starting, (perTicket['lambda-requests'] ?? 0) * 0.175),
    }),
  };
}

function linesOf(perTicket: Amounts, idle: Amounts) {
  const [ofTicket, ofIdle] = [billOf(perTicket).lines, billOf(idle).lines];
  return billOf(together(perTicket, idle)).lines.map(({ unit, service }) => {
    const one = ofTicket.find((line) => line.unit === unit);
    const month = ofIdle.find((line) => line.unit === unit);
    return {
      ...{ service, unit },
      ...{ perTicket: one?.amount ?? 0, dollarsPer1000: (one?.dollars ?? 0) * 1_000 },
      ...{ idle: month?.amount ?? 0, dollarsIdle: month?.dollars ?? 0 },
    };
  });
}

function summed({ total, byService }: Bill): Pick<Bill, 'total' | 'byService'> {
  return { total, byService };
}
