/** What the sweep takes out when its time is over, on the engines that the laptop runs. */
import { expect, test } from 'vitest';
import { change } from '../../core/ticket/change.ts';
import { MOST_KEYS } from '../../core/ticket/finding.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { KIM, later, MONDAY, NORA, desk as sample } from '../sample.ts';
import { groundedDesk, mail, mailWithFile } from './ground.ts';

const DAY = 24;

async function lived(retention: Partial<typeof sample.retention> = {}) {
  const grounded = await groundedDesk();
  const desk = { ...sample, retention: { ...sample.retention, ...retention } };
  const world = { ...grounded.world, desk };
  const [{ expireTickets, stripTickets }, { verifyTicket }] = await Promise.all([
    import('../../functions/retention.ts'),
    import('../../cli/audit.ts'),
  ]);
  const id =
    (await grounded.comes('nora-1', mailWithFile(NORA, 'The printer', 'It eats paper.', 'PLAN'))) ?? '';
  const happens = async (kind: Happening, hours: number) => {
    const before = await world.tickets.read(id);
    if (!before) throw new Error(`no ticket ${id}`);
    await world.tickets.commit(change(before, [kind], later(MONDAY, hours), desk), []);
  };
  const close = () => happens({ kind: 'closed', reason: 'done', by: KIM }, 1);
  const hour = async (days: number) => {
    grounded.time = later(MONDAY, days * DAY);
    return { expired: await expireTickets(world), stripped: await stripTickets(world) };
  };
  const files = async () => {
    const keys: string[] = [];
    for await (const { key } of world.mailroom.list('files/')) keys.push(key);
    return keys;
  };
  return {
    ...grounded,
    world,
    id,
    close,
    happens,
    hour,
    files,
    verify: () => verifyTicket(id, grounded.table),
  };
}

test('what was written in a ticket goes when it was closed so long ago, and what happened to it stays', async () => {
  const { world, id, close, hour, files } = await lived();
  await close();
  expect(await hour(1_094)).toEqual({ expired: 0, stripped: 0 });
  expect(await files()).toHaveLength(1);
  expect(await hour(1_096)).toEqual({ expired: 0, stripped: 1 });
  expect(await files()).toEqual([]);
  expect(await world.tickets.messages(id, 10)).toEqual([]);
  expect((await world.tickets.read(id))?.subject).toBe('The printer');
  expect((await world.tickets.events(id, 10))[0]?.kind).toBe('opened');
  expect(await hour(1_097)).toEqual({ expired: 0, stripped: 0 });
});

test('then the ticket goes, and its id and its audit trail stay', async () => {
  const { world, id, close, hour, verify, stored, table } = await lived();
  await close();
  await hour(1_096);
  const before = await verify();
  expect(before.broken).toBeNull();
  const keptUntil = () => Math.ceil((world.realNow() + (sample.retention.audit ?? 0)) / 1000);
  const soonest = keptUntil();
  expect(await hour(1_826)).toEqual({ expired: 1, stripped: 0 });
  const latest = keptUntil();
  expect(await world.tickets.read(id)).toBeNull();
  expect(await verify()).toEqual(before);
  const left = [...(await stored())].filter(([key]) => key.startsWith(`T#${id}`)).map(([, value]) => value);
  expect(left.join('\n')).not.toMatch(/nora|printer/i);
  const event = await table.get({ pk: `T#${id}`, sk: 'EVENT#00000001' });
  expect(event?.expiresAt).toBeGreaterThanOrEqual(soonest);
  expect(event?.expiresAt).toBeLessThanOrEqual(latest);
  expect(await hour(1_827)).toEqual({ expired: 0, stripped: 0 });
});

test('a ticket that is open, or open again, keeps everything', async () => {
  const { close, happens, hour, files } = await lived();
  expect(await hour(9_000)).toEqual({ expired: 0, stripped: 0 });
  await close();
  await happens({ kind: 'reopened', reason: 'it is back', by: KIM, told: true }, 2);
  expect(await hour(9_000)).toEqual({ expired: 0, stripped: 0 });
  expect(await files()).toHaveLength(1);
});

