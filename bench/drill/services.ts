/**
 * The services of AWS that the desk calls, in one process: what an SDK client sends over HTTP is answered here, in the form
 * of each service's own protocol, so that all of the SDK is run through, its retries with it.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { database, machines, mailing, parameters, queueing, storage } from '../../aws/clients.ts';
import { fieldsOf } from '../../local/receipt.ts';
import { keys } from '../../test/sample.ts';
import { NamedError } from './fault.ts';
import { ask } from './items.ts';
import { QUEUES, type QueueName, type Site, sendTo } from './site.ts';

/** As an SDK client hands it to what carries it. */
export interface Request {
  method: string;
  hostname: string;
  path: string;
  query: Record<string, string | undefined>;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

export interface Call {
  service: Service;
  /** As IAM writes it: `dynamodb:GetItem`. */
  action: string;
  /** The same for all that the SDK tries for one call. */
  id: string;
  request: Request;
}

export type Service = 'dynamodb' | 's3' | 'sqs' | 'ses' | 'states' | 'ssm';

const TARGETS: Record<string, Service> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSStepFunctions: 'states',
  AmazonSSM: 'ssm',
};

const S3_ACTIONS: Record<string, string> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
};

/** All that the desk sends goes to `carry`; nothing leaves this process. */
export async function connect(carry: (call: Call) => Promise<Answer>): Promise<void> {
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'drill';
  process.env.AWS_SECRET_ACCESS_KEY = 'drill';
  const opened = [database, storage, queueing, mailing, machines, parameters];
  const clients = await Promise.all(opened.map(async (open) => (await open()).client));
  const requestHandler = {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: Request) {
      const { statusCode, headers, body } = await carry(callOf(request));
      return { response: { statusCode, headers, body: Readable.from([Buffer.from(body)]) } };
    },
    destroy() {},
  };
  // Nobody looks at the signature, and to make it is most of what a call costs.
  const signer = async () => ({ sign: async (request: Request) => request });
  for (const { config } of clients) {
    const { constructor: Strategy } = (await config.retryStrategy()) as object;
    const maxAttempts = await config.maxAttempts();
    // Its own, but that it waits for nothing, and that it has not had its fill of faults at the points before.
    const retryStrategy = async () =>
      Reflect.construct(Strategy, [
        { maxAttempts, backoff: { computeNextBackoffDelay: () => 0, setDelayBase() {} } },
      ]);
    Object.assign(config, { requestHandler, signer, retryStrategy });
  }
}

