/**
 * Mail comes in. Each mail ends in exactly one disposition, recorded in the transaction that does what it says.
 * Called again for a mail that has one, it only carries on with the steps that follow.
 */
import * as z from 'zod/mini';
import type { PersonKeys } from '../aws/audit.ts';
import type { Desk } from '../core/config/desk.ts';
import { UnavailableError } from '../core/faults.ts';
import { CODES, codeCounted, MOST_CODES, TRUST_VALID_FOR } from '../core/mail/code.ts';
import { dispose } from '../core/mail/dispose.ts';
import { REPLAYABLE } from '../core/mail/disposition.ts';
import type { Address, Email, Receipt, Trimmed } from '../core/mail/email.ts';
import { safeName } from '../core/mail/file-name.ts';
import { countedAs, type Flood, overflow } from '../core/mail/flood.ts';
import { MAX_MAIL_BYTES } from '../core/mail/limits.ts';
import { type News, newsOf } from '../core/mail/news.ts';
import type { Arrival, Memory, Moment, Outcome } from '../core/mail/outcome.ts';
import { parseEmail, parseHead, UnreadableEmailError } from '../core/mail/parse.ts';
import { orPoison, PoisonError } from '../core/mail/poison.ts';
import { readArrival } from '../core/mail/read.ts';
import { HEAD_OCTETS, readReceipt } from '../core/mail/receipt.ts';
import { claimOf, handledKey, IN, type MailRecord, type Release } from '../core/mail/record.ts';
import { personOf } from '../core/mail/standing.ts';
import { ticketIdFrom } from '../core/mail/token.ts';
import { disposeUnread } from '../core/mail/unread.ts';
import { type Change, change, open } from '../core/ticket/change.ts';
import type { Similar } from '../core/ticket/recurrence.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import { queue, type World } from './handler.ts';
import { redactionsOf } from './redaction.ts';
import { choosing, noting, readCandidates, readLoads, type SeenLoads, withLoads } from './with-loads.ts';

/** SES's notification is only recognised here: `readReceipt` checks it, and a mail that is put off goes back as it came. */
export const Received = z.union([
  z.strictObject({ replay: z.string() }),
  z.looseObject({ notificationType: z.literal('Received') }),
]);

export const handler = queue(Received, receiveEmail);

/** `delivery`: how often the queue has handed it out, this time included. */
export async function receiveEmail(
  asked: z.output<typeof Received>,
  world: World,
  delivery = 1,
): Promise<void> {
  const found = await find(asked, delivery, world);
  const { before } = found;
  if (before && 'notificationType' in asked) return carryOn(before, world);
  if (before && !REPLAYABLE.includes(before.disposition))
    return world.log.info('a replay of a mail that is done', {
      mailId: before.mailId,
      disposition: before.disposition,
    });
  const moment = { now: world.now(), realNow: world.realNow() };
  const judged = await judge(found, moment, await openReading(found, delivery, world), world);
  if (judged === 'too-early') return world.mails.send(asked, TOO_EARLY_DELAY);
  if ('handled' in judged) return carryOn(judged.handled, world);
  await recordChoosing(found, judged, moment, world);
}

/**
 * What was read and found out about a mail stands when somebody is chosen anew, since all else that it may hang on is held in
 * the same transaction. Throws ConflictError when it meets another one.
 */
async function recordChoosing(found: Found, first: Judged, moment: Moment, world: World): Promise<void> {
  let judged: Judged | null = null;
  await choosing(async (isHeld) => {
    judged = judged?.chooseAnew ? await judged.chooseAnew() : first;
    await record({ ...found, ...judged, ...(isHeld ? {} : { loads: new Map() }) }, moment, world);
  });
}

interface Found {
  receipt: Receipt;
  key: string;
  before: MailRecord | null;
  /** Nobody has asked the ledger about it yet: a mail that SES tells of for the first time is hardly ever there. */
  unread: boolean;
}

