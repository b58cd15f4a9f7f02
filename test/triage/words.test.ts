import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile, firstHit, fold } from '../../core/triage/words.ts';

test.each([
  ['a whole word', 'printer', 'The printer is on fire', true],
  ['not a part of a word', 'print', 'The sprinter came second', false],
  ['in any capitals', 'VPN', 'my vpn is slow', true],
  ['without its accents', 'verdächtig', 'Das ist verdachtig', true],
  ['with accents that the clue lacks', 'reseau', 'Le réseau est lent', true],
  ['an umlaut written as two letters', 'Störung', 'Eine STOERUNG im Haus', true],
  ['a sharp s written as two', 'Grüße', 'Viele Gruesse', true],
  ['composed or taken apart', 'ausfällt', 'wenn es ausfa\u0308llt', true],
  ['a phrase', 'paper jam', 'There is a paper\n  jam again', true],
  ['not a phrase with a word between', 'paper jam', 'paper or jam', false],
  ['not a phrase whose end the text cuts off', 'paper jam', 'no paper', false],
  ['a phrase across punctuation', 'e-mail', 'Send me an E Mail', true],
  ['any apostrophe', "can't work", 'I can’t work', true],
  ['none in its place', "can't work", 'I cant work', true],
  ['a word behind n’', 'télécharge', 'Ça n’télécharge rien', true],
  ['a French word behind its article', 'imprimante', "L'imprimante est en panne", true],
  ['the rest of a word behind a star', 'drucker*', 'Der Druckertreiber fehlt', true],
  ['the bare word of a star', 'drucker*', 'Mein Drucker', true],
  ['the beginning of a word before a star', '*drucker', 'Der Etagendrucker', true],
  ['the bare word behind a star', '*drucker', 'Mein Drucker', true],
  ['not the middle of a word', '*drucker', 'Der Etagendruckertoner', false],
  ['a star within a phrase', 'neue kolleg*', 'Unsere neue Kollegin', true],
  ['a star in the last word only there', 'neue kolleg*', 'Unsere neue Idee', false],
  ['not a word that begins otherwise', 'neue kolleg*', 'Unsere neue Kantine', false],
  ['not half of what stands behind a gap', 'nobody ... can work', 'Nobody here can sleep', false],
  ['words with others between them', 'nobody ... work', 'Nobody in our office can work', true],
  ['the same without any', 'nobody ... work', 'nobody work', true],
  [
    'not words that stand too far apart',
    'nobody ... work',
    'Nobody is in today but my two cats. I work',
    false,
  ],
  ['not words in another order', 'nobody ... work', 'Work is nobody', false],
  ['a phrase behind a gap', 'personne ... ne peut', 'Personne chez nous ne peut entrer', true],
  ['either of several words', 'nobody|none ... log|sign in', 'None of us can sign in', true],
  ['nothing but one of them', 'nobody|none ... log|sign in', 'Some of us can sign in', false],
  ['an umlaut in one of several', 'lädt|öffnet nicht', 'Die Seite laedt nicht', true],
  ['Cyrillic', 'принтер', 'Мой ПРИНТЕР не печатает', true],
  ['digits', '503', 'Fehler 503', true],
  ['Japanese, which has no blanks', 'プリンター', '3階のプリンターが動きません', true],
  ['Japanese in narrow letters', 'プリンター', '3階のﾌﾟﾘﾝﾀｰ故障', true],
  ['Japanese and Latin in one', 'VPN接続', '昨日からVPN接続ができない', true],
  ['no Japanese word of which only a part is there', 'プリンター', 'プリン', false],
])('finds %s: “%s” in “%s”: %s', (_, clue, text, found) => {
  expect(firstHit(compile([[clue]]), fold(text)) !== null).toBe(found);
});

test('the first rule wins, wherever in the text its clue stands', () => {
  const phrases = compile([['outage'], ['slow', 'late']]);
  expect(firstHit(phrases, fold('slow since the outage'))).toEqual({ rule: 0, written: 'outage' });
  expect(firstHit(phrases, fold('late and slow'))).toEqual({ rule: 1, written: 'late' });
  expect(firstHit(phrases, fold('all is well'))).toBeNull();
});

test('a rule that does not count is passed over', () => {
  const phrases = compile([['outage'], ['slow']]);
  expect(firstHit(phrases, fold('slow since the outage'), (rule) => rule !== 0)).toEqual({
    rule: 1,
    written: 'slow',
  });
});

test('any clue is found in a text of which it is a part of its own', () => {
  const word = fc.stringMatching(/^[a-zäöüßéñ]{3,12}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.string(),
      fc.string(),
      (words, before, after) => {
        const clue = words.join(' ');
        expect(firstHit(compile([[clue]]), fold(`${before} - ${clue.toUpperCase()} - ${after}`))).toEqual({
          rule: 0,
          written: clue,
        });
      },
    ),
  );
});

test('a text that begins a long phrase over and over costs no more than its length', () => {
  const clue = `${'a '.repeat(50)}b`;
  expect(firstHit(compile([[clue]]), fold('a '.repeat(20_000)))).toBeNull();
});
