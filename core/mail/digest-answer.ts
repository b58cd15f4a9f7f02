/**
 * `1 close`, `3 take`, `2 note called him`: an answer to a numbered digest or report. Each line is the command of that name on
 * the ticket that had the number there, with all its rules; where that asks something of its reader, `4 approve` answers it.
 * A line such as `#report last month` asks to see more. Nothing else in such an answer goes anywhere: no words of it ever
 * reach a requester.
 *
 * All lines are decided before any is carried out, and what they do is written in one transaction: one line that is
 * unknown or refused, and none is carried out.
 */
import type { Desk, Person } from '../config/desk.ts';
import type { Question } from '../ticket/approval.ts';
import { mayRead } from '../ticket/audience.ts';
import { change } from '../ticket/change.ts';
import { decideCommands, notDone, tooMuch } from '../ticket/decide.ts';
import type { Act, Elsewhere, Saying } from '../ticket/decision.ts';
import type { Numbered } from '../ticket/digest.ts';
import { MOST_KEYS } from '../ticket/finding.ts';
import type { CommandResult, Happening, Ticket } from '../ticket/ticket.ts';
import { type DecidedApart, decideWithoutTicket } from '../ticket/without-ticket.ts';
import { type Counted, voteOf } from './approving.ts';
import { type Command, readCommands, type VerbName } from './commands.ts';
import { type Arrival, begins, ends, type Memory, type Moment, type Outcome, refusal } from './outcome.ts';
import { reviewed } from './reviewing.ts';
import { digestId, holdsToken, ownsToken } from './token.ts';
import { readVerdict } from './verdict.ts';
import { readVote } from './vote.ts';

interface Line {
  /** As it was written. */
  line: string;
  /** The number's place in the digest; 0 of what is about no ticket. */
  number: number;
  command: Command | null;
  /** What he says to what is asked of him there. */
  word: string | null;
  problem: { verb: string; unknown: boolean; detail: string; said: Saying } | null;
}

/** What a line can say of one ticket. The other commands bring words or files, or speak of other tickets: they need a mail of the ticket itself. */
const HERE: ReadonlySet<VerbName> = new Set([
  ...(['take', 'assign', 'unassign', 'team', 'watch', 'unwatch', 'requester', 'cc', 'note'] as const),
  ...(['priority', 'impact', 'urgency', 'type', 'category', 'tag', 'time', 'field'] as const),
  ...(['open', 'waiting', 'resolve', 'close', 'spam', 'reopen', 'status', 'escalate', 'deescalate'] as const),
  ...(['snooze', 'due', 'extend', 'undo', 'problem'] as const),
]);
/** What it may ask to see besides, without a number. */
const BESIDE: ReadonlySet<VerbName> = new Set(['report', 'mine', 'queue', 'find', 'show', 'help'] as const);

/** `1 close`, `1. close`, `1) #close`, `#1 close`, `1, 3 close`. */
const NUMBERED = /^[#\uff03]?(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*[.):\u2013-]?\s+[#\uff03]?(\S.*)$/;
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const MOST_LINES = 60;

/** Of the digest that it answers; the tickets have to be read before anything is decided. */
export function namedIn(text: string, digest: Numbered): string[] {
  const numbers = linesOf(text).flatMap((line) => numbersIn(line)?.numbers ?? []);
  return [...new Set(numbers)].flatMap((number) => digest.entries[number - 1]?.ticketId ?? []);
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n?|[\n\u0085\u2028\u2029]/).map((line) => line.replace(INVISIBLE, '').trim());
  return lines.filter((line) => line !== '').slice(0, MOST_LINES + 1);
}

function numbersIn(line: string): { numbers: number[]; rest: string } | null {
  const [, numbers, rest] = NUMBERED.exec(line.replaceAll('\u00a0', ' ')) ?? [];
  return numbers && rest ? { numbers: numbers.split(',').map(Number), rest } : null;
}

