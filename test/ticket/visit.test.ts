import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change, upcoming } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { calendarFor, spanIn, visitAhead, visitUid } from '../../core/ticket/visit.ts';
import { ID, KIM, LUIS, later, MARTHA, MONDAY, NORA, PRIYA, desk as sampleDesk, ticket } from '../sample.ts';

const desk: Desk = { ...sampleDesk, visits: { remind: [86_400_000, 3_600_000] } };
/** Kim works in Berlin, where it is 10:00. */
const kim: Act = { by: KIM, role: 'agent', now: MONDAY, loads: new Map() };
const kims = ticket([{ kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: LUIS }]);
const decide = (text: string, on: Ticket = kims, act = kim, of = desk) =>
  decideCommands(readCommands(text, act.role), on, act, of);
const line = (text: string, on?: Ticket, act?: Act) => decide(text, on, act).lines[0];
const having = (text: string, on: Ticket = kims, act = kim) =>
  change(on, decide(text, on, act).happenings, act.now, desk).after;
const when = (text: string, on?: Ticket) => {
  const [event] = decide(text, on).happenings;
  return event && 'start' in event && 'zone' in event ? spanIn(event, event.zone) : line(text, on)?.detail;
};
const mails = (event: TicketEvent, on: Ticket) =>
  updatesFor(event, on, desk).map((plan) => {
    const told = calendarFor(event, plan, on);
    return `${plan.kind} → ${plan.to.address}${told ? `: ${told.method} ${told.appointment.sequence}` : ''}`;
  });
/** What each event of a change is told by. */
const told = (on: Ticket, happenings: Happening[], at: string) => {
  const { events, after: then } = change(on, happenings, at, desk);
  return events.flatMap((event) => mails(event, then));
};

describe('#visit reads a time', () => {
  test.each([
    ['tomorrow 14:00 1h', '2026-11-24 14:00–15:00 (Europe/Berlin)'],
    ['2026-12-03 14:00', '2026-12-03 14:00–15:00 (Europe/Berlin)'],
    ['2026-12-03T14:00 90m', '2026-12-03 14:00–15:30 (Europe/Berlin)'],
    ['mon 9:30 90m', '2026-11-30 09:30–11:00 (Europe/Berlin)'],
    ['next Friday at 9:30 for 2 hours', '2026-11-27 09:30–11:30 (Europe/Berlin)'],
    ['fr 9:30 1h30m', '2026-11-27 09:30–11:00 (Europe/Berlin)'],
    ['am Freitag um 9:30 Uhr 45 min', '2026-11-27 09:30–10:15 (Europe/Berlin)'],
    ['morgen 8:00-10:30 im Lager', '2026-11-24 08:00–10:30 (Europe/Berlin)'],
    ['today 16:15', '2026-11-23 16:15–17:15 (Europe/Berlin)'],
    ['3 Dec 14:00', '2026-12-03 14:00–15:00 (Europe/Berlin)'],
    ['tomorrow 23:30 1h', '2026-11-24 23:30–2026-11-25 00:30 (Europe/Berlin)'],
  ])('%s', (value, want) => {
    expect(when(`#visit ${value}`)).toBe(want);
  });

  test('in the zone of whoever says it, with what it is for', () => {
    const inTokyo: Desk = {
      ...desk,
      calendars: desk.calendars.map((each) =>
        each.name === 'always' ? { ...each, timezone: 'Asia/Tokyo', holidays: ['12-25'] } : each,
      ),
    };
    const said = '#visit tomorrow 14:00 1h I come to your desk';
    expect(decide(said, kims, { ...kim, by: LUIS }, inTokyo).happenings).toEqual([
      {
        ...{ kind: 'visit-planned', nth: 1, sequence: 0, by: LUIS, zone: 'Asia/Tokyo' },
        ...{ start: '2026-11-24T05:00:00.000Z', end: '2026-11-24T06:00:00.000Z' },
        words: 'I come to your desk',
      },
    ]);
    // Hours that never end are written down in UTC, and nobody lives there for that.
    expect(decide(said, kims, { ...kim, by: LUIS }).happenings).toMatchObject([
      { zone: 'Europe/Berlin', start: '2026-11-24T13:00:00.000Z' },
    ]);
  });

  test.each([
    ['today 9:59', '2026-11-23 09:59 (Europe/Berlin) is past; give a time to come'],
    ['2020-01-01 10:00', 'is past'],
    ['2027-11-25 10:00', 'is more than a year away'],
    ['someday', '“someday” begins with no day and hour; write for example #visit tomorrow 14:00 1h'],
    ['14:00', 'begins with no day and hour'],
    ['tomorrow', 'begins with no day and hour'],
    ['tomorrow 25:00', 'begins with no day and hour'],
    ['2026-02-30 10:00', 'begins with no day and hour'],
    ['the day after never 10:00', 'begins with no day and hour'],
    ['tomorrow 14:00 1m', 'takes 1 minutes; an appointment takes 5m to 24h'],
    ['tomorrow 14:00-13:00', 'takes -60 minutes'],
    ['tomorrow 14:00 99h', 'takes 5940 minutes'],
  ])('%s is refused', (value, why) => {
    expect(line(`#visit ${value}`)).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining(why),
    });
  });

  test('refuses where nobody could come', () => {
    const closed = ticket([{ kind: 'closed', reason: '', by: KIM }]);
    expect(line('#visit tomorrow 14:00', closed)?.detail).toContain('#reopen it first');
    const muted = change(kims, [{ kind: 'muted', by: NORA }], MONDAY, desk).after;
    expect(line('#visit tomorrow 14:00', muted)?.detail).toContain('wants no more mail');
  });

  test('hours and absences of whoever has it are said and do not hinder', () => {
    expect(line('#visit tomorrow 20:00')).toMatchObject({
      ...{ outcome: 'done', said: { key: 'visit-off-duty', facts: { name: 'Kim Brandt' } } },
      detail: expect.stringContaining('it is outside the hours of Kim Brandt'),
    });
    expect(line('#visit 2026-12-22 10:00')).toMatchObject({
      ...{ outcome: 'done', said: { key: 'visit-away', facts: { name: 'Kim Brandt', until: '2027-01-04' } } },
    });
    const said = {
      from: MONDAY,
      until: later(MONDAY, 48),
      why: '',
      quote: null,
      ambiguous: false,
      source: '',
    };
    const loads = new Map([[KIM, { open: 1, lastAssignedAt: null, away: said }]]) as Act['loads'];
    expect(line('#visit tomorrow 11:00', kims, { ...kim, loads })?.said?.key).toBe('visit-away');
    expect(line('#visit tomorrow 11:00')?.said?.key).toBe('visit');
  });

  test('whoever plans it takes what is nobody’s', () => {
    const free = change(kims, [{ kind: 'unassigned', previous: KIM, by: KIM }], MONDAY, desk).after;
    expect(decide('#visit tomorrow 14:00', free).happenings).toMatchObject([
      { kind: 'assigned', assignee: KIM, previous: null },
      { kind: 'visit-planned' },
    ]);
  });
});

