/** `desk`: what an admin types. Results go to stdout, everything else to stderr; `--json` prints one document and nothing more. */
import { readFile } from 'node:fs/promises';
import { Command, CommanderError, Option } from 'commander';
import type { Desk } from '../core/config/desk.ts';
import { DISPOSITIONS, REPLAYABLE } from '../core/mail/disposition.ts';
import { type Message, STATUSES, type Ticket } from '../core/ticket/ticket.ts';
import { readDesk } from './config.ts';
import { connect, type DeskConnection, type Where } from './connect.ts';
import { explain } from './explain.ts';
import { Refused } from './refused.ts';
import { publicTicket, showEvent, showMessage, showWatch } from './show.ts';
import { table } from './table.ts';

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

interface Common extends Where {
  json?: true;
}

const positive = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new CommanderError(
      2,
      'desk.limit',
      `error: --limit is «${text}»; allowed is a whole number from 1 to 10000`,
    );
  return number;
};

program
  .command('tickets')
  .description('lists tickets, newest first')
  .addOption(new Option('--status <status>', 'only of this status').choices(STATUSES))
  .option('--requester <address>', 'only of this requester')
  .option('--assignee <address>', 'only in these hands')
  .option('--limit <n>', 'at most so many', positive, 50)
  .action(
    async ({
      status,
      requester,
      assignee,
      limit,
    }: {
      status?: string;
      requester?: string;
      assignee?: string;
      limit: number;
    }) => {
      const same = (wanted: string | undefined, value: string | null) =>
        wanted === undefined || wanted.toLowerCase() === value;
      const keep = (ticket: Ticket) =>
        same(status, ticket.status) &&
        same(requester, ticket.requester.address) &&
        same(assignee, ticket.assignee);
      const tickets = (await (await desk()).tickets.list(limit, keep)).map(publicTicket);
      print({ tickets }, () =>
        table(
          ['Ticket', 'Status', 'Prio', 'Tier', 'Assignee', 'Requester', 'Opened', 'Subject'],
          tickets.map(({ id, status, priority, tier, assignee, requester, createdAt, subject }) => [
            id,
            status,
            priority,
            String(tier),
            assignee ?? '–',
            requester ?? '–',
            createdAt,
            subject,
          ]),
          'no tickets',
        ),
      );
    },
  );

program
  .command('ticket')
  .description('shows one ticket with its messages, its history and its watch')
  .argument('<id>', 'T-7K4M2Q')
  .action(async (id: string) => {
    const { tickets, mailroom } = await desk();
    const ticket = await tickets.read(id.toUpperCase());
    if (!ticket) throw new Refused(`There is no ticket ${id}.`);
    const [messages, events] = await Promise.all([
      tickets.messages(ticket.id, 10_000),
      tickets.events(ticket.id, 10_000),
    ]);
    const shown = {
      ticket: publicTicket(ticket),
      messages: await Promise.all(
        messages.map(async (message) =>
          showMessage({ ...message, text: await wholeText(message, mailroom) }),
        ),
      ),
      events: events.map(showEvent),
      watch: showWatch(ticket),
    };
    print(shown, () =>
      [
        `${ticket.id}  ${ticket.subject}`,
        table(
          ['', ''],
          Object.entries(shown.ticket).map(([name, value]) => [
            name,
            typeof value === 'object' ? JSON.stringify(value) : String(value),
          ]),
          '',
        ),
        '',
        ...shown.messages.map(
          ({ at, from, direction, visibility, text }) =>
            `${at}  ${direction === 'out' ? '→' : '←'} ${from}${visibility === 'private' ? '  (private)' : ''}\n${text.replace(/^/gm, '    ')}\n`,
        ),
        table(
          ['When', 'What', 'By', 'Detail'],
          shown.events.map(({ at, kind, by, detail }) => [at, kind, by, JSON.stringify(detail)]),
          '',
        ),
        shown.watch
          ? `\nwatch g${shown.watch.generation} is ${shown.watch.state}${shown.watch.nextAt ? `; wakes ${shown.watch.nextAt} for ${shown.watch.nextKind}` : ''}`
          : '',
      ].join('\n'),
    );
  });

async function wholeText({ text, bodyKey }: Message, mailroom: DeskConnection['mailroom']): Promise<string> {
  const body = bodyKey && (await mailroom.read(bodyKey));
  return body ? Buffer.from(body).toString('utf8') : text;
}

program
  .command('mail')
  .description('lists all mail that came in and what became of it, newest first')
  .addOption(new Option('--disposition <disposition>', 'only what became this').choices(DISPOSITIONS))
  .option('--limit <n>', 'at most so many', positive, 1_000)
  .action(async ({ disposition, limit }: { disposition?: string; limit: number }) => {
    const records = await (await desk()).ledger.list(
      limit,
      (record) => disposition === undefined || record.disposition === disposition,
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
        ['Received', 'From', 'Disposition', 'Reason', 'Ticket', 'Subject', 'Key'],
        mails.map((mail) => [
          mail.receivedAt,
          mail.from ?? '–',
          mail.disposition,
          mail.reason,
          mail.ticketId ?? '–',
          mail.subject,
          mail.key,
        ]),
        'no mail',
      ),
    );
  });

