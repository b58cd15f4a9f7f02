import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Calendar, Desk, Policy, Priority } from '../../core/config/desk.ts';
import {
  type Awaited,
  type ClockEntry,
  type ClockLog,
  compact,
  deadlines,
  explainReckoning,
  MEASURES,
  type Measure,
  RUNS,
  type RunName,
} from '../../core/sla/clock.ts';
import { anyEdit, anyHistory, anyPromises, anySequel, enact, PATIENCE, runs } from './arbitrary.ts';
import { attempt, compare, policyOf } from './compared.ts';
import { instantOf, MINUTE, minuteOf } from './slow-reckoning.ts';

const HOUR = 60 * MINUTE;
type Promising = Pick<Desk, 'sla' | 'calendars'>;
type Targets = Policy['targets'][Priority];

const WORKDAYS: Calendar['hours'] = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['08:00-16:00']]),
);
const EVERY_DAY: Calendar['hours'] = { ...WORKDAYS, sat: ['08:00-16:00'], sun: ['08:00-16:00'] };
const ALL_DAY: Calendar['hours'] = Object.fromEntries(
  Object.keys(EVERY_DAY).map((day) => [day, ['00:00-24:00']]),
);

const office: Calendar = { name: 'office', timezone: 'UTC', hours: WORKDAYS, holidays: [] };
const always: Calendar = { name: 'always', timezone: 'UTC', hours: ALL_DAY, holidays: [] };

function targets(firstResponse: number, resolution: number): Targets {
  const [first, whole] = [{ ms: firstResponse }, { ms: resolution }];
  return { firstResponse: first, nextResponse: first, resolution: whole, tier: whole };
}

function standard(byPriority: Policy['targets'], given: Partial<Policy> = {}): Policy {
  return {
    name: 'standard',
    calendar: 'office',
    targets: byPriority,
    warnings: [],
    escalation: [],
    ...given,
  };
}

function policy(
  normal: Targets,
  urgent: Targets = normal,
  calendars: Calendar[] = [office, always],
): Promising {
  const atAnyHour = { ...urgent, calendar: 'always' };
  return { calendars, sla: [standard({ P1: atAnyHour, P2: atAnyHour, P3: normal, P4: normal })] };
}

/** In working hours four to answer and sixteen to solve; at any hour one and four when it is urgent. */
const desk = policy(targets(4 * HOUR, 16 * HOUR), targets(HOUR, 4 * HOUR));

/** Days of the week of Monday 1 June 2026, of June where a number is given. */
function at(day: string, time: string): string {
  const date = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(day) + 1 || Number(day);
  return new Date(`2026-06-${String(date).padStart(2, '0')}T${time}Z`).toISOString();
}

function opened(when: string, priority: Priority = 'P3'): ClockEntry[] {
  return [
    { kind: 'retarget', at: when, priority },
    { kind: 'start', at: when, measure: 'firstResponse' },
    { kind: 'start', at: when, measure: 'resolution' },
    { kind: 'start', at: when, measure: 'tier' },
  ];
}

const start = (when: string, measure: RunName): ClockEntry => ({ kind: 'start', at: when, measure });
const fulfil = (when: string, measure: RunName): ClockEntry => ({ kind: 'fulfil', at: when, measure });
const pause = (when: string, reason = 'requester'): ClockEntry => ({ kind: 'pause', at: when, reason });
const resume = (when: string): ClockEntry => ({ kind: 'resume', at: when });
const reopen = (when: string): ClockEntry => ({ kind: 'reopen', at: when });
const retarget = (when: string, priority: Priority): ClockEntry => ({ kind: 'retarget', at: when, priority });

function due(log: ClockLog, measure: Measure, by: Promising = desk): string | null | undefined {
  return deadlines(log, by)[measure]?.due;
}

describe('a running clock', () => {
  const log = opened(at('mon', '09:00'));

  test('an opened ticket is due in working time from its start on', () => {
    expect(deadlines(log, desk)).toMatchObject({
      firstResponse: {
        startedAt: at('mon', '09:00'),
        target: 4 * HOUR,
        due: at('mon', '13:00'),
        fulfilledAt: null,
        paused: false,
        missed: null,
      },
      nextResponse: null,
      resolution: { target: 16 * HOUR, due: at('wed', '09:00'), calendar: 'office', priority: 'P3' },
      tier: { due: at('wed', '09:00') },
    });
  });

  test('what is used grows with working time only', () => {
    const { resolution } = deadlines(log, desk);
    expect(resolution?.used(at('mon', '08:00'))).toBe(0);
    expect(resolution?.used(at('mon', '16:00'))).toBe(7 * HOUR);
    expect(resolution?.used(at('tue', '07:00'))).toBe(7 * HOUR);
    expect(resolution?.used(at('tue', '09:30'))).toBe(8.5 * HOUR);
  });

  test('a part of the target is used up in working time', () => {
    const { resolution, firstResponse } = deadlines(log, desk);
    expect(firstResponse?.usedUpAt(3 * HOUR)).toBe(at('mon', '12:00'));
    expect(resolution?.usedUpAt(12 * HOUR)).toBe(at('tue', '13:00'));
    expect(resolution?.usedUpAt(16 * HOUR)).toBe(resolution?.due);
  });

  test('more than the whole is used up after the deadline, in working time', () => {
    expect(deadlines(log, desk).firstResponse?.usedUpAt(8 * HOUR)).toBe(at('tue', '09:00'));
  });

  test('an empty log has no deadlines', () => {
    expect(deadlines([], desk)).toEqual(Object.fromEntries(MEASURES.map((measure) => [measure, null])));
  });
});

