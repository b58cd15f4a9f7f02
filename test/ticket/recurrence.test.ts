/** Problems and their incidents: what agents may do with them, and what each does to the other. */
import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import {
  hearOfIncident,
  joinLater,
  lastNews,
  type Report,
  receiveNews,
  recurs,
  withKnown,
} from '../../core/ticket/recurrence.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { type Read, readPrint } from '../../core/triage/likeness.ts';
import { desk, ID, KIM, LUIS, MARTHA, MONDAY, ticket } from '../sample.ts';

const PROBLEM = 'T-777777';
const lead: Act = { by: MARTHA, role: 'agent', now: MONDAY, loads: new Map(), newId: PROBLEM };
const decide = (text: string, on: Ticket) => decideCommands(readCommands(text, 'agent'), on, lead, desk);
const detail = (text: string, on: Ticket) => decide(text, on).lines[0]?.detail;
const joined: Happening = {
  ...{ kind: 'joined', problem: PROBLEM, why: 'looks like T-BBBBBB', previous: LUIS, told: true, by: 'desk' },
};
const problemWith = (...tickets: string[]): Ticket => ({
  ...ticket([{ kind: 'problem-begun', tickets, why: '', by: 'desk' }]),
  id: PROBLEM,
  type: 'problem',
});

describe('#unlink', () => {
  test('takes a joined ticket out of its problem, and to a person with all that was said', () => {
    const on = ticket([joined]);
    expect(on).toMatchObject({ status: 'waiting', assignee: null, joined: PROBLEM });
    const { happenings } = decide('#unlink', on);
    expect(happenings).toMatchObject([
      { kind: 'parted', problem: PROBLEM, by: MARTHA },
      { kind: 'resumed' },
      { kind: 'assigned', handsOver: true },
    ]);
    const after = change(on, happenings, MONDAY, desk).after;
    expect(after).toMatchObject({ status: 'open', links: [{ relation: 'related', id: PROBLEM }] });
    expect(after.joined).toBeUndefined();
  });

  test('leaves whoever has it alone where it is only linked', () => {
    const on = ticket([{ kind: 'linked', relation: 'problem', to: PROBLEM, by: LUIS }]);
    expect(decide('#unlink T-777777', on).happenings).toEqual([
      { kind: 'parted', problem: PROBLEM, by: MARTHA },
    ]);
  });

  test('refuses what is no incident of that problem', () => {
    expect(detail('#unlink', ticket())).toContain('no incident of a problem');
    expect(detail('#unlink T-BBBBBB', ticket([joined]))).toContain('no incident of T-BBBBBB');
  });
});

describe('#problem', () => {
  const noticed: Happening = { kind: 'recurrence-noticed', tickets: ['T-BBBBBB', 'T-CCCCCC'], why: '' };

  test('opens the desk’s own problem with those that were noticed and this one', () => {
    const { opens, happenings } = decide('#problem VPN is down', ticket([noticed]));
    expect(happenings).toEqual([{ kind: 'linked', relation: 'problem', to: PROBLEM, by: MARTHA }]);
    expect(opens?.opened).toMatchObject({
      ...{ subject: 'VPN is down', type: 'problem', acknowledge: false, team: 'service-desk' },
      requester: { address: 'support@desk.example.test' },
    });
    expect(opens?.also.at(-1)).toMatchObject({
      kind: 'problem-begun',
      tickets: ['T-BBBBBB', 'T-CCCCCC', ID],
    });
  });

  test('is opened with its first message, the reports behind it, and whoever works on it', () => {
    const { opens } = decide('#problem VPN is down', ticket([noticed]));
    const requester = { address: 'support@desk.example.test', name: desk.name };
    const reason = 'Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it';
    expect(opens).toEqual({
      id: PROBLEM,
      message: {
        ...{ id: `${PROBLEM}-m1`, number: 1, at: MONDAY, direction: 'in', visibility: 'public' },
        ...{ from: requester, text: 'VPN is down', bodyKey: null, attachments: [], withheld: 0 },
        ...{ mailId: '', messageId: null, cc: [] },
      },
      opened: {
        ...{ kind: 'opened', subject: 'VPN is down', requester, cc: [], mailbox: requester.address },
        ...{ type: 'problem', team: 'service-desk', tier: 1, category: 'printing', impact: 'one' },
        ...{ urgency: 'degraded', priority: 'P3', language: 'en', flagged: null, follows: null },
        ...{ acknowledge: false, message: 1, messageId: null },
        reasons: [
          { what: 'similar', why: '3 reports within one window are alike' },
          { what: 'assignee', why: reason },
        ],
      },
      also: [
        { kind: 'assigned', assignee: KIM, previous: null, reason, by: 'desk' },
        {
          ...{ kind: 'problem-begun', tickets: ['T-BBBBBB', 'T-CCCCCC', ID], by: MARTHA },
          why: '3 reports within one window are alike',
        },
      ],
    });
  });

  test('is refused where nothing was noticed, and does nothing twice', () => {
    expect(detail('#problem', ticket())).toContain('has not noticed');
    const done = ticket([noticed, { kind: 'linked', relation: 'problem', to: PROBLEM, by: MARTHA }]);
    expect(decide('#problem', done).lines[0]).toMatchObject({ outcome: 'nothing-to-do' });
  });
});

