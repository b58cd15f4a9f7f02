import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, known, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('acknowledgement', language, 'requester'),
      facts: { promised: told(language).times.due },
      plainReply: phrase(language, 'reply-requester'),
      actions: buttons(language, 'status', 'close'),
    },
    {
      ...sampleView('acknowledgement', language, 'requester'),
      facts: { promised: told(language).times.due, opens: told(language).times.due },
      articles: known(language, 'articles-offered', phrase(language, 'articles-how')),
      plainReply: phrase(language, 'reply-requester'),
      actions: buttons(language, 'status', 'close'),
    },
  ];
}
