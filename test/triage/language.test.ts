import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { declaredLanguage, detectLanguage } from '../../core/triage/language.ts';
import { WRITTEN } from './languages.ts';

describe('the language of a mail', () => {
  test.each([
    ['en', 'Hello, the printer is broken. Could you please help me?'],
    ['en', 'my screen stays black'],
    ['de', 'Hallo, der Drucker ist kaputt. Können Sie mir bitte helfen?'],
    ['de', 'VPN geht nicht'],
    ['de', 'Koennen Sie mir bitte den Zugang freischalten'],
    ['fr', "Bonjour, je n'arrive pas à imprimer depuis ce matin. Merci de votre aide."],
    ['es', 'Hola, no puedo entrar en mi cuenta desde esta mañana. Gracias.'],
    ['pt', 'Olá, não consigo entrar na minha conta desde ontem. Obrigado.'],
    ['it', 'Buongiorno, non riesco ad accedere alla mia casella di posta. Grazie.'],
    ['nl', 'Goedemorgen, ik kan niet meer inloggen op mijn laptop. Bedankt.'],
    ['pl', 'Dzień dobry, nie mogę się zalogować do mojego konta. Proszę o pomoc.'],
    ['sv', 'Hej, jag kan inte logga in på min dator sedan igår. Tack.'],
    ['da', 'Hej, jeg kan ikke logge ind på min computer siden i går. Tak for hjælpen, virker intet.'],
    ['fi', 'Hei, en voi kirjautua, ja tulostin ei toimi. Kiitos.'],
    ['hu', 'Jó napot, nem tudok belépni a gépembe. Köszönöm.'],
    ['tr', 'Merhaba, bilgisayarım çalışmıyor, lütfen yardım edin. Teşekkürler.'],
    ['ru', 'Здравствуйте, принтер HP LaserJet не печатает.'],
    ['uk', 'Добрий день, мій принтер не друкує.'],
    ['el', 'Καλημέρα, ο εκτυπωτής δεν λειτουργεί.'],
    ['ja', 'プリンターが動きません。助けてください。'],
    ['zh', '打印机坏了，请帮忙。'],
    ['ko', '프린터가 작동하지 않습니다.'],
    ['ja', '印刷不可の件'],
    ['ja', 'HP LaserJet 紙づまり'],
    ['en', 'Add さくら to the team list today'],
    ['en', 'Please add Юлия Петрова to the list'],
    ['en', 'But why? ¯\\_(ツ)_/¯'],
    ['ar', 'الطابعة لا تعمل، الرجاء المساعدة.'],
    ['fa', 'چاپگر کار نمی‌کند، لطفاً کمک کنید.'],
    ['he', 'המדפסת לא עובדת, אשמח לעזרה.'],
    ['hi', 'प्रिंटर काम नहीं कर रहा है।'],
    ['th', 'เครื่องพิมพ์ไม่ทำงาน ช่วยด้วยครับ'],
  ])('is %s: %s', (language, text) => {
    expect(detectLanguage(text)).toBe(language);
  });

  test('is German although half of its words are products', () => {
    expect(detectLanguage('Microsoft Outlook und Teams Meeting Add-in: Update Error seit gestern')).toBe(
      'de',
    );
  });

  test('is not told by an address or a link', () => {
    expect(detectLanguage('https://example.com/the/and/of/this der.die.das@example.com')).toBeNull();
  });

  test.each(['', '   ', 'SAP', '12345', 'HP LaserJet 4000', '👍', '___'])(
    'is not guessed from %j',
    (text) => {
      expect(detectLanguage(text)).toBeNull();
    },
  );

  test('is not guessed when two weigh the same', () => {
    expect(detectLanguage('please bitte')).toBeNull();
  });
});

describe('of the mails of a day', () => {
  test.each(Object.entries(WRITTEN))('those in %s are known as such', (language, mails) => {
    const known: readonly string[] = LANGUAGES;
    const read = mails.map((mail) => detectLanguage(mail));
    const wrong = mails.filter((_, nth) =>
      language === 'other' ? known.includes(read[nth] ?? '') : read[nth] !== language,
    );
    expect(wrong).toEqual([]);
  });
});

describe('what a mail program says of its user’s language', () => {
  const headers = (given: Record<string, string>) =>
    new Map(Object.entries(given).map(([name, value]) => [name, [value]]));

  test.each([
    [{ 'content-language': 'pt-BR' }, 'pt'],
    [{ 'content-language': 'en-US', 'accept-language': 'ja-JP, en-US' }, 'en'],
    [{ 'accept-language': 'ja-JP, en-US' }, 'ja'],
    [{ 'content-language': 'i-default' }, null],
    [{ 'content-language': '<script>' }, null],
    [{}, null],
  ])('%j tells %s', (given, language) => {
    expect(declaredLanguage(headers(given))).toBe(language);
  });
});
