/**
 * Reads the synthesized template as a plan of what the laptop's engines are to be. Whatever the template says, the
 * laptop either runs, or knows to be the account's own affair, or refuses by name: nothing is passed over.
 */
import { readMachine } from './asl.ts';
import type { BucketSetting } from './buckets.ts';
import type { TableSetting } from './dynamodb.ts';
import type { QueueSourceSetting, StreamSourceSetting } from './event-sources.ts';
import type { MachineSetting } from './executions.ts';
import type { FunctionSetting } from './functions.ts';
import type { ConfigurationSet, MailerSetting } from './mailer.ts';
import type { Policies, PolicyStatement } from './permissions.ts';
import type { Fields } from './protocol.ts';
import type { QueueSetting } from './queues.ts';
import type { RuleSetting } from './receipt.ts';
import type { ScheduleSetting } from './scheduler.ts';
import type { Assembly, Place, Resolved } from './template.ts';
import { resolveTemplate, substitute } from './template.ts';
import type { TopicSetting } from './topics.ts';

export interface Plan {
  account: { region: string; id: string; stackName: string };
  tables: TableSetting[];
  buckets: BucketSetting[];
  queues: QueueSetting[];
  topics: TopicSetting[];
  functions: FunctionSetting[];
  queueSources: QueueSourceSetting[];
  streamSources: StreamSourceSetting[];
  machines: MachineSetting[];
  schedules: ScheduleSetting[];
  rules: RuleSetting[];
  mailer: MailerSetting;
  /** In the order in which CloudFormation would make them. */
  customs: CustomSetting[];
  policies: Policies;
  outputs: Record<string, string>;
}

export interface CustomSetting {
  id: string;
  type: string;
  functionArn: string;
  properties: Fields;
}

/** Throws an Error that names the resource and what about it the laptop does not run. */
export function readPlan(assembly: Assembly, place: Place): Plan {
  const from = resolveTemplate(assembly, place);
  return {
    account: { region: place.region, id: place.accountId, stackName: assembly.stackName },
    tables: tablesOf(from),
    buckets: from.each('AWS::S3::Bucket', (id, { LifecycleConfiguration }) => ({
      name: from.name(id),
      expiries: expiriesOf(id, LifecycleConfiguration),
    })),
    queues: queuesOf(from),
    topics: topicsOf(from),
    functions: functionsOf(from, assembly.assets),
    ...sourcesOf(from),
    machines: machinesOf(from),
    schedules: schedulesOf(from),
    rules: rulesOf(from),
    mailer: mailerOf(from),
    customs: from.customs.map((custom) => ({
      ...custom,
      functionArn: String(custom.properties.ServiceToken),
    })),
    policies: policiesOf(from, place),
    outputs: Object.fromEntries(
      Object.entries(assembly.template.Outputs ?? {}).map(([name, { Value }]) => [
        name,
        String(from.resolve(Value)),
      ]),
    ),
  };
}

function tablesOf(from: Resolved): TableSetting[] {
  return from.each('AWS::DynamoDB::Table', (id, properties) => {
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, StreamSpecification } = properties;
    const expiry = properties.TimeToLiveSpecification as
      | { AttributeName: string; Enabled: boolean }
      | undefined;
    return {
      name: from.name(id),
      arn: from.arn(id),
      definition: {
        KeySchema,
        AttributeDefinitions,
        ...(GlobalSecondaryIndexes ? { GlobalSecondaryIndexes } : {}),
        // The API wants to hear that a stream which is described is also wanted.
        ...(StreamSpecification
          ? { StreamSpecification: { StreamEnabled: true, ...(StreamSpecification as Fields) } }
          : {}),
      },
      expiry: expiry?.Enabled ? expiry.AttributeName : null,
    };
  });
}

/** Of a lifecycle rule only its end counts here: on a laptop one class of storage is like the other. */
const LIFECYCLE = new Set([
  'Id',
  'Status',
  'Prefix',
  'ExpirationInDays',
  'Transitions',
  'AbortIncompleteMultipartUpload',
  'NoncurrentVersionExpiration',
]);

function expiriesOf(id: string, configuration: unknown): BucketSetting['expiries'] {
  const rules = ((configuration as { Rules?: Fields[] } | undefined)?.Rules ?? []).filter(
    ({ Status }) => Status === 'Enabled',
  );
  return rules.flatMap((rule) => {
    const unknown = Object.keys(rule).find((field) => !LIFECYCLE.has(field));
    if (unknown)
      throw new Error(`${id}: ${unknown} in the lifecycle rule ${rule.Id} is not run on the laptop.`);
    const { Prefix, ExpirationInDays } = rule;
    return ExpirationInDays === undefined
      ? []
      : [{ prefix: String(Prefix ?? ''), days: Number(ExpirationInDays) }];
  });
}

