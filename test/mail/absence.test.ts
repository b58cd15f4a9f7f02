import { describe, expect, test } from 'vitest';
import type { Person } from '../../core/config/desk.ts';
import { readAbsence } from '../../core/mail/absence.ts';
import { personOf } from '../../core/mail/standing.ts';
import { desk, KIM, LUIS, MONDAY } from '../sample.ts';

const person = (address: string) => personOf(address, desk) as Person;
/** Kim's days are Berlin's; it is Monday, 23 November 2026. */
const read = (
  text: string,
  { who = person(KIM), now = MONDAY, subject = 'Automatic reply' } = {},
  on = desk,
) => readAbsence({ subject, text, source: 'mail-9' }, who, on, now);
/** The first day on which he is there again. */
const back = (text: string, more = {}) =>
  new Date(Date.parse(read(text, more).until) + 2 * 3_600_000).toISOString().slice(0, 10);

describe('the day of the return', () => {
  test.each([
    ['I will be back on 3 Dec.', '2026-12-03'],
    ['I am out of the office, returning Monday, November 30, 2026.', '2026-11-30'],
    ['I am on leave and will return to the office on December 3rd.', '2026-12-03'],
    ['On 3 December I will be back at my desk.', '2026-12-03'],
    ['Ich bin ab dem 4. Januar 2027 wieder erreichbar.', '2027-01-04'],
    ['Am 2.1. bin ich wieder im Büro.', '2027-01-02'],
    ['Ich bin am Montag zurück.', '2026-11-30'],
    ['Je suis absent. De retour le 3 décembre.', '2026-12-03'],
    ['Je serai de nouveau joignable à partir du 1er décembre.', '2026-12-01'],
    ['Estaré de regreso el 3 de diciembre de 2026.', '2026-12-03'],
    ['Sono in ferie, il mio rientro è il 3 dicembre.', '2026-12-03'],
    ['Ik ben op vakantie en op 30 november terug.', '2026-11-30'],
    ['Jag är tillbaka den 7 december.', '2026-12-07'],
    ['Wracam 3 grudnia.', '2026-12-03'],
    ['Back 2026-12-03', '2026-12-03'],
    ['En congé, je reviens le 3 décembre.', '2026-12-03'],
    ['Estoy de vacaciones y me reincorporo el 3 de diciembre.', '2026-12-03'],
    ['Estou de férias e volto em 3 de dezembro.', '2026-12-03'],
    ['Estarei de volta no dia 3 de dezembro.', '2026-12-03'],
    ['休暇をいただいております。12月3日（木）に出社いたします。', '2026-12-03'],
    ['12月3日より復帰いたします。', '2026-12-03'],
    ['I am away today and back tomorrow.', '2026-11-24'],
  ])('%s', (text, day) => {
    expect(back(text)).toBe(day);
  });
});

describe('the last day away counts', () => {
  test.each([
    ['I am out of the office until 3 December.', '2026-12-04'],
    ['On leave through Fri, Nov 27.', '2026-11-28'],
    ['Ich bin bis einschließlich 4.1.2027 nicht im Haus.', '2027-01-05'],
    ['Ich bin vom 21.11. bis zum 30.11. nicht erreichbar.', '2026-12-01'],
    ['Je suis absente du 21 novembre au 3 décembre inclus.', '2026-12-04'],
    ['Estaré ausente hasta el viernes 27 de noviembre.', '2026-11-28'],
    ['Sono assente fino al 27/11.', '2026-11-28'],
    ['Estou de férias até 30 de novembro.', '2026-12-01'],
    ['Ik ben afwezig tot en met 27 november.', '2026-11-28'],
    ['Jag är på semester till och med den 7 december.', '2026-12-08'],
    ['I am on holiday 23 November – 27 November.', '2026-11-28'],
    ['Je serai en congé jusqu’au 27 novembre.', '2026-11-28'],
    ['11月27日（金）まで休暇をいただいております。', '2026-11-28'],
    ['11月24日から11月27日まで不在にしております。', '2026-11-28'],
  ])('%s', (text, day) => {
    expect(back(text)).toBe(day);
  });

  test('and the return wins over it, being the plainer word', () => {
    expect(back('I am away until 27 November and back on 30 November.')).toBe('2026-11-30');
  });
});

