/** What the ledger keeps of a mail, and under which names its parts lie in the bucket. */
import { createHash } from 'node:crypto';
import type { Disposition, DispositionReason } from './disposition.ts';
import type { Receipt } from './email.ts';
import type { Notice } from './outcome.ts';

export interface MailRecord {
  mailId: string;
  /** Where the raw mail lies now. */
  key: string;
  receivedAt: string;
  from: string | null;
  subject: string;
  messageId: string | null;
  receipt: Receipt;
  disposition: Disposition;
  reason: DispositionReason;
  detail: string;
  clue: string | null;
  ticketId: string | null;
  disposedAt: string;
  /** Earlier dispositions, oldest first. */
  history: { disposition: Disposition; reason: DispositionReason; at: string }[];
  /** A right code for this mail came back: the mail runs as proven. */
  released: boolean;
  /** The held mail that this one released; a repeat of this mail asks for it again. */
  releases: string | null;
  version: number;
  /** Number of the last event of this mail. */
  events: number;
}

export interface Release {
  held: MailRecord;
  trust: { person: string; domain: string; until: number } | null;
}

export type MailEvent = Notice & { number: number; at: string };

export interface Claim {
  messageId: string;
  hash: string;
}

/** The same Message-ID with another sender or body is another mail, and both are kept. */
export function claimOf(messageId: string | null, from: string | null, body: string): Claim | null {
  return messageId
    ? {
        messageId,
        hash: createHash('sha256')
          .update(`${from ?? ''}\n${body}`)
          .digest('hex')
          .slice(0, 32),
      }
    : null;
}

/** Raw mail that has no disposition yet lies here; SES writes it. */
export const IN = 'in/';

/** Where a handled mail lies. `receivedAt` is ISO 8601 UTC. */
export function handledKey(mailId: string, receivedAt: string): string {
  return `mail/${receivedAt.slice(0, 10).replaceAll('-', '/')}/${mailId}`;
}
