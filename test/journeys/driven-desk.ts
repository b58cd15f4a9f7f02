/**
 * A whole desk that a program drives: the handlers over the real adapters, on the laptop's DynamoDB engine or in memory, the state machine by its own definition, a mailer that reads what leaves as its readers do. Queues are standard
 * ones: now and then they hand something out twice, or in another order. Time jumps, so that nobody waits for it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { simpleParser } from 'mailparser';
import type * as z from 'zod';
import { openAddresses } from '../../aws/addresses.ts';
import { openCanaries } from '../../aws/canaries.ts';
import { countDay } from '../../aws/count.ts';
import { openDigests } from '../../aws/digests.ts';
import { openKnowledge } from '../../aws/knowledge.ts';
import { openLedger } from '../../aws/ledger.ts';
import { lookUp } from '../../aws/look.ts';
import type { Sending } from '../../aws/mailer.ts';
import { openRates } from '../../aws/rates.ts';
import { recall } from '../../aws/recall.ts';
import { openRecurringWork } from '../../aws/recurring.ts';
import { openRemoval } from '../../aws/removal.ts';
import { openRollups } from '../../aws/rollups.ts';
import { openReports } from '../../aws/similar.ts';
import { openTable, type Table } from '../../aws/table.ts';
import { openTickets } from '../../aws/tickets.ts';
import { readTrial } from '../../aws/trial.ts';
import { openUpdates } from '../../aws/updates.ts';
import { watchName } from '../../aws/watches.ts';
import type { Desk } from '../../core/config/desk.ts';
import { ConflictError } from '../../core/faults.ts';
import type { Receipt } from '../../core/mail/email.ts';
import { firstTurn, Turn, WatchRequest } from '../../core/ticket/turn.ts';
import { advanceWatch } from '../../functions/advance-watch.ts';
import { countMeasures } from '../../functions/count-measures.ts';
import { again, parse, type World } from '../../functions/handler.ts';
import { Received, receiveEmail } from '../../functions/receive-email.ts';
import { Feedback, receiveFeedback } from '../../functions/receive-feedback.ts';
import { relayEvents, StreamedEvent } from '../../functions/relay-events.ts';
import { sendOrPark, UpdateRequest } from '../../functions/send-update.ts';
import { startWatch } from '../../functions/start-watch.ts';
import type * as asl from '../../local/asl.ts';
import { openTables, type Tables } from '../../local/dynamodb.ts';
import { type Guard, startGateway } from '../../local/gateway.ts';
import { openState } from '../../local/state.ts';
import { definition } from '../aws/definition.ts';
import { smallWorld, streamed } from '../functions/world.ts';
import { keys } from '../sample.ts';
import { openMemoryTable } from './memory-table.ts';
import { openMachine, openTime, type Time, WATCH } from './skipped-time.ts';

export interface Engine {
  tables: Tables;
  /** An empty table of its own for a desk; the one before it goes. */
  newTable(): Promise<string>;
  stop(): Promise<void>;
}

const EVERYTHING: Guard = { authorize() {} };

