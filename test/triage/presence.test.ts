import { expect, test } from 'vitest';
import type { Calendar } from '../../core/config/desk.ts';
import { awayUntil } from '../../core/triage/presence.ts';
import { deskOf, SMALL_DESK } from '../config/small-desk.ts';

const small = deskOf(SMALL_DESK);
const [someone] = small.people;
if (!someone) throw new Error('the small desk has nobody');
const calendarIn = (timezone: string): Calendar => ({ name: timezone, timezone, hours: {}, holidays: [] });
const desk = { ...small, calendars: ['Asia/Tokyo', 'America/New_York'].map(calendarIn) };

test('each lives by his own clock: at one instant it is another day for each, whoever is asked first', () => {
  const absences = [{ from: '2026-11-24', to: '2026-11-24' }];
  const at = (timezone: string, now: string) =>
    awayUntil({ ...someone, hours: timezone, absences }, null, desk, now)?.day ?? null;
  for (const now of ['2026-11-23T20:00:00Z', '2026-11-24T20:00:00Z', '2026-11-23T20:00:00Z']) {
    const isTuesdayInTokyo = now.startsWith('2026-11-23');
    expect(at('Asia/Tokyo', now)).toBe(isTuesdayInTokyo ? '2026-11-25' : null);
    expect(at('America/New_York', now)).toBe(isTuesdayInTokyo ? null : '2026-11-25');
    expect(at('Asia/Tokyo', now)).toBe(isTuesdayInTokyo ? '2026-11-25' : null);
  }
});
