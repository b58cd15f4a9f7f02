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
