import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { readSolved, readVerdict } from '../../core/mail/verdict.ts';
import { phrase } from '../../templates/words.ts';

const NAMES = ['Nora Quist', 'Luis Ortega'];

describe('a lead’s verdict', () => {
  test.each(LANGUAGES)('is the word of the button, in %s', (language) => {
    for (const verdict of ['publish', 'internal', 'reject'] as const) {
      const word = phrase(language, `verdict-${verdict}`);
      expect(readVerdict(word)?.verdict, word).toBe(verdict);
      expect(readVerdict(`${word.toUpperCase()}.\n\nRather so.`)).toEqual({ verdict, rest: 'Rather so.' });
    }
  });

  test.each([
    '',
    'publish it',
    'publish, but shorter',
    'do not publish',
    'yes and no',
    'publisher',
    'no problem',
  ])('“%s” is none', (text) => {
    expect(readVerdict(text)).toBeNull();
  });
});

describe('solved', () => {
  test.each(LANGUAGES)('is the word of the button, in %s, also with a number and thanks', (language) => {
    const word = phrase(language, 'solved');
    expect(readSolved(word, NAMES)).toEqual({ nth: null });
    expect(readSolved(`${word} 2`, NAMES)).toEqual({ nth: 2 });
    expect(readSolved(`${word}!\n\nThank you\nNora`, NAMES)).toEqual({ nth: null });
  });

  test.each([
    '#solved',
    '“Solved.”',
    'SOLVED!',
    'Solved ✔️',
    'That helped, thanks',
    'Es funktioniert. Danke!',
    '解決しました。ありがとうございます。',
  ])('“%s” is one', (text) => {
    expect(readSolved(text, NAMES)).not.toBeNull();
  });

  test.each([
    'Solved? No.',
    'Solved, but now the scanner is dead',
    'not solved',
    'Is it solved?',
    'solved the first, not the second',
    'unsolved',
    'Thanks',
    'Gelöst ist nichts',
    'Solved\n\nNow there is another one: it beeps.',
    '',
  ])('“%s” is none', (text) => {
    expect(readSolved(text, NAMES)).toBeNull();
  });
});
