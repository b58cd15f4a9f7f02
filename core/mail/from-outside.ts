/** What a mail of anybody else does: a reply, a few commands, a stranger's note, or a new ticket. */
import type { Desk } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import { bareWords } from '../config/service.ts';
import { isForDesk, openApproval, questionOf } from '../ticket/approval.ts';
import { solvedBy } from '../ticket/article.ts';
import { catalogueFor } from '../ticket/catalogue.ts';
import { decideCommands } from '../ticket/decide.ts';
import type { Act } from '../ticket/decision.ts';
import { toPerson } from '../ticket/recurrence.ts';
import { rate, readBallot } from '../ticket/satisfaction.ts';
import { answered } from '../ticket/service.ts';
import { type Happening, isActive, isJoined, type Ticket } from '../ticket/ticket.ts';
import { answerApproval } from './approving.ts';
import { type Commands, readCommands } from './commands.ts';
import type { Trimmed } from './email.ts';
import { writtenLanguage } from './language.ts';
import { newsOf } from './news.ts';
import { openTicket, outsiders } from './opening.ts';
import { isOtherMatter } from './other-matter.ts';
import {
  type Arrival,
  ends,
  isMisled,
  type Memory,
  type Moment,
  type Notice,
  type Outcome,
  refusal,
  sender,
  takesPart,
  transcript,
  writerTakesPart,
} from './outcome.ts';
import { referrals } from './referral.ts';
import { wantsNoAutomaticAnswer } from './screen.ts';
import { personOf, type Standing } from './standing.ts';
import { isOnlyThanks } from './thanks.ts';
import type { Candidate } from './thread.ts';
import { participantHash } from './token.ts';
import { readSolved } from './verdict.ts';
import { answerVisit, recorded, visitAnswer, wordsOf } from './visiting.ts';
import { ownAddressOf } from './writer.ts';

export type RequesterStanding = Extract<Standing, { kind: 'requester' }>;

export function fromOutside(
  arrival: Arrival,
  memory: Memory,
  standing: RequesterStanding,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { ticket, candidate, token, suspicion } = memory;
  const { automatic } = arrival;
  const quiet = automatic?.kind === 'list' || automatic?.kind === 'monitoring' ? automatic.kind : null;
  const acknowledge =
    !standing.failed && !standing.distrusted && !quiet && !wantsNoAutomaticAnswer(arrival.email);
  const fresh = { flagged: standing.flagged, acknowledge, follows: null };
  const address = sender(arrival.email).address;
  const misled = isMisled(arrival, memory);
  if (!candidate && !suspicion && acknowledge && asksFor('status', arrival)) return ownTickets(arrival, desk);
  if (acknowledge && (asksFor('services', arrival) || isCalledCatalogue(arrival)))
    return ends('commanded', 'requester-commands', 'he asks what the desk offers', {
      ...(candidate && ticket && !misled ? { clue: candidate.clue, concerns: ticket.id } : {}),
      notice: catalogueOf(arrival, desk),
    });
  const besides = acknowledge ? withoutServices(arrival) : null;
  if (besides) {
    const outcome = fromOutside(besides, memory, standing, moment, desk);
    return { ...outcome, notice: outcome.notice ?? catalogueOf(arrival, desk) };
  }
  if (!ticket || !candidate || misled) {
    const forged = suspicion !== null && !candidate;
    const reason = standing.failed ? 'unauthenticated' : forged ? 'forged-token' : (quiet ?? 'new-ticket');
    const nothing =
      misled && ticket
        ? `${address} does not take part in ${ticket.id}`
        : candidate
          ? `there is no ticket ${candidate.ticketId}`
          : 'it answers nothing that we know';
    return openTicket(
      arrival,
      memory,
      {
        ...fresh,
        reason,
        detail: standing.flagged ?? suspicion ?? nothing,
        flagged: standing.flagged ?? suspicion,
      },
      moment,
      desk,
    );
  }
  if (token?.purpose === 'approval') {
    const question = questionOf(token, address, ticket);
    const isLeft = question && !personOf(address, desk) && isForDesk(question, address, ticket);
    return standing.failed || standing.distrusted || quiet || !question || isLeft
      ? thirdParty(arrival, ticket, candidate, standing)
      : answerApproval(arrival, memory, ticket, sender(arrival.email), question, desk);
  }
  // A token outlives its owner's part in the ticket; and one of a ticket that was merged into this one speaks for those who came along.
  const owns = token !== null && participantHash(address) === token.participant && takesPart(address, ticket);
  // What was in his hands gives whoever has left the desk no part in it.
  const hasLeft = ticket.assignee === address && !personOf(address, desk) && !isParticipant(address, ticket);
  if (hasLeft || (candidate.clue === 'token' ? !owns : !writerTakesPart(arrival, ticket)))
    return thirdParty(arrival, ticket, candidate, standing);
  if (token?.expired)
    return openTicket(
      arrival,
      memory,
      {
        ...fresh,
        reason: 'expired-token',
        detail: `its token for ${ticket.id} has expired`,
        follows: ticket.id,
      },
      moment,
      desk,
    );
  const owner = owns && address === ticket.requester.address;
  const answer = visitAnswer(arrival, memory, desk);
  if (answer) {
    // Whoever was invited, proven as far as anybody outside is; an invitation that was passed on is nobody else's to answer.
    if (!owner || answer.attendee !== address || standing.failed || standing.distrusted)
      return thirdParty(arrival, ticket, candidate, standing);
    const { flagged } = standing;
    const given = { now: moment.now, flagged, revives: revive(ticket, address) };
    const text = wordsOf(answer, arrival);
    const visit = answerVisit(answer, arrival, memory, ticket, given, desk);
    if (visit) return visit;
    if (text === '') return recorded(memory, ticket, `${answer.answer}, to what is not planned any more`);
    const { calendar: _, ...email } = arrival.email;
    const asWritten = { ...arrival, email, trimmed: { visible: text, quoted: '', signature: '' } };
    return fromOutside(asWritten, memory, standing, moment, desk);
  }
  const commands = standing.failed || quiet ? readCommands('', 'requester') : commandsOf(arrival.trimmed);
  const voted =
    owner && ticket.status === 'closed' && desk.satisfaction.ask
      ? vote(arrival, memory, ticket, commands, standing, moment, desk)
      : null;
  if (voted) return voted;
  // His word alone, with his own token: what a stranger or a machine says solves nothing.
  const solved =
    owner &&
    !standing.failed &&
    !standing.distrusted &&
    !quiet &&
    ticket.offered &&
    isActive(ticket) &&
    saysSolved(arrival, desk);
  if (solved)
    return ends('commanded', 'requester-commands', `${candidate.why}; he says that it is solved`, {
      clue: candidate.clue,
      ticket: { kind: 'change', before: ticket, happenings: solvedBy(ticket, solved.nth) },
    });
  if (
    ticket.status === 'closed' &&
    !commands.commands.some(({ verb }) => verb === 'reopen' || verb === 'status')
  ) {
    return openTicket(
      arrival,
      memory,
      { ...fresh, reason: 'closed-ticket', detail: `${ticket.id} is closed`, follows: ticket.id },
      moment,
      desk,
    );
  }
  return reply(arrival, memory, ticket, commands, standing, quiet, moment, desk);
}

