/**
 * Requests with steps. What a category's checklist names is done in tickets of its own, for the teams that it names; the
 * request leads them, and is resolved with the last one. Neither is changed in the transaction of a mail: each change
 * of a ticket says in its events what that asks of the other (`followSteps`), and whoever is given the event does it
 * once, to both in one transaction.
 */
import type { Category, Desk } from '../config/desk.ts';
import { isConfidential } from '../mail/referral.ts';
import { personOf } from '../mail/standing.ts';
import type { Loads, Routed } from '../triage/route.ts';
import { openApproval, unapproved } from './approval.ts';
import { mayRead } from './audience.ts';
import { takeUp } from './stand-in.ts';
import {
  type ChecklistStep,
  DESK,
  evolve,
  type Happening,
  isActive,
  type StepReport,
  type StepState,
  type Ticket,
  type TicketEvent,
} from './ticket.ts';

/** A ticket that is filed anew again and again begins no further checklist. */
const MOST_STEPS = 60;

type Opened = Extract<Happening, { kind: 'opened' }>;
type StepChanged = Extract<Happening, { kind: 'step-changed' }>;

/** What follows from what just happened: for the steps of this ticket, and for the ticket that this one is a step of. */
export function followSteps(
  ticket: Ticket,
  happened: readonly Happening[],
  at: string,
  desk: Desk,
): Happening[] {
  const following: Happening[] = [];
  let current = ticket;
  for (const follow of [report, begin, recall, call, finish]) {
    const events = follow(current, happened, desk);
    following.push(...events);
    current = events.reduce((state, event) => evolve(state, event, at), current);
  }
  return following;
}

function report(ticket: Ticket, happened: readonly Happening[]): Happening[] {
  const { partOf } = ticket;
  const state = standing(ticket);
  if (!partOf || partOf.reported === state) return [];
  const ended = happened.findLast((event) => event.kind === 'closed' || event.kind === 'resolved');
  const reason = ended && 'reason' in ended ? ended.reason : '';
  return [{ kind: 'step-reported', to: partOf.id, step: partOf.step, state, reason }];
}

function standing(step: Ticket): StepReport {
  if (isActive(step)) return 'open';
  return step.resolvedAt ? 'done' : 'skipped';
}

/** A checklist that desk.yaml has only got meanwhile sets nobody to work for a ticket that is being worked on. */
const BEGINNINGS: ReadonlySet<Happening['kind']> = new Set([
  'opened',
  'categorised',
  'approval-decided',
  'started',
]);

/** The checklist of a ticket's category, unless it has begun. A step has none, or it would never end. */
function begin(ticket: Ticket, happened: readonly Happening[], desk: Desk): Happening[] {
  if (!happened.some(({ kind }) => BEGINNINGS.has(kind))) return [];
  const { category, partOf, steps = [] } = ticket;
  const checklist = categoryOf(ticket, desk)?.checklist ?? [];
  if (partOf || checklist.length === 0 || !goesOn(ticket, desk) || ownSteps(ticket).length > 0) return [];
  if (steps.length + checklist.length > MOST_STEPS) return [];
  const key = (name: string) => `${category}/${name}`;
  const planned = checklist.map(({ name, title, text, team, tier, skills, after }) => ({
    ...{ key: key(name), title, text, team, tier, skills },
    after: after.map(key),
  }));
  return [{ kind: 'checklist-begun', category, steps: planned }];
}

/**
 * Whether work on it may begin: no approval that it needs, or waits for, is missing, and a mail that could not prove
 * its sender sets no team to work before somebody of the desk has.
 */
function goesOn(ticket: Ticket, desk: Desk): boolean {
  if (!isActive(ticket) || openApproval(ticket) || unapproved(ticket, desk)) return false;
  if (ticket.flagged !== null && ticket.status === 'new') return false;
  const last = ticket.approvals?.findLast(({ state }) => state !== 'taken-back');
  return !categoryOf(ticket, desk)?.approval || last?.state === 'given';
}

function recall(ticket: Ticket): Happening[] {
  const own = isActive(ticket) ? ownSteps(ticket) : [];
  return (ticket.steps ?? [])
    .filter((step) => isOpen(step) && !own.includes(step))
    .map((step) => changed(step, 'recalled', ''));
}

function call(ticket: Ticket, _: readonly Happening[], desk: Desk): Happening[] {
  if (!goesOn(ticket, desk)) return [];
  const own = ownSteps(ticket);
  const ended = own.filter(isEnded).map(({ key }) => key);
  return own
    .filter(
      ({ state, after }) =>
        (state === 'waits' || state === 'off') && after.every((key) => ended.includes(key)),
    )
    .map((step) => changed(step, 'called', ''));
}

/** A ticket that was taken up again is not resolved by steps that were done before. */
function finish(ticket: Ticket, happened: readonly Happening[], desk: Desk): Happening[] {
  const own = ownSteps(ticket);
  const done = own.filter(({ state }) => state === 'done').map(({ title }) => title);
  const moved = happened.some(({ kind }) => kind === 'step-changed' || kind === 'approval-decided');
  if (!moved || done.length === 0 || !own.every(isEnded) || !goesOn(ticket, desk)) return [];
  return [{ kind: 'resolved', reason: 'all its steps are done', by: DESK, message: null, steps: done }];
}

function ownSteps({ category, steps = [] }: Ticket): ChecklistStep[] {
  return steps.filter(({ key }) => key.startsWith(`${category}/`));
}

