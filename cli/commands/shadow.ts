/** `desk shadow`: what a desk that only looks on would have done. */
import type { Command } from 'commander';
import { describeShadow, reportShadow } from '../shadow.ts';
import { days, type Shell } from '../shell.ts';

export function shadowCommand(program: Command, { desk, print }: Shell): void {
  program
    .command('shadow')
    .description(
      'reports what a desk with `shadow: true` would have sent, to whom, opened, filed and warned of',
    )
    .option('--days <n>', 'of the last so many days', days, 7)
    .addHelpText(
      'after',
      `
Examples:
  desk shadow
  desk shadow --days 30 --stack Replydesk --json`,
    )
    .action(async ({ days }: { days: number }) => {
      const running = await desk();
      const report = await reportShadow(running, days, running.now());
      print(report, () => describeShadow(report));
    });
}
