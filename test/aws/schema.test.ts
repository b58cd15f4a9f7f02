/** Items of an earlier release are read as this one has them; those of a later one are left alone. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { type Migration, migrated, SCHEMA } from '../../aws/schema.ts';
import type { Item } from '../../aws/table.ts';
import { change } from '../../core/ticket/change.ts';
import { desk, ID, MONDAY, opened } from '../sample.ts';
import { groundedDesk } from './ground.ts';

const key = { pk: `T#${ID}`, sk: 'TICKET' };

const documents = () => DynamoDBDocument.from(new DynamoDBClient({}));

/** Past the adapter, as another release would have written it. */
async function plant(TableName: string, item: Item & { v?: number }) {
  await documents().put({ TableName, Item: item });
}

async function planted(item: Item & { v?: number }) {
  const grounded = await groundedDesk();
  await plant(grounded.table.name, item);
  return grounded;
}

const ticketItem = (more: { v?: number } = {}) => ({
  ...{ ...key, ticket: opened().after, version: 1, listPk: 'TICKET#0', listSk: `${MONDAY}#${ID}` },
  ...more,
});

test('an item of the version before is read, changed and then of this version', async () => {
  const { world, table } = await planted(ticketItem());
  const before = await world.tickets.read(ID);
  expect(before?.subject).toBe('The printer is jammed');
  if (!before) return;
  await world.tickets.commit(change(before, [{ kind: 'started', by: 'desk' }], MONDAY, desk), []);
  expect((await world.tickets.read(ID))?.status).toBe('open');
  const { Item: raw } = await documents().get({ TableName: table.name, Key: key });
  expect(raw?.v).toBe(SCHEMA);
  expect(await table.get(key)).not.toHaveProperty('v');
});

test('an item of a later version is refused wherever it is met, and stays as it is', async () => {
  const { world, table } = await planted(ticketItem({ v: SCHEMA + 1 }));
  const fault = { name: 'UnavailableError', message: expect.stringContaining(`is of version ${SCHEMA + 1}`) };
  await expect(world.tickets.read(ID)).rejects.toMatchObject(fault);
  await expect(world.tickets.readAll([ID])).rejects.toMatchObject(fault);
  await expect(world.tickets.list(10, () => true)).rejects.toMatchObject(fault);
  await expect(table.pages().next()).rejects.toMatchObject(fault);
  const { Item: raw } = await documents().get({ TableName: table.name, Key: key });
  expect(raw).toEqual(ticketItem({ v: SCHEMA + 1 }));
});

test('migrations run in their order, each once, from where the item stands', () => {
  const says = (word: string): Migration => {
    return (item) => ({ ...item, said: `${item.said ?? ''}${word}` });
  };
  const migrations = [says('a'), says('b'), says('c')];
  const item = { pk: 'p', sk: 's' };
  const from = (v?: number) => migrated({ ...item, ...(v === undefined ? {} : { v }) }, migrations);
  expect(from()).toEqual({ ...item, said: 'abc' });
  expect(from(1)).toEqual({ ...item, said: 'bc' });
  expect(from(3)).toEqual(item);
  expect(() => from(4)).toThrow(/p s is of version 4, and this release knows 3.*Deploy that again/);
});
