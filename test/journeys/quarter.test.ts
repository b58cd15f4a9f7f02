/** bench/quarter.ts lives the same with five thousand tickets. */
import { expect, test } from 'vitest';
import { liveQuarter } from './quarter.ts';

test('a quarter of a desk’s life: no ticket without owner, tier and clock, no deadline missed, late or told twice', async () => {
  const quarter = await liveQuarter(120, 7);
  expect(quarter.faults).toEqual([]);
  // What was lived is worth something only when all of it was.
  expect(quarter.lost).toBeGreaterThan(10);
  expect(quarter.reckonedAnew).toBeGreaterThan(10);
  for (const kind of [
    ...['deadline-warned', 'deadline-breached', 'deadline-overrun', 'escalated', 'prioritised', 'paused'],
    ...['resumed', 'requester-reminded', 'resolved', 'reopened', 'closed', 'snooze-ended', 'reckoned-anew'],
  ])
    expect(quarter.kinds, kind).toHaveProperty(kind);
}, 60_000);
