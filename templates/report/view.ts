/** A report in words: the first figures, what needs a decision, what is due, and bars with their figures beside them. */
// Its templates, which nothing else carries.
import '../../.generated/report.js';
import type { Desk, Language, Person } from '../../core/config/desk.ts';
import { daysIn } from '../../core/insight/days.ts';
import {
  type Counts,
  DIMENSIONS,
  type Dimension,
  type Figures,
  NOBODY,
  type OpenTicket,
  type Share,
} from '../../core/insight/figures.ts';
import type { Period } from '../../core/insight/period.ts';
import { REPORT_SECTIONS, type Report, type ReportEntry, type Why } from '../../core/insight/report.ts';
import { languageOf } from '../../core/mail/language.ts';
import { MARKER } from '../../core/mail/marker.ts';
import { personOf } from '../../core/mail/standing.ts';
import type { Action, BarTone, Figure, ReportView, UpdateView } from '../../core/mail/update.ts';
import { MEASURES } from '../../core/sla/clock.ts';
import { openApproval } from '../../core/ticket/approval.ts';
import type { Plan } from '../../core/ticket/audience.ts';
import { nextDue } from '../../core/ticket/digest.ts';
import { isActive, type Ticket } from '../../core/ticket/ticket.ts';
import { zoneOf } from '../../core/triage/presence.ts';
import { durationIn, LOCALES, leftIn, timeIn } from '../times.ts';
import { describeTicket } from '../view.ts';
import { type PhraseKey, phrase } from '../words.ts';

export interface Told {
  plan: Plan;
  report: Report;
  /** Of its days, and of those with which they are compared. */
  figures: Figures;
  before: Figures;
  /** The desk's mail; null when it is not its reader's affair. */
  mails: { now: Figures['mails']; before: Figures['mails'] } | null;
  /** What is open now, and is told of. */
  open: readonly OpenTicket[];
  /** Of its numbered lines, those that its reader may read. */
  tickets: ReadonlyMap<string, Ticket>;
  /** Of a desk on trial, how many mails would have gone out; null of one that works. */
  trial: number | null;
  person: Person;
  desk: Desk;
  /** Where its numbers mean its tickets. */
  replyTo: string;
  /** Desk time, ISO 8601 UTC. */
  now: string;
}

export function reportView(told: Told): UpdateView {
  const { plan, report, figures, before, person, desk } = told;
  const language = languageOf(person.address, desk);
  const say = (key: PhraseKey, facts?: Record<string, string>) => phrase(language, key, facts);
  const { total } = figures;
  const period = periodIn(language, report);
  const count = numbersIn(language);
  const isQuiet = total.opened === 0 && total.resolved === 0;
  const subject = say('report-subject', {
    ...{ period, opened: count(total.opened), resolved: count(total.resolved) },
    open: count(told.open.length),
  });
  const whole = report.by === null;
  return {
    ...{ kind: 'report', language, audience: plan.audience, deskName: desk.name },
    recipientName: person.name.split(/\s+/)[0] ?? '',
    ...{ ticket: null, message: null, history: [], attachments: [], reasons: [], deadlines: [], lines: [] },
    facts: { subject },
    sections: whole ? sectionsOf(told, language) : [],
    report: {
      against: say('report-against', { period: periodIn(language, before) }),
      headline: headlineOf(told, language),
      quiet: [
        told.trial === null ? '' : say('report-trial', { count: count(told.trial) }),
        isQuiet ? say('report-quiet') : '',
        whole && told.report.entries.length === 0 ? say('report-nothing-waits') : '',
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
      columns: whole && !isQuiet ? columnsOf(figures, language) : [],
      charts: [
        ...(whole ? [promisesOf(told, language), agesOf(told, language)] : []),
        ...DIMENSIONS.filter((each) => whole || each === report.by).map((each) =>
          brokenDown(each, told, language),
        ),
      ].filter((chart) => chart.bars.length > 0),
      further: whole && !isQuiet ? furtherOf(told, language) : [],
      furtherTitle: say('report-further'),
      askLabel: say('report-ask'),
      ask: asking('#report last month', told),
      footnote: say('report-error', { share: shareIn(language, figures.error, 1) }),
    },
    plainReply: say('reply-report'),
    actions: [],
    marker: MARKER,
  };
}

/** `16–22 Nov 2026` */
export function periodIn(language: Language, { from, to }: Period): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    ...{ timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' },
    ...(from === to ? { weekday: 'short' } : {}),
  });
  // As one date when they are the same.
  return format.formatRange(new Date(from), new Date(to));
}

