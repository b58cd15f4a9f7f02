/** A new ticket: classified, routed, and every decision with its reason. */
import type { Desk } from '../config/desk.ts';
import { demanded } from '../ticket/approval.ts';
import { DESK, type Happening, type Reason } from '../ticket/ticket.ts';
import { type Classification, classify } from '../triage/classify.ts';
import type { Learned } from '../triage/learned.ts';
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
  const routed = route({ team, tier, skills, priority }, desk, memory.loads, now);
  const reasons: Reason[] = [...thought.reasons, { what: 'assignee', why: routed.reason }];
  const utcOffset = offsetOf(email, from.address);
  const assigned: Happening[] = routed.assignee
    ? [
        {
          kind: 'assigned',
          assignee: routed.assignee,
          previous: null,
          reason: routed.reason,
          by: DESK,
          reasons: thought.reasons,
          ...unsure,
        },
      ]
    : [];
  return ends('opened', reason, detail, {
    clue: memory.candidate?.clue ?? null,
    isKnown: thought.isKnown,
    ticket: {
      kind: 'open',
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
      },
      also: [
        ...assigned,
        ...(note ? [noted(note.by)] : []),
        ...demanded(category, email.subject, desk),
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

function noted({ address }: Address): Happening {
  return { kind: 'noted', message: 2, by: address, thirdParty: null };
}

/** What the desk thinks of a mail, whether or not it opens a ticket: `desk explain` asks as well. */
export function classifyArrival(
  { email, trimmed, receipt }: Pick<Arrival, 'email' | 'trimmed' | 'receipt'>,
  desk: Desk,
  learned?: Learned,
): Classification {
  const to = [...receipt.recipients, ...email.to.map(({ address }) => address)].map((address) =>
    ownAddressOf(address, desk),
  );
  return classify(
    { subject: email.subject, text: trimmed.visible || email.text, from: email.from?.address ?? '', to },
    desk,
    learned,
  );
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
