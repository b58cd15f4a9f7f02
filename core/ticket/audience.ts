/** Who should hear of an event, in which kind of mail. Nobody is told of his own act; agents' mail never leaves the desk. */
import { hash } from 'node:crypto';
import type { Desk } from '../config/desk.ts';
import type { Address } from '../mail/email.ts';
import { personOf } from '../mail/standing.ts';
import type { UpdateKind, UpdateView } from '../mail/update.ts';
import { policyNamed } from '../sla/policy.ts';
import { standingAt } from '../triage/route.ts';
import { isAsked, isLeadTold } from './satisfaction.ts';
import { DESK, isActive, isOfTheDesk, type Ticket, type TicketEvent, unreachable } from './ticket.ts';
import { joinsVisit, leavesVisit } from './visit.ts';

export interface Plan {
  /** The same event, kind and recipient always give the same id: that is what is claimed. */
  id: string;
  kind: UpdateKind;
  to: Address;
  audience: UpdateView['audience'];
  /** The message that it carries, by number. */
  message: number | null;
  /** Whether it hands over what was said so far. */
  history: boolean;
  /** Which of several mails with one update's files it is. */
  part?: { number: number; of: number };
  /** In whose name it speaks: an agent's words go out under his name, never under his address. */
  speaker: string | null;
}

export function updatesFor(event: TicketEvent, ticket: Ticket, desk: Desk): Plan[] {
  // Who wants no more mail of a ticket still hears what became of his own word. The desk does not write to itself.
  return concerned(event, ticket, desk).filter(
    ({ kind, to, audience }) =>
      !to.address.endsWith(`@${desk.domain}`) &&
      // Whoever has left the desk hears no more of it.
      (audience === 'requester' || personOf(to.address, desk) !== null) &&
      (audience !== 'requester' || kind === 'transcript' || !ticket.muted?.includes(to.address)),
  );
}

