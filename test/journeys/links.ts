/** Two people report the same, and the desk makes one thing of it. */
import { beforeAll, expect, test } from 'vitest';
import type { Delivered, Laptop } from './laptop.ts';

export function links(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const [AMY, BEN, CAS, DOT, EVA, FAY, GUS] = [
    'amy@example.org',
    'ben@example.org',
    'cas@example.com',
    'dot@example.com',
    'eva@example.com',
    'fay@example.com',
    'gus@example.com',
  ] as const;

  async function ask(from: string, subject: string) {
    await laptop.write({ from, subject, text: 'The printer on the second floor eats the paper.' });
    const { id } = await laptop.ticketOf(from);
    const assignment = await laptop.until('an assignment', async () =>
      laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === id),
    );
    return { id, assignment, acknowledged: await laptop.mail('acknowledgement', from, id) };
  }

  const answer = (mail: Delivered, text: string) => laptop.reply(mail, mail.to, text, { proven: true });
  const read = async (id: string) => {
    const ticket = await laptop.tickets.read(id);
    if (!ticket) throw new Error(`there is no ticket ${id}`);
    return ticket;
  };

  test('two tickets are linked, then one goes on as the other, and replies to the first lead there', async () => {
    const first = await ask(AMY, 'The printer eats paper');
    const second = await ask(BEN, 'Paper jam on the second floor');

    await answer(second.assignment, `#dup ${first.id}`);
    expect((await laptop.mail('transcript', second.assignment.to, second.id)).text).toContain(
      `linked with ${first.id} as duplicate`,
    );
    expect((await read(first.id)).links).toEqual([{ relation: 'duplicate', id: second.id }]);
    expect((await read(second.id)).links).toEqual([{ relation: 'duplicate', id: first.id }]);

    await answer(second.assignment, `#merge ${first.id}`);
    const closed = await laptop.mail('closed', BEN, second.id);
    expect(closed.text).toContain(`ticket ${first.id}`);
    expect(closed.text).not.toContain('#reopen');
    expect(closed.text + closed.html).not.toContain(AMY);
    expect(await read(second.id)).toMatchObject({ status: 'closed', mergedInto: first.id });
    expect((await read(first.id)).participants.map(({ address, role }) => [address, role])).toEqual([
      [AMY, 'requester'],
      [BEN, 'cc'],
    ]);

    // His first ticket's token, and his reply to what closed it.
    await laptop.reply(second.acknowledged, BEN, 'It is the one beside the window.');
    await laptop.reply(closed, BEN, 'And it smells of smoke.');
    await laptop.until('both replies', async () => (await read(first.id)).messages === 3);
    expect(await read(second.id)).toMatchObject({ status: 'closed', messages: 1 });

    await answer(first.assignment, 'Somebody comes with new rollers at noon.');
    for (const person of [AMY, BEN])
      expect((await laptop.mail('answer', person, first.id)).text).toContain('new rollers');

    // What goes on as another takes no one back.
    await answer(first.assignment, `#merge ${second.id}`);
    expect((await laptop.mail('transcript', first.assignment.to, first.id)).text).toContain(
      `${second.id} goes on as this ticket already`,
    );
    expect(laptop.faults).toEqual([]);
  });

  test('of two that are merged crosswise at the same moment one goes on, and the other mail is refused', async () => {
    const [one, other] = [await ask(FAY, 'No sound'), await ask(GUS, 'The loudspeaker is silent')];
    await Promise.all([
      answer(one.assignment, `#merge ${other.id}`),
      answer(other.assignment, `#merge ${one.id}`),
    ]);
    const transcripts = [
      await laptop.mail('transcript', one.assignment.to, one.id),
      await laptop.mail('transcript', other.assignment.to, other.id),
    ];
    expect(transcripts.filter(({ text }) => text.includes('goes on as this ticket already'))).toHaveLength(1);
    const merged = [await read(one.id), await read(other.id)].filter(({ mergedInto }) => mergedInto);
    expect(merged).toHaveLength(1);
    expect(laptop.faults).toEqual([]);
  });

  test('a message that is another matter becomes a ticket of its own', async () => {
    const { id, assignment, acknowledged } = await ask(EVA, 'The scanner is slow');
    await laptop.reply(acknowledged, EVA, 'And my VPN password has expired.');
    await laptop.until('her reply', async () => (await read(id)).messages === 2);
    await answer(assignment, '#split 2 VPN password');
    const own = await laptop.until('her second ticket', async () =>
      (await laptop.tickets.list(2, ({ requester }) => requester.address === EVA)).find(
        (ticket) => ticket.id !== id,
      ),
    );
    expect(own).toMatchObject({ subject: 'VPN password', links: [{ relation: 'related', id }], messages: 1 });
    expect((await laptop.tickets.message(own.id, 1))?.text).toBe('And my VPN password has expired.');
    expect((await read(id)).links).toEqual([{ relation: 'related', id: own.id }]);
    await laptop.reply(await laptop.mail('acknowledgement', EVA, own.id), EVA, 'It is urgent.');
    await laptop.until('her word', async () => (await read(own.id)).messages === 2);
    expect(laptop.faults).toEqual([]);
  });

  test('a request that takes two tickets is cloned, once, and its requester hears nothing until it is answered', async () => {
    const HAL = 'hal@example.com';
    const { id, assignment } = await ask(HAL, 'Two printers for room 4');
    await answer(assignment, '#clone The second printer');
    await laptop.mail('transcript', assignment.to, id);
    const [cloned, ...more] = await laptop.tickets.list(
      9,
      (ticket) => ticket.requester.address === HAL && ticket.id !== id,
    );
    expect(more).toEqual([]);
    expect(cloned).toMatchObject({ subject: 'The second printer', links: [{ relation: 'related', id }] });
    const own = cloned?.id ?? '';
    expect((await laptop.tickets.message(own, 1))?.text).toBe(
      'The printer on the second floor eats the paper.',
    );
    await answer(await laptop.mail('assignment', cloned?.assignee ?? '', own), 'It is ordered.');
    expect((await laptop.mail('answer', HAL, own)).text).toContain('It is ordered.');
    expect(laptop.delivered.filter(({ to, ticketId }) => to === HAL && ticketId === own)).toHaveLength(1);
    expect(laptop.faults).toEqual([]);
  });

  test('a problem is solved, and with it its incident, whose requester is told in his own ticket', async () => {
    const problem = await ask(CAS, 'No drive reaches the file server');
    const incident = await ask(DOT, 'I cannot open my drive');
    await answer(incident.assignment, `#link ${problem.id} problem`);
    await laptop.mail('transcript', incident.assignment.to, incident.id);
    await answer(problem.assignment, 'A cable was loose; all drives are back.\n\n#resolve');

    const told = await laptop.mail('resolved', DOT, incident.id);
    expect(told.text).toContain('A cable was loose');
    expect(told.text + told.html).not.toContain(CAS);
    await laptop.mail('resolved', CAS, problem.id);
    expect((await read(incident.id)).status).toBe('resolved');

    await laptop.reply(told, DOT, 'Not for me: it is still gone.');
    await laptop.until('open again', async () => (await read(incident.id)).status === 'open');
    expect((await read(problem.id)).status).toBe('resolved');
    expect(laptop.faults).toEqual([]);
  });
}
