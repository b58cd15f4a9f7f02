import { describe, expect, test } from 'vitest';
import { inParts, mayRead, updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, MARTHA, MONDAY, NORA, opened, PRIYA, ticket } from '../sample.ts';

const GRACE = 'grace.okafor@example.test';
const OLE = 'ole@example.org';

/** Who hears of it, and in which kind of mail, when this happens to the ticket. */
function told(happening: Happening, before: Ticket = ticket()): string[] {
  const { after, events } = change(before, [happening], MONDAY, desk);
  return events
    .flatMap((event) => updatesFor(event, after, desk))
    .map(({ kind, to }) => `${kind} → ${to.address}`);
}

describe('a new ticket', () => {
  test('is acknowledged to its requester and given to its agent', () => {
    const { after, events } = opened();
    expect(
      events
        .flatMap((event) => updatesFor(event, after, desk))
        .map(({ kind, to }) => `${kind} → ${to.address}`),
    ).toEqual([`acknowledgement → ${NORA}`, `assignment → ${LUIS}`]);
  });

  test('that nobody takes goes to the lead', () => {
    const { after, events } = opened(MONDAY, {}, null);
    expect(
      updatesFor(events[0] as (typeof events)[number], { ...after, events: 1 }, desk).map(
        ({ kind, to }) => `${kind} → ${to.address}`,
      ),
    ).toEqual([`acknowledgement → ${NORA}`, `assignment → ${MARTHA}`]);
  });

  test('of a machine is not acknowledged', () => {
    const { after, events } = opened(MONDAY, { acknowledge: false });
    expect(updatesFor(events[0] as (typeof events)[number], after, desk)).toEqual([]);
  });
});

describe('what is said', () => {
  test('a requester’s message goes to whoever has the ticket, else to the lead', () => {
    const received: Happening = {
      kind: 'message-received',
      message: 2,
      from: { address: NORA, name: '' },
      messageId: null,
      flagged: null,
    };
    expect(told(received)).toEqual([`requester-message → ${LUIS}`]);
    expect(told(received, { ...ticket(), assignee: null })).toEqual([`requester-message → ${MARTHA}`]);
  });

  test('an answer goes to the requester and those on copy, each by himself', () => {
    const copied = opened(MONDAY, { cc: [{ address: OLE, name: 'Ole' }] }).after;
    expect(told({ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null }, copied)).toEqual([
      `answer → ${NORA}`,
      `answer → ${OLE}`,
    ]);
  });

  test('an answer that resolves reaches the requester in the mail that says so', () => {
    expect(told({ kind: 'answered', message: 2, by: LUIS, messageId: null, with: 'resolved' })).toEqual([]);
    expect(told({ kind: 'resolved', reason: '', by: LUIS, message: 2 })).toEqual([`resolved → ${NORA}`]);
  });

  test('an answer by a colleague is shown to whoever has the ticket', () => {
    expect(told({ kind: 'answered', message: 2, by: KIM, messageId: null, with: null })).toEqual([
      `answer → ${NORA}`,
      `note → ${LUIS}`,
    ]);
  });

  test('a private note never reaches anybody outside', () => {
    expect(told({ kind: 'noted', message: 2, by: KIM, thirdParty: null })).toEqual([`note → ${LUIS}`]);
    expect(told({ kind: 'noted', message: 2, by: LUIS, thirdParty: null })).toEqual([]);
    expect(told({ kind: 'noted', message: 2, by: OLE, thirdParty: 'does not take part' })).toEqual([
      `note → ${LUIS}`,
    ]);
  });
});

describe('hands', () => {
  test('who takes a ticket is not told, who loses it is', () => {
    expect(told({ kind: 'assigned', assignee: KIM, previous: LUIS, reason: 'taken', by: KIM })).toEqual([
      `note → ${LUIS}`,
    ]);
  });

  test('who gives a ticket away is not told, who gets it is', () => {
    expect(told({ kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: LUIS })).toEqual([
      `assignment → ${KIM}`,
    ]);
  });

  test('from whom it was taken before he was told, he hears that alone', () => {
    const { after, events } = change(
      ticket(),
      [
        { kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: MARTHA },
        { kind: 'assigned', assignee: PRIYA, previous: KIM, reason: '', by: MARTHA },
      ],
      MONDAY,
      desk,
    );
    expect(events.flatMap((event) => updatesFor(event, after, desk))).toMatchObject([
      { kind: 'note', to: { address: LUIS } },
      { kind: 'assignment', to: { address: PRIYA } },
      { kind: 'note', to: { address: KIM } },
    ]);
  });

  test('a climb is told to the requester, and the next agent gets the history', () => {
    expect(told({ kind: 'escalated', from: 1, to: 2, reason: '', by: 'desk' })).toEqual([
      `escalated → ${NORA}`,
    ]);
    const { after, events } = change(
      ticket(),
      [{ kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: 'desk' }],
      MONDAY,
      desk,
    );
    expect(events.flatMap((event) => updatesFor(event, after, desk))).toMatchObject([
      { kind: 'assignment', to: { address: PRIYA }, history: true },
      { kind: 'note', to: { address: LUIS } },
    ]);
  });
});

