import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Receipt } from '../../core/mail/email.ts';
import type { Memory, Outcome } from '../../core/mail/outcome.ts';
import { digestDay, digestId, participantHash, readToken, replyAddress } from '../../core/mail/token.ts';
import { change } from '../../core/ticket/change.ts';
import type { Digest } from '../../core/ticket/digest.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import {
  arrival,
  desk,
  KIM,
  keys,
  LUIS,
  later,
  MONDAY,
  memory,
  moment,
  NORA,
  PROVEN,
  ticket,
} from '../sample.ts';

const DAY = 20_780;
const A = named('T-AAAAAA');
const B = named('T-BBBBBB', [{ kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: LUIS }]);
const C = named('T-CCCCCC');

function named(id: string, happenings: Happening[] = []): Ticket {
  return { ...ticket(happenings), id };
}

const digest: Digest = {
  ...{ kind: 'digest', number: DAY, at: MONDAY, person: LUIS, more: {} },
  entries: [A, B, C].map(({ id }) => ({ ticketId: id, section: 'own', news: {} })),
  answerableUntil: moment.realNow + 86_400_000,
};
const token = {
  purpose: 'digest',
  id: digestId(DAY),
  participant: participantHash(LUIS),
  expired: false,
} as const;
const known: Partial<Memory> = {
  token,
  digest: { digest, tickets: new Map([A, B, C].map((each) => [each.id, each])) },
};

function answer(
  text: string,
  more: Partial<Memory> = {},
  { from = LUIS, verdicts = PROVEN as Partial<Receipt>, of = desk as Desk } = {},
): Outcome {
  const mail = { from: { address: from, name: '' }, fromAll: [{ address: from, name: '' }], text };
  const outcome = dispose(arrival(mail, verdicts), memory({ ...known, ...more }), moment, of, keys);
  const told = outcome.notice?.kind === 'commanded' ? outcome.notice.lines : [];
  // Whatever is decided says why, and of each line what came of it.
  for (const { detail } of [outcome, ...told]) expect(detail).toMatch(/\w/);
  return outcome;
}

const done = ({ several }: Outcome) =>
  several.map(({ before, happenings }) => `${before.id}: ${happenings.map(({ kind }) => kind).join(' ')}`);
const lines = ({ notice }: Outcome) =>
  notice?.kind === 'commanded' ? notice.lines.map(({ line, outcome }) => `${outcome}: ${line}`) : [];

describe('lines with numbers', () => {
  test('are each the command of that name on the ticket of that number, in one transaction', () => {
    const outcome = answer('1 close\n3. #take\n2) note called him\n1: tag +phone\n');
    expect(outcome).toMatchObject({
      disposition: 'commanded',
      reason: 'agent-commands',
      ticket: null,
      message: null,
    });
    expect(done(outcome)).toEqual(['T-AAAAAA: started closed tagged', 'T-BBBBBB: started noted']);
    expect(lines(outcome)).toEqual([
      'done: 1 close → 1: T-AAAAAA The printer is jammed',
      'nothing-to-do: 3. #take → 3: T-CCCCCC The printer is jammed',
      'done: 2) note called him → 2: T-BBBBBB The printer is jammed',
      'done: 1: tag +phone → 1: T-AAAAAA The printer is jammed',
    ]);
    expect(outcome.several[1]?.note).toEqual({
      from: { address: LUIS, name: 'Luis Ortega' },
      text: 'called him',
    });
  });

  test('may name several tickets, and leave what hides in them aside', () => {
    expect(done(answer('1, 3 close\u200b'))).toEqual([
      'T-AAAAAA: started closed',
      'T-CCCCCC: started closed',
    ]);
  });

  test('mean the tickets of that digest, whatever has become of them', () => {
    const closed = change(A, [{ kind: 'closed', reason: '', by: KIM }], MONDAY, desk).after;
    const tickets = new Map([[A.id, closed]]);
    expect(lines(answer('1 close', { digest: { digest, tickets } }))).toEqual([
      'nothing-to-do: 1 close → 1: T-AAAAAA The printer is jammed',
    ]);
  });

  test('answer the digest once more when what they did is answered', () => {
    expect(answer('1 close').notice).toMatchObject({ digest: token.id, to: { address: LUIS } });
  });
});

