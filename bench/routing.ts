/**
 * How level work lies on people: a seeded month of tickets, given out by the desk's own `route` and its loads, beside
 * chance and beside turns that know nothing but whose turn it is.
 */
import type { Desk, Person, Priority } from '../core/config/desk.ts';
import { backAt } from '../core/ticket/stand-in.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import { lastAgent } from '../core/triage/last-agent.ts';
import { isOnDuty, type Load, type Loads, route, type Wanted } from '../core/triage/route.ts';
import { mean } from './figures.ts';
import { optionsOf, whole } from './options.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday at midnight in Berlin. */
const FROM = Date.parse('2026-11-01T23:00:00Z');
const SKILLS = ['accounts', 'network', 'printing', 'software'];
const RULES = ['desk', 'turns', 'chance'] as const;
export type Rule = (typeof RULES)[number];

/** Twelve people at three tiers: early, late and night shifts, and each with two skills. */
export function monthDesk(sample: Desk): Desk {
  const shift = (name: string, frame: string) => ({
    ...{ name, timezone: 'Europe/Berlin', holidays: [] },
    hours: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [frame]])),
  });
  const hoursOf = (tier: number, n: number) =>
    (tier === 1 ? ['early', 'late', 'night'][n % 3] : 'office') ?? 'office';
  const [agent] = sample.people as [Person];
  const { cap: _, ...plain } = agent;
  const person = (tier: number, n: number): Person => ({
    ...plain,
    ...{ address: `agent${tier}${n}@example.test`, name: `Agent ${tier}.${n + 1}`, alternates: [] },
    ...{ role: 'agent', team: 'service-desk', tier, hours: hoursOf(tier, n), cap: 60 },
    skills: [SKILLS[n % 4] as string, SKILLS[(n + 1) % 4] as string],
    // A week each, of every third person.
    absences: n % 3 === 1 ? [{ from: '2026-11-09', to: '2026-11-15' }] : [],
  });
  const tier = (of: number, count: number) => Array.from({ length: count }, (_, n) => person(of, n));
  return {
    ...sample,
    triage: { lastAgent: 7 * DAY },
    calendars: [
      ...[shift('early', '06:00-14:00'), shift('late', '14:00-22:00'), shift('night', '22:00-06:00')],
      shift('office', '08:00-18:00'),
    ],
    people: [
      ...tier(1, 6),
      ...tier(2, 4),
      ...tier(3, 2),
      ...sample.people.filter(({ role }) => role === 'lead'),
    ],
  };
}

interface Asked {
  at: number;
  wanted: Wanted & { priority: Priority };
  requester: number;
  /** How long its work takes somebody of usual speed. */
  work: number;
}

/** The same for every rule: what comes in, when, and how much work it is. */
export function monthOf(tickets: number, seed: number): Asked[] {
  const chance = chanceFrom(seed);
  const pick = <T>(of: readonly T[]) => of[Math.floor(chance() * of.length)] as T;
  return Array.from({ length: tickets }, () => {
    const day = Math.floor(chance() * 30);
    // Two of three come in the office's hours.
    const hour = chance() < 0.67 ? 8 + chance() * 10 : chance() * 24;
    return {
      at: FROM + day * DAY + hour * HOUR,
      wanted: {
        team: 'service-desk',
        tier: pick([1, 1, 1, 1, 1, 1, 2, 2, 2, 3]),
        skills: chance() < 0.5 ? [pick(SKILLS)] : [],
        priority: pick<Priority>(['P1', 'P2', 'P3', 'P3', 'P3', 'P4', 'P4', 'P4']),
      },
      requester: Math.floor(chance() ** 2 * 400),
      work: (5 + 60 * chance()) * MINUTE,
    };
  }).sort((a, b) => a.at - b.at);
}

export interface Share {
  person: Person;
  given: number;
  /** Of what it was while he was there. */
  meanOpen: number;
  maxOpen: number;
  /** How many more open tickets than the least laden of those of the tier who were at work with him he had on average. */
  gap: number;
}

