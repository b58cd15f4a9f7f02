import { expect, test } from 'vitest';
import { describeProblems } from '../../core/config/load.ts';
import { deskOf, problemsOf, SMALL_DESK, smallDeskWith } from './small-desk.ts';

const HELP = '  - { address: help@desk.example.org, name: Help, team: it }\n';
const problems = (text: string) => {
  const found = problemsOf(text);
  return found.length === 0 ? '' : describeProblems('desk.yaml', found);
};
const withMail = (mail: string) => `${SMALL_DESK}mail:\n${mail}`;
const withPublic = (entry: string) =>
  smallDeskWith([
    HELP,
    `  - address: help@desk.example.org\n    name: Help\n    team: it\n    public: ${entry}\n`,
  ]);

test('nobody is blocked or allowed, and there are no lists, when nothing is said', () => {
  expect(deskOf(SMALL_DESK).mail).toMatchObject({ blocked: [], allowed: [], lists: [] });
});

test('senders and lists are kept in lower case', () => {
  const mail = deskOf(
    withMail("  blocked: ['@Evil.test']\n  allowed: [Alarms@example.com]\n  lists: [Support.Example.com]\n"),
  ).mail;
  expect(mail).toMatchObject({
    blocked: ['@evil.test'],
    allowed: ['alarms@example.com'],
    lists: ['support.example.com'],
  });
});

test('an address may be allowed in a domain that is blocked', () => {
  expect(problems(withMail("  blocked: ['@evil.test']\n  allowed: [good@evil.test]\n"))).toBe('');
});

test.each([
  ["  blocked: ['@evil.test']\n  allowed: ['@evil.test']\n", 'it is blocked as well'],
  ["  blocked: ['@evil.test', '@EVIL.test']\n", 'it is blocked already'],
  ['  allowed: [a@evil.test, a@evil.test]\n', 'it is allowed already'],
  ["  blocked: ['@example.org']\n", 'this blocks ann@example.org, which is of the desk'],
  ['  blocked: [leo@example.org]\n', 'this blocks leo@example.org, which is of the desk'],
  ["  allowed: ['@desk.example.org']\n", 'this is help@desk.example.org of the desk itself'],
])('a contradiction among senders is named with its line: %s', (mail, said) => {
  const named = problems(withMail(mail));
  expect(named).toContain(said);
  expect(named).toMatch(/line \d+/);
});

test('a public address is known by its own domain unless others are said', () => {
  const [address] = deskOf(withPublic('{ address: Help@example.com, hostedBy: google }')).addresses;
  expect(address?.public).toEqual({ address: 'help@example.com', hostedBy: 'google', envelopeDomains: [] });
});

test.each([
  ['{ address: help@desk.example.org, hostedBy: google }', 'at which the desk itself receives'],
  ['{ address: ann@example.org, hostedBy: google }', 'somebody among people'],
  ['{ address: help@example.com, hostedBy: other }', 'how this host rewrites the envelope is not known'],
  [
    '{ address: help@example.com, hostedBy: other, envelopeDomains: [desk.example.org] }',
    'the domain of the desk itself',
  ],
  ['{ address: help@example.com, hostedBy: yahoo }', 'google'],
])('a public address that cannot be is named with its line: %s', (entry, said) => {
  const named = problems(withPublic(entry));
  expect(named).toContain(said);
  expect(named).toMatch(/line \d+/);
});
