import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { Arrival, Outcome } from '../../core/mail/outcome.ts';
import { participantHash } from '../../core/mail/token.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import { readBallot } from '../../core/ticket/satisfaction.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { phrase } from '../../templates/words.ts';
import {
  arrival,
  desk,
  ID,
  keys,
  LUIS,
  later,
  MARTHA,
  MONDAY,
  memory,
  NORA,
  opened,
  PRIYA,
  ticket,
} from '../sample.ts';

const closing: Happening = { kind: 'closed', reason: '', by: LUIS };
const closed = ticket([closing]);
const told = (event: Happening, on: Ticket, by = desk) =>
  updatesFor({ ...event, number: on.events, at: MONDAY }, on, by).map(
    ({ kind, to }) => `${kind} → ${to.address}`,
  );

describe('asking', () => {
  test('whoever closes it, the requester is asked', () => {
    expect(told(closing, closed)).toEqual([`closed → ${NORA}`, `satisfaction → ${NORA}`]);
    expect(told({ ...closing, by: NORA }, closed)).toEqual([`note → ${LUIS}`, `satisfaction → ${NORA}`]);
    expect(told({ ...closing, by: 'desk' }, closed)).toContain(`satisfaction → ${NORA}`);
  });

  test('not after spam, not when it is open again, and not where the desk does not ask', () => {
    expect(told({ ...closing, quiet: true }, closed)).toEqual([]);
    expect(told(closing, ticket())).toEqual([`closed → ${NORA}`]);
    expect(told(closing, closed, { ...desk, satisfaction: { ask: false } })).toEqual([`closed → ${NORA}`]);
  });

  test('neither a machine nor whoever failed authentication nor who wants no more mail is asked', () => {
    const close = (first: Ticket, ...more: Happening[]) =>
      change(first, [...more, closing], MONDAY, desk).after;
    const machine = opened(MONDAY, { acknowledge: false }).after;
    expect(told(closing, close(machine))).toEqual([`closed → ${NORA}`]);
    const flagged = opened(MONDAY, { flagged: 'DMARC FAIL' }).after;
    expect(told(closing, close(flagged))).toEqual([`closed → ${NORA}`]);
    expect(told(closing, close(ticket(), { kind: 'muted', by: NORA }))).toEqual([]);
  });

  test('whoever is made the requester of a machine’s ticket is asked', () => {
    const machine = opened(MONDAY, { acknowledge: false }).after;
    const requester = { address: 'ida@example.org', name: 'Ida Moll' };
    const previous = { address: NORA, name: '' };
    const hers = change(
      machine,
      [{ kind: 'requester-changed', requester, previous, by: LUIS }, closing],
      MONDAY,
      desk,
    ).after;
    expect(told(closing, hers)).toContain('satisfaction → ida@example.org');
  });
});

test.each([
  ['4', { vote: 4, words: '' }],
  ['４', { vote: 4, words: '' }],
  ['5点', { vote: 5, words: '' }],
  ['\n 5. \n\nThank you!\n', { vote: 5, words: 'Thank you!' }],
  ['1\nStill broken.\nTwice.', { vote: 1, words: 'Still broken.\nTwice.' }],
  ['0', null],
  ['6', null],
  ['42', null],
  ['4 stars', null],
  ['Thanks!\n5', null],
  ['', null],
])('%j is read as %j', (text, ballot) => {
  expect(readBallot(text)).toEqual(ballot);
});

const write = (
  text: string,
  on: Ticket = closed,
  { at = MONDAY, by = NORA, mail = arrival({ from: { address: by, name: 'Nora Quist' }, text }) } = {},
): Outcome =>
  dispose(
    mail,
    memory({
      ticket: on,
      candidate: { ticketId: ID, clue: 'token', why: 'its token is for it' },
      token: { purpose: 'ticket', id: ID, participant: participantHash(by), expired: false },
    }),
    { now: at, realNow: Date.parse(at) },
    desk,
    keys,
  );
const happenings = ({ ticket: done }: Outcome) => (done?.kind === 'change' ? done.happenings : []);
const voted = (text: string, on?: Ticket, at = MONDAY) =>
  change(on ?? closed, happenings(write(text, on, { at })), at, desk).after;

