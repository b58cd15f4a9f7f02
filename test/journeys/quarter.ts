/**
 * A quarter of a desk's life, with Easter and the change to summer time inside it: people write, answer, wait, resolve,
 * reopen, raise and go on holiday by seeded chance, desk.yaml is changed in the middle, and executions are lost. Each
 * time a ticket changes it is checked against the slow reckoning; what is wrong is told, and nothing stops for it.
 */
import type { Calendar, Desk, Policy, Priority } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { MEASURES, type Measure } from '../../core/sla/clock.ts';
import { change, open, upcoming } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import { type Happening, isActive, overrunKey, type Ticket } from '../../core/ticket/ticket.ts';
import { route } from '../../core/triage/route.ts';
import { sweep } from '../../functions/sweep.ts';
import { chanceOf } from '../chance.ts';
import { desk as sample } from '../sample.ts';
import {
  instantOf,
  MINUTE,
  minuteOf,
  openMinutes,
  type Promises,
  reckonSlowly,
} from '../sla/slow-reckoning.ts';
import { type Committed, openSkippedDesk, type SkippedDesk } from './skipped-time.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday. Good Friday is 2027-03-26; in the night to Easter Sunday the clocks of Berlin are set forward. */
export const BEGIN = '2027-01-18T00:00:00.000Z';
const DAYS = 91;
const END = Date.parse(BEGIN) + DAYS * DAY;
/** What is left waits, and is resolved and closed, in that time. */
const AFTERWARDS = 30 * DAY;

export interface Quarter {
  tickets: number;
  /** What people and time did, and how often the machine woke. */
  changes: number;
  kinds: Record<string, number>;
  statuses: Record<string, number>;
  transitions: number;
  lost: number;
  sweeps: number;
  reckonedAnew: number;
  /** How many deadlines were compared with the slow reckoning. */
  compared: number;
  faults: string[];
}

/** The same for the same count and seed. */
export async function liveQuarter(tickets: number, seed: number): Promise<Quarter> {
  const chance = chanceOf(seed);
  const check = checking();
  const desk = openSkippedDesk(FIRST, BEGIN, {
    random: chance,
    onCommit: (committed) => check.committed(committed, desk),
  });
  const { time, world, machine } = desk;
  const quarter = { sweeps: 0, reckonedAnew: 0, lost: 0 };

  for (let n = 0; n < tickets; n++) {
    // More come in the day than at night, and none on whole seconds alone would be too kind: minutes are what is compared.
    const day = Math.floor(chance() * (DAYS - 1));
    const hour = chance() < 0.85 ? 6 + chance() * 11 : chance() * 24;
    const at = Date.parse(BEGIN) + day * DAY + Math.floor(hour * 60) * MINUTE;
    time.at(at, () => live(idOf(n), desk, chance));
  }
  for (let day = 2; day < DAYS; day += 5) {
    const from = Date.parse(BEGIN) + day * DAY + 7 * HOUR;
    time.at(from, () => leave(from, from + DAY * (1 + Math.floor(chance() * 4)), desk, chance));
  }
  for (let at = Date.parse(BEGIN); at < END + AFTERWARDS; at += HOUR)
    time.at(at, async () => {
      const swept = await sweep(world);
      quarter.sweeps++;
      quarter.reckonedAnew += swept.reckoned;
      if (quarter.sweeps > 1 && at > DEPLOYED && at <= DEPLOYED + HOUR) check.reckoned(desk);
    });
  for (let at = Date.parse(BEGIN) + 5 * HOUR; at < END; at += 9 * HOUR + 7 * MINUTE)
    time.at(at, async () => {
      const running = [...machine.executions.values()].filter(({ status }) => status === 'RUNNING');
      const victim = running[Math.floor(chance() * running.length)];
      if (!victim) return;
      machine.stop(victim.name);
      quarter.lost++;
      check.lose(victim.name.slice(0, victim.name.lastIndexOf('-g')), at);
    });
  time.at(DEPLOYED, async () => {
    world.desk = SECOND;
  });
  await time.until(END + AFTERWARDS);
  check.ended(desk);

  const executions = [...machine.executions.values()];
  return {
    ...{ tickets, ...quarter, ...check.found() },
    transitions: executions.reduce((sum, each) => sum + each.transitions, 0),
  };
}

function idOf(n: number): string {
  return `T-${n.toString(36).toUpperCase().padStart(6, '0')}`;
}

// ─── The desk ───────────────────────────────────────────────────────────────────────────────────────────────────────

