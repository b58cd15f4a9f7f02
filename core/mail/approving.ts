/** What those do who were asked to approve: their reply is a vote, and its words are for the desk alone. */
import type { Desk } from '../config/desk.ts';
import { cast, openApproval, type Question } from '../ticket/approval.ts';
import type { Saying } from '../ticket/decision.ts';
import { answerExtension } from '../ticket/extension.ts';
import type { CommandResult, Happening, Ticket, Vote } from '../ticket/ticket.ts';
import type { Address } from './email.ts';
import { type Arrival, ends, type Memory, type NewMessage, type Outcome, refusal } from './outcome.ts';
import { personOf } from './standing.ts';
import { readVote } from './vote.ts';

/** What became of a word that was asked for. */
export interface Counted extends Pick<CommandResult, 'outcome' | 'detail' | 'said'> {
  happenings: Happening[];
}

const UNCLEAR: Counted = {
  happenings: [],
  outcome: 'unknown',
  detail: 'it neither approves nor rejects; begin your reply with the word approve or reject',
  said: { key: 'vote-unclear' },
};

/** `from` is proven: authentication did not fail, and the token that went to him came back, or his code did. */
export function answerApproval(
  arrival: Arrival,
  memory: Memory,
  ticket: Ticket,
  from: Address,
  question: Question,
  desk: Desk,
): Outcome {
  const { email, trimmed } = arrival;
  const text = trimmed.visible.trim();
  const found = { clue: memory.candidate?.clue ?? null };
  if (text === '' && email.attachments.length === 0)
    return ends('refused', 'nothing-said', 'it has no words of its own', {
      ...found,
      notice: refusal(arrival, 'nothing-said', '', desk),
    });
  const read = readVote(text);
  const words = read ? read.rest : text;
  const speaks = words !== '' || email.attachments.some(({ inline }) => !inline);
  const { happenings, ...became } = read ? voteOf(read.vote, ticket, from.address, question, desk) : UNCLEAR;
  const { detail } = became;
  const line: CommandResult = { line: firstLine(text), verb: 'approval', ...became };
  const noted: Happening[] = speaks
    ? [{ kind: 'noted', message: ticket.messages + 1, by: from.address, thirdParty: null }]
    : [];
  const said: Happening = {
    ...{ kind: 'commanded', by: from.address, lines: [line], refused: false },
    ...{ shows: [], words: speaks ? 'noted' : 'none' },
  };
  const message: NewMessage | null = speaks
    ? {
        ...{ direction: 'in', visibility: 'private', from, text: words },
        ...{ cc: [], messageId: email.messageId },
      }
    : null;
  const change = {
    ...found,
    ticket: { kind: 'change' as const, before: ticket, happenings: [...noted, ...happenings, said] },
    message,
  };
  if (read) return ends('commanded', 'approval-vote', detail, change);
  return ends('noted', personOf(from.address, desk) ? 'private-note' : 'third-party', detail, change);
}

export function voteOf(vote: Vote, ticket: Ticket, address: string, question: Question, desk: Desk): Counted {
  const last = question.what === 'approval' ? openApproval(ticket) : null;
  const open = last?.askedAt === question.askedAt ? last : null;
  const approver = open?.approvers.find((each) => each.address === address);
  const extended = question.what === 'extension' ? answerExtension(vote, ticket, address, desk) : null;
  if (extended)
    return {
      happenings: [extended],
      outcome: 'done',
      detail: vote === 'approve' ? 'the time is granted' : 'the time is not granted',
      said: { key: 'vote-decides' },
    };
  if (!open || !approver) return without('nothing waits for your approval any more', 'vote-over');
  if (approver.vote === vote) return without('you said so already', 'vote-again');
  const happenings = cast(approver, vote, open);
  const decided = happenings.some(({ kind }) => kind === 'approval-decided');
  const counts = vote === 'approve' ? 'your approval counts' : 'your rejection counts';
  return {
    happenings,
    outcome: 'done',
    detail: decided ? `${counts}, and with it this is decided` : `${counts}; others are still to answer`,
    said: { key: decided ? 'vote-decides' : 'vote-counts' },
  };
}

function without(detail: string, key: Saying['key']): Counted {
  return { happenings: [], outcome: 'nothing-to-do', detail, said: { key } };
}

const LONGEST_LINE = 80;

/** As a result's line shows it. */
export function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, LONGEST_LINE);
}
