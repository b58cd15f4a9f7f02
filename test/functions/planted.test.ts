/**
 * A word of its own is planted in each field that is private to the desk. Then everything is done that makes mail leave, in
 * each language, and each mail is taken apart, head and parts, and searched for the words that its reader must not have.
 * What a confidential team has is searched for in test/functions/confidential.test.ts, what each phrase says of a ticket in
 * test/templates/privacy.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import type { Desk } from '../../core/config/desk.ts';
import { replyAddress } from '../../core/mail/token.ts';
import { type Change, change, open } from '../../core/ticket/change.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { receiveFeedback } from '../../functions/receive-feedback.ts';
import { ID, keys, LUIS, MONDAY, NORA, opened, PRIYA, PROVEN, desk as sampleDesk } from '../sample.ts';
import { type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const [OLE, IDA, CAS, EVE] = ['ole@example.org', 'ida@example.com', 'cas@example.com', 'eve@example.net'];
const OUTSIDE = [NORA, OLE, IDA, CAS, EVE];
const OTHER = 'T-BBBBBB';
const PROBLEM = 'T-CCCCCC';

/** Of what nobody outside reads a word, and where it stands. */
const PLANTED = {
  note: 'zqnotiz',
  'a file of a note': 'zqdatei',
  tag: 'zqmarke',
  'a field': 'zqfeld',
  'time spent': 'zqzeit',
  'what a snooze is for': 'zqwecker',
  'why it is due': 'zqtermin',
  'the fix': 'zqloesung',
  'why more time is asked': 'zqfrist',
  'why it climbed': 'zqaufstieg',
  'why it was assigned': 'zqzuteilung',
  'an approver’s words': 'zqvotum',
  'what a stranger wrote': 'zqfremd',
  'the subject of a linked ticket': 'zqverweis',
  'the problem that it reports': 'zqproblem',
  'what a classification saw': 'zqregel',
  'a grade’s words': 'zqnote',
  'a server’s words': 'zqserver',
} as const;
/** What is his own. */
const OWN: Record<string, string> = {
  [CAS]: PLANTED['the subject of a linked ticket'],
  [EVE]: PLANTED['what a stranger wrote'],
  [NORA]: PLANTED['a grade’s words'],
  [IDA]: PLANTED['an approver’s words'],
};
/** Once it was taken out, nobody reads it. */
const REDACTED = 'zqgeheim';

const desk: Desk = {
  ...sampleDesk,
  answers: { ...sampleDesk.answers, fromName: '{{mailbox}}', signature: {} },
  fields: [
    ...sampleDesk.fields,
    { name: 'codename', title: 'Code name', type: 'text' } as Desk['fields'][number],
  ],
};
/** With that name nothing says who of the desk wrote. */
const HIDDEN = desk.people.flatMap(({ address, alternates, name }) => [address, ...alternates, name]);

const first = (given: Partial<Extract<Happening, { kind: 'opened' }>>) =>
  ({ ...(opened().events[0] as Extract<Happening, { kind: 'opened' }>), ...given }) as Extract<
    Happening,
    { kind: 'opened' }
  >;
const assigned: Happening = {
  ...{ kind: 'assigned', assignee: LUIS, previous: null, reason: PLANTED['why it was assigned'], by: 'desk' },
};

