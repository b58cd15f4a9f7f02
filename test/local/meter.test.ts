import { Readable } from 'node:stream';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Buckets } from '../../local/buckets.ts';
import { openTables } from '../../local/dynamodb.ts';
import { startGateway } from '../../local/gateway.ts';
import { openMeter, standingOf } from '../../local/meter.ts';
import type { Plan } from '../../local/plan.ts';
import { queueService } from '../../local/queue-service.ts';
import { openQueues } from '../../local/queues.ts';
import type { Topics } from '../../local/topics.ts';
import { ARN, clientFor, EVERYTHING, openGround } from './world.ts';

const NOW = () => '2026-11-23T09:00:00.000Z';
const SETTING = {
  ...{ id: 'SendUpdate', arn: 'arn', name: 'send', folder: '', handler: 'index.handler', environment: {} },
  ...{ memory: 1_024, timeout: 60 },
};

function meterOn(ground = openGround()) {
  const meter = openMeter(ground.state, NOW);
  ground.whenClosing(() => meter.stop());
  return meter;
}

describe('calls over the gateway', () => {
  test('are counted by who calls, in requests of 64 KB; what an admin does is not', async () => {
    const ground = openGround();
    const meter = meterOn(ground);
    const gateway = await startGateway(EVERYTHING, () => {}, undefined, meter.called);
    onTestFinished(() => gateway.stop());
    const queue = {
      ...{ name: 'updates', arn: ARN.queue('updates'), visibilityTimeout: 30, delay: 0, retention: 345_600 },
      ...{ largestMessage: 1_048_576, deadLetter: null },
    };
    gateway.add('sqs', queueService(openQueues(ground.state, ground.clock, [queue]), gateway.endpoint));
    const QueueUrl = `${gateway.endpoint}/000000000000/updates`;
    const send = (principal: string, MessageBody: string) =>
      new SQSClient(clientFor(gateway.endpoint, principal)).send(
        new SendMessageCommand({ QueueUrl, MessageBody }),
      );
    await send('RelayEvents', 'short');
    await send('RelayEvents', 'x'.repeat(100_000));
    await send('admin', 'short');
    expect(meter.read()).toMatchObject({
      by: { RelayEvents: { 'sqs-requests': 3 } },
      calls: { 'sqs:SendMessage': 2 },
    });
    expect(meter.read().by.admin).toBeUndefined();
    expect(meter.callsBy()).toEqual({ RelayEvents: { 'sqs:SendMessage': 2 } });
  });

  test('of DynamoDB cost what its engine says, and something where a condition refused them', async () => {
    const ground = openGround();
    const meter = meterOn(ground);
    const setting = {
      ...{ name: 'table', arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/table', expiry: null },
      definition: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
    };
    const tables = await openTables(
      ground.dataDir,
      ground.state,
      EVERYTHING,
      [setting],
      () => {},
      meter.consumed,
    );
    const gateway = await startGateway(EVERYTHING, () => {});
    onTestFinished(async () => {
      await tables.stop();
      await gateway.stop();
    });
    gateway.add('dynamodb', tables.service);
    const client = new DynamoDBClient(clientFor(gateway.endpoint, 'ReceiveEmail'));
    const Item = { pk: { S: 'a' }, text: { S: 'x'.repeat(2_500) } };
    await client.send(new PutItemCommand({ TableName: 'table', Item }));
    const refused = new PutItemCommand({
      ...{ TableName: 'table', Item, ConditionExpression: 'attribute_not_exists(pk)' },
    });
    await expect(client.send(refused)).rejects.toThrow();
    await client.send(
      new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } }, ConsistentRead: true }),
    );
    // Three kilobytes, and one for what the condition refused.
    expect(meter.read().by.ReceiveEmail).toMatchObject({ 'dynamodb-writes': 4, 'dynamodb-reads': 1 });
  });
});

test('a function is billed for its memory and time, as if it computed on its share of a processor', () => {
  const meter = meterOn();
  meter.functions.ran(SETTING, 500);
  meter.functions.loaded(SETTING, 1_000);
  const used = meter.read().by.SendUpdate ?? {};
  expect(used['lambda-requests']).toBe(1);
  expect(used['lambda-gb-seconds']).toBeCloseTo((0.5 * 1_769) / 1_024);
  expect(used['lambda-init-gb-seconds']).toBeCloseTo(1_769 / 1_024);
  expect(used['xray-traces']).toBeUndefined();
});

