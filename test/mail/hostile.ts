/** Mail that is made to cost: one sign, or a few in turn, over and over, in each place that has readers of its own. */
import { dispose } from '../../core/mail/dispose.ts';
import { parseEmail, UnreadableEmailError } from '../../core/mail/parse.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf } from '../../core/mail/thread.ts';
import { byToken, desk, keys, LUIS, memory, moment, NORA, PROVEN, receipt } from '../sample.ts';

export const SIGNS = [
  ...[
    '\t',
    ' ',
    '\u00a0',
    '\u200b',
    '.',
    ',',
    ':',
    ';',
    '-',
    '_',
    '*',
    '=',
    '+',
    '#',
    '/',
    '\\',
    '|',
    '~',
    '!',
    '?',
  ],
  ...['>', '<', '@', '(', ')', '[', ']', '{', '"', "'", '&', '%', '0', 'a', 'ä', '日', '\u202e', '😀'],
  ...[
    '\n',
    '> ',
    '- ',
    '-- ',
    '\t\n',
    '*\n',
    '> \n',
    '<a',
    '</a>',
    '<!--',
    '<b><i>',
    '](',
    'a@',
    '@a',
    '<a@',
    'a@b.c, ',
    '=?a?q?',
  ],
  ...[
    'http://',
    'From: ',
    'On a wrote:\n',
    '> From: a\n',
    '1, ',
    '1.',
    '12:00 ',
    '{{',
    '&#',
    '&lt;',
    '[cid:',
    'is not ',
    'does not ',
  ],
  ...[
    'user address ',
    'am ',
    'bis ',
    'Re: ',
    'Fwd: ',
    '#a ',
    '#note ',
    '[T-7K4M2Q] ',
    '-----Original Message-----\n',
  ],
];

const line = (text: string) => text.replace(/[\r\n]/g, ' ');
const head = (from: string, more: string[] = []) =>
  [
    `From: ${from}`,
    'To: support@desk.example.test',
    'Message-ID: <a@example.org>',
    'MIME-Version: 1.0',
    ...more,
  ].join('\r\n');
const PLAIN = 'Content-Type: text/plain; charset=utf-8';

export const PLACES: Record<string, (text: string) => string> = {
  'a text': (text) => `${head(NORA, ['Subject: x', PLAIN])}\r\n\r\n${text} x`,
  'a forwarded head': (text) =>
    `${head(LUIS, ['Subject: Fwd: x', PLAIN])}\r\n\r\nHello\r\n\r\n-----Original Message-----\r\nFrom: ${text} x\r\nSent: ${text} x\r\nTo: ${text}\r\n\r\nx`,
  'a head': (text) => {
    const said = line(text);
    const all = [
      `Subject: ${said} x`,
      `Date: ${said}`,
      `References: ${said}`,
      `Reply-To: ${said} <b@example.org>`,
    ];
    return `${head(`${said} <${NORA}>`, [...all, `Cc: ${said}`, `X-Mailer: ${said}`, `Content-Type: text/plain; name="${said}"`])}\r\n\r\nx`;
  },
  HTML: (text) =>
    `${head(NORA, ['Subject: x', 'Content-Type: text/html; charset=utf-8'])}\r\n\r\n<div>${text} x</div>`,
  'a bounce': (text) =>
    `${head('mailer-daemon@example.org', ['Return-Path: <>', 'Subject: Undelivered', 'Content-Type: multipart/report; report-type=delivery-status; boundary=b'])}\r\n\r\n--b\r\n\r\nuser ${text} x\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; ${line(text)}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; ${line(text)}\r\n--b--`,
  'an absence': (text) =>
    `${head(NORA, ['Auto-Submitted: auto-replied', `Subject: Out of office: ${line(text)}`, PLAIN])}\r\n\r\nI am away until ${text} x`,
  'an answer': (text) => `${head(LUIS, ['Subject: Re: x', PLAIN])}\r\n\r\n#note ${text} x\r\n\r\n${text}`,
};

/** Read, threaded, and decided: as a fresh mail and as an answer. */
export async function readWhole(raw: string): Promise<void> {
  const email = await parseEmail(Buffer.from(raw)).catch((error) => {
    if (error instanceof UnreadableEmailError) return null;
    throw error;
  });
  // Refused whole, which costs least.
  if (!email) return;
  const given = { ...receipt, ...PROVEN };
  const arrival = readArrival(email, given, desk);
  cluesOf(arrival.email, given, desk, keys, moment.realNow);
  for (const known of [memory(), byToken(email.from?.address ?? NORA)])
    if (dispose(arrival, known, moment, desk, keys).reason === undefined) throw new Error('it has a reason');
}
