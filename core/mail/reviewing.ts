/** What a lead answers to an article that waits for him, or an owner to the question whether his still holds. */
import type { Desk } from '../config/desk.ts';
import { articleIdOf, type Verdict } from '../knowledge/article.ts';
import { LONGEST_ANSWER } from '../knowledge/draft.ts';
import type { Question } from '../ticket/approval.ts';
import type { CommandResult, Happening, Ticket } from '../ticket/ticket.ts';
import { type Counted, firstLine } from './approving.ts';
import type { Address } from './email.ts';
import { type Arrival, ends, type Memory, type Outcome } from './outcome.ts';
import { holdsToken } from './token.ts';
import { readVerdict } from './verdict.ts';

/** `from` is proven by the token that went to him with this very question. */
export function answerReview(
  { trimmed }: Arrival,
  memory: Memory,
  ticket: Ticket,
  from: Address,
  question: Question,
  desk: Desk,
): Outcome {
  const text = trimmed.visible.trim();
  const { happenings, ...became } = reviewed(text, ticket, from.address, question, desk);
  const line: CommandResult = { line: firstLine(text), verb: 'kb', ...became };
  const said: Happening = {
    ...{ kind: 'commanded', by: from.address, lines: [line], shows: [], words: 'none' },
    refused: happenings.length === 0 && became.outcome !== 'nothing-to-do',
  };
  const read = happenings.length > 0 || became.outcome === 'nothing-to-do';
  return ends(read ? 'commanded' : 'refused', read ? 'agent-commands' : 'refused-command', became.detail, {
    clue: memory.candidate?.clue ?? null,
    ticket: { kind: 'change', before: ticket, happenings: [...happenings, said] },
  });
}

/** `text`: the verdict in its first line. */
export function reviewed(
  text: string,
  { id: ticketId, article }: Ticket,
  by: string,
  question: Question,
  desk: Desk,
): Counted {
  const id = articleIdOf(ticketId);
  const read = readVerdict(text);
  if (!read)
    return {
      ...{ happenings: [], outcome: 'unknown', said: { key: 'kb-unclear' } },
      detail:
        'the first line is neither publish, internal nor reject; below it there may be the answer as it should be',
    };
  const { verdict, rest } = read;
  if (!article?.isOpen || article.askedAt !== question.askedAt)
    return {
      ...{ happenings: [], outcome: 'nothing-to-do', said: { key: 'kb-over', facts: { article: id } } },
      detail: `${id} waits for nobody any more`,
    };
  const changes = verdict !== 'reject' && rest !== '';
  if (changes && rest.length > LONGEST_ANSWER)
    return {
      ...{ happenings: [], outcome: 'refused', detail: `an answer takes ${LONGEST_ANSWER} characters` },
      said: { key: 'kb-too-long', facts: { most: String(LONGEST_ANSWER) } },
    };
  if (changes && holdsToken(rest, desk.domain))
    return {
      ...{ happenings: [], outcome: 'refused', detail: 'one of our reply addresses stands in the text' },
      said: { key: 'token-in-text' },
    };
  const event: Happening = {
    ...{ kind: 'article-decided', verdict, by, words: verdict === 'reject' ? rest.slice(0, 500) : '' },
    ...(changes ? { answer: rest } : {}),
  };
  return {
    ...{ happenings: [event], outcome: 'done' },
    detail: `${id}: ${verdict}`,
    said: { key: SAID[verdict], facts: { article: id } },
  };
}

const SAID = {
  publish: 'kb-published',
  internal: 'kb-published-inside',
  reject: 'kb-withdrawn',
} as const satisfies Record<Verdict, string>;
