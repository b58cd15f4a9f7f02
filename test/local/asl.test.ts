import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AslState,
  caught,
  choose,
  failure,
  type Json,
  passOutput,
  readMachine,
  retry,
  taskCall,
  taskOutput,
  waitUntil,
} from '../../local/asl.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const state = (fields: object) => fields as AslState;
const machine = (states: object, more = {}) =>
  JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'arn:f' },
  End: true,
};

test('the watch of the desk is a machine that the laptop runs', () => {
  const watch = readFileSync(join(import.meta.dirname, '../../workflows/watch.asl.json'), 'utf8');
  expect(Object.keys(readMachine(watch).states)).toContain('AdvanceWatch');
});

test.each<[string, string, string]>([
  ['JSONata', machine({ A: { Type: 'Succeed' } }, { QueryLanguage: 'JSONata' }), 'JSONPath'],
  [
    'a time-out of the whole machine',
    machine({ A: { Type: 'Succeed' } }, { TimeoutSeconds: 5 }),
    'TimeoutSeconds',
  ],
  ['Map', machine({ A: { Type: 'Map', End: true } }), 'the type Map'],
  ['Parallel', machine({ A: { Type: 'Parallel', End: true } }), 'the type Parallel'],
  [
    'another service',
    machine({ A: { ...TASK, Resource: 'arn:aws:states:::sqs:sendMessage' } }),
    'lambda:invoke',
  ],
  [
    'a task token',
    machine({ A: { ...TASK, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } }),
    'lambda:invoke',
  ],
  ['a heartbeat', machine({ A: { ...TASK, HeartbeatSeconds: 5 } }), 'HeartbeatSeconds'],
  [
    'an intrinsic function',
    machine({ A: { ...TASK, Parameters: { Payload: { 'id.$': 'States.UUID()' } } } }),
    'intrinsic',
  ],
  ['a path with a filter', machine({ A: { ...TASK, OutputPath: '$.a[?(@.b)]' } }), 'the path'],
  [
    'a comparison that it does not know',
    machine({
      A: { Type: 'Choice', Choices: [{ Variable: '$.a', StringIsh: 'x', Next: 'B' }] },
      B: { Type: 'Succeed' },
    }),
    'StringIsh',
  ],
  ['a state that is not there', machine({ A: { ...TASK, End: undefined, Next: 'B' } }), 'no state B'],
  [
    'a start that is not there',
    JSON.stringify({ StartAt: 'B', States: { A: { Type: 'Succeed' } } }),
    'no state B',
  ],
  ['a dead end', machine({ A: { ...TASK, End: undefined } }), 'Next or End'],
  ['a wait without an end', machine({ A: { Type: 'Wait', End: true } }), 'exactly one of'],
  [
    'an unknown field of a retrier',
    machine({ A: { ...TASK, Retry: [{ ErrorEquals: ['States.ALL'], Attempts: 2 }] } }),
    'Attempts',
  ],
])('%s is refused when the machine is made', (_, definition, reason) => {
  expect(() => readMachine(definition)).toThrow(reason);
});

const task = (fields: object) => machine({ A: { ...TASK, ...fields } });
const payload = (Payload: unknown) => task({ Parameters: { FunctionName: 'arn:f', Payload } });
const choice = (rule: object) =>
  machine({ A: { Type: 'Choice', Choices: [{ ...rule, Next: 'B' }] }, B: { Type: 'Succeed' } });
const wait = (fields: object) => machine({ A: { Type: 'Wait', ...fields, End: true } });
const pass = (fields: object) => machine({ A: { Type: 'Pass', ...fields, End: true } });
const retrier = (fields: object) => task({ Retry: [{ ErrorEquals: ['E'], ...fields }] });

