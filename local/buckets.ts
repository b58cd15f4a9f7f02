/**
 * S3: the calls that a mailroom makes (put, get, head, list, copy, delete), kept as files in the data folder under
 * names that a person can read, with an index in the desk's state. An object is there whole or not at all: its file is
 * complete before the index names it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { DeskClock } from './clock.ts';
import { AwsFault } from './fault.ts';
import type { Guard, Need, RawService } from './gateway.ts';
import { readBody } from './gateway.ts';
import { xmlOf, xmlText } from './protocol.ts';
import type { State } from './state.ts';

export interface BucketSetting {
  name: string;
  /** Objects under `prefix` go when they are older than `days` of desk time. */
  expiries: { prefix: string; days: number }[];
}

export interface Buckets {
  /** With `also`, which is synchronous, the object is there and that is done, or neither is. */
  put(bucket: string, key: string, body: Readable, also?: () => void): Promise<void>;
  get(bucket: string, key: string): { body: Readable; size: number } | null;
  has(bucket: string, key: string): boolean;
  /** Deletes what the lifecycle rules no longer want. */
  expire(): Promise<void>;
  service: RawService;
}

/** What S3 gives back with an object: content type and the like, and x-amz-meta-*. */
export type ObjectHeaders = Record<string, string>;

interface Row {
  bucket: string;
  key: string;
  file: string;
  size: number;
  etag: string;
  modified: number;
  headers: string;
}

const KEPT_HEADERS =
  /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+)$/;
const DAY = 86_400_000;
/** The largest list of keys in a DeleteObjects call, and of everything else that is XML. */
const LARGEST_XML = 2 * 1024 * 1024;

