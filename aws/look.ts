/**
 * What commands ask to see of other tickets: a query of an index for each team, and one read of at most fifty tickets.
 * Nothing of a ticket that the asker may not read comes out of here.
 */
import { LANGUAGES } from '../core/config/choices.ts';
import type { Desk } from '../core/config/desk.ts';
import { mayRead } from '../core/ticket/audience.ts';
import { holdsAll, wordsToFind } from '../core/ticket/finding.ts';
import { isActive, type Ticket, unreachable } from '../core/ticket/ticket.ts';
import type { Seen } from '../core/ticket/without-ticket.ts';
import type { Knowledge } from './knowledge.ts';
import type { Held, Named, Tickets } from './tickets.ts';

interface Place {
  desk: Desk;
  tickets: Tickets;
  knowledge: Knowledge;
  now(): string;
}

/** `by`: the address to which it goes. */
export async function lookUp(
  look: Seen['look'],
  by: string,
  { desk, tickets, knowledge, now }: Place,
): Promise<Seen> {
  switch (look.what) {
    case 'mine': {
      const held = await Promise.all(desk.teams.map(({ name }) => tickets.held(name, by)));
      const isHis = (ticket: Ticket) => ticket.assignee === by && mayRead(by, ticket, desk);
      return { look, ...(await list(held.flat().sort(byDue), isHis, tickets)) };
    }
    case 'queue': {
      const held = await tickets.held(look.team, null);
      const isTheirs = (ticket: Ticket) => ticket.team === look.team && mayRead(by, ticket, desk);
      return { look, ...(await list(held.sort(freeFirst), isTheirs, tickets)) };
    }
    case 'own': {
      const asked = (await tickets.readAll(await tickets.askedBy(by, MOST_LISTED))).filter(
        (ticket) => isActive(ticket) && ticket.requester.address === by,
      );
      return { look, tickets: asked, of: asked.length };
    }
    case 'find':
      return find(look, by, { desk, tickets });
    case 'articles': {
      const asked = {
        text: look.words,
        how: 'words' as const,
        languages: LANGUAGES,
        reader: by,
        most: MOST_ARTICLES,
      };
      return { look, articles: await knowledge.find(asked, now(), desk) };
    }
    case 'show': {
      const ticket = await tickets.read(look.id);
      if (!ticket || !mayRead(by, ticket, desk)) return { look, ticket: null, messages: [] };
      return { look, ticket, messages: await tickets.messages(look.id, MOST_MESSAGES) };
    }
    case 'services':
      return { look };
    default:
      return unreachable(look);
  }
}

const MOST_LISTED = 50;
const MOST_ARTICLES = 8;
const MOST_MESSAGES = 5;

/** The index may be a moment behind what it points to. */
async function list(
  held: readonly Held[],
  belongs: (ticket: Ticket) => boolean,
  { readAll }: Tickets,
): Promise<{ tickets: Ticket[]; of: number }> {
  const first = held.slice(0, MOST_LISTED);
  const found = await readAll(first.map(({ id }) => id));
  const shown = found.filter((ticket) => isActive(ticket) && belongs(ticket));
  return { tickets: shown, of: held.length - (first.length - shown.length) };
}

function byDue(a: Held, b: Held): number {
  return (a.due ?? '9999').localeCompare(b.due ?? '9999');
}

function freeFirst(a: Held, b: Held): number {
  return Number(a.assignee !== null) - Number(b.assignee !== null) || byDue(a, b);
}

/** So many entries of each word and team are looked at: a word that fewer tickets have finds all of them, however old. */
const MOST_LOOKED_AT = 50;
const MOST_FOUND = 20;

/** A query for each word and team that he may read, however many tickets there are; what is found is read again. */
async function find(
  look: Extract<Seen['look'], { what: 'find' }>,
  by: string,
  { desk, tickets }: Pick<Place, 'desk' | 'tickets'>,
): Promise<Seen> {
  const { requester } = look;
  const asked = wordsToFind(look.words.join(' ')).slice(0, MOST_TERMS);
  const teams = desk.teams.filter(({ name }) => mayRead(by, { team: name, assignee: null }, desk));
  const pages = await Promise.all(
    asked.map((word) => Promise.all(teams.map(({ name }) => tickets.named(name, word, MOST_LOOKED_AT)))),
  );
  const ids =
    asked.length === 0 && requester
      ? await tickets.requestedBy(requester, MOST_FOUND)
      : newestOf(pages.flat(2).filter(({ words }) => holdsAll(asked, words)));
  const read = await tickets.readAll(ids.slice(0, requester ? MOST_LOOKED_AT : MOST_FOUND));
  const found = read.filter(
    (ticket) => mayRead(by, ticket, desk) && (!requester || ticket.requester.address === requester),
  );
  const isAll = pages.flat().every((page) => page.length < MOST_LOOKED_AT);
  return {
    look,
    tickets: found.slice(0, MOST_FOUND),
    of: requester ? found.length : ids.length - (read.length - found.length),
    ...(isAll ? {} : { newest: MOST_LOOKED_AT }),
  };
}

/** In scripts without blanks a word is looked for by its pairs. */
const MOST_TERMS = 20;

function newestOf(named: readonly Named[]): string[] {
  const at = new Map(named.map(({ id, createdAt }) => [id, createdAt]));
  return [...at].sort(([, a], [, b]) => b.localeCompare(a)).map(([id]) => id);
}
