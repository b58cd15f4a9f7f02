/** Whether anybody is there: by the hours in which the first answer is promised. */
import type { Desk } from '../config/desk.ts';
import { isWorkingTime, nextOpening } from '../sla/calendar.ts';
import { deadlines } from '../sla/clock.ts';
import type { Ticket } from './ticket.ts';

/** When the desk opens for this ticket, ISO 8601 UTC; null when it is open now, or promises no first answer. */
export function opensAt({ clock }: Ticket, desk: Desk, now: string): string | null {
  const promised = deadlines(clock, desk).firstResponse;
  const calendar = desk.calendars.find(({ name }) => name === promised?.calendar);
  return calendar && !isWorkingTime(calendar, now) ? nextOpening(calendar, now) : null;
}
