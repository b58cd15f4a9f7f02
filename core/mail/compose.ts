/**
 * An update as the bytes that leave: one mail to one person, in MIME. The same update gives the same bytes each
 * time, so that a repeated attempt sends what the first one would have sent.
 */
import { hash } from 'node:crypto';
import { encode as encodeBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64';
import { foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import type { Address } from './email.ts';
import { shownNames } from './file-name.ts';
import type { RenderedUpdate, SentKind } from './update.ts';

export interface OutgoingFile {
  name: string;
  contentType: string;
  content: Uint8Array;
  /** Without angle brackets. Shown inside the HTML where it says `cid:<contentId>`; otherwise it is a file like any other. */
  contentId: string | null;
}

export interface Outgoing {
  /** The update's id. Boundaries are made from it. */
  id: string;
  kind: SentKind;
  /** `T-7K4M2Q`, or null for mail that belongs to no ticket. */
  ticketId: string | null;
  /** To whom it speaks: mail to the desk's own people carries List-Id, so that they can file it by a rule. */
  audience: 'requester' | 'agent' | 'lead' | 'sender';
  /** Of `resolved`: it carries an agent's own words, and so, like every `answer`, nothing marks it as written by a machine. */
  personal: boolean;
  /** The desk's address, under the name that the reader should see. */
  from: Address;
  to: Address;
  /** The address with the token; null when nobody reads replies. */
  replyTo: string | null;
  /** Other participants, for the reader to see: the mail goes to `to` alone. Never an agent. One that cannot be written safely is left out. */
  cc: Address[];
  /** Without angle brackets, like every id here. */
  messageId: string;
  /** This and `references` name mail from outside: an id that cannot be written safely is left out, for it must not keep the mail from leaving. */
  inReplyTo: string | null;
  /** Oldest first. */
  references: string[];
  /** ISO 8601 UTC. */
  date: string;
  content: RenderedUpdate;
  files: OutgoingFile[];
  /** What the reader's calendar is told (RFC 6047): beside text and HTML for the programs that act on it, and as a file for the others. */
  calendar?: { method: 'REQUEST' | 'CANCEL'; content: string } | null;
}

export type Composed =
  | { outcome: 'composed'; mime: Uint8Array }
  /** One of our own values holds a line break or another thing that no header may: sending it could add recipients or headers that nobody decided on. */
  | { outcome: 'refused'; reason: 'unsafe-header'; header: string };

/** Subjects longer than this are cut; mail clients show far less. In characters, without `Re:` and the tag. */
const LONGEST_SUBJECT = 180;
/** Of people. A word in a header cannot be folded. */
const LONGEST_NAME = 120;
/** No more of a subject is looked at. */
const MOST_READ = 4_000;
/** References that leave: enough for every client to thread, and far from the 998 octets of a line once folded. */
const MOST_REFERENCES = 20;
/** A line holds 998 octets at most (RFC 5322 2.1.1) and an id cannot be folded. */
const LONGEST_ID = 500;

/** The mail as it goes to SES (RFC 5322, 2045, 2047, 2231, 3834). Every line has at most 998 octets. */
export function compose(update: Outgoing): Composed {
  const header = unsafeHeader(update);
  if (header) return { outcome: 'refused', reason: 'unsafe-header', header };
  const content = contentOf(update);
  return {
    outcome: 'composed',
    mime: Buffer.concat(written({ ...content, head: [...headOf(update), ...content.head] })),
  };
}

/** A part with its header, in ASCII. */
interface Part {
  head: readonly string[];
  body: readonly Buffer[];
}

function written({ head, body }: Part): Buffer[] {
  return [ascii(`${head.join('\r\n')}\r\n\r\n`), ...body];
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Text and HTML side by side, within it what it shows, and after both what is a file. */
function contentOf({ id, content, files, calendar }: Outgoing): Part {
  const shared = hash('sha256', id).slice(0, 32);
  const multipart = (type: string, parts: readonly Part[]) => partOf(parts, type, `${shared}_${type}`);
  const { shown, attached } = filesOf(files, content.html);
  const html = text('text/html; charset=utf-8', content.html);
  const alternative = multipart('alternative', [
    text('text/plain; charset=utf-8', content.text),
    shown.length > 0 ? multipart('related', [html, ...shown]) : html,
    ...(calendar ? [based(`text/calendar; charset=utf-8; method=${calendar.method}`, calendar.content)] : []),
  ]);
  if (calendar) attached.push(attachment('invite.ics', 'application/ics', Buffer.from(calendar.content)));
  return attached.length > 0 ? multipart('mixed', [alternative, ...attached]) : alternative;
}

/** RFC 2046 5.1.1. Whatever stands in quoted-printable or base64 holds no `=_` (RFC 2045 6.7), and so no delimiter of ours. */
function partOf(parts: readonly Part[], type: string, name: string): Part {
  const boundary = `=_${name}`;
  // RFC 2387 3.1.
  const root = type === 'related' ? ' type="text/html";' : '';
  return {
    head: [`Content-Type: multipart/${type};${root}\r\n boundary="${boundary}"`],
    body: [
      ...parts.flatMap((part, nth) => [
        ascii(`${nth === 0 ? '' : '\r\n'}--${boundary}\r\n`),
        ...written(part),
      ]),
      ascii(`\r\n--${boundary}--\r\n`),
    ],
  };
}

/** Never 7bit or 8bit: a line that somebody wrote may be longer than the 998 octets that mail allows. */
function text(type: string, content: string): Part {
  if (isMostlyWide(content)) return based(type, content);
  return {
    head: [`Content-Type: ${type}`, 'Content-Transfer-Encoding: quoted-printable'],
    body: [quoted(content)],
  };
}

function based(type: string, content: string): Part {
  return {
    head: [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64'],
    body: [ascii(wrapBase64(encodeBase64(content)))],
  };
}

/** Each that is wide takes an octet more than one at the least: where there are few such octets nothing is counted. */
function isMostlyWide(content: string): boolean {
  if ((Buffer.byteLength(content) - content.length) * 4 <= content.length) return false;
  let wide = 0;
  for (let index = 0; index < content.length; index++) if (content.charCodeAt(index) > 0x7f) wide++;
  return wide * 4 > content.length;
}

const [TAB, LF, CR, BLANK, EQUALS] = [0x09, 0x0a, 0x0d, 0x20, 0x3d];
const HEX = Buffer.from('0123456789ABCDEF');
const GOES_ON = Buffer.from('89AB');
/** Octets in a line of quoted-printable, its soft break among them. */
const LONGEST_LINE = 76;
/** A line is broken behind a blank where one stands in its last third: whoever looks at the mail as it came can read it. */
const SOONEST_BREAK = 50;

/** Quoted-printable (RFC 2045 6.7), in one pass over the octets: a mail has 20,000, and each copy of them as a string costs as much. */
function quoted(content: string): Buffer {
  const octets = Buffer.from(content.includes('\r') ? content.replace(/\r\n?/g, '\n') : content);
  // Three for each, and three for a soft break after fifty at the least.
  const page = Buffer.allocUnsafe(4 * octets.length + 3);
  let line = 0;
  let end = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] as number;
    if (octet === LF) {
      end = endOf(line, page, end);
      page[end++] = CR;
      page[end++] = LF;
      line = end;
      continue;
    }
    if (isPlain(octet)) page[end++] = octet;
    else end = escaped(octet, page, end);
    if (end - line <= LONGEST_LINE) continue;
    line = broken(line, page, end);
    end += 3;
  }
  return page.subarray(0, endOf(line, page, end));
}

function isPlain(octet: number): boolean {
  return (octet >= BLANK && octet < 0x7f && octet !== EQUALS) || octet === TAB;
}

/** A blank does not stand last: programs on the way take it off. */
function endOf(line: number, page: Buffer, end: number): number {
  const last = end > line ? (page[end - 1] as number) : LF;
  if (last !== BLANK && last !== TAB) return end;
  const to = escaped(last, page, end - 1);
  if (to - line <= LONGEST_LINE) return to;
  broken(line, page, to);
  return to + 3;
}

/** Where it ends. */
function escaped(octet: number, page: Buffer, at: number): number {
  page[at] = EQUALS;
  page[at + 1] = HEX[octet >> 4] as number;
  page[at + 2] = HEX[octet & 15] as number;
  return at + 3;
}

/** With a soft break in it; where the next line begins. */
function broken(line: number, page: Buffer, end: number): number {
  const at = breakOf(line, page);
  page.copyWithin(at + 3, at, end);
  page[at] = EQUALS;
  page[at + 1] = CR;
  page[at + 2] = LF;
  return at + 3;
}

/** Behind a blank, or before a character that would stand on both sides. Some programs read each line by itself. */
function breakOf(line: number, page: Buffer): number {
  const end = line + LONGEST_LINE - 1;
  for (let to = end; to > line + SOONEST_BREAK; to--) if (page[to - 1] === BLANK) return to;
  let to = end;
  if (page[to - 1] === EQUALS) to -= 1;
  else if (page[to - 2] === EQUALS) to -= 2;
  // In UTF-8 what goes on begins with the bits 10.
  while (page[to] === EQUALS && GOES_ON.includes(page[to + 1] as number)) to -= 3;
  return to;
}

/** The first header whose value could not stand in it as given, or null. Names and subjects are only words and are cleaned instead. */
function unsafeHeader({ from, to, replyTo, messageId, ticketId, date }: Outgoing): string | null {
  if (!isOneAddress(from.address)) return 'From';
  if (!isOneAddress(to.address)) return 'To';
  if (replyTo !== null && !isOneAddress(replyTo)) return 'Reply-To';
  if (!isOneId(messageId)) return 'Message-ID';
  if (ticketId !== null && !isOneId(ticketId)) return 'X-Replydesk-Ticket';
  return Number.isNaN(Date.parse(date)) ? 'Date' : null;
}

/** One bare mailbox whose local part is ASCII: SES takes no other (RFC 6531 is not offered), and 254 octets are the most (RFC 5321 4.5.3.1.3). */
function isOneAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  return (
    at > 0 &&
    at < value.length - 1 &&
    value.length <= 254 &&
    value.indexOf('@') === at &&
    !UNSAFE_IN_ADDRESS.test(value)
  );
}

function isOneId(value: string): boolean {
  return value !== '' && value.length <= LONGEST_ID && !UNSAFE_IN_ID.test(value);
}

const UNSAFE_IN_ADDRESS = /[\s<>()[\]:;,\\"\u0000-\u001f\u007f-\u009f]|[^\u0000-\u007f].*@/;
const UNSAFE_IN_ID = /[^\u0021-\u007e]|[<>]/;

function mailbox({ name, address }: Address): { name: string; address: string } {
  return { name: shorten(oneLine(name), LONGEST_NAME), address };
}

/**
 * `Re: <subject> [T-7K4M2Q]`: the tag once, at the end; what clients heaped up in front is collapsed. `Re:` stands only
 * where the mail does answer one.
 */
export function subjectLine(subject: string, ticketId: string | null, isReply: boolean): string {
  const bare = stripReplyPrefixes(
    oneLine(subject.slice(0, MOST_READ)).replace(TAG, '').replace(/ {2,}/g, ' ').trim(),
  );
  const short = shorten(bare, LONGEST_SUBJECT);
  return [isReply ? 'Re:' : '', short, ticketId === null ? '' : `[${ticketId}]`]
    .filter((part) => part !== '')
    .join(' ');
}

const TAG = /(?<! ) *\[T-[0-9A-HJKMNP-TV-Z]{6}\]/gi;
/** `Re:`, `AW:`, `Antw:`, `SV:`, `RE[2]:` … as mail clients write them. Forwarding marks stay: they say what the mail is. */
const REPLY_PREFIX = /^(?:re|aw|antw|sv|vs|r|res|odp|rif|回复|答复|返信)(?:\[\d{1,3}\])?\s?[:：]\s*/i;

function stripReplyPrefixes(subject: string): string {
  let rest = subject;
  for (let prefix = REPLY_PREFIX.exec(rest); prefix; prefix = REPLY_PREFIX.exec(rest))
    rest = rest.slice(prefix[0].length);
  return rest;
}

/** Cut between words where that loses little, never inside a character. */
function shorten(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) return text;
  const cut = characters.slice(0, longest - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > longest * 0.7 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Unbalanced, they turn around whatever a client prints after them: the tag, an address, a file's extension. */
const BIDI_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/g;

function oneLine(text: string): string {
  return text.toWellFormed().replace(CONTROLS, ' ').replace(BIDI_OVERRIDES, '').trim();
}

/** Our own id and the participants' last ones are at the end; the first is the root of the thread. */
function boundedReferences(references: readonly string[]): string[] {
  const once = [...new Set(references)];
  const [root, ...rest] = once;
  return root === undefined || once.length <= MOST_REFERENCES
    ? once
    : [root, ...rest.slice(1 - MOST_REFERENCES)];
}

/** Of the mail itself, without what its content says. */
function headOf(update: Outgoing): string[] {
  const { from, to, cc, replyTo, inReplyTo, references, ticketId, messageId, content, date } = update;
  const copies = cc.filter(({ address }) => isOneAddress(address)).map(mailbox);
  return [
    ...deskFields(update),
    addresses('From', [mailbox(from)]),
    addresses('To', [mailbox(to)]),
    addresses('Cc', copies),
    addresses('Reply-To', replyTo === null ? [] : [{ name: '', address: replyTo }]),
    field('In-Reply-To', inReplyTo !== null && isOneId(inReplyTo) ? `<${inReplyTo}>` : ''),
    field(
      'References',
      boundedReferences(references.filter(isOneId))
        .map((id) => `<${id}>`)
        .join(' '),
    ),
    field('Subject', subjectLine(content.subject, ticketId, inReplyTo !== null)),
    field('Message-ID', `<${messageId}>`),
    field('Date', new Date(date).toUTCString().replace('GMT', '+0000')),
    'MIME-Version: 1.0',
  ].filter((each) => each !== '');
}

/** A field without a value is none. */
function field(name: string, value: string): string {
  const encoded = PLAIN.test(value) ? value : pen.encodeHeaderValue(name, value);
  return encoded.trim() === '' ? '' : foldLines(`${name}: ${encoded}`, LONGEST_LINE);
}

function addresses(name: string, values: readonly Address[]): string {
  const all = values.map((value) =>
    PLAIN_NAME.test(value.name) && PLAIN_ADDRESS.test(value.address)
      ? value.name === ''
        ? value.address
        : `${value.name} <${value.address}>`
      : pen.encodeHeaderValue(name, value),
  );
  return all.length === 0 ? '' : foldLines(`${name}: ${all.join(', ')}`, LONGEST_LINE);
}

/** What is not plain the library encodes (RFC 2047) or quotes. In this is nothing that an encoded word could be made of, or be taken for. */
const PLAIN = /^[ !#-<>-~]*$/;
const PLAIN_NAME = /^[\w ]*$/;
const PLAIN_ADDRESS = /^[\w+-]+(?:\.[\w+-]+)*@(?:[a-z\d-]+\.)*[a-z][a-z\d-]*$/;
/** Its types do not tell of this yet. */
const pen = new MimeNode() as MimeNode & { encodeHeaderValue(name: string, value: unknown): string };

/**
 * RFC 3834 5: what answers a mail by itself is auto-replied, what the clock or the ticket sets off is auto-generated, and a person's words are neither.
 * Exchange heeds X-Auto-Response-Suppress instead. The desk's own people get a List-Id (RFC 2919) to file by; others must
 * not, since their help desks take such mail for a mailing list's and drop it.
 */
function deskFields(update: Outgoing): string[] {
  const automatic = update.kind === 'resolved' && update.personal ? null : AUTOMATIC[update.kind];
  const ours = update.audience === 'agent' || update.audience === 'lead';
  return [
    ...(automatic ? [`Auto-Submitted: ${automatic}`, 'X-Auto-Response-Suppress: OOF, AutoReply'] : []),
    ...(ours ? [field('List-ID', `<${update.from.address.replace('@', '.')}>`)] : []),
    // RFC 3282: what reads the mail aloud or translates it need not guess.
    field('Content-Language', update.content.language),
    `X-Replydesk-Update: ${update.kind}`,
    ...(update.ticketId === null ? [] : [field('X-Replydesk-Ticket', update.ticketId)]),
  ];
}

const AUTOMATIC: Record<SentKind, 'auto-replied' | 'auto-generated' | null> = {
  acknowledgement: 'auto-replied',
  refusal: 'auto-replied',
  code: 'auto-replied',
  transcript: 'auto-replied',
  assignment: 'auto-generated',
  'requester-message': 'auto-generated',
  answer: null,
  note: 'auto-generated',
  warning: 'auto-generated',
  breach: 'auto-generated',
  escalated: 'auto-generated',
  approval: 'auto-generated',
  decided: 'auto-generated',
  'waiting-reminder': 'auto-generated',
  resolved: 'auto-generated',
  closed: 'auto-generated',
  satisfaction: 'auto-generated',
  digest: 'auto-generated',
  report: 'auto-generated',
  canary: 'auto-generated',
};

/** `shown`: what the HTML shows, which rides with it. */
function filesOf(files: readonly OutgoingFile[], html: string): { shown: Part[]; attached: Part[] } {
  const names = shownNames(files.map(({ name }) => name));
  const [shown, attached]: [Part[], Part[]] = [[], []];
  for (const [index, { contentType, contentId, content }] of files.entries()) {
    const octets = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    const isShown = contentId !== null && isOneId(contentId) && html.includes(`cid:${contentId}`);
    const part = attachment(
      names[index] as string,
      contentTypeOf(contentType),
      octets,
      isShown ? contentId : null,
    );
    (isShown ? shown : attached).push(part);
  }
  return { shown, attached };
}

/** The library writes its header, with names in any script (RFC 2231). A part of its own would be a mail, with a date and an id. */
function attachment(
  filename: string,
  contentType: string,
  content: Buffer,
  contentId: string | null = null,
): Part {
  const part = new MimeNode().createChild(contentType, { filename });
  if (contentId !== null) part.setHeader('Content-ID', `<${contentId}>`);
  part.setHeader('Content-Transfer-Encoding', 'base64');
  part.setHeader('Content-Disposition', contentId === null ? 'attachment' : 'inline');
  return { head: [part.buildHeaders()], body: [ascii(wrapBase64(encodeBase64(content)))] };
}

/**
 * A type that came from outside, or none. message/* and multipart/* may not be base64 (RFC 2045 6.4) and would stand
 * open in our own mail, where the next parser reads their headers as part of it: they travel closed.
 */
function contentTypeOf(declared: string): string {
  const type = declared.trim().toLowerCase();
  return /^[a-z0-9][\w!#$&^.+-]{0,63}\/[a-z0-9][\w!#$&^.+-]{0,63}$/.test(type) &&
    !/^(message|multipart)\//.test(type)
    ? type
    : 'application/octet-stream';
}
