/**
 * Guesses the charset of octets that name none, or name a wrong one. Each candidate decodes them; the text that looks
 * most like somebody's language wins. Letters are worth more the more often their language writes them, and what no
 * language does (a capital inside a word, two scripts in one, a control character) counts against a candidate.
 */

/** Letters of a language, the most frequent first, lower case. */
type Letters = string;

const LATIN: readonly { charsets: string; letters: readonly Letters[] }[] = [
  {
    charsets: 'windows-1252',
    letters: [
      'üäöß',
      'éèàçêôâîùûëïœ',
      'óáíñéúü¿¡ºª',
      'ãçáàéíõóêúâôªº',
      'àèùòéì',
      'äåöé',
      'øåæé',
      'éëïöüèó',
      'àóéèíçòúïü·',
      'õäüöšž',
      'áíðöúéóæýþ',
    ],
  },
  {
    charsets: 'windows-1250 iso-8859-2',
    letters: ['ąęłóżśćńź', 'íáéěšřčžýůúňťóď', 'áéőóöíüúű', 'ăîâşţ', 'čšžćđ', 'áíéýúčšžťľôňäď'],
  },
  { charsets: 'windows-1254', letters: ['ışüğçöâ'] },
  { charsets: 'windows-1257', letters: ['ėšįųžčąūę', 'āīšēūņļžčķģ'] },
  { charsets: 'windows-1258', letters: ['đưàơ\u0323áâ\u0301êô\u0300\u0309ă\u0303íúùó'] },
];

const OTHERS: readonly { charsets: string; letters: readonly Letters[] }[] = [
  {
    charsets: 'windows-1251 koi8-u iso-8859-5',
    letters: [
      'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё',
      'оаинвеіртслкдмупязьбгчйхжшюцїщєфґ',
      'аоиетнрсвлкпдмзъугбячжцйхщюшфь',
    ],
  },
  { charsets: 'windows-1253 iso-8859-7', letters: ['ατοιεσνηυρπκλςμάίδόγέήθύχφωώβζξψϊ'] },
  { charsets: 'windows-1255 iso-8859-8', letters: ['יולהאתרמבשנעדקחפכםגסטצןזךץף'] },
  { charsets: 'windows-1256', letters: ['اليمنورتبةعدسهفكقحجشأصخضذطغثزىءئإآظؤ،؟'] },
  { charsets: 'windows-874', letters: ['านรอกเ่้งัมียลวดทิสตะปบคห์แจพชขใำืไุถูผ็ซณโศษธภฐฉญฤฮๆ'] },
];

const DOUBLE = ['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'] as const;

/** The first of equals is taken. */
const CANDIDATES: readonly { charset: string; score: (sample: Uint8Array) => number }[] = [
  ...[
    ...LATIN.map((row) => ({ ...row, latin: true })),
    ...OTHERS.map((row) => ({ ...row, latin: false })),
  ].flatMap(({ charsets, letters, latin }) =>
    charsets.split(' ').map((charset) => ({
      charset,
      score: (sample: Uint8Array) => alphabetic(new TextDecoder(charset).decode(sample), letters, latin),
    })),
  ),
  ...DOUBLE.map((charset) => ({ charset, score: (sample: Uint8Array) => doubled(sample, charset) })),
];

/** What half of all Chinese text is made of, in both scripts; much of it is frequent in Japanese too. */
const COMMON_HAN = new Set(
  '的一是不了在人有我他这個个們们中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實您请請谢謝問问题題无無登录錄系统統件邮郵网網打印机機年月日時世権宣言送受信',
);

/** Marks that any language may use. */
const MARKS = /[\u00A0«»„“”‘’‚‹›–—…•·°§€£©®™№´¨µ±×½、。，！？：；（）「」『』・ー～]/u;

/** A letter or two fit several charsets; then it is the one of most mail. */
const COMMONEST = 'windows-1252';
const HEAD_START = 0.1;

/** More says no more. */
const ENOUGH = 16_384;

/** Below this no candidate looks like language: then it is as good as any. */
const LEAST = 0.3;

/** A charset that the mail names is given up only for one that fits as well as this, over as many octets. */
const SURE = 0.6;
const SURE_OCTETS = 6;

/**
 * The charset in which octets look like language; `said`, or null, when they look like none. For octets that are not
 * UTF-8. `said` is what the mail names for them: it is right unless what comes out is no language, and another's is.
 * A few letters are often the same in several charsets, so that any of them will do.
 */
export function guessCharset(bytes: Uint8Array, said: string | null = null): string | null {
  const from = bytes.findIndex((octet) => octet > 0x7f);
  if (from < 0) return said;
  const sample = bytes.subarray(Math.max(0, from - 64), from + ENOUGH);
  const own = CANDIDATES.find(({ charset }) => charset === said)?.score(sample) ?? 0;
  if (own >= LEAST) return said;
  const best = CANDIDATES.map(({ charset, score }) => ({
    charset,
    score: score(sample) + (charset === COMMONEST ? HEAD_START : 0),
  })).reduce((one, other) => (other.score > one.score + 0.001 ? other : one));
  if (said === null) return best.score >= LEAST ? best.charset : null;
  const octets = sample.reduce((count, octet) => count + (octet > 0x7f ? 1 : 0), 0);
  return best.score >= SURE && octets >= SURE_OCTETS ? best.charset : said;
}

