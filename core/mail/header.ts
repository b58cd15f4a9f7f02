/** The header of a mail, field by field (RFC 5322, 2047, 2231), as it comes in the wild. */
import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';
import { decodeText, knowsCharset } from './charset.ts';
import type { Address } from './email.ts';
import { MAX_ADDRESSES, MAX_REFERENCES, MAX_WORDS } from './limits.ts';

export interface Field {
  /** Lower case. */
  name: string;
  /** Unfolded, as it stands, octets as Latin-1. */
  octets: string;
}

export interface Head {
  fields: Field[];
  /** Where the body begins. */
  end: number;
  lines: number;
}

/**
 * Takes the header off the front of a mail whose line ends are LF or CRLF. A line that can be no field ends the
 * header as a blank line would: some programs forget the blank line.
 */
export function splitHead(raw: Uint8Array, from = 0): Head {
  const octets = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const fields: Field[] = [];
  let folded: string[] = [];
  let name = '';
  let at = from;
  const finish = () => {
    if (name !== '') fields.push({ name, octets: folded.join('').trim() });
    name = '';
    folded = [];
  };
  let lines = 0;
  while (at < raw.length) {
    const end = octets.indexOf(0x0a, at);
    const next = end < 0 ? raw.length : end + 1;
    const line = octets.toString(
      'latin1',
      at,
      end < 0 ? next : octets[end - 1] === 0x0d && end > at ? end - 1 : end,
    );
    lines += 1;
    if (line === '') {
      at = next;
      break;
    }
    const field = /^([!-9;-~]{1,998})[ \t]*:/.exec(line);
    if (/^[ \t]/.test(line) || isLostParameter(line, folded.at(-1))) {
      // RFC 5322 2.2.3: unfolding takes the line end out and leaves the white space.
      if (name !== '') folded.push(line);
    } else if (field?.[1]) {
      finish();
      name = field[1].toLowerCase();
      folded = [line.slice(field[0].length)];
    } else if (!/^>?From /.test(line)) {
      break;
    }
    at = next;
  }
  finish();
  return { fields, end: at, lines };
}

/** `boundary=…` behind a line that ends in a semicolon was folded by somebody who forgot the white space. */
export function isLostParameter(line: string, before: string | undefined): boolean {
  return (
    before !== undefined &&
    /;[ \t]*$/.test(before.slice(-20)) &&
    /^[a-z][a-z-]{1,20}(\*\d{0,2}\*?)?="?[^\s=]/i.test(line)
  );
}

/** The charset that the header's first encoded word names: a hint for octets that name none. */
export function charsetHint(fields: readonly Field[]): string | null {
  for (const { octets } of fields) {
    if (!octets.includes('=?')) continue;
    const word = /=\?([^?\s]{1,40})\?[bq]\?/i.exec(octets.slice(0, 4_000));
    if (word?.[1] && knowsCharset(word[1])) return word[1];
  }
  return null;
}

/** RFC 1428 3: octets of which nobody can say what they are. Those that are not UTF-8 become U+FFFD. */
export const UNKNOWN_8BIT = 'unknown-8bit';

/** Nothing stands in it that could be of another charset than ASCII. */
export function isPlain(octets: string): boolean {
  return !/[^\t -~]/.test(octets);
}

/** A field's value in characters, encoded words left as they are. 8-bit octets inside an encoded word are of its charset. */
export function fieldText(octets: string, likely: string | null): string {
  if (isPlain(octets)) return octets;
  const words = octets.replace(ENCODED_Q, (word) =>
    word.replace(/[\x80-\xFF]/g, (octet) => `=${octet.charCodeAt(0).toString(16)}`),
  );
  const bytes = Buffer.from(words, 'latin1');
  return likely === UNKNOWN_8BIT ? new TextDecoder().decode(bytes) : decodeText(bytes, null, likely);
}

/** Unstructured text (a subject, a name) with its encoded words decoded, on one line and without control characters. */
export function readText(value: string): string {
  return oneLine(decodeWords(value));
}

