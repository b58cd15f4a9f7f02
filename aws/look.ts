/**
 * What commands ask to see of other tickets: a query of an index for each team, and one read of at most fifty tickets.
 * Nothing of a ticket that the asker may not read comes out of here.
 */
import { LANGUAGES } from '../core/config/choices.ts';
import type { Desk } from '../core/config/desk.ts';
import { mayRead } from '../core/ticket/audience.ts';
import { isActive, type Ticket, unreachable } from '../core/ticket/ticket.ts';
import { type Seen, wordsOf } from '../core/ticket/without-ticket.ts';
import type { Knowledge } from './knowledge.ts';
import type { Held, Tickets } from './tickets.ts';

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

/** Bounds what a question costs: that many open ones, and about as many of the newest whatever became of them. */
const MOST_SEARCHED = 200;
const MOST_FOUND = 20;

async function find(
  look: Extract<Seen['look'], { what: 'find' }>,
  by: string,
  { desk, tickets }: Pick<Place, 'desk' | 'tickets'>,
): Promise<Seen> {
  const [newest, ...held] = await Promise.all([
    tickets.newest(MOST_SEARCHED),
    ...desk.teams.map(({ name }) => tickets.held(name, null)),
  ]);
  const known = new Set(newest.map(({ id }) => id));
  const open = held.flat().sort(freeFirst);
  const others = open.flatMap(({ id }) => (known.has(id) ? [] : [id])).slice(0, MOST_SEARCHED);
  const searched = [...newest, ...(await tickets.readAll(others))].filter((ticket) =>
    mayRead(by, ticket, desk),
  );
  const texts = await tickets.firstTexts(searched.map(({ id }) => id));
  const found = searched.filter(({ id, subject }) => {
    const words = new Set(wordsOf(`${subject}\n${texts.get(id) ?? ''}`));
    return look.words.every((word) => words.has(word) || [...words].some((each) => each.startsWith(word)));
  });
  return { look, tickets: found.slice(0, MOST_FOUND), of: searched.length };
}
