/** Compares a list of people, as a directory exports it, with those of desk.yaml, and writes what is different. */
import { parse } from 'csv-parse/sync';
import { isMap, type Pair, parseDocument } from 'yaml';
import { describeProblems, loadDesk, type ReadBeside } from '../core/config/load.ts';
import { Refused } from './refused.ts';
import { type Edit, edited, items, written } from './yaml-text.ts';

/** What a column may be called; a list is split at ; or |. */
const COLUMNS = {
  name: 'text',
  address: 'text',
  role: 'text',
  team: 'text',
  tier: 'number',
  skills: 'list',
  alternates: 'list',
  hours: 'text',
  language: 'text',
  manager: 'text',
  cap: 'number',
  mail: 'text',
} as const;
type Column = keyof typeof COLUMNS;
type Row = Partial<Record<Column, string | number | string[]>>;

export interface Import {
  added: { address: string; name: string }[];
  changed: { address: string; changes: { column: string; from: unknown; to: unknown }[] }[];
  removed: { address: string; name: string }[];
  /** In desk.yaml and not in the list, and left there. */
  missing: { address: string; name: string }[];
  unchanged: number;
}

/** `rows`: the CSV's text. `before`: desk.yaml. What it answers has been checked as a whole; nothing is written. */
export function importPeople(
  rows: string,
  before: string,
  { csv, yaml, removeMissing }: { csv: string; yaml: string; removeMissing: boolean },
  readBeside: ReadBeside,
): { text: string; result: Import } {
  const wanted = readRows(rows, csv);
  const text = before.endsWith('\n') ? before : `${before}\n`;
  const document = parseDocument(text);
  const there = items(text, document, ['people']).map((item, nth) => ({
    ...item,
    nth,
    person: (isMap(item.node) ? item.node.toJS(document) : {}) as Row,
  }));
  if (there.length === 0) throw new Refused(`${yaml} has no people in a list of blocks to compare with.`);
  const addressOf = ({ address }: Row) => String(address).toLowerCase();
  const edits: Edit[] = [];
  const result: Import = { added: [], changed: [], removed: [], missing: [], unchanged: 0 };
  for (const { person, node, from, to } of there) {
    const row = wanted.find((each) => addressOf(each) === addressOf(person));
    const named = { address: addressOf(person), name: String(person.name) };
    if (!row) {
      if (removeMissing) edits.push({ from, to, text: '' });
      result[removeMissing ? 'removed' : 'missing'].push(named);
      continue;
    }
    const changes = differences(person, row);
    if (changes.length === 0) result.unchanged += 1;
    else {
      result.changed.push({ address: named.address, changes });
      edits.push(...(isMap(node) ? rewritten(text, node.items as Pair[], { from, to }, changes) : []));
    }
  }
  const fresh = wanted.filter((row) => !there.some(({ person }) => addressOf(person) === addressOf(row)));
  result.added = fresh.map((row) => ({ address: addressOf(row), name: String(row.name) }));
  const end = there.at(-1)?.to ?? text.length;
  const indent = /^ *(?=- )/m.exec(text.slice(there[0]?.from ?? 0))?.[0] ?? '  ';
  if (fresh.length > 0)
    edits.push({
      from: end,
      to: end,
      text: written(fresh.map(({ address, name, ...rest }) => ({ address, name, ...rest })))
        .replace(/^/gm, indent)
        .trimEnd()
        .concat('\n'),
    });
  const whole = edited(text, edits);
  const checked = loadDesk(whole, readBeside);
  if (!checked.ok) throw new Refused(describeProblems(`${yaml} with ${csv}`, checked.problems));
  return { text: whole, result };
}

function readRows(rows: string, csv: string): Row[] {
  let records: string[][];
  try {
    records = parse(rows, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new Refused(`${csv} cannot be read as CSV: ${error instanceof Error ? error.message : error}`);
  }
  const [head = [], ...rest] = records;
  const names = head.map((name) => name.toLowerCase());
  const strange = names.filter((name) => !(name in COLUMNS));
  const known = Object.keys(COLUMNS).join(', ');
  if (strange.length > 0)
    throw new Refused(`${csv}, row 1: there is no column «${strange.join('», «')}»; allowed are ${known}.`);
  for (const needed of ['address', 'name', 'role'])
    if (!names.includes(needed)) throw new Refused(`${csv}, row 1: the column ${needed} is missing.`);
  const problems: string[] = [];
  const read = rest.map((cells, nth) => {
    const row: Row = {};
    names.forEach((name, at) => {
      const cell = cells[at] ?? '';
      const wrong = fill(row, name as Column, cell);
      if (wrong) problems.push(`  row ${nth + 2}, ${name}: «${cell}»; allowed is ${wrong}`);
    });
    return row;
  });
  read.forEach(({ address }, nth) => {
    if (address !== undefined && read.findIndex((other) => other.address === address) < nth)
      problems.push(
        `  row ${nth + 2}, address: «${address}» stands in another row already; allowed is each once`,
      );
  });
  if (problems.length > 0) throw new Refused([`${csv} has mistakes:`, ...problems].join('\n'));
  return read;
}

/** Why not; an empty cell says nothing, but where it must say something. */
function fill(row: Row, name: Column, cell: string): string | null {
  if (cell === '') return ['address', 'name', 'role'].includes(name) ? 'not nothing' : null;
  switch (COLUMNS[name]) {
    case 'number':
      if (!/^\d{1,4}$/.test(cell)) return 'a whole number';
      row[name] = Number(cell);
      return null;
    case 'list':
      row[name] = cell
        .split(/[;|]/)
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
      return null;
    case 'text':
      if (name === 'address' && !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(cell))
        return 'an address such as ada@example.com';
      if (name === 'role' && !['agent', 'lead', 'manager'].includes(cell.toLowerCase()))
        return 'agent, lead or manager';
      row[name] = ['address', 'role', 'manager'].includes(name) ? cell.toLowerCase() : cell;
      return null;
  }
}

type Change = { column: string; from: unknown; to: unknown };

function differences(person: Row, row: Row): Change[] {
  return Object.entries(row).flatMap(([column, to]) => {
    const from = person[column as Column] ?? null;
    const same =
      column === 'address'
        ? true
        : Array.isArray(to)
          ? JSON.stringify([...to].sort()) === JSON.stringify([...((from as string[] | null) ?? [])].sort())
          : String(to) === String(from);
    return same ? [] : [{ column, from, to }];
  });
}

/** Each value in its place; what was not said before comes after the last line of the person. */
function rewritten(
  text: string,
  pairs: readonly Pair[],
  { to: end }: { from: number; to: number },
  changes: readonly Change[],
): Edit[] {
  const placeOf = (column: string) =>
    pairs.find(({ key }) => String(key) === column)?.value as { range?: [number, number, number] } | null;
  const first = pairs[0]?.key as { range?: [number, number, number] };
  const column = (first.range?.[0] ?? 0) - (text.lastIndexOf('\n', first.range?.[0] ?? 0) + 1);
  const fresh: string[] = [];
  const edits = changes.flatMap(({ column: name, to }): Edit[] => {
    const range = placeOf(name)?.range;
    const value = written({ v: to }).slice('v: '.length).trimEnd();
    if (range) return [{ from: range[0], to: range[1], text: value }];
    fresh.push(`${' '.repeat(column)}${name}: ${value}\n`);
    return [];
  });
  const last = text.slice(0, end).trimEnd().length + 1;
  return fresh.length > 0 ? [...edits, { from: last, to: last, text: fresh.join('') }] : edits;
}
