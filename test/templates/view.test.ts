import { describe, expect, test } from 'vitest';
import { type Plan, updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Message, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { renderUpdate } from '../../templates/render.ts';
import { durationIn, mailView, ticketView, timeIn } from '../../templates/view.ts';
import { desk, ID, KIM, LUIS, later, MONDAY, NORA, opened, PRIYA, ticket } from '../sample.ts';

const SECRET = 'the spare key lies under the mat';
const replyTo = 'support+token@desk.example.test';
const message = (given: Partial<Message> = {}): Message => ({
  id: `${ID}-m1`,
  number: 1,
  at: MONDAY,
  direction: 'in',
  visibility: 'public',
  from: { address: NORA, name: 'Nora Quist' },
  text: 'It eats the paper.',
  bodyKey: null,
  attachments: [],
  withheld: 0,
  mailId: 'mail-1',
  messageId: null,
  cc: [],
  ...given,
});

/** The mails that go out when this happens, as they are read. */
function mails(happening: Happening, before: Ticket = ticket(), said = message()) {
  const { after, events } = change(before, [happening], later(MONDAY, 1), desk);
  return events.flatMap((event) =>
    updatesFor(event, after, desk).map((plan) => ({ plan, ...rendered(plan, event, after, said) })),
  );
}

function rendered(plan: Plan, event: TicketEvent, on: Ticket, said: Message) {
  const history = plan.history
    ? [said, message({ number: 2, visibility: 'private', text: SECRET, from: { address: LUIS, name: '' } })]
    : [];
  return renderUpdate(
    ticketView({
      plan,
      event,
      ticket: on,
      message: plan.message ? said : null,
      history,
      attached: [],
      replyTo,
      desk,
      now: later(MONDAY, 1),
    }),
  );
}

const AGENTS = desk.people.map(({ address }) => address);
const deadline = {
  measure: 'firstResponse',
  due: later(MONDAY, 4),
  startedAt: MONDAY,
  assignee: LUIS,
} as const;
const everything: Happening[] = [
  { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
  { kind: 'resolved', reason: SECRET, by: LUIS, message: null },
  { kind: 'closed', reason: SECRET, by: LUIS },
  { kind: 'escalated', from: 1, to: 2, reason: SECRET, by: LUIS },
  { kind: 'requester-reminded', number: 1 },
  { kind: 'commanded', by: NORA, lines: [], refused: false, shows: ['status'], words: 'none' },
];

describe('mail to a requester', () => {
  test.each(everything)(
    'about $kind names no agent’s address and nothing that was said inside',
    (happening) => {
      for (const { plan, subject, text, html } of mails(
        happening,
        ticket(),
        message({ from: { address: LUIS, name: '' }, text: 'Try now.' }),
      )) {
        if (plan.audience !== 'requester') continue;
        for (const address of [...AGENTS, SECRET])
          expect([subject, text, html].join('\n')).not.toContain(address);
      }
    },
  );

  test('is in the language of his mail', () => {
    const german = opened(MONDAY, { language: 'de', subject: 'Drucker klemmt' });
    const [plan] = updatesFor(german.events[0] as TicketEvent, german.after, desk);
    expect(rendered(plan as Plan, german.events[0] as TicketEvent, german.after, message()).text).toContain(
      'vielen Dank für Ihre Nachricht',
    );
  });

  test('says until when somebody answers', () => {
    const { after, events } = opened();
    const [plan] = updatesFor(events[0] as TicketEvent, after, desk);
    expect(rendered(plan as Plan, events[0] as TicketEvent, after, message()).text).toContain(
      timeIn('en', later(MONDAY, 4), desk),
    );
  });
});

describe('mail to an agent', () => {
  test('hands over what was said so far, notes included', () => {
    const [assignment] = mails({
      kind: 'assigned',
      assignee: PRIYA,
      previous: LUIS,
      reason: 'climbed',
      by: 'desk',
    });
    expect(assignment?.text).toContain('It eats the paper.');
    expect(assignment?.text).toContain(SECRET);
  });

  test('tells who loses a ticket where it went', () => {
    const lost = mails({
      kind: 'assigned',
      assignee: PRIYA,
      previous: LUIS,
      reason: 'climbed',
      by: 'desk',
    })[1];
    expect(lost?.text).toContain('The ticket went to Priya Nair: climbed.');
  });

  test('warns with the deadline and the time that is left', () => {
    const [warning] = mails({ kind: 'deadline-warned', ...deadline });
    expect(warning?.text).toContain('First response');
    expect(warning?.text).toContain('3 h left');
  });

  test('shows a transcript line by line', () => {
    const lines = [{ line: '#noet', verb: '', outcome: 'unknown' as const, detail: 'did you mean #note?' }];
    const [transcript] = mails({
      kind: 'commanded',
      by: KIM,
      lines,
      refused: true,
      shows: ['help'],
      words: 'none',
    });
    expect(transcript?.text).toContain('#noet');
    expect(transcript?.text).toContain('did you mean #note?');
    expect(transcript?.text).toContain('#escalate');
  });

  test('warns of a sender who is not proven', () => {
    const flagged = opened(MONDAY, { flagged: 'authentication failed' });
    const event = flagged.events[1] as TicketEvent;
    const [plan] = updatesFor(event, flagged.after, desk);
    expect(rendered(plan as Plan, event, flagged.after, message()).text).toContain('authentication failed');
  });
});

test('a refusal says what was wrong and what to do, and a code says itself', () => {
  const plan: Plan = {
    id: 'x',
    kind: 'refusal',
    to: { address: NORA, name: 'Nora' },
    audience: 'sender',
    message: null,
    history: false,
    speaker: null,
  };
  const refused = renderUpdate(
    mailView({
      plan,
      event: {
        kind: 'refused',
        to: plan.to,
        reason: 'nothing-said',
        detail: '',
        subject: 'Hello',
        messageId: null,
        language: 'en',
      },
      code: null,
      desk,
    }),
  );
  expect(refused.text).toContain('Hello');
  expect(refused.text).toContain('above the marked line');
  const held = renderUpdate(
    mailView({
      plan: { ...plan, kind: 'code', audience: 'agent' },
      event: {
        kind: 'held',
        to: plan.to,
        reason: 'without-proof',
        codeId: 'C-AAAAAA',
        round: 0,
        subject: 'Hello',
        messageId: null,
        language: 'en',
      },
      code: '012345',
      desk,
    }),
  );
  expect(held.text).toContain('012345');
  expect(held.text).toContain('30 min');
});

test.each([
  [30_000, '1 min'],
  [0, '0 min'],
  [80 * 60_000, '1 h 20 min'],
  [51 * 3_600_000, '2 d 3 h'],
])('%d ms are %s', (ms, words) => {
  expect(durationIn('en', ms)).toBe(words);
});
