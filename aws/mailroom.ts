/**
 * The bucket. SES writes raw mail under `in/`; a mail that has its disposition moves to `mail/yyyy/mm/dd/`, so what
 * still lies under `in/` is unhandled and is found at once.
 */
import { UnavailableError } from '../core/faults.ts';
import { storage } from './clients.ts';

export interface Mailroom {
  bucket: string;
  /** Null when there is no such object. `part` asks for some of its octets; `end` is not among them. */
  read(key: string, part?: { start: number; end: number }): Promise<Uint8Array | null>;
  /** In octets; null when there is no such object. */
  size(key: string): Promise<number | null>;
  write(key: string, content: Uint8Array, contentType: string): Promise<void>;
  /** Repeats are harmless: what has moved already stays where it is. */
  move(from: string, to: string): Promise<void>;
  /** Repeats are harmless. */
  remove(key: string): Promise<void>;
  /** Every object under the prefix, in the order of their keys. A page of a thousand costs a request. */
  list(prefix: string): AsyncGenerator<Stored>;
}

export interface Stored {
  key: string;
  /** When it was written there, ISO 8601 UTC. */
  at: string;
}

export function openMailroom(bucket: string): Mailroom {
  return {
    bucket,
    async read(key, part) {
      const { s3, client } = await storage();
      const Range = part && `bytes=${part.start}-${part.end - 1}`;
      try {
        const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key, Range }));
        return Body ? await Body.transformToByteArray() : null;
      } catch (error) {
        if (isMissing(error)) return null;
        // An empty object has no first octet to begin at.
        if (error instanceof Error && error.name === 'InvalidRange') return new Uint8Array();
        throw unavailable(error);
      }
    },
    async size(key) {
      const { s3, client } = await storage();
      try {
        return (await client.send(new s3.HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentLength ?? 0;
      } catch (error) {
        if (isMissing(error)) return null;
        throw unavailable(error);
      }
    },
    async write(key, content, contentType) {
      const { s3, client } = await storage();
      await client
        .send(new s3.PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: contentType }))
        .catch(rethrow);
    },
    async move(from, to) {
      const { s3, client } = await storage();
      try {
        await client.send(
          new s3.CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: `${bucket}/${from}` }),
        );
      } catch (error) {
        if (isMissing(error)) return;
        throw unavailable(error);
      }
      await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: from })).catch(rethrow);
    },
    async remove(key) {
      const { s3, client } = await storage();
      await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: key })).catch(rethrow);
    },
    async *list(prefix) {
      const { s3, client } = await storage();
      let token: string | undefined;
      do {
        const page = await client
          .send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
          .catch(rethrow);
        for (const { Key, LastModified } of page.Contents ?? [])
          if (Key && LastModified) yield { key: Key, at: LastModified.toISOString() };
        token = page.NextContinuationToken;
      } while (token);
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

function rethrow(error: unknown): never {
  throw unavailable(error);
}

const UNAVAILABLE = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'TimeoutError',
]);

function unavailable(error: unknown): unknown {
  return error instanceof Error && UNAVAILABLE.has(error.name)
    ? new UnavailableError(error.message, { cause: error })
    : error;
}
