import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Receipt } from '../../core/mail/email.ts';
import { readArrival } from '../../core/mail/read.ts';
import { receiptFromHeaders } from '../../core/mail/receipt.ts';
import { ownReference } from '../../core/mail/token.ts';
import { ID, KIM, keys, MARTHA, memory, moment, PROVEN, receipt, desk as sample, ticket } from '../sample.ts';
import { written } from './written.ts';

/** The sample desk, reached by two public addresses and over a list as well. */
const desk: Desk = {
  ...sample,
  addresses: sample.addresses.map((own) => ({
    ...own,
    public: own.address.startsWith('support@')
      ? { address: 'help@example.test', hostedBy: 'google', envelopeDomains: [] }
      : {
          address: 'people@example.com',
          hostedBy: 'microsoft',
          envelopeDomains: ['example.onmicrosoft.com'],
        },
  })),
  mail: {
    ...sample.mail,
    blocked: ['@blocked.test', 'spammer@allowed.test'],
    allowed: ['@allowed.test', 'friend@blocked.test', 'no-reply@monitor.example.org'],
    lists: ['support.groups.example.org'],
  },
};

const read = async (fields: Record<string, string>, verdicts: Partial<Receipt> = {}) =>
  readArrival(await written(fields), { ...receipt, ...verdicts }, desk);
const become = async (
  fields: Record<string, string>,
  verdicts: Partial<Receipt> = {},
  known: Parameters<typeof memory>[0] = {},
) => dispose(await read(fields, verdicts), memory(known), moment, desk, keys);
const opened = (flagged: unknown, acknowledge: boolean, address = 'ada@example.org') => ({
  disposition: 'opened',
  ticket: { opened: { flagged, acknowledge, requester: { address } } },
});
const FAILED: Partial<Receipt> = { spf: 'PASS', dmarc: 'FAIL', dmarcPolicy: 'reject' };
const THROUGH_GOOGLE = { returnPath: 'help+caf_=support=desk.example.test@example.test' };

describe('who stands in From', () => {
  test('is who wrote, and never who stands in Sender', async () => {
    expect(await become({ Sender: KIM })).toMatchObject(opened(null, true));
  });

  test('is who wrote, whatever Reply-To says', async () => {
    expect(await become({ 'Reply-To': 'other@example.org' })).toMatchObject(opened(null, true));
    expect(await become({ 'Reply-To': 'support@desk.example.test' })).toMatchObject(opened(null, true));
  });
});

describe('a web form writes from no-reply@', () => {
  const FORM = { From: 'Contact <no-reply@shop.example.org>', 'Reply-To': 'Nora <nora@example.org>' };

  test('and the requester is whom Reply-To names, with a flag', async () => {
    expect(await become(FORM)).toMatchObject(
      opened(
        'no-reply@shop.example.org sent it, and only its Reply-To names nora@example.org',
        true,
        'nora@example.org',
      ),
    );
  });

  test('but he takes no part in a ticket that he is not proven to: it becomes a note', async () => {
    const candidate = { ticketId: ID, clue: 'reference' as const, why: 'it answers <x>' };
    expect(await become(FORM, {}, { ticket: ticket(), candidate })).toMatchObject({
      disposition: 'noted',
      reason: 'third-party',
    });
    const tagged = { ...candidate, clue: 'subject' as const };
    expect(await become(FORM, {}, { ticket: ticket(), candidate: tagged })).toMatchObject({
      disposition: 'opened',
    });
    expect(await become({ From: 'nora@example.org' }, {}, { ticket: ticket(), candidate })).toMatchObject({
      disposition: 'appended',
    });
  });

  test('but an agent named there needs a code, even if the form is proven', async () => {
    expect(await become({ ...FORM, 'Reply-To': KIM }, PROVEN)).toMatchObject({
      disposition: 'held',
      reason: 'without-proof',
    });
  });

  test('but a program has nobody behind it: its Reply-To is not taken', async () => {
    expect(await become({ ...FORM, 'Auto-Submitted': 'auto-generated' })).toMatchObject({
      reason: 'monitoring',
      ticket: { opened: { requester: { address: 'no-reply@shop.example.org' } } },
    });
  });

  test('but an autoresponder’s Reply-To is nobody’s: it is suppressed', async () => {
    expect(await become({ ...FORM, 'Auto-Submitted': 'auto-replied' })).toMatchObject({
      disposition: 'suppressed',
    });
  });

  test('but one of the desk’s own addresses is never taken from there', async () => {
    expect(await become({ ...FORM, 'Reply-To': 'help@example.test' })).toMatchObject({
      ticket: { opened: { requester: { address: 'no-reply@shop.example.org' } } },
    });
  });
});

