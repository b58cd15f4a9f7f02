import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, sampleView, told } from '../layout/sample.ts';
import { spanIn } from '../times.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const { subject } = told(language);
  const decided = (how: 'given' | 'rejected'): UpdateView => ({
    ...sampleView('decided', language, 'requester'),
    facts: { outcome: phrase(language, `decided-${how}`, { subject }) },
    plainReply: phrase(language, 'reply-requester'),
    actions: buttons(language, 'status', 'close'),
  });
  const when = spanIn(
    language,
    { start: '2026-11-24T13:00:00Z', end: '2026-11-24T14:00:00Z' },
    'Europe/Berlin',
  );
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
