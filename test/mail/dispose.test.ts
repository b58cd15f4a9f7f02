import { describe, expect, test } from 'vitest';
import { CODE_TRIES } from '../../core/mail/code.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { HeldCode, Memory } from '../../core/mail/outcome.ts';
import { codeId, oneTimeCode, participantHash, replyAddress, type Token } from '../../core/mail/token.ts';
import { disposeUnread } from '../../core/mail/unread.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import {
  arrival,
  byToken,
  desk,
  from,
  ID,
  KIM,
  keys,
  LUIS,
  later,
  MARTHA,
  MONDAY,
  memory,
  moment,
  NORA,
  PROVEN,
  ticket,
} from '../sample.ts';

/** Whatever is decided says why. */
const run = (given: ReturnType<typeof arrival>, known: Memory = memory(), at = moment) => {
  const outcome = dispose(given, known, at, desk, keys);
  expect(outcome.detail).toMatch(/\w/);
  return outcome;
};
const kinds = (outcome: ReturnType<typeof run>) =>
  outcome.ticket?.kind === 'change' ? outcome.ticket.happenings.map(({ kind }) => kind) : [];
const byReference = (on: Ticket = ticket()) =>
  memory({ ticket: on, candidate: { ticketId: ID, clue: 'reference', why: 'it answers <x>' } });
const luis = (text: string) => arrival({ ...from(LUIS), text, messageId: 'luis@example.test' }, PROVEN);
const nora = (text: string) => arrival({ text });
const waiting = change(ticket(), [{ kind: 'paused', until: null, reason: '', by: LUIS }], MONDAY, desk).after;
const resolved = ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]);
const closed = ticket([{ kind: 'closed', reason: '', by: LUIS }]);

describe('before anybody is asked who he is', () => {
  test('same-message: a mail that came before is a duplicate, whatever else it is', () => {
    expect(run(arrival({}, { spam: 'FAIL' }), memory({ duplicateOf: 'mail-0' }))).toMatchObject({
      disposition: 'duplicate',
      reason: 'same-message',
    });
  });

  test('spam and virus are quarantined', () => {
    expect(run(arrival({}, { spam: 'FAIL' }))).toMatchObject({
      disposition: 'quarantined',
      reason: 'spam',
      ticket: null,
      notice: null,
    });
    expect(run(arrival({}, { virus: 'FAIL' }))).toMatchObject({
      disposition: 'quarantined',
      reason: 'virus',
    });
  });

  test('what cannot be read is told to its sender, but to nobody who is blocked or whose header cannot be read either', () => {
    const { email, receipt } = arrival({}, PROVEN);
    const blocked = { ...desk, mail: { ...desk.mail, blocked: [NORA] } };
    const told = [
      disposeUnread('unreadable', 'no MIME', email, receipt, desk),
      disposeUnread('unreadable', 'no MIME', email, receipt, blocked),
      disposeUnread('unreadable', 'no MIME', null, receipt, desk),
    ].map(({ notice }) => notice?.to.address ?? null);
    expect(told).toEqual([NORA, null, null]);
  });

  test.each(['loop', 'auto-reply', 'out-of-office', 'receipt'] as const)(
    '%s is suppressed and answered by nobody',
    (kind) => {
      const automatic = { ...nora('x'), automatic: { kind, rule: 'a rule', seen: 'a header' } };
      expect(run(automatic)).toMatchObject({
        disposition: 'suppressed',
        reason: kind,
        ticket: null,
        notice: null,
        detail: 'a rule: a header',
      });
    },
  );

  test('a bounce that belongs to no ticket is feedback', () => {
    const bounce = { recipients: [{ address: NORA, status: '5.1.1', permanent: true }] };
    const given = { ...nora('x'), automatic: { kind: 'bounce' as const, rule: 'r', seen: 's' }, bounce };
    expect(run(given)).toMatchObject({ disposition: 'feedback', reason: 'bounce', ticket: null });
  });

  test('a complaint is feedback', () => {
    expect(run({ ...nora('x'), automatic: { kind: 'complaint', rule: 'r', seen: 's' } })).toMatchObject({
      disposition: 'feedback',
      reason: 'complaint',
    });
  });

  test('no-sender: mail from nobody is kept and answered by nobody', () => {
    expect(run(arrival({ from: null, fromAll: [] }))).toMatchObject({
      disposition: 'quarantined',
      reason: 'no-sender',
    });
  });

  test.each(['quarantine', 'reject'] as const)(
    'disowned-by-domain: DMARC FAIL with policy %s is quarantined',
    (dmarcPolicy) => {
      expect(run(arrival({}, { dmarc: 'FAIL', dmarcPolicy }))).toMatchObject({
        disposition: 'quarantined',
        reason: 'disowned-by-domain',
      });
    },
  );
});

