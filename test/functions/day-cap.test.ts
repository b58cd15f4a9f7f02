/** A day has so many mails: what is left over waits for the next, what cannot wait has a part of its own, nothing is lost. */
import { describe, expect, test } from 'vitest';
import { mostOfDay } from '../../core/mail/day-cap.ts';
import type { SentKind } from '../../core/mail/update.ts';
import { sendOrPark } from '../../functions/send-update.ts';
import { desk, ID, LUIS, NORA, opened } from '../sample.ts';
import { leavingWorld } from './leaving.ts';

const sending = { mostADay: 100 };
const LIMITED = { ...desk, sending };
const OPENED = { pk: `T#${ID}`, sk: 'EVENT#00000001' };
const TOMORROW = '2026-11-24T00:00:01.000Z';

/** A desk of which `left` mails left today. */
async function begin(left: number) {
  const counts = new Map([['2026-11-23', left]]);
  const parked: { body: unknown; delay: number | undefined }[] = [];
  const world = leavingWorld();
  world.desk = LIMITED;
  world.rates = {
    ...world.rates,
    async leaves(day, most) {
      const count = counts.get(day) ?? 0;
      if (count < most) counts.set(day, count + 1);
      return count < most;
    },
    stays: async (day) => void counts.set(day, (counts.get(day) ?? 0) - 1),
  };
  world.updatesQueue = {
    ...world.updatesQueue,
    send: async (body, delay) => void parked.push({ body, delay }),
  };
  await world.tickets.commit(opened(), []);
  const states = () =>
    [...world.items.values()].flatMap(({ sk, update }) =>
      sk === 'UPDATE' ? [update as { to: string }] : [],
    );
  return { world, parked, counts, states };
}

describe('when nine tenths of the day’s mails have left', () => {
  test('an acknowledgement waits in the queue, without a claim, and CloudWatch is told', async () => {
    const { world, parked, states } = await begin(90);
    await sendOrPark(OPENED, world);
    expect(parked).toEqual([{ body: OPENED, delay: 900 }]);
    expect(states()).toEqual([]);
    expect(world.told).toEqual([{ name: 'HeldBack', value: 1 }]);
    expect(world.logged.at(-1)).toMatchObject({ ids: { pk: OPENED.pk, sk: OPENED.sk } });
  });

  test('it leaves on the next day, once', async () => {
    const { world, states, counts } = await begin(90);
    await sendOrPark(OPENED, world);
    world.time = TOMORROW;
    await sendOrPark(OPENED, world);
    await sendOrPark(OPENED, world);
    expect(states().map(({ to }) => to)).toEqual([NORA]);
    expect(counts).toEqual(
      new Map([
        ['2026-11-23', 90],
        ['2026-11-24', 1],
      ]),
    );
  });

  test.each(['code', 'warning', 'breach', 'escalated', 'canary'] satisfies SentKind[])(
    '%s goes all the same, until all of them have left',
    (kind) => {
      expect(mostOfDay({ kind, speaker: null }, LIMITED)).toBe(100);
    },
  );

  test.each(['acknowledgement', 'refusal', 'assignment', 'digest', 'resolved'] satisfies SentKind[])(
    '%s waits',
    (kind) => {
      expect(mostOfDay({ kind, speaker: null }, LIMITED)).toBe(90);
    },
  );

  test('so does nothing that an agent wrote', () => {
    expect(mostOfDay({ kind: 'answer', speaker: LUIS }, LIMITED)).toBe(100);
  });
});

test('what is known to be spent costs no claim any more', async () => {
  const { world, parked } = await begin(0);
  world.rates.isSpent = () => true;
  const calls: string[] = [];
  world.before = (call) => calls.push(call);
  await sendOrPark(OPENED, world);
  expect(parked).toHaveLength(1);
  expect(calls).not.toContain('table:put');
});

test('what SES did not take is not counted', async () => {
  const { world, counts } = await begin(7);
  world.mailer = { ...world.mailer, send: async () => ({ sent: false, refused: 'MessageRejected: no' }) };
  await sendOrPark(OPENED, world);
  expect(counts.get('2026-11-23')).toBe(7);
});