describe('voting', () => {
  test('a digit in answer to a closed ticket is a vote, and the ticket stays closed', () => {
    expect(write('4')).toMatchObject({ disposition: 'commanded', reason: 'rated', message: null });
    expect(happenings(write('4'))).toEqual([{ kind: 'rated', vote: 4, previous: null, words: '', by: NORA }]);
    expect(voted('4')).toMatchObject({ status: 'closed', rating: { vote: 4, since: MONDAY } });
  });

  test('words below it are kept with the ticket, and nobody is told twice', () => {
    const outcome = write('5\n\nThank you!');
    expect(outcome).toMatchObject({
      disposition: 'appended',
      reason: 'rated',
      message: { text: 'Thank you!', visibility: 'public' },
    });
    const [rated, received] = happenings(outcome);
    expect(rated).toMatchObject({ kind: 'rated', words: 'Thank you!' });
    expect(told(received as Happening, closed)).toEqual([]);
  });

  test('the logo of a signature is no word', () => {
    const logo = { name: 'logo.png', contentType: 'image/png', content: new Uint8Array(9) };
    const mail: Arrival = arrival({
      text: '4',
      attachments: [{ ...logo, size: 9, inline: true, contentId: 'logo' }] as Arrival['email']['attachments'],
    });
    expect(write('4', closed, { mail })).toMatchObject({ disposition: 'commanded', message: null });
  });

  test('for twelve hours a later digit replaces it', () => {
    const first = voted('1');
    const second = voted('5', first, later(MONDAY, 11));
    expect(second.rating).toEqual({ vote: 5, since: MONDAY });
    expect(happenings(write('5', first, { at: later(MONDAY, 11) }))).toMatchObject([
      { previous: 1, vote: 5 },
    ]);
  });

  test('vote-too-late: after twelve hours it is refused in the requester’s language, and nothing changes', () => {
    const german = { ...voted('2'), language: 'de' } as Ticket;
    const late = write('5', german, { at: later(MONDAY, 13) });
    expect(late).toMatchObject({
      disposition: 'refused',
      reason: 'vote-too-late',
      ticket: null,
      notice: { kind: 'refused', to: { address: NORA }, language: 'de' },
    });
    expect(phrase('de', 'refusal-vote-too-late')).toContain('12 Stunden');
  });

  test('words that come with a late digit are not refused: they open a linked ticket', () => {
    expect(write('1\nIt broke again.', voted('5'), { at: later(MONDAY, 13) })).toMatchObject({
      disposition: 'opened',
      reason: 'closed-ticket',
    });
  });

  test('a ticket that was reopened and closed once more is voted on anew', () => {
    const again = change(
      voted('1'),
      [{ kind: 'reopened', reason: '', by: NORA, told: false }, closing],
      later(MONDAY, 48),
      desk,
    ).after;
    expect(happenings(write('5', again, { at: later(MONDAY, 49) }))).toMatchObject([
      { kind: 'rated', vote: 5, previous: null },
    ]);
  });

  test('a poor vote tells the lead, and so does taking it back; a good one tells nobody', () => {
    const rated = (vote: 1 | 2 | 3 | 4 | 5, previous: 1 | null = null): Happening => ({
      ...{ kind: 'rated', vote, previous, words: '', by: NORA },
    });
    expect(told(rated(1), closed)).toEqual([`note → ${MARTHA}`]);
    expect(told(rated(2), closed)).toEqual([`note → ${MARTHA}`]);
    expect(told(rated(5, 1), closed)).toEqual([`note → ${MARTHA}`]);
    expect(told(rated(3), closed)).toEqual([]);
  });

  test('a vote that says #reopen does both, and whoever works on it reads the words', () => {
    const both = happenings(write('1\nStill broken.\n#reopen'));
    expect(both.map(({ kind }) => kind)).toEqual(['rated', 'message-received', 'reopened', 'commanded']);
    expect(change(closed, both, MONDAY, desk).after.status).toBe('open');
    expect(told(both[1] as Happening, closed)).toEqual([`requester-message → ${LUIS}`]);
  });
});

describe('a digit is a word like any other', () => {
  test('while the ticket is not closed', () => {
    expect(write('4', ticket())).toMatchObject({ disposition: 'appended', reason: 'requester-reply' });
  });

  test('from anybody but the requester', () => {
    const copied = change(
      closed,
      [
        {
          ...{ kind: 'copies-changed', removed: [], by: LUIS },
          added: [{ address: 'ida@example.org', name: '' }],
        },
      ],
      MONDAY,
      desk,
    ).after;
    expect(write('4', copied, { by: 'ida@example.org' })).toMatchObject({ reason: 'closed-ticket' });
    expect(write('4', closed, { by: PRIYA })).not.toMatchObject({ reason: 'rated' });
  });

  test('in mail that failed authentication', () => {
    const forged = arrival({ text: '1' }, { dmarc: 'FAIL', dmarcPolicy: 'none' });
    expect(write('1', closed, { mail: forged })).toMatchObject({ disposition: 'opened' });
  });

  test('without the token', () => {
    const found = memory({ ticket: closed, candidate: { ticketId: ID, clue: 'reference', why: '' } });
    const moment = { now: MONDAY, realNow: Date.parse(MONDAY) };
    expect(dispose(arrival({ text: '4' }), found, moment, desk, keys)).toMatchObject({
      reason: 'closed-ticket',
    });
  });
});
