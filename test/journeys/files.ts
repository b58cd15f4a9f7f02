/** Files that do not fit, files that nobody may see, and mail that cannot be read: what people are told, over real mail. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createTransport } from 'nodemailer';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Delivered, Laptop } from './laptop.ts';

export function files(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const desk = async (...words: string[]) => {
    const run = promisify(execFile);
    return (await run(process.execPath, ['cli/desk.ts', '--data', laptop.dataDir, ...words])).stdout;
  };

  /** As it stands in the file, past what the mail program would make of it. */
  async function writeRaw(from: string, raw: Buffer): Promise<void> {
    const { smtpPort } = JSON.parse(readFileSync(join(laptop.dataDir, 'running.json'), 'utf8'));
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
    await transport.sendMail({ envelope: { from, to: 'support@desk.example.test' }, raw });
    transport.close();
  }

  describe('files that are too large for one mail', () => {
    // Nothing repeats in it, so that a piece in the wrong place shows.
    const backup = Buffer.alloc(8_000_000);
    for (let at = 0; at < backup.length; at += 4) backup.writeUInt32LE(at, at);
    let assignment: Delivered;

    test('are named to the agent, with the word that fetches them', async () => {
      await laptop.write({
        from: 'vera@example.org',
        subject: 'Backup',
        text: 'Here is the whole backup.\n\n-- \nVera\nRoom 12',
        attachments: [
          { filename: 'the backup.zip', content: backup },
          { filename: 'note.txt', content: 'read me' },
        ],
      });
      const ticket = await laptop.ticketOf('vera@example.org');
      assignment = await laptop.mail('assignment', ticket.assignee ?? '', ticket.id);
      expect(assignment.attachments.map(({ name }) => name)).toEqual(['note.txt']);
      expect(assignment.text).toContain('#files fetches them:\n- the backup.zip (7.6 MB)');
    });

    test('#files brings them in as many mails as they need, in pieces that make them whole again', async () => {
      const agent = assignment.to;
      await laptop.reply(assignment, agent, '#files', { proven: true });
      const parts: Delivered[] = [];
      for (let n = 0; n < 2; n++)
        parts.push(await laptop.mail('transcript', agent, assignment.ticketId ?? ''));
      const first = parts.find(({ text }) => text.includes('Part 1 of 2.'));
      expect(first?.text).toContain('#files\n  Done');
      expect(first?.text).toContain(
        "cat 'the_backup.zip.part-1-of-2' 'the_backup.zip.part-2-of-2' > 'the_backup.zip'",
      );
      expect(first?.text).toContain('cmd /c copy /b "the_backup.zip.part-1-of-2"+');
      expect(parts.some(({ text }) => text.includes('Part 2 of 2.'))).toBe(true);
      const files = parts.flatMap(({ attachments }) => attachments);
      const pieces = files
        .filter(({ name }) => name.includes('.part-'))
        .sort((a, b) => a.name.localeCompare(b.name));
      expect(Buffer.concat(pieces.map(({ content }) => content)).equals(backup)).toBe(true);
      expect(files.find(({ name }) => name === 'note.txt')?.content.toString()).toBe('read me');
      expect(await laptop.tickets.read(assignment.ticketId ?? '')).toMatchObject({ status: 'new' });
    });

    test('#history shows the whole conversation, with what was cut from each message', async () => {
      const agent = assignment.to;
      await laptop.reply(assignment, agent, '#history', { proven: true });
      const { text, html } = await laptop.mail('transcript', agent, assignment.ticketId ?? '');
      expect(text).toContain('Here is the whole backup.');
      expect(text).toContain('[cut: its signature]\n  ┊ -- \n  ┊ Vera\n  ┊ Room 12');
      expect(html).toContain('[cut: its signature]');
    });
  });

  describe('files that nobody can say are free of viruses', () => {
    test('are passed on to nobody; the agent hears how many, why, and what to do', async () => {
      await laptop.write({
        from: 'gus@example.org',
        subject: 'Invoice',
        text: 'Please see the two files.',
        headers: { 'X-Local-Verdict': 'virus=GRAY' },
        attachments: [
          { filename: 'invoice.exe', content: 'MZ' },
          { filename: 'invoice.pdf', content: '%PDF' },
        ],
      });
      const ticket = await laptop.ticketOf('gus@example.org');
      const agent = ticket.assignee ?? '';
      const assignment = await laptop.mail('assignment', agent, ticket.id);
      expect(assignment.attachments).toEqual([]);
      expect(assignment.text.replace(/\s+/g, ' ')).toContain(
        '2 files are withheld: the virus check did not say that they are clean.',
      );
      await laptop.reply(assignment, agent, '#files', { proven: true });
      const transcript = await laptop.mail('transcript', agent, ticket.id);
      expect(transcript.attachments).toEqual([]);
      expect(transcript.text).toContain('2 files are withheld');
      expect(JSON.stringify(laptop.delivered.map(({ raw }) => raw))).not.toContain('invoice.exe');
    });
  });

  describe('mail that cannot be read', () => {
    test('is answered, once a day, and shown with its cause', async () => {
      const raw = readFileSync('test/emails/unreadable.eml', 'utf8').replaceAll(
        'nora@example.org',
        'una@example.org',
      );
      for (const id of ['unreadable-1', 'unreadable-2'])
        await writeRaw(
          'una@example.org',
          Buffer.from(raw.replace('unreadable@example.org', `${id}@example.org`)),
        );
      const refusal = await laptop.mail('refusal', 'una@example.org');
      expect(refusal.text.replace(/\s+/g, ' ')).toContain('write again as plain text');
      const mails = await laptop.until('both records', async () => {
        const found = await laptop.ledger.list(50, ({ from }) => from === 'una@example.org');
        return found.length === 2 && found;
      });
      await laptop.quiet();
      expect(laptop.delivered.filter(({ to }) => to === 'una@example.org')).toHaveLength(1);
      const listed = JSON.parse(await desk('--json', 'mail', '--reason', 'unreadable'));
      expect(listed.mails.map(({ key }: { key: string }) => key).sort()).toEqual(
        mails.map(({ key }) => key).sort(),
      );
      const since = async (day: string) =>
        JSON.parse(await desk('--json', 'mail', '--since', day)).mails.length;
      expect([(await since('2026-03-02')) > 0, await since('2026-03-03')]).toEqual([true, 0]);
      const one = JSON.parse(await desk('--json', 'mail', mails[0]?.key ?? ''));
      expect(one.mail).toMatchObject({
        ...{ disposition: 'quarantined', reason: 'unreadable', history: [] },
        detail: 'The email cannot be read: nested-too-deep',
      });
      expect(await desk('mail', mails[0]?.key ?? '')).toContain(
        'quarantined, unreadable: The email cannot be read: nested-too-deep',
      );
    });
  });

  test('mail that lies in the bucket without a record is run by desk replay, on the day that its key says', async () => {
    const { outputs } = JSON.parse(readFileSync(join(laptop.dataDir, 'running.json'), 'utf8'));
    const key = 'mail/2026/03/01/odd1';
    await new S3Client({}).send(
      new PutObjectCommand({
        ...{ Bucket: outputs.BucketName, Key: key },
        Body: 'From: Uma <uma@example.org>\r\nTo: support@desk.example.test\r\nSubject: Lost\r\n\r\nHello?\r\n',
      }),
    );
    expect(JSON.parse(await desk('--json', 'replay', key))).toMatchObject({
      replayed: [{ key, outcome: 'replayed', before: null, after: { disposition: 'opened' } }],
    });
    expect(await laptop.ledger.read('odd1')).toMatchObject({ key, receivedAt: '2026-03-01T23:59:59.000Z' });
  });
}
