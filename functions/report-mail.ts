/** The mail of a report: its figures as they are counted when it goes out, in words, in bars, and as a table in a file. */

import type { Person } from '../core/config/desk.ts';
import { figuresOf, NOBODY } from '../core/insight/figures.ts';
import { before } from '../core/insight/period.ts';
import { dimensionsOf, isWithin, type Report, scopeOf, within } from '../core/insight/report.ts';
import { withheldSince } from '../core/insight/shadow.ts';
import type { OutgoingFile } from '../core/mail/compose.ts';
import type { RenderedUpdate } from '../core/mail/update.ts';
import { mayRead, type Plan } from '../core/ticket/audience.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { renderUpdate } from '../templates/render.ts';
import { linesOf, tableOf } from '../templates/report/table.ts';
import { reportView } from '../templates/report/view.ts';
import type { World } from './handler.ts';

/** `tickets` are those of its numbered lines that this person may read. */
export async function reportMail(
  {
    plan,
    report,
    person,
    tickets,
    replyTo,
  }: {
    plan: Plan;
    report: Report;
    person: Person;
    tickets: ReadonlyMap<string, Ticket>;
    replyTo: string;
  },
  world: World,
): Promise<{ content: RenderedUpdate; files: OutgoingFile[] }> {
  const { desk, rollups, now } = world;
  const { read, standing: standsNow } = await rollups();
  const scope = scopeOf(person, desk);
  const by = dimensionsOf(scope);
  const [period, earlier] = [{ from: report.from, to: report.to }, before(report)];
  const all = await standsNow(now());
  const open = all.open.filter(({ team, agent }) =>
    isWithin({ team, assignee: agent === NOBODY ? null : agent }, person, scope, desk),
  );
  const standing = { ...all, open };
  const counted = await read(earlier.from, all.today, ['desk', 'priority', 'category', 'team', 'agent']);
  const his = within(counted, scope, desk);
  const [figures, figuresBefore] = [period, earlier].map((range) =>
    figuresOf(his, { ...range, by }, standing),
  ) as [ReturnType<typeof figuresOf>, ReturnType<typeof figuresOf>];
  // Whose mails they are the desk's own count does not say, and so names nobody.
  const mailsOf = (range: typeof period) => figuresOf(counted, { ...range, by: [] }, all).mails;
  const mails = scope.withMail ? { now: mailsOf(period), before: mailsOf(earlier) } : null;
  // Only the desk's own managers hear of its trial, and each of what he may read.
  const trial = desk.shadow ? await trialOf(period.from, person, world) : null;
  const told = {
    ...{ plan, report, trial: trial?.length ?? null },
    figures,
    before: figuresBefore,
    mails,
    open,
    tickets,
    person,
    desk,
    replyTo,
    now: now(),
  };
  return {
    content: renderUpdate(reportView(told)),
    files: [
      {
        name: `report-${period.from}-${period.to}.csv`,
        contentType: 'text/csv',
        content: Buffer.from(tableOf(figures, mails?.now ?? null, desk)),
        contentId: null,
      },
      ...(trial
        ? [
            {
              name: `trial-${period.from}-${period.to}.csv`,
              contentType: 'text/csv',
              content: Buffer.from(linesOf(trial)),
              contentId: null,
            },
          ]
        : []),
    ],
  };
}

/** What a desk on trial would have sent since that day, of the tickets that this person may read. */
async function trialOf(
  from: string,
  { address }: Person,
  { desk, trial }: World,
): Promise<ReturnType<typeof withheldSince>> {
  const since = `${from}T00:00:00.000Z`;
  const { tickets } = await trial(since);
  return withheldSince(
    tickets.filter(({ ticket }) => mayRead(address, ticket, desk)),
    since,
  );
}
