/**
 * The SMTP door. It stands for SES's own: it takes mail for the addresses that the active receipt rules name, says of
 * each what SES would (here by what the sender proves, or by order), and answers 250 when it is stored.
 */
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import addressparser from 'nodemailer/lib/addressparser';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { SMTPServer } from 'smtp-server';
import { DeskFault } from './fault.ts';
import type { Field, Head } from './headers.ts';
import { fieldValue, readHead } from './headers.ts';
import type { Receiver, Verdict, Verdicts } from './receipt.ts';

/** SES takes mail of up to 40 MB, headers included. */
const LARGEST_MAIL = 41_943_040;
/** A head longer than this is not mail. */
const LARGEST_HEAD = 1024 * 1024;

export interface Door {
  port: number;
  stop(): Promise<void>;
}

/** `port` 0 takes any. Throws DeskFault when the port is taken. */
export async function openDoor(
  port: number,
  receiver: Receiver,
  report: (fault: unknown) => void,
): Promise<Door> {
  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Replydesk on a laptop',
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    disabledCommands: ['STARTTLS'],
    size: LARGEST_MAIL,
    disableReverseLookup: true,
    maxClients: 100,
    closeTimeout: 200,
    logger: false,
    // Any password: the user name stands for an address that its domain would vouch for.
    onAuth: ({ username }, _session, done) => done(null, { user: String(username).toLowerCase() }),
    onRcptTo({ address }, _session, done) {
      if (receiver.accepts(address)) return done();
      done(refusal(550, `5.1.1 ${address} is not an address of this desk`));
    },
    onData(stream, session, done) {
      take(receiver, stream, session).then(
        (id) => done(null, `Ok ${id}`),
        (error) => {
          stream.resume();
          if (!('responseCode' in error)) report(error);
          done(
            'responseCode' in error ? error : refusal(451, '4.3.0 The mail could not be stored, try again'),
          );
        },
      );
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  }).catch((error: NodeJS.ErrnoException) => {
    throw takenPort(error, port, '--smtp-port');
  });
  server.removeAllListeners('error');
  server.on('error', report);
  const sockets = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      // A client that has been told to go and does not close its end would keep the process from ending.
      for (const socket of sockets) socket.destroy();
    },
  };
}

export function takenPort(error: NodeJS.ErrnoException, port: number, option: string): Error {
  if (error.code === 'EADDRINUSE')
    return new DeskFault(
      `Port ${port} is taken by another program. Choose another one with ${option} N; 0 takes any that is free.`,
    );
  if (error.code === 'EACCES')
    return new DeskFault(
      `Port ${port} may not be opened by this user. Choose one above 1023 with ${option} N.`,
    );
  return error;
}

async function take(
  receiver: Receiver,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<string> {
  const parts = partsOf(stream);
  const { head, begun } = await readUpToBody(parts);
  const { verdicts, fields } = judge(head.fields, session.user ?? null);
  const { mailFrom, rcptTo } = session.envelope;
  const incoming = {
    from: mailFrom ? mailFrom.address : '',
    recipients: rcptTo.map(({ address }) => address),
    client: session.hostNameAppearsAs || 'localhost',
    verdicts,
  };
  return receiver.receive(
    incoming,
    fields,
    Readable.from(whole(stream, fields, begun.subarray(head.bodyAt), parts)),
  );
}

/** Like `for await` over the stream, but the stream outlives a reader that stops early: the SMTP dialogue goes on behind it. */
async function* partsOf(stream: SMTPServerDataStream): AsyncGenerator<Buffer> {
  while (!stream.readableEnded) {
    const part = stream.read() as Buffer | null;
    if (part) yield part;
    else if (!stream.readableEnded) await nextTurn(stream);
  }
}

function nextTurn(stream: SMTPServerDataStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      stream.off('readable', settle).off('end', settle).off('error', settle);
      if (error) reject(error);
      else resolve();
    };
    stream.on('readable', settle).on('end', settle).on('error', settle);
  });
}

async function readUpToBody(parts: AsyncGenerator<Buffer>): Promise<{ head: Head; begun: Buffer }> {
  let begun = Buffer.alloc(0);
  while (begun.length <= LARGEST_HEAD) {
    const { value, done } = await parts.next();
    // A mail may end with its head, even without the empty line.
    begun = Buffer.concat([begun, done ? Buffer.from('\r\n\r\n') : value]);
    const head = readHead(begun);
    if (head) return { head, begun: done ? begun.subarray(0, head.bodyAt) : begun };
  }
  throw refusal(552, '5.3.4 The headers are too long');
}

async function* whole(
  stream: SMTPServerDataStream,
  fields: Field[],
  begun: Buffer,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`${fields.map(({ raw }) => raw).join('')}\r\n`, 'latin1');
  yield begun;
  yield* rest;
  // Known only now, when a client announced no size or a wrong one. What was written so far is thrown away.
  if (stream.sizeExceeded) throw refusal(552, '5.3.4 The mail is larger than 40 MB');
}

const GRAY: Verdicts = {
  spf: 'GRAY',
  dkim: 'GRAY',
  dmarc: 'GRAY',
  spam: 'PASS',
  virus: 'PASS',
  policy: 'none',
};
const ORDER = 'x-local-verdict';

/** `user` is the address that the client proved, null when none. The header with orders is taken out. */
export function judge(fields: Field[], user: string | null): { verdicts: Verdicts; fields: Field[] } {
  const verdicts = { ...GRAY };
  if (user !== null) {
    const from = addressparser(fieldValue(fields, 'from') ?? '', { flatten: true });
    const proven: Verdict = from.length === 1 && from[0]?.address?.toLowerCase() === user ? 'PASS' : 'FAIL';
    Object.assign(verdicts, { spf: proven, dkim: proven, dmarc: proven });
  }
  const order = fieldValue(fields, ORDER);
  if (order !== undefined) Object.assign(verdicts, ordered(order));
  return { verdicts, fields: fields.filter(({ name }) => name.toLowerCase() !== ORDER) };
}

function ordered(order: string): Partial<Verdicts> {
  const verdicts: Record<string, string> = {};
  for (const word of order
    .toLowerCase()
    .split(/[\s;,]+/)
    .filter((part) => part !== '')) {
    const [, name = '', value = ''] = /^(\w+)=(\w+)$/.exec(word) ?? [];
    const known =
      name === 'policy'
        ? ['none', 'quarantine', 'reject']
        : ['spf', 'dkim', 'dmarc', 'spam', 'virus'].includes(name)
          ? ['pass', 'fail', 'gray', 'processing_failed', 'disabled']
          : [];
    if (!known.includes(value)) {
      throw refusal(
        554,
        `5.6.0 X-Local-Verdict does not know ${word}. It takes spf, dkim, dmarc, spam, virus =pass|fail|gray|processing_failed|disabled and policy=none|quarantine|reject`,
      );
    }
    verdicts[name] = name === 'policy' ? value : value.toUpperCase();
  }
  return verdicts as Partial<Verdicts>;
}

function refusal(code: number, message: string): Error & { responseCode: number } {
  return Object.assign(new Error(message), { responseCode: code });
}
