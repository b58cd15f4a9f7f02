/**
 * What a desk.yaml of the right shape can still get wrong: names that nobody has, promises that nobody keeps, hours
 * that overlap. Each rule is one function that says where and what is allowed.
 */
import type * as z from 'zod';
import { readCommands, VERBS, type VerbName } from '../mail/commands.ts';
import { SPEAKER_VARIABLES } from '../mail/speaker.ts';
import { notOn } from '../sla/occurrences.ts';
import { MACRO_VARIABLES, variablesIn } from '../ticket/macro-words.ts';
import { PRIORITIES, WEEKDAYS } from './choices.ts';
import type { DeskSchema } from './desk.ts';
import { readPattern } from './pattern.ts';
import { isFrom } from './sender.ts';
import { titlesOf } from './service.ts';
import { listed, suggestion } from './suggest.ts';

export type Path = readonly (string | number)[];

export interface Finding {
  path: Path;
  /** It is the key itself that is wrong. */
  key?: true;
  message: string;
  /** Names of which one may have been meant. */
  meant?: readonly string[];
  allowed: string;
}

type Desk = z.output<typeof DeskSchema>;

export function contradictions(desk: Desk): Finding[] {
  return [
    ...repeatedNames(desk),
    ...zones(desk),
    ...ownAddresses(desk),
    ...publicAddresses(desk),
    ...senders(desk),
    ...peopleAndTheirAddresses(desk),
    ...standing(desk),
    ...leads(desk),
    ...managers(desk),
    ...handOvers(desk),
    ...onCall(desk),
    ...tierNumbers(desk),
    ...categories(desk),
    ...(desk.recurrence?.except ?? []).flatMap((name, nth) =>
      reference(name, categoryNames(desk), ['recurrence', 'except', nth], 'category'),
    ),
    ...clues(desk),
    ...organisations(desk),
    ...policies(desk),
    ...calendars(desk),
    ...absences(desk),
    ...approvers(desk),
    ...digests(desk),
    ...reports(desk),
    ...fields(desk),
    ...services(desk),
    ...macros(desk),
    ...spoken(desk),
    ...checklists(desk),
    ...recurring(desk),
    ...retention(desk),
  ];
}

/** What is kept longer holds what is kept shorter; and whoever may still answer finds what he answers. */
function retention({ retention: { bodies, tickets }, tokens, resolved }: Desk): Finding[] {
  const inDays = (ms: number) => `${Math.ceil(ms / 86_400_000)}d`;
  const path = (name: string): Path => ['retention', name];
  const answerable = tokens.validFor + resolved.closeAfter;
  if (tickets !== null && (bodies === null || bodies > tickets))
    return [
      {
        path: path('bodies'),
        message: 'the words of a ticket cannot be kept longer than the ticket',
        allowed: `at most ${inDays(tickets)}, which is retention.tickets`,
      },
    ];
  if (bodies !== null && bodies < answerable)
    return [
      {
        path: path('bodies'),
        message: 'a ticket would lose its words while it can still be answered',
        allowed: `at least ${inDays(answerable)}, which is tokens.validFor and resolved.closeAfter`,
      },
    ];
  return [];
}

function repeatedNames(desk: Desk): Finding[] {
  return [
    ...repeated(desk.teams, 'teams', 'name'),
    ...repeated(desk.categories, 'categories', 'name'),
    ...repeated(desk.calendars, 'calendars', 'name'),
    ...repeated(desk.addresses, 'addresses', 'address'),
    ...repeated(desk.tiers, 'tiers', 'tier'),
    ...repeated(desk.sla, 'sla', 'name'),
    ...repeated(desk.organisations, 'organisations', 'name'),
    ...repeated(desk.services, 'services', 'name'),
    ...repeated(desk.macros, 'macros', 'name'),
    ...repeated(desk.recurring, 'recurring', 'name'),
    ...repeated(desk.fields, 'fields', 'name'),
  ];
}

function repeated<Key extends string, Entry extends Record<Key, string | number>>(
  entries: readonly Entry[],
  list: string,
  key: Key,
): Finding[] {
  return entries.flatMap((entry, at) =>
    entries.findIndex((other) => other[key] === entry[key]) < at
      ? [{ path: [list, at, key], message: `another of ${list} has it already`, allowed: `each ${key} once` }]
      : [],
  );
}

function zones(desk: Desk): Finding[] {
  return [
    ...zone(desk.timezone, ['timezone']),
    ...desk.calendars.flatMap(({ timezone }, at) =>
      timezone === undefined ? [] : zone(timezone, ['calendars', at, 'timezone']),
    ),
  ];
}

