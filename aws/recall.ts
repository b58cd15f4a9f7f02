/** What memory knows about a mail that has just been read: a few reads by key, however many tickets there are. */
import type { Desk } from '../core/config/desk.ts';
import { type Command, namedTickets, readCommands, readSplit } from '../core/mail/commands.ts';
import { namedIn } from '../core/mail/digest-answer.ts';
import type { Address } from '../core/mail/email.ts';
import { type Arrival, type Memory, type Moment, NOTHING_KNOWN, takesPart } from '../core/mail/outcome.ts';
import { orPoison } from '../core/mail/poison.ts';
import { claimOf, type MailRecord } from '../core/mail/record.ts';
import { domainOf, type Proofs, personOf, standingOf } from '../core/mail/standing.ts';
import { type Candidate, cluesOf, isSesId, tagged, threadOf } from '../core/mail/thread.ts';
import { digestDay, type Keys } from '../core/mail/token.ts';
import type { Conversation } from '../core/ticket/decision.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import type { PersonKeys } from './audit.ts';
import type { Digests } from './digests.ts';
import type { Ledger } from './ledger.ts';
import { goingOn, type Tickets } from './tickets.ts';

/** A reply may be faster than our record of what it answers; until then an unknown id of SES's is waited for. */
const TOO_EARLY_UNTIL = 5 * 60_000;

interface Place {
  desk: Desk;
  keys: Keys;
  ledger: Ledger;
  tickets: Tickets;
  digests: Digests;
}

export type Recalled =
  /** `keys`: of people whom the commit of what comes of it is likely to name. */
  | { memory: Memory; keys: PersonKeys }
  /** Its record, of a mail of which nobody had asked the ledger before. */
  | { handled: MailRecord }
  | 'too-early';

/** `record`: what became of the mail before, or `unread` when nobody has asked the ledger. */
export async function recall(
  arrival: Arrival,
  record: MailRecord | null | 'unread',
  { now, realNow }: Moment,
  { desk, keys, ledger, tickets, digests }: Place,
): Promise<Recalled> {
  const { email, receipt, reported } = arrival;
  const clues = await orPoison(() => cluesOf(email, receipt, desk, keys, realNow, reported?.ids));
  const person = email.from && personOf(email.from.address, desk);
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const forCode = token?.purpose === 'code';
  const forDigest = token?.purpose === 'digest';
  const isForTicket = !forCode && !forDigest && token?.purpose !== 'canary';
  const likely = isForTicket ? (threadOf(clues, new Map()).candidate?.ticketId ?? null) : null;
  const known = await ledger.recall({
    mailId: receipt.mailId,
    unread: record === 'unread',
    ticket: likely,
    claim: claimOf(email.messageId, email.from?.address ?? null, email.text),
    references: [...clues.references, ...(email.messageId ? [email.messageId] : [])],
    sender: email.from?.address ?? null,
    trust: email.from && person && { person: person.address, domain: domainOf(email.from.address) },
    realNow,
  });
  if (record === 'unread' && known.record) return { handled: known.record };
  const before = record === 'unread' ? null : record;
  const own = email.messageId ? known.tickets.get(email.messageId) : undefined;
  const thread = threadOf(clues, known.tickets);
  const early =
    !thread.candidate &&
    !thread.suspicion &&
    // A transcript or a refusal that is about no ticket went out, too.
    [email.inReplyTo, reported?.ids[0] ?? null].some((id) => isSesId(id) && !known.sentTo.has(id ?? '')) &&
    Date.parse(now) - Date.parse(receipt.receivedAt) < TOO_EARLY_UNTIL;
  if (early && !known.duplicateOf) return 'too-early';
  const read: Tickets['read'] = async (id) => (id === likely ? known.ticket : tickets.read(id));
  const found = isForTicket ? await find(thread.candidate, clues.tags, email.from, read) : NOTHING_FOUND;
  const released = before?.released ?? false;
  const proofs = { released, trusted: known.trusted };
  const asked = person && found.ticket ? await orPoison(() => askedBy(arrival, desk, proofs)) : [];
  const held = (before?.history ?? []).filter(({ disposition }) => disposition === 'held').length;
  const memory: Memory = {
    duplicateOf: known.duplicateOf,
    sameMessageId: known.duplicateOf ? null : (own ?? null),
    sameMail: known.duplicateOf && own ? await tickets.read(own) : null,
    candidate: found.candidate ?? thread.candidate,
    ticket: found.ticket,
    others: await readAll(namedTickets(asked), tickets),
    toSplit: await readToSplit(asked, found.ticket, tickets),
    conversation: await readConversation(asked, found.ticket, tickets),
    newId: '',
    token,
    suspicion: thread.suspicion,
    sentTo: firstOf([...(email.inReplyTo ? [email.inReplyTo] : []), ...(reported?.ids ?? [])], known.sentTo),
    undeliverable: known.undeliverable,
    blocked: known.blocked ?? null,
    code: forCode ? await ledger.code(token.id) : null,
    digest:
      forDigest && person
        ? await recallDigest(person.address, token.id, arrival, { digests, tickets })
        : null,
    ...proofs,
    rounds: held + (before?.disposition === 'held' ? 1 : 0),
    // Counted when the mail is known to be none of the desk's people's.
    flood: null,
    // They are read when somebody has to be chosen.
    loads: new Map(),
  };
  return { memory, keys: known.keys };
}

