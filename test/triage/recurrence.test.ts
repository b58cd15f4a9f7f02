/** How well the desk sees that several people tell of one outage; the measure itself is bench/recurrence.ts. */
import { describe, expect, test } from 'vitest';
import { ALIKE, likeness, type Print, readPrint } from '../../core/triage/likeness.ts';
import { HELD_OUT } from './recurrence-mails.ts';
import { measureRecurrence } from './recurrence-measure.ts';

const of = (subject: string, text: string, category = 'network') =>
  readPrint(subject, text, { category, urgency: 'outage' });
const compare = (one: ReturnType<typeof of>, other: ReturnType<typeof of>) => likeness(one, other.print);

describe('on mails that nothing was chosen by', () => {
  const { pairs, clusters, misses } = measureRecurrence(HELD_OUT);

  test('hardly any two are put together that do not belong together', () => {
    expect(pairs.precision, misses.join('\n')).toBeGreaterThan(0.75);
    expect(clusters.precision, misses.join('\n')).toBeGreaterThan(0.9);
  });

  test('most that belong together are found', () => {
    expect(pairs.recall, misses.join('\n')).toBeGreaterThan(0.5);
    expect(clusters.recall, misses.join('\n')).toBeGreaterThan(0.8);
  });
});

test('an error code joins two languages, and is what the explanation names first', () => {
  const said = compare(
    of('Citrix', 'It does not start: 0x80070005.'),
    of('Citrix', 'Es startet nicht, Fehler 0x80070005.'),
  );
  expect(said.score).toBeGreaterThan(ALIKE);
  expect(said.why).toMatch(/^same error 0x80070005; .*same category network; \d+ % of words$/);
});

test('the same words about another machine are another matter', () => {
  const one = of('Printer offline', 'The printer PRT-0311 is offline.', 'printing');
  expect(
    compare(one, of('Printer offline', 'The printer PRT-0520 is offline.', 'printing')).score,
  ).toBeLessThan(ALIKE);
  expect(compare(one, of('Printer offline', 'The printer PRT-0311 is offline.', 'printing')).score).toBe(1);
});

test.each([
  ['0x80070005', 'error 0x80070005'],
  ['ORA-00942', 'error ora-00942'],
  ['HTTP 503', 'error 503'],
  ['Fehler: 789', 'error 789'],
  ['10.1.20.3', 'machine 10.1.20.3'],
  ['srv-file01', 'machine srv-file01'],
  ['portal.example.com', 'machine portal.example.com'],
  ['SAP', 'service sap'],
  ['SharePoint', 'service sharepoint'],
])('%s is known for what it is', (name, shown) => {
  const both = of('x', `This is about ${name} today.`);
  expect(compare(both, both).why).toContain(`same ${shown}`);
});

test.each([
  ['MY VPN IS DOWN AND I NEED HELP', []],
  ['ABCDEF gh', []],
  // As many capitals as others is no shouting.
  ['AB cd', ['ab']],
  ['my vpn is down', []],
] as const)('%s: a mail that shouts names no services by its capitals', (text, services) => {
  const { print, names } = of('', text);
  expect(print.services.map((hash) => names.get(hash))).toEqual(services);
});

test('where no spaces are set, neighbouring signs are what is compared', () => {
  const one = of('プリンター', '三階のプリンターが動きません。');
  expect(compare(one, of('プリンターの故障', '三階のプリンターが動きません。')).score).toBeGreaterThan(ALIKE);
  expect(compare(one, of('休暇', '来週休みます。')).score).toBeLessThan(ALIKE);
});

test('what is kept holds none of the words', () => {
  const { print } = of('Salary of Zimtstern', 'The server zimt-01 shows Zimtstern, error 789.');
  expect(JSON.stringify(print).toLowerCase()).not.toContain('zimt');
});

test('a hostile text costs its beginning', () => {
  const { print } = of('a-'.repeat(50_000), `${'a.'.repeat(200_000)}1${'A-'.repeat(50_000)}`);
  expect(print.words.length).toBeLessThanOrEqual(64);
  expect(print.machines.length).toBeLessThanOrEqual(12);
});

describe('two reports', () => {
  const print: Print = {
    ...{ category: 'network', fails: true, words: [1, 2, 3, 4, 5, 6, 7, 8] },
    ...{ codes: [], machines: [], services: [] },
  };
  const names = new Map([
    [70, '503'],
    [71, 'srv-01'],
    [72, 'vpn'],
  ]);
  const like = (one: Partial<Print>, other: Partial<Print> = {}) => {
    const { score, why } = likeness({ print: { ...print, ...one }, names }, { ...print, ...other });
    return [Number(score.toFixed(4)), why];
  };

  test('are as like as their words, of the shorter one, and three words are not half of anything', () => {
    const half = { words: [1, 2, 3, 4, 91, 92, 93, 94] };
    expect(like({})).toEqual([1, 'same category network; 100 % of words']);
    expect(like(half)).toEqual([0.55, 'same category network; 50 % of words']);
    expect(like({ words: [1, 2, 3, 4, 5] }, half)[0]).toBe(0.82);
    expect(like({ words: [1, 2] })).toEqual([0.55, 'same category network; 50 % of words']);
    expect(like({ words: [91] })).toEqual([0.1, 'same category network; 0 % of words']);
  });

  test('are less so where one asks and the other fails, or is filed elsewhere, and never less than not at all', () => {
    const half = { words: [1, 2, 3, 4, 91, 92, 93, 94] };
    expect(like({ ...half, fails: false })[0]).toBe(0.3);
    expect(like({ ...half, category: 'access' })).toEqual([0.4, '50 % of words']);
    expect(like({ words: [91], fails: false })[0]).toBe(0);
  });

  test.each([
    ['codes', 70, 'same error 503', 0.7],
    ['machines', 71, 'same machine srv-01', 0.7],
    ['services', 72, 'same service vpn', 0.35],
  ] as const)(
    'that name the same %s are more so, and less where they name others',
    (what, name, said, same) => {
      const none = { words: [91] };
      expect(like({ ...none, [what]: [name, 90] }, { [what]: [name] })).toEqual([
        ...[same, `${said}; same category network; 0 % of words`],
      ]);
      const half = { words: [1, 2, 3, 4, 5, 6, 7, 94] };
      const [alone] = like(half);
      expect(like({ ...half, [what]: [name] })[0]).toBe(alone);
      expect(like({ ...half, [what]: [name] }, { [what]: [90] })[0]).toBeLessThan(Number(alone));
    },
  );
});
