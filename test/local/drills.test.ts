import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSendQuotaCommand, SESClient } from '@aws-sdk/client-ses';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDrills } from '../../local/drills.ts';
import { type RawService, type Service, startGateway } from '../../local/gateway.ts';
import { clientFor, EVERYTHING } from './world.ts';

/** A gateway with services that answer everything. */
async function open() {
  const said: string[] = [];
  const drills = openDrills((line) => void said.push(line));
  const gateway = await startGateway(EVERYTHING, () => {}, drills.strike);
  onTestFinished(async () => {
    drills.stop();
    await gateway.stop();
  });
  const raw = (protocol: RawService['protocol']): RawService => ({
    protocol,
    serve: async (_, response) => void response.end(protocol === 's3' ? '' : '{}'),
  });
  const named = (protocol: Service['protocol'], ...operations: string[]): Service => ({
    protocol,
    operations: Object.fromEntries(operations.map((operation) => [operation, () => ({})])),
    needs: () => [],
  });
  gateway.add('dynamodb', raw('json-1.0'));
  gateway.add('s3', raw('s3'));
  gateway.add('ses', named('query', 'GetSendQuota'));
  gateway.add('sqs', named('json-1.0', 'ListQueues'));
  gateway.add('states', named('json-1.0', 'ListStateMachines'));
  gateway.add('ssm', named('json-1.1', 'GetParameter'));
  const client = (principal: string) => clientFor(gateway.endpoint, principal);
  const calls: Record<string, (principal?: string) => Promise<unknown>> = {
    dynamodb: (by = 'Work') =>
      new DynamoDBClient(client(by)).send(new GetItemCommand({ TableName: 'Desk', Key: { pk: { S: 'a' } } })),
    s3: (by = 'Work') => new S3Client(client(by)).send(new GetObjectCommand({ Bucket: 'desk', Key: 'a' })),
    ses: (by = 'Work') => new SESClient(client(by)).send(new GetSendQuotaCommand({})),
    sqs: (by = 'Work') => new SQSClient(client(by)).send(new ListQueuesCommand({})),
    states: (by = 'Work') => new SFNClient(client(by)).send(new ListStateMachinesCommand({})),
    ssm: (by = 'Work') => new SSMClient(client(by)).send(new GetParameterCommand({ Name: 'a' })),
  };
  const call = (service: string, principal?: string) =>
    calls[service]?.(principal) ?? Promise.reject(new Error(`no ${service}`));
  const begin = (Service: string, Kind: string, more: object = {}) =>
    drills.service.operations.StartDrill?.({ Service, Kind, Seconds: 60, Share: 1, ...more }, 'admin');
  return { drills, begin, call, said, client };
}

test.each([
  ['dynamodb', 'ThrottlingException'],
  ['s3', 'SlowDown'],
  ['ses', 'Throttling'],
  ['sqs', 'RequestThrottled'],
  ['states', 'ThrottlingException'],
  ['ssm', 'ThrottlingException'],
])('throttled, %s answers %s, as the SDK reads it', async (service, name) => {
  const { begin, call } = await open();
  await call(service);
  begin(service, 'throttle');
  await expect(call(service)).rejects.toMatchObject({ name });
});

test('a throttled transaction is cancelled, and says by which of its parts', async () => {
  const { begin, client } = await open();
  begin('dynamodb', 'throttle');
  const put = (pk: string) => ({ Put: { TableName: 'Desk', Item: { pk: { S: pk } } } });
  await expect(
    new DynamoDBClient(client('Work')).send(
      new TransactWriteItemsCommand({ TransactItems: [put('a'), put('b')] }),
    ),
  ).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }],
  });
});

test('an outage answers 503 and 500, and breaks connections', async () => {
  const { begin, call } = await open();
  begin('ssm', 'outage');
  await expect(call('ssm')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await expect(call('ssm')).rejects.toMatchObject({ name: 'InternalServerError' });
  await expect(call('ssm')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('only the service that was named fails, and only for functions', async () => {
  const { begin, call } = await open();
  begin('sqs', 'outage');
  await call('sqs', 'admin');
  await call('ses');
  await expect(call('sqs')).rejects.toThrow();
});

test('a share of the calls fails, and the others do not', async () => {
  const { begin, call } = await open();
  begin('ses', 'throttle', { Share: 0.5 });
  const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => call('ses')));
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['fulfilled', 'rejected']));
});

test('it ends by itself, and the log has its beginning and its end with what it did', async () => {
  const { begin, call, said } = await open();
  begin('s3', 'throttle', { Seconds: 0.3 });
  await expect(call('s3')).rejects.toThrow();
  await vi.waitFor(() => expect(call('s3')).resolves.toBeDefined());
  expect(said).toEqual([
    "A drill: throttle of s3 for 0.3 seconds, for 100 % of the functions' calls.",
    expect.stringMatching(/^The drill of s3 has ended: [1-9]\d* calls met its throttle\.$/),
  ]);
});

test('a second one takes the place of the first, and the order to end ends all', async () => {
  const { drills, begin, call } = await open();
  begin('ses', 'throttle');
  begin('s3', 'outage');
  expect(begin('ses', 'outage')).toMatchObject({
    Drills: [
      { Service: 's3', Kind: 'outage' },
      { Service: 'ses', Kind: 'outage' },
    ],
  });
  expect(drills.service.operations.EndDrills?.({}, 'admin')).toEqual({ Drills: [] });
  await call('ses');
});

test.each([
  [{ Kind: 'flood' }, 'no drill «flood»'],
  [{ Service: 'ec2' }, 'no service «ec2»'],
  [{ Service: 'constructor' }, 'no service'],
  [{ Seconds: 0 }, 'more than nothing'],
  [{ Seconds: 90_000 }, 'at most a day'],
  [{ Share: 1.5 }, 'at most 1'],
])('an order with %j is refused', async (wrong, words) => {
  const { begin } = await open();
  expect(() => begin('ses', 'throttle', wrong)).toThrow(words);
});
