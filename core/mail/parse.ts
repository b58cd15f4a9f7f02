/**
 * Reads an email. mailparser takes the MIME tree apart and undoes the transfer encodings; what the parts mean
 * (charsets, which part is the text, what is attached) is decided here, because mail that people really send
 * breaks the rules that a strict reading relies on.
 */
import { hash } from 'node:crypto';
import { MailParser } from 'mailparser';
import { decodeText } from './charset.ts';
import { guessCharset } from './charset-guess.ts';
import { signedContent } from './cms.ts';
import { boundaryOf, mendDelimiters } from './delimiters.ts';
import type { Address, Attachment, Cut, Email } from './email.ts';
import {
  charsetHint,
  type Field,
  fieldText,
  type Head,
  isPlain,
  isUnequivocal,
  oneLine,
  readAddresses,
  readDate,
  readIds,
  readText,
  splitHead,
  UNKNOWN_8BIT,
} from './header.ts';
import { htmlCharset, htmlToText } from './html.ts';
import { describeInvitation, readCalendarAnswer } from './invitation.ts';
import {
  MAX_ADDRESSES,
  MAX_ATTACHMENTS,
  MAX_HEADER_BYTES,
  MAX_HEADER_LINES,
  MAX_HTML_CHARS,
  MAX_LINES,
  MAX_LINKS,
  MAX_MAIL_BYTES,
  MAX_MESSAGES_READ,
  MAX_NESTING,
  MAX_PARTS,
  MAX_REFERENCES,
  MAX_SIGNED_DEPTH,
  MAX_TEXT_CHARS,
} from './limits.ts';
import { openTnef, type Tnef } from './tnef.ts';

export type Unreadable =
  | 'too-large'
  | 'header-too-large'
  | 'too-many-lines'
  | 'too-many-parts'
  | 'nested-too-deep'
  | 'broken-mime';

/** Thrown for mail that cannot be read whole. `head` says who sent it: the header alone, without text and attachments; null when not even that. */
export class UnreadableEmailError extends Error {
  readonly reason: Unreadable;
  readonly head: Email | null;

  constructor(reason: Unreadable, head: Email | null, cause?: unknown) {
    super(`The email cannot be read: ${reason}`, { cause });
    this.name = 'UnreadableEmailError';
    this.reason = reason;
    this.head = head;
  }
}

/**
 * Reads an email as it was stored. Broken mail is read as far as it goes and never throws, save for
 * `UnreadableEmailError` where a limit above is passed.
 */
export async function parseEmail(raw: Uint8Array): Promise<Email> {
  if (raw.length > MAX_MAIL_BYTES) throw new UnreadableEmailError('too-large', null);
  const octets = withLineFeeds(raw);
  const head = splitHead(octets, startOfHead(octets));
  if (head.end > MAX_HEADER_BYTES || head.lines > MAX_HEADER_LINES)
    throw new UnreadableEmailError('header-too-large', readHead(withoutHugeFields(head.fields)));
  const email = readHead(head.fields);
  if (hasMoreLines(octets, MAX_LINES)) throw new UnreadableEmailError('too-many-lines', email);
  const parts = await readParts(head, octets.subarray(head.end), email);
  const body = await readBody(parts, charsetHint(head.fields));
  const attachments = await Promise.all(body.attachments.map(withMessage));
  const unread =
    attachments.filter(({ contentType }) => MESSAGE_TYPES.has(contentType)).length > MAX_MESSAGES_READ;
  return { ...email, ...body, attachments, cut: [...email.cut, ...body.cut, ...cuts({ messages: unread })] };
}

function cuts(made: Partial<Record<Cut, boolean>>): Cut[] {
  return (Object.keys(made) as Cut[]).filter((cut) => made[cut]);
}

/** What the header alone says, for mail that is not read; `raw` may be its beginning. No text and no attachments. */
export function parseHead(raw: Uint8Array): Email {
  const octets = withLineFeeds(raw);
  return readHead(withoutHugeFields(splitHead(octets, startOfHead(octets)).fields));
}

/** Messages inside messages are not opened: each level would hold the whole rest once more. */
async function withMessage(attachment: Attachment, at: number): Promise<Attachment> {
  if (!MESSAGE_TYPES.has(attachment.contentType) || at >= MAX_MESSAGES_READ) return attachment;
  try {
    const octets = withLineFeeds(attachment.content);
    const head = splitHead(octets, startOfHead(octets));
    if (head.fields.length === 0) return attachment;
    const email = readHead(head.fields);
    const parts =
      attachment.contentType === 'text/rfc822-headers'
        ? []
        : await readParts(head, octets.subarray(head.end), email);
    const { text } = await readBody(parts, charsetHint(head.fields));
    return { ...attachment, message: { ...email, text } };
  } catch (fault) {
    if (fault instanceof UnreadableEmailError) return attachment;
    throw fault;
  }
}

