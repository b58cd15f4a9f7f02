/**
 * Deploy, change, roll back, upgrade: plays what an admin does to a desk on one folder of data, with releases that differ as
 * real ones do, and holds each next one to what was there before.
 *
 * - *before*: this release with the definition of the watch that the last one had (test/functions/watch-2.asl.json).
 * - *now*: this release, and another promise in desk.yaml.
 * - *next*: this release with one more shape of the table's items, which *now* does not know, and less time for receive-email in
 *   its template.
 *
 * Each is a folder of sources with its own engines, template and functions, as a deployment would bring it. A mail is left
 * behind in the queue each time that one ends.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import type { MailRecord } from '../core/mail/record.ts';
import type { Message, Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import { type EmbeddedDesk, type OutboxMail, startDesk } from '../local/embed.ts';
import { described, machine, table } from './figures.ts';
import { optionsOf, text } from './options.ts';

const { out } = optionsOf(
  'Deploy, change, roll back, upgrade, and whether all is there that was there before.',
  {
    out: text('<file>', 'write what was seen, as JSON'),
  },
);
/** A deadline of two hours falls within a minute. */
const SPEED = 120;
const PATIENCE = 120_000;
/** Longer than a queue hides what a release took and could not do: six minutes of real time, whatever the speed. */
const HIDDEN = 480_000;
const ROOT = join(import.meta.dirname, '..');
const BESIDE = /^(node_modules|\.git|\.desk|\.stryker-tmp|docs|bench|test|cdk\.out|reports|coverage)$/;

/** What a schedule or a reader of the stream could not do: a note for a person. The next call does it all, or a count is made anew. */
const OF_THE_CLOCK = /(Sweep|Digests|Reports|Measures)DeadLetters/;

type Item = { pk: string; sk: string; v?: number } & Record<string, unknown>;

interface Seen {
  /** Epoch ms. */
  at: number;
  items: Map<string, Item>;
  objects: Set<string>;
  /** The parameter with which everything is signed. */
  keys: string;
  /** Watches whose execution runs, by their names. */
  running: Set<string>;
}

const here = machine();
const work = mkdtempSync(join(tmpdir(), 'replydesk-rehearsal-'));
const dataDir = join(work, 'data');
const written = new Map<string, { from: string; ticket: string }>();
const rows: string[][] = [];
const faults: string[] = [];
let desk: EmbeddedDesk;

try {
  const before = release('before', {
    'workflows/watch.asl.json': () => readFileSync(join(ROOT, 'test/functions/watch-2.asl.json'), 'utf8'),
    'desk.yaml': promising('2h'),
  });
  const now = release('now', { 'desk.yaml': promising('3h') });
  const next = release('next', {
    'desk.yaml': promising('3h'),
    'aws/schema.ts': (text) =>
      replaced(
        text,
        '  (item) => item,\n];',
        '  (item) => item,\n  (item) => (item.ticket ? { ...item, ticket: { ...item.ticket, shape: "next" } } : item),\n];',
      ),
    'infra/in.ts': (text) => replaced(text, 'RECEIVE_EMAIL_TIMEOUT = 60;', 'RECEIVE_EMAIL_TIMEOUT = 50;'),
  });

  desk = await deploy(before, true);
  await write('ada', 'ada', 'The printer eats the paper.');
  await write('bob', 'bob', 'My screen stays dark.');
  await acknowledged('bob');
  await reply('bob', 'It was bright this morning.');
  await settled('bob', 2);
  await leave('cyd');
  let seen = await look();
  report('deploy', 'before', seen, seen);
  await desk.stop();

  desk = await deploy(now);
  await acknowledged('cyd');
  seen = await compare('change: release and desk.yaml', 'now', seen);
  await reply('ada', 'Now it eats envelopes as well.');
  await settled('ada', 2);
  await write('dan', 'dan', 'The door of the archive is locked.');
  await acknowledged('dan');
  await fallen('ada');
  await leave('fay');
  seen = await look();
  await desk.stop();

  desk = await deploy(before);
  await acknowledged('fay');
  seen = await compare('roll back', 'before', seen);
  await reply('dan', 'I need it today.');
  await settled('dan', 2);
  await leave('gus');
  seen = await look();
  await desk.stop();

  desk = await deploy(now);
  await acknowledged('gus');
  seen = await compare('upgrade', 'now', seen);
  await reply('gus', 'It is my badge, too.');
  await settled('gus', 2);
  await leave('ivy');
  seen = await look();
  await desk.stop();

  desk = await deploy(next);
  await acknowledged('ivy');
  seen = await compare('upgrade to another shape', 'next', seen);
  await reply('ada', 'It has begun to smoke.');
  await settled('ada', 3);
  await write('hal', 'hal', 'The lamp flickers.');
  await acknowledged('hal');
  // From here on nobody but the older release could write.
  await desk.quiet();
  seen = await look();
  const newer = [...seen.items.values()].filter(({ v }) => v === 2);
  const ofAda = ticketOf(seen.items, 'ada');
  if (!ofAda || !('shape' in ofAda))
    faults.push('what next read in the older shape it did not write in its own');
  if (newer.length === seen.items.size) faults.push('next wrote items that it had no part in');
  await desk.stop();

  desk = await deploy(now);
  await reply('ada', 'The smoke is gone.');
  // Of the mail, or of what reads such items by the clock.
  await until('a dead letter', async () => (await waiting()).some((name) => name.includes('DeadLetters')));
  const after = await look();
  for (const item of newer)
    if (!isDeepStrictEqual(after.items.get(nameOf(item)), item))
      faults.push(`now wrote over ${nameOf(item)}, which next had written`);
  seen = await compare('roll back from another shape', 'now', seen);
  await desk.stop();

  desk = await deploy(next);
  await redrive(next);
  await settled('ada', 4);
  await until(
    'empty queues',
    async () => {
      const left = (await waiting()).filter((name) => !OF_THE_CLOCK.test(name));
      // Tried for the fifth time as the releases changed: put back as well.
      if (left.some((name) => name.includes('DeadLetters'))) await redrive(next);
      return left.length === 0;
    },
    HIDDEN,
  );
  await desk.quiet();
  seen = await compare('upgrade again, dead letters put back', 'next', seen);
  await last(seen);
  await desk.stop();
} finally {
  // @ts-expect-error It may have failed before there was one.
  await desk?.kill();
  rmSync(work, { recursive: true, force: true });
}

