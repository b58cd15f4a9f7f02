/** From the ticket and what happened to it, to the finished words and values that a template is given. */
import type { Desk, Language } from '../core/config/desk.ts';
import { type Article, articleIdOf } from '../core/knowledge/article.ts';
import { shortened } from '../core/knowledge/draft.ts';
import { VERBS, type VerbName } from '../core/mail/commands.ts';
import { shownNames } from '../core/mail/file-name.ts';
import { languageOf } from '../core/mail/language.ts';
import { MARKER } from '../core/mail/marker.ts';
import { closingOf } from '../core/mail/speaker.ts';
import { personOf } from '../core/mail/standing.ts';
import { withoutTokens } from '../core/mail/token.ts';
import type { Action, Said, UpdateView } from '../core/mail/update.ts';
import { MEASURES, type Measure } from '../core/sla/clock.ts';
import { acceptBy } from '../core/ticket/acceptance.ts';
import { isOnlyApprover } from '../core/ticket/approval.ts';
import type { Plan } from '../core/ticket/audience.ts';
import { NO_REASON } from '../core/ticket/decision.ts';
import { fieldsOf } from '../core/ticket/fields.ts';
import { macrosFor } from '../core/ticket/macros.ts';
import { opensAt } from '../core/ticket/opening-hours.ts';
import { answerOf, questionsOf } from '../core/ticket/service.ts';
import {
  awaitsOthers,
  type CommandResult,
  DESK,
  isOfTheDesk,
  type Message,
  type Ticket,
  type TicketEvent,
} from '../core/ticket/ticket.ts';
import { inZone } from '../core/ticket/until.ts';
import { type Appointment, calendarFor, visitAhead, waitsSince } from '../core/ticket/visit.ts';
import { zoneOf } from '../core/triage/presence.ts';
import { reasonIn } from './reasons.ts';
import { anyOf, durationIn, leftIn, sizeIn, spanIn, timeIn } from './times.ts';
import { type PhraseKey, phrase } from './words.ts';

export interface Occasion {
  plan: Plan;
  event: TicketEvent;
  ticket: Ticket;
  message: Message | null;
  /** What was said so far, oldest first; the message itself may be among it. */
  history: Message[];
  /** With it, what was done so far, in words. */
  course?: { at: string; text: string }[];
  /** Of a problem that the ticket waits for: its last news in the requester's language. Undefined when it waits for none. */
  known?: { text: string; at: string } | null;
  /** Others like it that were solved, the most alike first, and the words with which they were. */
  solved?: { ticket: Ticket; how: string }[];
  /** The tickets that are alike, as far as the reader may see them. */
  alike?: Ticket[];
  /** Keys of the message's files that ride along. */
  attached: string[];
  /** What is known about it, for whoever reads this mail. */
  articles?: readonly Article[];
  /** What commands fetched: the files of this mail, and what #files and #history show in it. */
  fetched?: {
    files: { name: string; size: number }[];
    shown: string;
    services?: UpdateView['services'];
  } | null;
  /** The address with the reader's own token. */
  replyTo: string;
  desk: Desk;
  /** Desk time, ISO 8601 UTC. */
  now: string;
}

export function ticketView(occasion: Occasion): UpdateView {
  const { plan, event, ticket, message, now } = occasion;
  const { kind, audience } = plan;
  const outside = audience === 'requester';
  const desk = plan.to.address === ticket.requester.address ? onHisClock(occasion) : occasion.desk;
  const language = outside ? ticket.language : languageOf(plan.to.address, desk);
  const speech = { language, desk, ticket, outside };
  return {
    kind,
    language,
    audience,
    deskName: desk.name,
    recipientName: plan.to.name.split(/\s+/)[0] ?? '',
    ticket: describeTicket(speech),
    message:
      message && event.kind !== 'visit-answered'
        ? closedBy(plan, saidBy(message, speech), speech)
        : deskSays(occasion, speech),
    history: told(occasion, speech),
    attachments: filesOf(occasion, language),
    withheld: !outside && message && message.withheld > 0 ? withheldIn(language, message.withheld) : '',
    reasons:
      event.kind === 'opened' || kind === 'assignment'
        ? [...reasonsOf(event, language), ...solvedIn(occasion, language)]
        : [],
    deadlines: outside ? [] : deadlinesOf(speech, now),
    facts: factsOf(occasion, speech),
    lines: event.kind === 'commanded' && !isFurther(plan) ? linesIn(language, event.lines) : [],
    plainReply: plainReply(occasion, speech),
    articles: articlesOf(occasion, speech),
    services: occasion.fetched?.services ?? null,
    actions: actionsFor(occasion, speech),
    marker: MARKER,
  };
}

/** What became of each command, in its reader's language where the desk has words for it. */
export function linesIn(language: Language, lines: readonly CommandResult[]): UpdateView['lines'] {
  return lines.map(({ line, outcome, detail, said }) => ({
    ...{ line, outcome },
    detail: (said && phrase(language, `said-${said.key}`, said.facts)) || detail,
  }));
}

/** The first of several mails has said what became of the commands. */
function isFurther({ part }: Plan): boolean {
  return part !== undefined && part.number > 1;
}

