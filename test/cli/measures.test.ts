import { expect, test } from 'vitest';
import { catchUp, describeFigures, figuresFor } from '../../cli/measures.ts';
import { Refused } from '../../cli/refused.ts';
import { smallWorld } from '../functions/world.ts';
import { live } from '../insight/histories.ts';
import { desk, LUIS, later, MONDAY } from '../sample.ts';

/** The desk as a command sees it, a day after Monday. */
function connection() {
  const { table, tickets, ledger } = smallWorld();
  return { table, tickets, ledger, now: () => Date.parse(later(MONDAY, 24)) };
}

test('without a range it is the last 28 days, today among them', async () => {
  const { from, to } = await figuresFor({}, connection(), desk);
  expect([from, to]).toEqual(['2026-10-28', '2026-11-24']);
});

test.each([
  [{ from: '2026-11-24', to: '2026-11-23' }, /--from 2026-11-24 comes after --to 2026-11-23/],
  [{ to: '2026-11-25' }, /not over: today is 2026-11-24/],
  [{ from: '2025-01-01' }, /more than 400 days ago/],
])('%j is no range that can be told of', async (asked, why) => {
  const refused = await figuresFor(asked, connection(), desk).catch((error: Error) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Error).message).toMatch(why);
});

test('what is measured is said with its error, and without what there is none of', async () => {
  const world = smallWorld();
  const { ticket, history } = live({
    ...{ hour: 0, assignee: LUIS, category: 'printing' },
    ops: [
      ['answer', 1, 1],
      ['resolve', 3, 1],
    ],
  });
  await world.tickets.commit({ before: null, after: ticket, events: history }, []);
  const rollups = await world.rollups();
  await rollups.count([`T#${ticket.id}`], 0);
  const range = { from: '2026-11-23', to: '2026-11-23', by: ['category'] as const };
  const said = describeFigures(await rollups.figures(range, later(MONDAY, 5)));
  expect(said).toContain('within 5 %');
  expect(said).toMatch(/opened +1, 0 of them by the desk itself/);
  expect(said).toMatch(/first contact +1 \(100 % of the resolved\)/);
  expect(said).toMatch(/first response, all time +1 +15 min/);
  expect(said).toMatch(/reopened +0 \(0 % of the resolved\)/);
  expect(said).toMatch(/satisfaction +no votes/);
  expect(said).toMatch(/^printing +1 +1 +0 /m);
});

test('what was opened before there were measures is counted when somebody asks for it, and once', async () => {
  const world = smallWorld();
  for (const id of ['T-7K4M01', 'T-7K4M02']) {
    const { ticket, history } = live({ hour: 0, assignee: LUIS, category: 'printing', ops: [] }, id);
    await world.tickets.commit({ before: null, after: ticket, events: history }, []);
  }
  for (const _ of [1, 2]) expect(await catchUp('2026-11-01', world, desk, () => {})).toBe(2);
  const { total } = await figuresFor({}, { ...world, now: () => Date.parse(later(MONDAY, 24)) }, desk);
  expect([total.opened, total.backlog.open]).toEqual([2, 2]);
});
