/** What a mail of the desk's own people does: answer, note, commands, forwarding. All of what it says, or none. */
import type { Desk } from '../config/desk.ts';
import { openApproval, questionOf } from '../ticket/approval.ts';
import { mayRead } from '../ticket/audience.ts';
import { type Decided, decideCommands } from '../ticket/decide.ts';
import type { Act, Saying } from '../ticket/decision.ts';
import type { CommandResult, Happening, Ticket } from '../ticket/ticket.ts';
import { answerApproval } from './approving.ts';
import { begunByAgent } from './begun-by-agent.ts';
import { hold } from './code.ts';
import { readCommands } from './commands.ts';
import { formattedAs, paragraphs } from './formatted.ts';
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
import type { Standing } from './standing.ts';
import { holdsToken, ownsToken } from './token.ts';
import { commandedPresence } from './told-away.ts';
import { readVote } from './vote.ts';

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
  const question = token && questionOf(token, person.address, ticket);
  if (question && votes(arrival, desk)) {
    const from = { ...sender(arrival.email), address: person.address };
    return answerApproval(arrival, memory, ticket, from, question, desk);
  }
  const proven = question !== null || ownsToken(token, person) || standing.proof === 'code';
  // Whoever asked for help is a requester in his own ticket, whatever else he is here.
  if (ticket.requester.address === person.address && proven)
    return fromOutside(
      arrival,
      memory,
      { kind: 'requester', flagged: null, failed: false, distrusted: false },
      moment,
      desk,
    );
  if (!proven)
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

/** Whoever was asked to approve may give commands instead, like any of the desk's people; `#approve` is a vote. */
function votes({ trimmed }: Arrival, desk: Desk): boolean {
  const { commands, unknown } = readCommands(trimmed.visible, 'agent', fieldNames(desk));
  return readVote(trimmed.visible) !== null || commands.length + unknown.length === 0;
}

function fieldNames({ fields }: Desk): string[] {
  return fields.map(({ name }) => name);
}

/** Commands, an answer, a note: what a proven agent's reply does. All of it, or none. */
function act(
  arrival: Arrival,
  memory: Memory,
  ticket: Ticket,
  by: string,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { email, trimmed, receipt } = arrival;
  const { now } = moment;
  const commands = readCommands(trimmed.visible, 'agent', fieldNames(desk));
  const context: Act = {
    ...{ by, role: 'agent', now, loads: memory.loads, others: memory.others },
    split: toSplit(arrival, memory, ticket, moment, desk),
  };
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
  const words = [decided.words, commands.text].filter((part) => part !== '').join('\n\n');
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
      withheld > 0 ? filesHeldBack(withheld) : undefined,
    );
  const speaks = words !== '' || files;
  const happenings = [
    ...begins(ticket, decided, speaks, by),
    ...speak(ticket, decided, speaks, { by, now, messageId: email.messageId }, desk),
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
        html: formatted(decided.words, commands.text, email.html),
        cc: [],
        messageId: email.messageId,
      }
    : null;
  const detail = memory.candidate?.why ?? '';
  const { elsewhere, opens } = decided;
  const presence = commandedPresence(decided.presence, by, receipt.mailId, desk);
  if (!speaks)
    return ends('commanded', 'agent-commands', detail, {
      ...{ ...found, ...presence },
      ticket: { kind: 'change', before: ticket, happenings, elsewhere, opens },
    });
  return ends(
    decided.isNote ? 'noted' : 'appended',
    decided.isNote ? 'private-note' : 'agent-answer',
    detail,
    {
      ...found,
      ...presence,
      ticket: { kind: 'change', before: ticket, happenings, elsewhere, opens },
      message,
    },
  );
}

/** What he formatted stays so behind the words that a macro or a command brings. */
function formatted(leading: string, own: string, html: string | null): string | null {
  const kept = formattedAs(html, own);
  return kept && leading !== '' ? `${paragraphs(leading)}${kept}` : kept;
}

/** The same requester's mail once more, with these words alone. */
function toSplit(
  arrival: Arrival,
  memory: Memory,
  { requester, mailbox, flagged, unacknowledged = false, id }: Ticket,
  moment: Moment,
  desk: Desk,
): Act['split'] {
  const { toSplit: message, newId } = memory;
  if (!message) return null;
  const { text } = message;
  const mail = {
    ...arrival.email,
    ...{ from: requester, to: [{ address: mailbox, name: '' }], cc: [], text, html: null },
    ...{ messageId: null, headers: new Map(), attachments: [] },
  };
  return {
    message,
    open: (subject) => {
      const { ticket } = openTicket(
        {
          ...arrival,
          email: { ...mail, subject },
          receipt: { ...arrival.receipt, recipients: [mailbox] },
          trimmed: { visible: text, quoted: '', signature: '' },
        },
        memory,
        {
          reason: 'new-ticket',
          detail: `split off from ${id}`,
          flagged,
          acknowledge: !unacknowledged,
          follows: null,
        },
        moment,
        desk,
      );
      if (ticket?.kind !== 'open') throw new TypeError('a new ticket opens one');
      return { id: newId, opened: ticket.opened, also: ticket.also, message };
    },
  };
}

/** He cannot know that they stayed behind, and his words may speak of them. */
function withWithheld(decided: Decided, withheld: number): Decided {
  if (withheld === 0) return decided;
  const line: CommandResult = {
    ...{ line: '(your files)', verb: '', outcome: 'refused' },
    detail: notPassedOn(withheld),
    said: filesHeldBack(withheld),
  };
  return { ...decided, lines: [...decided.lines, line] };
}

function notPassedOn(files: number): string {
  return `${files === 1 ? 'one file was' : `${files} files were`} not passed on, since the virus check did not say that all is clean; send them again`;
}

function filesHeldBack(files: number): Saying {
  return { key: 'files-held-back', facts: { count: String(files) } };
}

function refuseReply(
  reason: 'token-in-text' | 'nothing-said',
  detail: string,
  ticket: Ticket,
  by: string,
  found: Partial<Outcome>,
  why: Saying = { key: reason },
): Outcome {
  const said: Happening = {
    kind: 'commanded',
    by,
    lines: [{ line: '(your reply)', verb: '', outcome: 'refused', detail, said: why }],
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
  { by, now, messageId }: { by: string; now: string; messageId: string | null },
  { answers: { hold: ms } }: Desk,
): Happening[] {
  if (!speaks) return decided.happenings;
  const number = ticket.messages + 1;
  if (decided.isNote)
    return [{ kind: 'noted', message: number, by, thirdParty: null }, ...decided.happenings];
  const resolves = decided.happenings.some(({ kind }) => kind === 'resolved');
  const held = ms > 0 ? { leavesAt: new Date(Date.parse(now) + ms).toISOString() } : {};
  const answered: Happening = {
    ...{ kind: 'answered', message: number, by, messageId },
    ...{ with: resolves ? 'resolved' : null },
    ...held,
  };
  const taken: Happening[] = ticket.assignee
    ? []
    : [{ kind: 'assigned', assignee: by, previous: null, reason: 'answered it', by }];
  // Who asks something meanwhile does not make the approval come sooner.
  const resumed: Happening[] =
    ticket.status === 'waiting' && !openApproval(ticket)
      ? [{ kind: 'resumed', reason: 'answered by the desk', by }]
      : [];
  return [
    answered,
    ...taken,
    ...resumed,
    ...decided.happenings.map((event) =>
      event.kind === 'resolved' || event.kind === 'solution-passed-on'
        ? { ...event, message: number, ...held }
        : event,
    ),
  ];
}
