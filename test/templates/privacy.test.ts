/**
 * What leaves for people outside holds nothing of the desk's inside. A word stands in every private field of a ticket,
 * and whatever happens to it is rendered for whoever outside hears of it, in every language that he may speak.
 */
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { participantHash, readToken, replyAddress } from '../../core/mail/token.ts';
import { UPDATE_KINDS } from '../../core/mail/update.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Message, Ticket } from '../../core/ticket/ticket.ts';
import { renderUpdate } from '../../templates/render.ts';
import { ticketView } from '../../templates/view.ts';
import { desk, ID, keys, LUIS, later, MARTHA, MONDAY, moment, NORA, opened, PRIYA } from '../sample.ts';

const CANARY = 'Zimtstern';
const [OLE, IDA] = ['ole@example.org', 'ida@example.com'];
const OUTSIDE = [NORA, OLE, IDA];

/** Everything that is the desk's affair alone says the word. */
const begun = change(
  opened(MONDAY, { cc: [{ address: OLE, name: 'Ole' }], reasons: [{ what: 'category', why: CANARY }] }).after,
  [
    { kind: 'started', by: LUIS },
    { kind: 'noted', message: 2, by: PRIYA, thirdParty: CANARY },
    { kind: 'tagged', added: [CANARY], removed: [], by: LUIS },
    { kind: 'field-set', field: 'asset', value: CANARY, previous: null, by: LUIS },
    { kind: 'field-set', field: 'site', value: CANARY, previous: null, by: LUIS },
    { kind: 'time-spent', minutes: 5, what: CANARY, by: LUIS },
    { kind: 'snoozed', until: later(MONDAY, 9), reason: CANARY, by: LUIS },
    { kind: 'due-set', due: later(MONDAY, 90), reason: CANARY, by: LUIS },
    { kind: 'watched', by: PRIYA },
    { kind: 'linked', relation: 'related', to: 'T-SECRET', by: LUIS },
    {
      kind: 'message-received',
      message: 3,
      from: { address: NORA, name: '' },
      messageId: null,
      flagged: CANARY,
    },
  ],
  MONDAY,
  desk,
).after;
/** Why a sender is doubted is said to whoever is asked to approve. */
const TICKET: Ticket = { ...begun, flagged: 'authentication failed', policyReason: CANARY };

const message = (number: number, from: string, visibility: Message['visibility']): Message => ({
  ...{ id: `${ID}-m${number}`, number, at: MONDAY, direction: 'in', visibility, bodyKey: null, withheld: 2 },
  ...{ from: { address: from, name: '' }, attachments: [], mailId: CANARY, messageId: null, cc: [] },
  text: visibility === 'private' ? CANARY : 'These words are public.',
  cut: { quoted: CANARY, signature: CANARY },
});
const MESSAGES = new Map(
  [1, 2, 3, 4].map((number) => [
    number,
    message(number, number === 4 ? LUIS : number === 2 ? PRIYA : NORA, number === 2 ? 'private' : 'public'),
  ]),
);

const asked: Happening = {
  kind: 'approval-asked',
  approvers: [{ address: IDA, name: 'Ida' }],
  quorum: 'all',
  question: 'A monitor?',
  by: LUIS,
};
const deadline = { measure: 'resolution', due: MONDAY, startedAt: MONDAY, assignee: LUIS } as const;
const line = (by: string): Happening => ({
  ...{ kind: 'commanded', by, refused: false, shows: ['status'], words: 'none' },
  lines: [
    { line: '#status', verb: 'status', outcome: 'done', detail: 'see below', said: { key: 'see-below' } },
  ],
});