function numbersIn(language: Language, digits = 0): (number: number) => string {
  const format = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits });
  return (number) => format.format(number);
}

function shareIn(language: Language, share: Share, digits = 0): string {
  return share === null
    ? '–'
    : new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: digits }).format(
        share,
      );
}

/** What is good of a change; of some figures it is neither. */
type Better = 'more' | 'less' | 'either';

function toneOf(by: number, better: Better): Figure['tone'] {
  if (by === 0 || better === 'either') return 'quiet';
  return by > 0 === (better === 'more') ? 'good' : 'late';
}

/** `+3 ↑`: the sign says it as well, to whoever sees no arrow or no colour. */
function changed(by: number, words: string): string {
  return by > 0 ? `+${words} ↑` : `−${words} ↓`;
}

function headlineOf({ figures, before, open, now }: Told, language: Language): Figure[] {
  const say = (key: PhraseKey, facts?: Record<string, string>) => phrase(language, key, facts);
  const [is, was] = [figures.total, before.total];
  const number = numbersIn(language);
  const counted = (key: PhraseKey, one: number, other: number, better: Better): Figure => ({
    ...{ name: say(key), value: number(one), note: '', tone: toneOf(one - other, better) },
    change: one === other ? say('report-unchanged') : changed(one - other, number(Math.abs(one - other))),
  });
  const lasted = (key: PhraseKey, of: 'firstResponse' | 'resolution'): Figure[] => {
    const [{ median, p90 }, then] = [is[of].working, was[of].working];
    if (median === null) return [];
    const by = then.median === null ? 0 : median - then.median;
    return [
      {
        ...{ name: say(key), value: durationIn(language, median), tone: toneOf(by, 'less') },
        change: Math.abs(by) < 60_000 ? '' : changed(by, durationIn(language, Math.abs(by))),
        note: p90 === null ? '' : say('report-p90', { time: durationIn(language, p90) }),
      },
    ];
  };
  const [kept, keptBefore] = [promises(is), promises(was)];
  const late = open.filter(({ due }) => due !== null && Date.parse(due) < Date.parse(now)).length;
  const { mean, votes } = is.satisfaction;
  return [
    counted('report-number-opened', is.opened, was.opened, 'either'),
    counted('report-number-resolved', is.resolved, was.resolved, 'either'),
    { name: say('report-number-open'), value: number(open.length), change: '', note: '', tone: 'quiet' },
    { name: say('report-number-overdue'), value: number(late), change: '', note: '', tone: 'quiet' },
    ...(kept.share === null
      ? []
      : [
          {
            ...{ name: say('report-number-promises'), value: shareIn(language, kept.share) },
            ...pointsOf(kept.share, keptBefore.share, language),
            note: say('report-kept', { met: number(kept.met), all: number(kept.met + kept.breached) }),
          },
        ]),
    ...(mean === null
      ? []
      : [
          {
            ...{
              name: say('report-number-satisfaction'),
              note: '',
              ...ratingOf(mean, was.satisfaction.mean, language),
            },
            value: say('report-votes', { mean: numbersIn(language, 1)(mean), count: number(votes) }),
          },
        ]),
    ...lasted('report-number-response', 'firstResponse'),
    ...lasted('report-number-resolution', 'resolution'),
  ];
}

function pointsOf(is: number, was: Share, language: Language): Pick<Figure, 'change' | 'tone'> {
  const by = was === null ? 0 : Math.round((is - was) * 100);
  if (by === 0) return { change: '', tone: 'quiet' };
  const points = phrase(language, 'report-points', { points: numbersIn(language)(Math.abs(by)) });
  return { change: changed(by, points), tone: toneOf(by, 'more') };
}

function ratingOf(is: number, was: number | null, language: Language): Pick<Figure, 'change' | 'tone'> {
  const by = was === null ? 0 : Math.round((is - was) * 10) / 10;
  if (by === 0) return { change: '', tone: 'quiet' };
  return { change: changed(by, numbersIn(language, 1)(Math.abs(by))), tone: toneOf(by, 'more') };
}

