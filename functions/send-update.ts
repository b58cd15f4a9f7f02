/**
 * Mail goes out. For one event: who should hear of it, in which words; then for each of them claim, send once, and
 * record the id that SES gave. It assumes no order of events and reads the ticket as it is now.
 */
import * as z from 'zod';
import type { Sending } from '../aws/mailer.ts';
import type { UpdateRecord } from '../aws/updates.ts';
import type { Language } from '../core/config/desk.ts';
import { ConflictError, InvalidInputError, UnavailableError } from '../core/faults.ts';
import { compose, type Outgoing, type OutgoingFile } from '../core/mail/compose.ts';
import { shownNames } from '../core/mail/file-name.ts';
import { MOST_FILE_OCTETS, type Piece, packed } from '../core/mail/parts.ts';
import type { MailEvent } from '../core/mail/record.ts';
import { personOf } from '../core/mail/standing.ts';
import { holdsToken, oneTimeCode, ownReference, replyAddress, withoutTokens } from '../core/mail/token.ts';
import { questionIn, voterOf } from '../core/ticket/approval.ts';
import { inParts, type Plan, updateId, updatesFor } from '../core/ticket/audience.ts';
import { change } from '../core/ticket/change.ts';
import { receiveSolution } from '../core/ticket/links.ts';
import { pacedAs, tooMuch } from '../core/ticket/pace.ts';
import { ASKED_EVERY } from '../core/ticket/satisfaction.ts';
import type { Happening, Look, Message, Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import { isMarked, type Undeliverable } from '../core/ticket/undeliverable.ts';
import type { Seen } from '../core/ticket/without-ticket.ts';
import { seenIn } from '../templates/listed.ts';
import { renderUpdate } from '../templates/render.ts';
import { filesIn, historyIn, marked } from '../templates/shown.ts';
import { mailView, ticketView } from '../templates/view.ts';
import { whyIn } from '../templates/why.ts';
import { phrase } from '../templates/words.ts';
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
  if (isHeld(event) && !(await again(() => letGo(event.message, ticket.id, world)))) return;
  if (event.kind === 'solution-passed-on') return passSolution(event, ticket, world);
  for (const plan of updatesFor(event, ticket, world.desk)) {
    if (plan.kind === 'satisfaction' && !(await mayAsk(plan, world))) continue;
    // What was taken out is no answer any more.
    if (plan.audience === 'requester' && plan.message && ticket.redacted?.includes(plan.message)) continue;
    const asked = plan.kind === 'transcript' ? await fetchAsked(event, ticket, world) : null;
    for (const part of inParts(plan, asked?.mails.length ?? 1))
      await deliver(part, ticket, () => write(part, event, ticket, asked, world), world);
  }
}

/** Whoever has many tickets closed is asked about one of them. */
async function mayAsk({ id, to }: Plan, world: World): Promise<boolean> {
  const realNow = world.realNow();
  return world.updates.once(`satisfaction#${to.address}`, id, realNow + ASKED_EVERY, realNow);
}

function isHeld(event: TicketEvent): event is TicketEvent & { message: number } {
  return 'leavesAt' in event && event.leavesAt !== undefined;
}

/** Written before the answer goes, under the ticket's version: either #undo finds it gone, or it finds #undo. */
async function letGo(message: number, ticketId: string, world: World): Promise<boolean> {
  const ticket = await world.tickets.read(ticketId);
  if (!ticket || ticket.takenBack?.includes(message)) return false;
  // Only the last answer can be taken back.
  if (ticket.lastAnswer?.message === message && ticket.lastAnswer.leftAt === null)
    await world.tickets.commit(change(ticket, [{ kind: 'left', message }], world.now(), world.desk), []);
  return true;
}

/** One incident of a problem, in a transaction of its own; its events then tell its own people. A repeat finds it done. */
async function passSolution(
  event: Extract<TicketEvent, { kind: 'solution-passed-on' }>,
  problem: Ticket,
  world: World,
): Promise<void> {
  const [incident, said] = await Promise.all([
    world.tickets.read(event.to),
    event.message === null ? null : world.tickets.message(problem.id, event.message),
  ]);
  const happenings = incident && receiveSolution(incident, problem, event, world.desk);
  if (!happenings) return world.log.info('a solution was not passed on', { ticketId: event.to });
  const changed = change(incident, happenings, world.now(), world.desk);
  const { id, messages: number } = changed.after;
  // Its files and its long text lie where they are; what it quoted is the problem's.
  const message = said && { ...said, id: `${id}-m${number}`, number, at: world.now(), cut: null, cc: [] };
  await world.tickets.commit(changed, message ? [message] : []);
}

