/** More than a person writes: one sender's flood, a machine that answers each of our mails, and whom the desk refuses. */
import { beforeAll, expect, test } from 'vitest';
import type { Laptop } from './laptop.ts';

export function flood(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const mailsOf = (address: string) => laptop.ledger.list(500, ({ from }) => from === address);
  const ticketsOf = (address: string) =>
    laptop.tickets.list(500, ({ requester }) => requester.address === address);
  const someDisposed = (address: string, count: number) =>
    laptop.until(`${count} mails of ${address}`, async () => {
      const mails = await mailsOf(address);
      return mails.length >= count ? mails : null;
    });
  const allDisposed = async (address: string, count: number) => {
    // Patience is for each part: forty mails take a machine that is busy longer than anything else here.
    for (let part = 20; part < count; part += 20) await someDisposed(address, part);
    const mails = await someDisposed(address, count);
    expect(mails).toHaveLength(count);
    return mails;
  };

  test('forty mails of one sender are few tickets, one notice and few acknowledgements, and each is accounted for', {
    timeout: 120_000,
  }, async () => {
    const [sender, count] = ['jobs@example.org', 40];
    for (let from = 0; from < count; from += 10)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          laptop.write({
            from: sender,
            subject: `Job ${from + n} has ended`,
            text: `Job ${from + n} has ended.`,
          }),
        ),
      );
    const mails = await allDisposed(sender, count);
    await laptop.quiet();

    const by = Map.groupBy(mails, ({ disposition, reason }) => `${disposition}, ${reason}`);
    expect(Object.fromEntries([...by].map(([what, all]) => [what, all.length]))).toEqual({
      'opened, new-ticket': 5,
      'appended, flood': 20,
      'suppressed, flood': 15,
    });

    const tickets = await ticketsOf(sender);
    const [flooded, ...others] = [...tickets].sort((a, b) => b.messages - a.messages);
    expect([flooded?.messages, ...others.map(({ messages }) => messages)]).toEqual([21, 1, 1, 1, 1]);
    expect(new Set(by.get('suppressed, flood')?.map(({ ticketId }) => ticketId))).toEqual(
      new Set([flooded?.id]),
    );

    const about = laptop.delivered.filter(({ ticketId }) => tickets.some(({ id }) => id === ticketId));
    const notices = about.filter(
      ({ kind, text }) => kind === 'note' && text.includes(`${sender} sends one mail after another`),
    );
    expect(notices.map(({ ticketId }) => ticketId)).toEqual([flooded?.id]);
    expect(about.filter(({ kind }) => kind === 'requester-message')).toEqual([]);
    expect(about.filter(({ kind }) => kind === 'acknowledgement')).toHaveLength(2);

    const events = (await Promise.all(tickets.map(({ id }) => laptop.tickets.events(id, 200)))).flat();
    expect(events.filter(({ kind }) => kind === 'update-withheld')).toMatchObject(
      Array(3).fill({
        address: sender,
        reason: '2 acknowledgements of the same within 60 minutes are enough',
      }),
    );
  });

  test('what only the ledger has of a flood becomes a ticket of its own when it is replayed', async () => {
    const [kept] = await laptop.ledger.list(
      1,
      ({ reason, disposition }) => reason === 'flood' && disposition === 'suppressed',
    );
    await laptop.mails.send({ replay: kept?.mailId ?? '' });
    const replayed = await laptop.until('the replay', async () => {
      const record = await laptop.ledger.read(kept?.mailId ?? '');
      return record?.disposition === 'opened' && record;
    });
    expect(replayed.ticketId).not.toBe(kept?.ticketId);
    expect(replayed.history).toMatchObject([{ disposition: 'suppressed', reason: 'flood' }]);
  });

  test('a machine that answers every mail with a new one and says so in no header falls silent after two', async () => {
    const robot = 'helpdesk@other.example';
    const request = (n: number) => `Your request ${n} was received`;
    await laptop.write({ from: robot, subject: request(1001), text: 'We will be in touch.' });
    for (const n of [1002, 1003]) {
      const heard = await laptop.mail('acknowledgement', robot);
      // It knows nothing of tokens and references: each of its mails is a new one.
      await laptop.write({ from: robot, to: heard.from, subject: request(n), text: 'We will be in touch.' });
    }
    const mails = await allDisposed(robot, 3);
    expect(mails.map(({ disposition }) => disposition)).toEqual(Array(3).fill('opened'));
    const last = mails.find(({ subject }) => subject === request(1003))?.ticketId ?? '';
    await laptop.until('the third acknowledgement to be withheld', async () =>
      (await laptop.tickets.events(last, 50)).some(({ kind }) => kind === 'update-withheld'),
    );
    expect(laptop.delivered.filter(({ to }) => to === robot)).toHaveLength(2);
  });

  test('whom the admin allows may send as much as he likes', { timeout: 60_000 }, async () => {
    const alarms = 'alarms@example.org';
    for (let n = 0; n < 8; n++)
      await laptop.write({
        from: alarms,
        subject: `Disk ${n} is full`,
        text: 'See for yourself.',
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    const mails = await allDisposed(alarms, 8);
    expect(new Set(mails.map(({ disposition, reason }) => `${disposition}, ${reason}`))).toEqual(
      new Set(['opened, new-ticket']),
    );
  });

  test('whom the admin blocks is told so once a day', async () => {
    const blocked = 'vera@offers.blocked.test';
    for (const n of [1, 2, 3]) await laptop.write({ from: blocked, subject: `Offer ${n}`, text: 'Buy!' });
    const mails = await allDisposed(blocked, 3);
    expect(mails).toMatchObject(Array(3).fill({ disposition: 'refused', reason: 'blocked', ticketId: null }));
    await laptop.mail('refusal', blocked);
    await laptop.quiet();
    const refusals = laptop.delivered.filter(({ to }) => to === blocked);
    expect(refusals.map(({ kind }) => kind)).toEqual(['refusal']);
    expect(refusals[0]?.text).toContain('takes no mail from your address or domain');
  });
}
