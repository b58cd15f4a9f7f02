/**
 * One page for whoever was called: is anything ringing, and where does it stand. Three parts, as an admin asks: does mail
 * get through, does the clock run, what is used up. Money itself is not here: AWS bills by account and a day late, and
 * `desk cost` prices what is counted. No more metrics than the 50 that a free dashboard may show.
 */
import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MetricName } from '../core/metrics.ts';
import { type Alarms, type Part, type Rung, throttles } from './alarms.ts';
import type { Clock } from './clock.ts';
import type { In } from './in.ts';
import type { Memory } from './memory.ts';
import { told } from './metrics.ts';
import { keepLogicalId } from './names.ts';
import type { Out } from './out.ts';

interface BoardProps {
  memory: Memory;
  mailIn: In;
  out: Out;
  clock: Clock;
  alarms: Alarms;
  /** `sending.mostADay` of desk.yaml. */
  mostADay: number;
}

const TITLES: Record<Part, string> = {
  mail: "The mail's way",
  clock: 'The clock, and what carries it',
  cost: 'What is used up',
};

export class Board extends Construct {
  constructor(scope: Construct, id: string, { memory, mailIn, out, clock, alarms, mostADay }: BoardProps) {
    super(scope, id);
    const hour = Duration.hours(1);
    const parts: Record<Part, IWidget[]> = {
      mail: [
        graph('Oldest mail and update that wait (s)', [
          oldest(mailIn.mailQueue, 'mail'),
          oldest(out.updatesQueue, 'update'),
          oldest(out.feedbackQueue, 'feedback'),
          telling('OldestUnhandled', 'Maximum', hour),
        ]),
        graph('SES, receiving', [received('PublishFailure'), received('PublishExpired')]),
        graph('Bounces and complaints, of one', [
          ses('Reputation.BounceRate', 'Maximum'),
          ses('Reputation.ComplaintRate', 'Maximum'),
        ]),
        graph("The canary's way (s)", [telling('CanaryRoundTrip', 'Maximum', hour)]),
        graph('Mail that did not get through', [
          telling('Poison', 'Sum', hour),
          telling('StuckMail', 'Maximum', hour),
          telling('Unbalanced', 'Maximum', hour),
        ]),
      ],
      clock: [
        graph('Watches', [
          telling('Overdue', 'Maximum', hour),
          clock.watchMachine.metricFailed({ statistic: 'Sum', period: hour, label: 'failed' }),
          clock.watchMachine.metricStarted({ statistic: 'Sum', period: hour, label: 'started' }),
          oldest(clock.watchesQueue, 'waiting to start (s)'),
        ]),
        graph('Errors', [
          out.relayEvents.metricErrors({ statistic: 'Sum', label: 'relay' }),
          clock.advanceWatch.metricErrors({ statistic: 'Sum', label: 'advance-watch' }),
        ]),
        graph('Throttled', [
          ...Object.values(throttles(memory, clock)),
          telling('SendThrottled', 'Sum', hour),
        ]),
      ],
      cost: [
        new GraphWidget({
          ...SHAPE,
          title: 'Mails sent in a day',
          left: [telling('MailsSent', 'Sum', Duration.days(1))],
          leftAnnotations: [{ value: mostADay, label: 'sending.mostADay of desk.yaml' }],
        }),
        graph('Held back, and the quota of SES (%)', [
          telling('HeldBack', 'Sum', hour),
          told('SendQuotaUsed', { statistic: 'Maximum', period: hour }),
        ]),
        graph('Mails that came', [
          mailIn.mailQueue.metricNumberOfMessagesSent({ statistic: 'Sum', period: hour, label: 'mails' }),
        ]),
        graph('Units written to the table', [
          memory.table.metricConsumedWriteCapacityUnits({ statistic: 'Sum', period: hour, label: 'units' }),
        ]),
      ],
    };
    const board = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(2) });
    for (const part of Object.keys(parts) as Part[]) {
      const own = alarms.all.filter((rung) => rung.part === part);
      const headings = own.map(({ alarm, heading }) => `${alarm.node.id}: *${heading}*`);
      board.addWidgets(
        new Row(
          new TextWidget({
            markdown: `## ${TITLES[part]}\nWhat to do stands in docs/runbook.md, under the alarm's heading.\n\n${headings.join('  \n')}`,
            width: 12,
            height: 6,
          }),
          new AlarmStatusWidget({ alarms: own.map(({ alarm }) => alarm), width: 12, height: 6 }),
        ),
        ...rows([...deadLettersOf(own), ...parts[part]]),
      );
    }
    keepLogicalId(board, 'Dashboard');
  }
}

const SHAPE = { width: 6, height: 6 };

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ ...SHAPE, title, left });
}

function rows(widgets: IWidget[]): IWidget[] {
  const four = (from: number) => new Row(...widgets.slice(from, from + 4));
  return widgets.flatMap((_, n) => (n % 4 === 0 ? [four(n)] : []));
}

function telling(name: MetricName, statistic: 'Maximum' | 'Sum', period: Duration): IMetric {
  return told(name, { statistic, period });
}

function oldest(queue: Queue, label: string): IMetric {
  return queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', label });
}

function deadLettersOf(rung: readonly Rung[]): IWidget[] {
  const left = rung.flatMap(({ deadLetters }): IMetric[] => {
    const label = deadLetters?.node.id;
    return deadLetters
      ? [deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label })]
      : [];
  });
  return left.length > 0 ? [graph('Dead letters', left)] : [];
}

function received(name: string): IMetric {
  return new MathExpression({
    expression: `SELECT SUM(${name}) FROM "AWS/SES"`,
    usingMetrics: {},
    label: name,
  });
}

function ses(metricName: string, statistic: string): IMetric {
  return new Metric({ namespace: 'AWS/SES', metricName, statistic, period: Duration.hours(1) });
}
