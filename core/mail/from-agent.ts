/** What a mail of the desk's own people does: answer, note, commands, forwarding. All of what it says, or none. */
import type { Desk } from '../config/desk.ts';
import { type Act, type Decided, decideCommands } from '../ticket/decide.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import { hold } from './code.ts';
import { type Commands, readCommands } from './commands.ts';
import { fromOutside } from './from-outside.ts';
import { openTicket } from './opening.ts';
import {
  type Arrival,
  ends,
  type Memory,
  type Moment,
  type NewMessage,
  type Outcome,
  refusal,
  sender,
  transcript,
} from './outcome.ts';
import { personOf, type Standing } from './standing.ts';
import { holdsToken, participantHash, type Token } from './token.ts';

export type AgentStanding = Extract<Standing, { kind: 'agent' | 'unproven-agent' }>;

export function fromAgent(
  arrival: Arrival,
  memory: Memory,
  standing: AgentStanding,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { person } = standing;
  if (standing.kind === 'unproven-agent')
    return hold(
      arrival,
      'without-proof',
      `${person.address} is an agent’s address, and nothing proves that it is his mail`,
      person,
      memory,
      moment,
      desk,
    );
  const { ticket, token, candidate } = memory;
  if (!ticket || !candidate) return freshFromAgent(arrival, memory, standing, moment, desk);
  // Whoever asked for help is a requester in his own ticket, whatever else he is here.
  if (ticket.requester.address === person.address && (ownsToken(token, person) || standing.proof === 'code'))
    return fromOutside(arrival, memory, { kind: 'requester', flagged: null, failed: false }, moment, desk);
  if (!ownsToken(token, person) && standing.proof !== 'code')
    return hold(
      arrival,
      'without-token',
      `${person.address} answers ${ticket.id} without the token that we sent him`,
      person,
      memory,
      moment,
      desk,
    );
  return act(arrival, memory, ticket, person.address, moment, desk);
}

/** An agent who uses another one's token counts as having none. An expired one proves nothing either. */
function ownsToken(token: Token | null, person: { address: string; alternates: string[] }): boolean {
  return (
    token !== null &&
    !token.expired &&
    [person.address, ...person.alternates].some((address) => participantHash(address) === token.participant)
  );
}

function freshFromAgent(
  arrival: Arrival,
  memory: Memory,
  { person }: AgentStanding,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { email, forwarded, trimmed } = arrival;
  const written = readCommands(trimmed.visible, 'agent');
  if (written.commands.length > 0 || written.unknown.length > 0) {
    return ends('refused', 'no-ticket', 'commands, and no ticket that they are for', {
      notice: refusal(arrival, 'no-ticket', written.commands[0]?.line ?? '', desk),
    });
  }
  if (
    !forwarded?.from ||
    personOf(forwarded.from.address, desk) ||
    forwarded.from.address.endsWith(`@${desk.domain}`)
  ) {
    return openTicket(
      arrival,
      memory,
      {
        reason: 'new-ticket',
        detail: `a new mail from ${person.address}`,
        flagged: null,
        acknowledge: true,
        follows: null,
      },
      moment,
      desk,
    );
  }
  const original = {
    ...email,
    from: forwarded.from,
    subject: forwarded.subject ?? email.subject.replace(/^(fwd?|wg|tr|rv|enc|i):\s*/i, ''),
    messageId: null,
    cc: [],
  };
  const words = trimmed.visible.trim();
  return openTicket(
    { ...arrival, email: original, trimmed: { visible: forwarded.text, quoted: '', signature: '' } },
    memory,
    {
      reason: 'forwarded-by-agent',
      detail: `${person.address} forwarded a mail from ${forwarded.from.address}`,
      flagged: null,
      acknowledge: true,
      follows: null,
      note: words === '' ? null : { by: { address: person.address, name: person.name }, text: words },
    },
    moment,
    desk,
  );
}

