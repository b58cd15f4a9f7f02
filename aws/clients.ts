/**
 * The SDK's clients, each made when it is first used and kept while the process lives. The imports are dynamic, so
 * that a function that never sends mail never loads what would send it: cold starts are paid for.
 *
 * A mail makes up to thirty calls, and what the SDK does for each of them would be most of its CPU. What does not change from call
 * to call is therefore done once (`FIXED`, `fixed`), and what a plain call does not need is left out (`direct`).
 */
import { createHmac, createSecretKey, hash } from 'node:crypto';
import { DYNAMODB, S3, SES, SQS } from './plain.ts';
import { direct } from './wire.ts';

/** Signs. Given a key as octets Node looks at length for what it is, which takes five times as long as the HMAC itself. */
class Sha256 {
  #secret: string | Uint8Array | undefined;
  #parts: Uint8Array[] = [];

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : octets(secret);
  }

  update(data: Uint8Array): void {
    this.#parts.push(data);
  }

  async digest(): Promise<Uint8Array> {
    const [first = new Uint8Array(), ...others] = this.#parts;
    const data = others.length === 0 ? first : Buffer.concat(this.#parts);
    if (this.#secret === undefined) return hash('sha256', data, 'buffer');
    const key = typeof this.#secret === 'string' ? this.#secret : createSecretKey(this.#secret);
    return createHmac('sha256', key).update(data).digest();
  }

  reset(): void {
    this.#parts = [];
  }
}

function octets(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

const FIXED = { cacheMiddleware: true, sha256: Sha256 } as const;

interface Client {
  middlewareStack: { remove(name: string): boolean };
  config: { signer: () => Promise<unknown> };
}

function fixed<C extends Client>(client: C): C {
  // It makes a copy of all that is sent and answered, without what is secret, for a logger that nobody gave.
  client.middlewareStack.remove('loggerMiddleware');
  // What it tells of Node, the system and the SDK's own settings is put together for each call. Who calls, the role says.
  client.middlewareStack.remove('getUserAgentMiddleware');
  const { signer } = client.config;
  client.config.signer = lazy(signer);
  return client;
}

/** Remembers a promise; forgets it when it fails, so that the next call tries again. */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error) => {
      made = null;
      throw error;
    });
    return made;
  };
}

export const database = lazy(async () => {
  const dynamodb = await import('@aws-sdk/client-dynamodb');
  return { dynamodb, client: fixed(direct(new dynamodb.DynamoDBClient(FIXED), DYNAMODB)) };
});

export const storage = lazy(async () => {
  const s3 = await import('@aws-sdk/client-s3');
  return { s3, client: fixed(direct(new s3.S3Client(FIXED), S3)) };
});

export const queueing = lazy(async () => {
  const sqs = await import('@aws-sdk/client-sqs');
  // The queue's own address would be asked where to; a desk's queues are all of one region.
  return { sqs, client: fixed(direct(new sqs.SQSClient(FIXED), SQS)) };
});

export const mailing = lazy(async () => {
  const ses = await import('@aws-sdk/client-ses');
  // SES knows no idempotency token: an attempt that timed out may have been sent, and a second one sends it twice.
  return { ses, client: fixed(direct(new ses.SESClient({ ...FIXED, maxAttempts: 1 }), SES)) };
});

export const machines = lazy(async () => {
  const sfn = await import('@aws-sdk/client-sfn');
  return { sfn, client: fixed(direct(new sfn.SFNClient(FIXED))) };
});

export const parameters = lazy(async () => {
  const ssm = await import('@aws-sdk/client-ssm');
  return { ssm, client: fixed(new ssm.SSMClient(FIXED)) };
});
