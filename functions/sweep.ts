/**
 * Once an hour: what fell between two steps is picked up again. Mail that still lies unhandled is handed in again; the
 * day before is counted, once, and again while its count shows a difference; a ticket whose watch should have woken and
 * did not gets a new one; after a deployment with another desk.yaml the tickets that run are reckoned anew.
 */
import * as z from 'zod';
import type { Stored } from '../aws/mailroom.ts';
import { HEAD_OCTETS, notificationOf, receiptFromHeaders, SETUP_NOTICE } from '../core/mail/receipt.ts';
import { cameIn, IN, mailIdIn } from '../core/mail/record.ts';
import { change } from '../core/ticket/change.ts';
import { again, lambda, type World } from './handler.ts';

export const handler = lambda(z.unknown(), (_, world) => sweep(world));

/** Queues try for half an hour; whatever is older was forgotten. */
const UNHANDLED_FOR = 15 * 60_000;
/** By then it was handed in again several times, and a person has to look at it. */
const STUCK_AFTER = 6 * 3_600_000;
const OVERDUE_FOR = 10 * 60_000;
/** More than this in one hour is a flood, and the next hour is soon. */
const MOST = 500;
const MOST_LISTED = 10_000;

export interface Swept {
  mails: number;
  /** Of these, how many were handed in before and lie there all the same. */
  stuck: number;
  /** By how many mails the day before still differs from its records. */
  unbalanced: number;
  watches: number;
  reckoned: number;
}

export async function sweep(world: World): Promise<Swept> {
  const { mails, stuck } = await handInAgain(world);
  const unbalanced = await balance(world);
  const watches = await restartWatches(world);
  const reckoned = await reckonAnew(world);
  const swept = { mails, stuck, unbalanced, watches, reckoned };
  world.log.info('swept', swept);
  return swept;
}

/** The newest first: what could not be repaired grows old, and must not keep the others from their turn. */
async function handInAgain(world: World): Promise<{ mails: number; stuck: number }> {
  const before = Date.parse(world.now()) - UNHANDLED_FOR;
  const unhandled: Stored[] = [];
  for await (const object of world.mailroom.list(IN)) {
    if (Date.parse(object.at) < before) unhandled.push(object);
    if (unhandled.length === MOST_LISTED) break;
  }
  const chosen = unhandled.sort((a, b) => b.at.localeCompare(a.at)).slice(0, MOST);
  let stuck = 0;
  for (const object of chosen) {
    await handIn(object, world);
    if (await isStuck(object, world)) stuck++;
  }
  return { mails: chosen.length, stuck };
}

async function isStuck({ key, at }: Stored, world: World): Promise<boolean> {
  const mailId = mailIdIn(key);
  const [now, realNow] = [world.now(), world.realNow()];
  const first = await world.updates.once(`handed-in#${mailId}`, now, realNow + MONTH, realNow);
  // SES's own notice is nobody's mail.
  if (first || mailId === SETUP_NOTICE || Date.parse(now) - Date.parse(at) < STUCK_AFTER) return false;
  world.log.warn('a mail lies unhandled', { mailId, since: at });
  return true;
}

/** The receipt went with the notification; what SES wrote on top of the stored mail says the same. */
async function handIn({ key, at }: Stored, { mailroom, mails }: World): Promise<void> {
  const head = await mailroom.read(key, { start: 0, end: HEAD_OCTETS });
  if (!head) return;
  const receipt = receiptFromHeaders(mailIdIn(key), cameIn(key, at), head);
  await mails.send(notificationOf(receipt, key, mailroom.bucket));
}

/** A mail of the last minutes before midnight may still be on its way. */
const COUNTED_AFTER = 3_600_000;
const DAY = 86_400_000;
/** What is named in the log; the rest stands in the count. */
const MOST_LOGGED = 100;

/**
 * Yesterday, counted once. Mail without a record is handed in again and named. Only what still differs an hour later
 * is worth a person: the returned number rings.
 */
async function balance(world: World): Promise<number> {
  const day = new Date(Date.parse(world.now()) - COUNTED_AFTER - DAY).toISOString().slice(0, 10);
  const kept = await world.ledger.count(day);
  if (kept && kept.missing.length + kept.lost.length === 0) return 0;
  const count = await world.count(day);
  for (const { mailId, key } of count.missing.slice(0, MOST_LOGGED))
    world.log.warn('a mail has no record', { day, mailId, key });
  for (const mailId of count.lost.slice(0, MOST_LOGGED))
    world.log.warn('a mail has a record and is gone', { day, mailId });
  // What is still under `in/` has had its turn above.
  const handled = count.missing.filter(({ key }) => !key.startsWith(IN));
  for (const { key } of handled.slice(0, MOST)) await handIn({ key, at: count.at }, world);
  const before = new Set(kept?.missing.map(({ mailId }) => mailId));
  const again = count.missing.filter(({ mailId }) => before.delete(mailId));
  await world.ledger.keepCount({ ...count, repaired: [...(kept?.repaired ?? []), ...before] });
  const { received, disposed, missing, lost } = count;
  world.log.info('counted', { day, received, disposed, missing: missing.length, lost: lost.length });
  return again.length + lost.length;
}

async function restartWatches(world: World): Promise<number> {
  let restarted = 0;
  for await (const id of world.tickets.running(
    new Date(Date.parse(world.now()) - OVERDUE_FOR).toISOString(),
  )) {
    if (await again(() => restartWatch(id, world))) restarted++;
  }
  return restarted;
}

/** A new generation, so that the lost one, should it wake after all, finds that it is not wanted. */
async function restartWatch(id: string, world: World): Promise<boolean> {
  const ticket = await world.tickets.read(id);
  if (ticket?.watch?.state !== 'running' || (await world.watches.isRunning(id, ticket.watch.generation)))
    return false;
  await world.tickets.commit(
    change({ ...ticket, watch: { ...ticket.watch, state: 'ended' } }, [], world.now(), world.desk),
    [],
  );
  return true;
}

/** Once for each desk.yaml: reads every ticket that runs, which is what an hourly sweep must not do. */
async function reckonAnew(world: World): Promise<number> {
  const done = `reckoned#${world.desk.hash}`;
  if (await world.updates.wasOnce(done)) return 0;
  let reckoned = 0;
  for await (const id of world.tickets.running(null)) {
    if (await again(() => reckonTicket(id, world))) reckoned++;
  }
  await world.updates.once(done, 'sweep', world.realNow() + YEAR, world.realNow());
  return reckoned;
}

const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

async function reckonTicket(id: string, world: World): Promise<boolean> {
  const ticket = await world.tickets.read(id);
  if (!ticket || ticket.deskHash === world.desk.hash) return false;
  await world.tickets.commit(change(ticket, [], world.now(), world.desk), []);
  return true;
}
