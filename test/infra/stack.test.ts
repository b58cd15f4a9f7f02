import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { matches } from '../../local/event-sources.ts';
import {
  type DeskTemplate,
  DOMAIN,
  deskTemplate,
  getAtt,
  list,
  policyOn,
  property,
  ref,
  resource,
  resources,
  rights,
  spelled,
} from './desk-template.ts';

const template = await deskTemplate();
const FOREVER = { retention: { rawMail: null, logs: 7 } };
const functions = resources(template, 'AWS::Lambda::Function');
const queues = resources(template, 'AWS::SQS::Queue').filter(([id]) => id.endsWith('Queue'));
const deadLetters = resources(template, 'AWS::SQS::Queue').filter(([id]) => id.endsWith('DeadLetters'));
const sources = resources(template, 'AWS::Lambda::EventSourceMapping');
const readsStream = ([, { Properties }]: (typeof sources)[number]) =>
  JSON.stringify(Properties.EventSourceArn).includes('StreamArn');

test('the stack names neither an account nor a region, so that it is synthesized without either', () => {
  expect(JSON.stringify(template)).not.toMatch(/\b\d{12}\b|us-east-1|eu-west-1/);
});

describe('the functions', () => {
  test('are those that have a file in functions/, each under its own name', () => {
    const folder = new URL('../../functions/', import.meta.url);
    const names = readdirSync(folder)
      .filter((file) =>
        /^export (const|async function) handler\b/m.test(readFileSync(new URL(file, folder), 'utf8')),
      )
      .map((file) => file.slice(0, -'.ts'.length).replace(/(^|-)./g, (at) => at.slice(-1).toUpperCase()));
    expect(functions.map(([id]) => id).sort()).toEqual(names.sort());
  });

  test.each(functions)('%s runs on Node 24 and arm64, from index.handler', (_, { Properties }) => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  test.each(functions)(
    '%s reserves no concurrency, which would fail the first deployment of a new account',
    (_, { Properties }) => {
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    },
  );

  test.each(functions)(
    '%s has no VPC, no name of its own making, and a log group that forgets',
    (id, { Properties }) => {
      expect(Properties).not.toHaveProperty('VpcConfig');
      expect(Properties).not.toHaveProperty('FunctionName');
      expect(Properties.LoggingConfig).toEqual({ LogFormat: 'JSON', LogGroup: ref(`${id}Logs`) });
      expect(resource(template, `${id}Logs`).Properties.RetentionInDays).toBe(30);
    },
  );

  test('know nothing of clocks in the cloud: DESK_CLOCK is declared, and empty', () => {
    for (const [id, { Properties }] of functions) {
      const clock = property(Properties, 'Environment.Variables.DESK_CLOCK');
      expect(clock).toBe(id === 'Provision' ? undefined : '');
    }
  });

  test('have only the variables that the desk’s functions know', () => {
    const known = [
      'DESK_TABLE',
      'DESK_BUCKET',
      'DESK_MAIL_QUEUE',
      'DESK_UPDATES_QUEUE',
      'DESK_WATCHES_QUEUE',
      'DESK_WATCH_MACHINE',
      'DESK_CONFIGURATION_SET',
      'DESK_KEYS_PARAMETER',
      'DESK_STACK',
      'DESK_CLOCK',
    ];
    for (const [, { Properties }] of functions) {
      for (const name of Object.keys(property(Properties, 'Environment.Variables') ?? {}))
        expect(known).toContain(name);
    }
  });
});

describe('the queues', () => {
  test.each(queues)(
    '%s hides a message for its window and six times its function’s time-out, and gives it up after five tries',
    (id, { Properties }) => {
      const [, source] =
        sources.find(
          ([, mapping]) =>
            JSON.stringify(mapping.Properties.EventSourceArn) === JSON.stringify(getAtt(id, 'Arn')),
        ) ?? [];
      const fed = resource(template, property(source?.Properties, 'FunctionName.Ref'));
      const window = Number(source?.Properties.MaximumBatchingWindowInSeconds ?? 0);
      expect(Properties.VisibilityTimeout).toBeGreaterThanOrEqual(
        6 * (fed.Properties.Timeout as number) + window,
      );
      expect(Properties.RedrivePolicy).toEqual({
        deadLetterTargetArn: getAtt(id.replace(/Queue$/, 'DeadLetters'), 'Arn'),
        maxReceiveCount: 5,
      });
    },
  );

  test.each([...queues, ...deadLetters])(
    '%s keeps what it has for 14 days, encrypted, and takes nothing in clear',
    (id, { Properties }) => {
      expect(Properties.MessageRetentionPeriod).toBe(14 * 86_400);
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      expect(Properties).not.toHaveProperty('FifoQueue');
      expect(policyOn(template, id)).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    },
  );

  test('hand over single failures, and are held back by maxConcurrency', () => {
    const fed = sources.filter((source) => !readsStream(source));
    expect(fed).toHaveLength(queues.length);
    for (const [, { Properties }] of fed) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(property(Properties, 'ScalingConfig.MaximumConcurrency')).toBeGreaterThanOrEqual(2);
    }
  });

  test('together leave a new account’s ten executions room for the watch, the relay and the sweep', () => {
    const most = sources.reduce(
      (sum, [, { Properties }]) => sum + (property(Properties, 'ScalingConfig.MaximumConcurrency') ?? 0),
      0,
    );
    expect(
      property(resource(template, 'ReceiveEmailSource').Properties, 'ScalingConfig.MaximumConcurrency'),
    ).toBeLessThanOrEqual(5);
    expect(most).toBeLessThanOrEqual(11);
  });

  test('mail comes one at a time: 40 MB that take all memory may not take a neighbour with them', () => {
    expect(resource(template, 'ReceiveEmailSource').Properties.BatchSize).toBe(1);
  });
});

