/**
 * Every quarter of an hour: whose report has come due, by his own clock. It speaks by writing the report as an event. When
 * nobody's is due, nothing is read.
 */
import * as z from 'zod/mini';
import type { Person } from '../core/config/desk.ts';
import { before } from '../core/insight/period.ts';
import { type Due, reportOf, reportsDue, scopeOf, within } from '../core/insight/report.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { awayUntil } from '../core/triage/presence.ts';
import { lambda, type World } from './handler.ts';
import { unclosed } from './write-report.ts';

export const handler = lambda(z.unknown(), (_, world) => sendReports(world));

export interface Reported {
  sent: number;
  /** For how many there was nothing to tell: nothing came in two such times, and nothing waits. */
  empty: number;
  failed: number;
}

export async function sendReports(world: World): Promise<Reported> {
  const { desk, now, digests, log } = world;
  const reported = { sent: 0, empty: 0, failed: 0 };
  let tickets: Promise<Ticket[]> | null = null;
  let fault: unknown;
  for (const person of desk.people)
    for (const due of reportsDue(person, desk, now())) {
      try {
        if (await digests.read(person.address, due.number)) continue;
        if (await isAbsent(person, world)) continue;
        tickets ??= unclosed(world);
        const become = await reportFor(person, due, await tickets, world);
        if (become) reported[become]++;
      } catch (error) {
        // One person's fault is not the others'; the call fails in the end, so that it is repeated and rings.
        reported.failed++;
        fault = error;
      }
    }
  if (reported.sent + reported.empty + reported.failed > 0) log.info('reported', { ...reported });
  if (fault) throw fault;
  return reported;
}

/** The weekly one waits for him; of a day that he was away nobody tells him later. */
async function isAbsent(person: Person, { desk, now, tickets }: World): Promise<boolean> {
  const loads = await tickets.loads([person.address]);
  return awayUntil(person, loads.get(person.address)?.away, desk, now()) !== null;
}

/** Null: somebody wrote it meanwhile. */
async function reportFor(
  person: Person,
  due: Due,
  tickets: readonly Ticket[],
  world: World,
): Promise<'sent' | 'empty' | null> {
  const { desk, digests, now, realNow } = world;
  const report = reportOf(person, { ...due, by: null }, tickets, desk, now(), realNow());
  const isTold =
    report.entries.length > 0 ? await wasThere(due, tickets, world) : await happened(person, due, world);
  const { at, number, answerableUntil } = report;
  const nothing = { at, number, answerableUntil, person: person.address, entries: [], more: {} };
  if (!(await digests.begin(isTold ? report : { kind: 'nothing-to-tell', ...nothing }))) return null;
  return isTold ? 'sent' : 'empty';
}

/** A desk that began after these days has nothing to tell of them. */
async function wasThere(due: Due, tickets: readonly Ticket[], world: World): Promise<boolean> {
  const first = tickets.map(({ createdAt }) => createdAt).sort()[0];
  return (first !== undefined && first.slice(0, 10) <= due.to) || counted(due, world);
}

/** In these days or those with which they are compared, among what he may see. */
async function happened(person: Person, due: Due, world: World): Promise<boolean> {
  const { desk, rollups } = world;
  const { read } = await rollups();
  const found = await read(before(due).from, due.to, ['priority', 'team', 'agent']);
  return within(found, scopeOf(person, desk), desk).length > 0;
}

async function counted(due: Due, { rollups }: World): Promise<boolean> {
  const { read } = await rollups();
  return (await read(before(due).from, due.to, ['priority'])).length > 0;
}
