/**
 * Whether a mail costs more when the table is larger.
 *
 * For each size a desk of its own on this laptop, whose table is filled with so many tickets (bench/filled.ts). Then the same
 * mails are written to each desk, one at a time, after some that warm it up; the desk's own meter says what they used, by
 * function: what comes by the clock or behind the mails (sweep, digests, reports, measures) is stated apart. At the end a day
 * goes by in half a minute.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTransport } from 'nodemailer';
import { runningDesk } from '../cli/connect.ts';
import { askEngine } from '../cli/engine.ts';
import type { Amounts } from '../core/insight/prices.ts';
import { startDesk } from '../local/desk.ts';
import { synthesize } from '../local/synthesize.ts';
import { described, machine, percentile, rounded, table } from './figures.ts';
import { fill, markOf } from './filled.ts';
import { flag, optionsOf, several, whole } from './options.ts';
import { cpuMs } from './processes.ts';
import { type Delivered, startRelay } from './relay.ts';

/**
 * Of several mails. Calls and units are those of the one that needed least: two functions race for some steps, and whoever
 * comes second finds them done. Times are in the middle.
 */
interface Used {
  calls: number;
  reads: number;
  writes: number;
  /** CPU of the desk and of the engine. */
  cpuMs: number;
  /** Until the answer was there. */
  ms: number;
  /** By call, in how many of the mails there was another number of them than in that one. */
  differs: Record<string, number>;
}

interface Size {
  tickets: number;
  filledIn: number;
  tableMB: number;
  mails: Record<string, Used>;
  /** By function: what follows the mails or comes by the clock, in units of reading and writing; of a day with its nights. */
  beside: Record<string, { calls: number; reads: number; writes: number }>;
}

const {
  tickets: sizes,
  mails: repeats,
  json,
} = optionsOf('Whether a mail costs more when the table is larger.', {
  tickets: several(whole('in the table of each desk that is measured', undefined), [100, 10_000]),
  mails: whole('of each kind, which are measured', 9),
  json: flag('print one JSON document'),
});
/** Until code is compiled, threads are there, and the answers of a minute are kept. */
const WARMING_UP = 3;
const PATIENCE_MS = 300_000;
/** A Monday morning, and just after a sweep: none comes while the table is filled past the engine, which would wait for it. */
const BEGIN = Date.parse('2026-03-02T09:05:00Z');
/** A day in 24 seconds. */
const A_DAY = { speed: 3600, ms: 24_000 };
/** They come by the clock, or count what has happened since they counted last. */
const BESIDE = /^(Sweep|SendDigests|SendReport|CountMeasures)/;
const FIGURES = ['calls', 'reads', 'writes', 'cpuMs', 'ms'] as const;
/** Once for each start of a function, and every five minutes. */
const BY_TIME = /^ssm:/;

const here = machine();
const measured: Size[] = [];
// The AWS clients of a process know one desk: each size has a process of its own.
for (const size of sizes) measured.push(sizes.length === 1 ? await measure(size) : await apart(size));
const ratios = Object.fromEntries(Object.keys(measured[0]?.mails ?? {}).map((kind) => [kind, ratioOf(kind)]));
if (json) console.log(JSON.stringify({ machine: here, sizes: measured, ratios }, null, 2));
else show();

async function apart(tickets: number): Promise<Size> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    import.meta.filename,
    ...['--tickets', String(tickets), '--mails', String(repeats), '--json'],
  ]);
  const [size] = (JSON.parse(stdout) as { sizes: Size[] }).sizes;
  if (!size) throw new Error(`nothing was measured with ${tickets} tickets`);
  return size;
}

