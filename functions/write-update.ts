/** What an update says: the event, the ticket as it is now, and what is read for it alone. */
import { ConflictError, InvalidInputError } from '../core/faults.ts';
import { type Article, articleIdOf } from '../core/knowledge/article.ts';
import type { Outgoing, OutgoingFile } from '../core/mail/compose.ts';
import { shownNames } from '../core/mail/file-name.ts';
import { writeInvitation } from '../core/mail/invitation.ts';
import { languageOf } from '../core/mail/language.ts';
import { MOST_FILE_OCTETS } from '../core/mail/parts.ts';
import { senderName, withoutPeople } from '../core/mail/speaker.ts';
import { holdsToken, lasting, ownReference, replyAddress, withoutTokens } from '../core/mail/token.ts';
import { questionIn, voterOf } from '../core/ticket/approval.ts';
import type { Plan } from '../core/ticket/audience.ts';
import { change } from '../core/ticket/change.ts';
import { isSecurity } from '../core/ticket/service.ts';
import { isActive, isOfTheDesk, type Message, type Ticket, type TicketEvent } from '../core/ticket/ticket.ts';
import { calendarFor, visitUid } from '../core/ticket/visit.ts';
import { renderUpdate } from '../templates/render.ts';
import { marked } from '../templates/shown.ts';
import { ticketView } from '../templates/view.ts';
import { type Asked, courseOf, fetchPart, longText, metBy, solvedBefore } from './asked.ts';
import { again, type World } from './handler.ts';

const MOST_HISTORY = 20;

/** What a mail tells of, as it was read in one batch. `message`: one that it may show. */
export interface Told {
  event: TicketEvent;
  ticket: Ticket;
  message: Message | null;
}

