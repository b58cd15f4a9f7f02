/**
 * What was taken out is taken out wherever it went: of the ticket with the command, and by its event of each ticket
 * that was given the same message, by a split, a clone, a checklist or a solution.
 */
import type { Write } from '../aws/table.ts';
import type { Desk } from '../core/config/desk.ts';
import { personOf } from '../core/mail/standing.ts';
import { type Change, change } from '../core/ticket/change.ts';
import { objectsOf } from '../core/ticket/objects.ts';
import type { Happening, Message, Ticket, TicketEvent } from '../core/ticket/ticket.ts';
import { timeIn } from '../templates/times.ts';
import { phrase } from '../templates/words.ts';
import type { World } from './handler.ts';

type Redacted = Extract<TicketEvent, { kind: 'redacted' }>;

/** What #redact writes with the change, and which objects go when it is written. A mail may have left two messages. */
export async function redactionsOf(
  changed: Change | null,
  now: string,
  world: World,
): Promise<{ writes: Write[]; objects: string[] }> {
  const asked = (changed?.events ?? []).filter((event) => event.kind === 'redacted');
  const writes: Write[] = [];
  const objects: string[] = [];
  const mails = new Set<string>();
  for (const { message: number, by, reason } of asked) {
    if (!changed) continue;
    const { id: ticketId } = changed.after;
    const message = await world.tickets.message(ticketId, number);
    if (!message) throw new Error(`${ticketId} has no message ${number}`);
    const { mailId } = message;
    writes.push(
      ...world.tickets.rewrite(changed.after, stubOf(message, { by, reason, at: now }, world.desk)),
    );
    // A copy has the same objects, or fewer.
    for (let each: Message | null = message; each; each = await sourceOf(each, world))
      objects.push(...objectsOf(each));
    const record = mails.has(mailId) ? null : await world.ledger.read(mailId);
    mails.add(mailId);
    if (!record) continue;
    const takenOut = { at: now, by, ticketId, message: number, reason };
    writes.push(world.ledger.rewrite({ ...record, takenOut, version: record.version + 1 }, record));
    objects.push(record.key);
  }
  return { writes, objects: [...new Set(objects)] };
}

async function sourceOf({ copyOf }: Message, { tickets }: World): Promise<Message | null> {
  return copyOf ? tickets.message(copyOf.ticketId, copyOf.number) : null;
}

/**
 * A message leads to what it was made of, and the links to what was made of it. Each ticket has a transaction of its own
 * and tells it on: a repeat finds it done. The mail with the command has removed what lay in the bucket.
 */
export async function passRedaction(
  event: Redacted,
  { id, links = [] }: Ticket,
  world: World,
): Promise<void> {
  const { tickets, desk } = world;
  const source = (await tickets.message(id, event.message))?.copyOf;
  for (const link of links) {
    const other = await tickets.read(link.id);
    if (!other) continue;
    const same = (await tickets.messages(other.id, MOST_MESSAGES)).filter(
      ({ number, copyOf }) =>
        !other.redacted?.includes(number) &&
        ((copyOf?.ticketId === id && copyOf.number === event.message) ||
          (source?.ticketId === other.id && source.number === number)),
    );
    if (same.length === 0) continue;
    const { by, reason } = event;
    const happenings = same.map(
      ({ number }): Happening => ({ kind: 'redacted', message: number, reason, by }),
    );
    const stubs = same.flatMap((message) => tickets.rewrite(other, stubOf(message, event, desk)));
    await tickets.commit(change(other, happenings, world.now(), desk), [], stubs);
  }
}

const MOST_MESSAGES = 1_000;

/** Who wrote when stays, and who took it out, when and why. */
function stubOf(
  { html: _html, cut: _cut, ...message }: Message,
  { by, at, reason }: { by: string; at: string; reason: string },
  desk: Desk,
): Message {
  const { language } = desk;
  const facts = { who: personOf(by, desk)?.name ?? by, when: timeIn(language, at, desk), reason };
  const text = phrase(language, reason === '' ? 'redacted' : 'redacted-because', facts);
  return { ...message, text, bodyKey: null, attachments: [], withheld: 0 };
}
