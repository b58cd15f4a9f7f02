/**
 * A standard queue with its dead-letter queue. Five attempts, then the message waits 14 days, the longest that SQS
 * keeps anything, for a person, whom an alarm has called.
 */
import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { keepLogicalId } from './names.ts';

/**
 * `timeout`: seconds that its function may take; `window`: for how many Lambda gathers messages before it calls. A message
 * stays hidden for the window and six times the time-out, as AWS asks, so that Lambda can hold and retry a batch without
 * another copy of it being handed out.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function deskQueue(
  scope: Construct,
  id: string,
  { timeout, window = 0 }: { timeout: number; window?: number },
): { queue: Queue; deadLetters: Queue } {
  const deadLetters = deadLetterQueue(scope, id.replace(/Queue$/, 'DeadLetters'));
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(6 * timeout + window),
    retentionPeriod: Duration.days(14),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
  });
  return { queue: keepLogicalId(queue, id), deadLetters };
}

/** Where a stream, a schedule or an asynchronous call leaves what it could not deliver. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'This is a dead-letter queue; the rule sees only those of other queues, not those of streams and schedules.',
  });
  return keepLogicalId(queue, id);
}
