/**
 * What calls a person. Each alarm names its heading in docs/runbook.md, where it says what to do.
 */
import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Clock } from './clock.ts';
import type { In } from './in.ts';
import { keepLogicalId } from './names.ts';
import type { Out } from './out.ts';
import { deskTopic } from './topic.ts';

interface AlarmsProps {
  mailIn: In;
  out: Out;
  clock: Clock;
  /** Somebody to tell by mail; others subscribe to the topic. */
  address?: string;
}

/** Rings at the threshold and above. */
interface Rule {
  metric: IMetric;
  threshold: number;
  /** Where there is nothing to measure all is well, unless this says to leave things as they are. */
  missing?: TreatMissingData;
}

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { mailIn, out, clock, address }: AlarmsProps) {
    super(scope, id);
    const { topic } = deskTopic(this, 'AlarmTopic', { publisher: 'cloudwatch.amazonaws.com' });
    if (address) topic.addSubscription(new EmailSubscription(address));
    const action = new SnsAction(topic);

    const alarms: Record<string, { heading: string } & Rule> = {
      MailDeadLettersAlarm: { heading: 'Mail could not be handled', ...anythingIn(mailIn.deadLetters) },
      UpdatesDeadLettersAlarm: {
        heading: 'Updates could not be sent',
        ...anythingIn(out.updatesDeadLetters),
      },
      WatchesDeadLettersAlarm: { heading: 'Watches could not be started', ...anythingIn(clock.deadLetters) },
      FeedbackDeadLettersAlarm: {
        heading: 'Feedback could not be recorded',
        ...anythingIn(out.feedbackDeadLetters),
      },
      RelayDeadLettersAlarm: { heading: 'Events could not be relayed', ...anythingIn(out.relayDeadLetters) },
      SweepDeadLettersAlarm: { heading: 'The sweep did not run', ...anythingIn(clock.sweepDeadLetters) },
      DigestsDeadLettersAlarm: {
        heading: 'Digests could not be written',
        ...anythingIn(clock.digestsDeadLetters),
      },
      // A mail that waits for the one it answers is tried again for five minutes; a quarter of an hour is a disturbance.
      MailWaitsAlarm: { heading: 'Mail waits', ...olderThan(Duration.minutes(15), mailIn.mailQueue) },
      // Updates may be held for minutes, and for an hour when SES has had enough for the day.
      UpdatesWaitAlarm: { heading: 'Updates wait', ...olderThan(Duration.hours(1), out.updatesQueue) },
      PublishFailureAlarm: { heading: 'SES cannot hand over mail', ...receiving('PublishFailure') },
      PublishExpiredAlarm: { heading: 'SES has lost mail', ...receiving('PublishExpired') },
      WatchFailedAlarm: { heading: 'A watch has failed', ...count(clock.watchMachine.metricFailed()) },
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
      PoisonAlarm: {
        heading: 'A mail is poison',
        ...this.logged('Poison', mailIn.receiveEmail.logGroup, POISONED, '1', Duration.minutes(5)),
      },
      StuckMailAlarm: { heading: 'Mail lies unhandled', ...this.swept('StuckMail', 'stuck', clock) },
      UnbalancedAlarm: { heading: 'The count differs', ...this.swept('Unbalanced', 'unbalanced', clock) },
      OverdueAlarm: { heading: 'Deadlines are overdue', ...this.swept('Overdue', 'watches', clock) },
    };
    for (const [
      name,
      { heading, metric, threshold, missing = TreatMissingData.NOT_BREACHING },
    ] of Object.entries(alarms)) {
      const alarm = new Alarm(this, name, {
        alarmDescription: `See "${heading}" in docs/runbook.md.`,
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: missing,
      });
      keepLogicalId(alarm, name).addAlarmAction(action);
    }
  }

  /** The sweep logs how many of each it met, in its one line at the end; nothing is published when there were none. */
  private swept(name: string, field: string, { sweep }: Clock): Rule {
    const pattern = FilterPattern.numberValue(`$.${field}`, '>', 0);
    return this.logged(name, sweep.logGroup, pattern, `$.${field}`, Duration.hours(1));
  }

  /** Rings when such a line is in the log. */
  private logged(
    name: string,
    logGroup: ILogGroup,
    filterPattern: IFilterPattern,
    metricValue: string,
    period: Duration,
  ): Rule {
    const filter = new MetricFilter(this, `${name}Filter`, {
      logGroup,
      metricNamespace: `Replydesk/${Aws.STACK_NAME}`,
      metricName: name,
      filterPattern,
      metricValue,
    });
    keepLogicalId(filter, `${name}Filter`);
    return { metric: filter.metric({ statistic: 'Maximum', period }), threshold: 1 };
  }
}

/** What receive-email logs of each mail when it has its disposition. */
const POISONED = FilterPattern.all(
  FilterPattern.stringValue('$.message', '=', 'disposed'),
  FilterPattern.stringValue('$.reason', '=', 'poison'),
);

/** SQS stops measuring a queue that nobody has touched for six hours, whatever lies in it. */
function anythingIn(deadLetters: Queue): Rule {
  return {
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    }),
    threshold: 1,
    missing: TreatMissingData.IGNORE,
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
