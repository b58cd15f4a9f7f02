/** The measures of some days, in words. docs/guide/measures.md says what each of them is. */
import { openRollups } from '../aws/rollups.ts';
import type { Desk } from '../core/config/desk.ts';
import { dayAfter, daysIn, daysOf } from '../core/insight/days.ts';
import type { Counts, Dimension, Duration, Figures, Share } from '../core/insight/figures.ts';
import { MEASURES, type Measure } from '../core/sla/clock.ts';
import type { DeskConnection } from './connect.ts';
import { Refused } from './refused.ts';
import { table } from './table.ts';

export interface Asked {
  /** `2026-11-23`; else the last 28 days, today among them. */
  from?: string;
  to?: string;
  by?: Dimension;
}

const MOST_DAYS = 400;
const USUAL = 28;

/** `now` of the desk, epoch ms, goes through `desk`'s zone. Throws Refused where the days make no range. */
export async function figuresFor(
  asked: Asked,
  { table: items, tickets, now }: Pick<DeskConnection, 'table' | 'tickets' | 'now'>,
  desk: Desk,
): Promise<Figures> {
  const at = new Date(now()).toISOString();
  const today = daysOf(desk)(at);
  const to = asked.to ?? today;
  const from = asked.from ?? dayAfter(to, -USUAL + 1);
  const days = daysIn(from, to);
  if (days < 1) throw new Refused(`--from ${from} comes after --to ${to}.`);
  if (daysIn(from, today) > MOST_DAYS)
    throw new Refused(`--from ${from} is more than ${MOST_DAYS} days ago; so many are read at most.`);
  if (to > today) throw new Refused(`--to ${to} is not over: today is ${today}.`);
  return openRollups(items, tickets, desk).figures({ from, to, by: asked.by ? [asked.by] : [] }, at);
}

/** Counts what was left uncounted of the tickets that were opened, and the mails that came in, since a day. */
export async function catchUp(
  since: string,
  { table: items, tickets, ledger }: Pick<DeskConnection, 'table' | 'tickets' | 'ledger'>,
  desk: Desk,
  progress: (done: number) => void,
): Promise<number> {
  const rollups = openRollups(items, tickets, desk);
  const pks: string[] = [];
  const gather = (pk: string): false => {
    pks.push(pk);
    return false;
  };
  await tickets.list(1, ({ id }) => gather(`T#${id}`), since);
  await ledger.list(1, ({ mailId }) => gather(`MAIL#${mailId}`), since);
  for (let done = 0; done < pks.length; done += AT_ONCE) {
    await rollups.count(pks.slice(done, done + AT_ONCE), Date.now());
    progress(done);
  }
  return pks.length;
}

const AT_ONCE = 50;

export function describeFigures(figures: Figures): string {
  const { total, mails } = figures;
  const [[dimension, values = []] = ['']] = Object.entries(figures.by);
  return [
    `${figures.from} to ${figures.to}, in the desk's time zone; medians and p90 within ${Math.ceil(figures.error * 100)} %`,
    table(['', ''], ticketRows(total), ''),
    table(['', 'count', 'mean', 'median', 'p90'], timeRows(total), ''),
    table(['promise', 'met', 'breached', 'kept'], promiseRows(total), 'No promise was met or breached.'),
    table(
      ['', ''],
      [
        [
          'mails in',
          `${mails.in}  (${mails.dispositions.map(({ reason, count }) => `${reason} ${count}`).join(', ') || 'none'})`,
        ],
        [
          'mails out',
          `${mails.out}  (${mails.kinds.map(({ kind, count }) => `${kind} ${count}`).join(', ') || 'none'})`,
        ],
        ['refused, withheld', `${mails.refused}, ${mails.withheld}`],
        ['loops prevented', `${mails.loopsPrevented}`],
        ['busiest hours', busiest(figures.hours)],
      ],
      '',
    ),
    ...(dimension
      ? [
          table(
            [
              dimension,
              'opened',
              'resolved',
              'backlog',
              'first response',
              'resolution',
              'kept',
              'first contact',
              'rated',
            ],
            values.map(({ of, counts }) => [of === '-' ? 'nobody' : of, ...summary(counts)]),
            `Nothing by ${dimension}.`,
          ),
        ]
      : []),
  ].join('\n\n');
}