describe('a planned appointment', () => {
  const planned = having('#visit tomorrow 14:00 90m at your desk');

  test('is moved by another #visit, which keeps what it does not say', () => {
    expect(decide('#visit fri 10:00', planned).happenings).toEqual([
      {
        ...{
          kind: 'visit-moved',
          nth: 1,
          sequence: 1,
          by: KIM,
          zone: 'Europe/Berlin',
          words: 'at your desk',
        },
        ...{ start: '2026-11-27T09:00:00.000Z', end: '2026-11-27T10:30:00.000Z' },
        previous: '2026-11-24T13:00:00.000Z',
      },
    ]);
    expect(line('#visit tomorrow 14:00', planned)?.outcome).toBe('nothing-to-do');
  });

  test('is called off once', () => {
    const off = having('#visit off', planned);
    expect(off.visit).toMatchObject({ isCancelled: true, sequence: 1 });
    expect(line('#visit off', off)?.outcome).toBe('nothing-to-do');
    expect(line('#visit none')?.outcome).toBe('nothing-to-do');
  });

  test('planned again after it was called off it is the same event, and after it took place another one', () => {
    const again = having('#visit fri 10:00', having('#visit off', planned));
    expect(again.visit).toMatchObject({ nth: 1, sequence: 2, isCancelled: false, since: 2 });
    const past = { ...kim, now: '2026-11-25T09:00:00.000Z' };
    expect(having('#visit fri 10:00', planned, past).visit).toMatchObject({ nth: 2, sequence: 1 });
  });

  test('moves no deadline, and calendars hear of it each in a copy of its own', () => {
    expect(planned.deadlines).toEqual(kims.deadlines);
    expect(told(kims, decide('#visit tomorrow 14:00').happenings, MONDAY)).toEqual([
      `decided → ${NORA}: REQUEST 0`,
      `note → ${KIM}: REQUEST 0`,
    ]);
    const [requesters, kims_, others] = [null, KIM, LUIS].map((of) => visitUid(1, ID, of, desk.domain));
    expect(requesters).toBe('visit-1.t-7k4m2q@desk.example.test');
    expect(new Set([requesters, kims_, others]).size).toBe(3);
    expect(told(planned, decide('#visit off', planned).happenings, MONDAY)).toEqual([
      `decided → ${NORA}: CANCEL 1`,
      `note → ${KIM}: CANCEL 1`,
    ]);
  });

  test('goes with the ticket into other hands, whoever moves it', () => {
    const next = later(MONDAY, 1);
    const given = (to: string, by: string): Happening[] => [
      { kind: 'assigned', assignee: to, previous: KIM, reason: '', by },
    ];
    expect(told(planned, given(PRIYA, MARTHA), next)).toEqual([
      `assignment → ${PRIYA}: REQUEST 1`,
      `note → ${KIM}: CANCEL 1`,
    ]);
    expect(told(planned, given(PRIYA, PRIYA), next)).toEqual([
      `note → ${PRIYA}: REQUEST 1`,
      `note → ${KIM}: CANCEL 1`,
    ]);
    expect(told(planned, given(PRIYA, KIM), next)).toEqual([
      `assignment → ${PRIYA}: REQUEST 1`,
      `note → ${KIM}: CANCEL 1`,
    ]);
    expect(told(planned, [{ kind: 'unassigned', previous: KIM, by: KIM }], next)).toEqual([
      `note → ${MARTHA}`,
      `note → ${KIM}: CANCEL 1`,
    ]);
    expect(told(kims, given(PRIYA, PRIYA), next)).toEqual([`note → ${KIM}`]);
    const both = decide(`#assign ${PRIYA}\n#visit tomorrow 15:00`, kims).happenings;
    expect(told(kims, both, next)).toEqual([
      `assignment → ${PRIYA}`,
      `decided → ${NORA}: REQUEST 0`,
      `note → ${PRIYA}: REQUEST 0`,
    ]);
  });

  test('is another requester’s when the request is', () => {
    const ida = { address: 'ida@example.org', name: 'Ida Moll' };
    const changed = decide(`#requester ${ida.address}`, planned).happenings;
    expect(told(planned, changed, later(MONDAY, 1))).toEqual([
      `acknowledgement → ${ida.address}`,
      `decided → ${ida.address}: REQUEST 1`,
      `decided → ${NORA}: CANCEL 1`,
    ]);
  });

  test.each(['#resolve', '#close', '#status resolved', '#spam'])('ends with the ticket: %s', (command) => {
    const decided = decide(command, planned);
    const when = '2026-11-24 14:00–15:30 (Europe/Berlin)';
    expect(decided.lines.at(-1)).toMatchObject({
      ...{ outcome: 'done', said: { key: 'visit-off', facts: { when } } },
      detail: `the appointment of ${when} is called off with it; the requester is told, and both calendars`,
    });
    const { after: then, events } = change(planned, decided.happenings, MONDAY, desk);
    expect(events.at(-1)).toMatchObject({ kind: 'visit-cancelled', by: 'desk', sequence: 1 });
    expect(visitAhead(then, MONDAY)).toBeNull();
    const outside = events.flatMap((event) => mails(event, then)).filter((mail) => mail.includes(NORA));
    if (command === '#spam') expect(outside).toEqual([]);
    else expect(outside).toContain(`decided → ${NORA}: CANCEL 1`);
  });

  test('of the past is not called off any more', () => {
    const { events } = change(planned, [{ kind: 'closed', reason: '', by: KIM }], later(MONDAY, 72), desk);
    expect(events.map(({ kind }) => kind)).toEqual(['closed']);
  });

  test('keeps a ticket that waits for its requester from being resolved before it', () => {
    const soon = having('#visit 2026-12-10 10:00');
    const waits = change(soon, decide('#waiting', soon).happenings, MONDAY, desk).after;
    const first = upcoming(waits, desk).find(({ kind }) => kind === 'remind');
    expect(first?.at).toBe('2026-12-11T10:00:00.000Z');
  });
});

