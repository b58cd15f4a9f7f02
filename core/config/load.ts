/**
 * Reading desk.yaml: its text becomes a `Desk`, or a list of everything that is wrong with it, each with the line, what
 * was found there and what is allowed.
 */
import { createHash } from 'node:crypto';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import * as z from 'zod';
import { holidaysIn } from '../sla/holidays.ts';
import { readModel } from '../triage/model.ts';
import { contradictions, type Finding, type Path } from './check.ts';
import { type Calendar, type Desk, DeskSchema, type Macro } from './desk.ts';
import { readMacroFiles } from './macro-files.ts';
import { listed, suggestion } from './suggest.ts';

export interface Problem {
  /** Both from 1. Of something that is missing: where it should stand. */
  line: number;
  column: number;
  /** Such as `people[2].team`; '' for the file as a whole. */
  path: string;
  /** What stands there. */
  found: string;
  /** What is wrong with it. */
  message: string;
  /** What may stand there. */
  allowed: string;
}

/** `model`: the file that `triage` names, found to be sound and to fit this desk. `files`: those of macros, by their names beside the code. */
export type Loaded =
  | { ok: true; desk: Desk; model: Uint8Array | null; files: Record<string, Uint8Array> }
  | { ok: false; problems: Problem[] };

/** A desk of a thousand people is a fifth of this. */
const LONGEST_FILE = 1024 * 1024;
/** A few lines may be written once and used again; a file that unfolds into millions is an attack. */
const MOST_ALIASES = 100;

/** The content of a file that desk.yaml names by its path from there. May throw, which is reported in its words. */
export type ReadBeside = (path: string) => Uint8Array;

/**
 * `text` is YAML 1.2. Checked in four steps, each only when the one before found nothing: syntax, shape, sense, and the
 * files that it names.
 */
export function loadDesk(text: string, readBeside: ReadBeside = nothingBeside): Loaded {
  if (text.length > LONGEST_FILE) return refused([tooLong(text)]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false });
  const source: Source = { text, lines, document };
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0)
    return refused(syntax.map(({ message, pos }) => unreadable(source, message, pos[0])));
  const unfolded = unfold(document);
  if ('refused' in unfolded) return refused([unreadable(source, unfolded.refused, firstAlias(document))]);
  const former = formerPromises(unfolded.value);
  if (former.length > 0) return refused(former.map((finding) => located(source, finding)));
  const shape = DeskSchema.safeParse(unfolded.value);
  const findings = shape.success ? contradictions(shape.data) : shape.error.issues.flatMap(misshapen);
  if (!shape.success || findings.length > 0)
    return refused(findings.map((finding) => located(source, finding, shape.success)));
  const whole = fillIn(shape.data, readBeside);
  if ('findings' in whole) return refused(whole.findings.map((finding) => located(source, finding)));
  const { desk, model, files } = whole;
  return { ok: true, desk: { ...desk, hash: hashOf(desk) }, model, files };
}

/** Until 0.1 promises stood one for each priority, and there was one warning: said once and whole. */
function formerPromises(value: unknown): Finding[] {
  const { sla, warnAt } = z
    .object({ sla: z.array(z.unknown()).catch([]), warnAt: z.unknown().optional() })
    .catch({ sla: [], warnAt: undefined })
    .parse(value);
  const row = sla.findIndex((entry) => z.object({ priority: z.string() }).safeParse(entry).success);
  return [
    ...(row < 0
      ? []
      : [
          {
            path: ['sla', row, 'priority'],
            key: true as const,
            message: 'promises are given in policies now, no longer one by one for each priority',
            allowed:
              'a list of policies, at its end one for all: { name: standard, calendar: office, targets: { P1: { firstResponse: 15m, … }, P2: …, P3: …, P4: … } }',
          },
        ]),
    ...(warnAt === undefined
      ? []
      : [
          {
            path: ['warnAt'],
            key: true as const,
            message: 'each policy says now when it warns',
            allowed: `in a policy of sla, for example warnings: [${typeof warnAt === 'number' ? Math.round(warnAt * 100) : 75}%]`,
          },
        ]),
  ];
}

type Checked = z.output<typeof DeskSchema>;

