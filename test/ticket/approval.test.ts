import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import type { Desk } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Receipt } from '../../core/mail/email.ts';
import type { Outcome } from '../../core/mail/outcome.ts';
import type { Purpose } from '../../core/mail/token.ts';
import { readVote } from '../../core/mail/vote.ts';
import {
  isApprover,
  isForDesk,
  isOnlyApprover,
  isStuck,
  openApproval,
  questionIn,
  unapproved,
  voterOf,
} from '../../core/ticket/approval.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change, upcoming } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import { awaitedBy, type Happening, type Ticket, type TicketEvent } from '../../core/ticket/ticket.ts';
import { renderUpdate } from '../../templates/render.ts';
import { ticketView } from '../../templates/view.ts';
import {
  arrival,
  desk,
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
  opened,
  PRIYA,
  PROVEN,
  ticket,
  tokenOf,
} from '../sample.ts';

const IDA = 'ida@example.org';
const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket()) =>
  decideCommands(readCommands(text, 'agent'), on, agent, desk);
const why = (text: string, on: Ticket = ticket()) => decide(text, on).lines[0]?.detail;
const asked = (text = `#approval ${MARTHA}, ${IDA} a second printer`) => ticket(decide(text).happenings);
const told = (event: Happening, on: Ticket) =>
  updatesFor({ ...event, number: on.events, at: MONDAY } as TicketEvent, on, desk).map(
    ({ kind, to, audience, message }) => `${kind} → ${to.address} (${audience}, ${message})`,
  );

describe('#approval', () => {
  test('asks everybody named, and the clock stands for an approval', () => {
    const { happenings, lines } = decide(`#approval ${MARTHA}, ${IDA} a second printer`);
    expect(happenings).toMatchObject([
      { kind: 'approval-asked', quorum: 'all', question: 'a second printer', by: LUIS },
    ]);
    expect(lines[0]?.detail).toBe(
      'asked of Martha Lind, ida@example.org; the clock stands until all have approved',
    );
    const waits = ticket(happenings);
    expect([waits.status, awaitedBy(waits), waits.deadlines]).toEqual(['waiting', 'approval', {}]);
    expect(told(happenings[0] as Happening, waits)).toEqual([
      `approval → ${MARTHA} (lead, 1)`,
      `approval → ${IDA} (requester, null)`,
    ]);
  });

  test.each([
    ['#approval boss a printer', '“boss” is no address; write #approval ada@example.com'],
    [`#approval ${IDA}`, 'say what is to be approved'],
    [`#approval ${LUIS} a printer`, 'nobody approves what he asks for himself'],
    [`#approval ${NORA} a printer`, 'nobody approves his own request'],
    ['#approval hr@desk.example.test a printer', 'is an address of the desk itself'],
    [`#approval ${IDA} ${'x'.repeat(501)}`, 'takes 500'],
    [`#approval ${IDA} mail support+${'a'.repeat(39)}@desk.example.test`, 'one of our reply addresses'],
  ])('%s is refused', (text, detail) => {
    expect(why(text)).toContain(detail);
  });

  test('asks nobody of the desk who may not read the ticket', () => {
    const confidential = { ...ticket(), team: 'hr' };
    expect(why(`#approval ${MARTHA} a raise`, confidential)).toBe(`${MARTHA} may not read tickets of hr`);
  });

  test('asks one thing at a time, and none takes it back', () => {
    expect(why(`#approval ${IDA} another`, asked())).toContain('an approval is asked already of Martha Lind');
    const { happenings } = decide('#approval none', asked());
    expect(happenings).toMatchObject([{ kind: 'approval-decided', result: 'taken-back' }]);
    const free = change(asked(), happenings, MONDAY, desk).after;
    expect([free.status, openApproval(free)]).toEqual(['open', null]);
    expect(told(happenings[0] as Happening, free)).toEqual([]);
    expect(decide('#approval none').lines[0]?.outcome).toBe('nothing-to-do');
  });
});