function concerned(event: TicketEvent, ticket: Ticket, desk: Desk): Plan[] {
  const plan = planner(event, ticket);
  const worker = ticket.assignee && personOf(ticket.assignee, desk) ? ticket.assignee : leadOf(ticket, desk);
  const toWorker = (kind: UpdateKind, message: number | null = null) =>
    plan(kind, person(worker, desk), 'agent', { message });
  /** Whoever works on it and those who read along, but for whoever said it. */
  const toDesk = (kind: UpdateKind, message: number, said: string) =>
    [...new Set([worker, ...(ticket.watchers ?? [])].map((address) => person(address, desk).address))]
      .filter((address) => address !== said && mayRead(address, ticket, desk))
      .map((address) => plan(kind, person(address, desk), 'agent', { message }));
  /** Whoever it was taken from before he could be told is not told that it is his: he may not be allowed to read it any more. */
  const toHolder = (given: Extract<TicketEvent, { kind: 'assigned' }>) => {
    const { assignee } = given;
    if (assignee !== ticket.assignee) return [];
    const holder = person(assignee, desk);
    if (assignee === given.by) return joinsVisit(ticket, given.at) ? [plan('note', holder, 'agent', {})] : [];
    const history = given.previous !== null || given.handsOver === true;
    const message = history ? null : ticket.messages;
    const audience = isForLead(assignee, ticket, desk) ? 'lead' : 'agent';
    return [plan('assignment', holder, audience, { message, history })];
  };
  /** To others than the desk's people the request itself goes only where desk.yaml says that they approve it. */
  const toApprover = (address: string, askedBy: string) => {
    const colleague = personOf(address, desk);
    return plan('approval', colleague ?? named(address, ticket), colleague ? 'lead' : 'requester', {
      message: colleague || askedBy === DESK ? 1 : null,
    });
  };
  switch (event.kind) {
    case 'opened': {
      const acknowledged = event.acknowledge
        ? [plan('acknowledgement', ticket.requester, 'requester', {})]
        : [];
      return ticket.assignee || ticket.events > event.number
        ? acknowledged
        : [...acknowledged, toWorker('assignment', event.message)];
    }
    case 'assigned': {
      const lost =
        event.previous && (event.previous !== event.by || leavesVisit(ticket, event.at))
          ? [plan('note', person(event.previous, desk), 'agent', {})]
          : [];
      return [...toHolder(event), ...lost];
    }
    case 'unassigned': {
      const lead = leadOf(ticket, desk);
      const isFree = !ticket.assignee && isActive(ticket);
      const free = lead === event.by || !isFree ? [] : [plan('note', person(lead, desk), 'lead', {})];
      const lost = leavesVisit(ticket, event.at)
        ? [plan('note', person(event.previous, desk), 'agent', {})]
        : [];
      return [...free, ...lost.filter(({ to }) => free.every((each) => each.to.address !== to.address))];
    }
    // Whoever the ticket is now for hears its number and its promise; whoever it was for hears no more of it.
    case 'requester-changed':
      return [
        plan('acknowledgement', ticket.requester, 'requester', {}),
        ...(joinsVisit(ticket, event.at) ? [plan('decided', ticket.requester, 'requester', {})] : []),
        ...(leavesVisit(ticket, event.at) ? [plan('decided', event.previous, 'requester', {})] : []),
      ];
    case 'message-received':
      return event.quiet || event.thanks
        ? []
        : toDesk('requester-message', event.message, event.from.address);
    case 'answered': {
      const speaker = event.by;
      if (event.with === 'own-mail') return [];
      const outside = ticket.participants.filter(
        ({ role, address }) => (role === 'cc' || event.with === null) && !event.had?.includes(address),
      );
      const colleagues = ticket.assignee ? toDesk('note', event.message, event.by) : [];
      return [
        ...outside.map((to) => plan('answer', to, 'requester', { message: event.message, speaker })),
        ...colleagues,
      ];
    }
    case 'noted':
      return event.quiet ? [] : toDesk('note', event.message, event.by);
    case 'resolved':
      return [
        plan('resolved', ticket.requester, 'requester', {
          message: event.message,
          speaker: event.by === DESK || event.by === ticket.requester.address ? null : event.by,
        }),
        ...(event.steps || (event.by === ticket.requester.address && worker !== event.by)
          ? [toWorker('note')]
          : []),
      ];
    case 'step-changed': {
      const isNews = event.state === 'skipped' || (event.state === 'open' && event.apart);
      return isNews ? [toWorker('note')] : [];
    }
    case 'closed': {
      if (event.quiet) return [];
      if (isOfTheDesk(ticket)) return ticket.resolvedAt || event.by === worker ? [] : [toWorker('note')];
      const byRequester = event.by === ticket.requester.address;
      const told = byRequester ? toWorker('note') : plan('closed', ticket.requester, 'requester', {});
      return [
        told,
        ...(isAsked(ticket, desk) ? [plan('satisfaction', ticket.requester, 'requester', {})] : []),
      ];
    }
    case 'rated':
      return isLeadTold(event) ? [plan('note', person(leadOf(ticket, desk), desk), 'lead', {})] : [];
    case 'security-reported':
      return event.lead === worker ? [] : [plan('note', person(event.lead, desk), 'lead', {})];
    case 'recurrence-noticed':
    case 'problem-begun':
      return [plan('note', person(leadOf(ticket, desk), desk), 'lead', {})];
    case 'joined':
      return [
        ...(event.told ? [plan('decided', ticket.requester, 'requester', {})] : []),
        ...(event.previous ? [plan('note', person(event.previous, desk), 'agent', {})] : []),
      ];
    // He is told nothing of the other ticket but that his own goes on there.
    case 'merged':
      return [plan('closed', ticket.requester, 'requester', {})];
    case 'merged-in':
      return event.by === worker ? [] : [toWorker('note')];
    case 'reopened':
      return event.told || event.by === worker ? [] : [toWorker('note')];
    case 'escalated':
      return [plan('escalated', ticket.requester, 'requester', {})];
    case 'deadline-warned': {
      const { assignee } = event;
      const warned = assignee && mayRead(assignee, ticket, desk) ? assignee : worker;
      return [plan('warning', person(warned, desk), 'agent', {})];
    }
    case 'deadline-breached':
      return superiors(event.assignee, ticket, desk).map((address) =>
        plan('breach', person(address, desk), 'lead', {}),
      );
    case 'deadline-overrun':
      return overseers(event, ticket, desk).map((address) =>
        plan('breach', person(address, desk), 'lead', {}),
      );
    case 'snooze-ended':
      return mayRead(event.by, ticket, desk) ? [plan('note', person(event.by, desk), 'agent', {})] : [];
    case 'due-warned':
      return [toWorker('note')];
    case 'due-passed': {
      const lead = leadOf(ticket, desk);
      return [...(worker === lead ? [] : [toWorker('note')]), plan('note', person(lead, desk), 'lead', {})];
    }
    case 'visit-planned':
    case 'visit-moved':
      return [plan('decided', ticket.requester, 'requester', {}), toWorker('note')];
    case 'visit-cancelled':
      return [...(event.quiet ? [] : [plan('decided', ticket.requester, 'requester', {})]), toWorker('note')];
    case 'visit-answered': {
      const lead = leadOf(ticket, desk);
      const told = event.by === worker ? plan('note', person(lead, desk), 'lead', {}) : toWorker('note');
      return told.to.address === event.by ? [] : [{ ...told, message: event.message }];
    }
    case 'visit-reminded': {
      if (Date.parse(event.at) >= Date.parse(event.start)) return [];
      // Whoever has declined it does not come.
      const expects = ticket.visit?.answer !== 'declined';
      return [...(expects ? [plan('decided', ticket.requester, 'requester', {})] : []), toWorker('note')];
    }
    case 'requester-reminded':
      return [plan('waiting-reminder', ticket.requester, 'requester', {})];
    case 'resumed':
      return event.by === DESK ? [toWorker('note')] : [];
    case 'commanded': {
      const actor = personOf(event.by, desk);
      return [
        actor
          ? plan('transcript', actor, 'agent', {})
          : plan('transcript', named(event.by, ticket), 'requester', {}),
      ];
    }
    case 'approval-asked':
      return event.approvers.map(({ address }) => toApprover(address, event.by));
    case 'approval-reminded':
      return event.addresses.map((address) => toApprover(address, ticket.approvals?.at(-1)?.by ?? DESK));
    case 'extension-asked':
      return [plan('approval', person(event.lead, desk), 'lead', { message: 1 })];
    case 'article-asked':
      return event.reviewer === event.by ? [] : [plan('approval', person(event.reviewer, desk), 'lead', {})];
    case 'article-decided': {
      const owner = ticket.article?.owner ?? '';
      return owner === event.by || !personOf(owner, desk) || !mayRead(owner, ticket, desk)
        ? []
        : [plan('note', person(owner, desk), 'agent', {})];
    }
    case 'extension-decided':
      return [
        ...(mayRead(event.asker, ticket, desk) ? [plan('note', person(event.asker, desk), 'agent', {})] : []),
        ...(event.granted ? [plan('decided', ticket.requester, 'requester', {})] : []),
      ];
    case 'approval-decided': {
      const begins = event.result === 'given' && ticket.type === 'change';
      return [
        ...(event.result === 'taken-back' || event.by === worker ? [] : [toWorker('note')]),
        ...(event.result === 'rejected' || begins
          ? [plan('decided', ticket.requester, 'requester', {})]
          : []),
      ];
    }
    case 'delivery-failed':
      return event.permanent ? [toWorker('note')] : [];
    case 'complained':
    case 'flooded':
      return [toWorker('note')];
    case 'referred':
      return event.lead === worker ? [] : [plan('note', person(event.lead, desk), 'lead', {})];
    case 'started':
    case 'prioritised':
    case 'categorised':
    case 'paused':
    case 'watch-started':
    case 'reckoned-anew':
    case 'kept':
    case 'update-withheld':
    case 'delivery-delayed':
    case 'automatic-mail-received':
    case 'given-to-team':
    case 'copies-changed':
    case 'watched':
    case 'unwatched':
    case 'linked':
    case 'split-off':
    case 'cloned':
    // Another ticket tells these, to its own people.
    case 'checklist-begun':
    case 'step-reported':
    case 'solution-passed-on':
    case 'news-passed-on':
    case 'parted':
    case 'redacted':
    case 'retyped':
    case 'tagged':
    case 'time-spent':
    case 'field-set':
    case 'fix-recorded':
    case 'service-begun':
    case 'facts-answered':
    case 'self-served':
    case 'articles-offered':
    case 'helped':
    case 'approval-voted':
    case 'deescalated':
    case 'muted':
    case 'blocked':
    case 'unblocked':
    case 'left':
    case 'undone':
    case 'not-accepted':
    case 'snoozed':
    case 'due-set':
      return [];
    default:
      return unreachable(event);
  }
}

