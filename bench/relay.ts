/** Where a desk that is measured delivers what it sends: nothing of a mail is read but its head. */
import { SMTPServer } from 'smtp-server';

export interface Delivered {
  /** Of the desk's kinds of update; `other` for none. */
  kind: string;
  to: string;
  ticketId: string | null;
  replyTo: string;
  /** Without angle brackets. */
  messageId: string;
  subject: string;
}

export async function startRelay(
  take: (mail: Delivered) => void,
): Promise<{ port: number; url: string; stop(): void }> {
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        take(deliveredOf(Buffer.concat(parts).toString('latin1'), session.envelope.rcptTo[0]?.address ?? ''));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (!address || typeof address === 'string') throw new Error('the relay has no port');
  const { port } = address;
  return { port, url: `smtp://127.0.0.1:${port}`, stop: () => void server.close(() => {}) };
}

function deliveredOf(mail: string, to: string): Delivered {
  const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  return {
    kind: header('X-Replydesk-Update') || 'other',
    to,
    ticketId: header('X-Replydesk-Ticket') || null,
    replyTo: /[^\s<]+@[^\s>]+/.exec(header('Reply-To'))?.[0] ?? '',
    messageId: header('Message-ID').replace(/[<>]/g, ''),
    subject: header('Subject'),
  };
}
