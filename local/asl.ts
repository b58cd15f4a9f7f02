/**
 * The Amazon States Language, as far as the laptop runs it: JSONPath; Task (lambda:invoke), Wait, Choice, Pass,
 * Succeed, Fail. Whatever else a definition says is refused when the machine is made, so that a machine which runs
 * here means the same in the account. Pure: what a state does to its input, nothing of when.
 *
 * https://states-language.net/spec.html and the Step Functions Developer Guide where it differs.
 */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Fields = { [name: string]: Json };

export interface Machine {
  startAt: string;
  states: Record<string, AslState>;
}

export type AslState = Fields & { Type: 'Task' | 'Wait' | 'Choice' | 'Pass' | 'Succeed' | 'Fail' };

/** A state's failure by its ASL error name. */
export class StateError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const COMMON = ['Type', 'Comment', 'InputPath', 'OutputPath', 'Next', 'End'];
const FIELDS: Record<AslState['Type'], string[]> = {
  Task: [
    ...COMMON,
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'TimeoutSeconds',
    'Retry',
    'Catch',
  ],
  Wait: [...COMMON, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: ['Type', 'Comment', 'InputPath', 'OutputPath', 'Choices', 'Default'],
  Pass: [...COMMON, 'Result', 'ResultPath', 'Parameters'],
  Succeed: ['Type', 'Comment', 'InputPath', 'OutputPath'],
  Fail: ['Type', 'Comment', 'Error', 'Cause', 'ErrorPath', 'CausePath'],
};
const RETRIER = [
  'Comment',
  'ErrorEquals',
  'IntervalSeconds',
  'BackoffRate',
  'MaxAttempts',
  'MaxDelaySeconds',
  'JitterStrategy',
];
const CATCHER = ['Comment', 'ErrorEquals', 'ResultPath', 'Next'];
const INVOKE = /^arn:aws[a-z-]*:states:[^:]*:[^:]*:lambda:invoke$/;

/** Reads a definition. Throws an Error that names the state and what the laptop does not run. */
export function readMachine(text: string): Machine {
  const definition = JSON.parse(text) as Fields;
  only(definition, ['Comment', 'StartAt', 'States', 'Version', 'QueryLanguage'], 'The machine');
  if (definition.QueryLanguage !== undefined && definition.QueryLanguage !== 'JSONPath')
    throw new Error('The machine: only JSONPath is run on the laptop.');
  if (typeof definition.States !== 'object' || definition.States === null)
    throw new Error('The machine: it needs States.');
  const states = definition.States as Record<string, AslState>;
  for (const [name, state] of Object.entries(states)) checkState(name, state, states);
  if (!Object.hasOwn(states, String(definition.StartAt)))
    throw new Error(`The machine: there is no state ${definition.StartAt}.`);
  return { startAt: String(definition.StartAt), states };
}

function checkState(name: string, state: AslState, states: Record<string, AslState>): void {
  const where = `State ${name}`;
  const fields = Object.hasOwn(FIELDS, state.Type) ? FIELDS[state.Type] : undefined;
  if (!fields) throw new Error(`${where}: the type ${state.Type} is not run on the laptop.`);
  only(state, fields, where);
  const targets = [
    state.Next,
    state.Default,
    ...[...list(state.Catch), ...list(state.Choices)].map(({ Next }) => Next),
  ].filter((next) => next !== undefined);
  for (const next of targets)
    if (!Object.hasOwn(states, String(next))) throw new Error(`${where}: there is no state ${next}.`);
  if (
    !['Choice', 'Succeed', 'Fail'].includes(state.Type) &&
    (state.Next === undefined) === (state.End !== true)
  ) {
    throw new Error(`${where}: it needs either Next or End.`);
  }
  for (const field of ['SecondsPath', 'TimestampPath', 'ErrorPath', 'CausePath'])
    if (state[field] !== undefined) steps(state[field], `${where}, ${field}`);
  // These may be null as well: nothing is taken in, nothing is handed on, the result is thrown away.
  for (const field of ['InputPath', 'OutputPath'])
    if (state[field] !== undefined && state[field] !== null) steps(state[field], `${where}, ${field}`);
  checkResultPath(state.ResultPath, where);
  for (const template of [state.Parameters, state.ResultSelector])
    if (template !== undefined) checkTemplate(template, where);
  switch (state.Type) {
    case 'Task':
      if (!INVOKE.test(String(state.Resource)))
        throw new Error(`${where}: only lambda:invoke is run on the laptop, not ${state.Resource}.`);
      only(
        (state.Parameters ?? {}) as Fields,
        ['FunctionName', 'FunctionName.$', 'Payload', 'Payload.$'],
        `${where}, Parameters`,
      );
      if (!Object.keys((state.Parameters ?? {}) as Fields).some((name) => /^FunctionName(\.\$)?$/.test(name)))
        throw new Error(`${where}: it needs a FunctionName in its Parameters.`);
      if (state.TimeoutSeconds !== undefined) whole(state.TimeoutSeconds, 1, `${where}, TimeoutSeconds`);
      for (const retrier of handlers(state.Retry, RETRIER, `${where}, Retry`)) checkRetrier(retrier, where);
      for (const catcher of handlers(state.Catch, CATCHER, `${where}, Catch`))
        checkResultPath(catcher.ResultPath, `${where}, Catch`);
      break;
    case 'Wait':
      if (
        ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'].filter((field) => state[field] !== undefined)
          .length !== 1
      ) {
        throw new Error(
          `${where}: it needs exactly one of Seconds, SecondsPath, Timestamp and TimestampPath.`,
        );
      }
      if (state.Seconds !== undefined) whole(state.Seconds, 0, `${where}, Seconds`);
      if (state.Timestamp !== undefined && !isTimestamp(state.Timestamp))
        throw new Error(`${where}: ${state.Timestamp} is no timestamp.`);
      break;
    case 'Choice':
      if (list(state.Choices).length === 0) throw new Error(`${where}: it needs Choices.`);
      for (const rule of list(state.Choices)) checkRule(rule, where, true);
      break;
    case 'Fail':
      for (const field of ['Error', 'Cause'])
        if (state[field] !== undefined && state[`${field}Path`] !== undefined)
          throw new Error(`${where}: it has both ${field} and ${field}Path.`);
      break;
  }
}

/** Where a result is placed into an array, the language and Step Functions do not agree. */
function checkResultPath(path: Json | undefined, where: string): void {
  if (path === undefined || path === null) return;
  if (steps(path, `${where}, ResultPath`).some((step) => typeof step === 'number'))
    throw new Error(`${where}, ResultPath: the path ${path} is not run on the laptop.`);
}

/** The names that the language itself gives to errors, as far as they come up here. */
const RESERVED = [
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'States.Runtime',
  'States.Permissions',
  'States.DataLimitExceeded',
  'States.ParameterPathFailure',
  'States.ResultPathMatchFailure',
];

/** Of Retry or Catch: each with its ErrorEquals, in which States.ALL stands alone and last. */
function handlers(value: Json | undefined, fields: string[], where: string): Fields[] {
  const all = list(value);
  if (!Array.isArray(all)) throw new Error(`${where}: it is a list.`);
  for (const [index, handler] of all.entries()) {
    only(handler, fields, where);
    const errors = handler.ErrorEquals;
    if (!Array.isArray(errors) || errors.length === 0) throw new Error(`${where}: it needs ErrorEquals.`);
    for (const error of errors) {
      if (typeof error !== 'string' || (error.startsWith('States.') && !RESERVED.includes(error)))
        throw new Error(`${where}: the error ${error} is not known to the laptop.`);
    }
    if (errors.includes('States.ALL') && (errors.length > 1 || index < all.length - 1))
      throw new Error(`${where}: States.ALL stands alone, and last.`);
  }
  return all;
}

function checkRetrier(retrier: Fields, where: string): void {
  const {
    IntervalSeconds = 1,
    MaxAttempts = 3,
    MaxDelaySeconds = 1,
    BackoffRate = 2,
    JitterStrategy,
  } = retrier;
  whole(IntervalSeconds, 1, `${where}, IntervalSeconds`);
  whole(MaxDelaySeconds, 1, `${where}, MaxDelaySeconds`);
  whole(MaxAttempts, 0, `${where}, MaxAttempts`);
  if (typeof BackoffRate !== 'number' || BackoffRate < 1)
    throw new Error(`${where}: the BackoffRate ${BackoffRate} is below 1.`);
  if (JitterStrategy !== undefined && JitterStrategy !== 'FULL' && JitterStrategy !== 'NONE')
    throw new Error(`${where}: the JitterStrategy ${JitterStrategy} is not run on the laptop.`);
}

function whole(value: Json, least: number, where: string): void {
  if (!isWhole(value, least))
    throw new Error(`${where}: ${value} is no whole number from ${least} to ${MOST_SECONDS}.`);
}

const MOST_SECONDS = 99_999_999;

function isWhole(value: Json | undefined, least: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= MOST_SECONDS;
}

function checkTemplate(template: Json, where: string): void {
  if (Array.isArray(template)) for (const item of template) checkTemplate(item, where);
  else if (typeof template === 'object' && template !== null) {
    for (const [name, value] of Object.entries(template)) {
      if (!name.endsWith('.$')) checkTemplate(value, where);
      else if (typeof value !== 'string' || !value.startsWith('$'))
        throw new Error(`${where}: intrinsic functions are not run on the laptop (${name}: ${value}).`);
      else if (value.startsWith('$$')) checkContextPath(value, `${where}, ${name}`);
      else steps(value, `${where}, ${name}`);
    }
  }
}

/** What of the context object there is here, as in the account. */
const CONTEXT = new Set([
  ...['Execution.Id', 'Execution.Input', 'Execution.Name', 'Execution.StartTime'],
  ...['State.EnteredTime', 'State.Name', 'StateMachine.Id', 'StateMachine.Name'],
]);

function checkContextPath(path: string, where: string): void {
  if (!CONTEXT.has(steps(path.slice(1), where).slice(0, 2).join('.')))
    throw new Error(`${where}: the path ${path} is not run on the laptop.`);
}

function checkRule(rule: Fields, where: string, top: boolean): void {
  const { Next, Comment: __, Variable, ...rest } = rule;
  if (top !== (typeof Next === 'string'))
    throw new Error(`${where}: a choice has a Next, and no rule within it has one.`);
  const [operator, ...more] = Object.keys(rest);
  if (operator === undefined || more.length > 0)
    throw new Error(`${where}: a rule needs exactly one comparison.`);
  const operand = rest[operator] as Json;
  if (operator === 'And' || operator === 'Or' || operator === 'Not') {
    const inner = operator === 'Not' ? [operand].filter((one) => !Array.isArray(one)) : operand;
    if (Variable !== undefined || !Array.isArray(inner) || inner.length === 0)
      throw new Error(`${where}: ${operator} combines rules, and nothing else.`);
    for (const each of inner) checkRule(each as Fields, where, false);
    return;
  }
  steps(Variable, `${where}, Variable`);
  const name = operator.replace(/Path$/, '');
  if (!Object.hasOwn(COMPARISONS, name) && !Object.hasOwn(TESTS, operator)) {
    throw new Error(`${where}: the comparison ${operator} is not run on the laptop.`);
  }
  if (name !== operator) steps(operand, `${where}, ${operator}`);
  else if (!isOperand(operator, operand))
    throw new Error(`${where}: ${JSON.stringify(operand)} is nothing for ${operator} to compare with.`);
}

function isOperand(operator: string, operand: Json): boolean {
  if (operator.startsWith('String')) return typeof operand === 'string';
  if (operator.startsWith('Numeric')) return typeof operand === 'number';
  if (operator.startsWith('Timestamp')) return isTimestamp(operand);
  return typeof operand === 'boolean';
}

function only(value: Fields, allowed: string[], where: string): void {
  const unknown = Object.keys(value).find((name) => !allowed.includes(name));
  if (unknown) throw new Error(`${where}: ${unknown} is not run on the laptop.`);
}

const list = (value: Json | undefined): Fields[] => (value ?? []) as Fields[];

const STEP = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['((?:[^'\\])*)'\]/y;

