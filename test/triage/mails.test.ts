import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classify } from '../../core/triage/classify.ts';
import { deskOf } from '../config/small-desk.ts';
import { MAILS, type SortedMail, UNSEEN } from './mails.ts';

const desk = deskOf(readFileSync(new URL('../../desk.yaml', import.meta.url), 'utf8'));
type Answer = 'category' | 'impact' | 'urgency' | 'language';

describe('the sample desk', () => {
  test.each(MAILS)('files “$subject” under $category and takes it for $language', (mail) => {
    const { category, language, reasons } = filed(mail);
    expect({ category, language }, JSON.stringify(reasons)).toEqual({
      category: mail.category,
      language: mail.language,
    });
  });

  test.each([
    ['impact', 0.98],
    ['urgency', 0.96],
  ] as const)(
    'reads the %s of the mails its words were chosen with: at least %d are right',
    (what, least) => {
      expect(share(MAILS, what)).toBeGreaterThanOrEqual(least);
    },
  );

  // As measured by bench/triage.ts; rules do not know words that nobody gave them.
  test.each([
    ['category', 0.65],
    ['impact', 0.92],
    ['urgency', 0.75],
    ['language', 0.95],
  ] as const)('reads the %s of mails in words of their own: at least %d are right', (what, least) => {
    expect(share(UNSEEN, what)).toBeGreaterThanOrEqual(least);
  });

  test('sends nothing written to hr@ to another team', () => {
    const toHr = [...MAILS, ...UNSEEN].map((mail) => filed({ ...mail, to: 'hr@desk.example.test' }));
    expect(new Set(toHr.map(({ team }) => team))).toEqual(new Set(['hr']));
  });

  test('takes a greeting to everyone for a greeting', () => {
    expect(filed({ ...neutral, text: 'Hi everyone,\nmy mouse is broken.' }).impact).toBe('one');
  });

  test('takes a mark of high importance for more than routine', () => {
    const mail = { subject: 'Laptop', text: '', from: 'ida@example.org', to: [] };
    expect(
      classify({ ...mail, subject: 'Hello', headers: new Map([['importance', ['high']]]) }, desk).urgency,
    ).toBe('degraded');
    expect(classify({ ...mail, subject: 'Hello' }, desk).urgency).toBe('routine');
  });

  test.each([
    ['L’imprimante du deuxième étage ne fonctionne pas', 'printing', 'fr'],
    ['La impresora no funciona desde ayer', 'printing', 'es'],
    ['A impressora não funciona desde ontem', 'printing', 'pt'],
  ])('knows a little of other languages: %s', (text, category, language) => {
    expect(filed({ ...neutral, text })).toMatchObject({ category, language, urgency: 'degraded' });
  });
});

const neutral = {
  subject: '',
  text: '',
  category: '',
  impact: 'one',
  urgency: 'routine',
  language: 'en',
} as const;

function filed({ subject, text, from = 'ida@example.org', to = 'support@desk.example.test' }: SortedMail) {
  return classify({ subject, text, from, to: [to] }, desk);
}

function share(mails: readonly SortedMail[], what: Answer): number {
  return mails.filter((mail) => filed(mail)[what] === mail[what]).length / mails.length;
}
