/**
 * Which language a mail is written in, from its small words: they make up half of any text, differ between
 * neighbours, and stand even in mails of one line. Other scripts than the Latin one tell by themselves.
 */

import type { Email } from '../mail/email.ts';
import { ASCII } from './words.ts';

/** How much of a text is looked at, in characters. A language shows in its first lines. */
const MOST_TEXT = 2_000;

/**
 * ISO 639-1, or null when the text does not tell: too short, only names and product words, or two languages that
 * weigh the same. Give it what the sender wrote, without quotes.
 */
export function detectLanguage(text: string): string | null {
  if (last?.text !== text) {
    const looked = text.slice(0, MOST_TEXT).normalize('NFC').toLowerCase();
    last = { text, language: byScript(looked) ?? byWords(looked) };
  }
  return last.language;
}

/** Of one mail it is asked several times in a row: for its category, and for its answer. */
let last: { text: string; language: string | null } | null = null;

/** What the mail program says of it, first of the mail, then of its user; ISO 639-1, or null. Of use where the words do not tell. */
export function declaredLanguage(headers: Email['headers'] | undefined): string | null {
  const said = headers?.get('content-language')?.[0] ?? headers?.get('accept-language')?.[0] ?? '';
  return /^\s*([a-z]{2})(?![a-z])/i.exec(said)?.[1]?.toLowerCase() ?? null;
}

