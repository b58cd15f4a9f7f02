/** Everybody's mailbox: what the desk wrote to a person, and what the person wrote to the desk and became of it. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Desk } from '../../core/config/desk.ts';
import { decodeWords } from '../../core/mail/header.ts';
import type { MailRecord } from '../../core/mail/record.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Mailer, SentMail } from '../mailer.ts';
import type { Records } from './records.ts';

/** From the person's side: the desk's updates are received, the person's own mails are written. */
export type Way = 'received' | 'written';

export interface Entry {
  id: string;
  way: Way;
  /** ISO 8601 UTC, desk time. */
  at: string;
  subject: string;
  /** Who wrote it, or to whom it was written. */
  other: string;
  /** An update's kind, or a written mail's disposition. */
  kind: string | null;
  ticket: string | null;
  /** What became of an update, or why a written mail was disposed of as it was. */
  outcome: string;
}

export interface Owner {
  address: string;
  name: string;
  role: 'requester' | 'agent' | 'lead' | 'manager';
  team: string | null;
  tier: number | null;
  latest: Pick<Entry, 'id' | 'at' | 'way'> | null;
}

export type TicketSummary = Pick<
  Ticket,
  'id' | 'subject' | 'status' | 'priority' | 'assignee' | 'createdAt' | 'updatedAt' | 'deadlines'
> & { requester: string; requesterName: string };

export interface Original {
  raw: Uint8Array;
  /** Null for an update: it was not judged. */
  record: MailRecord | null;
  entry: Entry;
}

export interface Mailboxes {
  people(): Promise<Owner[]>;
  /** Newest first, at most 200. */
  mailbox(address: string): Promise<Entry[]>;
  original(way: string, id: string): Promise<Original | null>;
  /** Newest first, at most 200. */
  tickets(): Promise<TicketSummary[]>;
  ticket(id: string): Promise<unknown>;
  /** What was remembered is asked again. */
  forget(): void;
  /** How long the last reading of the ledger or the tickets took, in ms of real time. */
  effort(): number;
}

const MOST_SHOWN = 200;
const MOST_PEOPLE = 300;
const MOST_RECENT = 500;
const MOST_EVENTS = 1000;

/** `desk` is null when no bundle has one. */
export function openMailboxes(mailer: Mailer, records: Records | null, desk: Desk | null): Mailboxes {
  let effort = 0;
  const timed = async <T>(read: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    return read().finally(() => {
      effort = performance.now() - began;
    });
  };
  const recent = remembered(() =>
    timed(async () => (await records?.ledger.list(MOST_RECENT, () => true)) ?? []),
  );
  const tickets = remembered(() =>
    timed(async () => ((await records?.tickets.list(MOST_SHOWN, () => true)) ?? []).map(summary)),
  );

  return {
    people: async () => people(mailer, await recent.read(), await tickets.read(), desk),
    mailbox: async (address) => {
      const own = addressesOf(address, desk);
      const written = (await recent.read()).filter(({ from }) => from !== null && own.includes(from));
      return [...mailer.mailbox(address, MOST_SHOWN).map(received), ...written.map(wrote)]
        .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
        .slice(0, MOST_SHOWN);
    },
    original: async (way, id) => {
      if (way === 'received') {
        const found = mailer.find(id);
        return found && { raw: await readFile(found.file), record: null, entry: received(found.mail) };
      }
      const record = way === 'written' && records ? await records.ledger.read(id) : null;
      const raw = record && (await records?.mailroom.read(record.key));
      return record && raw ? { raw, record, entry: wrote(record) } : null;
    },
    tickets: tickets.read,
    ticket: async (id) => {
      const ticket = await records?.tickets.read(id);
      if (!records || !ticket) return null;
      const [messages, events] = await Promise.all([
        records.tickets.messages(id, MOST_SHOWN),
        records.tickets.events(id, MOST_EVENTS),
      ]);
      return { ticket, messages, events };
    },
    forget() {
      recent.forget();
      tickets.forget();
    },
    effort: () => effort,
  };
}

/** The desk's people in the order of desk.yaml, then the requesters, the latest first. */
function people(mailer: Mailer, recent: MailRecord[], tickets: TicketSummary[], desk: Desk | null): Owner[] {
  const staff = (desk?.people ?? []).map(({ address, name, role, team, tier }) => ({
    ...{ address, name, role, team: team ?? null, tier: tier ?? null },
  }));
  const known = new Set([
    ...(desk?.people ?? []).flatMap(({ address, alternates }) => [address, ...alternates]),
    // The desk's own addresses write to themselves when a mail loops.
    ...(desk?.addresses ?? []).map(({ address }) => address),
  ]);
  const others = new Set<string>();
  for (const address of [
    ...recent.map(({ from }) => from),
    ...mailer.people().map(({ address }) => address),
  ]) {
    if (others.size === MOST_PEOPLE) break;
    if (address && !known.has(address)) others.add(address);
  }
  const names = new Map(tickets.map(({ requester, requesterName }) => [requester, requesterName]));
  const requesters = [...others].map((address) => ({
    ...{ address, name: names.get(address) ?? '', role: 'requester' as const, team: null, tier: null },
  }));
  const latest = (address: string): Owner['latest'] => {
    const last = recent.find(({ from }) => from === address);
    const entries = [...mailer.mailbox(address, 1).map(received), ...(last ? [wrote(last)] : [])];
    const [newest] = entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    return newest ? { id: newest.id, at: newest.at, way: newest.way } : null;
  };
  const moment = ({ latest }: Owner) => Date.parse(latest?.at ?? '') || 0;
  return [
    ...staff.map((person) => ({ ...person, latest: latest(person.address) })),
    ...requesters
      .map((person) => ({ ...person, latest: latest(person.address) }))
      .sort((a, b) => moment(b) - moment(a)),
  ];
}

function addressesOf(address: string, desk: Desk | null): string[] {
  const person = desk?.people.find((each) => each.address === address);
  return person ? [person.address, ...person.alternates] : [address];
}

function received({ id, at, subject, source, update, ticket, outcome }: SentMail): Entry {
  return {
    id,
    way: 'received',
    at,
    subject: decodeWords(subject),
    other: source,
    kind: update,
    ticket,
    outcome,
  };
}

function wrote({ mailId, receivedAt, subject, receipt, disposition, reason, ticketId }: MailRecord): Entry {
  return {
    id: mailId,
    way: 'written',
    at: receivedAt,
    subject,
    other: receipt.recipients.join(', '),
    kind: disposition,
    ticket: ticketId,
    outcome: reason,
  };
}

function summary(ticket: Ticket): TicketSummary {
  const { id, subject, status, priority, assignee, createdAt, updatedAt, deadlines } = ticket;
  return {
    ...{ id, subject, status, priority, assignee, createdAt, updatedAt, deadlines },
    requester: ticket.requester.address,
    requesterName: ticket.requester.name,
  };
}

/** One reading serves everybody who asks until it is forgotten. */
function remembered<T>(ask: () => Promise<T>): { read(): Promise<T>; forget(): void } {
  let held: Promise<T> | null = null;
  const forget = () => {
    held = null;
  };
  return {
    read() {
      held ??= ask().catch((error) => {
        forget();
        throw error;
      });
      return held;
    },
    forget,
  };
}

/** The desk that the bundles carry; null when the folder's bundle has none. */
export function readDesk(bundle: string | undefined): Desk | null {
  if (bundle === undefined) return null;
  try {
    return JSON.parse(readFileSync(join(bundle, 'desk.json'), 'utf8')) as Desk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
