/** SQS, sending. */
import { UnavailableError } from '../core/faults.ts';
import { queueing } from './clients.ts';

export interface Queue {
  /** `delay` in seconds, at most 900. */
  send(body: unknown, delay?: number): Promise<void>;
  /** The indices of what was not taken. `delays` as in `send`, one for each body. */
  sendAll(bodies: unknown[], delays?: readonly number[]): Promise<number[]>;
}

const BATCH = 10;

export function openQueue(url: string): Queue {
  return {
    async send(body, delay) {
      const { sqs, client } = await queueing();
      await client
        .send(
          new sqs.SendMessageCommand({
            QueueUrl: url,
            MessageBody: JSON.stringify(body),
            DelaySeconds: delay,
          }),
        )
        .catch(unavailable);
    },
    async sendAll(bodies, delays = []) {
      const { sqs, client } = await queueing();
      const failed: number[] = [];
      for (let from = 0; from < bodies.length; from += BATCH) {
        const Entries = bodies.slice(from, from + BATCH).map((body, index) => ({
          Id: String(from + index),
          MessageBody: JSON.stringify(body),
          DelaySeconds: delays[from + index],
        }));
        const answer = await client
          .send(new sqs.SendMessageBatchCommand({ QueueUrl: url, Entries }))
          .catch(unavailable);
        failed.push(...(answer.Failed ?? []).map(({ Id }) => Number(Id)));
      }
      return failed;
    },
  };
}

function unavailable(error: unknown): never {
  if (error instanceof Error && /Throttl|Unavailable|InternalError|TimeoutError/.test(error.name))
    throw new UnavailableError(`SQS: ${error.message}`, { cause: error });
  throw error;
}
