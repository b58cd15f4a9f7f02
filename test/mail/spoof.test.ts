/**
 * Whoever writes in whoever's name, with whatever receipt, clue and words: nothing happens that the contract does not allow.
 * `node bench/spoof.ts` tries every verdict and every verb; this is one of each sort.
 */
import { describe, expect, test } from 'vitest';
import { replyAddress } from '../../core/mail/token.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { deliver, smallWorld } from '../functions/world.ts';
import { desk, ID, keys, LUIS, MONDAY, opened, PROVEN } from '../sample.ts';
import { EFFECTS, type Effect, FAMILIES, FEW, LEADS, run, WRITERS } from './spoof.ts';

const [PASS, , , FAIL] = FEW;
const had = new Set<Effect>();

test.each([
  ['proven by DMARC', PASS, false],
  ['failed', FAIL, true],
] as const)('a mail that is %s does nothing that is forbidden', (_, verdicts, trusted) => {
  const done = run(FAMILIES, [verdicts], [trusted]);
  expect(done.forbidden).toEqual([]);
  expect(done.cells).toBe(
    Object.keys(WRITERS).length * Object.keys(LEADS).length * Object.keys(FAMILIES).length,
  );
  for (const effect of done.had.keys()) had.add(effect);
});

test('everything that a mail can do was done by one that may, so that the table can fail', () => {
  expect(EFFECTS.filter((effect) => !had.has(effect))).toEqual([]);
});

/** The heads of a mail whose From is not simply one address; what SES says of it is said of another. */
const FORMS: [name: string, lines: string[]][] = [
  ['his address as the name of another', [`From: "${LUIS}" <eve@example.net>`]],
  [
    'his address in an encoded name',
    [`From: =?utf-8?B?${Buffer.from(`<${LUIS}>`).toString('base64')}?= <eve@example.net>`],
  ],
  ['an encoded word as the address', [`From: =?utf-8?Q?luis.ortega=40example.test?=`]],
  ['two addresses, his first', [`From: ${LUIS}, eve@example.net`]],
  ['two addresses, his last', [`From: eve@example.net, ${LUIS}`]],
  ['two From fields, his first', [`From: ${LUIS}`, 'From: eve@example.net']],
  ['two From fields, his last', ['From: eve@example.net', `From: ${LUIS}`]],
  ['a group', [`From: desk: ${LUIS}, eve@example.net;`]],
  ['a field that is broken by a lone CR', [`From: eve@example.net\rFrom: ${LUIS}`]],
  ['a comment', [`From: eve@example.net (<${LUIS}>)`]],
  ['a quoted local part', [`From: "luis.ortega@example.test> <x"@example.net`]],
  ['a source route', [`From: <@example.test:eve@example.net>`]],
  ['a NUL', [`From: ${LUIS}\0@example.net`]],
  ['a percent relay', ['From: luis.ortega%example.test@example.net']],
  ['Sender', ['From: eve@example.net', `Sender: ${LUIS}`]],
  ['Reply-To', ['From: eve@example.net', `Reply-To: ${LUIS}`]],
  ['Reply-To of a form', ['From: no-reply@example.net', `Reply-To: ${LUIS}`]],
  ['Resent-From', ['From: eve@example.net', `Resent-From: ${LUIS}`]],
  ['X-Original-From', ['From: eve@example.net', `X-Original-From: ${LUIS}`, `Reply-To: ${LUIS}`]],
  [
    'its own verdict',
    [
      'From: eve@example.net',
      `X-SES-Spam-Verdict: PASS`,
      `Authentication-Results: amazonses.com; dmarc=pass header.from=example.test`,
    ],
  ],
  ['a name in full-width letters', ['From: luis.ortega@ｅxample.net']],
  ['a name in Cyrillic', ['From: luis.ortega@exаmple.test']],
  ['a subdomain', ['From: luis.ortega@example.test.example.net']],
  ['a group that is named like another', [`From: eve@example.net: ${LUIS};`]],
  [
    'a mailbox in one encoded word beside another',
    [`From: =?utf-8?Q?Luis_<luis.ortega=40example.test>?= <eve@example.net>`],
  ],
  ['a tab and a colon', [`From: eve@example.net\t: ${LUIS}`]],
];

/** With the token that went to Luis, as somebody has it to whom his mail was forwarded; the sender's own domain is proven. */
async function written(lines: string[], text: string) {
  const world = smallWorld();
  await world.tickets.commit(opened(), []);
  const proof = {
    purpose: 'ticket',
    id: ID,
    participant: LUIS,
    expires: Date.parse(MONDAY) + 30 * 86_400_000,
  } as const;
  const to = replyAddress('support@desk.example.test', proof, keys);
  const head = [...lines, `To: ${to}`, 'Subject: Re: it', 'Message-ID: <forged@example.net>', '', text];
  const given = { mailId: 'forged', recipients: [to], returnPath: 'eve@example.net', ...PROVEN };
  await receiveEmail(deliver(world, head.join('\r\n'), given), world);
  const { after } = opened();
  const [ticket, record] = [await world.tickets.read(ID), await world.ledger.read('forged')];
  return { ticket, record, events: (await world.tickets.events(ID, 50)).slice(after.events) };
}

describe('with the agent’s own token and a proof of the sender’s domain', () => {
  test.each(FORMS)('%s does not make anybody him', async (_, lines) => {
    for (const text of ['#priority P1', 'We come at noon.', '#note he is wrong', '#history']) {
      const { ticket, record, events } = await written(lines, text);
      const people = new Set(desk.people.map(({ address }) => address));
      expect(
        events.filter((event) => 'by' in event && people.has(event.by) && event.kind !== 'noted'),
      ).toEqual([]);
      expect(ticket).toMatchObject({ priority: 'P3', status: 'new', assignee: LUIS });
      expect(record?.disposition).toMatch(/^(opened|noted|refused|held|quarantined)$/);
    }
  });

  test('he himself is believed, however he is written, so that the forms can fail', async () => {
    for (const line of [
      `From: ${LUIS}`,
      `From: "Luis, at work" <${LUIS.toUpperCase()}>`,
      'From: l.ortega@example.test',
    ]) {
      const { ticket } = await written([line], '#priority P1');
      expect(ticket?.priority, line).toBe('P1');
    }
  });
});

test('a mail that says nothing and failed authentication is answered to nobody, whoever takes part', async () => {
  const world = smallWorld();
  await world.tickets.commit(opened(), []);
  const raw = `From: nora@example.org\r\nTo: support@desk.example.test\r\nSubject: Re: [${ID}]\r\nMessage-ID: <empty@example.net>\r\n\r\n`;
  const failed = { spf: 'FAIL', dkim: 'GRAY', dmarc: 'FAIL' } as const;
  await receiveEmail(
    deliver(world, raw, { mailId: 'empty', returnPath: 'nora@example.org', ...failed }),
    world,
  );
  expect(await world.ledger.read('empty')).toMatchObject({ disposition: 'refused', reason: 'nothing-said' });
  expect([...world.items.keys()].filter((key) => key.startsWith('MAIL#empty EVENT'))).toEqual([]);
});
