/**
 * A desk that is killed twenty times while people write to it comes out as one that nobody disturbed. Where it is cut
 * off is chance; the seed says which, and DESK_TEST_SEED chooses it again.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { expect, onTestFailed, onTestFinished, test, vi } from 'vitest';
import type { UpdateRecord } from '../../aws/updates.ts';
import type { MailRecord } from '../../core/mail/record.ts';
import type { Message, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { type EmbeddedDesk, type OutboxMail, startDesk } from '../../local/embed.ts';
import { chanceOf } from '../chance.ts';

const KILLS = 20;
const SENDERS = 5;
const MAILS_OF_EACH = 4;
/** Tickets whose requester writes again once he is acknowledged, and whose agent answers. */
const FOLLOWED = 2;
/** How long a desk lives at most after it has opened, ms. */
const LONGEST_LIFE = 800;
/** One of the twenty is left dead for so long: longer than desk time may run ahead after a kill. */
const LEFT_DEAD = 4_000;

test('killed twenty times in a burst of mails, the desk ends as an undisturbed one does', async () => {
  const seed = Number(process.env.DESK_TEST_SEED ?? Date.now() % 1_000_000);
  onTestFailed(() => void process.stderr.write(`DESK_TEST_SEED=${seed}\n`));
  const chance = chanceOf(seed);
  const burst = beginBurst();
  let desk = await startDesk();
  const { dataDir } = desk;
  onTestFinished(async () => {
    burst.stop();
    await desk.kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  for (let kill = 1; kill <= KILLS; kill++) {
    const said = Date.parse(await desk.now());
    const asked = Date.now();
    burst.meet(desk, kill / KILLS);
    await later(chance() * LONGEST_LIFE);
    burst.lose();
    await desk.kill();
    const lived = Date.now() - asked;
    if (kill === KILLS / 2) await later(LEFT_DEAD);
    const restarted = Date.now();
    desk = await startDesk({ dataDir });
    const now = Date.parse(await desk.now());
    // Time stands still while nobody runs, but for the two seconds by which a killed desk's note lies ahead.
    expect(now).toBeGreaterThanOrEqual(said);
    expect(now - said).toBeLessThan(lived + 2_000 + (Date.now() - restarted));
  }
  burst.meet(desk, 1);
  await burst.sent;

  await vi.waitFor(async () => expect(wordsOf(await stateOf(desk))).toEqual(expected()), {
    timeout: 90_000,
    interval: 500,
  });
  await desk.quiet();
  const state = await stateOf(desk);
  expect(state.tickets.length).toBe(SENDERS * MAILS_OF_EACH);

  // Each mail that was taken in has one disposition: what its sender meant, or, sent again, a duplicate of it.
  for (const id of burst.ids) {
    const mails = state.mails.filter(({ messageId }) => messageId === id);
    expect(mails.filter(({ disposition }) => disposition !== 'duplicate')).toHaveLength(1);
  }
  expect(state.handled.toSorted()).toEqual(state.mails.map(({ key }) => key).toSorted());
  expect(state.unhandled).toEqual([]);
  expect(state.queues.filter(({ messages }) => messages > 0)).toEqual([]);

  // The window in which a mail may be sent twice (aws/updates.ts) is shut on a laptop: what SES took, it has told.
  const counts = Map.groupBy(await desk.outbox(), ({ tags }) => tags.update ?? '');
  expect([...counts].filter(([, mails]) => mails.length > 1)).toEqual([]);
  expect([...counts.keys()].toSorted()).toEqual(state.updates.map(({ id }) => id).toSorted());
  expect(state.updates.filter(({ state }) => state !== 'sent')).toEqual([]);

  expect(await runningWatches(desk, state.tickets)).toEqual(state.tickets.map(({ id }) => id));
  const held = state.tickets.filter(({ assignee, status }) => assignee && ['new', 'open'].includes(status));
  expect(state.load).toBe(held.length);

  await desk.kill();
  await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]), { timeout: 5_000 });
}, 240_000);

/** What an undisturbed desk comes to. */
function expected() {
  const written = everyMail();
  const lives = written.map(({ from, subject, text, isFollowed }) => ({
    ...{ subject, requester: from, priority: 'P4', watch: 'running' },
    ...(isFollowed
      ? {
          status: 'open',
          messages: [
            `in public ${from} ${text}`,
            `in public ${from} ${MORE}`,
            `out public somebody of the desk ${HELP}`,
          ],
          events: 'answered assigned left message-received opened started watch-started'.split(' '),
          updates: [
            `acknowledgement → ${from} sent`,
            `answer → ${from} sent`,
            'assignment → somebody of the desk sent',
            'requester-message → somebody of the desk sent',
          ],
        }
      : {
          status: 'new',
          messages: [`in public ${from} ${text}`],
          events: 'assigned opened watch-started'.split(' '),
          updates: [`acknowledgement → ${from} sent`, 'assignment → somebody of the desk sent'],
        }),
  }));
  const dispositions = written.flatMap(({ messageId, subject, isFollowed }) => [
    `${messageId} opened new-ticket`,
    ...(isFollowed
      ? [
          `${idOfAnswer('acknowledgement', subject)} appended requester-reply`,
          `${idOfAnswer('assignment', subject)} appended agent-answer`,
        ]
      : []),
  ]);
  return {
    ...{ noticed: 1, notes: 1 },
    tickets: lives.sort((a, b) => (a.subject < b.subject ? -1 : 1)),
    dispositions: dispositions.sort(),
  };
}

