/**
 * IN: the only way mail enters. SES stores the raw message and publishes its receipt, with the verdicts and the
 * envelope, to a topic; the queue behind it holds the receipt until `receive-email` has a disposition. No step
 * on the way loses mail: SES tries its action for four hours, SNS its delivery for days, the queue keeps for 14.
 */
import { Aws, CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnReceiptRule, CfnReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Bundles, deskFunction } from './lambda.ts';
import type { Memory } from './memory.ts';
import { keepLogicalId } from './names.ts';
import { type ModelOfDesk, permissions } from './permissions.ts';
import { deskQueue } from './queue.ts';
import { deskTopic } from './topic.ts';

export interface InProps {
  memory: Memory;
  bundles: Bundles;
  /** The domain at which the desk receives. */
  domain: string;
  keysParameter: string;
  /** The model that mail may be filed by. */
  model?: ModelOfDesk;
  /** Put the rule into this rule set, which somebody else keeps and activates. */
  existingRuleSetName?: string;
  /** Activate our rule set although another one is active, which then receives nothing any more. */
  takeOverActiveRuleSet: boolean;
}

/** Seconds. 40 MB, the most that SES takes, are read, parsed and stored in about ten. */
const RECEIVE_EMAIL_TIMEOUT = 60;

export class In extends Construct {
  readonly mailQueue: Queue;
  readonly deadLetters: Queue;
  readonly receiveEmail: LambdaFunction;
  /** Opens the door, at once if somebody else's rule set is active: it has to depend on all that mail will meet. */
  readonly rule: CfnReceiptRule;

  constructor(
    scope: Construct,
    id: string,
    { memory, bundles, domain, keysParameter, model, existingRuleSetName, takeOverActiveRuleSet }: InProps,
  ) {
    super(scope, id);
    const { table, bucket } = memory;

    const { topic, policy: topicPolicy } = deskTopic(this, 'MailTopic', { publisher: 'ses.amazonaws.com' });
    const { queue, deadLetters } = deskQueue(this, 'MailQueue', { timeout: RECEIVE_EMAIL_TIMEOUT });
    this.mailQueue = queue;
    this.deadLetters = deadLetters;
    // Should the queue's policy ever be broken, SNS does not retry; what it could not deliver waits with the rest.
    const subscription = topic.addSubscription(
      new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue: deadLetters }),
    );

    this.receiveEmail = deskFunction(this, {
      name: 'receive-email',
      bundles,
      description: 'Gives each mail its disposition: screens it, finds its thread, decides, records.',
      // A mail of 40 MB stands in memory about four times over: raw, decoded, in parts, on its way to S3. Parsing is
      // bound by the processor, and this much memory brings one whole vCPU.
      memory: 1769,
      timeout: RECEIVE_EMAIL_TIMEOUT,
      environment: {
        DESK_TABLE: table.tableName,
        DESK_BUCKET: bucket.bucketName,
        DESK_MAIL_QUEUE: queue.queueUrl,
        DESK_KEYS_PARAMETER: keysParameter,
        DESK_CLOCK: '',
      },
      permissions: permissions.receiveEmail({ table, bucket, mailQueue: queue, keysParameter, model }),
      tells: true,
      // One mail at a time, because one that takes all memory or time would fail the whole batch, over and over. Five
      // at once leave half of a new account's ten executions to everything else.
      queue: { queue, batchSize: 1, maxConcurrency: 5 },
    });

    const ruleSet = existingRuleSetName
      ? undefined
      : keepLogicalId(new CfnReceiptRuleSet(this, 'MailRuleSet'), 'MailRuleSet');
    const ruleSetName = existingRuleSetName ?? (ruleSet as CfnReceiptRuleSet).ref;

    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'MailFromOurRuleSet',
        actions: ['s3:PutObject'],
        principals: [new ServicePrincipal('ses.amazonaws.com')],
        resources: [bucket.arnForObjects('in/*')],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:receipt-rule-set/${ruleSetName}:receipt-rule/*`,
          },
        },
      }),
    );

    this.rule = new CfnReceiptRule(this, 'MailRule', {
      ruleSetName,
      rule: {
        enabled: true,
        // The whole domain, so that support+<token>@ arrives without a rule of its own.
        recipients: [domain],
        // Off by default, and then nothing is scanned and the verdicts say DISABLED.
        scanEnabled: true,
        // `Require` would turn away senders whose server has no TLS.
        tlsPolicy: 'Optional',
        // No KmsKeyArn: SES would encrypt on the client's side, in a form that no Node library reads.
        actions: [
          { s3Action: { bucketName: bucket.bucketName, objectKeyPrefix: 'in/', topicArn: topic.topicArn } },
        ],
      },
    });
    keepLogicalId(this.rule, 'MailRule');
    // SES writes a notice to the bucket and to the topic as the rule is made, and refuses the rule if it may not.
    this.rule.node.addDependency(topicPolicy, bucket.node.findChild('Policy'));
    this.rule.node.addDependency(subscription, this.node.findChild('ReceiveEmailSource'));

    const provision = deskFunction(this, {
      name: 'provision',
      bundles,
      description: 'Called by CloudFormation: makes the keys and activates the receipt rule set.',
      // Runs while the stack is deployed, and then mostly waits for services.
      memory: 256,
      timeout: 60,
      environment: {},
      permissions: permissions.provision({ keysParameter }),
    });
    // What CloudFormation cannot make itself: an SSM SecureString and the active rule set. The preparation comes before
    // the rule, so that a deployment that would silence another system's mail stops while all that is ours is still
    // empty and rolls back cleanly.
    const preparation = this.provisioned('Preparation', provision, {
      KeysParameter: keysParameter,
      RuleSetName: ruleSetName,
      RuleSetKeeper: ruleSet ? 'desk' : 'other',
      TakeOverActiveRuleSet: String(takeOverActiveRuleSet),
    });
    this.rule.node.addDependency(preparation);
    if (ruleSet) {
      const activation = this.provisioned('Activation', provision, {
        RuleSetName: ruleSetName,
        TakeOverActiveRuleSet: String(takeOverActiveRuleSet),
      });
      activation.node.addDependency(this.rule);
    }
  }

  private provisioned(
    id: string,
    provision: LambdaFunction,
    properties: Record<string, string>,
  ): CustomResource {
    const resource = new CustomResource(this, id, {
      serviceToken: provision.functionArn,
      resourceType: `Custom::${id}`,
      // Otherwise a function that cannot answer holds the deployment for an hour.
      serviceTimeout: Duration.minutes(5),
      properties,
    });
    return keepLogicalId(resource, id);
  }
}
