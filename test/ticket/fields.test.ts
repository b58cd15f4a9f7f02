import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { renderUpdate } from '../../templates/render.ts';
import { ticketView } from '../../templates/view.ts';
import { LUIS, MONDAY, NORA, desk as sample, ticket } from '../sample.ts';

const desk: Desk = {
  ...sample,
  fields: [
    { name: 'asset', title: 'Asset number', type: 'text', categories: ['printing'] },
    { name: 'floor', title: 'Floor', type: 'number' },
    { name: 'bought', title: 'Bought on', type: 'date' },
    { name: 'site', title: 'Site', type: 'choice', choices: ['Berlin', 'At home'] },
    { name: 'lease', title: 'Lease', type: 'text', categories: ['hardware'] },
  ],
};
const names = desk.fields.map(({ name }) => name);
const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket()) =>
  decideCommands(readCommands(text, 'agent', names), on, agent, desk);
const valueIn = (text: string) => {
  const [event] = decide(text).happenings;
  return event?.kind === 'field-set' ? event.value : undefined;
};
const why = (text: string) => decide(text).lines[0]?.detail;
const set = (field: string, value: string): Happening => ({
  ...{ kind: 'field-set', field, value, previous: null, by: LUIS },
});

test('a field is set under its own name, changed and cleared', () => {
  expect(decide('#asset 4711').happenings).toEqual([set('asset', '4711')]);
  expect(decide('#field asset 4711').happenings).toEqual([set('asset', '4711')]);
  const known = ticket([set('asset', '4711'), set('floor', '2')]);
  expect(known.fields).toEqual({ asset: '4711', floor: '2' });
  expect(decide('#asset 4711', known).lines[0]?.outcome).toBe('nothing-to-do');
  const { happenings, lines } = decide('#asset none', known);
  expect(lines[0]?.detail).toBe('Asset number is empty now, before 4711');
  expect(ticket([set('asset', '4711'), ...happenings]).fields).toEqual({});
});

describe('a value is of its field’s type', () => {
  test.each([
    ['#floor 2', '2'],
    ['#floor -1,5', '-1.5'],
    ['#bought 2024-02-29', '2024-02-29'],
    ['#site at home', 'At home'],
    ['#ASSET two words', 'two words'],
  ])('%s is taken', (text, value) => {
    expect(valueIn(text)).toBe(value);
  });

  test.each([
    ['#floor second', '“second” is no number; write #floor 42 or #floor 12.5'],
    ['#bought 2023-02-29', '“2023-02-29” is no day of the calendar; write it as #bought 2027-01-31'],
    ['#site berlni', '“berlni” is none of its choices; did you mean Berlin? allowed are Berlin, At home'],
    ['#site', '#site needs a value; #site none clears it'],
    [`#asset ${'x'.repeat(201)}`, 'that is 201 characters, and asset takes 200'],
    ['#lease 7', 'lease is for tickets about hardware, and this one is about printing'],
    ['#field asse 7', 'there is no field “asse”; did you mean asset?'],
    ['#aset 7', 'there is no command #aset; did you mean #asset?'],
  ])('%s is refused', (text, detail) => {
    expect(why(text)).toContain(detail);
    expect(decide(text).refused).toBe(true);
  });
});

test('a field that its category no longer has can still be cleared', () => {
  const filed = { ...ticket([set('lease', '7')]), category: 'printing' };
  expect(decide('#lease none', filed).refused).toBe(false);
});

test('a requester’s line that looks like a field is his text', () => {
  expect(readCommands('#asset 4711', 'requester', names)).toMatchObject({
    commands: [],
    text: '#asset 4711',
  });
});

test('a field stands in agents’ mails and never in a requester’s', () => {
  const on = ticket([set('asset', 'PR-4711')]);
  const mails = (event: Happening, audience: string) => {
    const happened = { ...event, number: 9, at: MONDAY } as TicketEvent;
    return updatesFor(happened, on, desk)
      .filter((plan) => plan.audience === audience)
      .map((plan) => {
        const view = ticketView({
          ...{ plan, event: happened, ticket: on, message: null, history: [], attached: [] },
          ...{ replyTo: 'support@desk.example.test', desk, now: MONDAY },
        });
        return renderUpdate(view).text;
      });
  };
  const shown = { refused: false, shows: ['status' as const], words: 'none' as const, lines: [] };
  const [warning] = mails(
    {
      ...{ kind: 'deadline-warned', measure: 'resolution', due: MONDAY, startedAt: MONDAY },
      ...{ assignee: LUIS, warnings: ['75%'] },
    },
    'agent',
  );
  expect(warning).toContain('Asset number: PR-4711');
  expect(mails({ kind: 'commanded', by: LUIS, ...shown }, 'agent')[0]).toContain('Asset number: PR-4711');
  const [status] = mails({ kind: 'commanded', by: NORA, ...shown }, 'requester');
  expect(status).toContain('The printer is jammed');
  expect(status).not.toContain('4711');
});
