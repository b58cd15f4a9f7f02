import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BALANCE } from '../../core/insight/cells.ts';
import { daysOf } from '../../core/insight/days.ts';
import { DIMENSIONS } from '../../core/insight/figures.ts';
import { bucketOf } from '../../core/insight/histogram.ts';
import { type Increment, measure } from '../../core/insight/measures.ts';
import { MEASURES } from '../../core/sla/clock.ts';
import { simulate } from '../../core/sla/simulate.ts';
import { change } from '../../core/ticket/change.ts';
import { type Grade, type Happening, isActive } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MONDAY, NORA, opened, PRIYA } from '../sample.ts';
import { anyLife, found, type Lived, live, toOf } from './histories.ts';

const dayOf = daysOf(desk);

/** Sums by dimension, value, day and cell, without those that come to nothing. */
function sums(increments: Increment[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { by, of, day, cell, add } of increments) {
    const key = `${by} ${of} ${day} ${cell}`;
    all[key] = (all[key] ?? 0) + add;
  }
  return Object.fromEntries(Object.entries(all).filter(([, sum]) => sum !== 0));
}

/** What of the slow way stands in cells that say nothing of time. */
function expected(lived: Lived): Record<string, number> {
  const first = live({ hour: 0, assignee: null, category: 'printing', ops: [] }).ticket;
  const begun = { ...first, ...opening(lived) };
  return sums(
    found(lived, begun).flatMap(({ what, at, to, took }) =>
      took && what !== 'resolved'
        ? []
        : DIMENSIONS.map((by) => ({ by, of: to[by], day: dayOf(at), cell: what, add: 1 })),
    ),
  );
}

function opening({ history: [event] }: Lived) {
  if (event?.kind !== 'opened') throw new Error('it begins with its opening');
  const { category, team, priority } = event;
  return { category, team, priority, assignee: null };
}

const PLAIN =
  /^(opened|resolved|merged|dropped|reopened|firstContact|escalated|climbs|bounced|answers|replies|rated\.\d)$/;
const ofPlain = (all: Record<string, number>) =>
  Object.fromEntries(Object.entries(all).filter(([key]) => PLAIN.test(key.split(' ').at(-1) ?? '')));

