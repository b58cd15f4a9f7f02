/** What a desk has come to, in sentences that are the same whatever its ids are and whenever it happened. */
import { type Attributes, fieldsOf } from '../../aws/attributes.ts';
import type { UpdateRecord } from '../../aws/updates.ts';
import { watchName } from '../../aws/watches.ts';
import type { MailCount, MailRecord } from '../../core/mail/record.ts';
import type { Message, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { QUEUES, type Site } from './site.ts';

/** How often each holds. */
export type Facts = Map<string, number>;

export interface Difference {
  /** Tickets, messages and mails that are missing, and that are there more often. */
  lost: string[];
  doubled: string[];
  /** Whatever else is not the same. */
  other: string[];
}

interface Known {
  pk: string;
  sk: string;
  ticket?: Ticket;
  event?: TicketEvent;
  message?: Message;
  mail?: MailRecord;
  update?: UpdateRecord;
  openTickets?: number;
  ticketId?: string;
}

const COUNTED = ['ticket ', 'message ', 'mail '];

export function factsOf(site: Site, count: MailCount): Facts {
  const facts: Facts = new Map();
  const say = (fact: string, times = 1) => facts.set(fact, (facts.get(fact) ?? 0) + times);
  const items = [...site.items.all.values()].map(
    (item) => fieldsOf(item as unknown as Attributes) as unknown as Known,
  );
  const tickets = items.flatMap(({ ticket }) => ticket ?? []);
  const names = new Map(tickets.map(({ id, subject }) => [id, `“${subject}”`]));
  const named = (id: string | null | undefined) =>
    id ? (names.get(id) ?? 'a ticket that is not there') : 'no ticket';
  const held = new Map<string, number>();
  for (const ticket of tickets) {
    const { id, status, team, tier, assignee, priority, type, mergedInto, tags = [], watch } = ticket;
    say(`ticket ${named(id)}`);
    const approvals = (ticket.approvals ?? []).flatMap(({ approvers }) => approvers.map(({ vote }) => vote));
    const is = [status, team, tier, assignee, priority, type, ...tags, ...approvals];
    say(`state of ${named(id)}: ${is.join(' ')}${mergedInto ? ` in ${named(mergedInto)}` : ''}`);
    const execution = watch && site.executions.get(watchName(id, watch.generation));
    say(`watch of ${named(id)}: ${watch?.state}, ${execution?.status ?? 'not started'}`);
    if (assignee && (status === 'new' || status === 'open'))
      held.set(assignee, (held.get(assignee) ?? 0) + 1);
  }
  for (const item of items) {
    const { pk, sk, event, message, mail, update, openTickets, ticketId } = item;
    const of = named(pk.startsWith('T#') ? pk.slice(2) : null);
    if (message)
      say(
        `message in ${of}: ${message.direction} ${message.visibility} ${message.from.address} ${message.text.slice(0, 40)}`,
      );
    else if (event) say(`event of ${pk.startsWith('T#') ? of : pk}: ${event.kind}`);
    else if (mail) say(`record ${mail.mailId}: ${mail.disposition} ${mail.reason}`);
    else if (update)
      say(`update ${update.kind} to ${update.to} of ${named(update.ticketId)}: ${update.state}`);
    else if (openTickets !== undefined) {
      const address = pk.slice('LOAD#'.length);
      say(
        `load of ${address}: ${openTickets === (held.get(address) ?? 0) ? 'right' : `${openTickets}, and has ${held.get(address) ?? 0}`}`,
      );
    } else if (pk.startsWith('MSGID#') && sk === 'REF') say(`reference to ${named(ticketId)}`);
    else if (sk.startsWith('NEWS#')) say(`news for ${pk.slice('DIGEST#'.length)}`);
    else if (pk.startsWith('ROLLUP#desk#') || pk.startsWith('ROLLUP#priority#'))
      for (const [cell, value] of Object.entries(item))
        if (typeof value === 'number' && !cell.endsWith('.sum'))
          say(`measure ${pk.split('#')[1]} ${sk} ${whatever(cell)}`, value);
  }
  for (const { kind, to, ticketId } of site.sent) say(`mail ${kind} to ${to} about ${named(ticketId)}`);
  for (const key of site.objects.keys()) say(`object ${key}`);
  for (const name of QUEUES) {
    const { waiting, dead } = site.queues[name];
    say(`queue ${name}: ${waiting.length} wait, ${dead.length} are dead`);
  }
  say(
    `ledger: ${count.received} received, ${count.disposed} with a record, ${count.missing.length + count.lost.length} differ`,
  );
  return facts;
}

/** How long something took is counted by how long: it may have taken longer, and counts once all the same. */
const whatever = (cell: string) => cell.replace(/^(?!hour)(.*)\.\d+$/, '$1.any');

export function differenceOf(wanted: Facts, found: Facts): Difference {
  const difference: Difference = { lost: [], doubled: [], other: [] };
  for (const fact of new Set([...wanted.keys(), ...found.keys()])) {
    const by = (found.get(fact) ?? 0) - (wanted.get(fact) ?? 0);
    if (by === 0) continue;
    if (!COUNTED.some((begin) => fact.startsWith(begin)))
      difference.other.push(`${by > 0 ? 'more' : 'less'}: ${fact}`);
    else (by > 0 ? difference.doubled : difference.lost).push(...Array<string>(Math.abs(by)).fill(fact));
  }
  return difference;
}
