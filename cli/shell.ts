/** What every command has at hand: the desk that it is for, and the one way of printing, refusing and showing progress. */
import { readFile } from 'node:fs/promises';
import { type Command, CommanderError } from 'commander';
import type { Desk } from '../core/config/desk.ts';
import { connect, type DeskConnection, type Where } from './connect.ts';
import { Refused } from './refused.ts';

export interface Shell {
  where(): Where;
  desk(): Promise<DeskConnection>;
  /** Of this file; else what the running desk runs with; else desk.yaml. */
  configuration(file: string | undefined): Promise<Desk>;
  /** One JSON document with `--json`, the words without. */
  print(document: unknown, words: () => string): void;
}

export function shellOf(program: Command): Shell {
  const where = () => program.opts<Where & { json?: true }>();
  return {
    where,
    desk: () => connect(where()),
    configuration: async (file) => {
      const running = file ? null : await runningConfig(where());
      if (running) return running;
      const { readDesk } = await import('./config.ts');
      return (await readDesk(file ?? 'desk.yaml')).desk;
    },
    print: (document, words) => {
      process.stdout.write(`${where().json ? escaped(JSON.stringify(document)) : harmless(words())}\n`);
    },
  };
}

/**
 * What people wrote, for a terminal: no character that would move its cursor, colour it, name its window, write into its
 * clipboard, or turn what follows around. Lines and tabs stay.
 */
export function harmless(text: string): string {
  return text.replace(UNSHOWN, '\u{fffd}');
}

/** In JSON they may stand as they are; a terminal would obey them all the same. */
function escaped(json: string): string {
  return json.replace(UNSHOWN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const UNSHOWN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** What the running desk runs with, whatever became of its file since. */
async function runningConfig(where: Where): Promise<Desk | null> {
  if (where.stack) return null;
  try {
    const { deskFile } = await connect(where);
    return deskFile ? JSON.parse(await readFile(deskFile, 'utf8')) : null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** The value of `--limit`. */
export function atMost(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new CommanderError(
      2,
      'desk.limit',
      `error: --limit is «${text}»; allowed is a whole number from 1 to 10000`,
    );
  return number;
}

/** The value of `--days`. */
export function days(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 3_650) return number;
  throw new CommanderError(
    2,
    'desk.days',
    `error: --days is «${text}»; allowed is a whole number from 1 to 3650`,
  );
}

/** On a terminal, a line that is written over; nothing elsewhere. */
export function progress(what: string): (done: number, all: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done, all) => {
    if (done === all) process.stderr.write('\r\u001b[K');
    else if (done % 25 === 0) process.stderr.write(`\r${what} ${done} of ${all}`);
  };
}

/** The same where nobody knows how many there are. */
export function counting(what: string): (done: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done) => {
    if (done % 25 === 0) process.stderr.write(`\r${what} ${done}\r`);
  };
}

/** Ten lines while something takes long; on a terminal, one that is written over. */
export function percent(what: string): (share: number) => void {
  let shown = 0;
  return (share) => {
    const tenths = Math.floor(share * 10 + 1e-9);
    if (tenths === shown) return;
    shown = tenths;
    const ends = tenths === 10 ? '\r\u001b[K' : '';
    process.stderr.write(
      process.stderr.isTTY ? ends || `\r${what} ${tenths * 10} %` : `${what} ${tenths * 10} %\n`,
    );
  };
}

/** On a terminal, what is waited for while it lasts; nothing elsewhere. */
export async function waitingFor<T>(what: string, work: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work;
  process.stderr.write(`${what} …`);
  return work.finally(() => process.stderr.write('\r\u001b[K'));
}
