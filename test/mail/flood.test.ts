import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import { type Counted, countedAs, FIRST_OF_ALL, likeness, overflow, quietly } from '../../core/mail/flood.ts';
import type { Memory } from '../../core/mail/outcome.ts';
import { participantHash } from '../../core/mail/token.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
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
  PROVEN,
  ticket,
} from '../sample.ts';

const fromNora = (subject: string) => arrival({ subject, text: 'Again.' });
const slotOf = (subject: string): Counted => countedAs(fromNora(subject), memory(), desk) as Counted;
const onTicket = (on = ticket()): Partial<Memory> => ({
  ticket: on,
  token: { purpose: 'ticket', id: ID, participant: participantHash(NORA), expired: false },
  candidate: { ticketId: ID, clue: 'token', why: 'our token in the envelope' },
});

describe('mails are alike', () => {
  test.each([
    ['Job 4711 failed', 'Job 4712 failed'],
    ['Re: Job 4711 failed', 'RE: AW: job 4711 FAILED'],
    ['[T-7K4M2Q] Your request', '[T-9AB2CD] Your request'],
    ['Order 2026-11-23T09:00:00Z received', 'Order 2026-11-24T10:30:00Z received'],
    ['Ticket#55aa01 opened', 'Ticket#66bb02 opened'],
  ])('%s and %s', (one, other) => {
    expect(likeness(one)).toBe(likeness(other));
  });

  test.each([
    ['Job 4711 failed', 'Job 4711 ended'],
    ['Printer', 'Screen'],
  ])('%s and %s are not', (one, other) => {
    expect(likeness(one)).not.toBe(likeness(other));
  });

  test('a subject of a megabyte costs what one of a line does', () => {
    expect(likeness(`${'re: '.repeat(250_000)}x`).length).toBeLessThan(1_000);
  });
});

describe('who is counted', () => {
  test('whoever opens tickets, by his subject, and whoever answers one, by the ticket', () => {
    expect(slotOf('Job 1')).toEqual({ sender: NORA, slot: slotOf('Job 2').slot });
    expect(countedAs(fromNora('Job 1'), memory(onTicket()), desk)?.slot).not.toBe(slotOf('Job 1').slot);
  });

  test('an answer to a closed ticket opens one', () => {
    const closed = ticket([{ kind: 'closed', reason: '', by: LUIS }]);
    expect(countedAs(fromNora('Job 1'), memory(onTicket(closed)), desk)?.slot).toBe(slotOf('Job 1').slot);
  });

  test('a number in the subject of somebody who takes no part opens one', () => {
    const candidate = { ticketId: ID, clue: 'subject' as const, why: `[${ID}] in the subject` };
    const stranger = arrival({ subject: 'Job 1', from: { address: 'x@example.net', name: '' } });
    expect(countedAs(stranger, memory({ ticket: ticket(), candidate }), desk)?.slot).toBe(
      slotOf('Job 1').slot,
    );
  });

  test('nobody of the desk, nobody who is allowed, and nothing that opens nothing', () => {
    const kim = arrival({ from: { address: KIM, name: '' }, fromAll: [{ address: KIM, name: '' }] }, PROVEN);
    const allowed = {
      ...fromNora('x'),
      writer: { ...fromNora('x').writer, listed: { as: 'allowed' as const, entry: '@example.org' } },
    };
    const bounce = { ...fromNora('x'), automatic: { kind: 'bounce' as const, rule: 'r', seen: 's' } };
    for (const given of [kim, allowed, bounce, arrival({}, { spam: 'FAIL' })])
      expect(countedAs(given, memory(), desk)).toBeNull();
    expect(countedAs(fromNora('x'), memory({ duplicateOf: 'mail-0' }), desk)).toBeNull();
  });
});

