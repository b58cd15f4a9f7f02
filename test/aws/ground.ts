/** A desk's table and bucket on the engines that the laptop runs, and its real handlers over them. Queues only remember. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { recall } from '../../aws/recall.ts';
import { openTable, type Table } from '../../aws/table.ts';
import type { Receipt } from '../../core/mail/email.ts';
import { canonical } from '../../core/ticket/audit.ts';
import { openWorld, type World } from '../../functions/handler.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { openBuckets } from '../../local/buckets.ts';
import { startClock } from '../../local/clock.ts';
import { openTables } from '../../local/dynamodb.ts';
import { startGateway } from '../../local/gateway.ts';
import { openState } from '../../local/state.ts';
import { EVERYTHING } from '../local/world.ts';
import { desk, keys, MONDAY, receipt } from '../sample.ts';
import { definition } from './definition.ts';

export interface GroundedDesk {
  world: World;
  table: Table;
  /** What the commands of the CLI are given. */
  place: Pick<World, 'knowledge' | 'mailroom'> & { table: Table; now(): number };
  /** Desk time, ISO 8601 UTC. */
  time: string;
  /** What was put into queues. */
  queued: unknown[];
  /** A mail comes in and is handled; returns its record's ticket. */
  comes(mailId: string, lines: readonly string[], more?: Partial<Receipt>): Promise<string | null>;
  /** All that is stored, octet by octet: items by their keys, objects by theirs. */
  stored(): Promise<Map<string, string>>;
}

/** So many desks a file of tests may have. */
const MOST_DESKS = 16;
const nameOf = (nth: number) => `Desk-${nth}`;
let opened = 0;
let engines: Promise<void> | null = null;
const ends: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** One of each for a file, since clients and engines take longer than a test does; every desk has a table and a bucket of its own. */
async function openEngines(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'desk-ground-'));
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const state = openState(dataDir);
  const clock = startClock(state, 1);
  const gateway = await startGateway(EVERYTHING, () => {});
  ends.push(
    () => state.close(),
    () => clock.stop(),
    () => gateway.stop(),
  );
  const names = Array.from({ length: MOST_DESKS }, (_, nth) => nameOf(nth + 1));
  const settings = names.map((name) => ({
    ...{ name, arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`, definition, expiry: null },
  }));
  const tables = await openTables(dataDir, state, EVERYTHING, settings, () => {});
  ends.push(() => tables.stop());
  const buckets = openBuckets(
    state,
    clock,
    dataDir,
    EVERYTHING,
    names.map((name) => ({ name: name.toLowerCase(), expiries: [] })),
  );
  gateway.add('dynamodb', tables.service);
  gateway.add('s3', buckets.service);
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ENDPOINT_URL = gateway.endpoint;
  process.env.AWS_ACCESS_KEY_ID = 'admin';
  process.env.AWS_SECRET_ACCESS_KEY = 'any';
}

export async function groundedDesk(): Promise<GroundedDesk> {
  engines ??= openEngines();
  await engines;
  opened++;
  const [name, bucket] = [nameOf(opened), nameOf(opened).toLowerCase()];
  const table = openTable(name);
  const queued: unknown[] = [];
  const queue = {
    send: async (body: unknown) => void queued.push(body),
    sendAll: async (bodies: unknown[]) => {
      queued.push(...bodies);
      return [];
    },
  };
  const grounded = { time: MONDAY, table, queued } as GroundedDesk;
  const env = { DESK_TABLE: name, DESK_BUCKET: bucket, DESK_CLOCK: '' };
  const world: World = {
    ...openWorld(env, desk, async () => new Uint8Array()),
    now: () => grounded.time,
    keys: async () => keys,
    learned: async () => null,
    ...{ mails: queue, updatesQueue: queue, watchesQueue: queue },
    watches: { start: async () => 'started', isRunning: async () => false },
    log: { info() {}, warn() {} },
  };
  const { ledger, tickets, digests, mailroom, knowledge } = world;
  world.recall = (arrival, before, moment) =>
    recall(arrival, before, moment, { desk, keys, ledger, tickets, digests });
  const comes: GroundedDesk['comes'] = async (mailId, lines, more = {}) => {
    await mailroom.write(`in/${mailId}`, Buffer.from(lines.join('\r\n')), 'message/rfc822');
    const { recipients, returnPath, spf, dkim, dmarc, spam, virus } = { ...receipt, ...more };
    await receiveEmail(
      {
        notificationType: 'Received' as const,
        mail: { messageId: mailId, timestamp: grounded.time, source: returnPath },
        receipt: {
          ...{ timestamp: grounded.time, recipients },
          ...{ spfVerdict: { status: spf }, dkimVerdict: { status: dkim }, dmarcVerdict: { status: dmarc } },
          ...{ spamVerdict: { status: spam }, virusVerdict: { status: virus } },
          action: { type: 'S3', bucketName: bucket, objectKey: `in/${mailId}` },
        },
      },
      world,
    );
    return (await ledger.read(mailId))?.ticketId ?? null;
  };
  const stored: GroundedDesk['stored'] = async () => {
    const all = new Map<string, string>();
    for await (const items of table.pages())
      for (const item of items) all.set(`${item.pk} ${item.sk}`, canonical(item));
    for await (const { key } of mailroom.list(''))
      all.set(key, Buffer.from((await mailroom.read(key)) ?? []).toString('latin1'));
    return all;
  };
  const place = { table, mailroom, knowledge, now: () => Date.parse(grounded.time) };
  return Object.assign(grounded, { world, place, comes, stored });
}

/** The lines of a mail. */
export function mail(
  from: string,
  subject: string,
  text: readonly string[],
  headers: readonly string[] = ['To: support@desk.example.test'],
): string[] {
  const id = `${subject.replace(/\W+/g, '-')}-${text.join('').length}@mail.example.net`;
  return [
    ...[`From: ${from}`, ...headers, `Subject: ${subject}`, `Message-ID: <${id}>`],
    ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', ...text, ''],
  ];
}

/** Keys of what is not the same. */
export function differing(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((each) => a.get(each) !== b.get(each)).sort();
}

/** A mail with a file. */
export function mailWithFile(from: string, subject: string, text: string, file: string): string[] {
  const part = (type: string, more: string[], lines: string[]) => [
    '--b',
    `Content-Type: ${type}`,
    ...more,
    '',
    ...lines,
  ];
  return [
    ...[`From: ${from}`, 'To: support@desk.example.test', `Subject: ${subject}`],
    ...[`Message-ID: <${subject.replace(/\W+/g, '-')}@mail.example.net>`, 'MIME-Version: 1.0'],
    ...['Content-Type: multipart/mixed; boundary=b', ''],
    ...part('text/plain; charset=utf-8', [], [text]),
    ...part(
      'application/pdf; name="plan.pdf"',
      ['Content-Disposition: attachment; filename="plan.pdf"'],
      [file],
    ),
    ...['--b--', ''],
  ];
}
