/**
 * Opens winmail.dat: what Outlook makes of a mail when it takes the recipient for another Outlook (MS-OXTNEF). A stream
 * of attributes, each with its length; two of them hold MAPI properties. Lengths are the sender's word: every one is
 * held against what is left, and what does not fit ends the reading there with all that was read before.
 */
import { decodeText } from './charset.ts';
import { htmlCharset } from './html.ts';
import { MAX_TNEF_ATTRIBUTES, MAX_TNEF_DEPTH, MAX_TNEF_FILES, MAX_TNEF_RTF_BYTES } from './limits.ts';

export interface TnefFile {
  /** '' when it has none. */
  name: string;
  contentType: string | null;
  contentId: string | null;
  content: Uint8Array;
}

export interface Tnef {
  subject: string | null;
  text: string | null;
  html: string | null;
  files: TnefFile[];
  /** It ends before it says that it does, or holds more than is read. */
  cut: boolean;
}

const SIGNATURE = 0x223e9f78;

/** MS-OXTNEF 2.1.3.2: attribute ids with their types. */
const ATTRIBUTE = {
  subject: 0x00018004,
  body: 0x0002800c,
  attachData: 0x0006800f,
  attachTitle: 0x00018010,
  attachRendData: 0x00069002,
  messageProperties: 0x00069003,
  attachProperties: 0x00069005,
  codepage: 0x00069007,
} as const;

/** MS-OXPROPS: property ids. */
const PROPERTY = {
  subject: 0x0037,
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  attachData: 0x3701,
  attachFilename: 0x3704,
  attachLongFilename: 0x3707,
  attachMime: 0x370e,
  attachContentId: 0x3712,
  internetCodepage: 0x3fde,
} as const;

/** MS-OXCDATA 2.11.1: octets of a value in the stream, padded to four. Others carry their own length. */
const FIXED: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};
const VARIABLE = new Set([0x0d, 0x1e, 0x1f, 0x102]);
const MULTIPLE = 0x1000;
const UNICODE = 0x1f;
const OBJECT = 0x0d;

/** Opens it; null when the octets are no such stream. Broken ones are read as far as they go. */
export async function openTnef(content: Uint8Array): Promise<Tnef | null> {
  return openAt(content, 0);
}

async function openAt(content: Uint8Array, depth: number): Promise<Tnef | null> {
  const reader = readerOf(content);
  if (reader.u32() !== SIGNATURE) return null;
  reader.skip(2);
  const read = {
    properties: new Map<number, Property>(),
    codepage: 1252,
    subject: '',
    body: null as Uint8Array | null,
  };
  const files: Partial<Record<'data' | 'title', Uint8Array>>[] = [];
  const fileProperties: Map<number, Property>[] = [];
  let cut = false;
  for (let seen = 0; reader.left() >= 9; seen += 1) {
    if (seen >= MAX_TNEF_ATTRIBUTES) {
      cut = true;
      break;
    }
    reader.skip(1);
    const id = reader.u32();
    const length = reader.u32();
    if (length > reader.left()) cut = true;
    const data = reader.take(Math.min(length, reader.left()));
    reader.skip(2);
    if (id === ATTRIBUTE.attachRendData) {
      if (files.length >= MAX_TNEF_FILES) {
        cut = true;
        break;
      }
      files.push({});
      fileProperties.push(new Map());
    }
    const file = files.at(-1);
    if (id === ATTRIBUTE.codepage && data.length >= 4) read.codepage = readerOf(data).u32();
    else if (id === ATTRIBUTE.subject) read.subject = ansi(data, read.codepage);
    else if (id === ATTRIBUTE.body) read.body = data;
    else if (id === ATTRIBUTE.messageProperties) read.properties = readProperties(data);
    else if (file && id === ATTRIBUTE.attachData) file.data = data;
    else if (file && id === ATTRIBUTE.attachTitle) file.title = data;
    else if (file && id === ATTRIBUTE.attachProperties)
      fileProperties[files.length - 1] = readProperties(data);
  }
  const { properties, codepage } = read;
  const text = (property: Property | undefined): string | null =>
    property ? (property.type === UNICODE ? utf16(property.value) : ansi(property.value, codepage)) : null;
  const rich = await readRich(properties.get(PROPERTY.rtf)?.value);
  const opened: Tnef = {
    subject: text(properties.get(PROPERTY.subject)) ?? (read.subject || null),
    text: text(properties.get(PROPERTY.body)) ?? (read.body && ansi(read.body, codepage)) ?? rich.text,
    html: readHtml(properties) ?? rich.html,
    files: [],
    cut,
  };
  for (const [at, { data, title }] of files.entries()) {
    const named = fileProperties[at] ?? new Map<number, Property>();
    const inner = named.get(PROPERTY.attachData);
    const name =
      text(named.get(PROPERTY.attachLongFilename)) ??
      (title && ansi(title, codepage)) ??
      text(named.get(PROPERTY.attachFilename)) ??
      '';
    // An object begins with the 16 octets of its interface; a message in a message is such a stream again.
    const object = inner?.type === OBJECT ? inner.value.subarray(16) : (inner?.value ?? null);
    const message = object && depth < MAX_TNEF_DEPTH ? await openAt(object, depth + 1) : null;
    if (message) opened.files.push(...messageFiles(message, name));
    else
      opened.files.push({
        name,
        contentType: text(named.get(PROPERTY.attachMime)),
        contentId: text(named.get(PROPERTY.attachContentId)),
        content: data ?? object ?? new Uint8Array(),
      });
    if (message?.cut) opened.cut = true;
  }
  return opened;
}