function callOf(request: Request): Call {
  const { headers, method, query, body } = request;
  const id = headers['amz-sdk-invocation-id'] ?? '';
  const target = headers['x-amz-target'];
  if (target) {
    const [api = '', action] = target.split('.');
    const service = TARGETS[api];
    if (!service) throw new TypeError(`the drill knows no service ${api}`);
    return { service, action: `${service}:${action}`, id, request };
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return {
      ...{ service: 'ses', id, request },
      action: `ses:${new URLSearchParams(textOf(body)).get('Action')}`,
    };
  const action =
    query['list-type'] === '2'
      ? 'ListObjectsV2'
      : headers['x-amz-copy-source']
        ? 'CopyObject'
        : S3_ACTIONS[method];
  return { service: 's3', action: `s3:${action}`, id, request };
}

/** What was sent. */
export function textOf(body: Request['body'] = ''): string {
  return typeof body === 'string'
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}

/** Makes it take effect. */
export function serve(call: Call, site: Site): Answer {
  const { service, action, request } = call;
  const name = action.slice(action.indexOf(':') + 1);
  switch (service) {
    case 's3':
      return serveObjects(name, request, site);
    case 'ses':
      return serveMail(name, new URLSearchParams(textOf(request.body)), site);
    default: {
      const input = JSON.parse(textOf(request.body));
      try {
        return json(service === 'dynamodb' ? ask(site.items, name, input) : serveOthers(action, input, site));
      } catch (error) {
        if (error instanceof NamedError) return jsonFault(400, error.name, error.message, error.more);
        throw error;
      }
    }
  }
}

/** What a service says when it fails, or asks to slow down. */
export function refusal({ service, request }: Call, why: 'broken' | 'throttled'): Answer {
  const broken = why === 'broken';
  switch (service) {
    case 's3': {
      const [status, code] = broken ? [500, 'InternalError'] : [503, 'SlowDown'];
      const body = `<Error><Code>${code}</Code><Message>${why}</Message></Error>`;
      return { ...xml(body), statusCode: status, ...(request.method === 'HEAD' ? { body: '' } : {}) };
    }
    case 'ses': {
      const [status, code] = broken ? [500, 'InternalFailure'] : [400, 'Throttling'];
      const fault = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${why}</Message></Error>`;
      return { ...xml(`<ErrorResponse>${fault}</ErrorResponse>`), statusCode: status };
    }
    case 'dynamodb':
    case 'ssm':
      return broken ? jsonFault(500, 'InternalServerError', why) : jsonFault(400, 'ThrottlingException', why);
    case 'sqs':
    case 'states':
      return broken ? jsonFault(500, 'InternalError', why) : jsonFault(400, 'ThrottlingException', why);
  }
}

function json(output: unknown): Answer {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(output),
  };
}

function jsonFault(statusCode: number, name: string, message: string, more: object = {}): Answer {
  return { ...json({ __type: name, message, ...more }), statusCode };
}

function xml(body: string): Answer {
  return { statusCode: 200, headers: { 'content-type': 'text/xml' }, body };
}

function serveObjects(action: string, { path, query, headers, body = '' }: Request, site: Site): Answer {
  const key = decodeURIComponent(path.slice(1));
  const missing = { ...xml('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>'), statusCode: 404 };
  const object = site.objects.get(key);
  switch (action) {
    case 'GetObject': {
      if (!object) return missing;
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
      if (start === undefined) return { statusCode: 200, headers: {}, body: object.content };
      if (object.content.length === 0)
        return { ...xml('<Error><Code>InvalidRange</Code></Error>'), statusCode: 416 };
      return { statusCode: 206, headers: {}, body: object.content.subarray(Number(start), Number(end) + 1) };
    }
    case 'HeadObject':
      if (!object) return { ...missing, body: '' };
      return { statusCode: 200, headers: { 'content-length': String(object.content.length) }, body: '' };
    case 'PutObject':
      site.objects.set(key, { content: Buffer.from(body), at: site.now });
      return xml('');
    case 'CopyObject': {
      const [, ...from] = decodeURIComponent(headers['x-amz-copy-source'] ?? '').split('/');
      const found = site.objects.get(from.join('/'));
      if (!found) return missing;
      site.objects.set(key, { ...found, at: site.now });
      return xml('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>');
    }
    case 'DeleteObject':
      site.objects.delete(key);
      return { statusCode: 204, headers: {}, body: '' };
    case 'ListObjectsV2': {
      const listed = [...site.objects]
        .filter(([name]) => name.startsWith(query.prefix ?? ''))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { at }]) => {
          const modified = new Date(at).toISOString();
          return `<Contents><Key>${name}</Key><LastModified>${modified}</LastModified></Contents>`;
        });
      return xml(`<ListBucketResult><IsTruncated>false</IsTruncated>${listed.join('')}</ListBucketResult>`);
    }
    default:
      throw new TypeError(`the drill's bucket knows no ${action}`);
  }
}

function serveMail(action: string, form: URLSearchParams, site: Site): Answer {
  const answer = (result: string) =>
    xml(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
  if (action === 'GetSendQuota')
    return answer('<Max24HourSend>1000</Max24HourSend><SentLast24Hours>1</SentLast24Hours>');
  const raw = Buffer.from(form.get('RawMessage.Data') ?? '', 'base64');
  const fields = new Map(fieldsOf(raw).map(({ name, value }) => [name.toLowerCase(), value]));
  const messageId = `0100-${site.sent.length + 1}`;
  const tags: Record<string, string[]> = {};
  for (let n = 1; form.has(`Tags.member.${n}.Name`); n++)
    tags[form.get(`Tags.member.${n}.Name`) ?? ''] = [form.get(`Tags.member.${n}.Value`) ?? ''];
  const destination = [form.get('Destinations.member.1') ?? ''];
  site.sent.push({
    ...{ messageId, raw, tags, to: destination[0] as string },
    kind: fields.get('x-replydesk-update')?.trim() ?? '',
    ticketId: fields.get('x-replydesk-ticket')?.trim() ?? null,
  });
  const said = { eventType: 'Send', mail: { messageId, destination, tags }, send: {} };
  sendTo(site, 'feedback', JSON.stringify(said), 1000);
  return answer(`<MessageId>${messageId}</MessageId>`);
}

function serveOthers(action: string, input: Record<string, unknown>, site: Site): unknown {
  switch (action) {
    case 'ssm:GetParameter':
      return { Parameter: { Name: input.Name, Value: JSON.stringify(keys) } };
    case 'sqs:SendMessage':
      return { MessageId: 'm', MD5OfMessageBody: take(input, String(input.QueueUrl), site) };
    case 'sqs:SendMessageBatch':
      return {
        Successful: (input.Entries as Record<string, unknown>[]).map((entry) => ({
          ...{ Id: entry.Id, MessageId: 'm' },
          MD5OfMessageBody: take(entry, String(input.QueueUrl), site),
        })),
        Failed: [],
      };
    case 'states:StartExecution': {
      const name = String(input.name);
      if (site.executions.has(name)) throw new NamedError('ExecutionAlreadyExists', name);
      const data = JSON.parse(String(input.input));
      site.executions.set(name, {
        ...{ status: 'RUNNING', state: null, data, attempts: {}, at: site.now, isCalled: false },
      });
      return { executionArn: name, startDate: 1 };
    }
    case 'states:DescribeExecution': {
      const execution = site.executions.get(String(input.executionArn).split(':').at(-1) ?? '');
      if (!execution) throw new NamedError('ExecutionDoesNotExist', 'none');
      return { status: execution.status, startDate: 1 };
    }
    default:
      throw new TypeError(`the drill knows no ${action}`);
  }
}

function take(message: Record<string, unknown>, url: string, site: Site): string {
  const queue = QUEUES.find((name) => url.endsWith(`/${name}`)) as QueueName;
  const body = String(message.MessageBody);
  sendTo(site, queue, body, 100 + 1000 * Number(message.DelaySeconds ?? 0));
  return createHash('md5').update(body).digest('hex');
}
