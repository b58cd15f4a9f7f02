/**
 * What must hold of a desk at any moment, whatever its people have done: nothing lost, nothing leaked, one owner, one
 * clock, and a history that explains what is there. Written from the promises and not from the code that keeps them: the
 * life of a ticket, who may read what and who holds what are told here once more, in the simplest words.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Table } from '../../aws/table.ts';
import { watchName } from '../../aws/watches.ts';
import type { Desk } from '../../core/config/desk.ts';
import type { MailRecord } from '../../core/mail/record.ts';
import { participantHash, readToken } from '../../core/mail/token.ts';
import { questionOf } from '../../core/ticket/approval.ts';
import { promise, upcoming } from '../../core/ticket/change.ts';
import {
  begin,
  evolve,
  type Message,
  type Status,
  type Ticket,
  type TicketEvent,
} from '../../core/ticket/ticket.ts';
import { keys } from '../sample.ts';
import type { DrivenDesk, Left } from './driven-desk.ts';

export interface Snapshot {
  tickets: Map<string, Ticket>;
  events: Map<string, TicketEvent[]>;
  messages: Map<string, Message[]>;
  mails: Map<string, MailRecord>;
  loads: Map<string, number>;
  /** Of each ticket's events, by their numbers: how they are chained. */
  chains: Map<string, Map<number, string>>;
}

export const EMPTY: Snapshot = {
  tickets: new Map(),
  events: new Map(),
  messages: new Map(),
  mails: new Map(),
  loads: new Map(),
  chains: new Map(),
};

/** All that lies in the table now. */
export async function look(table: Table): Promise<Snapshot> {
  const events = new Map<string, TicketEvent[]>();
  const messages = new Map<string, Message[]>();
  const [tickets, mails, loads] = [
    new Map<string, Ticket>(),
    new Map<string, MailRecord>(),
    new Map<string, number>(),
  ];
  const chains: Snapshot['chains'] = new Map();
  const add = <T>(to: Map<string, T[]>, id: string, value: T) =>
    void to.set(id, [...(to.get(id) ?? []), value]);
  for await (const items of table.pages())
    for (const item of items) {
      const [kind, id = ''] = [
        item.pk.slice(0, item.pk.indexOf('#')),
        item.pk.slice(item.pk.indexOf('#') + 1),
      ];
      if (item.sk === 'TICKET') tickets.set(id, item.ticket as Ticket);
      else if (kind === 'T' && item.sk.startsWith('EVENT#')) {
        const event = item.event as TicketEvent;
        add(events, id, event);
        chains.set(id, new Map([...(chains.get(id) ?? []), [event.number, String(item.chain)]]));
      } else if (kind === 'T' && item.sk.startsWith('MESSAGE#')) add(messages, id, item.message as Message);
      else if (item.sk === 'MAIL') mails.set(id, item.mail as MailRecord);
      else if (kind === 'LOAD') loads.set(id, Number(item.openTickets));
    }
  for (const all of [...events.values(), ...messages.values()]) all.sort((a, b) => a.number - b.number);
  return { tickets, events, messages, mails, loads, chains };
}

// ─── A history that some order explains ─────────────────────────────────────────────────────────────────────────────

/** From where to where each event moves a ticket; of any other kind it stays where it is. */
const LIFE: Partial<Record<TicketEvent['kind'], [from: Status[], to: Status]>> = {
  started: [['new'], 'open'],
  paused: [['new', 'open', 'waiting'], 'waiting'],
  'approval-asked': [['new', 'open', 'waiting'], 'waiting'],
  joined: [['new', 'open', 'waiting'], 'waiting'],
  resumed: [['waiting'], 'open'],
  resolved: [['new', 'open', 'waiting'], 'resolved'],
  closed: [['new', 'open', 'waiting', 'resolved'], 'closed'],
  merged: [['new', 'open', 'waiting', 'resolved'], 'closed'],
  reopened: [['resolved', 'closed'], 'open'],
};

interface Told {
  status: Status;
  assignee: string | null;
  team: string;
  messages: number;
  generation: number;
}

