/** What phones, apps and list software put under a mail, by language. */

/** What a phone or an app puts under a mail, alone on its line. */
const MOBILE_SIGNATURES: readonly { language: string; line: string }[] = [
  {
    language: 'English',
    line: '(?:sent|written) (?:from|via|with|by|using) [^.,;:!?]{2,60}|get outlook for [^.,;]{2,30}|sent from yahoo mail.{0,40}|get the (?:all.new )?\\S+ (?:mail|app).{0,40}',
  },
  { language: 'Arabic', line: '(?:أُ?رسلت|تم الإرسال|مُ?رسل) من .{2,40}' },
  { language: 'Bulgarian', line: 'изпратено (?:от|чрез) [^.,;:!?]{2,50}' },
  { language: 'Catalan', line: 'enviat (?:des d|amb )[^.,;:!?]{2,50}' },
  {
    language: 'Chinese',
    line: '(?:发自|從我的|从我的|發自|来自|來自)我?的? ?.{2,30}(?:发送|傳送)?|获取 ?outlook .{2,20}|取得 ?outlook .{2,20}',
  },
  { language: 'Croatian and Slovenian', line: 'poslano (?:iz|s|sa|z|preko) [^.,;:!?]{2,50}' },
  { language: 'Czech', line: '(?:odesláno|odesláno z|posláno) (?:z|ze) [^.,;:!?]{2,50}' },
  { language: 'Danish', line: '(?:sendt|send) (?:fra|via) [^.,;:!?]{2,50}|hent outlook (?:til|for) .{2,20}' },
  {
    language: 'Dutch',
    line: '(?:verzonden|verstuurd) (?:vanaf|vanuit|met|via|van) [^.,;:!?]{2,50}|outlook voor (?:ios|android) (?:downloaden|ophalen)|download outlook voor .{2,20}',
  },
  { language: 'Estonian', line: 'saadetud [^.,;:!?]{2,50}' },
  { language: 'Finnish', line: 'lähetetty [^.,;:!?]{2,50}|hanki outlook .{2,20}' },
  {
    language: 'French',
    line: "envoyé (?:de(?:puis)?|à partir d[e'’]|via|avec|par) ?[^.,;:!?]{2,50}|télécharge[rz] outlook pour .{2,20}|obtenir outlook pour .{2,20}",
  },
  {
    language: 'German',
    line: '(?:von mein\\S+|gesendet|verschickt) (?:von|mit|über|aus|via)? ?[^.,;:!?]{2,50}|von mein\\S+ \\S+ (?:\\S+ )?gesendet|outlook für (?:ios|android) (?:beziehen|herunterladen)|hol(?:en sie sich|e? dir) outlook für .{2,20}|(?:diese nachricht|diese e-?mail|diese mail) wurde (?:von|mit) .{2,60} (?:gesendet|verschickt)',
  },
  { language: 'Greek', line: '(?:εστάλη|στάλθηκε) (?:από|με|μέσω) [^.,;:!?]{2,50}' },
  { language: 'Hebrew', line: 'נשלח מ.{2,40}' },
  { language: 'Hungarian', line: '[^.,;:!?]{2,40} (?:elküldve|küldve)|elküldve .{2,40}|küldve .{2,40}' },
  {
    language: 'Indonesian and Malay',
    line: '(?:di(?:kirim|hantar)|terkirim) (?:dari|daripada|melalui) [^.,;:!?]{2,50}',
  },
  {
    language: 'Italian',
    line: "inviato (?:da|dal|dall[’']|con|tramite) ?[^.,;:!?]{2,50}|scarica outlook per .{2,20}|ottieni outlook per .{2,20}",
  },
  { language: 'Japanese', line: '.{2,20}(?:から|で)送信(?:しました|されました)?|iphoneから' },
  { language: 'Korean', line: '.{2,30}에서 보(?:냄|냈습니다|낸 메일)' },
  { language: 'Norwegian', line: 'sendt fra [^.,;:!?]{2,50}|skaff deg outlook for .{2,20}' },
  {
    language: 'Polish',
    line: '(?:wysłano|wysłane|wysłałem|wysłałam) (?:z|ze|przez) [^.,;:!?]{2,50}|pobierz (?:program |aplikację )?outlook dla .{2,30}',
  },
  {
    language: 'Portuguese',
    line: 'enviado (?:do|da|de|a partir d[oe]|pelo|via|através) [^.,;:!?]{2,50}|obter o outlook para .{2,20}',
  },
  { language: 'Romanian', line: 'trimis (?:de pe|din|de la) [^.,;:!?]{2,50}' },
  { language: 'Russian', line: '(?:отправлено|послано) (?:с|из|через) [^,;:!?]{2,50}' },
  { language: 'Slovak', line: 'odoslané (?:z|zo) [^.,;:!?]{2,50}' },
  { language: 'Spanish', line: 'enviado (?:desde|de|con) [^.,;:!?]{2,50}|obtener outlook para .{2,20}' },
  { language: 'Swedish', line: 'skickat (?:från|med|via) [^.,;:!?]{2,50}|hämta outlook för .{2,20}' },
  { language: 'Thai', line: 'ส่งจาก.{2,40}' },
  { language: 'Turkish', line: "\\S+(?:'den|'dan|’den|’dan|mdan|mden) gönderildi|.{2,40} gönderildi" },
  { language: 'Ukrainian', line: '(?:надіслано|відправлено) (?:з|із|зі) [^.,;:!?]{2,50}' },
  { language: 'Vietnamese', line: '(?:đã |được )?gửi từ .{2,40}' },
];

