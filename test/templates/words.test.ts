import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { VERBS } from '../../core/mail/commands.ts';
import { NEVER_ANSWERED, REASONS } from '../../core/mail/disposition.ts';
import { UPDATE_KINDS } from '../../core/mail/update.ts';
import { FACTS, fill, type PhraseKey, phrase } from '../../templates/words.ts';

const FOLDERS = ['layout', 'phrases', ...UPDATE_KINDS];
const wordsOf = (folder: string, language: string): Record<string, string> =>
  JSON.parse(readFileSync(`templates/${folder}/${language}.json`, 'utf8'));
const placeholders = (words: string) =>
  [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

test.each(FOLDERS)('%s says the same things in every language', (folder) => {
  const english = wordsOf(folder, 'en');
  for (const language of LANGUAGES) {
    const words = wordsOf(folder, language);
    expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort());
    for (const key of Object.keys(english))
      expect([key, placeholders(words[key] ?? '')]).toEqual([key, placeholders(english[key] ?? '')]);
  }
});

/** What needs no translation: it is written alike, and why. */
const ALIKE: Partial<Record<string, readonly string[]>> = {
  // The same word in both, or the sign of a unit.
  de: [
    'layout/priority',
    'phrases/what-team',
    'layout/team',
    'phrases/what-status',
    'layout/status',
    'layout/ticket',
  ],
  fr: [
    'phrases/what-impact',
    'phrases/unit-hour',
    'phrases/unit-minute',
    'phrases/digest-new-note-several',
    'layout/ticket',
  ],
  es: ['phrases/unit-day', 'phrases/unit-hour', 'phrases/unit-minute', 'layout/ticket'],
  pt: ['phrases/unit-day', 'phrases/unit-hour', 'phrases/unit-minute', 'layout/ticket'],
};

test.each(LANGUAGES.filter((language) => language !== 'en'))(
  'nothing in %s is a copy of the English',
  (language) => {
    const copies = FOLDERS.flatMap((folder) => {
      const [english, words] = [wordsOf(folder, 'en'), wordsOf(folder, language)];
      return Object.keys(english)
        .filter((key) => {
          // Facts alone, and what is not said.
          const own = (english[key] ?? '').replace(/\{\w+\}/g, '').replace(/[^\p{L}]/gu, '');
          const kept = /^(?:footer|subject)$/.test(key) && own === 'Ticket';
          return (
            own !== '' &&
            !kept &&
            words[key] === english[key] &&
            !ALIKE[language]?.includes(`${folder}/${key}`)
          );
        })
        .map((key) => `${folder}/${key}`);
    });
    expect(copies).toEqual([]);
  },
);

test('no phrase is left over that nothing says', () => {
  const sources = ['templates', 'core', 'functions', 'aws', 'cli', 'local']
    .flatMap((room) => readdirSync(room, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile() && file.name.endsWith('.ts') && file.name !== 'sample.ts')
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n');
  const said = new Set(sources.match(/(?<=['"`])[a-zA-Z0-9-]+(?=['"`])/g));
  // `deadline-${measure}-requester`: what may stand in the gap is not looked at.
  const begun = [...new Set(sources.match(/[a-z]+(?:-[a-zA-Z]+)*-(?=\$\{)/g))].filter(
    (word) => word !== 'said-',
  );
  const ends = [...new Set(sources.match(/(?<=\})(?:-[a-z]+)+(?=`)/g))];
  const isSaid = (key: string): boolean =>
    // reasons.ts goes through all of them.
    key.startsWith('because-') ||
    said.has(key) ||
    begun.some((beginning) => key.startsWith(beginning)) ||
    ends.some((end) => key.endsWith(end) && isSaid(key.slice(0, -end.length)));
  const left = Object.keys(wordsOf('phrases', 'en')).filter(
    (key) => !isSaid(key) && !(key.startsWith('said-') && isSaid(key.slice('said-'.length))),
  );
  expect(left).toEqual([]);
});

/** What render.ts takes from the desk, the ticket and the message. */
const COMMON = [
  'desk',
  'recipient',
  'who',
  'when',
  'subject',
  'ticket',
  'status',
  'priority',
  'category',
  'team',
  'tier',
  'requester',
  'assignee',
];

test.each(UPDATE_KINDS)('the words of %s ask for no fact that it is never told', (kind) => {
  const known: readonly string[] = [...COMMON, ...FACTS[kind]];
  for (const words of Object.values(wordsOf(kind, 'en')))
    for (const name of placeholders(words)) expect(known).toContain(name);
});

test.each(REASONS.refused.filter((reason) => !NEVER_ANSWERED.includes(reason)))(
  'whoever is refused for %s learns why, and what to do',
  (reason) => {
    for (const language of LANGUAGES) {
      expect(phrase(language, `refusal-${reason}` as PhraseKey)).toMatch(/[.。]$/);
      expect(phrase(language, `refusal-${reason}-remedy` as PhraseKey)).toMatch(/[.。]$/);
    }
  },
);

test('the line of commands names the usual verbs, all of them true ones, and #help explains each', () => {
  for (const language of LANGUAGES) {
    const named = [...(wordsOf('layout', language).commands ?? '').matchAll(/#([a-z]+)/g)].map(
      ([, verb]) => verb,
    );
    expect(named).toEqual(expect.arrayContaining(['take', 'note', 'resolve', 'escalate', 'help']));
    expect(Object.keys(VERBS)).toEqual(expect.arrayContaining(named));
    for (const verb of Object.keys(VERBS)) expect(phrase(language, `help-${verb}` as PhraseKey)).not.toBe('');
  }
});

test('requesters are offered the commands that are theirs, and no other', () => {
  const theirs = Object.entries(VERBS)
    .filter(([, verb]) => verb.requester)
    .map(([name]) => name);
  for (const language of LANGUAGES) {
    const named = [...(wordsOf('layout', language).ownCommands ?? '').matchAll(/#([a-z]+)/g)].map(
      ([, verb]) => verb,
    );
    expect(named.sort()).toEqual(theirs.sort());
  }
});

test('a fact stands where its name stood', () => {
  expect(fill('{who} wrote on {when}.', { who: 'Ada', when: 'Monday' })).toBe('Ada wrote on Monday.');
});

test('a sentence without its fact is not said', () => {
  expect(fill('You will hear by {promised}.', {})).toBe('');
  expect(fill('You will hear by {promised}.', { promised: '' })).toBe('');
});

test('braces and names that stand in a fact are words, not places to fill', () => {
  expect(fill('“{subject}” by {who}', { subject: '{who} {{desk}} $& $1', who: 'Ada' })).toBe(
    '“{who} {{desk}} $& $1” by Ada',
  );
});

test('a fact of the name of something that every object has is still missing', () => {
  expect(fill('{constructor}', {})).toBe('');
});

test('a fact that ends a sentence itself does not end it twice', () => {
  expect(fill('Why: {reason}.', { reason: 'It is late.' })).toBe('Why: It is late.');
  expect(fill('Why: {reason}.', { reason: 'it is late' })).toBe('Why: it is late.');
});
