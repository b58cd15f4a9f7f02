import { expect, test } from 'vitest';
import { lookAlike, skeleton } from '../../core/mail/look-alike.ts';
import { desk } from '../sample.ts';

test.each<[address: string, name: string, proven: boolean, doubt: string | null]>([
  ['nora@example.org', 'Nora Quist', false, null],
  [
    'x@evil.example',
    'Martha Lind',
    false,
    'it is from x@evil.example, and Martha Lind of the desk writes from elsewhere',
  ],
  [
    'x@evil.example',
    'Lind, Martha',
    false,
    'it is from x@evil.example, and Martha Lind of the desk writes from elsewhere',
  ],
  [
    'x@evil.example',
    'MARTHA LIND',
    false,
    'it is from x@evil.example, and Martha Lind of the desk writes from elsewhere',
  ],
  [
    'x@evil.example',
    'Mаrtha Lind',
    false,
    'it is from x@evil.example, and Martha Lind of the desk writes from elsewhere',
  ],
  ['x@evil.example', 'Martha', false, null],
  [
    'x@evil.example',
    'martha.lind@example.test',
    false,
    'it is from x@evil.example, and its name says martha.lind@example.test',
  ],
  [
    'x@evil.example',
    '"martha.lind@example.test" via mail',
    false,
    'it is from x@evil.example, and its name says martha.lind@example.test',
  ],
  [
    'x@evil.example',
    'support@desk.example.test',
    false,
    'it is from x@evil.example, and its name says support@desk.example.test',
  ],
  [
    'x@evil.example',
    'somebody@example.test',
    false,
    'it is from x@evil.example, and its name says somebody@example.test',
  ],
  ['somebody@example.test', 'Martha Lind', true, null],
  [
    'somebody@example.test',
    'Martha Lind',
    false,
    'it is from somebody@example.test, and Martha Lind of the desk writes from elsewhere',
  ],
  ['somebody@example.test', 'other@example.test', true, null],
  [
    'somebody@example.test',
    'martha.lind@example.test',
    true,
    'it is from somebody@example.test, and its name says martha.lind@example.test',
  ],
  ['martha.lind@example.test', 'Martha Lind', false, null],
  ['x@exarnple.test', 'X', false, 'its domain exarnple.test looks like example.test'],
  ['x@examp1e.test', 'X', false, 'its domain examp1e.test looks like example.test'],
  ['x@еxample.test', 'X', false, 'its domain еxample.test looks like example.test'],
  ['x@exampel.test', 'X', false, 'its domain exampel.test is one letter away from example.test'],
  ['x@exampl.test', 'X', false, 'its domain exampl.test is one letter away from example.test'],
  ['x@example2.test', 'X', false, 'its domain example2.test is one letter away from example.test'],
  ['x@examplex.test', 'X', false, 'its domain examplex.test is one letter away from example.test'],
  ['x@mail.exarnple.test', 'X', false, 'its domain exarnple.test looks like example.test'],
  ['x@sub.example.test', 'X', false, null],
  [
    'x@desk-example.test',
    'X',
    false,
    'its domain desk-example.test is one letter away from desk.example.test',
  ],
  [
    'x@desk.exampie.test',
    'X',
    false,
    'its domain desk.exampie.test is one letter away from desk.example.test',
  ],
  ['x@gmail.com', 'X', false, null],
  ['x@example.org', 'X', false, null],
  ['x@examples.test', 'X', false, 'its domain examples.test is one letter away from example.test'],
  ['x@eaxmple.test', 'X', false, 'its domain eaxmple.test is one letter away from example.test'],
])('of %s, called “%s”, proven %s: %s', (address, name, proven, doubt) => {
  expect(lookAlike({ address, name }, proven, desk)).toBe(doubt);
});

test('at a provider where anybody may have an address a neighbour of one of ours is no imitation', () => {
  const people = desk.people.map((each, n) =>
    n === 0 ? { ...each, alternates: ['kim@fastmail.com'] } : each,
  );
  const open = { ...desk, people };
  for (const address of ['ida@fastmail.com', 'ida@fastmai1.com', 'ida@mail.com'])
    expect(lookAlike({ address, name: '' }, false, open)).toBeNull();
});

test('in a short domain one letter more is another honest one', () => {
  const short = { ...desk, domain: 'desk.io', people: [] };
  expect(lookAlike({ address: 'ida@disk.io', name: '' }, false, short)).toBeNull();
  expect(lookAlike({ address: 'ida@ԁesk.io', name: '' }, false, short)).toContain('looks like desk.io');
});

test.each([
  ['Example', 'example'],
  ['exаmple', 'example'],
  ['rn', 'm'],
  ['vv', 'w'],
  ['cl', 'd'],
  ['ë', 'e'],
  ['O0', 'oo'],
  ['1l|', 'lll'],
  ['a\u200bb', 'ab'],
  ['ſ', 's'],
  ['ー', 'ー'],
])('%j looks like %s', (text, looks) => {
  expect(skeleton(text)).toBe(looks);
});
