/**
 * Who did not get our mail, and whether he ever can. RFC 3464 where the report follows it; the words of the report
 * where it does not, which is nearly half of all bounces.
 */
import * as z from 'zod/mini';
import {
  isUndeliverablePhrase,
  LASTING,
  PASSING,
  RETURNED_MAIL,
  UNDELIVERED_SUBJECTS,
} from './bounce-phrases.ts';
import type { Bounce, Email, Reported } from './email.ts';
import { canonicalAddress, readAddresses } from './header.ts';

/** A report names one recipient, a few at most. Ten thousand are an attack on whoever marks addresses. */
export const MAX_BOUNCED = 100;

/** Groups of fields in a report, one for each recipient. */
const MAX_GROUPS = 1_000;

/** Reports begin with their own words; the returned mail behind them is another's. */
const MAX_REPORT_CHARS = 64 * 1024;

type Recipient = Bounce['recipients'][number];

/**
 * Reads a report that mail could not be delivered; null for every other mail, also for one that says that delivery is
 * only late, or done. `recipients` may be empty when the report names nobody. Who sent a report is nobody's proof: act
 * on it only for mail that we sent.
 */
export function readBounce(email: Email): Bounce | null {
  const outcome = readOutcome(email);
  return outcome?.what === 'failed'
    ? { recipients: outcome.recipients, originalMessageId: originalMessageId(email) }
    : null;
}

/** Of a report of any kind (RFC 3464, RFC 8098, RFC 5965) which mail it is about; null when the email is no report. */
export function readReported(email: Email): Reported | null {
  const enclosed = email.attachments.find(({ message }) => message?.messageId)?.message;
  const id = originalMessageId(email);
  const fields = email.reports.flatMap(({ text }) => fieldGroups(text));
  const about = fields.flatMap((group) => ABOUT.flatMap((name) => typedAddress(group.get(name) ?? '') ?? []));
  if (!enclosed && email.reports.length === 0 && !(id && readOutcome(email))) return null;
  const ids = [...(id ? [id] : []), ...(enclosed?.references ?? []).toReversed()];
  return { ids: [...new Set(ids)], about: [...new Set(about)].slice(0, MAX_BOUNCED) };
}

/** Aliases are resolved on the way: the address that we wrote to is the original one. */
const ABOUT = ['original-recipient', 'original-rcpt-to', 'final-recipient'] as const;

export type Outcome = { what: 'failed'; recipients: Recipient[] } | { what: 'delayed' | 'delivered' };

/** What a report says became of a mail; null when the email is no report. */
export function readOutcome(email: Email): Outcome | null {
  if (isWrittenByPerson(email)) return null;
  return readStatusParts(email) ?? readNotification(email) ?? readWords(email);
}

/** What SES publishes of a bounce (docs.aws.amazon.com/ses/latest/dg/notification-contents.html), mailed by SNS to whoever asked for that. */
function readNotification({ headers, text }: Email): Outcome | null {
  if (!headers.has('x-amz-sns-message-id')) return null;
  // RFC 5321 4.5.3.1.6: a line has a thousand octets, and sendmail breaks longer ones with a `!`.
  const json = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1).replace(/!?\n ?/g, '');
  if (!json.startsWith('{') || json.length > MAX_REPORT_CHARS * 4) return null;
  const bounced = Notification.safeParse(parsed(json)).data?.bounce.bouncedRecipients;
  if (!bounced) return null;
  const recipients = bounced.slice(0, MAX_BOUNCED).flatMap(({ emailAddress, status, diagnosticCode }) => {
    const address = typedAddress(emailAddress);
    return address ? judged(address, enhancedStatus(status), diagnosticCode, '', []) : [];
  });
  return { what: 'failed', recipients };
}

const Notification = z.object({
  bounce: z.object({
    bouncedRecipients: z.array(
      z.object({
        emailAddress: z.string(),
        status: z._default(z.string(), ''),
        diagnosticCode: z._default(z.string(), ''),
      }),
    ),
  }),
});

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Somebody who passes a bounce on has his own words above it and an address of his own. */
function isWrittenByPerson({ subject, from }: Email): boolean {
  return /^\s*(fwd?|wg|tr|re|aw|sv|rv)\s*:/i.test(subject) && from !== null && !isDaemon(from.address);
}

