/** `desk doctor`: whether everything that the desk lives on is as it should be. */
import type { Command } from 'commander';
import { describeDiagnosis, examineAccount, examineLaptop } from '../doctor/examine.ts';
import { type Shell, waitingFor } from '../shell.ts';

export function doctorCommand(program: Command, { where, configuration, print }: Shell): void {
  program
    .command('doctor')
    .description('looks at the account and its DNS, or on a laptop at the engines, and says what to do')
    .option('--config <file>', 'the configuration whose domain and people are looked at', 'desk.yaml')
    .addHelpText(
      'after',
      `
With --stack it looks at AWS, before and after the first deployment; without, at what npm start needs. It changes nothing. What
cannot be looked at is "unknown", with the reason; what comes by itself or with the next step "waits". Exit 1: there is a problem.

Examples:
  desk doctor
  desk doctor --stack Replydesk --region eu-central-1
  desk --json doctor --stack Replydesk | jq '.findings[] | select(.state == "problem")'`,
    )
    .action(async ({ config }: { config: string }) => {
      const { stack, region } = where();
      const { findings, counts } = stack
        ? await waitingFor('asking AWS and DNS', examineAccount(await configuration(config), stack, region))
        : await examineLaptop(where(), config);
      print({ findings, counts }, () => describeDiagnosis({ findings, counts }));
      if (counts.problem > 0) process.exitCode = 1;
    });
}