describe('reminders', () => {
  const planned = having('#visit 2026-11-26 14:00');
  const own = (on: Ticket) => upcoming(on, desk).filter(({ kind }) => kind === 'visit-reminder');
  const start = '2026-11-26T13:00:00.000Z';

  test('come the day and the hour before, to both sides, and not twice', () => {
    expect(own(planned).map(({ at }) => at)).toEqual([
      '2026-11-25T13:00:00.000Z',
      '2026-11-26T12:00:00.000Z',
    ]);
    const [first] = nextStep(planned, later(start, -24), desk, new Map()).filter(
      ({ kind }) => kind === 'visit-reminded',
    );
    expect(first).toMatchObject({ before: 86_400_000 });
    const { after: then, events } = change(planned, [first as Happening], later(start, -24), desk);
    expect(mails(events[0] as TicketEvent, then)).toEqual([`decided → ${NORA}`, `note → ${KIM}`]);
    expect(own(then).map(({ at }) => at)).toEqual(['2026-11-26T12:00:00.000Z']);
  });

  test('that come at once are one, and one that is late is none', () => {
    const kinds = (at: string) =>
      nextStep(planned, at, desk, new Map()).filter(({ kind }) => kind === 'visit-reminded');
    expect(kinds(later(start, -0.5))).toMatchObject([{ before: 3_600_000 }]);
    const [late] = kinds(later(start, 1));
    const { after: then, events } = change(planned, [late as Happening], later(start, 1), desk);
    expect(mails(events[0] as TicketEvent, then)).toEqual([]);
    expect(own(then)).toEqual([]);
  });

  test('that were over when it was planned are none, and neither are those of what does not take place', () => {
    expect(own(having('#visit today 15:00')).map(({ at }) => at)).toEqual(['2026-11-23T13:00:00.000Z']);
    expect(own(having('#visit today 11:00'))).toEqual([]);
    expect(own(having('#visit off', planned))).toEqual([]);
    expect(own(having('#resolve', planned))).toEqual([]);
    expect(own(having('#visit 2026-11-27 14:00', planned))).toHaveLength(2);
  });

  test('do not go to a requester who has declined', () => {
    const visit = planned.visit;
    if (!visit) throw new Error('it is planned');
    const { end, zone } = visit;
    const declined: Happening = {
      ...{
        kind: 'visit-answered',
        answer: 'declined',
        start,
        end,
        zone,
        proposed: null,
        message: null,
        by: NORA,
      },
    };
    const said = change(planned, [declined], MONDAY, desk);
    expect(mails(said.events[0] as TicketEvent, said.after)).toEqual([`note → ${KIM}`]);
    const reminded = nextStep(said.after, later(start, -24), desk, new Map()).find(
      ({ kind }) => kind === 'visit-reminded',
    );
    const { after: then, events } = change(said.after, [reminded as Happening], later(start, -24), desk);
    expect(mails(events[0] as TicketEvent, then)).toEqual([`note → ${KIM}`]);
  });
});

