import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, deadlinesOf, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const { due } = told(language).times;
  const agent: UpdateView = {
    ...sampleView('breach', language, 'agent'),
    message: said(language, 'ada', 'report'),
    facts: { deadline: phrase(language, 'deadline-firstResponse'), due },
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
  const requester: UpdateView = {
    ...sampleView('breach', language, 'requester'),
    facts: { deadline: phrase(language, 'deadline-firstResponse-requester'), due },
    plainReply: phrase(language, 'reply-requester'),
    actions: buttons(language, 'status'),
  };
  return [agent, lead, requester];
}
