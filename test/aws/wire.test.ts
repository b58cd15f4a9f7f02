import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attributesOf } from '../../aws/attributes.ts';
import { DYNAMODB, type PlainCalls, S3, SES, SQS } from '../../aws/plain.ts';
import { connections, direct, ownSigner, type Request } from '../../aws/wire.ts';

interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (response: ServerResponse, asked: Asked) => void;

let asked: Asked[] = [];
let opened = 0;
/** What the server says next; when there is no more, the last again. */
let answers: Answer[] = [];
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { method = '', url: path = '', headers } = request;
    asked.push({ method, path, headers, body: Buffer.concat(parts).toString() });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, asked.at(-1) as Asked);
  });
});
server.on('connection', () => opened++);
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
const settings = { endpoint, credentials, region: 'eu-west-1', cacheMiddleware: true };
const dynamo = (more: DynamoDBClientConfig = {}) => new DynamoDBClient({ ...settings, ...more });
const clients = [dynamo(), direct(dynamo(), DYNAMODB)] as const;
const [, ours] = clients;

beforeEach(() => {
  asked = [];
  answers = [says(200, {})];
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  for (const client of clients) client.destroy();
  server.closeAllConnections();
  server.close();
});

function says(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) =>
    void response
      .writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': 'R1',
        ...headers,
      })
      .end(text);
}

const breaksOff: Answer = (response) => void response.socket?.destroy();
const breaksOffWithin: Answer = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"Item":', () => response.socket?.destroy());
};

/** An object takes this one for something else, and so does who makes attributes of it. */
const key = fc.string().filter((each) => each !== '__proto__');

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.constantFrom('B', '"B":{', 'B":"', '\ud800', 'é\u2028', '__proto'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((octets) => new Set([octets])),
    fc.constant(new Set(['a', 'B'])),
    fc.constant(new Set([1, 2])),
    fc.array(
      tie('any').filter((one) => one !== undefined),
      { maxLength: 3 },
    ),
    fc.dictionary(fc.oneof(key, fc.constantFrom('B', 'BS', 'S', 'M')), tie('any'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).any;
const item = fc
  .dictionary(fc.oneof(key, fc.constantFrom('B', 'BS')), value, {
    maxKeys: 4,
    noNullPrototype: true,
  })
  .map((fields) => attributesOf(fields));
const where = { TableName: 'Desk', Key: attributesOf({ pk: 'T#1', sk: 'TICKET' }) };

const get = () => new GetItemCommand(where);

const commands = item.chain((Item) =>
  fc.constantFrom(
    () => new GetItemCommand({ ...where, ConsistentRead: true }),
    () =>
      new BatchGetItemCommand({ RequestItems: { Desk: { Keys: [where.Key, Item], ConsistentRead: true } } }),
    () =>
      new QueryCommand({
        ...{ TableName: 'Desk', KeyConditionExpression: 'pk = :pk', Limit: 3, ScanIndexForward: false },
        ...{ ExpressionAttributeValues: Item, ExclusiveStartKey: undefined },
      }),
    () => new PutItemCommand({ TableName: 'Desk', Item, ConditionExpression: undefined }),
    () =>
      new UpdateItemCommand({ ...where, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: Item }),
    () => new DeleteItemCommand(where),
    () => new ScanCommand({ TableName: 'Desk', ExclusiveStartKey: Item }),
    () =>
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'Desk', Item, ConditionExpression: 'attribute_not_exists(pk)' } },
          { Delete: where },
        ],
      }),
  ),
);

/** What differs from call to call is only looked at for being there. */
function compared({ method, path, headers, body }: Asked) {
  const { authorization = '', 'x-amz-date': date, 'amz-sdk-invocation-id': id, ...same } = headers;
  const {
    'content-length': length,
    'user-agent': _,
    'x-amz-user-agent': __,
    'x-amz-content-sha256': ___,
    ...rest
  } = same;
  const { ClientRequestToken: token, ...said } = JSON.parse(body);
  const once = [date, id, token, authorization.split(' ')[0]].map((part) =>
    (part as string)?.replace(/[\da-f]/g, '0'),
  );
  return { method, path, rest, said, once, counts: Number(length) === Buffer.byteLength(body) };
}

