/** What a person is spared and what stays his: caps, the requester's last agent, and turns among equals. */
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import type { Desk, Person } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { lastAgent } from '../../core/triage/last-agent.ts';
import { type Load, route, type Wanted } from '../../core/triage/route.ts';
import { reasonIn } from '../../templates/reasons.ts';
import { deskOf, SMALL_DESK } from '../config/small-desk.ts';
import { KIM, LUIS, later, MONDAY, desk as sample, ticket } from '../sample.ts';

const NOON = '2026-11-23T11:00:00Z';
const small = deskOf(SMALL_DESK);
const [ANN, BOB, LEO] = ['ann@example.org', 'bob@example.org', 'leo@example.org'];

function deskWith(...people: (Partial<Person> & { name: string })[]): Desk {
  const [agent, lead] = small.people as [Person, Person];
  const agents = people.map((each) => ({ ...agent, address: `${each.name}@example.org`, ...each }));
  return { ...small, people: [...agents, lead] };
}

const load = (open: number, lastAssignedAt: string | null = null): Load => ({ open, lastAssignedAt });
const routed = (desk: Desk, loads: Record<string, Load>, more: Partial<Wanted> = {}) =>
  route({ team: 'it', tier: 1, skills: [], ...more }, desk, new Map(Object.entries(loads)), NOON);

describe('a cap', () => {
  const desk = deskWith({ name: 'ann', cap: 3 }, { name: 'bob', cap: 9 });

  test('keeps new tickets from whoever has so many, and the reason names it', () => {
    expect(routed(desk, { [ANN]: load(2), [BOB]: load(5) }).assignee).toBe(ANN);
    expect(routed(desk, { [ANN]: load(3), [BOB]: load(5) })).toEqual({
      assignee: BOB,
      reason: 'bob: on duty; the only one of it at tier 1; ann is at the cap of 3',
    });
  });

  test('does not count for P1', () => {
    expect(routed(desk, { [ANN]: load(3), [BOB]: load(9) }, { priority: 'P1' }).assignee).toBe(ANN);
    expect(routed(desk, { [ANN]: load(3), [BOB]: load(9) }, { priority: 'P2' }).assignee).toBe(LEO);
  });

  test('of all of a tier sends it to the lead, who reads who is full', () => {
    expect(routed(desk, { [ANN]: load(4), [BOB]: load(9) })).toEqual({
      assignee: LEO,
      reason:
        'Leo: everybody of it at tier 1 is absent or at the cap; ann is at the cap of 3; bob is at the cap of 9; the lead of it takes it',
    });
  });

  test('is stronger than a skill', () => {
    const skilled = deskWith({ name: 'ann', cap: 1, skills: ['network'] }, { name: 'bob' });
    expect(routed(skilled, { [ANN]: load(1) }, { skills: ['network'] }).assignee).toBe(BOB);
  });

  test('that is not set lets anybody have as many as come', () => {
    expect(routed(deskWith({ name: 'ann' }), { [ANN]: load(5_000) }).assignee).toBe(ANN);
  });

  test('is spoken of in every language', () => {
    const { reason } = routed(desk, { [ANN]: load(3) });
    const { reason: lead } = routed(desk, { [ANN]: load(3), [BOB]: load(9) });
    for (const language of LANGUAGES.filter((each) => each !== 'en')) {
      expect(reasonIn(language, reason)).not.toContain('is at the cap');
      expect(reasonIn(language, lead)).not.toMatch(/takes it|everybody of/);
    }
  });
});

