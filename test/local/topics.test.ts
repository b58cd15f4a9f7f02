import { expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { openQueues, type QueueSetting } from '../../local/queues.ts';
import { openTopics } from '../../local/topics.ts';
import { ARN, openGround } from './world.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:Mail';
const queue = (name: string, largestMessage = 1_048_576): QueueSetting => ({
  name,
  arn: ARN.queue(name),
  visibilityTimeout: 30,
  delay: 0,
  retention: 1_209_600,
  largestMessage,
  deadLetter: null,
});

function open(
  settings: QueueSetting[],
  subscriptions: { queueArn: string; raw: boolean }[],
  maySend = () => {},
) {
  const { state, clock, whenClosing } = openGround();
  const queues = openQueues(state, clock, settings);
  whenClosing(() => queues.stop());
  const topic = {
    name: 'Mail',
    arn: TOPIC,
    subscriptions: subscriptions.map((each) => ({ ...each, deadLetterArn: null })),
  };
  const topics = openTopics(state, clock, queues, [topic], maySend);
  return { topics, bodies: (name: string) => queues.receive(ARN.queue(name), 10).map(({ body }) => body) };
}

test('with raw delivery a queue holds what was published, without it an envelope around that', () => {
  const { topics, bodies } = open(
    [queue('Raw'), queue('Wrapped')],
    [
      { queueArn: ARN.queue('Raw'), raw: true },
      { queueArn: ARN.queue('Wrapped'), raw: false },
    ],
  );
  topics.publish(TOPIC, '{"a":1}', 'Subject');
  expect(bodies('Raw')).toEqual(['{"a":1}']);
  expect(JSON.parse(bodies('Wrapped')[0] ?? '')).toMatchObject({
    Type: 'Notification',
    TopicArn: TOPIC,
    Subject: 'Subject',
    Message: '{"a":1}',
  });
});

test('all subscribers have a message or none has', () => {
  const { topics, bodies } = open(
    [queue('First'), queue('Small', 10)],
    [
      { queueArn: ARN.queue('First'), raw: true },
      { queueArn: ARN.queue('Small'), raw: true },
    ],
  );
  expect(() => topics.publish(TOPIC, 'longer than ten octets')).toThrow();
  expect(bodies('First')).toEqual([]);
});

test('a queue whose policy does not let SNS in gets nothing, and the publisher hears of it', () => {
  const denied = () => {
    throw new AwsFault('AccessDenied', 'no');
  };
  const { topics, bodies } = open([queue('Closed')], [{ queueArn: ARN.queue('Closed'), raw: true }], denied);
  expect(() => topics.publish(TOPIC, 'x')).toThrow('no');
  expect(bodies('Closed')).toEqual([]);
});

test('more than 256 KB is refused, as SNS does', () => {
  const { topics } = open([queue('Any')], []);
  expect(() => topics.publish(TOPIC, 'x'.repeat(262_145))).toThrow('Message too long');
});
