/**
 * Whether a mail costs more when the table is larger: `node bench/growth.ts [--tickets 100,10000] [--json]`
 *
 * For each size a desk of its own on this laptop, whose table is filled with so many tickets that were opened, answered and
 * closed long ago, as the product writes them: the ticket with its entries in every index, its first message, its requester's
 * entry, its mail in the ledger with its Message-ID. Their events are left out: the stream would tell everybody again. Then the
 * same mails are written to each desk, one at a time, and the desk's own meter says what they used.
 *
 * `--tickets 100,10000,200000` takes a quarter of an hour and 4 GB of disk.
 */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { parseArgs, promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { openLedger } from '../aws/ledger.ts';
import type { Item, Key, Table, Write } from '../aws/table.ts';
import { openTickets } from '../aws/tickets.ts';
import { runningDesk } from '../cli/connect.ts';
import type { SampleTicket } from '../cli/cost.ts';
import { askEngine } from '../cli/engine.ts';
import { ticketIdFrom } from '../core/mail/token.ts';
import { change, open } from '../core/ticket/change.ts';
import type { Message } from '../core/ticket/ticket.ts';
import { type Laptop, startLaptop } from '../test/journeys/laptop.ts';
import { desk, LUIS, opened, receipt } from '../test/sample.ts';
import { described, machine, percentile, rounded, table } from './figures.ts';

interface Used {
  calls: number;
  reads: number;
  writes: number;
  ms: number;
}

interface Size {
  tickets: number;
  filledIn: number;
  tableMB: number;
  mails: Record<string, Used>;
  /** Of one hourly sweep, and of one morning's digests for everybody. */
  sweep: Omit<Used, 'ms'>;
}

const { values } = parseArgs({
  options: { tickets: { type: 'string', default: '100,10000' }, json: { type: 'boolean' } },
});
const sizes = values.tickets.split(',').map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
  console.error('usage: node bench/growth.ts [--tickets 100,10000] [--json]');
  process.exit(2);
}
/** Of each kind. The least is taken: what else the machine did is no growth. */
const REPEATS = 2;
/** DynamoDB takes no more in a call. */
const BATCH = 25;
const HOUR = 3_600_000;
const FIRST = Date.parse('2026-01-05T08:00:00Z');
/** Calls that functions make; what Lambda, SES and Step Functions do by themselves depends on how much comes at once. */
const OWN = /^(dynamodb|s3|ses|ssm):(?!Receive|PutObject$)|^sqs:Send|^states:Start/;

const here = machine();
const measured: Size[] = [];
// The AWS clients of a process know one desk: each size has a process of its own.
for (const size of sizes) measured.push(sizes.length === 1 ? await measure(size) : await apart(size));
const ratios = Object.fromEntries(Object.keys(measured[0]?.mails ?? {}).map((kind) => [kind, ratioOf(kind)]));
if (values.json) console.log(JSON.stringify({ machine: here, sizes: measured, ratios }, null, 2));
else show();

async function apart(tickets: number): Promise<Size> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    import.meta.filename,
    ...['--tickets', String(tickets), '--json'],
  ]);
  const [size] = (JSON.parse(stdout) as { sizes: Size[] }).sizes;
  if (!size) throw new Error(`nothing was measured with ${tickets} tickets`);
  return size;
}

async function measure(tickets: number): Promise<Size> {
  const laptop = await startLaptop({ speed: 1, patience: 120_000 });
  try {
    const running = await runningDesk(laptop.dataDir);
    const began = performance.now();
    await fill(tickets, running);
    const filledIn = rounded((performance.now() - began) / 1000, 1);
    const read = async () =>
      (await askEngine(running, 'meter', 'ReadMeter', {})) as z.output<typeof SampleTicket>;
    const mails = await write(laptop, async (work) => {
      await laptop.quiet();
      const before = await read();
      const from = performance.now();
      await work();
      const ms = performance.now() - from;
      await laptop.quiet();
      return { ...between(before, await read()), ms };
    });
    const tableMB = Math.round(statSync(`${laptop.dataDir}/table.db`).size / 1e6);
    const before = await read();
    await laptop.setSpeed(1800);
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    await laptop.setSpeed(1);
    await laptop.quiet();
    const swept = between(before, await read(), 'Sweep');
    return { tickets, filledIn, tableMB, mails, sweep: swept };
  } finally {
    await laptop.stop();
  }
}

