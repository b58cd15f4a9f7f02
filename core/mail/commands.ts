/**
 * The commands in a mail: `#verb value` lines that lead a reply or close it. This page finds them and knows what
 * they are called; what they do is decided in core/ticket/decide.ts. Anything else that begins with a number sign
 * (`#1234`, `# Heading`) is text.
 */
import { distance } from 'fastest-levenshtein';
import { nearestOf } from '../config/suggest.ts';
import type { Saying } from '../ticket/decision.ts';
import { TICKET_ID } from './token.ts';

interface Verb {
  aliases: readonly string[];
  value: 'none' | 'optional' | 'required';
  /** Requesters have few words; everything else in their mail is text. */
  requester: boolean | 'only';
  example: string;
}

export const VERBS = {
  take: { aliases: ['accept'], value: 'none', requester: false, example: '#take' },
  assign: { aliases: [], value: 'required', requester: false, example: '#assign grace@example.com' },
  unassign: { aliases: ['release'], value: 'none', requester: false, example: '#unassign' },
  team: { aliases: ['group'], value: 'required', requester: false, example: '#team network' },
  requester: { aliases: [], value: 'required', requester: false, example: '#requester ida@example.com' },
  cc: { aliases: [], value: 'required', requester: false, example: '#cc +ida@example.com -max@example.com' },
  watch: { aliases: [], value: 'none', requester: false, example: '#watch' },
  unwatch: { aliases: [], value: 'none', requester: false, example: '#unwatch' },
  link: { aliases: [], value: 'required', requester: false, example: '#link T-7K4M2Q problem' },
  unlink: { aliases: [], value: 'optional', requester: false, example: '#unlink' },
  problem: { aliases: [], value: 'optional', requester: false, example: '#problem VPN is down' },
  tell: { aliases: ['broadcast'], value: 'optional', requester: false, example: '#tell' },
  dup: { aliases: ['duplicate'], value: 'required', requester: false, example: '#dup T-7K4M2Q' },
  merge: { aliases: [], value: 'required', requester: false, example: '#merge T-7K4M2Q' },
  split: { aliases: [], value: 'optional', requester: false, example: '#split 3 The screen flickers' },
  clone: { aliases: [], value: 'optional', requester: false, example: '#clone The second monitor' },
  note: { aliases: ['internal', 'private'], value: 'optional', requester: false, example: '#note' },
  priority: { aliases: ['prio'], value: 'required', requester: false, example: '#priority P2' },
  impact: { aliases: [], value: 'required', requester: false, example: '#impact team' },
  urgency: { aliases: [], value: 'required', requester: false, example: '#urgency outage' },
  type: { aliases: [], value: 'required', requester: false, example: '#type request' },
  category: { aliases: [], value: 'required', requester: false, example: '#category network' },
  tag: { aliases: ['tags'], value: 'required', requester: false, example: '#tag +vip -spare' },
  time: { aliases: [], value: 'required', requester: false, example: '#time 30m on the phone' },
  fix: {
    aliases: ['fixed'],
    value: 'required',
    requester: false,
    example: '#fix the roller was worn; changed it',
  },
  kb: { aliases: ['article'], value: 'optional', requester: false, example: '#kb How to clear a paper jam' },
  macro: { aliases: ['template'], value: 'optional', requester: false, example: '#macro vpn-again' },
  field: { aliases: [], value: 'required', requester: false, example: '#field asset 4711' },
  approval: {
    aliases: [],
    value: 'required',
    requester: false,
    example: '#approval ida@example.com, max@example.com a second monitor, 300 €',
  },
  open: { aliases: [], value: 'optional', requester: false, example: '#open' },
  waiting: {
    aliases: ['pending', 'hold'],
    value: 'optional',
    requester: false,
    example: '#waiting 3d for the new laptop',
  },
  resolve: {
    aliases: ['resolved', 'solved', 'done', 'solve'],
    value: 'optional',
    requester: false,
    example: '#resolve',
  },
  close: { aliases: ['closed'], value: 'optional', requester: true, example: '#close' },
  spam: { aliases: [], value: 'none', requester: false, example: '#spam' },
  block: { aliases: [], value: 'optional', requester: false, example: '#block' },
  stop: { aliases: ['unsubscribe'], value: 'none', requester: 'only', example: '#stop' },
  reopen: { aliases: [], value: 'optional', requester: true, example: '#reopen' },
  escalate: {
    aliases: [],
    value: 'optional',
    requester: false,
    example: '#escalate needs the database team',
  },
  deescalate: {
    aliases: ['de-escalate'],
    value: 'optional',
    requester: false,
    example: '#deescalate a password will do',
  },
  status: { aliases: [], value: 'optional', requester: true, example: '#status' },
  why: { aliases: [], value: 'none', requester: false, example: '#why' },
  snooze: {
    aliases: ['remind'],
    value: 'required',
    requester: false,
    example: '#snooze 2h whether the part has come',
  },
  due: { aliases: [], value: 'required', requester: false, example: '#due 2027-01-31 14:00 the audit' },
  visit: {
    aliases: ['appointment'],
    value: 'required',
    requester: false,
    example: '#visit tomorrow 14:00 1h at your desk',
  },
  extend: {
    aliases: [],
    value: 'required',
    requester: false,
    example: '#extend 4h the part comes tomorrow',
  },
  redact: {
    aliases: [],
    value: 'required',
    requester: false,
    example: '#redact 2 a password stands in it',
  },
  undo: { aliases: ['recall'], value: 'none', requester: false, example: '#undo' },
  files: { aliases: ['attachments'], value: 'optional', requester: false, example: '#files 2' },
  history: { aliases: ['conversation'], value: 'none', requester: false, example: '#history' },
  mine: { aliases: [], value: 'none', requester: false, example: '#mine' },
  queue: { aliases: [], value: 'optional', requester: false, example: '#queue network' },
  find: { aliases: ['search'], value: 'required', requester: false, example: '#find printer floor 3' },
  show: { aliases: [], value: 'required', requester: false, example: '#show T-7K4M2Q' },
  report: { aliases: [], value: 'optional', requester: false, example: '#report last month by category' },
  services: { aliases: ['catalogue', 'catalog'], value: 'none', requester: true, example: '#services' },
  away: { aliases: [], value: 'required', requester: false, example: '#away until 2027-01-10 holiday' },
  back: { aliases: [], value: 'optional', requester: false, example: '#back' },
  help: { aliases: ['commands'], value: 'none', requester: false, example: '#help' },
} as const satisfies Record<string, Verb>;