test('a ticket that an earlier release closed is found as well', async () => {
  const { table, id, close, hour } = await lived();
  await close();
  const key = { pk: `T#${id}`, sk: 'TICKET' };
  await table.update(key, { update: 'REMOVE openPk, openSk' });
  let hours = 0;
  for (let stripped = 0; stripped === 0 && hours < 6; hours++)
    stripped = (await hour(1_096 + hours)).stripped;
  expect(hours).toBeLessThan(6);
  expect((await table.get(key))?.openPk).toMatch(/^BARE#/);
});

test('a ticket of an earlier release is found by its words after some sweeps, until they are gone', async () => {
  const { world, table, id, close, hour } = await lived();
  const found = async () => (await world.tickets.named('service-desk', 'print', 10)).map((each) => each.id);
  expect(await found()).toEqual([id]);
  for (let n = 0; n < MOST_KEYS; n++)
    await table.remove({ pk: `T#${id}`, sk: `FOUND#${String(n).padStart(8, '0')}` });
  expect(await found()).toEqual([]);
  for (let hours = 0; hours < 5; hours++) await hour(hours / 24);
  expect(await found()).toEqual([id]);
  await close();
  await hour(1_096);
  expect(await found()).toEqual([]);
});

test('what is kept for ever stays, and a shorter time holds from the next hour on', async () => {
  const forever = await lived({ tickets: null, bodies: null });
  await forever.close();
  expect(await forever.hour(9_000)).toEqual({ expired: 0, stripped: 0 });
  const short = await lived({ bodies: 7 * 86_400_000, tickets: 7 * 86_400_000 });
  await short.close();
  expect(await short.hour(8)).toEqual({ expired: 1, stripped: 0 });
});

test('a file that another ticket has as well goes with the last of them', async () => {
  const { world, table, id, close, hour, files } = await lived();
  const other = (await import('../sample.ts')).opened();
  const copy = await world.tickets.message(id, 1);
  if (!copy) throw new Error('it has no message');
  const { id: otherId } = other.after;
  await world.tickets.commit(other, [{ ...copy, id: `${otherId}-m1`, copyOf: { ticketId: id, number: 1 } }]);
  const ticket = await world.tickets.read(id);
  if (!ticket) throw new Error('no ticket');
  const linked: Happening = { kind: 'linked', relation: 'related', to: otherId, by: KIM };
  await world.tickets.commit(change(ticket, [linked], MONDAY, world.desk), []);
  await close();
  expect(await hour(2_000)).toMatchObject({ expired: 1 });
  expect(await files()).toHaveLength(1);
  const { openRemoval } = await import('../../aws/removal.ts');
  await openRemoval(table, world.mailroom).bury(otherId, MONDAY, null);
  expect(await files()).toEqual([]);
});

test('a removal that was interrupted is ended by the sweep', async () => {
  const { world, table, id, close, hour, files, stored } = await lived();
  await close();
  const { openRemoval } = await import('../../aws/removal.ts');
  const mailroom = {
    ...world.mailroom,
    remove: async () => {
      throw new Error('the cable is out');
    },
  };
  await expect(openRemoval(table, mailroom).bury(id, later(MONDAY, 48), null)).rejects.toThrow('cable');
  expect(await files()).toHaveLength(1);
  expect(await hour(3)).toMatchObject({ expired: 1 });
  expect(await files()).toEqual([]);
  expect([...(await stored()).keys()].filter((key) => key.startsWith(`T#${id} MESSAGE`))).toEqual([]);
});

test('what is known of a mail expires with the raw mail, and what was sent after 400 days', async () => {
  const { world, table, comes } = await lived();
  await comes('nora-2', mail(NORA, 'Other', ['x']));
  const record = await table.get({ pk: 'MAIL#nora-2', sk: 'MAIL' });
  expect(record?.expiresAt).toBe((Date.parse(MONDAY) + (sample.retention.rawMail ?? 0)) / 1000);
  const now = Date.parse(MONDAY);
  const claim = { id: 'u-1', kind: 'answer', to: NORA, ticketId: null, at: MONDAY };
  const expires = async (pk: string, sk: string) => (await table.get({ pk, sk }))?.expiresAt;
  await world.updates.claim(claim, now);
  expect(await expires('UPDATE#u-1', 'UPDATE')).toBe(now / 1000 + 400 * 86_400);
  const sent = { state: 'sent', leaseUntil: 0, messageId: 'x@email.amazonses.com', detail: null } as const;
  await world.updates.settle({ ...claim, ...sent }, now + 60_000);
  expect(await expires('UPDATE#u-1', 'UPDATE')).toBe(now / 1000 + 60 + 400 * 86_400);
  expect(await expires('MSGID#x@email.amazonses.com', 'REF')).toBe(now / 1000 + 60 + 400 * 86_400);
});
