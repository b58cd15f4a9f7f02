/** What two tickets have to do with each other, and how one goes on as another. Both keep it, in one transaction. */
import type { Desk } from '../config/desk.ts';
import { didYouMean, MOST_NAMED, readSplit, readTicketId } from '../mail/commands.ts';
import { isConfidential } from '../mail/referral.ts';
import { personOf } from '../mail/standing.ts';
import { route } from '../triage/route.ts';
import { demanded, unapproved } from './approval.ts';
import { mayRead } from './audience.ts';
import {
  type Act,
  type Decision,
  notFound,
  nothing,
  type Refused,
  reopenFirst,
  type Saying,
  stepStays,
} from './decision.ts';
import {
  type Actor,
  DESK,
  type Happening,
  isActive,
  type Link,
  RELATIONS,
  type Relation,
  type Ticket,
  type TicketEvent,
} from './ticket.ts';

/** What this ticket is to the other, when the other is that to it. */
const INVERSE: Record<Relation, Relation> = {
  problem: 'incident',
  incident: 'problem',
  blocks: 'blocked-by',
  'blocked-by': 'blocks',
  duplicate: 'duplicate',
  related: 'related',
};

export const MOST_LINKS = 50;
/** They lie in the snapshot of the problem, which is written with each: 500 are 25 KB. */
export const MOST_INCIDENTS = 500;
/** What is said to all is one transaction of at most a hundred writes: so many events, each for some of them. */
const MOST_PAGES = 20;

/** `T-7K4M2Q problem`: the other one is the problem behind this one. Without a word they are related. */
export function link(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const [id = '', ...words] = value.split(/\s+/);
  const other = findOther(id, ticket, act, desk);
  if ('refused' in other) return other;
  const word = words.join('-').toLowerCase() || 'related';
  const relation = RELATIONS.find((each) => each === word);
  if (relation) return tie(other, relation, ticket, act);
  const suggestion = didYouMean(word, RELATIONS);
  return {
    said: notFound('relation', words.join(' '), suggestion, RELATIONS),
    refused: `“${words.join(' ')}” is nothing that one ticket can be to another${suggestion ? `; did you mean ${suggestion}?` : ''} Allowed are ${RELATIONS.join(', ')}`,
  };
}

export function duplicate(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const other = findOther(value, ticket, act, desk);
  return 'refused' in other ? other : tie(other, 'duplicate', ticket, act);
}

function tie(other: Ticket, relation: Relation, ticket: Ticket, { by }: Act): Decision {
  const known = ticket.links?.find(({ id }) => id === other.id);
  if (known && (known.relation === relation || known.relation === 'step' || known.relation === 'part-of'))
    return nothing(`${other.id} is linked as ${known.relation} already`, {
      key: 'linked-already',
      facts: { ticket: other.id, relation: known.relation },
    });
  if (known?.relation === 'merged-here' || known?.relation === 'merged-into')
    return refuse(`one of ${ticket.id} and ${other.id} went on as the other`, 'linked-by-merge', {
      ticket: other.id,
    });
  const full = fullOf([ticket, other], known !== undefined);
  if (full) return full;
  return {
    happenings: [{ kind: 'linked', relation, to: other.id, by }],
    elsewhere: {
      before: other,
      happenings: [{ kind: 'linked', relation: INVERSE[relation], to: ticket.id, by }],
    },
    detail: `linked with ${other.id} as ${relation}${known ? `, before as ${known.relation}` : ''}`,
    said: { key: 'linked', facts: { ticket: other.id, relation } },
  };
}

function fullOf(both: readonly Ticket[], known: boolean): Refused | null {
  const full = known ? null : both.find(({ links = [] }) => links.length >= MOST_LINKS);
  return full
    ? refuse(`${full.id} has ${MOST_LINKS} links, and no more are kept`, 'links-full', {
        ticket: full.id,
        most: String(MOST_LINKS),
      })
    : null;
}

function refuse(refused: string, key: Saying['key'], facts: Record<string, string> = {}): Refused {
  return { refused, said: { key, facts } };
}

/** As many as #cc allows. */
const MOST_PEOPLE = 48;

/**
 * This ticket is closed and goes on as the other one. Its people take part there from now on, each as somebody on copy;
 * what was said there before they are not told.
 */
