/** What a calendar file invites to, on one line (RFC 5545, RFC 5546). */
import type ICAL from 'ical.js';
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
    if (!component) return null;
    const method = String(root.getFirstPropertyValue('method') ?? '').toUpperCase();
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
