/** Reads who wrote a mail that somebody passes on: from an attached message, or from the block of text that mail programs write. */

import { attributionEndingAt, mayEndAttribution } from './attributions.ts';
import type { Address, Email, Forwarded } from './email.ts';
import { canonicalAddress, decodeWords } from './header.ts';
import { htmlToText } from './html.ts';
import {
  bareLine,
  foldCase,
  type QuotedHeader,
  quotedField,
  quotedHeaderAt,
  spreadOneLineHeader,
} from './quoted-header.ts';
import { isForwardSeparator, isOriginalSeparator, isRule } from './separators.ts';
import { readSpokenDate } from './spoken-date.ts';

/** Longer forwards are cut: the block is looked for line by line. */
const MAX_FORWARD_CHARS = 1024 * 1024;

/** Subjects of mail that is passed on. Italian `I:` and French `TR:` are real. */
const FORWARD_SUBJECT =
  /^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|fw|wg|tr|rv|rvs|enc|encam|pd|vb|vs|vl|ilt|i|redir\.?|továbbítás|doorst|转发|轉寄|転送|전달|προωθ|reenv|edasi|trans)\s?[:：]/iu;

export function isForwardSubject(subject: string): boolean {
  return FORWARD_SUBJECT.test(foldCase(subject));
}

/** Subjects of answers. */
const REPLY_SUBJECT =
  /^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|sv|vá|odp|antw|ant|ref|res|回复|回覆|答复|返信|회신|ynt|απ|σχετ|ris|r|bls|atb|na|nt|hth|отв|від|ответ)(?:\[\d+\])?\s?[:：]/iu;

/** Where in a text the mail that is passed on begins: the separator's line, and its header block when it has one. */
export interface ForwardBlock {
  start: number;
  body: number;
  header: QuotedHeader | null;
}

/**
 * The original of a forwarded mail, or null when nothing is passed on. An attached message is preferred to text. A
 * reply that quotes a header, or a signature that looks like one, is no forward.
 */
export function readForward(
  email: Pick<Email, 'subject' | 'text' | 'html' | 'attachments' | 'inReplyTo' | 'references' | 'reports'>,
): Forwarded | null {
  const attached = email.reports.length > 0 ? null : attachedMessage(email);
  if (attached) return attached;
  const text = email.text.trim() === '' && email.html ? htmlToText(email.html) : email.text;
  const lines = text.slice(0, MAX_FORWARD_CHARS).split('\n').flatMap(spreadOneLineHeader);
  const block = findForward(lines, passesOn(email));
  // Yandex writes the line of a reply below its separator, and no header.
  const told = block && !block.header ? fromAttribution(lines.slice(block.body), email, 4) : null;
  if (told) return told;
  if (block) return fromBlock(lines, block, email);
  return isForwardSubject(email.subject) ? fromAttribution(lines, email) : null;
}

function attachedMessage({
  attachments,
  subject,
  text,
}: Pick<Email, 'attachments' | 'subject' | 'text'>): Forwarded | null {
  const messages = attachments.flatMap(({ message }) => (message ? [message] : []));
  const [message] = messages;
  if (!message || messages.length > 1) return null;
  // A message attached to a long letter of its own is an enclosure, not the matter itself.
  if (!isForwardSubject(subject) && text.trim().length > 2_000) return null;
  return {
    from: message.from,
    to: message.to,
    cc: message.cc,
    subject: message.subject || null,
    date: message.date,
    text: message.text,
  };
}

/** What the mail says of itself, for blocks that programs write above replies and forwards alike. */
function passesOn({
  subject,
  inReplyTo,
  references,
}: Pick<Email, 'subject' | 'inReplyTo' | 'references'>): boolean {
  if (isForwardSubject(subject)) return true;
  return !REPLY_SUBJECT.test(subject) && inReplyTo === null && references.length === 0;
}

/**
 * Looks for the block of a forward from the top. `either` says whether separators that stand above replies as well
 * are taken for it.
 */
export function findForward(lines: readonly string[], either: boolean): ForwardBlock | null {
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (isForwardSeparator(line)) {
      const next = nextFilled(lines, at + 1);
      const header = quotedHeaderAt(lines, next, 2);
      return { start: at, body: header?.end ?? at + 1, header };
    }
    const header = quotedField(line) ? quotedHeaderAt(lines, at) : null;
    if (header) {
      if (!either) return null;
      const above = previousFilled(lines, at);
      const separated = above >= 0 && (isRule(lines[above] ?? '') || isOriginalSeparator(lines[above] ?? ''));
      return { start: separated ? above : at, body: header.end, header };
    }
  }
  return null;
}

function nextFilled(lines: readonly string[], from: number): number {
  let at = from;
  while (at < Math.min(lines.length, from + 4) && bareLine(lines[at] ?? '') === '') at += 1;
  return at;
}

function previousFilled(lines: readonly string[], from: number): number {
  let at = from - 1;
  while (at >= 0 && at >= from - 3 && bareLine(lines[at] ?? '') === '') at -= 1;
  return at >= from - 3 ? at : -1;
}

