import { expect, test } from 'vitest';
import { closedDoor, SIGN_IN } from '../../cli/refused.ts';

const named = (name: string, message = 'x', cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { name });

test.each([
  [named('CredentialsProviderError'), SIGN_IN],
  [named('ExpiredTokenException'), SIGN_IN],
  [named('AccessDeniedException', 'ada may not scan'), 'ada may not scan'],
  [new Error('Region is missing'), '--region'],
  [named('UnavailableError', 'the table', named('ExpiredToken')), SIGN_IN],
])('where AWS lets nobody in, one line says what to do: %s', (error, said) => {
  expect(closedDoor(error)).toContain(said);
  expect(closedDoor(error)).not.toContain('\n');
});

test.each([new TypeError('x is not a function'), named('ValidationException'), 'a word', null])(
  'any other fault keeps its trace: %s',
  (error) => {
    expect(closedDoor(error)).toBeNull();
  },
);
