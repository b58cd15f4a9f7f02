/**
 * The protocols that the SDK's clients speak: JSON 1.0/1.1 (SQS, Step Functions, SSM), Query with XML answers
 * (SES v1, SNS) and the pieces of REST XML that S3 needs. Handlers see plain values; this file does the wire.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { AwsFault } from './fault.ts';

export type Fields = Record<string, unknown>;

/** Makes a Query body's flat names (`Destinations.member.1`, `Tags.member.2.Name`) into nested objects and arrays. */
export function readQuery(body: string): { operation: string; input: Fields } {
  const input: Fields = {};
  for (const [path, value] of new URLSearchParams(body)) {
    const steps = path.split('.');
    let at: Fields = input;
    for (const step of steps.slice(0, -1)) {
      if (step === '__proto__') throw new AwsFault('MalformedInput', 'A name that cannot be.');
      at[step] ??= {};
      at = at[step] as Fields;
    }
    at[steps.at(-1) as string] = value;
  }
  const { Action, Version: _, ...rest } = input;
  return { operation: String(Action), input: listed(rest) as Fields };
}

function listed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Fields;
  if (typeof fields.member === 'object' && fields.member !== null) {
    return Object.entries(fields.member)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, member]) => listed(member));
  }
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, listed(inner)]));
}

const XML_ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** Text as XML content. Characters that XML 1.0 cannot hold at all become U+FFFD, or the client's parser would refuse the whole answer. */
export function xmlText(value: unknown): string {
  return String(value)
    .replace(/[&<>"\r]/g, (character) => XML_ENTITIES[character] as string)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** `{A: 1, B: [2, 3]}` as `<A>1</A>…`; a list stands as `<B><member>2</member>…</B>`, as Query answers have it. */
export function xmlOf(fields: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `<${name}>${xmlValue(value)}</${name}>`)
    .join('');
}

function xmlValue(value: unknown): string {
  if (Array.isArray(value)) return value.map((member) => `<member>${xmlValue(member)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? xmlOf(value as Fields) : xmlText(value);
}

export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 's3';

export function answer(
  protocol: Protocol,
  response: ServerResponse,
  operation: string,
  output: Fields,
): void {
  const requestId = randomUUID();
  response.setHeader('x-amzn-requestid', requestId);
  if (protocol === 'query') {
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<${operation}Response><${operation}Result>${xmlOf(output)}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    );
    return;
  }
  response.setHeader('content-type', `application/x-amz-${protocol}`);
  response.end(JSON.stringify(output));
}

export function refuse(protocol: Protocol, response: ServerResponse, fault: AwsFault): void {
  const requestId = randomUUID();
  response.statusCode = fault.status;
  response.setHeader('x-amzn-requestid', requestId);
  switch (protocol) {
    case 'query':
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<ErrorResponse><Error><Type>${fault.status < 500 ? 'Sender' : 'Receiver'}</Type>${xmlOf({ Code: fault.name, Message: fault.message })}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
      return;
    case 's3':
      response.setHeader('content-type', 'application/xml');
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xmlOf({ Code: fault.name, Message: fault.message, RequestId: requestId })}</Error>`,
      );
      return;
    default:
      response.setHeader('content-type', `application/x-amz-${protocol}`);
      // The JSON services say it in their own words, and as a bad request.
      if (fault.name === 'AccessDenied') response.statusCode = 400;
      response.end(
        JSON.stringify({
          __type: fault.name === 'AccessDenied' ? 'AccessDeniedException' : fault.name,
          message: fault.message,
          ...fault.more,
        }),
      );
  }
}
