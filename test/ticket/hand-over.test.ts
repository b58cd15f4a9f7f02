import { describe, expect, test } from 'vitest';
import { contradictions } from '../../core/config/check.ts';
import type { Calendar, Desk, Person } from '../../core/config/desk.ts';
import { change, changeOnWaking, upcoming } from '../../core/ticket/change.ts';
import { handOverAt } from '../../core/ticket/hand-over.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Loads } from '../../core/triage/route.ts';
import { desk, ticket } from '../sample.ts';

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
