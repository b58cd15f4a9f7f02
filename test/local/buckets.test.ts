import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { type BucketSetting, openBuckets } from '../../local/buckets.ts';
import { AwsFault } from '../../local/fault.ts';
import type { Guard } from '../../local/gateway.ts';
import { clientFor, EVERYTHING, type Ground, openGround, openTestGateway } from './world.ts';

const Bucket = 'desk';

async function open(
  { dataDir, state, clock }: Ground,
  guard: Guard = EVERYTHING,
  setting: Partial<BucketSetting> = {},
) {
  const gateway = await openTestGateway(guard);
  const buckets = openBuckets(state, clock, dataDir, guard, [{ name: Bucket, expiries: [], ...setting }]);
  gateway.add('s3', buckets.service);
  const s3 = new S3Client(clientFor(gateway.endpoint));
  const put = (Key: string, Body: string | Uint8Array | Readable, more = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = async (Key: string, more = {}) => {
    const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...rest, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) };
  };
  const keys = async (more = {}) =>
    (await s3.send(new ListObjectsV2Command({ Bucket, ...more }))).Contents?.map(({ Key }) => Key) ?? [];
  return { s3, buckets, put, get, keys };
}

test('an object comes back with its octets, type and metadata', async () => {
  const { put, get, s3 } = await open(openGround());
  const bytes = randomBytes(3_000_000);
  await put('mail/2026/a b+c%ü', bytes, { ContentType: 'message/rfc822', Metadata: { sender: 'ada' } });
  const { bytes: read, ...object } = await get('mail/2026/a b+c%ü');
  expect(read.equals(bytes)).toBe(true);
  expect(object).toMatchObject({
    ContentType: 'message/rfc822',
    Metadata: { sender: 'ada' },
    ContentLength: 3_000_000,
  });
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'mail/2026/a b+c%ü' }))).toMatchObject({
    ContentLength: 3_000_000,
    ETag: object.ETag,
  });
});

test('a streamed upload is stored without the framing that it travels in', async () => {
  const { put, get } = await open(openGround());
  const parts = [Buffer.from('first '), randomBytes(70_000), Buffer.from(' last')];
  const ContentLength = parts.reduce((sum, part) => sum + part.length, 0);
  await put('stream', Readable.from(parts), { ContentLength });
  expect((await get('stream')).bytes.equals(Buffer.concat(parts))).toBe(true);
});

test('octets that changed on their way are refused, and what was there before stays', async () => {
  const { put, get } = await open(openGround());
  await put('key', 'before');
  await expect(put('key', 'after', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  expect((await get('key')).bytes.toString()).toBe('before');
});

test('a range is answered with its part', async () => {
  const { put, get } = await open(openGround());
  await put('key', '0123456789');
  expect((await get('key', { Range: 'bytes=2-4' })).bytes.toString()).toBe('234');
  expect((await get('key', { Range: 'bytes=-3' })).bytes.toString()).toBe('789');
  expect(await get('key', { Range: 'bytes=8-100' })).toMatchObject({ ContentRange: 'bytes 8-9/10' });
  await expect(get('key', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('with If-None-Match the first who comes has the key', async () => {
  const { put, get } = await open(openGround());
  const all = await Promise.allSettled(
    ['one', 'two', 'three'].map((body) => put('once', body, { IfNoneMatch: '*' })),
  );
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(put('once', 'late', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect(['one', 'two', 'three']).toContain((await get('once')).bytes.toString());
});

test('keys are listed in the order of their octets, by prefix, page and folder', async () => {
  const { put, keys, s3 } = await open(openGround());
  for (const key of ['in/b', 'in/a', 'in/ä', 'mail/x/1', 'mail/x/2', 'mail/y', 'Z']) await put(key, 'x');
  expect(await keys()).toEqual(['Z', 'in/a', 'in/b', 'in/ä', 'mail/x/1', 'mail/x/2', 'mail/y']);
  expect(await keys({ Prefix: 'in/' })).toEqual(['in/a', 'in/b', 'in/ä']);
  const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 5 }));
  expect(first).toMatchObject({ KeyCount: 5, IsTruncated: true });
  expect(await keys({ ContinuationToken: first.NextContinuationToken })).toEqual(['mail/x/2', 'mail/y']);
  const folders = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'mail/', Delimiter: '/' }));
  expect(folders).toMatchObject({
    CommonPrefixes: [{ Prefix: 'mail/x/' }],
    Contents: [{ Key: 'mail/y' }],
    IsTruncated: false,
  });
});

test('a copy has the content and the metadata of its source, which can then go', async () => {
  const { put, get, keys, s3 } = await open(openGround());
  await put('in/mail é', 'raw', { ContentType: 'message/rfc822' });
  await s3.send(
    new CopyObjectCommand({
      Bucket,
      Key: 'mail/1',
      CopySource: `${Bucket}/${encodeURIComponent('in/mail é')}`,
    }),
  );
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'in/mail é' }));
  expect(await get('mail/1')).toMatchObject({ bytes: Buffer.from('raw'), ContentType: 'message/rfc822' });
  expect(await keys()).toEqual(['mail/1']);
});