describe('a new ticket', () => {
  test('new-ticket: is classified, routed and acknowledged, and every decision has its reason', () => {
    const { disposition, reason, ticket: made, message } = run(nora('It eats the paper.'));
    expect({ disposition, reason }).toEqual({ disposition: 'opened', reason: 'new-ticket' });
    expect(made).toMatchObject({
      kind: 'open',
      opened: {
        category: 'printing',
        team: 'service-desk',
        tier: 1,
        priority: 'P3',
        acknowledge: true,
        mailbox: 'support@desk.example.test',
      },
      also: [{ kind: 'assigned' }],
    });
    expect(made?.kind === 'open' && made.opened.reasons.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['category', 'impact', 'urgency', 'priority', 'assignee']),
    );
    expect(message).toMatchObject({ direction: 'in', visibility: 'public', text: 'It eats the paper.' });
  });

  test('unauthenticated: DMARC FAIL without a policy is opened, flagged and not acknowledged', () => {
    expect(run(arrival({}, { dmarc: 'FAIL', dmarcPolicy: 'none' }))).toMatchObject({
      disposition: 'opened',
      reason: 'unauthenticated',
      ticket: { opened: { acknowledge: false, flagged: expect.stringContaining('DMARC FAIL') } },
    });
  });

  test.each(['list', 'monitoring'] as const)('%s opens a ticket that nobody is told of', (kind) => {
    expect(run({ ...nora('x'), automatic: { kind, rule: 'r', seen: 's' } })).toMatchObject({
      disposition: 'opened',
      reason: kind,
      ticket: { opened: { acknowledge: false } },
    });
  });

  test('forged-token: the suspicion is recorded with the new ticket', () => {
    expect(run(nora('x'), memory({ suspicion: 'a token that does not verify' }))).toMatchObject({
      disposition: 'opened',
      reason: 'forged-token',
      ticket: { opened: { flagged: 'a token that does not verify', follows: null } },
    });
  });

  test('those on copy take part, the desk and its people do not', () => {
    const cc = [NORA, 'ole@example.org', LUIS, 'hr@desk.example.test'].map((address) => ({
      address,
      name: '',
    }));
    expect(run(arrival({ cc }))).toMatchObject({
      ticket: { opened: { cc: [{ address: 'ole@example.org' }] } },
    });
  });

  test('mail to an address that nobody set up is taken in by the first one', () => {
    expect(
      run(
        arrival(
          { to: [{ address: 'sales@desk.example.test', name: '' }] },
          { recipients: ['sales@desk.example.test'] },
        ),
      ),
    ).toMatchObject({ ticket: { opened: { mailbox: 'support@desk.example.test' } } });
  });

  test('what asks for the services stays with the ticket that it answers, but not with one of others', () => {
    const asked = run(nora('#services'), byReference());
    expect(asked).toMatchObject({ disposition: 'commanded', clue: 'reference', concerns: ID });
    const subject = memory({
      ticket: ticket(),
      candidate: { ticketId: ID, clue: 'subject', why: 'its number' },
    });
    const stranger = arrival({ ...from('mo@example.net'), text: '#services' });
    for (const other of [run(nora('#services')), run(stranger, subject)]) {
      expect(other).toMatchObject({ disposition: 'commanded', reason: 'requester-commands' });
      expect(other.concerns).toBeUndefined();
    }
  });

  test('forwarded-by-agent: the first writer becomes the requester', () => {
    const forwarded = {
      from: { address: NORA, name: 'Nora Quist' },
      to: [],
      cc: [],
      subject: 'No toner',
      date: null,
      text: 'The toner is empty.',
    };
    const outcome = run({ ...luis('See below'), forwarded });
    expect(outcome).toMatchObject({
      note: { visibility: 'private', text: 'See below', from: { address: LUIS } },
      disposition: 'opened',
      reason: 'forwarded-by-agent',
      detail: `${LUIS} forwarded a mail from ${NORA}`,
      ticket: { opened: { requester: { address: NORA }, subject: 'No toner', acknowledge: true } },
      message: { from: { address: NORA }, text: 'The toner is empty.' },
    });
    expect(run({ ...luis(' \n'), forwarded }).note).toBeNull();
  });

  test.each(['Fwd: FW: No toner', 'fw:No toner', 'WG: No toner'])(
    'forwarded-by-agent: what was forwarded without a subject has that of the mail: %s',
    (subject) => {
      const forwarded = {
        ...{ from: { address: NORA, name: '' }, to: [], cc: [], subject: null, date: null },
        text: 'The toner is empty.',
      };
      const mail = arrival({ ...from(LUIS), subject, text: '', messageId: 'luis@example.test' }, PROVEN);
      expect(run({ ...mail, forwarded })).toMatchObject({
        ticket: { opened: { subject: subject.startsWith('Fwd') ? 'FW: No toner' : 'No toner' } },
      });
    },
  );

  test('a requester who forwards stays the requester', () => {
    const forwarded = {
      from: { address: 'vendor@example.org', name: '' },
      to: [],
      cc: [],
      subject: 'Offer',
      date: null,
      text: 'Buy',
    };
    expect(run({ ...nora('Is this spam?'), forwarded })).toMatchObject({
      reason: 'new-ticket',
      ticket: { opened: { requester: { address: NORA } } },
    });
  });

  test('an agent may write to the desk like anybody', () => {
    expect(run(luis('My own screen is broken'))).toMatchObject({
      disposition: 'opened',
      reason: 'new-ticket',
      ticket: { opened: { requester: { address: LUIS } } },
    });
  });
});

