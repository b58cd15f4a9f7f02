import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { Memory } from '../../core/mail/outcome.ts';
import { participantHash } from '../../core/mail/token.ts';
import {
  arrival,
  desk,
  from,
  ID,
  KIM,
  keys,
  LUIS,
  MARTHA,
  memory,
  moment,
  NORA,
  PROVEN,
  ticket,
} from '../sample.ts';

const run = (given: ReturnType<typeof arrival>, known: Memory = memory()) =>
  dispose(given, known, moment, desk, keys);
const fresh = (address: string, text: string) => arrival({ ...from(address), text }, PROVEN);

describe('commands in a fresh mail of an agent', () => {
  test('that need no ticket are answered to his own address, and no ticket begins', () => {
    expect(run(fresh('l.ortega@example.test', '#mine\n#help'))).toMatchObject({
      disposition: 'commanded',
      reason: 'agent-commands',
      ticket: null,
      notice: {
        kind: 'commanded',
        to: { address: LUIS },
        looks: [{ what: 'mine' }],
        shows: ['help'],
        refused: false,
      },
    });
  });

  test('words beside them are for nobody, and the answer says so', () => {
    const { notice } = run(fresh(LUIS, '#mine\n\nMy own printer is jammed, too.'));
    expect(notice).toMatchObject({
      lines: [{ line: '#mine' }, { line: '(your words)', outcome: 'nothing-to-do' }],
    });
  });

  test('a mistyped one undoes all of them', () => {
    expect(run(fresh(LUIS, '#away 3d\n#quue'))).toMatchObject({
      disposition: 'refused',
      reason: 'unknown-command',
      notice: { kind: 'commanded', refused: true, looks: [] },
      tells: null,
      learned: { undeliverable: [] },
    });
    expect(run(fresh(LUIS, '#away 3d\n#quue')).learned.away).toBeUndefined();
  });

  test('without proof they wait for a code', () => {
    expect(run(arrival({ ...from(LUIS), text: '#mine' }))).toMatchObject({
      disposition: 'held',
      reason: 'without-proof',
    });
  });
});

describe('#away', () => {
  test('is remembered with the mail that said it, and told to the lead', () => {
    expect(run(fresh(KIM, '#away until 2027-01-10'))).toMatchObject({
      learned: { away: { address: KIM, away: { quote: 'until 2027-01-10', source: 'mail-1' } } },
      tells: { kind: 'away', to: { address: MARTHA }, person: KIM, by: KIM },
    });
  });

  test('a lead who says it is not told of his own word', () => {
    const outcome = run(fresh(MARTHA, `#away ${KIM} 3d`));
    expect(outcome.learned.away?.address).toBe(KIM);
    expect(outcome.tells).toBeNull();
  });

  test('in a reply does the same, and the ticket stays new', () => {
    const known = memory({
      ticket: ticket(),
      token: { purpose: 'ticket', id: ID, participant: participantHash(LUIS), expired: false },
      candidate: { ticketId: ID, clue: 'token', why: 'our token in the envelope' },
    });
    const outcome = run(fresh(LUIS, '#away 3d'), known);
    expect(outcome).toMatchObject({
      disposition: 'commanded',
      learned: { away: { address: LUIS } },
      tells: { kind: 'away', to: { address: MARTHA } },
    });
    expect(outcome.ticket?.kind === 'change' && outcome.ticket.happenings.map(({ kind }) => kind)).toEqual([
      'commanded',
    ]);
  });

  test('#back forgets it', () => {
    const away = { ...moment, until: '2027-01-10T00:00:00.000Z', from: moment.now, why: '', quote: 'x' };
    const loads = new Map([
      [KIM, { open: 0, lastAssignedAt: null, away: { ...away, ambiguous: false, source: 'mail-0' } }],
    ]);
    expect(run(fresh(KIM, '#back'), memory({ loads })).learned).toMatchObject({ back: KIM });
  });
});

describe('a requester’s #status in a fresh mail', () => {
  const own = { kind: 'commanded', to: { address: NORA }, looks: [{ what: 'own' }] };

  test('asks for his own tickets, and opens none', () => {
    expect(run(arrival({ text: '#status' }))).toMatchObject({
      disposition: 'commanded',
      reason: 'requester-commands',
      ticket: null,
      notice: own,
    });
  });

  test('with anything else beside it, it is a new ticket', () => {
    for (const text of ['#status\n\nWhere is my laptop?', '#status #1234', '#status\n#close'])
      expect(run(arrival({ text }))).toMatchObject({ disposition: 'opened' });
  });

  test('is not answered when authentication failed, or when nothing but a Reply-To names him', () => {
    expect(run(arrival({ text: '#status' }, { dmarc: 'FAIL', dmarcPolicy: 'none' }))).toMatchObject({
      disposition: 'opened',
      reason: 'unauthenticated',
    });
    const given = arrival({ text: '#status' });
    const behind = { ...given, writer: { ...given.writer, by: 'reply-to' as const } };
    expect(run(behind).disposition).toBe('opened');
  });
});