describe('one line that cannot be carried out keeps all others from it', () => {
  test.each([
    ['1 close\n2 cloze', 'unknown-command', 'no-command-but'],
    ['1 close\n4 take', 'unknown-command', 'digest-no-entry'],
    ['1 close\n0 take', 'unknown-command', 'digest-no-entry'],
    ['1 close\nThanks!', 'unknown-command', 'digest-no-number'],
    ['1 close\n2 assign nobody-here', 'refused-command', 'nobody-called-so'],
    ['1 close\n2 macro vpn-again', 'refused-command', 'digest-not-here'],
    ['1 close\n2 #split 3', 'refused-command', 'digest-not-here'],
    ['1 close\n2 status', 'refused-command', 'digest-not-here'],
    ['1 close\n2 note', 'refused-command', 'nothing-said'],
    ['1 close\n2 snooze yesterday-ish', 'refused-command', 'no-time'],
  ])('%j', (text, reason, key) => {
    const outcome = answer(text);
    expect(outcome).toMatchObject({ disposition: 'refused', reason, several: [] });
    const said =
      outcome.notice?.kind === 'commanded' ? outcome.notice.lines.map((line) => line.said?.key) : [];
    expect(said).toEqual(['digest-not-done', key]);
  });

  test('and what would be more than one transaction takes is not begun', () => {
    const many = Array.from({ length: 40 }, (_, n) => named(`T-${String(n).padStart(6, '0')}`));
    const entries = many.map(({ id }) => ({ ticketId: id, section: 'own' as const, news: {} }));
    const all = { digest: { ...digest, entries }, tickets: new Map(many.map((each) => [each.id, each])) };
    const close = (count: number) =>
      answer(
        many
          .slice(0, count)
          .map((_, n) => `${n + 1} close`)
          .join('\n'),
        { digest: all },
      );
    expect(done(close(20)).length).toBe(20);
    expect(close(40)).toMatchObject({ disposition: 'refused', reason: 'refused-command', several: [] });
  });
});

describe('nothing of it ever goes to a requester', () => {
  test.each(['Have you tried to switch it off and on?', '', 'close 1'])(
    '%j does nothing, and is explained',
    (text) => {
      const outcome = answer(text);
      expect(outcome).toMatchObject({ disposition: 'refused', ticket: null, several: [], message: null });
      expect(JSON.stringify(outcome.notice)).toContain('digest-no-number');
    },
  );

  test('a reply address of ours in a note keeps all of it back', () => {
    const address = replyAddress(
      'support@desk.example.test',
      { purpose: 'ticket', id: A.id, participant: NORA, expires: moment.realNow + 86_400_000 },
      keys,
    );
    expect(answer(`1 note write to ${address}`)).toMatchObject({ disposition: 'refused', several: [] });
  });
});

describe('who is believed', () => {
  test('nobody without proof: a code goes to him first', () => {
    expect(answer('1 close', {}, { verdicts: {} })).toMatchObject({
      disposition: 'held',
      reason: 'without-proof',
    });
    expect(answer('1 close', { released: true }, { verdicts: {} })).toMatchObject({
      disposition: 'commanded',
    });
  });

  test('nobody whose domain disowns the mail, and nobody from outside', () => {
    expect(answer('1 close', {}, { verdicts: { dmarc: 'FAIL' } })).toMatchObject({
      reason: 'posing-as-agent',
    });
    expect(answer('1 close', {}, { from: NORA })).toMatchObject({ reason: 'posing-as-agent', several: [] });
  });

  test('digest-expired: a colleague’s digest is nobody else’s, with a code neither', () => {
    for (const more of [{}, { released: true }])
      expect(answer('1 close', more, { from: KIM })).toMatchObject({
        disposition: 'refused',
        reason: 'digest-expired',
      });
  });

  test('digest-expired: one that is too old, or gone, is refused with words', () => {
    const old = {
      digest: { digest: { ...digest, answerableUntil: moment.realNow - 1 }, tickets: new Map() },
    };
    for (const more of [old, { digest: null }, { token: { ...token, expired: true } }])
      expect(answer('1 close', more)).toMatchObject({
        ...{ reason: 'digest-expired', several: [] },
        notice: { kind: 'refused', to: { address: LUIS } },
      });
  });
});

describe('what is closed to him', () => {
  test('stays so, though it stood in the digest: he does not learn its subject', () => {
    const moved: Ticket = { ...A, team: 'hr', assignee: 'ada.osei@example.test', subject: 'A secret' };
    const outcome = answer('1 close', { digest: { digest, tickets: new Map([[A.id, moved]]) } });
    expect(lines(outcome)).toEqual(['refused: 1 close']);
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  test('in his own request he is a requester, who answers its mails', () => {
    const own: Ticket = { ...A, requester: { address: LUIS, name: '' } };
    const outcome = answer('1 priority P1', { digest: { digest, tickets: new Map([[A.id, own]]) } });
    expect(outcome).toMatchObject({ reason: 'refused-command', several: [] });
  });
});

test('the day of a digest is its id, and a token carries it', () => {
  const proof = {
    purpose: 'digest',
    id: digestId(DAY),
    participant: LUIS,
    expires: Date.parse(later(MONDAY, 99)),
  } as const;
  const reading = readToken(replyAddress('support@desk.example.test', proof, keys), keys, moment.realNow);
  expect(reading).toMatchObject({ found: 'token', token: { purpose: 'digest', id: digestId(DAY) } });
  expect(digestDay(digestId(DAY))).toBe(DAY);
});
