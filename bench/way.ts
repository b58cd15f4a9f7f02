/**
 * The whole way of a mail on this laptop, from SMTP to the acknowledgement and the agent's assignment at a relay:
 * how fast, what it costs, and which AWS calls it makes.
 *
 * The desk runs in this process as under `npm start`, on the synthesized template and in a temporary data folder; the
 * people are in another process. First what every thread runs is compiled, by as many mails as make it so. Then three rounds:
 * new mails and replies, each by four people at a time; and one person who waits for the answer to each mail before he
 * writes the next, which shows the latency of a desk that is not busy.
 * Each mail comes on a connection of its own, and smtp-server greets after 100 ms, to find out who speaks too early:
 * a sender who does not keep his connection gets fewer than ten mails a second in, however fast the desk is.
 * That wait is smtp-server's own and has no setting; it costs no processor, and senders side by side wait together.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { runningDesk } from '../cli/connect.ts';
import { askEngine } from '../cli/engine.ts';
import type { Reading } from '../core/insight/cost.ts';
import { type Desk, startDesk } from '../local/desk.ts';
import { synthesize } from '../local/synthesize.ts';
import type { Order, Told, Word } from './crowd.ts';
import { CLASSIC, described, machine, rounded, table } from './figures.ts';
import { flag, optionsOf, whole } from './options.ts';
import { type Looks, look, type Part } from './profile.ts';

interface Round {
  name: string;
  mails: number;
  acceptedPerSecond: number;
  answeredPerSecond: number;
  /** From SMTP's 250 to the acknowledgement at the relay. */
  latencyMs: { p50: number; p90: number };
  /** User and system time until the desk had nothing left to do. `engine` is null when the engine is somebody else's. */
  cpuMsPerMail: {
    /** Of their threads: what runs in Lambda. */
    functions: number;
    /** Collecting, compiling and files, beside all threads of the desk. */
    beside: number;
    /** The gateway and the services behind it, which stand for AWS's. */
    services: number;
    engine: number | null;
    all: number;
  };
  /** The desk's by thread: the gateway and engines in `main`, each function, and what Node does beside them (collecting, compiling, files). */
  cpuMsPerMailByThread: Record<string, number>;
  /** By `service:Operation`, as the desk's meter counts them: what AWS does by itself, such as polling, is among them. */
  callsPerMail: Record<string, number>;
  /** Of DynamoDB's capacity, by function. */
  unitsPerMail: Record<string, { reads: number; writes: number }>;
  deliveredPerMail: Record<string, number>;
}

/** What holds for all rounds together. */
interface Around {
  /** From `startDesk` to its answer, with everything built; Node has loaded the code before. */
  readyMs: number;
  /** Resident, of the desk's process with all its threads. */
  memoryMB: { ready: number; after: number; peak: number };
  /** Begun so far. */
  threads: number;
  enginePeakMB: number | null;
  mails: number;
}

/** Of each kind. With fewer mails V8 still compiles what they run. */
const WARM_UP = 120;
const PARTS: Record<Part, string> = {
  own: 'our own code, and what reads and writes mail',
  sdk: 'the AWS SDK',
  node: 'Node: HTTP, sockets, promises',
  wrapper: 'Lambda’s runtime, its wrapper and the log',
  collecting: 'collecting garbage',
};
/** Of those where the time goes. */
const MOST_PLACES = 45;
/** /proc counts CPU time in these, on every Linux. */
const TICK_MS = 10;

const { mails, profile, unjudged, json } = optionsOf(
  'The whole way of a mail on this laptop, from SMTP to the acknowledgement: how fast, at what cost, by which calls.',
  {
    mails: whole('of each round', 200),
    profile: flag('add a round of each kind, not counted: where the time of the functions’ threads goes'),
    unjudged: flag('let everybody do all: what checking each call against the template’s policies costs'),
    json: flag('print one JSON document'),
  },
);

