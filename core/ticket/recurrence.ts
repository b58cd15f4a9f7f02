/**
 * The same told by many. Reports that are alike within a window make one problem, opened by the desk or proposed to the
 * lead; from then on whoever reports it once more is told what is known, and his ticket waits for the problem. What is
 * said and solved there goes to all, each in his own ticket; whoever means something else goes to a person.
 *
 * A problem and its incidents are never changed in one transaction: each event of one says what it asks of the other
 * (`joinLater`, `hearOfIncident`, `receiveNews`), and whoever is given the event does it once.
 */
import type { Desk } from '../config/desk.ts';
import { isConfidential } from '../mail/referral.ts';
import { ALIKE, likeness, type Print, type Read, scoreOf } from '../triage/likeness.ts';
import { type Loads, route } from '../triage/route.ts';
import { mayRead } from './audience.ts';
import { type Act, type Decision, nothing, type Opens, reopenFirst } from './decision.ts';
import { areApart, incidentPages, incidentsOf, MOST_INCIDENTS, MOST_LINKS } from './links.ts';
import { isSecurity } from './service.ts';
import {
  type Actor,
  DESK,
  type Happening,
  isActive,
  isJoined,
  type Ticket,
  type TicketEvent,
} from './ticket.ts';

/** A ticket as it was reported, while its window lasts. */
export interface Report {
  id: string;
  requester: string;
  subject: string;
  /** ISO 8601 UTC. */
  at: string;
  print: Print;
}

/** What was made of reports that are alike: `id` is the problem, or the ticket at which the lead was asked. */
export interface Known {
  id: string;
  as: 'problem' | 'proposal';
  at: string;
  /** Of some of the reports. */
  of: Print[];
}

/** What memory knows of reports to all teams that are not confidential. */
export interface Similar {
  reports: readonly Report[];
  known: readonly Known[];
  /** Of the item that holds `known`: whoever adds to it first is the only one. 0 when there is none yet. */
  version: number;
  /** The problem that this mail reports once more, worked on. */
  problem: Ticket | null;
  /** The lead was asked about reports such as this one. */
  isProposed: boolean;
}

/** Whether a new ticket counts as a report of something: nothing that is confidential, and not what desk.yaml leaves out. */
export function isReport({ team, category }: { team: string; category: string }, desk: Desk): boolean {
  return (
    desk.recurrence !== undefined &&
    !isConfidential(team, desk) &&
    !isSecurity(category, desk) &&
    !desk.recurrence.except.includes(category)
  );
}

export function isAlike(print: Print, { of }: Pick<Known, 'of'>): boolean {
  return of.some((each) => scoreOf(print, each) >= ALIKE);
}

export function mostAlike(print: Print, reports: readonly Report[]): Report[] {
  return reports
    .map((report) => ({ report, score: scoreOf(print, report.print) }))
    .filter(({ score }) => score >= ALIKE)
    .sort((a, b) => b.score - a.score)
    .map(({ report }) => report);
}

/** How a ticket was solved, in a line: the beginning of its last answer that went out. Null when there is none. */
export function solutionOf({ lastAnswer, takenBack = [], redacted = [] }: Ticket): number | null {
  if (!lastAnswer || lastAnswer.leftAt === null) return null;
  const { message } = lastAnswer;
  return takenBack.includes(message) || redacted.includes(message) ? null : message;
}

export type Recurrence =
  | { what: 'nothing'; why: string | null }
  | { what: 'joins'; problem: Ticket; why: string }
  /** The others that are alike, the oldest first. */
  | { what: 'begins' | 'noticed'; others: Report[]; why: string };

/** `why` names the report that is most alike. */
export function recurs(read: Read, requester: string, similar: Similar, desk: Desk): Recurrence {
  const scored = similar.reports
    .map((report) => ({ report, score: scoreOf(read.print, report.print) }))
    .filter(({ score }) => score >= ALIKE)
    .sort((a, b) => b.score - a.score);
  const [first] = scored;
  const best = first ? `looks like ${first.report.id}; ${likeness(read, first.report.print).why}` : null;
  const { problem, isProposed } = similar;
  if (problem) return { what: 'joins', problem, why: best ?? `looks like what ${problem.id} is about` };
  const { recurrence } = desk;
  if (!first || !recurrence || isProposed) return { what: 'nothing', why: best };
  const others = spread(
    scored.map(({ report }) => report),
    similar.reports,
  );
  const people = new Set([requester, ...others.map((each) => each.requester)]);
  if (people.size < recurrence.tickets) return { what: 'nothing', why: best };
  return {
    what: recurrence.rule === 'open' ? 'begins' : 'noticed',
    others: others.slice(0, MOST_TOGETHER),
    why: best ?? '',
  };
}

/** With this mail's own, a problem begins with room for as many again. */
const MOST_TOGETHER = MOST_LINKS / 2;

