import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

const OTHERS = {
  en: { monitor: 'A second monitor', vpn: 'The VPN drops every few minutes', chair: 'New chair' },
  de: { monitor: 'Ein zweiter Bildschirm', vpn: 'Das VPN bricht alle paar Minuten ab', chair: 'Neuer Stuhl' },
  fr: { monitor: 'Un deuxième écran', vpn: 'Le VPN coupe toutes les deux minutes', chair: 'Nouvelle chaise' },
  es: { monitor: 'Un segundo monitor', vpn: 'La VPN se corta cada pocos minutos', chair: 'Silla nueva' },
  pt: { monitor: 'Um segundo monitor', vpn: 'A VPN cai de poucos em poucos minutos', chair: 'Cadeira nova' },
  ja: { monitor: '2台目のモニター', vpn: 'VPNが数分ごとに切れます', chair: '新しい椅子' },
} satisfies Record<Language, unknown>;

export function samples(language: Language): UpdateView[] {
  const { subject, times, left, leftLong } = told(language);
  const say = (key: Parameters<typeof phrase>[1], facts?: Record<string, string>) =>
    phrase(language, key, facts);
  const others = OTHERS[language];
  const view = {
    ...sampleView('digest', language, 'agent'),
    ticket: null,
    plainReply: say('reply-digest'),
  };
  const printer = {
    ...{ number: '1', id: 'T-7K4M2Q', subject, tone: 'late' as const },
    about: [say('priority-P2'), 'Ada Lovelace', say('digest-owed')].join(' · '),
    due: `${say('deadline-firstResponse')}: ${times.due} (${left})`,
    news: say('digest-new', { news: say('digest-new-requester-message-several', { count: '2' }) }),
  };
  const monitor = {
    ...{ number: '2', id: 'T-3C9XRT', subject: others.monitor, tone: 'quiet' as const },
    about: [say('priority-P4'), 'Alan Turing', say('status-waiting')].join(' · '),
    due: `${say('deadline-resolution')}: ${times.later} (${leftLong})`,
    news: say('digest-new', { news: say('digest-new-assignment') }),
  };
  return [
    {
      ...view,
      facts: { subject: [say('digest-count-own', { count: '52' }), say('digest-count-late-one')].join(', ') },
      sections: [
        {
          title: say('digest-own'),
          entries: [printer, monitor],
          rest: say('digest-more', { count: '150' }),
        },
      ],
    },
    {
      ...view,
      audience: 'lead',
      facts: { subject: say('digest-count-free-one') },
      sections: [
        {
          title: say('digest-free'),
          entries: [
            {
              ...{ number: '1', id: 'T-9QWE42', subject: others.vpn, tone: 'quiet' },
              about: [say('priority-P3'), 'Charles Babbage', say('list-nobody'), say('digest-owed')].join(
                ' · ',
              ),
              due: `${say('deadline-firstResponse')}: ${times.due} (${left})`,
              news: '',
            },
          ],
          rest: '',
        },
        {
          title: say('digest-others'),
          entries: [
            {
              ...{ number: '2', id: 'T-4HJK7N', subject: others.chair, tone: 'quiet', due: '' },
              about: [say('priority-P4'), 'Mary Somerville', 'Grace Hopper', say('status-closed')].join(
                ' · ',
              ),
              news: say('digest-new', { news: say('digest-new-note') }),
            },
          ],
          rest: '',
        },
      ],
    },
  ];
}
