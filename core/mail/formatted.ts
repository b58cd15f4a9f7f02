/**
 * The formatting of words that have been decided on already. What leaves the desk is decided on plain text: quotes,
 * signature, commands and all below the marker are gone from it. Here the mail's HTML is asked only how these words
 * looked: lines of it that are not among them are dropped, and when what remains is not exactly these words, there is
 * no formatting, and the plain text leaves alone.
 */
import { Parser } from 'htmlparser2';
import { escapeHtml, sanitizeHtml } from './html.ts';

/** Nobody types more; a page that was pasted leaves as plain text. */
const MOST_HTML_CHARS = 256 * 1024;
/** What is kept of it lies in the message's item beside its text. */
const MOST_KEPT_CHARS = 64 * 1024;

/** HTML that says `words` and nothing else, harmless and without colours and fonts of its own; null when there is none. */
export function formattedAs(html: string | null, words: string): string | null {
  if (html === null || html.length > MOST_HTML_CHARS || words.trim() === '') return null;
  const pieces = read(sanitizeHtml(html));
  const kept = choose(pieces, keyOf(words.replace(/\[(?:image|cid): ?[^\]\n]{0,300}\]/gi, '')));
  const written = kept && write(pieces, kept);
  return written && written.length <= MOST_KEPT_CHARS && adds(written) ? written : null;
}

type Piece =
  | { kind: 'open'; name: string; attributes: Record<string, string> }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string };

function read(html: string): Piece[] {
  const pieces: Piece[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => void pieces.push({ kind: 'open', name, attributes }),
    onclosetag: (name) => void pieces.push({ kind: 'close', name }),
    ontext: (text) => {
      const last = pieces.at(-1);
      if (last?.kind === 'text') last.text += text;
      else pieces.push({ kind: 'text', text });
    },
  });
  parser.end(html);
  return pieces;
}

/** Elements that stand within a line; every other one begins a new line. */
const WITHIN = new Set(
  'a abbr b bdi bdo big cite code del dfn em font i img ins kbd q s samp small span strike strong sub sup tt u var'.split(
    ' ',
  ),
);

/** The places of the pieces that say the words, line by line; null when the lines do not add up to them. */
function choose(pieces: readonly Piece[], wanted: string): Set<number> | null {
  const kept = new Set<number>();
  let at = 0;
  let line: number[] = [];
  let said = '';
  const endLine = () => {
    // A line of pictures, or a blank one, belongs to what stands around it.
    const among = at > 0 && at < wanted.length;
    if (said === '' ? among : wanted.startsWith(said, at)) {
      for (const place of line) kept.add(place);
      at += said.length;
    }
    line = [];
    said = '';
  };
  const numbers: number[] = [];
  const targets: { href: string; from: number }[] = [];
  for (const [place, piece] of pieces.entries()) {
    if (piece.kind === 'text') {
      said += keyOf(piece.text);
      line.push(place);
    } else if (!WITHIN.has(piece.name)) {
      endLine();
      if (piece.kind === 'open') said = beginning(piece, numbers, wanted, at);
      else if (piece.name === 'ol' || piece.name === 'ul') numbers.pop();
      if (piece.name === 'br' || piece.name === 'hr') line.push(place);
    } else if (piece.name === 'img') line.push(place);
    else if (piece.name === 'a' && piece.kind === 'open')
      targets.push({ href: keyOf(piece.attributes.href?.replace(/^mailto:/i, '') ?? ''), from: said.length });
    else if (piece.name === 'a') {
      // Plain text writes a link's target behind its words when they do not show it.
      const target = targets.pop();
      if (target && wanted.startsWith(said + target.href, at)) said += target.href;
    }
  }
  endLine();
  return at === wanted.length ? kept : null;
}

/** What plain text writes before an item of a numbered list. */
function beginning({ name }: { name: string }, numbers: number[], wanted: string, at: number): string {
  if (name === 'ol') numbers.push(0);
  if (name === 'ul') numbers.push(Number.NaN);
  const last = numbers.length - 1;
  if (name !== 'li' || last < 0) return '';
  const number = (numbers[last] as number) + 1;
  numbers[last] = number;
  return Number.isNaN(number) || !wanted.startsWith(String(number), at) ? '' : String(number);
}

/** Letters, digits and the mark of a command: what no program changes between its HTML and its plain text. */
function keyOf(text: string): string {
  return text.normalize('NFKC').replace(/[^\p{L}\p{M}\p{N}#]+/gu, '');
}

const ATTRIBUTES: Record<string, readonly string[]> = {
  a: ['href'],
  img: ['src', 'alt'],
  ol: ['start', 'type'],
  td: ['colspan', 'rowspan'],
  th: ['colspan', 'rowspan'],
};
const WEIGHT = /font-weight:\s?(bold|[6-9]\d\d)|font-style:\s?italic/g;
const EMPTY = new Set(['br', 'hr', 'img', 'col']);

/** An element of which nothing was kept goes with it; colours, fonts and sizes are ours. */
function write(pieces: readonly Piece[], kept: ReadonlySet<number>): string {
  const open: string[] = [''];
  const tags: string[] = [];
  const add = (html: string) => {
    open[open.length - 1] += html;
  };
  for (const [place, piece] of pieces.entries()) {
    if (piece.kind === 'text') {
      if (kept.has(place)) add(escapeHtml(piece.text));
    } else if (EMPTY.has(piece.name)) {
      if (piece.kind === 'open' && (kept.has(place) || piece.name === 'col')) add(tagOf(piece));
    } else if (piece.kind === 'open') {
      tags.push(tagOf(piece));
      open.push('');
    } else {
      const inner = open.pop() ?? '';
      const tag = tags.pop() ?? '';
      if (/[^<>\s]/.test(inner.replace(/<(?!img)[^>]*>/g, ''))) add(`${tag}${inner}</${piece.name}>`);
    }
  }
  return open.join('').replace(/^(?:\s|<br \/>)+|(?:\s|<br \/>)+$/g, '');
}

function tagOf({ name, attributes }: Extract<Piece, { kind: 'open' }>): string {
  const own = (ATTRIBUTES[name] ?? []).flatMap((key) =>
    attributes[key] === undefined ? [] : [` ${key}="${escapeHtml(attributes[key])}"`],
  );
  const weight = (attributes.style ?? '').match(WEIGHT)?.join(';');
  const style = name === 'img' ? 'max-width:100%;height:auto' : weight;
  return `<${name}${own.join('')}${style ? ` style="${style}"` : ''}${EMPTY.has(name) ? ' /' : ''}>`;
}

/** Plain words as HTML, to stand before words that are formatted. */
export function paragraphs(words: string): string {
  return words
    .split(/\n{2,}/)
    .map((part) => `<p>${escapeHtml(part).replaceAll('\n', '<br />')}</p>`)
    .join('');
}

/** Paragraphs, lists, weight, links, pictures: without any of them the plain text says as much. */
function adds(html: string): boolean {
  return /<(?:a|b|strong|i|em|u|s|code|pre|ul|ol|table|h[1-6]|img|blockquote)\b|style="/.test(html);
}
