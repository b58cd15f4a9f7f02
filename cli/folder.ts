/**
 * A folder that something long is written into: its files bear `.part` until all is there, how far it has come stands beside
 * them, and whoever begins again goes on from there. When it is done, a manifest says what is in it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Refused } from './refused.ts';

export interface Folder {
  /** How far an earlier run came; null when this one begins. */
  cursor: string | null;
  /** Numbers that are counted on, whoever began. */
  counts: Record<string, number>;
  append(name: string, content: string | Uint8Array): Promise<void>;
  /** A file of its own, which appears whole. `name` is of our making. */
  put(name: string, content: Uint8Array): Promise<void>;
  /** What is written up to here need not be written again. */
  mark(cursor: string): Promise<void>;
  /** However it ended. */
  close(): Promise<void>;
  /** Gives the files their names and writes the manifest, with `facts` at its head. */
  finish(facts: Record<string, unknown>): Promise<void>;
}

export const MANIFEST = 'manifest.json';
const PROGRESS = 'progress.json';
const PART = '.part';

interface Progress {
  what: string;
  cursor: string | null;
  counts: Record<string, number>;
  lengths: Record<string, number>;
}

/** `what` is written, in words that another run must say as well; `files` are those that are appended to. */
export async function openFolder(path: string, what: string, files: readonly string[]): Promise<Folder> {
  await mkdir(path, { recursive: true });
  const names = await readdir(path);
  if (names.includes(MANIFEST))
    throw new Refused(`${path} holds what an earlier run has finished. Name another folder.`);
  const before = names.includes(PROGRESS)
    ? (JSON.parse(await readFile(join(path, PROGRESS), 'utf8')) as Progress)
    : null;
  if (before && before.what !== what)
    throw new Refused(
      `${path} holds the beginning of something else: ${before.what}. Name another folder, or ask for the same.`,
    );
  if (!before && names.some((name) => !name.endsWith(PART)))
    throw new Refused(`${path} is not empty. Name another folder.`);
  const handles = new Map<string, FileHandle>();
  for (const name of files) {
    // That run ended while it gave the files their names.
    if (before && names.includes(name)) await rename(join(path, name), join(path, name + PART));
    const handle = await open(join(path, name + PART), before ? 'r+' : 'w');
    // What was written after the last mark is written again.
    await handle.truncate(before?.lengths[name] ?? 0);
    handles.set(name, handle);
  }
  const lengths: Record<string, number> = Object.fromEntries(
    files.map((name) => [name, before?.lengths[name] ?? 0]),
  );
  const counts = before?.counts ?? {};
  const keep = (cursor: string | null) => {
    const progress: Progress = { what, cursor, counts, lengths };
    return putWhole(join(path, PROGRESS), Buffer.from(JSON.stringify(progress)));
  };
  // Of which run the files are that follow.
  if (!before) await keep(null);
  return {
    cursor: before?.cursor ?? null,
    counts,
    async append(name, content) {
      const octets = typeof content === 'string' ? Buffer.from(content) : content;
      const handle = handles.get(name);
      if (!handle) throw new TypeError(`${name} was not opened`);
      await handle.write(octets, 0, octets.length, lengths[name] ?? 0);
      lengths[name] = (lengths[name] ?? 0) + octets.length;
    },
    put: (name, content) => putWhole(join(path, name), content),
    async mark(cursor) {
      for (const handle of handles.values()) await handle.datasync();
      await keep(cursor);
    },
    async close() {
      for (const handle of handles.values()) await handle.close();
      handles.clear();
    },
    async finish(facts) {
      for (const handle of handles.values()) await handle.sync();
      for (const name of handles.keys()) await rename(join(path, name + PART), join(path, name));
      await writeManifest(path, { ...facts, counts });
      await rm(join(path, PROGRESS), { force: true });
    },
  };
}

async function putWhole(file: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file + PART, content);
  await rename(file + PART, file);
}

export interface Listed {
  name: string;
  size: number;
  sha256: string;
}

/** Line by line, so that a hundred thousand files need no memory. It is one JSON document all the same. */
async function writeManifest(path: string, facts: Record<string, unknown>): Promise<void> {
  const part = join(path, MANIFEST + PART);
  const handle = await open(part, 'w');
  const head = JSON.stringify(facts);
  await handle.write(`${head.slice(0, -1)},"files":[`);
  let first = true;
  for await (const name of filesIn(path)) {
    if (name === PROGRESS || name.startsWith(MANIFEST) || name.endsWith(PART)) continue;
    const { size } = await stat(join(path, name));
    const listed: Listed = { name, size, sha256: await sha256Of(join(path, name)) };
    await handle.write(`${first ? '' : ','}\n${JSON.stringify(listed)}`);
    first = false;
  }
  await handle.write('\n]}\n');
  await handle.sync();
  await handle.close();
  await rename(part, join(path, MANIFEST));
}

async function* filesIn(path: string, under = path): AsyncGenerator<string> {
  const entries = await readdir(under, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = join(under, entry.name);
    if (entry.isDirectory()) yield* filesIn(path, full);
    else yield relative(path, full).split(sep).join('/');
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