describe('a requester’s reply', () => {
  test('requester-reply: is added to the ticket', () => {
    expect(run(nora('Still broken'), byToken(NORA))).toMatchObject({
      disposition: 'appended',
      reason: 'requester-reply',
      clue: 'token',
      message: { visibility: 'public', direction: 'in' },
    });
  });

  test('wakes a ticket that waits, and reopens a resolved one', () => {
    expect(kinds(run(nora('Here it is'), byToken(NORA, waiting)))).toEqual(['resumed', 'message-received']);
    expect(kinds(run(nora('Again!'), byToken(NORA, resolved)))).toEqual(['reopened', 'message-received']);
  });

  test('closed-ticket: opens a linked one', () => {
    expect(run(nora('Again!'), byToken(NORA, closed))).toMatchObject({
      disposition: 'opened',
      reason: 'closed-ticket',
      ticket: { opened: { follows: ID } },
    });
    for (const command of ['#status', '#reopen'])
      expect(run(nora(command), byToken(NORA, closed))).toMatchObject({
        disposition: 'commanded',
        reason: 'requester-commands',
      });
    expect(run(nora('#close'), byToken(NORA, closed))).toMatchObject({ reason: 'closed-ticket' });
  });

  test('requester-commands: “solved” is one where something was offered', () => {
    const offered = ticket([{ kind: 'articles-offered', articles: ['K-7K4M2Q'] }]);
    expect(run(nora('Solved, thank you!'), byToken(NORA, offered))).toMatchObject({
      disposition: 'commanded',
      reason: 'requester-commands',
      clue: 'token',
    });
    for (const [text, on] of [
      ['Solved, thank you!', ticket()],
      ['Not solved', offered],
    ] as const)
      expect(run(nora(text), byToken(NORA, on))).toMatchObject({ reason: 'requester-reply' });
  });

  test('the token of a ticket that was merged speaks in the other one for those who take part there', () => {
    const target = { ...ticket(), id: 'T-BBBBBB' };
    expect(run(nora('Still broken'), byToken(NORA, target))).toMatchObject({
      disposition: 'appended',
      ticket: { before: { id: 'T-BBBBBB' } },
    });
    const without = { ...target, participants: [] };
    expect(run(nora('Still broken'), byToken(NORA, without))).toMatchObject({ reason: 'third-party' });
    expect(run(luis('#note Mine'), byToken(LUIS, target))).toMatchObject({ disposition: 'noted' });
  });

  test('expired-token: opens a linked one', () => {
    expect(run(nora('Hello?'), byToken(NORA, ticket(), true))).toMatchObject({
      disposition: 'opened',
      reason: 'expired-token',
      ticket: { opened: { follows: ID } },
    });
  });

  test('requester-commands: #close closes, #status shows, and nothing else is a command', () => {
    expect(run(nora('#close'), byToken(NORA))).toMatchObject({
      disposition: 'commanded',
      reason: 'requester-commands',
    });
    expect(kinds(run(nora('#close'), byToken(NORA)))).toEqual(['closed', 'commanded']);
    expect(kinds(run(nora('#reopen'), byToken(NORA, closed)))).toEqual(['reopened', 'commanded']);
    expect(run(nora('#assign kim'), byToken(NORA))).toMatchObject({
      disposition: 'appended',
      message: { text: '#assign kim' },
    });
  });

  test('that failed authentication is kept, flagged, and commands nothing', () => {
    const outcome = run(arrival({ text: '#close' }, { dmarc: 'FAIL', dmarcPolicy: 'none' }), byToken(NORA));
    expect(outcome).toMatchObject({
      disposition: 'appended',
      message: { text: '#close' },
      ticket: { happenings: [{ kind: 'message-received', flagged: expect.stringContaining('DMARC FAIL') }] },
    });
  });

  test('nothing-said: without a word or a file is refused once', () => {
    const empty = arrival({ text: '' });
    expect(run(empty, byToken(NORA))).toMatchObject({
      disposition: 'refused',
      reason: 'nothing-said',
      notice: { kind: 'refused', to: { address: NORA } },
    });
  });
});

