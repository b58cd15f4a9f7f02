/** bench/model.ts does the same for minutes, with 64 writers on the laptop's engine and at another random each time. */
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { inMemory, onEngine, openEngine } from './driven-desk.ts';
import { openTally, promisesHold } from './model.ts';
import { racesOf } from './races.ts';

const races = Object.entries(racesOf({ writers: 8 }));

test.each(races)('at once, %s: a history that some order explains, and nothing is lost', async (_, race) => {
  expect((await race(inMemory, 1)).faults).toEqual([]);
});

test('the same of two agents on the engine that the laptop runs', async () => {
  const engine = await openEngine();
  onTestFinished(() => engine.stop());
  const { faults, conflicts } =
    (await racesOf({ writers: 4 })['two agents take it']?.(() => onEngine(engine), 1)) ??
    expect.unreachable();
  expect(faults).toEqual([]);
  expect(conflicts).toBeGreaterThan(0);
});

test('whatever people, machines and time do at random: nothing lost, nothing leaked, one owner, one clock', async () => {
  const tally = openTally();
  await fc.assert(promisesHold(tally, 16), { seed: 3, numRuns: 1, endOnFailure: true });
  // A random that does nothing would find nothing.
  expect(tally.steps).toBeGreaterThan(8);
  expect(Object.keys(tally.dispositions).length).toBeGreaterThan(3);
});
