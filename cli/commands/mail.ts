/** `desk mail`, `replay` and `blocked`: all that came in, and what became of it. */
import { type Command, CommanderError, Option } from 'commander';
import { countDay } from '../../aws/count.ts';
import { DISPOSITIONS, REASONS } from '../../core/mail/disposition.ts';
import { mailIdIn } from '../../core/mail/record.ts';
import type { DeskConnection } from '../connect.ts';
import { Refused } from '../refused.ts';
import { atMost, type Shell } from '../shell.ts';
import { table } from '../table.ts';

const ALL_REASONS = [...new Set(Object.values(REASONS).flat())];

export function mailCommands(program: Command, { desk, print }: Shell): void {
  program
    .command('mail')
    .description(
      'lists all mail that came in and what became of it, newest first; or shows one, or counts a day',
    )
    .argument('[key]', 'one mail, by its key or id: the whole record with its history')
    .addOption(new Option('--disposition <disposition>', 'only what became this').choices(DISPOSITIONS))
    .addOption(new Option('--reason <reason>', 'only for this reason').choices(ALL_REASONS))
    .option('--since <time>', 'only what came in since this day or time of UTC', since)
    .option('--limit <n>', 'at most so many', atMost, 1_000)
    .option(
      '--count [day]',
      'whether the mails and the records of a day are the same; yesterday unless said',
      dayOf,
    )
    .addHelpText(
      'after',
      `
Examples:
  desk mail --disposition quarantined --since 2026-11-23
  desk mail --reason poison
  desk mail mail/2026/11/23/4k1v0q9s
  desk mail --count
  desk mail --count 2026-11-23 --json`,
    )
    .action(
      async (
        key: string | undefined,
        { disposition, reason, since, limit, count }: MailOptions,
      ): Promise<void> => {
        const running = await desk();
        if (count !== undefined)
          return showCount(count === true ? yesterday(running) : count, running, print);
        if (key !== undefined) return showMail(key, running, print);
        const records = await running.ledger.list(
          limit,
          (record) =>
            (disposition === undefined || record.disposition === disposition) &&
            (reason === undefined || record.reason === reason),
          since,
        );
        const mails = records.map(
          ({ key, receivedAt, from, subject, disposition, reason, detail, clue, ticketId }) => ({
            key,
            receivedAt,
            from,
            subject,
            disposition,
            reason,
            detail,
            clue,
            ...(ticketId ? { ticketId } : {}),
          }),
        );
        print({ mails }, () =>
          table(
            ['Received', 'From', 'Disposition', 'Reason', 'Ticket', 'Key', 'Subject'],
            mails.map((mail) => [
              mail.receivedAt,
              mail.from ?? '–',
              mail.disposition,
              mail.reason,
              mail.ticketId ?? '–',
              mail.key,
              mail.subject,
            ]),
            'no mail',
          ),
        );
      },
    );

  program
    .command('blocked')
    .description(
      'lists the senders whom #block has refused from then on; mail.blocked of desk.yaml has others',
    )
    .addHelpText(
      'after',
      `
Examples:
  desk blocked
  desk --json blocked --stack Replydesk | jq -r '.blocked[].address'
`,
    )
    .action(async () => {
      const { addresses } = await desk();
      const blocked = await addresses.blocked(MOST_BLOCKED);
      print({ blocked }, () =>
        table(
          ['Address', 'Since', 'By', 'Ticket'],
          blocked.map(({ address, at, by, ticketId }) => [address, at, by, ticketId]),
          'nobody',
        ),
      );
    });
}

const MOST_BLOCKED = 1_000;

interface MailOptions {
  disposition?: string;
  reason?: string;
  since?: string;
  limit: number;
  count?: string | true;
}

async function showMail(key: string, { ledger }: DeskConnection, print: Shell['print']): Promise<void> {
  const record = await ledger.read(mailIdIn(key));
  if (!record) throw new Refused(`There is no mail ${key} in the ledger.`);
  const { version: _, events: _events, ...mail } = record;
  const now = {
    at: mail.disposedAt,
    disposition: mail.disposition,
    reason: mail.reason,
    detail: mail.detail,
  };
  print({ mail }, () =>
    [
      `${mail.disposition}, ${mail.reason}: ${mail.detail}`,
      '',
      table(
        ['', ''],
        Object.entries(mail)
          .filter(([name]) => name !== 'history' && name !== 'receipt')
          .concat(Object.entries(mail.receipt).map(([name, value]) => [`receipt ${name}`, value]))
          .map(([name, value]) => [name, value === null ? '–' : String(value)]),
        '',
      ),
      '',
      table(
        ['When', 'Disposition', 'Reason', 'Cause'],
        [...mail.history, now].map(({ at, disposition, reason, detail }) => [
          at,
          disposition,
          reason,
          detail ?? '–',
        ]),
        '',
      ),
    ].join('\n'),
  );
}

/** By the desk's clock. */
function yesterday({ now }: DeskConnection): string {
  return new Date(now() - 86_400_000).toISOString().slice(0, 10);
}

/** What the sweep kept; of a day that it did not count, what a count says now. */
async function showCount(
  day: string,
  { ledger, mailroom, now }: DeskConnection,
  print: Shell['print'],
): Promise<void> {
  const kept = await ledger.count(day);
  const count = kept ?? (await countDay(day, new Date(now()).toISOString(), { ledger, mailroom }));
  print({ count: { ...count, kept: kept !== null } }, () =>
    [
      `${day}: ${count.received} received, ${count.disposed} with a disposition; counted ${kept ? count.at : 'just now, and not kept'}`,
      table(
        ['Disposition', 'Mails'],
        Object.entries(count.dispositions).map(([disposition, mails]) => [disposition, String(mails)]),
        'no mail',
      ),
      ...count.missing.map(({ key }) => `missing: ${key} has no record`),
      ...count.lost.map((mailId) => `lost: the raw mail of ${mailId} is gone`),
      ...count.repaired.map((mailId) => `repaired: ${mailId} was missing and has its disposition now`),
      count.missing.length + count.lost.length === 0 ? 'It balances.' : 'It does not balance.',
    ].join('\n'),
  );
}

function since(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?)?$/.test(text) && Date.parse(text)) return text;
  throw new CommanderError(
    2,
    'desk.since',
    `error: --since is «${text}»; allowed is a day such as 2026-11-23 or a time such as 2026-11-23T08:00Z`,
  );
}

function dayOf(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && Date.parse(text)) return text;
  throw new CommanderError(
    2,
    'desk.count',
    `error: --count is «${text}»; allowed is a day such as 2026-11-23`,
  );
}
