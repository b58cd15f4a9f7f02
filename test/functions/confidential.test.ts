/**
 * What belongs to a confidential team is closed to all others. One word stands in every private field of one of its
 * tickets; everybody else then gives every command that shows, finds, links or moves anything, and no mail that leaves
 * may hold the word, or differ from what is said of a ticket that was never there.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { VERBS, type VerbName } from '../../core/mail/commands.ts';
import type { Receipt } from '../../core/mail/email.ts';
import { replyAddress } from '../../core/mail/token.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change, open } from '../../core/ticket/change.ts';
import type { Happening, Message, Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, ID, KIM, keys, LUIS, MARTHA, MONDAY, NORA, opened, PROVEN } from '../sample.ts';
import { type Left, leavingWorld } from './leaving.ts';
import { deliver, type SmallWorld, smallWorld } from './world.ts';

const CANARY = 'Zimtstern';
const SECRET_ID = 'T-HHHHHH';
const NO_ID = 'T-ZZZZZZ';
const [ADA, HELENE] = ['ada.osei@example.test', 'helene.roth@example.test'];
const GRACE = 'grace.okafor@example.test';
const INA = `ina.${CANARY.toLowerCase()}@example.org`;
const CAS = 'cas@example.com';

/** Everything that a ticket can say of itself says the word. */
const HAPPENINGS: Happening[] = [
  { kind: 'assigned', assignee: ADA, previous: null, reason: `${CANARY} asked`, by: 'desk' },
  { kind: 'watched', by: LUIS },
  { kind: 'noted', message: 2, by: ADA, thirdParty: null },
  { kind: 'started', by: ADA },
  { kind: 'tagged', added: [CANARY.toLowerCase()], removed: [], by: ADA },
  { kind: 'field-set', field: 'site', value: CANARY, previous: null, by: ADA },
  { kind: 'time-spent', minutes: 5, what: CANARY, by: ADA },
  { kind: 'snoozed', until: '2026-11-24T09:00:00.000Z', reason: CANARY, by: LUIS },
  { kind: 'due-set', due: '2026-11-30T09:00:00.000Z', reason: CANARY, by: ADA },
  { kind: 'answered', message: 3, by: ADA, messageId: null, with: null },
  { kind: 'paused', until: null, reason: CANARY, by: ADA, awaited: 'third-party' },
];

const message = (number: number, from: string, visibility: Message['visibility']): Message => ({
  ...{ id: `${SECRET_ID}-m${number}`, number, at: MONDAY, visibility, messageId: null, mailId: 'x', cc: [] },
  ...{ direction: visibility === 'public' && number > 1 ? 'out' : 'in', bodyKey: null, withheld: 0 },
  from: { address: from, name: CANARY },
  text: `My salary, ${CANARY}, message ${number}`,
  attachments: [
    {
      ...{ name: `${CANARY}.pdf`, contentType: 'application/pdf', size: 3, inline: false, contentId: null },
      key: `files/x/${number}`,
    },
  ],
});

const secret = (() => {
  const { events } = opened();
  const first = events[0] as Extract<Happening, { kind: 'opened' }>;
  const begun = open(
    SECRET_ID,
    {
      ...first,
      ...{
        subject: `Salary of ${CANARY}`,
        requester: { address: INA, name: CANARY },
        mailbox: 'hr@desk.example.test',
      },
      ...{ team: 'hr', category: 'payroll', cc: [{ address: `cc.${INA}`, name: CANARY }] },
      reasons: [{ what: 'category', why: CANARY }],
    },
    [],
    MONDAY,
    desk,
  );
  return { begun, grown: change(begun.after, HAPPENINGS, MONDAY, desk) };
})();

/** A desk with the secret ticket, Luis's ticket of Nora's and Kim's of Cas's. */
async function plant(): Promise<SmallWorld['items']> {
  const world = smallWorld();
  await world.tickets.commit(secret.begun, [message(1, INA, 'public')]);
  await world.tickets.commit(secret.grown, [message(2, ADA, 'private'), message(3, ADA, 'public')]);
  const mine = opened();
  await world.tickets.commit(mine, [
    {
      ...message(1, NORA, 'public'),
      id: `${ID}-m1`,
      text: 'Paper.',
      from: { address: NORA, name: 'Nora' },
      attachments: [],
    },
  ]);
  const other = open(
    'T-BBBBBB',
    {
      ...(mine.events[0] as Extract<Happening, { kind: 'opened' }>),
      requester: { address: CAS, name: 'Cas' },
    },
    [],
    MONDAY,
    desk,
  );
  await world.tickets.commit(other, [
    {
      ...message(1, CAS, 'public'),
      id: 'T-BBBBBB-m1',
      text: 'Ink.',
      from: { address: CAS, name: 'Cas' },
      attachments: [],
    },
  ]);
  return world.items;
}

let planted: SmallWorld['items'];
beforeAll(async () => {
  planted = await plant();
});

interface Asked {
  by: string;
  text: string;
  /** The ticket to whose mail it answers; null for a fresh mail. */
  to: string | null;
  subject?: string;
  verdicts?: Partial<Receipt>;
}