function isParticipant(address: string, { participants }: Ticket): boolean {
  return participants.some((participant) => participant.address === address);
}

/** Each thing that he may ask for is looked for among them, whenever the mail is decided. */
const commandsOf = oncePer(({ visible }: Trimmed) => readCommands(visible, 'requester'));

/** This command and nothing else. Whom nothing but a Reply-To names did not write it: anybody could have. */
function asksFor(verb: 'status' | 'services', { email, trimmed, writer }: Arrival): boolean {
  const { commands, text } = commandsOf(trimmed);
  const [only] = commands;
  return (
    (writer.by === 'from' || writer.through !== null) &&
    commands.length === 1 &&
    only?.verb === verb &&
    `${only.value}${text}` === '' &&
    email.attachments.every(({ inline }) => inline)
  );
}

/** What people write who know no commands: this as the subject, and no other words. A mail that says more is a request. */
const CATALOGUE = new Set([
  ...['services', 'service catalogue', 'service catalog', 'catalogue', 'catalog', 'list of services'],
  ...['leistungen', 'katalog', 'servicekatalog', 'service katalog', 'leistungskatalog', 'serviceliste'],
  ...['catalogue de services', 'catalogue des services', 'liste des services'],
  ...['servicios', 'catálogo', 'catálogo de servicios', 'lista de servicios'],
  ...['serviços', 'catálogo de serviços', 'lista de serviços'],
  ...['サービス', 'サービス一覧', 'サービスカタログ', 'カタログ'],
]);

const isCalledCatalogue = oncePer(({ email, trimmed, writer }: Arrival): boolean => {
  const isCatalogue = (text: string) => CATALOGUE.has(bareWords(text));
  return (
    (writer.by === 'from' || writer.through !== null) &&
    isCatalogue(email.subject) &&
    (bareWords(trimmed.visible) === '' || isCatalogue(trimmed.visible)) &&
    email.attachments.every(({ inline }) => inline)
  );
});