interface Judged {
  /** Of a mail that was not read, its head; null when not even that is known. */
  email: Email | null;
  trimmed: Trimmed | null;
  outcome: Outcome;
  changed: Change | null;
  /** What it changes in other tickets. */
  elsewhere: Change[];
  /** The ticket of other mail with this Message-ID: the id goes on leading there. */
  sameMessageId: string | null;
  /** Whose loads it was decided by. */
  loads: SeenLoads;
  /** Read with what memory knows, and with the loads. */
  keys: PersonKeys;
  /** The same by their loads as they are now. */
  chooseAnew?: () => Promise<Judged>;
}

async function judge(
  { receipt, key, before, unread: isUnread }: Found,
  moment: Moment,
  reading: Reading,
  world: World,
): Promise<Judged | { handled: MailRecord } | 'too-early'> {
  const { desk } = world;
  const unread = (reason: 'too-large' | 'unreadable' | 'poison', detail: string, head: Email | null) => ({
    ...{ email: head, trimmed: null, changed: null, elsewhere: [], sameMessageId: null },
    ...{ loads: new Map(), keys: new Map() },
    outcome: disposeUnread(reason, detail, head, receipt, desk),
  });
  if (reading.fatal) return unread('poison', reading.fatal, null);
  let email: Email | null = null;
  try {
    const size = await tooLarge(key, world);
    if (size) {
      const head = await readHead(key, world);
      return await reading.step(() => unread('too-large', size, head));
    }
    const raw = await world.mailroom.read(key);
    if (!raw) {
      // SNS delivers at least once, and the queue as well: another delivery may be done with it.
      const handled = isUnread ? await world.ledger.read(receipt.mailId) : null;
      if (!handled) throw new Error(`there is no object ${key}`);
      return { handled };
    }
    const read = await reading.step(() => parse(raw));
    if ('unreadable' in read)
      return await reading.step(() => unread('unreadable', read.unreadable, read.head));
    email = read;
    const arrival = await reading.step(() => readArrival(read, receipt, desk));
    email = arrival.email;
    const keys = await world.keys();
    const recalled = await world.recall(arrival, isUnread ? 'unread' : before, moment);
    if (recalled === 'too-early' || 'handled' in recalled) return recalled;
    const { memory } = recalled;
    const flood = before ? null : await floodOf(arrival, memory, moment, reading, world);
    const [id, problemId] = [ticketIdFrom(world.random(4)), ticketIdFrom(world.random(4))];
    const { trimmed } = arrival;
    const seen: SeenLoads = new Map();
    const decideBy = (known: Memory) =>
      reading.step(() => onceSuppressed(dispose(arrival, known, moment, desk, keys), before));
    // What a ticket becomes is reckoned of what stands alone: a new one is decided twice.
    let personKeys = recalled.keys;
    const judged = (outcome: Outcome) =>
      reading.step(() => ({
        email: arrival.email,
        trimmed,
        outcome,
        changed: changeOf(outcome, id, moment.now, desk),
        elsewhere: elsewhereOf(outcome, moment.now, desk),
        sameMessageId: before ? null : memory.sameMessageId,
        loads: seen,
        keys: personKeys,
      }));
    const decide = async (known: Memory): Promise<Judged> => ({
      ...(await judged(await withLoads(world.tickets, (loads) => decideBy({ ...known, loads }), seen))),
      async chooseAnew() {
        await readLoads(new Set(seen.keys()), seen, world.tickets);
        return decide(known);
      },
    });
    const known = { ...memory, flood, newId: id, problemId };
    // Whose loads it asks for, and what would have to be asked about when the rules do not know it.
    const asked = new Set<string>();
    const unknown: string[] = [];
    const note = (text: string) => void unknown.push(text);
    const first = await decideBy({ ...known, opinion: note, loads: noting(asked, seen) });
    const codes = await codesOf(first, moment, world);
    if (codes > MOST_CODES) return await decide({ ...known, codes });
    const opinion = first.isKnown ? null : await opinionOn(unknown[0] ?? '', reading, world);
    const more = { ...known, opinion: opinion ?? note };
    if (opinion) asked.clear();
    const filed = opinion ? await decideBy({ ...more, loads: noting(asked, seen) }) : first;
    // All that is missing is read in one go, so that it is decided anew once and not for each.
    const [lastTicket, similar, readKeys] = await Promise.all([
      lastTicketOf(filed, recalled.keys, world),
      similarTo(filed, id, moment, world),
      readCandidates(asked, seen, personKeys, world.tickets),
    ]);
    personKeys = readKeys;
    if (asked.size === 0 && !lastTicket && !similar) return await judged(filed);
    return await decide({ ...more, lastTicket, ...(similar ? { similar } : {}) });
  } catch (error) {
    if (!(error instanceof PoisonError)) throw error;
    // Its message may quote the mail: that stands in the ledger alone.
    const { name: fault, stack = '' } = error.cause instanceof Error ? error.cause : error;
    world.log.warn('the desk fails at a mail', { mailId: receipt.mailId, fault, stack });
    return unread('poison', error.message, email);
  }
}

