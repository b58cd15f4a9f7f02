/**
 * What calls a person. Each alarm names its heading in docs/runbook.md, where it says what to do, and stands in its part
 * of the dashboard.
 */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MetricName } from '../core/metrics.ts';
import type { Clock } from './clock.ts';
import type { In } from './in.ts';
import type { Insight } from './insight.ts';
import type { Memory } from './memory.ts';
import { told } from './metrics.ts';
import { keepLogicalId } from './names.ts';
import type { Out } from './out.ts';
import { deskTopic } from './topic.ts';

interface AlarmsProps {
  memory: Memory;
  mailIn: In;
  out: Out;
  clock: Clock;
  insight: Insight;
  /** Somebody to tell by mail; others subscribe to the topic. */
  address?: string;
}

/** Rings at the threshold and above, in one period, unless it says otherwise. */
interface Rule {
  metric: IMetric;
  threshold: number;
  /** Where there is nothing to measure all is well, unless this says otherwise. */
  missing?: TreatMissingData;
  /** Those that it counts, if it does. */
  deadLetters?: Queue;
  /** Rings below the threshold instead. */
  isLow?: boolean;
  /** How many periods in a row; one if it is not said. */
  periods?: number;
}

/** The parts of the dashboard. */
export type Part = 'mail' | 'clock' | 'cost';

export interface Rung {
  part: Part;
  heading: string;
  alarm: Alarm;
  deadLetters?: Queue;
}

export class Alarms extends Construct {
  readonly all: Rung[] = [];

  constructor(scope: Construct, id: string, { memory, mailIn, out, clock, insight, address }: AlarmsProps) {
    super(scope, id);
    const { topic } = deskTopic(this, 'AlarmTopic', { publisher: 'cloudwatch.amazonaws.com' });
    if (address) topic.addSubscription(new EmailSubscription(address));
    const action = new SnsAction(topic);

    const alarms: Record<string, { heading: string; part?: Part } & Rule> = {
      MailDeadLettersAlarm: { heading: 'Mail could not be handled', ...anythingIn(mailIn.deadLetters) },
      UpdatesDeadLettersAlarm: {
        heading: 'Updates could not be sent',
        ...anythingIn(out.updatesDeadLetters),
      },
      WatchesDeadLettersAlarm: {
        heading: 'Watches could not be started',
        part: 'clock',
        ...anythingIn(clock.deadLetters),
      },
      FeedbackDeadLettersAlarm: {
        heading: 'Feedback could not be recorded',
        ...anythingIn(out.feedbackDeadLetters),
      },
      RelayDeadLettersAlarm: { heading: 'Events could not be relayed', ...anythingIn(out.relayDeadLetters) },
      SweepDeadLettersAlarm: {
        heading: 'The sweep did not run',
        part: 'clock',
        ...anythingIn(clock.sweepDeadLetters),
      },
      DigestsDeadLettersAlarm: {
        heading: 'Digests could not be written',
        part: 'clock',
        ...anythingIn(clock.digestsDeadLetters),
      },
      ReportsDeadLettersAlarm: {
        heading: 'Reports could not be written',
        part: 'clock',
        ...anythingIn(clock.reportsDeadLetters),
      },
      MeasuresDeadLettersAlarm: {
        heading: 'Measures could not be counted',
        part: 'clock',
        ...anythingIn(insight.measuresDeadLetters),
      },
      CanaryDeadLettersAlarm: {
        heading: 'No canary could set out',
        part: 'clock',
        ...anythingIn(clock.canaryDeadLetters),
      },
      // One an hour: two hours without any are no chance of when the hour begins.
      CanaryAlarm: {
        heading: 'The canary has not come back',
        metric: told('CanaryRoundTrip', { statistic: 'SampleCount', period: Duration.hours(1) }),
        threshold: 1,
        isLow: true,
        periods: 2,
        missing: TreatMissingData.BREACHING,
      },
      // It takes seconds; what it waits for every mail waits for.
      CanarySlowAlarm: {
        heading: 'The canary is slow',
        metric: told('CanaryRoundTrip', { statistic: 'Maximum', period: Duration.hours(1) }),
        threshold: Duration.minutes(10).toSeconds(),
      },
      // A mail that waits for the one it answers is tried again for five minutes; a quarter of an hour is a disturbance.
      MailWaitsAlarm: { heading: 'Mail waits', ...olderThan(Duration.minutes(15), mailIn.mailQueue) },
      // Updates may be held for minutes, and for an hour when SES has had enough for the day.
      UpdatesWaitAlarm: { heading: 'Updates wait', ...olderThan(Duration.hours(1), out.updatesQueue) },
      PublishFailureAlarm: { heading: 'SES cannot hand over mail', ...receiving('PublishFailure') },
      PublishExpiredAlarm: { heading: 'SES has lost mail', ...receiving('PublishExpired') },
      WatchFailedAlarm: {
        heading: 'A watch has failed',
        part: 'clock',
        ...count(clock.watchMachine.metricFailed()),
      },
      // The other functions are fed by queues or called by a schedule, whose own alarms ring when they fail.
      FunctionErrorsAlarm: {
        heading: 'Functions fail',
        metric: new MathExpression({
          // Without FILL there is no sum where one of them was not called.
          expression: 'FILL(relay, 0) + FILL(advance, 0)',
          usingMetrics: { relay: out.relayEvents.metricErrors(), advance: clock.advanceWatch.metricErrors() },
          period: Duration.minutes(15),
          label: 'errors',
        }),
        // One is tried again and heals. Both try often enough to come to three where nothing does.
        threshold: 3,
      },
      // AWS reviews an account at 5 % and at 0.1 %, and pauses it at 10 % and 0.5 %.
      BounceRateAlarm: { heading: 'Too many bounces', ...reputation('Reputation.BounceRate', 0.04) },
      ComplaintRateAlarm: {
        heading: 'Too many complaints',
        ...reputation('Reputation.ComplaintRate', 0.0008),
      },
      PoisonAlarm: { heading: 'A mail is poison', ...any('Poison', Duration.minutes(5)) },
      StuckMailAlarm: { heading: 'Mail lies unhandled', ...any('StuckMail', Duration.hours(1)) },
      UnbalancedAlarm: { heading: 'The count differs', ...any('Unbalanced', Duration.hours(1)) },
      OverdueAlarm: { heading: 'Deadlines are overdue', part: 'clock', ...any('Overdue', Duration.hours(1)) },
      ThrottledAlarm: {
        heading: 'AWS slows the desk down',
        part: 'clock',
        metric: new MathExpression({
          expression: 'FILL(functions, 0) + FILL(reads, 0) + FILL(writes, 0) + FILL(watches, 0)',
          usingMetrics: throttles(memory, clock),
          period: Duration.minutes(15),
          label: 'throttled calls',
        }),
        // Each is tried again by itself, and a few of them nobody notices.
        threshold: 10,
      },
      HeldBackAlarm: {
        heading: 'No more mail may leave today',
        part: 'cost',
        ...any('HeldBack', Duration.minutes(15)),
      },
      SendQuotaAlarm: {
        heading: 'The sending quota runs out',
        part: 'cost',
        metric: told('SendQuotaUsed', { statistic: 'Maximum', period: Duration.hours(1) }),
        threshold: 80,
      },
    };
    for (const [name, { heading, part = 'mail', ...rule }] of Object.entries(alarms)) {
      const { metric, threshold, missing = TreatMissingData.NOT_BREACHING, periods = 1, isLow } = rule;
      const alarm = new Alarm(this, name, {
        alarmDescription: `See "${heading}" in docs/runbook.md.`,
        metric,
        threshold,
        evaluationPeriods: periods,
        comparisonOperator: isLow
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: missing,
      });
      keepLogicalId(alarm, name).addAlarmAction(action);
      this.all.push({ part, heading, alarm, deadLetters: rule.deadLetters });
    }
  }
}

