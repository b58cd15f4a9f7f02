/**
 * Once an hour: what fell between two steps is picked up again. Mail that still lies unhandled is handed in again; a
 * ticket whose watch should have woken and did not gets a new one; after a deployment with another desk.yaml the
 * tickets that run are reckoned anew.
 */
import * as z from 'zod';
import type { Receipt } from '../core/mail/email.ts';
import { receiptFromHeaders } from '../core/mail/receipt.ts';
import { change } from '../core/ticket/change.ts';
import { again, lambda, type World } from './handler.ts';

export const handler = lambda(z.unknown(), (_, world) => sweep(world));

/** Queues try for half an hour; whatever is older was forgotten. */
const UNHANDLED_FOR = 15 * 60_000;
const OVERDUE_FOR = 10 * 60_000;
/** More than this in one hour is a flood, and the next hour is soon. */
const MOST = 500;

export interface Swept {
  mails: number;
  watches: number;
  reckoned: number;
}

export async function sweep(world: World): Promise<Swept> {
  const mails = await handInAgain(world);
  const watches = await restartWatches(world);
  const reckoned = await reckonAnew(world);
  world.log.info('swept', { mails, watches, reckoned });
  return { mails, watches, reckoned };
}

/** The receipt went with the notification; what SES wrote on top of the stored mail says the same. */
async function handInAgain(world: World): Promise<number> {
  const unhandled = await world.mailroom.unhandled(Date.parse(world.now()) - UNHANDLED_FOR, MOST);
  for (const { key, at } of unhandled) {
    const raw = await world.mailroom.read(key);
    if (raw)
      await world.mails.send(
        notification(
          receiptFromHeaders(key.slice(key.lastIndexOf('/') + 1), at, raw),
          key,
          world.mailroom.bucket,
        ),
      );
  }
  return unhandled.length;
}

/** As SES would have said it. */
function notification(
  { mailId, receivedAt, recipients, returnPath, spf, dkim, dmarc, spam, virus, dmarcPolicy }: Receipt,
  objectKey: string,
  bucketName: string,
) {
  return {
    notificationType: 'Received',
    mail: { messageId: mailId, timestamp: receivedAt, source: returnPath },
    receipt: {
      timestamp: receivedAt,
      recipients,
      spfVerdict: { status: spf },
      dkimVerdict: { status: dkim },
      dmarcVerdict: { status: dmarc },
      spamVerdict: { status: spam },
      virusVerdict: { status: virus },
      dmarcPolicy,
      action: { type: 'S3', bucketName, objectKey },
    },
  };
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

const YEAR = 365 * 86_400_000;

async function reckonTicket(id: string, world: World): Promise<boolean> {
  const ticket = await world.tickets.read(id);
  if (!ticket || ticket.deskHash === world.desk.hash) return false;
  await world.tickets.commit(change(ticket, [], world.now(), world.desk), []);
  return true;
}