/** Its ticket has the line of it from the first time. */
function onceSuppressed(outcome: Outcome, before: MailRecord | null): Outcome {
  const { disposition, reason, ticket } = outcome;
  if (disposition !== 'suppressed' || before?.disposition !== disposition || before.reason !== reason)
    return outcome;
  if (ticket?.kind !== 'change' || ticket.before.id !== before.ticketId) return outcome;
  return { ...outcome, ticket: null, concerns: before.ticketId };
}

/** What others of its team's requesters have reported; null of a mail that reports nothing. */
async function similarTo(
  { ticket }: Outcome,
  id: string,
  { now }: Moment,
  { reports, desk }: World,
): Promise<Similar | null> {
  if (ticket?.kind !== 'open') return null;
  const { print, team } = ticket.opened;
  return reports.recall({ id, print, team }, now, desk);
}

/** What follows a ticket knows its agent already, and whom no event has ever named has had none. */
async function lastTicketOf(
  { ticket }: Outcome,
  keys: PersonKeys,
  { desk, tickets }: World,
): Promise<Ticket | null> {
  if (!desk.triage.lastAgent || ticket?.kind !== 'open' || ticket.opened.follows) return null;
  const { address } = ticket.opened.requester;
  return keys.get(address) === null ? null : tickets.lastOf(address);
}

/** Only where what was learned is not sure, and desk.yaml names a model in the account, is that asked. */
async function opinionOn(text: string, { step }: Reading, world: World): Promise<Memory['opinion'] | null> {
  const known = await learned(world);
  if (!world.desk.triage.bedrock) return known;
  const opinion = known && (await step(() => known(text)));
  const said = opinion?.isSure ? null : await world.consult(text);
  // It chooses a category; what filed tickets say of team and priority stands.
  return said ? () => (opinion?.aspects ? { ...said, aspects: opinion.aspects } : said) : known;
}

/** No cold start waits for it but that of a mail that the rules do not know; which is filed by them alone rather than not at all. */
async function learned({ learned, log }: World): Promise<Awaited<ReturnType<World['learned']>>> {
  try {
    return await learned();
  } catch (error) {
    log.warn('what was learned cannot be read', { cause: String(error) });
    return null;
  }
}

/** Counts the mail of somebody outside, and finds the ticket that it is joined to when it is one too many. A replay counts for nothing. */
async function floodOf(
  arrival: Arrival,
  memory: Memory,
  { realNow }: Moment,
  { step, delivery }: Reading,
  world: World,
): Promise<Flood | null> {
  const counted = await step(() => countedAs(arrival, memory, world.desk));
  if (!counted) return null;
  const over = overflow(counted, await world.rates.arrived(counted, arrival.receipt.mailId, realNow));
  if (over?.kind !== 'joined') return over;
  // It began the flood and was counted each time that it was tried: nobody else is going to handle it.
  if (over.first === arrival.receipt.mailId) return null;
  const first = await handled(over.first, delivery, world);
  const ticket = first?.ticketId ? await world.tickets.goingOn(first.ticketId) : null;
  return ticket && { kind: 'joined', place: over.place, ticket };
}

