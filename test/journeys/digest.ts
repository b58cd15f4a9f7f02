/** Whoever has his mail once a day: what waits for it, his numbered digest, and what he answers to it, line by line. */
import { beforeAll, expect, test } from 'vitest';
import type { Delivered, Laptop } from './laptop.ts';

export function digest(begin: () => Laptop): void {
  const HELENE = 'helene.roth@example.test';
  const ADA = 'ada.osei@example.test';
  const ASKERS = ['ida@example.org', 'max@example.org', 'uma@example.org'] as const;
  const [IDA, MAX, UMA] = ASKERS;

  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const to = (address: string) => laptop.delivered.filter((mail) => mail.to === address);
  const ticketOf = async (address: string) => laptop.ticketOf(address);
  let digest: Delivered;
  /** What the number of this person's ticket is. */
  const numberOf = async (address: string) => {
    const { id } = await ticketOf(address);
    return digest.text.split('\n').reduce(
      ({ number, found }, line) => {
        const begins = /^(\d+) {2}\S/.exec(line)?.[1] ?? number;
        return { number: begins, found: line.includes(id) ? begins : found };
      },
      { number: '', found: '' },
    ).found;
  };

  test('what can wait for the morning is no mail of its own', async () => {
    for (const from of ASKERS) {
      await laptop.write({
        from,
        to: 'hr@desk.example.test',
        subject: `Payslip of ${from}`,
        text: 'It is wrong.',
      });
      const assignment = await laptop.mail('assignment', ADA);
      const command = from === UMA ? '#unassign' : `#assign ${HELENE}`;
      await laptop.reply(assignment, ADA, command, { proven: true });
      await laptop.mail('transcript', ADA);
    }
    await laptop.reply(await laptop.mail('acknowledgement', IDA), IDA, 'Since October, in fact.');
    const news = await laptop.until('all that is new', async () => {
      const waiting = await laptop.digests.news(HELENE);
      return waiting.length === 4 && waiting;
    });
    expect(news.map(({ what }) => what).sort()).toEqual([
      'assignment',
      'assignment',
      'note',
      'requester-message',
    ]);
    expect(to(HELENE)).toEqual([]);
  }, 60_000);

  test('comes in one mail when it is time, numbered, each once', async () => {
    await laptop.setSpeed(300);
    digest = await laptop.mail('digest', HELENE);
    await laptop.setSpeed(1);
    expect(digest.subject).toBe('2 open tickets, 1 that nobody has');
    const numbers = await Promise.all(ASKERS.map(numberOf));
    expect(numbers.slice(0, 2).sort()).toEqual(['1', '2']);
    expect(numbers[2]).toBe('3');
    expect(digest.text.replace(/\s+/g, ' ')).toContain('New: it came to you, a message from outside');
    expect(digest.html).toContain((await ticketOf(MAX)).id);
    expect(digest.ticketId).toBeNull();
    expect(await laptop.digests.news(HELENE)).toEqual([]);
  }, 60_000);

  test('words without a number go nowhere, and it says so', async () => {
    await laptop.reply(digest, HELENE, 'I am looking into it.', { proven: true });
    const transcript = await laptop.mail('transcript', HELENE);
    expect(transcript.text).toContain('Nothing was done');
    // Corrected in an answer to what says so, the numbers mean the same.
    await laptop.reply(transcript, HELENE, `${await numberOf(MAX)} tag payslips`, { proven: true });
    expect((await laptop.mail('transcript', HELENE)).text).toContain('Done');
    expect((await ticketOf(MAX)).tags).toEqual(['payslips']);
  }, 60_000);

  test('one line that is refused keeps the others from being carried out', async () => {
    const [ida, max] = await Promise.all([numberOf(IDA), numberOf(MAX)]);
    await laptop.reply(digest, HELENE, `${ida} close\n${max} prioritty P1`, { proven: true });
    const transcript = await laptop.mail('transcript', HELENE);
    expect(transcript.text).toContain('did you mean #priority?');
    expect((await ticketOf(IDA)).status).not.toBe('closed');
  }, 60_000);

  test('several lines are carried out on the tickets of their numbers, once, however often they come', async () => {
    const [ida, max, uma] = await Promise.all(ASKERS.map(numberOf));
    const lines = `${ida} note called her\n${max} #resolve Done.\n${uma}. take\n`;
    const sent = { proven: true, messageId: '<lines@example.test>' };
    await laptop.reply(digest, HELENE, lines, sent);
    const transcript = await laptop.mail('transcript', HELENE);
    for (const asker of ASKERS) expect(transcript.text).toContain((await ticketOf(asker)).id);
    await laptop.mail('resolved', MAX);
    const [first, second, third] = await Promise.all(ASKERS.map(ticketOf));
    expect([first?.status, second?.status, third?.status]).toEqual(['open', 'resolved', 'open']);
    expect(third?.assignee).toBe(HELENE);
    const messages = await laptop.tickets.messages(first?.id ?? '', 10);
    expect(messages.at(-1)).toMatchObject({
      text: 'called her',
      visibility: 'private',
      from: { address: HELENE },
    });
    await laptop.reply(digest, HELENE, lines, sent);
    await laptop.until('the second one’s end', async () => {
      const found = await laptop.ledger.list(5, ({ messageId }) => messageId === 'lines@example.test');
      return found.length === 2 && found.some(({ disposition }) => disposition === 'duplicate');
    });
    expect((await laptop.tickets.messages(first?.id ?? '', 10)).length).toBe(messages.length);
    expect((await Promise.all(ASKERS.map(ticketOf))).map(({ version }) => version)).toEqual([
      first?.version,
      second?.version,
      third?.version,
    ]);
  }, 60_000);

  test('without proof a code is asked for first', async () => {
    await laptop.reply(digest, HELENE, `${await numberOf(IDA)} close`);
    const code = await laptop.mail('code', HELENE);
    expect((await ticketOf(IDA)).status).toBe('open');
    await laptop.reply(code, HELENE, /\b\d{6}\b/.exec(code.text)?.[0] ?? '');
    await laptop.mail('closed', IDA);
  }, 60_000);

  test('the next one comes on the next morning, and tells nothing twice', async () => {
    await laptop.setSpeed(20_000);
    const next = await laptop.mail('digest', HELENE);
    await laptop.setSpeed(1);
    expect(next.text).not.toContain('a message from outside');
    // Its address tells the day: however many mornings have passed, each brought one.
    const days = to(HELENE).flatMap(({ kind, replyTo }) => (kind === 'digest' ? [replyTo] : []));
    expect(new Set(days).size).toBe(days.length);
    expect(laptop.faults.filter((fault) => fault.includes('not authorized'))).toEqual([]);
  }, 60_000);
}
