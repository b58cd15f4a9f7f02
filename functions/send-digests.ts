/**
 * Every quarter of an hour: whose digest has come due, and what stands in it. It speaks by writing the digest as an
 * event, once for each person and day, so that its mail leaves by OUT. When nobody's is due, nothing is read.
 */
import * as z from 'zod/mini';
import type { Person } from '../core/config/desk.ts';
import { ANSWERABLE_FOR, digestDue, listFor } from '../core/ticket/digest.ts';
import { awayUntil } from '../core/triage/presence.ts';
import type { Loads } from '../core/triage/route.ts';
import { lambda, type World } from './handler.ts';

export const handler = lambda(z.unknown(), (_, world) => sendDigests(world));

export interface Digested {
  sent: number;
  /** Of how many the morning brought nothing. */
  empty: number;
  failed: number;
}

export async function sendDigests(world: World): Promise<Digested> {
  const { desk, now, log } = world;
  const due = desk.people.flatMap((person) => {
    const day = digestDue(person, desk, now());
    return day === null ? [] : [{ person, day }];
  });
  const digested = { sent: 0, empty: 0, failed: 0 };
  if (due.length === 0) return digested;
  const loads = await world.tickets.loads(due.map(({ person }) => person.address));
  let fault: unknown;
  for (const { person, day } of due) {
    try {
      const become = await digestFor(person, day, loads, world);
      if (become) digested[become]++;
    } catch (error) {
      // One person's fault is not the others'; the call fails in the end, so that it is repeated and rings.
      digested.failed++;
      fault = error;
    }
  }
  if (digested.sent + digested.empty + digested.failed > 0) log.info('digested', { ...digested });
  if (fault) throw fault;
  return digested;
}

/** Null: it was written before, or he is away and finds all of it when he is there again. */
async function digestFor(
  person: Person,
  day: number,
  loads: Loads,
  world: World,
): Promise<'sent' | 'empty' | null> {
  const { desk, digests, tickets, now, realNow } = world;
  const { address } = person;
  if (awayUntil(person, loads.get(address)?.away, desk, now()) || (await digests.read(address, day)))
    return null;
  const [news, ...held] = await Promise.all([
    digests.news(address),
    ...desk.teams.map(async ({ name, lead }) =>
      (await tickets.held(name, lead === address ? null : address)).map((each) => ({ ...each, team: name })),
    ),
  ]);
  const list = listFor(person, held.flat(), news, desk, now());
  const kind = list.entries.length > 0 ? 'digest' : 'nothing-to-tell';
  const answerableUntil = realNow() + ANSWERABLE_FOR;
  const digest = { kind, number: day, at: now(), person: address, ...list, answerableUntil } as const;
  if (!(await digests.begin(digest, news))) return null;
  return kind === 'digest' ? 'sent' : 'empty';
}
