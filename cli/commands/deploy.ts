/** `desk deploy`, `uninstall` and `upgrade`: the stack comes, changes and goes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, CommanderError, Option } from 'commander';
import { openAccount } from '../../aws/account.ts';
import { openCdk } from '../cdk.ts';
import { deploy, describeDeployed } from '../deploy.ts';
import { CHECKS } from '../doctor/account.ts';
import { examineAccount, versionHere } from '../doctor/examine.ts';
import { Refused } from '../refused.ts';
import { type Shell, waitingFor } from '../shell.ts';
import { describeUninstalled, uninstall } from '../uninstall.ts';
import { describeNotes, notesBetween } from '../upgrade.ts';

const say = (words: string) => process.stderr.write(`${words}\n`);
const isAsked = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

export function deployCommands(program: Command, { where, configuration, print }: Shell): void {
  program
    .command('deploy')
    .description('asks the doctor, shows what would change, deploys, and says which DNS records are left')
    .option('--config <file>', 'the configuration to deploy', 'desk.yaml')
    .addOption(
      new Option('--despite <check...>', 'problems that do not stop it').choices([...new Set(CHECKS)]),
    )
    .option('-c, --context <name=value...>', 'as for cdk: existingRuleSetName, alarmAddress, hostedZoneId …')
    .option('--dry-run', 'only look, and show what would change')
    .option('--yes', 'ask nothing')
    .addHelpText(
      'after',
      `
The stack is Replydesk unless --stack says otherwise. What the CDK says goes to stderr. In the SES sandbox the state is "sandbox", and
the text of the request that ends it is printed.

Examples:
  desk deploy --dry-run --region eu-central-1
  desk deploy --stack Replydesk --region eu-central-1 -c alarmAddress=ops@example.com
  desk deploy --yes --despite dmarc --stack Replydesk`,
    )
    .action(async ({ config, despite = [], context = [], dryRun, yes }: DeployOptions) => {
      const { stack = 'Replydesk', region } = where();
      if (!dryRun && !yes && !isAsked()) throw needsYes('--yes');
      const desk = await configuration(config);
      const account = openAccount();
      const deployed = await deploy(
        desk,
        { despite: [...despite, ...answered(context)], dryRun: dryRun === true },
        {
          examine: () => waitingFor('asking AWS and DNS', examineAccount(desk, stack, region)),
          cdk: openCdk(stack, config, context, region),
          stack: () => account.stack(stack),
          agreed: async () => yes === true || confirmed(`Deploy ${stack}?`),
          say,
        },
      );
      print(deployed, () => describeDeployed(deployed));
    });

  program
    .command('uninstall')
    .description('deletes the stack, and leaves the data; says what remains and how that goes as well')
    .option('--config <file>', 'the configuration that is deployed', 'desk.yaml')
    .option('--confirm <stack>', "the stack's name once more, instead of typing it when asked")
    .option('--dry-run', 'only say what would go and what would remain')
    .addHelpText(
      'after',
      `
Tickets, mail and keys stay: a desk that is deployed later under the same name does not find the table and the bucket again, but the data
is yours to export or to delete. The receipt rule set is deactivated only if it is the desk's own, and what it took over is put back.

Examples:
  desk uninstall --stack Replydesk --dry-run
  desk uninstall --stack Replydesk --region eu-central-1
  desk uninstall --stack Replydesk --confirm Replydesk`,
    )
    .action(async ({ config, confirm, dryRun }: { config: string; confirm?: string; dryRun?: true }) => {
      const { stack, region } = where();
      if (!stack)
        throw new Refused(
          'Name the stack with --stack. A desk on a laptop is gone when its folder is: end it and delete .desk.',
        );
      if (region) process.env.AWS_REGION = region;
      if (!dryRun && confirm === undefined && !isAsked()) throw needsYes(`--confirm ${stack}`);
      const account = openAccount();
      const { domain } = await configuration(config);
      const done = await uninstall(
        { stackName: stack, domain, region: await account.region() },
        { dryRun: dryRun === true },
        {
          stack: () => account.stack(stack),
          cdk: openCdk(stack, config, [], region),
          typed: async () => confirm ?? typed(`Type the name of the stack to delete it (${stack})`),
          say,
        },
      );
      print(done, () => describeUninstalled(done));
    });

  program
    .command('upgrade')
    .description('says what changed between the deployed version and this folder, and what has to be done')
    .option('--from <version>', 'instead of asking the stack')
    .addHelpText(
      'after',
      `
Upgrading is a deployment: take the new version into this folder, read this, then desk deploy. Data stays, and running tickets go on.

Examples:
  desk upgrade --stack Replydesk
  desk upgrade --from 0.1.0`,
    )
    .action(async ({ from }: { from?: string }) => {
      const { stack, region } = where();
      if (from === undefined && !stack)
        throw new Refused('Name the stack with --stack, or a version with --from.');
      if (region) process.env.AWS_REGION = region;
      const deployed = from ?? (await versionOf(stack ?? ''));
      const changelog = await readFile(join(import.meta.dirname, '..', '..', 'CHANGELOG.md'), 'utf8');
      const notes = { from: deployed, to: await versionHere(), notes: notesBetween(changelog, deployed) };
      print(notes, () => describeNotes(notes));
    });
}

interface DeployOptions {
  config: string;
  despite?: string[];
  context?: string[];
  dryRun?: true;
  yes?: true;
}

/** What the doctor minds in a rule set of somebody else's, one of these options already decides. */
function answered(context: readonly string[]): string[] {
  return context.some((each) => /^(existingRuleSetName=|takeOverActiveRuleSet=true$)/.test(each))
    ? ['rule-set']
    : [];
}

/** Null: deployed before stacks said their version. */
async function versionOf(stack: string): Promise<string | null> {
  const found = await openAccount().stack(stack);
  if (!found) throw new Refused(`There is no stack ${stack} in this account and region.`);
  return found.outputs.Version ?? null;
}

function needsYes(option: string): CommanderError {
  return new CommanderError(2, 'desk.yes', `error: nobody can be asked here; say ${option}`);
}

async function confirmed(message: string): Promise<boolean> {
  const clack = await import('@clack/prompts');
  return (await clack.confirm({ message, initialValue: false, output: process.stderr })) === true;
}

async function typed(message: string): Promise<string> {
  const clack = await import('@clack/prompts');
  const answer = await clack.text({ message, output: process.stderr });
  return clack.isCancel(answer) ? '' : answer;
}