describe('a stranger', () => {
  test('third-party: with somebody else’s token writes a private note', () => {
    const outcome = run(arrival({ ...from('ole@example.org'), text: 'Me too' }), byToken(NORA));
    expect(outcome).toMatchObject({
      disposition: 'noted',
      reason: 'third-party',
      message: { visibility: 'private' },
      ticket: { happenings: [{ kind: 'noted', thirdParty: 'ole@example.org does not take part' }] },
    });
  });

  test.each<[string, Happening, string]>([
    [
      'who is on copy no more',
      { kind: 'copies-changed', added: [], removed: ['ida@example.org'], by: LUIS },
      'ida@example.org',
    ],
    [
      'whose ticket it is no more',
      {
        ...{ kind: 'requester-changed', requester: { address: 'ida@example.org', name: '' } },
        ...{ previous: { address: NORA, name: '' }, by: LUIS },
      },
      NORA,
    ],
  ])('third-party: %s writes a private note, although his own token still holds', (_, event, address) => {
    const on = ticket([
      { kind: 'copies-changed', added: [{ address: 'ida@example.org', name: '' }], removed: [], by: LUIS },
      event,
    ]);
    const outcome = run(arrival({ ...from(address), text: '#close\nWhat about it?' }), byToken(address, on));
    expect(outcome).toMatchObject({
      ...{ disposition: 'noted', reason: 'third-party', message: { visibility: 'private' } },
      ticket: { happenings: [{ kind: 'noted', by: address, thirdParty: `${address} does not take part` }] },
    });
    expect(outcome.ticket?.kind === 'change' && outcome.ticket.happenings).toHaveLength(1);
  });

  test('third-party: found by a reference without taking part writes a private note', () => {
    expect(run(arrival({ ...from('ole@example.org'), text: '#close' }), byReference())).toMatchObject({
      disposition: 'noted',
      message: { text: '#close', visibility: 'private' },
    });
  });
});

