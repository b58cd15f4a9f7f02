/**
 * DynamoDB: dynoxide, a single binary over SQLite, as a child process behind the gateway; or whatever answers at
 * DESK_DYNAMODB_ENDPOINT (DynamoDB Local, say) where there is no binary for the platform.
 *
 * Two faults of dynoxide 1.2.1 are worked round from outside, on its file: each write reads the highest sequence number
 * of the stream's table without an index, and the stream's records are never trimmed. It also never expires items; which
 * have expired is read from an index on its file, for each page of its Scan sorts the whole table.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Readable, Writable } from 'node:stream';
import { AwsFault, DeskFault } from './fault.ts';
import type { Guard, Need, RawService } from './gateway.ts';
import { readBody } from './gateway.ts';
import type { Fields } from './protocol.ts';
import type { State } from './state.ts';

/** What CreateTable takes, from the template. */
export interface TableSetting {
  name: string;
  arn: string;
  /** KeySchema, AttributeDefinitions, GlobalSecondaryIndexes and StreamSpecification as the API has them. */
  definition: Fields;
  /** The attribute with the epoch seconds at which an item expires; null when items do not. */
  expiry: string | null;
}

export interface StreamRecord {
  sequence: string;
  /** As Lambda hands it to a function, but for the ARN and the region. */
  record: Fields;
}

/** In the units that are billed. */
export interface Consumed {
  reads: number;
  writes: number;
}

export interface Tables {
  /** Calls back after writes to any table. */
  onWrite(wake: () => void): void;
  /**
   * Up to `most` records of the table's stream after the sequence number; from the oldest that is kept when it is null.
   * Fewer than `most` are all that there are.
   */
  readStream(table: string, after: string | null, most: number): Promise<StreamRecord[]>;
  /** Forgets records of the stream up to the sequence number, which a reader has behind it. */
  trimStream(table: string, upTo: string): void;
  /** Deletes items whose expiry has passed. Returns how many. */
  expire(): Promise<number>;
  service: RawService;
  stop(): Promise<void>;
}

const API = 'DynamoDB_20120810';
const STREAMS_API = 'DynamoDBStreams_20120810';
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);
const METERED = new Set([...WRITES, 'GetItem', 'BatchGetItem', 'TransactGetItems', 'Query', 'Scan']);
const LARGEST_BODY = 32 * 1024 * 1024;
const RETURN_CAPACITY = Buffer.from('{"ReturnConsumedCapacity":"TOTAL",');
/** GetRecords may end a page at a megabyte although there is more. Half of that is surely not such a page. */
const FULL_PAGE = 512 * 1024;

