/** The story that the previews tell: one ticket, its people and their words, in each language. */
import type { Language } from '../../core/config/desk.ts';
import { MARKER } from '../../core/mail/marker.ts';
import type { Action, Said, UpdateKind, UpdateView } from '../../core/mail/update.ts';
import { phrase } from '../words.ts';

const TOLD = {
  en: {
    desk: 'Example IT Desk',
    subject: 'Printer on the second floor prints only black pages',
    category: 'Printers',
    team: 'Service Desk',
    tier1: 'First line',
    tier2: 'Workplace',
    report:
      'Good morning,\n\nsince the update last night the printer on the second floor (the large one next to the kitchen) prints nothing but black pages, from every computer that we tried.\n\nWe have to hand out the contracts at 11:00, so this is rather urgent.\n\nA photo is attached. The test page says: https://printer-2.example.com/status/diagnostics/pages/latest?format=long&colour=black\n\nMany thanks\nAda Lovelace',
    answer:
      'Hello Ada,\n\nthe driver that came with last night’s update is at fault. I have put the old one back, and the test page is fine now. Could you try one of your contracts?\n\nIf it still comes out black, switch the printer off and on once, so that it forgets the jobs it was sent before.\n\nKind regards\nGrace Hopper',
    note: 'The same driver went to eleven other printers. I am rolling it back everywhere before noon.',
    question: 'Which tray do you print the contracts from, and does a page from tray 1 come out right?',
    times: {
      opened: 'Fri 20 Nov, 08:12',
      answered: 'Fri 20 Nov, 08:40',
      noted: 'Fri 20 Nov, 08:55',
      due: 'Fri 20 Nov, 09:12',
      resolution: 'Fri 20 Nov, 16:12',
      later: 'Fri 27 Nov, 17:00',
    },
    left: phrase('en', 'left', { time: '45 min' }),
    leftLong: phrase('en', 'left', { time: '7 h 45 min' }),
  },
  de: {
    desk: 'Beispiel-IT-Desk',
    subject: 'Drucker im zweiten Stock druckt nur schwarze Seiten',
    category: 'Drucker',
    team: 'Service Desk',
    tier1: 'Erste Hilfe',
    tier2: 'Arbeitsplatz',
    report:
      'Guten Morgen,\n\nseit dem Update von gestern Abend druckt der Drucker im zweiten Stock (der große neben der Küche) nur noch schwarze Seiten, und zwar von jedem Rechner aus, den wir probiert haben.\n\nUm 11:00 müssen wir die Verträge ausgeben, es eilt also.\n\nEin Foto hängt an. Die Testseite sagt: https://printer-2.example.com/status/diagnostics/pages/latest?format=long&colour=black\n\nVielen Dank\nAda Lovelace',
    answer:
      'Guten Tag Frau Lovelace,\n\nschuld ist der Treiber, der mit dem Update von gestern Abend kam. Ich habe den alten wieder eingespielt, die Testseite ist jetzt in Ordnung. Könnten Sie einen der Verträge probieren?\n\nKommt er immer noch schwarz heraus, schalten Sie den Drucker bitte einmal aus und wieder ein, damit er die alten Aufträge vergisst.\n\nFreundliche Grüße\nGrace Hopper',
    note: 'Derselbe Treiber ging an elf weitere Drucker. Ich nehme ihn bis Mittag überall zurück.',
    question: 'Aus welchem Fach drucken Sie die Verträge, und kommt eine Seite aus Fach 1 richtig heraus?',
    times: {
      opened: 'Fr. 20. Nov., 08:12',
      answered: 'Fr. 20. Nov., 08:40',
      noted: 'Fr. 20. Nov., 08:55',
      due: 'Fr. 20. Nov., 09:12',
      resolution: 'Fr. 20. Nov., 16:12',
      later: 'Fr. 27. Nov., 17:00',
    },
    left: phrase('de', 'left', { time: '45 min' }),
    leftLong: phrase('de', 'left', { time: '7 h 45 min' }),
  },
  fr: {
    desk: 'Support informatique Exemple',
    subject: 'L’imprimante du deuxième étage sort des pages noires',
    category: 'Imprimantes',
    team: 'Support',
    tier1: 'Premier niveau',
    tier2: 'Postes de travail',
    report:
      'Bonjour,\n\ndepuis la mise à jour d’hier soir, l’imprimante du deuxième étage (la grande, à côté de la cuisine) n’imprime plus que des pages noires, depuis tous les ordinateurs que nous avons essayés.\n\nNous devons remettre les contrats à 11 h, c’est donc assez urgent.\n\nUne photo est jointe. La page de test indique : https://printer-2.example.com/status/diagnostics/pages/latest?format=long&colour=black\n\nMerci beaucoup\nAda Lovelace',
    answer:
      'Bonjour Madame Lovelace,\n\nc’est le pilote de la mise à jour d’hier soir qui est en cause. J’ai remis l’ancien, et la page de test est correcte. Pourriez-vous essayer l’un des contrats ?\n\nBien cordialement\nGrace Hopper',
    note: 'Le même pilote est allé sur onze autres imprimantes. Je le retire partout avant midi.',
    question: 'Depuis quel bac imprimez-vous les contrats, et une page du bac 1 sort-elle correctement ?',
    times: {
      opened: 'ven. 20 nov., 08:12',
      answered: 'ven. 20 nov., 08:40',
      noted: 'ven. 20 nov., 08:55',
      due: 'ven. 20 nov., 09:12',
      resolution: 'ven. 20 nov., 16:12',
      later: 'ven. 27 nov., 17:00',
    },
    left: phrase('fr', 'left', { time: '45 min' }),
    leftLong: phrase('fr', 'left', { time: '7 h 45 min' }),
  },
  es: {
    desk: 'Soporte informático Ejemplo',
    subject: 'La impresora de la segunda planta imprime en negro',
    category: 'Impresoras',
    team: 'Soporte',
    tier1: 'Primera línea',
    tier2: 'Puestos de trabajo',
    report:
      'Buenos días:\n\ndesde la actualización de anoche, la impresora de la segunda planta (la grande, junto a la cocina) solo imprime páginas negras, desde todos los ordenadores que hemos probado.\n\nTenemos que entregar los contratos a las 11:00, así que es bastante urgente.\n\nAdjunto una foto. La página de prueba dice: https://printer-2.example.com/status/diagnostics/pages/latest?format=long&colour=black\n\nMuchas gracias\nAda Lovelace',
    answer:
      'Buenos días, señora Lovelace:\n\nla culpa es del controlador que llegó con la actualización de anoche. He vuelto a poner el anterior, y la página de prueba sale bien. ¿Podría probar con uno de los contratos?\n\nUn cordial saludo\nGrace Hopper',
    note: 'El mismo controlador llegó a otras once impresoras. Lo retiro de todas antes del mediodía.',
    question: '¿Desde qué bandeja imprime los contratos, y sale bien una página de la bandeja 1?',
    times: {
      opened: 'vie, 20 nov, 08:12',
      answered: 'vie, 20 nov, 08:40',
      noted: 'vie, 20 nov, 08:55',
      due: 'vie, 20 nov, 09:12',
      resolution: 'vie, 20 nov, 16:12',
      later: 'vie, 27 nov, 17:00',
    },
    left: phrase('es', 'left', { time: '45 min' }),
    leftLong: phrase('es', 'left', { time: '7 h 45 min' }),
  },
  pt: {
    desk: 'Suporte informático Exemplo',
    subject: 'A impressora do segundo andar imprime tudo preto',
    category: 'Impressoras',
    team: 'Suporte',
    tier1: 'Primeira linha',
    tier2: 'Postos de trabalho',
    report:
      'Bom dia,\n\ndesde a atualização de ontem à noite, a impressora do segundo andar (a grande, ao lado da cozinha) só imprime páginas pretas, de todos os computadores em que tentamos.\n\nTemos de entregar os contratos às 11:00, por isso é bastante urgente.\n\nSegue uma foto em anexo. A página de teste diz: https://printer-2.example.com/status/diagnostics/pages/latest?format=long&colour=black\n\nMuito obrigada\nAda Lovelace',
    answer:
      'Bom dia,\n\na culpa é do controlador que veio com a atualização de ontem à noite. Voltei a pôr o antigo, e a página de teste sai bem. Poderia experimentar com um dos contratos?\n\nCom os melhores cumprimentos\nGrace Hopper',
    note: 'O mesmo controlador foi para outras onze impressoras. Vou retirá-lo de todas antes do meio-dia.',
    question: 'De que bandeja imprime os contratos, e uma página da bandeja 1 sai bem?',
    times: {
      opened: 'sex., 20 de nov., 08:12',
      answered: 'sex., 20 de nov., 08:40',
      noted: 'sex., 20 de nov., 08:55',
      due: 'sex., 20 de nov., 09:12',
      resolution: 'sex., 20 de nov., 16:12',
      later: 'sex., 27 de nov., 17:00',
    },
    left: phrase('pt', 'left', { time: '45 min' }),
    leftLong: phrase('pt', 'left', { time: '7 h 45 min' }),
  },
  ja: {
    desk: 'サンプルITヘルプデスク',
    subject: '2階のプリンターで真っ黒なページしか印刷されません',
    category: 'プリンター',
    team: 'サービスデスク',
    tier1: '一次対応',
    tier2: '端末担当',
    report:
      'お疲れさまです。\n\n昨夜の更新以降、2階のプリンター（給湯室の隣の大きいもの）で、どのパソコンから印刷しても真っ黒なページしか出てきません。\n\n11時に契約書を渡す予定なので、急ぎで対応をお願いできますでしょうか。\n\n写真を添付します。テストページの表示: https://printer-2.example.com/status/diagnostics/pages/latest?format=long&colour=black\n\nよろしくお願いいたします。\nAda Lovelace',
    answer:
      'Lovelace様\n\n原因は昨夜の更新に含まれていたドライバーでした。以前のものに戻したところ、テストページは正常に印刷されました。契約書を一部お試しいただけますでしょうか。\n\nよろしくお願いいたします。\nGrace Hopper',
    note: '同じドライバーがほかの11台にも入っています。正午までにすべて元に戻します。',
    question: '契約書はどのトレイから印刷していますか。トレイ1からのページは正常に出ますか。',
    times: {
      opened: '11月20日(金) 8:12',
      answered: '11月20日(金) 8:40',
      noted: '11月20日(金) 8:55',
      due: '11月20日(金) 9:12',
      resolution: '11月20日(金) 16:12',
      later: '11月27日(金) 17:00',
    },
    left: phrase('ja', 'left', { time: '45 分' }),
    leftLong: phrase('ja', 'left', { time: '7 時間 45 分' }),
  },
} as const satisfies Record<Language, unknown>;