/** RFC 3464: groups of fields, the first about the message, each further one about a recipient. */
function readStatusParts(email: Email): Outcome | null {
  const reports = email.reports.filter(({ contentType }) => contentType.endsWith('delivery-status'));
  if (reports.length === 0) return null;
  const recipients: Recipient[] = [];
  const actions = new Set<string>();
  const words = ownWords(email);
  let stated: string | null = null;
  for (const group of reports.flatMap(({ text }) => fieldGroups(text))) {
    const said = group.get('final-recipient') ?? group.get('original-recipient');
    const action = group.get('action') ?? '';
    const status = enhancedStatus(group.get('status') ?? '');
    if (said === undefined && action === '' && status === null) continue;
    const outcome = outcomeOf(action, status);
    actions.add(outcome);
    if (outcome !== 'failed' || recipients.length >= MAX_BOUNCED) continue;
    stated = status;
    // Aliases are resolved on the way: the address that we wrote to is the original one.
    const address = typedAddress(group.get('original-recipient') ?? '') ?? typedAddress(said ?? '');
    if (address && !recipients.some((one) => one.address === address))
      recipients.push(judged(address, status, group.get('diagnostic-code') ?? '', words, []));
  }
  if (actions.has('failed'))
    return {
      what: 'failed',
      recipients: recipients.length > 0 ? recipients : namedRecipients(email, words, stated),
    };
  if (actions.has('delayed')) return { what: 'delayed' };
  if (actions.size > 0) return { what: 'delivered' };
  // A report without a word about any recipient leaves its text.
  return readWords(email) ?? { what: 'failed', recipients: namedRecipients(email, words) };
}