const weekdays = (frames: string[]) => ({ mon: frames, tue: frames, wed: frames, thu: frames, fri: frames });
const HOLIDAYS = ['01-01', '2027-03-26', '2027-03-29'];
const CALENDARS: Calendar[] = [
  {
    ...{ name: 'always', timezone: 'UTC', holidays: [] },
    hours: { ...weekdays(['00:00-24:00']), sat: ['00:00-24:00'], sun: ['00:00-24:00'] },
  },
  {
    name: 'office',
    timezone: 'Europe/Berlin',
    hours: weekdays(['08:00-12:00', '13:00-17:00']),
    holidays: HOLIDAYS,
  },
  {
    ...{ name: 'service', timezone: 'Europe/Berlin', holidays: HOLIDAYS },
    // Over the night in which the clocks are set forward, too.
    hours: { ...weekdays(['07:00-20:00']), sat: ['22:00-06:00'] },
  },
];

/** Minutes, each of which three quarters and a half are whole minutes of. */
const targets = (slower: number): Policy['targets'] => {
  const of = (minutes: number) => ({ ms: minutes * slower * MINUTE });
  return {
    P1: {
      calendar: 'always',
      firstResponse: of(16),
      nextResponse: of(32),
      resolution: of(240),
      tier: of(60),
    },
    P2: {
      calendar: 'always',
      firstResponse: of(60),
      nextResponse: of(120),
      resolution: of(480),
      tier: of(120),
    },
    P3: {
      ...{ firstResponse: of(240), nextResponse: of(240), resolution: of(1_200), tier: of(360) },
      ...{ periodicUpdate: of(780), requesterWait: of(2_400), agentWork: of(1_600) },
    },
    P4: {
      firstResponse: of(480),
      nextResponse: of(480),
      resolution: of(2_400),
      tier: { ...of(600), calendar: 'office' },
    },
  };
};

const WARNINGS: Policy['warnings'] = [
  { name: '50%', share: 0.5 },
  { name: '75%', share: 0.75 },
];

function quarterDesk(hash: string, slower: number): Desk {
  return {
    ...sample,
    hash,
    calendars: CALENDARS,
    recurring: [],
    vips: ['@board.example.com'],
    tiers: sample.tiers.map((each) => (each.tier === 2 ? { ...each, acceptWithin: 2 * HOUR } : each)),
    teams: sample.teams.map((each) =>
      each.name === 'service-desk' ? { ...each, handOverTo: ['service-desk'] } : each,
    ),
    sla: [
      {
        ...{
          name: 'vip',
          when: { vip: true },
          calendar: 'always',
          warnings: WARNINGS,
          targets: targets(1),
        },
        escalation: [{ after: HOUR, do: ['tell-manager', 'lead-watches'] }],
      },
      {
        ...{ name: 'standard', calendar: 'service', warnings: WARNINGS, targets: targets(slower) },
        escalation: [
          { after: HOUR, do: ['tell-lead', 'raise-priority'] },
          { after: 4 * HOUR, do: ['reassign'] },
          { after: 20 * HOUR, do: ['climb'] },
        ],
      },
    ],
  };
}

const FIRST = quarterDesk('first', 1);
/** From a Wednesday on, half an hour after a sweep, the time that is promised is doubled. */
const SECOND = quarterDesk('second', 2);
const DEPLOYED = Date.parse('2027-03-03T10:30:00.000Z');

// ─── The people ─────────────────────────────────────────────────────────────────────────────────────────────────────

const PLACES: [category: string, team: string][] = [
  ['printing', 'service-desk'],
  ['network', 'service-desk'],
  ['access', 'service-desk'],
  ['payroll', 'hr'],
];
const IMPACTS = ['one', 'one', 'one', 'team', 'everyone'] as const;
const URGENCIES = ['routine', 'degraded', 'degraded', 'outage'] as const;