const MOBILE = new RegExp(`^(?:${MOBILE_SIGNATURES.map(({ line }) => line).join('|')})$`, 'iu');

/** `Sent from my phone`, alone on its line, with or without a link. */
export function isMobileSignature(line: string): boolean {
  if (line.length > 200) return false;
  const bare = line
    .replace(/\[([^\]]{1,60})\]\(https?:[^)\s]{1,200}\)/g, '$1')
    .replace(/(?<!\s)\s*[<[(]?https?:\/\/[^\s>\])]*[>\])]?/i, '')
    .replace(/^[\s*_]+|(?<![\s*_.])[\s*_.]+$/g, '')
    .toLowerCase();
  return bare !== '' && bare.split(/\s+/).length <= 11 && MOBILE.test(bare);
}

/** RFC 3676 4.3 wants the space behind the dashes; many programs lose it. */
export function isSignatureDelimiter(line: string): boolean {
  return /^--[ \t\u00A0]*$/.test(line);
}

/** The footer that list software adds, by its rule and the line behind it. */
export function isListFooter(line: string, next: string): boolean {
  return /^_{2,}\s*$/.test(line) && /mailing list|@lists?\.|\/listinfo\//i.test(next);
}

/** What a house or a program puts under everybody's mail. A paragraph is one when it says as much as two of these, or begins like one. */
const LEGAL: readonly RegExp[] = [
  // It is secret.
  /confidential|privileged|vertraulich|confidentiel|confidencial|riservat|vertrouwelijk|konfidentiel|fortrolig|luottamuksel|poufn|důvěrn|dôvern|bizalmas|confidenţial|confidențial|конфиденциальн|конфіденційн|поверител|gizli|εμπιστευτικ|機密|保密|机密|기밀/i,
  // It is for whom it was meant.
  /intended (?:solely|only|exclusively)?|addressee|nicht der (?:richtige|beabsichtigte) (?:adressat|empfänger)|ausschließlich für|destinat[aá]ri|destinataire|geadresseerde|bestemd voor|avsedd|mottagare|beregnet|modtager|mottaker|tarkoitettu|vastaanottaj|przeznaczon|adresat|určen|příjemc|címzett|destinatar|предназначен|получател|одержувач|alıcı|παραλήπτη|宛先|受信者|收件人|수신/i,
  // Whoever got it otherwise shall delete it.
  /in error|by mistake|irrtümlich|versehentlich|par erreur|por error|por engano|por equivocaci|per errore|abusievelijk|ten onrechte|per ongeluk|av misstag|av misslag|ved en fejl|ved en feil|erehdyksessä|vahingossa|omyłk|pomyłk|omylem|tévedés|din greșeală|по ошибке|помилков|yanlışlıkla|sehven|κατά λάθος|誤って|错误|錯誤|误收|誤收|잘못/i,
  // Nobody else may read it.
  /unauthori[sz]ed|strictly prohibited|unbefugte|nicht gestattet|strictement interdit|prohibid|proibid|vietat|verboden|förbjud|forbudt|kielletty|zabronion|zakázán|tilos|запрещ|заборон|yasaktır|απαγορεύεται|禁じ|禁止|금지/i,
];

const BEGINS_LEGAL =
  /^[\s*_>-]{0,10}(?:confidentiality (?:notice|note|statement)|legal (?:notice|disclaimer)|disclaimer|important notice|aviso (?:legal|de confidenciali?dad)|avviso (?:legale|di riservatezza)|avertissement|clause de confidentialité|haftungsausschluss|vertraulichkeitshinweis|rechtlicher hinweis)\s*[:：.\n-]/i;

/** Lines that programs put under a mail on behalf of a forest or of themselves. */
const COURTESY =
  /(?:please )?(?:consider|think of) the environment before|(?:denken sie|bitte denken|bitte prüfen sie).{0,60}(?:umwelt|ausdruck)|pens(?:ez|ons) à l['’]environnement|piense en el medio ambiente|antes de imprimir|pensi all['’]ambiente|(?:checked|scanned) for viruses by|virus-free|auf viren (?:geprüft|überprüft)|avast antivirus|garantie sans virus|libre de virus/i;

/** Whether a paragraph is a footer that its writer did not write for this mail. */
export function isFooter(paragraph: string): boolean {
  const text = paragraph.slice(0, 4_000);
  if (BEGINS_LEGAL.test(text)) return true;
  if (text.length < 300 && COURTESY.test(text)) return true;
  return (
    text.length >= 60 && LEGAL.filter((part) => part.test(text)).length >= 2 && LEGAL[2]?.test(text) === true
  );
}