describe('how much is too much', () => {
  const counted = slotOf('Job 1');
  const tally = (count: number, others: Record<string, number> = {}) => ({
    counts: { [counted.slot]: count, ...others },
    firsts: { [counted.slot]: 'mail-1', [FIRST_OF_ALL]: 'mail-0' },
  });

  test('five tickets of the same, and then all goes to the first’s', () => {
    expect(overflow(counted, tally(5))).toBeNull();
    expect(overflow(counted, tally(6))).toEqual({ kind: 'joined', place: 1, first: 'mail-1' });
    expect(overflow(counted, tally(100))).toEqual({ kind: 'joined', place: 95, first: 'mail-1' });
  });

  test('thirty tickets of any kind, where what was joined does not count again', () => {
    const kinds = (n: number, each: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, at) => [`l-${at}`, each]));
    expect(overflow(counted, tally(1, kinds(29, 1)))).toBeNull();
    expect(overflow(counted, tally(1, kinds(30, 1)))).toEqual({ kind: 'joined', place: 1, first: 'mail-0' });
    expect(overflow(counted, tally(1, kinds(5, 90)))).toBeNull();
  });

  test('thirty answers to one ticket, which open nothing', () => {
    const answer = countedAs(fromNora('Re: Job'), memory(onTicket()), desk) as Counted;
    const at = (count: number) => overflow(answer, { counts: { [answer.slot]: count }, firsts: {} });
    expect([at(30), at(31), at(32)]).toEqual([
      null,
      { kind: 'quiet', begins: true },
      { kind: 'quiet', begins: false },
    ]);
    expect(overflow(counted, tally(1, { [answer.slot]: 400 }))).toBeNull();
  });
});

describe('what becomes of a flood', () => {
  const joined = (place: number) =>
    dispose(
      fromNora('Job 9'),
      memory({ flood: { kind: 'joined', place, ticket: ticket() } }),
      moment,
      desk,
      keys,
    );
  const toldBy = (outcome: ReturnType<typeof joined>) => {
    if (outcome.ticket?.kind !== 'change') return [];
    const { after, events } = change(outcome.ticket.before, outcome.ticket.happenings, MONDAY, desk);
    return events
      .flatMap((event) => updatesFor(event, after, desk))
      .map(({ kind, to }) => `${kind} → ${to.address}`);
  };

  test('flood: the first that is too many joins the ticket, and tells whoever works on it, once', () => {
    expect(joined(1)).toMatchObject({
      disposition: 'appended',
      reason: 'flood',
      message: { text: 'Again.', direction: 'in', visibility: 'public' },
      ticket: { before: { id: ID } },
    });
    expect(toldBy(joined(1))).toEqual([`note → ${LUIS}`]);
    expect(toldBy(joined(2))).toEqual([]);
    expect(joined(20)).toMatchObject({ disposition: 'appended', reason: 'flood' });
  });

  test('flood: after twenty only the ledger has them, with their ticket', () => {
    expect(joined(21)).toMatchObject({
      disposition: 'suppressed',
      reason: 'flood',
      ticket: null,
      message: null,
      notice: null,
      concerns: ID,
    });
  });

  test('flood: an answer that is one too many stays with its ticket, and only the first tells', () => {
    const answered = (begins: boolean) =>
      dispose(
        fromNora('Re: Job'),
        memory({ ...onTicket(), flood: { kind: 'quiet', begins } }),
        moment,
        desk,
        keys,
      );
    expect(answered(false)).toMatchObject({ disposition: 'appended', reason: 'requester-reply' });
    expect(toldBy(answered(false))).toEqual([]);
    expect(toldBy(answered(true))).toEqual([`note → ${LUIS}`]);
    expect(toldBy(dispose(fromNora('Re: Job'), memory(onTicket()), moment, desk, keys))).toEqual([
      `requester-message → ${LUIS}`,
    ]);
  });

  test('flood: so does a note of somebody else, and only what people wrote is quiet', () => {
    const reply = dispose(fromNora('Re: Job'), memory(onTicket()), moment, desk, keys);
    if (reply.ticket?.kind !== 'change') throw new Error('a reply changes its ticket');
    const note = { kind: 'noted', message: 2, by: NORA, thirdParty: NORA } as const;
    const other = { kind: 'flooded', address: NORA } as const;
    const outcome = {
      ...reply,
      ticket: { ...reply.ticket, happenings: [note, other] },
    };
    expect(quietly(outcome, fromNora('Re: Job'), { kind: 'quiet', begins: false })).toMatchObject({
      ticket: { happenings: [{ ...note, quiet: true }, other] },
    });
    expect(quietly(outcome, fromNora('Re: Job'), null)).toBe(outcome);
  });
});
