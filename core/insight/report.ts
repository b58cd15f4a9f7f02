/**
 * Reports: who gets one and when, what of the desk's figures its reader may see, and which tickets stand in it under which
 * number. A report is kept as digests are and answered as they are (core/mail/digest-answer.ts).
 */
import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../config/choices.ts';
import type { Desk, Person } from '../config/desk.ts';
import { personOf } from '../mail/standing.ts';
import { openApproval, type Question } from '../ticket/approval.ts';
import { mayRead } from '../ticket/audience.ts';
import type { Decision } from '../ticket/decision.ts';
import { ANSWERABLE_FOR, type Numbered, nextDue, workBegins } from '../ticket/digest.ts';
import { isActive, type Look, type Ticket } from '../ticket/ticket.ts';
import { zoneOf } from '../triage/presence.ts';
import type { Dimension, Rollup } from './figures.ts';
import { dayAt, type Period, readWanted } from './period.ts';

export const REPORT_SECTIONS = ['decide', 'breach'] as const;
export type ReportSection = (typeof REPORT_SECTIONS)[number];

/** Why a ticket needs a decision, what waits for a person's word first. */
export const WHYS = [
  'approval',
  'extension',
  'article',
  'problem',
  'undeliverable',
  'free',
  'top-tier',
] as const;
export type Why = (typeof WHYS)[number];

export interface ReportEntry {
  ticketId: string;
  section: ReportSection;
  why: Why[];
  asks?: Question;
}

export interface Report extends Numbered, Period {
  kind: 'report';
  occasion: 'daily' | 'weekly' | 'asked';
  by: Dimension | null;
  entries: ReportEntry[];
  /** How many more there are of each. */
  more: Partial<Record<ReportSection, number>>;
}

/** Digests have the day as their number; it is far below these. */
const DAILY = 1_000_000;
const WEEKLY = 2_000_000;
const ASKED = 100_000_000;

export type Due = Pick<Report, 'number' | 'occasion' | 'from' | 'to'>;

/**
 * What has come due for this person: the daily report on days on which he works, of all days since he last did; the
 * weekly one of the seven days before its weekday, on the first day from it on which he works. Days are the desk's, and the
 * time of day is his own.
 */
export function reportsDue(person: Person, desk: Desk, now: string): Due[] {
  const { daily, weekly } = desk.reports;
  const zone = zoneOf(person, desk);
  const today = dayAt(now, zone);
  const isThere = (at: string) =>
    workBegins(person, today, zone, desk) !== null &&
    Temporal.PlainTime.compare(at, Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainTime()) <= 0;
  const desks = dayAt(now, desk.timezone);
  const due: Due[] = [];
  if (daily && isFor(person, daily.to) && isThere(daily.at)) {
    const to = desks.subtract({ days: 1 });
    due.push({
      number: DAILY + sinceEpoch(today),
      occasion: 'daily',
      ...period(lastWorked(person, zone, to, desk), to),
    });
  }
  if (weekly && isFor(person, weekly.to) && isThere(weekly.at)) {
    const begins = WEEKDAYS.indexOf(weekly.on) + 1;
    const day = today.subtract({ days: (today.dayOfWeek - begins + 7) % 7 });
    const to = earlier(day, desks).subtract({ days: 1 });
    due.push({
      number: WEEKLY + sinceEpoch(day),
      occasion: 'weekly',
      ...period(to.subtract({ days: 6 }), to),
    });
  }
  return due;
}

function isFor({ role, address }: Person, to: readonly string[]): boolean {
  return to.some((each) => each === `${role}s` || each === address);
}

const LONGEST_ABSENT = 14;

/** The last day until `to` on which he worked, so that Monday's report tells of Friday and the weekend. */
function lastWorked(person: Person, zone: string, to: Temporal.PlainDate, desk: Desk): Temporal.PlainDate {
  for (let back = 0; back < LONGEST_ABSENT; back++) {
    const day = to.subtract({ days: back });
    if (workBegins(person, day, zone, desk) !== null) return day;
  }
  return to;
}

function earlier(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(one, other) < 0 ? one : other;
}

function period(from: Temporal.PlainDate, to: Temporal.PlainDate): Period {
  return { from: `${from}`, to: `${to}` };
}

