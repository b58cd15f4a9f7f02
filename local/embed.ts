/**
 * A desk for tests and measurements: the same process that `npm start` begins, on ports of its own, to be looked at from
 * outside, ended in order or killed.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Running } from './desk.ts';
import type { SentMail } from './mailer.ts';

export interface DeskOptions {
  /** A new temporary folder when there is none. */
  dataDir?: string;
  speed?: number;
  /** Path of a desk.yaml. */
  config?: string;
  relay?: string;
  fresh?: boolean;
  /** Of another release's sources; this one's where there is none. */
  root?: string;
}

export interface EmbeddedDesk {
  dataDir: string;
  smtpPort: number;
  webUrl: string;
  /** Where the AWS APIs are, for clients with the access key id `admin`. */
  endpoint: string;
  region: string;
  outputs: Record<string, string>;
  /** Everything that went out so far, oldest first. */
  outbox(): Promise<OutboxMail[]>;
  /** Desk time, ISO 8601 UTC. */
  now(): Promise<string>;
  /** Resolves when no function runs and no queue, stream or returning mail asks for one. What waits for a time is quiet. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

export interface OutboxMail extends SentMail {
  raw: Buffer;
}

const LOOK_AGAIN_MS = 50;

/** Throws with the desk's own words when it does not come to be. */
export async function startDesk(options: DeskOptions = {}): Promise<EmbeddedDesk> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'desk-')));
  const start = join(options.root ?? join(import.meta.dirname, '..'), 'local', 'start.ts');
  const child = spawn(process.execPath, [start, ...flags(dataDir, options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that is broken off must not leave a desk behind.
  const abandon = () => child.kill('SIGKILL');
  process.once('exit', abandon);
  const ended = once(child, 'exit').then(() => void process.off('exit', abandon));
  await untilReady(child);

  const running = JSON.parse(await readFile(join(dataDir, 'running.json'), 'utf8')) as Running;
  const webUrl = `http://127.0.0.1:${running.webPort}`;
  const health = async () =>
    (await (await fetch(`${webUrl}/health`)).json()) as { ready: boolean; now: string; busy: boolean };
  const signal = async (name: NodeJS.Signals) => {
    child.kill(name);
    await ended;
  };
  return {
    dataDir,
    smtpPort: running.smtpPort,
    webUrl,
    endpoint: running.endpoint,
    region: running.region,
    outputs: running.outputs,
    outbox: () => readOutbox(dataDir),
    now: async () => (await health()).now,
    async quiet() {
      // Between an engine's answer and the next one's turn there is a moment in which nobody seems to work.
      for (let still = 0; still < 3; ) {
        still = (await health()).busy ? 0 : still + 1;
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    },
    stop: () => signal('SIGTERM'),
    kill: () => signal('SIGKILL'),
  };
}

function flags(dataDir: string, { speed, config, relay, fresh }: DeskOptions): string[] {
  return [
    ...['--data', dataDir, '--smtp-port', '0', '--web-port', '0', '--empty'],
    ...(speed === undefined ? [] : ['--speed', String(speed)]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(relay === undefined ? [] : ['--relay', relay]),
    ...(fresh ? ['--fresh'] : []),
  ];
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
    });
    child.stdout?.on('data', (data: Buffer) => {
      if (/^ready/m.test(data.toString())) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The desk ended with ${code}: ${said.trim()}`)));
  });
}

async function readOutbox(dataDir: string): Promise<OutboxMail[]> {
  const folder = join(dataDir, 'sent');
  // SES's ids begin with the time, and so do the names.
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => ({
      ...(JSON.parse(await readFile(join(folder, name), 'utf8')) as SentMail),
      raw: await readFile(join(folder, name.replace(/json$/, 'eml'))),
    })),
  );
}