/** A reference path: `$`, `$.a.b`, `$.a[0]`, `$['a b']`. */
function steps(path: Json | undefined, where: string): (string | number)[] {
  const found: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (typeof path === 'string' && path.startsWith('$') && STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (!match) break;
    found.push(match[2] === undefined ? ((match[1] ?? match[3]) as string) : Number(match[2]));
    if (STEP.lastIndex === path.length) return found;
  }
  if (path === '$') return found;
  throw new Error(`${where}: the path ${path} is not run on the laptop.`);
}

/** The value at the path, or undefined. */
function find(path: string, value: Json): Json | undefined {
  let at: Json | undefined = value;
  for (const step of steps(path, 'A path')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Array.isArray(at) ? at[step as number] : Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

function read(path: string, value: Json): Json {
  const found = find(path, value);
  if (found === undefined)
    throw new StateError(
      'States.ParameterPathFailure',
      `The JSONPath '${path}' could not be found in the input '${JSON.stringify(value)}'`,
    );
  return found;
}

/** InputPath and OutputPath: absent is everything, null is nothing. */
function select(path: Json | undefined, value: Json): Json {
  if (path === undefined) return value;
  if (path === null) return {};
  const found = find(String(path), value);
  if (found === undefined)
    throw new StateError('States.Runtime', `Invalid path '${path}' : the path does not exist`);
  return found;
}

function fill(template: Json, value: Json, context: Json): Json {
  if (Array.isArray(template)) return template.map((item) => fill(item, value, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, inner]) => {
      if (!name.endsWith('.$')) return [name, fill(inner, value, context)];
      const path = String(inner);
      return [name.slice(0, -2), path.startsWith('$$') ? read(path.slice(1), context) : read(path, value)];
    }),
  );
}