/** What leaves because of this mail, and what became of it. */
async function ask({ by, text, to, subject = 'Hello', verdicts = PROVEN }: Asked) {
  const world = leavingWorld(planted);
  for (const number of [1, 2, 3])
    world.objects.set(`files/x/${number}`, { content: Buffer.from('pdf'), at: MONDAY });
  const address =
    to === null
      ? 'support@desk.example.test'
      : replyAddress(
          'support@desk.example.test',
          { purpose: 'ticket', id: to, participant: by, expires: Date.parse(MONDAY) + 30 * 86_400_000 },
          keys,
        );
  const raw = [
    `From: ${by}`,
    `To: ${address}`,
    `Subject: ${subject}`,
    'Message-ID: <asked@example.test>',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
  ].join('\r\n');
  await receiveEmail(
    deliver(world, raw, { mailId: 'asked', recipients: [address], returnPath: by, ...verdicts }),
    world,
  );
  const mails = await world.relay();
  return { mails, record: await world.ledger.read('asked'), ticket: (id: string) => world.tickets.read(id) };
}

/** What differs by chance: tokens, and the number that was asked for. */
const plain = ({ to, kind, said }: Left) => ({
  ...{ to, kind },
  said: said
    .replaceAll(new RegExp(`${SECRET_ID}|${NO_ID}`, 'gi'), 'T-……')
    .replaceAll(/\+[0-9a-z]{39}/g, '+…'),
});