/** Of all that was promised. */
function promises({ sla }: Counts): { met: number; breached: number; share: Share } {
  const met = MEASURES.reduce((sum, measure) => sum + sla[measure].met, 0);
  const breached = MEASURES.reduce((sum, measure) => sum + sla[measure].breached, 0);
  return { met, breached, share: met + breached === 0 ? null : met / (met + breached) };
}

function sectionsOf(told: Told, language: Language): NonNullable<UpdateView['sections']> {
  const { report } = told;
  return REPORT_SECTIONS.flatMap((section) => {
    const entries = report.entries.flatMap((entry, at) =>
      entry.section === section ? (entryOf(entry, at + 1, told, language) ?? []) : [],
    );
    const more = report.more[section];
    if (entries.length === 0) return [];
    return [
      {
        ...{ title: phrase(language, `report-${section}`), entries },
        rest: more ? phrase(language, 'digest-more', { count: String(more) }) : '',
      },
    ];
  });
}

/** Null: he may not read it any more, or it is done with. Its number stays empty. */
function entryOf(entry: ReportEntry, number: number, told: Told, language: Language) {
  const { tickets, person, desk, now } = told;
  const ticket = tickets.get(entry.ticketId);
  if (!ticket || (!isActive(ticket) && !ticket.article?.isOpen)) return null;
  const { priorityName, requester, assignee } = describeTicket({ language, desk, ticket, outside: false });
  const next = isActive(ticket) ? nextDue(ticket) : null;
  const isLate = next !== null && Date.parse(next.at) < Date.parse(now);
  const zone = { timezone: zoneOf(person, desk) };
  return {
    number: String(number),
    id: ticket.id,
    subject: ticket.subject.trim() || phrase(language, 'digest-no-subject'),
    // That nobody has it is a reason already.
    about: [priorityName, requester, ...(assignee ? [assignee] : [])].join(' · '),
    due: next
      ? `${phrase(language, `deadline-${next.name}`)}: ${timeIn(language, next.at, zone)} (${leftIn(language, next.at, now)})`
      : '',
    tone: isLate ? ('late' as const) : ('quiet' as const),
    news: entry.why
      .map((why) => reasonIn(why, ticket, desk, language))
      .filter((words) => words !== '')
      .join(' · '),
    actions: actionsFor(entry, number, told, language),
  };
}

function reasonIn(why: Why, ticket: Ticket, desk: Desk, language: Language): string {
  const nameOf = (address: string) => personOf(address, desk)?.name ?? address;
  const say = (facts: Record<string, string> = {}) => phrase(language, `report-why-${why}`, facts);
  switch (why) {
    case 'approval': {
      const asked = openApproval(ticket);
      const silent = asked?.approvers.filter(({ vote }) => vote === null) ?? [];
      return say({
        people: silent.map(({ name, address }) => name || address).join(', '),
        question: asked?.question ?? '',
      });
    }
    case 'extension': {
      const { extension } = ticket;
      if (!extension?.isOpen) return '';
      const { by, ms, reason } = extension;
      return say({ who: nameOf(by), time: durationIn(language, ms), reason });
    }
    case 'article':
      return ticket.article?.isOpen ? say({ who: nameOf(ticket.article.reviewer) }) : '';
    case 'problem':
      return say({ count: String(ticket.noticed?.length ?? 0) });
    case 'undeliverable':
      return say({ address: ticket.waiting?.undeliverable ?? '' });
    case 'free':
      return ticket.assignee === null ? say() : '';
    case 'top-tier':
      return say({ tier: desk.tiers.find(({ tier }) => tier === ticket.tier)?.title ?? String(ticket.tier) });
  }
}

/** Buttons that write the line of that number. */
function actionsFor({ why, asks }: ReportEntry, number: number, told: Told, language: Language): Action[] {
  const action = (label: PhraseKey, words: string): Action => ({
    label: phrase(language, label),
    href: mailto(`${number} ${words}`, told),
  });
  if (asks?.what === 'article')
    return (['publish', 'internal', 'reject'] as const).map((verdict) =>
      action(`action-article-${verdict}`, phrase(language, `verdict-${verdict}`)),
    );
  if (asks)
    return (['approve', 'reject'] as const).map((vote) =>
      action(`action-${vote}`, phrase(language, `vote-${vote}`)),
    );
  return [
    ...(why.includes('problem') ? [action('report-problem', 'problem')] : []),
    ...(told.person.role === 'manager' ? [] : [action('action-take', 'take')]),
    action('action-note', 'note '),
  ];
}

