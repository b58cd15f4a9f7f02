/** The people of the day at their mail programs: they write to the desk over SMTP, as anybody does. */
import { createTransport } from 'nodemailer';
import type { Received } from './facts.ts';

export interface Person {
  name: string;
  address: string;
}

export interface Written {
  from: Person;
  to: string;
  subject: string;
  text: string;
  /** Who the mail server knows to have written it, by AUTH; nobody when null. */
  proven: string | null;
  headers?: Record<string, string>;
  inReplyTo?: string;
  references?: string[];
}

/** Returns the Message-ID without angle brackets. Throws when the door does not take it. */
export async function send(smtpPort: number, { from, proven, ...mail }: Written): Promise<string> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: smtpPort,
    ignoreTLS: true,
    ...(proven === null ? {} : { auth: { user: proven, pass: 'any' } }),
  });
  try {
    const { messageId } = await transport.sendMail({ from, ...mail });
    return messageId.replace(/[<>]/g, '');
  } finally {
    transport.close();
  }
}

/** An answer as mail programs make it: to where the mail asks for answers, with its ids, its text quoted below. */
export function answering(
  mail: Received,
  text: string,
): Pick<Written, 'to' | 'subject' | 'text' | 'inReplyTo' | 'references'> {
  return {
    to: mail.replyTo,
    subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
    text: `${text}\n\n${mail.text.trimEnd().replace(/^/gm, '> ')}\n`,
    inReplyTo: mail.messageId,
    references: [...mail.references, mail.messageId],
  };
}
