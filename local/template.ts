/**
 * CloudFormation's template, resolved: names, ARNs, references and the few intrinsic functions that the stack uses.
 * Types, properties, functions and attributes that are not listed here are refused by name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fields } from './protocol.ts';
import { queueUrl } from './queue-service.ts';

interface Resource {
  Type: string;
  Properties?: Fields;
  DependsOn?: string | string[];
  Condition?: string;
}

interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown }>;
  Parameters?: Record<string, { Default?: string }>;
}

export interface Assembly {
  stackName: string;
  template: Template;
  /** The folder of each asset by the name under which Code asks for it. */
  assets: Record<string, string>;
}

/** Where the laptop stands in for an account. */
export interface Place {
  /** The gateway's. */
  endpoint: string;
  region: string;
  accountId: string;
}

export interface Resolved {
  /** What `make` makes of each resource of the type, its properties resolved. */
  each<T>(type: string, make: (id: string, properties: Fields) => T): T[];
  /** The physical name. */
  name(id: string): string;
  arn(id: string): string;
  /** Of a table. */
  streamArn(id: string): string;
  ref(id: string): string;
  resolve(value: unknown): unknown;
  /** Custom resources by logical id, in the order in which CloudFormation would make them. */
  customs: { id: string; type: string; properties: Fields }[];
}

/** The one stack of a cloud assembly. */
export function readAssembly(outdir: string): Assembly {
  const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  const artifacts = Object.entries(
    read('manifest.json').artifacts as Record<string, { type: string; properties: Record<string, string> }>,
  );
  const [stackName, stack] = artifacts.find(([, { type }]) => type === 'aws:cloudformation:stack') ?? [];
  if (stackName === undefined || stack === undefined) throw new Error(`There is no stack in ${outdir}.`);
  const assets: Record<string, string> = {};
  for (const [, { type, properties }] of artifacts) {
    if (type !== 'cdk:asset-manifest') continue;
    const files = read(properties.file as string).files as Record<
      string,
      { source: { path: string }; destinations: Record<string, { objectKey: string }> }
    >;
    for (const { source, destinations } of Object.values(files)) {
      for (const { objectKey } of Object.values(destinations)) assets[objectKey] = join(outdir, source.path);
    }
  }
  return { stackName, template: read(stack.properties.templateFile as string) as Template, assets };
}

/** Resources that only the account has a use for. */
const ACCOUNT_ONLY = new Set([
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CDK::Metadata',
  'AWS::Route53::RecordSet',
]);

/** Properties by type: those that the laptop runs, and after the bar those that only the account has a use for. */
const PROPERTIES: Record<string, string> = {
  'AWS::DynamoDB::Table':
    'KeySchema AttributeDefinitions GlobalSecondaryIndexes StreamSpecification TimeToLiveSpecification BillingMode | PointInTimeRecoverySpecification DeletionProtectionEnabled Tags SSESpecification',
  'AWS::S3::Bucket':
    'LifecycleConfiguration | BucketEncryption OwnershipControls PublicAccessBlockConfiguration VersioningConfiguration LoggingConfiguration Tags',
  'AWS::S3::BucketPolicy': 'Bucket PolicyDocument',
  'AWS::SQS::Queue':
    'VisibilityTimeout DelaySeconds MessageRetentionPeriod MaximumMessageSize RedrivePolicy | SqsManagedSseEnabled ReceiveMessageWaitTimeSeconds Tags',
  'AWS::SQS::QueuePolicy': 'Queues PolicyDocument',
  'AWS::SNS::Topic': '| DisplayName Tags',
  'AWS::SNS::TopicPolicy': 'Topics PolicyDocument',
  'AWS::SNS::Subscription': 'TopicArn Protocol Endpoint RawMessageDelivery RedrivePolicy',
  'AWS::Lambda::Function':
    'Code Environment Handler MemorySize Role Runtime Timeout FunctionName | Architectures Description LoggingConfig TracingConfig Tags EphemeralStorage',
  'AWS::Lambda::EventSourceMapping':
    'BatchSize BisectBatchOnFunctionError DestinationConfig Enabled EventSourceArn FilterCriteria FunctionName FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRetryAttempts ScalingConfig StartingPosition ParallelizationFactor | MaximumRecordAgeInSeconds Tags',
  'AWS::Lambda::EventInvokeConfig':
    'FunctionName Qualifier DestinationConfig MaximumRetryAttempts | MaximumEventAgeInSeconds',
  'AWS::StepFunctions::StateMachine':
    'DefinitionString DefinitionSubstitutions RoleArn StateMachineType | LoggingConfiguration TracingConfiguration Tags',
  'AWS::Scheduler::Schedule':
    'ScheduleExpression ScheduleExpressionTimezone Target FlexibleTimeWindow State | Description Name GroupName',
  'AWS::SES::ReceiptRuleSet': 'RuleSetName',
  'AWS::SES::ReceiptRule': 'Rule RuleSetName After',
  'AWS::SES::ConfigurationSet':
    'Name | ReputationOptions SuppressionOptions DeliveryOptions SendingOptions TrackingOptions VdmOptions Tags',
  'AWS::SES::ConfigurationSetEventDestination': 'ConfigurationSetName EventDestination',
  'AWS::SES::EmailIdentity':
    'EmailIdentity | ConfigurationSetAttributes DkimAttributes DkimSigningAttributes FeedbackAttributes MailFromAttributes Tags',
  'AWS::IAM::Role': 'Policies AssumeRolePolicyDocument | Description Tags RoleName',
  'AWS::IAM::Policy': 'PolicyDocument Roles PolicyName',
};

