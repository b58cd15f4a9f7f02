/** A desk on trial: it reads and decides, and no mail leaves, now or later. */
import { expect, test } from 'vitest';
import type { UpdateRecord } from '../../aws/updates.ts';
import type { Desk } from '../../core/config/desk.ts';
import { change, open } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { sendReports } from '../../functions/send-report.ts';
import { desk, ID, LUIS, later, MONDAY, NORA, opened } from '../sample.ts';
import { leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const GRACE = 'grace.okafor@example.test';
const onTrial: Desk = { ...desk, shadow: true };

function begin() {
  const world = Object.assign(leavingWorld(), { desk: onTrial });
  const records = () =>
    [...world.items.values()].flatMap(({ sk, update }) => (sk === 'UPDATE' ? [update as UpdateRecord] : []));
  return { world, records };
}

/** Its first event and the ticket, as a desk on trial opens it. */
function openedOnTrial() {
  const [first] = opened().events;
  if (first?.kind !== 'opened') throw new TypeError('a ticket begins by being opened');
  return open(ID, first, [], MONDAY, onTrial);
}

test('a mail is filed and assigned, and every update about it is withheld and settled', async () => {
  const { world, records } = begin();
  await receiveEmail(deliver(world, 'new-ticket.eml'), world);
  expect(await world.relay()).toEqual([]);
  const [ticket] = await world.tickets.list(1, () => true);
  expect(ticket).toMatchObject({ shadow: true, status: 'new' });
  expect(ticket?.assignee).not.toBeNull();
  expect(records().map(({ kind, state, messageId }) => ({ kind, state, messageId }))).toEqual(
    ['acknowledgement', 'assignment'].map((kind) => ({ kind, state: 'withheld', messageId: null })),
  );
  expect(records()[0]?.detail).toBe('shadow: the desk only looks on');
  const events = await world.tickets.events(ticket?.id ?? '', 100);
  expect(events.filter(({ kind }) => kind === 'update-withheld')).toMatchObject([
    { mail: 'acknowledgement' },
    { mail: 'assignment' },
  ]);
});

test('warnings, breaches and climbing are recorded, and told to nobody', async () => {
  const { world, records } = begin();
  await world.tickets.commit(openedOnTrial(), []);
  const ticket = await world.tickets.read(ID);
  if (!ticket) throw new TypeError('it was just opened');
  const late = later(MONDAY, 10);
  const happenings = nextStep(ticket, late, onTrial, new Map());
  expect(happenings.map(({ kind }) => kind)).toContain('deadline-breached');
  await world.tickets.commit(change(ticket, happenings, late, onTrial), []);
  expect(await world.relay()).toEqual([]);
  expect(records().every(({ state }) => state === 'withheld')).toBe(true);
  expect(records().map(({ kind }) => kind)).toContain('breach');
});

test('nobody outside is told of a refusal either', async () => {
  const { world, records } = begin();
  await world.ledger.tell(
    'mail-9',
    {
      ...{ kind: 'refused', to: { address: NORA, name: '' }, reason: 'too-large', detail: 'too large' },
      ...{ subject: 'Film', messageId: null, language: 'en' },
    },
    MONDAY,
  );
  expect(await world.relay()).toEqual([]);
  expect(records()).toMatchObject([{ kind: 'refusal', state: 'withheld' }]);
});

test('the manager’s weekly report is all that leaves, and says what would have gone to whom', async () => {
  const { world } = begin();
  await receiveEmail(deliver(world, 'new-ticket.eml'), world);
  await world.relay();
  const [ticket] = await world.tickets.list(1, () => true);
  await (await world.rollups()).count([`T#${ticket?.id}`], Date.parse(MONDAY));
  // The Monday after, at half past seven in Berlin.
  world.time = '2026-11-30T06:30:00.000Z';
  expect(await sendReports(world)).toMatchObject({ failed: 0 });
  const left = await world.relay();
  expect(left.map(({ kind, to }) => ({ kind, to }))).toEqual([{ kind: 'report', to: GRACE }]);
  expect(left[0]?.said).toContain('2 mails would have gone out');
  expect(left[0]?.said).toMatch(/trial-2026-11-23-2026-11-29\.csv/);
  expect(left[0]?.said).toContain(`acknowledgement,${NORA}`);
});

test('when the trial ends nothing of it leaves, and its tickets stay silent', async () => {
  const { world, records } = begin();
  await world.tickets.commit(openedOnTrial(), []);
  await world.relay();
  const before = records().length;
  world.desk = desk;
  const ticket = await world.tickets.read(ID);
  if (!ticket) throw new TypeError('it was just opened');
  const late = { kind: 'resolved', reason: '', by: LUIS, message: null } as const;
  await world.tickets.commit(change(ticket, [late], later(MONDAY, 5), desk), []);
  expect(await world.relay()).toEqual([]);
  expect(records().length).toBeGreaterThan(before);
  expect(records().every(({ state }) => state === 'withheld')).toBe(true);
});

test('who writes on a ticket of the trial when it has ended is heard, and its agent is told', async () => {
  const { world } = begin();
  await world.tickets.commit(openedOnTrial(), []);
  await world.relay();
  world.desk = desk;
  const ticket = await world.tickets.read(ID);
  if (!ticket) throw new TypeError('it was just opened');
  const more = {
    kind: 'message-received',
    message: 1,
    from: { address: NORA, name: '' },
    ...{ messageId: null, flagged: null },
  } as const;
  await world.tickets.commit(change(ticket, [more], later(MONDAY, 5), desk), []);
  expect((await world.tickets.read(ID))?.shadow).toBeUndefined();
  expect((await world.relay()).map(({ kind }) => kind)).toContain('requester-message');
});
