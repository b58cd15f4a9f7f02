/** Out-of-office notices that no header marks: subjects that programs write, in the languages of their users. */

/**
 * Anchored at the start and closed by a colon, a dash or the end, so that `Out of office policy` and
 * `Re: Automatic reply` stay a person's mail. People announce their absence in words too (`Abwesenheit`, `OOO`): those
 * are `ambiguous`, and count only in front of the subject that they answer.
 */
const SUBJECTS: readonly { language: string; subject: string; ambiguous?: string }[] = [
  {
    language: 'English',
    subject:
      'automatic reply|auto(?:matic)?[- ]?reply|autoreply|auto(?:matic)? response|out[- ]of[- ](?:the[- ])?office(?: auto-?\\s?reply| autoreply| notification| message| response| notice| assistant| reply)?|vacation (?:reply|notice|message|response)|away from (?:my |the )?(?:mail|office)|i am (?:currently )?out of the office',
    ambiguous: 'ooo|on (?:vacation|holiday|leave|annual leave)|away',
  },
  { language: 'Arabic', subject: 'رد تلقائي|خارج المكتب|الرد التلقائي' },
  { language: 'Bulgarian', subject: 'автоматичен отговор|извън офиса' },
  { language: 'Catalan', subject: "resposta automàtica|fora de l[’']oficina" },
  { language: 'Chinese', subject: '自动答复|自动回复|自動回覆|自動答覆|不在办公室', ambiguous: '外出' },
  { language: 'Croatian', subject: 'automatski odgovor|izvan ureda' },
  { language: 'Czech', subject: 'automatická odpověď|mimo kancelář|nejsem v kanceláři' },
  { language: 'Danish', subject: 'automatisk svar|autosvar|ikke til stede|fraværsbesked|ude af kontoret' },
  {
    language: 'Dutch',
    subject: 'automatisch antwoord|automatische beantwoording|afwezigheids(?:bericht|melding)|buiten kantoor',
    ambiguous: 'afwezig(?:heid)?|niet aanwezig',
  },
  { language: 'Estonian', subject: 'automaatvastus|automaatne vastus|kontorist väljas' },
  {
    language: 'Finnish',
    subject: 'automaattinen vastaus|poissaoloviesti|poissaoloilmoitus|poissa toimistosta',
  },
  {
    language: 'French',
    subject:
      "r[ée]ponse automatique|message automatique d[’']absence|absence du bureau|absent(?:e)? du bureau|message d[’']absence|notification d[’']absence",
    ambiguous: 'en congé|absent(?:e)?|absence',
  },
  {
    language: 'German',
    subject:
      'automatische antwort(?: \\(abwesenheit\\))?|abwesenheits(?:notiz|nachricht|benachrichtigung|meldung|assistent)|nicht im büro|automatische abwesenheitsnotiz|autoantwort',
    ambiguous: 'abwesenheit|abwesend|außer haus|bin im urlaub|urlaub',
  },
  { language: 'Greek', subject: 'αυτόματη απάντηση|εκτός γραφείου' },
  { language: 'Hebrew', subject: 'מענה אוטומטי|תשובה אוטומטית|מחוץ למשרד' },
  { language: 'Hungarian', subject: 'automatikus válasz|házon kívül' },
  { language: 'Icelandic', subject: 'sjálfvirkt svar' },
  { language: 'Indonesian', subject: 'balasan otomatis|di luar kantor' },
  {
    language: 'Italian',
    subject:
      "risposta automatica|fuori sede|fuori ufficio|assen(?:za|te) dall[’']ufficio|risposta non al computer",
  },
  { language: 'Japanese', subject: '自動応答|自動返信|不在通知|不在のお知らせ', ambiguous: '不在|外出中' },
  {
    language: 'Korean',
    subject: '(?:부재 ?중 )?(?:자동 회신|자동 응답|자동회신|자동응답)',
    ambiguous: '부재 중|부재중',
  },
  { language: 'Lithuanian and Latvian', subject: 'automatinis atsakymas|automātiska atbilde' },
  {
    language: 'Norwegian',
    subject: 'automatisk svar|autosvar|fraværsmelding|ikke på kontoret',
    ambiguous: 'fraværende',
  },
  {
    language: 'Polish',
    subject:
      'automatyczna odpowied[źz]|autoodpowiedź|odpowiedź automatyczna|nieobecność w biurze|jestem poza biurem',
    ambiguous: 'poza biurem|nieobecność|nieobecny',
  },
  {
    language: 'Portuguese',
    subject:
      'resposta autom[áa]tica|ausência temporária|fora do escritório|ausente do escritório|ausência do escritório',
  },
  { language: 'Romanian', subject: 'răspuns automat|în afara biroului' },
  {
    language: 'Russian',
    subject: 'автоматический ответ|автоответ|вне офиса|нет на рабочем месте',
    ambiguous: 'в отпуске',
  },
  { language: 'Slovak', subject: 'automatická odpoveď|mimo kancelárie' },
  { language: 'Slovenian', subject: 'samodejni odgovor', ambiguous: 'odsotnost' },
  {
    language: 'Spanish',
    subject: 'respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente de la oficina|respuesta de ausencia',
    ambiguous: 'ausente|ausencia',
  },
  {
    language: 'Swedish',
    subject: 'autosvar|automatiskt svar|frånvaro(?:meddelande|besked)|inte på kontoret|ej på kontoret',
    ambiguous: 'frånvaro|frånvarande',
  },
  { language: 'Thai', subject: 'ตอบกลับอัตโนมัติ' },
  {
    language: 'Turkish',
    subject: 'otomatik yanıt|otomatik cevap|ofis dışında|ofis dışındayım',
    ambiguous: 'izindeyim',
  },
  { language: 'Ukrainian', subject: 'автоматична відповідь|поза офісом' },
  { language: 'Vietnamese', subject: 'trả lời tự động|thư trả lời tự động' },
];