describe('an agent’s reply', () => {
  test('agent-answer: is a public answer and takes the ticket out of new', () => {
    const outcome = run(luis('Try now'), byToken(LUIS));
    expect(outcome).toMatchObject({
      disposition: 'appended',
      reason: 'agent-answer',
      message: { direction: 'out', visibility: 'public', text: 'Try now' },
    });
    expect(kinds(outcome)).toEqual(['started', 'answered']);
  });

  test('takes a ticket that nobody has', () => {
    expect(kinds(run(luis('Try now'), byToken(LUIS, { ...ticket(), assignee: null })))).toEqual([
      'started',
      'answered',
      'assigned',
    ]);
  });

  test('ends the waiting', () => {
    expect(kinds(run(luis('One more thing'), byToken(LUIS, waiting)))).toEqual(['answered', 'resumed']);
  });

  test('agent-commands: commands alone say nothing to the requester', () => {
    const outcome = run(luis('#priority P2\n#waiting'), byToken(LUIS));
    expect(outcome).toMatchObject({ disposition: 'commanded', reason: 'agent-commands', message: null });
    expect(kinds(outcome)).toEqual(['started', 'prioritised', 'paused', 'commanded']);
  });

  test.each(['network', 'Network.', '#category network'])(
    '“%s” alone says what a new ticket is about, and nobody outside hears it',
    (words) => {
      const outcome = run(luis(words), byToken(LUIS));
      expect(outcome).toMatchObject({ disposition: 'commanded', reason: 'agent-commands', message: null });
      expect(kinds(outcome)).toContain('categorised');
      expect(kinds(outcome)).not.toContain('answered');
    },
  );

  test('a category’s name is an answer like any other beside other words, and once there was an answer', () => {
    expect(run(luis('network cable'), byToken(LUIS))).toMatchObject({ reason: 'agent-answer' });
    expect(run(luis('networks'), byToken(LUIS))).toMatchObject({ reason: 'agent-answer' });
    const answered = ticket([{ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null }]);
    expect(run(luis('network'), byToken(LUIS, answered))).toMatchObject({ reason: 'agent-answer' });
  });

  test('private-note: #note keeps all words inside', () => {
    const outcome = run(luis('#note\nHe shouted at me.'), byToken(LUIS));
    expect(outcome).toMatchObject({
      disposition: 'noted',
      reason: 'private-note',
      message: { visibility: 'private', text: 'He shouted at me.' },
    });
    expect(run(luis('#note call him back'), byToken(LUIS))).toMatchObject({
      message: { text: 'call him back', visibility: 'private' },
    });
  });

  test('with #resolve goes out in one mail', () => {
    const happenings = (
      run(luis('Replaced the toner.\n\n#resolve'), byToken(LUIS)).ticket as { happenings: Happening[] }
    ).happenings;
    expect(happenings).toMatchObject([
      { kind: 'started' },
      { kind: 'answered', with: 'resolved' },
      { kind: 'resolved', message: 2 },
      { kind: 'commanded', words: 'sent' },
    ]);
  });

  test('unknown-command: a mistyped one sends nothing and changes nothing', () => {
    const outcome = run(luis('#noet\nHe is a fool.'), byToken(LUIS));
    expect(outcome).toMatchObject({
      disposition: 'refused',
      reason: 'unknown-command',
      message: null,
      ticket: {
        happenings: [
          {
            kind: 'commanded',
            refused: true,
            lines: [{ outcome: 'unknown', detail: expect.stringContaining('#note') }],
          },
        ],
      },
    });
  });

  test('refused-command: neither does one that cannot be done', () => {
    expect(run(luis('#assign nobody\nHello'), byToken(LUIS))).toMatchObject({
      disposition: 'refused',
      reason: 'refused-command',
      message: null,
    });
  });

  describe('with files that the virus check did not pass', () => {
    const file = {
      ...{ name: 'a.pdf', contentType: 'application/pdf', size: 1, inline: false, contentId: null },
      ...{ sha256: '', content: new Uint8Array(1) },
    };
    const unscanned = (text: string): ReturnType<typeof luis> => {
      const made = luis(text);
      return {
        ...made,
        email: { ...made.email, attachments: [file] },
        receipt: { ...made.receipt, virus: 'GRAY' },
      };
    };

    test('is answered without them, and he is told so', () => {
      const outcome = run(unscanned('See the file'), byToken(LUIS));
      expect(outcome).toMatchObject({ disposition: 'appended', message: { text: 'See the file' } });
      expect(outcome.ticket).toMatchObject({
        happenings: [
          { kind: 'started' },
          { kind: 'answered' },
          {
            kind: 'commanded',
            refused: false,
            words: 'sent',
            lines: [{ outcome: 'refused', detail: expect.stringContaining('one file was not passed on') }],
          },
        ],
      });
    });

    test('and no words sends nothing, rather than an empty answer', () => {
      expect(run(unscanned(''), byToken(LUIS))).toMatchObject({
        ...{ disposition: 'refused', reason: 'nothing-said', message: null },
        detail: expect.stringContaining('virus check'),
      });
    });
  });

  test('nothing-said: without words sends nothing', () => {
    expect(run(luis('  '), byToken(LUIS))).toMatchObject({
      disposition: 'refused',
      reason: 'nothing-said',
      message: null,
    });
  });

  test('token-in-text: with one of our reply addresses in it sends nothing', () => {
    const leaked = replyAddress(
      'support@desk.example.test',
      { purpose: 'ticket', id: ID, participant: LUIS, expires: moment.realNow },
      keys,
    );
    expect(run(luis(`Write to ${leaked}`), byToken(LUIS))).toMatchObject({
      disposition: 'refused',
      reason: 'token-in-text',
      message: null,
    });
  });

  test('no-ticket: a fresh mail with commands is told that they are for no ticket', () => {
    expect(run(luis('#take'))).toMatchObject({
      disposition: 'refused',
      reason: 'no-ticket',
      notice: { kind: 'refused', to: { address: LUIS } },
    });
  });

  test('in his own ticket an agent is a requester', () => {
    const own = change(ticket(), [], MONDAY, desk).after;
    const asked = {
      ...own,
      requester: { address: KIM, name: 'Kim' },
      participants: [{ address: KIM, name: 'Kim', role: 'requester' as const }],
    };
    expect(run(arrival({ ...from(KIM), text: 'Any news?' }, PROVEN), byToken(KIM, asked))).toMatchObject({
      disposition: 'appended',
      reason: 'requester-reply',
    });
  });
});

