/** A mail becomes a ticket that is answered and closed: the story that the desk is for, over real mail. */
import { beforeAll, describe, expect, test } from 'vitest';
import { KIM, LUIS } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export function answered(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const NORA = 'Nora Quist <nora@example.org>';
  const nora = 'nora@example.org';
  const AGENTS = [
    KIM,
    LUIS,
    'priya.nair@example.test',
    'tomas.novak@example.test',
    'martha.lind@example.test',
  ];

  /** Nothing of the inside stands anywhere in a mail that goes outside, encoded or not. */
  function expectNoLeak(mail: Delivered): void {
    const everything = [mail.raw, mail.text, mail.html, JSON.stringify([...mail.headers])]
      .join('\n')
      .toLowerCase();
    for (const address of AGENTS) expect(everything).not.toContain(address);
  }

  describe('a printer is jammed', () => {
    let acknowledgement: Delivered;
    let assignment: Delivered;
    let answer: Delivered;
    let agent: string;

    test('the requester gets the number and the promised time', async () => {
      await laptop.write({
        from: NORA,
        subject: 'The printer is jammed',
        text: 'It eats the paper on floor 3.',
        attachments: [{ filename: 'noise.txt', content: 'krrr' }],
      });
      acknowledgement = await laptop.mail('acknowledgement', nora);
      expect(acknowledgement).toMatchObject({
        from: 'support@desk.example.test',
        subject: expect.stringMatching(/^Re: The printer is jammed \[T-[0-9A-Z]{6}\]$/),
        attachments: [],
      });
      expect(acknowledgement.text).toContain(acknowledgement.ticketId);
      expect(acknowledgement.headers.get('auto-submitted')).toBe('auto-replied');
      expectNoLeak(acknowledgement);
    });

    test('the agent gets the text, the file, what the desk thinks and why', async () => {
      const ticket = await laptop.ticketOf(nora);
      agent = ticket.assignee ?? '';
      assignment = await laptop.mail('assignment', agent);
      expect(assignment.text).toContain('It eats the paper on floor 3.');
      expect(assignment.text).toContain('the word “printer” in the subject');
      expect(assignment.attachments).toMatchObject([{ name: 'noise.txt', content: Buffer.from('krrr') }]);
      expect(assignment.replyTo).toMatch(/^support\+[0-9a-z]{39}@desk\.example\.test$/);
      expect(ticket).toMatchObject({ status: 'new', priority: 'P3', tier: 1, category: 'printing' });
    });

    test('the agent’s reply reaches the requester in his name, threaded, with its file, without his address or our text', async () => {
      await laptop.reply(assignment, agent, 'Please open flap B.\n\nI come at two.', {
        proven: true,
        attachments: [{ filename: 'flap.png', content: Buffer.from([137, 80, 78, 71]) }],
      });
      answer = await laptop.mail('answer', nora);
      expect(answer.from).toBe('support@desk.example.test');
      expect(answer.fromName).toMatch(/^(Kim Brandt|Luis Ortega) via Service Desk$/);
      expect(answer.text).toContain('Please open flap B.\n\nI come at two.');
      expect(answer.text).not.toContain('the word “printer”');
      expect(answer.attachments.map(({ name }) => name)).toEqual(['flap.png']);
      expect(answer.inReplyTo).toBe(acknowledgement.inReplyTo);
      expect(answer.headers.get('auto-submitted')).toBeUndefined();
      expectNoLeak(answer);
      expect(await laptop.tickets.read(answer.ticketId ?? '')).toMatchObject({
        status: 'open',
        deadlines: { resolution: expect.any(String) },
      });
    });

    test('the agent’s formatting and his picture reach the requester, his signature and what he quoted do not', async () => {
      await laptop.reply(
        assignment,
        agent,
        'Press *both* levers, as shown:\n\n[cid:levers@example.test]\n\nThen pull.',
        {
          proven: true,
          html: `<p>Press <b>both</b> levers, as shown:</p><p><img src="cid:levers@example.test"></p><p>Then pull.</p><div class="gmail_quote"><blockquote>${assignment.html}</blockquote></div>`,
          attachments: [
            {
              filename: 'levers.png',
              content: Buffer.from([137, 80, 78, 71]),
              contentType: 'image/png',
              cid: 'levers@example.test',
            },
          ],
        },
      );
      const formatted = await laptop.mail('answer', nora);
      expect(formatted.html).toContain('<p>Press <b>both</b> levers, as shown:</p>');
      expect(formatted.html).toContain('<img src="data:image/png;base64');
      expect(formatted.html).not.toContain('the word “printer”');
      expect(formatted.text).toMatch(/Then pull\.\n\nBest regards\n(Kim Brandt|Luis Ortega), Service Desk/);
      expect(formatted.html).toMatch(/<p>Best regards<br>\n(Kim Brandt|Luis Ortega), Service Desk<\/p>/);
      expectNoLeak(formatted);
    });

    test('an address of the desk’s people leaves in no mail, wherever somebody planted it', async () => {
      await laptop.reply(
        assignment,
        agent,
        `Write to ${agent} or mailto:${KIM.replace('@', '%40')}.\n\nYours\n${agent}\n+49 30 4711\n\n-- \n${LUIS}`,
        {
          proven: true,
          messageId: `<reply-1.${agent}>`,
          attachments: [{ filename: `from ${LUIS}.txt`, content: 'x' }],
          html: `<p>Write to <a href="mailto:${agent}">${agent}</a> or mailto:${KIM.replace('@', '%40')}.</p><p>Yours<br>${agent}<br>+49 30 4711</p>`,
        },
      );
      const closed = await laptop.mail('answer', nora);
      expect(closed.text).toContain('Write to support@desk.example.test');
      expectNoLeak(closed);
    });

    test('who has the agent’s own mail is not sent it again, and the agent is told', async () => {
      await laptop.reply(assignment, agent, 'As I said on the phone.', { proven: true, cc: NORA });
      expect((await laptop.mail('transcript', agent)).text).toContain(`${nora} had it from you directly`);
      expect((await laptop.tickets.messages(answer.ticketId ?? '', 1))[0]).toMatchObject({
        ...{ direction: 'out', text: 'As I said on the phone.' },
      });
    });

    test('the requester’s reply reaches the agent', async () => {
      await laptop.reply(answer, NORA, 'Flap B is open. It still eats.');
      const message = await laptop.mail('requester-message', agent);
      expect(message.text).toContain('Flap B is open. It still eats.');
      expect(message.text).not.toContain('I come at two.');
    });

    test('#resolve with words sends one mail, and a reply reopens', async () => {
      await laptop.reply(assignment, agent, 'New roller.\n\n#resolve', { proven: true });
      const resolved = await laptop.mail('resolved', nora);
      expect(resolved.text).toContain('New roller.');
      expect(resolved.text).not.toContain('#resolve');
      expectNoLeak(resolved);
      expect((await laptop.mail('transcript', agent)).text).toContain('#resolve');
      await laptop.reply(resolved, NORA, 'It eats again!');
      await laptop.mail('requester-message', agent);
      expect(await laptop.ticketOf(nora)).toMatchObject({ status: 'open', resolvedAt: null });
    });

    test('the requester closes with #close, and a later reply opens a linked ticket', async () => {
      await laptop.reply(answer, NORA, '#close');
      await laptop.mail('transcript', nora);
      await laptop.until('closing', async () => (await laptop.ticketOf(nora)).status === 'closed');
      await laptop.reply(answer, NORA, 'One more thing');
      const second = await laptop.mail('acknowledgement', nora);
      expect(second.ticketId).not.toBe(answer.ticketId);
      expect(await laptop.tickets.read(second.ticketId ?? '')).toMatchObject({ follows: answer.ticketId });
    });

    test('every mail that went out was one mail to one person', async () => {
      await laptop.quiet();
      const ids = laptop.delivered.map(({ kind, to, ticketId, subject, text }) =>
        [kind, to, ticketId, subject, text].join('|'),
      );
      expect(new Set(ids).size).toBe(ids.length);
      for (const { to } of laptop.delivered) expect(to).not.toContain(',');
      for (const mail of laptop.delivered.filter(({ to }) => to === nora)) expectNoLeak(mail);
      expect(laptop.delivered.filter(({ to, text }) => to === nora && text.includes('As I said'))).toEqual(
        [],
      );
    });
  });
}
