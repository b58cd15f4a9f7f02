import { connect } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { expect, test } from 'vitest';
import { judge } from '../../local/door.ts';
import { AwsFault } from '../../local/fault.ts';
import { openMail, RULE } from './mail.ts';
import { openGround } from './world.ts';

const TO = 'support@desk.example.test';

function sender(port: number, user?: string) {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    ...(user ? { auth: { user, pass: 'whatever' } } : {}),
  });
  return (mail: SendMailOptions) =>
    transport.sendMail({
      from: 'Ada <ada@customer.test>',
      to: TO,
      subject: 'Help',
      text: 'It burns.',
      ...mail,
    });
}

test('a mail is stored as it came under what SES writes above it, and its receipt is published', async () => {
  const { door, heard, stored } = await openMail(openGround());
  const raw =
    'From: Ada <ada@customer.test>\r\nTo: support@desk.example.test\r\nSubject: =?utf-8?q?Stra=C3=9Fe?=\r\nX-Long: one\r\n two\r\n\r\nIt burns.\r\n..\r\n';
  const { response } = await sender(await door())({
    raw,
    envelope: { from: 'bounces@customer.test', to: [TO, 'hr+tag@desk.example.test'] },
  });
  const [notice] = heard('Mail');
  const { mail, receipt } = notice;
  expect(response).toBe(`250 Ok ${mail.messageId}`);
  expect(mail).toMatchObject({
    source: 'bounces@customer.test',
    destination: [TO],
    headersTruncated: false,
    commonHeaders: {
      from: ['Ada <ada@customer.test>'],
      to: [TO],
      returnPath: 'bounces@customer.test',
      subject: '=?utf-8?q?Stra=C3=9Fe?=',
    },
  });
  expect(mail.headers).toContainEqual({ name: 'X-Long', value: 'one two' });
  expect(receipt).toMatchObject({
    recipients: [TO, 'hr+tag@desk.example.test'],
    spamVerdict: { status: 'PASS' },
    action: {
      type: 'S3',
      bucketName: 'desk-bucket',
      objectKeyPrefix: 'in/',
      objectKey: `in/${mail.messageId}`,
    },
  });
  expect(receipt.dmarcPolicy).toBeUndefined();
  const object = (await stored(`in/${mail.messageId}`)).toString();
  expect(object.endsWith(raw)).toBe(true);
  const above = object.slice(0, -raw.length);
  expect([...above.matchAll(/^([A-Za-z-]+):/gm)].map(([, name]) => name)).toEqual([
    'Return-Path',
    'Received',
    'X-SES-Spam-Verdict',
    'X-SES-Virus-Verdict',
    'Received-SPF',
    'Authentication-Results',
    'X-SES-RECEIPT',
    'X-SES-DKIM-SIGNATURE',
  ]);
  expect(above).toContain('Return-Path: <bounces@customer.test>\r\n');
  expect(above).toContain(`for ${TO};`);
  expect(above).toContain('Authentication-Results: amazonses.com;');
});

test('an address that is not the desk’s is refused with 550, and so is every one while no rule set is active', async () => {
  const { door, receiver } = await openMail(openGround());
  const send = sender(await door());
  await expect(send({ to: 'ada@elsewhere.test' })).rejects.toMatchObject({ responseCode: 550 });
  await expect(send({ to: 'ada@sub.desk.example.test' })).rejects.toMatchObject({ responseCode: 550 });
  await send({ to: 'Anybody+At@All.Of.It'.replace(/@.*/, '@DESK.example.test') });
  receiver.activate(null);
  await expect(send({})).rejects.toMatchObject({ responseCode: 550 });
});

const verdicts = (receipt: Record<string, { status: string }>) =>
  ['spf', 'dkim', 'dmarc', 'spam', 'virus'].map((name) => receipt[`${name}Verdict`]?.status).join(' ');

test('without proof a sender is neither believed nor disbelieved', async () => {
  const { door, heard } = await openMail(openGround());
  await sender(await door())({});
  expect(verdicts(heard('Mail')[0].receipt)).toBe('GRAY GRAY GRAY PASS PASS');
});

test('who proves the address that he writes from passes; who proves another fails', async () => {
  const { door, heard } = await openMail(openGround());
  const send = sender(await door(), 'Ada@Customer.test');
  await send({});
  await send({ from: 'Eve <eve@customer.test>' });
  const [own, other] = heard('Mail');
  expect(verdicts(own.receipt)).toBe('PASS PASS PASS PASS PASS');
  expect(verdicts(other.receipt)).toBe('FAIL FAIL FAIL PASS PASS');
  expect(other.receipt.dmarcPolicy).toBe('none');
});

test('X-Local-Verdict orders what it names, and does not stay in the mail', async () => {
  const { door, heard, stored } = await openMail(openGround());
  await sender(
    await door(),
    'ada@customer.test',
  )({ headers: { 'x-local-verdict': 'DMARC=Fail spam=FAIL policy=reject' } });
  const [{ mail, receipt }] = heard('Mail');
  expect(verdicts(receipt)).toBe('PASS PASS FAIL FAIL PASS');
  expect(receipt.dmarcPolicy).toBe('reject');
  const object = (await stored(`in/${mail.messageId}`)).toString();
  expect(object.toLowerCase()).not.toContain('x-local-verdict');
  expect(object).toContain('X-SES-Spam-Verdict: FAIL');
  expect(mail.headers.map(({ name }: { name: string }) => name.toLowerCase())).not.toContain(
    'x-local-verdict',
  );
});

