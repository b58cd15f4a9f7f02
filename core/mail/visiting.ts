/**
 * What people's calendars answer to an appointment. It is an answer by one button, so that it neither resumes nor reopens
 * anything, unless it asks something of the desk: another time, or a reason, or its words.
 */
import type { Desk } from '../config/desk.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import { isVisitOf, type Visit, visitAhead, visitUid } from '../ticket/visit.ts';
import type { Address, CalendarAnswer } from './email.ts';
import { type Arrival, ends, type Memory, type Outcome, sender } from './outcome.ts';

/**
 * The arrival as a person's: calendars set what marks a machine's mail, and somebody has pressed the button. Only for what
 * came to the address that the invitation named; that it is the right person's is asked where that is decided.
 */
export function asAnswered(arrival: Arrival, memory: Memory, desk: Desk): Arrival {
  return visitAnswer(arrival, memory, desk) && arrival.automatic?.kind !== 'loop'
    ? { ...arrival, automatic: null }
    : arrival;
}

/** The calendar's answer to an appointment of the ticket that its token names; null for every other mail. */
export function visitAnswer({ email }: Arrival, { token }: Memory, desk: Desk): CalendarAnswer | null {
  const { calendar } = email;
  return calendar && token?.purpose === 'ticket' && isVisitOf(token.id, calendar.uid, desk) ? calendar : null;
}

/** What its writer said besides. Of the text itself only Exchange's is his; the other programs write one of their own. */
export function wordsOf({ comment, program }: CalendarAnswer, { email, trimmed }: Arrival): string {
  if (comment !== '') return comment;
  if (!/microsoft/i.test(program)) return '';
  const labels = email.labels.join('\n\n');
  const { visible } = trimmed;
  return (labels !== '' && visible.endsWith(labels) ? visible.slice(0, -labels.length) : visible).trim();
}

/** The requester's: `revives` is what his words would do to a ticket that waits. Null when it is no answer to what is planned now. */
export function answerVisit(
  calendar: CalendarAnswer,
  arrival: Arrival,
  memory: Memory,
  ticket: Ticket,
  { now, flagged, revives }: { now: string; flagged: string | null; revives: Happening[] },
  desk: Desk,
): Outcome | null {
  const from = sender(arrival.email);
  const visit = answered(calendar, ticket, null, now, desk);
  if (!visit) return null;
  const text = wordsOf(calendar, arrival);
  const asksSomething = text !== '' || calendar.answer === 'declined' || calendar.answer === 'countered';
  if (text === '' && calendar.answer === visit.answer && calendar.answer !== 'countered')
    return recorded(memory, ticket, `he said ${calendar.answer} already`);
  const message = text === '' ? null : ticket.messages + 1;
  const { messageId } = arrival.email;
  const received: Happening[] =
    message === null ? [] : [{ kind: 'message-received', message, from, messageId, flagged, quiet: true }];
  const happenings = [
    ...(asksSomething ? revives : []),
    ...received,
    happened(calendar, visit, from.address, message),
  ];
  return ends(
    message === null ? 'commanded' : 'appended',
    message === null ? 'visit-answer' : 'requester-reply',
    calendar.answer,
    {
      clue: memory.candidate?.clue ?? null,
      ticket: { kind: 'change', before: ticket, happenings },
      message: message === null ? null : said(from, text, messageId, 'public'),
    },
  );
}

/** That of whoever works on it, to his own copy: his lead hears when he does not come, and nobody outside does. */
export function answerOwnVisit(
  calendar: CalendarAnswer,
  arrival: Arrival,
  memory: Memory,
  ticket: Ticket,
  by: string,
  now: string,
  desk: Desk,
): Outcome {
  const visit = answered(calendar, ticket, by, now, desk);
  const text = wordsOf(calendar, arrival);
  const comes = calendar.answer === 'accepted' || calendar.answer === 'tentative';
  if (text === '' && (!visit || comes)) return recorded(memory, ticket, `${by}: ${calendar.answer}`);
  const message = text === '' ? null : ticket.messages + 1;
  const noted: Happening[] = message === null ? [] : [{ kind: 'noted', message, by, thirdParty: null }];
  const happenings = [...noted, ...(visit && !comes ? [happened(calendar, visit, by, null)] : [])];
  const { messageId } = arrival.email;
  return ends(
    message === null ? 'commanded' : 'noted',
    message === null ? 'visit-answer' : 'private-note',
    calendar.answer,
    {
      clue: memory.candidate?.clue ?? null,
      ticket: { kind: 'change', before: ticket, happenings },
      message: message === null ? null : said(sender(arrival.email), text, messageId, 'private'),
    },
  );
}

/** An answer without words that changes nothing is kept in the ledger. */
export function recorded({ candidate }: Memory, { id }: Ticket, detail: string): Outcome {
  return ends('commanded', 'visit-answer', detail, { clue: candidate?.clue ?? null, concerns: id });
}

/** What is planned now, if it is that which is answered. */
function answered(
  { uid, sequence }: CalendarAnswer,
  ticket: Ticket,
  agent: string | null,
  now: string,
  { domain }: Desk,
): Visit | null {
  const visit = visitAhead(ticket, now);
  if (!visit || uid.toLowerCase() !== visitUid(visit.nth, ticket.id, agent, domain)) return null;
  return sequence === null || sequence >= visit.since ? visit : null;
}

function happened(
  { answer, start: from, end: to }: CalendarAnswer,
  { start, end, zone }: Visit,
  by: string,
  message: number | null,
): Happening {
  const proposed = answer === 'countered' && from && to ? { start: from, end: to } : null;
  return { kind: 'visit-answered', answer, start, end, zone, proposed, message, by };
}

function said(from: Address, text: string, messageId: string | null, visibility: 'public' | 'private') {
  return { direction: 'in' as const, visibility, from, text, cc: [], messageId };
}
