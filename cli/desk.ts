/** `desk`: what an admin types. Results go to stdout, everything else to stderr; `--json` prints one document and nothing more. */
import { readFile } from 'node:fs/promises';
import { Command, CommanderError, Option } from 'commander';
import { countDay } from '../aws/count.ts';
import type { Desk } from '../core/config/desk.ts';
import { DISPOSITIONS, REASONS, REPLAYABLE } from '../core/mail/disposition.ts';
import { HEAD_OCTETS, notificationOf, receiptFromHeaders } from '../core/mail/receipt.ts';
import { cameIn, IN, mailIdIn } from '../core/mail/record.ts';
import { nextOccurrence } from '../core/sla/occurrences.ts';
import { handsFor } from '../core/ticket/recurring.ts';
import { type Message, STATUSES, type Ticket } from '../core/ticket/ticket.ts';
import { openLearned } from '../core/triage/learned.ts';
import { awayUntil } from '../core/triage/presence.ts';
import type { Loads } from '../core/triage/route.ts';
import { describeArticle, listArticles } from './articles.ts';
import { classifyFile, describeClassified } from './classify.ts';
import { readDesk } from './config.ts';
import { connect, type DeskConnection, type Where } from './connect.ts';
import { lookInto, overview, redrive } from './dead-letters.ts';
import { type Drill, drill, SERVICES } from './drill.ts';
import { type Explained, explain } from './explain.ts';
import { Refused } from './refused.ts';
import {
  describeDetail,
  describeReckoning,
  publicTicket,
  showEvent,
  showMessage,
  showReckoning,
  showWatch,
} from './show.ts';
import { describeSimulation, simulateTickets } from './simulate.ts';
import { table } from './table.ts';
import { describeDeskTraining, describeTraining, trainDesk, trainFile } from './train.ts';
import { nextWatches } from './watches.ts';

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

const days = (text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 3_650) return number;
  throw new CommanderError(
    2,
    'desk.days',
    `error: --days is «${text}»; allowed is a whole number from 1 to 3650`,
  );
};

const since = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?)?$/.test(text) && Date.parse(text)) return text;
  throw new CommanderError(
    2,
    'desk.since',
    `error: --since is «${text}»; allowed is a day such as 2026-11-23 or a time such as 2026-11-23T08:00Z`,
  );
};

const dayOf = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && Date.parse(text)) return text;
  throw new CommanderError(
    2,
    'desk.count',
    `error: --count is «${text}»; allowed is a day such as 2026-11-23`,
  );
};

const ALL_REASONS = [...new Set(Object.values(REASONS).flat())];

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
  .option('--why', 'and how each of its deadlines comes about, interval by interval')
  .option('--config <file>', 'the configuration to reckon by; else that of the running desk, or desk.yaml')
  .action(async (id: string, { why, config }: { why?: true; config?: string }) => {
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
      ...(why ? { why: showReckoning(ticket, await configuration(config)) } : {}),
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
          shown.events.map(({ at, kind, by, detail }) => [at, kind, by, describeDetail(detail)]),
          '',
        ),
        shown.watch
          ? `\nwatch g${shown.watch.generation} is ${shown.watch.state}${shown.watch.nextAt ? `; wakes ${shown.watch.nextAt} for ${shown.watch.nextKind}` : ''}`
          : '',
        ...(shown.why ? ['', describeReckoning(shown.why)] : []),
      ].join('\n'),
    );
  });

program
  .command('watches')
  .description('lists what time will do next: tickets by when their watch wakes')
  .option('--limit <n>', 'at most so many', positive, 50)
  .action(async ({ limit }: { limit: number }) => {
    const watches = await nextWatches((await desk()).tickets, limit);
    print({ watches }, () =>
      table(
        ['Wakes', 'For', 'Falls', 'Ticket', 'Status', 'Prio', 'Policy', 'Assignee', 'Subject'],
        watches.map(({ nextAt, nextKind, falls, ticketId, status, priority, policy, assignee, subject }) => [
          nextAt,
          nextKind,
          falls ? `${falls.what} ${falls.at}` : '–',
          ticketId,
          status,
          priority,
          policy,
          assignee ?? '–',
          subject,
        ]),
        'no ticket has a watch',
      ),
    );
  });

