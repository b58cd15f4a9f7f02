/**
 * What a command does to a ticket: events, nothing to do, or a refusal with its reason. Commands of one mail are
 * decided one after the other, each on the ticket that the last one left; one refusal undoes them all.
 */
import type { Desk } from '../config/desk.ts';
import type { MacroFile } from '../config/macro-files.ts';
import { type Command, type Commands, didYouMean, type VerbName } from '../mail/commands.ts';
import type { Awaited } from '../sla/clock.ts';
import type { Presence } from '../triage/presence.ts';
import { route } from '../triage/route.ts';
import { setDue, snooze } from './agenda.ts';
import { askApproval, unapproved } from './approval.ts';
import { makeArticle, recordFix, unfixed } from './article.ts';
import { topTier } from './change.ts';
import {
  type Act,
  type Decision,
  type Elsewhere,
  NO_REASON,
  notFound,
  nothing,
  type Opens,
  reopenFirst,
  type Saying,
} from './decision.ts';
import { extend } from './extension.ts';
import { setField } from './fields.ts';
import { categorise, prioritise, retype, setImpact, setUrgency, spendTime, tag } from './filing.ts';
import { mayHappen } from './life.ts';
import { clone, duplicate, incidentsOf, link, merge, solveIncidents, split } from './links.ts';
import { filesOf, unfold, useMacro, wordsOf } from './macros.ts';
import { climb } from './next-step.ts';
import { assign, changeRequester, copy, giveToTeam, take, unassign, unwatch, watch } from './people.ts';
import { makeProblem, tell, unlink } from './recurrence.ts';
import { redact, undo } from './second-thoughts.ts';
import { takeUp } from './stand-in.ts';
import { openSteps } from './steps.ts';
import {
  type CommandResult,
  evolve,
  type Happening,
  isActive,
  isOfTheDesk,
  type Look,
  SHOWN,
  type Shown,
  STATUSES,
  type Status,
  type Ticket,
  unreachable,
} from './ticket.ts';
import { inZone, readUntil } from './until.ts';
import { block, spam } from './unwanted.ts';
import { planVisit, saysCalledOff } from './visit.ts';
import { collect, decideApart, nothingApart } from './without-ticket.ts';

export interface Decided {
  /** Empty when anything was refused: a mail with a mistake changes nothing. */
  happenings: Happening[];
  /** The same for other tickets, each once. */
  elsewhere: Elsewhere[];
  /** A ticket that was split off. */
  opens: Opens | null;
  lines: CommandResult[];
  refused: boolean;
  /** What the mail asked to be shown. */
  shows: Shown[];
  /** Of which messages it asked for the files: by number, or the latest that has any. */
  files: ('latest' | number)[];
  /** What it asked to see of other tickets. */
  looks: Look[];
  /** Who is away from now on, or there again. */
  presence: Presence | null;
  isNote: boolean;
  /** What macros and the values of notes say: it leads the writer's own words. */
  words: string;
  /** What macros attach. */
  encloses: MacroFile[];
}

/** One transaction takes a hundred writes, and the mail's own are among them. */
const MOST_HAPPENINGS = 70;

