/**
 * One change of a ticket: events in, the next snapshot and its numbered events out. Here, and only here, the
 * deadlines are derived and the watch is set, so that no way of changing a ticket can forget them.
 */
import type { Desk, Level, Warning } from '../config/desk.ts';
import { leavesShadow } from '../mail/shadow.ts';
import { compact, deadlines, MEASURES, type Measure, type Reckoned } from '../sla/clock.ts';
import { type Matched, policyFor, policyNamed } from '../sla/policy.ts';
import { acceptBy } from './acceptance.ts';
import { type AgendaStep, agenda } from './agenda.ts';
import { openApproval } from './approval.ts';
import { handOverAt } from './hand-over.ts';
import { followSteps, hasOpenSteps } from './steps.ts';
import {
  awaitedBy,
  awaitsOthers,
  begin,
  evolve,
  type Happening,
  isActive,
  overrunKey,
  type Ticket,
  type TicketEvent,
  toldKey,
  type Watch,
} from './ticket.ts';
import { calledOff, type VisitStep, visitSteps, waitsSince } from './visit.ts';

export interface Change {
  before: Ticket | null;
  after: Ticket;
  events: TicketEvent[];
}

/** `at` is ISO 8601 UTC. */
export function open(
  id: string,
  opened: Extract<Happening, { kind: 'opened' }>,
  others: Happening[],
  at: string,
  desk: Desk,
): Change {
  const begun = desk.shadow ? { ...begin(id, opened, at), shadow: true as const } : begin(id, opened, at);
  return settle(null, promise(begun, desk), [opened, ...others], at, desk);
}

/** A new ticket runs under the policy that is for it from its first instant on. */
export function promise(ticket: Ticket, desk: Desk): Ticket {
  const { policy, why: reason } = policyOf(ticket, desk);
  const clock = ticket.clock.map((entry) =>
    entry.kind === 'retarget' ? { ...entry, policy: policy.name, reason } : entry,
  );
  return { ...ticket, policy: policy.name, policyReason: reason, clock };
}

function policyOf({ category, team, requester, service }: Ticket, desk: Desk): Matched {
  const asked = service ? { service } : {};
  return policyFor({ category, team, requester: requester.address, ...asked }, desk);
}

export function change(before: Ticket, happenings: Happening[], at: string, desk: Desk): Change {
  return settle(before, leavesShadow(before, happenings, desk), happenings, at, desk);
}

/** The same, by the watch itself while it is awake: it needs no successor, it only learns when to wake next. */
export function changeOnWaking(before: Ticket, happenings: Happening[], at: string, desk: Desk): Change {
  const { after, events } = apply(before, happenings, at, desk);
  return finish(before, { ...after, watch: after.watch && wakeNext(after.watch, after, desk) }, events);
}

function settle(
  before: Ticket | null,
  from: Ticket,
  happenings: Happening[],
  at: string,
  desk: Desk,
): Change {
  const changed = apply(from, happenings, at, desk);
  const next = upcoming(changed.after, desk)[0];
  if (!next) return finish(before, endWatch(changed.after), changed.events);
  // Of a watch nothing follows.
  const { after, events } = also(changed, setWatch(changed.after, next, at), at, desk);
  return finish(before, after, events);
}

interface Applied {
  after: Ticket;
  events: TicketEvent[];
}

/** What happened and what that makes of its steps and its appointment; before and after it, what becomes of the promises. */
function apply(from: Ticket, happenings: Happening[], at: string, desk: Desk): Applied {
  const renewed = renew(from, at, desk);
  const changed = also(renewed, happenings, at, desk);
  const followed = also(changed, followSteps(changed.after, happenings, at, desk), at, desk);
  const over = also(followed, calledOff(followed.after, happenings, at), at, desk);
  return also(over, anew(over.after, at, desk), at, desk);
}

/** After what was reckoned a moment ago, nothing more changes nothing. */
function also(applied: Applied, happenings: Happening[], at: string, desk: Desk): Applied {
  return happenings.length === 0 ? applied : append(applied, happenings, at, desk);
}

function append({ after: from, events }: Applied, happenings: Happening[], at: string, desk: Desk): Applied {
  const after = happenings.reduce((ticket, event) => evolve(ticket, event, at), from);
  const numbered = happenings.map((event, index) => ({ ...event, number: from.events + index + 1, at }));
  return {
    after: { ...reckon(bounded(after), desk), events: from.events + numbered.length },
    events: [...events, ...numbered],
  };
}

/** The ticket as this desk.yaml has it: what the watch goes by while it decides. */
export function renewed(ticket: Ticket, at: string, desk: Desk): Ticket {
  return renew(ticket, at, desk).after;
}

