/**
 * The same machines in two interpreters of the language: ours and aws-local-stepfunctions, which knows nothing of ours.
 * Where both run a machine they come to the same end.
 *
 * Left out, because the other one is known to be wrong or silent there: a Wait above 24.8 days (it fires at once),
 * HeartbeatSeconds and JSONata (ignored, and refused by ours), $$.State (absent; it is given one), how long pauses take (given to it as
 * nothing), jitter, the limit of 256 KB, what stands in a Cause, what a wrong definition is told, questions whose answer
 * should be false (`IsString: false` never holds there), a ResultPath of `$` (it makes a field of that name), and rules
 * about what is not in the data (it looks at all of them, where ours ends with the first that decides) or compare what is
 * of another kind; and data that are false, nothing or empty (it takes them for absent). A path that leads nowhere fails in both, by different names: States.ParameterPathFailure, as the
 * language has it, here, and States.Runtime there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type AslState, choose, type Json, passOutput, readMachine } from '../../local/asl.ts';
import { openExecutions } from '../../local/executions.ts';
import type { Fields } from '../../local/protocol.ts';
import { openGround } from './world.ts';

/** What a function answers, call by call: a value, or the name of an error. The last one goes on for ever. */
type Answers = (Json | Error)[];
type End = { status: 'SUCCEEDED'; output: Json } | { status: 'FAILED'; error: string };

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:Both';

async function here(definition: object, input: Json, answers: Answers): Promise<End> {
  const { state, clock, whenClosing } = openGround({ speed: 3600 });
  const next = inTurn(answers);
  const executions = openExecutions(
    state,
    clock,
    {
      invoke: async () => {
        const answer = next();
        return answer instanceof Error
          ? { ok: false, fault: { errorType: answer.name, errorMessage: answer.message, trace: [] } }
          : { ok: true, value: answer };
      },
    },
    [{ arn: MACHINE, name: 'Both', definition: JSON.stringify(definition) }],
    () => {},
    // A path that leads nowhere is reported as well; here it is an end like others.
    () => {},
  );
  whenClosing(() => executions.stop());
  const call = async (operation: string, given: Fields) =>
    (await executions.service.operations[operation]?.(given, 'admin')) ?? {};
  const begun = { stateMachineArn: MACHINE, name: 'one', input: JSON.stringify(input) };
  const { executionArn } = await call('StartExecution', begun);
  return vi.waitFor(
    async () => {
      const { status, output, error } = await call('DescribeExecution', { executionArn });
      if (status === 'SUCCEEDED') return { status, output: JSON.parse(String(output)) as Json };
      if (status === 'FAILED') return { status, error: String(error) };
      throw new Error('still running');
    },
    { timeout: 20_000, interval: 5 },
  );
}

async function elsewhere(definition: Machine, input: Json, answers: Answers): Promise<End> {
  const next = inTurn(answers);
  const named = (type: string) =>
    Object.entries(definition.States).flatMap(([name, { Type }]) => (Type === type ? [name] : []));
  const answer = () => {
    const value = next();
    if (value instanceof Error) throw value;
    return { ExecutedVersion: '$LATEST', Payload: value, StatusCode: 200 } as never;
  };
  const machine = new StateMachine(definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const { result } = machine.run(structuredClone(input) as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(named('Task').map((name) => [name, answer])),
      retryIntervalOverrides: Object.fromEntries(named('Task').map((name) => [name, 0])),
    },
    context: {
      Execution: { Name: 'one', Input: input, Id: 'id', StartTime: 'now' },
      State: { EnteredTime: 'now' },
    } as never,
  });
  return result.then(
    (output): End => ({ status: 'SUCCEEDED', output: output as Json }),
    (error: Error): End => ({
      status: 'FAILED',
      error: error.name === 'ExecutionError' ? causeOf(error) : error.name,
    }),
  );
}

/** It says `Execution has failed with the following error: …` and has the error that it means within. */
function causeOf(error: Error): string {
  return (error.cause as Error | undefined)?.name ?? /error: (\S+)/.exec(error.message)?.[1] ?? error.message;
}

function inTurn(answers: Answers): () => Json | Error {
  let calls = 0;
  return () => answers[Math.min(calls++, answers.length - 1)] ?? null;
}

interface Machine {
  StartAt: string;
  States: Record<string, { Type: string }>;
}
const machine = (States: Record<string, object>): Machine =>
  ({ StartAt: Object.keys(States)[0] ?? '', States }) as Machine;
const fault = (name: string) => Object.assign(new Error('why'), { name });
const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'arn:f', 'Payload.$': '$' },
};
const WATCH = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../workflows/watch.asl.json'), 'utf8').replaceAll(
    `\${AdvanceWatchArn}`,
    'arn:f',
  ),
) as Machine;
const turn = (state: string, at?: string): Json => ({
  ...{ version: 1, ticketId: 'T-1', generation: 1, turns: 1 },
  wake: { state, ...(at ? { at } : {}) },
});
const PAST = '2020-01-01T00:00:00Z';