/** Everything that makes mail leave. */
async function story(language: (typeof LANGUAGES)[number]) {
  const world = leavingWorld();
  world.desk = desk;
  let letters = 0;
  world.random = (octets) => new Uint8Array(octets).fill(++letters);
  const mails: Left[] = [];
  const relay = async () => void mails.push(...(await world.relay()));
  const begin = async (id: string, given: Parameters<typeof first>[0]) => {
    const made = open(id, first({ language, ...given }), [assigned], MONDAY, desk);
    await world.tickets.commit(made, [
      {
        ...{
          id: `${id}-m1`,
          number: 1,
          at: MONDAY,
          direction: 'in',
          visibility: 'public',
          bodyKey: null,
          withheld: 0,
        },
        ...{ from: made.after.requester, attachments: [], mailId: id, messageId: null, cc: [] },
        text: id === ID ? `My password is ${REDACTED}.` : 'It does not work.',
      },
    ]);
    await relay();
  };
  /** Somebody answers what went to him; his verdicts prove him. */
  const write = async (
    by: string,
    text: string,
    to = ID,
    { file = '', token = by, purpose = 'ticket' as const } = {},
  ) => {
    const mailId = `mail-${++letters}`;
    const last = mails.findLast((mail) => mail.to === by && mail.kind === 'approval')?.replyTo;
    const proof = { purpose, id: to, participant: token, expires: Date.parse(MONDAY) + 90 * 86_400_000 };
    const address = by === IDA ? (last ?? '') : replyAddress('support@desk.example.test', proof, keys);
    const head = [
      `From: ${by}`,
      `To: ${address}`,
      'Subject: Re: it',
      `Message-ID: <${mailId}@example.org>`,
      'MIME-Version: 1.0',
    ];
    const body = file
      ? [
          ...[
            'Content-Type: multipart/mixed; boundary=b',
            '',
            '--b',
            'Content-Type: text/plain; charset=utf-8',
            '',
            text,
          ],
          ...[
            '--b',
            `Content-Type: application/pdf; name="${file}.pdf"`,
            `Content-Disposition: attachment; filename="${file}.pdf"`,
          ],
          ...['', 'octets', '--b--', ''],
        ]
      : ['Content-Type: text/plain; charset=utf-8', '', text];
    const raw = [...head, ...body].join('\r\n');
    await receiveEmail(
      deliver(world, raw, { mailId, recipients: [address], returnPath: by, ...PROVEN }),
      world,
    );
    await relay();
    return world.ledger.read(mailId);
  };
  /** What the clock does. */
  const happens = async (...happenings: Happening[]) => {
    const before = await world.tickets.read(ID);
    if (!before) throw new Error('it was opened');
    const made: Change = change(before, happenings, world.time, desk);
    await world.tickets.commit(made, []);
    await relay();
  };

  await begin(OTHER, {
    requester: { address: CAS, name: 'Cas' },
    subject: PLANTED['the subject of a linked ticket'],
  });
  await begin(PROBLEM, {
    requester: { address: PRIYA, name: '' },
    subject: PLANTED['the problem that it reports'],
    type: 'problem',
  });
  await begin(ID, {
    cc: [{ address: OLE, name: 'Ole' }],
    reasons: [{ what: 'category', why: PLANTED['what a classification saw'] }],
  });
  const W = PLANTED;
  const records = [
    await write(LUIS, `#note ${W.note}`, ID, { file: W['a file of a note'] }),
    await write(LUIS, `#tag +${W.tag}\n#codename ${W['a field']}\n#time 5m ${W['time spent']}`),
    await write(
      LUIS,
      `#snooze 2h ${W['what a snooze is for']}\n#due 2026-12-24 ${W['why it is due']}\n#fix ${W['the fix']}`,
    ),
    await write(LUIS, `#link ${OTHER}\n#link ${PROBLEM} problem`),
    await write(LUIS, 'We come at noon.'),
    await write(LUIS, `#extend 4h ${W['why more time is asked']}`),
    await write(LUIS, `#approval ${IDA} a second monitor`),
    await write(IDA, `reject\n\n${W['an approver’s words']}`),
    await write(LUIS, '#visit tomorrow 14:00 1h at your desk'),
    await write(NORA, '#status'),
    await write(NORA, '#services'),
    await write(OLE, '#status'),
    await write(EVE, W['what a stranger wrote'], ID, { token: NORA }),
    await write(LUIS, `#escalate ${W['why it climbed']}`),
    await write(PRIYA, '#take\n\nIt is with me now.'),
    await write(PRIYA, '#waiting 3d for the requester'),
    await write(PRIYA, '#history\n#why\n#files 2'),
  ];
  await happens({ kind: 'requester-reminded' });
  records.push(
    await write(NORA, 'Here it is.'),
    await write(NORA, ''),
    await write(PRIYA, '#resolve\n\nIt is done.'),
    await write(NORA, 'No, it is not.'),
    await write(PRIYA, '#redact 1 a password stands in it'),
    await write(PRIYA, '#history'),
    await write(PRIYA, '#close'),
    await write(NORA, `1\n\n${W['a grade’s words']}`),
    await write(NORA, '#reopen'),
  );
  await receiveFeedback(
    {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bouncedRecipients: [
          { emailAddress: OLE, status: '5.1.1', diagnosticCode: `smtp; 550 ${W['a server’s words']}` },
        ],
      },
      mail: { messageId: '0100-1', destination: [OLE], tags: { update: ['x'], ticket: [ID] } },
    } as never,
    world,
  );
  await relay();
  records.push(await write(LUIS, `#merge ${ID}`, OTHER));
  return { mails, records, world };
}

