/**
 * Whose hands a ticket goes into. Deterministic: the same people, loads and instant give the same answer, and the
 * answer says in words why it was this one.
 */
import type { Desk, Person, Priority } from '../config/desk.ts';
import { isWorkingTime } from '../sla/calendar.ts';
import { onCall } from './on-call.ts';
import { type Away, awayUntil, dayOf, zoneOf } from './presence.ts';

export interface Load {
  /** Open tickets in this person's hands. */
  open: number;
  /** ISO 8601 UTC; null when nothing was ever assigned. */
  lastAssignedAt: string | null;
  /** What his own mail program said of him. */
  away?: Away | null;
}

/** By address. Somebody who is not in it has no tickets, and is there. */
export type Loads = Pick<ReadonlyMap<string, Load>, 'get'>;

/** Who had what this requester asked for last. */
export interface Last {
  agent: string;
  ticketId: string;
}

export interface Wanted {
  team: string;
  tier: number;
  /** Preferred, not demanded. */
  skills: readonly string[];
  /** What cannot wait goes to who is on call while nobody is on duty; without a priority it can. */
  priority?: Priority;
  /** Who has it already, and did not do: another is called. */
  heldBy?: string | null;
  /** Preferred among those who know as much: he need not ask again. */
  last?: Last | null;
}

export type Routed = { assignee: string; reason: string } | { assignee: null; reason: string };

/**
 * The people of the team and tier who are on duty, not absent and below their cap; of these whoever has most of the
 * wanted skills, then had the requester's last ticket, then has the fewest open tickets, then has waited longest for a
 * new one, then comes first by address. When nobody is on duty it is who is on call for what cannot wait, else anyone of
 * the tier who is not absent and below his cap, when there is none the team's lead; who is on call is not woken while
 * the lead is there in place of a tier that has nobody. P1 knows no caps.
 *
 * @param now ISO 8601 UTC.
 * @param exclude addresses that are not to get it. Only when the lead is among them may the answer be null.
 */
export function route(
  wanted: Wanted,
  desk: Desk,
  loads: Loads,
  now: string,
  { exclude = [] }: { exclude?: readonly string[] } = {},
): Routed {
  const tier = peopleOf(wanted.team, wanted.tier, desk).filter(({ address }) => !exclude.includes(address));
  const absences = tier.flatMap((person) => absenceOf(person, desk, loads, now) ?? []);
  const present = tier.filter((person) => !absences.some((absence) => absence.person === person));
  const onDuty = present.filter((person) => isOnDuty(person, desk, now));
  const called = onDuty.length > 0 ? null : call(wanted, desk, loads, now, exclude, present.length === 0);
  if (called) return called;
  const there = onDuty.length > 0 ? onDuty : present;
  const full = there.filter((person) => wanted.priority !== 'P1' && isFull(person, loads));
  const passedOver = [...absences.map(({ words }) => words), ...full.map(atCap)];
  const free = there.filter((person) => !full.includes(person));
  if (free.length > 0)
    return choose(
      free,
      onDuty.length > 0 ? 'on duty' : `nobody of tier ${wanted.tier} is on duty now, so off duty`,
      wanted,
      loads,
      passedOver.map((words) => `; ${words}`).join(''),
    );
  const others = exclude.length > 0 ? 'nobody else' : 'nobody';
  const all = `everybody of ${wanted.team} at tier ${wanted.tier} is`;
  const why =
    tier.length === 0
      ? `${others} of ${wanted.team} stands at tier ${wanted.tier}`
      : full.length > 0
        ? [`${all} absent or at the cap`, ...passedOver].join('; ')
        : `${all} absent (${passedOver.join(', ')})`;
  return toLead(wanted, desk, loads, now, exclude, why);
}

/** Who is on call, where that is better than somebody off duty and than the lead. */
function call(
  { team, tier, priority, heldBy }: Wanted,
  desk: Desk,
  loads: Loads,
  now: string,
  exclude: readonly string[],
  tierIsEmpty: boolean,
): Routed | null {
  const lead = tierIsEmpty ? leadOf(team, desk) : undefined;
  if (!priority || (lead && !exclude.includes(lead.address) && isOnDuty(lead, desk, now))) return null;
  const called = onCall(
    { team, priority },
    desk,
    now,
    (person) =>
      exclude.includes(person.address) ||
      person.address === heldBy ||
      absenceOf(person, desk, loads, now) !== null,
  );
  if (!called) return null;
  const { person, until, instead } = called;
  const passedOver = instead.map(({ name }) => name).join(', ');
  return {
    assignee: person.address,
    reason: `${person.name}: nobody of ${team} at tier ${tier} is on duty now, and ${priority} cannot wait; ${
      passedOver === '' ? 'on call' : `on call in place of ${passedOver}`
    } until ${dayOf(until, zoneOf(person, desk))}`,
  };
}

