/** The line that mail programs write above what they quote, by language. */

/**
 * `On Mon, 2 Nov 2026 at 09:12, Ada <ada@example.com> wrote:`: how it begins, and the verb that it ends with. A
 * language without an opening begins with the date or the name.
 */
const ATTRIBUTIONS: readonly { language: string; opening?: string; verb: string }[] = [
  { language: 'English', opening: 'On|At|In (?:a )?message', verb: 'wrote|writes|said|wrote the following' },
  { language: 'Arabic', opening: 'في|بتاريخ', verb: 'كتب|كتبت|كتب/كتبت' },
  { language: 'Bulgarian', opening: 'На', verb: 'написа' },
  { language: 'Catalan', opening: 'El dia|El', verb: 'va escriure' },
  { language: 'Chinese', opening: '在|於|于', verb: '写道|寫道|写|寫' },
  {
    language: 'Croatian and Serbian',
    opening: 'Dana|U|Dne',
    verb: 'napisao je|je napisao|je napisala|napisao/la je|је написао',
  },
  { language: 'Czech', opening: 'Dne|V', verb: 'napsal|napsala|napsal\\(a\\)|odesílatel .{1,120} napsal' },
  { language: 'Danish', opening: 'Den|D\\.', verb: 'skrev' },
  { language: 'Dutch', opening: 'Op', verb: 'schreef|het volgende geschreven' },
  { language: 'Estonian', opening: 'Kuupäeval', verb: 'kirjutas' },
  { language: 'Finnish', verb: 'kirjoitti' },
  { language: 'French', opening: 'Le', verb: 'a écrit|a ecrit' },
  { language: 'German', opening: 'Am', verb: 'schrieb|hat geschrieben|schrieben' },
  { language: 'Greek', opening: 'Στις|Την', verb: 'έγραψε' },
  { language: 'Hebrew', opening: 'ב|בתאריך', verb: 'כתב|כתבה|כתב/ה|מאת' },
  { language: 'Hungarian', verb: 'írta|ezt írta|következőt írta' },
  { language: 'Indonesian and Malay', opening: 'Pada', verb: 'menulis' },
  { language: 'Italian', opening: 'Il(?: giorno)?|In data', verb: 'ha scritto' },
  { language: 'Japanese', verb: 'のメール|のメッセージ|が書きました|は書きました|wrote' },
  { language: 'Korean', verb: '작성|님이 작성|썼습니다' },
  { language: 'Latvian', verb: 'rakstīja' },
  { language: 'Lithuanian', verb: 'rašė|parašė' },
  { language: 'Norwegian', opening: 'På', verb: 'skrev' },
  { language: 'Polish', opening: 'W dniu|Dnia', verb: 'napisał|napisała|napisał\\(a\\)|napisali|pisze' },
  { language: 'Portuguese', opening: 'Em|No dia', verb: 'escreveu' },
  { language: 'Romanian', opening: 'În data de|Pe|La', verb: 'a scris' },
  { language: 'Russian', verb: 'написал|написала|написал\\(а\\)|пишет|писал' },
  { language: 'Slovak', opening: 'Dňa', verb: 'napísal|napísala|napísal\\(a\\)|napísal/a' },
  { language: 'Slovenian', opening: 'Dne', verb: 'je napisal|je napisala|je oseba .{1,120} napisala' },
  { language: 'Spanish', opening: 'El', verb: 'escribió|escribio' },
  { language: 'Swedish', opening: 'Den', verb: 'skrev' },
  { language: 'Thai', verb: 'เขียน|เขียนว่า' },
  { language: 'Turkish', verb: 'yazdı|şunu yazdı|tarihinde şunları yazdı|şunları yazdı' },
  { language: 'Ukrainian', verb: 'пише|написав|написала' },
  { language: 'Vietnamese', opening: 'Vào', verb: 'đã viết' },
];

/** Attribution lines wrap: over four lines at most, as long names and addresses make them. */
const MAX_LINES = 4;
const MAX_CHARS = 400;

/** Scripts that put no space before a verb. */
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;
const ALL_VERBS = ATTRIBUTIONS.flatMap(({ verb }) => verb.split('|'));
const VERBS = `(?:(?:^|[\\s>"'”»)\\]<,])(?:${ALL_VERBS.filter((verb) => !UNSPACED.test(verb)).join('|')})|(?:${ALL_VERBS.filter((verb) => UNSPACED.test(verb)).join('|')}))`;
const VERB_LAST = new RegExp(`${VERBS}\\s?[:：﹕]?\\s{0,4}[-*_]{0,10}$`, 'iu');
const VERB_INSIDE = new RegExp(`${VERBS}\\s`, 'iu');
const OPENING = new RegExp(
  `^[-*_\\s]*(?:${ATTRIBUTIONS.flatMap(({ opening }) => (opening ? [opening] : [])).join('|')})[\\s,]`,
  'iu',
);
const ADDRESS = /[^\s@<>"()[\]]{1,64}@[^\s@<>"()[\]]{1,255}/;
const DATE =
  /\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d{2}\b|\d{1,2}[:.h]\d{2}|\b\d{1,2}\.?\s\p{L}{3,12}|\p{L}{3,12}\.?\s\d{1,2}\b|[年月日년월일]/u;