test('what is asked of DynamoDB is what the SDK asks, octets and sets among it', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (command) => {
      asked = [];
      for (const client of clients) await client.send(command() as GetItemCommand);
      const [expected, ...others] = asked.map(compared);
      expect(others).toEqual([expected]);
    }),
    { numRuns: 300 },
  );
});

test('what DynamoDB answers is read as the SDK reads it, octets and sets among it', async () => {
  await fc.assert(
    fc.asyncProperty(item, item, async (one, other) => {
      const inJson = (_: string, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
      const read = { Responses: { Desk: [one, other] }, UnprocessedKeys: {} };
      answers = [says(200, JSON.stringify(read, inJson))];
      const command = () => new BatchGetItemCommand({ RequestItems: { Desk: { Keys: [where.Key] } } });
      const [expected, got] = await Promise.all(clients.map((client) => client.send(command())));
      expect(got).toMatchObject({ Responses: expected?.Responses, UnprocessedKeys: {} });
      expect(got?.Responses).toEqual(expected?.Responses);
      expect(got?.$metadata).toMatchObject({
        httpStatusCode: 200,
        requestId: 'R1',
        attempts: 1,
        totalRetryDelay: 0,
      });
    }),
    { numRuns: 300 },
  );
});

test('an answer in parts is put together', async () => {
  const text = JSON.stringify({ Item: attributesOf({ pk: 'ö'.repeat(5000) }) });
  const middle = Buffer.from(text).subarray(0, 4001);
  answers = [
    (response) =>
      void response.write(middle, () => setImmediate(() => response.end(Buffer.from(text).subarray(4001)))),
  ];
  expect((await ours.send(get())).Item).toEqual(attributesOf({ pk: 'ö'.repeat(5000) }));
});

/** What stands in a form, in whatever order and however escaped. */
function formIn(body: string): object {
  return Object.fromEntries(new URLSearchParams(body));
}

test('the queues, the mailer and the watches are asked as the SDK asks them', async () => {
  const QueueUrl = `${endpoint}/1/updates`;
  const Entries = [
    { Id: '1', MessageBody: 'Grüße', DelaySeconds: 3 },
    { Id: '2', MessageBody: 'Grüße', DelaySeconds: undefined },
  ];
  const RawMessage = { Data: Buffer.from('Subject: ü\r\n\r\n\xfb\xff>>>???', 'latin1') };
  const queued = {
    Id: '1',
    MessageId: '1',
    MD5OfMessageBody: createHash('md5').update('Grüße').digest('hex'),
  };
  const xml =
    '<SendRawEmailResponse><SendRawEmailResult><MessageId>M1</MessageId></SendRawEmailResult></SendRawEmailResponse>';
  const from = { Source: "o'hara+x@b.example", Destinations: ['x y~*@c.example', 'ü@d.example'] };
  const Tags = [
    { Name: 'kind', Value: 'answer' },
    { Name: 'update', Value: 'a_b-c' },
  ];
  const binary = { a: { DataType: 'Binary', BinaryValue: Buffer.from('octets') } };
  for (const by of [
    <C>(client: C) => client,
    <C>(client: C) => direct(client),
    <C>(client: C, calls: PlainCalls) => direct(client, calls),
  ]) {
    const sqs = by(new SQSClient(settings), SQS);
    answers = [says(200, { Successful: [queued], Failed: [] })];
    expect(await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).toMatchObject({
      Successful: [queued],
    });
    answers = [says(200, queued)];
    const message = { QueueUrl, MessageBody: 'Grüße' };
    expect(await sqs.send(new SendMessageCommand(message))).toMatchObject({ MessageId: '1' });
    await sqs.send(new SendMessageCommand({ ...message, MessageAttributes: binary }));
    answers = [says(200, xml, { 'content-type': 'text/xml' })];
    const ses = by(new SESClient({ ...settings, maxAttempts: 1 }), SES);
    const mail = { RawMessage, ...from, Tags, ConfigurationSetName: 'set' };
    expect(await ses.send(new SendRawEmailCommand(mail))).toMatchObject({ MessageId: 'M1' });
    await ses.send(new SendRawEmailCommand({ ...mail, FromArn: 'arn' }));
    await ses.send(new SendRawEmailCommand({ RawMessage }));
    answers = [says(200, { executionArn: 'arn', startDate: 1_700_000_000.5 })];
    const sfn = by(new SFNClient(settings), {});
    const start = new StartExecutionCommand({ stateMachineArn: 'arn', name: 'T-1-g1', input: '{}' });
    expect((await sfn.send(start)).startDate).toEqual(new Date(1_700_000_000_500));
    for (const client of [sqs, ses, sfn]) client.destroy();
  }
  const shown = asked.map(({ body, ...rest }) => {
    const { rest: headers, once } = compared({ ...rest, body: '{}' });
    return { said: body.startsWith('{') ? JSON.parse(body) : formIn(body), headers, once };
  });
  expect(shown.slice(7, 14)).toEqual(shown.slice(0, 7));
  expect(shown.slice(14)).toEqual(shown.slice(0, 7));
  expect(asked.map(({ headers }) => headers['amz-sdk-request'])[10]).toBe('attempt=1; max=1');
});

test('what a queue did not take, and what it refuses, is told as by the SDK', async () => {
  const QueueUrl = `${endpoint}/1/updates`;
  const Failed = [{ Id: '1', SenderFault: false, Code: 'InternalError' }];
  const by = [new SQSClient(settings), direct(new SQSClient(settings), SQS)];
  answers = [says(200, { Failed })];
  const batch = new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'a' }] });
  for (const sqs of by) expect((await sqs.send(batch)).Failed).toEqual(Failed);
  const refusal = { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no such queue' };
  answers = [says(400, refusal, { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' })];
  const send = (sqs: SQSClient) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  const [expected, got] = await Promise.all(by.map((sqs) => send(sqs).catch(shown)));
  expect(got).toEqual(expected);
  expect(got).toMatchObject({ name: expect.stringContaining('Queue') });
  answers = [says(200, { MessageId: '1', MD5OfMessageBody: 'another' })];
  for (const sqs of by) await expect(send(sqs)).rejects.toThrow('InvalidChecksumError');
  for (const sqs of by) sqs.destroy();
});

const copied = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';
const failed = (code: string) => `<Error><Code>${code}</Code><Message>it did not</Message></Error>`;
const asXml = { 'content-type': 'application/xml' };
const OBJECTS: [string, () => GetObjectCommand, Answer][] = [
  ['a copy', () => copyTo('mail/2026/11/23/m-1_a.b'), says(200, copied, asXml)],
  ['a copy that fails after its head', () => copyTo('mail/x'), says(200, failed('InternalError'), asXml)],
  ['a copy of nothing', () => copyTo('mail/x'), says(404, failed('NoSuchKey'), asXml)],
  ['a copy with more to it', () => copyTo('mail/x', { StorageClass: 'GLACIER' }), says(200, copied, asXml)],
  ['a copy to a name with a blank', () => copyTo('mail/x y/ü'), says(200, copied, asXml)],
  ['a copy to the folder above', () => copyTo('mail/../x'), says(200, copied, asXml)],
  ['a deletion', () => remove('in/m-1'), (response) => void response.writeHead(204).end()],
  ['a deletion by another name', () => remove('in/a+b=c'), (response) => void response.writeHead(204).end()],
  ['a deletion that is refused', () => remove('in/m-1'), says(403, failed('AccessDenied'), asXml)],
  ['an object', () => read('in/m-1'), says(200, 'a mail', { 'content-type': 'message/rfc822' })],
  ['a part of it', () => read('in/m-1', { Range: 'bytes=0-3' }), says(206, 'a ma')],
  ['no object', () => read('in/m-1'), says(404, failed('NoSuchKey'), asXml)],
  [
    'a size',
    () => as(new HeadObjectCommand({ Bucket: 'bucket', Key: 'in/m-1' })),
    says(200, '', { 'content-length': '7' }),
  ],
  [
    'the size of nothing',
    () => as(new HeadObjectCommand({ Bucket: 'bucket', Key: 'in/m-1' })),
    (response) => void response.writeHead(404).end(),
  ],
  [
    'a list',
    () => as(new ListObjectsV2Command({ Bucket: 'bucket', Prefix: 'in/' })),
    says(200, '<ListBucketResult><Contents><Key>in/a</Key></Contents></ListBucketResult>', asXml),
  ],
  [
    'an object that is written',
    () => as(new PutObjectCommand({ Bucket: 'bucket', Key: 'files/a', Body: Buffer.from('ü') })),
    says(200, ''),
  ],
];

const as = (command: unknown) => command as GetObjectCommand;
const read = (Key: string, more: object = {}) => new GetObjectCommand({ Bucket: 'bucket', Key, ...more });
const remove = (Key: string) => as(new DeleteObjectCommand({ Bucket: 'bucket', Key }));
const copyTo = (Key: string, more: object = {}) =>
  as(new CopyObjectCommand({ Bucket: 'bucket', Key, CopySource: 'bucket/in/m-1', ...more }));

/** Of each attempt what was asked, and what came of it. */
async function stored(by: <C>(client: C) => C, command: () => GetObjectCommand, answer: Answer) {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const client = by(new S3Client({ ...settings, forcePathStyle: true }));
  const outcomes: unknown[] = [];
  asked = [];
  answers = [answer];
  for (let n = 0; n < 2; n++) {
    const outcome = await client.send(command()).catch(shown);
    const { $metadata, Body, ...said } = outcome as {
      $metadata: object;
      Body?: { transformToString(): Promise<string> };
    };
    outcomes.push({ ...said, ...$metadata, body: await Body?.transformToString() });
  }
  client.destroy();
  const calls = asked.map((call) => {
    const { method, path, rest, once } = compared({ ...call, body: '{}' });
    const isSigned = signatureIn(call) === slowSignature(call, 'secret') || call.body !== '';
    return { method, path, rest, once, isSigned, body: call.body };
  });
  return { outcomes, calls };
}

test.each(OBJECTS)('%s is asked of S3 as by the SDK, and told', async (name, command, answer) => {
  const [expected, got] = [
    await stored((client) => client, command, answer),
    await stored((client) => direct(client, S3), command, answer),
  ];
  expect(got.calls).toEqual(expected.calls);
  expect(got.calls.every(({ isSigned }) => isSigned)).toBe(true);
  // What was copied nobody asks.
  const unread = (outcomes: unknown[]) =>
    outcomes.map((each) => ({
      ...(each as object),
      ...(name.startsWith('a copy') ? { CopyObjectResult: undefined } : {}),
    }));
  expect(unread(got.outcomes)).toEqual(unread(expected.outcomes));
});

test('of two buckets each call goes to its own', async () => {
  const client = direct(new S3Client({ ...settings, forcePathStyle: true }), S3);
  answers = [(response) => void response.writeHead(204).end()];
  const removeFrom = (Bucket: string) =>
    client.send(new DeleteObjectCommand({ Bucket, Key: `in/${Bucket}` }));
  for (const bucket of ['one', 'other', 'other', 'one']) await removeFrom(bucket);
  const buckets = () => asked.map(({ path }) => path.split(/[/?]/).slice(1, 4));
  const [one, other] = [
    ['one', 'in', 'one'],
    ['other', 'in', 'other'],
  ];
  expect(buckets()).toEqual([one, other, other, one]);
  asked = [];
  const sent = [removeFrom('other')];
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
    sent.push(removeFrom('one'));
  }
  await Promise.all(sent);
  expect(buckets().sort()).toEqual([...Array.from({ length: 20 }, () => one), other]);
  client.destroy();
});

/** As the page of AWS has it, line by line. */
function slowSignature({ method, path, headers, body }: Asked, secret: string): string {
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/(\S+), SignedHeaders=(\S+),/.exec(String(headers.authorization)) ?? [];
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const [at, query = ''] = path.split('?');
  const canonical = [
    ...[method, at, query],
    ...signed.split(';').map((name) => `${name}:${headers[name]}`),
    ...['', signed, sha(body)],
  ].join('\n');
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(canonical)].join('\n');
  return createHmac('sha256', key).update(text).digest('hex');
}

