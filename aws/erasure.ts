/**
 * Takes one person out of table and bucket. His own tickets and what he wrote in others' go; where others' things only name
 * him, his address goes and the rest stays. What is found is what names him: the table is read through, because mentions
 * stand in no index, and an index may be a moment behind. A run that was interrupted is carried on by running it again:
 * what is done names him no more, and his pseudonym's key, which lets it be the same one, goes last.
 */
import { createHash } from 'node:crypto';
import { LANGUAGES } from '../core/config/choices.ts';
import { ConflictError } from '../core/faults.ts';
import type { Article } from '../core/knowledge/article.ts';
import type { MailRecord } from '../core/mail/record.ts';
import {
  type Erased,
  isOf,
  messageWithout,
  namesPerson,
  ticketWithout,
  withoutPerson,
} from '../core/ticket/erased.ts';
import type { Report } from '../core/ticket/recurrence.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import { type EventItem, lineOf, makeKey, personKey, pseudonymsIn, readPersons } from './audit.ts';
import type { Knowledge } from './knowledge.ts';
import type { Mailroom } from './mailroom.ts';
import { each, openRemoval, partition, type Removal, type Tombstone } from './removal.ts';
import { type Item, type Key, putVersion, type Table } from './table.ts';

export interface Place {
  table: Table;
  mailroom: Mailroom;
  knowledge: Knowledge;
}

export interface OwnTicket {
  id: string;
  subject: string;
  status: string;
  messages: number;
  /** Of these, how many others wrote. */
  byOthers: number;
  files: number;
  mails: number;
}

/** What names somebody, and what erasing him does to it. */
export interface Traces {
  tickets: OwnTicket[];
  /** In others' tickets: what he wrote, which goes, and what others wrote that names him. */
  messages: { id: string; his: boolean }[];
  /** Others' tickets that name him. */
  named: string[];
  /** Events of others' tickets that name him. */
  events: number;
  /** Records of mail: his own, and those that only name him. The raw mail of both goes. */
  mails: { mailId: string; his: boolean }[];
  /** Records of mails that went to him. */
  updates: number;
  articles: string[];
  /** What is remembered of his address: rates, trust, blocks … Key by key. */
  remembered: string[];
  /** Long texts in the bucket that name him. */
  bodies: string[];
  /** Languages whose index of articles names him. */
  indexes: string[];
  /** Everything else that names him, key by key. */
  others: string[];
}

type Kind = 'ticket' | 'message' | 'event' | 'mail' | 'update' | 'article' | 'remembered' | 'other';

interface Trace {
  kind: Kind;
  key: Key;
  his: boolean;
}

interface Search {
  own: string[];
  traces: Trace[];
  bodies: string[];
  indexes: string[];
}

/** `reads`: how many items were read so far. */
export type Reads = (items: number) => void;

/** Changes nothing. */
export async function findTraces(address: string, place: Place, reads: Reads): Promise<Traces> {
  return describe(await search(address, place, reads), place);
}

export interface Erasure {
  pseudonym: string;
  /** What was taken out or changed: its key, and which. Sorted. */
  list: string[];
  /** SHA-256 of the list, a line each. */
  listHash: string;
  /** What still names him after it: mail that came in meanwhile. */
  left: string[];
}

/** A mail that comes in while it runs is found by the next round. */
const MOST_ROUNDS = 3;

/** `at` is ISO 8601 UTC, desk time; `auditUntil` in seconds since 1970, null for ever. */
export async function erasePerson(
  address: string,
  at: string,
  auditUntil: number | null,
  place: Place,
  reads: Reads,
): Promise<Erasure> {
  const { table, mailroom } = place;
  const lower = address.toLowerCase();
  const make = (person: string) => makeKey(table, person);
  const pseudonym = (await readPersons(table, { persons: [lower] }, make)).pseudonyms.get(lower) ?? '';
  const erased: Erased = { address: lower, pseudonym };
  const removal = openRemoval(table, mailroom);
  const list = new Set<string>();
  let found = await search(address, place, reads);
  for (let round = 1; !isEmpty(found) && round <= MOST_ROUNDS; round++) {
    for (const id of found.own) {
      await removal.bury(id, at, auditUntil);
      list.add(`T#${id} removed`);
    }
    await each(found.traces, async ({ kind, key }) => {
      const done = await again(() => eraseFrom(kind, key, erased, at, removal, place));
      if (done) list.add(`${withoutPerson(nameOf(key), erased)} ${done}`);
    });
    for (const key of found.bodies) {
      await eraseBody(key, erased, mailroom);
      list.add(`${key} changed`);
    }
    for (const language of LANGUAGES) {
      const change = <T>(entry: T) => withoutPerson(entry, erased);
      if (found.indexes.includes(language) && (await place.knowledge.rewrite(language, change)))
        list.add(`knowledge/${language} changed`);
    }
    found = await search(address, place, reads);
  }
  await table.remove(personKey(address));
  const lines = [...list].sort();
  const left = [...found.own, ...found.traces.map(({ key }) => nameOf(key)), ...found.bodies];
  const listHash = createHash('sha256').update(lines.join('\n')).digest('hex');
  return { pseudonym, list: lines, listHash, left };
}

