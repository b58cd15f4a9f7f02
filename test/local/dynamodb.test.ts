import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTables, type TableSetting, tableNeeds } from '../../local/dynamodb.ts';
import { clientFor, EVERYTHING, type Ground, openGround, openTestGateway } from './world.ts';

const TableName = 'Desk-Table';
const TABLE: TableSetting = {
  name: TableName,
  arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`,
  definition: {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  },
  expiry: 'expiresAt',
};
const LISTING = {
  IndexName: 'listing',
  KeySchema: [{ AttributeName: 'listPk', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
};

async function open({ dataDir, state }: Ground, setting = TABLE) {
  const gateway = await openTestGateway();
  const tables = await openTables(dataDir, state, EVERYTHING, [setting], () => {});
  let open = true;
  const close = async () => {
    if (open) await tables.stop();
    open = false;
  };
  onTestFinished(close);
  gateway.add('dynamodb', tables.service);
  const client = new DynamoDBClient(clientFor(gateway.endpoint));
  const put = (pk: string, sk: string, more = {}) =>
    client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk }, ...more } }));
  const get = async (pk: string, sk: string) =>
    (await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } }))).Item;
  return { tables, client, put, get, close };
}

test('a transaction is all or nothing, and says which condition failed', async () => {
  const { client, put, get } = await open(openGround());
  await put('T#1', 'TICKET');
  const write = client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item: { pk: { S: 'T#2' }, sk: { S: 'TICKET' } } } },
        {
          Put: {
            TableName,
            Item: { pk: { S: 'T#1' }, sk: { S: 'TICKET' } },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      ],
    }),
  );
  await expect(write).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  expect(await get('T#2', 'TICKET')).toBeUndefined();
});

test('the stream tells each write in its order, and a reader goes on where it stopped', async () => {
  const { tables, put } = await open(openGround());
  await put('T#1', 'EVENT#1');
  await put('T#1', 'EVENT#2');
  const [first, second] = await tables.readStream(TableName, null, 10);
  expect(first?.record).toMatchObject({
    eventName: 'INSERT',
    dynamodb: { Keys: { sk: { S: 'EVENT#1' } }, NewImage: { sk: { S: 'EVENT#1' } } },
  });
  expect(second?.record).toMatchObject({ dynamodb: { Keys: { sk: { S: 'EVENT#2' } } } });
  expect(await tables.readStream(TableName, first?.sequence ?? '', 10)).toEqual([second]);
  expect(await tables.readStream(TableName, second?.sequence ?? '', 10)).toEqual([]);
});

test('a reader that goes on asks the engine once a read, and finds its place again when it has lost it', async () => {
  const { calls, endpoint, lose } = await openStreamingEngine();
  vi.stubEnv('DESK_DYNAMODB_ENDPOINT', endpoint);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { tables } = await open(openGround());
  const read = async (after: string | null) =>
    (await tables.readStream(TableName, after, 1)).map(({ sequence }) => sequence);
  expect(await read(null)).toEqual(['1']);
  calls.length = 0;
  expect(await read('1')).toEqual(['2']);
  expect(await read('2')).toEqual(['3']);
  expect(calls).toEqual(['GetRecords', 'GetRecords']);
  lose();
  await expect(read('3')).rejects.toThrow('Iterator expired');
  expect(await read('3')).toEqual(['4']);
  expect(calls.slice(-2)).toEqual(['GetShardIterator', 'GetRecords']);
});

/** Has a record for every number, one a page. Its iterators say where they stand. */
async function openStreamingEngine() {
  const calls: string[] = [];
  let age = 0;
  const answers: Record<string, (input: Record<string, string>) => object> = {
    CreateTable: () => ({}),
    DescribeTable: () => ({ Table: { LatestStreamArn: 'arn:stream' } }),
    DescribeStream: () => ({ StreamDescription: { Shards: [{ ShardId: 'only' }] } }),
    GetShardIterator: ({ SequenceNumber = '0' }) => ({ ShardIterator: `${age} ${SequenceNumber}` }),
    GetRecords: ({ ShardIterator = '' }) => {
      const [made, after] = ShardIterator.split(' ').map(Number);
      if (made !== age) return { __type: 'ExpiredIteratorException', message: 'Iterator expired' };
      const next = Number(after) + 1;
      return {
        Records: [{ dynamodb: { SequenceNumber: String(next) } }],
        NextShardIterator: `${age} ${next}`,
      };
    },
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push(operation);
    const answer = answers[operation]?.(JSON.parse(Buffer.concat(parts).toString())) ?? {};
    response.statusCode = '__type' in answer ? 400 : 200;
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const lose = () => {
    age++;
  };
  return { calls, lose, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('trimming forgets what was read, and the numbers go on from the newest', async () => {
  const { tables, put } = await open(openGround());
  for (const n of [1, 2, 3]) await put('T#1', `EVENT#${n}`);
  const records = await tables.readStream(TableName, null, 10);
  const last = records.at(-1)?.sequence ?? '';
  tables.trimStream(TableName, last);
  expect(await tables.readStream(TableName, null, 10)).toHaveLength(1);
  await put('T#1', 'EVENT#4');
  const [next] = await tables.readStream(TableName, last, 10);
  expect(Number(next?.sequence)).toBe(Number(last) + 1);
});

test('each write finds its sequence number by an index, not by reading the whole stream', async () => {
  const ground = openGround();
  const { close } = await open(ground);
  await close();
  const db = new DatabaseSync(join(ground.dataDir, 'table.db'));
  const plan = db
    .prepare(
      'EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?',
    )
    .all('x');
  db.close();
  expect(JSON.stringify(plan)).toContain('desk_stream_order');
});

