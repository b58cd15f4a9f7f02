/**
 * What our own code costs a mail, beside mailparser alone on the same mails: `node bench/speed.ts [--mails N] [--profile] [--json]`
 *
 * Everything runs in this process over a world in memory, without the AWS SDK: for each mail the steps of receive-email,
 * relay-events, start-watch, advance-watch, send-update and receive-feedback, as the functions take them. Counted is the CPU
 * time of the whole process, with collecting and compiling, but for that of the table in memory and of finding there what the
 * stream would bring: they stand where AWS does. What it costs to ask for that time is taken off as well: a mail asks 40 times.
 *
 * mailparser and we take turns, each round with the same mails, so that both have as many behind them. The first twelve of each
 * kind, which a process that has just begun handles, are mostly compiling, and are shown by themselves. Then come 400 that count
 * for nothing, and rounds of N (60 unless said otherwise), of which the medians are a desk's that has been working.
 * `--profile` says where our own time goes then.
 */
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { simpleParser } from 'mailparser';
import { attributesOf } from '../aws/attributes.ts';
import type { Sending } from '../aws/mailer.ts';
import { firstTurn, type WatchRequest } from '../core/ticket/turn.ts';
import { advanceWatch } from '../functions/advance-watch.ts';
import { receiveEmail } from '../functions/receive-email.ts';
import { receiveFeedback } from '../functions/receive-feedback.ts';
import { relayEvents, StreamedEvent } from '../functions/relay-events.ts';
import { sendUpdate, UpdateRequest } from '../functions/send-update.ts';
import { startWatch } from '../functions/start-watch.ts';
import { deliver, type SmallWorld, smallWorld } from '../test/functions/world.ts';
import { described, machine, percentile, rounded, table } from './figures.ts';
import { mailForThree, ordinaryMail, PICTURE, rawOf, type Worded } from './mails.ts';

export interface Kind extends Cost {
  name: string;
  octets: number;
  mailsOut: number;
  first: Cost;
}

/** Ms of CPU a mail. */
interface Cost {
  mailparserMs: number;
  ownMs: number;
  /** Of our own, what receive-email takes. */
  receiveMs: number;
  ratio: number;
}

