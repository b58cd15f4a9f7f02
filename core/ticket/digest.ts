/** The morning mail: who gets it and when, which updates wait for it, and which tickets stand in it under which number. */
import { Temporal } from 'temporal-polyfill';
import type { Calendar, Desk, Person } from '../config/desk.ts';
import { personOf } from '../mail/standing.ts';
import { isWorkingTime, nextClosing, nextOpening } from '../sla/calendar.ts';
import { MEASURES } from '../sla/clock.ts';
import { zoneOf } from '../triage/presence.ts';
import type { Question } from './approval.ts';
import { mayRead, type Plan } from './audience.ts';
import type { Ticket, TicketEvent } from './ticket.ts';
import { calendarFor } from './visit.ts';

/** His own; nobody's and late ones of the teams that he leads; and others of which something waited to be told. */
export const SECTIONS = ['own', 'free', 'late', 'others'] as const;
export type Section = (typeof SECTIONS)[number];

/** An update that waited, instead of being a mail of its own. */
export interface News {
  /** Of the update that it would have been. */
  id: string;
  what: (typeof WAITING)[number];
  ticketId: string;
}

export interface Entry {
  ticketId: string;
  section: Section;
  /** How many updates of each kind waited. */
  news: Partial<Record<News['what'], number>>;
}

/** A mail whose lines have numbers: by their places they say what the numbers in an answer mean. */
export interface Numbered {
  /** Once for each person; an id holds it, and so it is below 2^30. */
  number: number;
  at: string;
  person: string;
  /** Number one first. */
  entries: readonly {
    ticketId: string;
    /** What is asked of its reader there: a vote answers it. */
    asks?: Question;
  }[];
  /** Epoch ms of real time. */
  answerableUntil: number;
}

/** What somebody's digest of a day says. Its number is the day where he is, in days since 1970. */
export interface Digest extends Numbered {
  kind: 'digest' | 'nothing-to-tell';
  entries: Entry[];
  /** How many more there are of each. */
  more: Partial<Record<Section, number>>;
}

/** Somebody comes back from a few days off and answers what lies on top; longer, and the list tells of another week. */
export const ANSWERABLE_FOR = 7 * 86_400_000;

/** The other kinds are asked for, or have a clock running behind them. */
const WAITING = ['assignment', 'requester-message', 'note'] as const;
/** Of notes these say that a time has come, or what time there is: an appointment stands in his calendar. */
const TIMELY: ReadonlySet<TicketEvent['kind']> = new Set([
  'snooze-ended',
  'due-warned',
  'due-passed',
  'extension-decided',
  'visit-planned',
  'visit-moved',
  'visit-cancelled',
  'visit-answered',
  'visit-reminded',
]);

/**
 * What is new of his tickets can wait until the morning: when a deadline comes near, its warning does not. Neither does
 * what climbed to him, which somebody else could not do in time, nor anything of P1.
 */
export function waitsForDigest(plan: Plan, event: TicketEvent, ticket: Ticket, desk: Desk): News | null {
  const { id, to, audience } = plan;
  const what = WAITING.find((kind) => kind === plan.kind);
  if (!what || audience === 'requester' || personOf(to.address, desk)?.mail !== 'digest') return null;
  if (ticket.priority === 'P1' || TIMELY.has(event.kind)) return null;
  if (event.kind === 'assigned' && event.climbs) return null;
  // His calendar cannot wait for a list.
  if (calendarFor(event, plan, ticket)) return null;
  return { id, what, ticketId: ticket.id };
}

/** The day, in days since 1970, whose digest has come due for this person; null before its hour and on free days. */
export function digestDue(person: Person, desk: Desk, now: string): number | null {
  if (person.role === 'manager' || (person.mail === 'instant' && !desk.digests.everybody)) return null;
  const zone = zoneOf(person, desk);
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  const at = comesAt(person, today, zone, desk);
  if (at === null || Date.parse(at) > Date.parse(now)) return null;
  return Temporal.PlainDate.from('1970-01-01').until(today, { largestUnit: 'day' }).days;
}

const WITHOUT_HOURS = '08:00';

function comesAt(person: Person, day: Temporal.PlainDate, zone: string, desk: Desk): string | null {
  const begins = workBegins(person, day, zone, desk);
  if (begins === null) return null;
  if (begins !== 'open' && person.digestAt === undefined) return begins;
  const plainTime = Temporal.PlainTime.from(person.digestAt ?? WITHOUT_HOURS);
  return iso(day.toZonedDateTime({ timeZone: zone, plainTime }));
}

