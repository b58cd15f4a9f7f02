/** How a fact reads. */
import type { Desk } from '../../core/config/desk.ts';
import { MEASURES, type Measure } from '../../core/sla/clock.ts';
import { type Ticket, type TicketEvent, unreachable } from '../../core/ticket/ticket.ts';
import type { Fact } from './facts.ts';
import type { Kind, Page } from './page.ts';

export interface Narrator {
  tell(fact: Fact): void;
  /** Many facts of one moment: a line for each ticket, and one for each kind of mail. */
  tellMany(facts: readonly Fact[]): void;
}

/** A line of the page, or what belongs to the one before it. */
type Entry = { sign: Kind | 'detail'; text: string };

const DEADLINES: Record<Measure, string> = {
  firstResponse: 'the first answer',
  nextResponse: 'the next answer',
  periodicUpdate: 'a word in between',
  resolution: 'the solution',
  requesterWait: 'the end of the requester’s waiting',
  agentWork: 'the end of the work on it',
  tier: 'the end of its time at this tier',
};

/** `known` are the Message-IDs of mails whose writing the page has already. */
export function narrator(page: Page, desk: Desk, known: ReadonlySet<string>): Narrator {
  const print = (at: string, entries: readonly Entry[]) => {
    for (const { sign, text } of entries) {
      if (sign === 'detail') page.detail(text);
      else page.line(at, sign, text);
    }
  };

  const tell: Narrator['tell'] = (fact) => {
    switch (fact.kind) {
      case 'disposed': {
        const { messageId, receivedAt, from, subject } = fact.record;
        if (!known.has(messageId ?? ''))
          print(receivedAt, [{ sign: 'wrote', text: `${from ?? 'somebody'} writes: “${subject}”` }]);
        return print(fact.at, [{ sign: 'decided', text: dispositionOf(fact.record) }]);
      }
      case 'happened':
        return print(fact.at, eventOf(fact.event, fact.ticket, desk));
      case 'left': {
        const { update, recipients, subject, outcome } = fact.mail;
        const became = outcome === 'delivered' ? '' : `, ${outcome}`;
        const text = `${update ?? 'mail'} to ${recipients.join(', ')}: “${subject}”${became}`;
        return print(fact.at, [{ sign: 'left', text }]);
      }
      default:
        unreachable(fact);
    }
  };

  return {
    tell,
    tellMany(facts) {
      const mails = new Map<string, { at: string; to: string[] }>();
      for (const fact of facts) {
        const opened = openedBy(fact, facts);
        if (opened) print(fact.at, [{ sign: 'decided', text: inShort(opened, desk) }]);
        else if (fact.kind === 'left') {
          const kind = fact.mail.update ?? 'mail';
          mails.set(kind, { at: fact.at, to: [...(mails.get(kind)?.to ?? []), ...fact.mail.recipients] });
        } else if (fact.kind !== 'happened' || !['opened', 'assigned'].includes(fact.event.kind)) tell(fact);
      }
      for (const [kind, { at, to }] of mails)
        print(at, [{ sign: 'left', text: `${kind}, ${to.length} mails: ${counted(to)}` }]);
    },
  };
}

function dispositionOf({
  disposition,
  reason,
  detail,
  clue,
  ticketId,
  history,
}: Extract<Fact, { kind: 'disposed' }>['record']): string {
  const before = history.at(-1);
  const ticket = ticketId ? ` ${disposition === 'opened' ? 'as' : 'in'} ${ticketId}` : '';
  const why = [reason, ...(clue ? [`clue: ${clue}`] : [])].join(', ');
  return `${before ? `the mail that was ${before.disposition} is now ` : ''}${disposition}${ticket} (${why})${detail && `: ${detail}`}`;
}

