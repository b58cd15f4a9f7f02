import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('closed', language, 'requester'),
      facts: { reason: phrase(language, 'closed-quiet') },
      plainReply: phrase(language, 'reply-requester-closed'),
    },
    {
      ...sampleView('closed', language, 'requester'),
      facts: { reason: phrase(language, 'closed-merged', { into: 'T-9WX3RB' }), into: 'T-9WX3RB' },
      plainReply: phrase(language, 'reply-requester-merged', { into: 'T-9WX3RB' }),
    },
  ];
}
