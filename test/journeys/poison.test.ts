/**
 * Mail at which the desk itself fails, between mail that is well. The fault is planted into receive-email's bundle: two
 * words, of which one makes reading a mail throw and the other ends its thread, as a time-out does, until it is mended.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Laptop, startLaptop } from './laptop.ts';

let laptop: Laptop;
const folder = mkdtempSync(join(tmpdir(), 'replydesk-poison-'));
const broken = join(folder, 'broken');
beforeAll(async () => {
  writeFileSync(broken, '');
  laptop = await startLaptop({ changed: faulty });
}, 120_000);
afterAll(async () => {
  await laptop.stop();
  rmSync(folder, { recursive: true, force: true });
});

const FAULT = `
const { normalize } = String.prototype;
String.prototype.normalize = function (...form) {
  if (/xyzzy/i.test(this) && process.getBuiltinModule('fs').existsSync(${JSON.stringify(broken)})) {
    if (/xyzzydies/i.test(this)) process.exit(1);
    throw new TypeError('xyzzy is more than this desk can read');
  }
  return normalize.apply(this, form);
};
`;

/** The same stack, with the fault, and what failed is tried again after two seconds instead of six minutes. */
function faulty(assembly: string): string {
  const names = readdirSync(assembly);
  const template = names.find((name) => name.endsWith('.template.json')) ?? '';
  const stack = JSON.parse(readFileSync(join(assembly, template), 'utf8'));
  stack.Resources.MailQueue.Properties.VisibilityTimeout = 2;
  const asset = `asset.${stack.Resources.ReceiveEmail.Properties.Code.S3Key.replace(/\.zip$/, '')}`;
  for (const name of names.filter((each) => each !== template && each !== asset))
    symlinkSync(join(assembly, name), join(folder, name));
  writeFileSync(join(folder, template), JSON.stringify(stack));
  cpSync(join(assembly, asset), join(folder, asset), { recursive: true, dereference: true });
  const index = join(folder, asset, 'index.mjs');
  writeFileSync(index, readFileSync(index, 'utf8') + FAULT);
  return folder;
}

/** As an admin types it. The journey has pointed the SDK at its desk; the command has to find it by its folder. */
async function desk(...words: string[]) {
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const line = ['cli/desk.ts', '--json', '--data', laptop.dataDir, ...words];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, line, { env });
  return { answer: JSON.parse(stdout), said: stderr };
}

const write = (name: string, text: string) =>
  laptop.write({ from: `${name}@example.org`, subject: `From ${name}`, text });
const recordOf = (name: string) =>
  laptop.until(`what becomes of ${name}’s mail`, async () => {
    const of = `${name}@example.org`;
    return (await laptop.ledger.list(5, ({ receipt }) => receipt.returnPath === of))[0];
  });

test('one mail throws and one ends its thread, and those before, between and after them go by', async () => {
  await write('ann', 'My lamp is out.');
  await write('pia', 'My printer says xyzzy.');
  await write('bob', 'My chair squeaks.');
  await write('max', 'My scanner says xyzzydies.');
  await write('eve', 'My door is stuck.');
  for (const name of ['ann', 'bob', 'eve'])
    expect(await recordOf(name)).toMatchObject({ disposition: 'opened', reason: 'new-ticket' });
  expect(await recordOf('pia')).toMatchObject({
    ...{ disposition: 'quarantined', reason: 'poison', subject: 'From pia', from: 'pia@example.org' },
    detail: 'TypeError: xyzzy is more than this desk can read',
  });
  expect(await recordOf('max')).toMatchObject({
    ...{ disposition: 'quarantined', reason: 'poison', from: null },
    detail: '2 times the process that read it ended without a word: it took all time or memory',
  });
  // What the alarm rings for.
  await laptop.until('a line in the log for each', async () => {
    const log = readFileSync(join(laptop.dataDir, 'logs', 'ReceiveEmail.log'), 'utf8');
    return (log.match(/^.*"disposed".*"poison".*$/gm) ?? []).length === 2;
  });
}, 60_000);

test('mended and replayed, both become what they would have become', async () => {
  rmSync(broken);
  const { answer } = await desk('mail', '--reason', 'poison');
  const keys = answer.mails.map(({ key }: { key: string }) => key);
  expect(keys).toHaveLength(2);
  const { answer: replayed, said } = await desk('replay', ...keys);
  expect(replayed.replayed).toEqual(
    keys.map((key: string) => ({
      ...{ key, outcome: 'replayed', before: 'quarantined' },
      after: { disposition: 'opened', reason: 'new-ticket', ticketId: expect.stringMatching(/^T-/) },
    })),
  );
  expect(said).toMatch(/^1 of 2: .+: opened, new-ticket\n2 of 2: .+: opened, new-ticket\n$/);
  for (const name of ['pia', 'max']) await laptop.mail('acknowledgement', `${name}@example.org`);
}, 60_000);