describe('what the field gets wrong', () => {
  test('T100: a clock change within the working hours neither gives nor takes time', () => {
    const nights: Calendar = {
      name: 'office',
      timezone: 'Europe/Berlin',
      hours: { sat: ['20:00-08:00'] },
      holidays: [],
    };
    const log = opened('2026-03-28T19:00:00.000Z');
    const byNight = policy(targets(4 * HOUR, 10 * HOUR), undefined, [nights, always]);
    // From 20:00 to 07:00 on the wall are eleven hours; one of them did not happen.
    expect(due(log, 'resolution', byNight)).toBe('2026-03-29T05:00:00.000Z');
    const inAutumn = opened('2026-10-24T18:00:00.000Z');
    expect(due(inAutumn, 'resolution', byNight)).toBe('2026-10-25T04:00:00.000Z');
  });

  test('T101: a holiday that is added after the start moves what is due', () => {
    const log = opened(at('mon', '15:00'));
    expect(due(log, 'firstResponse')).toBe(at('tue', '11:00'));
    const withHoliday: Promising = { ...desk, calendars: [{ ...office, holidays: ['2026-06-02'] }, always] };
    expect(due(log, 'firstResponse', withHoliday)).toBe(at('wed', '11:00'));
  });

  test('T102: a pause over a holiday takes no more than the working time in it', () => {
    const withHoliday: Promising = { ...desk, calendars: [{ ...office, holidays: ['2026-06-03'] }, always] };
    const log = [...opened(at('mon', '08:00')), pause(at('tue', '14:00')), resume(at('thu', '10:00'))];
    // 14 of 16 hours are used; the pause took two hours of Tuesday and two of Thursday.
    expect(deadlines(log, withHoliday).resolution?.used(at('thu', '10:00'))).toBe(14 * HOUR);
    expect(due(log, 'resolution', withHoliday)).toBe(at('thu', '12:00'));
  });

  test('T103: a priority that is raised during a pause holds when the clock runs on, and the pause is not lost', () => {
    const log = [
      ...opened(at('mon', '10:00')),
      pause(at('mon', '11:00')),
      retarget(at('mon', '12:00'), 'P1'),
    ];
    expect(deadlines(log, desk).resolution).toMatchObject({
      priority: 'P1',
      target: 4 * HOUR,
      due: null,
      paused: true,
    });
    expect(due([...log, resume(at('mon', '20:00'))], 'resolution')).toBe(at('mon', '23:00'));
  });

  test('T104: a ticket that is reopened after it was resolved in time has the time that was left', () => {
    const log = [...opened(at('mon', '08:00')), fulfil(at('mon', '14:00'), 'resolution')];
    expect(deadlines(log, desk).resolution).toMatchObject({
      fulfilledAt: at('mon', '14:00'),
      due: null,
      missed: null,
      paused: false,
    });
    const reopened = [...log, reopen(at('fri', '08:00'))];
    expect(deadlines(reopened, desk).resolution).toMatchObject({
      startedAt: at('mon', '08:00'),
      fulfilledAt: null,
      due: at('8', '10:00'),
    });
  });

  test('T105: deadlines are reckoned where the desk works, wherever the requester sits', () => {
    const apia: Calendar = { ...office, timezone: 'Pacific/Apia' };
    // Friday 14:00 in London is Saturday 02:00 in Apia; its Monday begins on Sunday, 19:00 UTC.
    expect(due(opened(at('fri', '13:00')), 'firstResponse', { ...desk, calendars: [apia, always] })).toBe(
      at('sun', '23:00'),
    );
  });

  test('T106: a frame without length is no working time', () => {
    const odd: Calendar = {
      ...office,
      hours: { ...WORKDAYS, mon: ['10:00-10:00'], tue: ['08:00-16:00', '16:00-16:00'] },
    };
    expect(due(opened(at('mon', '09:00')), 'firstResponse', { ...desk, calendars: [odd, always] })).toBe(
      at('tue', '12:00'),
    );
  });

  test('T107: a desk that never closes counts every hour', () => {
    expect(due(opened(at('sat', '23:00'), 'P1'), 'resolution')).toBe(at('sun', '03:00'));
  });

  test('T108: a leap day counts, and a deadline passes over it when it is a holiday', () => {
    const log = opened('2028-02-28T15:00:00.000Z');
    expect(due(log, 'firstResponse')).toBe('2028-02-29T11:00:00.000Z');
    const closed: Promising = { ...desk, calendars: [{ ...office, holidays: ['02-29'] }, always] };
    expect(due(log, 'firstResponse', closed)).toBe('2028-03-01T11:00:00.000Z');
  });

  test('T109: a warning point that is already past is given as the past instant that it is', () => {
    const log = [...opened(at('mon', '08:00')), retarget(at('mon', '11:30'), 'P1')];
    const { resolution } = deadlines(log, desk);
    expect(resolution?.usedUpAt(3 * HOUR)).toBe(at('mon', '11:00'));
    expect(resolution?.due).toBe(at('mon', '12:00'));
  });

  test('T110: an answer and a question in the same second count in the order in which they came', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      fulfil(at('mon', '09:00'), 'firstResponse'),
      start(at('mon', '10:00'), 'nextResponse'),
    ];
    const second = at('mon', '11:00');
    const questionLast = [...log, fulfil(second, 'nextResponse'), start(second, 'nextResponse')];
    expect(deadlines(questionLast, desk).nextResponse).toMatchObject({
      startedAt: second,
      due: at('mon', '15:00'),
    });
    const answerLast = [...log, start(second, 'nextResponse'), fulfil(second, 'nextResponse')];
    expect(deadlines(answerLast, desk).nextResponse).toMatchObject({
      startedAt: second,
      fulfilledAt: second,
      due: null,
    });
  });

  test('T111: a tier that changes while the ticket waits begins to run when it waits no longer', () => {
    const log = [...opened(at('mon', '08:00')), pause(at('mon', '10:00')), start(at('mon', '12:00'), 'tier')];
    expect(deadlines(log, desk).tier).toMatchObject({
      startedAt: at('mon', '12:00'),
      due: null,
      paused: true,
    });
    const resumed = [...log, resume(at('tue', '08:00'))];
    expect(deadlines(resumed, desk).tier).toMatchObject({
      startedAt: at('mon', '12:00'),
      due: at('wed', '16:00'),
    });
    expect(due(resumed, 'resolution')).toBe(at('wed', '14:00'));
  });

  test('T112: a target that is edited while a ticket runs holds from its start', () => {
    const log = [...opened(at('mon', '08:00')), pause(at('mon', '09:00')), resume(at('mon', '10:00'))];
    expect(due(log, 'firstResponse')).toBe(at('mon', '13:00'));
    expect(due(log, 'firstResponse', policy(targets(2 * HOUR, 16 * HOUR)))).toBe(at('mon', '11:00'));
    const otherHours: Calendar = { ...office, hours: { ...WORKDAYS, mon: ['10:30-16:00'] } };
    expect(due(log, 'firstResponse', { ...desk, calendars: [otherHours, always] })).toBe(at('mon', '14:30'));
  });
});

