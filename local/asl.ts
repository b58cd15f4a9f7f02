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
  const states = definition.States as Record<string, AslState>;
  for (const [name, state] of Object.entries(states)) checkState(name, state, states);
  if (!Object.hasOwn(states, String(definition.StartAt)))
    throw new Error(`The machine: there is no state ${definition.StartAt}.`);
  return { startAt: String(definition.StartAt), states };
}

function checkState(name: string, state: AslState, states: Record<string, AslState>): void {
  const where = `State ${name}`;
  const fields = FIELDS[state.Type];
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
  for (const field of [
    'InputPath',
    'OutputPath',
    'ResultPath',
    'SecondsPath',
    'TimestampPath',
    'ErrorPath',
    'CausePath',
  ]) {
    const path = state[field];
    if (typeof path === 'string') steps(path, `${where}, ${field}`);
  }
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
      for (const retrier of list(state.Retry)) only(retrier, RETRIER, `${where}, Retry`);
      for (const catcher of list(state.Catch)) only(catcher, CATCHER, `${where}, Catch`);
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
      break;
    case 'Choice':
      for (const rule of list(state.Choices)) checkRule(rule, where, true);
      break;
  }
}

function checkTemplate(template: Json, where: string): void {
  if (Array.isArray(template)) for (const item of template) checkTemplate(item, where);
  else if (typeof template === 'object' && template !== null) {
    for (const [name, value] of Object.entries(template)) {
      if (!name.endsWith('.$')) checkTemplate(value, where);
      else if (typeof value !== 'string' || value.startsWith('States.'))
        throw new Error(`${where}: intrinsic functions are not run on the laptop (${name}).`);
      else steps(value.replace(/^\$\$/, '$'), `${where}, ${name}`);
    }
  }
}

function checkRule(rule: Fields, where: string, top: boolean): void {
  const { Next: _, Comment: __, Variable, ...rest } = rule;
  if (top && typeof rule.Next !== 'string') throw new Error(`${where}: a choice without Next.`);
  const [operator, ...more] = Object.keys(rest);
  if (operator === undefined || more.length > 0)
    throw new Error(`${where}: a rule needs exactly one comparison.`);
  if (operator === 'And' || operator === 'Or' || operator === 'Not') {
    for (const inner of [rest[operator] as Fields | Fields[]].flat()) checkRule(inner, where, false);
    return;
  }
  if (!COMPARISONS[operator.replace(/Path$/, '')] && !TESTS[operator]) {
    throw new Error(`${where}: the comparison ${operator} is not run on the laptop.`);
  }
  steps(String(Variable), `${where}, Variable`);
}

function only(value: Fields, allowed: string[], where: string): void {
  const unknown = Object.keys(value).find((name) => !allowed.includes(name));
  if (unknown) throw new Error(`${where}: ${unknown} is not run on the laptop.`);
}

const list = (value: Json | undefined): Fields[] => (value ?? []) as Fields[];

const STEP = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['((?:[^'\\])*)'\]/y;

/** A reference path: `$`, `$.a.b`, `$.a[0]`, `$['a b']`. */
function steps(path: string, where: string): (string | number)[] {
  const found: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (path.startsWith('$') && STEP.lastIndex < path.length) {
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
    select(state.InputPath, input),
    state.ResultSelector === undefined ? result : fill(state.ResultSelector, result, context),
  );
}

export function passOutput(state: AslState, input: Json, context: Json): Json {
  const effective = select(state.InputPath, input);
  const result =
    state.Result ?? (state.Parameters === undefined ? effective : fill(state.Parameters, effective, context));
  return placed(state, effective, result);
}

/** Of Choice, Wait and Succeed, which only select. */
export function plainOutput(state: AslState, input: Json): Json {
  return bounded(select(state.OutputPath, select(state.InputPath, input)));
}

function placed(state: AslState, input: Json, result: Json): Json {
  return bounded(select(state.OutputPath, place(state.ResultPath, input, result)));
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Epoch ms until which a Wait waits, when it is entered at `now`. */
export function waitUntil(state: AslState, input: Json, now: number): number {
  const effective = select(state.InputPath, input);
  const given = (field: string, path: string): Json | undefined =>
    typeof state[path] === 'string' ? (find(state[path], effective) ?? null) : state[field];
  const seconds = given('Seconds', 'SecondsPath');
  if (seconds !== undefined) {
    if (typeof seconds !== 'number' || seconds < 0 || seconds > 99_999_999)
      throw new StateError(
        'States.Runtime',
        'The SecondsPath parameter does not reference an appropriate number of seconds',
      );
    return now + seconds * 1000;
  }
  const timestamp = given('Timestamp', 'TimestampPath');
  if (typeof timestamp !== 'string' || !RFC3339.test(timestamp) || Number.isNaN(Date.parse(timestamp))) {
    throw new StateError(
      'States.Runtime',
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string',
    );
  }
  return Date.parse(timestamp);
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
    typeof a === 'string' &&
    typeof b === 'string' &&
    RFC3339.test(a) &&
    RFC3339.test(b) &&
    test(Date.parse(a), Date.parse(b));
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
  IsTimestamp: (value) => typeof value === 'string' && RFC3339.test(value),
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
