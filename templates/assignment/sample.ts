import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, deadlinesOf, known, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const WHY: Record<
  Language,
  Record<'category' | 'priority' | 'assignee' | 'handedOver' | 'flagged' | 'likeliest', string>
> = {
  en: {
    category: 'the subject says “printer”',
    priority: 'impact a team × urgency degraded',
    assignee: 'on duty, knows printers, has the fewest open tickets (2)',
    handedOver: 'the first response did not come in time at tier 1',
    flagged: 'the mail does not pass DMARC for example.com',
    likeliest: 'printing, network or access',
  },
  de: {
    category: 'im Betreff steht „Drucker“',
    priority: 'Auswirkung ein Team × Dringlichkeit eingeschränkt',
    assignee: 'im Dienst, kennt Drucker, hat die wenigsten offenen Tickets (2)',
    handedOver: 'die erste Antwort kam auf Stufe 1 nicht rechtzeitig',
    flagged: 'die E-Mail besteht DMARC für example.com nicht',
    likeliest: 'printing, network oder access',
  },
  fr: {
    category: 'l’objet contient « imprimante »',
    priority: 'impact une équipe × urgence dégradée',
    assignee: 'en service, connaît les imprimantes, a le moins de tickets ouverts (2)',
    handedOver: 'la première réponse n’est pas venue à temps au niveau 1',
    flagged: 'l’e-mail ne satisfait pas à DMARC pour example.com',
    likeliest: 'printing, network ou access',
  },
  es: {
    category: 'el asunto dice «impresora»',
    priority: 'impacto un equipo × urgencia degradada',
    assignee: 'de servicio, sabe de impresoras, tiene menos tickets abiertos (2)',
    handedOver: 'la primera respuesta no llegó a tiempo en el nivel 1',
    flagged: 'el correo no supera DMARC para example.com',
    likeliest: 'printing, network o access',
  },
  pt: {
    category: 'o assunto diz “impressora”',
    priority: 'impacto uma equipe × urgência degradada',
    assignee: 'de serviço, conhece impressoras, tem menos tickets abertos (2)',
    handedOver: 'a primeira resposta não chegou a tempo no nível 1',
    flagged: 'o e-mail não passa no DMARC de example.com',
    likeliest: 'printing, network ou access',
  },
  ja: {
    category: '件名に「プリンター」があります',
    priority: '影響範囲 チーム × 緊急度 低下',
    assignee: '勤務中、プリンターに詳しい、担当チケットが最も少ない（2件）',
    handedOver: 'レベル 1 で初回回答が期限に間に合いませんでした',
    flagged: 'メールが example.com の DMARC に合格していません',
    likeliest: 'printing、network または access',
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
    articles: known(language, 'articles-known', ''),
  };
  return [fresh, unsure, handedOver];
}
