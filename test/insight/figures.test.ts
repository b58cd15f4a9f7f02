import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { figuresOf, type Rollup } from '../../core/insight/figures.ts';
import { bucketOf, durationOf, ERROR, rankOf } from '../../core/insight/histogram.ts';
import { measureIn, measureOut } from '../../core/insight/mails.ts';
import type { DispositionReason } from '../../core/mail/disposition.ts';
import { MONDAY } from '../sample.ts';

const standing = { open: [], at: MONDAY, today: '2026-11-23' };
const range = { from: '2026-11-17', to: '2026-11-23', by: [] };
const rollup = (day: string, cells: Record<string, number>, by: Rollup['by'] = 'priority'): Rollup => ({
  ...{ day, by, of: by === 'desk' ? '' : 'P3', cells },
});

describe('a histogram', () => {
  test('tells the median and the ninetieth percentile within its error, and the mean exactly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1000, max: 10 * 365 * 86_400_000 }), { minLength: 1, maxLength: 60 }),
        (durations) => {
          const buckets = new Map<number, number>();
          for (const ms of durations) buckets.set(bucketOf(ms), (buckets.get(bucketOf(ms)) ?? 0) + 1);
          const sum = durations.reduce((all, ms) => all + ms, 0);
          const { count, mean, median, p90 } = durationOf({ buckets, sum });
          expect([count, mean]).toEqual([durations.length, sum / durations.length]);
          const sorted = durations.toSorted((a, b) => a - b);
          for (const [told, share] of [
            [median, 0.5],
            [p90, 0.9],
          ] as const) {
            const exact = sorted[rankOf(share, count) - 1] ?? Number.NaN;
            // A millisecond for rounding.
            expect(Math.abs((told ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * ERROR + 1);
          }
        },
      ),
    );
  });

  test('has few buckets, however long something takes', () => {
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBeLessThan(210);
    expect([bucketOf(0), bucketOf(999), bucketOf(1000)]).toEqual([0, 0, 1]);
  });
});