/** Each kind `REPEATS` times, after one that warms up. */
async function write(
  laptop: Laptop,
  meter: (work: () => Promise<void>) => Promise<Used>,
): Promise<Record<string, Used>> {
  const used: Record<string, Used[]> = { 'new mail': [], reply: [], command: [], '#find': [] };
  for (let n = 0; n <= REPEATS; n++) {
    const from = `person${n}@customers.example.org`;
    const note = async (kind: string, work: () => Promise<void>) => {
      const one = await meter(work);
      if (n > 0) used[kind]?.push(one);
    };
    await note('new mail', async () => {
      await laptop.write({ from, subject: `Laptop ${n}`, text: `My laptop ${n} does not start any more.` });
      await laptop.mail('acknowledgement', from);
    });
    const { id, assignee } = await laptop.ticketOf(from);
    const agent = assignee ?? '';
    const [acknowledged] = laptop.delivered.filter(
      ({ kind, to }) => kind === 'acknowledgement' && to === from,
    );
    const assignment = await laptop.mail('assignment', agent, id);
    if (!acknowledged) throw new Error(`${from} was not acknowledged`);
    await note('reply', async () => {
      await laptop.reply(acknowledged, from, 'It makes a noise as well.');
      await laptop.mail('requester-message', agent, id);
    });
    await note('command', async () => {
      await laptop.reply(assignment, agent, '#priority P2', { proven: true });
      await laptop.mail('transcript', agent, id);
    });
    await note('#find', async () => {
      const before = laptop.delivered.length;
      await laptop.write({ from: agent, proven: true, subject: 'Find', text: '#find printer' });
      await laptop.until('what was found', async () => laptop.delivered.length > before);
    });
  }
  return Object.fromEntries(
    Object.entries(used).map(([kind, all]) => {
      const middle = (of: keyof Used) =>
        percentile(
          all.map((each) => each[of]),
          0.5,
        );
      return [
        kind,
        {
          calls: middle('calls'),
          reads: middle('reads'),
          writes: middle('writes'),
          ms: Math.round(Math.min(...all.map(({ ms }) => ms))),
        },
      ];
    }),
  );
}

type Reading = z.output<typeof SampleTicket>;

function between(before: Reading, after: Reading, by?: string): Omit<Used, 'ms'> {
  const units = (unit: 'dynamodb-reads' | 'dynamodb-writes') =>
    Object.entries(after.by)
      .filter(([who]) =>
        by ? who.startsWith(by) : !/^(Sweep|SendDigests|CountMeasures|SendReport)/.test(who),
      )
      .reduce((sum, [who, amounts]) => sum + (amounts[unit] ?? 0) - (before.by[who]?.[unit] ?? 0), 0);
  const calls = Object.entries(after.calls)
    .filter(([name]) => OWN.test(name))
    .reduce((sum, [name, count]) => sum + count - (before.calls[name] ?? 0), 0);
  return { calls, reads: units('dynamodb-reads'), writes: units('dynamodb-writes') };
}

async function fill(
  tickets: number,
  { endpoint, region, outputs }: Awaited<ReturnType<typeof runningDesk>>,
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'admin', secretAccessKey: 'admin' },
  });
  const db = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const name = outputs.TableName;
  const send = async (items: Item[]) => {
    for (let from = 0; from < items.length; from += BATCH) {
      const puts = items.slice(from, from + BATCH).map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems = {} } = await db.batchWrite({ RequestItems: { [name]: puts } });
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('the engine left items unwritten');
    }
  };
  const WIDE = 250;
  for (let from = 0; from < tickets; from += WIDE) {
    const items = new Map<string, Item>();
    for (let n = from; n < Math.min(from + WIDE, tickets); n++)
      for (const item of await itemsOf(n, name)) items.set(`${item.pk} ${item.sk}`, item);
    await send([...items.values()]);
    if (from % 10_000 === 0) process.stderr.write(`${from} of ${tickets} tickets …\n`);
  }
  client.destroy();
}

