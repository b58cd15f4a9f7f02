import type { Language } from '../../core/config/desk.ts';
import type { Action, ReportView, UpdateView } from '../../core/mail/update.ts';
import { sampleView, told } from '../layout/sample.ts';
import { durationIn, LOCALES } from '../times.ts';
import { type PhraseKey, phrase } from '../words.ts';
import { periodIn } from './view.ts';

const OTHERS = {
  en: {
    ...{ monitor: 'A second monitor', vpn: 'The VPN drops every few minutes', question: 'a monitor, 300 €' },
    categories: [
      'Printers',
      'Network and VPN',
      'Accounts and passwords',
      'Laptops and phones',
      'Everything else',
    ],
    teams: ['Service Desk', 'Workplace'],
    reason: 'the part comes tomorrow',
  },
  de: {
    ...{
      monitor: 'Ein zweiter Bildschirm',
      vpn: 'Das VPN bricht alle paar Minuten ab',
      question: 'ein Bildschirm, 300 €',
    },
    categories: [
      'Drucker',
      'Netzwerk und VPN',
      'Konten und Passwörter',
      'Laptops und Telefone',
      'Alles andere',
    ],
    teams: ['Service Desk', 'Arbeitsplatz'],
    reason: 'das Teil kommt morgen',
  },
  fr: {
    ...{
      monitor: 'Un deuxième écran',
      vpn: 'Le VPN coupe toutes les deux minutes',
      question: 'un écran, 300 €',
    },
    categories: [
      'Imprimantes',
      'Réseau et VPN',
      'Comptes et mots de passe',
      'Ordinateurs et téléphones',
      'Tout le reste',
    ],
    teams: ['Support', 'Postes de travail'],
    reason: 'la pièce arrive demain',
  },
  es: {
    ...{
      monitor: 'Un segundo monitor',
      vpn: 'La VPN se corta cada pocos minutos',
      question: 'un monitor, 300 €',
    },
    categories: [
      'Impresoras',
      'Red y VPN',
      'Cuentas y contraseñas',
      'Portátiles y teléfonos',
      'Todo lo demás',
    ],
    teams: ['Soporte', 'Puestos de trabajo'],
    reason: 'la pieza llega mañana',
  },
  pt: {
    ...{
      monitor: 'Um segundo monitor',
      vpn: 'A VPN cai de poucos em poucos minutos',
      question: 'um monitor, 300 €',
    },
    categories: [
      'Impressoras',
      'Rede e VPN',
      'Contas e palavras-passe',
      'Portáteis e telefones',
      'Tudo o resto',
    ],
    teams: ['Suporte', 'Postos de trabalho'],
    reason: 'a peça chega amanhã',
  },
  ja: {
    ...{ monitor: '2台目のモニター', vpn: 'VPNが数分ごとに切れます', question: 'モニター、4万円' },
    categories: ['プリンター', 'ネットワークとVPN', 'アカウントとパスワード', 'ノートPCと電話', 'その他'],
    teams: ['サービスデスク', '端末担当'],
    reason: '部品が明日届くため',
  },
} satisfies Record<Language, unknown>;

const MINUTE = 60_000;

