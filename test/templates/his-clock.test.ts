import { describe, expect, test } from 'vitest';
import { openTicket } from '../../core/mail/opening.ts';
import { offsetOf } from '../../core/mail/sender-clock.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { renderUpdate } from '../../templates/render.ts';
import { ticketView } from '../../templates/view.ts';
import { arrival, desk, KIM, LUIS, later, MONDAY, memory, moment, NORA, opened } from '../sample.ts';

const written = (date: string, from = `Nora Quist <${NORA}>`) => ({
  headers: new Map([
    ['date', [date]],
    ['from', [from]],
  ]),
});

describe('where the clock of whoever writes stands', () => {
  test.each([
    ['Mon, 23 Nov 2026 18:00:00 +0900', '+09:00'],
    ['Mon, 23 Nov 2026 14:30:00 +0530', '+05:30'],
    ['Mon, 23 Nov 2026 04:00:00 -0500 (EST)', '-05:00'],
    ['Mon, 23 Nov 2026 09:00:00 +0000', null],
    ['Mon, 23 Nov 2026 09:00:00 -0000', null],
    ['Mon, 23 Nov 2026 09:00:00 GMT', null],
    ['Mon, 23 Nov 2026 09:00:00 +2500', null],
    ['yesterday', null],
  ])('%s says %s', (date, offset) => {
    expect(offsetOf(written(date), NORA)).toBe(offset);
  });

  test('is not that of a colleague who forwards the mail', () => {
    expect(offsetOf(written('Mon, 23 Nov 2026 18:00:00 +0900', `<${KIM}>`), NORA)).toBeNull();
  });

  test('goes with the ticket that the mail opens, and is forgotten with its requester', () => {
    const mail = arrival(written('Mon, 23 Nov 2026 18:00:00 +0900'));
    const opening = { reason: 'new-ticket', detail: '', flagged: null, acknowledge: true, follows: null };
    const { ticket } = openTicket(mail, memory(), opening as Parameters<typeof openTicket>[2], moment, desk);
    const event = ticket?.kind === 'open' ? ticket.opened : null;
    expect(event).toMatchObject({ utcOffset: '+09:00' });
    const { after } = opened(MONDAY, { utcOffset: '+09:00' });
    expect(after.utcOffset).toBe('+09:00');
    const max = { address: 'max@example.org', name: 'Max' };
    const other = { kind: 'requester-changed', requester: max, previous: after.requester, by: LUIS } as const;
    expect(change(after, [other], later(MONDAY, 1), desk).after.utcOffset).toBeNull();
  });
});

/** A Saturday night in Berlin, when the service hours are over. */
const SATURDAY = '2026-11-28T20:00:00.000Z';

function acknowledged(utcOffset: string | undefined) {
  const { after, events } = opened(SATURDAY, utcOffset ? { utcOffset } : {});
  return mailsOf(after, events[0] as TicketEvent, SATURDAY);
}

function mailsOf(ticket: Ticket, event: TicketEvent, now: string) {
  return updatesFor(event, ticket, desk).map((plan) => ({
    to: plan.to.address,
    text: renderUpdate(
      ticketView({
        ...{ plan, event, ticket, message: null, history: [], attached: [], desk, now },
        replyTo: 'support+token@desk.example.test',
      }),
    ).text,
  }));
}

describe('the acknowledgement says when the desk opens, and by when a person answers', () => {
  test('by the clock of its requester', () => {
    const text = acknowledged('+09:00').find(({ to }) => to === NORA)?.text;
    expect(text).toContain('we are back on Mon 30 Nov, 15:00 GMT+9');
    expect(text).toContain('A person will answer you by Mon 30 Nov, 19:00 GMT+9.');
  });

  test('by the desk’s, where his is the same or not known', () => {
    for (const offset of ['+01:00', undefined])
      expect(acknowledged(offset).find(({ to }) => to === NORA)?.text).toContain(
        'we are back on Mon 30 Nov, 07:00 CET',
      );
  });

  test('and people of the desk read their own', () => {
    const { after } = opened(MONDAY, { utcOffset: '+09:00' });
    const fallen = { measure: 'firstResponse', due: later(MONDAY, 4), startedAt: MONDAY } as const;
    const breached = {
      kind: 'deadline-breached',
      ...fallen,
      assignee: LUIS,
      number: 9,
      at: later(MONDAY, 4),
    };
    const [told] = mailsOf(after, breached as TicketEvent, later(MONDAY, 4));
    expect(told?.text).toContain('Mon 23 Nov, 14:00 CET');
  });
});