function ticketRows({ backlog, shares, satisfaction, ...counts }: Counts): string[][] {
  const { age, overdue } = backlog;
  return [
    ['opened', `${counts.opened}, ${counts.ofDesk} of them by the desk itself`],
    ['resolved', `${counts.resolved}; merged ${counts.merged}, dropped ${counts.dropped}`],
    [
      'backlog',
      age && backlog.open > 0
        ? `${backlog.open}, ${overdue} overdue; age ${spanOf(age.median)} (median), ${spanOf(age.p90)} (p90)`
        : `${backlog.open}`,
    ],
    ...(backlog.oldest ? [['oldest', `${backlog.oldest.id}, since ${backlog.oldest.openedAt}`]] : []),
    ['first contact', `${counts.firstContact} (${percent(shares.firstContact)} of the resolved)`],
    ['reopened', `${counts.reopened} (${percent(shares.reopened)} of the resolved)`],
    ['escalated', `${counts.escalated} (${percent(shares.escalated)} of the opened)`],
    ['bounced back', `${counts.bounced} of ${counts.climbs} climbs; accuracy ${percent(shares.accuracy)}`],
    [
      'satisfaction',
      satisfaction.mean === null
        ? 'no votes'
        : `${satisfaction.mean.toFixed(2)} of 5, ${satisfaction.votes} votes`,
    ],
  ];
}

function timeRows({ firstResponse, resolution, tiers }: Counts): string[][] {
  const row = (name: string, { count, mean, median, p90 }: Duration) => [
    ...[name, `${count}`, spanOf(mean), spanOf(median), spanOf(p90)],
  ];
  return [
    row('first response, working time', firstResponse.working),
    row('first response, all time', firstResponse.elapsed),
    row('resolution, working time', resolution.working),
    row('resolution, all time', resolution.elapsed),
    ...tiers.map(({ tier, time }) => row(`at tier ${tier}, working time`, time)),
  ];
}

const PROMISES: Record<Measure, string> = {
  firstResponse: 'first response',
  nextResponse: 'next response',
  periodicUpdate: 'periodic update',
  resolution: 'resolution',
  requesterWait: "requester's wait",
  agentWork: "agents' work",
  tier: 'time at a tier',
};

function promiseRows({ sla }: Counts): string[][] {
  return MEASURES.flatMap((measure) => {
    const { met, breached, share } = sla[measure];
    return met + breached === 0 ? [] : [[PROMISES[measure], `${met}`, `${breached}`, percent(share)]];
  });
}

function summary({
  opened,
  resolved,
  backlog,
  firstResponse,
  resolution,
  sla,
  shares,
  satisfaction,
}: Counts): string[] {
  return [
    ...[`${opened}`, `${resolved}`, `${backlog.open}`],
    ...[spanOf(firstResponse.working.median), spanOf(resolution.working.median)],
    ...[percent(sla.resolution.share), percent(shares.firstContact)],
    satisfaction.mean === null ? '–' : satisfaction.mean.toFixed(1),
  ];
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function busiest(hours: Figures['hours']): string {
  const all = hours.flatMap((row, day) =>
    row.map((count, hour) => ({ count, name: `${WEEKDAYS[day]} ${String(hour).padStart(2, '0')}:00` })),
  );
  const most = all
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3);
  return most.map(({ name, count }) => `${name} (${count})`).join(', ') || '–';
}

function percent(share: Share): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}

/** `1 h 20 min` */
function spanOf(ms: number | null): string {
  if (ms === null) return '–';
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
