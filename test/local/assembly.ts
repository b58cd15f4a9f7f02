/**
 * A cloud assembly of a desk in very small: a mail becomes an item, the item's event an update, the update a mail, and a
 * watch looks at it once more after an hour. It has one of everything that the laptop runs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Fields = Record<string, unknown>;
export type Resources = Record<string, { Type: string; Properties?: Fields; DependsOn?: string | string[] }>;

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const ref = (id: string) => ({ Ref: id });

/** Calls AWS as the SDK does, but for the signature. */
const CALL = `
const call = async (service, target, body, type = 'application/x-amz-json-1.0') => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: {
    'content-type': type, ...(target ? { 'x-amz-target': target } : {}),
    authorization: \`AWS4-HMAC-SHA256 Credential=\${process.env.AWS_ACCESS_KEY_ID}/20260101/us-east-1/\${service}/aws4_request, SignedHeaders=host, Signature=0\`,
  } });
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(text), { name: 'CallError' });
  return text;
};
const put = (pk, sk, more = {}) => call('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: process.env.DESK_TABLE, Item: { pk: { S: pk }, sk: { S: sk }, ...more } });
`;

const FUNCTIONS: Record<string, string> = {
  Receive: `export const handler = async ({ Records }) => {
    for (const { body } of Records) {
      const { mail } = JSON.parse(body);
      await put(mail.messageId, 'EVENT#1', { to: { S: mail.source } });
      await call('states', 'AWSStepFunctions.StartExecution', { stateMachineArn: process.env.DESK_WATCH_MACHINE, name: mail.messageId, input: JSON.stringify({ id: mail.messageId, turns: 0 }) });
    }
    return { batchItemFailures: [] };
  };`,
  Relay: `export const handler = async ({ Records }) => {
    for (const { dynamodb } of Records) await call('sqs', 'AmazonSQS.SendMessage', { QueueUrl: process.env.DESK_UPDATES_QUEUE, MessageBody: JSON.stringify(dynamodb.NewImage) });
    return { batchItemFailures: [] };
  };`,
  Send: `export const handler = async ({ Records }) => {
    for (const { body } of Records) {
      const raw = Buffer.from('From: desk@desk.example.test\\r\\nSubject: got it\\r\\nX-Replydesk-Update: acknowledgement\\r\\n\\r\\nThank you.\\r\\n').toString('base64');
      const form = new URLSearchParams({ Action: 'SendRawEmail', Version: '2010-12-01', Source: 'desk@desk.example.test', 'Destinations.member.1': JSON.parse(body).to.S, 'RawMessage.Data': raw, ConfigurationSetName: process.env.DESK_CONFIGURATION_SET, 'Tags.member.1.Name': 'id', 'Tags.member.1.Value': JSON.parse(body).pk.S });
      await call('ses', null, form.toString(), 'application/x-www-form-urlencoded');
    }
    return { batchItemFailures: [] };
  };`,
  Feedback: `export const handler = async ({ Records }) => {
    for (const { body } of Records) {
      if (!body.startsWith('{')) continue;
      const { eventType, mail } = JSON.parse(body);
      await put(mail.tags.id[0], 'SENT', { event: { S: eventType } });
    }
    return { batchItemFailures: [] };
  };`,
  Advance: `export const handler = async ({ id, turns }) => {
    const [real, desk, speed] = process.env.DESK_CLOCK.split(',').map(Number);
    const now = desk + (Date.now() - real) * speed;
    if (turns === 1) await put(id, 'LOOKED', { at: { S: new Date(now).toISOString() } });
    return { id, turns: turns + 1, ...(turns === 0 ? { at: new Date(now + 3600_000).toISOString() } : {}) };
  };`,
  Sweep: `export const handler = async () => { await put('SWEEP', 'SWEEP'); };`,
  Provision: `export const handler = async (event) => {
    if (event.ResourceProperties.Fail) return answer('FAILED', event.ResourceProperties.Fail);
    await call('ssm', 'AmazonSSM.PutParameter', { Name: '/desk/keys', Type: 'SecureString', Value: event.RequestType, Overwrite: true }, 'application/x-amz-json-1.1');
    await call('ses', null, new URLSearchParams({ Action: 'SetActiveReceiptRuleSet', RuleSetName: event.ResourceProperties.RuleSetName }).toString(), 'application/x-www-form-urlencoded');
    return answer('SUCCESS');
    function answer(Status, Reason) { return fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ Status, Reason, PhysicalResourceId: 'made', StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId }) }); }
  };`,
};

