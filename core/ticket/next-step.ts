/**
 * What the clock does: everything about a ticket that has fallen due by now. The watch calls it when it wakes;
 * asked again at the same instant it has nothing left to do.
 */
import { PRIORITIES } from '../config/choices.ts';
import type { Action, Desk } from '../config/desk.ts';
import { type Loads, route } from '../triage/route.ts';
import { openApproval } from './approval.ts';
import { reckon, renewed, type Step, topTier, upcoming } from './change.ts';
import { handOver } from './hand-over.ts';
import { DESK, evolve, type Happening, type Ticket, unreachable } from './ticket.ts';
import { standStill } from './undeliverable.ts';
import { remindOfVisit } from './visit.ts';

/** So much is done at one waking; what is left wakes the watch again at once. */
const MOST_HAPPENINGS = 32;

/** `now` is ISO 8601 UTC. `isUnreachable`: nothing arrives at the requester's address. */
export function nextStep(
  ticket: Ticket,
  now: string,
  desk: Desk,
  loads: Loads,
  isUnreachable = false,
): Happening[] {
  const happenings: Happening[] = [];
  let current = renewed(ticket, now, desk);
  for (
    let step = due(current, now, desk);
    step && happenings.length < MOST_HAPPENINGS;
    step = due(current, now, desk)
  ) {
    // Who cannot hear of it is neither reminded nor taken to have nothing to say: his agent finds another way to him.
    const deaf = isUnreachable && (step.kind === 'remind' || step.kind === 'resolve');
    const events = deaf ? standStill(current, now) : take(step, current, now, desk, loads);
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
      return [
        {
          kind: 'deadline-warned',
          ...deadlineOf(step, ticket),
          warnings: warningsBy(now, step, ticket, desk),
        },
      ];
    case 'breach':
      return [
        { kind: 'deadline-breached', ...deadlineOf(step, ticket) },
        ...climb(ticket, `the ${step.measure} deadline fell`, DESK, now, desk, loads),
      ];
    case 'overrun':
      return [
        {
          kind: 'deadline-overrun',
          ...deadlineOf(step, ticket),
          after: step.level.after,
          do: step.level.do,
        },
        ...actAll(step.level.do, step.measure, ticket, now, desk, loads),
      ];
    case 'hand-over':
      return handOver(ticket, now, desk, loads);
    case 'pass-on':
      return passOn(ticket, now, desk, loads);
    case 'snooze':
      return [{ kind: 'snooze-ended', by: step.by, reason: step.reason }];
    case 'due-warning':
    case 'due':
      return ticket.due
        ? [
            {
              kind: step.kind === 'due' ? 'due-passed' : 'due-warned',
              ...{ due: ticket.due.at, reason: ticket.due.reason, assignee: ticket.assignee },
            },
          ]
        : [];
    case 'visit-reminder':
      return remindOfVisit(ticket, now, desk);
    case 'remind':
      return [{ kind: 'requester-reminded' }];
    case 'resume':
      return [
        {
          ...{ kind: 'resumed', reason: whyResumed(ticket), by: DESK },
          ...(ticket.waiting?.undeliverable ? { undeliverable: ticket.waiting.undeliverable } : {}),
        },
      ];
    case 'resolve':
      return [{ kind: 'resolved', reason: 'the requester did not answer', by: DESK, message: null }];
    case 'remind-approvers': {
      const silent = openApproval(ticket)?.approvers.filter(({ vote }) => vote === null) ?? [];
      return [{ kind: 'approval-reminded', addresses: silent.map(({ address }) => address) }];
    }
    case 'expire-approval':
      return [{ kind: 'approval-decided', result: 'expired', by: DESK }];
    case 'close':
      return [{ kind: 'closed', reason: 'it stayed quiet after it was resolved', by: DESK }];
  }
}

function whyResumed({ waiting }: Ticket): string {
  return waiting?.until
    ? 'the date that it waited for has come'
    : `it has waited long enough: ${waiting?.reason}`;
}

function deadlineOf({ measure, due, startedAt }: Extract<Step, { measure: unknown }>, { assignee }: Ticket) {
  return { measure, due, startedAt, assignee };
}

/** All warnings of this deadline that have come by now: a late one says it for those before it. */
function warningsBy(
  now: string,
  { measure }: Extract<Step, { kind: 'warn' }>,
  ticket: Ticket,
  desk: Desk,
): string[] {
  return upcoming(ticket, desk).flatMap((step) =>
    step.kind === 'warn' && step.measure === measure && Date.parse(step.at) <= Date.parse(now)
      ? [step.warning]
      : [],
  );
}