describe('fulfilment', () => {
  test('an answer at the very instant of the deadline is in time, one a millisecond later is not', () => {
    const log = opened(at('mon', '09:00'));
    const inTime = deadlines(
      [...log, fulfil('2026-06-01T13:00:00.000Z', 'firstResponse')],
      desk,
    ).firstResponse;
    expect(inTime).toMatchObject({ missed: null, fulfilledAt: at('mon', '13:00') });
    const late = deadlines([...log, fulfil('2026-06-01T13:00:00.001Z', 'firstResponse')], desk).firstResponse;
    expect(late).toMatchObject({ missed: at('mon', '13:00'), due: null });
  });

  test('an answer on Saturday to what was due when the desk closed on Friday is late', () => {
    const log = [...opened(at('fri', '12:00')), fulfil(at('sat', '10:00'), 'firstResponse')];
    expect(deadlines(log, desk).firstResponse).toMatchObject({ missed: at('fri', '16:00') });
  });

  test('only the first answer fulfils, and what has not begun cannot be fulfilled', () => {
    const log = [
      ...opened(at('mon', '09:00')),
      fulfil(at('mon', '10:00'), 'firstResponse'),
      fulfil(at('tue', '10:00'), 'firstResponse'),
    ];
    expect(deadlines(log, desk).firstResponse?.fulfilledAt).toBe(at('mon', '10:00'));
    expect(
      deadlines([...opened(at('mon', '09:00')), fulfil(at('mon', '10:00'), 'nextResponse')], desk)
        .nextResponse,
    ).toBeNull();
  });

  test('each question starts the next response anew', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      start(at('mon', '09:00'), 'nextResponse'),
      fulfil(at('mon', '10:00'), 'nextResponse'),
      start(at('mon', '11:00'), 'nextResponse'),
    ];
    expect(deadlines(log, desk).nextResponse).toMatchObject({
      startedAt: at('mon', '11:00'),
      due: at('mon', '15:00'),
      fulfilledAt: null,
    });
  });

  test('an answer that was in time stays so when the priority is raised later', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      fulfil(at('mon', '11:00'), 'firstResponse'),
      retarget(at('mon', '12:00'), 'P1'),
    ];
    expect(deadlines(log, desk).firstResponse).toMatchObject({
      priority: 'P3',
      target: 4 * HOUR,
      missed: null,
    });
    expect(deadlines(log, desk).resolution).toMatchObject({ priority: 'P1', due: at('mon', '12:00') });
  });

  test('an answer that comes while the ticket waits counts no time of the wait', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      pause(at('mon', '10:00')),
      fulfil(at('thu', '10:00'), 'firstResponse'),
    ];
    const { firstResponse } = deadlines(log, desk);
    expect(firstResponse).toMatchObject({ missed: null, paused: false, fulfilledAt: at('thu', '10:00') });
    expect(firstResponse?.used(at('fri', '10:00'))).toBe(2 * HOUR);
    expect(firstResponse?.usedUpAt(3 * HOUR)).toBeNull();
  });
});

