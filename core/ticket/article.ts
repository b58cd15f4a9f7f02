/** What a ticket teaches: its fix, the article that is made of it, and whether an article helped its requester. */
import type { Desk } from '../config/desk.ts';
import { type ArticleState, articleIdOf, type Draft, type Readers } from '../knowledge/article.ts';
import {
  LONGEST_ANSWER,
  LONGEST_QUESTION,
  LONGEST_TITLE,
  shortened,
  withoutPersonalData,
} from '../knowledge/draft.ts';
import { personOf } from '../mail/standing.ts';
import { type Act, type Decision, nothing, type Refused } from './decision.ts';
import { type Actor, type Happening, isActive, type Ticket } from './ticket.ts';

/** What was done, in the words of whoever did it. */
export interface Fix {
  words: string;
  by: Actor;
  at: string;
}

/** The article of this ticket, as far as the ticket has to know it. */
export interface OwnArticle {
  state: ArticleState;
  owner: string;
  readers: Readers;
  /** Who decides on it, and since when he is asked. */
  reviewer: string;
  askedAt: string;
  isOpen: boolean;
}

/** What its requester was offered when it came, the likeliest first; which of these he says has helped; and whether it came back all the same. */
export interface Offered {
  articles: string[];
  helped?: string;
  failed?: true;
}

export function recordFix(value: string, { fix }: Ticket, { by }: Act): Decision {
  if (fix?.words === value) return nothing('it is recorded already', { key: 'fix-recorded-already' });
  return {
    happenings: [{ kind: 'fix-recorded', words: value, by }],
    detail: 'the fix is recorded',
    said: { key: 'fix-recorded' },
  };
}

/** Why this ticket may not be resolved yet, or null. Who asked says himself when it is solved. */
export function unfixed({ tier, fix, ...ticket }: Ticket, { role }: Act, desk: Desk): Refused | null {
  const from = desk.knowledge.fixRequired?.tier;
  if (
    from === undefined ||
    tier < from ||
    fix ||
    role !== 'agent' ||
    !isActive({ tier, ...ticket } as Ticket)
  )
    return null;
  return {
    refused: `a ticket at tier ${tier} is not done without its fix; say it in the same mail: #fix what it was, and what helped`,
    said: { key: 'fix-needed', facts: { tier: String(tier) } },
  };
}

/** `[internal] [title]`; `none` takes it back. Who leads the team reviews it; his own is published at once. */
export function makeArticle(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const { by } = act;
  const id = articleIdOf(ticket.id);
  const { article } = ticket;
  const lead = leadOf(ticket.team, desk);
  if (/^none$/i.test(value)) {
    if (!article || article.state === 'withdrawn' || article.state === 'lapsed')
      return nothing('there is no article of this ticket', { key: 'kb-none' });
    if (by !== article.owner && by !== article.reviewer && by !== lead)
      return {
        refused: `only ${nameOf(article.owner, desk)} and the lead take ${id} back`,
        said: { key: 'kb-not-yours', facts: { name: nameOf(article.owner, desk) } },
      };
    return {
      happenings: [{ kind: 'article-decided', verdict: 'reject', words: '', by }],
      detail: `${id} is taken back`,
      said: { key: 'kb-withdrawn', facts: { article: id } },
    };
  }
  if (article?.state === 'published')
    return {
      refused: `${id} is published; #kb none takes it back`,
      said: { key: 'kb-published-already', facts: { article: id } },
    };
  const draft = draftOf(value, ticket, act, desk);
  if (!draft)
    return {
      refused:
        'there is nothing to make an article of yet: answer in the same mail, or say #fix and what helped',
      said: { key: 'kb-nothing' },
    };
  const asked: Happening = { kind: 'article-asked', draft, reviewer: lead, by };
  if (lead === by)
    return {
      happenings: [asked, { kind: 'article-decided', verdict: 'publish', words: '', by }],
      detail: `${id} is published`,
      said: { key: 'kb-published', facts: { article: id } },
    };
  return {
    happenings: [asked],
    detail: `${nameOf(lead, desk)} is asked to publish ${id}`,
    said: { key: 'kb-asked', facts: { article: id, name: nameOf(lead, desk) } },
  };
}

function draftOf(
  value: string,
  ticket: Ticket,
  { by, words = '', conversation }: Act,
  desk: Desk,
): Draft | null {
  const { subject, language, category, team, participants, requester } = ticket;
  const people = [...desk.people, ...participants, requester];
  // Whoever only writes from an address signs with what stands before its sign.
  const names = people.map(({ name }) => name).filter((name) => name !== '');
  const bare = (text: string, most: number) => shortened(withoutPersonalData(text, names, desk.domain), most);
  const [, internal, wanted = ''] = /^(internal(?:\s+|$))?(.*)$/is.exec(value) ?? [];
  const said = bare(words.trim() || (conversation?.answer?.text ?? ''), LONGEST_ANSWER);
  const fix = bare(ticket.fix?.words ?? '', LONGEST_ANSWER);
  const answer = said || fix;
  if (answer === '') return null;
  const confidential = desk.teams.find(({ name }) => name === team)?.confidential ?? false;
  const title = bare(wanted || subject.replace(REPLY, ''), LONGEST_TITLE).replace(/\s+/g, ' ');
  return {
    title: title || (desk.categories.find(({ name }) => name === category)?.title ?? category),
    question: bare(conversation?.question?.text ?? '', LONGEST_QUESTION),
    ...{ answer, fix: said === '' || fix === said ? '' : fix, category, language, team, owner: by },
    readers: confidential ? 'team' : internal ? 'desk' : 'public',
  };
}

const REPLY = /^(?:\s{0,9}(?:re|aw|fwd?|wg|rv|tr|enc|res)\s{0,3}:){1,9}\s{0,9}/i;

export function leadOf(team: string, desk: Desk): string {
  return (desk.teams.find(({ name }) => name === team) ?? desk.teams[0])?.lead as string;
}

function nameOf(address: string, desk: Desk): string {
  return personOf(address, desk)?.name ?? address;
}

/** What the requester's `solved` does: the article that he names, or the likeliest, gets the credit, once in a ticket. */
export function solvedBy({ offered, requester, service }: Ticket, nth: number | null): Happening[] {
  const named = offered?.articles[(nth ?? 1) - 1] ?? offered?.articles[0];
  const by = requester.address;
  const credit: Happening[] = named && !offered?.helped ? [{ kind: 'helped', article: named, by }] : [];
  if (service?.answers)
    return [
      { kind: 'self-served', service: service.name, by },
      { kind: 'resolved', reason: `the words of ${service.name} helped`, by, message: null },
    ];
  return [...credit, { kind: 'resolved', reason: named ? `${named} helped` : 'solved', by, message: null }];
}
