import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { closingOf, namesPerson, senderName, withoutPeople } from '../../core/mail/speaker.ts';
import { desk, KIM, LUIS, ticket } from '../sample.ts';

const SUPPORT = 'support@desk.example.test';
const saying = (answers: Partial<Desk['answers']>): Desk => ({
  ...desk,
  answers: { ...desk.answers, ...answers },
});

describe('the name in From', () => {
  test('is the agent’s and the mailbox’s, or what desk.yaml says instead', () => {
    expect(senderName(LUIS, ticket(), desk)).toBe('Luis Ortega via Service Desk');
    expect(senderName(LUIS, ticket(), saying({ fromName: '{{agent}} ({{desk}})' }))).toBe(
      `Luis Ortega (${desk.name})`,
    );
    expect(senderName(LUIS, ticket(), saying({ fromName: '{{mailbox}}' }))).toBe('Service Desk');
  });

  test('of what nobody wrote is the mailbox’s', () => {
    expect(senderName(null, ticket(), desk)).toBe('Service Desk');
    expect(senderName('gone@example.test', ticket(), desk)).toBe('Service Desk');
  });
});

test('below an agent’s words stands what desk.yaml says, in the ticket’s language, else in the desk’s', () => {
  const closed = saying({ signature: { en: 'Yours\n{{agent}}, {{team}}\n', de: 'Ihr {{agent}}' } });
  expect(closingOf(LUIS, ticket(), 'de', closed)).toBe('Ihr Luis Ortega');
  expect(closingOf(LUIS, ticket(), 'fr', closed)).toBe('Yours\nLuis Ortega, Service Desk');
  expect(closingOf(LUIS, ticket(), 'fr', saying({ signature: {} }))).toBe('');
});

describe('an address of the desk’s people', () => {
  test.each([
    [`Luis <${LUIS}>, 4711`, `Luis <${SUPPORT}>, 4711`],
    [`“${LUIS.toUpperCase()}”.`, `“${SUPPORT}”.`],
    ['luis.ortega+private@example.test', SUPPORT],
    [
      `<a href="mailto:${LUIS}?cc=${encodeURIComponent(KIM)}">`,
      `<a href="mailto:${SUPPORT}?cc=${SUPPORT.replace('@', '%40')}">`,
    ],
    [`from ${LUIS}.txt`, `from ${SUPPORT}.txt`],
    ["'kim.brandt@example.test'", `'${SUPPORT}'`],
  ])('in %j gives way to the desk’s', (written, left) => {
    expect(withoutPeople(written, 'nora@example.org', SUPPORT, desk)).toBe(left);
    expect(namesPerson(written, desk)).toBe(true);
  });

  test('stays for himself, and so do all other addresses', () => {
    expect(withoutPeople(LUIS, LUIS, SUPPORT, desk)).toBe(LUIS);
    const others = 'nora@example.org, luis.ortega@example.testing, xluis.ortega@example.test';
    expect(withoutPeople(others, 'nora@example.org', SUPPORT, desk)).toBe(others);
  });

  test('is looked for once, however many signs stand there', () => {
    const hostile = `${'a'.repeat(50_000)}${'@'.repeat(50_000)}${'a.'.repeat(50_000)}`;
    expect(withoutPeople(hostile, '', SUPPORT, desk)).toBe(hostile);
  });
});
