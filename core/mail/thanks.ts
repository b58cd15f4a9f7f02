/**
 * Whether a reply says thank you and nothing else. Read from its beginning it must be made of phrases that are known,
 * one of them a thank-you, to its end: whatever else it says, in whatever language, it is no mere thanks.
 */

const THANKS = [
  // English
  'thanks|thank you|thank u|thx|tnx|ty|cheers|much appreciated|greatly appreciated|appreciate it|i appreciate it|appreciated|ta',
  'thanks a lot|thanks so much|thanks very much|thanks a million|thanks a bunch|many thanks|thank you so much|thank you very much|a big thank you|big thanks|thanks again|thank you again|thanks everyone|thanks all|thank you all|thanks guys|thanks team|thank you team',
  // German
  'danke|dankeschön|danke schön|danke sehr|danke euch|danke dir|danke ihnen|vielen dank|herzlichen dank|besten dank|tausend dank|lieben dank|merci|ich danke|ich danke ihnen|ich danke euch|ich danke dir|wir danken|wir danken ihnen|danke vielmals|vielen herzlichen dank|nochmals danke|nochmals vielen dank|danke nochmals|danke nochmal',
  // French
  'merci beaucoup|merci bien|mille mercis|un grand merci|merci infiniment|je vous remercie|je te remercie|merci encore|merci à vous|merci à tous|merci pour tout|encore merci|je vous remercie beaucoup',
  // Spanish
  'gracias|muchas gracias|mil gracias|muchísimas gracias|te lo agradezco|se lo agradezco|gracias de nuevo|gracias a todos|agradecido|agradecida|muy agradecido|muy agradecida|muchas gracias por todo|gracias por todo|le agradezco|te agradezco',
  // Portuguese
  'obrigado|obrigada|muito obrigado|muito obrigada|obrigadinho|grato|grata|agradeço|obrigado a todos|mais uma vez obrigado|mais uma vez obrigada|muito grato|muito grata|agradeço muito|obrigado por tudo|obrigada por tudo|valeu',
  // Japanese writes without blanks, and so each phrase may end anywhere
  'ありがとうございます|ありがとうございました|どうもありがとうございました|どうもありがとうございます|誠にありがとうございます|誠にありがとうございました|有難うございます|有難うございました|ありがとう|どうもありがとう|感謝いたします|感謝します|感謝申し上げます|助かりました|大変助かりました|お礼申し上げます|御礼申し上げます',
  // Italian
  'grazie|grazie mille|mille grazie|molte grazie|tante grazie|grazie tante|ti ringrazio|la ringrazio|vi ringrazio|grazie ancora|grazie infinite|grazie a tutti',
  // Dutch
  'bedankt|hartelijk bedankt|heel erg bedankt|dank je|dank je wel|dank u|dank u wel|dankjewel|dankuwel|hartelijk dank|veel dank|nogmaals bedankt|erg bedankt',
  // Danish, Norwegian, Swedish
  'tak|mange tak|tusind tak|takk|tusen takk|mange takk|takk skal du ha|tack|tack så mycket|tusen tack|stort tack|hjertelig tak',
  // Polish, Czech, Slovak, Finnish, Hungarian, Romanian, Turkish
  'dziękuję|dziękuje|dzięki|dziękuję bardzo|bardzo dziękuję|serdecznie dziękuję|wielkie dzięki|děkuji|děkuju|díky|děkuji mockrát|mockrát děkuji|ďakujem|kiitos|paljon kiitoksia|kiitos paljon|köszönöm|köszönöm szépen|mulțumesc|multumesc|mulțumesc mult|teşekkürler|teşekkür ederim|çok teşekkürler',
];

