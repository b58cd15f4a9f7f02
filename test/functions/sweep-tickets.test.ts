/** The sweep's part in the clock: tickets that are reckoned anew after a deployment, and watches that are gone, by the thousand. */
import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { UnavailableError } from '../../core/faults.ts';
import { type Change, change, upcoming } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { sweep } from '../../functions/sweep.ts';
import { openSkippedDesk, type SkippedDesk } from '../journeys/skipped-time.ts';
import { later, MONDAY, opened, desk as sample } from '../sample.ts';

const before: Desk = { ...sample, recurring: [], hash: 'before' };
/** Half as much time is promised for everything. */
const after: Desk = {
  ...before,
  hash: 'after',
  sla: before.sla.map((policy) => ({
    ...policy,
    targets: JSON.parse(JSON.stringify(policy.targets), (key, value) => (key === 'ms' ? value / 2 : value)),
  })),
};
const new1: Change = change({ ...opened(MONDAY).after, deskHash: '' }, [], MONDAY, before);
const idOf = (n: number) => `T-${String(n).padStart(6, '0')}`;

/** So many like Nora's, open since Monday; their executions are gone, unless they run. */
async function deskOf(count: number, running = true, ticket: Ticket = new1.after): Promise<SkippedDesk> {
  const skipped = openSkippedDesk(before, MONDAY);
  for (let n = 0; n < count; n++)
    await skipped.world.tickets.commit({ before: null, after: { ...ticket, id: idOf(n) }, events: [] }, []);
  if (running) skipped.world.watches.isRunning = async () => true;
  await skipped.world.tickets.sayReckonedBy(before.hash);
  await skipped.time.until(Date.parse(later(MONDAY, 1)));
  return skipped;
}

const read = async ({ world }: SkippedDesk, n: number) => (await world.tickets.read(idOf(n))) as Ticket;
const deploy = ({ world }: SkippedDesk, desk: Desk) => {
  world.desk = desk;
};

describe('after a deployment with another desk.yaml', () => {
  test('the next sweep reckons each ticket anew, once, and the sweeps after it read none', async () => {
    const skipped = await deskOf(250);
    deploy(skipped, after);
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 250 });
    expect((await read(skipped, 7)).deadlines.firstResponse).toBe(later(MONDAY, 2));
    skipped.world.tickets.readAll = async () => {
      throw new TypeError('nothing is to be read');
    };
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 0 });
  });

  test('going back to the one before reckons all of them again', async () => {
    const skipped = await deskOf(5);
    deploy(skipped, after);
    await sweep(skipped.world);
    deploy(skipped, before);
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 5 });
    expect((await read(skipped, 3)).deadlines.firstResponse).toBe(later(MONDAY, 4));
  });

  test('ten thousand an hour, in bounded calls; the rest with the next sweep', async () => {
    const resolved = change(
      new1.after,
      [{ kind: 'resolved', reason: '', by: 'desk', message: null }],
      MONDAY,
      before,
    ).after;
    const skipped = await deskOf(10_150, true, resolved);
    deploy(skipped, after);
    const calls = { ...skipped.calls };
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 10_000 });
    // For each its reading and its writing, and one batch read for a hundred.
    expect(skipped.calls.reads - calls.reads).toBeLessThan(10_300);
    expect(skipped.calls.writes - calls.writes).toBe(10_000);
    expect(skipped.calls.queries - calls.queries).toBeLessThan(40);
    expect(await skipped.world.tickets.reckonedBy()).toBe('before');
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 150 });
    expect(await skipped.world.tickets.reckonedBy()).toBe('after');
  }, 60_000);

  test('a ticket for which time has nothing left to do is reckoned as well', async () => {
    const skipped = await deskOf(0);
    let told = new1.after;
    for (let next = upcoming(told, before)[0]; next; next = upcoming(told, before)[0])
      told = change(told, nextStep(told, next.at, before, new Map()), next.at, before).after;
    expect(told).toMatchObject({ status: 'new', watch: { state: 'ended' } });
    await skipped.world.tickets.commit({ before: null, after: { ...told, id: idOf(0) }, events: [] }, []);
    // Now there are steps after a deadline, which there were not.
    const escalation = [{ after: 3_600_000, do: ['tell-manager' as const] }];
    deploy(skipped, {
      ...before,
      hash: 'steps',
      sla: before.sla.map((policy) => ({ ...policy, escalation })),
    });
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 1 });
    expect(await read(skipped, 0)).toMatchObject({ deskHash: 'steps', watch: { state: 'running' } });
  });

  test('one ticket that cannot be reckoned keeps no other from it, and rings until it can', async () => {
    const skipped = await deskOf(30);
    deploy(skipped, after);
    const { commit } = skipped.world.tickets;
    skipped.world.tickets.commit = async (changed, ...others) => {
      if (changed.after.id === idOf(4)) throw new TypeError('a fault of ours');
      return commit(changed, ...others);
    };
    await expect(sweep(skipped.world)).rejects.toThrow('a fault of ours');
    expect((await read(skipped, 29)).deskHash).toBe('after');
    skipped.world.tickets.commit = commit;
    expect(await sweep(skipped.world)).toMatchObject({ reckoned: 1 });
    expect(await skipped.world.tickets.reckonedBy()).toBe('after');
  });
});

describe('watches that are gone', () => {
  test('are begun again five hundred an hour, those that are late first', async () => {
    const skipped = await deskOf(700, false);
    await skipped.time.until(Date.parse(later(MONDAY, 3.5)));
    for (const [restarted, left] of [
      [500, 200],
      [200, 0],
    ]) {
      expect(await sweep(skipped.world)).toMatchObject({ watches: restarted });
      const all = await Promise.all(Array.from({ length: 700 }, (_, n) => read(skipped, n)));
      expect(all.filter(({ watch }) => watch?.generation === 1)).toHaveLength(left as number);
    }
  });

  test('get their turn although five hundred others are late and run', async () => {
    const skipped = await deskOf(1_100);
    const gone = new Set([idOf(1), idOf(555), idOf(1_099)]);
    skipped.world.watches.isRunning = async (id) => !gone.has(id);
    let restarted = 0;
    for (let hour = 4; hour < 9; hour++) {
      await skipped.time.until(Date.parse(later(MONDAY, hour)));
      restarted += (await sweep(skipped.world)).watches;
      for (const id of gone)
        if ((await skipped.world.tickets.read(id))?.watch?.generation !== 1) gone.delete(id);
    }
    expect(restarted).toBe(3);
  });

  test('wait for the next hour when Step Functions does not answer; what else the sweep does is done', async () => {
    const skipped = await deskOf(50);
    deploy(skipped, after);
    let asked = 0;
    skipped.world.watches.isRunning = async () => {
      asked++;
      throw new UnavailableError('down');
    };
    await skipped.time.until(Date.parse(later(MONDAY, 4)));
    await expect(sweep(skipped.world)).rejects.toThrow('down');
    expect(asked).toBe(1);
    expect((await read(skipped, 49)).deskHash).toBe('after');
  });
});
