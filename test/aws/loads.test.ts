/** Loads over the table that the laptop runs: right whatever happens at once, and level when many mails come at once. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Tickets } from '../../aws/tickets.ts';
import { change, open } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { route } from '../../core/triage/route.ts';
import { type SeenLoads, withLoads } from '../../functions/with-loads.ts';
import { openTables } from '../../local/dynamodb.ts';
import { EVERYTHING, openGround, openTestGateway } from '../local/world.ts';
import { later, MONDAY, opened, desk as sample } from '../sample.ts';

const first = opened().events[0] as Extract<Happening, { kind: 'opened' }>;
const agent = sample.people.find(({ role }) => role === 'agent');
const NAMES = ['ann', 'bob', 'cid', 'dee'];
const people = NAMES.flatMap((name) =>
  agent
    ? [{ ...agent, address: `${name}@example.test`, name, skills: [], hours: 'always', absences: [] }]
    : [],
);
const desk = { ...sample, people: [...people, ...sample.people.filter(({ role }) => role === 'lead')] };
const addresses = people.map(({ address }) => address);

let tickets: Tickets;

async function openTable() {
  const { dataDir, state } = openGround();
  const gateway = await openTestGateway();
  const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
  const index = (name: string) => ({
    IndexName: name,
    KeySchema: [key(`${name}Pk`, 'HASH'), key(`${name}Sk`, 'RANGE')],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  });
  const names = ['pk', 'sk', 'openPk', 'openSk', 'handsPk', 'handsSk'];
  const definition = {
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [index('open'), index('hands')],
  };
  const table = { name: 'Desk-Table', arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Desk-Table' };
  const setting = { ...table, definition, expiry: null };
  const tables = await openTables(dataDir, state, EVERYTHING, [setting], () => {});
  onTestFinished(() => tables.stop());
  gateway.add('dynamodb', tables.service);
  vi.resetModules();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'admin');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  onTestFinished(() => void vi.unstubAllEnvs());
  const [adapter, { openTickets }, faults] = await Promise.all([
    import('../../aws/table.ts'),
    import('../../aws/tickets.ts'),
    import('../../core/faults.ts'),
  ]);
  tickets = openTickets(adapter.openTable('Desk-Table'));
  return faults;
}

const idOf = (n: number) => `T-${String(n).padStart(6, '0')}`;

async function come(n: number): Promise<void> {
  const seen: SeenLoads = new Map();
  const now = later(MONDAY, n / 3_600);
  const wanted = { team: 'service-desk', tier: 1, skills: [] };
  const { assignee, reason } = await withLoads(tickets, (loads) => route(wanted, desk, loads, now), seen);
  const given: Happening[] = assignee
    ? [{ kind: 'assigned', assignee, previous: null, reason, by: 'desk' }]
    : [];
  const opens = open(idOf(n), { ...first, messageId: null }, given, now, desk);
  await tickets.commit(opens, [], [], [], { loads: seen });
}

test('64 mails at once, five at a time as the queue hands them out, leave everybody with sixteen', async () => {
  const { ConflictError, LoadMovedError } = await openTable();
  let next = 0;
  let conflicts = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < 64; n = next++) {
      // What receive-email does; the module of the fault is another one here.
      for (let done = false; !done; ) {
        try {
          await come(n);
          done = true;
        } catch (error) {
          // Of two who name somebody first one begins anew.
          if (!(error instanceof ConflictError)) throw error;
          if (error instanceof LoadMovedError) conflicts++;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: 5 }, worker));
  const loads = await tickets.loads(addresses);
  expect(addresses.map((address) => loads.get(address)?.open)).toEqual([16, 16, 16, 16]);
  const held = await Promise.all(addresses.map((address) => tickets.held('service-desk', address)));
  expect(held.map(({ length }) => length)).toEqual([16, 16, 16, 16]);
  // They did meet: without the condition all of a moment would have gone to one.
  expect(conflicts).toBeGreaterThan(0);
}, 60_000);

test('a load counts what runs: what waits or is done does not, and what goes on does again', async () => {
  await openTable();
  await come(1);
  const [address] = addresses as [string];
  const open = async () => (await tickets.loads([address])).get(address)?.open;
  const happens = async (...happenings: Happening[]) => {
    const before = (await tickets.read(idOf(1))) as Ticket;
    await tickets.commit(change(before, happenings, MONDAY, desk), []);
  };
  const by = address;
  expect(await open()).toBe(1);
  // Whoever wants to be reminded works on it all the same: its clock runs on.
  await happens({ kind: 'snoozed', until: later(MONDAY, 4), reason: '', by });
  expect(await open()).toBe(1);
  await happens({ kind: 'paused', until: null, reason: 'x', by });
  expect(await open()).toBe(0);
  await happens({ kind: 'resumed', reason: 'x', by });
  expect(await open()).toBe(1);
  await happens({ kind: 'resolved', reason: 'x', by, message: null });
  expect(await open()).toBe(0);
  await happens({ kind: 'reopened', reason: 'x', by, told: true });
  expect(await open()).toBe(1);
  await happens({ kind: 'closed', reason: 'x', by });
  expect(await open()).toBe(0);
});

test('the last ticket of a requester is the newest that is worked on, else the one that was done last', async () => {
  await openTable();
  for (const n of [1, 2]) await come(n);
  const { requester } = first;
  const close = async (n: number, hours: number) => {
    const before = (await tickets.read(idOf(n))) as Ticket;
    const closed: Happening = { kind: 'closed', reason: '', by: 'desk' };
    await tickets.commit(change(before, [closed], later(MONDAY, hours), desk), []);
  };
  const last = async () => (await tickets.lastOf(requester.address))?.id;
  expect(await last()).toBe(idOf(2));
  await close(2, 1);
  expect(await last()).toBe(idOf(1));
  await close(1, 2);
  expect(await last()).toBe(idOf(1));
  expect(await tickets.lastOf('nobody@example.org')).toBeNull();
  expect(await tickets.askedBy(requester.address, 10)).toEqual([]);
});
