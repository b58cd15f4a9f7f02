import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { answerExtension } from '../../core/ticket/extension.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MARTHA, MONDAY, NORA, ticket } from '../sample.ts';

const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket(), act = agent) =>
  decideCommands(readCommands(text, act.role), on, act, desk);
const why = (text: string, on: Ticket = ticket(), act = agent) => decide(text, on, act).lines[0]?.detail;
const told = (event: Happening, on: Ticket) =>
  updatesFor({ ...event, number: on.events, at: MONDAY }, on, desk).map(
    ({ kind, to }) => `${kind} → ${to.address}`,
  );

const [asked] = decide('#extend 4h the part comes tomorrow').happenings as [Happening];
const waiting = ticket([asked]);

describe('#extend', () => {
  test('asks the lead, and moves nothing before he has answered', () => {
    expect(asked).toMatchObject({
      ...{ kind: 'extension-asked', lead: MARTHA, ms: 4 * 3_600_000, reason: 'the part comes tomorrow' },
      due: ticket().deadlines.resolution,
    });
    expect(waiting.deadlines).toEqual(ticket().deadlines);
    expect(told(asked, waiting)).toEqual([`approval → ${MARTHA}`]);
    expect(why('#extend 2h more', waiting)).toContain('is asked for more time already');
  });

  test('a yes moves the solution by so much working time, and nothing else; the requester hears it', () => {
    const yes = answerExtension('approve', waiting, MARTHA, desk) as Happening;
    const { after } = change(waiting, [yes], later(MONDAY, 1), desk);
    const { resolution, ...others } = ticket().deadlines;
    expect(after.deadlines).toMatchObject(others);
    expect(after.deadlines.resolution).toBe(asked.kind === 'extension-asked' ? asked.wouldBe : '');
    expect(Date.parse(after.deadlines.resolution ?? '')).toBeGreaterThanOrEqual(
      Date.parse(later(resolution ?? '', 4)),
    );
    expect(told(yes, after)).toEqual([`note → ${LUIS}`, `decided → ${NORA}`]);
    expect(answerExtension('approve', after, MARTHA, desk)).toBeNull();
  });

  test('a no leaves it, and only the agent hears', () => {
    const no = answerExtension('reject', waiting, MARTHA, desk) as Happening;
    const { after } = change(waiting, [no], later(MONDAY, 1), desk);
    expect(after.deadlines).toEqual(ticket().deadlines);
    expect(told(no, after)).toEqual([`note → ${LUIS}`]);
    expect(decide('#extend 2h once more', after).refused).toBe(false);
  });

  test('nobody else answers it, and it is over when the ticket is resolved', () => {
    expect(answerExtension('approve', waiting, LUIS, desk)).toBeNull();
    const resolved = ticket([asked, { kind: 'resolved', reason: '', by: LUIS, message: null }]);
    expect(answerExtension('approve', resolved, MARTHA, desk)).toBeNull();
  });

  test('a lead asks whoever is above him', () => {
    const [own] = decide('#extend 4h the part', ticket(), { ...agent, by: MARTHA }).happenings;
    const managers = desk.people.filter(({ role }) => role === 'manager').map(({ address }) => address);
    expect(managers).toContain(own?.kind === 'extension-asked' ? own.lead : '');
  });

  test('says what it takes', () => {
    expect(why('#extend 2d the part')).toBe(
      '“2d the part” is no working time; write #extend 4h or #extend 1h30m, and why',
    );
    expect(why('#extend 4h')).toContain('the lead has to know why');
    expect(why('#extend 4h why', ticket([{ kind: 'paused', until: null, reason: '', by: LUIS }]))).toContain(
      'no time for the solution runs',
    );
  });
});
