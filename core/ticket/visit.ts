/**
 * Appointments: somebody of the desk comes to the requester, or they telephone. A ticket has one at a time. Both sides'
 * calendars hear of it, each in a copy of its own, so that neither address stands in the other's; it is called off when
 * the ticket ends, and moves no clock.
 */
import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../config/choices.ts';
import type { Desk } from '../config/desk.ts';
import type { CalendarAnswer } from '../mail/email.ts';
import { spokenDays } from '../mail/spoken-day.ts';
import { mayHold, personOf } from '../mail/standing.ts';
import { holdsToken } from '../mail/token.ts';
import { isWorkingTime } from '../sla/calendar.ts';
import { awayUntil, zoneOf } from '../triage/presence.ts';
import type { Loads } from '../triage/route.ts';
import type { Plan } from './audience.ts';
import {
  type Act,
  type Decision,
  nothing,
  type Refused,
  reopenFirst,
  type Saying,
  stepStays,
} from './decision.ts';
import { DESK, type Happening, isActive, type Ticket, type TicketEvent } from './ticket.ts';
import { inZone } from './until.ts';

export interface Appointment {
  /** Of this ticket's. One that comes after one that took place is counted on: it must not move that one in people's calendars. */
  nth: number;
  /** RFC 5545 3.8.7.4: rises with everything that a calendar is told. */
  sequence: number;
  /** ISO 8601 UTC. */
  start: string;
  end: string;
  /** The zone in which it was said (IANA). */
  zone: string;
  words: string;
}

export interface Visit extends Appointment {
  /** The sequence with which this time was said: an answer to a lower one is to another time. */
  since: number;
  setAt: string;
  /** The requester's. */
  answer: CalendarAnswer['answer'] | null;
  isCancelled: boolean;
  /** How long before its start the last reminder was due, ms. */
  reminded: number | null;
}

/** The one that is still to come or going on. */
export function visitAhead({ visit }: Ticket, now: string): Visit | null {
  return visit && !visit.isCancelled && Date.parse(visit.end) > Date.parse(now) ? visit : null;
}

const OFF = /^(?:none|off|never|no|cancel(?:led)?)$/i;
const EXAMPLE = '#visit tomorrow 14:00 1h, #visit 2027-01-31 9:30 90m, #visit off';
const MINUTE = 60_000;
const USUAL = 60 * MINUTE;
const SHORTEST = 5 * MINUTE;
const LONGEST = 24 * 60 * MINUTE;
const FURTHEST = 366 * 24 * 60 * MINUTE;
const LONGEST_WORDS = 500;

export function planVisit(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const { by, now, loads } = act;
  const before = visitAhead(ticket, now);
  if (OFF.test(value)) {
    if (!before) return nothing('no appointment is planned', { key: 'no-visit' });
    const when = spanIn(before, before.zone);
    return {
      happenings: [cancelled(before, by)],
      detail: `the appointment of ${when} is called off; the requester is told, and both calendars`,
      said: { key: 'visit-off', facts: { when } },
    };
  }
  if (!isActive(ticket)) return reopenFirst(ticket);
  const stays = stepStays(ticket);
  if (stays) return stays;
  if (ticket.muted?.includes(ticket.requester.address))
    return {
      refused:
        'the requester wants no more mail of this ticket, so no invitation would reach him; reach him another way',
      said: { key: 'visit-unwanted' },
    };
  const person = personOf(by, desk);
  const zone = person ? zoneOf(person, desk) : desk.timezone;
  const read = readTime(value, now, zone, desk.language, before);
  if ('refused' in read) return read;
  const problem = problemOf(read, value, now, zone, desk);
  if (problem) return problem;
  const words = read.words === '' ? (before?.words ?? '') : read.words;
  const { start, end } = read;
  const when = spanIn({ start, end }, zone);
  if (before?.start === start && before.end === end && before.words === words)
    return nothing(`it is planned for ${when} already`, { key: 'already', facts: { value: when } });
  const last = ticket.visit;
  const appointment: Appointment = {
    nth: before || last?.isCancelled ? (last?.nth ?? 1) : (last?.nth ?? 0) + 1,
    sequence: (last?.sequence ?? -1) + 1,
    ...{ start, end, zone, words },
  };
  const taken: Happening[] =
    ticket.assignee || !mayHold(by, desk)
      ? []
      : [{ kind: 'assigned', assignee: by, previous: null, reason: 'planned an appointment', by }];
  const doubt = doubtOf({ start, end }, ticket.assignee ?? by, desk, loads);
  return {
    happenings: [
      ...taken,
      before
        ? { kind: 'visit-moved', ...appointment, by, previous: before.start }
        : { kind: 'visit-planned', ...appointment, by },
    ],
    detail: `${before ? 'moved to' : 'planned for'} ${when}; the requester is invited${doubt ? `; ${doubt.detail}` : ''}`,
    said: {
      key: `visit${before ? '-moved' : ''}${doubt ? doubt.key : ''}`,
      facts: { when, ...doubt?.facts },
    },
  };
}