/** No control character may reach a header that we write, a log or a file name. Bidirectional overrides are kept: they are text. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();
}

/**
 * RFC 2047. White space between encoded words goes, and neighbours in the same charset are decoded as one run of
 * octets, because mailers split inside a character. Spaces and question marks inside a word are tolerated.
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  const out: string[] = [];
  let run: { charset: string; octets: Buffer[] } | null = null;
  let plainFrom = 0;
  let closed = 0;
  const opening = /=\?([^?\s]{1,64})\?([bq])\?/gi;
  const flush = () => {
    if (run) out.push(decodeText(Buffer.concat(run.octets), run.charset));
    run = null;
  };
  let words = 0;
  for (let word = opening.exec(value); word && words < MAX_WORDS; word = opening.exec(value)) {
    words += 1;
    if (closed >= 0 && closed < opening.lastIndex) closed = value.indexOf('?=', opening.lastIndex);
    const { end, next } = endOfWord(value, opening.lastIndex, closed);
    const [, charset = '', encoding = ''] = word;
    const between = value.slice(plainFrom, word.index);
    if (run === null || between.trim() !== '') {
      flush();
      out.push(between);
    }
    const octets = decodeWord(value.slice(opening.lastIndex, end), encoding);
    // A run ends where the charset changes, or where a stateful charset starts afresh.
    const current = run as { charset: string; octets: Buffer[] } | null;
    if (
      current &&
      current.charset === charset.toLowerCase() &&
      !/^(iso-2022|utf-7|unicode)/.test(current.charset)
    )
      current.octets.push(octets);
    else {
      flush();
      run = { charset: charset.toLowerCase(), octets: [octets] };
    }
    plainFrom = next;
    opening.lastIndex = plainFrom;
  }
  flush();
  out.push(value.slice(plainFrom));
  return out.join('');
}

/** RFC 2047 2 allows 75 characters. A word that was cut off is looked for the next one so far. */
const MAX_WORD = 2_048;

/** A word that somebody cut off ends where the next begins, or with the field. `closed`: where a word is closed next, -1 for never. */
function endOfWord(value: string, from: number, closed: number): { end: number; next: number } {
  const end = closed < 0 ? value.length : closed;
  const cut = ANOTHER_WORD.exec(value.slice(from, Math.min(end, from + MAX_WORD)));
  if (closed >= 0 && !cut) return { end: closed, next: closed + 2 };
  const next = cut ? from + cut.index : value.length;
  return { end: value[next - 1] === '?' ? next - 1 : next, next };
}

const ANOTHER_WORD = /\s+=\?[^?\s]{1,64}\?[bq]\?/i;