describe('standing still', () => {
  test('a second pause changes nothing, and one resume ends it', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      pause(at('mon', '09:00')),
      pause(at('mon', '10:00'), 'bounce'),
      resume(at('mon', '11:00')),
    ];
    expect(due(log, 'firstResponse')).toBe(at('mon', '14:00'));
    expect(due([...log, resume(at('mon', '12:00'))], 'firstResponse')).toBe(at('mon', '14:00'));
  });

  test('a pause at night or at the weekend takes no working time', () => {
    const log = [...opened(at('fri', '14:00')), pause(at('fri', '18:00')), resume(at('8', '06:00'))];
    expect(due(log, 'firstResponse')).toBe(at('8', '10:00'));
  });

  test('a deadline that had passed when the pause began is named, and is due again after it', () => {
    const log = [...opened(at('mon', '08:00')), pause(at('mon', '14:00'))];
    expect(deadlines(log, desk).firstResponse).toMatchObject({ due: null, missed: at('mon', '12:00') });
    expect(due([...log, resume(at('tue', '08:00'))], 'firstResponse')).toBe(at('mon', '12:00'));
  });

  test('a reopened ticket waits for nobody', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      pause(at('mon', '10:00')),
      fulfil(at('mon', '12:00'), 'resolution'),
      reopen(at('tue', '08:00')),
    ];
    expect(deadlines(log, desk).resolution).toMatchObject({ paused: false, due: at('wed', '14:00') });
    expect(deadlines(log, desk).tier).toMatchObject({ paused: false, due: at('wed', '14:00') });
  });

  test('a ticket may be resolved and reopened many times and loses none of its time', () => {
    const log = opened(at('mon', '08:00'));
    for (const day of ['mon', 'tue', 'wed'])
      log.push(fulfil(at(day, '10:00'), 'resolution'), reopen(at(day, '15:00')));
    // Two hours on Monday, three each on Tuesday and Wednesday, one at Wednesday's end, seven to go.
    expect(due(log, 'resolution')).toBe(at('thu', '15:00'));
  });

  test('reopening what was never resolved leaves the resolution as it is', () => {
    expect(due([...opened(at('mon', '08:00')), reopen(at('mon', '12:00'))], 'resolution')).toBe(
      at('tue', '16:00'),
    );
  });
});

