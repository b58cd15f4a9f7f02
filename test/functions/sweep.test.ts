/** The sweep's part in the ledger: what lies unhandled, and whether yesterday balances. */
import { beforeEach, describe, expect, test } from 'vitest';
import { SETUP_NOTICE } from '../../core/mail/record.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { sweep } from '../../functions/sweep.ts';
import { desk, later, MONDAY } from '../sample.ts';
import { deliver, type SmallWorld, smallWorld } from './world.ts';

let world: SmallWorld;
beforeEach(async () => {
  world = smallWorld();
  await world.tickets.sayReckonedBy(desk.hash);
});

async function arrive(mailId: string, name = 'out-of-office.eml'): Promise<void> {
  await receiveEmail(deliver(world, name, { mailId }), world);
}

/** Runs what the sweep has put into the queue. */
async function work(): Promise<void> {
  for (const asked of world.sent.splice(0))
    await receiveEmail(asked as Parameters<typeof receiveEmail>[0], world);
}

const at = (hours: number) => {
  world.time = later(MONDAY, hours);
  return sweep(world);
};
const forget = (mailId: string) => world.items.delete(`MAIL#${mailId} MAIL`);

describe('mail that lies unhandled', () => {
  test('is handed in again, and rings only when that did not help for hours', async () => {
    deliver(world, 'new-ticket.eml', { mailId: 'forgotten' });
    expect(await at(0.1)).toMatchObject({ mails: 0, stuck: 0 });
    for (const hours of [1, 2, 5]) expect(await at(hours)).toMatchObject({ mails: 1, stuck: 0 });
    expect(await at(7)).toMatchObject({ mails: 1, stuck: 1 });
    expect(world.logged).toContainEqual({
      message: 'a mail lies unhandled',
      ids: { mailId: 'forgotten', since: MONDAY },
    });
    await work();
    expect(await at(8)).toMatchObject({ mails: 0, stuck: 0 });
    expect(await world.ledger.read('forgotten')).toMatchObject({ disposition: 'opened' });
  });

  test('does not ring when the sweep itself comes hours late: nobody has handed it in yet', async () => {
    deliver(world, 'new-ticket.eml', { mailId: 'forgotten' });
    expect(await at(9)).toMatchObject({ mails: 1, stuck: 0 });
    expect(await at(10)).toMatchObject({ stuck: 1 });
  });

  test('is not counted when it is SES’s own notice', async () => {
    deliver(world, 'ses-setup.eml', { mailId: SETUP_NOTICE });
    for (const hours of [1, 7, 8, 30]) expect(await at(hours)).toMatchObject({ stuck: 0, unbalanced: 0 });
  });

  test('is handed in five hundred an hour, and what is stuck does not keep new mail from its turn', async () => {
    for (let n = 0; n < 510; n++) deliver(world, 'new-ticket.eml', { mailId: `a-stuck-${n}` });
    world.time = later(MONDAY, 1);
    deliver(world, 'new-ticket.eml', { mailId: 'z-new' });
    expect(await at(2)).toMatchObject({ mails: 500 });
    expect(world.sent).toContainEqual(
      expect.objectContaining({ mail: expect.objectContaining({ messageId: 'z-new' }) }),
    );
  });
});

describe('what the sweep tells CloudWatch', () => {
  const told = () => world.told.splice(0).map(({ name, value }) => [name, value]);

  test('is only how much of the quota is used, when there is nothing else', async () => {
    world.mailer.quotaUsed = async () => 12;
    await at(1);
    expect(told()).toEqual([['SendQuotaUsed', 12]]);
  });

  test('is how old the oldest unhandled mail is, and how many of them stay unhandled', async () => {
    deliver(world, 'new-ticket.eml', { mailId: 'forgotten' });
    await at(1);
    expect(told()).toContainEqual(['OldestUnhandled', 3600]);
    world.time = later(MONDAY, 6);
    deliver(world, 'new-ticket.eml', { mailId: 'younger' });
    await at(7);
    expect(told()).toEqual(
      expect.arrayContaining([
        ['OldestUnhandled', 7 * 3600],
        ['StuckMail', 1],
      ]),
    );
    deliver(world, 'ses-setup.eml', { mailId: SETUP_NOTICE });
    await work();
    await at(8);
    expect(told().map(([name]) => name)).not.toContain('OldestUnhandled');
  });

  test('a day that does not balance is told, and what SES does not answer keeps nothing else from being told', async () => {
    await arrive('handled');
    for (const key of [...world.objects.keys()]) world.objects.delete(key);
    world.mailer.quotaUsed = async () => {
      throw new Error('SES is silent');
    };
    await expect(at(17)).rejects.toThrow('SES is silent');
    expect(told()).toContainEqual(['Unbalanced', 1]);
  });
});