const ANSWERED = '(?:re|aw|sv|vs|antw|odp|fwd?|rv)\\s?[:：]';
const CERTAIN = SUBJECTS.map(({ subject }) => subject).join('|');
const AMBIGUOUS = SUBJECTS.flatMap(({ ambiguous }) => (ambiguous ? [ambiguous] : [])).join('|');
const BEGINS = new RegExp(
  `^\\s*\\[(?:${CERTAIN})\\]|^\\s*[\\[(<*]*\\s*(?:(?:${CERTAIN})\\s*[\\])>*]*\\s*(?:[:：!]|[-–—|]\\s|$|\\((?:was|re|returning|back|until|bis|zurück)\\b|${ANSWERED})|(?:${AMBIGUOUS})\\s*[\\])>*]*\\s*[-–—:：|]?\\s*${ANSWERED})`,
  'iu',
);

/** Notices that put the person's name first: `AUTO: Ada Lovelace is out of the office (returning 05/01/2027)`. */
const NAMES_FIRST =
  /^.{1,80}\b(is|am) (currently )?(out of (the )?office|on vacation|on annual leave|away from the office)\b/i;

/** The subject when it is one that a program wrote for somebody who is away; null for every other. */
export function readsAsOutOfOffice(subject: string): string | null {
  return BEGINS.test(subject) || (NAMES_FIRST.test(subject) && !/\?|^(re|aw|fwd?|wg)\s?:/i.test(subject))
    ? subject
    : null;
}

/** Words of absence, for mail that is known to be automatic. */
export const OUT_OF_OFFICE_WORDS = new RegExp(
  [
    'out of (?:the )?office|on (?:annual |maternity |paternity |parental |sick |a )?(?:vacation|holiday|leave)|away (?:from|until|on)|returning (?:on|to)|will (?:be back|return) |limited access to (?:my )?e-?mail|\\bvacation\\b|not in the office|currently away',
    'abwesen|im urlaub|nicht im (?:büro|haus)|außer haus|elternzeit|zurück am|wieder (?:im büro|erreichbar)',
    'absent|en congé|en vacances|de retour le|hors du bureau',
    'fuera de (?:la )?oficina|de vacaciones|ausente|de baja',
    'fora do escritório|de férias|ausente',
    'fuori (?:ufficio|sede)|in ferie|assente|non (?:sono|sarò) in ufficio',
    'afwezig|niet aanwezig|met vakantie|op vakantie',
    'frånvar|på semester|tjänstledig|inte på kontoret|på ferie|fravær|ude af kontoret|ikke på kontoret',
    'poissa|lomalla|poza biurem|nieobecn|na urlopie|mimo kancelář|dovolen|házon kívül|szabadság',
    'в отпуске|вне офиса|отсутству|у відпустці|відсутн|εκτός γραφείου|άδεια|ofis dışı|izinde',
    '不在|休暇|外出|休假|不在办公室|부재|휴가|지금은',
  ].join('|'),
  'iu',
);