/** Under the names that compose gives them. A picture that the HTML shows is no file. */
function filesOf({ message, attached, fetched }: Occasion, language: Language): UpdateView['attachments'] {
  if (fetched)
    return fetched.files.map(({ name, size }) => ({ name, size: sizeIn(language, size), attached: true }));
  const files = message?.attachments ?? [];
  const names = shownNames(files.map(({ name }) => name));
  return files.flatMap(({ key, size, inline, contentId }, index) =>
    inline && contentId !== null && message?.html?.includes(`cid:${contentId}`)
      ? []
      : [
          {
            name: names[index] as string,
            size: sizeIn(language, size),
            attached: attached.includes(key),
          },
        ],
  );
}

/** How many files an agent does not see, why, and what he can do. */
export function withheldIn(language: Language, count: number): string {
  return phrase(language, count === 1 ? 'files-withheld-one' : 'files-withheld', { count: String(count) });
}

interface Speech {
  language: Language;
  desk: Desk;
  ticket: Ticket;
  /** To somebody outside: nothing of the desk's inside is said. */
  outside: boolean;
}

export function describeTicket({
  language,
  desk,
  ticket,
  outside,
}: Speech): NonNullable<UpdateView['ticket']> {
  const { id, subject, status, priority, tier, createdAt } = ticket;
  const forWhom = outside ? '-requester' : '';
  return {
    id,
    subject,
    status,
    statusName: phrase(
      language,
      `status-${status}${awaitsOthers(ticket) ? '-others' : ''}${forWhom}` as PhraseKey,
    ),
    priority,
    priorityName: phrase(language, `priority-${priority}${forWhom}` as PhraseKey),
    category: desk.categories.find(({ name }) => name === ticket.category)?.title ?? ticket.category,
    team: desk.teams.find(({ name }) => name === ticket.team)?.title ?? ticket.team,
    tier,
    tierName: tierName(tier, desk),
    requester: ticket.requester.name || ticket.requester.address,
    assignee:
      ticket.assignee && !isNameless(desk, outside) ? nameOf(ticket.assignee, desk, ticket, outside) : '',
    createdAt: timeIn(language, createdAt, desk),
    fields: outside ? [] : fieldsOf(ticket, desk),
  };
}

function tierName(tier: number, desk: Desk): string {
  return desk.tiers.find((each) => each.tier === tier)?.title ?? String(tier);
}

/** Where desk.yaml keeps names out of From, they stand nowhere else outside. */
function isNameless({ answers }: Desk, outside: boolean): boolean {
  return outside && !answers.fromName.includes('{{agent}}');
}

/** To the outside an agent is a name; his address stays inside. */
function nameOf(address: string, desk: Desk, ticket: Ticket, outside: boolean): string {
  if (address === DESK) return desk.name;
  const person = personOf(address, desk);
  if (person) return isNameless(desk, outside) ? desk.name : person.name;
  const participant = ticket.participants.find((each) => each.address === address);
  return participant?.name || (outside && address !== ticket.requester.address ? '' : address);
}

function saidBy(
  { from, at, text, html = null, visibility }: Message,
  { language, desk, ticket, outside }: Speech,
): Said {
  const inside = personOf(from.address, desk);
  const who =
    inside?.name ?? (from.name ? (outside ? from.name : `${from.name} <${from.address}>`) : from.address);
  return {
    who: inside ? nameOf(inside.address, desk, ticket, outside) : who,
    when: timeIn(language, at, desk),
    text,
    html,
    private: visibility === 'private',
  };
}

/** An agent's words outside end as the desk has it. */
function closedBy({ speaker }: Plan, said: Said, { language, desk, ticket, outside }: Speech): Said {
  if (!speaker || !outside) return said;
  return { ...said, closing: closingOf(speaker, ticket, language, desk) };
}

/** What was said and what was done, in the order in which it happened. */
function told({ history, course = [] }: Occasion, speech: Speech): Said[] {
  const { language, desk } = speech;
  const done = course.map(({ at, text }) => ({
    at,
    said: { who: desk.name, when: timeIn(language, at, desk), text, html: null, private: true },
  }));
  const words = history.map((entry) => ({ at: entry.at, said: saidBy(entry, speech) }));
  return [...words, ...done].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).map(({ said }) => said);
}

/** A note that nobody wrote: what happened, in the desk's own words. */
function deskSays(
  { plan, event, message, articles = [], alike = [], now }: Occasion,
  { language, desk, ticket }: Speech,
): Said | null {
  const { kind, to } = plan;
  const words = event.kind === 'visit-answered' && message ? `\n\n${message.text}` : '';
  const note =
    event.kind === 'assigned' && event.assignee === to.address
      ? visitNote('visit-comes', ticket.visit, language, desk)
      : `${deskNote(event, language, desk, ticket)}${alikeIn(alike, language)}${words}${visitLeaves({ plan, event, ticket }, language, desk)}`;
  const text =
    kind === 'note' ? note : event.kind === 'article-asked' ? articleIn(language, articles[0]) : '';
  return text === ''
    ? null
    : {
        who: phrase(language, 'the-desk'),
        when: timeIn(language, now, desk),
        text,
        html: null,
        private: true,
      };
}

