import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { moment, desk as sample } from '../sample.ts';

const desk = { ...sample, mail: { ...sample.mail, blocked: ['@blocked.test'] } };

async function explained(...head: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'desk-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'mail.eml');
  writeFileSync(
    file,
    [...head, 'To: support@desk.example.test', 'Subject: Hello', '', 'Hello.'].join('\r\n'),
  );
  const [mail] = await explain([file], desk, null, moment, () => {});
  return mail;
}

test('an imitation is explained with its reason, and From is what stands in the file', async () => {
  expect(await explained('From: "Martha Lind" <x@evil.test>')).toMatchObject({
    from: { address: 'x@evil.test' },
    writer: {
      address: 'x@evil.test',
      by: 'from',
      distrusted: true,
      flagged: expect.stringContaining('Martha Lind'),
    },
    disposition: 'opened',
  });
});

test('a web form is explained by whom its Reply-To names', async () => {
  expect(await explained('From: no-reply@shop.example.org', 'Reply-To: nora@example.org')).toMatchObject({
    from: { address: 'no-reply@shop.example.org' },
    writer: { address: 'nora@example.org', by: 'reply-to' },
  });
});

test('a blocked sender is explained with the entry that blocks him', async () => {
  expect(await explained('From: v@offers.blocked.test')).toMatchObject({
    writer: { listed: { as: 'blocked', entry: '@blocked.test' } },
    disposition: 'refused',
    reason: 'blocked',
  });
});