describe('a public address that is hosted elsewhere', () => {
  test.each([
    [
      'a mailbox of Google’s',
      'help+caf_=support=desk.example.test@example.test',
      'support@desk.example.test',
    ],
    ['a group of Google’s', 'help+bncBDU5XN@example.test', 'support@desk.example.test'],
    ['Microsoft 365', 'bounces+srs=lvctu=5y@example.onmicrosoft.com', 'hr@desk.example.test'],
  ])(
    '%s: proof broken by forwarding is doubt, and the sender hears from the desk',
    async (_, returnPath, to) => {
      const arrival = await read({}, { ...FAILED, returnPath, recipients: [to] });
      expect(arrival.receipt).toMatchObject({ spf: 'GRAY', dmarc: 'GRAY', dmarcPolicy: null });
      expect(dispose(arrival, memory(), moment, desk, keys)).toMatchObject({
        ...opened(expect.stringContaining('forwarding broke the proof'), true),
        ticket: { opened: { mailbox: to } },
      });
    },
  );

  test.each([
    ['who writes To: the public address directly', { returnPath: 'x@evil.test' }],
    ['whose envelope is of the forwarder’s form at another domain', { returnPath: 'help+caf_=x@evil.test' }],
    ['whose envelope names the forwarder, and SPF fails', { ...THROUGH_GOOGLE, spf: 'FAIL' as const }],
    ['whose envelope names the forwarder, and SPF says nothing', { ...THROUGH_GOOGLE, spf: 'GRAY' as const }],
    ['who has an account at the same host', { returnPath: 'mallory@example.test' }],
    [
      'who comes in at an address that nothing forwards to',
      { ...THROUGH_GOOGLE, recipients: ['hr@desk.example.test'] },
    ],
  ])('an attacker %s gains nothing', async (_, verdicts) => {
    const fields = {
      To: 'help@example.test',
      'List-Id': '<help.example.test>',
      'X-Forwarded-For': 'help@example.test',
    };
    expect(await become(fields, { ...FAILED, ...verdicts })).toMatchObject({
      disposition: 'quarantined',
      reason: 'disowned-by-domain',
    });
  });

  test('proves no agent: what the forwarder’s own SPF and DKIM vouch for is anybody’s', async () => {
    const forged = { ...THROUGH_GOOGLE, ...PROVEN };
    expect(await become({ From: KIM }, forged)).toMatchObject({
      disposition: 'held',
      reason: 'without-proof',
    });
    expect(await become({ From: KIM }, PROVEN)).toMatchObject({ disposition: 'opened' });
    expect(await become({ From: KIM }, { ...THROUGH_GOOGLE, ...FAILED })).toMatchObject({
      disposition: 'held',
    });
  });

  test('leaves a signature of somebody else’s domain what it is', async () => {
    expect((await read({}, { ...THROUGH_GOOGLE, ...PROVEN })).receipt).toMatchObject({
      dmarc: 'PASS',
      dkim: 'PASS',
    });
  });

  test('makes list headers and Precedence a person’s mail, and only with proof', async () => {
    const group = {
      'List-Id': 'Help <help.example.test>',
      'List-Unsubscribe': '<mailto:x>',
      Precedence: 'list',
    };
    expect(await become(group, { ...THROUGH_GOOGLE, spf: 'PASS' })).toMatchObject({ reason: 'new-ticket' });
    expect(await become(group)).toMatchObject({ reason: 'list' });
  });

  test('is the desk itself: on copy it takes no part, and from there nothing is answered', async () => {
    expect(await become({ Cc: 'help@example.test, people@example.com, ole@example.org' })).toMatchObject({
      ticket: { opened: { cc: [{ address: 'ole@example.org' }] } },
    });
    expect(await become({ From: 'help@example.test' })).toMatchObject({
      disposition: 'suppressed',
      reason: 'loop',
    });
  });

  test('is answered from the desk’s address that it forwards to', async () => {
    expect(
      await become({ To: 'people@example.com' }, { recipients: ['other@desk.example.test'] }),
    ).toMatchObject({ ticket: { opened: { mailbox: 'hr@desk.example.test' } } });
  });
});