function decodeWord(text: string, encoding: string): Buffer {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  // The text may hold characters already (8-bit in an encoded word); they become UTF-8 octets again.
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(
    bytes
      .replace(/_/g, ' ')
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/**
 * The mailboxes of an address field, groups opened, in their order. Whatever is no `local@domain` is left out.
 * Encoded words may stand in names only (RFC 2047 5); one in an address is read, and kept when it is an address then.
 */
export function readAddresses(value: string): Address[] {
  const found: Address[] = [];
  for (const { address, name } of addressparser(shielded(guarded(value)), { flatten: true })) {
    if (found.length >= MAX_ADDRESSES) break;
    const mailbox = readMailbox(address, name);
    if (mailbox) found.push(mailbox);
  }
  return found;
}

/**
 * Whether From can be read in one way only. What stands before the colon of a group, or before a carriage return that ends
 * no line, may be the address that others read there: SES would prove that one, and the desk believe the one behind it.
 */
export function isUnequivocal(value: string): boolean {
  if (/[\r\n]/.test(value)) return false;
  return !value.includes(':') || addressparser(shielded(guarded(value))).every((each) => !('group' in each));
}

/** Addresses past the ones that count are not worth parsing. Cut at a comma so that none is halved. */
function guarded(value: string): string {
  const most = MAX_ADDRESSES * 128;
  return value.length <= most ? value : value.slice(0, value.lastIndexOf(',', most) + 1 || most);
}

/** Commas and colons inside an encoded word are text; RFC 2047 5 forbids them there, and mailers write them. */
function shielded(value: string): string {
  return value.replace(ENCODED_Q, (word) => {
    const text = word.indexOf('?', word.indexOf('?', 2) + 1) + 1;
    return (
      word.slice(0, text) +
      word
        .slice(text, -2)
        .replace(/[^\w=+*!/-]/g, (char) =>
          char > '\u007F' ? char : `=${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
        ) +
      word.slice(-2)
    );
  });
}

const ENCODED_Q = /=\?[^?\s]{1,64}\?q\?[^?]{0,2000}\?=/gi;

function readMailbox(address: string, name: string): Address | null {
  const spelled = address.includes('=?') ? decodeWords(address) : address;
  const mailbox = canonicalAddress(spelled);
  const words = readText(name).replace(/^'(.*)'$/, '$1');
  if (mailbox) return { address: mailbox, name: words };
  // Some mailers encode the whole mailbox, angle brackets and all, as one word.
  const inside = /^(.*)<([^<>]{3,320})>\s*$/.exec(words);
  const hidden = address === '' && inside?.[2] ? canonicalAddress(inside[2]) : null;
  return hidden ? { address: hidden, name: (inside?.[1] ?? '').trim() } : null;
}

/** `local@domain` in lower case, the domain in its ASCII form so that look-alike letters show; null when it is none. */
export function canonicalAddress(text: string): string | null {
  const trimmed = text.trim().replace(/^mailto:/i, '');
  const parts =
    /^("(?:[^"\\\r\n]|\\.){1,64}"|[^\s@<>"(),;:\\[\]\p{Cc}]{1,64})@([^\s@<>"(),;:\\\p{Cc}]{1,255})$/u.exec(
      trimmed,
    );
  if (!parts?.[1] || !parts[2]) return null;
  const domain = /[^\0-\x7F]/.test(parts[2]) ? domainToASCII(parts[2]) : parts[2];
  const host = domain.replace(/\.$/, '').toLowerCase();
  return host === '' ? null : `${parts[1].toLowerCase()}@${host}`;
}

/** Message ids of References or In-Reply-To without their brackets, each once, in order. Exchange and iOS put commas between them. */
export function readIds(value: string): string[] {
  const ids = new Set<string>();
  // An id inside brackets may be folded in two; outside them white space and commas end it.
  for (const [, bracketed, bare] of value.matchAll(/<([^<>]{1,2000})>|([^\s<>,;"]{1,998})/g)) {
    const id = bracketed === undefined ? (bare ?? '') : bracketed.replace(/\s+/g, '');
    if (bracketed !== undefined ? id !== '' : /.@./.test(id)) ids.add(id);
  }
  const all = [...ids];
  return all.length <= MAX_REFERENCES ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_REFERENCES)];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 4.3, and the zones that Asian and European mailers write. Any other name counts as UTC, as that page asks. */
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  WET: 0,
  BST: 60,
  IST: 330,
  CET: 60,
  MET: 60,
  CEST: 120,
  MEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  KST: 540,
  HKT: 480,
  SGT: 480,
};

/** A Date field as ISO 8601 UTC; null when it is no date, or one beyond the year 9999. */
export function readDate(value: string): string | null {
  const text = withoutComments(value.slice(0, 500)).replace(/\s+/g, ' ').trim();
  const rfc =
    /(\d{1,2})[ -]?([a-z]{3})[a-z]*\.?[ -](\d{2,4}),? ?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)? ?([ap]m)? ?([+-] ?\d{2}:?\d{2}|[a-z]{1,5})?/i.exec(
      text,
    );
  const american = rfc
    ? null
    : /([a-z]{3})[a-z]*\.? (\d{1,2}),? (?:(\d{4}),? )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap]m))?(?: ?([+-]\d{4}|[a-z]{1,5}))?(?: (\d{4}))?/i.exec(
        text,
      );
  if (rfc) return instant(rfc[3], rfc[2], rfc[1], rfc[4], rfc[5], rfc[6], rfc[7], rfc[8]);
  if (american)
    return instant(
      american[3] ?? american[9],
      american[1],
      american[2],
      american[4],
      american[5],
      american[6],
      american[7],
      american[8],
    );
  const iso =
    /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)? ?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  return iso
    ? instant(iso[1], MONTHS[Number(iso[2]) - 1], iso[3], iso[4], iso[5], iso[6], undefined, iso[7])
    : null;
}

function instant(
  year = '',
  month = '',
  day = '',
  hour = '',
  minute = '',
  second = '0',
  half = '',
  zone = '',
): string | null {
  const at = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  const fullYear =
    year.length === 4
      ? Number(year)
      : Number(year) + (year.length === 3 ? 1900 : Number(year) < 50 ? 2000 : 1900);
  const pm = half.toLowerCase() === 'pm' ? 12 : 0;
  const hours = half === '' ? Number(hour) : (Number(hour) % 12) + pm;
  if (year === '' || at < 0 || Number(day) < 1 || Number(day) > 31 || hours > 24 || Number(minute) > 59)
    return null;
  const ms =
    Date.UTC(fullYear, at, Number(day), hours, Number(minute), Math.min(Number(second), 59)) -
    zoneMinutes(zone) * 60_000;
  const date = new Date(ms);
  return Number.isNaN(ms) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1
    ? null
    : date.toISOString();
}

function zoneMinutes(zone: string): number {
  const numeric = /^([+-]) ?(\d{2}):?(\d{2})$/.exec(zone);
  if (!numeric) return ZONES[zone.toUpperCase()] ?? 0;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return minutes > 24 * 60 ? 0 : numeric[1] === '-' ? -minutes : minutes;
}

/** RFC 5322 3.2.2: comments nest. One pass, so that a thousand opening brackets cost a thousand steps. */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value;
  const out: string[] = [];
  let depth = 0;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at] as string;
    if (char === '\\' && depth > 0) at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')' && depth > 0) depth -= 1;
    else if (depth === 0) out.push(char);
  }
  return out.join('');
}
