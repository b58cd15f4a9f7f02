import { describe, expect, test } from 'vitest';
import type { Desk, Person } from '../../core/config/desk.ts';
import type { Rollup } from '../../core/insight/figures.ts';
import {
  askReport,
  dimensionsOf,
  entriesFor,
  numberAsked,
  reportOf,
  reportsDue,
  scopeOf,
  within,
} from '../../core/insight/report.ts';
import { digestDay, digestId } from '../../core/mail/token.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, ticket } from '../sample.ts';

const [GRACE, HELENE, ADA] = [
  'grace.okafor@example.test',
  'helene.roth@example.test',
  'ada.osei@example.test',
];
const person = (address: string, of: Desk = desk): Person => {
  const found = of.people.find((each) => each.address === address);
  if (!found) throw new Error(`nobody is ${address}`);
  return found;
};
const due = (address: string, now: string, of = desk) =>
  reportsDue(person(address, of), of, now).map(({ occasion, from, to }) => `${occasion} ${from}..${to}`);
const withHours = (address: string, hours: string): Desk => ({
  ...desk,
  people: desk.people.map((each) => (each.address === address ? { ...each, hours } : each)),
});

describe('a report is due', () => {
  test('to managers in the week, from its day and hour on, of the seven days before', () => {
    expect(due(GRACE, '2026-11-23T05:59:00.000Z')).toEqual([]);
    expect(due(GRACE, '2026-11-23T06:00:00.000Z')).toEqual(['weekly 2026-11-16..2026-11-22']);
    // Whoever was away has it on his first day.
    expect(due(GRACE, '2026-11-26T06:00:00.000Z')).toEqual(['weekly 2026-11-16..2026-11-22']);
    expect(due(GRACE, '2026-11-26T05:00:00.000Z')).toEqual([]);
  });

  test('to leads on working days, of all days since the last one', () => {
    const office = withHours(MARTHA, 'office');
    expect(due(MARTHA, '2026-11-23T06:30:00.000Z', office)).toEqual(['daily 2026-11-20..2026-11-22']);
    expect(due(MARTHA, '2026-11-24T06:30:00.000Z', office)).toEqual(['daily 2026-11-23..2026-11-23']);
    expect(due(MARTHA, '2026-11-22T12:00:00.000Z', office)).toEqual([]);
    expect(due(KIM, '2026-11-24T06:30:00.000Z')).toEqual([]);
  });

  test('by the clock of its reader, of days of the desk that are over', () => {
    const abroad = (address: string): Desk => ({
      ...withHours(address, 'tokyo'),
      calendars: [
        ...desk.calendars,
        {
          name: 'tokyo',
          timezone: 'Asia/Tokyo',
          hours: { tue: ['09:00-18:00'], mon: ['09:00-18:00'] },
          holidays: [],
        },
      ],
    });
    // Half past seven there is still the evening before in Berlin.
    expect(due(MARTHA, '2026-11-23T22:29:00.000Z', abroad(MARTHA))).toEqual([]);
    expect(due(MARTHA, '2026-11-23T22:30:00.000Z', abroad(MARTHA))).toEqual(['daily 2026-11-17..2026-11-22']);
    expect(due(GRACE, '2026-11-22T22:00:00.000Z', abroad(GRACE))).toEqual(['weekly 2026-11-15..2026-11-21']);
  });

  test('once: each day and week has a number of its own, apart from those of digests and of what was asked for', () => {
    const numbers = [0, 24, 48, 168].flatMap((hours) =>
      [GRACE, MARTHA].flatMap((address) =>
        reportsDue(person(address), desk, later(MONDAY, hours)).map(({ number }) => `${address} ${number}`),
      ),
    );
    expect(new Set(numbers).size).toBe(2 + 4);
    const asked = [
      numberAsked('MAIL#a EVENT#1', 0),
      numberAsked('MAIL#a EVENT#1', 1),
      numberAsked('MAIL#b EVENT#1', 0),
    ];
    expect(new Set(asked).size).toBe(3);
    for (const number of asked) {
      expect(number).toBeGreaterThan(99_999_999);
      expect(number).toBeLessThan(1_000_000_000);
      expect(digestDay(digestId(number))).toBe(number);
    }
  });

  test('under the number of its day or week, in which it is found again', () => {
    const number = (address: string) => reportsDue(person(address), desk, later(MONDAY, 48))[0]?.number;
    const monday = Date.parse(MONDAY.slice(0, 10)) / 86_400_000;
    expect([number(MARTHA), number(GRACE)]).toEqual([1_000_000 + monday + 2, 2_000_000 + monday]);
  });

  test('of one day to whoever was not there for more than two weeks', () => {
    const free = (...holidays: string[]): string[] =>
      due(MARTHA, '2026-11-23T08:00:00.000Z', {
        ...withHours(MARTHA, 'mondays'),
        calendars: [
          { name: 'mondays', timezone: 'Europe/Berlin', hours: { mon: ['08:00-12:00'] }, holidays },
        ],
      });
    expect(free()).toEqual(['daily 2026-11-16..2026-11-22']);
    expect(free('11-16')).toEqual(['daily 2026-11-09..2026-11-22']);
    expect(free('11-16', '11-09')).toEqual(['daily 2026-11-22..2026-11-22']);
  });

  test('to people who are named beside the leads, and to nobody else', () => {
    const to = ['managers', LUIS];
    const daily = { ...desk, reports: { daily: { to, at: '07:00' } } };
    expect(
      [LUIS, GRACE, KIM, MARTHA].map((address) => due(address, later(MONDAY, 24), daily).length),
    ).toEqual([...[1, 1, 0, 0]]);
  });

  test('to nobody of a desk that does not say so', () => {
    expect(due(GRACE, MONDAY, { ...desk, reports: {} })).toEqual([]);
  });
});