/** Counts a code that is about to be sent. */
async function codesOf(outcome: Outcome, { realNow }: Moment, { rates }: World): Promise<number> {
  const counted = codeCounted(outcome);
  if (!counted) return 0;
  const { counts } = await rates.arrived(counted, outcome.code?.mailId ?? '', realNow);
  return counts[CODES] ?? 0;
}

const LOOKS = 80;
const MS_BETWEEN_LOOKS = 250;

/**
 * The record of the mail with which a flood began. It was counted a moment ago and is being handled elsewhere: it is
 * waited for here, because waiting for the queue would take minutes. In a later delivery it is not waited for any
 * more, for it may be what is stuck.
 */
async function handled(mailId: string, delivery: number, { ledger }: World): Promise<MailRecord | null> {
  for (let look = 1; ; look++) {
    const record = await ledger.read(mailId);
    if (record || delivery > 1) return record;
    if (look === LOOKS) throw new UnavailableError(`${mailId}, with which this flood began, is not handled`);
    await new Promise((resolve) => setTimeout(resolve, MS_BETWEEN_LOOKS));
  }
}

interface Reading {
  /** Why this mail is not to be read any more. */
  fatal: string | null;
  delivery: number;
  /** Runs a pure step. Throws PoisonError when it fails. */
  step<T>(run: () => T | Promise<T>): Promise<T>;
}

const MOST_BEGINNINGS = 2;
/** A receipt waits in its queue for at most two weeks. */
const BEGINNINGS_COUNT_FOR = 15 * 86_400_000;

/**
 * A mail that takes all time or memory ends the process, and no exception tells. So from the second delivery on each
 * pure step is recorded as begun before it runs, and as ended when it has, whatever came of it; a mail with two
 * beginnings that have no end is not read again. Nothing of the world is waited for in between: a table or a bucket
 * that fails or hangs leaves no beginning behind, but where an outage of the table sets in within the very step,
 * twice for the same mail.
 */
async function openReading(
  { receipt: { mailId }, before }: Found,
  delivery: number,
  { ledger, realNow }: World,
): Promise<Reading> {
  if (delivery === 1) return { fatal: null, delivery, step: orPoison };
  const round = before?.version ?? 0;
  const begun = await ledger.beginnings(mailId, round);
  const keep = (beginnings: number) =>
    ledger.setBeginnings(mailId, round, beginnings, realNow() + BEGINNINGS_COUNT_FOR);
  return {
    fatal:
      begun < MOST_BEGINNINGS
        ? null
        : `${begun} times the process that read it ended without a word: it took all time or memory`,
    delivery,
    async step(run) {
      await keep(begun + 1);
      try {
        return await orPoison(run);
      } finally {
        await keep(begun);
      }
    },
  };
}

/** Asked before anything of it is read: the size in words, or null when it may come in. */
async function tooLarge(key: string, { desk, mailroom }: World): Promise<string | null> {
  const { largest } = desk.mail;
  // SES takes nothing larger, and the question costs a call for each mail.
  if (largest >= MAX_MAIL_BYTES) return null;
  const size = (await mailroom.size(key)) ?? 0;
  return size > largest ? `${size} octets, and ${largest} are allowed` : null;
}

async function readHead(key: string, { mailroom }: World): Promise<Email | null> {
  const start = await mailroom.read(key, { start: 0, end: HEAD_OCTETS });
  return start && orPoison(() => parseHead(start));
}

/** Seconds until a mail that may be faster than our record of what it answers is looked at again. */
const TOO_EARLY_DELAY = 60;

