import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../core/mail/charset.ts';
import { guessCharset } from '../../core/mail/charset-guess.ts';
import { parseEmail } from '../../core/mail/parse.ts';

/** Charsets, and what people write in them: subjects of a few letters, and a mail. */
const WRITTEN: Readonly<Record<string, [charsets: string, texts: string[]]>> = {
  de: [
    'windows-1252 iso-8859-15',
    [
      'Drucker im Büro geht nicht',
      'Zugang für Müller gesperrt',
      'Guten Tag, seit gestern läßt sich der Drucker im dritten Stock nicht mehr ansprechen. Können Sie bitte prüfen, ob das Gerät überhaupt noch am Netz hängt? Viele Grüße, Jörg Schröder',
    ],
  ],
  fr: [
    'windows-1252 iso-8859-15',
    [
      "Problème d'accès réseau",
      'Mot de passe oublié',
      "Bonjour, depuis hier je n'arrive plus à me connecter à la messagerie. J'ai déjà redémarré l'ordinateur, sans succès. Pourriez-vous vérifier si mon compte a été désactivé ? Merci d'avance, Hélène",
    ],
  ],
  es: [
    'windows-1252',
    [
      'Contraseña caducada',
      'CONTRASEÑA CADUCADA',
      'No funciona la conexión',
      'Buenos días, desde ayer no puedo acceder al correo electrónico. La aplicación muestra un mensaje de error y no sé qué hacer. ¿Podrían ayudarme, por favor? Muchas gracias, José Muñoz',
    ],
  ],
  pt: [
    'windows-1252',
    [
      'Impressora não funciona',
      'Não consigo aceder à rede',
      'Bom dia, não consigo imprimir desde ontem. A impressão fica parada na fila e aparece uma mensagem de erro. Já reiniciei o computador. Obrigado pela atenção, João Gonçalves',
    ],
  ],
  sv: [
    'windows-1252',
    [
      'Skrivaren är trasig',
      'Lösenordet fungerar inte längre',
      'Hej! Jag kan inte logga in på nätverket sedan i går. Jag har försökt starta om datorn, men det hjälper inte. Kan ni hjälpa mig så snart som möjligt? Hälsningar Åsa Öberg',
    ],
  ],
  da: [
    'windows-1252',
    [
      'Printeren på kontoret',
      'Adgang nægtet for Søren',
      'Hej, jeg kan ikke få adgang til systemet. Der står, at min konto er spærret. Kan I låse den op igen? Med venlig hilsen Jørgen',
    ],
  ],
  fi: [
    'windows-1252',
    [
      'Tulostin ei toimi enää',
      'Salasana väärin',
      'Hyvää päivää, en pääse kirjautumaan sähköpostiin. Järjestelmä ilmoittaa, että tunnus on lukittu. Voisitteko auttaa? Ystävällisin terveisin Päivi',
    ],
  ],
  it: [
    'windows-1252',
    [
      'La stampante non è più raggiungibile',
      'Perché non funziona?',
      'Buongiorno, da ieri la stampante non è più raggiungibile. Così non possiamo lavorare. È possibile mandare qualcuno già oggi? Grazie e cordiali saluti, Niccolò',
    ],
  ],
  pl: [
    'windows-1250 iso-8859-2',
    [
      'Drukarka nie działa',
      'Błąd logowania do systemu',
      'Dzień dobry, od wczoraj nie mogę się zalogować do poczty. System wyświetla błąd i prosi o zmianę hasła, ale nowe hasło też nie działa. Proszę o pomoc. Pozdrawiam, Łukasz Wiśniewski',
    ],
  ],
  cs: [
    'windows-1250 iso-8859-2',
    [
      'Tiskárna nefunguje',
      'Nemůžu se přihlásit',
      'Dobrý den, od včerejška se nemohu přihlásit k poště. Systém hlásí chybu a žádá změnu hesla, ale ani nové heslo nefunguje. Prosím o pomoc, děkuji. Jiří Dvořák',
    ],
  ],
  hu: [
    'windows-1250 iso-8859-2',
    [
      'Nem működik a nyomtató',
      'LEJÁRT A JELSZÓ',
      'Lejárt a jelszó, segítséget kérek',
      'Jó napot kívánok! Tegnap óta nem tudok bejelentkezni a levelezésbe. A rendszer hibát jelez, és új jelszót kér, de az sem működik. Kérem, segítsenek! Üdvözlettel, Kovács Győző',
    ],
  ],
  ru: [
    'windows-1251 koi8-r iso-8859-5',
    [
      'Не работает принтер',
      'Доступ к почте',
      'Добрый день! Со вчерашнего дня не могу войти в почту. Система пишет, что учётная запись заблокирована. Помогите, пожалуйста, разобраться. С уважением, Иван Петров',
    ],
  ],
  uk: [
    'windows-1251 koi8-u',
    [
      'Не працює принтер',
      'Немає доступу до пошти',
      'Добрий день! З учорашнього дня не можу увійти до пошти. Система повідомляє, що обліковий запис заблоковано. Допоможіть, будь ласка. З повагою, Олексій Їжак',
    ],
  ],
  bg: [
    'windows-1251',
    [
      'Принтерът не работи',
      'Здравейте, от вчера не мога да вляза в пощата. Системата казва, че профилът ми е заключен. Моля за помощ. Поздрави, Георги',
    ],
  ],
  el: [
    'windows-1253 iso-8859-7',
    [
      'Ο εκτυπωτής δεν λειτουργεί',
      'Έχω κλειδωθεί έξω',
      'Καλημέρα σας, από χθες δεν μπορώ να συνδεθώ στο ηλεκτρονικό ταχυδρομείο. Το σύστημα λέει ότι ο λογαριασμός έχει κλειδωθεί. Σας παρακαλώ για τη βοήθειά σας. Γιώργος',
    ],
  ],
  tr: [
    'windows-1254 iso-8859-9',
    [
      'Yazıcı çalışmıyor',
      'Şifremi unuttum',
      'Merhaba, dünden beri e-postama giriş yapamıyorum. Sistem hesabımın kilitlendiğini söylüyor. Yardımcı olabilir misiniz? Teşekkürler, Ayşe Yılmaz',
    ],
  ],
  he: [
    'windows-1255 iso-8859-8',
    [
      'המדפסת לא עובדת',
      'שלום, מאתמול אני לא מצליח להיכנס לדואר האלקטרוני. המערכת אומרת שהחשבון שלי נעול. אשמח לעזרה. תודה רבה, דוד',
    ],
  ],
  ar: [
    'windows-1256',
    [
      'الطابعة لا تعمل',
      'مرحبا، منذ أمس لا أستطيع الدخول إلى البريد الإلكتروني. النظام يقول إن الحساب مغلق. أرجو المساعدة. شكرا جزيلا، أحمد',
    ],
  ],
  lt: [
    'windows-1257',
    [
      'Neveikia spausdintuvas, prašau padėti',
      'Laba diena, nuo vakar negaliu prisijungti prie el. pašto. Sistema rašo, kad paskyra užrakinta. Prašau padėti. Ačiū, Žydrūnas Šimkus',
    ],
  ],
  lv: [
    'windows-1257',
    [
      'Printeris nedarbojas jau divas dienas, lūdzu palīdzību',
      'Labdien, kopš vakardienas nevaru pieslēgties pastam. Sistēma raksta, ka konts ir bloķēts. Lūdzu palīdzēt. Paldies, Jānis Bērziņš',
    ],
  ],
  th: [
    'windows-874',
    ['เครื่องพิมพ์ไม่ทำงาน', 'สวัสดีครับ ตั้งแต่เมื่อวานผมเข้าอีเมลไม่ได้ ระบบแจ้งว่าบัญชีถูกล็อก กรุณาช่วยตรวจสอบด้วยครับ ขอบคุณครับ'],
  ],
  ja: [
    'shift_jis euc-jp',
    [
      'プリンタの故障について',
      'ログインできません',
      'お世話になっております。昨日からメールにログインできません。パスワードを変更しても同じエラーが表示されます。ご確認のほど、よろしくお願いいたします。田中',
    ],
  ],
  zh: [
    'gbk',
    [
      '打印机坏了',
      '无法登录邮箱',
      '您好，从昨天开始我无法登录公司的邮箱系统，提示账号已经被锁定。请帮忙检查一下，谢谢！王小明',
    ],
  ],
  zht: [
    'big5',
    [
      '印表機壞了',
      '無法登入信箱',
      '您好，從昨天開始我無法登入公司的郵件系統，畫面顯示帳號已經被鎖定。請幫忙檢查一下，謝謝！陳小明',
    ],
  ],
  ko: [
    'euc-kr',
    [
      '프린터 고장',
      '메일에 로그인할 수 없습니다',
      '안녕하세요. 어제부터 회사 메일에 로그인할 수 없습니다. 계정이 잠겨 있다는 메시지가 나옵니다. 확인해 주시면 감사하겠습니다. 김철수 드림',
    ],
  ],
};

