/**
 * Mail comes in. Each mail ends in exactly one disposition, recorded in the transaction that does what it says.
 * Called again for a mail that has one, it only carries on with the steps that follow.
 */
import * as z from 'zod';
import { TRUST_VALID_FOR } from '../core/mail/code.ts';
import { dispose } from '../core/mail/dispose.ts';
import { REPLAYABLE } from '../core/mail/disposition.ts';
import type { Email, Receipt } from '../core/mail/email.ts';
import { ends, type Moment, type Outcome } from '../core/mail/outcome.ts';
import { parseEmail, UnreadableEmailError } from '../core/mail/parse.ts';
import { readArrival } from '../core/mail/read.ts';
import { readReceipt } from '../core/mail/receipt.ts';
import { claimOf, handledKey, IN, type MailRecord, type Release } from '../core/mail/record.ts';
import { ticketIdFrom } from '../core/mail/token.ts';
import { type Change, change, open } from '../core/ticket/change.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import { queue, type World } from './handler.ts';

/** SES's notification is only recognised here: `readReceipt` checks it, and a mail that is put off goes back as it came. */
export const Received = z.union([
  z.strictObject({ replay: z.string() }),
  z.looseObject({ notificationType: z.literal('Received') }),
]);

export const handler = queue(Received, receiveEmail);

export async function receiveEmail(asked: z.output<typeof Received>, world: World): Promise<void> {
  const { receipt, key, before } = await find(asked, world);
  if (before && 'notificationType' in asked) return carryOn(before, world);
  if (before && !REPLAYABLE.includes(before.disposition))
    return world.log.info('a replay of a mail that is done', {
      mailId: before.mailId,
      disposition: before.disposition,
    });
  const raw = await world.mailroom.read(key);
  if (!raw) throw new Error(`there is no object ${key}`);
  const moment = { now: world.now(), realNow: world.realNow() };
  const email = await parse(raw);
  if ('unreadable' in email)
    return record(
      { receipt, email: email.head, outcome: ends('quarantined', 'unreadable', email.unreadable), before },
      moment,
      world,
    );
  const arrival = readArrival(email, receipt, world.desk);
  const keys = await world.keys();
  const memory = await world.recall(arrival, before, moment);
  if (memory === 'too-early') return world.mails.send(asked, TOO_EARLY_DELAY);
  const outcome = dispose(arrival, memory, moment, world.desk, keys);
  const sameMessageId = before ? null : memory.sameMessageId;
  await record({ receipt, email, outcome, before, sameMessageId }, moment, world);
}

/** Seconds until a mail that may be faster than our record of what it answers is looked at again. */
const TOO_EARLY_DELAY = 60;

async function find(
  asked: z.output<typeof Received>,
  world: World,
): Promise<{ receipt: Receipt; key: string; before: MailRecord | null }> {
  if (!('notificationType' in asked)) {
    const before = await world.ledger.read(asked.replay);
    if (!before) throw new Error(`no mail ${asked.replay} is in the ledger`);
    return { receipt: before.receipt, key: before.key, before };
  }
  const { receipt, key } = readReceipt(asked);
  return { receipt, key, before: await world.ledger.read(receipt.mailId) };
}

async function parse(raw: Uint8Array): Promise<Email | { unreadable: string; head: Email | null }> {
  try {
    return await parseEmail(raw);
  } catch (error) {
    if (error instanceof UnreadableEmailError) return { unreadable: error.message, head: error.head };
    throw error;
  }
}

interface Recording {
  receipt: Receipt;
  email: Email | null;
  outcome: Outcome;
  before: MailRecord | null;
  /** The ticket of other mail with this Message-ID: the id goes on leading there. */
  sameMessageId?: string | null;
}

