/** Whoever a ticket climbs to takes it by any word of his on it; where he stays silent for too long, it goes on. */
import type { Desk } from '../config/desk.ts';
import { addWorkingTime } from '../sla/calendar.ts';
import { calendarOf } from './hand-over.ts';
import type { Happening, Ticket } from './ticket.ts';

/** By when it is to be taken, ISO 8601 UTC, in the hours of whoever has it; null when nobody waits for that. */
export function acceptBy({ unaccepted, assignee, tier }: Ticket, desk: Desk): string | null {
  const within = desk.tiers.find((each) => each.tier === tier)?.acceptWithin;
  const calendar = calendarOf(assignee, desk);
  return unaccepted && within && calendar ? addWorkingTime(calendar, unaccepted, within) : null;
}

/** His first word since it climbed to him. */
export function accepts(event: Happening, { unaccepted, assignee }: Ticket): boolean {
  return unaccepted !== undefined && 'by' in event && event.by === assignee;
}
