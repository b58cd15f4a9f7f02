import { describe, expect, test } from 'vitest';
import { holidaysIn } from '../../core/sla/holidays.ts';

/** A feed of these events, each given by its lines. */
function feed(...events: string[][]): string {
  const lines = events.flatMap((event, at) => [
    'BEGIN:VEVENT',
    ...(event.some((line) => line.startsWith('UID')) ? [] : [`UID:${at}@example.org`]),
    ...event,
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}

const dates = (ics: string) => {
  const read = holidaysIn(ics);
  return 'dates' in read ? read.dates : read.refused;
};

describe('the holidays of an iCalendar file', () => {
  test('are the days of its events, the end not among them', () => {
    expect(
      dates(
        feed(
          ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Christmas'],
          ['DTSTART;VALUE=DATE:20270101', 'SUMMARY:New Year'],
        ),
      ),
    ).toEqual(['2026-12-25', '2026-12-26', '2027-01-01']);
  });

  test('come again by their rules: the fourth Thursday of November', () => {
    const rule = 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3';
    expect(dates(feed(['DTSTART;VALUE=DATE:20261126', rule]))).toEqual([
      '2026-11-26',
      '2027-11-25',
      '2028-11-23',
    ]);
  });

  test('come again for forty years where a rule has no end', () => {
    const all = dates(feed(['DTSTART;VALUE=DATE:20200501', 'RRULE:FREQ=YEARLY']));
    expect([all[0], all.at(-1), all.length]).toEqual(['2020-05-01', '2060-05-01', 41]);
  });

  test('leave out what is excepted, and follow what was moved, of this event and no other', () => {
    const weekly = ['UID:a', 'DTSTART;VALUE=DATE:20260601', 'RRULE:FREQ=WEEKLY;COUNT=4'];
    const other = ['UID:b', 'DTSTART;VALUE=DATE:20260608'];
    const moved = ['UID:a', 'RECURRENCE-ID;VALUE=DATE:20260608', 'DTSTART;VALUE=DATE:20260609'];
    expect(dates(feed([...weekly, 'EXDATE;VALUE=DATE:20260615'], other, moved))).toEqual([
      '2026-06-01',
      '2026-06-08',
      '2026-06-09',
      '2026-06-22',
    ]);
    expect(dates(feed([...weekly, 'EXDATE;VALUE=DATE:20260615'], moved))).not.toContain('2026-06-08');
  });

  test('T108: 29 February comes again in leap years only', () => {
    expect(dates(feed(['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY;COUNT=9']))).toEqual([
      '2024-02-29',
      '2028-02-29',
      '2032-02-29',
    ]);
  });

  test('are whole days, also when a program writes them from midnight to midnight', () => {
    expect(
      dates(
        feed(
          ['DTSTART;TZID=Europe/Berlin:20261225T000000', 'DTEND;TZID=Europe/Berlin:20261226T000000'],
          ['DTSTART:20261224T140000', 'DTEND:20261224T180000', 'SUMMARY:We close early'],
        ),
      ),
    ).toEqual(['2026-12-25']);
  });

  test('are not what was cancelled', () => {
    const cancelled = ['STATUS:CANCELLED', 'DTSTART;VALUE=DATE:20260603'];
    expect(dates(feed(cancelled, ['DTSTART;VALUE=DATE:20260604']))).toEqual(['2026-06-04']);
  });

  test('may stand in several calendars, one after the other', () => {
    const both = feed(['DTSTART;VALUE=DATE:20260603']) + feed(['DTSTART;VALUE=DATE:20260604']);
    expect(dates(both)).toEqual(['2026-06-03', '2026-06-04']);
  });

  test.each([
    ['a letter', 'Dear all, we are closed at Christmas', /no iCalendar file/],
    ['a file that is cut off', feed(['DTSTART;VALUE=DATE:20260603']).slice(0, 120), /no iCalendar file/],
    ['an empty calendar', feed(), /no event of a whole day/],
    ['every day for ever', feed(['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY']), /more than 5000/],
    [
      'a day of a thousand years',
      feed(['DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:30260101']),
      /more than/,
    ],
  ])('%s is refused in words', (_, ics, words) => {
    expect(dates(ics)).toMatch(words);
  });
});
