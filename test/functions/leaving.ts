/** The small world with a way out: what is written is relayed as the stream does, and what leaves is read as its readers do. */
import { simpleParser } from 'mailparser';
import type { Sending } from '../../aws/mailer.ts';
import { parse, type World } from '../../functions/handler.ts';
import { relayEvents } from '../../functions/relay-events.ts';
import { sendUpdate, UpdateRequest } from '../../functions/send-update.ts';
import { type SmallWorld, smallWorld, streamed } from './world.ts';

export interface Left {
  to: string;
  kind: string;
  ticketId: string | null;
  replyTo: string;
  /** All that a reader sees: subject, text, HTML, names, files. */
  said: string;
  /** Every octet of it that can be read, decoded: the head too, each part, and the parts in parts. */
  whole: string;
  raw: string;
  text: string;
}

export interface LeavingWorld extends SmallWorld {
  /** Hands on every event that was not handed on yet, and those that come of it; returns the mails that left. */
  relay(): Promise<Left[]>;
}

export function leavingWorld(items: SmallWorld['items'] = new Map()): LeavingWorld {
  const out: Sending[] = [];
  const mailer = {
    send: async (sending: Sending) => {
      out.push(sending);
      return { sent: true, messageId: `${out.length}@email.amazonses.com` };
    },
    quotaUsed: async () => 0,
  };
  const updatesQueue = {
    async sendAll(requests: unknown[]) {
      for (const request of requests) await sendUpdate(parse(UpdateRequest, request), world);
      return [];
    },
  };
  const watchesQueue = { sendAll: async () => [] };
  const world = smallWorld({ mailer, updatesQueue, watchesQueue } as unknown as Partial<World>);
  for (const [name, item] of items) world.items.set(name, item);
  const relayed = new Set(items.keys());
  const relay = async () => {
    const before = out.length;
    // What is written meanwhile comes at the end of the same turn.
    for (const [name, item] of world.items) {
      if (!item.sk.startsWith('EVENT#') || relayed.has(name)) continue;
      relayed.add(name);
      await relayEvents([streamed(item)], world);
    }
    return Promise.all(out.slice(before).map(open));
  };
  return Object.assign(world, { relay });
}

async function open({ raw, to }: Sending): Promise<Left> {
  const mail = await simpleParser(Buffer.from(raw), { skipTextToHtml: true, skipTextLinks: true });
  const files = mail.attachments.map(({ filename, content }) => `${filename} ${content}`);
  const header = (name: string) => mail.headers.get(name);
  return {
    ...{ to, kind: String(header('x-replydesk-update')), text: mail.text ?? '' },
    ticketId: (header('x-replydesk-ticket') as string | undefined) ?? null,
    replyTo: mail.replyTo?.value[0]?.address ?? '',
    raw: Buffer.from(raw).toString('utf8'),
    whole: [
      Buffer.from(raw).toString('utf8'),
      ...mail.headerLines.map(({ line }) => decodedWords(line)),
      mail.text,
      mail.html || '',
      ...files,
    ].join('\n'),
    said: [mail.subject, mail.text, mail.html || '', mail.from?.text, ...files].join('\n'),
  };
}

/** RFC 2047, as far as the desk writes it. */
function decodedWords(line: string): string {
  return line.replace(/=\?utf-8\?([bq])\?([^?]*)\?=\s*/gi, (_, how: string, text: string) =>
    how.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64').toString('utf8')
      : Buffer.from(
          text
            .replaceAll('_', ' ')
            .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString('utf8'),
  );
}