test('a metric of our own counts once for each set of dimensions, however often it is published', () => {
  const meter = meterOn();
  const line = (team: string) =>
    JSON.stringify({
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'Desk', Dimensions: [['team']], Metrics: [{ Name: 'Sent' }] }],
      },
      ...{ team, Sent: 1 },
    });
  meter.functions.logged(SETTING, `${line('hr')}\n${line('hr')}\n`);
  meter.functions.logged(SETTING, `${line('service-desk')}\nplain text with "_aws" in it\n`);
  expect(meter.ownMetrics()).toBe(2);
});

test('a mail that SES stores is received, written and published; its notice of a new rule is no mail', async () => {
  const meter = meterOn();
  const stored: number[] = [];
  const buckets = meter.counted.buckets({
    async put(_: string, __: string, body: Readable, also?: () => void) {
      let octets = 0;
      for await (const part of body) octets += Buffer.byteLength(part);
      stored.push(octets);
      also?.();
    },
  } as Buckets);
  const topics = meter.counted.topics({ publish: () => 'id' } as unknown as Topics);
  const publish = () => void topics.publish('arn', 'x'.repeat(70_000));
  await buckets.put('bucket', 'in/1', Readable.from([Buffer.alloc(300_000), Buffer.alloc(300_000)]), publish);
  await buckets.put('bucket', 'in/SETUP', Readable.from(['notice']));
  expect(stored).toEqual([600_000, 6]);
  expect(meter.read().by).toMatchObject({
    ses: { 'ses-received': 1, 'ses-received-chunks': 2, 's3-writes': 2 },
    sns: { 'sns-published': 2 },
  });
});

test('what was counted is there when the desk starts again', () => {
  const ground = openGround();
  const meter = openMeter(ground.state, NOW);
  meter.transition();
  meter.stop();
  const later = openMeter(ground.state, () => '2027-01-01T00:00:00.000Z');
  later.transition();
  expect(later.read()).toMatchObject({ since: NOW(), by: { states: { 'states-transitions': 2 } } });
  later.stop();
});

test('what stands is read from the template: polled queues, schedules by the month, metrics of alarms', () => {
  const schedule = (id: string, expression: string, functionArn: string) => ({
    ...{ id, expression, functionArn, timezone: 'UTC', input: {}, retries: 0 },
    ...{ onFailureQueueArn: null, deadLetterArn: null },
  });
  const plan = {
    queueSources: [{}, {}],
    functions: [
      { id: 'Sweep', arn: 'arn:sweep' },
      { id: 'SendCanary', arn: 'arn:canary' },
    ],
    schedules: [
      schedule('Hourly', 'rate(1 hour)', 'arn:sweep'),
      schedule('Quarters', 'cron(0/15 * * * ? *)', 'arn:canary'),
    ],
  } as unknown as Plan;
  const Metrics = [
    { Id: 'sum', Expression: 'FILL(a, 0) + FILL(b, 0)' },
    { Id: 'a', MetricStat: {}, ReturnData: false },
    { Id: 'b', MetricStat: {}, ReturnData: false },
  ];
  const Query = [{ Id: 'all', Expression: 'SELECT SUM(PublishFailure) FROM "AWS/SES"' }];
  const Resources = {
    One: { Type: 'AWS::CloudWatch::Alarm' },
    Two: { Type: 'AWS::Logs::MetricFilter' },
    Three: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics } },
    Four: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: Query } },
  };
  const assembly = { stackName: 'desk', template: { Resources }, assets: {} };
  const standing = standingOf(plan, assembly, new Set(['Quarters']));
  expect(standing).toMatchObject({ polls: 2 * 657_000, alarms: 4, metrics: 1, dashboards: 0 });
  expect(
    standing.scheduled.map(({ perMonth, ...rest }) => ({ ...rest, perMonth: Math.round(perMonth) })),
  ).toEqual([
    { function: 'Sweep', perMonth: 730, writesMail: false },
    { function: 'SendCanary', perMonth: 2_920, writesMail: true },
  ]);
});
