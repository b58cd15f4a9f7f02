import { expect, test } from 'vitest';
import { readReported } from '../../core/mail/bounce.ts';
import { parseEmail } from '../../core/mail/parse.ts';
import { readArrival } from '../../core/mail/read.ts';
import { desk, receipt } from '../sample.ts';

const SES = '0102018f-1@eu-west-1.amazonses.com';
const OURS = 't-7k4m2q.1.00000000000000000000@desk.example.test';

const parse = (type: string, parts: string[], head = '') =>
  parseEmail(
    Buffer.from(
      [
        'From: Mail Delivery System <mailer-daemon@mail.example.org>',
        'To: support@desk.example.test',
        'Subject: Delivery Status Notification',
        `${head}MIME-Version: 1.0`,
        `Content-Type: multipart/report; report-type=${type}; boundary="b1"`,
        '',
        ...parts.flatMap((part) => ['--b1', part, '']),
        '--b1--',
      ]
        .join('\n')
        .replace(/\n/g, '\r\n'),
    ),
  );
const WORDS = 'Content-Type: text/plain\n\nThis is a report.';
const RETURNED = `Message-ID: <${SES}>\nReferences: <one@example.org>\n <${OURS}>\nSubject: Re: jam [T-7K4M2Q]`;

test('a report of a bounce says which mail it gives back, what that one answered, and whom it was for', async () => {
  const email = await parse('delivery-status', [
    WORDS,
    'Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.org\n\nOriginal-Recipient: rfc822; nora@example.org\nFinal-Recipient: rfc822; n.quist@inside.example.org\nAction: failed\nStatus: 5.1.1',
    `Content-Type: text/rfc822-headers\n\n${RETURNED}\n`,
  ]);
  const { automatic, reported, bounce } = readArrival(email, receipt, desk);
  expect(automatic?.kind).toBe('bounce');
  expect(bounce?.recipients).toMatchObject([{ address: 'nora@example.org', permanent: true }]);
  expect(reported).toEqual({
    ids: [SES, OURS, 'one@example.org'],
    about: ['nora@example.org', 'n.quist@inside.example.org'],
  });
});

test('so does one that says that mail is late', async () => {
  const email = await parse('delivery-status', [
    WORDS,
    'Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; nora@example.org\nAction: delayed\nStatus: 4.4.1',
    `Content-Type: message/rfc822\n\n${RETURNED}\n\nOpen flap B.`,
  ]);
  const { automatic, reported } = readArrival(email, receipt, desk);
  expect(automatic).toMatchObject({ kind: 'receipt', seen: 'delayed' });
  expect(reported).toMatchObject({ ids: [SES, OURS, 'one@example.org'], about: ['nora@example.org'] });
});

test('a read receipt names the mail that was read (RFC 8098 3.2.5)', async () => {
  const email = await parse('disposition-notification', [
    WORDS,
    `Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;nora@example.org\nOriginal-Message-ID: <${SES}>\nDisposition: manual-action/MDN-sent-manually; displayed`,
  ]);
  const { automatic, reported } = readArrival(email, receipt, desk);
  expect(automatic?.kind).toBe('receipt');
  expect(reported).toEqual({ ids: [SES], about: ['nora@example.org'] });
});

test('a complaint encloses the mail that it is about (RFC 5965)', async () => {
  const email = await parse('feedback-report', [
    WORDS,
    'Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Example/1\nVersion: 1\nOriginal-Rcpt-To: <nora@example.org>',
    `Content-Type: message/rfc822\n\n${RETURNED}\n\nOpen flap B.`,
  ]);
  const { automatic, reported } = readArrival(email, receipt, desk);
  expect(automatic?.kind).toBe('complaint');
  expect(reported).toMatchObject({ ids: [SES, OURS, 'one@example.org'], about: ['nora@example.org'] });
});

test('a person who attaches a mail of ours reports nothing', async () => {
  const raw = `From: nora@example.org\nSubject: See this\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b1"\n\n--b1\nContent-Type: text/plain\n\nLook.\n--b1\nContent-Type: message/rfc822\n\n${RETURNED}\n\nx\n--b1--\n`;
  const email = await parseEmail(Buffer.from(raw.replace(/\n/g, '\r\n')));
  expect(readArrival(email, receipt, desk).reported).toBeNull();
});

test('of ten thousand recipients a report names no more than anybody would be told of', async () => {
  const groups = Array.from(
    { length: 900 },
    (_, at) => `Final-Recipient: rfc822; a${at}@example.org\nAction: failed`,
  );
  const email = await parse('delivery-status', [
    WORDS,
    `Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n${groups.join('\n\n')}`,
  ]);
  expect(readReported(email)?.about).toHaveLength(100);
});
