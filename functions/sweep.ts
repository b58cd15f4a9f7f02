/**
 * Once an hour: what fell between two steps is picked up again. Mail that still lies unhandled is handed in again; the
 * day before is counted, once, and again while its count shows a difference; a ticket whose watch is to wake before the
 * next hour, and whose execution is gone, gets a new one; recurring work that has fallen due is opened; tickets of somebody
 * who is away go to others, and come back; after a deployment with another desk.yaml the tickets that are not closed are
 * reckoned anew, and those of who is no longer in it go to others; what desk.yaml keeps no longer goes (retention.ts).
 *
 * Each of these has a bound, and goes on in the next hour. What one of them fails at, and what one ticket fails at, keeps
 * nothing else from its turn; it is thrown at the end, so that the alarm rings.
 */
import * as z from 'zod/mini';
import type { Stored } from '../aws/mailroom.ts';
import { LANGUAGES } from '../core/config/choices.ts';
import type { Recurring } from '../core/config/desk.ts';
import { UnavailableError } from '../core/faults.ts';
import { articleIdOf } from '../core/knowledge/article.ts';
import { HEAD_OCTETS, notificationOf, receiptFromHeaders } from '../core/mail/receipt.ts';
import { cameIn, IN, mailIdIn, SETUP_NOTICE } from '../core/mail/record.ts';
import { personOf } from '../core/mail/standing.ts';
import { ticketIdFrom } from '../core/mail/token.ts';
import { occurrences } from '../core/sla/occurrences.ts';
import { leadOf } from '../core/ticket/article.ts';
import { mayRead } from '../core/ticket/audience.ts';
import { change, open } from '../core/ticket/change.ts';
import { handsFor, recur, ruleOf } from '../core/ticket/recurring.ts';
import { backAt, comeBack, isBack, isLeft, leave, moves, standIn } from '../core/ticket/stand-in.ts';
import { DESK, type Happening, type Message, type Ticket } from '../core/ticket/ticket.ts';
import { route } from '../core/triage/route.ts';
import { again, lambda, type World } from './handler.ts';
import { expireTickets, stripTickets } from './retention.ts';
import { type SeenLoads, withLoads } from './with-loads.ts';

export const handler = lambda(z.unknown(), (_, world) => sweep(world));

/** Queues try for half an hour; whatever is older was forgotten. */
const UNHANDLED_FOR = 15 * 60_000;
/** By then it was handed in again several times, and a person has to look at it. */
const STUCK_AFTER = 6 * 3_600_000;
const HOUR = 3_600_000;
/** The queue has started a watch by then, and a watch has woken; the next sweep has begun. */
const LATE = 10 * 60_000;
/** More than this in one hour is a flood, and the next hour is soon. */
const MOST = 500;
const MOST_LISTED = 10_000;
/** Reading and writing so many takes about one of the sweep's five minutes. */
const MOST_RECKONED = 10_000;
/** One batch read. */
const PAGE = 100;
const AT_ONCE = 5;

export interface Swept {
  mails: number;
  /** Of these, how many were handed in before and lie there all the same. */
  stuck: number;
  /** Seconds since the oldest of them came. */
  oldest: number;
  /** By how many mails the day before still differs from its records. */
  unbalanced: number;
  watches: number;
  recurred: number;
  /** Tickets that went to others because somebody is away, or came back. */
  moved: number;
  reckoned: number;
  /** Whose owner was asked, or whose time was over. */
  articles: number;
  /** Objects that went into an index of articles. */
  folded: number;
  /** Closed tickets whose time is over: those that went, and those that lost what was written in them. */
  expired: number;
  stripped: number;
}

export async function sweep(world: World): Promise<Swept> {
  const attempt = failing(world);
  const swept = {
    ...(await attempt('mails', { mails: 0, stuck: 0, oldest: 0 }, () => handInAgain(world))),
    unbalanced: await attempt('count', 0, () => balance(world)),
    watches: await attempt('watches', 0, () => restartWatches(world, attempt)),
    recurred: await attempt('recurring', 0, () => openRecurring(world, attempt)),
    moved: await attempt('absences', 0, () => mindAbsences(world, attempt)),
    reckoned: await attempt('reckoning', 0, () => reckonAnew(world, attempt)),
    articles: await attempt('articles', 0, () => askOwners(world, attempt)),
    folded: await attempt('index', 0, () => foldIndexes(world)),
    expired: await attempt('retention', 0, () => expireTickets(world)),
    stripped: await attempt('retention', 0, () => stripTickets(world)),
  };
  world.log.info('swept', swept);
  await attempt('metrics', undefined, () => tell(swept, world));
  if (attempt.faults.length > 0) throw attempt.faults[0];
  return swept;
}