/** `2027-01-31 14:00–15:00 (Europe/Berlin)`: no language's own. */
export function spanIn({ start, end }: Pick<Appointment, 'start' | 'end'>, zone: string): string {
  const [from, to] = [inZone(start, zone), inZone(end, zone)];
  return `${from}–${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11) : to} (${zone})`;
}

type Time = Pick<Appointment, 'start' | 'end' | 'words'>;

const CLOCK =
  /^(.{0,40}?)[\s,]*(?:(?<![^\s,])(?:at|um)\s+)?(?<!\d)(\d{1,2}):(\d{2})(?!\d)(?:\s?(?:-|–|to|bis)\s?(\d{1,2}):(\d{2})(?!\d))?(?:\s?uhr(?!\p{L}))?/iu;
const LENGTH =
  /^[\s,]*(?:(?:for|für)\s+)?(?:(\d{1,3})\s?(?:h|hrs?|hours?|std|stunden?)(?!\p{L})\.?)?\s?(?:(\d{1,4})\s?(?:m|min|minutes?|minuten?)(?!\p{L})\.?)?[\s,:]*/iu;

/** Of one that is moved what is not said stays: how long it takes, and what it is for. */
function readTime(
  value: string,
  now: string,
  zone: string,
  language: string,
  before: Visit | null,
): Time | Refused {
  const unread: Refused = {
    refused: `“${value}” begins with no day and hour; write for example ${EXAMPLE}`,
    said: { key: 'no-time', facts: { value, example: EXAMPLE } },
  };
  const [all = '', spoken = '', hour = '', minute = '', toHour, toMinute = ''] = CLOCK.exec(value) ?? [];
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  const day = all === '' ? null : readDay(spoken.replace(/(?<=\d)t$/i, ''), today, zone, language);
  const start = day && instant(day, Number(hour), Number(minute), zone);
  const until = day && toHour !== undefined ? instant(day, Number(toHour), Number(toMinute), zone) : null;
  if (!start || (toHour !== undefined && !until)) return unread;
  const rest = value.slice(all.length);
  const [length = '', hours, minutes] = until ? [] : (LENGTH.exec(rest) ?? []);
  const said = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE;
  const usual = before ? Date.parse(before.end) - Date.parse(before.start) : USUAL;
  const isSaid = hours !== undefined || minutes !== undefined;
  return {
    start,
    end: until ?? new Date(Date.parse(start) + (isSaid ? said : usual)).toISOString(),
    words: (isSaid || until ? rest.slice(length.length) : rest).replace(/^[\s,:;–-]+/, '').trim(),
  };
}

const TODAY = /^(?:today|heute)$/i;
const SHORT_DAYS: readonly (readonly string[])[] = [WEEKDAYS, ['mo', 'di', 'mi', 'do', 'fr', 'sa', 'so']];
/** What may stand around a day. */
const AROUND = /^[\s,.]*(?:on|am|next|this|coming|nächste[nrm]?|kommende[nrm]?|diese[nrm]?)?[\s,.]*$/i;

/** Today's own name means the one in a week, as everywhere. */
function readDay(
  said: string,
  today: Temporal.PlainDate,
  timezone: string,
  language: string,
): Temporal.PlainDate | null {
  const text = said.trim();
  if (TODAY.test(text)) return today;
  const word = text.toLowerCase().replace(/[.,]$/, '');
  const nth = SHORT_DAYS.map((days) => days.indexOf(word)).find((index) => index >= 0);
  if (nth !== undefined) return today.add({ days: ((nth + 1 - today.dayOfWeek + 6) % 7) + 1 });
  const [found, ...others] = spokenDays(text, { today, timezone, language });
  const around = found && `${text.slice(0, found.at)} ${text.slice(found.at + found.said.length)}`;
  return found && others.length === 0 && AROUND.test(around ?? '') ? found.day : null;
}

