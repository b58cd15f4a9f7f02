/** What deciding a command is given, and what comes of it. */
import type { Address } from '../mail/email.ts';
import type { Presence } from '../triage/presence.ts';
import type { Loads } from '../triage/route.ts';
import type { Actor, Happening, Look, Message, Ticket } from './ticket.ts';

export interface Act {
  by: Actor;
  role: 'agent' | 'requester';
  /** ISO 8601 UTC. */
  now: string;
  loads: Loads;
  /** The other tickets that the commands name, by id; those that are not there are left out. */
  others?: ReadonlyMap<string, Ticket>;
  /** The message that #split names, or the first for #clone, the id of a new ticket, and the ticket that #split would open. */
  split?: { id: string; message: Message; open: (subject: string) => Opens } | null;
  /** The id of the ticket that #problem opens. */
  newId?: string;
  /** For #kb: with what the ticket began, and its last public answer. */
  conversation?: Conversation | null;
  /** What this mail says to the requester in its writer's own words. */
  words?: string;
}

export interface Conversation {
  question: Message | null;
  answer: Message | null;
}

/** A ticket of its own for what was said in another. */
export interface Opens {
  id: string;
  opened: Extract<Happening, { kind: 'opened' }>;
  also: Happening[];
  /** What it begins with, as it stands in the other ticket. */
  message: Message;
}

/** What happens to another ticket than the one that the mail is about. */
export interface Elsewhere {
  before: Ticket;
  happenings: Happening[];
  /** The ticket that begins with it. */
  opens?: Opens;
  /** The words of what is noted there. */
  note?: { from: Address; text: string };
}

/**
 * What became of a command, for whoever reads it in his own language: the phrase `said-<key>` and the facts that it is
 * filled with. `detail` says the same in English, for the log.
 */
export interface Saying {
  key:
    | 'closed'
    | 'closed-already'
    | `extension-${'no-time' | 'no-reason' | 'asked-already' | 'nothing-runs' | 'nobody' | 'asked'}`
    | 'reopened'
    | 'not-closed'
    | 'goes-on-as'
    | 'stopped'
    | 'stopped-already'
    | 'see-below'
    | `fix-${'recorded' | 'recorded-already' | 'needed'}`
    | `kb-${'none' | 'not-yours' | 'withdrawn' | 'published' | 'published-inside' | 'published-already' | 'nothing' | 'asked' | 'unclear' | 'over' | 'too-long'}`
    | 'status-takes-no-value'
    | 'too-many-commands'
    | 'line-too-long'
    | 'for-a-ticket'
    | `report-${'comes' | 'no-period' | 'no-period-but' | 'no-breakdown' | 'no-breakdown-but' | 'to-come' | 'too-long' | 'own-alone' | 'not-by'}`
    | 'problem-once'
    | `digest-${'no-number' | 'no-entry' | 'not-here' | 'files' | 'closed-to-you' | 'own-request' | 'not-done'}`
    | 'files-held-back'
    | 'had-directly'
    | 'nothing-said'
    | 'token-in-text'
    | 'left-aside'
    | 'macro'
    | 'macros'
    | 'no-macros'
    | 'no-macro'
    | 'no-macro-but'
    | 'too-many-questions'
    | 'one-absence'
    | 'in-no-team'
    | 'for-team-alone'
    | 'no-word'
    | 'too-many-words'
    | 'no-tickets-for'
    | 'too-long-away'
    | 'away'
    | 'back'
    | 'away-by-desk'
    | 'not-away'
    | 'not-yours-to-say'
    | 'approval-open'
    | 'too-many-approvers'
    | 'no-question'
    | 'question-too-long'
    | 'asked-any'
    | 'asked-all'
    | 'approval-taken-back'
    | 'no-approval'
    | 'approvals-enough'
    | `approver-${'self' | 'requester' | 'may-not-read'}`
    | `not-approved${'' | '-yet' | '-rejected' | '-in-time'}`
    | 'not-snoozed'
    | 'snoozed'
    | 'no-due-date'
    | 'due'
    | `visit${'' | '-moved'}${'' | '-away' | '-off-duty'}`
    | `visit-${'off' | 'unwanted' | 'too-far' | 'length' | 'words'}`
    | 'no-visit'
    | 'nothing-waits'
    | 'others-answer'
    | 'left-already'
    | 'undone'
    | 'undone-and-open'
    | 'not-yours-to-redact'
    | 'redacted'
    | 'redacted-already'
    | 'field'
    | 'field-empty'
    | 'field-elsewhere'
    | 'field-too-long'
    | 'no-number'
    | 'no-command'
    | 'no-command-but'
    | 'needs-value'
    | `no-${Sought}${'' | '-but'}`
    | `problem${'' | '-already'}`
    | 'no-recurrence'
    | 'no-problem'
    | 'unlinked'
    | 'nobody-to-tell'
    | 'told-all'
    | `linked${'' | '-already' | '-by-merge'}`
    | 'links-full'
    | `merged${'' | '-here-already' | '-elsewhere'}`
    | 'not-worked-on'
    | `${'nothing' | 'not'}-to-split`
    | 'only-message'
    | `split${'' | '-once'}`
    | 'cloned'
    | 'not-to-clone'
    | 'stays-with'
    | 'no-ticket-number'
    | 'no-number-yet'
    | 'this-ticket'
    | 'too-many-named'
    | 'no-such-ticket'
    | 'apart'
    | 'too-much'
    | `reopen-first-${'resolved' | 'closed'}`
    | `${'yours' | 'theirs' | 'nobodys' | 'request' | 'watched' | 'unwatched' | 'resolved'}-already`
    | 'yours'
    | `given-to${'' | '-absent' | '-full'}`
    | 'nobodys'
    | 'no-address'
    | 'own-address'
    | 'request-of'
    | 'of-the-desk'
    | 'is-requester'
    | 'no-copies'
    | 'too-many-copies'
    | 'copies'
    | 'watched'
    | 'unwatched'
    | 'several-people'
    | 'nobody-called-so'
    | 'nobody-called-so-but'
    | 'no-priority'
    | 'already'
    | 'now'
    | 'filed'
    | 'filed-with-team'
    | 'weighed'
    | 'no-tag'
    | 'too-many-tags'
    | 'tags'
    | 'no-tags'
    | 'no-time'
    | 'time-spent'
    | 'kept-inside'
    | 'no-message'
    | 'resolved'
    | 'resolved-with-incidents'
    | 'resolved-with-steps'
    | 'step-stays'
    | 'spam'
    | `${'' | 'un'}blocked`
    | `not-yours-to-${'block' | 'unblock'}`
    | 'block-takes-off'
    | 'own-not-blocked'
    | 'past'
    | 'stands-until'
    | 'stands-for-requester'
    | 'stands'
    | 'highest-tier'
    | 'lowest-tier'
    | 'managers-hold-none'
    | 'climbs'
    | 'goes-back'
    | `vote-${'decides' | 'counts' | 'again' | 'over' | 'unclear' | 'not-asked'}`;
  facts?: Record<string, string>;
}

