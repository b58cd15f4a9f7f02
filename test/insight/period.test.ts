import { describe, expect, test } from 'vitest';
import { before, readWanted } from '../../core/insight/period.ts';

const SATURDAY = '2026-11-28';
const read = (value: string, today = SATURDAY) => readWanted(value, today);

describe('the days that a report is asked for', () => {
  test.each([
    ['', '2026-11-16', '2026-11-22'],
    ['last week', '2026-11-16', '2026-11-22'],
    ['This  Week', '2026-11-23', '2026-11-28'],
    ['today', '2026-11-28', '2026-11-28'],
    ['yesterday', '2026-11-27', '2026-11-27'],
    ['last month', '2026-10-01', '2026-10-31'],
    ['this month', '2026-11-01', '2026-11-28'],
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2026-10-01..2026-10-31', '2026-10-01', '2026-10-31'],
    ['2026-10-05 .. 2026-10-09', '2026-10-05', '2026-10-09'],
    ['2026-11-20..2026-12-31', '2026-11-20', '2026-11-28'],
    ['2026-10-05', '2026-10-05', '2026-10-05'],
    ['1.10.2026..5.10.2026', '2026-10-01', '2026-10-05'],
    ['1 October 2026..5 October 2026', '2026-10-01', '2026-10-05'],
  ])('“%s” is %s to %s', (value, from, to) => {
    expect(read(value)).toEqual({ from, to, by: null });
  });

  test('on a Monday and on the first of a month the last week and month are whole', () => {
    expect(read('last week', '2026-11-23')).toMatchObject({ from: '2026-11-16', to: '2026-11-22' });
    expect(read('last month', '2026-03-01')).toMatchObject({ from: '2026-02-01', to: '2026-02-28' });
    expect(read('this month', '2026-03-01')).toMatchObject({ from: '2026-03-01', to: '2026-03-01' });
  });

  test.each([
    ['by category', 'category'],
    ['last month by categories', 'category'],
    ['2026-10 by TEAM', 'team'],
    ['yesterday   by   agents', 'agent'],
    ['by priorities', 'priority'],
    ['2026-10-01..2026-10-31 by priority', 'priority'],
  ])('“%s” is by %s', (value, by) => {
    expect(read(value)).toMatchObject({ by });
  });

  test.each([
    ['last mnth', 'did you mean last month?'],
    ['2026-13', 'Allowed are today, yesterday'],
    ['2026-02-30', 'Allowed are'],
    ['2026-10-31..2026-10-01', 'is no period'],
    ['2026-10-01..2026-10-05..2026-10-09', 'is no period'],
    ['last week by categry', 'did you mean by category?'],
    ['by colour', 'is none of by category, by team, by agent, by priority'],
    ['2027-01', '2027-01-01 is still to come'],
    ['2024-01-01..2026-01-01', '366 days at the most'],
    [`${'x'.repeat(900)}`, 'is no period'],
  ])('“%s” is refused, and what is allowed is said', (value, words) => {
    const answer = read(value);
    expect('refused' in answer && answer.refused).toContain(words);
    expect('refused' in answer && answer.said?.key).toMatch(/^report-/);
    expect(JSON.stringify(answer).length).toBeLessThan(900);
  });
});

describe('a refusal', () => {
  const said = (value: string) => {
    const answer = read(value);
    return 'refused' in answer ? answer.said : null;
  };
  const allowed =
    'today, yesterday, this week, last week, this month, last month, 2026-10, 2026-10-01..2026-10-31';
  const by = 'by category, by team, by agent, by priority';

  test.each([
    ['colours by team', { key: 'report-no-period', facts: { value: 'colours', allowed } }],
    ['in 2026-10', { key: 'report-no-period' }],
    ['colours', { key: 'report-no-period', facts: { value: 'colours', allowed } }],
    [
      'last mnth',
      { key: 'report-no-period-but', facts: { value: 'last mnth', suggestion: 'last month', allowed } },
    ],
    ['by colour', { key: 'report-no-breakdown', facts: { value: 'colour', allowed: by } }],
    [
      'by categry',
      { key: 'report-no-breakdown-but', facts: { value: 'categry', suggestion: 'category', allowed: by } },
    ],
    ['tomorrow..2027-01-01', { key: 'report-no-period' }],
    ['2026-12-01', { key: 'report-to-come', facts: { day: '2026-12-01' } }],
    ['2025-11-27..2026-11-28', { key: 'report-too-long', facts: { most: '366' } }],
  ])('of “%s” has what every language needs to say it', (value, facts) => {
    expect(said(value)).toMatchObject(facts);
  });

  test('is none of 366 days, or of days of which the first has begun', () => {
    expect(read('2025-11-28..2026-11-28')).toMatchObject({ from: '2025-11-28', to: '2026-11-28' });
    expect(read('2026-11-28..2026-12-01')).toMatchObject({ from: '2026-11-28', to: '2026-11-28' });
  });
});

describe('what it is compared with', () => {
  test.each([
    ['a day with the same weekday', '2026-11-27', '2026-11-27', '2026-11-20', '2026-11-20'],
    ['Friday to Sunday with theirs', '2026-11-20', '2026-11-22', '2026-11-13', '2026-11-15'],
    ['a week with the one before', '2026-11-16', '2026-11-22', '2026-11-09', '2026-11-15'],
    ['a month with the one before', '2026-03-01', '2026-03-31', '2026-02-01', '2026-02-28'],
    [
      'a month that has begun with as much of the one before',
      '2026-11-01',
      '2026-11-28',
      '2026-10-01',
      '2026-10-28',
    ],
    [
      'one that has more days with all of the one before',
      '2026-03-01',
      '2026-03-30',
      '2026-02-01',
      '2026-02-28',
    ],
    [
      'the first week of a month with the week before',
      '2026-10-01',
      '2026-10-07',
      '2026-09-24',
      '2026-09-30',
    ],
    ['a short month with all of a longer one', '2026-02-01', '2026-02-28', '2026-01-01', '2026-01-31'],
    ['thirty of thirty-one days with thirty', '2026-08-01', '2026-08-30', '2026-07-01', '2026-07-30'],
    ['anything else with as many days', '2026-11-10', '2026-11-19', '2026-10-31', '2026-11-09'],
  ])('%s', (_, from, to, first, last) => {
    expect(before({ from, to })).toEqual({ from: first, to: last });
  });
});