test.each<[what: string, machine: Machine, input: Json, answers: Answers]>([
  ...(
    [
      ['ends at once', [turn('ended')]],
      ['waits, and ends', [turn('waiting', PAST), turn('ended')]],
      ['waits many times', [...Array.from({ length: 9 }, () => turn('waiting', PAST)), turn('ended')]],
      ['is answered in a way that nobody knows', [turn('asleep')]],
      ['is answered without a word on waking', [{ version: 1 }]],
      ['is told to wait until no time', [turn('waiting')]],
      ['meets a conflict once', [fault('ConflictError'), turn('ended')]],
      ['meets what is never retried', [fault('InvalidInputError'), turn('ended')]],
      ['meets what nobody foresaw', [fault('TypeError'), turn('ended')]],
    ] as [string, Answers][]
  ).map(([what, answers]): [string, Machine, Json, Answers] => [
    `the watch ${what}`,
    WATCH,
    turn('waiting', PAST),
    answers,
  ]),
  [
    'Succeed',
    machine({ A: { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' } }),
    { a: { b: [1] } },
    [],
  ],
  ['Fail', machine({ A: { Type: 'Fail', Error: 'Own', Cause: 'c' } }), {}, []],
  [
    'Fail by paths',
    machine({ A: { Type: 'Fail', ErrorPath: '$.e', CausePath: '$.c' } }),
    { e: 'FromData', c: 'c' },
    [],
  ],
  ...[
    {},
    { Result: { x: 1 } },
    { Result: [1, 2], ResultPath: '$.r.s' },
    { Result: 1, ResultPath: null },
    { InputPath: '$.a', ResultPath: '$.copy' },
    { InputPath: null },
    { OutputPath: null },
    { OutputPath: '$.a.list[1]' },
    { Parameters: { 'x.$': "$.a['b c']", fixed: { deep: [{ 'y.$': '$.a.list[0]' }] } } },
    { Parameters: { 'name.$': '$$.Execution.Name', 'in.$': '$$.Execution.Input.a' }, ResultPath: '$.of' },
  ].map((fields): [string, Machine, Json, Answers] => [
    `Pass ${JSON.stringify(fields)}`,
    machine({ A: { Type: 'Pass', ...fields, Next: 'B' }, B: { Type: 'Succeed' } }),
    { a: { 'b c': 'x', list: [1, { two: 2 }] } },
    [],
  ]),
  ...[{ Seconds: 1 }, { SecondsPath: '$.s' }, { Timestamp: PAST }, { TimestampPath: '$.at' }].map(
    (fields): [string, Machine, Json, Answers] => [
      `Wait ${JSON.stringify(fields)}`,
      machine({ A: { Type: 'Wait', ...fields, OutputPath: '$.s', Next: 'B' }, B: { Type: 'Succeed' } }),
      { s: 1, at: PAST },
      [],
    ],
  ),
  ...[
    {},
    { OutputPath: '$.Payload' },
    { ResultPath: '$.got' },
    { ResultPath: null },
    { InputPath: '$.a', ResultSelector: { 'only.$': '$.Payload.x', code: 'fixed' }, ResultPath: '$.r' },
  ].map((fields): [string, Machine, Json, Answers] => [
    `Task ${JSON.stringify(fields)}`,
    machine({ A: { ...TASK, ...fields, End: true } }),
    { a: { b: 1 } },
    [{ x: [1] }],
  ]),
  ...(
    [
      ['a retry that helps', [fault('E'), { ok: 1 }]],
      ['retries that do not', [fault('E')]],
      ['an error that only Catch names', [fault('F')]],
      ['an error that only States.ALL holds', [fault('G')]],
      ['first the one and then the other', [fault('E'), fault('F')]],
    ] as [string, Answers][]
  ).map(([what, answers]): [string, Machine, Json, Answers] => [
    what,
    machine({
      A: {
        ...TASK,
        Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 1, MaxAttempts: 1, JitterStrategy: 'FULL' }],
        Catch: [
          { ErrorEquals: ['F'], ResultPath: null, Next: 'Named' },
          { ErrorEquals: ['States.ALL'], Next: 'Other' },
        ],
        OutputPath: '$.Payload',
        End: true,
      },
      Named: { Type: 'Pass', End: true },
      Other: { Type: 'Pass', Parameters: { 'error.$': '$.Error' }, End: true },
    }),
    { id: 1 },
    answers,
  ]),
  ['an error that nothing holds', machine({ A: { ...TASK, End: true } }), {}, [fault('Own')]],
  [
    'States.TaskFailed',
    machine({
      A: { ...TASK, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'B' }], End: true },
      B: { Type: 'Pass', Result: 'held', End: true },
    }),
    {},
    [fault('Own')],
  ],
  [
    'no choice that fits',
    machine({
      A: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 2, Next: 'B' }] },
      B: { Type: 'Succeed' },
    }),
    { a: 1 },
    [],
  ],
])('%s: both come to the same end', async (_, definition, input, answers) => {
  expect(await here(definition, input, answers)).toEqual(await elsewhere(definition, input, answers));
});

