/**
 * One mail out and one mail in, field by field against what AWS shows of them. The pages:
 * https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and …-examples.html
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendRawEmailCommand } from '@aws-sdk/client-ses';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { expect, test, vi } from 'vitest';
import { receiptFromHeaders } from '../../core/mail/receipt.ts';
import { readHead } from '../../local/headers.ts';
import { openMail } from './mail.ts';
import { openGround } from './world.ts';

/** What is said, what was found, what AWS shows. */
type Row = [what: string, found: unknown, wanted: unknown];

function compare(rows: Row[]): void {
  for (const [what, found, wanted] of rows) expect.soft(found, what).toEqual(wanted);
}

const FROM = '"Kim via Support" <support@desk.example.test>';
const OUT: [name: string, value: string][] = [
  ['From', FROM],
  ['To', 'Ada <ada@customer.test>'],
  ['Cc', '"Lee, Bo" <bo@customer.test>, cy@customer.test'],
  ['Bcc', 'secret@customer.test'],
  ['Reply-To', 'support+token@desk.example.test'],
  ['Subject', 'Re: Help [T-7K4M2Q]'],
  ['Message-ID', '<ours@desk.example.test>'],
  ['Date', 'Thu, 01 Jan 1970 00:00:00 +0000'],
  ['In-Reply-To', '<last@customer.test>'],
  ['References', '<first@customer.test> <last@customer.test>'],
  ['Return-Path', '<elsewhere@desk.example.test>'],
  ['Auto-Submitted', 'auto-replied'],
  ['X-Replydesk-Update', 'answer'],
  ['Content-Type', 'text/plain; charset=utf-8'],
];
const BODY = 'Hello\r\n.\r\nend without a line end';
const written = (fields: [string, string][]) =>
  `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${BODY}`;

const sending = (to: string[], more: object = {}, raw = written(OUT)) =>
  new SendRawEmailCommand({
    RawMessage: { Data: Buffer.from(raw) },
    Source: 'support@desk.example.test',
    Destinations: to,
    ConfigurationSetName: 'Set',
    Tags: [{ Name: 'update', Value: 'T-7K4M2Q-1' }],
    ...more,
  });

