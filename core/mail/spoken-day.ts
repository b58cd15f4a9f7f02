/**
 * Days as people name them in running text: `3 Dec`, `4.1.2027`, `12/03`, `le 3 décembre`, `next Monday`, `morgen`. A year
 * that is left out is the one that brings the day nearest to now; which of two small numbers is the month is decided by
 * what the writer's language and zone are used to, and said.
 */
import { Temporal } from 'temporal-polyfill';

export interface SpokenDay {
  /** Where it stands in the text, and how it is written there. */
  at: number;
  said: string;
  day: Temporal.PlainDate;
  /** Which of two readings was taken, and why; null when there is only one. */
  choice: string | null;
}

export interface Speaker {
  /** The day it is where he is. */
  today: Temporal.PlainDate;
  /** IANA. */
  timezone: string;
  /** ISO 639-1, null when the text does not tell. */
  language: string | null;
}

/** Texts are searched as far as notices go. */
const MOST_TEXT = 8_000;

/** In the order of the text; where two readings overlap the longer one stays. */
export function spokenDays(text: string, speaker: Speaker): SpokenDay[] {
  const given = text.slice(0, MOST_TEXT).normalize('NFC');
  const found = [
    ...numericDays(given, speaker),
    ...namedDays(given, speaker),
    ...relativeDays(given, speaker),
  ];
  const longestFirst = found.sort((one, other) => other.said.length - one.said.length);
  const kept: SpokenDay[] = [];
  for (const day of longestFirst)
    if (!kept.some(({ at, said }) => day.at < at + said.length && at < day.at + day.said.length))
      kept.push(day);
  return kept.sort((one, other) => one.at - other.at);
}

const YEAR_FIRST =
  /(?<![\d./-])(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?:일|日)?(?![\d/-])/gu;
const YEAR_LAST = /(?<![\d./-])(\d{1,2})(\.\s?|\/|-)(\d{1,2})\2(\d{4}|\d{2})(?![\d/-]|\.\d)/gu;
/** Without a year a dash is a range and a full stop may be a number's: only `30.11.`, `30.11` and `30/11`. */
const NO_YEAR =
  /(?<![\d./-])(\d{1,2})(\.\s?|\/)(\d{1,2})(\.)?(?![\d/-]|\.\d|,\d|\s?(?:h|uhr|%|€|eur)(?!\p{L}))/giu;
const MONTH_DAY = /(?<!\d)(\d{1,2})月(\d{1,2})日|(?<!\d)(\d{1,2})월\s?(\d{1,2})일/gu;

function numericDays(text: string, speaker: Speaker): SpokenDay[] {
  const days: (SpokenDay | null)[] = [];
  for (const { 0: said, index: at, 1: year, 2: month, 3: day } of text.matchAll(YEAR_FIRST))
    days.push(dayOf({ at, said, choice: null }, Number(year), Number(month), Number(day)));
  for (const { 0: said, index: at, 1: one, 2: between, 3: other, 4: year } of text.matchAll(YEAR_LAST))
    days.push(
      either({ at, said }, Number(one), Number(other), wholeYear(year ?? ''), between ?? '', speaker),
    );
  for (const { 0: said, index: at, 1: one, 2: between, 3: other } of text.matchAll(NO_YEAR))
    days.push(either({ at, said }, Number(one), Number(other), null, between ?? '', speaker));
  for (const { 0: said, index: at, 1: month, 2: day, 3: korean, 4: koreanDay } of text.matchAll(MONTH_DAY))
    days.push(
      nearest({ at, said, choice: null }, Number(month ?? korean), Number(day ?? koreanDay), speaker),
    );
  return days.filter((day) => day !== null);
}

type Place = Pick<SpokenDay, 'at' | 'said' | 'choice'>;

/** Full stops are only written where the day comes first. */
function either(
  place: Omit<Place, 'choice'>,
  one: number,
  other: number,
  year: number | null,
  between: string,
  speaker: Speaker,
): SpokenDay | null {
  const open = !between.startsWith('.') && one <= 12 && other <= 12 && one !== other;
  const monthFirst = open ? isMonthFirst(speaker) : !between.startsWith('.') && other > 12;
  const [month, day] = monthFirst ? [one, other] : [other, one];
  const choice = open ? `${monthFirst ? 'the month' : 'the day'} first, ${custom(speaker)}` : null;
  return year === null
    ? nearest({ ...place, choice }, month, day, speaker)
    : dayOf({ ...place, choice }, year, month, day);
}

/** English is written both ways, and America's way only there; every other language of ours puts the day first. */
function isMonthFirst({ language, timezone }: Speaker): boolean {
  return (language === null || language === 'en') && /^(America|US)\//.test(timezone);
}

function custom({ language, timezone }: Speaker): string {
  const named =
    language && language !== 'en' && new Intl.DisplayNames('en', { type: 'language' }).of(language);
  return named ? `as in ${named}` : `as is usual in ${timezone}`;
}

