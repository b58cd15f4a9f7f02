/**
 * Delivers every outgoing mail to one SMTP server as well, one recipient at a time and the octets as they were sent.
 * What waits for it is kept; a relay that is down is tried again and holds up nothing else.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { DeskFault } from './fault.ts';
import type { State } from './state.ts';

export interface Relay {
  add(id: string, recipients: string[]): void;
  stop(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const AT_ONCE = 3;

/** `url` is `smtp://host:port`, null when there is no relay. Throws DeskFault when it is neither. */
export function startRelay(
  state: State,
  dataDir: string,
  url: string | null,
  report: (fault: unknown) => void,
): Relay {
  state.db.exec(
    'CREATE TABLE IF NOT EXISTS relayed (id TEXT NOT NULL, recipient TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, after INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id, recipient)) STRICT',
  );
  if (url === null) return { add() {}, stop() {} };
  const { host, port } = relayAddress(url);
  const sql = {
    insert: state.db.prepare('INSERT INTO relayed (id, recipient) VALUES (?, ?)'),
    due: state.db.prepare('SELECT id, recipient, attempts FROM relayed WHERE after <= ? ORDER BY id LIMIT ?'),
    next: state.db.prepare('SELECT min(after) AS at FROM relayed'),
    done: state.db.prepare('DELETE FROM relayed WHERE id = ? AND recipient = ?'),
    later: state.db.prepare(
      'UPDATE relayed SET attempts = attempts + 1, after = ? WHERE id = ? AND recipient = ?',
    ),
  };
  const transport = createTransport({
    host,
    port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: AT_ONCE,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    socketTimeout: 30_000,
  });
  let timer: NodeJS.Timeout | undefined;
  let working = false;
  let stopped = false;
  let down = 0;

  const deliver = async ({
    id,
    recipient,
    attempts,
  }: {
    id: string;
    recipient: string;
    attempts: number;
  }): Promise<void> => {
    const source = JSON.parse(await readFile(join(dataDir, 'sent', `${id}.json`), 'utf8')) as {
      source: string;
    };
    try {
      await transport.sendMail({
        envelope: { from: source.source, to: [recipient] },
        raw: await readFile(join(dataDir, 'sent', `${id}.eml`)),
      });
      if (!stopped) sql.done.run(id, recipient);
      down = 0;
    } catch (error) {
      if (stopped) return;
      const { responseCode = 0, message } = error as Error & { responseCode?: number };
      if (responseCode >= 500) {
        report(new Error(`The relay refuses ${recipient} for good: ${message}`));
        sql.done.run(id, recipient);
        return;
      }
      if (responseCode === 0 && down++ === 0)
        report(new Error(`The relay ${host}:${port} cannot be reached and will be tried again: ${message}`));
      sql.later.run(Date.now() + Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS), id, recipient);
    }
  };

  const work = async () => {
    clearTimeout(timer);
    if (working || stopped) return;
    working = true;
    try {
      for (
        let due = sql.due.all(Date.now(), AT_ONCE);
        due.length > 0 && !stopped;
        due = sql.due.all(Date.now(), AT_ONCE)
      ) {
        await Promise.all(
          (due as unknown as { id: string; recipient: string; attempts: number }[]).map(deliver),
        );
      }
    } catch (error) {
      report(error);
    } finally {
      working = false;
    }
    if (stopped) return;
    const at = sql.next.get()?.at;
    if (at !== null && at !== undefined)
      timer = setTimeout(() => void work(), Math.max(100, Number(at) - Date.now()));
  };
  setImmediate(() => void work());

  return {
    add(id, recipients) {
      for (const recipient of recipients) sql.insert.run(id, recipient);
      setImmediate(() => void work());
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      transport.close();
    },
  };
}

export function relayAddress(url: string): { host: string; port: number } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'smtp:' || parsed.hostname === '')
    throw new DeskFault(`--relay takes an address such as smtp://127.0.0.1:1025, not ${url}.`);
  return { host: parsed.hostname, port: Number(parsed.port || 25) };
}
