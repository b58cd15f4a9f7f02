/**
 * What our own code costs a mail, beside mailparser alone on the same mails, as they stand in the bucket.
 *
 * Everything runs in this process over a world in memory, without the AWS SDK: for each mail the steps of receive-email,
 * relay-events, start-watch, advance-watch, send-update and receive-feedback, as the functions take them. Counted is the CPU
 * time of the whole process, with collecting and compiling, but for that of the table in memory and of finding there what the
 * stream would bring: they stand where AWS does. What it costs to ask for that time is taken off as well: a mail asks 35 times.
 *
 * mailparser and we take turns, each round with the same mails, so that both have as many behind them; in processes of their
 * own, which pay for collecting what they leave and for nothing of what the other did. Alone it does what we need of it at the
 * least; as it comes it also makes HTML and links of text, and text of HTML. The first twelve of each kind, which a process that
 * has just begun handles, are mostly compiling, and are shown by themselves. Then come 400 that count for nothing, and 55 rounds,
 * whose mean is a desk's that has been working; half as many of both for all but the first two kinds.
 *
 * A mail that opens three tickets is three mails' work, and four leave for it: the bound is held against each ticket, and what it comes to
 * as a whole is shown beside it.
 */
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { PROVEN } from '../test/sample.ts';
import { described, MOST_OF_MAILPARSER, machine, mean, percentile, rounded, table } from './figures.ts';
import { startAlone } from './mailparser.ts';
import { mailForThree, ordinaryMail, PICTURE, rawOf, recipientOf, storedOf, type Worded } from './mails.ts';
import { flag, optionsOf, whole } from './options.ts';

