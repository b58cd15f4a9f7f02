/** Octets to text, for mail that says its charset wrongly, oddly, or not at all. */
import iconv from 'iconv-lite';
import { guessCharset } from './charset-guess.ts';

/** Labels that say nothing. A part that carries one is treated as one that carries none. */
const SAYS_NOTHING = new Set([
  '',
  'ascii',
  'us-ascii',
  'ansi_x3.4-1968',
  '8bit',
  '7bit',
  'binary',
  'none',
  'default',
  'unknown',
  'unknown-8bit',
  'x-unknown',
  'utf8mb4',
  'x-user-defined',
]);

/** Names that mailers use and neither the Encoding Standard nor iconv-lite knows. */
const ALIASES: Readonly<Record<string, string>> = {
  utf8mb3: 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  'unicode-1-1-utf-7': 'utf-7',
  'unicode-2-0-utf-7': 'utf-7',
  'x-unicode-2-0-utf-7': 'utf-7',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  cp51932: 'euc-jp',
  cp936: 'gb18030',
  'cp-936': 'gb18030',
  'x-gbk': 'gb18030',
  gb2312: 'gb18030',
  'gb2312.1980-0': 'gb18030',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  ks_c_5601: 'euc-kr',
  cp950: 'big5',
  'cp-850': 'cp850',
  'utf-16': 'utf-16',
  utf16: 'utf-16',
};

/**
 * Decodes octets that are labelled with a charset. Never throws; what cannot be decoded becomes U+FFFD.
 * A label that says nothing, or none, is a guess: UTF-8 when it is that, ISO-2022-JP by its escapes, then
 * `likely` (a charset that the same mail names elsewhere) or the one in which the octets look like language. A label
 * that is plainly wrong counts as none: mailers name their default whatever they send.
 */
export function decodeText(bytes: Uint8Array, label: string | null, likely: string | null = null): string {
  const name = charsetName(label);
  if (name === 'utf-8') return decodeUndeclared(bytes, null, 1);
  if (name === null) return decodeUndeclared(bytes, likely);
  return decodeDeclared(bytes, name) ?? decodeUndeclared(bytes, likely);
}

function decodeDeclared(bytes: Uint8Array, name: string): string | null {
  const text = decodeNamed(bytes, name);
  if (text === null || !bytes.some((octet) => octet > 0x7f)) return text;
  const encoding = encodingOf(name);
  // Text in a charset of one octet a character hardly ever forms UTF-8 by chance; in the others two characters may.
  const utf8 = strictUtf8(bytes);
  if (
    utf8 !== null &&
    !name.startsWith('utf-16') &&
    (isSingle(encoding) || text.includes('\uFFFD') || countMatches(utf8, /[^\0-\x7F]/gu) > 2)
  )
    return utf8;
  const better = isLatin(encoding) || lost(text) ? guessCharset(bytes, encoding) : encoding;
  return better === null || better === encoding ? text : decodeNamed(bytes, better);
}

/** What the platform calls a charset; null for those that it does not know. */
function encodingOf(name: string): string | null {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return null;
  }
}

function isSingle(encoding: string | null): boolean {
  return encoding !== null && /^(windows-|iso-8859-|koi8|macintosh|ibm)/.test(encoding);
}

/** The defaults of mailers that never asked what they send. */
function isLatin(encoding: string | null): boolean {
  return encoding === 'windows-1252' || encoding === 'iso-8859-15';
}

/** Whether more than one character in ten could not be decoded. */
function lost(text: string): boolean {
  return countMatches(text, /\u{FFFD}/gu) > countMatches(text, /[^\0-\x7F\u{FFFD}]/gu) / 10;
}

/** Whether a charset of this name can be decoded. */
export function knowsCharset(label: string): boolean {
  const name = charsetName(label);
  return name !== null && decodeNamed(new Uint8Array(), name) !== null;
}

