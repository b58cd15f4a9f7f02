/** What an agent begins with a fresh mail: a ticket for himself, for a caller, for whoever he wrote to, or for whose mail he forwards. */
import type { Desk, Person } from '../config/desk.ts';
import { decideCommands } from '../ticket/decide.ts';
import { readAddress } from '../ticket/people.ts';
import { begin, type CommandResult, evolve, type Happening, type Ticket } from '../ticket/ticket.ts';
import { decideWithoutTicket, needsNoTicket } from '../ticket/without-ticket.ts';
import { type Commands, readCommands } from './commands.ts';
import type { Address } from './email.ts';
import { languageOf } from './language.ts';
import { openTicket, outsiders } from './opening.ts';
import {
  type Arrival,
  ends,
  type Memory,
  type Moment,
  type Outcome,
  refusal,
  sender,
  transcript,
} from './outcome.ts';
import { mayHold, personOf } from './standing.ts';
import { commandedPresence } from './told-away.ts';

export function begunByAgent(
  arrival: Arrival,
  memory: Memory,
  person: Person,
  moment: Moment,
  desk: Desk,
): Outcome {
  const fields = desk.fields.map(({ name }) => name);
  const written = readCommands(arrival.trimmed.visible, 'agent', fields);
  if (written.commands.some(({ verb }) => verb === 'requester') && written.unknown.length === 0)
    return onBehalf(arrival, memory, person, written, moment, desk);
  if (written.commands.some(({ verb }) => !needsNoTicket(verb)))
    return ends('refused', 'no-ticket', 'commands, and no ticket that they are for', {
      notice: refusal(arrival, 'no-ticket', written.commands[0]?.line ?? '', desk),
    });
  if (written.commands.length > 0 || written.unknown.length > 0)
    return withoutTicket(arrival, memory, person, written, moment, desk);
  const original = arrival.forwarded?.from;
  if (original && isOutside(original, desk))
    return forwarded(arrival, memory, person, original, moment, desk);
  const customer = writtenTo(arrival, desk);
  if (customer) return wrote(arrival, memory, person, customer, moment, desk);
  return openTicket(
    arrival,
    memory,
    {
      reason: memory.suspicion ? 'forged-token' : 'new-ticket',
      detail: memory.suspicion ?? `a new mail from ${person.address}`,
      flagged: memory.suspicion,
      acknowledge: true,
      follows: null,
    },
    moment,
    desk,
  );
}

/** Answered by a transcript, and no ticket begins; words beside the commands are for nobody, which it says. */
function withoutTicket(
  arrival: Arrival,
  memory: Memory,
  { address, name }: Person,
  written: Commands,
  { now }: Moment,
  desk: Desk,
): Outcome {
  const { email, receipt } = arrival;
  const act = { by: address, role: 'agent', now, loads: memory.loads } as const;
  const { lines, refused, shows, looks, presence } = decideWithoutTicket(written, act, desk);
  const wordless = written.text === '' && email.attachments.every(({ inline }) => inline);
  const reason = refused
    ? lines.some(({ outcome }) => outcome === 'unknown')
      ? 'unknown-command'
      : 'refused-command'
    : 'agent-commands';
  const detail = refused ? lines.map((line) => line.detail).join('; ') : 'commands that are for no ticket';
  return ends(refused ? 'refused' : 'commanded', reason, detail, {
    notice: {
      kind: 'commanded',
      to: { address, name },
      reason,
      lines: wordless ? lines : [...lines, LEFT_ASIDE],
      ...{ refused, shows, looks },
      subject: email.subject,
      messageId: email.messageId,
      language: languageOf(address, desk),
    },
    ...commandedPresence(presence, address, receipt.mailId, desk),
  });
}

const LEFT_ASIDE: CommandResult = {
  ...{ line: '(your words)', verb: '', outcome: 'nothing-to-do' },
  detail: 'a mail with these commands opens no ticket; write again without them to open one',
  said: { key: 'left-aside' },
};

