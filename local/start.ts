/** `npm start`: the desk on a laptop, until Ctrl-C. */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { DeskSetting } from './desk.ts';
import { startDesk } from './desk.ts';
import { DeskFault } from './fault.ts';
import { relayAddress } from './relay.ts';
import type { Stage } from './sample-day.ts';
import { synthesize } from './synthesize.ts';

const USAGE = `usage: npm start -- [options]
  --smtp-port N     where mail comes in (2525)
  --web-port N      the mailbox page (8025)
  --data DIR        where everything is kept (.desk)
  --fresh           forget what is kept there
  --config FILE     another desk.yaml
  --empty           begin with an empty desk
  --relay smtp://HOST:PORT   deliver every outgoing mail there as well
  --speed N         let N seconds pass in each (1)
`;

async function main(): Promise<number> {
  const read = readOptions(process.argv.slice(2));
  if ('problem' in read) {
    process.stderr.write(read.problem === '' ? USAGE : `${read.problem}\n\n${USAGE}`);
    return read.problem === '' ? 0 : 2;
  }
  const { setting, config } = read;
  const complain = (line: string) => process.stderr.write(`${line}\n`);
  const progress = (line: string) => process.stdout.write(`${line}\n`);
  const ended = untilSignal();
  try {
    progress('starting the desk …');
    const starting = startDesk(setting, () => synthesize(config, progress), complain);
    const desk = await Promise.race([ended, starting]);
    // What has been begun is kept as after a kill, and the engine goes with this process.
    if (desk === null) process.exit(0);
    progress(
      `ready  mail to smtp://127.0.0.1:${desk.smtpPort}  mailboxes at http://127.0.0.1:${desk.webPort}  desk time ${desk.now()}`,
    );
    const evening = new AbortController();
    const { signal } = evening;
    const day = read.empty
      ? Promise.resolve()
      : playDay({ desk, setting, config, paper: process.stdout, signal }).catch((error) =>
          complain(`The sample day broke off: ${(error as Error).message}`),
        );
    const fault = await Promise.race([ended, desk.failed]);
    evening.abort();
    await day;
    await desk.stop();
    if (!fault) return 0;
    throw fault;
  } catch (error) {
    if (!(error instanceof DeskFault)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Loaded when it is played: it reads mail, which the desk itself leaves to its functions. */
async function playDay(stage: Stage): Promise<void> {
  const { playSampleDay } = await import('./sample-day.ts');
  await playSampleDay(stage);
}

/** The first signal ends the desk in order; whoever is impatient sends another one. */
function untilSignal(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve(null);
        process.once(signal, () => process.exit(1));
      });
    }
  });
}

/** An empty problem asks for help. */
export function readOptions(
  args: string[],
): { setting: DeskSetting; config: string; empty: boolean } | { problem: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  if (values.help) return { problem: '' };
  const port = (option: 'smtp-port' | 'web-port', usual: number) =>
    values[option] === undefined
      ? usual
      : /^\d{1,5}$/.test(values[option])
        ? Number(values[option])
        : Number.NaN;
  const smtpPort = port('smtp-port', 2525);
  const webPort = port('web-port', 8025);
  for (const [option, value] of [
    ['--smtp-port', smtpPort],
    ['--web-port', webPort],
  ] as const) {
    if (!(value <= 65_535)) return { problem: `${option} takes a port from 0 to 65535.` };
  }
  const speed = Number(values.speed ?? 1);
  if (!(speed > 0 && speed <= 1_000_000))
    return { problem: `--speed takes a number above 0 and up to a million, not ${values.speed}.` };
  if (values.relay !== undefined) {
    try {
      relayAddress(values.relay);
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }
  return {
    config: resolve(values.config ?? 'desk.yaml'),
    empty: values.empty === true,
    setting: {
      dataDir: resolve(values.data ?? '.desk'),
      fresh: values.fresh === true,
      smtpPort,
      webPort,
      relay: values.relay ?? null,
      speed,
    },
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  return parseArgs({
    args,
    strict: true,
    options: {
      'smtp-port': text,
      'web-port': text,
      data: text,
      fresh: flag,
      config: text,
      empty: flag,
      relay: text,
      speed: text,
      help: flag,
    },
  }).values;
}

if (import.meta.main) process.exitCode = await main();
