import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Calendar, Desk, Policy, Priority } from '../../core/config/desk.ts';
import { type ClockEntry, deadlines, MEASURES } from '../../core/sla/clock.ts';
import { type Fate, type Lived, simulate, tally } from '../../core/sla/simulate.ts';
import { anyHistory, PATIENCE, runs } from './arbitrary.ts';

const HOUR = 3_600_000;
const hours = (number: number) => ({ ms: number * HOUR });
const ALL_DAY = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ['00:00-24:00']]),
);
const always: Calendar = { name: 'always', timezone: 'UTC', hours: ALL_DAY, holidays: [] };
type Targets = Policy['targets'][Priority];

function policy(name: string, targets: Targets, when?: Policy['when']): Policy {
  return {
    ...{ name, calendar: 'always', warnings: [], escalation: [], ...(when ? { when } : {}) },
    targets: { P1: targets, P2: targets, P3: targets, P4: targets },
  };
}

function deskWith(...sla: Policy[]): Pick<Desk, 'sla' | 'calendars' | 'vips' | 'organisations'> {
  return { sla, calendars: [always], vips: ['@board.example.com'], organisations: [] };
}

const at = (hour: number) => new Date(Date.parse('2026-06-01T00:00:00Z') + hour * HOUR).toISOString();
const NOW = at(48);

/** Answered after three hours, asked again after ten and answered after twelve, solved after twenty. */
const life: ClockEntry[] = [
  { kind: 'retarget', at: at(0), priority: 'P3', policy: 'standard', reason: 'it is for all' },
  { kind: 'start', at: at(0), measure: 'firstResponse' },
  { kind: 'start', at: at(0), measure: 'resolution' },
  { kind: 'start', at: at(0), measure: 'tier' },
  { kind: 'fulfil', at: at(3), measure: 'firstResponse' },
  { kind: 'start', at: at(3), measure: 'periodicUpdate' },
  { kind: 'start', at: at(10), measure: 'nextResponse' },
  { kind: 'fulfil', at: at(12), measure: 'nextResponse' },
  { kind: 'start', at: at(12), measure: 'periodicUpdate' },
  { kind: 'start', at: at(14), measure: 'nextResponse' },
  { kind: 'fulfil', at: at(20), measure: 'nextResponse' },
  ...MEASURES.flatMap((measure): ClockEntry[] =>
    measure === 'requesterWait' || measure === 'agentWork' ? [] : [{ kind: 'fulfil', at: at(20), measure }],
  ),
];

const lived = (given: Partial<Lived> = {}): Lived => ({
  ...{ id: 'T-7K4M2Q', subject: 'The printer', category: 'printing', team: 'it', policy: 'standard' },
  ...{ requester: 'nora@example.org', priority: 'P3', clock: life, ...given },
});

const four = { firstResponse: hours(4), nextResponse: hours(4), resolution: hours(24) };
const standard = deskWith(policy('standard', four));

function fates(ticket: Lived, before = standard, after = standard): [string, Fate, Fate][] {
  return simulate(ticket, before, after, NOW).map((one) => [one.measure, one.before.fate, one.after.fate]);
}

