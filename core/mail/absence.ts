/**
 * From when until when somebody is away, by his own out-of-office notice. Each day that the notice names is told by
 * the words before it, and by its sentence: the end of the absence, the return, or its beginning.
 */
import { Temporal } from 'temporal-polyfill';
import type { Desk, Person } from '../config/desk.ts';
import { nextOpening } from '../sla/calendar.ts';
import { detectLanguage } from '../triage/language.ts';
import { type Away, zoneOf } from '../triage/presence.ts';
import { type Speaker, type SpokenDay, spokenDays } from './spoken-day.ts';

/** What may stand between such a word and its day: articles, and words that say that the day counts as well. */
const BETWEEN =
  '(?:[\\s,:*_]|(?:the|on|at|and|including|incl|inclusive|den|dem|der|zum|am|und|mit|einschl|inkl|einschlie(?:ß|ss)lich|inklusive|le|la|au|el|al|il|lo|o|ao|dia|giorno|met|en|och|og|med|dnia|dne|op|den|d)(?![\\p{L}])\\.?|\\p{L}{2,12}(?:-feira)?,?\\s(?=$))*$';

/** The last day away. English `until` leaves open whether the day counts; who is thought away for a day too long loses less than who is thought there. */
const UNTIL = new RegExp(
  `(?:(?<!\\p{L})(?:until|till?|through|thru|bis|jusqu[’']?(?:\\s?au|\\sà|\\s?en)?|hasta|fino\\sa(?:l|lla)?|sino\\sa(?:l)?|al|au|até|tot|t/m|t\\.o\\.m|indtil|do|to)(?!\\p{L})|[-–—])\\.?${BETWEEN}`,
  'iu',
);

/** The first day there again, whatever else the sentence says. */
const RETURN = new RegExp(
  `(?<!\\p{L})(?:back(?:\\s(?:in|at)\\s(?:the\\s|my\\s)?(?:office|work|desk))?|return(?:s|ing)?(?:\\s(?:to|back)\\s(?:the\\s|my\\s)?(?:office|work|desk))?|again|zurück|wieder(?:\\s(?:da|hier|im\\s(?:büro|haus|dienst)|erreichbar))?|retour(?:\\sau\\sbureau)?|je\\sreviens|reviendrai|je\\sreprends|regreso|regresar[ée]|vuelvo|volver[ée]|vuelta|me\\s(?:re)?incorporo|ritorno|rientro|rientrer[òo]|torner[òo]|volta|volto|voltarei|regresso|regressarei|retorno|terug|tillbaka|åter|tilbage|tilbake|wracam|wrócę|zpět|vracím\\sse)(?:\\s(?:ab|from|by|as\\sof|vanaf|à\\spartir\\sdu|a\\spartir\\sdel?|od|w|v|em|da|den))?(?!\\p{L})${BETWEEN}`,
  'iu',
);

/** From a day on: away, or there again. The sentence tells. */
const FROM = new RegExp(
  `(?<!\\p{L})(?:from|since|starting|beginning|between|as\\sof|vom|von|ab|seit|du|dès|depuis|à\\spartir\\sde?u?|a\\spartir\\sdel?|desde|del?|dal|van|vanaf|från|fra|od)(?!\\p{L})${BETWEEN}`,
  'iu',
);

/** Japanese says behind a day what it is, and perhaps the weekday between: `12月3日（木）まで`. */
const BEHIND: readonly { role: Role; words: RegExp }[] = [
  { role: 'until', words: /^\s*(?:[(（][^)）]{1,4}[)）])?\s*まで/u },
  {
    role: 'return',
    words: /^\s*(?:[(（][^)）]{1,4}[)）])?\s*(?:に|から|より)?(?:は)?\s*(?:戻|出社|復帰|帰社|出勤)/u,
  },
  { role: 'from', words: /^\s*(?:[(（][^)）]{1,4}[)）])?\s*(?:から|より)/u },
];

const COMES_BACK =
  /(?<!\p{L})(?:back|return|available again|reachable again|zurück|wieder|retour|de nouveau|regres|vuelv|vuelta|volver|de nuevo|ritorn|rientr|torner|di nuovo|de volta|regresso|novamente|terug|weer|tillbaka|åter|tilbage|tilbake|igjen|wraca|wróc|zpět|vrac)/iu;

/** A day more than this away is a slip of the pen, or a sentence about something else. */
const LONGEST = 400;
const MOST_TEXT = 4_000;

