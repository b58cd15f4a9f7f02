import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, test, vi } from 'vitest';
import { openExecutions } from '../../local/executions.ts';
import { AwsFault } from '../../local/fault.ts';
import type { Outcome } from '../../local/functions.ts';
import { clientFor, type Ground, noFaults, openGround, openTestGateway } from './world.ts';

const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:Desk-Watch';
const arnOf = (name: string) => `${stateMachineArn.replace('stateMachine', 'execution')}:${name}`;
const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'arn:f', 'Payload.$': '$' },
  OutputPath: '$.Payload',
};
const WATCH = {
  StartAt: 'Look',
  States: {
    Look: {
      ...TASK,
      Retry: [{ ErrorEquals: ['ConflictError'], IntervalSeconds: 1, JitterStrategy: 'FULL' }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'Stopped' }],
      Next: 'Ended?',
    },
    'Ended?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.at', IsPresent: true, Next: 'Wait' }],
      Default: 'Done',
    },
    Wait: { Type: 'Wait', TimestampPath: '$.at', Next: 'Look' },
    Done: { Type: 'Succeed' },
    Stopped: { Type: 'Fail', ErrorPath: '$.fault.Error', CausePath: '$.fault.Cause' },
  },
};

type Answer = (payload: unknown) => Outcome | Promise<Outcome>;
const done = (value: unknown): Outcome => ({ ok: true, value });
const fault = (errorType: string): Outcome => ({
  ok: false,
  fault: { errorType, errorMessage: 'why', trace: [] },
});

async function open(
  { state, clock, whenClosing }: Ground,
  answer: Answer,
  { definition = WATCH as object, invokable = () => {} } = {},
) {
  const gateway = await openTestGateway();
  const invoke = vi.fn(async (_: string, payload: unknown) => answer(payload));
  const executions = openExecutions(
    state,
    clock,
    { invoke },
    [{ arn: stateMachineArn, name: 'Desk-Watch', definition: JSON.stringify(definition) }],
    invokable,
    noFaults,
  );
  whenClosing(() => executions.stop());
  gateway.add('states', executions.service);
  const sfn = new SFNClient(clientFor(gateway.endpoint));
  const start = (name: string, input: object = {}) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  const describe = (name: string) => sfn.send(new DescribeExecutionCommand({ executionArn: arnOf(name) }));
  const ends = (name: string) =>
    vi.waitFor(
      async () => {
        const execution = await describe(name);
        if (execution.status === 'RUNNING') throw new Error('still running');
        return execution;
      },
      { timeout: 10_000, interval: 20 },
    );
  return { sfn, start, describe, ends, invoke };
}

test('an execution goes from state to state and ends with its output', async () => {
  const { start, ends, invoke } = await open(openGround(), (payload) =>
    done({ ...(payload as object), seen: true }),
  );
  await start('T-1-g1', { ticketId: 'T-1' });
  expect(await ends('T-1-g1')).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"ticketId":"T-1","seen":true}',
    name: 'T-1-g1',
  });
  expect(invoke).toHaveBeenCalledTimes(1);
});

test('a wait is on the desk clock: at speed 3600 an hour is a second', async () => {
  const ground = openGround({ speed: 3600 });
  const at = new Date(ground.clock.now() + 3_600_000).toISOString();
  const times: number[] = [];
  const { start, ends } = await open(ground, () => {
    times.push(ground.clock.now());
    return done(times.length === 1 ? { at } : {});
  });
  await start('T-1-g1');
  await ends('T-1-g1');
  expect(times[1]).toBeGreaterThanOrEqual(Date.parse(at));
});

test('a time that has passed ends a wait at once', async () => {
  let turns = 0;
  const { start, ends } = await open(openGround(), () =>
    done(turns++ === 0 ? { at: '2020-01-01T00:00:00Z' } : {}),
  );
  await start('T-1-g1');
  expect(await ends('T-1-g1')).toMatchObject({ status: 'SUCCEEDED' });
});