async function measure(tickets: number): Promise<Size> {
  const dataDir = mkdtempSync(join(tmpdir(), 'replydesk-growth-'));
  const delivered: Delivered[] = [];
  const relay = await startRelay((mail) => void delivered.push(mail));
  const desk = await startDesk(
    {
      ...{ dataDir, fresh: true, smtpPort: 0, webPort: 0 },
      ...{ relay: relay.url, speed: 1, begin: BEGIN },
    },
    () => synthesize('desk.yaml', () => {}),
    (fault) => console.error(fault),
  );
  try {
    const began = performance.now();
    await fill(tickets, { endpoint: desk.endpoint, tableName: desk.outputs.TableName ?? '', dataDir });
    const filledIn = rounded((performance.now() - began) / 1000, 1);
    const running = await runningDesk(dataDir);
    const read = async () => (await askEngine(running, 'meter', 'ReadMeter', {})) as Reading;
    const quiet = () => calm(`http://127.0.0.1:${desk.webPort}/health`);
    const from = await read();
    const mails = await write({ smtpPort: desk.smtpPort, tickets, delivered, read, quiet });
    const counted = await read();
    await desk.setSpeed(A_DAY.speed);
    await new Promise((resolve) => setTimeout(resolve, A_DAY.ms));
    await desk.setSpeed(1);
    await quiet();
    const after = await read();
    const all = Object.keys(mails).length * (WARMING_UP + repeats);
    return {
      ...{ tickets, filledIn },
      tableMB: Math.round(statSync(join(dataDir, 'table.db')).size / 1e6),
      mails,
      beside: {
        [`CountMeasures, ${all} mails`]: totalOf(from, counted, /^CountMeasures/),
        'Sweep, one of a day': oneOf(totalOf(counted, after, /^Sweep/), sweepsIn(after) - sweepsIn(counted)),
        'SendDigests, a day': totalOf(counted, after, /^SendDigests/),
        'SendReport, a day': totalOf(counted, after, /^SendReport/),
      },
    };
  } finally {
    await desk.stop();
    relay.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Reading {
  by: Record<string, Amounts>;
  callsBy: Record<string, Record<string, number>>;
}

interface Place {
  smtpPort: number;
  tickets: number;
  delivered: Delivered[];
  read(): Promise<Reading>;
  quiet(): Promise<void>;
}

type Metered = Omit<Used, 'differs'> & { byCall: Record<string, number> };

/** Each kind so often, after those that warm up. Whoever writes is each time another. */
async function write({ smtpPort, tickets, delivered, read, quiet }: Place): Promise<Record<string, Used>> {
  const used = new Map<string, Metered[]>();
  const next = async (kind: string, to: string | null, from: number): Promise<Delivered> => {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause(5)) {
      const found = delivered.slice(from).find((each) => each.kind === kind && (to ?? each.to) === each.to);
      if (found) return found;
    }
    throw new Error(`waited for ${kind} to ${to}`);
  };
  const send = async (from: string, mail: object, isProven = false) => {
    const transport = createTransport({
      ...{ host: '127.0.0.1', port: smtpPort, ignoreTLS: true },
      ...(isProven ? { auth: { user: from, pass: 'any' } } : {}),
    });
    await transport.sendMail({ from, to: 'support@desk.example.test', ...mail });
    transport.close();
  };
  const answering = ({ replyTo, messageId, subject }: Delivered, text: string) => {
    return { to: replyTo, subject: `Re: ${subject}`, text, inReplyTo: `<${messageId}>` };
  };
  for (let n = 0; n < WARMING_UP + repeats; n++) {
    const from = `person${n}@customers.example.org`;
    const meter = async (kind: string, work: () => Promise<void>, answer: string, to: string | null) => {
      await quiet();
      const [before, cpu] = [await read(), taken()];
      const [begin, mark] = [performance.now(), delivered.length];
      await work();
      const found = await next(answer, to, mark);
      const ms = performance.now() - begin;
      await quiet();
      const one = { ...between(before, await read()), cpuMs: taken() - cpu, ms };
      if (n >= WARMING_UP) used.set(kind, [...(used.get(kind) ?? []), one]);
      return found;
    };
    const mark = delivered.length;
    const subject = `Laptop ${n}`;
    const acknowledged = await meter(
      'new mail',
      () => send(from, { subject, text: `My laptop ${n} does not start any more.` }),
      ...(['acknowledgement', from] as const),
    );
    const assigned = await next('assignment', null, mark);
    const agent = assigned.to;
    await meter(
      'reply',
      () => send(from, answering(acknowledged, 'It makes a noise as well.')),
      ...(['requester-message', agent] as const),
    );
    await meter(
      'command',
      () => send(agent, answering(assigned, '#priority P2'), true),
      ...(['transcript', agent] as const),
    );
    const { number, requester } = markOf(Math.min(n * 7, tickets - 5));
    for (const [kind, words] of [
      ['#find a word that all have', 'printer'],
      ['#find a word that one has', number],
      ['#find a requester', requester],
    ] as const)
      await meter(
        kind,
        () => send(agent, { subject: 'Find', text: `#find ${words}` }, true),
        ...(['transcript', agent] as const),
      );
  }
  return Object.fromEntries([...used].map(([kind, all]) => [kind, summedUp(all)]));
}

function summedUp(all: readonly Metered[]): Used {
  const least = [...all].sort((a, b) => a.calls - b.calls || a.writes - b.writes)[0] as Metered;
  const names = [...new Set(all.flatMap(({ byCall }) => Object.keys(byCall)))];
  const differs = names.flatMap((name) => {
    const others = all.filter(({ byCall }) => byCall[name] !== least.byCall[name]).length;
    return others > 0 ? [[name, others] as const] : [];
  });
  const middle = (values: readonly number[]) => Math.round(percentile(values, 0.5));
  return {
    calls: least.calls,
    reads: Math.min(...all.map(({ reads }) => reads)),
    writes: Math.min(...all.map(({ writes }) => writes)),
    cpuMs: middle(all.map((each) => each.cpuMs)),
    ms: middle(all.map(({ ms }) => ms)),
    differs: Object.fromEntries(differs),
  };
}

/** What the functions used that the mail itself calls. */
function between(before: Reading, after: Reading): Omit<Metered, 'cpuMs' | 'ms'> {
  const byCall: Record<string, number> = {};
  for (const [who, calls] of Object.entries(after.callsBy))
    for (const [name, count] of Object.entries(calls)) {
      const more = count - (before.callsBy[who]?.[name] ?? 0);
      if (more > 0 && isMails(who) && !BY_TIME.test(name))
        byCall[`${who.replace(/Function.*$|[0-9A-F]{8}$/, '')} ${name}`] = more;
    }
  return {
    byCall,
    calls: Object.values(byCall).reduce((sum, count) => sum + count, 0),
    ...unitsOf(before, after, isMails),
  };
}

/** What AWS's services do by themselves is no function's call. */
function isMails(who: string): boolean {
  return /^[A-Z]/.test(who) && !BESIDE.test(who);
}

function unitsOf(before: Reading, after: Reading, is: (who: string) => boolean) {
  const units = (unit: 'dynamodb-reads' | 'dynamodb-writes') =>
    Object.entries(after.by)
      .filter(([who]) => is(who))
      .reduce((sum, [who, amounts]) => sum + (amounts[unit] ?? 0) - (before.by[who]?.[unit] ?? 0), 0);
  return { reads: units('dynamodb-reads'), writes: units('dynamodb-writes') };
}

function totalOf(before: Reading, after: Reading, whose: RegExp) {
  const is = (who: string) => whose.test(who);
  const count = ({ callsBy }: Reading) =>
    Object.entries(callsBy)
      .filter(([who]) => is(who))
      .flatMap(([, calls]) => Object.values(calls))
      .reduce((sum, each) => sum + each, 0);
  return { calls: count(after) - count(before), ...unitsOf(before, after, is) };
}

/** Each asks once what SES has left for the day. */
function sweepsIn({ callsBy }: Reading): number {
  return Object.entries(callsBy).find(([who]) => who.startsWith('Sweep'))?.[1]['ses:GetSendQuota'] ?? 0;
}

function oneOf({ calls, reads, writes }: ReturnType<typeof totalOf>, count: number) {
  const share = (of: number) => rounded(of / (count || 1), 1);
  return { calls: share(calls), reads: share(reads), writes: share(writes) };
}

/** Of this process, in which the desk runs, and of the engine. */
function taken(): number {
  const { desk, engine } = cpuMs(process.pid);
  return desk + engine;
}

async function calm(url: string): Promise<void> {
  for (let still = 0; still < 4; await pause(50))
    still = ((await (await fetch(url)).json()) as { busy: boolean }).busy ? 0 : still + 1;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Of the largest to the smallest; 1 where neither used any. */
function ratioOf(kind: string): Record<(typeof FIGURES)[number], number> {
  const [first, last] = [measured[0], measured.at(-1)].map((size) => size?.mails[kind]);
  const of = (name: (typeof FIGURES)[number]) => rounded((last?.[name] ?? 0) / (first?.[name] || 1), 2) || 1;
  return {
    calls: of('calls'),
    reads: of('reads'),
    writes: of('writes'),
    cpuMs: of('cpuMs'),
    ms: of('ms'),
  };
}

function show(): void {
  const titles = ['', 'calls', 'read units', 'write units', 'CPU ms', 'ms'];
  console.log(described(here));
  for (const { tickets, filledIn, tableMB, mails, beside } of measured) {
    console.log(`\n${tickets} tickets, filled in in ${filledIn} s; the table has ${tableMB} MB`);
    console.log(
      table([
        titles,
        ...Object.entries(mails).map(([kind, used]) => [kind, ...FIGURES.map((name) => String(used[name]))]),
        ...Object.entries(beside).map(([who, { calls, reads, writes }]) => [
          who,
          ...[calls, reads, writes].map(String),
          ...['', ''],
        ]),
      ]),
    );
    for (const [kind, { differs }] of Object.entries(mails))
      for (const [call, count] of Object.entries(differs))
        console.log(`  ${kind}: another number of ${call} in ${count} of ${repeats}`);
  }
  console.log('\nThe largest to the smallest');
  console.log(
    table([
      titles,
      ...Object.entries(ratios).map(([kind, ratio]) => [kind, ...FIGURES.map((name) => String(ratio[name]))]),
    ]),
  );
}
