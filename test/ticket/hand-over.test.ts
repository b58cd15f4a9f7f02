import { describe, expect, test } from 'vitest';
import { contradictions } from '../../core/config/check.ts';
import type { Calendar, Desk, Person } from '../../core/config/desk.ts';
import { change, changeOnWaking, upcoming } from '../../core/ticket/change.ts';
import { handOverAt } from '../../core/ticket/hand-over.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Loads } from '../../core/triage/route.ts';
import { desk, MARTHA, ticket } from '../sample.ts';

const office = (name: string, timezone: string): Calendar => {
  const day = ['09:00-17:00'];
  return { name, timezone, hours: { mon: day, tue: day, wed: day, thu: day, fri: day }, holidays: [] };
};

const [BEN, CLEO, MIA] = ['ben@example.test', 'cleo@example.test', 'mia@example.test'];
const agent = (address: string, hours: string, team = 'service-desk'): Person => ({
  ...{ address, name: address.slice(0, address.indexOf('@')), alternates: [], role: 'agent', team, tier: 1 },
  ...{ skills: [], hours, absences: [], mail: 'instant' },
});

/** Berlin, Chicago and Manila; nothing is promised, so that only the hours of people matter. */
function around(handOverTo: string[], people: Person[] = SUN): Desk {
  const none = { P1: {}, P2: {}, P3: {}, P4: {} };
  return {
    ...desk,
    hash: 'around',
    calendars: [
      ...desk.calendars,
      office('berlin', 'Europe/Berlin'),
      office('chicago', 'America/Chicago'),
      office('manila', 'Asia/Manila'),
    ],
    people: [...people, ...desk.people.filter(({ role }) => role !== 'agent')],
    teams: desk.teams.map((team) => (team.name === 'service-desk' ? { ...team, handOverTo } : team)),
    sla: [{ name: 'standard', calendar: 'always', targets: none, warnings: [], escalation: [] }],
  };
}

const SUN = [agent(BEN, 'berlin'), agent(CLEO, 'chicago'), agent(MIA, 'manila')];
const sun = around(['service-desk']);
/** Wednesday, 10:00 in Berlin. */
const MORNING = '2026-01-14T09:00:00.000Z';

function heldBy(assignee: string, home: Desk, at = MORNING): Ticket {
  const empty: Ticket = { ...ticket(), assignee: null, watch: null, deskHash: '' };
  return change(empty, [{ kind: 'assigned', assignee, previous: null, reason: '', by: assignee }], at, home)
    .after;
}

const step = (on: Ticket, at: string, home: Desk, loads: Loads = new Map()) => nextStep(on, at, home, loads);

describe('a ticket that follows the sun', () => {
  test('goes at the end of each one’s hours to whoever’s hours run, and round again', () => {
    let current = heldBy(BEN, sun);
    const story: [string, string | null][] = [];
    for (let shifts = 0; shifts < 4; shifts++) {
      const next = upcoming(current, sun)[0];
      if (!next) break;
      current = changeOnWaking(current, step(current, next.at, sun), next.at, sun).after;
      story.push([next.at, current.assignee]);
    }
    expect(story).toEqual([
      ['2026-01-14T16:00:00.000Z', CLEO],
      // Manila begins two hours after Chicago has ended.
      ['2026-01-15T01:00:00.000Z', MIA],
      // Berlin is open for an hour when Manila ends.
      ['2026-01-15T09:00:00.000Z', BEN],
      ['2026-01-15T16:00:00.000Z', CLEO],
    ]);
    expect(step(heldBy(BEN, sun), '2026-01-14T16:00:00.000Z', sun)).toMatchObject([
      {
        kind: 'assigned',
        previous: BEN,
        reason: expect.stringMatching(/^the hours of ben have ended; cleo: on duty/),
      },
    ]);
  });

  test('over the weekend stays with whoever has it on Friday evening', () => {
    const berlin = around(['service-desk'], [agent(BEN, 'berlin'), agent(MIA, 'berlin')]);
    expect(handOverAt(heldBy(BEN, berlin), berlin)).toBeNull();
    const friday = heldBy(CLEO, sun, '2026-01-16T16:00:00.000Z');
    // Chicago ends on Friday at 23:00; Manila begins on Monday, and before Chicago does.
    expect(handOverAt(friday, sun)).toBe('2026-01-19T01:00:00.000Z');
  });

  test('changes hands at the right hour on the day when the clocks are set', () => {
    // Chicago is in summer time from 8 March on, Berlin from 29 March: Ben ends at 16:00 UTC, then at 15:00.
    expect(handOverAt(heldBy(BEN, sun, '2026-03-12T10:00:00.000Z'), sun)).toBe('2026-03-12T16:00:00.000Z');
    expect(handOverAt(heldBy(BEN, sun, '2026-03-30T10:00:00.000Z'), sun)).toBe('2026-03-30T15:00:00.000Z');
  });

  test('is kept, and asked for again at the next end of his hours, when the others are away', () => {
    const away = {
      from: MORNING,
      until: '2026-02-01T00:00:00.000Z',
      why: 'ill',
      quote: null,
      ambiguous: false,
      source: 'm',
    };
    const loads: Loads = new Map(
      [CLEO, MIA].map((address) => [address, { open: 0, lastAssignedAt: null, away }]),
    );
    const evening = '2026-01-14T16:00:00.000Z';
    const events = step(heldBy(BEN, sun), evening, sun, loads);
    expect(events).toMatchObject([{ kind: 'kept', assignee: BEN }]);
    const after = changeOnWaking(heldBy(BEN, sun), events, evening, sun).after;
    expect(after.watch).toMatchObject({ nextAt: '2026-01-15T16:00:00.000Z', nextKind: 'hand-over' });
  });

  test('stays with him when it comes back from waiting in his next hours', () => {
    const tomorrow = '2026-01-15T10:00:00.000Z';
    const waiting = change(
      heldBy(BEN, sun),
      [{ kind: 'paused', until: null, reason: '', by: BEN }],
      '2026-01-14T12:00:00.000Z',
      sun,
    ).after;
    expect(upcoming(waiting, sun).map(({ kind }) => kind)).not.toContain('hand-over');
    const back = change(waiting, [{ kind: 'resumed', reason: '', by: BEN }], tomorrow, sun).after;
    expect(step(back, tomorrow, sun)).toMatchObject([{ kind: 'kept', assignee: BEN }]);
  });

  test('goes to another team that takes over, in the order of the file', () => {
    const teams = around(['service-desk', 'hr'], [agent(BEN, 'berlin'), agent(CLEO, 'chicago', 'hr')]);
    expect(step(heldBy(BEN, teams), '2026-01-14T16:00:00.000Z', teams)).toMatchObject([
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: 'hr is on duty' },
      { kind: 'assigned', assignee: CLEO, previous: BEN },
    ]);
  });

  test('waits for its agent in a team that hands nothing over', () => {
    const home = around([]);
    expect(upcoming(heldBy(BEN, home), home)).toEqual([]);
  });
});