/** Values of few kinds, so that equal ones meet. */
const value = fc.constantFrom<Json>('a', 'b', 'Z', 'é', -1, 1.5, 2, true);
const timestamp = fc.constantFrom(
  '2026-03-02T12:00:00Z',
  '2026-03-02T13:00:00+01:00',
  '2026-03-02T12:00:00.5Z',
);
const key = fc.constantFrom('a', 'b', 'c');
const data = fc
  .record({
    a: value,
    b: value,
    c: value,
    at: timestamp,
    n: fc.constantFrom(0, 1.5, 2),
    s: fc.constantFrom('', 'a', 'b', 'é'),
  })
  .map((fields) => ({ ...fields, list: [1.5, { x: 1 }] }));
const variable = fc.oneof(
  key.map((name) => `$.${name}`),
  fc.constantFrom('$.list[0]', "$['a']", '$.list[1].x'),
);
const orders = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const compared = (type: string, operand: fc.Arbitrary<Json>, of: fc.Arbitrary<string>) =>
  fc.tuple(of, fc.constantFrom(...orders), operand).map(([Variable, order, than]) => ({
    Variable,
    [`${type}${order}`]: than,
  }));
/** `StringEquals` as `StringEqualsPath`. */
function asPath({ Variable, ...rest }: { Variable: string; [operator: string]: Json }) {
  return {
    Variable,
    ...Object.fromEntries(Object.entries(rest).map(([name, other]) => [`${name}Path`, other])),
  };
}
const comparison = fc.oneof(
  compared('String', fc.constantFrom('', 'a', 'b', 'é'), fc.constant('$.s')),
  compared('Numeric', fc.constantFrom(0, 1.5, 2), fc.constant('$.n')),
  compared('Timestamp', timestamp, fc.constant('$.at')),
  fc.tuple(variable, fc.boolean()).map(([Variable, BooleanEquals]) => ({ Variable, BooleanEquals })),
  fc
    .tuple(variable, fc.constantFrom('IsPresent', 'IsNull', 'IsString', 'IsNumeric', 'IsBoolean'))
    .map(([Variable, question]) => ({ Variable, [question]: true })),
  compared('String', fc.constant('$.at'), fc.constant('$.s')).map(asPath),
  compared('Numeric', fc.constant('$.list[0]'), fc.constant('$.n')).map(asPath),
);
const { rule } = fc.letrec<{ rule: object }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 2 },
    comparison,
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((And) => ({ And })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((Or) => ({ Or })),
    tie('rule').map((Not) => ({ Not })),
  ),
}));

test('choices: whatever the rules and the data, both go the same way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 3 }), data, async (rules, input) => {
      const definition = machine({
        A: { Type: 'Choice', Choices: rules.map((each, n) => ({ ...each, Next: `N${n}` })), Default: 'None' },
        ...Object.fromEntries(rules.map((_, n) => [`N${n}`, { Type: 'Pass', Result: `N${n}`, End: true }])),
        None: { Type: 'Pass', Result: 'None', End: true },
      });
      expect(end(() => choose(stateOf(definition), input))).toEqual(await elsewhere(definition, input, []));
    }),
    { numRuns: 400, seed: 2026 },
  );
});

const path = fc.constantFrom('$', '$.a', '$.list[1]', '$.list[1].x', "$['b']", '$.none');
const resultPath = fc.constantFrom(undefined, null, '$.b', '$.new', '$.new.deep');

test('paths: whatever is selected, made and placed, both hand on the same', async () => {
  const fields = fc.record(
    {
      InputPath: fc.oneof(path, fc.constant(null)),
      OutputPath: fc.oneof(path, fc.constant(null)),
      ResultPath: resultPath,
      Parameters: fc.dictionary(fc.constantFrom('p.$', 'q.$'), path, { minKeys: 1 }),
      Result: value,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fields, data, async ({ Result, Parameters, ...others }, input) => {
      const made = Result === undefined ? (Parameters === undefined ? {} : { Parameters }) : { Result };
      const given = Object.entries({ ...others, ...made }).filter(([, each]) => each !== undefined);
      const definition = machine({ A: { Type: 'Pass', ...Object.fromEntries(given), End: true } });
      const ours = end(() => passOutput(stateOf(definition), input, {}));
      const theirs = await elsewhere(definition, input, []);
      if (ours.status === 'FAILED') expect(theirs.status).toBe('FAILED');
      else expect(ours).toEqual(theirs);
    }),
    { numRuns: 400, seed: 2026 },
  );
});

/** The state as the laptop takes it, which it would refuse if it did not know all of it. */
function stateOf(definition: Machine): AslState {
  return readMachine(JSON.stringify(definition)).states.A as AslState;
}

function end(run: () => Json): End {
  try {
    return { status: 'SUCCEEDED', output: run() };
  } catch (error) {
    return { status: 'FAILED', error: (error as Error).name };
  }
}
