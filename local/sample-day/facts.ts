/** What has happened at a running desk, read where it is kept: the ledger, the tickets, and the mail that left. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { openLedger } from '../../aws/ledger.ts';
import { openTable } from '../../aws/table.ts';
import { openTickets } from '../../aws/tickets.ts';
import type { MailRecord } from '../../core/mail/record.ts';
import type { Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import type { Running } from '../desk.ts';
import type { SentMail } from '../mailer.ts';

/** One thing that happened, and when: ISO 8601 UTC of desk time. */
export type Fact =
  | { kind: 'disposed'; at: string; record: MailRecord }
  | { kind: 'happened'; at: string; ticket: Ticket; event: TicketEvent }
  | { kind: 'left'; at: string; mail: SentMail };

export interface Facts {
  /** Has nobody ever written to this desk? */
  isUntouched(): Promise<boolean>;
  /** What was not told before, in the order of desk time. */
  news(): Promise<Fact[]>;
  /** All that was told so far. */
  readonly told: readonly Fact[];
  /** A mail that left, as a mail program has it. */
  open(mail: SentMail): Promise<Received>;
}

export interface Received {
  subject: string;
  text: string;
  replyTo: string;
  messageId: string;
  references: string[];
}

const MOST = 1000;
const ORDER = { disposed: 0, happened: 1, left: 2 } as const;

export async function openFacts(dataDir: string): Promise<Facts> {
  const running = JSON.parse(await readFile(join(dataDir, 'running.json'), 'utf8')) as Running;
  // The adapters' clients are made when they are first used, and read their address from here.
  process.env.AWS_ENDPOINT_URL = running.endpoint;
  process.env.AWS_REGION = running.region;
  process.env.AWS_ACCESS_KEY_ID = running.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = running.accessKeyId;
  const table = openTable(running.outputs.TableName ?? '');
  const [ledger, tickets] = [openLedger(table), openTickets(table)];
  const sent = join(dataDir, 'sent');

  const told: Fact[] = [];
  const disposed = new Set<string>();
  const heard = new Map<string, number>();
  const left = new Set<string>();

  // SES's own word that a receipt rule works stands in the ledger of every new desk.
  const written = ({ disposition }: MailRecord) => disposition !== 'setup';

  const open: Facts['open'] = async ({ id }) => {
    const mail = await simpleParser(await readFile(join(sent, `${id}.eml`)));
    return {
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      replyTo: mail.replyTo?.value[0]?.address ?? '',
      messageId: mail.messageId ?? '',
      references: [mail.references ?? []].flat(),
    };
  };

  const newRecords = async (): Promise<Fact[]> => {
    // A mail that was held has a second disposition later.
    const name = ({ mailId, disposition, reason }: MailRecord) => `${mailId} ${disposition} ${reason}`;
    const records = await ledger.list(MOST, (record) => written(record) && !disposed.has(name(record)));
    for (const record of records) disposed.add(name(record));
    return records.map((record) => ({ kind: 'disposed', at: record.disposedAt, record }));
  };

  const newEvents = async (): Promise<Fact[]> => {
    const changed = await tickets.list(MOST, ({ id, events }) => events > (heard.get(id) ?? 0));
    const facts = await Promise.all(
      changed.map(async (ticket) => {
        const events = await tickets.events(ticket.id, MOST);
        const fresh = events.filter(({ number }) => number > (heard.get(ticket.id) ?? 0));
        heard.set(ticket.id, Math.max(...events.map(({ number }) => number), 0));
        return fresh.map((event): Fact => ({ kind: 'happened', at: event.at, ticket, event }));
      }),
    );
    return facts.flat();
  };

  const newMails = async (): Promise<Fact[]> => {
    const names = await readdir(sent).catch(() => []);
    const fresh = names.filter((name) => name.endsWith('.json') && !left.has(name));
    return Promise.all(
      fresh.map(async (name): Promise<Fact> => {
        left.add(name);
        const mail = JSON.parse(await readFile(join(sent, name), 'utf8')) as SentMail;
        const { subject } = await open(mail);
        return { kind: 'left', at: mail.at, mail: { ...mail, subject } };
      }),
    );
  };

  return {
    told,
    isUntouched: async () => (await ledger.list(1, written)).length === 0,
    async news() {
      // What follows is read first, so that nothing is told before what it follows from.
      const mails = await newMails();
      const events = await newEvents();
      const facts = [...(await newRecords()), ...events, ...mails].sort(
        (a, b) => Date.parse(a.at) - Date.parse(b.at) || ORDER[a.kind] - ORDER[b.kind],
      );
      told.push(...facts);
      return facts;
    },
    open,
  };
}
