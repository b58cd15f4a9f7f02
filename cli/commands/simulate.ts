/** `desk simulate`: what a changed desk.yaml would have made of the promises of the last weeks. */
import type { Command } from 'commander';
import { readDesk } from '../config.ts';
import { counting, days, type Shell } from '../shell.ts';
import { describeSimulation, simulateTickets } from '../simulate.ts';

export function simulateCommand(program: Command, { desk, configuration, print }: Shell): void {
  program
    .command('simulate')
    .description(
      'shows what a changed desk.yaml would have made of the promises of the last weeks; changes nothing',
    )
    .option('--days <n>', 'of the tickets that were opened in so many days', days, 30)
    .option('--config <file>', 'the changed configuration', 'desk.yaml')
    .option('--against <file>', 'the one to compare with; else that of the running desk, or desk.yaml')
    .addHelpText(
      'after',
      `
Clock logs are reckoned as they are: nobody is supposed to have hurried more, or less, because of another target.

Examples:
  desk simulate --config stricter.yaml
  desk simulate --days 90 --config stricter.yaml --json
  desk simulate --stack Replydesk --against deployed.yaml`,
    )
    .action(async ({ days, config, against }: { days: number; config: string; against?: string }) => {
      const { tickets, now } = await desk();
      const [before, after] = [await configuration(against), (await readDesk(config)).desk];
      const simulated = await simulateTickets(tickets, { before, after, days }, now(), counting('reckoned'));
      print(simulated, () => describeSimulation(simulated));
    });
}
