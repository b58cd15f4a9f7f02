/**
 * Mail goes out. For one event: who should hear of it, in which words; then for each of them claim, send once, and
 * record the id that SES gave. It assumes no order of events and reads the ticket as it is now.
 */

import * as z from 'zod/mini';
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
import { write } from './write-update.ts';

export const UpdateRequest = z.object({
  pk: z.string(),
  sk: z.string().check(z.startsWith('EVENT#')),
  /** Which message its mails show, by number, as far as the event tells: it is read with it. */
  message: z.optional(z.int().check(z.minimum(1))),
});

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
    world.log.warn('parked until more mail may leave', {
      pk: request.pk,
      sk: request.sk,
      why: error.message,
    });
    await world.updatesQueue.send(request, PARKED_FOR);
    await world.metric('HeldBack', 1);
  }
}

export async function sendUpdate({ pk, sk, message: named }: UpdateRequest, world: World): Promise<void> {
  if (pk.startsWith('MAIL#')) return answerSender(pk, sk, world);
  if (pk.startsWith('DIGEST#')) return sendDigest(pk, sk, world);
  if (pk.startsWith(CANARIES)) return sendCanary(pk, world);
  const { event, ticket, message } = await world.tickets.withTicket(pk, sk, named);
  if (!event || !ticket) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  if (isHeld(event) && !(await letGo(event.message, ticket, world))) return;
  if (event.kind === 'solution-passed-on' || event.kind === 'news-passed-on')
    return passToEach(event, ticket, world);
  if (event.kind === 'redacted') return passRedaction(event, ticket, world);
  if (event.kind === 'step-reported') return passReport(event, ticket, world);
  if (event.kind === 'step-changed') await leadStep(event, ticket, world);
  if (event.kind === 'parted') return again(() => passParting(event, ticket, world));
  if (event.kind === 'problem-begun') await gather(event, ticket, world);
  if (event.kind === 'joined') await again(() => passJoining(event, ticket.id, world));
  if (event.kind === 'commanded') await writeReportsAsked(event.looks ?? [], event.by, `${pk} ${sk}`, world);
  if (event.kind === 'article-decided') await world.knowledge.index(articleIdOf(ticket.id));
  const told = { event, ticket, message };
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
      await deliver(part, ticket, () => write(part, told, asked, world), world).catch((error) => {
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
