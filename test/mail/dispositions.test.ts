/** The rule of four: each reason has its literal, its message under test/emails, a test with its name, and words for the human. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import {
  type Disposition,
  type DispositionReason,
  NEVER_ANSWERED,
  REASONS,
} from '../../core/mail/disposition.ts';
import type { Receipt } from '../../core/mail/email.ts';
import type { HeldCode, Memory } from '../../core/mail/outcome.ts';
import { parseEmail, UnreadableEmailError } from '../../core/mail/parse.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf, threadOf } from '../../core/mail/thread.ts';
import { codeId } from '../../core/mail/token.ts';
import en from '../../templates/phrases/en.json' with { type: 'json' };
import {
  ID,
  keys,
  LUIS,
  later,
  MONDAY,
  memory,
  moment,
  receipt,
  desk as sampleDesk,
  ticket,
} from '../sample.ts';

const FOLDER = 'test/emails';
const desk = { ...sampleDesk, mail: { ...sampleDesk.mail, blocked: ['@blocked.test'] } };
const all = (Object.keys(REASONS) as Disposition[]).flatMap((disposition) =>
  REASONS[disposition].map((reason): [Disposition, DispositionReason] => [disposition, reason]),
);
/** `list`, `monitoring` and `flood` may also be added to a ticket; their messages open one, or come too late for it. `rated.eml` is a vote without words. */
const cases = all.filter(
  ([disposition, reason]) =>
    disposition !== 'appended' || !['list', 'monitoring', 'flood', 'rated'].includes(reason),
);

const closed = ticket([{ kind: 'closed', reason: '', by: LUIS }]);
const votedLongAgo = ticket(
  [
    { kind: 'closed', reason: '', by: LUIS },
    { kind: 'rated', vote: 2, previous: null, words: '', by: 'nora@example.org' },
  ],
  later(MONDAY, -13),
);
const askedOfIda = ticket([
  {
    ...{ kind: 'approval-asked', approvers: [{ address: 'ida@example.org', name: '' }], quorum: 'all' },
    ...{ question: 'a new printer', by: LUIS },
  },
]);
const ofHumanResources = ticket([
  { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
  { kind: 'assigned', assignee: 'ada.osei@example.test', previous: LUIS, reason: '', by: LUIS },
]);
const held: HeldCode = {
  id: codeId('held-1'),
  mailId: 'held-1',
  person: LUIS,
  round: 0,
  tries: 0,
  expiresAt: later(MONDAY, 0.5),
  used: false,
};

/** What memory knows when the message of this name comes in, beside Nora's open ticket. */
const CIRCUMSTANCES: Partial<Record<DispositionReason, Partial<Memory>>> = {
  'same-message': { duplicateOf: 'mail-0' },
  'closed-ticket': { ticket: closed },
  rated: { ticket: closed },
  'approval-vote': { ticket: askedOfIda },
  'vote-too-late': { ticket: votedLongAgo },
  flood: { flood: { kind: 'joined', place: 21, ticket: ticket() } },
  confidential: { ticket: ofHumanResources },
  'code-accepted': { code: held },
  'too-many-codes': { codes: 11 },
  'wrong-code': { code: held },
  'code-expired': { code: { ...held, expiresAt: later(MONDAY, -1) } },
};

/** What becomes of a mail that is not read through: test/functions/receive-email.test.ts tells it, poison and too-large. */
const unread: readonly DispositionReason[] = ['poison', 'too-large'];

describe.each(cases.filter(([, reason]) => !unread.includes(reason)))('%s', (disposition, reason) => {
  test(`${reason} is what becomes of ${reason}.eml`, async () => {
    expect(await become(reason)).toMatchObject({ disposition, reason });
  });
});

async function become(reason: DispositionReason): Promise<{ disposition: string; reason: string }> {
  const raw = readFileSync(`${FOLDER}/${reason}.eml`);
  const email = await parseEmail(raw).catch((error) => {
    if (error instanceof UnreadableEmailError) return null;
    throw error;
  });
  if (!email) return { disposition: 'quarantined', reason: 'unreadable' };
  const given: Receipt = {
    ...receipt,
    ...verdicts(email.headers.get('x-local-verdict')?.[0] ?? ''),
    mailId: reason === 'ses-setup' ? 'AMAZON_SES_SETUP_NOTIFICATION' : 'mail-1',
    recipients: email.to.map(({ address }) => address),
    returnPath: email.from?.address ?? '',
  };
  const clues = cluesOf(email, given, desk, keys, moment.realNow);
  const known = new Map([['sent-1@email.amazonses.com', ID]]);
  const { candidate, suspicion } = threadOf(clues, known);
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const found = candidate?.ticketId === ID ? ticket() : null;
  return dispose(
    readArrival(email, given, desk),
    memory({ candidate, suspicion, token, ticket: found, ...CIRCUMSTANCES[reason] }),
    moment,
    desk,
    keys,
  );
}

function verdicts(header: string): Partial<Receipt> {
  const said = Object.fromEntries(
    [...header.matchAll(/(\w+)=(\w+)/g)].map(([, name, value]) => [name, value?.toUpperCase()]),
  );
  const { policy, ...rest } = said;
  return { ...rest, ...(policy ? { dmarcPolicy: policy.toLowerCase() as 'none' } : {}) };
}

test('every message under test/emails that is named after a reason has one, and every reason a message', () => {
  const names = new Set(readdirSync(FOLDER).map((file) => basename(file, '.eml')));
  expect(cases.map(([, reason]) => reason).filter((reason) => !names.has(reason))).toEqual([]);
});

test('whoever is refused has words to read, or stands on the list of those who are never answered', () => {
  const unanswered = [...REASONS.refused, ...REASONS.quarantined].filter(
    (reason) => !NEVER_ANSWERED.includes(reason) && !(`refusal-${reason}` in en),
  );
  expect(unanswered).toEqual([]);
});
