/**
 * Who may make a ticket change by mail: every sender × what the receipt says of him × every clue × every sort of words,
 * against the contract written down once more, as plainly as can be. Only what stands there may happen.
 */
import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { Receipt } from '../../core/mail/email.ts';
import type { HeldCode, Outcome } from '../../core/mail/outcome.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf, threadOf } from '../../core/mail/thread.ts';
import {
  codeId,
  type Keys,
  oneTimeCode,
  ownReference,
  type Purpose,
  replyAddress,
} from '../../core/mail/token.ts';
import { evolve, type Ticket } from '../../core/ticket/ticket.ts';
import {
  desk,
  email,
  ID,
  KIM,
  LUIS,
  MARTHA,
  MONDAY,
  memory,
  moment,
  NORA,
  receipt,
  ticket,
} from '../sample.ts';

const LUIS_TOO = 'l.ortega@example.test';
const GRACE = 'grace.okafor@example.test';
const STRANGER = 'stan@example.net';
const LOOK_ALIKE = 'luis.ortega@examp1e.test';
const OTHER_ID = 'T-BBBBBB';
const DAY = 86_400_000;

/** Version 1 no longer signs, and still verifies; version 3 was never ours. */
const keys: Keys = {
  current: 2,
  keys: { '1': Buffer.alloc(32, 7).toString('base64'), '2': Buffer.alloc(32, 8).toString('base64') },
};
const signedBy = (version: number): Keys => ({
  current: version,
  keys: { ...keys.keys, '3': Buffer.alloc(32, 9).toString('base64') },
});

const MINE = ticket();
const OTHER: Ticket = { ...ticket(), id: OTHER_ID, assignee: KIM };
const TICKETS = new Map([MINE, OTHER].map((each) => [each.id, each]));

const SENDERS = {
  'the agent': { address: LUIS, of: 'desk' },
  'the agent by his second address': { address: LUIS_TOO, of: 'desk' },
  'another agent': { address: KIM, of: 'desk' },
  'the lead': { address: MARTHA, of: 'desk' },
  'the manager': { address: GRACE, of: 'desk' },
  'the requester': { address: NORA, of: 'ticket' },
  'a stranger': { address: STRANGER, of: 'nobody' },
  'a look-alike of the agent': { address: LOOK_ALIKE, of: 'nobody' },
} as const;
type Sender = keyof typeof SENDERS;