function instant(day: Temporal.PlainDate, hour: number, minute: number, zone: string): string | null {
  if (hour > 23 || minute > 59) return null;
  return day
    .toZonedDateTime({ timeZone: zone, plainTime: { hour, minute } })
    .toInstant()
    .toString({ fractionalSecondDigits: 3 });
}

function problemOf(
  { start, end, words }: Time,
  value: string,
  now: string,
  zone: string,
  desk: Desk,
): Refused | null {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  const at = inZone(start, zone);
  if (from <= Date.parse(now))
    return {
      refused: `${at} (${zone}) is past; give a time to come, for example ${EXAMPLE}`,
      said: { key: 'past', facts: { until: `${at} (${zone})` } },
    };
  if (from - Date.parse(now) > FURTHEST)
    return {
      refused: `${at} is more than a year away; an appointment is planned for the next 366 days`,
      said: { key: 'visit-too-far', facts: { until: at } },
    };
  if (to - from < SHORTEST || to - from > LONGEST)
    return {
      refused: `“${value}” takes ${Math.round((to - from) / MINUTE)} minutes; an appointment takes 5m to 24h, for example 90m`,
      said: { key: 'visit-length', facts: { value } },
    };
  if (words.length > LONGEST_WORDS)
    return {
      refused: `its words are longer than ${LONGEST_WORDS} characters; write them on lines of their own, as an answer`,
      said: { key: 'visit-words', facts: { most: String(LONGEST_WORDS) } },
    };
  if (holdsToken(words, desk.domain))
    return { refused: 'one of our reply addresses stands in the text', said: { key: 'token-in-text' } };
  return null;
}

/** Whoever plans it may know better than a calendar: it is said and not refused. */
function doubtOf(
  { start, end }: Pick<Appointment, 'start' | 'end'>,
  address: string,
  desk: Desk,
  loads: Loads,
): { key: '-away' | '-off-duty'; facts: Record<string, string>; detail: string } | null {
  const person = personOf(address, desk);
  if (!person) return null;
  const { name } = person;
  const last = new Date(Date.parse(end) - 1).toISOString();
  const gone = [start, last].map((at) => awayUntil(person, loads.get(address)?.away, desk, at)).find(Boolean);
  if (gone)
    return {
      key: '-away',
      facts: { name, until: gone.day },
      detail: `${name} is away then, until ${gone.day}`,
    };
  const calendar = desk.calendars.find((each) => each.name === person.hours);
  if (!calendar || (isWorkingTime(calendar, start) && isWorkingTime(calendar, last))) return null;
  return { key: '-off-duty', facts: { name }, detail: `it is outside the hours of ${name}` };
}

function cancelled(
  { nth, sequence, start, end, zone, words }: Appointment,
  by: string,
): Extract<Happening, { kind: 'visit-cancelled' }> {
  return { kind: 'visit-cancelled', nth, sequence: sequence + 1, start, end, zone, words, by };
}

/** What ends a ticket calls its appointment off; change.ts asks after everything that happens. */
export function calledOff(ticket: Ticket, happenings: readonly Happening[], at: string): Happening[] {
  const visit = isActive(ticket) ? null : visitAhead(ticket, at);
  if (!visit) return [];
  // Whoever sends spam hears nothing of its end.
  const quiet = happenings.some((event) => event.kind === 'closed' && event.quiet);
  return [{ ...cancelled(visit, DESK), ...(quiet ? { quiet } : {}) }];
}

/** Says so to whoever ends the ticket by a command. */
export function saysCalledOff(ticket: Ticket, now: string): { detail: string; said: Saying } | null {
  const visit = isActive(ticket) ? null : visitAhead(ticket, now);
  if (!visit) return null;
  const when = spanIn(visit, visit.zone);
  return {
    detail: `the appointment of ${when} is called off with it; the requester is told, and both calendars`,
    said: { key: 'visit-off', facts: { when } },
  };
}

/** The calendar of whoever has it, or whose request it is, is told: nothing that was told before may come after it. */
export function toldAnew<T extends Ticket>(ticket: T): T {
  const { visit } = ticket;
  return visit ? { ...ticket, visit: { ...visit, sequence: visit.sequence + 1 } } : ticket;
}

