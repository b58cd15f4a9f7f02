/** Requests with steps: when each begins, what it tells, and what becomes of the request. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Category, Desk } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { type Change, change, open, upcoming } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import { beginStep, hearOfStep, moveStep, stepAsked, stepBegun, stepMoved } from '../../core/ticket/steps.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { ID, KIM, LUIS, MONDAY, NORA, opened, desk as sample } from '../sample.ts';

const step = (name: string, more: Partial<NonNullable<Category['checklist']>[number]> = {}) => ({
  ...{ name, title: `The ${name}`, text: '', team: 'service-desk', tier: 1, skills: [], after: [] },
  ...more,
});

/** The sample desk with a checklist for printing. */
function deskWith(checklist: NonNullable<Category['checklist']>, more: Partial<Category> = {}): Desk {
  const categories = sample.categories.map((category) =>
    category.name === 'printing' ? { ...category, checklist, ...more } : category,
  );
  return { ...sample, categories };
}

const CHAIN = deskWith([
  step('account'),
  step('contract', { team: 'hr' }),
  step('laptop', { after: ['account'] }),
]);

/** All tickets of a small desk, and the events that nobody has handled yet, as the stream hands them out. */
function emptyHouse(desk: Desk) {
  const tickets = new Map<string, Ticket>();
  const waiting: { id: string; event: TicketEvent }[] = [];
  const told: string[] = [];
  const opens: string[] = [];

  const at = (id: string): Ticket => {
    const ticket = tickets.get(id);
    if (!ticket) throw new Error(`there is no ${id}`);
    return ticket;
  };
  const keep = ({ before, after, events }: Change): Ticket => {
    if (!before) opens.push(after.id);
    tickets.set(after.id, after);
    waiting.push(...events.map((event) => ({ id: after.id, event })));
    for (const event of events)
      for (const { kind, to } of updatesFor(event, after, desk)) told.push(`${kind} ${to.address}`);
    return after;
  };
  const happen = (id: string, ...happenings: Happening[]): Ticket =>
    keep(change(at(id), happenings, MONDAY, desk));

  /** What send-update does with one event. */
  const handle = ({ id, event }: { id: string; event: TicketEvent }): void => {
    const ticket = at(id);
    if (event.kind === 'step-reported') {
      const heard = hearOfStep(at(event.to), ticket, event, desk);
      if (heard) happen(event.to, ...heard);
    }
    const asked = event.kind === 'step-changed' ? stepAsked(event, ticket) : null;
    if (!asked) return;
    if (!asked.id && asked.state === 'called') {
      const task = `T-${asked.key.split('/')[1]}`;
      const routed = { assignee: KIM, reason: 'the fewest' };
      const { opened: begun, also } = beginStep(asked, ticket, routed, desk);
      keep(open(task, begun, also, MONDAY, desk));
      happen(id, stepBegun(asked, task, ticket, desk));
      return;
    }
    const task = asked.id ? at(asked.id) : null;
    const moves = task ? moveStep(asked, task, ticket, { now: MONDAY, loads: new Map() }, desk) : [];
    const after = task && moves.length > 0 ? happen(task.id, ...moves) : task;
    happen(id, stepMoved(asked, after));
  };

  const made = {
    ...{ tickets, waiting, told, opens, at, keep, happen, handle },
    states: (): Record<string, string> =>
      Object.fromEntries((at(ID).steps ?? []).map(({ key, state }) => [key.split('/')[1] ?? '', state])),
    taskOf: (name: string): Ticket =>
      at(at(ID).steps?.find(({ key }) => key === `printing/${name}`)?.id ?? ''),
    settle() {
      for (let event = waiting.shift(); event; event = waiting.shift()) handle(event);
      return made;
    },
  };
  return made;
}

function house(desk: Desk = CHAIN, given: Partial<Extract<Happening, { kind: 'opened' }>> = {}) {
  const begun = opened(MONDAY, given).events.filter(({ kind }) => kind === 'opened' || kind === 'assigned');
  const made = emptyHouse(desk);
  const [first, ...others] = begun;
  if (first?.kind !== 'opened') throw new Error('a ticket is opened first');
  made.keep(open(ID, first, others, MONDAY, desk));
  return made;
}

const resolve: Happening = { kind: 'resolved', reason: 'done', by: KIM, message: null };
const close: Happening = { kind: 'closed', reason: 'not needed', by: KIM };
const reopen: Happening = { kind: 'reopened', reason: 'once more', by: KIM, told: false };