export function openBuckets(
  state: State,
  clock: DeskClock,
  dataDir: string,
  guard: Guard,
  settings: BucketSetting[],
): Buckets {
  const { db } = state;
  db.exec(`
    CREATE TABLE IF NOT EXISTS objects (
      bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      modified INTEGER NOT NULL, headers TEXT NOT NULL, PRIMARY KEY (bucket, key)
    ) STRICT, WITHOUT ROWID;
  `);
  const sql = {
    find: db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?'),
    write: db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)'),
    remove: db.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?'),
    list: db.prepare(
      'SELECT * FROM objects WHERE bucket = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    old: db.prepare('SELECT * FROM objects WHERE bucket = ? AND key >= ? AND key < ? AND modified < ?'),
  };
  const root = join(dataDir, 'buckets');
  const unfinished = join(root, '.unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const names = new Set(settings.map(({ name }) => name));

  const find = (bucket: string, key: string) => sql.find.get(bucket, key) as Row | undefined;

  /** Whoever may not list the bucket is not told that a key does not exist, but that he may not read it. */
  const existing = (bucket: string, key: string, principal: string): Row => {
    const row = find(bucket, key);
    if (row) return row;
    guard.authorize(principal, [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }]);
    throw new AwsFault('NoSuchKey', 'The specified key does not exist.', 404);
  };

  /** Takes a complete file in as the object. `only` is If-None-Match: * — the first who comes has it. */
  const admit = async (
    bucket: string,
    key: string,
    from: string,
    size: number,
    etag: string,
    headers: ObjectHeaders,
    only = false,
    also = () => {},
  ) => {
    const file = join(bucket, readableName(key));
    await mkdir(dirname(join(root, file)), { recursive: true });
    await rename(from, join(root, file));
    let before: Row | undefined;
    try {
      before = state.transaction(() => {
        const found = find(bucket, key);
        if (found && only)
          throw new AwsFault(
            'PreconditionFailed',
            'At least one of the pre-conditions you specified did not hold',
            412,
          );
        sql.write.run(bucket, key, file, size, etag, clock.now(), JSON.stringify(headers));
        also();
        return found;
      });
    } catch (error) {
      await rm(join(root, file), { force: true });
      throw error;
    }
    if (before) await rm(join(root, before.file), { force: true });
  };

  const store = async (
    bucket: string,
    key: string,
    body: Readable,
    headers: ObjectHeaders,
    only: boolean,
    expected: () => { crc32?: string; md5?: string },
    also?: () => void,
  ) => {
    const temporary = join(unfinished, randomUUID());
    const hash = createHash('md5');
    let size = 0;
    let sum = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        size += chunk.length;
        hash.update(chunk);
        sum = crc32(chunk, sum);
        done(null, chunk);
      },
    });
    try {
      await pipeline(body, measure, createWriteStream(temporary));
      const digest = hash.digest();
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(sum);
      const sent = expected();
      if (
        (sent.crc32 !== undefined && sent.crc32 !== crc.toString('base64')) ||
        (sent.md5 !== undefined && sent.md5 !== digest.toString('base64'))
      ) {
        throw new AwsFault('BadDigest', 'The checksum you specified did not match the calculated checksum.');
      }
      const etag = digest.toString('hex');
      await admit(bucket, key, temporary, size, etag, headers, only, also);
      return etag;
    } finally {
      await rm(temporary, { force: true });
    }
  };

  const drop = async (bucket: string, key: string) => {
    const row = find(bucket, key);
    if (!row) return;
    sql.remove.run(bucket, key);
    await rm(join(root, row.file), { force: true });
  };

  const put = async (request: IncomingMessage, response: ServerResponse, bucket: string, key: string) => {
    const only = request.headers['if-none-match'] === '*';
    if (only && find(bucket, key))
      throw new AwsFault(
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        412,
      );
    const trailers: Record<string, string> = {};
    const chunked = String(request.headers['x-amz-content-sha256']).startsWith('STREAMING-');
    const body = chunked ? request.pipe(unchunk(trailers)) : request;
    if (chunked) request.once('error', (error) => body.destroy(error));
    const etag = await store(bucket, key, body, keptHeaders(request), only, () => {
      const sum = trailers['x-amz-checksum-crc32'] ?? request.headers['x-amz-checksum-crc32'];
      const digest = request.headers['content-md5'];
      return {
        ...(typeof sum === 'string' ? { crc32: sum } : {}),
        ...(typeof digest === 'string' ? { md5: digest } : {}),
      };
    });
    response.setHeader('etag', `"${etag}"`);
    response.end();
  };

  const copy = async (
    request: IncomingMessage,
    response: ServerResponse,
    bucket: string,
    key: string,
    principal: string,
  ) => {
    const source = sourceOf(request);
    const from = existing(source.bucket, source.key, principal);
    const temporary = join(unfinished, randomUUID());
    await copyFile(join(root, from.file), temporary);
    const replaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    await admit(
      bucket,
      key,
      temporary,
      from.size,
      from.etag,
      replaced ? keptHeaders(request) : JSON.parse(from.headers),
    );
    xml(
      response,
      `<CopyObjectResult>${xmlOf({ LastModified: clock.iso(), ETag: `"${from.etag}"` })}</CopyObjectResult>`,
    );
  };

  const get = async (
    request: IncomingMessage,
    response: ServerResponse,
    bucket: string,
    key: string,
    principal: string,
  ) => {
    const row = existing(bucket, key, principal);
    for (const [name, value] of Object.entries(JSON.parse(row.headers) as ObjectHeaders))
      response.setHeader(name, value);
    response.setHeader('etag', `"${row.etag}"`);
    response.setHeader('last-modified', new Date(row.modified).toUTCString());
    response.setHeader('accept-ranges', 'bytes');
    const range = rangeOf(request.headers.range, row.size);
    if (range) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${range.start}-${range.end}/${row.size}`);
    }
    response.setHeader('content-length', range ? range.end - range.start + 1 : row.size);
    if (request.method === 'HEAD') return void response.end();
    await pipeline(createReadStream(join(root, row.file), range ?? {}), response);
  };

  const list = (response: ServerResponse, bucket: string, query: URLSearchParams) => {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
    let after =
      Buffer.from(query.get('continuation-token') ?? '', 'base64').toString() ||
      (query.get('start-after') ?? '');
    const contents: Row[] = [];
    const prefixes: string[] = [];
    let truncated = false;
    while (!truncated) {
      const row = sql.list.get(bucket, after, prefix, beyond(prefix), 1) as Row | undefined;
      if (!row) break;
      if (contents.length + prefixes.length === most) {
        truncated = true;
        break;
      }
      const cut = delimiter === '' ? -1 : row.key.indexOf(delimiter, prefix.length);
      if (cut < 0) {
        contents.push(row);
        after = row.key;
      } else {
        const group = row.key.slice(0, cut + delimiter.length);
        prefixes.push(group);
        after = beyond(group);
      }
    }
    const encode =
      query.get('encoding-type') === 'url'
        ? (text: string) => encodeURIComponent(text).replaceAll('%2F', '/')
        : (text: string) => text;
    xml(
      response,
      `<ListBucketResult>${xmlOf({ Name: bucket, Prefix: encode(prefix), KeyCount: contents.length + prefixes.length, MaxKeys: most, IsTruncated: truncated })}` +
        (truncated
          ? `<NextContinuationToken>${Buffer.from(after).toString('base64')}</NextContinuationToken>`
          : '') +
        contents
          .map(
            ({ key, size, etag, modified }) =>
              `<Contents>${xmlOf({ Key: encode(key), LastModified: new Date(modified).toISOString(), ETag: `"${etag}"`, Size: size, StorageClass: 'STANDARD' })}</Contents>`,
          )
          .join('') +
        prefixes
          .map((group) => `<CommonPrefixes><Prefix>${xmlText(encode(group))}</Prefix></CommonPrefixes>`)
          .join('') +
        '</ListBucketResult>',
    );
  };

  const removeMany = async (
    request: IncomingMessage,
    response: ServerResponse,
    bucket: string,
    principal: string,
  ) => {
    const text = (await readBody(request, LARGEST_XML)).toString();
    const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => unescapeXml(key as string));
    if (keys.length === 0 || keys.length > 1000)
      throw new AwsFault('MalformedXML', 'Between one and a thousand keys are deleted at once.');
    guard.authorize(
      principal,
      keys.map((key) => need('s3:DeleteObject', bucket, key)),
    );
    for (const key of keys) await drop(bucket, key);
    const quiet = /<Quiet>true<\/Quiet>/.test(text);
    xml(
      response,
      `<DeleteResult>${quiet ? '' : keys.map((key) => `<Deleted><Key>${xmlText(key)}</Key></Deleted>`).join('')}</DeleteResult>`,
    );
  };

  const serve: RawService['serve'] = async (request, response, principal) => {
    const { bucket, key, query } = addressOf(request);
    if (!names.has(bucket)) throw new AwsFault('NoSuchBucket', 'The specified bucket does not exist', 404);
    const subresource = [...query.keys()].find((name) => name !== 'x-id' && key !== '');
    if (subresource)
      throw new AwsFault(
        'NotImplemented',
        `?${subresource} of an object is not available on the laptop.`,
        501,
      );
    const call = `${request.method} ${key === '' ? 'bucket' : request.headers['x-amz-copy-source'] ? 'copy' : 'object'}`;
    switch (call) {
      case 'PUT object':
        guard.authorize(principal, [need('s3:PutObject', bucket, key)]);
        return put(request, response, bucket, key);
      case 'PUT copy': {
        const source = sourceOf(request);
        guard.authorize(principal, [
          need('s3:GetObject', source.bucket, source.key),
          need('s3:PutObject', bucket, key),
        ]);
        return copy(request, response, bucket, key, principal);
      }
      case 'GET object':
      case 'HEAD object':
        guard.authorize(principal, [need('s3:GetObject', bucket, key)]);
        return get(request, response, bucket, key, principal);
      case 'DELETE object':
        guard.authorize(principal, [need('s3:DeleteObject', bucket, key)]);
        await drop(bucket, key);
        response.statusCode = 204;
        return void response.end();
      case 'GET bucket':
        if (query.get('list-type') !== '2') break;
        guard.authorize(principal, [listNeed(bucket, query.get('prefix') ?? '')]);
        return list(response, bucket, query);
      case 'HEAD bucket':
        guard.authorize(principal, [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }]);
        return void response.end();
      case 'POST bucket':
        if (!query.has('delete')) break;
        return removeMany(request, response, bucket, principal);
    }
    throw new AwsFault(
      'NotImplemented',
      `${request.method} of ${key === '' ? 'a bucket' : 'an object'} in this form is not available on the laptop.`,
      501,
    );
  };

  return {
    async put(bucket, key, body, also) {
      await store(bucket, key, body, {}, false, () => ({}), also);
    },
    get(bucket, key) {
      const row = find(bucket, key);
      return row ? { body: createReadStream(join(root, row.file)), size: row.size } : null;
    },
    has: (bucket, key) => find(bucket, key) !== undefined,
    async expire() {
      for (const { name, expiries } of settings) {
        for (const { prefix, days } of expiries) {
          const rows = sql.old.all(
            name,
            prefix,
            beyond(prefix),
            clock.now() - days * DAY,
          ) as unknown as Row[];
          for (const { key } of rows) await drop(name, key);
        }
      }
    },
    service: { protocol: 's3', serve },
  };
}

const need = (action: string, bucket: string, key: string): Need => ({
  action,
  resource: `arn:aws:s3:::${bucket}/${key}`,
});
const listNeed = (bucket: string, prefix: string): Need => ({
  action: 's3:ListBucket',
  resource: `arn:aws:s3:::${bucket}`,
  context: { 's3:prefix': prefix },
});

/** Path style, as the SDK's client addresses an IP endpoint. */
function addressOf(request: IncomingMessage): { bucket: string; key: string; query: URLSearchParams } {
  const url = request.url ?? '/';
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const [, bucket = '', ...rest] = path.split('/');
  return {
    bucket,
    key: decoded(rest.join('/')),
    query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
  };
}

function sourceOf(request: IncomingMessage): { bucket: string; key: string } {
  const [bucket = '', ...rest] = String(request.headers['x-amz-copy-source'])
    .replace(/^\//, '')
    .replace(/\?.*$/, '')
    .split('/');
  return { bucket, key: decoded(rest.join('/')) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsFault('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function keptHeaders(request: IncomingMessage): ObjectHeaders {
  return Object.fromEntries(
    Object.entries(request.headers).filter(
      (header): header is [string, string] => KEPT_HEADERS.test(header[0]) && typeof header[1] === 'string',
    ),
  );
}

/**
 * A path for the object that tells its key and that no other object's path begins with: what is odd in a key becomes
 * `_`, and a file ends in `~` and eight hex digits, which no folder does.
 */
function readableName(key: string): string {
  const segments = key
    .split('/')
    .map((segment) => segment.replace(/[^A-Za-z0-9._@+=-]/g, '_').slice(0, 100) || '_');
  const safe = segments.map((segment) => (/^\.+$/.test(segment) ? '_' : segment));
  return `${safe.slice(0, 20).join('/')}~${randomUUID().slice(0, 8)}`;
}

/** The first string that no key with this prefix reaches. */
function beyond(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

/** `bytes=a-b`, `bytes=a-` and `bytes=-n`. S3 answers anything else with the whole object. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) throw new AwsFault('InvalidRange', 'The requested range is not satisfiable', 416);
  return { start, end };
}

function xml(response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'application/xml');
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot|apos));/gi, (_, decimal, hex, name) =>
    name
      ? (named[name.toLowerCase()] as string)
      : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  );
}

/** Takes the aws-chunked framing off a body and leaves its trailing headers in `trailers`. */
function unchunk(trailers: Record<string, string>): Transform {
  let held: Buffer = Buffer.alloc(0);
  /** Octets left of the chunk, then its CRLF; -1 while a chunk's size is read; -2 in the trailers. */
  let left = -1;
  let trailing = '';
  return new Transform({
    transform(data: Buffer, _, done) {
      held = held.length === 0 ? data : Buffer.concat([held, data]);
      while (held.length > 0) {
        if (left === -2) {
          trailing += held.toString('latin1');
          held = Buffer.alloc(0);
          if (trailing.length > 8192)
            return done(new AwsFault('InvalidRequest', 'The trailers are too long.'));
        } else if (left === -1) {
          const end = held.indexOf('\r\n');
          if (end < 0) {
            if (held.length > 1024) return done(new AwsFault('InvalidRequest', 'A chunk without a size.'));
            break;
          }
          const size = Number.parseInt(held.toString('latin1', 0, end), 16);
          if (!(size >= 0)) return done(new AwsFault('InvalidRequest', 'A chunk without a size.'));
          held = held.subarray(end + 2);
          left = size === 0 ? -2 : size + 2;
        } else {
          const take = Math.min(left, held.length);
          const content = Math.max(0, Math.min(take, left - 2));
          if (content > 0) this.push(held.subarray(0, content));
          held = held.subarray(take);
          left -= take;
          if (left === 0) left = -1;
        }
      }
      done();
    },
    flush(done) {
      if (left !== -2) return done(new AwsFault('IncompleteBody', 'The body ended within a chunk.'));
      for (const line of trailing.split('\r\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      done();
    },
  });
}