function eventOf(event: TicketEvent, ticket: Ticket, desk: Desk): Entry[] {
  const { id } = ticket;
  const name = (address: string | null) => nameOf(address, desk);
  const time = (at: string) => timeOf(at, desk);
  const decided = (text: string): Entry[] => [{ sign: 'decided', text }];
  const alarm = (text: string): Entry[] => [{ sign: 'alarm', text }];
  const details = (texts: string[]) => texts.map((text): Entry => ({ sign: 'detail', text }));
  switch (event.kind) {
    case 'opened': {
      const thoughts = event.reasons
        .filter(({ what }) => what !== 'assignee')
        .map(({ what, why }) => `${what} ${why}`);
      return details([
        ...thoughts.slice(0, 1),
        ...(thoughts.length > 1 ? [thoughts.slice(1).join('; ')] : []),
        `deadlines of ${deadlinesOf(ticket, desk)}`,
      ]);
    }
    case 'assigned':
      return event.previous === null
        ? details([`assignee ${chosen(event.assignee, event.reason, desk)}`])
        : decided(`${id} goes from ${name(event.previous)} to ${chosen(event.assignee, event.reason, desk)}`);
    case 'unassigned':
      return decided(`${id} is in nobody’s hands`);
    case 'given-to-team':
      return decided(`${id} goes from ${event.previous} to ${event.team}: ${event.reason}`);
    case 'requester-changed':
      return decided(`${id} is the request of ${event.requester.address} now`);
    case 'copies-changed':
      return decided(
        `on copy of ${id}: ${[...event.added.map(({ address }) => `+${address}`), ...event.removed.map((address) => `-${address}`)].join(' ')}`,
      );
    case 'left':
      return [];
    case 'fix-recorded':
      return decided(`${name(event.by)} records what helped in ${id}: ${event.words}`);
    case 'article-asked':
      return decided(
        event.draft
          ? `${name(event.by)} makes an article of ${id} and asks ${name(event.reviewer)} to publish it`
          : `${name(event.reviewer)} is asked whether the article of ${id} still holds`,
      );
    case 'article-decided':
      return decided(`${name(event.by)} decides on the article of ${id}: ${event.verdict}`);
    case 'service-begun':
      return decided(
        `${id} is of the service ${event.service}${event.asks.length > 0 ? `; asked for ${event.asks.join(', ')}` : ''}${event.answers ? '; its words went to the requester' : ''}`,
      );
    case 'facts-answered':
      return decided(`${name(event.by)} gives ${event.given.join(', ') || 'nothing of what was asked'}`);
    case 'self-served':
      return decided(`${name(event.by)} says that the words of ${event.service} solved ${id}`);
    case 'security-reported':
      return decided(`${name(event.lead)} is told of the security incident ${id}`);
    case 'articles-offered':
      return decided(`with the acknowledgement of ${id} goes ${event.articles.join(', ')}`);
    case 'helped':
      return decided(`${name(event.by)} says that ${event.article} solved ${id}`);
    case 'extension-asked':
      return decided(`${name(event.by)} asks ${name(event.lead)} for more time for ${id}: ${event.reason}`);
    case 'extension-decided':
      return decided(
        event.granted && event.due
          ? `${name(event.by)} grants more time: ${id} is to be solved by ${time(event.due)}`
          : `${name(event.by)} grants no more time for ${id}`,
      );
    case 'not-accepted':
      return alarm(`${name(event.assignee)} said nothing on ${id} since it climbed to him`);
    case 'blocked':
      return decided(`${name(event.by)} blocks ${event.address}: mail from there is refused`);
    case 'unblocked':
      return decided(`${name(event.by)} takes mail of ${event.address} again`);
    case 'redacted':
      return decided(
        `${name(event.by)} takes message ${event.message} out of ${id}${event.reason && `: ${event.reason}`}`,
      );
    case 'snoozed':
      return decided(
        event.until
          ? `${name(event.by)} wants to be reminded of ${id} at ${time(event.until)}`
          : `${name(event.by)} no longer wants to be reminded of ${id}`,
      );
    case 'snooze-ended':
      return decided(`${name(event.by)} is reminded of ${id}`);
    case 'due-set':
      return decided(event.due ? `${id} is due at ${time(event.due)}` : `${id} has no due date any more`);
    case 'due-warned':
      return alarm(`${id} is due at ${time(event.due)}`);
    case 'due-passed':
      return alarm(`${id} was due at ${time(event.due)}`);
    case 'visit-planned':
      return decided(`${name(event.by)} plans an appointment for ${id}: ${time(event.start)}`);
    case 'visit-moved':
      return decided(`${name(event.by)} moves the appointment of ${id} to ${time(event.start)}`);
    case 'visit-cancelled':
      return decided(`the appointment of ${id} at ${time(event.start)} is called off`);
    case 'visit-answered':
      return decided(`${name(event.by)} says ${event.answer} to the appointment of ${id}`);
    case 'visit-reminded':
      return decided(`both sides are reminded of the appointment of ${id} at ${time(event.start)}`);
    case 'undone':
      return decided(`${name(event.by)} takes his answer in ${id} back before it leaves`);
    case 'muted':
      return decided(`${name(event.by)} wants no more mail of ${id}`);
    case 'rated':
      return decided(`${name(event.by)} gives ${id} ${event.vote} of 5${event.words && `: ${event.words}`}`);
    case 'watched':
      return decided(`${name(event.by)} reads along on ${id}`);
    case 'unwatched':
      return decided(`${name(event.by)} no longer reads along on ${id}`);
    case 'linked':
      return decided(`${id} is linked with ${event.to}: ${event.relation}`);
    case 'solution-passed-on':
      return decided(`the solution of ${id} goes to ${[event.to, ...(event.others ?? [])].join(', ')}`);
    case 'news-passed-on':
      return decided(`news of ${id} goes to ${[event.to, ...(event.others ?? [])].join(', ')}`);
    case 'recurrence-noticed':
      return decided(`${id} and ${event.tickets.length} others tell of the same: ${event.why}`);
    case 'problem-begun':
      return decided(`${id} is the problem behind ${event.tickets.join(', ')}`);
    case 'joined':
      return decided(`${id} waits for its problem ${event.problem}: ${event.why}`);
    case 'parted':
      return decided(`${id} is no part of ${event.problem} any more, as ${name(event.by)} says`);
    case 'checklist-begun':
      return decided(
        `${id} is done in ${event.steps.length} steps: ${event.steps.map(({ title }) => title).join(', ')}`,
      );
    case 'step-changed':
      return decided(
        `the step “${event.title}” of ${id} is ${event.state}${event.reason && `: ${event.reason}`}`,
      );
    case 'step-reported':
      return [];
    case 'cloned':
      return decided(`${event.to} begins with the same request as ${id}`);
    case 'split-off':
      return decided(`message ${event.message} of ${id} is ${event.to} now`);
    case 'merged':
      return decided(`${id} is closed and goes on as ${event.into}`);
    case 'merged-in':
      return decided(`${event.from} goes on as ${id}`);
    case 'retyped':
      return decided(`${id} is a ${event.type} now, after a ${event.previous}`);
    case 'tagged':
      return decided(
        `${id} is tagged ${[...event.added.map((tag) => `+${tag}`), ...event.removed.map((tag) => `-${tag}`)].join(' ')}`,
      );
    case 'time-spent':
      return decided(`${name(event.by)} worked ${event.minutes} minutes on ${id}`);
    case 'field-set':
      return decided(`${event.field} of ${id} is ${event.value ?? 'empty'} now`);
    case 'approval-asked':
      return decided(
        `${id} waits for the approval of ${event.approvers.map(({ address }) => name(address)).join(', ')}: ${event.question}`,
      );
    case 'approval-voted':
      return decided(`${name(event.address)} says ${event.vote} to ${id}`);
    case 'approval-reminded':
      return decided(`${event.addresses.map(name).join(', ')} hears once more that ${id} waits`);
    case 'approval-decided':
      return decided(`the approval of ${id} is ${event.result.replaceAll('-', ' ')}`);
    case 'deescalated':
      return decided(`${id} goes back from tier ${event.from} to tier ${event.to}: ${event.reason}`);
    case 'prioritised':
      return decided(`${id} is ${event.priority} now, after ${event.previous}: ${event.reason}`);
    case 'categorised':
      return decided(`${id} is about ${event.category} now, after ${event.previous}`);
    case 'paused':
      return decided(`${id} waits for its requester: ${event.reason}`);
    case 'resumed':
      return decided(`${id} goes on: ${event.reason}`);
    case 'resolved':
      return decided(
        `${id} is resolved by ${name(event.by)}${event.reason === 'resolved' ? '' : `: ${event.reason}`}`,
      );
    case 'closed':
      return decided(`${id} is closed by ${name(event.by)}: ${event.reason}`);
    case 'reopened':
      return decided(`${id} is open again: ${event.reason}`);
    case 'escalated':
      return alarm(`${id} climbs from tier ${event.from} to tier ${event.to}: ${event.reason}`);
    case 'deadline-warned':
      return alarm(`${id}: ${DEADLINES[event.measure]} is due at ${time(event.due)}`);
    case 'deadline-breached':
      return alarm(`${id}: ${DEADLINES[event.measure]} was due at ${time(event.due)}, and did not come`);
    case 'deadline-overrun':
      return alarm(
        `${id}: ${DEADLINES[event.measure]} was due at ${time(event.due)}, and still has not come: ${event.do.join(', ').replaceAll('-', ' ')}`,
      );
    case 'reckoned-anew':
      return decided(
        `${id} is promised by the policy ${event.policy} now: ${[event.reason, ...movedBy(event, time)].join('; ')}`,
      );
    case 'kept':
      return decided(`${id} stays with ${name(event.assignee)}: ${event.reason}`);
    case 'requester-reminded':
      return decided(`${ticket.requester.address} is reminded that ${id} waits for him`);
    case 'commanded':
      return details([
        ...event.lines.map(
          ({ line, outcome, detail }) => `${line}: ${outcome.replaceAll('-', ' ')}${detail && `, ${detail}`}`,
        ),
        ...(event.refused ? ['nothing of this mail goes to the requester'] : []),
      ]);
    case 'delivery-failed':
      return decided(
        `mail to ${event.address} was not delivered${event.permanent ? ', and never will be' : ''}`,
      );
    case 'delivery-delayed':
      return decided(`mail to ${event.address} is late`);
    case 'complained':
      return decided(`${event.address} complained about our mail`);
    case 'flooded':
      return alarm(`${event.address} writes one mail after another; what comes now is kept with ${id}`);
    case 'update-withheld':
      return decided(`a mail to ${event.address} is withheld: ${event.reason}`);
    case 'automatic-mail-received':
      return decided(`${event.what.replaceAll('-', ' ')} from ${event.from ?? 'nobody'} is kept on ${id}`);
    case 'referred':
      return decided(`${name(event.lead)} is told that ${id} was also written to ${event.address}`);
    // The mail that did it tells these; the watch is only of interest when it rings.
    case 'message-received':
    case 'answered':
    case 'noted':
    case 'started':
    case 'watch-started':
      return [];
    default:
      return unreachable(event);
  }
}