/** One after the other, as they are numbered, by nothing but what they say. */
function retell(events: readonly TicketEvent[], wrong: (what: string) => void): Told | null {
  const [first, ...others] = events;
  if (first?.kind !== 'opened') {
    wrong('its history does not begin with its opening');
    return null;
  }
  const told: Told = { status: 'new', assignee: null, team: first.team, messages: 1, generation: 0 };
  for (const event of others) {
    const move = LIFE[event.kind];
    if (move && !move[0].includes(told.status)) wrong(`${event.kind} came to it when it was ${told.status}`);
    if (move) told.status = move[1];
    // Moves where it waits for just that, and where what is taken back resolved it.
    if (event.kind === 'approval-decided' && told.status === 'waiting') told.status = 'open';
    if (event.kind === 'undone' && event.reopens) told.status = 'open';
    if (event.kind === 'assigned') told.assignee = event.assignee;
    if (event.kind === 'unassigned' || (event.kind === 'joined' && event.previous !== undefined))
      told.assignee = null;
    if (event.kind === 'given-to-team' || event.kind === 'categorised') told.team = event.team;
    if (event.kind === 'watch-started') {
      if (event.generation !== told.generation + 1)
        wrong(`watch ${event.generation} was started after watch ${told.generation}`);
      told.generation = event.generation;
    }
    if ('message' in event && typeof event.message === 'number' && WRITTEN.has(event.kind)) {
      if (event.message !== told.messages + 1)
        wrong(`${event.kind} holds message ${event.message} after message ${told.messages}`);
      told.messages = event.message;
    }
  }
  return told;
}

const WRITTEN = new Set<TicketEvent['kind']>(['message-received', 'answered', 'noted']);

/** What no event says of it: these are derived. */
const DERIVED = [
  'version',
  'deadlines',
  'watch',
  'deskHash',
  'policy',
  'policyReason',
  'clock',
  'told',
] as const;

function withoutDerived(ticket: Ticket): Record<string, unknown> {
  const rest: Record<string, unknown> = JSON.parse(JSON.stringify(ticket));
  for (const name of [...DERIVED, 'events', 'trail', 'pictures']) delete rest[name];
  return rest;
}

export function explained(id: string, { tickets, events, messages, chains }: Snapshot, desk: Desk): string[] {
  const faults: string[] = [];
  const wrong = (what: string) => void faults.push(`${id}: ${what}`);
  const ticket = tickets.get(id);
  const history = events.get(id) ?? [];
  if (!ticket) return [`${id} has events and is not there`];
  history.forEach(({ number, at }, place) => {
    if (number !== place + 1) wrong(`event ${number} stands at place ${place + 1}`);
    const before = history[place - 1];
    if (before && before.at > at) wrong(`event ${number} is of ${at}, after one of ${before.at}`);
  });
  if (ticket.events !== history.length) wrong(`it counts ${ticket.events} events, and has ${history.length}`);
  const { trail } = ticket;
  if (trail?.events !== ticket.events || trail.chain !== chains.get(id)?.get(ticket.events))
    wrong(`the last link that stands in it is of event ${trail?.events}, and not that event's own`);
  const numbers = (messages.get(id) ?? []).map(({ number }) => number);
  if (numbers.some((number, place) => number !== place + 1) || numbers.length !== ticket.messages)
    wrong(`it counts ${ticket.messages} messages, and has ${numbers.join()}`);
  const told = retell(history, wrong);
  if (told && told.generation !== (ticket.watch?.generation ?? 0))
    wrong(`watch ${ticket.watch?.generation} runs, and ${told.generation} was started`);
  if (told)
    for (const name of ['status', 'assignee', 'team', 'messages'] as const)
      if (told[name] !== ticket[name])
        wrong(`its ${name} is ${ticket[name]}, and its history says ${told[name]}`);
  const [first, ...others] = history;
  if (first?.kind === 'opened') {
    const begun = promise(begin(id, first, first.at), desk);
    const replayed = others.reduce((at, event) => evolve(at, event, event.at), begun);
    const [there, then] = [withoutDerived(ticket), withoutDerived(replayed)];
    for (const name of new Set([...Object.keys(there), ...Object.keys(then)]))
      if (!isDeepStrictEqual(there[name], then[name]))
        wrong(
          `its ${name} is ${JSON.stringify(there[name])}, and its events give ${JSON.stringify(then[name])}`,
        );
  }
  return faults;
}

