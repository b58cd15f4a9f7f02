import { describe, expect, test } from 'vitest';
import type { Desk, Person } from '../../core/config/desk.ts';
import { awayUntil, zoneOf } from '../../core/triage/presence.ts';
import { type Load, route, standingAt } from '../../core/triage/route.ts';
import { deskOf, SMALL_DESK } from '../config/small-desk.ts';

/** A Monday at noon in Berlin: between the morning and the afternoon hours of `office` at 12:30 local, on duty at 10:00. */
const MONDAY_10 = '2026-11-23T09:00:00Z';
const MONDAY_NIGHT = '2026-11-23T22:00:00Z';
const AWAY = {
  ...{ from: '2026-11-20T00:00:00Z', until: '2026-11-30T00:00:00Z' },
  ...{ why: 'he says so', quote: 'until 30/11', ambiguous: false, source: 'mail-1' },
};

const small = deskOf(SMALL_DESK);
const lead = small.people.find(({ role }) => role === 'lead') as Person;

describe('a ticket goes', () => {
  test('to whoever of the team and tier has the fewest open tickets', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob' }, { name: 'cid' });
    const routed = routeIn(desk, { ann: load(4), bob: load(1), cid: load(2) });
    expect(routed).toEqual({
      assignee: 'bob@example.org',
      reason: 'bob: on duty; 1 open ticket, the fewest',
    });
  });

  test('among equals to whoever waited longest for a new one', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob' });
    const routed = routeIn(desk, {
      ann: load(2, '2026-11-23T08:00:00Z'),
      bob: load(2, '2026-11-20T08:00:00Z'),
    });
    expect(routed.assignee).toBe('bob@example.org');
    expect(routed.reason).toBe(
      'bob: on duty; 2 open tickets, like others, and the longest without a new one',
    );
  });

  test('to somebody who never had one before somebody who had', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob' });
    expect(routeIn(desk, { ann: load(0, '2020-01-01T00:00:00Z') }).assignee).toBe('bob@example.org');
  });

  test('among complete equals to the first by address, whatever the order of the file', () => {
    expect(routeIn(deskWith({ name: 'bob' }, { name: 'ann' }), {})).toEqual({
      assignee: 'ann@example.org',
      reason: 'ann: on duty; 0 open tickets, like others, and the first by address',
    });
  });

  test('to somebody with the wanted skill, even one who has more to do', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob', skills: ['network'] });
    const routed = routeIn(desk, { bob: load(9) }, { skills: ['network'] });
    expect(routed).toEqual({
      assignee: 'bob@example.org',
      reason: 'bob: on duty; knows network; 9 open tickets; others there know less of it',
    });
  });

  test('to anybody on duty when nobody there has the skill, and the reason says so', () => {
    const routed = routeIn(deskWith({ name: 'ann' }), {}, { skills: ['network'] });
    expect(routed).toEqual({
      assignee: 'ann@example.org',
      reason: 'ann: on duty; nobody there knows network; the only one of it at tier 1',
    });
  });

  test('to somebody on duty rather than to a specialist who is at home', () => {
    const desk = deskWith({ name: 'ann', hours: 'office', skills: ['network'] }, { name: 'bob' });
    expect(routeIn(desk, {}, { skills: ['network'], now: MONDAY_NIGHT }).assignee).toBe('bob@example.org');
    expect(routeIn(desk, {}, { skills: ['network'], now: MONDAY_10 }).assignee).toBe('ann@example.org');
  });

  test('to whoever knows most of what is wanted, and the reason names all of it', () => {
    const desk = deskWith({ name: 'ann', skills: ['network'] }, { name: 'bob', skills: ['vpn', 'network'] });
    const wanted = { skills: ['network', 'vpn'] };
    expect(routeIn(desk, {}, wanted).reason).toBe(
      'bob: on duty; knows network, vpn; 0 open tickets; others there know less of it',
    );
    expect(routeIn(deskWith({ name: 'ann' }), {}, wanted).reason).toContain(
      'nobody there knows network, vpn;',
    );
  });

  test('never to another tier or another team', () => {
    const desk = deskWith({ name: 'ann', tier: 2 }, { name: 'bob', team: 'hr' }, { name: 'cid' });
    expect(routeIn(desk, { cid: load(50) }).assignee).toBe('cid@example.org');
  });

  test('to a lead who stands at the tier like to any agent', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'zoe', role: 'lead' });
    expect(routeIn(desk, { ann: load(1) }).assignee).toBe('zoe@example.org');
  });
});

