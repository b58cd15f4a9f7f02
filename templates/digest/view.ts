/** The digest in words: its tickets as they are when it goes out, under the numbers that they were given. */
import type { Desk, Language, Person } from '../../core/config/desk.ts';
import { MARKER } from '../../core/mail/marker.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import type { Plan } from '../../core/ticket/audience.ts';
import { type Digest, type Entry, nextDue, SECTIONS, type Section } from '../../core/ticket/digest.ts';
import { isActive, isRunning, type Ticket } from '../../core/ticket/ticket.ts';
import { zoneOf } from '../../core/triage/presence.ts';
import { leftIn, timeIn } from '../times.ts';
import { describeTicket } from '../view.ts';
import { type PhraseKey, phrase } from '../words.ts';

interface Occasion {
  plan: Plan;
  digest: Digest;
  /** Those that its reader may read. */
  tickets: ReadonlyMap<string, Ticket>;
  person: Person;
  desk: Desk;
  /** Desk time, ISO 8601 UTC. */
  now: string;
}

export function digestView(occasion: Occasion): UpdateView {
  const { plan, digest, person, desk } = occasion;
  const language = languageOf(person, desk);
  const listed = digest.entries.map((entry, at) => entryOf(entry, at + 1, occasion));
  const sections = SECTIONS.flatMap((section) => {
    const entries = listed.flatMap((each) => (each?.section === section ? [each.shown] : []));
    const more = digest.more[section];
    if (entries.length === 0) return [];
    const rest = more ? phrase(language, 'digest-more', { count: String(more) }) : '';
    return [{ title: phrase(language, `digest-${section}`), entries, rest }];
  });
  return {
    kind: 'digest',
    language,
    audience: plan.audience,
    deskName: desk.name,
    recipientName: person.name.split(/\s+/)[0] ?? '',
    ticket: null,
    message: null,
    history: [],
    attachments: [],
    reasons: [],
    deadlines: [],
    facts: { subject: subjectOf(listed, digest, language) },
    lines: [],
    sections,
    plainReply: phrase(language, 'reply-digest'),
    actions: [],
    marker: MARKER,
  };
}

function languageOf(person: Person, desk: Desk): Language {
  return person.language ?? desk.language;
}

type Listed = {
  section: Section;
  isLate: boolean;
  shown: NonNullable<UpdateView['sections']>[number]['entries'][number];
};

/** Null: he may not read it any more, or it is done with and nothing is new. */
function entryOf(
  { ticketId, section, news }: Entry,
  number: number,
  { tickets, person, desk, now }: Occasion,
): Listed | null {
  const ticket = tickets.get(ticketId);
  const language = languageOf(person, desk);
  const told = newsIn(news, language);
  if (!ticket || (told === '' && !isActive(ticket))) return null;
  const { priorityName, requester, assignee, statusName } = describeTicket({
    ...{ language, desk, ticket, outside: false },
  });
  const next = nextDue(ticket);
  const about = [
    priorityName,
    requester,
    ...(section === 'own' ? [] : [assignee || phrase(language, 'list-nobody')]),
    turnOf(ticket, statusName, language),
  ];
  const zone = { timezone: zoneOf(person, desk) };
  const isLate = next !== null && Date.parse(next.at) < Date.parse(now);
  return {
    section,
    isLate,
    shown: {
      number: String(number),
      id: ticket.id,
      subject: ticket.subject.trim() || phrase(language, 'digest-no-subject'),
      about: about.join(' · '),
      due: next
        ? `${phrase(language, `deadline-${next.name}`)}: ${timeIn(language, next.at, zone)} (${leftIn(language, next.at, now)})`
        : '',
      tone: isLate ? 'late' : 'quiet',
      news: told,
    },
  };
}

/** Whom it waits for. */
function turnOf({ status, clock }: Ticket, statusName: string, language: Language): string {
  const owed = isRunning(clock, 'firstResponse') || isRunning(clock, 'nextResponse');
  return (status === 'new' || status === 'open') && owed ? phrase(language, 'digest-owed') : statusName;
}

function newsIn(news: Entry['news'], language: Language): string {
  const parts = (Object.keys(news) as (keyof Entry['news'])[]).sort().flatMap((what) => {
    const count = news[what] ?? 0;
    if (count === 0) return [];
    const several = count > 1 && what !== 'assignment' ? '-several' : '';
    return [phrase(language, `digest-new-${what}${several}` as PhraseKey, { count: String(count) })];
  });
  return parts.length === 0 ? '' : phrase(language, 'digest-new', { news: parts.join(', ') });
}

/** `4 open tickets, 1 overdue, 2 without an agent` */
function subjectOf(listed: readonly (Listed | null)[], { more }: Digest, language: Language): string {
  const shown = listed.flatMap((each) => each ?? []);
  const count = (section: Section) =>
    shown.filter((each) => each.section === section).length + (more[section] ?? 0);
  const late = shown.filter(({ section, isLate }) => section === 'own' && isLate).length + count('late');
  const counts = { own: count('own'), late, free: count('free'), others: count('others') };
  const parts = SECTIONS_SAID.flatMap((what) => {
    const number = counts[what];
    const one = number === 1 ? '-one' : '';
    return number === 0
      ? []
      : [phrase(language, `digest-count-${what}${one}` as PhraseKey, { count: String(number) })];
  });
  return parts.join(', ');
}

const SECTIONS_SAID = ['own', 'late', 'free', 'others'] as const;