/** Each on the ticket that the one before left. */
function actAll(
  actions: readonly Action[],
  measure: string,
  ticket: Ticket,
  now: string,
  desk: Desk,
  loads: Loads,
): Happening[] {
  const happenings: Happening[] = [];
  let current = ticket;
  for (const action of actions) {
    const events = act(action, `the ${measure} deadline has long passed`, current, now, desk, loads);
    current = events.reduce((state, event) => evolve(state, event, now), current);
    happenings.push(...events);
  }
  return happenings;
}

function act(
  action: Action,
  reason: string,
  ticket: Ticket,
  now: string,
  desk: Desk,
  loads: Loads,
): Happening[] {
  switch (action) {
    // The event itself tells them.
    case 'tell-lead':
    case 'tell-manager':
      return [];
    case 'lead-watches': {
      const lead = desk.teams.find(({ name }) => name === ticket.team)?.lead;
      const reads = !lead || lead === ticket.assignee || ticket.watchers?.includes(lead);
      return reads ? [] : [{ kind: 'watched', by: lead }];
    }
    case 'reassign':
      return reassign(reason, ticket, now, desk, loads);
    case 'raise-priority': {
      const { impact, urgency, priority: previous } = ticket;
      const priority = PRIORITIES[PRIORITIES.indexOf(previous) - 1];
      return priority ? [{ kind: 'prioritised', impact, urgency, priority, previous, reason, by: DESK }] : [];
    }
    case 'climb':
      return climb(ticket, reason, DESK, now, desk, loads);
    default:
      return unreachable(action);
  }
}

/** Into other hands of the same tier; nothing when there are none. */
function reassign(reason: string, ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const { team, tier, category, priority, assignee: previous } = ticket;
  const skills = desk.categories.find(({ name }) => name === category)?.skills ?? [];
  const exclude = previous ? [previous] : [];
  const { assignee, reason: why } = route({ team, tier, skills, priority }, desk, loads, now, { exclude });
  return assignee ? [{ kind: 'assigned', assignee, previous, reason: `${reason}; ${why}`, by: DESK }] : [];
}

/**
 * Up one tier more, or from the top to the lead; back to whoever it came from where the tier says so. Where that leaves it
 * in the same hands, nobody is waited for any more.
 */
function passOn(ticket: Ticket, now: string, desk: Desk, loads: Loads): Happening[] {
  const { assignee, tier, team, unaccepted } = ticket;
  if (!assignee || !unaccepted) return [];
  const silent: Happening = { kind: 'not-accepted', assignee, tier, since: unaccepted };
  const name = desk.people.find(({ address }) => address === assignee)?.name ?? assignee;
  const reason = `${name} said nothing on it in time`;
  if (desk.tiers.find((each) => each.tier === tier)?.ifNotAccepted === 'return')
    return [silent, ...giveBack(ticket, reason, now, desk, loads)];
  if (tier < topTier(desk)) return [silent, ...climb(ticket, reason, DESK, now, desk, loads)];
  const lead = desk.teams.find((each) => each.name === team)?.lead;
  return lead && lead !== assignee
    ? [silent, { kind: 'assigned', assignee: lead, previous: assignee, reason, by: DESK }]
    : [silent];
}

/** Down to the tier from which it climbed, into the hands that it came from; where they are gone, into others. */
function giveBack(ticket: Ticket, reason: string, now: string, desk: Desk, loads: Loads): Happening[] {
  const { tier, team, category, priority, assignee: previous, climbedFrom } = ticket;
  const to = tier - 1;
  if (to < 1) return [];
  const skills = desk.categories.find(({ name }) => name === category)?.skills ?? [];
  const giver = desk.people.find(({ address }) => address === climbedFrom && address !== previous);
  const routed = route({ team, tier: to, skills, priority, heldBy: previous }, desk, loads, now);
  const assignee = giver?.address ?? routed.assignee;
  const why = giver ? `${reason}; it came from ${giver.name}` : `${reason}; ${routed.reason}`;
  return [
    { kind: 'deescalated', from: tier, to, reason, by: DESK },
    ...(assignee && assignee !== previous
      ? [{ kind: 'assigned', assignee, previous, reason: why, by: DESK } as const]
      : []),
  ];
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
  const { team, priority, assignee: heldBy } = ticket;
  const routed = route({ team, tier: to, skills, priority, heldBy }, desk, loads, now);
  const escalated: Happening = { kind: 'escalated', from: ticket.tier, to, reason, by };
  if (!routed.assignee || routed.assignee === ticket.assignee) return [escalated];
  return [
    escalated,
    {
      ...{ kind: 'assigned', assignee: routed.assignee, previous: ticket.assignee },
      ...{ reason: routed.reason, by, climbs: true },
    },
  ];
}