interface Kind extends Cost {
  name: string;
  octets: number;
  mailsOut: number;
  /** Of mailparser without any option, ms of CPU a mail. */
  asItComesMs: number;
  /** Mails of its kind before those that count. */
  after: number;
  /** Else it is what its writer's program wrote, and nobody's bucket ever held it. */
  isStored: boolean;
  /** That it opens, or is about. */
  tickets: number;
  /** For each of its tickets. */
  holds: boolean;
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

const {
  mails,
  profile: isProfiled,
  json,
} = optionsOf('What our own code costs a mail, beside mailparser alone on the same mails.', {
  mails: whole('of each kind in a round', 12),
  profile: flag('say where the time goes in the rounds that count'),
  json: flag('print one JSON document'),
});
const FIRST = 12;
const WARMING_UP = 400;
const ROUNDS = 55;
/** Of mailparser, for each of its two ways: it takes little for a mail and collects seldom, so that one alone makes no steady mean. */
const PROCESSES = 4;
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

type Columns = Record<string, (kind: Kind) => string>;
const PARSED: Columns = {
  octets: ({ octets }) => octets.toLocaleString('en'),
  'mailparser alone': ({ mailparserMs }) => mailparserMs.toFixed(2),
};
const WORKED: Columns = {
  'our own code': ({ ownMs }) => ownMs.toFixed(2),
  'of it receive-email': ({ receiveMs }) => receiveMs.toFixed(2),
  ratio: ({ ratio }) => ratio.toFixed(1),
  'a ticket': ({ ratio, tickets }) => (ratio / tickets).toFixed(1),
  'mails out': ({ mailsOut }) => String(mailsOut),
};

const NAMES = [
  ...['new mail', 'reply', 'new mail of 75 KB', 'reply of 75 KB'],
  ...['mail that opens three tickets', 'reply about one of them'],
  ...['new mail without the headers of its way', 'reply without the headers of its way'],
] as const;
type Name = (typeof NAMES)[number];
interface Variant {
  first: Name;
  second: Name;
  mail(n: number): Worded;
  rawOf(mail: Worded): Promise<Buffer>;
  /** After the very first round it has part in one of so many. */
  every: number;
  /** That the first opens; one without it. */
  tickets?: number;
}
const VARIANTS: Variant[] = [
  { first: 'new mail', second: 'reply', mail: ordinaryMail, rawOf: storedOf, every: 1 },
  {
    ...{ first: 'new mail of 75 KB', second: 'reply of 75 KB', rawOf: storedOf, every: 2 },
    mail: (n) => ({ ...ordinaryMail(n), attachments: [PICTURE] }),
  },
  {
    ...{ first: 'mail that opens three tickets', second: 'reply about one of them' },
    ...{ mail: mailForThree, rawOf: storedOf, every: 2, tickets: 3 },
  },
  {
    first: 'new mail without the headers of its way',
    second: 'reply without the headers of its way',
    ...{ mail: ordinaryMail, rawOf, every: 2 },
  },
];

/** Of the first of each kind, of those that count for nothing, and of those that count. */
interface Samples {
  first: Sample[];
  before: Sample[];
  kept: Sample[];
  /** Ms of mailparser without any option, in the rounds that count. */
  asItComes: number[];
}
const alone = startAlone('least', PROCESSES);
const asComing = startAlone('as it comes', PROCESSES);
const samples = Object.fromEntries(
  NAMES.map((name): [Name, Samples] => [name, { first: [], before: [], kept: [], asItComes: [] }]),
) as Record<Name, Samples>;
const octets = {} as Record<Name, number>;
const mailsOut = {} as Record<Name, number>;
const session = new Session();
const warmingUp = Math.ceil(WARMING_UP / mails);
for (let round = 0; round <= warmingUp + ROUNDS; round++) {
  if (isProfiled && round === warmingUp + 1) await beginProfile(session);
  for (const { first, second, mail, rawOf, every } of VARIANTS) {
    if (round > 0 && (round + 1) % every > 0) continue;
    const worlds = Array.from({ length: round === 0 ? FIRST : mails }, begin);
    const news = worlds.map((_, n) => mail(n));
    await takePart(first, round, worlds, news, rawOf);
    const answers = await Promise.all(
      worlds.map(async ({ out }, n) => {
        const acknowledgement = out.find(({ to }) => to === mail(n).from);
        if (!acknowledgement) throw new Error('a new mail was not acknowledged');
        const read = await simpleParser(Buffer.from(acknowledgement.raw));
        return {
          ...mail(n),
          subject: `Re: ${read.subject}`,
          says: ['It makes a noise as well, and smells of something.', 'Thank you', `Requester ${n}`],
          to: read.replyTo?.value[0]?.address ?? '',
          inReplyTo: (read.messageId ?? '').replace(/[<>]/g, ''),
          quoted: read.text ?? '',
        };
      }),
    );
    await takePart(second, round, worlds, answers, rawOf);
  }
}
const profile = isProfiled ? await endProfile(session) : null;
alone.end();
asComing.end();

const kinds = VARIANTS.flatMap(({ first, second, rawOf, tickets: opened = 1 }) =>
  [first, second].map((name, nth): Kind => {
    const tickets = nth === 0 ? opened : 1;
    const { first, before, kept, asItComes } = samples[name];
    const cost = costOf(kept);
    return {
      ...{ name, octets: Math.round(octets[name]), mailsOut: rounded(mailsOut[name], 2) },
      ...{ after: FIRST + before.length * mails, isStored: rawOf === storedOf, tickets },
      ...cost,
      asItComesMs: rounded(mean(asItComes), 2),
      holds: cost.ratio <= tickets * MOST_OF_MAILPARSER,
      first: costOf(first),
    };
  }),
);

if (json) console.log(JSON.stringify({ machine: here, mails, rounds: ROUNDS, kinds, profile }, null, 2));
else {
  console.log(described(here));
  show('CPU a mail, ms', kinds, {
    ...PARSED,
    'as it comes': ({ asItComesMs }) => asItComesMs.toFixed(2),
    ...WORKED,
    after: ({ after }) => String(after),
    [`at most ${MOST_OF_MAILPARSER} ×`]: ({ holds }) => (holds ? 'holds' : 'does not hold'),
  });
  show(
    `the first ${FIRST} of its kind`,
    kinds.map((kind) => ({ ...kind, ...kind.first })),
    { ...PARSED, ...WORKED },
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

async function takePart(
  name: Name,
  round: number,
  worlds: Begun[],
  written: Worded[],
  rawOf: Variant['rawOf'],
): Promise<void> {
  const raw = await Promise.all(written.map(rawOf));
  const { first, before, kept, asItComes } = samples[name];
  const into = round === 0 ? first : round <= warmingUp ? before : kept;
  const all = (await asComing.parse(raw)) / raw.length;
  if (into === kept) asItComes.push(all);
  const mailparser = (await alone.parse(raw)) / raw.length;
  into.push({ mailparser, ...(await measure(name, worlds, written, raw)) });
}

function costOf(kept: readonly Sample[]): Cost {
  // Not the middle: V8 collects once in several rounds, and the middle one would have none of it.
  const of = (part: keyof Sample) => mean(kept.map((each) => each[part]));
  const [mailparserMs, ownMs] = [of('mailparser'), of('own')];
  return {
    mailparserMs: rounded(mailparserMs, 2),
    ownMs: rounded(ownMs, 2),
    receiveMs: rounded(of('receive'), 2),
    ratio: rounded(ownMs / mailparserMs, 1),
  };
}

function show(what: string, kinds: Kind[], columns: Columns): void {
  const rows = kinds.map((kind) => [kind.name, ...Object.values(columns).map((cell) => cell(kind))]);
  console.log(`\n${table([[what, ...Object.keys(columns)], ...rows])}`);
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

async function measure(
  kind: Name,
  worlds: Begun[],
  written: Worded[],
  raw: Buffer[],
): Promise<Omit<Sample, 'mailparser'>> {
  octets[kind] = raw.reduce((sum, { length }) => sum + length, 0) / raw.length;
  const given = worlds.map(({ world }, n) => {
    const mail = written[n] as Worded;
    return deliver(world, raw[n] ?? '', {
      ...{ ...PROVEN, mailId: `${kind.replaceAll(' ', '-')}-${n}` },
      ...{ returnPath: mail.from, recipients: [recipientOf(mail)] },
    });
  });
  const each = (work: () => Promise<void>) => cpu(work, raw.length);
  const before = worlds.reduce((sum, { out }) => sum + out.length, 0);
  const receive = await each(async () => {
    for (const [n, { world }] of worlds.entries()) await receiveEmail(given[n] as (typeof given)[0], world);
  });
  const follow = await each(async () => {
    for (const begun of worlds) await follows(begun);
  });
  mailsOut[kind] = (worlds.reduce((sum, { out }) => sum + out.length, 0) - before) / worlds.length;
  return { receive, own: receive + follow };
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
