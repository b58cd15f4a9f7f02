/** Rollups over the table that the laptop runs: its conditions, its sums, its ranges. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTables } from '../../local/dynamodb.ts';
import { live } from '../insight/histories.ts';
import { EVERYTHING, openGround, openTestGateway } from '../local/world.ts';
import { desk, KIM, LUIS, later, MONDAY } from '../sample.ts';

async function openTable() {
  const { dataDir, state } = openGround();
  const gateway = await openTestGateway();
  const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
  const names = ['pk', 'sk', 'openPk', 'openSk'];
  const definition = {
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [key('openPk', 'HASH'), key('openSk', 'RANGE')],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
  const name = 'Desk-Table';
  const setting = {
    name,
    arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
    definition,
    expiry: null,
  };
  const tables = await openTables(dataDir, state, EVERYTHING, [setting], () => {});
  onTestFinished(() => tables.stop());
  gateway.add('dynamodb', tables.service);
  vi.resetModules();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'admin');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  onTestFinished(() => void vi.unstubAllEnvs());
  const [adapter, { openTickets }, { openRollups }, { again }] = await Promise.all([
    import('../../aws/table.ts'),
    import('../../aws/tickets.ts'),
    import('../../aws/rollups.ts'),
    import('../../functions/handler.ts'),
  ]);
  const table = adapter.openTable(name);
  const rollups = openRollups(table, openTickets(table), desk);
  return { table, rollups, count: (pks: string[]) => again(() => rollups.count(pks, Date.parse(MONDAY))) };
}

type Opened = Awaited<ReturnType<typeof openTable>>;

async function write({ table }: Opened, id: string, hour: number, ops: [string, number, number][]) {
  const { ticket, history } = live({ hour, assignee: LUIS, category: 'printing', ops }, id);
  for (const event of history)
    await table.put({ pk: `T#${id}`, sk: `EVENT#${String(event.number).padStart(8, '0')}`, event });
  await table.put({ pk: `T#${id}`, sk: 'TICKET', ticket, openPk: 'OPEN#0', openSk: `9999#${id}` });
}

const ANSWERED: [string, number, number][] = [
  ['reply', 1, 1],
  ['answer', 1, 1],
];

test('several that count the same tickets at the same moment count each of them once', async () => {
  const opened = await openTable();
  const ids = ['T-7K4M01', 'T-7K4M02', 'T-7K4M03'];
  for (const id of ids) await write(opened, id, 0, ANSWERED);
  const pks = ids.map((id) => `T#${id}`);
  await Promise.all([opened.count(pks), opened.count(pks), opened.count(pks.slice(1)), opened.count(pks)]);
  const { total, by } = await opened.rollups.figures(
    { from: '2026-11-23', to: '2026-11-23', by: ['agent'] },
    later(MONDAY, 5),
  );
  expect(total).toMatchObject({ opened: 3, answers: 3, replies: 3, backlog: { open: 3 } });
  expect(total.firstResponse.elapsed.count).toBe(3);
  expect(by.agent?.find(({ of }) => of === LUIS)?.counts.opened).toBe(3);
  expect(by.agent?.some(({ of }) => of === KIM)).toBe(false);
});

test('a range is its days, both ends whole, and nothing beside them', async () => {
  const opened = await openTable();
  for (const [index, hour] of [0, 24, 48, 72].entries()) await write(opened, `T-7K4M0${index}`, hour, []);
  await opened.count([0, 1, 2, 3].map((index) => `T#T-7K4M0${index}`));
  const days = async (from: string, to: string) => {
    const found = await opened.rollups.read(from, to, ['priority']);
    return found.map(({ day, of, cells }) => [day, of, cells.opened]).sort();
  };
  expect(await days('2026-11-24', '2026-11-25')).toEqual([
    ['2026-11-24', 'P3', 1],
    ['2026-11-25', 'P3', 1],
  ]);
  expect(await days('2026-11-27', '2026-12-27')).toEqual([]);
});