async function find(asked: z.output<typeof Received>, delivery: number, world: World): Promise<Found> {
  if (!('notificationType' in asked)) {
    const before = await world.ledger.read(asked.replay);
    if (!before) throw new Error(`no mail ${asked.replay} is in the ledger`);
    return { receipt: before.receipt, key: before.key, before, unread: false };
  }
  const { receipt, key } = readReceipt(asked);
  if (delivery === 1) return { receipt, key, before: null, unread: true };
  return { receipt, key, before: await world.ledger.read(receipt.mailId), unread: false };
}

async function parse(raw: Uint8Array): Promise<Email | { unreadable: string; head: Email | null }> {
  try {
    return await parseEmail(raw);
  } catch (error) {
    if (error instanceof UnreadableEmailError) return { unreadable: error.message, head: error.head };
    throw error;
  }
}

async function record(
  {
    receipt,
    email,
    trimmed,
    outcome,
    changed,
    elsewhere,
    before,
    sameMessageId,
    loads,
    keys,
  }: Found & Judged,
  { now, realNow }: Moment,
  world: World,
): Promise<void> {
  const { mailId, receivedAt } = receipt;
  const news = newsOf(
    receipt.virus === 'PASS' ? (email?.attachments ?? []) : [],
    changed?.after.pictures ?? [],
  );
  const messages =
    changed && email && trimmed
      ? await keepAll(outcome, changed.after, { email, trimmed, receipt, news }, now, world)
      : [];
  const notices = [outcome.notice, outcome.tells].filter((notice) => notice !== null);
  const redacted = await redactionsOf(changed, now, world);
  const mail: MailRecord = {
    mailId,
    key: handledKey(mailId, receivedAt),
    receivedAt,
    from: email?.from?.address ?? null,
    subject: (email?.subject ?? '').slice(0, MOST_SUBJECT),
    messageId: email?.messageId ?? null,
    receipt,
    disposition: outcome.disposition,
    reason: outcome.reason,
    detail: detailOf(outcome, email, sameMessageId),
    clue: outcome.clue,
    ticketId: changed?.after.id ?? outcome.concerns ?? null,
    disposedAt: now,
    history: before
      ? [
          ...before.history,
          {
            ...{ disposition: before.disposition, reason: before.reason, at: before.disposedAt },
            detail: before.detail,
          },
        ]
      : [],
    released: before?.released ?? false,
    releases: outcome.release?.mailId ?? null,
    ...(redacted.objects.length > 0 ? { erases: redacted.objects } : {}),
    version: (before?.version ?? 0) + 1,
    events: (before?.events ?? 0) + notices.length,
  };
  // A held or refused mail claims nothing: sent again, it is looked at again. What came again is claimed by the first.
  const acts = changed !== null || outcome.release !== null || outcome.notice?.kind === 'commanded';
  const claim =
    acts && outcome.disposition !== 'refused' && outcome.disposition !== 'duplicate' && email
      ? claimOf(email.messageId, email.from?.address ?? null, email.text)
      : null;
  const ledger = world.ledger.writes(mail, before, {
    claim,
    reference: sameMessageId ? null : mail.messageId,
    code: outcome.code,
    release: await releaseOf(outcome, realNow, world),
    notices,
  });
  const writes = [
    ...ledger,
    ...redacted.writes,
    ...world.addresses.writes(outcome.learned, now, realNow),
    ...world.reports.writes(changed, outcome.noticed ?? null, realNow),
    ...world.addresses.blockWrites(changed ? [changed, ...elsewhere] : elsewhere),
    ...(await world.knowledge.writes(changed ? [changed, ...elsewhere] : elsewhere, world.desk)),
  ];
  const [first, ...others] = changed ? [rememberPictures(changed, messages, news), ...elsewhere] : elsewhere;
  if (first)
    await world.tickets.commit(
      first,
      [...messages, ...splitOff(outcome, now), ...notesOf(outcome, mailId, now)],
      writes,
      others,
      { loads, keys },
    );
  else await world.ledger.commit(writes);
  world.log.info('disposed', {
    mailId,
    disposition: outcome.disposition,
    reason: outcome.reason,
    clue: outcome.clue,
    ticketId: mail.ticketId,
  });
  if (outcome.reason === 'poison') await world.metric('Poison', 1);
  if (outcome.roundTrip !== undefined && !before)
    await world.metric('CanaryRoundTrip', outcome.roundTrip / 1000);
  await carryOn(mail, world);
}