function planner(event: TicketEvent, ticket: Ticket) {
  return (
    kind: UpdateKind,
    to: Address,
    audience: Plan['audience'],
    { message = null, history = false, speaker = null }: Partial<Plan>,
  ): Plan => ({
    id: updateId(`${ticket.id}-${event.number}`, kind, to.address),
    kind,
    to: { address: to.address, name: to.name },
    audience,
    message,
    history,
    speaker,
  });
}

/** One update in several mails, each claimed and sent by itself. */
export function inParts(plan: Plan, of: number): Plan[] {
  if (of <= 1) return [plan];
  return Array.from({ length: of }, (_, n) => ({
    ...plan,
    id: n === 0 ? plan.id : `${plan.id}-p${n + 1}`,
    part: { number: n + 1, of },
  }));
}

/** Letters, digits and hyphens: SES carries it as a tag on every event about the mail. */
export function updateId(source: string, kind: UpdateKind, to: string): string {
  return `${source}-${kind}-${hash('sha256', to).slice(0, 8)}`;
}

/** Nobody else could take it, and he does not stand at its tier himself: his mail says at once that it needs a lead. */
function isForLead(assignee: string, ticket: Ticket, desk: Desk): boolean {
  const { team, tier } = ticket;
  return assignee === leadOf(ticket, desk) && !standingAt(team, tier, desk).includes(assignee);
}

