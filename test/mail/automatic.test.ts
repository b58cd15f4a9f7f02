import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { Automatic, Reported } from '../../core/mail/email.ts';
import type { Memory } from '../../core/mail/outcome.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Away } from '../../core/triage/presence.ts';
import {
  arrival,
  desk,
  from,
  ID,
  KIM,
  keys,
  LUIS,
  MARTHA,
  MONDAY,
  memory,
  moment,
  NORA,
  PROVEN,
  ticket,
  tokenOf,
} from '../sample.ts';

type Given = ReturnType<typeof arrival>;
const run = (given: Given, known: Memory) => dispose(given, known, moment, desk, keys);
const machine = (
  kind: Automatic['kind'],
  given = arrival({ text: 'I am away.' }),
  seen = 'a header',
): Given => ({
  ...given,
  automatic: { kind, rule: 'a rule', seen },
});
const found = (on: Ticket, more: Partial<Memory> = {}) =>
  memory({ ticket: on, candidate: { ticketId: ID, clue: 'reference', why: 'it answers <x>' }, ...more });
const happenings = (outcome: ReturnType<typeof run>) =>
  outcome.ticket?.kind === 'change' ? outcome.ticket.happenings : [];
const kinds = (outcome: ReturnType<typeof run>) => happenings(outcome).map(({ kind }) => kind);
const waiting = change(ticket(), [{ kind: 'paused', until: null, reason: '', by: LUIS }], MONDAY, desk).after;
const resolved = ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]);

describe('a machine’s mail on its ticket', () => {
  test.each([
    ['out-of-office', 'waiting', waiting],
    ['out-of-office', 'resolved', resolved],
    ['auto-reply', 'waiting', waiting],
    ['receipt', 'new', ticket()],
  ] as const)(
    '%s is kept on a %s ticket; neither its status nor its clock moves, and nobody is told',
    (kind, status, on) => {
      const outcome = run(machine(kind), found(on));
      expect(outcome).toMatchObject({
        disposition: 'suppressed',
        reason: kind,
        clue: 'reference',
        message: null,
        notice: null,
      });
      expect(happenings(outcome)).toEqual([
        { kind: 'automatic-mail-received', what: kind, from: NORA, about: null, excerpt: 'I am away.' },
      ]);
      const { after, events } = change(on, happenings(outcome), MONDAY, desk);
      expect(after).toMatchObject({ status, clock: on.clock, waiting: on.waiting, deadlines: on.deadlines });
      expect(events.flatMap((event) => updatesFor(event, after, desk))).toEqual([]);
    },
  );

  test('the record says which clue led there, and what it saw', () => {
    expect(run(machine('receipt'), found(ticket())).detail).toBe('a rule: a header; it answers <x>');
  });

  test('of somebody who does not take part only the ledger knows', () => {
    expect(run(machine('auto-reply', arrival(from('robot@example.org'))), found(ticket())).ticket).toBeNull();
  });

  test('of a participant’s address that failed authentication only the ledger knows', () => {
    const forged = arrival({ text: 'Away' }, { dmarc: 'FAIL', dmarcPolicy: 'none' });
    expect(run(machine('out-of-office', forged), found(ticket())).ticket).toBeNull();
  });

  test('our own mail that came back is no news', () => {
    expect(run(machine('loop'), found(ticket())).ticket).toBeNull();
  });

  test('the excerpt is short, on one line, and holds no reply address of ours', () => {
    const text = `Your mail\nto support+${'0'.repeat(39)}@desk.example.test\n${'x'.repeat(500)}`;
    const [event] = happenings(run(machine('auto-reply', arrival({ text })), found(ticket())));
    if (event?.kind !== 'automatic-mail-received') throw new Error('nothing was kept');
    expect(event.excerpt).toHaveLength(200);
    expect(event.excerpt).toMatch(/^Your mail to support\+…@desk\.example\.test x+$/);
  });
});