/** Whatever the language or Step Functions has and the laptop has not: planted once each, and named before anything runs. */
test.each<[planted: string, definition: string]>([
  ...['Map', 'Parallel', 'Loop', 'toString'].map((Type): [string, string] => [
    `the type ${Type}`,
    machine({ A: { Type, End: true } }),
  ]),
  ...['TimeoutSeconds', 'ProcessorConfig'].map((field): [string, string] => [
    field,
    machine({ A: { Type: 'Succeed' } }, { [field]: 1 }),
  ]),
  ...['Assign', 'Arguments', 'Output', 'QueryLanguage', 'HeartbeatSeconds', 'HeartbeatSecondsPath'].map(
    (field): [string, string] => [field, task({ [field]: 1 })],
  ),
  ...['TimeoutSecondsPath', 'Credentials', 'Iterator', 'next'].map((field): [string, string] => [
    field,
    task({ [field]: '$.a' }),
  ]),
  ...['Retry', 'Catch', 'ResultSelector'].map((field): [string, string] => [field, pass({ [field]: [] })]),
  ['ResultPath', machine({ A: { Type: 'Succeed', ResultPath: '$.a' } })],
  ['Parameters', wait({ Seconds: 1, Parameters: {} })],
  ['End', machine({ A: { Type: 'Fail', End: true } })],
  ...[
    'arn:aws:states:::lambda:invoke.waitForTaskToken',
    'arn:aws:states:::dynamodb:getItem',
    'arn:aws:states:::aws-sdk:sqs:sendMessage',
    'arn:aws:lambda:us-east-1:1:function:f',
  ].map((Resource): [string, string] => [Resource, task({ Resource })]),
  ['Qualifier', task({ Parameters: { FunctionName: 'arn:f', Qualifier: 'live' } })],
  ['InvocationType', task({ Parameters: { FunctionName: 'arn:f', InvocationType: 'Event' } })],
  ['FunctionName', task({ Parameters: { Payload: {} } })],
  ...[
    "States.Format('{}', $.a)",
    'States.UUID()',
    'States.StringSplit($.a, $.b)',
    'States.MathAdd($.a, 1)',
    'States.JsonToString($)',
    '{% $states.input %}',
    'a',
  ].map((call): [string, string] => [call, payload({ deep: [{ 'x.$': call }] })]),
  ...[
    '$..a',
    '$.a[*]',
    '$.a[-1]',
    '$.a[0:2]',
    '$.a[0,1]',
    '$.*',
    '$.a[?(@.b)]',
    '$.a.length()',
    '$["a"]',
    '$a',
    'a.b',
    '$.',
  ].flatMap((path): [string, string][] => [
    [path, payload({ 'x.$': path })],
    [path, pass({ InputPath: path })],
    [path, choice({ Variable: path, IsPresent: true })],
    [path, task({ Catch: [{ ErrorEquals: ['E'], ResultPath: path, Next: 'A' }] })],
  ]),
  ...['$$.Task.Token', '$$.State.RetryCount', '$$.Execution.RoleArn', '$$.Map.Item', '$$'].map(
    (path): [string, string] => [path, payload({ 'x.$': path })],
  ),
  ['$$.Execution.Input', pass({ InputPath: '$$.Execution.Input' })],
  ['$.a[0]', pass({ Result: 1, ResultPath: '$.a[0]' })],
  ...['StringMatches', 'StringIsh', 'IsEmpty', 'NumericBetween', 'constructor'].map(
    (operator): [string, string] => [operator, choice({ Variable: '$.a', [operator]: 'x' })],
  ),
  ['StringEquals', choice({ Variable: '$.a', StringEquals: 1 })],
  ['NumericLessThan', choice({ Variable: '$.a', NumericLessThan: '1' })],
  ['TimestampEquals', choice({ Variable: '$.a', TimestampEquals: 'tomorrow' })],
  ['BooleanEquals', choice({ Variable: '$.a', BooleanEquals: 'true' })],
  ['IsPresent', choice({ Variable: '$.a', IsPresent: 'yes' })],
  ['$..b', choice({ Variable: '$.a', StringEqualsPath: '$..b' })],
  ['Variable', choice({ StringEquals: 'x' })],
  ['And', choice({ And: [] })],
  ['Or', choice({ Or: { Variable: '$.a', IsNull: true } })],
  ['Not', choice({ Not: [{ Variable: '$.a', IsNull: true }] })],
  ['Next', choice({ Not: { Variable: '$.a', IsNull: true, Next: 'B' } })],
  ['one comparison', choice({ Variable: '$.a', IsNull: true, IsPresent: true })],
  ['Choices', machine({ A: { Type: 'Choice', Choices: [], Default: 'B' }, B: { Type: 'Succeed' } })],
  ...(
    [
      ['Retry', { Attempts: 1 }],
      ['ErrorEquals', { ErrorEquals: [] }],
      ['States.Everything', { ErrorEquals: ['States.Everything'] }],
      ['States.ALL', { ErrorEquals: ['States.ALL', 'E'] }],
      ['IntervalSeconds', { IntervalSeconds: 0 }],
      ['MaxAttempts', { MaxAttempts: 1.5 }],
      ['MaxDelaySeconds', { MaxDelaySeconds: '5' }],
      ['BackoffRate', { BackoffRate: 0.5 }],
      ['JitterStrategy', { JitterStrategy: 'HALF' }],
    ] as const
  ).map(([name, fields]): [string, string] => [name, retrier(fields)]),
  ['States.ALL', task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] })],
  ['ErrorEquals', task({ Catch: [{ Next: 'A' }] })],
  ['TimeoutSeconds', task({ TimeoutSeconds: 0 })],
  ['Seconds', wait({ Seconds: -1 })],
  ['Seconds', wait({ Seconds: 1.5 })],
  ['Seconds', wait({ Seconds: '$.s' })],
  ['exactly one of', wait({ Seconds: 1, SecondsPath: '$.s' })],
  ['2026-03-02 12:00', wait({ Timestamp: '2026-03-02 12:00' })],
  ['ErrorPath', machine({ A: { Type: 'Fail', Error: 'E', ErrorPath: '$.e' } })],
  ['States', JSON.stringify({ StartAt: 'A' })],
])('%s is not run here, and is named before anything runs: %s', (planted, definition) => {
  expect(() => readMachine(definition)).toThrow(planted);
});

