/**
 * The people of bench/way.ts, in a process of their own so that their work is not taken for the desk's: requesters who
 * write over SMTP, and the relay at which the desk's answers arrive. Spoken to over the channel of `fork`.
 */
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { percentile } from './figures.ts';
import { newMail, written } from './mails.ts';

export interface Order {
  smtpPort: number;
  mails: number;
  /** Connections that send at the same time. */
  senders: number;
  /** Each mail is only sent when the last one of its sender has been answered. */
  patient: boolean;
}

/** Times in ms. */
export interface Told {
  /** From the first connection to the last 250. */
  acceptedIn: number;
  /** From the first connection until everybody's acknowledgement and his agent's assignment were there. */
  answeredIn: number;
  /** From a mail's 250 to its acknowledgement. */
  latency: { p50: number; p90: number };
  /** Mails that came out, by kind. */
  delivered: Record<string, number>;
}

export type Word =
  | { word: 'listening'; relayPort: number }
  | { word: 'answered'; told: Told }
  | { word: 'failed'; why: string };

interface Story {
  accepted: number;
  acknowledged: number;
  ticketId: string;
  answered: { promise: Promise<void>; resolve: () => void };
}

/** With nothing delivered for so long, something is broken. */
const PATIENCE_MS = 60_000;
/** By the requester's address. */
const stories = new Map<string, Story>();
/** Tickets whose agent has been told, and who waits for it. */
const assigned = new Map<string, { promise: Promise<void>; resolve: () => void }>();
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

async function carryOut({ smtpPort, mails, senders, patient }: Order): Promise<Told> {
  stories.clear();
  assigned.clear();
  delivered = {};
  lastDelivery = performance.now();
  const began = performance.now();
  let left = mails;
  const send = async () => {
    while (left-- > 0) {
      const story = await write(smtpPort, ++people);
      if (patient) await answered(story);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  const acceptedIn = Math.max(...[...stories.values()].map(({ accepted }) => accepted)) - began;
  await withPatience(Promise.all([...stories.values()].map(answered)));
  const latencies = [...stories.values()].map(({ accepted, acknowledged }) => acknowledged - accepted);
  return {
    acceptedIn,
    answeredIn: performance.now() - began,
    latency: { p50: percentile(latencies, 0.5), p90: percentile(latencies, 0.9) },
    delivered,
  };
}

/** From a person of its own, over a connection of its own. */
async function write(smtpPort: number, n: number): Promise<Story> {
  const mail = newMail(n);
  const story: Story = {
    accepted: 0,
    acknowledged: 0,
    ticketId: '',
    answered: Promise.withResolvers<void>(),
  };
  stories.set(mail.from, story);
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  await transport.sendMail(written(mail));
  story.accepted = performance.now();
  transport.close();
  return story;
}

async function answered(story: Story): Promise<void> {
  await story.answered.promise;
  await told(story.ticketId).promise;
}

function deliver(mail: string, to: string): void {
  const now = performance.now();
  lastDelivery = now;
  const head = mail.slice(0, mail.indexOf('\r\n\r\n'));
  const kind = /^X-Replydesk-Update: *(.*)$/im.exec(head)?.[1]?.trim() ?? 'other';
  const ticketId = /^X-Replydesk-Ticket: *(.*)$/im.exec(head)?.[1]?.trim() ?? '';
  delivered[kind] = (delivered[kind] ?? 0) + 1;
  if (kind === 'assignment') told(ticketId).resolve();
  const story = stories.get(to);
  if (kind !== 'acknowledgement' || !story) return;
  story.acknowledged = now;
  story.ticketId = ticketId;
  story.answered.resolve();
}

function told(ticketId: string) {
  const known = assigned.get(ticketId) ?? Promise.withResolvers<void>();
  assigned.set(ticketId, known);
  return known;
}

function withPatience<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (performance.now() - lastDelivery < PATIENCE_MS) return;
      const missing = [...stories].filter(([, { acknowledged }]) => acknowledged === 0);
      clearInterval(timer);
      reject(
        new Error(
          `nothing came for ${PATIENCE_MS / 1000} s; ${missing.length} of ${stories.size} mails have no acknowledgement, ${assigned.size} assignments are known`,
        ),
      );
    }, 1000);
    work.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