describe('a vote', () => {
  test.each([
    ['approve', 'approve', ''],
    ['Approved.', 'approve', ''],
    ['  #approve', 'approve', ''],
    ['Yes, please go ahead.', 'approve', 'Yes, please go ahead.'],
    ['Genehmigt!\n\nViele Grüße', 'approve', 'Genehmigt!\n\nViele Grüße'],
    ['Ja', 'approve', ''],
    ['Rejected: too dear', 'reject', 'Rejected: too dear'],
    ['nein', 'reject', ''],
    ['abgelehnt', 'reject', ''],
    ['Approuvé', 'approve', ''],
    ['Oui, allez-y.', 'approve', 'Oui, allez-y.'],
    ['Refusé : trop cher', 'reject', 'Refusé : trop cher'],
    ['Aprobado.', 'approve', ''],
    ['Sí, adelante', 'approve', 'Sí, adelante'],
    ['rechazado', 'reject', ''],
    ['Aprovado', 'approve', ''],
    ['Não', 'reject', ''],
    ['recusado', 'reject', ''],
    ['承認します。', 'approve', ''],
    ['はい、承認します。', 'approve', 'はい、承認します。'],
    ['却下します', 'reject', ''],
  ])('%j is one: %s', (text, vote, rest) => {
    expect(readVote(text)).toEqual({ vote, rest });
  });

  test.each([
    'I approve',
    'No problem, approved',
    'Yes, but not before June',
    'not approved',
    'nicht genehmigt',
    'Genehmigt, wenn es in den Plan passt',
    'approve or reject?',
    'Oui, mais pas avant juin',
    'Approuvé sous réserve du budget',
    'Pas de problème, approuvé',
    'Sí, pero solo uno',
    'Si queda dinero, aprobado',
    'No hay problema, aprobado',
    'No tengo inconveniente',
    'Sim, mas só um',
    'Não tenho nada contra',
    'はい、ただし一台だけ',
    '承認できません',
    'はい、承認できません',
    '承認は来週になります',
    'approval',
    'yesterday',
    '',
  ])('%j is none, and it is asked again', (text) => {
    expect(readVote(text)).toBeNull();
  });
});

const vote = (
  by: string,
  text: string,
  on: Ticket,
  {
    verdicts = PROVEN,
    purpose = 'approval',
    of = by,
    askedAt = on.approvals?.at(-1)?.askedAt ?? '',
  }: { verdicts?: Partial<Receipt>; purpose?: Purpose; of?: string; askedAt?: string } = {},
): Outcome =>
  dispose(
    arrival({ from: { address: by, name: '' }, text }, verdicts),
    memory({
      ticket: on,
      candidate: { ticketId: ID, clue: 'token', why: 'our token' },
      token: tokenOf(purpose === 'approval' ? voterOf(of, { what: 'approval', askedAt }) : of, { purpose }),
    }),
    moment,
    desk,
    keys,
  );
const become = (on: Ticket, { ticket: changed }: Outcome) =>
  changed?.kind === 'change' ? change(on, changed.happenings, MONDAY, desk).after : on;
const happened = ({ ticket: changed }: Outcome) =>
  changed?.kind === 'change' ? changed.happenings.map(({ kind }) => kind) : [];
