/**
 * Approvals: who is asked, what each of them says, and what comes of it. They vote by mail; the word at the head of
 * the reply decides (core/mail/vote.ts), and until the last needed word has come the ticket waits for them.
 */

import { MOST_APPROVERS, QUORUMS } from '../config/choices.ts';
import type { Desk, Quorum } from '../config/desk.ts';
import type { Address } from '../mail/email.ts';
import { personOf } from '../mail/standing.ts';
import { holdsToken, participantHash, type Token } from '../mail/token.ts';
import { mayRead } from './audience.ts';
import { type Act, type Decision, nothing, type Refused, reopenFirst } from './decision.ts';
import { readAddress } from './people.ts';
import {
  type Approval,
  type Approver,
  DESK,
  type Happening,
  isActive,
  type Ticket,
  type TicketEvent,
  type Vote,
} from './ticket.ts';

const LONGEST_QUESTION = 500;
const MOST_APPROVALS = 20;

/** `[all|any] a@…, b@… what for`; `none` takes it back. */
export function askApproval(value: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const open = openApproval(ticket);
  if (value.toLowerCase() === 'none') return takeBack(ticket, by);
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (open)
    return {
      refused: `an approval is asked already of ${listOf(open.approvers)}; #approval none takes it back`,
      said: { key: 'approval-open', facts: { people: listOf(open.approvers) } },
    };
  const { quorum, approvers, question, wrong } = readAsked(value);
  if (approvers.length === 0)
    return {
      refused: `“${wrong}” is no address; write #approval ada@example.com and what she is to approve`,
      said: {
        key: 'no-address',
        facts: { value: wrong || '–', example: '#approval ada@example.com a second monitor, 300 €' },
      },
    };
  if (approvers.length > MOST_APPROVERS)
    return {
      refused: `${approvers.length} people are too many; ${MOST_APPROVERS} at the most`,
      said: { key: 'too-many-approvers', facts: { most: String(MOST_APPROVERS) } },
    };
  if (question === '')
    return {
      refused: `say what is to be approved: #approval ${approvers[0]?.address} a second monitor, 300 €`,
      said: { key: 'no-question', facts: { address: approvers[0]?.address ?? '' } },
    };
  if (question.length > LONGEST_QUESTION)
    return {
      refused: `that is ${question.length} characters, and a question takes ${LONGEST_QUESTION}`,
      said: { key: 'question-too-long', facts: { most: String(LONGEST_QUESTION) } },
    };
  if (holdsToken(question, desk.domain))
    return { refused: 'one of our reply addresses stands in it', said: { key: 'token-in-text' } };
  if ((ticket.approvals ?? []).length >= MOST_APPROVALS)
    return {
      refused: `${MOST_APPROVALS} approvals were asked for this ticket, and that is enough`,
      said: { key: 'approvals-enough', facts: { most: String(MOST_APPROVALS) } },
    };
  const known = approvers.map((approver) => personOf(approver.address, desk) ?? approver);
  for (const { address } of known) {
    const why = whyNot(address, ticket, by, desk);
    if (why) return why;
  }
  return {
    happenings: [asked(known, quorum, question, by, desk)],
    detail: `asked of ${listOf(known)}; the clock stands until ${quorum === 'any' ? 'one of them approves' : 'all have approved'}`,
    said: { key: quorum === 'any' ? 'asked-any' : 'asked-all', facts: { people: listOf(known) } },
  };
}

function takeBack(ticket: Ticket, by: string): Decision {
  return openApproval(ticket)
    ? {
        happenings: [{ kind: 'approval-decided', result: 'taken-back', by }],
        detail: 'nobody is asked any more',
        said: { key: 'approval-taken-back' },
      }
    : nothing('no approval is asked for', { key: 'no-approval' });
}