describe('whom it waits for', () => {
  const total = { ms: 8 * HOUR };
  const totals: Promising = {
    ...desk,
    sla: [
      standard({
        P1: {},
        P2: {},
        P3: { requesterWait: total, agentWork: total, resolution: total, periodicUpdate: { ms: 2 * HOUR } },
        P4: {},
      }),
    ],
  };
  const waitingFor = (awaited?: Awaited): ClockEntry[] => [
    ...opened(at('mon', '08:00')),
    { kind: 'pause', at: at('mon', '10:00'), reason: 'a spare part', ...(awaited ? { awaited } : {}) },
  ];

  test('while the supplier is waited for the requester waits on, and nobody works', () => {
    const { requesterWait, agentWork, resolution } = deadlines(waitingFor('third-party'), totals);
    expect(requesterWait).toMatchObject({ due: at('mon', '16:00'), paused: false });
    expect(requesterWait?.used(at('mon', '14:00'))).toBe(6 * HOUR);
    expect(agentWork).toMatchObject({ due: null, paused: true });
    expect(resolution).toMatchObject({ due: null, paused: true });
    expect(explainReckoning(waitingFor('third-party'), totals, 'requesterWait')?.intervals).toMatchObject([
      { to: at('mon', '10:00'), counted: true, why: 'open' },
      { to: at('mon', '16:00'), counted: true, why: 'open' },
    ]);
  });

  test('while an approval is waited for he waits too', () => {
    expect(due(waitingFor('approval'), 'requesterWait', totals)).toBe(at('mon', '16:00'));
  });

  test.each(['requester', 'bounce', undefined] as const)(
    'while %s is waited for he waits for nobody',
    (whom) => {
      const { requesterWait, agentWork } = deadlines(waitingFor(whom), totals);
      expect(requesterWait).toMatchObject({ due: null, paused: true });
      expect(agentWork).toMatchObject({ due: null, paused: true });
      const resumed = [...waitingFor(whom), resume(at('mon', '12:00'))];
      expect(due(resumed, 'requesterWait', totals)).toBe(at('tue', '10:00'));
      expect(due(resumed, 'agentWork', totals)).toBe(at('tue', '10:00'));
    },
  );

  test('the totals end with the resolution and live again with it', () => {
    const solved = [...opened(at('mon', '08:00')), fulfil(at('mon', '12:00'), 'resolution')];
    expect(deadlines(solved, totals).agentWork).toMatchObject({
      fulfilledAt: at('mon', '12:00'),
      missed: null,
    });
    const reopened = [...solved, reopen(at('tue', '08:00'))];
    expect(due(reopened, 'agentWork', totals)).toBe(at('tue', '12:00'));
    expect(due(reopened, 'requesterWait', totals)).toBe(at('tue', '12:00'));
  });

  test('each word begins the time to the next one anew', () => {
    const log = [...opened(at('mon', '08:00')), start(at('mon', '09:00'), 'periodicUpdate')];
    expect(due(log, 'periodicUpdate', totals)).toBe(at('mon', '11:00'));
    expect(due([...log, start(at('mon', '10:30'), 'periodicUpdate')], 'periodicUpdate', totals)).toBe(
      at('mon', '12:30'),
    );
  });

  test('what a policy leaves out is not promised, and has neither deadline nor explanation', () => {
    const { firstResponse, tier } = deadlines(waitingFor(), totals);
    expect([firstResponse, tier]).toEqual([null, null]);
    expect(explainReckoning(waitingFor(), totals, 'firstResponse')).toBeNull();
  });
});

describe('policies', () => {
  const quick = targets(HOUR, 4 * HOUR);
  const two: Promising = {
    calendars: [office, always],
    sla: [
      standard({ P1: quick, P2: quick, P3: quick, P4: quick }, { name: 'vip', calendar: 'always' }),
      ...desk.sla,
    ],
  };
  const under = (when: string, name: string): ClockEntry => ({
    kind: 'retarget',
    at: when,
    priority: 'P3',
    policy: name,
    reason: 'the requester is a VIP',
  });

  test('another policy counts from the original start, in its own hours', () => {
    const log = [...opened(at('mon', '15:00')), under(at('mon', '15:30'), 'vip')];
    expect(deadlines(log, two).resolution).toMatchObject({
      policy: 'vip',
      calendar: 'always',
      due: at('mon', '19:00'),
    });
    expect(explainReckoning(log, two, 'resolution')).toMatchObject({
      policy: 'vip',
      reason: 'the requester is a VIP',
    });
  });

  test('what was fulfilled keeps the policy under which it was, also when the log is compacted', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      fulfil(at('mon', '11:00'), 'firstResponse'),
      under(at('mon', '11:30'), 'vip'),
    ];
    for (const kept of [log, compact(log)])
      expect(deadlines(kept, two)).toMatchObject({
        firstResponse: { policy: 'standard', missed: null },
        resolution: { policy: 'vip', due: at('mon', '12:00') },
      });
  });

  test('a policy that is there no longer leaves its tickets to the one for all', () => {
    const log = [...opened(at('mon', '08:00')), under(at('mon', '08:00'), 'gone')];
    expect(deadlines(log, two).resolution).toMatchObject({ policy: 'standard', target: 16 * HOUR });
  });

  test('the nearest calendar counts: the target’s own, its priority’s, the policy’s', () => {
    const third = { ms: HOUR, calendar: 'office' };
    const mixed: Promising = {
      ...two,
      sla: [
        standard(
          {
            P1: quick,
            P2: quick,
            P3: { calendar: 'always', firstResponse: third, tier: { ms: HOUR } },
            P4: quick,
          },
          { calendar: 'office' },
        ),
      ],
    };
    const { firstResponse, tier } = deadlines(opened(at('mon', '08:00')), mixed);
    expect([firstResponse?.calendar, tier?.calendar]).toEqual(['office', 'always']);
    expect(deadlines(opened(at('mon', '08:00'), 'P4'), mixed).tier?.calendar).toBe('office');
  });
});

