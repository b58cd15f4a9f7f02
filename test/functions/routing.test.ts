/** Into whose hands tickets go, over the real handlers: what is read for it, absences with their return, and who leaves for good. */
import { expect, test, vi } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { change, open } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { sweep } from '../../functions/sweep.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, NORA, opened, PROVEN, receipt } from '../sample.ts';
import { type LeavingWorld, leavingWorld } from './leaving.ts';
import { deliver, type SmallWorld, smallWorld } from './world.ts';

const [RUNS, WAITS] = ['T-AAAAAA', 'T-BBBBBB'];
const quiet: Desk = { ...desk, recurring: [] };
const first = opened().events[0] as Extract<Happening, { kind: 'opened' }>;

async function begin(world: LeavingWorld, id: string, assignee: string, ...also: Happening[]) {
  const given: Happening = { kind: 'assigned', assignee, previous: null, reason: '', by: 'desk' };
  const begun = open(id, { ...first, messageId: null, acknowledge: false }, [given, ...also], MONDAY, quiet);
  await world.tickets.commit(begun, []);
}

const read = async (world: SmallWorld, id: string) => (await world.tickets.read(id)) as Ticket;
const waits: Happening = { kind: 'paused', until: null, reason: 'x', by: LUIS };

const away = (until: string) => ({
  ...{ pk: `AWAY#${LUIS}`, sk: 'AWAY' },
  away: { from: MONDAY, until, why: '#away', quote: null, ambiguous: false, source: 'm' },
});
const goAway = ({ items }: SmallWorld, until: string) => items.set(`AWAY#${LUIS} AWAY`, away(until));

test('what falls due while somebody is away goes to another and comes back to him, with its clock as it was', async () => {
  const world = Object.assign(leavingWorld(), { desk: quiet });
  await begin(world, RUNS, LUIS);
  await begin(world, WAITS, LUIS, { kind: 'started', by: LUIS }, waits);
  await world.relay();
  const before = await read(world, RUNS);
  expect(await sweep(world)).toMatchObject({ moved: 0 });

  goAway(world, later(MONDAY, 48));
  expect(await sweep(world)).toMatchObject({ moved: 1 });
  const moved = await read(world, RUNS);
  expect(moved).toMatchObject({ assignee: KIM, standsInFor: LUIS, deadlines: before.deadlines });
  expect(moved.clock).toEqual(before.clock);
  expect((await read(world, WAITS)).assignee).toBe(LUIS);
  const told = (await world.relay()).map(({ to, kind }) => `${kind} ${to}`);
  expect(told.sort()).toEqual([`assignment ${KIM}`, `note ${LUIS}`]);

  // The next hour finds nothing to do, and says nothing.
  expect(await sweep(world)).toMatchObject({ moved: 0 });
  expect(await world.relay()).toEqual([]);

  world.time = later(MONDAY, 1);
  world.items.delete(`AWAY#${LUIS} AWAY`);
  expect(await sweep(world)).toMatchObject({ moved: 1 });
  const back = await read(world, RUNS);
  expect(back).toMatchObject({ assignee: LUIS, deadlines: before.deadlines });
  expect(back.standsInFor).toBeUndefined();
  const toldAgain = (await world.relay()).map(({ to, kind }) => `${kind} ${to}`);
  expect(toldAgain.sort()).toEqual([`assignment ${LUIS}`, `note ${KIM}`]);
  expect(await sweep(world)).toMatchObject({ moved: 0 });
  const loads = await world.tickets.loads([KIM, LUIS]);
  expect([loads.get(KIM)?.open, loads.get(LUIS)?.open]).toEqual([0, 1]);
});

test('what is not due before he is back waits for him, and is taken when that changes', async () => {
  const world = Object.assign(leavingWorld(), { desk: quiet });
  await begin(world, RUNS, LUIS);
  // The first of its deadlines falls after four hours.
  goAway(world, later(MONDAY, 3));
  expect(await sweep(world)).toMatchObject({ moved: 0 });
  goAway(world, later(MONDAY, 48));
  expect(await sweep(world)).toMatchObject({ moved: 1 });
});

