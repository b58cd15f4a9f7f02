/**
 * How long a newcomer waits: from `git clone` to `ready`, with the seconds at which each line appeared; then Ctrl-C, and
 * whether anything is left running. Needs Linux, with git, npm and `script` (util-linux), which gives the desk a terminal, so
 * that Ctrl-C is a real one. Exits with 1 when the desk did not come up or go down.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { described, machine, rounded, table } from './figures.ts';
import { argument, flag, optionsOf } from './options.ts';

interface Stage {
  /** Since `git clone` was begun. */
  seconds: number;
  line: string;
}

interface Start {
  source: string;
  commit: string;
  cold: boolean;
  /** What the newcomer has, unlike this program. */
  node: string;
  npm: string;
  clonedSeconds: number;
  stages: Stage[];
  readySeconds: number;
  /** From Ctrl-C until nothing runs any more. */
  stopSeconds: number;
  /** npm's own: 130 after Ctrl-C. */
  exitCode: number | null;
  /** Command lines of what still runs then. */
  left: string[];
}

/** Far more than a slow network needs. */
const PATIENCE_MS = 20 * 60_000;
const STOP_PATIENCE_MS = 30_000;
const CTRL_C = '\x03';

const {
  source: [source = join(import.meta.dirname, '..')],
  cold,
  json,
} = optionsOf(
  'How long a newcomer waits, from git clone to ready; and whether Ctrl-C leaves anything behind.',
  {
    source: argument('[source]', 'a URL or a path of git; else this repository as it was last committed'),
    cold: flag('begin with an empty cache of npm; else with the machine’s own'),
    json: flag('print one JSON document'),
  },
);
const here = machine();
const folder = mkdtempSync(join(tmpdir(), 'replydesk-bench-'));
// Inherited by everything that the desk starts, whatever process group it moves to.
const mark = `REPLYDESK_BENCH=${randomUUID()}`;
process.once('exit', () => {
  for (const pid of marked()) kill(pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const start = await run();
if (json) console.log(JSON.stringify({ machine: here, ...start }, null, 2));
else show(start);
if (start.left.length > 0 || start.exitCode === null) process.exitCode = 1;

async function run(): Promise<Start> {
  const env = newcomersEnvironment();
  const say = (command: string, args: string[], cwd = folder) =>
    execFileSync(command, args, { env, cwd, encoding: 'utf8' }).trim();
  const clone = join(folder, 'clone');
  const began = performance.now();
  const seconds = () => rounded((performance.now() - began) / 1000, 2);
  say('git', ['clone', '--quiet', source, clone]);
  const clonedSeconds = seconds();

  const options = `--empty --fresh --data ${join(folder, 'data')} --smtp-port 0 --web-port 0`;
  const terminal = spawn('script', ['-qefc', `npm start -- ${options}`, '/dev/null'], {
    cwd: clone,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(terminal, 'exit').then(([code]) => code as number | null);
  const stages: Stage[] = [];
  const readySeconds = await Promise.race([
    untilReady(terminal, stages, seconds),
    ended.then((code) => {
      throw new Error(
        `the desk ended with ${code} before it was ready:\n${stages.map(({ line }) => line).join('\n')}`,
      );
    }),
    later(PATIENCE_MS, null, { ref: false }).then(() => {
      throw new Error(`the desk is not ready after ${PATIENCE_MS / 60_000} minutes`);
    }),
  ]);

  const stopping = performance.now();
  terminal.stdin.write(CTRL_C);
  const exitCode = await Promise.race([ended, later(STOP_PATIENCE_MS, null, { ref: false })]);
  // npm leaves at once; what it ran is not done by then.
  while (marked().length > 0 && performance.now() - stopping < STOP_PATIENCE_MS) await later(20);
  const stopSeconds = rounded((performance.now() - stopping) / 1000, 2);
  return {
    source,
    commit: say('git', ['rev-parse', '--short', 'HEAD'], clone),
    cold,
    node: say('node', ['--version']),
    npm: say('npm', ['--version']),
    clonedSeconds,
    stages,
    readySeconds,
    stopSeconds,
    exitCode,
    left: marked().map(commandLine),
  };
}

/** As in a shell of the machine: without the Node of this repository, nor what an `npm run` around us has set. */
function newcomersEnvironment(): NodeJS.ProcessEnv {
  const [name = '', value] = mark.split('=');
  const own = Object.entries(process.env).filter(
    ([variable]) => !/^(npm_|node_options$|init_cwd$)/i.test(variable),
  );
  return {
    ...Object.fromEntries(own),
    PATH: (process.env.PATH ?? '')
      .split(delimiter)
      .filter((path) => !path.includes('node_modules'))
      .join(delimiter),
    // Only npm's spinner, which would come between the lines.
    npm_config_progress: 'false',
    ...(cold ? { npm_config_cache: join(folder, 'cache') } : {}),
    [name]: value,
  };
}

/** Seconds at which both have happened: a line that begins with `ready`, and /health says so too. */
async function untilReady(terminal: ChildProcess, stages: Stage[], seconds: () => number): Promise<number> {
  const port = await new Promise<string>((resolve) => {
    let rest = '';
    terminal.stdout?.on('data', (data: Buffer) => {
      const lines = stripVTControlCharacters(rest + data.toString()).split(/[\r\n]+/);
      rest = lines.pop() ?? '';
      for (const line of lines.map((each) => each.trim()).filter((each) => each !== '')) {
        stages.push({ seconds: seconds(), line });
        process.stderr.write(`${line}\n`);
        if (line.startsWith('ready')) resolve(/http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? '');
      }
    });
  });
  for (;;) {
    const health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (health?.ok && ((await health.json()) as { ready: boolean }).ready) return seconds();
    await later(20);
  }
}

/** Processes that carry our mark in their environment. */
function marked(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => read(pid, 'environ').split('\0').includes(mark));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function commandLine(pid: number): string {
  return read(pid, 'cmdline').replaceAll('\0', ' ').trim();
}

/** Empty for a process that is gone or somebody else's. */
function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
}

function show(measured: Start): void {
  console.log(described(here));
  console.log(
    `${measured.source} at ${measured.commit}, set up by Node ${measured.node} and npm ${measured.npm}, ${measured.cold ? 'empty' : 'usual'} npm cache\n`,
  );
  const row = (at: number, what: string) => [what, at.toFixed(2)];
  console.log(
    table([
      ['', 'seconds'],
      row(measured.clonedSeconds, 'cloned'),
      ...measured.stages.map(({ seconds, line }) => row(seconds, line)),
      row(measured.readySeconds, '/health says ready'),
      row(measured.stopSeconds, 'from Ctrl-C until nothing runs'),
    ]),
  );
  console.log(`\nended with ${measured.exitCode ?? 'nothing: it still runs'}`);
  console.log(
    measured.left.length === 0 ? 'no process is left' : `left running:\n  ${measured.left.join('\n  ')}`,
  );
}