async function search(address: string, { table, mailroom, knowledge }: Place, reads: Reads): Promise<Search> {
  const own = new Set<string>();
  const emptying = new Set<string>();
  const traces: Trace[] = [];
  let read = 0;
  for await (const items of table.pages()) {
    for (const item of items) {
      if ((item as Tombstone).emptying) emptying.add(item.pk.slice('T#'.length));
      if (!namesPerson(item, address)) continue;
      if (isOwn(item, address)) own.add(item.pk.slice('T#'.length));
      traces.push({
        kind: kindOf(item, address),
        key: { pk: item.pk, sk: item.sk },
        his: isHis(item, address),
      });
    }
    read += items.length;
    reads(read);
  }
  // What an earlier run began to empty is his, as long as something there names him; the rest of it the sweep takes out.
  for (const { key } of traces) {
    const id = key.pk.slice('T#'.length);
    if (key.pk.startsWith('T#') && emptying.has(id)) own.add(id);
  }
  const bodies: string[] = [];
  for await (const { key } of mailroom.list('bodies/')) {
    const content = await mailroom.read(key);
    if (content && namesPerson(readBody(key, content), address)) bodies.push(key);
  }
  const indexes: string[] = [];
  for (const language of LANGUAGES)
    if ((await knowledge.entries(language)).some((entry) => namesPerson(entry, address)))
      indexes.push(language);
  return {
    own: [...own].sort(),
    // The ticket's partition goes as a whole.
    traces: traces.filter(({ key }) => !(key.pk.startsWith('T#') && own.has(key.pk.slice('T#'.length)))),
    bodies,
    indexes,
  };
}

function isEmpty({ own, traces, bodies, indexes }: Search): boolean {
  return own.length + traces.length + bodies.length + indexes.length === 0;
}

function isOwn(item: Item, address: string): boolean {
  const { ticket } = item as Item & { ticket?: Ticket };
  return item.sk === 'TICKET' && ticket?.requester.address.toLowerCase() === address.toLowerCase();
}

function isHis(item: Item, address: string): boolean {
  const { message, mail } = item as Item & { message?: Message; mail?: MailRecord };
  return message ? isOf(message, address) : mail?.from?.toLowerCase() === address.toLowerCase();
}

function kindOf({ pk, sk }: Item, address: string): Kind {
  if (namesPerson([pk, sk], address)) return 'remembered';
  if (pk.startsWith('T#') && sk === 'TICKET') return 'ticket';
  if (sk.startsWith('MESSAGE#')) return 'message';
  if (pk.startsWith('T#') && sk.startsWith('EVENT#')) return 'event';
  if (sk === 'MAIL') return 'mail';
  if (sk === 'UPDATE') return 'update';
  return sk === 'ARTICLE' ? 'article' : 'other';
}

async function describe(
  { own, traces, bodies, indexes }: Search,
  { table }: Pick<Place, 'table'>,
): Promise<Traces> {
  const tickets: OwnTicket[] = [];
  for (const id of own) tickets.push(await describeOwn(id, table));
  const of = (kind: Kind) => traces.filter((trace) => trace.kind === kind);
  const last = ({ pk }: Key) => pk.slice(pk.indexOf('#') + 1);
  return {
    ...{ tickets, bodies, indexes },
    named: of('ticket').map(({ key }) => last(key)),
    messages: of('message').map(({ key, his }) => {
      return { id: `${last(key)}-m${Number(key.sk.slice('MESSAGE#'.length))}`, his };
    }),
    events: of('event').length,
    mails: of('mail').map(({ key, his }) => ({ mailId: last(key), his })),
    updates: of('update').length,
    articles: of('article').map(({ key }) => last(key)),
    remembered: of('remembered').map(({ key }) => nameOf(key)),
    others: of('other').map(({ key }) => nameOf(key)),
  };
}

async function describeOwn(id: string, table: Table): Promise<OwnTicket> {
  const own: OwnTicket = { id, subject: '', status: '', messages: 0, byOthers: 0, files: 0, mails: 0 };
  const mails = new Set<string>();
  let requester = '';
  const writers: string[] = [];
  for await (const items of partition(table, id, ''))
    for (const item of items) {
      const { ticket, message } = item as Item & { ticket?: Ticket; message?: Message };
      if (ticket) {
        requester = ticket.requester.address;
        Object.assign(own, { subject: ticket.subject, status: ticket.status });
      }
      if (!message) continue;
      own.messages++;
      writers.push(message.from.address);
      own.files += message.attachments.length;
      if (message.mailId) mails.add(message.mailId);
    }
  return { ...own, mails: mails.size, byOthers: writers.filter((each) => each !== requester).length };
}