const rollup = (by: Rollup['by'], of: string, opened = 1): Rollup => ({
  ...{ day: '2026-11-20', by, of },
  cells: { opened },
});
const COUNTED = [
  ...[rollup('desk', ''), rollup('priority', 'P3', 12)],
  ...[rollup('team', 'service-desk', 9), rollup('team', 'hr', 3)],
  ...[rollup('category', 'printing', 9), rollup('category', 'payroll', 3)],
  ...[
    rollup('agent', LUIS, 9),
    rollup('agent', ADA, 3),
    rollup('agent', '-', 1),
    rollup('agent', 'gone@example.test', 1),
  ],
];
const seen = (address: string, of = desk) =>
  within(COUNTED, scopeOf(person(address, of), of), of).map(
    ({ by, of, cells }) => `${by} ${of} ${cells.opened}`,
  );

describe('what somebody sees', () => {
  test('of a confidential team is nothing for a manager and another lead, not even in a total', () => {
    const theirs = ['team service-desk 9', 'priority  9', 'category printing 9', `agent ${LUIS} 9`];
    expect(seen(GRACE)).toEqual(theirs);
    expect(seen(MARTHA)).toEqual(theirs);
  });

  test('of his own confidential team is all for its lead, and nothing of the others', () => {
    expect(seen(HELENE)).toEqual(['team hr 3', 'priority  3', 'category payroll 3', `agent ${ADA} 3`]);
  });

  test('is the whole desk for a manager where no team is confidential', () => {
    const open = { ...desk, teams: desk.teams.map((team) => ({ ...team, confidential: false })) };
    expect(seen(GRACE, open)).toHaveLength(COUNTED.length);
    expect(dimensionsOf(scopeOf(person(GRACE, open), open))).toEqual([
      'category',
      'team',
      'agent',
      'priority',
    ]);
  });

  test('is said with whether it is the whole desk, and whether its mail is counted', () => {
    const scope = (address: string) => scopeOf(person(address), desk);
    const theirs = { teams: ['service-desk'], isWhole: false, agent: null };
    expect(scope(GRACE)).toEqual({ ...theirs, withMail: true });
    expect(scope(MARTHA)).toEqual({ ...theirs, withMail: false });
    expect(scope(LUIS)).toEqual({ ...theirs, agent: LUIS, withMail: false });
    const alone = { ...desk, teams: desk.teams.filter(({ name }) => name === 'service-desk') };
    expect(scopeOf(person(MARTHA), alone)).toMatchObject({ isWhole: true, agent: null });
  });

  test('is that of the team in which he stands for a second lead, and of none for one who leads nobody', () => {
    const second = { ...person(MARTHA), address: 'second@example.test' };
    const more = { ...desk, people: [...desk.people, second] };
    expect(scopeOf(second, more)).toMatchObject({ teams: ['service-desk'], agent: null });
    const { team: _, ...idle } = second;
    expect(scopeOf(idle, { ...desk, people: [...desk.people, idle] })).toMatchObject({
      ...{ teams: [], agent: 'second@example.test' },
    });
  });

  test('is broken down by team for whoever leads more than one', () => {
    const both = { ...desk, teams: desk.teams.map((team) => ({ ...team, lead: MARTHA })) };
    const third = { name: 'lab', title: 'Lab', lead: HELENE };
    const three = { ...both, teams: [...both.teams, { ...both.teams[0], ...third }] } as Desk;
    expect(dimensionsOf(scopeOf(person(MARTHA), three))).toEqual(['category', 'team', 'agent']);
  });

  test('is himself for an agent', () => {
    expect(seen(LUIS)).toEqual(['priority  9']);
    expect(dimensionsOf(scopeOf(person(LUIS), desk))).toEqual([]);
  });
});

