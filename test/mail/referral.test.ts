import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import { participantHash } from '../../core/mail/token.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { arrival, ID, keys, LUIS, MONDAY, memory, moment, NORA, desk as sample, ticket } from '../sample.ts';

const SUPPORT = 'support@desk.example.test';
const HR = 'hr@desk.example.test';
const BUILDING = 'building@desk.example.test';
const BEN = 'ben@example.test';

/** The sample desk, and a team beside it that is not confidential. */
const desk = {
  ...sample,
  addresses: [...sample.addresses, { address: BUILDING, name: 'Building', team: 'building' }],
  teams: [
    ...sample.teams,
    {
      ...(sample.teams[0] as (typeof sample.teams)[number]),
      ...{ name: 'building', title: 'Building', lead: BEN },
    },
  ],
  people: [
    ...sample.people,
    {
      ...(sample.people[0] as (typeof sample.people)[number]),
      address: BEN,
      name: 'Ben',
      role: 'lead' as const,
      team: 'building',
    },
  ],
};

const to = (...addresses: string[]) => addresses.map((address) => ({ address, name: '' }));
const mailTo = (recipients: string[], header = recipients) => arrival({ to: to(...header) }, { recipients });
const run = (given: ReturnType<typeof arrival>, known = memory()) =>
  dispose(given, known, moment, desk, keys);
const referred = (outcome: ReturnType<typeof run>) =>
  (outcome.ticket?.kind === 'open' ? outcome.ticket.also : (outcome.ticket?.happenings ?? [])).filter(
    ({ kind }) => kind === 'referred',
  );

describe('a new mail to two of our addresses', () => {
  test('is one ticket, and the other team’s lead is told where it is', () => {
    const outcome = run(mailTo([SUPPORT, BUILDING]));
    expect(outcome).toMatchObject({
      disposition: 'opened',
      ticket: { opened: { team: 'service-desk', mailbox: SUPPORT } },
    });
    expect(referred(outcome)).toEqual([{ kind: 'referred', address: BUILDING, team: 'building', lead: BEN }]);
  });

  test('of which one delivery only brings the other in its header tells him as well', () => {
    expect(referred(run(mailTo([SUPPORT], [SUPPORT, BUILDING])))).toHaveLength(1);
  });

  test('belongs to a confidential team when it was written to one, and nobody outside is told', () => {
    const outcome = run(mailTo([SUPPORT, HR, BUILDING]));
    expect(outcome).toMatchObject({ ticket: { opened: { team: 'hr', mailbox: HR } } });
    expect(referred(outcome)).toEqual([]);
  });

  test('to one address only is referred to nobody', () => {
    expect(referred(run(mailTo([SUPPORT])))).toEqual([]);
  });
});

describe('the same mail once more, at another address', () => {
  const again = (on: Ticket, recipients: string[]) =>
    run(mailTo(recipients, [SUPPORT]), memory({ duplicateOf: 'mail-0', sameMail: on }));

  test('stays a duplicate, and tells the other lead once', () => {
    const outcome = again(ticket(), [BUILDING]);
    expect(outcome).toMatchObject({ disposition: 'duplicate', reason: 'same-message' });
    expect(referred(outcome)).toHaveLength(1);
    const told = change(ticket(), referred(outcome), MONDAY, desk).after;
    expect(again(told, [BUILDING]).ticket).toBeNull();
  });

  test('at the address that it came to before changes nothing', () => {
    expect(again(ticket(), [SUPPORT]).ticket).toBeNull();
  });

  test('at a confidential team’s address makes the ticket theirs', () => {
    const outcome = again(ticket(), [HR]);
    if (outcome.ticket?.kind !== 'change') throw new Error('nothing happened');
    expect(outcome.ticket.happenings.map(({ kind }) => kind)).toEqual(['categorised', 'assigned']);
    const { after } = change(ticket(), outcome.ticket.happenings, MONDAY, desk);
    expect(after).toMatchObject({ team: 'hr', assignee: 'ada.osei@example.test' });
  });

  test('moves nothing when it is a reply, or when its writer is not believed', () => {
    const reply = mailTo([HR], [SUPPORT]);
    const known = memory({ duplicateOf: 'mail-0', sameMail: ticket() });
    const second = { ...reply, email: { ...reply.email, messageId: 'two@example.org' } };
    expect(referred(run(second, known))).toMatchObject([{ team: 'hr' }]);
    expect(run(second, known).ticket).toMatchObject({ happenings: [{ kind: 'referred' }] });
    const forged = { ...reply, receipt: { ...reply.receipt, dmarc: 'FAIL', dmarcPolicy: 'none' } as const };
    expect(run(forged, known).ticket).toBeNull();
  });

  test('of what a confidential team has nobody else learns', () => {
    expect(again({ ...ticket(), team: 'hr', mailbox: HR }, [SUPPORT, BUILDING]).ticket).toBeNull();
  });
});

test('a reply with another address on copy stays with its ticket; that team’s lead is told, even of a confidential one', () => {
  const reply = arrival({ text: 'See also HR', cc: to(HR) }, { recipients: [SUPPORT, HR] });
  const known = memory({
    ticket: ticket(),
    token: { purpose: 'ticket', id: ID, participant: participantHash(NORA), expired: false },
    candidate: { ticketId: ID, clue: 'token', why: 'our token in the envelope' },
  });
  const outcome = run(reply, known);
  expect(outcome.disposition).toBe('appended');
  expect(referred(outcome)).toMatchObject([{ team: 'hr', lead: 'helene.roth@example.test' }]);
});

test('the lead is told by one note, unless he works on it himself', () => {
  const told = (on: Ticket) => {
    const { after, events } = change(
      on,
      [{ kind: 'referred', address: BUILDING, team: 'building', lead: BEN }],
      MONDAY,
      desk,
    );
    return events
      .flatMap((event) => updatesFor(event, after, desk))
      .map(({ kind, to: { address } }) => `${kind} → ${address}`);
  };
  expect(told(ticket())).toEqual([`note → ${BEN}`]);
  expect(told({ ...ticket(), assignee: BEN })).toEqual([]);
  expect(ticket().assignee).toBe(LUIS);
});

describe('a number in the subject', () => {
  const by = (address: string, on: Ticket | null) =>
    run(
      arrival({
        from: { address, name: '' },
        fromAll: [{ address, name: '' }],
        subject: 'Re: jam [T-7K4M2Q]',
      }),
      memory({ ticket: on, candidate: { ticketId: ID, clue: 'subject', why: '[T-7K4M2Q] in the subject' } }),
    );

  test('T13: leads whoever takes part, and opens a ticket of its own for everybody else', () => {
    expect(by(NORA, ticket())).toMatchObject({ disposition: 'appended', clue: 'subject' });
    expect(by('ole@example.org', ticket())).toMatchObject({
      disposition: 'opened',
      reason: 'new-ticket',
      detail: 'ole@example.org does not take part in T-7K4M2Q; [T-7K4M2Q] in the subject',
      ticket: { opened: { follows: null, requester: { address: 'ole@example.org' } } },
    });
  });

  test('T14: of a closed ticket opens one that is linked, of an erased one a plain new one', () => {
    expect(by(NORA, ticket([{ kind: 'closed', reason: '', by: LUIS }]))).toMatchObject({
      reason: 'closed-ticket',
      ticket: { opened: { follows: ID } },
    });
    expect(by(NORA, null)).toMatchObject({
      reason: 'new-ticket',
      detail: 'there is no ticket T-7K4M2Q; [T-7K4M2Q] in the subject',
      ticket: { opened: { follows: null } },
    });
  });
});
