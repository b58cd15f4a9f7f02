/**
 * What the clock does: everything about a ticket that has fallen due by now. The watch calls it when it wakes;
 * asked again at the same instant it has nothing left to do.
 */
import type { Desk } from '../config/desk.ts';
import { type Loads, route } from '../triage/route.ts';
import { reckon, type Step, topTier, upcoming } from './change.ts';
import { DESK, evolve, type Happening, type Ticket } from './ticket.ts';

/** More steps than any ticket can owe at one instant: each tells once or ends a state. */
const MOST_STEPS = 32;

/** `now` is ISO 8601 UTC. `loads` covers the people of the next tier. */
export function nextStep(ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const happenings: Happening[] = [];
  let current = ticket;
  for (
    let step = due(current, now, desk);
    step && happenings.length < MOST_STEPS;
    step = due(current, now, desk)
  ) {
    const events = take(step, current, now, desk, loads);
    current = reckon(
      events.reduce((state, event) => evolve(state, event, now), current),
      desk,
    );
    happenings.push(...events);
  }
  return happenings;
}

function due(ticket: Ticket, now: string, desk: Desk): Step | undefined {
  const first = upcoming(ticket, desk)[0];
  return first && Date.parse(first.at) <= Date.parse(now) ? first : undefined;
}

function take(step: Step, ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  switch (step.kind) {
    case 'warn':
      return [deadlineEvent('deadline-warned', step, ticket)];
    case 'breach':
      return [
        deadlineEvent('deadline-breached', step, ticket),
        ...climb(ticket, `the ${step.measure} deadline fell`, DESK, now, desk, loads),
      ];
    case 'remind':
      return [{ kind: 'requester-reminded', number: 1 }];
    case 'resume':
      return [{ kind: 'resumed', reason: 'the date that it waited for has come', by: DESK }];
    case 'resolve':
      return [{ kind: 'resolved', reason: 'the requester did not answer', by: DESK, message: null }];
    case 'close':
      return [{ kind: 'closed', reason: 'it stayed quiet after it was resolved', by: DESK }];
  }
}

function deadlineEvent(
  kind: 'deadline-warned' | 'deadline-breached',
  step: Step,
  { assignee }: Ticket,
): Happening {
  const { measure, due, startedAt } = step;
  if (!measure || !due || !startedAt) throw new TypeError(`a ${step.kind} step without its deadline`);
  return { kind, measure, due, startedAt, assignee };
}

/** Up one tier, into other hands; nothing at the top, where telling the lead is all that is left. */
export function climb(
  ticket: Ticket,
  reason: string,
  by: string,
  now: string,
  desk: Desk,
  loads: Loads,
): Happening[] {
  const to = ticket.tier + 1;
  if (to > topTier(desk)) return [];
  const skills = desk.categories.find(({ name }) => name === ticket.category)?.skills ?? [];
  const routed = route({ team: ticket.team, tier: to, skills }, desk, loads, now);
  const escalated: Happening = { kind: 'escalated', from: ticket.tier, to, reason, by };
  if (!routed.assignee || routed.assignee === ticket.assignee) return [escalated];
  return [
    escalated,
    { kind: 'assigned', assignee: routed.assignee, previous: ticket.assignee, reason: routed.reason, by },
  ];
}