const here = machine();
const threads = watchThreads();
const folder = mkdtempSync(join(tmpdir(), 'replydesk-bench-'));
const crowd = fork(join(import.meta.dirname, 'crowd.ts'), { execArgv: [] });
let desk: Desk | undefined;
try {
  const { relayPort } = await hear(crowd, 'listening');
  const assembly = await synthesize(join(import.meta.dirname, '..', 'desk.yaml'), progress);
  const began = performance.now();
  desk = await startDesk(
    {
      dataDir: join(folder, 'data'),
      fresh: true,
      smtpPort: 0,
      webPort: 0,
      relay: `smtp://127.0.0.1:${relayPort}`,
      speed: 1,
    },
    async () => assembly,
    progress,
    unjudged ? () => ({ authorize() {}, allows: () => true, byRole() {}, byService() {} }) : undefined,
  );
  const readyMs = Math.round(performance.now() - began);
  const memoryMB = { ready: residentMB(), after: 0, peak: 0 };
  const order = { smtpPort: desk.smtpPort, mails, senders: 4, patient: false, replies: false };
  await round('warm-up', { ...order, mails: WARM_UP }, desk);
  await round('warm-up, replies', { ...order, mails: WARM_UP, replies: true }, desk);
  const rounds = [
    await round('new mail', order, desk),
    await round('reply', { ...order, replies: true }, desk),
    await round('one, waiting', { ...order, mails: Math.ceil(mails / 5), senders: 1, patient: true }, desk),
  ];
  const profiled: Profiled[] = [];
  if (profile)
    for (const replies of [false, true]) {
      const seen = await look([...threads.keys()]);
      const { name, cpuMsPerMail } = await round(replies ? 'reply' : 'new mail', { ...order, replies }, desk);
      profiled.push({ name, functions: cpuMsPerMail.functions, looks: await seen() });
    }
  Object.assign(memoryMB, { after: residentMB(), peak: Math.round(process.resourceUsage().maxRSS / 1024) });
  const engine = enginePid();
  const around: Around = {
    ...{ readyMs, memoryMB, threads: threads.size },
    enginePeakMB: engine === null ? null : Math.round(peakOf(engine) / 1024),
    mails: 2 * WARM_UP + rounds.reduce((sum, { mails }) => sum + mails, 0),
  };
  const parts = profiled.map(partsOf);
  if (json) console.log(JSON.stringify({ machine: here, ...around, rounds, parts }, null, 2));
  else {
    show(rounds, around);
    for (const each of profiled) showProfile(each);
  }
} finally {
  if (crowd.connected) crowd.disconnect();
  await desk?.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function round(name: string, order: Order, { webPort }: Desk): Promise<Round> {
  progress(`${name}: ${order.mails} mails …`);
  const metered = await readMeter();
  const engine = enginePid();
  const before = { engine: engine === null ? 0 : cpuOf(engine), byThread: await cpuByThread() };
  crowd.send(order);
  const { told } = await hear(crowd, 'answered');
  await quiet(webPort);
  const byThread = await cpuByThread();
  const perMail = (ms: number) => rounded(ms / order.mails, 1);
  const spent = Object.fromEntries(
    Object.entries(byThread).map(([name, ms]) => [name, ms - (before.byThread[name] ?? 0)]),
  );
  const { main = 0, beside = 0 } = spent;
  const engineMs = engine === null ? null : cpuOf(engine) - before.engine;
  return {
    name,
    mails: order.mails,
    acceptedPerSecond: rounded((order.mails * 1000) / told.acceptedIn, 1),
    answeredPerSecond: rounded((order.mails * 1000) / told.answeredIn, 1),
    latencyMs: { p50: Math.round(told.latency.p50), p90: Math.round(told.latency.p90) },
    cpuMsPerMail: {
      functions: perMail(sumOf(spent) - main - beside),
      beside: perMail(beside),
      services: perMail(main),
      engine: engineMs === null ? null : perMail(engineMs),
      all: perMail(sumOf(spent) + (engineMs ?? 0)),
    },
    cpuMsPerMailByThread: Object.fromEntries(Object.entries(spent).map(([name, ms]) => [name, perMail(ms)])),
    ...perMailOf(metered, await readMeter(), order.mails),
    deliveredPerMail: Object.fromEntries(
      Object.entries(told.delivered).map(([kind, count]) => [kind, rounded(count / order.mails, 2)]),
    ),
  };
}

type Answer = { listening: { relayPort: number }; answered: { told: Told } };

async function hear<W extends keyof Answer>(from: ChildProcess, word: W): Promise<Answer[W]> {
  const said = await Promise.race([
    once(from, 'message').then(([message]) => message as Word),
    once(from, 'exit').then(([code]): Word => ({ word: 'failed', why: `the crowd ended with ${code}` })),
  ]);
  if (said.word === word) return said as Word & Answer[W];
  throw new Error(said.word === 'failed' ? said.why : `the crowd says ${said.word} instead of ${word}`);
}

/** Watches, feedback and records follow after the last answer, and are part of what a mail costs. */
async function quiet(webPort: number): Promise<void> {
  for (let calm = 0; calm < 4; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const health = await fetch(`http://127.0.0.1:${webPort}/health`);
    const { busy } = (await health.json()) as { busy: boolean };
    calm = busy ? 0 : calm + 1;
  }
}

async function readMeter(): Promise<Reading> {
  return (await askEngine(await runningDesk(join(folder, 'data')), 'meter', 'ReadMeter', {})) as Reading;
}

function perMailOf(
  before: Reading,
  after: Reading,
  of: number,
): Pick<Round, 'callsPerMail' | 'unitsPerMail'> {
  const share = (now = 0, then = 0) => rounded((now - then) / of, 2);
  const calls = Object.entries(after.calls).map(
    ([name, count]) => [name, share(count, before.calls[name])] as const,
  );
  const units = Object.entries(after.by).map(([who, amounts]) => {
    const unit = (name: 'dynamodb-reads' | 'dynamodb-writes') => share(amounts[name], before.by[who]?.[name]);
    return [who, { reads: unit('dynamodb-reads'), writes: unit('dynamodb-writes') }] as const;
  });
  return {
    callsPerMail: Object.fromEntries(
      calls.filter(([, each]) => each > 0).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    unitsPerMail: Object.fromEntries(units.filter(([, { reads, writes }]) => reads + writes > 0)),
  };
}

/** Every thread of this process as Node announces it, with what it used when it was asked last; the desk names those of its functions. */
function watchThreads(): Map<Worker, { name: string; ms: number }> {
  const begun = new Map<Worker, { name: string; ms: number }>();
  subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker };
    begun.set(worker, { name: worker.threadName ?? 'unnamed', ms: 0 });
  });
  return begun;
}