describe('#report', () => {
  const ask = (value: string, by: string) => askReport(value, by, MONDAY, desk);

  test('asks for a mail of its own, by the days of the desk', () => {
    expect(ask('last month by category', MARTHA)).toMatchObject({
      happenings: [],
      detail: 'the report on 2026-10-01 to 2026-10-31 comes in a mail of its own',
      said: { key: 'report-comes', facts: { from: '2026-10-01', to: '2026-10-31' } },
      done: true,
      look: { what: 'report', from: '2026-10-01', to: '2026-10-31', by: 'category' },
    });
    expect(ask('', LUIS)).toMatchObject({
      look: { what: 'report', from: '2026-11-16', to: '2026-11-22', by: null },
    });
  });

  test('says to an agent what is his, and to others what they may ask for', () => {
    expect(ask('by agent', LUIS)).toMatchObject({ said: { key: 'report-own-alone' } });
    expect(ask('by priority', GRACE)).toMatchObject({
      refused: 'your report is not given by priority; allowed are by category, by agent',
    });
    expect(ask('by team', MARTHA)).toMatchObject({
      said: { key: 'report-not-by', facts: { value: 'team', allowed: 'by category, by agent' } },
    });
    expect(ask('last mnth', LUIS)).toMatchObject({ said: { key: 'report-no-period-but' } });
  });
});

const named = (id: string, more: Partial<Ticket> = {}, happenings: Happening[] = []): Ticket =>
  ({ ...ticket(happenings), id, ...more }) as Ticket;
const listed = (address: string, tickets: Ticket[], now = MONDAY) =>
  entriesFor(person(address), tickets, desk, now).entries.map(({ ticketId, section, why, asks }) =>
    [section, ticketId, ...why, ...(asks ? [`asked: ${asks.what}`] : [])].join(' '),
  );