function queuesOf(from: Resolved): QueueSetting[] {
  return from.each('AWS::SQS::Queue', (id, properties) => {
    const redrive = properties.RedrivePolicy as
      | { deadLetterTargetArn: string; maxReceiveCount: number }
      | undefined;
    return {
      name: from.name(id),
      arn: from.arn(id),
      visibilityTimeout: Number(properties.VisibilityTimeout ?? 30),
      delay: Number(properties.DelaySeconds ?? 0),
      retention: Number(properties.MessageRetentionPeriod ?? 345_600),
      largestMessage: Number(properties.MaximumMessageSize ?? 1_048_576),
      deadLetter: redrive
        ? { arn: redrive.deadLetterTargetArn, maxReceiveCount: Number(redrive.maxReceiveCount) }
        : null,
    };
  });
}

function topicsOf(from: Resolved): TopicSetting[] {
  const subscriptions = from.each('AWS::SNS::Subscription', (id, properties) => {
    const { TopicArn, Protocol, Endpoint, RawMessageDelivery, RedrivePolicy } = properties;
    // Whom an alarm tells by mail is the account's affair.
    if (Protocol !== 'sqs' && Protocol !== 'email') {
      throw new Error(`${id}: the protocol ${Protocol} is not run on the laptop.`);
    }
    return {
      topicArn: TopicArn,
      protocol: Protocol,
      queueArn: String(Endpoint),
      raw: RawMessageDelivery === true,
      deadLetterArn:
        (RedrivePolicy as { deadLetterTargetArn?: string } | undefined)?.deadLetterTargetArn ?? null,
    };
  });
  return from.each('AWS::SNS::Topic', (id) => ({
    name: from.name(id),
    arn: from.arn(id),
    subscriptions: subscriptions
      .filter(({ topicArn, protocol }) => topicArn === from.arn(id) && protocol === 'sqs')
      .map(({ queueArn, raw, deadLetterArn }) => ({ queueArn, raw, deadLetterArn })),
  }));
}

function functionsOf(from: Resolved, assets: Record<string, string>): FunctionSetting[] {
  return from.each('AWS::Lambda::Function', (id, properties) => {
    const folder = assets[String((properties.Code as { S3Key?: string }).S3Key)];
    if (folder === undefined) throw new Error(`${id}: its code is not among the assets.`);
    const environment = (properties.Environment as { Variables?: Record<string, string> } | undefined)
      ?.Variables;
    return {
      id,
      arn: from.arn(id),
      name: from.name(id),
      folder,
      handler: String(properties.Handler),
      environment: environment ?? {},
      memory: Number(properties.MemorySize ?? 128),
      timeout: Number(properties.Timeout ?? 3),
      ...((properties.TracingConfig as { Mode?: string } | undefined)?.Mode === 'Active'
        ? { traced: true }
        : {}),
    };
  });
}

/** Functions are named by ARN or by name, as the service pleases. */
function functionArn(from: Resolved, given: unknown): string {
  const arns = from.each('AWS::Lambda::Function', (id) => ({ name: from.name(id), arn: from.arn(id) }));
  return arns.find(({ name }) => name === given)?.arn ?? String(given);
}

