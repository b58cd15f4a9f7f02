/** The lines that mail programs put between what was written now and the mail that is passed on or answered, by language. */
import { bareLine, foldCase } from './quoted-header.ts';

/** What programs write above a mail that is passed on, without dashes, colons and case. */
const FORWARD_PHRASES: readonly { language: string; phrases: readonly string[] }[] = [
  {
    language: 'English',
    phrases: [
      'forwarded message',
      'begin forwarded message',
      'forwarded by',
      'forwarded mail',
      'forwarded email',
    ],
  },
  { language: 'Catalan', phrases: ['missatge reenviat'] },
  {
    language: 'Chinese',
    phrases: [
      '转发的邮件',
      '转发邮件',
      '轉寄郵件',
      '轉寄的郵件',
      '转发邮件信息',
      '開始轉寄郵件',
      '已转发邮件',
    ],
  },
  { language: 'Croatian', phrases: ['proslijeđena poruka', 'započinje proslijeđena poruka'] },
  { language: 'Czech', phrases: ['přeposlaná zpráva', 'začátek přeposílané zprávy'] },
  {
    language: 'Danish',
    phrases: ['videresendt meddelelse', 'videresendt besked', 'start på videresendt besked'],
  },
  {
    language: 'Dutch',
    phrases: ['doorgestuurd bericht', 'begin doorgestuurd bericht', 'doorgezonden bericht'],
  },
  { language: 'Estonian', phrases: ['edasisaadetud kiri', 'edastatud kiri'] },
  {
    language: 'Finnish',
    phrases: [
      'välitetty viesti',
      'välitetty viesti alkaa',
      'edelleenlähetetty viesti',
      'alkuperäinen edelleenlähetetty viesti',
    ],
  },
  {
    language: 'French',
    phrases: [
      'message transféré',
      'message transmis',
      'début du message réexpédié',
      'message réexpédié',
      'début du message transféré',
    ],
  },
  {
    language: 'German',
    phrases: [
      'weitergeleitete nachricht',
      'anfang der weitergeleiteten nachricht',
      'anfang der weitergeleiteten e-mail',
      'weitergeleitete mail',
    ],
  },
  { language: 'Greek', phrases: ['προωθημένο μήνυμα', 'αρχή προωθημένου μηνύματος'] },
  {
    language: 'Hungarian',
    phrases: ['továbbított üzenet', 'továbbított levél kezdete', 'továbbított levél'],
  },
  { language: 'Indonesian', phrases: ['pesan terusan', 'pesan yang diteruskan'] },
  {
    language: 'Italian',
    phrases: ['messaggio inoltrato', 'inizio messaggio inoltrato', 'inizio del messaggio inoltrato'],
  },
  { language: 'Japanese', phrases: ['転送されたメッセージ', '転送されたメール', '転送メッセージ'] },
  { language: 'Korean', phrases: ['전달된 메시지', '전달된 메일', '원본 메일'] },
  {
    language: 'Norwegian',
    phrases: ['videresendt melding', 'start på videresendt melding', 'videresendt e-post'],
  },
  {
    language: 'Polish',
    phrases: [
      'przekazana wiadomość',
      'treść przekazanej wiadomości',
      'początek przekazywanej wiadomości',
      'wiadomość przekazana dalej',
    ],
  },
  {
    language: 'Portuguese',
    phrases: [
      'mensagem encaminhada',
      'mensagem reencaminhada',
      'início da mensagem encaminhada',
      'início da mensagem reencaminhada',
    ],
  },
  {
    language: 'Romanian',
    phrases: [
      'mesaj redirecționat',
      'mesaj redirecţionat',
      'începe mesajul redirecționat',
      'mesaj înaintat',
      'mesaj transmis',
    ],
  },
  {
    language: 'Russian',
    phrases: [
      'пересылаемое сообщение',
      'пересланное сообщение',
      'перенаправленное сообщение',
      'начало переадресованного сообщения',
      'начало переадресованного письма',
    ],
  },
  { language: 'Slovak', phrases: ['preposlaná správa', 'začiatok preposlanej správy'] },
  { language: 'Slovenian', phrases: ['posredovano sporočilo'] },
  {
    language: 'Spanish',
    phrases: ['mensaje reenviado', 'inicio del mensaje reenviado', 'comienzo del mensaje reenviado'],
  },
  {
    language: 'Swedish',
    phrases: [
      'vidarebefordrat meddelande',
      'vidarebefordrat brev',
      'börja vidarebefordrat meddelande',
      'vidarebefordrat mail',
    ],
  },
  {
    language: 'Turkish',
    phrases: [
      'iletilen ileti',
      'iletilmiş mesaj',
      'ileti başlangıcı',
      'yönlendirilmiş ileti',
      'başlangıç iletilen ileti',
    ],
  },
  {
    language: 'Ukrainian',
    phrases: ['переслане повідомлення', 'пересланий лист', 'початок листа, що пересилається'],
  },
  { language: 'Vietnamese', phrases: ['thư được chuyển tiếp', 'thư đã chuyển tiếp'] },
];

