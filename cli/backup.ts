/**
 * Everything that a desk has, into a folder, and from there into an empty desk. Items as the table has them, a line each;
 * objects as the bucket has them; and the keys that reply addresses are signed with. Queues and running watches are not in it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { migrated, SCHEMA } from '../aws/schema.ts';
import type { Item, Table } from '../aws/table.ts';
import { SETUP_NOTICE } from '../core/mail/record.ts';
import type { DeskConnection } from './connect.ts';
import { type Listed, MANIFEST, openFolder, sha256Of } from './folder.ts';
import { Refused } from './refused.ts';

type Place = Pick<DeskConnection, 'table' | 'mailroom' | 'now' | 'keyRing'>;

export const BACKUP_FORMAT = 1;
const WHAT = 'backup';
const ITEMS = 'items.jsonl';
const OBJECTS = 'objects.jsonl';
/** Without them nothing that is out would prove anything. Whoever has them can write as the desk's people. */
const KEYS = 'keys.json';

export interface BackedUp {
  folder: string;
  items: number;
  objects: number;
}

/** It reads the whole table and every object. What changes meanwhile is as it was when it was read. */
export async function backUp(path: string, place: Place, done: (things: number) => void): Promise<BackedUp> {
  const folder = await openFolder(path, WHAT, [ITEMS, OBJECTS]);
  const { counts } = folder;
  const count = (name: 'items' | 'objects') => {
    counts[name] = (counts[name] ?? 0) + 1;
    done((counts.items ?? 0) + (counts.objects ?? 0));
  };
  try {
    // An item of one moment beside another of a later one would not fit: the table is read anew, the bucket goes on.
    const last = folder.cursor;
    if (last === null) {
      for await (const items of place.table.pages())
        for (const item of items) {
          await folder.append(ITEMS, `${JSON.stringify(item)}\n`);
          count('items');
        }
      await folder.put(KEYS, Buffer.from(JSON.stringify(await place.keyRing.read())));
      await folder.mark('');
    }
    for await (const { key } of place.mailroom.list('')) {
      if (last !== null && key <= last) continue;
      const content = await place.mailroom.read(key);
      // It went while the others were read.
      if (!content) continue;
      const file = `objects/${createHash('sha256').update(key).digest('hex')}`;
      await folder.put(file, content);
      await folder.append(OBJECTS, `${JSON.stringify({ key, file })}\n`);
      count('objects');
      if ((counts.objects ?? 0) % MARKED_EVERY === 0) await folder.mark(key);
    }
    const madeAt = new Date(place.now()).toISOString();
    await folder.finish({ format: BACKUP_FORMAT, schema: SCHEMA, what: WHAT, madeAt });
  } finally {
    await folder.close();
  }
  return { folder: path, items: counts.items ?? 0, objects: counts.objects ?? 0 };
}

/** A mark waits for the disk. */
const MARKED_EVERY = 100;

/**
 * Puts everything back. Each item says that it is no news: the stream's readers pass it over, so that nobody is told again and
 * nothing is counted twice. Watches run on when the sweep has found, before each is to wake, that it is gone.
 */
export async function restore(path: string, place: Place, done: (things: number) => void): Promise<BackedUp> {
  const { schema } = await checkManifest(path);
  await refuseUnlessEmpty(path, place);
  const restored = { folder: path, items: 0, objects: 0 };
  const tell = () => done(restored.items + restored.objects);
  await place.table.put({ ...RESTORING, folder: await sha256Of(join(path, MANIFEST)) });
  for await (const line of linesOf(join(path, OBJECTS))) {
    const { key, file } = JSON.parse(line) as { key: string; file: string };
    // A backup may have come by mail: no line of it fetches what lies elsewhere on this machine.
    if (!OBJECT.test(file))
      throw new Refused(`${join(path, OBJECTS)} names ${file}, which is no file of a backup.`);
    await place.mailroom.write(key, await readFile(join(path, file)), 'application/octet-stream');
    restored.objects++;
    tell();
  }
  const batch: Item[] = [];
  const flush = async () => {
    await Promise.all(batch.splice(0).map((item) => place.table.put(item)));
  };
  for await (const line of linesOf(join(path, ITEMS))) {
    const item = migrated({ ...(JSON.parse(line) as Item), v: schema });
    // Counters of the hour, in which everything that is written is a number.
    if (!item.pk.startsWith('RATE#')) batch.push({ ...item, restored: true });
    restored.items++;
    tell();
    if (batch.length === AT_ONCE) await flush();
  }
  await flush();
  await place.keyRing.write(JSON.parse(await readFile(join(path, KEYS), 'utf8')));
  await place.table.remove(RESTORING);
  return restored;
}

const OBJECT = /^objects\/[0-9a-f]{64}$/;
const AT_ONCE = 20;
/** Stands in the table while it is being filled: whoever begins again with the same folder may go on. */
const RESTORING = { pk: 'DESK', sk: 'RESTORING' };

interface Manifest {
  what?: string;
  format: number;
  /** Of all its items. */
  schema: number;
  files: Listed[];
}

async function checkManifest(path: string): Promise<{ schema: number }> {
  const text = await readFile(join(path, MANIFEST), 'utf8').catch(() => null);
  if (text === null)
    throw new Refused(`${path} has no ${MANIFEST}: it is no backup, or one that was not finished.`);
  const { what, format, schema, files } = JSON.parse(text) as Manifest;
  if (what !== WHAT)
    throw new Refused(
      `${path} is no backup. desk export is for other programs; desk backup is for desk restore.`,
    );
  if (format > BACKUP_FORMAT || schema > SCHEMA)
    throw new Refused(`A newer Replydesk made ${path}. Restore it with that one.`);
  for (const { name, size, sha256 } of files) {
    const found = await stat(join(path, name)).catch(() => null);
    if (found?.size !== size || (await sha256Of(join(path, name))) !== sha256)
      throw new Refused(`${join(path, name)} is not what was backed up. Nothing has been restored.`);
  }
  return { schema };
}

/** Whatever is there would be mixed with what comes. A new desk's own marks, which the backup has as well, are no hindrance. */
async function refuseUnlessEmpty(path: string, { table, mailroom }: Place): Promise<void> {
  const begun = await table.get<Item & { folder: string }>(RESTORING);
  if (begun) {
    if (begun.folder === (await sha256Of(join(path, MANIFEST)))) return;
    throw new Refused('Another backup was begun to be restored here. End that first.');
  }
  const found = (await firstOf(table)) ?? (await firstObject(mailroom));
  if (found)
    throw new Refused(
      `This desk is not empty: it has ${found}. A backup goes into an empty one, on a laptop npm start -- --empty --fresh.`,
    );
}

async function firstOf(table: Table): Promise<string | null> {
  for await (const items of table.pages())
    for (const { pk } of items) if (/^(T|MAIL|UPDATE|PERSON|ARTICLE)#/.test(pk)) return pk;
  return null;
}

async function firstObject(mailroom: Place['mailroom']): Promise<string | null> {
  for await (const { key } of mailroom.list('')) if (!key.endsWith(SETUP_NOTICE)) return key;
  return null;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  }))
    if (line !== '') yield line;
}