const CASES = Object.entries(WRITTEN).flatMap(([language, [charsets, texts]]) =>
  charsets.split(' ').flatMap((charset) => texts.map((text) => [language, charset, text] as const)),
);

describe('text that names no charset is read in the one in which it is language', () => {
  test.each(CASES)('%s in %s: %s', (_, charset, text) => {
    expect(decodeText(iconv.encode(text, charset), null)).toBe(text);
  });

  test('a header in one charset is read as a whole, so that a short name is read like the rest', async () => {
    const head = iconv.encode(
      'From: Юля <ada@example.org>\nSubject: Со вчерашнего дня не работает принтер\n\n',
      'koi8-r',
    );
    const email = await parseEmail(head);
    expect([email.from?.name, email.subject]).toEqual(['Юля', 'Со вчерашнего дня не работает принтер']);
  });

  test('octets that are no language are taken for what is most common', () => {
    expect(guessCharset(Buffer.from([0x80, 0x41, 0xfe, 0x42, 0xa4]))).toBeNull();
    expect(decodeText(Buffer.from('f1000000', 'hex'), null)).toContain('ñ');
  });
});

describe('a charset that is named wrongly', () => {
  test.each([
    ['utf-8', 'iso-8859-1', 'Der Drucker im Büro'],
    ['utf-8', 'windows-1251', 'Принтер не работает'],
    ['utf-8', 'shift_jis', 'プリンタが動きません'],
    ['windows-1251', 'iso-8859-1', 'Принтер не работает'],
    ['gbk', 'iso-8859-1', '打印机坏了，请帮忙'],
    ['gbk', 'utf-8', '打印机坏了，请帮忙'],
    ['koi8-r', 'us-ascii', 'Принтер не работает'],
    ['windows-1252', 'utf-8', 'Das Gerät für Übungen'],
  ])('%s that says it is %s', (charset, said, text) => {
    expect(decodeText(iconv.encode(text, charset), said)).toBe(text);
  });

  test.each([
    ['windows-1252', 'Größe: 5 µm ± 2 °C'],
    ['iso-8859-1', 'À bientôt, à l’été'.replace('’', "'")],
    ['iso-8859-2', 'Na štriku se suši'],
    ['windows-1251', 'Привет'],
    ['euc-kr', '프린터'],
    ['iso-8859-15', 'Ça coûte 5 €'],
  ])('%s that is what it says stays', (charset, text) => {
    expect(decodeText(iconv.encode(text, charset), charset)).toBe(text);
  });

  test('a bad octet in a charset of two octets costs a character', () => {
    const broken = Buffer.concat([
      iconv.encode('您好，从昨天开始', 'gbk'),
      Buffer.from([0xff]),
      iconv.encode(' 无法登录', 'gbk'),
    ]);
    expect(decodeText(broken, 'gb2312')).toMatch(/^您好，从昨天开始\uFFFD+ 无法登录$/);
  });
});