function sourcesOf(from: Resolved): Pick<Plan, 'queueSources' | 'streamSources'> {
  const tables = new Map(
    from.each('AWS::DynamoDB::Table', (id) => [from.streamArn(id), from.name(id)] as const),
  );
  const queueSources: QueueSourceSetting[] = [];
  const streamSources: StreamSourceSetting[] = [];
  from.each('AWS::Lambda::EventSourceMapping', (id, properties) => {
    if (properties.Enabled === false) return;
    const sourceArn = String(properties.EventSourceArn);
    const patterns =
      (properties.FilterCriteria as { Filters?: { Pattern: string }[] } | undefined)?.Filters ?? [];
    const common = {
      id,
      functionArn: functionArn(from, properties.FunctionName),
      batchingWindow: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
      reportBatchItemFailures: ((properties.FunctionResponseTypes ?? []) as string[]).includes(
        'ReportBatchItemFailures',
      ),
    };
    const table = tables.get(sourceArn);
    if (table === undefined) {
      if (patterns.length > 0) throw new Error(`${id}: filters on a queue are not run on the laptop.`);
      const { MaximumConcurrency = 1000 } = (properties.ScalingConfig ?? {}) as {
        MaximumConcurrency?: number;
      };
      queueSources.push({
        ...common,
        queueArn: sourceArn,
        batchSize: Number(properties.BatchSize ?? 10),
        maxConcurrency: Number(MaximumConcurrency),
      });
      return;
    }
    if (properties.StartingPosition !== 'TRIM_HORIZON') {
      throw new Error(
        `${id}: a stream is read from TRIM_HORIZON on the laptop, not from ${properties.StartingPosition}.`,
      );
    }
    streamSources.push({
      ...common,
      table,
      streamArn: sourceArn,
      batchSize: Number(properties.BatchSize ?? 100),
      filters: patterns.map(({ Pattern }) => JSON.parse(Pattern) as Fields),
      maximumRetryAttempts: Number(properties.MaximumRetryAttempts ?? -1),
      bisect: properties.BisectBatchOnFunctionError === true,
      onFailureQueueArn: failureQueue(properties.DestinationConfig),
    });
  });
  return { queueSources, streamSources };
}

function failureQueue(config: unknown): string | null {
  return (config as { OnFailure?: { Destination?: string } } | undefined)?.OnFailure?.Destination ?? null;
}

function machinesOf(from: Resolved): MachineSetting[] {
  return from.each('AWS::StepFunctions::StateMachine', (id, properties) => {
    const { DefinitionString, DefinitionSubstitutions, StateMachineType } = properties;
    if (StateMachineType !== undefined && StateMachineType !== 'STANDARD') {
      throw new Error(`${id}: only standard machines are run on the laptop.`);
    }
    const substitutions = (DefinitionSubstitutions ?? {}) as Record<string, string>;
    const definition = substitute(String(DefinitionString), substitutions, (unknown) => {
      throw new Error(`${id}: nothing stands for \${${unknown}} in the definition.`);
    });
    // Refused now, by name, and not when the first execution comes to what is not run.
    readMachine(definition);
    return { arn: from.arn(id), name: from.name(id), definition };
  });
}

function schedulesOf(from: Resolved): ScheduleSetting[] {
  const configs = new Map(
    from.each(
      'AWS::Lambda::EventInvokeConfig',
      (_, properties) => [functionArn(from, properties.FunctionName), properties] as const,
    ),
  );
  return from
    .each('AWS::Scheduler::Schedule', (id, properties) => {
      if (properties.State === 'DISABLED') return [];
      const { Arn, Input, DeadLetterConfig } = properties.Target as {
        Arn: unknown;
        Input?: string;
        DeadLetterConfig?: { Arn: string };
      };
      const target = functionArn(from, Arn);
      const config = configs.get(target);
      return [
        {
          id,
          expression: String(properties.ScheduleExpression),
          timezone: String(properties.ScheduleExpressionTimezone ?? 'UTC'),
          functionArn: target,
          input: JSON.parse(Input ?? '{}') as unknown,
          retries: Number(config?.MaximumRetryAttempts ?? 2),
          onFailureQueueArn: failureQueue(config?.DestinationConfig),
          deadLetterArn: DeadLetterConfig?.Arn ?? null,
        },
      ];
    })
    .flat();
}

/** Rules run in the order that After gives them. */
function rulesOf(from: Resolved): RuleSetting[] {
  const rules = from.each('AWS::SES::ReceiptRule', (id, { Rule, RuleSetName, After }) => {
    const rule = Rule as Fields;
    const name = String(rule.Name ?? from.name(id));
    return { after: After ?? null, setting: ruleOf(id, name, String(RuleSetName), rule) };
  });
  const following = (name: string | null): RuleSetting[] =>
    rules
      .filter(({ after }) => after === name)
      .flatMap(({ setting }) => [setting, ...following(setting.name)]);
  return following(null);
}

function ruleOf(id: string, name: string, ruleSet: string, rule: Fields): RuleSetting {
  // TlsPolicy is the account's affair: the laptop's door knows no TLS.
  const { Name: _, TlsPolicy: __, Enabled, Recipients, ScanEnabled, Actions, ...rest } = rule;
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Error(`${id}: ${unknown} of a receipt rule is not run on the laptop.`);
  return {
    name,
    ruleSet,
    enabled: Enabled === true,
    scan: ScanEnabled === true,
    recipients: ((Recipients ?? []) as string[]).map((recipient) => recipient.toLowerCase()),
    actions: ((Actions ?? []) as Fields[]).map((action) => actionOf(id, action)),
  };
}

