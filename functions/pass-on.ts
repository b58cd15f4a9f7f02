/** What an event of one ticket does to others: words for all of a problem, parts, steps and reports. One transaction for each. */
import type { Desk } from '../core/config/desk.ts';
import { ticketIdFrom } from '../core/mail/token.ts';
import { change, open } from '../core/ticket/change.ts';
import { receiveSolution } from '../core/ticket/links.ts';
import { hearOfIncident, joinLater, receiveNews, toPerson } from '../core/ticket/recurrence.ts';
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
  isJoined,
  type Message,
  type Ticket,
  type TicketEvent,
} from '../core/ticket/ticket.ts';
import { route } from '../core/triage/route.ts';
import { phrase } from '../templates/words.ts';
import { again, type World } from './handler.ts';
import { choosing, type SeenLoads, withLoads } from './with-loads.ts';

/** One that is done stays so when a later one fails and the event comes again. */
export async function passToEach(
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
export async function gather(
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
export async function passJoining(
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
  await choosing(async (isHeld) => {
    const seen: SeenLoads = new Map();
    const happenings = await withLoads(
      tickets,
      (loads) => toPerson(incident, to, DESK, now, loads, desk),
      seen,
    );
    await tickets.commit(change(incident, happenings, now, desk), [], [], [], isHeld ? { loads: seen } : {});
  });
}

export async function passParting(
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
export async function leadStep(
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
  await choosing(async (isHeld) => {
    const seen: SeenLoads = new Map();
    const happenings = task
      ? await withLoads(tickets, (loads) => moveStep(step, task, parent, { now, loads }, desk), seen)
      : [];
    const moved = task && happenings.length > 0 ? change(task, happenings, now, desk) : null;
    const noted = change(parent, [stepMoved(step, moved?.after ?? task)], now, desk);
    await tickets.commit(noted, [], [], moved ? [moved] : [], isHeld ? { loads: seen } : {});
  });
}

async function openStep(step: ChecklistStep, parent: Ticket, world: World): Promise<void> {
  const { desk, tickets } = world;
  const { team, tier, skills } = step;
  const now = world.now();
  const id = ticketIdFrom(world.random(4));
  const asked = isApart(step, parent, desk) ? null : await tickets.message(parent.id, 1);
  const about = asked
    ? `${phrase(desk.language, 'step-of', { ticket: parent.id, requester: asked.from.name || asked.from.address })}\n\n${asked.text}`
    : phrase(desk.language, 'step-apart', {
        team: desk.teams.find(({ name }) => name === parent.team)?.title ?? parent.team,
      });
  const message: Omit<Message, 'from'> = {
    ...{ id: `${id}-m1`, number: 1, at: now, direction: 'in', visibility: 'public' },
    text: `${step.text || step.title}\n\n${about}`,
    // What is longer than a message, and its files, lie where they are.
    ...{ bodyKey: null, attachments: asked?.attachments ?? [], withheld: asked?.withheld ?? 0 },
    ...{ mailId: asked?.mailId ?? '', messageId: null, cc: [] },
    ...(asked ? { copyOf: { ticketId: parent.id, number: asked.number } } : {}),
  };
  await choosing(async (isHeld) => {
    const seen: SeenLoads = new Map();
    const routed = await withLoads(
      tickets,
      (loads) => route({ team, tier, skills, priority: parent.priority }, desk, loads, now),
      seen,
    );
    const { opened, also } = beginStep(step, parent, routed, desk);
    await tickets.commit(
      open(id, opened, also, now, desk),
      [{ ...message, from: opened.requester }],
      [],
      [change(parent, [stepBegun(step, id, parent, desk)], now, desk)],
      isHeld ? { loads: seen } : {},
    );
  });
}

/** The request hears how one of its steps stands. A repeat, and a report that others have overtaken, change nothing. */
export async function passReport(
  event: Extract<TicketEvent, { kind: 'step-reported' }>,
  task: Ticket,
  world: World,
): Promise<void> {
  const parent = await world.tickets.read(event.to);
  const happenings = parent && hearOfStep(parent, task, event, world.desk);
  if (!happenings) return world.log.info('a step was not heard of', { ticketId: task.id });
  await world.tickets.commit(change(parent, happenings, world.now(), world.desk), []);
}
