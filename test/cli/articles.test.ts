import { expect, test } from 'vitest';
import { describeArticle, listArticles } from '../../cli/articles.ts';
import { madeArticle } from '../knowledge/articles.ts';

test('articles are listed with what they did, and one is shown whole', () => {
  const article = madeArticle(7, {
    title: 'Paper jam',
    answer: 'Open flap B.',
    fix: 'roller changed',
    helped: 3,
  });
  expect(listArticles([article])).toMatch(/K-000007 +published +public +en +2027-11-23 +3 +0 /);
  expect(describeArticle(article)).toContain('Open flap B.');
  expect(describeArticle(article)).toContain('roller changed');
  expect(listArticles([])).toBe('none');
});
