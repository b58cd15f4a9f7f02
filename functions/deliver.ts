/** The one door out: claimed, written, held to the day's bounds and to what never leaves, sent once, recorded. */
import type { Marks } from '../aws/addresses.ts';
import type { Sending } from '../aws/mailer.ts';
import type { UpdateRecord } from '../aws/updates.ts';
import type { Desk } from '../core/config/desk.ts';
import { ConflictError, InvalidInputError, QuotaError, UnavailableError } from '../core/faults.ts';
import { compose, type Outgoing } from '../core/mail/compose.ts';
import { mostOfDay } from '../core/mail/day-cap.ts';
import { inShadow } from '../core/mail/shadow.ts';
import { withoutPeople } from '../core/mail/speaker.ts';
import { personOf } from '../core/mail/standing.ts';
import type { SentKind } from '../core/mail/update.ts';
import type { Plan } from '../core/ticket/audience.ts';
import { change } from '../core/ticket/change.ts';
import { pacedAs, tooMuch } from '../core/ticket/pace.ts';
import type { Happening, Ticket } from '../core/ticket/ticket.ts';
import { isMarked, type Undeliverable } from '../core/ticket/undeliverable.ts';
import { again, type World } from './handler.ts';

type Leaving = Pick<Plan, 'id' | 'to' | 'speaker'> & { kind: SentKind };

export async function deliver(
  plan: Leaving,
  ticket: Ticket | null,
  prepare: () => Promise<Outgoing>,
  world: World,
  marks: Marks = new Map(),
): Promise<void> {
  const { id, kind, to } = plan;
  const ticketId = ticket?.id ?? null;
  const [day, most] = [world.now().slice(0, 10), mostOfDay(plan, world.desk)];
  const spent = () =>
    new QuotaError(`${most} mails, all that may leave on ${day} of this kind or with it, have left`);
  if (world.rates.isSpent(day, most)) throw spent();
  const claim = { id, kind, to: to.address, ticketId, at: world.now() };
  const claimed = await world.updates.claim(claim, world.realNow());
  if (claimed === 'done') return;
  // The other delivery of the event needs a moment; waiting for the queue would take minutes.
  if (claimed === 'taken') throw new ConflictError(`${id} is being sent`);
  const record: UpdateRecord = { ...claim, state: 'sent', leaseUntil: 0, messageId: null, detail: null };
  const shadow = inShadow(plan, ticket, world.desk);
  if (shadow) return withhold(record, plan, shadow, world);
  const sending = await prepareOrRelease(plan, ticketId, prepare, world);
  const pace = await keepPace(plan, ticket, claimed === 'again', marks, world).catch(async (error) => {
    await world.updates.release({ id });
    throw error;
  });
  const { withheld } = pace;
  if (withheld) return withhold(record, plan, withheld, world);
  const stay = async () => {
    await pace.takeBack();
    await world.updates.release({ id });
  };
  const may = await world.rates.leaves(day, most, world.realNow()).catch(async (error) => {
    await stay();
    throw error;
  });
  if (!may) {
    await stay();
    throw spent();
  }
  const sent = await world.mailer.send(sending).catch(async (error) => {
    // SES said that it did not take it: the claim need not wait for its lease. Of any other fault nobody knows.
    if (error instanceof UnavailableError) {
      await world.rates.stays(day);
      await stay();
      if (!(error instanceof QuotaError)) await world.metric('SendThrottled', 1);
    }
    throw error;
  });
  if (sent.sent) {
    await world.updates.settle({ ...record, messageId: sent.messageId }, world.realNow());
    world.log.info('sent', { update: id, kind, ticketId });
    await world.metric('MailsSent', 1);
    return;
  }
  world.log.warn('refused by SES', { update: id, kind, ticketId });
  await world.rates.stays(day);
  if (ticketId && !personOf(to.address, world.desk))
    await again(() => tellDesk(ticketId, to.address, id, world));
  await world.updates.settle({ ...record, state: 'refused', detail: sent.refused }, world.realNow());
}

/**
 * Counts what no person wrote and goes to somebody outside; once, however many died with it: withheld because of its own
 * tries, it would never leave.
 */