/** A message inside becomes its text as a file, and its files. */
function messageFiles({ subject, text, html, files }: Tnef, name: string): TnefFile[] {
  const label = (subject ?? name).slice(0, 80) || 'message';
  const body =
    html === null
      ? { name: `${label}.txt`, contentType: 'text/plain', content: Buffer.from(text ?? '', 'utf8') }
      : { name: `${label}.html`, contentType: 'text/html', content: Buffer.from(html, 'utf8') };
  return [{ ...body, contentId: null }, ...files];
}

interface Property {
  type: number;
  /** The first value of several. */
  value: Uint8Array;
}

/** MS-OXTNEF 2.1.3.4: a count, then properties. */
function readProperties(data: Uint8Array): Map<number, Property> {
  const reader = readerOf(data);
  const found = new Map<number, Property>();
  const count = reader.u32();
  for (let at = 0; at < count && reader.left() >= 8; at += 1) {
    const said = reader.u16();
    const id = reader.u16();
    if (id >= 0x8000) {
      reader.skip(16);
      if (reader.u32() === 0) reader.skip(4);
      else reader.skip(padded(reader.u32()));
    }
    const type = said & ~MULTIPLE;
    const fixed = FIXED[type];
    if (fixed === undefined && !VARIABLE.has(type)) break;
    const values = fixed === undefined || said !== type ? reader.u32() : 1;
    let value: Uint8Array | null = null;
    for (let nth = 0; nth < values && reader.left() > 0; nth += 1) {
      const length = fixed ?? reader.u32();
      const octets = reader.take(Math.min(length, reader.left()));
      reader.skip(padded(length) - length);
      value ??= octets;
    }
    if (value && !found.has(id)) found.set(id, { type, value });
  }
  return found;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Reads on past the end as zeros, and never moves beyond it. */
function readerOf(octets: Uint8Array) {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  let at = 0;
  const left = () => octets.length - at;
  const skip = (count: number) => {
    at = Math.min(octets.length, at + count);
  };
  const take = (count: number) => {
    const taken = octets.subarray(at, at + count);
    skip(count);
    return taken;
  };
  const number = (size: 2 | 4) => {
    const value = left() < size ? 0 : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    skip(size);
    return value;
  };
  return { left, skip, take, u16: () => number(2), u32: () => number(4) };
}

function utf16(octets: Uint8Array): string {
  return withoutEnd(new TextDecoder('utf-16le').decode(octets));
}

function ansi(octets: Uint8Array, codepage: number): string {
  return withoutEnd(decodeText(octets, charsetOf(codepage)));
}

function withoutEnd(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Windows numbers its charsets. */
function charsetOf(codepage: number): string {
  if (codepage === 65_001) return 'utf-8';
  if (codepage === 20_866) return 'koi8-r';
  if (codepage >= 28_591 && codepage <= 28_605) return `iso-8859-${codepage - 28_590}`;
  return `cp${codepage}`;
}

function readHtml(properties: ReadonlyMap<number, Property>): string | null {
  const html = properties.get(PROPERTY.html);
  if (!html) return null;
  if (html.type === UNICODE) return utf16(html.value);
  const codepage = properties.get(PROPERTY.internetCodepage)?.value;
  const said = codepage && codepage.length >= 4 ? charsetOf(readerOf(codepage).u32()) : null;
  return withoutEnd(decodeText(html.value, htmlCharset(html.value) ?? said));
}

const NOTHING = { text: null, html: null } as const;

/** Outlook wraps the HTML that it was given in RTF (MS-OXRTFEX), or writes RTF of its own. */
async function readRich(
  compressed: Uint8Array | undefined,
): Promise<{ text: string | null; html: string | null }> {
  if (!compressed || compressed.length < 16) return NOTHING;
  // Bundled, a CommonJS module has its default export alone.
  const { decompressRTF } = (await import('@kenjiuno/decompressrtf')).default;
  const { deEncapsulateSync } = (await import('rtf-stream-parser')).default;
  try {
    const rtf = Buffer.from(decompressRTF([...bounded(compressed)])).toString('latin1');
    const wrapped = /^\{\\rtf1[^{}]{0,200}\\from(html|text)/.test(rtf);
    const { mode, text } = deEncapsulateSync(
      wrapped ? rtf : rtf.replace(/^\{\\rtf1?/, '{\\rtf1\\fromtext '),
      {
        decode: (octets: Buffer, charset: string) => decodeText(octets, charset),
        warn: () => {},
      },
    );
    return mode === 'html' ? { text: null, html: String(text) } : { text: String(text), html: null };
  } catch {
    // RTF that its readers refuse; the files beside it are read all the same.
    return NOTHING;
  }
}

/** The library believes the length at the head, reads zeros behind the end, and goes on to two gigabytes. */
function bounded(compressed: Uint8Array): Buffer {
  const octets = Buffer.from(compressed.subarray(0, MAX_TNEF_RTF_BYTES));
  octets.writeUInt32LE(Math.min(octets.readUInt32LE(0), octets.length - 4), 0);
  octets.writeUInt32LE(Math.min(octets.readUInt32LE(4), octets.length), 4);
  return octets;
}