/** What people say beside their thanks and want nothing by: greetings, praise, that it works, how they sign. */
const COURTESIES = [
  'hi|hello|hey|dear|dear all|dear team|hi all|hi team|hello team|good morning|good afternoon|team|all|everyone|sir|madam',
  'for your help|for the help|for helping|for all your help|for your quick help|for the quick help|for your support|for the support|for your quick response|for the quick response|for your quick reply|for the quick reply|for the fast reply|for the fast help|for your time|for your reply|for the update|for the info|for the information|for letting me know|for fixing it|for fixing this|for sorting this out|for sorting it out|for everything',
  'it works|it works now|it works again|it works fine|it works fine now|it works perfectly|it works great|works now|works again|works fine|works great|works perfectly|working now|working again|it is working now|it is working again|it s working now|it s working again|it s working|it is working|that worked|that works|this worked|this works|it worked|that did it|that did the trick|that helped|that solved it|that fixed it|this solved it|this fixed it|problem solved|issue solved|problem fixed|issue resolved|problem resolved|solved|fixed|it is fixed|it s fixed|it is fixed now|it s fixed now|resolved|all good|all good now|all is good|all is well|all is well now|everything works|everything works now|everything works again|everything is fine|everything is fine now|all fine|all set|done',
  'great|perfect|perfectly|excellent|awesome|wonderful|brilliant|fantastic|super|lovely|nice|very nice|good|very good|great job|great work|good job|well done|great help|great service|very helpful|very kind|very kind of you|that was quick|that was fast|so quick|so fast|you are the best|you re the best|you rock|much better|ok|okay|got it|and|so much|a lot|very much|again|indeed',
  'best|regards|best regards|kind regards|warm regards|many regards|best wishes|all the best|sincerely|have a nice day|have a good day|have a great day|have a nice weekend|have a good weekend|have a great weekend|yours|sent from my iphone|sent from my ipad',
  'hallo|herr|frau|guten tag|guten morgen|liebe|lieber|liebes team|hallo zusammen|zusammen|servus|moin|grüß gott',
  'für ihre hilfe|für die hilfe|für deine hilfe|für eure hilfe|für ihre schnelle hilfe|für die schnelle hilfe|für die prompte hilfe|für die rasche hilfe|für ihre unterstützung|für die unterstützung|für die schnelle antwort|für ihre antwort|für die antwort|für die rückmeldung|für die schnelle rückmeldung|für die info|für die information|für die mühe|für ihre mühe|für die schnelle lösung|für alles',
  'es funktioniert|es funktioniert wieder|es funktioniert jetzt|es funktioniert jetzt wieder|funktioniert|funktioniert wieder|funktioniert jetzt|funktioniert jetzt wieder|jetzt funktioniert es|jetzt funktioniert alles|jetzt funktioniert es wieder|es geht|es geht wieder|es geht jetzt|es geht jetzt wieder|geht wieder|geht jetzt|geht jetzt wieder|jetzt geht es|jetzt geht es wieder|jetzt geht s|jetzt geht s wieder|alles gut|alles bestens|alles klar|alles funktioniert|alles funktioniert wieder|alles geht wieder|hat geklappt|das hat geklappt|hat funktioniert|das hat funktioniert|das hat geholfen|das war es|das war s|passt|passt alles|alles in ordnung|ist gelöst|ist erledigt|erledigt|gelöst|behoben',
  'perfekt|prima|wunderbar|klasse|spitze|großartig|top|sehr gut|gut|sehr nett|toll|das ging schnell|das war schnell|ging ja schnell|und|sehr|noch einmal|nochmals',
  'grüße|viele grüße|liebe grüße|beste grüße|freundliche grüße|mit freundlichen grüßen|mit freundlichem gruß|mit besten grüßen|mit lieben grüßen|herzliche grüße|schöne grüße|gruß|lg|vg|mfg|schönen tag|schönen tag noch|einen schönen tag|einen schönen tag noch|schönes wochenende|ein schönes wochenende|schönen feierabend|von meinem iphone gesendet',
  'bonjour|bonsoir|salut|pour votre aide|pour ton aide|pour l aide|pour votre réponse|pour votre réponse rapide|pour votre retour|pour votre rapidité|ça marche|ça marche maintenant|ça fonctionne|ça fonctionne maintenant|cela fonctionne|cela fonctionne maintenant|tout fonctionne|tout est bon|c est bon|c est parfait|parfait|super|génial|très bien|bonne journée|bonne soirée|bon week end|bien à vous|cordialement|bien cordialement|et',
  'hola|buenos días|buenas tardes|por su ayuda|por tu ayuda|por la ayuda|por la respuesta|por la rápida respuesta|por su respuesta|ya funciona|funciona|funciona bien|ahora funciona|todo funciona|todo bien|perfecto|excelente|genial|muy bien|muy amable|saludos|un saludo|un cordial saludo|saludos cordiales|buen día|que tenga un buen día|y',
  'olá|bom dia|boa tarde|pela ajuda|pela sua ajuda|pela resposta|pela rápida resposta|já funciona|agora funciona|está funcionando|tudo certo|tudo bem|tudo ok|perfeito|ótimo|excelente|abraço|abraços|atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|e',
  'ciao|buongiorno|buonasera|per l aiuto|per il suo aiuto|per il tuo aiuto|per la risposta|per la rapida risposta|per il supporto|ora funziona|adesso funziona|funziona|tutto funziona|tutto bene|tutto ok|tutto a posto|perfetto|ottimo|benissimo|molto gentile|saluti|cordiali saluti|un saluto|buona giornata|buon weekend|buon lavoro',
  'goedemorgen|goedemiddag|voor je hulp|voor uw hulp|voor de hulp|voor de snelle hulp|voor de snelle reactie|voor je reactie|voor uw reactie|het werkt|het werkt weer|het werkt nu|werkt weer|werkt nu|alles werkt|alles werkt weer|opgelost|helemaal goed|prima|perfect|top|super|fijn|mooi|groet|groeten|groetjes|met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|fijne dag|fijn weekend|en',
  'hej|hei|for hjælpen|for hjelpen|för hjälpen|det virker|det virker nu|det fungerer|det fungerer nå|det fungerar|det fungerar nu|perfekt|fint|bra|hilsen|venlig hilsen|med venlig hilsen|mvh|hälsningar|med vänliga hälsningar|vennlig hilsen|ha en bra dag|og|och',
  'dzień dobry|za pomoc|działa|już działa|wszystko działa|super|świetnie|pozdrawiam|pozdrowienia|miłego dnia|za pomoc|dobrý den|za pomoc|funguje|už funguje|s pozdravem|hezký den|toimii|nyt toimii|terveisin|a',
  'お世話になっております|お世話になります|お疲れさまです|お疲れ様です|こんにちは|おはようございます|早速のご対応|早速の対応|迅速なご対応|迅速な対応|ご対応いただき|対応いただき|ご対応|ご連絡|ご回答|ご返信|ご確認|ご支援|ご協力|早速|大変|本当に|誠に|いただき|をいただき|くださり|を|に|の|と|解決しました|解決いたしました|無事解決しました|直りました|無事|使えるようになりました|動くようになりました|印刷できました|ログインできました|接続できました|問題ありません|問題ございません|大丈夫です|確認しました|確認できました|確認いたしました|承知しました|承知いたしました|了解しました|了解です|完璧です|素晴らしいです|よろしくお願いします|よろしくお願いいたします|宜しくお願いいたします|宜しくお願いします|今後ともよろしくお願いいたします|また何かありましたらよろしくお願いします|様|さん|失礼いたします|以上です',
  '👍|🙏|😊|🙂|😀|😃|😄|😁|☺|🎉|👌|✅|💯|❤|🤗|🥳|👏',
];

