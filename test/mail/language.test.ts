import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { languageOf, writtenLanguage } from '../../core/mail/language.ts';
import { refusal } from '../../core/mail/outcome.ts';
import { arrival, desk, LUIS, NORA } from '../sample.ts';

const mail = (subject: string, text: string, headers: Record<string, string> = {}) =>
  arrival({
    ...{ subject, text },
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
  });
const spanish: Desk = { ...desk, language: 'es' };

describe('somebody outside is written to', () => {
  test('in the language that he wrote in', () => {
    const french = mail('Imprimante', 'Bonjour, l’imprimante ne fonctionne plus depuis ce matin. Merci');
    expect(writtenLanguage(french, desk)).toBe('fr');
    expect(writtenLanguage(mail('VPN', '昨日からVPNにつながりません。'), desk)).toBe('ja');
  });

  test('in the desk’s, when the desk has no words in his', () => {
    const italian = mail('Stampante', 'Buongiorno, la stampante non funziona più. Grazie');
    expect(writtenLanguage(italian, spanish)).toBe('es');
  });

  test('by what his mail program says, when his words do not tell', () => {
    expect(writtenLanguage(mail('SAP', 'VPN', { 'content-language': 'pt-BR' }), desk)).toBe('pt');
    expect(writtenLanguage(mail('SAP', 'Bitte um Hilfe', { 'content-language': 'pt-BR' }), desk)).toBe('de');
  });

  test('then as before on his ticket, then in the desk’s', () => {
    expect(writtenLanguage(mail('SAP', 'VPN'), desk, 'ja')).toBe('ja');
    expect(writtenLanguage(mail('SAP', 'VPN'), spanish)).toBe('es');
  });

  test('when he is refused as well', () => {
    const said = mail('Impresora', 'Hola, la impresora no funciona desde ayer. Gracias');
    const from = { address: NORA, name: 'Nora Quist' };
    const notice = refusal({ ...said, email: { ...said.email, from } }, 'blocked', '', desk);
    expect(notice.language).toBe('es');
  });
});

test('somebody of the desk is written to in the language that desk.yaml has for him, else in the desk’s', () => {
  const people = desk.people.map((person) =>
    person.address === LUIS ? { ...person, language: 'fr' as const } : person,
  );
  expect(languageOf(LUIS, { ...desk, people })).toBe('fr');
  expect(languageOf(LUIS, desk)).toBe(desk.language);
});