export function decideCommands(
  { commands: asked, unknown, text }: Commands,
  ticket: Ticket,
  act: Act,
  desk: Desk,
): Decided {
  const commands = fixesFirst(unfold(asked, desk));
  // Words beside #spam are for colleagues, never for whoever sent it.
  const isNote = commands.some(({ verb }) => verb === 'note' || verb === 'spam' || verb === 'block');
  const happenings: Happening[] = [];
  const lines: CommandResult[] = unknown.map(({ line, problem, said }) => ({
    line,
    verb: '',
    outcome: 'unknown',
    detail: problem,
    ...(said ? { said } : {}),
  }));
  let current = ticket;
  const others = new Map(act.others);
  const elsewhere = new Map<string, Elsewhere>();
  const apart = nothingApart();
  let written = 0;
  let opens: Opens | null = null;
  for (const command of commands) {
    const decided = collect(
      decide(command, current, { ...act, others, words: isNote ? '' : text }, desk),
      apart,
    );
    const { line, verb } = command;
    const { said } = decided;
    if ('refused' in decided) {
      lines.push({ line, verb, outcome: 'refused', detail: decided.refused, said });
      continue;
    }
    written += decided.happenings.length + (decided.elsewhere?.happenings.length ?? 0);
    if (written > MOST_HAPPENINGS) {
      lines.push(tooMuch({ line, verb }));
      continue;
    }
    lines.push({
      line,
      verb,
      outcome: decided.happenings.length > 0 || decided.done ? 'done' : 'nothing-to-do',
      detail: decided.detail,
      said,
    });
    current = decided.happenings.reduce((state, event) => evolve(state, event, act.now), current);
    happenings.push(...decided.happenings);
    opens = decided.opens ?? opens;
    if (decided.elsewhere) {
      const { before, happenings: also } = decided.elsewhere;
      const first = elsewhere.get(before.id) ?? { before, happenings: [] };
      elsewhere.set(before.id, { ...first, happenings: [...first.happenings, ...also] });
      others.set(
        before.id,
        also.reduce((state, event) => evolve(state, event, act.now), before),
      );
    }
  }
  const refused = lines.some(({ outcome }) => outcome === 'unknown' || outcome === 'refused');
  const ended = refused ? null : saysCalledOff(current, act.now);
  if (ended) lines.push({ line: '(#visit)', verb: 'visit', outcome: 'done', ...ended });
  // `#note words` says the words as well as what follows.
  const noted = commands.flatMap(({ verb, value }) => (verb === 'note' ? [value] : []));
  // So does `#tell words`.
  const told = commands.flatMap(({ verb, value }) => (verb === 'tell' ? [value] : []));
  const verbs = commands.map(({ verb, value }) => (verb === 'status' && value !== '' ? null : verb));
  return {
    happenings: refused ? [] : happenings,
    elsewhere: refused ? [] : [...elsewhere.values()],
    opens: refused ? null : opens,
    lines: refused ? lines.map(notDone) : lines,
    refused,
    shows: refused ? [] : SHOWN.filter((what) => verbs.includes(what)),
    files: refused
      ? []
      : commands.flatMap(({ verb, value }) =>
          verb === 'files' ? [value === '' ? 'latest' : Number(value)] : [],
        ),
    ...(refused ? nothingApart() : apart),
    isNote,
    words: [wordsOf(commands, ticket, act, desk), ...(isNote ? noted : []), ...told]
      .filter((words) => words !== '')
      .join('\n\n'),
    encloses: filesOf(commands, desk),
  };
}

/** What became of a command whose mail, or the whole digest that it answers, changes nothing because of another line. */
export function notDone(result: CommandResult): CommandResult {
  if (result.outcome !== 'done') return result;
  return {
    ...result,
    outcome: 'refused',
    detail: 'not done, because another line could not be',
    said: { key: 'digest-not-done' },
  };
}

/** What becomes of a command, or of all that answer a digest, when one transaction does not hold it. */
export function tooMuch(asked: Pick<CommandResult, 'line' | 'verb'>): CommandResult {
  return {
    ...asked,
    outcome: 'refused',
    detail: 'that is more than one mail can do at once',
    said: { key: 'too-much' },
  };
}

/** Wherever it stands in the mail: what else the mail says may need it. */
function fixesFirst(commands: readonly Command[]): Command[] {
  const isFix = ({ verb }: Command) => verb === 'fix';
  return [...commands.filter(isFix), ...commands.filter((command) => !isFix(command))];
}

function decide(command: Command, ticket: Ticket, act: Act, desk: Desk): Decision {
  if (isOver(command, ticket)) return reopenFirst(ticket);
  const barred = goesOn(command, ticket) ? unapproved(ticket, desk) : null;
  if (barred) return barred;
  const unfinished = ends(command) ? unfixed(ticket, act, desk) : null;
  if (unfinished) return unfinished;
  const decided = decideFreely(command, ticket, act, desk);
  return 'refused' in decided || isLegal(decided.happenings, ticket, act) ? decided : reopenFirst(ticket);
}

/** Whether the table of a ticket's life has every step of it. */
function isLegal(happenings: readonly Happening[], ticket: Ticket, { now }: Act): boolean {
  let state = ticket;
  return happenings.every((event) => {
    const legal = mayHappen(event, state);
    state = evolve(state, event, now);
    return legal;
  });
}

/** Nobody works on a closed ticket, and nothing is due on it; what is only noted of it, such as a tag, may still be mended. */
function isOver({ verb }: Command, { status }: Ticket): boolean {
  return status === 'closed' && WORK.has(verb);
}

const WORK: ReadonlySet<VerbName> = new Set([
  ...([
    'take',
    'assign',
    'unassign',
    'team',
    'priority',
    'impact',
    'urgency',
    'escalate',
    'deescalate',
  ] as const),
]);

/** Whether it takes a ticket to work, or says that the work is done. */
function goesOn({ verb, value }: Command, { status }: Ticket): boolean {
  if (verb === 'take' || verb === 'open' || verb === 'resolve')
    return status !== 'resolved' && status !== 'closed';
  return verb === 'status' && /^(?:open|resolved)\b/i.test(value);
}

