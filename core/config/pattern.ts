/**
 * Regular expressions of desk.yaml. Mail is written by anybody, and JavaScript's own engine can take exponential time over
 * an expression such as (a+)+$. Allowed is a subset whose cost is known before: no references and no looking around, a group
 * is not repeated, a repetition reaches over 40 characters at the most unless it says how many, and the number of ways in
 * which the whole can be tried at one place of a text is bounded. What it costs is then that number times the length.
 */

/** What * and + reach over. */
const MOST_REPEATED = 40;
const MOST_COUNTED = 200;
/** Two parts that both repeat are 1,600. */
const MOST_WAYS = 2_000;
export const LONGEST_PATTERN = 300;

export type ReadPattern =
  /** `branches`: the sources of which one has to fit. */
  { pattern: RegExp; branches: readonly string[] } | { wrong: string; allowed: string };

/** Capitals do not matter; ^ and $ stand for the beginning and end of a line. */
export function readPattern(written: string): ReadPattern {
  const reader: Reader = { written, at: 0 };
  try {
    const { branches, source, ways } = alternatives(reader);
    if (reader.at < written.length)
      throw new Refused('a group that was never opened ends', 'a ( before each )');
    if (ways > MOST_WAYS)
      throw new Refused(
        `it can be tried in ${ways} ways at each place of a text, and ${MOST_WAYS} is the most`,
        'fewer repetitions, or shorter ones such as \\d{4,8} instead of \\d+',
      );
    if (new RegExp(source, 'iu').test(''))
      throw new Refused('it is found in every text', 'a pattern that needs at least one character');
    return { pattern: new RegExp(source, FLAGS), branches };
  } catch (error) {
    if (error instanceof Refused) return { wrong: error.message, allowed: error.allowed };
    if (error instanceof SyntaxError)
      return { wrong: error.message, allowed: 'a regular expression of JavaScript (flag u)' };
    throw error;
  }
}

const FLAGS = 'imu';

/**
 * One that fits where any of them does: it costs a third of asking each, and of most texts no more is asked. Those that
 * begin where a word does are tried there alone.
 */
export function anyOf(patterns: readonly { branches: readonly string[] }[]): RegExp {
  const all = patterns.flatMap(({ branches }) => branches);
  const words = all.filter((branch) => branch.startsWith('\\b')).map((branch) => branch.slice(2));
  const others = all.filter((branch) => !branch.startsWith('\\b'));
  return new RegExp([...(words.length > 0 ? [`\\b(?:${words.join('|')})`] : []), ...others].join('|'), FLAGS);
}

class Refused extends Error {
  readonly allowed: string;
  constructor(message: string, allowed: string) {
    super(message);
    this.allowed = allowed;
  }
}

interface Reader {
  written: string;
  at: number;
}

interface Part {
  source: string;
  ways: number;
}

function alternatives(reader: Reader): Part & { branches: string[] } {
  const branches = [sequence(reader)];
  while (reader.written[reader.at] === '|') {
    reader.at++;
    branches.push(sequence(reader));
  }
  const sources = branches.map(({ source }) => source);
  return {
    branches: sources,
    source: sources.join('|'),
    ways: branches.reduce((sum, { ways }) => sum + ways, 0),
  };
}

function sequence(reader: Reader): Part {
  let source = '';
  let ways = 1;
  for (let next = reader.written[reader.at]; next !== undefined && next !== '|' && next !== ')'; ) {
    const part = repeated(reader, next === '(' ? group(reader) : atom(reader), next === '(');
    source += part.source;
    // More than a number holds is too many as well.
    ways = Math.min(ways * part.ways, Number.MAX_SAFE_INTEGER);
    next = reader.written[reader.at];
  }
  return { source, ways };
}

function group(reader: Reader): Part {
  const opening = /^\((?:\?:)?/.exec(reader.written.slice(reader.at))?.[0] as string;
  reader.at += opening.length;
  if (reader.written[reader.at] === '?')
    throw new Refused('it looks around or names a group', 'plain groups: ( ) or (?: )');
  const { source, ways } = alternatives(reader);
  if (reader.written[reader.at] !== ')') throw new Refused('a group is never closed', 'a ) for each (');
  reader.at++;
  return { source: `${opening}${source})`, ways };
}

/** One character, a class of them, or a place such as \b. */
const ATOM =
  /^(?:\\[pP]\{[^}]{1,40}\}|\\u\{[0-9a-f]{1,6}\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S])/iu;

function atom(reader: Reader): Part {
  const source = ATOM.exec(reader.written.slice(reader.at))?.[0] ?? '';
  if (/^\\[1-9k]/.test(source))
    throw new Refused(`${source} refers to what a group has found`, 'the same written out');
  if (/^[*+?{]/.test(source))
    throw new Refused(`${source} repeats nothing`, `\\${source} for the character itself`);
  reader.at += source.length;
  return { source, ways: 1 };
}

const REPETITION = /^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{0,4}))?\})\??/;

function repeated(reader: Reader, { source, ways }: Part, isGroup: boolean): Part {
  const [found, least, comma, most] = REPETITION.exec(reader.written.slice(reader.at)) ?? [];
  if (found === undefined) return { source, ways };
  reader.at += found.length;
  const lazy = found.length > 1 && found.endsWith('?') ? '?' : '';
  if (found.startsWith('?')) return { source: `${source}?${lazy}`, ways: ways + 1 };
  if (isGroup)
    throw new Refused(
      `a group is repeated by ${found}`,
      'groups that are there once or, with ?, perhaps not',
    );
  const from = least === undefined ? (found.startsWith('+') ? 1 : 0) : Number(least);
  const to = least !== undefined && !comma ? from : most ? Number(most) : from + MOST_REPEATED - 1;
  if (to > MOST_COUNTED)
    throw new Refused(`${found} reaches over ${to} characters`, `${MOST_COUNTED} at the most`);
  return { source: `${source}{${from},${to}}${lazy}`, ways: ways * (Math.max(to - from, 0) + 1) };
}
