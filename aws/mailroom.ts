/**
 * The bucket. SES writes raw mail under `in/`; a mail that has its disposition moves to `mail/yyyy/mm/dd/`, so what
 * still lies under `in/` is unhandled and is found at once.
 */
import { UnavailableError } from '../core/faults.ts';
import { IN } from '../core/mail/record.ts';
import { storage } from './clients.ts';

export interface Mailroom {
  bucket: string;
  /** Null when there is no such object. */
  read(key: string): Promise<Uint8Array | null>;
  write(key: string, content: Uint8Array, contentType: string): Promise<void>;
  /** Repeats are harmless: what has moved already stays where it is. */
  move(from: string, to: string): Promise<void>;
  /** Unhandled mail that came before then (epoch ms), oldest names first, `limit` at the most. */
  unhandled(before: number, limit: number): Promise<{ key: string; at: string }[]>;
}

export function openMailroom(bucket: string): Mailroom {
  return {
    bucket,
    async read(key) {
      const { s3, client } = await storage();
      try {
        const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key }));
        return Body ? await Body.transformToByteArray() : null;
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
    async unhandled(before, limit) {
      const { s3, client } = await storage();
      const found: { key: string; at: string }[] = [];
      let token: string | undefined;
      do {
        const page = await client
          .send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: IN, ContinuationToken: token }))
          .catch(rethrow);
        for (const { Key, LastModified } of page.Contents ?? []) {
          if (Key && LastModified && LastModified.getTime() < before)
            found.push({ key: Key, at: LastModified.toISOString() });
        }
        token = page.NextContinuationToken;
      } while (token && found.length < limit);
      return found.slice(0, limit);
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
