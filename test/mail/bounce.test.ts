import { describe, expect, test } from 'vitest';
import { MAX_BOUNCED, readBounce, readOutcome } from '../../core/mail/bounce.ts';
import { read, written } from './written.ts';

const fields = {
  From: 'Mail Delivery System <MAILER-DAEMON@mx.example.com>',
  Subject: 'Undelivered Mail Returned to Sender',
};
const report = {
  ...fields,
  'Content-Type': 'multipart/report; report-type=delivery-status; boundary=r',
};
const bounced = async (groups: string) =>
  readBounce(
    await written(
      report,
      `--r\r\n\r\nSorry.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n${groups}\r\n--r--\r\n`,
    ),
  );

describe('a report by the book', () => {
  test('names who did not get it, why, and which mail it was', async () => {
    expect(readBounce(await read('not-delivered'))).toEqual({
      recipients: [{ address: 'ada@example.org', status: '5.1.1', permanent: true }],
      originalMessageId: '0102@eu-west-1.amazonses.com',
    });
  });

  test('delay and delivery are no bounce', async () => {
    expect(readBounce(await read('delivery-delayed'))).toBeNull();
    expect(readOutcome(await read('delivery-delayed'))).toEqual({ what: 'delayed' });
    expect(
      await bounced('Final-Recipient: rfc822; ada@example.org\r\nAction: delivered\r\nStatus: 2.0.0'),
    ).toBeNull();
  });

  test('of several recipients those who failed', async () => {
    const groups =
      'Final-Recipient: rfc822; ada@example.org\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; bob@example.org\r\nAction: FAILED (really)\r\nStatus: 5.1.1 (unknown user)';
    expect((await bounced(groups))?.recipients).toEqual([
      { address: 'bob@example.org', status: '5.1.1', permanent: true },
    ]);
  });

  test('the address that we wrote to, not the one it was passed on to', async () => {
    const groups =
      'Original-Recipient: rfc822; team@example.org\r\nFinal-Recipient: rfc822; bob@inner.example.org\r\nAction: failed\r\nStatus: 5.1.1';
    expect((await bounced(groups))?.recipients[0]?.address).toBe('team@example.org');
  });

  test('ten thousand recipients are cut', async () => {
    const groups = Array.from(
      { length: 5_000 },
      (_, at) => `Final-Recipient: rfc822; u${at}@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n`,
    ).join('\r\n');
    expect((await bounced(groups))?.recipients).toHaveLength(MAX_BOUNCED);
  });
});

describe('permanent is an address that does not exist or has moved, whatever the class', () => {
  test.each<[string, string, boolean]>([
    ['5.1.1', '550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown', true],
    ['5.0.0', '550 No such user here', true],
    ['5.1.2', '550 Host unknown', true],
    ['5.0.0', '550 5.1.6 User has moved to elsewhere', true],
    ['5.4.4', 'Host or domain name not found', true],
    ['5.1.1', '', true],
    ['5.2.2', '552 5.2.2 Mailbox full', false],
    ['5.1.1', '550 5.1.1 mailbox over quota', false],
    ['5.7.1', '550 5.7.1 Message rejected as spam', false],
    ['5.7.26', '550 5.7.26 unauthenticated mail is prohibited', false],
    ['5.3.4', '552 Message size exceeds fixed limit', false],
    ['5.0.0', '554 delivery temporarily suspended: connection timed out', false],
    ['4.1.1', '450 4.1.1 User unknown, try later', false],
    ['5.2.1', '550 account disabled', false],
    ['5.0.0', '', false],
  ])('%s %s', async (status, diagnostic, permanent) => {
    const groups = `Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; ${diagnostic}`;
    expect((await bounced(groups))?.recipients[0]?.permanent).toBe(permanent);
  });
});

