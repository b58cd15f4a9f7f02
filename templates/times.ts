/** Times, durations and sizes in the manner of a language. Times are ISO 8601 UTC, zones IANA names or offsets. */
import type { Desk, Language } from '../core/config/desk.ts';
import { phrase } from './words.ts';

/** `Mon 23 Nov, 10:30`, in the desk's zone unless the reader's is known. */
export function timeIn(language: Language, at: string, { timezone }: Pick<Desk, 'timezone'>): string {
  const key = `${language} ${timezone}`;
  const format = FORMATS.get(key) ?? newFormat(language, timezone);
  FORMATS.set(key, format);
  return format.format(new Date(at));
}

/** To make one costs seventy times what it costs to use it; a desk has one zone and a few languages. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();
export const LOCALES: Record<Language, string> = {
  en: 'en-GB',
  de: 'de-DE',
  fr: 'fr-FR',
  es: 'es-ES',
  pt: 'pt-BR',
  ja: 'ja-JP',
};

function newFormat(language: Language, timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

/** How long it still is, or has been. */
export function leftIn(language: Language, due: string, now: string): string {
  const ms = Date.parse(due) - Date.parse(now);
  if (Math.abs(ms) < 60_000) return phrase(language, 'due-now');
  return phrase(language, ms > 0 ? 'left' : 'overdue', { time: durationIn(language, Math.abs(ms)) });
}

/** `2 d 3 h`, `1 h 20 min`, `5 min`: two units, which is as exact as anybody plans. */
export function durationIn(language: Language, ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), phrase(language, 'unit-day')],
    [Math.floor(minutes / 60) % 24, phrase(language, 'unit-hour')],
    [minutes % 60, phrase(language, 'unit-minute')],
  ];
  const shown = parts.filter(([number]) => number > 0).slice(0, 2);
  return shown.length > 0
    ? shown.map(([number, unit]) => `${number} ${unit}`).join(' ')
    : `0 ${phrase(language, 'unit-minute')}`;
}

export function sizeIn(language: Language, octets: number): string {
  const number = oneDigit(language);
  if (octets < 1024) return `${number.format(octets)} B`;
  return octets < 1024 * 1024
    ? `${number.format(octets / 1024)} KB`
    : `${number.format(octets / 1024 / 1024)} MB`;
}

const oneDigit = once((language) => new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 }));

/** `one, two or three`; '' of none. */
export function anyOf(language: Language, items: readonly string[]): string {
  return disjunction(language).format(items);
}

const disjunction = once((language) => new Intl.ListFormat(LOCALES[language], { type: 'disjunction' }));

function once<T>(make: (language: Language) => T): (language: Language) => T {
  const made = new Map<Language, T>();
  return (language) => {
    const known = made.get(language) ?? make(language);
    made.set(language, known);
    return known;
  };
}

/** From when to when, in the manner of the language and by the clock of the zone (IANA). */
export function spanIn(
  language: Language,
  { start, end }: { start: string; end: string },
  timeZone: string,
): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    ...{ timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  return format.formatRange(new Date(start), new Date(end));
}
