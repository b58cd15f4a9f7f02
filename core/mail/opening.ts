/** A new ticket: classified, routed, and every decision with its reason. */
import type { Desk } from '../config/desk.ts';
import { demanded } from '../ticket/approval.ts';
import { leadOf } from '../ticket/article.ts';
import type { Opens } from '../ticket/decision.ts';
import { beginProblem, isReport, type Recurrence, recurs, withKnown } from '../ticket/recurrence.ts';
import { beginService, isSecurity } from '../ticket/service.ts';
import { DESK, type Happening, type Reason, type Ticket } from '../ticket/ticket.ts';
import { type Classification, classify } from '../triage/classify.ts';
import { lastAgent } from '../triage/last-agent.ts';
import type { Asked } from '../triage/learned.ts';
import { type Read, readPrint } from '../triage/likeness.ts';
import { route } from '../triage/route.ts';
import type { Address, Email, Receipt } from './email.ts';
import { writtenLanguage } from './language.ts';
import { type Arrival, ends, type Memory, type Moment, type Outcome, sender } from './outcome.ts';
import { isConfidential, referrals } from './referral.ts';
import { offsetOf } from './sender-clock.ts';
import { personOf } from './standing.ts';
import { isOwnAddress, ownAddressOf } from './writer.ts';

interface Opening {
  reason:
    | 'new-ticket'
    | 'unauthenticated'
    | 'forged-token'
    | 'expired-token'
    | 'closed-ticket'
    | 'list'
    | 'monitoring'
    | 'forwarded-by-agent'
    | 'on-behalf'
    | 'agent-wrote';
  detail: string;
  flagged: string | null;
  acknowledge: boolean;
  follows: string | null;
  /** For the desk's eyes alone: what an agent wrote above the mail that he forwards. */
  note?: { by: Address; text: string } | null;
}

export function openTicket(
  arrival: Arrival,
  memory: Memory,
  { reason, detail, flagged, acknowledge, follows, note = null }: Opening,
  { now }: Moment,
  desk: Desk,
): Outcome {
  const { email, trimmed, receipt } = arrival;
  const from = sender(email);
  const mailbox = mailboxOf(receipt, email, desk);
  const thought = classifyArrival(arrival, desk, memory.opinion);
  const { category, team, tier, type, impact, urgency, priority, skills } = thought;
  const unsure = thought.likeliest.length > 0 ? { likeliest: thought.likeliest } : {};
  const last = lastAgent(follows ? memory.ticket : memory.lastTicket, team, now, desk);
  const routed = route({ team, tier, skills, priority, last }, desk, memory.loads, now);
  const approvals = demanded(category, email.subject, desk);
  // What nobody may hear of, and what cannot begin yet, tells of nothing that others have.
  const read =
    acknowledge && !follows && approvals.length === 0 && isReport({ team, category }, desk)
      ? printOf(arrival, thought)
      : null;
  const { similar } = memory;
  const found: Recurrence = read && similar ? recurs(read, from.address, similar, desk) : NOTHING;
  const met = similar && read && meet(found, read, { ...thought, mailbox }, arrival, memory, now, desk);
  // What was joined to a problem, and what waits for others, is not held up once more.
  const service =
    acknowledge && !follows && !met?.joined && approvals.length === 0
      ? beginService(
          thought,
          { subject: email.subject, text: trimmed.visible || email.text, from: from.address },
          desk,
        )
      : { reasons: [], happenings: [] };
  const lead = isSecurity(category, desk) ? leadOf(team, desk) : null;
  const judged = [...thought.reasons, ...service.reasons];
  const reasons: Reason[] = [
    ...judged,
    ...(found.why ? [{ what: 'similar', why: found.why }] : []),
    ...(met?.joined ? [] : [{ what: 'assignee', why: routed.reason }]),
  ];
  const utcOffset = offsetOf(email, from.address);
  const assigned: Happening[] =
    routed.assignee && !met?.joined
      ? [
          {
            kind: 'assigned',
            assignee: routed.assignee,
            previous: null,
            reason: routed.reason,
            by: DESK,
            reasons: judged,
            ...unsure,
          },
        ]
      : [];
  return ends('opened', reason, detail, {
    clue: memory.candidate?.clue ?? null,
    isKnown: thought.isKnown,
    ...(met?.noticed ? { noticed: met.noticed } : {}),
    ticket: {
      kind: 'open',
      ...(met?.opens ? { opens: met.opens } : {}),
      opened: {
        kind: 'opened',
        subject: email.subject,
        requester: from,
        cc: outsiders(email, desk),
        mailbox,
        type,
        team,
        tier,
        category,
        impact,
        urgency,
        priority,
        language: writtenLanguage(arrival, desk, memory.ticket?.language),
        ...(utcOffset ? { utcOffset } : {}),
        flagged,
        follows,
        acknowledge,
        message: 1,
        messageId: email.messageId,
        reasons,
        ...unsure,
        ...(read ? { print: read.print } : {}),
      },
      also: [
        ...assigned,
        ...(note ? [noted(note.by)] : []),
        ...approvals,
        ...(lead ? [{ kind: 'security-reported', lead } as const] : []),
        ...service.happenings,
        ...(met?.also ?? []),
        ...referrals(arrival, { team, mailbox }, desk),
      ],
    },
    message: {
      direction: 'in',
      visibility: 'public',
      from,
      text: trimmed.visible || email.text,
      cc: outsiders(email, desk),
      messageId: email.messageId,
    },
    note: note && {
      direction: 'in',
      visibility: 'private',
      from: note.by,
      text: note.text,
      cc: [],
      messageId: null,
    },
  });
}

