/**
 * What desk.yaml keeps no longer. Closed tickets stand in an index by when they were closed, so that each hour only reads
 * those whose time is over, some of them, and the next hour goes on; another desk.yaml holds from the next hour on. Raw mail
 * and logs expire by the services' own rules, what is known of a mail by its item's.
 */
import { again, type World } from './handler.ts';

/** A ticket is some dozens of writes; so many take a minute of the sweep's five. */
const MOST_EXPIRED = 200;
const HOUR = 3_600_000;
/** Of an item that has none. */
const SECOND = 1_000;

/** After an upgrade. */
const MOST_ADOPTED = 1_000;

/** All of a ticket but its id and its audit trail; and what somebody began to remove and did not end. */
export async function expireTickets(world: World): Promise<number> {
  const { tickets, desk, now, realNow } = world;
  const { retention } = desk;
  await again(() => tickets.adopt(MOST_ADOPTED));
  const begun = await tickets.closed('going', before(HOUR, world), MOST_EXPIRED);
  const over: string[] = [];
  if (retention.tickets !== null)
    for (const state of ['bare', 'kept'] as const)
      over.push(...(await tickets.closed(state, before(retention.tickets, world), MOST_EXPIRED)));
  const ids = [...begun, ...over].slice(0, MOST_EXPIRED);
  if (ids.length === 0) return 0;
  const { bury } = await world.removal();
  const auditUntil = retention.audit === null ? null : Math.ceil((realNow() + retention.audit) / SECOND);
  for (const id of ids) await again(() => bury(id, now(), auditUntil));
  return ids.length;
}

/** What was written in a ticket, with its files: what happened to it stays for longer. */
export async function stripTickets(world: World): Promise<number> {
  const { bodies } = world.desk.retention;
  if (bodies === null) return 0;
  const ids = await world.tickets.closed('kept', before(bodies, world), MOST_EXPIRED);
  if (ids.length === 0) return 0;
  const { strip } = await world.removal();
  for (const id of ids) await again(() => strip(id));
  return ids.length;
}

function before(age: number, { now }: World): string {
  return new Date(Date.parse(now()) - age).toISOString();
}