function signatureIn({ headers }: Asked): string | undefined {
  return /Signature=(\S+)$/.exec(String(headers.authorization))?.[1];
}

test('a call is signed as the SDK signs it, with all that must be', async () => {
  for (const client of clients) await client.send(get());
  for (const call of asked) expect(signatureIn(call)).toBe(slowSignature(call, 'secret'));
  expect(asked[1]?.headers.authorization).toContain(`Credential=AKID/`);
  expect(asked[1]?.headers.authorization).toContain('/eu-west-1/dynamodb/aws4_request, ');
  expect(asked[1]?.headers.authorization).toContain(
    'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target;',
  );
});

test('whoever, wherever and whenever: no key of an earlier call signs a later one', async () => {
  let given = credentials;
  const config = { credentials: async () => given, signingRegion: 'eu-west-1', signingName: 'dynamodb' };
  const signer = ownSigner({ sign: () => Promise.reject(new Error('not asked')) }, config);
  const some = fc.record({
    secretAccessKey: fc.constantFrom('one', 'other'),
    sessionToken: fc.constantFrom('token', ''),
    signingRegion: fc.constantFrom('eu-west-1', 'us-east-1', undefined),
    signingService: fc.constantFrom('dynamodb', 'ses', undefined),
    signingDate: fc
      .constantFrom('2026-01-01T23:59:59.999Z', '2026-01-02T00:00:00.000Z')
      .map((at) => new Date(at)),
    body: fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    octets: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(some, async ({ secretAccessKey, sessionToken, signingDate, body, octets, ...at }) => {
      given = { ...credentials, secretAccessKey, sessionToken };
      const to = { method: 'POST', protocol: 'https:', hostname: 'host', path: '/', query: {} };
      const request: Request = { ...to, headers: { host: 'host', 'amz-sdk-request': 'attempt=1' }, body };
      if (octets) request.body = Buffer.from(body);
      const { headers } = await signer.sign(request, { signingDate, ...definedOf(at) });
      const call = { method: 'POST', path: '/', headers, body };
      expect(signatureIn(call)).toBe(slowSignature(call, secretAccessKey));
      const { signingRegion = 'eu-west-1', signingService = 'dynamodb' } = at;
      expect(headers.authorization).toContain(
        `/${signingDate.toISOString().slice(0, 10).replaceAll('-', '')}/${signingRegion}/${signingService}/aws4_request,`,
      );
      expect(headers['x-amz-security-token']).toBe(sessionToken || undefined);
      expect(request.headers).toEqual({ host: 'host', 'amz-sdk-request': 'attempt=1' });
    }),
  );
});

function definedOf<T extends object>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

test('credentials that are new are taken with the next call', async () => {
  let turn = 0;
  const provider = async () => ({
    ...credentials,
    secretAccessKey: `secret ${++turn}`,
    expiration: new Date(),
  });
  const client = direct(dynamo({ credentials: provider }), DYNAMODB);
  for (let n = 0; n < 3; n++) await client.send(get());
  const secrets = asked.map((call) =>
    Array.from({ length: turn }, (_, n) => `secret ${n + 1}`).find(
      (secret) => slowSignature(call, secret) === signatureIn(call),
    ),
  );
  expect(new Set(secrets).size).toBe(3);
  expect(secrets).not.toContain(undefined);
  client.destroy();
});

const REFUSALS: [string, number, unknown][] = [
  [
    'a transaction that is cancelled',
    400,
    {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: 'Transaction cancelled',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'no', Item: { pk: { S: 'T#1' }, b: { B: 'AQI=' } } },
      ],
    },
  ],
  [
    'a condition that does not hold',
    400,
    { __type: 'x#ConditionalCheckFailedException', message: 'The conditional request failed' },
  ],
  ['what nobody has heard of', 400, { __type: 'x#NewException', message: 'new' }],
  ['what must not be done', 400, { __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'no' }],
];