export interface VisitStep {
  kind: 'visit-reminder';
  at: string;
  /** ms. */
  before: number;
}

/** In calendar time. What was over when the time was said is not made up for. */
export function visitSteps({ visit }: Ticket, { visits }: Desk): VisitStep[] {
  if (!visit || visit.isCancelled) return [];
  return visits.remind.flatMap((before): VisitStep[] => {
    const at = Date.parse(visit.start) - before;
    const told = visit.reminded !== null && before >= visit.reminded;
    return told || at <= Date.parse(visit.setAt)
      ? []
      : [{ kind: 'visit-reminder', at: new Date(at).toISOString(), before }];
  });
}

/** One of several that have come by now. */
export function remindOfVisit(ticket: Ticket, now: string, desk: Desk): Happening[] {
  const { visit } = ticket;
  const come = visitSteps(ticket, desk).filter(({ at }) => Date.parse(at) <= Date.parse(now));
  if (!visit || come.length === 0) return [];
  const { start, end, zone, words } = visit;
  const before = Math.min(...come.map((step) => step.before));
  return [{ kind: 'visit-reminded', before, start, end, zone, words }];
}

/** The requester has nothing to say while an appointment is ahead: he is waited for from its end on. */
export function waitsSince({ waiting, visit }: Extract<Ticket, { status: 'waiting' }>): string {
  const { since } = waiting;
  return visit && !visit.isCancelled && Date.parse(visit.end) > Date.parse(since) ? visit.end : since;
}

/** In everybody's calendar it is an event of his own. `agent` is null for the requester's. */
export function visitUid(nth: number, ticketId: string, agent: string | null, domain: string): string {
  const whose = agent ? `.${createHash('sha256').update(agent).digest('hex').slice(0, 8)}` : '';
  return `visit-${nth}.${ticketId.toLowerCase()}${whose}@${domain}`;
}

/** Whether a calendar's answer is to an appointment of this ticket, whoever it comes from. */
export function isVisitOf(ticketId: string, uid: string, { domain }: Desk): boolean {
  const [, id, at] = /^visit-\d{1,6}\.(t-[0-9a-z]{6})(?:\.[0-9a-f]{8})?@(.{1,255})$/i.exec(uid) ?? [];
  return id?.toUpperCase() === ticketId && at?.toLowerCase() === domain;
}

export interface Told {
  method: 'REQUEST' | 'CANCEL';
  appointment: Appointment;
}

/** Whether the calendar of whoever comes to a ticket at `at` is told by that alone: what is planned in the same mail says it itself. */
export function joinsVisit(ticket: Ticket, at: string): boolean {
  const visit = visitAhead(ticket, at);
  return visit !== null && Date.parse(visit.setAt) < Date.parse(at);
}

/** Whether whoever leaves it then has heard of an appointment. */
export function leavesVisit(ticket: Ticket, at: string): boolean {
  const visit = visitAhead(ticket, at);
  return visit !== null && (Date.parse(visit.setAt) < Date.parse(at) || visit.since > 0);
}

/** What the calendar of a mail's reader is told with it; null when it is none of his. */
export function calendarFor(event: TicketEvent, { kind, audience, to }: Plan, ticket: Ticket): Told | null {
  const { visit = null, assignee, requester } = ticket;
  const isHis = audience === 'requester' || to.address === assignee;
  const comes = (method: Told['method']): Told | null => visit && { method, appointment: visit };
  switch (event.kind) {
    case 'visit-planned':
    case 'visit-moved':
      return isHis ? { method: 'REQUEST', appointment: event } : null;
    case 'visit-cancelled':
      return isHis ? { method: 'CANCEL', appointment: event } : null;
    case 'assigned':
      if (to.address === event.assignee)
        return to.address === assignee && joinsVisit(ticket, event.at) ? comes('REQUEST') : null;
      return to.address !== assignee && leavesVisit(ticket, event.at) ? comes('CANCEL') : null;
    case 'unassigned':
      return to.address === event.previous && to.address !== assignee && leavesVisit(ticket, event.at)
        ? comes('CANCEL')
        : null;
    case 'requester-changed':
      if (kind !== 'decided') return null;
      return comes(to.address === requester.address ? 'REQUEST' : 'CANCEL');
    default:
      return null;
  }
}
