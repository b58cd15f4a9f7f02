/** What is given away: complete, readable by others, and whole after an interruption. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, onTestFinished, test } from 'vitest';
import { mboxEntry } from '../../cli/mbox.ts';
import { groundedDesk, mail, mailWithFile } from '../aws/ground.ts';
import { NORA, PROVEN } from '../sample.ts';

const OTTO = 'otto@example.com';
const LONG = 'From here on it is long. '.repeat(4_000);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'desk-export-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function lived() {
  const grounded = await groundedDesk();
  const hers = await grounded.comes('nora-1', mailWithFile(NORA, 'The printer', 'It eats paper.', 'PLAN'));
  const otto = { ...PROVEN, returnPath: OTTO };
  const his = await grounded.comes(
    'otto-1',
    mail(OTTO, 'A door', ['From the stairs:', '>From below', LONG]),
    otto,
  );
  await grounded.comes('spam-1', mail('x@example.net', 'Win', ['now']), { spam: 'FAIL', returnPath: '' });
  const { exportTickets } = await import('../../cli/export.ts');
  return { ...grounded, exportTickets, hers: hers ?? '', his: his ?? '' };
}

const linesOf = (path: string, name: string) =>
  readFileSync(join(path, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** As a reader of mboxrd does. */
function readMbox(path: string): string[] {
  const text = readFileSync(path, 'latin1');
  return text
    .split(/^From \S+ .*\n/m)
    .slice(1)
    .map((entry) => entry.replace(/^>(>*From )/gm, '$1').slice(0, -1));
}

test('an export holds each ticket with its messages, events, mail and files, and the mail of none', async () => {
  const { place, exportTickets, hers, his } = await lived();
  const path = folder();
  const exported = await exportTickets(path, { tickets: [] }, place, () => {});
  expect(exported).toMatchObject({ tickets: 2, messages: 2, mails: 3, files: 1, missing: 0, gone: 0 });
  const tickets = linesOf(path, 'tickets.jsonl');
  expect(tickets.map(({ ticket }) => ticket.id).sort()).toEqual([hers, his].sort());
  const long = tickets.find(({ ticket }) => ticket.id === his);
  expect(long.messages[0].text).toContain(LONG.trim());
  expect(long.events.map(({ kind }: { kind: string }) => kind)).toContain('opened');
  const [file] = tickets.find(({ ticket }) => ticket.id === hers).messages[0].attachments;
  expect(file.file).toBe(`attachments/${hers}/1-1-plan.pdf`);
  expect(readFileSync(join(path, file.file), 'utf8')).toBe('PLAN');
  const mails = await Promise.all(readMbox(join(path, 'mail.mbox')).map((raw) => simpleParser(raw)));
  expect(mails.map(({ subject }) => subject).sort()).toEqual(['A door', 'The printer', 'Win']);
  expect(mails.find(({ subject }) => subject === 'A door')?.text).toContain(
    'From the stairs:\n>From below\nFrom here',
  );
  expect(
    linesOf(path, 'mails.jsonl')
      .map(({ disposition }) => disposition)
      .sort(),
  ).toEqual(['opened', 'opened', 'quarantined']);
  expect(linesOf(path, 'audit.jsonl')).toHaveLength(exported.events);
});

test('the manifest has the hash of every file, and nothing else is there', async () => {
  const { place, exportTickets } = await lived();
  const path = folder();
  await exportTickets(path, { tickets: [] }, place, () => {});
  const { files, format } = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'));
  expect(format).toBe(1);
  for (const { name, size, sha256 } of files) {
    const content = readFileSync(join(path, name));
    expect([name, size, sha256]).toEqual([
      name,
      content.length,
      createHash('sha256').update(content).digest('hex'),
    ]);
  }
  const there = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(there).toHaveLength(files.length + 1);
});

test('an interrupted export goes on, and ends as one that was not', async () => {
  const { place, exportTickets } = await lived();
  const [whole, broken] = [folder(), folder()];
  await exportTickets(whole, { tickets: [] }, place, () => {});
  let reads = 0;
  const read = place.mailroom.read;
  const mailroom = {
    ...place.mailroom,
    read: async (key: string) => {
      if (++reads === 4) throw new Error('the cable is out');
      return read(key);
    },
  };
  await expect(exportTickets(broken, { tickets: [] }, { ...place, mailroom }, () => {})).rejects.toThrow(
    'cable',
  );
  expect(existsSync(join(broken, 'manifest.json'))).toBe(false);
  await exportTickets(broken, { tickets: [] }, place, () => {});
  // The engine gives the names of a map in any order.
  for (const name of ['tickets.jsonl', 'mails.jsonl', 'audit.jsonl'])
    expect(linesOf(broken, name)).toEqual(linesOf(whole, name));
  const mbox = (path: string) => readFileSync(join(path, 'mail.mbox'), 'latin1');
  expect(mbox(broken)).toBe(mbox(whole));
  await expect(exportTickets(broken, { tickets: [] }, place, () => {})).rejects.toThrow(/finished/);
});

test('a filter takes one requester, one ticket, or a time', async () => {
  const { place, exportTickets, hers, his } = await lived();
  const ids = async (filter: Partial<Parameters<typeof exportTickets>[1]>) => {
    const path = folder();
    await exportTickets(path, { tickets: [], ...filter }, place, () => {});
    return linesOf(path, 'tickets.jsonl').map(({ ticket }) => ticket.id);
  };
  expect(await ids({ requester: 'Nora@example.org' })).toEqual([hers]);
  expect(await ids({ tickets: [his.toLowerCase()] })).toEqual([his]);
  expect(await ids({ to: '2026-11-23' })).toEqual([]);
  expect((await ids({ from: '2026-11-23', to: '2026-11-24' })).sort()).toEqual([hers, his].sort());
  await expect(ids({ tickets: ['T-000000'] })).rejects.toThrow(/no ticket T-000000/);
});

test('a line of a mail that looks like the next mail is quoted, once more each time', () => {
  const entry = mboxEntry(
    Buffer.from('Subject: x\r\n\r\nFrom me\r\n>From you\r\nend'),
    'a b@example.org',
    '2026-11-03T09:00:00.000Z',
  );
  expect(entry.toString()).toBe(
    'From ab@example.org Tue Nov  3 09:00:00 2026\nSubject: x\n\n>From me\n>>From you\nend\n\n',
  );
});
