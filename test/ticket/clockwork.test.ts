import { describe, expect, test } from 'vitest';
import { change, changeOnWaking, upcoming } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MONDAY, NORA, opened, PRIYA, ticket } from '../sample.ts';

const kinds = (happenings: Happening[]) => happenings.map(({ kind }) => kind);
const step = (on: Ticket, at: string) => nextStep(on, at, desk, new Map());
/** Nora's P3 of Monday 10:00 in Berlin: four service hours to answer, six at tier 1. */
const WARN = later(MONDAY, 3);
const DUE = later(MONDAY, 4);

describe('a ticket that nobody serves', () => {
  test('warns its agent when three quarters of the time are used', () => {
    expect(step(ticket(), later(MONDAY, 2.9))).toEqual([]);
    expect(step(ticket(), WARN)).toMatchObject([
      { kind: 'deadline-warned', measure: 'firstResponse', due: DUE },
    ]);
  });

  test('is told once, however often it is asked', () => {
    const warned = change(ticket(), step(ticket(), WARN), WARN, desk).after;
    expect(step(warned, WARN)).toEqual([]);
  });

  test('breaches, climbs one tier and is handed over', () => {
    expect(step(ticket(), DUE).filter(({ kind }) => kind !== 'deadline-warned')).toMatchObject([
      { kind: 'deadline-breached', measure: 'firstResponse' },
      { kind: 'escalated', from: 1, to: 2, reason: 'the firstResponse deadline fell' },
      { kind: 'assigned', assignee: PRIYA, previous: LUIS },
    ]);
  });

  test('climbs on when its time at tier 2 is over, and stays at the top', () => {
    let current = ticket();
    const tiers: number[] = [];
    for (let wakes = 0; wakes < 60 && tiers.length < 30; wakes++) {
      const next = upcoming(current, desk)[0];
      if (!next) break;
      current = changeOnWaking(current, step(current, next.at), next.at, desk).after;
      tiers.push(current.tier);
    }
    expect(new Set(tiers)).toEqual(new Set([1, 2, 3]));
    expect(tiers).toEqual([...tiers].sort());
    expect(current.watch).toMatchObject({ state: 'ended', nextAt: null });
  });
});

test('a warning comes before its breach even when the watch wakes too late for it', () => {
  expect(kinds(step(ticket(), later(MONDAY, 5)))).toEqual([
    'deadline-warned',
    'deadline-breached',
    'escalated',
    'assigned',
  ]);
});

