/** Nothing is tried without a trace: each attempt that is refused says in the ledger, or on its ticket, who tried what and why not. */
import { expect, test } from 'vitest';
import type { Receipt } from '../../core/mail/email.ts';
import { replyAddress } from '../../core/mail/token.ts';
import { change } from '../../core/ticket/change.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, ID, KIM, keys, LUIS, MONDAY, NORA, opened, PROVEN } from '../sample.ts';
import { leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const DAY = 86_400_000;
const tokenOf = (participant: string, expires = Date.parse(MONDAY) + 30 * DAY) =>
  replyAddress('support@desk.example.test', { purpose: 'ticket', id: ID, participant, expires }, keys);
const GRAY = { dmarc: 'GRAY', spf: 'GRAY', dkim: 'GRAY' } as const;
const FAIL = { dmarc: 'FAIL', spf: 'FAIL', dkim: 'GRAY' } as const;
const damaged = tokenOf(LUIS).replace(/\+(.)/, (_, first) => `+${first === '0' ? '1' : '0'}`);

interface Attempt {
  by: string;
  text?: string;
  to?: string;
  verdicts?: Partial<Receipt>;
  subject?: string;
}

async function attempt(
  { by, text = '#resolve', to = tokenOf(by), verdicts = PROVEN, subject = 'Re: it' }: Attempt,
  on = opened(),
) {
  const world = leavingWorld();
  await world.tickets.commit(opened(), []);
  if (on.before) await world.tickets.commit(on, []);
  const raw = [
    ...[`From: ${by}`, `To: ${to}`, `Subject: ${subject}`, 'Message-ID: <tried@example.net>'],
    ...['Content-Type: text/plain; charset=utf-8', '', text],
  ].join('\r\n');
  const mail = { mailId: 'tried', recipients: [to], returnPath: by, ...verdicts };
  await receiveEmail(deliver(world, raw, mail), world);
  const events = await world.tickets.events(ID, 100);
  return {
    record: await world.ledger.read('tried'),
    ticket: await world.tickets.read(ID),
    said: events.slice(on.after.events),
    world,
  };
}

test.each<[string, Attempt, string, string, RegExp]>([
  [
    'a forger as the agent',
    { by: LUIS, verdicts: FAIL },
    'refused',
    'posing-as-agent',
    /From is luis.*DMARC FAIL/,
  ],
  ['the agent without proof', { by: LUIS, verdicts: GRAY }, 'held', 'without-proof', /nothing proves/],
  [
    'the agent without his token',
    { by: LUIS, to: 'support@desk.example.test', subject: `[${ID}]` },
    'held',
    'without-token',
    /without the token/,
  ],
  [
    'another agent with his token',
    { by: KIM, to: tokenOf(LUIS) },
    'held',
    'without-token',
    /without the token/,
  ],
  [
    'the agent with an expired one',
    { by: LUIS, to: tokenOf(LUIS, Date.parse(MONDAY) - 9 * DAY) },
    'held',
    'without-token',
    /without the token/,
  ],
  [
    'the agent with a damaged one',
    { by: LUIS, to: damaged, text: 'It is done.' },
    'opened',
    'forged-token',
    /does not verify/,
  ],
  [
    'the requester with an expired one',
    { by: NORA, to: tokenOf(NORA, Date.parse(MONDAY) - 9 * DAY) },
    'opened',
    'expired-token',
    /has expired/,
  ],
  [
    'a stranger to whom a notification was forwarded',
    { by: 'eve@example.net', to: tokenOf(LUIS) },
    'noted',
    'third-party',
    /eve@example\.net does not take part/,
  ],
  [
    'commands without a ticket',
    { by: LUIS, to: 'support@desk.example.test' },
    'refused',
    'no-ticket',
    /no ticket that they are for/,
  ],
  [
    'a mistyped command',
    { by: LUIS, text: '#resolv' },
    'refused',
    'unknown-command',
    /did you mean #resolve/,
  ],
  [
    'a command that may not be',
    { by: LUIS, text: '#deescalate' },
    'refused',
    'refused-command',
    /tier 1, the lowest/,
  ],
  [
    'one of our reply addresses in an answer',
    { by: LUIS, text: `Write to ${tokenOf(NORA)}` },
    'refused',
    'token-in-text',
    /reply addresses/,
  ],
])('%s: the ledger says who, what became of it, and why', async (_, tried, disposition, reason, why) => {
  const { record, ticket, said } = await attempt(tried);
  expect(record).toMatchObject({ from: tried.by, disposition, reason, detail: expect.stringMatching(why) });
  expect(record?.receipt).toMatchObject(tried.verdicts ?? PROVEN);
  // It is as it was, but for a note of what was tried.
  const { status, priority, assignee, tier } = opened().after;
  expect(ticket).toMatchObject({ status, priority, assignee, tier });
  expect(said.filter(({ kind }) => kind !== 'commanded' && kind !== 'noted')).toEqual([]);
});

test('what an agent was refused stands on the ticket as well, with his name and each line', async () => {
  const { said } = await attempt({ by: LUIS, text: '#priority P1\n#resolv\n#deescalate' });
  expect(said).toMatchObject([
    {
      ...{ kind: 'commanded', by: LUIS, refused: true, words: 'none' },
      lines: [
        { line: '#resolv', outcome: 'unknown' },
        { line: '#priority P1', outcome: 'refused', detail: 'not done, because another line could not be' },
        { line: '#deescalate', outcome: 'refused', detail: 'the ticket is at tier 1, the lowest' },
      ],
    },
  ]);
});

test('who was put out by a confidential team is on the record when he tries', async () => {
  const moved = change(
    opened().after,
    [
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
      { kind: 'assigned', assignee: 'ada.osei@example.test', previous: LUIS, reason: '', by: LUIS },
    ],
    MONDAY,
    desk,
  );
  const { record } = await attempt({ by: LUIS, text: '#history' }, moved);
  expect(record).toMatchObject({
    from: LUIS,
    disposition: 'refused',
    reason: 'confidential',
    detail: expect.stringContaining(LUIS),
  });
});

test('the same mail once more does nothing, and says which it was', async () => {
  const { world, ticket } = await attempt({ by: LUIS, text: '#priority P1' });
  expect(ticket?.priority).toBe('P1');
  const raw = [
    `From: ${LUIS}`,
    `To: ${tokenOf(LUIS)}`,
    'Subject: Re: it',
    'Message-ID: <tried@example.net>',
    'Content-Type: text/plain; charset=utf-8',
    '',
    '#priority P1',
  ].join('\r\n');
  await receiveEmail(
    deliver(world, raw, { mailId: 'again', recipients: [tokenOf(LUIS)], returnPath: LUIS, ...PROVEN }),
    world,
  );
  expect(await world.ledger.read('again')).toMatchObject({
    disposition: 'duplicate',
    reason: 'same-message',
    detail: expect.stringContaining('tried'),
  });
  expect((await world.tickets.read(ID))?.version).toBe(ticket?.version);
});
