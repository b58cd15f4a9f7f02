/** `desk explain`: what would become of a mail. */
import type { Command } from 'commander';
import { openLearned } from '../../core/triage/learned.ts';
import { readDesk } from '../config.ts';
import { type Explained, explain } from '../explain.ts';
import { progress, type Shell } from '../shell.ts';

export function explainCommand(program: Command, { desk, print }: Shell): void {
  program
    .command('explain')
    .description('says what would happen to each mail, and why; changes nothing')
    .argument('<path...>', 'files, or folders with files')
    .option('--desk', 'ask the running desk which tickets and threads there are')
    .option('--config <file>', 'the configuration to explain by', 'desk.yaml')
    .addHelpText(
      'after',
      `
Examples:
  desk explain mail.eml
  desk --json explain mails/ --config changed.yaml | jq '.mails[] | {file, disposition}'
  desk explain mail.eml --desk --stack Replydesk
`,
    )
    .action(async (paths: string[], { desk: ask, config }: { desk?: true; config: string }) => {
      const realNow = Date.now();
      const configured = await readDesk(config);
      const mails = await explain(
        paths,
        configured.desk,
        ask ? await desk() : null,
        { now: new Date(realNow).toISOString(), realNow },
        progress('explained'),
        configured.model ? openLearned(configured.model) : undefined,
      );
      print({ mails }, () =>
        mails
          .map(
            ({
              file,
              subject,
              from,
              writer,
              disposition,
              reason,
              clue,
              detail,
              automatic,
              classification,
              error,
            }) =>
              [
                `${file}`,
                `  ${from?.address ?? '(nobody)'}: ${subject || '(no subject)'}`,
                error
                  ? `  cannot be read: ${error}`
                  : `  ${disposition}, ${reason}${clue ? `, found by ${clue}` : ''}: ${detail}`,
                ...(writer ? aboutWriter(writer) : []),
                ...(automatic
                  ? [`  automatic: ${automatic.kind}, by ${automatic.rule}: ${automatic.seen}`]
                  : []),
                ...(classification
                  ? [
                      `  ${classification.category}, ${classification.impact} × ${classification.urgency} → ${classification.priority}`,
                      ...classification.reasons.map(({ what, why }) => `    ${what}: ${why}`),
                    ]
                  : []),
              ].join('\n'),
          )
          .join('\n\n'),
      );
    });
}

function aboutWriter({ address, by, through, listed, flagged }: NonNullable<Explained['writer']>): string[] {
  return [
    ...(by === 'reply-to' ? [`  written by ${address}, whom Reply-To names`] : []),
    ...(through ? [`  came through ${through}`] : []),
    ...(listed ? [`  ${listed.as}: mail.${listed.as} has ${listed.entry}`] : []),
    ...(flagged ? [`  flagged: ${flagged}`] : []),
  ];
}
