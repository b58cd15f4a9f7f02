import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DeskFault } from '../../local/fault.ts';
import { hashOfInputs, synthesize } from '../../local/synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'replydesk-'));

test('two desks that make the same assembly at once both get it, with the files of macros beside the code', async () => {
  // A name of its own, so that nothing is kept of it yet.
  const config = join(folder, 'desk.yaml');
  writeFileSync(
    config,
    attaching(readFileSync('desk.yaml', 'utf8')).replace(/^name: .*$/m, `name: Desk ${Date.now()}`),
  );
  writeFileSync(join(folder, 'guide.pdf'), 'the guide');
  const cutOff = mkdtempSync('.generated/assemblies/.');
  utimesSync(cutOff, 0, 0);
  const [one, two] = await Promise.all([synthesize(config, () => {}), synthesize(config, () => {})]);
  expect(one).toBe(two);
  expect(existsSync(join(one, 'manifest.json'))).toBe(true);
  const beside = readdirSync(one, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\/macro-[0-9a-f]{64}$/.test(name),
  );
  expect(beside.map((name) => readFileSync(join(one, name), 'utf8'))).toEqual(['the guide']);
  rmSync(one, { recursive: true });
  // What somebody began to make and never finished goes then.
  expect(existsSync(cutOff)).toBe(false);
});

test('a file that desk.yaml names is part of what goes in, each time anew', async () => {
  const config = join(folder, 'beside.yaml');
  writeFileSync(
    config,
    readFileSync('desk.yaml', 'utf8').replace(/^( *)holidays:/m, '$1holidaysFrom: days.ics\n$1holidays:'),
  );
  const hashes: string[] = [];
  for (const day of ['20261224', '20261231', '20261224']) {
    writeFileSync(
      join(folder, 'days.ics'),
      `BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:${day}\nEND:VEVENT\nEND:VCALENDAR\n`,
    );
    hashes.push(await hashOfInputs(config));
  }
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashes[0]).toBe(hashes[2]);
});

test('a file that a macro attaches is part of what goes in', async () => {
  const config = join(folder, 'macros.yaml');
  writeFileSync(
    config,
    readFileSync('desk.yaml', 'utf8').replace(
      'title: It is done',
      'title: It is done\n    files: [guide.pdf]',
    ),
  );
  const hashes: string[] = [];
  for (const content of ['one', 'two', 'one']) {
    writeFileSync(join(folder, 'guide.pdf'), content);
    hashes.push(await hashOfInputs(config));
  }
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashes[0]).toBe(hashes[2]);
});

test('a desk.yaml with a mistake says where it is, and what is allowed', async () => {
  const config = join(folder, 'wrong.yaml');
  writeFileSync(config, readFileSync('desk.yaml', 'utf8').replace('name: vip', 'name: VIP'));
  const fault = await synthesize(config, () => {}).catch((error) => error);
  expect(fault).toBeInstanceOf(DeskFault);
  expect(fault.message).toMatch(/wrong\.yaml has one problem:\n\n {2}line \d+/);
  expect(fault.message).toContain('VIP');
});

function attaching(desk: string): string {
  return desk.replace('title: It is done', 'title: It is done\n    files: [guide.pdf]');
}