const VERDICTS = {
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
type Verdict = keyof typeof VERDICTS;

interface Clue {
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

function tokenFor(
  participant: string,
  {
    id = ID,
    expires = moment.realNow + 30 * DAY,
    by = 2,
  }: { id?: string; expires?: number; by?: number } = {},
): string {
  return replyAddress(
    'support@desk.example.test',
    { purpose: 'ticket', id, participant, expires },
    signedBy(by),
  );
}
/** An alternate address answers the mail that went to the person's first one. */
const own = (sender: string) => (sender === LUIS_TOO ? LUIS : sender);
const damaged = (address: string) =>
  address.replace(/\+(.)(.)/, (_, first, second) => `+${first}${second === 'a' ? 'b' : 'a'}`);

const CLUES = {
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
type ClueName = keyof typeof CLUES;

const WORDS = {
  words: 'We come at noon.',
  '#resolve': '#resolve\n\nIt is done.',
  '#priority': '#priority P1',
  '#note': '#note the customer is wrong',
  '#close': '#close',
} as const;
type Words = keyof typeof WORDS;

/** What a mail did, in one word, and to which ticket. */
type Did =
  | `${'answers' | 'commands' | 'notes' | 'says' | 'closes' | 'remarks'} ${string}`
  | `opens${'' | ', flagged'}${'' | ', unanswered'}${'' | ', following'}`
  | 'nothing'
  | 'a code is asked for';

/** The contract: docs/decisions/0002 and the rules of a ticket’s life, in the order in which they hold. */
function contract(sender: Sender, verdict: Verdict, clueName: ClueName, words: Words): Did {
  const { of } = SENDERS[sender];
  const { failed, proven } = VERDICTS[verdict];
  const clue: Clue = CLUES[clueName];
  const { to, whose, state } = clue;

  if (of === 'desk') {
    // Whoever poses as one of the desk's people is not even told.
    if (failed) return 'nothing';
    if (!proven) return 'a code is asked for';
    // Proven. A token that does not verify ends the search: as good as a fresh mail.
    if (to === null) return words === 'words' ? freshMail(sender, state, failed) : 'nothing';
    // To touch a ticket he needs his own token, and none that has expired.
    if (whose !== 'own' || state !== 'good') return 'a code is asked for';
    if (words === '#note') return `notes ${to}`;
    return words === '#priority' || words === '#close' ? `commands ${to}` : `answers ${to}`;
  }

  const takesPart = of === 'ticket';
  if (to === null) return freshMail(sender, state, failed);
  // A number in a subject leads only those who take part.
  if (clue.weak === 'subject' && !takesPart) return freshMail(sender, state, failed);
  // Another one's token, or taking no part (any more): for the desk's eyes alone.
  if (!takesPart || (!clue.weak && whose !== 'own')) return `remarks ${to}`;
  if (state === 'expired') return following(sender, failed);
  // Nobody commands whose mail failed; what he writes is heard all the same.
  return words === '#close' && !failed ? `closes ${to}` : `says ${to}`;
}

function freshMail(sender: Sender, state: Clue['state'], failed: boolean): Did {
  const doubtful = failed || state === 'forged' || sender === 'a look-alike of the agent';
  const silent = failed || sender === 'a look-alike of the agent';
  // An agent who writes like anybody is no stranger to the desk.
  return `opens${doubtful ? ', flagged' : ''}${silent ? ', unanswered' : ''}`;
}

function following(sender: Sender, failed: boolean): Did {
  const doubtful = failed || sender === 'a look-alike of the agent';
  return `opens${doubtful ? ', flagged, unanswered' : ''}, following`;
}

function send(sender: Sender, verdict: Verdict, clueName: ClueName, words: Words, known = {}): Outcome {
  const { address } = SENDERS[sender];
  const { dmarc, spf, dkim } = VERDICTS[verdict];
  const clue: Clue = CLUES[clueName];
  const from = { address, name: '' };
  const to = clue.address?.(address) ?? 'support@desk.example.test';
  const inCc = clue.place === 'cc';
  const mail = email({
    ...{ from, fromAll: [from], text: WORDS[words], messageId: 'this@example.net' },
    ...{ subject: clue.subject ?? 'The printer', references: clue.references ?? [] },
    to: [{ address: inCc ? 'support@desk.example.test' : to, name: '' }],
    cc: inCc ? [{ address: to, name: '' }] : [],
  });
  const recipients = [inCc ? 'support@desk.example.test' : to];
  const given: Receipt = { ...receipt, returnPath: address, dmarc, spf, dkim, recipients };
  const arrival = readArrival(mail, given, desk);
  const clues = cluesOf(arrival.email, arrival.receipt, desk, keys, moment.realNow);
  const thread = threadOf(clues, new Map());
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const found = thread.candidate ? (TICKETS.get(thread.candidate.ticketId) ?? null) : null;
  return dispose(
    arrival,
    memory({ ...thread, token, ticket: found, newId: 'T-CCCCCC', ...known }),
    moment,
    desk,
    keys,
  );
}

/** What it did, seen from what would be written; nothing of what the outcome calls itself. */
function did({ ticket: changed, message, code }: Outcome): Did {
  if (code) return 'a code is asked for';
  if (!changed) return 'nothing';
  if (changed.kind === 'open') {
    const { flagged, acknowledge, follows } = changed.opened;
    return `opens${flagged ? ', flagged' : ''}${acknowledge ? '' : ', unanswered'}${follows ? ', following' : ''}`;
  }
  const { before, happenings } = changed;
  const after = happenings.reduce((state, event) => evolve(state, event, MONDAY), before);
  const touched = happenings.filter(({ kind }) => kind !== 'commanded');
  if (touched.length === 0) return 'nothing';
  if (message?.visibility === 'private')
    return touched.some((each) => each.kind === 'noted' && each.thirdParty !== null)
      ? touched.length === 1
        ? `remarks ${before.id}`
        : 'nothing'
      : `notes ${before.id}`;
  if (message?.direction === 'out') return `answers ${before.id}`;
  if (message) return `says ${before.id}`;
  return happenings.some(({ kind }) => kind === 'started') || before.status === after.status
    ? `commands ${before.id}`
    : `closes ${before.id}`;
}

describe.each(Object.keys(SENDERS) as Sender[])('%s', (sender) => {
  test.each(Object.keys(VERDICTS) as Verdict[])(
    'with %s does what the contract lets him, and no more',
    (verdict) => {
      const seen: string[] = [];
      const allowed: string[] = [];
      for (const clue of Object.keys(CLUES) as ClueName[])
        for (const words of Object.keys(WORDS) as Words[]) {
          const outcome = send(sender, verdict, clue, words);
          seen.push(`${clue}, ${words}: ${did(outcome)}`);
          allowed.push(`${clue}, ${words}: ${contract(sender, verdict, clue, words)}`);
          // Whatever was refused or doubted says so in the ledger, in words.
          expect(outcome.reason).not.toBe('');
          if (['held', 'refused', 'noted'].includes(outcome.disposition) && outcome.reason !== 'private-note')
            expect(outcome.detail, `${clue}, ${words}`).not.toBe('');
        }
      expect(seen).toEqual(allowed);
    },
  );
});

test('the table has cells of every sort, so that it can fail', () => {
  const all = new Map<string, number>();
  for (const sender of Object.keys(SENDERS) as Sender[])
    for (const verdict of Object.keys(VERDICTS) as Verdict[])
      for (const clue of Object.keys(CLUES) as ClueName[])
        for (const words of Object.keys(WORDS) as Words[]) {
          const [what = ''] = contract(sender, verdict, clue, words).split(' T-');
          all.set(what, (all.get(what) ?? 0) + 1);
        }
  expect([...all.keys()].sort()).toEqual([
    'a code is asked for',
    'answers',
    'closes',
    'commands',
    'notes',
    'nothing',
    'opens',
    'opens, flagged',
    'opens, flagged, unanswered',
    'opens, flagged, unanswered, following',
    'opens, following',
    'remarks',
    'says',
  ]);
  expect([...all.values()].reduce((sum, count) => sum + count)).toBe(8 * 9 * 15 * 5);
});

describe('a domain that was trusted for a while', () => {
  test.each([
    ['DKIM PASS', 'his own token', `answers ${ID}`],
    ['DKIM PASS', 'no clue', 'opens'],
    ['SPF FAIL, DKIM PASS', 'his own token', `answers ${ID}`],
    ['DKIM PASS', 'a colleague’s token', 'a code is asked for'],
    ['DKIM PASS', 'his own token, expired', 'a code is asked for'],
    ['DKIM PASS', 'the number in the subject', 'a code is asked for'],
    ['all GRAY', 'his own token', 'a code is asked for'],
    ['SPF PASS', 'his own token', 'a code is asked for'],
    ['SPF FAIL', 'his own token', 'nothing'],
    ['DMARC FAIL, SPF and DKIM PASS', 'his own token', 'nothing'],
  ] as const)('counts by its signature alone: %s with %s: %s', (verdict, clue, expected) => {
    expect(did(send('the agent', verdict, clue, 'words', { trusted: true }))).toBe(expected);
  });
});

describe('a code', () => {
  const held = (mailId: string, round = 0): HeldCode => ({
    ...{ id: codeId(mailId), mailId, person: LUIS, round, tries: 0, used: false },
    expiresAt: new Date(moment.realNow + 30 * 60_000).toISOString(),
  });
  const tokenOf = (code: HeldCode, purpose: Purpose = 'code') =>
    replyAddress(
      'support@desk.example.test',
      { purpose, id: code.id, participant: LUIS, expires: moment.realNow + DAY },
      keys,
    );
  const digits = (code: HeldCode) => oneTimeCode(code.mailId, code.round, keys);
  const wrong = (code: HeldCode) => (digits(code) === '000000' ? '000001' : '000000');

  /** The answer to a code, read and judged as it comes in. */
  function answer(
    code: HeldCode,
    text: string,
    { by = LUIS, verdict = 'all GRAY' as Verdict, after = 0 } = {},
  ): Outcome {
    const from = { address: by, name: '' };
    const { dmarc, spf, dkim } = VERDICTS[verdict];
    const at = moment.realNow + after * 60_000;
    const mail = email({ from, fromAll: [from], text, to: [{ address: tokenOf(code), name: '' }] });
    const arrival = readArrival(mail, { ...receipt, dmarc, spf, dkim, recipients: [tokenOf(code)] }, desk);
    const clues = cluesOf(arrival.email, arrival.receipt, desk, keys, at);
    const token = clues.token.found === 'token' ? clues.token.token : null;
    const { candidate } = threadOf(clues, new Map());
    return dispose(arrival, memory({ token, candidate, code }), { ...moment, realNow: at }, desk, keys);
  }

  const first = held('mail-a');
  const second = held('mail-b');

  test.each([
    ['the right one', first, digits(first), {}, 'code-accepted'],
    ['the right one, with other verdicts', first, digits(first), { verdict: 'SPF PASS' }, 'code-accepted'],
    ['from his second address', first, digits(first), { by: LUIS_TOO }, 'code-accepted'],
    ['in the last minute', first, digits(first), { after: 30 }, 'code-accepted'],
    ['a minute too late', first, digits(first), { after: 31 }, 'code-expired'],
    ['a wrong one', first, wrong(first), {}, 'wrong-code'],
    ['the code of another mail that waits', first, digits(second), {}, 'wrong-code'],
    ['the code of this mail’s last time', held('mail-a', 1), digits(first), {}, 'wrong-code'],
    ['behind other words', first, `The code is ${digits(first)}`, {}, 'wrong-code'],
    ['only in what is quoted', first, `Which?\n\n> ${digits(first)}`, {}, 'wrong-code'],
    ['the right one after five wrong ones', { ...first, tries: 5 }, digits(first), {}, 'code-expired'],
    ['the right one after four wrong ones', { ...first, tries: 4 }, digits(first), {}, 'code-accepted'],
    ['once more after it was used', { ...first, used: true }, digits(first), {}, 'code-expired'],
    ['of a colleague', first, digits(first), { by: KIM, verdict: 'DMARC PASS' }, 'posing-as-agent'],
    ['of a requester', first, digits(first), { by: NORA, verdict: 'DMARC PASS' }, 'posing-as-agent'],
    ['of a look-alike', first, digits(first), { by: LOOK_ALIKE }, 'posing-as-agent'],
    ['when authentication failed', first, digits(first), { verdict: 'DMARC FAIL' }, 'posing-as-agent'],
    ['when SPF failed', first, digits(first), { verdict: 'SPF FAIL' }, 'posing-as-agent'],
  ] as const)('%s', (_, code, text, how, reason) => {
    const outcome = answer(code, text, how);
    expect(outcome.reason).toBe(reason);
    expect(outcome.detail).not.toBe('');
    expect(outcome.release?.mailId ?? null).toBe(reason === 'code-accepted' ? code.mailId : null);
    expect(outcome.ticket).toBeNull();
  });

  test('five wrong ones are counted one by one, and then the right one is of no use', () => {
    let code = first;
    for (let tries = 1; tries <= 5; tries++) {
      const { code: after, release } = answer(code, wrong(code));
      expect({ tries: after?.tries, release }).toEqual({ tries, release: null });
      code = after as HeldCode;
    }
    expect(answer(code, digits(code))).toMatchObject({ reason: 'code-expired', release: null });
  });

  test('two mails that wait have a code each, and each releases its own', () => {
    expect(first.id).not.toBe(second.id);
    expect(digits(first)).not.toBe(digits(second));
    expect(answer(second, digits(second)).release?.mailId).toBe('mail-b');
  });

  test('its address is of no use for a ticket, and a ticket’s is none for a code', () => {
    expect(
      cluesOf(email({ to: [{ address: tokenOf(first), name: '' }] }), receipt, desk, keys, moment.realNow)
        .token,
    ).toMatchObject({
      token: { purpose: 'code', id: first.id },
    });
    const forTicket = send('the agent', 'all GRAY', 'his own token', 'words');
    expect(forTicket).toMatchObject({ disposition: 'held', release: null });
  });
});