function actionOf(id: string, { StopAction, S3Action, ...others }: Fields): RuleSetting['actions'][number] {
  const { BucketName, ObjectKeyPrefix, TopicArn, ...rest } = (S3Action ?? {}) as Fields;
  const unknown = [...Object.keys(others), ...Object.keys(rest)];
  if (unknown.length > 0) {
    throw new Error(`${id}: ${unknown.join(', ')} in an action of a receipt rule is not run on the laptop.`);
  }
  if (StopAction !== undefined) return { kind: 'stop' };
  const topicArn = TopicArn === undefined ? null : String(TopicArn);
  return { kind: 'store', bucket: String(BucketName), prefix: String(ObjectKeyPrefix ?? ''), topicArn };
}

function mailerOf(from: Resolved): MailerSetting {
  const destinations = from.each('AWS::SES::ConfigurationSetEventDestination', (id, properties) => ({
    set: properties.ConfigurationSetName,
    destination: destinationOf(id, properties.EventDestination as Fields),
  }));
  return {
    identities: from.each('AWS::SES::EmailIdentity', (_, { EmailIdentity }) =>
      String(EmailIdentity).toLowerCase(),
    ),
    configurationSets: from.each('AWS::SES::ConfigurationSet', (id) => ({
      name: from.ref(id),
      destinations: destinations
        .filter(({ set }) => set === from.ref(id))
        .flatMap(({ destination }) => destination),
    })),
  };
}

function destinationOf(id: string, destination: Fields): ConfigurationSet['destinations'] {
  const { Name: _, Enabled, MatchingEventTypes, SnsDestination, ...rest } = destination;
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Error(`${id}: ${unknown} as an event destination is not run on the laptop.`);
  if (Enabled !== true) return [];
  const events = (MatchingEventTypes as string[]).map((type) => type.toLowerCase());
  return [{ topicArn: String((SnsDestination as Fields).TopicARN), events }];
}

function policiesOf(from: Resolved, { region, accountId }: Place): Policies {
  const roles: Policies['roles'] = {};
  const resources: Policies['resources'] = {};
  const attach = (resourceArn: string, statements: PolicyStatement[]) => {
    resources[resourceArn] = [...(resources[resourceArn] ?? []), ...statements];
  };
  from.each('AWS::IAM::Role', (id, { Policies: inline, AssumeRolePolicyDocument }) => {
    const arn = from.arn(id);
    roles[arn] = ((inline ?? []) as Fields[]).flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument));
    // A trust policy is the role's own, and names no resource.
    attach(
      arn,
      statementsOf(AssumeRolePolicyDocument).map((statement) => ({ ...statement, Resource: arn })),
    );
  });
  from.each('AWS::IAM::Policy', (_, { PolicyDocument, Roles }) => {
    for (const role of Roles as string[]) {
      roles[`arn:aws:iam::${accountId}:role/${role}`]?.push(...statementsOf(PolicyDocument));
    }
  });

  from.each('AWS::S3::BucketPolicy', (_, { Bucket, PolicyDocument }) => {
    attach(`arn:aws:s3:::${Bucket}`, statementsOf(PolicyDocument));
  });
  from.each('AWS::SNS::TopicPolicy', (_, { Topics, PolicyDocument }) => {
    for (const topic of Topics as string[]) attach(topic, statementsOf(PolicyDocument));
  });
  from.each('AWS::SQS::QueuePolicy', (_, { Queues, PolicyDocument }) => {
    for (const url of Queues as string[]) {
      attach(`arn:aws:sqs:${region}:${accountId}:${url.split('/').at(-1)}`, statementsOf(PolicyDocument));
    }
  });

  const roleOf: Policies['roleOf'] = {};
  from.each('AWS::Lambda::Function', (id, { Role }) => {
    roleOf[id] = String(Role);
    roleOf[from.arn(id)] = String(Role);
  });
  from.each('AWS::StepFunctions::StateMachine', (id, { RoleArn }) => {
    roleOf[from.arn(id)] = String(RoleArn);
  });
  from.each('AWS::Scheduler::Schedule', (id, { Target }) => {
    roleOf[id] = String((Target as Fields).RoleArn);
  });
  return { roles, roleOf, resources };
}

function statementsOf(document: unknown): PolicyStatement[] {
  return (document as { Statement: PolicyStatement[] }).Statement;
}
