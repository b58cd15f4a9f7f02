import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeActiveReceiptRuleSetCommand,
  SendRawEmailCommand,
  SetActiveReceiptRuleSetCommand,
} from '@aws-sdk/client-ses';
import { expect, test, vi } from 'vitest';
import { openMail } from './mail.ts';
import { openGround } from './world.ts';

const RAW = [
  'From: "Support" <support@desk.example.test>',
  'To: ada@customer.test',
  'Bcc: secret@customer.test',
  'Subject: [T-7K4M2Q] Help',
  'Message-ID: <ours@desk.example.test>',
  'Date: Thu, 01 Jan 1970 00:00:00 +0000',
  'References: <first@customer.test>',
  'Return-Path: <support@desk.example.test>',
  'X-Replydesk-Update: answer',
  'X-Replydesk-Ticket: T-7K4M2Q',
  '',
  'Hello\r\n.\r\n',
].join('\r\n');

const sending = (more: object = {}, raw = RAW) =>
  new SendRawEmailCommand({
    RawMessage: { Data: Buffer.from(raw) },
    Source: 'support@desk.example.test',
    Destinations: ['ada@customer.test'],
    ConfigurationSetName: 'Set',
    Tags: [{ Name: 'update', Value: 'T-7K4M2Q-1' }],
    ...more,
  });

test('a sent mail has SES’s Message-ID and date, and nothing that is the envelope’s', async () => {
  const ground = openGround();
  const { ses, mailer, relayed } = await openMail(ground);
  const { MessageId } = await ses.send(sending());
  const raw = readFileSync(join(ground.dataDir, 'sent', `${MessageId}.eml`), 'utf8');
  expect(raw).toContain(`\r\nMessage-ID: <${MessageId}@email.amazonses.com>\r\n`);
  const date = /\r\nDate: (.*)\r\n/.exec(raw)?.[1] ?? '';
  expect(Math.abs(Date.parse(date) - ground.clock.now())).toBeLessThan(5000);
  expect(raw).not.toMatch(/^(Bcc|Return-Path):/im);
  expect(raw.match(/^(Message-ID|Date):/gim)).toHaveLength(2);
  expect(raw).toContain('References: <first@customer.test>\r\n');
  expect(raw.endsWith('\r\n\r\nHello\r\n.\r\n')).toBe(true);
  expect(mailer.mailbox('ada@customer.test', 10)).toMatchObject([
    {
      id: MessageId,
      update: 'answer',
      ticket: 'T-7K4M2Q',
      outcome: 'delivered',
      recipients: ['ada@customer.test'],
    },
  ]);
  expect(relayed).toEqual([{ id: MessageId, recipients: ['ada@customer.test'] }]);
});

test('elsewhere than in us-east-1 the Message-ID names the region', async () => {
  const ground = openGround();
  const { ses } = await openMail(ground, { region: 'eu-west-1' });
  const { MessageId } = await ses.send(sending());
  expect(readFileSync(join(ground.dataDir, 'sent', `${MessageId}.eml`), 'utf8')).toContain(
    `<${MessageId}@eu-west-1.amazonses.com>`,
  );
});

test('the configuration set’s topic hears that it was sent and delivered, with the mail’s tags', async () => {
  const { ses, heard } = await openMail(openGround());
  const { MessageId } = await ses.send(sending());
  const [send, delivery] = heard('Feedback');
  expect(send).toMatchObject({
    eventType: 'Send',
    send: {},
    mail: {
      messageId: MessageId,
      source: 'support@desk.example.test',
      destination: ['ada@customer.test'],
      tags: { update: ['T-7K4M2Q-1'], 'ses:configuration-set': ['Set'] },
      commonHeaders: { messageId: MessageId, subject: '[T-7K4M2Q] Help' },
    },
  });
  expect(delivery).toMatchObject({ eventType: 'Delivery', delivery: { recipients: ['ada@customer.test'] } });
});

test.each<[string, string[], object]>([
  [
    'bounce@example.test',
    ['Send', 'Bounce'],
    {
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [{ emailAddress: 'bounce@example.test', status: '5.1.1' }],
      },
    },
  ],
  [
    'suppressed@example.test',
    ['Send', 'Bounce'],
    { bounce: { bounceType: 'Permanent', bounceSubType: 'OnAccountSuppressionList' } },
  ],
  [
    'complaint@example.test',
    ['Send', 'Delivery', 'Complaint'],
    {
      complaint: {
        complainedRecipients: [{ emailAddress: 'complaint@example.test' }],
        complaintFeedbackType: 'abuse',
      },
    },
  ],
])('%s behaves as named', async (address, events, last) => {
  const { ses, heard } = await openMail(openGround());
  await ses.send(sending({ Destinations: [address] }));
  const told = heard('Feedback');
  expect(told.map(({ eventType }) => eventType)).toEqual(events);
  expect(told.at(-1)).toMatchObject(last);
});