/** Commands, an answer, a note: what a proven agent's reply does. All of it, or none. */
function act(
  { email, trimmed }: Arrival,
  memory: Memory,
  ticket: Ticket,
  by: string,
  { now }: Moment,
  desk: Desk,
): Outcome {
  const commands = readCommands(trimmed.visible, 'agent');
  const context: Act = { by, role: 'agent', now, loads: memory.loads };
  const decided = decideCommands(commands, ticket, context, desk);
  const found = { clue: memory.candidate?.clue ?? null };
  if (decided.refused) {
    const unknown = decided.lines.some(({ outcome }) => outcome === 'unknown');
    const said = transcript(decided, by, 'none');
    return ends(
      'refused',
      unknown ? 'unknown-command' : 'refused-command',
      decided.lines.map(({ detail }) => detail).join('; '),
      { ...found, ticket: { kind: 'change', before: ticket, happenings: [said] } },
    );
  }
  const words = withValueOfNote(commands, decided);
  const files = email.attachments.some(({ inline }) => !inline);
  // A reply address in a text that is about to leave would let its reader write as somebody else.
  if (holdsToken(words, desk.domain))
    return refuseReply('token-in-text', 'one of our reply addresses stands in the text', ticket, by, found);
  if (words === '' && !files && commands.commands.length === 0)
    return refuseReply('nothing-said', 'it has no words of its own', ticket, by, found);
  const speaks = words !== '' || files;
  const happenings = [
    ...begins(ticket, decided, speaks, by),
    ...speak(ticket, decided, speaks, by, email.messageId),
    ...(commands.commands.length > 0
      ? [transcript(decided, by, speaks ? (decided.isNote ? 'noted' : 'sent') : 'none')]
      : []),
  ];
  const message: NewMessage | null = speaks
    ? {
        direction: decided.isNote ? 'in' : 'out',
        visibility: decided.isNote ? 'private' : 'public',
        from: sender(email),
        text: words,
        cc: [],
        messageId: email.messageId,
      }
    : null;
  const detail = memory.candidate?.why ?? '';
  if (!speaks)
    return ends('commanded', 'agent-commands', detail, {
      ...found,
      ticket: { kind: 'change', before: ticket, happenings },
    });
  return ends(
    decided.isNote ? 'noted' : 'appended',
    decided.isNote ? 'private-note' : 'agent-answer',
    detail,
    { ...found, ticket: { kind: 'change', before: ticket, happenings }, message },
  );
}

/** `#note words` says the words as well as what follows. */
function withValueOfNote({ commands, text }: Commands, { isNote }: Decided): string {
  const values = isNote
    ? commands.filter(({ verb, value }) => verb === 'note' && value !== '').map(({ value }) => value)
    : [];
  return [...values, text].filter((part) => part !== '').join('\n\n');
}

function refuseReply(
  reason: 'token-in-text' | 'nothing-said',
  detail: string,
  ticket: Ticket,
  by: string,
  found: Partial<Outcome>,
): Outcome {
  const said: Happening = {
    kind: 'commanded',
    by,
    lines: [{ line: '(your reply)', verb: '', outcome: 'refused', detail }],
    refused: true,
    shows: [],
    words: 'none',
  };
  return ends('refused', reason, detail, {
    ...found,
    ticket: { kind: 'change', before: ticket, happenings: [said] },
  });
}

/** Looking is not acting: only a reply that does something takes a ticket out of `new`. */
function begins(ticket: Ticket, { happenings }: Decided, speaks: boolean, by: string): Happening[] {
  return ticket.status === 'new' && (speaks || happenings.length > 0) ? [{ kind: 'started', by }] : [];
}

/** The words go out before the commands take effect, but a `#resolve` carries them in its own mail. */
function speak(
  ticket: Ticket,
  decided: Decided,
  speaks: boolean,
  by: string,
  messageId: string | null,
): Happening[] {
  if (!speaks) return decided.happenings;
  const number = ticket.messages + 1;
  if (decided.isNote)
    return [{ kind: 'noted', message: number, by, thirdParty: null }, ...decided.happenings];
  const resolves = decided.happenings.some(({ kind }) => kind === 'resolved');
  const answered: Happening = {
    kind: 'answered',
    message: number,
    by,
    messageId,
    with: resolves ? 'resolved' : null,
  };
  const taken: Happening[] = ticket.assignee
    ? []
    : [{ kind: 'assigned', assignee: by, previous: null, reason: 'answered it', by }];
  const resumed: Happening[] =
    ticket.status === 'waiting' ? [{ kind: 'resumed', reason: 'answered by the desk', by }] : [];
  return [
    answered,
    ...taken,
    ...resumed,
    ...decided.happenings.map((event) => (event.kind === 'resolved' ? { ...event, message: number } : event)),
  ];
}
