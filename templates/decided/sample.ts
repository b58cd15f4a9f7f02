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
  const when = language === 'de' ? 'Di., 24. Nov. 2026, 14:00–15:00 Uhr' : 'Tue, 24 Nov 2026, 14:00–15:00';
  const visit: UpdateView = {
    ...decided('given'),
    facts: {
      outcome: [
        phrase(language, 'visit-told-planned', { subject, when: `${when} (Europe/Berlin)` }),
        phrase(language, 'visit-told-how'),
      ].join(' '),
    },
    actions: [
      { label: phrase(language, 'action-unsuitable'), href: 'mailto:support@desk.example.test' },
      ...buttons(language, 'status'),
    ],
  };
  return [decided('given'), decided('rejected'), visit];
}
