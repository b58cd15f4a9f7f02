/**
 * Mail as somebody forges it: who From names, what the receipt says of him, and which clue leads to a ticket. Judged as it
 * comes in; `who-may` says what each may do to the letter, `spoof` that no other may do anything.
 */
import { dispose } from '../../core/mail/dispose.ts';
import type { Email, Receipt } from '../../core/mail/email.ts';
import type { Memory, Outcome } from '../../core/mail/outcome.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf, threadOf } from '../../core/mail/thread.ts';
import { type Keys, ownReference, type Purpose, replyAddress } from '../../core/mail/token.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { desk, email, ID, KIM, LUIS, MARTHA, memory, moment, NORA, receipt, ticket } from '../sample.ts';

export const LUIS_TOO = 'l.ortega@example.test';
export const GRACE = 'grace.okafor@example.test';
export const STRANGER = 'stan@example.net';
export const LOOK_ALIKE = 'luis.ortega@examp1e.test';
export const OTHER_ID = 'T-BBBBBB';
export const DAY = 86_400_000;

/** Version 1 no longer signs, and still verifies; version 3 was never ours. */
export const keys: Keys = {
  current: 2,
  keys: { '1': Buffer.alloc(32, 7).toString('base64'), '2': Buffer.alloc(32, 8).toString('base64') },
};
const RING = { ...keys.keys, '3': Buffer.alloc(32, 9).toString('base64') };

export const MINE = ticket();
export const OTHER: Ticket = { ...ticket(), id: OTHER_ID, assignee: KIM };
export const TICKETS = new Map([MINE, OTHER].map((each) => [each.id, each]));

export const SENDERS = {
  'the agent': { address: LUIS, of: 'desk' },
  'the agent by his second address': { address: LUIS_TOO, of: 'desk' },
  'another agent': { address: KIM, of: 'desk' },
  'the lead': { address: MARTHA, of: 'desk' },
  'the manager': { address: GRACE, of: 'desk' },
  'the requester': { address: NORA, of: 'ticket' },
  'a stranger': { address: STRANGER, of: 'nobody' },
  'a look-alike of the agent': { address: LOOK_ALIKE, of: 'nobody' },
} as const;
export type Sender = keyof typeof SENDERS;

export const VERDICTS = {
  'DMARC PASS': { dmarc: 'PASS', spf: 'PASS', dkim: 'PASS', failed: false, proven: true },
  'DMARC PASS, SPF FAIL': { dmarc: 'PASS', spf: 'FAIL', dkim: 'GRAY', failed: false, proven: true },
  'all GRAY': { dmarc: 'GRAY', spf: 'GRAY', dkim: 'GRAY', failed: false, proven: false },
  'DKIM PASS': { dmarc: 'GRAY', spf: 'GRAY', dkim: 'PASS', failed: false, proven: false },
  'SPF PASS': { dmarc: 'GRAY', spf: 'PASS', dkim: 'GRAY', failed: false, proven: false },
  'SPF FAIL, DKIM PASS': { dmarc: 'GRAY', spf: 'FAIL', dkim: 'PASS', failed: false, proven: false },
  'SPF FAIL': { dmarc: 'GRAY', spf: 'FAIL', dkim: 'GRAY', failed: true, proven: false },
  'DMARC FAIL': { dmarc: 'FAIL', spf: 'GRAY', dkim: 'GRAY', failed: true, proven: false },
  'DMARC FAIL, SPF and DKIM PASS': { dmarc: 'FAIL', spf: 'PASS', dkim: 'PASS', failed: true, proven: false },
} as const satisfies Record<
  string,
  Pick<Receipt, 'dmarc' | 'spf' | 'dkim'> & { failed: boolean; proven: boolean }
>;
export type Verdict = keyof typeof VERDICTS;

export interface Clue {
  /** Where it leads. */
  to: string | null;
  /** Whose token it is. */
  whose: 'own' | 'theirs' | 'none';
  state: 'good' | 'expired' | 'forged' | 'absent';
  weak?: 'reference' | 'subject';
  address?: (sender: string) => string;
  place?: 'envelope' | 'cc';
  subject?: string;
  references?: string[];
}

export function tokenFor(
  participant: string,
  {
    id = ID,
    expires = moment.realNow + 30 * DAY,
    by = 2,
    purpose = 'ticket',
  }: { id?: string; expires?: number; by?: number; purpose?: Purpose } = {},
): string {
  const proof = { purpose, id, participant, expires };
  const name = `${Object.values(proof).join(' ')} ${by}`;
  const address =
    signed.get(name) ?? replyAddress('support@desk.example.test', proof, { current: by, keys: RING });
  signed.set(name, address);
  return address;
}
/** The same one is tried with thousands of mails. */
const signed = new Map<string, string>();
/** An alternate address answers the mail that went to the person's first one. */
export const own = (sender: string) => (sender === LUIS_TOO ? LUIS : sender);
export const damaged = (address: string) =>
  address.replace(/\+(.)(.)/, (_, first, second) => `+${first}${second === 'a' ? 'b' : 'a'}`);