describe('the numbered lines', () => {
  const asked: Happening = {
    ...{ kind: 'approval-asked', quorum: 'all', question: 'a monitor', by: LUIS },
    approvers: [{ address: MARTHA, name: 'Martha', ofDesk: true }],
  };
  const quiet = { deadlines: {} };
  const tickets = [
    named('T-QUIET1', quiet),
    named('T-FREE01', { ...quiet, assignee: null }),
    named('T-ASKED1', quiet, [asked]),
    named('T-LATE01', { deadlines: { resolution: later(MONDAY, -2) } }),
    named('T-TODAY1', { deadlines: { firstResponse: later(MONDAY, 10) } }),
    // The midnight of Berlin is that of the next day.
    named('T-MORROW', { deadlines: { resolution: '2026-11-23T23:00:00.000Z' } }),
    named('T-EXTEND', {
      ...quiet,
      extension: { by: LUIS, lead: MARTHA, ms: 3_600_000, reason: 'the part', askedAt: MONDAY, isOpen: true },
    }),
    named('T-PROBLM', { ...quiet, noticed: ['T-OTHER1'] }),
    named('T-TOP001', { ...quiet, tier: 3 }),
    named('T-SECRET', { ...quiet, team: 'hr', assignee: null }),
  ];

  test('are what waits for her own word, then what else is to be decided, then what is due by her midnight', () => {
    expect(listed(MARTHA, tickets)).toEqual([
      'decide T-ASKED1 approval asked: approval',
      'decide T-EXTEND extension asked: extension',
      'decide T-PROBLM problem',
      'decide T-FREE01 free',
      'decide T-TOP001 top-tier',
      'breach T-LATE01',
      'breach T-TODAY1',
    ]);
  });

  test('ask nobody else for her word', () => {
    expect(listed(GRACE, tickets).slice(0, 2)).toEqual([
      'decide T-ASKED1 approval',
      'decide T-EXTEND extension',
    ]);
  });

  test('hold nothing of a confidential team for others, and nothing of others for its lead', () => {
    expect(listed(GRACE, tickets).join()).not.toContain('T-SECRET');
    expect(listed(HELENE, tickets)).toEqual(['decide T-SECRET free']);
  });

  test('hold an article of a ticket that is done, for whoever reviews it', () => {
    const article = {
      ...{ state: 'draft', owner: LUIS, readers: 'public', reviewer: MARTHA },
      askedAt: MONDAY,
      isOpen: true,
    };
    const done = named('T-RESLVD', { ...quiet, status: 'resolved', resolvedAt: MONDAY, article } as never);
    expect(listed(MARTHA, [done])).toEqual(['decide T-RESLVD article asked: article']);
  });

  test('of the same kind begin with what is due first, then go by number', () => {
    const free = { assignee: null, deadlines: {} };
    const soon = { ...free, deadlines: { resolution: later(MONDAY, 30) } };
    const late = [named('T-B', free), named('T-C', soon), named('T-A', free), named('T-D', soon)];
    expect(listed(MARTHA, late).map((line) => line.split(' ')[1])).toEqual(['T-C', 'T-D', 'T-A', 'T-B']);
  });

  test('name all that is to be decided of one ticket, and nothing of what is done or joined to a problem', () => {
    const waiting = { kind: 'requester', since: MONDAY, undeliverable: 'nora@example.org' };
    const linked = { noticed: ['T-OTHER1'], links: [{ relation: 'problem', ticketId: 'T-OTHER1' }] };
    const all = [
      named('T-MANY01', { ...quiet, assignee: null, tier: 3, noticed: ['T-OTHER1'], waiting } as never),
      named('T-LINKED', { ...quiet, ...linked } as never),
      named('T-JOINED', { ...quiet, assignee: null, joined: 'T-OTHER1' }),
      named('T-SOLVED', { assignee: null, tier: 3, status: 'resolved', resolvedAt: MONDAY } as never),
      named('T-EXPIRY', { deadlines: { resolution: MONDAY }, status: 'resolved' } as never),
    ];
    expect(listed(MARTHA, all)).toEqual(['decide T-MANY01 problem undeliverable free top-tier']);
    const single = { ...desk, tiers: desk.tiers.slice(0, 1) };
    const second = named('T-SECOND', { ...quiet, tier: 2 });
    expect(listed(MARTHA, [second])).toEqual([]);
    const alone = named('T-SINGLE', { ...quiet, tier: 1 });
    expect(entriesFor(person(MARTHA), [alone], single, MONDAY).entries).toEqual([]);
  });

  test('ask an agent for his word on the ticket of another, and tell him of his own alone', () => {
    const asksKim: Happening = { ...asked, approvers: [{ address: KIM, name: 'Kim', ofDesk: true }] };
    const late = { deadlines: { resolution: later(MONDAY, -2) } };
    const theirs = [
      named('T-ASKED1', quiet, [asksKim]),
      named('T-LUIS01', late),
      named('T-KIM001', { ...late, assignee: KIM }),
    ];
    expect(listed(KIM, theirs)).toEqual(['decide T-ASKED1 approval asked: approval', 'breach T-KIM001']);
    expect(listed(LUIS, theirs)).toEqual(['decide T-ASKED1 approval', 'breach T-LUIS01']);
  });

  test('ask nobody for a word that another gives', () => {
    const extension = { by: LUIS, lead: MARTHA, ms: 1, reason: '', askedAt: MONDAY };
    const article = { state: 'draft', owner: LUIS, readers: 'public', askedAt: MONDAY };
    const others = [
      named('T-EXTEND', { ...quiet, extension: { ...extension, lead: HELENE, isOpen: true } }),
      named('T-OVER01', { ...quiet, extension: { ...extension, isOpen: false } }),
      named('T-ARTICL', { ...quiet, article: { ...article, reviewer: HELENE, isOpen: true } } as never),
      named('T-OVER02', { ...quiet, article: { ...article, reviewer: MARTHA, isOpen: false } } as never),
    ];
    expect(listed(MARTHA, others)).toEqual(['decide T-EXTEND extension', 'decide T-ARTICL article']);
  });

  test('are kept for a week in which they can be answered', () => {
    const told = { number: 1, occasion: 'asked', from: '2026-11-16', to: '2026-11-22', by: null } as const;
    expect(
      reportOf(person(MARTHA), told, [named('T-FREE01', { ...quiet, assignee: null })], desk, MONDAY, 5),
    ).toEqual({
      ...{ ...told, kind: 'report', at: MONDAY, person: MARTHA, more: {} },
      entries: [{ ticketId: 'T-FREE01', section: 'decide', why: ['free'] }],
      answerableUntil: 5 + 7 * 86_400_000,
    });
  });

  test('are as many as are read, and say how many more there are', () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      named(`T-${String(n).padStart(6, '0')}`, { ...quiet, assignee: null }),
    );
    const { entries, more } = entriesFor(person(MARTHA), many, desk, MONDAY);
    expect(entries).toHaveLength(15);
    expect(more).toEqual({ decide: 25 });
    expect(entriesFor(person(MARTHA), many.slice(0, 15), desk, MONDAY).more).toEqual({});
    const late = many.map((each) => ({ ...each, assignee: LUIS, deadlines: { resolution: MONDAY } }));
    const breached = entriesFor(person(MARTHA), late, desk, MONDAY);
    expect([breached.entries.length, breached.more]).toEqual([10, { breach: 30 }]);
  });
});