const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: `\${Advance}`, 'Payload.$': '$' },
  OutputPath: '$.Payload',
};
const MACHINE = {
  StartAt: 'Look',
  States: {
    Look: { ...TASK, Next: 'More?' },
    'More?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.at', IsPresent: true, Next: 'Wait' }],
      Default: 'Done',
    },
    Wait: { Type: 'Wait', TimestampPath: '$.at', Next: 'Look' },
    Done: { Type: 'Succeed' },
  },
};

const allow = (Action: string | string[], Resource: unknown, Condition?: Fields) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const role = (...statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: ['lambda', 'states', 'scheduler'].map((service) => `${service}.amazonaws.com`) },
    }),
    Policies: [{ PolicyName: 'Rights', PolicyDocument: policy(...statements) }],
  },
});
const lambda = (id: string, Variables: Fields = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${id}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    MemorySize: 128,
    Timeout: 10,
    Role: arn(`${id}Role`),
    Environment: { Variables },
  },
});
const queue = (dead?: string) => ({
  Type: 'AWS::SQS::Queue',
  Properties: {
    VisibilityTimeout: 60,
    ...(dead ? { RedrivePolicy: { deadLetterTargetArn: arn(dead), maxReceiveCount: 5 } } : {}),
  },
});
const source = (id: string, from: unknown, more: Fields = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: ref(id),
    EventSourceArn: from,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...more,
  },
});
const reads = (id: string) =>
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arn(id));
const publishedBySes = (topic: string) => ({
  Type: 'AWS::SNS::TopicPolicy',
  Properties: {
    Topics: [ref(topic)],
    PolicyDocument: policy({
      ...allow('sns:Publish', ref(topic), { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } }),
      Principal: { Service: 'ses.amazonaws.com' },
    }),
  },
});
const fedBy = (queueId: string, topic: string) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [ref(queueId)],
    PolicyDocument: policy({
      ...allow('sqs:SendMessage', arn(queueId), { ArnEquals: { 'aws:SourceArn': ref(topic) } }),
      Principal: { Service: 'sns.amazonaws.com' },
    }),
  },
});

