import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  return [
    {
      ...sampleView('satisfaction', language, 'requester'),
      actions: (['5', '4', '3', '2', '1'] as const).map((vote) => ({
        label: phrase(language, `vote-${vote}`),
        href: `mailto:support@desk.example.test?body=${vote}%0A`,
      })),
    },
  ];
}
