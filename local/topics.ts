/** SNS: a topic hands what is published to the queues that subscribe to it, all of them at once or none. */
import { randomUUID } from 'node:crypto';
import type { DeskClock } from './clock.ts';
import { AwsFault } from './fault.ts';
import type { Service } from './gateway.ts';
import type { Fields } from './protocol.ts';
import type { Queues } from './queues.ts';
import type { State } from './state.ts';

export interface TopicSetting {
  name: string;
  arn: string;
  subscriptions: {
    queueArn: string;
    raw: boolean;
    /** Where SNS leaves what the queue does not take. Here the queue always takes it. */
    deadLetterArn: string | null;
  }[];
}

export interface Topics {
  /** Returns SNS's message id. The queues hold the message when this returns. */
  publish(arn: string, message: string, subject?: string): string;
  service: Service;
}

/** SNS takes 256 KB. */
const LARGEST_MESSAGE = 262_144;

export function openTopics(
  state: State,
  clock: DeskClock,
  queues: Queues,
  settings: TopicSetting[],
  maySend: (topicArn: string, queueArn: string) => void,
): Topics {
  const byArn = new Map(settings.map((setting) => [setting.arn, setting]));

  const publish: Topics['publish'] = (arn, message, subject) => {
    const topic = byArn.get(arn);
    if (!topic) throw new AwsFault('NotFound', 'Topic does not exist', 404);
    if (message === '') throw new AwsFault('InvalidParameter', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(message) > LARGEST_MESSAGE)
      throw new AwsFault('InvalidParameter', 'Invalid parameter: Message too long');
    const messageId = randomUUID();
    state.transaction(() => {
      for (const { queueArn, raw } of topic.subscriptions) {
        maySend(topic.arn, queueArn);
        queues.send(queueArn, raw ? message : envelope(topic.arn, messageId, message, subject, clock.iso()));
      }
    });
    return messageId;
  };

  return {
    publish,
    service: {
      protocol: 'query',
      operations: {
        Publish: (input: Fields) => ({
          MessageId: publish(
            String(input.TopicArn),
            String(input.Message ?? ''),
            input.Subject as string | undefined,
          ),
        }),
      },
      needs: (operation, input) => [{ action: `sns:${operation}`, resource: String(input.TopicArn) }],
    },
  };
}

function envelope(
  topicArn: string,
  messageId: string,
  message: string,
  subject: string | undefined,
  at: string,
): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: at,
  });
}
