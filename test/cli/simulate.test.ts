import { expect, test } from 'vitest';
import { describeSimulation, simulateTickets } from '../../cli/simulate.ts';
import type { Desk } from '../../core/config/desk.ts';
import { change } from '../../core/ticket/change.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MONDAY, opened } from '../sample.ts';

const FIRST = { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null } as const;
type Given = Partial<Pick<Ticket, 'id' | 'tags' | 'mergedInto' | 'deskHash'>>;
const answered = (hours: number, given: Given = {}): Ticket => ({
  ...change(opened().after, [FIRST], later(MONDAY, hours), desk).after,
  ...given,
});

/** Half an hour for the first answer to what can wait till tomorrow. */
const strict: Desk = {
  ...desk,
  hash: 'strict',
  sla: desk.sla.map((policy) => ({
    ...policy,
    targets: { ...policy.targets, P3: { ...policy.targets.P3, firstResponse: { ms: 30 * 60_000 } } },
  })),
};
const now = Date.parse(later(MONDAY, 24));

/** What the index gives, whatever it is asked for. */
function listing(...tickets: Ticket[]) {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    list: async (_: number, keep: (ticket: Ticket) => boolean, since?: string) => {
      asked.push(since);
      return tickets.filter(keep);
    },
  };
}

test('met and breached are counted before and after, and the tickets that change are named', async () => {
  const index = listing(answered(1, { id: 'T-000001' }), answered(0.25, { id: 'T-000002' }));
  const counts: number[] = [];
  const simulated = await simulateTickets(index, { before: desk, after: strict, days: 30 }, now, (done) =>
    counts.push(done),
  );
  expect(index.asked).toEqual([later(MONDAY, 24 - 30 * 24)]);
  expect(counts).toEqual([1, 2]);
  expect(simulated).toMatchObject({ days: 30, tickets: 2, reckonedByOthers: 0 });
  expect(simulated.byMeasure[0]).toEqual({
    name: 'firstResponse',
    before: { met: 2, breached: 0, open: 0 },
    after: { met: 1, breached: 1, open: 0 },
  });
  expect(simulated.changed).toEqual([
    {
      ...{ ticketId: 'T-000001', team: 'service-desk', subject: 'The printer is jammed' },
      ...{ measure: 'firstResponse', startedAt: MONDAY },
      before: { fate: 'met', due: null, policy: 'standard', priority: 'P3' },
      after: { fate: 'breached', due: later(MONDAY, 0.5), policy: 'standard', priority: 'P3' },
    },
  ]);
  const words = describeSimulation(simulated);
  expect(words).toContain('2 tickets of the last 30 days');
  expect(words).toMatch(/Measure +firstResponse +2 +0 +0 +1 +1 +0/);
  expect(words).toMatch(/T-000001 .* met \(standard\) +breached 2026-11-23T09:30:00.000Z \(standard\)/);
});

test('spam, and what goes on as another ticket, are left out; what another file reckoned is said', async () => {
  const index = listing(
    answered(1, { tags: ['spam'] }),
    answered(1, { mergedInto: 'T-000009' }),
    answered(1, { deskHash: 'older' }),
  );
  const simulated = await simulateTickets(index, { before: desk, after: desk, days: 1 }, now, () => {});
  expect(simulated).toMatchObject({ tickets: 1, reckonedByOthers: 1, changed: [] });
  expect(describeSimulation(simulated)).toContain('1 of them were last reckoned by another desk.yaml');
  expect(describeSimulation(simulated)).toContain('No ticket changes.');
});