const MOST_HISTORY = 20;

async function write(
  plan: Plan,
  event: TicketEvent,
  ticket: Ticket,
  asked: Asked | null,
  world: World,
): Promise<Outgoing> {
  const { desk } = world;
  const keys = await world.keys();
  const message = plan.message ? await world.tickets.message(ticket.id, plan.message) : null;
  const history = plan.history
    ? marked(await world.tickets.messages(ticket.id, MOST_HISTORY), ticket, desk.language)
    : [];
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
  const view = ticketView({
    plan,
    event,
    ticket,
    message: message && masked({ ...message, text }),
    history: history.map(masked),
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
    files: [...own, ...(fetched?.files ?? [])],
  };
}

/** An agent's words go out under his name and the desk's address; his own never leaves. */
function senderName({ speaker }: Plan, { mailbox }: Ticket, { desk }: World): string {
  const own = desk.addresses.find(({ address }) => address === mailbox)?.name ?? desk.name;
  const person = speaker && personOf(speaker, desk);
  return person ? `${person.name} via ${own}` : own;
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

/** What an agent's commands asked to see. It is the same each time: what came in after them is not among it. */
interface Asked {
  /** The files, one list for each mail. */
  mails: Piece[][];
  none: ('latest' | number)[];
  withheld: number;
  history: string | null;
  /** What is shown as it is when the mail goes out: the reasons, and other tickets. */
  beyond: string[];
}

const MOST_EVENTS = 1_000;
const MOST_MESSAGES = 1_000;
/** What is longer than this nobody reads in a mail. */
const MOST_SHOWN_CHARS = 100_000;
/** As UTF-8 it fits into a mail in any script. What is older is in the mails themselves. */
const MOST_ATTACHED_CHARS = 2_000_000;

async function fetchAsked(event: TicketEvent, ticket: Ticket, world: World): Promise<Asked | null> {
  if (event.kind !== 'commanded') return null;
  const { looks = [], shows, by } = event;
  const fetched = shows.some((what) => what === 'files' || what === 'history' || what === 'why');
  if (!fetched && looks.length === 0) return null;
  const beyond = [
    ...(shows.includes('why') ? [await why(ticket, world)] : []),
    ...(await inWords(await lookAll(looks, by, world), by, world.desk.language, world)),
  ];
  const until = Date.parse(event.at);
  const all = marked(await world.tickets.messages(ticket.id, MOST_MESSAGES), ticket, world.desk.language);
  const messages = all.filter(({ at }) => Date.parse(at) <= until);
  const wanted = (event.files ?? []).map((which) => ({ which, message: messageOf(which, messages) }));
  const of = [...new Set(wanted.flatMap(({ message }) => message ?? []))];
  const files = of.flatMap(({ attachments }) => attachments);
  const names = shownNames(files.map(({ name }) => name));
  const mails = packed(files.map((file, index) => ({ ...file, name: names[index] as string })));
  const history = event.shows.includes('history') ? await wholeHistory(messages, world) : null;
  return {
    // A long history takes the room of the first mail's files.
    mails: isLong(history) ? [[], ...mails] : mails,
    none: wanted.filter(({ message }) => !message || isBare(message)).map(({ which }) => which),
    withheld: of.reduce((sum, { withheld }) => sum + withheld, 0),
    history,
    beyond,
  };
}

async function why(ticket: Ticket, { tickets, desk, now }: World): Promise<string> {
  const events = await tickets.events(ticket.id, MOST_EVENTS);
  return withoutTokens(whyIn(ticket, events, { language: desk.language, desk, now: now() }), desk.domain);
}

function lookAll(looks: readonly Look[], by: string, { lookUp }: World): Promise<Seen[]> {
  return Promise.all(looks.map((look) => lookUp(look, by)));
}

function inWords(all: readonly Seen[], by: string, language: Language, world: World): Promise<string[]> {
  const { desk, now } = world;
  return Promise.all(
    all.map(async (found) => {
      // What others wrote may hold their own addresses; the reader's is added to it.
      const words = withoutTokens(seenIn(found, { language, desk, now: now() }), desk.domain);
      const write = 'ticket' in found && found.ticket ? await ownAddress(found.ticket, by, world) : '';
      return write === '' ? words : `${words}\n\n${phrase(language, 'show-reply', { address: write })}`;
    }),
  );
}

/** Where this person's mail belongs to this ticket. */
async function ownAddress({ id, mailbox }: Ticket, participant: string, world: World): Promise<string> {
  const expires = world.realNow() + world.desk.tokens.validFor;
  return replyAddress(mailbox, { purpose: 'ticket', id, participant, expires }, await world.keys());
}

function isLong(history: string | null): boolean {
  return (history?.length ?? 0) > MOST_SHOWN_CHARS;
}

function messageOf(which: 'latest' | number, messages: Message[]): Message | undefined {
  return which === 'latest'
    ? messages.findLast((message) => !isBare(message))
    : messages.find(({ number }) => number === which);
}

function isBare({ attachments, withheld }: Message): boolean {
  return attachments.length === 0 && withheld === 0;
}

async function wholeHistory(messages: Message[], world: World): Promise<string> {
  const { desk } = world;
  const whole: Message[] = [];
  for (const message of messages) {
    const { bodyKey, cut } = message;
    whole.push({
      ...message,
      text: bodyKey ? await longText(bodyKey, world) : message.text,
      cut: cut?.bodyKey ? JSON.parse(await longText(cut.bodyKey, world)) : cut,
    });
  }
  const history = withoutTokens(historyIn(desk.language, whole, desk), desk.domain);
  return history.length > MOST_ATTACHED_CHARS ? `…${history.slice(-MOST_ATTACHED_CHARS)}` : history;
}

/** What goes into one of the mails. A history that is too long to read in a mail goes as a file, with the first. */
async function fetchPart(asked: Asked, { part = { number: 1, of: 1 } }: Plan, world: World) {
  const { language } = world.desk;
  const pieces = asked.mails[part.number - 1] ?? [];
  const files = await Promise.all(
    pieces.map(async ({ name, contentType, key, start, end }) => {
      const content = end > start ? await world.mailroom.read(key, { start, end }) : new Uint8Array();
      if (!content) throw new Error(`the file ${key} is gone`);
      return { name, contentType, content, contentId: null, size: end - start };
    }),
  );
  const { none, withheld, history } = asked;
  const shown = [
    filesIn(language, { pieces: asked.mails.flat(), none, withheld, part }),
    ...(part.number === 1 ? asked.beyond : []),
  ];
  if (history !== null && part.number === 1) {
    shown.push(isLong(history) ? phrase(language, 'history-attached') : history);
    if (isLong(history)) {
      // Without the mark, Windows takes it for another charset.
      const content = Buffer.from(`\ufeff${history}`.toWellFormed());
      const name = 'history.txt';
      files.push({ name, contentType: 'text/plain', content, contentId: null, size: content.length });
    }
  }
  return { files, shown: shown.filter((words) => words !== '').join('\n\n') };
}

async function longText(key: string, world: World): Promise<string> {
  const content = await world.mailroom.read(key);
  if (!content) throw new Error(`the text ${key} is gone`);
  return Buffer.from(content).toString('utf8');
}

/** Refusals and codes, and that an agent is away: what somebody is told outside of any ticket. */
async function answerSender(pk: string, sk: string, world: World): Promise<void> {
  const event = await world.ledger.event(pk, sk);
  if (!event) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  const { kind, audience: usual } = MAILS[event.kind];
  const outside = event.kind === 'commanded' && !personOf(event.to.address, world.desk);
  const audience = outside ? 'requester' : usual;
  if (event.kind === 'refused' && !(await mayRefuse(event, pk, world))) return;
  if (event.kind === 'away' && !(await mayTell(event, pk, world))) return;
  const id = updateId(`${pk.slice('MAIL#'.length)}-${event.number}`, kind, event.to.address);
  const plan: Plan = {
    id,
    kind,
    to: event.to,
    audience,
    message: null,
    history: false,
    speaker: null,
  };
  await deliver(plan, null, () => writeToSender(plan, event, pk.slice('MAIL#'.length), world), world);
}

const DAY = 86_400_000;

const MAILS = {
  refused: { kind: 'refusal', audience: 'sender' },
  held: { kind: 'code', audience: 'agent' },
  away: { kind: 'note', audience: 'lead' },
  commanded: { kind: 'transcript', audience: 'agent' },
} as const satisfies Record<MailEvent['kind'], Pick<Plan, 'kind' | 'audience'>>;

/** Two notices that come at the same moment say the same. */
async function mayTell(
  { person, until }: Extract<MailEvent, { kind: 'away' }>,
  pk: string,
  world: World,
): Promise<boolean> {
  const realNow = world.realNow();
  return world.updates.once(`away#${person}#${until}`, pk, realNow + 2 * DAY, realNow);
}

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
  const found = event.kind === 'commanded' ? await lookAll(event.looks, event.to.address, world) : [];
  // Who asks for his own tickets is spoken to as in the newest of them.
  const own = found.flatMap((each) => (each.look.what === 'own' && 'tickets' in each ? each.tickets : []));
  const language = own[0]?.language ?? event.language;
  const shown = (await inWords(found, event.to.address, language, world)).join('\n\n\n');
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
    content: renderUpdate(mailView({ plan, event: { ...event, language }, code, shown, desk })),
    files: [],
  };
}

