/** What a mail says beside its words reaches the rules: its headers and files. */
import { expect, test } from 'vitest';
import { receiveEmail } from '../../functions/receive-email.ts';
import { deliver, smallWorld } from './world.ts';

const mail = (...headers: string[]) =>
  [
    'From: Nora Quist <nora@example.org>',
    'To: support@desk.example.test',
    'Subject: Hello',
    ...headers,
    '',
    'Please call me back.',
  ].join('\r\n');

test.each([
  [[], 'routine'],
  [['Importance: high'], 'degraded'],
  [['X-Priority: 1 (Highest)'], 'degraded'],
  [['Importance: normal'], 'routine'],
])('a mail with %j is %s', async (headers, urgency) => {
  const world = smallWorld();
  await receiveEmail(deliver(world, mail(...headers)), world);
  const id = (await world.ledger.read('mail-1'))?.ticketId ?? '';
  expect(await world.tickets.read(id)).toMatchObject({ category: 'general', urgency });
});
