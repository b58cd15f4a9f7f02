/** How well the desk sees that several people tell of one outage; the measure itself is bench/recurrence.ts. */
import { describe, expect, test } from 'vitest';
import { ALIKE, likeness, readPrint } from '../../core/triage/likeness.ts';
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