test('a running execution is started again by the same name and input, and by nothing else', async () => {
  const { start, sfn } = await open(openGround(), () => done({ at: '2999-01-01T00:00:00Z' }));
  const first = await start('T-1-g1', { a: 1 });
  expect(await start('T-1-g1', { a: 1 })).toMatchObject({
    executionArn: first.executionArn,
    startDate: first.startDate,
  });
  await expect(start('T-1-g1', { a: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await sfn.send(new StopExecutionCommand({ executionArn: arnOf('T-1-g1') }));
  await expect(start('T-1-g1', { a: 1 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test.each(['', 'a b', 'a/b', 'a:b', 'x'.repeat(81)])('the name "%s" is refused', async (name) => {
  const { start } = await open(openGround(), () => done({}));
  await expect(start(name)).rejects.toMatchObject({ name: 'InvalidName' });
});

test('an execution that has run for a year fails, whatever it waits for', async () => {
  const ground = openGround({ speed: 100_000_000 });
  const { start, ends, invoke } = await open(ground, () => done({ at: '9999-01-01T00:00:00Z' }));
  await start('T-1-g1');
  expect(await ends('T-1-g1')).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  expect(invoke).toHaveBeenCalledTimes(1);
});

test('a task may hand on when its state was entered, by the desk’s clock', async () => {
  const ground = openGround({ speed: 3600 });
  const before = ground.clock.now();
  const definition = {
    StartAt: 'Look',
    States: {
      Look: {
        ...TASK,
        Parameters: { FunctionName: 'arn:f', Payload: { 'at.$': '$$.State.EnteredTime' } },
        End: true,
      },
    },
  };
  const { start, ends } = await open(ground, (payload) => done(payload), { definition });
  await start('T-1-g1');
  const { at } = JSON.parse((await ends('T-1-g1')).output ?? '') as { at: string };
  expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(at)).toBeLessThanOrEqual(ground.clock.now());
});

test('a failure is retried as the machine says, and then goes on', async () => {
  let calls = 0;
  const { start, ends, invoke } = await open(openGround(), () =>
    calls++ < 2 ? fault('ConflictError') : done({}),
  );
  await start('T-1-g1');
  expect(await ends('T-1-g1')).toMatchObject({ status: 'SUCCEEDED' });
  expect(invoke).toHaveBeenCalledTimes(3);
});

test('a failure that is caught leads where Catch says, with the function’s own error', async () => {
  const { start, ends } = await open(openGround(), () => fault('InvalidInputError'));
  await start('T-1-g1');
  const { status, error, cause } = await ends('T-1-g1');
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'InvalidInputError' });
  expect(JSON.parse(cause ?? '')).toEqual({ errorType: 'InvalidInputError', errorMessage: 'why', trace: [] });
});

test('a task that takes too long fails with States.Timeout, whatever it answers later', async () => {
  const definition = { StartAt: 'Slow', States: { Slow: { ...TASK, TimeoutSeconds: 1, End: true } } };
  const { start, ends } = await open(
    openGround(),
    () => new Promise((resolve) => setTimeout(() => resolve(done({})), 1500)),
    { definition },
  );
  await start('T-1-g1');
  expect(await ends('T-1-g1')).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});

test('a function that the machine’s role may not call fails the task', async () => {
  const { start, ends, invoke } = await open(openGround(), () => done({}), {
    invokable: () => {
      throw new AwsFault('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction');
    },
  });
  await start('T-1-g1');
  expect(await ends('T-1-g1')).toMatchObject({ status: 'FAILED', error: 'Lambda.AccessDeniedException' });
  expect(invoke).not.toHaveBeenCalled();
});

test('after a restart waits go on, and a task that was cut off runs again', async () => {
  const ground = openGround({ speed: 3600 });
  const at = new Date(ground.clock.now() + 3_600_000).toISOString();
  const first = await open(ground, (payload) =>
    (payload as { id: string }).id === 'waits' ? done({ at }) : new Promise(() => {}),
  );
  await first.start('waits', { id: 'waits' });
  await first.start('works', { id: 'works' });
  await vi.waitFor(() => expect(first.invoke).toHaveBeenCalledTimes(2));
  ground.close();

  const later = await open(openGround({ dataDir: ground.dataDir, speed: 3600 }), () => done({}));
  expect(await later.ends('works')).toMatchObject({ status: 'SUCCEEDED' });
  expect(await later.ends('waits')).toMatchObject({ status: 'SUCCEEDED' });
  expect(later.invoke).toHaveBeenCalledTimes(2);
});

test('a running execution keeps the definition that it was started with', async () => {
  const ground = openGround({ speed: 3600 });
  const at = new Date(ground.clock.now() + 3_600_000).toISOString();
  const first = await open(ground, () => done({ at }));
  await first.start('old');
  await vi.waitFor(() => expect(first.invoke).toHaveBeenCalled());
  ground.close();

  const definition = { StartAt: 'New', States: { New: { Type: 'Fail', Error: 'New' } } };
  const later = await open(openGround({ dataDir: ground.dataDir, speed: 3600 }), () => done({}), {
    definition,
  });
  expect(await later.ends('old')).toMatchObject({ status: 'SUCCEEDED' });
  await later.start('new');
  expect(await later.ends('new')).toMatchObject({ status: 'FAILED', error: 'New' });
});

test('a stopped execution wakes no more', async () => {
  const ground = openGround({ speed: 3600 });
  const at = new Date(ground.clock.now() + 3_600_000).toISOString();
  const { start, sfn, describe, invoke } = await open(ground, () => done({ at }));
  await start('T-1-g1');
  await vi.waitFor(() => expect(invoke).toHaveBeenCalled());
  await sfn.send(
    new StopExecutionCommand({ executionArn: arnOf('T-1-g1'), error: 'Enough', cause: 'really' }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1300));
  expect(await describe('T-1-g1')).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'really' });
  expect(invoke).toHaveBeenCalledTimes(1);
});

test('executions are listed by status, and their history tells the states', async () => {
  const { start, ends, sfn } = await open(openGround(), (payload) =>
    done((payload as { stay?: boolean }).stay ? { at: '2999-01-01T00:00:00Z' } : {}),
  );
  await start('ended');
  await start('running', { stay: true });
  await ends('ended');
  const list = async (statusFilter?: 'RUNNING' | 'SUCCEEDED') =>
    (await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter }))).executions
      ?.map(({ name }) => name)
      .sort();
  expect(await list()).toEqual(['ended', 'running']);
  expect(await list('RUNNING')).toEqual(['running']);
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: arnOf('ended') }));
  expect(events?.map(({ type, stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? type)).toEqual(
    [
      'ExecutionStarted',
      'Look',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'Ended?',
      'ChoiceStateExited',
      'Done',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ],
  );
  const { events: back } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn: arnOf('ended'), reverseOrder: true, maxResults: 1 }),
  );
  expect(back).toMatchObject([{ type: 'ExecutionSucceeded' }]);
});

test('an execution that turns without end fails at 25,000 events, as in the account', async () => {
  const definition = { StartAt: 'Round', States: { Round: { Type: 'Pass', Next: 'Round' } } };
  const { start, ends } = await open(openGround(), () => done({}), { definition });
  await start('T-1-g1');
  expect(await ends('T-1-g1')).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('25000') });
});
