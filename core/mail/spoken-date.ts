/** Dates as mail programs print them for people: `mié, 27 oct 2021 a las 9:31`, `2021. október 26. 14:25:08 EEST`. */
import { readDate } from './header.ts';

/** The months' names by their beginnings, January first. Long enough to tell a month from its neighbours in the same language. */
const MONTHS: readonly { language: string; months: string }[] = [
  { language: 'English', months: 'jan feb mar apr may jun jul aug sep oct nov dec' },
  { language: 'German', months: 'jän feb mär apr mai jun jul aug sep okt nov dez' },
  { language: 'French', months: 'janv févr mars avr mai juin juil aoû sept oct nov déc' },
  { language: 'Spanish', months: 'ene feb mar abr may jun jul ago sep oct nov dic' },
  { language: 'Italian', months: 'gen feb mar apr mag giu lug ago set ott nov dic' },
  { language: 'Portuguese', months: 'jan fev mar abr mai jun jul ago set out nov dez' },
  { language: 'Dutch', months: 'jan feb maa apr mei jun jul aug sep okt nov dec' },
  { language: 'Danish and Norwegian', months: 'jan feb mar apr maj jun jul aug sep okt nov des' },
  {
    language: 'Finnish',
    months: 'tammik helmik maalisk huhtik toukok kesäk heinäk elok syysk lokak marrask jouluk',
  },
  { language: 'Polish', months: 'sty lut mar kwi maj cze lip sie wrz paź lis gru' },
  { language: 'Czech', months: 'led únor břez dub květ červn červen srp září říj list pros' },
  { language: 'Slovak', months: 'janu febru mare apríl máj jún júl augu sept októb novem decem' },
  { language: 'Hungarian', months: 'jan febr már ápr máj jún júl aug szept okt nov dec' },
  { language: 'Romanian', months: 'ian feb mar apr mai iun iul aug sep oct noi dec' },
  { language: 'Croatian', months: 'sij velj ožu tra svi lip srp kol ruj lis stu pro' },
  { language: 'Turkish', months: 'oca şub mar nis may haz tem ağu eyl eki kas ara' },
  { language: 'Russian', months: 'янв фев мар апр мая июн июл авг сен окт ноя дек' },
  { language: 'Ukrainian', months: 'січ лют бер кві тра чер лип сер вер жов лис гру' },
  { language: 'Estonian', months: 'jaan veeb märts apr mai juuni juuli aug sept okt nov dets' },
  { language: 'Greek', months: 'ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ' },
];

/**
 * ISO 8601 UTC, or null when no day and year can be made out. Numbers alone are read day first, as most of the world
 * writes them, unless that cannot be. A clock without a zone counts as UTC.
 */
export function readSpokenDate(text: string): string | null {
  const value = text.slice(0, 200).normalize('NFC').toLowerCase();
  const day = namedDay(value) ?? numericDay(value);
  if (!day) return readDate(text.slice(0, 200));
  const clock =
    /\b(\d{1,2})\s?[:.h時시]\s?(\d{2})(?:[:.](\d{2}))?(?!\.?\d{2,4}\b(?<=\d{4}))/.exec(
      value.replace(day.said, ' '),
    ) ?? null;
  const afternoon = /\bp\.?\s?m\b|午後|下午|오후/.test(value);
  const morning = /\ba\.?\s?m\b|午前|上午|오전/.test(value);
  const said = Number(clock?.[1] ?? 0);
  const hour = afternoon || morning ? (said % 12) + (afternoon ? 12 : 0) : said;
  if (day.month < 1 || day.month > 12 || day.day < 1 || day.day > lengthOf(day) || hour > 23) return null;
  const ms =
    Date.UTC(day.year, day.month - 1, day.day, hour, Number(clock?.[2] ?? 0), Number(clock?.[3] ?? 0)) -
    offset(value) * 60_000;
  return new Date(ms).toISOString();
}

/** In days. */
function lengthOf({ year, month }: Day): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

interface Day {
  year: number;
  month: number;
  day: number;
  said: string;
}

function numericDay(value: string): Day | null {
  const yearFirst = /\b(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})/.exec(value);
  if (yearFirst)
    return {
      year: Number(yearFirst[1]),
      month: Number(yearFirst[2]),
      day: Number(yearFirst[3]),
      said: yearFirst[0],
    };
  const dayFirst = /\b(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2}\b)/.exec(value);
  if (!dayFirst) return null;
  const [said, one, other, year] = [
    dayFirst[0],
    Number(dayFirst[1]),
    Number(dayFirst[2]),
    Number(dayFirst[3]),
  ];
  const american = other > 12;
  return {
    year: year < 100 ? 2000 + year : year,
    month: american ? one : other,
    day: american ? other : one,
    said,
  };
}

function namedDay(value: string): Day | null {
  const year = /\b(19|20)\d{2}\b/.exec(value)?.[0];
  if (year === undefined) return null;
  for (const order of [DAY_THEN_MONTH, MONTH_THEN_DAY]) {
    for (const { 0: said, groups } of value.matchAll(order)) {
      const month = monthOf(groups?.month ?? '');
      if (month >= 0) return { year: Number(year), month: month + 1, day: Number(groups?.day), said };
    }
  }
  return null;
}

const DAY_THEN_MONTH = /\b(?<day>\d{1,2})(?:\.|st|nd|rd|th)?\s?(?:de |d[’'])?(?<month>\p{L}{3,15})/gu;
const MONTH_THEN_DAY = /(?<month>\p{L}{3,15})\.?\s(?<day>\d{1,2})\b(?![:.]\d{2})/gu;

function monthOf(word: string): number {
  for (const { months } of MONTHS) {
    const names = months.split(' ');
    // The longest beginning that fits: Czech July begins like June.
    const fitting = names
      .filter((name) => word.startsWith(name))
      .sort((one, other) => other.length - one.length);
    if (fitting[0] !== undefined) return names.indexOf(fitting[0]);
  }
  return -1;
}

function offset(value: string): number {
  const numeric = /(?:gmt|utc|\s)\s?([+-])\s?(\d{1,2}):?(\d{2})?\b/.exec(value);
  if (numeric) return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) * 60 + Number(numeric[3] ?? 0));
  const named = /\b(eest|eet|cest|cet|est|edt|cst|cdt|mst|mdt|pst|pdt|bst|jst)\b/.exec(value)?.[1];
  const minutes: Readonly<Record<string, number>> = {
    eest: 180,
    eet: 120,
    cest: 120,
    cet: 60,
    est: -300,
    edt: -240,
    cst: -360,
    cdt: -300,
    mst: -420,
    mdt: -360,
    pst: -480,
    pdt: -420,
    bst: 60,
    jst: 540,
  };
  return named ? (minutes[named] ?? 0) : 0;
}
