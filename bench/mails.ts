/** The mails that benches are measured with: such as ordinary clients write, plain text and HTML side by side. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';

export interface Worded {
  from: string;
  name: string;
  subject: string;
  /** Paragraphs. */
  says: readonly string[];
  to?: string;
  inReplyTo?: string;
  /** What the client quotes below. */
  quoted?: string;
  attachments?: readonly { filename: string; contentType: string; content: Buffer }[];
}

/** Of a mail with a picture in it, as most long ones are: 75 KB with it. */
export const PICTURE = {
  filename: 'screen.png',
  contentType: 'image/png',
  content: Buffer.alloc(52_000, 'replydesk'),
};

/** Equipment for a new colleague: two tickets more than the one for his accounts. */
const FOR_THREE = 'Neuer Mitarbeiter ab Montag';
const SUBJECTS = [
  'The printer on the third floor prints nothing',
  'Cannot log in after my holiday',
  'VPN drops every few minutes',
  FOR_THREE,
  'Please install the new version of Excel',
  'Outlook shows no new mails',
];

/** The mail with which a person of his own begins a ticket. */
export function newMail(n: number): Worded {
  return {
    from: `requester-${n}@customers.example.org`,
    name: `Requester ${n}`,
    subject: `${SUBJECTS[n % SUBJECTS.length]} (${n})`,
    says: [
      'Hello,',
      `this is about device ${n} in our office. It worked until yesterday, and since this morning it does not work any more.`,
      'I have restarted everything twice, and asked the colleague next door, who does not know what to do either.',
      'Could somebody have a look at it, please? I am here until five.',
      `Kind regards, requester ${n}`,
    ],
  };
}

/** The same, of those that begin one ticket and no more. */
export function ordinaryMail(n: number): Worded {
  const ordinary = SUBJECTS.flatMap((subject, at) => (subject === FOR_THREE ? [] : [at]));
  return newMail(Math.floor(n / ordinary.length) * SUBJECTS.length + (ordinary[n % ordinary.length] ?? 0));
}

/** The same, of those that begin three. */
export function mailForThree(n: number): Worded {
  return newMail(n * SUBJECTS.length + SUBJECTS.indexOf(FOR_THREE));
}

/** What nodemailer takes. */
export function written({ from, name, says, to, inReplyTo, quoted, subject, attachments }: Worded) {
  const below = quoted
    ? `\n\nOn Mon, 23 Nov 2026 at 10:12, Help Desk wrote:\n${quoted.replace(/^/gm, '> ')}`
    : '';
  const quote = quoted
    ? `<blockquote type="cite">${quoted
        .split(/\n+/)
        .map((line) => `<p>${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`)
        .join('')}</blockquote>`
    : '';
  return {
    subject,
    ...(attachments ? { attachments: [...attachments] } : {}),
    ...(inReplyTo ? { inReplyTo: `<${inReplyTo}>`, references: `<${inReplyTo}>` } : {}),
    from: { name, address: from },
    to: recipientOf({ to }),
    text: `${says.join('\n\n')}${below}`,
    html: `<html><body style="font-family: Calibri, sans-serif">${says.map((each) => `<p style="margin: 0 0 1em">${each}</p>`).join('')}${quote}</body></html>`,
  };
}

const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
/** When all of them were written, sent and taken in. */
const AT = 'Mon, 23 Nov 2026 08:59:30 +0000';
const T = Date.parse(AT) / 1000;
const SERVER = 'mail-41.provider.example.org';

/**
 * As it stands in the bucket. Above what its writer's program wrote are what the servers of a large provider have added on its
 * way, and above that SES's own headers, in its order, as it folds them and as long as they are there:
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
 */
export async function storedOf(mail: Worded): Promise<Buffer> {
  const head = [...writtenBySes(mail), ...writtenOnItsWay(mail), ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), await rawOf(mail)]);
}

function writtenBySes(mail: Worded): string[] {
  const { from } = mail;
  const domain = from.slice(from.indexOf('@') + 1);
  const spf = `pass (spfCheck: domain of _spf.provider.example.org designates 192.0.2.41 as permitted sender) client-ip=192.0.2.41; envelope-from=${from}; helo=${SERVER};`;
  return [
    `Return-Path: <${from}>`,
    `Received: from ${SERVER} (${SERVER} [192.0.2.41])\r\n by inbound-smtp.eu-central-1.amazonaws.com with SMTP id ${signs(mail, 'id', 20, 'hex')}\r\n for ${recipientOf(mail)};\r\n ${AT} (UTC)`,
    'X-SES-Spam-Verdict: PASS',
    'X-SES-Virus-Verdict: PASS',
    `Received-SPF: ${spf}`,
    `Authentication-Results: amazonses.com;\r\n spf=${spf}\r\n dkim=pass header.i=@${domain};\r\n dmarc=pass header.from=${domain};`,
    `X-SES-RECEIPT: ${signs(mail, 'receipt', 400)}`,
    `X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=${signs(mail, 'ses', 128)}; c=relaxed/simple; s=${signs(mail, 'selector', 16, 'hex')}; d=amazonses.com; t=${T}; v=1; bh=${signs(mail, 'body', 32)}; h=From:To:Cc:Bcc:Subject:Date:Message-ID:MIME-Version:Content-Type:X-SES-RECEIPT;`,
  ];
}

function writtenOnItsWay(mail: Worded): string[] {
  const { from } = mail;
  const signature = (name: string, domain: string) =>
    `${name}: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n        d=${domain}; s=20230601; t=${T}; x=${T + 604_800};\r\n        h=to:subject:message-id:date:from:mime-version:from:to:cc:subject\r\n         :date:message-id:reply-to;\r\n        bh=${signs(mail, 'body', 32)};\r\n        b=${folded(signs(mail, name, 256))}`;
  return [
    `Received: by ${SERVER} with SMTP id ${signs(mail, 'sent', 16, 'hex')}.2\r\n        for <${recipientOf(mail)}>; ${AT}`,
    signature('DKIM-Signature', from.slice(from.indexOf('@') + 1)),
    signature('X-Google-DKIM-Signature', 'provider.example.org'),
    `X-Gm-Message-State: ${folded(signs(mail, 'state', 132))}`,
    `X-Gm-Gg: ${folded(signs(mail, 'gg', 150))}`,
    `X-Google-Smtp-Source: ${signs(mail, 'source', 71)}`,
    `X-Received: by 2001:db8:630d:b0:6fb:2c34:8ee4:1 with SMTP id\r\n ${signs(mail, 'received', 16, 'hex')}.13.${T}591; ${AT}`,
  ];
}

export function recipientOf({ to }: Pick<Worded, 'to'>): string {
  return to ?? 'support@desk.example.test';
}

/** What a signature or an id looks like: another for each mail and each use, and always the same. */
function signs(
  { from, subject }: Worded,
  use: string,
  octets: number,
  encoding: 'base64' | 'hex' = 'base64',
): string {
  return createHash('shake256', { outputLength: octets })
    .update(`${use} ${from} ${subject}`)
    .digest(encoding);
}

function folded(long: string): string {
  return long.replace(/.{68}(?=.)/g, '$&\r\n         ');
}

/** As its writer's program hands it over: the same octets each time. */
export async function rawOf(mail: Worded): Promise<Buffer> {
  const made = {
    ...written(mail),
    date: AT,
    messageId: `<${signs(mail, 'message', 16, 'hex')}@customers.example.org>`,
    baseBoundary: signs(mail, 'boundary', 8, 'hex'),
  };
  const { message } = await composer.sendMail(made);
  return message as Buffer;
}
