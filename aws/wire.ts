/**
 * What the SDK does around each call, done with less where a call is plain: the same endpoint as before, words that need no schema
 * (plain.ts), a body that is all there or none, an answer that is no error. Each part stands in the SDK's own place for it, and hands what is not plain to
 * the part of the SDK that stood there. Credentials, endpoints, the clock's skew, retries and errors stay the SDK's.
 */
import { createHmac, createSecretKey, hash, type KeyObject, randomUUID } from 'node:crypto';
import type http from 'node:http';
import type https from 'node:https';
import type { Plain, PlainCalls } from './plain.ts';

export interface Request {
  method: string;
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query: object;
  headers: Record<string, string>;
  body?: unknown;
}

interface Answered {
  /** `whole`: all of the body, where it has been read. A part of S3's makes a stream of `body` again. */
  response: { statusCode: number; headers: http.IncomingHttpHeaders; body: unknown; whole?: Buffer };
  output: { $metadata: object };
}

type Handler = (args: { input: { Bucket?: string }; request: Request }) => Promise<Answered>;
type Middleware = (next: Handler, context: Context) => Handler;

/** The SDK keeps it for all calls of one command. */
interface Context {
  endpointV2?: { url?: URL; headers?: object } | undefined;
  __smithy_context: {
    operation: string;
    selectedHttpAuthScheme?: { httpAuthOption: { signingProperties: object } };
  };
  [PREPARED]?: { handle: Handler; bucket: string | undefined };
}

const PREPARED = Symbol('what follows once the endpoint is known');

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

interface Signing {
  signingDate: Date;
  signingRegion?: string;
  signingService?: string;
}

interface Signer {
  sign(request: Request, signing: Signing): Promise<Request>;
}

/** Of a client of the SDK, what is touched here. */
interface Client {
  middlewareStack: Stack;
  config: {
    protocol: { serviceTarget?: string };
    requestHandler: Connections;
    credentials(): Promise<Credentials>;
    signer(): Promise<Signer>;
    signingRegion: string;
    signingName: string;
    maxAttempts(): Promise<number>;
    retryStrategy(): Promise<Strategy>;
  };
}

interface Stack {
  add(middleware: Middleware, place: Place): void;
  applyToStack(stack: { add: Stack['add']; addRelativeTo(): void }): void;
}

interface Place {
  name: string;
  step: string;
  priority?: string;
  override?: boolean;
}

interface Strategy {
  acquireInitialRetryToken(scope: string): Promise<object>;
  recordSuccess(token: object): void;
}

/** Only for services whose endpoint is the same for every call, or for every one to the same bucket. `calls`: those that need no schema. */
export function direct<C>(client: C, calls: PlainCalls = {}): C {
  const { middlewareStack, config } = client as Client;
  const replace = (name: string, by: (theirs: Middleware) => Middleware) => {
    const { middleware, ...place } = placeOf(middlewareStack, name);
    middlewareStack.add(by(middleware), { ...place, override: true });
  };
  middlewareStack.add(skipPreparing, { name: 'skipPreparing', step: 'initialize', priority: 'low' });
  replace('serializerMiddleware', (theirs) => serializing(theirs, calls, config.protocol.serviceTarget));
  replace('retryMiddleware', (theirs) => retrying(theirs, config));
  replace('deserializerMiddleware', (theirs) => deserializing(theirs, calls));
  config.requestHandler = connections(config.requestHandler);
  const { signer } = config;
  // Whoever keeps it keeps the key of the day.
  config.signer = async () => ownSigner(await signer(), config);
  return client;
}

function placeOf(stack: Stack, name: string): Place & { middleware: Middleware } {
  const places: (Place & { middleware: Middleware })[] = [];
  stack.applyToStack({
    add: (middleware, place) => void places.push({ ...place, middleware }),
    addRelativeTo() {},
  });
  const found = places.find((place) => place.name === name);
  if (!found) throw new Error(`the SDK has no ${name}`);
  return found;
}

/** The endpoint and the way to sign are chosen by a dozen settings, which are asked for one by one, and come out the same each time. */
const skipPreparing: Middleware = (next, context) => (args) => {
  const prepared = context[PREPARED];
  return prepared && prepared.bucket === args.input.Bucket ? prepared.handle(args) : next(args);
};

