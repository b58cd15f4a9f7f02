/** What SQS answers over HTTP: its API on the queues. */
import { createHash, randomUUID } from 'node:crypto';
import { AwsFault } from './fault.ts';
import type { Service } from './gateway.ts';
import type { Fields } from './protocol.ts';
import type { MessageAttributes, QueueMessage, QueueSetting, Queues } from './queues.ts';

/** Octets of all bodies in a batch. */
const LARGEST_BATCH = 1_048_576;
/** Moves that SQS lists for a queue. */
const MOST_MOVES = 10;

export function queueService(queues: Queues, endpoint: string): Service {
  const settingOf = (name: string): QueueSetting => {
    const setting = queues.settings.find((each) => each.name === name);
    if (!setting) throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.');
    return setting;
  };
  /** Newest first, by the queue that they emptied. */
  const moves = new Map<string, Fields[]>();
  const arnOf = (input: Fields) => settingOf(String(input.QueueUrl).split('/').at(-1) ?? '').arn;

  const send = (arn: string, entry: Fields): Fields => {
    const body = String(entry.MessageBody ?? '');
    const messageId = queues.send(arn, body, {
      ...(entry.DelaySeconds === undefined ? {} : { delay: Number(entry.DelaySeconds) }),
      attributes: (entry.MessageAttributes ?? {}) as MessageAttributes,
    });
    return { MessageId: messageId, MD5OfMessageBody: md5(body) };
  };

  const receive = async (input: Fields): Promise<Fields> => {
    const arn = arnOf(input);
    const most = Number(input.MaxNumberOfMessages ?? 1);
    if (!(most >= 1 && most <= 10)) {
      throw new AwsFault(
        'InvalidParameterValue',
        `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
      );
    }
    const visibility = input.VisibilityTimeout === undefined ? undefined : Number(input.VisibilityTimeout);
    const until = Date.now() + Number(input.WaitTimeSeconds ?? 0) * 1000;
    let taken = queues.receive(arn, most, visibility);
    while (taken.length === 0 && Date.now() < until) {
      await readyWithin(arn, until - Date.now());
      taken = queues.receive(arn, most, visibility);
    }
    const wanted = [input.MessageSystemAttributeNames ?? [], input.AttributeNames ?? []].flat() as string[];
    return taken.length === 0 ? {} : { Messages: taken.map((message) => received(message, wanted)) };
  };

  const readyWithin = (arn: string, ms: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        leave();
        resolve();
      };
      // A client that waits keeps no process alive.
      const timer = setTimeout(done, ms).unref();
      const leave = queues.onReady(arn, done);
    });

  const attributes = (arn: string, setting: QueueSetting): Record<string, string> => {
    const { visible, hidden, delayed } = queues.count(arn);
    const { deadLetter } = setting;
    const redrive = deadLetter && {
      deadLetterTargetArn: deadLetter.arn,
      maxReceiveCount: deadLetter.maxReceiveCount,
    };
    return {
      QueueArn: setting.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      VisibilityTimeout: String(setting.visibilityTimeout),
      DelaySeconds: String(setting.delay),
      MessageRetentionPeriod: String(setting.retention),
      MaximumMessageSize: String(setting.largestMessage),
      ...(redrive ? { RedrivePolicy: JSON.stringify(redrive) } : {}),
    };
  };

  return {
    protocol: 'json-1.0',
    operations: {
      SendMessage: (input) => send(arnOf(input), input),
      SendMessageBatch(input) {
        const arn = arnOf(input);
        const bodies = entriesOf(input).map(({ MessageBody }) =>
          Buffer.byteLength(String(MessageBody ?? '')),
        );
        if (bodies.reduce((sum, size) => sum + size, 0) > LARGEST_BATCH) {
          throw new AwsFault(
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${LARGEST_BATCH} bytes.`,
          );
        }
        return batch(input, (entry) => send(arn, entry));
      },
      ReceiveMessage: receive,
      DeleteMessage(input) {
        queues.delete(arnOf(input), String(input.ReceiptHandle));
        return {};
      },
      DeleteMessageBatch(input) {
        const arn = arnOf(input);
        return batch(input, ({ ReceiptHandle }) => {
          queues.delete(arn, String(ReceiptHandle));
          return {};
        });
      },
      ChangeMessageVisibility(input) {
        queues.changeVisibility(arnOf(input), String(input.ReceiptHandle), Number(input.VisibilityTimeout));
        return {};
      },
      ChangeMessageVisibilityBatch(input) {
        const arn = arnOf(input);
        return batch(input, ({ ReceiptHandle, VisibilityTimeout }) => {
          queues.changeVisibility(arn, String(ReceiptHandle), Number(VisibilityTimeout));
          return {};
        });
      },
      GetQueueUrl: (input) => ({ QueueUrl: queueUrl(endpoint, settingOf(String(input.QueueName))) }),
      ListQueues: (input) => ({
        QueueUrls: queues.settings
          .filter(({ name }) => name.startsWith(String(input.QueueNamePrefix ?? '')))
          .map((setting) => queueUrl(endpoint, setting)),
      }),
      GetQueueAttributes(input) {
        const setting = settingOf(String(input.QueueUrl).split('/').at(-1) ?? '');
        const wanted = (input.AttributeNames ?? []) as string[];
        return { Attributes: picked(attributes(setting.arn, setting), wanted) };
      },
      PurgeQueue(input) {
        queues.purge(arnOf(input));
        return {};
      },
      /** What lies in a dead-letter queue goes back to the queue that it came from, or to the one named; here at once. */
      StartMessageMoveTask(input) {
        const SourceArn = String(input.SourceArn);
        const feeding = queues.settings.find(({ deadLetter }) => deadLetter?.arn === SourceArn)?.arn;
        if (feeding === undefined) {
          throw new AwsFault(
            'InvalidParameterValue',
            'Source queue must be configured as a Dead Letter Queue.',
          );
        }
        const DestinationArn = input.DestinationArn as string | undefined;
        const moved = queues.redrive(SourceArn, DestinationArn ?? feeding);
        const task = { Status: 'COMPLETED', SourceArn, DestinationArn, StartedTimestamp: Date.now() };
        moves.set(SourceArn, [
          { ...task, ApproximateNumberOfMessagesMoved: moved, ApproximateNumberOfMessagesToMove: moved },
          ...(moves.get(SourceArn) ?? []).slice(0, MOST_MOVES - 1),
        ]);
        return { TaskHandle: randomUUID() };
      },
      ListMessageMoveTasks: (input) => ({
        Results: (moves.get(String(input.SourceArn)) ?? []).slice(0, Number(input.MaxResults ?? 1)),
      }),
    },
    needs(operation, input) {
      switch (operation) {
        case 'ListQueues':
          return [{ action: 'sqs:ListQueues', resource: '*' }];
        case 'StartMessageMoveTask':
          return [
            ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map(
              (action) => ({ action: `sqs:${action}`, resource: String(input.SourceArn) }),
            ),
            ...(input.DestinationArn === undefined
              ? []
              : [{ action: 'sqs:SendMessage', resource: String(input.DestinationArn) }]),
          ];
        case 'ListMessageMoveTasks':
          return [{ action: 'sqs:ListMessageMoveTasks', resource: String(input.SourceArn) }];
        case 'GetQueueUrl':
          return [{ action: 'sqs:GetQueueUrl', resource: settingOf(String(input.QueueName)).arn }];
        default:
          return [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: arnOf(input) }];
      }
    },
  };
}

/** What the template's Ref of a queue becomes. The SDK's client calls the host in it, whatever endpoint it is given. */
export function queueUrl(endpoint: string, queue: { arn: string; name: string }): string {
  return `${endpoint}/${queue.arn.split(':')[4]}/${queue.name}`;
}

const entriesOf = (input: Fields) => (input.Entries ?? []) as Fields[];

/** SQS answers a batch entry by entry: one that fails leaves the others done. */
function batch(input: Fields, work: (entry: Fields) => Fields): Fields {
  const entries = entriesOf(input);
  if (entries.length === 0) {
    throw new AwsFault('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new AwsFault('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsFault('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
  const Successful: Fields[] = [];
  const Failed: Fields[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      Failed.push({
        Id: entry.Id,
        Code: error.name,
        Message: error.message,
        SenderFault: error.status < 500,
      });
    }
  }
  return { Successful, Failed };
}

function received(message: QueueMessage, wanted: string[]): Fields {
  const attributes = {
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SentTimestamp: String(message.sentAt),
  };
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: picked(attributes, wanted),
    MessageAttributes: message.attributes,
  };
}

function picked(all: Record<string, string>, wanted: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name)),
  );
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
