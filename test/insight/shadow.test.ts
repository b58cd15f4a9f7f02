import { expect, test } from 'vitest';
import { describeShadow } from '../../cli/shadow.ts';
import { shadowReport, withheldSince } from '../../core/insight/shadow.ts';
import type { TicketEvent } from '../../core/ticket/ticket.ts';
import { ID, LUIS, later, MONDAY, NORA, opened } from '../sample.ts';

const week = { since: MONDAY, until: later(MONDAY, 168) };
const withheld = (mail: 'acknowledgement' | 'assignment', address: string) =>
  ({
    ...{ kind: 'update-withheld', number: 2, at: MONDAY, update: `${mail}-1`, address },
    ...{ reason: 'shadow', mail },
  }) as unknown as TicketEvent;

test('a report of the trial counts what came in, was opened and withheld, and names to whom it would have gone', () => {
  const { after: ticket, events } = opened();
  const report = shadowReport(
    [{ disposition: 'opened' }, { disposition: 'suppressed' }, { disposition: 'opened' }],
    [{ ticket, events: [...events, withheld('acknowledgement', NORA), withheld('assignment', LUIS)] }],
    week,
  );
  expect(report).toMatchObject({
    mails: [
      { name: 'opened', count: 2 },
      { name: 'suppressed', count: 1 },
    ],
    tickets: 1,
    withheld: [
      { name: 'acknowledgement', count: 1 },
      { name: 'assignment', count: 1 },
    ],
    ...{ warned: 0, breached: 0, escalated: 0 },
    newest: [
      {
        id: ID,
        withheld: [
          { kind: 'acknowledgement', to: NORA },
          { kind: 'assignment', to: LUIS },
        ],
      },
    ],
  });
  const words = describeShadow({ ...report, cut: false });
  expect(words).toContain('the desk read 3 mails and opened 1 ticket.');
  expect(words).toContain(`acknowledgement → ${NORA}, assignment → ${LUIS}`);
});

test('a ticket of before these days is not counted as opened', () => {
  const { after: ticket, events } = opened();
  const { tickets, newest } = shadowReport([], [{ ticket, events }], {
    ...{ since: later(MONDAY, 1), until: later(MONDAY, 2) },
  });
  expect([tickets, newest.length]).toEqual([0, 1]);
});

test('what the clock would have done is counted, the most frequent first, and of many tickets twenty are named', () => {
  const { after: ticket } = opened();
  const happened = (...kinds: TicketEvent['kind'][]) =>
    kinds.map((kind, at) => ({ kind, number: at + 2, at: MONDAY }) as unknown as TicketEvent);
  const of = (category: string, ...kinds: TicketEvent['kind'][]) => ({
    ticket: { ...ticket, category },
    events: happened(...kinds),
  });
  const many = [
    of('network', 'deadline-warned', 'deadline-warned', 'deadline-warned'),
    of('printing', 'deadline-warned', 'deadline-breached', 'deadline-breached', 'escalated'),
    ...Array.from({ length: 20 }, () => of('printing')),
  ];
  const report = shadowReport([], many, week);
  expect(report).toMatchObject({
    ...{ ...week, warned: 4, breached: 2, escalated: 1, tickets: 22 },
    categories: [
      { name: 'printing', count: 21 },
      { name: 'network', count: 1 },
    ],
    teams: [{ name: 'service-desk', count: 22 }],
    priorities: [{ name: 'P3', count: 22 }],
  });
  expect(report.newest).toHaveLength(20);
});

test('the mails that would have gone out since then are a line each, with the ticket and as what it was filed', () => {
  const { after: ticket, events } = opened();
  const early = { ...withheld('assignment', LUIS), at: later(MONDAY, -1) };
  const unnamed = { ...withheld('assignment', LUIS), mail: undefined } as unknown as TicketEvent;
  const all = [...events, early, unnamed, withheld('acknowledgement', NORA)];
  expect(withheldSince([{ ticket, events: all }], MONDAY)).toEqual([
    {
      ...{ ticket: ID, subject: 'The printer is jammed', category: 'printing', team: 'service-desk' },
      ...{ priority: 'P3', mail: 'acknowledgement', to: NORA },
    },
  ]);
});

test('a desk that was never on trial says so, and how a trial begins', () => {
  const words = describeShadow({ ...shadowReport([], [], week), cut: false });
  expect(words).toContain('No ticket of a trial');
  expect(words).toContain('shadow: true');
});
