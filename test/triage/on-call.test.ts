import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { loadDesk } from '../../core/config/load.ts';
import { acceptBy } from '../../core/ticket/acceptance.ts';
import { climb } from '../../core/ticket/next-step.ts';
import { onCall } from '../../core/triage/on-call.ts';
import { type Load, route } from '../../core/triage/route.ts';
import { deskOf, smallDeskWith } from '../config/small-desk.ts';
import { ticket } from '../sample.ts';

const [ANN, BEA, LEO] = ['ann@example.org', 'bea@example.org', 'leo@example.org'];
const withRota = (rota: string, more = '') =>
  smallDeskWith(
    [
      'tier: 1 }\n  - { address: leo@example.org, name: Leo, role: lead }',
      'tier: 1, hours: office }\n  - { address: bea@example.org, name: Bea, role: agent, team: it, tier: 2, hours: office }\n  - { address: leo@example.org, name: Leo, role: lead, hours: office }',
    ],
    ['domain: desk.example.org', 'domain: desk.example.org\ntimezone: Europe/Berlin'],
    [
      'lead: leo@example.org }',
      `lead: leo@example.org, onCall: { rota: [${rota}], from: 2026-11-02${more} } }`,
    ],
  );
const night: Desk = deskOf(withRota(`${ANN}, ${BEA}`));

/** Wednesdays, on which nobody of the small desk works, of the fourth and the fifth week of the rota. */
const BEAS = '2026-11-25T02:00:00.000Z';
const ANNS = '2026-12-02T02:00:00.000Z';
const nobody = new Map<string, Load>();
const P1 = { team: 'it', tier: 1, skills: [], priority: 'P1' } as const;

