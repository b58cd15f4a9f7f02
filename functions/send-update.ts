/**
 * Mail goes out. For one event: who should hear of it, in which words; then for each of them claim, send once, and
 * record the id that SES gave. It assumes no order of events and reads the ticket as it is now.
 */
import * as z from 'zod';
import type { Sending } from '../aws/mailer.ts';
import type { UpdateRecord } from '../aws/updates.ts';
import type { Desk, Language } from '../core/config/desk.ts';
import { ConflictError, InvalidInputError, QuotaError, UnavailableError } from '../core/faults.ts';
import { type Article, articleIdOf } from '../core/knowledge/article.ts';
import { CANARIES, canaryMail } from '../core/mail/canary.ts';
import { compose, type Outgoing, type OutgoingFile } from '../core/mail/compose.ts';
import { mostOfDay } from '../core/mail/day-cap.ts';
import { shownNames } from '../core/mail/file-name.ts';
import { writeInvitation } from '../core/mail/invitation.ts';
import { languageOf } from '../core/mail/language.ts';
import { MOST_FILE_OCTETS, type Piece, packed } from '../core/mail/parts.ts';
import type { MailEvent } from '../core/mail/record.ts';
import { inShadow } from '../core/mail/shadow.ts';
import { senderName, withoutPeople } from '../core/mail/speaker.ts';
import { personOf } from '../core/mail/standing.ts';
import {
  digestId,
  holdsToken,
  lasting,
  oneTimeCode,
  ownReference,
  replyAddress,
  ticketIdFrom,
  withoutTokens,
} from '../core/mail/token.ts';
import type { SentKind, UpdateView } from '../core/mail/update.ts';
import { questionIn, voterOf } from '../core/ticket/approval.ts';
import { inParts, mayRead, type Plan, updateId, updatesFor } from '../core/ticket/audience.ts';
import { change, open } from '../core/ticket/change.ts';
import { ANSWERABLE_FOR, type News, waitsForDigest } from '../core/ticket/digest.ts';
import { areApart, receiveSolution } from '../core/ticket/links.ts';
import { pacedAs, tooMuch } from '../core/ticket/pace.ts';
import {
  hearOfIncident,
  joinLater,
  lastNews,
  receiveNews,
  solutionOf,
  toPerson,
} from '../core/ticket/recurrence.ts';
import { ASKED_EVERY } from '../core/ticket/satisfaction.ts';
import { isSecurity } from '../core/ticket/service.ts';
import {
  beginStep,
  hearOfStep,
  isApart,
  moveStep,
  stepAsked,
  stepBegun,
  stepMoved,
} from '../core/ticket/steps.ts';
import {
  type ChecklistStep,
  DESK,
  type Happening,
  isActive,
  isJoined,
  isOfTheDesk,
  type Look,
  type Message,
  type Ticket,
  type TicketEvent,
} from '../core/ticket/ticket.ts';
import { isMarked, type Undeliverable } from '../core/ticket/undeliverable.ts';
import { calendarFor, visitUid } from '../core/ticket/visit.ts';
import type { Seen } from '../core/ticket/without-ticket.ts';
import { route } from '../core/triage/route.ts';
import { catalogueIn } from '../templates/catalogue.ts';
import { digestView } from '../templates/digest/view.ts';
import { seenIn } from '../templates/listed.ts';
import { noticeView } from '../templates/notices.ts';
import { renderUpdate } from '../templates/render.ts';
import { filesIn, historyIn, marked } from '../templates/shown.ts';
import { ticketView } from '../templates/view.ts';
import { courseBefore, whyIn } from '../templates/why.ts';
import { phrase } from '../templates/words.ts';
import { again, queue, type World } from './handler.ts';
import { passRedaction } from './redaction.ts';
import type { reportMail } from './report-mail.ts';
import { type SeenLoads, withLoads } from './with-loads.ts';
import type { writeAsked } from './write-report.ts';

export const UpdateRequest = z.object({ pk: z.string(), sk: z.string().startsWith('EVENT#') });

export const handler = queue(UpdateRequest, sendOrPark);

/** The longest that SQS lets a message wait before it is handed out. */
const PARKED_FOR = 900;

