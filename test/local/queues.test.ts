import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { queueService, queueUrl } from '../../local/queue-service.ts';
import { openQueues, type QueueSetting } from '../../local/queues.ts';
import { ARN, clientFor, type Ground, openGround, openTestGateway } from './world.ts';

const WORK: QueueSetting = {
  name: 'Work',
  arn: ARN.queue('Work'),
  visibilityTimeout: 30,
  delay: 0,
  retention: 1_209_600,
  largestMessage: 1_048_576,
  deadLetter: { arn: ARN.queue('Dead'), maxReceiveCount: 2 },
};
const DEAD: QueueSetting = { ...WORK, name: 'Dead', arn: ARN.queue('Dead'), deadLetter: null };

async function open({ state, clock, whenClosing }: Ground) {
  const gateway = await openTestGateway();
  const queues = openQueues(state, clock, [WORK, DEAD]);
  whenClosing(() => queues.stop());
  gateway.add('sqs', queueService(queues, gateway.endpoint));
  const sqs = new SQSClient(clientFor(gateway.endpoint));
  const url = queueUrl(gateway.endpoint, WORK);
  const deadUrl = queueUrl(gateway.endpoint, DEAD);
  const receive = async (more = {}) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, ...more })))
      .Messages ?? [];
  return { queues, sqs, url, deadUrl, receive };
}

test('a message is received once, and not again while it is hidden', async () => {
  const { sqs, url, receive } = await open(openGround());
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{"a":"ä"}' }));
  expect(await receive()).toMatchObject([{ MessageId, Body: '{"a":"ä"}' }]);
  expect(await receive()).toEqual([]);
});

test('messages come in the order in which they were sent', async () => {
  const { sqs, url, receive } = await open(openGround());
  for (const body of ['one', 'two', 'three'])
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  expect((await receive()).map(({ Body }) => Body)).toEqual(['one', 'two', 'three']);
});

test('a deleted message does not come back when its visibility ends', async () => {
  const { sqs, url, receive } = await open(openGround());
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'done' }));
  const [message] = await receive({ VisibilityTimeout: 1 });
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
  expect(await receive({ WaitTimeSeconds: 2 })).toEqual([]);
});

test('a message that is made visible comes at once and counts its receives', async () => {
  const { sqs, url, receive } = await open(openGround());
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'again' }));
  const [first] = await receive();
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: first?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  const [second] = await receive({ MessageSystemAttributeNames: ['All'] });
  expect(second?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
  expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
});

test('a receiver that waits is woken by a message', async () => {
  const { sqs, url, receive } = await open(openGround());
  const waiting = receive({ WaitTimeSeconds: 20 });
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'wake' }));
  expect(await waiting).toHaveLength(1);
});

test('a message that was received more often than allowed lies in the dead-letter queue, with its id', async () => {
  const { sqs, url, deadUrl, receive } = await open(openGround());
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
  expect(await receive({ VisibilityTimeout: 0 })).toHaveLength(1);
  expect(await receive({ VisibilityTimeout: 0 })).toHaveLength(1);
  expect(await receive()).toEqual([]);
  expect(await receive({ QueueUrl: deadUrl })).toMatchObject([{ MessageId, Body: 'poison' }]);
});

test('what lies in a dead-letter queue can be sent back to where it came from', async () => {
  const { sqs, url, receive } = await open(openGround());
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'mended' }));
  for (let n = 0; n < 3; n++) await receive({ VisibilityTimeout: 0 });
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: DEAD.arn }));
  expect(await receive({ MessageSystemAttributeNames: ['All'] })).toMatchObject([
    { Body: 'mended', Attributes: { ApproximateReceiveCount: '1' } },
  ]);
});