const MESSAGE_TYPES = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'text/rfc822-headers',
  'message/global-headers',
]);

/** A mail whose lines end in a lone CR has one line only. Byte order marks and mbox separators come before the header. */
function withLineFeeds(raw: Uint8Array): Uint8Array {
  const start = raw.subarray(0, 65_536);
  if (start.includes(0x0a) || !start.includes(0x0d)) return raw;
  return raw.map((octet) => (octet === 0x0d ? 0x0a : octet));
}

function hasMoreLines(octets: Uint8Array, most: number): boolean {
  if (octets.length <= most) return false;
  let lines = 0;
  for (let at = octets.indexOf(0x0a); at >= 0 && lines <= most; at = octets.indexOf(0x0a, at + 1)) lines += 1;
  return lines > most;
}

function startOfHead(raw: Uint8Array): number {
  let at = raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0;
  while (raw[at] === 0x0a || raw[at] === 0x0d) at += 1;
  // Nothing but blank lines is a mail without a header.
  return at === raw.length ? 0 : at;
}

function withoutHugeFields(fields: readonly Field[]): Field[] {
  return fields.filter(({ octets }) => octets.length < 65_536).slice(0, 1_000);
}

/** Everything that the header says, and an empty body. */
function readHead(fields: readonly Field[]): Email {
  // Most headers are, and nobody need find out in which charset they are.
  const allPlain = fields.every(({ octets }) => isPlain(octets));
  const likely = allPlain ? null : (charsetHint(fields) ?? contentCharset(fields) ?? guessFromAll(fields));
  const headers = new Map<string, string[]>();
  for (const { name, octets } of fields) {
    const value = allPlain ? octets : fieldText(octets, likely).replaceAll('\0', '');
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
  }
  const first = (name: string): string => headers.get(name)?.[0] ?? '';
  let crowded = false;
  const mailboxes = (name: string): Address[] => {
    const values = headers.get(name) ?? [];
    const all = values.flatMap(readAddresses);
    crowded ||= all.length >= MAX_ADDRESSES || values.some((value) => value.length > MAX_ADDRESSES * 128);
    return all.slice(0, MAX_ADDRESSES);
  };
  const fromAll = mailboxes('from');
  const references = readIds((headers.get('references') ?? []).join(' '));
  return {
    subject: readText(first('subject')),
    from: (headers.get('from') ?? []).every(isUnequivocal) ? (fromAll[0] ?? null) : null,
    fromAll,
    sender: mailboxes('sender')[0] ?? null,
    replyTo: mailboxes('reply-to'),
    to: mailboxes('to'),
    cc: mailboxes('cc'),
    date: readDate(first('date')),
    messageId: readIds(first('message-id'))[0] ?? null,
    inReplyTo: firstId(first('in-reply-to')),
    references,
    headers,
    text: '',
    html: null,
    attachments: [],
    labels: [],
    // The object is made from its top: every field of addresses has been read by now.
    cut: cuts({ addresses: crowded, references: references.length >= MAX_REFERENCES }),
    reports: [],
  };
}

/** RFC 822 allowed phrases here: `Your message of Tuesday <id>`, or an address and no id at all. */
function firstId(value: string): string | null {
  const bracketed = /<[^<>]{1,2000}>/.exec(value)?.[0];
  return readIds(bracketed ?? (/^\S+$/.test(value.trim()) ? value : ''))[0] ?? null;
}

/** In mail that is not even MIME two octets are no evidence: what they stand for is shown as unknown. */
const LEAST_OCTETS = 3;

/**
 * Of a header for which the mail names no charset. All fields together say more than each by itself: a name and a
 * subject of two words are few letters.
 */
function guessFromAll(fields: readonly Field[]): string | null {
  const octets = fields
    .map(({ octets }) => octets.slice(0, 2_000))
    .filter((octets) => /[\x80-\xFF]/.test(octets))
    .join(' ');
  const foreign = octets.replace(/[^\x80-\xFF]+/g, '').length;
  const isMime = fields.some(({ name }) => name === 'mime-version' || name === 'content-type');
  return !isMime && foreign < LEAST_OCTETS ? UNKNOWN_8BIT : guessCharset(Buffer.from(octets, 'latin1'));
}