describe('the steps of a request', () => {
  test('begin with it where none comes before, each as a request to its own team', () => {
    const made = house().settle();
    expect(made.states()).toEqual({ account: 'open', contract: 'open', laptop: 'waits' });
    expect(made.taskOf('account')).toMatchObject({
      ...{ type: 'request', team: 'service-desk', subject: 'The account: The printer is jammed' },
      ...{ partOf: { id: ID, step: 'printing/account', reported: 'open' } },
      links: [{ relation: 'part-of', id: ID }],
      watchers: [LUIS],
    });
    expect(made.taskOf('contract')).toMatchObject({ team: 'hr', mailbox: 'hr@desk.example.test' });
    expect(made.at(ID).links).toEqual([
      { relation: 'step', id: 'T-account' },
      { relation: 'step', id: 'T-contract' },
    ]);
  });

  test('follow when what they come after is done, and with the last one the request is resolved and says what was done', () => {
    const made = house().settle();
    made.happen('T-account', resolve);
    expect(made.settle().states()).toMatchObject({ account: 'done', laptop: 'open' });
    made.happen('T-contract', close);
    made.happen('T-laptop', resolve);
    expect(made.settle().states()).toEqual({ account: 'done', contract: 'skipped', laptop: 'done' });
    expect(made.at(ID).status).toBe('resolved');
    expect(made.told.filter((told) => told.endsWith(NORA))).toEqual([
      `acknowledgement ${NORA}`,
      `resolved ${NORA}`,
    ]);
  });

  test('call off the appointment that is still ahead when the last of them resolves the request', () => {
    const made = house(deskWith([step('account')])).settle();
    const visit = { nth: 1, sequence: 0, zone: 'Europe/Berlin', words: 'I bring it', by: LUIS };
    const [start, end] = ['2026-11-24T13:00:00.000Z', '2026-11-24T14:00:00.000Z'];
    made.happen(ID, { kind: 'visit-planned', ...visit, start, end });
    made.happen('T-account', resolve);
    expect(made.settle().at(ID)).toMatchObject({ status: 'resolved', visit: { isCancelled: true } });
  });

  test('write to nobody outside, and the desk not to itself, whatever happens to them', () => {
    const made = house().settle();
    made.happen(
      'T-account',
      { kind: 'answered', message: 2, by: KIM, messageId: null, with: 'resolved' },
      resolve,
    );
    made.happen('T-account', reopen);
    made.happen('T-account', close);
    const outside = made.settle().told.filter((told) => !told.endsWith('@example.test'));
    expect(outside).toEqual([`acknowledgement ${NORA}`]);
    expect(made.told).toContain(`note ${LUIS}`);
  });

  test('wait for the approval that the category demands', () => {
    const desk = deskWith([step('account')], { approval: { by: [LUIS], quorum: 'all' } });
    const made = house(desk);
    const approvers = [{ address: LUIS, name: '' }];
    made.happen(ID, { kind: 'approval-asked', approvers, quorum: 'all', question: 'May we?', by: 'desk' });
    expect(made.settle().states()).toEqual({});
    made.happen(ID, { kind: 'approval-decided', result: 'rejected', by: LUIS });
    expect(made.settle().states()).toEqual({});
    made.happen(ID, { kind: 'approval-asked', approvers, quorum: 'all', question: 'Now?', by: KIM });
    made.happen(ID, { kind: 'approval-decided', result: 'given', by: LUIS });
    expect(made.settle().states()).toEqual({ account: 'open' });
  });

  test('wait for a person of the desk when nothing proves who asked', () => {
    const made = house(CHAIN, { flagged: 'the mail does not pass DMARC' }).settle();
    expect(made.states()).toEqual({});
    made.happen(ID, { kind: 'started', by: LUIS });
    expect(made.settle().states()).toMatchObject({ account: 'open' });
    expect(made.taskOf('account').flagged).toBe('the mail does not pass DMARC');
  });

  test('begin when a ticket is filed there, and are called off when it is filed elsewhere', () => {
    const made = house(CHAIN, { category: 'network' }).settle();
    expect(made.states()).toEqual({});
    const filed = (category: string, previous: string): Happening => ({
      ...{ kind: 'categorised', category, previous, team: 'service-desk', by: LUIS },
    });
    made.happen(ID, filed('printing', 'network'));
    expect(made.settle().states()).toMatchObject({ account: 'open', laptop: 'waits' });
    made.happen(ID, filed('network', 'printing'));
    expect(made.settle().states()).toEqual({ account: 'off', contract: 'off', laptop: 'waits' });
    expect(made.at('T-account').status).toBe('closed');
    made.happen(ID, filed('printing', 'network'));
    expect(made.settle().states()).toMatchObject({ account: 'open' });
    expect(made.at('T-account').status).toBe('open');
  });

  test('do not begin for a ticket that is worked on when desk.yaml gets a checklist', () => {
    const before = opened().after;
    const { after } = change(
      before,
      [{ kind: 'tagged', added: ['x'], removed: [], by: LUIS }],
      MONDAY,
      CHAIN,
    );
    expect(after.steps).toBeUndefined();
  });

  test.each<[string, Happening[]]>([
    ['closed', [{ kind: 'closed', reason: 'closed', by: NORA }]],
    ['spam', [{ kind: 'closed', reason: 'spam', by: LUIS, quiet: true }]],
    ['merged', [{ kind: 'merged', into: 'T-OTHER1', by: LUIS }]],
    ['resolved', [{ kind: 'resolved', reason: 'resolved', by: LUIS, message: null }]],
  ])('are closed when it is %s, and whoever had them is told', (_, happenings) => {
    const made = house().settle();
    made.told.length = 0;
    made.happen(ID, ...happenings);
    expect(made.settle().states()).toEqual({ account: 'off', contract: 'off', laptop: 'waits' });
    expect(['T-account', 'T-contract'].map((id) => made.at(id).status)).toEqual(['closed', 'closed']);
    expect(made.told.filter((told) => told === `note ${KIM}`)).toHaveLength(2);
  });

  test('come back when it is taken up again', () => {
    const made = house().settle();
    made.happen(ID, { kind: 'closed', reason: 'closed', by: NORA });
    made.settle();
    made.happen(ID, { kind: 'reopened', reason: 'not yet', by: NORA, told: false });
    expect(made.settle().states()).toEqual({ account: 'open', contract: 'open', laptop: 'waits' });
    expect(made.at('T-account').status).toBe('open');
  });

  test('do not count as left out because the report of having been called off comes late', () => {
    const made = house(deskWith([step('account'), step('laptop', { after: ['account'] })])).settle();
    const late: (typeof made.waiting)[number][] = [];
    const settleWithoutReports = () => {
      for (let next = made.waiting.shift(); next; next = made.waiting.shift())
        if (next.event.kind === 'step-reported') late.push(next);
        else made.handle(next);
    };
    made.happen(ID, { kind: 'closed', reason: 'closed', by: NORA });
    settleWithoutReports();
    made.happen(ID, { kind: 'reopened', reason: 'not yet', by: NORA, told: false });
    settleWithoutReports();
    expect(late.map(({ event }) => 'state' in event && event.state)).toEqual(['skipped', 'open']);
    for (const report of late) made.handle(report);
    expect(made.states()).toEqual({ account: 'open', laptop: 'waits' });
    expect(made.at(ID).events).toBe(made.settle().at(ID).events);
  });

  test('taken up by a person after the request was closed, one goes on by itself', () => {
    const made = house().settle();
    made.happen(ID, { kind: 'closed', reason: 'closed', by: NORA });
    made.settle();
    made.happen('T-account', reopen);
    expect(made.settle().at('T-account').status).toBe('open');
    expect(made.at(ID).status).toBe('closed');
  });

  test('taken up again, one takes up its request, which is resolved once more with it', () => {
    const made = house(deskWith([step('account')])).settle();
    made.happen('T-account', resolve);
    made.settle();
    made.happen('T-account', reopen);
    expect(made.settle().at(ID).status).toBe('open');
    made.happen('T-account', resolve);
    expect(made.settle().at(ID).status).toBe('resolved');
  });

  test('all left out, they leave the request to whoever has it', () => {
    const made = house(deskWith([step('account')])).settle();
    made.happen('T-account', close);
    expect(made.settle().at(ID)).toMatchObject({ status: 'new' });
    expect(made.told.at(-1)).toBe(`note ${LUIS}`);
  });

  test('keep a request that waits for its requester from counting as solved', () => {
    const made = house().settle();
    const waits = made.happen(ID, { kind: 'paused', until: null, reason: 'which desk?', by: LUIS });
    const reminded = made.happen(waits.id, { kind: 'requester-reminded' });
    expect(upcoming(reminded, CHAIN).map(({ kind }) => kind)).toContain('resume');
  });
});