describe('a ticket passes by', () => {
  test('people absent today, both days of the absence included', () => {
    const desk = deskWith(
      { name: 'ann', absences: [{ from: '2026-11-23', to: '2026-11-24' }] },
      { name: 'bob' },
    );
    const busy = { bob: load(9) };
    expect(routeIn(desk, busy, { now: '2026-11-22T12:00:00Z' }).assignee).toBe('ann@example.org');
    expect(routeIn(desk, busy, { now: '2026-11-23T12:00:00Z' }).assignee).toBe('bob@example.org');
    expect(routeIn(desk, busy, { now: '2026-11-24T12:00:00Z' }).assignee).toBe('bob@example.org');
    expect(routeIn(desk, busy, { now: '2026-11-25T12:00:00Z' }).assignee).toBe('ann@example.org');
  });

  test('people whose absence begins at midnight of their own zone', () => {
    const desk = deskWith({
      name: 'ann',
      hours: 'office',
      absences: [{ from: '2026-11-24', to: '2026-11-24' }],
    });
    // 00:30 on the 24th in Berlin.
    expect(routeIn(desk, {}, { now: '2026-11-23T23:30:00Z' }).assignee).toBe(lead.address);
    expect(routeIn(desk, {}, { now: '2026-11-23T22:30:00Z' }).assignee).toBe('ann@example.org');
  });

  test('people who are away although the file does not say so', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob' });
    const away = { ...load(0), away: { ...AWAY, until: '2026-11-27T00:00:00Z' } };
    expect(routeIn(desk, { ann: away, bob: load(9) })).toEqual({
      assignee: 'bob@example.org',
      reason: 'bob: on duty; the only one of it at tier 1; ann is away until 2026-11-27',
    });
    expect(routeIn(desk, { ann: away, bob: load(9) }, { now: '2026-11-27T00:00:00Z' }).assignee).toBe(
      'ann@example.org',
    );
  });

  test('people who are away by the file and by their own word, until the later day', () => {
    const until = (day: string) => {
      const desk = deskWith(
        { name: 'ann', absences: [{ from: '2026-11-20', to: '2026-11-26' }] },
        { name: 'bob' },
      );
      const away = { ...load(0), away: { ...AWAY, until: `${day}T00:00:00Z` } };
      return routeIn(desk, { ann: away, bob: load(9) }).reason;
    };
    expect(['2026-11-25', '2026-11-30'].map(until)).toEqual([
      'bob: on duty; the only one of it at tier 1; ann is away until 2026-11-27',
      'bob: on duty; the only one of it at tier 1; ann is away until 2026-11-30',
    ]);
  });

  test('people who are not to get it', () => {
    const desk = deskWith({ name: 'ann' }, { name: 'bob' });
    expect(routeIn(desk, { bob: load(9) }, { exclude: ['ann@example.org'] }).assignee).toBe(
      'bob@example.org',
    );
  });
});

describe('when nobody', () => {
  test('is on duty it goes to somebody of the tier who is not absent', () => {
    const desk = deskWith(
      { name: 'ann', hours: 'office', absences: [{ from: '2026-11-01', to: '2026-11-30' }] },
      { name: 'bob', hours: 'office' },
    );
    expect(routeIn(desk, { bob: load(9) }, { now: MONDAY_NIGHT })).toEqual({
      assignee: 'bob@example.org',
      reason:
        'bob: nobody of tier 1 is on duty now, so off duty; the only one of it at tier 1; ann is away until 2026-12-01',
    });
  });

  test('is there it goes to the team’s lead', () => {
    const routed = routeIn(deskWith({ name: 'ann' }), { ann: { ...load(0), away: AWAY } });
    expect(routed).toEqual({
      assignee: lead.address,
      reason:
        'Leo: everybody of it at tier 1 is absent (ann is away until 2026-11-30); the lead of it takes it',
    });
  });

  test('is there the reason names each who is away, and the lead is that of the team', () => {
    const gone = { ...load(0), away: AWAY };
    const desk = deskWith({ name: 'ann' }, { name: 'bob' });
    const other = {
      ...desk,
      teams: [{ ...desk.teams[0], name: 'hr', lead: 'ann@example.org' }, ...desk.teams],
    } as Desk;
    expect(routeIn(other, { ann: gone, bob: gone })).toEqual({
      assignee: lead.address,
      reason:
        'Leo: everybody of it at tier 1 is absent (ann is away until 2026-11-30, bob is away until 2026-11-30); the lead of it takes it',
    });
  });

  test('stands at the tier it goes to the team’s lead', () => {
    expect(routeIn(deskWith({ name: 'ann' }), {}, { tier: 2 })).toEqual({
      assignee: lead.address,
      reason: 'Leo: nobody of it stands at tier 2; the lead of it takes it',
    });
  });

  test('but an absent lead is left it still goes to him, and the reason says so', () => {
    const gone = { ...load(0), away: AWAY };
    const routed = routeIn(deskWith({ name: 'ann' }), { ann: gone, leo: gone });
    expect(routed.assignee).toBe(lead.address);
    expect(routed.reason).toContain('although absent');
  });

  test('but a lead at the cap is left it still goes to him, and the reason says so', () => {
    const desk = deskWith({ name: 'ann', cap: 1 });
    const capped = { ...desk, people: desk.people.map((each) => ({ ...each, cap: 1 })) };
    const routed = routeIn(capped, { ann: load(1), leo: load(1) });
    expect(routed).toEqual({
      assignee: lead.address,
      reason: expect.stringMatching(/ann is at the cap of 1.*the lead of it takes it, although at the cap$/),
    });
    expect(routeIn(capped, { ann: load(1) }).reason).toMatch(/takes it$/);
  });

  test('and no lead is left it goes to nobody, and the reason says so', () => {
    const desk = deskWith({ name: 'ann' });
    const without = { ...desk, people: desk.people.filter(({ role }) => role !== 'lead') };
    expect(routeIn(without, {}, { exclude: ['ann@example.org'] })).toEqual({
      assignee: null,
      reason: 'nobody else of it stands at tier 1, and it has no lead',
    });
  });

  test('is left at all it goes to nobody, and the reason says why', () => {
    const routed = routeIn(deskWith({ name: 'ann' }), {}, { exclude: ['ann@example.org', lead.address] });
    expect(routed).toEqual({
      assignee: null,
      reason: 'nobody else of it stands at tier 1, and the lead Leo is not to get it',
    });
  });
});