describe('a report in words', () => {
  test('each recipient by what is said of him', async () => {
    expect(readBounce(await read('not-delivered-without-a-report'))).toEqual({
      recipients: [
        { address: 'ada@example.org', status: '5.1.1', permanent: true },
        { address: 'bob@example.org', status: '5.2.2', permanent: false },
      ],
      originalMessageId: '0103@eu-west-1.amazonses.com',
    });
  });

  test.each<[string, Record<string, string>, string, string]>([
    [
      'exim',
      { 'X-Failed-Recipients': 'ada@example.org' },
      'A message that you sent could not be delivered.\n\n  ada@example.org\n    host mx.example.org: 550 Unknown user',
      'ada@example.org',
    ],
    [
      'sendmail',
      { Subject: 'Returned mail: User unknown' },
      '   ----- Transcript of session follows -----\n550 5.1.1 <ada@example.org>... User unknown',
      'ada@example.org',
    ],
    [
      'in German',
      { Subject: 'Unzustellbar: Ihr Ticket' },
      'Ihre Nachricht konnte nicht zugestellt werden.\n\nada@example.org\nDer Empfänger existiert nicht.',
      'ada@example.org',
    ],
    [
      'in French',
      { Subject: 'Non remis : votre ticket' },
      'Votre message n’a pas pu être remis.\n\n<ada@example.org>\nCe destinataire est inconnu.',
      'ada@example.org',
    ],
    [
      'in Japanese',
      { Subject: '=?utf-8?B?6YWN5L+h44Ko44Op44O8?=' },
      '次の宛先に送信できませんでした。\n\n<ada@example.org>\n宛先が見つかりません',
      'ada@example.org',
    ],
    [
      'without a sender',
      { From: '<>', Subject: '' },
      'You sent mail to ada@example.org. That is not a valid user here.',
      'ada@example.org',
    ],
  ])('of %s', async (_, given, text, address) => {
    const bounce = readBounce(await written({ ...fields, ...given }, text));
    expect(bounce?.recipients).toMatchObject([{ address, permanent: true }]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'asks about one',
      { Subject: 'Undelivered Mail Returned to Sender' },
      'I got this. What does it mean? 550 5.1.1 User unknown <bob@example.org>',
    ],
    [
      'passes one on',
      { Subject: 'Fwd: failure notice' },
      'Look:\n\nFrom: MAILER-DAEMON@mx.example.com\nI was not able to deliver your message.\n<bob@example.org>:\n550 User unknown',
    ],
    [
      'writes of parcels',
      { Subject: 'Delivery failed' },
      'My parcel could not be delivered, nobody was at the gate.',
    ],
    [
      'cannot deliver',
      { From: 'Post Room <postmaster@example.org>', Subject: 'Parcels' },
      'We are closed on Friday.',
    ],
  ])('a person who %s sends none', async (_, given, text) => {
    expect(readBounce(await written(given, text))).toBeNull();
  });
});