/** `-----Original Message-----`: everything below is quoted. Without dashes and in lower case. */
const ORIGINAL_MESSAGE: readonly { language: string; phrases: readonly string[] }[] = [
  {
    language: 'English',
    phrases: ['original message', 'original email', 'original mail', 'reply message', 'original appointment'],
  },
  { language: 'Chinese', phrases: ['原始邮件', '原始郵件', '原始信息', '回复的原邮件'] },
  { language: 'Croatian', phrases: ['izvorna poruka'] },
  { language: 'Czech', phrases: ['původní zpráva', 'původní e-mail'] },
  { language: 'Danish', phrases: ['oprindelig meddelelse', 'oprindelig besked'] },
  { language: 'Dutch', phrases: ['oorspronkelijk bericht', 'origineel bericht', 'oorspronkelijke bericht'] },
  { language: 'Finnish', phrases: ['alkuperäinen viesti'] },
  {
    language: 'French',
    phrases: [
      "message d'origine",
      'message d’origine',
      'message original',
      'courriel original',
      'e-mail d’origine',
      "e-mail d'origine",
    ],
  },
  {
    language: 'German',
    phrases: [
      'ursprüngliche nachricht',
      'originalnachricht',
      'original-nachricht',
      'ursprüngliche mail',
      'original nachricht',
    ],
  },
  { language: 'Greek', phrases: ['αρχικό μήνυμα'] },
  { language: 'Hungarian', phrases: ['eredeti üzenet'] },
  { language: 'Italian', phrases: ['messaggio originale', 'messaggio original'] },
  { language: 'Japanese', phrases: ['元のメッセージ', 'オリジナルメッセージ', '元のメール'] },
  { language: 'Korean', phrases: ['원본 메시지', '원본 메일'] },
  { language: 'Norwegian', phrases: ['opprinnelig melding', 'original melding'] },
  { language: 'Polish', phrases: ['wiadomość oryginalna', 'oryginalna wiadomość', 'pierwotna wiadomość'] },
  { language: 'Portuguese', phrases: ['mensagem original'] },
  { language: 'Romanian', phrases: ['mesaj original', 'mesajul original'] },
  {
    language: 'Russian',
    phrases: ['исходное сообщение', 'исходное письмо', 'оригинальное сообщение', 'original message'],
  },
  { language: 'Slovak', phrases: ['pôvodná správa'] },
  { language: 'Spanish', phrases: ['mensaje original'] },
  { language: 'Swedish', phrases: ['ursprungligt meddelande', 'originalmeddelande', 'ursprungsmeddelande'] },
  { language: 'Turkish', phrases: ['orijinal mesaj', 'özgün ileti', 'orijinal ileti'] },
  { language: 'Ukrainian', phrases: ['оригінальне повідомлення', 'початкове повідомлення'] },
  { language: 'Vietnamese', phrases: ['tin nhắn gốc', 'thư gốc'] },
];

const FORWARDS = new Set(FORWARD_PHRASES.flatMap(({ phrases }) => phrases));
const ORIGINALS = new Set(ORIGINAL_MESSAGE.flatMap(({ phrases }) => phrases));

/** `---------- Forwarded message ---------`, `Begin forwarded message:`. */
export function isForwardSeparator(line: string): boolean {
  const bare = dashes(line);
  if (bare.length > 120 || bare.length < 5) return false;
  const dashed = bare.startsWith('--');
  if (!dashed && !/[:：]/.test(bare)) return false;
  const words = foldCase(bare.replace(/^[-_=*\s]+/, '').replace(/(?<![-_=*\s])[-_=*\s]+$/, ''));
  const plain = words.replace(/(?<!\s)\s*[:：]$/, '').trim();
  if (FORWARDS.has(plain)) return dashed || /[:：]$/.test(words);
  // Thunderbird in some languages writes its own words and the English ones on one line; Notes adds who and when.
  return (
    dashed &&
    words.split(/-{2,}/).some((part) => FORWARDS.has(part.trim()) || /^forwarded by\b/.test(part.trim()))
  );
}

/** `-----Original Message-----`: stands above replies and forwards alike. */
export function isOriginalSeparator(line: string): boolean {
  const bare = dashes(line);
  if (bare.length > 120 || !/^[-_=]{2,}/.test(bare)) return false;
  return ORIGINALS.has(foldCase(bare.replace(/^[-_=\s]+/, '').replace(/(?<![-_=\s:])[-_=\s:]+$/, '')));
}

/** Proton draws its rule with hyphens of the typographer. */
function dashes(line: string): string {
  return bareLine(line.slice(0, 400)).replace(/[\u2010-\u2015]/g, '-');
}

/** A line of underscores, dashes or the like alone, as Outlook draws it above a header block. */
export function isRule(line: string): boolean {
  return /^[\s>*]*(?:[_-]{3,}|={3,}|[\u2010-\u2015\u2500-\u257F]{3,})[\s*]*$/.test(line);
}
