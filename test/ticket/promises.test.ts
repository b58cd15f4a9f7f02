import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PRIORITIES } from '../../core/config/choices.ts';
import {
  ACTIONS,
  type Desk,
  type Level,
  type Person,
  type Policy,
  type Warning,
} from '../../core/config/desk.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change, changeOnWaking, upcoming } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MARTHA, MONDAY, NORA, PRIYA, ticket } from '../sample.ts';

const HOUR = 3_600_000;
const GRACE = 'grace.okafor@example.test';

/** The sample desk with other promises for all: of the last policy, changed as given. */
function deskWith(given: Partial<Policy>, others: Partial<Desk> = {}): Desk {
  const standard = desk.sla.at(-1);
  if (!standard) throw new Error('the sample desk has no policy for all');
  return { ...desk, hash: 'another', sla: [{ ...standard, ...given }], ...others };
}

/** One deadline, the first response, four hours after Monday 10:00 in Berlin. */
const FOUR_HOURS = { P1: {}, P2: {}, P3: { firstResponse: { ms: 4 * HOUR } }, P4: {} };
const only = (given: Partial<Policy>) => deskWith({ targets: FOUR_HOURS, warnings: [], ...given });

/** Nora's ticket, at home on this desk. */
function at(home: Desk): Ticket {
  return change({ ...ticket(), deskHash: '' }, [], MONDAY, home).after;
}

const share = (part: number): Warning => ({ name: `${part}%`, share: part / 100 });
const left = (hours: number): Warning => ({ name: `${hours}h`, before: hours * HOUR });
const kinds = (happenings: Happening[]) => happenings.map(({ kind }) => kind);
const step = (on: Ticket, when: string, home: Desk) => nextStep(on, when, home, new Map());

/** Lives on, waking whenever the watch would, until `end`: what happened, with the hours since Monday 10:00. */
function live(from: Ticket, end: string, home: Desk): { after: Ticket; story: [number, Happening][] } {
  const story: [number, Happening][] = [];
  let current = from;
  for (let next = upcoming(current, home)[0]; next && next.at <= end; next = upcoming(current, home)[0]) {
    const events = step(current, next.at, home);
    story.push(
      ...events.map((event): [number, Happening] => [
        (Date.parse(next?.at ?? '') - Date.parse(MONDAY)) / HOUR,
        event,
      ]),
    );
    current = changeOnWaking(current, events, next.at, home).after;
  }
  return { after: current, story };
}

describe('warnings', () => {
  test('come at each share of the time and at each time that is left, in working hours', () => {
    const home = only({ warnings: [share(50), share(75), left(0.5)] });
    const { story } = live(at(home), later(MONDAY, 3.9), home);
    expect(story).toMatchObject([
      [2, { kind: 'deadline-warned', warnings: ['50%'] }],
      [3, { kind: 'deadline-warned', warnings: ['75%'] }],
      [3.5, { kind: 'deadline-warned', warnings: ['0.5h'] }],
    ]);
  });

  test('in working hours: half an hour before nine in the morning is half past seven of the same morning', () => {
    const home = only({ warnings: [left(3)] });
    // The desk opens at 07:00; what comes on Monday at 18:00 is due on Tuesday at 09:00, Berlin time.
    const evening = change({ ...ticket(), clock: [], deskHash: '' }, [], MONDAY, home).after;
    const asked: Ticket = {
      ...evening,
      clock: [
        { kind: 'retarget', at: later(MONDAY, 8), priority: 'P3' },
        { kind: 'start', at: later(MONDAY, 8), measure: 'firstResponse' },
      ],
    };
    expect(upcoming(asked, home)).toMatchObject([
      { kind: 'warn', at: '2026-11-23T18:00:00.000Z' },
      { kind: 'breach', at: '2026-11-24T08:00:00.000Z' },
    ]);
  });

  test('are left out where less time is promised than is to be left', () => {
    const home = only({ warnings: [left(4), left(5)] });
    expect(upcoming(at(home), home)).toMatchObject([{ kind: 'breach' }]);
  });

  test('that have passed are said as one, once', () => {
    const home = only({ warnings: [share(50), share(75)] });
    const warned = step(at(home), later(MONDAY, 3.5), home);
    expect(warned).toMatchObject([{ kind: 'deadline-warned', warnings: ['50%', '75%'] }]);
    const after = change(at(home), warned, later(MONDAY, 3.5), home).after;
    expect(step(after, later(MONDAY, 3.6), home)).toEqual([]);
  });

  test('T109: a warning that is past when the ticket is given to somebody comes at once, to him, and once', () => {
    const home = only({ warnings: [share(75)] });
    const late = later(MONDAY, 3.2);
    const nobodys: Ticket = { ...at(home), assignee: null, watch: null };
    const taken = change(
      nobodys,
      [{ kind: 'assigned', assignee: PRIYA, previous: null, reason: '', by: PRIYA }],
      late,
      home,
    ).after;
    expect(taken.watch).toMatchObject({ nextAt: late, nextKind: 'warn:firstResponse' });
    const warned = step(taken, late, home);
    expect(warned).toMatchObject([{ kind: 'deadline-warned', assignee: PRIYA }]);
    const after = changeOnWaking(taken, warned, late, home).after;
    expect(after.watch).toMatchObject({ nextAt: later(MONDAY, 4), nextKind: 'breach:firstResponse' });
  });
});

