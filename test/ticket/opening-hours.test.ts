import { expect, test } from 'vitest';
import { opensAt } from '../../core/ticket/opening-hours.ts';
import { desk, MONDAY, opened } from '../sample.ts';

const SUNDAY = '2026-11-22T12:00:00.000Z';

test('a desk that is closed says when it opens, by the hours in which the first answer is promised', () => {
  const { after } = opened(SUNDAY);
  expect(opensAt(after, desk, SUNDAY)).toBe('2026-11-23T06:00:00.000Z');
});

test('a desk that is open says nothing, and neither does one that never closes for what is urgent', () => {
  expect(opensAt(opened(MONDAY).after, desk, MONDAY)).toBeNull();
  expect(opensAt(opened(SUNDAY, { priority: 'P1' }).after, desk, SUNDAY)).toBeNull();
});
