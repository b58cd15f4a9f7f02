/** What the desk knows: an article is made of one ticket, a lead reviews it by mail, and it stands until its time is over. */
import type { Desk, Language } from '../config/desk.ts';
import { mayRead } from '../ticket/audience.ts';
import type { Change } from '../ticket/change.ts';
import type { Ticket, TicketEvent } from '../ticket/ticket.ts';

/** Who may read it: everybody, the desk's people, or those of its confidential team alone. */
export type Readers = 'public' | 'desk' | 'team';
/** `internal`: for the desk's people alone. */
export type Verdict = 'publish' | 'internal' | 'reject';
export type ArticleState = 'draft' | 'published' | 'withdrawn' | 'lapsed';

export interface Draft {
  title: string;
  question: string;
  answer: string;
  /** What was done inside, for the desk's people alone; '' when it is the answer, or not recorded. */
  fix: string;
  category: string;
  language: Language;
  team: string;
  readers: Readers;
  /** Who is asked whether it still holds. */
  owner: string;
}

export interface Article extends Draft {
  /** `K-7K4M2Q`: that of the ticket T-7K4M2Q, of which it was made. */
  id: string;
  version: number;
  state: ArticleState;
  madeAt: string;
  /** Until when it is believed, and when the next thing is due with it; null while it is not published. */
  validUntil: string | null;
  dueAt: string | null;
  /** On how many tickets it was what helped, and on how many it was believed to and did not. Bounded. */
  helped: number;
  failed: number;
}

export function articleIdOf(ticketId: string): string {
  return `K-${ticketId.slice('T-'.length)}`;
}

export function ticketIdOf(articleId: string): string {
  return `T-${articleId.slice('K-'.length)}`;
}

/** What an event of its ticket makes of an article. The ticket's version guards it: nobody else writes its words. */
export function evolveArticle(
  article: Article | null,
  id: string,
  event: TicketEvent,
  desk: Desk,
): Article | null {
  if (event.kind === 'article-asked') {
    if (event.draft)
      return {
        ...event.draft,
        ...{ id, version: (article?.version ?? 0) + 1, state: 'draft', madeAt: article?.madeAt ?? event.at },
        ...{ validUntil: null, dueAt: null, helped: article?.helped ?? 0, failed: article?.failed ?? 0 },
      };
    return article && { ...article, version: article.version + 1, dueAt: article.validUntil };
  }
  if (event.kind !== 'article-decided' || !article) return article;
  const version = article.version + 1;
  const over = { validUntil: null, dueAt: null };
  switch (event.verdict) {
    case 'reject':
      // Its words may be why.
      return { ...article, ...over, version, state: 'withdrawn', question: '', answer: '', fix: '' };
    case 'lapse':
      return { ...article, ...over, version, state: 'lapsed' };
    default: {
      const { validFor } = desk.knowledge;
      const validUntil = after(event.at, validFor);
      return {
        ...article,
        ...{ version, state: 'published', validUntil },
        dueAt: after(event.at, validFor - Math.min(ASKED_BEFORE, validFor / 2)),
        readers:
          article.readers === 'team' ? 'team' : event.verdict === 'internal' ? 'desk' : article.readers,
        answer: event.answer ?? article.answer,
      };
    }
  }
}

/** So long before it lapses its owner is asked. */
const ASKED_BEFORE = 14 * 86_400_000;

function after(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

/** More than this nobody counts: both are halved, and what was long ago weighs less. */
const MOST_COUNTED = 1_000;

export interface Score {
  helped: number;
  failed: number;
}

/** What a change of a ticket says of the article that was to help: each ticket counts once, as one or as the other. */
export function scoresOf({
  before,
  after,
}: Pick<Change, 'before' | 'after'>): { id: string; score: Score }[] {
  const [was, is] = [creditOf(before), creditOf(after)];
  if (!is || (was?.id === is.id && was.result === is.result)) return [];
  const { id, result } = is;
  const undone = was?.id === id && was.result === 'helped' ? -1 : 0;
  return [
    {
      id,
      score: {
        helped: (result === 'helped' ? 1 : 0) + undone,
        failed: result === 'failed' ? 1 : 0,
      },
    },
  ];
}

function creditOf(ticket: Ticket | null): { id: string; result: 'helped' | 'failed' } | null {
  const { offered } = ticket ?? {};
  return offered?.helped ? { id: offered.helped, result: offered.failed ? 'failed' : 'helped' } : null;
}

export function scored(article: Article, { helped, failed }: Score): Article {
  const next = { helped: Math.max(0, article.helped + helped), failed: Math.max(0, article.failed + failed) };
  const most = next.helped + next.failed > MOST_COUNTED;
  return {
    ...article,
    version: article.version + 1,
    helped: most ? Math.floor(next.helped / 2) : next.helped,
    failed: most ? Math.floor(next.failed / 2) : next.failed,
  };
}

/** From 0 to 1: how likely it helps, by what it did; a new one is believed in for two of three. */
export function worth({ helped, failed }: Score): number {
  return (helped + 2) / (helped + failed + 3);
}

/** Below this nobody outside is offered it: it has failed three times more than it helped, or about so. */
const LEAST_WORTH = 0.34;

/** Whoever reads it must be allowed to as desk.yaml is now: a team may have become confidential since. */
export function mayReadArticle(
  reader: string | 'outside',
  article: Pick<Article, 'team' | 'readers'>,
  desk: Desk,
): boolean {
  const { team, readers } = article;
  const closed = desk.teams.find(({ name }) => name === team)?.confidential ?? false;
  if (reader === 'outside') return readers === 'public' && !closed;
  return readers === 'team' || closed ? inTeam(reader, team, desk) : true;
}

/** A team that desk.yaml no longer has: nobody knows who its people were. */
function inTeam(reader: string, team: string, desk: Desk): boolean {
  const known = desk.teams.find(({ name }) => name === team);
  return (
    known !== undefined &&
    mayRead(reader, { team, assignee: null }, { ...desk, teams: [{ ...known, confidential: true }] })
  );
}

export function isOffered(article: Article, reader: string | 'outside', now: string, desk: Desk): boolean {
  return (
    article.state === 'published' &&
    article.validUntil !== null &&
    Date.parse(article.validUntil) > Date.parse(now) &&
    mayReadArticle(reader, article, desk) &&
    (reader !== 'outside' || worth(article) >= LEAST_WORTH)
  );
}