export async function openTables(
  dataDir: string,
  state: State,
  guard: Guard,
  settings: TableSetting[],
  onExit: (reason: string) => void,
  consumed: (by: string, units: Consumed) => void = () => {},
): Promise<Tables> {
  const engine = await startEngine(dataDir, onExit);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const place = placeOf(engine.endpoint);
  const wakes = new Set<() => void>();
  // Where one engine serves several desks, it tells their databases apart by this.
  const credential = state.read<string>('dynamodb-credential') ?? `desk${randomUUID().replaceAll('-', '')}`;
  state.write('dynamodb-credential', credential);
  const arns = new Map(settings.map(({ name, arn }) => [name, arn]));

  const forward = (
    api: string,
    operation: string,
    body: Buffer | string,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          ...place,
          method: 'POST',
          agent,
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'content-length': Buffer.byteLength(body),
            'x-amz-target': `${api}.${operation}`,
            'x-amz-date': '20260101T000000Z',
            // The signature itself is not looked at.
            authorization: `AWS4-HMAC-SHA256 Credential=${credential}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 500,
              headers: response.headers,
              body: Buffer.concat(parts),
            }),
          );
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  const ask = async (api: string, operation: string, input: Fields): Promise<Fields> =>
    (await askSized(api, operation, input)).output;

  const askSized = async (api: string, operation: string, input: Fields) => {
    const { status, body } = await forward(api, operation, JSON.stringify(input));
    const output = JSON.parse(body.toString()) as Fields;
    if (status === 200) return { output, size: body.length };
    throw new AwsFault(
      String(output.__type).replace(/^.*#/, ''),
      String(output.message ?? output.Message),
      status,
    );
  };

  try {
    for (const setting of settings) await createTable(ask, setting);
    engine.tune(settings);
  } catch (error) {
    await engine.stop();
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
    throw new DeskFault(
      `No DynamoDB answers at ${engine.endpoint}, which DESK_DYNAMODB_ENDPOINT names. Start it first.`,
    );
  }

  const serve: RawService['serve'] = async (request, response, principal) => {
    const [api = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
    const body = await readBody(request, LARGEST_BODY);
    const input = JSON.parse(body.toString()) as Fields;
    guard.authorize(principal, tableNeeds(operation, input, arns));
    const answer = await forward(api, operation, METERED.has(operation) ? metered(input, body) : body);
    consumed(principal, consumedBy(operation, input, answer));
    response.statusCode = answer.status;
    for (const name of ['content-type', 'x-amz-crc32', 'x-amzn-requestid']) {
      const value = answer.headers[name];
      if (value !== undefined) response.setHeader(name, value);
    }
    response.end(answer.body);
    if (answer.status === 200 && WRITES.has(operation)) for (const wake of wakes) setImmediate(wake);
  };

  /** Where the last read of a table's stream ended. What a reader keeps is one call a read instead of three. */
  const readers = new Map<string, { after: string | null; iterator: string }>();

  const iteratorAfter = async (table: string, after: string | null): Promise<string | null> => {
    const kept = readers.get(table);
    if (kept?.after === after) return kept.iterator;
    // The engine's own ARN; its ARNs carry a region and an account of its own making.
    const { Table } = await ask(API, 'DescribeTable', { TableName: table });
    const StreamArn = String((Table as Fields).LatestStreamArn);
    const { StreamDescription } = await ask(STREAMS_API, 'DescribeStream', { StreamArn });
    const [shard, ...more] = (StreamDescription as { Shards: { ShardId: string }[] }).Shards;
    if (!shard) return null;
    if (more.length > 0)
      throw new DeskFault(
        'The DynamoDB engine splits its stream into shards, which the laptop does not follow.',
      );
    const { ShardIterator } = await ask(STREAMS_API, 'GetShardIterator', {
      StreamArn,
      ShardId: shard.ShardId,
      ...(after === null
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
    });
    return String(ShardIterator);
  };

  const readPage = async (table: string, after: string | null, most: number) => {
    const ShardIterator = await iteratorAfter(table, after);
    if (ShardIterator === null) return { records: [], size: 0 };
    // Gone until the page is here: an iterator that the engine refuses, as one of yesterday, is not tried twice.
    readers.delete(table);
    const { output, size } = await askSized(STREAMS_API, 'GetRecords', { ShardIterator, Limit: most });
    const records = (output.Records as Fields[]).map((record) => ({
      sequence: String((record.dynamodb as Fields).SequenceNumber),
      record,
    }));
    if (typeof output.NextShardIterator === 'string')
      readers.set(table, { after: records.at(-1)?.sequence ?? after, iterator: output.NextShardIterator });
    return { records, size };
  };

  /** Where the engine is not ours. */
  async function* scanned({ name, definition, expiry }: TableSetting, since: number, now: number) {
    const keys = keysOf(definition);
    const names = Object.fromEntries(
      [...keys, String(expiry)].map((attribute, index) => [`#${index}`, attribute]),
    );
    let from: Fields | undefined;
    do {
      const page = await ask(API, 'Scan', {
        TableName: name,
        FilterExpression: `#${keys.length} >= :since AND #${keys.length} < :now`,
        ProjectionExpression: keys.map((_, index) => `#${index}`).join(', '),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':since': { N: String(since) }, ':now': { N: String(now) } },
        ...(from ? { ExclusiveStartKey: from } : {}),
      });
      yield* page.Items as Fields[];
      from = page.LastEvaluatedKey as Fields | undefined;
    } while (from);
  }

  return {
    onWrite: (wake) => void wakes.add(wake),

    async readStream(table, after, most) {
      const found: StreamRecord[] = [];
      for (let from = after; found.length < most; from = found.at(-1)?.sequence ?? after) {
        const { records, size } = await readPage(table, from, most - found.length);
        found.push(...records);
        if (size < FULL_PAGE) break;
      }
      return found;
    },

    trimStream: (table, upTo) => engine.trim(table, upTo),

    async expire() {
      let expired = 0;
      for (const setting of settings) {
        const { name, expiry } = setting;
        if (expiry === null) continue;
        // Real time: what expires are proofs and claims, and these do not age faster on a quick desk.
        const now = Math.floor(Date.now() / 1000);
        const since = now - LONGEST_EXPIRED;
        for await (const Key of engine.expired(setting, since, now) ?? scanned(setting, since, now)) {
          // An item that was given a later expiry since then stays.
          const condition = {
            ConditionExpression: '#e < :now',
            ExpressionAttributeNames: { '#e': expiry },
            ExpressionAttributeValues: { ':now': { N: String(now) } },
          };
          await ask(API, 'DeleteItem', { TableName: name, Key, ...condition }).catch((error) => {
            if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
          });
          expired++;
        }
      }
      if (expired > 0) for (const wake of wakes) setImmediate(wake);
      return expired;
    },

    service: { protocol: 'json-1.0', serve },

    async stop() {
      agent.destroy();
      await engine.stop();
    },
  };
}

