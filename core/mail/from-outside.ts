/** What a mail of anybody else does: a reply, a few commands, a stranger's note, or a new ticket. */
import type { Desk } from '../config/desk.ts';
import { decideCommands } from '../ticket/decide.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import { type Commands, readCommands } from './commands.ts';
import { openTicket, outsiders } from './opening.ts';
import {
  type Arrival,
  ends,
  isMisled,
  type Memory,
  type Moment,
  type Outcome,
  refusal,
  sender,
  transcript,
  writerTakesPart,
} from './outcome.ts';
import { referrals } from './referral.ts';
import { wantsNoAutomaticAnswer } from './screen.ts';
import type { Standing } from './standing.ts';
import type { Candidate } from './thread.ts';
import { participantHash } from './token.ts';

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
  const owns = token !== null && participantHash(address) === token.participant;
  if (candidate.clue === 'token' ? !owns : !writerTakesPart(arrival, ticket))
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
  const commands = readCommands(standing.failed || quiet ? '' : arrival.trimmed.visible, 'requester');
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
  const received: Happening = {
    kind: 'message-received',
    message: ticket.messages + 1,
    from,
    messageId: email.messageId,
    flagged: standing.flagged,
  };
  const wakes = decided.happenings.length > 0 || quiet ? [] : revive(ticket, from.address);
  return ends('appended', quiet ?? 'requester-reply', detail, {
    ...found,
    ticket: {
      kind: 'change',
      before: ticket,
      happenings: [
        ...wakes,
        received,
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

function toldByMessage(event: Happening): Happening {
  return event.kind === 'reopened' ? { ...event, told: true } : event;
}

function refuseEmpty(arrival: Arrival, found: Partial<Outcome>, desk: Desk): Outcome {
  return ends('refused', 'nothing-said', 'it has no words of its own', {
    ...found,
    notice: refusal(arrival, 'nothing-said', '', desk),
  });
}

/** A requester who answers a waiting or resolved ticket wants it to go on. */
function revive(ticket: Ticket, by: string): Happening[] {
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
