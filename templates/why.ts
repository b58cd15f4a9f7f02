/** What #why shows: how the ticket came where it is, how each deadline comes about, what was told and what comes next. */

import { personOf } from '../core/mail/standing.ts';
import { explainReckoning, type Interval, MEASURES } from '../core/sla/clock.ts';
import { renewed, type Step, upcoming } from '../core/ticket/change.ts';
import { DESK, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';
import type { Reader } from './listed.ts';
import { durationIn, timeIn } from './view.ts';
import { type PhraseKey, phrase } from './words.ts';

/** `events`: all of the ticket's, or as many of the first as were read. */
export function whyIn(ticket: Ticket, events: readonly TicketEvent[], reader: Reader): string {
  const { language, desk, now } = reader;
  const reckoned = renewed(ticket, now, desk);
  const sections: [PhraseKey, string[]][] = [
    ['why-routing', events.flatMap((event) => routed(event, reader))],
    ['why-promises', MEASURES.flatMap((measure) => promised(measure, reckoned, reader))],
    ['why-told', events.flatMap((event) => told(event, reader))],
    ['why-next', upcoming(reckoned, desk).map((step) => next(step, reader))],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [phrase(language, title), ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n');
}

function routed(event: TicketEvent, { language, desk }: Reader): string[] {
  const name = (address: string) =>
    address === DESK ? desk.name : (personOf(address, desk)?.name ?? address);
  const at = timeIn(language, event.at, desk);
  const say = (key: PhraseKey, facts: Record<string, string>) => [`${at}: ${phrase(language, key, facts)}`];
  switch (event.kind) {
    case 'opened':
      return [
        say('why-opened', { requester: event.requester.address })[0] ?? '',
        ...event.reasons.map(({ what, why }) => `  ${phrase(language, `what-${what}` as PhraseKey)}: ${why}`),
      ];
    case 'assigned':
      return say('why-assigned', { assignee: name(event.assignee), reason: event.reason });
    case 'kept':
      return say('why-kept', { assignee: name(event.assignee), reason: event.reason });
    case 'unassigned':
      return say('why-unassigned', { who: name(event.by) });
    case 'given-to-team':
      return say('why-given', {
        team: desk.teams.find(({ name: each }) => each === event.team)?.title ?? event.team,
        reason: event.reason,
      });
    case 'prioritised':
      return say('why-prioritised', { priority: event.priority, reason: event.reason });
    case 'escalated':
    case 'deescalated':
      return say('why-climbed', { from: String(event.from), to: String(event.to), reason: event.reason });
    default:
      return [];
  }
}

/** So many intervals of a measure are shown, the last ones; an old ticket has thousands. */
const MOST_INTERVALS = 40;

function promised(measure: (typeof MEASURES)[number], ticket: Ticket, { language, desk }: Reader): string[] {
  const why = explainReckoning(ticket.clock, desk, measure);
  if (!why) return [];
  const time = (at: string) => timeIn(language, at, desk);
  const left = why.intervals.length - MOST_INTERVALS;
  const because = why.reason === '' ? '' : ` (${why.reason})`;
  const terms = { calendar: why.calendar, priority: why.priority, policy: why.policy };
  const line = (interval: Interval) => {
    const { from, to, ms, counted, detail } = interval;
    const sum = counted ? ` + ${durationIn(language, ms)}` : '';
    const reason = phrase(language, `why-${interval.why}`);
    return `  ${time(from)} – ${time(to)}:${sum} ${reason}${detail === '' ? '' : `: ${detail}`}`;
  };
  return [
    `${phrase(language, `deadline-${measure}`)}: ${phrase(language, 'why-target', { target: durationIn(language, why.target), ...terms })}${because}`,
    ...(left > 0 ? [`  ${phrase(language, 'why-left-out', { count: String(left) })}`] : []),
    ...why.intervals.slice(-MOST_INTERVALS).map(line),
    ...(why.due ? [`  ${phrase(language, 'why-due', { at: time(why.due) })}`] : []),
    ...(why.paused
      ? [`  ${phrase(language, 'why-stands', { at: time(why.paused.since), reason: why.paused.reason })}`]
      : []),
    ...(why.fulfilledAt ? [`  ${phrase(language, 'why-fulfilled', { at: time(why.fulfilledAt) })}`] : []),
    ...(why.missed ? [`  ${phrase(language, 'why-missed', { at: time(why.missed) })}`] : []),
  ];
}

function told(event: TicketEvent, { language, desk }: Reader): string[] {
  const say = (key: PhraseKey, facts: Record<string, string> = {}) => [
    `${timeIn(language, event.at, desk)}: ${phrase(language, key, facts)}`,
  ];
  switch (event.kind) {
    case 'deadline-warned':
      return say('why-warned', {
        deadline: phrase(language, `deadline-${event.measure}`),
        warnings: event.warnings.join(', ') || '–',
      });
    case 'deadline-breached':
    case 'deadline-overrun':
      return say(event.kind === 'deadline-breached' ? 'why-breached' : 'why-overrun', {
        deadline: phrase(language, `deadline-${event.measure}`),
      });
    case 'requester-reminded':
      return say('why-reminded');
    case 'reckoned-anew':
      return say('why-reckoned', { policy: event.policy, reason: event.reason || '–' });
    default:
      return [];
  }
}

function next(step: Step, { language, desk }: Reader): string {
  const deadline = 'measure' in step ? phrase(language, `deadline-${step.measure}`) : '–';
  const warning = step.kind === 'warn' ? step.warning : '–';
  return `${timeIn(language, step.at, desk)}: ${phrase(language, `next-${step.kind}`, { deadline, warning })}`;
}
