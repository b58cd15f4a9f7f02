/** What people ask to see by mail, and that somebody is away: over real mail, most of it without a ticket. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { KIM, LUIS, MARTHA, NORA } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export function shows(begin: () => Laptop): void {
  let laptop: Laptop;
  let printer: Ticket;
  let secret: Ticket;
  let assignment: Delivered;
  let agent: string;

  beforeAll(async () => {
    laptop = begin();
    await laptop.write({
      from: NORA,
      subject: 'The printer is jammed',
      text: 'It eats the paper on floor 3.',
    });
    await laptop.write({
      from: 'otto@example.org',
      to: 'hr@desk.example.test',
      subject: 'My salary',
      text: 'It eats the paper on which my payslip is.',
    });
    printer = await laptop.ticketOf(NORA);
    secret = await laptop.ticketOf('otto@example.org');
    agent = printer.assignee ?? '';
    assignment = await laptop.mail('assignment', agent, printer.id);
  }, 120_000);

  const words = (mail: Delivered) => mail.text.replace(/\s+/g, ' ');
  const ask = async (from: string, text: string): Promise<Delivered> => {
    await laptop.write({ from, subject: 'A question', text, proven: true });
    return laptop.mail('transcript', from);
  };

  describe('in a reply', () => {
    test('#why says how the ticket came to him, how its deadlines are reckoned and what comes next', async () => {
      await laptop.reply(assignment, agent, '#why', { proven: true });
      const { text, html } = await laptop.mail('transcript', agent, printer.id);
      expect(text).toContain('How it came where it is');
      expect(text).toMatch(/opened by nora@example\.org\n {4}Category: /);
      expect(text).toMatch(/into the hands of (Kim Brandt|Luis Ortega): .*on duty/);
      expect(text).toMatch(/First response: .* by the policy standard/);
      expect(text).toMatch(/: First response falls/);
      expect(html).toContain('What comes next');
      expect(await laptop.tickets.read(printer.id)).toMatchObject({ status: 'new' });
    });
  });

  describe('in a fresh mail of an agent', () => {
    test('#mine lists what he has, with its next deadline; the mail is about no ticket', async () => {
      const mail = await ask(agent, '#mine');
      expect(mail.ticketId).toBeNull();
      expect(words(mail)).toMatch(
        new RegExp(`${printer.id} · P\\d \\w+ · The printer is jammed nora@example\\.org · .* left\\)`),
      );
      expect(mail.html).toContain('The printer is jammed');
      expect(mail.text).not.toContain(secret.id);
    });

    test('an answer to that mail is heard as well', async () => {
      const first = await ask(agent, '#queue');
      await laptop.reply(first, agent, '#help', { proven: true });
      expect((await laptop.mail('transcript', agent)).text).toContain('#queue network');
    });

    test('without proof it waits for a code', async () => {
      await laptop.write({ from: agent, subject: 'Mine', text: '#mine' });
      const code = await laptop.mail('code', agent);
      await laptop.reply(code, agent, /\b\d{6}\b/.exec(code.text)?.[0] ?? '', { proven: true });
      expect((await laptop.mail('transcript', agent)).text).toContain(printer.id);
    });

    test('#show brings a ticket and the address at which he answers it without a code', async () => {
      const other = agent === KIM ? LUIS : KIM;
      const mail = await ask(other, `#show ${printer.id.toLowerCase()}`);
      expect(mail.text).toContain('It eats the paper on floor 3.');
      const address = /write to\s+(\S+@\S+)/.exec(mail.text)?.[1] ?? '';
      await laptop.write({ from: other, to: address, subject: 'The printer', text: '#take', proven: true });
      await laptop.mail('transcript', other, printer.id);
      expect(await laptop.tickets.read(printer.id)).toMatchObject({ assignee: other });
      agent = other;
    });

    test('a confidential team’s ticket is neither shown nor found nor listed', async () => {
      const shown = await ask(LUIS, `#show ${secret.id}\n#find payslip\n#find paper`);
      expect(shown.text).toContain(`There is no ticket ${secret.id}.`);
      expect(words(shown)).toContain('“payslip” stands in subject, requester or first text of no ticket');
      expect(words(shown)).toMatch(/“paper” stands .*: T-\w{6} · P\d \w+ · The printer is jammed/);
      expect(shown.text).not.toContain('My salary');
      expect(words(await ask(LUIS, '#queue hr'))).toContain('are for Human Resources alone');
      expect((await ask(secret.assignee ?? '', '#mine')).text).toContain('My salary');
    });

    test('#report brings figures and a table in a mail of its own, of what its reader may see, and its lines are answered', async () => {
      const said = await ask(MARTHA, '#report this week');
      expect(words(said)).toMatch(
        /The report on \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d comes in a mail of its own\./,
      );
      const report = await laptop.mail('report', MARTHA);
      expect(report.raw).toMatch(/filename=report-[\d-]+\.csv/);
      expect(report.text).not.toContain(secret.id);
      await laptop.reply(report, MARTHA, '#report last mnth', { proven: true });
      expect((await laptop.mail('transcript', MARTHA)).text).toContain('did you mean last month?');
      await laptop.reply(report, MARTHA, '#report by category', { proven: true });
      await laptop.mail('transcript', MARTHA);
      expect((await laptop.mail('report', MARTHA)).text).not.toContain('Needs a decision');
    });

    test('a mistake undoes all of it, and says what was meant', async () => {
      const { text } = await ask(KIM, '#mne\n#queue');
      expect(text).toContain('did you mean #mine?');
      expect(text).not.toContain(printer.id);
    });
  });

  describe('a requester', () => {
    test('who writes #status and nothing else hears of his own open tickets alone', async () => {
      await laptop.write({ from: NORA, subject: 'Where are we?', text: '#status' });
      const mail = await laptop.mail('transcript', NORA);
      expect(mail.text).toContain(`${printer.id}: The printer is jammed`);
      expect(mail.text).not.toContain(secret.id);
      expect(mail.raw).not.toMatch(/kim\.brandt|luis\.ortega/);
      await laptop.write({ from: 'nobody@example.org', subject: 'And I?', text: '#status' });
      expect((await laptop.mail('transcript', 'nobody@example.org')).text).toContain(
        'You have no open tickets.',
      );
    });
  });

  describe('who is away', () => {
    test('says so by mail: the lead hears of it once, desk people shows it, new tickets go to others', async () => {
      const said = await ask(KIM, '#away until 2026-03-10 holiday');
      expect(words(said)).toContain('away from now on and there again on 2026-03-11');
      const note = await laptop.mail('note', MARTHA);
      expect(words(note)).toContain('Kim Brandt said so with #away: “until 2026-03-10 holiday”');
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, ['cli/desk.ts', '--data', laptop.dataDir, 'people']);
      expect(stdout).toMatch(/kim\.brandt.*until 2026-03-11: #away by Kim Brandt/);
      await laptop.write({ from: 'pia@example.org', subject: 'Mouse', text: 'My mouse is broken.' });
      expect((await laptop.ticketOf('pia@example.org')).assignee).toBe(LUIS);
    });

    test('until he is back, which his lead may say as well', async () => {
      expect(words(await ask(MARTHA, `#back ${KIM}`))).toContain('Kim Brandt is there again');
      const loads = await laptop.tickets.loads([KIM]);
      expect(loads.get(KIM)?.away ?? null).toBeNull();
    });
  });
}
