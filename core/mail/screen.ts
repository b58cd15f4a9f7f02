/**
 * Was this email written by a machine, and by which rule do we say so. One rule an entry, tried in order. A machine's
 * mail is never answered; a person's that is taken for one is lost, so that a header which mail systems put on
 * people's mail as well is no rule here.
 */
import { readOutcome } from './bounce.ts';
import type { Automatic, Email, Receipt } from './email.ts';
import { OUT_OF_OFFICE_WORDS, readsAsOutOfOffice } from './out-of-office.ts';

/** What is ours, to know our own mail and our own lists. */
export interface Own {
  domain: string;
  addresses: string[];
  /** List-Ids of groups through which people write to the desk: their mail carries list headers and is a person's. */
  listIds: string[];
}

interface Rule {
  kind: Automatic['kind'];
  rule: string;
  /** What the rule saw, or null when it does not apply. */
  sees: (email: Email, own: Own, receipt: Receipt) => string | null;
}

/** What is known of an email's way and sender, by proof and by desk.yaml. */
interface Known {
  /** A public address of the desk passed it on: list headers and Precedence are that group's, and the mail a person's. */
  passedOn: boolean;
  /** The admin wants this sender's mail treated as a person's, whatever its headers call it. */
  allowed: boolean;
}

const OF_THE_GROUP: ReadonlySet<string> = new Set(['list-header', 'precedence']);

/** Rules that go by header fields alone, without a report or words that a machine writes. */
const BY_HEADERS: ReadonlySet<string> = new Set([
  ...OF_THE_GROUP,
  'vacation-header',
  'exchange-out-of-office',
  'auto-replied',
  'alarm-subject',
  'notifier-header',
  'null-return-path',
  'auto-generated',
  'no-reply-sender',
]);

/** The first rule that an email meets; null for a person's mail. */
export function screen(
  email: Email,
  receipt: Receipt,
  own: Own,
  { passedOn, allowed }: Known = { passedOn: false, allowed: false },
): Automatic | null {
  for (const { kind, rule, sees } of RULES) {
    if ((allowed && BY_HEADERS.has(rule)) || (passedOn && OF_THE_GROUP.has(rule))) continue;
    const seen = sees(email, own, receipt);
    if (seen !== null) return { kind, rule, seen: seen.slice(0, 200) };
  }
  return null;
}

/**
 * Whether the sender asks that no program answer. Exchange puts this on people's mail when it goes to a distribution
 * list, so that it says nothing of who wrote, only that an acknowledgement is not wanted.
 */
export function wantsNoAutomaticAnswer(email: Email): boolean {
  return (email.headers.get('x-auto-response-suppress') ?? []).some((value) =>
    /\b(all|autoreply)\b/i.test(value),
  );
}

/** What a rule looks at. A field or a subject may be a megabyte of spaces, and patterns walk them more than once. */
const MAX_SEEN = 1_000;

function header(email: Email, name: string): string | null {
  return email.headers.get(name)?.[0]?.slice(0, MAX_SEEN).trim() ?? null;
}

function matching(value: string | null, pattern: RegExp): string | null {
  return value !== null && pattern.test(value.slice(0, 2 * MAX_SEEN)) ? value : null;
}

/** RFC 3834 5: a keyword, then parameters and comments. What a program forwards was written by somebody. */
function autoSubmitted(email: Email): string | null {
  const keyword = header(email, 'auto-submitted')
    ?.replace(/\(.*?\)/g, '')
    .split(/[;\s]/)
    .find((word) => word !== '')
    ?.toLowerCase();
  return keyword === undefined || keyword === 'no' || keyword === 'auto-forwarded' ? null : keyword;
}

function isOwn(address: string, { addresses }: Own): boolean {
  const [local = '', domain = ''] = address.toLowerCase().split('@');
  return (
    addresses.includes(`${local.split('+', 1)[0]}@${domain}`) || addresses.includes(address.toLowerCase())
  );
}

