import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, MONDAY, NORA, PRIYA, ticket } from '../sample.ts';

const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on = ticket(), act = agent) =>
  decideCommands(readCommands(text, act.role), on, act, desk);
const kinds = (happenings: Happening[]) => happenings.map(({ kind }) => kind);
const resolved = ticket([{ kind: 'resolved', reason: 'done', by: LUIS, message: null }]);
const closed = ticket([{ kind: 'closed', reason: 'done', by: LUIS }]);

describe('#take', () => {
  test('puts the ticket into the hands of whoever says it', () => {
    expect(decide('#take', ticket(), { ...agent, by: KIM }).happenings).toMatchObject([
      { kind: 'assigned', assignee: KIM, previous: LUIS },
    ]);
  });

  test('does nothing for whoever has it', () => {
    expect(decide('#take')).toMatchObject({
      happenings: [],
      refused: false,
      lines: [{ outcome: 'nothing-to-do', detail: 'it is yours already' }],
    });
  });
});

describe('#assign', () => {
  test.each([
    ...[KIM, 'Kim', 'kim brandt', `<${KIM}>`, 'to Kim', `to  <${KIM} >`],
    ...[`Kim Brandt <${KIM}>`, `"Brandt, Kim" <${KIM.toUpperCase()}>`, `to Kim <${KIM}>`],
  ])('finds somebody as %s', (who) => {
    expect(decide(`#assign ${who}`).happenings).toMatchObject([
      { kind: 'assigned', assignee: KIM, by: LUIS },
    ]);
  });

  test('finds somebody by an alternate address', () => {
    expect(decide('#assign l.ortega@example.test', ticket(), { ...agent, by: KIM })).toMatchObject({
      lines: [{ outcome: 'nothing-to-do' }],
    });
  });

  test('refuses a stranger and a misspelt name, and says who may be meant', () => {
    expect(decide('#assign kim.brand@example.test').lines[0]?.detail).toContain(`did you mean ${KIM}?`);
    expect(decide('#assign grace.okafor@example.test').refused).toBe(true);
  });
});

describe('#priority', () => {
  test.each([
    ['P1', 'P1'],
    ['p2', 'P2'],
    ['critical', 'P1'],
    ['4', 'P4'],
  ])('%s sets %s', (word, priority) => {
    expect(decide(`#priority ${word}`).happenings).toMatchObject([
      { kind: 'prioritised', priority, previous: 'P3' },
    ]);
  });

  test('says what is allowed', () => {
    expect(decide('#priority P9').lines[0]?.detail).toBe(
      '“P9” is no priority; allowed are P1, P2, P3, P4 or critical, high, medium, low',
    );
  });
});

describe('#category', () => {
  test('files the ticket anew', () => {
    expect(decide('#category network').happenings).toMatchObject([
      { kind: 'categorised', category: 'network', previous: 'printing' },
    ]);
  });

  test('hands the ticket to the team whose category it is', () => {
    const hr = desk.categories.find(({ team }) => team === 'hr')?.name;
    expect(decide(`#category ${hr}`).happenings).toMatchObject([
      { kind: 'categorised', team: 'hr' },
      { kind: 'assigned', previous: LUIS },
    ]);
  });

  test('knows what was probably meant', () => {
    expect(decide('#category netwrok').lines[0]?.detail).toContain('did you mean network?');
  });
});

describe('#waiting', () => {
  test('stands until the requester answers', () => {
    expect(decide('#waiting for the serial number').happenings).toMatchObject([
      { kind: 'paused', until: null, reason: 'for the serial number' },
    ]);
  });

  test('stands for a time', () => {
    expect(decide('#waiting 3d new toner').happenings).toMatchObject([
      { kind: 'paused', until: '2026-11-26T09:00:00.000Z', reason: 'new toner' },
    ]);
  });

  test.each([
    ['#waiting 3d supplier sends the part', 'third-party'],
    ['#waiting for the vendor', 'third-party'],
    ['#waiting approval of the head of sales', 'approval'],
    ['#waiting 3d what the supplier told her', 'requester'],
    ['#waiting', 'requester'],
  ])('%s waits for: %s', (line, awaited) => {
    expect(decide(line).happenings).toMatchObject([{ kind: 'paused', awaited }]);
  });

  test.each([
    '#waiting bis morgen 14:30 ruft zurück',
    '#waiting morgen 14:30 ruft zurück',
    '#waiting jusqu’à demain 14:30 ruft zurück',
    '#waiting hasta mañana 14:30 ruft zurück',
    '#waiting até amanhã 14:30 ruft zurück',
    '#waiting 明日 14:30 ruft zurück',
    '#waiting 明日まで 14:30 ruft zurück',
  ])('stands until tomorrow in the words of each language: %s', (command) => {
    expect(decide(command).happenings).toMatchObject([
      { until: '2026-11-24T13:30:00.000Z', reason: 'ruft zurück' },
    ]);
  });

  test('takes no word that only begins like tomorrow for it', () => {
    expect(decide('#waiting morgens ruft sie an').happenings).toMatchObject([
      { until: null, reason: 'morgens ruft sie an' },
    ]);
  });

  test('stands until a morning in the desk’s zone', () => {
    expect(decide('#waiting 2026-12-01').happenings).toMatchObject([{ until: '2026-12-01T07:00:00.000Z' }]);
    expect(decide('#waiting until tomorrow 14:30 call back').happenings).toMatchObject([
      { until: '2026-11-24T13:30:00.000Z', reason: 'call back' },
    ]);
  });

  test('refuses a day that is past, and one that does not exist', () => {
    expect(decide('#waiting 2026-01-01').refused).toBe(true);
    expect(decide('#waiting 2026-02-31').lines[0]?.detail).toContain('2026-02-31 is no day');
  });
});

