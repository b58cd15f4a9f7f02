/** The sample desk, and mail and tickets to try it with. */
import { readFileSync } from 'node:fs';
import type { Desk } from '../core/config/desk.ts';
import { loadDesk } from '../core/config/load.ts';
import type { Email, Receipt } from '../core/mail/email.ts';
import { type Arrival, type Memory, type Moment, NOTHING_KNOWN } from '../core/mail/outcome.ts';
import { type Keys, participantHash, type Token } from '../core/mail/token.ts';
import { type Change, change, open } from '../core/ticket/change.ts';
import type { Happening, Ticket } from '../core/ticket/ticket.ts';

export const desk: Desk = sampleDesk();

function sampleDesk(): Desk {
  const loaded = loadDesk(readFileSync('desk.yaml', 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.desk;
}

export const keys: Keys = { current: 1, keys: { '1': Buffer.alloc(32, 7).toString('base64') } };

/** A Monday morning in the office. */
export const MONDAY = '2026-11-23T09:00:00.000Z';
export const moment: Moment = { now: MONDAY, realNow: Date.parse(MONDAY) };

export const KIM = 'kim.brandt@example.test';
export const LUIS = 'luis.ortega@example.test';
export const PRIYA = 'priya.nair@example.test';
export const MARTHA = 'martha.lind@example.test';
export const NORA = 'nora@example.org';

export function later(at: string, hours: number): string {
  return new Date(Date.parse(at) + hours * 3_600_000).toISOString();
}

export function email(given: Partial<Email> = {}): Email {
  return {
    subject: 'The printer is jammed',
    from: { address: NORA, name: 'Nora Quist' },
    fromAll: [given.from ?? { address: NORA, name: 'Nora Quist' }],
    sender: null,
    replyTo: [],
    to: [{ address: 'support@desk.example.test', name: '' }],
    cc: [],
    date: MONDAY,
    messageId: 'one@example.org',
    inReplyTo: null,
    references: [],
    headers: new Map(),
    text: 'It eats the paper.',
    html: null,
    attachments: [],
    labels: [],
    cut: [],
    reports: [],
    ...given,
  };
}

export const receipt: Receipt = {
  mailId: 'mail-1',
  receivedAt: MONDAY,
  recipients: ['support@desk.example.test'],
  returnPath: NORA,
  spf: 'GRAY',
  dkim: 'GRAY',
  dmarc: 'GRAY',
  spam: 'PASS',
  virus: 'PASS',
  dmarcPolicy: null,
};

export const PROVEN = { spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' } as const;

export function arrival(mail: Partial<Email> = {}, verdicts: Partial<Receipt> = {}): Arrival {
  const made = email(mail);
  return {
    email: made,
    receipt: { ...receipt, ...verdicts },
    writer: { by: 'from', through: null, listed: null, flagged: null, distrusted: false },
    trimmed: { visible: made.text, quoted: '', signature: '' },
    automatic: null,
    bounce: null,
    reported: null,
    forwarded: null,
  };
}

export function memory(given: Partial<Memory> = {}): Memory {
  return { ...NOTHING_KNOWN, ...given };
}

/** What an email says of its writer. */
export function from(address: string): Pick<Email, 'from' | 'fromAll'> {
  const writer = { address, name: '' };
  return { from: writer, fromAll: [writer] };
}

/** The token that came back with a reply, as it was read. */
export function tokenOf(participant: string, given: Partial<Token> = {}): Token {
  return { purpose: 'ticket', id: ID, participant: participantHash(participant), expired: false, ...given };
}

/** What is known of a reply to a mail that went to him. */
export function byToken(participant: string, on: Ticket = ticket(), expired = false): Memory {
  return memory({
    ticket: on,
    token: tokenOf(participant, { expired }),
    candidate: { ticketId: ID, clue: 'token', why: 'our token in the envelope' },
  });
}

export const ID = 'T-7K4M2Q';

/** A new ticket of Nora's about a printer, P3, in Luis's hands at tier 1. */
export function opened(
  at = MONDAY,
  given: Partial<Extract<Happening, { kind: 'opened' }>> = {},
  assignee: string | null = LUIS,
): Change {
  const event: Extract<Happening, { kind: 'opened' }> = {
    kind: 'opened',
    subject: 'The printer is jammed',
    requester: { address: NORA, name: 'Nora Quist' },
    cc: [],
    mailbox: 'support@desk.example.test',
    type: 'incident',
    team: 'service-desk',
    tier: 1,
    category: 'printing',
    impact: 'one',
    urgency: 'degraded',
    priority: 'P3',
    language: 'en',
    flagged: null,
    follows: null,
    acknowledge: true,
    message: 1,
    messageId: 'one@example.org',
    reasons: [],
    ...given,
  };
  const assigned: Happening[] = assignee
    ? [{ kind: 'assigned', assignee, previous: null, reason: 'the fewest tickets', by: 'desk' }]
    : [];
  return open(ID, event, assigned, at, desk);
}

export function ticket(happenings: Happening[] = [], at = MONDAY): Ticket {
  const first = opened().after;
  return happenings.length > 0 ? change(first, happenings, at, desk).after : first;
}