export function told(language: Language) {
  return TOLD[language];
}

/** A view with the ticket and nothing else said. */
export function sampleView(
  kind: UpdateKind,
  language: Language,
  audience: UpdateView['audience'],
): UpdateView {
  const { desk, subject, category, team, tier1, times } = TOLD[language];
  const requester = audience === 'requester';
  return {
    kind,
    language,
    audience,
    deskName: desk,
    recipientName: requester ? 'Ada' : audience === 'lead' ? 'Katherine' : 'Grace',
    ticket: {
      id: 'T-7K4M2Q',
      subject,
      status: 'open',
      statusName: phrase(language, requester ? 'status-open-requester' : 'status-open'),
      priority: 'P2',
      priorityName: phrase(language, requester ? 'priority-P2-requester' : 'priority-P2'),
      category,
      team,
      tier: 1,
      tierName: tier1,
      requester: 'Ada Lovelace',
      assignee: 'Grace Hopper',
      createdAt: times.opened,
    },
    message: null,
    history: [],
    attachments: [],
    reasons: [],
    deadlines: [],
    facts: {},
    lines: [],
    plainReply: '',
    actions: [],
    marker: MARKER,
  };
}

export function said(
  language: Language,
  who: 'ada' | 'grace',
  words: 'report' | 'answer' | 'note' | 'question',
): Said {
  const { times } = TOLD[language];
  const when = { report: times.opened, answer: times.answered, note: times.noted, question: times.answered };
  return {
    who: who === 'ada' ? 'Ada Lovelace' : 'Grace Hopper',
    when: when[words],
    text: TOLD[language][words],
    html: null,
    private: words === 'note',
  };
}