/** Somebody writes, and from then on people do what they do. */
async function live(id: string, { world, time }: SkippedDesk, chance: () => number): Promise<void> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T;
  const { desk } = world;
  const now = world.now();
  const [category, team] = pick(PLACES);
  const [impact, urgency] = [pick(IMPACTS), pick(URGENCIES)];
  const requester = {
    address: chance() < 0.1 ? 'vera@board.example.com' : `person-${Math.floor(chance() * 900)}@example.org`,
    name: '',
  };
  const opened: Extract<Happening, { kind: 'opened' }> = {
    ...{
      kind: 'opened',
      subject: 'It does not work',
      requester,
      cc: [],
      mailbox: 'support@desk.example.test',
    },
    ...{ type: 'incident', team, tier: 1, category, impact, urgency, priority: desk.matrix[impact][urgency] },
    ...{
      language: 'en',
      flagged: null,
      follows: null,
      acknowledge: true,
      message: 1,
      messageId: null,
      reasons: [],
    },
  };
  const loads = await world.tickets.loads(desk.people.map(({ address }) => address));
  const { assignee, reason } = route({ team, tier: 1, skills: [] }, desk, loads, now);
  const given: Happening[] = assignee
    ? [{ kind: 'assigned', assignee, previous: null, reason, by: 'desk' }]
    : [];
  await world.tickets.commit(open(id, opened, given, now, desk), []);

  // Some are answered at once, some late, some never.
  const pace = pick([20, 20, 90, 90, 400, 1_500]);
  const soon = (minutes: number) =>
    time.now() + Math.max(1, Math.round(-Math.log(1 - chance()) * minutes)) * MINUTE;
  let left = chance() < 0.06 ? 0 : 2 + Math.floor(chance() * 7);
  const next = async (): Promise<void> => {
    const ticket = await world.tickets.read(id);
    if (!ticket || ticket.status === 'closed' || left-- <= 0 || time.now() > END) return;
    const happenings = await act(ticket);
    if (happenings.length > 0)
      await world.tickets.commit(change(ticket, happenings, world.now(), world.desk), []);
    time.at(soon(ticket.status === 'waiting' ? 4 * pace : pace), next);
  };
  const act = async (ticket: Ticket): Promise<Happening[]> => {
    if (ticket.status === 'resolved' && chance() < 0.6) return [];
    if (chance() < (ticket.status === 'new' ? 0.15 : ticket.status === 'waiting' ? 0.6 : 0.35))
      return writesAgain(ticket);
    const word =
      left <= 0
        ? '#resolve'
        : pick(['', '', '', '#waiting', '#waiting 2d', '#waiting 1d supplier they send a part', ...WORDS]);
    return agentWrites(ticket, word, chance() < 0.7);
  };
  const writesAgain = (ticket: Ticket): Happening[] => [
    {
      kind: 'message-received',
      message: ticket.messages + 1,
      from: requester,
      messageId: null,
      flagged: null,
    },
    ...(ticket.status === 'waiting'
      ? [{ kind: 'resumed', reason: 'the requester answered', by: requester.address } as const]
      : []),
    ...(ticket.status === 'resolved'
      ? [{ kind: 'reopened', reason: 'the requester answered', by: requester.address, told: true } as const]
      : []),
  ];
  const agentWrites = async (ticket: Ticket, word: string, speaks: boolean): Promise<Happening[]> => {
    const by = ticket.assignee ?? 'martha.lind@example.test';
    const near = world.desk.people.map(({ address }) => address);
    const decided = decideCommands(
      readCommands(word, 'agent'),
      ticket,
      { by, role: 'agent', now: world.now(), loads: await world.tickets.loads(near) },
      world.desk,
    );
    if (decided.refused || (!speaks && decided.happenings.length === 0)) return [];
    const resolves = decided.happenings.some(({ kind }) => kind === 'resolved');
    return [
      ...(ticket.status === 'new' ? [{ kind: 'started', by } as const] : []),
      ...(speaks
        ? [
            {
              ...({ kind: 'answered', message: ticket.messages + 1, by, messageId: null } as const),
              with: resolves ? 'resolved' : null,
            } as const,
          ]
        : []),
      ...(speaks && ticket.status === 'waiting'
        ? [{ kind: 'resumed', reason: 'answered by the desk', by } as const]
        : []),
      ...decided.happenings,
    ];
  };
  time.at(soon(pace), next);
}

const WORDS = [
  '#priority P1',
  '#priority P4',
  '#escalate',
  '#deescalate',
  '#snooze 1d look again',
  '#resolve',
  '#unassign\n#take',
];

/** Somebody's own mail program says that he is away. */
async function leave(
  from: number,
  until: number,
  { world, items }: SkippedDesk,
  chance: () => number,
): Promise<void> {
  const agents = world.desk.people.filter(({ role }) => role === 'agent');
  const address = agents[Math.floor(chance() * agents.length)]?.address ?? '';
  const away = {
    ...{ from: new Date(from).toISOString(), until: new Date(until).toISOString() },
    ...{ why: 'his mail program says so', quote: null, ambiguous: false, source: 'mail' },
  };
  for (const { Put } of world.addresses.writes(
    { away: { address, away }, undeliverable: [] },
    world.now(),
    world.realNow(),
  ))
    if (Put) items.set(`${Put.Item?.pk} ${Put.Item?.sk}`, Put.Item as never);
}

