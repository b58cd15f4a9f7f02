import { describe, expect, test } from 'vitest';
import { isOnlyThanks } from '../../core/mail/thanks.ts';

const NAMES = ['Nora Quist', 'Luis Ortega', 'Kim Brandt', 'Example Desk', '佐藤 太郎', '山田 花子'];
const only = (text: string) => isOnlyThanks(text, NAMES);

describe('only thanks', () => {
  test.each([
    'Thanks!',
    'thank you so much 🙏',
    'Hi Luis,\n\nthanks a lot for your help - it works now.\n\nBest regards,\nNora',
    'Perfect, thank you! 👍🏼',
    'It’s working again. Thank you very much, have a nice day :)',
    'Problem solved, thanks.',
    'Danke, jetzt geht es wieder!',
    'Hallo Ortega,\nvielen Dank für die schnelle Hilfe.\nMit freundlichen Grüßen\nNora Quist',
    'Super, hat geklappt. Danke schön und schönes Wochenende! LG',
    'Merci beaucoup, ça marche maintenant. Bonne journée',
    'Muchas gracias, ya funciona. Saludos',
    'Muito obrigada pela ajuda!',
    'Grazie mille, ora funziona',
    'Dank u wel, het werkt weer. Met vriendelijke groet',
    'Tack så mycket!',
    'Mange tak for hjælpen',
    'Dziękuję bardzo',
    '❤️ thanks',
    'Bonjour Luis, un grand merci pour votre aide, tout fonctionne. Bien cordialement, Nora Quist',
    'Je vous remercie, c’est parfait. Bonne soirée',
    'Hola, mil gracias por la rápida respuesta. Todo bien. Un cordial saludo, Nora',
    'Le agradezco, perfecto',
    'Bom dia, muito obrigado pela resposta, já funciona. Com os melhores cumprimentos, Nora',
    'Obrigada! Tudo certo, abraço',
    'ありがとうございました。',
    'お世話になっております。\n\n早速のご対応ありがとうございます。無事解決しました。\n\nよろしくお願いいたします。',
    '佐藤様\n\nご対応いただきありがとうございました。\n大変助かりました。\n\n山田',
  ])('%s', (text) => {
    expect(only(text)).toBe(true);
  });
});

describe('more than thanks', () => {
  test.each([
    'Thanks, but it still fails',
    'Thank you. It does not work.',
    'Thanks! Could you also look at the scanner?',
    'Thanks, I have 2 more',
    'Thanks in advance',
    'Thanks for nothing',
    'Thank you, however the light is still red',
    'Thanks :(',
    'Thanks 👎',
    'thanks, works again, stopped again',
    'It works now',
    'Great. Perfect.',
    'ok',
    'Danke, geht aber nicht',
    'Danke, leider klemmt er wieder',
    'Merci, ça ne marche pas',
    'Merci, ça marche pas',
    'Gracias, pero no funciona',
    'Obrigado, mas ainda falha',
    'Merci d’avance',
    'Merci, mais pourriez-vous aussi regarder le scanner',
    'Gracias, falta el escáner',
    'Obrigada, falta ainda o scanner',
    'ありがとうございます。まだ印刷できません。',
    'ありがとうございます。スキャナーも見ていただけますか。',
    'ありがとうございます。明日また連絡します。',
    '解決しました。',
    'Grazie, ma non funziona',
    'Bedankt, maar het werkt niet',
    'Tak, men det virker ikke',
    'Thanks. Please call me.',
    'No thanks',
    'Nein danke',
    '',
    `Thanks ${'so much '.repeat(60)}`,
  ])('%s', (text) => {
    expect(only(text)).toBe(false);
  });

  test('a name that nobody has is not taken for a courtesy', () => {
    expect(only('Thanks Luis')).toBe(true);
    expect(only('Thanks Printer')).toBe(false);
  });
});
