/**
 * What is new in a reply. Quotes go wherever they stand and answers between them stay; signatures go only where their
 * writer's program marks them. Every line is looked at a fixed number of times: a hundred thousand quote marks, dashes
 * or blank lines cost as many steps.
 */
import { attributionEndingAt, mayEndAttribution } from './attributions.ts';
import type { Email, Trimmed } from './email.ts';
import { htmlToText, type Quoting, walk } from './html.ts';
import { quotedField, quotedHeaderAt, spreadOneLineHeader } from './quoted-header.ts';
import { isForwardSeparator, isOriginalSeparator, isRule } from './separators.ts';
import { isListFooter, isMobileSignature, isSignatureDelimiter } from './signatures.ts';

/** A reply that was typed is shorter. What comes behind counts as quoted, so that nothing is lost. */
export const MAX_REPLY_CHARS = 512 * 1024;

export interface TrimOptions {
  /** Take signatures off `visible`. On unless said otherwise. */
  signature?: boolean;
  /**
   * Keep what was written between or below quoted lines that carry our marker. Off unless said otherwise: from an
   * agent nothing at or below the marker may leave.
   */
  belowMarker?: boolean;
}

type Kind = 'visible' | 'quoted' | 'signature';

/** Takes a reply apart: the three fields of the result hold every line of it once. */
export function trimReply(
  email: Pick<Email, 'text' | 'html'>,
  { signature = true, belowMarker = false }: TrimOptions = {},
): Trimmed {
  const source = readable(email);
  const [above, below] = belowMarker ? [source, ''] : splitAtMarker(source);
  const text = above.slice(0, MAX_REPLY_CHARS);
  const lines = text.split('\n').flatMap(spreadOneLineHeader);
  const kinds = lines.map((): Kind => 'visible');
  markQuotes(lines, kinds, below !== '');
  if (signature) markSignatures(lines, kinds);
  return {
    visible: collect(lines, kinds, 'visible'),
    quoted: [collect(lines, kinds, 'quoted'), above.slice(MAX_REPLY_CHARS), below]
      .filter((part) => part.trim() !== '')
      .join('\n'),
    signature: collect(lines, kinds, 'signature'),
  };
}

/** Stands in the text where an element of the HTML says that only quoted mail follows. Mail holds no such character: NUL is stripped. */
const CUT = '\0';

/** The HTML where it marks its quotes by elements, for that is certain; otherwise the plain text. */
function readable({ text, html }: Pick<Email, 'text' | 'html'>): string {
  if (!html) return text;
  let marked = false;
  const plain = walk(
    html,
    (name, attributes) => {
      const kind = quotingOf(name, attributes);
      if (kind !== null) marked = true;
      return kind;
    },
    CUT,
  );
  if (marked) return plain;
  return text.trim() === '' ? htmlToText(html) : text;
}

/** Ids and classes that programs give to the elements behind which only quoted mail comes. */
const REST: readonly { program: string; attribute: 'id' | 'class' | 'style'; value: RegExp }[] = [
  {
    program: 'Outlook on the web and for Windows',
    attribute: 'id',
    value:
      /^(x_)*(divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|ms-outlook-mobile-reference-message)$/i,
  },
  {
    program: 'Outlook for Windows and Mac',
    attribute: 'style',
    value: /^\s*border:\s*none;\s*border-top:\s*solid\s+#?[0-9a-z]+\s+1\.0pt;\s*padding:\s*3\.0pt\s+0/i,
  },
  { program: 'Yahoo', attribute: 'class', value: /\byahoo_quoted\b/i },
  { program: 'QQ', attribute: 'class', value: /\bqmbox\b/i },
  { program: 'Zoho', attribute: 'class', value: /\bzmail_extra\b/i },
];

function quotingOf(name: string, attributes: Record<string, string>): Quoting {
  if (name === 'blockquote') return 'quote';
  if (REST.some(({ attribute, value }) => value.test((attributes[attribute] ?? '').slice(0, 300))))
    return 'rest';
  return null;
}

/** The marker may be quoted and wrapped by the program that replied. */
const MARKER_LINE =
  /##-[\s>]{1,40}Please[\s>]{1,40}write[\s>]{1,40}above[\s>]{1,40}this[\s>]{1,40}line[\s>]{1,40}-##/;

function splitAtMarker(text: string): [string, string] {
  const found = MARKER_LINE.exec(text);
  if (!found) return [text, ''];
  const start = text.lastIndexOf('\n', found.index) + 1;
  return [text.slice(0, start), text.slice(start)];
}