function fromBlock(
  lines: readonly string[],
  { start, body, header }: ForwardBlock,
  email: Pick<Email, 'subject'>,
): Forwarded {
  const quoted = header ? /^\s*>/.test(lines[header.start] ?? '') : false;
  const rest = lines.slice(body);
  const text = quoted ? unquote(rest) : dequoteWhole(rest);
  const values = header?.values ?? {};
  const stripped = withoutPrefix(email.subject);
  return {
    from: quotedMailboxes(values.from ?? '')[0] ?? null,
    to: quotedMailboxes(values.to ?? ''),
    cc: quotedMailboxes(values.cc ?? ''),
    subject:
      values.subject ??
      (start === 0 && stripped !== '' && stripped !== email.subject.trim() ? stripped : null),
    date: values.date === undefined ? null : readSpokenDate(values.date),
    text: text.join('\n').trim(),
  };
}

/** A comment above a forward is no longer than so many lines that end in a colon. */
const MAX_LOOKS = 50;

/** Outlook 2019 on a Mac writes the line of a reply above what it forwards; the subject alone tells. */
function fromAttribution(
  lines: readonly string[],
  email: Pick<Email, 'subject'>,
  within = lines.length,
): Forwarded | null {
  let looks = 0;
  for (let end = 0; end < within && looks < MAX_LOOKS; end += 1) {
    if (!mayEndAttribution(lines[end] ?? '')) continue;
    looks += 1;
    const start = attributionEndingAt(lines, end, () => true);
    if (start === null) continue;
    const said = lines
      .slice(start, end + 1)
      .map(bareLine)
      .join(' ');
    const from =
      /(?:["„“«]\s*([^"„“”«»<>]{0,80}?)\s*["”»]|([^"„“”«»<>\d,:]{0,80}))\s*[<(]([^<>()\s]{3,320}@[^<>()\s]{1,255})[>)]/.exec(
        said,
      );
    const address = canonicalAddress(from?.[3] ?? '');
    if (!address) return null;
    const name = nameOf(from?.[1] ?? from?.[2] ?? '', address);
    return {
      from: { address, name },
      to: [],
      cc: [],
      subject: withoutPrefix(email.subject),
      date: readSpokenDate(said),
      text: dequoteWhole(lines.slice(end + 1))
        .map((line) => line.replace(/^ {4}/, ''))
        .join('\n')
        .trim(),
    };
  }
  return null;
}

function withoutPrefix(subject: string): string {
  return isForwardSubject(subject) ? subject.replace(/^[^:：]{1,60}[:：]\s*/, '').trim() : subject.trim();
}

/** A quoted block ends where its quote marks do: what comes below is the forwarder's. */
function unquote(lines: readonly string[]): string[] {
  // A line that was wrapped lost its mark; one behind a blank line never had any.
  const end = lines.findIndex(
    (line, at) => line.trim() !== '' && !/^\s*>/.test(line) && (lines[at - 1] ?? '').trim() === '',
  );
  return (end < 0 ? [...lines] : lines.slice(0, end)).map((line) => line.replace(/^\s*> ?/, ''));
}

/** Some programs quote the body and not the header. */
function dequoteWhole(lines: readonly string[]): string[] {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.length > 0 && filled.every((line) => /^\s*>/.test(line)) ? unquote(lines) : [...lines];
}

/** Mailboxes as programs print them for people: semicolons, names with commas, `[mailto:…]`, or a name alone. */
function quotedMailboxes(value: string): Address[] {
  const plain = decodeWords(value)
    .slice(0, 20_000)
    .replace(/[*_](?=[\s<])/g, '')
    .replace(/\[mailto:([^\]\s]{3,320})\]/gi, '<$1>')
    .replace(/<mailto:([^>\s]{3,320})>/gi, '<$1>');
  const found: Address[] = [];
  let rest = plain.trim();
  while (rest !== '' && found.length < 200) {
    const match =
      /^[\s,;]*((?:[^<>;@]|@(?=[^<>;,]{0,200}<)){0,300}?)\s*<\s*([^<>\s]{3,320})\s*>/.exec(rest) ??
      /^[\s,;]*()([^\s<>,;]{1,64}@[^\s<>,;()]{1,255})/.exec(rest);
    const mailbox = match ? canonicalAddress(match[2] ?? '') : null;
    if (!match || !mailbox) break;
    found.push({ address: mailbox, name: nameOf(match[1] ?? '', mailbox) });
    rest = rest.slice(match[0].length);
  }
  // Outlook prints names without addresses for people of its own house.
  if (found.length === 0 && rest !== '' && !rest.includes('@'))
    return rest
      .split(';')
      .map((name) => ({ address: '', name: nameOf(name, '') }))
      .filter(({ name }) => name !== '');
  return found;
}

function nameOf(text: string, address: string): string {
  const name = text
    .replace(/(?<![()])[()]+$/, '')
    .trim()
    .replace(/^["'„“«‚‘\s]+|(?<!["'”“»’‘\s])["'”“»’‘\s]+$/g, '')
    .trim();
  return name.toLowerCase() === address ? '' : name;
}
