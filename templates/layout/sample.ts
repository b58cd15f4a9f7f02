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