const KINDS = new Set<string>();

describe.each(LANGUAGES)('%s', (language) => {
  test('no mail to anybody outside holds a word of the desk’s inside', async () => {
    const { mails, records, world } = await story(language);
    const done = records.map((record) => `${record?.disposition}: ${record?.reason}`);
    expect(done.filter((each) => /unknown-command|refused-command|held|poison|no-ticket/.test(each))).toEqual(
      [],
    );
    const outside = mails.filter(({ to }) => OUTSIDE.includes(to));
    for (const { to, kind, whole } of outside) {
      KINDS.add(kind);
      const found = Object.entries(PLANTED).filter(
        ([, word]) => word !== OWN[to] && whole.toLowerCase().includes(word),
      );
      expect(found.map(([where]) => `${kind} to ${to}: ${where}`)).toEqual([]);
      expect(
        HIDDEN.filter((each) => whole.toLowerCase().includes(each.toLowerCase())),
        `${kind} to ${to}`,
      ).toEqual([]);
      // Nor another's reply address: with it one could write as he.
      const others = mails.filter((mail) => mail.to !== to).map(({ replyTo }) => replyTo);
      expect(
        others.filter((each) => /\+[0-9a-z]{39}@/.test(each) && whole.includes(each)),
        `${kind} to ${to}`,
      ).toEqual([]);
    }
    // A copy reads no more of others than that they are on copy; the other ticket's requester nothing of this one's.
    for (const { whole } of outside.filter(({ to }) => to === CAS)) expect(whole).not.toContain('password');
    // Each word was read by somebody inside, so that it would have been found; a server's, by nobody.
    const inside = mails.filter(({ to }) => !OUTSIDE.includes(to));
    const read = inside.map(({ whole }) => whole.toLowerCase()).join('\n');
    expect(
      Object.entries(PLANTED)
        .filter(([, word]) => word !== PLANTED['a server’s words'] && !read.includes(word))
        .map(([where]) => where),
    ).toEqual([]);
    const at = mails.findIndex(
      ({ kind, to, whole }) => kind === 'transcript' && to === PRIYA && whole.includes('#redact'),
    );
    expect(at).toBeGreaterThan(0);
    for (const { kind, to, whole } of mails.slice(at))
      expect(whole, `${kind} to ${to}`).not.toContain(REDACTED);
    const logged = JSON.stringify(world.logged).toLowerCase();
    expect(
      [...Object.values(PLANTED), REDACTED, ...OUTSIDE, ...HIDDEN.map((each) => each.toLowerCase())].filter(
        (each) => logged.includes(each),
      ),
    ).toEqual([]);
  });
});

test('every kind of mail that goes outside left', () => {
  expect([...KINDS].sort()).toEqual([
    ...['acknowledgement', 'answer', 'approval', 'closed', 'decided', 'escalated', 'refusal', 'resolved'],
    ...['satisfaction', 'transcript', 'waiting-reminder'],
  ]);
});