const GRAY = { spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' } as const;
const FAIL = { spf: 'FAIL', dkim: 'FAIL', dmarc: 'FAIL' } as const;

describe('who is asked', () => {
  test('approves by mail, and when all have, the ticket goes on', () => {
    const first = vote(MARTHA, 'approve', asked());
    expect(first).toMatchObject({ disposition: 'commanded', reason: 'approval-vote', message: null });
    expect(happened(first)).toEqual(['approval-voted', 'commanded']);
    const half = become(asked(), first);
    expect([half.status, half.approvals?.[0]?.approvers[0]]).toMatchObject([
      'waiting',
      { vote: 'approve', votedAt: MONDAY },
    ]);
    const second = vote(IDA, 'Yes.', half, { verdicts: GRAY });
    expect(happened(second)).toEqual(['approval-voted', 'approval-decided', 'commanded']);
    const whole = become(half, second);
    expect([whole.status, whole.approvals?.[0]?.state, whole.deadlines.resolution]).toEqual([
      'open',
      'given',
      ticket().deadlines.resolution,
    ]);
  });

  test('may say otherwise until it is decided: the last word counts', () => {
    const half = become(asked(), vote(MARTHA, 'approve', asked()));
    expect(happened(vote(MARTHA, 'approve', half))).toEqual(['commanded']);
    const rejected = become(half, vote(MARTHA, 'reject', half));
    expect(rejected.approvals?.[0]).toMatchObject({ state: 'rejected' });
    const late = vote(IDA, 'approve', rejected, { verdicts: GRAY });
    expect([late.detail, happened(late)]).toEqual([
      'nothing waits for your approval any more; our token',
      ['commanded'],
    ]);
  });

  test('answers the question that he was asked, and no later one', () => {
    const back = change(asked(), decide('#approval none', asked()).happenings, MONDAY, desk).after;
    const hour = later(MONDAY, 1);
    const again = change(back, decide(`#approval ${IDA} a third printer`, back).happenings, hour, desk).after;
    const late = vote(IDA, 'approve', again, { verdicts: GRAY, askedAt: MONDAY });
    expect([happened(late), late.detail]).toEqual([
      ['commanded'],
      'nothing waits for your approval any more; our token',
    ]);
    expect(happened(vote(IDA, 'approve', again, { verdicts: GRAY }))).toContain('approval-decided');
  });

  test('of any one approval is enough, and all must reject', () => {
    const any = asked(`#approval any ${MARTHA} ${IDA} a second printer`);
    expect(become(any, vote(MARTHA, 'approve', any)).approvals?.[0]?.state).toBe('given');
    const one = become(any, vote(MARTHA, 'reject', any));
    expect(one.approvals?.[0]?.state).toBe('open');
    expect(become(one, vote(IDA, 'no', one, { verdicts: GRAY })).approvals?.[0]?.state).toBe('rejected');
  });

  test('writes more words for the desk alone', () => {
    const said = vote(IDA, 'Rejected: too dear\nAsk again in May.', asked(), { verdicts: GRAY });
    expect(said.message).toMatchObject({
      visibility: 'private',
      text: 'Rejected: too dear\nAsk again in May.',
    });
    expect(happened(said)).toEqual(['noted', 'approval-voted', 'approval-decided', 'commanded']);
  });

  test('is asked to be clearer when his first word is no vote, and nothing goes to the requester', () => {
    for (const [by, verdicts] of [
      [MARTHA, PROVEN],
      [IDA, GRAY],
    ] as const) {
      const unclear = vote(by, 'What does it cost?', asked(), { verdicts });
      expect(unclear).toMatchObject({ disposition: 'noted', message: { visibility: 'private' } });
      expect(happened(unclear)).toEqual(['noted', 'commanded']);
    }
  });

  test('of the desk needs DMARC PASS or his code, and gives commands as ever', () => {
    expect(vote(MARTHA, 'approve', asked(), { verdicts: GRAY })).toMatchObject({
      disposition: 'held',
      reason: 'without-proof',
    });
    expect(vote(MARTHA, 'approve', asked(), { of: PRIYA })).toMatchObject({
      disposition: 'held',
      reason: 'without-token',
    });
    expect(vote(MARTHA, '#tag +dear', asked())).toMatchObject({ reason: 'agent-commands' });
  });

  test('outside needs his own token and mail that did not fail authentication', () => {
    for (const forged of [
      vote(IDA, 'approve', asked(), { verdicts: FAIL }),
      vote(IDA, 'approve', asked(), { verdicts: GRAY, of: MARTHA }),
      vote('max@example.org', 'approve', asked(), { verdicts: GRAY }),
    ])
      expect([forged.reason, happened(forged)]).toEqual(['third-party', ['noted']]);
  });

  test('outside can vote and do nothing else: #close is no command of his', () => {
    const closing = vote(IDA, '#close', asked(), { verdicts: GRAY });
    expect(happened(closing)).toEqual(['noted', 'commanded']);
    expect(isOnlyApprover({ to: { address: IDA, name: '' }, audience: 'requester' }, asked())).toBe(true);
    expect(isOnlyApprover({ to: { address: NORA, name: '' }, audience: 'requester' }, asked())).toBe(false);
  });
});

describe('the approval that is awaited', () => {
  test('does not come sooner because somebody writes: the clock stands on', () => {
    const nora = vote(NORA, 'Any news?', asked(), { verdicts: GRAY, purpose: 'ticket' });
    expect([happened(nora), become(asked(), nora).status]).toEqual([['message-received'], 'waiting']);
    const luis = vote(LUIS, 'We are waiting for your manager.', asked(), { purpose: 'ticket' });
    expect([happened(luis), become(asked(), luis).status]).toEqual([['answered'], 'waiting']);
  });

  test('is reminded of after a day, and over after the time of desk.yaml', () => {
    const half = become(asked(), vote(MARTHA, 'approve', asked()));
    expect(upcoming(half, desk)[0]).toEqual({ kind: 'remind-approvers', at: later(MONDAY, 24) });
    const reminded = nextStep(half, later(MONDAY, 24), desk, new Map());
    expect(reminded).toEqual([{ kind: 'approval-reminded', addresses: [IDA] }]);
    expect(told(reminded[0] as Happening, half)).toEqual([`approval → ${IDA} (requester, null)`]);
    const still = change(half, reminded, later(MONDAY, 24), desk).after;
    expect(nextStep(still, later(MONDAY, 119), desk, new Map())).toEqual([]);
    const over = nextStep(still, later(MONDAY, 120), desk, new Map());
    expect(over).toMatchObject([{ kind: 'approval-decided', result: 'expired', by: 'desk' }]);
    const ended = change(still, over, later(MONDAY, 120), desk).after;
    expect(ended.status).toBe('open');
    expect(told(over[0] as Happening, ended)).toEqual([`note → ${LUIS} (agent, null)`]);
  });

  test('is told to the agent when decided, and to the requester when rejected', () => {
    const rejected: Happening = { kind: 'approval-decided', result: 'rejected', by: IDA };
    expect(told(rejected, asked())).toEqual([
      `note → ${LUIS} (agent, null)`,
      `decided → ${NORA} (requester, null)`,
    ]);
    expect(told({ ...rejected, result: 'given' }, asked())).toEqual([`note → ${LUIS} (agent, null)`]);
    const planned = ticket([
      { kind: 'retyped', type: 'change', previous: 'incident', by: LUIS },
      ...decide(`#approval ${IDA} x`).happenings,
    ]);
    expect(told({ ...rejected, result: 'given' }, planned)).toContain(`decided → ${NORA} (requester, null)`);
  });
});

describe('a change', () => {
  const retyped: Happening = { kind: 'retyped', type: 'change', previous: 'incident', by: LUIS };
  const planned = ticket([retyped, ...decide(`#approval ${IDA} a new core switch`).happenings]);

  test.each(['#resolve', '#take', '#open', '#status resolved', '#status open'])(
    'is not taken to work and not resolved before its approval: %s',
    (text) => {
      expect(why(text, planned)).toBe('this change is not approved yet: ida@example.org has not answered');
      expect(decide(text, asked(`#approval ${IDA} a printer`)).refused).toBe(false);
    },
  );

  test('goes on once it is approved; rejected, it can be closed or asked for again', () => {
    const given = become(planned, vote(IDA, 'approve', planned, { verdicts: GRAY }));
    expect(decide('#resolve', given).refused).toBe(false);
    const rejected = become(planned, vote(IDA, 'reject', planned, { verdicts: GRAY }));
    expect(why('#resolve', rejected)).toContain('was rejected by ida@example.org; #close it, or ask again');
    expect(decide('#close', rejected).refused).toBe(false);
    expect(decide(`#approval ${KIM} a smaller one`, rejected).refused).toBe(false);
  });
});

describe('a category that demands an approval', () => {
  const strict: Desk = {
    ...desk,
    categories: desk.categories.map((category) =>
      category.name === 'printing'
        ? { ...category, type: 'change', approval: { by: [MARTHA, IDA], quorum: 'any' } }
        : category,
    ),
  };

  test('asks when the ticket is opened, and shows those outside the request', () => {
    const outcome = dispose(arrival(), memory(), moment, strict, keys);
    expect(outcome.ticket).toMatchObject({
      also: [
        { kind: 'assigned' },
        {
          ...{ kind: 'approval-asked', by: 'desk', quorum: 'any', question: 'The printer is jammed' },
          approvers: [{ address: MARTHA, name: 'Martha Lind' }, { address: IDA }],
        },
      ],
    });
    const event = outcome.ticket?.kind === 'open' ? (outcome.ticket.also[1] as Happening) : null;
    expect(told(event as Happening, ticket([event as Happening]))).toContain(
      `approval → ${IDA} (requester, 1)`,
    );
  });

  test('bars a change that was filed there later', () => {
    const { after: filed } = opened(MONDAY, { type: 'change' });
    expect(unapproved(filed, strict)?.refused).toContain('need an approval');
    expect(unapproved(filed, desk)).toBeNull();
  });
});

describe('the mail to those who are asked', () => {
  const mails = asked();
  const event = {
    ...decide(`#approval ${MARTHA}, ${IDA} a second printer`).happenings[0],
    number: 4,
    at: MONDAY,
  };
  const written = (to: string, on = mails) => {
    const plan = updatesFor(event as TicketEvent, on, desk).find((each) => each.to.address === to);
    if (!plan) throw new Error(`nothing goes to ${to}`);
    const view = ticketView({
      ...{ plan, event: event as TicketEvent, ticket: on, message: null, history: [], attached: [] },
      ...{ replyTo: 'support+token@desk.example.test', desk, now: MONDAY },
    });
    return { view, ...renderUpdate(view) };
  };

  test('says who asks for what, what yes and no do, and what a reply does', () => {
    const { view, text, html, subject } = written(IDA);
    expect(subject).toBe('Please approve: The printer is jammed');
    for (const words of [
      'Luis Ortega asks for your approval of a request by Nora Quist.',
      'a second printer',
      'If you approve, the work can go on as soon as all who were asked have approved.',
      'The first word of your reply decides: approve or reject.',
    ])
      expect(text.replace(/\s+/g, ' ')).toContain(words);
    expect(text + html).not.toContain(LUIS);
    expect(view.actions.map(({ label, href }) => `${label}: ${href.replace(/.*body=/, '')}`)).toEqual([
      'Approve: approve%0A',
      'Reject: reject%0A',
    ]);
  });

  test.each(LANGUAGES)('has buttons that are votes in %s, and says which words are', (language) => {
    const { view } = written(IDA, { ...mails, language });
    const words = view.actions.map(({ href }) => decodeURIComponent(href.replace(/.*body=/, '')).trim());
    expect(words.map((word) => readVote(word)?.vote)).toEqual(['approve', 'reject']);
    for (const word of words) expect(view.plainReply).toContain(word);
  });

  test('speaks German to whom it should, and its buttons are votes', () => {
    const { view } = written(IDA, { ...mails, language: 'de' });
    const words = view.actions.map(({ href }) => decodeURIComponent(href.replace(/.*body=/, '')));
    expect(words.map((word) => readVote(word)?.vote)).toEqual(['approve', 'reject']);
    expect(view.plainReply).toContain('genehmigt oder abgelehnt');
  });
});

describe('what is asked of whom', () => {
  const HOUR_LATER = later(MONDAY, 1);
  const twice = change(
    change(asked(), [{ kind: 'approval-decided', result: 'given', by: LUIS }], MONDAY, desk).after,
    decide(`#approval any ${PRIYA} ${IDA} another`).happenings,
    HOUR_LATER,
    desk,
  ).after;
  const extended: Ticket = {
    ...twice,
    extension: { by: LUIS, lead: MARTHA, ms: 1, reason: '', askedAt: MONDAY, isOpen: true },
  };
  const planOf = (kind: string, address: string, audience: string) => ({
    ...{ kind, to: { address, name: '' }, audience },
  });
  const at = (kind: Happening['kind'], when: string) => ({ kind, number: 9, at: when }) as TicketEvent;

  test('whoever was asked at any time is an approver, and the lead who is asked for more time', () => {
    const who = [MARTHA, IDA, PRIYA, KIM, NORA];
    expect(who.map((address) => isApprover(address, twice))).toEqual([true, true, true, false, false]);
    expect(isApprover(MARTHA, { ...ticket(), extension: extended.extension } as Ticket)).toBe(true);
    expect(isApprover(LUIS, extended)).toBe(false);
    expect(isOnlyApprover(planOf('answer', NORA, 'requester'), twice)).toBe(false);
    expect(isOnlyApprover(planOf('approval', MARTHA, 'lead'), twice)).toBe(false);
  });

  test('a mail asks what was last asked when it was told, and a mail that asks nothing does not', () => {
    expect(questionIn(at('extension-asked', MONDAY), planOf('approval', MARTHA, 'lead'), twice)).toEqual({
      ...{ what: 'extension', askedAt: MONDAY },
    });
    expect(questionIn(at('article-asked', MONDAY), planOf('approval', MARTHA, 'lead'), twice)).toEqual({
      ...{ what: 'article', askedAt: MONDAY },
    });
    const asks = (when: string) =>
      questionIn(at('approval-asked', when), planOf('approval', IDA, 'requester'), twice);
    expect([asks(MONDAY), asks(HOUR_LATER)]).toEqual([
      { what: 'approval', askedAt: MONDAY },
      { what: 'approval', askedAt: HOUR_LATER },
    ]);
    expect(asks(later(MONDAY, -1))).toBeNull();
    expect(questionIn(at('noted', HOUR_LATER), planOf('note', LUIS, 'agent'), twice)).toBeNull();
    // Of a mere approver any reply is a vote.
    expect(questionIn(at('commanded', HOUR_LATER), planOf('transcript', IDA, 'requester'), twice)).toEqual({
      ...{ what: 'approval', askedAt: HOUR_LATER },
    });
    expect(
      questionIn(at('approval-asked', MONDAY), planOf('approval', IDA, 'requester'), ticket()),
    ).toBeNull();
  });

  test('only the desk’s own people are asked for more time and of articles; of an approval it says who was one', () => {
    const of = (what: 'approval' | 'extension' | 'article', address: string, askedAt = MONDAY) =>
      isForDesk({ what, askedAt }, address, twice);
    expect([of('extension', IDA), of('article', IDA)]).toEqual([true, true]);
    expect([of('approval', MARTHA), of('approval', IDA), of('approval', PRIYA)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(of('approval', PRIYA, HOUR_LATER)).toBe(true);
    expect(of('approval', MARTHA, later(MONDAY, 5))).toBe(false);
  });

  test('is stuck when it cannot be decided without somebody who has left the desk', () => {
    const without = (...gone: string[]) => ({
      ...desk,
      people: desk.people.filter(({ address }) => !gone.includes(address)),
    });
    const all = asked(`#approval ${MARTHA} ${PRIYA} a printer`);
    const any = asked(`#approval any ${MARTHA} ${PRIYA} a printer`);
    const voted = change(
      any,
      [{ kind: 'approval-voted', address: PRIYA, vote: 'reject' }],
      MONDAY,
      desk,
    ).after;
    const stuck = (on: Ticket, ...gone: string[]) => isStuck(on, without(...gone));
    expect([stuck(all), stuck(all, MARTHA), stuck(any, MARTHA), stuck(any, MARTHA, PRIYA)]).toEqual([
      ...[false, true, false, true],
    ]);
    expect([stuck(voted, MARTHA), stuck(voted, PRIYA)]).toEqual([true, false]);
    // Whoever is outside never was of the desk.
    expect(stuck(asked(`#approval ${IDA} a printer`))).toBe(false);
    expect(stuck(ticket(), MARTHA)).toBe(false);
  });
});
