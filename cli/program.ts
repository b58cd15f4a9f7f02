/** All commands of `desk`, put together: a command or a family is one file in commands/, and one line here. */
import { Command, Option } from 'commander';
import { completionCommand } from './commands/completion.ts';
import { costCommand } from './commands/cost.ts';
import { dataCommands } from './commands/data.ts';
import { deadLetterCommands } from './commands/dead-letters.ts';
import { deployCommands } from './commands/deploy.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drillCommands } from './commands/drill.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { keyCommands } from './commands/keys.ts';
import { knowledgeCommand } from './commands/knowledge.ts';
import { learnCommands } from './commands/learn.ts';
import { mailCommands } from './commands/mail.ts';
import { measuresCommand } from './commands/measures.ts';
import { peopleCommands } from './commands/people.ts';
import { replayCommand } from './commands/replay.ts';
import { shadowCommand } from './commands/shadow.ts';
import { simulateCommand } from './commands/simulate.ts';
import { ticketCommands } from './commands/tickets.ts';
import { shellOf } from './shell.ts';

export function deskProgram(): Command {
  const program = new Command('desk')
    .description('Looks into a Replydesk and helps it along.')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addOption(
      new Option('--data <folder>', 'the data folder of a desk that runs on this laptop').default('.desk'),
    )
    .option('--stack <name>', 'a desk in AWS, by the name of its stack')
    .option('--region <region>', 'where that stack is')
    .showHelpAfterError('(desk --help shows what there is)')
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .exitOverride();
  program.addHelpText(
    'after',
    `
Examples:
  desk tickets --status open          on this laptop; npm run -s desk -- tickets …
  desk ticket T-7K4M2Q --stack Replydesk --region eu-central-1
  desk explain mail.eml               what would become of it, and why
  desk dlq                            what could not be done, and desk dlq redrive --all
  desk drill outage dynamodb --for 1m
  desk doctor --stack Replydesk       whether AWS and DNS are as the desk needs them; before deploying, too

desk <command> --help has more.`,
  );
  const shell = shellOf(program);
  initCommand(program, shell);
  ticketCommands(program, shell);
  mailCommands(program, shell);
  replayCommand(program, shell);
  explainCommand(program, shell);
  peopleCommands(program, shell);
  knowledgeCommand(program, shell);
  learnCommands(program, shell);
  simulateCommand(program, shell);
  measuresCommand(program, shell);
  costCommand(program, shell);
  shadowCommand(program, shell);
  dataCommands(program, shell);
  deadLetterCommands(program, shell);
  drillCommands(program, shell);
  doctorCommand(program, shell);
  deployCommands(program, shell);
  keyCommands(program, shell);
  completionCommand(program);
  return program;
}
