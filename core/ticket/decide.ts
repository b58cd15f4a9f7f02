/**
 * What a command does to a ticket: events, nothing to do, or a refusal with its reason. Commands of one mail are
 * decided one after the other, each on the ticket that the last one left; one refusal undoes them all.
 */
import { type Category, type Desk, type Person, PRIORITIES, type Priority } from '../config/desk.ts';
import { type Command, type Commands, didYouMean } from '../mail/commands.ts';
import { type Loads, route } from '../triage/route.ts';
import { topTier } from './change.ts';
import { climb } from './next-step.ts';
import {
  type Actor,
  type CommandResult,
  evolve,
  type Happening,
  isActive,
  STATUSES,
  type Status,
  type Ticket,
  unreachable,
} from './ticket.ts';
import { readUntil } from './until.ts';

export interface Act {
  by: Actor;
  role: 'agent' | 'requester';
  /** ISO 8601 UTC. */
  now: string;
  loads: Loads;
}

export interface Decided {
  /** Empty when anything was refused: a mail with a mistake changes nothing. */
  happenings: Happening[];
  lines: CommandResult[];
  refused: boolean;
  /** What the mail asked to be shown. */
  shows: ('status' | 'help')[];
  isNote: boolean;
}

export function decideCommands(
  { commands, unknown }: Commands,
  ticket: Ticket,
  act: Act,
  desk: Desk,
): Decided {
  const happenings: Happening[] = [];
  const lines: CommandResult[] = unknown.map(({ line, problem }) => ({
    line,
    verb: '',
    outcome: 'unknown',
    detail: problem,
  }));
  let current = ticket;
  for (const command of commands) {
    const decided = decide(command, current, act, desk);
    const { line, verb } = command;
    if ('refused' in decided) {
      lines.push({ line, verb, outcome: 'refused', detail: decided.refused });
      continue;
    }
    lines.push({
      line,
      verb,
      outcome: decided.happenings.length > 0 || decided.done ? 'done' : 'nothing-to-do',
      detail: decided.detail,
    });
    current = decided.happenings.reduce((state, event) => evolve(state, event, act.now), current);
    happenings.push(...decided.happenings);
  }
  const refused = lines.some(({ outcome }) => outcome === 'unknown' || outcome === 'refused');
  const verbs = commands.map(({ verb, value }) => (verb === 'status' && value !== '' ? null : verb));
  return {
    happenings: refused ? [] : happenings,
    lines,
    refused,
    shows: refused ? [] : verbs.filter((verb) => verb === 'status' || verb === 'help'),
    isNote: commands.some(({ verb }) => verb === 'note'),
  };
}

type Decision =
  | {
      happenings: Happening[];
      detail: string /** Done although nothing happened to the ticket. */;
      done?: true;
    }
  | { refused: string };

const NOTHING = (detail: string): Decision => ({ happenings: [], detail });

function decide({ verb, value }: Command, ticket: Ticket, act: Act, desk: Desk): Decision {
  switch (verb) {
    case 'take':
      return take(ticket, act);
    case 'assign':
      return assign(value, ticket, act, desk);
    case 'note':
      return { happenings: [], detail: 'kept inside the desk', done: true };
    case 'priority':
      return prioritise(value, ticket, act);
    case 'category':
      return categorise(value, ticket, act, desk);
    case 'waiting':
      return wait(value, ticket, act, desk);
    case 'resolve':
      return resolve(value, ticket, act);
    case 'close':
      return close(value, ticket, act);
    case 'reopen':
      return reopen(value, ticket, act);
    case 'escalate':
      return escalate(value, ticket, act, desk);
    case 'status':
      return value === ''
        ? { happenings: [], detail: `it is ${ticket.status}`, done: true }
        : setStatus(value, ticket, act, desk);
    case 'help':
      return { happenings: [], detail: 'the commands are listed below', done: true };
    default:
      return unreachable(verb);
  }
}

function take(ticket: Ticket, { by }: Act): Decision {
  if (ticket.assignee === by) return NOTHING('it is yours already');
  return {
    happenings: [{ kind: 'assigned', assignee: by, previous: ticket.assignee, reason: 'taken', by }],
    detail: 'the ticket is yours',
  };
}

function assign(value: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const found = findPerson(value, desk);
  if ('refused' in found) return found;
  const { address, name } = found;
  if (ticket.assignee === address) return NOTHING(`${name} has it already`);
  return {
    happenings: [
      { kind: 'assigned', assignee: address, previous: ticket.assignee, reason: `assigned by ${by}`, by },
    ],
    detail: `given to ${name}`,
  };
}

/** By address or by an unambiguous part of the name. */
function findPerson(value: string, desk: Desk): Person | { refused: string } {
  const wanted = value
    .toLowerCase()
    .replace(/^(to\s+)?<?|>$/g, '')
    .trim();
  const people = desk.people.filter(({ role }) => role !== 'manager');
  const byAddress = people.find(
    ({ address, alternates }) => address === wanted || alternates.includes(wanted),
  );
  if (byAddress) return byAddress;
  const byName = people.filter(
    ({ name }) => name.toLowerCase() === wanted || name.toLowerCase().split(/\s+/).includes(wanted),
  );
  if (byName.length === 1) return byName[0] as Person;
  if (byName.length > 1)
    return {
      refused: `“${value}” may be ${byName.map(({ address }) => address).join(' or ')}; say which by address`,
    };
  const suggestion = didYouMean(wanted, [
    ...people.map(({ address }) => address),
    ...people.map(({ name }) => name.toLowerCase()),
  ]);
  return { refused: `nobody here is called “${value}”${suggestion ? `; did you mean ${suggestion}?` : ''}` };
}