/** Ms so far. The threads of one name are taken together. */
async function cpuByThread(): Promise<Record<string, number>> {
  const main = process.threadCpuUsage();
  const sums: Record<string, number> = { main: (main.user + main.system) / 1000 };
  for (const [worker, { name, ms }] of threads) {
    const used = await worker.cpuUsage().catch(() => null);
    // One that has ended cannot be asked any more: what it did since it was asked last is on account of Node.
    const now = used ? (used.user + used.system) / 1000 : ms;
    threads.set(worker, { name, ms: now });
    sums[name] = (sums[name] ?? 0) + now;
  }
  const { user, system } = process.cpuUsage();
  return { ...sums, beside: (user + system) / 1000 - sumOf(sums) };
}

function sumOf(times: Record<string, number>): number {
  return Object.values(times).reduce((sum, each) => sum + each, 0);
}

/** The process of DynamoDB's engine, which this one has begun. Null where there is no /proc, or the engine is somebody else's. */
function enginePid(): number | null {
  const isOurs = (pid: number): boolean => {
    const parent = statOf(pid)?.parent ?? 0;
    return parent === process.pid || (parent > 1 && isOurs(parent));
  };
  const names = existsSync('/proc') ? readdirSync('/proc') : [];
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.find((pid) => statOf(pid)?.command.startsWith('dynoxide') && isOurs(pid)) ?? null;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; null when the process has ended. */
function statOf(pid: number): { command: string; parent: number; cpuMs: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      command: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')),
      parent: Number(rest[1]),
      cpuMs: (Number(rest[11]) + Number(rest[12])) * TICK_MS,
    };
  } catch {
    return null;
  }
}

function cpuOf(pid: number): number {
  const stat = statOf(pid);
  if (!stat) throw new Error('the DynamoDB engine has ended');
  return stat.cpuMs;
}

/** KB of resident memory at most, so far. */
function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

function residentMB(): number {
  return Math.round(process.memoryUsage.rss() / 1_048_576);
}

