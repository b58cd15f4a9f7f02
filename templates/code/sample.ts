import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('code', language, 'sender'),
      ticket: null,
      message: said(language, 'grace', 'answer'),
      facts: {
        code: '482913',
        validFor: language === 'de' ? '30 Minuten' : '30 minutes',
        subject: told(language).subject,
      },
      plainReply: phrase(language, 'reply-sender-code'),
    },
  ];
}