/** When no more may leave today, its few tries must not be used up: the update goes back into the queue as a new one. */
export async function sendOrPark(request: z.output<typeof UpdateRequest>, world: World): Promise<void> {
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

export async function sendUpdate({ pk, sk }: z.output<typeof UpdateRequest>, world: World): Promise<void> {
  if (pk.startsWith('MAIL#')) return answerSender(pk, sk, world);
  if (pk.startsWith('DIGEST#')) return sendDigest(pk, sk, world);
  if (pk.startsWith(CANARIES)) return sendCanary(pk, world);
  const [event, ticket] = await Promise.all([
    world.tickets.event(pk, sk),
    world.tickets.read(pk.slice('T#'.length)),
  ]);
  if (!event || !ticket) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  if (isHeld(event) && !(await again(() => letGo(event.message, ticket.id, world)))) return;
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
      await deliver(part, ticket, () => write(part, event, ticket, asked, world), world).catch((error) => {
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
  await updates.settle({ ...claim, state: 'put-off', leaseUntil: 0, messageId: null, detail: null });
}

/** A digest or a report: as its tickets are now. What its reader may not read any more is not in it, and keeps its number. */
async function sendDigest(pk: string, sk: string, world: World): Promise<void> {
  const { desk } = world;
  const digest = await world.digests.event(pk, sk);
  if (!digest) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  const person = personOf(digest.person, desk);
  if (!person) return;
  const found = await world.tickets.readAll(digest.entries.map(({ ticketId }) => ticketId));
  const tickets = new Map(
    found
      .filter((ticket) => mayRead(person.address, ticket, desk) && (desk.shadow || !ticket.shadow))
      .map((ticket) => [ticket.id, ticket]),
  );
  const { kind } = digest;
  if (kind === 'nothing-to-tell' || (kind === 'digest' && tickets.size === 0)) return;
  const id = digestId(digest.number);
  const plan: Plan = {
    ...{ id: updateId(id, kind, person.address), kind, to: person },
    ...{ audience: person.role === 'agent' ? 'agent' : 'lead', message: null, history: false, speaker: null },
  };
  const own = desk.addresses.find(({ team }) => team === person.team) ?? desk.addresses[0];
  if (!own) throw new TypeError('a desk has an address');
  const write = async (): Promise<Outgoing> => {
    const replyTo = await digestAddress(own.address, id, person.address, digest.answerableUntil, world);
    return {
      ...{ id: plan.id, kind, ticketId: null, audience: plan.audience, personal: false, replyTo },
      ...{
        from: { address: own.address, name: own.name },
        to: { address: person.address, name: person.name },
      },
      ...{
        cc: [],
        messageId: `${plan.id}@${desk.domain}`,
        inReplyTo: null,
        references: [],
        date: world.now(),
      },
      ...(digest.kind === 'report'
        ? await writeReportMail({ plan, report: digest, person, tickets, replyTo }, world)
        : {
            content: renderUpdate(digestView({ plan, digest, tickets, person, desk, now: world.now() })),
            files: [],
          }),
    };
  };
  await deliver(plan, null, write, world);
}

/** A few a week, and a table's writer with it: no other mail waits until that is loaded. */
async function writeReportMail(...given: Parameters<typeof reportMail>): ReturnType<typeof reportMail> {
  const { reportMail } = await import('./report-mail.ts');
  return reportMail(...given);
}

/** Each in a mail of its own, beside the transcript that says so. */
async function writeReportsAsked(...given: Parameters<typeof writeAsked>): Promise<void> {
  if (!given[0].some(({ what }) => what === 'report')) return;
  const { writeAsked } = await import('./write-report.ts');
  await writeAsked(...given);
}

async function sendCanary(pk: string, world: World): Promise<void> {
  const canary = canaryMail(Date.parse(pk.slice(CANARIES.length)), world.desk, await world.keys());
  await deliver({ ...canary, speaker: null }, null, async () => canary, world);
}

/** Where lines such as `1 close` mean the tickets of this digest. */
async function digestAddress(
  mailbox: string,
  id: string,
  participant: string,
  expires: number,
  { keys }: World,
): Promise<string> {
  return replyAddress(mailbox, { purpose: 'digest', id, participant, expires }, await keys());
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

/** One that is done stays so when a later one fails and the event comes again. */
async function passToEach(
  { others = [], ...event }: Extract<TicketEvent, { kind: 'solution-passed-on' | 'news-passed-on' }>,
  problem: Ticket,
  world: World,
): Promise<void> {
  for (const to of [event.to, ...others]) await again(() => passWords({ ...event, to }, problem, world));
}

/**
 * What was said on a problem, as its solution or as news, goes to one of its incidents in a transaction of its own; the
 * incident's events then tell its own people. A repeat finds it done.
 */
async function passWords(
  event: Extract<TicketEvent, { kind: 'solution-passed-on' | 'news-passed-on' }>,
  problem: Ticket,
  world: World,
): Promise<void> {
  const { desk, tickets } = world;
  const [incident, said] = await Promise.all([
    tickets.read(event.to),
    event.message === null ? null : tickets.message(problem.id, event.message),
  ]);
  const isGone = event.message !== null && problem.redacted?.includes(event.message);
  const happenings = incident && (isGone ? null : received(event, incident, problem, desk));
  if (!happenings) return world.log.info('words were not passed on', { ticketId: event.to });
  const changed = change(incident, happenings, world.now(), desk);
  const { id, messages: number } = changed.after;
  // Its files and its long text lie where they are; what it quoted is the problem's.
  const copyOf = said && { ticketId: problem.id, number: said.number };
  const message = copyOf && {
    ...said,
    id: `${id}-m${number}`,
    number,
    at: world.now(),
    cut: null,
    cc: [],
    copyOf,
  };
  await tickets.commit(changed, message ? [message] : []);
}

function received(
  event: Extract<TicketEvent, { kind: 'solution-passed-on' | 'news-passed-on' }>,
  incident: Ticket,
  problem: Ticket,
  desk: Desk,
): Happening[] | null {
  return event.kind === 'solution-passed-on'
    ? receiveSolution(incident, problem, event, desk)
    : receiveNews(incident, problem, event, desk);
}

/** Those who reported it before there was a problem, each in a transaction of its own. */
async function gather(
  { tickets, why }: Extract<TicketEvent, { kind: 'problem-begun' }>,
  problem: Ticket,
  world: World,
): Promise<void> {
  for (const id of tickets)
    await again(async () => {
      const ticket = await world.tickets.read(id);
      const happenings = ticket && joinLater(ticket, problem, why, world.desk);
      if (happenings) await world.tickets.commit(change(ticket, happenings, world.now(), world.desk), []);
    });
}

/** The problem counts one more. When it takes none, because it is solved meanwhile or is full, the ticket goes to a person. */
async function passJoining(
  { problem: to }: Extract<TicketEvent, { kind: 'joined' }>,
  id: string,
  world: World,
): Promise<void> {
  const { tickets, desk } = world;
  const now = world.now();
  const [incident, problem] = await Promise.all([tickets.read(id), tickets.read(to)]);
  if (!incident || incident.joined !== to || !isJoined(incident)) return;
  const heard = hearOfIncident(incident, problem, desk);
  if (heard === null) return;
  if (problem && heard !== 'full') return tickets.commit(change(problem, heard, now, desk), []);
  const seen: SeenLoads = new Map();
  const happenings = await withLoads(
    tickets,
    (loads) => toPerson(incident, to, DESK, now, loads, desk),
    seen,
  );
  await tickets.commit(change(incident, happenings, now, desk), [], [], [], seen);
}

async function passParting(
  { problem: from, by }: Extract<TicketEvent, { kind: 'parted' }>,
  incident: Ticket,
  world: World,
): Promise<void> {
  const problem = await world.tickets.read(from);
  const isThere = problem?.links?.some(({ id, relation }) => id === incident.id && relation === 'incident');
  if (!problem || !isThere) return;
  const linked: Happening = { kind: 'linked', relation: 'related', to: incident.id, by };
  await world.tickets.commit(change(problem, [linked], world.now(), world.desk), []);
}

/**
 * A step is opened, taken up again or closed, and that is written into its request in the same transaction: under the
 * version of both, a repeat finds it done.
 */
async function leadStep(
  event: Extract<TicketEvent, { kind: 'step-changed' }>,
  parent: Ticket,
  world: World,
): Promise<void> {
  const { desk, tickets } = world;
  const step = stepAsked(event, parent);
  if (!step) return;
  const now = world.now();
  if (!step.id && step.state === 'called') return openStep(step, parent, world);
  const task = step.id ? await tickets.read(step.id) : null;
  const happenings = task ? moveStep(step, task, parent) : [];
  const moved = task && happenings.length > 0 ? change(task, happenings, now, desk) : null;
  const noted = change(parent, [stepMoved(step, moved?.after ?? task)], now, desk);
  await tickets.commit(noted, [], [], moved ? [moved] : []);
}

async function openStep(step: ChecklistStep, parent: Ticket, world: World): Promise<void> {
  const { desk, tickets } = world;
  const { team, tier, skills } = step;
  const now = world.now();
  const id = ticketIdFrom(world.random(4));
  const seen: SeenLoads = new Map();
  const routed = await withLoads(
    tickets,
    (loads) => route({ team, tier, skills, priority: parent.priority }, desk, loads, now),
    seen,
  );
  const { opened, also } = beginStep(step, parent, routed, desk);
  const asked = isApart(step, parent, desk) ? null : await tickets.message(parent.id, 1);
  const about = asked
    ? `${phrase(desk.language, 'step-of', { ticket: parent.id, requester: asked.from.name || asked.from.address })}\n\n${asked.text}`
    : phrase(desk.language, 'step-apart', {
        team: desk.teams.find(({ name }) => name === parent.team)?.title ?? parent.team,
      });
  const message: Message = {
    ...{ id: `${id}-m1`, number: 1, at: now, direction: 'in', visibility: 'public', from: opened.requester },
    text: `${step.text || step.title}\n\n${about}`,
    // What is longer than a message, and its files, lie where they are.
    ...{ bodyKey: null, attachments: asked?.attachments ?? [], withheld: asked?.withheld ?? 0 },
    ...{ mailId: asked?.mailId ?? '', messageId: null, cc: [] },
    ...(asked ? { copyOf: { ticketId: parent.id, number: asked.number } } : {}),
  };
  await tickets.commit(
    open(id, opened, also, now, desk),
    [message],
    [],
    [change(parent, [stepBegun(step, id, parent, desk)], now, desk)],
    seen,
  );
}

/** The request hears how one of its steps stands. A repeat, and a report that others have overtaken, change nothing. */
async function passReport(
  event: Extract<TicketEvent, { kind: 'step-reported' }>,
  task: Ticket,
  world: World,
): Promise<void> {
  const parent = await world.tickets.read(event.to);
  const happenings = parent && hearOfStep(parent, task, event, world.desk);
  if (!happenings) return world.log.info('a step was not heard of', { ticketId: task.id });
  await world.tickets.commit(change(parent, happenings, world.now(), world.desk), []);
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
  const articles = await articlesFor(plan, event, ticket, world);
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
async function articlesFor(plan: Plan, event: TicketEvent, ticket: Ticket, world: World): Promise<Article[]> {
  const { desk, knowledge, now } = world;
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
    const first = await world.tickets.message(ticket.id, 1);
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

/** What an agent's commands asked to see. It is the same each time: what came in after them is not among it. */
interface Asked {
  /** The files, one list for each mail. */
  mails: Piece[][];
  none: ('latest' | number)[];
  withheld: number;
  history: string | null;
  /** What is shown as it is when the mail goes out: the reasons, and other tickets. */
  beyond: string[];
  services: UpdateView['services'];
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
  const language = languageOf(by, world.desk);
  const fetched = shows.some((what) => what === 'files' || what === 'history' || what === 'why');
  if (!fetched && looks.length === 0) return null;
  const found = await lookAll(looks, by, world);
  const beyond = [
    ...(shows.includes('why') ? [await why(ticket, language, world)] : []),
    ...(await inWords(found, by, language, world)),
  ];
  const until = Date.parse(event.at);
  const all = marked(await world.tickets.messages(ticket.id, MOST_MESSAGES), ticket, language);
  const messages = all.filter(({ at }) => Date.parse(at) <= until);
  const wanted = (event.files ?? []).map((which) => ({ which, message: messageOf(which, messages) }));
  const of = [...new Set(wanted.flatMap(({ message }) => message ?? []))];
  const files = of.flatMap(({ attachments }) => attachments);
  const names = shownNames(files.map(({ name }) => name));
  const mails = packed(files.map((file, index) => ({ ...file, name: names[index] as string })));
  const history = event.shows.includes('history') ? await wholeHistory(messages, language, world) : null;
  return {
    // A long history takes the room of the first mail's files.
    mails: isLong(history) ? [[], ...mails] : mails,
    none: wanted.filter(({ message }) => !message || isBare(message)).map(({ which }) => which),
    withheld: of.reduce((sum, { withheld }) => sum + withheld, 0),
    history,
    beyond,
    services: servicesIn(found, by, language, world),
  };
}

const MOST_SOLVED_SHOWN = 3;

/** Tickets such as this one that were solved, and how, for whoever may read them. */
async function solvedBefore(
  ticket: Ticket,
  { to }: Plan,
  { tickets, reports, desk }: World,
): Promise<{ ticket: Ticket; how: string }[]> {
  const found = await tickets.readAll((await reports.solved(ticket)).map(({ id }) => id));
  const shown = found
    .filter((each) => !isActive(each) && !each.mergedInto && mayRead(to.address, each, desk))
    .slice(0, MOST_SOLVED_SHOWN);
  return Promise.all(
    shown.map(async (each) => {
      const number = solutionOf(each);
      const message = number ? await tickets.message(each.id, number) : null;
      return { ticket: each, how: withoutTokens(message?.text ?? '', desk.domain) };
    }),
  );
}

/** To whoever reported it, what is known of the problem; to the lead, who has reported the same. */
async function metBy(
  event: TicketEvent,
  ticket: Ticket,
  { audience, to }: Plan,
  { tickets, desk }: World,
): Promise<{ known?: { text: string; at: string } | null; alike?: Ticket[] }> {
  if (event.kind === 'recurrence-noticed' || event.kind === 'problem-begun') {
    const all = await tickets.readAll(event.tickets);
    return { alike: all.filter((each) => mayRead(to.address, each, desk)) };
  }
  if (audience !== 'requester' || !isJoined(ticket) || (event.kind !== 'opened' && event.kind !== 'joined'))
    return {};
  const problem = await tickets.read(ticket.joined as string);
  const number = problem && !areApart(ticket, problem, desk) ? lastNews(problem, ticket.language) : null;
  const message = problem && number ? await tickets.message(problem.id, number) : null;
  // Longer ones he was not there for; he gets the next.
  const text = message && !message.bodyKey ? withoutTokens(message.text, desk.domain) : '';
  return { known: text === '' || !message ? null : { text, at: message.at } };
}

async function courseOf(
  ticket: Ticket,
  event: TicketEvent,
  { to }: Plan,
  { tickets, desk }: World,
): Promise<{ at: string; text: string }[]> {
  const events = await tickets.events(ticket.id, MOST_EVENTS);
  return courseBefore(event, events, languageOf(to.address, desk), desk).map(({ at, text }) => ({
    at,
    text: withoutTokens(text, desk.domain),
  }));
}

async function why(ticket: Ticket, language: Language, { tickets, desk, now }: World): Promise<string> {
  const events = await tickets.events(ticket.id, MOST_EVENTS);
  return withoutTokens(whyIn(ticket, events, { language, desk, now: now() }), desk.domain);
}

/** A report comes in a mail of its own. */
function lookAll(looks: readonly Look[], by: string, { lookUp }: World): Promise<Seen[]> {
  return Promise.all(looks.flatMap((look) => (look.what === 'report' ? [] : [lookUp(look, by)])));
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

function servicesIn(
  found: readonly Seen[],
  to: string,
  language: Language,
  { desk, now }: World,
): UpdateView['services'] {
  const names = found.flatMap(({ look }) => (look.what === 'services' ? [look.of] : [])).at(-1);
  return names ? catalogueIn(names, to, { language, desk, now: now() }) : null;
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

async function wholeHistory(messages: Message[], language: Language, world: World): Promise<string> {
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
  const history = withoutTokens(historyIn(language, whole, desk), desk.domain);
  return history.length > MOST_ATTACHED_CHARS ? `…${history.slice(-MOST_ATTACHED_CHARS)}` : history;
}

/** What goes into one of the mails. A history that is too long to read in a mail goes as a file, with the first. */
async function fetchPart(asked: Asked, { to, part = { number: 1, of: 1 } }: Plan, world: World) {
  const language = languageOf(to.address, world.desk);
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
  return {
    files,
    shown: shown.filter((words) => words !== '').join('\n\n'),
    services: part.number === 1 ? asked.services : null,
  };
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
  if (event.kind === 'commanded')
    await writeReportsAsked(event.looks, event.to.address, `${pk} ${sk}`, world);
}

const DAY = 86_400_000;

const MAILS = {
  refused: { kind: 'refusal', audience: 'sender' },
  held: { kind: 'code', audience: 'agent' },
  away: { kind: 'note', audience: 'lead' },
  left: { kind: 'note', audience: 'lead' },
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
      : event.kind === 'commanded' && event.digest
        ? await digestAddress(
            mailbox.address,
            event.digest,
            event.to.address,
            world.realNow() + ANSWERABLE_FOR,
            world,
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
    content: renderUpdate(
      noticeView({
        ...{ plan, event: { ...event, language }, code, shown, desk },
        services: servicesIn(found, event.to.address, language, world),
      }),
    ),
    files: [],
  };
}

type Leaving = Pick<Plan, 'id' | 'to' | 'speaker'> & { kind: SentKind };

async function deliver(
  plan: Leaving,
  ticket: Ticket | null,
  prepare: () => Promise<Outgoing>,
  world: World,
): Promise<void> {
  const { id, kind, to } = plan;
  const ticketId = ticket?.id ?? null;
  const [day, most] = [world.now().slice(0, 10), mostOfDay(plan, world.desk)];
  const spent = new QuotaError(
    `${most} mails, all that may leave on ${day} of this kind or with it, have left`,
  );
  if (world.rates.isSpent(day, most)) throw spent;
  const claim = { id, kind, to: to.address, ticketId, at: world.now() };
  const claimed = await world.updates.claim(claim, world.realNow());
  if (claimed === 'done') return;
  // The other delivery of the event needs a moment; waiting for the queue would take minutes.
  if (claimed === 'taken') throw new ConflictError(`${id} is being sent`);
  const record: UpdateRecord = { ...claim, state: 'sent', leaseUntil: 0, messageId: null, detail: null };
  const shadow = inShadow(plan, ticket, world.desk);
  if (shadow) return withhold(record, plan, shadow, world);
  const sending = await prepareOrRelease(plan, ticketId, prepare, world);
  const pace = await keepPace(plan, ticket, world).catch(async (error) => {
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
    throw spent;
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
    await world.updates.settle({ ...record, messageId: sent.messageId });
    world.log.info('sent', { update: id, kind, ticketId });
    await world.metric('MailsSent', 1);
    return;
  }
  world.log.warn('refused by SES', { update: id, kind, ticketId });
  await world.rates.stays(day);
  if (ticketId && !personOf(to.address, world.desk))
    await again(() => tellDesk(ticketId, to.address, id, world));
  await world.updates.settle({ ...record, state: 'refused', detail: sent.refused });
}

/** Counts what no person wrote and goes to somebody outside. A repeat after a fault of which nobody knows counts again. */
async function keepPace(
  plan: Leaving,
  ticket: Ticket | null,
  { desk, rates, addresses, now, realNow }: World,
): Promise<{ withheld: string | null; takeBack: () => Promise<void> }> {
  const outside = plan.kind !== 'canary' && !personOf(plan.to.address, desk);
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

/** It never leaves: what is settled is done, whatever is asked later. */
async function withhold(record: UpdateRecord, plan: Leaving, why: string, world: World): Promise<void> {
  const { id, kind, ticketId } = record;
  world.log.warn('withheld', { update: id, kind, ticketId });
  if (ticketId) await again(() => noteWithheld(ticketId, plan, why, world));
  await world.updates.settle({ ...record, state: 'withheld', detail: why });
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
