import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, said, sampleView } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const note: UpdateView = {
    ...sampleView('note', language, 'lead'),
    message: said(language, 'grace', 'note'),
    plainReply: phrase(language, 'reply-lead', { requester: 'Ada Lovelace' }),
    actions: buttons(language, 'note', 'take'),
  };
  return [note, { ...note, audience: 'agent', message: said(language, 'grace', 'answer') }];
}