console.log(described(here));
console.log(
  table([['step', 'release', 'tickets', 'messages', 'events', 'mails', 'objects', 'watches'], ...rows]),
);
console.log(faults.length === 0 ? 'Nothing was lost, doubled or changed.' : faults.join('\n'));
if (out) writeFileSync(out, `${JSON.stringify({ machine: here, rows, faults }, null, 2)}\n`);
if (faults.length > 0) process.exitCode = 1;

function release(name: string, changes: Record<string, (text: string) => string>): string {
  const root = join(work, name);
  cpSync(ROOT, root, {
    recursive: true,
    filter: (path) => {
      const [first = '', second] = path.slice(ROOT.length + 1).split('/');
      return (
        !BESIDE.test(first) &&
        !(first === '.generated' && /^(assemblies|compiled|named|preview)/.test(second ?? ''))
      );
    },
  });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [file, change] of Object.entries(changes)) {
    const path = join(root, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }
  return root;
}

/** What comes within the day, whenever it is played. */
function promising(firstResponse: string): (text: string) => string {
  return (text) =>
    replaced(
      text,
      'P3: { firstResponse: 4h, nextResponse: 4h, resolution: 20h, tier: 6h }',
      `P3: { calendar: always, firstResponse: ${firstResponse}, nextResponse: 4h, resolution: 20h, tier: 6h }`,
    ).replace(/^recurring:\n(?:(?:[ #].*)?\n)*/m, '');
}

function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`there is no «${part}»`);
  return text.replace(part, by);
}

async function deploy(root: string, fresh = false): Promise<EmbeddedDesk> {
  return startDesk({
    root,
    dataDir,
    speed: SPEED,
    config: join(root, 'desk.yaml'),
    ...(fresh ? { fresh } : {}),
  });
}

async function write(name: string, ticket: string, text: string, to?: OutboxMail): Promise<void> {
  const from = `${name}@example.org`;
  const messageId = `${name}-${written.size}@example.org`;
  const parsed = to && (await simpleParser(to.raw));
  const transport = createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true });
  await transport.sendMail({
    ...{ from, text, messageId: `<${messageId}>` },
    to: parsed?.replyTo?.value[0]?.address ?? 'support@desk.example.test',
    subject: parsed ? `Re: ${parsed.subject}` : `About ${name}`,
    attachments: [{ filename: `${name}.txt`, content: text }],
    ...(parsed?.messageId ? { inReplyTo: parsed.messageId, references: [parsed.messageId] } : {}),
  });
  transport.close();
  written.set(messageId, { from, ticket });
}