describe('figures', () => {
  test('divide by nothing where there is nothing', () => {
    const { total, mails } = figuresOf([], range, standing);
    expect(total.shares).toEqual({ firstContact: null, reopened: null, escalated: null, accuracy: null });
    expect(total.satisfaction).toMatchObject({ votes: 0, mean: null });
    expect([total.sla.resolution.share, total.resolution.working.mean, mails.in]).toEqual([null, null, 0]);
  });

  test('are of their days alone, of all parts together, and know each day', () => {
    const { total, days } = figuresOf(
      [
        rollup('2026-11-16', { opened: 8 }),
        rollup('2026-11-17', { opened: 1, resolved: 1 }),
        rollup('2026-11-23', { opened: 2 }),
        rollup('2026-11-23', { opened: 3, 'rated.5': 1, 'rated.2': 2 }),
        rollup('2026-11-23', { 'in.opened.new-ticket': 4, 'out.answer': 3 }, 'desk'),
      ],
      range,
      standing,
    );
    expect([total.opened, total.satisfaction.mean]).toEqual([6, 3]);
    expect(days).toHaveLength(7);
    expect(days[0]).toMatchObject({ day: '2026-11-17', opened: 1, resolved: 1, mailsIn: 0 });
    expect(days[6]).toMatchObject({ day: '2026-11-23', opened: 5, mailsIn: 4, mailsOut: 3 });
  });

  test('tell what was counted by its name, and times by working and elapsed, tier by tier', () => {
    const counts = { opened: 9, ofDesk: 1, resolved: 8, merged: 2, dropped: 3, reopened: 4, firstContact: 5 };
    const more = { escalated: 6, climbs: 7, bounced: 2, answers: 11, replies: 12 };
    const [hour, minute] = [bucketOf(3_600_000), bucketOf(60_000)];
    const { total } = figuresOf(
      [
        rollup('2026-11-23', { ...counts, ...more, 'met.resolution': 3, 'breached.resolution': 1 }),
        rollup('2026-11-23', {
          't10.sum': 60_000,
          [`t10.${minute}`]: 1,
          't2.sum': 5,
          't2.0': 1,
          't3.sum': 5,
        }),
        rollup('2026-11-23', {
          'fw.sum': 120_000,
          [`fw.${minute}`]: 2,
          'fe.sum': 3_600_000,
          [`fe.${hour}`]: 1,
        }),
        rollup('2026-11-23', { 're.sum': 7_200_000, [`re.${hour}`]: 2, xt1: 1, 'xt1.sum': 1, 'xt1.0': 1 }),
      ],
      range,
      standing,
    );
    expect(total).toMatchObject({
      ...counts,
      ...more,
      sla: { resolution: { met: 3, breached: 1, share: 0.75 } },
    });
    expect(total.shares).toEqual({ firstContact: 5 / 8, reopened: 0.5, escalated: 6 / 9, accuracy: 5 / 7 });
    expect(total.tiers.map(({ tier, time }) => [tier, time.count, time.mean])).toEqual([
      [2, 1, 5],
      [10, 1, 60_000],
    ]);
    const { firstResponse, resolution } = total;
    expect(
      [firstResponse.working, firstResponse.elapsed, resolution.working, resolution.elapsed].map(
        ({ count, mean }) => [count, mean],
      ),
    ).toEqual([
      [2, 60_000],
      [1, 3_600_000],
      [0, null],
      [2, 3_600_000],
    ]);
  });

  test('a climb that comes back makes an escalation less accurate', () => {
    const { total } = figuresOf(
      [rollup('2026-11-23', { opened: 10, escalated: 3, climbs: 4, bounced: 1 })],
      range,
      standing,
    );
    expect(total.shares).toMatchObject({ escalated: 0.3, accuracy: 0.75 });
  });

  test('the backlog is as old as what is open, to the millisecond, and says what is overdue', () => {
    const open = [1, 3, 0, 2].map((hours) => ({
      ...{
        id: `T-${hours}`,
        category: 'printing',
        team: 'service-desk',
        agent: '-',
        priority: 'P3' as const,
      },
      openedAt: new Date(Date.parse(MONDAY) - hours * 3_600_000).toISOString(),
      due: hours % 2 === 1 ? '2026-11-23T08:59:59.999Z' : hours === 2 ? MONDAY : null,
    }));
    const { backlog } = figuresOf([], range, { ...standing, open }).total;
    const hour = 3_600_000;
    expect(backlog).toMatchObject({
      ...{ open: 4, overdue: 2, oldest: { id: 'T-3', openedAt: '2026-11-23T06:00:00.000Z' } },
      age: { mean: 1.5 * hour, median: hour, p90: 3 * hour },
    });
  });

  test('each part has its own, the most opened first; and the backlog of a day that is over is today’s less what changed since', () => {
    const of = (day: string, by: Rollup['by'], of: string, cells: Record<string, number>): Rollup => ({
      ...{ day, by, of, cells },
    });
    const open = ['printing', 'printing', 'network', 'hardware'].map((category, n) => ({
      ...{ id: `T-${n}`, category, team: 'service-desk', agent: '-', priority: 'P3' as const },
      ...{ openedAt: MONDAY, due: null },
    }));
    const { total, by, days } = figuresOf(
      [
        of('2026-11-20', 'priority', 'P3', { opened: 4, balance: 4 }),
        of('2026-11-20', 'category', 'access', { opened: 1, balance: 1 }),
        of('2026-11-20', 'category', 'network', { opened: 1, balance: 1 }),
        of('2026-11-20', 'category', 'printing', { opened: 2, balance: 2 }),
        of('2026-11-22', 'priority', 'P3', { resolved: 2, balance: -2 }),
        of('2026-11-22', 'category', 'access', { resolved: 1, balance: -1 }),
        of('2026-11-22', 'category', 'printing', { resolved: 1, balance: -1 }),
        of('2026-11-23', 'priority', 'P3', { opened: 1, balance: 1 }),
        of('2026-11-23', 'category', 'printing', { opened: 1, balance: 1 }),
        // Of a day that has not come here yet.
        of('2026-11-24', 'priority', 'P3', { opened: 9, balance: 9 }),
      ],
      { from: '2026-11-19', to: '2026-11-20', by: ['category'] },
      { ...standing, open },
    );
    expect(total.backlog).toEqual({ open: 5, age: null, oldest: null, overdue: null });
    expect(by.category?.map(({ of, counts }) => [of, counts.opened, counts.backlog.open])).toEqual([
      ['printing', 2, 2],
      ['access', 1, 1],
      ['network', 1, 1],
      ['hardware', 0, 1],
    ]);
    expect(days.map(({ day, backlog }) => [day, backlog])).toEqual([
      ['2026-11-19', 1],
      ['2026-11-20', 5],
    ]);
  });
});

