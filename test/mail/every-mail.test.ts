/** What each mail becomes, from whomever it comes: its disposition, what happens to a ticket, what is kept of its words, and who is told. */
import { expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { Attachment, Automatic, CalendarAnswer, Email, Forwarded } from '../../core/mail/email.ts';
import type { Arrival, HeldCode, Memory, NewMessage, Notice } from '../../core/mail/outcome.ts';
import type { Candidate } from '../../core/mail/thread.ts';
import { codeId, oneTimeCode } from '../../core/mail/token.ts';
import { type Question, voterOf } from '../../core/ticket/approval.ts';
import { change } from '../../core/ticket/change.ts';
import type { Saying } from '../../core/ticket/decision.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { visitUid } from '../../core/ticket/visit.ts';
import {
  arrival,
  byToken,
  desk,
  from,
  ID,
  KIM,
  keys,
  LUIS,
  later,
  MARTHA,
  MONDAY,
  memory,
  moment,
  NORA,
  PROVEN,
  ticket,
  tokenOf,
} from '../sample.ts';

const IDA = { address: 'ida@example.org', name: 'Ida Moll' };
const OLE = 'ole@example.net';
const OTHER = 'T-2AB3CD';
const SIGNATURE = '-- \nLuis Ortega\nService Desk, room 12\n+49 30 1234';
const FILE: Attachment = {
  ...{ name: 'a.pdf', contentType: 'application/pdf', size: 1, inline: false, contentId: null },
  ...{ sha256: '', content: new Uint8Array(1) },
};
const LOGO: Attachment = { ...FILE, name: 'logo.png', contentType: 'image/png', inline: true };
const MACHINE = { rule: 'a rule', seen: 'a header' };

const WAITING = ticket([{ kind: 'paused', until: null, reason: '', by: LUIS }]);
const RESOLVED = ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]);
const CLOSED = ticket([{ kind: 'closed', reason: '', by: LUIS }]);
const ASKED = ticket([
  { kind: 'approval-asked', approvers: [IDA], quorum: 'all', question: 'a printer', by: LUIS },
]);
const COPIED = ticket([{ kind: 'copies-changed', added: [IDA], removed: [], by: LUIS }]);
const JOINED = ticket([{ kind: 'joined', problem: OTHER, why: '', previous: LUIS, told: true, by: 'desk' }]);
const SOLVED = change(
  JOINED,
  [{ kind: 'resolved', reason: '', by: LUIS, message: null }],
  MONDAY,
  desk,
).after;
const OFFERED = ticket([{ kind: 'articles-offered', articles: ['K-2AB3CD', 'K-3AB3CD'] }]);
const FREE = ticket([{ kind: 'unassigned', previous: LUIS, by: LUIS }]);
const PROBLEM = ticket([{ kind: 'linked', relation: 'incident', to: OTHER, by: LUIS }]);
const OWN: Ticket = {
  ...ticket(),
  requester: { address: KIM, name: 'Kim Brandt' },
  participants: [{ address: KIM, name: 'Kim Brandt', role: 'requester' }],
};
const HR: Ticket = { ...ticket(), team: 'hr', assignee: null };

const nora = (text: string, given: Partial<Email> = {}) => arrival({ text, ...given });
const ole = (text: string) => arrival({ ...from(OLE), text });
const luis = (text: string, given: Partial<Email> = {}) =>
  arrival({ ...from(LUIS), text, messageId: 'luis@example.test', ...given }, PROVEN);
const kim = (text: string, given: Partial<Email> = {}) =>
  arrival({ ...from(KIM), text, messageId: 'kim@example.test', ...given }, PROVEN);
const failing = (text: string) => arrival({ text }, { dmarc: 'FAIL', dmarcPolicy: 'none' });
const distrusted = (text: string): Arrival => ({
  ...nora(text),
  writer: {
    by: 'from',
    through: null,
    listed: null,
    flagged: 'it looks like somebody else',
    distrusted: true,
  },
});
const machine = (text: string, kind: Automatic['kind']): Arrival => ({
  ...nora(text),
  automatic: { ...MACHINE, kind },
});
const unscanned = (text: string): Arrival => {
  const { receipt, ...given } = luis(text, { attachments: [FILE, FILE] });
  return { ...given, receipt: { ...receipt, virus: 'GRAY' } };
};
const signed = (text: string): Arrival => {
  const given = luis(text);
  return { ...given, trimmed: { ...given.trimmed, signature: SIGNATURE } };
};
const forwarded = (text: string, given: Partial<Forwarded> = {}): Arrival => ({
  ...luis(text, { subject: 'Fwd: No toner' }),
  forwarded: { from: IDA, to: [], cc: [], subject: null, date: null, text: 'The toner is empty.', ...given },
});
const by = (clue: Candidate['clue'], on: Ticket | null = ticket()) =>
  memory({ ticket: on, candidate: { ticketId: ID, clue, why: `by its ${clue}` } });
const IDAS = from(IDA.address);
const ida = (text: string, given: Partial<Email> = {}) => arrival({ ...IDAS, text, ...given });
const martha = (text: string, given: Partial<Email> = {}) =>
  arrival({ ...from(MARTHA), text, messageId: 'martha@example.test', ...given }, PROVEN);
const casting = (quorum: 'all' | 'any') =>
  ticket([
    {
      ...{ kind: 'approval-asked', quorum, question: 'a printer', by: LUIS },
      approvers: [IDA, { address: MARTHA, name: 'Martha Lind', ofDesk: true }],
    },
  ]);
const [ALL, ANY] = [casting('all'), casting('any')];
const VOTED = change(
  ALL,
  [{ kind: 'approval-voted', address: IDA.address, vote: 'approve' }],
  MONDAY,
  desk,
).after;
const EXTENDED = ticket([
  {
    ...{ kind: 'extension-asked', by: LUIS, lead: MARTHA, ms: 3_600_000, reason: 'the part' },
    ...{ due: MONDAY, wouldBe: MONDAY },
  },
]);
const DRAFTED = ticket([
  {
    ...{ kind: 'article-asked', reviewer: MARTHA, by: LUIS },
    draft: {
      ...{ title: 'Paper jams', question: '', answer: 'Pull it out.', fix: '', category: 'printing' },
      ...{ language: 'en', team: 'service-desk', owner: LUIS, readers: 'public' },
    },
  },
]);
/** The reply of somebody who was asked, to the mail that asked him. */
const asks = (what: Question['what'], address: string, on: Ticket) => ({
  ...byToken(address, on),
  token: tokenOf(voterOf(address, { what, askedAt: MONDAY }), { purpose: 'approval' }),
});
const CODE: HeldCode = {
  ...{ id: codeId('held-1'), mailId: 'held-1', person: LUIS, round: 0, tries: 0, used: false },
  expiresAt: new Date(moment.realNow).toISOString(),
};
const DIGITS = oneTimeCode('held-1', 0, keys);
const coded = (given: Partial<HeldCode> = {}) =>
  memory({ token: tokenOf(LUIS, { purpose: 'code', id: CODE.id }), code: { ...CODE, ...given } });
const digested = (answerableUntil = moment.realNow, person = LUIS) => {
  const others = [casting('all'), { ...OWN, requester: { address: LUIS, name: '' } }, HR].map((each, n) => ({
    ...each,
    id: `T-${'ABC'.charAt(n).repeat(6)}`,
  }));
  const tickets = new Map([ticket(), ...others].map((each) => [each.id, each]));
  const entries = [...tickets.keys(), 'T-DDDDDD'].map((ticketId) => ({ ticketId }));
  const digest = { number: 20_780, at: MONDAY, person, entries, answerableUntil };
  return memory({ token: tokenOf(LUIS, { purpose: 'digest' }), digest: { digest, tickets } });
};
const APPOINTMENT = {
  ...{ nth: 1, sequence: 0, start: later(MONDAY, 24), end: later(MONDAY, 25), zone: 'UTC', words: '' },
};
const VISITED = ticket([{ kind: 'visit-planned', by: LUIS, ...APPOINTMENT }]);
const calendar = (of: string | null, given: Partial<CalendarAnswer> = {}): Partial<Email> => ({
  calendar: {
    ...{ answer: 'accepted', uid: visitUid(1, ID, of, desk.domain), sequence: 0, attendee: of ?? NORA },
    ...{ start: null, end: null, comment: '', program: 'Google Calendar' },
    ...given,
  },
});
const bounced = (permanent: boolean): Arrival => ({
  ...machine('It came back.', 'bounce'),
  bounce: { recipients: [{ address: NORA, status: '5.1.1', permanent }] },
  reported: { ids: [], about: [NORA] },
});
const sentTo = (address: string) => ({ ...by('reference'), sentTo: address });

