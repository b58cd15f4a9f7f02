/** The audit trail goes on from the link that stands in its ticket, and holds whoever wrote last. */
import { expect, test } from 'vitest';
import { keysIn, personKey } from '../../aws/audit.ts';
import type { Item } from '../../aws/table.ts';
import { verifyTicket } from '../../cli/audit.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, ID, KIM, LUIS, MONDAY, NORA, opened } from '../sample.ts';
import { type SmallWorld, smallWorld } from './world.ts';

const tagged = (tag: string, by = LUIS): Happening => ({ kind: 'tagged', added: [tag], removed: [], by });

async function tag(world: SmallWorld, name: string): Promise<void> {
  const ticket = (await world.tickets.read(ID)) as Ticket;
  await world.tickets.commit(change(ticket, [tagged(name)], MONDAY, desk), []);
}

/** The ticket as a release writes it that knows of no link there: it keeps what it does not know, and adds events. */
function asBefore(world: SmallWorld, { trail }: Ticket): void {
  const item = world.items.get(`T#${ID} TICKET`) as Item & { ticket: Ticket };
  world.items.set(`T#${ID} TICKET`, { ...item, ticket: { ...item.ticket, trail } as Ticket });
}

test('a link is found in the ticket, and its event is not read', async () => {
  const world = smallWorld();
  await world.tickets.commit(opened(), []);
  const last = (await world.tickets.read(ID))?.trail;
  expect(last).toEqual({ events: opened().after.events, chain: expect.any(String) });
  const read: string[] = [];
  const { getAll } = world.table;
  world.table.getAll = (keys) => {
    read.push(...keys.map(({ sk }) => sk));
    return getAll(keys);
  };
  await tag(world, 'urgent');
  expect(read).toEqual(['PERSON']);
  expect(await verifyTicket(ID, world.table)).toMatchObject({ broken: null });
});

test('after an earlier release has added events the chain goes on from the last of them', async () => {
  const world = smallWorld();
  await world.tickets.commit(opened(), []);
  const known = (await world.tickets.read(ID)) as Ticket;
  await tag(world, 'one');
  asBefore(world, known);
  await tag(world, 'two');
  const verified = await verifyTicket(ID, world.table);
  expect(verified).toMatchObject({ broken: null, chained: known.events + 2 });
  expect((await world.tickets.read(ID))?.trail).toEqual({ events: verified.events, chain: verified.head });
});

test('keys that were read a moment ago are not read again, and of who had none one is made', async () => {
  const world = smallWorld();
  await world.tickets.commit(opened(), []);
  const ticket = (await world.tickets.read(ID)) as Ticket;
  const [key] = [...keysIn(await world.table.getAll([personKey(LUIS)]), [LUIS]).values()];
  const calls: string[] = [];
  world.before = (call) => void calls.push(call);
  const named: Happening[] = [tagged('urgent'), tagged('loud', KIM)];
  const known = new Map([
    [LUIS, key ?? null],
    [KIM, null],
  ]);
  await world.tickets.commit(change(ticket, named, MONDAY, desk), [], [], [], { keys: known });
  expect(calls).toEqual(['table:transact']);
  world.before = () => {};
  expect(await verifyTicket(ID, world.table)).toMatchObject({ broken: null, chained: ticket.events + 2 });
});

test('the keys of few who may get a ticket are read with their loads, those of many and what is known are not', async () => {
  const world = smallWorld();
  await world.tickets.commit(opened(), []);
  const read: string[] = [];
  const { getAll } = world.table;
  world.table.getAll = (keys) => {
    read.push(...keys.map(({ sk }) => sk));
    return getAll(keys);
  };
  const persons = () => read.splice(0).filter((sk) => sk === 'PERSON').length;
  const { loads, keys } = await world.tickets.candidates([LUIS, KIM], new Map([[NORA, 'known']]));
  expect(persons()).toBe(2);
  expect([...loads.keys()]).toEqual([LUIS]);
  expect([...keys]).toEqual([
    [NORA, 'known'],
    [LUIS, expect.any(String)],
    [KIM, null],
  ]);
  await world.tickets.candidates([LUIS, KIM], keys);
  expect(persons()).toBe(0);
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.test`);
  expect((await world.tickets.candidates(many, new Map())).keys).toEqual(new Map());
  expect(persons()).toBe(0);
});