export function merge(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const { by } = act;
  const other = findOther(value, ticket, act, desk);
  if ('refused' in other) return other;
  const step = stepStays(ticket) ?? stepStays(other);
  if (step) return step;
  if (ticket.status === 'closed') return reopenFirst(ticket);
  if (other.mergedInto === ticket.id)
    return refuse(`${other.id} goes on as this ticket already`, 'merged-here-already', { ticket: other.id });
  if (other.mergedInto)
    return refuse(
      `${other.id} goes on as ${other.mergedInto}; #merge ${other.mergedInto} instead`,
      'merged-elsewhere',
      { ticket: other.id, into: other.mergedInto },
    );
  if (!isActive(other))
    return refuse(`${other.id} is ${other.status}; #reopen it there first`, 'not-worked-on', {
      ticket: other.id,
    });
  const known = ticket.links?.some(({ id }) => id === other.id) ?? false;
  const full = fullOf([ticket, other], known);
  if (full) return full;
  const coming = ticket.participants.filter(
    ({ address }) => !other.participants.some((each) => each.address === address),
  );
  // One of the desk's people on copy would be somebody outside: he reads along instead.
  const added = coming
    .filter(({ address }) => !personOf(address, desk))
    .map(({ address, name }) => ({ address, name }));
  if (other.participants.length + added.length > MOST_PEOPLE)
    return refuse(
      `with the people of both, more than ${MOST_PEOPLE} would be on copy of ${other.id}`,
      'too-many-copies',
      { most: String(MOST_PEOPLE) },
    );
  const watchers = [...coming.map(({ address }) => address), ...(ticket.watchers ?? [])].filter(
    (address) => personOf(address, desk) && address !== other.assignee && !other.watchers?.includes(address),
  );
  return {
    happenings: [{ kind: 'merged', into: other.id, by }],
    elsewhere: {
      before: other,
      happenings: [
        {
          kind: 'merged-in',
          from: ticket.id,
          requester: ticket.requester,
          added,
          watchers: [...new Set(watchers)],
          muted: (ticket.muted ?? []).filter((address) => added.some((each) => each.address === address)),
          by,
        },
      ],
    },
    detail: `it goes on as ${other.id}; ${ticket.requester.address} is told, and replies lead there`,
    said: { key: 'merged', facts: { ticket: other.id, requester: ticket.requester.address } },
  };
}

/** One message is another matter: it begins a ticket of its own for the same requester, and stays in this one too. */
export function split(value: string, ticket: Ticket, { by, split: prepared }: Act, desk: Desk): Decision {
  const { number, subject } = readSplit(value);
  if (!prepared)
    return number === null
      ? refuse('there is no message from outside that could be split off', 'nothing-to-split')
      : refuse(
          `message ${number} is none from outside that could be split off; #history shows their numbers`,
          'not-to-split',
          { value: String(number) },
        );
  const { message, open } = prepared;
  if (message.number === 1 && ticket.messages === 1)
    return refuse('this ticket has no other message; #category files it anew', 'only-message');
  const opens = open(subject || ticket.subject);
  if (ticket.links?.some(({ id }) => id === opens.id))
    return refuse('one mail splits off one ticket; send another one for the next', 'split-once');
  const full = fullOf([ticket], false);
  if (full) return full;
  if (isConfidential(ticket.team, desk) && opens.opened.team !== ticket.team)
    return refuse(
      `it would go to ${opens.opened.team}, and what is said in this ticket stays with ${ticket.team}`,
      'stays-with',
      { team: ticket.team, other: opens.opened.team },
    );
  const linked: Happening = { kind: 'linked', relation: 'related', to: ticket.id, by };
  return {
    happenings: [{ kind: 'split-off', message: message.number, to: opens.id, by }],
    opens: { ...opens, also: [...opens.also, linked] },
    detail: `message ${message.number} is ${opens.id} now, for ${ticket.requester.address}`,
    said: {
      key: 'split',
      facts: {
        ...{ message: String(message.number), ticket: opens.id },
        requester: ticket.requester.address,
      },
    },
  };
}

/**
 * The same request once more, for what takes two tickets to do: its first message begins another one, filed as this one
 * and linked with it. Its requester asked once and is told nothing; he hears of it when it is answered.
 */