test('Korean with shifts', () => {
  expect(decodeText(Buffer.from('1b242943' + '0e47412e38300f', 'hex'), 'iso-2022-kr')).toMatch(/^[가-힣]+/);
});

describe('UTF-16', () => {
  const text = 'Der Drucker im Büro';
  const [little, big] = [iconv.encode(text, 'utf-16le'), iconv.encode(text, 'utf-16be')];

  test.each([
    ['by its mark, big-endian', Buffer.concat([Buffer.from([0xfe, 0xff]), big])],
    ['by its mark, little-endian', Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
    ['without a mark, by where its zeros are: big-endian', big],
    ['without a mark, as Windows sends it', little],
  ])('is read %s', (_, octets) => {
    expect(decodeText(octets, 'utf-16')).toBe(text);
  });

  test('that nothing tells apart is big-endian, as RFC 2781 has it', () => {
    expect(decodeText(iconv.encode('打印机坏了', 'utf-16be'), 'utf-16')).toBe('打印机坏了');
  });

  test('half a mark is none', () => {
    expect(decodeText(Buffer.from('fe410042', 'hex'), 'utf-16')).toBe('\uFE41B');
    expect(decodeText(Buffer.from('41ff4200', 'hex'), 'utf-16')).toBe('\uFF41B');
  });
});