program
  .command('people')
  .description('lists who works at the desk')
  .option('--config <file>', 'the configuration to read')
  .action(async ({ config }: { config?: string }) => {
    const { people } = config
      ? await readDesk(config)
      : ((await runningConfig()) ?? (await readDesk('desk.yaml')));
    const shown = people.map(({ address, name, role, team, tier, skills, hours }) => ({
      address,
      name,
      role,
      team: team ?? null,
      tier: tier ?? null,
      skills,
      hours,
    }));
    print({ people: shown }, () =>
      table(
        ['Address', 'Name', 'Role', 'Team', 'Tier', 'Hours'],
        shown.map(({ address, name, role, team, tier, hours }) => [
          address,
          name,
          role,
          team ?? '–',
          tier === null ? '–' : String(tier),
          hours,
        ]),
        'nobody',
      ),
    );
  });

program
  .command('explain')
  .description('says what would happen to each mail, and why; changes nothing')
  .argument('<path...>', 'files, or folders with files')
  .option('--desk', 'ask the running desk which tickets and threads there are')
  .option('--config <file>', 'the configuration to explain by', 'desk.yaml')
  .action(async (paths: string[], { desk: ask, config }: { desk?: true; config: string }) => {
    const realNow = Date.now();
    const mails = await explain(
      paths,
      await readDesk(config),
      ask ? await desk() : null,
      { now: new Date(realNow).toISOString(), realNow },
      progress('explained'),
    );
    print({ mails }, () =>
      mails
        .map(({ file, subject, from, disposition, reason, detail, automatic, classification, error }) =>
          [
            `${file}`,
            `  ${from?.address ?? '(nobody)'}: ${subject || '(no subject)'}`,
            error ? `  cannot be read: ${error}` : `  ${disposition}, ${reason}: ${detail}`,
            ...(automatic ? [`  automatic: ${automatic.kind}, by ${automatic.rule}: ${automatic.seen}`] : []),
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

program
  .command('replay')
  .description('runs mail again whose disposition is not final, and replaces its disposition')
  .argument('<key...>', 'keys or ids as `desk mail` lists them')
  .action(async (keys: string[]) => {
    const running = await desk();
    const replayed: Awaited<ReturnType<typeof replay>>[] = [];
    for (const key of keys) replayed.push(await replay(key, running));
    print({ replayed }, () =>
      table(
        ['Mail', 'Outcome', 'Before', 'Now', 'Reason'],
        replayed.map(({ key, outcome, before, after }) => [
          key,
          outcome,
          before ?? '–',
          after?.disposition ?? '–',
          after?.reason ?? '–',
        ]),
        '',
      ),
    );
    if (replayed.some(({ outcome }) => outcome === 'unknown' || outcome === 'pending')) process.exitCode = 1;
  });

/** Long enough for a cold start and a few retries. */
const REPLAY_WITHIN = 60_000;

async function replay(key: string, { ledger, mails }: DeskConnection) {
  const mailId = key.slice(key.lastIndexOf('/') + 1);
  const before = await ledger.read(mailId);
  if (!before) return { key, outcome: 'unknown' as const, before: null, after: null };
  if (!REPLAYABLE.includes(before.disposition))
    return {
      key,
      outcome: 'done' as const,
      before: before.disposition,
      after: { disposition: before.disposition, reason: before.reason },
    };
  await mails.send({ replay: mailId });
  for (
    const until = Date.now() + REPLAY_WITHIN;
    Date.now() < until;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const after = await ledger.read(mailId);
    if (after && after.version > before.version)
      return {
        key,
        outcome: 'replayed' as const,
        before: before.disposition,
        after: { disposition: after.disposition, reason: after.reason, ticketId: after.ticketId },
      };
  }
  return { key, outcome: 'pending' as const, before: before.disposition, after: null };
}

function desk(): Promise<DeskConnection> {
  return connect(program.opts<Common>());
}

/** What the running desk runs with, whatever became of its file since. */
async function runningConfig(): Promise<Desk | null> {
  const where = program.opts<Common>();
  if (where.stack) return null;
  try {
    const { deskFile } = await connect(where);
    return deskFile ? JSON.parse(await readFile(deskFile, 'utf8')) : null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function print(document: unknown, words: () => string): void {
  process.stdout.write(`${program.opts<Common>().json ? JSON.stringify(document) : words()}\n`);
}

/** On a terminal, a line that is written over; nothing elsewhere. */
function progress(what: string): (done: number, all: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done, all) => {
    if (done === all) process.stderr.write('\r\u001b[K');
    else if (done % 25 === 0) process.stderr.write(`\r${what} ${done} of ${all}`);
  };
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Refused) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else if (error instanceof CommanderError) {
    if (error.code === 'desk.limit') process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else throw error;
}