// ─── One owner, one clock ───────────────────────────────────────────────────────────────────────────────────────────

export function owned({ tickets, events, loads }: Snapshot, desk: Desk): string[] {
  const faults: string[] = [];
  const held = new Map<string, number>();
  for (const { id, status, assignee, joined } of tickets.values()) {
    if (status === 'new' || status === 'open') held.set(assignee ?? '', (held.get(assignee ?? '') ?? 0) + 1);
    if (!['new', 'open', 'waiting'].includes(status)) continue;
    if (assignee && !desk.people.some(({ address, role }) => address === assignee && role !== 'manager'))
      faults.push(`${id} is in the hands of ${assignee}, who is none of the desk`);
    const last = (events.get(id) ?? []).findLast(
      ({ kind }) => kind === 'assigned' || kind === 'unassigned' || kind === 'joined',
    );
    if (!assignee && !joined && last?.kind !== 'unassigned')
      faults.push(`${id} is nobody’s, and nobody gave it up`);
  }
  held.delete('');
  for (const address of new Set([...held.keys(), ...loads.keys()]))
    if ((held.get(address) ?? 0) !== (loads.get(address) ?? 0))
      faults.push(
        `${address} has ${held.get(address) ?? 0} tickets, and is counted with ${loads.get(address) ?? 0}`,
      );
  return faults;
}

export function watched({ tickets }: Snapshot, { world, machine }: DrivenDesk): string[] {
  return [...tickets.values()].flatMap((ticket) => {
    const { id, status, watch } = ticket;
    const says = watch?.state === 'running';
    if (status === 'closed') return says ? [`${id} is closed, and its watch is said to run`] : [];
    const runs = watch !== null && machine.isRunning(watchName(id, watch.generation));
    if (says && !runs) return [`watch ${watch.generation} of ${id} is said to run, and does not`];
    return says || upcoming(ticket, world.desk).length === 0
      ? []
      : [`nothing watches ${id}, which is ${status}`];
  });
}

/** Of generations that were followed by others nothing runs for longer than until its next step. */
export function unwatched({ tickets }: Snapshot, { machine }: DrivenDesk): string[] {
  return [...machine.executions.values()].flatMap(({ name, status }) => {
    const watch = tickets.get(name.slice(0, name.lastIndexOf('-g')))?.watch;
    const own = watch?.state === 'running' && name.endsWith(`-g${watch.generation}`);
    return status === 'RUNNING' && !own ? [`${name} runs, and watches nothing`] : [];
  });
}

// ─── Nothing lost ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A mail that somebody wrote, and the word that stands in it and nowhere else. */
export interface Written {
  mailId: string;
  by: string;
  word: string;
  /** Whether it says anything but commands. */
  says: boolean;
}

/** Between the id of a mail and a number: the same mail, come in as another. */
export const AGAIN = '-again-';

const KEPT = new Set(['opened', 'appended', 'noted']);
/** What is said beside a vote is noted, for the desk alone. */
const isKept = ({ disposition, reason }: MailRecord) => KEPT.has(disposition) || reason === 'approval-vote';

export async function kept(
  written: readonly Written[],
  { mails, messages, tickets }: Snapshot,
  { world, dead }: DrivenDesk,
): Promise<string[]> {
  const faults = dead.map((each) => `given up: ${each}`);
  const places = new Map<string, string[]>();
  for (const [id, all] of messages)
    for (const { text, number, copyOf } of all)
      for (const word of text.match(WORD) ?? [])
        if (!copyOf) places.set(word, [...(places.get(word) ?? []), `${id}-m${number}`]);
  for (const { mailId, word, says } of written) {
    const record = mails.get(mailId);
    if (!record) {
      faults.push(`${mailId} came in, and is in no ledger`);
      continue;
    }
    if (!record.takenOut && !(await world.mailroom.size(record.key)))
      faults.push(`${mailId} does not lie under ${record.key}`);
    const found = places.get(word) ?? [];
    const gone = tickets.get(record.ticketId ?? '')?.redacted?.length ?? 0;
    if (says && isKept(record) && found.length !== 1 && gone === 0)
      faults.push(
        `${mailId} was ${record.disposition}, and stands ${found.length} times: ${found.join(', ')}`,
      );
    const came = [...mails].filter(([id]) => id === mailId || id.startsWith(`${mailId}${AGAIN}`));
    if (!came.some(([, each]) => isKept(each)) && found.length > 0)
      faults.push(
        `${mailId} was ${record.disposition} (${record.reason}), and stands in ${found.join(', ')}`,
      );
  }
  for await (const { key } of world.mailroom.list('in/')) faults.push(`${key} lies unhandled`);
  return faults;
}

