/**
 * How fast working time and deadlines are reckoned. Operations per second on this machine, for a calendar whose weeks are
 * known already, as in a warm function, and for one that is asked for the first time.
 */
import { cpus } from 'node:os';
import type { Calendar, Desk } from '../core/config/desk.ts';
import { addWorkingTime, isWorkingTime, nextOpening, workingTimeBetween } from '../core/sla/calendar.ts';
import { type ClockLog, compact, deadlines, explainReckoning } from '../core/sla/clock.ts';
import { optionsOf } from './options.ts';

optionsOf('How fast working time and deadlines are reckoned.', {});
const HOUR = 3_600_000;
const ENOUGH = 1_000;

function office(): Calendar {
  const frames = ['08:00-12:00', '13:00-17:00'];
  return {
    name: 'office',
    timezone: 'Europe/Berlin',
    hours: { mon: frames, tue: frames, wed: frames, thu: frames, fri: frames },
    holidays: ['01-01', '05-01', '10-03', '12-25', '12-26', '2026-04-03', '2026-04-06'],
  };
}

function always(): Calendar {
  const frames = ['00:00-24:00'];
  const hours = { mon: frames, tue: frames, wed: frames, thu: frames, fri: frames, sat: frames, sun: frames };
  return { name: 'always', timezone: 'UTC', hours, holidays: [] };
}

function desk(): Pick<Desk, 'sla' | 'calendars'> {
  const targets = {
    firstResponse: { ms: 4 * HOUR },
    nextResponse: { ms: 8 * HOUR },
    resolution: { ms: 40 * HOUR },
    tier: { ms: 16 * HOUR },
  };
  return {
    calendars: [office(), always()],
    sla: [
      {
        name: 'standard',
        calendar: 'office',
        targets: { P1: targets, P2: targets, P3: targets, P4: targets },
        warnings: [],
        escalation: [],
      },
    ],
  };
}

/** Opened, answered, asked again, then waiting and going on, again and again. */
function life(pauses: number): ClockLog {
  const begun = Date.parse('2026-03-23T08:12:00.000Z');
  const at = (hours: number) => new Date(begun + hours * HOUR).toISOString();
  return [
    { kind: 'retarget', at: at(0), priority: 'P3' },
    { kind: 'start', at: at(0), measure: 'firstResponse' },
    { kind: 'start', at: at(0), measure: 'resolution' },
    { kind: 'start', at: at(0), measure: 'tier' },
    { kind: 'fulfil', at: at(1), measure: 'firstResponse' },
    { kind: 'start', at: at(2), measure: 'nextResponse' },
    ...Array.from(
      { length: pauses },
      (_, n): ClockLog => [
        { kind: 'pause', at: at(3 + 5 * n), reason: 'requester' },
        { kind: 'resume', at: at(6 + 5 * n) },
      ],
    ).flat(),
  ];
}

const warm = office();
const warmDesk = desk();
const usual = life(3);
const long = life(100);
const MONDAY = '2026-03-23T09:00:00.000Z';

const cases: Record<string, () => unknown> = {
  'isWorkingTime, warm': () => isWorkingTime(warm, MONDAY),
  'nextOpening over Easter, warm': () => nextOpening(warm, '2026-04-02T16:00:00.000Z'),
  'addWorkingTime 16 h, warm': () => addWorkingTime(warm, MONDAY, 16 * HOUR),
  'addWorkingTime 16 h, 24×7': () => addWorkingTime(warmDesk.calendars[1] ?? warm, MONDAY, 16 * HOUR),
  'workingTimeBetween, ten years, warm': () =>
    workingTimeBetween(warm, '2020-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z'),
  'addWorkingTime 16 h, a new calendar': () => addWorkingTime(office(), MONDAY, 16 * HOUR),
  'workingTimeBetween, ten years, a new calendar': () =>
    workingTimeBetween(office(), '2020-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z'),
  'deadlines, usual life': () => deadlines(usual, warmDesk),
  'deadlines, a hundred pauses': () => deadlines(long, warmDesk),
  'explainReckoning, usual life': () => explainReckoning(usual, warmDesk, 'resolution'),
  'compact, usual life': () => compact(usual),
  'compact, a hundred pauses': () => compact(long),
};

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
const first = performance.now();
addWorkingTime(office(), MONDAY, 16 * HOUR);
console.log(
  `${'the very first deadline of a process'.padEnd(48)}${(performance.now() - first).toFixed(1).padStart(12)} ms`,
);
for (const [name, work] of Object.entries(cases)) {
  for (const end = performance.now() + ENOUGH / 4; performance.now() < end; ) work();
  let times = 0;
  const begin = performance.now();
  while (performance.now() - begin < ENOUGH) {
    work();
    times++;
  }
  const perSecond = Math.round((times * 1_000) / (performance.now() - begin));
  console.log(`${name.padEnd(48)}${perSecond.toLocaleString('en').padStart(12)} /s`);
}