/** Whether it says that nothing is left to do. */
function ends({ verb, value }: Command): boolean {
  return (
    verb === 'resolve' || verb === 'close' || (verb === 'status' && /^(?:resolved|closed)\b/i.test(value))
  );
}

function decideFreely({ verb, value }: Command, ticket: Ticket, act: Act, desk: Desk): Decision {
  switch (verb) {
    case 'take':
      return take(ticket, act, desk);
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
    case 'link':
      return link(value, ticket, act, desk);
    case 'unlink':
      return unlink(value, ticket, act, desk);
    case 'problem':
      return makeProblem(value, ticket, act, desk);
    case 'tell':
      return tell(ticket, act, desk);
    case 'dup':
      return duplicate(value, ticket, act, desk);
    case 'merge':
      return merge(value, ticket, act, desk);
    case 'split':
      return split(value, ticket, act, desk);
    case 'clone':
      return clone(value, ticket, act, desk);
    case 'note':
      return { happenings: [], detail: 'kept inside the desk', said: { key: 'kept-inside' }, done: true };
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
    case 'fix':
      return recordFix(value, ticket, act);
    case 'kb':
      return makeArticle(value, ticket, act, desk);
    case 'macro':
      return useMacro(value, ticket, desk);
    case 'field':
      return setField(value, ticket, act, desk);
    case 'approval':
      return askApproval(value, ticket, act, desk);
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
    case 'block':
      return block(value, ticket, act, desk);
    case 'stop':
      return stop(ticket, act);
    case 'reopen':
      return reopen(value, ticket, act, desk);
    case 'escalate':
      return escalate(value, ticket, act, desk);
    case 'deescalate':
      return deescalate(value, ticket, act, desk);
    case 'status':
      return value === ''
        ? { happenings: [], detail: `it is ${ticket.status}`, said: SEE_BELOW, done: true }
        : setStatus(value, ticket, act, desk);
    case 'snooze':
      return snooze(value, ticket, act, desk);
    case 'due':
      return setDue(value, ticket, act, desk);
    case 'visit':
      return planVisit(value, ticket, act, desk);
    case 'extend':
      return extend(value, ticket, act, desk);
    case 'redact':
      return redact(value, ticket, act, desk);
    case 'undo':
      return undo(ticket, act, desk);
    case 'files':
      return fetchFiles(value, ticket);
    case 'mine':
    case 'queue':
    case 'find':
    case 'show':
    case 'report':
    case 'services':
    case 'away':
    case 'back':
      return decideApart(verb, value, act, desk);
    case 'why':
      return { happenings: [], detail: 'see below', said: SEE_BELOW, done: true };
    case 'history':
      return { happenings: [], detail: 'the whole conversation is below', said: SEE_BELOW, done: true };
    case 'help':
      return { happenings: [], detail: 'the commands are listed below', said: SEE_BELOW, done: true };
    default:
      return unreachable(verb);
  }
}

const SEE_BELOW: Saying = { key: 'see-below' };

/** Whether the message has any is known when they are sent. */
function fetchFiles(value: string, { messages }: Ticket): Decision {
  if (value !== '' && !(/^\d{1,6}$/.test(value) && Number(value) >= 1 && Number(value) <= messages))
    return {
      refused: `“${value}” is no message of this ticket; #history shows their numbers, 1 to ${messages}`,
      said: { key: 'no-message', facts: { value, last: String(messages) } },
    };
  return { happenings: [], detail: 'see below', said: SEE_BELOW, done: true };
}

function wait(value: string, ticket: Ticket, { by, now }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  const read = readUntil(value, now, desk.timezone);
  if ('refused' in read) return read;
  const { until, reason } = read;
  if (until && Date.parse(until) <= Date.parse(now))
    return {
      refused: `${until.slice(0, 16).replace('T', ' ')} UTC is past; give a time to come, such as 3d or 2027-01-31`,
      said: { key: 'past', facts: { until: inZone(until, desk.timezone) } },
    };
  const why = reason || NO_REASON;
  // There is nobody outside whose answer could come.
  const awaited = isOfTheDesk(ticket) ? 'third-party' : awaitedIn(why);
  return {
    happenings: [{ kind: 'paused', until, reason: why, by, awaited }],
    detail: until
      ? `the clock stands until ${until.slice(0, 16).replace('T', ' ')} UTC`
      : awaited === 'requester'
        ? 'the clock stands until the requester answers'
        : 'the clock stands; when nothing has come after a while, the ticket comes back',
    said: until
      ? { key: 'stands-until', facts: { until: inZone(until, desk.timezone) } }
      : { key: awaited === 'requester' ? 'stands-for-requester' : 'stands' },
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
  if (ticket.status === 'resolved') return nothing('it is resolved already', { key: 'resolved-already' });
  if (ticket.status === 'closed') return reopenFirst(ticket);
  const reason = value || 'resolved';
  const passedOn = solveIncidents(ticket, reason, by);
  const incidents = incidentsOf(ticket).length;
  const others = incidents > 0 ? `; its incidents (${incidents}) are resolved with it` : '';
  const steps = openSteps(ticket);
  const left = steps > 0 ? `; its open steps (${steps}) are closed` : '';
  return {
    happenings: [{ kind: 'resolved', reason, by, message: null }, ...passedOn],
    detail: `resolved; the requester can reopen it by answering${others}${left}`,
    said:
      passedOn.length > 0
        ? { key: 'resolved-with-incidents', facts: { count: String(incidents) } }
        : steps > 0
          ? { key: 'resolved-with-steps', facts: { count: String(steps) } }
          : { key: 'resolved' },
  };
}

function close(value: string, ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'closed') return nothing('it is closed already', { key: 'closed-already' });
  return {
    happenings: [{ kind: 'closed', reason: value || 'closed', by }],
    detail: 'closed',
    said: { key: 'closed' },
  };
}

