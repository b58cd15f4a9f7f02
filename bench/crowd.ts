/**
 * The people of bench/way.ts, in a process of their own so that their work is not taken for the desk's: requesters who
 * write over SMTP, and the relay at which the desk's answers arrive. Spoken to over the channel of `fork`.
 */
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { percentile } from './figures.ts';
import { ordinaryMail, type Worded, written } from './mails.ts';

export interface Order {
  smtpPort: number;
  mails: number;
  /** Connections that send at the same time. */
  senders: number;
  /** Each mail is only sent when the last one of its sender has been answered. */
  patient: boolean;
  /** Answers to acknowledgements, each to one that nobody has answered yet, rather than new mails. */
  replies: boolean;
}

/** Times in ms. */
export interface Told {
  /** From the first connection to the last 250. */
  acceptedIn: number;
  /** From the first connection until all was there: of a new mail its acknowledgement and its agent's assignment, of a reply what its agent is told. */
  answeredIn: number;
  /** From a mail's 250 to its acknowledgement, or to its agent. */
  latency: { p50: number; p90: number };
  /** Mails that came out, by kind. */
  delivered: Record<string, number>;
}

export type Word =
  | { word: 'listening'; relayPort: number }
  | { word: 'answered'; told: Told }
  | { word: 'failed'; why: string };

interface Arrived {
  at: number;
  ticketId: string;
  raw: string;
}

/** With nothing delivered for so long, something is broken. */
const PATIENCE_MS = 60_000;
/** By kind and ticket; acknowledgements by kind and reader. */
const arrivals = new Map<string, PromiseWithResolvers<Arrived>>();
/** The requesters who were acknowledged and have not answered. */
const acknowledged: { n: number; mail: Arrived }[] = [];
let delivered: Record<string, number> = {};
let lastDelivery = 0;
let people = 0;

const relay = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData(stream, session, done) {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      deliver(Buffer.concat(parts).toString('latin1'), session.envelope.rcptTo[0]?.address ?? '');
      done();
    });
  },
});
relay.listen(0, '127.0.0.1', () => {
  const address = relay.server.address();
  if (!address || typeof address === 'string') throw new Error('the relay has no port');
  say({ word: 'listening', relayPort: address.port });
});
process.on('message', (order: Order) => {
  carryOut(order).then(
    (told) => say({ word: 'answered', told }),
    (error: Error) => say({ word: 'failed', why: error.message }),
  );
});
// Without the desk there is nothing to do.
process.on('disconnect', () => process.exit(0));

function say(word: Word): void {
  process.send?.(word);
}

async function carryOut({ smtpPort, mails, senders, patient, replies }: Order): Promise<Told> {
  delivered = {};
  lastDelivery = performance.now();
  const began = performance.now();
  const latencies: number[] = [];
  const answers: Promise<void>[] = [];
  let [left, lastAccepted] = [mails, began];
  const send = async () => {
    while (left-- > 0) {
      const { mail, answer } = replies ? await reply() : begin();
      await write(mail, smtpPort);
      const accepted = performance.now();
      lastAccepted = Math.max(lastAccepted, accepted);
      const answered = answer().then((at) => void latencies.push(at - accepted));
      answers.push(answered);
      if (patient) await answered;
    }
  };
  await withPatience(
    Promise.all(Array.from({ length: senders }, send)).then(() => Promise.all(answers)),
    () => `${latencies.length} of ${mails} mails are answered`,
  );
  return {
    acceptedIn: lastAccepted - began,
    answeredIn: performance.now() - began,
    latency: { p50: percentile(latencies, 0.5), p90: percentile(latencies, 0.9) },
    delivered,
  };
}

interface Letter {
  mail: Worded;
  /** When its answer came. */
  answer(): Promise<number>;
}

/** A person of his own writes for the first time. */
function begin(): Letter {
  const n = ++people;
  const mail = ordinaryMail(n);
  const answer = async () => {
    const acknowledgement = await arrival('acknowledgement', mail.from).promise;
    await arrival('assignment', acknowledgement.ticketId).promise;
    acknowledged.push({ n, mail: acknowledgement });
    return acknowledgement.at;
  };
  return { mail, answer };
}

async function reply(): Promise<Letter> {
  const answered = acknowledged.shift();
  if (!answered) throw new Error('nobody is left who was acknowledged and has not answered');
  const { n, mail } = answered;
  const read = await simpleParser(Buffer.from(mail.raw, 'latin1'));
  return {
    mail: {
      ...ordinaryMail(n),
      subject: `Re: ${read.subject}`,
      says: ['It makes a noise as well, and smells of something.', 'Thank you', `Requester ${n}`],
      to: read.replyTo?.value[0]?.address ?? '',
      inReplyTo: (read.messageId ?? '').replace(/[<>]/g, ''),
      quoted: read.text ?? '',
    },
    answer: async () => (await arrival('requester-message', mail.ticketId).promise).at,
  };
}

/** Over a connection of its own. */
async function write(mail: Worded, smtpPort: number): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  await transport.sendMail(written(mail));
  transport.close();
}

function deliver(raw: string, to: string): void {
  const at = performance.now();
  lastDelivery = at;
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  const kind = /^X-Replydesk-Update: *(.*)$/im.exec(head)?.[1]?.trim() ?? 'other';
  const ticketId = /^X-Replydesk-Ticket: *(.*)$/im.exec(head)?.[1]?.trim() ?? '';
  delivered[kind] = (delivered[kind] ?? 0) + 1;
  arrival(kind, kind === 'acknowledgement' ? to : ticketId).resolve({ at, ticketId, raw });
}

function arrival(kind: string, whose: string): PromiseWithResolvers<Arrived> {
  const name = `${kind} ${whose}`;
  const known = arrivals.get(name) ?? Promise.withResolvers<Arrived>();
  arrivals.set(name, known);
  return known;
}

function withPatience<T>(work: Promise<T>, standing: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (performance.now() - lastDelivery < PATIENCE_MS) return;
      clearInterval(timer);
      reject(new Error(`nothing came for ${PATIENCE_MS / 1000} s; ${standing()}`));
    }, 1000);
    work.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
