/**
 * The ledger of all that came in: one record for each mail, with its current disposition and its earlier ones.
 * Beside it stand the claims that make a repeat recognisable, and the ids by which an answer finds its ticket.
 */
import { hash } from 'node:crypto';
import type { Blocked, HeldCode, Notice } from '../core/mail/outcome.ts';
import type { Claim, MailCount, MailEvent, MailRecord, Release } from '../core/mail/record.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import type { Undeliverable } from '../core/ticket/undeliverable.ts';
import { blockedKey, undeliverableKey } from './addresses.ts';
import { keysIn, type PersonKeys, personKey } from './audit.ts';
import { expiry, type Item, putVersion, type Table, type Write } from './table.ts';
import { everyShard, newest, putEvent, shardOf, ticketKey } from './tickets.ts';

export interface Known {
  /** The mail that had this Message-ID, sender and body before, when it is another one. */
  duplicateOf: string | null;
  /** Ticket by Message-ID of earlier mail, in and out. */
  tickets: Map<string, string>;
  /** To whom each mail that went out went, by its Message-ID. */
  sentTo: Map<string, string>;
  undeliverable: Undeliverable | null;
  blocked?: Blocked | null;
  trusted: boolean;
  /** What became of this mail before; null as well where that was not asked. */
  record: MailRecord | null;
  /** The ticket that was asked for. */
  ticket: Ticket | null;
  /** The sender's, for whoever commits what comes of the mail. */
  keys: PersonKeys;
}

export interface Ledger {
  read(mailId: string): Promise<MailRecord | null>;
  /** One batch read, whatever the table's size. `realNow` in epoch ms. */
  recall(asked: {
    mailId: string;
    /** Whether its own record is read as well. */
    unread: boolean;
    /** The ticket that it most likely belongs to. */
    ticket: string | null;
    claim: Claim | null;
    references: string[];
    sender: string | null;
    trust: { person: string; domain: string } | null;
    realNow: number;
  }): Promise<Known>;
  code(id: string): Promise<HeldCode | null>;
  /** The writes that belong in the transaction with what the mail did. */
  writes(
    record: MailRecord,
    before: MailRecord | null,
    parts: {
      claim: Claim | null;
      /** The Message-ID by which an answer finds its ticket; null when it leads to another one already. */
      reference: string | null;
      code: HeldCode | null;
      release: Release | null;
      /** The last events of the record. */
      notices: readonly Notice[];
    },
  ): Write[];
  /** The write by which a record becomes another. */
  rewrite(record: MailRecord, before: MailRecord): Write;
  /** For a mail that changes no ticket. */
  commit(writes: Write[]): Promise<void>;
  event(pk: string, sk: string): Promise<MailEvent | null>;
  /** Tells somebody of what came of no mail. `id`: letters, digits and hyphens; told once under it. */
  tell(id: string, notice: Notice, at: string): Promise<void>;
  /** Newest first; `since` (ISO 8601 UTC) saves reading what came in before. */
  list(limit: number, keep: (record: MailRecord) => boolean, since?: string): Promise<MailRecord[]>;
  /** How often reading this mail was begun and did not end. `round`: the record's version, so that a replay counts anew. */
  beginnings(mailId: string, round: number): Promise<number>;
  /** `until`, epoch ms of real time: when nobody needs to know any more. */
  setBeginnings(mailId: string, round: number, beginnings: number, until: number): Promise<void>;
  /** All records of mail that came in on this day of UTC, `2026-11-23`. */
  day(day: string): Promise<MailRecord[]>;
  count(day: string): Promise<MailCount | null>;
  keepCount(count: MailCount): Promise<void>;
}

