import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change, upcoming } from '../../core/ticket/change.ts';
import { climb, nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, opened, ticket } from '../sample.ts';

const strict: Desk = { ...desk, tiers: desk.tiers.map((tier) => ({ ...tier, acceptWithin: 3_600_000 })) };
const changed = (on: Ticket, happenings: Happening[], at = MONDAY) =>
  change(on, happenings, at, strict).after;
const climbed = (on = ticket(), at = MONDAY) =>
  changed(on, climb(on, 'too hard', LUIS, at, strict, new Map()), at);
const passesOn = (on: Ticket, by = strict) => upcoming(on, by).find(({ kind }) => kind === 'pass-on')?.at;

describe('after a climb', () => {
  test('any word of whoever has it now takes it', () => {
    const waiting = climbed();
    const holder = waiting.assignee as string;
    expect(holder).not.toBe(LUIS);
    expect(passesOn(waiting)).toBe(later(MONDAY, 1));
    for (const word of [
      { kind: 'noted', message: 2, by: holder, thirdParty: null },
      { kind: 'commanded', by: holder, lines: [], refused: false, shows: [], words: 'none' },
      { kind: 'assigned', assignee: holder, previous: holder, reason: 'taken', by: holder },
    ] satisfies Happening[])
      expect(passesOn(changed(waiting, [word]))).toBeUndefined();
    expect(
      passesOn(changed(waiting, [{ kind: 'noted', message: 2, by: LUIS, thirdParty: null }])),
    ).toBeDefined();
  });

  test('silence climbs on, and says so', () => {
    const waiting = climbed();
    const events = nextStep(waiting, later(MONDAY, 1), strict, new Map());
    const [silent, escalated, assigned] = events.filter(({ kind }) => /accept|escal|assign/.test(kind));
    expect(silent).toMatchObject({ kind: 'not-accepted', assignee: waiting.assignee, tier: 2 });
    expect(escalated).toMatchObject({
      from: 2,
      to: 3,
      reason: expect.stringContaining('said nothing on it in time'),
    });
    expect(assigned).toMatchObject({ climbs: true, previous: waiting.assignee });
  });

  test('from the top it goes to the lead, and there it ends', () => {
    const top = climbed(climbed());
    expect(top.tier).toBe(3);
    const events = nextStep(top, later(MONDAY, 1), strict, new Map());
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'assigned', assignee: MARTHA, by: 'desk' }),
    );
    expect(passesOn(changed(top, events, later(MONDAY, 1)))).toBeUndefined();
  });

  test('whoever it is passed on to has a time of his own', () => {
    const waiting = climbed();
    const passed = changed(
      waiting,
      [
        {
          kind: 'assigned',
          assignee: 'tomas.novak@example.test',
          previous: waiting.assignee,
          reason: '',
          by: LUIS,
        },
      ],
      later(MONDAY, 0.5),
    );
    expect(passed.unaccepted).toBe(later(MONDAY, 0.5));
  });

  test('silence gives it back with the reason where the tier says so, and it may climb again', () => {
    const kind: Desk = {
      ...strict,
      tiers: strict.tiers.map((tier) => ({ ...tier, ifNotAccepted: 'return' })),
    };
    const waiting = climbed();
    const events = nextStep(waiting, later(MONDAY, 1), kind, new Map());
    expect(events.filter(({ kind }) => /accept|escal|assign/.test(kind))).toMatchObject([
      { kind: 'not-accepted', assignee: waiting.assignee, tier: 2 },
      { kind: 'deescalated', from: 2, to: 1, reason: 'Priya Nair said nothing on it in time', by: 'desk' },
      {
        ...{ kind: 'assigned', assignee: LUIS, previous: waiting.assignee },
        reason: 'Priya Nair said nothing on it in time; it came from Luis Ortega',
      },
    ]);
    const back = change(waiting, events, later(MONDAY, 1), kind).after;
    expect(back).toMatchObject({ tier: 1, assignee: LUIS });
    expect(passesOn(back, kind)).toBeUndefined();
    const again = change(
      back,
      climb(back, 'too hard', LUIS, later(MONDAY, 2), kind, new Map()),
      later(MONDAY, 2),
      kind,
    ).after;
    expect(passesOn(again, kind)).toBe(later(MONDAY, 3));
    // Whoever had it has left the desk meanwhile.
    const left = { ...kind, people: kind.people.filter(({ address }) => address !== LUIS) };
    expect(nextStep(waiting, later(MONDAY, 1), left, new Map())).toContainEqual(
      expect.objectContaining({ kind: 'assigned', assignee: KIM }),
    );
  });

  test('what nobody else can take is flagged as the lead’s, and a colleague’s is not', () => {
    const top = climbed(climbed());
    const given = nextStep(top, later(MONDAY, 1), strict, new Map());
    const { after, events } = change(top, given, later(MONDAY, 1), strict);
    const assigned = events.find(({ kind }) => kind === 'assigned') as TicketEvent;
    expect(updatesFor(assigned, after, strict)).toContainEqual(
      expect.objectContaining({
        kind: 'assignment',
        audience: 'lead',
        to: expect.objectContaining({ address: MARTHA }),
      }),
    );
    const usual = opened();
    expect(updatesFor(usual.events[1] as TicketEvent, usual.after, desk)[0]).toMatchObject({
      kind: 'assignment',
      audience: 'agent',
    });
  });

  test('a desk that says nothing of it waits for nobody', () => {
    expect(passesOn(climbed(), desk)).toBeUndefined();
    expect(passesOn(ticket(), strict)).toBeUndefined();
  });
});