/** What was done; null when there is nothing of him any more. */
async function eraseFrom(
  kind: Kind,
  key: Key,
  erased: Erased,
  at: string,
  removal: Removal,
  { table, mailroom, knowledge }: Place,
): Promise<'removed' | 'changed' | null> {
  const item = await table.get<Item>(key);
  if (!item || !namesPerson(item, erased.address)) return null;
  switch (kind) {
    case 'remembered':
      await table.remove(key);
      return 'removed';
    case 'ticket': {
      const { ticket, version } = item as Item & { ticket: Ticket; version: number };
      const after = { ...ticketWithout(ticket, erased), version: version + 1 };
      await table.transact([
        putVersion(
          table,
          { ...withoutPerson(item, erased), ticket: after, version: version + 1 },
          { version },
        ),
      ]);
      return 'changed';
    }
    case 'message': {
      const { message } = item as Item & { message: Message };
      const his = isOf(message, erased.address);
      if (his) await removal.removeObjects(message);
      if (message.mailId) await eraseMail(message.mailId, erased, at, removal, { table, mailroom });
      await table.put({ ...item, message: messageWithout(message, erased) });
      return his ? 'removed' : 'changed';
    }
    case 'event': {
      const before = item as EventItem;
      const line = lineOf(key.pk.slice('T#'.length), before, await pseudonymsIn(table, [before]));
      const { salt: _, ...rest } = before;
      await table.put({ ...withoutPerson(rest, erased), ...(line === null ? {} : { audit: line }) });
      return 'changed';
    }
    case 'mail':
      await eraseMail(key.pk.slice('MAIL#'.length), erased, at, removal, { table, mailroom });
      return 'changed';
    case 'article': {
      const { article, version } = item as Item & { article: Article; version: number };
      const after = { ...withoutPerson(article, erased), version: version + 1 };
      await table.transact([
        putVersion(
          table,
          { ...withoutPerson(item, erased), article: after, version: version + 1 },
          { version },
        ),
      ]);
      await knowledge.index(article.id);
      return 'changed';
    }
    case 'update':
    case 'other': {
      const { report } = item as Item & { report?: Report };
      // A notice that has not gone yet has nobody to go to.
      const isNotice = key.pk.startsWith('MAIL#') && key.sk.startsWith('EVENT#');
      if (report?.requester.toLowerCase() === erased.address || key.sk === 'CODE' || isNotice) {
        await table.remove(key);
        return 'removed';
      }
      await table.put(withoutPerson(item, erased));
      return 'changed';
    }
  }
}

/** Of his own mail everything goes but when it came and what became of it; of another's that names him, the raw mail. */
async function eraseMail(
  mailId: string,
  erased: Erased,
  at: string,
  removal: Removal,
  { table, mailroom }: Pick<Place, 'table' | 'mailroom'>,
): Promise<void> {
  const item = await table.get<Item & { mail: MailRecord }>({ pk: `MAIL#${mailId}`, sk: 'MAIL' });
  if (!item) return;
  const { mail } = item;
  if (isHis(item, erased.address)) {
    await removal.clearMail(mailId, at);
    return;
  }
  await mailroom.remove(mail.key);
  const takenOut = { at, by: 'desk', ticketId: mail.ticketId ?? '', message: 0, reason: '' };
  const version = mail.version + 1;
  const after = { takenOut, ...withoutPerson(mail, erased), version };
  await table.transact([putVersion(table, { ...withoutPerson(item, erased), mail: after, version }, mail)]);
}

async function eraseBody(key: string, erased: Erased, mailroom: Mailroom): Promise<void> {
  const content = await mailroom.read(key);
  if (!content) return;
  const without = withoutPerson(readBody(key, content), erased);
  const isCut = key.endsWith(CUT);
  const text = isCut ? JSON.stringify(without) : String(without);
  await mailroom.write(key, Buffer.from(text), isCut ? 'application/json' : 'text/plain; charset=utf-8');
}

/** What was cut from a mail lies there as JSON, in which a line break before an address looks like a letter. */
const CUT = '-cut';

function readBody(key: string, content: Uint8Array): unknown {
  const text = Buffer.from(content).toString('utf8');
  return key.endsWith(CUT) ? JSON.parse(text) : text;
}

const MOST_CONFLICTS = 8;

/** Somebody wrote in between: what is there now is read anew. */
async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MOST_CONFLICTS) throw error;
    }
  }
}

function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}
