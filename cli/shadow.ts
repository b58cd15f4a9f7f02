/** What a desk in shadow mode would have done in the last days. */
import { readTrial } from '../aws/trial.ts';
import { type Count, type ShadowReport, shadowReport } from '../core/insight/shadow.ts';
import type { DeskConnection } from './connect.ts';
import { table } from './table.ts';

/** `now`: desk time, epoch ms. */
export async function reportShadow(
  running: Pick<DeskConnection, 'tickets' | 'ledger'>,
  days: number,
  now: number,
): Promise<ShadowReport & { cut: boolean }> {
  const since = new Date(now - days * 86_400_000).toISOString();
  const { mails, tickets, cut } = await readTrial(running, since);
  return { ...shadowReport(mails, tickets, { since, until: new Date(now).toISOString() }), cut };
}

export function describeShadow(report: ShadowReport & { cut: boolean }): string {
  const { since, until, mails, tickets, categories, teams, priorities, withheld, newest, cut } = report;
  const { warned, breached, escalated } = report;
  const sum = (counts: readonly Count[]) => counts.reduce((total, { count }) => total + count, 0);
  if (newest.length === 0)
    return `No ticket of a trial was opened from ${since} to ${until}. A desk is on trial with shadow: true in desk.yaml; docs/guide/shadow.md has more.`;
  return [
    `From ${since} to ${until} the desk read ${several(sum(mails), 'mail')} and opened ${several(tickets, 'ticket')}${cut ? ' (the newest)' : ''}. It sent nobody anything; it would have sent ${several(sum(withheld), 'mail')} about them.`,
    `Deadlines: ${warned} warned of, ${breached} fallen, ${escalated} tickets climbed, with nobody at work on them.`,
    '',
    table(
      ['By', '', ''],
      [
        ...rows('Mail became', mails),
        ...rows('Category', categories),
        ...rows('Team', teams),
        ...rows('Priority', priorities),
        ...rows('Withheld', withheld),
      ],
      'nothing came in',
    ),
    '',
    table(
      ['Ticket', 'Prio', 'Category', 'Team', 'Would have gone', 'Subject'],
      newest.map(({ id, priority, category, team, withheld, subject }) => [
        ...[id, priority, category, team],
        withheld.map(({ kind, to }) => `${kind} → ${to}`).join(', ') || '–',
        subject,
      ]),
      'no tickets',
    ),
  ].join('\n');
}

function several(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function rows(by: string, counts: readonly Count[]): string[][] {
  return counts.map(({ name, count }) => [by, name, String(count)]);
}
