import { describe, expect, test } from 'vitest';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import { changeRequester } from '../../core/ticket/people.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { failed, isMarked, mark } from '../../core/ticket/undeliverable.ts';
import { desk, LUIS, later, MONDAY, NORA, ticket } from '../sample.ts';

const dead = { address: NORA, status: '5.1.1', permanent: true, update: null };
const standing = change(ticket(), failed(ticket(), [dead], MONDAY), MONDAY, desk).after;
const waiting = ticket([{ kind: 'paused', until: null, reason: 'for the layout', by: LUIS }]);
const THREE_DAYS = later(MONDAY, 72);
const kinds = (happenings: Happening[]) => happenings.map(({ kind }) => kind);
const told = (before: Ticket, happenings: Happening[], at = MONDAY) => {
  const { after, events } = change(before, happenings, at, desk);
  return events
    .flatMap((event) => updatesFor(event, after, desk))
    .map(({ kind, to }) => `${kind} → ${to.address}`);
};

describe('a requester whom nothing reaches', () => {
  test('is neither reminded nor taken to be content for three days, then the ticket goes on and its agent hears of it', () => {
    expect(nextStep(standing, later(MONDAY, 71), desk, new Map())).toEqual([]);
    const happenings = nextStep(standing, THREE_DAYS, desk, new Map());
    expect(happenings).toMatchObject([{ kind: 'resumed', by: 'desk', undeliverable: NORA }]);
    expect(told(standing, happenings, THREE_DAYS)).toEqual([`note → ${LUIS}`]);
    expect(change(standing, happenings, THREE_DAYS, desk).after).toMatchObject({
      status: 'open',
      waiting: null,
    });
  });

  test('ends as soon as somebody answers, or the request becomes another one’s', () => {
    const act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() } as const;
    const changed = changeRequester('ole@example.org', standing, act, desk);
    expect('happenings' in changed && kinds(changed.happenings)).toEqual(['requester-changed', 'resumed']);
    const waits = changeRequester('ole@example.org', waiting, act, desk);
    expect('happenings' in waits && kinds(waits.happenings)).toEqual(['requester-changed']);
  });

  test('whose other ticket waits for him is not reminded there either', () => {
    const at = later(MONDAY, 24 * 30);
    expect(kinds(nextStep(waiting, at, desk, new Map()))[0]).toBe('requester-reminded');
    expect(nextStep(waiting, at, desk, new Map(), true)).toMatchObject([
      { kind: 'paused', until: later(at, 72), undeliverable: NORA },
    ]);
  });

  test('the agent is told when it is known for good, and of a passing failure nobody is', () => {
    expect(told(ticket(), failed(ticket(), [dead], MONDAY))).toEqual([`note → ${LUIS}`]);
    expect(told(ticket(), failed(ticket(), [{ ...dead, permanent: false }], MONDAY))).toEqual([]);
    expect(told(ticket(), [{ kind: 'delivery-delayed', address: NORA, status: null, update: null }])).toEqual(
      [],
    );
    expect(told(ticket(), [{ kind: 'complained', address: NORA }])).toEqual([`note → ${LUIS}`]);
  });
});

test('an address counts as dead for sixty days', () => {
  const marked = mark(NORA, 'bounce', '5.1.1', MONDAY);
  expect(isMarked(marked, later(MONDAY, 24 * 60 - 1))).toBe(true);
  expect(isMarked(marked, later(MONDAY, 24 * 60))).toBe(false);
  expect(isMarked(null, MONDAY)).toBe(false);
});