/** `#requester ida@example.org`, and the words are hers: somebody called, or stood at the desk. */
function onBehalf(
  arrival: Arrival,
  memory: Memory,
  person: Person,
  { commands, unknown, text }: Commands,
  moment: Moment,
  desk: Desk,
): Outcome {
  const asked = commands.find(({ verb }) => verb === 'requester')?.value ?? '';
  const requester = readAddress(asked);
  if (!requester || !isOutside(requester, desk))
    return ends('refused', 'no-ticket', `“${asked}” is nobody outside the desk`, {
      notice: refusal(arrival, 'no-ticket', asked, desk),
    });
  const macro = commands.find(({ verb }) => verb === 'macro');
  if (macro)
    return ends('refused', 'refused-command', '#macro answers, and there is no ticket yet to answer', {
      notice: refusal(arrival, 'refused-command', macro.line, desk),
    });
  const outcome = openTicket(
    {
      ...arrival,
      email: { ...arrival.email, from: requester, messageId: null, cc: [] },
      trimmed: { visible: text, quoted: '', signature: '' },
    },
    memory,
    {
      reason: 'on-behalf',
      detail: `${person.address} opened it for ${requester.address}`,
      flagged: null,
      acknowledge: true,
      follows: null,
    },
    moment,
    desk,
  );
  const others = commands.filter(({ verb }) => verb !== 'requester');
  if (outcome.ticket?.kind !== 'open' || others.length === 0) return outcome;
  const { opened, also } = outcome.ticket;
  const begun = also.reduce(
    (state: Ticket, event) => evolve(state, event, moment.now),
    begin('', opened, moment.now),
  );
  const act = { by: person.address, role: 'agent', now: moment.now, loads: memory.loads } as const;
  const decided = decideCommands({ commands: others, unknown, text: '' }, begun, act, desk);
  if (decided.refused)
    return ends('refused', 'refused-command', decided.lines.map(({ detail }) => detail).join('; '), {
      notice: refusal(arrival, 'refused-command', '', desk),
    });
  const said = transcript(decided, person.address, 'none');
  return {
    ...outcome,
    ticket: { kind: 'open', opened, also: [...also, ...decided.happenings, said] },
    ...commandedPresence(decided.presence, person.address, arrival.receipt.mailId, desk),
  };
}

/**
 * The first person outside to whom an agent wrote, the desk being on copy: it is his request, and the mail is an answer
 * that he has already. With the desk in To it is the agent who asks.
 */
function writtenTo({ email }: Arrival, desk: Desk): Address | null {
  const toDesk = email.to.some(({ address }) => address.endsWith(`@${desk.domain}`));
  return toDesk ? null : (email.to.find((address) => isOutside(address, desk)) ?? null);
}

function wrote(
  arrival: Arrival,
  memory: Memory,
  { address }: Person,
  customer: Address,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { email } = arrival;
  const cc = outsiders(email, desk).filter((other) => other.address !== customer.address);
  const outcome = openTicket(
    { ...arrival, email: { ...email, from: customer, to: [], cc } },
    memory,
    {
      reason: 'agent-wrote',
      detail: `${address} wrote to ${customer.address}, with the desk on copy`,
      flagged: null,
      acknowledge: false,
      follows: null,
    },
    moment,
    desk,
  );
  if (outcome.ticket?.kind !== 'open' || !outcome.message) return outcome;
  const answered: Happening = {
    kind: 'answered',
    message: 1,
    by: address,
    messageId: email.messageId,
    with: 'own-mail',
  };
  const taken: Happening[] = mayHold(address, desk)
    ? [
        {
          ...{ kind: 'assigned', assignee: address, previous: null },
          ...{ reason: 'wrote to the requester', by: address },
        },
      ]
    : [];
  return {
    ...outcome,
    ticket: { ...outcome.ticket, also: [...taken, { kind: 'started', by: address }, answered] },
    message: { ...outcome.message, direction: 'out', from: sender(email) },
  };
}

function forwarded(
  arrival: Arrival,
  memory: Memory,
  { address, name }: Person,
  original: Address,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { email, trimmed } = arrival;
  const subject = arrival.forwarded?.subject ?? email.subject.replace(/^(fwd?|wg|tr|rv|enc|i):\s*/i, '');
  const words = trimmed.visible.trim();
  return openTicket(
    {
      ...arrival,
      email: { ...email, from: original, subject, messageId: null, cc: [] },
      trimmed: { visible: arrival.forwarded?.text ?? '', quoted: '', signature: '' },
    },
    memory,
    {
      reason: 'forwarded-by-agent',
      detail: `${address} forwarded a mail from ${original.address}`,
      flagged: null,
      acknowledge: true,
      follows: null,
      note: words === '' ? null : { by: { address, name }, text: words },
    },
    moment,
    desk,
  );
}

function isOutside({ address }: Address, desk: Desk): boolean {
  return !personOf(address, desk) && !address.endsWith(`@${desk.domain}`);
}
