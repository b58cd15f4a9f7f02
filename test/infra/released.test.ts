import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deskTemplate } from './desk-template.ts';
import { type Released, statefulIn } from './released.ts';

const released: Record<string, Released> = JSON.parse(
  readFileSync(new URL('./released.json', import.meta.url), 'utf8'),
);
const now = statefulIn(await deskTemplate());

test('what the released template deployed is known', () => {
  expect(Object.keys(released)).toEqual(
    expect.arrayContaining(['Table', 'Bucket', 'MailQueue', 'MailDeadLetters', 'WatchMachine', 'Identity']),
  );
});

// A logical id is how CloudFormation knows what is there: under another one it makes an empty one, and the desk forgets.
test.each(Object.entries(released))('an upgrade keeps %s, and what is in it', (id, resource) => {
  expect(now[id]).toEqual(resource);
});
