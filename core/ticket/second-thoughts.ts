/** What is taken back: an answer that has not left, and words that should never have been kept. */
import type { Desk } from '../config/desk.ts';
import { personOf } from '../mail/standing.ts';
import { type Act, type Decision, nothing } from './decision.ts';
import type { Happening, Ticket } from './ticket.ts';
import { inZone } from './until.ts';

/** Whether it has left is for the ticket to say, never for the clock on the wall: the queue may be late. */
export function undo({ lastAnswer, status, resolvedAt }: Ticket, { by }: Act, desk: Desk): Decision {
  if (!lastAnswer)
    return { refused: 'no answer of this ticket waits to leave', said: { key: 'nothing-waits' } };
  const { message, by: author, at: given, leftAt } = lastAnswer;
  if (author !== by)
    return {
      refused: `the last answer is ${personOf(author, desk)?.name ?? author}’s to take back`,
      said: { key: 'others-answer', facts: { name: personOf(author, desk)?.name ?? author } },
    };
  if (leftAt !== null)
    return {
      refused: `your answer left at ${readable(leftAt)}; what is wrong in it only another one mends`,
      said: { key: 'left-already', facts: { at: inZone(leftAt, desk.timezone) } },
    };
  const reopens = status === 'resolved' && resolvedAt === given;
  return {
    happenings: [{ kind: 'undone', message, given, by, reopens }],
    detail: `message ${message} did not leave, and never will${reopens ? '; the ticket is open again' : ''}`,
    said: { key: reopens ? 'undone-and-open' : 'undone', facts: { message: String(message) } },
  };
}

/** `2 a password stands in it`: the message and its files are taken out for good, and who did it stays. */
export function redact(value: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const [word = '', ...reason] = value.split(/\s+/);
  const message = Number(word);
  if (!/^\d{1,6}$/.test(word) || message < 1 || message > ticket.messages)
    return {
      refused: `“${word}” is no message of this ticket; #history shows their numbers, 1 to ${ticket.messages}`,
      said: { key: 'no-message', facts: { value: word || '–', last: String(ticket.messages) } },
    };
  if (by !== ticket.assignee && personOf(by, desk)?.role !== 'lead')
    return {
      refused: 'only a lead, or whoever works on the ticket, takes a message out',
      said: { key: 'not-yours-to-redact' },
    };
  if (ticket.redacted?.includes(message))
    return nothing(`message ${message} is taken out already`, {
      ...{ key: 'redacted-already', facts: { message: word } },
    });
  // Its words may be what is taken out.
  const live = ticket.article?.state === 'draft' || ticket.article?.state === 'published';
  const withdrawn: Happening[] = live ? [{ kind: 'article-decided', verdict: 'reject', words: '', by }] : [];
  return {
    happenings: [
      { kind: 'redacted', message, reason: reason.join(' ').slice(0, LONGEST_REASON), by },
      ...withdrawn,
    ],
    detail: `message ${message} is taken out, with its files and its stored mail; what later mails quote of it is not shown any more, and stays in their stored mail until they are taken out too`,
    said: { key: 'redacted', facts: { message: word } },
  };
}

const LONGEST_REASON = 200;

/** `2026-11-23 09:00:05 UTC` */
function readable(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}
