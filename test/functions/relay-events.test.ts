/** What the stream's reader says of an event, so that its own readers need not ask. */
import { beforeEach, describe, expect, test } from 'vitest';
import { QuotaError, UnavailableError } from '../../core/faults.ts';
import { replyAddress } from '../../core/mail/token.ts';
import type { Happening, TicketEvent } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { relayEvents } from '../../functions/relay-events.ts';
import { sendUpdate, UpdateRequest } from '../../functions/send-update.ts';
import { ID, KIM, keys, LUIS, later, MARTHA, MONDAY, NORA, opened, PROVEN } from '../sample.ts';
import { type LeavingWorld, leavingWorld } from './leaving.ts';
import { deliver, streamed } from './world.ts';

let world: LeavingWorld;
/** The messages that were read by themselves, and the addresses that were asked after. */
let apart: string[];

beforeEach(() => {
  world = leavingWorld();
  apart = [];
  const { message } = world.tickets;
  world.tickets = {
    ...world.tickets,
    message(ticketId, number) {
      apart.push(`${number}`);
      return message(ticketId, number);
    },
  };
  const { undeliverable } = world.addresses;
  world.addresses = {
    ...world.addresses,
    undeliverable(address) {
      apart.push(address);
      return undeliverable(address);
    },
  };
});

async function write(from: string, text: string, to = 'support@desk.example.test', mailId = text) {
  const id = mailId.replace(/\W/g, '');
  const raw = `From: ${from}\r\nTo: ${to}\r\nSubject: Printer\r\nMessage-ID: <${id}@example.org>\r\n\r\n${text}\r\n`;
  await receiveEmail(
    deliver(world, raw, { mailId: id, recipients: [to], returnPath: from, ...PROVEN }),
    world,
  );
  apart = [];
}

const ticketId = () =>
  [...world.items.values()].find(({ sk }) => sk === 'TICKET')?.pk.slice(2) ?? expect.unreachable();
const own = (participant: string) =>
  replyAddress(
    'support@desk.example.test',
    { purpose: 'ticket', id: ticketId(), participant, expires: Date.parse(MONDAY) + 86_400_000 },
    keys,
  );

test('of a request, a reply and an answer, neither message nor address is read apart from its event', async () => {
  await write(NORA, 'It eats the paper.');
  expect((await world.relay()).map(({ kind }) => kind)).toEqual(['acknowledgement', 'assignment']);
  expect(apart).toEqual([]);
  await write(NORA, 'It smokes, too.', own(NORA));
  expect((await world.relay()).map(({ kind, text }) => [kind, text])).toEqual([
    ['requester-message', expect.stringContaining('It smokes, too.')],
  ]);
  expect(apart).toEqual([]);
  await write(LUIS, 'Open flap B.', own(LUIS));
  const told = await world.relay();
  expect(told.map(({ kind }) => kind)).toEqual(['answer', 'note']);
  for (const { text } of told) expect(text).toContain('Open flap B.');
  expect(apart).toEqual([]);
});

/** The requests are taken, and nothing else. */
async function requestsFor(events: object[]): Promise<unknown[]> {
  const taken: unknown[] = [];
  const sendAll = async (requests: unknown[]) => {
    taken.push(...requests);
    return [];
  };
  const queue = { send: async () => {}, sendAll };
  const written = events.map((event) => streamed({ pk: `T#${ID}`, sk: 'EVENT#00000004', event }));
  expect(await relayEvents(written, { ...world, updatesQueue: queue, watchesQueue: queue })).toEqual([]);
  return taken;
}

test.each<[kind: Happening['kind'], says: object, shown: number | undefined]>([
  ['message-received', { message: 3 }, 3],
  ['noted', { message: 12 }, 12],
  ['resolved', { message: null }, undefined],
  ['closed', {}, undefined],
  ['assigned', {}, 1],
  ['approval-asked', {}, 1],
  ['approval-reminded', {}, 1],
  ['extension-asked', {}, 1],
])('a request about %s %j names message %j', async (kind, says, message) => {
  expect(await requestsFor([{ kind, ...says }])).toEqual([
    { pk: `T#${ID}`, sk: 'EVENT#00000004', ...(message ? { message } : {}) },
  ]);
});