/** Whatever somebody outside may hear of, and what he must not. */
const HAPPENINGS: Happening[][] = [
  [
    {
      ...(opened().events[0] as Extract<Happening, { kind: 'opened' }>),
      reasons: [{ what: 'category', why: CANARY }],
      flagged: CANARY,
    },
  ],
  [
    {
      kind: 'requester-changed',
      requester: { address: IDA, name: 'Ida' },
      previous: { address: NORA, name: '' },
      by: LUIS,
    },
  ],
  [{ kind: 'answered', message: 4, by: LUIS, messageId: null, with: null }],
  [{ kind: 'noted', message: 2, by: PRIYA, thirdParty: null }],
  [{ kind: 'resolved', reason: 'resolved', by: LUIS, message: null }],
  [
    { kind: 'answered', message: 4, by: LUIS, messageId: null, with: 'resolved' },
    { kind: 'resolved', reason: 'resolved', by: LUIS, message: 4 },
  ],
  [{ kind: 'resolved', reason: 'resolved', by: LUIS, message: null, problem: { id: 'T-SECRET', event: 3 } }],
  [{ kind: 'closed', reason: 'closed', by: LUIS }],
  [
    { kind: 'resolved', reason: 'x', by: LUIS, message: null },
    { kind: 'closed', reason: 'no answer', by: 'desk' },
  ],
  [{ kind: 'merged', into: 'T-BBBBBB', by: LUIS }],
  [
    {
      kind: 'merged-in',
      from: 'T-BBBBBB',
      requester: { address: IDA, name: '' },
      added: [{ address: IDA, name: '' }],
      watchers: [PRIYA],
      muted: [],
      by: LUIS,
    },
  ],
  [{ kind: 'escalated', from: 1, to: 2, reason: CANARY, by: LUIS }],
  [{ kind: 'escalated', from: 1, to: 2, reason: CANARY, by: 'desk' }],
  [
    { kind: 'paused', until: null, reason: 'waiting for the requester', by: LUIS },
    { kind: 'requester-reminded' },
  ],
  [{ kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: CANARY, by: MARTHA }],
  [{ kind: 'deadline-warned', warnings: ['75%'], ...deadline }],
  [{ kind: 'deadline-breached', ...deadline }],
  [asked],
  [asked, { kind: 'approval-reminded', addresses: [IDA] }],
  [asked, { kind: 'approval-decided', result: 'rejected', by: IDA }],
  [
    {
      kind: 'extension-asked',
      by: LUIS,
      lead: MARTHA,
      ms: 1,
      reason: CANARY,
      due: MONDAY,
      wouldBe: later(MONDAY, 99),
    },
    { kind: 'extension-decided', granted: true, asker: LUIS, by: MARTHA, due: later(MONDAY, 99) },
  ],
  [line(NORA)],
  [line(OLE)],
  [line(LUIS)],
  [{ kind: 'rated', vote: 1, previous: null, words: CANARY, by: NORA }],
];

const TO_OUTSIDERS = new Set<string>();
const INSIDE = desk.people.flatMap(({ address, alternates }) => [address, ...alternates]);

describe.each(LANGUAGES)('%s', (language) => {
  test('nobody outside reads a private word, an agent’s address, or another one’s reply address', () => {
    const twice = HAPPENINGS.flatMap((happenings) =>
      [
        TICKET,
        { ...TICKET, flagged: null },
        { ...TICKET, flagged: 'a token in To that does not verify, near T-SECRET' },
      ].map((at) => ({ at, happenings })),
    );
    for (const { at, happenings } of twice) {
      const { after, events } = change({ ...at, language }, happenings, MONDAY, desk);
      for (const event of events)
        for (const plan of updatesFor(event, after, desk).filter(
          ({ audience }) => audience === 'requester',
        )) {
          TO_OUTSIDERS.add(plan.kind);
          const where = `${event.kind}: ${plan.kind} to ${plan.to.address}`;
          expect(OUTSIDE, where).toContain(plan.to.address);
          const carried = plan.message === null ? null : (MESSAGES.get(plan.message) ?? null);
          expect(carried?.visibility ?? 'public', where).toBe('public');
          const proof = {
            purpose: 'ticket',
            id: ID,
            participant: plan.to.address,
            expires: moment.realNow + 1e9,
          } as const;
          const replyTo = replyAddress('support@desk.example.test', proof, keys);
          const { subject, text, html } = renderUpdate(
            ticketView({
              plan,
              event,
              ticket: after,
              message: carried,
              history: [],
              attached: [],
              replyTo,
              desk,
              now: MONDAY,
            }),
          );
          const all = [subject, text, html].join('\n');
          const others = OUTSIDE.filter(
            (each) => each !== plan.to.address && each !== after.requester.address,
          );
          const said = all.toLowerCase();
          const secret = [CANARY.toLowerCase(), 't-secret', ...INSIDE, ...others];
          expect(
            secret.filter((each) => said.includes(each)),
            where,
          ).toEqual([]);
          for (const [token] of all.matchAll(/[^\s:"<>=]+\+[0-9a-z]{39}@desk\.example\.test/gi)) {
            const read = readToken(token, keys, moment.realNow);
            expect(read, where).toMatchObject({ token: { participant: participantHash(plan.to.address) } });
          }
        }
    }
  });
});

test('so every kind was rendered that somebody outside is sent about a ticket', () => {
  const inside = [
    'assignment',
    'requester-message',
    'note',
    'code',
    'warning',
    'breach',
    'digest',
    'report',
    'refusal',
  ];
  expect(UPDATE_KINDS.filter((kind) => !TO_OUTSIDERS.has(kind) && !inside.includes(kind))).toEqual([]);
  // The word is there to be found: whoever works on it reads it.
  const { after, events } = change(
    TICKET,
    [{ kind: 'noted', message: 2, by: PRIYA, thirdParty: null }],
    MONDAY,
    desk,
  );
  const [event] = events;
  const [plan] = event ? updatesFor(event, after, desk) : [];
  if (!event || !plan) throw new Error('a note is told');
  const note = MESSAGES.get(2) ?? null;
  const view = ticketView({
    plan,
    event,
    ticket: after,
    message: note,
    history: [],
    attached: [],
    replyTo: 'x@desk.example.test',
    desk,
    now: MONDAY,
  });
  expect(renderUpdate(view).text).toContain(CANARY);
});
