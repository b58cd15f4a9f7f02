/** A desk on this laptop for a whole story: people write over SMTP, and everything that leaves is caught by a relay. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { connect, type DeskConnection } from '../../cli/connect.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { startDesk } from '../../local/desk.ts';
import type { Call } from '../../local/permissions.ts';
import { synthesize } from '../../local/synthesize.ts';

export interface Delivered {
  to: string;
  from: string;
  fromName: string;
  kind: string;
  ticketId: string | null;
  subject: string;
  text: string;
  html: string;
  replyTo: string;
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  headers: ReadonlyMap<string, unknown>;
  attachments: { name: string; content: Buffer }[];
  raw: string;
}

export interface Written {
  from: string;
  to?: string | string[];
  cc?: string;
  subject?: string;
  text: string;
  html?: string;
  /** Prove the address by AUTH. */
  proven?: boolean;
  inReplyTo?: string;
  references?: string[];
  messageId?: string;
  headers?: Record<string, string>;
  attachments?: { filename: string; content: string | Buffer; contentType?: string; cid?: string }[];
}

export interface Laptop extends DeskConnection {
  /** What has left since the story began, but for what is about tickets of the stories before it. */
  delivered: Delivered[];
  /** What the desk says of faults that nobody waits for, refused calls among them. */
  faults: string[];
  /** The desk.yaml that it runs with. */
  config: string;
  webUrl: string;
  dataDir: string;
  /** Returns the Message-ID without angle brackets. */
  write(mail: Written): Promise<string>;
  /** Answers a mail as a mail client does: to its Reply-To, with its ids, its text quoted below. */
  reply(to: Delivered, by: string, text: string, more?: Partial<Written>): Promise<string>;
  /** The next mail of this kind to this person, about this ticket if one is named, that nobody has waited for yet. */
  mail(kind: string, to: string, ticketId?: string): Promise<Delivered>;
  /** Asks until there is an answer. */
  until<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T>;
  ticketOf(requester: string): Promise<Ticket>;
  /** Waits until nothing has come for a while. */
  quiet(): Promise<void>;
  /** For another story on this desk: nothing of what was before is seen. */
  begin(): Laptop;
  /** From now on so many times faster than the wall's clock. */
  setSpeed(speed: number): Promise<void>;
  stop(): Promise<void>;
}

export interface LaptopSetting {
  speed?: number;
  config?: string;
  onCall?: (call: Call) => void;
  /** Real ms. */
  patience?: number;
  /** Given the folder of the assembly, returns that of the one to run instead. */
  changed?: (assembly: string) => string;
}

/** A mail of Ida's lies in the bucket as SES puts it there, and nobody was told of it. */
export async function leaveUntold({ mailroom }: Pick<Laptop, 'mailroom'>): Promise<void> {
  const raw = [
    'Return-Path: <ida@example.org>',
    'Received: from example.org by inbound-smtp.us-east-1.amazonaws.com with SMTP id lost1 for support@desk.example.test; Mon, 02 Mar 2026 09:00:00 +0000 (UTC)',
    'X-SES-Spam-Verdict: PASS',
    'X-SES-Virus-Verdict: PASS',
    'X-SES-RECEIPT: x',
    'From: Ida <ida@example.org>',
    'To: support@desk.example.test',
    'Subject: Forgotten',
    'Message-ID: <forgotten@example.org>',
    '',
    'Hello?',
    '',
  ];
  await mailroom.write('in/lost1', Buffer.from(raw.join('\r\n')), 'message/rfc822');
}

const PATIENCE = 30_000;
/** A Monday morning, whatever day it is outside: over a weekend a deadline may be days away, and patience is short. */
const MONDAY = Date.parse('2026-03-02T09:00:00Z');

