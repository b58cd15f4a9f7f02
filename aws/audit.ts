/**
 * The audit trail in the table. It costs no item: what chains an event stands in the event's own item, and the last link in
 * its ticket's as well, so that whoever adds to it need not read it. That it is the last is what the condition on the
 * ticket's version says, in the same transaction.
 */
import { hash, randomBytes } from 'node:crypto';
import { auditLine, linkAfter, personsIn, pseudonymOf, type Sealed } from '../core/ticket/audit.ts';
import type { Change } from '../core/ticket/change.ts';
import type { Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import type { Item, Key, Table, Write } from './table.ts';

/** An event's item: as it was written, or after the event, or somebody whom it names, has gone. */
export type EventItem = Item & {
  event?: TicketEvent;
  chain?: string;
  salt?: string;
  /** The line that the chain was made of, since it cannot be made from the event any more. */
  audit?: string;
};

export interface Link {
  number: number;
  chain: string;
  line: string;
}

export interface Trail {
  links: Link[];
  /** Where the chain does not hold: the number of the first such event, and why. */
  broken: { number: number; why: string } | null;
}

/** Of people who were looked up, by address in lower case; null where somebody has none yet. */
export type PersonKeys = ReadonlyMap<string, string | null>;

/**
 * The links of the new events, and what has to be written with them. `known` saves reading keys that were read a moment ago:
 * no call is made when nobody else is named.
 */
export async function sealEvents(
  table: Table,
  changes: readonly Change[],
  known: PersonKeys = new Map(),
): Promise<{ sealed: Map<TicketEvent, Sealed>; writes: Write[] }> {
  const moved = changes.filter(({ events }) => events.length > 0);
  const lasts = moved.flatMap(({ before }) =>
    before && before.events > 0 && !trailIn(before) ? [eventKey(before.id, before.events)] : [],
  );
  const persons = [...new Set(moved.flatMap(({ events }) => events.flatMap(personsIn)))];
  const writes: Write[] = [];
  const asked = { persons, known, also: lasts };
  // Drawn at once: a call costs as much as a hundred octets.
  const drawn = randomBytes(
    KEY * persons.length + SALT * moved.reduce((sum, { events }) => sum + events.length, 0),
  );
  let used = 0;
  const draw = (octets: number, encoding: 'base64' | 'base64url') => {
    used += octets;
    return drawn.toString(encoding, used - octets, used);
  };
  const { items, pseudonyms } = await readPersons(table, asked, async (person) => {
    const Item = { ...personKey(person), key: draw(KEY, 'base64') };
    // Of two who see somebody first one comes too late, and finds the other's key.
    writes.push({ Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' } });
    return Item.key;
  });
  const sealed = new Map<TicketEvent, Sealed>();
  for (const { before, after, events } of moved) {
    const key = before && eventKey(before.id, before.events);
    const last = (before && trailIn(before)) ?? items.find(({ pk, sk }) => pk === key?.pk && sk === key.sk);
    // What was written before there was a chain has none: it begins with the first event after.
    let chain = last?.chain ?? null;
    for (const event of events) {
      const salt = draw(SALT, 'base64url');
      chain = linkAfter(chain, auditLine(after.id, event, salt, pseudonyms));
      sealed.set(event, { salt, chain });
    }
  }
  return { sealed, writes };
}

/** Null where an earlier release, to which somebody went back for a while, added events and knew nothing of it. */
function trailIn({ trail, events }: Ticket): Ticket['trail'] | null {
  return trail?.events === events ? trail : null;
}

/** Octets. */
const SALT = 16;
const KEY = 32;

/** What the trail says of these items, which are all events of a ticket in their order. `events`: how many there should be. */
export async function trailOf(
  table: Table,
  ticketId: string,
  items: readonly EventItem[],
  events: number,
): Promise<Trail> {
  // Whoever only looks makes no keys: the lines of whom nobody has a key do not hold, which is what is to be said.
  const pseudonyms = await pseudonymsIn(table, items, async () => newKey());
  const links: Link[] = [];
  let broken: Trail['broken'] = null;
  const breaks = (number: number, why: string) => {
    broken ??= { number, why };
  };
  let previous: string | null = null;
  let expected = items.length > 0 ? numberIn(items[0] as Item) : 1;
  for (const item of items) {
    const number = numberIn(item);
    if (number !== expected) breaks(expected, 'the event is missing');
    expected = number + 1;
    const line = lineOf(ticketId, item, pseudonyms);
    if (item.chain === undefined || line === null) {
      if (previous !== null) breaks(number, 'the event has no link');
      continue;
    }
    if (linkAfter(previous, line) !== item.chain)
      breaks(number, 'the event, or one before it, is not what was written');
    links.push({ number, chain: item.chain, line });
    previous = item.chain;
  }
  if (expected - 1 < events) breaks(expected, 'the event is missing');
  return { links, broken };
}

/** The line of an event; null of one that was written before there was a chain. */
export function lineOf(
  ticketId: string,
  { event, salt, audit }: EventItem,
  pseudonyms: ReadonlyMap<string, string>,
): string | null {
  if (audit !== undefined) return audit;
  return event && salt !== undefined ? auditLine(ticketId, event, salt, pseudonyms) : null;
}

/** Of everybody whom these events name. */
export async function pseudonymsIn(
  table: Table,
  items: readonly EventItem[],
  missing = (person: string) => makeKey(table, person),
): Promise<Map<string, string>> {
  const persons = new Set(items.flatMap(({ event, audit }) => (event && !audit ? personsIn(event) : [])));
  return (await readPersons(table, { persons: [...persons] }, missing)).pseudonyms;
}

/** Those who are not `known` are read, and what is asked for `also`, in one call; `missing` says what is done where somebody has no key. */
export async function readPersons(
  table: Table,
  { persons, known = new Map(), also = [] }: { persons: string[]; known?: PersonKeys; also?: Key[] },
  missing: (person: string) => Promise<string>,
): Promise<{ items: EventItem[]; pseudonyms: Map<string, string> }> {
  const others = persons.filter((person) => !known.has(person));
  const items = await table.getAll<EventItem & { key?: string }>([...others.map(personKey), ...also]);
  const keys = new Map([...known, ...keysIn(items, others)]);
  const pseudonyms = new Map<string, string>();
  for (const person of persons) {
    const key = keys.get(person) ?? (await missing(person));
    pseudonyms.set(person, pseudonymOf(person, key));
  }
  return { items, pseudonyms };
}

/** `items`: all that was found of these people. */
export function keysIn(
  items: readonly (Item & { key?: string })[],
  persons: readonly string[],
): Map<string, string | null> {
  const found = new Map(items.map(({ pk, key }) => [pk, key]));
  return new Map(persons.map((person) => [person, found.get(personKey(person).pk) ?? null]));
}

function newKey(): string {
  return randomBytes(KEY).toString('base64');
}

/** For whoever takes somebody out, which is no part of a transaction. */
export async function makeKey(table: Table, person: string): Promise<string> {
  const made = { ...personKey(person), key: newKey() };
  if (await table.put(made, { expression: 'attribute_not_exists(pk)' })) return made.key;
  const found = await table.get<Item & { key: string }>(personKey(person));
  return found?.key ?? made.key;
}

/** The address does not stand in the key: whoever lists the table's keys reads no address book. */
export function personKey(address: string): Key {
  return { pk: `PERSON#${hash('sha256', address.toLowerCase())}`, sk: 'PERSON' };
}

export function eventKey(ticketId: string, number: number): Key {
  return { pk: `T#${ticketId}`, sk: `EVENT#${String(number).padStart(8, '0')}` };
}

function numberIn({ sk }: Key): number {
  return Number(sk.slice('EVENT#'.length));
}