function zone(name: string, path: Path): Finding[] {
  if (isZone(name)) return [];
  return [
    {
      path,
      message: 'there is no such time zone',
      meant: Intl.supportedValuesOf('timeZone'),
      allowed: 'an IANA time zone such as Europe/Berlin, America/New_York or UTC',
    },
  ];
}

/** An offset such as +01:00 is one to Intl, but knows no summer time. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function ownAddresses(desk: Desk): Finding[] {
  return desk.addresses.flatMap(({ address, team }, at) => [
    ...(domainOf(address) === desk.domain
      ? []
      : [
          {
            path: ['addresses', at, 'address'],
            message: 'the desk does not receive at this domain',
            meant: [`${address.slice(0, address.lastIndexOf('@'))}@${desk.domain}`],
            allowed: `an address at ${desk.domain}`,
          },
        ]),
    ...reference(team, teamNames(desk), ['addresses', at, 'team'], 'team'),
  ]);
}

/** A public address is reached by mail of its own host: what the desk sends there comes back to it. */
function publicAddresses(desk: Desk): Finding[] {
  const known = desk.people.flatMap(({ address, alternates }) => [address, ...alternates]);
  return desk.addresses.flatMap((own, at) => {
    if (!own.public) return [];
    const { address, hostedBy, envelopeDomains } = own.public;
    const path = (...steps: Path): Path => ['addresses', at, 'public', ...steps];
    const others = desk.addresses.slice(0, at).map((each) => each.public?.address);
    return [
      ...(domainOf(address) === desk.domain
        ? [
            {
              path: path('address'),
              message: 'this is at the domain at which the desk itself receives',
              allowed: `an address that is not at ${desk.domain}; those that are need no entry here`,
            },
          ]
        : []),
      ...(known.includes(address)
        ? [
            {
              path: path('address'),
              message: 'this is the address of somebody among people',
              allowed: 'an address that is nobody’s own',
            },
          ]
        : []),
      ...(others.includes(address)
        ? [{ path: path('address'), message: 'it forwards to another address already', allowed: 'each once' }]
        : []),
      // There every mail of every customer leaves, and only the form of the envelope tells a forwarder from them.
      ...(hostedBy === 'other' && envelopeDomains.length === 0
        ? [
            {
              path: path('hostedBy'),
              message: 'how this host rewrites the envelope is not known',
              allowed: 'google, microsoft, or other with the envelopeDomains that only its forwarding uses',
            },
          ]
        : []),
      ...envelopeDomains.flatMap((domain, nth) =>
        domain === desk.domain
          ? [
              {
                path: path('envelopeDomains', nth),
                message: 'this is the domain of the desk itself',
                allowed: 'a domain of the host that forwards',
              },
            ]
          : [],
      ),
    ];
  });
}

/** Whom the desk refuses and whom it lets through must not be the same, nor its own people. */
function senders(desk: Desk): Finding[] {
  const { blocked, allowed } = desk.mail;
  const own = [
    ...desk.people.flatMap(({ address, alternates }) => [address, ...alternates]),
    ...desk.addresses.flatMap((each) => [each.address, ...(each.public ? [each.public.address] : [])]),
  ];
  return [
    ...blocked.flatMap((entry, nth) => {
      const path = ['mail', 'blocked', nth];
      const hit = own.find((address) => isFrom(address, entry));
      return hit
        ? [
            {
              path,
              message: `this blocks ${hit}, which is of the desk`,
              allowed: 'senders from outside the desk',
            },
          ]
        : blocked.indexOf(entry) < nth
          ? [{ path, message: 'it is blocked already', allowed: 'each once' }]
          : [];
    }),
    ...allowed.flatMap((entry, nth) => {
      const path = ['mail', 'allowed', nth];
      if (blocked.includes(entry))
        return [{ path, message: 'it is blocked as well', allowed: 'one of mail.blocked and mail.allowed' }];
      if (allowed.indexOf(entry) < nth)
        return [{ path, message: 'it is allowed already', allowed: 'each once' }];
      // To allow a domain does not free an address in it that is blocked, nor a blocked domain below it.
      const freed = desk.addresses.find(({ address }) => isFrom(address, entry));
      return freed
        ? [
            {
              path,
              message: `this is ${freed.address} of the desk itself`,
              allowed: 'senders from outside the desk',
            },
          ]
        : [];
    }),
  ];
}

