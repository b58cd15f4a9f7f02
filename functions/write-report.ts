/** A report is written as an event, once for each person and number; its mail leaves by OUT like that of a digest. */
import type { Person } from '../core/config/desk.ts';
import type { Dimension } from '../core/insight/figures.ts';
import { type Due, numberAsked, type ReportLook, reportOf } from '../core/insight/report.ts';
import { personOf } from '../core/mail/standing.ts';
import type { Look, Ticket } from '../core/ticket/ticket.ts';
import type { World } from './handler.ts';

/** False when there is one of that number. `tickets` are those that are not closed. */
export async function writeReport(
  person: Person,
  told: Due & { by: Dimension | null },
  tickets: readonly Ticket[],
  { desk, digests, now, realNow }: World,
): Promise<boolean> {
  return digests.begin(reportOf(person, told, tickets, desk, now(), realNow()));
}

/** What a mail asked for; `event` is the one that says so, however often it is told. */
export async function writeAsked(
  looks: readonly Look[],
  by: string,
  event: string,
  world: World,
): Promise<void> {
  const asked = looks.filter((look): look is ReportLook => look.what === 'report');
  const person = personOf(by, world.desk);
  if (asked.length === 0 || !person) return;
  const tickets = await unclosed(world);
  for (const [nth, { from, to, by: dimension }] of asked.entries()) {
    const told = { number: numberAsked(event, nth), occasion: 'asked', from, to, by: dimension } as const;
    await writeReport(person, told, tickets, world);
  }
}

/** A desk with more than these has to look into its queues: the figures count all of them, and the lists are of these. */
const MOST_READ = 2_000;
/** One batch read. */
const PAGE = 100;

/** All tickets that are not closed. */
export async function unclosed({ tickets }: World): Promise<Ticket[]> {
  const ids: string[] = [];
  for await (const id of tickets.running(null)) if (ids.push(id) === MOST_READ) break;
  const found: Ticket[] = [];
  for (let from = 0; from < ids.length; from += PAGE)
    found.push(...(await tickets.readAll(ids.slice(from, from + PAGE))));
  return found;
}
