import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { upcoming } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MARTHA, MONDAY, PRIYA, ticket } from '../sample.ts';

const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket(), act = agent) =>
  decideCommands(readCommands(text, act.role), on, act, desk);
const why = (text: string, on: Ticket = ticket()) => decide(text, on).lines[0]?.detail;
const told = (event: Happening, on: Ticket) =>
  updatesFor({ ...event, number: on.events, at: MONDAY }, on, desk).map(
    ({ kind, to, audience }) => `${kind} → ${to.address} as ${audience}`,
  );
const own = (on: Ticket) => upcoming(on, desk).filter(({ kind }) => /snooze|due/.test(kind));

describe('#snooze', () => {
  const [snoozed] = decide('#snooze 2h whether the part has come').happenings;
  const asleep = ticket([snoozed as Happening]);

  test('reminds whoever asked, then, and moves no deadline', () => {
    expect(snoozed).toEqual({
      ...{ kind: 'snoozed', until: later(MONDAY, 2), reason: 'whether the part has come', by: LUIS },
    });
    expect(asleep.deadlines).toEqual(ticket().deadlines);
    expect(own(asleep)).toMatchObject([{ kind: 'snooze', at: later(MONDAY, 2) }]);
    const woken = nextStep(asleep, later(MONDAY, 2), desk, new Map());
    expect(woken).toContainEqual({ kind: 'snooze-ended', by: LUIS, reason: 'whether the part has come' });
    expect(told({ kind: 'snooze-ended', by: LUIS, reason: '' }, asleep)).toEqual([`note → ${LUIS} as agent`]);
    expect(own(ticket([snoozed as Happening, { kind: 'snooze-ended', by: LUIS, reason: '' }]))).toEqual([]);
  });

  test('is everybody’s own, and the newer one counts', () => {
    const again = decide('#snooze 3d', asleep, agent).happenings;
    const hers = decide('#snooze tomorrow 9:00', asleep, { ...agent, by: PRIYA }).happenings;
    const both = ticket([snoozed as Happening, ...again, ...hers]);
    expect(own(both).map(({ at }) => at)).toEqual(['2026-11-24T08:00:00.000Z', later(MONDAY, 72)]);
    expect(decide('#snooze none', both).happenings).toMatchObject([{ until: null }]);
  });

  test('says what it takes', () => {
    expect(why('#snooze when the part comes')).toBe(
      '“when the part comes” begins with no time; write for example #snooze 2h, #snooze tomorrow 9:00, or none',
    );
    expect(why('#snooze 2020-01-01')).toContain('is past; give a time to come');
    expect(decide('#snooze none').lines[0]?.outcome).toBe('nothing-to-do');
  });
});

describe('#due', () => {
  const [set] = decide('#due 2027-01-31 14:00 the audit').happenings;
  const dated = ticket([set as Happening]);

  test('warns a day before, and when it passes whoever works on it and the lead hear of it', () => {
    expect(set).toMatchObject({ kind: 'due-set', due: '2027-01-31T13:00:00.000Z', reason: 'the audit' });
    expect(own(dated)).toEqual([
      { kind: 'due-warning', at: '2027-01-30T13:00:00.000Z' },
      { kind: 'due', at: '2027-01-31T13:00:00.000Z' },
    ]);
    const facts = { due: '2027-01-31T13:00:00.000Z', reason: 'the audit', assignee: LUIS };
    expect(told({ kind: 'due-warned', ...facts }, dated)).toEqual([`note → ${LUIS} as agent`]);
    expect(told({ kind: 'due-passed', ...facts }, dated)).toEqual([
      `note → ${LUIS} as agent`,
      `note → ${MARTHA} as lead`,
    ]);
    expect(own(ticket([set as Happening, { kind: 'due-warned', ...facts }]))).toHaveLength(1);
    expect(own(ticket([set as Happening, { kind: 'due-passed', ...facts }]))).toEqual([]);
  });

  test('says each once when its time has come', () => {
    const soon = ticket(decide('#due 4h').happenings);
    const kinds = nextStep(soon, later(MONDAY, 4), desk, new Map()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('due'))).toEqual(['due-warned', 'due-passed']);
  });

  test('goes with “none” and with the solution, and never touches what is promised', () => {
    expect(dated.deadlines).toEqual(ticket().deadlines);
    expect(ticket([set as Happening, ...decide('#due none', dated).happenings]).due).toBeUndefined();
    expect(
      ticket([set as Happening, { kind: 'resolved', reason: '', by: LUIS, message: null }]).due,
    ).toBeUndefined();
    expect(why('#due someday')).toContain('“someday” begins with no time');
  });
});