describe('whatever happens to a ticket', () => {
  test('it counts for what is left when the whole story is known, in each dimension and on its day', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const lived = live(life);
        expect(ofPlain(sums(measure(lived.history, desk).flat()))).toEqual(expected(lived));
      }),
      { numRuns: 60 },
    );
  });

  test('each event counts for the same whatever comes after it, so that it can be counted when it comes', () => {
    fc.assert(
      fc.property(anyLife, fc.nat({ max: 40 }), (life, cut) => {
        const { history } = live(life);
        const whole = measure(history, desk);
        expect(whole).toHaveLength(history.length);
        expect(measure(history.slice(0, cut), desk)).toEqual(whole.slice(0, cut));
      }),
      { numRuns: 25 },
    );
  });

  test('it is in the backlog of whoever has it for as long as it is worked on', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { ticket, history } = live(life);
        const balance = sums(
          measure(history, desk)
            .flat()
            .filter(({ cell }) => cell === BALANCE)
            .map((each) => ({ ...each, day: '' })),
        );
        const to = toOf(ticket);
        const has = isActive(ticket) ? DIMENSIONS.map((by) => [`${by} ${to[by]}  ${BALANCE}`, 1]) : [];
        expect(balance).toEqual(Object.fromEntries(has));
      }),
      { numRuns: 30 },
    );
  });

  test('each run of a promise that is over was kept or missed, as its clock says at the end', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        // A stay at a tier that has no length is none.
        const ops = life.ops.map(([op, gap, pick]): [string, number, number] => [
          op,
          gap - (gap % 5) + 1,
          pick,
        ]);
        const { ticket, history } = live({ ...life, ops });
        const again = /^(undone|reopened|reckoned-anew|prioritised|merged|closed)$/;
        fc.pre(!history.some(({ kind }) => again.test(kind)));
        const all = sums(measure(history, desk).flat());
        const end = history.at(-1)?.at ?? '';
        const { id, subject, category, team, priority, policy, clock } = ticket;
        const asRun = { id, subject, category, team, priority, policy, clock, requester: NORA };
        const lived = simulate(asRun, desk, desk, end);
        for (const measured of MEASURES) {
          const of = (fate: string) =>
            Object.entries(all).reduce(
              (sum, [key, count]) =>
                key.startsWith('category ') && key.endsWith(` ${fate}.${measured}`) ? sum + count : sum,
              0,
            );
          const fates = lived.flatMap((one) => (one.measure === measured ? [one.before.fate] : []));
          expect([measured, of('met')]).toEqual([measured, fates.filter((fate) => fate === 'met').length]);
          expect([measured, of('breached')]).toEqual([
            measured,
            fates.filter((fate) => fate === 'breached').length,
          ]);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('what counts how', () => {
  const counted = (...happenings: [hours: number, Happening][]) => countedOf(opened(), ...happenings);
  const countedOf = (first: ReturnType<typeof opened>, ...happenings: [hours: number, Happening][]) => {
    let ticket = first.after;
    const history = [...first.events];
    for (const [hours, happening] of happenings) {
      const made = change(ticket, [happening], later(MONDAY, hours), desk);
      ticket = made.after;
      history.push(...made.events);
    }
    const all = sums(measure(history, desk).flat());
    return (cell: string, by = 'category printing') =>
      Object.entries(all).reduce(
        (sum, [key, count]) => (key.startsWith(`${by} `) && key.endsWith(` ${cell}`) ? sum + count : sum),
        0,
      );
  };
  const answered = (by = LUIS): Happening => ({
    kind: 'answered',
    message: 2,
    by,
    messageId: null,
    with: null,
  });
  const resolved: Happening = { kind: 'resolved', reason: 'done', by: LUIS, message: null };

  test('one answer that solves it is first contact; one that comes back is not, and what climbed is not', () => {
    expect(counted([1, answered()], [2, resolved])('firstContact')).toBe(1);
    const twice = counted([1, answered()], [2, { ...answered(), message: 3 } as Happening], [3, resolved]);
    expect(twice('firstContact')).toBe(0);
    const climbed = counted(
      [1, { kind: 'escalated', from: 1, to: 2, reason: 'hard', by: LUIS }],
      [2, resolved],
    );
    expect([climbed('firstContact'), climbed('escalated')]).toEqual([0, 1]);
  });

  test('an answer that was taken back was never given: the next one is the first', () => {
    const held = { ...answered(), leavesAt: later(MONDAY, 1.1) } as Happening;
    const of = counted(
      [1, held],
      [1, { kind: 'undone', message: 2, given: later(MONDAY, 1), by: LUIS, reopens: false }],
      [3, { ...answered(), message: 3 } as Happening],
      [4, resolved],
    );
    expect([of('answers'), of('firstContact'), of('met.firstResponse')]).toEqual([1, 1, 1]);
    // Three hours after Monday at ten.
    expect(of('fw.sum')).toBe(3 * 3_600_000);
  });

  test('an answer is of whoever gave it, and the solution of whoever has the ticket', () => {
    const of = counted([1, answered(PRIYA)], [2, resolved]);
    expect([of('answers', `agent ${PRIYA}`), of('answers', `agent ${LUIS}`)]).toEqual([1, 0]);
    expect([of('resolved', `agent ${PRIYA}`), of('resolved', `agent ${LUIS}`)]).toEqual([0, 1]);
  });

  test('spam and what is merged leave the backlog without being solved, and keep no promise', () => {
    for (const [event, cell] of [
      [{ kind: 'closed', reason: 'spam', by: LUIS, quiet: true }, 'dropped'],
      [{ kind: 'merged', into: 'T-000000', by: LUIS }, 'merged'],
    ] as [Happening, string][]) {
      const of = counted([1, event]);
      expect([of(cell), of('resolved'), of(BALANCE), of('met.resolution')]).toEqual([1, 0, 0, 0]);
    }
  });

  test('a ticket is opened of nobody until somebody gets it, and of him alone then, whoever has it next', () => {
    const given = (assignee: string, previous: string | null): Happening => ({
      ...{ kind: 'assigned', assignee, previous, reason: '', by: 'desk' },
    });
    const of = countedOf(opened(MONDAY, {}, null), [1, given(LUIS, null)], [2, given(PRIYA, LUIS)]);
    expect(['-', LUIS, PRIYA].map((agent) => of('opened', `agent ${agent}`))).toEqual([0, 1, 0]);
    expect([of('opened'), of('opened', 'team service-desk'), of('ofDesk')]).toEqual([1, 1, 0]);
  });

  test('what the desk asked for itself is told apart, as whose it is: recurring work, and steps of a checklist', () => {
    const mailbox = 'support@desk.example.test';
    for (const given of [
      { requester: { address: mailbox, name: 'Support' } },
      { partOf: { id: 'T-000001', step: 'account' } },
    ]) {
      const of = countedOf(opened(MONDAY, given));
      expect([of('ofDesk'), of('ofDesk', `agent ${LUIS}`), of('ofDesk', 'agent -')]).toEqual([1, 1, 0]);
    }
  });

  test('what was solved is closed without counting again; what nobody solved is dropped, unless an agent closes it', () => {
    const closed = (by: string, more = {}): Happening => ({ kind: 'closed', reason: '', by, ...more });
    const fate = (...happenings: [number, Happening][]) => {
      const of = counted(...happenings);
      return ['resolved', 'dropped'].map((cell) => of(cell));
    };
    expect(fate([1, resolved], [2, closed('desk')])).toEqual([1, 0]);
    expect(fate([1, closed('desk')])).toEqual([0, 1]);
    expect(fate([1, closed(LUIS)])).toEqual([1, 0]);
    expect(fate([1, closed(LUIS, { quiet: true })])).toEqual([0, 1]);
  });

  test('what is reopened is solved a second time, and was no first contact', () => {
    const reopened: Happening = { kind: 'reopened', reason: '', by: NORA, told: false };
    const of = counted([1, resolved], [2, reopened], [3, resolved]);
    expect([of('resolved'), of('reopened'), of('firstContact')]).toEqual([2, 1, 1]);
  });

  test('a solution that is taken back with its answer was none', () => {
    const undone = (reopens: boolean): Happening => ({
      ...{ kind: 'undone', message: 2, given: later(MONDAY, 1), by: LUIS, reopens },
    });
    const held = { ...answered(), leavesAt: later(MONDAY, 1.1) } as Happening;
    const of = (reopens: boolean) => {
      const cell = counted([1, held], [1, resolved], [1, undone(reopens)]);
      return [cell('answers'), cell('resolved'), cell('met.resolution'), cell('rw.sum')];
    };
    expect(of(true)).toEqual([0, 0, 0, 0]);
    expect(of(false)).toEqual([0, 1, 1, 3_600_000]);
  });

  test('a promise is missed once, whether the clock says so or what comes too late', () => {
    const missed = (measure: 'firstResponse' | 'resolution'): Happening => ({
      ...{ kind: 'deadline-breached', measure, startedAt: MONDAY, due: later(MONDAY, 4), assignee: LUIS },
    });
    const breached = (...happenings: [number, Happening][]) => {
      const of = counted(...happenings);
      return ['breached.firstResponse', 'breached.resolution', 'met.firstResponse'].map((cell) => of(cell));
    };
    expect(breached([5, missed('firstResponse')])).toEqual([1, 0, 0]);
    expect(breached([5, missed('firstResponse')], [6, missed('firstResponse')])).toEqual([1, 0, 0]);
    expect(breached([5, missed('firstResponse')], [6, missed('resolution')])).toEqual([1, 1, 0]);
    expect(breached([5, missed('firstResponse')], [26, answered()])).toEqual([1, 0, 0]);
    expect(breached([26, answered()])).toEqual([1, 0, 0]);
    expect(breached([3, answered()])).toEqual([0, 0, 1]);
  });

  test('time at a tier that is used up in the very instant of the climb is used up', () => {
    const climb = (hours: number) => {
      const of = counted([hours, { kind: 'escalated', from: 1, to: 2, reason: 'late', by: 'desk' }]);
      return [of('met.tier'), of('breached.tier')];
    };
    expect([5.9, 6, 6.1].map(climb)).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
  });

  test('a vote counts in place of the one before it', () => {
    const rated = (vote: Grade, previous: Grade | null): Happening => ({
      ...{ kind: 'rated', vote, previous, words: '', by: NORA },
    });
    const of = counted([1, resolved], [2, rated(2, null)], [3, rated(5, 2)]);
    expect([of('rated.2'), of('rated.5')]).toEqual([0, 1]);
  });

  test('time is told by its bucket and its sum, of a tier for each stay there', () => {
    const of = counted([2, { kind: 'escalated', from: 1, to: 2, reason: 'hard', by: LUIS }], [3, resolved]);
    const hour = 3_600_000;
    expect([of(`t1.${bucketOf(2 * hour)}`), of('t1.sum')]).toEqual([1, 2 * hour]);
    expect([of(`t2.${bucketOf(hour)}`), of('t2.sum')]).toEqual([1, hour]);
    expect([of(`re.${bucketOf(3 * hour)}`), of('re.sum'), of('rw.sum')]).toEqual([1, 3 * hour, 3 * hour]);
  });

  test('a climb that comes back is put down to whoever let it climb', () => {
    const of = counted(
      [1, { kind: 'escalated', from: 1, to: 2, reason: 'hard', by: LUIS }],
      [1, { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: 'desk' }],
      [2, { kind: 'deescalated', from: 2, to: 1, reason: 'easy', by: PRIYA }],
    );
    expect([of('bounced', `agent ${LUIS}`), of('bounced', `agent ${PRIYA}`)]).toEqual([1, 0]);
  });
});
