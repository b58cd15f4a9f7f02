/** Calendars in mail (RFC 5545, 5546, 6047): what comes in, told on one line and read as an answer; what we write. */
import type ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import type { Address, CalendarAnswer } from './email.ts';
import { oneLine } from './header.ts';

/** A calendar of a whole year is no invitation. */
const MAX_CHARS = 256 * 1024;

const METHODS: Readonly<Record<string, string>> = {
  REQUEST: 'Invitation',
  PUBLISH: 'Event',
  CANCEL: 'Cancelled',
  REPLY: 'Answer to an invitation',
  COUNTER: 'Another time proposed',
};

const ANSWERS: Readonly<Record<string, string>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
};

/** `[Invitation: Server move, 2026-11-05 10:00 to 11:00 (Europe/Berlin), Room 3]`; null for what is no event. */
export async function describeInvitation(calendar: string): Promise<string | null> {
  if (calendar.length > MAX_CHARS) return null;
  const { default: ical } = await import('ical.js');
  try {
    const root = new ical.Component(ical.parse(calendar));
    const component = root.getFirstSubcomponent('vevent');
    if (!component || !areYearly(root)) return null;
    const method = methodOf(root);
    const event = new ical.Event(component);
    const answer =
      method === 'REPLY' ? component.getFirstProperty('attendee')?.getFirstParameter('partstat') : null;
    const parts = [
      event.summary || 'without a title',
      answer ? (ANSWERS[answer.toUpperCase()] ?? '') : '',
      when(
        event.startDate,
        event.endDate,
        component.getFirstProperty('dtstart')?.getFirstParameter('tzid') ?? '',
      ),
      event.location ?? '',
    ];
    const said = parts.map((part) => oneLine(part).slice(0, 300)).filter((part) => part !== '');
    return `[${METHODS[method] ?? 'Event'}: ${said.join(', ')}]`;
  } catch {
    // A calendar that its reader refuses stays the file that it is.
    return null;
  }
}

/** What a calendar program sends when its owner has answered an invitation; null for everything else. */
export async function readCalendarAnswer(calendar: string): Promise<CalendarAnswer | null> {
  if (calendar.length > MAX_CHARS) return null;
  const { default: ical } = await import('ical.js');
  try {
    const root = new ical.Component(ical.parse(calendar));
    const component = root.getFirstSubcomponent('vevent');
    const method = methodOf(root);
    const attendee = component?.getFirstProperty('attendee');
    if (!component || !attendee || !areYearly(root) || (method !== 'REPLY' && method !== 'COUNTER'))
      return null;
    const said = ANSWERS[String(attendee.getFirstParameter('partstat') ?? '').toUpperCase()];
    const answer = method === 'COUNTER' ? 'countered' : said;
    const sequence = component.getFirstPropertyValue('sequence');
    const event = component.hasProperty('dtstart') ? new ical.Event(component) : null;
    return isAnswer(answer)
      ? {
          answer,
          uid: String(component.getFirstPropertyValue('uid') ?? ''),
          sequence: typeof sequence === 'number' ? sequence : null,
          attendee: String(attendee.getFirstValue() ?? '')
            .replace(/^mailto:/i, '')
            .toLowerCase(),
          start: event && instant(event.startDate, component),
          end: event && instant(event.endDate, component),
          // Google writes the words beside the attendee, others into COMMENT.
          comment: String(
            component.getFirstPropertyValue('comment') ??
              attendee.getFirstParameter('x-response-comment') ??
              '',
          ).trim(),
          program: String(root.getFirstPropertyValue('prodid') ?? ''),
        }
      : null;
  } catch {
    // A calendar that its reader refuses stays the file that it is.
    return null;
  }
}

function isAnswer(answer: string | undefined): answer is CalendarAnswer['answer'] {
  return answer !== undefined;
}

function methodOf(root: ICAL.Component): string {
  return String(root.getFirstPropertyValue('method') ?? '').toUpperCase();
}

/** No zone of the earth has as many changes. */
const MOST_CHANGES = 40;

/**
 * A zone's rules are written out from their first year on as soon as a time in it is reckoned with: one that changes every
 * minute takes hours of it. Those of the earth change on a day of a month.
 */