describe('retargeting', () => {
  test('a raised priority counts from the original start in its own calendar, the night included', () => {
    const log = [...opened(at('mon', '15:00')), retarget(at('tue', '09:00'), 'P1')];
    expect(deadlines(log, desk).resolution).toMatchObject({
      startedAt: at('mon', '15:00'),
      calendar: 'always',
      due: at('mon', '19:00'),
    });
    expect(deadlines(log, desk).resolution?.used(at('tue', '09:00'))).toBe(18 * HOUR);
  });

  test('a lowered priority gives the time back', () => {
    const log = [...opened(at('mon', '15:00'), 'P1'), retarget(at('mon', '15:30'), 'P3')];
    expect(due(log, 'resolution')).toBe(at('wed', '15:00'));
  });

  test('of several priorities the last one holds, as if the others had never been', () => {
    const log = [
      ...opened(at('mon', '09:00')),
      retarget(at('mon', '10:00'), 'P1'),
      retarget(at('mon', '10:00'), 'P3'),
    ];
    expect(due(log, 'firstResponse')).toBe(at('mon', '13:00'));
  });
});

describe('a clock set wrong', () => {
  test('an entry that claims to be earlier than the one before counts as of the same instant', () => {
    const log = [...opened(at('mon', '08:00')), pause(at('mon', '11:00')), resume(at('mon', '09:00'))];
    expect(due(log, 'firstResponse')).toBe(at('mon', '12:00'));
    expect(deadlines([...log, start(at('mon', '10:00'), 'tier')], desk).tier?.startedAt).toBe(
      at('mon', '11:00'),
    );
  });

  test('an entry without an instant, a clock without priority, a desk without its targets or calendar are faults', () => {
    const fault = expect.objectContaining({ name: 'InvalidInputError' });
    expect(() => deadlines([{ kind: 'resume', at: 'soon' }], desk)).toThrow(fault);
    expect(() => deadlines([start(at('mon', '08:00'), 'tier')], desk)).toThrow(/without a priority/);
    expect(() => deadlines(opened(at('mon', '08:00')), { ...desk, sla: [] })).toThrow(/no policy/);
    expect(() => deadlines(opened(at('mon', '08:00')), { ...desk, calendars: [always] })).toThrow(
      /no calendar office/,
    );
  });
});

describe('why', () => {
  test('a deadline is explained interval by interval, and what is counted is the target', () => {
    const withHoliday: Promising = { ...desk, calendars: [{ ...office, holidays: ['2026-06-02'] }, always] };
    const log = [
      ...opened(at('mon', '14:00')),
      pause(at('wed', '09:00'), 'waits for the printer'),
      resume(at('wed', '10:00')),
    ];
    expect(explainReckoning(log, withHoliday, 'firstResponse')).toEqual({
      priority: 'P3',
      policy: 'standard',
      reason: '',
      calendar: 'office',
      target: 4 * HOUR,
      due: at('wed', '11:00'),
      fulfilledAt: null,
      missed: null,
      paused: null,
      intervals: [
        {
          from: at('mon', '14:00'),
          to: at('mon', '16:00'),
          ms: 2 * HOUR,
          counted: true,
          why: 'open',
          detail: 'office',
        },
        {
          from: at('mon', '16:00'),
          to: at('wed', '08:00'),
          ms: 40 * HOUR,
          counted: false,
          why: 'holiday',
          detail: '2026-06-02',
        },
        {
          from: at('wed', '08:00'),
          to: at('wed', '09:00'),
          ms: HOUR,
          counted: true,
          why: 'open',
          detail: 'office',
        },
        {
          from: at('wed', '09:00'),
          to: at('wed', '10:00'),
          ms: HOUR,
          counted: false,
          why: 'paused',
          detail: 'waits for the printer',
        },
        {
          from: at('wed', '10:00'),
          to: at('wed', '11:00'),
          ms: HOUR,
          counted: true,
          why: 'open',
          detail: 'office',
        },
      ],
    });
  });

  test('a clock that stands still says since when and what for', () => {
    const log = [...opened(at('mon', '14:00')), pause(at('mon', '15:00'), 'bounce')];
    expect(explainReckoning(log, desk, 'resolution')).toMatchObject({
      due: null,
      paused: { since: at('mon', '15:00'), reason: 'bounce' },
      intervals: [{ from: at('mon', '14:00'), to: at('mon', '15:00'), counted: true }],
    });
  });

  test('the time in which the ticket was resolved is named', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      fulfil(at('mon', '15:00'), 'resolution'),
      reopen(at('tue', '15:00')),
    ];
    const whys = explainReckoning(log, desk, 'resolution')?.intervals.map(({ why }) => why);
    expect(whys).toEqual(['open', 'resolved', 'open', 'closed', 'open']);
  });

  test('what has not begun has no explanation', () => {
    expect(explainReckoning(opened(at('mon', '08:00')), desk, 'nextResponse')).toBeNull();
  });
});