export async function startLaptop({
  speed = 5,
  config = 'desk.yaml',
  onCall,
  changed = (assembly) => assembly,
  patience = PATIENCE,
}: LaptopSetting = {}): Promise<Laptop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'replydesk-'));
  let story: Pick<Laptop, 'delivered' | 'faults'> = { delivered: [], faults: [] };
  const ticketsBefore = new Set<string>();
  const relay = await startRelay((mail) => {
    if (mail.ticketId === null || !ticketsBefore.has(mail.ticketId)) story.delivered.push(mail);
  });
  const desk = await startDesk(
    {
      ...{ dataDir, fresh: true, smtpPort: 0, webPort: 0 },
      ...{ relay: `smtp://127.0.0.1:${relay.port}`, speed, begin: MONDAY },
      ...(onCall ? { onCall } : {}),
    },
    async () => changed(await synthesize(config, () => {})),
    (line) => void story.faults.push(line),
  );
  const connection = await connect({ data: dataDir });

  const until: Laptop['until'] = async (what, ask) => {
    for (
      const end = Date.now() + patience;
      Date.now() < end;
      await new Promise((resolve) => setTimeout(resolve, 100))
    ) {
      const answer = await ask();
      if (answer) return answer;
    }
    const all = story.delivered
      .map(({ kind, to, ticketId }) => `${kind} → ${to} ${ticketId ?? ''}`)
      .join('\n  ');
    const ledger = await connection.ledger.list(50, () => true);
    const mails = ledger
      .map(
        ({ from, subject, disposition, reason, detail }) =>
          `${from}: ${subject}: ${disposition}, ${reason}: ${detail}`,
      )
      .join('\n  ');
    throw new Error(
      `waited for ${what}; what went out:\n  ${all || 'nothing'}\nwhat came in:\n  ${mails || 'nothing'}`,
    );
  };

  const write: Laptop['write'] = async ({
    from,
    to = 'support@desk.example.test',
    proven = false,
    ...mail
  }) => {
    const address = /<([^>]+)>/.exec(from)?.[1] ?? from;
    const transport = createTransport({
      host: '127.0.0.1',
      port: desk.smtpPort,
      ignoreTLS: true,
      ...(proven ? { auth: { user: address, pass: 'any' } } : {}),
    });
    const { messageId } = await transport.sendMail({ from, to, ...mail });
    transport.close();
    return messageId.replace(/[<>]/g, '');
  };

  const fixed = {
    ...connection,
    webUrl: `http://127.0.0.1:${desk.webPort}`,
    dataDir,
    config,
    write,
    reply: (mail: Delivered, by: string, text: string, more: Partial<Written> = {}) =>
      write({
        from: by,
        to: mail.replyTo,
        subject: `Re: ${mail.subject.replace(/^Re: /, '')}`,
        text: `${text}\n\nOn Mon, 23 Nov 2026 at 10:12, ${mail.fromName} <${mail.from}> wrote:\n${mail.text.replace(/^/gm, '> ')}`,
        inReplyTo: `<${mail.messageId}>`,
        references: [...mail.references, mail.messageId].map((id) => `<${id}>`),
        ...more,
      }),
    until,
    ticketOf: (requester: string) =>
      until(
        `a ticket of ${requester}`,
        async () => (await connection.tickets.list(1, (ticket) => ticket.requester.address === requester))[0],
      ),
    quiet: async () => {
      for (let calm = 0, count = -1; calm < 12; await new Promise((resolve) => setTimeout(resolve, 100))) {
        const isHeld = ({ lastAnswer }: Ticket) => lastAnswer?.leftAt === null;
        const held = calm === 11 && (await connection.tickets.list(1, isHeld)).length > 0;
        calm = story.delivered.length === count && !held ? calm + 1 : 0;
        count = story.delivered.length;
      }
    },
    setSpeed: (faster: number) => desk.setSpeed(faster),
    stop: async () => {
      await desk.stop();
      await relay.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };

  const begin = (): Laptop => {
    for (const { ticketId } of story.delivered) if (ticketId !== null) ticketsBefore.add(ticketId);
    const delivered: Delivered[] = [];
    story = { delivered, faults: [] };
    const seen = new Set<Delivered>();
    const mail: Laptop['mail'] = async (kind, to, ticketId) => {
      const isIt = (mail: Delivered) =>
        mail.kind === kind && mail.to === to && (ticketId === undefined || mail.ticketId === ticketId);
      const found = await until(`${kind} → ${to}`, async () =>
        delivered.find((mail) => !seen.has(mail) && isIt(mail)),
      );
      seen.add(found);
      return found;
    };
    return { ...fixed, ...story, mail, begin };
  };
  return begin();
}

async function startRelay(take: (mail: Delivered) => void) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        open(Buffer.concat(chunks), recipients).then(
          (mail) => {
            take(mail);
            done();
          },
          (error) => done(error),
        );
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (!address || typeof address === 'string') throw new Error('the relay has no port');
  return {
    port: address.port,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function open(raw: Buffer, recipients: string[]): Promise<Delivered> {
  const mail = await simpleParser(raw, { skipTextToHtml: true, skipTextLinks: true, skipHtmlToText: true });
  const header = (name: string) => {
    const value = mail.headers.get(name);
    return typeof value === 'string' ? value : null;
  };
  const bare = (id: string | undefined) => (id ?? '').replace(/[<>]/g, '');
  const references = typeof mail.references === 'string' ? [mail.references] : (mail.references ?? []);
  return {
    to: recipients.join(','),
    from: mail.from?.value[0]?.address ?? '',
    fromName: mail.from?.value[0]?.name ?? '',
    kind: header('x-replydesk-update') ?? '',
    ticketId: header('x-replydesk-ticket'),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    replyTo: mail.replyTo?.value[0]?.address ?? '',
    messageId: bare(mail.messageId),
    inReplyTo: mail.inReplyTo ? bare(mail.inReplyTo) : null,
    references: references.map(bare),
    headers: mail.headers,
    attachments: mail.attachments.map(({ filename, content }) => ({ name: filename ?? '', content })),
    raw: raw.toString('latin1'),
  };
}
