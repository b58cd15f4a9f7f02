/**
 * What a command does to a ticket: events, nothing to do, or a refusal with its reason. Commands of one mail are
 * decided one after the other, each on the ticket that the last one left; one refusal undoes them all.
 */
import type { Desk } from '../config/desk.ts';
import { type Command, type Commands, didYouMean } from '../mail/commands.ts';
import type { Awaited } from '../sla/clock.ts';
import { route } from '../triage/route.ts';
import { topTier } from './change.ts';
import { type Act, type Decision, nothing, reopenFirst } from './decision.ts';
import { categorise, prioritise, retype, setImpact, setUrgency, spendTime, tag } from './filing.ts';
import { climb } from './next-step.ts';
import { assign, changeRequester, copy, giveToTeam, take, unassign, unwatch, watch } from './people.ts';
import {
  type CommandResult,
  evolve,
  type Happening,
  isActive,
  SHOWN,
  type Shown,
  STATUSES,
  type Status,
  type Ticket,
  unreachable,
} from './ticket.ts';
import { readUntil } from './until.ts';

export interface Decided {
  /** Empty when anything was refused: a mail with a mistake changes nothing. */
  happenings: Happening[];
  lines: CommandResult[];
  refused: boolean;
  /** What the mail asked to be shown. */
  shows: Shown[];
  /** Of which messages it asked for the files: by number, or the latest that has any. */
  files: ('latest' | number)[];
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
    shows: refused ? [] : SHOWN.filter((what) => verbs.includes(what)),
    files: refused
      ? []
      : commands.flatMap(({ verb, value }) =>
          verb === 'files' ? [value === '' ? 'latest' : Number(value)] : [],
        ),
    // Words beside #spam are for colleagues, never for whoever sent it.
    isNote: commands.some(({ verb }) => verb === 'note' || verb === 'spam'),
  };
}

function decide({ verb, value }: Command, ticket: Ticket, act: Act, desk: Desk): Decision {
  switch (verb) {
    case 'take':
      return take(ticket, act);
    case 'assign':
      return assign(value, ticket, act, desk);
    case 'unassign':
      return unassign(ticket, act);
    case 'team':
      return giveToTeam(value, ticket, act, desk);
    case 'requester':
      return changeRequester(value, ticket, act, desk);
    case 'cc':
      return copy(value, ticket, act, desk);
    case 'watch':
      return watch(ticket, act);
    case 'unwatch':
      return unwatch(ticket, act);
    case 'note':
      return { happenings: [], detail: 'kept inside the desk', done: true };
    case 'priority':
      return prioritise(value, ticket, act);
    case 'impact':
      return setImpact(value, ticket, act, desk);
    case 'urgency':
      return setUrgency(value, ticket, act, desk);
    case 'type':
      return retype(value, ticket, act);
    case 'category':
      return categorise(value, ticket, act, desk);
    case 'tag':
      return tag(value, ticket, act);
    case 'time':
      return spendTime(value, ticket, act);
    case 'open':
      return BY_STATUS.open(value, ticket, act, desk);
    case 'waiting':
      return wait(value, ticket, act, desk);
    case 'resolve':
      return resolve(value, ticket, act);
    case 'close':
      return close(value, ticket, act);
    case 'spam':
      return spam(ticket, act);
    case 'stop':
      return stop(ticket, act);
    case 'reopen':
      return reopen(value, ticket, act);
    case 'escalate':
      return escalate(value, ticket, act, desk);
    case 'deescalate':
      return deescalate(value, ticket, act, desk);
    case 'status':
      return value === ''
        ? { happenings: [], detail: `it is ${ticket.status}`, done: true }
        : setStatus(value, ticket, act, desk);
    case 'files':
      return fetchFiles(value, ticket);
    case 'history':
      return { happenings: [], detail: 'the whole conversation is below', done: true };
    case 'help':
      return { happenings: [], detail: 'the commands are listed below', done: true };
    default:
      return unreachable(verb);
  }
}

/** Whether the message has any is known when they are sent. */
function fetchFiles(value: string, { messages }: Ticket): Decision {
  if (value !== '' && !(/^\d{1,6}$/.test(value) && Number(value) >= 1 && Number(value) <= messages))
    return {
      refused: `“${value}” is no message of this ticket; #history shows their numbers, 1 to ${messages}`,
    };
  return { happenings: [], detail: 'see below', done: true };
}