/** What desk.yaml only refers to stands where it is used, so that whoever reckons needs nothing else. */
function fillIn(
  desk: Checked,
  readBeside: ReadBeside,
):
  | { desk: Omit<Desk, 'hash'>; model: Uint8Array | null; files: Record<string, Uint8Array> }
  | { findings: Finding[] } {
  const findings: Finding[] = [];
  const whole = desk.calendars.map(({ name, timezone, hours, holidays, holidaysFrom }, at): Calendar => {
    const read = holidaysFrom ? readHolidays(holidaysFrom, readBeside) : { dates: [] };
    if ('refused' in read)
      findings.push({
        path: ['calendars', at, 'holidaysFrom'],
        message: read.refused,
        allowed: 'the path, from desk.yaml, of an iCalendar file with events of whole days',
      });
    const dates = 'dates' in read ? read.dates : [];
    return {
      name,
      timezone: timezone ?? desk.timezone,
      hours: hours ?? {},
      holidays: [...new Set([...holidays, ...dates])],
    };
  });
  const learned = readLearned(desk, readBeside);
  const attached = readMacroFiles(desk.macros, (path) => {
    try {
      return readBeside(path);
    } catch (error) {
      return { refused: unreadableBeside(error) };
    }
  });
  findings.push(
    ...learned.findings,
    ...attached.wrong.map(({ path, ...wrong }) => ({ path: ['macros', ...path], ...wrong })),
  );
  if (findings.length > 0) return { findings };
  const calendars = whole.map((calendar, at): Calendar => {
    const of = desk.calendars[at]?.of;
    return of ? { ...calendar, of: whole.filter(({ name }) => of.includes(name)) } : calendar;
  });
  const macros = desk.macros.map(({ files: _, ...macro }, at): Macro => {
    const files = attached.files[at] ?? [];
    return files.length > 0 ? { ...macro, files } : macro;
  });
  return { desk: { ...desk, calendars, macros }, model: learned.model, files: attached.contents };
}

function readHolidays(path: string, readBeside: ReadBeside): ReturnType<typeof holidaysIn> {
  try {
    return holidaysIn(new TextDecoder().decode(readBeside(path)));
  } catch (error) {
    return { refused: unreadableBeside(error) };
  }
}

function readLearned(
  { triage, categories }: Checked,
  readBeside: ReadBeside,
): { model: Uint8Array | null; findings: Finding[] } {
  if (triage.model === undefined) return { model: null, findings: [] };
  const names = categories.map(({ name }) => name);
  const wrong = (message: string, allowed: string) => ({
    model: null,
    findings: [{ path: ['triage', 'model'], message, allowed }],
  });
  let file: Uint8Array;
  try {
    file = readBeside(triage.model);
  } catch (error) {
    return wrong(unreadableBeside(error), 'the path, from desk.yaml, of a file that `desk train` wrote');
  }
  const read = readModel(file);
  if (!read.ok) return wrong(`${UNSOUND[read.reason]}: ${read.detail}`, 'a file that `desk train` wrote');
  const strange = read.model.labels.filter((label) => !names.includes(label));
  if (strange.length > 0)
    return wrong(
      `it files under ${listed(strange.slice(0, MOST_NAMED))}, and the desk has no such ${strange.length === 1 ? 'category' : 'categories'}`,
      `a model of these categories: ${listed(names)}`,
    );
  return { model: file, findings: [] };
}

/** A model of another desk has many labels that are strange here. */
const MOST_NAMED = 5;

const UNSOUND = {
  'no-model': 'this is no model',
  newer: 'this model was made by a newer desk',
  damaged: 'this model is damaged, and has to be trained again',
} as const;

function unreadableBeside(error: unknown): string {
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function nothingBeside(): Uint8Array {
  throw new TypeError('nothing stands beside this desk.yaml');
}

function refused(problems: Problem[]): Loaded {
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** What `desk` and synth print: one paragraph for each problem. */
export function describeProblems(file: string, problems: readonly Problem[]): string {
  const head = `${file} has ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}:`;
  const paragraphs = problems.map(({ line, column, path, found, message, allowed }) =>
    [
      `  line ${line}, column ${column}${path && `, ${path}`}`,
      `    found:    ${found}`,
      `    problem:  ${message}`,
      `    allowed:  ${allowed}`,
    ].join('\n'),
  );
  return [head, ...paragraphs].join('\n\n');
}

interface Source {
  text: string;
  lines: LineCounter;
  document: ReturnType<typeof parseDocument>;
}

function tooLong(text: string): Problem {
  return {
    line: 1,
    column: 1,
    path: '',
    found: `${text.length} characters`,
    message: 'the file is too long',
    allowed: `at most ${LONGEST_FILE} characters`,
  };
}

function unreadable({ text, lines }: Source, message: string, offset: number): Problem {
  const { line, col } = lines.linePos(Math.max(offset, 0));
  return {
    line,
    column: col,
    path: '',
    found: shortened(text.split('\n')[line - 1] ?? ''),
    message: `this cannot be read as YAML: ${message}`,
    allowed: 'YAML 1.2, each key once in its block',
  };
}

function unfold(document: Source['document']): { value: unknown } | { refused: string } {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    // What the yaml library throws of an alias without its anchor, and of aliases that unfold into too much.
    if (error instanceof ReferenceError) return { refused: error.message };
    throw error;
  }
}

function firstAlias(document: Source['document']): number {
  let offset = 0;
  visit(document, {
    Alias: (_, { range }) => {
      offset = range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** What zod found, in the words of the file. */
function misshapen(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        key: true,
        message: 'there is no such setting here',
        meant: known,
        allowed: listed(known),
      }));
    }
    case 'invalid_type':
    case 'invalid_union':
      return [{ path, message: 'this is of another kind than what belongs here', allowed: allowedAt(path) }];
    case 'invalid_value': {
      const values = issue.values.map(String);
      return [
        { path, message: 'this is none of the allowed values', meant: values, allowed: listed(values) },
      ];
    }
    case 'invalid_format':
      return [{ path, message: 'this is not written as it should be', allowed: issue.message }];
    case 'too_small':
      return [{ path, message: 'this is too little', allowed: allowedAt(path) }];
    case 'too_big':
      return [{ path, message: 'this is too much', allowed: allowedAt(path) }];
    default:
      return [{ path, message: 'this cannot stand here', allowed: issue.message }];
  }
}