export type VerbName = keyof typeof VERBS;

export interface Command {
  verb: VerbName;
  value: string;
  /** As it was written, for the transcript. */
  line: string;
}

export interface UnknownCommand {
  line: string;
  /** What was wrong with it, and what was probably meant. */
  problem: string;
  said?: Saying;
}

export interface Commands {
  commands: Command[];
  unknown: UnknownCommand[];
  /** What remains: the words of the reply. */
  text: string;
}

const NAMES = new Map<string, VerbName>(
  (Object.keys(VERBS) as VerbName[]).flatMap((name) =>
    [name, ...VERBS[name].aliases].map((word): [string, VerbName] => [word, name]),
  ),
);
// A letter must follow at once. Autocorrect writes NBSP and the full-width sign; both are meant as typed.
const COMMAND_LINE =
  /^[\s\u00a0]*[#\uff03]([a-z][a-z-]*)[.!]?(?:[\s\u00a0]*[:=]|(?=[\s\u00a0]|$))[\s\u00a0]*(.*)$/i;
/** Soft line breaks of word processors among them: what stands behind one is a line of its own. */
const LINE_END = /\r\n?|[\n\v\f\u0085\u2028\u2029]/;
/** Nobody sees them, and programs put them around what was typed; joiners mean something between other letters than ours. */
const INVISIBLE =
  /[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|(?<![^\s#\uff03a-z])(?:\u200c|\u200d|\ufe0e|\ufe0f)/gi;
/** A program makes a list of lines, or writes the stars of what was bold: still it is the command, and no text that may leave. */
const BULLET =
  /^[\s\u00a0]*(?:[-*\u2022\u2023\u25e6\u00b7\u2013]|\d{1,2}[.)])[\s\u00a0]+(?=[*_]{0,2}[#\uff03][a-z])/i;
const EMPHASIS = /^[\s\u00a0]*([*_]{1,2})([#\uff03][a-z][^\n]*?)\1[\s\u00a0]*$/i;
const MOST_COMMANDS = 30;
/** What a command says is kept with the ticket, whose item is bounded. The words of a note are a message's. */
const LONGEST_LINE = 1_000;
const LONGEST_SHOWN = 200;

/**
 * `text` is what the writer wrote now: no quotation, no signature. `#asset 4711` is `#field asset 4711` where `fields`,
 * the names of desk.yaml, have an asset.
 */
export function readCommands(
  text: string,
  who: 'agent' | 'requester',
  fields: readonly string[] = [],
): Commands {
  const lines = text.split(LINE_END);
  const typed = (at: number) => asTyped(lines[at] ?? '');
  const isOurs = (line: string) => line === '' || meant(line, who);
  let from = 0;
  let to = lines.length;
  const found: string[] = [];
  for (let line = typed(from); from < to && isOurs(line); line = typed(from)) {
    if (line !== '') found.push(line);
    from++;
  }
  const closing: string[] = [];
  for (let line = typed(to - 1); to > from && isOurs(line); line = typed(to - 1)) {
    if (line !== '') closing.push(line);
    to--;
  }
  const all = [...found, ...closing.reverse()];
  const read = all.slice(0, MOST_COMMANDS).map((line) => readLine(line, who, fields));
  const tooMany = all.slice(MOST_COMMANDS, MOST_COMMANDS + 1).map((line) => ({
    line: shown(line),
    problem: `more than ${MOST_COMMANDS} commands in one mail`,
    said: { key: 'too-many-commands', facts: { most: String(MOST_COMMANDS) } } as const,
  }));
  return {
    commands: read.filter((line) => 'verb' in line),
    unknown: [...read.filter((line) => 'problem' in line), ...tooMany],
    text: lines.slice(from, to).join('\n').trim(),
  };
}

/** The first word of such a value: whether it names a ticket, links.ts asks. */
const NAMING: ReadonlySet<VerbName> = new Set(['link', 'dup', 'merge']);

/** A ticket as people write it: `t-7k4m2q`, `[T-7K4M2Q]`, `T-7K4M2Q,`; null when it is none. */
export function readTicketId(word: string): string | null {
  const id = word.replace(/^\[|(?<![\],.:;])[\],.:;]+$/g, '').toUpperCase();
  return TICKET_ID.test(id) ? id : null;
}

export const MOST_NAMED = 5;

/** The other tickets that these commands name: they have to be read before the commands are decided. */
export function namedTickets(commands: readonly Command[]): string[] {
  const ids = commands
    .filter(({ verb }) => NAMING.has(verb))
    .flatMap(({ value }) => readTicketId(value.split(/\s/, 1)[0] ?? '') ?? []);
  return [...new Set(ids)].slice(0, MOST_NAMED);
}

/** `3 The screen flickers`: the message's number, or null for the latest, and a subject. */
export function readSplit(value: string): { number: number | null; subject: string } {
  const [, number, subject = ''] = /^(?:(\d{1,6})(?=\s|$))?\s*(.*)$/.exec(value) ?? [];
  return { number: number === undefined ? null : Number(number), subject };
}

/** The line without what its writer's program put around it. */
function asTyped(line: string): string {
  const visible = line.replace(INVISIBLE, '').replace(BULLET, '');
  return (EMPHASIS.exec(visible)?.[2] ?? visible).trim();
}

function shown(line: string): string {
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
}

/** From an agent every `#word` line counts, known or not: a mistyped #noet must not become a public answer. */
function meant(line: string, who: 'agent' | 'requester'): boolean {
  const word = COMMAND_LINE.exec(line)?.[1]?.toLowerCase();
  if (word === undefined) return false;
  if (who === 'agent') return true;
  const verb = NAMES.get(word);
  return verb !== undefined && VERBS[verb].requester !== false && line.length <= LONGEST_LINE;
}

function readLine(
  whole: string,
  who: 'agent' | 'requester',
  fields: readonly string[],
): Command | UnknownCommand {
  const [, word = '', value = ''] = COMMAND_LINE.exec(whole) ?? [];
  const line = shown(whole);
  if (whole.length > LONGEST_LINE && NAMES.get(word.toLowerCase()) !== 'note')
    return {
      line,
      said: { key: 'line-too-long', facts: { most: String(LONGEST_LINE) } },
      problem: `a command and its value have at most ${LONGEST_LINE} characters; write your words on lines of their own`,
    };
  if (who === 'agent' && fields.includes(word.toLowerCase()))
    return { verb: 'field', value: `${word.toLowerCase()} ${value.trim()}`.trim(), line };
  const verb = NAMES.get(word.toLowerCase());
  if (!verb || (who === 'agent' && VERBS[verb].requester === 'only')) {
    const words = [...NAMES.entries()].filter(([, name]) => VERBS[name].requester !== 'only');
    const suggestion = didYouMean(word.toLowerCase(), [...words.map(([name]) => name), ...fields]);
    return {
      line,
      said: suggestion
        ? { key: 'no-command-but', facts: { word, suggestion } }
        : { key: 'no-command', facts: { word } },
      problem: `there is no command #${word}${suggestion ? `; did you mean #${suggestion}?` : ''}`,
    };
  }
  const { value: takes, example } = VERBS[verb];
  if (takes === 'required' && value.trim() === '')
    return {
      ...{ line, problem: `#${verb} needs a value, for example: ${example}` },
      said: { key: 'needs-value', facts: { verb, example } },
    };
  return { verb, value: value.trim(), line };
}

/** The nearest of the known words, if it is near enough to be meant. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  if (word === '' || known.length === 0) return null;
  const nearest = nearestOf(word, known);
  // Two letters changed places count as two.
  const allowed = word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3));
  return distance(word, nearest) <= allowed ? nearest : null;
}
