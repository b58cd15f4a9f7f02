import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DeskFault } from '../../local/fault.ts';
import { hashOfInputs, synthesize } from '../../local/synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'replydesk-'));

test('two desks that make the same assembly at once both get it', async () => {
  // A name of its own, so that nothing is kept of it yet.
  const config = join(folder, 'desk.yaml');
  writeFileSync(config, readFileSync('desk.yaml', 'utf8').replace(/^name: .*$/m, `name: Desk ${Date.now()}`));
  const [one, two] = await Promise.all([synthesize(config, () => {}), synthesize(config, () => {})]);
  expect(one).toBe(two);
  expect(existsSync(join(one, 'manifest.json'))).toBe(true);
  rmSync(one, { recursive: true });
});

test('a file that desk.yaml names is part of what goes in, each time anew', () => {
  const config = join(folder, 'beside.yaml');
  writeFileSync(
    config,
    readFileSync('desk.yaml', 'utf8').replace(/^( *)holidays:/m, '$1holidaysFrom: days.ics\n$1holidays:'),
  );
  const hashes = ['20261224', '20261231', '20261224'].map((day) => {
    writeFileSync(
      join(folder, 'days.ics'),
      `BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:${day}\nEND:VEVENT\nEND:VCALENDAR\n`,
    );
    return hashOfInputs(config);
  });
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
