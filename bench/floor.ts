/**
 * What nothing of ours can be cheaper than, on this machine: a bare Node that starts and ends, the database engine alone that
 * takes a transaction such as a new mail's, and a call over HTTP that reads a ticket, beside the same by the AWS SDK.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { database } from '../aws/clients.ts';
import { described, machine, percentile, rounded, table } from './figures.ts';
import { flag, optionsOf } from './options.ts';

const { json } = optionsOf('What nothing of ours can be cheaper than, on this machine.', {
  json: flag('print one JSON document'),
});
const STARTS = 9;
const TRANSACTIONS = 300;
const CALLS = 400;
const ROUNDS = 12;
/** A new mail writes so many items of about so many octets in one transaction. */
const [ITEMS, OCTETS] = [12, 900];
/** /proc counts CPU time in these, on every Linux. */
const TICK_MS = 10;

const here = machine();
const starts: number[] = [];
for (let n = 0; n < STARTS; n++) {
  const began = performance.now();
  await promisify(execFile)(process.execPath, ['--eval', '0'], { env: {} });
  starts.push(performance.now() - began);
}
const engine = await engineAlone();
const call = await callAlone();
const figures = {
  machine: here,
  node: { startMs: rounded(percentile(starts, 0.5), 1), leastMs: rounded(Math.min(...starts), 1) },
  engine,
  call,
};
if (json) console.log(JSON.stringify(figures, null, 2));
else {
  console.log(described(here));
  console.log(
    table([
      ['', 'ms'],
      ['bare Node, start to end', String(figures.node.startMs)],
      ['  the least', String(figures.node.leastMs)],
      [`the engine, a transaction of ${ITEMS} items`, String(engine?.ms ?? '–')],
      ['  its CPU', String(engine?.cpuMs ?? '–')],
      ['a call that reads a ticket, by bare Node, CPU', String(call.bareMs)],
      ['  by the AWS SDK', String(call.sdkMs)],
    ]),
  );
}

/** Ms a transaction; null where there is no engine for the platform. */
async function engineAlone(): Promise<{ ms: number; cpuMs: number } | null> {
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-floor-'));
  let binary: string;
  try {
    binary = createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  } catch {
    return null;
  }
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn(binary, ['serve', '--port', String(port), '--db-path', join(folder, 'table.db')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (said: Buffer) => {
        if (said.includes('listening on')) resolve();
      });
      child.once('exit', () => reject(new Error('the engine ended')));
    });
    const ask = async (operation: string, input: unknown) => {
      const response = await fetch(`http://127.0.0.1:${port}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=floor/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify(input),
      });
      if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
      await response.arrayBuffer();
    };
    const keys = ['pk', 'sk'];
    await ask('CreateTable', {
      TableName: 'floor',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, n) => ({ AttributeName, KeyType: n === 0 ? 'HASH' : 'RANGE' })),
    });
    const took: number[] = [];
    const before = cpuOf(child.pid ?? 0);
    for (let n = 0; n < TRANSACTIONS; n++) {
      const TransactItems = Array.from({ length: ITEMS }, (_, item) => ({
        Put: {
          TableName: 'floor',
          Item: { pk: { S: `T#${n}` }, sk: { S: `ITEM#${item}` }, body: { S: 'a'.repeat(OCTETS) } },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      }));
      const began = performance.now();
      await ask('TransactWriteItems', { TransactItems });
      took.push(performance.now() - began);
    }
    const cpuMs = (cpuOf(child.pid ?? 0) - before) / TRANSACTIONS;
    return { ms: rounded(percentile(took, 0.5), 2), cpuMs: rounded(cpuMs, 2) };
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ms of this thread's CPU for a GetItem whose answer is a ticket of 3 KB; who answers is another thread. */
async function callAlone(): Promise<{ bareMs: number; sdkMs: number }> {
  const ticket = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [
      `field${n}`,
      n % 3 ? { S: `value ${n}` } : { L: [{ N: String(n) }] },
    ]),
  );
  const answer = JSON.stringify({ Item: { pk: { S: 'T#1' }, sk: { S: 'TICKET' }, ticket: { M: ticket } } });
  const server = new Worker(
    `const { createServer } = require('node:http');
    const { parentPort, workerData } = require('node:worker_threads');
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': workerData.length };
    createServer((asked, answer) => {
      asked.resume().on('end', () => answer.writeHead(200, headers).end(workerData));
    }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });`,
    { eval: true, workerData: answer },
  );
  const port = await new Promise<number>((resolve) => void server.once('message', resolve));
  Object.assign(process.env, {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'floor', AWS_SECRET_ACCESS_KEY: 'floor' },
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  });
  const key = { TableName: 'floor', Key: { pk: { S: 'T#1' }, sk: { S: 'TICKET' } } };
  const agent = new Agent({ keepAlive: true });
  const bare = () =>
    new Promise((resolve, reject) => {
      const sent = request({ method: 'POST', port, host: '127.0.0.1', agent }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
      });
      sent.on('error', reject).end(JSON.stringify(key));
    });
  const { client, dynamodb } = await database();
  const sdk = () => client.send(new dynamodb.GetItemCommand(key));
  const took = { bare: [] as number[], sdk: [] as number[] };
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, ask] of Object.entries({ bare, sdk })) {
      const before = process.threadCpuUsage();
      for (let n = 0; n < CALLS; n++) await ask();
      const { user, system } = process.threadCpuUsage(before);
      took[name as keyof typeof took].push((user + system) / 1_000 / CALLS);
    }
  agent.destroy();
  client.destroy();
  await server.terminate();
  // In the first half V8 compiles.
  const median = (all: number[]) => rounded(percentile(all.slice(ROUNDS / 2), 0.5), 2);
  return { bareMs: median(took.bare), sdkMs: median(took.sdk) };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(rest[11]) + Number(rest[12])) * TICK_MS;
}