describe('after a deadline', () => {
  const steps: Level[] = [
    { after: HOUR, do: ['tell-manager', 'raise-priority'] },
    { after: 2 * HOUR, do: ['reassign'] },
    { after: 3 * HOUR, when: { priorities: ['P1'] }, do: ['climb'] },
  ];

  test('each step comes at its time, under its condition, once', () => {
    const same = { firstResponse: { ms: 4 * HOUR } };
    const home = only({ targets: { P1: same, P2: same, P3: same, P4: same }, escalation: steps });
    const { story } = live(at(home), later(MONDAY, 30), home);
    expect(story.map(([hours, { kind }]) => [hours, kind])).toEqual([
      [4, 'deadline-breached'],
      [4, 'escalated'],
      [4, 'assigned'],
      [5, 'deadline-overrun'],
      [5, 'prioritised'],
      [6, 'deadline-overrun'],
      [6, 'assigned'],
    ]);
  });

  test('a condition that comes true later is met at once', () => {
    const same = { firstResponse: { ms: 4 * HOUR } };
    const home = only({ targets: { P1: same, P2: same, P3: same, P4: same }, escalation: steps.slice(2) });
    const { after } = live(at(home), later(MONDAY, 8), home);
    const raised = change(
      after,
      [
        {
          kind: 'prioritised',
          impact: 'one',
          urgency: 'outage',
          priority: 'P1',
          previous: 'P3',
          reason: '',
          by: LUIS,
        },
      ],
      later(MONDAY, 8.5),
      home,
    ).after;
    expect(kinds(step(raised, later(MONDAY, 8.5), home))).toEqual([
      'deadline-overrun',
      'escalated',
      'assigned',
    ]);
  });

  test('steps count the hours of the calendar, and are not for measures that they do not name', () => {
    const home = only({
      escalation: [{ after: 9 * HOUR, when: { measures: ['resolution'] }, do: ['tell-lead'] }],
    });
    const late = live(at(home), later(MONDAY, 100), home);
    expect(late.story.map(([, { kind }]) => kind)).not.toContain('deadline-overrun');
    const named = only({
      escalation: [{ after: 9 * HOUR, when: { measures: ['firstResponse'] }, do: ['tell-lead'] }],
    });
    // Due on Monday at 14:00; six hours until 20:00, and three from 07:00 on Tuesday.
    expect(live(at(named), later(MONDAY, 100), named).story.at(-1)).toMatchObject([
      24,
      { kind: 'deadline-overrun', measure: 'firstResponse' },
    ]);
  });

  test('an answer ends them', () => {
    const home = only({ escalation: steps });
    const breached = live(at(home), later(MONDAY, 4), home).after;
    const answered = change(
      breached,
      [{ kind: 'answered', message: 2, by: PRIYA, messageId: null, with: null }],
      later(MONDAY, 4.5),
      home,
    ).after;
    expect(upcoming(answered, home)).toEqual([]);
  });

  test('the lead, the manager, or whoever is above whose ticket it is, hears of it', () => {
    const told = (actions: Level['do'], assignee: string | null, home = desk) => {
      const event: TicketEvent = {
        ...{ kind: 'deadline-overrun', measure: 'resolution', due: MONDAY, startedAt: MONDAY, assignee },
        ...{ after: HOUR, do: actions, number: 9, at: MONDAY },
      };
      return updatesFor(event, ticket(), home).map(({ kind, to }) => `${kind} → ${to.address}`);
    };
    expect(told(['tell-lead'], LUIS)).toEqual([`breach → ${MARTHA}`]);
    expect(told(['tell-lead', 'tell-manager'], LUIS)).toEqual([`breach → ${MARTHA}`, `breach → ${GRACE}`]);
    expect(told(['tell-lead'], MARTHA)).toEqual([`breach → ${GRACE}`]);
    expect(told(['reassign'], LUIS)).toEqual([]);
    const alone = { ...desk, people: desk.people.filter(({ role }) => role !== 'manager') };
    expect(told(['tell-manager'], LUIS, alone)).toEqual([`breach → ${MARTHA}`]);
  });

  test('each step that tells the manager goes one higher in the chain, and the last again', () => {
    const [TOM, EVE] = ['tom@example.test', 'eve@example.test'];
    const above = (address: string, name: string, manager?: string) => ({
      ...(desk.people.find((person) => person.address === GRACE) as Person),
      ...{ address, name, ...(manager ? { manager } : {}) },
    });
    const chain: Desk = {
      ...only({
        escalation: [1, 2, 3].map((hours): Level => ({ after: hours * HOUR, do: ['tell-manager'] })),
      }),
      people: [
        ...desk.people.map((person) => (person.address === MARTHA ? { ...person, manager: TOM } : person)),
        ...[above(TOM, 'Tom', EVE), above(EVE, 'Eve')],
      ],
    };
    const told = (
      after: number,
      assignee = LUIS,
      kind: 'deadline-overrun' | 'deadline-breached' = 'deadline-overrun',
    ) => {
      const deadline = { measure: 'resolution', due: MONDAY, startedAt: MONDAY, assignee };
      const event = { kind, ...deadline, after: after * HOUR, do: ['tell-manager'], number: 9, at: MONDAY };
      return updatesFor(event as TicketEvent, at(chain), chain).map(({ to }) => to.address);
    };
    expect([told(1), told(2), told(3)]).toEqual([[TOM], [EVE], [EVE]]);
    // A lead's own ticket is whoever's is above him.
    expect(told(0, MARTHA, 'deadline-breached')).toEqual([TOM]);
  });

  test('the lead reads along from then on, once', () => {
    const home = only({
      escalation: [
        { after: HOUR, do: ['lead-watches'] },
        { after: 2 * HOUR, do: ['lead-watches'] },
      ],
    });
    const { after, story } = live(at(home), later(MONDAY, 20), home);
    expect(after.watchers).toEqual([MARTHA]);
    expect(story.map(([, { kind }]) => kind).filter((kind) => kind === 'watched')).toHaveLength(1);
  });

  test('a ticket that cannot be raised, climb or go into other hands is still spoken of, once', () => {
    const home = only({
      targets: { ...FOUR_HOURS, P1: { firstResponse: { ms: 4 * HOUR } } },
      escalation: [{ after: HOUR, do: ['raise-priority', 'climb'] }],
    });
    const top: Ticket = { ...at(home), tier: 3, priority: 'P1' };
    const { story } = live(top, later(MONDAY, 20), home);
    expect(story.map(([, { kind }]) => kind)).toEqual(['deadline-breached', 'deadline-overrun']);
  });
});

