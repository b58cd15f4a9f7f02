/** What an agent's commands asked to see, read when its mail is written. */
import type { Language } from '../core/config/desk.ts';
import { shownNames } from '../core/mail/file-name.ts';
import { languageOf } from '../core/mail/language.ts';
import { type Piece, packed } from '../core/mail/parts.ts';
import { replyAddress, withoutTokens } from '../core/mail/token.ts';
import type { UpdateView } from '../core/mail/update.ts';
import { mayRead, type Plan } from '../core/ticket/audience.ts';
import { areApart } from '../core/ticket/links.ts';
import { lastNews, solutionOf } from '../core/ticket/recurrence.ts';
import {
  isActive,
  isJoined,
  type Look,
  type Message,
  type Ticket,
  type TicketEvent,
} from '../core/ticket/ticket.ts';
import type { Seen } from '../core/ticket/without-ticket.ts';
import { catalogueIn } from '../templates/catalogue.ts';
import { seenIn } from '../templates/listed.ts';
import { filesIn, historyIn, marked } from '../templates/shown.ts';
import { courseBefore, whyIn } from '../templates/why.ts';
import { phrase } from '../templates/words.ts';
import type { World } from './handler.ts';

/** What an agent's commands asked to see. It is the same each time: what came in after them is not among it. */
export interface Asked {
  /** The files, one list for each mail. */
  mails: Piece[][];
  none: ('latest' | number)[];
  withheld: number;
  history: string | null;
  /** What is shown as it is when the mail goes out: the reasons, and other tickets. */
  beyond: string[];
  services: UpdateView['services'];
}

const MOST_EVENTS = 1_000;

const MOST_MESSAGES = 1_000;

/** What is longer than this nobody reads in a mail. */
const MOST_SHOWN_CHARS = 100_000;

/** As UTF-8 it fits into a mail in any script. What is older is in the mails themselves. */
const MOST_ATTACHED_CHARS = 2_000_000;

export async function fetchAsked(event: TicketEvent, ticket: Ticket, world: World): Promise<Asked | null> {
  if (event.kind !== 'commanded') return null;
  const { looks = [], shows, by } = event;
  const language = languageOf(by, world.desk);
  const fetched = shows.some((what) => what === 'files' || what === 'history' || what === 'why');
  if (!fetched && looks.length === 0) return null;
  const found = await lookAll(looks, by, world);
  const beyond = [
    ...(shows.includes('why') ? [await why(ticket, language, world)] : []),
    ...(await inWords(found, by, language, world)),
  ];
  const until = Date.parse(event.at);
  const all = marked(await world.tickets.messages(ticket.id, MOST_MESSAGES), ticket, language);
  const messages = all.filter(({ at }) => Date.parse(at) <= until);
  const wanted = (event.files ?? []).map((which) => ({ which, message: messageOf(which, messages) }));
  const of = [...new Set(wanted.flatMap(({ message }) => message ?? []))];
  const files = of.flatMap(({ attachments }) => attachments);
  const names = shownNames(files.map(({ name }) => name));
  const mails = packed(files.map((file, index) => ({ ...file, name: names[index] as string })));
  const history = event.shows.includes('history') ? await wholeHistory(messages, language, world) : null;
  return {
    // A long history takes the room of the first mail's files.
    mails: isLong(history) ? [[], ...mails] : mails,
    none: wanted.filter(({ message }) => !message || isBare(message)).map(({ which }) => which),
    withheld: of.reduce((sum, { withheld }) => sum + withheld, 0),
    history,
    beyond,
    services: servicesIn(found, by, language, world),
  };
}

const MOST_SOLVED_SHOWN = 3;

/** Tickets such as this one that were solved, and how, for whoever may read them. */
export async function solvedBefore(
  ticket: Ticket,
  { to }: Plan,
  { tickets, reports, desk }: World,
): Promise<{ ticket: Ticket; how: string }[]> {
  const found = await tickets.readAll((await reports.solved(ticket)).map(({ id }) => id));
  const shown = found
    .filter((each) => !isActive(each) && !each.mergedInto && mayRead(to.address, each, desk))
    .slice(0, MOST_SOLVED_SHOWN);
  return Promise.all(
    shown.map(async (each) => {
      const number = solutionOf(each);
      const message = number ? await tickets.message(each.id, number) : null;
      return { ticket: each, how: withoutTokens(message?.text ?? '', desk.domain) };
    }),
  );
}

/** To whoever reported it, what is known of the problem; to the lead, who has reported the same. */
export async function metBy(
  event: TicketEvent,
  ticket: Ticket,
  { audience, to }: Plan,
  { tickets, desk }: World,
): Promise<{ known?: { text: string; at: string } | null; alike?: Ticket[] }> {
  if (event.kind === 'recurrence-noticed' || event.kind === 'problem-begun') {
    const all = await tickets.readAll(event.tickets);
    return { alike: all.filter((each) => mayRead(to.address, each, desk)) };
  }
  if (audience !== 'requester' || !isJoined(ticket) || (event.kind !== 'opened' && event.kind !== 'joined'))
    return {};
  const problem = await tickets.read(ticket.joined as string);
  const number = problem && !areApart(ticket, problem, desk) ? lastNews(problem, ticket.language) : null;
  const message = problem && number ? await tickets.message(problem.id, number) : null;
  // Longer ones he was not there for; he gets the next.
  const text = message && !message.bodyKey ? withoutTokens(message.text, desk.domain) : '';
  return { known: text === '' || !message ? null : { text, at: message.at } };
}

