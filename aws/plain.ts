/**
 * The calls on a mail's way in words of their own: how each is asked, and how its answer is read, without the schemas of the SDK. Null
 * wherever there is more to it than stands here; the SDK's own part words it then (wire.ts).
 */
import { randomUUID } from 'node:crypto';

export interface Asked {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Below the endpoint's own. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: string;
}

export interface Plain {
  /** `target`: the service's name before that of the operation, where it has one. */
  ask(input: object, operation: string, target: string): Asked | null;
  /** What the operation answers; without this the SDK reads it. */
  read?(body: string): object | null;
}

export type PlainCalls = Readonly<Record<string, Plain>>;

/** In JSON, input and output both as they stand, octets apart: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
const json = (
  more: Record<string, string> = {},
  written: (input: object) => object = (input) => input,
): Plain => ({
  ask(input, operation, target) {
    const body = JSON.stringify(written(input));
    if (mayHoldOctets(body)) return null;
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${target}.${operation}`,
      ...more,
    };
    return { method: 'POST', path: '/', query: {}, headers, body };
  },
  read: (body) => (mayHoldOctets(body) ? null : JSON.parse(body)),
});

/** JSON has no words for them. DynamoDB calls them B, and a set of them BS; SQS BinaryValue. What else is called so only takes the longer way. */
function mayHoldOctets(text: string): boolean {
  return OCTETS.test(text);
}

/** One pass: what DynamoDB writes is full of quotes, at each of which a search for one of the names stops. */
const OCTETS = /"B(?:S|inary\w*)?"/;

/** Without a token an attempt after one whose answer was lost would be refused. It is made once for all attempts. */
const withToken = (input: { ClientRequestToken?: string }) => ({
  ...input,
  ClientRequestToken: input.ClientRequestToken ?? randomUUID(),
});

/** Those on a mail's way. */
export const DYNAMODB: PlainCalls = {
  GetItem: json(),
  BatchGetItem: json(),
  Query: json(),
  PutItem: json(),
  UpdateItem: json(),
  DeleteItem: json(),
  TransactWriteItems: json({}, withToken),
};

/** Errors are named as before there was JSON: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
const AS_BEFORE = { 'x-amzn-query-mode': 'true' };

export const SQS: PlainCalls = { SendMessage: json(AS_BEFORE), SendMessageBatch: json(AS_BEFORE) };

interface RawEmail {
  RawMessage?: { Data?: Uint8Array };
  Source?: string;
  Destinations?: readonly string[];
  ConfigurationSetName?: string;
  Tags?: readonly { Name?: string; Value?: string }[];
}

/** A form of which nearly all is the mail in base64: https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html */
export const SES: PlainCalls = {
  SendRawEmail: {
    ask({ RawMessage, Source, Destinations = [], ConfigurationSetName, Tags = [], ...more }: RawEmail) {
      const data = RawMessage?.Data;
      if (!data || !Source || !ConfigurationSetName || Object.keys(more).length > 0) return null;
      const mail = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
      const fields: [string, string][] = [
        ['Action', 'SendRawEmail'],
        ['Version', '2010-12-01'],
        ['Source', Source],
        ...Destinations.map((to, at): [string, string] => [`Destinations.member.${at + 1}`, to]),
        ...Tags.flatMap(({ Name = '', Value = '' }, at): [string, string][] => [
          [`Tags.member.${at + 1}.Name`, Name],
          [`Tags.member.${at + 1}.Value`, Value],
        ]),
        ['ConfigurationSetName', ConfigurationSetName],
      ];
      const form = new URLSearchParams(fields);
      return {
        ...{ method: 'POST', path: '/', query: {} },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        // Of what base64 is made of, three signs mean something else here.
        body: `${form}&RawMessage.Data=${mail.replaceAll('+', '%2B').replaceAll('/', '%2F').replaceAll('=', '%3D')}`,
      };
    },
  },
};

interface InBucket {
  Bucket?: string;
  Key?: string;
  CopySource?: string;
}

/** Nothing in it that a path would have to say otherwise, and no segment that means another. */
const KEY = /^[\w-]+(?:[./][\w-]+)*$/;

/** What moves a mail: of both nobody reads the answer. A copy that fails may be told with 200: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const S3: PlainCalls = {
  CopyObject: {
    ask({ Bucket, Key = '', CopySource = '', ...more }: InBucket) {
      if (!Bucket || !KEY.test(Key) || !KEY.test(CopySource) || Object.keys(more).length > 0) return null;
      const headers = { 'x-amz-copy-source': CopySource };
      return { method: 'PUT', path: `/${Key}`, query: { 'x-id': 'CopyObject' }, headers };
    },
    read: (body) => (body.includes('<CopyObjectResult') && !body.includes('<Error') ? {} : null),
  },
  DeleteObject: {
    ask({ Bucket, Key = '', ...more }: InBucket) {
      if (!Bucket || !KEY.test(Key) || Object.keys(more).length > 0) return null;
      return { method: 'DELETE', path: `/${Key}`, query: { 'x-id': 'DeleteObject' }, headers: {} };
    },
    read: (body) => (body === '' ? {} : null),
  },
};
