/** How a mail leaves: once, recorded, later when SES says later, and with a word to the agent when it never will. */
import { describe, expect, test } from 'vitest';
import type { Sending, Sent } from '../../aws/mailer.ts';
import type { UpdateRecord } from '../../aws/updates.ts';
import { ConflictError, QuotaError, UnavailableError } from '../../core/faults.ts';
import { change } from '../../core/ticket/change.ts';
import { countersOf } from '../../core/ticket/pace.ts';
import type { Message, TicketEvent } from '../../core/ticket/ticket.ts';
import { mark } from '../../core/ticket/undeliverable.ts';
import { again } from '../../functions/handler.ts';
import { receiveFeedback } from '../../functions/receive-feedback.ts';
import { sendOrPark, sendUpdate } from '../../functions/send-update.ts';
import { desk, ID, LUIS, later, MONDAY, NORA, opened } from '../sample.ts';
import { leavingWorld } from './leaving.ts';

const OPENED = { pk: `T#${ID}`, sk: 'EVENT#00000001' };

/** Nora's ticket, whose acknowledgement has not left; `answers` are SES's, one for each attempt. */
async function begin(...answers: (Sent | Error)[]) {
  const world = leavingWorld();
  const tries: Sending[] = [];
  world.mailer = {
    ...world.mailer,
    messageIdOf: async (bare) => `${bare}@email.amazonses.com`,
    async send(sending) {
      tries.push(sending);
      const answer = answers[tries.length - 1] ?? {
        sent: true,
        messageId: `${tries.length}@email.amazonses.com`,
      };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  // The small table knows no conditions; what they come to is tried on the real engine in test/aws/updates.test.ts.
  const { claim, read } = world.updates;
  world.updates = {
    ...world.updates,
    async claim(update, realNow) {
      const before = await read(update.id);
      if (before && before.state !== 'sending') return 'done';
      if (before && before.leaseUntil >= realNow) return 'taken';
      await claim(update, realNow);
      return before ? 'again' : 'mine';
    },
  };
  await world.tickets.commit(opened(), []);
  const records = () =>
    [...world.items.values()].flatMap(({ sk, update }) => (sk === 'UPDATE' ? [update as UpdateRecord] : []));
  const events = async () => (await world.tickets.events(ID, 100)) as TicketEvent[];
  return { world, tries, records, events };
}

describe('what SES took', () => {
  test('is on the record with the ticket, its recipient and the id that SES gave', async () => {
    const { world, records } = await begin();
    await world.relay();
    expect(records().map(({ to, state, ticketId }) => ({ to, state, ticketId }))).toEqual(
      [NORA, LUIS].map((to) => ({ to, state: 'sent', ticketId: ID })),
    );
    // An answer to that id leads to the ticket.
    for (const { messageId } of records()) expect(world.items.has(`MSGID#${messageId} REF`)).toBe(true);
  });

  test('is on the record for as long as somebody may answer it', async () => {
    const { world } = await begin();
    await world.relay();
    const year = world.realNow() / 1_000 + 365 * 86_400;
    const kept = [...world.items.values()].filter(({ sk }) => sk === 'UPDATE' || sk === 'REF');
    expect(kept.filter(({ pk }) => pk.endsWith('@email.amazonses.com'))).toHaveLength(2);
    expect(kept.filter(({ expiresAt = Infinity }) => Number(expiresAt) < year)).toEqual([]);
  });

  test('does not leave twice, however often its event is handed out', async () => {
    const { world, tries } = await begin();
    for (let time = 0; time < 3; time++) await sendUpdate(OPENED, world);
    expect(tries.map(({ to }) => to)).toEqual([NORA]);
  });
});

describe('what SES did not take for now', () => {
  test.each(['Maximum sending rate exceeded.', 'Daily message quota exceeded.'])(
    '%s: is tried again at once when the queue hands it out, and leaves once',
    async (why) => {
      const { world, tries, records } = await begin(new UnavailableError(why), new UnavailableError(why));
      await expect(sendUpdate(OPENED, world)).rejects.toThrow(UnavailableError);
      // The claim was given back: no lease has to end first.
      expect(records()).toEqual([]);
      await expect(sendUpdate(OPENED, world)).rejects.toThrow(UnavailableError);
      await sendUpdate(OPENED, world);
      await sendUpdate(OPENED, world);
      expect(tries).toHaveLength(3);
      expect(records()).toMatchObject([{ to: NORA, state: 'sent' }]);
    },
  );
});

test('when the day’s quota is used up it is parked in the queue, and no try of its few is lost', async () => {
  const quota = new QuotaError('SES: Daily message quota exceeded.');
  const { world, tries, records } = await begin(quota, quota);
  const parked: unknown[] = [];
  world.updatesQueue = {
    ...world.updatesQueue,
    send: async (body, delay) => void parked.push({ body, delay }),
  };
  await sendOrPark(OPENED, world);
  await sendOrPark(OPENED, world);
  expect(parked).toEqual(Array(2).fill({ body: OPENED, delay: 900 }));
  expect(records()).toEqual([]);
  await sendOrPark(OPENED, world);
  await sendOrPark(OPENED, world);
  expect(tries).toHaveLength(3);
  expect(records()).toMatchObject([{ to: NORA, state: 'sent' }]);
  // Of any other fault the queue keeps count, and an alarm calls somebody.
  const { world: other } = await begin(new UnavailableError('SES: Maximum sending rate exceeded.'));
  await expect(sendOrPark(OPENED, other)).rejects.toThrow(UnavailableError);
});

describe('of which nobody knows whether SES took it', () => {
  test('waits for SES’s own word, and is not sent meanwhile', async () => {
    const { world, tries, records } = await begin(new Error('socket hang up'));
    await expect(sendUpdate(OPENED, world)).rejects.toThrow('socket hang up');
    await expect(sendUpdate(OPENED, world)).rejects.toThrow(ConflictError);
    expect(tries).toHaveLength(1);
    const [record] = records();
    const said = {
      eventType: 'Send',
      mail: { messageId: '0100-7', destination: [NORA], tags: { update: [record?.id ?? ''], ticket: [ID] } },
    };
    await receiveFeedback(said, world);
    await sendUpdate(OPENED, world);
    expect(tries).toHaveLength(1);
    expect(records()).toMatchObject([{ state: 'sent', messageId: '0100-7@email.amazonses.com' }]);
  });

  test('is counted once, however many died with it, and not withheld because of them', async () => {
    const { world, tries, records } = await begin();
    const counted = new Set<string>();
    world.rates = {
      ...world.rates,
      async sent(paced, realNow, isCounted) {
        if (!isCounted) counted.add(`${counted.size}`);
        return { [countersOf(paced, realNow).at(-1) ?? '']: counted.size };
      },
    };
    world.mailer.send = async () => Promise.reject(new Error('socket hang up'));
    for (let died = 0; died < 4; died++) {
      await expect(sendUpdate(OPENED, world)).rejects.toThrow('socket hang up');
      world.time = later(world.time, 0.1);
    }
    world.mailer.send = async (sending) => {
      tries.push(sending);
      return { sent: true, messageId: '1@email.amazonses.com' };
    };
    await sendUpdate(OPENED, world);
    expect(counted.size).toBe(1);
    expect(tries).toHaveLength(1);
    expect(records()).toMatchObject([{ to: NORA, state: 'sent' }]);
  });

  test('is sent again when SES says nothing for five minutes', async () => {
    const { world, tries } = await begin(new Error('socket hang up'));
    await expect(sendUpdate(OPENED, world)).rejects.toThrow();
    world.time = later(MONDAY, 0.1);
    await sendUpdate(OPENED, world);
    expect(tries).toHaveLength(2);
  });
});

describe('what SES never takes', () => {
  test('is recorded, and its agent is told', async () => {
    const { world, tries, records, events } = await begin({ sent: false, refused: 'MessageRejected: no' });
    await sendUpdate(OPENED, world);
    await sendUpdate(OPENED, world);
    expect(tries).toHaveLength(1);
    expect(records()).toMatchObject([{ to: NORA, state: 'refused', detail: 'MessageRejected: no' }]);
    expect((await events()).filter(({ kind }) => kind === 'delivery-failed')).toMatchObject([
      { address: NORA, permanent: true },
    ]);
    await world.relay();
    expect(
      tries.filter(({ to }) => to === LUIS).map(({ raw }) => Buffer.from(raw).toString()),
    ).toContainEqual(expect.stringContaining('X-Replydesk-Update: note'));
  });
});

describe('what SES says later of a mail', () => {
  const feedback = (eventType: string, more = {}) => ({
    ...{ eventType, ...more },
    mail: {
      messageId: '0100-8',
      destination: [NORA],
      tags: { update: ['T-7K4M2Q-1-acknowledgement-x'], ticket: [ID] },
    },
  });
  const bounced = (bounceType: string) =>
    feedback('Bounce', {
      bounce: { bounceType, bouncedRecipients: [{ emailAddress: NORA.toUpperCase(), status: '5.1.1' }] },
    });

  test.each([
    ['a permanent bounce', bounced('Permanent'), 'delivery-failed', true, true],
    ['a passing one', bounced('Transient'), 'delivery-failed', false, false],
    [
      'a complaint',
      feedback('Complaint', { complaint: { complainedRecipients: [{ emailAddress: NORA }] } }),
      'complained',
      true,
      true,
    ],
    [
      'a delay',
      feedback('DeliveryDelay', { deliveryDelay: { delayedRecipients: [{ emailAddress: NORA }] } }),
      'delivery-delayed',
      false,
      false,
    ],
    ['a rejection', feedback('Reject'), 'delivery-failed', true, false],
  ] as const)(
    '%s is on the ticket once; the agent is told and the address marked where it lasts',
    async (_, said, kind, tells, marks) => {
      const { world, tries, events } = await begin();
      await world.relay();
      const before = tries.length;
      await receiveFeedback(said as Parameters<typeof receiveFeedback>[0], world);
      await receiveFeedback(said as Parameters<typeof receiveFeedback>[0], world);
      expect((await events()).filter((event) => event.kind === kind)).toHaveLength(1);
      expect((await world.addresses.undeliverable(NORA)) !== null).toBe(marks);
      await world.relay();
      expect(tries.slice(before).map(({ to }) => to)).toEqual(tells ? [LUIS] : []);
    },
  );
});

describe('an answer that is held', () => {
  const hold = async () => {
    const { world, tries } = await begin();
    await world.relay();
    world.strict = true;
    const { answer, message } = answered();
    const held = change(opened().after, [{ ...answer, leavesAt: later(MONDAY, 0.01) }], MONDAY, desk);
    await world.tickets.commit(held, [message]);
    const number = held.events.find(({ kind }) => kind === 'answered')?.number;
    const request = { pk: `T#${ID}`, sk: `EVENT#${String(number).padStart(8, '0')}`, message: 2 };
    return { world, held: held.after, request, toNora: () => tries.filter(({ to }) => to === NORA).slice(1) };
  };

  test('leaves by the ticket that was read with its event, and the ticket says so', async () => {
    const { world, request, toNora } = await hold();
    world.tickets = { ...world.tickets, read: async () => expect.unreachable() };
    await sendUpdate(request, world);
    expect(toNora()).toHaveLength(1);
    const ticket = await world.tickets.goingOn(ID);
    expect(ticket?.lastAnswer?.leftAt).toBe(MONDAY);
  });

  test('does not leave when it is taken back after it was read, and before the ticket says that it left', async () => {
    const { world, held, request, toNora } = await hold();
    const { withTicket } = world.tickets;
    let reads = 0;
    world.tickets = {
      ...world.tickets,
      async withTicket(...keys) {
        const read = await withTicket(...keys);
        const undone = { kind: 'undone', message: 2, given: MONDAY, by: LUIS, reopens: false } as const;
        if (++reads === 1) await world.tickets.commit(change(held, [undone], MONDAY, desk), []);
        return read;
      },
    };
    await again(() => sendUpdate(request, world));
    expect(reads).toBe(2);
    expect(toNora()).toEqual([]);
  });
});

test.each([
  ['asked by itself', OPENED],
  ['read with its event', { ...OPENED, reader: NORA }],
])(
  'to an address that is marked nothing leaves that no person wrote, and the ticket says so: %s',
  async (_, request) => {
    const { world, tries, records, events } = await begin();
    const [write] = world.addresses.writes(
      { undeliverable: [mark(NORA, 'bounce', '5.1.1', MONDAY)] },
      MONDAY,
      Date.parse(MONDAY),
    );
    if (!write?.Put?.Item) throw new Error('a mark is written');
    world.items.set(`${write.Put.Item.pk} ${write.Put.Item.sk}`, write.Put.Item as never);
    await sendUpdate(request, world);
    expect(tries).toEqual([]);
    expect(records()).toMatchObject([{ to: NORA, state: 'withheld' }]);
    expect((await events()).filter(({ kind }) => kind === 'update-withheld')).toMatchObject([
      { address: NORA },
    ]);
    // An agent's own words are tried all the same.
    const ticket = await world.tickets.read(ID);
    if (!ticket) throw new Error('there is a ticket');
    const { answer, message } = answered();
    const changed = change(ticket, [answer], MONDAY, desk);
    await world.tickets.commit(changed, [message]);
    await world.relay();
    expect(tries.filter(({ to }) => to === NORA)).toHaveLength(1);
  },
);

function answered() {
  const answer = { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null } as const;
  const message: Message = {
    ...{ id: `${ID}-m2`, number: 2, at: MONDAY, text: 'We come.', from: { address: LUIS, name: '' } },
    ...{ bodyKey: null, attachments: [], withheld: 0, mailId: 'x', messageId: null, cc: [] },
    direction: 'out',
    visibility: 'public',
  };
  return { answer, message };
}