describe('the policy of a ticket', () => {
  const quick = { firstResponse: { ms: HOUR }, resolution: { ms: 2 * HOUR } };
  const vip: Policy = {
    ...{ name: 'vip', when: { vip: true }, calendar: 'always', warnings: [], escalation: [] },
    targets: { P1: quick, P2: quick, P3: quick, P4: quick },
  };
  const withVips: Desk = {
    ...deskWith({}),
    vips: ['vera@example.net'],
    sla: [vip, ...desk.sla.slice(-1)],
  };

  test('is on the ticket and in its log from the first instant, with the reason', () => {
    expect(ticket()).toMatchObject({
      policy: 'standard',
      policyReason: 'it is for all tickets that no other is for',
    });
    expect(ticket().clock[0]).toMatchObject({ kind: 'retarget', priority: 'P3', policy: 'standard' });
  });

  test('changes with what it was chosen by, and the ticket says so', () => {
    const home = at(withVips);
    const { after, events } = change(
      home,
      [
        {
          kind: 'requester-changed',
          requester: { address: 'vera@example.net', name: 'Vera' },
          previous: home.requester,
          by: LUIS,
        },
      ],
      later(MONDAY, 0.5),
      withVips,
    );
    expect(kinds(events)).toEqual(['requester-changed', 'reckoned-anew', 'watch-started']);
    expect(events[1]).toMatchObject({
      cause: 'ticket-changed',
      policy: 'vip',
      reason: 'the requester is a VIP',
      before: { firstResponse: later(MONDAY, 4) },
      after: { firstResponse: later(MONDAY, 1), resolution: later(MONDAY, 2) },
    });
    expect(after).toMatchObject({ policy: 'vip', deadlines: { firstResponse: later(MONDAY, 1) } });
    expect(after.clock.at(-1)).toMatchObject({
      kind: 'retarget',
      priority: 'P3',
      policy: 'vip',
      reason: 'the requester is a VIP',
    });
  });

  test('stays with the priority when that changes', () => {
    const home = { ...withVips, vips: [NORA] };
    const raised = change(
      at(home),
      [
        {
          kind: 'prioritised',
          impact: 'one',
          urgency: 'outage',
          priority: 'P1',
          previous: 'P3',
          reason: '',
          by: LUIS,
        },
      ],
      MONDAY,
      home,
    ).after;
    expect(raised.clock.at(-1)).toMatchObject({ kind: 'retarget', priority: 'P1', policy: 'vip' });
  });

  test('is chosen anew when the ticket is opened again, not while it is closed', () => {
    const closed = change(at(withVips), [{ kind: 'closed', reason: '', by: LUIS }], MONDAY, withVips).after;
    const now = { ...withVips, vips: [NORA], hash: 'a third' };
    expect(change(closed, [], MONDAY, now).events).toEqual([]);
    const reopened = change(closed, [{ kind: 'reopened', reason: '', by: NORA, told: true }], MONDAY, now);
    expect(kinds(reopened.events)).toEqual(['reopened', 'reckoned-anew', 'watch-started']);
    expect(reopened.after.policy).toBe('vip');
  });
});

