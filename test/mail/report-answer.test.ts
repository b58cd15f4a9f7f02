import { describe, expect, test } from 'vitest';
import type { Report } from '../../core/insight/report.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Memory, Outcome } from '../../core/mail/outcome.ts';
import { digestId, participantHash } from '../../core/mail/token.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import {
  arrival,
  desk,
  from,
  keys,
  LUIS,
  later,
  MARTHA,
  MONDAY,
  memory,
  moment,
  PROVEN,
  ticket,
} from '../sample.ts';

const NUMBER = 2_020_780;
const GRACE = 'grace.okafor@example.test';
const asked: Happening = {
  ...{ kind: 'approval-asked', quorum: 'all', question: 'a monitor', by: LUIS },
  approvers: [{ address: MARTHA, name: 'Martha Lind', ofDesk: true }],
};
const named = (id: string, more: Partial<Ticket> = {}, happenings: Happening[] = []): Ticket =>
  ({ ...ticket(happenings), id, ...more }) as Ticket;

const APPROVAL = named('T-AAAAAA', {}, [asked]);
const EXTENSION = named('T-BBBBBB', {
  extension: { by: LUIS, lead: MARTHA, ms: 3_600_000, reason: 'the part', askedAt: MONDAY, isOpen: true },
});
const ARTICLE = named('T-CCCCCC', {
  article: {
    state: 'draft',
    owner: LUIS,
    readers: 'public',
    reviewer: MARTHA,
    askedAt: MONDAY,
    isOpen: true,
  },
});
const PROBLEM = named('T-DDDDDD', { noticed: ['T-OTHERA'] });
const PLAIN = named('T-EEEEEE', { assignee: null });
const ALL = [APPROVAL, EXTENSION, ARTICLE, PROBLEM, PLAIN];

const report: Report = {
  ...{ kind: 'report', occasion: 'weekly', number: NUMBER, at: MONDAY, person: MARTHA, by: null, more: {} },
  ...{ from: '2026-11-16', to: '2026-11-22', answerableUntil: moment.realNow + 86_400_000 },
  entries: [
    {
      ticketId: APPROVAL.id,
      section: 'decide',
      why: ['approval'],
      asks: { what: 'approval', askedAt: MONDAY },
    },
    {
      ticketId: EXTENSION.id,
      section: 'decide',
      why: ['extension'],
      asks: { what: 'extension', askedAt: MONDAY },
    },
    { ticketId: ARTICLE.id, section: 'decide', why: ['article'], asks: { what: 'article', askedAt: MONDAY } },
    { ticketId: PROBLEM.id, section: 'decide', why: ['problem'] },
    { ticketId: PLAIN.id, section: 'decide', why: ['free'] },
  ],
};

function answer(
  text: string,
  { by = MARTHA, sent = report, tickets = ALL, verdicts = PROVEN as object, token = {} } = {},
): Outcome {
  const known: Partial<Memory> = {
    newId: 'T-NEWONE',
    token: {
      purpose: 'digest',
      id: digestId(NUMBER),
      participant: participantHash(MARTHA),
      expired: false,
      ...token,
    },
    digest: { digest: sent, tickets: new Map(tickets.map((each) => [each.id, each])) },
  };
  return dispose(arrival({ ...from(by), text }, verdicts), memory(known), moment, desk, keys);
}

const done = ({ several }: Outcome) =>
  several.map(({ before, happenings }) => `${before.id}: ${happenings.map(({ kind }) => kind).join(' ')}`);
const said = ({ notice }: Outcome) =>
  notice?.kind === 'commanded' ? notice.lines.map(({ outcome, said }) => `${outcome} ${said?.key}`) : [];

