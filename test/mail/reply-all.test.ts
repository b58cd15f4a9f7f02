/** Who already has a mail is not sent it again where nobody can be cheated of it by that. */
import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Address, Email } from '../../core/mail/email.ts';
import type { Outcome } from '../../core/mail/outcome.ts';
import { participantHash } from '../../core/mail/token.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import {
  arrival,
  desk,
  ID,
  KIM,
  keys,
  LUIS,
  MONDAY,
  memory,
  moment,
  NORA,
  opened,
  PROVEN,
} from '../sample.ts';

const OLE = 'ole@example.org';
const LUIS_TOO = desk.people.find(({ address }) => address === LUIS)?.alternates[0] ?? '';
const to = (...addresses: string[]): Address[] => addresses.map((address) => ({ address, name: '' }));
const copied = opened(MONDAY, { cc: [{ address: OLE, name: 'Ole' }] }).after;

function run(
  mail: Partial<Email>,
  from: string,
  before: Ticket = copied,
  on: Desk = desk,
  signature = '',
): Outcome {
  const { address } = on.people.find(({ alternates }) => alternates.includes(from)) ?? { address: from };
  const came = arrival({ from: { address: from, name: '' }, text: 'Open flap B.', ...mail }, PROVEN);
  return dispose(
    { ...came, trimmed: { ...came.trimmed, signature } },
    memory({
      ticket: before,
      candidate: { ticketId: ID, clue: 'token', why: 'the token' },
      token: { purpose: 'ticket', id: ID, participant: participantHash(address), expired: false },
    }),
    moment,
    on,
    keys,
  );
}

/** Who is sent something because of it, and in which kind of mail. */
function sent({ ticket }: Outcome): string[] {
  if (ticket?.kind !== 'change') return [];
  const { after, events } = change(ticket.before, ticket.happenings, MONDAY, desk);
  return events
    .flatMap((event) => updatesFor(event, after, desk))
    .map(({ kind, to, message }) => `${kind} → ${to.address}${message ? ` with message ${message}` : ''}`);
}

describe('an agent who replies to all', () => {
  test('spares those whom he wrote to himself a second copy, and is told so', () => {
    const outcome = run(
      { to: to('support+token@desk.example.test', NORA.toUpperCase().toLowerCase()) },
      LUIS,
    );
    expect(outcome).toMatchObject({ disposition: 'appended', reason: 'agent-answer' });
    expect(sent(outcome)).toEqual([`answer → ${OLE} with message 2`, `transcript → ${LUIS}`]);
    const said = outcome.ticket?.kind === 'change' ? outcome.ticket.happenings : [];
    expect(said).toContainEqual(
      expect.objectContaining({
        lines: [expect.objectContaining({ said: { key: 'had-directly', facts: { who: NORA } } })],
      }),
    );
    // His words are out: they cannot be held or taken back.
    expect(said.find(({ kind }) => kind === 'answered')).not.toHaveProperty('leavesAt');
  });

  test('answers all the same: the clocks stop, and the answer is kept', () => {
    const { ticket, message } = run({ cc: to(NORA, OLE) }, LUIS);
    expect(message).toMatchObject({ direction: 'out', visibility: 'public', text: 'Open flap B.' });
    if (ticket?.kind !== 'change') throw new Error('it changes the ticket');
    const { after } = change(ticket.before, ticket.happenings, MONDAY, desk);
    expect(after.deadlines).not.toHaveProperty('firstResponse');
    expect(sent(run({ cc: to(NORA, OLE) }, LUIS))).toEqual([`transcript → ${LUIS}`]);
  });

  test('and resolves tells the requester of that, without the words that he has', () => {
    expect(sent(run({ cc: to(NORA), text: 'Open flap B.\n\n#resolve' }, LUIS))).toEqual([
      `answer → ${OLE} with message 2`,
      `resolved → ${NORA}`,
      `transcript → ${LUIS}`,
    ]);
  });

  test('sends everybody what a macro adds, for it stands in no mail of his', () => {
    expect(sent(run({ cc: to(NORA), text: '#macro vpn-again' }, LUIS))).toContain(
      `answer → ${NORA} with message 2`,
    );
  });

  test('who does not take part is nobody to be spared', () => {
    expect(sent(run({ cc: to('eve@example.org') }, LUIS))).toEqual([
      `answer → ${NORA} with message 2`,
      `answer → ${OLE} with message 2`,
    ]);
  });
});

describe('a requester who replies to all', () => {
  const received = (mail: Partial<Email>, before = copied) => sent(run(mail, NORA, before));

  test('cannot keep the desk’s people from hearing by naming them: To and Cc are claims', () => {
    expect(received({ cc: to(LUIS, OLE, 'support@desk.example.test') })).toEqual([
      `requester-message → ${LUIS} with message 2`,
    ]);
  });

  test('reaches somebody who has two addresses once', () => {
    expect(LUIS_TOO).not.toBe('');
    expect(received({}, { ...copied, watchers: [LUIS_TOO, KIM] })).toEqual([
      `requester-message → ${LUIS} with message 2`,
      `requester-message → ${KIM} with message 2`,
    ]);
  });
});

test('somebody of the desk who asks from his second address is the same person as by his first', () => {
  const asked = dispose(
    arrival({ from: { address: LUIS_TOO, name: 'Luis' } }, PROVEN),
    memory(),
    moment,
    desk,
    keys,
  );
  expect(asked.ticket).toMatchObject({ kind: 'open', opened: { requester: { address: LUIS } } });
});

describe('the signature under an agent’s mail', () => {
  const signature = `-- \nLuis Ortega, room 4\nphone 4711\n${LUIS}\nSent from my iPhone`;
  const keeping: Desk = { ...desk, answers: { ...desk.answers, agentSignature: 'keep' } };

  test('stays behind', () => {
    expect(run({}, LUIS, copied, desk, signature).message?.text).toBe('Open flap B.');
  });

  test('goes along where desk.yaml keeps it, without his address and what his phone adds', () => {
    const html = '<p>Open <b>flap B</b>.</p>';
    expect(run({ html }, LUIS, copied, keeping, signature).message).toMatchObject({
      text: 'Open flap B.\n\nLuis Ortega, room 4\nphone 4711',
      html: '<p>Open <b>flap B</b>.</p><p>Luis Ortega, room 4<br />phone 4711</p>',
    });
  });

  test('is never all that a reply says, and stands under no note', () => {
    expect(run({ text: '#take' }, LUIS, copied, keeping, signature).message).toBeNull();
    expect(run({ text: '#note Between us.' }, LUIS, copied, keeping, signature).message?.text).toBe(
      'Between us.',
    );
  });
});
