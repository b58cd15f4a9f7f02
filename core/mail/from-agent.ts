/** What a mail of the desk's own people does: answer, note, commands, forwarding. All of what it says, or none. */
import type { Desk } from '../config/desk.ts';
import { mayRead } from '../ticket/audience.ts';
import { type Decided, decideCommands } from '../ticket/decide.ts';
import type { Act } from '../ticket/decision.ts';
import type { CommandResult, Happening, Ticket } from '../ticket/ticket.ts';
import { begunByAgent } from './begun-by-agent.ts';
import { hold } from './code.ts';
import { type Commands, readCommands } from './commands.ts';
import { formattedAs } from './formatted.ts';
import { fromOutside } from './from-outside.ts';
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
import type { Standing } from './standing.ts';
import { holdsToken, ownsToken } from './token.ts';

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
  if (!ticket || !candidate) return begunByAgent(arrival, memory, person, moment, desk);
  // Whoever asked for help is a requester in his own ticket, whatever else he is here.
  if (ticket.requester.address === person.address && (ownsToken(token, person) || standing.proof === 'code'))
    return fromOutside(
      arrival,
      memory,
      { kind: 'requester', flagged: null, failed: false, distrusted: false },
      moment,
      desk,
    );
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
  if (!mayRead(person.address, ticket, desk))
    return ends(
      'refused',
      'confidential',
      `${ticket.id} belongs to ${ticket.team}, and ${person.address} does not`,
      {
        clue: candidate.clue,
        notice: refusal(arrival, 'confidential', '', desk),
      },
    );
  return act(arrival, memory, ticket, person.address, moment, desk);
}

/** Commands, an answer, a note: what a proven agent's reply does. All of it, or none. */
function act(
  { email, trimmed, receipt }: Arrival,
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
  const attached = email.attachments.filter(({ inline }) => !inline).length;
  const clean = receipt.virus === 'PASS';
  const files = clean && attached > 0;
  const withheld = clean ? 0 : attached;
  // A reply address in a text that is about to leave would let its reader write as somebody else.
  if (holdsToken(words, desk.domain))
    return refuseReply('token-in-text', 'one of our reply addresses stands in the text', ticket, by, found);
  if (words === '' && !files && commands.commands.length === 0)
    return refuseReply(
      'nothing-said',
      withheld > 0 ? notPassedOn(withheld) : 'it has no words of its own',
      ticket,
      by,
      found,
    );
  const speaks = words !== '' || files;
  const happenings = [
    ...begins(ticket, decided, speaks, by),
    ...speak(ticket, decided, speaks, by, email.messageId),
    ...(commands.commands.length > 0 || withheld > 0
      ? [
          transcript(
            withWithheld(decided, withheld),
            by,
            speaks ? (decided.isNote ? 'noted' : 'sent') : 'none',
          ),
        ]
      : []),
  ];
  const message: NewMessage | null = speaks
    ? {
        direction: decided.isNote ? 'in' : 'out',
        visibility: decided.isNote ? 'private' : 'public',
        from: sender(email),
        text: words,
        html: formattedAs(email.html, words),
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

/** He cannot know that they stayed behind, and his words may speak of them. */
function withWithheld(decided: Decided, withheld: number): Decided {
  if (withheld === 0) return decided;
  const line: CommandResult = {
    ...{ line: '(your files)', verb: '', outcome: 'refused' },
    detail: notPassedOn(withheld),
  };
  return { ...decided, lines: [...decided.lines, line] };
}

function notPassedOn(files: number): string {
  return `${files === 1 ? 'one file was' : `${files} files were`} not passed on, since the virus check did not say that all is clean; send them again`;
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