describe('a report about our mail', () => {
  const reported = (about: string[]): Reported => ({ ids: ['sent-1@email.amazonses.com'], about });
  const report = (
    kind: 'bounce' | 'complaint' | 'receipt',
    about = NORA,
    permanent = true,
    seen = 'failed',
  ): Given => ({
    ...machine(
      kind,
      arrival({ ...from('mailer-daemon@mail.example.org'), text: 'It did not arrive.' }),
      seen,
    ),
    reported: reported([about]),
    bounce:
      kind === 'bounce'
        ? { recipients: [{ address: about, status: permanent ? '5.1.1' : '4.2.2', permanent }] }
        : null,
  });
  const sentTo = (address: string, on: Ticket = ticket()) => found(on, { sentTo: address });

  test('that mail is late is kept with whom it is about', () => {
    expect(happenings(run(report('receipt', NORA, false, 'delayed'), sentTo(NORA)))).toEqual([
      {
        kind: 'automatic-mail-received',
        what: 'delayed',
        from: 'mailer-daemon@mail.example.org',
        about: NORA,
        excerpt: 'It did not arrive.',
      },
    ]);
  });

  test('that will never change pauses the clock of its requester, names why, and marks the address', () => {
    const outcome = run(report('bounce'), sentTo(NORA));
    expect(kinds(outcome)).toEqual(['automatic-mail-received', 'delivery-failed', 'paused']);
    expect(outcome).toMatchObject({
      disposition: 'feedback',
      learned: {
        undeliverable: [
          { address: NORA, why: 'bounce', status: '5.1.1', since: MONDAY, until: '2027-01-22T09:00:00.000Z' },
        ],
      },
    });
    const { after } = change(ticket(), happenings(outcome), MONDAY, desk);
    expect(after).toMatchObject({
      status: 'waiting',
      deadlines: {},
      waiting: {
        until: '2026-11-26T09:00:00.000Z',
        reason: `mail to ${NORA} cannot be delivered`,
        undeliverable: NORA,
      },
    });
  });

  test('that is about a full mailbox is recorded, and that is all', () => {
    const outcome = run(report('bounce', NORA, false), sentTo(NORA));
    expect(kinds(outcome)).toEqual(['automatic-mail-received', 'delivery-failed']);
    expect(outcome.learned.undeliverable).toEqual([]);
  });

  test('about somebody on copy marks him and leaves the clock alone', () => {
    const copied = {
      ...ticket(),
      participants: [...ticket().participants, { address: 'ole@example.org', name: '', role: 'cc' as const }],
    };
    const outcome = run(report('bounce', 'ole@example.org'), sentTo('ole@example.org', copied));
    expect(kinds(outcome)).toEqual(['automatic-mail-received', 'delivery-failed']);
    expect(outcome.learned.undeliverable).toMatchObject([{ address: 'ole@example.org' }]);
  });

  test('proves nothing by an id that we sent to somebody else, or by a tag in its subject', () => {
    const other = run(report('bounce'), sentTo('ole@example.org'));
    expect(kinds(other)).toEqual(['automatic-mail-received']);
    expect(other.learned.undeliverable).toEqual([]);
    const bySubject = found(ticket(), { candidate: { ticketId: ID, clue: 'subject', why: '[T-…]' } });
    expect(run(report('bounce'), bySubject).ticket).toBeNull();
  });

  test('that comes to the requester’s own reply address is believed of him', () => {
    const outcome = run(report('bounce'), found(ticket(), { token: tokenOf(NORA) }));
    expect(kinds(outcome)).toContain('delivery-failed');
  });

  test('a ticket that waits for a date already goes on waiting for that', () => {
    const dated = change(
      ticket(),
      [{ kind: 'paused', until: '2026-12-24T09:00:00.000Z', reason: '', by: LUIS }],
      MONDAY,
      desk,
    ).after;
    expect(kinds(run(report('bounce'), sentTo(NORA, dated)))).toEqual([
      'automatic-mail-received',
      'delivery-failed',
    ]);
    expect(kinds(run(report('bounce'), sentTo(NORA, waiting)))).toContain('paused');
    expect(kinds(run(report('bounce'), sentTo(NORA, resolved)))).not.toContain('paused');
  });

  test('a complaint about mail that we sent to him marks the address, whoever passes it on', () => {
    const outcome = run(report('complaint', 'redacted@example.org'), sentTo(NORA));
    expect(kinds(outcome)).toEqual(['automatic-mail-received', 'complained']);
    expect(outcome).toMatchObject({
      disposition: 'feedback',
      learned: { undeliverable: [{ address: NORA, why: 'complaint' }] },
    });
    expect(run(report('complaint'), found(ticket())).learned.undeliverable).toEqual([]);
  });
});

test('mail from an address at which nothing arrived ends that; a machine’s, or a forged one, does not', () => {
  const undeliverable = {
    address: NORA,
    why: 'bounce',
    status: '5.1.1',
    since: MONDAY,
    until: MONDAY,
  } as const;
  expect(run(arrival(), memory({ undeliverable })).learned.reachable).toBe(NORA);
  expect(run(machine('auto-reply'), found(ticket(), { undeliverable })).learned.reachable).toBeUndefined();
  const forged = arrival({}, { dmarc: 'FAIL', dmarcPolicy: 'none' });
  expect(run(forged, memory({ undeliverable })).learned.reachable).toBeUndefined();
});

