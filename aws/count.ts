/**
 * Does the ledger balance? The mails of one day in the bucket against the records of that day, by id. It reads a page
 * for every thousand of the day's objects and for every megabyte of its records, and one thing more for each
 * difference: what it costs grows with that day's mail and never with history.
 */
import {
  handledOn,
  IN,
  type MailCount,
  type MailRecord,
  MOST_NAMED,
  mailIdIn,
  SETUP_NOTICE,
} from '../core/mail/record.ts';
import type { Ledger } from './ledger.ts';
import type { Mailroom } from './mailroom.ts';

/** `day` is one of UTC that is over, `2026-11-23`; `at` says when it is counted. Changes nothing. */
export async function countDay(
  day: string,
  at: string,
  { ledger, mailroom }: { ledger: Ledger; mailroom: Mailroom },
): Promise<MailCount> {
  const records = new Map((await ledger.day(day)).map((record) => [record.mailId, record]));
  const objects = await objectsOf(day, mailroom);
  // SES's own notice is nobody's mail.
  for (const mails of [records, objects]) mails.delete(SETUP_NOTICE);
  const missing: MailCount['missing'] = [];
  for (const [mailId, key] of objects) {
    if (records.has(mailId)) continue;
    // The listing is an index and may be late. And what came at midnight may be another day's mail.
    if (await ledger.read(mailId)) objects.delete(mailId);
    else missing.push({ mailId, key });
  }
  const lost: string[] = [];
  for (const record of records.values()) {
    if (objects.has(record.mailId) || record.takenOut) continue;
    if (await isStored(record, mailroom)) objects.set(record.mailId, record.key);
    else lost.push(record.mailId);
  }
  return {
    ...{ day, at, received: objects.size, disposed: records.size },
    dispositions: tally([...records.values()]),
    missing: missing.slice(0, MOST_NAMED),
    lost: lost.slice(0, MOST_NAMED),
    repaired: [],
  };
}

/** Key by mail id. What still lies under `in/` came when it was written there. */
async function objectsOf(day: string, mailroom: Mailroom): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  for await (const { key, at } of mailroom.list(IN)) if (at.startsWith(day)) objects.set(mailIdIn(key), key);
  for await (const { key } of mailroom.list(handledOn(day))) objects.set(mailIdIn(key), key);
  return objects;
}

async function isStored({ key, mailId }: MailRecord, mailroom: Mailroom): Promise<boolean> {
  return (await mailroom.size(key)) !== null || (await mailroom.size(`${IN}${mailId}`)) !== null;
}

function tally(records: MailRecord[]): MailCount['dispositions'] {
  const counts: MailCount['dispositions'] = {};
  for (const { disposition } of records) counts[disposition] = (counts[disposition] ?? 0) + 1;
  return counts;
}