export const CLUES = {
  'no clue': { to: null, whose: 'none', state: 'absent' },
  'his own token': { to: ID, whose: 'own', state: 'good', address: (who) => tokenFor(own(who)) },
  'his own token in capitals': {
    ...{ to: ID, whose: 'own', state: 'good' },
    address: (who) => tokenFor(own(who)).toUpperCase().replace(/@.*$/, '@desk.example.test'),
  },
  'his own token in Cc': {
    ...{ to: ID, whose: 'own', state: 'good', place: 'cc' },
    address: (who) => tokenFor(own(who)),
  },
  'his own token by an old key': {
    ...{ to: ID, whose: 'own', state: 'good' },
    address: (who) => tokenFor(own(who), { by: 1 }),
  },
  'his own token for another ticket, this one in the subject': {
    ...{ to: OTHER_ID, whose: 'own', state: 'good', subject: `Re: [${ID}] The printer` },
    address: (who) => tokenFor(own(who), { id: OTHER_ID }),
  },
  'a colleague’s token': {
    to: ID,
    whose: 'theirs',
    state: 'good',
    address: () => tokenFor('priya.nair@example.test'),
  },
  'the token of somebody on no ticket': {
    ...{ to: ID, whose: 'theirs', state: 'good' },
    address: () => tokenFor('nobody@example.org'),
  },
  'his own token, expired': {
    ...{ to: ID, whose: 'own', state: 'expired' },
    address: (who) => tokenFor(own(who), { expires: moment.realNow - 2 * DAY }),
  },
  'a colleague’s token, expired': {
    ...{ to: ID, whose: 'theirs', state: 'expired' },
    address: () => tokenFor('priya.nair@example.test', { expires: moment.realNow - 2 * DAY }),
  },
  'a damaged token': {
    to: null,
    whose: 'none',
    state: 'forged',
    address: (who) => damaged(tokenFor(own(who))),
  },
  'a damaged token and the ticket’s number': {
    ...{ to: null, whose: 'none', state: 'forged', subject: `Re: [${ID}] The printer` },
    address: (who) => damaged(tokenFor(own(who))),
  },
  'a token by a key that is not ours': {
    ...{ to: null, whose: 'none', state: 'forged' },
    address: (who) => tokenFor(own(who), { by: 3 }),
  },
  'our signed reference': {
    ...{ to: ID, whose: 'none', state: 'absent', weak: 'reference' },
    references: [ownReference(ID, desk.domain, keys)],
  },
  'the number in the subject': {
    ...{ to: ID, whose: 'none', state: 'absent', weak: 'subject', subject: `Re: [${ID}] The printer` },
  },
} as const satisfies Record<string, Clue>;
export type ClueName = keyof typeof CLUES;

export interface Forged {
  sender: string;
  verdicts: Pick<Receipt, 'dmarc' | 'spf' | 'dkim'> & Partial<Receipt>;
  clue: Clue;
  mail: Partial<Email>;
  known?: Partial<Memory>;
  /** What the clue may lead to. */
  tickets?: ReadonlyMap<string, Ticket>;
}

/** Read, threaded and judged as the desk does it. */
export function judge({ sender, verdicts, clue, mail, known = {}, tickets = TICKETS }: Forged): Outcome {
  const from = { address: sender, name: '' };
  const to = clue.address?.(sender) ?? 'support@desk.example.test';
  const inCc = clue.place === 'cc';
  const made = email({
    ...{ from, fromAll: [from], messageId: 'this@example.net' },
    ...{ subject: clue.subject ?? 'The printer', references: clue.references ?? [] },
    to: [{ address: inCc ? 'support@desk.example.test' : to, name: '' }],
    cc: inCc ? [{ address: to, name: '' }] : [],
    ...mail,
  });
  const recipients = [inCc ? 'support@desk.example.test' : to];
  const given: Receipt = { ...receipt, returnPath: sender, ...verdicts, recipients };
  const arrival = readArrival(made, given, desk);
  const clues = cluesOf(arrival.email, arrival.receipt, desk, keys, moment.realNow);
  const thread = threadOf(clues, new Map());
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const found = thread.candidate ? (tickets.get(thread.candidate.ticketId) ?? null) : null;
  const all = memory({ ...thread, token, ticket: found, newId: 'T-CCCCCC', ...known });
  return dispose(arrival, all, moment, desk, keys);
}
