/** Whoever a ticket climbs to takes it by any word of his on it; where he stays silent for too long, it goes on. */
import type { Desk } from '../config/desk.ts';
import { addWorkingTime, isWorkingTime } from '../sla/calendar.ts';
import { calendarOf } from './hand-over.ts';
import type { Happening, Ticket } from './ticket.ts';

/** By when it is to be taken, ISO 8601 UTC, in the hours of whoever has it; null when nobody waits for that. */
export function acceptBy({ unaccepted, assignee, team, tier, priority }: Ticket, desk: Desk): string | null {
  const within = desk.tiers.find((each) => each.tier === tier)?.acceptWithin;
  const calendar = calendarOf(assignee, desk);
  if (!unaccepted || !within || !calendar) return null;
  const rota = desk.teams.find(({ name }) => name === team)?.onCall;
  const called = rota?.priorities.includes(priority) && rota.rota.some((address) => address === assignee);
  // Who is called at night is not asked for in the morning.
  return called && !isWorkingTime(calendar, unaccepted)
    ? new Date(Date.parse(unaccepted) + within).toISOString()
    : addWorkingTime(calendar, unaccepted, within);
}

/** His first word since it climbed to him. */
export function accepts(event: Happening, { unaccepted, assignee }: Ticket): boolean {
  return unaccepted !== undefined && 'by' in event && event.by === assignee;
}