describe('time', () => {
  const deadline = { measure: 'firstResponse', due: MONDAY, startedAt: MONDAY, assignee: LUIS } as const;

  test('a warning goes to the agent, a breach to the lead', () => {
    expect(told({ kind: 'deadline-warned', warnings: ['75%'], ...deadline })).toEqual([`warning → ${LUIS}`]);
    expect(told({ kind: 'deadline-breached', ...deadline })).toEqual([`breach → ${MARTHA}`]);
  });

  test('a breach of the lead’s own ticket goes to the manager', () => {
    expect(told({ kind: 'deadline-breached', ...deadline, assignee: MARTHA })).toEqual([`breach → ${GRACE}`]);
  });

  test('a warning goes to whoever had the ticket then, though it climbed in the same moment', () => {
    expect(
      told({ kind: 'deadline-warned', warnings: ['75%'], ...deadline }, { ...ticket(), assignee: PRIYA }),
    ).toEqual([`warning → ${LUIS}`]);
  });

  test('a reminder goes to the requester', () => {
    expect(told({ kind: 'requester-reminded' })).toEqual([`waiting-reminder → ${NORA}`]);
  });
});

test('closing is told to the requester, unless it was he; test/ticket/satisfaction.test.ts says who is asked', () => {
  expect(told({ kind: 'closed', reason: '', by: LUIS })[0]).toBe(`closed → ${NORA}`);
  expect(told({ kind: 'closed', reason: '', by: NORA })[0]).toBe(`note → ${LUIS}`);
});

test('the same event gives the same update ids each time, in letters that SES takes as a tag', () => {
  const { after, events } = opened();
  const ids = () => events.flatMap((event) => updatesFor(event, after, desk)).map(({ id }) => id);
  expect(ids()).toEqual(ids());
  for (const id of ids()) expect(id).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
});

test('an update in several mails has an id for each, and the first keeps the update’s own', () => {
  const { after, events } = opened();
  const [plan] = events.flatMap((event) => updatesFor(event, after, desk));
  if (!plan) throw new Error('somebody hears of it');
  const parts = inParts(plan, 3);
  expect(parts.map(({ id }) => id)).toEqual([plan.id, `${plan.id}-p2`, `${plan.id}-p3`]);
  expect(parts.map(({ part }) => part)).toEqual([1, 2, 3].map((number) => ({ number, of: 3 })));
  for (const { id } of parts) expect(id).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
  expect(inParts(plan, 1)).toEqual([plan]);
});

test('a confidential team’s ticket is read by its people, its lead and whoever has it; any other by everybody', () => {
  const [ADA, HELENE] = ['ada.osei@example.test', 'helene.roth@example.test'];
  const reads = (team: string, assignee: string | null) =>
    [KIM, LUIS, ADA, HELENE, OLE].filter((address) => mayRead(address, { team, assignee }, desk));
  expect(reads('hr', null)).toEqual([ADA, HELENE]);
  expect(reads('hr', LUIS)).toEqual([LUIS, ADA, HELENE]);
  expect(reads('service-desk', null)).toEqual([KIM, LUIS, ADA, HELENE, OLE]);
  expect(reads('no-team-any-more', null)).toEqual([KIM, LUIS, ADA, HELENE, OLE]);
  const elsewhere = { ...desk, people: desk.people.filter(({ address }) => address !== HELENE) };
  expect(mayRead(HELENE, { team: 'hr', assignee: null }, elsewhere)).toBe(true);
  expect(mayRead(OLE, { team: 'hr', assignee: null }, elsewhere)).toBe(false);
});

test('who had a ticket that is a confidential team’s now is not warned of its deadlines; who has it is', () => {
  const ADA = 'ada.osei@example.test';
  const moved = { ...ticket(), team: 'hr', assignee: ADA };
  const event = { measure: 'firstResponse', due: MONDAY, startedAt: MONDAY, warnings: ['75%'] } as const;
  const [plan] = updatesFor(
    { kind: 'deadline-warned', assignee: LUIS, number: 4, at: MONDAY, ...event } as never,
    moved,
    desk,
  );
  expect(plan?.to.address).toBe(ADA);
});
