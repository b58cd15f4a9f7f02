import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView, told as story } from '../layout/sample.ts';
import { phrase } from '../words.ts';

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
  ];
}
