import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditLine, canonical, linkAfter, personsIn, pseudonymOf } from '../../core/ticket/audit.ts';
import type { TicketEvent } from '../../core/ticket/ticket.ts';
import { ID, KIM, LUIS, NORA, opened } from '../sample.ts';

const SALT = Buffer.alloc(16, 1).toString('base64url');
const KEY = Buffer.alloc(32, 2).toString('base64');
const everybody = new Map([NORA, LUIS, KIM].map((each) => [each, pseudonymOf(each, KEY)]));
const first = opened().events[0] as TicketEvent;
const line = (event: TicketEvent, salt = SALT) => auditLine(ID, event, salt, everybody);

test('a line says what happened when, and neither who it was nor what was written', () => {
  const event = {
    ...first,
    requester: { address: NORA, name: 'Nora Quist' },
    messageId: `x-${NORA}`,
  } as TicketEvent;
  const read = JSON.parse(line(event));
  expect(read).toMatchObject({
    ...{
      ticketId: ID,
      number: 1,
      at: event.at,
      kind: 'opened',
      team: 'service-desk',
      priority: 'P3',
      message: 1,
    },
    mailbox: 'support@desk.example.test',
    requester: { address: pseudonymOf(NORA, KEY) },
  });
  expect(line(event)).not.toMatch(/nora|quist|jammed|example\.org/i);
});

test('only people are named by a pseudonym: ids of mails are words, and the desk is itself', () => {
  const event = {
    kind: 'answered',
    message: 2,
    by: LUIS,
    messageId: 'a@b.test',
    with: null,
    number: 2,
    at: first.at,
  } as TicketEvent;
  expect(personsIn(event)).toEqual([LUIS]);
  expect(JSON.parse(line(event)).messageId).toMatch(/^~/);
  expect(personsIn({ kind: 'started', by: 'desk', number: 3, at: first.at })).toEqual([]);
});

test('words can only be tried by whoever has the salt', () => {
  const other = Buffer.alloc(16, 9).toString('base64url');
  expect(JSON.parse(line(first)).subject).not.toBe(JSON.parse(line(first, other)).subject);
});

test('what was written somewhere else is another word', () => {
  const said = {
    kind: 'noted',
    message: 2,
    by: KIM,
    thirdParty: 'x',
    number: 2,
    at: first.at,
  } as TicketEvent;
  const retyped = {
    kind: 'retyped',
    type: 'x',
    previous: 'x',
    by: KIM,
    number: 2,
    at: first.at,
  } as unknown as TicketEvent;
  expect(JSON.parse(line(said)).thirdParty).not.toBe(JSON.parse(line(retyped)).previous);
});

test('any change of any event breaks its link and every link after it', () => {
  const links = (events: TicketEvent[]) => {
    const all: string[] = [];
    for (const event of events) all.push(linkAfter(all.at(-1) ?? null, line(event)));
    return all;
  };
  const events = [1, 2, 3, 4].map(
    (number) => ({ kind: 'tagged', added: ['a'], removed: [], by: KIM, number, at: first.at }) as TicketEvent,
  );
  const before = links(events);
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.constantFrom<object>(
        { by: LUIS },
        { added: ['b'] },
        { added: ['a', 'a'] },
        { kind: 'started' },
        { number: 9 },
        { at: '2026-11-24T09:00:00.000Z' },
      ),
      (at, spoil) => {
        const after = links(
          events.map((event, nth) => (nth === at ? ({ ...event, ...spoil } as TicketEvent) : event)),
        );
        expect(after.slice(0, at)).toEqual(before.slice(0, at));
        for (let nth = at; nth < 4; nth++) expect(after[nth]).not.toBe(before[nth]);
      },
    ),
    { numRuns: 50 },
  );
});

test('one value has one spelling, in whatever order it was kept, and what is undefined is not there', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries({ ...value, no: undefined }).reverse());
      expect(canonical(turned)).toBe(canonical({ ...value, ...('no' in value ? { no: undefined } : {}) }));
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 200 },
  );
});