export async function courseOf(
  ticket: Ticket,
  event: TicketEvent,
  { to }: Plan,
  { tickets, desk }: World,
): Promise<{ at: string; text: string }[]> {
  const events = await tickets.events(ticket.id, MOST_EVENTS);
  return courseBefore(event, events, languageOf(to.address, desk), desk).map(({ at, text }) => ({
    at,
    text: withoutTokens(text, desk.domain),
  }));
}

export async function why(
  ticket: Ticket,
  language: Language,
  { tickets, desk, now }: World,
): Promise<string> {
  const events = await tickets.events(ticket.id, MOST_EVENTS);
  return withoutTokens(whyIn(ticket, events, { language, desk, now: now() }), desk.domain);
}

/** A report comes in a mail of its own. */
export function lookAll(looks: readonly Look[], by: string, { lookUp }: World): Promise<Seen[]> {
  return Promise.all(looks.flatMap((look) => (look.what === 'report' ? [] : [lookUp(look, by)])));
}

export function inWords(
  all: readonly Seen[],
  by: string,
  language: Language,
  world: World,
): Promise<string[]> {
  const { desk, now } = world;
  return Promise.all(
    all.map(async (found) => {
      // What others wrote may hold their own addresses; the reader's is added to it.
      const words = withoutTokens(seenIn(found, { language, desk, now: now() }), desk.domain);
      const write = 'ticket' in found && found.ticket ? await ownAddress(found.ticket, by, world) : '';
      return write === '' ? words : `${words}\n\n${phrase(language, 'show-reply', { address: write })}`;
    }),
  );
}

export function servicesIn(
  found: readonly Seen[],
  to: string,
  language: Language,
  { desk, now }: World,
): UpdateView['services'] {
  const names = found.flatMap(({ look }) => (look.what === 'services' ? [look.of] : [])).at(-1);
  return names ? catalogueIn(names, to, { language, desk, now: now() }) : null;
}

function isLong(history: string | null): boolean {
  return (history?.length ?? 0) > MOST_SHOWN_CHARS;
}

function messageOf(which: 'latest' | number, messages: Message[]): Message | undefined {
  return which === 'latest'
    ? messages.findLast((message) => !isBare(message))
    : messages.find(({ number }) => number === which);
}

function isBare({ attachments, withheld }: Message): boolean {
  return attachments.length === 0 && withheld === 0;
}

async function wholeHistory(messages: Message[], language: Language, world: World): Promise<string> {
  const { desk } = world;
  const whole: Message[] = [];
  for (const message of messages) {
    const { bodyKey, cut } = message;
    whole.push({
      ...message,
      text: bodyKey ? await longText(bodyKey, world) : message.text,
      cut: cut?.bodyKey ? JSON.parse(await longText(cut.bodyKey, world)) : cut,
    });
  }
  const history = withoutTokens(historyIn(language, whole, desk), desk.domain);
  return history.length > MOST_ATTACHED_CHARS ? `…${history.slice(-MOST_ATTACHED_CHARS)}` : history;
}

/** What goes into one of the mails. A history that is too long to read in a mail goes as a file, with the first. */
export async function fetchPart(asked: Asked, { to, part = { number: 1, of: 1 } }: Plan, world: World) {
  const language = languageOf(to.address, world.desk);
  const pieces = asked.mails[part.number - 1] ?? [];
  const files = await Promise.all(
    pieces.map(async ({ name, contentType, key, start, end }) => {
      const content = end > start ? await world.mailroom.read(key, { start, end }) : new Uint8Array();
      if (!content) throw new Error(`the file ${key} is gone`);
      return { name, contentType, content, contentId: null, size: end - start };
    }),
  );
  const { none, withheld, history } = asked;
  const shown = [
    filesIn(language, { pieces: asked.mails.flat(), none, withheld, part }),
    ...(part.number === 1 ? asked.beyond : []),
  ];
  if (history !== null && part.number === 1) {
    shown.push(isLong(history) ? phrase(language, 'history-attached') : history);
    if (isLong(history)) {
      // Without the mark, Windows takes it for another charset.
      const content = Buffer.from(`\ufeff${history}`.toWellFormed());
      const name = 'history.txt';
      files.push({ name, contentType: 'text/plain', content, contentId: null, size: content.length });
    }
  }
  return {
    files,
    shown: shown.filter((words) => words !== '').join('\n\n'),
    services: part.number === 1 ? asked.services : null,
  };
}

export async function longText(key: string, world: World): Promise<string> {
  const content = await world.mailroom.read(key);
  if (!content) throw new Error(`the text ${key} is gone`);
  return Buffer.from(content).toString('utf8');
}

/** Where this person's mail belongs to this ticket. */
async function ownAddress({ id, mailbox }: Ticket, participant: string, world: World): Promise<string> {
  const expires = world.realNow() + world.desk.tokens.validFor;
  return replyAddress(mailbox, { purpose: 'ticket', id, participant, expires }, await world.keys());
}