const HELP = 'Please turn it off and on.';
const MORE = 'It is the one in the corner.';

/** Of each sender in turn. Each from an address of its own: one is acknowledged only so often (core/ticket/pace.ts). */
function everyMail() {
  return Array.from({ length: SENDERS * MAILS_OF_EACH }, (_, turn) => {
    const [n, m] = [turn % SENDERS, Math.floor(turn / SENDERS)];
    return {
      ...{ turn, sender: n, isFollowed: turn < FOLLOWED },
      messageId: `${n}-${m}@example.org`,
      from: `sender${n}.${m}@example.org`,
      subject: `Device ${n}${m} prints nothing`,
      text: `Device ${n}${m} worked until yesterday.`,
    };
  });
}

function idOfAnswer(update: string | null, subject: string): string {
  return `${update}-${subject.replaceAll(' ', '-')}@example.org`;
}

interface Writing {
  messageId: string;
  from: string;
  proven: boolean;
  to: string;
  subject: string;
  text: string;
  inReplyTo?: string;
}

/**
 * People who write as mail clients do: what was not answered with 250 they send again, under the same Message-ID, as
 * soon as there is a desk. Some write again once they are acknowledged, and some agents answer what they are given.
 */
function beginBurst() {
  let desk: EmbeddedDesk | null = null;
  let share = 0;
  let stopped = false;
  const ids: string[] = [];
  const all = everyMail();

  const deliver = async (mail: Writing) => {
    ids.push(mail.messageId);
    while (!stopped) {
      if (desk && (await accepted(desk, mail))) return;
      await later(30);
    }
  };
  const sender = async (n: number) => {
    for (const { turn, from, subject, text, messageId } of all.filter(({ sender }) => sender === n)) {
      // The burst is spread over all that is to come: some of it meets each of the desks.
      while (!stopped && share < turn / all.length) await later(20);
      const to = 'support@desk.example.test';
      await deliver({ from, subject, text, messageId, to, proven: false });
    }
  };
  const answers = async () => {
    const wanted = new Set(
      all
        .filter(({ isFollowed }) => isFollowed)
        .flatMap((mail) => [
          { ...mail, kind: 'acknowledgement', answer: MORE },
          { ...mail, kind: 'assignment', answer: HELP },
        ]),
    );
    for (; wanted.size > 0 && !stopped; await later(100)) {
      const left = (await desk?.outbox().catch(() => [])) ?? [];
      for (const each of wanted) {
        const mail = left.find(
          ({ update, subject }) => update === each.kind && subject.includes(each.subject),
        );
        if (!mail) continue;
        wanted.delete(each);
        await deliver(await replyTo(mail, each.subject, each.answer));
      }
    }
  };
  return {
    ids,
    /** Resolves when everybody has a 250 for everything. */
    sent: Promise.all([...Array.from({ length: SENDERS }, (_, n) => sender(n)), answers()]),
    meet(next: EmbeddedDesk, upTo: number) {
      desk = next;
      share = upTo;
    },
    lose() {
      desk = null;
    },
    stop() {
      stopped = true;
    },
  };
}

async function accepted({ smtpPort }: EmbeddedDesk, { proven, messageId, inReplyTo, ...mail }: Writing) {
  const transport = createTransport({
    host: '127.0.0.1',
    port: smtpPort,
    ignoreTLS: true,
    ...(proven ? { auth: { user: mail.from, pass: 'any' } } : {}),
  });
  try {
    await transport.sendMail({
      ...mail,
      messageId: `<${messageId}>`,
      ...(inReplyTo ? { inReplyTo, references: [inReplyTo] } : {}),
    });
    return true;
  } catch {
    return false;
  } finally {
    transport.close();
  }
}

async function replyTo(mail: OutboxMail, subject: string, text: string): Promise<Writing> {
  const { replyTo, messageId } = await simpleParser(mail.raw);
  return {
    from: mail.recipients[0] ?? '',
    proven: mail.update === 'assignment',
    to: replyTo?.value[0]?.address ?? '',
    subject: `Re: ${mail.subject}`,
    text,
    messageId: idOfAnswer(mail.update, subject),
    ...(messageId ? { inReplyTo: messageId } : {}),
  };
}

interface State {
  tickets: Ticket[];
  messages: Map<string, Message[]>;
  events: Map<string, TicketEvent[]>;
  updates: UpdateRecord[];
  mails: MailRecord[];
  load: number;
  handled: string[];
  unhandled: string[];
  queues: { name: string; messages: number }[];
}

