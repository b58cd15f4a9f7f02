import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('waiting-reminder', language, 'requester'),
      message: said(language, 'grace', 'question'),
      facts: { until: told(language).times.later },
      plainReply: phrase(language, 'reply-requester-waiting'),
      actions: buttons(language, 'close'),
    },
  ];
}