function contentCharset(fields: readonly Field[]): string | null {
  const type = fields.find(({ name }) => name === 'content-type')?.octets.slice(0, 2_000) ?? '';
  return /charset\s*=\s*["']?([^\s"';]{1,40})/i.exec(type)?.[1] ?? null;
}

interface Part {
  contentType: string;
  charset: string | null;
  disposition: string | null;
  name: string | null;
  contentId: string | null;
  flowed: boolean;
  deleteSpace: boolean;
  /** The multipart types that it stands in, innermost first, each with its place there. */
  within: { type: string; place: number }[];
  content: Buffer;
}

/** What mailparser keeps of the tree, as far as it is read here. */
interface Node {
  contentType: string | false;
  charset?: string;
  node: { disposition: string | false; filename: string | false; flowed: boolean; delSp: boolean };
  headers: Map<string, unknown>;
  headerLines: readonly { key: string; line: string }[];
  children: Node[];
  parent?: Node;
}

/** All parts, those inside an S/MIME signature that wraps them (RFC 8551 3.5.2) in its place. */
async function readParts(head: Head, body: Uint8Array, email: Email, depth = 0): Promise<Part[]> {
  const parts: Part[] = [];
  for (const part of await readTree(head, body, email)) {
    const signed = depth < MAX_SIGNED_DEPTH && isPkcs7(part) ? signedContent(part.content) : null;
    const inner = signed && splitHead(signed, startOfHead(signed));
    if (inner && inner.fields.length > 0)
      parts.push(...(await readParts(inner, signed.subarray(inner.end), email, depth + 1)));
    else parts.push(part);
  }
  if (parts.length > MAX_PARTS) throw new UnreadableEmailError('too-many-parts', email);
  return parts;
}

function isPkcs7({ contentType, name }: Pick<Part, 'contentType' | 'name'>): boolean {
  return (
    /^application\/(x-)?pkcs7-mime$/.test(contentType) ||
    (contentType === 'application/octet-stream' && /\.p7m$/i.test(name ?? ''))
  );
}

async function readTree(head: Head, body: Uint8Array, email: Email): Promise<Part[]> {
  // Of the root's own fields only these mean something for its body. Everything else is read above, at our own limits.
  const fields = mimeFields(head.fields, body);
  const parser = Object.assign(
    new MailParser({
      ignoreEmbedded: true,
      keepDeliveryStatus: true,
      maxHeadSize: MAX_HEADER_BYTES,
      maxChildNodes: MAX_PARTS,
      checksumAlgo: 'sha1',
    } as object),
    // No type is text to mailparser, so that it hands out every leaf with its octets and decodes no charset.
    { textTypes: [] as string[] },
  );
  const contents = new Map<unknown, Buffer>();
  await new Promise<void>((resolve, reject) => {
    parser.on('error', (cause) => reject(unreadable(cause, email)));
    parser.on('end', resolve);
    parser.on('data', (part) => {
      if (part.type !== 'attachment') return;
      const chunks: Buffer[] = [];
      (part.content as NodeJS.ReadableStream)
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          contents.set(part.headers, Buffer.concat(chunks));
          part.release();
        });
    });
    parser.write(
      Buffer.from(`${fields.map(({ name, octets }) => `${name}: ${octets}\r\n`).join('')}\r\n`, 'latin1'),
    );
    for (const piece of mendDelimiters(fields, body)) parser.write(piece);
    parser.end();
  });
  const { tree } = parser as unknown as { tree: Node | false };
  return tree ? leaves(tree, contents, email) : [];
}

function unreadable(cause: unknown, head: Email): UnreadableEmailError {
  const message = cause instanceof Error ? cause.message : '';
  const reason = /child nodes/.test(message)
    ? 'too-many-parts'
    : /header size/.test(message)
      ? 'header-too-large'
      : 'broken-mime';
  return new UnreadableEmailError(reason, head, cause);
}

const MIME_FIELDS = new Set([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
]);