/** Throws an Error that names the resource and what about it the laptop does not know. */
export function resolveTemplate(
  { stackName, template }: Assembly,
  { endpoint, region, accountId }: Place,
): Resolved {
  const resources = template.Resources;
  for (const [id, resource] of Object.entries(resources)) check(id, resource);

  const name = (id: string) =>
    resources[id]?.Type === 'AWS::S3::Bucket' ? `${stackName}-${id}`.toLowerCase() : `${stackName}-${id}`;
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  const arnOf: Record<string, (id: string) => string> = {
    'AWS::DynamoDB::Table': (id) => arn('dynamodb', `table/${name(id)}`),
    'AWS::S3::Bucket': (id) => `arn:aws:s3:::${name(id)}`,
    'AWS::SQS::Queue': (id) => arn('sqs', name(id)),
    'AWS::SNS::Topic': (id) => arn('sns', name(id)),
    'AWS::Lambda::Function': (id) => arn('lambda', `function:${name(id)}`),
    'AWS::StepFunctions::StateMachine': (id) => arn('states', `stateMachine:${name(id)}`),
    'AWS::IAM::Role': (id) => `arn:aws:iam::${accountId}:role/${name(id)}`,
    'AWS::Logs::LogGroup': (id) => arn('logs', `log-group:${name(id)}:*`),
    'AWS::CloudWatch::Alarm': (id) => arn('cloudwatch', `alarm:${name(id)}`),
  };
  const streamOf = (id: string) => arn('dynamodb', `table/${name(id)}/stream/laptop`);

  /** What Ref gives is each type's own affair: an ARN, a URL or a name. */
  const refer = (id: string): string => {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::StackName': stackName,
      'AWS::StackId': arn('cloudformation', `stack/${stackName}/laptop`),
      'AWS::URLSuffix': 'amazonaws.com',
    };
    if (pseudo[id] !== undefined) return pseudo[id];
    const parameter = template.Parameters?.[id];
    if (parameter) return String(parameter.Default ?? '');
    const resource = resources[id];
    switch (resource?.Type) {
      case undefined:
        throw new Error(`There is no ${id} in the template.`);
      case 'AWS::SNS::Topic':
      case 'AWS::StepFunctions::StateMachine':
        return arnOf[resource.Type]?.(id) as string;
      case 'AWS::SQS::Queue':
        return queueUrl(endpoint, { arn: arnOf[resource.Type]?.(id) as string, name: name(id) });
      case 'AWS::SES::EmailIdentity':
        return String(resolve(resource.Properties?.EmailIdentity));
      case 'AWS::SES::ReceiptRuleSet':
        return String(resource.Properties?.RuleSetName ?? name(id));
      case 'AWS::SES::ConfigurationSet':
        return String(resource.Properties?.Name ?? name(id));
      default:
        return name(id);
    }
  };

  const attribute = (id: string, attributeName: string): string => {
    const type = resources[id]?.Type ?? '';
    if (attributeName === 'Arn' && arnOf[type]) return arnOf[type](id);
    switch (`${type} ${attributeName}`) {
      case 'AWS::DynamoDB::Table StreamArn':
        return streamOf(id);
      case 'AWS::SQS::Queue QueueName':
      case 'AWS::SNS::Topic TopicName':
      case 'AWS::StepFunctions::StateMachine Name':
        return name(id);
      case 'AWS::SNS::Topic TopicArn':
        return refer(id);
    }
    if (type === 'AWS::SES::EmailIdentity' && /^DkimDNSToken(Name|Value)[123]$/.test(attributeName))
      return `${attributeName.toLowerCase()}.laptop`;
    throw new Error(
      `${id}: the attribute ${attributeName} of ${type || 'what is not in the template'} is not known to the laptop.`,
    );
  };

  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::')))
      return intrinsic(first[0], first[1]);
    return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]));
  };

  const intrinsic = (kind: string, argument: unknown): unknown => {
    switch (kind) {
      case 'Ref':
        return argument === 'AWS::NoValue' ? undefined : refer(String(argument));
      case 'Fn::GetAtt': {
        const [id = '', ...rest] = Array.isArray(argument)
          ? (argument as string[])
          : String(argument).split('.');
        return attribute(id, rest.join('.'));
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return (resolve(parts) as string[]).join(separator);
      }
      case 'Fn::Sub': {
        const [text, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Fields];
        return substitute(
          text,
          resolve(own) as Record<string, string>,
          (path) => (path.includes('.') ? intrinsic('Fn::GetAtt', path) : refer(path)) as string,
        );
      }
      case 'Fn::Select': {
        const [index, list] = argument as [number | string, unknown];
        return (resolve(list) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(resolve(text)).split(separator);
      }
      default:
        throw new Error(`${kind} is not known to the laptop.`);
    }
  };

  const each = <T>(type: string, make: (id: string, properties: Fields) => T): T[] =>
    Object.entries(resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => make(id, (resolve(resource.Properties ?? {}) ?? {}) as Fields));

  return {
    each,
    name,
    arn: (id) => arnOf[resources[id]?.Type ?? '']?.(id) as string,
    streamArn: streamOf,
    ref: refer,
    resolve,
    customs: customsInOrder(resources).map((id) => ({
      id,
      type: resources[id]?.Type ?? '',
      properties: resolve(resources[id]?.Properties ?? {}) as Fields,
    })),
  };
}