describe('a group that rewrites From', () => {
  const VIA = {
    From: '"Ann Ek via Support" <help@example.test>',
    'Reply-To': 'Ann Ek <ann@example.org>',
    'X-Original-From': 'Ann Ek <ann@example.org>',
  };

  test('says in X-Original-From whom it replaced, when the mail provably came through it', async () => {
    expect(await become(VIA, { ...PROVEN, ...THROUGH_GOOGLE })).toMatchObject(
      opened(null, true, 'ann@example.org'),
    );
  });

  test('is believed by nobody who only writes the same headers', async () => {
    expect(await become(VIA, PROVEN)).toMatchObject({ disposition: 'suppressed', reason: 'loop' });
  });

  test('says nothing when Reply-To names somebody else', async () => {
    const other = { ...VIA, 'Reply-To': 'x@evil.test' };
    expect(await become(other, { ...PROVEN, ...THROUGH_GOOGLE })).toMatchObject({ reason: 'loop' });
  });

  test('never makes an agent of whom it names', async () => {
    const agent = { ...VIA, 'Reply-To': KIM, 'X-Original-From': KIM };
    expect(await become(agent, { ...PROVEN, ...THROUGH_GOOGLE })).toMatchObject({ disposition: 'held' });
  });

  test('may be one of the desk’s own lists, known by its List-Id', async () => {
    const list = {
      From: '"Ann Ek via Support" <support@groups.example.org>',
      'Reply-To': 'ann@example.org',
      'X-MailFrom': 'ann@example.org',
      'List-Id': 'Support <support.groups.example.org>',
    };
    expect(await become(list)).toMatchObject(
      opened(expect.stringContaining('only its Reply-To names'), true, 'ann@example.org'),
    );
    expect(await become({ ...list, 'List-Id': '<other.groups.example.org>' })).toMatchObject({
      reason: 'list',
    });
  });
});

describe('one of the desk’s own lists', () => {
  test('carries list headers, and its mail is a person’s', async () => {
    const list = { 'List-Id': 'Support <support.groups.example.org>', Precedence: 'list' };
    expect(await become(list)).toMatchObject(opened(null, true));
    expect(await become({ ...list, 'List-Id': '<news.groups.example.org>' })).toMatchObject({
      reason: 'list',
    });
  });

  test('takes no part in a ticket', async () => {
    expect(await become({ Cc: 'support@groups.example.org' })).toMatchObject({
      ticket: { opened: { cc: [] } },
    });
  });
});

