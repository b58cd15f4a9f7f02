/** From the ticket and what happened to it, to the finished words and values that a template is given. */
import type { Desk, Language } from '../core/config/desk.ts';
import { CODE_VALID_FOR } from '../core/mail/code.ts';
import { VERBS, type VerbName } from '../core/mail/commands.ts';
import { shownNames } from '../core/mail/file-name.ts';
import { MARKER } from '../core/mail/marker.ts';
import type { Notice } from '../core/mail/outcome.ts';
import { personOf } from '../core/mail/standing.ts';
import type { Action, Said, UpdateView } from '../core/mail/update.ts';
import { MEASURES, type Measure } from '../core/sla/clock.ts';
import type { Plan } from '../core/ticket/audience.ts';
import { awaitsOthers, DESK, type Message, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';
import { type PhraseKey, phrase } from './words.ts';

export interface Occasion {
  plan: Plan;
  event: TicketEvent;
  ticket: Ticket;
  message: Message | null;
  /** What was said so far, oldest first; the message itself may be among it. */
  history: Message[];
  /** Keys of the message's files that ride along. */
  attached: string[];
  /** What commands fetched: the files of this mail, and what #files and #history show in it. */
  fetched?: { files: { name: string; size: number }[]; shown: string } | null;
  /** The address with the reader's own token. */
  replyTo: string;
  desk: Desk;
  /** Desk time, ISO 8601 UTC. */
  now: string;
}

export function ticketView(occasion: Occasion): UpdateView {
  const { plan, event, ticket, message, history, desk, now } = occasion;
  const { kind, audience } = plan;
  const outside = audience === 'requester';
  const language = outside ? ticket.language : desk.language;
  const speech = { language, desk, ticket, outside };
  return {
    kind,
    language,
    audience,
    deskName: desk.name,
    recipientName: plan.to.name.split(/\s+/)[0] ?? '',
    ticket: describeTicket(speech),
    message: message ? saidBy(message, speech) : deskSays(event, kind, speech, now),
    history: history.map((entry) => saidBy(entry, speech)),
    attachments: filesOf(occasion, language),
    withheld: !outside && message && message.withheld > 0 ? withheldIn(language, message.withheld) : '',
    reasons: event.kind === 'opened' || kind === 'assignment' ? reasonsOf(event, language) : [],
    deadlines: outside ? [] : deadlinesOf(speech, now),
    facts: factsOf(occasion, speech),
    lines:
      event.kind === 'commanded' && !isFurther(plan)
        ? event.lines.map(({ line, outcome, detail }) => ({ line, outcome, detail }))
        : [],
    plainReply: plainReply(plan, speech),
    actions: actionsFor(occasion, speech),
    marker: MARKER,
  };
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

function describeTicket({ language, desk, ticket, outside }: Speech): NonNullable<UpdateView['ticket']> {
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
    assignee: ticket.assignee ? nameOf(ticket.assignee, desk, ticket, outside) : '',
    createdAt: timeIn(language, createdAt, desk),
  };
}

function tierName(tier: number, desk: Desk): string {
  return desk.tiers.find((each) => each.tier === tier)?.title ?? String(tier);
}

/** To the outside an agent is a name; his address stays inside. */
function nameOf(address: string, desk: Desk, ticket: Ticket, outside: boolean): string {
  if (address === DESK) return desk.name;
  const person = personOf(address, desk);
  if (person) return person.name;
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

/** A note that nobody wrote: what happened, in the desk's own words. */
function deskSays(
  event: TicketEvent,
  kind: UpdateView['kind'],
  { language, desk, ticket }: Speech,
  now: string,
): Said | null {
  const text = kind === 'note' ? deskNote(event, language, desk, ticket) : '';
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
        reason: whyAssigned(event, desk),
      });
    case 'unassigned':
      return phrase(language, 'note-unassigned', { who: name(event.by) });
    case 'closed':
      return phrase(language, 'note-closed', { who: name(event.by) });
    case 'reopened':
      return phrase(language, 'note-reopened', { who: name(event.by), reason: event.reason });
    case 'resumed':
      return event.undeliverable
        ? phrase(language, 'note-resumed-undeliverable', { address: event.undeliverable })
        : phrase(language, 'note-resumed', { reason: event.reason });
    case 'delivery-failed': {
      const facts = { address: event.address, status: event.status ?? '–' };
      const waits = ticket.status === 'waiting' && ticket.waiting.undeliverable === event.address;
      const until = waits && ticket.waiting.until ? timeIn(language, ticket.waiting.until, desk) : null;
      return until
        ? phrase(language, 'note-undeliverable-waiting', { ...facts, until })
        : phrase(language, 'note-undeliverable', facts);
    }
    case 'complained':
      return phrase(language, 'note-complained', { address: event.address });
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

/** Why it is this person's is a sentence of its own. */
function reasonsOf(event: TicketEvent, language: Language): UpdateView['reasons'] {
  const reasons = event.kind === 'assigned' || event.kind === 'opened' ? (event.reasons ?? []) : [];
  return reasons.map(({ what, why }) => ({ what: phrase(language, `what-${what}` as PhraseKey), why }));
}

/** Routing says whose reasons they are; the mail says that already. */
function whyAssigned({ assignee, reason }: Extract<TicketEvent, { kind: 'assigned' }>, desk: Desk): string {
  const name = personOf(assignee, desk)?.name ?? assignee;
  return reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason;
}

function deadlinesOf({ language, desk, ticket }: Speech, now: string): UpdateView['deadlines'] {
  return MEASURES.flatMap((measure) => {
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
}

function factsOf(
  { event, plan, ticket, fetched, now }: Occasion,
  { language, desk, outside }: Speech,
): Record<string, string> {
  const time = (at: string | undefined | null) => (at ? timeIn(language, at, desk) : '');
  const after = (at: string, ms: number) => time(new Date(Date.parse(at) + ms).toISOString());
  switch (event.kind) {
    case 'opened':
      return {
        promised: time(ticket.deadlines.firstResponse),
        flagged: event.flagged ?? '',
        reason: event.reasons.at(-1)?.why ?? '',
      };
    case 'assigned':
      return { reason: whyAssigned(event, desk), flagged: ticket.flagged ?? '' };
    case 'message-received':
      return { flagged: event.flagged ?? '' };
    case 'noted':
      return { thirdParty: event.thirdParty ?? '' };
    case 'resolved':
      return { until: after(event.at, desk.resolved.closeAfter) };
    case 'closed': {
      const why =
        event.by === ticket.requester.address
          ? 'closed-by-requester'
          : ticket.resolvedAt
            ? 'closed-quiet'
            : 'closed-by-desk';
      return { reason: phrase(language, why) };
    }
    case 'escalated':
      return {
        fromTier: tierName(event.from, desk),
        toTier: tierName(event.to, desk),
        reason: outside ? '' : event.reason,
      };
    case 'deadline-warned':
    case 'deadline-breached':
    case 'deadline-overrun':
      return {
        deadline: phrase(language, `deadline-${event.measure}`),
        due: time(event.due),
        left: durationIn(language, Date.parse(event.due) - Date.parse(now)),
      };
    case 'requester-reminded':
      return ticket.status === 'waiting'
        ? { until: after(ticket.waiting.since, desk.waiting.resolveAfter), reason: ticket.waiting.reason }
        : {};
    case 'commanded':
      return {
        refused: event.refused ? 'refused' : '',
        sent:
          event.words === 'none' || isFurther(plan)
            ? ''
            : phrase(language, plan.audience === 'requester' ? 'words-received' : `words-${event.words}`, {
                requester: ticket.requester.name || ticket.requester.address,
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

/** What #help sends: every command by an example, and what it does. */
function helpIn(language: Language): string {
  const verbs = (Object.keys(VERBS) as VerbName[]).filter((verb) => VERBS[verb].requester !== 'only');
  const examples = verbs.map((verb) => `${VERBS[verb].example}\n    ${phrase(language, `help-${verb}`)}`);
  return [phrase(language, 'help-begin'), ...examples].join('\n\n');
}

/** What #status sends. */
function statusIn(speech: Speech, now: string): string {
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
    `${phrase(language, 'what-opened')}: ${createdAt}`,
    ...due,
  ].join('\n');
}

/** Measures that are the desk's own affair. */
const INSIDE: ReadonlySet<Measure> = new Set(['tier', 'requesterWait', 'agentWork']);

function plainReply({ kind, audience, to }: Plan, { language, desk, ticket }: Speech): string {
  const requester = ticket.requester.name || ticket.requester.address;
  if (audience === 'requester') {
    if (ticket.status === 'closed') return phrase(language, 'reply-requester-closed');
    if (ticket.status === 'resolved') return phrase(language, 'reply-requester-resolved');
    if (ticket.status === 'waiting' && !awaitsOthers(ticket))
      return phrase(language, 'reply-requester-waiting');
    return phrase(language, kind === 'answer' ? 'reply-requester-answer' : 'reply-requester');
  }
  if (kind === 'transcript') return phrase(language, 'reply-agent-transcript', { requester });
  if (ticket.status === 'resolved' || ticket.status === 'closed')
    return phrase(language, 'reply-agent-reopens', { requester });
  if (personOf(to.address, desk)?.role !== 'agent' && to.address !== ticket.assignee)
    return phrase(language, 'reply-lead', { requester });
  return phrase(language, ticket.assignee ? 'reply-agent' : 'reply-agent-takes', { requester });
}

const AGENT_ACTIONS = ['take', 'note', 'waiting', 'resolve', 'escalate'] as const;
const INFORMED: readonly UpdateView['kind'][] = [
  'assignment',
  'requester-message',
  'warning',
  'breach',
  'note',
];

function actionsFor({ plan, replyTo, ticket }: Occasion, { language }: Speech): Action[] {
  const mailto = (command: string) =>
    `mailto:${replyTo}?subject=${encodeURIComponent(`Re: ${ticket.subject} [${ticket.id}]`)}&body=${encodeURIComponent(`${command}\n`)}`;
  const action = (key: PhraseKey, command: string): Action => ({
    label: phrase(language, key),
    href: mailto(command),
  });
  if (plan.audience !== 'requester') {
    if (!INFORMED.includes(plan.kind)) return [];
    return AGENT_ACTIONS.filter((verb) => verb !== 'take' || plan.to.address !== ticket.assignee).map(
      (verb) => action(`action-${verb}`, `#${verb}`),
    );
  }
  if (plan.kind === 'answer') return [];
  if (ticket.status === 'resolved')
    return [action('action-solved', '#close'), action('action-not-solved', '#reopen')];
  if (ticket.status === 'closed') return [action('action-reopen', '#reopen')];
  return [action('action-status', '#status'), action('action-close', '#close')];
}

/** What belongs to no ticket: a refusal, a code, that an agent is away. */
export function mailView({
  plan,
  event,
  code,
  desk,
}: {
  plan: Plan;
  event: Notice;
  code: string | null;
  desk: Desk;
}): UpdateView {
  const { language, subject } = event;
  const absence = event.kind === 'away' ? absenceOf(event, desk) : null;
  return {
    kind: plan.kind,
    language,
    audience: plan.audience,
    deskName: desk.name,
    recipientName: plan.to.name.split(/\s+/)[0] ?? '',
    ticket: null,
    message: absence && {
      ...{ who: phrase(language, 'the-desk'), when: absence.when },
      ...{ text: absence.text, html: null, private: true },
    },
    history: [],
    attachments: [],
    reasons: [],
    deadlines: [],
    facts: absence
      ? { subject: absence.subject }
      : event.kind === 'held'
        ? { code: code ?? '', validFor: durationIn(language, CODE_VALID_FOR), subject }
        : {
            reason: phrase(language, `refusal-${event.reason}` as PhraseKey),
            remedy: phrase(language, `refusal-${event.reason}-remedy` as PhraseKey),
            subject,
          },
    lines: [],
    plainReply: event.kind === 'held' ? phrase(language, 'reply-sender-code') : '',
    actions: [],
    marker: MARKER,
  };
}

function absenceOf(
  { from, until, person, quote, ambiguous, language }: Extract<Notice, { kind: 'away' }>,
  desk: Desk,
) {
  const facts = { who: personOf(person, desk)?.name ?? person, until: timeIn(language, until, desk) };
  const why = quote
    ? phrase(language, ambiguous ? 'note-away-ambiguous' : 'note-away-said', { quote })
    : phrase(language, 'note-away-guessed');
  return {
    when: timeIn(language, from, desk),
    subject: phrase(language, 'note-away-subject', facts),
    text: [phrase(language, 'note-away', facts), why, phrase(language, 'note-away-meanwhile', facts)].join(
      '\n\n',
    ),
  };
}

/** `Mon 23 Nov, 10:30`, in the desk's zone: of the reader's we know nothing. */
export function timeIn(language: Language, at: string, { timezone }: Pick<Desk, 'timezone'>): string {
  const key = `${language} ${timezone}`;
  const format = FORMATS.get(key) ?? newFormat(language, timezone);
  FORMATS.set(key, format);
  return format.format(new Date(at));
}

/** To make one costs seventy times what it costs to use it; a desk has one zone and a few languages. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();
const LOCALES: Record<Language, string> = { en: 'en-GB', de: 'de-DE' };

function newFormat(language: Language, timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

function leftIn(language: Language, due: string, now: string): string {
  const ms = Date.parse(due) - Date.parse(now);
  if (Math.abs(ms) < 60_000) return phrase(language, 'due-now');
  return phrase(language, ms > 0 ? 'left' : 'overdue', { time: durationIn(language, Math.abs(ms)) });
}

/** `2 d 3 h`, `1 h 20 min`, `5 min`: two units, which is as exact as anybody plans. */
export function durationIn(language: Language, ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), phrase(language, 'unit-day')],
    [Math.floor(minutes / 60) % 24, phrase(language, 'unit-hour')],
    [minutes % 60, phrase(language, 'unit-minute')],
  ];
  const shown = parts.filter(([number]) => number > 0).slice(0, 2);
  return shown.length > 0
    ? shown.map(([number, unit]) => `${number} ${unit}`).join(' ')
    : `0 ${phrase(language, 'unit-minute')}`;
}

function sizeIn(language: Language, octets: number): string {
  const number = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 });
  if (octets < 1024) return `${number.format(octets)} B`;
  return octets < 1024 * 1024
    ? `${number.format(octets / 1024)} KB`
    : `${number.format(octets / 1024 / 1024)} MB`;
}
