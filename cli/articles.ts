/** Articles for a person to read. */
import type { Article } from '../core/knowledge/article.ts';
import { table } from './table.ts';

export function listArticles(articles: readonly Article[]): string {
  return table(
    ['Article', 'State', 'Readers', 'Language', 'Until', 'Helped', 'Failed', 'Owner', 'Title'],
    articles.map(({ id, state, readers, language, validUntil, helped, failed, owner, title }) => [
      ...[id, state, readers, language, validUntil?.slice(0, 10) ?? '–', String(helped), String(failed)],
      ...[owner, title],
    ]),
    'none',
  );
}

export function describeArticle(article: Article): string {
  const { question, answer, fix, category, team } = article;
  return [
    listArticles([article]),
    `category ${category}, team ${team}`,
    ...(question === '' ? [] : [`Question:\n${question}`]),
    `Answer:\n${answer}`,
    ...(fix === '' ? [] : [`What was done, for the desk alone:\n${fix}`]),
  ].join('\n\n');
}