describe('which of two numbers is the month', () => {
  const zoned = (timezone: string) => ({
    ...desk,
    calendars: desk.calendars.map((calendar) => ({ ...calendar, timezone })),
  });

  test('the zone says for English, and the reason says so', () => {
    const berlin = read('I am away until 12/03.');
    expect(berlin.until).toBe('2027-03-12T23:00:00.000Z');
    expect(berlin.why).toContain(
      'away including 2027-03-12, read with the day first, as is usual in Europe/Berlin',
    );
    const boston = read('I am away until 12/03.', {}, zoned('America/New_York'));
    expect(boston.until).toBe('2026-12-04T05:00:00.000Z');
    expect(boston.why).toContain('the month first, as is usual in America/New_York');
  });

  test('another language puts the day first wherever its writer is', () => {
    const { until, why } = read('Ich bin leider bis zum 12/01 nicht im Büro.', {}, zoned('America/New_York'));
    expect(until).toBe('2027-01-13T05:00:00.000Z');
    expect(why).toContain('as in German');
  });

  test('a number above twelve settles it', () => {
    expect(read('Away until 11/27.')).toMatchObject({ until: '2026-11-27T23:00:00.000Z', ambiguous: false });
    expect(read('Away until 11/27.').why).not.toContain('read with');
  });
});

test('an absence that lies ahead begins on its day', () => {
  expect(read('I am away starting 30 November 2026. I will be back on 3 December.')).toMatchObject({
    from: '2026-11-29T23:00:00.000Z',
    until: '2026-12-02T23:00:00.000Z',
  });
  expect(read('I will be on leave from 1 December to 4 December.')).toMatchObject({
    from: '2026-11-30T23:00:00.000Z',
    until: '2026-12-04T23:00:00.000Z',
  });
});

test('the words that were read are quoted as they stand there', () => {
  expect(read('Hello,\nI am away and\nwill be back on 3 Dec. Bye').quote).toBe('be back on 3 Dec');
  expect(read('Ich bin bis zum 30.11. nicht im Büro.').quote).toBe('bin bis zum 30.11');
});

describe('without a day that can be meant', () => {
  test.each([
    'I am out of the office and will answer when I can.',
    'I was away until 20 November.',
    'Please call +49 30 12.11.13 in urgent cases, or read release 4.2.',
    'I am away until 3 pm.',
  ])('%s: until the end of the next working day, and the record says so', (text) => {
    expect(read(text)).toMatchObject({
      until: '2026-11-24T23:00:00.000Z',
      quote: null,
      why: expect.stringContaining('names no day'),
    });
  });

  test('the next working day after a Friday is Monday', () => {
    expect(read('I am away.', { now: '2026-11-27T10:00:00.000Z' }).until).toBe('2026-11-30T23:00:00.000Z');
    expect(read('I am away.', { now: '2026-11-27T10:00:00.000Z', who: person(LUIS) }).until).toBe(
      '2026-11-28T23:00:00.000Z',
    );
  });
});

test('a day in the subject counts, one in the subject of our own mail does not', () => {
  expect(back('', { subject: 'Out of office until 30 Nov' })).toBe('2026-12-01');
  expect(
    read('I am away.', { subject: 'Automatic reply: Laptop needed until 30 Nov [T-7K4M2Q]' }).quote,
  ).toBeNull();
});

test('a notice of a megabyte is read no further than a notice goes', () => {
  expect(read(`${'until 1/1 '.repeat(100_000)}`).source).toBe('mail-9');
});