test('several are deleted at once, and those that do not exist count as deleted', async () => {
  const { put, keys, s3 } = await open(openGround());
  await put('a&b', 'x');
  await put('c', 'x');
  const { Deleted } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a&b' }, { Key: 'none' }] } }),
  );
  expect(Deleted).toHaveLength(2);
  expect(await keys()).toEqual(['c']);
});

test('who may not list is not told that a key does not exist', async () => {
  const withoutList: Guard = {
    authorize(_, needs) {
      if (needs.some(({ action }) => action === 's3:ListBucket'))
        throw new AwsFault('AccessDenied', 'may not list', 403);
    },
  };
  const { get } = await open(openGround(), withoutList);
  await expect(get('none')).rejects.toMatchObject({ name: 'AccessDenied' });
  const { get: getAsLister } = await open(openGround());
  await expect(getAsLister('none')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('what is not built is refused and harms nothing', async () => {
  const { put, get, s3 } = await open(openGround());
  await put('key', 'body');
  await expect(
    s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'key', Tagging: { TagSet: [] } })),
  ).rejects.toMatchObject({ name: 'NotImplemented' });
  expect((await get('key')).bytes.toString()).toBe('body');
});

test('objects outlive a restart; an upload that was cut off leaves nothing', async () => {
  const ground = openGround();
  const first = await open(ground);
  await first.put('kept', 'body');
  const broken = new Readable({ read() {} });
  broken.push('half');
  const put = first.buckets.put(Bucket, 'half', broken);
  broken.destroy(new Error('cut off'));
  await expect(put).rejects.toThrow('cut off');
  ground.close();

  const later = await open(openGround({ dataDir: ground.dataDir }));
  expect(await later.keys()).toEqual(['kept']);
  expect((await later.get('kept')).bytes.toString()).toBe('body');
  expect(readdirSync(join(ground.dataDir, 'buckets', '.unfinished'))).toEqual([]);
});

test('what is to be done with an object and cannot leaves no object', async () => {
  const ground = openGround();
  const { buckets, keys } = await open(ground);
  const put = buckets.put(Bucket, 'told', Readable.from(['body']), () => {
    throw new Error('nobody listens');
  });
  await expect(put).rejects.toThrow('nobody listens');
  expect(await keys()).toEqual([]);
  expect(buckets.has(Bucket, 'told')).toBe(false);
});

test('an object goes when its days of desk time are over', async () => {
  const { put, keys, buckets } = await open(openGround({ speed: 86_400 }), EVERYTHING, {
    expiries: [{ prefix: 'old/', days: 1 }],
  });
  await put('old/a', 'x');
  await put('kept/a', 'x');
  await buckets.expire();
  expect(await keys()).toHaveLength(2);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await buckets.expire();
  expect(await keys()).toEqual(['kept/a']);
});
