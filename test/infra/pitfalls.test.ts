/**
 * What fails a first deployment, or lets it pass and loses mail later. Each has a check that finds nothing in the template
 * that is deployed, and finds the fault when it is planted. docs/proof.md lists them.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type DeskTemplate,
  DOMAIN,
  deskTemplate,
  getAtt,
  list,
  policyOn,
  property,
  type Resource,
  ref,
  resource,
  resources,
  rights,
  spelled,
} from './desk-template.ts';

const template = await deskTemplate();

interface Pitfall {
  /** What is wrong with it; empty if nothing is. */
  find: (template: DeskTemplate) => string[];
  plant: (template: DeskTemplate) => void;
}

const of = (template: DeskTemplate, type: string) =>
  resources(template, type).map(([id, { Properties }]) => ({ id, Properties }));
const props = (template: DeskTemplate, id: string) => resource(template, id).Properties;
/** Those for which it does not hold. */
const unless = <T extends { id: string }>(all: T[], holds: (one: T) => boolean): string[] =>
  all.length === 0 ? ['none of them'] : all.filter((one) => !holds(one)).map(({ id }) => id);
const fed = (template: DeskTemplate, by: 'queue' | 'stream') =>
  of(template, 'AWS::Lambda::EventSourceMapping').filter(
    ({ Properties }) => JSON.stringify(Properties.EventSourceArn).includes('StreamArn') === (by === 'stream'),
  );
const rule = (template: DeskTemplate) => property(props(template, 'MailRule'), 'Rule');
const sender = (template: DeskTemplate) =>
  rights(template, 'SendUpdateRole').find(({ Action }) => list(Action).includes('ses:SendRawEmail'));
const NAMES =
  /^(Table|Bucket|Queue|Topic|Role|StateMachine|Function|Alarm|RuleSet|ConfigurationSet|Dashboard)?Name$/;
/** As of SES's, Lambda's and CloudFormation's pages of quotas. */
const MOST = { executions: 10, resources: 500, outputs: 200, template: 1_000_000, inlinePolicy: 10_240 };