describe('whoever asks again comes to the agent whom he knows', () => {
  const last = { agent: BOB, ticketId: 'T-7K4M2Q' };

  test('although another has less to do', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob' });
    expect(routed(desk, { [BOB]: load(4) }, { last })).toEqual({
      assignee: BOB,
      reason: 'bob: on duty; 4 open tickets; T-7K4M2Q of the same requester was his',
    });
    expect(routed(desk, { [BOB]: load(4) }).assignee).toBe(ANN);
    expect(routed(desk, { [ANN]: load(4) }, { last: { ...last, agent: ANN } }).assignee).toBe(ANN);
  });

  test.each<[string, Partial<Person>, Partial<Wanted>]>([
    ['is away', { absences: [{ from: '2026-11-20', to: '2026-11-30' }] }, {}],
    ['is off duty while another is at work', { hours: 'office' }, {}],
    ['has as many as the cap allows', { cap: 4 }, {}],
    ['is of another team', { team: 'hr' }, {}],
    ['stands at another tier', { tier: 2 }, {}],
    ['knows less of it than another', {}, { skills: ['network'] }],
  ])('but not when he %s', (_, bob, wanted) => {
    const night = '2026-11-23T22:00:00Z';
    const desk = deskWith({ name: 'ann', skills: ['network'] }, { name: 'bob', ...bob });
    const asked = { team: 'it', tier: 1, skills: [], last, ...wanted };
    const loads = new Map([[BOB, load(4)]]);
    expect(route(asked, desk, loads, bob.hours ? night : NOON).assignee).toBe(ANN);
  });

  const within = { ...small, triage: { lastAgent: 7 * 86_400_000 } };
  const done: Ticket = {
    ...ticket(),
    team: 'it',
    status: 'closed',
    closedAt: MONDAY,
    resolvedAt: MONDAY,
    waiting: null,
  };

  test('for as long as desk.yaml says after the last was done', () => {
    expect(lastAgent(done, 'it', later(MONDAY, 7 * 24), within)).toEqual({ agent: LUIS, ticketId: done.id });
    expect(lastAgent(done, 'it', later(MONDAY, 7 * 24 + 1), within)).toBeNull();
    expect(lastAgent({ ...ticket(), team: 'it' }, 'it', later(MONDAY, 9_000), within)?.agent).toBe(LUIS);
  });

  test('and not where it does not, for another team’s ticket, or one that nobody had', () => {
    expect(lastAgent(done, 'it', MONDAY, small)).toBeNull();
    expect(lastAgent(done, 'hr', MONDAY, within)).toBeNull();
    expect(lastAgent({ ...done, assignee: null }, 'it', MONDAY, within)).toBeNull();
    expect(lastAgent(null, 'it', MONDAY, within)).toBeNull();
  });
});

test('equals have turns: each gets the next when his is the longest ago, whatever chance and the file say', () => {
  const names = ['dee', 'ann', 'cid', 'bob'];
  const desk = deskWith(...names.map((name) => ({ name })));
  const loads: Record<string, Load> = {};
  const given = Array.from({ length: 12 }, (_, n) => {
    const { assignee } = routed(desk, loads);
    // Each is solved before the next comes: all have nothing open, and only the turn tells them apart.
    loads[assignee ?? ''] = load(0, later(MONDAY, n));
    return assignee?.slice(0, 3);
  });
  expect(given).toEqual([...names.toSorted(), ...names.toSorted(), ...names.toSorted()]);
});

describe('#assign', () => {
  const act = (loads: Record<string, Load>) => ({
    ...{ by: LUIS, role: 'agent' as const, now: MONDAY, loads: new Map(Object.entries(loads)) },
  });
  const assign = (loads: Record<string, Load>, desk = sample) =>
    decideCommands(readCommands('#assign kim', 'agent'), ticket(), act(loads), desk);
  const away = {
    ...{ from: MONDAY, until: later(MONDAY, 96), why: '', quote: null, ambiguous: false, source: 'm' },
  };

  test('to somebody who is away is done, and says until when', () => {
    const { lines, happenings } = assign({ [KIM]: { ...load(0), away } });
    expect(happenings).toMatchObject([{ kind: 'assigned', assignee: KIM }]);
    expect(lines[0]?.said).toEqual({
      key: 'given-to-absent',
      facts: { name: 'Kim Brandt', until: '2026-11-27' },
    });
  });

  test('to somebody with more than his cap is done, and says how many he has', () => {
    const capped = { ...sample, people: sample.people.map((each) => ({ ...each, cap: 5 })) };
    const { lines, happenings } = assign({ [KIM]: load(7) }, capped);
    expect(happenings).toMatchObject([{ kind: 'assigned', assignee: KIM }]);
    expect(lines[0]?.said).toEqual({
      key: 'given-to-full',
      facts: { name: 'Kim Brandt', count: '7', cap: '5' },
    });
  });

  test('to anybody else says no more than his name', () => {
    expect(assign({ [KIM]: load(3) }).lines[0]?.said).toEqual({
      key: 'given-to',
      facts: { name: 'Kim Brandt' },
    });
  });
});