describe('a confidential team', () => {
  const OFFBOARDING = deskWith([step('lock', { text: 'Please lock it.' })], { team: 'hr' });

  test('has steps elsewhere that say nothing of its request, and hears that it must say what is needed', () => {
    const made = house(OFFBOARDING, { team: 'hr', mailbox: 'hr@desk.example.test', flagged: null }).settle();
    const task = made.taskOf('lock');
    expect(task).toMatchObject({
      subject: 'The lock',
      team: 'service-desk',
      mailbox: 'support@desk.example.test',
    });
    expect(JSON.stringify(task)).not.toMatch(/jammed|Nora|nora@/);
    expect(made.told).toContain(`note ${LUIS}`);
  });

  test('tells of its own step elsewhere how it stands, and not why', () => {
    const made = house().settle();
    made.happen('T-contract', { ...close, reason: 'she sues us' });
    made.settle();
    const { after } = change(made.at(ID), [], MONDAY, CHAIN);
    expect(made.states().contract).toBe('skipped');
    expect(JSON.stringify(after)).not.toContain('sues');
  });
});

test('a step goes on as no other ticket, and writes to nobody outside', () => {
  const made = house().settle();
  const act = { by: KIM, role: 'agent', now: MONDAY, loads: new Map(), others: made.tickets } as const;
  const refused = (text: string, id: string) =>
    decideCommands(readCommands(text, 'agent'), made.at(id), act, CHAIN).lines.map(({ said }) => said?.key);
  expect(refused(`#cc ${NORA}`, 'T-account')).toEqual(['step-stays']);
  expect(refused(`#requester ${NORA}`, 'T-account')).toEqual(['step-stays']);
});

