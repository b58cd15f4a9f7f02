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
  const absence: UpdateView = {
    ...note,
    ticket: null,
    message: {
      ...said(language, 'grace', 'note'),
      who: phrase(language, 'the-desk'),
      text: [
        phrase(language, 'note-away', { who: 'Luis Ortega', until: '30 Nov' }),
        phrase(language, 'note-away-said', { quote: 'back on 30 November' }),
        phrase(language, 'note-away-meanwhile', { who: 'Luis Ortega' }),
      ].join('\n\n'),
    },
    facts: { subject: phrase(language, 'note-away-subject', { who: 'Luis Ortega', until: '30 Nov' }) },
    plainReply: '',
    actions: [],
  };
  return [note, { ...note, audience: 'agent', message: said(language, 'grace', 'answer') }, absence];
}