/** What was reckoned by this desk.yaml already, and stays as it is, need not be reckoned once more. */
function renew(ticket: Ticket, at: string, desk: Desk): Applied {
  const news = anew(ticket, at, desk);
  const applied = { after: ticket, events: [] };
  return news.length === 0 && ticket.deskHash === desk.hash ? applied : append(applied, news, at, desk);
}

/** Says that other promises hold than before, if they do: by another desk.yaml, or because another policy is for it now. */
function anew(ticket: Ticket, at: string, desk: Desk): Happening[] {
  if (!isActive(ticket)) return [];
  const { policy, why } = policyOf(ticket, desk);
  const edited = ticket.deskHash !== '' && ticket.deskHash !== desk.hash;
  if (policy.name === ticket.policy && !edited) return [];
  const happening: Extract<Happening, { kind: 'reckoned-anew' }> = {
    kind: 'reckoned-anew',
    cause: edited ? 'desk-changed' : 'ticket-changed',
    policy: policy.name,
    reason: why,
    before: ticket.deadlines,
    after: {},
  };
  const after = reckon(evolve(ticket, happening, at), desk).deadlines;
  const same = MEASURES.every((measure) => ticket.deadlines[measure] === after[measure]);
  return same && policy.name === ticket.policy ? [] : [{ ...happening, after }];
}

/** The snapshot is one item of at most 400 KB, however long a ticket lives. */
const MOST_CLOCK_ENTRIES = 100;

function bounded(ticket: Ticket): Ticket {
  const { clock } = ticket;
  return clock.length > MOST_CLOCK_ENTRIES ? { ...ticket, clock: [...compact(clock)] } : ticket;
}

function finish(before: Ticket | null, after: Ticket, events: TicketEvent[]): Change {
  return { before, after: { ...after, version: (before?.version ?? 0) + 1 }, events };
}

function wakeNext(watch: Watch, ticket: Ticket, desk: Desk): Watch {
  const next = upcoming(ticket, desk)[0];
  return next ? { ...watch, nextAt: next.at, nextKind: stepName(next) } : { ...watch, ...OVER };
}

function endWatch(ticket: Ticket): Ticket {
  return ticket.watch ? { ...ticket, watch: { ...ticket.watch, ...OVER } } : ticket;
}

const OVER = { state: 'ended', nextAt: null, nextKind: null } as const;

/** Derives what is due when, and records by which desk it was reckoned. */
export function reckon(ticket: Ticket, desk: Desk): Ticket {
  const due: Partial<Record<Measure, string>> = {};
  if (isActive(ticket)) {
    const reckoned = deadlines(ticket.clock, desk);
    for (const measure of MEASURES) {
      const at = reckoned[measure]?.due;
      if (at) due[measure] = at;
    }
  }
  return { ...ticket, deadlines: due, deskHash: desk.hash };
}

interface DeadlineStep {
  at: string;
  measure: Measure;
  /** The start of the measure's run, and when it falls. */
  startedAt: string;
  due: string;
}

export type Step =
  | ({ kind: 'warn'; warning: string } & DeadlineStep)
  | ({ kind: 'breach' } & DeadlineStep)
  | ({ kind: 'overrun'; level: Level } & DeadlineStep)
  | AgendaStep
  | VisitStep
  | { kind: 'pass-on' | 'hand-over' | 'remind' | 'resume' | 'resolve' | 'close' | ApprovalStep; at: string };

type ApprovalStep = 'remind-approvers' | 'expire-approval';

/** What time alone will do to this ticket, earliest first; what was already told is not told again. */
export function upcoming(ticket: Ticket, desk: Desk): Step[] {
  switch (ticket.status) {
    case 'closed':
      return [];
    case 'resolved':
      return inTime([policyStep('close', ticket.resolvedAt, desk.resolved.closeAfter), ...agenda(ticket)]);
    case 'waiting':
      // A requester's wait runs on while others are waited for.
      return inTime([
        ...waitingSteps(ticket, desk),
        ...approvalSteps(ticket, desk),
        ...deadlineSteps(ticket, desk),
        ...agenda(ticket),
        ...visitSteps(ticket, desk),
      ]);
    case 'new':
    case 'open':
      return inTime([
        ...deadlineSteps(ticket, desk),
        ...approvalSteps(ticket, desk),
        ...handOverStep(ticket, desk),
        ...passOnStep(ticket, desk),
        ...agenda(ticket),
        ...visitSteps(ticket, desk),
      ]);
  }
}

function inTime(steps: Step[]): Step[] {
  const when = new Map(steps.map((step) => [step, Date.parse(step.at)]));
  return steps.sort((a, b) => (when.get(a) ?? 0) - (when.get(b) ?? 0));
}