function deskNote(event: TicketEvent, language: Language, desk: Desk, ticket: Ticket): string {
  const name = (address: string) => nameOf(address, desk, ticket, false);
  switch (event.kind) {
    case 'assigned':
      return phrase(language, 'note-reassigned', {
        assignee: name(event.assignee),
        reason: reasonIn(language, whyAssigned(event, desk)),
      });
    case 'unassigned':
      return phrase(language, 'note-unassigned', { who: name(event.by) });
    case 'closed':
      return ticket.partOf && event.by === DESK
        ? phrase(language, 'note-called-off', { id: ticket.partOf.id })
        : phrase(language, 'note-closed', { who: name(event.by) });
    case 'resolved':
      return event.steps
        ? phrase(language, 'note-steps-done', { steps: event.steps.join('; ') })
        : phrase(language, 'note-solved', { who: name(event.by), article: ticket.offered?.helped ?? '–' });
    case 'article-decided':
      return articleNote(event, ticket, name(event.by), language);
    case 'step-changed': {
      const { title, to, reason } = event;
      if (event.state === 'open') return phrase(language, 'note-step-apart', { title, id: to ?? '–' });
      return phrase(language, reason === '' ? 'note-step-skipped' : 'note-step-skipped-reason', {
        ...{ title, id: to ?? '–', reason },
      });
    }
    case 'rated':
      return ratedIn(event, name(event.by), language);
    case 'merged-in':
      return phrase(language, 'note-merged-in', {
        who: name(event.by),
        from: event.from,
        requester: event.requester.name || event.requester.address,
      });
    case 'reopened':
      return phrase(language, 'note-reopened', {
        who: name(event.by),
        reason: reasonIn(language, event.reason),
      });
    case 'resumed':
      return event.undeliverable
        ? phrase(language, 'note-resumed-undeliverable', { address: event.undeliverable })
        : phrase(language, 'note-resumed', { reason: reasonIn(language, event.reason) });
    case 'extension-decided':
      return phrase(language, `note-extension-${event.granted ? 'granted' : 'rejected'}`, {
        who: name(event.by),
        due: event.due ? timeIn(language, event.due, desk) : '–',
      });
    case 'approval-decided': {
      const approval = ticket.approvals?.at(-1);
      if (!approval || event.result === 'taken-back') return '';
      const who = new Intl.ListFormat(language).format(
        approval.approvers
          .filter(({ vote }) => vote === VOTES_FOR[event.result as keyof typeof VOTES_FOR])
          .map((each) => name(each.address)),
      );
      return phrase(language, `note-approval-${event.result}`, { who, question: approval.question });
    }
    case 'delivery-failed': {
      const facts = { address: event.address, status: event.status ?? '–' };
      const waits = ticket.status === 'waiting' && ticket.waiting.undeliverable === event.address;
      const until = waits && ticket.waiting.until ? timeIn(language, ticket.waiting.until, desk) : null;
      return until
        ? phrase(language, 'note-undeliverable-waiting', { ...facts, until })
        : phrase(language, 'note-undeliverable', facts);
    }
    case 'snooze-ended':
    case 'due-warned':
    case 'due-passed': {
      const due = event.kind === 'snooze-ended' ? '' : timeIn(language, event.due, desk);
      const key = event.reason === '' ? event.kind : (`${event.kind}-reason` as const);
      return phrase(language, `note-${key}`, { due, reason: event.reason });
    }
    case 'visit-planned':
    case 'visit-moved':
    case 'visit-reminded':
      return visitNote(event.kind, event, language, desk);
    case 'visit-cancelled':
      return visitNote(event.by === DESK ? 'visit-over' : event.kind, event, language, desk);
    case 'visit-answered': {
      const { answer, proposed, zone } = event;
      const facts = { who: name(event.by), when: visitIn(language, event, zone, desk) };
      if (answer !== 'countered') return phrase(language, `note-visit-${answer}`, facts);
      return proposed
        ? phrase(language, 'note-visit-countered', {
            ...facts,
            instead: visitIn(language, proposed, zone, desk),
          })
        : phrase(language, 'note-visit-countered-unread', facts);
    }
    case 'recurrence-noticed':
    case 'problem-begun': {
      const count = String(event.tickets.length + (event.kind === 'problem-begun' ? 0 : 1));
      return phrase(language, `note-${event.kind}`, { count, why: reasonIn(language, event.why) });
    }
    case 'joined':
      return phrase(language, 'note-joined', { problem: event.problem });
    case 'complained':
      return phrase(language, 'note-complained', { address: event.address });
    case 'security-reported':
      return phrase(language, 'note-security');
    case 'flooded':
      return phrase(language, 'note-flooded', { address: event.address });
    case 'referred':
      return phrase(language, 'note-referred', {
        address: event.address,
        team: desk.teams.find(({ name }) => name === ticket.team)?.title ?? ticket.team,
        assignee: ticket.assignee ? name(ticket.assignee) : '–',
      });
    default:
      return '';
  }
}

function articleNote(
  { verdict, words, by, answer }: Extract<TicketEvent, { kind: 'article-decided' }>,
  ticket: Ticket,
  who: string,
  language: Language,
): string {
  const facts = { who, article: articleIdOf(ticket.id) };
  const said =
    verdict === 'reject'
      ? phrase(language, 'note-article-reject', facts)
      : verdict === 'lapse'
        ? phrase(language, 'note-article-lapse', facts)
        : phrase(language, verdict === 'publish' ? 'note-article-publish' : 'note-article-internal', facts);
  const changed = answer === undefined ? '' : phrase(language, 'note-article-changed', facts);
  const why = words === '' || by === DESK ? '' : phrase(language, 'note-rated-words', { who, words });
  return [said, changed, why].filter((part) => part !== '').join('\n\n');
}

/** Whole, for whoever reviews it. */
function articleIn(language: Language, article: Article | undefined): string {
  if (!article) return '';
  const { title, question, answer, fix } = article;
  return [
    title,
    ...(question === '' ? [] : [`${phrase(language, 'article-question')}:\n${question}`]),
    `${phrase(language, 'article-answer')}:\n${answer}`,
    ...(fix === '' ? [] : [`${phrase(language, 'article-fix')}:\n${fix}`]),
  ].join('\n\n');
}