const BARE_ID = /^0100[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000$/;
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test.each([
  ['us-east-1', 'email.amazonses.com'],
  ['eu-west-1', 'eu-west-1.amazonses.com'],
])('a mail that goes out from %s', async (region, domain) => {
  const ground = openGround();
  const { ses, relayed } = await openMail(ground, { region });
  const { MessageId = '' } = await ses.send(sending(['ada@customer.test', 'secret@customer.test']));
  const message = readFileSync(join(ground.dataDir, 'sent', `${MessageId}.eml`));
  const { fields, bodyAt } = readHead(message) ?? { fields: [], bodyAt: 0 };
  const all = (name: string) => fields.filter((each) => each.name === name).map(({ value }) => value);
  const replaced = ['Message-ID', 'Date', 'Bcc', 'Return-Path'];
  compare([
    ['the answer is the bare id', BARE_ID.test(MessageId), true],
    ['Message-ID', all('Message-ID'), [`<${MessageId}@${domain}>`]],
    [
      'Date, in UTC, of the moment it was accepted',
      all('Date').map(
        (date) => / \+0000$/.test(date) && Math.abs(Date.parse(date) - ground.clock.now()) < 5000,
      ),
      [true],
    ],
    ['Return-Path is the envelope’s affair', all('Return-Path'), []],
    ['Bcc is nobody’s to see', all('Bcc'), []],
    [
      'what else the sender wrote, in his order',
      fields.slice(0, OUT.length - replaced.length).map(({ name, value }) => [name, value]),
      OUT.filter(([name]) => !replaced.includes(name)),
    ],
    [
      'what SES adds, but for its signatures',
      fields.slice(OUT.length - replaced.length).map(({ name }) => name),
      ['Message-ID', 'Date', 'X-SES-Outgoing', 'Feedback-ID'],
    ],
    ['X-SES-Outgoing', all('X-SES-Outgoing')[0], expect.stringMatching(/^\d{4}\.\d\d\.\d\d-127\.0\.0\.1$/)],
    ['Feedback-ID', all('Feedback-ID')[0], expect.stringMatching(`^::1\\.${region}\\..+:AmazonSES$`)],
    ['the body, octet by octet', message.subarray(bodyAt).toString(), BODY],
    [
      'whom it goes to is said by Destinations alone',
      relayed,
      [{ id: MessageId, recipients: ['ada@customer.test', 'secret@customer.test'] }],
    ],
  ]);
});

const COMMON = {
  timestamp: ISO,
  source: 'support@desk.example.test',
  sourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/desk.example.test',
  sendingAccountId: '000000000000',
  messageId: expect.stringMatching(BARE_ID),
  headersTruncated: false,
  headers: OUT.map(([name, value]) => ({ name, value })),
  commonHeaders: {
    messageId: expect.stringMatching(BARE_ID),
    from: [FROM],
    replyTo: ['support+token@desk.example.test'],
    date: 'Thu, 01 Jan 1970 00:00:00 +0000',
    to: ['Ada <ada@customer.test>'],
    cc: ['"Lee, Bo" <bo@customer.test>', 'cy@customer.test'],
    bcc: ['secret@customer.test'],
    subject: 'Re: Help [T-7K4M2Q]',
  },
};
const TAGS = {
  'ses:operation': ['SendRawEmail'],
  'ses:configuration-set': ['Set'],
  'ses:source-ip': ['127.0.0.1'],
  'ses:from-domain': ['desk.example.test'],
  'ses:caller-identity': ['admin'],
  update: ['T-7K4M2Q-1'],
};
const bounce = (
  emailAddress: string,
  bounceSubType: string,
  diagnosticCode: unknown,
  reportingMTA: string,
) => ({
  feedbackId: expect.stringMatching(BARE_ID),
  bounceType: 'Permanent',
  bounceSubType,
  bouncedRecipients: [{ emailAddress, action: 'failed', status: '5.1.1', diagnosticCode }],
  timestamp: ISO,
  reportingMTA,
});
const SEND = { Send: { send: {} } };
const DELIVERY = {
  Delivery: {
    delivery: {
      timestamp: ISO,
      processingTimeMillis: expect.any(Number),
      recipients: [expect.any(String)],
      smtpResponse: expect.stringMatching(/^250 /),
      remoteMtaIp: '127.0.0.1',
      reportingMTA: expect.stringMatching(/^a\d+-\d+\.smtp-out\.amazonses\.com$/),
    },
  },
};

test.each<[address: string, events: Record<string, object>]>([
  ['ada@customer.test', { ...SEND, ...DELIVERY }],
  [
    'bounce@example.test',
    {
      ...SEND,
      Bounce: {
        bounce: bounce(
          'bounce@example.test',
          'General',
          'smtp; 550 5.1.1 user unknown',
          'dns; a8-1.smtp-out.amazonses.com',
        ),
      },
    },
  ],
  [
    // It is accepted; only the event tells.
    'suppressed@example.test',
    {
      ...SEND,
      Bounce: {
        bounce: bounce(
          'suppressed@example.test',
          'OnAccountSuppressionList',
          expect.stringContaining('suppression list for your account'),
          'dns; amazonses.com',
        ),
      },
    },
  ],
  [
    'complaint@example.test',
    {
      ...SEND,
      ...DELIVERY,
      Complaint: {
        complaint: {
          feedbackId: expect.stringMatching(BARE_ID),
          complaintSubType: null,
          complainedRecipients: [{ emailAddress: 'complaint@example.test' }],
          timestamp: ISO,
          userAgent: expect.any(String),
          complaintFeedbackType: 'abuse',
          arrivalDate: ISO,
        },
      },
    },
  ],
  [
    'delay@example.test',
    {
      ...SEND,
      DeliveryDelay: {
        deliveryDelay: {
          timestamp: ISO,
          delayType: 'TransientCommunicationFailure',
          expirationTime: ISO,
          delayedRecipients: [
            {
              emailAddress: 'delay@example.test',
              status: '4.4.1',
              diagnosticCode: expect.stringMatching(/^smtp; 421 /),
            },
          ],
        },
      },
      ...DELIVERY,
    },
  ],
  ['reject@example.test', { Reject: { reject: { reason: 'Bad content' } } }],
])('the events of a mail to %s', async (address, events) => {
  const { ses, heard } = await openMail(openGround());
  const { MessageId } = await ses.send(sending([address]));
  expect(heard('Feedback')).toEqual(
    Object.entries(events).map(([eventType, body]) => ({
      eventType,
      mail: {
        ...COMMON,
        messageId: MessageId,
        destination: [address],
        commonHeaders: { ...COMMON.commonHeaders, messageId: MessageId },
        tags: eventType === 'Delivery' ? { ...TAGS, 'ses:outgoing-ip': ['127.0.0.1'] } : TAGS,
      },
      ...body,
    })),
  );
});

test('a report has an id of its own, which is not that of the mail', async () => {
  const { ses, heard } = await openMail(openGround());
  const { MessageId } = await ses.send(sending(['bounce@example.test', 'complaint@example.test']));
  const ids = heard('Feedback').flatMap(
    (event) => event.bounce?.feedbackId ?? event.complaint?.feedbackId ?? [],
  );
  expect(new Set([...ids, MessageId]).size).toBe(3);
});

test('what SES rejects is accepted and reaches nobody', async () => {
  const { ses, relayed, mailer } = await openMail(openGround());
  await ses.send(sending(['reject@example.test', 'ada@customer.test']));
  expect(relayed).toEqual([]);
  expect(mailer.mailbox('ada@customer.test', 1)).toMatchObject([{ outcome: 'rejected' }]);
});

const LARGEST = 10 * 1024 * 1024;
const ofSize = (octets: number) => written(OUT).padEnd(octets, '.');
const fifty = Array.from({ length: 50 }, (_, n) => `a${n}@customer.test`);

test.each<[what: string, to: string[], more: object, raw: string, accepted: boolean]>([
  ['exactly 10 MB', ['ada@customer.test'], {}, ofSize(LARGEST), true],
  ['one octet more', ['ada@customer.test'], {}, ofSize(LARGEST + 1), false],
  ['50 recipients', fifty, {}, written(OUT), true],
  ['51 recipients', [...fifty, 'one@customer.test'], {}, written(OUT), false],
  [
    'one address that is none among good ones',
    ['ada@customer.test', 'not an address', 'bo@customer.test'],
    {},
    written(OUT),
    false,
  ],
  [
    'a tag of 256 characters',
    ['ada@customer.test'],
    { Tags: [{ Name: 'update', Value: 'x'.repeat(256) }] },
    written(OUT),
    true,
  ],
  [
    'a tag with a colon',
    ['ada@customer.test'],
    { Tags: [{ Name: 'update', Value: 'T:1' }] },
    written(OUT),
    false,
  ],
  [
    'an order in a header',
    ['ada@customer.test'],
    {},
    written([...OUT, ['X-SES-Configuration-Set', 'Set']]),
    false,
  ],
])('%s: a whole mail is taken, or nothing of it', async (_, to, more, raw, accepted) => {
  const { ses, heard, relayed } = await openMail(openGround());
  const answer = ses.send(sending(to, more, raw));
  if (accepted) expect((await answer).MessageId).toMatch(BARE_ID);
  else await expect(answer).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  expect(relayed.flatMap(({ recipients }) => recipients)).toEqual(accepted ? to : []);
  if (!accepted) expect(heard('Feedback')).toEqual([]);
});

/** https://docs.aws.amazon.com/ses/latest/dg/header-fields.html */
const ONCE =
  `Accept-Language acceptLanguage Archived-At Auto-Submitted Bounces-to Comments Content-Alternative Content-Base
  Content-Class Content-Description Content-Disposition Content-Duration Content-ID Content-Language Content-Length
  Content-Location Content-MD5 Content-Transfer-Encoding Content-Type Date Delivered-To Disposition-Notification-Options
  Disposition-Notification-To DKIM-Signature DomainKey-Signature Errors-To From Importance In-Reply-To Keywords
  List-Archive List-Help List-Id List-Owner List-Post List-Subscribe List-Unsubscribe List-Unsubscribe-Post
  Message-Context Message-ID MIME-Version Organization Original-From Original-Message-ID Original-Recipient
  Original-Subject Precedence Priority References Reply-To Return-Path Return-Receipt-To Sender Solicitation Sensitivity
  Subject Thread-Index Thread-Topic User-Agent VBR-Info`.split(/\s+/);

test('a header that may stand once is refused when it stands twice, and any other is not', async () => {
  const { ses } = await openMail(openGround());
  const twice = (name: string) => {
    const others = OUT.filter(([each]) => each !== name);
    const value = name === 'From' ? FROM : 'x';
    return ses.send(
      sending(['ada@customer.test'], {}, written([...others, [name, value], [name.toLowerCase(), value]])),
    );
  };
  for (const name of ONCE)
    await expect
      .soft(twice(name), name)
      .rejects.toMatchObject({ message: expect.stringMatching(/^Duplicate header/) });
  for (const name of ['Received', 'X-Anything']) await expect(twice(name)).resolves.toBeDefined();
});

async function take(mail: SendMailOptions, user?: string) {
  const { door, heard, stored } = await openMail(openGround());
  const auth = user ? { auth: { user, pass: 'any' } } : {};
  await createTransport({
    host: '127.0.0.1',
    port: await door(),
    ignoreTLS: true,
    name: 'mx.customer.test',
    ...auth,
  }).sendMail(mail);
  const [notice] = heard('Mail');
  const object = await stored(notice.receipt.action.objectKey);
  return { notice, object, fields: readHead(object)?.fields ?? [] };
}

const IN = [
  'Return-Path: <forged@customer.test>',
  'X-SES-Spam-Verdict: FAIL',
  'Authentication-Results: amazonses.com; dmarc=pass',
  'From: Ada <ada@customer.test>',
  'Sender: desk@customer.test',
  'To: "Support, all" <support@desk.example.test>, else@other.test',
  'Cc: bo@customer.test',
  'Reply-To: ada+home@customer.test',
  'Subject: Help',
  'Date: Mon, 2 Mar 2026 10:00:00 +0100',
  'Message-ID: <one@customer.test>',
  '',
  'It burns.',
  '',
].join('\r\n');
const ABOVE = [
  'Return-Path',
  'Received',
  'X-SES-Spam-Verdict',
  'X-SES-Virus-Verdict',
  'Received-SPF',
  'Authentication-Results',
  'X-SES-RECEIPT',
  'X-SES-DKIM-SIGNATURE',
];

test('a mail that comes in', async () => {
  const envelope = {
    from: 'bounces+1@customer.test',
    to: ['support@desk.example.test', 'hr+blind@desk.example.test'],
  };
  const { notice, object, fields } = await take({ raw: IN, envelope }, 'ada@customer.test');
  const { mail, receipt } = notice;
  const first = (name: string) => fields.find((field) => field.name === name)?.value;
  const spf =
    'pass (spfCheck: domain of customer.test designates 127.0.0.1 as permitted sender) client-ip=127.0.0.1; envelope-from=bounces+1@customer.test; helo=mx.customer.test;';
  compare([
    ['the object: SES’s fields on top, then the mail, octet by octet', object.toString().endsWith(IN), true],
    ['their order', fields.slice(0, ABOVE.length).map(({ name }) => name), ABOVE],
    [
      'the sender’s own fields stand below them',
      fields
        .slice(ABOVE.length)
        .map(({ name }) => name)
        .slice(0, 3),
      ['Return-Path', 'X-SES-Spam-Verdict', 'Authentication-Results'],
    ],
    ['Return-Path', first('Return-Path'), '<bounces+1@customer.test>'],
    [
      'Received',
      first('Received'),
      expect.stringMatching(
        `^from mx\\.customer\\.test \\(mx\\.customer\\.test \\[127\\.0\\.0\\.1\\]\\) by inbound-smtp\\.us-east-1\\.amazonaws\\.com with SMTP id ${mail.messageId} for support@desk\\.example\\.test; \\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} \\+0000 \\(UTC\\)$`,
      ),
    ],
    ['X-SES-Spam-Verdict', first('X-SES-Spam-Verdict'), 'PASS'],
    ['X-SES-Virus-Verdict', first('X-SES-Virus-Verdict'), 'PASS'],
    ['Received-SPF', first('Received-SPF'), spf],
    [
      'Authentication-Results',
      first('Authentication-Results'),
      `amazonses.com; spf=${spf} dkim=pass header.i=@customer.test; dmarc=pass header.from=customer.test;`,
    ],
    ['X-SES-RECEIPT, opaque', first('X-SES-RECEIPT'), expect.stringMatching(/^[A-Za-z0-9+/]+=*$/)],
    [
      'X-SES-DKIM-SIGNATURE',
      first('X-SES-DKIM-SIGNATURE'),
      expect.stringMatching(
        /^a=rsa-sha256; q=dns\/txt; b=.*; c=relaxed\/simple; s=\w+; d=amazonses\.com; t=\d{10}; v=1; bh=.*; h=From:.*:X-SES-RECEIPT;$/,
      ),
    ],
    [
      'the notification',
      { ...notice, mail: 0, receipt: 0 },
      { notificationType: 'Received', mail: 0, receipt: 0 },
    ],
    [
      'its mail',
      mail,
      {
        timestamp: ISO,
        source: 'bounces+1@customer.test',
        messageId: expect.stringMatching(/^[0-9a-v]{40}$/),
        destination: ['support@desk.example.test', 'else@other.test', 'bo@customer.test'],
        headersTruncated: false,
        headers: fields.map(({ name, value }) => ({ name, value })),
        commonHeaders: {
          returnPath: 'bounces+1@customer.test',
          from: ['Ada <ada@customer.test>'],
          sender: 'desk@customer.test',
          replyTo: ['ada+home@customer.test'],
          date: 'Mon, 2 Mar 2026 10:00:00 +0100',
          to: ['"Support, all" <support@desk.example.test>', 'else@other.test'],
          cc: ['bo@customer.test'],
          messageId: '<one@customer.test>',
          subject: 'Help',
        },
      },
    ],
    [
      'its receipt, with the envelope’s recipients',
      receipt,
      {
        timestamp: ISO,
        processingTimeMillis: expect.any(Number),
        recipients: envelope.to,
        spamVerdict: { status: 'PASS' },
        virusVerdict: { status: 'PASS' },
        spfVerdict: { status: 'PASS' },
        dkimVerdict: { status: 'PASS' },
        dmarcVerdict: { status: 'PASS' },
        action: {
          type: 'S3',
          topicArn: 'arn:aws:sns:us-east-1:000000000000:Mail',
          bucketName: 'desk-bucket',
          objectKeyPrefix: 'in/',
          objectKey: `in/${mail.messageId}`,
        },
      },
    ],
  ]);
});

test('a mail without a sender, which proves nothing', async () => {
  const { fields } = await take({ raw: IN, envelope: { from: '', to: ['support@desk.example.test'] } });
  const first = (name: string) => fields.find((field) => field.name === name)?.value;
  const spf =
    'none (spfCheck: 127.0.0.1 is neither permitted nor denied by domain of mx.customer.test) client-ip=127.0.0.1; envelope-from=postmaster@mx.customer.test; helo=mx.customer.test;';
  compare([
    ['Return-Path', first('Return-Path'), '<>'],
    ['Received-SPF', first('Received-SPF'), spf],
    [
      'nothing is said of DKIM',
      first('Authentication-Results'),
      `amazonses.com; spf=${spf} dmarc=none header.from=customer.test;`,
    ],
  ]);
});

test.each(['pass', 'fail', 'gray', 'processing_failed'])(
  'of %s the headers say what the notification says',
  async (word) => {
    const orders = `X-Local-Verdict: spf=${word} dkim=${word} dmarc=${word}\r\n`;
    const { notice, object } = await take({
      raw: orders + IN,
      envelope: { from: 'ada@customer.test', to: ['support@desk.example.test'] },
    });
    const { spfVerdict, dkimVerdict, dmarcVerdict, dmarcPolicy } = notice.receipt;
    const read = receiptFromHeaders('id', '2026-03-02T09:00:00.000Z', object);
    expect([read.spf, read.dkim, read.dmarc]).toEqual(
      [spfVerdict, dkimVerdict, dmarcVerdict].map(({ status }) => status),
    );
    expect(read.spf).toBe(word.toUpperCase());
    // The policy is only named where DMARC failed.
    expect(dmarcPolicy).toBe(word === 'fail' ? 'none' : undefined);
  },
);

test('above 10 KB of headers a notification gives the first of them and says so; the mail itself is whole', async () => {
  const long = Array.from({ length: 30 }, (_, n) => `X-Long-${n}: ${'x'.repeat(500)}`).join('\r\n');
  const { notice, object } = await take({
    raw: `${long}\r\n${IN}`,
    envelope: { from: 'ada@customer.test', to: ['support@desk.example.test'] },
  });
  const { headers, headersTruncated, commonHeaders } = notice.mail;
  const octets = headers.reduce(
    (sum: number, { name, value }: { name: string; value: string }) => sum + name.length + value.length,
    0,
  );
  compare([
    ['headersTruncated', headersTruncated, true],
    ['from the top', headers.slice(0, ABOVE.length).map(({ name }: { name: string }) => name), ABOVE],
    ['as much as fits', octets > 9 * 1024 && octets <= 10 * 1024, true],
    ['the common ones are there', commonHeaders.subject, 'Help'],
    ['the object is whole', object.toString().endsWith(`${long}\r\n${IN}`), true],
  ]);
});

test('mail of ours that comes back has SES as the envelope’s sender, and our words in its head', async () => {
  const { ses, heard } = await openMail(openGround(), { region: 'eu-west-1' });
  const { MessageId } = await ses.send(sending(['hr@desk.example.test']));
  const { mail, receipt } = await vi.waitFor(() => {
    const [notice] = heard('Mail');
    if (!notice) throw new Error('not yet');
    return notice;
  });
  expect(mail.source).toBe(`${MessageId}@eu-west-1.amazonses.com`);
  expect(mail.commonHeaders).toMatchObject({
    from: [FROM],
    messageId: `<${MessageId}@eu-west-1.amazonses.com>`,
  });
  expect([receipt.recipients, receipt.dmarcVerdict]).toEqual([['hr@desk.example.test'], { status: 'PASS' }]);
});