/** The id in angle brackets of `Support group <support.example.com>`. */
function listId(email: Email): string | null {
  const value = header(email, 'list-id');
  if (value === null) return null;
  return (/<([^<>]{1,255})>/.exec(value)?.[1] ?? value).trim().toLowerCase();
}

function isOwnList(email: Email, { listIds }: Own): boolean {
  const id = listId(email);
  return id !== null && listIds.some((own) => own.toLowerCase() === id);
}

function report(email: Email, type: string): string | null {
  return email.reports.find(({ contentType }) => contentType.endsWith(type))?.contentType ?? null;
}

const says = (email: Email, type: RegExp): string | null => matching(header(email, 'content-type'), type);

/** From no-reply@ nobody writes, and nobody reads what goes there. */
export const NO_REPLY =
  /^(no-?_?\.?reply|do-?_?\.?not-?_?\.?reply|noreply|donotreply|ne-?pas-?repondre|nicht-?antworten|no-?responder|nao-?responda|noresponse|no-response)([+._-].*)?@|[._-](no-?reply|do-?not-?reply)@/i;

/** RFC 5321 6.3: a hundred hops are a loop. */
const MAX_HOPS = 100;

const RULES: readonly Rule[] = [
  // Anybody can write this header: of a stranger's mail it says nothing. Where somebody rewrote From, our signed reference tells (dispose.ts).
  {
    kind: 'loop',
    rule: 'own-update',
    sees: (email, { domain }) =>
      email.fromAll.some(({ address }) => address.endsWith(`@${domain}`))
        ? header(email, 'x-replydesk-update')
        : null,
  },
  {
    kind: 'loop',
    rule: 'own-address',
    sees: (email, own) => email.fromAll.find(({ address }) => isOwn(address, own))?.address ?? null,
  },
  {
    kind: 'loop',
    rule: 'x-loop',
    sees: (email, own) =>
      (email.headers.get('x-loop') ?? []).find((value) => isOwn(value.replace(/[<>\s]/g, ''), own)) ?? null,
  },
  {
    kind: 'loop',
    rule: 'too-many-hops',
    sees: (email) =>
      (email.headers.get('received')?.length ?? 0) >= MAX_HOPS
        ? `${email.headers.get('received')?.length} hops`
        : null,
  },

  {
    kind: 'complaint',
    rule: 'feedback-report',
    sees: (email) => report(email, 'feedback-report') ?? says(email, /report-type\s*=\s*"?feedback-report/i),
  },
  {
    kind: 'complaint',
    rule: 'complaint-without-report',
    sees: (email) =>
      header(email, 'x-hmxmroriginalrecipient') ??
      matching(email.subject, /^complaint about message from \d/i),
  },

  {
    kind: 'receipt',
    rule: 'disposition-notification',
    sees: (email) =>
      report(email, 'disposition-notification') ??
      says(email, /report-type\s*=\s*"?disposition-notification/i),
  },
  { kind: 'receipt', rule: 'read-without-report', sees: readWithoutReport },
  {
    kind: 'bounce',
    rule: 'not-delivered',
    sees: (email) => (readOutcome(email)?.what === 'failed' ? email.subject : null),
  },
  { kind: 'receipt', rule: 'delivery-status', sees: (email) => readOutcome(email)?.what ?? null },

  {
    kind: 'out-of-office',
    rule: 'out-of-office-subject',
    sees: (email) => readsAsOutOfOffice(email.subject.slice(0, MAX_SEEN)),
  },
  {
    kind: 'out-of-office',
    rule: 'vacation-header',
    sees: (email) => matching(header(email, 'auto-submitted'), /vacation|owner-email=/i),
  },
  {
    kind: 'out-of-office',
    rule: 'exchange-out-of-office',
    sees: (email) =>
      header(email, 'x-ms-exchange-inbox-rules-loop') !== null
        ? matching(header(email, 'x-auto-response-suppress'), /\ball\b/i)
        : null,
  },
  {
    kind: 'out-of-office',
    rule: 'automatic-and-away',
    sees: (email) =>
      isAutoReply(email) !== null
        ? matching(`${email.subject}\n${email.text.slice(0, 1_000)}`, OUT_OF_OFFICE_WORDS)
        : null,
  },
  { kind: 'auto-reply', rule: 'auto-replied', sees: isAutoReply },
  {
    kind: 'auto-reply',
    rule: 'auto-reply-subject',
    sees: (email) =>
      matching(
        email.subject,
        /\((?:automatic (?:response|reply)|auto[- ]?(?:response|reply))\)\s*$|^\[?(?:auto-?(?:reply|response|respons)|automatic response|automatisk svar)\]?\s*[:\]]/i,
      ),
  },
  {
    kind: 'auto-reply',
    rule: 'mailer-daemon',
    sees: (email) => email.fromAll.find(({ address }) => /^mailer-daemon@/i.test(address))?.address ?? null,
  },

  {
    kind: 'monitoring',
    rule: 'alarm-subject',
    sees: (email) =>
      ALARMS.map(({ subject }) => matching(email.subject, subject)).find((seen) => seen !== null) ?? null,
  },
  {
    kind: 'monitoring',
    rule: 'notifier-header',
    sees: (email) => NOTIFIER_HEADERS.find((name) => email.headers.has(name)) ?? null,
  },

  {
    kind: 'list',
    rule: 'list-header',
    sees: (email, own) =>
      isOwnList(email, own) ? null : (LIST_HEADERS.find((name) => email.headers.has(name)) ?? null),
  },
  // RFC 3834 4: an answering program has no return path. List software has one.
  {
    kind: 'auto-reply',
    rule: 'null-return-path',
    sees: (email) =>
      autoSubmitted(email) === null ? matching(header(email, 'return-path'), /^<\s*>$/) : null,
  },
  {
    kind: 'list',
    rule: 'precedence',
    sees: (email, own) =>
      isOwnList(email, own)
        ? null
        : (matching(header(email, 'precedence'), /^(bulk|junk|list)\b/i) ??
          matching(header(email, 'x-precedence'), /^(bulk|junk|list)\b/i)),
  },

  { kind: 'monitoring', rule: 'auto-generated', sees: autoSubmitted },
  { kind: 'monitoring', rule: 'no-reply-sender', sees: noReplySender },
];

function readWithoutReport(email: Email): string | null {
  const seen = matching(
    email.subject,
    /^(read|gelesen|lu|leído|lido|letto|gelezen|läst|læst|lest|przeczytano|прочитано|přečteno)\s?:/i,
  );
  return seen !== null &&
    /\b(was read on|wurde am|a été lu|fue leído|foi lida|è stato letto|is gelezen|lästes|blev læst|ble lest|została przeczytana|было прочитано)\b/i.test(
      email.text.slice(0, 2_000),
    )
    ? seen
    : null;
}

/** Headers that only answering programs write, and what they must say. */
const AUTO_REPLY_HEADERS: readonly { name: string; says: RegExp }[] = [
  { name: 'auto-submitted', says: /^\s*auto-replied\b/i },
  { name: 'x-autoreply', says: /^(?!\s*no\b)/i },
  { name: 'x-autorespond', says: /^(?!\s*no\b)/i },
  { name: 'x-autoresponder', says: /^(?!\s*no\b)/i },
  { name: 'x-autoresponse', says: /^(?!\s*no\b)/i },
  { name: 'x-auto-reply', says: /^(?!\s*no\b)/i },
  { name: 'x-autoreply-from', says: /./ },
  { name: 'x-autoreply-domain', says: /./ },
  { name: 'x-mail-autoreply', says: /./ },
  { name: 'x-autogenerated', says: /^\s*(reply|forward|group|letter|mirror|redirect)/i },
  { name: 'x-auto-generated', says: /^\s*reply/i },
  { name: 'auto-generated', says: /^\s*reply/i },
  { name: 'x-vacation', says: /./ },
  { name: 'x-holidayreply', says: /./ },
  { name: 'precedence', says: /^\s*auto[-_ ]?repl(y|ied)/i },
  { name: 'x-precedence', says: /^\s*auto[-_ ]?repl(y|ied)/i },
  { name: 'x-post-messageclass', says: /autoresponder/i },
  { name: 'delivered-to', says: /^\s*autoresponder\s*$/i },
  { name: 'x-fc-machinegenerated', says: /true/i },
  { name: 'x-loop', says: /^\s*(yes|true)\s*$/i },
];

function isAutoReply(email: Email): string | null {
  for (const { name, says: pattern } of AUTO_REPLY_HEADERS) {
    const value = (email.headers.get(name) ?? []).find((one) => pattern.test(one.slice(0, MAX_SEEN)));
    if (value !== undefined) return `${name}: ${value}`;
  }
  return null;
}

const LIST_HEADERS = [
  'list-id',
  'list-unsubscribe',
  'list-post',
  'list-subscribe',
  'list-help',
  'list-owner',
  'list-archive',
  'x-mailing-list',
  'x-listname',
  'x-campaign-id',
  'x-mailchimp-id',
  'feedback-id',
] as const;

/** Alarms and recoveries as the systems word them. Their mail opens a ticket and is not answered. */
const ALARMS: readonly { system: string; subject: RegExp }[] = [
  {
    system: 'Nagios, Icinga',
    subject:
      /^(\*\* )?(PROBLEM|RECOVERY|ACKNOWLEDGEMENT|FLAPPINGSTART|FLAPPINGSTOP|DOWNTIMESTART|DOWNTIMEEND)\b.{0,40}(alert|service|host|-|:|is)/i,
  },
  { system: 'Zabbix', subject: /^(\[?zabbix\]?\s*)?(problem|resolved|ok)(\s+in\s+[\dhms ]+)?:\s/i },
  { system: 'Alertmanager, Grafana', subject: /^\[(FIRING|RESOLVED|ALERTING|OK)(:\d+)?\]/ },
  { system: 'CloudWatch', subject: /^(ALARM|OK|INSUFFICIENT_DATA): ".{1,200}" in / },
  { system: 'Check_MK', subject: /^check_?mk: /i },
  { system: 'monit', subject: /^monit alert\b/i },
  { system: 'cron', subject: /^cron <[^>]{1,100}>/i },
  {
    system: 'PRTG, Uptime Kuma, Statuscake, Pingdom',
    subject:
      /^(\[?(prtg|uptime|pingdom|statuscake|site24x7|datadog|new relic)\b.{0,60}(alert|down|up|monitor))/i,
  },
  { system: 'DMARC reports', subject: /^\[?(preview\] )?report domain: \S{1,255} submitter: /i },
];

/** Headers that notifying systems set on every mail of theirs. */
const NOTIFIER_HEADERS = [
  'x-servicenow-generated',
  'x-jira-fingerprint',
  'x-github-reason',
  'x-gitlab-project',
  'x-sentry-project',
  'x-pagerduty-incident',
  'x-zendesk-from-account-id',
  'x-nagios-notification',
  'x-icinga-host',
  'x-cron-env',
  'x-amazon-mail-relay-type',
  'x-rt-loop-prevention',
  'x-otrs-loop',
  'x-zammad-ticket',
] as const;

/** A web form writes from no-reply@ and names the person in Reply-To. */
function noReplySender(email: Email): string | null {
  if (email.from === null || !NO_REPLY.test(email.from.address)) return null;
  return email.replyTo.some(({ address }) => !NO_REPLY.test(address)) ? null : email.from.address;
}
