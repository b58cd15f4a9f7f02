import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView, told as story } from '../layout/sample.ts';
import { type PhraseKey, phrase } from '../words.ts';

const DETAIL: Record<
  Language,
  Record<'unknown' | 'resolve' | 'priority' | 'take' | 'seeBelow' | 'mine' | 'sent' | 'status', string>
> = {
  en: {
    unknown: 'there is no command #noet; did you mean #note?',
    resolve: 'not done, because another line could not be carried out',
    priority: 'P2 to P1',
    take: 'it is yours already',
    seeBelow: 'see below',
    mine: 'Your open tickets, the most urgent first (2):\n\nT-7K4M2Q · P2 High · Printer on the second floor prints only black pages\n    Ada Lovelace · Grace Hopper\n    First response: Fri 20 Nov, 09:12 (45 min left)\n\nT-3C9XRT · P4 Low · A second monitor\n    Alan Turing · Grace Hopper\n    Resolution: Mon 23 Nov, 17:00 (1 d 6 h left)',
    sent: 'Your words went to Ada Lovelace as an answer.',
    status:
      'Open since Fri 20 Nov, 08:12, with Grace Hopper.\nFirst response: given.\nResolution: due by Fri 20 Nov, 16:12.',
  },
  de: {
    unknown: 'es gibt keinen Befehl #noet; meinten Sie #note?',
    resolve: 'nicht getan, weil eine andere Zeile sich nicht ausführen ließ',
    priority: 'P2 zu P1',
    take: 'es gehört Ihnen schon',
    seeBelow: 'siehe unten',
    mine: 'Ihre offenen Tickets, das dringendste zuerst (2):\n\nT-7K4M2Q · P2 Hoch · Drucker im zweiten Stock druckt nur schwarze Seiten\n    Ada Lovelace · Grace Hopper\n    Erste Antwort: Fr. 20. Nov., 09:12 (noch 45 Min.)\n\nT-3C9XRT · P4 Niedrig · Ein zweiter Bildschirm\n    Alan Turing · Grace Hopper\n    Lösung: Mo. 23. Nov., 17:00 (noch 1 T. 6 Std.)',
    sent: 'Ihre Worte gingen als Antwort an Ada Lovelace.',
    status:
      'Offen seit Fr. 20. Nov., 08:12, bei Grace Hopper.\nErste Antwort: gegeben.\nLösung: fällig bis Fr. 20. Nov., 16:12.',
  },
  fr: told('fr'),
  es: told('es'),
  pt: told('pt'),
  ja: told('ja'),
};

/** As the commands themselves say it. */
function told(language: Language): (typeof DETAIL)[Language] {
  const { subject, times } = story(language);
  return {
    unknown: phrase(language, 'said-no-command-but', { word: 'noet', suggestion: 'note' }),
    resolve: phrase(language, 'said-resolved-already'),
    priority: phrase(language, 'said-now', { value: 'P1', previous: 'P2' }),
    take: phrase(language, 'said-yours-already'),
    seeBelow: phrase(language, 'said-see-below'),
    mine: `${phrase(language, 'list-mine', { of: '1' })}\n\nT-7K4M2Q · ${phrase(language, 'priority-P2')} · ${subject}\n    Ada Lovelace · Grace Hopper\n    ${phrase(language, 'deadline-firstResponse')}: ${times.due}`,
    sent: phrase(language, 'words-sent', { requester: 'Ada Lovelace' }),
    status: `${phrase(language, 'status-open')}: Grace Hopper.\n${phrase(language, 'deadline-resolution')}: ${times.resolution}`,
  };
}

