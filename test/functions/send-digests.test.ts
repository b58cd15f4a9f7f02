import { describe, expect, test } from 'vitest';
import { change } from '../../core/ticket/change.ts';
import type { Digest, News } from '../../core/ticket/digest.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { sendDigests } from '../../functions/send-digests.ts';
import { sendUpdate } from '../../functions/send-update.ts';
import { KIM, LUIS, later, MARTHA, MONDAY, opened, desk as sampleDesk } from '../sample.ts';
import { type SmallWorld, smallWorld } from './world.ts';

const desk = {
  ...sampleDesk,
  people: sampleDesk.people.map((person) =>
    person.address === LUIS
      ? { ...person, mail: 'digest' as const }
      : { ...person, mail: 'instant' as const },
  ),
};
const DAY = 20_780;

/** Everything that left, as raw mail. */
function worldOf(more: Partial<SmallWorld> = {}): SmallWorld & { mails: string[] } {
  const mails: string[] = [];
  const mailer = {
    async send({ raw }: { raw: Uint8Array }) {
      mails.push(Buffer.from(raw).toString('utf8'));
      return { sent: true, messageId: `${mails.length}@email.amazonses.com` };
    },
  };
  return Object.assign(smallWorld({ desk, mailer, ...more } as never), { mails }) as never;
}

async function opens(world: SmallWorld, id: string, happenings: Happening[] = []): Promise<void> {
  const first = opened();
  const made = { ...first, after: { ...first.after, id } };
  await world.tickets.commit({ ...made, events: [] }, []);
  if (happenings.length === 0) return;
  const next = change(made.after, happenings, MONDAY, desk);
  await world.tickets.commit(next, []);
}

const eventOf = (person: string) => ({ pk: `DIGEST#${person}`, sk: `EVENT#${String(DAY).padStart(8, '0')}` });
const news = (ticketId: string, what: News['what']): News => ({ id: `${ticketId}-${what}`, what, ticketId });

test('an empty desk has nothing to tell, is asked once a day, and nothing leaves', async () => {
  const world = worldOf();
  expect(await sendDigests(world)).toEqual({ sent: 0, empty: 1, failed: 0 });
  expect((await world.digests.read(LUIS, DAY))?.kind).toBe('nothing-to-tell');
  expect(await sendDigests(world)).toEqual({ sent: 0, empty: 0, failed: 0 });
});

test('a ticket that comes after his morning waits for the next', async () => {
  const world = worldOf();
  await sendDigests(world);
  await opens(world, 'T-AAAAAA');
  world.time = later(MONDAY, 4);
  expect(await sendDigests(world)).toMatchObject({ sent: 0 });
  world.time = later(MONDAY, 24);
  expect(await sendDigests(world)).toMatchObject({ sent: 1 });
});

test('nobody’s morning reads nothing', async () => {
  const world = worldOf({ time: '2026-11-23T05:00:00.000Z' });
  world.before = (call) => {
    throw new Error(`${call} was called`);
  };
  expect(await sendDigests(world)).toEqual({ sent: 0, empty: 0, failed: 0 });
});

test('whoever is away finds it when he is there again, with all that is new', async () => {
  const away = { ...desk, people: desk.people.map((each) => ({ ...each })) };
  for (const person of away.people)
    if (person.address === LUIS) person.absences = [{ from: '2026-11-23', to: '2026-11-24' }];
  const world = worldOf({ desk: away });
  await opens(world, 'T-AAAAAA');
  await world.digests.keep(LUIS, news('T-AAAAAA', 'note'), MONDAY, 0);
  for (const hours of [0, 24]) {
    world.time = later(MONDAY, hours);
    expect(await sendDigests(world)).toMatchObject({ sent: 0, empty: 0 });
  }
  world.time = later(MONDAY, 48);
  expect(await sendDigests(world)).toMatchObject({ sent: 1 });
  expect((await world.digests.read(LUIS, DAY + 2))?.entries[0]).toMatchObject({ news: { note: 1 } });
  expect(await world.digests.news(LUIS)).toEqual([]);
});

