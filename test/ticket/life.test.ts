/** A ticket's life by the table of core/ticket/life.ts: what people write and what time does, in whatever order, never leaves it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommands, VERBS, type VerbName } from '../../core/mail/commands.ts';
import { dispose } from '../../core/mail/dispose.ts';
import { participantHash } from '../../core/mail/token.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import { MOVES, type Moving, mayHappen } from '../../core/ticket/life.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import { evolve, type Happening, STATUSES, type Status, type Ticket } from '../../core/ticket/ticket.ts';
import {
  arrival,
  desk,
  ID,
  KIM,
  keys,
  LUIS,
  later,
  MONDAY,
  memory,
  moment,
  NORA,
  PROVEN,
  ticket,
} from '../sample.ts';

const AT: Record<Status, Happening[]> = {
  new: [],
  open: [{ kind: 'started', by: LUIS }],
  waiting: [
    { kind: 'started', by: LUIS },
    { kind: 'paused', until: null, reason: 'x', by: LUIS },
  ],
  resolved: [{ kind: 'resolved', reason: 'x', by: LUIS, message: null }],
  closed: [{ kind: 'closed', reason: 'x', by: LUIS }],
};
const EVENTS: Record<Moving, Happening> = {
  started: { kind: 'started', by: LUIS },
  paused: { kind: 'paused', until: null, reason: 'x', by: LUIS },
  joined: { kind: 'joined', problem: 'T-777777', why: '', previous: null, told: false, by: 'desk' },
  'approval-asked': {
    kind: 'approval-asked',
    approvers: [{ address: 'ida@example.org', name: '' }],
    quorum: 'all',
    question: 'x',
    by: LUIS,
  },
  resumed: { kind: 'resumed', reason: 'x', by: LUIS },
  'approval-decided': { kind: 'approval-decided', result: 'given', by: LUIS },
  resolved: { kind: 'resolved', reason: 'x', by: LUIS, message: null },
  closed: { kind: 'closed', reason: 'x', by: LUIS },
  merged: { kind: 'merged', into: 'T-BBBBBB', by: LUIS },
  reopened: { kind: 'reopened', reason: 'x', by: LUIS, told: false },
  undone: { kind: 'undone', message: 2, given: MONDAY, by: LUIS, reopens: true },
};

/** The table once more, as a reader of the contract would draw it: · is no way to go. */
const DRAWN = `
                   new      open     waiting  resolved closed
  started          open     ·        ·        ·        ·
  paused           waiting  waiting  waiting  ·        ·
  approval-asked   waiting  waiting  waiting  ·        ·
  joined           waiting  waiting  waiting  ·        ·
  resumed          ·        ·        open     ·        ·
  resolved         resolved resolved resolved ·        ·
  closed           closed   closed   closed   closed   ·
  merged           closed   closed   closed   closed   ·
  reopened         ·        ·        ·        open     open
  undone           ·        ·        ·        open     ·
`;
const [head = '', ...rows] = DRAWN.trim().split('\n');
const columns = head.trim().split(/\s+/) as Status[];

describe.each(rows.map((row) => row.trim().split(/\s+/) as [Moving, ...string[]]))('%s', (kind, ...ends) => {
  test.each(columns.map((from, at) => [from, ends[at] as string] as const))(
    'of a ticket that is %s: %s',
    (from, to) => {
      const before = ticket(AT[from]);
      expect(before.status).toBe(from);
      expect(mayHappen(EVENTS[kind], before)).toBe(to !== '·');
      if (to !== '·') expect(evolve(before, EVENTS[kind], MONDAY).status).toBe(to);
    },
  );
});

test('what the table does not name moves nothing, and a decided approval only what waits for it', () => {
  expect(columns).toEqual([...STATUSES]);
  expect([...rows.map((row) => row.trim().split(/\s+/)[0]), 'approval-decided'].sort()).toEqual(
    Object.keys(MOVES).sort(),
  );
  const asked = ticket([EVENTS.started, EVENTS['approval-asked']]);
  expect(evolve(asked, EVENTS['approval-decided'], MONDAY).status).toBe('open');
  for (const status of STATUSES)
    expect(evolve(ticket(AT[status]), EVENTS['approval-decided'], MONDAY).status).toBe(status);
  for (const status of STATUSES)
    expect(
      evolve(ticket(AT[status]), { kind: 'tagged', added: ['x'], removed: [], by: LUIS }, MONDAY).status,
    ).toBe(status);
});

