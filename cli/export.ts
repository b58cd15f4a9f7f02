/**
 * Tickets, with all that was said and sent in them, into a folder that other programs read: JSON lines, an mbox, files. It
 * reads a page of the listing, and each ticket by its key: as much as the tickets are, and nothing of the others.
 */
import { type EventItem, trailOf } from '../aws/audit.ts';
import { GONE, partition, type Tombstone } from '../aws/removal.ts';
import type { Item, Table } from '../aws/table.ts';
import { SHARDS, ticketKey } from '../aws/tickets.ts';
import { safeName } from '../core/mail/file-name.ts';
import type { MailRecord } from '../core/mail/record.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import type { DeskConnection } from './connect.ts';
import { openFolder } from './folder.ts';
import { mboxEntry } from './mbox.ts';
import { Refused } from './refused.ts';

export interface Filter {
  tickets: string[];
  requester?: string;
  /** When they were opened: ISO 8601 UTC or the beginning of it; `to` is not among them. */
  from?: string;
  to?: string;
}

export const EXPORT_FORMAT = 1;

const TICKETS = 'tickets.jsonl';
const AUDIT = 'audit.jsonl';
const MAILS = 'mails.jsonl';
const MBOX = 'mail.mbox';

/** A mark waits for the disk. */
const MARKED_EVERY = 25;

type Place = Pick<DeskConnection, 'table' | 'mailroom' | 'now'>;

export interface Exported {
  folder: string;
  tickets: number;
  messages: number;
  events: number;
  mails: number;
  files: number;
  /** Tickets that are gone: only their audit trail is there. */
  gone: number;
  /** Raw mail and files that are kept no longer. */
  missing: number;
}

/** `done` is told how many tickets are written. */
export async function exportTickets(
  path: string,
  filter: Filter,
  place: Place,
  done: (tickets: number) => void,
): Promise<Exported> {
  const what = `export ${JSON.stringify(filter)}`;
  const folder = await openFolder(path, what, [TICKETS, AUDIT, MAILS, MBOX]);
  const { counts } = folder;
  const count = (name: keyof Exported, by = 1) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  const write = async (id: string) => {
    const { ticket, tombstone, events, messages } = await readTicket(place.table, id);
    if (ticket) {
      const written: Written[] = [];
      for (const message of messages) written.push(await writeMessage(ticket.id, message));
      const seen = new Set<string>();
      for (const { mailId, copyOf } of messages)
        if (mailId && !copyOf && !seen.has(mailId)) {
          seen.add(mailId);
          await writeMail(await recordOf(place.table, mailId));
        }
      const told = events.flatMap(({ event }) => event ?? []);
      await folder.append(TICKETS, `${JSON.stringify({ ticket, messages: written, events: told })}\n`);
      count('tickets');
      count('messages', messages.length);
    } else if (tombstone) count('gone');
    else throw new Refused(`There is no ticket ${id}.`);
    const trail = await trailOf(place.table, id, events, ticket?.events ?? tombstone?.events ?? 0);
    for (const { number, chain, line } of trail.links)
      await folder.append(AUDIT, `${JSON.stringify({ ticketId: id, number, line, chain })}\n`);
    count('events', events.length);
  };
  const writeMessage = async (id: string, message: Message): Promise<Written> => {
    const { bodyKey, cut, attachments, ...others } = message;
    const files: Written['attachments'] = [];
    for (const [index, { key, ...file }] of attachments.entries()) {
      const content = await place.mailroom.read(key);
      const name = `attachments/${id}/${message.number}-${index + 1}-${safeName(file.name)}`;
      if (content) await folder.put(name, content);
      count(content ? 'files' : 'missing');
      files.push({ ...file, file: content ? name : null });
    }
    const [text, whole] = [bodyKey && (await textOf(bodyKey)), cut?.bodyKey && (await textOf(cut.bodyKey))];
    return {
      ...{ ...others, text: text || message.text, attachments: files },
      ...(cut ? { cut: whole ? JSON.parse(whole) : { quoted: cut.quoted, signature: cut.signature } } : {}),
    };
  };
  const textOf = async (key: string) => {
    const content = await place.mailroom.read(key);
    return content && Buffer.from(content).toString('utf8');
  };
  const writeMail = async (record: MailRecord | null) => {
    if (!record) return count('missing');
    const raw = await place.mailroom.read(record.key);
    await folder.append(MAILS, `${JSON.stringify({ ...record, raw: raw !== null })}\n`);
    if (!raw) return count('missing');
    await folder.append(MBOX, mboxEntry(raw, record.receipt.returnPath, record.receivedAt));
    count('mails');
  };
  const steps = { write, writeMail };
  try {
    let unmarked = 0;
    for await (const cursor of walk(filter, folder.cursor, place.table, steps)) {
      done(counts.tickets ?? 0);
      if (++unmarked % MARKED_EVERY === 0) await folder.mark(cursor);
    }
    const exportedAt = new Date(place.now()).toISOString();
    await folder.finish({ format: EXPORT_FORMAT, exportedAt, filter, mbox: 'mboxrd' });
  } finally {
    await folder.close();
  }
  const all = { tickets: 0, messages: 0, events: 0, mails: 0, files: 0, gone: 0, missing: 0 };
  return { folder: path, ...all, ...counts };
}

