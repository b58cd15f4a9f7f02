/**
 * Whose hands a ticket goes into. Deterministic: the same people, loads and instant give the same answer, and the
 * answer says in words why it was this one.
 */
import { Temporal } from 'temporal-polyfill';
import type { Desk, Person, Priority } from '../config/desk.ts';
import { isWorkingTime } from '../sla/calendar.ts';
import { onCall } from './on-call.ts';
import { type Away, awayUntil, zoneOf } from './presence.ts';

export interface Load {
  /** Open tickets in this person's hands. */
  open: number;
  /** ISO 8601 UTC; null when nothing was ever assigned. */
  lastAssignedAt: string | null;
  /** What his own mail program said of him. */
  away?: Away | null;
}

/** By address. Somebody who is not in it has no tickets, and is there. */
export type Loads = ReadonlyMap<string, Load>;

export interface Wanted {
  team: string;
  tier: number;
  /** Preferred, not demanded. */
  skills: readonly string[];
  /** What cannot wait goes to who is on call while nobody is on duty; without a priority it can. */
  priority?: Priority;
  /** Who has it already, and did not do: another is called. */
  heldBy?: string | null;
}

export type Routed = { assignee: string; reason: string } | { assignee: null; reason: string };

/**
 * The people of the team and tier who are on duty and not absent; of these whoever has most of the wanted skills, then
 * the fewest open tickets, then has waited longest for a new one, then comes first by address. When nobody is on duty
 * it is who is on call for what cannot wait, else anyone of the tier who is not absent, when there is none the team's
 * lead; who is on call is not woken while the lead is there in place of a tier that has nobody.
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
  const leftOut = absences.map(({ words }) => `; ${words}`).join('');
  if (onDuty.length > 0) return choose(onDuty, 'on duty', wanted, loads, leftOut);
  const called = call(wanted, desk, loads, now, exclude, present.length === 0);
  if (called) return called;
  if (present.length > 0)
    return choose(
      present,
      `nobody of tier ${wanted.tier} is on duty now, so off duty`,
      wanted,
      loads,
      leftOut,
    );
  const others = exclude.length > 0 ? 'nobody else' : 'nobody';
  const why =
    tier.length > 0
      ? `everybody of ${wanted.team} at tier ${wanted.tier} is absent (${absences.map(({ words }) => words).join(', ')})`
      : `${others} of ${wanted.team} stands at tier ${wanted.tier}`;
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
    } until ${dayIn(until, zoneOf(person, desk))}`,
  };
}

function dayIn(at: string, timezone: string): string {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timezone).toPlainDate().toString();
}

/** The addresses of those among whom `route` chooses for this team and tier: whose loads it wants to know. */
export function candidates(team: string, tier: number, desk: Desk): string[] {
  const rota = desk.teams.find(({ name }) => name === team)?.onCall?.rota ?? [];
  return [...new Set([...standingAt(team, tier, desk), ...rota])];
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
}

function rank(person: Person, { skills }: Wanted, loads: Loads): Ranked {
  const { open, lastAssignedAt } = loads.get(person.address) ?? { open: 0, lastAssignedAt: null };
  return { person, skills: skills.filter((skill) => person.skills.includes(skill)), open, lastAssignedAt };
}

function compare(a: Ranked, b: Ranked): number {
  return (
    b.skills.length - a.skills.length ||
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
  const although = absenceOf(lead, desk, loads, now) ? ', although absent' : '';
  return { assignee: lead.address, reason: `${lead.name}: ${why}; the lead of ${team} takes it${although}` };
}

function leadOf(team: string, desk: Desk): Person | undefined {
  const address = desk.teams.find(({ name }) => name === team)?.lead;
  return desk.people.find((person) => person.address === address);
}