test('an answer in time ends the first response and leaves the resolution', () => {
  const answered = change(
    ticket(),
    [
      { kind: 'started', by: LUIS },
      { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
    ],
    later(MONDAY, 1),
    desk,
  ).after;
  expect(answered).toMatchObject({ status: 'open' });
  expect(Object.keys(answered.deadlines).sort()).toEqual(['resolution', 'tier']);
});

test('a requester who writes again waits for the next response', () => {
  const answered = change(
    ticket(),
    [{ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null }],
    later(MONDAY, 1),
    desk,
  ).after;
  const asked = change(
    answered,
    [
      {
        kind: 'message-received',
        message: 3,
        from: { address: NORA, name: '' },
        messageId: null,
        flagged: null,
      },
    ],
    later(MONDAY, 2),
    desk,
  ).after;
  expect(asked.deadlines.nextResponse).toBe(later(MONDAY, 6));
});

describe('waiting for the requester', () => {
  const waiting = change(
    ticket(),
    [{ kind: 'paused', until: null, reason: 'serial number', by: LUIS }],
    later(MONDAY, 1),
    desk,
  ).after;

  test('stops the clock', () => {
    expect(waiting).toMatchObject({ status: 'waiting', deadlines: {} });
    expect(step(waiting, later(MONDAY, 24.9))).toEqual([]);
  });

  test('reminds him, then resolves, then closes', () => {
    const reminded = change(waiting, step(waiting, later(MONDAY, 25)), later(MONDAY, 25), desk).after;
    expect(reminded).toMatchObject({ status: 'waiting', waiting: { reminders: 1 } });
    const resolved = change(reminded, step(reminded, later(MONDAY, 73)), later(MONDAY, 73), desk).after;
    expect(resolved.status).toBe('resolved');
    expect(kinds(step(resolved, later(MONDAY, 73 + 24)))).toEqual(['closed']);
  });

  test('goes on where it stopped', () => {
    const resumed = change(
      waiting,
      [{ kind: 'resumed', reason: 'answered', by: NORA }],
      later(MONDAY, 3),
      desk,
    ).after;
    expect(resumed.deadlines.firstResponse).toBe(later(MONDAY, 6));
  });

  test('an out-of-office notice does not let it go on, and a thank-you does not open what is resolved', () => {
    const notice = {
      kind: 'automatic-mail-received',
      what: 'out-of-office',
      from: NORA,
      about: null,
    } as const;
    const kept = change(waiting, [{ ...notice, excerpt: 'I am away.' }], later(MONDAY, 3), desk).after;
    expect(kept).toMatchObject({ status: 'waiting', deadlines: {}, clock: waiting.clock });
    const resolved = change(
      waiting,
      [{ kind: 'resolved', reason: 'done', by: LUIS, message: null }],
      later(MONDAY, 4),
      desk,
    ).after;
    const thanks: Happening = {
      ...{ kind: 'message-received', message: 2, from: { address: NORA, name: 'Nora Quist' } },
      ...{ messageId: null, flagged: null, thanks: true },
    };
    expect(change(resolved, [thanks], later(MONDAY, 5), desk).after).toMatchObject({
      ...{ status: 'resolved', clock: resolved.clock },
    });
  });

  test('until a day ends on that day', () => {
    const until = change(
      ticket(),
      [{ kind: 'paused', until: later(MONDAY, 24), reason: '', by: LUIS }],
      MONDAY,
      desk,
    ).after;
    expect(kinds(step(until, later(MONDAY, 24)))).toEqual(['resumed']);
  });

  test('a resolution while waiting does not leave the clock standing when it is reopened', () => {
    const resolved = change(
      waiting,
      [{ kind: 'resolved', reason: '', by: LUIS, message: null }],
      later(MONDAY, 2),
      desk,
    ).after;
    const reopened = change(
      resolved,
      [{ kind: 'reopened', reason: '', by: NORA, told: true }],
      later(MONDAY, 3),
      desk,
    ).after;
    expect(reopened.deadlines).toMatchObject({ nextResponse: later(MONDAY, 7) });
    expect(reopened.deadlines.resolution).toBeDefined();
  });
});

describe('the watch', () => {
  test('begins with the ticket and wakes for its first step', () => {
    expect(opened().after.watch).toMatchObject({
      generation: 1,
      state: 'running',
      nextAt: WARN,
      nextKind: 'warn:firstResponse',
    });
    expect(kinds(opened().events)).toEqual(['opened', 'assigned', 'watch-started']);
  });

  test('begins a new generation when the next step moves earlier', () => {
    const { after, events } = change(
      ticket(),
      [
        {
          kind: 'prioritised',
          impact: 'one',
          urgency: 'degraded',
          priority: 'P1',
          previous: 'P3',
          reason: '',
          by: LUIS,
        },
      ],
      later(MONDAY, 0.05),
      desk,
    );
    expect(after.watch).toMatchObject({ generation: 2, state: 'running' });
    expect(kinds(events)).toEqual(['prioritised', 'watch-started']);
  });

  test('waits on when the next step moves later', () => {
    const { after, events } = change(
      ticket(),
      [
        {
          kind: 'prioritised',
          impact: 'one',
          urgency: 'routine',
          priority: 'P4',
          previous: 'P3',
          reason: '',
          by: LUIS,
        },
      ],
      MONDAY,
      desk,
    );
    expect(after.watch).toMatchObject({ generation: 1, nextAt: WARN });
    expect(kinds(events)).toEqual(['prioritised']);
    expect(changeOnWaking(after, [], WARN, desk).after.watch).toMatchObject({
      generation: 1,
      nextAt: later(MONDAY, 6),
    });
  });

  test('ends with the ticket and lives again with it', () => {
    const closed = change(ticket(), [{ kind: 'closed', reason: '', by: LUIS }], MONDAY, desk).after;
    expect(closed.watch).toMatchObject({ generation: 1, state: 'ended', nextAt: null });
    expect(
      change(closed, [{ kind: 'reopened', reason: '', by: LUIS, told: false }], MONDAY, desk).after.watch,
    ).toMatchObject({ generation: 2, state: 'running' });
  });
});