/** A date first, perhaps behind the day of the week: `ср, 30 апр. 2026 г.`, `2026-11-24 16:32`. */
const BEGINS_WITH_DATE = /^[-*_\s]*(?:\p{L}{1,12}[.,]{0,2}\s+)?\d/u;

/** `#priority P1 since 09:12, he said`: what somebody tells the desk names nobody whom he quotes. */
const COMMAND = /^.{0,8}[#\uff03][^\s#\p{L}\d]{0,2}[a-z]/iu;

/** Whether a line may be the last of an attribution: a look at its end, before anything dearer. */
export function mayEndAttribution(line: string): boolean {
  const last = plain(line);
  return (
    last !== '' && last.length <= MAX_CHARS && !COMMAND.test(last) && (endsInColon(last) || endsInVerb(last))
  );
}

/** The first line of the attribution whose last line this is; null when it ends none. `free` says which lines may belong to one. */
export function attributionEndingAt(
  lines: readonly string[],
  end: number,
  free: (at: number) => boolean,
  { quoteIsOurs = false }: { quoteIsOurs?: boolean } = {},
): number | null {
  if (!mayEndAttribution(lines[end] ?? '')) return null;
  let joined = '';
  for (let start = end; start > end - MAX_LINES && start >= 0; start -= 1) {
    const line = plain(lines[start] ?? '');
    if (line === '' || COMMAND.test(line) || !free(start) || joined.length > MAX_CHARS) return null;
    joined = `${line} ${joined}`.trim();
    if (isAttribution(joined) || (quoteIsOurs && endsInColon(joined) && mayNameOurs(joined)))
      return openingAbove(lines, start, free);
  }
  return null;
}

/** Lines that begin with their words and end with whom they quote: Horde, Google in Catalan and Arabic, Apple in Polish. */
const NAME_LAST =
  /^[-*_\s]*(?:quoting|zitat von|citation de|citando a?|mensagem de|citerar|cytowanie|cytat|missatge de|wiadomość napisana przez|.{1,80}تمت كتابة ما يلي بواسطة)\s/iu;

/** Above our own mail the line may be in any language: it ends in a verb that we know, or names somebody's address or a moment. */
function mayNameOurs(joined: string): boolean {
  return (
    endsInVerb(joined) ||
    ADDRESS.test(joined) ||
    (/\d[:.h]\d{2}/.test(joined) && /\b(?:19|20)\d{2}\b|\d[./-]\d{1,2}[./-]\d{2}/.test(joined))
  );
}

function isAttribution(joined: string): boolean {
  if (NAME_LAST.test(joined) && endsInColon(joined) && ADDRESS.test(joined)) return true;
  const dated = DATE.test(joined.replace(ADDRESS, ' '));
  const begins = OPENING.test(joined) || BEGINS_WITH_DATE.test(joined);
  const colon = endsInColon(joined);
  if (endsInVerb(joined)) return (dated && begins) || (ADDRESS.test(joined) && colon);
  if (!colon || !dated) return false;
  // Nordic and Dutch programs put the name behind the verb; some put the date there.
  if (VERB_INSIDE.test(joined) && (begins || ADDRESS.test(joined))) return true;
  // Without a verb, in any language: a date, somebody's address in brackets, and a colon at the end.
  return joined.length < 250 && ADDRESS.test(joined) && (begins || /<[^<>@]*@[^<>]*>\s?[:：]$/.test(joined));
}

/** Marks of direction stand around names and addresses in Hebrew and Arabic. */
function plain(line: string): string {
  return line.replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '').trim();
}

/** Whether a line names whom it quotes by an address. */
export function namesAddress(line: string): boolean {
  return ADDRESS.test(plain(line));
}

function endsInColon(text: string): boolean {
  return /[:：]\s{0,4}[-*_]{0,10}$/.test(text.slice(-20));
}

/** Only the end is looked at: the patterns of the verbs are tried at every place. */
function endsInVerb(text: string): boolean {
  return VERB_LAST.test(text.slice(-160));
}

/** `On Nov 21, 2026,` and `at 10:18,` may stand on lines of their own above a name that would do alone. */
function openingAbove(lines: readonly string[], start: number, free: (at: number) => boolean): number {
  const joined = (lines[start] ?? '').trim();
  if (OPENING.test(joined) && DATE.test(joined)) return start;
  for (let above = start - 1; above >= 0 && above >= start - 2; above -= 1) {
    const line = (lines[above] ?? '').trim();
    if (line === '' || COMMAND.test(line) || !free(above)) break;
    if (OPENING.test(line) && DATE.test(line) && line.length < 120) return above;
  }
  return start;
}