test('an order that the door does not understand is refused in words', async () => {
  const { door } = await openMail(openGround());
  await expect(sender(await door())({ headers: { 'X-Local-Verdict': 'spf=maybe' } })).rejects.toMatchObject({
    responseCode: 554,
    response: expect.stringContaining('spf=maybe'),
  });
});

test('only a proof of one address proves a From with two', () => {
  const from = (value: string) => [{ name: 'From', value, raw: `From: ${value}\r\n` }];
  expect(judge(from('ada@customer.test'), 'ada@customer.test').verdicts.dmarc).toBe('PASS');
  expect(judge(from('ada@customer.test, eve@customer.test'), 'ada@customer.test').verdicts.dmarc).toBe(
    'FAIL',
  );
  expect(judge([], 'ada@customer.test').verdicts.dmarc).toBe('FAIL');
});

test('a mail of 40 MB is too large by its announced size and by its octets, and nothing of it is stored', async () => {
  const { door, heard } = await openMail(openGround());
  const port = await door();
  await expect(sender(port)({ raw: `Subject: x\r\n\r\n${'x'.repeat(41_943_041)}` })).rejects.toMatchObject({
    responseCode: 552,
  });
  const said = await conversation(port, [
    'EHLO x',
    'MAIL FROM:<a@b.test>',
    `RCPT TO:<${TO}>`,
    'DATA',
    `Subject: x\r\n\r\n${`${'y'.repeat(998)}\r\n`.repeat(41_944)}.`,
    'QUIT',
  ]);
  expect(said.at(-2)).toMatch(/^552 /);
  expect(heard('Mail')).toEqual([]);
});

test('a mail that is all head, and one without even that, are mail', async () => {
  const { door, heard } = await openMail(openGround());
  const port = await door();
  const replies = await conversation(port, [
    'EHLO x',
    'MAIL FROM:<>',
    `RCPT TO:<${TO}>`,
    'DATA',
    'Subject: only a head\r\n.',
    'MAIL FROM:<>',
    `RCPT TO:<${TO}>`,
    'DATA',
    '.',
    'QUIT',
  ]);
  expect(replies.filter((reply) => reply.startsWith('250 Ok'))).toHaveLength(2);
  expect(heard('Mail').map(({ mail }) => [mail.source, mail.commonHeaders.subject])).toEqual([
    ['', 'only a head'],
    ['', undefined],
  ]);
});

test('when SES may not write to the bucket, the client hears that the mail was not taken, and can go on', async () => {
  let open = false;
  const { door, heard, faults } = await openMail(openGround(), {
    may: () => {
      if (!open) throw new AwsFault('AccessDenied', 'SES may not write');
    },
  });
  const send = sender(await door());
  await expect(send({ text: 'long '.repeat(100_000) })).rejects.toMatchObject({ responseCode: 451 });
  expect(faults).toMatchObject([{ message: 'SES may not write' }]);
  open = true;
  await send({ text: 'short' });
  expect(heard('Mail')).toHaveLength(1);
});

test('a mail of which SES may not tell anybody is not stored either', async () => {
  const ground = openGround();
  const { door, heard } = await openMail(ground, {
    may: (_, action) => {
      if (action === 'sns:Publish') throw new AwsFault('AuthorizationError', 'SES may not publish');
    },
  });
  await expect(sender(await door())({ text: 'hello' })).rejects.toMatchObject({ responseCode: 451 });
  expect(heard('Mail')).toEqual([]);
  expect(ground.state.db.prepare('SELECT key FROM objects').all()).toEqual([]);
});

test('a rule without scanning says so, and writes no verdicts above the mail', async () => {
  const { door, heard, stored } = await openMail(openGround(), { rules: [{ ...RULE, scan: false }] });
  await sender(await door())({});
  const [{ mail, receipt }] = heard('Mail');
  expect(verdicts(receipt)).toBe('GRAY GRAY GRAY DISABLED DISABLED');
  expect((await stored(`in/${mail.messageId}`)).toString()).not.toContain('X-SES-Spam-Verdict');
});

test('rules match addresses, domains and subdomains, run in order, and end at a stop', async () => {
  const store = (prefix: string) => ({ ...RULE.actions[0], prefix }) as RULE_ACTION;
  const { door, heard } = await openMail(openGround(), {
    rules: [
      {
        ...RULE,
        name: 'One',
        recipients: ['hr@desk.example.test'],
        actions: [store('hr/'), { kind: 'stop' }],
      },
      {
        ...RULE,
        name: 'Two',
        recipients: ['.desk.example.test', 'desk.example.test'],
        actions: [store('in/')],
      },
      { ...RULE, name: 'Off', enabled: false, actions: [store('off/')] },
    ],
  });
  const send = sender(await door());
  for (const to of ['HR@desk.example.test', 'it@desk.example.test', 'x@eu.desk.example.test'])
    await send({ to });
  expect(heard('Mail').map(({ receipt }) => receipt.action.objectKeyPrefix)).toEqual(['hr/', 'in/', 'in/']);
});

type RULE_ACTION = (typeof RULE)['actions'][number];

/** Speaks SMTP line by line and returns the server's replies, the greeting left out. */
function conversation(port: number, lines: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const replies: string[] = [];
    let text = '';
    socket.on('error', reject);
    socket.on('close', () => resolve(replies.slice(1)));
    socket.on('data', (data) => {
      text += data;
      for (let end = text.search(/^\d{3} .*\r\n/m); end >= 0; end = text.search(/^\d{3} .*\r\n/m)) {
        const reply = text.slice(end, text.indexOf('\r\n', end));
        text = text.slice(text.indexOf('\r\n', end) + 2);
        replies.push(reply);
        const line = lines.shift();
        if (line !== undefined) socket.write(`${line}\r\n`);
      }
    });
  });
}