const LONGEST_SHOWN = 600;

/** Beside the rest of the mail, each short. The desk's people read what was done, and which it is. */
function articlesOf(
  { event, ticket, articles = [] }: Occasion,
  { language, desk, outside }: Speech,
): UpdateView['articles'] {
  if (event.kind === 'article-asked') return null;
  const service = desk.services.find(({ name }) => name === ticket.service?.name);
  if (outside && event.kind === 'opened' && service && ticket.service?.answers)
    return {
      head: phrase(language, 'articles-offered'),
      entries: [{ title: service.title, text: answerOf(service, language, desk) }],
      how: phrase(language, 'articles-how'),
    };
  if (articles.length === 0) return null;
  return {
    head: phrase(language, outside ? 'articles-offered' : 'articles-known'),
    entries: articles.map((article, index) => ({
      title: outside
        ? `${articles.length > 1 ? `${index + 1}. ` : ''}${article.title}`
        : `${article.id}: ${article.title}`,
      text: withoutTokens(
        shortened(
          outside || article.fix === '' ? article.answer : `${article.answer}\n\n${article.fix}`,
          LONGEST_SHOWN,
        ),
        desk.domain,
      ),
    })),
    how: outside ? phrase(language, articles.length > 1 ? 'articles-how-many' : 'articles-how') : '',
  };
}

const LONGEST_SOLUTION = 160;

/** How others like it were solved, in a line each. */
function solvedIn({ solved = [] }: Occasion, language: Language): UpdateView['reasons'] {
  return solved.map(({ ticket: { id, subject }, how }) => {
    const line = how.split('\n').find((each) => each.trim() !== '') ?? '';
    const shown = line.length > LONGEST_SOLUTION ? `${line.slice(0, LONGEST_SOLUTION).trimEnd()}…` : line;
    return {
      what: phrase(language, 'what-solved'),
      why: shown === '' ? `${id}, ${subject}` : `${id}, ${subject}: ${shown}`,
    };
  });
}

/** Those who reported the same, a line for each. */
function alikeIn(alike: readonly Ticket[], language: Language): string {
  const lines = alike.map(
    ({ id, subject, requester, createdAt }) =>
      `${id}: ${subject} (${requester.name || requester.address}, ${timeIn(language, createdAt, { timezone: 'UTC' })})`,
  );
  return lines.length > 0 ? `\n\n${lines.join('\n')}` : '';
}

/** What the desk has to know to begin. */
function asksIn(ticket: Ticket, language: Language, desk: Desk): string {
  const asked = questionsOf(ticket, language, desk);
  const [first] = asked;
  if (!first) return '';
  return phrase(language, 'facts-ask', {
    questions: asked
      .map(({ title, question }) => (question === title ? title : `${title} (${question})`))
      .join('; '),
    example: asked.map(({ title }) => `${title}: …`).join(' / '),
  });
}

