/** What a mail of the desk's own people does: answer, note, commands, forwarding. All of what it says, or none. */
import { LANGUAGES } from '../config/choices.ts';
import type { Desk, Language, Person } from '../config/desk.ts';
import { openApproval, type Question, questionOf } from '../ticket/approval.ts';
import { mayRead } from '../ticket/audience.ts';
import { type Decided, decideCommands } from '../ticket/decide.ts';
import type { Act, Saying } from '../ticket/decision.ts';
import type { CommandResult, Happening, Ticket } from '../ticket/ticket.ts';
import { detectLanguage } from '../triage/language.ts';
import { answerApproval } from './approving.ts';
import { begunByAgent } from './begun-by-agent.ts';
import { hold } from './code.ts';
import { type Commands, readCommands } from './commands.ts';
import { answerDigest } from './digest-answer.ts';
import type { Email } from './email.ts';
import { formattedAs, paragraphs } from './formatted.ts';
import { fromOutside } from './from-outside.ts';
import { openTicket } from './opening.ts';
import {
  type Arrival,
  begins,
  ends,
  type Memory,
  type Moment,
  type NewMessage,
  type Outcome,
  refusal,
  sender,
  takesPart,
  transcript,
} from './outcome.ts';
import { answerReview } from './reviewing.ts';
import { isMobileSignature, isSignatureDelimiter } from './signatures.ts';
import { namesPerson } from './speaker.ts';
import { mayHold, type Standing } from './standing.ts';
import { holdsToken, ownsToken } from './token.ts';
import { commandedPresence } from './told-away.ts';
import { readVerdict } from './verdict.ts';
import { answerOwnVisit, visitAnswer } from './visiting.ts';
import { readVote } from './vote.ts';

export type AgentStanding = Extract<Standing, { kind: 'agent' | 'unproven-agent' }>;

