/** A requester who falls silent: a week in seconds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Laptop, startLaptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop({ speed: 20_000 });
});
afterAll(() => laptop.stop());

const AMY = 'amy@example.org';

test('waiting stops the clock; the requester is reminded, then the ticket is resolved, then it closes', async () => {
  await laptop.write({
    from: AMY,
    subject: 'New keyboard please',
    text: 'Could I have a new keyboard some day? Thank you.',
  });
  const { id } = await laptop.ticketOf(AMY);
  const assignment = await laptop.until('an assignment', async () =>
    laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === id),
  );
  await laptop.reply(assignment, assignment.to, 'Which layout do you need?\n\n#waiting for the layout', {
    proven: true,
  });
  await laptop.mail('answer', AMY);
  const ticket = await laptop.until('waiting', async () => {
    const read = await laptop.tickets.read(id);
    return read?.status === 'waiting' ? read : null;
  });
  expect(ticket.deadlines).toEqual({});
  expect((await laptop.mail('waiting-reminder', AMY)).text).toContain('for the layout');
  await laptop.mail('resolved', AMY);
  await laptop.mail('closed', AMY);
  expect(await laptop.tickets.read(id)).toMatchObject({ status: 'closed', watch: { state: 'ended' } });
  const kinds = (await laptop.tickets.events(id, 100)).map(({ kind }) => kind);
  expect(
    kinds.filter((kind) => ['paused', 'requester-reminded', 'resolved', 'closed'].includes(kind)),
  ).toEqual(['paused', 'requester-reminded', 'resolved', 'closed']);
});