async function stateOf(desk: EmbeddedDesk): Promise<State> {
  const items = await everyItem(desk);
  const of = <T>(prefix: string, sk: string, name: string) =>
    items
      .filter((item) => item.pk.startsWith(prefix) && item.sk.startsWith(sk))
      .map((item) => item[name] as T);
  const byTicket = <T>(sk: string, name: string) => {
    const found = items.filter(({ pk, sk: key }) => pk.startsWith('T#') && key.startsWith(sk));
    const grouped = Map.groupBy(found, ({ pk }) => pk.slice('T#'.length));
    return new Map([...grouped].map(([id, of]) => [id, of.map((item) => item[name] as T)]));
  };
  return {
    tickets: of<Ticket>('T#', 'TICKET', 'ticket'),
    messages: byTicket<Message>('MESSAGE#', 'message'),
    events: byTicket<TicketEvent>('EVENT#', 'event'),
    updates: of<UpdateRecord>('UPDATE#', 'UPDATE', 'update'),
    mails: of<MailRecord>('MAIL#', 'MAIL', 'mail'),
    load: of<number>('LOAD#', 'LOAD', 'openTickets').reduce((sum, each) => sum + each, 0),
    handled: await keysUnder(desk, 'mail/'),
    unhandled: (await keysUnder(desk, 'in/')).filter((key) => !key.endsWith('AMAZON_SES_SETUP_NOTIFICATION')),
    queues: await queuesOf(desk),
  };
}

const NOTICED = 'recurrence-noticed';

/** What must not depend on chance: no ids, no times, and the desk's people only as such, since they take turns. */
function wordsOf({ tickets, messages, events, updates, mails }: State) {
  const who = (address: string) => (address.endsWith('@example.test') ? 'somebody of the desk' : address);
  const told = tickets.map((ticket) => ({
    subject: ticket.subject,
    requester: ticket.requester.address,
    status: ticket.status,
    priority: ticket.priority,
    watch: ticket.watch?.state,
    messages: (messages.get(ticket.id) ?? [])
      .map(({ direction, visibility, from, text }) =>
        [direction, visibility, who(from.address), text].join(' '),
      )
      .sort(),
    events: (events.get(ticket.id) ?? [])
      .map(({ kind }) => kind)
      .filter((kind) => kind !== NOTICED)
      .sort(),
    updates: updates
      .filter(({ ticketId, kind }) => ticketId === ticket.id && kind !== 'note')
      .map(({ kind, to, state }) => `${kind} → ${who(to)} ${state}`)
      .sort(),
  }));
  return {
    // Which of the many alike is the fifth is chance as well; that it is noticed once, and its lead asked once, is not.
    noticed: [...events.values()].flat().filter(({ kind }) => kind === NOTICED).length,
    notes: updates.filter(({ kind }) => kind === 'note').length,
    tickets: told.sort((a, b) => (a.subject < b.subject ? -1 : 1)),
    dispositions: mails
      .filter(({ disposition }) => disposition !== 'duplicate')
      .map(({ messageId, disposition, reason }) => `${messageId} ${disposition} ${reason}`)
      .sort(),
  };
}

function client({ endpoint, region }: EmbeddedDesk) {
  return { endpoint, region, credentials: { accessKeyId: 'admin', secretAccessKey: 'any' } };
}

async function everyItem(desk: EmbeddedDesk) {
  const db = DynamoDBDocument.from(new DynamoDBClient(client(desk)));
  const items: ({ pk: string; sk: string } & Record<string, unknown>)[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await db.scan({
      TableName: desk.outputs.TableName,
      ExclusiveStartKey: from,
      ConsistentRead: true,
    });
    items.push(...((page.Items ?? []) as typeof items));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}

async function keysUnder(desk: EmbeddedDesk, prefix: string): Promise<string[]> {
  const { Contents = [] } = await new S3Client(client(desk)).send(
    new ListObjectsV2Command({ Bucket: desk.outputs.BucketName, Prefix: prefix }),
  );
  return Contents.map(({ Key }) => Key ?? '');
}

async function queuesOf(desk: EmbeddedDesk): Promise<State['queues']> {
  const sqs = new SQSClient(client(desk));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      const messages = (['', 'NotVisible', 'Delayed'] as const)
        .map((which) => Number(Attributes[`ApproximateNumberOfMessages${which}` as const]))
        .reduce((sum, each) => sum + each, 0);
      return { name: QueueUrl.split('/').at(-1) ?? '', messages };
    }),
  );
}

async function runningWatches(desk: EmbeddedDesk, tickets: Ticket[]): Promise<string[]> {
  const sfn = new SFNClient(client(desk));
  const machine = String(desk.outputs.WatchMachineArn).replace(':stateMachine:', ':execution:');
  const running: string[] = [];
  for (const { id, watch } of tickets) {
    const executionArn = `${machine}:${id}-g${watch?.generation}`;
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING') running.push(id);
  }
  return running;
}

/** Command lines that name the folder: the desk's, its engine's, and those of whoever keeps the engine. */
function processesOf(folder: string): string[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return line.includes(folder) ? [line] : [];
    } catch {
      return [];
    }
  });
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
