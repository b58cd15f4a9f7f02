import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Look, Ticket } from '../../core/ticket/ticket.ts';
import { decideWithoutTicket } from '../../core/ticket/without-ticket.ts';
import { route } from '../../core/triage/route.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, ticket } from '../sample.ts';

const act: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, as: Partial<Act> = {}, on: Ticket = ticket()) =>
  decideCommands(readCommands(text, 'agent'), on, { ...act, ...as }, desk);
const alone = (text: string, as: Partial<Act> = {}) =>
  decideWithoutTicket(readCommands(text, 'agent'), { ...act, ...as }, desk);
const looks = (text: string, as: Partial<Act> = {}): Look[] => alone(text, as).looks;
const why = (text: string, as: Partial<Act> = {}) => alone(text, as).lines[0]?.detail;

describe('what is looked at', () => {
  test('#mine, #queue, #find and #show say what is to be looked up, with a ticket and without one', () => {
    const asked: Look[] = [
      { what: 'mine' },
      { what: 'queue', team: 'service-desk' },
      { what: 'find', words: ['printer', 'floor', '3'] },
      { what: 'show', id: 'T-7K4M2Q' },
    ];
    const text = '#mine\n#queue\n#find Printer, floor 3!\n#show [t-7k4m2q]';
    expect(looks(text)).toEqual(asked);
    expect(decide(text).looks).toEqual(asked);
  });

  test('looking is no act on the ticket', () => {
    expect(decide('#mine\n#why')).toMatchObject({ happenings: [], refused: false, shows: ['why'] });
  });

  test('#queue of a confidential team is for that team alone', () => {
    expect(why('#queue hr')).toBe('the tickets of Human Resources are for Human Resources alone');
    expect(looks('#queue human resources', { by: 'ada.osei@example.test' })).toEqual([
      { what: 'queue', team: 'hr' },
    ]);
  });

  test('#queue names the teams when there is none of that name', () => {
    expect(why('#queue servce-desk')).toContain('did you mean service-desk? Allowed are service-desk');
  });

  test('#show wants a number, #find a word', () => {
    expect(why('#show the printer')).toBe('“the printer” is no ticket’s number; write #show T-7K4M2Q');
    expect(why('#find !!!')).toContain('holds no word to look for');
    expect(why('#find the problem')).toContain('holds no word to look for');
  });

  test('#find takes an address for a requester, and a number for its ticket', () => {
    expect(looks('#find Ida@Example.org fax')).toEqual([
      { what: 'find', words: ['fax'], requester: 'ida@example.org' },
    ]);
    expect(looks('#find <ida@example.org>')).toEqual([
      { what: 'find', words: [], requester: 'ida@example.org' },
    ]);
    expect(looks('#find [T-7K4M2Q]')).toEqual([{ what: 'show', id: 'T-7K4M2Q' }]);
  });

  test('a sixth question in one mail is refused, and with it all of them', () => {
    const text = Array.from({ length: 6 }, (_, n) => `#find word${n}`).join('\n');
    expect(alone(text)).toMatchObject({ refused: true, looks: [] });
    expect(alone(text).lines.at(-1)?.detail).toBe('more than 5 such questions in one mail');
  });

  test('what is for a ticket is refused without one', () => {
    expect(why('#take')).toBe('#take is for a ticket; reply to one of its mails');
  });
});

describe('#away', () => {
  const until = (text: string, as: Partial<Act> = {}) => alone(text, as).presence?.away?.until;

  test('counts the named day in: he is there again at the beginning of the next one, where he works', () => {
    expect(alone('#away until 2027-01-10 holiday').presence).toMatchObject({
      person: LUIS,
      away: { from: MONDAY, quote: 'until 2027-01-10 holiday', ambiguous: false },
    });
    expect(why('#away until 2027-01-10 holiday')).toBe(
      'you are away from now on and there again on 2027-01-11; new tickets go to others meanwhile',
    );
    expect(until('#away 2027-01-10')).toBe(until('#away until 2027-01-10 holiday'));
  });

  test('an hour is when he is there again, and a length counts from now', () => {
    expect(why('#away until 2027-01-10 14:00')).toContain('there again on 2027-01-10 14:00');
    expect(until('#away 3d')).toBe('2026-11-26T09:00:00.000Z');
  });

  test('refuses what names no day, what is past and what is too long', () => {
    expect(why('#away at sea')).toContain('names no day to come back; write #away until 2027-01-10');
    expect(why('#away until 2026-11-20')).toBe('“until 2026-11-20” is past; give a day to come');
    expect(why('#away until 2029-01-01')).toContain('such a long absence belongs in desk.yaml');
    expect(why('#away until 2027-02-31')).toContain('no day and hour of the calendar');
    expect(why('#away')).toContain('#away needs a value');
  });

  test('a lead says it of the people of the team, and nobody else does', () => {
    expect(alone(`#away ${KIM} until 2027-01-10`, { by: MARTHA }).presence?.person).toBe(KIM);
    expect(why(`#away ${KIM} until 2027-01-10`)).toContain('only Kim Brandt and the lead of the team');
    expect(why('#away kim.brant@example.test until 2027-01-10', { by: MARTHA })).toContain(
      `did you mean ${KIM}?`,
    );
  });

  test('takes him out of the routing until that day', () => {
    const away = { ...alone('#away until 2027-01-10').presence?.away, source: 'mail-1' };
    const loads = new Map([[KIM, { open: 0, lastAssignedAt: null, away }]]) as Act['loads'];
    const wanted = { team: 'service-desk', tier: 1, skills: [] };
    expect(route(wanted, desk, new Map(), MONDAY).assignee).toBe(KIM);
    const routed = route(wanted, desk, loads, MONDAY);
    expect(routed.assignee).toBe(LUIS);
    expect(routed.reason).toContain('Kim Brandt is away until 2027-01-11');
  });

  test('one mail says it of one person', () => {
    expect(alone('#away 3d\n#back', { by: MARTHA }).refused).toBe(false);
    expect(alone(`#away ${KIM} 3d\n#away ${LUIS} 3d`, { by: MARTHA }).lines[1]?.detail).toBe(
      'one mail says of one person who is away',
    );
  });
});