const PITFALLS: Record<string, Pitfall> = {
  'a receipt rule that does not scan: every verdict says DISABLED': {
    find: (t) => (rule(t).ScanEnabled === true ? [] : ['MailRule']),
    plant: (t) => delete rule(t).ScanEnabled,
  },
  'a receipt rule for no recipient in particular: it takes the mail of every domain of the account': {
    find: (t) => (JSON.stringify(rule(t).Recipients) === JSON.stringify([DOMAIN]) ? [] : ['MailRule']),
    plant: (t) => delete rule(t).Recipients,
  },
  'a receipt rule that wants TLS: senders without it are turned away': {
    find: (t) => (rule(t).TlsPolicy === 'Optional' ? [] : ['MailRule']),
    plant: (t) => {
      rule(t).TlsPolicy = 'Require';
    },
  },
  'a receipt rule that is off, as SES makes it where nothing is said': {
    find: (t) => (rule(t).Enabled === true ? [] : ['MailRule']),
    plant: (t) => delete rule(t).Enabled,
  },
  'a key in the S3 action: SES encrypts on the client’s side, in a form that no Node library reads': {
    find: (t) => (rule(t).Actions[0].S3Action.KmsKeyArn === undefined ? [] : ['MailRule']),
    plant: (t) => {
      rule(t).Actions[0].S3Action.KmsKeyArn = 'arn:aws:kms:::alias/aws/ses';
    },
  },
  'mail that only S3 tells of: verdicts and envelope are lost': {
    find: (t) => (rule(t).Actions[0].S3Action.TopicArn ? [] : ['MailRule']),
    plant: (t) => delete rule(t).Actions[0].S3Action.TopicArn,
  },
  'a rule before the policies that it is tried against as it is made: SES refuses it': {
    find: (t) =>
      ['MemoryBucketPolicyDB2472BD', 'MailTopicPolicy'].filter(
        (id) => !resource(t, 'MailRule').DependsOn?.includes(id),
      ),
    plant: (t) => without(resource(t, 'MailRule'), 'MailTopicPolicy'),
  },
  'a rule before there is somebody to take its mail': {
    find: (t) =>
      ['ReceiveEmailSource', 'RelayEventsSource', 'SendUpdateSource', 'WatchMachine', 'Preparation'].filter(
        (id) => !resource(t, 'MailRule').DependsOn?.includes(id),
      ),
    plant: (t) => without(resource(t, 'MailRule'), 'ReceiveEmailSource'),
  },
  'a rule set that is activated before its rule is there': {
    find: (t) => (resource(t, 'Activation').DependsOn?.includes('MailRule') ? [] : ['Activation']),
    plant: (t) => {
      resource(t, 'Activation').DependsOn = [];
    },
  },
  'a rule set that nobody activates: CloudFormation has no property for it': {
    find: (t) => (t.Resources.Activation ? [] : ['Activation']),
    plant: (t) => delete t.Resources.Activation,
  },
  'another system’s rule set taken over without being asked': {
    find: (t) =>
      ['Preparation', 'Activation'].filter(
        (id) => t.Resources[id] && props(t, id).TakeOverActiveRuleSet !== 'false',
      ),
    plant: (t) => {
      props(t, 'Activation').TakeOverActiveRuleSet = 'true';
    },
  },
  'a topic’s policy that replaces the default one and lets no service publish': {
    find: (t) =>
      unless(of(t, 'AWS::SNS::Topic'), ({ id }) =>
        policyOn(t, id).some(
          ({ Effect, Action, Condition }) =>
            Effect === 'Allow' && Action === 'sns:Publish' && Condition?.StringEquals?.['aws:SourceAccount'],
        ),
      ),
    plant: (t) => property(props(t, 'MailTopicPolicy'), 'PolicyDocument.Statement').shift(),
  },
  'a topic encrypted with AWS’s own key, on which SES and CloudWatch have no right': {
    find: (t) => unless(of(t, 'AWS::SNS::Topic'), ({ Properties }) => !Properties?.KmsMasterKeyId),
    plant: (t) => {
      resource(t, 'MailTopic').Properties = { KmsMasterKeyId: 'alias/aws/sns' };
    },
  },
  'a bucket that SES may not write to': {
    find: (t) =>
      policyOn(t, 'Bucket').some(
        ({ Action, Principal, Resource: on }) =>
          Action === 's3:PutObject' &&
          property(Principal, 'Service') === 'ses.amazonaws.com' &&
          spelled(on) === '<Bucket.Arn>/in/*',
      )
        ? []
        : ['Bucket'],
    plant: (t) => {
      property(props(t, 'MemoryBucketPolicyDB2472BD'), 'PolicyDocument').Statement = policyOn(
        t,
        'Bucket',
      ).filter(({ Effect }) => Effect === 'Deny');
    },
  },
  'a bucket with object lock, into which SES does not write': {
    find: (t) =>
      unless(of(t, 'AWS::S3::Bucket'), ({ Properties }) => Properties.ObjectLockEnabled === undefined),
    plant: (t) => {
      props(t, 'Bucket').ObjectLockEnabled = true;
    },
  },
  'a queue that its topic may not write to': {
    find: (t) =>
      ['MailQueue', 'FeedbackQueue'].filter(
        (id) =>
          !policyOn(t, id).some(({ Effect, Action }) => Effect === 'Allow' && Action === 'sqs:SendMessage'),
      ),
    plant: (t) => {
      property(props(t, 'InMailQueuePolicy8AED2575'), 'PolicyDocument').Statement = policyOn(
        t,
        'MailQueue',
      ).filter(({ Effect }) => Effect === 'Deny');
    },
  },
  'reserved concurrency: a new account has ten executions, and may reserve none': {
    find: (t) =>
      unless(
        of(t, 'AWS::Lambda::Function'),
        ({ Properties }) => Properties.ReservedConcurrentExecutions === undefined,
      ),
    plant: (t) => {
      props(t, 'SendUpdate').ReservedConcurrentExecutions = 1;
    },
  },
  'queues that may take all executions of a new account': {
    find: (t) => {
      const most = fed(t, 'queue').map(
        ({ Properties }) =>
          property(Properties, 'ScalingConfig.MaximumConcurrency') ?? Number.POSITIVE_INFINITY,
      );
      return most.reduce((sum, each) => sum + each, 0) <= MOST.executions + 1 && Math.max(...most) <= 5
        ? []
        : ['ScalingConfig'];
    },
    plant: (t) => delete props(t, 'ReceiveEmailSource').ScalingConfig,
  },
  'a queue that hands a message out again while its function still works': {
    find: (t) =>
      unless(fed(t, 'queue'), ({ Properties }) => {
        const queue = resource(t, property(Properties.EventSourceArn, 'Fn::GetAtt.0')).Properties;
        const timeout = Number(resource(t, property(Properties.FunctionName, 'Ref')).Properties.Timeout);
        const window = Number(Properties.MaximumBatchingWindowInSeconds ?? 0);
        return Number(queue.VisibilityTimeout) >= 6 * timeout + window;
      }),
    plant: (t) => {
      props(t, 'MailQueue').VisibilityTimeout = 30;
    },
  },
  'a queue whose poison nobody takes out': {
    find: (t) =>
      unless(fed(t, 'queue'), ({ Properties }) => {
        const queue = resource(t, property(Properties.EventSourceArn, 'Fn::GetAtt.0')).Properties;
        return property(queue, 'RedrivePolicy.maxReceiveCount') === 5;
      }),
    plant: (t) => delete props(t, 'UpdatesQueue').RedrivePolicy,
  },
  'one bad message that makes its whole batch come again': {
    find: (t) =>
      unless(
        [...fed(t, 'queue'), ...fed(t, 'stream')],
        ({ Properties }) =>
          (Properties.FunctionResponseTypes as string[] | undefined)?.includes('ReportBatchItemFailures') ===
          true,
      ),
    plant: (t) => delete props(t, 'StartWatchSource').FunctionResponseTypes,
  },
  'one bad record that blocks a stream for a day: it is tried for ever unless something is said': {
    find: (t) =>
      unless(
        fed(t, 'stream'),
        ({ Properties }) =>
          Number(Properties.MaximumRetryAttempts) <= 10 &&
          property(Properties, 'DestinationConfig.OnFailure.Destination') !== undefined,
      ),
    plant: (t) => delete props(t, 'RelayEventsSource').MaximumRetryAttempts,
  },
  'a third reader of the stream, which throttles the others': {
    find: (t) => (fed(t, 'stream').length <= 2 ? [] : ['Table']),
    plant: (t) => {
      t.Resources.Third = structuredClone(resource(t, 'RelayEventsSource'));
    },
  },
  'rights in a policy of their own: a mapping is made before they are there, and refused': {
    find: (t) =>
      unless(
        of(t, 'AWS::Lambda::Function').map(({ id }) => ({ id, role: props(t, `${id}Role`) })),
        ({ role }) => Array.isArray(role.Policies) && role.Policies.length > 0,
      ),
    plant: (t) => delete props(t, 'ReceiveEmailRole').Policies,
  },
  'a right to send that leaves out the configuration set: each call that names it is refused': {
    find: (t) =>
      list(sender(t)?.Resource ?? []).some((arn) => arn.includes(':configuration-set/'))
        ? []
        : ['SendUpdateRole'],
    plant: (t) => withoutResource(t, 'configuration-set'),
  },
  'a right to send from one identity alone: in the sandbox the recipient’s is checked too': {
    find: (t) =>
      list(sender(t)?.Resource ?? []).some((arn) => arn.endsWith(':identity/*')) ? [] : ['SendUpdateRole'],
    plant: (t) => withoutResource(t, 'identity'),
  },
  'a right to send as anybody': {
    find: (t) =>
      sender(t)?.Condition?.StringLike?.['ses:FromAddress'] === `*@${DOMAIN}` ? [] : ['SendUpdateRole'],
    plant: (t) => delete sender(t)?.Condition,
  },
  'bounces that come as mail as well': {
    find: (t) =>
      property(props(t, 'Identity'), 'FeedbackAttributes.EmailForwardingEnabled') === false
        ? []
        : ['Identity'],
    plant: (t) => delete props(t, 'Identity').FeedbackAttributes,
  },
  'SES’s guess at which recipients are real, left on: answers are refused': {
    find: (t) =>
      property(
        props(t, 'ConfigurationSet'),
        'SuppressionOptions.ValidationOptions.ConditionThreshold.ConditionThresholdEnabled',
      ) === 'DISABLED'
        ? []
        : ['ConfigurationSet'],
    plant: (t) => delete property(props(t, 'ConfigurationSet'), 'SuppressionOptions').ValidationOptions,
  },
  'an event destination before it may publish': {
    find: (t) =>
      resource(t, 'FeedbackDestination').DependsOn?.includes('FeedbackTopicPolicy')
        ? []
        : ['FeedbackDestination'],
    plant: (t) => delete resource(t, 'FeedbackDestination').DependsOn,
  },
  'a physical name: what a failed deployment or a deleted stack kept is in the way of the next one': {
    find: (t) =>
      Object.entries(t.Resources).flatMap(([id, { Properties = {} }]) =>
        Object.entries(Properties).flatMap(([name, value]) =>
          NAMES.test(name) && typeof value === 'string' ? [id] : [],
        ),
      ),
    plant: (t) => {
      props(t, 'Bucket').BucketName = 'replydesk';
    },
  },
  'data that go with the stack, or that a failed first deployment leaves behind': {
    find: (t) =>
      ['Table', 'Bucket'].filter(
        (id) =>
          resource(t, id).DeletionPolicy !== 'RetainExceptOnCreate' ||
          resource(t, id).UpdateReplacePolicy !== 'Retain',
      ),
    plant: (t) => {
      resource(t, 'Table').DeletionPolicy = 'Delete';
    },
  },
  'a runtime that Lambda no longer makes functions for': {
    find: (t) =>
      unless(of(t, 'AWS::Lambda::Function'), ({ Properties }) => Properties.Runtime === 'nodejs24.x'),
    plant: (t) => {
      props(t, 'Sweep').Runtime = 'nodejs20.x';
    },
  },
  'a custom resource that holds the deployment for an hour when its function cannot answer': {
    find: (t) =>
      unless(
        Object.entries(t.Resources).flatMap(([id, { Type, Properties }]) =>
          Type.startsWith('Custom::') ? [{ id, Properties }] : [],
        ),
        ({ Properties }) => Number(Properties.ServiceTimeout) <= 600,
      ),
    plant: (t) => delete props(t, 'Preparation').ServiceTimeout,
  },
  'a machine’s log outside the names that share one policy, which grows until it is full': {
    find: (t) =>
      spelled(props(t, 'WatchMachineLogs').LogGroupName ?? '').startsWith('/aws/vendedlogs/states/')
        ? []
        : ['WatchMachineLogs'],
    plant: (t) => delete props(t, 'WatchMachineLogs').LogGroupName,
  },
  'an express machine, which lives for five minutes': {
    find: (t) => (props(t, 'WatchMachine').StateMachineType === 'STANDARD' ? [] : ['WatchMachine']),
    plant: (t) => {
      props(t, 'WatchMachine').StateMachineType = 'EXPRESS';
    },
  },
  'start-watch before the machine is as it knows it': {
    find: (t) =>
      JSON.stringify(props(t, 'StartWatch').Environment).includes(JSON.stringify(ref('WatchMachine')))
        ? []
        : ['StartWatch'],
    plant: (t) => {
      property(props(t, 'StartWatch'), 'Environment.Variables').DESK_WATCH_MACHINE = 'arn';
    },
  },
  'a schedule whose call nobody misses': {
    find: (t) =>
      unless(
        of(t, 'AWS::Scheduler::Schedule'),
        ({ Properties }) => property(Properties, 'Target.DeadLetterConfig.Arn') !== undefined,
      ),
    plant: (t) => delete property(props(t, 'SweepSchedule'), 'Target').DeadLetterConfig,
  },
  'an account or a region in the template: it is deployed nowhere else': {
    find: (t) => JSON.stringify(t).match(/\b\d{12}\b|\b(us|eu|ap|ca|sa)-[a-z]+-\d\b/g) ?? [],
    plant: (t) => {
      property(props(t, 'AdvanceWatch'), 'Environment.Variables').DESK_TABLE = 'eu-west-1';
    },
  },
  'a reference to what is not there': {
    find: (t) => references(t).flatMap(([id, to]) => (t.Resources[to] ? [] : [`${id} → ${to}`])),
    plant: (t) => {
      props(t, 'Sweep').Role = getAtt('SweepRol', 'Arn');
    },
  },
  'resources that wait for one another': {
    find: (t) => circles(t),
    plant: (t) => {
      resource(t, 'MailTopic').DependsOn = ['MailRule'];
    },
  },
  'more than CloudFormation takes, or IAM in one role': {
    find: (t) => [
      ...(Object.keys(t.Resources).length <= MOST.resources ? [] : ['resources']),
      ...(Object.keys(t.Outputs).length <= MOST.outputs ? [] : ['outputs']),
      ...(JSON.stringify(t).length <= MOST.template ? [] : ['template']),
      ...of(t, 'AWS::IAM::Role').flatMap(({ id, Properties }) =>
        JSON.stringify(Properties.Policies ?? []).length <= MOST.inlinePolicy ? [] : [id],
      ),
    ],
    plant: (t) =>
      property(props(t, 'SweepRole'), 'Policies.0.PolicyDocument.Statement').push({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: Array.from({ length: 500 }, (_, n) => `arn:aws:s3:::bucket/${n}/*`),
      }),
  },
};