describe('compaction', () => {
  test('what has no effect and what is over goes', () => {
    const log = [
      ...opened(at('mon', '08:00')),
      resume(at('mon', '08:10')),
      retarget(at('mon', '08:20'), 'P1'),
      retarget(at('mon', '08:30'), 'P3'),
      start(at('mon', '09:00'), 'nextResponse'),
      fulfil(at('mon', '09:30'), 'nextResponse'),
      pause(at('mon', '10:00')),
      pause(at('mon', '10:30')),
      resume(at('mon', '11:00')),
      start(at('mon', '12:00'), 'nextResponse'),
    ];
    expect(compact(log)).toEqual([
      ...opened(at('mon', '08:00')).slice(1),
      retarget(at('mon', '08:30'), 'P3'),
      pause(at('mon', '10:00')),
      resume(at('mon', '11:00')),
      start(at('mon', '12:00'), 'nextResponse'),
    ]);
  });

  test('what ends in the instant in which it begins leaves no trace', () => {
    const log = opened(at('mon', '08:00'));
    const instant = at('mon', '09:00');
    const nothing = [fulfil(instant, 'resolution'), pause(instant), resume(instant), reopen(instant)];
    expect(compact([...log, ...nothing, start(instant, 'tier')])).toEqual([
      ...log.slice(0, 3),
      start(instant, 'tier'),
    ]);
  });

  test('a priority that returns after another is named once', () => {
    const log = [...opened(at('mon', '08:00')), fulfil(at('mon', '09:00'), 'firstResponse')];
    expect(compact([...log, retarget(at('mon', '10:00'), 'P1'), retarget(at('mon', '10:00'), 'P3')])).toEqual(
      [...log, retarget(at('mon', '10:00'), 'P3')],
    );
  });

  test('pauses from before every run that is left go', () => {
    const log = [...opened(at('mon', '08:00')), pause(at('mon', '09:00')), resume(at('mon', '10:00'))];
    const restarted = RUNS.map((measure) => start(at('tue', '08:00'), measure));
    expect(compact([...log, ...restarted])).toEqual([log[0], ...restarted]);
  });

  test('ten thousand questions and answers leave a log of a few entries', () => {
    let log: ClockLog = opened(at('mon', '08:00'));
    for (let minute = 0; minute < 10_000; minute++) {
      const when = instantOf(minuteOf(at('mon', '08:00')) + minute);
      log = compact([...log, start(when, 'nextResponse'), fulfil(when, 'nextResponse')]);
    }
    expect(log.length).toBeLessThan(10);
  });

  test('two machines that pause and resume each other for weeks fill two hundred entries, and no pause is lost', () => {
    const began = minuteOf(at('mon', '08:00'));
    const loop = Array.from({ length: 500 }, (_, n) => {
      const minute = began + n * 40 + (n % 7);
      return [pause(instantOf(minute)), resume(instantOf(minute + 20 + (n % 11)))];
    });
    const whole: ClockLog = [...opened(at('mon', '08:00'), 'P1'), ...loop.flat()];
    let kept: ClockLog = opened(at('mon', '08:00'), 'P1');
    for (const pair of loop) kept = compact([...kept, ...pair]);
    expect(kept.length).toBeLessThan(210);
    const end = instantOf(began + 500 * 40);
    const used = (log: ClockLog, priority: Priority) =>
      deadlines([...log, retarget(end, priority)], desk).resolution?.used(end) ?? 0;
    expect(used(kept, 'P1')).toBe(used(whole, 'P1'));
    // In office hours, too, the loss is small: within five in a hundred.
    expect(Math.abs(used(kept, 'P3') / used(whole, 'P3') - 1)).toBeLessThan(0.05);
  });

  test('a ticket that is resolved and reopened without end fills no more, and its pauses stay', () => {
    const began = minuteOf(at('mon', '08:00'));
    const loop = Array.from({ length: 300 }, (_, n): ClockLog => {
      const minute = began + n * 60;
      return [
        pause(instantOf(minute + 1)),
        resume(instantOf(minute + 11)),
        fulfil(instantOf(minute + 15), 'resolution'),
        reopen(instantOf(minute + 30)),
      ];
    });
    let kept: ClockLog = opened(at('mon', '08:00'), 'P1');
    for (const turn of loop) kept = compact([...kept, ...turn]);
    expect(kept.length).toBeLessThan(420);
    expect(deadlines(kept, desk).tier?.used(instantOf(began + 300 * 60))).toBe(300 * 50 * MINUTE);
  });

  test('as many pauses as people make are kept to the millisecond', () => {
    const began = minuteOf(at('mon', '08:00'));
    const log = Array.from({ length: 100 }, (_, n) => [
      pause(instantOf(began + n * 60 + 1)),
      resume(instantOf(began + n * 60 + 2 + (n % 5))),
    ]).flat();
    const whole = [...opened(at('mon', '08:00')), ...log];
    expect(compact(whole)).toEqual(whole);
  });
});

