import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const { subject } = told(language);
  const decided = (how: 'given' | 'rejected'): UpdateView => ({
    ...sampleView('decided', language, 'requester'),
    facts: { outcome: phrase(language, `decided-${how}`, { subject }) },
    plainReply: phrase(language, 'reply-requester'),
    actions: buttons(language, 'status', 'close'),
  });
  return [decided('given'), decided('rejected')];
}
