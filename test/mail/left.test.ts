/** Somebody who was of the desk and is no longer in desk.yaml: what he got while he was opens nothing. */
import { expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { dispose } from '../../core/mail/dispose.ts';
import type { HeldCode } from '../../core/mail/outcome.ts';
import { participantHash } from '../../core/mail/token.ts';
import { voterOf } from '../../core/ticket/approval.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import { leave } from '../../core/ticket/stand-in.ts';
import type { TicketEvent } from '../../core/ticket/ticket.ts';
import { arrival, desk, ID, keys, LUIS, MARTHA, MONDAY, memory, moment, PROVEN, ticket } from '../sample.ts';

const without: Desk = { ...desk, people: desk.people.filter(({ address }) => address !== LUIS) };
const token = {
  ...{ purpose: 'ticket' as const, id: ID, participant: participantHash(LUIS) },
  ...{ expires: moment.realNow + 9e9, expired: false, version: 1 },
};
const candidate = { ticketId: ID, clue: 'token' as const, why: 'our token' };
const written = (text: string) => arrival({ from: { address: LUIS, name: 'Luis Ortega' }, text }, PROVEN);
const inHand = ticket();
const given = change(
  inHand,
  [{ kind: 'assigned', assignee: MARTHA, previous: LUIS, reason: '', by: 'desk' }],
  MONDAY,
  desk,
).after;

test('an agent’s reply with his own token does what it says, so that the next can fail', () => {
  const known = memory({ ticket: inHand, candidate, token });
  expect(dispose(written('#resolve\nIt is mended.'), known, moment, desk, keys).reason).toBe('agent-answer');
});

test.each([
  ['still in his hands', inHand],
  ['given to another', given],
])(
  'of a ticket that is %s his token makes him nobody: his words are a stranger’s note, and his commands do nothing',
  (_, held) => {
    const known = memory({ ticket: held, candidate, token, trusted: true, released: true });
    for (const text of ['#resolve\nIt is mended.', '#close', 'Just my words.']) {
      const {
        disposition,
        reason,
        ticket: done,
        message,
      } = dispose(written(text), known, moment, without, keys);
      expect({ disposition, reason }).toEqual({ disposition: 'noted', reason: 'third-party' });
      const kinds = done?.kind === 'change' ? done.happenings.map(({ kind }) => kind) : [];
      expect(kinds).toEqual(['noted']);
      expect(message?.visibility).toBe('private');
    }
  },
);

test('by an id of ours in References as well', () => {
  const known = memory({ ticket: inHand, candidate: { ...candidate, clue: 'reference' } });
  expect(dispose(written('#close'), known, moment, without, keys).reason).toBe('third-party');
});

test('a code that was sent to him opens nothing any more', () => {
  const code: HeldCode = {
    ...{ id: 'mail-9', mailId: 'mail-9', person: LUIS, round: 0, tries: 0, used: false },
    expiresAt: new Date(moment.realNow + 600_000).toISOString(),
  };
  const known = memory({ token: { ...token, purpose: 'code', id: 'mail-9' }, code });
  const { disposition, reason, release } = dispose(written('123456'), known, moment, without, keys);
  expect({ disposition, reason, release }).toEqual({
    ...{ disposition: 'refused', reason: 'posing-as-agent', release: null },
  });
});

test('his vote counts no more, and what waits for it comes back to its agent, who is told', () => {
  const asks = (quorum: string) =>
    readCommands(`#approval ${quorum} ${LUIS}, bob@example.com A second monitor?`, 'agent');
  const act = { by: MARTHA, role: 'agent' as const, now: MONDAY, loads: new Map() };
  const askedOf = (quorum: string) =>
    change(given, decideCommands(asks(quorum), given, act, desk).happenings, MONDAY, desk).after;
  const waiting = askedOf('all');
  const question = { what: 'approval' as const, askedAt: MONDAY };
  const vote = {
    ...{ ...token, purpose: 'approval' as const },
    participant: participantHash(voterOf(LUIS, question)),
  };
  const known = memory({ ticket: waiting, candidate, token: vote });
  expect(dispose(written('approve'), known, moment, desk, keys).reason).toBe('approval-vote');
  expect(dispose(written('approve'), known, moment, without, keys).reason).toBe('third-party');
  const left = leave(waiting, MONDAY, without, new Map());
  expect(left).toEqual([{ kind: 'approval-decided', result: 'expired', by: 'desk' }]);
  const { after, events } = change(waiting, left, MONDAY, without);
  expect(after.status).toBe('open');
  expect(events.flatMap((event) => updatesFor(event, after, without)).map(({ to }) => to.address)).toEqual([
    MARTHA,
  ]);
  // Where one is enough, the other may still say it.
  expect(leave(askedOf('any'), MONDAY, without, new Map())).toEqual([]);
});

test('a fresh mail of his opens a ticket like anybody’s', () => {
  const { reason, ticket: done } = dispose(written('#queue\nPlease help.'), memory(), moment, without, keys);
  expect(reason).toBe('new-ticket');
  expect(done?.kind).toBe('open');
});

test('no mail for the desk’s eyes goes to him, whatever he watched; what concerned him goes to the lead', () => {
  const watched = { ...inHand, watchers: [LUIS] };
  const event: TicketEvent = {
    ...{ kind: 'message-received', message: 2, from: inHand.requester, messageId: null, flagged: null },
    ...{ number: 9, at: MONDAY },
  };
  expect(updatesFor(event, watched, desk).map(({ to }) => to.address)).toEqual([LUIS]);
  expect(updatesFor(event, watched, without).map(({ to }) => to.address)).toEqual([MARTHA]);
});

test('what he had goes on by the rules of a new ticket, and a ticket that is done to nobody', () => {
  expect(leave(inHand, MONDAY, without, new Map())).toMatchObject([
    {
      kind: 'assigned',
      previous: LUIS,
      reason: expect.stringMatching(/no longer of the desk; Kim Brandt: on duty/),
    },
  ]);
  const done = { kind: 'resolved' as const, reason: '', by: LUIS, message: null };
  const resolved = change(inHand, [done], MONDAY, desk).after;
  expect(leave(resolved, MONDAY, without, new Map())).toMatchObject([{ kind: 'unassigned', previous: LUIS }]);
  expect(leave(inHand, MONDAY, desk, new Map())).toEqual([]);
});