describe('#resolve, #close and #reopen', () => {
  test('resolve an open ticket, and not a closed one', () => {
    expect(decide('#resolve new toner').happenings).toMatchObject([
      { kind: 'resolved', reason: 'new toner', by: LUIS },
    ]);
    expect(decide('#solved', resolved)).toMatchObject({ happenings: [], refused: false });
    expect(decide('#done', closed).refused).toBe(true);
  });

  test('reopen what is resolved or closed', () => {
    expect(kinds(decide('#reopen', resolved).happenings)).toEqual(['reopened']);
    expect(kinds(decide('#reopen', closed).happenings)).toEqual(['reopened']);
    expect(decide('#reopen').lines[0]?.outcome).toBe('nothing-to-do');
  });

  test('what comes back when its agent has left the desk goes into other hands', () => {
    const gone = { ...closed, assignee: 'gone@example.test' };
    for (const line of ['#reopen', '#open', '#status open'])
      expect(decide(line, gone).happenings).toMatchObject([
        { kind: 'reopened' },
        {
          ...{ kind: 'assigned', previous: 'gone@example.test', assignee: expect.any(String), by: 'desk' },
          reason: expect.stringMatching(/^gone@example\.test is no longer of the desk; /),
        },
      ]);
  });

  test('a requester may close and reopen, and his #status takes no value', () => {
    const nora: Act = { ...agent, by: NORA, role: 'requester' };
    expect(kinds(decide('#close', ticket(), nora).happenings)).toEqual(['closed']);
    expect(decide('#status resolved', ticket(), nora).refused).toBe(true);
  });
});

describe('#escalate', () => {
  test('climbs a tier into the hands of somebody there', () => {
    expect(decide('#escalate needs a specialist').happenings).toMatchObject([
      { kind: 'escalated', from: 1, to: 2, reason: 'needs a specialist', by: LUIS },
      { kind: 'assigned', assignee: PRIYA, previous: LUIS },
    ]);
  });

  test('is refused at the top', () => {
    const top = ticket([{ kind: 'escalated', from: 2, to: 3, reason: '', by: LUIS }]);
    expect(decide('#escalate', top).lines[0]?.detail).toBe('the ticket is at tier 3, the highest');
  });
});

describe('#status', () => {
  test('shows, and with a value sets', () => {
    expect(decide('#status')).toMatchObject({ happenings: [], shows: ['status'], refused: false });
    expect(kinds(decide('#status resolved').happenings)).toEqual(['resolved']);
    expect(kinds(decide('#status open', resolved).happenings)).toEqual(['reopened']);
    expect(decide('#status reslved').lines[0]?.detail).toContain('did you mean resolved?');
  });
});

describe('#files and #history', () => {
  test('show, and change nothing', () => {
    expect(decide('#files\n#files 1\n#history')).toMatchObject({
      ...{ happenings: [], refused: false, shows: ['files', 'history'], files: ['latest', 1] },
      lines: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'done' }],
    });
  });

  test.each(['2', '0', '-1', '1.5', 'one', '99999999999'])(
    '#files %s is refused where the ticket has one message',
    (value) => {
      expect(decide(`#files ${value}`)).toMatchObject({ refused: true, shows: [], files: [] });
    },
  );

  test('are no commands of a requester’s: what he writes there is text', () => {
    const requester: Act = { ...agent, by: NORA, role: 'requester' };
    expect(decide('#files\n#history', ticket(), requester)).toMatchObject({ lines: [], shows: [] });
  });
});

test('one mistake undoes the whole mail', () => {
  const { happenings, lines, refused } = decide('#take\n#priority P1\n#escalte', ticket(), {
    ...agent,
    by: KIM,
  });
  expect({ happenings, refused }).toEqual({ happenings: [], refused: true });
  const left = {
    ...{ outcome: 'refused', detail: 'not done, because another line could not be' },
    said: { key: 'digest-not-done' },
  };
  expect(lines).toEqual([
    expect.objectContaining({ line: '#escalte', outcome: 'unknown' }),
    { line: '#take', verb: 'take', ...left },
    { line: '#priority P1', verb: 'priority', ...left },
  ]);
});

test('what there was nothing to do for is told as that, whatever is wrong beside it', () => {
  const { lines } = decide('#priority P3\n#escalte', ticket(), { ...agent, by: KIM });
  expect(lines.map(({ outcome }) => outcome)).toEqual(['unknown', 'nothing-to-do']);
});

test('each command sees what the one before it did', () => {
  expect(
    decide('#resolve\n#reopen\n#take', ticket(), { ...agent, by: KIM }).happenings.map(({ kind }) => kind),
  ).toEqual(['resolved', 'reopened', 'assigned']);
});
