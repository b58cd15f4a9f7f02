import { describe, expect, test } from 'vitest';
import { parseEmail } from '../../core/mail/parse.ts';
import { cluesOf, isSesId, threadOf } from '../../core/mail/thread.ts';
import { ownReference, replyAddress } from '../../core/mail/token.ts';
import { desk, email, ID, keys, moment, NORA, receipt } from '../sample.ts';

const mine = replyAddress(
  'support@desk.example.test',
  { purpose: 'ticket', id: ID, participant: NORA, expires: moment.realNow + 1e9 },
  keys,
);
const clues = (mail: Parameters<typeof email>[0], verdicts = {}) =>
  cluesOf(email(mail), { ...receipt, ...verdicts }, desk, keys, moment.realNow);
const to = (address: string) => [{ address, name: '' }];

test('the token in the envelope is found although no header shows it', () => {
  expect(clues({}, { recipients: [mine] }).token).toMatchObject({
    found: 'token',
    in: 'the envelope',
    token: { id: ID },
  });
});

test('a token in Cc or Delivered-To is found when the envelope has none', () => {
  expect(clues({ cc: to(mine) }).token).toMatchObject({ found: 'token' });
  expect(clues({ headers: new Map([['delivered-to', [mine]]]) }).token).toMatchObject({ found: 'token' });
});

test('a token of another domain is none of ours', () => {
  expect(clues({ to: to(mine.replace('desk.', 'desk2.')) }).token).toEqual({ found: 'none' });
});

describe('the order of the clues', () => {
  const known = new Map([['sent-1@eu-west-1.amazonses.com', 'T-AAAAAA']]);
  const reply = { inReplyTo: 'sent-1@eu-west-1.amazonses.com', subject: 'Re: jam [T-BBBBBB]' };

  test('a token wins over references, and the conflict is recorded', () => {
    expect(threadOf(clues({ ...reply, to: to(mine) }), known)).toEqual({
      candidate: {
        ticketId: ID,
        clue: 'token',
        why: 'our token in To, Cc or Delivered-To, although its other clues point to T-AAAAAA',
      },
      suspicion: null,
    });
  });

  test('a known id wins over the subject', () => {
    expect(threadOf(clues(reply), known).candidate).toMatchObject({
      ticketId: 'T-AAAAAA',
      clue: 'reference',
    });
  });

  test('our own signed id needs no memory', () => {
    const own = ownReference(ID, desk.domain, keys);
    expect(threadOf(clues({ references: ['gone@example.org', own] }), new Map()).candidate).toMatchObject({
      ticketId: ID,
      clue: 'reference',
    });
  });

  test('the subject’s tag is the last clue, and an equal subject is none', () => {
    expect(threadOf(clues({ subject: 'Re: jam [t-bbbbbb]' }), new Map()).candidate).toMatchObject({
      ticketId: 'T-BBBBBB',
      clue: 'subject',
    });
    expect(threadOf(clues({ subject: 'Re: The printer is jammed' }), new Map()).candidate).toBeNull();
  });

  test('a vendor’s own number in brackets is no tag', () => {
    expect(clues({ subject: 'Re: [#123] [T-12] [TICKET-7K4M2Q]' }).tags).toEqual([]);
  });

  test('a forged token ends the search, and what it was near is recorded', () => {
    const forged = mine
      .replace(/(.)@/, (_, letter: string) => `${letter === '0' ? '1' : '0'}@`)
      .replace('+0', '+1');
    expect(threadOf(clues({ ...reply, to: to(forged) }), known)).toEqual({
      candidate: null,
      suspicion: 'a token in To, Cc or Delivered-To that does not verify, near T-AAAAAA',
    });
  });
});

test('the nearest known ancestor of a trimmed chain counts', () => {
  const chain = Array.from({ length: 40 }, (_, index) => `m${index}@example.org`);
  const { references } = clues({ references: chain, inReplyTo: 'm39@example.org' });
  expect(references).toHaveLength(30);
  expect(references[0]).toBe('m39@example.org');
});

test.each([
  ['0100018@email.amazonses.com', true],
  ['0102018@eu-west-1.amazonses.com', true],
  ['0102018@us-gov-west-1.amazonses.com', true],
  ['x@amazonses.com.evil.test', false],
  [null, false],
])('%s is an id that SES gave: %s', (id, expected) => {
  expect(isSesId(id)).toBe(expected);
});

