/** What machines write, and what comes twice: out-of-office notices, and one mail to two addresses. */
import { beforeAll, expect, test } from 'vitest';
import type { Delivered, Laptop } from './laptop.ts';

export function automatic(begin: () => Laptop): void {
  const OUT_OF_OFFICE = { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' };
  const AMY = 'amy@example.org';
  const BEN = 'ben@example.org';
  const CARA = 'cara@example.org';
  const DORA = 'dora@example.org';

  const happened = async (id: string, kind: string) =>
    (await laptop.tickets.events(id, 100)).find((event) => event.kind === kind);

  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const assignmentOf = async (requester: string): Promise<Delivered> => {
    const { id } = await laptop.ticketOf(requester);
    return laptop.until(`an assignment of ${id}`, async () =>
      laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === id),
    );
  };

  test('an agent’s out-of-office notice: his lead is told once, and the next tickets go to others', async () => {
    await laptop.write({ from: AMY, subject: 'Printer', text: 'The printer eats the paper.' });
    const assignment = await assignmentOf(AMY);
    const agent = assignment.to;
    const notice = { subject: `Automatic reply: ${assignment.subject}`, headers: OUT_OF_OFFICE };
    await laptop.reply(assignment, agent, 'I am away, back on 6 March.', notice);
    const note = await laptop.mail('note', 'martha.lind@example.test');
    expect(note.ticketId).toBeNull();
    expect(note.text).toContain('back on 6 March');
    expect(note.text).toContain('desk people');
    const { away } = (await laptop.tickets.loads([agent])).get(agent) ?? {};
    expect(away).toMatchObject({ until: expect.stringMatching(/^2026-03-0[56]T/) });

    await laptop.reply(assignment, agent, 'I am away, back on 6 March.', notice);
    await laptop.until('the second notice', async () => {
      const mails = await laptop.ledger.list(10, ({ reason }) => reason === 'out-of-office');
      return mails.length === 2;
    });
    for (const requester of [BEN, CARA]) {
      await laptop.write({ from: requester, subject: 'Printer', text: 'The printer eats the paper.' });
      const { id, assignee } = await laptop.ticketOf(requester);
      expect(assignee).not.toBe(agent);
      expect(await happened(id, 'assigned')).toMatchObject({
        reason: expect.stringContaining('is away until 2026-03-06'),
      });
    }
    await laptop.quiet();
    const notes = laptop.delivered.filter(
      ({ kind, to, subject }) =>
        kind === 'note' && to === 'martha.lind@example.test' && subject.includes('is away until'),
    );
    expect(notes).toHaveLength(1);
    const { id } = await laptop.ticketOf(AMY);
    expect(await happened(id, 'automatic-mail-received')).toMatchObject({
      what: 'out-of-office',
      from: agent,
    });
  });

  test('a requester’s out-of-office notice is on the timeline and changes nothing', async () => {
    await laptop.write({ from: DORA, subject: 'Printer', text: 'The printer eats the paper.' });
    const assignment = await assignmentOf(DORA);
    await laptop.reply(assignment, assignment.to, 'Which one?\n\n#waiting for its name', { proven: true });
    const answer = await laptop.mail('answer', DORA);
    const { id } = await laptop.ticketOf(DORA);
    const before = await laptop.until('waiting', async () => {
      const ticket = await laptop.tickets.read(id);
      return ticket?.status === 'waiting' ? ticket : null;
    });
    await laptop.reply(answer, DORA, 'Ich bin bis zum 30.3. nicht im Büro.', {
      subject: `Abwesenheitsnotiz: ${answer.subject}`,
      headers: OUT_OF_OFFICE,
    });
    const event = await laptop.until('the notice on the ticket', () =>
      happened(id, 'automatic-mail-received'),
    );
    expect(event).toMatchObject({
      what: 'out-of-office',
      from: DORA,
      excerpt: 'Ich bin bis zum 30.3. nicht im Büro.',
    });
    const after = await laptop.tickets.read(id);
    expect(after).toMatchObject({ status: 'waiting', clock: before.clock, waiting: before.waiting });
    const ledger = await laptop.ledger.list(
      50,
      ({ from, reason }) => from === DORA && reason === 'out-of-office',
    );
    expect(ledger).toMatchObject([{ disposition: 'suppressed', ticketId: id, clue: 'token' }]);
    await laptop.quiet();
    expect(laptop.delivered.filter(({ to, kind }) => to === DORA && kind !== 'acknowledgement')).toHaveLength(
      1,
    );
  });

  test('one mail that comes to two of our addresses is one ticket, and theirs for whom it is confidential', async () => {
    const mail = {
      from: 'eve@example.org',
      subject: 'My printer',
      text: 'It eats my payslips.',
      messageId: '<twice@example.org>',
    };
    await laptop.write({ ...mail, to: 'support@desk.example.test' });
    const { id, team } = await laptop.ticketOf('eve@example.org');
    expect(team).toBe('service-desk');
    await laptop.write({ ...mail, to: 'hr@desk.example.test' });
    await laptop.until('its move', async () => (await laptop.tickets.read(id))?.team === 'hr');
    const ledger = await laptop.ledger.list(50, ({ from }) => from === 'eve@example.org');
    expect(ledger.map(({ disposition, ticketId }) => [disposition, ticketId])).toEqual([
      ['duplicate', id],
      ['opened', id],
    ]);
    expect(
      await laptop.tickets.list(50, ({ requester }) => requester.address === 'eve@example.org'),
    ).toHaveLength(1);
  });

  test('one mail to both addresses at once goes to the confidential team alone', async () => {
    await laptop.write({
      from: 'fay@example.org',
      to: ['support@desk.example.test', 'hr@desk.example.test'],
      subject: 'Printer',
      text: 'The printer eats the paper.',
    });
    const { id, team, mailbox } = await laptop.ticketOf('fay@example.org');
    expect({ team, mailbox }).toEqual({ team: 'hr', mailbox: 'hr@desk.example.test' });
    await laptop.quiet();
    const told = laptop.delivered.filter(({ ticketId, to }) => ticketId === id && to !== 'fay@example.org');
    expect(told.map(({ to }) => to)).toEqual([(await laptop.tickets.read(id))?.assignee]);
  });
}