// ─── What is checked ────────────────────────────────────────────────────────────────────────────────────────────────

const FROM = minuteOf(BEGIN) - 1_440;
const TO = (END + AFTERWARDS) / MINUTE + 200 * 1_440;
const minutes = new Map<string, boolean[]>();

/** Counted once for the whole time. */
function openBetween(calendar: Calendar, from: number, to: number): boolean[] {
  const known = minutes.get(calendar.name) ?? openMinutes(calendar, FROM, TO);
  minutes.set(calendar.name, known);
  return known.slice(from - FROM, to - FROM);
}

const promises = new Map(
  [FIRST, SECOND].map((desk): [string, (minutes: (ms: number) => number) => Promises] => [
    desk.hash,
    (minutesOf) => {
      const [vip, standard] = desk.sla.map(({ targets: all, calendar: usual }) => {
        const of = (priority: Priority) =>
          Object.fromEntries(
            MEASURES.map((measure) => {
              const target = all[priority][measure];
              const name = target?.calendar ?? all[priority].calendar ?? usual;
              const calendar = CALENDARS.find((each) => each.name === name) as Calendar;
              return [measure, target ? { calendar, minutes: minutesOf(target.ms) } : null];
            }),
          );
        return { P1: of('P1'), P2: of('P2'), P3: of('P3'), P4: of('P4') };
      });
      return { vip, standard } as unknown as Promises;
    },
  ]),
);

/** By a finger on the wall clock: when the share of a target, or what is on top of it, is used up. */
function slowly(
  ticket: Ticket,
  until: number,
  minutesOf = (ms: number) => ms / MINUTE,
  measures: readonly Measure[] = MEASURES,
) {
  const of = promises.get(ticket.deskHash);
  if (!of) throw new TypeError(`no desk is called ${ticket.deskHash}`);
  return reckonSlowly(ticket.clock, of(minutesOf), until, openBetween, measures);
}

/** A lost execution may cost what is due before the next sweep so much. */
const SWEPT_WITHIN = HOUR;

