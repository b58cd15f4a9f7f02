/**
 * mailparser alone, in processes of its own: what it leaves is collected at its own cost, and nothing of ours lies in its memory.
 * There are several, and none of them reads a mail twice, since each hundred mails more make the next one cheaper for a long while.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';
import { mean } from './figures.ts';

/** `least`: what we need of it, and no more; `as it comes`: it also makes HTML and links of text, and text of HTML. */
export type Way = 'least' | 'as it comes';

const LEAST = { skipTextToHtml: true, skipTextLinks: true, skipHtmlToText: true, skipImageLinks: true };

export interface Alone {
  /** Ms of CPU for all of them once: the mean of the processes, one after another. */
  parse(raw: readonly Buffer[]): Promise<number>;
  end(): void;
}

export function startAlone(way: Way, processes: number): Alone {
  const children = Array.from({ length: processes }, () =>
    fork(fileURLToPath(import.meta.url), ['alone'], { serialization: 'advanced' }),
  );
  return {
    async parse(raw) {
      const took: number[] = [];
      for (const child of children) {
        child.send({ raw, way } satisfies Order);
        took.push(await answerOf(child));
      }
      return mean(took);
    },
    end() {
      for (const child of children) child.kill();
    },
  };
}

async function answerOf(child: ChildProcess): Promise<number> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', ended).then(([ms]) => ms as number),
      once(child, 'exit', ended).then(([code]) => {
        throw new Error(`mailparser’s process ended with ${code}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

interface Order {
  raw: readonly Uint8Array[];
  way: Way;
}

async function parseAll({ raw, way }: Order): Promise<number> {
  const mails = raw.map((mail) => Buffer.from(mail));
  const before = process.cpuUsage();
  for (const mail of mails) await simpleParser(mail, way === 'least' ? LEAST : {});
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

if (process.argv[2] === 'alone')
  process.on('message', async (asked: Order) => process.send?.(await parseAll(asked)));