export function samples(language: Language): UpdateView[] {
  const say = (key: PhraseKey, facts?: Record<string, string>) => phrase(language, key, facts);
  const { subject, times, tier2 } = told(language);
  const others = OTHERS[language];
  const week = { from: '2026-11-16', to: '2026-11-22' };
  const view: UpdateView = {
    ...sampleView('report', language, 'lead'),
    ...{ ticket: null, plainReply: say('reply-report') },
  };
  const entry = (number: number, id: string, about: string) => ({
    ...{ number: String(number), id, subject: about, due: '', tone: 'quiet' as const },
  });
  const decisions = [
    {
      ...entry(1, 'T-3C9XRT', others.monitor),
      about: [say('priority-P4'), 'Alan Turing', 'Grace Hopper'].join(' · '),
      news: say('report-why-approval', { people: 'Katherine Johnson', question: others.question }),
      actions: [
        write(say('action-approve'), `1 ${say('vote-approve')}`),
        write(say('action-reject'), `1 ${say('vote-reject')}`),
      ],
    },
    {
      ...entry(2, 'T-7K4M2Q', subject),
      about: [say('priority-P2'), 'Ada Lovelace', 'Grace Hopper'].join(' · '),
      news: say('report-why-extension', {
        ...{ who: 'Grace Hopper', time: durationIn(language, 240 * MINUTE), reason: others.reason },
      }),
      actions: [
        write(say('action-approve'), `2 ${say('vote-approve')}`),
        write(say('action-reject'), `2 ${say('vote-reject')}`),
      ],
    },
    {
      ...entry(3, 'T-9QWE42', others.vpn),
      about: [say('priority-P3'), 'Charles Babbage'].join(' · '),
      news: [say('report-why-problem', { count: '5' }), say('report-why-free')].join(' · '),
      actions: [
        write(say('report-problem'), '3 problem'),
        write(say('action-take'), '3 take'),
        write(say('action-note'), '3 note '),
      ],
    },
  ];
  const late = {
    ...entry(4, 'T-4HJK7N', others.categories[3] ?? ''),
    ...{ tone: 'late' as const, news: say('report-why-top-tier', { tier: tier2 }) },
    about: [say('priority-P2'), 'Mary Somerville', 'Grace Hopper'].join(' · '),
    due: `${say('deadline-resolution')}: ${times.resolution} (${say('overdue', { time: durationIn(language, 45 * MINUTE) })})`,
    actions: [write(say('action-take'), '4 take'), write(say('action-note'), '4 note ')],
  };
  const report = reportIn(language, '2026-11-16..2026-11-22');
  const facts = (period: string, opened: string, resolved: string, open: string) => ({
    subject: say('report-subject', { period, opened, resolved, open }),
  });
  const quiet: ReportView = {
    ...report,
    headline: report.headline
      .slice(0, 4)
      .map((figure) => ({ ...figure, value: '0', change: say('report-unchanged'), tone: 'quiet' })),
    quiet: [say('report-quiet'), say('report-nothing-waits')].join(' '),
    ...{ columns: [], charts: [], further: [] },
  };
  const byAgent: ReportView = {
    ...report,
    ...{ columns: [], further: [] },
    charts: report.charts.slice(-1).map((chart) => ({ ...chart, ask: null, rest: '' })),
  };
  const period = periodIn(language, week);
  return [
    {
      ...{ ...view, facts: facts(period, '48', '51', '23'), report },
      sections: [
        { title: say('report-decide'), entries: decisions, rest: say('digest-more', { count: '2' }) },
        { title: say('report-breach'), entries: [late], rest: '' },
      ],
    },
    { ...view, facts: facts(period, '0', '0', '0'), sections: [], report: quiet },
    { ...view, facts: facts(period, '48', '51', '23'), sections: [], report: byAgent },
  ];
}