function peopleAndTheirAddresses(desk: Desk): Finding[] {
  const seen = new Set<string>();
  const check = (address: string, path: Path): Finding[] => {
    // Mail to such a person would come in at the desk again.
    if (domainOf(address) === desk.domain)
      return [
        {
          path,
          message: 'this is at the domain at which the desk itself receives',
          allowed: `an address that is not at ${desk.domain}`,
        },
      ];
    if (seen.has(address))
      return [
        {
          path,
          message: 'it belongs to somebody already',
          allowed: 'each address once, alternates among them',
        },
      ];
    seen.add(address);
    return [];
  };
  return desk.people.flatMap((person, at) => [
    ...check(person.address, ['people', at, 'address']),
    ...person.alternates.flatMap((address, nth) => check(address, ['people', at, 'alternates', nth])),
  ]);
}

/** Where people stand: team, tier and hours. */
function standing(desk: Desk): Finding[] {
  return desk.people.flatMap((person, at) => {
    const path = (key: string): Path => ['people', at, key];
    const findings = reference(person.hours, calendarNames(desk), path('hours'), 'calendar');
    if (person.team !== undefined)
      findings.push(...reference(person.team, teamNames(desk), path('team'), 'team'));
    if (person.tier !== undefined) findings.push(...tierReference(person.tier, desk, path('tier')));
    if (person.role === 'agent' && person.team === undefined)
      findings.push({
        path: path('team'),
        message: 'an agent stands in a team',
        allowed: listed(teamNames(desk)),
      });
    if (person.role === 'agent' && person.tier === undefined)
      findings.push({
        path: path('tier'),
        message: 'an agent stands at a tier',
        allowed: listed(tierNames(desk)),
      });
    if (person.role === 'lead' && person.tier !== undefined && person.team === undefined)
      findings.push({
        path: path('team'),
        message: 'a lead at a tier stands in a team',
        allowed: listed(teamNames(desk)),
      });
    if (person.role === 'manager' && person.tier !== undefined)
      findings.push({
        path: path('tier'),
        message: 'a manager takes no tickets',
        allowed: 'no tier, or the role agent or lead',
      });
    return findings;
  });
}

/** With a lead each tier of a team has somebody: what nobody of a tier can take is the lead's. */
function leads(desk: Desk): Finding[] {
  const known = desk.people.filter(({ role }) => role === 'lead').map(({ address }) => address);
  return desk.teams.flatMap((team, at) => {
    const path = ['teams', at, 'lead'];
    const person = desk.people.find(({ address }) => address === team.lead);
    if (!person) return reference(team.lead, known, path, 'lead among people');
    if (person.role !== 'lead')
      return [{ path, message: `${person.name} has the role ${person.role}`, allowed: listed(known) }];
    if (person.team !== undefined && person.team !== team.name)
      return [
        {
          path,
          message: `${person.name} stands in the team ${person.team}`,
          allowed: `a lead of ${team.name}, or one without a team`,
        },
      ];
    return [];
  });
}

/** A chain of command has an end. */
function managers(desk: Desk): Finding[] {
  const above = (address: string) => desk.people.find((person) => person.address === address)?.manager;
  const known = desk.people.filter(({ role }) => role !== 'agent').map(({ address }) => address);
  return desk.people.flatMap(({ address, name, role, manager }, at) => {
    if (manager === undefined) return [];
    const path = ['people', at, 'manager'];
    if (role === 'agent')
      return [
        {
          path,
          message: `above ${name} is the lead of the team`,
          allowed: 'a manager of leads and managers',
        },
      ];
    if (!known.includes(manager)) return reference(manager, known, path, 'lead or manager among people');
    const seen = new Set<string>();
    for (let next: string | undefined = manager; next && !seen.has(next); next = above(next)) seen.add(next);
    return seen.has(address)
      ? [{ path, message: `this chain comes back to ${name}`, allowed: 'a chain that ends' }]
      : [];
  });
}

function handOvers(desk: Desk): Finding[] {
  return desk.teams.flatMap(({ name, confidential, handOverTo }, at) =>
    handOverTo.flatMap((team, nth) => {
      const path = ['teams', at, 'handOverTo', nth];
      if (confidential && team !== name)
        return [
          { path, message: `what comes to ${name} stays there, for it is confidential`, allowed: name },
        ];
      return reference(team, teamNames(desk), path, 'team');
    }),
  );
}