async function record(
  { receipt, email, outcome, before, sameMessageId = null }: Recording,
  { now, realNow }: Moment,
  world: World,
): Promise<void> {
  const { mailId, receivedAt } = receipt;
  const changed = changeOf(outcome, now, world);
  const messages = changed && email ? await keepAll(outcome, changed.after, email, receipt, now, world) : [];
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
    detail: sameMessageId
      ? `${outcome.detail}; other mail, of ${sameMessageId}, has the same Message-ID`
      : outcome.detail,
    clue: outcome.clue,
    ticketId: changed?.after.id ?? null,
    disposedAt: now,
    history: before
      ? [...before.history, { disposition: before.disposition, reason: before.reason, at: before.disposedAt }]
      : [],
    released: before?.released ?? false,
    releases: outcome.release?.mailId ?? null,
    version: (before?.version ?? 0) + 1,
    events: (before?.events ?? 0) + (outcome.notice ? 1 : 0),
  };
  // A held or refused mail claims nothing: sent again, it is looked at again.
  const claim =
    changed && outcome.disposition !== 'refused' && email
      ? claimOf(email.messageId, email.from?.address ?? null, email.text)
      : null;
  const writes = world.ledger.writes(mail, before, {
    claim,
    reference: sameMessageId ? null : mail.messageId,
    code: outcome.code,
    release: await releaseOf(outcome, realNow, world),
    notice: outcome.notice,
  });
  if (changed) await world.tickets.commit(changed, messages, writes);
  else await world.ledger.commit(writes);
  world.log.info('disposed', {
    mailId,
    disposition: outcome.disposition,
    reason: outcome.reason,
    clue: outcome.clue,
    ticketId: mail.ticketId,
  });
  await carryOn(mail, world);
}

const MOST_SUBJECT = 1_000;

function changeOf({ ticket }: Outcome, now: string, world: World): Change | null {
  if (!ticket) return null;
  if (ticket.kind === 'change') return change(ticket.before, ticket.happenings, now, world.desk);
  return open(ticketIdFrom(world.random(4)), ticket.opened, ticket.also, now, world.desk);
}

async function releaseOf({ release }: Outcome, realNow: number, world: World): Promise<Release | null> {
  if (!release) return null;
  const held = await world.ledger.read(release.mailId);
  if (held?.disposition !== 'held') return null;
  return { held, trust: release.trust && { ...release.trust, until: realNow + TRUST_VALID_FOR } };
}

/** DynamoDB takes items of 400 KB; a text beyond this lies in the bucket. */
const LONGEST_TEXT = 64 * 1024;

/** The ticket counts its messages: what this mail adds are the last of them. */
async function keepAll(
  { message, note }: Outcome,
  { id, messages }: Ticket,
  email: Email,
  receipt: Receipt,
  now: string,
  world: World,
): Promise<Message[]> {
  if (!message) return [];
  const first = note ? messages - 1 : messages;
  const kept = await keep(message, first, id, email, receipt, now, world);
  if (!note) return [kept];
  const beside = { bodyKey: null, attachments: [], withheld: 0, mailId: receipt.mailId, at: now };
  const text = note.text.slice(0, LONGEST_TEXT / 4);
  return [kept, { ...note, ...beside, text, id: `${id}-m${messages}`, number: messages }];
}

/** Files and long texts lie under names made from the mail's own, so that a repeat writes the same. */
async function keep(
  said: NonNullable<Outcome['message']>,
  number: number,
  ticketId: string,
  email: Email,
  receipt: Receipt,
  now: string,
  world: World,
): Promise<Message> {
  const { mailId, virus } = receipt;
  const safe = virus === 'PASS';
  const attachments = safe ? email.attachments : [];
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
    id: `${ticketId}-m${number}`,
    number,
    at: now,
    attachments: files,
    withheld: safe ? 0 : email.attachments.length,
    mailId,
  };
}

/** A name may hold anything, a path included; what we store under is ours. */
function safeName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^\.+/, '');
  return clean.slice(-80) || 'file';
}

async function carryOn({ mailId, key, releases }: MailRecord, world: World): Promise<void> {
  await world.mailroom.move(`${IN}${mailId}`, key);
  if (releases) await world.mails.send({ replay: releases });
}
