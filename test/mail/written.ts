/** An email from its fields and text, for tests that need no file. */
import { readFileSync } from 'node:fs';
import type { Email, Receipt } from '../../core/mail/email.ts';
import { parseEmail } from '../../core/mail/parse.ts';

/** A stored mail of `test/emails/reading`. */
export function stored(name: string): Uint8Array {
  return readFileSync(new URL(`../emails/reading/${name}.eml`, import.meta.url));
}

export async function read(name: string): Promise<Email> {
  return parseEmail(stored(name));
}

/** A plain mail by Ada, with the fields given in place of hers. */
export async function written(fields: Record<string, string>, text = 'Hello.'): Promise<Email> {
  const all = {
    From: 'Ada Ohm <ada@example.org>',
    To: 'support@desk.example.test',
    Subject: 'Hello',
    'Content-Type': 'text/plain; charset=utf-8',
    ...fields,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return parseEmail(Buffer.from(`${head.join('')}\r\n${text}`));
}

export const receipt: Receipt = {
  mailId: 'm1',
  receivedAt: '2026-11-02T08:12:03.000Z',
  recipients: ['support@desk.example.test'],
  returnPath: 'ada@example.org',
  spf: 'PASS',
  dkim: 'PASS',
  dmarc: 'PASS',
  spam: 'PASS',
  virus: 'PASS',
  dmarcPolicy: null,
};