describe('a desk.yaml that is edited while tickets run', () => {
  test('T112: a changed target moves their deadlines, and the ticket says from what to what', () => {
    const before = at(only({}));
    const shorter = deskWith(
      { targets: { ...FOUR_HOURS, P3: { firstResponse: { ms: HOUR } } }, warnings: [] },
      { hash: 'edited' },
    );
    const { after, events } = change(before, [], later(MONDAY, 0.5), shorter);
    expect(events).toMatchObject([
      {
        kind: 'reckoned-anew',
        cause: 'desk-changed',
        policy: 'standard',
        before: { firstResponse: later(MONDAY, 4) },
        after: { firstResponse: later(MONDAY, 1) },
      },
      { kind: 'watch-started', generation: 2, nextAt: later(MONDAY, 1) },
    ]);
    expect(after).toMatchObject({ deskHash: 'edited', deadlines: { firstResponse: later(MONDAY, 1) } });
    expect(change(after, [], later(MONDAY, 0.6), shorter).events).toEqual([]);
  });

  test('T101: a holiday that is added moves them too', () => {
    const before = at(only({}));
    const closed: Desk = {
      ...only({}),
      hash: 'edited',
      calendars: desk.calendars.map((calendar) =>
        calendar.name === 'service' ? { ...calendar, holidays: ['2026-11-23'] } : calendar,
      ),
    };
    expect(change(before, [], MONDAY, closed).events).toMatchObject([
      { kind: 'reckoned-anew', after: { firstResponse: '2026-11-24T10:00:00.000Z' } },
    ]);
  });

  test('an edit that changes nothing for a ticket says nothing on it', () => {
    const { after, events } = change(at(only({})), [], MONDAY, { ...only({}), hash: 'edited', name: 'Desk' });
    expect(events).toEqual([]);
    expect(after.deskHash).toBe('edited');
  });

  test('the watch that wakes first does by the new one what is due by it', () => {
    const before = at(only({}));
    const shorter = deskWith(
      { targets: { ...FOUR_HOURS, P3: { firstResponse: { ms: HOUR } } }, warnings: [] },
      { hash: 'edited' },
    );
    const when = later(MONDAY, 2);
    const { events } = changeOnWaking(before, step(before, when, shorter), when, shorter);
    expect(kinds(events)).toEqual(['reckoned-anew', 'deadline-breached', 'escalated', 'assigned']);
  });

  test('nobody is written to about it', () => {
    const event: TicketEvent = {
      ...{
        kind: 'reckoned-anew',
        cause: 'desk-changed',
        policy: 'standard',
        reason: '',
        before: {},
        after: {},
      },
      ...{ number: 9, at: MONDAY },
    };
    expect(updatesFor(event, ticket(), desk)).toEqual([]);
  });
});

