import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deskTemplate, property, ref, resource, resources } from './desk-template.ts';

const template = deskTemplate();
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

  test('are quiet where there is nothing to measure, but for dead letters, which SQS forgets to measure after six hours', () => {
    for (const [id, { Properties }] of alarms) {
      expect(Properties.TreatMissingData, id).toBe(id.includes('DeadLetters') ? 'ignore' : 'notBreaching');
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
      .filter(([, { Properties }]) => JSON.stringify(Properties.EventSourceArn).includes('Queue'))
      .map(([, { Properties }]) => property(Properties, 'FunctionName.Ref'));
    const called = ['SweepFailures', 'DigestsFailures'].map((id) =>
      property(resource(template, id).Properties, 'FunctionName.Ref'),
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

  test.each([
    ['Overdue', 'watches', 'watches that the sweep had to start again'],
    ['StuckMail', 'stuck', 'mail that lies unhandled although it was handed in'],
    ['Unbalanced', 'unbalanced', 'mail by which a day and its records differ'],
  ])('%s counts $.%s of the sweep’s own log line: %s', (name, field) => {
    const { Properties } = resource(template, `${name}Filter`);
    expect(Properties).toMatchObject({
      LogGroupName: ref('SweepLogs'),
      FilterPattern: `{ $.${field} > 0 }`,
    });
    expect(property(Properties, 'MetricTransformations.0')).toMatchObject({
      MetricName: name,
      MetricValue: `$.${field}`,
    });
    expect(resource(template, `${name}Alarm`).Properties).toMatchObject({ MetricName: name, Threshold: 1 });
  });

  test('poison rings at the first mail, from the line that receive-email logs of each', () => {
    expect(resource(template, 'PoisonFilter').Properties).toMatchObject({
      LogGroupName: ref('ReceiveEmailLogs'),
      FilterPattern: '{ ($.message = "disposed") && ($.reason = "poison") }',
    });
    expect(resource(template, 'PoisonAlarm').Properties).toMatchObject({
      MetricName: 'Poison',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
  });

  test('an address given at deployment is told by mail', () => {
    const told = deskTemplate({ alarmAddress: 'ops@example.com' });
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
