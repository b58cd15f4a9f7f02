import { expect, test } from 'vitest';
import { describeReplayDiff, type Place, replayDiff } from '../../cli/replay-diff.ts';
import type { Desk } from '../../core/config/desk.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { deliver, smallWorld } from '../functions/world.ts';
import { desk, keys, later, MONDAY } from '../sample.ts';

const side = (desk: Desk) => ({ desk, learned: null });
const now = Date.parse(later(MONDAY, 24));
const quiet = () => {};

/** A desk that two people wrote to, and a list. */
async function begun() {
  const world = smallWorld();
  for (const [mailId, mail] of [
    ['mail-1', 'new-ticket.eml'],
    ['mail-2', 'auto-reply.eml'],
  ] as const)
    await receiveEmail(deliver(world, mail, { mailId }), world);
  const place: Place = { ...world, keys: async () => keys };
  return { world, place };
}

test('the same file makes no difference', async () => {
  const { place } = await begun();
  const steps: string[] = [];
  const diff = await replayDiff(
    place,
    { before: side(desk), after: side(desk), days: 30 },
    now,
    (done, all) => steps.push(`${done}/${all}`),
  );
  expect(diff).toMatchObject({ mails: 2, counts: [], changed: [], unread: [] });
  expect(steps).toEqual(['1/2', '2/2']);
  expect(describeReplayDiff(diff)).toContain('No mail changes.');
});

test('another priority and its deadlines are named with the reason, and counted first', async () => {
  const { place } = await begun();
  const after: Desk = {
    ...desk,
    matrix: {
      ...desk.matrix,
      one: { routine: 'P1', degraded: 'P1', outage: 'P1' },
    },
  };
  const diff = await replayDiff(place, { before: side(desk), after: side(after), days: 30 }, now, quiet);
  const [mail] = diff.changed;
  expect(diff.changed).toHaveLength(1);
  expect(mail?.differs).toEqual(['priority', 'deadlines']);
  expect(mail?.after.priority).toBe('P1');
  expect(mail?.reasons.join()).toContain('P1');
  expect(diff.counts).toEqual([
    { what: 'priority', before: mail?.before.priority, after: 'P1', mails: 1 },
    { what: 'deadlines', before: '', after: 'others', mails: 1 },
  ]);
  const words = describeReplayDiff(diff);
  expect(words).toContain('1 would be different, and nothing was changed.');
  expect(words).toContain(`priority: ${mail?.before.priority} → P1`);
});

test('a sender who is blocked in the changed file would be refused', async () => {
  const { place } = await begun();
  const after: Desk = { ...desk, mail: { ...desk.mail, blocked: ['nora@example.org'] } };
  const { changed } = await replayDiff(
    place,
    { before: side(desk), after: side(after), days: 30 },
    now,
    quiet,
  );
  expect(changed[0]).toMatchObject({
    before: { disposition: 'opened, new-ticket' },
    after: { disposition: 'refused, blocked', category: null, deadlines: null },
  });
});

test('nothing is written', async () => {
  const { world, place } = await begun();
  const before = structuredClone([...world.items]);
  const objects = [...world.objects.keys()];
  const blocked: Desk = { ...desk, mail: { ...desk.mail, blocked: ['nora@example.org'] } };
  await replayDiff(place, { before: side(desk), after: side(blocked), days: 30 }, now, quiet);
  expect([...world.items]).toEqual(before);
  expect([...world.objects.keys()]).toEqual(objects);
});

test('a mail whose raw form is gone is named, and older mail is not read', async () => {
  const { world, place } = await begun();
  for (const key of world.objects.keys()) if (key.endsWith('mail-2')) world.objects.delete(key);
  const both = { before: side(desk), after: side(desk), days: 30 };
  const { unread } = await replayDiff(place, both, now, quiet);
  expect(unread).toEqual([{ key: expect.stringContaining('mail-2'), why: 'its raw mail is gone' }]);
  const asked: (string | undefined)[] = [];
  const list: Place['ledger']['list'] = async (_, __, since) => {
    asked.push(since);
    return [];
  };
  const later = { ...place, ledger: { ...place.ledger, list } };
  expect((await replayDiff(later, both, now, quiet)).mails).toBe(0);
  expect(asked).toEqual([new Date(now - 30 * 86_400_000).toISOString()]);
});