test('whoever listens hears of writes, and not of reads or refused writes', async () => {
  const { tables, client, put, get } = await open(openGround());
  let writes = 0;
  tables.onWrite(() => {
    writes++;
  });
  await put('T#1', 'TICKET');
  await get('T#1', 'TICKET');
  const refused = new PutItemCommand({
    TableName,
    Item: { pk: { S: 'T#1' }, sk: { S: 'TICKET' } },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  await expect(client.send(refused)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(writes).toBe(1);
});

test('items whose expiry has passed go; others stay, and what says that it passed more than five years ago', async () => {
  const { tables, put, get } = await open(openGround());
  const second = (from: number) => ({ expiresAt: { N: String(Math.floor(Date.now() / 1000) + from) } });
  await put('ONCE#old', 'ONCE', second(-10));
  await put('ONCE#new', 'ONCE', second(1000));
  await put('ONCE#mistaken', 'ONCE', { expiresAt: { N: '34560000' } });
  await put('T#1', 'TICKET');
  expect(await tables.expire()).toBe(1);
  expect(await get('ONCE#mistaken', 'ONCE')).toBeDefined();
  expect(await get('ONCE#old', 'ONCE')).toBeUndefined();
  expect(await get('ONCE#new', 'ONCE')).toBeDefined();
  expect(await get('T#1', 'TICKET')).toBeDefined();
});

test('a restart finds everything, and an index that has come since is added', async () => {
  const ground = openGround();
  const first = await open(ground);
  await first.put('T#1', 'TICKET', { listPk: { S: 'TICKETS' } });
  await first.close();
  const { AttributeDefinitions } = TABLE.definition as { AttributeDefinitions: object[] };
  const withIndex = {
    ...TABLE,
    definition: {
      ...TABLE.definition,
      AttributeDefinitions: [...AttributeDefinitions, { AttributeName: 'listPk', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [LISTING],
    },
  };
  const later = await open(ground, withIndex);
  expect(await later.get('T#1', 'TICKET')).toBeDefined();
  const { Table } = await later.client.send(new DescribeTableCommand({ TableName }));
  expect(Table?.GlobalSecondaryIndexes).toMatchObject([{ IndexName: 'listing' }]);
  const query = new QueryCommand({
    TableName,
    IndexName: 'listing',
    KeyConditionExpression: 'listPk = :p',
    ExpressionAttributeValues: { ':p': { S: 'TICKETS' } },
  });
  expect((await later.client.send(query)).Items).toHaveLength(1);
});

test('the engine dies with the desk, even when the desk is killed', async () => {
  const { dataDir } = openGround();
  const program = `
    import { openState } from '${import.meta.dirname}/../../local/state.ts';
    import { openTables } from '${import.meta.dirname}/../../local/dynamodb.ts';
    const state = openState(process.argv[1]);
    await openTables(process.argv[1], state, null, [], () => {});
    process.stdout.write('open');`;
  const child = spawn(
    process.execPath,
    ['--input-type=module-typescript', '-e', program, join(dataDir, 'other')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  const engines = async () =>
    (await promisify(execFile)('ps', ['-eo', 'stat=,args='])).stdout
      .split('\n')
      .filter((line) => !/^Z/.test(line) && line.includes(join(dataDir, 'other', 'table.db')));
  expect(await engines()).not.toEqual([]);
  child.kill('SIGKILL');
  await expect.poll(engines, { timeout: 5000 }).toEqual([]);
});

/** Answers every call with an empty object. */
async function openOtherEngine() {
  const calls: { target: string; credential: string }[] = [];
  const server = createServer((request, response) => {
    const credential = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    calls.push({ target: String(request.headers['x-amz-target']), credential });
    request.resume().once('end', () => response.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { calls, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('another engine is used where one is named, with a database of this desk’s own', async () => {
  const { calls, endpoint } = await openOtherEngine();
  vi.stubEnv('DESK_DYNAMODB_ENDPOINT', endpoint);
  onTestFinished(() => void vi.unstubAllEnvs());
  const ground = openGround();
  await (await open(ground)).close();
  await (await open(ground)).close();
  await (await open(openGround())).close();
  expect(calls.map(({ target }) => target)).toEqual(Array(3).fill('DynamoDB_20120810.CreateTable'));
  const [first, second, other] = calls.map(({ credential }) => credential);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test('an engine that is named and not there is said so', async () => {
  vi.stubEnv('DESK_DYNAMODB_ENDPOINT', 'http://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(open(openGround())).rejects.toThrow('No DynamoDB answers at http://127.0.0.1:1');
});

test('an engine that ends by itself is said so', async () => {
  const { dataDir, state } = openGround();
  const ended = new Promise<string>((resolve) => {
    openTables(dataDir, state, EVERYTHING, [], resolve).then(async (tables) => {
      onTestFinished(() => tables.stop());
      const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
      const line = stdout
        .split('\n')
        .find(
          (each) =>
            each.includes('dynoxide serve') &&
            each.includes(join(dataDir, 'table.db')) &&
            !each.includes('sh -c'),
        );
      process.kill(Number(line?.trim().split(' ')[0]), 'SIGKILL');
    });
  });
  expect(await ended).toContain('ended by itself');
});

test('a transaction needs the right of each of its parts, and an index is a resource of its own', () => {
  const arns = new Map([[TableName, TABLE.arn]]);
  expect(
    tableNeeds(
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName } }, { ConditionCheck: { TableName } }] },
      arns,
    ),
  ).toEqual([
    { action: 'dynamodb:PutItem', resource: TABLE.arn },
    { action: 'dynamodb:ConditionCheckItem', resource: TABLE.arn },
  ]);
  expect(tableNeeds('Query', { TableName, IndexName: 'open' }, arns)).toEqual([
    { action: 'dynamodb:Query', resource: `${TABLE.arn}/index/open` },
  ]);
});