function wholeYear(year: string): number {
  return year.length === 2 ? 2000 + Number(year) : Number(year);
}

/** Of the years around now the one in which the day lies nearest. */
function nearest(place: Place, month: number, day: number, { today }: Speaker): SpokenDay | null {
  const days = [-1, 0, 1].flatMap((offset) => dayOf(place, today.year + offset, month, day) ?? []);
  const distance = (found: SpokenDay) => Math.abs(today.until(found.day, { largestUnit: 'day' }).days);
  return days.sort((one, other) => distance(one) - distance(other))[0] ?? null;
}

function dayOf(place: Place, year: number, month: number, day: number): SpokenDay | null {
  try {
    return { ...place, day: Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }) };
  } catch (error) {
    // The thirty-first of February is a slip of somebody's, or no day at all.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const DAY_THEN_MONTH =
  /(?<![\d.:/\p{L}])(?<day>\d{1,2})(?:\.|st|nd|rd|th|er|º|ª|:?e)?\s?(?:of |de |d[’'])?\s?(?<month>\p{L}{3,15})\.?(?:,?\s(?:de |del )?(?<year>\d{4}))?(?![\p{L}\d])/giu;
const MONTH_THEN_DAY =
  /(?<!\p{L})(?<month>\p{L}{3,15})\.?\s(?<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s(?<year>\d{4}))?(?![\p{L}\d:.%]\d|\d)/giu;

function namedDays(text: string, speaker: Speaker): SpokenDay[] {
  return [DAY_THEN_MONTH, MONTH_THEN_DAY].flatMap((order) =>
    [...text.matchAll(order)].flatMap(({ 0: said, index: at, groups }) => {
      const month = names().months.get((groups?.month ?? '').toLowerCase());
      if (month === undefined) return [];
      const [place, day] = [{ at, said, choice: null }, Number(groups?.day)];
      const read = groups?.year
        ? dayOf(place, Number(groups.year), month, day)
        : nearest(place, month, day, speaker);
      return read ?? [];
    }),
  );
}

const TOMORROW =
  /^(tomorrow|morgen|demain|mañana|domani|amanhã|imorgon|i morgon|i morgen|jutro|zítra|huomenna)$/iu;
const WORD = /\p{L}+(?:-feira)?/gu;

/** The next day of that name, today's own name meaning the one in a week. */
function relativeDays(text: string, { today }: Speaker): SpokenDay[] {
  return [...text.matchAll(WORD)].flatMap(({ 0: said, index: at }) => {
    const weekday = names().weekdays.get(said.toLowerCase());
    const ahead = TOMORROW.test(said) ? 1 : weekday && ((weekday - today.dayOfWeek + 6) % 7) + 1;
    return ahead ? [{ at, said, day: today.add({ days: ahead }), choice: null }] : [];
  });
}

const LANGUAGES = [
  'en',
  'de',
  'de-AT',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'sv',
  'da',
  'nb',
  'fi',
  'pl',
  'cs',
  'sk',
  'hu',
  'ro',
  'tr',
  'ru',
  'uk',
];

interface Names {
  months: ReadonlyMap<string, number>;
  /** Monday is 1. */
  weekdays: ReadonlyMap<string, number>;
}

let known: Names | null = null;

/** As each language writes them, alone and beside a day, whole and short. Where two languages disagree the first one here counts. */
function names(): Names {
  known ??= { months: monthNames(), weekdays: weekdayNames() };
  return known;
}

function monthNames(): Map<string, number> {
  const months = new Map<string, number>();
  for (const language of LANGUAGES)
    for (const month of ['long', 'short'] as const)
      for (const day of ['numeric', undefined] as const) {
        const format = new Intl.DateTimeFormat(language, { month, ...(day ? { day } : {}), timeZone: 'UTC' });
        for (let number = 1; number <= 12; number++)
          learn(months, partOf(format, Date.UTC(2027, number - 1, 15), 'month'), number);
      }
  return months;
}

function weekdayNames(): Map<string, number> {
  const weekdays = new Map<string, number>();
  for (const language of LANGUAGES) {
    const format = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
    // The first of March 2027 is a Monday.
    for (let number = 1; number <= 7; number++)
      learn(weekdays, partOf(format, Date.UTC(2027, 2, number), 'weekday'), number);
  }
  return weekdays;
}

function partOf(format: Intl.DateTimeFormat, at: number, type: 'month' | 'weekday'): string {
  return format.formatToParts(at).find((part) => part.type === type)?.value ?? '';
}

function learn(names: Map<string, number>, name: string, number: number): void {
  const word = name.toLowerCase().replace(/\.$/, '');
  if (/^\p{L}[\p{L}-]{2,}$/u.test(word) && !names.has(word)) names.set(word, number);
}
