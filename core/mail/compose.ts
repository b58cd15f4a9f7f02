/**
 * An update as the bytes that leave: one mail to one person, in MIME. The same update gives the same bytes each
 * time, so that a repeated attempt sends what the first one would have sent.
 */
import { hash } from 'node:crypto';
import { encode as encodeBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64';
import MailComposer from 'nodemailer/lib/mail-composer';
import type MimeNode from 'nodemailer/lib/mime-node';
import { encode as encodeQuoted, wrap as wrapQuoted } from 'nodemailer/lib/qp';
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
  const { content, files, calendar } = update;
  const mail = new MailComposer({
    from: mailbox(update.from),
    to: mailbox(update.to),
    cc: update.cc.filter(({ address }) => isOneAddress(address)).map(mailbox),
    replyTo: update.replyTo ?? undefined,
    subject: subjectLine(content.subject, update.ticketId, update.inReplyTo !== null),
    messageId: update.messageId,
    inReplyTo: update.inReplyTo !== null && isOneId(update.inReplyTo) ? update.inReplyTo : undefined,
    references: boundedReferences(update.references.filter(isOneId)),
    date: new Date(update.date),
    headers: deskHeaders(update),
    text: { content: content.text, contentTransferEncoding: encodingFor(content.text) },
    html: { content: content.html, contentTransferEncoding: encodingFor(content.html) },
    ...(calendar
      ? { icalEvent: { ...calendar, filename: 'invite.ics', contentTransferEncoding: 'base64' } }
      : {}),
    attachments: attachmentsOf(files, content.html),
    baseBoundary: hash('sha256', update.id).slice(0, 32),
  });
  return { outcome: 'composed', mime: Buffer.from(entity(mail.compile()), 'latin1') };
}

/**
 * A part with its header, and the parts in it (RFC 2046 5.1.1). The library's own way leads each part through four streams,
 * for content that is read from a file or an address: ours is all at hand, and only strings and octets are ever read here.
 */
function entity(part: MimeNode): string {
  // The header is made first: it says which parts and which boundary the part has.
  const head = `${part.buildHeaders()}\r\n\r\n`;
  if (!part.multipart) return head + body(part);
  const parts = part.childNodes.map((child) => `--${part.boundary}\r\n${entity(child)}`);
  return `${head}${parts.join('\r\n')}\r\n--${part.boundary}--\r\n`;
}

/** In ASCII, as `encodingFor` and the files want it. */
function body(part: MimeNode): string {
  const { content } = part;
  if (typeof content !== 'string' && !Buffer.isBuffer(content)) return '';
  return part.getTransferEncoding() === 'base64'
    ? wrapBase64(encodeBase64(content))
    : wrapQuoted(quoted(content.toString()));
}

/** As `encodeQuoted` has it (RFC 2045 6.7), which is asked only for what is not ASCII: it takes every octet by itself. */
function quoted(text: string): string {
  return text
    .replace(/\r?\n/g, '\r\n')
    .replaceAll('=', '=3D')
    .replace(/[ \t](?=\r|$)/g, (blank) => encodeQuoted(blank))
    .replace(/[^\t\r\n -~]+/g, (found) => encodeQuoted(found));
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

/**
 * RFC 3834 5: what answers a mail by itself is auto-replied, what the clock or the ticket sets off is auto-generated, and a person's words are neither.
 * Exchange heeds X-Auto-Response-Suppress instead. The desk's own people get a List-Id (RFC 2919) to file by; others must
 * not, since their help desks take such mail for a mailing list's and drop it.
 */
function deskHeaders(update: Outgoing): { key: string; value: string }[] {
  const automatic = update.kind === 'resolved' && update.personal ? null : AUTOMATIC[update.kind];
  const ours = update.audience === 'agent' || update.audience === 'lead';
  return [
    ...(automatic
      ? [
          { key: 'Auto-Submitted', value: automatic },
          { key: 'X-Auto-Response-Suppress', value: 'OOF, AutoReply' },
        ]
      : []),
    ...(ours ? [{ key: 'List-Id', value: `<${update.from.address.replace('@', '.')}>` }] : []),
    // RFC 3282: what reads the mail aloud or translates it need not guess.
    { key: 'Content-Language', value: update.content.language },
    { key: 'X-Replydesk-Update', value: update.kind },
    ...(update.ticketId === null ? [] : [{ key: 'X-Replydesk-Ticket', value: update.ticketId }]),
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

/** Never 7bit or 8bit: a line that somebody wrote may be longer than the 998 octets that mail allows. */
function encodingFor(text: string): 'quoted-printable' | 'base64' {
  let wide = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) wide++;
  return wide * 4 > text.length ? 'base64' : 'quoted-printable';
}

function attachmentsOf(files: readonly OutgoingFile[], html: string) {
  const names = shownNames(files.map(({ name }) => name));
  return files.map((file, index) => attachment(file, names[index] as string, html));
}

function attachment(file: OutgoingFile, filename: string, html: string) {
  const contentId =
    file.contentId !== null && isOneId(file.contentId) && html.includes(`cid:${file.contentId}`)
      ? file.contentId
      : null;
  return {
    filename,
    contentType: contentTypeOf(file.contentType),
    contentTransferEncoding: 'base64',
    content: Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength),
    ...(contentId === null
      ? { contentDisposition: 'attachment' }
      : { cid: contentId, contentDisposition: 'inline' }),
  };
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