test('a confidential team hands over to itself alone', () => {
  const teams = desk.teams.map((team) => ({
    ...team,
    handOverTo: team.confidential ? [team.name, 'service-desk'] : ['hr', 'nobody'],
  }));
  expect(
    contradictions({ ...desk, calendars: [], teams } as never).filter(({ path }) =>
      path.includes('handOverTo'),
    ),
  ).toMatchObject([
    { path: ['teams', 0, 'handOverTo', 1], message: 'there is no team “nobody”' },
    { path: ['teams', 1, 'handOverTo', 1], message: 'what comes to hr stays there, for it is confidential' },
  ]);
});

describe('what cannot wait, when the hours of whoever has it end', () => {
  const EVENING = '2026-01-14T16:00:00.000Z';
  const rota = { rota: [CLEO, MIA], from: '2026-01-05', at: '09:00', priorities: ['P1' as const] };
  const withRota = (handOverTo: string[], people = SUN, onCall = rota): Desk => {
    const home = around(handOverTo, people);
    return {
      ...home,
      teams: home.teams.map((team) => (team.name === 'service-desk' ? { ...team, onCall } : team)),
    };
  };
  const urgent = (assignee: string, home: Desk): Ticket => {
    const held = heldBy(assignee, home);
    const impact = 'team' as const;
    const raised = {
      kind: 'prioritised',
      impact,
      urgency: 'outage',
      priority: 'P1',
      previous: 'P3',
    } as const;
    return change({ ...held, watch: null }, [{ ...raised, reason: '', by: BEN }], MORNING, home).after;
  };
  /** Nobody but Ben has hours: at night it is the rota or nobody. */
  const alone = SUN.map((each) => ({ ...each, hours: 'berlin' }));

  test('goes to who is on call at that moment, with the reason', () => {
    const home = withRota([], alone);
    const held = urgent(BEN, home);
    expect(handOverAt(held, home)).toBe(EVENING);
    expect(step(held, EVENING, home)).toMatchObject([
      {
        ...{ kind: 'assigned', assignee: MIA, previous: BEN },
        reason: expect.stringMatching(/^the hours of ben have ended; mia: .*P1 cannot wait; on call until/),
      },
    ]);
  });

  test('stays with whoever has it when he is on call himself', () => {
    const home = withRota([], alone, { ...rota, rota: [BEN, MIA], from: '2026-01-12' });
    expect(step(urgent(BEN, home), EVENING, home)).toMatchObject([{ kind: 'kept', reason: 'he is on call' }]);
  });

  test('goes to somebody of the tier who is still on duty rather than to who is called', () => {
    const home = withRota([]);
    expect(step(urgent(BEN, home), EVENING, home)).toMatchObject([{ kind: 'assigned', assignee: CLEO }]);
  });

  test('goes to the lead who is at work when all of the rota are away, and stays when he is not', () => {
    const absences = [{ from: '2026-01-01', to: '2026-01-31' }];
    const away = alone.map((each) => (each.address === BEN ? each : { ...each, absences }));
    const home = withRota([], away);
    expect(step(urgent(BEN, home), EVENING, home)).toMatchObject([{ kind: 'assigned', assignee: MARTHA }]);
    const everybody = home.people.map((each) => (each.address === BEN ? each : { ...each, absences }));
    const empty = { ...home, people: everybody };
    expect(step(urgent(BEN, empty), EVENING, empty)).toMatchObject([{ kind: 'kept' }]);
  });

  test('is no affair of what can wait', () => {
    expect(handOverAt(heldBy(BEN, withRota([], alone)), withRota([], alone))).toBeNull();
  });

  test('keeps the times at which its team hands over to others, where it does', () => {
    const home = withRota(['service-desk']);
    expect(handOverAt(urgent(BEN, home), home)).toBe(handOverAt(heldBy(BEN, sun), sun));
  });
});
