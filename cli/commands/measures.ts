/** `desk measures`: what was measured of some days. */
import { type Command, CommanderError, Option } from 'commander';
import { DIMENSIONS } from '../../core/insight/figures.ts';
import { type Asked, catchUp, describeFigures, figuresFor } from '../measures.ts';
import { counting, type Shell } from '../shell.ts';

export function measuresCommand(program: Command, { desk, configuration, print }: Shell): void {
  program
    .command('measures')
    .description('shows what came in and was done, how fast, and which promises were kept, from the rollups')
    .option('--from <day>', 'the first day, such as 2026-11-01; else 28 days back', day('--from'))
    .option('--to <day>', 'the last day; else today', day('--to'))
    .addOption(new Option('--by <dimension>', 'a table by this as well').choices(DIMENSIONS))
    .option('--config <file>', 'by whose zone and calendars; else the running desk, or desk.yaml')
    .option(
      '--catch-up <day>',
      'first count what was left uncounted of the tickets and mails since that day; nothing twice',
      day('--catch-up'),
    )
    .addHelpText(
      'after',
      `
docs/guide/measures.md says what each of them is, and how exact. What happens is counted within a minute or so.

Examples:
  desk measures
  desk measures --from 2026-11-01 --to 2026-11-30 --by category
  desk measures --by agent --json
  desk measures --catch-up 2026-11-01     tickets from before there were measures`,
    )
    .action(async (asked: Asked & { config?: string; catchUp?: string }) => {
      const [connection, configured] = [await desk(), await configuration(asked.config)];
      if (asked.catchUp) await catchUp(asked.catchUp, connection, configured, counting('counted'));
      const figures = await figuresFor(asked, connection, configured);
      print(figures, () => describeFigures(figures));
    });
}

function day(option: string): (text: string) => string {
  return (text) => {
    const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    if (!Number.isNaN(date) && new Date(date).toISOString().startsWith(text)) return text;
    throw new CommanderError(
      2,
      'desk.measures',
      `error: ${option} is «${text}»; allowed is a day such as 2026-11-23`,
    );
  };
}
