/** What the ledger keeps of a mail, and under which names its parts lie in the bucket. */
import { hash } from 'node:crypto';
import type { Disposition, DispositionReason } from './disposition.ts';
import type { Receipt } from './email.ts';
import type { Notice } from './outcome.ts';

/** SES writes this object once, when the receipt rule is made. */
export const SETUP_NOTICE = 'AMAZON_SES_SETUP_NOTIFICATION';

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
  history: { disposition: Disposition; reason: DispositionReason; at: string; detail?: string }[];
  /** A right code for this mail came back: the mail runs as proven. */
  released: boolean;
  /** The held mail that this one released; a repeat of this mail asks for it again. */
  releases: string | null;
  /** Objects that this mail had taken out of the bucket; a repeat of this mail takes them out again. */
  erases?: string[];
  /** The raw mail was taken out of the bucket for good. */
  takenOut?: { at: string; by: string; ticketId: string; message: number; reason: string };
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
        hash: hash('sha256', `${from ?? ''}\n${body}`).slice(0, 32),
      }
    : null;
}

/** One day's balance: what came in, against what has a disposition. */
export interface MailCount {
  /** Of UTC, `2026-11-23`. */
  day: string;
  /** When it was counted. */
  at: string;
  /** Mails of the day in the bucket, handled or not. */
  received: number;
  /** Records of the day in the ledger. */
  disposed: number;
  dispositions: Partial<Record<Disposition, number>>;
  /** In the bucket and not in the ledger: handed in again. No more are named than `MOST_NAMED`. */
  missing: { mailId: string; key: string }[];
  /** In the ledger and not in the bucket, and nobody took it out: a raw mail is gone. */
  lost: string[];
  /** Were missing when the day was counted before, and have a disposition now. */
  repaired: string[];
}

/** A list of names is for a person to act on; a thousand are one fault. */
export const MOST_NAMED = 1_000;

/** Raw mail that has no disposition yet lies here; SES writes it. */
export const IN = 'in/';

/** Where a handled mail lies. `receivedAt` is ISO 8601 UTC. */
export function handledKey(mailId: string, receivedAt: string): string {
  return `${handledOn(receivedAt)}${mailId}`;
}

/** Under this the handled mail of a day lies. */
export function handledOn(receivedAt: string): string {
  return `mail/${receivedAt.slice(0, 10).replaceAll('-', '/')}/`;
}

/** When a stored mail came in, as far as its object tells. Handled mail was moved, perhaps on another day than its key says. */
export function cameIn(key: string, writtenAt: string): string {
  const day = /^mail\/(\d{4})\/(\d{2})\/(\d{2})\//.exec(key)?.slice(1).join('-');
  return day === undefined || writtenAt.startsWith(day) ? writtenAt : `${day}T23:59:59.000Z`;
}

export function mailIdIn(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