describe('an agent without proof', () => {
  test('without-token: a proven mail on a ticket without his own token is held, and a code goes out', () => {
    expect(run(luis('#take'), byReference())).toMatchObject({
      disposition: 'held',
      reason: 'without-token',
      ticket: null,
      notice: { kind: 'held', to: { address: LUIS }, codeId: codeId('mail-1') },
      code: { person: LUIS, tries: 0 },
    });
  });

  test('without-token: another agent’s token counts as none', () => {
    expect(run(arrival({ ...from(KIM), text: 'Hi' }, PROVEN), byToken(LUIS))).toMatchObject({
      disposition: 'held',
      reason: 'without-token',
    });
    expect(run(arrival({ ...from(KIM), text: 'Hi' }, PROVEN), byToken(NORA))).toMatchObject({
      disposition: 'held',
      reason: 'without-token',
    });
  });

  test('without-proof: GRAY is held, with or without a token', () => {
    const gray = arrival({ ...from(LUIS), text: 'Hi' });
    expect(run(gray, byToken(LUIS))).toMatchObject({ disposition: 'held', reason: 'without-proof' });
    expect(run(gray)).toMatchObject({ disposition: 'held', reason: 'without-proof' });
  });

  test('posing-as-agent: failed authentication is refused, and nobody is told', () => {
    expect(
      run(arrival({ ...from(LUIS) }, { dmarc: 'FAIL', dmarcPolicy: 'none' }), byToken(LUIS)),
    ).toMatchObject({ disposition: 'refused', reason: 'posing-as-agent', notice: null, ticket: null });
  });

  test('a held mail whose code came back does what it says', () => {
    const released = { ...byReference(), released: true };
    expect(run(arrival({ ...from(LUIS), text: 'Try now' }), released)).toMatchObject({
      disposition: 'appended',
      reason: 'agent-answer',
    });
  });

  test('a lead has to prove himself like anybody', () => {
    expect(run(arrival({ ...from(MARTHA) }), byToken(MARTHA))).toMatchObject({ disposition: 'held' });
  });
});

