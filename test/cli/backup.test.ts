/** A backup is rehearsed: everything is put back into another desk, nobody is told again, and the watches run on. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { matches } from '../../local/event-sources.ts';
import { differing, type GroundedDesk, groundedDesk, mailWithFile } from '../aws/ground.ts';
import { deskTemplate, property, resource } from '../infra/desk-template.ts';
import { later, MONDAY, NORA, keys as sampleKeys } from '../sample.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'desk-backup-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

type Ring = Awaited<ReturnType<typeof ringOf>>;

async function ringOf(first = sampleKeys) {
  let ring = first;
  return {
    ring: () => ring,
    keyRing: {
      read: async () => ring,
      write: async (other: typeof first) => {
        ring = other;
      },
    },
  };
}

const placeOf = ({ place }: GroundedDesk, { keyRing }: Ring) => ({ ...place, keyRing });

async function rehearse() {
  const first = await groundedDesk();
  const id = (await first.comes('nora-1', mailWithFile(NORA, 'The printer', 'It eats paper.', 'PLAN'))) ?? '';
  const path = folder();
  const { backUp } = await import('../../cli/backup.ts');
  const backedUp = await backUp(path, placeOf(first, await ringOf()), () => {});
  const before = await first.stored();
  const second = await groundedDesk();
  const ring = await ringOf({ current: 1, keys: { '1': 'another' } });
  const { restore } = await import('../../cli/backup.ts');
  const again = () => restore(path, placeOf(second, ring), () => {});
  return { id, path, backedUp, before, second, ring, again };
}

test('everything is there again, octet by octet, with the keys that it was signed with', async () => {
  const { before, second, again, ring, backedUp } = await rehearse();
  expect(await again()).toMatchObject({ items: backedUp.items, objects: 2 });
  const after = new Map(
    [...(await second.stored())].map(([key, value]) => [
      key,
      value.replace(/"restored":true,|,"restored":true/, ''),
    ]),
  );
  // Counters of the hour are of the moment.
  expect(differing(before, after).filter((key) => !key.startsWith('RATE#'))).toEqual([]);
  expect(ring.ring()).toEqual(sampleKeys);
});

test('nobody is told again: what is put back is no news to any reader of the stream', async () => {
  const { second, again } = await rehearse();
  await again();
  const template = await deskTemplate();
  const patterns = ['RelayEventsSource', 'CountMeasuresSource'].flatMap((source) =>
    (property(resource(template, source).Properties, 'FilterCriteria.Filters') as { Pattern: string }[]).map(
      ({ Pattern }) => JSON.parse(Pattern),
    ),
  );
  const news = (image: object, { pk, sk }: { pk: string; sk: string }) => {
    const record = {
      eventName: 'INSERT',
      dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, NewImage: image },
    };
    return patterns.filter((pattern) => matches(pattern, record)).length;
  };
  for await (const items of second.table.pages())
    for (const item of items) {
      expect(item.restored).toBe(true);
      expect(news({ restored: { BOOL: true }, update: { M: { state: { S: 'sent' } } } }, item)).toBe(0);
    }
  expect(news({}, { pk: 'T#T-7K4M2Q', sk: 'EVENT#00000001' })).toBe(2);
});

test('its watch is gone with the old desk, and the sweep starts another before it was to wake', async () => {
  const { id, second, again } = await rehearse();
  await again();
  const { world } = second;
  const before = await world.tickets.read(id);
  expect(before?.watch?.state).toBe('running');
  second.time = later(before?.watch?.nextAt ?? MONDAY, -0.5);
  const { sweep } = await import('../../functions/sweep.ts');
  world.mailer.quotaUsed = async () => 0;
  world.metric = async () => {};
  expect((await sweep(world)).watches).toBe(1);
  const after = await world.tickets.read(id);
  expect(after?.watch).toMatchObject({ state: 'running', generation: (before?.watch?.generation ?? 0) + 1 });
  const { verifyTicket } = await import('../../cli/audit.ts');
  expect((await verifyTicket(id, second.table)).broken).toBeNull();
});

test('a desk that is not empty, and a backup that is not whole, are refused before anything is written', async () => {
  const { path, second, again } = await rehearse();
  await second.comes('nora-2', mailWithFile(NORA, 'Other', 'x', 'y'));
  const before = await second.stored();
  await expect(again()).rejects.toThrow(/not empty: it has (T|MAIL|PERSON|UPDATE)#/);
  const items = join(path, 'items.jsonl');
  writeFileSync(items, readFileSync(items, 'utf8').replace('printer', 'painter'));
  await expect(again()).rejects.toThrow(/items\.jsonl is not what was backed up/);
  expect(differing(before, await second.stored())).toEqual([]);
});

test('a restore that was interrupted is run again, and no other backup comes between', async () => {
  const { before, path, second, again } = await rehearse();
  const put = second.table.put;
  let puts = 0;
  second.table.put = async (item, condition) => {
    if (++puts === 4) throw new Error('the cable is out');
    return put(item, condition);
  };
  await expect(again()).rejects.toThrow('cable');
  second.table.put = put;
  const manifest = join(path, 'manifest.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, `${text}\n`);
  await expect(again()).rejects.toThrow(/Another backup was begun/);
  writeFileSync(manifest, text);
  await again();
  const kept = [...before.keys()].filter((key) => !key.startsWith('RATE#'));
  expect([...(await second.stored()).keys()].sort()).toEqual(kept.sort());
});

test('a backup that names a file elsewhere on the machine is refused, and nothing of it is read', async () => {
  const { path, second, again } = await rehearse();
  const [objects, manifest] = [join(path, 'objects.jsonl'), join(path, 'manifest.json')];
  for (const file of ['../../etc/passwd', '/etc/passwd', 'objects/../keys.json', 'keys.json']) {
    writeFileSync(objects, `${JSON.stringify({ key: 'files/x/1', file })}\n`);
    const told = JSON.parse(readFileSync(manifest, 'utf8'));
    const content = readFileSync(objects);
    const listed = {
      name: 'objects.jsonl',
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
    const files = told.files.map((each: { name: string }) => (each.name === 'objects.jsonl' ? listed : each));
    writeFileSync(manifest, JSON.stringify({ ...told, files }));
    await second.table.remove({ pk: 'DESK', sk: 'RESTORING' });
    await expect(again(), file).rejects.toThrow('which is no file of a backup');
  }
  expect([...(await second.stored()).keys()].filter((key) => !key.includes('RESTORING'))).toEqual([]);
});
