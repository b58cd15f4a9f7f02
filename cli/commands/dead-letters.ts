/** `desk dlq`: what could not be done. */
import { type Command, CommanderError } from 'commander';
import { lookInto, overview, redrive } from '../dead-letters.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

export function deadLetterCommands(program: Command, { desk, print }: Shell): void {
  const deadLetters = program
    .command('dlq')
    .description('shows what could not be done: how much lies in each dead-letter queue, or what lies in one')
    .argument(
      '[queue]',
      'mail, updates, watches, feedback, relay, sweep, digests, reports, canary or measures',
    )
    .addHelpText(
      'after',
      `
A look hides what it reads for a moment, and counts as one more receive.

Examples:
  desk dlq                            how many messages, and the age of the oldest
  desk dlq updates                    what each is about, since when, and how often it was tried
  desk dlq redrive updates            puts them back; what was done in the meantime is not done again
  desk dlq redrive --all --stack Replydesk`,
    )
    .action(async (queue: string | undefined) => {
      if (queue !== undefined) return showDeadLetters(queue, desk, print);
      const queues = await overview(await desk());
      print({ queues }, () =>
        table(
          ['Queue', 'Messages', 'Oldest', 'Sent'],
          queues.map(({ queue, messages, oldestSentAt, ageSeconds }) => [
            queue,
            String(messages),
            ageSeconds === null ? '–' : `${Math.floor(ageSeconds / 60)} min`,
            oldestSentAt ?? '–',
          ]),
          'no dead-letter queues',
        ),
      );
    });

  deadLetters
    .command('redrive')
    .description('puts back what lies in a dead-letter queue, to be tried again')
    .argument('[queue]', 'mail, updates, watches or feedback')
    .option('--all', 'of all four')
    .addHelpText(
      'after',
      `
Examples:
  desk dlq redrive updates
  desk dlq redrive --all --stack Replydesk
`,
    )
    .action(async (queue: string | undefined, { all }: { all?: true }) => {
      if ((queue === undefined) === (all === undefined))
        throw new CommanderError(2, 'desk.dlq', 'error: name one queue, or say --all');
      const connection = await desk();
      const named = [...connection.deadLetters].filter(([, { returns }]) => returns).map(([name]) => name);
      const redriven: Awaited<ReturnType<typeof redrive>>[] = [];
      for (const name of queue === undefined ? named : [queue])
        redriven.push(await redrive(name, connection));
      print({ redriven }, () =>
        table(
          ['Queue', 'Outcome', 'Messages', 'Reason'],
          redriven.map(({ queue, outcome, moved, reason }) => [queue, outcome, String(moved), reason ?? '']),
          'no dead-letter queues',
        ),
      );
      if (redriven.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
    });
}

async function showDeadLetters(queue: string, desk: Shell['desk'], print: Shell['print']): Promise<void> {
  const messages = await lookInto(queue, await desk());
  print({ queue, messages }, () =>
    table(
      ['Sent', 'Tried', 'Message', 'About'],
      messages.map(({ sentAt, received, messageId, about }) => [sentAt, String(received), messageId, about]),
      `nothing lies in ${queue}`,
    ),
  );
}