/** With those that are alike to these: two languages meet in a mail that has the error code. */
function spread(from: readonly Report[], all: readonly Report[]): Report[] {
  const found = new Set(from);
  for (const { print } of found)
    for (const each of all) if (!found.has(each) && scoreOf(print, each.print) >= ALIKE) found.add(each);
  return [...found].sort((a, b) => a.at.localeCompare(b.at));
}

const MOST_PRINTS = 8;
const MOST_KNOWN = 10;

/** What is known with this as well. What is older than `since` is forgotten, but for problems, of which the newest stay. */
export function withKnown(
  { known }: Pick<Similar, 'known'>,
  added: { id: string; as: Known['as']; at: string },
  prints: readonly Print[],
  since: string,
): Known[] {
  const kept = known.filter(({ as, at }) => as === 'problem' || at > since);
  return [...kept, { ...added, of: prints.slice(0, MOST_PRINTS) }].slice(-MOST_KNOWN);
}

/** The problem: the desk's own request, so that a plain reply to it goes to nobody. */
export function beginProblem(
  id: string,
  {
    subject,
    text,
    of,
    tickets,
    why,
    by,
  }: { subject: string; text: string; of: Filing; tickets: string[]; why: string; by: Actor },
  loads: Loads,
  now: string,
  desk: Desk,
): Opens {
  const { team, tier, category, impact, urgency, priority, mailbox } = of;
  const skills = desk.categories.find(({ name }) => name === category)?.skills ?? [];
  const raised = raisedBy(tickets.length, priority, desk) ?? priority;
  const { assignee, reason } = route({ team, tier, skills, priority: raised }, desk, loads, now);
  const requester = { address: mailbox, name: desk.name };
  return {
    id,
    message: {
      ...{ id: `${id}-m1`, number: 1, at: now, direction: 'in', visibility: 'public', from: requester, text },
      ...{ bodyKey: null, attachments: [], withheld: 0, mailId: '', messageId: null, cc: [] },
    },
    opened: {
      ...{ kind: 'opened', subject, requester, cc: [], mailbox, type: 'problem', team, tier, category },
      ...{ impact, urgency, priority: raised, language: desk.language, flagged: null, follows: null },
      ...{ acknowledge: false, message: 1, messageId: null },
      reasons: [
        { what: 'similar', why },
        { what: 'assignee', why: reason },
      ],
    },
    also: [
      ...(assignee ? [{ kind: 'assigned', assignee, previous: null, reason, by: DESK } as const] : []),
      { kind: 'problem-begun', tickets, why, by },
    ],
  };
}

type Filing = Pick<Ticket, 'team' | 'tier' | 'category' | 'impact' | 'urgency' | 'priority' | 'mailbox'>;

/** The priority that so many reports ask for, if it is higher than this one. */
function raisedBy(reports: number, priority: Ticket['priority'], desk: Desk): Ticket['priority'] | null {
  const asked = (desk.recurrence?.raise ?? [])
    .filter(({ tickets }) => tickets <= reports)
    .map((each) => each.priority)
    .sort()[0];
  return asked && asked < priority ? asked : null;
}

/** A lead's yes to what was proposed to him: `#problem`, and what it shall be called. */
export function makeProblem(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const { noticed = [], links = [] } = ticket;
  const { by, now, loads, newId } = act;
  const known = links.find(({ relation }) => relation === 'problem');
  if (known)
    return nothing(`it is an incident of ${known.id} already`, {
      key: 'problem-already',
      facts: { ticket: known.id },
    });
  if (noticed.length === 0 || !newId)
    return {
      refused: 'the desk has not noticed others like it; #link T-7K4M2Q problem joins it to one',
      said: { key: 'no-recurrence' },
    };
  if (!isActive(ticket)) return reopenFirst(ticket);
  const tickets = [...noticed, ticket.id];
  const subject = value || ticket.subject;
  const why = `${tickets.length} reports within one window are alike`;
  return {
    happenings: [{ kind: 'linked', relation: 'problem', to: newId, by }],
    opens: beginProblem(newId, { subject, text: subject, of: ticket, tickets, why, by }, loads, now, desk),
    detail: `${newId} is the problem behind ${tickets.length} tickets`,
    said: { key: 'problem', facts: { ticket: newId, count: String(tickets.length) } },
  };
}

/** Of a problem that has begun: what that does to a ticket that reported it before. Null when it is another matter by now. */
export function joinLater(ticket: Ticket, problem: Ticket, why: string, desk: Desk): Happening[] | null {
  const known = ticket.links?.find(({ id }) => id === problem.id);
  const isLinked = known?.relation === 'problem';
  if (known && !isLinked) return null;
  if (!isActive(ticket) || isJoined(ticket) || areApart(ticket, problem, desk)) return null;
  // Whoever has begun with it goes on, and hears of the solution.
  if (ticket.status !== 'new')
    return isLinked ? null : [{ kind: 'linked', relation: 'problem', to: problem.id, by: DESK }];
  const { assignee: previous } = ticket;
  return [{ kind: 'joined', problem: problem.id, why, previous, told: true, by: DESK }];
}