/** ResultPath: where the result goes into the state's input. */
function place(path: Json | undefined, input: Json, result: Json): Json {
  if (path === undefined || path === '$') return result;
  if (path === null) return input;
  const into = steps(String(path), 'ResultPath');
  const copy = structuredClone(input);
  let at = copy;
  for (const [index, step] of into.entries()) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) {
      throw new StateError(
        'States.ResultPathMatchFailure',
        `Unable to apply ResultPath '${path}' to the input`,
      );
    }
    const last = index === into.length - 1;
    if (last) at[step] = result;
    else at[step] ??= {};
    at = at[step] as Json;
  }
  return copy;
}

/** The limit on what passes between states. Neither Retry nor Catch hold it. */
const LARGEST_DATA = 262_144;

function bounded(value: Json): Json {
  if (Buffer.byteLength(JSON.stringify(value)) > LARGEST_DATA) {
    throw new StateError(
      'States.DataLimitExceeded',
      'The state/task returned a result with a size exceeding the maximum number of bytes service limit.',
    );
  }
  return value;
}

export interface Call {
  functionArn: string;
  payload: Json;
}

export function taskCall(state: AslState, input: Json, context: Json): Call {
  const parameters = fill(state.Parameters ?? {}, select(state.InputPath, input), context) as Fields;
  return { functionArn: String(parameters.FunctionName), payload: parameters.Payload ?? {} };
}

