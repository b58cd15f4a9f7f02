import { beforeEach, describe, expect, test } from 'vitest';
import { replyAddress } from '../../core/mail/token.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { sendUpdate } from '../../functions/send-update.ts';
import { keys, MARTHA, MONDAY, NORA, PROVEN } from '../sample.ts';
import { type LeavingWorld, leavingWorld } from './leaving.ts';
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

describe('#redact of a message that other tickets have as well', () => {
  const WORD = 'Zimtstern';
  let world: LeavingWorld;
  let mails = 0;

  beforeEach(async () => {
    world = leavingWorld();
    await receiveEmail(deliver(world, first, { mailId: 'first' }), world);
    await world.relay();
  });

  const first = [
    ...[
      `From: ${NORA}`,
      'To: support@desk.example.test',
      'Subject: Printer',
      'Message-ID: <first@example.org>',
    ],
    ...[
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
    ],
    ...['', `My password is ${WORD}.`, '--b', 'Content-Type: text/plain; name=word.txt'],
    ...['Content-Disposition: attachment; filename=word.txt', '', WORD, '--b--', ''],
  ].join('\r\n');

  /** What Martha, a lead, writes on a ticket, and what leaves because of it. */
  async function write(ticketId: string, text: string, by = MARTHA) {
    world.random = (octets) => new Uint8Array(octets).fill(++mails);
    const mailId = `mail-${mails}`;
    const expires = Date.parse(MONDAY) + 30 * 86_400_000;
    const to = replyAddress(
      'support@desk.example.test',
      { purpose: 'ticket', id: ticketId, participant: by, expires },
      keys,
    );
    const raw = `From: ${by}\r\nTo: ${to}\r\nMessage-ID: <${mailId}@example.test>\r\n\r\n${text}\r\n`;
    await receiveEmail(deliver(world, raw, { mailId, recipients: [to], returnPath: by, ...PROVEN }), world);
    return world.relay();
  }

  const ids = () =>
    [...world.items.values()].filter(({ sk }) => sk === 'TICKET').map(({ pk }) => pk.slice(2));
  const idOf = (at: number) => ids()[at] ?? expect.unreachable();
  const partOf = (id: string) => (world.items.get(`T#${id} TICKET`)?.ticket as Ticket | undefined)?.partOf;
  const stored = () => [...world.objects.keys()].filter((key) => key.startsWith('files/'));
  /** In its messages, or among the words by which it is found. */
  const wordIn = async (id: string) => {
    const entries = [...world.items.values()].filter(
      ({ pk, sk }) => pk === `T#${id}` && sk.startsWith('FOUND#'),
    );
    return /zimtstern/i.test(JSON.stringify([await world.tickets.messages(id, 10), entries]));
  };

  test.each([
    ['the request', 0],
    ['a copy of it', 1],
    ['a copy of a copy', 2],
  ])('of %s: all of them are taken out, each says so, and none is asked for what is gone', async (_, at) => {
    await write(idOf(0), '#clone for the cable');
    await write(idOf(1), '#clone for the socket');
    expect(ids()).toHaveLength(3);
    for (const id of ids()) expect(await wordIn(id)).toBe(true);
    expect(stored()).toHaveLength(1);
    await write(idOf(at), '#redact 1 a password stands in it');
    expect(stored()).toEqual([]);
    for (const id of ids()) {
      expect(await wordIn(id)).toBe(false);
      expect(await world.tickets.events(id, 100)).toContainEqual(
        expect.objectContaining({
          kind: 'redacted',
          message: 1,
          by: MARTHA,
          reason: 'a password stands in it',
        }),
      );
      const told = await write(id, '#files 1\n#history');
      expect(told.map(({ to }) => to)).toEqual([MARTHA]);
      expect(told[0]?.said).not.toContain(WORD);
    }
  });

  test('what was split off, and what was said beside it, are told apart', async () => {
    await write(idOf(0), 'We look into it.');
    await write(idOf(0), '#split 1 another matter');
    await write(idOf(0), '#redact 1 a password');
    expect(await wordIn(idOf(1))).toBe(false);
    expect((await world.tickets.message(idOf(0), 2))?.text).toContain('We look into it.');
  });

  test('of the request: the steps of its checklist lose it too, and say so', async () => {
    const [about, text] = ['Subject: New colleague', 'A new colleague starts on Monday.'];
    const mail = first.replace('Subject: Printer', about).replace('My password', `${text} My password`);
    world = leavingWorld();
    let drawn = 100;
    world.random = (octets) => new Uint8Array(octets).fill(++drawn);
    await receiveEmail(deliver(world, mail, { mailId: 'first' }), world);
    await world.relay();
    const request = ids().find((id) => !partOf(id)) ?? expect.unreachable();
    const told = [];
    for (const id of ids()) if (id !== request && (await wordIn(id))) told.push(id);
    expect(told.length).toBeGreaterThan(0);
    await write(request, '#redact 1 a password');
    for (const id of told) {
      expect(await wordIn(id)).toBe(false);
      expect((await world.tickets.message(id, 1))?.attachments).toEqual([]);
    }
    expect(stored()).toEqual([]);
  });

  test('a repeat of its event, and one whose transaction failed, come to the same', async () => {
    await write(idOf(0), '#clone for the cable');
    const [id, copy] = ids() as [string, string];
    const relay = world.relay;
    world.relay = async () => [];
    await write(id, '#redact 1 a password');
    world.relay = relay;
    let faults = 1;
    world.before = (call) => {
      if (call === 'table:transact' && faults-- > 0) throw new Error('the table is gone');
    };
    const events = await world.tickets.events(id, 100);
    const number = events.findLast(({ kind }) => kind === 'redacted')?.number;
    const event = { pk: `T#${id}`, sk: `EVENT#${String(number).padStart(8, '0')}` };
    await expect(sendUpdate(event, world)).rejects.toThrow('the table is gone');
    await sendUpdate(event, world);
    await sendUpdate(event, world);
    expect(await wordIn(copy)).toBe(false);
    expect(stored()).toEqual([]);
    expect((await world.tickets.events(copy, 100)).filter(({ kind }) => kind === 'redacted')).toHaveLength(1);
  });
});