function stop(ticket: Ticket, { by }: Act): Decision {
  if (ticket.muted?.includes(by))
    return nothing('no more mail of this ticket goes to you already', { key: 'stopped-already' });
  return {
    happenings: [{ kind: 'muted', by }],
    detail: 'no more mail of this ticket goes to you; when you write again, it does',
    said: { key: 'stopped' },
  };
}

function reopen(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  if (isActive(ticket)) return nothing(`it is ${ticket.status}`, { key: 'not-closed' });
  if (ticket.mergedInto)
    return {
      refused: `it goes on as ${ticket.mergedInto}`,
      said: { key: 'goes-on-as', facts: { ticket: ticket.mergedInto } },
    };
  return {
    happenings: takeUp(
      { kind: 'reopened', reason: value || 'reopened', by: act.by, told: false },
      ticket,
      act,
      desk,
    ),
    detail: 'open again',
    said: { key: 'reopened' },
  };
}

function escalate(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (ticket.tier >= topTier(desk))
    return {
      refused: `the ticket is at tier ${ticket.tier}, the highest`,
      said: { key: 'highest-tier', facts: { tier: String(ticket.tier) } },
    };
  return {
    happenings: climb(ticket, value || 'no reason was given', by, now, desk, loads),
    detail: `climbs from tier ${ticket.tier} to tier ${ticket.tier + 1}`,
    said: { key: 'climbs', facts: { from: String(ticket.tier), to: String(ticket.tier + 1) } },
  };
}

/** Down one tier, into other hands: it did not need to be here. */
function deescalate(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (ticket.tier <= 1)
    return { refused: 'the ticket is at tier 1, the lowest', said: { key: 'lowest-tier' } };
  const to = ticket.tier - 1;
  const reason = value || 'no reason was given';
  const skills = desk.categories.find(({ name }) => name === ticket.category)?.skills ?? [];
  const { team, priority, assignee: heldBy } = ticket;
  const routed = route({ team, tier: to, skills, priority, heldBy }, desk, loads, now);
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
    said: { key: 'goes-back', facts: { from: String(ticket.tier), to: String(to) } },
  };
}

function setStatus(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const [word = '', ...rest] = value.split(/\s+/);
  const status = STATUSES.find((known) => known === word.toLowerCase());
  if (act.role === 'requester')
    return {
      refused: 'a requester’s #status takes no value; #close and #reopen change it',
      said: { key: 'status-takes-no-value' },
    };
  if (!status || status === 'new') {
    const suggestion = didYouMean(word.toLowerCase(), STATUSES);
    return {
      said: notFound('status', word, suggestion === 'new' ? null : suggestion, STATUSES.slice(1)),
      refused: `“${word}” is no status to set${suggestion && suggestion !== 'new' ? `; did you mean ${suggestion}?` : ''} Allowed are open, waiting, resolved, closed`,
    };
  }
  return BY_STATUS[status](rest.join(' '), ticket, act, desk);
}

const BY_STATUS: Record<
  Exclude<Status, 'new'>,
  (value: string, ticket: Ticket, act: Act, desk: Desk) => Decision
> = {
  open: (value, ticket, act, desk) =>
    ticket.status === 'waiting'
      ? {
          happenings: [{ kind: 'resumed', reason: value || 'set by command', by: act.by }],
          detail: 'open again',
          said: { key: 'reopened' },
        }
      : reopen(value, ticket, act, desk),
  waiting: wait,
  resolved: resolve,
  closed: close,
};
