/** What Step Functions says when a watch is started or asked after, and what becomes of it. */
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openWatches } from '../../aws/watches.ts';

const sfn = mockClient(SFNClient);
const machine = 'arn:aws:states:eu-west-1:111111111111:stateMachine:Desk-Watch';
const watches = openWatches(machine);
const NOON = '2026-03-02T12:00:00.000Z';
const fault = (name: string) => Object.assign(new Error('why'), { name });

beforeAll(() => {
  process.env.AWS_REGION ??= 'eu-west-1';
});
afterEach(() => sfn.reset());

test('a start is named after ticket and generation, and says when to wake first', async () => {
  sfn.on(StartExecutionCommand).resolves({});
  expect(await watches.start('T-7K4M2Q', 3, NOON)).toBe('started');
  expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: machine,
    name: 'T-7K4M2Q-g3',
    input:
      '{"version":1,"ticketId":"T-7K4M2Q","generation":3,"turns":0,"wake":{"state":"waiting","at":"2026-03-02T12:00:00.000Z"}}',
  });
});

test('a watch that was begun before is as good as begun', async () => {
  sfn.on(StartExecutionCommand).rejects(fault('ExecutionAlreadyExists'));
  expect(await watches.start('T-7K4M2Q', 1, NOON)).toBe('was-started');
});

test.each(['ThrottlingException', 'ExecutionLimitExceeded', 'ServiceUnavailable', 'TimeoutError'])(
  '%s is a service that asks for patience: the queue tries again',
  async (name) => {
    sfn.on(StartExecutionCommand).rejects(fault(name));
    sfn.on(DescribeExecutionCommand).rejects(fault(name));
    await expect(watches.start('T-7K4M2Q', 1, NOON)).rejects.toMatchObject({ name: 'UnavailableError' });
    await expect(watches.isRunning('T-7K4M2Q', 1)).rejects.toMatchObject({ name: 'UnavailableError' });
  },
);

test('what nobody foresaw is thrown as it is', async () => {
  sfn.on(StartExecutionCommand).rejects(fault('StateMachineDeleting'));
  await expect(watches.start('T-7K4M2Q', 1, NOON)).rejects.toMatchObject({ name: 'StateMachineDeleting' });
});

test.each([
  ['RUNNING', true],
  ['SUCCEEDED', false],
  ['FAILED', false],
  ['TIMED_OUT', false],
  ['ABORTED', false],
] as const)('an execution that is %s: running is %s', async (status, running) => {
  sfn.on(DescribeExecutionCommand).resolves({ status });
  expect(await watches.isRunning('T-7K4M2Q', 1)).toBe(running);
});

test('an execution that never was is not running', async () => {
  sfn.on(DescribeExecutionCommand).rejects(fault('ExecutionDoesNotExist'));
  expect(await watches.isRunning('T-7K4M2Q', 1)).toBe(false);
});