/** RFC 2231 allows a language behind an asterisk; quotes and stray white space come from broken mailers. */
function charsetName(label: string | null): string | null {
  const plain = (label ?? '')
    .replace(/\*.*$/s, '')
    .replace(/["'\s]/g, '')
    .toLowerCase();
  if (SAYS_NOTHING.has(plain)) return null;
  return Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] ?? null) : plain;
}

/** `doubt`: how many good characters of UTF-8 it takes for each bad octet to believe that it is UTF-8. */
function decodeUndeclared(bytes: Uint8Array, likely: string | null, doubt = 3): string {
  const decoded = strictUtf8(bytes);
  if (decoded !== null)
    return hasJapaneseEscape(decoded) ? (decodeNamed(bytes, 'iso-2022-jp') ?? decoded) : decoded;
  const lossy = new TextDecoder('utf-8').decode(bytes);
  const good = countMatches(lossy, /[^\0-\x7F\u{FFFD}]/gu);
  const bad = countMatches(lossy, /\u{FFFD}/gu);
  // A few bad octets in text that is otherwise UTF-8 stay UTF-8: another charset would spoil every good character.
  if (good > bad * doubt) return lossy;
  const name = charsetName(likely);
  const said = name === null || name === 'utf-8' ? null : (encodingOf(name) ?? name);
  const charset = guessCharset(bytes, said);
  // Octets of Latin letters hardly ever form UTF-8 by chance; those of other scripts do now and then.
  if (charset === null && good > bad / 3) return lossy;
  return decodeNamed(bytes, charset ?? 'windows-1252') ?? lossy;
}

const STRICT = new TextDecoder('utf-8', { fatal: true });

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

function hasJapaneseEscape(text: string): boolean {
  return ['\u001B$@', '\u001B$B', '\u001B(J', '\u001B(I'].some((sequence) => text.includes(sequence));
}

function decodeNamed(bytes: Uint8Array, name: string): string | null {
  if (name === 'utf-16') return decodeUtf16(bytes);
  if (name === 'iso-2022-kr') return decodeNamed(unshifted(bytes), 'euc-kr');
  try {
    // The platform's tables follow the Encoding Standard, which is what mailers that say iso-8859-1 mean.
    return new TextDecoder(name).decode(bytes);
  } catch {
    return decodeRare(bytes, name);
  }
}

/** Charsets outside the Encoding Standard: UTF-7, the old code pages. */
function decodeRare(bytes: Uint8Array, name: string): string | null {
  try {
    return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
  } catch {
    // A sender may name a charset `constructor`; iconv-lite looks that up in an object and finds something.
    return null;
  }
}

/** RFC 1557: behind a shift out the octets are those of EUC-KR without their high bit, until a shift in. */
function unshifted(bytes: Uint8Array): Uint8Array {
  let shifted = false;
  const octets: number[] = [];
  for (const octet of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) {
    if (octet === 0x0e || octet === 0x0f) shifted = octet === 0x0e;
    else octets.push(shifted && octet > 0x20 ? octet | 0x80 : octet);
  }
  return Buffer.from(Buffer.from(octets).toString('latin1').replaceAll('\u001B$)C', ''), 'latin1');
}

/** RFC 2781 4.3: without a byte order mark UTF-16 is big-endian; Windows mailers send little-endian all the same. */
function decodeUtf16(bytes: Uint8Array): string {
  const marked =
    bytes[0] === 0xfe && bytes[1] === 0xff
      ? 'utf-16be'
      : bytes[0] === 0xff && bytes[1] === 0xfe
        ? 'utf-16le'
        : null;
  if (marked) return new TextDecoder(marked).decode(bytes);
  const head = bytes.subarray(0, 512);
  const zerosAtEven = head.filter((octet, at) => octet === 0 && at % 2 === 0).length;
  const zerosAtOdd = head.filter((octet, at) => octet === 0 && at % 2 === 1).length;
  return new TextDecoder(zerosAtOdd > zerosAtEven ? 'utf-16le' : 'utf-16be').decode(bytes);
}

function countMatches(text: string, pattern: RegExp): number {
  let n = 0;
  for (const _ of text.matchAll(pattern)) n += 1;
  return n;
}
