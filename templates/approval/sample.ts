import type { Language } from '../../core/config/desk.ts';
import type { Action, UpdateView } from '../../core/mail/update.ts';
import { said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const ASKED = {
  en: {
    question: 'a second driver for all printers, installed on Friday evening, two hours without printing',
    flagged: 'the mail does not pass DMARC for example.com',
  },
  de: {
    question: 'ein zweiter Treiber für alle Drucker, am Freitagabend, mit zwei Stunden ohne Druck',
    flagged: 'die E-Mail besteht DMARC für example.com nicht',
  },
};

export function samples(language: Language): UpdateView[] {
  const { question, flagged } = ASKED[language];
  const facts = {
    asker: 'Grace Hopper',
    question,
    yes: phrase(language, 'approval-yes-all'),
    no: phrase(language, 'approval-no-all'),
    until: told(language).times.later,
  };
  const asks = {
    facts,
    plainReply: phrase(language, 'reply-approver'),
    actions: (['approve', 'reject'] as const).map((vote) => button(language, vote)),
  };
  return [
    {
      ...sampleView('approval', language, 'lead'),
      ...asks,
      facts: { ...facts, flagged },
      message: said(language, 'ada', 'report'),
    },
    { ...sampleView('approval', language, 'requester'), ...asks, recipientName: 'Katherine' },
  ];
}

function button(language: Language, vote: 'approve' | 'reject'): Action {
  const body = encodeURIComponent(phrase(language, `vote-${vote}`));
  return {
    label: phrase(language, `action-${vote}`),
    href: `mailto:support+AB7QK2MF4ZC6WJXN@desk.example.test?subject=%5BT-7K4M2Q%5D&body=${body}`,
  };
}