describe('waiting for others than the requester', () => {
  const totals = { requesterWait: { ms: 6 * HOUR }, agentWork: { ms: 6 * HOUR } };
  const home = only({ targets: { ...FOUR_HOURS, P3: totals } });
  const paused = (awaited?: 'third-party') =>
    change(
      at(home),
      [{ kind: 'paused', until: null, reason: 'a spare part', by: LUIS, ...(awaited ? { awaited } : {}) }],
      later(MONDAY, 1),
      home,
    ).after;

  test('his wait runs on and breaches, and nobody reminds him', () => {
    expect(paused('third-party').deadlines).toEqual({ requesterWait: later(MONDAY, 6) });
    const { story } = live(paused('third-party'), later(MONDAY, 200), home);
    expect(story.map(([, { kind }]) => kind)).toEqual(
      expect.arrayContaining(['deadline-breached', 'resumed']),
    );
    expect(story.map(([, { kind }]) => kind)).not.toContain('requester-reminded');
    expect(paused().deadlines).toEqual({});
  });

  test('who is waited for may change, and each hour is of whom it was', () => {
    const then = change(
      paused('third-party'),
      [{ kind: 'paused', until: null, reason: 'his word on it', by: LUIS }],
      later(MONDAY, 3),
      home,
    ).after;
    expect(then.clock.slice(-2)).toMatchObject([
      { kind: 'resume', at: later(MONDAY, 3) },
      { kind: 'pause', at: later(MONDAY, 3), awaited: 'requester' },
    ]);
    const resumed = change(then, [{ kind: 'resumed', reason: '', by: NORA }], later(MONDAY, 5), home).after;
    // Of six hours three had passed for him, one for the agents.
    expect(resumed.deadlines).toMatchObject({
      requesterWait: later(MONDAY, 8),
      agentWork: later(MONDAY, 10),
    });
  });
});

test('what was told of runs that are over is forgotten, what was told of this one never', () => {
  const home = only({
    warnings: [share(50)],
    targets: { ...FOUR_HOURS, P3: { nextResponse: { ms: 2 * HOUR }, resolution: { ms: 9 * HOUR } } },
  });
  let current = at(home);
  const warn = (measure: 'resolution' | 'nextResponse', startedAt: string): Happening => ({
    ...{ kind: 'deadline-warned', warnings: ['50%'], measure, startedAt, due: MONDAY, assignee: LUIS },
  });
  current = change(current, [warn('resolution', MONDAY)], MONDAY, home).after;
  for (let minute = 0; minute < 300; minute++)
    current = change(current, [warn('nextResponse', later(MONDAY, minute / 60))], MONDAY, home).after;
  expect(current.told).toEqual([
    `resolution:${MONDAY}:warned 50%`,
    `nextResponse:${later(MONDAY, 299 / 60)}:warned 50%`,
  ]);
});

test('an agent’s word begins the time to his next one, until the ticket is solved', () => {
  const home = only({ targets: { ...FOUR_HOURS, P3: { periodicUpdate: { ms: 2 * HOUR } } } });
  const answered = (hours: number): [Happening[], string] => [
    [{ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null }],
    later(MONDAY, hours),
  ];
  expect(at(home).deadlines).toEqual({});
  const once = change(at(home), ...answered(1), home).after;
  expect(once.deadlines).toEqual({ periodicUpdate: later(MONDAY, 3) });
  const twice = change(once, ...answered(2.5), home).after;
  expect(twice.deadlines).toEqual({ periodicUpdate: later(MONDAY, 4.5) });
  const solved = change(
    twice,
    [{ kind: 'resolved', reason: '', by: LUIS, message: null }],
    later(MONDAY, 3),
    home,
  ).after;
  expect(solved.deadlines).toEqual({});
  expect(change(solved, ...answered(3.5), home).after.clock.at(-1)).not.toMatchObject({
    measure: 'periodicUpdate',
    kind: 'start',
  });
});

