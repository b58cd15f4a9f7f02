/** Logs are read by whoever mends the desk, and kept for a month: they name mails and tickets, and nobody who wrote, nor what. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { QuotaError } from '../../core/faults.ts';
import { withoutContent } from '../../core/log.ts';
import { openWorld, queue } from '../../functions/handler.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { receiveFeedback } from '../../functions/receive-feedback.ts';
import { sendOrPark } from '../../functions/send-update.ts';
import { sweep } from '../../functions/sweep.ts';
import { desk, later, MONDAY } from '../sample.ts';
import { leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const SENDER = 'zacharias.quimby@planted.example.org';
/** Of what no log may hold a word. */
const PLANTED = ['quimby', 'planted', 'xylophone', 'krypton', 'zirconium', 'support@', '@example', 'martha'];

const mail = (more: string[] = [], body = 'The krypton lamp on my desk is broken.') =>
  Buffer.from(
    [
      `From: Zacharias Quimby <${SENDER}>`,
      'To: support@desk.example.test',
      'Subject: The xylophone is out of tune',
      `Message-ID: <${Math.abs(body.length * 7919 + more.length)}@planted.example.org>`,
      'MIME-Version: 1.0',
      ...more,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      body,
      '--b',
      'Content-Type: application/pdf; name="zirconium.pdf"',
      'Content-Disposition: attachment; filename="zirconium.pdf"',
      '',
      'krypton',
      '--b--',
      '',
    ].join('\r\n'),
  );

/** Mail of every kind comes in, updates leave, are parked, refused and bounce, and the sweep comes by. */
async function story() {
  const world = leavingWorld();
  const receive = (mailId: string, raw: Uint8Array, verdicts = {}) =>
    receiveEmail(deliver(world, raw, { mailId, returnPath: SENDER, ...verdicts }), world);
  await receive('mail-1', mail());
  await world.relay();
  await receive('mail-2', mail(['Auto-Submitted: auto-replied'], 'krypton I am away'), {});
  await receive('mail-3', mail([], 'krypton for sale'), { spam: 'FAIL' });
  await receive('mail-4', mail([], 'krypton as your agent martha'), { dmarc: 'FAIL', dmarcPolicy: 'reject' });
  await receive('mail-5', Buffer.from('xylophone krypton'));
  const { send } = world.mailer;
  const [opened = ''] = [...world.items.keys()].filter((name) => /^T#.* EVENT#00000001$/.test(name));
  const [pk = '', sk = ''] = opened.split(' ');
  for (const name of [...world.items.keys()].filter((key) => key.startsWith('UPDATE#')))
    world.items.delete(name);
  world.mailer.send = async () => {
    throw new QuotaError('SES: Daily message quota exceeded.');
  };
  world.updatesQueue = { ...world.updatesQueue, send: async () => {} };
  await sendOrPark({ pk, sk }, world);
  world.mailer.send = async () => ({ sent: false, refused: `MessageRejected: ${SENDER} is not verified` });
  await sendOrPark({ pk, sk }, world);
  world.mailer.send = send;
  const tags = { update: ['any-acknowledgement-1'], ticket: [pk.slice(2)] };
  const bouncedRecipients = [{ emailAddress: SENDER, status: '5.1.1' }];
  await receiveFeedback(
    {
      ...{ eventType: 'Bounce', bounce: { bounceType: 'Permanent', bouncedRecipients } },
      mail: { messageId: '0100-1', destination: [SENDER], tags },
    },
    world,
  );
  deliver(world, mail([], 'krypton unseen'), { mailId: 'mail-6' });
  world.time = later(MONDAY, 7);
  await sweep(world);
  world.time = later(MONDAY, 8);
  await sweep(world);
  return world;
}

describe('a day’s log', () => {
  test('holds no address, no name, no subject, no text and no name of a file', async () => {
    const { logged } = await story();
    const said = JSON.stringify(logged).toLowerCase();
    expect(PLANTED.filter((word) => said.includes(word))).toEqual([]);
  });

  test('names the mail that was disposed of, and the ticket and update that were sent', async () => {
    const { logged } = await story();
    const about = (message: string) =>
      logged.filter((line) => line.message === message).map(({ ids }) => ids);
    expect(about('disposed').map(({ mailId }) => mailId)).toEqual([
      'mail-1',
      'mail-2',
      'mail-3',
      'mail-4',
      'mail-5',
    ]);
    const ticketId = expect.stringMatching(/^T-/);
    expect(about('disposed')[0]).toMatchObject({ disposition: 'opened', ticketId });
    expect(about('sent').length).toBeGreaterThan(0);
    for (const ids of about('sent')) expect(ids).toMatchObject({ update: expect.any(String), ticketId });
    expect(about('parked until more mail may leave')).toMatchObject([{ pk: expect.stringMatching(/^T#T-/) }]);
    expect(about('refused by SES')).toMatchObject([{ ticketId }]);
    expect(about('a mail lies unhandled')).toMatchObject([{ mailId: 'mail-6' }]);
  });
});

/** What is written to the log while it runs. */
async function printed(run: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(write),
  );
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  await run();
  for (const spy of spies) spy.mockRestore();
  return lines.join('');
}

describe('a fault', () => {
  const fault = new RangeError(
    `${SENDER} is not verified\nThe krypton lamp stood at home\nthe file files/mail-1/2-zirconium.pdf is gone`,
  );

  test('is logged with its name, the record and where it happened, without the addresses and files that it names', async () => {
    const handler = queue(
      z.unknown().transform(() => {
        throw fault;
      }),
      async () => {},
    );
    const record = { messageId: 'message-7', body: '{}', attributes: { ApproximateReceiveCount: '1' } };
    const said = await printed(() => handler({ Records: [record] } as never, {} as never));
    expect(said).toContain('message-7');
    expect(said).toContain('RangeError');
    expect(said).toContain('logs.test.ts');
    expect(said).toContain('files/mail-1/2 is gone');
    for (const word of ['quimby', 'planted', 'zirconium']) expect(said.toLowerCase()).not.toContain(word);
    // Of the stack, which repeats the message, only the places are left, each on a line of its own.
    const places: string[] = JSON.parse(said).stack.split('\n');
    expect(places.length).toBeGreaterThan(1);
    expect(places.filter((line) => !/^ +at /.test(line))).toEqual([]);
  });

  test('what a function says beside is looked through as well', async () => {
    const { log } = openWorld({}, desk, async () => new Uint8Array());
    const said = await printed(async () =>
      log.warn('withheld', { update: 'T-7K4M2Q-1', why: `to ${SENDER}`, ticketId: 'T-7K4M2Q' }),
    );
    expect(JSON.parse(said)).toMatchObject({ update: 'T-7K4M2Q-1', ticketId: 'T-7K4M2Q', why: 'to …@…' });
  });
});

test('what is looked through is bounded, however much somebody writes', () => {
  const { why } = withoutContent({ why: `${'a'.repeat(1_000_000)}@example.org` });
  expect(why.length).toBeLessThanOrEqual(1_000);
});
