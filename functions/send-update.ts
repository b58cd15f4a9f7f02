/**
 * Mail goes out. For one event: who should hear of it, in which words; then for each of them claim, send once, and
 * record the id that SES gave. It assumes no order of events and reads the ticket as it is now.
 */
import * as z from 'zod';
import type { Sending } from '../aws/mailer.ts';
import type { UpdateRecord } from '../aws/updates.ts';
import { InvalidInputError, UnavailableError } from '../core/faults.ts';
import { compose, type Outgoing, type OutgoingFile } from '../core/mail/compose.ts';
import type { MailEvent } from '../core/mail/record.ts';
import { personOf } from '../core/mail/standing.ts';
import { holdsToken, oneTimeCode, ownReference, replyAddress, withoutTokens } from '../core/mail/token.ts';
import { type Plan, updateId, updatesFor } from '../core/ticket/audience.ts';
import { change } from '../core/ticket/change.ts';
import type { Message, Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import { renderUpdate } from '../templates/render.ts';
import { mailView, ticketView } from '../templates/view.ts';
import { again, queue, type World } from './handler.ts';

export const UpdateRequest = z.object({ pk: z.string(), sk: z.string().startsWith('EVENT#') });

export const handler = queue(UpdateRequest, sendUpdate);

export async function sendUpdate({ pk, sk }: z.output<typeof UpdateRequest>, world: World): Promise<void> {
  if (pk.startsWith('MAIL#')) return answerSender(pk, sk, world);
  const [event, ticket] = await Promise.all([
    world.tickets.event(pk, sk),
    world.tickets.read(pk.slice('T#'.length)),
  ]);
  if (!event || !ticket) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  for (const plan of updatesFor(event, ticket, world.desk))
    await deliver(plan, ticket.id, () => write(plan, event, ticket, world), world);
}

/** SES takes 10 MB with everything encoded; larger files stay with the desk, and the mail says so. */
const MOST_FILE_OCTETS = 7_000_000;
const MOST_HISTORY = 20;

async function write(plan: Plan, event: TicketEvent, ticket: Ticket, world: World): Promise<Outgoing> {
  const { desk } = world;
  const keys = await world.keys();
  const message = plan.message ? await world.tickets.message(ticket.id, plan.message) : null;
  const history = plan.history ? await world.tickets.messages(ticket.id, MOST_HISTORY) : [];
  const files = message ? await collect(message, world) : [];
  const expires = world.realNow() + desk.tokens.validFor;
  const replyTo = replyAddress(
    ticket.mailbox,
    { purpose: 'ticket', id: ticket.id, participant: plan.to.address, expires },
    keys,
  );
  const text = message?.bodyKey ? await longText(message.bodyKey, world) : (message?.text ?? '');
  // A reply address in somebody's words would let their reader write as somebody else. `act` refuses such a mail; this is the last door.
  if (plan.audience === 'requester' && holdsToken(text, desk.domain))
    throw new InvalidInputError(`one of our tokens stands in ${message?.id}`);
  const masked = (said: Message) => ({ ...said, text: withoutTokens(said.text, desk.domain) });
  const view = ticketView({
    plan,
    event,
    ticket,
    message: message && masked({ ...message, text }),
    history: history.map(masked),
    attached: files.map(({ name }) => name),
    replyTo,
    desk,
    now: world.now(),
  });
  const lastId = ticket.lastMessageIds[plan.to.address] ?? null;
  const isRequester = plan.to.address === ticket.requester.address;
  return {
    id: plan.id,
    kind: plan.kind,
    ticketId: ticket.id,
    audience: plan.audience,
    personal: plan.speaker !== null,
    from: { address: ticket.mailbox, name: senderName(plan, ticket, world) },
    to: plan.to,
    replyTo,
    cc: [],
    messageId: `${plan.id}@${desk.domain}`,
    inReplyTo: lastId,
    references: [
      isRequester ? ticket.firstMessageId : null,
      lastId,
      ownReference(ticket.id, desk.domain, keys),
    ].filter((id) => id !== null),
    date: world.now(),
    content: renderUpdate(view),
    files,
  };
}

/** An agent's words go out under his name and the desk's address; his own never leaves. */
function senderName({ speaker }: Plan, { mailbox }: Ticket, { desk }: World): string {
  const own = desk.addresses.find(({ address }) => address === mailbox)?.name ?? desk.name;
  const person = speaker && personOf(speaker, desk);
  return person ? `${person.name} via ${own}` : own;
}

async function collect({ attachments }: Message, world: World): Promise<OutgoingFile[]> {
  const fitting: Message['attachments'] = [];
  let octets = 0;
  for (const file of attachments) {
    if (octets + file.size > MOST_FILE_OCTETS) continue;
    octets += file.size;
    fitting.push(file);
  }
  return Promise.all(
    fitting.map(async ({ name, contentType, contentId, inline, key }) => {
      const content = await world.mailroom.read(key);
      if (!content) throw new Error(`the file ${key} is gone`);
      return { name, contentType, content, contentId: inline ? contentId : null };
    }),
  );
}

async function longText(key: string, world: World): Promise<string> {
  const content = await world.mailroom.read(key);
  if (!content) throw new Error(`the text ${key} is gone`);
  return Buffer.from(content).toString('utf8');
}

/** Refusals and codes: what a sender is told outside of any ticket. */
async function answerSender(pk: string, sk: string, world: World): Promise<void> {
  const event = await world.ledger.event(pk, sk);
  if (!event) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  const kind = event.kind === 'held' ? 'code' : 'refusal';
  if (event.kind === 'refused' && !(await mayRefuse(event, pk, world))) return;
  const id = updateId(`${pk.slice('MAIL#'.length)}-${event.number}`, kind, event.to.address);
  const plan: Plan = {
    id,
    kind,
    to: event.to,
    audience: event.kind === 'held' ? 'agent' : 'sender',
    message: null,
    history: false,
    speaker: null,
  };
  await deliver(plan, null, () => writeToSender(plan, event, pk.slice('MAIL#'.length), world), world);
}

const DAY = 86_400_000;

/** One refusal for each sender, reason and day: two machines that answer each other fall silent. */
async function mayRefuse(
  { to, reason, at }: Extract<MailEvent, { kind: 'refused' }>,
  pk: string,
  world: World,
): Promise<boolean> {
  const realNow = world.realNow();
  return world.updates.once(
    `refusal#${to.address}#${reason}#${at.slice(0, 10)}`,
    pk,
    realNow + 2 * DAY,
    realNow,
  );
}

async function writeToSender(plan: Plan, event: MailEvent, mailId: string, world: World): Promise<Outgoing> {
  const { desk } = world;
  const keys = await world.keys();
  const mailbox = desk.addresses[0];
  if (!mailbox) throw new TypeError('a desk has an address');
  const expires = world.realNow() + DAY;
  const replyTo =
    event.kind === 'held'
      ? replyAddress(
          mailbox.address,
          { purpose: 'code', id: event.codeId, participant: event.to.address, expires },
          keys,
        )
      : mailbox.address;
  const code = event.kind === 'held' ? oneTimeCode(mailId, event.round, keys) : null;
  return {
    id: plan.id,
    kind: plan.kind,
    ticketId: null,
    audience: plan.audience,
    personal: false,
    from: { address: mailbox.address, name: mailbox.name },
    to: event.to,
    replyTo,
    cc: [],
    messageId: `${plan.id}@${desk.domain}`,
    inReplyTo: event.messageId,
    references: event.messageId ? [event.messageId] : [],
    date: world.now(),
    content: renderUpdate(mailView({ plan, event, code, desk })),
    files: [],
  };
}

async function deliver(
  plan: Plan,
  ticketId: string | null,
  prepare: () => Promise<Outgoing>,
  world: World,
): Promise<void> {
  const { id, kind, to } = plan;
  const claim = { id, kind, to: to.address, ticketId, at: world.now() };
  const claimed = await world.updates.claim(claim, world.realNow());
  if (claimed === 'done') return;
  if (claimed === 'taken') throw new UnavailableError(`${id} is being sent`);
  const record: UpdateRecord = { ...claim, state: 'sent', leaseUntil: 0, messageId: null, detail: null };
  const sending = await prepareOrRelease(plan, ticketId, prepare, world);
  const sent = await world.mailer.send(sending).catch(async (error) => {
    // SES said that it did not take it: the claim need not wait for its lease. Of any other fault nobody knows.
    if (error instanceof UnavailableError) await world.updates.release({ id });
    throw error;
  });
  if (sent.sent) {
    await world.updates.settle({ ...record, messageId: sent.messageId });
    world.log.info('sent', { update: id, kind, ticketId });
    return;
  }
  world.log.warn('refused by SES', { update: id, kind, ticketId });
  if (ticketId && !personOf(to.address, world.desk))
    await again(() => tellDesk(ticketId, to.address, id, world));
  await world.updates.settle({ ...record, state: 'refused', detail: sent.refused });
}

async function prepareOrRelease(
  { id, to }: Plan,
  ticketId: string | null,
  prepare: () => Promise<Outgoing>,
  world: World,
): Promise<Sending> {
  try {
    const outgoing = await prepare();
    const composed = await compose(outgoing);
    if (composed.outcome === 'refused')
      throw new InvalidInputError(`the header ${composed.header} of ${id} is not safe`);
    const tags: Record<string, string> = ticketId ? { update: id, ticket: ticketId } : { update: id };
    return { raw: composed.mime, from: outgoing.from.address, to: to.address, tags };
  } catch (error) {
    await world.updates.release({ id });
    throw error;
  }
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
