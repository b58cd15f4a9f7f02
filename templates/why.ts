/** What #why shows: how the ticket came where it is, how each deadline comes about, what was told and what comes next. */

import type { Desk, Language } from '../core/config/desk.ts';
import { personOf } from '../core/mail/standing.ts';
import { explainReckoning, type Interval, MEASURES } from '../core/sla/clock.ts';
import { renewed, type Step, upcoming } from '../core/ticket/change.ts';
import { DESK, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';
import { spanIn } from '../core/ticket/visit.ts';
import type { Reader } from './listed.ts';
import { reasonIn } from './reasons.ts';
import { durationIn, timeIn } from './times.ts';
import { stepsIn } from './view.ts';
import { type PhraseKey, phrase } from './words.ts';

/** `events`: all of the ticket's, or as many of the first as were read. */
export function whyIn(ticket: Ticket, events: readonly TicketEvent[], reader: Reader): string {
  const { language, desk, now } = reader;
  const reckoned = renewed(ticket, now, desk);
  const sections: [PhraseKey, string[]][] = [
    ['why-routing', events.flatMap((event) => routed(event, reader))],
    ['why-promises', MEASURES.flatMap((measure) => promised(measure, reckoned, reader))],
    ['why-steps', stepsIn(language, ticket, false)],
    ['why-told', events.flatMap((event) => told(event, reader))],
    ['why-next', upcoming(reckoned, desk).map((step) => next(step, reader))],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [phrase(language, title), ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n');
}

function routed(event: TicketEvent, { language, desk }: Reader): string[] {
  const at = timeIn(language, event.at, desk);
  if (event.kind === 'opened')
    return [
      `${at}: ${phrase(language, 'why-opened', { requester: event.requester.address })}`,
      ...event.reasons.map(
        ({ what, why }) => `  ${phrase(language, `what-${what}` as PhraseKey)}: ${reasonIn(language, why)}`,
      ),
    ];
  const said = movedTo(event, language, desk);
  return said ? [`${at}: ${said}`] : [];
}

/** Into other hands, another tier or another priority, and why; null for anything else. */
function movedTo(event: TicketEvent, language: Language, desk: Desk): string | null {
  const name = (address: string) =>
    address === DESK ? desk.name : (personOf(address, desk)?.name ?? address);
  switch (event.kind) {
    case 'assigned':
      return phrase(language, 'why-assigned', {
        assignee: name(event.assignee),
        reason: reasonIn(language, event.reason),
      });
    case 'kept':
      return phrase(language, 'why-kept', {
        assignee: name(event.assignee),
        reason: reasonIn(language, event.reason),
      });
    case 'unassigned':
      return phrase(language, 'why-unassigned', { who: name(event.by) });
    case 'joined':
      return phrase(language, 'why-joined', {
        problem: event.problem,
        why: reasonIn(language, event.why),
      });
    case 'parted':
      return phrase(language, 'why-parted', { problem: event.problem, who: name(event.by) });
    case 'given-to-team':
      return phrase(language, 'why-given', {
        team: desk.teams.find(({ name: each }) => each === event.team)?.title ?? event.team,
        reason: reasonIn(language, event.reason),
      });
    case 'prioritised':
      return phrase(language, 'why-prioritised', {
        priority: event.priority,
        reason: reasonIn(language, event.reason),
      });
    case 'escalated':
    case 'deescalated':
      return phrase(language, 'why-climbed', {
        ...{ from: String(event.from), to: String(event.to), reason: reasonIn(language, event.reason) },
      });
    default:
      return null;
  }
}

/** So much of the way of a ticket is told to whoever takes it over, the last of it. */
const MOST_TOLD_OVER = 20;

/** What was done with a ticket, for whoever takes it over by this event: hands, tiers, waiting, deadlines that fell. */
export function courseBefore(
  event: TicketEvent,
  events: readonly TicketEvent[],
  language: Language,
  desk: Desk,
): { at: string; text: string }[] {
  return events
    .flatMap((each) => {
      const text = each.number < event.number ? doneWith(each, language, desk) : null;
      return text === null ? [] : [{ at: each.at, text }];
    })
    .slice(-MOST_TOLD_OVER);
}

function doneWith(event: TicketEvent, language: Language, desk: Desk): string | null {
  switch (event.kind) {
    case 'paused':
      return phrase(language, 'why-waits', { reason: reasonIn(language, event.reason) });
    case 'resumed':
      return phrase(language, 'why-went-on', { reason: reasonIn(language, event.reason) });
    case 'deadline-breached':
      return phrase(language, 'why-breached', { deadline: phrase(language, `deadline-${event.measure}`) });
    default:
      return movedTo(event, language, desk);
  }
}

/** So many intervals of a measure are shown, the last ones; an old ticket has thousands. */
const MOST_INTERVALS = 40;

function promised(measure: (typeof MEASURES)[number], ticket: Ticket, { language, desk }: Reader): string[] {
  const why = explainReckoning(ticket.clock, desk, measure);
  if (!why) return [];
  const time = (at: string) => timeIn(language, at, desk);
  const left = why.intervals.length - MOST_INTERVALS;
  const because = why.reason === '' ? '' : ` (${reasonIn(language, why.reason)})`;
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
      ? [
          `  ${phrase(language, 'why-stands', { at: time(why.paused.since), reason: reasonIn(language, why.paused.reason) })}`,
        ]
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
    case 'visit-planned':
    case 'visit-moved':
    case 'visit-cancelled':
    case 'visit-reminded':
      return say(`why-${event.kind}`, { when: spanIn(event, desk.timezone) });
    case 'visit-answered':
      return say('why-visit-answered', {
        who: personOf(event.by, desk)?.name ?? event.by,
        answer: phrase(language, `visit-${event.answer}`),
      });
    case 'reckoned-anew': {
      const cause = event.cause === 'desk-changed' ? 'why-reckoned-desk' : 'why-reckoned';
      return [
        ...say(cause, { policy: event.policy, reason: reasonIn(language, event.reason) || '–' }),
        ...movedBy(event, { language, desk }),
      ];
    }
    default:
      return [];
  }
}

/** From what to what each deadline went; one that is not there, or stands still, is a dash. */
function movedBy(
  { before, after }: Extract<TicketEvent, { kind: 'reckoned-anew' }>,
  { language, desk }: Pick<Reader, 'language' | 'desk'>,
): string[] {
  const time = (at: string | undefined) => (at ? timeIn(language, at, desk) : '–');
  return MEASURES.filter((measure) => before[measure] !== after[measure]).map((measure) => {
    const deadline = phrase(language, `deadline-${measure}`);
    return `  ${phrase(language, 'why-moved', { deadline, before: time(before[measure]), after: time(after[measure]) })}`;
  });
}

function next(step: Step, { language, desk }: Reader): string {
  const deadline = 'measure' in step ? phrase(language, `deadline-${step.measure}`) : '–';
  const warning = step.kind === 'warn' ? step.warning : '–';
  return `${timeIn(language, step.at, desk)}: ${phrase(language, `next-${step.kind}`, { deadline, warning })}`;
}