function show(
  rounds: Round[],
  { readyMs, memoryMB: { ready, after, peak }, threads, enginePeakMB, mails }: Around,
): void {
  const row = (name: string, cell: (round: Round) => number | null) => [
    name,
    ...rounds.map((round) => String(cell(round) ?? '–')),
  ];
  const times = (name: string, of: (cpu: Round['cpuMsPerMail']) => number) =>
    row(name, ({ name, cpuMsPerMail }) =>
      rounded(CLASSIC[name === 'reply' ? name : 'new mail'] / of(cpuMsPerMail), 1),
    );
  const keys = (of: (round: Round) => object) =>
    [...new Set(rounds.flatMap((round) => Object.keys(of(round))))].sort();
  const titles = ['', ...rounds.map(({ name }) => name)];
  console.log(described(here));
  console.log(
    `ready in ${readyMs} ms; memory ${ready} MB when ready, ${after} MB after ${mails} mails with ${threads} threads, ${peak} MB at its peak; DynamoDB engine ${enginePeakMB ?? '–'} MB\n`,
  );
  console.log(
    table([
      titles,
      row('mails', ({ mails }) => mails),
      row('accepted by SMTP, a second', ({ acceptedPerSecond }) => acceptedPerSecond),
      row('the whole way, a second', ({ answeredPerSecond }) => answeredPerSecond),
      row('acceptance to acknowledgement, ms, p50', ({ latencyMs }) => latencyMs.p50),
      row('  p90', ({ latencyMs }) => latencyMs.p90),
      row('CPU of all, ms a mail', ({ cpuMsPerMail }) => cpuMsPerMail.all),
      row('  of the functions’ threads', ({ cpuMsPerMail }) => cpuMsPerMail.functions),
      ...keys(({ cpuMsPerMailByThread }) => cpuMsPerMailByThread)
        .filter((name) => name !== 'main' && name !== 'beside')
        .filter((name) => rounds.some(({ cpuMsPerMailByThread }) => cpuMsPerMailByThread[name]))
        .map((name) => row(`    ${name}`, ({ cpuMsPerMailByThread }) => cpuMsPerMailByThread[name] ?? 0)),
      row('  of Node beside all threads', ({ cpuMsPerMail }) => cpuMsPerMail.beside),
      row('  of the gateway and its services', ({ cpuMsPerMail }) => cpuMsPerMail.services),
      row('  of the DynamoDB engine', ({ cpuMsPerMail }) => cpuMsPerMail.engine),
      times('mails a CPU second beside a classic desk’s, by the functions', ({ functions }) => functions),
      times('  with what Node does beside', ({ functions, beside }) => functions + beside),
      times('  by all', ({ all }) => all),
    ]),
  );
  console.log('\nAWS calls a mail');
  console.log(
    table([
      titles,
      ...keys(({ callsPerMail }) => callsPerMail).map((key) =>
        row(key, ({ callsPerMail }) => callsPerMail[key] ?? 0),
      ),
    ]),
  );
  console.log('\nDynamoDB units a mail, read and written');
  console.log(
    table([
      titles,
      ...keys(({ unitsPerMail }) => unitsPerMail).flatMap((who) => [
        row(`${who}, read`, ({ unitsPerMail }) => unitsPerMail[who]?.reads ?? 0),
        row(`${who}, written`, ({ unitsPerMail }) => unitsPerMail[who]?.writes ?? 0),
      ]),
    ]),
  );
  console.log('\nMails out, for each that came in');
  console.log(
    table([
      titles,
      ...keys(({ deliveredPerMail }) => deliveredPerMail).map((kind) =>
        row(kind, ({ deliveredPerMail }) => deliveredPerMail[kind] ?? 0),
      ),
    ]),
  );
}

interface Profiled {
  name: string;
  /** Ms of CPU a mail, while it was looked at. */
  functions: number;
  looks: Looks;
}

/** Ms of CPU a mail. */
function partsOf({ name, functions, looks: { parts } }: Profiled): {
  name: string;
  parts: Record<string, number>;
} {
  const all = sumOf(parts);
  return {
    name,
    parts: Object.fromEntries(
      Object.entries(parts).map(([part, times]) => [part, rounded((functions * times) / all, 1)]),
    ),
  };
}

function showProfile(profiled: Profiled): void {
  const { looks, functions, name } = profiled;
  const { parts } = partsOf(profiled);
  const all = sumOf(looks.parts);
  const ms = (times: number) => String(rounded((functions * times) / all, 2));
  console.log(`\nWhere the functions’ time goes: ${name}, ms of CPU`);
  console.log(
    table([
      ['', 'all', ...Object.keys(looks.threads)],
      ...(Object.keys(PARTS) as Part[]).map((part) => [
        PARTS[part],
        String(parts[part]),
        ...Object.values(looks.threads).map((each) => ms(each[part])),
      ]),
    ]),
  );
  const places = Object.entries(looks.places).sort(([, a], [, b]) => b - a);
  console.log(`\n${table(places.slice(0, MOST_PLACES).map(([place, times]) => [place, ms(times)]))}`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