export function answerDigest(
  arrival: Arrival,
  { digest: known, token, loads, newId }: Memory,
  person: Person,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { email, trimmed } = arrival;
  const refused = (detail: string) =>
    ends('refused', 'digest-expired', detail, { notice: refusal(arrival, 'digest-expired', detail, desk) });
  if (!ownsToken(token, person))
    return refused(token?.expired ? 'the digest is too old' : 'the digest was sent to somebody else');
  if (!known || known.digest.person !== person.address) return refused('there is no such digest any more');
  const { digest, tickets } = known;
  if (digest.answerableUntil < moment.realNow) return refused('the digest is too old');
  const act: Act = { by: person.address, role: 'agent', now: moment.now, loads, newId };
  const lines = readLines(trimmed.visible, digest, desk);
  const whole = wholeRefusal(arrival, lines, desk);
  const decided: DecidedAll = whole
    ? { results: [whole], changes: [], looks: [], shows: [] }
    : decideAll(lines, digest, tickets, act, person, desk);
  const failed = decided.results.some(({ outcome }) => outcome === 'unknown' || outcome === 'refused');
  const results = failed ? decided.results.map(notDone) : decided.results;
  const unknown = results.some(({ outcome }) => outcome === 'unknown');
  const reason = whole
    ? 'nothing-said'
    : unknown
      ? 'unknown-command'
      : failed
        ? 'refused-command'
        : 'agent-commands';
  return ends(failed ? 'refused' : 'commanded', reason, results.map(({ detail }) => detail).join('; '), {
    several: failed ? [] : decided.changes,
    notice: {
      kind: 'commanded',
      to: { address: person.address, name: person.name },
      reason,
      lines: results,
      ...{ refused: failed, shows: failed ? [] : decided.shows, looks: failed ? [] : decided.looks },
      digest: digestId(digest.number),
      subject: email.subject,
      messageId: email.messageId,
      language: person.language ?? desk.language,
    },
  });
}

function readLines(text: string, digest: Numbered, desk: Desk): Line[] {
  const written = linesOf(text);
  const fields = desk.fields.map(({ name }) => name);
  return written.flatMap((line): Line[] => {
    const short = line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
    const wrong = (number: number, verb: string, unknown: boolean, detail: string, said: Saying): Line => ({
      ...{ line: short, number, command: null, word: null },
      problem: { verb, unknown, detail, said },
    });
    const read = numbersIn(line);
    const beside = read ? null : commandBeside(line, fields);
    if (beside) return [{ line: short, number: 0, command: beside, word: null, problem: null }];
    if (!read)
      return [
        wrong(0, '', true, `“${short}” does not begin with a number of the digest`, {
          key: 'digest-no-number',
        }),
      ];
    const { commands, unknown } = readCommands(`#${read.rest}`, 'agent', fields);
    const [command] = commands;
    return read.numbers.map((number) => {
      const last = digest.entries.length;
      if (number < 1 || number > last)
        return wrong(number, '', true, `the digest has the numbers 1 to ${last}`, {
          ...{ key: 'digest-no-entry', facts: { number: String(number), last: String(last) } },
        });
      if (isAnswer(read.rest, digest.entries[number - 1]?.asks))
        return { line: short, number, command: null, word: read.rest, problem: null };
      if (!command) {
        const { problem, said } = unknown[0] ?? {};
        const word = read.rest.split(/\s/, 1)[0] ?? '';
        return wrong(number, '', true, problem ?? `there is no command #${word}`, {
          ...(said ?? { key: 'no-command', facts: { word } }),
        });
      }
      const { verb, value } = command;
      if (!HERE.has(verb) || (verb === 'status' && value === ''))
        return wrong(number, verb, false, `#${verb} is for a reply to a mail of the ticket itself`, {
          ...{ key: 'digest-not-here', facts: { verb } },
        });
      if (verb === 'note' && value === '')
        return wrong(number, verb, false, 'the note has no words: 2 note called him', {
          key: 'nothing-said',
        });
      return { line: short, number, command, word: null, problem: null };
    });
  });
}