/** Whoever is called has to read the ticket, and to be somebody who works on it. */
function onCall(desk: Desk): Finding[] {
  return desk.teams.flatMap(({ name, lead, onCall: called }, at) => {
    const own = desk.people
      .filter(({ role, team, address }) => (team === name && role !== 'manager') || address === lead)
      .map(({ address }) => address);
    return (called?.rota ?? []).flatMap((address, nth) =>
      own.includes(address)
        ? []
        : [
            {
              path: ['teams', at, 'onCall', 'rota', nth],
              message: desk.people.some((person) => person.address === address)
                ? `${address} is not of ${name}`
                : 'there is nobody of this address among people',
              meant: own,
              allowed: listed(own),
            },
          ],
    );
  });
}

function tierNumbers(desk: Desk): Finding[] {
  const sorted = desk.tiers.map(({ tier }) => tier).sort((a, b) => a - b);
  const gap = sorted.findIndex((tier, at) => tier > (sorted[at - 1] ?? 0) + 1);
  if (gap < 0) return [];
  const at = desk.tiers.findIndex(({ tier }) => tier === sorted[gap]);
  return [
    {
      path: ['tiers', at, 'tier'],
      message: `there is no tier ${(sorted[gap - 1] ?? 0) + 1} to climb from`,
      allowed: 'tiers 1, 2, 3 … without a gap',
    },
  ];
}

function categories(desk: Desk): Finding[] {
  const own = desk.addresses.map(({ address }) => address);
  const rules = { categories: desk.categories, impact: desk.impact, urgency: desk.urgency };
  const general = desk.categories.some(({ name }) => name === 'general');
  return [
    ...(general
      ? []
      : [
          {
            path: ['categories'],
            message: 'no category has the name general',
            allowed: 'a category general for what no other fits',
          },
        ]),
    ...desk.categories.flatMap(({ team, tier }, at) => [
      ...reference(team, teamNames(desk), ['categories', at, 'team'], 'team'),
      ...tierReference(tier, desk, ['categories', at, 'tier']),
    ]),
    ...Object.entries(rules).flatMap(([list, entries]) =>
      entries.flatMap(({ addresses }, at) =>
        addresses.flatMap((address, nth) =>
          reference(address, own, [list, at, 'addresses', nth], 'address of the desk'),
        ),
      ),
    ),
  ];
}

/** What of the clues refers to something else, and what a regular expression may be. */
function clues(desk: Desk): Finding[] {
  const { categories, impact, urgency } = desk;
  const departments = desk.organisations.flatMap((each) =>
    each.departments.map(({ name }) => `${each.name}/${name}`),
  );
  return Object.entries({ categories, impact, urgency }).flatMap(([list, entries]) =>
    entries.flatMap((rule, at) => [
      ...rule.patterns.flatMap((written, nth) => pattern(written, [list, at, 'patterns', nth])),
      ...rule.organisations.flatMap((name, nth) =>
        reference(name, organisationNames(desk), [list, at, 'organisations', nth], 'organisation'),
      ),
      ...rule.departments.flatMap((name, nth) =>
        reference(name, departments, [list, at, 'departments', nth], 'department'),
      ),
    ]),
  );
}

function pattern(written: string, path: Path): Finding[] {
  const read = readPattern(written);
  return 'pattern' in read ? [] : [{ path, message: read.wrong, allowed: read.allowed }];
}

function organisationNames(desk: Desk): string[] {
  return desk.organisations.map(({ name }) => name);
}

/** Whoever writes belongs to the first that fits: one behind another with the same domain is never reached. */
function organisations(desk: Desk): Finding[] {
  return desk.organisations.flatMap(({ senders, departments }, at) => [
    ...senders.flatMap((sender, nth) => {
      const before = desk.organisations.slice(0, at).find((each) => each.senders.includes(sender));
      return before
        ? [
            {
              path: ['organisations', at, 'senders', nth],
              message: `${sender} belongs to ${before.name} already`,
              allowed: 'each sender in one organisation',
            },
          ]
        : [];
    }),
    ...departments.flatMap(({ name }, nth) =>
      departments.findIndex((other) => other.name === name) < nth
        ? [
            {
              path: ['organisations', at, 'departments', nth, 'name'],
              message: 'another department of it has it already',
              allowed: 'each name once in an organisation',
            },
          ]
        : [],
    ),
  ]);
}