/** The root's MIME fields, the first of each, mended where they would hide the body. */
function mimeFields(fields: readonly Field[], body: Uint8Array): Field[] {
  const first = new Map<string, Field>();
  for (const field of fields)
    if (MIME_FIELDS.has(field.name) && !first.has(field.name)) first.set(field.name, field);
  const type = first.get('content-type');
  if (type && /^\s*multipart\//i.test(type.octets))
    first.set('content-type', { ...type, octets: withBoundary(type.octets, body) });
  return [...first.values()];
}

/** A multipart without a boundary, or without a single delimiter in its body, would come out empty. */
function withBoundary(type: string, body: Uint8Array): string {
  const octets = Buffer.from(body.buffer, body.byteOffset, body.length);
  const boundary = boundaryOf(type);
  if (boundary !== null && octets.includes(`--${boundary}`, 0, 'latin1')) return type;
  const start = octets.toString('latin1', 0, 65_536);
  const found = /^--([^\s"]{1,200})[ \t]*\r?\ncontent-/im.exec(start)?.[1];
  if (found) return `${type.replace(/;.*$/s, '')}; boundary="${found}"`;
  return 'text/plain';
}

function leaves(root: Node, contents: ReadonlyMap<unknown, Buffer>, email: Email): Part[] {
  const parts: Part[] = [];
  const open: { node: Node; within: Part['within'] }[] = [{ node: root, within: [] }];
  // A stack and no recursion: depth is the sender's choice.
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, within } = next;
    if (within.length > MAX_NESTING) throw new UnreadableEmailError('nested-too-deep', email);
    const type = node.contentType || '';
    const content = contents.get(node.headers);
    if (content) parts.push(readPart(node, type, within, content));
    for (let place = node.children.length - 1; place >= 0; place -= 1) {
      const child = node.children[place];
      if (child) open.push({ node: child, within: [{ type, place }, ...within] });
    }
  }
  return parts;
}

function readPart(node: Node, type: string, within: Part['within'], content: Buffer): Part {
  const contentId = node.headers.get('content-id');
  return {
    contentType: contentTypeOf(node, type, within),
    charset: node.charset || null,
    disposition: node.node.disposition || null,
    name: node.node.filename ? partName(node.node.filename) : null,
    contentId: typeof contentId === 'string' ? contentId.trim().replace(/^<|>$/g, '').trim() || null : null,
    flowed: node.node.flowed,
    deleteSpace: node.node.delSp,
    within,
    content,
  };
}

/** RFC 2046 5.1.5: in a digest a part without a type is a message. A type that is none counts as text. */
function contentTypeOf({ headers }: Node, type: string, within: Part['within']): string {
  if (within[0]?.type === 'multipart/digest' && !headers.has('content-type')) return 'message/rfc822';
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(type) ? type : 'text/plain';
}

/** 8-bit octets in a name come as Latin-1 characters, as do the letters of one that says that it is Latin-1. */
function partName(name: string): string | null {
  const text = /^[\0-\xFF]*[\x80-\xFF][\0-\xFF]*$/.test(name)
    ? decodeText(Buffer.from(name, 'latin1'), null, 'windows-1252')
    : name;
  return oneLine(text) || null;
}

const REPORT_TYPES = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/disposition-notification',
  'message/global-disposition-notification',
  'message/feedback-report',
]);

async function readBody(
  parts: readonly Part[],
  hint: string | null,
): Promise<Pick<Email, 'text' | 'html' | 'attachments' | 'reports' | 'labels' | 'calendar' | 'cut'>> {
  const likely = parts.find(({ charset }) => charset !== null)?.charset ?? hint;
  const bodies = parts.filter((part, at) => isBody(part, at === 0));
  const rest = parts.filter((part) => !bodies.includes(part));
  const outlook = await openOutlook(rest);
  const html = htmlOf(bodies, likely) ?? (bodies.length === 0 ? outlook.html : null);
  const written = textOf(bodies, html, likely) || outlook.text;
  const files = [...outlook.rest.map((part, at) => attach(part, at, html)), ...outlook.files(html)];
  const file = rest.find(({ contentType }) => contentType === 'text/calendar');
  const calendar = file ? textOfPart(file, likely) : null;
  const answer = calendar && (await readCalendarAnswer(calendar));
  const labels = await labelsOf(rest, written, calendar);
  const text = [written.trim() === '' && labels.length > 0 ? '' : written, ...labels]
    .filter((one) => one !== '')
    .join('\n\n');
  return {
    text: text.slice(0, MAX_TEXT_CHARS),
    html: html?.slice(0, MAX_TEXT_CHARS) ?? null,
    attachments: files.slice(0, MAX_ATTACHMENTS),
    labels,
    ...(answer ? { calendar: answer } : {}),
    cut: cuts({
      text: text.length > MAX_TEXT_CHARS,
      html: (html?.length ?? 0) > MAX_HTML_CHARS,
      links: linksIn(html) > MAX_LINKS,
      attachments: files.length > MAX_ATTACHMENTS,
      winmail: outlook.cut,
    }),
    reports: rest
      .filter(({ contentType }) => REPORT_TYPES.has(contentType))
      .map((part) => ({ contentType: part.contentType, text: textOfPart(part, likely) })),
  };
}