function without(of: Resource, id: string): void {
  of.DependsOn = of.DependsOn?.filter((each) => each !== id) ?? [];
}

function withoutResource(t: DeskTemplate, kind: string): void {
  const statement = sender(t);
  const all = (statement?.Resource ?? []) as unknown[];
  if (statement) statement.Resource = all.filter((arn) => !spelled(arn).includes(`:${kind}/`));
}

/** From which resource to which: by Ref, GetAtt and DependsOn. What belongs to AWS and to the stack's parameters is left out. */
function references({ Resources, ...others }: DeskTemplate): [from: string, to: string][] {
  const parameters = new Set(Object.keys((others as { Parameters?: object }).Parameters ?? {}));
  const named = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if ('Ref' in value) return [String(value.Ref)];
    if ('Fn::GetAtt' in value) return [String((value['Fn::GetAtt'] as unknown[])[0])];
    return Object.values(value).flatMap(named);
  };
  return Object.entries(Resources).flatMap(([from, { Properties, DependsOn = [] }]) =>
    [...named(Properties), ...[DependsOn].flat()]
      .filter((to) => !to.startsWith('AWS::') && !parameters.has(to))
      .map((to): [string, string] => [from, to]),
  );
}

/** Those that are left when nothing more can be made. */
function circles(t: DeskTemplate): string[] {
  const waits = new Map(Object.keys(t.Resources).map((id) => [id, new Set<string>()]));
  for (const [from, to] of references(t)) if (waits.has(to)) waits.get(from)?.add(to);
  for (;;) {
    const made = [...waits].filter(([, on]) => on.size === 0).map(([id]) => id);
    if (made.length === 0) return [...waits.keys()];
    for (const id of made) waits.delete(id);
    for (const on of waits.values()) for (const id of made) on.delete(id);
  }
}

describe('a pitfall of first deployments', () => {
  test.each(Object.entries(PITFALLS))('%s', (_, { find, plant }) => {
    expect(find(template)).toEqual([]);
    const spoilt = structuredClone(template);
    plant(spoilt);
    expect(find(spoilt)).not.toEqual([]);
  });

  test('stands in docs/proof.md, each of them', () => {
    const told = readFileSync(new URL('../../docs/proof.md', import.meta.url), 'utf8');
    expect(Object.keys(PITFALLS).filter((name) => !told.includes(`- ${name}`))).toEqual([]);
  });

  test('a version of the CDK’s command line that was published by accident, and that every range would fetch', () => {
    const fixed = (version: string) => /^2\.\d+\.\d+$/.test(version);
    const { devDependencies } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { devDependencies: Record<string, string> };
    for (const name of ['aws-cdk', 'aws-cdk-lib']) expect(devDependencies[name]).toSatisfy(fixed);
    for (const planted of ['^2.1148.1', '3.0.0', 'latest']) expect(planted).not.toSatisfy(fixed);
  });
});