async function keepPace(
  plan: Leaving,
  ticket: Ticket | null,
  isCounted: boolean,
  marks: Marks,
  { desk, rates, addresses, now, realNow }: World,
): Promise<{ withheld: string | null; takeBack: () => Promise<void> }> {
  const outside = plan.kind !== 'canary' && !personOf(plan.to.address, desk);
  const { address } = plan.to;
  // What bounced since it was read with the event, a moment ago, is tried once more: as if this mail had left before.
  const marked = () => (marks.has(address) ? (marks.get(address) ?? null) : addresses.undeliverable(address));
  // An agent's own words are tried all the same: somebody may have mended the mailbox.
  const dead = outside && !plan.speaker ? await marked() : null;
  if (isMarked(dead, now())) return { withheld: whyWithheld(dead), takeBack: async () => {} };
  const paced = outside ? pacedAs(plan, ticket) : null;
  if (!paced) return { withheld: null, takeBack: async () => {} };
  const at = realNow();
  const withheld = tooMuch(paced, await rates.sent(paced, at, isCounted), at);
  const takeBack = () => rates.takeBack(paced, at);
  // What did not go out must not keep later mail from going.
  if (withheld) await takeBack();
  return { withheld, takeBack };
}

function whyWithheld({ why, since, status }: Undeliverable): string {
  const day = since.slice(0, 10);
  if (why === 'complaint') return `its reader marked our mail as spam on ${day}`;
  return `mail to this address could not be delivered on ${day}${status ? ` (${status})` : ''}`;
}

/** It never leaves: what is settled is done, whatever is asked later. */
async function withhold(record: UpdateRecord, plan: Leaving, why: string, world: World): Promise<void> {
  const { id, kind, ticketId } = record;
  world.log.warn('withheld', { update: id, kind, ticketId });
  if (ticketId) await again(() => noteWithheld(ticketId, plan, why, world));
  await world.updates.settle({ ...record, state: 'withheld', detail: why }, world.realNow());
}

/** For whoever looks at the ticket: nobody is mailed because of it. */
async function noteWithheld(
  ticketId: string,
  { id, kind, to }: Leaving,
  reason: string,
  world: World,
): Promise<void> {
  const ticket = await world.tickets.read(ticketId);
  if (!ticket) return;
  const event: Happening = {
    ...{ kind: 'update-withheld', update: id, address: to.address },
    ...{ reason, mail: kind },
  };
  await world.tickets.commit(change(ticket, [event], world.now(), world.desk), []);
}

async function prepareOrRelease(
  { id, to }: Leaving,
  ticketId: string | null,
  prepare: () => Promise<Outgoing>,
  world: World,
): Promise<Sending> {
  try {
    const outgoing = closed(await prepare(), world.desk);
    const composed = compose(outgoing);
    if (composed.outcome === 'refused')
      throw new InvalidInputError(`the header ${composed.header} of ${id} is not safe`);
    const tags: Record<string, string> = ticketId ? { update: id, ticket: ticketId } : { update: id };
    return { raw: composed.mime, from: outgoing.from.address, to: to.address, tags };
  } catch (error) {
    await world.updates.release({ id });
    throw error;
  }
}

/** The last door for addresses of the desk's people: none of them stands in a mail that goes outside, whoever wrote it where. */
function closed(outgoing: Outgoing, desk: Desk): Outgoing {
  const { audience, from, to, content, files } = outgoing;
  if (audience !== 'requester' && audience !== 'sender') return outgoing;
  const without = (text: string) => withoutPeople(text, to.address, from.address, desk);
  return {
    ...outgoing,
    from: { ...from, name: without(from.name) },
    to: { ...to, name: without(to.name) },
    content: {
      ...content,
      subject: without(content.subject),
      text: without(content.text),
      html: without(content.html),
    },
    files: files.map((file) => ({ ...file, name: without(file.name) })),
  };
}

/** What SES will never deliver, whoever works on the ticket has to know. */
async function tellDesk(ticketId: string, address: string, update: string, world: World): Promise<void> {
  const ticket = await world.tickets.read(ticketId);
  if (!ticket) return;
  await world.tickets.commit(
    change(
      ticket,
      [{ kind: 'delivery-failed', address, permanent: true, status: null, update }],
      world.now(),
      world.desk,
    ),
    [],
  );
}