test.each([
  ['keep', [LUIS, LUIS]],
  ['urgent', [KIM, LUIS]],
  ['all', [KIM, KIM]],
] as const)('whenAway: %s leaves what is due and what waits with %j', async (whenAway, hands) => {
  const teams = desk.teams.map((team) => ({ ...team, whenAway, onReturn: 'stay' as const }));
  const world = Object.assign(leavingWorld(), { desk: { ...quiet, teams } });
  await begin(world, RUNS, LUIS);
  await begin(world, WAITS, LUIS, { kind: 'started', by: LUIS }, waits);
  goAway(world, later(MONDAY, 48));
  await sweep(world);
  const assignees = async () => [(await read(world, RUNS)).assignee, (await read(world, WAITS)).assignee];
  expect(await assignees()).toEqual(hands);
  // With `stay` they do not come back.
  world.items.delete(`AWAY#${LUIS} AWAY`);
  await sweep(world);
  expect(await assignees()).toEqual(hands);
});

test('whoever is given it by a person in the meantime keeps it', async () => {
  const world = Object.assign(leavingWorld(), { desk: quiet });
  await begin(world, RUNS, LUIS);
  goAway(world, later(MONDAY, 48));
  await sweep(world);
  const given: Happening = { kind: 'assigned', assignee: MARTHA, previous: KIM, reason: '', by: MARTHA };
  await world.tickets.commit(change(await read(world, RUNS), [given], MONDAY, quiet), []);
  world.items.delete(`AWAY#${LUIS} AWAY`);
  expect(await sweep(world)).toMatchObject({ moved: 0 });
  expect((await read(world, RUNS)).assignee).toBe(MARTHA);
});

test('nobody goes where nobody is: it stays with who is away when all of his tier and the lead are', async () => {
  const absences = [{ from: '2026-11-01', to: '2026-12-31' }];
  const people = desk.people.map((each) => (each.address === LUIS ? each : { ...each, absences }));
  const world = Object.assign(leavingWorld(), { desk: { ...quiet, people } });
  await begin(world, RUNS, LUIS);
  goAway(world, later(MONDAY, 48));
  expect(await sweep(world)).toMatchObject({ moved: 0 });
  expect((await read(world, RUNS)).assignee).toBe(LUIS);
});

test('whoever is taken out of desk.yaml has nothing more, his lead is told with the list, and he hears of nothing', async () => {
  const world = Object.assign(leavingWorld(), { desk: quiet });
  await begin(world, RUNS, KIM);
  await begin(world, WAITS, KIM, { kind: 'started', by: KIM }, waits);
  await begin(world, 'T-CCCCCC', LUIS, { kind: 'watched', by: KIM });
  const done: Happening = { kind: 'resolved', reason: '', by: 'desk', message: null };
  await begin(world, 'T-DDDDDD', KIM, done);
  await world.tickets.sayReckonedBy(quiet.hash);
  await world.relay();
  const before = await read(world, RUNS);
  const people = desk.people.filter(({ address }) => address !== KIM);
  world.desk = { ...quiet, people, hash: 'without Kim' };
  world.time = later(MONDAY, 1);
  // Something happened to it after the deployment, so that it was reckoned already.
  const tagged: Happening = { kind: 'tagged', added: ['x'], removed: [], by: LUIS };
  await world.tickets.commit(change(before, [tagged], world.time, world.desk), []);

  await sweep(world);
  const after = await Promise.all([RUNS, WAITS, 'T-CCCCCC', 'T-DDDDDD'].map((id) => read(world, id)));
  expect(after.map(({ assignee }) => assignee)).toEqual([LUIS, LUIS, LUIS, null]);
  expect(after[0]?.deadlines).toEqual(before.deadlines);
  expect(after[2]?.watchers).toEqual([]);
  expect((await world.tickets.loads([LUIS])).get(LUIS)?.open).toBe(2);
  const mails = await world.relay();
  expect(mails.map(({ to, kind }) => `${kind} ${to}`).sort()).toEqual([
    `assignment ${LUIS}`,
    `assignment ${LUIS}`,
    `note ${MARTHA}`,
  ]);
  const list = mails.find(({ to }) => to === MARTHA)?.text ?? '';
  expect(list).toContain(KIM);
  expect(list).toMatch(/T-AAAAAA The printer is jammed → Luis Ortega/);
  expect(list).toMatch(/T-DDDDDD The printer is jammed → –/);
  world.time = later(MONDAY, 2);
  await sweep(world);
  expect(await world.relay()).toEqual([]);
});