function deadlinesOf({ priority, deadlines }: Ticket, desk: Desk): string {
  const due = Object.entries(deadlines)
    .sort(([, a], [, b]) => Date.parse(a) - Date.parse(b))
    .map(([measure, at]) => `${DEADLINES[measure as Measure]} ${timeOf(at, desk)}`);
  return `${priority}: ${due.join(', ')}`;
}

/** Where the desk chose, its reason begins with the name. */
function chosen(assignee: string, reason: string, desk: Desk): string {
  const name = nameOf(assignee, desk);
  return reason.startsWith(name) ? reason : `${name}: ${reason}`;
}

/** The ticket that this mail opened, if it did. */
function openedBy(fact: Fact, facts: readonly Fact[]): Ticket | null {
  if (fact.kind !== 'disposed' || fact.record.disposition !== 'opened') return null;
  const { ticketId } = fact.record;
  const found = facts.find((other) => other.kind === 'happened' && other.ticket.id === ticketId);
  return found?.kind === 'happened' ? found.ticket : null;
}

function inShort({ id, requester, category, priority, assignee }: Ticket, desk: Desk): string {
  return `${requester.address}: opened as ${id}, ${category}, ${priority}, ${nameOf(assignee, desk)}`;
}

function nameOf(address: string | null, desk: Desk): string {
  return desk.people.find((person) => person.address === address)?.name ?? address ?? 'nobody';
}

function timeOf(at: string, { timezone }: Desk): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(at));
}

function counted(addresses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  return [...counts].map(([address, count]) => (count > 1 ? `${address} (${count})` : address)).join(', ');
}

/** From what to what each deadline went. */
function movedBy(
  { before, after }: Extract<TicketEvent, { kind: 'reckoned-anew' }>,
  time: (at: string) => string,
): string[] {
  const shown = (at: string | undefined) => (at ? time(at) : 'none');
  return MEASURES.filter((measure) => before[measure] !== after[measure]).map(
    (measure) => `${DEADLINES[measure]} ${shown(before[measure])} before, ${shown(after[measure])} now`,
  );
}
