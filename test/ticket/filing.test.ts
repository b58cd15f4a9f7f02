import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, LUIS, MONDAY, PRIYA, ticket } from '../sample.ts';

const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket()) =>
  decideCommands(readCommands(text, 'agent'), on, agent, desk);
const why = (text: string, on: Ticket = ticket()) => decide(text, on).lines[0]?.detail;

describe('#impact and #urgency', () => {
  test('give the priority by the matrix', () => {
    expect(decide('#impact everyone').happenings).toMatchObject([
      { kind: 'prioritised', impact: 'everyone', urgency: 'degraded', priority: 'P2', previous: 'P3' },
    ]);
    expect(decide('#impact team\n#urgency outage').happenings).toMatchObject([
      { priority: 'P2' },
      { impact: 'team', urgency: 'outage', priority: 'P1' },
    ]);
    expect(decide('#impact one').lines[0]?.outcome).toBe('nothing-to-do');
  });

  test('say what is allowed', () => {
    expect(why('#impact evryone')).toBe(
      '“evryone” is no impact; did you mean everyone? allowed are one, team, everyone',
    );
    expect(why('#urgency high')).toBe('“high” is no urgency; allowed are routine, degraded, outage');
  });
});

describe('#type', () => {
  test('makes an incident a problem', () => {
    const { happenings } = decide('#type Problem');
    expect(happenings).toEqual([{ kind: 'retyped', type: 'problem', previous: 'incident', by: LUIS }]);
    expect(ticket(happenings).type).toBe('problem');
  });
});

describe('#tag', () => {
  test('adds and removes, each once', () => {
    const first = decide('#tag +VIP spare, spare').happenings;
    expect(first).toEqual([{ kind: 'tagged', added: ['vip', 'spare'], removed: [], by: LUIS }]);
    const tagged = ticket(first);
    expect(tagged.tags).toEqual(['vip', 'spare']);
    expect(why('#tag -vip +new', tagged)).toBe('its tags: spare, new');
    expect(decide('#tag vip', tagged).lines[0]?.outcome).toBe('nothing-to-do');
  });

  test('takes no word that is none, and no more than thirty', () => {
    expect(why('#tag <b>')).toContain('is no tag');
    expect(why(`#tag ${Array.from({ length: 31 }, (_, index) => `t${index}`).join(' ')}`)).toBe(
      'a ticket carries 30 tags at the most',
    );
  });
});

describe('#time', () => {
  test.each([
    ['30m on the phone', 30, 'on the phone'],
    ['1h30m', 90, ''],
    ['1:30 new toner', 90, 'new toner'],
    ['45', 45, ''],
    ['2h', 120, ''],
    ['10 minutes', 10, ''],
  ])('%s', (value, minutes, what) => {
    expect(decide(`#time ${value}`).happenings).toEqual([{ kind: 'time-spent', minutes, what, by: LUIS }]);
  });

  test.each(['some', '0m', '-5m', '99999h', '3 days'])('refuses %s', (value) => {
    expect(why(`#time ${value}`)).toContain('is no time; write #time 30m');
  });

  test('adds up', () => {
    const spent: Happening = { kind: 'time-spent', minutes: 30, what: '', by: LUIS };
    expect(ticket([spent, spent]).timeSpent).toBe(60);
  });
});

describe('#deescalate', () => {
  const second = ticket([
    { kind: 'escalated', from: 1, to: 2, reason: '', by: LUIS },
    { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: LUIS },
  ]);

  test('goes back down a tier, into other hands, with the reason', () => {
    expect(decide('#de-escalate a restart will do', second).happenings).toMatchObject([
      { kind: 'deescalated', from: 2, to: 1, reason: 'a restart will do' },
      { kind: 'assigned', previous: PRIYA },
    ]);
  });

  test('is refused at the first tier', () => {
    expect(why('#deescalate')).toBe('the ticket is at tier 1, the lowest');
  });
});

test('#open goes on with what waits and reopens what is resolved', () => {
  const waiting = ticket([{ kind: 'paused', until: null, reason: '', by: LUIS }]);
  const resolved = ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]);
  expect(decide('#open', waiting).happenings).toMatchObject([{ kind: 'resumed' }]);
  expect(decide('#open', resolved).happenings).toMatchObject([{ kind: 'reopened' }]);
  expect(decide('#open').lines[0]?.outcome).toBe('nothing-to-do');
});
