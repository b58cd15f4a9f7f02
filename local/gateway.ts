/**
 * One HTTP server on loopback for every AWS service. A request is told apart by the credential scope of its SigV4
 * signature, which names the service; the access key id names who calls: a function by its logical id, or `admin`.
 * Signatures are not verified. A web page cannot call: the Authorization header makes a browser ask first, and nothing
 * here answers that question.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Drills } from './drills.ts';
import { AwsFault } from './fault.ts';
import type { Fields, Protocol } from './protocol.ts';
import { answer, readQuery, refuse } from './protocol.ts';

/** One permission that a call needs: an IAM action on an ARN, with the condition keys that the service would give. */
export interface Need {
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

/** Where each call is judged, by the policies of the template. */
export interface Guard {
  /** Throws AwsFault when the principal lacks one of the needs. */
  authorize(principal: string, needs: Need[]): void;
}

/** A service whose calls are an operation's name and its input. Operations that it does not have are refused. */
export interface Service {
  protocol: Exclude<Protocol, 's3'>;
  operations: Record<string, (input: Fields, principal: string) => Fields | Promise<Fields>>;
  needs(operation: string, input: Fields): Need[];
}

/** A service that reads and writes its own HTTP. */
export interface RawService {
  protocol: Protocol;
  /** Throws AwsFault to refuse, as long as it has not begun to answer. */
  serve(request: IncomingMessage, response: ServerResponse, principal: string): Promise<void>;
}

/** A call that its service has answered, be it with a refusal. */
export interface HeardCall {
  principal: string;
  service: string;
  operation: string;
  /** Of its body. */
  octets: number;
}

export interface Gateway {
  endpoint: string;
  /** Services by the name in the credential scope: `dynamodb`, `s3`, `ses`, `sns`, `sqs`, `ssm`, `states`. */
  add(scope: string, service: Service | RawService): void;
  /** A path outside AWS's APIs, such as the ResponseURL of a custom resource. */
  route(path: string, serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void;
  stop(): Promise<void>;
}

/** The largest body of a JSON or Query call: SendRawEmail's 10 MB in base 64 in URL encoding, with room. */
const LARGEST_BODY = 48 * 1024 * 1024;
const CREDENTIAL = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** `strike` may order a fault for a call before its service sees it; `hear` is told of each that it saw. */
export async function startGateway(
  guard: Guard,
  report: (fault: unknown) => void,
  strike: Drills['strike'] = () => null,
  hear: (call: HeardCall) => void = () => {},
): Promise<Gateway> {
  const services = new Map<string, Service | RawService>();
  const routes = new Map<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A foreign page's own name may be made to lead here (DNS rebinding); then its calls would be of one origin.
    if (request.headers.host !== host) {
      return refuse('s3', response, new AwsFault('AccessDenied', `Only calls to ${host} are answered.`, 403));
    }
    const route = routes.get(new URL(request.url ?? '/', 'http://gateway').pathname);
    if (route) return route(request, response);

    const [, principal, , scope] = CREDENTIAL.exec(request.headers.authorization ?? '') ?? [];
    if (principal === undefined || scope === undefined) {
      return refuse('s3', response, new AwsFault('AccessDenied', 'Only signed calls are answered.', 403));
    }
    const service = services.get(scope);
    if (!service) {
      const fault = new AwsFault('NotImplemented', `There is no ${scope} on the laptop.`, 501);
      return refuse('s3', response, fault);
    }
    try {
      const struck = strike(scope, principal);
      if (struck) {
        const fault = await struck(operationOf(request), async () => {
          const { TransactItems = [] } = readJson((await readBody(request, LARGEST_BODY)).toString());
          return (TransactItems as unknown[]).length;
        });
        if (fault === 'broken') return void request.socket.destroy();
        throw fault;
      }
      if ('serve' in service) {
        const octets = Number(
          request.headers['x-amz-decoded-content-length'] ?? request.headers['content-length'] ?? 0,
        );
        hear({ principal, service: scope, operation: rawOperationOf(request), octets });
        await service.serve(request, response, principal);
      } else await call(scope, service, request, response, principal);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        if (!(error instanceof AwsFault)) report(error);
      } else if (error instanceof AwsFault) {
        refuse(service.protocol, response, error);
      } else {
        report(error);
        refuse(service.protocol, response, new AwsFault('InternalFailure', (error as Error).message, 500));
      }
    }
  };

  const call = async (
    scope: string,
    service: Service,
    request: IncomingMessage,
    response: ServerResponse,
    principal: string,
  ) => {
    const body = (await readBody(request, LARGEST_BODY)).toString();
    const { operation, input } =
      service.protocol === 'query'
        ? readQuery(body)
        : { operation: operationOf(request), input: readJson(body) };
    const work = Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined;
    if (!work) throw new AwsFault('InvalidAction', `${operation} is not available on the laptop.`);
    guard.authorize(principal, service.needs(operation, input));
    hear({ principal, service: scope, operation, octets: Buffer.byteLength(body) });
    answer(service.protocol, response, operation, await work(input, principal));
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      report(error);
      response.destroy();
    });
  });
  // The SDK keeps its connections; a server that closed idle ones would do so under a call that is just being sent.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await listen(server, 0);
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: `http://${host}`,
    add: (scope, service) => void services.set(scope, service),
    route: (path, work) => void routes.set(path, work),
    stop: () => close(server),
  };
}

/** Of the JSON protocols; the others have it in their body or path. */
function operationOf(request: IncomingMessage): string {
  return String(request.headers['x-amz-target']).replace(/^.*\./, '');
}

/** S3's stands in a parameter that the SDK adds; to a HEAD, a list and a deletion of many it adds none. */
function rawOperationOf(request: IncomingMessage): string {
  if (request.headers['x-amz-target'] !== undefined) return operationOf(request);
  const id = new URL(request.url ?? '/', 'http://gateway').searchParams.get('x-id');
  if (id !== null) return id;
  return { HEAD: 'HeadObject', POST: 'DeleteObjects' }[request.method ?? ''] ?? 'ListObjectsV2';
}

function readJson(body: string): Fields {
  try {
    return JSON.parse(body) as Fields;
  } catch {
    throw new AwsFault('SerializationException', 'The body is not JSON.');
  }
}

/** Loopback only: nothing of a desk on a laptop is there for its network. */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** By its events: to make an iterator of each call's body takes longer than to read it. */
export function readBody(request: IncomingMessage, largest: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= largest) return void parts.push(part);
      parts.length = 0;
      reject(new AwsFault('RequestEntityTooLarge', 'The call is too large.', 413));
    });
    request.once('end', () => resolve(Buffer.concat(parts)));
    request.once('error', reject);
  });
}