program
  .command('simulate')
  .description(
    'shows what a changed desk.yaml would have made of the promises of the last weeks; changes nothing',
  )
  .option('--days <n>', 'of the tickets that were opened in so many days', days, 30)
  .option('--config <file>', 'the changed configuration', 'desk.yaml')
  .option('--against <file>', 'the one to compare with; else that of the running desk, or desk.yaml')
  .addHelpText(
    'after',
    `
Clock logs are reckoned as they are: nobody is supposed to have hurried more, or less, because of another target.

Examples:
  desk simulate --config stricter.yaml
  desk simulate --days 90 --config stricter.yaml --json
  desk simulate --stack Replydesk --against deployed.yaml`,
  )
  .action(async ({ days, config, against }: { days: number; config: string; against?: string }) => {
    const { tickets, now } = await desk();
    const [before, after] = [await configuration(against), (await readDesk(config)).desk];
    const simulated = await simulateTickets(tickets, { before, after, days }, now(), counting('reckoned'));
    print(simulated, () => describeSimulation(simulated));
  });

async function wholeText({ text, bodyKey }: Message, mailroom: DeskConnection['mailroom']): Promise<string> {
  const body = bodyKey && (await mailroom.read(bodyKey));
  return body ? Buffer.from(body).toString('utf8') : text;
}

program
  .command('mail')
  .description(
    'lists all mail that came in and what became of it, newest first; or shows one, or counts a day',
  )
  .argument('[key]', 'one mail, by its key or id: the whole record with its history')
  .addOption(new Option('--disposition <disposition>', 'only what became this').choices(DISPOSITIONS))
  .addOption(new Option('--reason <reason>', 'only for this reason').choices(ALL_REASONS))
  .option('--since <time>', 'only what came in since this day or time of UTC', since)
  .option('--limit <n>', 'at most so many', positive, 1_000)
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
      if (count !== undefined) return showCount(count === true ? yesterday(running) : count, running);
      if (key !== undefined) return showMail(key, running);
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

interface MailOptions {
  disposition?: string;
  reason?: string;
  since?: string;
  limit: number;
  count?: string | true;
}