function serializing(theirs: Middleware, calls: PlainCalls, target = ''): Middleware {
  return (next, context) => {
    const slow = theirs(next, context);
    const { operation } = context.__smithy_context;
    const plain = calls[operation];
    const handleAt =
      (endpointV2: Context['endpointV2']): Handler =>
      (args) => {
        const base = baseOf(endpointV2);
        const asked = base && plain ? plain.ask(args.input, operation, target) : null;
        // A service that is asked at `/` has no path of its own.
        if (base && asked && (asked.method !== 'POST' || base.path === ''))
          return next({ ...args, request: { ...base, ...asked, path: base.path + asked.path } });
        context.endpointV2 = endpointV2;
        return slow(args);
      };
    return (args) => {
      const { Bucket: bucket } = args.input;
      // Kept with it: a call that finds out where another bucket is says so to all.
      const handle = handleAt(context.endpointV2);
      // Of S3's other calls parts of the SDK that stand before this one know more than the endpoint: which sums are checked.
      if (plain || bucket === undefined) context[PREPARED] = { handle, bucket };
      return handle(args);
    };
  };
}

/** Null where more belongs to a request than its address. `path`: of a bucket that is named there. */
function baseOf({ url, headers = {} }: Context['endpointV2'] = {}) {
  if (url?.search !== '' || Object.keys(headers).length > 0) return null;
  const { protocol, hostname, port, pathname } = url;
  if (pathname !== '/' && !BUCKET.test(pathname)) return null;
  return {
    protocol,
    hostname,
    port: port ? Number(port) : undefined,
    path: pathname === '/' ? '' : pathname,
  };
}

const BUCKET = /^\/[\w-][\w.-]*$/;

function deserializing(theirs: Middleware, calls: PlainCalls): Middleware {
  return (next, context) => {
    const read = calls[context.__smithy_context.operation]?.read;
    return async (args) => {
      const answered = await next(args);
      const output = read ? outputOf(answered.response, read) : null;
      return output ? { ...answered, output } : theirs(async () => answered, context)(args);
    };
  };
}

/** Null for errors, and for what is not what was expected. */
function outputOf(
  { statusCode, headers, whole }: Answered['response'],
  read: NonNullable<Plain['read']>,
): Answered['output'] | null {
  if (statusCode >= 300 || !whole) return null;
  try {
    const requestId = headers['x-amzn-requestid'] ?? headers['x-amz-request-id'];
    const output = read(whole.toString());
    return output && { ...output, $metadata: { httpStatusCode: statusCode, requestId } };
  } catch {
    return null;
  }
}

/** The SDK's own makes an error with its stack for each call, in case there will be one. */
function retrying(theirs: Middleware, config: Client['config']): Middleware {
  return (next, context) => async (args) => {
    const sign = signingApart(next, context);
    const strategy = await config.retryStrategy();
    const token = await strategy.acquireInitialRetryToken('');
    args.request.headers['amz-sdk-invocation-id'] = randomUUID();
    args.request.headers['amz-sdk-request'] = `attempt=1; max=${await config.maxAttempts()}`;
    let answered: Answered;
    try {
      answered = await sign(args);
    } catch (error) {
      // As if this had been the first of its attempts.
      let attempts = 0;
      const again: Handler = (more) => (attempts++ === 0 ? Promise.reject(error) : sign(more));
      return theirs(again, context)(args);
    }
    strategy.recordSuccess(token);
    Object.assign(answered.output.$metadata, { attempts: 1, totalRetryDelay: 0 });
    return answered;
  };
}

/**
 * When a request left, and what the clock was off by then, is noted where all calls of a command would share it: of two whose clock is put
 * right in the same millisecond the second would look as if it had not been. Signing follows at once, and takes what stands there.
 */
function signingApart(next: Handler, context: Context): Handler {
  const shared = context.__smithy_context;
  const scheme = shared.selectedHttpAuthScheme;
  if (!scheme) return next;
  const signingProperties = { ...scheme.httpAuthOption.signingProperties };
  const own = { ...scheme, httpAuthOption: { ...scheme.httpAuthOption, signingProperties } };
  return (args) => {
    shared.selectedHttpAuthScheme = own;
    return next(args);
  };
}

interface Connections {
  metadata?: object;
  handle(request: Request, options?: object): Promise<{ response: Answered['response'] }>;
  destroy(): void;
}

/**
 * Node's own connections, as the SDK's handler uses them: kept for the next call, at most 50, no time-out of theirs. Errors by the
 * names that retries go by. What the caller may abort goes to the SDK's.
 */
export function connections(theirs: Connections): Connections {
  // Not imported: who only imports a handler, as a cold start does first, does not wait for them.
  const agents = {
    'http:': agentOf(process.getBuiltinModule('node:http')),
    'https:': agentOf(process.getBuiltinModule('node:https')),
  };
  return {
    ...(theirs.metadata && { metadata: theirs.metadata }),
    handle: (request, options = {}) =>
      isWhole(request) && Object.keys(options).length === 0
        ? exchange(request, agents[request.protocol === 'http:' ? 'http:' : 'https:'])
        : theirs.handle(request, options),
    destroy() {
      for (const { agent } of Object.values(agents)) agent.destroy();
      theirs.destroy();
    },
  };
}

