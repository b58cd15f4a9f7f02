/**
 * Changes a few places of a YAML file and leaves every other character as it is: the comments of a desk.yaml are its manual, and
 * its long lists were broken by hand. The yaml library says where things stand; it does not write the file anew.
 */
import { Document, isMap, isScalar, isSeq, type Node, type ParsedNode, stringify, visit } from 'yaml';

/** Offsets into the text; `to` is the first that stays. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/** What is put into the same place stands there in the order of the edits. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits
    .toReversed()
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, text }) => done.slice(0, from) + text + done.slice(to), text);
}

/** A value in place of the one that stands at the path; nothing where there is none. */
export function setting(
  document: Document.Parsed,
  path: readonly (string | number)[],
  value: unknown,
): Edit[] {
  const node = document.getIn(path, true);
  if (!isScalar(node) || !node.range) return [];
  return [{ from: node.range[0], to: node.range[1], text: stringify(value).trimEnd() }];
}

/** A line of a key and its value taken out; nothing where it does not stand on lines of its own. */
export function dropped(text: string, document: Document.Parsed, path: readonly (string | number)[]): Edit[] {
  const map = document.getIn(path.slice(0, -1), true);
  if (!isMap<ParsedNode, ParsedNode>(map) || map.flow) return [];
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  const end = pair?.value?.range?.[1];
  if (!pair || end === undefined) return [];
  const line = text.indexOf('\n', end - 1);
  return [{ from: lineStart(text, pair.key.range[0]), to: line < 0 ? text.length : line + 1, text: '' }];
}

/** A block with short lists, and with promises in one line each, as the sample has them. */
export function written(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Seq: (_, list) => {
      if (list.items.every(isScalar)) list.flow = true;
    },
    Pair: (_, { key, value }) => {
      if (isMap(value) && isScalar(key) && /^P[1-4]$/.test(String(key.value))) value.flow = true;
    },
  });
  // The library pads lists as it pads maps.
  return document
    .toString({ lineWidth: 120, flowCollectionPadding: true })
    .replace(/^(.*?[:-]) \[ ([^"'\n]*) \]$/gm, '$1 [$2]');
}

/** The whole block of a key at the top, from its line to the last that is its own, without the comments before and after it. */
export function block(text: string, document: Document.Parsed, key: string, replacement: string): Edit[] {
  const pairs = isMap<ParsedNode, ParsedNode>(document.contents) ? document.contents.items : [];
  const nth = pairs.findIndex(({ key: name }) => isScalar(name) && name.value === key);
  const start = startOf(pairs[nth]?.key);
  if (start === null) return [];
  const end = ownEnd(text, startOf(pairs[nth + 1]?.key) ?? text.length);
  return [{ from: start, to: end, text: replacement.endsWith('\n') ? replacement : `${replacement}\n` }];
}

export interface Item {
  node: Node;
  /** With the comments before it. */
  from: number;
  to: number;
}

/** The entries of a block list. */
export function items(text: string, document: Document.Parsed, path: readonly (string | number)[]): Item[] {
  const list = document.getIn(path, true);
  if (!isSeq<ParsedNode>(list) || list.flow || !list.range) return [];
  const starts = list.items.map((node) => lineStart(text, node.range[0]));
  return list.items.map((node, nth) => ({
    node,
    from: withComments(text, starts[nth] ?? 0),
    to:
      nth + 1 < starts.length
        ? withComments(text, starts[nth + 1] ?? 0)
        : ownEnd(text, Math.min(list.range?.[2] ?? text.length, text.length)),
  }));
}

function startOf(node: Node | null | undefined): number | null {
  return node?.range ? node.range[0] : null;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Back over lines that are empty or nothing but a comment. */
function ownEnd(text: string, next: number): number {
  let end = lineStart(text, next) === next || next === text.length ? next : lineStart(text, next);
  while (end > 0) {
    const before = lineStart(text, end - 1);
    if (!/^\s*(#.*)?$/.test(text.slice(before, end).trimEnd())) break;
    end = before;
  }
  return end;
}

/** Back over the indented comments right above. */
function withComments(text: string, start: number): number {
  let from = start;
  while (from > 0) {
    const before = lineStart(text, from - 1);
    if (!/^\s+#/.test(text.slice(before, from))) break;
    from = before;
  }
  return from;
}