describe('memory', () => {
  test('table and bucket stay when the stack goes; only a first deployment that fails takes them with it', () => {
    for (const id of ['Table', 'Bucket']) {
      expect(resource(template, id)).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('the table is paid by use, can be put back to any second, streams new images and forgets what has expired', () => {
    expect(resource(template, 'Table').Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      GlobalSecondaryIndexes: [
        expect.objectContaining({ IndexName: 'open', Projection: { ProjectionType: 'KEYS_ONLY' } }),
        expect.objectContaining({ IndexName: 'hands', Projection: { ProjectionType: 'KEYS_ONLY' } }),
        expect.objectContaining({ IndexName: 'listing', Projection: { ProjectionType: 'ALL' } }),
      ],
    });
  });

  test('the bucket is private, encrypted, and refuses what comes in clear', () => {
    const { Properties } = resource(template, 'Bucket');
    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(policyOn(template, 'Bucket')).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test('raw mail expires as desk.yaml says, and nothing else by itself: least of all what lies unhandled', async () => {
    const expiring = (of: DeskTemplate) => {
      const { Properties } = resource(of, 'Bucket');
      const rules = property(Properties, 'LifecycleConfiguration.Rules') as Record<string, unknown>[];
      return rules.flatMap(({ Prefix, ExpirationInDays }) =>
        ExpirationInDays === undefined ? [] : [[Prefix, ExpirationInDays]],
      );
    };
    expect(expiring(template)).toEqual([['mail/', 365]]);
    expect(expiring(await deskTemplate({ retention: { rawMail: 30, logs: 7 } }))).toEqual([['mail/', 30]]);
    expect(expiring(await deskTemplate(FOREVER))).toEqual([]);
  });

  test('every log forgets as desk.yaml says', async () => {
    const logs = resources(await deskTemplate(FOREVER), 'AWS::Logs::LogGroup');
    expect(logs.length).toBeGreaterThan(functions.length);
    for (const [, { Properties }] of logs) expect(Properties.RetentionInDays).toBe(7);
  });

  test('nothing needs a KMS key of ours, which SES and SNS would need rights on', () => {
    expect(resources(template, 'AWS::KMS::Key')).toEqual([]);
  });

  test('nothing has a physical name but the log group that must have one', () => {
    const names = [
      'TableName',
      'BucketName',
      'QueueName',
      'TopicName',
      'RoleName',
      'StateMachineName',
      'FunctionName',
      'AlarmName',
      'RuleSetName',
    ];
    for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
      for (const name of names)
        if (typeof Properties[name] === 'string')
          throw new Error(`${id} (${Type}) is named ${Properties[name]}`);
    }
    expect(spelled(resource(template, 'WatchMachineLogs').Properties.LogGroupName)).toBe(
      '/aws/vendedlogs/states/<AWS::StackName>-watch',
    );
  });
});

describe('the way out', () => {
  test('the relay sees only new events and gives up on none in silence', () => {
    const { Properties } = resource(template, 'RelayEventsSource');
    expect(Properties).toMatchObject({
      FunctionName: ref('RelayEvents'),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      ParallelizationFactor: 1,
      MaximumRetryAttempts: 10,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: getAtt('RelayDeadLetters', 'Arn') } },
    });
    // A record dies after a day: by then somebody must know.
    expect(Properties.MaximumRecordAgeInSeconds).toBeLessThan(86_400);
    expect(JSON.parse(property(Properties, 'FilterCriteria.Filters.0.Pattern'))).toEqual({
      eventName: ['INSERT'],
      dynamodb: {
        Keys: { sk: { S: [{ prefix: 'EVENT#' }] } },
        // What a backup put back is no news.
        NewImage: { restored: { BOOL: [{ exists: false }] } },
      },
    });
  });

  test('feedback forwarding is off, or each bounce would come in as mail as well', () => {
    const { Properties } = resource(template, 'Identity');
    expect(Properties).toMatchObject({
      EmailIdentity: DOMAIN,
      FeedbackAttributes: { EmailForwardingEnabled: false },
    });
  });

  test('SES may not refuse an answer because it takes its recipient for unlikely', () => {
    expect(
      property(
        resource(template, 'ConfigurationSet').Properties,
        'SuppressionOptions.ValidationOptions.ConditionThreshold.ConditionThresholdEnabled',
      ),
    ).toBe('DISABLED');
  });

  test('each mail’s fate comes back, its acceptance included, which settles a crash between sending and recording', () => {
    const { Properties, DependsOn } = resource(template, 'FeedbackDestination');
    expect(Properties).toMatchObject({
      ConfigurationSetName: ref('ConfigurationSet'),
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['send', 'bounce', 'complaint', 'reject', 'deliveryDelay', 'renderingFailure'],
        SnsDestination: { TopicARN: ref('FeedbackTopic') },
      },
    });
    // SES publishes as the destination is made, and refuses it if it may not.
    expect(DependsOn).toContain('FeedbackTopicPolicy');
  });

  test('what SES tells of mails that left together costs one call: nobody waits for it', () => {
    expect(resource(template, 'ReceiveFeedbackSource').Properties).toMatchObject({
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('whoever understands a request is deployed before whoever asks it', () => {
    expect(resource(template, 'RelayEvents').DependsOn).toContain('SendUpdate');
  });

  test('two updates are sent at once, and one a call: what SES throttles it drops', () => {
    expect(resource(template, 'SendUpdateSource').Properties).toMatchObject({
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });
});

test('watches that begin together cost one call: each wakes when it should, however late it began', () => {
  expect(resource(template, 'StartWatchSource').Properties).toMatchObject({
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 2,
  });
});

describe('the sweep', () => {
  test('comes every hour, and a call that came to nothing is found in its dead-letter queue', () => {
    expect(resource(template, 'SweepSchedule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      Target: {
        Arn: getAtt('Sweep', 'Arn'),
        RoleArn: getAtt('SweepScheduleRole', 'Arn'),
        DeadLetterConfig: { Arn: getAtt('SweepDeadLetters', 'Arn') },
      },
    });
    // Scheduler only learns that Lambda took the call.
    expect(resource(template, 'SweepFailures').Properties).toMatchObject({
      FunctionName: ref('Sweep'),
      DestinationConfig: { OnFailure: { Destination: getAtt('SweepDeadLetters', 'Arn') } },
    });
  });
});

describe.each([
  ['Digests', 'SendDigests'],
  ['Reports', 'SendReport'],
])('the %s', (name, called) => {
  test('are asked for on each quarter of an hour, and a call that came to nothing is found', () => {
    expect(resource(template, `${name}Schedule`).Properties).toMatchObject({
      ScheduleExpression: 'cron(0/15 * * * ? *)',
      Target: {
        Arn: getAtt(called, 'Arn'),
        RoleArn: getAtt(`${name}ScheduleRole`, 'Arn'),
        DeadLetterConfig: { Arn: getAtt(`${name}DeadLetters`, 'Arn') },
      },
    });
    expect(resource(template, `${name}Failures`).Properties).toMatchObject({
      FunctionName: ref(called),
      DestinationConfig: { OnFailure: { Destination: getAtt(`${name}DeadLetters`, 'Arn') } },
    });
  });
});

describe('measures', () => {
  test('are counted by the stream’s second reader, and more than two may not read one', () => {
    const readers = sources.filter(readsStream).map(([id]) => id);
    expect(readers.sort()).toEqual(['CountMeasuresSource', 'RelayEventsSource']);
  });

  test('are counted together with what comes within a minute, one batch at a time', () => {
    const { Properties } = resource(template, 'CountMeasuresSource');
    expect(Properties).toMatchObject({
      FunctionName: ref('CountMeasures'),
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 60,
      ParallelizationFactor: 1,
      MaximumRetryAttempts: 10,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: getAtt('MeasuresDeadLetters', 'Arn') } },
    });
    expect(Properties.MaximumRecordAgeInSeconds).toBeLessThan(86_400);
  });

  test('are of tickets’ events and of what has become of mails; what they write themselves calls nobody', () => {
    const filters: { Pattern: string }[] = property(
      resource(template, 'CountMeasuresSource').Properties,
      'FilterCriteria.Filters',
    );
    const sees = (record: object) => filters.some(({ Pattern }) => matches(JSON.parse(Pattern), record));
    const written = (pk: string, sk: string, eventName = 'INSERT', state = '') => ({
      eventName,
      dynamodb: {
        Keys: { pk: { S: pk }, sk: { S: sk } },
        NewImage: { update: { M: { state: { S: state } } } },
      },
    });
    expect(sees(written('T#T-7K4M2Q', 'EVENT#00000001'))).toBe(true);
    expect(sees(written('MAIL#1', 'MAIL'))).toBe(true);
    expect(sees(written('MAIL#1', 'MAIL', 'MODIFY'))).toBe(true);
    expect(sees(written('UPDATE#1', 'UPDATE', 'MODIFY', 'sent'))).toBe(true);
    for (const [pk, sk] of [
      ['T#T-7K4M2Q', 'TICKET'],
      ['T#T-7K4M2Q', 'MEASURED'],
      ['ROLLUP#desk#1', '2026-11-23#'],
      ['MAIL#1', 'EVENT#00000001'],
    ] as const)
      expect(sees(written(pk, sk)), pk).toBe(false);
    expect(sees(written('UPDATE#1', 'UPDATE', 'INSERT', 'sending'))).toBe(false);
    expect(sees(written('MAIL#1', 'MAIL', 'REMOVE'))).toBe(false);
  });

  test('are written by a function that can send nothing and delete nothing', () => {
    const may = rights(template, 'CountMeasuresRole').flatMap(({ Action }) => list(Action));
    expect(may.filter((action) => !/^(logs|xray):/.test(action)).sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'sqs:SendMessage',
    ]);
  });
});

describe('the canary', () => {
  test('sets out every hour from a function that can write an event and nothing more', () => {
    expect(resource(template, 'CanarySchedule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      Target: {
        Arn: getAtt('SendCanary', 'Arn'),
        DeadLetterConfig: { Arn: getAtt('CanaryDeadLetters', 'Arn') },
      },
    });
    const may = rights(template, 'SendCanaryRole').flatMap(({ Action }) => list(Action));
    expect(may.filter((action) => !/^(logs|xray):/.test(action)).sort()).toEqual([
      'dynamodb:PutItem',
      'sqs:SendMessage',
    ]);
  });
});

describe('traces', () => {
  test('are taken of the two functions that a mail passes, and not of watches, which wait for weeks', () => {
    const traced = resources(template, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.TracingConfig !== undefined,
    );
    expect(traced.map(([id]) => id).sort()).toEqual(['ReceiveEmail', 'SendUpdate']);
    for (const [id, { Properties }] of traced)
      expect(Properties.TracingConfig, id).toEqual({ Mode: 'Active' });
    expect(resource(template, 'WatchMachine').Properties.TracingConfiguration).toBeUndefined();
  });
});

describe('what the admin is told', () => {
  test('where everything is, and what to write into DNS', () => {
    const values = Object.fromEntries(
      Object.entries(template.Outputs).map(([name, { Value }]) => [name, spelled(Value)]),
    );
    expect(values).toMatchObject({
      TableName: '<Table>',
      BucketName: '<Bucket>',
      MailQueueUrl: '<MailQueue>',
      UpdatesQueueUrl: '<UpdatesQueue>',
      WatchesQueueUrl: '<WatchesQueue>',
      FeedbackQueueUrl: '<FeedbackQueue>',
      MailDeadLettersUrl: '<MailDeadLetters>',
      UpdatesDeadLettersUrl: '<UpdatesDeadLetters>',
      WatchesDeadLettersUrl: '<WatchesDeadLetters>',
      FeedbackDeadLettersUrl: '<FeedbackDeadLetters>',
      RelayDeadLettersUrl: '<RelayDeadLetters>',
      SweepDeadLettersUrl: '<SweepDeadLetters>',
      DigestsDeadLettersUrl: '<DigestsDeadLetters>',
      ReportsDeadLettersUrl: '<ReportsDeadLetters>',
      CanaryDeadLettersUrl: '<CanaryDeadLetters>',
      WatchMachineArn: '<WatchMachine>',
      KeysParameter: '/replydesk/<AWS::StackName>/keys',
      ConfigurationSet: '<ConfigurationSet>',
      MxRecord: `${DOMAIN} MX 10 inbound-smtp.<AWS::Region>.amazonaws.com`,
      Version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      DkimRecord1: '<Identity.DkimDNSTokenName1> CNAME <Identity.DkimDNSTokenValue1>',
      DkimRecord3: '<Identity.DkimDNSTokenName3> CNAME <Identity.DkimDNSTokenValue3>',
    });
  });

  test('with a hosted zone the records are written for him', async () => {
    expect(resources(template, 'AWS::Route53::RecordSet')).toEqual([]);
    const zoned = await deskTemplate({ zone: { hostedZoneId: 'Z0123456789ABC', zoneName: 'example.test' } });
    const records = resources(zoned, 'AWS::Route53::RecordSet').map(([, { Properties }]) => [
      Properties.Type,
      spelled(Properties.Name),
    ]);
    expect(records).toEqual([
      ['MX', DOMAIN],
      ['CNAME', '<Identity.DkimDNSTokenName1>'],
      ['CNAME', '<Identity.DkimDNSTokenName2>'],
      ['CNAME', '<Identity.DkimDNSTokenName3>'],
    ]);
  });
});