/** For whoever only wants to know what would be decided: of mail that waits, by nothing. */
export function memoryOf(recalled: Recalled): Memory {
  return recalled !== 'too-early' && 'memory' in recalled ? recalled.memory : NOTHING_KNOWN;
}

/** Only for somebody of the desk who is proven: nobody else's commands can reach beyond what they answer. */
function askedBy({ email, receipt, writer, trimmed }: Arrival, desk: Desk, proofs: Proofs): Command[] {
  return standingOf(email, receipt, writer, desk, proofs).kind === 'agent'
    ? readCommands(trimmed.visible, 'agent').commands
    : [];
}

/** His own of that day, and the tickets that the answer names. */
async function recallDigest(
  person: string,
  id: string,
  { trimmed }: Arrival,
  { digests, tickets }: Pick<Place, 'digests' | 'tickets'>,
): Promise<Memory['digest']> {
  const digest = await digests.read(person, digestDay(id));
  if (!digest) return null;
  const named = await orPoison(() => namedIn(trimmed.visible, digest));
  return { digest, tickets: new Map((await tickets.readAll(named)).map((ticket) => [ticket.id, ticket])) };
}

const MOST_LOOKED_BACK = 20;

/** A public message that came in: for #clone the first; for #split the one that is named, or the latest. */
async function readToSplit(
  asked: readonly Command[],
  ticket: Ticket | null,
  tickets: Tickets,
): Promise<Message | null> {
  const command = asked.find(({ verb }) => verb === 'split' || verb === 'clone');
  if (!command || !ticket) return null;
  const { number } = command.verb === 'clone' ? { number: 1 } : readSplit(command.value);
  const found =
    number === null
      ? await tickets.messages(ticket.id, MOST_LOOKED_BACK)
      : [await tickets.message(ticket.id, number)];
  return found.findLast((each) => each?.direction === 'in' && each.visibility === 'public') ?? null;
}

/** For #kb: a read of the first message, and a query of the last ones. */
async function readConversation(
  asked: readonly Command[],
  ticket: Ticket | null,
  tickets: Tickets,
): Promise<Conversation | null> {
  if (!ticket || !asked.some(({ verb }) => verb === 'kb')) return null;
  const [question, last] = await Promise.all([
    tickets.message(ticket.id, 1),
    tickets.messages(ticket.id, MOST_LOOKED_BACK),
  ]);
  const isAnswer = ({ direction, visibility, number }: Message) =>
    direction === 'out' &&
    visibility === 'public' &&
    !ticket.takenBack?.includes(number) &&
    !ticket.redacted?.includes(number);
  return {
    question: ticket.redacted?.includes(1) ? null : question,
    answer: last.findLast(isAnswer) ?? null,
  };
}

async function readAll(ids: readonly string[], tickets: Tickets): Promise<Map<string, Ticket>> {
  const found = await Promise.all(ids.map((id) => tickets.read(id)));
  return new Map(found.flatMap((ticket) => (ticket ? [[ticket.id, ticket]] : [])));
}

interface Found {
  candidate: Candidate | null;
  ticket: Ticket | null;
}

const NOTHING_FOUND: Found = { candidate: null, ticket: null };

/** Of two tickets that a subject names the one counts in which the sender takes part. */
async function find(
  candidate: Candidate | null,
  tags: readonly string[],
  from: Address | null,
  read: Tickets['read'],
): Promise<Found> {
  if (!candidate) return NOTHING_FOUND;
  const first = await follow(candidate, read);
  const leads = (ticket: Ticket | null) =>
    ticket !== null && from !== null && takesPart(from.address, ticket);
  const other = tags[1];
  if (candidate.clue !== 'subject' || !other || leads(first.ticket)) return first;
  const second = await follow(tagged(other, candidate.ticketId), read);
  return leads(second.ticket) ? second : first;
}

/** To the ticket as which a merged one goes on. */
async function follow(candidate: Candidate, read: Tickets['read']): Promise<Found> {
  const ticket = await goingOn(candidate.ticketId, read);
  if (!ticket || ticket.id === candidate.ticketId) return { candidate, ticket };
  const why = `${candidate.why}; ${candidate.ticketId} goes on as ${ticket.id}`;
  return { candidate: { ...candidate, ticketId: ticket.id, why }, ticket };
}

function firstOf(ids: readonly string[], known: ReadonlyMap<string, string>): string | null {
  return ids.map((id) => known.get(id)).find((value) => value !== undefined) ?? null;
}
