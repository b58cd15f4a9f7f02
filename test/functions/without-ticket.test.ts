/** What a mail that is about no ticket leaves in the table, and what stands in the index of hands. */
import { expect, test } from 'vitest';
import { change } from '../../core/ticket/change.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, ID, KIM, LUIS, MARTHA, MONDAY, NORA, opened, PROVEN } from '../sample.ts';
import { deliver, type SmallWorld, smallWorld } from './world.ts';

const mailOf = (from: string, text: string) =>
  [
    `From: ${from}`,
    'To: support@desk.example.test',
    'Subject: A question',
    'Message-ID: <once@example.test>',
    '',
    text,
    '',
  ].join('\r\n');

const told = ({ items }: SmallWorld) =>
  [...items.values()].flatMap(({ pk, sk, event }) =>
    sk.startsWith('EVENT#') ? [{ ...(event as object), at: `${pk} ${sk}` }] : [],
  );

test('two people are told by two events: who wrote what became of it, and his lead', async () => {
  const world = smallWorld();
  await receiveEmail(deliver(world, mailOf(KIM, '#away 3d\n#mine'), PROVEN), world);
  expect(await world.ledger.read('mail-1')).toMatchObject({ disposition: 'commanded', events: 2 });
  expect(told(world)).toMatchObject([
    { at: 'MAIL#mail-1 EVENT#00000001', kind: 'commanded', to: { address: KIM } },
    { at: 'MAIL#mail-1 EVENT#00000002', kind: 'away', to: { address: MARTHA } },
  ]);
  expect((await world.tickets.loads([KIM])).get(KIM)?.away).toMatchObject({ source: 'mail-1' });
  const back = mailOf(KIM, '#back').replace('once', 'twice');
  await receiveEmail(deliver(world, back, { mailId: 'mail-2', ...PROVEN }), world);
  expect((await world.tickets.loads([KIM])).get(KIM)?.away ?? null).toBeNull();
});

test('the same mail to two of the desk’s addresses is answered once', async () => {
  const world = smallWorld();
  const raw = mailOf(LUIS, '#mine');
  await receiveEmail(deliver(world, raw, PROVEN), world);
  await receiveEmail(deliver(world, raw, { mailId: 'mail-2', ...PROVEN }), world);
  expect(await world.ledger.read('mail-2')).toMatchObject({ disposition: 'duplicate' });
  expect(told(world)).toHaveLength(1);
});

test('an open ticket stands in the index of hands under its team and its requester, and a closed one under neither', async () => {
  const { tickets } = smallWorld();
  let current = opened();
  await tickets.commit(current, []);
  const due = current.after.deadlines.firstResponse;
  const happens = async (...happenings: Happening[]) => {
    current = change(current.after, happenings, MONDAY, desk);
    await tickets.commit(current, []);
  };
  expect(await tickets.held('service-desk', null)).toEqual([{ id: ID, assignee: LUIS, due }]);
  expect(await tickets.held('service-desk', LUIS)).toHaveLength(1);
  expect(await tickets.held('service-desk', KIM)).toEqual([]);
  expect(await tickets.askedBy(NORA, 50)).toEqual([ID]);
  const ida = { address: 'ida@example.org', name: '' };
  await happens(
    { kind: 'unassigned', previous: LUIS, by: LUIS },
    { kind: 'requester-changed', requester: ida, previous: current.after.requester, by: LUIS },
  );
  expect(await tickets.held('service-desk', null)).toEqual([{ id: ID, assignee: null, due }]);
  expect(await tickets.askedBy(NORA, 50)).toEqual([]);
  expect(await tickets.askedBy(ida.address, 50)).toEqual([ID]);
  await happens({ kind: 'paused', until: null, reason: 'waiting', by: LUIS });
  expect(await tickets.held('service-desk', null)).toHaveLength(1);
  await happens({ kind: 'resolved', reason: 'done', by: LUIS, message: null });
  expect(await tickets.held('service-desk', null)).toEqual([]);
  expect(await tickets.askedBy(ida.address, 50)).toEqual([]);
  await happens({ kind: 'reopened', reason: 'again', by: LUIS, told: false });
  expect(await tickets.held('service-desk', null)).toHaveLength(1);
  expect(await tickets.askedBy(ida.address, 50)).toEqual([ID]);
});