/** `answer` is what the function returned. */
export function taskOutput(state: AslState, input: Json, answer: Json, context: Json): Json {
  const result: Json = { ExecutedVersion: '$LATEST', Payload: answer, StatusCode: 200 };
  return placed(
    state,
    input,
    state.ResultSelector === undefined ? result : fill(state.ResultSelector, result, context),
  );
}

export function passOutput(state: AslState, input: Json, context: Json): Json {
  const effective = select(state.InputPath, input);
  const result =
    state.Result ?? (state.Parameters === undefined ? effective : fill(state.Parameters, effective, context));
  return placed(state, input, result);
}

/** Of Choice, Wait and Succeed, which only select. */
export function plainOutput(state: AslState, input: Json): Json {
  return bounded(select(state.OutputPath, select(state.InputPath, input)));
}

/** The result is placed into the input as the state was given it, whatever InputPath took of it. */
function placed(state: AslState, input: Json, result: Json): Json {
  return bounded(select(state.OutputPath, place(state.ResultPath, input, result)));
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function isTimestamp(value: Json | undefined): value is string {
  return typeof value === 'string' && RFC3339.test(value) && !Number.isNaN(Date.parse(value));
}

/** Epoch ms until which a Wait waits, when it is entered at `now`. */
export function waitUntil(state: AslState, input: Json, now: number): number {
  const effective = select(state.InputPath, input);
  const given = (field: string, path: string): Json | undefined =>
    typeof state[path] === 'string' ? (find(state[path], effective) ?? null) : state[field];
  const seconds = given('Seconds', 'SecondsPath');
  if (seconds !== undefined) {
    if (!isWhole(seconds, 0))
      throw new StateError(
        'States.Runtime',
        'The SecondsPath parameter does not reference an appropriate number of seconds',
      );
    return now + seconds * 1000;
  }
  const timestamp = given('Timestamp', 'TimestampPath');
  if (!isTimestamp(timestamp)) {
    throw new StateError(
      'States.Runtime',
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string',
    );
  }
  // Milliseconds are cut off: https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
  return Math.floor(Date.parse(timestamp) / 1000) * 1000;
}

/** The state that the first rule which holds leads to. */
export function choose(state: AslState, input: Json): string {
  const effective = select(state.InputPath, input);
  for (const rule of list(state.Choices)) if (holds(rule, effective)) return String(rule.Next);
  if (state.Default !== undefined) return String(state.Default);
  throw new StateError('States.NoChoiceMatched', 'No choice matched and there is no Default');
}

type Compare = (a: Json, b: Json) => boolean;
const ordered =
  (type: 'string' | 'number', test: (a: never, b: never) => boolean): Compare =>
  (a, b) =>
    typeof a === type && typeof b === type && test(a as never, b as never);
const timed =
  (test: (a: number, b: number) => boolean): Compare =>
  (a, b) =>
    isTimestamp(a) && isTimestamp(b) && test(Date.parse(a), Date.parse(b));
const ORDER: Record<string, (a: never, b: never) => boolean> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  GreaterThan: (a, b) => a > b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThanEquals: (a, b) => a >= b,
};
const COMPARISONS: Record<string, Compare> = {
  ...Object.fromEntries(
    Object.entries(ORDER).flatMap(([name, test]) => [
      [`String${name}`, ordered('string', test)],
      [`Numeric${name}`, ordered('number', test)],
      [`Timestamp${name}`, timed(test as (a: number, b: number) => boolean)],
    ]),
  ),
  BooleanEquals: (a, b) => typeof a === 'boolean' && a === b,
};
const TESTS: Record<string, (value: Json | undefined) => boolean> = {
  IsPresent: (value) => value !== undefined,
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: isTimestamp,
};

