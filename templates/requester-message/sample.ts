import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, deadlinesOf, said, sampleView } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('requester-message', language, 'agent'),
      message: said(language, 'ada', 'report'),
      attachments: [{ name: 'black-page.jpg', size: '1.2 MB', attached: true }],
      deadlines: deadlinesOf(language).slice(1),
      plainReply: phrase(language, 'reply-agent', { requester: 'Ada Lovelace' }),
      actions: buttons(language, 'note', 'waiting', 'resolve', 'escalate'),
    },
  ];
}
