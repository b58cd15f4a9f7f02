/** Time alone: a working day in seconds. */
import { beforeAll, expect, test } from 'vitest';
import type { Laptop } from './laptop.ts';

export function clock(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const EVE = 'eve@example.org';
  const MARTHA = 'martha.lind@example.test';

  test('a ticket that nobody serves warns its agent, tells the lead, and climbs to the top with its history', async () => {
    // On a busy machine a desk's hours must not pass faster than its functions are called: a warning that comes after the breach is none.
    await laptop.setSpeed(300);
    await laptop.write({
      from: EVE,
      subject: 'Email is down for everyone',
      text: 'Nobody in the whole company can send or receive email. It is a complete outage.',
    });
    const ticket = await laptop.ticketOf(EVE);
    expect(ticket.priority).toBe('P1');
    await laptop.mail('warning', ticket.assignee ?? '', ticket.id);
    await laptop.setSpeed(3600);
    await laptop.mail('breach', MARTHA);
    await laptop.mail('escalated', EVE);
    const second = await laptop.mail('assignment', 'priya.nair@example.test');
    expect(second.text).toContain('Nobody in the whole company can send or receive email.');
    const third = await laptop.mail('assignment', 'tomas.novak@example.test');
    expect(third.ticketId).toBe(ticket.id);
    const top = await laptop.until('tier 3', async () => {
      const current = await laptop.tickets.read(ticket.id);
      return current?.tier === 3 ? current : null;
    });
    const kinds = (await laptop.tickets.events(ticket.id, 100)).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['deadline-warned', 'deadline-breached', 'escalated']));
    expect(top.assignee).toBe('tomas.novak@example.test');
  });
}