describe('the answer to a code', () => {
  const code: HeldCode = {
    id: codeId('held-1'),
    mailId: 'held-1',
    person: LUIS,
    round: 0,
    tries: 0,
    expiresAt: later(MONDAY, 0.5),
    used: false,
  };
  const token: Token = { purpose: 'code', id: code.id, participant: participantHash(LUIS), expired: false };
  const known = (given: Partial<HeldCode> = {}) =>
    memory({ token, code: { ...code, ...given }, candidate: { ticketId: code.id, clue: 'token', why: '' } });
  const digits = oneTimeCode('held-1', 0, keys);
  const wrong = digits === '000000' ? '000001' : '000000';
  const answer = (text: string, verdicts = {}) => arrival({ ...from(LUIS), text }, verdicts);

  test('code-accepted: releases the mail', () => {
    expect(run(answer(`${digits}\nthanks`), known())).toMatchObject({
      disposition: 'commanded',
      reason: 'code-accepted',
      release: { mailId: 'held-1', trust: null },
      code: { used: true },
    });
    expect(run(answer(`${digits.slice(0, 3)} ${digits.slice(3)}`), known()).reason).toBe('code-accepted');
  });

  test('trusts the domain for a while when it signed the mail and has no DMARC', () => {
    expect(run(answer(digits, { dkim: 'PASS' }), known()).release?.trust).toEqual({
      person: LUIS,
      domain: 'example.test',
    });
    expect(run(answer(digits, PROVEN), known()).release?.trust).toBeNull();
  });

  test('trusts the domain that he wrote from, not that of his first address', () => {
    const elsewhere = 'luis@elsewhere.test';
    const people = desk.people.map((each) =>
      each.address === LUIS ? { ...each, alternates: [elsewhere] } : each,
    );
    const outcome = dispose(
      arrival({ ...from(elsewhere), text: digits }, { dkim: 'PASS' }),
      known(),
      moment,
      { ...desk, people },
      keys,
    );
    expect(outcome.release?.trust).toEqual({ person: LUIS, domain: 'elsewhere.test' });
  });

  test('wrong-code: counts as a try', () => {
    expect(run(answer(wrong), known())).toMatchObject({
      disposition: 'refused',
      reason: 'wrong-code',
      release: null,
      code: { tries: 1 },
      notice: { kind: 'refused' },
    });
    expect(run(answer(`my code is ${digits}`), known()).reason).toBe('wrong-code');
    expect(run(answer(`${digits}7`), known()).reason).toBe('wrong-code');
  });

  test.each([{ tries: CODE_TRIES }, { used: true }, { expiresAt: later(MONDAY, -0.1) }])(
    'code-expired: is refused with %o',
    (given) => {
      expect(run(answer(digits), known(given))).toMatchObject({
        disposition: 'refused',
        reason: 'code-expired',
        release: null,
      });
    },
  );

  test('posing-as-agent: the right code from somebody else releases nothing', () => {
    expect(run(arrival({ ...from(KIM), text: digits }, PROVEN), known())).toMatchObject({
      disposition: 'refused',
      reason: 'posing-as-agent',
      release: null,
    });
    expect(run(arrival({ text: digits }), known())).toMatchObject({ disposition: 'refused', release: null });
    expect(run(answer(digits, { dmarc: 'FAIL' }), known())).toMatchObject({
      disposition: 'refused',
      release: null,
    });
  });
});
