import { expect, test } from 'vitest';
import { isListFooter } from '../../core/mail/signatures.ts';

test.each([
  ['____', 'Staff mailing list'],
  ['__  ', 'staff@lists.example.org'],
  ['___', 'staff@list.example.org'],
  ['_______________________________________________', 'https://example.org/mailman/listinfo/staff'],
])('the rule %j over %j begins what list software adds', (line, next) => {
  expect(isListFooter(line, next)).toBe(true);
});

test.each([
  ['x____', 'Staff mailing list'],
  ['____ x', 'Staff mailing list'],
  ['_', 'Staff mailing list'],
  ['____', 'staff@listing.example.org'],
  ['____', 'Regards'],
])('%j over %j does not', (line, next) => {
  expect(isListFooter(line, next)).toBe(false);
});
