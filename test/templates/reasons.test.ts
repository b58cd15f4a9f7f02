import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { route } from '../../core/triage/route.ts';
import { reasonIn } from '../../templates/reasons.ts';
import { desk, MONDAY } from '../sample.ts';

describe('a reason of the record', () => {
  test.each([
    ['the requester answered', 'die meldende Person hat geantwortet'],
    ['assigned by kim@example.test', 'zugewiesen von kim@example.test'],
    ['printing: the word “toner” in the subject', 'printing: das Wort „toner“ im Betreff'],
    ["en: the desk's own; the mail does not tell", 'en: die des Helpdesks; die E-Mail sagt es nicht'],
    [
      'authentication failed (DMARC FAIL, SPF PASS, DKIM GRAY)',
      'die Echtheitsprüfung schlug fehl (DMARC FAIL, SPF PASS, DKIM GRAY)',
    ],
    ['1 open ticket, the fewest', '1 offenes Ticket, die wenigsten'],
    [
      'access: the model amazon.nova-micro-v1:0 in the account says so',
      'access: so sagt es das Modell amazon.nova-micro-v1:0 im eigenen Konto',
    ],
  ])('“%s” is in German “%s”', (reason, german) => {
    expect(reasonIn('de', reason)).toBe(german);
    expect(reasonIn('en', reason)).toBe(reason);
  });

  test('that a person gave stays as he gave it, braces and all', () => {
    for (const own of ['she is in the $& building', 'the {who} part; and more', 'x'.repeat(5_000)])
      expect(reasonIn('ja', own)).toBe(own);
  });

  test.each(LANGUAGES.filter((language) => language !== 'en'))(
    'why a ticket came to somebody has nothing left of English in %s',
    (language) => {
      for (const tier of [1, 2, 3]) {
        const wanted = {
          team: 'service-desk',
          tier,
          skills: ['printing', 'network'],
          priority: 'P3' as const,
        };
        const { reason } = route(wanted, desk, new Map(), MONDAY);
        expect(reasonIn(language, reason)).not.toMatch(/\b(?:the|on|open|nobody|only|knows|like)\b/);
      }
    },
  );
});
