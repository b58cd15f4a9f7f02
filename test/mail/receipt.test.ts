import { describe, expect, test } from 'vitest';
import { notificationOf, readReceipt, receiptFromHeaders } from '../../core/mail/receipt.ts';
import { stored } from './written.ts';

const notification = {
  notificationType: 'Received',
  mail: { messageId: 'm1', timestamp: '2026-11-02T08:12:03.000Z', source: 'Ada@Example.org' },
  receipt: {
    timestamp: '2026-11-02T08:12:03.123Z',
    recipients: ['Support+TOKEN@desk.example.test'],
    spfVerdict: { status: 'PASS' },
    dkimVerdict: { status: 'GRAY' },
    dmarcVerdict: { status: 'FAIL' },
    spamVerdict: { status: 'PASS' },
    virusVerdict: { status: 'DISABLED' },
    dmarcPolicy: 'reject',
    action: {
      type: 'S3',
      topicArn: 'arn:aws:sns:eu-west-1:111122223333:t',
      bucketName: 'b',
      objectKey: 'in/m1',
    },
  },
};

describe('the notification of SES', () => {
  test('says where the mail is, to whom it was addressed and what was found', () => {
    expect(readReceipt(notification)).toEqual({
      receipt: {
        mailId: 'm1',
        receivedAt: '2026-11-02T08:12:03.123Z',
        recipients: ['support+token@desk.example.test'],
        returnPath: 'ada@example.org',
        spf: 'PASS',
        dkim: 'GRAY',
        dmarc: 'FAIL',
        spam: 'PASS',
        virus: 'DISABLED',
        dmarcPolicy: 'reject',
      },
      bucket: 'b',
      key: 'in/m1',
    });
  });

  test('an unknown verdict says nothing, and no policy is none said', () => {
    const { dmarcPolicy: _, ...rest } = notification.receipt;
    const { receipt } = readReceipt({
      ...notification,
      receipt: { ...rest, spamVerdict: { status: 'MAYBE' }, virusVerdict: {} },
    });
    expect([receipt.spam, receipt.virus, receipt.dmarcPolicy]).toEqual(['GRAY', 'GRAY', null]);
  });

  test('is what a stored mail is handed in with once more', () => {
    const { receipt, bucket, key } = readReceipt(notification);
    expect(readReceipt(notificationOf(receipt, key, bucket))).toEqual({ receipt, bucket, key });
  });

  test('a null return path is the empty string', () => {
    expect(
      readReceipt({ ...notification, mail: { ...notification.mail, source: '<>' } }).receipt.returnPath,
    ).toBe('');
  });

  test('anything else is a fault', () => {
    expect(() => readReceipt({ notificationType: 'Bounce' })).toThrow();
    expect(() =>
      readReceipt({ ...notification, receipt: { ...notification.receipt, action: { type: 'Lambda' } } }),
    ).toThrow();
  });
});

describe('the headers of a stored mail', () => {
  const at = '2026-11-02T08:12:03.000Z';

  test('the first of each, above the receipt line, are believed', () => {
    expect(receiptFromHeaders('m1', at, stored('stored-by-ses'))).toEqual({
      mailId: 'm1',
      receivedAt: at,
      recipients: ['support+token@desk.example.test'],
      returnPath: 'ada@example.org',
      spf: 'PASS',
      dkim: 'PASS',
      dmarc: 'FAIL',
      spam: 'PASS',
      virus: 'PASS',
      dmarcPolicy: null,
    });
  });

  test('verdicts that the sender wrote, or another server, are not', () => {
    expect(receiptFromHeaders('m1', at, stored('verdicts-of-its-own'))).toMatchObject({
      spf: 'GRAY',
      dkim: 'GRAY',
      dmarc: 'GRAY',
      spam: 'FAIL',
      virus: 'FAIL',
    });
  });

  test('a mail without the receipt line says nothing at all', () => {
    const raw = Buffer.from(
      'Authentication-Results: amazonses.com; spf=pass; dkim=pass; dmarc=pass\r\nX-SES-Spam-Verdict: PASS\r\nFrom: a@example.org\r\n\r\nx',
    );
    expect(receiptFromHeaders('m1', at, raw)).toMatchObject({ recipients: [], dmarc: 'GRAY', spam: 'GRAY' });
  });

  test('a signature of SES itself proves nothing of the sender', () => {
    const raw = Buffer.from(
      'Authentication-Results: amazonses.com; spf=pass; dkim=pass header.i=@amazonses.com; dmarc=none\r\nX-SES-RECEIPT: x\r\n\r\n',
    );
    expect(receiptFromHeaders('m1', at, raw)).toMatchObject({ dkim: 'GRAY', dmarc: 'GRAY' });
  });

  test('results in a comment are no results', () => {
    const raw = Buffer.from(
      'Authentication-Results: amazonses.com; spf=fail (said; dmarc=pass; by mallory)\r\nX-SES-RECEIPT: x\r\n\r\n',
    );
    expect(receiptFromHeaders('m1', at, raw)).toMatchObject({ spf: 'FAIL', dmarc: 'GRAY' });
  });

  test('a result that could not be had is none of either', () => {
    const raw = (results: string) =>
      Buffer.from(`Authentication-Results: amazonses.com; ${results}\r\nX-SES-RECEIPT: x\r\n\r\n`);
    const read = receiptFromHeaders('m1', at, raw('spf=temperror; dkim=permerror; dmarc=neutral'));
    expect(read).toMatchObject({ spf: 'PROCESSING_FAILED', dkim: 'PROCESSING_FAILED', dmarc: 'GRAY' });
  });
});