describe('#back', () => {
  test('ends what was said, and says so when nothing was', () => {
    expect(alone('#back').lines[0]).toMatchObject({ outcome: 'nothing-to-do', detail: 'you are not away' });
    const away = { ...alone('#away 3d').presence?.away, source: 'mail-1' };
    const loads = new Map([[LUIS, { open: 0, lastAssignedAt: null, away }]]) as Act['loads'];
    expect(alone('#back', { loads }).presence).toEqual({ person: LUIS, away: null });
    expect(alone(`#back ${LUIS}`, { by: MARTHA, loads }).presence).toEqual({ person: LUIS, away: null });
  });
});

const AWAY = { from: MONDAY, until: later(MONDAY, 48), why: '', quote: null, ambiguous: false, source: '' };
const KIM_AWAY: Act['loads'] = new Map([[KIM, { open: 0, lastAssignedAt: null, away: AWAY }]]);

test.each<[text: string, by: string, comesTo: string, loads?: Act['loads']]>([
  ['#mine', LUIS, 'done: see-below → {"what":"mine"}'],
  ['#queue', LUIS, 'done: see-below → {"what":"queue","team":"service-desk"}'],
  ['#queue', MARTHA, 'done: see-below → {"what":"queue","team":"service-desk"}'],
  ['#queue [service-desk]', LUIS, 'done: see-below → {"what":"queue","team":"service-desk"}'],
  ['#queue service desk', LUIS, 'done: see-below → {"what":"queue","team":"service-desk"}'],
  ['#queue hr', 'ada.osei@example.test', 'done: see-below → {"what":"queue","team":"hr"}'],
  ['#find T-7K4M2Q', LUIS, 'done: see-below → {"what":"show","id":"T-7K4M2Q"}'],
  ['#find [t-7k4m2q]', LUIS, 'done: see-below → {"what":"show","id":"T-7K4M2Q"}'],
  ['#find printer floor 3', LUIS, 'done: see-below → {"what":"find","words":["printer","floor","3"]}'],
  ['#find Printer PRINTER', LUIS, 'done: see-below → {"what":"find","words":["printer"]}'],
  [
    '#find ada@Example.org printer',
    LUIS,
    'done: see-below → {"what":"find","words":["printer"],"requester":"ada@example.org"}',
  ],
  [
    '#find <ada@example.org>',
    LUIS,
    'done: see-below → {"what":"find","words":[],"requester":"ada@example.org"}',
  ],
  ['#find ﬁle', LUIS, 'done: see-below → {"what":"find","words":["file"]}'],
  ['#find a@b', LUIS, 'done: see-below → {"what":"find","words":[],"requester":"a@b"}'],
  ['#kb paper jam', LUIS, 'done: see-below → {"what":"articles","words":"paper jam"}'],
  ['#kb', LUIS, 'refused: no-word (–)'],
  ['#kb -', LUIS, 'refused: no-word (-)'],
  ['#show T-7K4M2Q', LUIS, 'done: see-below → {"what":"show","id":"T-7K4M2Q"}'],
  ['#show 4711', LUIS, 'refused: no-number (4711) (#show T-7K4M2Q)'],
  ['#services', LUIS, 'done: see-below → {"what":"services","of":["new-device","account-help"]}'],
  ['#help', LUIS, 'done: see-below → help'],
  [
    '#report last month by category',
    'grace.okafor@example.test',
    'done: report-comes (2026-10-01) (2026-10-31) → {"what":"report","from":"2026-10-01","to":"2026-10-31","by":"category"}',
  ],
  ['#take', LUIS, 'refused: for-a-ticket (take)'],
  [
    '#away tomorrow',
    LUIS,
    'done: away (Luis Ortega) (2026-11-25) → luis.ortega@example.test until 2026-11-24T23:00:00.000Z, #away by Luis Ortega: “tomorrow”',
  ],
  [
    '#away until tomorrow',
    LUIS,
    'done: away (Luis Ortega) (2026-11-25) → luis.ortega@example.test until 2026-11-24T23:00:00.000Z, #away by Luis Ortega: “until tomorrow”',
  ],
  [
    '#away tomorrow 14:30',
    LUIS,
    'done: away (Luis Ortega) (2026-11-24 14:30) → luis.ortega@example.test until 2026-11-24T13:30:00.000Z, #away by Luis Ortega: “tomorrow 14:30”',
  ],
  [
    '#away 2026-12-01',
    LUIS,
    'done: away (Luis Ortega) (2026-12-02) → luis.ortega@example.test until 2026-12-01T23:00:00.000Z, #away by Luis Ortega: “2026-12-01”',
  ],
  [
    '#away 2026-12-01 14:30',
    LUIS,
    'done: away (Luis Ortega) (2026-12-01 14:30) → luis.ortega@example.test until 2026-12-01T13:30:00.000Z, #away by Luis Ortega: “2026-12-01 14:30”',
  ],
  [
    '#away 3d',
    LUIS,
    'done: away (Luis Ortega) (2026-11-26 10:00) → luis.ortega@example.test until 2026-11-26T09:00:00.000Z, #away by Luis Ortega: “3d”',
  ],
  [
    '#away morgen',
    LUIS,
    'done: away (Luis Ortega) (2026-11-25) → luis.ortega@example.test until 2026-11-24T23:00:00.000Z, #away by Luis Ortega: “morgen”',
  ],
  [
    '#away bis 2027-01-10',
    LUIS,
    'done: away (Luis Ortega) (2027-01-11) → luis.ortega@example.test until 2027-01-10T23:00:00.000Z, #away by Luis Ortega: “bis 2027-01-10”',
  ],
  [
    '#away bis 2027-01-10 14:00',
    LUIS,
    'done: away (Luis Ortega) (2027-01-10 14:00) → luis.ortega@example.test until 2027-01-10T13:00:00.000Z, #away by Luis Ortega: “bis 2027-01-10 14:00”',
  ],
  [
    '#away hasta mañana',
    LUIS,
    'done: away (Luis Ortega) (2026-11-25) → luis.ortega@example.test until 2026-11-24T23:00:00.000Z, #away by Luis Ortega: “hasta mañana”',
  ],
  [
    '#away 4h the dentist',
    LUIS,
    'done: away (Luis Ortega) (2026-11-23 14:00) → luis.ortega@example.test until 2026-11-23T13:00:00.000Z, #away by Luis Ortega: “4h the dentist”',
  ],
  [
    '#away kim.brandt@example.test 3d',
    MARTHA,
    'done: away (Kim Brandt) (2026-11-26 10:00) → kim.brandt@example.test until 2026-11-26T09:00:00.000Z, #away by Martha Lind: “3d”',
  ],
  [
    '#away <KIM.brandt@example.test>: 3d',
    MARTHA,
    'done: away (Kim Brandt) (2026-11-26 10:00) → kim.brandt@example.test until 2026-11-26T09:00:00.000Z, #away by Martha Lind: “3d”',
  ],
  [
    '#away kim.brandt@example.test tomorrow',
    KIM,
    'done: away (Kim Brandt) (2026-11-25) → kim.brandt@example.test until 2026-11-24T23:00:00.000Z, #away by Kim Brandt: “tomorrow”',
  ],
  ['#away martha.lind@example.test 3d', LUIS, 'refused: not-yours-to-say (Martha Lind)'],
  ['#back', KIM, 'done: back (Kim Brandt) → kim.brandt@example.test is back', KIM_AWAY],
  ['#back', KIM, 'nothing-to-do: not-away (Kim Brandt)'],
  [
    '#back kim.brandt@example.test',
    MARTHA,
    'done: back (Kim Brandt) → kim.brandt@example.test is back',
    KIM_AWAY,
  ],
  ['#back kim.brandt@example.test', LUIS, 'refused: not-yours-to-say (Kim Brandt)', KIM_AWAY],
  ['#back', LUIS, 'nothing-to-do: not-away (Luis Ortega)', KIM_AWAY],
])('%s of %s comes to %s', (text, by, comesTo, loads = new Map()) => {
  const { lines, looks, presence, shows } = alone(text, { by, loads });
  const said = lines.map(({ outcome, said, detail }) => {
    expect(detail).not.toBe('');
    const facts = Object.values(said?.facts ?? {}).map((fact) => `(${fact})`);
    return [`${outcome}:`, said?.key, ...facts].join(' ');
  });
  const { person, away } = presence ?? {};
  const there = away ? `until ${away.until}, ${away.why}` : 'is back';
  const seen = looks.map((look) => JSON.stringify(look));
  expect([...said, ...seen, ...(presence ? [`${person} ${there}`] : []), ...shows].join(' → ')).toBe(comesTo);
});
