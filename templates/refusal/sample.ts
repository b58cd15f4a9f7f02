import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('refusal', language, 'sender'),
      ticket: null,
      marker: '',
      facts: {
        subject: told(language).subject,
        reason: phrase(language, 'refusal-code-expired'),
        remedy: phrase(language, 'refusal-code-expired-remedy'),
      },
    },
  ];
}