/** The lead hears when a deadline falls; when the ticket is his own, whoever is above him does. */
function superiors(assignee: string | null, ticket: Ticket, desk: Desk): string[] {
  const lead = leadOf(ticket, desk);
  if (lead !== assignee) return [lead];
  return rungsAbove(ticket, desk)[0] ?? [lead];
}

/** Whom a step after the deadline tells. With nobody above him the lead hears of it. */
function overseers(
  event: Extract<TicketEvent, { kind: 'deadline-overrun' }>,
  ticket: Ticket,
  desk: Desk,
): string[] {
  const { do: actions, assignee } = event;
  const rungs = rungsAbove(ticket, desk);
  const managers = rungs[Math.min(rungOf(event, ticket, desk), rungs.length) - 1] ?? [];
  const told = [
    ...(actions.includes('tell-lead') ? superiors(assignee, ticket, desk) : []),
    ...(actions.includes('tell-manager') ? managers : []),
  ];
  return told.length === 0 && actions.includes('tell-manager') ? [leadOf(ticket, desk)] : [...new Set(told)];
}

/**
 * Who is above the lead, the nearest first, step by step: the chain that desk.yaml names, else all managers at once. Those
 * who may read it: of what a confidential team has nobody above its lead hears.
 */
export function rungsAbove(ticket: Ticket, desk: Desk): string[][] {
  const chain: string[] = [];
  const above = (address: string) => personOf(personOf(address, desk)?.manager ?? '', desk)?.address;
  for (let next = above(leadOf(ticket, desk)); next && !chain.includes(next); next = above(next))
    chain.push(next);
  const all = desk.people.filter(({ role }) => role === 'manager').map(({ address }) => address);
  const rungs = chain.length > 0 ? chain.map((address) => [address]) : [all];
  return rungs
    .map((rung) => rung.filter((address) => mayRead(address, ticket, desk)))
    .filter((rung) => rung.length > 0);
}

/** Of the steps that tell the manager of this deadline, which it is: each goes one higher. */
function rungOf(
  { measure, after }: Extract<TicketEvent, { kind: 'deadline-overrun' }>,
  { policy }: Ticket,
  desk: Desk,
): number {
  const steps = policyNamed(policy, desk).escalation.filter(
    (level) =>
      level.do.includes('tell-manager') &&
      level.after <= after &&
      (level.when?.measures?.includes(measure) ?? true),
  );
  return Math.max(1, steps.length);
}

/** What belongs to a confidential team stays with it, whoever read along before it went there. */
export function mayRead(
  address: string,
  { team, assignee }: Pick<Ticket, 'team' | 'assignee'>,
  desk: Desk,
): boolean {
  const closed = desk.teams.find(({ name }) => name === team)?.confidential ?? false;
  const own = desk.teams.find(({ name }) => name === team)?.lead;
  return !closed || address === assignee || address === own || personOf(address, desk)?.team === team;
}

function leadOf({ team }: Ticket, desk: Desk): string {
  const found = desk.teams.find(({ name }) => name === team) ?? desk.teams[0];
  return found?.lead as string;
}

function person(address: string, desk: Desk): Address {
  return personOf(address, desk) ?? { address, name: '' };
}

function named(address: string, ticket: Ticket): Address {
  const approvers = (ticket.approvals ?? []).flatMap(({ approvers }) => approvers);
  return (
    [...ticket.participants, ...approvers].find((each) => each.address === address) ?? { address, name: '' }
  );
}
