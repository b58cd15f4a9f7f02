import { describe, expect, test } from 'vitest';
import type { Known, Ledger } from '../../aws/ledger.ts';
import { memoryOf, recall } from '../../aws/recall.ts';
import type { Tickets } from '../../aws/tickets.ts';
import { ownReference, replyAddress } from '../../core/mail/token.ts';
import type { Message, Ticket } from '../../core/ticket/ticket.ts';
import { arrival, desk, ID, keys, LUIS, later, MONDAY, moment, NORA, PROVEN, ticket } from '../sample.ts';

const SES = 'sent-1@eu-west-1.amazonses.com';
const UNKNOWN: Known = {
  duplicateOf: null,
  tickets: new Map(),
  sentTo: new Map(),
  undeliverable: null,
  trusted: false,
  record: null,
  ticket: null,
  keys: new Map(),
};
const OTHER = 'T-AAAAAA';

/** A table that holds these tickets and this much of the ledger. */
async function ask(
  given: ReturnType<typeof arrival>,
  { said = [], ...known }: Partial<Known> & { said?: Message[] } = {},
  held: Ticket[] = [ticket()],
  now = MONDAY,
) {
  const read = async (id: string | null) => held.find((each) => each.id === id) ?? null;
  const ledger = {
    recall: async ({ ticket }) => ({ ...UNKNOWN, ticket: await read(ticket), ...known }),
  } as Pick<Ledger, 'recall'> as Ledger;
  const tickets = {
    read,
    loads: async () => new Map(),
    message: async (_: string, number: number) => said.find((each) => each.number === number) ?? null,
    messages: async () => said,
  } as unknown as Tickets;
  const recalled = await recall(given, null, { ...moment, now }, {
    desk,
    keys,
    ledger,
    tickets,
  } as Parameters<typeof recall>[3]);
  return recalled === 'too-early' ? recalled : memoryOf(recalled);
}

describe('T77: a mail that is faster than our record of what it answers', () => {
  const early = arrival({ inReplyTo: SES });

  test('is put off for five minutes, and then taken as it is', async () => {
    expect(await ask(early)).toBe('too-early');
    expect(await ask(early, {}, [], later(MONDAY, 0.09))).toMatchObject({ candidate: null, ticket: null });
  });

  test('is not put off when another clue leads to its ticket, or when it came before', async () => {
    const own = ownReference(ID, desk.domain, keys);
    expect(await ask(arrival({ inReplyTo: SES, references: [own] }))).toMatchObject({ ticket: { id: ID } });
    expect(await ask(early, { duplicateOf: 'mail-0' })).toMatchObject({ duplicateOf: 'mail-0' });
  });

  test('a report about it is put off as well', async () => {
    expect(await ask({ ...arrival(), reported: { ids: [SES], about: [NORA] } })).toBe('too-early');
  });
});

describe('T15: of two tickets in the subject', () => {
  const stranger = { ...ticket(), id: OTHER, participants: [] };
  const subject = `[${OTHER}] Re: [${ID}] jam`;

  test('the one counts in which the sender takes part', async () => {
    expect(await ask(arrival({ subject }), {}, [stranger, ticket()])).toMatchObject({
      ticket: { id: ID },
      candidate: { ticketId: ID, why: `[${ID}], and not [${OTHER}], in the subject` },
    });
  });

  test('the first stays when he takes part in neither', async () => {
    expect(await ask(arrival({ subject }), {}, [stranger, { ...ticket(), participants: [] }])).toMatchObject({
      ticket: { id: OTHER },
    });
  });
});

test('of a report it is known to whom that mail of ours went', async () => {
  const report = { ...arrival(), reported: { ids: ['x@example.org', SES], about: [] } };
  expect(await ask(report, { tickets: new Map([[SES, ID]]), sentTo: new Map([[SES, NORA]]) })).toMatchObject({
    sentTo: NORA,
    ticket: { id: ID },
    candidate: { clue: 'reference' },
  });
});

