import { describe, expect, test } from 'vitest';
import type { Plan } from '../../core/ticket/audience.ts';
import {
  countersOf,
  PACE_REMEMBERED,
  type Paced,
  pacedAs,
  staleCounters,
  tooMuch,
} from '../../core/ticket/pace.ts';
import { ID, LUIS, NORA } from '../sample.ts';

const START = Date.parse('2026-11-23T09:02:00Z');
const MINUTE = 60_000;
const about = (paced: Partial<Paced> = {}): Paced => ({
  ...{ recipient: NORA, ticketId: ID, likeness: null },
  ...paced,
});

/** Sends one every `minutes`, and says how many went before the first was withheld, and why. */
function untilWithheld(paced: (n: number) => Paced, minutes: number): [number, string | null] {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < 300; sent++) {
    const now = START + sent * minutes * MINUTE;
    for (const name of countersOf(paced(sent), now)) counts[name] = (counts[name] ?? 0) + 1;
    const why = tooMuch(paced(sent), counts, now);
    if (why) return [sent, why];
  }
  return [300, null];
}

describe('one person gets at most', () => {
  test.each([
    [0, 10, '10 automatic mails about one ticket within 10 minutes are enough'],
    [2, 15, '15 automatic mails about one ticket within 30 minutes are enough'],
    [3.5, 50, '50 automatic mails about one ticket within 180 minutes are enough'],
    [5, 100, '100 automatic mails about one ticket within 600 minutes are enough'],
    [10, 300, null],
  ])('about one ticket, one every %d minutes: %d', (minutes, most, why) => {
    const [sent, said] = untilWithheld(() => about(), minutes);
    expect(said).toBe(why);
    // The slice in which a window begins counts whole.
    expect(sent).toBeLessThanOrEqual(most);
    expect(sent).toBeGreaterThan(most * 0.8);
  });

  test.each([
    [0, 30, 10],
    [0.5, 60, 30],
    [0.6, 240, 180],
  ])('about many tickets, one every %d minutes: %d within %d minutes', (minutes, most, within) => {
    const [sent, said] = untilWithheld((n) => about({ ticketId: `T-${n}` }), minutes);
    expect(said).toContain(`${most} automatic mails to one person within ${within} minutes`);
    expect(sent).toBeLessThanOrEqual(most);
    expect(sent).toBeGreaterThan(most * 0.7);
  });

  test('two acknowledgements of the same within an hour, whatever their tickets', () => {
    const same = (n: number) => about({ ticketId: `T-${n}`, likeness: 'we received your mail' });
    expect(untilWithheld(same, 0)).toEqual([
      2,
      '2 acknowledgements of the same within 60 minutes are enough',
    ]);
    expect(untilWithheld(same, 40)[1]).toBeNull();
    expect(untilWithheld((n) => about({ ticketId: `T-${n}`, likeness: `subject ${n}` }), 0)[0]).toBe(30);
  });
});

test('a person’s own words are not counted, whatever the kind of mail', () => {
  const plan: Plan = {
    ...{ id: 'u', kind: 'resolved', to: { address: NORA, name: '' }, audience: 'requester' },
    ...{ message: 2, history: false, speaker: LUIS },
  };
  expect(pacedAs(plan, { id: ID, subject: 'x' })).toBeNull();
  expect(pacedAs({ ...plan, speaker: null }, { id: ID, subject: 'x' })).toEqual(about());
});

test('counters are forgotten when no window reaches back to them', () => {
  const names = countersOf(about(), START);
  expect(staleCounters(names, START + 600 * MINUTE)).toEqual([]);
  expect(staleCounters(names, START + PACE_REMEMBERED + 10 * MINUTE)).toEqual(names);
});
