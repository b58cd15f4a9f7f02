/** Reads tickets from a file: JSON lines, or CSV (RFC 4180) with a head line. What is wrong is named with its line. */
import { readFile, stat } from 'node:fs/promises';
import type { Filed } from '../core/triage/learn.ts';
import { ASPECTS, LONGEST_LABEL } from '../core/triage/model.ts';
import { Refused } from './refused.ts';

/** The text is one string in memory, and so are all the tickets in it. */
const MOST_OCTETS = 100_000_000;

export async function readFiled(file: string): Promise<Filed[]> {
  return (await readRecords(file)).map((record) => {
    const aspects = aspectsOf(record);
    return {
      text: textOf(record),
      label: labelOf(record),
      ...(Object.keys(aspects).length > 0 ? { aspects } : {}),
    };
  });
}

/** A label that stands beside a text is passed over. */
export async function readTexts(file: string): Promise<string[]> {
  return (await readRecords(file)).map(textOf);
}

interface Record {
  /** Where it is, in words: `tickets.jsonl, line 7`. */
  where: string;
  values: { readonly [name: string]: unknown };
}

function textOf({ where, values: { text } }: Record): string {
  if (typeof text === 'string') return text;
  throw new Refused(`${where}: text is ${shown(text)}; allowed is a string, which may be empty.`);
}

function labelOf({ where, values: { label } }: Record): string {
  if (typeof label === 'string' && label.trim() !== '' && label.length <= LONGEST_LABEL) return label.trim();
  throw new Refused(
    `${where}: label is ${shown(label)}; allowed is a string of 1 to ${LONGEST_LABEL} characters, not only spaces.`,
  );
}

/** What stands beside the label under these names; an empty cell is none. */
function aspectsOf({ values }: Record): NonNullable<Filed['aspects']> {
  return Object.fromEntries(
    ASPECTS.flatMap((aspect) => {
      const said = values[aspect];
      return typeof said === 'string' && said.trim() !== '' && said.length <= LONGEST_LABEL
        ? [[aspect, said.trim()]]
        : [];
    }),
  );
}

async function readRecords(file: string): Promise<Record[]> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new Refused(`There is no file ${file}.`);
  if (found.size > MOST_OCTETS)
    throw new Refused(`${file} has ${found.size} octets; allowed are ${MOST_OCTETS}.`);
  const text = new TextDecoder('utf-8').decode(await readFile(file));
  return /\.csv$/i.test(file) ? fromCsv(text, file) : fromJsonLines(text, file);
}

function fromJsonLines(text: string, file: string): Record[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const where = `${file}, line ${at + 1}`;
    const values = parsed(line);
    if (typeof values === 'object' && values !== null && !Array.isArray(values))
      return [{ where, values: values as Record['values'] }];
    throw new Refused(
      `${where} is ${shown(values ?? line)}; allowed is one JSON object on each line, such as {"text": "…", "label": "…"}.`,
    );
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fromCsv(text: string, file: string): Record[] {
  const [head, ...rows] = csvRows(text, file);
  const names = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  return rows.map(({ line, cells }) => {
    const where = `${file}, line ${line}`;
    if (cells.length !== names.length)
      throw new Refused(
        `${where} has ${cells.length} columns: ${shown(cells.join(','))}; allowed are ${names.length}, as in line 1: ${shown(names.join(','))}.`,
      );
    return { where, values: Object.fromEntries(names.map((name, at) => [name, cells[at]])) };
  });
}

interface Row {
  line: number;
  cells: string[];
}

/** Either a cell in quotes, in which quotes stand doubled, or one without; then what ends it. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function csvRows(text: string, file: string): Row[] {
  const rows: Row[] = [];
  let line = 1;
  let row: Row = { line, cells: [] };
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length || row.cells.length > 0) {
    const from = CELL.lastIndex;
    const match = CELL.exec(text);
    if (!match)
      throw new Refused(
        `${file}, line ${line}: ${shown(text.slice(from, from + 200))} is no cell; allowed is text without quotes, or in quotes that end, with quotes inside doubled.`,
      );
    const [whole, quoted, plain, end] = match;
    row.cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (row.cells.length > 1 || row.cells[0] !== '') rows.push(row);
    row = { line, cells: [] };
  }
  return rows;
}

/** What was seen, at most so long that the sentence about it stays readable. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return `«${text.length > 80 ? `${text.slice(0, 80)}…` : text}»`;
}