/** What stands in the table of a ticket that was opened and closed, but for its events. */
async function itemsOf(n: number, name: string): Promise<Item[]> {
  const items = new Map<string, Item>();
  const at = new Date(FIRST + (n % 1_200) * HOUR).toISOString();
  const requester = { address: `filled${n >> 2}@customers.example.org`, name: `Filled ${n >> 2}` };
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(n * 4_099 + 7);
  const id = ticketIdFrom(octets);
  const [template] = opened(at, {}, null).events;
  if (template?.kind !== 'opened') throw new TypeError('a ticket begins with being opened');
  const { number: _, at: __, ...happening } = template as typeof template & { number: number; at: string };
  const begun = open(
    id,
    {
      ...happening,
      requester,
      subject: `The printer ${n} is jammed`,
      messageId: `${n}@customers.example.org`,
    },
    [{ kind: 'assigned', assignee: LUIS, previous: null, reason: 'the fewest tickets', by: 'desk' }],
    at,
    desk,
  );
  const done = change(
    begun.after,
    [
      { kind: 'resolved', reason: 'a new roller', by: LUIS, message: null },
      { kind: 'closed', reason: 'it stayed quiet after it was resolved', by: 'desk' },
    ],
    new Date(Date.parse(at) + HOUR).toISOString(),
    desk,
  );
  const message: Message = {
    ...{ id: `${id}-m1`, number: 1, at, direction: 'in', visibility: 'public', from: requester },
    text: `The printer ${n} on our floor eats the paper since this morning. Could somebody have a look, please?`,
    ...{
      bodyKey: null,
      attachments: [],
      withheld: 0,
      mailId: `mail-${n}`,
      messageId: `${n}@customers.example.org`,
      cc: [],
    },
  };
  const keep = (writes: Write[]) => {
    for (const { Put } of writes) {
      const item = Put?.Item as (Item & Key) | undefined;
      if (item && !item.sk.startsWith('EVENT#')) items.set(`${item.pk} ${item.sk}`, item);
    }
  };
  const asked = {
    name,
    getAll: async () => [],
    transact: async (writes: Write[]) => keep(writes),
  } as unknown as Table;
  const tickets = openTickets(asked);
  await tickets.commit(begun, [message]);
  await tickets.commit(done, []);
  keep(
    openLedger(asked).writes(
      {
        ...{
          mailId: `mail-${n}`,
          key: `mail/${n}`,
          receivedAt: at,
          from: requester.address,
          subject: `The printer ${n}`,
        },
        ...{ messageId: `${n}@customers.example.org`, receipt: { ...receipt, mailId: `mail-${n}` } },
        ...{
          disposition: 'opened',
          reason: 'new-ticket',
          detail: '',
          clue: null,
          ticketId: id,
          disposedAt: at,
        },
        ...{ history: [], released: false, releases: null, version: 1, events: 0 },
      },
      null,
      { claim: null, reference: `${n}@customers.example.org`, code: null, release: null, notices: [] },
    ),
  );
  return [...items.values()];
}

/** Of the largest to the smallest; 1 where neither used any. */
function ratioOf(kind: string): Record<keyof Used, number> {
  const [first, last] = [measured[0], measured.at(-1)].map((size) => size?.mails[kind]);
  const of = (name: keyof Used) => rounded((last?.[name] ?? 0) / (first?.[name] || 1), 2) || 1;
  return { calls: of('calls'), reads: of('reads'), writes: of('writes'), ms: of('ms') };
}

function show(): void {
  console.log(described(here));
  const rows = measured.flatMap(({ tickets, mails, sweep, tableMB }) => [
    ...Object.entries(mails).map(([kind, { calls, reads, writes, ms }]) => [
      `${tickets} tickets: ${kind}`,
      ...[calls, reads, writes, ms].map(String),
    ]),
    [
      `${tickets} tickets: the hourly sweeps of four hours (table ${tableMB} MB)`,
      '',
      String(sweep.reads),
      String(sweep.writes),
      '',
    ],
  ]);
  console.log(table([['', 'calls', 'read units', 'write units', 'ms'], ...rows]));
  console.log('\nThe largest to the smallest');
  console.log(
    table([
      ['', 'calls', 'read units', 'write units', 'ms'],
      ...Object.entries(ratios).map(([kind, { calls, reads, writes, ms }]) => [
        kind,
        ...[calls, reads, writes, ms].map(String),
      ]),
    ]),
  );
}