test.each([
  'take',
  'assign',
  'unassign',
  'team',
  'priority',
  'impact',
  'urgency',
  'escalate',
  'deescalate',
] as const)(
  '#%s works on no closed ticket, and says how to go on; what is only noted of it may be mended',
  (verb) => {
    const act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() } as const;
    const decide = (lines: string) =>
      decideCommands(readCommands(lines, 'agent'), ticket(AT.closed), act, desk);
    expect(decide(VERBS[verb].example)).toMatchObject({
      ...{ refused: true, happenings: [] },
      lines: [{ detail: 'the ticket is closed; #reopen it first', said: { key: 'reopen-first-closed' } }],
    });
    expect(decide('#tag +seen').refused).toBe(false);
    expect(decide(`#reopen it is back\n#priority P2`).refused).toBe(false);
  },
);

/** What of a command would have to be elsewhere is left out: another ticket, a message to split, files. */
const VALUES: Partial<Record<VerbName, string>> = {
  redact: '1 x',
  extend: '4h x',
  snooze: '2h x',
  due: '3d x',
  team: 'hr',
  files: '',
  split: '',
};
const lineOf = (verb: VerbName) =>
  `#${verb} ${VALUES[verb] ?? VERBS[verb].example.replace(/^#\S+ ?/, '')}`.trim();
const NAMES = Object.keys(VERBS) as VerbName[];

type Move =
  | { by: 'agent' | 'colleague'; lines: string[]; words: string }
  | { by: 'requester'; lines: string[]; words: string }
  | { by: 'time' };
const written = (verbs: readonly VerbName[]) =>
  fc.record({
    lines: fc.array(fc.constantFrom(...verbs.map(lineOf)), { maxLength: 3 }),
    words: fc.constantFrom('', 'We come at noon.', 'Thank you!'),
  });
const moving = [
  'take',
  'open',
  'waiting',
  'resolve',
  'close',
  'reopen',
  'status',
  'spam',
  'undo',
  'approval',
] as const;
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: written([...moving, ...moving, ...NAMES]).chain((mail) =>
      fc.constantFrom('agent', 'colleague').map((by) => ({ by: by as 'agent', ...mail })),
    ),
  },
  {
    weight: 2,
    arbitrary: written(['close', 'reopen', 'status', 'stop']).map((mail) => ({
      by: 'requester' as const,
      ...mail,
    })),
  },
  { weight: 2, arbitrary: fc.constant({ by: 'time' as const }) },
);

function happeningsOf(step: Move, before: Ticket, now: string, number: number): Happening[] {
  if (step.by === 'time') return nextStep(before, now, desk, new Map());
  const address = { agent: LUIS, colleague: KIM, requester: NORA }[step.by];
  const text = [...step.lines, '', step.words].join('\n').trim();
  const outcome = dispose(
    arrival(
      {
        from: { address, name: '' },
        fromAll: [{ address, name: '' }],
        text,
        messageId: `m${number}@example.test`,
      },
      PROVEN,
    ),
    memory({
      ticket: before,
      token: { purpose: 'ticket', id: ID, participant: participantHash(address), expired: false },
      candidate: { ticketId: ID, clue: 'token', why: 'our token' },
      newId: 'T-CCCCCC',
    }),
    { ...moment, now },
    desk,
    keys,
  );
  return outcome.ticket?.kind === 'change' ? outcome.ticket.happenings : [];
}

function isWhole({ status, resolvedAt, closedAt, waiting }: Ticket): boolean {
  return (
    (status === 'waiting') === (waiting !== null) &&
    (status === 'closed') === (closedAt !== null) &&
    (status !== 'resolved' || resolvedAt !== null) &&
    (status === 'resolved' || status === 'closed' || resolvedAt === null)
  );
}

