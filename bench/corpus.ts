/**
 * Measures the reading of mail against records of real messages. A record is a line of JSON in a `.jsonl` file:
 * `{id, raw_base64, expect, …}`; every expectation that we have an answer for is one measure. Prints a table for each file: all
 * records, and by themselves those whose expectation its project asserts (`strength` exact or contains) where others are one
 * library's reading.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBounce } from '../core/mail/bounce.ts';
import type { Automatic, Email, Receipt } from '../core/mail/email.ts';
import { readForward } from '../core/mail/forward.ts';
import { sanitizeHtml } from '../core/mail/html.ts';
import { parseEmail, UnreadableEmailError } from '../core/mail/parse.ts';
import { screen, wantsNoAutomaticAnswer } from '../core/mail/screen.ts';
import { trimReply } from '../core/mail/trim.ts';
import { argument, flag, optionsOf, text } from './options.ts';

// biome-ignore lint/suspicious/noExplicitAny: the records are other people's, each with fields of its own
type Expect = Record<string, any>;
interface Entry {
  id: string;
  raw_base64: string;
  expect: Expect;
  body_subject?: string | null;
  policy?: string;
  group?: string;
  strength?: string;
}

interface Reading {
  entry: Entry;
  email: Email;
  automatic: Automatic | null;
}

/** A measure: what it is called, whether it is won, and what we got. */
type Check = [name: string, won: boolean, got: unknown];

const OWN = { domain: 'desk.example', addresses: ['support@desk.example'], listIds: [] };
const UNKNOWN: Receipt = {
  mailId: 'bench',
  receivedAt: '2015-01-01T10:00:00.000Z',
  recipients: [],
  returnPath: 'x@example.org',
  spf: 'GRAY',
  dkim: 'GRAY',
  dmarc: 'GRAY',
  spam: 'PASS',
  virus: 'PASS',
  dmarcPolicy: null,
};
const SLOW_MS = 5_000;
const summaries = new Map<string, string>();
const twins = new Map<string, string>();
const ANSWERS = new Set(['auto-reply', 'out-of-office']);

const {
  folder: [dir = '.'],
  misses: showMisses,
  only,
} = optionsOf('Measures the reading of mail against records of real messages.', {
  folder: argument('<folder>', 'of .jsonl files: each line a record, {id, raw_base64, expect, …}'),
  misses: flag('show also what was not won'),
  only: text('<name>', 'only files whose names begin so'),
});

