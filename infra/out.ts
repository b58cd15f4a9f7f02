/**
 * OUT: the only way mail leaves. A reader of the table's stream hands events to queues, so that a throttled SES never
 * holds up the stream; what became of each mail comes back through the configuration set.
 */
import { Duration } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import {
  CfnConfigurationSetEventDestination,
  ConfigurationSet,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Bundles, deskFunction } from './lambda.ts';
import { type Memory, NEWS } from './memory.ts';
import { keepLogicalId } from './names.ts';
import { permissions, readingStream, streamOf } from './permissions.ts';
import { deadLetterQueue, deskQueue } from './queue.ts';
import { deskTopic } from './topic.ts';

export interface OutProps {
  memory: Memory;
  bundles: Bundles;
  /** The domain in whose name the desk writes. */
  domain: string;
  keysParameter: string;
  watchesQueue: Queue;
}

/** Seconds. SES takes at most 10 MB of mail from us, and nothing else here is slow. */
const SEND_UPDATE_TIMEOUT = 60;
const RECEIVE_FEEDBACK_TIMEOUT = 30;
/**
 * Seconds. Two events come of each mail that comes in, hardly one of which says anything new: those that come together cost
 * one call. Where little comes Lambda may take up to 20; a claim is held for minutes (aws/updates.ts).
 */
const FEEDBACK_WINDOW = 2;

export class Out extends Construct {
  readonly updatesQueue: Queue;
  readonly updatesDeadLetters: Queue;
  readonly feedbackQueue: Queue;
  readonly feedbackDeadLetters: Queue;
  readonly relayDeadLetters: Queue;
  readonly relayEvents: LambdaFunction;
  readonly identity: EmailIdentity;
  readonly configurationSet: ConfigurationSet;

  constructor(
    scope: Construct,
    id: string,
    { memory, bundles, domain, keysParameter, watchesQueue }: OutProps,
  ) {
    super(scope, id);
    const { table, bucket } = memory;

    const updates = deskQueue(this, 'UpdatesQueue', { timeout: SEND_UPDATE_TIMEOUT });
    this.updatesQueue = updates.queue;
    this.updatesDeadLetters = updates.deadLetters;
    this.relayDeadLetters = deadLetterQueue(this, 'RelayDeadLetters');
    this.relayEvents = this.relay(memory, bundles, watchesQueue);

    this.configurationSet = this.configuration();
    this.identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(domain),
      configurationSet: this.configurationSet,
      // On by default, apart from any configuration set: each bounce would also come in as mail, to the desk itself.
      feedbackForwarding: false,
    });
    keepLogicalId(this.identity, 'Identity');

    const sendUpdate = deskFunction(this, {
      name: 'send-update',
      bundles,
      description: 'Sends one update: decides who hears in which words, claims, sends once, records.',
      // Attachments of 7 MB are read, encoded, composed and signed.
      memory: 1024,
      timeout: SEND_UPDATE_TIMEOUT,
      environment: {
        DESK_TABLE: table.tableName,
        DESK_BUCKET: bucket.bucketName,
        DESK_CONFIGURATION_SET: this.configurationSet.configurationSetName,
        DESK_KEYS_PARAMETER: keysParameter,
        DESK_UPDATES_QUEUE: this.updatesQueue.queueUrl,
        DESK_CLOCK: '',
      },
      permissions: permissions.sendUpdate({
        table,
        bucket,
        keysParameter,
        updatesQueue: this.updatesQueue,
        domain,
        configurationSet: this.configurationSet.configurationSetName,
      }),
      tells: true,
      // One mail at a time, two at once: SES lets a new account send one a second, and what it refuses it drops.
      queue: { queue: this.updatesQueue, batchSize: 1, maxConcurrency: 2 },
    });
    sendUpdate.node.addDependency(this.identity);
    // A deployment brings whoever understands a request before whoever asks it.
    this.relayEvents.node.addDependency(sendUpdate);

    const feedback = deskQueue(this, 'FeedbackQueue', {
      timeout: RECEIVE_FEEDBACK_TIMEOUT,
      window: FEEDBACK_WINDOW,
    });
    this.feedbackQueue = feedback.queue;
    this.feedbackDeadLetters = feedback.deadLetters;
    this.feedback(memory, bundles);
  }

  private relay({ table }: Memory, bundles: Bundles, watchesQueue: Queue): LambdaFunction {
    const relayEvents = deskFunction(this, {
      name: 'relay-events',
      bundles,
      description: 'Hands the events that were written to the queues of those who act on them.',
      memory: 512,
      timeout: 60,
      environment: {
        DESK_UPDATES_QUEUE: this.updatesQueue.queueUrl,
        DESK_WATCHES_QUEUE: watchesQueue.queueUrl,
        DESK_CLOCK: '',
      },
      permissions: [
        ...permissions.relayEvents({ updatesQueue: this.updatesQueue, watchesQueue }),
        ...readingStream(table),
      ],
      failures: this.relayDeadLetters,
    });
    const source = new EventSourceMapping(this, 'RelayEventsSource', {
      target: relayEvents,
      eventSourceArn: streamOf(table),
      // From the first record: what is written while the stack is still being made is relayed too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('EVENT#') } }, NewImage: NEWS },
        }),
      ],
      batchSize: 100,
      // One at a time. A batch is ten calls to SQS, some hundred milliseconds: a shard, which takes 1,000 writes in a
      // second at most, is read as fast as it can be written.
      parallelizationFactor: 1,
      // A record that cannot be relayed would hold up its shard until it dies of age, after a day. Halving finds it; ten
      // attempts outlast a disturbance; what remains is named in the dead-letter queue well before it is gone.
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: this.relayDeadLetters.queueArn }) },
    });
    keepLogicalId(source, 'RelayEventsSource');
    return relayEvents;
  }

  private configuration(): ConfigurationSet {
    const set = new ConfigurationSet(this, 'ConfigurationSet', {
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      // SES may not decide for us that somebody who wrote to us is unlikely to exist.
      disableAutoValidation: true,
    });
    return keepLogicalId(set, 'ConfigurationSet');
  }

  private feedback({ table }: Memory, bundles: Bundles): void {
    const { topic, policy } = deskTopic(this, 'FeedbackTopic', { publisher: 'ses.amazonaws.com' });
    topic.addSubscription(
      new SqsSubscription(this.feedbackQueue, {
        rawMessageDelivery: true,
        deadLetterQueue: this.feedbackDeadLetters,
      }),
    );
    const destination = new CfnConfigurationSetEventDestination(this, 'FeedbackDestination', {
      configurationSetName: this.configurationSet.configurationSetName,
      eventDestination: {
        enabled: true,
        matchingEventTypes: ['send', 'bounce', 'complaint', 'reject', 'deliveryDelay', 'renderingFailure'],
        snsDestination: { topicArn: topic.topicArn },
      },
    });
    keepLogicalId(destination, 'FeedbackDestination');
    // SES publishes a notice as the destination is made, and refuses it if it may not.
    destination.node.addDependency(policy);
    deskFunction(this, {
      name: 'receive-feedback',
      bundles,
      description: 'Records what became of each update: sent, bounced, complained about, delayed.',
      memory: 512,
      timeout: RECEIVE_FEEDBACK_TIMEOUT,
      environment: { DESK_TABLE: table.tableName, DESK_CLOCK: '' },
      permissions: permissions.receiveFeedback({ table }),
      queue: { queue: this.feedbackQueue, batchSize: 50, window: FEEDBACK_WINDOW, maxConcurrency: 2 },
    });
  }
}