function policies(desk: Desk): Finding[] {
  const last = desk.sla.length - 1;
  return desk.sla.flatMap(({ name, when, calendar, targets }, at) => {
    const path = (...steps: Path): Path => ['sla', at, ...steps];
    const known = calendarNames(desk);
    const findings = reference(calendar, known, path('calendar'), 'calendar');
    for (const priority of PRIORITIES) {
      const { calendar: own, ...measures } = targets[priority];
      if (own) findings.push(...reference(own, known, path('targets', priority, 'calendar'), 'calendar'));
      for (const [measure, target] of Object.entries(measures))
        if (target.calendar)
          findings.push(...reference(target.calendar, known, path('targets', priority, measure), 'calendar'));
    }
    for (const [nth, name] of (when?.categories ?? []).entries())
      findings.push(...reference(name, categoryNames(desk), path('when', 'categories', nth), 'category'));
    for (const [nth, name] of (when?.teams ?? []).entries())
      findings.push(...reference(name, teamNames(desk), path('when', 'teams', nth), 'team'));
    for (const [nth, name] of (when?.organisations ?? []).entries())
      findings.push(
        ...reference(name, organisationNames(desk), path('when', 'organisations', nth), 'organisation'),
      );
    const own = desk.services.some((service) => service.sla === name);
    if (at < last && isForAll(when) && !own)
      findings.push({
        path: path(...(when ? ['when'] : ['name'])),
        message: 'this policy is for all tickets, so that no policy below is ever reached',
        allowed: 'a `when`, or the last place',
      });
    if (at === last && (own || !isForAll(when)))
      findings.push({
        path: path(...(when ? ['when'] : ['name'])),
        message: 'nothing is promised to tickets that no policy fits',
        allowed: 'a last policy without `when` that no service has for itself, for all the others',
      });
    return findings;
  });
}

function isForAll(when: Desk['sla'][number]['when']): boolean {
  return when === undefined || Object.keys(when).length === 0;
}

function calendars(desk: Desk): Finding[] {
  return desk.calendars.flatMap((calendar, at) =>
    calendar.of ? union(calendar, at, desk) : ownHours(calendar, at),
  );
}

function union({ of = [], ...calendar }: Desk['calendars'][number], at: number, desk: Desk): Finding[] {
  const path = (...steps: Path): Path => ['calendars', at, ...steps];
  const single = desk.calendars.filter((each) => !each.of).map(({ name }) => name);
  const own = [
    ...(calendar.hours ? ['hours'] : []),
    ...(calendar.holidays.length > 0 ? ['holidays'] : []),
    ...(calendar.holidaysFrom ? ['holidaysFrom'] : []),
  ];
  return [
    ...of.flatMap((name, nth) => reference(name, single, path('of', nth), 'calendar with hours')),
    ...own.map((key) => ({
      path: path(key),
      key: true as const,
      message: 'a calendar that is made of others has none of its own',
      allowed: 'either `of`, or hours and holidays',
    })),
  ];
}

function ownHours({ hours, holidays }: Desk['calendars'][number], at: number): Finding[] {
  const frames = framesOf(hours ?? {});
  return [
    // A deadline that counts such a calendar would never fall.
    ...(frames.length === 0
      ? [
          {
            path: ['calendars', at, 'hours'],
            message: 'this calendar is never open',
            allowed: 'hours on at least one day, or `of` other calendars',
          },
        ]
      : []),
    ...frames
      .filter(({ from, to }) => from === to)
      .map(({ day, nth }) => ({
        path: ['calendars', at, 'hours', day, nth],
        message: 'this ends when it begins',
        allowed: 'hours such as 08:00-17:30, or 00:00-24:00 for the whole day',
      })),
    ...overlapping(frames).map(({ day, nth, with: other }) => ({
      path: ['calendars', at, 'hours', day, nth],
      message: `this overlaps with ${other}`,
      allowed: 'hours that do not overlap; a night that begins the day before counts too',
    })),
    ...holidays.flatMap((holiday, nth) =>
      isDay(holiday)
        ? []
        : [
            {
              path: ['calendars', at, 'holidays', nth],
              message: 'there is no such day',
              allowed: 'a day of the calendar such as 2026-12-25, or 12-25 for every year',
            },
          ],
    ),
  ];
}

interface Frame {
  day: string;
  nth: number;
  written: string;
  /** Minutes since Monday 00:00; `to` may lie in the next week. */
  from: number;
  to: number;
}

const DAY = 24 * 60;
const WEEK = 7 * DAY;

function framesOf(hours: NonNullable<Desk['calendars'][number]['hours']>): Frame[] {
  return WEEKDAYS.flatMap((day, index) =>
    (hours[day] ?? []).map((written, nth) => {
      const [begin, end] = written.split('-').map(minutes) as [number, number];
      const from = index * DAY + begin;
      return {
        day,
        nth,
        written: `${day} ${written}`,
        from,
        to: from + (end < begin ? end + DAY : end) - begin,
      };
    }),
  );
}