/** `appended: requester-reply …; message-received …; in public of nora@example.org “Still broken”` */
function becomes(given: Arrival, known: Memory): string {
  const {
    disposition,
    reason,
    detail,
    ticket: change,
    message,
    note,
    notice,
    tells,
    ...others
  } = dispose(given, known, moment, desk, keys);
  const events =
    change === null ? [] : change.kind === 'open' ? [change.opened, ...change.also] : change.happenings;
  const { clue, concerns, learned, several, code, release } = others;
  return [
    `${disposition}, ${reason}: ${detail}`,
    ...(clue ? [`by ${clue}`] : []),
    ...(concerns ? [`concerns ${concerns}`] : []),
    ...events.map(particulars),
    ...[message, note].flatMap((each) => (each ? [said(each)] : [])),
    ...[notice, tells].flatMap((each) => (each ? [toldOf(each)] : [])),
    ...several.flatMap(({ before, happenings, note: words }) => [
      `${before.id}: ${happenings.map(particulars).join(', ')}`,
      ...(words ? [`“${words.text}” of ${words.from.name}`] : []),
    ]),
    ...(code ? [`the code of ${code.person} after ${code.tries} tries${code.used ? ', used' : ''}`] : []),
    ...(release ? [`${release.mailId} is released, trusting ${release.trust?.domain ?? 'nothing'}`] : []),
    ...learned.undeliverable.map(({ address, why, status }) => `${address}: ${why} ${status}`),
    ...(learned.away ? [`${learned.away.address} is away until ${learned.away.away.until}`] : []),
    ...(learned.reachable ? [`${learned.reachable} is reached again`] : []),
  ].join('; ');
}

/** What happened with its particulars; the reasons are test/triage's matter. */
function particulars({ kind, ...facts }: Happening): string {
  const known = Object.entries(facts).filter(
    ([key, value]) => value !== null && key !== 'reasons' && key !== 'print',
  );
  return [kind, ...known.map(([, value]) => shown(value))].join(' | ');
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('outcome' in value && 'said' in value && 'line' in value)
    return `${value.line}: ${value.outcome}, ${(value.said as Saying).key}`;
  return 'address' in value && 'name' in value ? `${value.name} <${value.address}>` : JSON.stringify(value);
}

function said({ direction, visibility, from, text, cc, messageId }: NewMessage): string {
  const copies = cc.length > 0 ? `, copied to ${cc.map(({ address }) => address).join(', ')}` : '';
  return `${direction} ${visibility} “${text}” of ${from.name || from.address}${copies}${messageId ? ` as ${messageId}` : ''}`;
}

function toldOf({ kind, to, ...facts }: Notice): string {
  return `${kind} → ${[
    to.address,
    ...Object.values(facts)
      .filter((value) => value !== null && value !== '')
      .map(shown),
  ].join(' | ')}`;
}