test.each(REFUSALS)('%s fails as by the SDK, at once', async (_, status, body) => {
  answers = [says(status, body)];
  const failures = await Promise.all(
    clients.map((client) =>
      client.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: where }] })).catch(shown),
    ),
  );
  expect(failures[1]).toEqual(failures[0]);
  expect(asked).toHaveLength(2);
});

function shown(error: Error) {
  return { ...error, name: error.name, message: error.message, kind: error.constructor.name };
}

/** How often each call was attempted, what became of it, and how much the client still trusts the service. */
async function outcomes(client: DynamoDBClient, trouble: Answer) {
  const command = () => new TransactWriteItemsCommand({ TransactItems: [{ Delete: where }] });
  const strategy = (await client.config.retryStrategy()) as unknown as { getCapacity(): number };
  const seen: unknown[] = [];
  for (const script of [[trouble, trouble, says(200, {})], [trouble], [says(200, {})]]) {
    asked = [];
    answers = script;
    const { name, $metadata } = await client.send(command()).catch((error) => error);
    const tokens = new Set(asked.map(({ body }) => JSON.parse(body).ClientRequestToken));
    const attempts = asked.map(({ headers }) => headers['amz-sdk-request']);
    seen.push({ name, $metadata, tokens: tokens.size, attempts, capacity: strategy.getCapacity() });
  }
  return seen;
}