test('to a suppressed address nothing leaves, although SES takes the mail', async () => {
  const { ses, relayed, mailer } = await openMail(openGround());
  await ses.send(sending({ Destinations: ['suppressed@example.test'] }));
  expect(relayed).toEqual([]);
  expect(mailer.mailbox('suppressed@example.test', 1)).toMatchObject([{ outcome: 'suppressed' }]);
});

test.each<[string, object, string, string]>([
  ['throttle@example.test', { Destinations: ['throttle@example.test'] }, RAW, 'Throttling'],
  ['quota@example.test', { Destinations: ['quota@example.test'] }, RAW, 'Throttling'],
  ['another domain as sender', { Source: 'support@elsewhere.test' }, RAW, 'MessageRejected'],
  [
    'another domain in From',
    {},
    RAW.replace('support@desk', 'support@other.desk').replace('desk.example.test>', 'example.org>'),
    'MessageRejected',
  ],
  [
    'a configuration set that is not there',
    { ConfigurationSetName: 'None' },
    RAW,
    'ConfigurationSetDoesNotExistException',
  ],
  [
    '51 recipients',
    { Destinations: Array.from({ length: 51 }, (_, n) => `a${n}@customer.test`) },
    RAW,
    'InvalidParameterValue',
  ],
  ['an address that is none', { Destinations: ['ada'] }, RAW, 'InvalidParameterValue'],
  ['two subjects', {}, RAW.replace('Subject:', 'Subject: one\r\nSubject:'), 'InvalidParameterValue'],
  ['no From', {}, RAW.replace('From:', 'X-From:'), 'InvalidParameterValue'],
  ['more than 10 MB', {}, RAW + 'x'.repeat(10 * 1024 * 1024), 'InvalidParameterValue'],
])('%s is refused by the name that the SDK knows, and nothing is kept', async (_, more, raw, name) => {
  const ground = openGround();
  const { ses, heard } = await openMail(ground);
  await expect(ses.send(sending(more, raw))).rejects.toMatchObject({ name });
  expect(heard('Feedback')).toEqual([]);
  expect(readdirSync(join(ground.dataDir, 'sent'))).toEqual(['.unfinished']);
});

test('mail to the desk’s own address comes in again as it was sent, and passes', async () => {
  const { ses, heard, stored } = await openMail(openGround());
  const { MessageId } = await ses.send(sending({ Destinations: ['hr@desk.example.test'] }));
  const notice = await vi.waitFor(() => {
    const [found] = heard('Mail');
    if (!found) throw new Error('not yet');
    return found;
  });
  expect(notice.mail).toMatchObject({
    source: `${MessageId}@amazonses.com`,
    commonHeaders: { messageId: `<${MessageId}@email.amazonses.com>` },
  });
  expect(notice.receipt.recipients).toEqual(['hr@desk.example.test']);
  expect(notice.receipt).toMatchObject({ dmarcVerdict: { status: 'PASS' }, spamVerdict: { status: 'PASS' } });
  expect((await stored(notice.receipt.action.objectKey)).toString()).toContain('X-SES-RECEIPT');
});

test('after a kill a mail that SES had accepted is complete, and one that it had not is gone', async () => {
  const ground = openGround();
  const { ses } = await openMail(ground);
  const { MessageId } = await ses.send(sending());
  ground.close();
  const folder = join(ground.dataDir, 'sent');
  // As if the desk had ended between the two.
  const { renameSync } = await import('node:fs');
  renameSync(join(folder, `${MessageId}.eml`), join(folder, '.unfinished', `${MessageId}.eml`));
  writeFileSync(join(folder, '.unfinished', 'never-accepted.eml'), RAW);

  const { mailer } = await openMail(openGround({ dataDir: ground.dataDir }));
  expect(existsSync(mailer.find(MessageId ?? '')?.file ?? '')).toBe(true);
  expect(readdirSync(join(folder, '.unfinished'))).toEqual([]);
});

test('SES says of a new event destination that it works, in words that are not JSON', async () => {
  const { mailer, heard } = await openMail(openGround());
  mailer.announce();
  expect(() => heard('Feedback')).toThrow(/Successful/);
});

test('the active rule set can be asked for, chosen and taken away', async () => {
  const { ses } = await openMail(openGround());
  expect(await ses.send(new DescribeActiveReceiptRuleSetCommand({}))).toMatchObject({
    Metadata: { Name: 'MailRuleSet' },
    Rules: [{ Name: 'MailRule', ScanEnabled: true, Recipients: ['desk.example.test'] }],
  });
  await ses.send(new SetActiveReceiptRuleSetCommand({}));
  expect((await ses.send(new DescribeActiveReceiptRuleSetCommand({}))).Metadata).toBeUndefined();
  await expect(ses.send(new SetActiveReceiptRuleSetCommand({ RuleSetName: 'Other' }))).rejects.toMatchObject({
    name: 'RuleSetDoesNotExistException',
  });
});
