/** `desk kb`: the articles. */
import type { Command } from 'commander';
import { describeArticle, listArticles } from '../articles.ts';
import { Refused } from '../refused.ts';
import type { Shell } from '../shell.ts';

export function knowledgeCommand(program: Command, { desk, print }: Shell): void {
  program
    .command('kb')
    .argument('[id]', 'the article to show, such as K-7K4M2Q')
    .description('lists the articles, the newest first, or shows one; with --json each whole')
    .addHelpText(
      'after',
      `
Examples:
  desk kb
  desk kb K-7K4M2Q
  desk --json kb --stack Replydesk > articles.json
`,
    )
    .action(async (id: string | undefined) => {
      const { knowledge } = await desk();
      if (id === undefined) {
        const articles = await knowledge.list(MOST_ARTICLES);
        return print({ articles }, () => listArticles(articles));
      }
      const article = await knowledge.read(id.toUpperCase());
      if (!article) throw new Refused(`There is no article ${id}.`);
      print({ article }, () => describeArticle(article));
    });
}

const MOST_ARTICLES = 10_000;
