/**
 * What is new in a reply. Quotes go wherever they stand and answers between them stay; signatures go only where their
 * writer's program marks them. Every line is looked at a fixed number of times: a hundred thousand quote marks, dashes
 * or blank lines cost as many steps.
 */
import { attributionEndingAt, mayEndAttribution, namesAddress } from './attributions.ts';
import type { Email, Trimmed } from './email.ts';
import { htmlToText, IN_SIGNATURE, type Quoting, walk } from './html.ts';
import { quotedField, quotedHeaderAt, spreadOneLineHeader } from './quoted-header.ts';
import { isForwardSeparator, isOriginalSeparator, isRule } from './separators.ts';
import { isFooter, isListFooter, isMobileSignature, isSignatureDelimiter } from './signatures.ts';

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
  email: Pick<Email, 'text' | 'html'> & Partial<Pick<Email, 'labels'>>,
  { signature = true, belowMarker = false }: TrimOptions = {},
): Trimmed {
  const labels = (email.labels ?? []).join('\n\n');
  const source = readable({ ...email, text: withoutLabels(email.text, labels) });
  const [above, below] = belowMarker ? [source, ''] : splitAtMarker(source);
  const text = above.slice(0, MAX_REPLY_CHARS);
  const lines = text.split('\n').flatMap(spreadOneLineHeader);
  const kinds = lines.map((): Kind => 'visible');
  markQuotes(lines, kinds, below !== '');
  if (signature) markSignatures(lines, kinds);
  const written = collect(lines, kinds, 'visible');
  return {
    // An agent did not write them, and what he did not write does not leave.
    visible: [written, belowMarker ? labels : ''].filter((part) => part !== '').join('\n\n'),
    quoted: [collect(lines, kinds, 'quoted'), above.slice(MAX_REPLY_CHARS), below, belowMarker ? '' : labels]
      .filter((part) => part.trim() !== '')
      .join('\n'),
    signature: collect(lines, kinds, 'signature'),
  };
}

function withoutLabels(text: string, labels: string): string {
  return labels !== '' && text.endsWith(labels) ? text.slice(0, -labels.length).trimEnd() : text;
}

/** Stands in the text where an element of the HTML says that only quoted mail follows. Mail holds no such character: NUL is stripped. */
const CUT = '\0';

/** The HTML where it marks its quotes by elements, for that is certain; otherwise the plain text. */
function readable({ text, html }: Pick<Email, 'text' | 'html'>): string {
  if (!html) return text;
  const marked = MAY_BE_MARKED.test(html) ? readMarked(html) : null;
  if (marked !== null) return marked;
  return text.trim() === '' ? htmlToText(html) : text;
}

/** Null when no element quotes. */
function readMarked(html: string): string | null {
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
  return marked ? plain : null;
}

/** Ids and classes that programs give to the elements behind which only quoted mail comes. */
interface Mark {
  program: string;
  attribute: 'id' | 'class' | 'style' | 'name' | 'data-marker';
  value: RegExp;
}

const REST: readonly Mark[] = [
  {
    program: 'Outlook on the web and for Windows',
    attribute: 'id',
    value:
      /^(x_)*(divRplyFwdMsg|divRpF\d+|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|ms-outlook-mobile-reference-message)$/i,
  },
  {
    program: 'Outlook for Windows and Mac',
    attribute: 'style',
    value:
      /^\s*border:\s*none;\s*border-top:\s*solid\s+#?[0-9a-z]+\s+1\.0pt;\s*padding:\s*3\.0pt\s+0|border-top:\s*1pt\s+solid\s+rgb\(2[0-9]{2}, ?2[0-9]{2}, ?2[0-9]{2}\);\s*padding:\s*3pt\s+0/i,
  },
  { program: 'Zimbra', attribute: 'data-marker', value: /^__(DIVIDER|HEADERS|QUOTED_TEXT)__$/ },
  { program: 'Thunderbird', attribute: 'class', value: /\bmoz-forward-container\b/i },
  { program: 'Yahoo', attribute: 'class', value: /\byahoo_quoted\b/i },
  { program: 'QQ', attribute: 'class', value: /\bqmbox\b/i },
  { program: 'Zoho', attribute: 'class', value: /\bzmail_extra\b/i },
];

/** Elements that hold the line above a quote. */
const ATTRIBUTION: readonly Mark[] = [
  { program: 'Gmail', attribute: 'class', value: /\bgmail_attr\b/i },
  { program: 'Thunderbird', attribute: 'class', value: /\bmoz-cite-prefix\b/i },
];

const SIGNATURE: readonly Mark[] = [
  { program: 'Gmail', attribute: 'class', value: /\b(x_)*gmail_signature(_prefix)?\b/i },
  {
    program: 'Outlook, Apple Mail, Samsung',
    attribute: 'id',
    value:
      /^(x_)*(signature|ms-outlook-mobile-signature|applemailsignature|composer_signature|ymail_(android|ios)_signature|yahoo_signature|zmail_signature)$/i,
  },
  { program: 'Thunderbird', attribute: 'class', value: /\bmoz-signature\b/i },
  { program: 'Proton', attribute: 'class', value: /\bprotonmail_signature_block\b/i },
  { program: 'Front', attribute: 'class', value: /\bfront-signature\b/i },
  { program: 'Spark', attribute: 'name', value: /^messageSignatureSection$/i },
  { program: 'Zimbra', attribute: 'data-marker', value: /^__SIG_(PRE|POST)__$/ },
];

