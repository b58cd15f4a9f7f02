import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import { participantHash } from '../../core/mail/token.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Message, Ticket } from '../../core/ticket/ticket.ts';
import { arrival, desk, ID, keys, LUIS, MONDAY, memory, moment, NORA, PROVEN, ticket } from '../sample.ts';

const NEW = 'T-BBBBBB';
const ADA = 'ada.osei@example.test';
const received: Happening = {
  ...{ kind: 'message-received', message: 2, messageId: null, flagged: null },
  from: { address: NORA, name: 'Nora Quist' },
};
const talked = ticket([received]);
const message: Message = {
  ...{ id: `${ID}-m2`, number: 2, at: MONDAY, direction: 'in', visibility: 'public', bodyKey: null },
  ...{ attachments: [], withheld: 0, mailId: 'mail-2', messageId: 'two@example.org', cc: [] },
  ...{ from: { address: NORA, name: 'Nora Quist' }, text: 'And I forgot my password for the VPN.' },
};

function split(text: string, on: Ticket = talked, by = LUIS, toSplit: Message | null = message) {
  const from = { address: by, name: '' };
  const token = { purpose: 'ticket' as const, id: ID, participant: participantHash(by), expired: false };
  const candidate = { ticketId: ID, clue: 'token' as const, why: '' };
  const known = memory({ ticket: on, token, candidate, toSplit, newId: NEW });
  const outcome = dispose(arrival({ from, text }, PROVEN), known, moment, desk, keys);
  if (outcome.ticket?.kind !== 'change') throw new Error('it is about the ticket');
  return { ...outcome, ticket: outcome.ticket };
}

describe('#split', () => {
  test('opens a ticket of its own for the same requester, classified by these words, linked both ways', () => {
    const { ticket: made } = split('#split 2 No VPN');
    expect(made.opens).toMatchObject({
      id: NEW,
      opened: {
        subject: 'No VPN',
        requester: { address: NORA },
        mailbox: 'support@desk.example.test',
        acknowledge: true,
        messageId: null,
      },
      message: { number: 2 },
    });
    expect(made.opens?.opened.category).not.toBe(talked.category);
    expect(made.opens?.also).toContainEqual({ kind: 'linked', relation: 'related', to: ID, by: LUIS });
    expect(change(talked, made.happenings, MONDAY, desk).after).toMatchObject({
      messages: 2,
      links: [{ relation: 'related', id: NEW }],
    });
  });

  test('keeps the subject when none is given, and what is doubted of its sender', () => {
    const doubted = { ...talked, flagged: 'authentication failed', unacknowledged: true };
    expect(split('#split', doubted).ticket.opens?.opened).toMatchObject({
      subject: talked.subject,
      flagged: 'authentication failed',
      acknowledge: false,
    });
  });

  test('refuses what is no such message, the only one, and a second one in the same mail', () => {
    expect(split('#split 7', talked, LUIS, null)).toMatchObject({
      reason: 'refused-command',
      detail: expect.stringContaining('message 7 is none from outside'),
    });
    expect(split('#split', ticket(), LUIS, { ...message, number: 1 }).detail).toContain('no other message');
    const twice = split('#split 2\n#split 2');
    expect(twice.detail).toContain('one mail splits off one ticket');
    expect(twice.ticket.opens ?? null).toBeNull();
  });

  test('lets nothing of a confidential team’s ticket go to another team', () => {
    const theirs = { ...talked, team: 'hr', assignee: ADA };
    expect(split('#split 2 No VPN', theirs, ADA)).toMatchObject({
      reason: 'refused-command',
      detail: expect.stringContaining('stays with hr'),
    });
  });
});
