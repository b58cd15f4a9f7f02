/** When somebody wants to look at a ticket again, and by when it is to be done. Neither moves a clock, and no requester hears of it. */
import type { Desk } from '../config/desk.ts';
import type { Act, Decision } from './decision.ts';
import { nothing, type Refused, reopenFirst } from './decision.ts';
import { isActive, type Ticket } from './ticket.ts';
import { inZone, readUntil } from './until.ts';

/** Of one person on one ticket: the newer one takes the older one's place. */
export interface Snooze {
  by: string;
  /** ISO 8601 UTC. */
  until: string;
  reason: string;
}

/** A date of its own, beside what is promised. */
export interface DueDate {
  at: string;
  /** When somebody said so. */
  since: string;
  reason: string;
  told: 'nothing' | 'warned' | 'passed';
}

const NONE = /^(?:none|off|never|no)$/i;

export function snooze(value: string, ticket: Ticket, { by, now }: Act, desk: Desk): Decision {
  if (NONE.test(value)) {
    if (!ticket.snoozes?.some((each) => each.by === by))
      return nothing('you are not to be reminded of it', { key: 'not-snoozed' });
    return {
      happenings: [{ kind: 'snoozed', until: null, reason: '', by }],
      detail: 'you are not reminded',
      said: { key: 'not-snoozed' },
    };
  }
  const read = readAhead(value, '#snooze 2h, #snooze tomorrow 9:00', now, desk);
  if ('refused' in read) return read;
  if (ticket.status === 'closed') return reopenFirst(ticket);
  return {
    happenings: [{ kind: 'snoozed', ...read, by }],
    detail: `you are reminded at ${readable(read.until)}; clocks and the requester notice nothing`,
    said: { key: 'snoozed', facts: { until: inZone(read.until, desk.timezone) } },
  };
}

export function setDue(value: string, ticket: Ticket, { by, now }: Act, desk: Desk): Decision {
  if (NONE.test(value)) {
    if (!ticket.due) return nothing('it has no due date', { key: 'no-due-date' });
    return {
      happenings: [{ kind: 'due-set', due: null, reason: '', by }],
      detail: 'no due date any more',
      said: { key: 'no-due-date' },
    };
  }
  const read = readAhead(value, '#due 2027-01-31 14:00, #due 3d', now, desk);
  if ('refused' in read) return read;
  if (!isActive(ticket)) return reopenFirst(ticket);
  const { until: due, reason } = read;
  if (ticket.due?.at === due)
    return nothing(`it is due at ${readable(due)} already`, {
      ...{ key: 'already', facts: { value: inZone(due, desk.timezone) } },
    });
  return {
    happenings: [{ kind: 'due-set', due, reason, by }],
    detail: `due at ${readable(due)}; you are warned before, and the lead hears when it passes`,
    said: { key: 'due', facts: { due: inZone(due, desk.timezone) } },
  };
}

function readAhead(
  value: string,
  examples: string,
  now: string,
  { timezone }: Desk,
): { until: string; reason: string } | Refused {
  const read = readUntil(value, now, timezone);
  if ('refused' in read) return read;
  const { until, reason } = read;
  if (!until)
    return {
      refused: `“${value}” begins with no time; write for example ${examples}, or none`,
      said: { key: 'no-time', facts: { value, example: examples } },
    };
  if (Date.parse(until) <= Date.parse(now))
    return {
      refused: `${readable(until)} is past; give a time to come, for example ${examples}`,
      said: { key: 'past', facts: { until: inZone(until, timezone) } },
    };
  return { until, reason };
}

function readable(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

export type AgendaStep =
  | { kind: 'snooze'; at: string; by: string; reason: string }
  | { kind: 'due-warning' | 'due'; at: string };

export function agenda({ snoozes = [], due }: Ticket): AgendaStep[] {
  const reminders = snoozes.map(
    ({ by, until: at, reason }): AgendaStep => ({ kind: 'snooze', at, by, reason }),
  );
  if (!due || due.told === 'passed') return reminders;
  const warned: AgendaStep[] = due.told === 'nothing' ? [{ kind: 'due-warning', at: warningOf(due) }] : [];
  return [...reminders, ...warned, { kind: 'due', at: due.at }];
}

const DAY = 86_400_000;

/** A day before, and of less than four days in their last quarter. */
function warningOf({ at, since }: DueDate): string {
  const [due, set] = [Date.parse(at), Date.parse(since)];
  return new Date(due - Math.min(DAY, (due - set) / 4)).toISOString();
}
