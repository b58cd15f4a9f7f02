/**
 * Reads an email. mailparser takes the MIME tree apart and undoes the transfer encodings; what the parts mean
 * (charsets, which part is the text, what is attached) is decided here, because mail that people really send
 * breaks the rules that a strict reading relies on.
 */
import { MailParser } from 'mailparser';
import { decodeText } from './charset.ts';
import { boundaryOf, mendDelimiters } from './delimiters.ts';
import type { Address, Attachment, Email } from './email.ts';
import {
  charsetHint,
  type Field,
  fieldText,
  type Head,
  oneLine,
  readAddresses,
  readDate,
  readIds,
  readText,
  splitHead,
} from './header.ts';
import { htmlCharset, htmlToText } from './html.ts';

/** SES takes no more (40 MB); whatever is larger did not come through it. */
export const MAX_MAIL_BYTES = 41_943_040;

/** One field may be a megabyte of nothing, and twenty thousand fields another. Beyond this nobody wrote it. */
export const MAX_HEADER_BYTES = 2 * 1024 * 1024;

/** Folded a character a line, two megabytes are a million lines. The longest header in the wild has hundreds. */
export const MAX_HEADER_LINES = 50_000;

/** Every line is looked at for a delimiter: forty megabytes of line ends take ten seconds. As many of base64 have half a million lines. */
export const MAX_LINES = 4_000_000;

/** Every part costs an object, a decoder and a name: ten thousand empty ones fit in a small mail. SES itself sends no more than 500. */
export const MAX_PARTS = 1_000;

/** A multipart inside a multipart, thousands deep, has each level look for every outer boundary. Real mail stays under ten. */
export const MAX_NESTING = 100;

/** Text beyond this is not read by anyone; it stays in the stored mail. Keeps what is written to the table and walked line by line bounded. */
export const MAX_TEXT_CHARS = 4 * 1024 * 1024;

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
  if (countLines(octets) > MAX_LINES) throw new UnreadableEmailError('too-many-lines', email);
  const parts = await readParts(head, octets.subarray(head.end), email);
  const body = readBody(parts, charsetHint(head.fields));
  return { ...email, ...body, attachments: await Promise.all(body.attachments.map(withMessage)) };
}

/** Messages enclosed in one mail that are read: a digest has dozens, and only the first few can be what somebody passes on. */
const MAX_MESSAGES_READ = 10;

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
    return { ...attachment, message: { ...email, text: readBody(parts, charsetHint(head.fields)).text } };
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

function countLines(octets: Uint8Array): number {
  let lines = 0;
  for (const octet of octets) if (octet === 0x0a) lines += 1;
  return lines;
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
  const likely = charsetHint(fields) ?? contentCharset(fields);
  const headers = new Map<string, string[]>();
  for (const { name, octets } of fields) {
    const value = fieldText(octets, likely).replaceAll('\0', '');
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
  }
  const first = (name: string): string => headers.get(name)?.[0] ?? '';
  const mailboxes = (name: string): Address[] => (headers.get(name) ?? []).flatMap(readAddresses);
  const fromAll = mailboxes('from');
  return {
    subject: readText(first('subject')),
    from: fromAll[0] ?? null,
    fromAll,
    sender: mailboxes('sender')[0] ?? null,
    replyTo: mailboxes('reply-to'),
    to: mailboxes('to'),
    cc: mailboxes('cc'),
    date: readDate(first('date')),
    messageId: readIds(first('message-id'))[0] ?? null,
    inReplyTo: firstId(first('in-reply-to')),
    references: readIds((headers.get('references') ?? []).join(' ')),
    headers,
    text: '',
    html: null,
    attachments: [],
    reports: [],
  };
}

/** RFC 822 allowed phrases here: `Your message of Tuesday <id>`, or an address and no id at all. */
function firstId(value: string): string | null {
  const bracketed = /<[^<>]{1,2000}>/.exec(value)?.[0];
  return readIds(bracketed ?? (/^\S+$/.test(value.trim()) ? value : ''))[0] ?? null;
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

async function readParts(head: Head, body: Uint8Array, email: Email): Promise<Part[]> {
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
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 65_536)).toString('latin1');
  const boundary = boundaryOf(type);
  if (
    boundary !== null &&
    Buffer.from(body.buffer, body.byteOffset, body.length).includes(`--${boundary}`, 0, 'latin1')
  )
    return type;
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

/** 8-bit octets in a name come as Latin-1 characters. */
function partName(name: string): string | null {
  const text = /^[\0-\xFF]*[\x80-\xFF][\0-\xFF]*$/.test(name)
    ? decodeText(Buffer.from(name, 'latin1'), null)
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

function readBody(
  parts: readonly Part[],
  hint: string | null,
): Pick<Email, 'text' | 'html' | 'attachments' | 'reports'> {
  const likely = parts.find(({ charset }) => charset !== null)?.charset ?? hint;
  const bodies = parts.filter((part, at) => isBody(part, at === 0));
  const html = htmlOf(bodies, likely);
  const rest = parts.filter((part) => !bodies.includes(part));
  return {
    text: textOf(bodies, html, likely),
    html,
    attachments: rest.map((part, at) => attach(part, at, html)),
    reports: rest
      .filter(({ contentType }) => REPORT_TYPES.has(contentType))
      .map((part) => ({ contentType: part.contentType, text: textOfPart(part, likely) })),
  };
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
  return rich.length === 0
    ? null
    : rich
        .map((part) => textOfPart(part, likely))
        .join('\n')
        .slice(0, MAX_TEXT_CHARS);
}

/** The plain parts; HTML made plain where it stands alone, or where its plain alternative says nothing. */
function textOf(bodies: readonly Part[], html: string | null, likely: string | null): string {
  const texts = bodies
    .filter((part) => part.contentType === 'text/plain' || !inAlternative(part))
    .map((part) =>
      part.contentType === 'text/html' ? htmlToText(textOfPart(part, likely)) : textOfPart(part, likely),
    );
  const text = texts
    .filter((one, at) => one.trim() !== '' || at === 0)
    .join('\n')
    .slice(0, MAX_TEXT_CHARS);
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

function attach(part: Part, at: number, html: string | null): Attachment {
  return {
    name: part.name ?? madeUpName(part, at),
    contentType: part.contentType,
    size: part.content.length,
    inline: isShownInside(part, html),
    contentId: part.contentId,
    content: part.content,
  };
}

function isShownInside({ contentId, disposition, within }: Part, html: string | null): boolean {
  if (html === null || contentId === null || disposition === 'attachment') return false;
  return (
    html.includes(`cid:${contentId}`) ||
    html.includes(`cid:${encodeURIComponent(contentId)}`) ||
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
function madeUpName({ contentType, content }: Part, at: number): string {
  const kind =
    contentType.startsWith('message/rfc822') || contentType === 'message/global'
      ? subjectOf(content)
      : (contentType.split('/')[0] ?? 'file');
  return `${kind}-${at + 1}.${EXTENSIONS[contentType] ?? 'bin'}`;
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