/** The addresses of the people of this team and tier. */
export function standingAt(team: string, tier: number, desk: Desk): string[] {
  return peopleOf(team, tier, desk).map(({ address }) => address);
}

function peopleOf(team: string, tier: number, desk: Desk): Person[] {
  return desk.people.filter((person) => person.team === team && person.tier === tier);
}

function absenceOf(
  person: Person,
  desk: Desk,
  loads: Loads,
  now: string,
): { person: Person; words: string } | null {
  const absence = awayUntil(person, loads.get(person.address)?.away, desk, now);
  return absence && { person, words: `${person.name} is away until ${absence.day}` };
}

/** Whether he has as many open tickets as desk.yaml lets the desk give him. */
export function isFull({ address, cap }: Person, loads: Loads): boolean {
  return cap !== undefined && (loads.get(address)?.open ?? 0) >= cap;
}

function atCap({ name, cap }: Person): string {
  return `${name} is at the cap of ${cap}`;
}

export function isOnDuty(person: Person, desk: Desk, now: string): boolean {
  const calendar = desk.calendars.find(({ name }) => name === person.hours);
  return calendar !== undefined && isWorkingTime(calendar, now);
}

function choose(pool: Person[], duty: string, wanted: Wanted, loads: Loads, leftOut: string): Routed {
  const ranked = pool.map((person) => rank(person, wanted, loads)).sort(compare);
  const [first, second] = ranked;
  if (!first) throw new RangeError('nobody to choose from');
  const reasons = [duty];
  if (wanted.skills.length > 0)
    reasons.push(
      first.skills.length > 0
        ? `knows ${first.skills.join(', ')}`
        : `nobody there knows ${wanted.skills.join(', ')}`,
    );
  reasons.push(second ? edge(first, second) : `the only one of ${wanted.team} at tier ${wanted.tier}`);
  return { assignee: first.person.address, reason: `${first.person.name}: ${reasons.join('; ')}${leftOut}` };
}

interface Ranked extends Load {
  person: Person;
  /** The wanted ones that this person has. */
  skills: string[];
  /** The ticket of the same requester that he had. */
  had: string | null;
}

function rank(person: Person, { skills, last }: Wanted, loads: Loads): Ranked {
  const { open, lastAssignedAt } = loads.get(person.address) ?? { open: 0, lastAssignedAt: null };
  const had = last?.agent === person.address ? last.ticketId : null;
  const known = skills.filter((skill) => person.skills.includes(skill));
  return { person, skills: known, had, open, lastAssignedAt };
}

function compare(a: Ranked, b: Ranked): number {
  return (
    b.skills.length - a.skills.length ||
    Number(b.had !== null) - Number(a.had !== null) ||
    a.open - b.open ||
    waitingSince(a) - waitingSince(b) ||
    (a.person.address < b.person.address ? -1 : 1)
  );
}

function waitingSince({ lastAssignedAt }: Ranked): number {
  return lastAssignedAt === null ? 0 : Date.parse(lastAssignedAt);
}

/** What put the first before the second. */
function edge(first: Ranked, second: Ranked): string {
  const tickets = `${first.open} open ${first.open === 1 ? 'ticket' : 'tickets'}`;
  if (first.skills.length > second.skills.length) return `${tickets}; others there know less of it`;
  if (first.had) return `${tickets}; ${first.had} of the same requester was his`;
  if (first.open < second.open) return `${tickets}, the fewest`;
  if (waitingSince(first) < waitingSince(second))
    return `${tickets}, like others, and the longest without a new one`;
  return `${tickets}, like others, and the first by address`;
}

function toLead(
  { team }: Wanted,
  desk: Desk,
  loads: Loads,
  now: string,
  exclude: readonly string[],
  why: string,
): Routed {
  const lead = leadOf(team, desk);
  if (!lead) return { assignee: null, reason: `${why}, and ${team} has no lead` };
  if (exclude.includes(lead.address))
    return { assignee: null, reason: `${why}, and the lead ${lead.name} is not to get it` };
  const although = absenceOf(lead, desk, loads, now)
    ? ', although absent'
    : isFull(lead, loads)
      ? ', although at the cap'
      : '';
  return { assignee: lead.address, reason: `${lead.name}: ${why}; the lead of ${team} takes it${although}` };
}

function leadOf(team: string, desk: Desk): Person | undefined {
  const address = desk.teams.find(({ name }) => name === team)?.lead;
  return desk.people.find((person) => person.address === address);
}
