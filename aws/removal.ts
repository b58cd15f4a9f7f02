/**
 * Takes tickets out for good. What remains of one is its id, which nobody else gets, and its audit trail. The id is taken
 * first, so that nothing happens to the ticket any more while the rest goes; who ends in between is followed by whoever
 * finds an id that is still being emptied. Every step may be taken twice.
 */
import type { MailRecord } from '../core/mail/record.ts';
import { objectsOf } from '../core/ticket/objects.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import { type EventItem, lineOf, pseudonymsIn } from './audit.ts';
import type { Mailroom } from './mailroom.ts';
import { type Item, putVersion, type Table } from './table.ts';
import { closedPk, moveLoads, shardOf, ticketKey } from './tickets.ts';

/** What stands where a ticket stood. It is found in the listing under `GONE`. */
export type Tombstone = Item & {
  goneAt: string;
  /** How many events it had. */
  events: number;
  version: number;
  /** Some of it is still there; and these tickets it was linked to. */
  emptying?: { links: string[] };
};

export interface Removal {
  /** All of it: messages, files, raw mail. `at` is ISO 8601 UTC; `auditUntil` in seconds since 1970, null for ever. */
  bury(ticketId: string, at: string, auditUntil: number | null): Promise<void>;
  /** Of a closed ticket only what was written, with its files: the ticket and its events stay. */
  strip(ticketId: string): Promise<void>;
  /** A message's files and long texts, but those that are used elsewhere. */
  removeObjects(message: Message, used?: ReadonlySet<string>): Promise<void>;
  /** The raw mail, and what its record says of whoever wrote it. False when there is no such record. */
  clearMail(mailId: string, at: string): Promise<boolean>;
}

export const GONE = 'GONE';

export function openRemoval(table: Table, mailroom: Mailroom): Removal {
  const removeObjects: Removal['removeObjects'] = async (message, used) => {
    for (const key of objectsOf(message)) if (!used?.has(key)) await mailroom.remove(key);
  };
  const clearMail: Removal['clearMail'] = async (mailId, at) => {
    const item = await table.get<Item & { mail: MailRecord }>({ pk: `MAIL#${mailId}`, sk: 'MAIL' });
    if (!item) return false;
    const { mail } = item;
    await mailroom.remove(mail.key);
    if (mail.takenOut && mail.from === null && mail.subject === '') return true;
    const cleared = withoutWriter(mail, at);
    await table.transact([putVersion(table, { ...item, mail: cleared, version: cleared.version }, mail)]);
    return true;
  };
  return {
    removeObjects,
    clearMail,
    async strip(ticketId) {
      const there = await table.get<Item & { ticket?: Ticket }>(ticketKey(ticketId));
      if (there?.ticket?.status !== 'closed') return;
      const used = await objectsUsedBy(linksOf(there.ticket), table);
      for await (const items of partition(table, ticketId, 'MESSAGE#'))
        await each(items as (Item & { message: Message })[], async ({ pk, sk, message }) => {
          await removeObjects(message, used);
          await table.remove({ pk, sk });
        });
      // By what it was found.
      for await (const items of partition(table, ticketId, 'FOUND#'))
        await each(items, ({ pk, sk }) => table.remove({ pk, sk }));
      // Whoever opened it again meanwhile has put it elsewhere in the index.
      const shard = shardOf(ticketId);
      await table.update(ticketKey(ticketId), {
        update: 'SET openPk = :bare',
        expression: 'openPk = :kept',
        values: { ':bare': closedPk('bare', shard), ':kept': closedPk('kept', shard) },
      });
    },
    async bury(ticketId, at, auditUntil) {
      const key = ticketKey(ticketId);
      const there = await table.get<Item & { ticket?: Ticket }>(key);
      if (!there || (!there.ticket && !(there as Tombstone).emptying)) return;
      const tombstone = there.ticket ? await lay(table, there.ticket, at) : (there as Tombstone);
      const used = await objectsUsedBy(tombstone.emptying?.links ?? [], table);
      for await (const items of partition(table, ticketId, '')) {
        const pseudonyms = await pseudonymsIn(table, items as EventItem[]);
        await each(items, async (item) => {
          const { pk, sk } = item;
          if (sk === key.sk) return;
          const line = sk.startsWith('EVENT#') ? lineOf(ticketId, item as EventItem, pseudonyms) : null;
          if (line !== null) {
            const { chain } = item as EventItem;
            const until = auditUntil === null ? {} : { expiresAt: auditUntil };
            await table.put({ pk, sk, audit: line, chain, ...until });
            return;
          }
          const { message } = item as Item & { message?: Message };
          if (message) {
            await removeObjects(message, used);
            if (message.mailId) await clearMail(message.mailId, at);
          }
          await table.remove({ pk, sk });
        });
      }
      const { emptying: _, openPk: _pk, openSk: _sk, ...done } = tombstone;
      await table.put(done);
    },
  };
}

/** From here on nobody finds the ticket, and its agent has one less. */
async function lay(table: Table, ticket: Ticket, at: string): Promise<Tombstone> {
  const { id, events, version } = ticket;
  const listed = { listPk: GONE, listSk: `${at}#${id}` };
  // Where the sweep finds it, should whoever empties it end before it is empty.
  const going = { openPk: closedPk('going', shardOf(id)), openSk: listed.listSk };
  const tombstone: Tombstone = {
    ...{
      ...ticketKey(id),
      ...listed,
      ...going,
      goneAt: at,
      events,
      version: version + 1,
      emptying: { links: linksOf(ticket) },
    },
  };
  const closed = { ...ticket, status: 'closed' } as Ticket;
  await table.transact([
    putVersion(table, tombstone, { version }),
    ...moveLoads(table, [{ before: ticket, after: closed, events: [] }], new Map()),
  ]);
  return tombstone;
}

function linksOf({ links = [], follows, mergedInto }: Ticket): string[] {
  return [...links.map(({ id }) => id), ...[follows, mergedInto].filter((id) => id != null)];
}

/** What was split off or cloned has the same files: they go with the last of these tickets. */
async function objectsUsedBy(links: readonly string[], table: Table): Promise<Set<string>> {
  const used = new Set<string>();
  for (const id of new Set(links))
    for await (const items of partition(table, id, 'MESSAGE#'))
      for (const { message } of items as (Item & { message: Message })[])
        for (const key of objectsOf(message)) used.add(key);
  return used;
}

/** A ticket's items, a page at a time. */
export async function* partition(
  table: Table,
  ticketId: string,
  prefix: string,
): AsyncGenerator<Item[], void, undefined> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.query<Item>({
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':pk': `T#${ticketId}`,
        ...(prefix === '' ? {} : { ':prefix': prefix }),
      },
      ConsistentRead: true,
      ExclusiveStartKey: start,
    });
    yield page.items;
    start = page.next;
  } while (start);
}

/** When it came, what became of it and to which ticket it belonged stays: the day's count goes by it. */
function withoutWriter(mail: MailRecord, at: string): MailRecord {
  const { erases: _, ...others } = mail;
  const { receipt, history, ticketId } = mail;
  return {
    ...others,
    ...{ from: null, subject: '', messageId: null, detail: '' },
    receipt: { ...receipt, returnPath: '', recipients: [] },
    history: history.map(({ detail: _detail, ...entry }) => entry),
    takenOut: mail.takenOut ?? { at, by: 'desk', ticketId: ticketId ?? '', message: 0, reason: '' },
    version: mail.version + 1,
  };
}

const AT_ONCE = 10;

export async function each<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(run));
}
