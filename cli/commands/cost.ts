/** `desk cost`: the metered calls, priced. */
import { type Command, CommanderError } from 'commander';
import type { Where } from '../connect.ts';
import { describeCost, type Priced, priceRunning, priceSample, priceStack } from '../cost.ts';
import type { Shell } from '../shell.ts';

export function costCommand(program: Command, { where, print }: Shell): void {
  program
    .command('cost')
    .description('prices what the desk uses: per service, ticket and month, idle, and beside other designs')
    .option(
      '--sample',
      'of a ticket with 4 mails in, 6 out and six deadlines, metered before: no desk need run',
    )
    .addHelpText(
      'after',
      `
Of a desk on this laptop since its data folder is there; with --stack of its last 30 days, by CloudWatch.

Examples:
  desk cost                           what runs here, with its own mix of mail
  desk cost --sample --json           {per1000Tickets: {total, byService}, calls, …}
  desk cost --stack Replydesk --region eu-central-1`,
    )
    .action(async ({ sample }: { sample?: true }) => {
      const { stack, ...desk } = where();
      if (sample && stack)
        throw new CommanderError(2, 'desk.cost', 'error: name a stack, or say --sample, not both');
      const cost = await price(sample, stack, desk);
      print(cost, () => describeCost(cost));
    });
}

function price(sample: true | undefined, stack: string | undefined, desk: Where): Promise<Priced> {
  if (sample) return priceSample();
  return stack ? priceStack({ ...desk, stack }) : priceRunning(desk);
}