/** On this day, for this person; null when it does not, and `open` when it never ends. */
export function workBegins(
  person: Person,
  day: Temporal.PlainDate,
  zone: string,
  desk: Desk,
): string | 'open' | null {
  const calendar = desk.calendars.find(({ name }) => name === person.hours);
  return calendar ? beginningOf(calendar, day, zone) : 'open';
}

/** When work begins on this day; null when it does not, and `open` when it never ended. A night's work belongs to the day before. */
function beginningOf(calendar: Calendar, day: Temporal.PlainDate, zone: string): string | null {
  const [from, to] = [day, day.add({ days: 1 })].map((each) => iso(each.toZonedDateTime(zone))) as [
    string,
    string,
  ];
  const closes = isWorkingTime(calendar, from) ? nextClosing(calendar, from) : from;
  if (closes === null || closes >= to) return 'open';
  const opens = nextOpening(calendar, closes);
  return opens < to ? opens : null;
}

function iso(at: Temporal.ZonedDateTime): string {
  return at.toInstant().toString({ fractionalSecondDigits: 3 });
}

/** An open ticket, as the index of hands knows it. */
export interface InHands {
  id: string;
  team: string;
  assignee: string | null;
  /** ISO 8601 UTC. */
  due: string | null;
}

/** What falls first of what is promised for it and of its own date. */
export function nextDue({
  deadlines,
  due,
}: Pick<Ticket, 'deadlines' | 'due'>): { at: string; name: (typeof MEASURES)[number] | 'due' } | null {
  const all = MEASURES.flatMap((name) => {
    const at = deadlines[name];
    return at ? [{ at, name }] : [];
  });
  const dated = due ? [{ at: due.at, name: 'due' as const }] : [];
  return [...all, ...dated].sort((one, other) => one.at.localeCompare(other.at))[0] ?? null;
}

const MOST: Record<Section, number> = { own: 50, free: 20, late: 20, others: 20 };

/**
 * What stands in it, most urgent first. `held` is what he has, and all of the teams that he leads. Whether he may read
 * what he is only told of is known when it is read; those numbers are then left out.
 */
export function listFor(
  person: Person,
  held: readonly InHands[],
  news: readonly News[],
  desk: Desk,
  now: string,
): Pick<Digest, 'entries' | 'more'> {
  const leads = new Set(desk.teams.filter(({ lead }) => lead === person.address).map(({ name }) => name));
  const inOrder = [...new Map(held.map((each) => [each.id, each])).values()]
    .filter((each) => mayRead(person.address, each, desk))
    .sort((a, b) => (a.due ?? '9999').localeCompare(b.due ?? '9999') || a.id.localeCompare(b.id));
  const placed = inOrder.flatMap((each): { id: string; section: Section }[] => {
    const section = sectionOf(each, person, leads, now);
    return section ? [{ id: each.id, section }] : [];
  });
  const known = new Set(placed.map(({ id }) => id));
  const toldOf = [...new Set(news.map(({ ticketId }) => ticketId))].filter((id) => !known.has(id));
  const all = [...placed, ...toldOf.map((id) => ({ id, section: 'others' as const }))];
  const of = (section: Section) => all.filter((each) => each.section === section);
  return {
    entries: SECTIONS.flatMap((section) =>
      of(section)
        .slice(0, MOST[section])
        .map(({ id }) => ({ ticketId: id, section, news: countsOf(id, news) })),
    ),
    more: Object.fromEntries(
      SECTIONS.flatMap((section) => {
        const left = of(section).length - MOST[section];
        return left > 0 ? [[section, left]] : [];
      }),
    ),
  };
}

function sectionOf(
  { team, assignee, due }: InHands,
  { address }: Person,
  leads: ReadonlySet<string>,
  now: string,
): Section | null {
  if (assignee === address) return 'own';
  if (!leads.has(team)) return null;
  if (assignee === null) return 'free';
  return due !== null && Date.parse(due) < Date.parse(now) ? 'late' : null;
}

function countsOf(id: string, news: readonly News[]): Entry['news'] {
  const counts: Entry['news'] = {};
  for (const { what } of news.filter(({ ticketId }) => ticketId === id))
    counts[what] = (counts[what] ?? 0) + 1;
  return counts;
}
