/**
 * A desk on this laptop under load.
 *
 * First a mixed day for so many minutes, as much as the laptop takes: new mail, requesters' replies, agents' commands,
 * automatic mail, and mail that means harm. The people stop for a moment when the queues hold more than a few of their mails,
 * so that the desk is never idle and never far behind. Then a burst: as many new mails as SMTP takes in.
 *
 * At the end: each mail has one disposition, no queue holds anything, every deadline was seen in time, and memory is said.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createTransport, type Transporter } from 'nodemailer';
import { connect } from '../cli/connect.ts';
import { startDesk } from '../local/embed.ts';
import { described, machine, percentile, rounded, table } from './figures.ts';
import { newMail, type Worded, written } from './mails.ts';
import { flag, number, optionsOf, whole } from './options.ts';
import { residentMB } from './processes.ts';
import { type Delivered, startRelay } from './relay.ts';

const { minutes, burst, speed, json } = optionsOf(
  'A desk on this laptop under load: a mixed day, then a burst.',
  {
    minutes: number('that the mixed day lasts', 10, 'a number from 0', (n) => n >= 0),
    burst: whole('new mails after it, as fast as SMTP takes them in', 5_000, 0),
    speed: number('seconds that pass for the desk in each', 5, 'a number above 0', (n) => n > 0),
    json: flag('print one JSON document'),
  },
);

/** Mails that wait or are in somebody's hands before the people pause. */
const FULL = 30;
const SENDERS = 4;
const MEMORY_EVERY_MS = 5_000;
const PROGRESS_EVERY_MS = 30_000;
/** Whoever measures waits for a backlog so long. What is left then is said. */
const PATIENCE_MS = 25 * 60_000;
/** Mails to answer: enough to choose from. */
const MOST_REMEMBERED = 500;
/** So late, in real time, a deadline was missed: a mail's own way takes as long at the laptop's limit. */
const LATE_MS = 60_000;

/** What an answer quotes. */
const QUOTED = 'We have received your mail and will look into it.\nYou can answer this mail.';