/** Delivery reports as servers write them, and what else looks like one. */
describe('what a report says', () => {
  const SNS = (recipients: object[]) =>
    JSON.stringify({ notificationType: 'Bounce', bounce: { bouncedRecipients: recipients } });
  const NULL = { 'Return-Path': '<>' };
  const QUIET = { From: 'Ada <ada.lang@example.net>' };
  const RFC = (groups: string, words = 'Sorry.', more = '') =>
    `--r\r\n\r\n${words}\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n${groups}\r\n${more}--r--\r\n`;
  const REPORT = { 'Content-Type': 'multipart/report; report-type=delivery-status; boundary=r' };

  test.each<[what: string, fields: Record<string, string>, text: string, says: string]>([
    [
      'a recipient whose original address alone is named',
      REPORT,
      RFC('Original-Recipient: rfc822;ada@example.org\r\nAction: failed\r\nStatus: 5.1.1'),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'two recipients without a blank line between them',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nFinal-Recipient: rfc822; bob@example.org\r\nAction: failed\r\nStatus: 5.2.2',
      ),
      'failed, ada@example.org 5.1.1 for good, bob@example.org 5.2.2',
    ],
    [
      'the same recipient twice',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\nFinal-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.2.2',
      ),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'a diagnostic on two lines',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550\r\n no such user',
      ),
      'failed, ada@example.org 5.0.0 for good',
    ],
    [
      'an action that is no word of the standard',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org\r\nAction: undeliverable\r\nStatus: 5.1.1'),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'no action and a status of success',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org\r\nStatus: 2.1.5'),
      'delivered',
    ],
    [
      'no action and a passing status',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org\r\nStatus: 4.4.1'),
      'delayed',
    ],
    [
      'no action and a lasting status',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org\r\nStatus: 5.1.1'),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'no action and no status',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org'),
      'failed, ada@example.org null',
    ],
    [
      'a recipient relayed',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org\r\nAction: relayed\r\nStatus: 2.0.0'),
      'delivered',
    ],
    [
      'a recipient in brackets, with a comment',
      REPORT,
      RFC('Final-Recipient: <ada@example.org> (Ada)\r\nAction: failed\r\nStatus: 5.1.1'),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'no recipient, whom its words name',
      REPORT,
      RFC(
        'Action: failed\r\nStatus: 5.1.1',
        'This could not be delivered:\r\n\r\n<ada@example.org>: unknown user',
      ),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'nothing of any recipient, and words that say it',
      REPORT,
      RFC('X-Queue: 1', '<ada@example.org>: 550 5.1.1 unknown user'),
      'failed, ada@example.org 5.1.1 for good',
    ],
    ['nothing of any recipient at all', REPORT, RFC('X-Queue: 1', 'See below.'), 'failed'],
    [
      'an enclosed mail, to whom it went',
      REPORT,
      RFC(
        'Action: failed\r\nStatus: 5.1.1',
        'It failed.',
        '--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <x@example.test>\r\nTo: ada@example.org\r\nSubject: Hi\r\n\r\nHi\r\n',
      ),
      'failed, ada@example.org 5.1.1 for good (x@example.test)',
    ],
    [
      'a status in words that says more than its field',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 5.1.1 rejected',
      ),
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'a vague status and nothing else',
      REPORT,
      RFC('Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.4.7'),
      'failed, ada@example.org 5.4.7',
    ],
    [
      'an appliance’s own words around a full mailbox',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 5.1.0 - Unknown address error 552 mailbox full',
      ),
      'failed, ada@example.org 5.0.0',
    ],
    [
      'greylisting',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 4.2.0\r\nDiagnostic-Code: smtp; 451 user unknown, greylisted, try again later',
      ),
      'failed, ada@example.org 4.2.0',
    ],
    [
      'a server that gave up on a passing status',
      REPORT,
      RFC(
        'Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 4.1.1\r\nDiagnostic-Code: smtp; 451 user unknown',
      ),
      'failed, ada@example.org 4.1.1 for good',
    ],
    [
      'SES’ own, by SNS',
      { ...QUIET, 'x-amz-sns-message-id': '1' },
      SNS([
        { emailAddress: 'ada@example.org', status: '5.1.1', diagnosticCode: 'smtp; 550 user unknown' },
        { emailAddress: 'bob@example.org' },
        { emailAddress: 'nobody' },
      ]),
      'failed, ada@example.org 5.1.1 for good, bob@example.org null',
    ],
    [
      'SNS’ of something else',
      { ...QUIET, 'x-amz-sns-message-id': '1' },
      '{"notificationType":"Delivery"}',
      'no report',
    ],
    ['SNS’ that is no JSON', { ...QUIET, 'x-amz-sns-message-id': '1' }, '{no', 'no report'],
    [
      'the header of exim',
      { ...QUIET, 'X-Failed-Recipients': 'ada@example.org, bob@example.org' },
      'It failed.',
      'failed, ada@example.org null, bob@example.org null',
    ],
    [
      'the header of exim, which names the desk too',
      { ...QUIET, 'X-Failed-Recipients': 'support@desk.example.test, ada@example.org' },
      'It failed.',
      'failed, ada@example.org null',
    ],
    [
      'the header of exim, which names the desk alone',
      { ...QUIET, 'X-Failed-Recipients': 'support@desk.example.test' },
      'It failed.',
      'failed, support@desk.example.test null',
    ],
    [
      'the header of exim, below a subject of delay',
      { ...QUIET, 'X-Failed-Recipients': 'ada@example.org', Subject: 'Warning: message delayed 24 hours' },
      'It failed.',
      'delayed',
    ],
    [
      'words of delay',
      { Subject: 'Mail status' },
      'Your message could not be delivered yet. It will be retried.',
      'delayed',
    ],
    [
      'words of delay below a subject of failure',
      {},
      'Warning message only. <ada@example.org>',
      'failed, ada@example.org null',
    ],
    [
      'the returned mail in the text',
      {},
      'Your message was undeliverable.\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <x@example.test>\nTo: Ada <ada@example.org>\nSubject: Hi\n\nHi',
      'failed, ada@example.org null (x@example.test)',
    ],
    [
      'the returned mail, quoted',
      {},
      'Your message was undeliverable.\n\n----- Original message -----\n\n> From: desk@example.test\n> To : ada@example.org\n> Subject: Hi\n',
      'failed, ada@example.org null',
    ],
    [
      'an address that is a number of a queue',
      {},
      'Undeliverable: <20261123100000.1@mx.example.com>, <ada@example.org>: user unknown',
      'failed, ada@example.org null for good',
    ],
    [
      'a null path and plain words',
      { ...QUIET, ...NULL, Subject: 'Hello' },
      'We were unable to deliver your message to <ada@example.org>: 550 5.1.1 user unknown',
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'a null path and words alone',
      { ...QUIET, ...NULL, Subject: 'Hello' },
      'We were unable to deliver your message.',
      'no report',
    ],
    ['a null path and a subject alone', { ...QUIET, ...NULL }, 'Good morning.', 'no report'],
    [
      'no-reply with a recipient',
      { From: 'no-reply@example.net' },
      'Your message could not be delivered.\n\nRecipient: ada@example.org\nuser unknown',
      'failed, ada@example.org null for good',
    ],
    [
      'no-reply without a recipient',
      { From: 'no-reply@example.net' },
      'Delivery of your parcel has failed.',
      'no report',
    ],
    [
      'a person who passes it on',
      { From: 'Bob <bob@example.net>', Subject: 'WG: Undelivered Mail', ...NULL },
      '<ada@example.org>: 550 5.1.1 user unknown',
      'no report',
    ],
    [
      'a daemon that answers',
      { From: 'MAILER-DAEMON@example.net', Subject: 'Re: Undelivered Mail' },
      '<ada@example.org>: 550 5.1.1 user unknown',
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'a postmaster with a report’s subject',
      { From: 'postmaster@example.net' },
      'ada@example.org: mailbox unknown',
      'failed, ada@example.org null for good',
    ],
    [
      'a postmaster with nothing of a report',
      { From: 'postmaster@example.net', Subject: 'Your mailbox' },
      'Please empty your mailbox, it is full.',
      'no report',
    ],
    [
      'a postmaster who names an SMTP reply',
      { From: 'postmaster@example.net', Subject: 'Hello' },
      'user unknown 550 5.1.1 ada@example.org',
      'failed, ada@example.org 5.1.1 for good',
    ],
    [
      'a sender with a daemon’s name',
      { From: 'Mail Delivery Subsystem <x@example.net>', ...NULL },
      '<ada@example.org>: 550 user unknown',
      'failed, ada@example.org null for good',
    ],
    [
      'two recipients in words',
      {},
      '<ada@example.org>: 550 5.1.1 user unknown\n\n<bob@example.org>: 552 5.2.2 mailbox full\n',
      'failed, ada@example.org 5.1.1 for good, bob@example.org 5.2.2',
    ],
    [
      'the words in an attachment',
      { 'Content-Type': 'multipart/mixed; boundary=r' },
      '--r\r\nContent-Type: text/plain; name="details.txt"\r\nContent-Disposition: attachment; filename="details.txt"\r\n\r\n<ada@example.org>: 550 5.1.1 user unknown\r\n--r--\r\n',
      'failed, ada@example.org 5.1.1 for good',
    ],
  ])('%s', async (_, given, text, says) => {
    const mail = await written({ ...fields, ...given }, text);
    const outcome = readOutcome(mail);
    const id = readBounce(mail)?.originalMessageId;
    const recipients = outcome?.what === 'failed' ? outcome.recipients : [];
    const each = recipients.map(
      ({ address, status, permanent }) => `${address} ${status}${permanent ? ' for good' : ''}`,
    );
    const said = [outcome?.what ?? 'no report', ...each].join(', ');
    expect(`${said}${id ? ` (${id})` : ''}`).toBe(says);
  });
});