test.each<[string, [given: Arrival, known: Memory, becomes: string][]]>([
  [
    'A requester’s answer',
    [
      [
        nora('Still broken'),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Still broken” of Nora Quist as one@example.org',
      ],
      [
        nora('Still broken'),
        by('reference'),
        'appended, requester-reply: by its reference; by reference; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Still broken” of Nora Quist as one@example.org',
      ],
      [
        nora('Still broken'),
        by('subject'),
        'appended, requester-reply: by its subject; by subject; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Still broken” of Nora Quist as one@example.org',
      ],
      [
        nora('Still broken', { attachments: [FILE] }),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Still broken” of Nora Quist as one@example.org',
      ],
      [
        nora('', { attachments: [FILE] }),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “” of Nora Quist as one@example.org',
      ],
      [
        nora(''),
        byToken(NORA),
        'refused, nothing-said: it has no words of its own; our token in the envelope; by token; refused → nora@example.org | nothing-said | The printer is jammed | one@example.org | en',
      ],
      [
        nora('', { text: 'quoted' }),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “quoted” of Nora Quist as one@example.org',
      ],
      [
        nora('Here it is'),
        byToken(NORA, WAITING),
        'appended, requester-reply: our token in the envelope; by token; resumed | the requester answered | nora@example.org; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Here it is” of Nora Quist as one@example.org',
      ],
      [
        nora('Again!'),
        byToken(NORA, RESOLVED),
        'appended, requester-reply: our token in the envelope; by token; reopened | the requester answered | nora@example.org | true; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Again!” of Nora Quist as one@example.org',
      ],
      [
        nora('Thank you!'),
        byToken(NORA, RESOLVED),
        'appended, requester-reply: our token in the envelope; it only says thank you, and the ticket stays resolved; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; in public “Thank you!” of Nora Quist as one@example.org',
      ],
      [
        nora('Thank you!', { attachments: [FILE] }),
        byToken(NORA, RESOLVED),
        'appended, requester-reply: our token in the envelope; by token; reopened | the requester answered | nora@example.org | true; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Thank you!” of Nora Quist as one@example.org',
      ],
      [
        nora('Thank you!'),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Thank you!” of Nora Quist as one@example.org',
      ],
      [
        nora('Any news?'),
        byToken(NORA, ASKED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Any news?” of Nora Quist as one@example.org',
      ],
      [
        nora('When will it be over?'),
        byToken(NORA, JOINED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “When will it be over?” of Nora Quist as one@example.org',
      ],
      [
        nora('My question is another one: how do I print on both sides of a page?'),
        byToken(NORA, JOINED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “My question is another one: how do I print on both sides of a page?” of Nora Quist as one@example.org',
      ],
      [
        nora('It is not solved'),
        byToken(NORA, SOLVED),
        'appended, requester-reply: our token in the envelope; by token; parted | T-2AB3CD | nora@example.org; reopened | it is no part of T-2AB3CD | nora@example.org | true; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk | true; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “It is not solved” of Nora Quist as one@example.org',
      ],
      [
        nora('#close'),
        byToken(NORA),
        'commanded, requester-commands: our token in the envelope; by token; closed | closed | nora@example.org; commanded | nora@example.org | [#close: done, closed] | false | [] | none',
      ],
      [
        nora('#close\nNever mind'),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; closed | closed | nora@example.org; commanded | nora@example.org | [#close: done, closed] | false | [] | sent; in public “Never mind” of Nora Quist as one@example.org',
      ],
      [
        nora('#status'),
        byToken(NORA),
        'commanded, requester-commands: our token in the envelope; by token; commanded | nora@example.org | [#status: done, see-below] | false | [status] | none',
      ],
      [
        nora('#stop'),
        byToken(NORA),
        'commanded, requester-commands: our token in the envelope; by token; muted | nora@example.org; commanded | nora@example.org | [#stop: done, stopped] | false | [] | none',
      ],
      [
        nora('#stop\nThanks so far'),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; muted | nora@example.org; commanded | nora@example.org | [#stop: done, stopped] | false | [] | sent; in public “Thanks so far” of Nora Quist as one@example.org',
      ],
      [
        nora('#reopen'),
        byToken(NORA, CLOSED),
        'commanded, requester-commands: our token in the envelope; by token; reopened | reopened | nora@example.org | false; commanded | nora@example.org | [#reopen: done, reopened] | false | [] | none',
      ],
      [
        nora('#reopen\nNot done'),
        byToken(NORA, CLOSED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; reopened | reopened | nora@example.org | true; commanded | nora@example.org | [#reopen: done, reopened] | false | [] | sent; in public “Not done” of Nora Quist as one@example.org',
      ],
      [
        nora('Again!'),
        byToken(NORA, CLOSED),
        'opened, closed-ticket: T-7K4M2Q is closed; our token in the envelope; by token; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | T-7K4M2Q | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “Again!” of Nora Quist as one@example.org',
      ],
      [
        nora('#close'),
        byToken(NORA, CLOSED),
        'opened, closed-ticket: T-7K4M2Q is closed; our token in the envelope; by token; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | T-7K4M2Q | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#close” of Nora Quist as one@example.org',
      ],
      [
        nora('4'),
        byToken(NORA, CLOSED),
        'commanded, rated: 4 of 5; our token in the envelope; by token; rated | 4 |  | nora@example.org',
      ],
      [
        nora('2\nIt took long'),
        byToken(NORA, CLOSED),
        'appended, rated: 2 of 5; our token in the envelope; by token; rated | 2 | It took long | nora@example.org; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; in public “It took long” of Nora Quist as one@example.org',
      ],
      [
        nora('1\n\n#reopen'),
        byToken(NORA, CLOSED),
        'commanded, rated: 1 of 5; our token in the envelope; by token; rated | 1 |  | nora@example.org; reopened | reopened | nora@example.org | false; commanded | nora@example.org | [#reopen: done, reopened] | false | [] | none',
      ],
      [
        nora('5', { attachments: [LOGO] }),
        byToken(NORA, CLOSED),
        'commanded, rated: 5 of 5; our token in the envelope; by token; rated | 5 |  | nora@example.org',
      ],
      [
        nora('Solved'),
        byToken(NORA, OFFERED),
        'commanded, requester-commands: our token in the envelope; he says that it is solved; by token; helped | K-2AB3CD | nora@example.org; resolved | K-2AB3CD helped | nora@example.org',
      ],
      [
        nora('Solved by 2'),
        byToken(NORA, OFFERED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Solved by 2” of Nora Quist as one@example.org',
      ],
      [
        nora('Solved'),
        by('reference', OFFERED),
        'appended, requester-reply: by its reference; by reference; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Solved” of Nora Quist as one@example.org',
      ],
      [
        nora('Solved', { attachments: [FILE] }),
        byToken(NORA, OFFERED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Solved” of Nora Quist as one@example.org',
      ],
      [
        nora('Hello?'),
        byToken(NORA, ticket(), true),
        'opened, expired-token: its token for T-7K4M2Q has expired; our token in the envelope; by token; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | T-7K4M2Q | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “Hello?” of Nora Quist as one@example.org',
      ],
      [
        nora('#services'),
        byToken(NORA),
        'commanded, requester-commands: he asks what the desk offers; our token in the envelope; by token; concerns T-7K4M2Q; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"services","of":["new-device","account-help"]}] | The printer is jammed | one@example.org | en',
      ],
      [
        nora('#services\nAnd my printer is broken'),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “And my printer is broken” of Nora Quist as one@example.org; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"services","of":["new-device","account-help"]}] | The printer is jammed | one@example.org | en',
      ],
      [
        failing('#close'),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY); in public “#close” of Nora Quist as one@example.org',
      ],
      [
        failing('Solved'),
        byToken(NORA, OFFERED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY); in public “Solved” of Nora Quist as one@example.org',
      ],
      [
        distrusted('#close'),
        byToken(NORA),
        'commanded, requester-commands: our token in the envelope; by token; closed | closed | nora@example.org; commanded | nora@example.org | [#close: done, closed] | false | [] | none',
      ],
      [
        distrusted('Solved'),
        byToken(NORA, OFFERED),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | it looks like somebody else; in public “Solved” of Nora Quist as one@example.org',
      ],
      [
        machine('#close', 'list'),
        byToken(NORA),
        'appended, list: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “#close” of Nora Quist as one@example.org',
      ],
      [
        machine('Again!', 'monitoring'),
        byToken(NORA, RESOLVED),
        'appended, monitoring: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Again!” of Nora Quist as one@example.org',
      ],
      [
        machine('Solved', 'monitoring'),
        byToken(NORA, OFFERED),
        'appended, monitoring: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “Solved” of Nora Quist as one@example.org',
      ],
    ],
  ],
  [
    'Anybody’s mail',
    [
      [
        nora('It eats the paper.'),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        nora('', { html: null }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “” of Nora Quist as one@example.org',
      ],
      [
        nora('#status'),
        memory(),
        'commanded, requester-commands: #status of his own open tickets; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"own"}] | The printer is jammed | one@example.org | en',
      ],
      [
        nora('#status please'),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#status please” of Nora Quist as one@example.org',
      ],
      [
        nora('#status', { attachments: [FILE] }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#status” of Nora Quist as one@example.org',
      ],
      [
        nora('#status', { attachments: [LOGO] }),
        memory(),
        'commanded, requester-commands: #status of his own open tickets; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"own"}] | The printer is jammed | one@example.org | en',
      ],
      [
        nora('#services'),
        memory(),
        'commanded, requester-commands: he asks what the desk offers; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"services","of":["new-device","account-help"]}] | The printer is jammed | one@example.org | en',
      ],
      [
        nora('', { subject: 'Services' }),
        memory(),
        'commanded, requester-commands: he asks what the desk offers; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"services","of":["new-device","account-help"]}] | Services | one@example.org | en',
      ],
      [
        nora('Services', { subject: 'Leistungen' }),
        memory(),
        'commanded, requester-commands: he asks what the desk offers; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"services","of":["new-device","account-help"]}] | Leistungen | one@example.org | en',
      ],
      [
        nora('My printer', { subject: 'Services' }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | Services | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “My printer” of Nora Quist as one@example.org',
      ],
      [
        nora('', { subject: 'Services', attachments: [FILE] }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | Services | Nora Quist <nora@example.org> | [] | support@desk.example.test | request | service-desk | 1 | general | one | routine | P4 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; 0 open tickets, like others, and the first by address | desk; in public “” of Nora Quist as one@example.org',
      ],
      [
        nora('#services\nAnd it eats the paper.'),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “And it eats the paper.” of Nora Quist as one@example.org; commanded → nora@example.org | requester-commands | [] | false | [] | [{"what":"services","of":["new-device","account-help"]}] | The printer is jammed | one@example.org | en',
      ],
      [
        nora('#status', { headers: new Map([['x-auto-response-suppress', ['All']]]) }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#status” of Nora Quist as one@example.org',
      ],
      [
        nora('It eats the paper.', { headers: new Map([['x-auto-response-suppress', ['All']]]) }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        nora('It eats the paper.', {
          cc: [IDA, { address: KIM, name: 'Kim' }, { address: 'hr@desk.example.test', name: '' }],
        }),
        memory(),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [Ida Moll <ida@example.org>] | hr@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist, copied to ida@example.org as one@example.org',
      ],
      [
        nora('It eats the paper.'),
        memory({ suspicion: 'a token that does not verify' }),
        'opened, forged-token: a token that does not verify; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | a token that does not verify | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        nora('#status'),
        memory({ suspicion: 'a token that does not verify' }),
        'opened, forged-token: a token that does not verify; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | a token that does not verify | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#status” of Nora Quist as one@example.org',
      ],
      [
        nora('It eats the paper.'),
        by('subject', null),
        'opened, new-ticket: there is no ticket T-7K4M2Q; by its subject; by subject; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        failing('It eats the paper.'),
        memory(),
        'opened, unauthenticated: authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY); opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY) | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        failing('#status'),
        memory(),
        'opened, unauthenticated: authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY); opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY) | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#status” of Nora Quist as one@example.org',
      ],
      [
        distrusted('It eats the paper.'),
        memory(),
        'opened, new-ticket: it looks like somebody else; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | it looks like somebody else | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        distrusted('#services'),
        memory(),
        'opened, new-ticket: it looks like somebody else; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | it looks like somebody else | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#services” of Nora Quist as one@example.org',
      ],
      [
        machine('It eats the paper.', 'list'),
        memory(),
        'opened, list: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        machine('It eats the paper.', 'monitoring'),
        memory(),
        'opened, monitoring: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | false | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        ole('Me too'),
        byToken(NORA),
        'noted, third-party: our token in the envelope, but ole@example.net does not take part; by token; noted | 2 | ole@example.net | ole@example.net does not take part; in private “Me too” of ole@example.net as one@example.org',
      ],
      [
        ole('Me too'),
        by('reference'),
        'noted, third-party: by its reference, but ole@example.net does not take part; by reference; noted | 2 | ole@example.net | ole@example.net does not take part; in private “Me too” of ole@example.net as one@example.org',
      ],
      [
        ole('Me too'),
        by('subject'),
        'opened, new-ticket: ole@example.net does not take part in T-7K4M2Q; by its subject; by subject; opened | The printer is jammed |  <ole@example.net> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “Me too” of ole@example.net as one@example.org',
      ],
      [
        ole('#status'),
        by('subject'),
        'opened, new-ticket: ole@example.net does not take part in T-7K4M2Q; by its subject; by subject; opened | The printer is jammed |  <ole@example.net> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “#status” of ole@example.net as one@example.org',
      ],
      [
        ole(''),
        by('reference'),
        'noted, third-party: by its reference, but ole@example.net does not take part; by reference; noted | 2 | ole@example.net | ole@example.net does not take part; in private “” of ole@example.net as one@example.org',
      ],
      [
        nora('It eats the paper.'),
        memory({ flood: { kind: 'joined', place: 1, ticket: ticket() } }),
        'appended, flood: nora@example.org writes one mail after another; this one is joined to T-7K4M2Q; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; flooded | nora@example.org; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        nora('It eats the paper.'),
        memory({ flood: { kind: 'joined', place: 2, ticket: ticket() } }),
        'appended, flood: nora@example.org writes one mail after another; this one is joined to T-7K4M2Q; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; in public “It eats the paper.” of Nora Quist as one@example.org',
      ],
      [
        nora('It eats the paper.'),
        memory({ flood: { kind: 'joined', place: 21, ticket: ticket() } }),
        'suppressed, flood: nora@example.org writes one mail after another, as on T-7K4M2Q; concerns T-7K4M2Q',
      ],
      [
        nora('Still broken'),
        { ...byToken(NORA), flood: { kind: 'quiet', begins: true } },
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; flooded | nora@example.org; in public “Still broken” of Nora Quist as one@example.org',
      ],
      [
        nora('Still broken'),
        { ...byToken(NORA), flood: { kind: 'quiet', begins: false } },
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; in public “Still broken” of Nora Quist as one@example.org',
      ],
      [
        nora('It eats the paper.'),
        memory({ blocked: { address: NORA, ticketId: OTHER, by: LUIS, at: MONDAY } }),
        'refused, blocked: #block on T-2AB3CD has nora@example.org; refused → nora@example.org | blocked | #block on T-2AB3CD has nora@example.org | The printer is jammed | one@example.org | en',
      ],
      [
        nora('It eats the paper.'),
        memory({ duplicateOf: 'mail-0' }),
        'duplicate, same-message: the same message came in as mail-0',
      ],
      [
        nora('It eats the paper.'),
        memory({
          undeliverable: { address: NORA, why: 'bounce', status: null, since: MONDAY, until: MONDAY },
        }),
        'opened, new-ticket: it answers nothing that we know; opened | The printer is jammed | Nora Quist <nora@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | one@example.org; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “It eats the paper.” of Nora Quist as one@example.org; nora@example.org is reached again',
      ],
    ],
  ],
  [
    'A machine’s mail',
    [
      [
        machine('I am away until Friday.', 'out-of-office'),
        byToken(NORA),
        'suppressed, out-of-office: a rule: a header; our token in the envelope; by token; automatic-mail-received | out-of-office | nora@example.org | I am away until Friday.',
      ],
      [
        machine('It was read.', 'receipt'),
        byToken(NORA),
        'suppressed, receipt: a rule: a header; our token in the envelope; by token; automatic-mail-received | receipt | nora@example.org | It was read.',
      ],
      [
        machine('A  machine\nsays so.', 'auto-reply'),
        byToken(NORA),
        'suppressed, auto-reply: a rule: a header; our token in the envelope; by token; automatic-mail-received | auto-reply | nora@example.org | A machine says so.',
      ],
      [
        machine('It loops.', 'loop'),
        byToken(NORA),
        'suppressed, loop: a rule: a header; our token in the envelope; by token',
      ],
      [machine('It bounced.', 'bounce'), memory(), 'feedback, bounce: a rule: a header'],
    ],
  ],
  [
    'An agent’s answer',
    [
      [
        luis('Try now'),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now'),
        byToken(LUIS, WAITING),
        'appended, agent-answer: our token in the envelope; by token; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; resumed | answered by the desk | luis.ortega@example.test; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now'),
        byToken(LUIS, RESOLVED),
        'appended, agent-answer: our token in the envelope; by token; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now'),
        byToken(LUIS, FREE),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; assigned | luis.ortega@example.test | answered it | luis.ortega@example.test; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now'),
        byToken(LUIS, ASKED),
        'appended, agent-answer: our token in the envelope; by token; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        kim('Try now'),
        byToken(KIM),
        'appended, agent-answer: our token in the envelope; by token; started | kim.brandt@example.test; answered | 2 | kim.brandt@example.test | kim@example.test | 2026-11-23T09:00:05.000Z; out public “Try now” of kim.brandt@example.test as kim@example.test',
      ],
      [
        luis('Try now', { cc: [{ address: NORA, name: '' }] }),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | [nora@example.org]; commanded | luis.ortega@example.test | [(your reply): nothing-to-do, had-directly] | false | [] | none; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now', { to: [IDA] }),
        byToken(LUIS, COPIED),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | [ida@example.org]; commanded | luis.ortega@example.test | [(your reply): nothing-to-do, had-directly] | false | [] | sent; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#resolve\nTry now', { cc: [{ address: NORA, name: '' }] }),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | resolved | [nora@example.org]; resolved | resolved | luis.ortega@example.test; commanded | luis.ortega@example.test | [#resolve: done, resolved, (your reply): nothing-to-do, had-directly] | false | [] | none; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#note\nHe is angry', { cc: [{ address: NORA, name: '' }] }),
        byToken(LUIS),
        'noted, private-note: our token in the envelope; by token; started | luis.ortega@example.test; noted | 2 | luis.ortega@example.test; commanded | luis.ortega@example.test | [#note: done, kept-inside] | false | [] | noted; in private “He is angry” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now', { attachments: [FILE] }),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('', { attachments: [FILE] }),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('', { attachments: [LOGO] }),
        byToken(LUIS),
        'refused, nothing-said: it has no words of its own; our token in the envelope; by token; commanded | luis.ortega@example.test | [(your reply): refused, nothing-said] | true | [] | none',
      ],
      [
        luis(''),
        byToken(LUIS),
        'refused, nothing-said: it has no words of its own; our token in the envelope; by token; commanded | luis.ortega@example.test | [(your reply): refused, nothing-said] | true | [] | none',
      ],
      [
        unscanned('See the files'),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [(your files): refused, files-held-back] | false | [] | sent; out public “See the files” of luis.ortega@example.test as luis@example.test',
      ],
      [
        unscanned(''),
        byToken(LUIS),
        'refused, nothing-said: 2 files were not passed on, since the virus check did not say that all is clean; send them again; our token in the envelope; by token; commanded | luis.ortega@example.test | [(your reply): refused, files-held-back] | true | [] | none',
      ],
      [
        signed('Try now'),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        signed('#note\nHe is angry'),
        byToken(LUIS),
        'noted, private-note: our token in the envelope; by token; started | luis.ortega@example.test; noted | 2 | luis.ortega@example.test; commanded | luis.ortega@example.test | [#note: done, kept-inside] | false | [] | noted; in private “He is angry” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#note\nHe is angry'),
        byToken(LUIS),
        'noted, private-note: our token in the envelope; by token; started | luis.ortega@example.test; noted | 2 | luis.ortega@example.test; commanded | luis.ortega@example.test | [#note: done, kept-inside] | false | [] | noted; in private “He is angry” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#note called him'),
        byToken(LUIS),
        'noted, private-note: our token in the envelope; by token; started | luis.ortega@example.test; noted | 2 | luis.ortega@example.test; commanded | luis.ortega@example.test | [#note called him: done, kept-inside] | false | [] | noted; in private “called him” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#priority P2'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; started | luis.ortega@example.test; prioritised | one | degraded | P2 | P3 | set by command | luis.ortega@example.test; commanded | luis.ortega@example.test | [#priority P2: done, now] | false | [] | none',
      ],
      [
        luis('#take'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; commanded | luis.ortega@example.test | [#take: nothing-to-do, yours-already] | false | [] | none',
      ],
      [
        luis('#status'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; commanded | luis.ortega@example.test | [#status: done, see-below] | false | [status] | none',
      ],
      [
        luis('#files\n#mine'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; commanded | luis.ortega@example.test | [#files: done, see-below, #mine: done, see-below] | false | [files] | none | [latest] | [{"what":"mine"}]',
      ],
      [
        luis('#resolve'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; started | luis.ortega@example.test; resolved | resolved | luis.ortega@example.test; commanded | luis.ortega@example.test | [#resolve: done, resolved] | false | [] | none',
      ],
      [
        luis('Try now\n\n#resolve'),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | resolved | 2026-11-23T09:00:05.000Z; resolved | resolved | luis.ortega@example.test | 2 | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [#resolve: done, resolved] | false | [] | sent; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now\n\n#open'),
        byToken(LUIS, WAITING),
        'appended, agent-answer: our token in the envelope; by token; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; resumed | set by command | luis.ortega@example.test; commanded | luis.ortega@example.test | [#open: done, reopened] | false | [] | sent; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('Try now\n\n#resolve'),
        byToken(LUIS, PROBLEM),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | resolved | 2026-11-23T09:00:05.000Z; resolved | resolved | luis.ortega@example.test | 2 | 2026-11-23T09:00:05.000Z; solution-passed-on | T-2AB3CD | resolved | 2 | luis.ortega@example.test | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [#resolve: done, resolved-with-incidents] | false | [] | sent; out public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#tell\nWe work on it'),
        byToken(LUIS, PROBLEM),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; news-passed-on | T-2AB3CD | 2 | en | luis.ortega@example.test | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [#tell: done, told-all] | false | [] | sent; out public “We work on it” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#tell'),
        byToken(LUIS, PROBLEM),
        'refused, nothing-said: #tell needs words that may leave; our token in the envelope; by token; commanded | luis.ortega@example.test | [(your reply): refused, nothing-said] | true | [] | none',
      ],
      [
        luis('#tell\n#note\nWe work on it'),
        byToken(LUIS, PROBLEM),
        'refused, nothing-said: #tell needs words that may leave; our token in the envelope; by token; commanded | luis.ortega@example.test | [(your reply): refused, nothing-said] | true | [] | none',
      ],
      [
        luis('#macro thanks'),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | resolved | 2026-11-23T09:00:05.000Z; resolved | resolved | luis.ortega@example.test | 2 | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [#macro thanks: done, macro, #resolve: done, resolved] | false | [] | sent; out public “Hello Nora Quist,\n\nthat is done. Just reply if anything is missing.” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#macro thanks\nSee you'),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | resolved | 2026-11-23T09:00:05.000Z; resolved | resolved | luis.ortega@example.test | 2 | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [#macro thanks: done, macro, #resolve: done, resolved] | false | [] | sent; out public “Hello Nora Quist,\n\nthat is done. Just reply if anything is missing.\n\nSee you” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#macro thanks', { cc: [{ address: NORA, name: '' }] }),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | resolved | 2026-11-23T09:00:05.000Z; resolved | resolved | luis.ortega@example.test | 2 | 2026-11-23T09:00:05.000Z; commanded | luis.ortega@example.test | [#macro thanks: done, macro, #resolve: done, resolved] | false | [] | sent; out public “Hello Nora Quist,\n\nthat is done. Just reply if anything is missing.” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#away until 2027-01-10'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; commanded | luis.ortega@example.test | [#away until 2027-01-10: done, away] | false | [] | none; away → martha.lind@example.test | agent-commands | luis.ortega@example.test | 2026-11-23T09:00:00.000Z | 2027-01-10T23:00:00.000Z | until 2027-01-10 | false | en | luis.ortega@example.test; luis.ortega@example.test is away until 2027-01-10T23:00:00.000Z',
      ],
      [
        luis('network'),
        byToken(LUIS),
        'commanded, agent-commands: our token in the envelope; by token; started | luis.ortega@example.test; categorised | network | printing | service-desk | luis.ortega@example.test; commanded | luis.ortega@example.test | [network: done, filed] | false | [] | none',
      ],
      [
        luis('network', { attachments: [FILE] }),
        byToken(LUIS),
        'appended, agent-answer: our token in the envelope; by token; started | luis.ortega@example.test; answered | 2 | luis.ortega@example.test | luis@example.test | 2026-11-23T09:00:05.000Z; out public “network” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#noet\nHe is angry'),
        byToken(LUIS),
        'refused, unknown-command: there is no command #noet; did you mean #note?; our token in the envelope; by token; commanded | luis.ortega@example.test | [#noet: unknown, no-command-but] | true | [] | none',
      ],
      [
        luis('#assign nobody\nTry now'),
        byToken(LUIS),
        'refused, refused-command: nobody here is called “nobody”; our token in the envelope; by token; commanded | luis.ortega@example.test | [#assign nobody: refused, nobody-called-so] | true | [] | none',
      ],
      [
        luis('Try now'),
        by('reference'),
        'held, without-token: luis.ortega@example.test answers T-7K4M2Q without the token that we sent him; by its reference; by reference; held → luis.ortega@example.test | without-token | C-EP6B98 | 0 | The printer is jammed | luis@example.test | en; the code of luis.ortega@example.test after 0 tries',
      ],
      [
        luis('Try now'),
        byToken(LUIS, HR),
        'refused, confidential: T-7K4M2Q belongs to hr, and luis.ortega@example.test does not; our token in the envelope; by token; refused → luis.ortega@example.test | confidential | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('Try now'),
        by('reference', HR),
        'opened, new-ticket: a new mail from luis.ortega@example.test; by its reference; by reference; opened | The printer is jammed |  <luis.ortega@example.test> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | luis@example.test; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        kim('Any news?'),
        byToken(KIM, OWN),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 |  <kim.brandt@example.test> | kim@example.test; in public “Any news?” of kim.brandt@example.test as kim@example.test',
      ],
      [
        kim('Any news?'),
        by('reference', OWN),
        'held, without-token: kim.brandt@example.test answers T-7K4M2Q without the token that we sent him; by its reference; by reference; held → kim.brandt@example.test | without-token | C-EP6B98 | 0 | The printer is jammed | kim@example.test | en; the code of kim.brandt@example.test after 0 tries',
      ],
    ],
  ],
  [
    'A mail with which an agent begins',
    [
      [
        luis('My own screen is broken'),
        memory(),
        'opened, new-ticket: a new mail from luis.ortega@example.test; opened | The printer is jammed |  <luis.ortega@example.test> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | luis@example.test; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “My own screen is broken” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('My own screen is broken'),
        memory({ suspicion: 'a token that does not verify' }),
        'opened, forged-token: a token that does not verify; opened | The printer is jammed |  <luis.ortega@example.test> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | a token that does not verify | true | 1 | luis@example.test; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “My own screen is broken” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('#take'),
        memory(),
        'refused, no-ticket: commands, and no ticket that they are for; refused → luis.ortega@example.test | no-ticket | #take | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#mine'),
        memory(),
        'commanded, agent-commands: commands that are for no ticket; commanded → luis.ortega@example.test | agent-commands | [#mine: done, see-below] | false | [] | [{"what":"mine"}] | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#mine\nPlease'),
        memory(),
        'commanded, agent-commands: commands that are for no ticket; commanded → luis.ortega@example.test | agent-commands | [#mine: done, see-below, (your words): nothing-to-do, left-aside] | false | [] | [{"what":"mine"}] | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#mine', { attachments: [FILE] }),
        memory(),
        'commanded, agent-commands: commands that are for no ticket; commanded → luis.ortega@example.test | agent-commands | [#mine: done, see-below, (your words): nothing-to-do, left-aside] | false | [] | [{"what":"mine"}] | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#mine\n#queue hr'),
        memory(),
        'refused, refused-command: see below; the tickets of Human Resources are for Human Resources alone; commanded → luis.ortega@example.test | refused-command | [#mine: done, see-below, #queue hr: refused, for-team-alone] | true | [] | [] | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#mien'),
        memory(),
        'refused, unknown-command: there is no command #mien; did you mean #mine?; commanded → luis.ortega@example.test | unknown-command | [#mien: unknown, no-command-but] | true | [] | [] | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#away until 2027-01-10'),
        memory(),
        'commanded, agent-commands: commands that are for no ticket; commanded → luis.ortega@example.test | agent-commands | [#away until 2027-01-10: done, away] | false | [] | [] | The printer is jammed | luis@example.test | en; away → martha.lind@example.test | agent-commands | luis.ortega@example.test | 2026-11-23T09:00:00.000Z | 2027-01-10T23:00:00.000Z | until 2027-01-10 | false | en | luis.ortega@example.test; luis.ortega@example.test is away until 2027-01-10T23:00:00.000Z',
      ],
      [
        luis('#requester ida@example.org\nHer toner is empty.'),
        memory(),
        'opened, on-behalf: luis.ortega@example.test opened it for ida@example.org; opened | The printer is jammed |  <ida@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “Her toner is empty.” of ida@example.org',
      ],
      [
        luis('#requester ida@example.org\n#priority P1\nHer toner is empty.'),
        memory(),
        'opened, on-behalf: luis.ortega@example.test opened it for ida@example.org; opened | The printer is jammed |  <ida@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; prioritised | one | degraded | P1 | P3 | set by command | luis.ortega@example.test; commanded | luis.ortega@example.test | [#priority P1: done, now] | false | [] | none; in public “Her toner is empty.” of ida@example.org',
      ],
      [
        luis('#requester ida@example.org\n#priority P9\nHer toner is empty.'),
        memory(),
        'refused, refused-command: “P9” is no priority; allowed are P1, P2, P3, P4 or critical, high, medium, low; refused → luis.ortega@example.test | refused-command | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#requester ida@example.org\n#macro thanks\nHer toner is empty.'),
        memory(),
        'refused, refused-command: #macro answers, and there is no ticket yet to answer; refused → luis.ortega@example.test | refused-command | #macro thanks | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#requester kim.brandt@example.test\nHis toner is empty.'),
        memory(),
        'refused, no-ticket: “kim.brandt@example.test” is nobody outside the desk; refused → luis.ortega@example.test | no-ticket | kim.brandt@example.test | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#requester Ida\nHer toner is empty.'),
        memory(),
        'refused, no-ticket: “Ida” is nobody outside the desk; refused → luis.ortega@example.test | no-ticket | Ida | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('Try now', {
          to: [IDA],
          cc: [
            { address: 'support@desk.example.test', name: '' },
            { address: OLE, name: 'Ole' },
          ],
        }),
        memory(),
        'opened, agent-wrote: luis.ortega@example.test wrote to ida@example.org, with the desk on copy; opened | The printer is jammed | Ida Moll <ida@example.org> | [Ole <ole@example.net>] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | false | 1 | luis@example.test; assigned | luis.ortega@example.test | wrote to the requester | luis.ortega@example.test; started | luis.ortega@example.test; answered | 1 | luis.ortega@example.test | luis@example.test | own-mail; out public “Try now” of luis.ortega@example.test, copied to ole@example.net as luis@example.test',
      ],
      [
        luis('Try now', {
          to: [{ address: KIM, name: '' }],
          cc: [{ address: 'support@desk.example.test', name: '' }],
        }),
        memory(),
        'opened, new-ticket: a new mail from luis.ortega@example.test; opened | The printer is jammed |  <luis.ortega@example.test> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | luis@example.test; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “Try now” of luis.ortega@example.test as luis@example.test',
      ],
      [
        forwarded('See below'),
        memory(),
        'opened, forwarded-by-agent: luis.ortega@example.test forwarded a mail from ida@example.org; opened | No toner | Ida Moll <ida@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; noted | 2 | luis.ortega@example.test; in public “The toner is empty.” of Ida Moll; in private “See below” of Luis Ortega',
      ],
      [
        forwarded(''),
        memory(),
        'opened, forwarded-by-agent: luis.ortega@example.test forwarded a mail from ida@example.org; opened | No toner | Ida Moll <ida@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “The toner is empty.” of Ida Moll',
      ],
      [
        forwarded('See below', { subject: 'No toner at all' }),
        memory(),
        'opened, forwarded-by-agent: luis.ortega@example.test forwarded a mail from ida@example.org; opened | No toner at all | Ida Moll <ida@example.org> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; noted | 2 | luis.ortega@example.test; in public “The toner is empty.” of Ida Moll; in private “See below” of Luis Ortega',
      ],
      [
        forwarded('See below', { from: { address: KIM, name: '' } }),
        memory(),
        'opened, new-ticket: a new mail from luis.ortega@example.test; opened | Fwd: No toner |  <luis.ortega@example.test> | [] | support@desk.example.test | incident | service-desk | 1 | printing | one | degraded | P3 | en | true | 1 | luis@example.test; assigned | kim.brandt@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk; in public “See below” of luis.ortega@example.test as luis@example.test',
      ],
      [
        arrival({ ...from(LUIS), text: 'Try now' }),
        byToken(LUIS),
        'held, without-proof: luis.ortega@example.test is an agent’s address, and nothing proves that it is his mail; our token in the envelope; by token; held → luis.ortega@example.test | without-proof | C-EP6B98 | 0 | The printer is jammed | one@example.org | en; the code of luis.ortega@example.test after 0 tries',
      ],
      [
        arrival({ ...from(LUIS), text: 'Try now' }, { dmarc: 'FAIL', dmarcPolicy: 'none' }),
        byToken(LUIS),
        'refused, posing-as-agent: From is luis.ortega@example.test, and authentication failed (DMARC FAIL, SPF GRAY, DKIM GRAY); our token in the envelope; by token',
      ],
    ],
  ],
  [
    'An answer to what was asked',
    [
      [
        ida('Approved'),
        asks('approval', IDA.address, ALL),
        'commanded, approval-vote: your approval counts; others are still to answer; our token in the envelope; by token; approval-voted | ida@example.org | approve; commanded | ida@example.org | [Approved: done, vote-counts] | false | [] | none',
      ],
      [
        ida('Approved, it is cheap'),
        asks('approval', IDA.address, ALL),
        'commanded, approval-vote: your approval counts; others are still to answer; our token in the envelope; by token; noted | 2 | ida@example.org; approval-voted | ida@example.org | approve; commanded | ida@example.org | [Approved, it is cheap: done, vote-counts] | false | [] | noted; in private “Approved, it is cheap” of ida@example.org as one@example.org',
      ],
      [
        ida('Rejected'),
        asks('approval', IDA.address, ALL),
        'commanded, approval-vote: your rejection counts, and with it this is decided; our token in the envelope; by token; approval-voted | ida@example.org | reject; approval-decided | rejected | ida@example.org; commanded | ida@example.org | [Rejected: done, vote-decides] | false | [] | none',
      ],
      [
        ida('Approved'),
        asks('approval', IDA.address, ANY),
        'commanded, approval-vote: your approval counts, and with it this is decided; our token in the envelope; by token; approval-voted | ida@example.org | approve; approval-decided | given | ida@example.org; commanded | ida@example.org | [Approved: done, vote-decides] | false | [] | none',
      ],
      [
        ida('Rejected'),
        asks('approval', IDA.address, ANY),
        'commanded, approval-vote: your rejection counts; others are still to answer; our token in the envelope; by token; approval-voted | ida@example.org | reject; commanded | ida@example.org | [Rejected: done, vote-counts] | false | [] | none',
      ],
      [
        ida('Approved'),
        asks('approval', IDA.address, VOTED),
        'commanded, approval-vote: you said so already; our token in the envelope; by token; commanded | ida@example.org | [Approved: nothing-to-do, vote-again] | false | [] | none',
      ],
      [
        ida('Rejected'),
        asks('approval', IDA.address, VOTED),
        'commanded, approval-vote: your rejection counts, and with it this is decided; our token in the envelope; by token; approval-voted | ida@example.org | reject; approval-decided | rejected | ida@example.org; commanded | ida@example.org | [Rejected: done, vote-decides] | false | [] | none',
      ],
      [
        ida('Perhaps'),
        asks('approval', IDA.address, ALL),
        'noted, third-party: it neither approves nor rejects; begin your reply with the word approve or reject; our token in the envelope; by token; noted | 2 | ida@example.org; commanded | ida@example.org | [Perhaps: unknown, vote-unclear] | false | [] | noted; in private “Perhaps” of ida@example.org as one@example.org',
      ],
      [
        ida('Perhaps'),
        asks('approval', IDA.address, ticket()),
        'noted, third-party: our token in the envelope, but ida@example.org does not take part; by token; noted | 2 | ida@example.org | ida@example.org does not take part; in private “Perhaps” of ida@example.org as one@example.org',
      ],
      [
        ida(''),
        asks('approval', IDA.address, ALL),
        'refused, nothing-said: it has no words of its own; our token in the envelope; by token; refused → ida@example.org | nothing-said | The printer is jammed | one@example.org | en',
      ],
      [
        ida('Approved', { attachments: [FILE] }),
        asks('approval', IDA.address, ALL),
        'commanded, approval-vote: your approval counts; others are still to answer; our token in the envelope; by token; noted | 2 | ida@example.org; approval-voted | ida@example.org | approve; commanded | ida@example.org | [Approved: done, vote-counts] | false | [] | noted; in private “” of ida@example.org as one@example.org',
      ],
      [
        ida('Approved', { attachments: [LOGO] }),
        asks('approval', IDA.address, ALL),
        'commanded, approval-vote: your approval counts; others are still to answer; our token in the envelope; by token; approval-voted | ida@example.org | approve; commanded | ida@example.org | [Approved: done, vote-counts] | false | [] | none',
      ],
      [
        ole('Approved'),
        asks('approval', IDA.address, ALL),
        'noted, third-party: our token in the envelope, but ole@example.net does not take part; by token; noted | 2 | ole@example.net | ole@example.net does not take part; in private “Approved” of ole@example.net as one@example.org',
      ],
      [
        martha('Approved'),
        asks('approval', MARTHA, VOTED),
        'commanded, approval-vote: your approval counts, and with it this is decided; our token in the envelope; by token; approval-voted | martha.lind@example.test | approve; approval-decided | given | martha.lind@example.test; commanded | martha.lind@example.test | [Approved: done, vote-decides] | false | [] | none',
      ],
      [
        martha('Perhaps'),
        asks('approval', MARTHA, ALL),
        'noted, private-note: it neither approves nor rejects; begin your reply with the word approve or reject; our token in the envelope; by token; noted | 2 | martha.lind@example.test; commanded | martha.lind@example.test | [Perhaps: unknown, vote-unclear] | false | [] | noted; in private “Perhaps” of martha.lind@example.test as martha@example.test',
      ],
      [
        martha('#take'),
        asks('approval', MARTHA, ALL),
        'commanded, agent-commands: our token in the envelope; by token; assigned | martha.lind@example.test | luis.ortega@example.test | taken | martha.lind@example.test; commanded | martha.lind@example.test | [#take: done, yours] | false | [] | none',
      ],
      [
        martha('Approved'),
        asks('extension', MARTHA, EXTENDED),
        'commanded, approval-vote: the time is granted; our token in the envelope; by token; extension-decided | true | luis.ortega@example.test | martha.lind@example.test | 2026-11-24T17:00:00.000Z; commanded | martha.lind@example.test | [Approved: done, vote-decides] | false | [] | none',
      ],
      [
        martha('Rejected, it is urgent'),
        asks('extension', MARTHA, EXTENDED),
        'commanded, approval-vote: the time is not granted; our token in the envelope; by token; noted | 2 | martha.lind@example.test; extension-decided | false | luis.ortega@example.test | martha.lind@example.test | 2026-11-24T16:00:00.000Z; commanded | martha.lind@example.test | [Rejected, it is urgent: done, vote-decides] | false | [] | noted; in private “Rejected, it is urgent” of martha.lind@example.test as martha@example.test',
      ],
      [
        martha('Publish'),
        asks('article', MARTHA, DRAFTED),
        'commanded, agent-commands: K-7K4M2Q: publish; our token in the envelope; by token; article-decided | publish | martha.lind@example.test | ; commanded | martha.lind@example.test | [Publish: done, kb-published] | [] | none | false',
      ],
      [
        martha('Internal\nPush it in.'),
        asks('article', MARTHA, DRAFTED),
        'commanded, agent-commands: K-7K4M2Q: internal; our token in the envelope; by token; article-decided | internal | martha.lind@example.test |  | Push it in.; commanded | martha.lind@example.test | [Internal: done, kb-published-inside] | [] | none | false',
      ],
      [
        martha('Reject\nIt is wrong.'),
        asks('article', MARTHA, DRAFTED),
        'commanded, agent-commands: K-7K4M2Q: reject; our token in the envelope; by token; article-decided | reject | martha.lind@example.test | It is wrong.; commanded | martha.lind@example.test | [Reject: done, kb-withdrawn] | [] | none | false',
      ],
      [
        martha('Perhaps'),
        asks('article', MARTHA, DRAFTED),
        'refused, refused-command: the first line is neither publish, internal nor reject; below it there may be the answer as it should be; our token in the envelope; by token; commanded | martha.lind@example.test | [Perhaps: unknown, kb-unclear] | [] | none | true',
      ],
      [
        martha('Publish'),
        asks(
          'article',
          MARTHA,
          ticket([{ kind: 'article-decided', verdict: 'lapse', words: '', by: 'desk' }]),
        ),
        'held, without-token: martha.lind@example.test answers T-7K4M2Q without the token that we sent him; our token in the envelope; by token; held → martha.lind@example.test | without-token | C-EP6B98 | 0 | The printer is jammed | martha@example.test | en; the code of martha.lind@example.test after 0 tries',
      ],
      [
        arrival({ ...from(LUIS), text: `${DIGITS}\nthanks` }),
        coded(),
        'commanded, code-accepted: the code released held-1; the code of luis.ortega@example.test after 0 tries, used; held-1 is released, trusting nothing',
      ],
      [
        arrival({ ...from(LUIS), text: DIGITS }, { dkim: 'PASS' }),
        coded(),
        'commanded, code-accepted: the code released held-1; the code of luis.ortega@example.test after 0 tries, used; held-1 is released, trusting example.test',
      ],
      [
        arrival({ ...from(LUIS), text: '12345' }),
        coded(),
        'refused, wrong-code: the six digits are not those that we sent; refused → luis.ortega@example.test | wrong-code | The printer is jammed | one@example.org | en; the code of luis.ortega@example.test after 1 tries',
      ],
      [
        arrival({ ...from(LUIS), text: DIGITS }),
        coded({ used: true }),
        'refused, code-expired: the code was used already; refused → luis.ortega@example.test | code-expired | the code was used already | The printer is jammed | one@example.org | en',
      ],
      [
        arrival({ ...from(LUIS), text: DIGITS }),
        coded({ tries: 4 }),
        'commanded, code-accepted: the code released held-1; the code of luis.ortega@example.test after 4 tries, used; held-1 is released, trusting nothing',
      ],
      [
        arrival({ ...from(LUIS), text: DIGITS }),
        coded({ tries: 5 }),
        'refused, code-expired: too many wrong codes; refused → luis.ortega@example.test | code-expired | too many wrong codes | The printer is jammed | one@example.org | en',
      ],
      [
        arrival({ ...from(LUIS), text: DIGITS }),
        coded({ expiresAt: '2026-11-23T08:59:59.999Z' }),
        'refused, code-expired: the code is too old; refused → luis.ortega@example.test | code-expired | the code is too old | The printer is jammed | one@example.org | en',
      ],
      [
        arrival({ ...from(LUIS), text: DIGITS }),
        coded({ person: KIM }),
        'refused, posing-as-agent: it answers a code that was sent to somebody else',
      ],
      [
        arrival({ ...from(LUIS), text: 'Try now' }),
        { ...byToken(LUIS), codes: 10 },
        'held, without-proof: luis.ortega@example.test is an agent’s address, and nothing proves that it is his mail; our token in the envelope; by token; held → luis.ortega@example.test | without-proof | C-EP6B98 | 0 | The printer is jammed | one@example.org | en; the code of luis.ortega@example.test after 0 tries',
      ],
      [
        arrival({ ...from(LUIS), text: 'Try now' }),
        { ...byToken(LUIS), codes: 11 },
        'held, too-many-codes: luis.ortega@example.test is an agent’s address, and nothing proves that it is his mail; luis.ortega@example.test was sent 10 codes within the hour, and no more; our token in the envelope; by token',
      ],
      [
        luis('1 close'),
        digested(),
        'commanded, agent-commands: closed; commanded → luis.ortega@example.test | agent-commands | [1 close → 1: T-7K4M2Q The printer is jammed: done, closed] | false | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en; T-7K4M2Q: started | luis.ortega@example.test, closed | closed | luis.ortega@example.test',
      ],
      [
        luis('1 note called him'),
        digested(),
        'commanded, agent-commands: kept inside the desk; commanded → luis.ortega@example.test | agent-commands | [1 note called him → 1: T-7K4M2Q The printer is jammed: done, kept-inside] | false | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en; T-7K4M2Q: started | luis.ortega@example.test, noted | 2 | luis.ortega@example.test; “called him” of Luis Ortega',
      ],
      [
        luis('1 note'),
        digested(),
        'refused, refused-command: the note has no words: 2 note called him; commanded → luis.ortega@example.test | refused-command | [1 note → 1: T-7K4M2Q The printer is jammed: refused, nothing-said] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 approve'),
        digested(),
        'refused, refused-command: nothing waits there for your word; commanded → luis.ortega@example.test | refused-command | [1 approve → 1: T-7K4M2Q The printer is jammed: refused, vote-not-asked] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 status'),
        digested(),
        'refused, refused-command: #status is for a reply to a mail of the ticket itself; commanded → luis.ortega@example.test | refused-command | [1 status → 1: T-7K4M2Q The printer is jammed: refused, digest-not-here] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 merge T-AAAAAA'),
        digested(),
        'refused, refused-command: #merge is for a reply to a mail of the ticket itself; commanded → luis.ortega@example.test | refused-command | [1 merge T-AAAAAA → 1: T-7K4M2Q The printer is jammed: refused, digest-not-here] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 clsoe'),
        digested(),
        'refused, unknown-command: there is no command #clsoe; did you mean #close?; commanded → luis.ortega@example.test | unknown-command | [1 clsoe → 1: T-7K4M2Q The printer is jammed: unknown, no-command-but] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 close\n9 take'),
        digested(),
        'refused, unknown-command: not done, because another line could not be; the digest has the numbers 1 to 5; commanded → luis.ortega@example.test | unknown-command | [1 close → 1: T-7K4M2Q The printer is jammed: refused, digest-not-done, 9 take: unknown, digest-no-entry] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1, 2 tag vip'),
        digested(),
        'commanded, agent-commands: its tags: vip; its tags: vip; commanded → luis.ortega@example.test | agent-commands | [1, 2 tag vip → 1: T-7K4M2Q The printer is jammed: done, tags, 1, 2 tag vip → 2: T-AAAAAA The printer is jammed: done, tags] | false | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en; T-7K4M2Q: started | luis.ortega@example.test, tagged | [vip] | [] | luis.ortega@example.test; T-AAAAAA: tagged | [vip] | [] | luis.ortega@example.test',
      ],
      [
        luis('3 take\n4 take\n5 take'),
        digested(),
        'refused, refused-command: T-BBBBBB is your own request; reply to one of its mails; T-CCCCCC is not yours to read any more; T-DDDDDD is not yours to read any more; commanded → luis.ortega@example.test | refused-command | [3 take: refused, digest-own-request, 4 take: refused, digest-closed-to-you, 5 take: refused, digest-closed-to-you] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('#mine\n1 take'),
        digested(),
        'commanded, agent-commands: see below; it is yours already; commanded → luis.ortega@example.test | agent-commands | [#mine: done, see-below, 1 take → 1: T-7K4M2Q The printer is jammed: nothing-to-do, yours-already] | false | [] | [{"what":"mine"}] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('Please close the first'),
        digested(),
        'refused, unknown-command: “Please close the first” does not begin with a number of the digest; commanded → luis.ortega@example.test | unknown-command | [Please close the first: unknown, digest-no-number] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis(''),
        digested(),
        'refused, nothing-said: it has no words of its own; commanded → luis.ortega@example.test | nothing-said | [(your reply): refused, digest-no-number] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 close', { attachments: [FILE] }),
        digested(),
        'refused, nothing-said: files are added by a reply to a mail of the ticket itself; commanded → luis.ortega@example.test | nothing-said | [(your reply): refused, digest-files] | true | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 close', { attachments: [LOGO] }),
        digested(),
        'commanded, agent-commands: closed; commanded → luis.ortega@example.test | agent-commands | [1 close → 1: T-7K4M2Q The printer is jammed: done, closed] | false | [] | [] | D-000M9C | The printer is jammed | luis@example.test | en; T-7K4M2Q: started | luis.ortega@example.test, closed | closed | luis.ortega@example.test',
      ],
      [
        luis('1 close'),
        digested(moment.realNow - 1),
        'refused, digest-expired: the digest is too old; refused → luis.ortega@example.test | digest-expired | the digest is too old | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 close'),
        digested(moment.realNow, KIM),
        'refused, digest-expired: there is no such digest any more; refused → luis.ortega@example.test | digest-expired | there is no such digest any more | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 close'),
        memory({ token: tokenOf(LUIS, { purpose: 'digest', expired: true }) }),
        'refused, digest-expired: the digest is too old; refused → luis.ortega@example.test | digest-expired | the digest is too old | The printer is jammed | luis@example.test | en',
      ],
      [
        luis('1 close'),
        memory({ token: tokenOf(KIM, { purpose: 'digest' }) }),
        'refused, digest-expired: the digest was sent to somebody else; refused → luis.ortega@example.test | digest-expired | the digest was sent to somebody else | The printer is jammed | luis@example.test | en',
      ],
      [
        nora('1 close'),
        digested(),
        'refused, posing-as-agent: it answers a digest that was sent to somebody else',
      ],
      [
        nora('', calendar(null)),
        byToken(NORA, VISITED),
        'commanded, visit-answer: accepted; our token in the envelope; by token; visit-answered | accepted | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | nora@example.org',
      ],
      [
        nora('', calendar(null, { answer: 'declined' })),
        byToken(NORA, VISITED),
        'commanded, visit-answer: declined; our token in the envelope; by token; visit-answered | declined | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | nora@example.org',
      ],
      [
        nora('', calendar(null, { answer: 'countered', start: later(MONDAY, 26), end: later(MONDAY, 27) })),
        byToken(NORA, VISITED),
        'commanded, visit-answer: countered; our token in the envelope; by token; visit-answered | countered | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | {"start":"2026-11-24T11:00:00.000Z","end":"2026-11-24T12:00:00.000Z"} | nora@example.org',
      ],
      [
        nora('', calendar(null, { answer: 'countered' })),
        byToken(NORA, VISITED),
        'commanded, visit-answer: countered; our token in the envelope; by token; visit-answered | countered | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | nora@example.org',
      ],
      [
        nora('', calendar(null, { answer: 'tentative', comment: 'Perhaps later' })),
        byToken(NORA, VISITED),
        'appended, requester-reply: tentative; our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; visit-answered | tentative | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | 2 | nora@example.org; in public “Perhaps later” of Nora Quist as one@example.org',
      ],
      [
        nora('I am out', calendar(null, { answer: 'declined', program: 'Microsoft Exchange' })),
        byToken(NORA, VISITED),
        'appended, requester-reply: declined; our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org | true; visit-answered | declined | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | 2 | nora@example.org; in public “I am out” of Nora Quist as one@example.org',
      ],
      [
        nora('', calendar(null, { sequence: null })),
        byToken(NORA, VISITED),
        'commanded, visit-answer: accepted; our token in the envelope; by token; visit-answered | accepted | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | nora@example.org',
      ],
      [
        nora('', calendar(null)),
        byToken(NORA),
        'commanded, visit-answer: accepted, to what is not planned any more; our token in the envelope; by token; concerns T-7K4M2Q',
      ],
      [
        nora('', calendar(null, { comment: 'And the paper?' })),
        byToken(NORA),
        'appended, requester-reply: our token in the envelope; by token; message-received | 2 | Nora Quist <nora@example.org> | one@example.org; in public “And the paper?” of Nora Quist as one@example.org',
      ],
      [
        nora('', calendar(null, { attendee: OLE })),
        byToken(NORA, VISITED),
        'noted, third-party: our token in the envelope, but nora@example.org does not take part; by token; noted | 2 | nora@example.org | nora@example.org does not take part; in private “” of Nora Quist as one@example.org',
      ],
      [
        luis('', calendar(LUIS)),
        byToken(LUIS, VISITED),
        'commanded, visit-answer: luis.ortega@example.test: accepted; our token in the envelope; by token; concerns T-7K4M2Q',
      ],
      [
        luis('', calendar(LUIS, { answer: 'declined' })),
        byToken(LUIS, VISITED),
        'commanded, visit-answer: declined; our token in the envelope; by token; visit-answered | declined | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | luis.ortega@example.test',
      ],
      [
        luis('', calendar(LUIS, { answer: 'declined', comment: 'I am ill' })),
        byToken(LUIS, VISITED),
        'noted, private-note: declined; our token in the envelope; by token; noted | 2 | luis.ortega@example.test; visit-answered | declined | 2026-11-24T09:00:00.000Z | 2026-11-24T10:00:00.000Z | UTC | luis.ortega@example.test; in private “I am ill” of luis.ortega@example.test as luis@example.test',
      ],
      [
        luis('', calendar(LUIS, { answer: 'accepted', comment: 'I bring paper' })),
        byToken(LUIS, VISITED),
        'noted, private-note: accepted; our token in the envelope; by token; noted | 2 | luis.ortega@example.test; in private “I bring paper” of luis.ortega@example.test as luis@example.test',
      ],
      [
        bounced(true),
        sentTo(NORA),
        'feedback, bounce: a rule: a header; by its reference; by reference; automatic-mail-received | bounce | nora@example.org | nora@example.org | It came back.; delivery-failed | nora@example.org | 5.1.1 | true; paused | 2026-11-26T09:00:00.000Z | mail to nora@example.org cannot be delivered | desk | nora@example.org; nora@example.org: bounce 5.1.1',
      ],
      [
        bounced(false),
        sentTo(NORA),
        'feedback, bounce: a rule: a header; by its reference; by reference; automatic-mail-received | bounce | nora@example.org | nora@example.org | It came back.; delivery-failed | nora@example.org | 5.1.1 | false',
      ],
      [
        bounced(true),
        by('reference'),
        'feedback, bounce: a rule: a header; by its reference; by reference; automatic-mail-received | bounce | nora@example.org | nora@example.org | It came back.',
      ],
      [
        bounced(true),
        by('subject'),
        'feedback, bounce: a rule: a header; by its subject; by subject; automatic-mail-received | bounce | nora@example.org | It came back.',
      ],
      [
        machine('Take me off.', 'complaint'),
        sentTo(NORA),
        'feedback, complaint: a rule: a header; by its reference; by reference; automatic-mail-received | complaint | nora@example.org | Take me off.',
      ],
      [
        { ...machine('Take me off.', 'complaint'), reported: { ids: [], about: [] } },
        sentTo(NORA),
        'feedback, complaint: a rule: a header; by its reference; by reference; automatic-mail-received | complaint | nora@example.org | nora@example.org | Take me off.; complained | nora@example.org; nora@example.org: complaint null',
      ],
    ],
  ],
])('%s becomes what it should, and tells whom it concerns', (_, rows) => {
  expect(rows.map(([given, known]) => becomes(given, known))).toEqual(rows.map(([, , want]) => want));
});