function waitingSteps(ticket: Extract<Ticket, { status: 'waiting' }>, desk: Desk): Step[] {
  const { since, until, reminders } = ticket.waiting;
  if (until) return [{ at: until, kind: 'resume' }];
  // Nobody is reminded of what others owe, and no ticket ends because of it: it comes back to whoever has it.
  if (awaitedBy(ticket) === 'approval' && openApproval(ticket)) return [];
  if (awaitsOthers(ticket)) return [policyStep('resume', since, desk.waiting.resolveAfter)];
  return reminders === 0
    ? [policyStep('remind', waitsSince(ticket), desk.waiting.remindAfter)]
    : [
        policyStep(
          hasOpenSteps(ticket) ? 'resume' : 'resolve',
          waitsSince(ticket),
          desk.waiting.resolveAfter,
        ),
      ];
}

const REMIND_APPROVERS_AFTER = 86_400_000;

function approvalSteps(ticket: Ticket, desk: Desk): Step[] {
  const open = openApproval(ticket);
  if (!open) return [];
  const step = (kind: ApprovalStep, after: number): Step => ({
    kind,
    at: new Date(Date.parse(open.askedAt) + after).toISOString(),
  });
  const { expireAfter } = desk.approvals;
  return [
    ...(open.reminded || expireAfter <= REMIND_APPROVERS_AFTER
      ? []
      : [step('remind-approvers', REMIND_APPROVERS_AFTER)]),
    step('expire-approval', expireAfter),
  ];
}

function handOverStep(ticket: Ticket, desk: Desk): Step[] {
  const at = handOverAt(ticket, desk);
  return at === null ? [] : [{ kind: 'hand-over', at }];
}

function passOnStep(ticket: Ticket, desk: Desk): Step[] {
  const at = acceptBy(ticket, desk);
  return at === null ? [] : [{ kind: 'pass-on', at }];
}

function policyStep(kind: 'remind' | 'resume' | 'resolve' | 'close', since: string, after: number): Step {
  return { at: new Date(Date.parse(since) + after).toISOString(), kind };
}

function deadlineSteps(ticket: Ticket, desk: Desk): Step[] {
  const reckoned = deadlines(ticket.clock, desk);
  return MEASURES.flatMap((measure): Step[] => {
    const clock = reckoned[measure];
    if (!clock?.due) return [];
    const { due, startedAt, policy } = clock;
    const { warnings, escalation } = policyNamed(policy, desk);
    const told = (what: string) => ticket.told.includes(toldKey(measure, startedAt, what));
    const deadline = { measure, startedAt, due };
    if (!told('breached'))
      return [
        ...warnings.flatMap((warning): Step[] => {
          const at = warnsAt(warning, clock);
          return at === null || told(`warned ${warning.name}`)
            ? []
            : [{ kind: 'warn', at, warning: warning.name, ...deadline }];
        }),
        { kind: 'breach', at: due, ...deadline },
      ];
    return escalation.flatMap((level): Step[] => {
      const at = clock.usedUpAt(clock.target + level.after);
      return at === null || !isFor(level, measure, ticket) || told(overrunKey(level))
        ? []
        : [{ kind: 'overrun', at, level, ...deadline }];
    });
  });
}

/** Null where less time is promised than is to be left. */
function warnsAt(warning: Warning, { target, usedUpAt }: Reckoned): string | null {
  if (warning.share !== undefined) return usedUpAt(Math.round(target * warning.share));
  return warning.before < target ? usedUpAt(target - warning.before) : null;
}

function isFor({ when }: Level, measure: Measure, { priority }: Ticket): boolean {
  const { priorities = [priority], measures = [measure] } = when ?? {};
  return priorities.includes(priority) && measures.includes(measure);
}

/**
 * A new generation of the watch begins when none runs or the next step now comes earlier than the running one wakes.
 * When it comes later nothing is started: the running one wakes, finds nothing due and waits on.
 */
function setWatch({ watch }: Ticket, next: Step, at: string): Happening[] {
  if (watch?.state === 'running' && watch.nextAt && Date.parse(watch.nextAt) <= Date.parse(next.at))
    return [];
  const reason = watch
    ? watch.state === 'ended'
      ? 'the ticket lives again'
      : `the next step is earlier than ${watch.nextAt}`
    : 'the ticket is new';
  return [
    {
      ...{ kind: 'watch-started', generation: (watch?.generation ?? 0) + 1 },
      ...{ nextAt: latest(next.at, at), nextKind: stepName(next), reason },
    },
  ];
}

/** `breach:firstResponse`, `close` … */
export function stepName(step: Step): string {
  return 'measure' in step ? `${step.kind}:${step.measure}` : step.kind;
}

function latest(a: string, b: string): string {
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

export function topTier(desk: Desk): number {
  return Math.max(...desk.tiers.map(({ tier }) => tier));
}
