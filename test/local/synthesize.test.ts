import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DeskFault } from '../../local/fault.ts';
import { synthesize } from '../../local/synthesize.ts';

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

test('a desk.yaml with a mistake says where it is, and what is allowed', async () => {
  const config = join(folder, 'wrong.yaml');
  writeFileSync(config, readFileSync('desk.yaml', 'utf8').replace('name: vip', 'name: VIP'));
  const fault = await synthesize(config, () => {}).catch((error) => error);
  expect(fault).toBeInstanceOf(DeskFault);
  expect(fault.message).toMatch(/wrong\.yaml has one problem:\n\n {2}line \d+/);
  expect(fault.message).toContain('VIP');
});