test('a task is called with its parameters filled from input and context', () => {
  const task = state({
    ...TASK,
    Parameters: {
      FunctionName: 'arn:f',
      Payload: { 'id.$': '$.ticket.id', 'run.$': '$$.Execution.Name', fixed: [1, { 'n.$': '$.list[1]' }] },
    },
  });
  expect(taskCall(task, { ticket: { id: 'T-1' }, list: [1, 2] }, { Execution: { Name: 'T-1-g1' } })).toEqual({
    functionArn: 'arn:f',
    payload: { id: 'T-1', run: 'T-1-g1', fixed: [1, { n: 2 }] },
  });
});

test('a parameter that is not in the input is a failure by its name', () => {
  const task = state({ ...TASK, Parameters: { 'Payload.$': '$.none' } });
  expect(() => taskCall(task, {}, {})).toThrow(
    expect.objectContaining({ name: 'States.ParameterPathFailure' }),
  );
});

test.each<[string, object, Json]>([
  ['everything', {}, { ExecutedVersion: '$LATEST', Payload: { a: 1 }, StatusCode: 200 }],
  ['what OutputPath selects', { OutputPath: '$.Payload' }, { a: 1 }],
  ['what ResultSelector makes of it', { ResultSelector: { 'only.$': '$.Payload.a' } }, { only: 1 }],
  [
    'the input with the result placed in it',
    { ResultSelector: { 'got.$': '$.Payload.a' }, ResultPath: '$.x.y' },
    { in: 1, x: { y: { got: 1 } } },
  ],
  ['the input alone', { ResultPath: null }, { in: 1 }],
  ['nothing', { OutputPath: null }, {}],
])('the output of a task is %s', (_, fields, output) => {
  expect(taskOutput(state({ ...TASK, ...fields }), { in: 1 }, { a: 1 }, {})).toEqual(output);
});