function mailto(line: string, { replyTo, desk }: Told): string {
  return `mailto:${replyTo}?subject=${encodeURIComponent(desk.name)}&body=${encodeURIComponent(`${line}\n`)}`;
}

/** A command that brings more, as it is written. */
function asking(command: string, told: Told): Action {
  return { label: command, href: mailto(command, told) };
}

/** Beyond these the columns are weeks. */
const MOST_DAYS = 45;
/** Above them there is room for their figures. */
const FEW = 10;

function columnsOf({ days, from, to }: Figures, language: Language): ReportView['columns'] {
  const inWeeks = daysIn(from, to) > MOST_DAYS;
  const groups = inWeeks ? weeksOf(days) : days.map((day) => [day]);
  const few = groups.length <= FEW;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(LOCALES[language], { timeZone: 'UTC', ...options });
  const [long, short, weekday] = [
    format({ weekday: 'short', day: 'numeric', month: 'short' }),
    format({ day: 'numeric', month: 'numeric' }),
    format({ weekday: 'short' }),
  ];
  const number = numbersIn(language);
  if (groups.length < 2) return [];
  return (['opened', 'resolved'] as const).map((what) => {
    const sums = groups.map((group) => ({
      day: new Date(group[0]?.day ?? from),
      count: group.reduce((sum, day) => sum + day[what], 0),
    }));
    const most = sums.reduce((best, each) => (each.count > best.count ? each : best));
    return {
      title: phrase(language, inWeeks ? `report-chart-${what}-weeks` : `report-chart-${what}`),
      tone: what === 'opened' ? ('first' as const) : ('second' as const),
      columns: sums.map(({ day, count }) => ({
        label: few ? (inWeeks ? short : weekday).format(day) : '',
        value: few ? number(count) : '',
        height: most.count === 0 ? 0 : count / most.count,
      })),
      days: sums.map(({ day }) => long.format(day)),
      note: [
        ...(few ? [] : [`${long.format(sums[0]?.day)} – ${long.format(sums.at(-1)?.day)}`]),
        ...(few && !inWeeks
          ? []
          : [phrase(language, 'report-peak', { count: number(most.count), day: long.format(most.day) })]),
      ].join(' · '),
    };
  });
}

function weeksOf(days: Figures['days']): Figures['days'][] {
  const weeks: Figures['days'][] = [];
  for (const day of days) {
    const last = weeks.at(-1);
    if (!last || new Date(day.day).getUTCDay() === 1) weeks.push([day]);
    else last.push(day);
  }
  return weeks;
}

type Chart = ReportView['charts'][number];

function promisesOf(told: Told, language: Language): Chart {
  const { figures, before } = told;
  const number = numbersIn(language);
  return {
    ...{ title: phrase(language, 'report-chart-promises'), about: '', rest: '' },
    bars: MEASURES.flatMap((measure) => {
      const { met, breached, share } = figures.total.sla[measure];
      if (share === null) return [];
      return [
        {
          ...{ name: phrase(language, `deadline-${measure}`), value: shareIn(language, share), share },
          change: pointsOf(share, before.total.sla[measure].share, language).change,
          note: phrase(language, 'report-kept', { met: number(met), all: number(met + breached) }),
          tone: 'second' as const,
        },
      ];
    }),
    ask: asking('#report last month', told),
  };
}

const DAY = 86_400_000;
const AGES = [
  ['day', DAY],
  ['days', 3 * DAY],
  ['week', 7 * DAY],
  ['weeks', 28 * DAY],
  ['more', Number.POSITIVE_INFINITY],
] as const;

function agesOf(told: Told, language: Language): Chart {
  const { open, now, person, desk } = told;
  const ageOf = ({ openedAt }: OpenTicket) => Date.parse(now) - Date.parse(openedAt);
  const oldest = [...open].sort((one, other) => one.openedAt.localeCompare(other.openedAt))[0];
  const number = numbersIn(language);
  const counts = AGES.map(([name, below], at) => {
    const from = at === 0 ? 0 : (AGES[at - 1]?.[1] ?? 0);
    return { name, count: open.filter((each) => ageOf(each) >= from && ageOf(each) < below).length };
  });
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const team = person.team ?? desk.teams.find(({ lead }) => lead === person.address)?.name ?? open[0]?.team;
  return {
    ...{ title: phrase(language, 'report-chart-age'), about: '' },
    bars:
      open.length === 0
        ? []
        : counts.map(({ name, count }) => ({
            ...{ name: phrase(language, `report-age-${name}`), value: number(count), share: count / most },
            ...{ change: '', note: '', tone: 'third' as const },
          })),
    rest: oldest
      ? phrase(language, 'report-oldest', { ticket: oldest.id, time: durationIn(language, ageOf(oldest)) })
      : '',
    ask: asking(person.role === 'agent' || !team ? '#mine' : `#queue ${team}`, told),
  };
}