const PRIORITY_WORDS: Record<string, Priority> = {
  critical: 'P1',
  urgent: 'P1',
  high: 'P2',
  medium: 'P3',
  normal: 'P3',
  low: 'P4',
  1: 'P1',
  2: 'P2',
  3: 'P3',
  4: 'P4',
};

function prioritise(value: string, ticket: Ticket, { by }: Act): Decision {
  const word = value.toLowerCase();
  const priority = PRIORITIES.find((known) => known.toLowerCase() === word) ?? PRIORITY_WORDS[word];
  if (!priority)
    return {
      refused: `“${value}” is no priority; allowed are ${PRIORITIES.join(', ')} or critical, high, medium, low`,
    };
  if (!isActive(ticket)) return { refused: `the ticket is ${ticket.status}; #reopen it first` };
  if (priority === ticket.priority) return NOTHING(`it is ${priority} already`);
  const { impact, urgency } = ticket;
  return {
    happenings: [
      {
        kind: 'prioritised',
        impact,
        urgency,
        priority,
        previous: ticket.priority,
        reason: 'set by command',
        by,
      },
    ],
    detail: `now ${priority}, before ${ticket.priority}`,
  };
}

function categorise(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  const word = value.toLowerCase();
  const category = desk.categories.find(({ name, title }) => name === word || title.toLowerCase() === word);
  if (!category) {
    const names = desk.categories.map(({ name }) => name);
    const suggestion = didYouMean(word, names);
    return {
      refused: `there is no category “${value}”${suggestion ? `; did you mean ${suggestion}?` : ''} Allowed are ${names.join(', ')}`,
    };
  }
  if (!isActive(ticket)) return { refused: `the ticket is ${ticket.status}; #reopen it first` };
  if (category.name === ticket.category) return NOTHING(`it is filed under ${category.name} already`);
  const filed: Happening = {
    kind: 'categorised',
    category: category.name,
    previous: ticket.category,
    team: category.team,
    by,
  };
  if (category.team === ticket.team) return { happenings: [filed], detail: `filed under ${category.title}` };
  return {
    happenings: [filed, ...handOver(category, ticket, by, now, desk, loads)],
    detail: `filed under ${category.title}, which is the ${category.team} team's`,
  };
}

function handOver(
  category: Category,
  ticket: Ticket,
  by: Actor,
  now: string,
  desk: Desk,
  loads: Loads,
): Happening[] {
  const routed = route({ team: category.team, tier: ticket.tier, skills: category.skills }, desk, loads, now);
  return routed.assignee
    ? [{ kind: 'assigned', assignee: routed.assignee, previous: ticket.assignee, reason: routed.reason, by }]
    : [];
}

function wait(value: string, ticket: Ticket, { by, now }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return { refused: `the ticket is ${ticket.status}; #reopen it first` };
  const read = readUntil(value, now, desk.timezone);
  if ('refused' in read) return read;
  const { until, reason } = read;
  if (until && Date.parse(until) <= Date.parse(now))
    return {
      refused: `${until.slice(0, 16).replace('T', ' ')} UTC is past; give a time to come, such as 3d or 2027-01-31`,
    };
  const why = reason || 'waiting for the requester';
  return {
    happenings: [{ kind: 'paused', until, reason: why, by }],
    detail: until
      ? `the clock stands until ${until.slice(0, 16).replace('T', ' ')} UTC`
      : 'the clock stands until the requester answers',
  };
}

function resolve(value: string, ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'resolved') return NOTHING('it is resolved already');
  if (ticket.status === 'closed') return { refused: 'the ticket is closed; #reopen it first' };
  return {
    happenings: [{ kind: 'resolved', reason: value || 'resolved', by, message: null }],
    detail: 'resolved; the requester can reopen it by answering',
  };
}

function close(value: string, ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'closed') return NOTHING('it is closed already');
  return { happenings: [{ kind: 'closed', reason: value || 'closed', by }], detail: 'closed' };
}

function reopen(value: string, ticket: Ticket, { by }: Act): Decision {
  if (isActive(ticket)) return NOTHING(`it is ${ticket.status}`);
  return {
    happenings: [{ kind: 'reopened', reason: value || 'reopened', by, told: false }],
    detail: 'open again',
  };
}

function escalate(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return { refused: `the ticket is ${ticket.status}; #reopen it first` };
  if (ticket.tier >= topTier(desk)) return { refused: `the ticket is at tier ${ticket.tier}, the highest` };
  return {
    happenings: climb(ticket, value || 'no reason was given', by, now, desk, loads),
    detail: `climbs from tier ${ticket.tier} to tier ${ticket.tier + 1}`,
  };
}

function setStatus(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const [word = '', ...rest] = value.split(/\s+/);
  const status = STATUSES.find((known) => known === word.toLowerCase());
  if (act.role === 'requester')
    return { refused: 'a requester’s #status takes no value; #close and #reopen change it' };
  if (!status || status === 'new') {
    const suggestion = didYouMean(word.toLowerCase(), STATUSES);
    return {
      refused: `“${word}” is no status to set${suggestion && suggestion !== 'new' ? `; did you mean ${suggestion}?` : ''} Allowed are open, waiting, resolved, closed`,
    };
  }
  return BY_STATUS[status](rest.join(' '), ticket, act, desk);
}

const BY_STATUS: Record<
  Exclude<Status, 'new'>,
  (value: string, ticket: Ticket, act: Act, desk: Desk) => Decision
> = {
  open: (value, ticket, act) =>
    ticket.status === 'waiting'
      ? {
          happenings: [{ kind: 'resumed', reason: value || 'set by command', by: act.by }],
          detail: 'open again',
        }
      : reopen(value, ticket, act),
  waiting: wait,
  resolved: resolve,
  closed: close,
};