/** `now` is ISO 8601 UTC. `text` is what he wrote himself: below it stands our mail, which is full of days. */
export function readAbsence(
  { subject, text, source }: { subject: string; text: string; source: string },
  person: Person,
  desk: Desk,
  now: string,
): Away {
  const timezone = zoneOf(person, desk);
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(timezone).toPlainDate();
  // Mail programs put the subject of what they answer behind their own: with our tag in it the days in it are the ticket's.
  const words = (/\[T-/i.test(subject) ? text : `${subject}\n${text}`).slice(0, MOST_TEXT);
  const speaker: Speaker = { today, timezone, language: detectLanguage(words) };
  const days = spokenDays(words, speaker).map((day) => ({ ...day, role: roleOf(day, words) }));
  const ahead = days.filter(({ day }) => {
    const distance = today.until(day, { largestUnit: 'day' }).days;
    return distance >= 0 && distance <= LONGEST;
  });
  const start = ahead.find(({ role, day }) => role === 'from' && Temporal.PlainDate.compare(day, today) > 0);
  const back = ahead.find(({ role, day }) => role === 'return' && Temporal.PlainDate.compare(day, today) > 0);
  const last = ahead.find(({ role }) => role === 'until');
  const end = back ?? last;
  const begins = (day: Temporal.PlainDate) =>
    day.toZonedDateTime(timezone).toInstant().toString({ fractionalSecondDigits: 3 });
  if (!end)
    return {
      from: now,
      until: begins(nextWorkingDay(person, desk, today, timezone).add({ days: 1 })),
      why: 'his out-of-office notice names no day: until the end of the next working day',
      quote: null,
      ambiguous: false,
      source,
    };
  const until = end === back ? end.day : end.day.add({ days: 1 });
  const from = start && Temporal.PlainDate.compare(start.day, until) < 0 ? begins(start.day) : now;
  const quote = quoted(end, words);
  const { day, choice } = end;
  const meant = `${end === back ? 'back on' : 'away including'} ${day}${choice ? `, read with ${choice}` : ''}`;
  return {
    ...{ from, until: begins(until), quote, ambiguous: choice !== null, source },
    why: `his out-of-office notice says “${quote}”: ${meant}`,
  };
}

type Role = 'until' | 'return' | 'from' | null;

function roleOf({ at, said }: SpokenDay, words: string): Role {
  const before = words.slice(Math.max(0, at - 60), at);
  const sentence = sentenceAround(words, at, said.length);
  if (RETURN.test(before)) return 'return';
  if (UNTIL.test(before)) return 'until';
  const after = words.slice(at + said.length, at + said.length + 20);
  const behind = BEHIND.find(({ words: found }) => found.test(after));
  if (behind) return behind.role;
  // A day with an end behind it is where the absence begins: `vom 21.11. bis 30.11.`
  const ranges =
    /^\s*(?:[-–—]|(?:to|until|till|through|bis|au|al|hasta|a|até|tot|t\/m|till|til|do)(?!\p{L}))/iu.test(
      after,
    );
  if (ranges) return 'from';
  if (COMES_BACK.test(sentence)) return 'return';
  return FROM.test(before) ? 'from' : null;
}

/** As far as a full stop that ends words, not days; a line break alone ends nothing, mail is wrapped. */
function sentenceAround(words: string, at: number, length: number): string {
  const before = words.slice(Math.max(0, at - 160), at);
  const after = words.slice(at + length, at + length + 160);
  const begin = Math.max(
    0,
    ...[...before.matchAll(/\p{L}{2}[.!?;]\s|\n\s*\n|[.!?]\s+(?=\p{Lu})/gu)].map(
      ({ index, 0: end }) => index + end.length,
    ),
  );
  const end = /[.!?;](?:\s|$)|\n\s*\n/u.exec(after)?.index ?? after.length;
  return before.slice(begin) + words.slice(at, at + length) + after.slice(0, end);
}

/** With the few words before it. */
function quoted({ at, said }: SpokenDay, words: string): string {
  const before = words.slice(Math.max(0, at - 30), at);
  return `${before.slice(before.search(/\S+(?:\s+\S+){0,2}\s*$/u))}${said.replace(/\.$/, '')}`
    .replace(/\s+/g, ' ')
    .trim();
}

function nextWorkingDay(
  { hours }: Person,
  desk: Desk,
  today: Temporal.PlainDate,
  timezone: string,
): Temporal.PlainDate {
  const tomorrow = today.add({ days: 1 });
  const calendar = desk.calendars.find(({ name }) => name === hours);
  if (!calendar) return tomorrow;
  const opens = nextOpening(calendar, tomorrow.toZonedDateTime(timezone).toInstant().toString());
  return Temporal.Instant.from(opens).toZonedDateTimeISO(timezone).toPlainDate();
}