/** With a value that names the secret ticket, its people or its words, wherever the verb takes one. */
function linesFor(verb: VerbName, id: string): string[] {
  if (VERBS[verb].value === 'none') return [`#${verb}`];
  const values: Partial<Record<VerbName, string[]>> = {
    find: ['salary', 'salary message', 'message 1'],
    queue: ['hr', 'Human Resources'],
    link: [id, `${id} problem`, `[${id.toLowerCase()}] incident`],
    note: [`see ${id}`],
    resolve: [`see ${id}`],
    files: ['1', '2'],
    away: [`${ADA} 3d`],
    back: [ADA],
    assign: [ADA, 'ada'],
    team: ['hr'],
    category: ['payroll'],
    requester: ['somebody@example.com'],
    cc: ['+somebody@example.com'],
  };
  return (values[verb] ?? [id, VERBS[verb].example.replace(/^#\S+ ?/, '')]).map(
    (value) => `#${verb} ${value}`,
  );
}

const OUTSIDERS = [
  ['an agent of another team who read along before', LUIS],
  ['the lead of another team', MARTHA],
  ['the manager', GRACE],
] as const;
const ASKING = (Object.keys(VERBS) as VerbName[]).filter((verb) => VERBS[verb].requester !== 'only');

describe.each(OUTSIDERS)('%s', (_, by) => {
  test('reads nothing of it, whatever he asks, and not even that it is there', async () => {
    for (const verb of ASKING)
      for (const [at, line] of linesFor(verb, SECRET_ID).entries()) {
        const { mails, record, ticket } = await ask({ by, to: ID, text: line });
        for (const { to, kind, said } of mails.filter((mail) => mail.to !== ADA && mail.to !== HELENE))
          expect(said, `${line}: ${kind} to ${to}`).not.toMatch(new RegExp(CANARY, 'i'));
        expect(record?.disposition, line).toMatch(/^(commanded|refused|appended|noted)$/);
        expect(await ticket(SECRET_ID), line).toMatchObject(secret.grown.after);
        if (!line.includes(SECRET_ID)) continue;
        const unknown = await ask({ by, to: ID, text: linesFor(verb, NO_ID)[at] ?? '' });
        expect(mails.map(plain), line).toEqual(unknown.mails.map(plain));
        expect(record?.disposition, line).toBe(unknown.record?.disposition);
      }
  });

  test('finds it by no fresh mail either', async () => {
    for (const text of ['#find salary', `#show ${SECRET_ID}`, '#mine', '#queue hr', '#help', '#find message'])
      for (const { said } of (await ask({ by, to: null, text })).mails)
        expect(said, text).not.toMatch(new RegExp(CANARY, 'i'));
  });

  test('is treated alike when he names its number in a subject, and when he names one that is nobody’s', async () => {
    for (const text of ['What about this?', '#history', '#show T-7K4M2Q']) {
      const there = await ask({ by, to: null, text, subject: `Re: [${SECRET_ID}] it` });
      const nowhere = await ask({ by, to: null, text, subject: `Re: [${NO_ID}] it` });
      expect(there.record?.disposition, text).toBe(nowhere.record?.disposition);
      expect(there.mails.map(plain).map(({ to, kind }) => [to, kind])).toEqual(
        nowhere.mails.map(plain).map(({ to, kind }) => [to, kind]),
      );
      for (const { said } of there.mails) expect(said).not.toMatch(new RegExp(CANARY, 'i'));
    }
  });

  test('with a reply address of before it went there he is refused, and reads nothing', async () => {
    for (const text of [
      '#history',
      '#why',
      '#status',
      '#files',
      '#take',
      'Hello Ina',
      '#note x',
      '#team service-desk',
    ]) {
      const { mails, record, ticket } = await ask({ by, to: SECRET_ID, text });
      expect(record).toMatchObject({ disposition: 'refused', reason: 'confidential' });
      expect(await ticket(SECRET_ID)).toMatchObject(secret.grown.after);
      for (const { said } of mails) expect(said).not.toMatch(new RegExp(CANARY, 'i'));
    }
  });
});

describe('the requester of another ticket', () => {
  test.each([ID, null])('reads nothing of it (%s)', async (to) => {
    for (const text of [
      '#status',
      `#status ${SECRET_ID}`,
      `#show ${SECRET_ID}`,
      '#find salary',
      '#close',
      '#reopen',
    ]) {
      const { mails } = await ask({ by: NORA, to, text, subject: `[${SECRET_ID}] it` });
      for (const { to: recipient, said } of mails.filter((mail) => mail.to !== ADA && mail.to !== HELENE))
        expect(said, `${text} to ${recipient}`).not.toMatch(new RegExp(CANARY, 'i'));
    }
  });
});

describe('whoever belongs there', () => {
  test('reads it, so that the word would be found', async () => {
    for (const text of ['#find salary', `#show ${SECRET_ID}`, '#queue hr']) {
      const { mails } = await ask({ by: HELENE, to: null, text });
      expect(mails.map(({ said }) => said).join(), text).toContain(CANARY);
    }
    const { mails } = await ask({ by: ADA, to: SECRET_ID, text: '#history\n#why\n#files' });
    expect(mails.map(({ said }) => said).join()).toContain(CANARY);
  });
});

/** What time and machines do to it: nothing of it is told to anybody of the desk who may not read it. */
const BY_ITSELF: Happening[] = [
  ...(['firstResponse', 'resolution'] as const).flatMap((measure): Happening[] => [
    ...[ADA, HELENE].flatMap((assignee): Happening[] => [
      { kind: 'deadline-warned', measure, due: MONDAY, startedAt: MONDAY, assignee, warnings: ['75%'] },
      { kind: 'deadline-breached', measure, due: MONDAY, startedAt: MONDAY, assignee },
      ...(['tell-lead', 'tell-manager'] as const).map(
        (action): Happening => ({
          ...{ kind: 'deadline-overrun', measure, due: MONDAY, startedAt: MONDAY, assignee, after: 1 },
          do: [action],
        }),
      ),
    ]),
  ]),
  { kind: 'snooze-ended', by: LUIS, reason: CANARY },
  { kind: 'due-passed', due: MONDAY, reason: CANARY, assignee: HELENE },
  { kind: 'message-received', message: 4, from: { address: INA, name: '' }, messageId: null, flagged: null },
  { kind: 'noted', message: 4, by: ADA, thirdParty: null },
  { kind: 'answered', message: 4, by: ADA, messageId: null, with: null },
  { kind: 'escalated', from: 1, to: 2, reason: CANARY, by: 'desk' },
  { kind: 'rated', vote: 1, previous: null, words: CANARY, by: INA },
  { kind: 'delivery-failed', address: INA, permanent: true, status: '5.1.1', update: null },
  { kind: 'complained', address: INA },
  { kind: 'flooded', address: INA },
  { kind: 'unassigned', previous: ADA, by: ADA },
  { kind: 'reopened', reason: CANARY, by: INA, told: false },
  { kind: 'closed', reason: CANARY, by: INA },
  { kind: 'extension-decided', granted: true, asker: LUIS, by: HELENE, due: MONDAY },
];

test.each([ADA, HELENE])(
  'whatever happens to it in the hands of %s, nobody else of the desk is told',
  (assignee) => {
    const inside = [ADA, HELENE, 'jonas.weber@example.test'];
    const held: Ticket = { ...secret.grown.after, assignee };
    for (const happening of BY_ITSELF) {
      const { after, events } = change(held, [happening], MONDAY, desk);
      for (const event of events)
        for (const { kind, to } of updatesFor(event, after, desk))
          if (desk.people.some(({ address }) => address === to.address))
            expect(inside, `${happening.kind}: ${kind} to ${to.address}`).toContain(to.address);
    }
  },
);

test('a ticket that goes to a confidential team takes nobody along who read it before', () => {
  const before = { ...opened().after, watchers: [KIM, MARTHA] };
  const { after, events } = change(
    before,
    [
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: MARTHA },
      { kind: 'assigned', assignee: ADA, previous: LUIS, reason: '', by: MARTHA },
    ],
    MONDAY,
    desk,
  );
  const later = change(after, [{ kind: 'noted', message: 2, by: ADA, thirdParty: null }], MONDAY, desk);
  const told = [...events, ...later.events].flatMap((event) => updatesFor(event, later.after, desk));
  // Whoever had it hears that he no longer has it, and no more than that.
  expect(told.filter(({ message: carried }) => carried !== null).map(({ to }) => to.address)).not.toContain(
    LUIS,
  );
  expect(told.map(({ to }) => to.address)).not.toContain(KIM);
});
