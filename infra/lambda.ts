/**
 * A function as all of ours are: Node 24 on arm64, a role of its own with exactly the rights that `permissions.ts`
 * names, a log group of its own. No VPC, no physical name, and no reserved concurrency: a new account may run 10
 * functions at once, and reserving any of them fails its first deployment. `maxConcurrency` on the queues holds
 * functions back instead.
 */
import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  EventSourceMapping,
  type EventSourceMappingOptions,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { keepLogicalId } from './names.ts';
import { TRACED, TRACING, wildcards } from './permissions.ts';

/** One file in functions/ each, and one asset folder. */
export const FUNCTIONS = [
  'receive-email',
  'relay-events',
  'send-update',
  'start-watch',
  'advance-watch',
  'receive-feedback',
  'sweep',
  'send-digests',
  'send-report',
  'send-canary',
  'count-measures',
  'provision',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Asset folders, made by `bundle`. */
export type Bundles = Record<FunctionName, string>;

interface FunctionProps {
  name: FunctionName;
  bundles: Bundles;
  /** What it is for, in the console. */
  description: string;
  /** MB. A whole vCPU comes with 1,769. */
  memory: number;
  /** Seconds. */
  timeout: number;
  environment: Record<string, string>;
  permissions: PolicyStatement[];
  /** Tells metrics of core/metrics.ts, under the stack's name. */
  tells?: boolean;
  /** The queue that feeds it, and how; `window`: seconds in which its messages are gathered. */
  queue?: { queue: IQueue; window?: number } & Pick<
    EventSourceMappingOptions,
    'batchSize' | 'maxConcurrency'
  >;
  /** Where Lambda leaves what a stream or an asynchronous call could not get done; the function's role sends it. */
  failures?: IQueue;
}

export function deskFunction(scope: Construct, props: FunctionProps): LambdaFunction {
  const id = logicalId(props.name);
  const logGroup = keepLogicalId(
    new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    `${id}Logs`,
  );
  const statements = [
    ...props.permissions,
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  ];
  const isTraced = TRACED.includes(props.name);
  if (isTraced) statements.push(TRACING);
  if (props.queue) {
    statements.push(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [props.queue.queue.queueArn],
      }),
    );
  }
  if (props.failures) {
    statements.push(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [props.failures.queueArn] }),
    );
  }
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    // Inline, so that the function never exists without its rights, not even for the moment between two resources.
    inlinePolicies: { Rights: new PolicyDocument({ statements }) },
  });
  for (const [resource, reason] of Object.entries({
    ...(isTraced ? OF_TRACES : {}),
    ...wildcards[props.name],
  })) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  }
  const lambda = new LambdaFunction(scope, id, {
    description: props.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(props.bundles[props.name]),
    handler: 'index.handler',
    memorySize: props.memory,
    timeout: Duration.seconds(props.timeout),
    environment: { ...props.environment, ...(props.tells ? { DESK_STACK: Aws.STACK_NAME } : {}) },
    role: keepLogicalId(role, `${id}Role`),
    logGroup,
    loggingFormat: LoggingFormat.JSON,
  });
  // Said here, since the CDK's own switch would add a policy beside the rights above.
  if (isTraced) (lambda.node.defaultChild as CfnFunction).tracingConfig = { mode: 'Active' };
  keepLogicalId(lambda, id);
  if (props.queue) {
    const { queue, window, ...options } = props.queue;
    keepLogicalId(
      new EventSourceMapping(scope, `${id}Source`, {
        target: lambda,
        eventSourceArn: queue.queueArn,
        reportBatchItemFailures: true,
        ...(window ? { maxBatchingWindow: Duration.seconds(window) } : {}),
        ...options,
      }),
      `${id}Source`,
    );
  }
  return lambda;
}

const OF_TRACES = { '*': 'X-Ray takes traces by calls that know no resource.' };

/** `receive-email` is `ReceiveEmail` in the template. */
function logicalId(name: FunctionName): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