/** The same mail without `#services`, of which it says more; null when it does not ask that. */
function withoutServices(arrival: Arrival): Arrival | null {
  const { commands, text } = commandsOf(arrival.trimmed);
  const others = commands.filter(({ verb }) => verb !== 'services');
  if (others.length === commands.length) return null;
  const visible = [...others.map(({ line }) => line), text].join('\n');
  return { ...arrival, trimmed: { ...arrival.trimmed, visible } };
}

/** To the address that asks, by the one that it wrote to. */
function catalogueOf(arrival: Arrival, desk: Desk): Notice {
  const { email, receipt } = arrival;
  const { subject, messageId } = email;
  const to = sender(email);
  const written = [...receipt.recipients, ...email.to.map(({ address }) => address)].map((address) =>
    ownAddressOf(address, desk),
  );
  return {
    ...{ kind: 'commanded', to, reason: 'requester-commands', lines: [], refused: false, shows: [] },
    looks: [{ what: 'services', of: catalogueFor(to.address, written, desk) }],
    ...{ subject, messageId, language: writtenLanguage(arrival, desk) },
  };
}

/** No ticket begins. What is listed is looked up by the address to which it goes. */
function ownTickets(arrival: Arrival, desk: Desk): Outcome {
  const { email } = arrival;
  const { subject, messageId } = email;
  return ends('commanded', 'requester-commands', '#status of his own open tickets', {
    notice: {
      ...{ kind: 'commanded', to: sender(email), reason: 'requester-commands', lines: [], refused: false },
      ...{ shows: [], looks: [{ what: 'own' }], subject, messageId },
      language: writtenLanguage(arrival, desk),
    },
  });
}

function reply(
  arrival: Arrival,
  memory: Memory,
  ticket: Ticket,
  commands: Commands,
  standing: RequesterStanding,
  quiet: 'list' | 'monitoring' | null,
  { now }: Moment,
  desk: Desk,
): Outcome {
  const { email, trimmed } = arrival;
  const from = sender(email);
  const decided = decideCommands(
    commands,
    ticket,
    { by: from.address, role: 'requester', now, loads: memory.loads },
    desk,
  );
  const words =
    commands.commands.length + commands.unknown.length > 0 ? commands.text : trimmed.visible || email.text;
  const speaks = words.trim() !== '' || email.attachments.length > 0;
  const detail = memory.candidate?.why ?? '';
  const found = { clue: memory.candidate?.clue ?? null };
  const said =
    commands.commands.length > 0 ? [transcript(decided, from.address, speaks ? 'sent' : 'none')] : [];
  if (!speaks && commands.commands.length === 0) return refuseEmpty(arrival, found, desk);
  if (!speaks)
    return ends('commanded', 'requester-commands', detail, {
      ...found,
      ticket: { kind: 'change', before: ticket, happenings: [...decided.happenings, ...said] },
    });
  const thanks = commands.commands.length === 0 && onlyThanks(arrival, ticket, words, desk);
  const received: Happening = {
    kind: 'message-received',
    message: ticket.messages + 1,
    from,
    messageId: email.messageId,
    flagged: standing.flagged,
    ...(thanks ? { thanks: true as const } : {}),
  };
  const { joined } = ticket;
  // Who asks when it will be over asks for nothing else; and who is not helped by the solution has nobody yet.
  const parts = joined && (ticket.status === 'resolved' || (isJoined(ticket) && isOtherMatter(words)));
  const woken = parts
    ? toPerson(ticket, joined, from.address, now, memory.loads, desk)
    : isJoined(ticket)
      ? []
      : revive(ticket, from.address);
  const wakes = decided.happenings.length > 0 || quiet || thanks ? [] : woken;
  const why = thanks ? `${detail}; it only says thank you, and the ticket stays resolved` : detail;
  return ends('appended', quiet ?? 'requester-reply', why, {
    ...found,
    ticket: {
      kind: 'change',
      before: ticket,
      happenings: [
        ...wakes,
        received,
        ...(quiet || thanks || standing.distrusted || from.address !== ticket.requester.address
          ? []
          : answered(ticket, words, from.address, desk)),
        ...decided.happenings.map(toldByMessage),
        ...said,
        ...referrals(arrival, ticket, desk),
      ],
    },
    message: {
      direction: 'in',
      visibility: 'public',
      from,
      text: words,
      cc: outsiders(email, desk),
      messageId: email.messageId,
    },
  });
}