/** What there was none of is not told: silence costs nothing. */
async function tell({ stuck, unbalanced, watches, oldest }: Swept, { mailer, metric }: World): Promise<void> {
  if (oldest > 0) await metric('OldestUnhandled', oldest);
  if (stuck > 0) await metric('StuckMail', stuck);
  if (unbalanced > 0) await metric('Unbalanced', unbalanced);
  if (watches > 0) await metric('Overdue', watches);
  await metric('SendQuotaUsed', await mailer.quotaUsed());
}

/** Runs what it is given, and keeps what that throws for the end. */
interface Attempt {
  <T>(what: string, otherwise: T, run: () => Promise<T>): Promise<T>;
  faults: unknown[];
}

function failing(world: World): Attempt {
  const faults: unknown[] = [];
  const attempt = async <T>(what: string, otherwise: T, run: () => Promise<T>) => {
    try {
      return await run();
    } catch (error) {
      faults.push(error);
      const fault = error instanceof Error ? error.name : 'unknown';
      world.log.warn('the sweep failed at it', { what, fault });
      return otherwise;
    }
  };
  return Object.assign(attempt, { faults });
}

/** The newest first: what could not be repaired grows old, and must not keep the others from their turn. */
async function handInAgain(world: World): Promise<Pick<Swept, 'mails' | 'stuck' | 'oldest'>> {
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
  const oldest = unhandled.findLast(({ key }) => mailIdIn(key) !== SETUP_NOTICE);
  const age = oldest ? (Date.parse(world.now()) - Date.parse(oldest.at)) / 1000 : 0;
  return { mails: chosen.length, stuck, oldest: Math.round(age) };
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

/** Those first that should have woken; then those that are to wake before the next sweep. */
async function restartWatches(world: World, attempt: Attempt): Promise<number> {
  const now = Date.parse(world.now());
  const late = await wakingBefore(now - LATE, world);
  const soon = await wakingBefore(now + HOUR + LATE, world);
  const known = new Set(late);
  const ids = [...late, ...soon.filter((id) => !known.has(id))].slice(0, MOST);
  return each(ids, 1, attempt, (id) => again(() => restartWatch(id, world)));
}

/**
 * No more than the sweep has time for. Where there are more, the next hour begins behind them: what is late and yet
 * runs, because it is trying again, must not keep those that are gone from their turn.
 */
async function wakingBefore(at: number, world: World): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of world.tickets.running(new Date(at).toISOString())) {
    ids.push(id);
    if (ids.length === MOST_LISTED) break;
  }
  const from = ids.length > MOST ? (Math.floor(Date.parse(world.now()) / HOUR) * MOST) % ids.length : 0;
  return [...ids.slice(from), ...ids.slice(0, from)];
}

/** How many of them it was done for. One ticket's fault is its own; a service that is down is nobody's turn. */
async function each(
  ids: readonly string[],
  atOnce: number,
  attempt: Attempt,
  run: (id: string) => Promise<boolean>,
): Promise<number> {
  let done = 0;
  const before = attempt.faults.length;
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    const results = await Promise.all(some.map((id) => attempt(id, false, () => run(id))));
    done += results.filter((result) => result).length;
    if (attempt.faults.slice(before).some((fault) => fault instanceof UnavailableError)) break;
  }
  return done;
}

/** A new generation, so that the lost one, should it wake after all, finds that it is not wanted. */
async function restartWatch(id: string, world: World): Promise<boolean> {
  const ticket = await world.tickets.read(id);
  if (ticket?.watch?.state !== 'running' || isBeginning(ticket.watch, world)) return false;
  if (await world.watches.isRunning(id, ticket.watch.generation)) return false;
  await world.tickets.commit(
    change({ ...ticket, watch: { ...ticket.watch, state: 'ended' } }, [], world.now(), world.desk),
    [],
  );
  return true;
}

function isBeginning({ startedAt }: NonNullable<Ticket['watch']>, world: World): boolean {
  return Date.parse(startedAt) > Date.parse(world.now()) - LATE;
}

/** A desk that was down for long owes many; the next hour opens more of them. */
const MOST_RECURRED = 10;

