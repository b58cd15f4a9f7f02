/** `desk drill`: a service fails for a while, on this laptop. */
import { type Command, CommanderError, Option } from 'commander';
import { type Drill, drill, SERVICES } from '../drill.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

export function drillCommands(program: Command, { where, print }: Shell): void {
  const drills = program
    .command('drill')
    .description('makes a service fail for the desk on this laptop, for a while; alone it shows what is on')
    .addHelpText(
      'after',
      `
What the functions call is refused, not what an admin reads. A drill ends by itself, and with the desk.

Examples:
  desk drill throttle ses --for 2m    SES says «Maximum sending rate exceeded»
  desk drill throttle dynamodb --share 0.5
  desk drill outage s3                500, 503 and broken connections for half a minute
  desk drill                          what is on, and how many calls have met it
  desk drill end`,
    )
    .action(async () => show(await drill(where(), { order: 'look' })));

  const service = () => drills.createArgument('<service>', 'whose calls are refused').choices([...SERVICES]);
  const lasting = () =>
    new Option('--for <time>', 'for how long: 30s, 5m or 1h').argParser(secondsOf).default(30, '30s');

  drills
    .command('throttle')
    .description('answers as the service does when it is asked for too much')
    .addArgument(service())
    .addOption(lasting())
    .option('--share <share>', 'of the calls: 0.5 is every other one', shareOf, 1)
    .addHelpText(
      'after',
      `
Examples:
  desk drill throttle ses --for 2m
  desk drill throttle dynamodb --share 0.5
`,
    )
    .action(async (service: string, { for: seconds, share }: { for: number; share: number }) =>
      show(await drill(where(), { order: 'begin', kind: 'throttle', service, seconds, share })),
    );

  drills
    .command('outage')
    .description('answers that the service is not available, or breaks the connection')
    .addArgument(service())
    .addOption(lasting())
    .addHelpText(
      'after',
      `
Examples:
  desk drill outage s3
  desk drill outage dynamodb --for 1m
`,
    )
    .action(async (service: string, { for: seconds }: { for: number }) =>
      show(await drill(where(), { order: 'begin', kind: 'outage', service, seconds, share: 1 })),
    );

  drills
    .command('end')
    .description('ends every drill now')
    .addHelpText(
      'after',
      `
Examples:
  desk drill end
`,
    )
    .action(async () => show(await drill(where(), { order: 'end' })));

  function show(drills: Drill[]): void {
    print({ drills }, () =>
      table(
        ['Service', 'Drill', 'Share', 'Until', 'Calls met'],
        drills.map(({ service, kind, share, endsAt, struck }) => [
          service,
          kind,
          String(share),
          endsAt,
          String(struck),
        ]),
        'no drill is on',
      ),
    );
  }
}

function secondsOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const seconds = Number(count) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Number.NaN);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new CommanderError(
    2,
    'desk.for',
    `error: --for is «${text}»; allowed is 30s, 5m or 1h, a day at most`,
  );
}

function shareOf(text: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new CommanderError(
    2,
    'desk.share',
    `error: --share is «${text}»; allowed is a number above 0, 1 at most`,
  );
}
