/** What a changed desk.yaml would have made of the tickets of the last weeks. Nothing is changed. */
import type { Tickets } from '../aws/tickets.ts';
import type { Desk } from '../core/config/desk.ts';
import { MEASURES } from '../core/sla/clock.ts';
import {
  type Compared,
  type Counts,
  type Outcome,
  simulate,
  type Tally,
  tally,
} from '../core/sla/simulate.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { table } from './table.ts';

interface Row extends Compared {
  ticketId: string;
  team: string;
  subject: string;
}

export type Simulated = Awaited<ReturnType<typeof simulateTickets>>;

/**
 * The tickets that were opened in the last `days`, but for spam and for what goes on as another. `now`: desk time, epoch
 * ms. Each is reckoned when its page of the index is read, and then forgotten.
 */
export async function simulateTickets(
  tickets: Pick<Tickets, 'list'>,
  { before, after, days }: { before: Desk; after: Desk; days: number },
  now: number,
  progress: (done: number) => void,
) {
  const since = new Date(now - days * 86_400_000).toISOString();
  const until = new Date(now).toISOString();
  const rows: Row[] = [];
  let [read, others] = [0, 0];
  const reckon = (ticket: Ticket): false => {
    if (ticket.tags.includes('spam') || ticket.mergedInto !== undefined) return false;
    const { id: ticketId, team, subject, requester } = ticket;
    const compared = simulate({ ...ticket, requester: requester.address }, before, after, until);
    rows.push(...compared.map((one) => ({ ticketId, team, subject, ...one })));
    if (ticket.deskHash !== before.hash) others++;
    progress(++read);
    return false;
  };
  await tickets.list(1, reckon, since);
  return {
    days,
    since,
    until,
    tickets: read,
    /** Those that were last reckoned by another desk.yaml than `before`. */
    reckonedByOthers: others,
    byMeasure: counted(rows, ({ measure }) => measure, MEASURES),
    byPriority: counted(rows, (one, side) => one[side].priority),
    byPolicy: counted(rows, (one, side) => one[side].policy),
    byTeam: counted(rows, ({ team }) => team),
    changed: rows.filter(({ before, after }) => before.fate !== after.fate),
  };
}

type Kind = Tally & { name: string };

function counted(
  rows: readonly Row[],
  of: (row: Row, side: 'before' | 'after') => string,
  order?: readonly string[],
): Kind[] {
  const all = [...tally(rows, of)].map(([name, tally]) => ({ name, ...tally }));
  return order ? all.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)) : all;
}

/** So many tickets that change are told to a person. */
const MOST_TOLD = 50;

export function describeSimulation(simulated: Simulated): string {
  const { days, tickets, reckonedByOthers, byMeasure, byPriority, byPolicy, byTeam, changed } = simulated;
  const left = changed.length - MOST_TOLD;
  return [
    `${tickets} ${tickets === 1 ? 'ticket' : 'tickets'} of the last ${days} days, reckoned again as if the changed file had always held; nothing was changed.`,
    ...(reckonedByOthers > 0
      ? [
          `${reckonedByOthers} of them were last reckoned by another desk.yaml than the one that is compared with; --against names it.`,
        ]
      : []),
    '',
    tallies([
      ['Measure', byMeasure],
      ['Priority', byPriority],
      ['Policy', byPolicy],
      ['Team', byTeam],
    ]),
    '',
    table(
      ['Ticket', 'Team', 'Measure', 'Prio', 'Before', 'After', 'Subject'],
      changed
        .slice(0, MOST_TOLD)
        .map(({ ticketId, team, measure, before, after, subject }) => [
          ticketId,
          team,
          measure,
          after.priority,
          told(before),
          told(after),
          subject,
        ]),
      'No ticket changes.',
    ),
    ...(left > 0 ? [`and ${left} more; --json has all`] : []),
  ].join('\n');
}

function told({ fate, due, policy }: Outcome): string {
  if (fate === 'not-promised') return 'not promised';
  return `${fate}${due ? ` ${due}` : ''} (${policy})`;
}

function tallies(kinds: readonly (readonly [string, readonly Kind[]])[]): string {
  const shares = ({ met, breached, open }: Counts) => [String(met), String(breached), String(open)];
  return table(
    ['By', '', 'Met', 'Breached', 'Open', '→ Met', 'Breached', 'Open'],
    kinds.flatMap(([kind, all]) =>
      all.map(({ name, before, after }) => [kind, name, ...shares(before), ...shares(after)]),
    ),
    'nothing was promised',
  );
}