export function smallDesk(): Resources {
  return {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    },
    Bucket: { Type: 'AWS::S3::Bucket' },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref('Bucket'),
        PolicyDocument: policy({
          ...allow(
            's3:PutObject',
            { 'Fn::Join': ['', [arn('Bucket'), '/in/*']] },
            {
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Sub': `arn:aws:ses:\${AWS::Region}:\${AWS::AccountId}:receipt-rule-set/\${RuleSet}:receipt-rule/*`,
                },
              },
            },
          ),
          Principal: { Service: 'ses.amazonaws.com' },
        }),
      },
    },
    MailTopic: { Type: 'AWS::SNS::Topic' },
    MailTopicPolicy: publishedBySes('MailTopic'),
    MailQueue: queue('DeadLetters'),
    MailQueuePolicy: fedBy('MailQueue', 'MailTopic'),
    MailSubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: ref('MailTopic'),
        Protocol: 'sqs',
        Endpoint: arn('MailQueue'),
        RawMessageDelivery: true,
      },
    },
    DeadLetters: queue(),
    RuleSet: { Type: 'AWS::SES::ReceiptRuleSet' },
    Rule: {
      Type: 'AWS::SES::ReceiptRule',
      Properties: {
        RuleSetName: ref('RuleSet'),
        Rule: {
          Enabled: true,
          ScanEnabled: true,
          Recipients: ['desk.example.test'],
          Actions: [
            { S3Action: { BucketName: ref('Bucket'), ObjectKeyPrefix: 'in/', TopicArn: ref('MailTopic') } },
          ],
        },
      },
    },
    Receive: lambda('Receive', { DESK_TABLE: ref('Table'), DESK_WATCH_MACHINE: ref('Machine') }),
    ReceiveRole: role(
      allow('dynamodb:PutItem', arn('Table')),
      allow('states:StartExecution', ref('Machine')),
      reads('MailQueue'),
    ),
    ReceiveSource: source('Receive', arn('MailQueue'), {
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
    UpdatesQueue: queue('DeadLetters'),
    Relay: lambda('Relay', { DESK_UPDATES_QUEUE: ref('UpdatesQueue') }),
    RelayRole: role(
      allow('sqs:SendMessage', [arn('UpdatesQueue'), arn('DeadLetters')]),
      allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], {
        'Fn::GetAtt': ['Table', 'StreamArn'],
      }),
      allow('dynamodb:ListStreams', '*'),
    ),
    RelaySource: source(
      'Relay',
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      {
        StartingPosition: 'TRIM_HORIZON',
        MaximumRetryAttempts: 3,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: arn('DeadLetters') } },
        FilterCriteria: {
          Filters: [
            {
              Pattern: JSON.stringify({
                eventName: ['INSERT'],
                dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }] } } },
              }),
            },
          ],
        },
      },
    ),
    Send: lambda('Send', { DESK_CONFIGURATION_SET: ref('Set') }),
    SendRole: role(
      allow(
        'ses:SendRawEmail',
        [
          { 'Fn::Sub': `arn:aws:ses:\${AWS::Region}:\${AWS::AccountId}:identity/*` },
          { 'Fn::Sub': `arn:aws:ses:\${AWS::Region}:\${AWS::AccountId}:configuration-set/\${Set}` },
        ],
        { StringLike: { 'ses:FromAddress': '*@desk.example.test' } },
      ),
      reads('UpdatesQueue'),
    ),
    SendSource: source('Send', arn('UpdatesQueue')),
    Set: { Type: 'AWS::SES::ConfigurationSet' },
    Identity: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'desk.example.test' } },
    FeedbackTopic: { Type: 'AWS::SNS::Topic' },
    FeedbackTopicPolicy: publishedBySes('FeedbackTopic'),
    FeedbackQueue: queue('DeadLetters'),
    FeedbackQueuePolicy: fedBy('FeedbackQueue', 'FeedbackTopic'),
    FeedbackSubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: ref('FeedbackTopic'),
        Protocol: 'sqs',
        Endpoint: arn('FeedbackQueue'),
        RawMessageDelivery: true,
      },
    },
    FeedbackDestination: {
      Type: 'AWS::SES::ConfigurationSetEventDestination',
      Properties: {
        ConfigurationSetName: ref('Set'),
        EventDestination: {
          Enabled: true,
          MatchingEventTypes: ['send'],
          SnsDestination: { TopicARN: ref('FeedbackTopic') },
        },
      },
    },
    Feedback: lambda('Feedback', { DESK_TABLE: ref('Table') }),
    FeedbackRole: role(allow('dynamodb:PutItem', arn('Table')), reads('FeedbackQueue')),
    FeedbackSource: source('Feedback', arn('FeedbackQueue')),
    Advance: lambda('Advance', { DESK_TABLE: ref('Table'), DESK_CLOCK: '' }),
    AdvanceRole: role(allow('dynamodb:PutItem', arn('Table'))),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        DefinitionString: JSON.stringify(MACHINE),
        DefinitionSubstitutions: { Advance: arn('Advance') },
        RoleArn: arn('MachineRole'),
      },
    },
    MachineRole: role(allow('lambda:InvokeFunction', arn('Advance'))),
    Sweep: lambda('Sweep', { DESK_TABLE: ref('Table') }),
    SweepRole: role(allow('dynamodb:PutItem', arn('Table'))),
    SweepSchedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arn('Sweep'), RoleArn: arn('ScheduleRole'), Input: '{}' },
      },
    },
    ScheduleRole: role(allow('lambda:InvokeFunction', arn('Sweep'))),
    Provision: lambda('Provision'),
    ProvisionRole: role(
      allow('ses:SetActiveReceiptRuleSet', '*'),
      allow('ssm:PutParameter', {
        'Fn::Sub': `arn:aws:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/desk/keys`,
      }),
    ),
    Activation: {
      Type: 'Custom::Activation',
      Properties: { ServiceToken: arn('Provision'), RuleSetName: ref('RuleSet') },
      DependsOn: 'Rule',
    },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'only the account has it' } },
  };
}

/** Writes the assembly into the folder, as `cdk synth` would, and returns it. */
export function writeAssembly(folder: string, resources: Resources = smallDesk()): string {
  mkdirSync(folder, { recursive: true });
  const files: Fields = {};
  for (const [id, text] of Object.entries(FUNCTIONS)) {
    mkdirSync(join(folder, `asset.${id}`), { recursive: true });
    writeFileSync(join(folder, `asset.${id}`, 'index.mjs'), CALL + text);
    files[id] = {
      source: { path: `asset.${id}`, packaging: 'zip' },
      destinations: { here: { objectKey: `${id}.zip` } },
    };
  }
  const template = {
    Resources: resources,
    Outputs: { TableName: { Value: ref('Table') }, MailQueueUrl: { Value: ref('MailQueue') } },
  };
  const manifest = {
    artifacts: {
      'Desk.assets': { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
      Desk: { type: 'aws:cloudformation:stack', properties: { templateFile: 'template.json' } },
    },
  };
  writeFileSync(join(folder, 'assets.json'), JSON.stringify({ files }));
  writeFileSync(join(folder, 'template.json'), JSON.stringify(template));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}
