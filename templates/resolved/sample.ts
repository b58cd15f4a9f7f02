import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const quiet: UpdateView = {
    ...sampleView('resolved', language, 'requester'),
    facts: { until: told(language).times.later },
    plainReply: phrase(language, 'reply-requester-resolved'),
    actions: buttons(language, 'not-solved', 'solved'),
  };
  return [{ ...quiet, message: said(language, 'grace', 'answer') }, quiet];
}
