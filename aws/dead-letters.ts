/**
 * The dead-letter queues: what lies in them is looked at and put back. For the admin, never on a mail's way.
 *
 * SQS's own move is used for putting back, not receive, send and delete: it copies attributes too, and nothing is lost
 * or doubled when whoever ordered it goes away in the middle.
 */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueing } from './clients.ts';

export interface DeadLetters {
  /** Whether SQS knows where its messages came from: what a stream or a schedule left cannot be put back. */
  returns: boolean;
  /** About. Those that somebody looks at just now are counted too. */
  count(): Promise<number>;
  /** Up to `most` messages, the oldest first. Each look counts as one more receive. */
  look(most: number): Promise<DeadLetter[]>;
  /** Puts everything back into the queue that it came from. Waits a minute at most; a long move goes on by itself. */
  redrive(): Promise<Redriven>;
}

export interface DeadLetter {
  messageId: string;
  /** ISO 8601 UTC: when it was first sent, and when it was first tried. */
  sentAt: string;
  firstReceivedAt: string;
  received: number;
  body: string;
}

export interface Redriven {
  outcome: 'empty' | 'moved' | 'moving' | 'failed';
  moved: number;
  /** In SQS's words, when it failed. */
  reason: string | null;
}

/** Seconds for which a message that is looked at is hidden, should the look not come to its end. */
const HIDDEN = 30;
const MOVED_WITHIN = 60_000;

/** `feeding` is the queue that it belongs to; null when it is not one of SQS that does. */
export function openDeadLetters(url: string, feeding: string | null): DeadLetters {
  const count = async () => {
    const { visible, hidden } = await attributesOf(url);
    return visible + hidden;
  };
  return {
    returns: feeding !== null,
    count,
    async look(most) {
      const { sqs, client } = await queueing();
      const found = new Map<string, DeadLetter>();
      const handles: string[] = [];
      const wanted = Math.min(most, (await attributesOf(url)).visible);
      try {
        while (found.size < wanted) {
          const { Messages = [] } = await client.send(
            new sqs.ReceiveMessageCommand({
              QueueUrl: url,
              MaxNumberOfMessages: Math.min(10, wanted - found.size),
              VisibilityTimeout: HIDDEN,
              // A short poll asks only some of SQS's servers, and may find nothing where there is something.
              WaitTimeSeconds: 1,
              MessageSystemAttributeNames: ['All'],
            }),
          );
          if (Messages.length === 0) break;
          for (const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} } of Messages) {
            handles.push(ReceiptHandle);
            const at = (milliseconds = '0') => new Date(Number(milliseconds)).toISOString();
            found.set(MessageId, {
              messageId: MessageId,
              sentAt: at(Attributes.SentTimestamp),
              firstReceivedAt: at(Attributes.ApproximateFirstReceiveTimestamp),
              received: Number(Attributes.ApproximateReceiveCount),
              body: Body,
            });
          }
        }
      } finally {
        await showAgain(url, handles);
      }
      return [...found.values()].sort((a, b) => Date.parse(a.sentAt) - Date.parse(b.sentAt));
    },
    async redrive() {
      if (feeding === null) throw new TypeError('what did not come from a queue cannot be put back');
      if ((await count()) === 0) return { outcome: 'empty', moved: 0, reason: null };
      const { sqs, client } = await queueing();
      const [SourceArn, DestinationArn] = [(await attributesOf(url)).arn, (await attributesOf(feeding)).arn];
      // Named although it is where they came from: a message that SNS could not deliver came from no queue.
      await client.send(new sqs.StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
      return moved(client, SourceArn);
    },
  };

  async function moved(client: SQSClient, SourceArn: string): Promise<Redriven> {
    const { sqs } = await queueing();
    for (const until = Date.now() + MOVED_WITHIN; ; await new Promise((done) => setTimeout(done, 500))) {
      const { Results: [task] = [] } = await client.send(new sqs.ListMessageMoveTasksCommand({ SourceArn }));
      const so = { moved: task?.ApproximateNumberOfMessagesMoved ?? 0, reason: task?.FailureReason ?? null };
      if (task?.Status === 'COMPLETED') return { outcome: 'moved', ...so };
      if (task?.Status !== 'RUNNING') return { outcome: 'failed', ...so };
      if (Date.now() > until) return { outcome: 'moving', ...so };
    }
  }
}

async function attributesOf(url: string): Promise<{ arn: string; visible: number; hidden: number }> {
  const { sqs, client } = await queueing();
  const { Attributes = {} } = await client.send(
    new sqs.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return {
    arn: Attributes.QueueArn ?? '',
    visible: Number(Attributes.ApproximateNumberOfMessages),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

async function showAgain(url: string, handles: string[]): Promise<void> {
  const { sqs, client } = await queueing();
  for (let from = 0; from < handles.length; from += 10)
    await client.send(
      new sqs.ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: handles
          .slice(from, from + 10)
          .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 })),
      }),
    );
}