/**
 * What it does to the problem that a ticket waits for it: one more, and perhaps another priority. Null when it has it
 * already; `full` when that ticket had better go to a person.
 */
export function hearOfIncident(
  incident: Ticket,
  problem: Ticket | null,
  desk: Desk,
): Happening[] | null | 'full' {
  if (!problem || !isActive(problem) || areApart(incident, problem, desk)) return 'full';
  const { links = [], impact, urgency, priority: previous } = problem;
  if (links.some(({ id }) => id === incident.id)) return null;
  if (incidentsOf(problem).length >= MOST_INCIDENTS) return 'full';
  const reports = incidentsOf(problem).length + 1;
  const priority = raisedBy(reports, previous, desk);
  const reason = `${reports} people report it`;
  return [
    { kind: 'linked', relation: 'incident', to: incident.id, by: DESK },
    ...(priority
      ? [{ kind: 'prioritised', impact, urgency, priority, previous, reason, by: DESK } as const]
      : []),
  ];
}

/** It is no part of the problem: it goes to a person, as if it had just come. */
export function toPerson(
  ticket: Ticket,
  problem: string,
  by: Actor,
  now: string,
  loads: Loads,
  desk: Desk,
): Happening[] {
  const { team, tier, category, priority, assignee: held } = ticket;
  const skills = desk.categories.find(({ name }) => name === category)?.skills ?? [];
  const routed = held ? null : route({ team, tier, skills, priority }, desk, loads, now);
  const why = `it is no part of ${problem}`;
  const goesOn: Happening[] =
    ticket.status === 'waiting'
      ? [{ kind: 'resumed', reason: why, by }]
      : ticket.status === 'resolved'
        ? [{ kind: 'reopened', reason: why, by, told: true }]
        : [];
  return [
    { kind: 'parted', problem, by },
    ...goesOn,
    ...(routed?.assignee
      ? [
          {
            kind: 'assigned' as const,
            assignee: routed.assignee,
            previous: null,
            reason: routed.reason,
            by: DESK,
            handsOver: true as const,
          },
        ]
      : []),
  ];
}

/** `#unlink`: this ticket is another matter than its problem. */
export function unlink(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  const problem = ticket.links?.find(({ relation }) => relation === 'problem')?.id;
  if (!problem || (value !== '' && !value.toUpperCase().includes(problem)))
    return {
      refused: `it is no incident of ${value || 'a problem'}; #status shows what it is linked with`,
      said: { key: 'no-problem' },
    };
  if (!isActive(ticket)) return reopenFirst(ticket);
  return {
    happenings: toPerson(ticket, problem, by, now, loads, desk),
    detail: `it is no part of ${problem} any more`,
    said: { key: 'unlinked', facts: { ticket: problem } },
  };
}

/** `#tell`: the words go to everybody who reported it, each in his own ticket. */
export function tell(ticket: Ticket, { by }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  const incidents = incidentsOf(ticket);
  if (incidents.length === 0)
    return {
      refused: `${ticket.id} is the problem behind no other ticket; a plain reply goes to its requester`,
      said: { key: 'nobody-to-tell' },
    };
  return {
    happenings: incidentPages(ticket).map((page) => ({
      ...{ kind: 'news-passed-on', ...page, message: null, language: desk.language, by },
    })),
    detail: `your words go to those behind ${incidents.length} tickets`,
    said: { key: 'told-all', facts: { count: String(incidents.length) } },
  };
}

/** What news of a problem does to one of its incidents: the same words for its own people. Null when they are not for it. */
export function receiveNews(
  incident: Ticket,
  problem: Ticket,
  { number, by, message }: Extract<TicketEvent, { kind: 'news-passed-on' }>,
  desk: Desk,
): Happening[] | null {
  const known = incident.links?.find(({ id }) => id === problem.id);
  if (known?.relation !== 'problem' || (known.toldBy ?? 0) >= number || message === null) return null;
  if (!isActive(incident) || !mayRead(by, incident, desk) || areApart(incident, problem, desk)) return null;
  return [
    ...(incident.status === 'new' ? [{ kind: 'started', by } as const] : []),
    {
      ...{ kind: 'answered', message: incident.messages + 1, by, messageId: null, with: null },
      problem: { id: problem.id, event: number },
    },
  ];
}

/** The number of the problem's last news that went out: in this language, or null. */
export function lastNews(
  { news = {}, takenBack = [], redacted = [], lastAnswer }: Ticket,
  language: Ticket['language'],
): number | null {
  const number = news[language];
  if (number === undefined || takenBack.includes(number) || redacted.includes(number)) return null;
  return lastAnswer?.message === number && lastAnswer.leftAt === null ? null : number;
}