test.each<[string, Answer]>([
  ['throttled', says(400, { __type: 'x#ProvisionedThroughputExceededException', message: 'slow down' })],
  ['unavailable', says(500, { __type: 'x#InternalServerError', message: 'oh' })],
  ['answered by somebody between', says(503, '<html>busy</html>', { 'content-type': 'text/html' })],
  ['answered with nothing, and unavailable', says(500, '')],
  ['answered with what is no JSON', says(200, '{"Item":')],
  ['broken off', breaksOff],
])('a call that is %s is tried again, or not, as by the SDK, and stays the same call', async (_, trouble) => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const [expected, got] = [
    await outcomes(dynamo(), trouble),
    await outcomes(direct(dynamo(), DYNAMODB), trouble),
  ];
  const without = (seen: unknown[]) =>
    JSON.parse(JSON.stringify(seen, (key, value) => (key === 'requestId' ? undefined : value)));
  expect(without(got)).toEqual(without(expected));
  expect(got[1]).toMatchObject({ name: expect.any(String), tokens: 1 });
});

test('a call that is broken off within its answer is tried again, and is a time-out by its name', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const [again, givenUp] = await outcomes(direct(dynamo(), DYNAMODB), breaksOffWithin);
  expect(again).toMatchObject({ $metadata: { attempts: 3 }, tokens: 1 });
  expect(givenUp).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 4 }, tokens: 1 });
});