function readAsked(value: string): { quorum: Quorum; approvers: Address[]; question: string; wrong: string } {
  const words = value.split(/\s+/);
  const quorum = QUORUMS.find((each) => each === words[0]?.toLowerCase());
  const rest = quorum ? words.slice(1) : words;
  const addresses = rest.map((word) => readAddress(word.replace(/(?<![,;])[,;]+$/, '')));
  const end = addresses.indexOf(null);
  const approvers = (end < 0 ? addresses : addresses.slice(0, end)).filter((address) => address !== null);
  return {
    quorum: quorum ?? 'all',
    approvers: [...new Map(approvers.map((each) => [each.address, each])).values()],
    question: end < 0 ? '' : rest.slice(end).join(' '),
    wrong: rest[0] ?? '',
  };
}

function whyNot(address: string, ticket: Ticket, by: string, desk: Desk): Refused | null {
  const facts = { address };
  if (address.endsWith(`@${desk.domain}`))
    return { refused: `${address} is an address of the desk itself`, said: { key: 'own-address', facts } };
  if (address === by)
    return { refused: 'nobody approves what he asks for himself', said: { key: 'approver-self' } };
  if (address === ticket.requester.address)
    return {
      refused: `${address} is the requester, and nobody approves his own request`,
      said: { key: 'approver-requester', facts },
    };
  if (personOf(address, desk) && !mayRead(address, ticket, desk))
    return {
      refused: `${address} may not read tickets of ${ticket.team}`,
      said: { key: 'approver-may-not-read', facts: { address, team: ticket.team } },
    };
  return null;
}

function asked(
  approvers: readonly Address[],
  quorum: Quorum,
  question: string,
  by: string,
  desk: Desk,
): Extract<Happening, { kind: 'approval-asked' }> {
  return {
    kind: 'approval-asked',
    approvers: approvers.map(({ address, name }) => ({
      ...{ address, name },
      ...(personOf(address, desk) ? { ofDesk: true as const } : {}),
    })),
    quorum,
    question,
    by,
  };
}

/**
 * What a category asks of itself when a ticket is opened. The requester may be among those asked: a mail can be forged,
 * and his word is his only when it comes back with the token that went to him.
 */
export function demanded(category: string, subject: string, desk: Desk): Happening[] {
  const approval = desk.categories.find(({ name }) => name === category)?.approval;
  if (!approval) return [];
  const approvers = approval.by.map((address) => personOf(address, desk) ?? { address, name: '' });
  return [asked(approvers, approval.quorum, subject, DESK, desk)];
}

/** The one that is waited for now, or null. */
export function openApproval(ticket: Ticket): Approval | null {
  const last = ticket.approvals?.at(-1);
  return isActive(ticket) && last?.state === 'open' ? last : null;
}

/** One of the questions of a ticket that are answered by a vote. */
export interface Question {
  what: 'approval' | 'extension' | 'article';
  askedAt: string;
}

/** For whom the token of such a mail is: this person, for this question. A late reply must not answer the next one. */
export function voterOf(address: string, { what, askedAt }: Question): string {
  return `${address} ${what} ${askedAt}`;
}

/** The question that a token of this person's was sent with; null when it is not his, or of another ticket. */
export function questionOf(
  token: Token,
  address: string,
  { approvals = [], extension, article }: Ticket,
): Question | null {
  if (token.purpose !== 'approval' || token.expired) return null;
  const questions: Question[] = [
    ...approvals
      .filter(({ approvers }) => approvers.some((each) => each.address === address))
      .map(({ askedAt }) => ({ what: 'approval' as const, askedAt })),
    ...(extension?.lead === address ? [{ what: 'extension' as const, askedAt: extension.askedAt }] : []),
    ...(article?.reviewer === address ? [{ what: 'article' as const, askedAt: article.askedAt }] : []),
  ];
  return (
    questions.find((question) => participantHash(voterOf(address, question)) === token.participant) ?? null
  );
}

/** Whether only the desk's people are asked it: whoever has left them answers nothing any more. */
export function isForDesk(question: Question, address: string, { approvals = [] }: Ticket): boolean {
  if (question.what !== 'approval') return true;
  const approval = approvals.find(({ askedAt }) => askedAt === question.askedAt);
  return approval?.approvers.some((each) => each.address === address && each.ofDesk === true) ?? false;
}