test('one person’s fault keeps it from nobody else, and makes the call fail', async () => {
  const everybody = { ...desk, digests: { everybody: true } };
  const world = worldOf({ desk: everybody });
  await opens(world, 'T-AAAAAA');
  const { held } = world.tickets;
  world.tickets.held = async (team, assignee) => {
    if (assignee === KIM) throw new Error('the index is gone');
    return held(team, assignee);
  };
  await expect(sendDigests(world)).rejects.toThrow('the index is gone');
  expect((await world.digests.read(LUIS, DAY))?.kind).toBe('digest');
  expect(await world.digests.read(KIM, DAY)).toBeNull();
});

describe('the mail', () => {
  test('lists what he has under its numbers, answers to its own address, and leaves once', async () => {
    const world = worldOf();
    await opens(world, 'T-AAAAAA');
    await sendDigests(world);
    await sendUpdate(eventOf(LUIS), world);
    await sendUpdate(eventOf(LUIS), world);
    expect(world.mails.length).toBe(1);
    expect(world.mails[0]).toMatch(/^X-Replydesk-Update: digest\r$/m);
    expect(world.mails[0]).toMatch(/^Reply-To: support\+6[0-9a-z]{38}@desk\.example\.test\r$/m);
    expect(world.mails[0]).toContain('1  The printer is jammed');
  });

  test('does not speak of what went to a confidential team meanwhile: its number stays empty', async () => {
    const world = worldOf();
    await opens(world, 'T-AAAAAA');
    await opens(world, 'T-BBBBBB');
    await sendDigests(world);
    const before = await world.tickets.read('T-AAAAAA');
    if (!before) throw new Error('it was opened');
    const secret = { ...before, team: 'hr', assignee: 'ada.osei@example.test', version: before.version + 1 };
    await world.tickets.commit({ before, after: secret, events: [] }, []);
    await sendUpdate(eventOf(LUIS), world);
    expect(world.mails[0]).not.toContain('T-AAAAAA');
    expect(world.mails[0]).toContain('2  The printer is jammed');
  });

  test('is none when nothing is left that he may read', async () => {
    const world = worldOf();
    await world.digests.begin({
      ...{
        kind: 'digest',
        number: DAY,
        at: MONDAY,
        person: LUIS,
        more: {},
        answerableUntil: Date.parse(MONDAY),
      },
      entries: [{ ticketId: 'T-GONEAA', section: 'own', news: {} }],
    } satisfies Digest);
    await sendUpdate(eventOf(LUIS), world);
    expect(world.mails).toEqual([]);
  });

  test('of two hundred tickets stays short, and says how many more there are', async () => {
    const world = worldOf();
    for (let n = 0; n < 200; n++) await opens(world, `T-${String(n).padStart(6, '0')}`);
    await sendDigests(world);
    await sendUpdate(eventOf(LUIS), world);
    expect(world.mails[0]).toContain('and 150 more');
    expect(world.mails[0]).toContain('Subject: 200 open tickets');
    expect(Buffer.byteLength(world.mails[0] ?? '')).toBeLessThan(64 * 1024);
  });
});

test('an update that waits is kept once, and what cannot wait leaves', async () => {
  const world = worldOf();
  const noted: Happening = { kind: 'noted', message: 2, by: MARTHA, thirdParty: null };
  await opens(world, 'T-AAAAAA');
  const before = await world.tickets.read('T-AAAAAA');
  if (!before) throw new Error('it was opened');
  const changed = change(before, [noted], MONDAY, desk);
  await world.tickets.commit(changed, []);
  const number = changed.events.find(({ kind }) => kind === 'noted')?.number ?? 0;
  const event = { pk: 'T#T-AAAAAA', sk: `EVENT#${String(number).padStart(8, '0')}` };
  await sendUpdate(event, world);
  await sendUpdate(event, world);
  expect((await world.digests.news(LUIS)).map(({ what }) => what)).toEqual(['note']);
  expect(world.mails).toEqual([]);
  // Told by a digest, and the event comes once more.
  await sendDigests(world);
  await sendUpdate(event, world);
  expect(await world.digests.news(LUIS)).toEqual([]);
});
