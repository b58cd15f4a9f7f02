import { describe, expect, test } from 'vitest';
import type { Person } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { readAddress } from '../../core/ticket/people.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, MARTHA, MONDAY, NORA, PRIYA, ticket } from '../sample.ts';

const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket(), act = agent) =>
  decideCommands(readCommands(text, act.role), on, act, desk);
const why = (text: string, on: Ticket = ticket()) => decide(text, on).lines[0]?.detail;
const told = (event: Happening, on: Ticket) =>
  updatesFor({ ...event, number: on.events, at: MONDAY }, on, desk).map(
    ({ kind, to }) => `${kind} → ${to.address}`,
  );
const ADA = 'ada.osei@example.test';

describe('#unassign', () => {
  test('puts the ticket into nobody’s hands, and the lead hears of it', () => {
    const [event] = decide('#unassign').happenings;
    expect(event).toEqual({ kind: 'unassigned', previous: LUIS, by: LUIS });
    const free = ticket([event as Happening]);
    expect(free.assignee).toBeNull();
    expect(told(event as Happening, free)).toEqual([`note → ${MARTHA}`]);
    expect(decide('#release', free).lines[0]?.outcome).toBe('nothing-to-do');
  });
});

describe('#take', () => {
  test('gives the ticket to whoever writes it, but not to a manager, who is of no tier', () => {
    expect(decide('#take', ticket(), { ...agent, by: PRIYA }).happenings).toMatchObject([
      { assignee: PRIYA },
    ]);
    const refused = decide('#take', ticket(), { ...agent, by: 'grace.okafor@example.test' });
    expect(refused.happenings).toEqual([]);
    expect(refused.lines[0]?.detail).toBe('a manager holds no tickets; #assign gives it to one of a team');
  });
});

describe('#team', () => {
  test('gives the ticket to another team and into somebody’s hands there', () => {
    expect(decide('#team hr').happenings).toMatchObject([
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk' },
      { kind: 'assigned', assignee: ADA, previous: LUIS },
    ]);
    expect(decide('#team human resources').happenings).toMatchObject([{ team: 'hr' }, {}]);
  });

  test('names the teams when there is none of that name', () => {
    expect(why('#team servce-desk')).toBe(
      'there is no team “servce-desk”; did you mean service-desk? Allowed are service-desk, hr',
    );
  });
});

describe('#requester', () => {
  const changed = (): Happening => ({
    kind: 'requester-changed',
    requester: { address: 'ida@example.org', name: 'Ida Moll' },
    previous: { address: NORA, name: 'Nora Quist' },
    by: LUIS,
  });

  test('says whose request it is; the one before takes part no longer and hears nothing more', () => {
    expect(decide('#requester Ida Moll <ida@example.org>').happenings).toEqual([changed()]);
    const after = ticket([changed()]);
    expect(after.participants).toEqual([{ address: 'ida@example.org', name: 'Ida Moll', role: 'requester' }]);
    expect(told(changed(), after)).toEqual(['acknowledgement → ida@example.org']);
  });

  test('refuses what is no address, and an address of the desk', () => {
    expect(why('#requester Ida')).toBe('“Ida” is no address; write #requester ada@example.com');
    expect(why('#requester support@desk.example.test')).toContain('is an address of the desk itself');
    expect(decide(`#requester ${NORA}`).lines[0]?.outcome).toBe('nothing-to-do');
  });
});

describe('#cc', () => {
  test('adds and removes people outside', () => {
    const [event] = decide('#cc +Ida@example.org max@example.org').happenings;
    expect(event).toMatchObject({
      kind: 'copies-changed',
      added: [{ address: 'ida@example.org' }, { address: 'max@example.org' }],
      removed: [],
    });
    const copied = ticket([event as Happening]);
    expect(decide('#cc -ida@example.org', copied).happenings).toMatchObject([
      { added: [], removed: ['ida@example.org'] },
    ]);
    expect(told({ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null }, copied)).toEqual([
      `answer → ${NORA}`,
      'answer → ida@example.org',
      'answer → max@example.org',
    ]);
  });

  test('never puts the desk’s people or its addresses on copy: their address would leave', () => {
    expect(why(`#cc ${KIM}`)).toContain('let them #watch it');
    expect(why('#cc hr@desk.example.test')).toContain('is an address of the desk itself');
    expect(why(`#cc -${NORA}`)).toContain('is the requester');
    expect(why('#cc nobody')).toContain('is no address');
  });
});