function agentOf({ Agent, request }: typeof http | typeof https) {
  return { agent: new Agent({ keepAlive: true, maxSockets: 50 }), request };
}

interface Whole extends Request {
  body?: string | Uint8Array;
  query: Record<string, string>;
}

/**
 * A POST as JSON and query protocols make it, or what S3 is asked without a body, by a path and a query that are signed as they are
 * written. An address of IPv6 stands in brackets, which Node does not know.
 */
function isWhole(request: Request): request is Whole {
  const { method, path, query, body, hostname } = request;
  if (hostname.startsWith('[')) return false;
  const hasBody = typeof body === 'string' || body instanceof Uint8Array;
  const isEmpty = Object.keys(query).length === 0;
  if (method === 'POST') return hasBody && path === '/' && isEmpty;
  return (
    body === undefined &&
    PATH.test(path) &&
    Object.entries(query)
      .flat()
      .every((part) => WORD.test(String(part)))
  );
}

const PATH = /^(?:\/[\w-][\w.-]*)+$/;
const WORD = /^[\w.-]+$/;

/** As it is signed: by its names. */
function queryOf({ query }: Whole): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
}

function exchange(asked: Whole, { agent, request }: ReturnType<typeof agentOf>) {
  return new Promise<{ response: Answered['response'] }>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(BROKEN.has(error.code ?? '') ? Object.assign(error, { name: 'TimeoutError' }) : error);
    const { hostname: host, port, method } = asked;
    const query = queryOf(asked);
    const path = query ? `${asked.path}?${query}` : asked.path;
    // A list and a string are written as they are, together and at once.
    const headers = Object.entries(asked.headers).flat();
    // Else Node announces parts, which S3 does not take.
    if (method === 'PUT') headers.push('content-length', '0');
    const sent = request({ agent, host, port, method, path, headers }, (answer) => {
      const { statusCode = -1, headers } = answer;
      // Objects are read as they come, and the SDK checks their sums meanwhile.
      if (method === 'GET') return resolve({ response: { statusCode, headers, body: answer } });
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', fail);
      answer.on('end', () => {
        const [first] = parts;
        const whole = parts.length === 1 && first ? first : Buffer.concat(parts);
        resolve({ response: { statusCode, headers, body: whole, whole } });
      });
    });
    sent.on('error', fail);
    sent.end(asked.body);
  });
}

const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function ownSigner(
  theirs: Signer,
  config: Pick<Client['config'], 'credentials' | 'signingRegion' | 'signingName'>,
): Signer {
  let kept: { scope: string; secret: string; key: KeyObject } | null = null;
  return {
    async sign(request, signing) {
      if (!isWhole(request)) return theirs.sign(request, signing);
      const { accessKeyId, secretAccessKey: secret, sessionToken } = await config.credentials();
      const {
        signingDate,
        signingRegion = config.signingRegion,
        signingService = config.signingName,
      } = signing;
      const date = signingDate.toISOString().replace(/[-:]|\.\d+/g, '');
      const scope = `${date.slice(0, 8)}/${signingRegion}/${signingService}/aws4_request`;
      if (kept?.scope !== scope || kept.secret !== secret)
        kept = { scope, secret, key: keyOf(secret, scope) };
      const { method, path, body = '' } = request;
      const payload = hash('sha256', body, 'hex');
      const headers: Record<string, string> = {
        ...request.headers,
        'x-amz-date': date,
        'x-amz-content-sha256': payload,
      };
      if (sessionToken) headers['x-amz-security-token'] = sessionToken;
      const names = Object.keys(headers).filter(mustBeSigned).sort();
      const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
      const canonical = `${method}\n${path}\n${queryOf(request)}\n${lines}\n${names.join(';')}\n${payload}`;
      const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
      const signature = createHmac('sha256', kept.key).update(toSign).digest('hex');
      headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
      return { ...request, headers };
    },
  };
}

function mustBeSigned(name: string): boolean {
  return name.startsWith('x-amz-') || name === 'host' || name === 'content-type';
}

/** The same for all requests of a day. As a KeyObject, since Node looks at octets for what they are each time. */
function keyOf(secret: string, scope: string): KeyObject {
  const parts = scope.split('/');
  const key = parts.reduce<string | Buffer>(
    (before, part) => createHmac('sha256', before).update(part).digest(),
    `AWS4${secret}`,
  );
  return createSecretKey(Buffer.from(key));
}