async function showMail(key: string, { ledger }: DeskConnection): Promise<void> {
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
async function showCount(day: string, { ledger, mailroom, now }: DeskConnection): Promise<void> {
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

program
  .command('blocked')
  .description('lists the senders whom #block has refused from then on; mail.blocked of desk.yaml has others')
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

const MOST_BLOCKED = 1_000;

program
  .command('kb')
  .argument('[id]', 'the article to show, such as K-7K4M2Q')
  .description('lists the articles, the newest first, or shows one; with --json each whole')
  .action(async (id: string | undefined) => {
    const { knowledge } = await desk();
    if (id === undefined) {
      const articles = await knowledge.list(MOST_ARTICLES);
      return print({ articles }, () => listArticles(articles));
    }
    const article = await knowledge.read(id.toUpperCase());
    if (!article) throw new Refused(`There is no article ${id}.`);
    print({ article }, () => describeArticle(article));
  });

const MOST_ARTICLES = 10_000;

program
  .command('people')
  .description('lists who works at the desk')
  .option('--config <file>', 'the configuration to read')
  .action(async ({ config }: { config?: string }) => {
    const configured = await configuration(config);
    const { loads, now } = await presences(configured);
    const shown = configured.people.map((person) => ({
      address: person.address,
      name: person.name,
      role: person.role,
      team: person.team ?? null,
      tier: person.tier ?? null,
      skills: person.skills,
      hours: person.hours,
      /** `day` is the first on which he is there again. */
      away: awayUntil(person, loads.get(person.address)?.away, configured, now),
    }));
    print({ people: shown }, () =>
      table(
        ['Address', 'Name', 'Role', 'Team', 'Tier', 'Hours', 'Away'],
        shown.map(({ address, name, role, team, tier, hours, away }) => [
          address,
          name,
          role,
          team ?? '–',
          tier === null ? '–' : String(tier),
          hours,
          away ? `until ${away.day}: ${away.why}` : '–',
        ]),
        'nobody',
      ),
    );
  });

program
  .command('recurring')
  .description('lists the work that comes again, and when it comes next')
  .option('--config <file>', 'the configuration to read')
  .action(async ({ config }: { config?: string }) => {
    const configured = await configuration(config);
    const { now } = await presences({ ...configured, people: [] });
    const recurring = configured.recurring
      .map((work) => ({
        ...{ name: work.name, title: work.title, category: work.category },
        team: handsFor(work, configured).team,
        ...{ every: work.every, on: work.on ?? null, at: work.at, calendar: work.calendar ?? null },
        next: nextOccurrence(work, now, configured)?.at ?? null,
      }))
      .sort((a, b) => (a.next ?? '').localeCompare(b.next ?? ''));
    print({ recurring }, () =>
      table(
        ['Next', 'Name', 'Every', 'On', 'At', 'Calendar', 'Team', 'Category', 'Title'],
        recurring.map(({ next, name, every, on, at, calendar, team, category, title }) => [
          next ?? '–',
          name,
          every,
          on ?? '–',
          at,
          calendar ?? '–',
          team,
          category,
          title,
        ]),
        'nothing recurs',
      ),
    );
  });

/** What out-of-office notices said: the desk that runs knows, and without one only the file does. */
async function presences({ people }: Desk): Promise<{ loads: Loads; now: string }> {
  try {
    const { tickets, now } = await desk();
    const loads = await tickets.loads(people.map(({ address }) => address));
    return { loads, now: new Date(now()).toISOString() };
  } catch (error) {
    if (error instanceof Refused) return { loads: new Map(), now: new Date().toISOString() };
    throw error;
  }
}

program
  .command('explain')
  .description('says what would happen to each mail, and why; changes nothing')
  .argument('<path...>', 'files, or folders with files')
  .option('--desk', 'ask the running desk which tickets and threads there are')
  .option('--config <file>', 'the configuration to explain by', 'desk.yaml')
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

function aboutWriter({ address, by, through, listed, flagged }: NonNullable<Explained['writer']>): string[] {
  return [
    ...(by === 'reply-to' ? [`  written by ${address}, whom Reply-To names`] : []),
    ...(through ? [`  came through ${through}`] : []),
    ...(listed ? [`  ${listed.as}: mail.${listed.as} has ${listed.entry}`] : []),
    ...(flagged ? [`  flagged: ${flagged}`] : []),
  ];
}

program
  .command('train')
  .description('learns from filed tickets to file others, and says how well on tickets that it had not seen')
  .argument('[file]', 'JSON lines {"text", "label"}, or .csv with these columns')
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
  .action(async (file: string, { model }: { model: string }) => {
    const classified = await classifyFile(file, model);
    print({ items: classified.items }, () => describeClassified(classified));
  });

program
  .command('replay')
  .description('runs mail again whose disposition is not final, and replaces its disposition')
  .argument('<key...>', 'keys or ids as `desk mail` lists them')
  .addHelpText(
    'after',
    `
Examples:
  desk replay mail/2026/11/23/4k1v0q9s
  desk replay $(desk --json mail --reason poison | jq -r '.mails[].key')`,
  )
  .action(async (keys: string[]) => {
    const running = await desk();
    const replayed: Awaited<ReturnType<typeof replay>>[] = [];
    for (const [index, key] of [...new Set(keys)].entries()) {
      const one = await replay(key, running);
      replayed.push(one);
      const now = one.after ? `${one.after.disposition}, ${one.after.reason}` : one.outcome;
      if (keys.length > 1) process.stderr.write(`${index + 1} of ${keys.length}: ${key}: ${now}\n`);
    }
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

async function replay(key: string, running: DeskConnection) {
  const { ledger, mails } = running;
  const mailId = mailIdIn(key);
  const before = await ledger.read(mailId);
  if (!before && !(await handIn(key, running)))
    return { key, outcome: 'unknown' as const, before: null, after: null };
  if (before && !REPLAYABLE.includes(before.disposition))
    return {
      key,
      outcome: 'done' as const,
      before: before.disposition,
      after: { disposition: before.disposition, reason: before.reason },
    };
  if (before) await mails.send({ replay: mailId });
  for (
    const until = Date.now() + REPLAY_WITHIN;
    Date.now() < until;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const after = await ledger.read(mailId);
    if (after && after.version > (before?.version ?? 0))
      return {
        key,
        outcome: 'replayed' as const,
        before: before?.disposition ?? null,
        after: { disposition: after.disposition, reason: after.reason, ticketId: after.ticketId },
      };
  }
  return { key, outcome: 'pending' as const, before: before?.disposition ?? null, after: null };
}

/** What lies in the bucket and has no record: as the sweep does. False when it does not lie there. */
async function handIn(key: string, { mailroom, mails }: DeskConnection): Promise<boolean> {
  const wanted = key.includes('/') ? key : `${IN}${key}`;
  for await (const stored of mailroom.list(wanted)) {
    if (stored.key !== wanted) break;
    const head = await mailroom.read(wanted, { start: 0, end: HEAD_OCTETS });
    if (!head) break;
    const receipt = receiptFromHeaders(mailIdIn(wanted), cameIn(wanted, stored.at), head);
    await mails.send(notificationOf(receipt, wanted, mailroom.bucket));
    return true;
  }
  return false;
}

program.addHelpText(
  'after',
  `
Examples:
  desk tickets --status open          on this laptop; npm run -s desk -- tickets …
  desk ticket T-7K4M2Q --stack Replydesk --region eu-central-1
  desk explain mail.eml               what would become of it, and why
  desk dlq                            what could not be done, and desk dlq redrive --all
  desk drill outage dynamodb --for 1m

desk <command> --help has more.`,
);

const deadLetters = program
  .command('dlq')
  .description('shows what could not be done: how much lies in each dead-letter queue, or what lies in one')
  .argument('[queue]', 'mail, updates, watches, feedback, relay, sweep or digests')
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
    if (queue !== undefined) return showDeadLetters(queue);
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

async function showDeadLetters(queue: string): Promise<void> {
  const messages = await lookInto(queue, await desk());
  print({ queue, messages }, () =>
    table(
      ['Sent', 'Tried', 'Message', 'About'],
      messages.map(({ sentAt, received, messageId, about }) => [sentAt, String(received), messageId, about]),
      `nothing lies in ${queue}`,
    ),
  );
}

deadLetters
  .command('redrive')
  .description('puts back what lies in a dead-letter queue, to be tried again')
  .argument('[queue]', 'mail, updates, watches or feedback')
  .option('--all', 'of all four')
  .action(async (queue: string | undefined, { all }: { all?: true }) => {
    if ((queue === undefined) === (all === undefined))
      throw new CommanderError(2, 'desk.dlq', 'error: name one queue, or say --all');
    const connection = await desk();
    const named = [...connection.deadLetters].filter(([, { returns }]) => returns).map(([name]) => name);
    const redriven: Awaited<ReturnType<typeof redrive>>[] = [];
    for (const name of queue === undefined ? named : [queue]) redriven.push(await redrive(name, connection));
    print({ redriven }, () =>
      table(
        ['Queue', 'Outcome', 'Messages', 'Reason'],
        redriven.map(({ queue, outcome, moved, reason }) => [queue, outcome, String(moved), reason ?? '']),
        'no dead-letter queues',
      ),
    );
    if (redriven.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
  });

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
  .action(async () => showDrills(await drill(program.opts<Common>(), { order: 'look' })));

const service = () => drills.createArgument('<service>', 'whose calls are refused').choices([...SERVICES]);
const lasting = () =>
  new Option('--for <time>', 'for how long: 30s, 5m or 1h').argParser(secondsOf).default(30, '30s');

drills
  .command('throttle')
  .description('answers as the service does when it is asked for too much')
  .addArgument(service())
  .addOption(lasting())
  .option('--share <share>', 'of the calls: 0.5 is every other one', shareOf, 1)
  .action(async (service: string, { for: seconds, share }: { for: number; share: number }) =>
    showDrills(
      await drill(program.opts<Common>(), { order: 'begin', kind: 'throttle', service, seconds, share }),
    ),
  );

drills
  .command('outage')
  .description('answers that the service is not available, or breaks the connection')
  .addArgument(service())
  .addOption(lasting())
  .action(async (service: string, { for: seconds }: { for: number }) =>
    showDrills(
      await drill(program.opts<Common>(), { order: 'begin', kind: 'outage', service, seconds, share: 1 }),
    ),
  );

drills
  .command('end')
  .description('ends every drill now')
  .action(async () => showDrills(await drill(program.opts<Common>(), { order: 'end' })));

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

function showDrills(drills: Drill[]): void {
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

function desk(): Promise<DeskConnection> {
  return connect(program.opts<Common>());
}

async function configuration(file: string | undefined): Promise<Desk> {
  const running = file ? null : await runningConfig();
  return running ?? (await readDesk(file ?? 'desk.yaml')).desk;
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

/** The same where nobody knows how many there are. */
function counting(what: string): (done: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done) => {
    if (done % 25 === 0) process.stderr.write(`\r${what} ${done}\r`);
  };
}

/** Ten lines while something takes long; on a terminal, one that is written over. */
function percent(what: string): (share: number) => void {
  let shown = 0;
  return (share) => {
    const tenths = Math.floor(share * 10 + 1e-9);
    if (tenths === shown) return;
    shown = tenths;
    const ends = tenths === 10 ? '\r\u001b[K' : '';
    process.stderr.write(
      process.stderr.isTTY ? ends || `\r${what} ${tenths * 10} %` : `${what} ${tenths * 10} %\n`,
    );
  };
}

// Whoever reads only the beginning, as `head` does, has what he wanted: what is left to do is done, unheard.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Refused) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else if (error instanceof CommanderError) {
    if (error.code.startsWith('desk.')) process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else throw error;
}
