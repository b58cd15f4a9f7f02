/**
 * One SQLite file for everything that the engines must not forget: queues, running watches, parameters, what SES
 * accepted, how far a stream was read. One file means that what belongs together commits together: a mail that SES
 * accepts, its events and the queue messages that carry them are there all or not at all, whenever the desk is killed.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeskFault } from './fault.ts';

/** Counted up when the tables change in a way that an older folder does not fit. */
const FORMAT = 1;

export interface State {
  db: DatabaseSync;
  /** All or nothing. Work inside is synchronous; a transaction within one is part of it. */
  transaction<T>(work: () => T): T;
  /** A small JSON value by name; undefined when there is none. */
  read<T>(name: string): T | undefined;
  write(name: string, value: unknown): void;
  close(): void;
}

/** Opens the data folder for this process alone. Throws DeskFault when another desk has it, or it is of another format. */
export function openState(dataDir: string): State {
  const db = lock(dataDir);
  const { user_version: format } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  // 0 is a file that has just been made.
  if (format !== 0 && format !== FORMAT) {
    db.close();
    throw new DeskFault(
      `The data folder ${dataDir} was written by another version of the desk. Start with --fresh to forget what is in it, or choose another folder with --data DIR.`,
    );
  }
  db.exec(`
    PRAGMA user_version = ${FORMAT};
    CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `);

  const readNote = db.prepare('SELECT value FROM notes WHERE name = ?');
  const writeNote = db.prepare(
    'INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  let depth = 0;
  return {
    db,
    transaction(work) {
      if (depth > 0) return work();
      db.exec('BEGIN');
      depth++;
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      } finally {
        depth--;
      }
    },
    read(name) {
      const row = readNote.get(name);
      return row === undefined ? undefined : JSON.parse(row.value as string);
    },
    write(name, value) {
      writeNote.run(name, JSON.stringify(value));
    },
    close() {
      db.close();
    },
  };
}

/**
 * Takes the folder, or throws DeskFault. The lock is SQLite's own on the file, held until the process ends in whatever
 * way: the kernel frees it, so that no stale lock keeps the owner out, and no second desk comes in.
 */
export function lock(dataDir: string): DatabaseSync {
  // It holds people's mail and the keys that sign for the desk.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, 'state.db'));
  try {
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      -- A killed process loses nothing at NORMAL; only a power cut may lose the last moments, never consistency.
      PRAGMA synchronous = NORMAL;
      -- The lock is taken by the first to write.
      BEGIN IMMEDIATE;
      COMMIT;
    `);
    return db;
  } catch (error) {
    db.close();
    if (!/locked/.test((error as Error).message)) throw error;
    throw new DeskFault(
      `The data folder ${dataDir} is in use by another desk${whoHolds(dataDir)}. Stop that one, or choose another folder with --data DIR.`,
    );
  }
}

function whoHolds(dataDir: string): string {
  try {
    const running: unknown = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8'));
    return ` (process ${(running as { pid: number }).pid})`;
  } catch {
    return '';
  }
}