/** One for a process, since the clients of the adapters find it by the environment. */
export async function openEngine(): Promise<Engine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'desk-driven-'));
  const state = openState(dataDir);
  const gateway = await startGateway(EVERYTHING, () => {});
  const given = { ...definition, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } };
  const first = { name: 'First', arn: 'arn:first', definition: given, expiry: null };
  const tables = await openTables(dataDir, state, EVERYTHING, [first], () => {});
  gateway.add('dynamodb', tables.service);
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ENDPOINT_URL = gateway.endpoint;
  process.env.AWS_ACCESS_KEY_ID = 'admin';
  process.env.AWS_SECRET_ACCESS_KEY = 'any';
  const client = new DynamoDBClient({});
  let opened = 0;
  return {
    tables,
    async newTable() {
      if (opened > 0) await client.send(new DeleteTableCommand({ TableName: `Desk-${opened}` }));
      const TableName = `Desk-${++opened}`;
      const input = { TableName, BillingMode: 'PAY_PER_REQUEST' as const, ...given };
      await client.send(new CreateTableCommand(input as ConstructorParameters<typeof CreateTableCommand>[0]));
      return TableName;
    },
    async stop() {
      client.destroy();
      await tables.stop();
      await gateway.stop();
      state.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A table, and what its stream says that nobody was told yet. */
export interface Ground {
  table: Table;
  written(): Promise<Streamed[]>;
}

type Streamed = z.output<typeof StreamedEvent>;

/** A table of its own on the engine that the laptop runs. */
export async function onEngine(engine: Engine): Promise<Ground> {
  const name = await engine.newTable();
  let read: string | null = null;
  return {
    table: openTable(name),
    async written() {
      const records = await engine.tables.readStream(name, read, 1_000);
      read = records.at(-1)?.sequence ?? read;
      if (read) engine.tables.trimStream(name, read);
      return records
        .map(({ record }) => record as { eventName: string; dynamodb: { Keys: { sk: { S: string } } } })
        .filter(({ eventName, dynamodb }) => eventName === 'INSERT' && isEvent(dynamodb.Keys.sk.S))
        .map(({ dynamodb }) => parse(StreamedEvent, dynamodb));
    },
  };
}

/** The same in memory: a hundred times as many steps in the same time. */
export async function inMemory(chance: () => number): Promise<Ground> {
  const { table, inserted } = openMemoryTable(chance);
  return {
    table,
    written: async () =>
      inserted()
        .filter(({ sk }) => isEvent(sk))
        .map(streamed),
  };
}

const isEvent = (sk: string) => sk.startsWith('EVENT#');

/** A mail that left, as its reader has it. */
export interface Left {
  update: string;
  to: string;
  kind: string;
  ticketId: string | null;
  subject: string;
  replyTo: string;
  /** The Message-ID that SES gave it. */
  messageId: string;
  references: string[];
  text: string;
  /** All that a reader sees, and the headers that he can look up. */
  said: string;
}

export interface Coming {
  mailId: string;
  raw: string;
  receipt: Partial<Receipt> & Pick<Receipt, 'recipients' | 'returnPath'>;
}

export interface DrivenDesk {
  world: World;
  table: Table;
  time: Time;
  machine: ReturnType<typeof openMachine>;
  /** Everything that left, the oldest first. */
  left: Left[];
  /** How often a change of a ticket came too late. */
  conflicts: number;
  /** How often something went back into its queue. */
  tries: number;
  /** What the queues gave up. */
  dead: string[];
  /** The object is there, and its notification in the queue. */
  comes(mail: Coming): Promise<void>;
  /** Its notification once more. */
  tellsAgain(mail: Coming): Promise<void>;
  /** All of these are handled at this moment, each by a process of its own, and `others` run beside them. */
  comeAtOnce(mails: readonly Coming[], others?: readonly (() => Promise<unknown>)[]): Promise<void>;
  feedback(feedback: unknown): void;
  /** Until nothing lies in the stream or in a queue. */
  drain(): Promise<void>;
  /** Time goes on, and all that falls due in it is done. */
  skip(ms: number): Promise<void>;
  chance(): number;
}

/** Visibility in the queues, ms, and how often they try. */
const VISIBILITY = 180_000;
const MOST_RECEIVES = 5;
/** How often a standard queue hands something out twice. */
const TWICE = 0.05;

export async function openDrivenDesk(
  { table, written }: Ground,
  { desk, begin, chance }: { desk: Desk; begin: string; chance: () => number },
): Promise<DrivenDesk> {
  const time = openTime(Date.parse(begin));
  const left: Left[] = [];
  const dead: string[] = [];
  /** What lies in a queue, and how much was handed out or woken since the stream was read. */
  let [waiting, ran] = [0, 0];

  const hand = <T>(queue: string, step: (body: T, receive: number) => Promise<void>) => {
    const receive = async (body: T, receives: number): Promise<void> => {
      ran++;
      try {
        await again(() => step(structuredClone(body), receives));
        waiting--;
      } catch (error) {
        driven.tries++;
        if (receives < MOST_RECEIVES)
          return time.at(time.now() + VISIBILITY, () => receive(body, receives + 1));
        waiting--;
        dead.push(`${queue}: ${JSON.stringify(body)}: ${error instanceof Error ? error.stack : error}`);
      }
    };
    const send = async (body: unknown, delay = 0) => {
      for (let copies = chance() < TWICE ? 2 : 1; copies > 0; copies--) {
        waiting++;
        const pause = delay * 1000 + Math.floor(chance() * 3_000);
        time.at(time.now() + pause, () => receive(body as T, 1));
      }
    };
    return {
      send,
      /** Handed out at this moment; what fails goes back into the queue. */
      now(body: unknown) {
        waiting++;
        return receive(body as T, 1);
      },
      async sendAll(bodies: unknown[], delays: number[] = []) {
        for (const [nth, body] of bodies.entries()) await send(body, delays[nth]);
        return [];
      },
    };
  };

  const { mailroom } = smallWorldAt(() => new Date(time.now()).toISOString());
  const [ledger, digests, opened] = [openLedger(table), openDigests(table), openTickets(table)];
  const tickets: World['tickets'] = {
    ...opened,
    commit: (...given) =>
      opened.commit(...given).catch((error) => {
        if (error instanceof ConflictError) driven.conflicts++;
        throw error;
      }),
  };
  const knowledge = openKnowledge(table, mailroom);
  const now = () => new Date(time.now()).toISOString();
  const mails = hand('mails', (body, receives) => receiveEmail(parse(Received, body), world, receives));
  const feedbacks = hand('feedback', (body) => receiveFeedback(parse(Feedback, body), world));
  const send = async (sending: Sending) => {
    const bare = `sent-${left.length + 1}`;
    const mail = await readLeft(sending, `${bare}@email.amazonses.com`);
    left.push(mail);
    const { tags, to } = sending;
    const told = Object.fromEntries(Object.entries(tags).map(([tag, value]) => [tag, [value]]));
    await feedbacks.send({ eventType: 'Send', mail: { messageId: bare, destination: [to], tags: told } });
    return { sent: true as const, messageId: mail.messageId };
  };
  const world: World = {
    ...{ desk, now, mailroom, tickets, ledger, digests, knowledge, mails },
    ...{ updates: openUpdates(table, 0), addresses: openAddresses(table), rates: openRates(table) },
    ...{
      recurring: openRecurringWork(table),
      reports: openReports(table, tickets),
      canaries: openCanaries(table),
    },
    consult: async () => null,
    beside: async () => new Uint8Array(),
    trial: (since) => readTrial({ tickets, ledger }, since),
    removal: async () => openRemoval(table, mailroom),
    realNow: () => time.now(),
    random: (octets) => Uint8Array.from({ length: octets }, () => Math.floor(chance() * 256)),
    keys: async () => keys,
    learned: async () => null,
    count: (day) => countDay(day, now(), { ledger, mailroom }),
    recall: (arrival, before, moment) =>
      recall(arrival, before, moment, { desk: world.desk, keys, ledger, tickets, digests }),
    lookUp: (look, by) => lookUp(look, by, { desk: world.desk, tickets, knowledge, now }),
    rollups: async () => openRollups(table, tickets, world.desk),
    mailer: { send, quotaUsed: async () => 0, messageIdOf: async (bare) => `${bare}@email.amazonses.com` },
    updatesQueue: hand('updates', (body) => sendOrPark(parse(UpdateRequest, body), world)),
    watchesQueue: hand('watches', (body) => startWatch(parse(WatchRequest, body), world)),
    watches: {
      start: async (ticketId, generation, at) =>
        machine.start(
          watchName(ticketId, generation),
          firstTurn(ticketId, generation, at) as unknown as asl.Json,
        ),
      isRunning: async (ticketId, generation) => machine.isRunning(watchName(ticketId, generation)),
    },
    log: { info() {}, warn() {} },
    metric: async () => {},
  };
  const machine = openMachine(
    WATCH,
    time,
    async (payload) => {
      ran++;
      return (await again(() => advanceWatch(parse(Turn, payload), world))) as unknown as asl.Json;
    },
    chance,
  );

  const uncounted = new Set<string>();
  /** What was written since it was read last goes to both readers of the stream; who counts waits for more of it. */
  const relay = async (): Promise<void> => {
    const events = await written();
    for (const { Keys } of events) uncounted.add(Keys.pk.S);
    if ((await relayEvents(events, world)).length > 0) throw new Error('the relay failed');
  };
  const goOn = async (ms: number) => {
    ran = 0;
    await time.until(time.now() + ms);
    if (ran > 0) await relay();
  };

  const notification = ({ mailId, receipt }: Coming) => {
    const verdict = (status = 'GRAY') => ({ status });
    return {
      notificationType: 'Received' as const,
      mail: { messageId: mailId, timestamp: now(), source: receipt.returnPath },
      receipt: {
        ...{ timestamp: now(), recipients: receipt.recipients, dmarcPolicy: receipt.dmarcPolicy ?? null },
        ...{ spfVerdict: verdict(receipt.spf), dkimVerdict: verdict(receipt.dkim) },
        ...{
          dmarcVerdict: verdict(receipt.dmarc),
          spamVerdict: verdict('PASS'),
          virusVerdict: verdict('PASS'),
        },
        action: { type: 'S3', bucketName: 'bucket', objectKey: `in/${mailId}` },
      },
    };
  };
  const store = ({ mailId, raw }: Coming) =>
    mailroom.write(`in/${mailId}`, Buffer.from(raw), 'message/rfc822');
  const driven: DrivenDesk = {
    ...{ world, table, time, machine, left, dead, chance, tries: 0, conflicts: 0 },
    async comes(mail) {
      await store(mail);
      await mails.send(notification(mail));
    },
    tellsAgain: (mail) => mails.send(notification(mail)),
    async comeAtOnce(all, others = []) {
      for (const mail of all) await store(mail);
      await Promise.all([
        ...all.map((mail) => mails.now(notification(mail))),
        ...others.map((other) => other()),
      ]);
      await relay();
    },
    feedback: (body) => void feedbacks.send(body),
    async drain() {
      await relay();
      while (waiting > 0) await goOn(1_000);
      const records = [...uncounted].map((pk) => ({ Keys: { pk: { S: pk } } }));
      uncounted.clear();
      if (records.length > 0) await countMeasures(records, world);
    },
    async skip(ms) {
      const end = time.now() + ms;
      const pace = Math.max(1_000, Math.min(600_000, ms / 60));
      while (time.now() < end) await goOn(Math.min(pace, end - time.now()));
      await driven.drain();
    },
  };
  return driven;
}

/** A bucket that knows when something was put into it. */
function smallWorldAt(now: () => string) {
  const small = smallWorld();
  Object.defineProperty(small, 'time', { get: now });
  return small;
}

async function readLeft({ raw, to, tags }: Sending, messageId: string): Promise<Left> {
  const mail = await simpleParser(Buffer.from(raw));
  const header = (name: string) => mail.headers.get(name) as string | undefined;
  const files = mail.attachments.map(({ filename, content }) => `${filename} ${content}`);
  const replyTo = mail.replyTo?.value[0]?.address ?? '';
  return {
    ...{
      to,
      replyTo,
      messageId,
      update: tags.update ?? '',
      subject: mail.subject ?? '',
      text: mail.text ?? '',
    },
    ...{ kind: String(header('x-replydesk-update')), ticketId: header('x-replydesk-ticket') ?? null },
    references: [mail.references ?? []].flat(),
    said: [
      ...mail.headerLines.map(({ line }) => line),
      ...[mail.subject, mail.text, mail.html || '', mail.from?.text, ...files],
    ].join('\n'),
  };
}