function checking() {
  const faults: string[] = [];
  const kinds: Record<string, number> = {};
  const said = new Set<string>();
  /** Since when a ticket has had a deadline, by ticket and measure. */
  const known = new Map<string, { due: string; since: number }>();
  const tickets = new Map<string, Ticket>();
  /** When each was changed last: what is past already by then comes then. */
  const changedAt = new Map<string, number>();
  const losses = new Map<string, number>();
  let [changes, compared] = [0, 0];
  const wrong = (id: string, at: string, what: string) => void faults.push(`${id} ${at}: ${what}`);
  const desks = new Map([FIRST, SECOND].map((desk) => [desk.hash, desk]));

  const isLate = (id: string, at: number, due: number) => {
    const lost = losses.get(id) ?? Number.NEGATIVE_INFINITY;
    return (
      at - due > (lost <= at && at - due <= SWEPT_WITHIN && due - lost < SWEPT_WITHIN ? SWEPT_WITHIN : 0)
    );
  };

  /** Nothing that time was to do before is undone. */
  const missing = (before: Ticket, at: number) => {
    const next = upcoming(before, desks.get(before.deskHash) ?? SECOND)[0];
    if (next && isLate(before.id, at, Math.max(Date.parse(next.at), changedAt.get(before.id) ?? 0)))
      wrong(before.id, new Date(at).toISOString(), `${next.kind} of ${next.at} did not come`);
  };

  const owned = (after: Ticket, at: string) => {
    if (!after.assignee) wrong(after.id, at, 'it is nobody’s');
    if (!(after.tier >= 1 && after.tier <= 3)) wrong(after.id, at, `it stands at tier ${after.tier}`);
    if (after.status !== 'waiting' && !after.deadlines.resolution)
      wrong(after.id, at, 'its clock does not run');
  };

  const reckoned = (after: Ticket, at: string) => {
    const dues = MEASURES.flatMap((measure) => after.deadlines[measure] ?? []);
    const until = Math.max(minuteOf(at), ...dues.map(minuteOf)) + 2;
    const slow = slowly(after, Math.ceil(until));
    for (const measure of MEASURES) {
      compared++;
      const due = slow[measure]?.due ?? null;
      const told = after.deadlines[measure] ?? null;
      if (told !== (due === null ? null : instantOf(due)))
        wrong(after.id, at, `${measure} is due ${told}, and slowly ${due === null ? null : instantOf(due)}`);
    }
  };

  /** When it was to be said, slowly reckoned, and not before the ticket had this deadline. */
  const inTime = (
    before: Ticket,
    at: number,
    measure: Measure,
    due: string,
    minutesOf?: (ms: number) => number,
  ) => {
    const has = known.get(`${before.id} ${measure}`);
    if (has?.due !== due) return;
    const slow = minutesOf
      ? slowly(before, at / MINUTE + 2, minutesOf, [measure])[measure]?.due
      : minuteOf(due);
    const expected = slow == null ? Number.NaN : Math.max(slow * MINUTE, has.since);
    if (at !== expected && (Number.isNaN(expected) || at < expected || isLate(before.id, at, expected)))
      wrong(
        before.id,
        new Date(at).toISOString(),
        `${measure} due ${due} was to be told ${expected && new Date(expected).toISOString()}`,
      );
  };

  const once = (id: string, at: string, what: string) => {
    if (said.has(`${id} ${what}`)) wrong(id, at, `${what} was said twice`);
    said.add(`${id} ${what}`);
  };

  return {
    lose: (id: string, at: number) => void losses.set(id, at),
    committed({ before, after, events }: Committed, { world }: SkippedDesk) {
      changes++;
      const at = Date.parse(world.now());
      const now = world.now();
      if (before) missing(before, at);
      for (const event of events) {
        kinds[event.kind] = (kinds[event.kind] ?? 0) + 1;
        if (!before) continue;
        if (event.kind === 'deadline-breached') {
          once(after.id, now, `breach ${event.measure} ${event.startedAt}`);
          inTime(before, at, event.measure, event.due);
        }
        if (event.kind === 'deadline-warned') {
          for (const name of event.warnings)
            once(after.id, now, `${name} ${event.measure} ${event.startedAt}`);
          const share = Math.max(
            ...WARNINGS.map((each) => (event.warnings.includes(each.name) ? (each.share ?? 0) : 0)),
          );
          inTime(before, at, event.measure, event.due, (ms) => (ms * share) / MINUTE);
        }
        if (event.kind === 'deadline-overrun') {
          once(after.id, now, `${overrunKey(event)} ${event.measure} ${event.startedAt}`);
          inTime(before, at, event.measure, event.due, (ms) => (ms + event.after) / MINUTE);
        }
      }
      if (isActive(after)) owned(after, now);
      if (isActive(after) && (after.clock !== before?.clock || after.deskHash !== before?.deskHash))
        reckoned(after, now);
      for (const measure of MEASURES) {
        const due = after.deadlines[measure];
        const key = `${after.id} ${measure}`;
        if (!due) known.delete(key);
        else if (known.get(key)?.due !== due) known.set(key, { due, since: at });
      }
      tickets.set(after.id, after);
      changedAt.set(after.id, at);
    },
    /** The sweep after the deployment has been everywhere. */
    reckoned({ world }: SkippedDesk) {
      for (const ticket of tickets.values())
        if (ticket.status !== 'closed' && ticket.deskHash !== world.desk.hash)
          wrong(ticket.id, world.now(), 'it is reckoned by the former desk.yaml');
    },
    ended({ world, machine, time, dead }: SkippedDesk) {
      for (const ticket of tickets.values()) {
        missing(ticket, time.now());
        if (isActive(ticket)) reckoned(ticket, world.now());
        const { watch, id } = ticket;
        const next = upcoming(ticket, world.desk)[0];
        const runs = machine.isRunning(`${id}-g${watch?.generation}`);
        if (next && !(watch?.state === 'running' && runs)) wrong(id, world.now(), 'nothing watches it');
        if (!next && watch?.state === 'running' && runs) wrong(id, world.now(), 'it is watched for nothing');
      }
      if (dead.length > 0) faults.push(`${dead.length} watches could not be started`);
    },
    found() {
      const statuses: Record<string, number> = {};
      for (const { status } of tickets.values()) statuses[status] = (statuses[status] ?? 0) + 1;
      if (tickets.size === 0) faults.push('there was no ticket');
      return { changes, kinds, statuses, compared, faults };
    },
  };
}