describe('what another file would have made of a ticket', () => {
  test('each run of each measure is compared, earlier ones too', () => {
    expect(fates(lived())).toEqual([
      ['firstResponse', 'met', 'met'],
      ['nextResponse', 'met', 'met'],
      ['nextResponse', 'breached', 'breached'],
      ['resolution', 'met', 'met'],
    ]);
  });

  test('a stricter target breaks what was kept, with the deadline that would have fallen, and a laxer one mends it', () => {
    const strict = deskWith(policy('standard', { ...four, firstResponse: hours(2), nextResponse: hours(8) }));
    const [first, , second] = simulate(lived(), standard, strict, NOW);
    expect(first).toMatchObject({
      before: { fate: 'met', due: null },
      after: { fate: 'breached', due: at(2), policy: 'standard', priority: 'P3' },
    });
    expect(second).toMatchObject({ before: { fate: 'breached', due: at(18) }, after: { fate: 'met' } });
  });

  test('another calendar and its holidays count as if they had always held', () => {
    const closed = { ...always, holidays: ['2026-06-01'] };
    expect(fates(lived(), standard, { ...standard, calendars: [closed] })).toContainEqual([
      'nextResponse',
      'breached',
      'met',
    ]);
  });

  test('a new policy takes the tickets that it is for, and nothing that is not promised is counted', () => {
    const vip = deskWith(policy('vip', { firstResponse: hours(1) }, { vip: true }), policy('standard', four));
    expect(fates(lived(), standard, vip)).toEqual(fates(lived()));
    expect(fates(lived({ requester: 'chair@board.example.com' }), standard, vip)).toEqual([
      ['firstResponse', 'met', 'breached'],
      ['nextResponse', 'met', 'not-promised'],
      ['nextResponse', 'breached', 'not-promised'],
      ['resolution', 'met', 'not-promised'],
    ]);
  });

  test('what was fulfilled under another policy, before the ticket changed, stays with it', () => {
    const two = deskWith(
      policy('hr', { firstResponse: hours(1) }, { teams: ['hr'] }),
      policy('standard', four),
    );
    const moved: ClockEntry[] = [
      ...life.slice(0, 5),
      { kind: 'retarget', at: at(4), priority: 'P3', policy: 'hr', reason: 'the team is hr' },
      ...life.slice(5),
    ];
    expect(fates(lived({ team: 'hr', policy: 'hr', clock: moved }), two, two)).toEqual([
      ['firstResponse', 'met', 'met'],
    ]);
  });

  test('what runs still is open, or breached when its deadline has passed by now', () => {
    const open = lived({ clock: life.slice(0, 4) });
    expect(simulate(open, standard, standard, at(2))[0]?.before).toMatchObject({ fate: 'open', due: at(4) });
    expect(simulate(open, standard, standard, at(4))[0]?.before).toMatchObject({
      fate: 'breached',
      due: at(4),
    });
    const waits: ClockEntry[] = [...life.slice(0, 4), { kind: 'pause', at: at(1), reason: 'a part' }];
    expect(simulate(lived({ clock: waits }), standard, standard, NOW)[0]?.before).toMatchObject({
      fate: 'open',
      due: null,
    });
  });

  test('a silence ends with the next answer, and a time at a tier with the climb', () => {
    const quiet = deskWith(policy('standard', { periodicUpdate: hours(8), tier: hours(20) }));
    expect(fates(lived(), quiet, quiet)).toEqual([
      ['periodicUpdate', 'breached', 'breached'],
      ['periodicUpdate', 'met', 'met'],
      ['tier', 'met', 'met'],
    ]);
    const climbed: ClockEntry[] = [...life.slice(0, 4), { kind: 'start', at: at(20), measure: 'tier' }];
    expect(fates(lived({ clock: climbed }), quiet, quiet).slice(0, 1)).toEqual([
      ['tier', 'breached', 'breached'],
    ]);
  });

  test('an answer that was taken back counts in no part of the log', () => {
    const undone: ClockEntry[] = [
      ...life.slice(0, 6),
      { kind: 'take-back', at: at(3), of: at(3) },
      { kind: 'start', at: at(5), measure: 'nextResponse' },
    ];
    const first = simulate(lived({ clock: undone }), standard, standard, NOW)[0];
    expect(first?.before).toMatchObject({ fate: 'breached', due: at(4) });
  });
});

test('tallies are per kind, each side by the policy of its own', () => {
  const vip = deskWith(policy('vip', { firstResponse: hours(1) }, { vip: true }), policy('standard', four));
  const all = simulate(lived({ requester: 'chair@board.example.com' }), standard, vip, NOW);
  expect([...tally(all, (one, side) => one[side].policy)]).toEqual([
    ['standard', { before: { met: 3, breached: 1, open: 0 }, after: { met: 0, breached: 0, open: 0 } }],
    ['vip', { before: { met: 0, breached: 0, open: 0 }, after: { met: 0, breached: 1, open: 0 } }],
  ]);
});

test(
  'whatever happened to a ticket, the same file changes nothing, and the last run of each measure is as it is reckoned',
  () => {
    const full = deskWith(
      policy('standard', {
        ...{ ...four, periodicUpdate: hours(3), requesterWait: hours(30) },
        ...{ agentWork: hours(9), tier: hours(5) },
      }),
    );
    fc.assert(
      fc.property(anyHistory, (clock) => {
        const now = clock.at(-1)?.at ?? NOW;
        const all = simulate(lived({ clock }), full, full, now);
        for (const { before, after } of all) expect(after).toEqual(before);
        const reckoned = deadlines(clock, full);
        for (const measure of MEASURES) {
          const last = all.findLast((one) => one.measure === measure)?.before;
          const one = reckoned[measure];
          const late = one && (one.missed ?? (one.due && one.due <= now ? one.due : null));
          expect(last?.fate).toBe(one ? (late ? 'breached' : one.fulfilledAt ? 'met' : 'open') : undefined);
        }
      }),
      runs(150),
    );
  },
  PATIENCE,
);
