/** Who is believed: agents with and without proof, strangers, and mail that nobody may act on. */
import { beforeAll, describe, expect, test } from 'vitest';
import { KIM, LUIS } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export function proof(begin: () => Laptop): void {
  let laptop: Laptop;
  let assignment: Delivered;
  let agent: string;
  let ticketId: string;

  const OLE = 'ole@example.org';

  beforeAll(async () => {
    laptop = begin();
    await laptop.write({
      from: OLE,
      subject: 'No network in room 7',
      text: 'The Wi-Fi is gone for our whole team.',
    });
    const ticket = await laptop.ticketOf(OLE);
    agent = ticket.assignee ?? '';
    ticketId = ticket.id;
    assignment = await laptop.mail('assignment', agent);
    await laptop.mail('acknowledgement', OLE);
  }, 120_000);

  const ledgerOf = (messageId: string) =>
    laptop.until(
      `the disposition of ${messageId}`,
      async () => (await laptop.ledger.list(1, (record) => record.messageId === messageId))[0],
    );

  test('without-token: a proven agent without his own token is asked for a code, and the code releases his mail', async () => {
    const other = agent === KIM ? LUIS : KIM;
    const id = await laptop.reply(assignment, other, 'Is it the switch?', { proven: true });
    expect(await ledgerOf(id)).toMatchObject({ disposition: 'held', reason: 'without-token' });
    const code = await laptop.mail('code', other);
    const digits = /\b\d{6}\b/.exec(code.text)?.[0] ?? '';
    expect(code.html).toContain(digits);
    await laptop.reply(code, other, digits, { proven: true });
    await laptop.mail('answer', OLE);
    await laptop.until('the release', async () => (await ledgerOf(id)).disposition === 'appended');
    expect((await ledgerOf(id)).history).toMatchObject([{ disposition: 'held', reason: 'without-token' }]);
  });

  test('without-proof: an unproven agent with the right token is asked for a code, and a wrong one releases nothing', async () => {
    const id = await laptop.reply(assignment, agent, 'I come over.');
    expect(await ledgerOf(id)).toMatchObject({ disposition: 'held', reason: 'without-proof' });
    const code = await laptop.mail('code', agent);
    const digits = /\b\d{6}\b/.exec(code.text)?.[0] ?? '';
    const wrong = await laptop.reply(code, agent, digits === '111111' ? '222222' : '111111');
    expect(await ledgerOf(wrong)).toMatchObject({ disposition: 'refused', reason: 'wrong-code' });
    await laptop.mail('refusal', agent);
    await laptop.reply(code, agent, `${digits}\n\n-- \nme`);
    const answer = await laptop.mail('answer', OLE);
    expect(answer.text).toContain('I come over.');
  });

  test('posing-as-agent: mail that failed authentication does nothing and is answered by nobody', async () => {
    const before = laptop.delivered.length;
    const id = await laptop.reply(assignment, agent, '#close', {
      headers: { 'X-Local-Verdict': 'spf=FAIL dmarc=FAIL policy=reject' },
    });
    expect(await ledgerOf(id)).toMatchObject({ disposition: 'refused', reason: 'posing-as-agent' });
    await laptop.quiet();
    expect(laptop.delivered.length).toBe(before);
    expect((await laptop.tickets.read(ticketId))?.status).not.toBe('closed');
  });

  test('third-party: a stranger with a forwarded token writes a note that only the desk sees', async () => {
    const acknowledgement = laptop.delivered.find(
      ({ kind, to }) => kind === 'acknowledgement' && to === OLE,
    ) as Delivered;
    const id = await laptop.reply(acknowledgement, 'stranger@example.com', 'What is this about?');
    expect(await ledgerOf(id)).toMatchObject({ disposition: 'noted', reason: 'third-party' });
    await laptop.until('the note', async () =>
      laptop.delivered.some(
        ({ kind, to, text }) => kind === 'note' && to === agent && text.includes('What is this about?'),
      ),
    );
  });

  test('unknown-command: a mistyped command sends nothing to the requester and says what was meant', async () => {
    const id = await laptop.reply(assignment, agent, '#noet\nHe has unplugged it himself.', { proven: true });
    expect(await ledgerOf(id)).toMatchObject({ disposition: 'refused', reason: 'unknown-command' });
    const transcript = await laptop.mail('transcript', agent);
    expect(transcript.text).toContain('#noet');
    expect(transcript.text).toContain('did you mean #note?');
    await laptop.quiet();
    expect(laptop.delivered.filter(({ text, to }) => to === OLE && text.includes('unplugged'))).toEqual([]);
  });

  test('private-note: a note stays inside', async () => {
    await laptop.reply(assignment, agent, '#note\nHe has unplugged it himself.', { proven: true });
    expect((await laptop.mail('transcript', agent)).text).toContain('#note');
    await laptop.quiet();
    expect(laptop.delivered.filter(({ text, to }) => to === OLE && text.includes('unplugged'))).toEqual([]);
    const messages = await laptop.tickets.messages(ticketId, 50);
    expect(messages.at(-1)).toMatchObject({ visibility: 'private', text: 'He has unplugged it himself.' });
  });

  describe('mail that opens no conversation', () => {
    test('disowned-by-domain, spam and virus are quarantined without a word', async () => {
      const before = laptop.delivered.length;
      const verdicts = {
        'dmarc=FAIL policy=reject': 'disowned-by-domain',
        'spam=FAIL': 'spam',
        'virus=FAIL': 'virus',
      };
      for (const [verdict, reason] of Object.entries(verdicts)) {
        const id = await laptop.write({
          from: 'x@example.com',
          subject: reason,
          text: 'Hello',
          headers: { 'X-Local-Verdict': verdict },
        });
        expect(await ledgerOf(id)).toMatchObject({ disposition: 'quarantined', reason });
      }
      await laptop.quiet();
      expect(laptop.delivered.length).toBe(before);
    });

    test('out-of-office: an automatic reply changes nothing', async () => {
      const answer = laptop.delivered.find(({ kind, to }) => kind === 'answer' && to === OLE) as Delivered;
      const id = await laptop.reply(answer, OLE, 'I am away until Friday.', {
        subject: 'Automatic reply: No network in room 7',
        headers: { 'Auto-Submitted': 'auto-replied' },
      });
      expect((await ledgerOf(id)).disposition).toBe('suppressed');
    });

    test('same-message: the same mail twice is one ticket', async () => {
      const mail = {
        from: 'twice@example.com',
        subject: 'Twice',
        text: 'Once',
        messageId: '<twice@example.com>',
      };
      await laptop.write(mail);
      await laptop.mail('acknowledgement', 'twice@example.com');
      await laptop.write(mail);
      await laptop.until('the duplicate', async () =>
        (await laptop.ledger.list(10, ({ messageId }) => messageId === 'twice@example.com'))
          .map(({ disposition }) => disposition)
          .includes('duplicate'),
      );
      expect(
        await laptop.tickets.list(10, ({ requester }) => requester.address === 'twice@example.com'),
      ).toHaveLength(1);
    });
  });

  test('a requester’s token in his own words reaches no agent', async () => {
    const acknowledgement = laptop.delivered.find(
      ({ kind, to }) => kind === 'acknowledgement' && to === OLE,
    ) as Delivered;
    await laptop.reply(acknowledgement, OLE, `You told me to write to ${acknowledgement.replyTo} again.`);
    const message = await laptop.mail('requester-message', agent);
    expect(message.text).toContain('You told me to write to support+…@desk.example.test again.');
    expect(message.raw).not.toContain(acknowledgement.replyTo);
  });

  test('the same Message-ID with other content is new mail, says so, and does not take the first one’s answers', async () => {
    const messageId = '<reused@example.com>';
    await laptop.write({ from: 'first@example.com', subject: 'First', text: 'One', messageId });
    const first = await laptop.ticketOf('first@example.com');
    await laptop.write({ from: 'second@example.com', subject: 'Second', text: 'Two', messageId });
    const second = await laptop.ticketOf('second@example.com');
    expect(second.id).not.toBe(first.id);
    const records = await laptop.ledger.list(10, (record) => record.messageId === 'reused@example.com');
    expect(records.map(({ detail }) => detail)).toContainEqual(
      expect.stringContaining(`of ${first.id}, has the same Message-ID`),
    );
    await laptop.write({
      from: 'first@example.com',
      subject: 'Re: First',
      text: 'More',
      inReplyTo: messageId,
    });
    await laptop.until('the reply', async () => (await laptop.tickets.read(first.id))?.messages === 2);
  });

  test('forwarded-by-agent: the first writer is the requester, the agent’s own words stay inside, and attached mail is a file', async () => {
    const inner = [
      'From: Pia Lund <pia@example.org>',
      'To: luis.ortega@example.test',
      'Subject: No sound',
      'Date: Mon, 23 Nov 2026 08:55:00 +0100',
      'Message-ID: <pia@example.org>',
      '',
      'My headset is silent.',
      '',
    ].join('\r\n');
    await laptop.write({
      from: LUIS,
      proven: true,
      subject: 'Fwd: No sound',
      text: 'She shouts on the phone as well.',
      attachments: [{ filename: 'mail.eml', content: inner, contentType: 'message/rfc822' }],
    });
    const acknowledgement = await laptop.mail('acknowledgement', 'pia@example.org');
    const messages = await laptop.tickets.messages(acknowledgement.ticketId ?? '', 10);
    expect(messages).toMatchObject([
      {
        visibility: 'public',
        from: { address: 'pia@example.org' },
        text: expect.stringContaining('My headset is silent.'),
      },
      { visibility: 'private', from: { address: LUIS }, text: 'She shouts on the phone as well.' },
    ]);
    await laptop.quiet();
    expect(
      laptop.delivered.filter(
        ({ to, raw, text }) => to === 'pia@example.org' && `${raw}${text}`.includes('shouts'),
      ),
    ).toEqual([]);
  });
}
