import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, deadlinesOf, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const WHY: Record<Language, string> = {
  en: 'the first response did not come in time',
  de: 'die erste Antwort kam nicht rechtzeitig',
  fr: 'la première réponse n’est pas venue à temps',
  es: 'la primera respuesta no llegó a tiempo',
  pt: 'a primeira resposta não chegou a tempo',
  ja: '初回回答が期限に間に合いませんでした',
};

export function samples(language: Language): UpdateView[] {
  const { tier1, tier2 } = told(language);
  const facts = {
    fromTier: tier1,
    toTier: tier2,
    reason: WHY[language],
  };
  const agent = sampleView('escalated', language, 'agent');
  const lead: UpdateView = {
    ...agent,
    audience: 'lead',
    recipientName: 'Katherine',
    ticket: agent.ticket && { ...agent.ticket, tier: 2, tierName: tier2, assignee: 'Alan Turing' },
    facts,
    deadlines: deadlinesOf(language).slice(1),
    plainReply: phrase(language, 'reply-lead', { requester: 'Ada Lovelace' }),
    actions: buttons(language, 'take', 'note'),
  };
  return [
    lead,
    {
      ...sampleView('escalated', language, 'requester'),
      facts,
      plainReply: phrase(language, 'reply-requester'),
      actions: buttons(language, 'status'),
    },
  ];
}