describe('the count of a day', () => {
  test('balances when each mail has a record, and is kept', async () => {
    await arrive('one');
    await arrive('two', 'new-ticket.eml');
    expect(await at(17)).toMatchObject({ unbalanced: 0 });
    expect(await world.ledger.count('2026-11-23')).toEqual({
      ...{ day: '2026-11-23', at: later(MONDAY, 17), received: 2, disposed: 2 },
      dispositions: { suppressed: 1, opened: 1 },
      ...{ missing: [], lost: [], repaired: [] },
    });
  });

  test('is taken once, an hour after the day, when the last mail is through', async () => {
    await arrive('one');
    let counted = 0;
    const { count } = world;
    world.count = (day) => {
      counted++;
      return count(day);
    };
    await at(15.5);
    expect(await world.ledger.count('2026-11-23')).toBeNull();
    counted = 0;
    for (const hours of [16.5, 17.5, 30]) await at(hours);
    expect(counted).toBe(1);
  });

  test('finds a mail whose record is gone, hands it in again and names it; an hour later it balances', async () => {
    await arrive('kept');
    await arrive('gone');
    forget('gone');
    expect(await at(17)).toMatchObject({ unbalanced: 0 });
    const key = 'mail/2026/11/23/gone';
    expect(await world.ledger.count('2026-11-23')).toMatchObject({
      received: 2,
      disposed: 1,
      missing: [{ mailId: 'gone', key }],
    });
    expect(world.logged).toContainEqual({
      message: 'a mail has no record',
      ids: { day: '2026-11-23', mailId: 'gone', key },
    });
    await work();
    expect(await world.ledger.read('gone')).toMatchObject({ disposition: 'suppressed', key });
    expect(await at(18)).toMatchObject({ unbalanced: 0 });
    expect(await world.ledger.count('2026-11-23')).toMatchObject({
      ...{ received: 2, disposed: 2, missing: [], repaired: ['gone'] },
    });
  });

  test('rings while a difference remains, and hands in again each hour', async () => {
    await arrive('gone');
    forget('gone');
    await at(17);
    expect(await at(18)).toMatchObject({ unbalanced: 1 });
    expect(await at(19)).toMatchObject({ unbalanced: 1 });
    expect(world.sent).toHaveLength(3);
  });

  test('rings at once for a raw mail that is gone: nothing can bring it back', async () => {
    await arrive('lost');
    world.objects.delete('mail/2026/11/23/lost');
    expect(await at(17)).toMatchObject({ unbalanced: 1 });
    expect(await world.ledger.count('2026-11-23')).toMatchObject({
      received: 0,
      disposed: 1,
      lost: ['lost'],
    });
  });

  test('counts what still lies under in/ with the day on which it came, with a record or without', async () => {
    await arrive('unmoved');
    const object = world.objects.get('mail/2026/11/23/unmoved');
    world.objects.delete('mail/2026/11/23/unmoved');
    // It came a moment before midnight, and was written a moment after.
    world.objects.set('in/unmoved', {
      content: object?.content ?? new Uint8Array(),
      at: later(MONDAY, 15.001),
    });
    deliver(world, 'new-ticket.eml', { mailId: 'waiting' });
    await at(17);
    expect(await world.ledger.count('2026-11-23')).toMatchObject({
      ...{ received: 2, disposed: 1, lost: [] },
      missing: [{ mailId: 'waiting', key: 'in/waiting' }],
    });
  });

  test('reads no more for all the days before', async () => {
    const cost = async (days: number) => {
      const small = smallWorld();
      world = small;
      await small.tickets.sayReckonedBy(desk.hash);
      for (let day = 0; day < days; day++) {
        small.time = later(MONDAY, 24 * day);
        for (let n = 0; n < 3; n++) await arrive(`mail-${day}-${n}`);
      }
      let calls = 0;
      small.before = () => void calls++;
      await at(24 * (days - 1) + 17);
      return calls;
    };
    expect(await cost(6)).toBe(await cost(1));
  });
});

describe('recurring work', () => {
  const PATCHING = {
    ...{ name: 'patching', title: 'Patch the servers', text: 'Please do.', category: 'software' },
    ...({ every: 'weekday', at: '10:00', timezone: 'UTC' } as const),
  };
  const recurringDesk = { ...desk, recurring: [PATCHING] };
  beforeEach(async () => {
    world = smallWorld({ desk: recurringDesk });
    await world.tickets.sayReckonedBy(desk.hash);
  });
  const opened = async () => {
    const tickets = await world.tickets.list(100, () => true);
    return tickets.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  };

  test('owes nothing of the time before it stood in desk.yaml, and is opened once for each time, however often the sweep comes', async () => {
    expect(await at(0.5)).toMatchObject({ recurred: 0 });
    expect(await at(1.5)).toMatchObject({ recurred: 1 });
    for (const hours of [1.5, 2.5, 3.5]) expect(await at(hours)).toMatchObject({ recurred: 0 });
    expect(await at(25.5)).toMatchObject({ recurred: 1 });
    const [first] = await opened();
    expect(first).toMatchObject({
      ...{ subject: 'Patch the servers', category: 'software', team: 'service-desk', status: 'new' },
      ...{ requester: { address: 'support@desk.example.test' }, unacknowledged: true },
    });
    expect((await world.tickets.message(first?.id ?? '', 1))?.text).toBe('Please do.');
  });

  test('tells whoever gets it, and nobody else', async () => {
    await at(0.5);
    await at(1.5);
    const [ticket] = await opened();
    if (!ticket) throw new Error('nothing was opened');
    const told = (await world.tickets.events(ticket.id, 100)).flatMap((event) =>
      updatesFor(event, ticket, recurringDesk),
    );
    expect(told.map(({ kind, to }) => [kind, to.address])).toEqual([['assignment', ticket.assignee]]);
  });

  test('is opened late and once for each time that was missed', async () => {
    await at(0.5);
    // From Monday to Friday, and the Monday after a weekend.
    expect(await at(24 * 7 + 1.5)).toMatchObject({ recurred: 6 });
    expect(await at(24 * 7 + 2.5)).toMatchObject({ recurred: 0 });
  });

  test('owes nothing of the past by a rule that was changed', async () => {
    await at(0.5);
    world.desk = { ...recurringDesk, recurring: [{ ...PATCHING, at: '11:00' }] };
    expect(await at(50)).toMatchObject({ recurred: 0 });
    expect(await at(74.5)).toMatchObject({ recurred: 1 });
  });
});
