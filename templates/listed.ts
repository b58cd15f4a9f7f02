/** What #mine, #queue, #find, #show and a requester's #status show, in words. */
import type { Desk, Language } from '../core/config/desk.ts';
import { shortened as cut } from '../core/knowledge/draft.ts';
import { MEASURES } from '../core/sla/clock.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import type { Seen } from '../core/ticket/without-ticket.ts';
import { historyIn, marked } from './shown.ts';
import { leftIn, timeIn } from './times.ts';
import { describeTicket, statusIn } from './view.ts';
import { type PhraseKey, phrase } from './words.ts';

export interface Reader {
  language: Language;
  desk: Desk;
  /** Desk time, ISO 8601 UTC. */
  now: string;
}

export function seenIn(seen: Seen, reader: Reader): string {
  if ('tickets' in seen) return listIn(seen, reader);
  if ('articles' in seen) return articlesIn(seen, reader);
  // Those have a place and buttons of their own in the mail.
  if (!('messages' in seen)) return '';
  const { ticket, messages, look } = seen;
  const { language, desk, now } = reader;
  if (!ticket) return phrase(language, 'show-none', { ticket: look.id });
  const { requester } = describeTicket({ language, desk, ticket, outside: false });
  const parts = [
    `${statusIn({ language, desk, ticket, outside: false }, now)}\n${phrase(language, 'what-requester')}: ${requester}`,
    messages.length === ticket.messages
      ? ''
      : phrase(language, 'show-last', { shown: String(messages.length), all: String(ticket.messages) }),
    historyIn(language, marked(messages, ticket, language).map(shortened), desk),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const MOST_ANSWER = 1_500;

function articlesIn({ look, articles }: Extract<Seen, { articles: unknown }>, { language }: Reader): string {
  const { words } = look;
  if (articles.length === 0) return phrase(language, 'list-articles-none', { words });
  const entries = articles.map(({ id, title, answer, fix, readers }) => {
    const inside = readers === 'public' ? [] : [phrase(language, 'article-inside')];
    const done = fix === '' ? [] : [`${phrase(language, 'article-fix')}: ${fix}`];
    return [[id, ...inside, title].join(' · '), cut(answer, MOST_ANSWER), ...done].join('\n');
  });
  return [phrase(language, 'list-articles', { words }), ...entries].join('\n\n');
}

const MOST_TEXT = 4_000;

/** The end of a long text is in #history of the ticket itself. */
function shortened<T extends { text: string }>(message: T): T {
  return message.text.length > MOST_TEXT
    ? { ...message, text: `${message.text.slice(0, MOST_TEXT)}…` }
    : message;
}

function listIn({ look, tickets, of, newest }: Extract<Seen, { tickets: unknown }>, reader: Reader): string {
  const { language, desk, now } = reader;
  const facts = {
    shown: String(tickets.length),
    of: String(of),
    team: look.what === 'queue' ? (desk.teams.find(({ name }) => name === look.team)?.title ?? '') : '–',
    words: look.what === 'find' ? [look.requester ?? '', ...look.words].join(' ').trim() : '–',
  };
  const bound = newest ? [phrase(language, 'list-find-newest', { newest: String(newest) })] : [];
  if (tickets.length === 0) return [phrase(language, `list-${look.what}-none`, facts), ...bound].join('\n\n');
  const rest = of > tickets.length ? '-first' : '';
  const head = phrase(language, `list-${look.what}${rest}` as PhraseKey, facts);
  if (look.what === 'own')
    return [head, ...tickets.map((ticket) => statusIn({ language, desk, ticket, outside: true }, now))].join(
      '\n\n',
    );
  return [
    ...[head, ...tickets.map((ticket) => entryOf(ticket, reader))],
    ...[phrase(language, 'list-show'), ...bound],
  ].join('\n\n');
}

/** Which it is, whose, and what is due next: a line for each, short enough for a telephone. */
function entryOf(ticket: Ticket, { language, desk, now }: Reader): string {
  const { id, subject, status, statusName, priorityName, requester, assignee } = describeTicket({
    ...{ language, desk, ticket, outside: false },
  });
  const next = MEASURES.flatMap((measure) => {
    const due = ticket.deadlines[measure];
    return due ? [{ measure, due }] : [];
  }).sort((a, b) => a.due.localeCompare(b.due))[0];
  const facts = [
    requester,
    assignee || phrase(language, 'list-nobody'),
    ...(status === 'new' || status === 'open' ? [] : [statusName]),
  ];
  const deadline = next && [
    `${phrase(language, `deadline-${next.measure}`)}: ${timeIn(language, next.due, desk)} (${leftIn(language, next.due, now)})`,
  ];
  const about = subject.replace(/\s+/g, ' ').trim();
  const lines = [[id, priorityName, ...(about === '' ? [] : [about])], facts, deadline ?? []];
  return lines.flatMap((line) => (line.length > 0 ? [line.join(' · ')] : [])).join('\n    ');
}
