/** `desk tickets`, `ticket` and `watches`: what is in hand, and what time will do next. */
import { type Command, Option } from 'commander';
import { type Message, STATUSES, type Ticket } from '../../core/ticket/ticket.ts';
import type { DeskConnection } from '../connect.ts';
import { Refused } from '../refused.ts';
import { atMost, type Shell } from '../shell.ts';
import {
  describeDetail,
  describeReckoning,
  publicTicket,
  showEvent,
  showMessage,
  showReckoning,
  showWatch,
} from '../show.ts';
import { table } from '../table.ts';
import { nextWatches } from '../watches.ts';

export function ticketCommands(program: Command, { desk, configuration, print }: Shell): void {
  program
    .command('tickets')
    .description('lists tickets, newest first')
    .addOption(new Option('--status <status>', 'only of this status').choices(STATUSES))
    .option('--requester <address>', 'only of this requester')
    .option('--assignee <address>', 'only in these hands')
    .option('--limit <n>', 'at most so many', atMost, 50)
    .addHelpText(
      'after',
      `
Examples:
  desk tickets --status open
  desk tickets --assignee kim@example.test --stack Replydesk
  desk --json tickets --requester nora@example.org | jq -r '.tickets[].id'
`,
    )
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
    .addHelpText(
      'after',
      `
Examples:
  desk ticket T-7K4M2Q
  desk ticket T-7K4M2Q --why
  desk ticket T-7K4M2Q --stack Replydesk --why --config deployed.yaml
`,
    )
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
    .option('--limit <n>', 'at most so many', atMost, 50)
    .addHelpText(
      'after',
      `
Examples:
  desk watches
  desk watches --limit 5 --stack Replydesk
`,
    )
    .action(async ({ limit }: { limit: number }) => {
      const watches = await nextWatches((await desk()).tickets, limit);
      print({ watches }, () =>
        table(
          ['Wakes', 'For', 'Falls', 'Ticket', 'Status', 'Prio', 'Policy', 'Assignee', 'Subject'],
          watches.map(
            ({ nextAt, nextKind, falls, ticketId, status, priority, policy, assignee, subject }) => [
              nextAt,
              nextKind,
              falls ? `${falls.what} ${falls.at}` : '–',
              ticketId,
              status,
              priority,
              policy,
              assignee ?? '–',
              subject,
            ],
          ),
          'no ticket has a watch',
        ),
      );
    });
}

async function wholeText({ text, bodyKey }: Message, mailroom: DeskConnection['mailroom']): Promise<string> {
  const body = bodyKey && (await mailroom.read(bodyKey));
  return body ? Buffer.from(body).toString('utf8') : text;
}