function fieldGroups(text: string): Map<string, string>[] {
  const groups: Map<string, string>[] = [];
  for (const block of text.slice(0, MAX_REPORT_CHARS * 4).split(/\n\s*\n/, MAX_GROUPS)) {
    let fields = new Map<string, string>();
    let name = '';
    groups.push(fields);
    for (const line of block.split('\n')) {
      const field = /^([a-z][a-z-]{0,60})[ \t]*:[ \t]*(.*)$/i.exec(line);
      if (field?.[1]) {
        name = field[1].toLowerCase();
        // Some servers leave out the blank line between recipients.
        if (name === 'final-recipient' && fields.has(name)) {
          fields = new Map();
          groups.push(fields);
        }
        if (!fields.has(name)) fields.set(name, (field[2] ?? '').trim());
      } else if (name !== '' && /^\s/.test(line))
        fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`.slice(0, 4_000));
    }
  }
  return groups;
}

/** RFC 3464 2.3.3 knows five actions; servers know more ways to say failed. */
function outcomeOf(action: string, status: string | null): string {
  const said = /[a-z]+/.exec(action.toLowerCase())?.[0] ?? '';
  if (/^(delayed|delivered|relayed|expanded)$/.test(said)) return said;
  if (said !== '') return 'failed';
  return status?.startsWith('2') ? 'delivered' : status?.startsWith('4') ? 'delayed' : 'failed';
}

/** `rfc822;ada@example.com`, with or without type and brackets. */
function typedAddress(value: string): string | null {
  const plain = value
    .replace(/^[^;@]{0,40};/, '')
    .replace(/\(.*$/s, '')
    .trim();
  return canonicalAddress(plain.replace(/^<|>$/g, '').replace(/^.*</, '').split('>', 1)[0] ?? '');
}

/** The first status of a text that says more than that it failed or took too long; otherwise the first. */
function enhancedStatus(text: string): string | null {
  const statuses = [
    ...text.slice(0, 8_192).matchAll(/(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/g),
  ].map(([, status]) => status ?? '');
  return statuses.find((status) => !isVague(status)) ?? statuses[0] ?? null;
}

function isVague(status: string): boolean {
  return /^[245]\.(0\.\d+|[1-9]\.0|4\.7)$/.test(status);
}

/** Reports that carry no fields: their sender or subject gives them away, their words say the rest. */
function readWords(email: Email): Outcome | null {
  const daemon = isFromDaemon(email);
  const failedHeader = email.headers.get('x-failed-recipients');
  const noReply = /^(no-?reply|do-?not-?reply)@/i.test(email.from?.address ?? '');
  if (!daemon && failedHeader === undefined && !isNullPath(email) && !isReportType(email) && !noReply)
    return null;
  const words = ownWords(email);
  const subject = UNDELIVERED_SUBJECTS.find(({ pattern }) => pattern.test(email.subject.slice(0, 500)));
  const phrase = isUndeliverablePhrase(words) || (daemon && LASTING.some((lasting) => lasting.test(words)));
  if (noReply && !isNullPath(email) && !(phrase && namesRecipient(words))) return null;
  if (subject?.what === 'delayed' || (subject === undefined && isDelay(words))) return { what: 'delayed' };
  if (failedHeader === undefined && subject === undefined && !phrase) return null;
  // A null return path is every automatic mail's; without the subject of a report only plain words count.
  if (
    !daemon &&
    failedHeader === undefined &&
    !isReportType(email) &&
    !(subject && phrase) &&
    !(phrase && (hasReply(words) || namesRecipient(words)))
  )
    return null;
  // A postmaster is a person too, and writes of full mailboxes.
  if (daemon && !isCertain(email) && !subject && !(phrase && (hasReply(words) || namesRecipient(words))))
    return null;
  if (subject?.what === 'delivered' && !phrase) return { what: 'delivered' };
  return { what: 'failed', recipients: namedRecipients(email, words) };
}

function namesRecipient(words: string): boolean {
  return RECIPIENT_CLUES.slice(0, SURE_CLUES).some((clue) => found(words, clue).length > 0);
}

/** No person writes from here, or like this. */
function isCertain(email: Email): boolean {
  return (
    isNullPath(email) ||
    isReportType(email) ||
    email.headers.has('x-failed-recipients') ||
    email.fromAll.every(({ address }) =>
      /^(mailer-?daemon|mail-?daemon|double-bounce|mail\.?delivery)/i.test(address),
    )
  );
}

function isFromDaemon({ from, fromAll, headers }: Email): boolean {
  if (
    fromAll.some(
      ({ address, name }) =>
        isDaemon(address) ||
        /^(mailer[- ]daemon|mail delivery (sub)?system|mail router|microsoft outlook|mail administrator)$/i.test(
          name,
        ),
    )
  )
    return true;
  const said = (headers.get('from')?.[0] ?? '').trim();
  return from === null && (said === '<>' || /mailer-?daemon|mail delivery/i.test(said));
}

function isDaemon(address: string): boolean {
  return /^(mailer-?daemon|mail-?daemon|post[._-]?master|mail\.?delivery\.?(sub)?system|mdaemon|mailadmin|mail-admin|mail[-_]?router|microsoftexchange[0-9a-f]{32}|double-bounce|bounce|bounces?-noreply)(\+[^@]*)?@/i.test(
    address,
  );
}

function isNullPath({ headers }: Email): boolean {
  return /^<?(mailer-daemon[^>]*)?>?$/i.test((headers.get('return-path')?.[0] ?? 'none').trim());
}

function isReportType({ headers }: Email): boolean {
  return (
    /multipart\/report/i.test(headers.get('content-type')?.[0] ?? '') &&
    /delivery-status/i.test(headers.get('content-type')?.[0] ?? '')
  );
}

function isDelay(words: string): boolean {
  return /\b(will (continue to )?(be )?retr(y|ied)|delivery (has been|is|was) delayed|delayed \d+ hours|could not be delivered (yet|for the last)|warning message only|you do not need to resend|no action is required on your part|will keep trying)\b/i.test(
    words.slice(0, 4_000),
  );
}

/** An SMTP reply that refuses, as servers give it. */
function hasReply(words: string): boolean {
  return /\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b/.test(words);
}

/** The report's own text: up to where the returned mail begins. */
function ownWords({ text, attachments }: Email): string {
  const extra = attachments.find(
    ({ contentType, name }) => contentType === 'text/plain' && /deliver|report|details|status/i.test(name),
  );
  const whole = (text.trim() === '' && extra ? Buffer.from(extra.content).toString('utf8') : text).slice(
    0,
    MAX_REPORT_CHARS,
  );
  const returned = RETURNED_MAIL.exec(whole);
  return returned && returned.index > 20 ? whole.slice(0, returned.index) : whole;
}

/** Recipients that the words of a report name, by the strongest clue that names any. The one who gets the report is its recipient only when no other is named. */
function namedRecipients(email: Email, words: string, stated: string | null = null): Recipient[] {
  const failed = (email.headers.get('x-failed-recipients') ?? [])
    .flatMap(readAddresses)
    .map(({ address }) => address);
  const ours = new Set([...email.to, ...email.cc].map(({ address }) => address));
  const sure = [failed, ...RECIPIENT_CLUES.map((clue) => found(words, clue))];
  const clues = [...sure, returnedTo(email), found(words, ANY_ADDRESS)];
  const named =
    clues.map((clue) => others(clue, ours)).find((addresses) => addresses.length > 0) ??
    sure.map((clue) => others(clue, new Set())).find((addresses) => addresses.length > 0) ??
    [];
  return named.slice(0, MAX_BOUNCED).map((address) => judged(address, stated, '', words, named));
}

function others(addresses: readonly string[], ours: ReadonlySet<string>): string[] {
  return [...new Set(addresses)].filter(
    (address) => !ours.has(address) && !isDaemon(address) && !/^\d{8,}\./.test(address),
  );
}

/** To whom the returned mail was written: an enclosed message, or one that stands in the text. */
function returnedTo({ attachments, text }: Email): string[] {
  const enclosed = attachments.flatMap(({ message }) => message?.to ?? []).map(({ address }) => address);
  const returned = RETURNED_MAIL.exec(text.slice(0, MAX_REPORT_CHARS));
  const to = returned
    ? /^[ \t>]*to[ \t]*:[ \t]*(.{3,1000})$/im.exec(text.slice(returned.index, returned.index + 16_384))?.[1]
    : undefined;
  return enclosed.length > 0 ? enclosed : to ? readAddresses(to).map(({ address }) => address) : [];
}

const MAILBOX = String.raw`([\w.!#$%&'*+/=?^{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8})`;

/** The clues that are no chance even in mail of which nothing else says that it is a report. */
const SURE_CLUES = 5;

/** How reports name the one whom they could not reach, the surest first. */
const RECIPIENT_CLUES: readonly RegExp[] = [
  // RFC 3464 fields in running text, and fields that look like them.
  new RegExp(
    String.raw`^[ \t>]*(?:(?:final|original|failed)[- ]recipients?|recipient(?: address)?|failed[- ]address(?:es)?|address|email|invalid (?:address|receiver|recipient)(?:es)?|undeliverable address|宛先)[ \t]*:?[ \t]*(?:rfc822[ \t]*;)?[ \t]*<?${MAILBOX}`,
    'gim',
  ),
  // postfix, qmail: the address in brackets at the line's head.
  new RegExp(String.raw`^[ \t]{0,8}<${MAILBOX}>(?:[ \t]*\([^)\n]{0,200}\))?[ \t]*(?::|\n|\.\.\.|,|$)`, 'gim'),
  // sendmail, and whoever repeats the dialogue.
  new RegExp(
    String.raw`(?:(?:rcpt to|recipient|delivered to)[ \t]*:?[ \t]*<|rcpt to[ \t]*:[ \t]*)${MAILBOX}`,
    'gim',
  ),
  // Zoho: address and code on one line.
  new RegExp(String.raw`^[ \t]{0,8}<?${MAILBOX}>?:?[ \t][^\n]{0,80}\bERROR_CODE\b`, 'gim'),
  new RegExp(String.raw`\b[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}[ -])?<?${MAILBOX}>?`, 'gim'),
  // exim: alone on an indented line.
  new RegExp(String.raw`^[ \t]{1,12}(?:"[^"\n]{0,100}"[ \t]*)?<?${MAILBOX}>?[ \t]*:?[ \t]*$`, 'gim'),
  new RegExp(
    String.raw`(?:deliver(?:ed|y)?|sent|message|mail|reach|recipients?(?:\(s\))?|addresse?s?(?:\(es\))?|user|account|mailbox)(?:[ \t\w,']{0,60}?)(?:to|for|of|is|are|was)?[ \t:]{0,3}\n{0,2}[ \t]{0,8}['"<(]?${MAILBOX}`,
    'gi',
  ),
];

const ANY_ADDRESS = new RegExp(MAILBOX, 'g');

function found(words: string, clue: RegExp): string[] {
  const addresses: string[] = [];
  for (const [, address] of words.matchAll(clue)) {
    const canonical = canonicalAddress((address ?? '').replace(/(?<![.'])[.']+$/, ''));
    if (canonical && addresses.length < MAX_BOUNCED * 10) addresses.push(canonical);
  }
  return addresses;
}

/** What the report says of one recipient: from where it names him to where it names the next. */
function around(words: string, address: string, named: readonly string[]): string {
  const text = words.toLowerCase();
  const at = text.indexOf(address);
  if (at < 0) return '';
  const next = named
    .filter((other) => other !== address)
    .map((other) => text.indexOf(other, at))
    .filter((place) => place > at);
  return words.slice(at, Math.min(at + 800, ...next));
}

function judged(
  address: string,
  said: string | null,
  diagnostic: string,
  words: string,
  named: readonly string[],
): Recipient {
  const own = [diagnostic, around(words, address, named)].map(withoutWrapping);
  const known =
    said !== null && !isVague(said)
      ? said
      : (own.map(enhancedStatus).find((status) => status !== null) ?? null);
  const status = known ?? said ?? (named.length > 1 ? null : enhancedStatus(words));
  return {
    address,
    status: said !== null && status !== null && isVague(status) ? said : status,
    permanent: isPermanent(status, [...own, ...(named.length > 1 ? [] : [words])]),
  };
}

/** IronPort puts the same words around whatever the other server said. */
function withoutWrapping(text: string): string {
  return text.replace(/5\.1\.0 - unknown address error/gi, '');
}

/** RFC 3463 3.2: bad address, bad domain, bad syntax, moved, and the null MX of RFC 7505. */
const PERMANENT_STATUS = /^5\.1\.(1|2|3|6|10)$|^5\.4\.4$/;

/** What is said of the recipient decides where it is plain, for many servers send one status for everything; then the status, then the rest of the report. */
function isPermanent(status: string | null, texts: readonly string[]): boolean {
  for (const [at, text] of texts.entries()) {
    const lasting = firstOf(text, LASTING);
    const passing = firstOf(text, PASSING);
    // Greylisting says `user unknown` and means later. A server that gave up on a 4 means what it says.
    if (lasting >= 0 && (passing < 0 || lasting <= passing))
      return !(status?.startsWith('4') && LATER.test(text));
    if (passing >= 0) return false;
    if (at === 1 && status !== null && !isVague(status)) break;
  }
  return status !== null && PERMANENT_STATUS.test(status);
}

const LATER = /\b(try|later|again|temporar(y|ily)|gr[ea]y-?list(ed|ing)?|deferred|wait)\b/i;

function firstOf(text: string, phrases: readonly RegExp[]): number {
  const places = phrases.map((phrase) => phrase.exec(text)?.index ?? -1).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** The id of the mail that came back, from the enclosed message or its header, or from the words of the report. */
function originalMessageId({ attachments, text, reports }: Email): string | null {
  const enclosed = attachments.find(({ message }) => message?.messageId)?.message?.messageId;
  const fields = [...reports.map((report) => report.text), text.slice(0, MAX_REPORT_CHARS * 2)];
  return (
    enclosed ??
    fields
      .map((field) => /^[ \t>]*(?:original-)?message-id[ \t]*:[ \t\n]*<([^<>\s]{3,998})>/im.exec(field)?.[1])
      .find((id) => id !== undefined) ??
    null
  );
}