test('calls one after the other share a connection; one that the service has closed is not missed', async () => {
  const client = direct(dynamo(), DYNAMODB);
  const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  const before = opened;
  for (let n = 0; n < 3; n++) await client.send(get());
  expect(opened - before).toBe(1);
  server.closeIdleConnections();
  await client.send(get());
  expect(opened - before).toBe(2);
  client.destroy();
  await expect.poll(open).toBe(0);
});

test('where to is asked once, whatever is called afterwards', async () => {
  const { protocol, hostname, port } = new URL(endpoint);
  const place = vi.fn(async () => ({ protocol, hostname, port: Number(port), path: '/' }));
  const client = direct(dynamo({ endpoint: place }), DYNAMODB);
  await client.send(get());
  const times = place.mock.calls.length;
  for (let n = 0; n < 3; n++) await client.send(get());
  expect(place).toHaveBeenCalledTimes(times);
  client.destroy();
});

test('an endpoint that is more than a host is left to the SDK', async () => {
  const at = { endpoint: `${endpoint}/desk/` };
  for (const client of [dynamo(at), direct(dynamo(at), DYNAMODB)]) {
    for (let n = 0; n < 2; n++) await client.send(get());
    client.destroy();
  }
  const seen = asked.map(({ path, headers }) => [path, String(headers.authorization).split('Signature=')[0]]);
  expect(seen.slice(2)).toEqual(seen.slice(0, 2));
  expect(seen[0]?.[0]).toBe('/desk/');
});

