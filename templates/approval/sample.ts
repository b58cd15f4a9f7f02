import type { Language } from '../../core/config/desk.ts';
import type { Action, UpdateView } from '../../core/mail/update.ts';
import { said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const ASKED: Record<Language, { question: string; flagged: string }> = {
  en: {
    question: 'a second driver for all printers, installed on Friday evening, two hours without printing',
    flagged: 'the mail does not pass DMARC for example.com',
  },
  de: {
    question: 'ein zweiter Treiber für alle Drucker, am Freitagabend, mit zwei Stunden ohne Druck',
    flagged: 'die E-Mail besteht DMARC für example.com nicht',
  },
  fr: {
    question:
      'un second pilote pour toutes les imprimantes, installé vendredi soir, deux heures sans impression',
    flagged: 'l’e-mail ne satisfait pas à DMARC pour example.com',
  },
  es: {
    question:
      'un segundo controlador para todas las impresoras, el viernes por la tarde, con dos horas sin imprimir',
    flagged: 'el correo no supera DMARC para example.com',
  },
  pt: {
    question:
      'um segundo controlador para todas as impressoras, na sexta-feira à noite, com duas horas sem imprimir',
    flagged: 'o e-mail não passa no DMARC de example.com',
  },
  ja: {
    question: '全プリンターへの別のドライバーの導入（金曜の夜、2時間は印刷できません）',
    flagged: 'メールが example.com の DMARC に合格していません',
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