/** To the acknowledgement, whichever release wrote it. */
async function reply(name: string, text: string): Promise<void> {
  await write(name, name, text, await acknowledged(name));
}

/** Written and taken in at the very end: it lies in the queue, or under `in/`, when the next release comes. */
async function leave(name: string): Promise<void> {
  await write(name, name, `${name} writes while the desk goes down.`);
}

async function acknowledged(name: string): Promise<OutboxMail> {
  return until(`an acknowledgement to ${name}`, async () =>
    (await desk.outbox()).find(
      ({ update, recipients }) => update === 'acknowledgement' && recipients.includes(`${name}@example.org`),
    ),
  );
}

/** So many messages of his stand in his ticket. */
async function settled(name: string, messages: number): Promise<void> {
  await until(`${messages} messages of ${name}`, async () => {
    const { items } = await look();
    const ticket = ticketOf(items, name);
    return (
      ticket && messagesOf(items, ticket.id).filter(({ direction }) => direction === 'in').length >= messages
    );
  });
}

/** The watch told of a deadline. */
async function fallen(name: string): Promise<void> {
  await until(`a deadline of ${name}`, async () => {
    const { items } = await look();
    const ticket = ticketOf(items, name);
    return ticket && eventsOf(items, ticket.id).some(({ kind }) => kind === 'deadline-warned');
  });
}

async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false>,
  patience = PATIENCE,
): Promise<T> {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 250))) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`waited for ${what}; in queues: ${(await waiting()).join(', ')}`);
}

function client() {
  const { endpoint, region } = desk;
  return { endpoint, region, credentials: { accessKeyId: 'admin', secretAccessKey: 'any' } };
}

function nameOf({ pk, sk }: Item): string {
  return `${pk} ${sk}`;
}

