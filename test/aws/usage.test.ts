import { expect, test } from 'vitest';
import { queriesOf, usageFrom } from '../../aws/usage.ts';
import { costOf } from '../../core/insight/cost.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const resource = (id: string, type: string, name: string, properties: Record<string, unknown> = {}) => ({
  ...{ id, type, name, properties },
});
const RESOURCES = [
  resource('AdvanceWatch', 'AWS::Lambda::Function', 'desk-AdvanceWatch-1', { MemorySize: 512 }),
  resource('Sweep', 'AWS::Lambda::Function', 'desk-Sweep-1', { MemorySize: 512 }),
  resource('MailQueue', 'AWS::SQS::Queue', 'https://sqs.us-east-1.amazonaws.com/1/desk-MailQueue-1'),
  resource('MailTopic', 'AWS::SNS::Topic', 'arn:aws:sns:us-east-1:1:desk-MailTopic-1'),
  resource('Table', 'AWS::DynamoDB::Table', 'desk-Table-1', {
    GlobalSecondaryIndexes: [{ IndexName: 'open' }],
  }),
  resource('SweepSchedule', 'AWS::Scheduler::Schedule', 'desk-Sweep', {
    Target: { Arn: { 'Fn::GetAtt': ['Sweep', 'Arn'] } },
  }),
  resource('OverdueAlarm', 'AWS::CloudWatch::Alarm', 'desk-Overdue'),
];

test('each resource is asked for what it bills, an index beside its table', () => {
  const asked = RESOURCES.flatMap(queriesOf).map(
    ({ metric: { Namespace, MetricName, Dimensions } }) =>
      `${Namespace} ${MetricName} ${Dimensions.map(({ Value }) => Value).join('/')}`,
  );
  expect(asked).toContain('AWS/Lambda Duration desk-AdvanceWatch-1');
  expect(asked).toContain('AWS/SQS NumberOfEmptyReceives desk-MailQueue-1');
  expect(asked).toContain('AWS/SNS NumberOfMessagesPublished desk-MailTopic-1');
  expect(asked).toContain('AWS/DynamoDB ConsumedWriteCapacityUnits desk-Table-1/open');
  expect(asked.some((query) => query.includes('Alarm'))).toBe(false);
});

test('what was metered in 30 days is priced, and what has no metric is named', () => {
  const metered = [
    { who: 'AdvanceWatch', what: 'Invocations', sum: 100 },
    { who: 'AdvanceWatch', what: 'Duration', sum: 20_000 },
    { who: 'Sweep', what: 'Invocations', sum: 720 },
    { who: 'MailQueue', what: 'NumberOfMessagesSent', sum: 40 },
    { who: 'MailQueue', what: 'NumberOfEmptyReceives', sum: 648_000 },
    { who: 'MailTopic', what: 'NumberOfMessagesPublished', sum: 40 },
    { who: 'Table', what: 'ConsumedWriteCapacityUnits', sum: 1_000 },
  ];
  const { reading, standing, reckoned } = usageFrom(RESOURCES, metered, NOW);
  expect(reading.since).toBe('2026-10-31T00:00:00.000Z');
  expect(reading.by).toMatchObject({
    AdvanceWatch: { 'lambda-requests': 100, 'lambda-gb-seconds': 10 },
    sqs: { 'sqs-requests': 40 },
    ses: { 'ses-received': 40 },
    dynamodb: { 'dynamodb-writes': 1_000 },
    states: { 'states-transitions': 300 },
  });
  expect(standing.alarms).toBe(1);
  expect(standing.scheduled).toEqual([{ function: 'Sweep', perMonth: 730, writesMail: false }]);
  const { idleMonth } = costOf(reading, { tickets: 10, mailsIn: 40, mailsOut: 0 }, standing);
  // Polls as metered, scaled to a whole month.
  expect(idleMonth.byService.SQS).toBeCloseTo(657_000 * 0.4e-6, 9);
  expect(reckoned.join()).toContain('S3');
});