export async function write(plan: Plan, told: Told, asked: Asked | null, world: World): Promise<Outgoing> {
  const { desk } = world;
  const { event, ticket } = told;
  const keys = await world.keys();
  const message = plan.message ? await messageOf(plan.message, told, world) : null;
  const history = plan.history
    ? marked(await world.tickets.messages(ticket.id, MOST_HISTORY), ticket, languageOf(plan.to.address, desk))
    : [];
  const course = plan.history ? await courseOf(ticket, event, plan, world) : [];
  const own = message ? await collect(message, world) : [];
  const fetched = asked && (await fetchPart(asked, plan, world));
  const expires = world.realNow() + desk.tokens.validFor;
  const question = questionIn(event, plan, ticket);
  const replyTo = replyAddress(
    ticket.mailbox,
    {
      purpose: question ? 'approval' : 'ticket',
      id: ticket.id,
      participant: question ? voterOf(plan.to.address, question) : plan.to.address,
      expires,
    },
    keys,
  );
  const text = message?.bodyKey ? await longText(message.bodyKey, world) : (message?.text ?? '');
  // To whoever approves they go masked. A reply address in somebody's words would let their reader write as somebody else. `act` refuses such a mail; this is the last door.
  if (plan.audience === 'requester' && plan.kind !== 'approval' && holdsToken(text, desk.domain))
    throw new InvalidInputError(`one of our tokens stands in ${message?.id}`);
  const masked = (said: Message) => ({
    ...said,
    text: withoutTokens(said.text, desk.domain),
    // A link may lead to one of our addresses although no word says so.
    html: said.html && !holdsToken(said.html, desk.domain) ? said.html : null,
  });
  const articles = await articlesFor(plan, message?.number === 1 ? { ...told, message } : told, world);
  const view = ticketView({
    ...(await metBy(event, ticket, plan, world)),
    solved: plan.kind === 'assignment' ? await solvedBefore(ticket, plan, world) : [],
    articles,
    plan,
    event,
    ticket,
    message: message && masked({ ...message, text }),
    history: history.map(masked),
    course,
    attached: own.map(({ key }) => key),
    fetched,
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
    from: { address: ticket.mailbox, name: senderName(plan.speaker, ticket, desk) },
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
    files: [...own, ...(fetched?.files ?? [])],
    calendar: await invite(plan, event, ticket, world),
  };
}

/** A batch is not of one instant: what the ticket says was taken out may still have stood in the message. */
async function messageOf(
  number: number,
  { ticket, message }: Told,
  { tickets }: World,
): Promise<Message | null> {
  const isThere = message?.number === number && !ticket.redacted?.includes(number);
  return isThere ? message : tickets.message(ticket.id, number);
}

/** The same organizer in all that a calendar is told of a ticket: programs take a change from another one for a forgery. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** For the reader's own calendar. Its answers come to his reply address, and nobody else's address stands in it. */
async function invite(
  plan: Plan,
  event: TicketEvent,
  ticket: Ticket,
  { desk, keys }: World,
): Promise<Outgoing['calendar']> {
  const told = calendarFor(event, plan, ticket);
  if (!told) return null;
  const { method, appointment } = told;
  const { id, mailbox, requester } = ticket;
  const outside = plan.audience === 'requester';
  const { nth, sequence, start, end, words } = appointment;
  const whom = outside ? [] : [`${requester.name} <${requester.address}>`.trim()];
  const content = await writeInvitation({
    ...{ method, sequence, start, end, stamp: event.at, isAsked: outside },
    uid: visitUid(nth, id, outside ? null : plan.to.address, desk.domain),
    summary: withoutTokens(`${ticket.subject} [${id}]`.trim(), desk.domain),
    description: withoutTokens(
      [outside ? withoutPeople(words, requester.address, mailbox, desk) : words, ...whom]
        .filter((line) => line !== '')
        .join('\n'),
      desk.domain,
    ),
    organizer: {
      address: replyAddress(
        mailbox,
        { purpose: 'ticket', id, participant: plan.to.address, expires: NEVER },
        lasting(await keys()),
      ),
      name: desk.addresses.find(({ address }) => address === mailbox)?.name ?? desk.name,
    },
    attendee: plan.to,
  });
  return { method, content };
}

/** What is known about it: for its requester with the acknowledgement, and then noted on the ticket; for whoever gets it in hand. */
async function articlesFor(plan: Plan, told: Told, world: World): Promise<Article[]> {
  const { desk, knowledge, now } = world;
  const { event, ticket } = told;
  const { kind, to } = plan;
  if (event.kind === 'article-asked') {
    const article = await knowledge.read(articleIdOf(ticket.id));
    return article ? [article] : [];
  }
  const outside = kind === 'acknowledgement' && event.kind === 'opened';
  if ((!outside && kind !== 'assignment') || desk.knowledge.offer === 0 || isOfTheDesk(ticket)) return [];
  if (outside && isSecurity(ticket.category, desk)) return [];
  const reader = outside ? 'outside' : to.address;
  const most = desk.knowledge.offer;
  try {
    if (outside && ticket.offered)
      return await knowledge.offered(ticket.offered.articles, reader, now(), desk);
    const first = await messageOf(1, told, world);
    const text = `${ticket.subject}\n${first?.text.slice(0, MOST_SEARCHED) ?? ''}`;
    const languages = [...new Set([ticket.language, ...(outside ? [] : [desk.language])])];
    const found = await knowledge.find({ text, how: 'mail', languages, reader, most }, now(), desk);
    return outside ? await noteOffered(found, ticket.id, world) : found;
  } catch (error) {
    if (error instanceof ConflictError) throw error;
    // Nobody waits for his number because a shelf is locked.
    world.log.warn('no article was looked for', { ticketId: ticket.id, cause: String(error) });
    return [];
  }
}

const MOST_SEARCHED = 2_000;

/** Before the mail goes, so that its answer finds them; what was noted first counts. */
async function noteOffered(found: Article[], ticketId: string, world: World): Promise<Article[]> {
  if (found.length === 0) return [];
  return again(async () => {
    const { desk, tickets, knowledge, now } = world;
    const ticket = await tickets.read(ticketId);
    if (!ticket || !isActive(ticket)) return [];
    if (ticket.offered) return knowledge.offered(ticket.offered.articles, 'outside', now(), desk);
    const articles = found.map(({ id }) => id);
    await tickets.commit(change(ticket, [{ kind: 'articles-offered', articles }], now(), desk), []);
    return found;
  });
}

/** What fits into one mail rides along; the mail names the rest. */
async function collect({ attachments }: Message, world: World): Promise<(OutgoingFile & { key: string })[]> {
  const names = shownNames(attachments.map(({ name }) => name));
  const fitting: { name: string; file: Message['attachments'][number] }[] = [];
  let octets = 0;
  for (const [index, file] of attachments.entries()) {
    if (octets + file.size > MOST_FILE_OCTETS) continue;
    octets += file.size;
    fitting.push({ name: names[index] as string, file });
  }
  return Promise.all(
    fitting.map(async ({ name, file: { contentType, contentId, inline, key } }) => {
      const content = await world.mailroom.read(key);
      if (!content) throw new Error(`the file ${key} is gone`);
      return { name, contentType, content, contentId: inline ? contentId : null, key };
    }),
  );
}