describe('what cannot wait while nobody is on duty', () => {
  test('goes to who is on call, a week each in turn, and says why', () => {
    expect(route(P1, night, nobody, BEAS)).toEqual({
      assignee: BEA,
      reason: 'Bea: nobody of it at tier 1 is on duty now, and P1 cannot wait; on call until 2026-11-30',
    });
    expect(route(P1, night, nobody, ANNS).assignee).toBe(ANN);
    expect(route(P1, night, nobody, '2026-12-09T02:00:00.000Z').assignee).toBe(BEA);
  });

  test('changes hands at the hour of the desk’s zone, whatever the clocks did since', () => {
    // Between November and a Monday in April summer time began: 09:00 is 07:00 UTC then, and was 08:00.
    const at = (time: string) => route(P1, night, nobody, `2027-04-05T${time}.000Z`).assignee;
    const always = { ...night, people: night.people.map((person) => ({ ...person, hours: 'never' })) };
    const offDuty = (time: string) => route(P1, always, nobody, `2027-04-05T${time}.000Z`).assignee;
    expect([at('04:00:00'), offDuty('06:59:59'), offDuty('07:00:00')]).toEqual([BEA, BEA, ANN]);
  });

  test('passes over whoever is away, has let it fall, or is not to get it', () => {
    const away = { from: '2026-11-20T00:00:00Z', until: '2026-11-30T00:00:00Z', why: 'he says so' };
    const loads = new Map([
      [BEA, { open: 0, lastAssignedAt: null, away: { ...away, quote: null, ambiguous: false, source: 'm' } }],
    ]);
    expect(route(P1, night, loads, BEAS)).toEqual({
      assignee: ANN,
      reason:
        'Ann: nobody of it at tier 1 is on duty now, and P1 cannot wait; on call in place of Bea until 2026-11-30',
    });
    expect(route({ ...P1, heldBy: BEA }, night, nobody, BEAS).assignee).toBe(ANN);
    expect(route(P1, night, nobody, BEAS, { exclude: [BEA] }).assignee).toBe(ANN);
  });

  test('is one of three in turn, from the very hour on, and two may be passed over', () => {
    const three = deskOf(withRota(`${ANN}, ${BEA}, ${LEO}`));
    const first = { team: 'it', priority: 'P1' } as const;
    const called = (now: string, ...out: string[]) => {
      const found = onCall(first, three, now, ({ address }) => out.includes(address));
      return found && [found.person.name, found.until, ...found.instead.map(({ name }) => name)];
    };
    expect(called('2026-11-02T07:59:59.999Z')).toBeNull();
    expect(called('2026-11-02T08:00:00.000Z')).toEqual(['Ann', '2026-11-09T08:00:00.000Z']);
    expect(called('2026-11-02T08:00:00.000Z', ANN)).toEqual(['Bea', '2026-11-09T08:00:00.000Z', 'Ann']);
    expect(called('2026-11-10T08:00:00.000Z', BEA, LEO)).toEqual([
      'Ann',
      '2026-11-16T08:00:00.000Z',
      'Bea',
      'Leo',
    ]);
    expect(called('2026-11-10T08:00:00.000Z', ANN, BEA, LEO)).toBeNull();
    expect(onCall({ ...first, team: 'hr' }, three, BEAS, () => false)).toBeNull();
    const reason = route({ ...P1, heldBy: BEA }, three, nobody, '2026-11-11T02:00:00.000Z', {
      exclude: [LEO],
    });
    expect(reason.reason).toContain('on call in place of Bea, Leo until 2026-11-16');
  });

  test('is asked of who is on call although the lead is there, while somebody of the tier is only off duty', () => {
    const awake = {
      ...night,
      people: night.people.map((each) => (each.address === LEO ? { ...each, hours: 'always' } : each)),
    };
    expect(route(P1, awake, nobody, BEAS).assignee).toBe(BEA);
    expect(route({ ...P1, tier: 3 }, awake, nobody, BEAS).assignee).toBe(LEO);
  });

  test('is not asked of anybody while somebody of the tier is on duty, or before the rota begins', () => {
    expect(route({ ...P1, tier: 1 }, night, nobody, '2026-11-23T09:00:00.000Z')).toMatchObject({
      assignee: ANN,
      reason: expect.stringContaining('on duty'),
    });
    expect(route(P1, night, nobody, '2026-10-28T02:00:00.000Z').assignee).toBe(ANN);
  });

  test('is what the rota says: P3 waits for the morning with somebody off duty', () => {
    const p3 = { ...P1, priority: 'P3' } as const;
    expect(route(p3, night, nobody, BEAS)).toMatchObject({
      assignee: ANN,
      reason: expect.stringContaining('off duty'),
    });
    const both = deskOf(withRota(`${ANN}, ${BEA}`, ', priorities: [P1, P3]'));
    expect(route(p3, both, nobody, BEAS).assignee).toBe(BEA);
  });

  test('is the lead’s when a tier has nobody and he is there, and else who is on call', () => {
    const third = { ...P1, tier: 3 } as const;
    expect(route(third, night, nobody, '2026-11-23T09:00:00.000Z').assignee).toBe(LEO);
    expect(route(third, night, nobody, BEAS).assignee).toBe(BEA);
  });
});

test('a climb at night calls the next of the rota, and asks for his word in real time', () => {
  const strict = { ...night, tiers: night.tiers.map((tier) => ({ ...tier, acceptWithin: 3_600_000 })) };
  const held = {
    ...ticket(),
    ...({ team: 'it', category: 'printing', priority: 'P1', assignee: BEA } as const),
  };
  const [escalated, assigned] = climb(held, 'the deadline fell', 'desk', BEAS, strict, nobody);
  expect(escalated).toMatchObject({ kind: 'escalated', from: 1, to: 2 });
  expect(assigned).toMatchObject({ kind: 'assigned', assignee: ANN, climbs: true });
  const climbed = { ...held, tier: 2, assignee: ANN, unaccepted: BEAS };
  expect(acceptBy(climbed, strict)).toBe('2026-11-25T03:00:00.000Z');
  // What can wait is asked for in his own hours: on Friday night.
  expect(acceptBy({ ...climbed, priority: 'P3' }, strict)).toBe('2026-11-27T22:00:00.000Z');
});

test.each([
  ['zoe@example.org', 'there is nobody of this address among people'],
  ['max@example.org', 'max@example.org is not of it'],
])('a rota with %s is refused', (address, message) => {
  const text = withRota(address).replace(
    'teams:',
    '  - { address: max@example.org, name: Max, role: manager }\nteams:',
  );
  const loaded = loadDesk(text);
  expect(loaded.ok ? [] : loaded.problems.map((problem) => problem.message)).toEqual([
    expect.stringContaining(message),
  ]);
});