/** Functions tell it only when there is something to tell. */
function any(name: MetricName, period: Duration): Rule {
  return { metric: told(name, { statistic: 'Maximum', period }), threshold: 1 };
}

/** Of functions those of the whole account, which share what may run at once; of the table its own and its indexes' writes. */
export function throttles({ table }: Memory, { watchMachine }: Clock): Record<string, IMetric> {
  const sum = { statistic: 'Sum', period: Duration.minutes(15) };
  const ofTable = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      ...sum,
    });
  return {
    functions: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', ...sum }),
    reads: ofTable('ReadThrottleEvents'),
    writes: ofTable('WriteThrottleEvents'),
    watches: watchMachine.metricThrottled(sum),
  };
}

/** SQS stops measuring a queue that nobody has touched for six hours, whatever lies in it. */
function anythingIn(deadLetters: Queue): Rule {
  return {
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    }),
    threshold: 1,
    missing: TreatMissingData.IGNORE,
    deadLetters,
  };
}

function olderThan(age: Duration, queue: Queue): Rule {
  return {
    metric: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
    threshold: age.toSeconds(),
  };
}

function count(metric: Metric): Rule {
  return { metric: metric.with({ statistic: 'Sum', period: Duration.minutes(5) }), threshold: 1 };
}

/**
 * SES publishes these per receipt rule, under dimensions that its pages only show as "Rule Metrics". A query reads them
 * whatever they are called, and so covers every rule of the account and region: an alarm on a guessed name would be
 * silent for ever.
 */
function receiving(name: string): Rule {
  return {
    metric: new MathExpression({
      expression: `SELECT SUM(${name}) FROM "AWS/SES"`,
      usingMetrics: {},
      period: Duration.minutes(5),
      label: name,
    }),
    threshold: 1,
  };
}

/** Of the whole account, since that is what AWS goes by. */
function reputation(metricName: string, threshold: number): Rule {
  const metric = new Metric({
    namespace: 'AWS/SES',
    metricName,
    statistic: 'Maximum',
    period: Duration.hours(1),
  });
  return { metric, threshold };
}
