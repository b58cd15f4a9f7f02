import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPlan } from '../../local/plan.ts';
import { readAssembly } from '../../local/template.ts';
import { type Resources, smallDesk, writeAssembly } from './assembly.ts';
import { temporaryFolder } from './world.ts';

function plan(change: (resources: Resources) => void = () => {}) {
  const resources = smallDesk();
  change(resources);
  const folder = writeAssembly(join(temporaryFolder(), 'cdk.out'), resources);
  return {
    folder,
    ...readPlan(readAssembly(folder), {
      endpoint: 'http://127.0.0.1:4000',
      region: 'us-east-1',
      accountId: '000000000000',
    }),
  };
}

test('a queue’s Ref is its URL at the gateway, since the SDK calls the host in it', () => {
  const { outputs, functions } = plan();
  expect(outputs.MailQueueUrl).toBe('http://127.0.0.1:4000/000000000000/Desk-MailQueue');
  expect(functions.find(({ id }) => id === 'Relay')?.environment).toEqual({
    DESK_UPDATES_QUEUE: 'http://127.0.0.1:4000/000000000000/Desk-UpdatesQueue',
  });
});

test('a function is its asset’s folder with memory, time-out and environment of the template', () => {
  const { functions, folder } = plan();
  expect(functions.find(({ id }) => id === 'Advance')).toEqual({
    id: 'Advance',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:Desk-Advance',
    name: 'Desk-Advance',
    folder: join(folder, 'asset.Advance'),
    handler: 'index.handler',
    environment: { DESK_TABLE: 'Desk-Table', DESK_CLOCK: '' },
    memory: 128,
    timeout: 10,
  });
});

test('queues know their dead-letter queue, and mappings their queue, function and limits', () => {
  const { queues, queueSources } = plan();
  expect(queues.find(({ name }) => name === 'Desk-MailQueue')).toMatchObject({
    visibilityTimeout: 60,
    deadLetter: { arn: 'arn:aws:sqs:us-east-1:000000000000:Desk-DeadLetters', maxReceiveCount: 5 },
  });
  expect(queueSources.find(({ id }) => id === 'ReceiveSource')).toEqual({
    id: 'ReceiveSource',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Desk-Receive',
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:Desk-MailQueue',
    batchSize: 1,
    batchingWindow: 0,
    maxConcurrency: 2,
    reportBatchItemFailures: true,
  });
});

test('the machine’s substitutions are made in its definition', () => {
  const { machines } = plan();
  expect(machines[0]?.definition).toContain(
    '"FunctionName":"arn:aws:lambda:us-east-1:000000000000:function:Desk-Advance"',
  );
});

test('an asynchronous function’s retries and failure destination belong to its schedule', () => {
  const { schedules } = plan((resources) => {
    resources.Failures = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Sweep' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } },
      },
    };
  });
  expect(schedules).toMatchObject([
    {
      id: 'SweepSchedule',
      expression: 'rate(1 hour)',
      timezone: 'UTC',
      retries: 1,
      onFailureQueueArn: 'arn:aws:sqs:us-east-1:000000000000:Desk-DeadLetters',
    },
  ]);
});

test('receipt rules stand in the order that After gives them', () => {
  const { rules } = plan((resources) => {
    const rule = resources.Rule as Resources[string];
    const named = (Name: string, After?: string) => ({
      ...rule,
      Properties: {
        ...rule.Properties,
        ...(After ? { After } : {}),
        Rule: { ...(rule.Properties?.Rule as object), Name },
      },
    });
    resources.Rule = named('second', 'first');
    resources.Third = named('third', 'second');
    resources.First = named('first');
  });
  expect(rules.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
});

test('custom resources come after those that they depend on', () => {
  const { customs } = plan((resources) => {
    resources.Before = {
      Type: 'Custom::Before',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Provision', 'Arn'] } },
    };
    resources.Rule = { ...(resources.Rule as Resources[string]), DependsOn: ['Before'] };
  });
  expect(customs.map(({ id }) => id)).toEqual(['Before', 'Activation']);
});

test('a policy that stands beside its role is the role’s', () => {
  const { policies } = plan((resources) => {
    resources.More = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'More',
        Roles: [{ Ref: 'SweepRole' }],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
      },
    };
  });
  expect(policies.roles['arn:aws:iam::000000000000:role/Desk-SweepRole']).toMatchObject([
    { Action: 'dynamodb:PutItem' },
    { Action: 's3:GetObject' },
  ]);
});

const properties = (id: string, more: object) => (resources: Resources) => {
  resources[id] = {
    ...(resources[id] as Resources[string]),
    Properties: { ...resources[id]?.Properties, ...more },
  };
};

test.each<[string, (resources: Resources) => void, string]>([
  [
    'a type that it does not run',
    (resources) => Object.assign(resources, { Cluster: { Type: 'AWS::ECS::Cluster' } }),
    'Cluster: the laptop does not know how to run a resource of type AWS::ECS::Cluster',
  ],
  [
    'a property that it does not run',
    properties('MailQueue', { FifoQueue: true }),
    'MailQueue: the laptop does not know how to run the property FifoQueue',
  ],
  [
    'an action of a rule that it does not run',
    properties('Rule', { Rule: { Enabled: true, Actions: [{ BounceAction: {} }] } }),
    'BounceAction',
  ],
  [
    'a key of its own for stored mail',
    properties('Rule', {
      Rule: { Enabled: true, Actions: [{ S3Action: { BucketName: 'b', KmsKeyArn: 'k' } }] },
    }),
    'KmsKeyArn',
  ],
  [
    'a lifecycle rule that it does not run',
    properties('Bucket', {
      LifecycleConfiguration: { Rules: [{ Id: 'x', Status: 'Enabled', TagFilters: [] }] },
    }),
    'TagFilters',
  ],
  ['an express machine', properties('Machine', { StateMachineType: 'EXPRESS' }), 'standard'],
  [
    'a state that it does not run',
    properties('Machine', { DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Map","End":true}}}' }),
    'the type Map',
  ],
  [
    'a placeholder that nothing stands for',
    properties('Machine', { DefinitionSubstitutions: {} }),
    'nothing stands for',
  ],
  [
    'a condition',
    (resources) => Object.assign(resources.Table as object, { Condition: 'Sometimes' }),
    'conditions',
  ],
  [
    'an intrinsic function that it does not know',
    properties('Table', { KeySchema: { 'Fn::ImportValue': 'x' } }),
    'Fn::ImportValue',
  ],
  [
    'a reference to nothing',
    properties('Receive', { Environment: { Variables: { A: { Ref: 'Nobody' } } } }),
    'There is no Nobody',
  ],
  [
    'an attribute that it does not know',
    properties('Receive', { Environment: { Variables: { A: { 'Fn::GetAtt': ['Table', 'Colour'] } } } }),
    'the attribute Colour',
  ],
  [
    'an asset that is missing',
    properties('Receive', { Code: { S3Key: 'none.zip' } }),
    'not among the assets',
  ],
])('%s is refused by name', (_, change, reason) => {
  expect(() => plan(change)).toThrow(reason);
});
