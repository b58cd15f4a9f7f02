/** #block: a ticket is closed as spam, and whoever asked is refused from then on. */
import { describe, expect, test } from 'vitest';
import { openAddresses } from '../../aws/addresses.ts';
import type { Table, Write } from '../../aws/table.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { Receipt } from '../../core/mail/email.ts';
import type { Writer } from '../../core/mail/writer.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { phrase } from '../../templates/words.ts';
import {
  arrival,
  desk,
  ID,
  KIM,
  keys,
  LUIS,
  MARTHA,
  MONDAY,
  memory,
  moment,
  NORA,
  opened,
  PROVEN,
  ticket,
} from '../sample.ts';

const decide = (text: string, by = LUIS, before: Ticket = ticket()) =>
  decideCommands(
    readCommands(text, 'agent'),
    before,
    { by, role: 'agent', now: MONDAY, loads: new Map() },
    desk,
  );

describe('#block', () => {
  test('closes as #spam does, and says whose mail is refused; words beside it stay inside', () => {
    expect(decide('#block')).toMatchObject({
      isNote: true,
      happenings: [
        { kind: 'tagged', added: ['spam'] },
        { kind: 'closed', quiet: true },
        { kind: 'blocked', address: NORA, by: LUIS },
      ],
    });
  });

  test('of a ticket that is closed blocks all the same', () => {
    const closed = ticket([{ kind: 'closed', reason: 'spam', by: LUIS, quiet: true }]);
    expect(decide('#block', LUIS, closed).happenings).toEqual([{ kind: 'blocked', address: NORA, by: LUIS }]);
  });

  test.each([
    ['a colleague’s, who does not work on it', '#block', KIM, 'not-yours-to-block'],
    ['an agent’s taking back', '#block off', LUIS, 'not-yours-to-unblock'],
    ['of a whole domain', '#block @example.org', LUIS, 'block-takes-off'],
  ])('is refused: %s', (_, text, by, key) => {
    const { lines, refused, happenings } = decide(text, by);
    expect({ refused, happenings, key: lines[0]?.said?.key }).toEqual({ refused: true, happenings: [], key });
    for (const language of ['en', 'de'] as const)
      expect(phrase(language, `said-${key}` as 'said-spam', lines[0]?.said?.facts)).not.toBe('');
  });

  test.each([KIM, 'support@desk.example.test'])('never takes the desk’s own %s', (address) => {
    const own = opened(MONDAY, { requester: { address, name: '' } }).after;
    expect(decide('#block', LUIS, own).lines[0]?.said?.key).toBe('own-not-blocked');
  });

  test('is a lead’s to say of any ticket, and to take back', () => {
    expect(decide('#block', MARTHA).refused).toBe(false);
    expect(decide('#block off', MARTHA).happenings).toEqual([
      { kind: 'unblocked', address: NORA, by: MARTHA },
    ]);
  });

  test('is one write for each address, and the last word counts', () => {
    const writes = (happenings: Happening[]): Write[] =>
      openAddresses({ name: 'table' } as Table).blockWrites([change(ticket(), happenings, MONDAY, desk)]);
    const key = { pk: `BLOCKED#${NORA}`, sk: 'BLOCKED' };
    const blocked: Happening = { kind: 'blocked', address: NORA, by: LUIS };
    const unblocked: Happening = { kind: 'unblocked', address: NORA, by: MARTHA };
    expect(writes([unblocked, blocked])).toMatchObject([
      { Put: { Item: { ...key, blocked: { address: NORA, by: LUIS, ticketId: ID, at: MONDAY } } } },
    ]);
    expect(writes([blocked, unblocked])).toMatchObject([{ Delete: { Key: key } }]);
    expect(writes([])).toEqual([]);
  });
});

describe('mail of whoever is blocked', () => {
  const blocked = { address: NORA, by: LUIS, ticketId: ID, at: MONDAY };
  const run = (verdicts: Partial<Receipt> = PROVEN, writer: Partial<Writer> = {}) => {
    const came = arrival({}, verdicts);
    return dispose(
      { ...came, writer: { ...came.writer, ...writer } },
      memory({ blocked }),
      moment,
      desk,
      keys,
    );
  };

  test('is refused as mail.blocked refuses, and he is told without the name of anybody', () => {
    expect(run()).toMatchObject({
      disposition: 'refused',
      reason: 'blocked',
      notice: { kind: 'refused', to: { address: NORA } },
    });
    expect(JSON.stringify(run())).not.toContain(LUIS);
  });

  test('that may be another’s is refused without a word', () => {
    expect(run({ dmarc: 'FAIL', dmarcPolicy: 'none' }).notice).toBeNull();
  });

  test('is let in by desk.yaml, which is the admin’s word', () => {
    expect(run(PROVEN, { listed: { as: 'allowed', entry: NORA } }).disposition).toBe('opened');
  });
});