describe('what is written at once', () => {
  const event = (ticketId: string, number: number, more: object = { kind: 'resolved' }) =>
    streamed({ pk: `T#${ticketId}`, sk: `EVENT#0000000${number}`, event: more });

  /** `refused`: the places of the requests that the queue does not take. */
  async function relayed(events: ReturnType<typeof streamed>[], ...refused: number[]) {
    const taken: { body: unknown; delay: number | undefined }[] = [];
    const sendAll = async (bodies: unknown[], delays: readonly number[] = []) => {
      for (const [at, body] of bodies.entries()) taken.push({ body, delay: delays[at] });
      return refused;
    };
    const left = await relayEvents(events, {
      ...world,
      updatesQueue: { send: async () => {}, sendAll },
      watchesQueue: { send: async () => {}, sendAll: async () => [] },
    });
    return { taken, left };
  }

  test('of one ticket is one request, and of another one another', async () => {
    const { taken } = await relayed([
      event('T-AAAAAA', 1, { kind: 'opened', message: 1 }),
      event('T-BBBBBB', 1),
      event('T-AAAAAA', 2, { kind: 'started' }),
      event('T-AAAAAA', 3, { kind: 'assigned' }),
    ]);
    expect(taken.map(({ body }) => body)).toEqual([
      {
        pk: 'T#T-AAAAAA',
        events: [
          { sk: 'EVENT#00000001', message: 1 },
          { sk: 'EVENT#00000003', message: 1 },
        ],
      },
      { pk: 'T#T-BBBBBB', sk: 'EVENT#00000001' },
    ]);
  });

  test('is no more than four in a request, and what is held goes by itself', async () => {
    const held = { kind: 'answered', message: 2, leavesAt: later(MONDAY, 0.01) };
    const events = [1, 2, 3].map((number) => event(ID, number));
    const { taken } = await relayed([
      ...events,
      event(ID, 4, held),
      ...[5, 6].map((number) => event(ID, number)),
    ]);
    expect(taken).toEqual([
      {
        body: { pk: `T#${ID}`, events: [1, 2, 3, 5].map((number) => ({ sk: `EVENT#0000000${number}` })) },
        delay: 0,
      },
      { body: { pk: `T#${ID}`, sk: 'EVENT#00000004', message: 2 }, delay: 36 },
      { body: { pk: `T#${ID}`, sk: 'EVENT#00000006' }, delay: 0 },
    ]);
  });

  test('comes again together when the queue does not take it', async () => {
    const events = [event('T-AAAAAA', 1), event('T-BBBBBB', 1), event('T-AAAAAA', 2)];
    expect((await relayed(events, 0)).left.sort()).toEqual([0, 2]);
    expect((await relayed(events, 1)).left).toEqual([1]);
  });

  async function openedAndGiven() {
    await write(NORA, 'It eats the paper.');
    const asked = await Promise.all((['opened', 'assigned'] as const).map(about));
    return { pk: `T#${ticketId()}`, events: asked.map(({ sk }) => ({ sk, message: 1, reader: NORA })) };
  }

  test('is told by one read of the table, and each of it once', async () => {
    const request = await openedAndGiven();
    const { withTicket } = world.tickets;
    let reads = 0;
    world.tickets = {
      ...world.tickets,
      async withTicket(...keys) {
        reads++;
        return withTicket(...keys);
      },
    };
    const sent: string[] = [];
    world.mailer = {
      ...world.mailer,
      async send({ to }) {
        sent.push(to);
        return { sent: true, messageId: `${sent.length}@email.amazonses.com` };
      },
    };
    await sendUpdate(UpdateRequest.parse(request), world);
    expect(sent).toEqual([NORA, KIM]);
    expect([reads, apart]).toEqual([1, []]);
    await sendUpdate(request, world);
    expect(sent).toEqual([NORA, KIM]);
  });

  test.each<[string, Error, RegExp]>([
    ['that cannot be sent', new Error('socket hang up'), /socket/],
    ['for which the day has no more', new QuotaError('no more'), /no more/],
  ])('is told but for the one %s, which comes again', async (_, fault, said) => {
    const request = await openedAndGiven();
    const sent: string[] = [];
    world.mailer = {
      ...world.mailer,
      async send({ to }) {
        if (to === NORA) throw fault;
        sent.push(to);
        return { sent: true, messageId: `${sent.length}@email.amazonses.com` };
      },
    };
    await expect(sendUpdate(request, world)).rejects.toThrow(said);
    expect(sent).toEqual([KIM]);
  });

  test('waits for another day only when nothing else of it failed', async () => {
    const request = await openedAndGiven();
    world.mailer = {
      ...world.mailer,
      async send({ to }) {
        throw to === NORA ? new QuotaError('no more') : new UnavailableError('throttled');
      },
    };
    await expect(sendUpdate(request, world)).rejects.toThrow('throttled');
  });
});

