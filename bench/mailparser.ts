/** mailparser alone, in a process of its own: what it leaves is collected at its own cost, and nothing of ours lies in its memory. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';

/** `least`: what we need of it, and no more; `as it comes`: it also makes HTML and links of text, and text of HTML. */
export type Way = 'least' | 'as it comes';

const LEAST = { skipTextToHtml: true, skipTextLinks: true, skipHtmlToText: true, skipImageLinks: true };

export interface Alone {
  /** Ms of CPU for all of them once, as the mean of so many `times`. */
  parse(raw: readonly Buffer[], way: Way, times: number): Promise<number>;
  end(): void;
}

export function startAlone(): Alone {
  const child = fork(fileURLToPath(import.meta.url), ['alone'], { serialization: 'advanced' });
  return {
    async parse(raw, way, times) {
      child.send({ raw, way, times } satisfies Order);
      return answerOf(child);
    },
    end: () => void child.kill(),
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
  times: number;
}

async function parseAll({ raw, way, times }: Order): Promise<number> {
  const mails = raw.map((mail) => Buffer.from(mail));
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++)
    for (const mail of mails) await simpleParser(mail, way === 'least' ? LEAST : {});
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

if (process.argv[2] === 'alone')
  process.on('message', async (asked: Order) => process.send?.(await parseAll(asked)));
