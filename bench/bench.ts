/**
 * What a mail costs, and whether it is within its bounds. Each topic runs in a process of its own, one after the other, as it
 * does when it is called by itself. Ends with 1 when a bound does not hold.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSIC, described, MOST_OF_MAILPARSER, machine, rounded, table } from './figures.ts';
import { flag, oneOf, optionsOf, several, text } from './options.ts';

const TOPICS = ['floor', 'speed', 'bundles', 'way', 'growth'] as const;
type Topic = (typeof TOPICS)[number] | 'load';
/** Imports are measured with the bundles that are imported. */
const NAMES = [...TOPICS, 'imports', 'load'] as const;

interface Bound {
  what: string;
  measured: number;
  /** At most, or at least. */
  bound: string;
  holds: boolean;
  /** Else it is said, and no reason to end with 1. */
  counts: boolean;
}

const { only, out, ...more } = optionsOf('What a mail costs, and whether it is within its bounds.', {
  only: several(oneOf('only these', NAMES), TOPICS),
  'growth-large': flag('fill a table with 200,000 tickets as well'),
  load: flag('ten minutes of mail and a burst of 5,000 as well'),
  out: text('<file>', 'write all figures as JSON'),
});
const wanted: Topic[] = [...only, ...(more.load ? (['load'] as const) : [])].map((name) =>
  name === 'imports' ? 'bundles' : name,
);
const ARGUMENTS: Record<Topic, string[]> = {
  floor: [],
  speed: [],
  bundles: ['--handlers', '--rounds', '5'],
  way: ['--mails', '200'],
  growth: ['--tickets', more['growth-large'] ? '100,10000,200000' : '100,2000'],
  load: [],
};

const here = machine();
const figures: Partial<Record<Topic, Figures>> = {};
for (const topic of wanted) figures[topic] ??= await run(topic);
const bounds = boundsOf(figures);

console.log(described(here));
console.log(
  table([
    ['', 'measured', 'bound', ''],
    ...bounds.map(({ what, measured, bound, holds, counts }) => [
      what,
      String(measured),
      bound,
      bound === '' ? '' : `${holds ? 'holds' : 'does not hold'}${counts ? '' : ', does not count'}`,
    ]),
  ]),
);
if (out) writeFileSync(out, `${JSON.stringify({ machine: here, bounds, ...figures }, null, 2)}\n`);
if (bounds.some(({ holds, counts }) => counts && !holds)) process.exitCode = 1;

interface Figures {
  kinds?: {
    name: string;
    mailparserMs: number;
    ownMs: number;
    ratio: number;
    isStored: boolean;
    tickets: number;
  }[];
  bundles?: { name: string; atOnceKB: number; importMs: number }[];
  rounds?: {
    name: string;
    cpuMsPerMail: { functions: number; beside: number; services: number; engine: number | null; all: number };
  }[];
  ratios?: Record<string, { calls: number; reads: number; writes: number }>;
  node?: { startMs: number };
  engine?: { ms: number; cpuMs: number } | null;
  call?: { bareMs: number; sdkMs: number };
  undisposed?: number;
  left?: Record<string, number>;
  deadlines?: { late: number; unseen: number };
  memory?: { growth: number };
}

function run(topic: Topic): Promise<Figures> {
  process.stderr.write(`${topic} …\n`);
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, `${topic}.ts`), '--json', ...ARGUMENTS[topic]],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(said) as Figures);
      else reject(new Error(`${topic} ended with ${code}`));
    });
  });
}

function boundsOf({ floor, speed, bundles, way, growth, load }: typeof figures): Bound[] {
  const bounds: Bound[] = [];
  const atMost = (what: string, measured: number, most: number, unit = '', counts = true) =>
    void bounds.push({ what, measured, bound: `at most ${most}${unit}`, holds: measured <= most, counts });
  if (floor?.node) note(bounds, 'floor: bare Node, ms', floor.node.startMs);
  if (floor?.engine) note(bounds, 'floor: the engine alone, ms of CPU a transaction', floor.engine.cpuMs);
  if (floor?.call) {
    note(bounds, 'floor: a call by bare Node, ms of CPU', floor.call.bareMs);
    note(bounds, 'floor: the same by the AWS SDK', floor.call.sdkMs);
  }
  for (const { name, mailparserMs, ratio, ownMs, isStored, tickets } of speed?.kinds ?? []) {
    note(bounds, `floor: mailparser alone, ms, ${name}`, mailparserMs);
    note(bounds, `our own code, ms, ${name}`, ownMs);
    const what = `our own code to mailparser, ${name}`;
    if (tickets === 1) atMost(what, ratio, MOST_OF_MAILPARSER, ' ×', isStored);
    else {
      note(bounds, `${what}, ×`, ratio);
      atMost(`${what}, for each`, rounded(ratio / tickets, 1), MOST_OF_MAILPARSER, ' ×', isStored);
    }
  }
  for (const { name, atOnceKB, importMs } of bundles?.bundles ?? []) {
    const isInbound = name === 'receive-email';
    atMost(`bundle of ${name}, kB`, atOnceKB, isInbound ? 1_600 : 700);
    atMost(`import of ${name}, ms`, importMs, isInbound ? 150 : 90);
  }
  for (const name of ['new mail', 'reply'] as const) {
    const cpu = way?.rounds?.find((round) => round.name === name)?.cpuMsPerMail;
    if (!cpu) continue;
    const { functions, beside, services, engine, all } = cpu;
    const own = speed?.kinds?.find((kind) => kind.name === name)?.ownMs;
    const times = (ms: number) => rounded(CLASSIC[name] / ms, 1);
    note(bounds, `functions’ threads with the SDK, ms of CPU, ${name}`, functions);
    if (own) note(bounds, '  of it the SDK, Node’s HTTP and the log', rounded(functions - own, 1));
    note(bounds, '  beside all threads, Node', beside);
    note(bounds, '  emulated AWS: the services', services);
    if (engine !== null) note(bounds, '  emulated AWS: the DynamoDB engine', engine);
    note(bounds, `mails a CPU second beside a classic desk’s, all on this machine, ${name}, ×`, times(all));
    bounds.push({
      what: `mails a CPU second beside a classic desk’s, the functions, ${name}`,
      measured: times(functions),
      bound: 'at least 15 ×',
      holds: times(functions) >= 15,
      counts: true,
    });
  }
  for (const [kind, { calls, reads, writes }] of Object.entries(growth?.ratios ?? {}))
    for (const [what, ratio] of Object.entries({ calls, reads, writes }))
      atMost(`growth of ${what}, ${kind}`, ratio, 1.05, ' ×');
  if (load?.deadlines && load.memory) {
    atMost('mails without one disposition', load.undisposed ?? Number.NaN, 0);
    atMost(
      'left in queues',
      Object.values(load.left ?? {}).reduce((sum, each) => sum + each, 0),
      0,
    );
    atMost('deadlines late or never seen', load.deadlines.late + load.deadlines.unseen, 0);
    atMost('memory, last third to middle', load.memory.growth, 1.1, ' ×');
  }
  return bounds;
}

/** What has no bound of its own, and others are measured against. */
function note(bounds: Bound[], what: string, measured: number): void {
  bounds.push({ what, measured, bound: '', holds: true, counts: false });
}