/** How much a text looks like the best fitting of some languages: 1 when it has only their most frequent letters. */
function alphabetic(text: string, languages: readonly Letters[], latin: boolean): number {
  return Math.max(...languages.map((letters) => likeness(text, letters, latin)));
}

function likeness(text: string, letters: Letters, latin: boolean): number {
  const worth = new Map(
    [...letters].map((letter, at) => [letter, 1 - (latin ? 0.4 : 0.9) * (at / letters.length)]),
  );
  let sum = 0;
  let count = 0;
  let before = ' ';
  for (const char of text) {
    if (char > '\u007F') {
      count += 1;
      sum += worthOf(char, before, worth, latin);
    } else if (!latin && isAsciiLetter(char) && before > '\u007F' && isLetter(before)) sum -= 1;
    before = char;
  }
  return count === 0 ? 0 : sum / count;
}

function worthOf(char: string, before: string, worth: ReadonlyMap<string, number>, latin: boolean): number {
  const small = char.toLowerCase();
  const known = worth.get(small);
  if (known === undefined) return MARKS.test(char) ? 0.5 : -1;
  if (small === char) return !latin && isAsciiLetter(before) ? -1 : known;
  // A capital behind a small letter is what a wrong charset makes of Cyrillic and Greek; behind a capital it is a shout.
  if (isLetter(before) && before === before.toLowerCase()) return latin ? 0 : -1;
  return known * (isLetter(before) ? 0.5 : 0.9);
}

function isAsciiLetter(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z');
}

function isLetter(char: string): boolean {
  return char.toLowerCase() !== char.toUpperCase() || /\p{L}/u.test(char);
}

/** Leads of the characters that a charset's makers thought the frequent ones. */
const FREQUENT: Readonly<Record<(typeof DOUBLE)[number], readonly [number, number]>> = {
  shift_jis: [0x88, 0x98],
  'euc-jp': [0xb0, 0xcf],
  gb18030: [0xb0, 0xd7],
  big5: [0xa4, 0xc6],
  'euc-kr': [0xb0, 0xc8],
};

/** The same for charsets of two octets a character. One character is no evidence: any two octets are one. */
function doubled(sample: Uint8Array, charset: (typeof DOUBLE)[number]): number {
  const [least, most] = FREQUENT[charset];
  let sum = 0;
  let count = 0;
  let at = 0;
  for (const char of new TextDecoder(charset).decode(sample)) {
    const lead = sample[at] ?? 0;
    const trail = sample[at + 1] ?? 0;
    at += lengthOf(lead, trail, charset);
    if (char <= '\u007F') continue;
    count += 1;
    // The sample may end inside a character.
    if (char === '\uFFFD') sum -= at >= sample.length ? 0 : WRONG;
    else {
      const inLevel = trail >= 0xa1 || charset === 'shift_jis' || charset === 'big5';
      sum += doubleValue(char, charset, lead >= least && lead <= most && inLevel);
    }
  }
  return count < 2 ? 0 : sum / count;
}

/** An octet that fits nowhere costs as much as so many good ones bring. */
const WRONG = 4;

/** The platform gives an ASCII octet back that cannot follow. */
function lengthOf(lead: number, trail: number, charset: string): number {
  if (lead < 0x81 || trail < 0x30) return 1;
  if (charset === 'shift_jis') return (lead >= 0xa1 && lead <= 0xdf) || trail < 0x40 ? 1 : 2;
  if (charset === 'euc-jp') return lead === 0x8f ? 3 : trail < 0x80 ? 1 : 2;
  if (charset === 'gb18030' && trail <= 0x39) return 4;
  return trail < 0x40 ? 1 : 2;
}

function doubleValue(char: string, charset: (typeof DOUBLE)[number], frequent: boolean): number {
  if (MARKS.test(char)) return 0.6;
  const japanese = charset === 'shift_jis' || charset === 'euc-jp';
  if (/[\u3041-\u3096]/.test(char)) return japanese ? 1 : 0.1;
  if (/[\u30A1-\u30FA]/.test(char)) return japanese ? 0.9 : 0.1;
  if (/[\uFF61-\uFF9F]/.test(char)) return -0.2;
  if (/[\uAC00-\uD7A3]/.test(char)) return charset === 'euc-kr' ? (frequent ? 0.85 : 0) : -1;
  if (!/\p{sc=Han}/u.test(char)) return /\p{Co}|\p{Cn}/u.test(char) ? -1 : 0.1;
  if (charset === 'euc-kr') return 0;
  if (COMMON_HAN.has(char)) return 1;
  return frequent ? (japanese ? 0.6 : 0.66) : 0;
}