/** To whoever reported what others have: that it is known, the last of it, and what to do if it is not his. */
function knownIn({ known }: Occasion, language: Language): string {
  if (known === undefined) return '';
  return [
    phrase(language, 'known-problem'),
    known ? phrase(language, 'known-news', { text: known.text }) : '',
    phrase(language, 'known-other', { words: phrase(language, 'other-matter') }),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

type Span = Pick<Appointment, 'start' | 'end'>;

/** To whoever had it: what the file beside his note is for. */
function visitLeaves(
  { plan, event, ticket }: Pick<Occasion, 'plan' | 'event' | 'ticket'>,
  language: Language,
  desk: Desk,
): string {
  const isOver = event.kind === 'assigned' || event.kind === 'unassigned';
  const told = isOver ? calendarFor(event, plan, ticket) : null;
  return told ? `\n\n${visitNote('visit-leaves', told.appointment, language, desk)}` : '';
}

/** To the desk's people: in the zone in which it was said, and in the desk's. */
function visitNote(
  what: `visit-${'comes' | 'leaves' | 'planned' | 'moved' | 'reminded' | 'cancelled' | 'over'}`,
  visit: Pick<Appointment, 'start' | 'end' | 'zone' | 'words'> | undefined,
  language: Language,
  desk: Desk,
): string {
  if (!visit) return '';
  const said = phrase(language, `note-${what}`, {
    when: visitIn(language, visit, visit.zone, desk),
  });
  const { words } = visit;
  return [said, phrase(language, 'visit-words', { words })].filter((part) => part !== '').join('\n\n');
}

/** `Tue, 24 Nov 2026, 14:00–15:00 (Europe/Berlin)`, and in the desk's zone where that shows another time. */
function visitIn(language: Language, span: Span, zone: string, desk: Desk): string {
  const own = spanIn(language, span, zone);
  const ours = spanIn(language, span, desk.timezone);
  return own === ours
    ? `${ours} (${desk.timezone})`
    : `${own} (${zone}), ${phrase(language, 'visit-also', { when: ours, zone: desk.timezone })}`;
}

/** To the requester, of whose zone nothing is known, in the desk's; his calendar shows it in his own. */
function visitOutside({ event, plan, ticket }: Occasion, { language, desk }: Speech): string {
  const subject = ticket.subject || ticket.id;
  const visit = 'start' in event && 'zone' in event ? event : ticket.visit;
  if (!visit) return '';
  const when = `${spanIn(language, visit, desk.timezone)} (${desk.timezone})`;
  const words = 'words' in visit ? withoutTokens(visit.words, desk.domain) : '';
  const told = calendarFor(event, plan, ticket);
  if (told?.method === 'CANCEL') return phrase(language, 'visit-told-cancelled', { subject, when });
  const key =
    event.kind === 'visit-moved'
      ? 'visit-told-moved'
      : event.kind === 'visit-reminded'
        ? 'visit-told-reminder'
        : 'visit-told-planned';
  return [
    phrase(language, key, { subject, when }),
    phrase(language, 'visit-words', { words }),
    told ? phrase(language, 'visit-told-how') : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function ratedIn(
  { vote, previous, words }: Extract<TicketEvent, { kind: 'rated' }>,
  who: string,
  language: Language,
): string {
  const facts = { who, vote: String(vote), previous: String(previous ?? ''), words };
  return [
    phrase(language, previous === null ? 'note-rated' : 'note-rated-anew', facts),
    phrase(language, 'note-rated-words', facts),
  ]
    .filter((said) => said !== '')
    .join('\n\n');
}

/** Whose votes an outcome speaks of: when time ran out, of those who had none. */
const VOTES_FOR = { given: 'approve', rejected: 'reject', expired: null } as const;

/** Why it is this person's is a sentence of its own. */
function reasonsOf(event: TicketEvent, language: Language): UpdateView['reasons'] {
  const reasons = event.kind === 'assigned' || event.kind === 'opened' ? (event.reasons ?? []) : [];
  return reasons.map(({ what, why }) => ({
    what: phrase(language, `what-${what}` as PhraseKey),
    why: reasonIn(language, why),
  }));
}

/** Routing says whose reasons they are; the mail says that already. */
function whyAssigned({ assignee, reason }: Extract<TicketEvent, { kind: 'assigned' }>, desk: Desk): string {
  const name = personOf(assignee, desk)?.name ?? assignee;
  return reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason;
}

function deadlinesOf({ language, desk, ticket }: Speech, now: string): UpdateView['deadlines'] {
  const promised = MEASURES.flatMap((measure) => {
    const due = ticket.deadlines[measure];
    if (!due) return [];
    return [
      {
        name: phrase(language, `deadline-${measure}`),
        due: timeIn(language, due, desk),
        left: leftIn(language, due, now),
      },
    ];
  });
  return [
    ...promised,
    ...dueOf({ language, desk, ticket }, now),
    ...visitRow({ language, desk, ticket }, now),
  ];
}

/** Whoever takes a ticket over sees at once where he is expected. */
function visitRow({ language, desk, ticket }: Omit<Speech, 'outside'>, now: string): UpdateView['deadlines'] {
  const visit = visitAhead(ticket, now);
  if (!visit) return [];
  const answer = phrase(language, `visit-${visit.answer ?? 'unanswered'}`);
  return [
    {
      name: phrase(language, 'what-visit'),
      due: visitIn(language, visit, visit.zone, desk),
      left: `${leftIn(language, visit.start, now)}; ${answer}`,
    },
  ];
}

/** A date of its own, beside what is promised. */
function dueOf({ language, desk, ticket }: Omit<Speech, 'outside'>, now: string): UpdateView['deadlines'] {
  if (!ticket.due) return [];
  const { at } = ticket.due;
  return [
    {
      name: phrase(language, 'deadline-due'),
      due: timeIn(language, at, desk),
      left: leftIn(language, at, now),
    },
  ];
}

function factsOf(occasion: Occasion, speech: Speech): Record<string, string> {
  const { event, plan, ticket, history, fetched, now } = occasion;
  const { language, desk, outside } = speech;
  const time = (at: string | undefined | null) => (at ? timeIn(language, at, desk) : '');
  const after = (at: string, ms: number) => time(new Date(Date.parse(at) + ms).toISOString());
  switch (event.kind) {
    case 'opened':
      return plan.kind === 'acknowledgement'
        ? {
            promised: time(ticket.deadlines.firstResponse),
            known: knownIn(occasion, language),
            asks: asksIn(ticket, language, desk),
            opens: time(opensAt(ticket, desk, now)),
          }
        : {
            flagged: event.flagged ?? '',
            reason: event.reasons.at(-1)?.why ?? '',
            likeliest: filings(event, language),
            macros: offered(ticket, desk, language),
          };
    case 'assigned':
      return {
        reason: reasonIn(language, whyAssigned(event, desk)),
        accept: event.climbs ? time(acceptBy(ticket, desk)) : '',
        files: filesSoFar(history, language),
        flagged: reasonIn(language, ticket.flagged ?? ''),
        likeliest: filings(event, language),
        macros: offered(ticket, desk, language),
      };
    case 'message-received':
      return { flagged: reasonIn(language, event.flagged ?? '') };
    case 'noted':
      return { thirdParty: reasonIn(language, event.thirdParty ?? '') };
    case 'resolved':
      return {
        until: after(event.at, desk.resolved.closeAfter),
        steps: event.steps?.join('; ') ?? '',
      };
    case 'closed': {
      const why =
        event.by === ticket.requester.address
          ? 'closed-by-requester'
          : ticket.resolvedAt
            ? 'closed-quiet'
            : 'closed-by-desk';
      return { reason: phrase(language, why) };
    }
    case 'merged':
      return { reason: phrase(language, 'closed-merged', { into: event.into }), into: event.into };
    case 'escalated':
      return {
        fromTier: tierName(event.from, desk),
        toTier: tierName(event.to, desk),
        reason: outside ? '' : reasonIn(language, event.reason),
      };
    case 'deadline-warned':
    case 'deadline-breached':
    case 'deadline-overrun':
      return {
        deadline: phrase(language, `deadline-${event.measure}`),
        due: time(event.due),
        left: durationIn(language, Date.parse(event.due) - Date.parse(now)),
      };
    case 'extension-asked':
      return {
        asker: nameOf(event.by, desk, ticket, outside),
        question: phrase(language, 'extension-question', {
          time: durationIn(language, event.ms),
          reason: event.reason,
        }),
        yes: phrase(language, 'extension-yes', { wouldBe: time(event.wouldBe) }),
        no: phrase(language, 'extension-no', { due: time(event.due) }),
        flagged: reasonIn(language, ticket.flagged ?? ''),
      };
    case 'article-asked':
      return articleFacts(occasion, speech);
    case 'joined':
      return plan.kind === 'decided' ? { outcome: knownIn(occasion, language) } : {};
    case 'extension-decided':
      return plan.kind === 'decided'
        ? {
            outcome: phrase(language, 'extension-granted', {
              subject: ticket.subject || ticket.id,
              due: time(event.due),
            }),
          }
        : {};
    case 'visit-planned':
    case 'visit-moved':
    case 'visit-cancelled':
    case 'visit-reminded':
    case 'requester-changed':
      return plan.kind === 'decided' ? { outcome: visitOutside(occasion, speech) } : {};
    case 'approval-asked':
    case 'approval-reminded':
      return approvalFacts(ticket, { language, desk, ticket, outside });
    case 'approval-decided':
      return plan.kind === 'decided'
        ? {
            outcome: phrase(language, event.result === 'given' ? 'decided-given' : 'decided-rejected', {
              subject: ticket.subject || ticket.id,
            }),
          }
        : {};
    case 'requester-reminded':
      return ticket.status === 'waiting'
        ? {
            until: after(waitsSince(ticket), desk.waiting.resolveAfter),
            reason: ticket.waiting.reason === NO_REASON ? '' : ticket.waiting.reason,
          }
        : {};
    case 'commanded':
      return {
        refused: event.refused ? 'refused' : '',
        sent:
          event.words === 'none' || isFurther(plan)
            ? ''
            : phrase(language, plan.audience === 'requester' ? 'words-received' : wordsWent(event, ticket), {
                requester: ticket.requester.name || ticket.requester.address,
                until: time(ticket.lastAnswer?.leavesAt),
              }),
        said: isFurther(plan)
          ? ''
          : event.shows
              .flatMap((what) => {
                if (what === 'help') return [helpIn(language)];
                return what === 'status' ? [statusIn({ language, desk, ticket, outside }, now)] : [];
              })
              .join('\n\n'),
        shown: fetched?.shown ?? '',
      };
    default:
      return {};
  }
}

function articleFacts(
  { event, ticket, articles = [] }: Occasion,
  { language, desk }: Speech,
): Record<string, string> {
  const [article] = articles;
  if (event.kind !== 'article-asked' || !article) return {};
  const { id, title, readers, validUntil } = article;
  const inside = readers === 'public' ? 'article-yes' : 'article-yes-inside';
  return {
    asker: nameOf(event.by, desk, ticket, false),
    question: phrase(language, event.draft ? 'article-review' : 'article-confirm', { article: id, title }),
    yes: phrase(language, inside),
    no: phrase(language, event.draft ? 'article-no' : 'article-no-more'),
    until: event.draft || !validUntil ? '' : timeIn(language, validUntil, desk),
  };
}

/** `noise.txt (4 B, #files 1), …`: each once, however often it was sent along. */
function filesSoFar(history: readonly Message[], language: Language): string {
  const files = history.flatMap(({ number, attachments }) =>
    attachments.map((file) => ({ ...file, number })),
  );
  const once = new Map(files.map((file) => [`${file.name} ${file.size}`, file]));
  const named = [...once.values()].map(
    ({ name, size, number }) => `${name} (${sizeIn(language, size)}, #files ${number})`,
  );
  return named.join(', ');
}

/** Whether they have left since, or were taken back, another mail says. */
function wordsWent({ words, at }: Extract<TicketEvent, { kind: 'commanded' }>, ticket: Ticket): PhraseKey {
  const { lastAnswer } = ticket;
  if (words === 'sent' && isOfTheDesk(ticket)) return 'words-inside';
  const isHeld = words === 'sent' && lastAnswer?.at === at && lastAnswer.leavesAt !== undefined;
  return isHeld ? 'words-held' : (`words-${words}` as PhraseKey);
}

const MOST_MACROS = 3;

function offered(ticket: Ticket, desk: Desk, language: Language): string {
  return anyOf(
    language,
    macrosFor(ticket, desk)
      .slice(0, MOST_MACROS)
      .map(({ name, title }) => `#macro ${name} (${title})`),
  );
}

function approvalFacts(ticket: Ticket, { language, desk, outside }: Speech): Record<string, string> {
  const approval = ticket.approvals?.at(-1);
  if (!approval) return {};
  const { by, question, quorum, askedAt, approvers } = approval;
  const asked = approvers.length === 1 ? 'one' : quorum;
  const over = new Date(Date.parse(askedAt) + desk.approvals.expireAfter).toISOString();
  return {
    asker: nameOf(by, desk, ticket, outside),
    question,
    yes: phrase(language, `approval-yes-${asked}`),
    no: phrase(language, `approval-no-${asked}`),
    until: timeIn(language, over, desk),
    flagged: reasonIn(language, outside ? withoutTickets(ticket.flagged ?? '') : (ticket.flagged ?? '')),
  };
}

/** Which other ticket its first mail came near is the desk’s affair. */
function withoutTickets(reason: string): string {
  return reason.replace(/, near T-[0-9A-Z]{6}\b/g, '');
}

/** `printing, network or access`; '' when the desk is sure. */
function filings(event: TicketEvent, language: Language): string {
  return anyOf(language, likeliest(event));
}

function likeliest(event: TicketEvent): string[] {
  return event.kind === 'opened' || event.kind === 'assigned' ? (event.likeliest ?? []) : [];
}

/** What #help sends: every command by an example, and what it does. */
export function helpIn(language: Language): string {
  const verbs = (Object.keys(VERBS) as VerbName[]).filter((verb) => VERBS[verb].requester !== 'only');
  const examples = verbs.map((verb) => `${VERBS[verb].example}\n    ${phrase(language, `help-${verb}`)}`);
  return [phrase(language, 'help-begin'), ...examples].join('\n\n');
}

/** What #status sends. */
export function statusIn(speech: Speech, now: string): string {
  const { language, ticket, outside } = speech;
  const {
    statusName,
    priorityName,
    category,
    team,
    tierName: tier,
    assignee,
    createdAt,
  } = describeTicket(speech);
  const inside = outside
    ? []
    : [
        `${phrase(language, 'what-priority')}: ${priorityName}`,
        `${phrase(language, 'what-category')}: ${category}`,
        `${phrase(language, 'what-team')}: ${team}, ${tier}`,
      ];
  const due = MEASURES.flatMap((measure) => {
    const at = ticket.deadlines[measure];
    if (!at || (outside && INSIDE.has(measure))) return [];
    const name = phrase(language, `deadline-${measure}${outside ? '-requester' : ''}` as PhraseKey);
    return [
      `${name}: ${timeIn(language, at, speech.desk)}${outside ? '' : ` (${leftIn(language, at, now)})`}`,
    ];
  });
  return [
    `${ticket.id}: ${ticket.subject}`,
    `${phrase(language, 'what-status')}: ${statusName}`,
    ...inside,
    ...(assignee ? [`${phrase(language, 'what-assignee')}: ${assignee}`] : []),
    ...(outside ? [] : linksIn(language, ticket)),
    ...(outside ? [] : fieldsOf(ticket, speech.desk).map(({ name, value }) => `${name}: ${value}`)),
    ...(outside || !ticket.fix ? [] : [`${phrase(language, 'article-fix')}: ${ticket.fix.words}`]),
    ...(outside ? [] : approvalIn(language, ticket)),
    ...stepsIn(language, ticket, outside).map((step) => `${phrase(language, 'what-step')}: ${step}`),
    `${phrase(language, 'what-opened')}: ${createdAt}`,
    ...due,
    ...(outside ? [] : dueOf(speech, now).map(({ name, due, left }) => `${name}: ${due} (${left})`)),
    ...visitStatus(speech, now),
  ].join('\n');
}

function visitStatus(speech: Speech, now: string): string[] {
  const { language, ticket, desk, outside } = speech;
  const visit = visitAhead(ticket, now);
  if (!visit) return [];
  if (outside)
    return [
      `${phrase(language, 'what-visit')}: ${spanIn(language, visit, desk.timezone)} (${desk.timezone})`,
    ];
  return visitRow(speech, now).map(({ name, due, left }) => `${name}: ${due} (${left})`);
}

/** Who has said what so far. */
function approvalIn(language: Language, { approvals = [] }: Ticket): string[] {
  const last = approvals.at(-1);
  if (!last) return [];
  const votes = last.approvers.map(({ name, address, vote }) => {
    const said = phrase(language, vote ? `voted-${vote}` : 'voted-not-yet');
    return `${name || address} (${said})`;
  });
  const state = phrase(language, `approval-${last.state}`);
  return [`${phrase(language, 'what-approval')}: ${state}: ${last.question}: ${votes.join(', ')}`];
}

function linksIn(language: Language, { links = [] }: Ticket): string[] {
  return links.flatMap(({ relation, id }) =>
    relation === 'step' ? [] : [phrase(language, `link-${relation}`, { id })],
  );
}

/** What is to be done for it and how that stands. Outside nobody hears of the tickets in which it is done. */
export function stepsIn(language: Language, { steps = [] }: Ticket, outside: boolean): string[] {
  return steps.map(({ title, state, id }) => {
    const named = id && !outside ? `${title} (${id})` : title;
    return `${named}: ${phrase(language, `step-${state}`)}`;
  });
}

/** Measures that are the desk's own affair. */
const INSIDE: ReadonlySet<Measure> = new Set(['tier', 'requesterWait', 'agentWork']);

function plainReply({ plan, event }: Occasion, { language, desk, ticket }: Speech): string {
  const { kind, audience, to } = plan;
  const requester = ticket.requester.name || ticket.requester.address;
  if (kind === 'approval' && event.kind === 'article-asked') return phrase(language, 'reply-article');
  if (kind === 'approval' || isOnlyApprover(plan, ticket)) return phrase(language, 'reply-approver');
  if (audience === 'requester') {
    if (ticket.mergedInto) return phrase(language, 'reply-requester-merged', { into: ticket.mergedInto });
    if (ticket.status === 'closed') return phrase(language, 'reply-requester-closed');
    if (ticket.status === 'resolved') return phrase(language, 'reply-requester-resolved');
    if (ticket.status === 'waiting' && !awaitsOthers(ticket))
      return phrase(language, 'reply-requester-waiting');
    return phrase(language, kind === 'answer' ? 'reply-requester-answer' : 'reply-requester');
  }
  if (isOfTheDesk(ticket)) return phrase(language, 'reply-agent-inside');
  if (kind === 'transcript') return phrase(language, 'reply-agent-transcript', { requester });
  if (ticket.status === 'resolved' || ticket.status === 'closed')
    return phrase(language, 'reply-agent-reopens', { requester });
  if (personOf(to.address, desk)?.role !== 'agent' && to.address !== ticket.assignee)
    return phrase(language, 'reply-lead', { requester });
  return phrase(language, ticket.assignee ? 'reply-agent' : 'reply-agent-takes', { requester });
}

const VOTES = ['5', '4', '3', '2', '1'] as const;
const AGENT_ACTIONS = ['take', 'note', 'waiting', 'resolve', 'escalate'] as const;
const INFORMED: readonly UpdateView['kind'][] = [
  'assignment',
  'requester-message',
  'warning',
  'breach',
  'note',
];

function actionsFor(occasion: Occasion, { language }: Speech): Action[] {
  const { plan, event, replyTo, ticket, desk, articles = [] } = occasion;
  const mailto = (command: string) =>
    `mailto:${replyTo}?subject=${encodeURIComponent(`Re: ${ticket.subject} [${ticket.id}]`)}&body=${encodeURIComponent(`${command}\n`)}`;
  const action = (key: PhraseKey, command: string, facts?: Record<string, string>): Action => ({
    label: phrase(language, key, facts),
    href: mailto(command),
  });
  const filed = ({ name, title }: Desk['categories'][number]) =>
    action('action-category', `#category ${name}`, { category: title });
  if (plan.kind === 'approval' && event.kind === 'article-asked')
    return (['publish', 'internal', 'reject'] as const).map((verdict) =>
      action(`action-article-${verdict}`, phrase(language, `verdict-${verdict}`)),
    );
  if (plan.kind === 'approval')
    return (['approve', 'reject'] as const).map((vote) =>
      action(`action-${vote}`, phrase(language, `vote-${vote}`)),
    );
  if (isOnlyApprover(plan, ticket)) return [];
  if (plan.audience !== 'requester') {
    if (!INFORMED.includes(plan.kind)) return [];
    const asked = likeliest(event).flatMap(
      (name) => desk.categories.find((known) => known.name === name) ?? [],
    );
    const usual = AGENT_ACTIONS.filter((verb) => verb !== 'take' || plan.to.address !== ticket.assignee);
    const visits = visitCommands(occasion).map(([key, command]) => action(key, command));
    const canned = plan.kind === 'assignment' ? macrosFor(ticket, desk).slice(0, MOST_MACROS) : [];
    return [
      ...visits,
      ...asked.map(filed),
      ...usual.map((verb) => action(`action-${verb}`, `#${verb}`)),
      ...canned.map(({ name, title }) => action('action-macro', `#macro ${name}`, { title })),
    ];
  }
  if (plan.kind === 'answer') return [];
  if (plan.kind === 'decided' && isExpected(occasion))
    return [action('action-unsuitable', phrase(language, 'unsuitable')), action('action-status', '#status')];
  if (plan.kind === 'satisfaction') return VOTES.map((vote) => action(`vote-${vote}`, vote));
  if (ticket.status === 'resolved')
    return [action('action-solved', '#close'), action('action-not-solved', '#reopen')];
  if (ticket.status === 'closed' && !ticket.mergedInto) return [action('action-reopen', '#reopen')];
  const solved =
    plan.kind === 'acknowledgement' && (articles.length > 0 || ticket.service?.answers)
      ? [action('action-article-solved', phrase(language, 'solved'))]
      : [];
  return [...solved, action('action-status', '#status'), action('action-close', '#close')];
}

/** Mail that speaks of an appointment which its reader is to keep. */
function isExpected({ plan, event, ticket }: Occasion): boolean {
  return event.kind === 'visit-reminded' || calendarFor(event, plan, ticket)?.method === 'REQUEST';
}

/** What an answer of somebody's calendar leaves to decide: another time, by the reader's own clock, or none. */
function visitCommands({ event, plan, desk, now }: Occasion): [PhraseKey, string][] {
  if (event.kind !== 'visit-answered' || event.answer === 'accepted' || event.answer === 'tentative')
    return [];
  const { proposed } = event;
  const person = personOf(plan.to.address, desk);
  const zone = person ? zoneOf(person, desk) : desk.timezone;
  const moves: [PhraseKey, string][] =
    proposed && Date.parse(proposed.start) > Date.parse(now)
      ? [['action-visit-move', `#visit ${inZone(proposed.start, zone)} ${lengthOf(proposed)}`]]
      : [];
  return [...moves, ['action-visit-off', '#visit off']];
}

function lengthOf({ start, end }: Span): string {
  return `${Math.round((Date.parse(end) - Date.parse(start)) / 60_000)}m`;
}

/** The desk as its requester reads it: by his own clock, where his mail said that it shows another time. */
function onHisClock({ ticket: { utcOffset }, desk, now }: Occasion): Desk {
  const isOther = utcOffset && inZone(now, utcOffset) !== inZone(now, desk.timezone);
  return isOther ? { ...desk, timezone: utcOffset } : desk;
}