describe('a number and a word', () => {
  test('answer what is asked of its reader there, each question by its own words', () => {
    const outcome = answer('1 approve\n2 nein\n3 publish\n');
    expect(outcome).toMatchObject({ disposition: 'commanded', reason: 'agent-commands' });
    expect(done(outcome)).toEqual([
      'T-AAAAAA: approval-voted approval-decided',
      'T-BBBBBB: extension-decided',
      'T-CCCCCC: article-decided',
    ]);
    expect(outcome.several[1]?.happenings[0]).toMatchObject({ granted: false, by: MARTHA });
    expect(outcome.several[2]?.happenings[0]).toMatchObject({ verdict: 'publish' });
  });

  test('that could mean both do nothing, and stop the others', () => {
    const outcome = answer('2 approve\n1 approve but not before June\n');
    expect(outcome).toMatchObject({ disposition: 'refused', several: [] });
    expect(said(outcome)).toEqual(['refused digest-not-done', expect.stringMatching(/^unknown /)]);
  });

  test('do nothing where nothing waits for them', () => {
    const outcome = answer('5 approve\n1 approve');
    expect(outcome).toMatchObject({ disposition: 'refused', several: [] });
    expect(said(outcome)).toEqual(['refused vote-not-asked', 'refused digest-not-done']);
  });

  test('do not answer what was asked later than the report says', () => {
    const later1 = named('T-AAAAAA', {}, [
      asked,
      { kind: 'approval-decided', result: 'taken-back', by: LUIS },
    ]);
    const anew = {
      ...later1,
      approvals: [
        ...(later1.approvals ?? []),
        { ...later1.approvals?.[0], state: 'open', askedAt: later(MONDAY, 1) },
      ],
    } as Ticket;
    const moved = {
      ...EXTENSION,
      extension: { ...EXTENSION.extension, askedAt: later(MONDAY, 1) },
    } as Ticket;
    const outcome = answer('1 approve\n2 approve', { tickets: [anew, moved] });
    expect(outcome.several).toEqual([]);
    expect(said(outcome)).toEqual(['nothing-to-do vote-over', 'nothing-to-do vote-over']);
  });
});

describe('a number and a command', () => {
  test('do on its ticket what they do in a reply to it', () => {
    expect(done(answer('5 take\n1 note called him'))).toEqual([
      'T-EEEEEE: started assigned',
      'T-AAAAAA: noted',
    ]);
  });

  test('make one problem of what the desk has noticed, which begins with it', () => {
    const outcome = answer('4 problem VPN is down');
    expect(outcome.several).toMatchObject([
      { before: { id: 'T-DDDDDD' }, opens: { id: 'T-NEWONE', opened: { subject: 'VPN is down' } } },
    ]);
  });

  test('begin one problem in a mail at the most', () => {
    const other = { ...PROBLEM, id: 'T-EEEEEE' };
    const outcome = answer('4 problem\n5 problem', { tickets: [PROBLEM, other] });
    expect(outcome).toMatchObject({ disposition: 'refused', several: [] });
    expect(said(outcome)).toEqual(['refused digest-not-done', 'refused problem-once']);
  });
});

describe('a command without a number', () => {
  test('asks for other figures, beside the lines that act', () => {
    const outcome = answer('#report last month by category\n5 take\n#queue service-desk');
    expect(done(outcome)).toEqual(['T-EEEEEE: started assigned']);
    expect(outcome.notice).toMatchObject({
      looks: [
        { what: 'report', from: '2026-10-01', to: '2026-10-31', by: 'category' },
        { what: 'queue', team: 'service-desk' },
      ],
    });
  });

  test('that is refused stops the lines, and one that is about a ticket needs its number', () => {
    for (const line of ['#report last mnth', '#close', '#report by priority']) {
      const outcome = answer(`5 take\n${line}`);
      expect(outcome).toMatchObject({ disposition: 'refused', several: [], notice: { looks: [] } });
    }
  });
});

describe('nothing is done', () => {
  test('for whoever has another one’s report, or too old a one', () => {
    expect(answer('5 take', { by: GRACE })).toMatchObject({
      disposition: 'refused',
      reason: 'digest-expired',
    });
    expect(answer('5 take', { token: { expired: true } })).toMatchObject({ reason: 'digest-expired' });
    const old = { ...report, answerableUntil: moment.realNow - 1 };
    expect(answer('5 take', { sent: old })).toMatchObject({ reason: 'digest-expired', several: [] });
  });

  test('without proof: a code is asked for first', () => {
    expect(answer('1 approve', { verdicts: {} })).toMatchObject({ disposition: 'held', several: [] });
  });

  test('on a ticket that has gone to a confidential team meanwhile', () => {
    const secret = { ...PLAIN, team: 'hr', assignee: 'ada.osei@example.test' } as Ticket;
    const outcome = answer('5 take', { tickets: [secret] });
    expect(said(outcome)).toEqual(['refused digest-closed-to-you']);
    expect(outcome.several).toEqual([]);
  });
});