function minutes(clock: string): number {
  const [hours, rest] = clock.split(':').map(Number) as [number, number];
  return hours * 60 + rest;
}

function overlapping(frames: readonly Frame[]): { day: string; nth: number; with: string }[] {
  const sorted = [...frames].sort((a, b) => a.from - b.from);
  return sorted.flatMap((frame, at) => {
    // Before the first of the week comes the last of the week before.
    const before = sorted.at(at - 1);
    if (!before) return [];
    const over = at === 0 ? before.to - WEEK : before.to;
    return over > frame.from ? [{ day: frame.day, nth: frame.nth, with: before.written }] : [];
  });
}

/** `12-25` or `2026-12-25`; 29 February is a day of every year here, for it comes again. */
function isDay(text: string): boolean {
  const full = text.length === 5 ? `2024-${text}` : text;
  const date = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(full);
}

function absences(desk: Desk): Finding[] {
  return desk.people.flatMap(({ absences: away }, at) =>
    away.flatMap(({ from, to }, nth) =>
      from <= to
        ? []
        : [
            {
              path: ['people', at, 'absences', nth, 'to'],
              message: `this is before ${from}, when the absence begins`,
              allowed: `${from} or later`,
            },
          ],
    ),
  );
}

function approvers(desk: Desk): Finding[] {
  return desk.categories.flatMap(({ approval }, at) =>
    (approval?.by ?? []).flatMap((address, nth) =>
      domainOf(address) === desk.domain
        ? [
            {
              path: ['categories', at, 'approval', 'by', nth],
              message: 'the desk itself receives at this address',
              allowed: `somebody’s own address, which is not at ${desk.domain}`,
            },
          ]
        : [],
    ),
  );
}

/** What would never have an effect was meant otherwise. */
function digests(desk: Desk): Finding[] {
  return desk.people.flatMap(({ role, mail, digestAt }, at): Finding[] => {
    if (role === 'manager' && (mail === 'digest' || digestAt !== undefined))
      return [
        {
          path: ['people', at, mail === 'digest' ? 'mail' : 'digestAt'],
          message: 'a manager takes no tickets, and what he hears of never waits',
          allowed: 'mail: instant, or the role agent or lead',
        },
      ];
    if (digestAt !== undefined && mail === 'instant' && !desk.digests.everybody)
      return [
        {
          path: ['people', at, 'digestAt'],
          message: 'no digest goes to this person',
          allowed: 'mail: digest beside it, or digests: { everybody: true }',
        },
      ];
    return [];
  });
}

function reports(desk: Desk): Finding[] {
  const people = desk.people.map(({ address }) => address);
  return (['weekly', 'daily'] as const).flatMap((which) =>
    (desk.reports[which]?.to ?? []).flatMap((to, at): Finding[] =>
      to === 'leads' || to === 'managers' || people.includes(to)
        ? []
        : [
            {
              path: ['reports', which, 'to', at],
              message: `nobody of people has the address ${to}`,
              meant: people,
              allowed: 'leads, managers, or an address of people',
            },
          ],
    ),
  );
}

function fields(desk: Desk): Finding[] {
  const taken = Object.entries(VERBS).flatMap(([verb, { aliases }]) => [verb, ...aliases]);
  return desk.fields.flatMap(({ name, type, choices = [], categories: of = [] }, at) => {
    const path = (...steps: Path): Path => ['fields', at, ...steps];
    return [
      ...(taken.includes(name)
        ? [
            {
              path: path('name'),
              message: `#${name} is a command already`,
              allowed: 'a name that no command has',
            },
          ]
        : []),
      ...((type === 'choice') === choices.length > 0
        ? []
        : [
            {
              path: path(type === 'choice' ? 'type' : 'choices'),
              message:
                type === 'choice' ? 'a choice names nothing to choose from' : `a ${type} has no choices`,
              allowed: 'choices where the type is choice, and only there',
            },
          ]),
      ...choices.flatMap((choice, nth) =>
        choice.toLowerCase() === 'none'
          ? [{ path: path('choices', nth), message: 'none clears the field', allowed: 'another word' }]
          : [],
      ),
      ...of.flatMap((name, nth) => reference(name, categoryNames(desk), path('categories', nth), 'category')),
    ];
  });
}