function detailOf({ detail }: Outcome, email: Email | null, sameMessageId: string | null): string {
  const twin = sameMessageId ? [`other mail, of ${sameMessageId}, has the same Message-ID`] : [];
  const cut = email && email.cut.length > 0 ? [`it holds more than is read of: ${email.cut.join(', ')}`] : [];
  return [detail, ...twin, ...cut].join('; ');
}

/** What only a note showed, the requester has not seen: in an answer it is new. */
function rememberPictures(changed: Change, messages: readonly Message[], { pictures }: News): Change {
  if (pictures.length === 0 || !messages.some(({ visibility }) => visibility === 'public')) return changed;
  return { ...changed, after: { ...changed.after, pictures } };
}

const MOST_SUBJECT = 1_000;

/** `id` is for a new ticket. */
function changeOf({ ticket }: Outcome, id: string, now: string, desk: Desk): Change | null {
  if (!ticket) return null;
  if (ticket.kind === 'change') return change(ticket.before, ticket.happenings, now, desk);
  return open(id, ticket.opened, ticket.also, now, desk);
}

function elsewhereOf({ ticket, several }: Outcome, now: string, desk: Desk): Change[] {
  if (several.length > 0)
    return several.flatMap(({ before, happenings, opens }) => [
      change(before, happenings, now, desk),
      ...(opens ? [open(opens.id, opens.opened, opens.also, now, desk)] : []),
    ]);
  if (!ticket) return [];
  const { elsewhere = [], opens } = ticket.kind === 'open' ? { opens: ticket.opens } : ticket;
  return [
    ...elsewhere.map(({ before, happenings }) => change(before, happenings, now, desk)),
    ...(opens ? [open(opens.id, opens.opened, opens.also, now, desk)] : []),
  ];
}

/** What was split off begins a ticket of its own; its files and its long text lie where they are. */
function splitOff({ ticket }: Outcome, now: string): Message[] {
  if (!ticket?.opens) return [];
  const { id, message } = ticket.opens;
  // A problem begins with words of its own.
  if (ticket.kind === 'open' || message.id === `${id}-m1`) return [message];
  const copyOf = { ticketId: ticket.before.id, number: message.number };
  return [{ ...message, id: `${id}-m1`, number: 1, at: now, copyOf }];
}

/** What an answer to a digest notes on its tickets. */
function notesOf({ several }: Outcome, mailId: string, now: string): Message[] {
  return several.flatMap(({ before: { id, messages }, note, opens }): Message[] => {
    // A problem begins with words of its own.
    const first = opens ? [opens.message] : [];
    if (!note) return first;
    const number = messages + 1;
    return [
      ...first,
      {
        ...{ id: `${id}-m${number}`, number, at: now, direction: 'in', visibility: 'private', ...note },
        ...{ bodyKey: null, attachments: [], withheld: 0, mailId, messageId: null, cc: [] },
      },
    ];
  });
}

async function releaseOf({ release }: Outcome, realNow: number, world: World): Promise<Release | null> {
  if (!release) return null;
  const held = await world.ledger.read(release.mailId);
  if (held?.disposition !== 'held') return null;
  return { held, trust: release.trust && { ...release.trust, until: realNow + TRUST_VALID_FOR } };
}

/** DynamoDB takes items of 400 KB; a text beyond this lies in the bucket. */
const LONGEST_TEXT = 64 * 1024;

interface Kept {
  email: Email;
  trimmed: Trimmed;
  receipt: Receipt;
  news: News;
}