export function clone(
  value: string,
  ticket: Ticket,
  { by, now, loads, split: prepared }: Act,
  desk: Desk,
): Decision {
  if (!prepared)
    return refuse(
      'its first message did not come from outside, and cannot begin another ticket',
      'not-to-clone',
    );
  const { id, message } = prepared;
  if (ticket.links?.some((each) => each.id === id))
    return refuse('one mail splits off one ticket; send another one for the next', 'split-once');
  const full = fullOf([ticket], false);
  if (full) return full;
  const { team, category, type, impact, urgency, priority, language, mailbox, requester, flagged } = ticket;
  const filed = desk.categories.find(({ name }) => name === category);
  const { tier = 1, skills = [] } = filed ?? {};
  const subject = value || ticket.subject;
  const { assignee, reason } = route({ team, tier, skills, priority }, desk, loads, now);
  const given = { assignee, previous: null, reason, by: DESK };
  return {
    happenings: [{ kind: 'cloned', to: id, by }],
    opens: {
      ...{ id, message },
      opened: {
        ...{ kind: 'opened', subject, requester, cc: [], mailbox, type, team, tier, category },
        ...{ impact, urgency, priority, language, flagged, follows: null, acknowledge: false },
        ...{ message: 1, messageId: null, reasons: [{ what: 'assignee', why: reason }] },
      },
      also: [
        ...(assignee ? [{ ...given, kind: 'assigned', assignee } as const] : []),
        ...demanded(category, subject, desk),
        { kind: 'linked', relation: 'related', to: ticket.id, by },
      ],
    },
    detail: `${id} begins with the same request of ${requester.address}, who is not told`,
    said: { key: 'cloned', facts: { ticket: id, requester: requester.address } },
  };
}

/** With a problem its incidents are solved: each is told by itself, in a change of its own. */
export function solveIncidents(ticket: Ticket, reason: string, by: Actor): Happening[] {
  return incidentPages(ticket).map((page) => ({
    ...{ kind: 'solution-passed-on', ...page, reason, message: null, by },
  }));
}

export function incidentsOf({ links = [] }: Ticket): Link[] {
  return links.filter(({ relation }) => relation === 'incident');
}

/** Each incident once; few of them have an event each. */
export function incidentPages(ticket: Ticket): { to: string; others?: string[] }[] {
  const ids = incidentsOf(ticket).map(({ id }) => id);
  const most = Math.max(1, Math.ceil(ids.length / MOST_PAGES));
  return ids.flatMap((to, at) => {
    if (at % most > 0) return [];
    const others = ids.slice(at + 1, at + most);
    return [others.length > 0 ? { to, others } : { to }];
  });
}

/**
 * What that does to the incident: the same words for its own people. Null when it is no more this problem's, is not
 * worked on any more, waits for an approval, was solved by this before and taken up again since, or has gone where such
 * words must not go.
 */
export function receiveSolution(
  incident: Ticket,
  problem: Ticket,
  { number, by, reason, message }: Extract<TicketEvent, { kind: 'solution-passed-on' }>,
  desk: Desk,
): Happening[] | null {
  const known = incident.links?.find(({ id }) => id === problem.id);
  if (known?.relation !== 'problem' || known.solvedBy === number || !isActive(incident)) return null;
  if (!mayRead(by, incident, desk) || areApart(incident, problem, desk)) return null;
  if (unapproved(incident, desk)) return null;
  const said = message === null ? null : incident.messages + 1;
  return [
    ...(incident.status === 'new' ? [{ kind: 'started', by } as const] : []),
    ...(said === null
      ? []
      : [{ kind: 'answered', message: said, by, messageId: null, with: 'resolved' } as const]),
    { kind: 'resolved', reason, by, message: said, problem: { id: problem.id, event: number } },
  ];
}

/** What the agent may not read is not there for him. */
function findOther(word: string, ticket: Ticket, { by, others }: Act, desk: Desk): Ticket | Refused {
  const id = readTicketId(word);
  const example = ticket.id || 'T-7K4M2Q';
  if (!id)
    return refuse(`“${word}” is no ticket’s number; write it like ${example}`, 'no-ticket-number', {
      value: word,
      example,
    });
  if (ticket.id === '')
    return refuse('this ticket has no number yet; answer its first mail with the command', 'no-number-yet');
  if (id === ticket.id) return refuse(`${id} is this ticket itself`, 'this-ticket', { ticket: id });
  const other = others?.get(id);
  if (!other && (others?.size ?? 0) >= MOST_NAMED)
    return refuse(
      `one mail can name ${MOST_NAMED} other tickets; name ${id} in another one`,
      'too-many-named',
      { most: String(MOST_NAMED), ticket: id },
    );
  if (!other || !mayRead(by, other, desk))
    return refuse(`there is no ticket ${id}`, 'no-such-ticket', { ticket: id });
  if (areApart(ticket, other, desk))
    return refuse(`${id} and ${ticket.id} stay apart: one of them is a confidential team’s`, 'apart', {
      ticket: id,
    });
  return other;
}

export function areApart(one: Pick<Ticket, 'team'>, other: Pick<Ticket, 'team'>, desk: Desk): boolean {
  return one.team !== other.team && [one, other].some(({ team }) => isConfidential(team, desk));
}
