/**
 * What a stack has used in the last month, as CloudWatch has it. CloudFormation says what there is; then one list of
 * queries, 500 to a call. It is for an admin: no function of the desk has these rights.
 */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { alarmMetrics, HOURS_A_MONTH, type Reading, type Standing } from '../core/insight/cost.ts';
import type { Amounts, Unit } from '../core/insight/prices.ts';

export interface Usage {
  reading: Reading;
  standing: Standing;
  /** What CloudWatch does not say, in words. */
  reckoned: string[];
}

interface Resource {
  id: string;
  type: string;
  name: string;
  properties: Record<string, unknown>;
}

const DAYS = 30;
const DAY = 86_400;
const MOST_QUERIES = 500;
const GB = 2 ** 30;
const WHOLE_MONTH = HOURS_A_MONTH / (DAYS * 24);

/** `now`: epoch ms. */
export async function usageOf(stack: string, now: number): Promise<Usage> {
  const resources = await resourcesOf(stack);
  const wanted = resources.flatMap(queriesOf);
  const sums = await sumUp(
    wanted.map(({ metric }) => metric),
    now,
  );
  return usageFrom(
    resources,
    wanted.map((query, index) => ({ ...query, sum: sums[index] ?? 0 })),
    now,
  );
}

interface Query {
  who: string;
  what: string;
  metric: {
    Namespace: string;
    MetricName: string;
    Dimensions: { Name: string; Value: string }[];
    Stat: string;
  };
}

/** What is asked of each resource. */
export function queriesOf({ id, type, name, properties }: Resource): Query[] {
  const of = (
    Namespace: string,
    dimension: Record<string, string>,
    metrics: readonly string[],
    Stat = 'Sum',
  ) =>
    metrics.map((MetricName) => ({
      who: id,
      what: MetricName,
      metric: {
        ...{ Namespace, MetricName, Stat },
        Dimensions: Object.entries(dimension).map(([Name, Value]) => ({ Name, Value })),
      },
    }));
  switch (type) {
    case 'AWS::Lambda::Function':
      return of('AWS/Lambda', { FunctionName: name }, ['Invocations', 'Duration']);
    case 'AWS::SQS::Queue': {
      // The physical id of a queue is its URL.
      const QueueName = name.slice(name.lastIndexOf('/') + 1);
      return of('AWS/SQS', { QueueName }, QUEUE_METRICS);
    }
    case 'AWS::SNS::Topic': {
      const TopicName = name.slice(name.lastIndexOf(':') + 1);
      return of('AWS/SNS', { TopicName }, ['NumberOfMessagesPublished']);
    }
    case 'AWS::DynamoDB::Table': {
      const indexes = (properties.GlobalSecondaryIndexes ?? []) as { IndexName: string }[];
      return [
        ...of('AWS/DynamoDB', { TableName: name }, UNITS_CONSUMED),
        ...indexes.flatMap(({ IndexName }) =>
          of('AWS/DynamoDB', { TableName: name, GlobalSecondaryIndexName: IndexName }, UNITS_CONSUMED),
        ),
      ];
    }
    case 'AWS::StepFunctions::StateMachine':
      return of('AWS/States', { StateMachineArn: name }, ['ExecutionsStarted']);
    case 'AWS::S3::Bucket':
      return of(
        'AWS/S3',
        { BucketName: name, StorageType: 'StandardStorage' },
        ['BucketSizeBytes'],
        'Average',
      );
    case 'AWS::Logs::LogGroup':
      return of('AWS/Logs', { LogGroupName: name }, ['IncomingBytes']);
    case 'AWS::SES::ConfigurationSet':
      // SES counts what an account sends; of a configuration set it tells only who has asked for it.
      return of('AWS/SES', {}, ['Send']);
    default:
      return [];
  }
}

const QUEUE_METRICS = [
  'NumberOfMessagesSent',
  'NumberOfMessagesReceived',
  'NumberOfMessagesDeleted',
  'NumberOfEmptyReceives',
];
const UNITS_CONSUMED = ['ConsumedWriteCapacityUnits', 'ConsumedReadCapacityUnits'];