function commandBeside(line: string, fields: readonly string[]): Command | null {
  const { commands } = readCommands(line, 'agent', fields);
  const [command] = commands;
  return command && BESIDE.has(command.verb) ? command : null;
}

/** The words of a vote where something is asked of him; where nothing is, what looks like one is said to be in vain. */
function isAnswer(rest: string, asks: Question | undefined): boolean {
  if (asks) return (asks.what === 'article' ? readVerdict(rest) : readVote(rest)) !== null;
  return /^(?:approve|reject)$/i.test(rest);
}

const LONGEST_SHOWN = 200;

/** What is wrong with the answer as a whole. */
function wholeRefusal({ email, trimmed }: Arrival, lines: readonly Line[], desk: Desk): CommandResult | null {
  const refused = (detail: string, said: Saying): CommandResult => ({
    ...{ line: '(your reply)', verb: '', outcome: 'refused', detail, said },
  });
  if (holdsToken(trimmed.visible, desk.domain))
    return refused('one of our reply addresses stands in the text', { key: 'token-in-text' });
  if (email.attachments.some(({ inline }) => !inline))
    return refused('files are added by a reply to a mail of the ticket itself', { key: 'digest-files' });
  if (lines.length > MOST_LINES)
    return refused(`more than ${MOST_LINES} lines`, {
      ...{ key: 'too-many-commands', facts: { most: String(MOST_LINES) } },
    });
  return lines.length === 0 ? refused('it has no words of its own', { key: 'digest-no-number' }) : null;
}

interface DecidedAll extends Pick<DecidedApart, 'looks' | 'shows'> {
  results: CommandResult[];
  changes: Elsewhere[];
}

/** One ticket after the other, each with all of its lines. */
function decideAll(
  lines: readonly Line[],
  digest: Numbered,
  tickets: ReadonlyMap<string, Ticket>,
  act: Act,
  person: Person,
  desk: Desk,
): DecidedAll {
  const idOf = ({ number }: Line) => digest.entries[number - 1]?.ticketId ?? '';
  const results = new Map<Line, CommandResult>();
  const changes: Elsewhere[] = [];
  const beside = lines.filter(({ number, command }) => number === 0 && command !== null);
  const {
    looks,
    shows,
    lines: seen,
  } = decideWithoutTicket(
    { commands: beside.flatMap(({ command }) => command ?? []), unknown: [], text: '' },
    act,
    desk,
  );
  for (const [n, each] of beside.entries()) {
    const result = seen[n];
    if (result) results.set(each, result);
  }
  const numbered = lines.filter((line) => !results.has(line));
  for (const id of new Set(numbered.map(idOf))) {
    const its = numbered.filter((line) => idOf(line) === id);
    const ticket = tickets.get(id);
    const barred = id === '' ? null : whyBarred(id, ticket, person, desk);
    for (const each of its) {
      if (each.problem) {
        const { verb, unknown, detail, said } = each.problem;
        const outcome = unknown ? 'unknown' : 'refused';
        results.set(each, { line: named(each, barred ? undefined : ticket), verb, outcome, detail, said });
      } else if (barred) {
        const verb = each.command?.verb ?? '';
        results.set(each, { line: each.line, verb, outcome: 'refused', ...barred });
      }
    }
    const left = its.filter((line) => !results.has(line));
    if (!ticket || left.length === 0) continue;
    const spoken = left.filter(({ word }) => word !== null);
    const answered: Happening[] = [];
    for (const each of spoken) {
      const { happenings, ...became } = answerOf(each, ticket, digest, person.address, desk);
      // Twice in one mail is as good as once.
      if (answered.length === 0) answered.push(...happenings);
      results.set(each, { line: named(each, ticket), verb: 'approval', ...became });
    }
    const asked = left.filter(({ word }) => word === null);
    const commands = asked.flatMap(({ command }) => command ?? []);
    const decided = decideCommands({ commands, unknown: [], text: '' }, ticket, act, desk);
    for (const [n, each] of asked.entries()) {
      const result = decided.lines[n];
      if (result) results.set(each, { ...result, line: named(each, ticket) });
    }
    const { words, opens } = decided;
    if (opens && changes.some((each) => each.opens))
      for (const each of asked)
        if (each.command?.verb === 'problem') results.set(each, oneProblem(each, ticket));
    const noted: Happening[] =
      words === ''
        ? []
        : [{ kind: 'noted', message: ticket.messages + 1, by: person.address, thirdParty: null }];
    const happenings = [
      ...begins(ticket, decided, noted.length > 0, person.address),
      ...noted,
      ...answered,
      ...decided.happenings,
    ];
    if (happenings.length > 0)
      changes.push({
        ...{ before: ticket, happenings },
        ...(opens ? { opens } : {}),
        ...(words === ''
          ? {}
          : { note: { from: { address: person.address, name: person.name }, text: words } }),
      });
  }
  const inOrder = lines.flatMap((line) => results.get(line) ?? []);
  return writesOf(changes, act.now, desk) > MOST_WRITES
    ? { results: inOrder.map(tooMuch), changes: [], looks: [], shows: [] }
    : { results: inOrder, changes, looks, shows };
}