export type Decision =
  | {
      happenings: Happening[];
      detail: string;
      said: Saying;
      /** Done although nothing happened to the ticket. */
      done?: true;
      /** What is to be shown of other tickets. */
      look?: Look;
      /** Who is away from now on, or there again. */
      presence?: Presence;
      elsewhere?: Elsewhere;
      opens?: Opens;
    }
  | Refused;

export interface Refused {
  refused: string;
  said: Saying;
}

/** Why a ticket waits of which nobody said why: the requester need not read it. */
export const NO_REASON = 'waiting for the requester';

export function nothing(detail: string, said: Saying): Decision {
  return { happenings: [], detail, said };
}

/** A step speaks to its team alone, and the request that it is part of counts on it. */
export function stepStays({ partOf }: Ticket): Refused | null {
  if (!partOf) return null;
  return {
    refused: `this is a step of ${partOf.id}: it writes to nobody outside and does not go on as another; #close it when it is not needed`,
    said: { key: 'step-stays', facts: { ticket: partOf.id } },
  };
}

export function reopenFirst({ status }: Ticket): Decision {
  return {
    refused: `the ticket is ${status}; #reopen it first`,
    said: { key: status === 'closed' ? 'reopen-first-closed' : 'reopen-first-resolved' },
  };
}

type Sought =
  | 'team'
  | 'category'
  | 'impact'
  | 'urgency'
  | 'type'
  | 'status'
  | 'field'
  | 'choice'
  | 'relation';

/** A word that is none of those allowed. */
export function notFound(
  what: Sought,
  value: string,
  suggestion: string | null,
  allowed: readonly string[],
): Saying {
  const facts = { value, allowed: allowed.join(', ') };
  return suggestion
    ? { key: `no-${what}-but`, facts: { ...facts, suggestion } }
    : { key: `no-${what}`, facts };
}
