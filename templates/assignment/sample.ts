import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, deadlinesOf, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const WHY = {
  en: {
    category: 'the subject says “printer”',
    priority: 'impact a team × urgency degraded',
    assignee: 'on duty, knows printers, has the fewest open tickets (2)',
    handedOver: 'the first response did not come in time at tier 1',
    flagged: 'the mail does not pass DMARC for example.com',
    likeliest: '#category printing, #category network or #category access',
  },
  de: {
    category: 'im Betreff steht „Drucker“',
    priority: 'Auswirkung ein Team × Dringlichkeit eingeschränkt',
    assignee: 'im Dienst, kennt Drucker, hat die wenigsten offenen Tickets (2)',
    handedOver: 'die erste Antwort kam auf Stufe 1 nicht rechtzeitig',
    flagged: 'die E-Mail besteht DMARC für example.com nicht',
    likeliest: '#category printing, #category network oder #category access',
  },
};

export function samples(language: Language): UpdateView[] {
  const why = WHY[language];
  const fresh: UpdateView = {
    ...sampleView('assignment', language, 'agent'),
    message: said(language, 'ada', 'report'),
    attachments: [
      { name: 'black-page.jpg', size: '1.2 MB', attached: true },
      { name: 'printer log of the last seven days, complete.zip', size: '23 MB', attached: false },
    ],
    facts: { reason: why.assignee },
    reasons: [
      { what: phrase(language, 'what-category'), why: why.category },
      { what: phrase(language, 'what-priority'), why: why.priority },
    ],
    deadlines: deadlinesOf(language),
    plainReply: phrase(language, 'reply-agent', { requester: 'Ada Lovelace' }),
    actions: buttons(language, 'take', 'note', 'resolve', 'escalate'),
  };
  const handedOver: UpdateView = {
    ...fresh,
    recipientName: 'Alan',
    ticket: fresh.ticket && {
      ...fresh.ticket,
      tier: 2,
      tierName: told(language).tier2,
      assignee: 'Alan Turing',
    },
    message: null,
    attachments: [],
    facts: {
      ...{ reason: why.handedOver, flagged: why.flagged },
      ...{ files: 'black-page.jpg (1.2 MB, #files 1)', accept: told(language).times.due },
    },
    reasons: [],
    history: [
      said(language, 'ada', 'report'),
      said(language, 'grace', 'answer'),
      said(language, 'grace', 'note'),
    ],
  };
  const unsure: UpdateView = {
    ...fresh,
    attachments: [],
    facts: { ...fresh.facts, likeliest: why.likeliest },
  };
  return [fresh, unsure, handedOver];
}
