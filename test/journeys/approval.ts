/** What needs somebody's word: a macro, a field, and a change that two people have to approve by mail. */
import { beforeAll, expect, test } from 'vitest';
import { MARTHA } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export const HOLGER = 'holger@example.net';

export function approval(begin: () => Laptop): void {
  const AMY = 'amy@example.org';
  const BEN = 'ben@example.org';

  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const assignmentOf = (id: string): Promise<Delivered> =>
    laptop.until('an assignment', async () =>
      laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === id),
    );
  const status = (id: string, wanted: string) =>
    laptop.until(`${id} ${wanted}`, async () => {
      const ticket = await laptop.tickets.read(id);
      return ticket?.status === wanted ? ticket : null;
    });

  test('a change waits until all whom desk.yaml names have approved it, in the desk or outside', async () => {
    await laptop.write({
      from: AMY,
      subject: 'A VPN tunnel to the new office',
      text: 'Please set up a VPN tunnel to the new office in Porto.',
    });
    const { id } = await laptop.ticketOf(AMY);
    const assignment = await assignmentOf(id);
    expect(assignment.text).toContain('#macro vpn-again (Sign in to the VPN once more)');

    const [toMartha, toHolger] = [
      await laptop.mail('approval', MARTHA),
      await laptop.mail('approval', HOLGER),
    ];
    expect(toHolger.text).toContain('A VPN tunnel to the new office');
    expect(toHolger.text).toContain('Please set up a VPN tunnel');
    expect((await status(id, 'waiting')).deadlines).toEqual({});

    await laptop.reply(assignment, assignment.to, '#resolve', { proven: true });
    expect((await laptop.mail('transcript', assignment.to)).text.replace(/\s+/g, ' ')).toContain(
      'This change is not approved yet. Still to answer: Martha Lind, holger@example.net.',
    );

    await laptop.reply(toHolger, HOLGER, '#close');
    expect((await laptop.mail('transcript', HOLGER)).text.replace(/\s+/g, ' ')).toContain(
      'begin your reply with the word approve or reject',
    );
    await laptop.reply(toHolger, HOLGER, 'Approved.');
    expect((await laptop.mail('transcript', HOLGER)).text).toContain('Others are still to answer.');
    await laptop.reply(toMartha, MARTHA, 'approve\n\nOnly until the end of the year.', { proven: true });
    expect((await laptop.mail('decided', AMY)).text).toContain('has been approved');
    const told = await laptop.until('the result', async () =>
      laptop.delivered.find(
        ({ kind, to, text }) => kind === 'note' && to === assignment.to && /Approved by/.test(text),
      ),
    );
    expect(told.text.replace(/\s+/g, ' ')).toContain('Approved by Martha Lind and holger@example.net');

    const ticket = await status(id, 'open');
    expect(ticket.approvals?.[0]?.approvers.map(({ vote }) => vote)).toEqual(['approve', 'approve']);
    await laptop.reply(assignment, assignment.to, 'It is up.\n\n#resolve', { proven: true });
    await laptop.mail('resolved', AMY);
    const leaked = laptop.delivered.filter(({ to }) => to === AMY || to === HOLGER).map(({ raw }) => raw);
    expect(leaked.join('')).not.toContain('end of the year');
    expect(leaked.join('')).not.toMatch(/martha\.lind@|priya\.nair@|luis\.ortega@|kim\.brandt@/);
  });

  test('a macro answers and gives its commands, a field stays inside, and who rejects ends the wait', async () => {
    await laptop.write({
      from: BEN,
      subject: 'Paper jam',
      text: 'The printer on floor two has a paper jam.',
    });
    const { id } = await laptop.ticketOf(BEN);
    const assignment = await assignmentOf(id);
    await laptop.reply(assignment, assignment.to, '#aset 4711', { proven: true });
    expect((await laptop.mail('transcript', assignment.to, id)).text).toContain('did you mean #asset?');
    await laptop.reply(assignment, assignment.to, '#asset 4711\n#macro vpn-again\n\nKind regards', {
      proven: true,
    });
    const answer = await laptop.mail('answer', BEN);
    expect(answer.text).toMatch(/please end the VPN program[\s\S]+Kind regards/);
    expect(answer.text).not.toContain('4711');
    expect(await status(id, 'waiting')).toMatchObject({ fields: { asset: '4711' }, tags: ['vpn'] });

    await laptop.reply(assignment, assignment.to, `#approval ${HOLGER} a new printer for 400 €`, {
      proven: true,
    });
    const question = await laptop.mail('approval', HOLGER, id);
    expect(question.text).toContain('a new printer for 400 €');
    expect(question.text).not.toContain('paper jam.');
    await laptop.reply(question, HOLGER, 'No');
    expect((await laptop.mail('decided', BEN)).text).toContain('was not approved');
    expect(await status(id, 'open')).toMatchObject({ approvals: [{ state: 'rejected' }] });
  });
}