/** Whether what is asked cannot be decided any more without somebody who has left the desk. */
export function isStuck(ticket: Ticket, desk: Desk): boolean {
  const open = openApproval(ticket);
  if (!open) return false;
  const silent = open.approvers.filter(({ vote }) => vote === null);
  const left = silent.filter(({ address, ofDesk }) => ofDesk && !personOf(address, desk));
  return left.length > 0 && (open.quorum === 'all' || left.length === silent.length);
}

/** What an update asks, or what a mere approver was asked last; null where its reply is no vote. */
export function questionIn(
  event: TicketEvent,
  plan: { kind: string; to: Address; audience: string },
  ticket: Ticket,
): Question | null {
  if (event.kind === 'extension-asked') return { what: 'extension', askedAt: event.at };
  if (event.kind === 'article-asked') return { what: 'article', askedAt: event.at };
  if (plan.kind !== 'approval' && !isOnlyApprover(plan, ticket)) return null;
  const last = ticket.approvals?.findLast(({ askedAt }) => Date.parse(askedAt) <= Date.parse(event.at));
  return last ? { what: 'approval', askedAt: last.askedAt } : null;
}

/** Whether this person was ever asked. His token lets him vote, and do nothing else. */
export function isApprover(address: string, { approvals = [], extension }: Ticket): boolean {
  return (
    extension?.lead === address ||
    approvals.some(({ approvers }) => approvers.some((each) => each.address === address))
  );
}

/** Somebody outside who was asked and takes no other part: he votes, and that is all. */
export function isOnlyApprover({ to, audience }: { to: Address; audience: string }, ticket: Ticket): boolean {
  const takesPart = ticket.participants.some(({ address }) => address === to.address);
  return audience === 'requester' && !takesPart && isApprover(to.address, ticket);
}

/** What one vote does. The last word of each counts until it is decided. */
export function cast(approver: Approver, vote: Vote, approval: Approval): Happening[] {
  const voted: Happening = { kind: 'approval-voted', address: approver.address, vote };
  const votes = approval.approvers.map((each) => (each.address === approver.address ? vote : each.vote));
  const result = outcomeOf(votes, approval.quorum);
  return result ? [voted, { kind: 'approval-decided', result, by: approver.address }] : [voted];
}

function outcomeOf(votes: readonly (Vote | null)[], quorum: Quorum): 'given' | 'rejected' | null {
  const [enough, tooMany] =
    quorum === 'any'
      ? [votes.includes('approve'), votes.every((vote) => vote === 'reject')]
      : [votes.every((vote) => vote === 'approve'), votes.includes('reject')];
  if (enough) return 'given';
  return tooMany ? 'rejected' : null;
}

/** Why a change must not go on, or null. */
export function unapproved(ticket: Ticket, desk: Desk): Refused | null {
  if (ticket.type !== 'change') return null;
  const last = ticket.approvals?.findLast(({ state }) => state !== 'taken-back');
  const wanted = desk.categories.find(({ name }) => name === ticket.category)?.approval;
  if (!last)
    return wanted
      ? {
          refused: `changes about ${ticket.category} need an approval; ask for it with #approval`,
          said: { key: 'not-approved', facts: { category: ticket.category } },
        }
      : null;
  switch (last.state) {
    case 'given':
    case 'taken-back':
      return null;
    case 'open': {
      const silent = last.approvers.filter(({ vote }) => vote === null);
      return {
        refused: `this change is not approved yet: ${listOf(silent)} ${silent.length === 1 ? 'has' : 'have'} not answered`,
        said: { key: 'not-approved-yet', facts: { people: listOf(silent) } },
      };
    }
    case 'rejected': {
      const people = listOf(last.approvers.filter(({ vote }) => vote === 'reject'));
      return {
        refused: `this change was rejected by ${people}; #close it, or ask again with #approval`,
        said: { key: 'not-approved-rejected', facts: { people } },
      };
    }
    case 'expired':
      return {
        refused: 'this change was not approved in time; ask again with #approval',
        said: { key: 'not-approved-in-time' },
      };
  }
}

export function listOf(people: readonly Address[]): string {
  return people.map(({ name, address }) => name || address).join(', ');
}