export function samples(language: Language): UpdateView[] {
  const detail = DETAIL[language];
  const view = {
    ...sampleView('transcript', language, 'agent'),
    plainReply: phrase(language, 'reply-agent-transcript', { requester: 'Ada Lovelace' }),
  };
  return [
    {
      ...view,
      facts: { refused: 'yes' },
      lines: [
        { line: '#noet she called again', outcome: 'unknown', detail: detail.unknown },
        { line: '#resolve', outcome: 'refused', detail: detail.resolve },
      ],
    },
    {
      ...view,
      facts: { sent: detail.sent, said: detail.status },
      lines: [
        { line: '#take', outcome: 'nothing-to-do', detail: detail.take },
        { line: '#priority P1', outcome: 'done', detail: detail.priority },
        { line: '#status', outcome: 'done', detail: '' },
      ],
    },
    {
      ...view,
      ticket: null,
      plainReply: phrase(language, 'reply-agent-no-ticket'),
      facts: { subject: '#mine', shown: detail.mine },
      lines: [{ line: '#mine', outcome: 'done', detail: detail.seeBelow }],
    },
    {
      ...sampleView('transcript', language, 'requester'),
      plainReply: phrase(language, 'reply-requester'),
      facts: { said: detail.status },
      lines: [{ line: '#status', outcome: 'done', detail: '' }],
    },
    {
      ...sampleView('transcript', language, 'requester'),
      ticket: null,
      facts: { subject: '#services' },
      services: servicesOf(language),
      plainReply: phrase(language, 'reply-requester-no-ticket'),
    },
  ];
}

const OFFERED: Record<Language, [title: string, description: string, question: string, other: string][]> = {
  en: [
    [
      'A new computer or phone',
      'Laptops, screens, phones and what belongs to them.',
      'Where shall it go?',
      'By which day do you need it?',
    ],
    ['Sign in again by yourself', 'Forgotten passwords and locked accounts.', '', ''],
  ],
  de: [
    [
      'Neuer Rechner oder neues Telefon',
      'Laptops, Bildschirme, Telefone und Zubehör.',
      'Wohin soll es geliefert werden?',
      'Bis zu welchem Tag brauchen Sie es?',
    ],
    ['Wieder anmelden', 'Vergessene Passwörter und gesperrte Konten.', '', ''],
  ],
  fr: [
    [
      'Un nouvel ordinateur ou téléphone',
      'Ordinateurs portables, écrans, téléphones et accessoires.',
      'Où faut-il le livrer ?',
      'Pour quel jour en avez-vous besoin ?',
    ],
    ['Se reconnecter', 'Mots de passe oubliés et comptes bloqués.', '', ''],
  ],
  es: [
    [
      'Un ordenador o teléfono nuevo',
      'Portátiles, pantallas, teléfonos y accesorios.',
      '¿Dónde hay que entregarlo?',
      '¿Para qué día lo necesita?',
    ],
    ['Volver a iniciar sesión', 'Contraseñas olvidadas y cuentas bloqueadas.', '', ''],
  ],
  pt: [
    [
      'Um computador ou telefone novo',
      'Portáteis, ecrãs, telefones e acessórios.',
      'Onde deve ser entregue?',
      'Para que dia precisa dele?',
    ],
    ['Voltar a iniciar sessão', 'Palavras-passe esquecidas e contas bloqueadas.', '', ''],
  ],
  ja: [
    [
      'パソコン・電話の新規手配',
      'ノートパソコン、モニター、電話、周辺機器',
      'お届け先はどちらですか',
      'いつまでに必要ですか',
    ],
    ['サインインできないとき', 'パスワード忘れ、アカウントのロック', '', ''],
  ],
};

function servicesOf(language: Language): UpdateView['services'] {
  const say = (key: PhraseKey, facts: Record<string, string> = {}) => phrase(language, key, facts);
  const hour = phrase(language, 'unit-hour');
  return {
    head: say('services-head'),
    entries: OFFERED[language].map(([title, description, ...questions]) => ({
      title,
      description,
      about: [
        questions[0] === ''
          ? say('services-answers')
          : say('services-needs', { facts: `${questions[0]} (Berlin / Porto); ${questions[1]}` }),
        `${say('services-first', { time: `4 ${hour}` })} · ${say('services-done', { time: `20 ${hour}` })}`,
      ],
      write: say('services-write', { address: 'support@desk.example.test', subject: title }),
      ask: {
        label: say('services-ask', { service: title }),
        href: `mailto:support@desk.example.test?subject=${encodeURIComponent(title)}`,
      },
    })),
    note: say('services-note'),
  };
}