const mailOf = (from: string, id: string, more: string[] = [], text = 'It eats the paper.') =>
  [
    ...[`From: ${from}`, 'To: support@desk.example.test', 'Subject: The printer is jammed'],
    ...[`Message-ID: <${id}@example.org>`, ...more, '', text, ''],
  ].join('\r\n');

test('a mail reads loads only when somebody is to be chosen, and then those of the tier', async () => {
  const world = smallWorld({ desk: quiet });
  const asked = vi.spyOn(world.tickets, 'candidates');
  const those = () => asked.mock.calls.map(([addresses]) => addresses);
  await receiveEmail(deliver(world, mailOf(NORA, 'one')), world);
  const tier = quiet.people.filter((each) => each.team === 'service-desk' && each.tier === 1);
  expect(those()).toEqual([tier.map(({ address }) => address)]);
  asked.mockClear();
  const answer = mailOf(NORA, 'two', ['In-Reply-To: <one@example.org>'], 'It is worse now.');
  await receiveEmail(deliver(world, answer, { mailId: 'mail-2' }), world);
  expect(await world.ledger.read('mail-2')).toMatchObject({ disposition: 'appended' });
  expect(asked).not.toHaveBeenCalled();
  await receiveEmail(deliver(world, 'spam.eml', { mailId: 'mail-3', spam: 'FAIL' }), world);
  expect(asked).not.toHaveBeenCalled();
  const mine = mailOf(LUIS, 'three', [], '#mine');
  await receiveEmail(deliver(world, mine, { mailId: 'mail-4', ...PROVEN }), world);
  // His own, for whether he counts as away.
  expect(those()).toEqual([[LUIS]]);
});

test('whom no event has ever named is not looked for among those who asked before', async () => {
  const world = smallWorld({ desk: { ...quiet, triage: { lastAgent: 7 * 86_400_000 } } });
  const asked = vi.spyOn(world.tickets, 'lastOf');
  const write = (from: string, id: string) =>
    receiveEmail(deliver(world, mailOf(from, id), { mailId: id, returnPath: from }), world);
  await write(NORA, 'one');
  expect(asked).not.toHaveBeenCalled();
  await write(NORA, 'two');
  await write('new@example.com', 'three');
  expect(asked.mock.calls).toEqual([[NORA]]);
});

test('whoever writes again about something else comes to the same agent, within the time of desk.yaml', async () => {
  const write = async (world: SmallWorld, n: number, from = NORA) => {
    world.time = later(world.time, 0.1);
    const mail = mailOf(from, `m${n}`, [], 'How are you?').replace('The printer is jammed', `${'abcdef'[n]}`);
    await receiveEmail(deliver(world, mail, { ...receipt, mailId: `mail-${n}`, returnPath: from }), world);
    const id = (await world.ledger.read(`mail-${n}`))?.ticketId ?? '';
    return read(world, id);
  };
  for (const [lastAgent, same] of [
    [7 * 86_400_000, true],
    [undefined, false],
  ] as const) {
    const world = smallWorld({ desk: { ...quiet, triage: lastAgent ? { lastAgent } : {} } });
    const one = await write(world, 1);
    await write(world, 2, 'other@example.com');
    const three = await write(world, 3, 'third@example.com');
    const again = await write(world, 4);
    expect([one.assignee === again.assignee, three.assignee === one.assignee]).toEqual([same, true]);
  }
});