function linksIn(html: string | null): number {
  let links = 0;
  for (let at = html?.indexOf('href') ?? -1; html && at >= 0; at = html.indexOf('href', at + 4)) links += 1;
  return links;
}

interface Outlook {
  text: string;
  html: string | null;
  /** The parts without those that were opened. */
  rest: Part[];
  files: (html: string | null) => Attachment[];
  cut: boolean;
}

/** What stands in a winmail.dat. One that cannot be opened stays the file that it is. */
async function openOutlook(parts: readonly Part[]): Promise<Outlook> {
  const opened = new Map<Part, Tnef>();
  for (const part of parts) {
    const tnef = isTnef(part) ? await openTnef(part.content) : null;
    if (tnef) opened.set(part, tnef);
  }
  const all = [...opened.values()];
  const html = all.find((tnef) => tnef.html?.trim())?.html ?? null;
  return {
    text:
      all.find((tnef) => tnef.text?.trim())?.text?.replace(/\r\n?/g, '\n') ??
      (html === null ? '' : htmlToText(html)),
    html,
    rest: parts.filter((part) => staysAFile(opened.get(part))),
    files: (shown) =>
      all
        .flatMap(({ files }) => files)
        .map(({ name, contentType, contentId, content }, at) => {
          const type = contentType?.toLowerCase() ?? typeOfName(name);
          const part = {
            name: oneLine(name) || null,
            contentType: type,
            contentId,
            content: Buffer.from(content),
          };
          return attach({ ...part, disposition: null, within: [] }, parts.length + at, shown);
        }),
    cut: all.some(({ cut }) => cut),
  };
}

/** What was cut may hold a file that was not read, and what holds nothing is not understood: the whole is kept. */
function staysAFile(tnef: Tnef | undefined): boolean {
  return (
    !tnef || tnef.cut || [tnef.subject, tnef.text, tnef.html, ...tnef.files].every((one) => one === null)
  );
}

function isTnef({ contentType, name }: Part): boolean {
  return /^application\/(vnd\.)?ms-tnef$/.test(contentType) || /^winmail.*\.dat$/i.test(name ?? '');
}

/** Says what an invitation is to, and what a mail is whose words cannot be read. */
async function labelsOf(parts: readonly Part[], written: string, calendar: string | null): Promise<string[]> {
  const invitation = calendar ? await describeInvitation(calendar) : null;
  const blank = written.trim() === '';
  return [
    ...(invitation ? [invitation] : []),
    ...(blank && parts.some(isPkcs7) ? [encrypted('S/MIME')] : []),
    ...(blank && parts.some(({ contentType }) => contentType === 'application/pgp-encrypted')
      ? [encrypted('PGP')]
      : []),
  ];
}

function encrypted(how: string): string {
  return `[This email is encrypted with ${how}. It cannot be read here and is kept as a file.]`;
}

/** RFC 8621 4.1.4: text that was not attached is body, save for a named or a related one that is not the first of its kin. */
function isBody(part: Part, first: boolean): boolean {
  if (part.contentType !== 'text/plain' && part.contentType !== 'text/html') return false;
  if (part.disposition !== null && part.disposition !== 'inline') return false;
  if (first || part.within[0]?.place === 0) return true;
  return part.within[0]?.type !== 'multipart/related' && part.name === null;
}

function htmlOf(bodies: readonly Part[], likely: string | null): string | null {
  const rich = bodies.filter(({ contentType }) => contentType === 'text/html');
  return rich.length === 0 ? null : rich.map((part) => textOfPart(part, likely)).join('\n');
}

/** The plain parts; HTML made plain where it stands alone, or where its plain alternative says nothing. */
function textOf(bodies: readonly Part[], html: string | null, likely: string | null): string {
  const texts = bodies
    .filter((part) => part.contentType === 'text/plain' || !inAlternative(part))
    .map((part) =>
      part.contentType === 'text/html' ? htmlToText(textOfPart(part, likely)) : textOfPart(part, likely),
    );
  const text = texts.filter((one, at) => one.trim() !== '' || at === 0).join('\n');
  if (html === null || !saysNothing(text)) return text;
  const plain = htmlToText(html);
  return plain.trim().length < 3 * text.trim().length || plain.trim() === '' ? text : plain;
}