const KANA_OR_HAN = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー]';
const UNSPACED = new RegExp(`^${KANA_OR_HAN}+$`, 'u');
/** Made when the first short reply comes: to read the lists takes longer than to read a mail. */
let known: { thanking: RegExp; courteous: RegExp } | null = null;
/** Nobody says so much who only says thanks. */
const LONGEST = 300;

/** `names` are those of who writes and of who is thanked. */
export function isOnlyThanks(text: string, names: readonly string[]): boolean {
  if (text.length > LONGEST || /[?？¿\p{N}]|[:;=]['’]?-?[([{/\\|]/u.test(text)) return false;
  const words = normalized(text);
  known ??= { thanking: alternatives(THANKS), courteous: alternatives(COURTESIES) };
  const { thanking, courteous } = known;
  const people = new Set(names.flatMap((name) => normalized(name).split(' ')));
  let thanked = false;
  for (let rest = words; rest !== ''; ) {
    const thanks = thanking.exec(rest)?.[0] ?? '';
    const courtesy = courteous.exec(rest)?.[0] ?? '';
    const word = /^\S+/.exec(rest)?.[0] ?? '';
    const name = people.has(word) ? word : ([...people].find((each) => isUnspaced(each, rest)) ?? '');
    const found = [thanks, courtesy, name].reduce((a, b) => (b.length > a.length ? b : a));
    if (found === '') return false;
    thanked ||= found === thanks;
    rest = rest.slice(found.length).trimStart();
  }
  return thanked;
}

/** 佐藤様: the name of somebody whose script has no blanks. */
function isUnspaced(name: string, rest: string): boolean {
  return rest.startsWith(name) && UNSPACED.test(name);
}

/** The longest first, each up to the end of a word; between words that are written without blanks one may end anywhere. */
function alternatives(lists: readonly string[]): RegExp {
  const phrases = [...new Set(lists.flatMap((list) => list.split('|')).map(normalized))];
  phrases.sort((a, b) => b.length - a.length);
  return new RegExp(`^(?:${phrases.join('|')})(?:(?=\\s|$)|(?<=${KANA_OR_HAN})(?=${KANA_OR_HAN}))`, 'u');
}

/** Words with a blank between them. Signs between words mean nothing here; the pictures that are left do. */
function normalized(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, '')
    .replace(/(\p{Extended_Pictographic})/gu, ' $1 ')
    .replace(/[\p{P}\p{S}\s]/gu, (sign) => (/\p{Extended_Pictographic}/u.test(sign) ? sign : ' '))
    .replace(/ +/g, ' ')
    .trim();
}
