import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, deadlinesOf, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const { due } = told(language).times;
  const agent: UpdateView = {
    ...sampleView('warning', language, 'agent'),
    message: said(language, 'ada', 'report'),
    facts: { deadline: phrase(language, 'deadline-firstResponse'), due, left: '45 min' },
    deadlines: deadlinesOf(language),
    plainReply: phrase(language, 'reply-agent', { requester: 'Ada Lovelace' }),
    actions: buttons(language, 'take', 'note', 'waiting', 'escalate'),
  };
  const lead: UpdateView = {
    ...agent,
    audience: 'lead',
    recipientName: 'Katherine',
    plainReply: phrase(language, 'reply-lead', { requester: 'Ada Lovelace' }),
  };
  return [agent, lead];
}