/** `keptFor`, ms: after how long what is known of a mail is forgotten; null for never. */
export function openLedger(table: Table, keptFor: number | null = null): Ledger {
  const forgotten = (receivedAt: string) =>
    keptFor === null ? {} : { expiresAt: expiry(Date.parse(receivedAt) + keptFor) };
  const putRecord = (record: MailRecord, before: MailRecord | null) =>
    putVersion(table, { ...recordItem(record), ...forgotten(record.receivedAt) }, before);
  return {
    read: async (mailId) => (await table.get<Item & { mail: MailRecord }>(mailKey(mailId)))?.mail ?? null,
    recall: async ({ mailId, unread, ticket, claim, references, sender, trust, realNow }) => {
      const keys = [
        ...(unread ? [mailKey(mailId)] : []),
        ...(ticket ? [ticketKey(ticket)] : []),
        ...new Map(references.map((id) => [messageIdKey(id), referenceKey(id)])).values(),
        ...(sender ? [undeliverableKey(sender), blockedKey(sender), personKey(sender)] : []),
        ...(claim ? [claimKey(claim)] : []),
        ...(trust ? [trustKey(trust)] : []),
      ];
      const items = await table.getAll<Recalled>(keys);
      const referred = new Map(items.filter(({ sk }) => sk === 'REF').map((item) => [item.pk, item]));
      const of = (name: 'ticketId' | 'sentTo') =>
        new Map(
          references.flatMap((id): [string, string][] => {
            const value = referred.get(referenceKey(id).pk)?.[name];
            return value ? [[id, value]] : [];
          }),
        );
      const claimed =
        claim && items.find(({ pk, sk }) => pk === claimKey(claim).pk && sk === claimKey(claim).sk);
      const trusts = trust && items.find(({ pk }) => pk === trustKey(trust).pk);
      return {
        duplicateOf: claimed?.mailId && claimed.mailId !== mailId ? claimed.mailId : null,
        tickets: of('ticketId'),
        sentTo: of('sentTo'),
        undeliverable:
          (sender && items.find(({ pk }) => pk === undeliverableKey(sender).pk)?.undeliverable) || null,
        blocked: (sender && items.find(({ pk }) => pk === blockedKey(sender).pk)?.blocked) || null,
        trusted: trusts !== null && trusts !== undefined && (trusts.expiresAt ?? 0) * 1000 > realNow,
        record: items.find(({ pk }) => pk === mailKey(mailId).pk)?.mail ?? null,
        ticket: items.find(({ sk }) => sk === 'TICKET')?.ticket ?? null,
        keys: sender ? keysIn(items, [sender.toLowerCase()]) : new Map(),
      };
    },
    code: async (id) => (await table.get<Item & { code: HeldCode }>(codeKey(id)))?.code ?? null,
    writes: (record, before, { claim, reference, code, release, notices }) => [
      putRecord(record, before),
      ...(claim ? [putClaim(table, claim, record.mailId)] : []),
      ...(record.ticketId && reference ? [putReference(table, reference, record.ticketId)] : []),
      ...(code ? [putCode(table, code)] : []),
      ...(release
        ? [putRecord({ ...release.held, released: true, version: release.held.version + 1 }, release.held)]
        : []),
      ...(release?.trust ? [putTrust(table, release.trust)] : []),
      ...notices.map((notice, index) => {
        const number = record.events - notices.length + 1 + index;
        const event = { ...notice, number, at: record.disposedAt } as MailEvent;
        return putEvent(table, mailKey(record.mailId).pk, event, forgotten(record.receivedAt));
      }),
    ],
    rewrite: (record, before) => putRecord(record, before),
    commit: (writes) => table.transact(writes),
    tell: async (id, notice, at) => {
      const told = { ...notice, number: 1, at };
      const item = { pk: `MAIL#${id}`, sk: 'EVENT#00000001', event: told, ...forgotten(at) };
      await table.put(item, { expression: 'attribute_not_exists(pk)' });
    },
    event: async (pk, sk) => (await table.get<Item & { event: MailEvent }>({ pk, sk }))?.event ?? null,
    list: async (limit, keep, since) => {
      const shards = await Promise.all(
        everyShard((shard) =>
          newest<Item & { mail: MailRecord }>(table, `MAIL#${shard}`, limit, ({ mail }) => keep(mail), since),
        ),
      );
      const mails = shards.flat().map(({ mail }) => mail);
      return mails.sort((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt)).slice(0, limit);
    },
    beginnings: async (mailId, round) =>
      (await table.get<Item & { beginnings: number }>(beginningKey(mailId, round)))?.beginnings ?? 0,
    setBeginnings: async (mailId, round, beginnings, until) => {
      await table.put({ ...beginningKey(mailId, round), beginnings, expiresAt: expiry(until) });
    },
    day: async (day) => {
      const shards = await Promise.all(everyShard((shard) => recordsOf(table, shard, day)));
      return shards.flat();
    },
    count: async (day) => (await table.get<Item & { count: MailCount }>(countKey(day)))?.count ?? null,
    keepCount: async (count) => {
      await table.put({ ...countKey(count.day), count });
    },
  };
}

