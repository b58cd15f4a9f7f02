import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysOf } from '../../core/insight/days.ts';
import { type Counts, DIMENSIONS, type Duration } from '../../core/insight/figures.ts';
import { ERROR, rankOf } from '../../core/insight/histogram.ts';
import { isActive, type TicketEvent } from '../../core/ticket/ticket.ts';
import { countMeasures } from '../../functions/count-measures.ts';
import { anyLife, type Found, found, type Life, type Lived, live, toOf } from '../insight/histories.ts';
import { desk, LUIS, later, MONDAY, opened } from '../sample.ts';
import { type SmallWorld, smallWorld } from './world.ts';

const record = (pk: string) => ({ Keys: { pk: { S: pk } } });
const TODAY = later(MONDAY, 24 * 100);
const RANGE = { from: '2026-11-23', to: daysOf(desk)(TODAY), by: DIMENSIONS };

function write(world: SmallWorld, id: string, event: TicketEvent) {
  const sk = `EVENT#${String(event.number).padStart(8, '0')}`;
  world.items.set(`T#${id} ${sk}`, { pk: `T#${id}`, sk, event });
}

async function figures(world: SmallWorld, range = RANGE) {
  world.time = TODAY;
  return (await world.rollups()).figures(range, TODAY);
}

/** What the rollups are of, against the same events counted one by one. */
function compare(counts: Counts, all: Found[]) {
  const of = (what: string) => all.filter((each) => each.what === what);
  const { opened, resolved, merged, dropped, reopened, firstContact, escalated, climbs, bounced } = counts;
  const plain = { opened, resolved, merged, dropped, reopened, firstContact, escalated, climbs, bounced };
  for (const [what, count] of Object.entries({ ...plain, answers: counts.answers, replies: counts.replies }))
    expect([what, count]).toEqual([what, of(what).length]);
  expect(counts.satisfaction.grades).toEqual([1, 2, 3, 4, 5].map((grade) => of(`rated.${grade}`).length));
  for (const measure of ['firstResponse', 'resolution'] as const)
    for (const kind of ['working', 'elapsed'] as const)
      close(
        counts[measure][kind],
        of(measure === 'resolution' ? 'resolved' : measure).map(({ took }) => took?.[kind] ?? Number.NaN),
      );
}

function close({ count, mean, median, p90 }: Duration, exact: number[]) {
  exact.sort((a, b) => a - b);
  expect(count).toBe(exact.length);
  if (exact.length === 0) return expect([mean, median, p90]).toEqual([null, null, null]);
  expect(mean).toBeCloseTo(exact.reduce((sum, each) => sum + each, 0) / exact.length, 6);
  for (const [told, share] of [
    [median, 0.5],
    [p90, 0.9],
  ] as const) {
    const real = exact[rankOf(share, exact.length) - 1] ?? Number.NaN;
    // What is shorter than a second is told as nothing.
    expect(Math.abs((told ?? Number.NaN) - real)).toBeLessThanOrEqual(Math.max(real * ERROR + 1, 1000));
  }
}