for (const file of readdirSync(dir)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()) {
  if (only && !file.startsWith(only)) continue;
  await measure(file);
}
compareTwins();
console.log(`\npeak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);

/** The same mail with other line ends must read the same. */
function compareTwins(): void {
  const pairs = [...twins].filter(([, other]) => summaries.has(other));
  if (pairs.length === 0) return;
  const apart = pairs.filter(([id, other]) => summaries.get(id) !== summaries.get(other));
  console.log(`\nsame result with other line ends  ${pairs.length - apart.length} / ${pairs.length}`);
  if (showMisses)
    for (const [id, other] of apart)
      console.log(
        `  - ${id}\n      ${summaries.get(id)?.slice(0, 500)}\n      ${summaries.get(other)?.slice(0, 500)}`,
      );
}

function summary({ email, automatic: seen }: Reading): string {
  const { subject, from, to, date, messageId, text, attachments: files } = email;
  return JSON.stringify([
    subject,
    from,
    to,
    date,
    messageId,
    squeeze(text),
    files.map(({ name, contentType }) => [name, contentType]),
    seen?.kind,
    readBounce(email),
  ]);
}

async function measure(file: string): Promise<void> {
  const entries = readFileSync(join(dir, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
  const asserted = new Set(
    entries.filter(({ strength }) => strength === 'exact' || strength === 'contains').map(({ id }) => id),
  );
  const tally = new Map<
    string,
    { won: number; of: number; sure: [won: number, of: number]; misses: string[] }
  >();
  const count = (id: string, [name, won, got]: Check) => {
    const row = tally.get(name) ?? { won: 0, of: 0, sure: [0, 0], misses: [] };
    row.of += 1;
    if (asserted.has(id)) row.sure = [row.sure[0] + (won ? 1 : 0), row.sure[1] + 1];
    if (won) row.won += 1;
    else row.misses.push(`${id}  ${JSON.stringify(got)?.slice(0, 600)}`);
    tally.set(name, row);
  };
  const readings: Reading[] = [];
  let slowest = { id: '', ms: 0 };
  const started = performance.now();
  for (const entry of entries) {
    const before = performance.now();
    const reading = await read(entry);
    const ms = performance.now() - before;
    if (ms > slowest.ms) slowest = { id: entry.id, ms };
    count(entry.id, ['ends in time', ms < SLOW_MS, `${Math.round(ms)} ms`]);
    if (typeof reading === 'string') {
      count(entry.id, ['does not crash', reading.startsWith('refused:'), reading]);
      if (reading.startsWith('refused:'))
        count(entry.id, [
          'refuses only what may be',
          entry.expect.may_refuse === true || entry.expect.must_not_throw !== true,
          reading,
        ]);
      continue;
    }
    count(entry.id, ['does not crash', true, null]);
    readings.push(reading);
    summaries.set(entry.id, summary(reading));
    if (entry.expect.same_result_as) twins.set(entry.id, entry.expect.same_result_as);
    for (const check of checks(reading)) count(entry.id, check);
  }
  for (const [id, check] of threads(readings)) count(id, check);
  console.log(
    `\n${file}  ${entries.length} records in ${((performance.now() - started) / 1000).toFixed(1)} s, slowest ${slowest.id} ${Math.round(slowest.ms)} ms`,
  );
  const mixed = asserted.size > 0 && asserted.size < entries.length;
  const cells = (won: number, of: number) =>
    `${String(won).padStart(5)} / ${String(of).padEnd(5)}${((100 * won) / of).toFixed(1).padStart(6)} %`;
  console.log(`  ${'measure'.padEnd(44)}${'all'.padStart(13)}${mixed ? 'asserted'.padStart(29) : ''}`);
  for (const [name, { won, of, sure, misses }] of tally) {
    const beside = mixed && sure[1] > 0 ? `     ${cells(...sure)}` : '';
    console.log(`  ${name.padEnd(44)}${cells(won, of)}${beside}`);
    if (showMisses) for (const miss of misses) console.log(`      - ${miss}`);
  }
}

async function read(entry: Entry): Promise<Reading | string> {
  try {
    const parsed = await parseEmail(Buffer.from(entry.raw_base64, 'base64'));
    const email = entry.body_subject ? { ...parsed, subject: entry.body_subject } : parsed;
    if (email.html) sanitizeHtml(email.html);
    return { entry, email, automatic: screen(email, UNKNOWN, OWN) };
  } catch (fault) {
    return fault instanceof UnreadableEmailError
      ? `refused: ${fault.reason}`
      : `crashed: ${fault instanceof Error ? fault.stack : fault}`;
  }
}

function checks(reading: Reading): Check[] {
  return [
    ...parsing(reading),
    ...attachments(reading),
    ...automatic(reading),
    ...replies(reading),
    ...forwards(reading),
  ];
}

function squeeze(text: unknown): string {
  return String(text ?? '')
    .replace(/[\s\u00A0\u200B\uFEFF]+/g, ' ')
    .trim();
}

/** Equal but for white space. Where the other library could not decode (U+FFFD), any character will do. */
function same(got: unknown, want: unknown): boolean {
  const [one, other] = [[...squeeze(got)], [...squeeze(want)]];
  return one.length === other.length && other.every((char, at) => char === '\uFFFD' || char === one[at]);
}

function has(expect: Expect, name: string): boolean {
  return expect[name] !== undefined && expect[name] !== null;
}

function parsing({ entry: { expect }, email }: Reading): Check[] {
  const out: Check[] = [];
  const addresses = (list: { address?: string | null }[]) =>
    list
      .flatMap(({ address }) => (address?.includes('@') ? [address.toLowerCase()] : []))
      .sort()
      .join(' ');
  if (has(expect, 'subject')) {
    out.push(['subject', same(email.subject, expect.subject), email.subject]);
    // Where the other library could not read a character it wrote U+FFFD.
    out.push([
      'subject, letter by letter',
      squeeze(email.subject) === squeeze(expect.subject),
      email.subject,
    ]);
  }
  for (const name of ['from', 'to', 'cc'] as const) {
    if (Array.isArray(expect[name])) {
      const got = name === 'from' ? email.fromAll : email[name];
      out.push([`${name} addresses`, addresses(got) === addresses(expect[name]), got]);
      const names = (list: { name?: string | null }[]) => list.map((one) => squeeze(one.name)).join('|');
      if (addresses(got) === addresses(expect[name]))
        out.push([
          `${name} names`,
          same(
            names(got),
            names(expect[name].filter((one: { address?: string }) => one.address?.includes('@'))),
          ),
          got,
        ]);
    }
  }
  if (has(expect, 'from_email'))
    out.push(['from', email.from?.address === String(expect.from_email).toLowerCase(), email.from]);
  if (has(expect, 'from_name'))
    out.push(['from name', squeeze(email.from?.name) === squeeze(expect.from_name), email.from]);
  for (const [name, field] of [
    ['from_addresses', email.fromAll],
    ['to_addresses', email.to],
    ['cc_addresses', email.cc],
    ['reply_to_addresses', email.replyTo],
  ] as const)
    if (Array.isArray(expect[name]))
      out.push([
        name,
        addresses(field) ===
          expect[name]
            .map((one: string) => one.toLowerCase())
            .sort()
            .join(' '),
        field,
      ]);
  if (typeof expect.message_id === 'string')
    out.push(['message id', email.messageId === expect.message_id.replace(/^<|>$/g, ''), email.messageId]);
  if (has(expect, 'references'))
    out.push([
      'references',
      email.references.join(' ') === [expect.references].flat().join(' ').replace(/[<>]/g, ''),
      email.references,
    ]);
  if (has(expect, 'in_reply_to'))
    out.push([
      'in-reply-to',
      email.inReplyTo === [expect.in_reply_to].flat().join(' ').replace(/[<>]/g, ''),
      email.inReplyTo,
    ]);
  if (typeof expect.date === 'string' && !Number.isNaN(Date.parse(expect.date)))
    out.push(['date', email.date !== null && Date.parse(email.date) === Date.parse(expect.date), email.date]);
  if (Array.isArray(expect.text_parts) && expect.text_parts.length > 0)
    out.push(['text', same(email.text, expect.text_parts.join('\n')), email.text]);
  if (Array.isArray(expect.html_parts) && expect.html_parts.length > 0)
    out.push(['html', squeeze(email.html) === squeeze(expect.html_parts.join('\n')), email.html]);
  if (has(expect, 'text')) out.push(['text', squeeze(email.text) === squeeze(expect.text), email.text]);
  if (has(expect, 'text_normalised'))
    out.push(['text', squeeze(email.text) === squeeze(expect.text_normalised), email.text]);
  for (const part of [expect.text_contains ?? []].flat())
    out.push(['text contains', squeeze(email.text).includes(squeeze(part)), email.text]);
  for (const part of [expect.text_not_contains ?? []].flat())
    out.push(['text does not contain', !squeeze(email.text).includes(squeeze(part)), email.text]);
  for (const part of [expect.html_contains ?? []].flat())
    out.push(['html contains', squeeze(email.html).includes(squeeze(part)), email.html]);
  if (has(expect, 'subject_contains'))
    out.push([
      'subject',
      [expect.subject_contains].flat().every((part) => email.subject.includes(part)),
      email.subject,
    ]);
  if (expect.subject_no_newline)
    out.push(['subject on one line', !/[\r\n]/.test(email.subject), email.subject]);
  if (expect.from_name_no_newline)
    out.push(['name on one line', !/[\r\n]/.test(email.from?.name ?? ''), email.from]);
  if (expect.no_sender) out.push(['no sender', email.from === null, email.from]);
  if (expect.ambiguous_sender) out.push(['ambiguous sender', email.fromAll.length > 1, email.fromAll]);
  if (expect.no_nul_stored)
    out.push([
      'no NUL',
      !JSON.stringify([email.subject, email.text, [...email.headers]]).includes('\\u0000'),
      email.subject,
    ]);
  if (expect.html_must_be_sanitised) {
    const clean = sanitizeHtml(email.html ?? '');
    out.push([
      'sanitized',
      !/<(script|iframe|style|svg|math|object|embed|form|input|meta|base|link|noscript)|\bon\w+\s*=|javascript:|data:|position\s*:|url\(|srcdoc/i.test(
        clean,
      ),
      clean,
    ]);
  }
  if (expect.prototype_unpolluted)
    out.push([
      'prototype untouched',
      Object.keys(Object.prototype).length === 0 && ({} as Expect).x === undefined,
      null,
    ]);
  if (has(expect, 'header') && has(expect, 'value')) out.push(...headerLine(expect, email));
  return out;
}

function headerLine(expect: Expect, email: Email): Check[] {
  const { header, value } = expect;
  if (header === 'To' && (value.List || value.Group)) {
    const flat = (value.List ?? value.Group)
      .flatMap((one: Expect) => one.addresses ?? [one])
      .filter((one: Expect) => /^[^\s@:/]+@[^\s@:/]+$/.test(one.address ?? ''));
    return [
      [
        'header: addresses',
        email.to
          .map(({ address }) => address)
          .sort()
          .join(' ') ===
          flat
            .map((one: Expect) => one.address.toLowerCase())
            .sort()
            .join(' '),
        { got: email.to, want: flat },
      ],
    ];
  }
  if (header === 'Subject')
    return [['header: text', squeeze(email.subject) === squeeze(value), { got: email.subject, want: value }]];
  if (header === 'References')
    return [
      [
        'header: ids',
        email.references.join(' ') === [value].flat().join(' '),
        { got: email.references, want: value },
      ],
    ];
  if (header === 'Date' && value) {
    const at =
      Date.UTC(value.year, value.month - 1, value.day, value.hour, value.minute, value.second) +
      (value.tz_before_gmt ? 1 : -1) * (value.tz_hour * 60 + value.tz_minute) * 60_000;
    return [
      [
        'header: date',
        email.date !== null && Date.parse(email.date) === at,
        { got: email.date, want: new Date(at) },
      ],
    ];
  }
  return [];
}

function attachments({ entry: { expect }, email }: Reading): Check[] {
  const out: Check[] = [];
  const got = email.attachments.map(({ name, contentType, size, inline }) => ({
    name,
    contentType,
    size,
    inline,
  }));
  if (has(expect, 'attachment_count'))
    out.push(['attachment count', email.attachments.length === expect.attachment_count, got]);
  if (has(expect, 'attachment_names'))
    out.push([
      'attachment names',
      [...expect.attachment_names].sort().join('|') ===
        got
          .map(({ name }) => name)
          .sort()
          .join('|'),
      got,
    ]);
  if (Array.isArray(expect.attachments)) {
    const wanted = expect.attachments as Expect[];
    out.push(['attachments', wanted.length === email.attachments.length, got]);
    wanted.forEach((want, at) => {
      const file = email.attachments[at];
      if (!file || wanted.length !== email.attachments.length) return;
      const hash = want.md5 ? 'md5' : want.sha256 ? 'sha256' : null;
      if (hash)
        out.push([
          'attachment content',
          createHash(hash).update(file.content).digest('hex') === want[hash],
          [file.name, file.size, want.size],
        ]);
      if (want.name && !want.name_uncertain && !want.name.includes('\uFFFD'))
        out.push(['attachment name', file.name === want.name, [file.name, want.name]]);
    });
  }
  if (has(expect, 'attachment_size'))
    out.push(['attachment size', email.attachments[0]?.size === expect.attachment_size, got]);
  if (has(expect, 'first_attachment_size'))
    out.push([
      'attachment size',
      email.attachments[0]?.size === expect.first_attachment_size,
      [got, expect.first_attachment_size],
    ]);
  if (expect.attachment_names_no_control)
    out.push([
      'names without control characters',
      email.attachments.every(({ name }) => !/[\0-\x1F\x7F]/.test(name)),
      got,
    ]);
  return out;
}

function automatic({ entry, email, automatic: seen }: Reading): Check[] {
  const { expect } = entry;
  const out: Check[] = [];
  const bounce = readBounce(email);
  if (typeof expect.is_bounce === 'boolean') {
    out.push([
      expect.is_bounce ? 'bounces recognised' : 'not taken for a bounce',
      (bounce !== null) === expect.is_bounce,
      { subject: email.subject, from: email.from?.address, seen },
    ]);
    if (expect.is_bounce) out.push(['bounces screened', seen?.kind === 'bounce', seen]);
  }
  if (bounce && has(expect, 'bounce_recipients')) {
    const want = [...expect.bounce_recipients]
      .map((one: string) => one.toLowerCase())
      .sort()
      .join(' ');
    out.push([
      'bounced recipients',
      bounce.recipients
        .map(({ address }) => address)
        .sort()
        .join(' ') === want,
      { got: bounce.recipients, want },
    ]);
  }
  if (bounce && Array.isArray(expect.bounce_hard)) {
    const want = [...expect.bounce_hard].map(String).sort().join(' ');
    out.push([
      'permanent or not',
      bounce.recipients
        .map(({ permanent }) => String(permanent))
        .sort()
        .join(' ') === want,
      { got: bounce.recipients, want: expect.bounce_reason, text: squeeze(email.text).slice(0, 200) },
    ]);
    const statuses = expect.bounce_status as string[];
    // A last number above 900 is of that library's own making.
    if (statuses.every((status) => !/\.9\d\d$/.test(status)))
      out.push([
        'status',
        bounce.recipients
          .map(({ status }) => status)
          .sort()
          .join(' ') === [...statuses].sort().join(' '),
        { got: bounce.recipients, want: statuses },
      ]);
  }
  if (has(expect, 'original_message_id'))
    out.push([
      'id of what bounced',
      bounce?.originalMessageId === String(expect.original_message_id).replace(/[<>]/g, ''),
      bounce?.originalMessageId,
    ]);
  if (expect.is_feedback_report) out.push(['complaints recognised', seen?.kind === 'complaint', seen]);
  if (expect.is_read_receipt) out.push(['receipts recognised', seen?.kind === 'receipt', seen]);
  if (expect.is_auto_reply === true)
    out.push([
      'auto-replies recognised',
      seen !== null && ANSWERS.has(seen.kind),
      { subject: email.subject, seen },
    ]);
  if (expect.is_auto_reply === false)
    out.push([
      'not taken for an auto-reply',
      seen === null || !ANSWERS.has(seen.kind),
      { subject: email.subject, seen },
    ]);
  if (expect.is_auto_reply_or_generated)
    out.push(['automatic mail recognised', seen !== null, { subject: email.subject, seen }]);
  if (expect.may_auto_respond === false)
    out.push(['not answered', seen !== null || wantsNoAutomaticAnswer(email), seen]);
  if (expect.may_auto_respond === true) out.push(['answered', seen === null, seen]);
  if (expect.is_loop_suspect || (expect.is_own_address_loop && expect.own_address))
    out.push(['loops recognised', seen?.kind === 'loop', seen]);
  const human =
    /^(threading|redmine|reply|forward|quotequail)\//.test(entry.id) &&
    !expect.is_bounce &&
    !expect.is_auto_reply &&
    !expect.is_auto_reply_or_generated;
  if (human)
    out.push([
      'people not taken for machines',
      seen === null || ['list', 'loop'].includes(seen.kind),
      { subject: email.subject, seen },
    ]);
  return out;
}

function replies({ entry, email }: Reading): Check[] {
  const { expect, policy } = entry;
  if (
    ![
      'visible_reply_text',
      'visible_contains',
      'visible_not_contains',
      'nothing_quoted',
      'signature_text',
      'signature_contains',
    ].some((name) => has(expect, name))
  )
    return [];
  const { visible, quoted, signature } = trimReply(email, { signature: policy !== 'quotes_only' });
  const bad: string[] = [];
  if (
    has(expect, 'visible_reply_text') &&
    squeeze(visible) !== squeeze([expect.visible_reply_text, expect.text_below ?? ''].join(' ')) &&
    squeeze(visible) !== squeeze(expect.visible_reply_text)
  )
    bad.push('exact');
  for (const part of [expect.visible_contains ?? []].flat())
    if (!squeeze(visible).includes(squeeze(part))) bad.push(`lacks ${part.slice(0, 60)}`);
  for (const part of [expect.visible_not_contains ?? []].flat())
    if (squeeze(visible).includes(squeeze(part))) bad.push(`has ${part.slice(0, 60)}`);
  if (expect.nothing_quoted && quoted !== '') bad.push('nothing is quoted');
  const out: Check[] = [
    [
      'visible text',
      bad.length === 0,
      { bad, visible: visible.slice(0, 300), want: (expect.visible_reply_text ?? '').slice(0, 200) },
    ],
  ];
  if (has(expect, 'signature_text'))
    out.push([
      'signature',
      squeeze(signature) === squeeze(expect.signature_text),
      { signature, want: expect.signature_text },
    ]);
  if (squeeze(email.text) !== '' && email.html === null)
    out.push([
      'nothing lost',
      lost(email.text, visible + quoted + signature) === 0,
      lost(email.text, visible + quoted + signature),
    ]);
  return out;
}

/** How many visible characters of a text are missing from its parts. */
function lost(text: string, parts: string): number {
  return Math.max(0, text.replace(/\s/g, '').length - parts.replace(/\s/g, '').length);
}

function forwards({ entry: { expect }, email }: Reading): Check[] {
  if (typeof expect.is_forward !== 'boolean') return [];
  const forwarded = readForward(email);
  if (!expect.is_forward)
    return [
      ['look-alikes not taken for forwards', forwarded === null, { subject: email.subject, forwarded }],
    ];
  const want = expect.forwarded ?? {};
  const one = (value: unknown): string =>
    (typeof value === 'string'
      ? (/<?([^\s<>]+@[^\s<>]+)>?\s*$/.exec(value)?.[1] ?? value)
      : ((value as Expect)?.address ?? (value as Expect)?.name ?? '')
    ).toLowerCase();
  const bad: string[] = [];
  if (!forwarded) bad.push('not recognised');
  else {
    if (
      want.from &&
      one(want.from) !== (forwarded.from?.address || (forwarded.from?.name ?? '').toLowerCase())
    )
      bad.push('from');
    if (want.from?.name && want.from.address && squeeze(want.from.name) !== forwarded.from?.name)
      bad.push('from name');
    for (const field of ['to', 'cc'] as const) {
      const list = want[field] === undefined ? null : [want[field]].flat().map(one).sort().join(' ');
      if (
        list !== null &&
        list !==
          forwarded[field]
            .map((box) => box.address || box.name.toLowerCase())
            .sort()
            .join(' ')
      )
        bad.push(field);
    }
    if (
      want.subject !== undefined &&
      want.subject !== null &&
      squeeze(want.subject) !== squeeze(forwarded.subject)
    )
      bad.push('subject');
    if (want.body && squeeze(want.body) !== squeeze(forwarded.text)) bad.push('body');
    if ((want.has_date || want.date) && forwarded.date === null) bad.push('date');
  }
  return [
    ['forwards recognised', forwarded !== null, email.text.slice(0, 300)],
    [
      'forwards: original sender',
      !bad.includes('not recognised') && !bad.includes('from'),
      { bad, forwarded },
    ],
    ['forwards: everything', bad.length === 0, { bad, forwarded, want }],
  ];
}

/** Parents and roots from the ids alone: chains of ids, with those of mails that are not there as links between the others. */
function threads(readings: readonly Reading[]): [string, Check][] {
  const out: [string, Check][] = [];
  for (const group of Map.groupBy(
    readings.filter(({ entry }) => entry.group !== undefined),
    ({ entry }) => entry.group,
  ).values()) {
    const known = new Set(group.map(({ email }) => email.messageId));
    const parents = new Map<string, string>();
    for (const { email } of group) {
      const chain = [
        ...new Set([
          ...email.references,
          ...(email.references.length === 0 && email.inReplyTo ? [email.inReplyTo] : []),
          ...(email.messageId ? [email.messageId] : []),
        ]),
      ];
      for (let at = 1; at < chain.length; at += 1) {
        const [parent, child] = [chain[at - 1] as string, chain[at] as string];
        const own = child === email.messageId;
        if ((own || !parents.has(child)) && !ancestors(parent, parents).includes(child))
          parents.set(child, parent);
      }
    }
    for (const { entry, email } of group) {
      const line = email.messageId ? ancestors(email.messageId, parents) : [];
      if (entry.expect.parent_message_id !== undefined) {
        const got = line.slice(1).find((id) => known.has(id)) ?? null;
        out.push([
          entry.id,
          ['parents', got === entry.expect.parent_message_id, { got, want: entry.expect.parent_message_id }],
        ]);
      }
      // The label of a thread is the other library's choice; who stands in it together is not.
      if (has(entry.expect, 'thread')) {
        const root = line.at(-1) ?? null;
        const strays = group.filter((other) => {
          const together =
            other.email.messageId !== null && ancestors(other.email.messageId, parents).at(-1) === root;
          return together !== (other.entry.expect.thread === entry.expect.thread);
        });
        out.push([
          entry.id,
          [
            'threads',
            strays.length === 0,
            {
              root,
              want: entry.expect.thread,
              strays: strays.map((other) => other.entry.id).slice(0, 3),
              references: email.references.slice(-2),
              inReplyTo: email.inReplyTo,
            },
          ],
        ]);
      }
    }
  }
  return out;
}

/** An id and everything above it. */
function ancestors(id: string, parents: ReadonlyMap<string, string>): string[] {
  const line = [id];
  for (let next = parents.get(id); next !== undefined && !line.includes(next); next = parents.get(next))
    line.push(next);
  return line;
}