describe('#watch', () => {
  const watched = ticket([{ kind: 'watched', by: PRIYA }]);

  test('whoever watches reads every message, and nobody is told of his own words', () => {
    expect(decide('#watch', watched, { ...agent, by: PRIYA }).lines[0]?.outcome).toBe('nothing-to-do');
    expect(
      told(
        {
          kind: 'message-received',
          message: 2,
          from: { address: NORA, name: '' },
          messageId: null,
          flagged: null,
        },
        watched,
      ),
    ).toEqual([`requester-message → ${LUIS}`, `requester-message → ${PRIYA}`]);
    expect(told({ kind: 'noted', message: 2, by: PRIYA, thirdParty: null }, watched)).toEqual([
      `note → ${LUIS}`,
    ]);
    expect(decide('#unwatch', watched, { ...agent, by: PRIYA }).happenings).toEqual([
      { kind: 'unwatched', by: PRIYA },
    ]);
  });

  test('nobody outside a confidential team reads along once the ticket is theirs', () => {
    const moved = ticket([
      { kind: 'watched', by: PRIYA },
      { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
      { kind: 'assigned', assignee: ADA, previous: LUIS, reason: '', by: LUIS },
    ]);
    expect(told({ kind: 'noted', message: 2, by: 'desk', thirdParty: null }, moved)).toEqual([
      `note → ${ADA}`,
    ]);
  });
});

describe('#spam', () => {
  test('closes without a word to whoever sent it, and what the agent writes beside stays inside', () => {
    const { happenings, isNote } = decide('#spam\nThe third one today.');
    expect(happenings).toMatchObject([
      { kind: 'tagged', added: ['spam'] },
      { kind: 'closed', quiet: true },
    ]);
    expect(isNote).toBe(true);
    expect(told(happenings[1] as Happening, ticket(happenings))).toEqual([]);
  });
});

describe('#stop', () => {
  const nora: Act = { ...agent, by: NORA, role: 'requester' };
  const answered: Happening = { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null };
  const muted = ticket([{ kind: 'muted', by: NORA }]);

  test('no more mail goes to a requester who says so, but what became of his word', () => {
    expect(decide('#stop', ticket(), nora).happenings).toEqual([{ kind: 'muted', by: NORA }]);
    expect(told(answered, muted)).toEqual([]);
    expect(
      told({ kind: 'commanded', by: NORA, lines: [], refused: false, shows: [], words: 'none' }, muted),
    ).toEqual([`transcript → ${NORA}`]);
  });

  test('until he writes again', () => {
    const again = ticket([
      { kind: 'muted', by: NORA },
      {
        kind: 'message-received',
        message: 2,
        from: { address: NORA, name: '' },
        messageId: null,
        flagged: null,
      },
    ]);
    expect(told(answered, again)).toEqual([`answer → ${NORA}`]);
  });

  test('is no command of an agent', () => {
    expect(decide('#stop')).toMatchObject({ refused: true, lines: [{ outcome: 'unknown' }] });
  });
});

test.each<[text: string, read: string | null]>([
  ['ada@example.org', ' <ada@example.org>'],
  ['Ada Ohm <Ada@Example.org>', 'Ada Ohm <ada@example.org>'],
  ['"Ohm, Ada" <ada@example.org>', 'Ohm, Ada <ada@example.org>'],
  ['<ada@example.org>', ' <ada@example.org>'],
  ['Ada', null],
  ['ada@example', null],
  ['ada@example.org and more', null],
  ['ada@@example.org', null],
  ['a b@example.org', null],
  ['ada@ex_ample.org', null],
  ['Ada <ada@example.org', 'Ada <ada@example.org>'],
  ['  ada@example.org  ', ' <ada@example.org>'],
  ['ada+x@sub.example.org', ' <ada+x@sub.example.org>'],
  ['', null],
])('“%s” is read as the address %s', (text, read) => {
  const found = readAddress(text);
  expect(found && `${found.name} <${found.address}>`).toBe(read);
});

test('whom two people may be is asked for by address', () => {
  const other = {
    ...(desk.people.find(({ address }) => address === KIM) as Person),
    address: 'kim@example.test',
  };
  const two = { ...desk, people: [...desk.people, other] };
  const { lines } = decideCommands(readCommands('#assign Kim', 'agent'), ticket(), agent, two);
  expect(lines[0]).toMatchObject({
    detail: `“Kim” may be ${KIM} or kim@example.test; say which by address`,
    said: { key: 'several-people', facts: { value: 'Kim', people: `${KIM}, kim@example.test` } },
  });
});