async function deliver(
  plan: Plan,
  ticket: Ticket | null,
  prepare: () => Promise<Outgoing>,
  world: World,
): Promise<void> {
  const { id, kind, to } = plan;
  const ticketId = ticket?.id ?? null;
  const claim = { id, kind, to: to.address, ticketId, at: world.now() };
  const claimed = await world.updates.claim(claim, world.realNow());
  if (claimed === 'done') return;
  // The other delivery of the event needs a moment; waiting for the queue would take minutes.
  if (claimed === 'taken') throw new ConflictError(`${id} is being sent`);
  const record: UpdateRecord = { ...claim, state: 'sent', leaseUntil: 0, messageId: null, detail: null };
  const sending = await prepareOrRelease(plan, ticketId, prepare, world);
  const pace = await keepPace(plan, ticket, world).catch(async (error) => {
    await world.updates.release({ id });
    throw error;
  });
  const { withheld } = pace;
  if (withheld) {
    world.log.warn('withheld', { update: id, kind, ticketId });
    if (ticketId) await again(() => noteWithheld(ticketId, plan, withheld, world));
    return world.updates.settle({ ...record, state: 'withheld', detail: withheld });
  }
  const sent = await world.mailer.send(sending).catch(async (error) => {
    // SES said that it did not take it: the claim need not wait for its lease. Of any other fault nobody knows.
    if (error instanceof UnavailableError) {
      await pace.takeBack();
      await world.updates.release({ id });
    }
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

/** Counts what no person wrote and goes to somebody outside. A repeat after a fault of which nobody knows counts again. */
async function keepPace(
  plan: Plan,
  ticket: Ticket | null,
  { desk, rates, addresses, now, realNow }: World,
): Promise<{ withheld: string | null; takeBack: () => Promise<void> }> {
  const outside = !personOf(plan.to.address, desk);
  // An agent's own words are tried all the same: somebody may have mended the mailbox.
  const dead = outside && !plan.speaker ? await addresses.undeliverable(plan.to.address) : null;
  if (isMarked(dead, now())) return { withheld: whyWithheld(dead), takeBack: async () => {} };
  const paced = outside ? pacedAs(plan, ticket) : null;
  if (!paced) return { withheld: null, takeBack: async () => {} };
  const at = realNow();
  const withheld = tooMuch(paced, await rates.sent(paced, at), at);
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

/** For whoever looks at the ticket: nobody is mailed because of it. */
async function noteWithheld(ticketId: string, { id, to }: Plan, reason: string, world: World): Promise<void> {
  const ticket = await world.tickets.read(ticketId);
  if (!ticket) return;
  const event: Happening = { kind: 'update-withheld', update: id, address: to.address, reason };
  await world.tickets.commit(change(ticket, [event], world.now(), world.desk), []);
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