function sinceEpoch(day: Temporal.PlainDate): number {
  return Temporal.PlainDate.from('1970-01-01').until(day, { largestUnit: 'day' }).days;
}

/** Of a report that was asked for: the same mail and line always have the same. */
export function numberAsked(event: string, nth: number): number {
  const hash = createHash('sha256').update(`report:${event}:${nth}`).digest();
  // Below 2^30, which is what an id holds.
  return ASKED + (hash.readUInt32BE(0) % 900_000_000);
}

/** What of the desk somebody's report tells of. */
export interface Scope {
  /** Names of teams. */
  teams: readonly string[];
  /** All of them: then it is the whole desk's. */
  isWhole: boolean;
  /** Whose figures alone they are; null for those of the teams. */
  agent: string | null;
  /** Whether the desk's mail is counted as well. */
  withMail: boolean;
}

/** A manager sees what he may read, a lead his teams, an agent himself. */
export function scopeOf({ address, role, team }: Person, desk: Desk): Scope {
  const readable = desk.teams.filter(({ name }) => mayRead(address, { team: name, assignee: null }, desk));
  if (role === 'manager') {
    const teams = readable.map(({ name }) => name);
    return { teams, isWhole: teams.length === desk.teams.length, agent: null, withMail: true };
  }
  const led = readable.filter(({ name, lead }) => lead === address || (role === 'lead' && name === team));
  if (led.length === 0) return { teams: team ? [team] : [], isWhole: false, agent: address, withMail: false };
  return {
    teams: led.map(({ name }) => name),
    isWhole: led.length === desk.teams.length,
    agent: null,
    withMail: false,
  };
}

/**
 * The rollups of which his figures are made. Where he does not see the whole desk, the desk is the sum of his teams: nothing
 * of another team's is in any of his figures, not even in a total.
 */
export function within(rollups: readonly Rollup[], scope: Scope, desk: Desk): Rollup[] {
  if (scope.agent !== null)
    return rollups.flatMap((each) => (each.by === 'agent' && each.of === scope.agent ? [asAll(each)] : []));
  if (scope.isWhole) return [...rollups];
  const teams = new Set(scope.teams);
  const isHis: Record<Rollup['by'], (of: string) => boolean> = {
    team: (of) => teams.has(of),
    agent: (of) => teams.has(personOf(of, desk)?.team ?? ''),
    category: (of) => desk.categories.some(({ name, team }) => name === of && teams.has(team)),
    priority: () => false,
    desk: () => false,
  };
  return rollups
    .filter(({ by, of }) => isHis[by](of))
    .flatMap((each) => (each.by === 'team' ? [each, asAll(each)] : [each]));
}

/** The figures of all tickets are the sum of those by priority (figures.ts). */
function asAll(rollup: Rollup): Rollup {
  return { ...rollup, by: 'priority', of: '' };
}

/** By what his figures are broken down. Priorities are counted of the whole desk alone. */
export function dimensionsOf({ agent, isWhole, teams }: Scope): Dimension[] {
  if (agent !== null) return [];
  return [
    'category',
    ...(teams.length > 1 ? (['team'] as const) : []),
    'agent',
    ...(isWhole ? (['priority'] as const) : []),
  ];
}

/** `#report last month by category`, in a mail of its own. */
export function askReport(value: string, by: string, now: string, desk: Desk): Decision {
  const person = personOf(by, desk);
  if (!person) throw new TypeError('reports are for the people of the desk');
  const wanted = readWanted(value, `${dayAt(now, desk.timezone)}`);
  if ('refused' in wanted) return wanted;
  const allowed = dimensionsOf(scopeOf(person, desk));
  if (wanted.by && !allowed.includes(wanted.by)) {
    const others = allowed.map((each) => `by ${each}`).join(', ');
    return others === ''
      ? {
          refused: '#report tells an agent of himself; what others did is for leads and managers',
          said: { key: 'report-own-alone' },
        }
      : {
          refused: `your report is not given by ${wanted.by}; allowed are ${others}`,
          said: { key: 'report-not-by', facts: { value: wanted.by, allowed: others } },
        };
  }
  const { from, to } = wanted;
  return {
    happenings: [],
    detail: `the report on ${from} to ${to} comes in a mail of its own`,
    said: { key: 'report-comes', facts: { from, to } },
    done: true,
    look: { what: 'report', ...wanted },
  };
}

