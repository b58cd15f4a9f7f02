import { describe, expect, test } from 'vitest';
import {
  DOMAIN,
  deskTemplate,
  getAtt,
  policyOn,
  property,
  ref,
  resource,
  resources,
  rights,
  spelled,
} from './desk-template.ts';

const template = await deskTemplate();
const rule = resource(template, 'MailRule');

describe('the receipt rule', () => {
  test('takes the mail of the whole domain, so that support+token@ arrives without a rule of its own', () => {
    expect(property(rule.Properties, 'Rule.Recipients')).toEqual([DOMAIN]);
    expect(property(rule.Properties, 'Rule.Enabled')).toBe(true);
    expect(resources(template, 'AWS::SES::ReceiptRule')).toHaveLength(1);
  });

  test('has mail scanned: scanEnabled is off by default, and then every verdict says DISABLED', () => {
    expect(property(rule.Properties, 'Rule.ScanEnabled')).toBe(true);
  });

  test('turns nobody away whose server has no TLS', () => {
    expect(property(rule.Properties, 'Rule.TlsPolicy')).toBe('Optional');
  });

  test('stores the mail under in/ and publishes its receipt, without the KMS key that would encrypt on the client side', () => {
    expect(property(rule.Properties, 'Rule.Actions')).toEqual([
      { S3Action: { BucketName: ref('Bucket'), ObjectKeyPrefix: 'in/', TopicArn: ref('MailTopic') } },
    ]);
  });

  test('is made after the policies of bucket and topic, because SES writes its setup notification at once', () => {
    const [bucketPolicy] = resources(template, 'AWS::S3::BucketPolicy')[0] ?? [];
    expect(rule.DependsOn).toContain(bucketPolicy);
    expect(rule.DependsOn).toContain('MailTopicPolicy');
  });
});

describe('what SES may do with mail', () => {
  test('only rules of our rule set and account may write, and only under in/', () => {
    const allowed = policyOn(template, 'Bucket').filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toHaveLength(1);
    expect(allowed[0]).toMatchObject({
      Action: 's3:PutObject',
      Principal: { Service: 'ses.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
    });
    expect(spelled(allowed[0]?.Resource)).toBe('<Bucket.Arn>/in/*');
    expect(spelled(allowed[0]?.Condition?.ArnLike?.['aws:SourceArn'])).toBe(
      'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:receipt-rule-set/<MailRuleSet>:receipt-rule/*',
    );
  });

  test.each([
    ['MailTopic', 'ses.amazonaws.com'],
    ['FeedbackTopic', 'ses.amazonaws.com'],
    ['AlarmTopic', 'cloudwatch.amazonaws.com'],
  ])(
    '%s lets %s of this account publish, although a policy of ours has replaced the default one',
    (topic, service) => {
      expect(policyOn(template, topic)).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: service },
          Resource: ref(topic),
          Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
        }),
      );
    },
  );

  test.each(['MailTopic', 'FeedbackTopic', 'AlarmTopic'])('%s refuses what is not sent over TLS', (topic) => {
    expect(policyOn(template, topic)).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test.each([
    ['MailTopic', 'MailQueue', 'MailDeadLetters'],
    ['FeedbackTopic', 'FeedbackQueue', 'FeedbackDeadLetters'],
  ])('%s delivers raw into %s, which accepts it from nobody else', (topic, queue, deadLetters) => {
    const [, subscription] =
      resources(template, 'AWS::SNS::Subscription').find(
        ([, { Properties }]) => spelled(Properties.TopicArn) === `<${topic}>`,
      ) ?? [];
    expect(subscription?.Properties).toMatchObject({
      Protocol: 'sqs',
      Endpoint: getAtt(queue, 'Arn'),
      RawMessageDelivery: true,
      // What SNS may not deliver it does not retry: it has to go somewhere.
      RedrivePolicy: { deadLetterTargetArn: getAtt(deadLetters, 'Arn') },
    });
    for (const id of [queue, deadLetters]) {
      const allowed = policyOn(template, id).filter(({ Effect }) => Effect === 'Allow');
      expect(allowed).toEqual([
        expect.objectContaining({
          Action: 'sqs:SendMessage',
          Principal: { Service: 'sns.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': ref(topic) } },
        }),
      ]);
    }
  });
});

describe('the active rule set', () => {
  test('a deployment that would silence another system stops before there is a rule, while it can still be rolled back', () => {
    expect(resource(template, 'Preparation').Properties).toMatchObject({
      RuleSetName: ref('MailRuleSet'),
      RuleSetKeeper: 'desk',
      TakeOverActiveRuleSet: 'false',
    });
    expect(rule.DependsOn).toContain('Preparation');
  });

  test('mail is let in last, after everything that it will meet', () => {
    const met = [
      'AWS::Lambda::EventSourceMapping',
      'AWS::SNS::Subscription',
      'AWS::StepFunctions::StateMachine',
      'AWS::SES::EmailIdentity',
    ];
    const ids = met.flatMap((type) => resources(template, type)).map(([id]) => id);
    expect(rule.DependsOn).toEqual(expect.arrayContaining(ids));
    expect(resource(template, 'Activation').DependsOn).toEqual(['MailRule']);
  });

  test('somebody else’s rule set gets our rule and is never activated by us', async () => {
    const shared = await deskTemplate({ existingRuleSetName: 'company-mail' });
    expect(resource(shared, 'MailRule').Properties.RuleSetName).toBe('company-mail');
    expect(resources(shared, 'AWS::SES::ReceiptRuleSet')).toEqual([]);
    expect(shared.Resources.Activation).toBeUndefined();
    expect(resource(shared, 'Preparation').Properties).toMatchObject({
      RuleSetName: 'company-mail',
      RuleSetKeeper: 'other',
    });
    const [write] = policyOn(shared, 'Bucket').filter(({ Effect }) => Effect === 'Allow');
    expect(spelled(write?.Condition?.ArnLike?.['aws:SourceArn'])).toContain(
      ':receipt-rule-set/company-mail:receipt-rule/*',
    );
  });

  test('another system’s rule set is only taken over when that is asked for by name', async () => {
    const taking = await deskTemplate({ takeOverActiveRuleSet: true });
    for (const id of ['Preparation', 'Activation'])
      expect(resource(taking, id).Properties.TakeOverActiveRuleSet).toBe('true');
  });

  test('a function that does not answer holds a deployment for minutes, not for the hour that is the default', () => {
    for (const id of ['Preparation', 'Activation']) {
      expect(Number(resource(template, id).Properties.ServiceTimeout)).toBeLessThanOrEqual(300);
    }
  });

  test('only provision may look at the active rule set or change it', () => {
    const able = resources(template, 'AWS::IAM::Role').filter(([id]) =>
      JSON.stringify(rights(template, id)).includes('ReceiptRuleSet'),
    );
    expect(able.map(([id]) => id)).toEqual(['ProvisionRole']);
  });
});
