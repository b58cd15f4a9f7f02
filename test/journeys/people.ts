/** Mail as people and their programs write it, to a desk that a program drives. */
import type { Desk } from '../../core/config/desk.ts';
import { PROVEN, desk as sample } from '../sample.ts';
import type { Coming, Left } from './driven-desk.ts';

export interface Letter {
  mailId: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  /** What it answers; its text is quoted below, as most programs do. */
  answers?: Left;
  verdicts?: Partial<Coming['receipt']>;
  headers?: readonly string[];
}

export function letter({
  mailId,
  from,
  to,
  subject,
  text,
  answers,
  verdicts = PROVEN,
  headers = [],
}: Letter): Coming {
  const quoted = answers
    ? [
        '',
        `On Mon, 23 Nov 2026 at 10:00, Service Desk <${answers.replyTo}> wrote:`,
        ...answers.text.split('\n').map((line) => `> ${line}`),
      ]
    : [];
  const raw = [
    ...[`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${mailId}@people.example>`],
    ...(answers ? [`In-Reply-To: <${answers.messageId}>`] : []),
    ...(answers ? [`References: ${[...answers.references, `<${answers.messageId}>`].join(' ')}`] : []),
    ...headers,
    ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', text, ...quoted, ''],
  ];
  return { mailId, raw: raw.join('\r\n'), receipt: { recipients: [to], returnPath: from, ...verdicts } };
}

// ─── Who there is when a desk is driven at random, and what they say ────────────────────────────────────────────────

export const REQUESTERS = [
  'nora@example.org',
  'cas@example.com',
  'ina@example.net',
  'vera@board.example.com',
];
const LUIS = 'luis.ortega@example.test';
const ADA = 'ada.osei@example.test';
const STRANGER = 'mallory@example.info';
export const THIEVES = [STRANGER, 'cas@example.com', LUIS];
export const TOPICS: [mailbox: string, subject: string, text: string][] = [
  ['support@desk.example.test', 'The printer is jammed', 'The printer on floor 3 eats the paper.'],
  ['support@desk.example.test', 'VPN', 'I cannot reach the network by the VPN since this morning.'],
  ['support@desk.example.test', 'Nobody can sign in', 'Nobody in our team can sign in. It is urgent.'],
  ['hr@desk.example.test', 'My salary', 'My payslip of October is wrong.'],
  ['hr@desk.example.test', 'A question of leave', 'How many days of leave do I have?'],
];
/** What agents write above their words; `$other` is another ticket. */
export const VERBS = [
  ...[
    '',
    '',
    '',
    '#take',
    '#take',
    '#note',
    '#note',
    '#resolve',
    '#resolve',
    '#waiting',
    '#waiting 2d',
    '#close',
  ],
  ...['#reopen', `#assign ${LUIS}`, '#assign priya.nair@example.test', `#assign ${ADA}`, '#unassign'],
  ...['#team hr', '#team service-desk', '#priority P1', '#priority P4', '#escalate', '#deescalate'],
  ...[
    '#snooze 2h look again',
    '#undo',
    '#cc +ben@example.org',
    '#cc -ben@example.org',
    '#requester ben@example.org',
  ],
  ...[
    '#approval grace.okafor@example.test, ben@example.org a second screen',
    '#merge $other',
    '#merge $other',
  ],
  ...[
    '#dup $other',
    '#link $other problem',
    '#link $other',
    '#unlink',
    '#split',
    '#clone',
    '#problem',
    '#tell',
  ],
  ...[
    '#history',
    '#why',
    '#status',
    '#find kw*',
    '#find leave salary',
    '#find printer',
    ...['#show $other', '#show $other', '#show $other'],
    '#queue',
    '#queue hr',
    '#mine',
  ],
  ...['#spam', '#redact 1 a password', '#time 5m', '#tag +slow', '#category payroll', '#category printing'],
  ...[
    '#away 2d',
    '#back',
    '#nonsense',
    '#watch',
    '#unwatch',
    '#due tomorrow 14:00 the audit',
    '#extend 4h parts',
  ],
  ...[
    '#visit tomorrow 14:00 1h at your desk',
    '#fix the roller was worn',
    '#macro thanks',
    '#macro vpn-again',
  ],
  ...['#help', '#report', '#files', '1 close', 'approve', 'reject', '#waiting 1d supplier they send a part'],
] as const;
export const SAYINGS = [
  '',
  '',
  '',
  '',
  '#close',
  '#reopen',
  '#status',
  '#stop',
  'solved',
  'approve',
  'reject',
  '5',
  'Thank you!',
];

/** desk.yaml as it is after a deployment: other times, and somebody has left. */
export const SECOND: Desk = {
  ...sample,
  hash: 'second',
  people: sample.people.filter(({ address }) => address !== LUIS),
  teams: sample.teams.map(({ onCall: _, ...team }) => team as Desk['teams'][number]),
  resolved: { ...sample.resolved, closeAfter: 2 * sample.resolved.closeAfter },
};

export const STAFF = new Map(sample.people.map((person) => [person.address, person]));
