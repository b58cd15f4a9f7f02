/** What phones, apps and list software put under a mail, by language. */

/** What a phone or an app puts under a mail, alone on its line. */
const MOBILE_SIGNATURES: readonly { language: string; line: string }[] = [
  {
    language: 'English',
    line: '(?:sent|written) (?:from|via|with|by|using) [^.,;:!?]{2,60}|get outlook for [^.,;]{2,30}|sent from yahoo mail.{0,40}|get the (?:all.new )?\\S+ (?:mail|app).{0,40}',
  },
  { language: 'Chinese', line: '(?:发自|從我的|从我的|發自|来自)我?的?.{2,30}(?:发送|傳送)?' },
  { language: 'Czech', line: '(?:odesláno|odesláno z|posláno) (?:z|ze) [^.,;:!?]{2,50}' },
  { language: 'Danish', line: '(?:sendt|send) (?:fra|via) [^.,;:!?]{2,50}|hent outlook (?:til|for) .{2,20}' },
  {
    language: 'Dutch',
    line: '(?:verzonden|verstuurd) (?:vanaf|vanuit|met|via|van) [^.,;:!?]{2,50}|outlook voor (?:ios|android) downloaden',
  },
  { language: 'Finnish', line: 'lähetetty [^.,;:!?]{2,50}|hanki outlook .{2,20}' },
  {
    language: 'French',
    line: "envoyé (?:de(?:puis)?|à partir d[e'’]|via|avec|par) ?[^.,;:!?]{2,50}|télécharge[rz] outlook pour .{2,20}|obtenir outlook pour .{2,20}",
  },
  {
    language: 'German',
    line: '(?:von mein\\S+|gesendet|verschickt) (?:von|mit|über|aus|via)? ?[^.,;:!?]{2,50}|von mein\\S+ \\S+ (?:\\S+ )?gesendet|outlook für (?:ios|android) (?:beziehen|herunterladen)|holen sie sich outlook für .{2,20}',
  },
  { language: 'Hungarian', line: '[^.,;:!?]{2,40} (?:elküldve|küldve)|elküldve .{2,40}|küldve .{2,40}' },
  {
    language: 'Italian',
    line: "inviato (?:da|dal|dall[’']|con|tramite) ?[^.,;:!?]{2,50}|scarica outlook per .{2,20}|ottieni outlook per .{2,20}",
  },
  { language: 'Japanese', line: '.{2,20}から送信|.{2,20}で送信|iphoneから' },
  { language: 'Korean', line: '.{2,30}에서 보냄|.{2,30}에서 보낸 메일' },
  { language: 'Norwegian', line: 'sendt fra [^.,;:!?]{2,50}|skaff deg outlook for .{2,20}' },
  {
    language: 'Polish',
    line: '(?:wysłano|wysłane|wysłałem|wysłałam) (?:z|ze|przez) [^.,;:!?]{2,50}|pobierz (?:program )?outlook dla .{2,20}',
  },
  {
    language: 'Portuguese',
    line: 'enviado (?:do|da|de|a partir d[oe]|pelo|via|através) [^.,;:!?]{2,50}|obter o outlook para .{2,20}',
  },
  { language: 'Romanian', line: 'trimis (?:de pe|din|de la) [^.,;:!?]{2,50}' },
  { language: 'Russian', line: '(?:отправлено|послано) (?:с|из|через) [^.,;:!?]{2,50}' },
  { language: 'Slovak', line: 'odoslané (?:z|zo) [^.,;:!?]{2,50}' },
  { language: 'Spanish', line: 'enviado (?:desde|de|con) [^.,;:!?]{2,50}|obtener outlook para .{2,20}' },
  { language: 'Swedish', line: 'skickat (?:från|med|via) [^.,;:!?]{2,50}|hämta outlook för .{2,20}' },
  { language: 'Turkish', line: "\\S+(?:'den|'dan|’den|’dan|mdan|mden) gönderildi|.{2,40} gönderildi" },
  { language: 'Ukrainian', line: '(?:надіслано|відправлено) (?:з|із|зі) [^.,;:!?]{2,50}' },
  { language: 'Vietnamese', line: 'đã gửi từ .{2,40}|được gửi từ .{2,40}' },
];

const MOBILE = new RegExp(`^(?:${MOBILE_SIGNATURES.map(({ line }) => line).join('|')})$`, 'iu');

/** `Sent from my phone`, alone on its line, with or without a link. */
export function isMobileSignature(line: string): boolean {
  if (line.length > 200) return false;
  const bare = line
    .replace(/\s*[<[(]?https?:\/\/\S*$/i, '')
    .replace(/^[\s*_]+|[\s*_.]+$/g, '')
    .toLowerCase();
  return bare !== '' && bare.split(/\s+/).length <= 9 && MOBILE.test(bare);
}

/** RFC 3676 4.3 wants the space behind the dashes; many programs lose it. */
export function isSignatureDelimiter(line: string): boolean {
  return /^--[ \t\u00A0]*$/.test(line);
}

/** The footer that list software adds, by its rule and the line behind it. */
export function isListFooter(line: string, next: string): boolean {
  return /^_{2,}\s*$/.test(line) && /mailing list|@lists?\.|\/listinfo\//i.test(next);
}