test('the ticket of a mail that comes once more is remembered with it', async () => {
  const known = { duplicateOf: 'mail-0', tickets: new Map([['one@example.org', ID]]) };
  expect(await ask(arrival(), known)).toMatchObject({ sameMail: { id: ID }, sameMessageId: null });
});

describe('a merged ticket', () => {
  const merged = (id: string, into: string) =>
    ({ ...ticket([{ kind: 'merged', into, by: LUIS }]), id }) as Ticket;

  test('leads to the one as which it goes on, whatever clue led to it', async () => {
    const held = [merged(ID, OTHER), merged(OTHER, 'T-CCCCCC'), { ...ticket(), id: 'T-CCCCCC' }];
    const own = ownReference(ID, desk.domain, keys);
    const address = replyAddress(
      'support@desk.example.test',
      { purpose: 'ticket', id: ID, participant: NORA, expires: moment.realNow + 1 },
      keys,
    );
    for (const mail of [
      arrival({ references: [own] }),
      arrival({ subject: `Re: [${ID}] jam` }),
      arrival({ to: [{ address, name: '' }] }),
    ])
      expect(await ask(mail, {}, held)).toMatchObject({
        ticket: { id: 'T-CCCCCC' },
        candidate: { ticketId: 'T-CCCCCC', why: expect.stringContaining(`${ID} goes on as T-CCCCCC`) },
      });
  });

  test('is followed five times at the most', async () => {
    const chain = Array.from({ length: 8 }, (_, n) =>
      merged(`T-${n}${n}${n}${n}${n}${n}`, `T-${`${n + 1}`.repeat(6)}`),
    );
    expect(await ask(arrival({ subject: '[T-000000] jam' }), {}, chain)).toMatchObject({
      ticket: { id: 'T-555555' },
    });
  });
});

describe('the other tickets that commands name', () => {
  const held = [ticket(), { ...ticket(), id: OTHER }];
  const mail = { from: { address: LUIS, name: '' }, subject: `[${ID}] jam` };

  test('are read for one of the desk’s people who is proven, and for nobody else', async () => {
    const named = arrival({ ...mail, text: `#link ${OTHER}\n#merge T-DDDDDD` }, PROVEN);
    expect(await ask(named, {}, held)).toMatchObject({ others: new Map([[OTHER, held[1]]]) });
    const unproven = arrival({ ...mail, text: `#link ${OTHER}` });
    expect(await ask(unproven, {}, held)).toMatchObject({ others: new Map() });
    const outside = arrival({ subject: mail.subject, text: `#link ${OTHER}` }, PROVEN);
    expect(await ask(outside, {}, held)).toMatchObject({ others: new Map() });
  });

  test('are read for commands, not because a number stands in a sentence', async () => {
    const named = arrival({ ...mail, text: `It is the same as ${OTHER}.` }, PROVEN);
    expect(await ask(named, {}, held)).toMatchObject({ others: new Map() });
  });
});

describe('the message that #split names', () => {
  const message = (number: number, direction = 'in', visibility = 'public') =>
    ({ number, direction, visibility }) as Message;
  const said = [message(1), message(2), message(3, 'out'), message(4, 'in', 'private')];
  const split = (text: string) =>
    arrival({ from: { address: LUIS, name: '' }, subject: `[${ID}] jam`, text }, PROVEN);

  test('is one that came in and that all may read: the one with the number, or the latest', async () => {
    expect(await ask(split('#split 1 The screen'), { said })).toMatchObject({ toSplit: { number: 1 } });
    expect(await ask(split('#split The screen'), { said })).toMatchObject({ toSplit: { number: 2 } });
    for (const number of [3, 4, 5])
      expect(await ask(split(`#split ${number}`), { said })).toMatchObject({ toSplit: null });
    expect(await ask(split('#note Hm'), { said })).toMatchObject({ toSplit: null });
  });
});
