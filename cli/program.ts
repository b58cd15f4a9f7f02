/** All commands of `desk`, put together: a command or a family is one file in commands/, and one line here. */
import { Command, Option } from 'commander';
import { completionCommand } from './commands/completion.ts';
import { type Shell, shellOf } from './shell.ts';

interface Family {
  names: readonly string[];
  open(): Promise<(program: Command, shell: Shell) => void>;
}

/** Its names stand here and all else in its file, which is loaded when one of them is typed. */
export const FAMILIES: readonly Family[] = [
  { names: ['init'], open: async () => (await import('./commands/init.ts')).initCommand },
  {
    names: ['tickets', 'ticket', 'watches'],
    open: async () => (await import('./commands/tickets.ts')).ticketCommands,
  },
  { names: ['mail', 'blocked'], open: async () => (await import('./commands/mail.ts')).mailCommands },
  { names: ['replay'], open: async () => (await import('./commands/replay.ts')).replayCommand },
  { names: ['explain'], open: async () => (await import('./commands/explain.ts')).explainCommand },
  { names: ['people', 'recurring'], open: async () => (await import('./commands/people.ts')).peopleCommands },
  { names: ['kb'], open: async () => (await import('./commands/knowledge.ts')).knowledgeCommand },
  { names: ['train', 'classify'], open: async () => (await import('./commands/learn.ts')).learnCommands },
  { names: ['simulate'], open: async () => (await import('./commands/simulate.ts')).simulateCommand },
  { names: ['measures'], open: async () => (await import('./commands/measures.ts')).measuresCommand },
  { names: ['cost'], open: async () => (await import('./commands/cost.ts')).costCommand },
  { names: ['shadow'], open: async () => (await import('./commands/shadow.ts')).shadowCommand },
  {
    names: ['export', 'erase', 'backup', 'restore', 'audit'],
    open: async () => (await import('./commands/data.ts')).dataCommands,
  },
  { names: ['dlq'], open: async () => (await import('./commands/dead-letters.ts')).deadLetterCommands },
  { names: ['drill'], open: async () => (await import('./commands/drill.ts')).drillCommands },
  { names: ['doctor'], open: async () => (await import('./commands/doctor.ts')).doctorCommand },
  {
    names: ['deploy', 'uninstall', 'upgrade'],
    open: async () => (await import('./commands/deploy.ts')).deployCommands,
  },
  { names: ['keys'], open: async () => (await import('./commands/keys.ts')).keyCommands },
];

/** These speak of all others. */
const OF_ALL = ['help', 'completion', 'complete'];

/** `typed`: what follows `desk`. Where no command is among it, all are there, for the help that is shown then. */
export async function deskProgram(typed: readonly string[] = []): Promise<Command> {
  const meant = FAMILIES.filter(({ names }) => names.some((name) => typed.includes(name)));
  const families = meant.length === 0 || OF_ALL.some((name) => typed.includes(name)) ? FAMILIES : meant;
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
  for (const open of await Promise.all(families.map((family) => family.open()))) open(program, shell);
  if (families === FAMILIES) completionCommand(program);
  return program;
}
