/** The laptop's SES and its door on one ground: a rule set for desk.example.test, and queues that hear what is published. */
import { SESClient } from '@aws-sdk/client-ses';
import { onTestFinished } from 'vitest';
import { openBuckets } from '../../local/buckets.ts';
import { openDoor } from '../../local/door.ts';
import { openMailer } from '../../local/mailer.ts';
import { openQueues, type QueueSetting } from '../../local/queues.ts';
import { type Delivering, openReceiver, type RuleSetting } from '../../local/receipt.ts';
import { openTopics } from '../../local/topics.ts';
import { ARN, clientFor, EVERYTHING, type Ground, openTestGateway } from './world.ts';

export const BUCKET = 'desk-bucket';
const topicArn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;
const queue = (name: string): QueueSetting => ({
  name,
  arn: ARN.queue(name),
  visibilityTimeout: 30,
  delay: 0,
  retention: 1_209_600,
  largestMessage: 1_048_576,
  deadLetter: null,
});

export const RULE: RuleSetting = {
  name: 'MailRule',
  ruleSet: 'MailRuleSet',
  recipients: ['desk.example.test'],
  scan: true,
  enabled: true,
  actions: [{ kind: 'store', bucket: BUCKET, prefix: 'in/', topicArn: topicArn('Mail') }],
};

export async function openMail(
  { dataDir, state, clock, whenClosing }: Ground,
  {
    rules = [RULE],
    region = 'us-east-1',
    may = () => {},
  }: { rules?: RuleSetting[]; region?: string; may?: Delivering } = {},
) {
  const gateway = await openTestGateway();
  const queues = openQueues(state, clock, [queue('Mail'), queue('Feedback')]);
  const subscriptions = (name: string) => [{ queueArn: ARN.queue(name), raw: true, deadLetterArn: null }];
  const topics = openTopics(
    state,
    clock,
    queues,
    ['Mail', 'Feedback'].map((name) => ({ name, arn: topicArn(name), subscriptions: subscriptions(name) })),
    () => {},
  );
  const buckets = openBuckets(state, clock, dataDir, EVERYTHING, [{ name: BUCKET, expiries: [] }]);
  const receiver = openReceiver({ state, clock, buckets, topics, region }, may, rules);
  if (!receiver.activeRuleSet()) receiver.activate('MailRuleSet');
  const faults: unknown[] = [];
  const report = (fault: unknown) => void faults.push(fault);
  const relayed: { id: string; recipients: string[] }[] = [];
  const mailer = openMailer(
    {
      state,
      clock,
      topics,
      receiver,
      dataDir,
      region,
      accountId: '000000000000',
      relay: (id, recipients) => void relayed.push({ id, recipients }),
      mayPublish: () => {},
      report,
    },
    {
      identities: ['desk.example.test'],
      configurationSets: [
        {
          name: 'Set',
          destinations: [
            {
              topicArn: topicArn('Feedback'),
              events: ['send', 'delivery', 'bounce', 'complaint', 'reject', 'deliverydelay'],
            },
          ],
        },
      ],
    },
  );
  gateway.add('ses', mailer.service);
  whenClosing(() => {
    mailer.stop();
    queues.stop();
  });
  const door = async () => {
    const { port, stop } = await openDoor(0, receiver, report);
    onTestFinished(stop);
    return port;
  };
  /** The notifications that have come to a queue since the last look. */
  // biome-ignore lint/suspicious/noExplicitAny: notifications are looked into field by field
  const heard = (name: 'Mail' | 'Feedback'): any[] =>
    queues.receive(ARN.queue(name), 10).map(({ body }) => JSON.parse(body));
  const stored = async (key: string) => {
    const parts: Buffer[] = [];
    for await (const part of buckets.get(BUCKET, key)?.body ?? []) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };
  return {
    ses: new SESClient(clientFor(gateway.endpoint)),
    mailer,
    receiver,
    door,
    heard,
    stored,
    relayed,
    faults,
  };
}