function areYearly(root: ICAL.Component): boolean {
  const changes = root.getAllSubcomponents('vtimezone').flatMap((zone) => zone.getAllSubcomponents());
  return (
    changes.length <= MOST_CHANGES &&
    changes.every((change) => {
      const rules = change.getAllProperties('rrule').map((rule) => rule.getFirstValue() as ICAL.Recur);
      return (
        rules.length <= 1 &&
        rules.every(
          ({ freq, parts }) => freq === 'YEARLY' && Object.values(parts).every((part) => part.length === 1),
        )
      );
    })
  );
}

/** ISO 8601 UTC; null for a whole day, and where nothing says in which zone the time is meant. */
function instant(time: ICAL.Time | null, component: ICAL.Component): string | null {
  if (!time || time.isDate) return null;
  if (time.zone && time.zone.tzid !== 'floating') return new Date(time.toUnixTime() * 1000).toISOString();
  const named = component.getFirstProperty('dtstart')?.getFirstParameter('tzid') ?? '';
  try {
    return Temporal.PlainDateTime.from(`${day(time)}T${clock(time)}`)
      .toZonedDateTime(named)
      .toInstant()
      .toString({ fractionalSecondDigits: 3 });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** An appointment as one calendar is told of it. Instants are ISO 8601 UTC. */
export interface Invitation {
  method: 'REQUEST' | 'CANCEL';
  uid: string;
  sequence: number;
  /** When this was said. */
  stamp: string;
  start: string;
  end: string;
  summary: string;
  description: string;
  /** Where the calendar's answers go. */
  organizer: Address;
  attendee: Address;
  /** Whether he is asked; else it is his own already. */
  isAsked: boolean;
}

export async function writeInvitation(invitation: Invitation): Promise<string> {
  const { method, uid, sequence, stamp, start, end, organizer, attendee, isAsked } = invitation;
  const { default: ical } = await import('ical.js');
  // It leaves the space out of count with which a folded line goes on; a line has 75 octets (RFC 5545 3.1).
  ical.foldLength = 74;
  const time = (at: string) => ical.Time.fromJSDate(new Date(at), true);
  const root = new ical.Component('vcalendar');
  root.addPropertyWithValue('prodid', '-//Replydesk//Appointments//EN');
  root.addPropertyWithValue('version', '2.0');
  root.addPropertyWithValue('method', method);
  const event = new ical.Component('vevent');
  event.addPropertyWithValue('uid', uid);
  event.addPropertyWithValue('dtstamp', time(stamp));
  event.addPropertyWithValue('dtstart', time(start));
  event.addPropertyWithValue('dtend', time(end));
  event.addPropertyWithValue('sequence', sequence);
  event.addPropertyWithValue('status', method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED');
  event.addPropertyWithValue('summary', oneLine(invitation.summary));
  if (invitation.description !== '') event.addPropertyWithValue('description', invitation.description);
  event.addProperty(person('organizer', organizer));
  const invited = person('attendee', attendee);
  invited.setParameter('role', 'REQ-PARTICIPANT');
  invited.setParameter('partstat', isAsked ? 'NEEDS-ACTION' : 'ACCEPTED');
  invited.setParameter('rsvp', isAsked ? 'TRUE' : 'FALSE');
  event.addProperty(invited);
  root.addSubcomponent(event);
  return `${root.toString()}\r\n`;

  function person(name: 'organizer' | 'attendee', { address, name: called }: Address): ICAL.Property {
    const property = new ical.Property(name);
    property.setValue(`mailto:${address}`);
    // Outlook shows what RFC 6868 makes of a quotation mark as it is written.
    if (called !== '') property.setParameter('cn', oneLine(called).replaceAll('"', '’'));
    return property;
  }
}

function when(start: ICAL.Time | null, end: ICAL.Time | null, named: string): string {
  if (!start) return '';
  const zone = start.zone?.tzid === 'UTC' ? 'UTC' : named;
  const from = start.isDate ? day(start) : `${day(start)} ${clock(start)}`;
  const sameDay = end !== null && day(end) === day(start);
  const to =
    !end || start.isDate || end.compare(start) <= 0
      ? ''
      : ` to ${sameDay ? '' : `${day(end)} `}${clock(end)}`;
  return `${from}${to}${zone !== '' && !start.isDate ? ` (${zone})` : ''}`;
}

function day({ year, month, day: date }: ICAL.Time): string {
  return [String(year).padStart(4, '0'), two(month), two(date)].join('-');
}

function clock({ hour, minute }: ICAL.Time): string {
  return `${two(hour)}:${two(minute)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