describe('an agent’s out-of-office notice', () => {
  const notice = (text: string, by = LUIS, verdicts = {}) =>
    machine(
      'out-of-office',
      arrival({ ...from(by), subject: 'Automatic reply: x [T-7K4M2Q]', text }, verdicts),
    );
  const away = (until: string, quote: string | null): Away => ({
    ...{ from: '2026-11-20T09:00:00.000Z', until, quote },
    ...{ why: 'he said so', ambiguous: false, source: 'mail-0' },
  });
  const known = (until: string, quote: string | null) =>
    new Map([[LUIS, { open: 0, lastAssignedAt: null, away: away(until, quote) }]]);

  test('with the token that we sent to him takes him off the desk, and his lead is told once', () => {
    const outcome = run(notice('Back on 30 November.'), found(ticket(), { token: tokenOf(LUIS) }));
    expect(outcome).toMatchObject({
      disposition: 'suppressed',
      learned: {
        away: { address: LUIS, away: { from: MONDAY, until: '2026-11-29T23:00:00.000Z', source: 'mail-1' } },
      },
      notice: {
        kind: 'away',
        to: { address: MARTHA },
        person: LUIS,
        until: '2026-11-29T23:00:00.000Z',
        quote: 'Back on 30 November',
      },
    });
    expect(kinds(outcome)).toEqual(['automatic-mail-received']);
    const again = run(
      notice('Back on 30 November.'),
      found(ticket(), {
        token: tokenOf(LUIS),
        loads: known('2026-11-29T23:00:00.000Z', 'Back on 30 November'),
      }),
    );
    expect(again.learned.away).toBeUndefined();
    expect(again.notice).toBeNull();
  });

  test('with DMARC needs no token, and his other address is his as well', () => {
    expect(
      run(notice('Back on 30 November.', 'l.ortega@example.test', PROVEN), memory()).learned.away,
    ).toMatchObject({ address: LUIS });
  });

  test.each([
    ['neither', {}, memory()],
    ['another one’s token', {}, memory({ token: tokenOf(KIM) })],
    ['an expired token', {}, memory({ token: tokenOf(LUIS, { expired: true }) })],
    ['failed authentication', { dmarc: 'FAIL' as const }, memory({ token: tokenOf(LUIS) })],
  ])('with %s takes nobody off the desk', (_, verdicts, given) => {
    const outcome = run(notice('Back on 30 November.', LUIS, verdicts), given);
    expect(outcome.learned.away).toBeUndefined();
    expect(outcome.notice).toBeNull();
  });

  test('without a day moves a guess along and tells nobody again; it never shortens what he said', () => {
    const guess = run(
      notice('I am away.'),
      found(ticket(), { token: tokenOf(LUIS), loads: known('2026-11-24T00:00:00.000Z', null) }),
    );
    expect(guess.learned.away?.away).toMatchObject({
      from: '2026-11-20T09:00:00.000Z',
      until: '2026-11-24T23:00:00.000Z',
    });
    expect(guess.notice).toBeNull();
    const said = run(
      notice('I am away.'),
      found(ticket(), { token: tokenOf(LUIS), loads: known('2026-12-24T00:00:00.000Z', 'until 23/12') }),
    );
    expect(said.learned.away).toBeUndefined();
  });

  test('that names days to come is known and told once, like any other', () => {
    const ahead = notice('I will be on leave from 1 December to 4 December.');
    const first = run(ahead, found(ticket(), { token: tokenOf(LUIS) }));
    expect(first.learned.away?.away).toMatchObject({
      from: '2026-11-30T23:00:00.000Z',
      until: '2026-12-04T23:00:00.000Z',
    });
    expect(first.notice).not.toBeNull();
    const loads = new Map([
      [LUIS, { open: 0, lastAssignedAt: null, away: first.learned.away?.away ?? null }],
    ]);
    const again = run(ahead, found(ticket(), { token: tokenOf(LUIS), loads }));
    expect([again.learned.away, again.notice]).toEqual([undefined, null]);
  });

  test('of a lead is told to a manager', () => {
    const outcome = run(notice('Back on 30 November.', MARTHA, PROVEN), memory());
    expect(outcome.notice).toMatchObject({ kind: 'away', to: { address: 'grace.okafor@example.test' } });
  });

  test('a requester’s takes nobody off the desk', () => {
    expect(
      run(machine('out-of-office'), found(ticket(), { token: tokenOf(NORA) })).learned.away,
    ).toBeUndefined();
  });

  test('his own words from his holidays are noted and do not end them', () => {
    const words = arrival({ ...from(LUIS), text: 'Try again, please.', messageId: 'l@example.test' }, PROVEN);
    const outcome = run(
      words,
      found(ticket(), { token: tokenOf(LUIS), loads: known('2026-12-24T00:00:00.000Z', 'x') }),
    );
    expect(outcome).toMatchObject({
      disposition: 'appended',
      detail: expect.stringContaining('Luis Ortega counts as away until'),
    });
    expect(outcome.learned.away).toBeUndefined();
  });
});
