/** Octets to text, for mail that says its charset wrongly, oddly, or not at all. */
import iconv from 'iconv-lite';

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
 * `likely` (a charset that the same mail names elsewhere), then windows-1252.
 */
export function decodeText(bytes: Uint8Array, label: string | null, likely: string | null = null): string {
  const name = charsetName(label);
  if (name === null || name === 'utf-8') return decodeUndeclared(bytes, name === null ? likely : null);
  return decodeNamed(bytes, name) ?? decodeUndeclared(bytes, likely);
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

function decodeUndeclared(bytes: Uint8Array, likely: string | null): string {
  const decoded = strictUtf8(bytes);
  if (decoded !== null)
    return hasJapaneseEscape(decoded) ? (decodeNamed(bytes, 'iso-2022-jp') ?? decoded) : decoded;
  // A few bad octets in text that is otherwise UTF-8 stay UTF-8: windows-1252 would spoil every good character, and
  // text in it hardly ever forms UTF-8 by chance.
  const lossy = new TextDecoder('utf-8').decode(bytes);
  const good = countMatches(lossy, /[^\0-\x7F\u{FFFD}]/gu);
  if (good > countMatches(lossy, /\u{FFFD}/gu) / 3) return lossy;
  const name = charsetName(likely);
  return (
    (name === null || name === 'utf-8' ? null : decodeNamed(bytes, name)) ??
    new TextDecoder('windows-1252').decode(bytes)
  );
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function hasJapaneseEscape(text: string): boolean {
  return ['\u001B$@', '\u001B$B', '\u001B(J', '\u001B(I'].some((sequence) => text.includes(sequence));
}

function decodeNamed(bytes: Uint8Array, name: string): string | null {
  if (name === 'utf-16') return decodeUtf16(bytes);
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