/** Sums of the metrics over the last days, prices' units of them, and what is left to reckon. */
export function usageFrom(
  resources: readonly Resource[],
  metered: readonly { who: string; what: string; sum: number }[],
  now: number,
): Usage {
  const by: Record<string, Amounts> = {};
  const calls: Record<string, number> = {};
  const add = (who: string, unit: Unit, amount: number) => {
    by[who] ??= {};
    by[who][unit] = (by[who][unit] ?? 0) + amount;
  };
  const memory = new Map(resources.map(({ id, properties }) => [id, Number(properties.MemorySize ?? 128)]));
  let polls = 0;
  for (const { who, what, sum } of metered) {
    calls[`${who}:${what}`] = (calls[`${who}:${what}`] ?? 0) + sum;
    if (what === 'Invocations') add(who, 'lambda-requests', sum);
    if (what === 'Duration')
      add(who, 'lambda-gb-seconds', (sum / 1_000) * ((memory.get(who) ?? 128) / 1_024));
    if (what === 'NumberOfEmptyReceives') polls += sum;
    else if (QUEUE_METRICS.includes(what)) add('sqs', 'sqs-requests', sum);
    if (what === 'NumberOfMessagesPublished') add('sns', 'sns-published', sum);
    if (what === 'NumberOfMessagesPublished' && who === 'MailTopic') add('ses', 'ses-received', sum);
    if (what === 'ConsumedWriteCapacityUnits') add('dynamodb', 'dynamodb-writes', sum);
    if (what === 'ConsumedReadCapacityUnits') add('dynamodb', 'dynamodb-reads', sum);
    if (what === 'ExecutionsStarted') add('states', 'states-transitions', sum);
    if (what === 'BucketSizeBytes') add('s3', 's3-gb-months', sum / DAYS / GB);
    if (what === 'IncomingBytes') add('logs', 'log-gb', sum / GB);
    if (what === 'Send') add('ses', 'ses-sent', sum);
  }
  // Each turn of a watch is one call of its function and three transitions; the end of an execution is one more.
  add('states', 'states-transitions', 3 * (by.AdvanceWatch?.['lambda-requests'] ?? 0));
  const mails = by.ses?.['ses-received'] ?? 0;
  add('s3', 's3-writes', 3 * mails);
  add('s3', 's3-reads', 3 * mails);
  const howMany = (type: string) => resources.filter((resource) => resource.type === type).length;
  const scheduled = resources
    .filter(({ type }) => type === 'AWS::Scheduler::Schedule')
    .flatMap(({ properties }) => {
      const target = JSON.stringify((properties.Target as { Arn?: unknown } | undefined)?.Arn ?? '');
      const called = resources.find(
        ({ id, type }) => type === 'AWS::Lambda::Function' && target.includes(`"${id}"`),
      );
      if (!called) return [];
      const perMonth = (by[called.id]?.['lambda-requests'] ?? 0) * WHOLE_MONTH;
      return [{ function: called.id, perMonth, writesMail: false }];
    });
  return {
    reading: { since: new Date(now - DAYS * DAY * 1_000).toISOString(), by, calls },
    standing: {
      ...{ polls: polls * WHOLE_MONTH, scheduled },
      alarms: resources
        .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
        .reduce((sum, { properties }) => sum + alarmMetrics(properties), 0),
      metrics: howMany('AWS::Logs::MetricFilter'),
      dashboards: howMany('AWS::CloudWatch::Dashboard'),
    },
    reckoned: [
      'S3: three writes and three reads for each mail that came in; requests have no metric unless they are paid for',
      'SES: what the whole account sent in this region, with no attachments',
      'Step Functions: three transitions for each call of advance-watch, and one for each execution',
      'Lambda: without the starting of functions; DynamoDB and logs: what scheduled functions used counts with the tickets',
      'left out: KMS, X-Ray, the table’s storage and its backup, metrics that functions publish',
    ],
  };
}

async function resourcesOf(stack: string): Promise<Resource[]> {
  const { CloudFormationClient, GetTemplateCommand, paginateListStackResources } = await import(
    '@aws-sdk/client-cloudformation'
  );
  const client = new CloudFormationClient({});
  const { TemplateBody = '{}' } = await client.send(
    new GetTemplateCommand({ StackName: stack, TemplateStage: 'Processed' }),
  );
  const { Resources = {} } = JSON.parse(TemplateBody) as {
    Resources?: Record<string, { Properties?: Record<string, unknown> }>;
  };
  const found: Resource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stack },
  ))
    for (const {
      LogicalResourceId: id = '',
      ResourceType: type = '',
      PhysicalResourceId: name = '',
    } of StackResourceSummaries)
      found.push({ id, type, name, properties: Resources[id]?.Properties ?? {} });
  return found;
}

/** Of each metric over the last days, in its place. */
async function sumUp(metrics: Query['metric'][], now: number): Promise<number[]> {
  const { CloudWatchClient, paginateGetMetricData } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient({});
  const sums = metrics.map(() => 0);
  const window = { StartTime: new Date(now - DAYS * DAY * 1_000), EndTime: new Date(now) };
  for (let from = 0; from < metrics.length; from += MOST_QUERIES) {
    const queries = metrics.slice(from, from + MOST_QUERIES).map(
      ({ Stat, ...Metric }, index): MetricDataQuery => ({
        Id: `m${from + index}`,
        MetricStat: { Metric, Period: DAY, Stat },
      }),
    );
    for await (const { MetricDataResults = [] } of paginateGetMetricData(
      { client },
      { ...window, MetricDataQueries: queries },
    ))
      for (const { Id = 'm0', Values = [] } of MetricDataResults) {
        const index = Number(Id.slice(1));
        sums[index] = (sums[index] ?? 0) + Values.reduce((sum, value) => sum + value, 0);
      }
  }
  return sums;
}