export const WORD = /kw\d{5}z/g;

// ─── Nothing leaked ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Before and after what made these mails leave: each was right at its moment. */
export function leaked(
  left: readonly Left[],
  written: ReadonlyMap<string, Written>,
  moments: readonly Snapshot[],
  people: readonly Desk['people'][number][],
  desk: Desk,
): string[] {
  const faults: string[] = [];
  const agents = new Map(people.map((person) => [person.address, person]));
  const confidential = new Set(desk.teams.filter((team) => team.confidential).map(({ name }) => name));

  const takesPart = (to: string, ticket: Ticket, events: readonly TicketEvent[]) =>
    ticket.requester.address === to ||
    ticket.participants.some(({ address }) => address === to) ||
    (ticket.approvals ?? []).some(({ approvers }) => approvers.some(({ address }) => address === to)) ||
    events.some((event) => event.kind === 'requester-changed' && event.previous.address === to);
  const mayRead = (to: string, ticket: Ticket, isPublic: boolean, events: readonly TicketEvent[]) => {
    if (isPublic && takesPart(to, ticket, events)) return true;
    const person = agents.get(to);
    if (!person) return false;
    const lead = desk.teams.find(({ name }) => name === ticket.team)?.lead;
    return (
      !confidential.has(ticket.team) || person.team === ticket.team || to === lead || to === ticket.assignee
    );
  };

  for (const mail of left) {
    const what = `${mail.kind} of ${mail.ticketId} to ${mail.to}`;
    for (const word of new Set(mail.said.match(WORD) ?? [])) {
      if (written.get(word)?.by === mail.to) continue;
      const may = moments.some(({ tickets, messages, events }) =>
        [...tickets.values()].some((ticket) => {
          const history = events.get(ticket.id) ?? [];
          if (ticket.subject.includes(word) && mayRead(mail.to, ticket, true, history)) return true;
          // What somebody quotes of another ticket goes where his own words go.
          const holding = (messages.get(ticket.id) ?? []).filter(({ text, cut }) =>
            `${text}${cut?.quoted}`.includes(word),
          );
          return holding.some(({ visibility }) => mayRead(mail.to, ticket, visibility === 'public', history));
        }),
      );
      if (!may) faults.push(`${what} holds ${word} of ${written.get(word)?.by}, which he may not read`);
    }
    // Of whom has left the desk he may write himself, above his own request.
    const own = moments.flatMap(({ tickets }) => {
      const ticket = tickets.get(mail.ticketId ?? '');
      return ticket?.requester.address === mail.to ? ticket.subject.toLowerCase() : [];
    });
    if (!agents.has(mail.to))
      for (const address of agents.keys())
        if (mail.said.toLowerCase().includes(address) && !own.some((subject) => subject.includes(address)))
          faults.push(`${what} holds the address ${address}`);
    for (const address of mail.said.match(/\b[a-z]+\+[0-9a-z]{39}@[a-z.]+/gi) ?? []) {
      const read = readToken(address, keys, 0);
      const token = read.found === 'token' ? read.token : null;
      const asked = moments.some(({ tickets }) => {
        const ticket = token && tickets.get(token.id);
        return ticket && questionOf(token, mail.to, ticket);
      });
      if (token?.participant !== participantHash(mail.to) && !asked)
        faults.push(`${what} holds ${address}, which is not his`);
    }
  }
  return faults;
}

/** Of all that ever left, no update twice. */
export function doubled(left: readonly Left[]): string[] {
  const counts = Map.groupBy(left, ({ update }) => update);
  return [...counts].flatMap(([update, all]) =>
    all.length > 1 ? [`${update} left ${all.length} times`] : [],
  );
}