export function fromAgent(
  given: Arrival,
  memory: Memory,
  standing: AgentStanding,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { person } = standing;
  const arrival = asHimself(given, person);
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
  if (memory.token?.purpose === 'digest') return answerDigest(arrival, memory, person, moment, desk);
  const { ticket, token, candidate } = memory;
  if (!ticket || !candidate) return begunByAgent(arrival, memory, person, moment, desk);
  const question = token && questionOf(token, person.address, ticket);
  if (question && votes(arrival, question.what, desk)) {
    const from = { ...sender(arrival.email), address: person.address };
    if (question.what === 'article') return answerReview(arrival, memory, ticket, from, question, desk);
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
  // Whoever may not read it, and was never written to about it, is not told that there is such a ticket.
  if (!token && !takesPart(person.address, ticket) && !mayRead(person.address, ticket, desk))
    return begunByAgent(arrival, { ...memory, ticket: null, candidate: null }, person, moment, desk);
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
  const answer = visitAnswer(arrival, memory, desk);
  if (answer) return answerOwnVisit(answer, arrival, memory, ticket, person.address, moment.now, desk);
  return act(arrival, memory, ticket, person.address, moment, desk);
}

/** Whichever of his addresses he writes from, he is one person: one requester, one reader, one token. */
function asHimself(arrival: Arrival, { address }: Person): Arrival {
  const { email } = arrival;
  return { ...arrival, email: { ...email, from: email.from && { ...email.from, address } } };
}

/** Whoever was asked to approve may give commands instead, like any of the desk's people; `#approve` is a vote. */
function votes({ trimmed }: Arrival, what: Question['what'], desk: Desk): boolean {
  const { commands, unknown } = readCommands(trimmed.visible, 'agent', fieldNames(desk));
  const read = what === 'article' ? readVerdict(trimmed.visible) : readVote(trimmed.visible);
  return read !== null || commands.length + unknown.length === 0;
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
  const commands = asFiled(readCommands(trimmed.visible, 'agent', fieldNames(desk)), email, ticket, desk);
  const context: Act = {
    ...{ by, role: 'agent', now, loads: memory.loads, others: memory.others },
    split: toSplit(arrival, memory, ticket, moment, desk),
    newId: memory.newId,
    conversation: memory.conversation ?? null,
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
  const closing = decided.isNote ? '' : ownSignature(trimmed.signature, desk);
  const own = commands.text === '' || closing === '' ? commands.text : `${commands.text}\n\n${closing}`;
  const words = [decided.words, own].filter((part) => part !== '').join('\n\n');
  const attached = email.attachments.filter(({ inline }) => !inline).length;
  const clean = receipt.virus === 'PASS';
  const files = clean && attached > 0;
  const withheld = clean ? 0 : attached;
  // A reply address in a text that is about to leave would let its reader write as somebody else.
  if (holdsToken(words, desk.domain))
    return refuseReply('token-in-text', 'one of our reply addresses stands in the text', ticket, by, found);
  const { encloses } = decided;
  if (words === '' && !files && commands.commands.length === 0)
    return refuseReply(
      'nothing-said',
      withheld > 0 ? notPassedOn(withheld) : 'it has no words of its own',
      ticket,
      by,
      found,
      withheld > 0 ? filesHeldBack(withheld) : undefined,
    );
  const speaks = words !== '' || files || encloses.length > 0;
  const had = speaks ? reachedAlready(email, ticket, decided) : [];
  // To all at once goes what was written for them, and never a note.
  if (decided.happenings.some(({ kind }) => kind === 'news-passed-on') && (!speaks || decided.isNote))
    return refuseReply('nothing-said', '#tell needs words that may leave', ticket, by, found);
  const language = languageIn(words, desk);
  const happenings = [
    ...begins(ticket, decided, speaks, by),
    ...speak(ticket, decided, speaks, { by, now, messageId: email.messageId, had, language }, desk),
    ...(commands.commands.length > 0 || withheld > 0 || had.length > 0
      ? [
          transcript(
            withReached(withWithheld(decided, withheld), had),
            by,
            !speaks || had.includes(ticket.requester.address) ? 'none' : decided.isNote ? 'noted' : 'sent',
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
        html: formatted(decided.words, commands.text, closing, email.html),
        cc: [],
        messageId: email.messageId,
        ...(encloses.length > 0 ? { encloses } : {}),
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

/**
 * A category's name and nothing else answers what the desk asks with a ticket that it is unsure of. It is no first answer
 * to a requester.
 */
function asFiled(written: Commands, { attachments }: Email, { lastAnswer }: Ticket, desk: Desk): Commands {
  const { commands, unknown, text } = written;
  const [, line = ''] = /^(\S{1,100}?)[.!]?$/.exec(text.trim()) ?? [];
  const category = desk.categories.find(({ name }) => name === line.toLowerCase());
  const alone = commands.length + unknown.length === 0 && attachments.every(({ inline }) => inline);
  if (!category || !alone || lastAnswer) return written;
  return { commands: [{ verb: 'category', value: category.name, line }], unknown: [], text: '' };
}

/** What he formatted stays so behind the words that a macro or a command brings. */
function formatted(leading: string, own: string, closing: string, html: string | null): string | null {
  const kept = formattedAs(html, own);
  return (
    kept && `${leading === '' ? '' : paragraphs(leading)}${kept}${closing === '' ? '' : paragraphs(closing)}`
  );
}

/** Where desk.yaml keeps it: what stands under his mail, but for the delimiter, what his phone adds, and any address of the desk's people. */
function ownSignature(signature: string, desk: Desk): string {
  if (desk.answers.agentSignature === 'drop') return '';
  return signature
    .split('\n')
    .filter((line) => !isSignatureDelimiter(line) && !isMobileSignature(line) && !namesPerson(line, desk))
    .join('\n')
    .trim();
}

/**
 * Those outside who take part and to whom he wrote himself, by To or Cc. The two are claims, and of anybody else they are
 * not believed: who is left out because a stranger names him would never hear of it. But this mail is provably his, so
 * that leaving them out only spares them a second copy. What a macro added stands in no mail of his: then all are sent it.
 */
function reachedAlready({ to, cc }: Email, { participants }: Ticket, decided: Decided): string[] {
  if (decided.isNote || decided.words !== '' || decided.encloses.length > 0) return [];
  const written = new Set([...to, ...cc].map(({ address }) => address));
  return participants.flatMap(({ address }) => (written.has(address) ? [address] : []));
}

/** They have his own address now, which the desk would have kept. */
function withReached(decided: Decided, had: readonly string[]): Decided {
  if (had.length === 0) return decided;
  const who = had.join(', ');
  const line: CommandResult = {
    ...{ line: '(your reply)', verb: '', outcome: 'nothing-to-do' },
    detail: `${who} had it from you directly, with your own address, and was not sent it again`,
    said: { key: 'had-directly', facts: { who } },
  };
  return { ...decided, lines: [...decided.lines, line] };
}

/** The message of which another ticket may be made, and the same requester's mail once more, with these words alone. */
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
    id: newId,
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

function isResumption({ kind }: Happening): boolean {
  return kind === 'resumed';
}

function languageIn(words: string, desk: Desk): Language {
  const found = detectLanguage(words);
  return LANGUAGES.find((language) => language === found) ?? desk.language;
}

/** The words go out before the commands take effect, but a `#resolve` carries them in its own mail. */
function speak(
  ticket: Ticket,
  decided: Decided,
  speaks: boolean,
  {
    by,
    now,
    messageId,
    had,
    language,
  }: { by: string; now: string; messageId: string | null; had: string[]; language: Language },
  desk: Desk,
): Happening[] {
  if (!speaks) return decided.happenings;
  const number = ticket.messages + 1;
  if (decided.isNote)
    return [{ kind: 'noted', message: number, by, thirdParty: null }, ...decided.happenings];
  const resolves = decided.happenings.some(({ kind }) => kind === 'resolved');
  // What somebody has already cannot be taken back.
  const ms = desk.answers.hold;
  const held = ms > 0 && had.length === 0 ? { leavesAt: new Date(Date.parse(now) + ms).toISOString() } : {};
  const answered: Happening = {
    ...{ kind: 'answered', message: number, by, messageId },
    ...{ with: resolves ? 'resolved' : null },
    ...(had.length > 0 ? { had } : {}),
    ...held,
  };
  const taken: Happening[] =
    ticket.assignee || !mayHold(by, desk)
      ? []
      : [{ kind: 'assigned', assignee: by, previous: null, reason: 'answered it', by }];
  // Who asks something meanwhile does not make the approval come sooner.
  const resumed: Happening[] =
    ticket.status === 'waiting' && !openApproval(ticket) && !decided.happenings.some(isResumption)
      ? [{ kind: 'resumed', reason: 'answered by the desk', by }]
      : [];
  return [
    answered,
    ...taken,
    ...resumed,
    ...decided.happenings.map((event) => {
      if (event.kind === 'resolved' && had.includes(ticket.requester.address)) return event;
      if (event.kind === 'news-passed-on') return { ...event, message: number, language, ...held };
      return event.kind === 'resolved' || event.kind === 'solution-passed-on'
        ? { ...event, message: number, ...held }
        : event;
    }),
  ];
}