describe('what mail programs and servers do to the clues', () => {
  const SES = 'sent-1@eu-west-1.amazonses.com';
  const known = new Map([[SES, ID]]);
  const written = async (head: string) => {
    const raw = `From: Nora <nora@example.org>\nTo: support@desk.example.test\n${head}\n\nHello`;
    return cluesOf(
      await parseEmail(Buffer.from(raw.replace(/\n/g, '\r\n'))),
      receipt,
      desk,
      keys,
      moment.realNow,
    );
  };
  const candidate = async (head: string) => threadOf(await written(head), known).candidate;

  test('T01: a reply without a Message-ID of its own is found by what it answers', async () => {
    expect(await candidate(`In-Reply-To: <${SES}>`)).toMatchObject({ ticketId: ID, clue: 'reference' });
  });

  test.each([
    ['T02: folded in the middle of the field', `References:\n <a@example.org>\n\t<${SES}>`],
    ['T02: with spaces inside the brackets', `In-Reply-To: < ${SES} >`],
    ['T03: separated by commas', `References: <a@example.org>,<${SES}>,<b@example.org>`],
    ['T03: with nothing between them', `References: <a@example.org><${SES}>`],
    ['T03: without brackets', `References: a@example.org ${SES}`],
    ['T05: nothing but the id that SES gave', `In-Reply-To: <${SES}>\nReferences: <${SES}>`],
    [
      'T18: Jira’s own ids around it, one of them cut in half',
      `In-Reply-To: <JIRA.13.1600000000000.15.1@Atlassian.JIRA>\nReferences: <JIRA.13.1600000000000@Atlassian.JIRA> <${SES}> <JIRA.13.16000`,
    ],
    [
      'T17: another help desk’s id in In-Reply-To, ours behind it',
      `In-Reply-To: <reply-77-0a1b2c3d4e5f6a7b@tickets.example.net>\nReferences: <${SES}> <reply-77-0a1b2c3d4e5f6a7b@tickets.example.net>\nSubject: [#77] Re: jam`,
    ],
    ['T16: a vendor’s own number in the subject', `Subject: [Case #123] Re: jam\nIn-Reply-To: <${SES}>`],
  ])('%s: the ticket is found', async (_, head) => {
    expect(await candidate(head)).toMatchObject({
      ticketId: ID,
      clue: 'reference',
      why: `it answers <${SES}>`,
    });
  });

  test('T04: of a long chain the nearest ids are asked for, and our signed id is found however far back', async () => {
    const chain = Array.from({ length: 60 }, (_, index) => `<m${index}@example.org>`).join('\n ');
    const own = ownReference(ID, desk.domain, keys);
    const found = await written(`References: <${own}>\n ${chain}`);
    expect(found.references).toHaveLength(30);
    expect(threadOf(found, new Map()).candidate).toMatchObject({ ticketId: ID, clue: 'reference' });
  });

  test('T06: a token in capitals is the same token', () => {
    const shouted = mine.replace(/\+[^@]+/, (tag) => tag.toUpperCase());
    expect(clues({ to: to(shouted) }).token).toMatchObject({
      found: 'token',
      token: { id: ID, expired: false },
    });
  });

  test('T08: a token in Cc counts beside support@ in To', () => {
    expect(clues({ to: to('support@desk.example.test'), cc: to(mine) }).token).toMatchObject({
      found: 'token',
    });
  });

  test('T09: where a server cut off the tag, the later clues lead on', () => {
    const stripped = clues({ to: to('support@desk.example.test'), inReplyTo: SES });
    expect(threadOf(stripped, known).candidate).toMatchObject({ ticketId: ID, clue: 'reference' });
  });

  test('T11: half a token is forged or damaged, a short word is somebody’s own filing', () => {
    expect(clues({ to: to(mine.slice(0, 40) + mine.slice(mine.indexOf('@'))) }).token).toMatchObject({
      found: 'forged',
    });
    expect(clues({ to: to('support+printers@desk.example.test') }).token).toEqual({ found: 'none' });
  });

  test('T15: of two tags both are kept, and the record names the one that was not taken', () => {
    const { candidate: first } = threadOf(clues({ subject: '[T-AAAAAA] and [T-BBBBBB]' }), new Map());
    expect(first).toMatchObject({
      ticketId: 'T-AAAAAA',
      why: '[T-AAAAAA], and not [T-BBBBBB], in the subject',
    });
  });

  test('what a report gives back is a clue like what a mail answers', () => {
    const own = ownReference(ID, desk.domain, keys);
    const report = (returned: string[]) => cluesOf(email(), receipt, desk, keys, moment.realNow, returned);
    expect(threadOf(report([SES]), known).candidate).toMatchObject({ ticketId: ID });
    expect(threadOf(report(['unknown@example.org', own]), new Map()).candidate).toMatchObject({
      ticketId: ID,
    });
  });
});