/** One shard's part of a day: the listing is sorted by the time at which mail came in. */
async function recordsOf(table: Table, shard: number, day: string): Promise<MailRecord[]> {
  const records: MailRecord[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.query<Item & { mail: MailRecord }>({
      IndexName: 'listing',
      KeyConditionExpression: 'listPk = :pk AND begins_with(listSk, :day)',
      ExpressionAttributeValues: { ':pk': `MAIL#${shard}`, ':day': day },
      ExclusiveStartKey: start,
    });
    records.push(...page.items.map(({ mail }) => mail));
    start = page.next;
  } while (start);
  return records;
}

type Recalled = Item & {
  mailId?: string;
  ticketId?: string;
  sentTo?: string;
  undeliverable?: Undeliverable;
  blocked?: Blocked;
  expiresAt?: number;
  mail?: MailRecord;
  ticket?: Ticket;
  key?: string;
};

const mailKey = (mailId: string) => ({ pk: `MAIL#${mailId}`, sk: 'MAIL' });
// DynamoDB takes keys of up to 2,048 octets; nobody's Message-ID needs a quarter of that.
const messageIdKey = (messageId: string) =>
  Buffer.byteLength(messageId) <= 512 ? messageId : `sha256:${hash('sha256', messageId)}`;
const referenceKey = (messageId: string) => ({ pk: `MSGID#${messageIdKey(messageId)}`, sk: 'REF' });
const claimKey = ({ messageId, hash }: Claim) => ({
  pk: `MSGID#${messageIdKey(messageId)}`,
  sk: `CLAIM#${hash}`,
});
const beginningKey = (mailId: string, round: number) => ({ pk: `MAIL#${mailId}`, sk: `BEGUN#${round}` });
const countKey = (day: string) => ({ pk: `COUNT#${day}`, sk: 'COUNT' });
const codeKey = (id: string) => ({ pk: `CODE#${id}`, sk: 'CODE' });
const trustKey = ({ person, domain }: { person: string; domain: string }) => ({
  pk: `TRUST#${person}#${domain}`,
  sk: 'TRUST',
});

function recordItem(record: MailRecord): Item & { version: number } {
  return {
    ...mailKey(record.mailId),
    mail: record,
    version: record.version,
    listPk: `MAIL#${shardOf(record.mailId)}`,
    listSk: `${record.receivedAt}#${record.mailId}`,
  };
}

function putClaim(table: Table, claim: Claim, mailId: string): Write {
  return {
    Put: {
      TableName: table.name,
      Item: { ...claimKey(claim), mailId },
      ConditionExpression: 'attribute_not_exists(pk) OR mailId = :me',
      ExpressionAttributeValues: { ':me': mailId },
    },
  };
}

/** Which ticket an answer to this id belongs to, if it is about one, and to whom the mail went, when it went out: a report about it is believed for him alone. */
export function putReference(
  table: Table,
  messageId: string,
  ticketId: string | null,
  sent?: { to: string; expiresAt: number },
): Write {
  const about = {
    ...(ticketId ? { ticketId } : {}),
    ...(sent ? { sentTo: sent.to, expiresAt: sent.expiresAt } : {}),
  };
  const item = { ...referenceKey(messageId), ...about };
  return { Put: { TableName: table.name, Item: item } };
}

function putCode(table: Table, code: HeldCode): Write {
  const item = { ...codeKey(code.id), code, expiresAt: expiry(Date.parse(code.expiresAt) + 86_400_000) };
  // Two answers at once count as two tries: each must have seen the number of tries that it adds to.
  if (code.tries === 0 && !code.used) return { Put: { TableName: table.name, Item: item } };
  return {
    Put: {
      TableName: table.name,
      Item: item,
      ConditionExpression: '#code.#tries = :tries AND #code.#used = :unused',
      ExpressionAttributeNames: { '#code': 'code', '#tries': 'tries', '#used': 'used' },
      ExpressionAttributeValues: { ':tries': code.used ? code.tries : code.tries - 1, ':unused': false },
    },
  };
}

function putTrust(
  table: Table,
  { person, domain, until }: { person: string; domain: string; until: number },
): Write {
  return {
    Put: { TableName: table.name, Item: { ...trustKey({ person, domain }), expiresAt: expiry(until) } },
  };
}
