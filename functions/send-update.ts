/**
 * Mail goes out. For each event that was written at once: who should hear of it, in which words; then for each of them
 * claim, send once, and record the id that SES gave. It assumes no order of events and reads the ticket as it is now.
 */

import * as z from 'zod/mini';
import type { Marks } from '../aws/addresses.ts';
import { ConflictError, InvalidInputError, QuotaError } from '../core/faults.ts';
import { articleIdOf } from '../core/knowledge/article.ts';
import { CANARIES, canaryMail } from '../core/mail/canary.ts';
import { inShadow } from '../core/mail/shadow.ts';
import { inParts, type Plan, updatesFor } from '../core/ticket/audience.ts';
import { change } from '../core/ticket/change.ts';
import { type News, waitsForDigest } from '../core/ticket/digest.ts';
import { ASKED_EVERY } from '../core/ticket/satisfaction.ts';
import type { Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import { answerSender } from './answer-sender.ts';
import { fetchAsked } from './asked.ts';
import { deliver } from './deliver.ts';
import { again, queue, type World } from './handler.ts';
import { gather, leadStep, passJoining, passParting, passReport, passToEach } from './pass-on.ts';
import { passRedaction } from './redaction.ts';
import { sendDigest, writeReportsAsked } from './send-digest.ts';
import { type Told, write } from './write-update.ts';

const Telling = z.object({
  sk: z.string().check(z.startsWith('EVENT#')),
  /** Which message its mails show, by number, as far as the event tells: it is read with it. */
  message: z.optional(z.int().check(z.minimum(1))),
  /** Who outside hears of it, as far as the event tells: whether mail arrives there is read with it. */
  reader: z.optional(z.string()),
});

/** One event; or several of the same ticket, by a name that who knows only one event does not take for something else. */
export const UpdateRequest = z.union([
  z.object({ pk: z.string(), ...Telling.shape }),
  z.object({ pk: z.string().check(z.startsWith('T#')), events: z.array(Telling).check(z.minLength(1)) }),
]);

export type Telling = z.output<typeof Telling>;
export type UpdateRequest = z.output<typeof UpdateRequest>;

export const handler = queue(UpdateRequest, sendOrPark);

/** The longest that SQS lets a message wait before it is handed out. */
const PARKED_FOR = 900;

/** When no more may leave today, its few tries must not be used up: the update goes back into the queue as a new one. */
export async function sendOrPark(request: UpdateRequest, world: World): Promise<void> {
  try {
    await sendUpdate(request, world);
  } catch (error) {
    if (!(error instanceof QuotaError)) throw error;
    const sk = ('events' in request ? request.events.map((each) => each.sk) : [request.sk]).join(' ');
    world.log.warn('parked until more mail may leave', { pk: request.pk, sk, why: error.message });
    await world.updatesQueue.send(request, PARKED_FOR);
    await world.metric('HeldBack', 1);
  }
}

export async function sendUpdate(request: UpdateRequest, world: World): Promise<void> {
  const { pk } = request;
  if ('events' in request) return tellAll(pk, request.events, world);
  if (pk.startsWith('MAIL#')) return answerSender(pk, request.sk, world);
  if (pk.startsWith('DIGEST#')) return sendDigest(pk, request.sk, world);
  if (pk.startsWith(CANARIES)) return sendCanary(pk, world);
  return tellAll(pk, [request], world);
}

/** One that fails keeps nobody from hearing of the others. All come again then, and what has left is found claimed. */
async function tellAll(pk: string, events: readonly Telling[], world: World): Promise<void> {
  const { ticket, told, marks } = await world.tickets.withTicket(pk, events);
  const faults: unknown[] = [];
  for (const [nth, { event, message }] of told.entries()) {
    const name = `${pk} ${events[nth]?.sk}`;
    try {
      if (!event || !ticket) throw new InvalidInputError(`there is no event ${name}`);
      await tell(name, { event, ticket, message }, marks, world);
    } catch (fault) {
      faults.push(fault);
    }
  }
  // What is tried anew at once goes first, and what waits for another day last: it would not come to a try of the others.
  const isNow = (fault: unknown) => fault instanceof ConflictError;
  const isOfToday = (fault: unknown) => !(fault instanceof QuotaError);
  if (faults.length > 0) throw faults.find(isNow) ?? faults.find(isOfToday) ?? faults[0];
}

/** `name` is the event's. */
async function tell(name: string, told: Told, marks: Marks, world: World): Promise<void> {
  const { event, ticket } = told;
  if (isHeld(event) && !(await letGo(event.message, ticket, world))) return;
  if (event.kind === 'solution-passed-on' || event.kind === 'news-passed-on')
    return passToEach(event, ticket, world);
  if (event.kind === 'redacted') return passRedaction(event, ticket, world);
  if (event.kind === 'step-reported') return passReport(event, ticket, world);
  if (event.kind === 'step-changed') await leadStep(event, ticket, world);
  if (event.kind === 'parted') return again(() => passParting(event, ticket, world));
  if (event.kind === 'problem-begun') await gather(event, ticket, world);
  if (event.kind === 'joined') await again(() => passJoining(event, ticket.id, world));
  if (event.kind === 'commanded') await writeReportsAsked(event.looks ?? [], event.by, name, world);
  if (event.kind === 'article-decided') await world.knowledge.index(articleIdOf(ticket.id));
  const spent: QuotaError[] = [];
  for (const plan of updatesFor(event, ticket, world.desk)) {
    if (plan.kind === 'satisfaction' && !(await mayAsk(plan, world))) continue;
    // What was taken out is no answer any more.
    if (plan.audience === 'requester' && plan.message && ticket.redacted?.includes(plan.message)) continue;
    const news = waitsForDigest(plan, event, ticket, world.desk);
    // A digest after the trial must not tell of it.
    if (news && !inShadow(plan, ticket, world.desk)) {
      await putOff(plan, news, ticket.id, world);
      continue;
    }
    const asked = plan.kind === 'transcript' ? await fetchAsked(event, ticket, world) : null;
    for (const part of inParts(plan, asked?.mails.length ?? 1))
      await deliver(part, ticket, () => write(part, told, asked, world), world, marks).catch((error) => {
        // What is urgent may leave all the same.
        if (!(error instanceof QuotaError)) throw error;
        spent.push(error);
      });
  }
  if (spent[0]) throw spent[0];
}

/** Claimed like a mail, so that the event may come again after the digest has told it. */
async function putOff({ id, kind, to }: Plan, news: News, ticketId: string, world: World): Promise<void> {
  const { updates, digests, now, realNow } = world;
  const claim = { id, kind, to: to.address, ticketId, at: now() };
  const claimed = await updates.claim(claim, realNow());
  if (claimed === 'done') return;
  if (claimed === 'taken') throw new ConflictError(`${id} is being put off`);
  try {
    await digests.keep(to.address, news, now(), realNow());
  } catch (error) {
    await updates.release({ id });
    throw error;
  }
  const record = { ...claim, state: 'put-off', leaseUntil: 0, messageId: null, detail: null } as const;
  await updates.settle(record, realNow());
}

async function sendCanary(pk: string, world: World): Promise<void> {
  const canary = canaryMail(Date.parse(pk.slice(CANARIES.length)), world.desk, await world.keys());
  await deliver({ ...canary, speaker: null }, null, async () => canary, world);
}

/** Whoever has many tickets closed is asked about one of them. */
async function mayAsk({ id, to }: Plan, world: World): Promise<boolean> {
  const realNow = world.realNow();
  return world.updates.once(`satisfaction#${to.address}`, id, realNow + ASKED_EVERY, realNow);
}

function isHeld(event: TicketEvent): event is TicketEvent & { message: number } {
  return 'leavesAt' in event && event.leavesAt !== undefined;
}

/**
 * Written before the answer goes, under the ticket's version: either #undo finds it gone, or it finds #undo. Throws
 * ConflictError when the ticket was changed since it was read; then all is read anew.
 */
async function letGo(message: number, ticket: Ticket, world: World): Promise<boolean> {
  if (ticket.takenBack?.includes(message)) return false;
  // Only the last answer can be taken back.
  if (ticket.lastAnswer?.message === message && ticket.lastAnswer.leftAt === null)
    await world.tickets.commit(change(ticket, [{ kind: 'left', message }], world.now(), world.desk), []);
  return true;
}