function categoryOf({ category }: Ticket, desk: Desk): Category | undefined {
  return desk.categories.find(({ name }) => name === category);
}

function isOpen({ state }: ChecklistStep): boolean {
  return state === 'called' || state === 'open';
}

function isEnded({ state }: ChecklistStep): boolean {
  return state === 'done' || state === 'skipped';
}

export function hasOpenSteps(ticket: Ticket): boolean {
  return openSteps(ticket) > 0;
}

export function openSteps({ steps = [] }: Ticket): number {
  return steps.filter(isOpen).length;
}

function changed(
  { key: step, title, id }: ChecklistStep,
  state: Exclude<StepState, 'waits'>,
  reason: string,
  heard?: number,
): StepChanged {
  return {
    ...{ kind: 'step-changed', step, title, state, to: id ?? null, reason },
    ...(heard === undefined ? {} : { heard }),
  };
}

/** The step that an event asks to be opened or closed; null when that was done, or is wanted no more. */
export function stepAsked({ step, state }: StepChanged, { steps = [] }: Ticket): ChecklistStep | null {
  const asked = state === 'called' || state === 'recalled';
  return (asked && steps.find((each) => each.key === step && each.state === state)) || null;
}

/** Its team sees the step's own words and nothing of the request, not even whose it is. */
export function isApart(
  step: Pick<ChecklistStep, 'team'>,
  parent: Pick<Ticket, 'team'>,
  desk: Desk,
): boolean {
  return step.team !== parent.team && isConfidential(parent.team, desk);
}

/** A step's ticket as it begins, with its first message. Whoever has the request reads along, where he may. */
export function beginStep(
  step: ChecklistStep,
  parent: Ticket,
  { assignee, reason }: Routed,
  desk: Desk,
): { opened: Opened; also: Happening[] } {
  const { title, team, tier, key } = step;
  const { id, impact, urgency, priority, category, subject } = parent;
  const apart = isApart(step, parent, desk);
  const own = desk.addresses.find((address) => address.team === team) ?? desk.addresses[0];
  const mailbox = own?.address ?? parent.mailbox;
  const leader = parent.assignee;
  const readsAlong =
    leader && leader !== assignee && personOf(leader, desk) && mayRead(leader, { team, assignee }, desk);
  return {
    opened: {
      ...{ kind: 'opened', type: 'request', team, tier, category, impact, urgency, priority },
      subject: apart || subject === '' ? title : `${title}: ${subject}`,
      ...{ requester: { address: mailbox, name: own?.name ?? desk.name }, cc: [], mailbox },
      ...{ language: desk.language, flagged: apart ? null : parent.flagged },
      ...{ follows: null, acknowledge: false, message: 1, messageId: null },
      ...{ reasons: [{ what: 'assignee', why: reason }], partOf: { id, step: key } },
    },
    also: [
      ...(assignee ? [{ kind: 'assigned', assignee, previous: null, reason, by: DESK } as const] : []),
      ...(readsAlong ? [{ kind: 'watched', by: leader } as const] : []),
    ],
  };
}

/** That a step's ticket has been opened. */
export function stepBegun(step: ChecklistStep, id: string, parent: Ticket, desk: Desk): Happening {
  const opened = changed({ ...step, id }, 'open', '');
  return isApart(step, parent, desk) ? { ...opened, apart: true } : opened;
}

/** What is called again is taken up again, what is recalled is closed; what ended by itself stays as it is. */
export function moveStep(
  step: ChecklistStep,
  task: Ticket,
  parent: Ticket,
  moment: { now: string; loads: Loads },
  desk: Desk,
): Happening[] {
  const state = standing(task);
  if (step.state === 'called' && state === 'skipped')
    return takeUp(
      { kind: 'reopened', reason: `${parent.id} goes on`, by: DESK, told: false },
      task,
      moment,
      desk,
    );
  return step.state === 'recalled' && state === 'open'
    ? [{ kind: 'closed', reason: `${parent.id} no longer needs it`, by: DESK }]
    : [];
}

/** How a step stands that was moved; `task` is null when it was recalled before it had a ticket. */
export function stepMoved(step: ChecklistStep, task: Ticket | null): Happening {
  const state = task ? standing(task) : 'skipped';
  return changed(step, state === 'skipped' ? 'off' : state, '', task?.events);
}

/**
 * What a step's report does to the ticket that it is part of. Null when something later was heard of that step, or
 * nobody waits for it any more. Of a confidential team's step nothing is passed on but how it stands.
 */
export function hearOfStep(
  parent: Ticket,
  task: Ticket,
  { number, step: key, state, reason }: Extract<TicketEvent, { kind: 'step-reported' }>,
  desk: Desk,
): Happening[] | null {
  const step = parent.steps?.find((each) => each.key === key);
  if (step?.id !== task.id || (step.heard ?? 0) >= number) return null;
  if (parent.status === 'closed' || step.state === 'recalled' || step.state === 'off') return null;
  const silent = task.team !== parent.team && isConfidential(task.team, desk);
  const heard = changed(step, state, silent ? '' : reason, number);
  const again: Happening = {
    ...{ kind: 'reopened', reason: `its step “${step.title}” is open again`, by: DESK, told: false },
  };
  return state === 'open' && parent.status === 'resolved' ? [again, heard] : [heard];
}