/** Lines that may be attributions and are looked at closely. Every level of a thread has one; nobody answers between hundreds of them. */
const MAX_ATTRIBUTIONS = 200;

function markQuotes(lines: readonly string[], kinds: Kind[], quoteFollows: boolean): void {
  let attributions = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (isQuoteLine(line)) {
      kinds[at] = 'quoted';
      continue;
    }
    if (beginsRest(lines, at)) {
      kinds.fill('quoted', separatorAbove(lines, at));
      return;
    }
    const looks = attributions < MAX_ATTRIBUTIONS && mayEndAttribution(line);
    if (looks) attributions += 1;
    const attribution = looks ? attributionEndingAt(lines, at, (line) => kinds[line] === 'visible') : null;
    if (attribution !== null) {
      kinds.fill('quoted', attribution, at + 1);
      const next = nextFilled(lines, at + 1);
      // Quoted without marks: everything below is, there is no telling where it ends.
      if (next < lines.length && !isQuoteLine(lines[next] ?? '')) {
        kinds.fill('quoted', at + 1);
        return;
      }
    } else if (isWrappedQuote(lines, at, kinds)) kinds[at] = 'quoted';
  }
  if (quoteFollows) markTrailingAttribution(lines, kinds);
}

/** The marker's own attribution line stands above it and has nothing below it any more. */
function markTrailingAttribution(lines: readonly string[], kinds: Kind[]): void {
  let last = lines.length - 1;
  while (last >= 0 && (lines[last] ?? '').trim() === '') last -= 1;
  for (let end = last; end >= Math.max(0, last - 1); end -= 1) {
    const start = attributionEndingAt(lines, end, (line) => kinds[line] === 'visible', { quoteIsOurs: true });
    if (start !== null) kinds.fill('quoted', start);
  }
}

function isQuoteLine(line: string): boolean {
  // `>:` alone closes an address that was wrapped before its bracket.
  return /^\s{0,3}>(?!\s?[:：]$)/.test(line.trimEnd());
}

/** A quoted line that was too long was wrapped, and its second half lost its mark. */
function isWrappedQuote(lines: readonly string[], at: number, kinds: readonly Kind[]): boolean {
  const before = lines[at - 1] ?? '';
  return (
    kinds[at - 1] === 'quoted' &&
    isQuoteLine(before) &&
    before.length >= 60 &&
    isQuoteLine(lines[at + 1] ?? '')
  );
}

/** Whether everything from this line on is another's mail: our cut, a separator, a forward, a block of header fields. */
function beginsRest(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.includes(CUT)) return true;
  if (isOriginalSeparator(line) || isForwardSeparator(line)) return true;
  return quotedField(line) !== null && quotedHeaderAt(lines, at) !== null;
}

/** Outlook draws a line above the header block; it goes with it. */
function separatorAbove(lines: readonly string[], at: number): number {
  let above = at - 1;
  while (above >= 0 && above >= at - 3 && (lines[above] ?? '').trim() === '') above -= 1;
  return above >= 0 && above >= at - 3 && isRule(lines[above] ?? '') ? above : at;
}

function nextFilled(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && (lines[at] ?? '').trim() === '') at += 1;
  return at;
}

/** A signature reaches from its delimiter to the next quote, or to the end. */
function markSignatures(lines: readonly string[], kinds: Kind[]): void {
  let within = false;
  for (let at = 0; at < lines.length; at += 1) {
    if (kinds[at] !== 'visible') within = false;
    else if (!within) within = beginsSignature(lines, at, kinds);
    if (within) kinds[at] = 'signature';
  }
}

function beginsSignature(lines: readonly string[], at: number, kinds: readonly Kind[]): boolean {
  const line = lines[at] ?? '';
  if (isSignatureDelimiter(line) || isListFooter(line, lines.slice(at + 1, at + 4).join('\n'))) return true;
  if (!isMobileSignature(line)) return false;
  // Inside a paragraph the same words are somebody's own.
  const alone = at === 0 || kinds[at - 1] !== 'visible' || (lines[at - 1] ?? '').trim() === '';
  return alone || kinds[at + 1] !== 'visible' || nextFilled(lines, at + 1) >= lines.length;
}

/** The lines of one kind, a blank one between runs that something was taken out of. */
function collect(lines: readonly string[], kinds: readonly Kind[], kind: Kind): string {
  const out: string[] = [];
  let parted = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').replaceAll(CUT, '');
    if (kinds[at] !== kind) parted = out.length > 0;
    else if (line.trim() !== '' || !parted) {
      if (parted && out.at(-1)?.trim() !== '') out.push('');
      parted = false;
      out.push(line);
    }
  }
  return out
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd();
}
