import { expect, test } from 'vitest';
import { describeShadow } from '../../cli/shadow.ts';
import { shadowReport } from '../../core/insight/shadow.ts';
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

test('a desk that was never on trial says so, and how a trial begins', () => {
  const words = describeShadow({ ...shadowReport([], [], week), cut: false });
  expect(words).toContain('No ticket of a trial');
  expect(words).toContain('shadow: true');
});