/** Wherever one of these marks stands, there is one of these; in most new mail there is none. A reference may hide their letters. */
const MAY_BE_MARKED =
  /quote|divRp|appendonsend|OLK_|reference-message|border-top|__DIVIDER|__HEADERS|moz-|yahoo_|qmbox|zmail_|gmail_|signature|__SIG_|&(?:#|lowbar|underbar)/i;

function quotingOf(name: string, attributes: Record<string, string>): Quoting {
  const marks = (list: readonly Mark[]) =>
    list.some(({ attribute, value }) => value.test((attributes[attribute] ?? '').slice(0, 300)));
  if (name === 'blockquote' || marks(ATTRIBUTION)) return 'quote';
  if (marks(REST)) return 'rest';
  return marks(SIGNATURE) ? 'signature' : null;
}

/** Between the words of a marker that was quoted, wrapped, emphasised, or made plain from HTML. */
const GAP = '[\\s>|*_\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]{1,160}';
const WORDS = ['Please', 'write', 'above', 'this', 'line'].join(GAP);
const EDGE = '[#\\u002D\\u2010-\\u2015]';

/** One of its edges is enough: programs take hashes for headings and dashes for lists. */
const MARKER_LINE = new RegExp(
  `(?:#${GAP.replace('1,', '0,')})?${EDGE}${GAP.replace('1,', '0,')}${WORDS}|${WORDS}${GAP.replace('1,', '0,')}${EDGE}`,
  'i',
);

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
  for (const [at, line] of lines.entries()) {
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
    if (attribution === null) {
      if (isWrappedQuote(lines, at, kinds)) kinds[at] = 'quoted';
      continue;
    }
    const next = lines[nextFilled(lines, at + 1)];
    const isUnmarked = next !== undefined && !isQuoteLine(next);
    if (isUnmarked && isTold(lines, attribution, at, kinds)) continue;
    kinds.fill('quoted', attribution, at + 1);
    // Quoted without marks: everything below is, there is no telling where it ends.
    if (isUnmarked) {
      kinds.fill('quoted', at + 1);
      return;
    }
  }
  if (quoteFollows) markTrailingAttribution(lines, kinds);
}

/** `At nine Bob wrote:` and Bob's words without marks, told by somebody who has said nothing else: programs name an address there, or mark what they quote. */
function isTold(lines: readonly string[], from: number, to: number, kinds: readonly Kind[]): boolean {
  const said = lines.slice(from, to + 1).join(' ');
  if (namesAddress(said)) return false;
  return (
    /^\s*At\s/.test(said) ||
    !lines.slice(0, from).some((line, at) => kinds[at] === 'visible' && line.trim() !== '')
  );
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
  if (line === CUT) return true;
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
    if (within || (kinds[at] === 'visible' && lines[at]?.startsWith(IN_SIGNATURE))) kinds[at] = 'signature';
  }
  markFooters(lines, kinds);
}

/** Footers under a house's mail: whole paragraphs at the end of what somebody wrote, never all that he wrote. */
function markFooters(lines: readonly string[], kinds: Kind[]): void {
  let end = lines.length - 1;
  for (let paragraphs = 0; paragraphs < MAX_FOOTERS; paragraphs += 1) {
    while (end >= 0 && (kinds[end] !== 'visible' || (lines[end] ?? '').trim() === '')) end -= 1;
    let start = end;
    while (start > 0 && kinds[start - 1] === 'visible' && (lines[start - 1] ?? '').trim() !== '') start -= 1;
    const above = lines.findIndex(
      (line, at) => kinds[at] === 'visible' && line.trim() !== '' && !isRule(line),
    );
    if (end < 0 || above >= start || !isFooter(lines.slice(start, end + 1).join('\n'))) return;
    kinds.fill('signature', start, end + 1);
    end = start - 1;
  }
}

/** A house has a notice, a plea for the forest and a word of its virus scanner. */
const MAX_FOOTERS = 4;

function beginsSignature(lines: readonly string[], at: number, kinds: readonly Kind[]): boolean {
  const line = lines[at] ?? '';
  if (line.trim() === '') return false;
  if (isSignatureDelimiter(line) || isListFooter(line, lines.slice(at + 1, at + 4).join('\n'))) return true;
  // Inside a paragraph the same words are somebody's own.
  const alone = at === 0 || kinds[at - 1] !== 'visible' || (lines[at - 1] ?? '').trim() === '';
  return (alone || kinds[nextFilled(lines, at + 1)] !== 'visible') && isMobileSignature(line);
}

/** The lines of one kind, a blank one between runs that something was taken out of. */
function collect(lines: readonly string[], kinds: readonly Kind[], kind: Kind): string {
  const out: string[] = [];
  let parted = false;
  for (let at = 0; at < lines.length; at += 1) {
    if (kinds[at] !== kind) {
      parted = out.length > 0;
      continue;
    }
    const line = (lines[at] ?? '').replaceAll(IN_SIGNATURE, '').replaceAll(CUT, '');
    if (line.trim() !== '' || !parted) {
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
