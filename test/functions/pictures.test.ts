/** What receive-email keeps of the pictures in mails, and says of what it did not read. */
import { expect, test } from 'vitest';
import type { Message, Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { deliver, type SmallWorld, smallWorld } from './world.ts';

const logo = Buffer.from('a logo').toString('base64');

const mail = (id: string, fields: string, html: string) =>
  Buffer.from(
    `From: Nora Quist <nora@example.org>\r\nTo: support@desk.example.test\r\nSubject: Printer\r\nMessage-ID: <${id}@example.org>\r\n${fields}MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n${html}<img src="cid:logo">\r\n--b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\n${logo}\r\n--b--\r\n`,
  );

const stored = (world: SmallWorld) => [...world.objects.keys()].filter((key) => key.startsWith('files/'));
const messages = (world: SmallWorld) =>
  [...world.items.values()]
    .filter(({ sk }) => sk.startsWith('MESSAGE#'))
    .map(({ message }) => message as Message);

test('a logo that the ticket has is neither stored nor kept again', async () => {
  const world = smallWorld();
  await receiveEmail(deliver(world, mail('one', '', '<p>It is broken.</p>'), { mailId: 'one' }), world);
  await receiveEmail(
    deliver(world, mail('two', 'In-Reply-To: <one@example.org>\r\n', '<p>Still broken.</p>'), {
      mailId: 'two',
    }),
    world,
  );
  expect((await world.ledger.read('two'))?.disposition).toBe('appended');
  expect(stored(world)).toEqual(['files/one/1-logo.png']);
  expect(messages(world).map(({ attachments }) => attachments.length)).toEqual([1, 0]);
  const tickets = [...world.items.values()]
    .filter(({ sk }) => sk === 'TICKET')
    .map(({ ticket }) => ticket as Ticket);
  expect(tickets[0]?.pictures).toHaveLength(1);
});

test('the record of a mail says what of it was too much to read', async () => {
  const world = smallWorld();
  const links = '<a href="https://x.example/">y</a> '.repeat(5_001);
  await receiveEmail(deliver(world, mail('one', '', links), { mailId: 'one' }), world);
  expect((await world.ledger.read('one'))?.detail).toMatch(/it holds more than is read of: links$/);
});