function keysOf({ KeySchema }: Fields): string[] {
  return (KeySchema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
}

/**
 * Seconds. What says that its time was over longer ago, DynamoDB takes for a mistake and never deletes:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
 */
const LONGEST_EXPIRED = 5 * 365 * 86_400;

/** Of an item as the engine keeps it, in SQL; an index is found by the same words. */
function expiresIn(expiry: string): string {
  return `CAST(json_extract(item_json, '$.${expiry}.N') AS INTEGER)`;
}

/** What is asked is never empty, and goes on as it came, but that the answer says what it consumed. */
function metered(input: Fields, body: Buffer): Buffer | string {
  if (input.ReturnConsumedCapacity !== undefined)
    return JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' });
  return Buffer.concat([RETURN_CAPACITY, body.subarray(1)]);
}

/** What a condition refuses is billed as well; the engine does not say how much, and each part of it is taken for a small one. */
function consumedBy(
  operation: string,
  { TransactItems = [] }: { TransactItems?: unknown[] },
  { status, body }: { status: number; body: Buffer },
): Consumed {
  const isWrite = WRITES.has(operation);
  if (status !== 200) return { reads: 0, writes: isWrite ? Math.max(1, 2 * TransactItems.length) : 0 };
  // An answer may be long, and no item has a field of this name; in a text its quotes would be escaped.
  const units = [...body.toString('latin1').matchAll(/"CapacityUnits":([\d.]+)/g)].reduce(
    (sum, [, each]) => sum + Number(each),
    0,
  );
  return isWrite ? { reads: 0, writes: units } : { reads: units, writes: 0 };
}

/** The IAM actions of a call. A transaction needs the action of each of its parts; an index is a resource of its own. */
export function tableNeeds(operation: string, input: Fields, arns: ReadonlyMap<string, string>): Need[] {
  const arn = (table: unknown) => arns.get(String(table)) ?? `arn:aws:dynamodb:*:*:table/${table}`;
  switch (operation) {
    case 'TransactWriteItems':
      return (input.TransactItems as Record<string, Fields>[]).flatMap((item) =>
        Object.entries(item).map(([part, { TableName }]) => ({
          action: `dynamodb:${{ Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem' }[part] ?? part}`,
          resource: arn(TableName),
        })),
      );
    case 'TransactGetItems':
      return (input.TransactItems as Record<string, Fields>[]).map(({ Get }) => ({
        action: 'dynamodb:GetItem',
        resource: arn(Get?.TableName),
      }));
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(input.RequestItems as Fields).map((table) => ({
        action: `dynamodb:${operation}`,
        resource: arn(table),
      }));
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resource: '*' }];
    default: {
      const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`;
      return [{ action: `dynamodb:${operation}`, resource: `${arn(input.TableName)}${index}` }];
    }
  }
}

async function createTable(
  ask: (api: string, operation: string, input: Fields) => Promise<Fields>,
  setting: TableSetting,
): Promise<void> {
  try {
    await ask(API, 'CreateTable', {
      TableName: setting.name,
      BillingMode: 'PAY_PER_REQUEST',
      ...setting.definition,
    });
  } catch (error) {
    if (!(error instanceof AwsFault) || error.name !== 'ResourceInUseException') throw error;
    // As CloudFormation would: indexes that have come since then are added. Keys cannot change.
    const { Table } = await ask(API, 'DescribeTable', { TableName: setting.name });
    const there = new Set(
      ((Table as Fields).GlobalSecondaryIndexes as { IndexName: string }[] | undefined)?.map(
        ({ IndexName }) => IndexName,
      ),
    );
    for (const index of (setting.definition.GlobalSecondaryIndexes ?? []) as { IndexName: string }[]) {
      if (there.has(index.IndexName)) continue;
      await ask(API, 'UpdateTable', {
        TableName: setting.name,
        AttributeDefinitions: setting.definition.AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      });
    }
  }
}

/** What Node would read out of the address at each call. */
function placeOf(endpoint: string): { protocol: string; hostname: string; port: string; path: string } {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  return { protocol, hostname, port, path: pathname };
}

interface Engine {
  endpoint: string;
  tune(settings: readonly TableSetting[]): void;
  /** Keys of what has expired since then; null where its file is not ours. In epoch seconds. */
  expired(setting: TableSetting, since: number, now: number): Fields[] | null;
  trim(table: string, upTo: string): void;
  stop(): Promise<void>;
}

async function startEngine(dataDir: string, onExit: (reason: string) => void): Promise<Engine> {
  const given = process.env.DESK_DYNAMODB_ENDPOINT;
  if (given) return { endpoint: given, tune() {}, expired: () => null, trim() {}, async stop() {} };

  const file = join(dataDir, 'table.db');
  const { child, port } = await startBinary(findBinary(), file);
  let stopping = false;
  child.stderr.once('close', () => {
    if (!stopping) onExit('The DynamoDB engine ended by itself.');
  });
  let side: DatabaseSync | undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    tune(settings) {
      side = new DatabaseSync(file, { timeout: 2000 });
      for (const { name, expiry } of settings)
        if (expiry !== null)
          side.exec(
            `CREATE INDEX IF NOT EXISTS "desk_expiry ${name}" ON "${name}" (${expiresIn(expiry)}) WHERE ${expiresIn(expiry)} IS NOT NULL`,
          );
      side.exec(
        'CREATE INDEX IF NOT EXISTS desk_stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
      );
    },
    expired({ name, expiry, definition }, since, now) {
      if (!side || expiry === null) return null;
      const at = expiresIn(expiry);
      const rows = side
        .prepare(`SELECT item_json FROM "${name}" WHERE ${at} IS NOT NULL AND ${at} >= ? AND ${at} < ?`)
        .all(since, now);
      return rows.map(({ item_json }) => {
        const item = JSON.parse(String(item_json)) as Fields;
        return Object.fromEntries(keysOf(definition).map((key) => [key, item[key]]));
      });
    },
    trim(table, upTo) {
      // The newest record stays: the next sequence number is one more than the highest that is there.
      side
        ?.prepare(
          `DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= CAST(?2 AS INTEGER)
           AND CAST(sequence_number AS INTEGER) < (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)`,
        )
        .run(table, upTo);
    },
    async stop() {
      stopping = true;
      side?.close();
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      child.stdin.end();
      await ended;
    },
  };
}

/**
 * The engine must not outlive the desk, however the desk ends. A shell keeps it, and waits on a pipe that nobody ever
 * writes to: the kernel closes the pipe with the desk, and the shell ends the engine. It is killed, always: its file is
 * a database that takes no harm, and an end that is tried each day is one that works.
 */
const KEEPER = '"$@" </dev/null & engine=$!; exec >&- 2>&-; read -r _; kill -9 $engine; wait $engine';
const TRIES = 3;

/** Between the choice of a port and the engine's listening another program may take it; then another one is chosen. */
async function startBinary(
  binary: string,
  file: string,
): Promise<{ child: ChildProcessByStdio<Writable, null, Readable>; port: number }> {
  let said = '';
  for (let tried = 0; tried < TRIES; tried++) {
    said = '';
    const port = await freePort();
    const engine = [binary, 'serve', '--port', String(port), '--db-path', file];
    const child = spawn('sh', ['-c', KEEPER, 'sh', ...engine], {
      stdio: ['pipe', 'ignore', 'pipe'],
      // Ctrl-C in a terminal goes to everybody in its process group; the engine is to end in its turn.
      detached: true,
    });
    const listens = await new Promise<boolean>((resolve) => {
      child.stderr.on('data', (data: Buffer) => {
        said = (said + data.toString()).slice(-2000);
        if (said.includes('listening on')) resolve(true);
      });
      child.once('error', (error) => {
        said += error.message;
        resolve(false);
      });
      child.stderr.once('close', () => resolve(false));
    });
    // What it says later is nobody's concern, but must be read, or the engine would wait for a reader.
    if (listens) return { child, port };
    child.stdin.destroy();
  }
  throw new DeskFault(`The DynamoDB engine does not start. It says: ${said.trim() || 'nothing'}`);
}

function findBinary(): string {
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  } catch {
    throw new DeskFault(
      `There is no DynamoDB engine for ${process.platform} ${process.arch} on npm. Run DynamoDB Local, for instance\n` +
        '  docker run --rm -p 8000:8000 amazon/dynamodb-local\n' +
        'or, with Java, the download at https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html\n' +
        'and start the desk again with DESK_DYNAMODB_ENDPOINT=http://127.0.0.1:8000 set.',
    );
  }
}

/** A port that nobody listens at now. Another program may take it in the moment before who asked does, as the engine says then. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
