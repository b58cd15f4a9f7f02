/** Somebody is chosen by how much each has, while others choose among the same people. */
import { expect, test } from 'vitest';
import { ConflictError, LoadMovedError } from '../../core/faults.ts';
import { choosing } from '../../functions/with-loads.ts';

/** A commit that comes too late so often; whether each was held to the loads. */
async function choose(tooLate: number, error: Error = new LoadMovedError('the load moved')) {
  const held: boolean[] = [];
  const end = await choosing(async (isHeld) => {
    held.push(isHeld);
    if (held.length <= tooLate) throw error;
  }).then(
    () => 'done',
    (thrown: Error) => thrown,
  );
  return { held, end };
}

test('whoever comes too late chooses anew by the loads as they are then', async () => {
  expect(await choose(0)).toEqual({ held: [true], end: 'done' });
  expect(await choose(2)).toEqual({ held: [true, true, true], end: 'done' });
});

test('in a burst the fifth choice stands, whatever has become of the load meanwhile', async () => {
  expect(await choose(4)).toEqual({ held: [true, true, true, true, false], end: 'done' });
});

test('when something else is in the way, too, all is read and decided anew elsewhere', async () => {
  const conflict = new ConflictError('the ticket was changed');
  expect(await choose(1, conflict)).toEqual({ held: [true], end: conflict });
  const moved = new LoadMovedError('again');
  expect(await choose(5, moved)).toEqual({ held: [true, true, true, true, false], end: moved });
});