async function openRecurring(world: World, attempt: Attempt): Promise<number> {
  let opened = 0;
  for (const work of world.desk.recurring) {
    const next = () => attempt(`recurring ${work.name}`, false, () => again(() => openNext(work, world)));
    for (let n = 0; n < MOST_RECURRED && (await next()); n++) opened++;
  }
  return opened;
}

/** The oldest that is owed. What is new in desk.yaml, or follows another rule from now on, owes nothing yet. */
async function openNext(work: Recurring, world: World): Promise<boolean> {
  const { desk, recurring, tickets } = world;
  const [now, rule] = [world.now(), ruleOf(work)];
  const pace = await recurring.read(work.name);
  if (pace?.rule !== rule) {
    await recurring.begin(work.name, { until: now, rule }, pace);
    return false;
  }
  const next = occurrences(work, pace.until, now, desk, 1)[0];
  if (!next) return false;
  const hands = handsFor(work, desk);
  const seen: SeenLoads = new Map();
  const routed = await withLoads(tickets, (loads) => route(hands, desk, loads, now), seen);
  const { opened, also } = recur(work, routed, desk);
  const changed = open(ticketIdFrom(world.random(4)), opened, also, now, desk);
  const { id } = changed.after;
  const message: Message = {
    ...{ id: `${id}-m1`, number: 1, at: now, direction: 'in', visibility: 'public', from: opened.requester },
    ...{ text: work.text || work.title, bodyKey: null, attachments: [], withheld: 0 },
    ...{ mailId: '', messageId: null, cc: [] },
  };
  const moved = recurring.move(work.name, { until: next.at, rule }, pace);
  await tickets.commit(changed, [message], [moved], [], { loads: seen });
  world.log.info('recurred', { work: work.name, day: next.day, ticketId: id });
  return true;
}

/**
 * Where desk.yaml wants it: who is away is known by one batch read, and his tickets by the index of hands, those first
 * that are due first. It is asked again each hour, because what waited may be due by then, and because nobody may have been
 * there to take it.
 */
async function mindAbsences(world: World, attempt: Attempt): Promise<number> {
  const { desk, tickets } = world;
  const now = world.now();
  const teams = desk.teams.filter(({ whenAway }) => whenAway !== 'keep');
  if (teams.length === 0) return 0;
  const people = desk.people.filter(({ role }) => role !== 'manager');
  const loads = await tickets.loads(people.map(({ address }) => address));
  const leaving: string[] = [];
  for (const person of people) {
    const back = backAt(person, now, desk, loads);
    if (!back) continue;
    for (const { name, whenAway } of teams) {
      const held = await tickets.held(name, person.address);
      leaving.push(...held.filter(({ due }) => moves(whenAway, due, back.at)).map(({ id }) => id));
    }
  }
  const here = new Set(people.filter((each) => isBack(each, now, desk, loads)).map(({ address }) => address));
  const returning = (await tickets.stoodIn()).filter(({ owner }) => here.has(owner)).map(({ id }) => id);
  const move = (decide: typeof standIn) => (id: string) => again(() => moveTicket(id, decide, world));
  return (
    (await each(returning.slice(0, MOST), 1, attempt, move(comeBack))) +
    (await each(leaving.slice(0, MOST), 1, attempt, move(standIn)))
  );
}

/** The index may be a moment behind: what is true of the ticket is decided by the ticket. */
async function moveTicket(id: string, decide: typeof standIn, world: World): Promise<boolean> {
  const ticket = await world.tickets.read(id);
  if (!ticket) return false;
  const seen: SeenLoads = new Map();
  const [now, { desk }] = [world.now(), world];
  const happenings = await withLoads(world.tickets, (loads) => decide(ticket, now, desk, loads), seen);
  if (happenings.length === 0) return false;
  await world.tickets.commit(change(ticket, happenings, now, desk), [], [], [], { loads: seen });
  return true;
}

/**
 * Once for each change of desk.yaml: reads every ticket that is not closed, which is what an hourly sweep must not do.
 * What has been reckoned anew already, by an earlier sweep or because something happened to it, only costs its part of
 * a batch.
 */
async function reckonAnew(world: World, attempt: Attempt): Promise<number> {
  const { desk, tickets } = world;
  if ((await tickets.reckonedBy()) === desk.hash) return 0;
  const before = attempt.faults.length;
  const left: Ticket[] = [];
  const { reckoned, isAll } = await reckonAll(left, world, attempt);
  await attempt('leaving', undefined, () => tellLeads(left, world));
  if (isAll && attempt.faults.length === before) await tickets.sayReckonedBy(desk.hash);
  return reckoned;
}