describe('#tell', () => {
  test('goes to each incident', () => {
    expect(decide('#tell', problemWith('T-BBBBBB', 'T-CCCCCC')).happenings).toMatchObject([
      { kind: 'news-passed-on', to: 'T-BBBBBB', message: null },
      { kind: 'news-passed-on', to: 'T-CCCCCC', message: null },
    ]);
  });

  test('is refused on a ticket that is no problem', () => {
    expect(detail('#tell', ticket())).toContain('the problem behind no other ticket');
  });

  const news = (number: number): Extract<TicketEvent, { kind: 'news-passed-on' }> => ({
    ...{ kind: 'news-passed-on', to: ID, message: 2, language: 'en', by: LUIS, number, at: MONDAY },
  });

  test('comes once, and not after a later one', () => {
    const on = ticket([joined]);
    const happenings = receiveNews(on, problemWith(ID), news(5), desk);
    expect(happenings).toMatchObject([{ kind: 'answered', with: null, problem: { id: PROBLEM, event: 5 } }]);
    const after = change(on, happenings ?? [], MONDAY, desk).after;
    expect(after.status).toBe('waiting');
    expect(receiveNews(after, problemWith(ID), news(5), desk)).toBeNull();
    expect(receiveNews(after, problemWith(ID), news(4), desk)).toBeNull();
    expect(receiveNews(after, problemWith(ID), news(6), desk)).not.toBeNull();
  });

  test('does not reach what went to a confidential team, nor what is another matter by now', () => {
    const gone = ticket([
      joined,
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
    ]);
    expect(receiveNews(gone, problemWith(ID), news(5), desk)).toBeNull();
    const parted = ticket([joined, { kind: 'parted', problem: PROBLEM, by: LUIS }]);
    expect(receiveNews(parted, problemWith(ID), news(5), desk)).toBeNull();
  });

  test('is what is known in its language, until it is taken back or out', () => {
    const told = { ...problemWith(ID), news: { en: 2 } };
    expect(lastNews(told, 'en')).toBe(2);
    expect(lastNews(told, 'de')).toBeNull();
    expect(lastNews({ ...told, takenBack: [2] }, 'en')).toBeNull();
    expect(lastNews({ ...told, redacted: [2] }, 'en')).toBeNull();
    const held = { message: 2, by: LUIS, at: MONDAY, leavesAt: MONDAY, leftAt: null };
    expect(lastNews({ ...told, lastAnswer: held }, 'en')).toBeNull();
  });
});

describe('when a problem begins', () => {
  test('what nobody has begun waits for it, what somebody has begun is only linked', () => {
    expect(joinLater(ticket(), problemWith(ID), 'alike', desk)).toMatchObject([
      { kind: 'joined', previous: LUIS, told: true },
    ]);
    const begun = ticket([{ kind: 'started', by: LUIS }]);
    expect(joinLater(begun, problemWith(ID), 'alike', desk)).toMatchObject([
      { kind: 'linked', relation: 'problem', to: PROBLEM },
    ]);
    expect(joinLater(ticket([joined]), problemWith(ID), 'alike', desk)).toBeNull();
  });

  test('nothing of a confidential team is joined', () => {
    const theirs = ticket([
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
    ]);
    expect(joinLater(theirs, problemWith(ID), 'alike', desk)).toBeNull();
    expect(hearOfIncident(theirs, problemWith(), desk)).toBe('full');
  });

  test('each that joins counts, once; what is solved or full takes none', () => {
    const on = ticket([joined]);
    expect(hearOfIncident(on, problemWith(), desk)).toMatchObject([
      { kind: 'linked', relation: 'incident', to: ID },
    ]);
    expect(hearOfIncident(on, problemWith(ID), desk)).toBeNull();
    expect(hearOfIncident(on, null, desk)).toBe('full');
    const many = Array.from({ length: 500 }, (_, n) => `T-${String(n).padStart(6, 'A')}`);
    expect(hearOfIncident(on, problemWith(...many), desk)).toBe('full');
    const [, raised] = hearOfIncident(on, problemWith(...many.slice(0, 9)), desk) ?? [];
    expect(raised).toMatchObject({ kind: 'prioritised', priority: 'P2', previous: 'P3' });
  });
});

describe('what recurs', () => {
  const read = (text: string): Read => readPrint('VPN', text, { category: 'network', urgency: 'outage' });
  const reports = (count: number): Report[] =>
    Array.from({ length: count }, (_, n) => ({
      ...{
        id: `T-${String(n).padStart(6, 'A')}`,
        requester: `p${n}@example.org`,
        subject: 'VPN',
        at: MONDAY,
      },
      print: read('The VPN says error 789.').print,
    }));
  const similar = { known: [], version: 0, problem: null, isProposed: false };
  const ask = (count: number, more = {}) =>
    recurs(
      read('No VPN: error 789'),
      'nora@example.org',
      { ...similar, reports: reports(count), ...more },
      desk,
    );

  test('counts people, this one included', () => {
    expect(ask(3)).toMatchObject({ what: 'nothing', why: expect.stringContaining('looks like T-AAAAA') });
    expect(ask(4)).toMatchObject({ what: 'noticed' });
    expect(ask(0)).toEqual({ what: 'nothing', why: null });
  });

  test('is proposed once, and joins what is known', () => {
    expect(ask(9, { isProposed: true })).toMatchObject({ what: 'nothing' });
    expect(ask(9, { problem: problemWith() })).toMatchObject({ what: 'joins' });
  });

  test('what is known is bounded, and an old proposal is forgotten', () => {
    const old = { id: 'T-BBBBBB', as: 'proposal' as const, at: '2026-11-20T09:00:00.000Z', of: [] };
    const kept = withKnown({ known: [old] }, { id: ID, as: 'problem', at: MONDAY }, [], MONDAY);
    expect(kept.map(({ id }) => id)).toEqual([ID]);
    const many = Array.from({ length: 30 }, () => ({ ...old, as: 'problem' as const }));
    expect(withKnown({ known: many }, { id: ID, as: 'problem', at: MONDAY }, [], MONDAY)).toHaveLength(10);
  });
});
