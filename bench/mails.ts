/** The mails that benches are measured with: such as ordinary clients write, plain text and HTML side by side. */
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
    to: to ?? 'support@desk.example.test',
    text: `${says.join('\n\n')}${below}`,
    html: `<html><body style="font-family: Calibri, sans-serif">${says.map((each) => `<p style="margin: 0 0 1em">${each}</p>`).join('')}${quote}</body></html>`,
  };
}

const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

/** As it comes over the wire. */
export async function rawOf(mail: Worded): Promise<Buffer> {
  const { message } = await composer.sendMail(written(mail));
  return message as Buffer;
}