describe('a mail', () => {
  const berlin = { timezone: 'Europe/Berlin' };
  const cells = (increments: ReturnType<typeof measureIn>) =>
    increments.map(({ day, by, of, cell, add }) => `${day} ${by}${of} ${cell} ${add}`);
  // Half past midnight in Berlin.
  const cameIn = (disposition: 'opened' | 'noted' | 'suppressed' | 'setup', reason: DispositionReason) =>
    cells(measureIn({ receivedAt: '2026-11-23T23:30:00.000Z', disposition, reason }, berlin));

  test('that came in counts by what became of it, and by its hour there if a person wrote it', () => {
    expect(cameIn('opened', 'new-ticket')).toEqual([
      '2026-11-24 desk in.opened.new-ticket 1',
      '2026-11-24 desk hour.0 1',
    ]);
    expect(cameIn('noted', 'third-party')).toHaveLength(2);
    for (const reason of ['list', 'monitoring', 'flood'] as const)
      expect(cameIn('opened', reason)).toEqual([`2026-11-24 desk in.opened.${reason} 1`]);
    expect(cameIn('suppressed', 'loop')).toEqual(['2026-11-24 desk in.suppressed.loop 1']);
  });

  test('that nobody wrote counts for nothing: what SES writes, and what the desk writes to itself', () => {
    expect(cameIn('setup', 'ses-setup')).toEqual([]);
    expect(cameIn('suppressed', 'canary')).toEqual([]);
    expect(measureOut({ state: 'sent', kind: 'canary', at: MONDAY }, berlin)).toEqual([]);
  });

  test('that was to go out counts where it came to its end', () => {
    const wentOut = (state: string) => cells(measureOut({ state, kind: 'answer', at: MONDAY }, berlin));
    expect(['sent', 'refused', 'withheld', 'queued'].map(wentOut)).toEqual([
      ...[
        ['2026-11-23 desk out.answer 1'],
        ['2026-11-23 desk refused 1'],
        ['2026-11-23 desk withheld 1'],
        [],
      ],
    ]);
  });

  test('is told with others of its kind, the most frequent first, and how many loops were prevented', () => {
    const cameIn = { 'in.opened.new-ticket': 4, 'in.suppressed.loop': 2, 'in.suppressed.auto-reply': 5 };
    const wentOut = { 'out.answer': 3, 'out.assignment': 3, 'out.closed': 0, refused: 1, withheld: 6 };
    const { mails, hours } = figuresOf(
      [
        rollup('2026-11-22', { 'hour.7': 2 }, 'desk'),
        rollup('2026-11-23', { ...cameIn, ...wentOut, 'hour.23': 1 }, 'desk'),
        rollup('2026-11-23', { 'hour.23': 2 }, 'desk'),
        rollup('2026-11-23', { 'in.opened.new-ticket': 9, 'hour.1': 9 }),
      ],
      range,
      standing,
    );
    expect(mails).toEqual({
      in: 11,
      dispositions: [
        { disposition: 'suppressed', reason: 'auto-reply', count: 5 },
        { disposition: 'opened', reason: 'new-ticket', count: 4 },
        { disposition: 'suppressed', reason: 'loop', count: 2 },
      ],
      out: 6,
      kinds: [
        { kind: 'answer', count: 3 },
        { kind: 'assignment', count: 3 },
      ],
      ...{ refused: 1, withheld: 6, loopsPrevented: 13 },
    });
    expect(hours.map((day) => day.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
    expect(
      hours.flatMap((day, weekday) => day.flatMap((count, hour) => (count ? [[weekday, hour, count]] : []))),
    ).toEqual([
      [0, 23, 3],
      [6, 7, 2],
    ]);
  });
});