function holds(rule: Fields, input: Json): boolean {
  if (rule.And !== undefined) return list(rule.And).every((inner) => holds(inner, input));
  if (rule.Or !== undefined) return list(rule.Or).some((inner) => holds(inner, input));
  if (rule.Not !== undefined) return !holds(rule.Not as Fields, input);
  const { Next: _, Comment: __, Variable, ...rest } = rule;
  const [operator = '', operand = null] = Object.entries(rest)[0] ?? [];
  const value = find(String(Variable), input);
  const test = TESTS[operator];
  if (test) return test(value) === operand;
  const other = operator.endsWith('Path') ? find(String(operand), input) : operand;
  if (value === undefined || other === undefined) {
    throw new StateError(
      'States.Runtime',
      `Invalid path '${Variable}': The choice state's condition path references an invalid value.`,
    );
  }
  return (COMPARISONS[operator.replace(/Path$/, '')] as Compare)(value, other);
}

/** Error names that `States.ALL` does not stand for. */
const NOT_HELD = ['States.Runtime', 'States.DataLimitExceeded'];

function covers(errorEquals: Json | undefined, name: string): boolean {
  return (errorEquals as string[]).some(
    (error) =>
      error === name ||
      (error === 'States.ALL' && !NOT_HELD.includes(name)) ||
      (error === 'States.TaskFailed' && name !== 'States.Timeout' && !NOT_HELD.includes(name)),
  );
}

/**
 * What Retry says of a failure: the first retrier that covers it, with its index, and the seconds to pause before the
 * next attempt. `attempts` are the retries so far by retrier. `random` is in [0, 1), for the jitter. Null: no retry.
 */
export function retry(
  state: AslState,
  error: string,
  attempts: Record<string, number>,
  random: number,
): { retrier: number; pause: number } | null {
  const retriers = list(state.Retry);
  const retrier = retriers.findIndex(({ ErrorEquals }) => covers(ErrorEquals, error));
  const rule = retriers[retrier];
  if (!rule) return null;
  const so = attempts[retrier] ?? 0;
  if (so >= Number(rule.MaxAttempts ?? 3)) return null;
  const delay = Math.min(
    Number(rule.IntervalSeconds ?? 1) * Number(rule.BackoffRate ?? 2) ** so,
    Number(rule.MaxDelaySeconds ?? Number.POSITIVE_INFINITY),
  );
  return { retrier, pause: rule.JitterStrategy === 'FULL' ? delay * random : delay };
}

/** Where Catch leads after a failure, and with what; null when nothing catches it. */
export function caught(
  state: AslState,
  input: Json,
  error: { name: string; message: string },
): { next: string; output: Json } | null {
  const catcher = list(state.Catch).find(({ ErrorEquals }) => covers(ErrorEquals, error.name));
  if (!catcher) return null;
  return {
    next: String(catcher.Next),
    output: bounded(place(catcher.ResultPath, input, { Error: error.name, Cause: error.message })),
  };
}

export function failure(state: AslState, input: Json): { error: string; cause: string } {
  const given = (field: string) =>
    String(
      typeof state[`${field}Path`] === 'string'
        ? read(String(state[`${field}Path`]), input)
        : (state[field] ?? ''),
    );
  return { error: given('Error'), cause: given('Cause') };
}
