import { expect, onTestFinished, test, vi } from 'vitest';
import type { Key, Table } from '../../aws/table.ts';
import { openUpdates } from '../../aws/updates.ts';
import { UnavailableError } from '../../core/faults.ts';
import { openTables } from '../../local/dynamodb.ts';
import { EVERYTHING, openGround, openTestGateway } from '../local/world.ts';

const UPDATE = {
  id: 'T-7K4M2Q-1-acknowledgement-0123abcd',
  kind: 'acknowledgement',
  to: 'ada@example.org',
  ticketId: 'T-7K4M2Q',
  at: '2026-03-02T09:00:00.000Z',
};
const NOW = Date.parse('2026-11-21T09:00:00Z');
const MINUTE = 60_000;

/** `since` as a function of that desk has it. */
async function open() {
  const { dataDir, state } = openGround();
  const gateway = await openTestGateway();
  const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
  const definition = {
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  };
  const table = { name: 'Desk-Table', arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Desk-Table' };
  const tables = await openTables(
    dataDir,
    state,
    EVERYTHING,
    [{ ...table, definition, expiry: null }],
    () => {},
  );
  onTestFinished(() => tables.stop());
  gateway.add('dynamodb', tables.service);
  // The clients are made when they are first used, and anew for each test.
  vi.resetModules();
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'admin');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { openTable } = await import('../../aws/table.ts');
  const { openUpdates } = await import('../../aws/updates.ts');
  return (since: number) => openUpdates(openTable('Desk-Table'), since);
}

test('an update is claimed by one, until five minutes after he should have been done', async () => {
  const { claim } = (await open())(0);
  expect(await claim(UPDATE, NOW)).toBe('mine');
  expect(await claim(UPDATE, NOW + 4 * MINUTE)).toBe('taken');
  expect(await claim(UPDATE, NOW + 5 * MINUTE + 1)).toBe('again');
  expect(await claim(UPDATE, NOW + 5 * MINUTE + 2)).toBe('taken');
});

test('who claimed before a laptop began is dead; who claimed since may live', async () => {
  const updates = await open();
  expect(await updates(NOW - MINUTE).claim(UPDATE, NOW)).toBe('mine');
  expect(await updates(NOW - MINUTE).claim(UPDATE, NOW + 1)).toBe('taken');
  expect(await updates(NOW + 1).claim(UPDATE, NOW + 2)).toBe('again');
  expect(await updates(NOW + 1).claim(UPDATE, NOW + 3)).toBe('taken');
});

test('what was sent is done, however dead its sender is', async () => {
  const updates = await open();
  await updates(0).claim(UPDATE, NOW);
  const sent = {
    ...UPDATE,
    state: 'sent',
    leaseUntil: 0,
    messageId: 'x@email.amazonses.com',
    detail: null,
  } as const;
  await updates(0).settle(sent, NOW);
  expect(await updates(NOW + MINUTE).claim(UPDATE, NOW + 2 * MINUTE)).toBe('done');
});

/** A table in which every update stands, but for `spoilt` ones, and what was read of it. */
function reading(...spoilt: string[]) {
  const calls: string[][] = [];
  const read = async (keys: Key[]) => {
    const ids = keys.map(({ pk }) => pk.slice('UPDATE#'.length));
    calls.push(ids);
    if (ids.some((id) => spoilt.includes(id))) throw new UnavailableError('of a later version');
    return ids.map((id) => ({ update: { ...UPDATE, id } }));
  };
  const table = { getAll: read, get: async (key: Key) => (await read([key]))[0] } as unknown as Table;
  return { updates: openUpdates(table, 0), calls };
}

test('updates that are asked for at once are one call, and those after it another', async () => {
  const { updates, calls } = reading();
  const found = await Promise.all(['a', 'b', 'a'].map(updates.read));
  expect(found.map((update) => update?.id)).toEqual(['a', 'b', 'a']);
  expect(calls).toEqual([['a', 'b']]);
  await updates.read('c');
  expect(calls).toEqual([['a', 'b'], ['c']]);
});

test('an update that cannot be read keeps nobody from the others', async () => {
  const { updates } = reading('b');
  const found = await Promise.allSettled(['a', 'b', 'c'].map(updates.read));
  expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
