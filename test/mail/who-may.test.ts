/**
 * Who may make a ticket change by mail: every sender × what the receipt says of him × every clue × every sort of words,
 * against the contract written down once more, as plainly as can be. Only what stands there may happen.
 */
import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { HeldCode, Outcome } from '../../core/mail/outcome.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf, threadOf } from '../../core/mail/thread.ts';
import { codeId, oneTimeCode, type Purpose, replyAddress } from '../../core/mail/token.ts';
import { evolve } from '../../core/ticket/ticket.ts';
import { desk, email, ID, KIM, LUIS, MONDAY, memory, moment, NORA, receipt } from '../sample.ts';
import {
  CLUES,
  type Clue,
  type ClueName,
  DAY,
  judge,
  keys,
  LOOK_ALIKE,
  LUIS_TOO,
  SENDERS,
  type Sender,
  VERDICTS,
  type Verdict,
} from './forgery.ts';

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

function send(sender: Sender, verdict: Verdict, clue: ClueName, words: Words, known = {}): Outcome {
  const { dmarc, spf, dkim } = VERDICTS[verdict];
  const { address } = SENDERS[sender];
  return judge({
    ...{ sender: address, verdicts: { dmarc, spf, dkim }, clue: CLUES[clue] },
    ...{ mail: { text: WORDS[words] }, known },
  });
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
      const unexplained: string[] = [];
      for (const clue of Object.keys(CLUES) as ClueName[])
        for (const words of Object.keys(WORDS) as Words[]) {
          const outcome = send(sender, verdict, clue, words);
          seen.push(`${clue}, ${words}: ${did(outcome)}`);
          allowed.push(`${clue}, ${words}: ${contract(sender, verdict, clue, words)}`);
          // Whatever was refused or doubted says so in the ledger, in words.
          const isDoubted =
            ['held', 'refused', 'noted'].includes(outcome.disposition) && outcome.reason !== 'private-note';
          if (!outcome.reason || (isDoubted && outcome.detail === '')) unexplained.push(`${clue}, ${words}`);
        }
      expect(seen).toEqual(allowed);
      expect(unexplained).toEqual([]);
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
