/**
 * Into whose hands a ticket goes when whoever has it is away or no longer of the desk, and how it comes back. Its clock runs
 * on, and the requester hears of none of it.
 */
import { Temporal } from 'temporal-polyfill';
import type { Desk, Person } from '../config/desk.ts';
import { personOf } from '../mail/standing.ts';
import { awayUntil, zoneOf } from '../triage/presence.ts';
import { isOnDuty, type Loads, route } from '../triage/route.ts';
import { isStuck } from './approval.ts';
import { DESK, evolve, type Happening, isActive, type Ticket } from './ticket.ts';

/** Somebody is away, and his team wants that this ticket does not wait for him. */
export function standIn(ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const { assignee, team } = ticket;
  const holder = desk.people.find(({ address }) => address === assignee);
  const rule = desk.teams.find(({ name }) => name === team);
  const back = holder && backAt(holder, now, desk, loads);
  if (!holder || !rule || !back || !isActive(ticket) || !moves(rule.whenAway, dueFirst(ticket), back.at))
    return [];
  const routed = elsewhere(ticket, holder.address, now, desk, loads);
  return routed
    ? [
        {
          ...{ kind: 'assigned', assignee: routed.assignee, previous: assignee, by: DESK },
          reason: `${holder.name} is away until ${back.day}; ${routed.reason}`,
          ...(rule.onReturn === 'back' ? { standsInFor: ticket.standsInFor ?? holder.address } : {}),
        },
      ]
    : [];
}

/** Whether what is due then does not wait until he is back. What waits for its requester has no deadline that runs. */
export function moves(
  whenAway: Desk['teams'][number]['whenAway'],
  due: string | null,
  back: string,
): boolean {
  return whenAway === 'all' || (whenAway === 'urgent' && due !== null && Date.parse(due) < Date.parse(back));
}

/** When somebody who is away begins again, ISO 8601 UTC, and on which day of his; null when he is there. */
export function backAt(
  person: Person,
  now: string,
  desk: Desk,
  loads: Loads,
): { at: string; day: string } | null {
  const absence = awayUntil(person, loads.get(person.address)?.away, desk, now);
  if (!absence) return null;
  const at = Temporal.PlainDate.from(absence.day).toZonedDateTime(zoneOf(person, desk)).toInstant();
  return { at: at.toString({ fractionalSecondDigits: 3 }), day: absence.day };
}

function dueFirst({ deadlines }: Ticket): string | null {
  return Object.values(deadlines).sort()[0] ?? null;
}

/** He is there again and at work: what another had for him is his once more. */
export function comeBack(ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const { standsInFor, assignee: previous } = ticket;
  const owner = desk.people.find(({ address }) => address === standsInFor);
  if (!owner || !isActive(ticket) || previous === owner.address || !isBack(owner, now, desk, loads))
    return [];
  const reason = `${owner.name} is there again`;
  return [{ kind: 'assigned', assignee: owner.address, previous, reason, by: DESK }];
}

export function isBack(owner: Person, now: string, desk: Desk, loads: Loads): boolean {
  return isOnDuty(owner, desk, now) && backAt(owner, now, desk, loads) === null;
}

/** Whether somebody has to do with it who is no longer in desk.yaml. */
export function isLeft(ticket: Ticket, desk: Desk): boolean {
  const { assignee, watchers = [] } = ticket;
  return (
    isStuck(ticket, desk) ||
    [...(assignee ? [assignee] : []), ...watchers].some((address) => !personOf(address, desk))
  );
}

/**
 * Those who have left desk.yaml have it no more and read along no more; an approval that waits for them is over, and its
 * agent asks somebody else.
 */
export function leave(ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const { assignee, watchers = [] } = ticket;
  const ended: Happening[] = [
    ...watchers
      .filter((address) => !personOf(address, desk))
      .map((by): Happening => ({ kind: 'unwatched', by })),
    ...(isStuck(ticket, desk) ? [{ kind: 'approval-decided', result: 'expired', by: DESK } as const] : []),
  ];
  if (!assignee || personOf(assignee, desk)) return ended;
  const routed = isActive(ticket) ? elsewhere(ticket, assignee, now, desk, loads) : null;
  return [
    ...ended,
    routed
      ? {
          ...{ kind: 'assigned', assignee: routed.assignee, previous: assignee, by: DESK },
          reason: `${assignee} is no longer of the desk; ${routed.reason}`,
        }
      : { kind: 'unassigned', previous: assignee, by: DESK },
  ];
}

/** It lives again. No sweep has looked at it while it was closed: whoever has left meanwhile does not get it back. */
export function takeUp(
  again: Extract<Happening, { kind: 'reopened' }>,
  ticket: Ticket,
  { now, loads }: { now: string; loads: Loads },
  desk: Desk,
): Happening[] {
  return [again, ...leave(evolve(ticket, again, now), now, desk, loads)];
}

/** Of the same team and tier, or its lead, as for a new ticket; null when they are not there either. */
function elsewhere(
  ticket: Ticket,
  from: string,
  now: string,
  desk: Desk,
  loads: Loads,
): { assignee: string; reason: string } | null {
  const { team, tier, category, priority } = ticket;
  const skills = desk.categories.find(({ name }) => name === category)?.skills ?? [];
  const wanted = { team, tier, skills, priority, heldBy: from };
  const { assignee, reason } = route(wanted, desk, loads, now, { exclude: [from] });
  const next = desk.people.find(({ address }) => address === assignee);
  return next && backAt(next, now, desk, loads) === null ? { assignee: next.address, reason } : null;
}
