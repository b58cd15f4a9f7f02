/** Who has to do with a ticket: whose hands it is in, whose request it is, who reads along. */
import type { Category, Desk, Person, Team } from '../config/desk.ts';
import { didYouMean } from '../mail/commands.ts';
import type { Address } from '../mail/email.ts';
import { mayHold, personOf } from '../mail/standing.ts';
import { awayUntil } from '../triage/presence.ts';
import { isFull, type Loads, route } from '../triage/route.ts';
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
import { type Actor, type Happening, isActive, type Ticket } from './ticket.ts';

export function take(ticket: Ticket, { by }: Act, desk: Desk): Decision {
  if (!mayHold(by, desk))
    return {
      refused: 'a manager holds no tickets; #assign gives it to one of a team',
      said: { key: 'managers-hold-none' },
    };
  if (ticket.assignee === by) return nothing('it is yours already', { key: 'yours-already' });
  return {
    happenings: [{ kind: 'assigned', assignee: by, previous: ticket.assignee, reason: 'taken', by }],
    detail: 'the ticket is yours',
    said: { key: 'yours' },
  };
}

/** Whoever gives it by hand has his reasons: an absence or a cap is said, and keeps nothing from it. */
export function assign(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  const found = findPerson(value, desk);
  if ('refused' in found) return found;
  const { address, name } = found;
  if (ticket.assignee === address)
    return nothing(`${name} has it already`, { key: 'theirs-already', facts: { name } });
  return {
    happenings: [
      { kind: 'assigned', assignee: address, previous: ticket.assignee, reason: `assigned by ${by}`, by },
    ],
    ...givenTo(found, now, desk, loads),
  };
}

function givenTo(person: Person, now: string, desk: Desk, loads: Loads): { detail: string; said: Saying } {
  const { address, name, cap } = person;
  const load = loads.get(address);
  const absence = awayUntil(person, load?.away, desk, now);
  if (absence)
    return {
      detail: `given to ${name}, who is away until ${absence.day}`,
      said: { key: 'given-to-absent', facts: { name, until: absence.day } },
    };
  if (isFull(person, loads))
    return {
      detail: `given to ${name}, who has ${load?.open} open tickets and a cap of ${cap}`,
      said: { key: 'given-to-full', facts: { name, count: String(load?.open), cap: String(cap) } },
    };
  return { detail: `given to ${name}`, said: { key: 'given-to', facts: { name } } };
}

/** Back to nobody: whoever is next takes it, and the lead hears that it is free. */
export function unassign(ticket: Ticket, { by }: Act): Decision {
  if (!ticket.assignee) return nothing('it is in nobody’s hands', { key: 'nobodys-already' });
  return {
    happenings: [{ kind: 'unassigned', previous: ticket.assignee, by }],
    detail: 'it is in nobody’s hands now; the lead of the team is told',
    said: { key: 'nobodys' },
  };
}

export function giveToTeam(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  const team = findTeam(value, desk);
  if ('refused' in team) return team;
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (team.name === ticket.team)
    return nothing(`it is ${team.title}’s already`, { key: 'theirs-already', facts: { name: team.title } });
  const given: Happening = {
    kind: 'given-to-team',
    team: team.name,
    previous: ticket.team,
    reason: `given by ${by}`,
    by,
  };
  return {
    happenings: [given, ...intoHands({ team: team.name, skills: [] }, ticket, by, now, desk, loads)],
    detail: `given to ${team.title}`,
    said: { key: 'given-to', facts: { name: team.title } },
  };
}

/** Somebody called, or the mail was written for somebody else: whose request it is. */
export function changeRequester(value: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const step = stepStays(ticket);
  if (step) return step;
  const requester = readAddress(value);
  if (!requester)
    return {
      refused: `“${value}” is no address; write #requester ada@example.com`,
      said: { key: 'no-address', facts: { value, example: '#requester ada@example.com' } },
    };
  if (requester.address === ticket.requester.address)
    return nothing(`it is ${requester.address}’s request already`, {
      ...{ key: 'request-already', facts: { address: requester.address } },
    });
  const inside = outsideOnly(requester, desk);
  if (inside) return inside;
  return {
    happenings: [
      { kind: 'requester-changed', requester, previous: ticket.requester, by },
      // It stood still because nothing reached the one before.
      ...(ticket.waiting?.undeliverable
        ? [{ kind: 'resumed', reason: 'it is somebody else’s request now', by } as const]
        : []),
    ],
    detail: `the request of ${requester.address} now, before of ${ticket.requester.address}; nothing more goes to the latter`,
    said: {
      key: 'request-of',
      facts: { address: requester.address, previous: ticket.requester.address },
    },
  };
}

/** A person of the desk may ask for help as well; the desk’s own addresses may not. */
function outsideOnly({ address }: Address, desk: Desk): Decision | null {
  return address.endsWith(`@${desk.domain}`)
    ? {
        refused: `${address} is an address of the desk itself`,
        said: { key: 'own-address', facts: { address } },
      }
    : null;
}

const MOST_COPIES = 48;