describe('whatever happens to a ticket', () => {
  const anyTargets = fc.record({
    firstResponse: fc.integer({ min: 1, max: 20 }),
    nextResponse: fc.integer({ min: 1, max: 20 }),
    periodicUpdate: fc.integer({ min: 1, max: 20 }),
    resolution: fc.integer({ min: 1, max: 60 }),
    requesterWait: fc.integer({ min: 1, max: 60 }),
    agentWork: fc.integer({ min: 1, max: 60 }),
    tier: fc.integer({ min: 1, max: 20 }),
  });
  const ofHours = (hours: Record<string, number>) =>
    Object.fromEntries(Object.entries(hours).map(([measure, number]) => [measure, { ms: number * HOUR }]));
  const anyLevel: fc.Arbitrary<Level> = fc.record(
    {
      after: fc.integer({ min: 1, max: 10 }).map((hours) => hours * HOUR),
      when: fc.record({ priorities: fc.subarray([...PRIORITIES], { minLength: 1 }) }),
      do: fc.subarray([...ACTIONS], { minLength: 1 }),
    },
    { requiredKeys: ['after', 'do'] },
  );
  const anyPolicy = (name: string, calendar: string) =>
    fc.record({
      name: fc.constant(name),
      calendar: fc.constant(calendar),
      targets: fc.tuple(anyTargets, anyTargets).map(([urgent, normal]) => {
        const [quick, slow] = [ofHours(urgent), ofHours(normal)];
        return { P1: quick, P2: quick, P3: slow, P4: slow };
      }),
      warnings: fc.subarray([share(25), share(50), share(75), left(1), left(4)]),
      escalation: fc.array(anyLevel, { maxLength: 3 }),
    });
  const anyDesk = fc.tuple(anyPolicy('vip', 'always'), anyPolicy('standard', 'service'), fc.boolean()).map(
    ([first, last, sun]): Desk => ({
      ...deskWith({}, { vips: ['vera@example.net'] }),
      sla: [{ ...first, when: { vip: true } }, last],
      teams: desk.teams.map((team) => ({ ...team, handOverTo: sun ? [team.name] : [] })),
    }),
  );
  const vera = { address: 'vera@example.net', name: '' };
  const anyAct: fc.Arbitrary<(on: Ticket) => Happening[]> = fc.constantFrom<(on: Ticket) => Happening[]>(
    () => [{ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null }],
    ({ requester }) => [
      { kind: 'message-received', message: 3, from: requester, messageId: null, flagged: null },
    ],
    () => [{ kind: 'paused', until: null, reason: 'his word', by: LUIS }],
    () => [{ kind: 'paused', until: null, reason: 'a part', by: LUIS, awaited: 'third-party' }],
    ({ status }) => (status === 'waiting' ? [{ kind: 'resumed', reason: '', by: NORA }] : []),
    ({ status }) =>
      status === 'resolved' || status === 'closed'
        ? [{ kind: 'reopened', reason: '', by: NORA, told: true }]
        : [],
    () => [{ kind: 'resolved', reason: '', by: LUIS, message: null }],
    ({ priority }) => [
      {
        kind: 'prioritised',
        impact: 'one',
        urgency: 'outage',
        priority: 'P1',
        previous: priority,
        reason: '',
        by: LUIS,
      },
    ],
    ({ requester }) => [{ kind: 'requester-changed', requester: vera, previous: requester, by: LUIS }],
    () => [],
  );
  const anyLife = fc.array(fc.tuple(fc.nat(30), anyAct), { maxLength: 12 });

  test('each thing is said once, nothing is left that is due, and the watch knows what comes', () => {
    fc.assert(
      fc.property(anyDesk, anyDesk, anyLife, fc.nat(12), (home, edited, life, edit) => {
        let current = at(home);
        let hour = 0;
        let now = home;
        const said: string[] = [];
        for (const [turn, [pause, act]] of life.entries()) {
          hour += pause;
          now = turn >= edit ? { ...edited, hash: 'edited' } : home;
          const { after, story } = live(current, later(MONDAY, hour), now);
          const when = later(MONDAY, hour);
          const given = act(after).filter(({ kind }) => after.status !== 'closed' || kind === 'reopened');
          current = change(after, given, when, now).after;
          for (const [, event] of story) {
            if (event.kind === 'deadline-warned')
              said.push(...event.warnings.map((name) => `${event.measure} ${event.startedAt} ${name}`));
            if (event.kind === 'deadline-breached') said.push(`${event.measure} ${event.startedAt}`);
            if (event.kind === 'deadline-overrun')
              said.push(`${event.measure} ${event.startedAt} ${event.after} ${event.do}`);
          }
          const done = step(current, when, now);
          const settled = changeOnWaking(current, done, when, now).after;
          expect(step(settled, when, now)).toEqual([]);
          const next = upcoming(settled, now)[0];
          expect(settled.watch?.nextAt ?? null).toBe(next?.at ?? null);
          if (next) expect(next.at > when).toBe(true);
        }
        expect(said.length).toBe(new Set(said).size);
      }),
      { numRuns: 75, seed: 20_261_123 },
    );
  }, 60_000);
});
