/** An article from a ticket's own words, without the people in them. What a program cannot see, the lead's review has to. */
import { withoutTokens } from '../mail/token.ts';

export const LONGEST_TITLE = 120;
export const LONGEST_QUESTION = 600;
export const LONGEST_ANSWER = 4_000;

const GREETING =
  /^\s{0,9}(?:hi|hello|hey|dear|good (?:morning|afternoon|day)|hallo|guten (?:tag|morgen)|moin|liebe[rs]?|sehr geehrte[rs]?|bonjour|bonsoir|salut|cher|chère|hola|buen[oa]s (?:días|tardes)|estimad[oa]|olá|bom dia|boa tarde|prezad[oa])(?!\p{L})[^\n]{0,60}$|^[^\n。]{0,20}(?:お世話になって(?:おり)?ます|お疲れ様です|お疲れさまです|こんにちは)[。！]?$/iu;
const FAREWELL =
  /^\s{0,9}(?:(?:best|kind|warm|many)? ?(?:regards|wishes)|thanks|thank you|cheers|sincerely|yours|(?:viele|liebe|beste|freundliche|schöne)?n? ?grüße|mit (?:freundlichen|besten|lieben) grüßen|danke|vielen dank|mfg|lg|vg|(?:bien )?cordialement|merci|bonne journée|(?:un )?(?:cordial )?saludos?|gracias|atenciosamente|cumprimentos|obrigad[oa]|abraços?|よろしくお願い(?:いた)?します|宜しくお願い(?:いた)?します)(?!\p{L})[^\n]{0,40}$/iu;
const ADDRESS = /[\p{L}\p{N}._%+'…-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;
/** What follows a question mark in an address of the web names people and sessions. */
const QUERY = /(\bhttps?:\/\/[^\s?#]{1,500})[?#]\S{1,2000}/gi;
const NUMBER = /(?<![\p{L}\p{N}.])[+(]{0,2}\d[\d\s()/.·-]{5,24}\d(?![\p{L}\p{N}])/gu;
const ACCOUNT = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){3,8}(?: ?[\dA-Z]{1,4})?(?![\p{L}\p{N}])/gu;
const TICKET = /\[?(?<![\p{L}\p{N}-])T-[0-9A-HJKMNP-TV-Z]{6}(?![\p{L}\p{N}])\]?/gu;
const SECRET =
  /((?:password|passwort|kennwort|pass ?code|pwd|\bpin\b|mot de passe|contraseña|senha|palavra-passe|パスワード|暗証番号)(?: {0,3}(?:is|was|ist|war|lautet|est|es|é|era|は))?[ :=»«"'“”„]{1,6})(?!(?:is|was|ist|war|lautet|est|es|é|era|は)(?!\p{L}))[^\s"'“”«»]{4,64}/giu;
const SIGN = '…';

/** `names`: of everybody who takes part, as they stand in the ticket. Linear in the text. */
export function withoutPersonalData(text: string, names: readonly string[], domain: string): string {
  const lines = withoutTokens(text, domain).replace(/\r\n?/g, '\n').trim().split('\n');
  const from = lines.findIndex((line) => line.trim() !== '' && !GREETING.test(line));
  const kept = from < 0 ? [] : lines.slice(from);
  const last = kept.findLastIndex((line) => FAREWELL.test(line));
  // A farewell closes a text: below it stand two or three names.
  const closed = last > 0 && kept.length - last <= 4 ? kept.slice(0, last) : kept;
  const bare = closed
    .join('\n')
    .replace(QUERY, '$1')
    .replace(ADDRESS, SIGN)
    .replace(ACCOUNT, SIGN)
    .replace(TICKET, SIGN)
    .replace(SECRET, `$1${SIGN}`)
    .replace(NUMBER, (number) => (isNobodys(number) ? number : SIGN));
  const known = [...new Set(names.flatMap(partsOf))].sort((a, b) => b.length - a.length);
  return known
    .reduce((said, name) => said.replace(spelled(name), SIGN), bare)
    .replace(/…(?:[ \t]*…)+/g, SIGN)
    .trim();
}

/** Less than seven digits, a day, or the address of a machine. */
function isNobodys(number: string): boolean {
  return (
    number.replace(/\D/g, '').length < 7 ||
    /^\d{4}-\d{2}-\d{2}(?: \d{2})?$/.test(number) ||
    /^\d{1,2}[./]\d{1,2}[./]\d{4}$/.test(number) ||
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(number)
  );
}

function partsOf(name: string): string[] {
  const whole = name.normalize('NFC').trim();
  const parts = whole.split(/[\s,.;()"'<>]+/).filter((part) => /\p{Lu}\p{L}|\p{Lo}{2}/u.test(part));
  return whole.length > 1 ? [whole, ...parts] : parts;
}

/** As it is written or in capitals: `Will` is somebody, `will` is a word. Between letters without blanks a name has no ends. */
function spelled(name: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const either = `(?:${literal(name)}|${literal(name.toUpperCase())})`;
  return /\p{Lo}/u.test(name)
    ? new RegExp(`${either}(?:様|さん|さま)?`, 'gu')
    : new RegExp(`(?<![\\p{L}\\p{N}])${either}(?:['’]s)?(?![\\p{L}\\p{N}])`, 'gu');
}

/** At a word's end where there is one. */
export function shortened(text: string, most: number): string {
  const whole = text.trim();
  if (whole.length <= most) return whole;
  const cut = whole.slice(0, most - 1);
  const end = cut.search(/\s\S*$/);
  return `${(end > most / 2 ? cut.slice(0, end) : cut).trimEnd()}${SIGN}`.toWellFormed();
}