test.each<[what: string, event: object, reader: string | undefined]>([
  ['is acknowledged', { kind: 'opened', acknowledge: true, requester: { name: '', address: NORA } }, NORA],
  ['is not', { kind: 'opened', acknowledge: false, requester: { name: '', address: NORA } }, undefined],
  ['is of an unknown shape', { kind: 'opened', acknowledge: true, requester: NORA }, undefined],
])('the request about a ticket that %s names its reader or nobody', async (_, event, reader) => {
  expect(await requestsFor([event])).toEqual([
    { pk: `T#${ID}`, sk: 'EVENT#00000004', ...(reader ? { reader } : {}) },
  ]);
});

test('a watch begins with the time that its ticket says, and not later than an execution may wait', async () => {
  const { after, events } = opened();
  const begun = events.filter(({ kind }) => kind === 'watch-started');
  const nextAt = after.watch?.nextAt;
  const asked = (at: string) => [{ version: 1, ticketId: ID, generation: 1, at }];
  expect(await requestsFor(begun)).toEqual(asked(nextAt ?? ''));
  const late = begun.map((event) => ({ ...event, nextAt: later(MONDAY, 24 * 1_000) }));
  expect(await requestsFor(late)).toEqual(asked(later(MONDAY, 24 * 300)));
});

/** Of the last event of this kind, as a request that somebody sends by himself. */
async function about(kind: TicketEvent['kind']): Promise<{ pk: string; sk: string }> {
  const number = (await world.tickets.events(ticketId(), 100)).findLast(
    (event) => event.kind === kind,
  )?.number;
  return { pk: `T#${ticketId()}`, sk: `EVENT#${String(number).padStart(8, '0')}` };
}

test('a request that names no message, or another one, sends the same mail', async () => {
  const said: string[] = [];
  const send = world.mailer.send.bind(world.mailer);
  world.mailer = {
    ...world.mailer,
    send(sending) {
      said.push(
        Buffer.from(sending.raw)
          .toString('utf8')
          .replace(/boundary="[^"]+"|^--.*$/gm, ''),
      );
      return send(sending);
    },
  };
  await write(NORA, 'It eats the paper.');
  await write(NORA, 'It smokes, too.', own(NORA));
  const request = await about('message-received');
  const sent = [...world.items.keys()];
  for (const message of [undefined, 1, 2, 9]) {
    await sendUpdate({ ...request, ...(message ? { message } : {}) }, world);
    for (const name of [...world.items.keys()]) if (!sent.includes(name)) world.items.delete(name);
  }
  expect(said).toHaveLength(4);
  expect(new Set(said).size).toBe(1);
  expect(said[0]).toContain('It smokes, too.');
  expect(apart).toEqual(['2', '2', '2']);
});

test('what the ticket says was taken out does not leave because it was read a moment before', async () => {
  await write(NORA, 'It eats the paper.');
  await write(NORA, 'My password is Zimtstern.', own(NORA));
  const { withTicket } = world.tickets;
  const request = { ...(await about('message-received')), message: 2 };
  const before = await withTicket(request.pk, [request]);
  expect(before.told[0]?.message?.text).toContain('Zimtstern');
  await write(MARTHA, '#redact 2 a password', own(MARTHA));
  world.tickets = {
    ...world.tickets,
    async withTicket(...keys) {
      const { told, ...more } = await withTicket(...keys);
      const message = before.told[0]?.message ?? null;
      return { ...more, told: told.map(({ event }) => ({ event, message })) };
    },
  };
  const mails: string[] = [];
  world.mailer = {
    ...world.mailer,
    async send({ raw }) {
      mails.push(Buffer.from(raw).toString('utf8'));
      return { sent: true, messageId: '1@email.amazonses.com' };
    },
  };
  await sendUpdate(request, world);
  expect(mails).toHaveLength(1);
  expect(mails[0]).not.toContain('Zimtstern');
});