function check(id: string, { Type, Properties = {}, Condition }: Resource): void {
  if (Condition !== undefined) throw new Error(`${id}: conditions are not run on the laptop.`);
  if (ACCOUNT_ONLY.has(Type) || isCustom(Type)) return;
  const known = PROPERTIES[Type];
  if (known === undefined)
    throw new Error(`${id}: the laptop does not know how to run a resource of type ${Type}.`);
  const unknown = Object.keys(Properties).find((property) => !known.split(' ').includes(property));
  if (unknown)
    throw new Error(`${id}: the laptop does not know how to run the property ${unknown} of ${Type}.`);
}

function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** `${Name}` becomes what stands for it; `${!Name}` is how a literal `${Name}` is written. */
export function substitute(
  text: string,
  own: Record<string, string>,
  other: (name: string) => string,
): string {
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal, name) =>
    literal ? `\${${name}}` : Object.hasOwn(own, name) ? (own[name] as string) : other(name),
  );
}

/** Each after those that it depends on, by DependsOn or by reference. */
function customsInOrder(resources: Record<string, Resource>): string[] {
  const customs = Object.keys(resources).filter((id) => isCustom(resources[id]?.Type ?? ''));
  const order: string[] = [];
  const visited = new Set<string>();
  const visit = (id: string) => {
    if (visited.has(id)) return;
    visited.add(id);
    for (const needed of dependenciesOf(resources[id])) visit(needed);
    if (customs.includes(id)) order.push(id);
  };
  for (const id of customs) visit(id);
  return order;
}

function dependenciesOf(resource: Resource | undefined): string[] {
  if (!resource) return [];
  const direct = resource.DependsOn === undefined ? [] : [resource.DependsOn].flat();
  const referred = [
    ...JSON.stringify(resource.Properties ?? {}).matchAll(
      /"Ref":"([A-Za-z0-9]+)"|"Fn::GetAtt":\["([A-Za-z0-9]+)"/g,
    ),
  ].map(([, ref, got]) => (ref ?? got) as string);
  return [...direct, ...referred];
}
