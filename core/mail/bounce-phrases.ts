/** The words of reports that follow no standard: one entry for each way in which servers put it. */

/** Subjects that reports of a failed, late or done delivery have. */
export const UNDELIVERED_SUBJECTS: readonly { pattern: RegExp; what: 'failed' | 'delayed' | 'delivered' }[] =
  [
    {
      pattern: /\b(delay(ed)?|still being retried|warning: (could not|message)|transient failure)\b/i,
      what: 'delayed',
    },
    { pattern: /delivery status notification ?[:(] ?(delay|warning)/i, what: 'delayed' },
    {
      pattern:
        /\b(un-?deliver(able|ed)|non-?deliver(y|able)|not deliver(ed|able)|(could|can)(not| not) be delivered|un-?zustellbar)\b/i,
      what: 'failed',
    },
    {
      pattern: /\b(returned (e-?)?mail|mail (returned|failed)|return(ing|ed)?( message)? to sender)\b/i,
      what: 'failed',
    },
    {
      pattern:
        /\b(deliver(y|ing)? (has )?(fail(ed|ure)?|error|problem|report)|(fail(ed|ure)|error|problem)s? (in |with |of |sending |delivering )?(deliver(y|ing)?|mail|message|notice)|mail(er)? (delivery )?(system|subsystem)? ?(error|fail(ed|ure)))\b/i,
      what: 'failed',
    },
    {
      pattern: /\b(delivery status notification|message status|delivery notification|delivery report)\b/i,
      what: 'failed',
    },
    {
      pattern:
        /\b(failure notice|bounce notification|email bounce|email rejected|message rejected|rejected mail|mail rejection|user unknown|recipient unknown|message not delivered|not a member|are not member)\b/i,
      what: 'failed',
    },
    {
      pattern: /unzustellbar|nicht zugestellt|zustell(ung|fehler)|rückläufer|nicht zustellbar/i,
      what: 'failed',
    },
    {
      pattern:
        /non remis|échec de (la )?(remise|livraison)|échec d[e’']|message non distribu|avis de non[- ]remise|non[- ]?délivr/i,
      what: 'failed',
    },
    {
      pattern:
        /no (se ha podido )?entregad[oa]|error de entrega|no se puede entregar|fallo (en|de) la entrega|notificación de estado de entrega/i,
      what: 'failed',
    },
    { pattern: /não (foi )?entregue|falha (na|de) entrega|não pode ser entregue/i, what: 'failed' },
    {
      pattern:
        /mancat[oa] (consegna|recapito)|non recapita(t|bil)|recapito non riuscito|impossibile (consegnare|recapitare)|errore di (consegna|recapito)/i,
      what: 'failed',
    },
    {
      pattern:
        /onbestelbaar|niet (worden )?(bezorgd|afgeleverd)|kan niet worden bezorgd|bezorging.{0,60}mislukt/i,
      what: 'failed',
    },
    {
      pattern:
        /olevererbar|gick inte att leverera|kunne ikke leveres|kan ikke leveres|toimitus epäonnistui|ei voitu toimittaa/i,
      what: 'failed',
    },
    {
      pattern:
        /niedostarcz|nie (można|udało się) dostarczyć|nedoručiteln|nelze doručit|kézbesíthetetlen|kézbesítés sikertelen/i,
      what: 'failed',
    },
    {
      pattern:
        /не доставлено|недоставлен|не удалось доставить|не может быть доставлено|ошибка доставки|недоступно для доставки|не доставлен[оа]?|недоставка/i,
      what: 'failed',
    },
    { pattern: /teslim edilemedi|iletilemedi|gönderilemedi/i, what: 'failed' },
    {
      pattern:
        /配信(不能|エラー|失敗)|送信(エラー|失敗)|戻り|宛先不明|退信|退件|无法投递|無法傳遞|投递失败|系统退信|无法送达|传递失败|未传递|전송 실패|배달되지 않음|배달 실패|반송/i,
      what: 'failed',
    },
  ];

/** Sentences that only reports write. */
const UNDELIVERABLE: readonly RegExp[] = [
  /\b(could|can|was|were|has|have)( ?not|n't)( yet)? (be |been )?(successfully )?(deliver(ed)?|reach|sent|able to deliver)\b/i,
  /\b(unable|not able|wasn't able|was not able|failed|impossible) to (be )?(deliver|send|reach|relay|route)(ed)?\b/i,
  /\b(undeliver(able|ed)|delivery (to the following|of (this|your|the) (message|mail|e-?mail)|has failed|failed|attempt|notification)|failed (recipient|address|delivery)|returned (mail|message|to sender)|permanent (fatal )?error|fatal errors)\b/i,
  /\b(user|recipient|account|mailbox|address(ee)?|host|domain|e-?mail account) ?([\w.@<>"'-]{0,80} ){0,4}(is |was |has been |does |could |not |in)*(unknown|invalid|not (found|listed|valid|known|exist|available)|unavailable|disabled|full|over ?quota|exceeded)\b/i,
  /\b(no such (user|person|recipient|address|mailbox)|unknown (user|recipient|address|local)|mailbox (full|unavailable|not found|disabled)|quota exceeded|over quota|not a member|not members? of)\b/i,
  /\berror (has )?occurred while (attempting|trying) to deliver\b/i,
  /\b(message|mail|e-?mail) (was |has been |is )?(rejected|refused|blocked|bounced|returned|not delivered|undeliverable)\b/i,
  /\b(rejected (your|the|this) (message|mail)|said: ?5\d\d|responded: ?5\d\d|remote (host|server) (said|replied|returned)|smtp error from remote|retry time(out)? exceeded|giving up)\b/i,
  /nicht zugestellt|unzustellbar|konnte nicht (zugestellt|übermittelt)|existiert nicht|unbekannter empfänger/i,
  /n['’]a pas pu être (remis|distribué|délivré|acheminé)|non remis|boîte (aux lettres )?pleine/i,
  /no (se )?(ha )?(podido|pudo) (ser )?entrega|não (foi possível|pôde ser) entreg|non (è stato possibile|può essere) (consegnat|recapitat)|impossibile consegnare/i,
  /не (был[оа]? )?доставлен|не может быть доставлен|не удалось доставить|недоступен|не существует/i,
  /配信(できません|不能|に失敗)|送信できません|届けられません|お届けできません|宛先.{0,20}(見つかりません|存在しません|不明)|无法(投递|送达|发送到)|無法(傳遞|送達)|被退回|用户不存在|전송에 실패|전송하지 못|배달할 수 없/,
  /bezorging.{0,60}mislukt|kon niet worden (bezorgd|afgeleverd)|nie (można|udało się) (było )?dostarczyć|teslim edilemedi|iletilemedi|recapito non riuscito|falha na entrega|error de entrega|kunde inte levereras|kunne ikke leveres|toimitus epäonnistui|doručení.{0,40}se nezdařilo|nelze doručit|kézbesítés.{0,40}sikertelen|не вдалося доставити/i,
];

export function isUndeliverablePhrase(words: string): boolean {
  const head = words.slice(0, 16_384);
  return UNDELIVERABLE.some((phrase) => phrase.test(head));
}

/** Lines behind which the returned mail stands. */
export const RETURNED_MAIL = new RegExp(
  [
    String.raw`^[ \t>]*-{2,}.{0,12}(?:below this line is a copy|this is a copy of|the (?:body|header|headers) of the|original message|returned (?:message|mail)|message header|copy of (?:the )?(?:original )?message|undelivered message|unsent message|forwarded message|message (?:text )?follows|the original message|begin of|start of).*$`,
    String.raw`^[ \t>]*(?:received|return-path|delivered-to|x-originating-ip|mime-version|dkim-signature)[ \t]*:.*$`,
    String.raw`^[ \t]*(?:your (?:original )?message follows|original message (?:follows|headers?)|the original message (?:was|is|headers?)|message headers? follow|unsent message follows|undelivered message follows|ursprüngliche nachricht|copy of original message).*$`,
  ].join('|'),
  'im',
);

/** The address or its domain does not exist, or has moved. */
export const LASTING: readonly RegExp[] = [
  // Exchange Online refuses unknown recipients at its edge with these words and no others.
  /\b5\.4\.1\b.{0,400}recipient address rejected: access denied/is,
  /\binvalid (final delivery )?user ?id\b|\bno smtp service\b|\b(host|domain)(\/domain)?( \S{1,80})? does(n't| not) accept (e-?mail|mail)\b/i,
  /\bmx records? points? to (a )?non-?existent host|\buser not local\b|\brecipient no longer on (this )?server\b/i,
  // RFC 5321 4.2.3 has these words for a mailbox that is not there, and the large webmail hosts mean it.
  /\b550\b.{0,20}requested (mail )?action not taken: (?:mailbox (?:unavailable|not found)|no such user)/is,
  /\b(user|recipient|account|mailbox|address(ee)?|name|local[- ]?part|rcpt|alias|e-?mail)( address)?( account)?:?( [\w.+@<>"'()=-]{1,100}){0,3}?[ ,:]*(is |was |are |has |does |do |could |can ?|has been )*(not|n't|in|un|no longer|non)[- ]?(be )?(known|found|listed|valid|exist(s|ent|ing)?|recogni[sz]ed|our customer|registered|a (valid|known|local) (user|recipient|mailbox|address)|on (this|our) (system|server|host)|here)\b/i,
  /\b(unknown|invalid|bad|nonexist[ae]nt|non-exist[ae]nt|no such|not a valid|not a known|unrouteable|unroutable|illegal|undefined|unrecogni[sz]ed)( or [\w-]+)?( [\w-]+)?[ -](user|recipients?|account|mailbox|address(es)?|name|local[- ]?part|rcpt|alias|person|member|email|customer|id)\b/i,
  /\b(no|isn't any|not any) (mailbox|account|user|such|recipient|one)( [\w-]+)? (here|by that name|with that name|found|exists?|named|is registered|person|user)\b/i,
  /\b(doesn'?t|does not|didn'?t|did not|do not) (have an? (\S+ )?account|exist|have a mailbox|match any|have a yahoo|have an? (\w+\.?\w* )?(account|mailbox))\b/i,
  /\b(user|mailbox|account|address|recipient)( \S{1,80})? (unknown|doesn'?t exist|not exist|no longer (exists?|valid|active|available|works|in use)|has (been )?(moved|left|gone)|is not a (user|valid))\b/i,
  /\bunknown (host|domain|mailhost|destination)|\b(host|domain|name service)( name)?( \S{1,80})? ?(is |was |could |does |can)?( ?not|n't)? ?(be )?(unknown|not found|not exist|doesn'?t exist|non-?exist|lookup failure|resolve[d]?|invalid)\b/i,
  /\b(host|domain) (not found|unknown|does not exist)|\bnxdomain\b|\bdomain name not found\b|couldn'?t find any host|no such (host|domain)|name or service not known|\bcan(no|')t find (the )?(host|domain)|bad (host|domain|destination)|dns error: .{0,80}(not found|no such)|unable to (route|look ?up|resolve|find) (to )?(the )?(host|domain|address|mx|dns)|illegal host\/domain|invalid (host|domain)|(domain|host) .{0,60}(has )?no (mx|mail exchanger|a record)|null ?mx/i,
  /\b(has )?(moved|relocated) to|new address is|user has moved|address has changed|(no longer|not) (works? (here|for|at)|employed|with (us|the company|this))\b/i,
  /unbekannt(er)? (empfänger|benutzer|adresse|user)|(empfänger|benutzer|postfach|adresse).{0,60}(existiert nicht|unbekannt|(nicht|n[’']t) gefunden|ungültig)/i,
  /(utilisateur|destinataire|adresse|compte).{0,60}(inconnue?|n['’]existe (pas|plus)|introuvable|invalide|pas été trouvée?)|adresse d au moins un destinataire invalide/i,
  /(usuario|destinatario|cuenta|buzón|dirección).{0,60}(desconocid|no existe|inexistente|no encontrad|inválid)|no se (encontró|ha encontrado|pudo encontrar) (la dirección|el (usuario|destinatario|buzón))/i,
  /(usuário|utilizador|destinatário|conta|endereço).{0,60}(desconhecid|não existe|inexistente|não (foi )?(encontrad|possível encontrar)|inválid)/i,
  /(utente|destinatario|casella|indirizzo).{0,60}(sconosciut|non esiste|inesistente|non valid|non (è stat[oa] )?trovat)/i,
  /(e-?mailadres|adres|geadresseerde|gebruiker|postvak).{0,60}(niet gevonden|bestaat niet|onbekend|ongeldig)/i,
  /(nie (znaleziono|istnieje)).{0,40}(adres|użytkownik|skrzynk)|(adres|użytkownik|skrzynk).{0,40}(nie istnieje|nieznan|nie został[ao]? znalezion|nieprawidłow)/i,
  /(adres[ai]?|schránk|uživatel|příjemc).{0,40}(neexistuje|nebyl[ao]? nalezen|neznám)|(cím|felhasználó|postafiók|címzett).{0,40}(nem (található|létezik)|ismeretlen)/i,
  /(adress|mottagare|konto|modtager|mottaker|bruger|bruker|postkasse|brevlåda).{0,60}(hittades inte|hittas inte|finns inte|blev ikke fundet|findes ikke|kunne ikke findes|ble ikke funnet|finnes ikke|okän[dt]|ukendt|ukjent)/i,
  /(osoite|vastaanottaja|käyttäjä).{0,60}(ei (löydy|löytynyt|ole olemassa)|tuntematon)/i,
  /(adresi|kullanıcı|alıcı|posta kutusu).{0,60}(bulunamadı|mevcut değil|geçersiz|bilinmiyor)/i,
  /(пользовател|адресат|получател|ящик|адрес).{0,60}(не (существует|найден|зарегистрирован)|неизвест)|нет такого|такого (пользователя|адреса|ящика)/i,
  /(користувач|одержувач|адрес|скриньк).{0,60}(не (існує|знайден)|невідом)/i,
  /(ユーザ|宛先|アドレス|受信者).{0,30}(不明|存在しません|見つかりません|見つかりませんでした|ありません|存在しない)|(用户|收件人|邮箱|地址|使用者|收件者|信箱).{0,60}(不存在|未找到|找不到|无效|無效)|존재하지 않는 (사용자|메일|주소|계정)|(사용자|수신자|주소|계정).{0,30}(존재하지 않|찾을 수 없|없습니다)/,
];

/** It may work another day, or for another mail: full, refused by policy or content, unreachable. */
export const PASSING: readonly RegExp[] = [
  // What is wrong is the sender, not the recipient.
  /\bafter mail from\b|\bsender (address |domain )?(\S{1,80} )?(rejected|not|invalid|unknown|does|is|verif)|\bfrom:\s+domain is invalid|my name was rejected|malformed or unexpected name server reply/i,
  /\b(over ?quota|quota|mailbox( \S{1,80})?( is|has)?( currently| now)? full|(mailbox|inbox|disk|account|storage|user).{0,40}(full|exceed|limit|too large)|full mailbox|insufficient (system )?(storage|space|disk)|not enough (storage|space|disk|room)|space exceeded|too much mail|no space left|mailbox size)\b/i,
  /\b(too (large|big|long)|message size|size limit|exceeds? (the )?(max|size|limit)|maximum (message )?size|over the limit)\b/i,
  /\b(spam(my)?|spamhaus|spamcop|rbl|dnsbl|blacklist(ed)?|block ?list(ed)?|blocked|listed (at|in|by|on)|reputation|junk|unsolicited|bulk|content (rejected|filter)|virus|malware|phish|policy|policies|prohibited|not allowed|not permitted|permission|denied|unauthori[sz]ed|authenticat|dmarc|dkim|spf|sender (address|verify|domain|rejected)|relay(ing)?( access)?( denied| not)|reverse (dns|lookup)|ptr|rdns|restricted|administrative(ly)?|banned|refused (by|to|due|because)|rejected (by|due|because|for)|prohibit|closed|moderat|not a member|member[s]? only|subscribe)\b/i,
  /\b(timed? ?out|time-?out|connection (refused|reset|lost|dropped|failed|timed|died|closed)|could(n'?t| not) (connect|contact|establish)|no route to host|network (is )?(unreachable|error)|host (is )?(down|unreachable)|temporar(y|ily)|try again|retry|deferred|expired|too (many|long)|greylist|grey-?listed|service (unavailable|not available)|system (error|problem|resources)|loop|too many hops|hop count|tls|starttls|certificate|delayed|undeliverable for|has been in the queue|giving up|unreachable)\b/i,
  /\b(disabled|suspended|inactive|deactivated|not active|on hold|frozen|locked|discontinued|temporarily|dormant)\b/i,
  /\b(command|i\/o|internal|local|configuration|program|pipe|syntax|protocol) (error|failed|failure|died|output)|mail(er)? error|mailer "?\w+"?|procmail|exit (code|status)|unknown mailer error|child (status|process)|input\/output|not rfc|rfc ?[25]\d\d\d|bare (lf|line)|header|charset\b/i,
  /postfach (ist )?(voll|überfüllt)|speicher(platz)?|boîte.{0,20}pleine|quota|buzón.{0,20}lleno|caixa.{0,20}cheia|casella.{0,20}piena|переполнен|容量|いっぱい|満杯|已满|超过/i,
];