/** What people do, and in which order and how often the queue hands things out. */
const deed = fc.constantFrom<[string, Happening]>(
  ['T-account', resolve],
  ['T-account', close],
  ['T-account', reopen],
  ['T-contract', resolve],
  ['T-laptop', resolve],
  ['T-laptop', reopen],
  [ID, { kind: 'closed', reason: 'closed', by: LUIS }],
  [ID, { kind: 'reopened', reason: 'again', by: LUIS, told: false }],
);

function isPossible([id, { kind }]: [string, Happening], tickets: ReadonlyMap<string, Ticket>): boolean {
  const status = tickets.get(id)?.status;
  if (!status) return false;
  const isActive = status !== 'resolved' && status !== 'closed';
  return kind === 'reopened' ? !isActive : kind === 'closed' ? status !== 'closed' : isActive;
}

test('events that come late, twice and in any order open each step once and leave request and steps of one mind', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(deed, fc.nat(20)), { maxLength: 30 }),
      fc.infiniteStream(fc.nat(20)),
      (deeds, chances) => {
        const made = house();
        const handleOne = (chance: number) => {
          const [event] = made.waiting.splice(chance % made.waiting.length, 1);
          if (!event) return;
          made.handle(event);
          // Every third comes once more, later.
          if (chance % 3 === 0 && event.event.number < 40) made.handle(event);
        };
        for (const each of deeds) {
          if (typeof each === 'number') {
            if (made.waiting.length > 0) handleOne(each);
          } else if (isPossible(each, made.tickets)) made.happen(each[0], each[1]);
        }
        for (let n = 0; made.waiting.length > 0 && n < 5_000; n++) handleOne(chances.next().value ?? 0);
        expect(new Set(made.opens).size).toBe(made.opens.length);
        const request = made.at(ID);
        for (const { state, id } of request.steps ?? []) {
          const status = id && made.at(id).status;
          const isActive = status !== undefined && status !== 'resolved' && status !== 'closed';
          expect(['called', 'recalled']).not.toContain(state);
          // Who takes up a step of a closed request works on it alone.
          if (request.status !== 'closed') expect(state === 'open').toBe(Boolean(id) && isActive);
        }
        if (request.status === 'resolved')
          expect(Object.values(made.states()).every((state) => ['done', 'skipped'].includes(state))).toBe(
            true,
          );
      },
    ),
    { numRuns: 150 },
  );
});