const NOTHING: Recurrence = { what: 'nothing', why: null };

interface Met {
  /** It waits for a problem, and nobody gets it. */
  joined: boolean;
  also: Happening[];
  opens?: Opens;
  noticed?: Outcome['noticed'];
}

/** What comes of it that others have reported the same. */
function meet(
  found: Recurrence,
  { print }: Read,
  filed: Pick<Ticket, 'team' | 'tier' | 'category' | 'impact' | 'urgency' | 'priority' | 'mailbox'>,
  { email, trimmed }: Arrival,
  { similar, newId, problemId = '', loads }: Memory,
  now: string,
  desk: Desk,
): Met | null {
  const { why } = found;
  if (found.what === 'nothing' || !similar || why === null) return null;
  const join = (problem: string): Happening => ({
    ...{ kind: 'joined', problem, why, previous: null, told: false, by: DESK },
  });
  if (found.what === 'joins') return { joined: true, also: [join(found.problem.id)] };
  const { version } = similar;
  const { others } = found;
  const tickets = others.map(({ id }) => id);
  const prints = [print, ...others.map((each) => each.print)];
  const since = new Date(Date.parse(now) - (desk.recurrence?.window ?? 0)).toISOString();
  const as = found.what === 'begins' ? ('problem' as const) : ('proposal' as const);
  const id = as === 'problem' ? problemId : newId;
  const noticed = {
    version,
    known: withKnown(similar, { id, as, at: now }, prints, since),
  };
  if (as === 'proposal')
    return { joined: false, noticed, also: [{ kind: 'recurrence-noticed', tickets, why }] };
  const { subject } = email;
  const text = trimmed.visible || email.text;
  return {
    ...{ joined: true, noticed, also: [join(problemId)] },
    opens: beginProblem(
      problemId,
      { subject, text, of: filed, tickets: [...tickets, newId], why, by: DESK },
      ...([loads, now, desk] as const),
    ),
  };
}

function noted({ address }: Address): Happening {
  return { kind: 'noted', message: 2, by: address, thirdParty: null };
}

interface Thought {
  by: readonly unknown[];
  learned: Asked | undefined;
  thought: Classification;
}

/** A mail is decided anew with each load and each other ticket that it asks for, and is about the same each time. */
const thoughts = new WeakMap<Email, Thought>();

/** What the desk thinks of a mail, whether or not it opens a ticket: `desk explain` asks as well. */
export function classifyArrival(
  { email, trimmed, receipt }: Pick<Arrival, 'email' | 'trimmed' | 'receipt'>,
  desk: Desk,
  learned?: Asked,
): Classification {
  const by = [trimmed, receipt, desk];
  const before = thoughts.get(email);
  // What was learned is not asked about a mail that the rules know.
  const same = before?.thought.isKnown || before?.learned === learned;
  if (before && same && before.by.every((each, at) => each === by[at])) return before.thought;
  const to = [...receipt.recipients, ...email.to.map(({ address }) => address)].map((address) =>
    ownAddressOf(address, desk),
  );
  const thought = classify(
    {
      subject: email.subject,
      text: trimmed.visible || email.text,
      from: email.from?.address ?? '',
      to,
      headers: email.headers,
      attachments: email.attachments,
    },
    desk,
    learned,
  );
  thoughts.set(email, { by, learned, thought });
  return thought;
}

const prints = new WeakMap<Classification, Read>();

/** The same of what the mail is compared with others by. */
function printOf({ email, trimmed }: Arrival, thought: Classification): Read {
  const print = prints.get(thought) ?? readPrint(email.subject, trimmed.visible || email.text, thought);
  prints.set(thought, print);
  return print;
}

/** The address of the desk that was written to: it is the one that answers. */
function mailboxOf({ recipients }: Receipt, { to, cc }: Email, desk: Desk): string {
  const written = [
    ...recipients,
    ...to.map(({ address }) => address),
    ...cc.map(({ address }) => address),
  ].map((address) => ownAddressOf(address, desk));
  const own = desk.addresses.filter(({ address }) => written.includes(address));
  // What also went to a confidential team is theirs, and it is they who answer.
  const known = own.find(({ team }) => isConfidential(team, desk)) ?? own[0] ?? desk.addresses[0];
  return known?.address as string;
}

/** A forged list of hundreds must not make the desk write to all of them. */
const MOST_COPIES = 48;

/** Those on copy who belong neither to the desk nor to its people. What comes back from a public address or a list would be a loop. */
export function outsiders({ to, cc, from }: Email, desk: Desk): Address[] {
  const others = [...to, ...cc].filter(
    ({ address }) => address !== from?.address && !isOwnAddress(address, desk) && !personOf(address, desk),
  );
  return [...new Map(others.map((other) => [other.address, other])).values()].slice(0, MOST_COPIES);
}