function wait(value: string, ticket: Ticket, { by, now }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  const read = readUntil(value, now, desk.timezone);
  if ('refused' in read) return read;
  const { until, reason } = read;
  if (until && Date.parse(until) <= Date.parse(now))
    return {
      refused: `${until.slice(0, 16).replace('T', ' ')} UTC is past; give a time to come, such as 3d or 2027-01-31`,
    };
  const why = reason || 'waiting for the requester';
  const awaited = awaitedIn(why);
  return {
    happenings: [{ kind: 'paused', until, reason: why, by, awaited }],
    detail: until
      ? `the clock stands until ${until.slice(0, 16).replace('T', ' ')} UTC`
      : awaited === 'requester'
        ? 'the clock stands until the requester answers'
        : 'the clock stands; when nothing has come after a while, the ticket comes back',
  };
}

const OTHERS =
  /^(?:for |on )?(?:the |our |an? )?(?:supplier|vendor|manufacturer|third[- ]party|lieferant|hersteller)\b/i;
const APPROVAL = /^(?:for |on )?(?:the |an? )?(?:approval|genehmigung|freigabe)\b/i;

/** By the reason's first words: whether the requester waits on meanwhile depends on it. */
function awaitedIn(reason: string): Awaited {
  if (OTHERS.test(reason)) return 'third-party';
  return APPROVAL.test(reason) ? 'approval' : 'requester';
}

function resolve(value: string, ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'resolved') return nothing('it is resolved already');
  if (ticket.status === 'closed') return { refused: 'the ticket is closed; #reopen it first' };
  return {
    happenings: [{ kind: 'resolved', reason: value || 'resolved', by, message: null }],
    detail: 'resolved; the requester can reopen it by answering',
  };
}

function close(value: string, ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'closed') return nothing('it is closed already');
  return { happenings: [{ kind: 'closed', reason: value || 'closed', by }], detail: 'closed' };
}

/** Closed without a word: whoever sends spam must not learn that somebody reads it. */
function spam(ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'closed') return nothing('it is closed already');
  const tagged: Happening[] = ticket.tags.includes('spam')
    ? []
    : [{ kind: 'tagged', added: ['spam'], removed: [], by }];
  return {
    happenings: [...tagged, { kind: 'closed', reason: 'spam', by, quiet: true }],
    detail: 'closed as spam; its sender is not told',
  };
}

function stop(ticket: Ticket, { by }: Act): Decision {
  if (ticket.muted?.includes(by)) return nothing('no more mail of this ticket goes to you already');
  return {
    happenings: [{ kind: 'muted', by }],
    detail: 'no more mail of this ticket goes to you; when you write again, it does',
  };
}

function reopen(value: string, ticket: Ticket, { by }: Act): Decision {
  if (isActive(ticket)) return nothing(`it is ${ticket.status}`);
  return {
    happenings: [{ kind: 'reopened', reason: value || 'reopened', by, told: false }],
    detail: 'open again',
  };
}

function escalate(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (ticket.tier >= topTier(desk)) return { refused: `the ticket is at tier ${ticket.tier}, the highest` };
  return {
    happenings: climb(ticket, value || 'no reason was given', by, now, desk, loads),
    detail: `climbs from tier ${ticket.tier} to tier ${ticket.tier + 1}`,
  };
}

/** Down one tier, into other hands: it did not need to be here. */
function deescalate(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (ticket.tier <= 1) return { refused: 'the ticket is at tier 1, the lowest' };
  const to = ticket.tier - 1;
  const reason = value || 'no reason was given';
  const skills = desk.categories.find(({ name }) => name === ticket.category)?.skills ?? [];
  const routed = route({ team: ticket.team, tier: to, skills }, desk, loads, now);
  const assigned: Happening[] =
    routed.assignee && routed.assignee !== ticket.assignee
      ? [
          {
            kind: 'assigned',
            assignee: routed.assignee,
            previous: ticket.assignee,
            reason: routed.reason,
            by,
          },
        ]
      : [];
  return {
    happenings: [{ kind: 'deescalated', from: ticket.tier, to, reason, by }, ...assigned],
    detail: `goes back from tier ${ticket.tier} to tier ${to}`,
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