const here = machine();
const acknowledged: Delivered[] = [];
const assigned: Delivered[] = [];
const delivered: Record<string, number> = {};
const relay = await startRelay(take);
const dataDir = await mkdtemp(join(tmpdir(), 'replydesk-load-'));
const config = join(dataDir, 'desk.yaml');
// The bill's own bound is not what is tried here, and work that comes by itself is nobody's mail. To some people something is
// promised within minutes, at any hour, so that deadlines fall due meanwhile.
const PROMPT = '@prompt.example.org';
writeFileSync(
  config,
  readFileSync('desk.yaml', 'utf8')
    .replace(/^recurring:\n(?:(?:[ #].*)?\n)*/m, '')
    .replace(/^ {2}mostADay: .*$/m, '  mostADay: 1000000')
    .replace(
      /^sla:\n/m,
      `sla:
  - name: prompt
    when: { requesters: ["${PROMPT}"] }
    calendar: always
    warnings: [50%]
    targets:
${['P1', 'P2', 'P3', 'P4'].map((priority) => `      ${priority}: { firstResponse: 8m, resolution: 4d }\n`).join('')}`,
    ),
);
const desk = await startDesk({
  dataDir: join(dataDir, 'data'),
  config,
  speed,
  relay: relay.url,
});
const connection = await connect({ data: desk.dataDir });
const sqs = new SQSClient({});
const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
const { pid } = JSON.parse(readFileSync(join(desk.dataDir, 'running.json'), 'utf8')) as { pid: number };
const memory: { second: number; deskMB: number; engineMB: number }[] = [];
const began = performance.now();
const remember = () => {
  const { desk: deskMB, engine: engineMB } = residentMB(pid);
  memory.push({ second: Math.round((performance.now() - began) / 1000), deskMB, engineMB });
};
const memoryTimer = setInterval(remember, MEMORY_EVERY_MS);
const progressTimer = setInterval(async () => {
  const { second, deskMB, engineMB } = memory.at(-1) ?? { second: 0, deskMB: 0, engineMB: 0 };
  const waits = await waiting().catch(() => '?');
  console.error(
    `${second} s: ${accepted} mails accepted, ${waits} messages wait, ${deskMB} MB, engine ${engineMB} MB`,
  );
}, PROGRESS_EVERY_MS);
let accepted = 0;
let [people, turn] = [0, 0];
const pooled = new Map<string, Transporter>();

try {
  const mixed = await sustain();
  const drainedIn = await drain();
  const afterMixed = accepted;
  const burstIn = burst > 0 ? await flood() : 0;
  const burstDrainedIn = burst > 0 ? await drain() : 0;
  clearInterval(memoryTimer);
  remember();
  const said = {
    machine: here,
    ...{ minutes, burst, speed },
    mixed: {
      mails: afterMixed,
      byKind: mixed,
      aSecond: rounded(afterMixed / (minutes * 60 || 1), 1),
      drainedIn,
    },
    burstAccepted: { mails: accepted - afterMixed, in: burstIn, drainedIn: burstDrainedIn },
    delivered,
    memory: { samples: memory, ...flatness() },
    ...(await findings()),
  };
  if (json) console.log(JSON.stringify(said, null, 2));
  else show(said);
} finally {
  clearInterval(memoryTimer);
  clearInterval(progressTimer);
  for (const each of pooled.values()) each.close();
  await desk.stop();
  relay.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Mails sent, by kind. */
async function sustain(): Promise<Record<string, number>> {
  const sent: Record<string, number> = {};
  const end = performance.now() + minutes * 60_000;
  let isFull = false;
  const watch = setInterval(() => {
    waiting().then(
      (count) => {
        isFull = count > FULL;
      },
      () => {},
    );
  }, 250);
  const send = async () => {
    while (performance.now() < end) {
      if (isFull) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      const { kind, mail, by } = next();
      await hand(mail, by);
      sent[kind] = (sent[kind] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  clearInterval(watch);
  return sent;
}

/** Seconds. */
async function flood(): Promise<number> {
  const from = performance.now();
  let left = burst;
  const send = async () => {
    while (left-- > 0) await hand(written(nextPerson()), null);
  };
  await Promise.all(Array.from({ length: SENDERS * 4 }, send));
  return rounded((performance.now() - from) / 1000, 1);
}

/** Seconds until nothing is left to do, or until it is waited for no longer. */
async function drain(): Promise<number> {
  const from = performance.now();
  const spent = () => performance.now() - from;
  for (
    let calm = 0;
    calm < 3 && spent() < PATIENCE_MS;
    await new Promise((resolve) => setTimeout(resolve, 500))
  )
    calm = (await waiting()) === 0 ? calm + 1 : 0;
  if (spent() < PATIENCE_MS) await desk.quiet();
  return rounded(spent() / 1000, 1);
}

type Mail = Parameters<Transporter['sendMail']>[0];

/** Of twenty mails: nine new, five replies, three commands, two automatic, one that means harm. */
function next(): { kind: string; mail: Mail; by: string | null } {
  const place = turn++ % 20;
  const of = <T>(list: T[]) => list[Math.floor(Math.random() * list.length)];
  if (place % 4 === 1) {
    const to = of(acknowledged);
    if (to) return { kind: 'reply', mail: answer(to, 'It makes a noise as well.'), by: null };
  }
  if (place % 7 === 2) {
    const to = of(assigned);
    const said = of([
      'Please hold the button for ten seconds.',
      '#priority P2',
      '#note\n\nThird one.',
      '#reslove',
      '#mine',
      '#resolve\n\nA new one is on its way.',
    ]);
    if (to && said) return { kind: 'command', mail: answer(to, said), by: to.to };
  }
  if (place === 3 || place === 14) {
    const to = of(acknowledged);
    if (to)
      return {
        kind: 'automatic',
        mail: { ...answer(to, 'I am away until Monday.'), headers: { 'Auto-Submitted': 'auto-replied' } },
        by: null,
      };
  }
  if (place === 19) return { kind: 'hostile', mail: hostile(++people), by: null };
  return { kind: 'new', mail: written(nextPerson()), by: null };
}

/** Each is somebody else, since many mails of one person are a flood; to one of six an answer is promised within minutes. */
function nextPerson(): Worded {
  const mail = newMail(++people);
  return people % 6 === 0 ? { ...mail, from: `requester-${people}${PROMPT}` } : mail;
}

function answer({ to, replyTo, messageId, subject }: Delivered, says: string): Mail {
  const worded: Worded = {
    ...{ from: to, name: '', subject: `Re: ${subject}`, says: [says], to: replyTo, inReplyTo: messageId },
    quoted: QUOTED,
  };
  return written(worded);
}

/** In turn: a forged token, a thousand parts in each other, a long pattern, a header of 60 KB, markup, somebody of the desk. */
function hostile(n: number): Mail {
  const mail = newMail(n);
  switch (n % 6) {
    case 0:
      return { ...written(mail), to: `support+${'a'.repeat(39)}@desk.example.test` };
    case 1: {
      const head = `From: ${mail.from}\r\nTo: support@desk.example.test\r\nSubject: parts ${n}\r\nMessage-ID: <parts-${n}@customers.example.org>\r\nMIME-Version: 1.0\r\n`;
      const parts = Array.from(
        { length: 1_000 },
        (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\r\n\r\n--b${at}\r\n`,
      );
      return {
        envelope: { from: mail.from, to: 'support@desk.example.test' },
        raw: `${head}${parts.join('')}`,
      };
    }
    case 2:
      return { ...written(mail), text: `${'> '.repeat(20_000)}${'On '.repeat(20_000)} wrote:` };
    case 3:
      return { ...written(mail), headers: { 'X-Long': 'a '.repeat(30_000) } };
    case 4:
      return {
        ...written(mail),
        html: `${'<div>'.repeat(5_000)}<script>alert(1)</script><img src="javascript:1">`,
        text: '{{constructor}} #{7*7} <%= 7*7 %>',
      };
    default:
      return written({ ...mail, from: 'kim.brandt@example.test', name: 'Kim Brandt', says: ['#close'] });
  }
}

async function hand(mail: Mail, by: string | null): Promise<void> {
  const key = by ?? '';
  const transport =
    pooled.get(key) ??
    createTransport({
      ...{ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true },
      ...{ pool: true, maxConnections: by ? 1 : SENDERS * 4, maxMessages: Number.MAX_SAFE_INTEGER },
      ...(by ? { auth: { user: by, pass: 'any' } } : {}),
    });
  pooled.set(key, transport);
  await transport.sendMail(mail);
  accepted++;
}

function take(mail: Delivered): void {
  const { kind } = mail;
  delivered[kind] = (delivered[kind] ?? 0) + 1;
  const list = kind === 'acknowledgement' ? acknowledged : kind === 'assignment' ? assigned : null;
  list?.push(mail);
  if (list && list.length > MOST_REMEMBERED) list.splice(0, 1);
}

/** Messages in all queues that are no dead letters' and do not wait for a time, and those in somebody's hands. */
async function waiting(): Promise<number> {
  const counts = await Promise.all(
    QueueUrls.map(async (url) => {
      const { visible, inHand } = await depth(url);
      return /dead/i.test(url) ? 0 : visible + inHand;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function depth(QueueUrl: string): Promise<{ visible: number; inHand: number; delayed: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inHand: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** The middle of the second third beside that of the last: what leaks grows with the mails. */
function flatness(): { middleMB: number; endMB: number; growth: number } {
  const mixed = memory.filter(({ second }) => second <= minutes * 60);
  const third = Math.floor(mixed.length / 3);
  const middle = percentile(
    mixed.slice(third, 2 * third).map(({ deskMB }) => deskMB),
    0.5,
  );
  const end = percentile(
    mixed.slice(2 * third).map(({ deskMB }) => deskMB),
    0.5,
  );
  return { middleMB: middle, endMB: end, growth: rounded(end / middle, 2) };
}

interface Findings {
  dispositions: number;
  /** Mails of which the ledger knows nothing, or more than once. */
  undisposed: number;
  byDisposition: Record<string, number>;
  /** By queue, what is left in it: visible, in hand and delayed. */
  left: Record<string, number>;
  tickets: number;
  deadlines: { fell: number; late: number; p50LateMs: number; worstLateMs: number; unseen: number };
  /** By function and fault: what failed, and was tried again. */
  faults: Record<string, number>;
}

async function findings(): Promise<Findings> {
  // What SES writes when its rule is made is nobody's mail.
  const records = await connection.ledger.list(
    Number.MAX_SAFE_INTEGER,
    ({ disposition }) => disposition !== 'setup',
  );
  const ids = new Set(records.map(({ mailId }) => mailId));
  const left: Record<string, number> = {};
  for (const url of QueueUrls) {
    const { visible, inHand, delayed } = await depth(url);
    if (visible + inHand + delayed > 0) left[url.split('/').at(-1) ?? url] = visible + inHand + delayed;
  }
  const tickets = await connection.tickets.list(Number.MAX_SAFE_INTEGER, () => true);
  const now = connection.now();
  const lates: number[] = [];
  let unseen = 0;
  for (const { id, watch, requester } of tickets) {
    // A wake that is long past, and nothing came of it.
    if (watch?.state === 'running' && watch.nextAt && now - Date.parse(watch.nextAt) > LATE_MS * speed)
      unseen++;
    if (!requester.address.endsWith(PROMPT)) continue;
    for (const event of await connection.tickets.events(id, 1_000))
      if (event.kind === 'deadline-breached')
        lates.push((Date.parse(event.at) - Date.parse(event.due)) / speed);
  }
  const byDisposition = Object.fromEntries(
    [...Map.groupBy(records, ({ disposition, reason }) => `${disposition}, ${reason}`)]
      .map(([name, all]) => [name, all.length] as const)
      .sort(([, a], [, b]) => b - a),
  );
  return {
    dispositions: records.length,
    undisposed: accepted - ids.size + (records.length - ids.size),
    byDisposition,
    left,
    tickets: tickets.length,
    deadlines: {
      fell: lates.length,
      late: lates.filter((ms) => ms > LATE_MS).length,
      p50LateMs: Math.round(percentile(lates, 0.5)) || 0,
      worstLateMs: Math.round(Math.max(0, ...lates)),
      unseen,
    },
    faults: faultsOf(join(desk.dataDir, 'logs')),
  };
}

/** Of the functions' logs: each is a line of JSON. */
function faultsOf(folder: string): Record<string, number> {
  const faults: Record<string, number> = {};
  for (const name of readdirSync(folder))
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      if (!line.includes('"ERROR"')) continue;
      const { message, fault, errorType, reason, errorMessage } = JSON.parse(line) as Record<string, string>;
      const what = `${name.replace(/\.log$/, '')}: ${message}, ${fault ?? errorType}: ${(reason ?? errorMessage ?? '').slice(0, 80)}`;
      faults[what] = (faults[what] ?? 0) + 1;
    }
  return faults;
}

function show(
  said: {
    mixed: { mails: number; byKind: Record<string, number>; aSecond: number; drainedIn: number };
    burstAccepted: { mails: number; in: number; drainedIn: number };
    memory: ReturnType<typeof flatness>;
  } & Findings,
): void {
  const { mixed, burstAccepted, memory, deadlines } = said;
  console.log(described(here));
  const list = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join('; ') || 'nothing';
  console.log(
    table([
      [`mixed day, ${minutes} minutes`, `${mixed.mails} mails, ${mixed.aSecond} a second`],
      ['  kinds', list(mixed.byKind)],
      ['  backlog drained in', `${mixed.drainedIn} s`],
      ['burst', `${burstAccepted.mails} mails accepted in ${burstAccepted.in} s`],
      ['  backlog drained in', `${burstAccepted.drainedIn} s`],
      ['mails without one disposition', String(said.undisposed)],
      ['left in queues', list(said.left)],
      ['tickets', String(said.tickets)],
      [
        'deadlines that fell',
        `${deadlines.fell}; late ${deadlines.late}, worst ${deadlines.worstLateMs} ms, never seen ${deadlines.unseen}`,
      ],
      ['memory, middle third and last', `${memory.middleMB} MB, ${memory.endMB} MB`],
      ['faults, tried again', list(said.faults)],
      ['mails out', list(delivered)],
    ]),
  );
  console.log(`\n${list(said.byDisposition)}`);
}
