import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeActiveReceiptRuleSetCommand, SESClient } from '@aws-sdk/client-ses';
import {
  GetAccountCommand,
  GetEmailIdentityCommand,
  ListSuppressedDestinationsCommand,
  NotFoundException,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openAccount } from '../../aws/account.ts';

const [sts, ssm, cloudFormation, sesv2, ses, lambda] = [
  mockClient(STSClient),
  mockClient(SSMClient),
  mockClient(CloudFormationClient),
  mockClient(SESv2Client),
  mockClient(SESClient),
  mockClient(LambdaClient),
];
const account = openAccount();

beforeAll(() => vi.stubEnv('AWS_REGION', 'eu-central-1'));
beforeEach(() => {
  for (const mock of [sts, ssm, cloudFormation, sesv2, ses, lambda]) mock.reset();
});

const absent = (message: string) => Object.assign(new Error(message), { name: 'ValidationError' });

test('who asks, and where', async () => {
  sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333' });
  expect(await account.who()).toBe('111122223333');
});

test('the bootstrap stack by its version, or that there is none', async () => {
  ssm
    .on(GetParameterCommand, { Name: '/cdk-bootstrap/hnb659fds/version' })
    .resolves({ Parameter: { Value: '28' } });
  expect(await account.bootstrap()).toBe(28);
  ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: '', $metadata: {} }));
  expect(await account.bootstrap()).toBeNull();
});

test('the stack and the rule set that it made, or that there is none', async () => {
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'Replydesk',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [{ OutputKey: 'Version', OutputValue: '0.2.0' }],
      },
    ],
  });
  expect(await account.stack('Replydesk')).toEqual({
    status: 'CREATE_COMPLETE',
    outputs: { Version: '0.2.0' },
  });
  cloudFormation.on(DescribeStackResourcesCommand, { LogicalResourceId: 'MailRuleSet' }).resolves({
    StackResources: [
      {
        PhysicalResourceId: 'Replydesk-MailRuleSet-1',
        LogicalResourceId: 'MailRuleSet',
        ResourceType: 'AWS::SES::ReceiptRuleSet',
        Timestamp: new Date(0),
        ResourceStatus: 'CREATE_COMPLETE',
      },
    ],
  });
  expect(await account.ruleSet('Replydesk')).toBe('Replydesk-MailRuleSet-1');
  cloudFormation.on(DescribeStacksCommand).rejects(absent('Stack with id Replydesk does not exist'));
  cloudFormation
    .on(DescribeStackResourcesCommand)
    .rejects(absent('Resource MailRuleSet does not exist for stack'));
  expect(await account.stack('Replydesk')).toBeNull();
  expect(await account.ruleSet('Replydesk')).toBeNull();
});

test('another fault of CloudFormation is no absence', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(absent('the name is too long'));
  await expect(account.stack('x'.repeat(200))).rejects.toThrow('too long');
});

test('the account with SES: sandbox, quota, health, plan', async () => {
  sesv2.on(GetAccountCommand).resolves({
    ProductionAccessEnabled: false,
    SendingEnabled: true,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 12 },
    SuppressionAttributes: { SuppressedReasons: ['BOUNCE'] },
    Details: { ReviewDetails: { Status: 'PENDING' } },
    PricingAttributes: { CurrentPlan: 'ESSENTIALS' },
  });
  expect(await account.mail()).toEqual({
    production: false,
    review: 'PENDING',
    sendingEnabled: true,
    enforcement: 'HEALTHY',
    quota: { max24h: 200, perSecond: 1, sent24h: 12 },
    suppresses: ['BOUNCE'],
    plan: 'ESSENTIALS',
  });
});

test('the identity with its tokens, or that SES does not know it', async () => {
  sesv2.on(GetEmailIdentityCommand, { EmailIdentity: 'desk.example.org' }).resolves({
    VerifiedForSendingStatus: true,
    DkimAttributes: {
      Status: 'SUCCESS',
      Tokens: ['aaa'],
      SigningHostedZone: 'x.dkim.eu-central-1.amazonses.com',
    },
    MailFromAttributes: {
      MailFromDomain: 'b.example.org',
      MailFromDomainStatus: 'FAILED',
      BehaviorOnMxFailure: 'USE_DEFAULT_VALUE',
    },
  });
  expect(await account.identity('desk.example.org')).toEqual({
    verified: true,
    dkim: { status: 'SUCCESS', tokens: ['aaa'], zone: 'x.dkim.eu-central-1.amazonses.com' },
    mailFrom: { domain: 'b.example.org', status: 'FAILED' },
  });
  sesv2.on(GetEmailIdentityCommand).rejects(new NotFoundException({ message: '', $metadata: {} }));
  expect(await account.identity('desk.example.org')).toBeNull();
});

test('the active rule set with whom its enabled rules are for', async () => {
  ses.on(DescribeActiveReceiptRuleSetCommand).resolves({
    Metadata: { Name: 'theirs' },
    Rules: [
      { Name: 'one', Enabled: true, Recipients: ['desk.example.org'] },
      { Name: 'off', Enabled: false, Recipients: ['example.net'] },
      { Name: 'all', Enabled: true },
    ],
  });
  expect(await account.activeRules()).toEqual({
    name: 'theirs',
    recipients: ['desk.example.org'],
    takesAll: true,
  });
  ses.on(DescribeActiveReceiptRuleSetCommand).resolves({});
  expect(await account.activeRules()).toBeNull();
});

test('the suppression list page by page, and no further than asked', async () => {
  const page = (name: string) =>
    [0, 1].map((n) => ({
      EmailAddress: `${name}${n}@Example.org`,
      Reason: 'BOUNCE' as const,
      LastUpdateTime: new Date(0),
    }));
  sesv2
    .on(ListSuppressedDestinationsCommand, { NextToken: undefined })
    .resolves({ SuppressedDestinationSummaries: page('a'), NextToken: 'more' })
    .on(ListSuppressedDestinationsCommand, { NextToken: 'more' })
    .resolves({ SuppressedDestinationSummaries: page('b'), NextToken: 'evenmore' });
  expect(await account.suppressed(3)).toEqual(['a0@example.org', 'a1@example.org', 'b0@example.org']);
  expect(sesv2.commandCalls(ListSuppressedDestinationsCommand)).toHaveLength(2);
});

test('executions that nobody reserved', async () => {
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { UnreservedConcurrentExecutions: 10 } });
  expect(await account.concurrency()).toBe(10);
});