describe('against a finger on the wall clock', () => {
  test(
    'every deadline of every history is the one that one counts minute by minute, and so is each after an edit',
    () => {
      fc.assert(
        fc.property(anyHistory, anyPromises, anyEdit, (log, promises, edit) => {
          for (const by of [promises, edit(promises)]) {
            const compared = compare(log, by);
            fc.pre(compared !== null);
            expect(compared?.desk).toEqual(compared?.finger);
          }
        }),
        runs(50),
      );
    },
    PATIENCE,
  );

  test(
    'an explanation has no gaps, and what it counts is what is used',
    () => {
      fc.assert(
        fc.property(anyHistory, anyPromises, fc.constantFrom(...MEASURES), (log, promises, measure) => {
          const by = policyOf(promises);
          const reckoned = attempt(() => deadlines(log, by)[measure]);
          fc.pre(reckoned !== null);
          const explained = explainReckoning(log, by, measure);
          const ends = explained?.intervals.map(({ to }) => to) ?? [];
          expect([reckoned?.startedAt, ...ends.slice(0, -1)].slice(0, ends.length)).toEqual(
            explained?.intervals.map(({ from }) => from),
          );
          const counted = explained?.intervals
            .filter((interval) => interval.counted)
            .reduce((sum, { ms }) => sum + ms, 0);
          expect(counted).toBe(reckoned?.used(ends.at(-1) ?? reckoned.startedAt));
          const last = log.at(-1)?.at ?? '';
          if (reckoned?.due && reckoned.due >= last) expect(counted).toBe(explained?.target);
        }),
        runs(80),
      );
    },
    PATIENCE,
  );

  test(
    'a compacted log keeps every deadline and every explanation, whatever follows and whoever reckons',
    () => {
      fc.assert(
        fc.property(anyHistory, anySequel, anyPromises, anyPromises, (log, acts, before, after) => {
          const sequel = enact(minuteOf(log.at(-1)?.at ?? ''), acts);
          for (const by of [policyOf(before), policyOf(after)]) {
            for (const more of [[], sequel]) {
              const whole = attempt(() => summary([...log, ...more], by));
              fc.pre(whole !== null);
              expect(summary([...compact(log), ...more], by)).toEqual(whole);
              expect(summary(compact([...compact(log), ...more]), by)).toEqual(whole);
            }
          }
          expect(compact(compact(log))).toEqual(compact(log));
        }),
        runs(50),
      );
    },
    PATIENCE,
  );

  test(
    'a compacted log keeps its order when the clock is set back',
    () => {
      fc.assert(
        fc.property(anyHistory, fc.array(fc.nat(30), { minLength: 30 }), (log, order) => {
          const shuffled = log.map((entry, index) => ({
            ...entry,
            at: log[order[index] ?? index]?.at ?? entry.at,
          }));
          for (let cut = 1; cut < shuffled.length; cut += 3) {
            const whole = summary(shuffled, desk4);
            expect(summary([...compact(shuffled.slice(0, cut)), ...shuffled.slice(cut)], desk4)).toEqual(
              whole,
            );
          }
        }),
        runs(100),
      );
    },
    PATIENCE,
  );
});

const desk4: Promising = {
  calendars: [always, office],
  sla: [
    standard({
      P1: { calendar: 'always', ...targets(HOUR, 8 * HOUR) },
      P2: { calendar: 'always', ...targets(2 * HOUR, 16 * HOUR) },
      P3: targets(3 * HOUR, 24 * HOUR),
      P4: targets(4 * HOUR, 32 * HOUR),
    }),
  ],
};

/** All that can be asked of a log. */
function summary(log: ClockLog, by: Promising) {
  const reckoned = deadlines(log, by);
  return MEASURES.map((measure) => {
    const one = reckoned[measure];
    return (
      one && {
        ...one,
        used: one.used(log.at(-1)?.at ?? ''),
        usedUpAt: one.usedUpAt(Math.round(one.target * 0.75)),
        why: explainReckoning(log, by, measure),
      }
    );
  });
}