/** `+a@example.com -b@example.com`: without a sign somebody is added. */
export function copy(value: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const step = stepStays(ticket);
  if (step) return step;
  const added: Address[] = [];
  const removed: string[] = [];
  for (const word of value.split(/[\s,;]+/).filter((each) => each !== '')) {
    const found = readAddress(word.replace(/^[+-]/, ''));
    if (!found)
      return {
        refused: `“${word}” is no address; write #cc +ada@example.com -bob@example.com`,
        said: { key: 'no-address', facts: { value: word, example: '#cc +ada@example.com -bob@example.com' } },
      };
    const { address } = found;
    const inside = outsideOnly(found, desk);
    if (inside) return inside;
    if (personOf(address, desk))
      return {
        refused: `${address} is of the desk: #assign it to them, or let them #watch it`,
        said: { key: 'of-the-desk', facts: { address } },
      };
    const isCopied = ticket.participants.some((each) => each.address === address && each.role === 'cc');
    if (word.startsWith('-')) {
      if (address === ticket.requester.address)
        return {
          refused: `${address} is the requester; #requester changes who that is`,
          said: { key: 'is-requester', facts: { address } },
        };
      if (isCopied) removed.push(address);
    } else if (!isCopied && address !== ticket.requester.address) added.push(found);
  }
  if (added.length + removed.length === 0) return nothing('nobody to add or to remove', { key: 'no-copies' });
  if (ticket.participants.length + added.length > MOST_COPIES)
    return {
      refused: `more than ${MOST_COPIES} people cannot be on copy`,
      said: { key: 'too-many-copies', facts: { most: String(MOST_COPIES) } },
    };
  const changes = [...added.map(({ address }) => `+${address}`), ...removed.map((address) => `-${address}`)];
  return {
    happenings: [{ kind: 'copies-changed', added, removed, by }],
    detail: `on copy from now on: ${changes.join(' ')}`,
    said: { key: 'copies', facts: { changes: changes.join(' ') } },
  };
}

export function watch(ticket: Ticket, { by }: Act): Decision {
  if (ticket.watchers?.includes(by)) return nothing('you watch it already', { key: 'watched-already' });
  return {
    happenings: [{ kind: 'watched', by }],
    detail: 'you read along: every message of this ticket comes to you',
    said: { key: 'watched' },
  };
}

export function unwatch(ticket: Ticket, { by }: Act): Decision {
  if (!ticket.watchers?.includes(by)) return nothing('you do not watch it', { key: 'unwatched-already' });
  return {
    happenings: [{ kind: 'unwatched', by }],
    detail: 'you no longer read along',
    said: { key: 'unwatched' },
  };
}

/** `ida@example.org`, or `Ida Moll <ida@example.org>`. */
export function readAddress(text: string): Address | null {
  const found =
    /^(?:"?([^"<>]{0,120}?)"?\s*<)?([^\s@<>"(),:;\\[\]]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})>?$/i.exec(
      text.trim(),
    );
  return found?.[2] ? { address: found[2].toLowerCase(), name: (found[1] ?? '').trim() } : null;
}

/** By its name or its title. */
export function findTeam(value: string, desk: Desk): Team | Refused {
  const word = value.toLowerCase();
  const team = desk.teams.find(({ name, title }) => name === word || title.toLowerCase() === word);
  if (team) return team;
  const names = desk.teams.map(({ name }) => name);
  const suggestion = didYouMean(word, names);
  return {
    said: notFound('team', value, suggestion, names),
    refused: `there is no team “${value}”${suggestion ? `; did you mean ${suggestion}?` : ''} Allowed are ${names.join(', ')}`,
  };
}

/** By address, as mail programs write it too, or by an unambiguous part of the name. */
function findPerson(value: string, desk: Desk): Person | Refused {
  const said = value.replace(/^to\s+/i, '').replace(/\s+>$/, '>');
  const wanted = readAddress(said)?.address ?? said.toLowerCase();
  const people = desk.people.filter(({ role }) => role !== 'manager');
  const byAddress = people.find(
    ({ address, alternates }) => address === wanted || alternates.includes(wanted),
  );
  if (byAddress) return byAddress;
  const byName = people.filter(
    ({ name }) => name.toLowerCase() === wanted || name.toLowerCase().split(/\s/).includes(wanted),
  );
  const [found, ...others] = byName;
  if (found && others.length === 0) return found;
  if (found)
    return {
      refused: `“${value}” may be ${byName.map(({ address }) => address).join(' or ')}; say which by address`,
      said: {
        key: 'several-people',
        facts: { value, people: byName.map(({ address }) => address).join(', ') },
      },
    };
  const suggestion = didYouMean(wanted, [
    ...people.map(({ address }) => address),
    ...people.map(({ name }) => name.toLowerCase()),
  ]);
  return {
    refused: `nobody here is called “${value}”${suggestion ? `; did you mean ${suggestion}?` : ''}`,
    said: suggestion
      ? { key: 'nobody-called-so-but', facts: { value, suggestion } }
      : { key: 'nobody-called-so', facts: { value } },
  };
}

/** Into the hands of somebody of another team, or of the same. */
export function intoHands(
  { team, skills }: Pick<Category, 'team' | 'skills'>,
  ticket: Ticket,
  by: Actor,
  now: string,
  desk: Desk,
  loads: Loads,
): Happening[] {
  const { tier, priority } = ticket;
  const routed = route({ team, tier, skills, priority }, desk, loads, now);
  return routed.assignee
    ? [{ kind: 'assigned', assignee: routed.assignee, previous: ticket.assignee, reason: routed.reason, by }]
    : [];
}