/** Of the question that stood in that mail alone: what is asked of him by now he was told of by another. */
function answerOf({ number, word }: Line, ticket: Ticket, digest: Numbered, by: string, desk: Desk): Counted {
  const asks = digest.entries[number - 1]?.asks;
  if (!asks || word === null)
    return {
      ...{ happenings: [], outcome: 'refused', detail: 'nothing waits there for your word' },
      said: { key: 'vote-not-asked' },
    };
  if (asks.what === 'article') return reviewed(word, ticket, by, asks, desk);
  const vote = readVote(word)?.vote;
  if (!vote) throw new TypeError('a line without a vote was not to come this far');
  const { extension } = ticket;
  if (asks.what === 'extension' && extension?.askedAt !== asks.askedAt)
    return voteOf(vote, { ...ticket, extension: undefined }, by, asks, desk);
  return voteOf(vote, ticket, by, asks, desk);
}

/** The ids of its tickets are made before it is read. */
function oneProblem(line: Line, ticket: Ticket): CommandResult {
  return {
    ...{ line: named(line, ticket), verb: 'problem', outcome: 'refused' },
    ...{ detail: 'one mail begins one problem', said: { key: 'problem-once' } },
  };
}

/** In his own request he is a requester, and what he may not read he does not learn the subject of. */
function whyBarred(id: string, ticket: Ticket | undefined, { address }: Person, desk: Desk) {
  if (!ticket || !mayRead(address, ticket, desk))
    return {
      detail: `${id} is not yours to read any more`,
      said: { key: 'digest-closed-to-you', facts: { ticket: id } } as const,
    };
  if (ticket.requester.address === address)
    return {
      detail: `${id} is your own request; reply to one of its mails`,
      said: { key: 'digest-own-request', facts: { ticket: id } } as const,
    };
  return null;
}

const LONGEST_SUBJECT = 60;

function named({ line, number }: Line, ticket: Ticket | undefined): string {
  if (!ticket) return line;
  const subject = ticket.subject.slice(0, LONGEST_SUBJECT).trim();
  return `${line} → ${number}: ${ticket.id}${subject === '' ? '' : ` ${subject}`}`;
}

/** A transaction takes a hundred, and the mail's own are among them. */
const MOST_WRITES = 90;

/** A new ticket's item, index entry, first message and events, somebody's load, and by what it is found. */
const OPENING = 10 + MOST_KEYS;

/** The ticket and its entry in the index, its events, a note, and whose load it is. */
function writesOf(changes: readonly Elsewhere[], now: string, desk: Desk): number {
  const people = new Set<string | null>();
  let writes = 0;
  for (const { before, happenings, note, opens } of changes) {
    const { after, events } = change(before, happenings, now, desk);
    writes += 2 + events.length + (note ? 1 : 0) + (opens ? OPENING : 0);
    people.add(before.assignee).add(after.assignee);
  }
  return writes + people.size;
}
