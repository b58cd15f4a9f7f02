import { describe, expect, test } from 'vitest';
import type { Known, Ledger } from '../../aws/ledger.ts';
import { recall } from '../../aws/recall.ts';
import type { Tickets } from '../../aws/tickets.ts';
import { ownReference } from '../../core/mail/token.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { arrival, desk, ID, keys, later, MONDAY, moment, NORA, ticket } from '../sample.ts';

const SES = 'sent-1@eu-west-1.amazonses.com';
const UNKNOWN: Known = {
  duplicateOf: null,
  tickets: new Map(),
  sentTo: new Map(),
  undeliverable: null,
  trusted: false,
};
const OTHER = 'T-AAAAAA';

/** A table that holds these tickets and this much of the ledger. */
function ask(
  given: ReturnType<typeof arrival>,
  known: Partial<Known> = {},
  held: Ticket[] = [ticket()],
  now = MONDAY,
) {
  const ledger = { recall: async () => ({ ...UNKNOWN, ...known }) } as unknown as Ledger;
  const tickets = {
    read: async (id: string) => held.find((each) => each.id === id) ?? null,
    loads: async () => new Map(),
  } as unknown as Tickets;
  return recall(given, null, { ...moment, now }, { desk, keys, ledger, tickets } as Parameters<
    typeof recall
  >[3]);
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