function reportIn(language: Language, range: string): ReportView {
  const say = (key: PhraseKey, facts?: Record<string, string>) => phrase(language, key, facts);
  const { categories, teams } = OTHERS[language];
  const share = (of: number) => new Intl.NumberFormat(LOCALES[language], { style: 'percent' }).format(of);
  const weekday = new Intl.DateTimeFormat(LOCALES[language], { timeZone: 'UTC', weekday: 'short' });
  const day = new Intl.DateTimeFormat(LOCALES[language], {
    ...{ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' },
  });
  const days = [16, 17, 18, 19, 20, 21, 22].map((each) => new Date(Date.UTC(2026, 10, each)));
  const columnsOf = (counts: number[]) =>
    counts.map((count, at) => ({
      ...{ label: weekday.format(days[at]), value: String(count), height: count / Math.max(...counts) },
    }));
  const bars = (counts: [string, number, string, number, number][], tone: 'first' | 'second') =>
    counts.map(([name, count, change, open, kept]) => ({
      ...{
        name,
        value: String(count),
        change,
        tone,
        share: count / Math.max(...counts.map(([, each]) => each)),
      },
      note: [
        say('report-note-open', { count: String(open) }),
        say('report-note-kept', { share: share(kept) }),
      ].join(' · '),
    }));
  const promise = (measure: 'firstResponse' | 'resolution', met: number, all: number, change: string) => ({
    ...{ name: say(`deadline-${measure}`), value: share(met / all), change, share: met / all },
    ...{ note: say('report-kept', { met: String(met), all: String(all) }), tone: 'second' as const },
  });
  const ask = (by: string) => write(`#report ${range} by ${by}`);
  const points = (count: string) => say('report-points', { points: count });
  const figure = (
    key: PhraseKey,
    value: string,
    change = '',
    tone: 'good' | 'late' | 'quiet' = 'quiet',
    note = '',
  ) => ({
    ...{ name: say(key), value, change, tone, note },
  });
  const time = (minutes: number) => durationIn(language, minutes * MINUTE);
  return {
    against: say('report-against', { period: periodIn(language, { from: '2026-11-09', to: '2026-11-15' }) }),
    headline: [
      figure('report-number-opened', '48', '+6 ↑'),
      figure('report-number-resolved', '51', '+9 ↑'),
      figure('report-number-open', '23'),
      figure('report-number-overdue', '2'),
      figure(
        'report-number-promises',
        share(0.94),
        `+${points('2')} ↑`,
        'good',
        say('report-kept', { met: '92', all: '98' }),
      ),
      figure('report-number-satisfaction', say('report-votes', { mean: '4', count: '12' }), '−1 ↓', 'late'),
      figure(
        'report-number-response',
        time(42),
        `−${time(11)} ↓`,
        'good',
        say('report-p90', { time: time(190) }),
      ),
      figure(
        'report-number-resolution',
        time(320),
        `+${time(25)} ↑`,
        'late',
        say('report-p90', { time: time(2100) }),
      ),
    ],
    quiet: '',
    columns: [
      {
        ...{
          title: say('report-chart-opened'),
          tone: 'first',
          note: '',
          days: days.map((each) => day.format(each)),
        },
        columns: columnsOf([12, 9, 11, 8, 7, 1, 0]),
      },
      {
        ...{
          title: say('report-chart-resolved'),
          tone: 'second',
          note: '',
          days: days.map((each) => day.format(each)),
        },
        columns: columnsOf([10, 11, 13, 9, 8, 0, 0]),
      },
    ],
    charts: [
      {
        ...{ title: say('report-chart-promises'), about: '', rest: '', ask: write('#report last month') },
        bars: [promise('firstResponse', 47, 48, ''), promise('resolution', 45, 50, `+${points('3')} ↑`)],
      },
      {
        ...{ title: say('report-chart-age'), about: '', ask: write('#queue service-desk') },
        bars: (
          [
            ['day', 9],
            ['days', 6],
            ['week', 5],
            ['weeks', 2],
            ['more', 1],
          ] as const
        ).map(([name, count]) => ({
          ...{
            name: say(`report-age-${name}`),
            value: String(count),
            change: '',
            note: '',
            share: count / 9,
          },
          tone: 'third',
        })),
        rest: say('report-oldest', { ticket: 'T-5PWX2D', time: time(60 * 24 * 33) }),
      },
      {
        ...{ title: say('report-chart-category'), about: say('report-bars-opened'), ask: ask('category') },
        bars: bars(
          [
            [categories[0] ?? '', 15, '+7 ↑', 6, 0.93],
            [categories[1] ?? '', 12, '−2 ↓', 5, 0.91],
            [categories[2] ?? '', 11, '', 4, 1],
            [categories[3] ?? '', 6, '+1 ↑', 7, 0.83],
            [categories[4] ?? '', 4, '', 1, 1],
          ],
          'first',
        ),
        rest: say('report-rest', { count: '3' }),
      },
      {
        ...{ title: say('report-chart-team'), about: say('report-bars-opened'), rest: '', ask: ask('team') },
        bars: bars(
          [
            [teams[0] ?? '', 39, '+5 ↑', 15, 0.95],
            [teams[1] ?? '', 9, '+1 ↑', 8, 0.89],
          ],
          'first',
        ),
      },
      {
        ...{
          title: say('report-chart-agent'),
          about: say('report-bars-resolved'),
          rest: '',
          ask: ask('agent'),
        },
        bars: bars(
          [
            ['Grace Hopper', 24, '+4 ↑', 9, 0.96],
            ['Dorothy Vaughan', 18, '+5 ↑', 8, 0.94],
            ['Mary Jackson', 9, '', 6, 0.89],
          ],
          'second',
        ),
      },
    ],
    further: [
      figure('report-first-contact', '31', '+4 ↑'),
      figure('report-reopened', '3', '−1 ↓'),
      figure('report-escalated', '7'),
      figure('report-bounced', '1', '+1 ↑'),
      figure('report-mails-in', '143', '+20 ↑'),
      figure('report-mails-out', '212', '+31 ↑'),
      figure('report-loops', '2'),
    ],
    ...{ furtherTitle: say('report-further'), askLabel: say('report-ask'), ask: write('#report last month') },
    footnote: say('report-error', { share: share(0.049) }),
  };
}

function write(label: string, line = label): Action {
  return {
    label,
    href: `mailto:support+6AB7QK2MF4ZC6WJXN@desk.example.test?subject=Example&body=${encodeURIComponent(`${line}\n`)}`,
  };
}
