import { request } from 'node:http';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { type Guard, startGateway } from '../../local/gateway.ts';
import { clientFor, EVERYTHING } from './world.ts';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0';

async function open(guard: Guard = EVERYTHING) {
  const faults: unknown[] = [];
  const gateway = await startGateway(guard, (fault) => void faults.push(fault));
  onTestFinished(() => gateway.stop());
  gateway.add('ssm', {
    protocol: 'json-1.1',
    operations: {
      GetParameter({ Name }, principal) {
        if (Name === 'broken') throw new TypeError('a fault of ours');
        return { Parameter: { Name, Value: principal } };
      },
    },
    needs: (operation, { Name }) => [{ action: `ssm:${operation}`, resource: String(Name) }],
  });
  const call = (headers: Record<string, string>, body = '{"Name":"x"}') =>
    new Promise<{ status: number | undefined; text: string }>((resolve) => {
      const sent = request(
        gateway.endpoint,
        { method: 'POST', headers: { 'x-amz-target': 'AmazonSSM.GetParameter', ...headers } },
        async (response) => {
          let text = '';
          for await (const part of response) text += part;
          resolve({ status: response.statusCode, text });
        },
      );
      sent.end(body);
    });
  const get = (Name: string, principal = 'admin') =>
    new SSMClient(clientFor(gateway.endpoint, principal)).send(new GetParameterCommand({ Name }));
  return { call, get, faults };
}

test('the caller is the access key, and the service the one that the signature names', async () => {
  const { get } = await open();
  expect((await get('x', 'ReceiveEmail')).Parameter).toMatchObject({ Name: 'x', Value: 'ReceiveEmail' });
});

test('a call that its policy does not allow is denied before it is made, in the words of the service', async () => {
  const guard: Guard = {
    ...EVERYTHING,
    authorize(principal, [need]) {
      throw new AwsFault('AccessDenied', `${principal} may not ${need?.action} ${need?.resource}`, 403);
    },
  };
  const { get } = await open(guard);
  await expect(get('broken', 'Sweep')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'Sweep may not ssm:GetParameter broken',
    $metadata: { httpStatusCode: 400 },
  });
});

test.each<[string, Record<string, string>, number, string]>([
  ['an unsigned call', {}, 403, 'Only signed calls'],
  [
    'a call under another name, as of a page that leads its own name here',
    { authorization: SIGNED, host: 'evil.example:80' },
    403,
    'Only calls to 127.0.0.1',
  ],
  ['a service that is not there', { authorization: SIGNED.replace('ssm', 'kms') }, 501, 'There is no kms'],
  [
    'an operation that is not there',
    { authorization: SIGNED, 'x-amz-target': 'AmazonSSM.DeleteEverything' },
    400,
    'DeleteEverything is not available',
  ],
  [
    'an operation by the name of what every object has',
    { authorization: SIGNED, 'x-amz-target': 'AmazonSSM.constructor' },
    400,
    'constructor is not available',
  ],
])('%s is refused', async (_, headers, status, words) => {
  const { call } = await open();
  expect(await call(headers)).toEqual({ status, text: expect.stringContaining(words) });
});

test('a body that is not JSON is the caller’s fault', async () => {
  const { call, faults } = await open();
  expect(await call({ authorization: SIGNED }, '{')).toMatchObject({
    status: 400,
    text: expect.stringContaining('SerializationException'),
  });
  expect(faults).toEqual([]);
});

test('a fault of ours is answered as AWS does, and is heard of', async () => {
  const { get, faults } = await open();
  await expect(get('broken')).rejects.toMatchObject({
    name: 'InternalFailure',
    $metadata: { httpStatusCode: 500 },
  });
  expect(faults).toMatchObject([{ message: 'a fault of ours' }]);
});
