import { describe, expect, test } from 'vitest';
import { begunByAgent } from '../../core/mail/begun-by-agent.ts';
import type { Email } from '../../core/mail/email.ts';
import { personOf } from '../../core/mail/standing.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { open } from '../../core/ticket/change.ts';
import { arrival, desk, ID, KIM, LUIS, MONDAY, memory, moment, PROVEN } from '../sample.ts';

const IDA = { address: 'ida@example.org', name: 'Ida Moll' };
const luis = personOf(LUIS, desk);
const begin = (mail: Partial<Email>) => {
  if (!luis) throw new Error('Luis is of the sample desk');
  const from = { address: LUIS, name: 'Luis Ortega' };
  return begunByAgent(
    arrival({ from, fromAll: [from], messageId: 'luis@example.test', ...mail }, PROVEN),
    memory(),
    luis,
    moment,
    desk,
  );
};
const told = (outcome: ReturnType<typeof begin>) => {
  if (outcome.ticket?.kind !== 'open') throw new Error('it opened no ticket');
  const { after, events } = open(ID, outcome.ticket.opened, outcome.ticket.also, MONDAY, desk);
  const updates = events.flatMap((event) => updatesFor(event, after, desk));
  return { after, mails: updates.map(({ kind, to }) => `${kind} → ${to.address}`) };
};

describe('on-behalf: a ticket by phone', () => {
  test('#requester opens it for the caller, who gets the number; the words are the caller’s', () => {
    const outcome = begin({
      text: '#requester Ida Moll <ida@example.org>\n\nHer badge does not open the gate.',
    });
    expect(outcome).toMatchObject({
      disposition: 'opened',
      reason: 'on-behalf',
      ticket: { opened: { requester: IDA, acknowledge: true, messageId: null } },
      message: { from: IDA, direction: 'in', text: 'Her badge does not open the gate.' },
    });
    expect(told(outcome).mails).toContain('acknowledgement → ida@example.org');
  });

  test('the other commands hold for the new ticket', () => {
    const outcome = begin({ text: '#requester ida@example.org\n#priority P1\n#take\n\nIt burns.' });
    expect(told(outcome).after).toMatchObject({
      priority: 'P1',
      assignee: LUIS,
      requester: { address: IDA.address },
    });
  });

  test('with one command that is refused nothing is opened', () => {
    expect(begin({ text: '#requester ida@example.org\n#priority P9\n\nIt burns.' })).toMatchObject({
      disposition: 'refused',
      reason: 'refused-command',
      ticket: null,
      notice: { to: { address: LUIS } },
    });
    expect(begin({ text: '#requester ida@example.org\n#prioritty P1\n\nIt burns.' })).toMatchObject({
      disposition: 'refused',
      ticket: null,
    });
  });

  test.each([KIM, 'support@desk.example.test', 'Ida'])('#requester %s is refused: nobody outside', (who) => {
    expect(begin({ text: `#requester ${who}\n\nIt burns.` })).toMatchObject({ disposition: 'refused' });
  });
});

describe('agent-wrote: an agent writes to somebody, with the desk in Cc', () => {
  const mail = {
    to: [IDA, { address: 'max@example.org', name: '' }],
    cc: [{ address: 'support@desk.example.test', name: '' }],
    text: 'Your new badge is ready.',
  };

  test('it is the ticket of whom he wrote to, in his hands, answered, and nobody gets the mail again', () => {
    const outcome = begin(mail);
    expect(outcome).toMatchObject({
      disposition: 'opened',
      reason: 'agent-wrote',
      message: { from: { address: LUIS }, direction: 'out', visibility: 'public' },
    });
    const { after, mails } = told(outcome);
    expect(after).toMatchObject({
      status: 'open',
      requester: IDA,
      assignee: LUIS,
      participants: [{ address: IDA.address }, { address: 'max@example.org', role: 'cc' }],
      lastMessageIds: { [LUIS]: 'luis@example.test' },
    });
    expect(after.deadlines.firstResponse).toBeUndefined();
    expect(mails).toEqual([]);
  });

  test('with the desk in To it is he who asks', () => {
    expect(begin({ ...mail, to: [...mail.to, ...mail.cc], cc: [] })).toMatchObject({
      reason: 'new-ticket',
      ticket: { opened: { requester: { address: LUIS } } },
    });
  });

  test('a mail to colleagues alone, with the desk in Cc, is his own', () => {
    expect(begin({ ...mail, to: [{ address: KIM, name: '' }] })).toMatchObject({
      reason: 'new-ticket',
      ticket: { opened: { requester: { address: LUIS } } },
    });
  });
});