describe('measures', () => {
  test('are those of all events, whatever is delivered twice, late, together or in another order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyLife, { selector: ({ id }) => id, minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 25 }),
        async (lives, deliveries) => {
          const world = smallWorld();
          const all = lives.map((life): [string, Lived] => {
            const id = `T-7K4M${String(life.id).padStart(2, '0')}`;
            return [id, live(life, id)];
          });
          const events = all
            .flatMap(([id, { history }]) => history.map((event) => ({ id, event })))
            .sort(
              (a, b) => Date.parse(a.event.at) - Date.parse(b.event.at) || a.event.number - b.event.number,
            );
          let written = 0;
          for (const [more, which, doubled] of deliveries) {
            for (let n = more % 8; n > 0 && written < events.length; n--, written++) {
              const { id, event } = events[written] ?? {};
              if (id && event) write(world, id, event);
            }
            const known = events.slice(0, written).map(({ id }) => record(`T#${id}`));
            const batch = known.slice(which % (known.length + 1));
            await countMeasures(doubled ? [...batch, ...batch.reverse()] : batch, world);
          }
          for (const { id, event } of events) write(world, id, event);
          for (const [, { ticket }] of all)
            await world.tickets.commit({ before: null, after: ticket, events: [] }, []);
          await countMeasures(
            all.map(([id]) => record(`T#${id}`)),
            world,
          );

          const { total, by } = await figures(world);
          const stories = all.flatMap(([, lived]) => found(lived, begun(lived)));
          compare(total, stories);
          const open = all.map(([, { ticket }]) => ticket).filter(isActive);
          expect(total.backlog.open).toBe(open.length);
          for (const dimension of DIMENSIONS)
            for (const { of, counts } of by[dimension] ?? []) {
              compare(
                counts,
                stories.filter(({ to }) => to[dimension] === of),
              );
              expect(counts.backlog.open).toBe(
                open.filter((ticket) => toOf(ticket)[dimension] === of).length,
              );
            }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('are counted once when two count the same at the same moment', async () => {
    const world = smallWorld({});
    world.strict = true;
    const { history } = live({ hour: 0, assignee: LUIS, category: 'printing', ops: [['answer', 1, 1]] });
    for (const event of history) write(world, 'T-7K4M2Q', event);
    let interrupted = false;
    world.before = (call) => {
      if (call !== 'table:transact' || interrupted) return;
      interrupted = true;
      // Somebody has counted it since it was read.
      world.items.set('T#T-7K4M2Q MEASURED', { pk: 'T#T-7K4M2Q', sk: 'MEASURED', version: history.length });
    };
    await countMeasures([record('T#T-7K4M2Q')], world);
    expect(interrupted).toBe(true);
    expect((await figures(world)).total.opened).toBe(0);
  });

  test('a long history that was never counted takes several transactions, and none is too large', async () => {
    const world = smallWorld();
    const ops = Array.from({ length: 120 }, (_, n) => [n % 2 ? 'answer' : 'reply', 21, n % 2] as const);
    const lived = live({ hour: 0, assignee: LUIS, category: 'printing', ops: ops.map((op) => [...op]) });
    for (const event of lived.history) write(world, 'T-7K4M2Q', event);
    await countMeasures([record('T#T-7K4M2Q')], world);
    expect(world.writes.length).toBeGreaterThan(1);
    expect(Math.max(...world.writes)).toBeLessThanOrEqual(100);
    compare((await figures(world)).total, found(lived, begun(lived)));
  });

  test('a past day’s backlog is what is open now, less what came and went since', async () => {
    const world = smallWorld();
    for (const [id, ops] of [
      ['T-7K4M01', []],
      ['T-7K4M02', [...Array.from({ length: 5 }, () => ['reply', 49, 1]), ['resolve', 49, 1]]],
    ] as [string, Life['ops']][]) {
      const { ticket, history } = live({ hour: 0, assignee: LUIS, category: 'printing', ops }, id);
      for (const event of history) write(world, id, event);
      await world.tickets.commit({ before: null, after: ticket, events: [] }, []);
      await countMeasures([record(`T#${id}`)], world);
    }
    const { total, days } = await figures(world, { ...RANGE, to: '2026-11-24' });
    expect([total.backlog.open, total.backlog.age]).toEqual([2, null]);
    expect(days.map(({ backlog }) => backlog)).toEqual([2, 2]);
    expect((await figures(world)).total.backlog).toMatchObject({ open: 1, oldest: { id: 'T-7K4M01' } });
  });
});

describe('mails', () => {
  const put = (world: SmallWorld, pk: string, item: object) =>
    world.items.set(`${pk} ${pk.split('#')[0]}`, { pk, sk: pk.split('#')[0] ?? '', ...item });
  const mail = (disposition: string, reason: string) => ({
    mail: { receivedAt: MONDAY, disposition, reason },
  });
  const update = (state: string, kind = 'answer') => ({ update: { state, kind, at: MONDAY } });

  test('count once, as what became of them in the end', async () => {
    const world = smallWorld();
    put(world, 'MAIL#1', mail('held', 'without-token'));
    await countMeasures([record('MAIL#1')], world);
    put(world, 'MAIL#1', mail('opened', 'new-ticket'));
    for (const _ of [1, 2]) await countMeasures([record('MAIL#1'), record('MAIL#1')], world);
    const { mails, hours } = await figures(world);
    expect(mails.dispositions).toEqual([{ disposition: 'opened', reason: 'new-ticket', count: 1 }]);
    // Ten in the morning in Berlin, on a Monday.
    expect([hours[0]?.[10], hours.flat().reduce((sum, count) => sum + count, 0)]).toEqual([1, 1]);
  });

  test('going out count when SES has taken them; those that were withheld prevented a loop', async () => {
    const world = smallWorld();
    put(world, 'UPDATE#1', update('sent'));
    put(world, 'UPDATE#2', update('withheld'));
    put(world, 'UPDATE#3', update('sending'));
    put(world, 'MAIL#1', mail('suppressed', 'loop'));
    const all = ['UPDATE#1', 'UPDATE#2', 'UPDATE#3', 'MAIL#1'].map(record);
    for (const _ of [1, 2]) await countMeasures(all, world);
    const { mails } = await figures(world);
    expect(mails).toMatchObject({ out: 1, withheld: 1, refused: 0, loopsPrevented: 2 });
    expect(mails.kinds).toEqual([{ kind: 'answer', count: 1 }]);
  });

  test('the canary and what SES writes itself are nobody’s mail', async () => {
    const world = smallWorld();
    put(world, 'MAIL#1', mail('suppressed', 'canary'));
    put(world, 'MAIL#2', mail('setup', 'ses-setup'));
    put(world, 'UPDATE#1', update('sent', 'canary'));
    await countMeasures(['MAIL#1', 'MAIL#2', 'UPDATE#1'].map(record), world);
    const { mails } = await figures(world);
    expect([mails.in, mails.out, mails.loopsPrevented]).toEqual([0, 0, 0]);
  });
});

/** As it was opened. */
function begun({ ticket, history: [event] }: Lived) {
  if (event?.kind !== 'opened') throw new Error('it begins with its opening');
  const { category, team, priority } = event;
  return { ...opened().after, id: ticket.id, category, team, priority, assignee: null };
}