/** Scripts that one language of mail uses, or nearly so. Half of the letters decide: English product names are everywhere. */
function byScript(text: string): string | null {
  if (LATIN.test(text)) return null;
  const letters = count(text, /\p{L}/gu);
  const mostly = (script: RegExp) => count(text, script) * 2 > letters;
  // Nobody but Japanese writes kana, and between names of products a few of them tell.
  const kana = count(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  if (kana >= 3 && kana * 8 > letters) return 'ja';
  if (mostly(/\p{Script=Cyrillic}/gu)) return /[іїєґ]/.test(text) ? 'uk' : 'ru';
  if (mostly(/\p{Script=Greek}/gu)) return 'el';
  if (mostly(/\p{Script=Arabic}/gu)) return /[پچژگ]/.test(text) ? 'fa' : 'ar';
  if (mostly(/\p{Script=Hebrew}/gu)) return 'he';
  if (mostly(/\p{Script=Hangul}/gu)) return 'ko';
  if (mostly(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu))
    return /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? 'ja' : 'zh';
  if (mostly(/\p{Script=Devanagari}/gu)) return 'hi';
  if (mostly(/\p{Script=Thai}/gu)) return 'th';
  return null;
}

/** Nothing beyond the letters of Latin, which stand first, and its punctuation. */
const LATIN = /^[\u0000-\u024f\u2000-\u206f]*$/;

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function byWords(text: string): string | null {
  const scores = new Map<string, number>();
  const isAscii = ASCII.test(text);
  const told = /@|http/.test(text) ? text.replace(/https?:\S+|\S+@\S+/g, ' ') : text;
  for (const word of told.match(isAscii ? /[a-z]+/g : /\p{L}+/gu) ?? []) {
    const languages = languagesOf(word);
    if (!languages) continue;
    // A word that four languages share says little for each of them.
    for (const language of languages)
      scores.set(language, (scores.get(language) ?? 0) + 1 / languages.length);
  }
  for (const [language, letters] of isAscii ? LETTERS_OF_ASCII : LETTERS)
    if (letters.test(text)) scores.set(language, (scores.get(language) ?? 0) + 0.5);
  const [first, second] = [...scores].sort((a, b) => b[1] - a[1]);
  if (!first || first[1] === second?.[1]) return null;
  return first[0];
}

/** Letters of one language among those below. Half a word's weight: names carry them into other languages. */
const LETTERS: readonly (readonly [string, RegExp])[] = [
  ['de', /ß|\p{L}(?:ung|keit|heit|lich)\b/u],
  ['es', /[ñ¿¡]|\p{L}(?:ción|ciones)\b/u],
  ['pt', /[ãõ]|\p{L}ário\b/u],
  ['fr', /[œçêùû]|\b[ldjnc]['’]/],
  ['pl', /[łąęśźż]/],
  ['cs', /[ěřů]/],
  ['sv', /[äå].*ö|ö.*[äå]/],
  ['da', /[æø]/],
  ['tr', /[ğı]/],
  ['hu', /[őű]/],
  ['ro', /[țșă]/],
];

/** What can be found where there are no others; in the rest each needs one of its own letters. */
const LETTERS_OF_ASCII: typeof LETTERS = [
  ['de', /[a-z](?:ung|keit|heit|lich)\b/],
  ['fr', /\b[ldjnc]'/],
];

/** The most frequent small words of each language, and those that a mail to a desk begins and ends with. */
const WORDS: Readonly<Record<string, string>> = {
  en: `the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an will my one all would
    there their what so up out if about who get which go me when make can like no just him know take into your some could them see other than
    then now only its over also back after use how our work well way even new want because any these give most us is are was were been has had
    did does am cannot can't don't doesn't isn't i'm i've it's please thanks thank hello hi dear regards best kind where why since again need
    needs help still without every each both between should must may more nobody anyone everyone someone something working works anymore
    yesterday today tomorrow tonight morning always`,
  de: `der die das und ist in den von zu mit sich des auf für nicht ein eine einen einem einer eines im dem als auch es an werden aus er hat dass sie
    nach wird bei um am sind noch wie über so zum war haben nur oder aber vor zur bis mehr durch man sein wurde wenn ich wir ihr uns mir mich mein
    meine meinem meinen meiner unser unsere dein kann können konnte soll muss müssen will wollen möchte würde hätte habe hatte bin dieser diese
    dieses kein keine keinen keiner schon seit hier dort wo was wer warum immer wieder jetzt heute gestern morgen bitte danke hallo guten tag
    grüße grüßen gruß liebe lieber sehr geehrte herr frau vielen dank gerne beim vom ins ab alle alles jemand niemand funktioniert geht kommt
    leider mal doch denn ob ohne gegen unter zwischen dann da damit`,
  fr: `le la les de des du un une et est à en que qui dans pour pas ne sur au aux avec ce cette ces il elle je nous vous ils on se sa son ses mon ma mes
    notre votre leur plus par mais ou où si comme tout tous toute être avoir fait été suis sont ont ai avez avons peut pouvez puis peux depuis
    bonjour merci cordialement bonsoir s'il plaît svp très bien aussi donc car sans encore même autre quand comment pourquoi quel quelle rien
    personne chez entre vers plusieurs besoin faire marche fonctionne y me impossible problème`,
  es: `el la los las de del un una y es en que para por con no se su sus lo le al como más pero o este esta estos estas ese esa yo nosotros usted ustedes
    mi mis nuestro nuestra me nos te ha he han hemos hay ser estar está están estoy son fue muy también ya todo todos toda cuando donde desde hasta
    sin sobre entre porque qué cómo quién puedo puede pueden podría necesito hola gracias saludos buenos días buenas tardes favor estimado ahora
    hoy ayer mañana nada nadie nuevo funciona tengo tiene cada otro`,
  pt: `o a os as de do da dos das um uma e é em no na nos nas que para por com não se seu sua ao à como mais mas ou este esta isso isto eu nós você vocês
    meu minha meus minhas nosso nossa me te foi ser estar está estão estou são tem têm tenho há muito também já todo todos toda quando onde desde
    até sem sobre entre porque qual quem posso pode podem poderia preciso olá obrigado obrigada cumprimentos bom dia boa tarde favor prezado agora
    hoje ontem amanhã nada ninguém novo funciona pelo pela num numa fazer ele ela consigo`,
  it: `il lo la i gli le di del della dei delle dello un uno una e è in che per con non si su al alla ai da dal dalla nel nella sono sei siamo ho hai ha
    abbiamo hanno come più ma o questo questa questi queste io noi voi mio mia miei nostro nostra mi ci ne essere avere stato anche già tutto tutti
    tutta quando dove senza sul sulla tra fra perché cosa chi posso può potete potrebbe vorrei buongiorno ciao grazie saluti cordiali salve
    gentile oggi ieri domani niente nessuno nuovo funziona ogni ancora dopo prima quello fare`,
  nl: `de het een en van ik te dat die in is niet zijn op aan met voor als er maar om hem dan zou of wat mijn men dit zo door over ze zich bij ook tot je
    mij uit der daar haar naar heb hoe heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden toch al waren veel meer doen toen moet
    ben zonder kan hun dus alles onder ja wij we ons onze kunt kunnen wordt graag bedankt dank hallo beste groeten vriendelijke goedemorgen
    vandaag gisteren morgen werkt sinds weer iemand niemand iedereen waarom`,
  pl: `i w na z do się nie że to jest o jak po co tak za od ale dla przez ten ta te mnie mi mój moja moje nasz nasza jestem są był była być może można już
    tylko czy oraz lub gdy kiedy gdzie dlaczego proszę dziękuję dzień dobry witam pozdrawiam mam ma mamy mogę może który która które tego tej tym
    ich jego jej bez przed pod nad również bardzo wszystko wszyscy nikt dziś wczoraj jutro działa od ze każdy prawo`,
  cs: `a v na se s z do je že to o jak po co tak za od ale pro při ten ta ty mně mi můj moje náš naše jsem jsou byl byla být může už jen zda nebo když kde
    proč prosím děkuji dobrý den zdravím mám má máme mohu který která které toho také bez před pod nad velmi všechno všichni nikdo dnes včera zítra
    funguje každý má ve své jeho`,
  sv: `och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år säger hon under också efter eller nu
    sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här då sedan över bara min mitt mina vår vårt mig oss du ni hej tack
    hälsningar vänliga vänligen god morgon idag igår imorgon fungerar ingen inget någon något hur varför varje`,
  da: `og i at det er en til af på for med den de som ikke der han et har var jeg fra om vi men sig havde kan så eller hvad skal skulle ved kunne være min
    mit mine vores os mig dig du hun når efter også blev ud nu over alle andre meget end her da bare hej tak hilsen venlig venlige god morgen i dag i
    går fungerer virker ingen intet nogen noget hvordan hvorfor hvor enhver siden`,
  nb: `og i å det er en til av på for med den de som ikke der han et har var jeg fra om vi men seg hadde kan så eller hva skal skulle ved kunne være min
    mitt mine vår vårt oss meg deg du hun når etter også ble ut nå over alle andre mye enn her da bare hei takk hilsen vennlig god morgen dag fungerer
    virker ingen intet noen noe hvordan hvorfor hvor enhver siden`,
  fi: `ja on ei että se oli hän en minä olen mutta kun niin kuin tai jos ovat mitä tämä voi sen myös vain nyt olla sitä mukaan joka jotka minun meidän
    meille minulla hei kiitos terveisin ystävällisin hyvää päivää huomenta tänään eilen huomenna toimi toimii kaikki kukaan mitään miten miksi missä
    jo vielä sekä hänen jokaisella`,
  hu: `a az és hogy nem is egy van ez azt meg ki de mint csak már még el vagy volt lehet kell minden mert ha én mi ön önök nekem nekünk jó napot köszönöm
    üdvözlettel kérem tisztelt szia helló ma tegnap holnap működik senki semmi hogyan miért hol vagyok tudok nincs valamint joga`,
  ro: `de și în la cu pe nu că din este o un se mai pentru care sunt ce sau ca fi am are au fost dar mi îmi meu mea noastră nostru eu noi vă rog mulțumesc
    bună ziua salut dimineața stimate azi ieri mâine funcționează nimeni nimic cum unde când fără toate orice prin către dreptul sa lui`,
  tr: `ve bir bu için ile da de ne çok daha gibi o ben biz siz benim bizim mi mı var yok değil olarak ama her sonra kadar en şey merhaba lütfen teşekkürler
    teşekkür ederim saygılarımla iyi günler bugün dün yarın çalışmıyor çalışıyor kimse hiç nasıl neden nerede olan veya ki hakkı`,
};

/** By word, the languages that have it. */
let smallWords: ReadonlyMap<string, readonly string[]> | null = null;

/** Put together when the first mail is read. */
function languagesOf(word: string): readonly string[] | undefined {
  smallWords ??= invert(WORDS);
  return smallWords.get(word);
}

let folded: ReadonlySet<string> | null = null;

/** One of those in any of the languages; `word` lower case and without accents. */
export function isSmallWord(word: string): boolean {
  smallWords ??= invert(WORDS);
  folded ??= new Set([...smallWords.keys()].map((each) => each.normalize('NFKD').replace(/\p{M}/gu, '')));
  return folded.has(word);
}

function invert(lists: typeof WORDS): Map<string, string[]> {
  const languages = new Map<string, string[]>();
  for (const [language, list] of Object.entries(lists))
    for (const word of new Set(list.split(/\s+/)))
      languages.set(word, [...(languages.get(word) ?? []), language]);
  return languages;
}