/** The ticket counts its messages: what this mail adds are the last of them. */
async function keepAll(
  { message, note }: Outcome,
  { id, messages }: Ticket,
  mail: Kept,
  now: string,
  world: World,
): Promise<Message[]> {
  if (!message) return [];
  const first = note ? messages - 1 : messages;
  // The words of a mail that was passed on are another's, and nothing was cut from them.
  const cut = isSame(message.from, mail.email.from, world.desk) ? cutFrom(mail) : null;
  const kept = await keep({ ...message, id: `${id}-m${first}`, number: first, at: now }, mail, cut, world);
  if (!note) return [kept];
  const beside = { bodyKey: null, attachments: [], withheld: 0, mailId: mail.receipt.mailId, at: now };
  const text = note.text.slice(0, LONGEST_TEXT / 4);
  return [kept, { ...note, ...beside, text, id: `${id}-m${messages}`, number: messages }];
}

/** Agents write from several addresses, and stand in tickets with one. */
function isSame({ address }: Address, other: Address | null, desk: Desk): boolean {
  return other !== null && (personOf(other.address, desk) ?? other).address === address;
}

/** A mail of which nothing would have remained was kept whole. */
function cutFrom({ trimmed: { visible, quoted, signature } }: Kept): Message['cut'] {
  return visible.trim() === '' || `${quoted}${signature}`.trim() === '' ? null : { quoted, signature };
}

/** Files and long texts lie under names made from the mail's own, so that a repeat writes the same. */
async function keep(
  { encloses = [], ...said }: NonNullable<Outcome['message']> & Pick<Message, 'id' | 'number' | 'at'>,
  { email, receipt: { mailId, virus }, news }: Kept,
  cut: Message['cut'],
  world: World,
): Promise<Message> {
  const safe = virus === 'PASS';
  // A macro's stay as they were then, whatever desk.yaml names when the answer leaves or is asked for.
  const own = await Promise.all(
    encloses.map(async ({ beside, ...file }) => {
      return { ...file, inline: false, contentId: null, content: await world.beside(beside) };
    }),
  );
  const attachments = [...news.files, ...own];
  const files = attachments.map(({ name, contentType, size, inline, contentId }, index) => ({
    ...{ name, contentType, size, inline, contentId },
    key: `files/${mailId}/${index + 1}-${safeName(name)}`,
  }));
  await Promise.all(
    attachments.map(({ content, contentType }, index) =>
      world.mailroom.write(files[index]?.key as string, content, contentType),
    ),
  );
  const long = Buffer.byteLength(said.text) > LONGEST_TEXT;
  const bodyKey = long ? `bodies/${mailId}` : null;
  if (bodyKey) await world.mailroom.write(bodyKey, Buffer.from(said.text), 'text/plain; charset=utf-8');
  return {
    ...said,
    text: long ? said.text.slice(0, LONGEST_TEXT / 4) : said.text,
    bodyKey,
    attachments: files,
    withheld: safe ? 0 : email.attachments.length,
    mailId,
    ...(cut ? { cut: await keepCut(cut, mailId, world) } : {}),
  };
}

/** What was cut is asked for seldom and often longer than what was said: it lies beside the message while it is short. */
const LONGEST_CUT = 8 * 1024;

async function keepCut(
  cut: NonNullable<Message['cut']>,
  mailId: string,
  world: World,
): Promise<NonNullable<Message['cut']>> {
  const whole = JSON.stringify({ quoted: cut.quoted, signature: cut.signature });
  if (Buffer.byteLength(whole) <= LONGEST_CUT) return cut;
  const bodyKey = `bodies/${mailId}-cut`;
  await world.mailroom.write(bodyKey, Buffer.from(whole), 'application/json');
  return { quoted: '', signature: '', bodyKey };
}

async function carryOn({ mailId, key, releases, erases = [] }: MailRecord, world: World): Promise<void> {
  await world.mailroom.move(`${IN}${mailId}`, key);
  for (const object of erases) await world.mailroom.remove(object);
  if (releases) await world.mails.send({ replay: releases });
}