const MOST_BARS = 6;
/** Of what was asked for by itself. */
const MOST_ASKED = 60;

function brokenDown(dimension: Dimension, told: Told, language: Language): Chart {
  const { figures, before, report } = told;
  const say = (key: PhraseKey, facts?: Record<string, string>) => phrase(language, key, facts);
  const number = numbersIn(language);
  const what = dimension === 'agent' ? 'resolved' : 'opened';
  const rows = (figures.by[dimension] ?? [])
    .filter(({ of, counts }) => of !== NOBODY && (counts[what] > 0 || counts.backlog.open > 0))
    .sort((one, other) => other.counts[what] - one.counts[what]);
  const shown = rows.slice(0, report.by === dimension ? MOST_ASKED : MOST_BARS);
  const most = Math.max(1, ...shown.map(({ counts }) => counts[what]));
  const left = rows.length - shown.length;
  return {
    title: say(`report-chart-${dimension}`),
    about: say(`report-bars-${what}`),
    bars: shown.map(({ of, counts }) => {
      const was = before.by[dimension]?.find((each) => each.of === of)?.counts[what] ?? 0;
      const by = counts[what] - was;
      const { share } = promises(counts);
      return {
        ...{ name: nameIn(dimension, of, told.desk, language), value: number(counts[what]) },
        ...{ share: counts[what] / most, tone: TONES[what] },
        change: by === 0 ? '' : changed(by, number(Math.abs(by))),
        note: [
          say('report-note-open', { count: number(openOf(dimension, of, told.open)) }),
          ...(share === null ? [] : [say('report-note-kept', { share: shareIn(language, share) })]),
        ].join(' · '),
      };
    }),
    rest: left > 0 ? say('report-rest', { count: number(left) }) : '',
    ask: report.by === dimension ? null : asking(`#report ${rangeOf(report)} by ${dimension}`, told),
  };
}

const TONES: Record<'opened' | 'resolved', BarTone> = { opened: 'first', resolved: 'second' };

function openOf(dimension: Dimension, of: string, open: readonly OpenTicket[]): number {
  return open.filter((ticket) => ticket[dimension] === of).length;
}

export function nameIn(dimension: Dimension, of: string, desk: Desk, language: Language): string {
  switch (dimension) {
    case 'category':
      return desk.categories.find(({ name }) => name === of)?.title ?? of;
    case 'team':
      return desk.teams.find(({ name }) => name === of)?.title ?? of;
    case 'agent':
      return of === NOBODY ? phrase(language, 'list-nobody') : (personOf(of, desk)?.name ?? of);
    case 'priority':
      return phrase(language, `priority-${of}` as PhraseKey);
  }
}

/** As #report reads it. */
function rangeOf({ from, to }: Period): string {
  return from === to ? from : `${from}..${to}`;
}

function furtherOf({ figures, before, mails }: Told, language: Language): Figure[] {
  const [is, was] = [figures.total, before.total];
  const number = numbersIn(language);
  const figure = (key: PhraseKey, one: number, other: number): Figure => ({
    ...{ name: phrase(language, key), value: number(one), note: '', tone: 'quiet' },
    change: one === other ? '' : changed(one - other, number(Math.abs(one - other))),
  });
  return [
    figure('report-first-contact', is.firstContact, was.firstContact),
    figure('report-reopened', is.reopened, was.reopened),
    figure('report-escalated', is.escalated, was.escalated),
    figure('report-bounced', is.bounced, was.bounced),
    ...(mails
      ? [
          figure('report-mails-in', mails.now.in, mails.before.in),
          figure('report-mails-out', mails.now.out, mails.before.out),
          figure('report-loops', mails.now.loopsPrevented, mails.before.loopsPrevented),
        ]
      : []),
  ];
}
