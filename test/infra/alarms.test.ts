import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deskTemplate, property, ref, resource, resources } from './desk-template.ts';

const template = await deskTemplate();
const alarms = resources(template, 'AWS::CloudWatch::Alarm');
const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

function heading(description: unknown): string {
  const [, found] = /"(.+)" in docs\/runbook\.md/.exec(String(description)) ?? [];
  if (!found) throw new Error(`«${description}» names no heading.`);
  return found;
}

describe('the runbook', () => {
  test('has one heading for each alarm, under the words that the alarm gives, and none for an alarm that is gone', () => {
    const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, text]) => text);
    expect(headings.sort()).toEqual(
      alarms.map(([, { Properties }]) => heading(Properties.AlarmDescription)).sort(),
    );
  });

  test('says under each heading what it means and what to do', () => {
    for (const section of runbook.split(/^## /m).slice(1)) {
      expect(section).toMatch(/^\*\*Means\*\*/m);
      expect(section).toMatch(/^\*\*Do\*\*/m);
    }
  });
});

describe('the alarms', () => {
  test.each(alarms)('%s tells the topic', (_, { Properties }) => {
    expect(Properties.AlarmActions).toEqual([ref('AlarmTopic')]);
  });

  test('are quiet where there is nothing to measure, but for dead letters, which SQS forgets to measure after six hours, and the canary', () => {
    for (const [id, { Properties }] of alarms) {
      const missing = id.includes('DeadLetters')
        ? 'ignore'
        : id === 'CanaryAlarm'
          ? 'breaching'
          : 'notBreaching';
      expect(Properties.TreatMissingData, id).toBe(missing);
    }
  });

  test('each dead-letter queue rings at the first message', () => {
    const deadLetters = resources(template, 'AWS::SQS::Queue').filter(([id]) => id.endsWith('DeadLetters'));
    expect(deadLetters.length).toBeGreaterThan(5);
    for (const [id] of deadLetters) {
      expect(resource(template, `${id}Alarm`).Properties).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        Threshold: 1,
        EvaluationPeriods: 1,
      });
    }
  });

  test('every function’s failure rings: by its own errors, by what it leaves in a dead-letter queue, or in the deployment', () => {
    const counted = JSON.stringify(resource(template, 'FunctionErrorsAlarm').Properties.Metrics);
    const fed = resources(template, 'AWS::Lambda::EventSourceMapping')
      .filter(
        ([, { Properties }]) =>
          JSON.stringify(Properties.EventSourceArn).includes('Queue') ||
          property(Properties, 'DestinationConfig.OnFailure'),
      )
      .map(([, { Properties }]) => property(Properties, 'FunctionName.Ref'));
    const called = resources(template, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) =>
      property(Properties, 'FunctionName.Ref'),
    );
    for (const [id] of resources(template, 'AWS::Lambda::Function')) {
      const rings =
        counted.includes(`{"Ref":"${id}"}`) || fed.includes(id) || called.includes(id) || id === 'Provision';
      expect(rings, id).toBe(true);
    }
  });

  test('errors are summed although not every function is called all the time', () => {
    expect(property(resource(template, 'FunctionErrorsAlarm').Properties, 'Metrics.0.Expression')).toBe(
      'FILL(relay, 0) + FILL(advance, 0)',
    );
  });

  test.each(['PublishFailure', 'PublishExpired'])(
    '%s rings at once, under whatever dimensions SES publishes it',
    (name) => {
      const { Metrics, Threshold, EvaluationPeriods } = resource(template, `${name}Alarm`).Properties;
      expect(property(Metrics, '0.Expression')).toBe(`SELECT SUM(${name}) FROM "AWS/SES"`);
      expect([Threshold, EvaluationPeriods]).toEqual([1, 1]);
    },
  );

  test('bounces and complaints ring before AWS puts the account under review, at 5 % and 0.1 %', () => {
    expect(resource(template, 'BounceRateAlarm').Properties.Threshold).toBeLessThan(0.05);
    expect(resource(template, 'ComplaintRateAlarm').Properties.Threshold).toBeLessThan(0.001);
  });

  test.each(['Overdue', 'StuckMail', 'Unbalanced', 'Poison', 'HeldBack'])(
    '%s rings at the first of which the functions tell, and is quiet while they tell nothing',
    (name) => {
      expect(resource(template, `${name}Alarm`).Properties).toMatchObject({
        Namespace: 'Replydesk',
        MetricName: name,
        Dimensions: [{ Name: 'service', Value: ref('AWS::StackName') }],
        Statistic: 'Maximum',
        ...{ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
      });
    },
  );

  test('a canary that does not come for two hours rings, and so does one that is slow', () => {
    expect(resource(template, 'CanaryAlarm').Properties).toMatchObject({
      ...{ MetricName: 'CanaryRoundTrip', Statistic: 'SampleCount', Period: 3600, EvaluationPeriods: 2 },
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' },
    });
    expect(resource(template, 'CanarySlowAlarm').Properties).toMatchObject({
      ...{ MetricName: 'CanaryRoundTrip', Statistic: 'Maximum', Threshold: 600 },
      ...{ ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching' },
    });
    // One an hour: in no clock hour but one is there none.
    expect(resource(template, 'CanarySchedule').Properties.ScheduleExpression).toBe('rate(1 hour)');
  });

  test('throttling counts functions, the table and the watches, whichever of them tells anything', () => {
    const { Metrics } = resource(template, 'ThrottledAlarm').Properties;
    const named = (Metrics as { MetricStat?: { Metric: { Namespace: string; MetricName: string } } }[])
      .flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
      .map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
    expect(named.sort()).toEqual([
      'AWS/DynamoDB ReadThrottleEvents',
      'AWS/DynamoDB WriteThrottleEvents',
      'AWS/Lambda Throttles',
      'AWS/States ExecutionThrottled',
    ]);
    expect(property(Metrics, '0.Expression').match(/FILL/g)).toHaveLength(named.length);
  });

  test('the quota rings before it is used up', () => {
    expect(resource(template, 'SendQuotaAlarm').Properties.Threshold).toBeLessThan(100);
  });

  test('an address given at deployment is told by mail', async () => {
    const told = await deskTemplate({ alarmAddress: 'ops@example.com' });
    const subscriptions = resources(told, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    expect(subscriptions).toContainEqual(
      expect.objectContaining({
        Protocol: 'email',
        Endpoint: 'ops@example.com',
        TopicArn: ref('AlarmTopic'),
      }),
    );
  });
});