export function deadlinesOf(language: Language): UpdateView['deadlines'] {
  const { times, left, leftLong } = TOLD[language];
  return [
    { name: phrase(language, 'deadline-firstResponse'), due: times.due, left },
    { name: phrase(language, 'deadline-resolution'), due: times.resolution, left: leftLong },
  ];
}

/** `close` begins a mail that says `#close` and nothing else. */
const VERBS = {
  status: 'status',
  close: 'close',
  solved: 'close',
  'not-solved': 'reopen',
  take: 'take',
  note: 'note',
  waiting: 'waiting',
  resolve: 'resolve',
  escalate: 'escalate',
} as const;

/** `close` begins a mail that says `#close` and nothing else. */
export function buttons(language: Language, ...names: (keyof typeof VERBS)[]): Action[] {
  return names.map((name) => ({
    label: phrase(language, `action-${name}`),
    href: `mailto:support+AB7QK2MF4ZC6WJXN@desk.example.test?subject=%5BT-7K4M2Q%5D&body=%23${VERBS[name]}`,
  }));
}

/** What the desk knows of it. */
export function known(
  language: Language,
  head: 'articles-offered' | 'articles-known',
  how: string,
): UpdateView['articles'] {
  const title = sampleView('acknowledgement', language, 'requester').ticket?.subject ?? '';
  return {
    head: phrase(language, head),
    entries: [{ title, text: said(language, 'grace', 'answer').text }],
    how,
  };
}
