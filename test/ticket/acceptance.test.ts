import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { change, upcoming } from '../../core/ticket/change.ts';
import { climb, nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, LUIS, later, MARTHA, MONDAY, ticket } from '../sample.ts';

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

  test('a desk that says nothing of it waits for nobody', () => {
    expect(passesOn(climbed(), desk)).toBeUndefined();
    expect(passesOn(ticket(), strict)).toBeUndefined();
  });
});
