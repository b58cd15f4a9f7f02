import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const DETAIL = {
  en: {
    unknown: 'there is no command #noet; did you mean #note?',
    resolve: 'not done, because another line could not be carried out',
    priority: 'P2 to P1',
    take: 'it is yours already',
    sent: 'Your words went to Ada Lovelace as an answer.',
    status:
      'Open since Fri 20 Nov, 08:12, with Grace Hopper.\nFirst response: given.\nResolution: due by Fri 20 Nov, 16:12.',
  },
  de: {
    unknown: 'es gibt keinen Befehl #noet; meinten Sie #note?',
    resolve: 'nicht getan, weil eine andere Zeile sich nicht ausführen ließ',
    priority: 'P2 zu P1',
    take: 'es gehört Ihnen schon',
    sent: 'Ihre Worte gingen als Antwort an Ada Lovelace.',
    status:
      'Offen seit Fr. 20. Nov., 08:12, bei Grace Hopper.\nErste Antwort: gegeben.\nLösung: fällig bis Fr. 20. Nov., 16:12.',
  },
};

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
      ...sampleView('transcript', language, 'requester'),
      plainReply: phrase(language, 'reply-requester'),
      facts: { said: detail.status },
      lines: [{ line: '#status', outcome: 'done', detail: '' }],
    },
  ];
}
