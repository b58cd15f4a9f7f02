import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { DEFINITION, draw, PICTURE } from '../../workflows/picture.ts';
import { deskTemplate, getAtt, resource } from './desk-template.ts';

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts?: number;
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
}

interface State {
  Type: string;
  Comment?: string;
  Next?: string;
  Default?: string;
  Choices?: { Next: string; StringEquals: string }[];
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Parameters?: { Payload: Record<string, string> };
  TimestampPath?: string;
}

const machine: { StartAt: string; States: Record<string, State> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'workflows', 'watch.asl.json'), 'utf8'),
);

function state(name: string): State {
  const found = machine.States[name];
  if (!found) throw new Error(`There is no state «${name}».`);
  return found;
}

/** The rule by which Step Functions retries an error: the first that names it. */
function retrier(error: string): Retrier | undefined {
  return state('AdvanceWatch').Retry?.find(
    ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
  );
}

/** Seconds for which an error is retried, without jitter. */
function patience({
  MaxAttempts = 3,
  IntervalSeconds = 1,
  BackoffRate = 2,
  MaxDelaySeconds = Number.POSITIVE_INFINITY,
}: Retrier): number {
  return Array.from({ length: MaxAttempts }, (_, n) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n),
  ).reduce((a, b) => a + b, 0);
}

/** How many transitions an execution takes that wakes this often before its ticket is closed. */
function transitions(wakes: number): number {
  let count = 1;
  let left = wakes;
  for (let name = machine.StartAt; ; count++) {
    const { Type, Next, Choices } = state(name);
    if (Type === 'Succeed') return count;
    const next =
      Type === 'Choice'
        ? Choices?.find(({ StringEquals }) => StringEquals === (left > 0 ? 'waiting' : 'ended'))?.Next
        : Next;
    if (Type === 'Wait') left--;
    if (!next) throw new Error(`${name} leads nowhere.`);
    name = next;
  }
}

describe('the watch', () => {
  test('is a valid machine by the language’s own rules', () => {
    const { isValid, errorsText } = validate(structuredClone(machine));
    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  test('has few states, and each says why it is there', () => {
    const states = Object.values(machine.States);
    expect(states.length).toBeLessThanOrEqual(6);
    for (const { Comment } of states) expect(Comment?.length).toBeGreaterThan(10);
  });

  test('takes at most 19 transitions for six deadlines, three a wake: they are what it costs', () => {
    expect(transitions(6)).toBeLessThanOrEqual(19);
    expect(transitions(7) - transitions(6)).toBe(3);
  });

  test('hands on the fields of the contract and not its last answer, so that nothing grows from turn to turn', () => {
    expect(state('AdvanceWatch').Parameters?.Payload).toEqual({
      'version.$': '$.version',
      'ticketId.$': '$.ticketId',
      'generation.$': '$.generation',
      'turns.$': '$.turns',
      'enteredAt.$': '$$.State.EnteredTime',
    });
  });

  test('waits until the time that advance-watch named', () => {
    expect(state('Wait until the next deadline')).toMatchObject({
      TimestampPath: '$.wake.at',
      Next: 'AdvanceWatch',
    });
  });

  test('InvalidInputError is never retried', () => {
    expect(retrier('InvalidInputError')?.MaxAttempts).toBe(0);
  });

  test('ConflictError is retried at once, for seconds', () => {
    const rule = retrier('ConflictError') as Retrier;
    expect(rule.IntervalSeconds).toBe(1);
    expect(patience(rule)).toBeLessThan(60);
  });

  test('UnavailableError is retried slowly, for hours', () => {
    const rule = retrier('UnavailableError') as Retrier;
    expect(rule.IntervalSeconds).toBeGreaterThanOrEqual(30);
    expect(patience(rule)).toBeGreaterThan(4 * 3600);
  });

  test.each([
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ])('%s, a passing fault of Lambda’s own, is retried', (error) => {
    expect(retrier(error)?.MaxAttempts).toBeGreaterThan(3);
  });

  test('whatever is left fails the execution, so that an alarm rings', () => {
    expect(state('AdvanceWatch').Catch).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Stopped' }),
    ]);
    expect(state('Stopped').Type).toBe('Fail');
  });

  test('an answer outside the contract fails too: waiting on it would stop the clock in silence', () => {
    expect(state(state('Ended?').Default as string).Type).toBe('Fail');
  });
});

describe('the picture in docs', () => {
  const drawn = draw(readFileSync(DEFINITION, 'utf8'));

  test('is of this definition; `node setup.mjs workflows/picture.ts` draws it anew', () => {
    expect(readFileSync(PICTURE, 'utf8')).toBe(drawn);
  });

  test('has every state, and a line for each way from one to another', () => {
    for (const name of Object.keys(machine.States)) expect(drawn).toContain(`>${name}</text>`);
    // Two from the task, three from the choice, one back, and the one from the start.
    expect(drawn.match(/class="edge"/g)).toHaveLength(7);
  });

  test('changes with the definition', () => {
    const other = readFileSync(DEFINITION, 'utf8').replaceAll('Misunderstood', 'Not understood');
    expect(draw(other)).toContain('>Not understood</text>');
  });
});

describe('the deployed machine', async () => {
  const { Properties } = resource(await deskTemplate(), 'WatchMachine');

  test('is this definition, with the function filled in', () => {
    expect(JSON.parse(Properties.DefinitionString as string)).toEqual(machine);
    expect(Properties.DefinitionSubstitutions).toEqual({ AdvanceWatchArn: getAtt('AdvanceWatch', 'Arn') });
  });

  test('is a standard one, which lives a year, and logs its faults without what tickets say', () => {
    expect(Properties.StateMachineType).toBe('STANDARD');
    expect(Properties.LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
  });
});
