/** A requester who falls silent, and one whom nothing reaches: a week in seconds, which they wait out together. */
import { beforeAll, expect, test } from 'vitest';
import type { Laptop } from './laptop.ts';

export function waiting(begin: () => Laptop): void {
  const AMY = 'amy@example.org';
  const NOBODY = 'bounce@example.test';

  let laptop: Laptop;
  let amys: string;
  beforeAll(() => {
    laptop = begin();
  });

  const happened = async (id: string, kind: string) =>
    (await laptop.tickets.events(id, 100)).find((event) => event.kind === kind);

  test('waiting stops the clock', async () => {
    await laptop.write({
      from: AMY,
      subject: 'New keyboard please',
      text: 'Could I have a new keyboard some day? Thank you.',
    });
    amys = (await laptop.ticketOf(AMY)).id;
    const assignment = await laptop.until('an assignment', async () =>
      laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === amys),
    );
    await laptop.reply(assignment, assignment.to, 'Which layout do you need?\n\n#waiting for the layout', {
      proven: true,
    });
    await laptop.mail('answer', AMY);
    const ticket = await laptop.until('waiting', async () => {
      const read = await laptop.tickets.read(amys);
      return read?.status === 'waiting' ? read : null;
    });
    expect(ticket.deadlines).toEqual({});
  });

  test('mail that reaches nobody: the clock stands and the agent is told; after three days it runs again', async () => {
    await laptop.write({ from: NOBODY, subject: 'Keyboard', text: 'Could I have a new keyboard some day?' });
    const { id } = await laptop.ticketOf(NOBODY);
    const paused = await laptop.until('the pause', () => happened(id, 'paused'));
    expect(paused).toMatchObject({
      reason: `mail to ${NOBODY} cannot be delivered`,
      undeliverable: NOBODY,
    });
    const noteSaying = (words: string) =>
      laptop.until(`a note that says ${words}`, async () =>
        laptop.delivered.find(
          ({ kind, ticketId, text }) =>
            kind === 'note' && ticketId === id && text.replace(/\s+/g, ' ').includes(words),
        ),
      );
    expect((await noteSaying('cannot be delivered')).to).toMatch(/@example\.test$/);
    // Mail from there proves that somebody is there again: what it opens is acknowledged, and found to bounce anew.
    await laptop.write({ from: NOBODY, subject: 'Mouse', text: 'And could I have a mouse?' });
    await laptop.until('the second pause', async () => {
      const tickets = await laptop.tickets.list(10, (ticket) => ticket.requester.address === NOBODY);
      return tickets.length === 2 && tickets.every(({ status }) => status === 'waiting');
    });
    await laptop.setSpeed(24_000);
    const resumed = await laptop.until('the end of it', () => happened(id, 'resumed'));
    expect(Date.parse(resumed.at) - Date.parse(paused.at)).toBeGreaterThanOrEqual(3 * 86_400_000);
    await noteSaying('its clock runs');
    const kinds = (await laptop.tickets.events(id, 100)).map(({ kind }) => kind);
    expect(kinds).not.toContain('requester-reminded');
    // Climbing is told to the requester, but not to an address at which nothing arrives.
    await laptop.until('an update that was withheld', () => happened(id, 'update-withheld'));
  }, 120_000);

  test('who falls silent is reminded, then the ticket is resolved, then it closes', async () => {
    expect((await laptop.mail('waiting-reminder', AMY)).text).toContain('for the layout');
    await laptop.mail('resolved', AMY);
    await laptop.mail('closed', AMY);
    expect(await laptop.tickets.read(amys)).toMatchObject({ status: 'closed', watch: { state: 'ended' } });
    const kinds = (await laptop.tickets.events(amys, 100)).map(({ kind }) => kind);
    expect(
      kinds.filter((kind) => ['paused', 'requester-reminded', 'resolved', 'closed'].includes(kind)),
    ).toEqual(['paused', 'requester-reminded', 'resolved', 'closed']);
  }, 120_000);
}
