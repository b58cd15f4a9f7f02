/** `desk train` and `classify`: what filed tickets teach. */
import { type Command, CommanderError } from 'commander';
import { classifyFile, describeClassified } from '../classify.ts';
import { readDesk } from '../config.ts';
import { percent, progress, type Shell } from '../shell.ts';
import { describeDeskTraining, describeTraining, trainDesk, trainFile } from '../train.ts';

export function learnCommands(program: Command, { desk, print }: Shell): void {
  program
    .command('train')
    .description(
      'learns from filed tickets to file others, and says how well on tickets that it had not seen',
    )
    .argument(
      '[file]',
      'JSON lines {"text", "label"}, with "team" and "priority" where known, or .csv with these columns',
    )
    .requiredOption('--out <model>', 'the file to keep what was learned in')
    .option('--from-desk', 'learn from the closed tickets of the desk itself, as people filed them')
    .option('--adopt', 'with --from-desk: write it only if it is better than the model in use; else exit 1')
    .option('--config <file>', 'with --from-desk: the categories, and the model in use', 'desk.yaml')
    .addHelpText(
      'after',
      `
Examples:
  desk train tickets.jsonl --out model.bin
  desk train --from-desk --stack Replydesk --out model.bin --adopt`,
    )
    .action(
      async (
        file: string | undefined,
        { out, fromDesk, adopt, config }: { out: string; fromDesk?: true; adopt?: true; config: string },
      ) => {
        if ((file === undefined) !== (fromDesk === true) || (adopt && !fromDesk))
          throw new CommanderError(
            2,
            'desk.train',
            'error: name one file, or say --from-desk, which alone knows --adopt',
          );
        if (file !== undefined) {
          const training = await trainFile(file, out, percent('learned'));
          return print(training, () => describeTraining(training));
        }
        const training = await trainDesk(
          (await desk()).tickets,
          await readDesk(config),
          { out, onlyBetter: adopt === true },
          { read: progress('read'), learned: percent('learned') },
        );
        print(training, () => describeDeskTraining(training));
        if (!training.written) process.exitCode = 1;
      },
    );

  program
    .command('classify')
    .description('files texts by a model that `desk train` made')
    .argument('<file>', 'JSON lines {"text"}, or .csv with this column')
    .requiredOption('--model <model>', 'what was learned')
    .addHelpText(
      'after',
      `
Examples:
  desk classify tickets.jsonl --model model.bin
  desk --json classify texts.csv --model model.bin | jq '.items[0]'
`,
    )
    .action(async (file: string, { model }: { model: string }) => {
      const classified = await classifyFile(file, model);
      print({ items: classified.items }, () => describeClassified(classified));
    });
}