test.each<[string, Partial<Request>]>([
  ['another method', { method: 'GET' }],
  ['a path', { path: '/desk/' }],
  ['a query', { query: { 'list-type': '2' } }],
  ['a body that comes bit by bit', { body: Readable.from(['a']) }],
  ['no body', { body: undefined }],
  ['an address of IPv6', { hostname: '[::1]' }],
])('a request with %s is left to the SDK', async (_, more) => {
  const sdk = { handle: vi.fn(() => new Promise<never>(() => {})), destroy() {} };
  const to = { method: 'POST', protocol: 'http:', hostname: '127.0.0.1', port: 9, path: '/', query: {} };
  const request = { ...to, headers: {}, body: '{}', ...more };
  void connections(sdk).handle(request);
  expect(sdk.handle).toHaveBeenCalledWith(request, {});
});

test('a call can be aborted', async () => {
  answers = [() => aborting.abort()];
  const aborting = new AbortController();
  const sent = ours.send(get(), { abortSignal: aborting.signal });
  await expect(sent).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  answers = [says(200, { Item: where.Key })];
  const { Item } = await ours.send(get(), { abortSignal: new AbortController().signal });
  expect(Item).toEqual(where.Key);
});

test('a clock that is wrong is put right, for calls at once as well', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const client = direct(dynamo(), DYNAMODB);
  await client.send(get());
  const hour = 3_600_000;
  const skewed = { __type: 'x#RequestTimeTooSkewed', message: 'skewed' };
  answers = [
    (response, call) => {
      const then = Date.now() + hour;
      const isRight = Math.abs(instantOf(String(call.headers['x-amz-date'])) - then) < hour / 2;
      const headers = { date: new Date(then).toUTCString() };
      says(isRight ? 200 : 400, isRight ? {} : skewed, headers)(response, call);
    },
  ];
  // Not more of them: a client gives up trying again when too much fails at once.
  const sent = await Promise.all(Array.from({ length: 20 }, () => client.send(get())));
  expect(new Set(sent.map(({ $metadata }) => $metadata.attempts))).toEqual(new Set([2]));
  client.destroy();
});

/** Of `20261122T210755Z`, in ms since 1970. */
function instantOf(basic: string): number {
  return Date.parse(basic.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:'));
}

test('a client without the parts that would be replaced is refused', () => {
  const client = dynamo();
  client.middlewareStack.remove('deserializerMiddleware');
  expect(() => direct(client)).toThrow('the SDK has no deserializerMiddleware');
});
