import { describe, expect, test } from 'vitest';
import type { Desk, Person } from '../../core/config/desk.ts';
import { personOf } from '../../core/mail/standing.ts';
import { type Plan, updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import { digestDue, type InHands, listFor, type News, waitsForDigest } from '../../core/ticket/digest.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { KIM, LUIS, later, MARTHA, MONDAY, NORA, PRIYA, desk as sampleDesk, ticket } from '../sample.ts';

const HELENE = 'helene.roth@example.test';
const desk = withMail(sampleDesk, { mail: 'digest' }, LUIS, KIM, MARTHA);

function withMail(of: Desk, more: Partial<Person>, ...addresses: string[]): Desk {
  const people = of.people.map((person) =>
    addresses.includes(person.address) ? { ...person, ...more } : person,
  );
  return { ...of, people };
}

function person(address: string, of = desk): Person {
  const found = personOf(address, of);
  if (!found) throw new Error(`nobody is ${address}`);
  return found;
}

/** What this makes of the mails to Luis, whose ticket it is: which are put off, and which go at once. */
function mails(happening: Happening, before = ticket(), of = desk): { waits: string[]; now: string[] } {
  const { after, events } = change(before, [happening], later(MONDAY, 1), of);
  const plans = events.flatMap((event) => updatesFor(event, after, of).map((plan) => ({ plan, event })));
  const waiting = ({ plan, event }: (typeof plans)[number]) => waitsForDigest(plan, event, after, of);
  const names = (some: typeof plans) => some.map(({ plan }) => `${plan.kind} → ${plan.to.address}`);
  return {
    waits: names(plans.filter(waiting)),
    now: names(plans.filter((each) => !waiting(each))),
  };
}

const received: Happening = {
  ...{ kind: 'message-received', message: 2, from: { address: NORA, name: '' }, messageId: null },
  ...{ flagged: null, cc: [], quiet: false },
} as Happening;

describe('what waits for the digest', () => {
  test('assignments, messages and notes', () => {
    expect(mails(received)).toEqual({ waits: [`requester-message → ${LUIS}`], now: [] });
    expect(mails({ kind: 'noted', message: 2, by: PRIYA, thirdParty: null }).waits).toEqual([
      `note → ${LUIS}`,
    ]);
    const assigned: Happening = { kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: PRIYA };
    expect(mails(assigned).waits).toEqual([`assignment → ${KIM}`, `note → ${LUIS}`]);
  });

  test('and of the same nothing for whoever has his mail at once', () => {
    expect(mails(received, ticket(), sampleDesk)).toEqual({
      waits: [],
      now: [`requester-message → ${LUIS}`],
    });
  });

  test('not what climbed to him', () => {
    const climbed: Happening = {
      ...{ kind: 'assigned', assignee: KIM, previous: null, reason: '', by: 'desk', climbs: true },
    } as Happening;
    expect(mails(climbed)).toMatchObject({ waits: [], now: [`assignment → ${KIM}`] });
  });

  test('nothing of P1', () => {
    expect(mails(received, { ...ticket(), priority: 'P1' } as Ticket).now).toEqual([
      `requester-message → ${LUIS}`,
    ]);
  });

  test('no warning, breach or transcript, and no note whose time has come', () => {
    const deadline = { measure: 'firstResponse', due: MONDAY, startedAt: MONDAY, assignee: LUIS } as const;
    const others: Happening[] = [
      { kind: 'deadline-warned', warnings: ['75%'], ...deadline } as Happening,
      { kind: 'deadline-breached', ...deadline } as Happening,
      { kind: 'snooze-ended', by: LUIS, reason: '' } as Happening,
      { kind: 'due-warned', due: MONDAY, reason: '' } as Happening,
      { kind: 'commanded', by: LUIS, lines: [], refused: false, shows: [], words: 'none' },
    ];
    for (const happening of others) {
      const { waits, now } = mails(happening);
      expect([happening.kind, waits]).toEqual([happening.kind, []]);
      expect(now.length).toBe(1);
    }
  });

  test('nothing that goes to a requester, were he somebody of the desk', () => {
    const plan = { kind: 'note', audience: 'requester', to: { address: LUIS, name: '' } } as Plan;
    const { after, events } = change(ticket(), [received], MONDAY, desk);
    expect(waitsForDigest(plan, events[0] as (typeof events)[number], after, desk)).toBeNull();
  });
});

describe('when the digest comes, by the clock of whoever gets it', () => {
  const day = Date.parse('2026-11-23') / 86_400_000;
  const nights = {
    ...{ name: 'nights', timezone: 'Europe/Berlin', holidays: [] as string[] },
    hours: { mon: ['22:00-06:00'], tue: ['22:00-06:00'] },
  };
  const withNights = { ...desk, calendars: [...desk.calendars, nights] };
  /** The first quarter of an hour at which it is due, from the midnight of that day in Berlin. */
  const first = (more: Partial<Person>, from = '2026-11-22T23:00:00.000Z', of: Desk = withNights) => {
    const asked = { ...person(LUIS), ...more };
    for (let quarter = 0; quarter < 96; quarter++) {
      const now = later(from, quarter / 4);
      const due = digestDue(asked, of, now);
      if (due !== null) return { at: now, day: due };
    }
    return null;
  };

  test('at eight where work never ends', () => {
    expect(first({ hours: 'always' })).toEqual({ at: '2026-11-23T07:00:00.000Z', day });
  });

  test('when the working day begins, and not on a free day', () => {
    const office = desk.calendars.find(({ name }) => name === 'office');
    const begins = office?.hours.mon?.[0]?.slice(0, 5) ?? '';
    expect(first({ hours: 'office' })?.at).toBe(new Date(`2026-11-23T${begins}:00+01:00`).toISOString());
    expect(first({ hours: 'office' }, '2026-11-21T23:00:00.000Z')).toBeNull();
  });

  test('in the evening for whoever works at night; the end of a night is no day of its own', () => {
    expect(first({ hours: 'nights' })).toEqual({ at: '2026-11-23T21:00:00.000Z', day });
    expect(first({ hours: 'nights' }, '2026-11-24T23:00:00.000Z')).toBeNull();
  });

  test('at the time that he wants, on the same days', () => {
    expect(first({ hours: 'office', digestAt: '06:30' })?.at).toBe('2026-11-23T05:30:00.000Z');
    expect(first({ hours: 'office', digestAt: '06:30' }, '2026-11-21T23:00:00.000Z')).toBeNull();
    expect(first({ hours: 'always', digestAt: '06:30' })?.at).toBe('2026-11-23T05:30:00.000Z');
  });

  test('for those who want one, for everybody where the desk says so, and never for a manager', () => {
    const noon = '2026-11-23T11:00:00.000Z';
    expect(digestDue({ ...person(LUIS), mail: 'instant' }, desk, noon)).toBeNull();
    const everybody = { ...desk, digests: { everybody: true } };
    expect(digestDue({ ...person(LUIS), mail: 'instant' }, everybody, noon)).toBe(day);
    expect(digestDue({ ...person(LUIS), role: 'manager' }, everybody, noon)).toBeNull();
  });
});

describe('what stands in it', () => {
  const held = (id: string, assignee: string | null, due: string | null, team = 'service-desk'): InHands => ({
    ...{ id, assignee, due, team },
  });
  const news = (ticketId: string, what: News['what'], id = `${ticketId}-${what}`): News => ({
    id,
    what,
    ticketId,
  });
  const places = (...of: Parameters<typeof listFor>) =>
    listFor(...of).entries.map(({ ticketId, section }) => `${section} ${ticketId}`);

  test('his own by what is due next, each once, what has no deadline last', () => {
    const all = [
      held('T-B', LUIS, null),
      held('T-C', LUIS, later(MONDAY, 2)),
      held('T-A', LUIS, later(MONDAY, 9)),
    ];
    expect(places(person(LUIS), [...all, ...all], [], desk, MONDAY)).toEqual([
      'own T-C',
      'own T-A',
      'own T-B',
    ]);
  });

  test('of others’ tickets only what waited to be told, and how much of it', () => {
    const told = [
      ...[news('T-A', 'requester-message', '1'), news('T-A', 'requester-message', '2')],
      ...[news('T-Z', 'note'), news('T-A', 'assignment')],
    ];
    const { entries } = listFor(
      person(LUIS),
      [held('T-A', LUIS, null), held('T-K', KIM, MONDAY)],
      told,
      desk,
      MONDAY,
    );
    expect(entries).toEqual([
      { ticketId: 'T-A', section: 'own', news: { 'requester-message': 2, assignment: 1 } },
      { ticketId: 'T-Z', section: 'others', news: { note: 1 } },
    ]);
  });

  test('for a lead what nobody has and what is late in the teams that he leads, and no other', () => {
    const all = [
      ...[
        held('T-F', null, later(MONDAY, 1)),
        held('T-L', KIM, later(MONDAY, -1)),
        held('T-K', KIM, later(MONDAY, 1)),
      ],
      held('T-H', null, null, 'hr'),
    ];
    expect(places(person(MARTHA), all, [], desk, MONDAY)).toEqual(['free T-F', 'late T-L']);
    expect(places(person(LUIS), all, [], desk, MONDAY)).toEqual([]);
    expect(places(person(HELENE), all, [], desk, MONDAY)).toEqual(['free T-H']);
  });

  test('nothing of a confidential team that he does not belong to, even if the index still says so', () => {
    const open = withMail(desk, {}, LUIS);
    const closed = { ...open, teams: open.teams.map((team) => ({ ...team, lead: MARTHA })) };
    expect(places(person(MARTHA), [held('T-H', null, null, 'hr')], [], closed, MONDAY)).toEqual(['free T-H']);
    expect(places(person(LUIS), [held('T-H', KIM, null, 'hr')], [], closed, MONDAY)).toEqual([]);
  });

  test('of two hundred fifty, and how many more there are', () => {
    const many = Array.from({ length: 200 }, (_, n) => held(`T-${n}`, LUIS, null));
    const { entries, more } = listFor(person(LUIS), many, [], desk, MONDAY);
    expect(entries.length).toBe(50);
    expect(more).toEqual({ own: 150 });
  });
});