describe('whoever imitates the desk’s people is opened with the reason, and not answered', () => {
  test.each([
    [
      'T82 their name over another address',
      { From: '"Martha Lind" <x@evil.test>' },
      'Martha Lind of the desk',
    ],
    [
      'T82 their name the other way round',
      { From: '"LIND, Martha" <x@evil.test>' },
      'Martha Lind of the desk',
    ],
    ['T82 their name in letters of another script', { From: '"Mаrthа Lind" <x@evil.test>' }, 'Martha Lind'],
    ['T82 their address for a name', { From: `"${MARTHA}" <x@evil.test>` }, `its name says ${MARTHA}`],
    [
      'T82 an address of the desk for a name',
      { From: '"support@desk.example.test" <x@evil.test>' },
      'its name says',
    ],
    ['T83 a Cyrillic а in their domain', { From: 'm@xn--exmple-4nf.test' }, 'looks like example.test'],
    ['T83 a digit in their domain', { From: 'm@examp1e.test' }, 'looks like example.test'],
    ['T83 an accent in their domain', { From: 'm@xn--exmple-cua.test' }, 'looks like example.test'],
    ['T83 one letter less', { From: 'm@exmple.test' }, 'one letter away from example.test'],
    [
      'T83 two letters exchanged, below it',
      { From: 'm@mail.exmaple.test' },
      'one letter away from example.test',
    ],
    ['T81 two addresses in From', { From: 'a@example.org, b@example.org' }, 'several senders'],
    ['T81 two From', { From: 'a@example.org\r\nFrom: b@example.org' }, 'several senders'],
  ])('%s', async (_, fields, why) => {
    expect(await become(fields, PROVEN)).toMatchObject({
      disposition: 'opened',
      ticket: { opened: { acknowledge: false, flagged: expect.stringContaining(why) } },
    });
  });

  test.each([
    ['somebody else’s name', { From: '"Ada Ohm" <ada@example.org>' }],
    ['a first name that one of them has too', { From: '"Martha" <martha@example.org>' }],
    ['her own address for a name', { From: '"ada@example.org" <ada@example.org>' }],
    [
      'a colleague of the same name at the same domain',
      { From: '"Martha Lind" <martha.lind2@example.test>' },
    ],
    ['somebody at a domain below theirs', { From: 'ada@branch.example.test' }],
    ['a domain of another word', { From: 'ada@samples.test' }],
    ['another top level', { From: 'ada@example.org' }],
  ])('%s is no imitation', async (_, fields) => {
    expect(await become(fields, PROVEN)).toMatchObject({
      disposition: 'opened',
      ticket: { opened: { acknowledge: true, flagged: null } },
    });
  });

  test('T80 a colleague’s name at the desk’s own domain, and nothing proves the domain', async () => {
    const forged = { From: '"Martha Lind" <martha.lind2@example.test>' };
    const gray = { spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' } as const;
    expect(await become(forged, gray)).toMatchObject({ ticket: { opened: { acknowledge: false } } });
  });

  test.each([
    ['FAIL', 'reject', 'refused', 'posing-as-agent'],
    ['FAIL', 'none', 'refused', 'posing-as-agent'],
    ['GRAY', null, 'held', 'without-proof'],
    ['PASS', null, 'opened', 'new-ticket'],
  ] as const)(
    'T80 an agent’s address with DMARC %s and policy %s is %s',
    async (dmarc, dmarcPolicy, disposition, reason) => {
      expect(await become({ From: KIM }, { dmarc, dmarcPolicy, spf: 'GRAY', dkim: 'GRAY' })).toMatchObject({
        disposition,
        reason,
      });
    },
  );

  test('T81 an agent among several senders is refused', async () => {
    expect(await become({ From: `a@example.org, ${KIM}` }, PROVEN)).toMatchObject({
      reason: 'posing-as-agent',
    });
  });
});

describe('headers that only the desk writes', () => {
  test('T85 of a stranger neither suppress nor steer, and are flagged as forged', async () => {
    const fields = { 'X-Replydesk-Update': 'acknowledgement', 'X-Replydesk-Ticket': ID };
    expect(await become(fields)).toMatchObject({
      ...opened(expect.stringContaining('forged'), true),
      reason: 'new-ticket',
    });
  });

  test('T85 with our signed reference are our own mail, whoever rewrote From', async () => {
    const fields = {
      'X-Replydesk-Update': 'acknowledgement',
      References: `<${ownReference(ID, desk.domain, keys)}>`,
    };
    expect(await become(fields)).toMatchObject({ disposition: 'suppressed', reason: 'loop' });
    expect(await become({ References: fields.References })).toMatchObject({ disposition: 'opened' });
  });

  test('T84 verdicts that the sender wrote are never believed, above his mail or in it', () => {
    const forged = [
      'Authentication-Results: amazonses.com; spf=pass; dkim=pass; dmarc=pass',
      'X-SES-Spam-Verdict: PASS',
      'X-SES-Virus-Verdict: PASS',
      'X-SES-RECEIPT: AEFBQUFB',
      `From: ${KIM}`,
    ];
    const stored = [
      'Return-Path: <x@evil.test>',
      'Received: from evil.test by inbound-smtp.eu-west-1.amazonaws.com with SMTP id a1 for support@desk.example.test',
      'X-SES-Spam-Verdict: FAIL',
      'Authentication-Results: amazonses.com; spf=fail; dkim=none; dmarc=fail',
      'X-SES-RECEIPT: real',
      ...forged,
    ];
    const of = (lines: string[]) =>
      receiptFromHeaders('a1', moment.now, Buffer.from(`${lines.join('\r\n')}\r\n\r\nHello`));
    expect(of(stored)).toMatchObject({
      spf: 'FAIL',
      dkim: 'GRAY',
      dmarc: 'FAIL',
      spam: 'FAIL',
      virus: 'GRAY',
    });
  });
});

describe('mail.blocked', () => {
  test('blocked: is refused, and the sender is told', async () => {
    expect(await become({ From: 'v@offers.blocked.test' })).toMatchObject({
      disposition: 'refused',
      reason: 'blocked',
      detail: 'mail.blocked has @blocked.test',
      ticket: null,
      notice: { kind: 'refused', reason: 'blocked', to: { address: 'v@offers.blocked.test' } },
    });
  });

  test.each([
    ['whose authentication failed', {}, FAILED],
    ['who is a list', { 'List-Id': '<news.blocked.test>' }, {}],
    ['who is a program', { 'Auto-Submitted': 'auto-generated' }, {}],
    ['who wants no automatic answer', { 'X-Auto-Response-Suppress': 'All' }, {}],
  ])('blocked: nobody is told of a sender %s', async (_, fields, verdicts) => {
    expect(await become({ From: 'v@blocked.test', ...fields }, verdicts)).toMatchObject({
      disposition: 'refused',
      reason: 'blocked',
      notice: null,
    });
  });

  test('is weaker than an address that is allowed, and stronger than a domain', async () => {
    expect(await become({ From: 'friend@blocked.test' })).toMatchObject({ disposition: 'opened' });
    expect(await become({ From: 'spammer@allowed.test' })).toMatchObject({ reason: 'blocked' });
  });
});

describe('mail.allowed', () => {
  const ALARM = {
    From: 'no-reply@monitor.example.org',
    'Auto-Submitted': 'auto-generated',
    Precedence: 'bulk',
  };

  test('is treated as a person’s mail, whatever its headers say', async () => {
    expect(await become(ALARM)).toMatchObject({
      ...opened(null, true, 'no-reply@monitor.example.org'),
      reason: 'new-ticket',
    });
    expect(await become({ ...ALARM, From: 'no-reply@other.example.org' })).toMatchObject({
      reason: 'list',
    });
  });

  test('helps nobody whose authentication failed', async () => {
    expect(await become(ALARM, { dmarc: 'FAIL', dmarcPolicy: 'none' })).toMatchObject({
      reason: 'unauthenticated',
      ticket: { opened: { acknowledge: false } },
    });
  });

  test('allows a web form by its own address, and nobody by a Reply-To that anybody may write', async () => {
    const form = { From: 'no-reply@monitor.example.org', 'Reply-To': 'nora@example.org' };
    expect(await become(form)).toMatchObject(opened(null, true, 'nora@example.org'));
    const posed = { From: 'no-reply@evil.test', 'Reply-To': 'friend@blocked.test' };
    expect(await become(posed)).toMatchObject({ disposition: 'refused', reason: 'blocked' });
  });

  test('does not make a person of a bounce, nor of our own mail', async () => {
    expect(
      await become({ ...ALARM, 'Content-Type': 'multipart/report; report-type=disposition-notification' }),
    ).toMatchObject({ disposition: 'suppressed', reason: 'receipt' });
    expect(await become({ From: 'a@allowed.test', 'X-Loop': 'support@desk.example.test' })).toMatchObject({
      reason: 'loop',
    });
  });
});
