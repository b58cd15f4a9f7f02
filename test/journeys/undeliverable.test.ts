/** A requester whom nothing reaches: three days in a quarter of a minute. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Laptop, startLaptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop();
});
afterAll(() => laptop.stop());

const happened = async (id: string, kind: string) =>
  (await laptop.tickets.events(id, 100)).find((event) => event.kind === kind);

test('mail that reaches nobody: the clock stands and the agent is told; after three days it runs again', async () => {
  const requester = 'bounce@example.test';
  await laptop.write({ from: requester, subject: 'Keyboard', text: 'Could I have a new keyboard some day?' });
  const { id } = await laptop.ticketOf(requester);
  const paused = await laptop.until('the pause', () => happened(id, 'paused'));
  expect(paused).toMatchObject({
    reason: `mail to ${requester} cannot be delivered`,
    undeliverable: requester,
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
  await laptop.write({ from: requester, subject: 'Mouse', text: 'And could I have a mouse?' });
  await laptop.until('the second pause', async () => {
    const tickets = await laptop.tickets.list(10, (ticket) => ticket.requester.address === requester);
    return tickets.length === 2 && tickets.every(({ status }) => status === 'waiting');
  });
  await laptop.setSpeed(12_000);
  const resumed = await laptop.until('the end of it', () => happened(id, 'resumed'));
  expect(Date.parse(resumed.at) - Date.parse(paused.at)).toBeGreaterThanOrEqual(3 * 86_400_000);
  await noteSaying('its clock runs');
  const kinds = (await laptop.tickets.events(id, 100)).map(({ kind }) => kind);
  expect(kinds).not.toContain('requester-reminded');
  // Climbing is told to the requester, but not to an address at which nothing arrives.
  await laptop.until('an update that was withheld', () => happened(id, 'update-withheld'));
});