const { values } = parseArgs({
  options: {
    mails: { type: 'string', default: '60' },
    profile: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const mails = Number(values.mails);
if (!(Number.isInteger(mails) && mails > 0)) {
  console.error('usage: node bench/speed.ts [--mails N] [--profile] [--json]');
  process.exit(2);
}
const FIRST = 12;
const WARMING_UP = 400;
const ROUNDS = 7;
/** Microseconds that the tables in memory have taken, and their stream. All that they do they do at once. */
let tables = 0;
/** Microseconds of asking for the time that stand outside of what is asked about. */
let asking = 0;
asking = askingTakes();
const here = machine();
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Begun {
  world: SmallWorld;
  out: Sending[];
  relayed: Set<string>;
}

type Sample = Record<'mailparser' | 'receive' | 'own', number>;

const NAMES = [
  ...['new mail', 'reply', 'new mail of 75 KB', 'reply of 75 KB'],
  ...['mail that opens three tickets', 'reply about one of them'],
] as const;
type Name = (typeof NAMES)[number];
const VARIANTS: { first: Name; second: Name; mail: (n: number) => Worded }[] = [
  { first: 'new mail', second: 'reply', mail: ordinaryMail },
  {
    ...{ first: 'new mail of 75 KB', second: 'reply of 75 KB' },
    mail: (n) => ({ ...ordinaryMail(n), attachments: [PICTURE] }),
  },
  {
    ...{ first: 'mail that opens three tickets', second: 'reply about one of them' },
    mail: mailForThree,
  },
];

const samples = Object.fromEntries(NAMES.map((name) => [name, []])) as unknown as Record<Name, Sample[]>;
const octets = {} as Record<Name, number>;
const mailsOut = {} as Record<Name, number>;
const session = new Session();
const warmingUp = Math.ceil(WARMING_UP / mails);
for (let round = 0; round <= warmingUp + ROUNDS; round++) {
  if (values.profile && round === warmingUp + 1) await beginProfile(session);
  for (const { first, second, mail } of VARIANTS) {
    const worlds = Array.from({ length: round === 0 ? FIRST : mails }, begin);
    const news = await Promise.all(worlds.map((_, n) => rawOf(mail(n))));
    samples[first].push(await measure(first, worlds, news));
    const answers = await Promise.all(
      worlds.map(async ({ out }, n) => {
        const acknowledgement = out.find(({ to }) => to === mail(n).from);
        if (!acknowledgement) throw new Error('a new mail was not acknowledged');
        const read = await simpleParser(Buffer.from(acknowledgement.raw));
        return rawOf({
          ...mail(n),
          subject: `Re: ${read.subject}`,
          says: ['It makes a noise as well, and smells of something.', 'Thank you', `Requester ${n}`],
          to: read.replyTo?.value[0]?.address ?? '',
          inReplyTo: (read.messageId ?? '').replace(/[<>]/g, ''),
          quoted: read.text ?? '',
        });
      }),
    );
    samples[second].push(await measure(second, worlds, answers));
  }
}
const profile = values.profile ? await endProfile(session) : null;

const kinds = NAMES.map((name): Kind => {
  const all = samples[name];
  return {
    ...{ name, octets: Math.round(octets[name]), mailsOut: rounded(mailsOut[name], 2) },
    ...costOf(all.slice(-ROUNDS)),
    first: costOf(all.slice(0, 1)),
  };
});

if (values.json)
  console.log(
    JSON.stringify({ machine: here, mails, rounds: ROUNDS, after: WARMING_UP, kinds, profile }, null, 2),
  );
else {
  console.log(described(here));
  show(`CPU a mail, ms, after ${WARMING_UP} of its kind`, kinds);
  show(
    `the first ${FIRST} of its kind`,
    kinds.map((kind) => ({ ...kind, ...kind.first })),
  );
  if (profile) {
    console.log(
      `\n${table([['where', '%'], ...profile.places.map(({ name, share }) => [name, share.toFixed(1)])])}`,
    );
    console.log(
      `\n${table([['function', '%'], ...profile.functions.map(({ name, share }) => [name, share.toFixed(1)])])}`,
    );
  }
}

function costOf(kept: Sample[]): Cost {
  const median = (of: keyof Sample) =>
    percentile(
      kept.map((each) => each[of]),
      0.5,
    );
  const [mailparserMs, ownMs] = [median('mailparser'), median('own')];
  return {
    mailparserMs: rounded(mailparserMs, 2),
    ownMs: rounded(ownMs, 2),
    receiveMs: rounded(median('receive'), 2),
    ratio: rounded(ownMs / mailparserMs, 1),
  };
}

function show(what: string, kinds: Omit<Kind, 'first'>[]): void {
  const head = ['octets', 'mailparser alone', 'our own code', 'of it receive-email', 'ratio', 'mails out'];
  console.log(
    `\n${table([
      [what, ...head],
      ...kinds.map(({ name, octets, mailparserMs, ownMs, receiveMs, ratio, mailsOut }) => [
        name,
        ...[octets, mailparserMs, ownMs, receiveMs, ratio, mailsOut].map(String),
      ]),
    ])}`,
  );
}

function begin(): Begun {
  const out: Sending[] = [];
  const world = smallWorld({
    mailer: {
      send: async (sending: Sending) => {
        out.push(sending);
        return { sent: true, messageId: `${out.length}@email.amazonses.com` };
      },
      quotaUsed: async () => 0,
    },
    updatesQueue: { sendAll: async () => [] },
    watchesQueue: { sendAll: async () => [] },
    watches: { isRunning: async () => true, start: async () => 'started' },
  } as unknown as Parameters<typeof smallWorld>[0]);
  const { table } = world as unknown as { table: Record<string, (...given: unknown[]) => unknown> };
  for (const [name, call] of Object.entries(table))
    if (typeof call === 'function') table[name] = apart(call.bind(table));
  return { world, out, relayed: new Set() };
}

function apart<Given extends unknown[], Result>(call: (...given: Given) => Result) {
  return (...given: Given): Result => {
    const before = process.cpuUsage();
    const result = call(...given);
    const { user, system } = process.cpuUsage(before);
    tables += user + system + asking;
    return result;
  };
}

/** The median of rounds, the first of which are compiled. */
function askingTakes(): number {
  const [rounds, times] = [15, 2_000];
  const nothing = apart(() => {});
  const took = Array.from({ length: rounds }, () => {
    const [before, inside] = [process.cpuUsage(), tables];
    for (let time = 0; time < times; time++) nothing();
    const { user, system } = process.cpuUsage(before);
    return (user + system - (tables - inside)) / times;
  });
  return percentile(took, 0.5);
}

async function measure(kind: Name, worlds: Begun[], raw: Buffer[]): Promise<Sample> {
  octets[kind] = raw.reduce((sum, { length }) => sum + length, 0) / raw.length;
  const given = worlds.map(({ world }, n) =>
    deliver(world, raw[n] ?? '', { mailId: `${kind.replaceAll(' ', '-')}-${n}` }),
  );
  const each = (work: () => Promise<void>) => cpu(work, worlds.length);
  const mailparser = await each(async () => {
    for (const mail of raw)
      await simpleParser(mail, {
        skipTextToHtml: true,
        skipTextLinks: true,
        skipHtmlToText: true,
        skipImageLinks: true,
      });
  });
  const before = worlds.reduce((sum, { out }) => sum + out.length, 0);
  const receive = await each(async () => {
    for (const [n, { world }] of worlds.entries()) await receiveEmail(given[n] as (typeof given)[0], world);
  });
  const follow = await each(async () => {
    for (const begun of worlds) await follows(begun);
  });
  mailsOut[kind] = (worlds.reduce((sum, { out }) => sum + out.length, 0) - before) / worlds.length;
  return { mailparser, receive, own: receive + follow };
}

/** What the stream, the queues and the state machine begin for what was written. */
async function follows({ world, out, relayed }: Begun): Promise<void> {
  for (;;) {
    const images = apart(() =>
      [...world.items].flatMap(([name, { pk, sk, event }]) => {
        if (!sk.startsWith('EVENT#') || relayed.has(name)) return [];
        relayed.add(name);
        return { Keys: attributesOf({ pk, sk }), NewImage: attributesOf({ event }) };
      }),
    )();
    if (images.length === 0) return;
    const streamed = images.map((image) => StreamedEvent.parse(image));
    const wanted: UpdateRequest[] = [];
    const started: WatchRequest[] = [];
    Object.assign(world.updatesQueue, { sendAll: taken(wanted) });
    Object.assign(world.watchesQueue, { sendAll: taken(started) });
    await relayEvents(streamed, world);
    for (const request of started) {
      await startWatch(request, world);
      await advanceWatch(firstTurn(request.ticketId, request.generation, world.now()), world);
    }
    for (const request of wanted) {
      const sent = out.length;
      await sendUpdate(UpdateRequest.parse(request), world);
      // Of a mail that arrives SES says no more: infra/out.ts asks for nothing else.
      for (const { tags, to } of out.slice(sent))
        await receiveFeedback(
          {
            eventType: 'Send',
            mail: {
              messageId: `${out.length}`,
              destination: [to],
              tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
            },
          },
          world,
        );
    }
  }
}

/** A queue that takes all. */
function taken<T>(into: T[]) {
  return async (all: T[]): Promise<number[]> => {
    into.push(...all);
    return [];
  };
}

/** Ms a mail. */
async function cpu(work: () => Promise<void>, mails: number): Promise<number> {
  const [before, tablesBefore] = [process.cpuUsage(), tables];
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system - (tables - tablesBefore)) / 1000 / mails;
}

async function beginProfile(session: Session): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
}

interface Share {
  name: string;
  /** Percent of the samples. */
  share: number;
}

/** By the folder or the package that ran; what mailparser does alone is in it as well. */
async function endProfile(session: Session): Promise<{ places: Share[]; functions: Share[] }> {
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const hits = new Map<number, number>();
  for (const id of profile.samples ?? []) hits.set(id, (hits.get(id) ?? 0) + 1);
  const [places, functions] = [new Map<string, number>(), new Map<string, number>()];
  let all = 0;
  for (const { id, callFrame } of profile.nodes) {
    const count = hits.get(id) ?? 0;
    if (callFrame.functionName === '(idle)') continue;
    all += count;
    const place = placeOf(callFrame.url) || callFrame.functionName;
    places.set(place, (places.get(place) ?? 0) + count);
    const file = callFrame.url.startsWith('file:')
      ? relative(ROOT, fileURLToPath(callFrame.url))
      : callFrame.url;
    const name = `${callFrame.functionName || '(anonymous)'} ${file}:${callFrame.lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + count);
  }
  const top = (counts: Map<string, number>, most: number): Share[] =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([name, count]) => ({ name, share: rounded((100 * count) / all, 1) }));
  return { places: top(places, 20), functions: top(functions, 40) };
}

function placeOf(url: string): string {
  if (!url.startsWith('file:')) return url.startsWith('node:') ? 'node' : '';
  const path = relative(ROOT, fileURLToPath(url));
  const [, scope, name] = /node_modules\/(?:(@[^/]+)\/)?([^/]+)\/(?!.*node_modules\/)/.exec(path) ?? [];
  if (name) return scope ? `${scope}/${name}` : name;
  const [room = '', folder = ''] = path.split('/');
  return room === 'core' ? `core/${folder}` : room === 'test' ? 'the world in memory' : room;
}
