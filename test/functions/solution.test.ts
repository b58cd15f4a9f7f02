/** A problem is solved with one `#resolve`, and with it everybody who reported it is answered, each in his own ticket. */
import { beforeAll, expect, test } from 'vitest';
import { replyAddress } from '../../core/mail/token.ts';
import { change, open } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, keys, LUIS, later, MONDAY, opened, PROVEN } from '../sample.ts';
import { type LeavingWorld, type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ';
const PROBLEM = 'T-777777';
const CAS = 'cas@example.com';
/** Three of the twenty are of one person, who writes German. */
const MANY = 'mia@example.org';
const requesterOf = (n: number) => (n < 3 ? MANY : `person${n}@example.org`);
const idOf = (n: number) => `T-${(LETTERS[n] as string).repeat(6)}`;
const [CONFIDENTIAL, CLOSED, MERGED, WAITING] = [16, 17, 18, 19];
const ALL = Array.from({ length: 20 }, (_, n) => n);
const TOLD = ALL.filter((n) => ![CONFIDENTIAL, CLOSED, MERGED].includes(n));

const LATER: Record<number, Happening[]> = {
  [CONFIDENTIAL as number]: [
    { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
    { kind: 'assigned', assignee: 'ada.osei@example.test', previous: LUIS, reason: '', by: LUIS },
  ],
  [CLOSED as number]: [{ kind: 'closed', reason: 'done', by: LUIS }],
  [MERGED as number]: [{ kind: 'merged', into: idOf(3), by: LUIS }],
  [WAITING as number]: [
    { kind: 'started', by: LUIS },
    { kind: 'paused', until: null, reason: 'x', by: LUIS },
  ],
};

const first = opened().events[0] as Extract<Happening, { kind: 'opened' }>;

let world: LeavingWorld;
let mails: Left[];
let before: Map<number, Ticket | null>;

async function write(by: string, to: string, text: string, mailId: string) {
  const raw = [
    ...[`From: ${by}`, `To: ${to}`, 'Subject: Re: drives', `Message-ID: <${mailId}@example.test>`],
    ...['Content-Type: text/plain; charset=utf-8', '', text],
  ].join('\r\n');
  await receiveEmail(deliver(world, raw, { mailId, recipients: [to], returnPath: by, ...PROVEN }), world);
  return world.relay();
}

async function begin(id: string, requester: string, language: 'en' | 'de') {
  const begun = open(
    id,
    {
      ...first,
      requester: { address: requester, name: '' },
      language,
      subject: `My drive, ${id}`,
      messageId: null,
    },
    [{ kind: 'assigned', assignee: LUIS, previous: null, reason: '', by: 'desk' }],
    MONDAY,
    desk,
  );
  await world.tickets.commit(begun, []);
  return begun.after;
}

beforeAll(async () => {
  world = leavingWorld();
  const problem = await begin(PROBLEM, CAS, 'en');
  const links: Happening[] = ALL.map((n) => ({
    kind: 'linked',
    relation: 'incident',
    to: idOf(n),
    by: LUIS,
  }));
  await world.tickets.commit(change(problem, links, MONDAY, desk), []);
  before = new Map();
  for (const n of ALL) {
    const incident = await begin(idOf(n), requesterOf(n), n === 1 ? 'de' : 'en');
    const linked: Happening = { kind: 'linked', relation: 'problem', to: PROBLEM, by: LUIS };
    await world.tickets.commit(change(incident, [linked, ...(LATER[n] ?? [])], MONDAY, desk), []);
    before.set(n, await world.tickets.read(idOf(n)));
  }
  await world.relay();
  world.time = later(MONDAY, 1);
  const expires = Date.parse(MONDAY) + 30 * 86_400_000;
  const to = replyAddress(
    'support@desk.example.test',
    { purpose: 'ticket', id: PROBLEM, participant: LUIS, expires },
    keys,
  );
  mails = await write(LUIS, to, '#resolve\n\nA cable was loose; all drives are back.', 'solution');
});

const resolvedOf = (id: string) =>
  mails.filter(({ kind, ticketId }) => kind === 'resolved' && ticketId === id);

test('each that is worked on is resolved, and its requester told once, in his own ticket and in the words of the solution', async () => {
  for (const n of TOLD) {
    expect((await world.tickets.read(idOf(n)))?.status, idOf(n)).toBe('resolved');
    const told = resolvedOf(idOf(n));
    expect(told.map(({ to }) => to)).toEqual([requesterOf(n)]);
    expect(told[0]?.said).toContain('A cable was loose');
    expect(told[0]?.said).toContain(`[${idOf(n)}]`);
  }
  expect(resolvedOf(PROBLEM).map(({ to }) => to)).toEqual([CAS]);
  expect(mails.filter(({ kind }) => kind === 'resolved')).toHaveLength(TOLD.length + 1);
});

test('who reported it three times is told of each of them, each in its language', () => {
  const his = mails.filter(({ to, kind }) => to === MANY && kind === 'resolved');
  expect(his.map(({ ticketId }) => ticketId).sort()).toEqual([idOf(0), idOf(1), idOf(2)].sort());
  const [english, german] = [resolvedOf(idOf(0))[0]?.text ?? '', resolvedOf(idOf(1))[0]?.text ?? ''];
  expect(german).not.toBe('');
  expect(german.replaceAll(idOf(1), '')).not.toBe(english.replaceAll(idOf(0), ''));
});

test('nobody reads of anybody else: no address, no other ticket, no agent’s address', () => {
  const people = [CAS, ...ALL.map(requesterOf)];
  const ids = [PROBLEM, ...ALL.map(idOf)];
  for (const { to, ticketId, said } of mails.filter(({ kind }) => kind === 'resolved')) {
    for (const other of people.filter((each) => each !== to))
      expect(said, ticketId ?? '').not.toContain(other);
    for (const other of ids.filter((each) => each !== ticketId))
      expect(said, ticketId ?? '').not.toContain(other);
    for (const { address, alternates } of desk.people)
      for (const each of [address, ...alternates]) expect(said).not.toContain(each);
  }
  expect(new Set(mails.map(({ replyTo }) => replyTo)).size).toBe(mails.length);
});

test.each([
  ['one that went to a confidential team', CONFIDENTIAL],
  ['one that was closed', CLOSED],
  ['one that goes on as another', MERGED],
] as const)('%s stays as it was', async (_, n) => {
  expect(await world.tickets.read(idOf(n as number))).toEqual(before.get(n as number));
  expect(mails.filter(({ ticketId }) => ticketId === idOf(n as number))).toEqual([]);
});

test('“not for me” takes up his own and leaves all others resolved', async () => {
  const told = resolvedOf(idOf(5))[0] as Left;
  world.time = later(MONDAY, 2);
  const answered = await write(requesterOf(5), told.replyTo, 'Not for me: it is still gone.', 'not-for-me');
  expect((await world.tickets.read(idOf(5)))?.status).toBe('open');
  expect((await world.tickets.read(PROBLEM))?.status).toBe('resolved');
  for (const n of TOLD.filter((each) => each !== 5))
    expect((await world.tickets.read(idOf(n)))?.status, idOf(n)).toBe('resolved');
  expect(answered.map(({ to, kind }) => [to, kind])).toEqual([[LUIS, 'requester-message']]);
});

test('the same solution once more, by a repeated event, answers nobody twice', async () => {
  const events = await world.tickets.events(PROBLEM, 200);
  const { sendUpdate } = await import('../../functions/send-update.ts');
  for (const { kind, number } of events)
    if (kind === 'solution-passed-on')
      await sendUpdate({ pk: `T#${PROBLEM}`, sk: `EVENT#${String(number).padStart(8, '0')}` }, world);
  expect(await world.relay()).toEqual([]);
  expect((await world.tickets.read(idOf(5)))?.status).toBe('open');
});
