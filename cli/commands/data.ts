/** `desk export`, `erase`, `audit`, `backup` and `restore`: what the desk keeps, given away, taken out, proven, put back. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { keptByAws } from '../../aws/backups.ts';
import { erasePerson, findTraces } from '../../aws/erasure.ts';
import { expiry, openTable } from '../../aws/table.ts';
import { type Verified, verifyAll, verifyTicket } from '../audit.ts';
import { backUp, restore } from '../backup.ts';
import { addressOf, certificateOf, describeCertificate, describeTraces, refuseStaff } from '../erase.ts';
import { exportTickets } from '../export.ts';
import { Refused } from '../refused.ts';
import { counting, type Shell } from '../shell.ts';
import { table } from '../table.ts';

export function dataCommands(program: Command, { desk, where, configuration, print }: Shell): void {
  program
    .command('export')
    .description('writes tickets with their mail and files into a folder, for other programs to read')
    .requiredOption('--out <folder>', 'an empty folder, or one that an interrupted run began')
    .option('--ticket <id...>', 'only these')
    .option('--requester <address>', 'only those of this requester')
    .option('--from <day>', 'only those opened from then on', dayOf('--from'))
    .option('--to <day>', 'only those opened before', dayOf('--to'))
    .addHelpText(
      'after',
      `
tickets.jsonl has a ticket a line with its messages and events, mail.mbox (mboxrd) the raw mail as far as it is kept,
mails.jsonl what became of each, attachments/ the files, audit.jsonl the audit trail, manifest.json the SHA-256 of each file.
Run again after an interruption, it goes on where it was.

Examples:
  desk export --out export
  desk export --out nora --requester nora@example.org
  desk export --out year --from 2026-01-01 --to 2027-01-01 --stack Replydesk`,
    )
    .action(
      async (asked: { out: string; ticket?: string[]; requester?: string; from?: string; to?: string }) => {
        const { out, ticket = [], ...range } = asked;
        const place = await desk();
        const exported = await exportTickets(out, { tickets: ticket, ...range }, place, counting('tickets'));
        const { tickets, messages, events, mails, files, gone, missing } = exported;
        print({ exported }, () =>
          [
            `${out}: ${tickets} tickets, ${messages} messages, ${events} events, ${mails} raw mails, ${files} files`,
            ...(gone > 0 ? [`${gone} tickets are gone; their audit trail is there`] : []),
            ...(missing > 0 ? [`${missing} raw mails or files are kept no longer`] : []),
          ].join('\n'),
        );
      },
    );

  program
    .command('erase')
    .description('shows what names a person, and with --confirm takes it out for good')
    .argument('<address>', 'whom')
    .option('--preview', 'only show it, which is what it does without --confirm')
    .option('--confirm <address>', 'his address once more: erase him')
    .option('--out <folder>', 'where the certificate goes', '.')
    .option('--config <file>', 'the configuration to read')
    .addHelpText(
      'after',
      `
His tickets go with all that is in them, and what he wrote in others' tickets; where others name him, his address goes. Ids of
tickets stay taken. The whole table is read, a read unit for 4 KB. Interrupted, it is run again and carries on.

Examples:
  desk erase nora@example.org
  desk erase nora@example.org --confirm nora@example.org --out certificates`,
    )
    .action(
      async (
        given: string,
        { confirm, preview, out, config }: { confirm?: string; preview?: true; out: string; config?: string },
      ) => {
        const address = addressOf(given);
        if (confirm !== undefined && preview)
          throw new CommanderError(2, 'desk.erase', 'error: --preview and --confirm exclude each other');
        if (confirm !== undefined && addressOf(confirm) !== address)
          throw new Refused(`--confirm says ${confirm}, and not ${address}. Nothing has been changed.`);
        const configured = await configuration(config);
        refuseStaff(address, configured);
        const place = await desk();
        const traces = await findTraces(address, place, counting('items'));
        if (confirm === undefined)
          return print({ preview: { address, ...traces } }, () => describeTraces(address, traces));
        const now = place.now();
        const { audit } = configured.retention;
        const at = new Date(now).toISOString();
        const until = audit === null ? null : expiry(Date.now() + audit);
        const erasure = await erasePerson(address, at, until, place, counting('items'));
        const kept = where().stack ? await keptByAws(place.table.name, place.mailroom.bucket) : null;
        const certificate = certificateOf(address, at, traces, erasure, kept, configured);
        const name = `erasure-${at.replace(/\D/g, '').slice(0, 14)}`;
        await mkdir(out, { recursive: true });
        const whole = JSON.stringify({ certificate, list: erasure.list }, null, 2);
        await writeFile(join(out, `${name}.json`), `${whole}\n`);
        await writeFile(join(out, `${name}.txt`), `${describeCertificate(certificate)}\n`);
        print(
          { certificate },
          () => `${describeCertificate(certificate)}\n\nWritten to ${join(out, name)}.json and .txt`,
        );
        if (certificate.left.length > 0) process.exitCode = 1;
      },
    );

  program
    .command('backup')
    .description('writes everything that the desk has into a folder, to be restored from it')
    .requiredOption('--out <folder>', 'an empty folder, or one that an interrupted run began')
    .option('--table <name>', 'another table instead of the desk’s: one that was put back to an earlier time')
    .addHelpText(
      'after',
      `
It reads the whole table and every object, and holds the keys that reply addresses are signed with: keep it as safe as the desk.

Examples:
  desk backup --out /mnt/backups/2026-11-23 --stack Replydesk
  desk backup --out before-the-fault --stack Replydesk --table Replydesk-Table-at-noon`,
    )
    .action(async ({ out, table }: { out: string; table?: string }) => {
      const place = await desk();
      const from = table === undefined ? place : { ...place, table: openTable(table) };
      const backedUp = await backUp(out, from, counting('things'));
      print({ backedUp }, () => `${out}: ${backedUp.items} items, ${backedUp.objects} objects`);
    });

  program
    .command('restore')
    .description('puts a backup into an empty desk, on a laptop or in AWS')
    .argument('<folder>', 'what desk backup wrote')
    .addHelpText(
      'after',
      `
Nobody is told again of what is put back. Watches run on with the next sweeps, within an hour. A desk that is not empty is
refused; interrupted, it is run again with the same folder.

Examples:
  npm start -- --empty --fresh --data rehearsal
  desk restore /mnt/backups/2026-11-23 --data rehearsal
  desk restore /mnt/backups/2026-11-23 --stack Replydesk2`,
    )
    .action(async (folder: string) => {
      const restored = await restore(folder, await desk(), counting('things'));
      print(
        { restored },
        () => `${folder}: ${restored.items} items and ${restored.objects} objects are put back`,
      );
    });

  const audit = program
    .command('audit')
    .description('the audit trail: what happened to each ticket, hash-chained')
    .addHelpText(
      'after',
      `
Examples:
  desk audit verify T-7K4M2Q
  desk audit verify --stack Replydesk`,
    );
  audit
    .command('verify')
    .description('says whether the trail of a ticket, or of all, is what was written, and where it is not')
    .argument('[id]', 'such as T-7K4M2Q; also of a ticket that is gone')
    .addHelpText(
      'after',
      `
desk export writes the trail as audit.jsonl. Keep the last links that this prints elsewhere: they prove that nothing was cut off.

Examples:
  desk audit verify T-7K4M2Q
  desk --json audit verify > heads.json`,
    )
    .action(async (id: string | undefined) => {
      const place = await desk();
      const verified: Verified[] = [];
      const tell = counting('tickets');
      if (id !== undefined) verified.push(await verifyTicket(id.toUpperCase(), place.table));
      else
        for await (const each of verifyAll(place.table)) {
          verified.push(each);
          tell(verified.length);
        }
      const broken = verified.filter((each) => each.broken !== null);
      print({ verified }, () =>
        id === undefined && broken.length === 0
          ? verified.length === 1
            ? '1 trail holds'
            : `${verified.length} trails hold`
          : table(
              ['Ticket', 'Events', 'Chained', 'Last link', 'Broken'],
              (id === undefined ? broken : verified).map(
                ({ ticketId, events, chained, head, broken: at }) => [
                  ...[ticketId, String(events), String(chained), head ?? '–'],
                  at ? `at event ${at.number}: ${at.why}` : 'no',
                ],
              ),
              'no tickets',
            ),
      );
      if (broken.length > 0) process.exitCode = 1;
    });
}

function dayOf(option: string): (text: string) => string {
  return (text) => {
    if (/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.test(text) && Date.parse(text)) return text;
    throw new CommanderError(
      2,
      'desk.day',
      `error: ${option} is «${text}»; allowed is a day such as 2026-11-23 or a time such as 2026-11-23T08:00Z`,
    );
  };
}
