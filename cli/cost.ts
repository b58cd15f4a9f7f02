/** What the desk costs: what was metered, priced. Of a desk on this laptop, of a stack's last month, or of one ticket that a bench has played. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Tickets } from '../aws/tickets.ts';
import { type Cost, costOf, type Reading, type Volume } from '../core/insight/cost.ts';
import { type Amounts, PRICES, UNITS } from '../core/insight/prices.ts';
import { connect, runningDesk, type Where } from './connect.ts';
import { askEngine } from './engine.ts';
import { Refused } from './refused.ts';
import { table } from './table.ts';

const Metered = z.object({
  since: z.string(),
  by: z.record(z.string(), z.partialRecord(z.enum(UNITS), z.number())),
  calls: z.record(z.string(), z.number()),
  standing: z.object({
    polls: z.number(),
    scheduled: z.array(z.object({ function: z.string(), perMonth: z.number(), writesMail: z.boolean() })),
    alarms: z.number(),
    metrics: z.number(),
    dashboards: z.number(),
  }),
});

/** What `bench/cost.ts` leaves. */
export const SampleTicket = Metered.extend({
  machine: z.string(),
  volume: z.object({ tickets: z.number(), mailsIn: z.number(), mailsOut: z.number() }),
});
export const SAMPLE_FILE = new URL('sample-ticket.json', import.meta.url);

export type Priced = Cost & {
  of: 'sample' | 'laptop' | 'stack';
  /** What no meter says, and how it was come by. */
  reckoned: readonly string[];
};

export async function priceSample(): Promise<Priced> {
  const { machine, volume, standing, ...reading } = SampleTicket.parse(
    JSON.parse(await readFile(SAMPLE_FILE, 'utf8')),
  );
  const played = `${volume.tickets} tickets as bench/cost.ts plays them, on ${machine}`;
  return { of: 'sample', ...costOf(reading, volume, standing), reckoned: [played, ...ON_A_LAPTOP] };
}

export async function priceRunning(where: Where): Promise<Priced> {
  const running = await runningDesk(where.data).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(`${error.message} Without either, desk cost --sample prices a ticket played before.`);
  });
  const { standing, ...reading } = Metered.parse(await askEngine(running, 'meter', 'ReadMeter', {}));
  const { tickets } = await connect(where);
  const volume = volumeOf(reading, await opened(tickets, reading.since));
  return { of: 'laptop', ...costOf(reading, volume, standing), reckoned: ON_A_LAPTOP };
}

/** The last month by CloudWatch. */
export async function priceStack(where: Where & { stack: string }): Promise<Priced> {
  const { tickets, now } = await connect(where);
  const { usageOf } = await import('../aws/usage.ts');
  const { reading, standing, reckoned } = await usageOf(where.stack, now());
  const volume = volumeOf(reading, await opened(tickets, reading.since));
  return { of: 'stack', ...costOf(reading, volume, standing), reckoned };
}

const ON_A_LAPTOP = [
  'Lambda: the laptop’s milliseconds, as if all were computing on the share of a processor that the memory brings; its round trips are shorter than those of AWS',
  'SQS: five long polls of 20 seconds on each queue, which is what Lambda does while a queue is empty',
  'schedules: each call as such calls were metered, as often as the template asks; the canary’s also as a mail there and back, since none flies on a laptop',
  'DynamoDB: units as its engine counts them; half a kilobyte is kept of each, and backed up, unless what is kept was weighed',
  'SES: all octets that leave count as attached, which is the most that they can cost',
];

const MOST_TICKETS = 100_000;

async function opened(tickets: Pick<Tickets, 'list'>, since: string): Promise<number> {
  let count = 0;
  await tickets.list(
    MOST_TICKETS,
    () => {
      count++;
      return false;
    },
    since,
  );
  if (count === 0)
    throw new Refused(
      `No ticket was opened since ${since}: there is nothing to divide by. desk cost --sample prices a ticket played before.`,
    );
  return count;
}

export function volumeOf({ by }: Pick<Reading, 'by'>, tickets: number): Volume {
  const sum = (unit: keyof Amounts) =>
    Object.values(by).reduce((total, amounts) => total + (amounts[unit] ?? 0), 0);
  return { tickets, mailsIn: sum('ses-received'), mailsOut: sum('ses-sent') };
}

export function describeCost(cost: Priced): string {
  const { of, tickets, since, mailsPerTicket, per1000Tickets, day, idleMonth, lines, months, sensitivity } =
    cost;
  const { halfAsLong, twiceAsLong, everyCallStarts } = sensitivity;
  const where = { sample: 'played on a laptop', laptop: 'metered on this laptop', stack: 'of this stack' }[
    of
  ];
  const known = tickets === 1 ? '1 ticket' : `${tickets} tickets`;
  return [
    `${known} ${where} since ${since}: for each ${amount(mailsPerTicket.in)} mails in and ${amount(mailsPerTicket.out)} out. Prices of ${cost.pricedIn}, ${cost.pricedAt}, SES à la carte, in USD.`,
    '',
    table(
      ['Service', 'Unit', 'A ticket', '$ for 1,000', 'Idle month', '$ a month'],
      [
        ...lines.map((line) => [
          ...[line.service, PRICES[line.unit].unit, amount(line.perTicket), dollars(line.dollarsPer1000)],
          ...[amount(line.idle), dollars(line.dollarsIdle)],
        ]),
        ['Total', '', '', dollars(per1000Tickets.total), '', dollars(idleMonth.total)],
      ],
      '',
    ),
    '',
    table(
      ['Tickets a month', '$ a month', 'For 1,000', 'After allowances', 'Clock that polls', 'Always on'],
      [
        ['none', dollars(idleMonth.total), '–', dollars(idleMonth.afterAllowances), '', ''],
        ...months.map((month) => [
          ...[
            month.tickets.toLocaleString('en'),
            dollars(month.total),
            dollars((month.total / month.tickets) * 1_000),
          ],
          ...[dollars(month.afterAllowances), dollars(month.polling), dollars(month.alwaysOn)],
        ]),
      ],
      '',
    ),
    '',
    `1,000 tickets more cost ${dollars(per1000Tickets.total)}, ${dollars(per1000Tickets.afterAllowances)} after what every account has for nothing each month; ${dollars(halfAsLong)} if Lambda takes half as long, ${dollars(twiceAsLong)} if twice as long, ${dollars(everyCallStarts)} if each call starts its function anew.`,
    `A day with 1,000 tickets costs ${dollars(day.total)}: ${dollars(day.ofTheClock)} of that are its polls of empty queues, sweeps, digests, reports and canaries. Alarms, metrics and dashboard add ${dollars(day.observing)}, whatever comes.`,
    ...cost.reckoned.map((line) => `Reckoned: ${line}.`),
    'docs/guide/cost.md says what each column is.',
  ].join('\n');
}

function dollars(value: number): string {
  return value.toFixed(value !== 0 && value < 0.01 ? 4 : 2);
}

function amount(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
