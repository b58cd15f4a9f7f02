import { describe, expect, test } from 'vitest';
import { shortened, withoutPersonalData } from '../../core/knowledge/draft.ts';
import { replyAddress } from '../../core/mail/token.ts';
import { keys } from '../sample.ts';

const NAMES = ['Nora Quist', 'Luis Ortega', '佐藤 花子', 'Jean-Luc Dupont'];
const bare = (text: string) => withoutPersonalData(text, NAMES, 'desk.example.test');

describe('what is taken out of a text before it becomes an article', () => {
  test.each([
    ['an address', 'Write to nora@example.org about it', 'Write to … about it'],
    ['a name, also in capitals and as whose it is', 'Nora’s printer, said NORA QUIST', '… printer, said …'],
    ['a name in a script without blanks, with its title', '佐藤様のプリンター', '…のプリンター'],
    ['a telephone number', 'Call +49 (30) 901820-17 now', 'Call … now'],
    ['an account', 'IBAN DE89 3704 0044 0532 0130 00 is due', 'IBAN … is due'],
    ['a secret', 'The password is Hunter-2222! again', 'The password is … again'],
    ['a secret in German', 'Das Passwort lautet geheim123 seit heute', 'Das Passwort lautet … seit heute'],
    [
      'whom a link names',
      'see https://intra.example/reset?user=nora&t=9 there',
      'see https://intra.example/reset there',
    ],
    ['another ticket', 'as in [T-7K4M2Q] before', 'as in … before'],
    ['the greeting', 'Hello Nora,\n\nTurn it off.', 'Turn it off.'],
    ['a greeting and nothing else', '\n  \nHello Nora,', ''],
    ['the farewell', 'Turn it off.\n\nBest regards\nLuis\nService desk', 'Turn it off.'],
    [
      'no farewell with more below it',
      'Off.\nThanks\nOne.\nTwo.\nThree.\nFour.',
      'Off.\nThanks\nOne.\nTwo.\nThree.\nFour.',
    ],
    ['a farewell with three lines below it', 'Off.\nThanks\nOne.\nTwo.\nThree.', 'Off.'],
    ['no line that stands first: a farewell of nothing is the text', 'Thanks\nfor it.', 'Thanks\nfor it.'],
    ['the whole of a name, not what it begins with', 'Ask Jean-Luc Dupont, or Jean-Luc', 'Ask …, or …'],
    ['many at once are one', 'Ask Nora Quist  Luis Ortega Nora today', 'Ask … today'],
    ['lines of other systems', '\r\nTurn it off.\rThen on.\r\n', 'Turn it off.\nThen on.'],
  ])('%s', (_, text, expected) => {
    expect(bare(text)).toBe(expected);
  });

  test.each([
    [['Nora', 'Nora van Quist'], 'Ask Nora van Quist', 'Ask …'],
    [['Nora van Quist'], 'The van of Nora', 'The van of …'],
    [['Nora (IT)'], 'Ask Nora (IT) about it', 'Ask … about it'],
    [['李 明'], '李 明は明日', '…は明日'],
    [['A'], 'A printer', 'A printer'],
  ])('of %j each is taken for the name that he is, whole: %s', (names, text, expected) => {
    expect(withoutPersonalData(text, names, 'desk.example.test')).toBe(expected);
  });

  test('our own reply addresses lose their token', () => {
    const address = replyAddress(
      'support@desk.example.test',
      { purpose: 'ticket', id: 'T-7K4M2Q', participant: 'nora@example.org', expires: Date.now() + 1e9 },
      keys,
    );
    expect(bare(`Reply to ${address} please`)).toBe('Reply to … please');
  });

  test.each([
    '1234567',
    '2026-11-22 0170',
    '0170 2026-11-22',
    '24.12.2026 0170',
    '0170 24.12.2026',
    '192.168.100.254 0170',
    '0170 192.168.100.254',
  ])('a day or an address of a machine does not hide a number: %s', (number) => {
    expect(bare(`Call ${number} now`)).toBe('Call … now');
  });

  test.each([
    'Code 12 34 56, since 24.12.2026, or 1/2/2026, at 2026-11-22 09 or so',
    'Windows 11 24H2, error 0x80070005, port 8443',
    'Set it to 192.168.100.254 since 2026-11-22',
    'will you mark the rose?',
  ])('what is nobody’s stays: %s', (text) => {
    expect(bare(text)).toBe(text);
  });

  test('is linear in what it reads', () => {
    for (const part of ['a@', '1 ', 'password ', 'DE89 3704 ', 'Hello ', '…', 'https://x?'])
      bare(part.repeat(40_000));
  }, 5_000);
});

test('a text that is too long ends with a word', () => {
  expect(shortened('The printer is jammed again', 20)).toBe('The printer is…');
  expect(shortened('  The printer is jammed ', 21)).toBe('The printer is jammed');
  expect(shortened('The printer is jammed', 20)).toBe('The printer is…');
  expect(shortened('A Donaudampfschifffahrt', 12)).toBe('A Donaudamp…');
});
