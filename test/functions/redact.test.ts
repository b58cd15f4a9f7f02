import { expect, test } from 'vitest';
import { receiveEmail } from '../../functions/receive-email.ts';
import { MARTHA, MONDAY } from '../sample.ts';
import { deliver, smallWorld } from './world.ts';

test('the day’s count misses a raw mail that is gone, unless somebody took it out', async () => {
  const world = smallWorld();
  await receiveEmail(deliver(world, 'new-ticket.eml'), world);
  const record = (await world.ledger.read('mail-1')) ?? expect.unreachable();
  await world.mailroom.remove(record.key);
  const day = MONDAY.slice(0, 10);
  expect((await world.count(day)).lost).toEqual(['mail-1']);
  const [ticketId, reason] = [record.ticketId ?? '', 'a password stands in it'];
  const takenOut = { at: MONDAY, by: MARTHA, ticketId, message: 1, reason };
  const taken = { ...record, takenOut, version: record.version + 1 };
  await world.ledger.commit([world.ledger.rewrite(taken, record)]);
  expect(await world.count(day)).toMatchObject({ disposed: 1, lost: [], missing: [] });
});