function inAlternative(part: Part): boolean {
  return part.within.some(({ type }) => type === 'multipart/alternative');
}

/** `Your mail program cannot show HTML` and its like stand for the message; they are not it. */
function saysNothing(text: string): boolean {
  const words = text.trim();
  return (
    words === '' ||
    (words.length < 400 &&
      !words.includes('\n\n') &&
      /\bhtml\b/i.test(words) &&
      /\b(view|see|read|display|client|support|program|anzeigen|format|enable|browser)/i.test(words))
  );
}

function textOfPart(part: Part, likely: string | null): string {
  const said = part.charset ?? (part.contentType === 'text/html' ? htmlCharset(part.content) : null);
  const text = decodeText(part.content, said, likely)
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n');
  return part.flowed && part.contentType === 'text/plain' ? unflow(text, part.deleteSpace) : text;
}

/** RFC 3676 4: a line that ends in a space goes on in the next one of the same quote depth; a signature's `-- ` does not. */
function unflow(text: string, deleteSpace: boolean): string {
  const out: string[] = [];
  let flowing = false;
  let depthBefore = -1;
  for (const line of text.split('\n')) {
    const marks = /^>*/.exec(line)?.[0] ?? '';
    const body = line.slice(marks.length).replace(/^ /, '');
    const flows = body.endsWith(' ') && body !== '-- ';
    const kept = flows && deleteSpace ? body.slice(0, -1) : body;
    if (flowing && marks.length === depthBefore && body !== '-- ') out.push(`${out.pop() ?? ''}${kept}`);
    else out.push(marks === '' ? kept : `${marks} ${kept}`);
    flowing = flows;
    depthBefore = marks.length;
  }
  return out.join('\n');
}

type Enclosed = Pick<Part, 'name' | 'contentType' | 'contentId' | 'disposition' | 'within' | 'content'>;

function attach(part: Enclosed, at: number, html: string | null): Attachment {
  return {
    name: part.name ?? madeUpName(part, at),
    contentType: part.contentType,
    size: part.content.length,
    inline: isShownInside(part, html),
    contentId: part.contentId,
    content: part.content,
    sha256: hash('sha256', part.content),
  };
}

/** What the HTML shows is inline, whatever its disposition says; beside the HTML in a multipart/related only pictures are. */
function isShownInside(
  { contentId, disposition, within, contentType }: Enclosed,
  html: string | null,
): boolean {
  if (html === null || contentId === null) return false;
  if (html.includes(`cid:${contentId}`) || html.includes(`cid:${encodeURIComponent(contentId)}`)) return true;
  return (
    disposition !== 'attachment' &&
    contentType.startsWith('image/') &&
    within.some(({ type }) => type === 'multipart/related')
  );
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/rfc822-headers': 'txt',
  'text/csv': 'csv',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'message/delivery-status': 'txt',
  'message/disposition-notification': 'txt',
  'message/feedback-report': 'txt',
  'application/ms-tnef': 'dat',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/json': 'json',
  'application/pgp-signature': 'asc',
  'application/pgp-encrypted': 'asc',
  'application/pkcs7-signature': 'p7s',
  'application/x-pkcs7-signature': 'p7s',
  'application/pkcs7-mime': 'p7m',
  'application/x-pkcs7-mime': 'p7m',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/svg+xml': 'svg',
  'image/webp': 'webp',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/mp4': 'mp4',
};

/** `image-2.png`: what it is and the how-manieth, for parts that nobody named. */
function madeUpName({ contentType, content }: Enclosed, at: number): string {
  const kind =
    contentType.startsWith('message/rfc822') || contentType === 'message/global'
      ? subjectOf(content)
      : (contentType.split('/')[0] ?? 'file');
  return `${kind}-${at + 1}.${EXTENSIONS[contentType] ?? 'bin'}`;
}

/** The type of a file that only has a name. */
function typeOfName(name: string): string {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase();
  const known = Object.entries(EXTENSIONS).find(([, one]) => one === extension);
  return known?.[0] ?? 'application/octet-stream';
}

/** An attached message is known by its subject. */
function subjectOf(message: Buffer): string {
  const subject = splitHead(message.subarray(0, 65_536)).fields.find(({ name }) => name === 'subject');
  return (
    readText(fieldText(subject?.octets ?? '', null))
      .slice(0, 80)
      .trim() || 'message'
  );
}