function services(desk: Desk): Finding[] {
  const known = desk.fields.map(({ name }) => name);
  const titles = desk.services.flatMap((service) => titlesOf(service).map((title) => ({ title, service })));
  return desk.services.flatMap((service, at) => {
    const { categories: of, facts, answers, team, sla } = service;
    const path = (...steps: Path): Path => ['services', at, ...steps];
    const named = desk.categories.filter(({ name }) => of.includes(name));
    const closed = desk.teams.filter(({ confidential }) => confidential).map(({ name }) => name);
    const moved = named.find(
      (each) => team && team !== each.team && [team, each.team].some((one) => closed.includes(one)),
    );
    const taken = titles.find(
      (other) =>
        other.service !== service &&
        titlesOf(service).includes(other.title) &&
        other.service.for.length + service.for.length === 0,
    );
    return [
      ...(team ? reference(team, teamNames(desk), path('team'), 'team') : []),
      ...(sla
        ? reference(
            sla,
            desk.sla.map(({ name }) => name),
            path('sla'),
            'policy',
          )
        : []),
      ...(moved
        ? [
            {
              path: path('team'),
              message: `${moved.name} is ${moved.team}’s, and what is confidential does not change hands by itself`,
              allowed: `${moved.team}, or no team`,
            },
          ]
        : []),
      ...(taken
        ? [
            {
              path: path('title'),
              message: `${taken.service.name} has the same title, by which people ask for it`,
              allowed: 'a title that no other service for everybody has',
            },
          ]
        : []),
      ...of.flatMap((name, nth) => reference(name, categoryNames(desk), path('categories', nth), 'category')),
      ...facts.flatMap(({ field, patterns }, nth) => [
        ...reference(field, known, path('facts', nth, 'field'), 'field'),
        ...patterns.flatMap((written, one) => pattern(written, path('facts', nth, 'patterns', one))),
        ...of.flatMap((category) => {
          const only = desk.fields.find(({ name }) => name === field)?.categories;
          return !only || only.includes(category)
            ? []
            : [
                {
                  path: path('facts', nth, 'field'),
                  message: `${field} is not for tickets about ${category}`,
                  allowed: 'a field that all categories of the service have',
                },
              ];
        }),
      ]),
      ...(Object.keys(answers).length > 0 && answers[desk.language] === undefined
        ? [
            {
              path: path('answers'),
              message: `the desk’s own language is ${desk.language}, and there are no words in it`,
              allowed: `words in ${desk.language}, for tickets in a language that it has no words in`,
            },
          ]
        : []),
    ];
  });
}

function macros(desk: Desk): Finding[] {
  const known = desk.fields.map(({ name }) => name);
  return desk.macros.flatMap(({ name, words, do: lines, files = [], categories: of = [] }, at) => {
    const path = (...steps: Path): Path => ['macros', at, ...steps];
    const said = Object.entries(words);
    return [
      ...(said.length === 0 && lines.length === 0 && files.length === 0
        ? [
            {
              path: path('name'),
              message: `${name} says and does nothing`,
              allowed: '`words`, `do`, `files`, or several of them',
            },
          ]
        : []),
      ...(said.length > 0 && words[desk.language] === undefined
        ? [
            {
              path: path('words'),
              message: `the desk’s own language is ${desk.language}, and there are no words in it`,
              allowed: `words in ${desk.language}, for tickets in a language that it has no words in`,
            },
          ]
        : []),
      ...said.flatMap(([language, text]) => unfilled(text, MACRO_VARIABLES, path('words', language))),
      ...lines.flatMap((line, nth) => {
        const wrong = notACommand(line, known);
        return wrong === null
          ? []
          : [{ path: path('do', nth), message: wrong, allowed: 'one command such as #waiting 3d' }];
      }),
      ...of.flatMap((name, nth) => reference(name, categoryNames(desk), path('categories', nth), 'category')),
    ];
  });
}

/** What stands around an agent's words: nobody's address, which would leave with each of them. */
function spoken({ answers: { fromName, signature }, language }: Desk): Finding[] {
  const said = Object.entries(signature);
  return [
    ...unfilled(fromName, SPEAKER_VARIABLES, ['answers', 'fromName']),
    ...(fromName.includes('@')
      ? [
          {
            path: ['answers', 'fromName'],
            message: 'a name that holds an address is taken for a forgery',
            allowed: 'a name such as {{agent}} via {{mailbox}}',
          },
        ]
      : []),
    ...(said.length > 0 && signature[language] === undefined
      ? [
          {
            path: ['answers', 'signature'],
            message: `the desk’s own language is ${language}, and there are no words in it`,
            allowed: `words in ${language}, for tickets in a language that it has no words in`,
          },
        ]
      : []),
    ...said.flatMap(([each, text]) => unfilled(text, SPEAKER_VARIABLES, ['answers', 'signature', each])),
  ];
}