describe('the zone in which somebody lives', () => {
  const zone = (hours: Desk['calendars'][number]['hours'], holidays: string[] = []) =>
    zoneOf(
      { hours: 'own' },
      { ...small, calendars: [{ name: 'own', timezone: 'Asia/Tokyo', hours, holidays }] },
    );
  const all = small.calendars[0]?.hours ?? {};

  test('is that of his hours, unless they never end and tell nothing of where he is', () => {
    expect(zone(all)).toBe('UTC');
    expect(zone({ mon: ['00:00-24:00'] })).toBe('Asia/Tokyo');
    expect(zone(all, ['12-25'])).toBe('Asia/Tokyo');
  });
});

test('why somebody is away is said by desk.yaml or by himself, whichever is longer', () => {
  const [ann] = deskWith({ name: 'ann', absences: [{ from: '2026-11-20', to: '2026-11-26' }] }).people as [
    Person,
  ];
  expect(awayUntil(ann, null, small, MONDAY_10)).toEqual({ day: '2026-11-27', why: 'desk.yaml says so' });
  expect(awayUntil(ann, AWAY, small, MONDAY_10)).toEqual({ day: '2026-11-30', why: 'he says so' });
  expect(awayUntil({ ...ann, absences: [] }, null, small, MONDAY_10)).toBeNull();
});

test('those who stand at a tier are all of it, absent or not', () => {
  const desk = deskWith(
    { name: 'ann', absences: [{ from: '2026-01-01', to: '2026-12-31' }] },
    { name: 'bob' },
    { name: 'cid', tier: 2 },
  );
  expect(standingAt('it', 1, desk)).toEqual(['ann@example.org', 'bob@example.org']);
});

test('in a month of tickets nobody of three equals gets two more than another', () => {
  const desk = deskWith({ name: 'ann' }, { name: 'bob' }, { name: 'cid' });
  const loads = new Map<string, Load>();
  for (let n = 0; n < 500; n++) {
    const now = new Date(Date.parse(MONDAY_10) + n * 60_000).toISOString();
    const { assignee } = route({ team: 'it', tier: 1, skills: [] }, desk, loads, now);
    if (assignee) loads.set(assignee, { open: (loads.get(assignee)?.open ?? 0) + 1, lastAssignedAt: now });
  }
  const open = [...loads.values()].map((each) => each.open);
  expect(Math.max(...open) - Math.min(...open)).toBeLessThanOrEqual(1);
});

type Someone = Partial<Person> & { name: string };

function deskWith(...people: Someone[]): Desk {
  const agents = people.map(
    (person): Person => ({
      address: `${person.name}@example.org`,
      alternates: [],
      mail: 'instant',
      role: 'agent',
      team: 'it',
      tier: 1,
      skills: [],
      hours: 'always',
      absences: [],
      ...person,
    }),
  );
  return { ...small, people: [...agents, lead] };
}

function load(open: number, lastAssignedAt: string | null = null): Load {
  return { open, lastAssignedAt };
}

interface Circumstances {
  tier?: number;
  skills?: string[];
  now?: string;
  exclude?: string[];
}

function routeIn(
  desk: Desk,
  loads: Record<string, Load>,
  { tier = 1, skills = [], now = MONDAY_10, exclude }: Circumstances = {},
) {
  const byAddress = new Map(Object.entries(loads).map(([name, each]) => [`${name}@example.org`, each]));
  return route({ team: 'it', tier, skills }, desk, byAddress, now, { exclude });
}
