import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { type ClockEntry, compact, deadlines } from '../../core/sla/clock.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, NORA, ticket } from '../sample.ts';

const HOUR_LATER = later(MONDAY, 1);
const agent: Act = { by: LUIS, role: 'agent', now: HOUR_LATER, loads: new Map() };
const decide = (text: string, on: Ticket, act = agent) =>
  decideCommands(readCommands(text, act.role), on, act, desk);
const why = (text: string, on: Ticket, act = agent) => decide(text, on, act).lines[0]?.detail;
const changed = (on: Ticket, happenings: Happening[], at = HOUR_LATER) =>
  change(on, happenings, at, desk).after;
const answer = (message: number, held = true): Happening => ({
  ...{ kind: 'answered', message, by: LUIS, messageId: null, with: null },
  ...(held ? { leavesAt: later(HOUR_LATER, 0.01) } : {}),
});

describe('#undo', () => {
  const held = changed(ticket(), [answer(2)]);

  test('takes back the last answer while it is held, and what it answered is unanswered', () => {
    expect(held.deadlines.firstResponse).toBeUndefined();
    const { happenings } = decide('#undo', held);
    expect(happenings).toEqual([{ kind: 'undone', message: 2, given: HOUR_LATER, by: LUIS, reopens: false }]);
    const undone = changed(held, happenings, later(HOUR_LATER, 0.005));
    expect(undone.deadlines).toEqual(ticket().deadlines);
    expect(undone.takenBack).toEqual([2]);
    // Appended, not edited.
    expect(undone.clock.slice(0, held.clock.length)).toEqual(held.clock);
    expect(why('#undo', undone)).toBe('no answer of this ticket waits to leave');
  });

  test('is reckoned the same when the clock’s log is compacted, before and after it', () => {
    const undone = changed(held, decide('#undo', held).happenings, later(HOUR_LATER, 0.005));
    const granted: ClockEntry = { kind: 'extend', at: later(MONDAY, 2), ms: 3_600_000 };
    const whole = [...undone.clock, granted];
    const due = (log: readonly ClockEntry[]) =>
      Object.values(deadlines(log, desk)).map((each) => [each?.due, each?.fulfilledAt, each?.startedAt]);
    expect(due(compact(whole))).toEqual(due(whole));
    expect(due([...compact(undone.clock), granted])).toEqual(due(whole));
    expect(due(compact(compact(whole)))).toEqual(due(whole));
    expect(due(whole)).not.toEqual(due(undone.clock));
  });

  test('leaves what was answered before as it was', () => {
    const first = changed(ticket(), [answer(2, false)], MONDAY);
    const second = changed(first, [answer(3)]);
    const undone = changed(second, decide('#undo', second).happenings);
    expect(undone.deadlines).toEqual(first.deadlines);
    expect(deadlines(undone.clock, desk).firstResponse?.fulfilledAt).toBe(MONDAY);
  });

  test('is refused once the answer has left, with the time, and to everybody else', () => {
    expect(why('#undo', held, { ...agent, by: KIM })).toBe('the last answer is Luis Ortega’s to take back');
    const left = changed(held, [{ kind: 'left', message: 2 }]);
    expect(why('#undo', left)).toBe(
      'your answer left at 2026-11-23 10:00:00 UTC; what is wrong in it only another one mends',
    );
    expect(why('#undo', changed(ticket(), [answer(2, false)]))).toContain('left at 2026-11-23 10:00:00 UTC');
    expect(why('#undo', ticket())).toBe('no answer of this ticket waits to leave');
  });

  test('reopens what the answer resolved', () => {
    const resolved = changed(ticket(), [
      { ...answer(2), with: 'resolved' } as Happening,
      { kind: 'resolved', reason: 'resolved', by: LUIS, message: 2, leavesAt: later(HOUR_LATER, 0.01) },
    ]);
    expect(resolved).toMatchObject({ status: 'resolved', deadlines: {} });
    expect(why('#undo', resolved)).toBe('message 2 did not leave, and never will; the ticket is open again');
    expect(why('#undo', held)).toBe('message 2 did not leave, and never will');
    const undone = changed(resolved, decide('#undo', resolved).happenings);
    expect(undone).toMatchObject({ status: 'open', resolvedAt: null });
    expect(undone.deadlines).toEqual(ticket().deadlines);
  });

  test('leaves a ticket resolved that something else resolved since', () => {
    const resolved = changed(
      held,
      [{ kind: 'resolved', reason: 'resolved', by: LUIS, message: null }],
      later(HOUR_LATER, 0.004),
    );
    const { happenings } = decide('#undo', resolved);
    expect(happenings).toMatchObject([{ kind: 'undone', reopens: false }]);
    expect(changed(resolved, happenings, later(HOUR_LATER, 0.005)).status).toBe('resolved');
  });

  test('in a mail with better words takes back the answer before, not these', () => {
    const { happenings } = decide('#undo', held);
    const better = changed(held, [answer(3), ...happenings], later(HOUR_LATER, 0.005));
    expect(better).toMatchObject({ takenBack: [2], lastAnswer: { message: 3, leftAt: null } });
    expect(better.deadlines.firstResponse).toBeUndefined();
  });
});

describe('#redact', () => {
  test('takes a message out for good, and says who did it and why', () => {
    const { happenings } = decide('#redact 1 a password stands in it', ticket());
    expect(happenings).toEqual([
      { kind: 'redacted', message: 1, reason: 'a password stands in it', by: LUIS },
    ]);
    const redacted = changed(ticket(), happenings);
    expect(redacted.redacted).toEqual([1]);
    expect(decide('#redact 1', redacted).lines[0]?.outcome).toBe('nothing-to-do');
  });

  test('is for whoever works on the ticket and for leads', () => {
    expect(decide('#redact 1', ticket(), { ...agent, by: MARTHA }).refused).toBe(false);
    expect(why('#redact 1', ticket(), { ...agent, by: KIM })).toBe(
      'only a lead, or whoever works on the ticket, takes a message out',
    );
    expect(decide('#redact 1', ticket(), { ...agent, by: NORA, role: 'requester' }).lines).toEqual([]);
  });

  test('names the messages that there are', () => {
    expect(why('#redact 2', ticket())).toBe(
      '“2” is no message of this ticket; #history shows their numbers, 1 to 1',
    );
    expect(why('#redact the password', ticket())).toContain('“the” is no message');
  });
});
