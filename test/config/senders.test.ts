import { expect, test } from 'vitest';
import { deskOf, problemsOf, SMALL_DESK, smallDeskWith } from './small-desk.ts';

const HELP = '  - { address: help@desk.example.org, name: Help, team: it }\n';
const problems = (text: string) => problemsOf(text).map(({ path, message }) => `${path}: ${message}`);
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
  expect(problems(withMail("  blocked: ['@evil.test']\n  allowed: [good@evil.test]\n"))).toEqual([]);
});

test.each([
  ["  blocked: ['@evil.test']\n  allowed: ['@evil.test']\n", 'mail.allowed[0]: it is blocked as well'],
  ["  blocked: ['@evil.test', '@EVIL.test']\n", 'mail.blocked[1]: it is blocked already'],
  ['  allowed: [a@evil.test, a@evil.test]\n', 'mail.allowed[1]: it is allowed already'],
  ["  blocked: ['@example.org']\n", 'mail.blocked[0]: this blocks ann@example.org, which is of the desk'],
  ['  blocked: [leo@example.org]\n', 'mail.blocked[0]: this blocks leo@example.org, which is of the desk'],
  [
    "  blocked: ['@desk.example.org']\n",
    'mail.blocked[0]: this blocks help@desk.example.org, which is of the desk',
  ],
  ["  allowed: ['@desk.example.org']\n", 'mail.allowed[0]: this is help@desk.example.org of the desk itself'],
])('a contradiction among senders is named at its place: %s', (mail, said) => {
  expect(problems(withMail(mail))).toEqual([said]);
});

test('neither the other address of somebody nor a public one of the desk can be blocked', () => {
  const text = `${withPublic('{ address: help@example.com, hostedBy: google }').replace('name: Ann,', 'name: Ann, alternates: [ann@example.net],')}mail: { blocked: ['@example.net', '@example.com'] }\n`;
  expect(problems(text)).toEqual([
    'mail.blocked[0]: this blocks ann@example.net, which is of the desk',
    'mail.blocked[1]: this blocks help@example.com, which is of the desk',
  ]);
});

test('a public address is known by its own domain unless others are said', () => {
  const [address] = deskOf(withPublic('{ address: Help@example.com, hostedBy: google }')).addresses;
  expect(address?.public).toEqual({ address: 'help@example.com', hostedBy: 'google', envelopeDomains: [] });
});

test.each([
  [
    '{ address: hello@desk.example.org, hostedBy: google }',
    'address: this is at the domain at which the desk itself receives',
  ],
  ['{ address: ann@example.org, hostedBy: google }', 'address: this is the address of somebody among people'],
  [
    '{ address: help@example.com, hostedBy: other }',
    'hostedBy: how this host rewrites the envelope is not known',
  ],
  [
    '{ address: help@example.com, hostedBy: google, envelopeDomains: [example.net, desk.example.org] }',
    'envelopeDomains[1]: this is the domain of the desk itself',
  ],
  ['{ address: help@example.com, hostedBy: yahoo }', 'hostedBy: this is none of the allowed values'],
])('a public address that cannot be is named at its place: %s', (entry, said) => {
  expect(problems(withPublic(entry))).toEqual([`addresses[0].public.${said}`]);
});

test('another host is taken with the domains that only its forwarding uses', () => {
  const entry = '{ address: help@example.com, hostedBy: other, envelopeDomains: [Forward.example.net] }';
  expect(deskOf(withPublic(entry)).addresses[0]?.public?.envelopeDomains).toEqual(['forward.example.net']);
});

test('a public address forwards to one of the desk’s, and is nobody’s second one', () => {
  const entry = '{ address: help@example.com, hostedBy: google }';
  const text = withPublic(entry)
    .replace('people:', `  - { address: hr@desk.example.org, name: HR, team: it, public: ${entry} }\npeople:`)
    .replace('name: Ann,', 'name: Ann, alternates: [help@example.com],');
  expect(problems(text)).toEqual([
    'addresses[0].public.address: this is the address of somebody among people',
    'addresses[1].public.address: this is the address of somebody among people',
    'addresses[1].public.address: it forwards to another address already',
  ]);
});
