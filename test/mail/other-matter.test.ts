import { expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { isOtherMatter } from '../../core/mail/other-matter.ts';
import { phrase } from '../../templates/words.ts';

test.each(LANGUAGES)(
  'what the desk asks somebody to answer in %s is understood, with more behind it',
  (language) => {
    const words = phrase(language, 'other-matter');
    expect(isOtherMatter(words)).toBe(true);
    expect(isOtherMatter(`${words.toUpperCase()}!\n\n- Nora`)).toBe(true);
  },
);

test.each([
  'When will it be over?',
  'Wann geht es wieder?',
  'Merci !',
  'Me pasa lo mismo.',
  'Obrigado',
  'いつ直りますか。',
  `${'The same here. '.repeat(40)}That is something else.`,
])('“%s” is about the same', (words) => {
  expect(isOtherMatter(words)).toBe(false);
});