/** Each works on one ticket after the other while he is on duty, the oldest first, each at a speed of his own. */
export function playMonth(rule: Rule, asked: readonly Asked[], desk: Desk, seed: number): Share[] {
  const chance = chanceFrom(seed + 1);
  const agents = desk.people.filter(({ role }) => role === 'agent');
  const speed = new Map(agents.map(({ address }, n) => [address, [1, 0.7, 1.4][n % 3] as number]));
  const queues = new Map(agents.map(({ address }) => [address, [] as number[]]));
  const last = new Map<string, string>();
  const lastOf = new Map<number, Ticket>();
  const shares = new Map(
    agents.map((person) => [person.address, { person, given: 0, sum: 0, looks: 0, maxOpen: 0, gap: 0 }]),
  );
  const loads: Loads = {
    get: (address): Load => ({
      open: queues.get(address)?.length ?? 0,
      lastAssignedAt: last.get(address) ?? null,
    }),
  };
  const none: Loads = { get: (address) => ({ open: 0, lastAssignedAt: last.get(address) ?? null }) };
  const choose = ({ wanted, requester }: Asked, n: number, now: string): string | null => {
    if (rule === 'desk') {
      const known = lastAgent(lastOf.get(requester), wanted.team, now, desk);
      const { assignee } = route({ ...wanted, last: known }, desk, loads, now);
      if (assignee)
        lastOf.set(requester, { id: `T-${n}`, team: wanted.team, assignee, resolvedAt: now } as Ticket);
      return assignee;
    }
    const tier = agents.filter(
      (person) => person.tier === wanted.tier && backAt(person, now, desk, none) === null,
    );
    const duty = tier.filter((person) => isOnDuty(person, desk, now));
    const pool = duty.length > 0 ? duty : tier;
    if (rule === 'chance') return pool[Math.floor(chance() * pool.length)]?.address ?? null;
    const since = ({ address }: Person) => last.get(address) ?? '';
    return pool.toSorted((a, b) => (since(a) < since(b) ? -1 : 1))[0]?.address ?? null;
  };
  let there: Person[] = [];
  let [at, n] = [FROM, 0];
  for (; at < FROM + 30 * DAY; at += 10 * MINUTE) {
    const now = new Date(at).toISOString();
    for (; n < asked.length && (asked[n] as Asked).at < at + 10 * MINUTE; n++) {
      const next = asked[n] as Asked;
      const assignee = choose(next, n, now);
      const share = shares.get(assignee ?? '');
      if (!assignee || !share) continue;
      queues.get(assignee)?.push(next.work / (speed.get(assignee) as number));
      // Of two that come in one step the second comes later.
      last.set(assignee, new Date(at + (n % 600) * 1000).toISOString());
      share.given++;
    }
    // Shifts and absences change with the hour.
    if (at % HOUR === 0)
      there = agents.filter((person) => isOnDuty(person, desk, now) && !backAt(person, now, desk, none));
    const openOf = ({ address }: Person) => queues.get(address)?.length ?? 0;
    const fewest = new Map(
      [1, 2, 3].map((tier) => [tier, Math.min(...there.filter((each) => each.tier === tier).map(openOf))]),
    );
    for (const share of shares.values()) {
      const { person } = share;
      const queue = queues.get(person.address) as number[];
      share.maxOpen = Math.max(share.maxOpen, queue.length);
      if (!there.includes(person)) continue;
      share.gap += queue.length - (fewest.get(person.tier ?? 0) ?? 0);
      share.sum += queue.length;
      share.looks++;
      let left = 10 * MINUTE;
      while (queue.length > 0 && left > 0) {
        const spent = Math.min(left, queue[0] as number);
        left -= spent;
        if (spent === queue[0]) queue.shift();
        else queue[0] = (queue[0] as number) - spent;
      }
    }
  }
  return [...shares.values()].map(({ person, given, sum, looks, maxOpen, gap }) => ({
    ...{ person, given, maxOpen },
    meanOpen: looks === 0 ? 0 : sum / looks,
    gap: looks === 0 ? 0 : gap / looks,
  }));
}

/** The coefficient of variation: how far people are from their mean, as a share of it. */
export function spread(values: readonly number[]): number {
  const middle = mean(values);
  const variance = mean(values.map((value) => (value - middle) ** 2));
  return middle === 0 ? 0 : Math.sqrt(variance) / middle;
}

/** Park and Miller's. */
function chanceFrom(seed: number): () => number {
  let state = (seed * 48_271 + 11) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function main(): Promise<void> {
  const { tickets, seed } = optionsOf('How level work lies on people, in a month of tickets.', {
    tickets: whole('in the month', 3_000),
    seed: whole('another has another month', 1),
  });
  const { readFileSync } = await import('node:fs');
  const { loadDesk } = await import('../core/config/load.ts');
  const loaded = loadDesk(readFileSync('desk.yaml', 'utf8'));
  if (!loaded.ok) throw new Error('desk.yaml is not valid');
  const desk = monthDesk(loaded.desk);
  const asked = monthOf(tickets, seed);
  const played = RULES.map((rule) => ({ rule, shares: playMonth(rule, asked, desk, seed) }));
  console.log(`${tickets} tickets, seed ${seed}; given, mean open, most open\n`);
  console.log(['', '', ...RULES.map((rule) => rule.padStart(20))].join('  '));
  for (const [n, { person }] of (played[0]?.shares ?? []).entries()) {
    const cells = played.map(({ shares }) => {
      const { given, meanOpen, maxOpen } = shares[n] as Share;
      return `${given}  ${meanOpen.toFixed(1)}  ${maxOpen}`.padStart(20);
    });
    console.log([person.name, person.hours.padEnd(7), ...cells].join('  '));
  }
  const says = (what: string, of: (shares: readonly Share[]) => number) =>
    console.log(
      `${what}: ${played.map(({ rule, shares }) => `${rule} ${of(shares).toFixed(2)}`).join(', ')}`,
    );
  console.log('');
  for (const tier of [1, 2, 3]) {
    const own = (shares: readonly Share[]) => shares.filter(({ person }) => person.tier === tier);
    says(`tier ${tier}, spread of mean open`, (shares) =>
      spread(own(shares).map(({ meanOpen }) => meanOpen)),
    );
    says(`tier ${tier}, spread of given`, (shares) => spread(own(shares).map(({ given }) => given)));
    says(`tier ${tier}, open beyond the least laden at work`, (shares) =>
      mean(own(shares).map(({ gap }) => gap)),
    );
  }
}

if (import.meta.main) await main();
