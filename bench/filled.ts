/**
 * Fills the table of a desk on this laptop with tickets that were opened, answered and closed long ago: the ticket with its
 * entries in every index, its first message, its requester's entry, the words by which it is found, its mail in the ledger
 * with its Message-ID. Their events are left out: the stream would tell everybody again.
 *
 * A few are written by the product's own code over the engine. The others are their rows with other numbers, put past it into
 * the file that it keeps: 200,000 would take it an hour.
 */
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { openLedger } from '../aws/ledger.ts';
import type { Item, Key, Table, Write } from '../aws/table.ts';
import { openTickets, SHARDS, shardOf } from '../aws/tickets.ts';
import { ticketIdFrom } from '../core/mail/token.ts';
import { change, open } from '../core/ticket/change.ts';
import type { Message } from '../core/ticket/ticket.ts';
import { desk, LUIS, opened, receipt } from '../test/sample.ts';

/** What differs between two of them. */
interface Marks {
  id: string;
  /** A word that no other ticket has. */
  number: string;
  requester: string;
  mailId: string;
  day: string;
}

/** The words of the `n`th, and whom it was from: what a search for it is told by. */
export function markOf(n: number): Pick<Marks, 'number' | 'requester'> {
  // Of one beginning, by which the index of words is parted.
  return { number: `nr7${digits(n)}`, requester: `rq8${digits(n >> 2)}@customers.example.org` };
}

const FIRST = Date.parse('2026-01-05T00:00:00Z');
const DAYS = 50;
const HOUR = 3_600_000;
/** Tickets in one transaction of the file. */
const AT_ONCE = 2_000;

export async function fill(
  tickets: number,
  { endpoint, tableName, dataDir }: { endpoint: string; tableName: string; dataDir: string },
): Promise<void> {
  const first = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => itemsOf(marksOf(firstOf(shard), shard), tableName)),
  );
  const credentials = { accessKeyId: 'admin', secretAccessKey: 'admin' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const db = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  for (const items of first) for (const Item of items) await db.put({ TableName: tableName, Item });
  // They stand in every index already.
  await db.put({
    TableName: tableName,
    Item: { pk: 'DESK', sk: 'ADOPTED#2', shard: SHARDS, after: ' ' },
  });
  client.destroy();
  if (tickets > SHARDS) multiply(first, tickets - SHARDS, tableName, join(dataDir, 'table.db'));
}

interface Rows {
  into: string;
  columns: string[];
  rows: SQLOutputValue[][];
}

function multiply(first: Item[][], tickets: number, tableName: string, file: string): void {
  const db = new DatabaseSync(file, { timeout: 30_000 });
  try {
    db.exec('PRAGMA synchronous = OFF');
    const kept = first.map((items) => rowsOf(items, tableName, db));
    const insert = new Map(
      kept.flat().map(({ into, columns }) => {
        const names = columns.map((name) => `"${name}"`).join(', ');
        return [into, db.prepare(`INSERT INTO "${into}" (${names}) VALUES (${columns.map(() => '?')})`)];
      }),
    );
    for (let from = 0; from < tickets; from += AT_ONCE) {
      db.exec('BEGIN IMMEDIATE');
      for (let n = from; n < Math.min(from + AT_ONCE, tickets); n++) {
        const shard = shardOf(idOf(n));
        const [was, is] = [marksOf(firstOf(shard), shard), marksOf(n, shard)];
        for (const { into, rows } of kept[shard] ?? [])
          for (const row of rows) insert.get(into)?.run(...row.map((value) => renamed(value, was, is)));
      }
      db.exec('COMMIT');
    }
  } finally {
    db.close();
  }
}

function rowsOf(items: Item[], tableName: string, db: DatabaseSync): Rows[] {
  const keys = [...new Set(items.map(({ pk }) => `S:${pk}`))];
  const places = keys.map(() => '?').join();
  const tables = [tableName, ...['open', 'hands', 'listing'].map((index) => `${tableName}::gsi::${index}`)];
  return tables.map((into, at) => {
    const column = at === 0 ? 'pk' : 'table_pk';
    const rows = db.prepare(`SELECT * FROM "${into}" WHERE ${column} IN (${places})`).all(...keys);
    return { into, columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row)) };
  });
}

function renamed(value: SQLOutputValue, was: Marks, is: Marks): SQLOutputValue {
  if (typeof value !== 'string') return value;
  return value
    .replaceAll(was.id, is.id)
    .replaceAll(was.mailId, is.mailId)
    .replaceAll(was.number, is.number)
    .replaceAll(was.requester, is.requester)
    .replaceAll(was.day, is.day);
}

/** The numbers of those that the product writes are behind all others. */
function firstOf(shard: number): number {
  for (let n = 250_000; ; n++) if (shardOf(idOf(n)) === shard) return n;
}

function idOf(n: number): string {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(n * 4_099 + 7);
  return ticketIdFrom(octets);
}

/** The mail's record is listed in the same shard as its ticket. */
function marksOf(n: number, shard: number): Marks {
  const { number, requester } = markOf(n);
  const mailId = ['a', 'b', 'c', 'd'].map((letter) => `mail-${number}${letter}`);
  return {
    ...{ id: idOf(n), number, requester },
    mailId: mailId.find((each) => shardOf(each) === shard) ?? '',
    day: new Date(FIRST + (n % DAYS) * 24 * HOUR).toISOString().slice(0, 10),
  };
}

function digits(n: number): string {
  return String(n).padStart(8, '0');
}

async function itemsOf(
  { id, number, requester: address, mailId, day }: Marks,
  name: string,
): Promise<Item[]> {
  const items = new Map<string, Item>();
  const at = `${day}T08:00:00.000Z`;
  const requester = { address, name: 'Robin Filled' };
  const messageId = `${number}@customers.example.org`;
  const [template] = opened(at, {}, null).events;
  if (template?.kind !== 'opened') throw new TypeError('a ticket begins with being opened');
  const { number: _, at: __, ...happening } = template as typeof template & { number: number; at: string };
  const begun = open(
    id,
    { ...happening, requester, subject: `The printer ${number} is jammed`, messageId },
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
    text: 'The printer on our floor eats the paper since this morning. Could somebody have a look, please?',
    ...{ bodyKey: null, attachments: [], withheld: 0, mailId, messageId, cc: [] },
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
    put: async () => true,
  } as unknown as Table;
  const tickets = openTickets(asked);
  await tickets.commit(begun, [message]);
  await tickets.commit(done, []);
  keep(
    openLedger(asked).writes(
      {
        ...{ mailId, key: `mail/${mailId}`, receivedAt: at, from: address, subject: `The printer ${number}` },
        ...{ messageId, receipt: { ...receipt, mailId } },
        ...{ disposition: 'opened', reason: 'new-ticket', detail: '', clue: null, ticketId: id },
        ...{ disposedAt: at, history: [], released: false, releases: null, version: 1, events: 0 },
      },
      null,
      { claim: null, reference: messageId, code: null, release: null, notices: [] },
    ),
  );
  // The keys of pseudonyms are of people, not of tickets.
  return [...items.values()].filter(({ pk }) => [id, mailId, number].some((mark) => pk.includes(mark)));
}