/** The part of JSON Schema that zod writes for our schema. */
interface Shape {
  type?: string;
  description?: string;
  examples?: unknown[];
  enum?: string[];
  minLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Shape>;
  propertyNames?: Shape;
  additionalProperties?: Shape | boolean;
  items?: Shape;
}

let schema: Shape | undefined;

function shapeAt(path: Path): Shape {
  schema ??= z.toJSONSchema(DeskSchema, { io: 'input' }) as Shape;
  return path.reduce<Shape>((shape, step) => {
    if (typeof step === 'number') return shape.items ?? {};
    const rest = typeof shape.additionalProperties === 'object' ? shape.additionalProperties : {};
    return shape.properties?.[step] ?? rest;
  }, schema);
}

function keysAt(path: Path): string[] {
  const { properties, propertyNames } = shapeAt(path);
  return properties ? Object.keys(properties) : (propertyNames?.enum ?? []);
}

function allowedAt(path: Path): string {
  const shape = shapeAt(path);
  const keys = keysAt(path);
  if (keys.length > 0) return `a block with ${listed(keys)}`;
  if (shape.enum) return listed(shape.enum);
  const kind = KINDS[shape.type ?? ''] ?? 'a value';
  if (shape.examples) return `${kind}${rangeOf(shape)} such as ${listed(shape.examples.map(String))}`;
  return `${kind}${shape.minLength ? ' that is not empty' : ''}${rangeOf(shape)}`;
}

const KINDS: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list with at least one entry',
};

function rangeOf({ minimum, maximum }: Shape): string {
  return minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
}

/** Where in the file a finding stands, and what stands there. Of what is left out zod only says that it is nothing. */
function located(
  source: Source,
  { path, key, message, meant = [], allowed }: Finding,
  hasShape = true,
): Problem {
  const place = placeOf(source, path);
  const missing = `${String(path.at(-1))} is left out${hasShape ? `: ${message}` : ''}`;
  const found = key ? String(path.at(-1)) : place.missing ? 'nothing' : shown(place.node, source);
  const { line, col } = source.lines.linePos((key ? place.key : (place.node ?? place.key))?.range?.[0] ?? 0);
  return {
    line,
    column: col,
    path: dotted(path),
    found,
    message: `${place.missing ? missing : message}${suggestion(found, meant)}`,
    allowed,
  };
}

interface Place {
  node: Node | null;
  key: Node | null;
  /** The path ends before this: `node` and `key` are as near as the file comes. */
  missing: boolean;
}

function placeOf({ document }: Source, path: Path): Place {
  let node: Node | null = document.contents;
  let key: Node | null = null;
  for (const step of path) {
    const within: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    if (isMap<ParsedNode, ParsedNode | null>(within)) {
      const pair = within.items.find(
        (entry) => isScalar(entry.key) && String(entry.key.value) === String(step),
      );
      if (!pair) return { node, key, missing: true };
      key = pair.key;
      node = pair.value;
    } else if (isSeq<ParsedNode>(within)) {
      const entry: Node | undefined = within.items[Number(step)];
      if (!entry) return { node, key, missing: true };
      node = entry;
    } else return { node, key, missing: true };
  }
  return { node, key, missing: false };
}

function shown(node: Node | null, { text }: Source): string {
  if (isMap(node)) return 'a block of settings';
  if (isSeq(node)) return node.items.length > 0 ? 'a list' : 'an empty list';
  const [from, to] = node?.range ?? [0, 0];
  return shortened(text.slice(from, to)) || 'nothing';
}

const MOST_SHOWN = 80;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}

function dotted(path: Path): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join('');
}

function hashOf(desk: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(desk)))
    .digest('hex');
}

/** The order of settings means nothing, that of lists does: the first category wins. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