test('whatever is planned, moved, called off and given away, the requester’s calendar hears of one event in a rising sequence', () => {
  const step = fc.oneof(
    fc
      .record({ day: fc.integer({ min: 1, max: 28 }), hour: fc.integer({ min: 0, max: 23 }) })
      .map(({ day, hour }) => `#visit 2026-12-${String(day).padStart(2, '0')} ${hour}:00`),
    fc.constantFrom(
      '#visit off',
      `#assign ${PRIYA}`,
      `#assign ${LUIS}`,
      '#take',
      '#unassign',
      '#resolve',
      '#reopen',
      '#waiting',
    ),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), (commands) => {
      let current = kims;
      const heard = new Map<string, number[]>();
      for (const [nth, command] of commands.entries()) {
        const now = later(MONDAY, nth / 60 + 1 / 60);
        const { happenings } = decide(command, current, { ...kim, now });
        const { after: then, events } = change(current, happenings, now, desk);
        for (const event of events)
          for (const plan of updatesFor(event, then, desk)) {
            const said = calendarFor(event, plan, then);
            if (!said) continue;
            const uid = visitUid(
              said.appointment.nth,
              ID,
              plan.audience === 'requester' ? null : plan.to.address,
              desk.domain,
            );
            heard.set(uid, [...(heard.get(uid) ?? []), said.appointment.sequence]);
          }
        current = then;
      }
      for (const sequences of heard.values())
        for (const [nth, sequence] of sequences.entries())
          if (nth > 0) expect(sequence).toBeGreaterThan(sequences[nth - 1] as number);
      const requesters = [...heard.keys()].filter((uid) => /^visit-\d+\.t-7k4m2q@/.test(uid));
      expect(requesters.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 120 },
  );
});