/** `left` gets those that somebody had who is no longer in desk.yaml, as they were. */
async function reckonAll(
  left: Ticket[],
  world: World,
  attempt: Attempt,
): Promise<{ reckoned: number; isAll: boolean }> {
  let reckoned = 0;
  let page: string[] = [];
  const reckonPage = async () => {
    const others = (await world.tickets.readAll(page)).filter((ticket) => isStale(ticket, world));
    page = [];
    const ids = others.map(({ id }) => id);
    reckoned += await each(ids, AT_ONCE, attempt, (id) => again(() => reckonTicket(id, left, world)));
  };
  const before = attempt.faults.length;
  for await (const id of world.tickets.running(null)) {
    page.push(id);
    if (page.length === PAGE) await reckonPage();
    if (reckoned >= MOST_RECKONED || attempt.faults.length > before + MOST_FAULTS)
      return { reckoned, isAll: false };
  }
  await reckonPage();
  return { reckoned, isAll: true };
}

/** The next hour asks more of them. */
const MOST_ARTICLES = 50;

async function askOwners(world: World, attempt: Attempt): Promise<number> {
  const ids = await world.knowledge.due(world.now(), MOST_ARTICLES);
  return each(ids, 1, attempt, (id) => again(() => askOwner(id, world)));
}

/** Whether it still holds; and when nobody has said so until its time is over, it lapses. */
async function askOwner(ticketId: string, world: World): Promise<boolean> {
  const { desk, knowledge, tickets, now } = world;
  const [ticket, article] = await Promise.all([
    tickets.read(ticketId),
    knowledge.read(articleIdOf(ticketId)),
  ]);
  if (!ticket || !article?.validUntil) return false;
  const isOver = Date.parse(article.validUntil) <= Date.parse(now());
  const owner = personOf(article.owner, desk);
  const reviewer = owner && mayRead(owner.address, ticket, desk) ? owner.address : leadOf(ticket.team, desk);
  const event: Happening = isOver
    ? { kind: 'article-decided', verdict: 'lapse', words: '', by: DESK }
    : { kind: 'article-asked', draft: null, reviewer, by: DESK };
  const changed = change(ticket, [event], now(), desk);
  await tickets.commit(changed, [], await knowledge.writes([changed], desk));
  return true;
}

async function foldIndexes({ knowledge }: World): Promise<number> {
  let folded = 0;
  for (const language of LANGUAGES) folded += await knowledge.fold(language);
  return folded;
}

/** What fails so often does not fail because of the tickets. */
const MOST_FAULTS = 20;

const MONTH = 30 * DAY;

/** What happened to a ticket since the deployment was reckoned with it, and may yet be in the hands of somebody who left. */
function isStale(ticket: Ticket, { desk }: World): boolean {
  return ticket.deskHash !== desk.hash || isLeft(ticket, desk);
}

async function reckonTicket(id: string, left: Ticket[], world: World): Promise<boolean> {
  const ticket = await world.tickets.read(id);
  if (!ticket || !isStale(ticket, world)) return false;
  const { desk } = world;
  const now = world.now();
  const seen: SeenLoads = new Map();
  const happenings = await withLoads(world.tickets, (loads) => leave(ticket, now, desk, loads), seen);
  const { after, events } = change(ticket, happenings, now, desk);
  await world.tickets.commit({ before: ticket, after, events }, [], [], [], { loads: seen });
  if (ticket.assignee !== after.assignee) left.push(ticket);
  return true;
}

const MOST_TOLD = 100;

/** One mail for each team: who has left, and who has each of his tickets now. */
async function tellLeads(left: readonly Ticket[], world: World): Promise<void> {
  const { desk, tickets, ledger } = world;
  const since = world.now();
  for (const { name, lead } of desk.teams) {
    const own = left.filter(({ team }) => team === name);
    const superior = personOf(lead, desk);
    if (own.length === 0 || !superior) continue;
    const now = await tickets.readAll(own.slice(0, MOST_TOLD).map(({ id }) => id));
    await ledger.tell(
      `left-${name}-${since.replace(/\D/g, '')}`,
      {
        ...{ kind: 'left', to: { address: superior.address, name: superior.name }, since },
        people: [...new Set(own.flatMap(({ assignee }) => assignee ?? []))],
        tickets: now.map(({ id, subject, assignee }) => ({ id, subject, assignee })),
        ...{ more: own.length - now.length, subject: '', messageId: null },
        language: superior.language ?? desk.language,
      },
      since,
    );
  }
}