/** Lives that few random ones have: together they go every way. */
const LIVES: [Move, number][][] = [
  [
    [{ by: 'agent', lines: ['#waiting'], words: 'Which room?' }, 0],
    [{ by: 'requester', lines: [], words: 'The third floor.' }, 1],
    [{ by: 'agent', lines: ['#resolve'], words: 'We come at noon.' }, 1],
    [{ by: 'requester', lines: ['#reopen'], words: '' }, 1],
  ],
  [
    [{ by: 'agent', lines: ['#resolve'], words: 'We come at noon.' }, 0],
    [{ by: 'time' }, 200],
    [{ by: 'requester', lines: ['#reopen'], words: '' }, 1],
  ],
];

test('whatever people write and however long it takes, every step is one of the table', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(move, fc.constantFrom(0, 1, 30, 200)), { minLength: 1, maxLength: 14 }),
      (steps) => {
        let current = ticket();
        let now = MONDAY;
        steps.forEach(([step, hours], number) => {
          now = later(now, hours);
          const happenings = happeningsOf(step, current, now, number);
          if (happenings.length === 0) return;
          let state = current;
          for (const event of happenings) {
            expect(
              mayHappen(event, state),
              `${JSON.stringify(step)}: ${event.kind} of a ticket that is ${state.status}`,
            ).toBe(true);
            const next = evolve(state, event, now);
            if (next.status !== state.status) {
              seen.add(`${state.status} → ${next.status}`);
              expect(Object.keys(MOVES)).toContain(event.kind);
              if (state.status === 'closed') expect(event.kind).toBe('reopened');
            }
            state = next;
          }
          const { after, events } = change(current, happenings, now, desk);
          expect(after.version).toBe(current.version + 1);
          expect(after.status).toBe(state.status);
          expect(isWhole(after)).toBe(true);
          expect(events.map((event) => event.number)).toEqual(events.map((_, at) => current.events + at + 1));
          current = after;
        });
      },
    ),
    { numRuns: 300, examples: LIVES.map((life) => [life]) },
  );
  // It would be no walk if it had not been everywhere.
  for (const way of [
    'new → open',
    'open → waiting',
    'waiting → open',
    'open → resolved',
    'resolved → closed',
    'resolved → open',
    'closed → open',
  ])
    expect(seen, way).toContain(way);
});

/** What becomes of each command in each status: `done`, `none` for nothing to do, `no` for refused. */
function became(verb: VerbName, status: Status, role: 'agent' | 'requester'): string {
  const act = { by: role === 'agent' ? LUIS : NORA, role, now: MONDAY, loads: new Map() } as const;
  const [line] = decideCommands(readCommands(lineOf(verb), role), ticket(AT[status]), act, desk).lines;
  return line
    ? { done: 'done', 'nothing-to-do': 'none', refused: 'no', unknown: 'no' }[line.outcome]
    : 'text';
}

/** Who may do what, when: one row for each verb whose answer depends on where the ticket stands. */
const RIGHTS = `
              new   open  waiting resolved closed
  open        none  none  done    done     done
  waiting     done  done  done    no       no
  resolve     done  done  done    none     no
  close       done  done  done    done     none
  spam        done  done  done    done     none
  reopen      none  none  none    done     done
  escalate    done  done  done    no       no
  team        done  done  done    no       no
  approval    done  done  done    no       no
  extend      done  done  no      no       no
  due         done  done  done    no       no
  snooze      done  done  done    done     no
`;
const REQUESTERS = `
              new   open  waiting resolved closed
  close       done  done  done    done     none
  reopen      none  none  none    done     done
  status      done  done  done    done     done
  stop        done  done  done    done     done
  take        text  text  text    text     text
  resolve     text  text  text    text     text
  priority    text  text  text    text     text
  note        text  text  text    text     text
`;
const table = (drawn: string) =>
  drawn
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/) as [VerbName, ...string[]]);

test.each(table(RIGHTS))('#%s of an agent', (verb, ...expected) => {
  expect(STATUSES.map((status) => became(verb, status, 'agent'))).toEqual(expected);
});
test.each(table(REQUESTERS))('#%s of a requester', (verb, ...expected) => {
  expect(STATUSES.map((status) => became(verb, status, 'requester'))).toEqual(expected);
});
test('a requester has five words, whatever the ticket is', () => {
  const his = NAMES.filter((verb) => became(verb, 'open', 'requester') !== 'text');
  expect(his.sort()).toEqual(['close', 'reopen', 'services', 'status', 'stop']);
});