test('data above 256 KB stops the execution by the name that nothing catches', () => {
  const task = state({ ...TASK, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A' }] });
  const tooLarge = () => taskOutput(task, {}, 'x'.repeat(262_145), {});
  expect(tooLarge).toThrow(expect.objectContaining({ name: 'States.DataLimitExceeded' }));
  expect(caught(task, {}, { name: 'States.DataLimitExceeded', message: '' })).toBeNull();
});

test('Pass gives its result, its parameters or its input', () => {
  expect(
    passOutput(state({ Type: 'Pass', Result: [1], ResultPath: '$.r', Next: 'A' }), { a: 1 }, {}),
  ).toEqual({ a: 1, r: [1] });
  expect(passOutput(state({ Type: 'Pass', Parameters: { 'b.$': '$.a' }, Next: 'A' }), { a: 1 }, {})).toEqual({
    b: 1,
  });
  expect(passOutput(state({ Type: 'Pass', InputPath: '$.a', Next: 'A' }), { a: 1 }, {})).toBe(1);
});

test.each<[object, Json, number]>([
  [{ Seconds: 90 }, {}, NOW + 90_000],
  [{ SecondsPath: '$.s' }, { s: 5 }, NOW + 5000],
  [{ Timestamp: '2026-03-02T13:00:00Z' }, {}, NOW + 3_600_000],
  [{ TimestampPath: '$.wake.at' }, { wake: { at: '2026-03-02T14:30:00.500+01:00' } }, NOW + 5_400_000],
  [{ TimestampPath: '$.at' }, { at: '2020-01-01T00:00:00Z' }, Date.parse('2020-01-01T00:00:00Z')],
])('%j waits until its time, to the second', (fields, input, until) => {
  expect(waitUntil(state({ Type: 'Wait', ...fields }), input, NOW)).toBe(until);
});

test.each<[string, object, Json]>([
  ['no time', { TimestampPath: '$.at' }, {}],
  ['a time without a zone', { TimestampPath: '$.at' }, { at: '2026-03-02T12:00:00' }],
  ['a time in small letters', { TimestampPath: '$.at' }, { at: '2026-03-02t12:00:00z' }],
  ['a day that does not exist', { TimestampPath: '$.at' }, { at: '2026-13-02T12:00:00Z' }],
  ['seconds below nothing', { SecondsPath: '$.s' }, { s: -1 }],
])('a wait for %s is a failure', (_, fields, input) => {
  expect(() => waitUntil(state({ Type: 'Wait', ...fields }), input, NOW)).toThrow(
    expect.objectContaining({ name: 'States.Runtime' }),
  );
});

test.each<[object, boolean]>([
  [{ Variable: '$.s', StringEquals: 'b' }, true],
  [{ Variable: '$.s', StringLessThan: 'a' }, false],
  [{ Variable: '$.s', StringEqualsPath: '$.t' }, true],
  [{ Variable: '$.n', NumericGreaterThanEquals: 2 }, true],
  [{ Variable: '$.n', NumericLessThan: 2 }, false],
  [{ Variable: '$.n', StringEquals: '2' }, false],
  [{ Variable: '$.yes', BooleanEquals: true }, true],
  [{ Variable: '$.at', TimestampGreaterThan: '2026-03-02T11:59:00Z' }, true],
  [{ Variable: '$.at', TimestampEquals: '2026-03-02T13:00:00+01:00' }, true],
  [{ Variable: '$.none', IsPresent: false }, true],
  [{ Variable: '$.nothing', IsNull: true }, true],
  [{ Variable: '$.n', IsNumeric: true }, true],
  [{ Variable: '$.at', IsTimestamp: true }, true],
  [{ And: [{ Variable: '$.n', NumericEquals: 2 }, { Not: { Variable: '$.s', StringEquals: 'a' } }] }, true],
  [
    {
      Or: [
        { Variable: '$.n', NumericEquals: 3 },
        { Variable: '$.s', StringEquals: 'a' },
      ],
    },
    false,
  ],
])('the rule %j holds: %s', (rule, holds) => {
  const input = { s: 'b', t: 'b', n: 2, yes: true, at: '2026-03-02T12:00:00Z', nothing: null };
  expect(choose(state({ Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' }), input)).toBe(
    holds ? 'Yes' : 'No',
  );
});

test('a choice about what is not there, and one that nothing fits, are failures', () => {
  const choice = state({ Type: 'Choice', Choices: [{ Variable: '$.a', StringEquals: 'x', Next: 'A' }] });
  expect(() => choose(choice, {})).toThrow(expect.objectContaining({ name: 'States.Runtime' }));
  expect(() => choose(choice, { a: 'y' })).toThrow(
    expect.objectContaining({ name: 'States.NoChoiceMatched' }),
  );
});

const RETRYING = state({
  ...TASK,
  Retry: [
    { ErrorEquals: ['InvalidInputError'], MaxAttempts: 0 },
    {
      ErrorEquals: ['ConflictError'],
      IntervalSeconds: 1,
      BackoffRate: 1.5,
      MaxDelaySeconds: 2,
      MaxAttempts: 8,
      JitterStrategy: 'FULL',
    },
    { ErrorEquals: ['States.TaskFailed'] },
  ],
});

test('a retry pauses longer each time, up to its limit, and with full jitter anywhere below', () => {
  expect([0, 1, 2].map((so) => retry(RETRYING, 'ConflictError', { 1: so }, 0.999_999)?.pause)).toEqual([
    expect.closeTo(1),
    expect.closeTo(1.5),
    expect.closeTo(2),
  ]);
  expect(retry(RETRYING, 'ConflictError', {}, 0.5)).toEqual({ retrier: 1, pause: 0.5 });
});

test('a retrier has three attempts from the first second, doubling, when it says nothing else', () => {
  expect([0, 1, 2].map((so) => retry(RETRYING, 'Other', { 2: so }, 0)?.pause)).toEqual([1, 2, 4]);
  expect(retry(RETRYING, 'Other', { 2: 3 }, 0)).toBeNull();
});

test('the first retrier that covers an error decides, even to give up', () => {
  expect(retry(RETRYING, 'InvalidInputError', {}, 0)).toBeNull();
});

test('States.TaskFailed does not stand for a time-out, and nothing stands for States.Runtime', () => {
  expect(retry(RETRYING, 'States.Timeout', {}, 0)).toBeNull();
  expect(retry(RETRYING, 'States.Runtime', {}, 0)).toBeNull();
});

test('a caught error stands in the input where ResultPath says', () => {
  const task = state({
    ...TASK,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'Stopped' }],
  });
  expect(caught(task, { id: 1 }, { name: 'Oops', message: 'why' })).toEqual({
    next: 'Stopped',
    output: { id: 1, fault: { Error: 'Oops', Cause: 'why' } },
  });
});

test('Fail says its error and cause, fixed or from its input', () => {
  expect(failure(state({ Type: 'Fail', Error: 'E', Cause: 'C' }), {})).toEqual({ error: 'E', cause: 'C' });
  expect(
    failure(state({ Type: 'Fail', ErrorPath: '$.f.Error', CausePath: '$.f.Cause' }), {
      f: { Error: 'E', Cause: 'C' },
    }),
  ).toEqual({ error: 'E', cause: 'C' });
});

test('a name like __proto__ in a path finds nothing that is not in the data', () => {
  expect(
    choose(
      state({
        Type: 'Choice',
        Choices: [{ Variable: "$['__proto__']", IsPresent: true, Next: 'Yes' }],
        Default: 'No',
      }),
      {},
    ),
  ).toBe('No');
});