function unfilled(text: string, known: readonly string[], path: Path): Finding[] {
  const names = known.map((each) => `{{${each}}}`);
  return variablesIn(text)
    .filter((variable) => !known.includes(variable))
    .map((variable) => ({
      path,
      message: `there is no {{${variable}}} to fill in${suggestion(`{{${variable}}}`, names)}`,
      allowed: listed(names),
    }));
}

/** Whether what it asks can be done is known when there is a ticket. */
function notACommand(line: string, fields: readonly string[]): string | null {
  const { commands, unknown, text } = readCommands(line, 'agent', fields);
  if (unknown[0]) return unknown[0].problem;
  if (commands.length !== 1 || text !== '') return `“${line}” is no command`;
  const verb = commands[0]?.verb;
  if (verb === 'macro') return 'a macro gives no other';
  return verb && OF_ONE_TICKET.has(verb) ? `#${verb} is about one ticket, and a macro is for many` : null;
}

/** They name another ticket or one message, or take back what was done: nothing that is the same each time. */
const OF_ONE_TICKET: ReadonlySet<VerbName> = new Set([
  ...(['link', 'dup', 'merge', 'split', 'clone', 'redact', 'undo', 'block'] as const),
]);

function checklists(desk: Desk): Finding[] {
  return desk.categories.flatMap(({ checklist = [] }, at) =>
    checklist.flatMap(({ name, team, tier, after }, nth) => {
      const path = (...steps: Path): Path => ['categories', at, 'checklist', nth, ...steps];
      const others = checklist.map((step) => step.name).filter((other) => other !== name);
      return [
        ...(checklist.findIndex((step) => step.name === name) < nth
          ? [{ path: path('name'), message: 'another step has it already', allowed: 'each name once' }]
          : []),
        ...reference(team, teamNames(desk), path('team'), 'team'),
        ...tierReference(tier, desk, path('tier')),
        ...after.flatMap((other, place) => reference(other, others, path('after', place), 'other step')),
        ...(waitsForItself(name, checklist)
          ? [
              {
                path: path('after'),
                message: `${name} comes after steps that come after ${name}, so that none of them ever begins`,
                allowed: 'steps that do not wait for this one',
              },
            ]
          : []),
      ];
    }),
  );
}

function waitsForItself(name: string, checklist: readonly { name: string; after: string[] }[]): boolean {
  const before = new Set<string>();
  const follow = (step: string) => {
    for (const other of checklist.find((each) => each.name === step)?.after ?? []) {
      if (before.has(other)) continue;
      before.add(other);
      follow(other);
    }
  };
  follow(name);
  // That a step names itself is said of the name.
  return before.has(name) && !checklist.some((step) => step.name === name && step.after.includes(name));
}

function recurring(desk: Desk): Finding[] {
  return desk.recurring.flatMap(({ category, team, every, on, timezone, calendar }, at) => {
    const path = (key: string): Path => ['recurring', at, key];
    const wrong = on === undefined ? null : notOn(every, on);
    return [
      ...reference(category, categoryNames(desk), path('category'), 'category'),
      ...(team === undefined ? [] : reference(team, teamNames(desk), path('team'), 'team')),
      ...(calendar === undefined
        ? []
        : reference(calendar, calendarNames(desk), path('calendar'), 'calendar')),
      ...(timezone === undefined ? [] : zone(timezone, path('timezone'))),
      ...(wrong === null ? [] : [{ path: path('on'), ...wrong }]),
    ];
  });
}

function reference(name: string, known: readonly string[], path: Path, what: string): Finding[] {
  if (known.includes(name)) return [];
  return [{ path, message: `there is no ${what} “${name}”`, meant: known, allowed: listed(known) }];
}

function tierReference(tier: number, desk: Desk, path: Path): Finding[] {
  return desk.tiers.some((known) => known.tier === tier)
    ? []
    : [{ path, message: `there is no tier ${tier}`, allowed: listed(tierNames(desk)) }];
}

function teamNames(desk: Desk): string[] {
  return desk.teams.map(({ name }) => name);
}

function calendarNames(desk: Desk): string[] {
  return desk.calendars.map(({ name }) => name);
}

function categoryNames(desk: Desk): string[] {
  return desk.categories.map(({ name }) => name);
}

function tierNames(desk: Desk): string[] {
  return desk.tiers.map(({ tier }) => String(tier));
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
