import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { said, sampleView, told } from '../layout/sample.ts';
import { durationIn } from '../times.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('code', language, 'sender'),
      ticket: null,
      message: said(language, 'grace', 'answer'),
      facts: {
        code: '482913',
        validFor: durationIn(language, 30 * 60_000),
        subject: told(language).subject,
      },
      plainReply: phrase(language, 'reply-sender-code'),
    },
  ];
}