export type ReportLook = Extract<Look, { what: 'report' }>;

/** Whether this ticket is told of in his report. */
export function isWithin(
  ticket: Pick<Ticket, 'team' | 'assignee'>,
  { address }: Person,
  scope: Scope,
  desk: Desk,
): boolean {
  if (!mayRead(address, ticket, desk)) return false;
  return scope.agent === null ? scope.teams.includes(ticket.team) : ticket.assignee === scope.agent;
}

const NEVER = '9999';
const MOST: Record<ReportSection, number> = { decide: 15, breach: 10 };

/**
 * What he or others have to decide, and what is due until the end of his day or was due before: each ticket once, the most urgent
 * first. `tickets` are those that are not closed.
 */
export function entriesFor(
  person: Person,
  tickets: readonly Ticket[],
  desk: Desk,
  now: string,
): Pick<Report, 'entries' | 'more'> {
  const scope = scopeOf(person, desk);
  const zone = zoneOf(person, desk);
  const midnight = dayAt(now, zone).add({ days: 1 }).toZonedDateTime(zone).toInstant();
  const isDue = (at: string) => Temporal.Instant.compare(at, midnight) < 0;
  const found = tickets.flatMap((ticket): (ReportEntry & { due: string; rank: number })[] => {
    const asks = askedOf(person.address, ticket);
    if (!(asks ? mayRead(person.address, ticket, desk) : isWithin(ticket, person, scope, desk))) return [];
    const why = whysOf(ticket, desk);
    const at = nextDue(ticket)?.at;
    const entry = { ticketId: ticket.id, why, due: at ?? NEVER, ...(asks ? { asks } : {}) };
    if (why[0]) return [{ ...entry, section: 'decide', rank: asks ? -1 : WHYS.indexOf(why[0]) }];
    return isActive(ticket) && at && isDue(at) ? [{ ...entry, section: 'breach', rank: 0 }] : [];
  });
  found.sort(
    (one, other) =>
      one.rank - other.rank || one.due.localeCompare(other.due) || one.ticketId.localeCompare(other.ticketId),
  );
  const of = (section: ReportSection) => found.filter((each) => each.section === section);
  return {
    entries: REPORT_SECTIONS.flatMap((section) =>
      of(section)
        .slice(0, MOST[section])
        .map(({ due: _, rank: __, ...entry }) => entry),
    ),
    more: Object.fromEntries(
      REPORT_SECTIONS.flatMap((section) => {
        const left = of(section).length - MOST[section];
        return left > 0 ? [[section, left]] : [];
      }),
    ),
  };
}

function whysOf(ticket: Ticket, desk: Desk): Why[] {
  const { extension, article, waiting, noticed = [], links = [], assignee, tier } = ticket;
  const isOpen = isActive(ticket);
  const is: Record<Why, boolean> = {
    approval: openApproval(ticket) !== null,
    extension: isOpen && extension?.isOpen === true,
    article: article?.isOpen === true,
    problem: isOpen && noticed.length > 0 && !links.some(({ relation }) => relation === 'problem'),
    undeliverable: waiting?.undeliverable !== undefined,
    free: isOpen && assignee === null && ticket.joined === undefined,
    'top-tier': isOpen && tier > 1 && tier === desk.tiers.length,
  };
  return WHYS.filter((why) => is[why]);
}

/** What waits for his own word; he was also written to about it. */
function askedOf(address: string, ticket: Ticket): Question | null {
  const { extension, article } = ticket;
  const approval = openApproval(ticket);
  if (approval?.approvers.some((each) => each.address === address && each.vote === null))
    return { what: 'approval', askedAt: approval.askedAt };
  if (isActive(ticket) && extension?.isOpen && extension.lead === address)
    return { what: 'extension', askedAt: extension.askedAt };
  return article?.isOpen && article.reviewer === address
    ? { what: 'article', askedAt: article.askedAt }
    : null;
}

export function reportOf(
  person: Person,
  told: Due & Pick<Report, 'by'>,
  tickets: readonly Ticket[],
  desk: Desk,
  now: string,
  /** Epoch ms. */
  realNow: number,
): Report {
  return {
    ...{ kind: 'report', at: now, person: person.address, ...told },
    ...entriesFor(person, tickets, desk, now),
    answerableUntil: realNow + ANSWERABLE_FOR,
  };
}