/** A digit in answer to a closed ticket. Null when there is none, or when it comes too late and brings words with it. */
function vote(
  { email }: Arrival,
  memory: Memory,
  ticket: Ticket,
  commands: Commands,
  { flagged }: RequesterStanding,
  { now }: Moment,
  desk: Desk,
): Outcome | null {
  const ballot = readBallot(commands.text);
  if (!ballot) return null;
  const from = sender(email);
  const found = { clue: memory.candidate?.clue ?? null };
  // The logo of a signature says nothing.
  const speaks = ballot.words !== '' || email.attachments.some(({ inline }) => !inline);
  const rated = rate(ballot, ticket, from.address, now);
  if (!rated) {
    if (speaks || commands.commands.length > 0) return null;
    const detail = `the vote on ${ticket.id} can no longer be changed`;
    const { id: concerns, language } = ticket;
    const { subject, messageId } = email;
    return ends('refused', 'vote-too-late', detail, {
      ...{ ...found, concerns },
      notice: { kind: 'refused', to: from, reason: 'vote-too-late', detail, subject, messageId, language },
    });
  }
  const context: Act = { by: from.address, role: 'requester', now, loads: memory.loads };
  const decided = decideCommands(commands, ticket, context, desk);
  const reopens = decided.happenings.some(({ kind }) => kind === 'reopened');
  const received: Happening = {
    ...{ kind: 'message-received', message: ticket.messages + 1, from, messageId: email.messageId, flagged },
    // The vote tells its words to whoever is to hear of them, unless the ticket goes on.
    ...(reopens ? {} : { quiet: true }),
  };
  const happenings = [
    rated,
    ...(speaks ? [received, ...decided.happenings.map(toldByMessage)] : decided.happenings),
    ...(commands.commands.length > 0 ? [transcript(decided, from.address, speaks ? 'sent' : 'none')] : []),
  ];
  return ends(speaks ? 'appended' : 'commanded', 'rated', `${ballot.vote} of 5`, {
    ...found,
    ticket: { kind: 'change', before: ticket, happenings },
    message: speaks
      ? {
          direction: 'in',
          visibility: 'public',
          from,
          text: ballot.words,
          cc: outsiders(email, desk),
          messageId: email.messageId,
        }
      : null,
  });
}

function toldByMessage(event: Happening): Happening {
  return event.kind === 'reopened' ? { ...event, told: true } : event;
}

function refuseEmpty(arrival: Arrival, found: Partial<Outcome>, desk: Desk): Outcome {
  return ends('refused', 'nothing-said', 'it has no words of its own', {
    ...found,
    notice: refusal(arrival, 'nothing-said', '', desk),
  });
}

/** Nobody has to look at a resolved ticket because somebody is glad of it. */
function onlyThanks({ email }: Arrival, ticket: Ticket, words: string, desk: Desk): boolean {
  if (ticket.status !== 'resolved' || newsOf(email.attachments, ticket.pictures ?? []).files.length > 0)
    return false;
  const names = namesIn(email, desk);
  return isOnlyThanks(words, names) || (ticket.offered !== undefined && readSolved(words, names) !== null);
}

/** A file says more than a word. */
function saysSolved({ email, trimmed }: Arrival, desk: Desk): { nth: number | null } | null {
  return email.attachments.every(({ inline }) => inline)
    ? readSolved(trimmed.visible, namesIn(email, desk))
    : null;
}

function namesIn(email: Arrival['email'], desk: Desk): string[] {
  const { name, address } = sender(email);
  return [name, address.split('@', 1)[0] ?? '', ...desk.people.map((person) => person.name), desk.name];
}

/** A requester who answers a waiting or resolved ticket wants it to go on. */
function revive(ticket: Ticket, by: string): Happening[] {
  if (openApproval(ticket)) return [];
  if (ticket.status === 'waiting') return [{ kind: 'resumed', reason: 'the requester answered', by }];
  if (ticket.status === 'resolved')
    return [{ kind: 'reopened', reason: 'the requester answered', by, told: true }];
  return [];
}

/** Somebody who does not take part, or holds another one's token: only the desk sees what he wrote. */
function thirdParty(
  arrival: Arrival,
  ticket: Ticket,
  candidate: Candidate,
  standing: RequesterStanding,
): Outcome {
  const { email, trimmed } = arrival;
  const from = sender(email);
  const noted: Happening = {
    kind: 'noted',
    message: ticket.messages + 1,
    by: from.address,
    thirdParty: standing.flagged ?? `${from.address} does not take part`,
  };
  return ends('noted', 'third-party', `${candidate.why}, but ${from.address} does not take part`, {
    clue: candidate.clue,
    ticket: { kind: 'change', before: ticket, happenings: [noted] },
    message: {
      direction: 'in',
      visibility: 'private',
      from,
      text: trimmed.visible || email.text,
      cc: [],
      messageId: email.messageId,
    },
  });
}