test('a move tells how many it took, as new messages; what somebody holds stays', async () => {
  const { sqs, url, deadUrl, queues, receive } = await open(openGround());
  const dead = ['held', 'one', 'two'].map((body) => queues.send(DEAD.arn, body));
  const [held] = await receive({ QueueUrl: deadUrl, MaxNumberOfMessages: 1 });
  expect(held?.Body).toBe('held');
  expect((await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: DEAD.arn }))).Results).toEqual([]);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: DEAD.arn, DestinationArn: WORK.arn }));
  expect((await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: DEAD.arn }))).Results).toMatchObject([
    { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2, DestinationArn: WORK.arn },
  ]);
  const moved = await receive({ QueueUrl: url });
  expect(moved.map(({ Body }) => Body)).toEqual(['one', 'two']);
  for (const { MessageId } of moved) expect(dead).not.toContain(MessageId);
  expect(queues.count(DEAD.arn)).toMatchObject({ visible: 0, hidden: 1 });
});

test('what is no dead-letter queue is not moved from', async () => {
  const { sqs } = await open(openGround());
  await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: WORK.arn }))).rejects.toThrow(
    'must be configured as a Dead Letter Queue',
  );
});

test('a delay is desk time: at speed 3600 a quarter of an hour is a quarter of a second', async () => {
  const { sqs, url, receive } = await open(openGround({ speed: 3600 }));
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'held', DelaySeconds: 900 }));
  expect(await receive()).toEqual([]);
  expect(await receive({ WaitTimeSeconds: 5 })).toMatchObject([{ Body: 'held' }]);
});

test('visibility is real time, whatever the speed', async () => {
  const { sqs, url, receive } = await open(openGround({ speed: 3600 }));
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'leased' }));
  await receive({ VisibilityTimeout: 30 });
  expect(await receive({ WaitTimeSeconds: 1 })).toEqual([]);
});

test('of a batch the bad entry fails and the others are sent', async () => {
  const { sqs, url, receive } = await open(openGround());
  const { Successful, Failed } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: [
        { Id: 'good', MessageBody: 'fine' },
        { Id: 'bad', MessageBody: 'too late', DelaySeconds: 901 },
      ],
    }),
  );
  expect(Successful).toMatchObject([{ Id: 'good' }]);
  expect(Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }]);
  const messages = await receive();
  const entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entries }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});

test.each([
  [
    'a queue that does not exist',
    { QueueUrl: 'http://127.0.0.1/000000000000/None', MessageBody: 'x' },
    'QueueDoesNotExist',
  ],
  ['a body with a character that XML does not have', { MessageBody: 'a\u0000b' }, 'InvalidMessageContents'],
  ['a body above 1 MiB', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
])('%s is refused by the name that the SDK knows', async (_, input, name) => {
  const { sqs, url } = await open(openGround());
  await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, ...input }))).rejects.toMatchObject({ name });
});

test('after a restart messages are there, and the receive that was cut off is not counted', async () => {
  const ground = openGround();
  const { sqs, url, receive } = await open(ground);
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'cut off' }));
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'waiting', DelaySeconds: 900 }));
  await receive();
  ground.close();

  const later = await open(openGround({ dataDir: ground.dataDir }));
  expect(await later.receive({ MessageSystemAttributeNames: ['All'] })).toMatchObject([
    { Body: 'cut off', Attributes: { ApproximateReceiveCount: '1' } },
  ]);
  const { Attributes } = await later.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: later.url, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
});

test('after a restart a message that its function gave up on stays hidden, and its receive counts', async () => {
  const ground = openGround();
  const first = await open(ground);
  first.queues.send(WORK.arn, 'failed');
  const [message] = first.queues.receive(WORK.arn, 1, 1);
  first.queues.giveUp(WORK.arn, message?.receiptHandle ?? '');
  ground.close();

  const later = await open(openGround({ dataDir: ground.dataDir }));
  expect(later.queues.receive(WORK.arn, 1)).toEqual([]);
  expect(await later.receive({ WaitTimeSeconds: 5, MessageSystemAttributeNames: ['All'] })).toMatchObject([
    { Attributes: { ApproximateReceiveCount: '2' } },
  ]);
});
