/**
 * Following the sun: when the hours of whoever has a ticket end, somebody who is on duty takes it, in the teams that its
 * own team names. Where nobody begins before he is back, it stays with him. A team that names none has what cannot wait
 * taken by somebody of its own who is still on duty, or by who is on call.
 */
import type { Calendar, Desk, Person } from '../config/desk.ts';
import { nextClosing, nextOpening } from '../sla/calendar.ts';
import { onCall } from '../triage/on-call.ts';
import { awayUntil } from '../triage/presence.ts';
import { isOnDuty, type Loads, route, standingAt } from '../triage/route.ts';
import { DESK, type Happening, type Ticket } from './ticket.ts';

/** Over Christmas everybody may be away. */
const MOST_SHIFTS = 30;

/** When it is to be handed over next, ISO 8601 UTC: when his hours have ended and those of somebody else run. */
export function handOverAt(ticket: Ticket, desk: Desk): string | null {
  const calendar = calendarOf(ticket.assignee, desk);
  const others = teamsAfter(ticket, desk)
    .flatMap((team) => standingAt(team, ticket.tier, desk))
    .filter((address) => address !== ticket.assignee)
    .flatMap((address) => calendarOf(address, desk) ?? []);
  const called = cannotWait(ticket, desk);
  if (!calendar || (others.length === 0 && !called)) return null;
  let on = nextOpening(calendar, ticket.heldSince ?? ticket.createdAt);
  for (let shift = 0; shift < MOST_SHIFTS; shift++) {
    const off = nextClosing(calendar, on);
    if (off === null || called) return off;
    const back = nextOpening(calendar, off);
    const first = others.map((other) => nextOpening(other, off)).sort()[0];
    if (first !== undefined && first < back) return first;
    on = back;
  }
  return null;
}

/** It changes hands, or is kept with the reason, after which the next end of his hours is looked to. */
export function handOver(ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const { assignee, tier, category } = ticket;
  const holder = personAt(assignee, desk);
  if (!assignee || !holder) return [];
  const kept = (reason: string): Happening[] => [{ kind: 'kept', assignee, reason }];
  // A ticket that waited for its requester meanwhile may wake in his next shift.
  if (isOnDuty(holder, desk, now)) return kept('he is on duty again');
  const skills = desk.categories.find(({ name }) => name === category)?.skills ?? [];
  for (const team of teamsAfter(ticket, desk)) {
    const routed = route({ team, tier, skills }, desk, loads, now, { exclude: [assignee] });
    const next = personAt(routed.assignee, desk);
    if (!next || !standingAt(team, tier, desk).includes(next.address) || !isOnDuty(next, desk, now)) continue;
    const reason = `the hours of ${holder.name} have ended; ${routed.reason}`;
    const given: Happening[] =
      team === ticket.team
        ? []
        : [{ kind: 'given-to-team', team, previous: ticket.team, reason: `${team} is on duty`, by: DESK }];
    return [...given, { kind: 'assigned', assignee: next.address, previous: assignee, reason, by: DESK }];
  }
  if (cannotWait(ticket, desk)) {
    const { team, priority } = ticket;
    const isAbsent = (person: Person) =>
      awayUntil(person, loads.get(person.address)?.away, desk, now) !== null;
    if (onCall({ team, priority }, desk, now, isAbsent)?.person === holder) return kept('he is on call');
    const routed = route({ team, tier, skills, priority }, desk, loads, now, { exclude: [assignee] });
    const next = personAt(routed.assignee, desk);
    if (next && !isAbsent(next) && (isOnDuty(next, desk, now) || isOnRota(next, team, desk)))
      return [
        {
          ...{ kind: 'assigned', assignee: next.address, previous: assignee, by: DESK },
          reason: `the hours of ${holder.name} have ended; ${routed.reason}`,
        },
      ];
  }
  return kept('nobody else who is on duty is there');
}

/** Of this priority somebody is called at night; where tickets go on to other teams, these have the night. */
function cannotWait(ticket: Ticket, desk: Desk): boolean {
  const rota = desk.teams.find(({ name }) => name === ticket.team)?.onCall;
  return teamsAfter(ticket, desk).length === 0 && (rota?.priorities.includes(ticket.priority) ?? false);
}

function isOnRota({ address }: Person, team: string, desk: Desk): boolean {
  return desk.teams.find(({ name }) => name === team)?.onCall?.rota.includes(address) ?? false;
}

/** The teams that take over from this one, in order; none when it keeps its tickets overnight. */
export function teamsAfter({ team }: Pick<Ticket, 'team'>, desk: Desk): string[] {
  return desk.teams.find(({ name }) => name === team)?.handOverTo ?? [];
}

function personAt(address: string | null, desk: Desk): Person | undefined {
  return desk.people.find((person) => person.address === address);
}

/** When somebody works. */
export function calendarOf(address: string | null, desk: Desk): Calendar | undefined {
  const hours = personAt(address, desk)?.hours;
  return desk.calendars.find(({ name }) => name === hours);
}