type Written = Omit<Message, 'bodyKey' | 'attachments' | 'cut'> & {
  cut?: { quoted: string; signature: string };
  attachments: (Omit<Message['attachments'][number], 'key'> & { file: string | null })[];
};

interface Steps {
  write(ticketId: string): Promise<void>;
  writeMail(record: MailRecord): Promise<void>;
}

/** After each step where it stands: what a later run gives back to go on from there. */
async function* walk(
  filter: Filter,
  after: string | null,
  table: Table,
  steps: Steps,
): AsyncGenerator<string> {
  const named = filter.tickets.length > 0 || filter.requester !== undefined;
  if (named) {
    for (const id of await namedIn(filter, table)) {
      if (after !== null && id <= after) continue;
      await steps.write(id);
      yield id;
    }
    return;
  }
  const range = { from: filter.from, to: filter.to };
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  const stages: { listPk: string; step(item: Item): Promise<void> }[] = [
    ...shards.map((shard) => ({
      listPk: `TICKET#${shard}`,
      step: ({ pk }: Item) => steps.write(pk.slice('T#'.length)),
    })),
    { listPk: GONE, step: ({ pk }: Item) => steps.write(pk.slice('T#'.length)) },
    // Mail of no ticket: refused, quarantined, a machine's.
    ...shards.map((shard) => ({
      listPk: `MAIL#${shard}`,
      step: async (item: Item) => {
        const { mail } = item as Item & { mail: MailRecord };
        if (mail.ticketId === null) await steps.writeMail(mail);
      },
    })),
  ];
  const [stageAt = '0', ...rest] = after?.split(' ') ?? [];
  for (const [nth, { listPk, step }] of stages.entries()) {
    if (nth < Number(stageAt)) continue;
    const last = nth === Number(stageAt) ? rest.join(' ') : '';
    for await (const item of listed(table, listPk, range, last)) {
      await step(item);
      yield `${nth} ${item.listSk}`;
    }
  }
}

async function namedIn({ tickets, requester, from, to }: Filter, table: Table): Promise<string[]> {
  const ids = new Set(tickets.map((id) => id.toUpperCase()));
  if (requester !== undefined) {
    const address = requester.toLowerCase();
    for (const handsPk of [`ASKER#${address}`, `ASKED#${address}`])
      for await (const { pk } of indexed(table, 'hands', handsPk, '', '')) {
        const id = pk.slice('T#'.length);
        const { createdAt } = (await table.get<Item & { ticket?: Ticket }>(ticketKey(id)))?.ticket ?? {};
        if (createdAt && (!from || createdAt >= from) && (!to || createdAt < to)) ids.add(id);
      }
  }
  return [...ids].sort();
}

/** The listing, the oldest first: behind `last`, where an earlier run stopped. */
function listed(
  table: Table,
  listPk: string,
  { from = '', to = '' }: { from?: string | undefined; to?: string | undefined },
  last: string,
): AsyncGenerator<Item> {
  return indexed(table, 'listing', listPk, last > from ? `${last}\u0000` : from, to);
}

async function* indexed(
  table: Table,
  index: 'listing' | 'hands',
  pk: string,
  from: string,
  to: string,
): AsyncGenerator<Item> {
  const [pkName, skName] = index === 'listing' ? ['listPk', 'listSk'] : ['handsPk', 'handsSk'];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.query<Item>({
      IndexName: index,
      KeyConditionExpression: `${pkName} = :pk AND ${skName} BETWEEN :from AND :to`,
      // No key begins with more than a digit or a letter; an empty one is not allowed.
      ExpressionAttributeValues: { ':pk': pk, ':from': from || ' ', ':to': to || '~' },
      ExclusiveStartKey: start,
    });
    yield* page.items;
    start = page.next;
  } while (start);
}

async function readTicket(table: Table, id: string) {
  const events: EventItem[] = [];
  const messages: Message[] = [];
  let ticket: Ticket | null = null;
  let tombstone: Tombstone | null = null;
  for await (const items of partition(table, id, ''))
    for (const item of items) {
      const found = item as Item & { ticket?: Ticket; message?: Message };
      if (item.sk.startsWith('EVENT#')) events.push(item as EventItem);
      else if (found.message) messages.push(found.message);
      else if (found.ticket) ticket = found.ticket;
      else if (item.sk === 'TICKET') tombstone = item as Tombstone;
    }
  return { ticket, tombstone, events, messages };
}

async function recordOf(table: Table, mailId: string): Promise<MailRecord | null> {
  return (await table.get<Item & { mail: MailRecord }>({ pk: `MAIL#${mailId}`, sk: 'MAIL' }))?.mail ?? null;
}
