/** The canary's whole way over the handlers: written, relayed, sent, received, known again; and no mail of anybody's. */
import { expect, test } from 'vitest';
import type { Sending } from '../../aws/mailer.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { relayEvents } from '../../functions/relay-events.ts';
import { sendCanary } from '../../functions/send-canary.ts';
import { sendUpdate, UpdateRequest } from '../../functions/send-update.ts';
import { MONDAY } from '../sample.ts';
import { deliver, smallWorld, streamed } from './world.ts';

const PASS = { spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' } as const;

/** A world in which the hour's canary was written and sent; `sent` is what SES was given. */
async function setOut() {
  const sent: Sending[] = [];
  const relayed: unknown[] = [];
  const mailer = {
    async send(sending: Sending) {
      sent.push(sending);
      return { sent: true, messageId: `canary-${sent.length}@email.amazonses.com` };
    },
  };
  const sendAll = async (bodies: unknown[]) => {
    relayed.push(...bodies);
    return [];
  };
  const updatesQueue = { sendAll };
  const watchesQueue = { sendAll: async () => [] };
  const world = smallWorld({ mailer, updatesQueue, watchesQueue } as never);
  await sendCanary(world);
  expect(await relayEvents([...world.items.values()].map(streamed), world)).toEqual([]);
  for (const body of relayed) await sendUpdate(UpdateRequest.parse(body), world);
  return { world, sent, again: () => sendUpdate(UpdateRequest.parse(relayed[0]), world) };
}

/** As SES brings it back, `seconds` later. */
async function comeBack({ world, sent }: Awaited<ReturnType<typeof setOut>>, seconds: number) {
  const [{ raw = '', to = '' } = {}] = sent;
  world.time = new Date(Date.parse(MONDAY) + seconds * 1000).toISOString();
  const notification = deliver(world, raw, {
    recipients: [to],
    returnPath: 'bounces@amazonses.com',
    ...PASS,
  });
  await receiveEmail(notification, world);
  return notification;
}

test('a canary that comes back is in the ledger as one, and CloudWatch is told how long it took', async () => {
  const story = await setOut();
  const { world, sent } = story;
  expect(sent).toHaveLength(1);
  expect(world.told).toEqual([{ name: 'MailsSent', value: 1 }]);
  await comeBack(story, 14);
  expect(await world.ledger.read('mail-1')).toMatchObject({
    ...{ disposition: 'suppressed', reason: 'canary', ticketId: null },
    key: 'mail/2026/11/23/mail-1',
  });
  expect(world.told.slice(1)).toEqual([{ name: 'CanaryRoundTrip', value: 14 }]);
});

test('nobody else hears of it: no ticket, no answer, no loop', async () => {
  const story = await setOut();
  const events = () => [...story.world.items.values()].filter(({ sk }) => sk.startsWith('EVENT#'));
  const before = events().length;
  await comeBack(story, 14);
  expect(events()).toHaveLength(before);
  expect([...story.world.items.keys()].filter((name) => name.startsWith('T#'))).toEqual([]);
  expect(story.sent).toHaveLength(1);
});

test('handed out twice it leaves once, and received twice it counts once', async () => {
  const story = await setOut();
  await story.again();
  expect(story.sent).toHaveLength(1);
  const notification = await comeBack(story, 14);
  await receiveEmail(notification, story.world, 2);
  // A replay of it is no news either.
  await receiveEmail({ replay: 'mail-1' }, story.world);
  expect(story.world.told.filter(({ name }) => name === 'CanaryRoundTrip')).toHaveLength(1);
});

test('one that is written down and sent to the desk anew proves nothing', async () => {
  const story = await setOut();
  await comeBack(story, 3 * 3600);
  expect(await story.world.ledger.read('mail-1')).toMatchObject({
    disposition: 'suppressed',
    reason: 'loop',
  });
  expect(story.world.told.map(({ name }) => name)).not.toContain('CanaryRoundTrip');
});