async function look(): Promise<Seen> {
  const at = Date.now();
  const { TableName, BucketName, KeysParameter, WatchMachineArn } = desk.outputs;
  const db = DynamoDBDocument.from(new DynamoDBClient(client()));
  const items = new Map<string, Item>();
  for (let from: Record<string, unknown> | undefined, first = true; first || from; first = false) {
    const page = await db.scan({ TableName, ExclusiveStartKey: from, ConsistentRead: true });
    for (const item of (page.Items ?? []) as Item[]) items.set(nameOf(item), item);
    from = page.LastEvaluatedKey;
  }
  db.destroy();
  const { Contents = [] } = await new S3Client(client()).send(
    new ListObjectsV2Command({ Bucket: BucketName }),
  );
  const objects = new Set(Contents.flatMap(({ Key }) => Key ?? []));
  const { Parameter } = await new SSMClient(client()).send(
    new GetParameterCommand({ Name: KeysParameter, WithDecryption: true }),
  );
  const sfn = new SFNClient(client());
  const running = new Set<string>();
  for (const { id, watch } of all<Ticket>(items, /^T#/, /^TICKET$/, 'ticket')) {
    if (watch?.state !== 'running') continue;
    const name = `${id}-g${watch.generation}`;
    const executionArn = `${WatchMachineArn?.replace(':stateMachine:', ':execution:')}:${name}`;
    const { status } = await sfn
      .send(new DescribeExecutionCommand({ executionArn }))
      .catch(() => ({ status: null }));
    if (status === 'RUNNING') running.add(name);
  }
  return { at, items, objects, keys: Parameter?.Value ?? '', running };
}

function all<T>(items: ReadonlyMap<string, Item>, pk: RegExp, sk: RegExp, name: string): T[] {
  return [...items.values()].flatMap((item) =>
    pk.test(item.pk) && sk.test(item.sk) ? [item[name] as T] : [],
  );
}

function ticketOf(items: Seen['items'], name: string): Ticket | undefined {
  return all<Ticket>(items, /^T#/, /^TICKET$/, 'ticket').find(
    ({ requester }) => requester.address === `${name}@example.org`,
  );
}

function messagesOf(items: Seen['items'], id: string): Message[] {
  return all(items, new RegExp(`^T#${id}$`), /^MESSAGE#/, 'message');
}

function eventsOf(items: Seen['items'], id: string): TicketEvent[] {
  return all(items, new RegExp(`^T#${id}$`), /^EVENT#/, 'event');
}

/** What never changes is as it was, what may change is there, and no watch has gone. */
async function compare(step: string, name: string, before: Seen): Promise<Seen> {
  await desk.quiet();
  const after = await look();
  for (const [key, item] of before.items) {
    const there = after.items.get(key);
    if (!there && !endedSince(before.at, item)) faults.push(`${step}: ${key} is gone`);
    for (const part of ['event', 'message'])
      if (part in item && there && !isDeepStrictEqual(there[part], item[part]))
        faults.push(`${step}: ${key} has changed`);
  }
  for (const key of before.objects)
    if (!key.startsWith('in/') && !after.objects.has(key)) faults.push(`${step}: the object ${key} is gone`);
  if (after.keys !== before.keys) faults.push(`${step}: the keys are others`);
  for (const { id, watch } of all<Ticket>(after.items, /^T#/, /^TICKET$/, 'ticket'))
    if (watch?.state === 'running' && !after.running.has(`${id}-g${watch.generation}`))
      faults.push(`${step}: nobody keeps the time of ${id}`);
  report(step, name, before, after);
  return after;
}

/** Counters are for minutes: DynamoDB deletes what says of itself that its time is over, and it was not when it was seen. */
function endedSince(at: number, { expiresAt }: Item): boolean {
  return typeof expiresAt === 'number' && expiresAt * 1000 >= at && expiresAt * 1000 < Date.now();
}

function report(step: string, name: string, before: Seen, { items, objects, running }: Seen): void {
  const count = (of: Seen['items'], sk: RegExp) => [...of.values()].filter((item) => sk.test(item.sk)).length;
  const told = (sk: RegExp) => `${count(before.items, sk)} → ${count(items, sk)}`;
  rows.push([
    ...[step, name, told(/^TICKET$/), told(/^MESSAGE#/), told(/^EVENT#/), told(/^MAIL$/)],
    `${before.objects.size} → ${objects.size}`,
    `${before.running.size} → ${running.size}`,
  ]);
  process.stderr.write(`${rows.at(-1)?.join('  ')}; ${faults.length} faults\n`);
}

/** Names of the queues in which something lies. */
async function waiting(): Promise<string[]> {
  const sqs = new SQSClient(client());
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const found: string[] = [];
  for (const QueueUrl of QueueUrls) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const messages = (['', 'NotVisible', 'Delayed'] as const).reduce(
      (sum, which) => sum + Number(Attributes[`ApproximateNumberOfMessages${which}`]),
      0,
    );
    if (messages > 0) found.push(QueueUrl.split('/').at(-1) ?? '');
  }
  return found;
}

/** As the admin does, with the command of that release. */
async function redrive(root: string): Promise<void> {
  const command = [join(root, 'cli', 'desk.ts'), 'dlq', 'redrive', '--all', '--data', dataDir];
  process.stderr.write(execFileSync(process.execPath, command, { encoding: 'utf8' }));
}

/** Each mail once, each ticket its requester's only one, each update sent once. */
async function last({ items }: Seen): Promise<void> {
  const mails = all<MailRecord>(items, /^MAIL#/, /^MAIL$/, 'mail');
  const tickets = all<Ticket>(items, /^T#/, /^TICKET$/, 'ticket');
  for (const [messageId, { from }] of written) {
    const dispositions = mails.filter(
      (mail) => mail.messageId === messageId && mail.disposition !== 'duplicate',
    );
    if (dispositions.length !== 1)
      faults.push(`${messageId} of ${from} has ${dispositions.length} dispositions`);
    const own = tickets.filter(({ requester }) => requester.address === from);
    if (own.length !== 1) faults.push(`${from} has ${own.length} tickets`);
  }
  for (const { id, requester } of tickets) {
    const came = [...written.values()].filter(({ from }) => from === requester.address).length;
    const stand = messagesOf(items, id).filter(({ direction }) => direction === 'in').length;
    if (came !== stand) faults.push(`${requester.address} wrote ${came} times, and ${stand} stand in ${id}`);
    const told = eventsOf(items, id).flatMap((event) =>
      event.kind === 'deadline-breached' ? [`${event.measure} ${event.startedAt}`] : [],
    );
    if (new Set(told).size !== told.length) faults.push(`a deadline of ${id} fell twice`);
  }
  const sent = (await desk.outbox()).map(({ tags }) => tags.update);
  if (new Set(sent).size !== sent.length) faults.push('an update was sent twice');
  for (const name of await waiting())
    if (OF_THE_CLOCK.test(name)) console.log(`${name} tells of the release that knew the shape no more.`);
    else faults.push(`something lies in ${name}`);
}
