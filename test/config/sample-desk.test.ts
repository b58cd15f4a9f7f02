import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PRIORITIES } from '../../core/config/choices.ts';
import type { Policy, Priority } from '../../core/config/desk.ts';
import { deskJsonSchema } from '../../core/config/json-schema.ts';
import { addWorkingTime } from '../../core/sla/calendar.ts';
import type { Measure } from '../../core/sla/clock.ts';
import { promised } from '../../core/sla/policy.ts';
import { route, standingAt } from '../../core/triage/route.ts';
import { deskOf } from './small-desk.ts';

const text = readFileSync(new URL('../../desk.yaml', import.meta.url), 'utf8');
const desk = deskOf(text);
const HOUR = 3_600_000;

describe('the sample desk', () => {
  test('receives at support@ and hr@ of desk.example.test; its people are at example.test', () => {
    expect(desk.domain).toBe('desk.example.test');
    expect(desk.addresses.map(({ address, team }) => [address, team])).toEqual([
      ['support@desk.example.test', 'service-desk'],
      ['hr@desk.example.test', 'hr'],
    ]);
    expect(desk.people.every(({ address }) => address.endsWith('@example.test'))).toBe(true);
    expect(desk.teams.find(({ name }) => name === 'hr')?.confidential).toBe(true);
  });

  test('has six agents, leads, a manager and three tiers', () => {
    const withRole = (role: string) => desk.people.filter((person) => person.role === role).length;
    expect([withRole('agent'), withRole('lead'), withRole('manager')]).toEqual([6, 2, 1]);
    expect(desk.tiers.map(({ tier }) => tier)).toEqual([1, 2, 3]);
  });

  test('leaves bounce@, complaint@, throttle@ and suppressed@ to the mailer’s twin', () => {
    const magic = ['bounce', 'complaint', 'throttle', 'suppressed'].map((local) => `${local}@example.test`);
    expect(
      desk.people.some(({ address, alternates }) =>
        magic.some((taken) => [address, ...alternates].includes(taken)),
      ),
    ).toBe(false);
  });

  test('has somebody of each tier of each team on duty at any hour of two years, absences and holidays included', () => {
    const from = Date.parse('2026-06-01T00:00:00Z');
    const alone = new Set<string>();
    for (const { name: team } of desk.teams)
      for (const { tier } of desk.tiers) {
        const theirs = new Set(standingAt(team, tier, desk));
        for (let at = from; at < from + 730 * 24 * HOUR; at += HOUR) {
          const now = new Date(at).toISOString();
          const routed = route({ team, tier, skills: [] }, desk, new Map(), now);
          if (!routed.reason.includes('on duty;')) alone.add(`${team} ${tier}: ${routed.reason}`);
          if (!theirs.has(routed.assignee ?? '')) alone.add(`${team} ${tier} goes to ${routed.assignee}`);
        }
      }
    expect([...alone]).toEqual([]);
  });

  test('has for each skill that a category asks for somebody in its team', () => {
    const nobody = desk.categories.flatMap(({ name, team, skills }) =>
      skills
        .filter(
          (skill) => !desk.people.some((person) => person.team === team && person.skills.includes(skill)),
        )
        .map((skill) => `${name}: ${skill}`),
    );
    expect(nobody).toEqual([]);
  });

  test('promises more the higher the priority, and the first answer before the climb is over', () => {
    const ms = (policy: Policy, priority: Priority, measure: Measure) =>
      policy.targets[priority][measure]?.ms ?? Number.NaN;
    for (const policy of desk.sla)
      for (const [at, priority] of PRIORITIES.entries()) {
        const before = PRIORITIES[at - 1];
        const less = (measure: Measure) =>
          !before || ms(policy, before, measure) <= ms(policy, priority, measure);
        expect([less('firstResponse'), less('resolution'), less('tier')]).toEqual([true, true, true]);
        expect(ms(policy, priority, 'firstResponse')).toBeLessThanOrEqual(ms(policy, priority, 'tier'));
      }
  });

  test('lets the time at two tiers pass within one working day, so that the whole climb shows', () => {
    for (const policy of desk.sla)
      for (const priority of ['P1', 'P2', 'P3'] as const) {
        const tier = promised('tier', priority, policy);
        const calendar = desk.calendars.find(({ name }) => name === tier?.calendar);
        const opening = '2026-11-23T07:00:00.000Z';
        expect(calendar && tier && addWorkingTime(calendar, opening, 2 * tier.ms)).toMatch(/^2026-11-23/);
      }
  });

  test('raises the priority with impact and with urgency, and never lowers it', () => {
    for (const [at, impact] of (['one', 'team', 'everyone'] as const).entries())
      for (const [nth, urgency] of (['routine', 'degraded', 'outage'] as const).entries()) {
        const here = desk.matrix[impact][urgency];
        const below = (['one', 'team', 'everyone'] as const)[at - 1];
        const milder = (['routine', 'degraded', 'outage'] as const)[nth - 1];
        if (below) expect(here <= desk.matrix[below][urgency]).toBe(true);
        if (milder) expect(here <= desk.matrix[impact][milder]).toBe(true);
      }
  });
});

describe('desk.schema.json', () => {
  test('is what the schema says; `node cli/write-schema.ts` writes it anew', () => {
    const written = readFileSync(new URL('../../desk.schema.json', import.meta.url), 'utf8');
    expect(written).toBe(deskJsonSchema());
  });

  test('is named in the first line of desk.yaml, where editors look for it', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./desk.schema.json');
  });

  test('explains each setting of the desk to who edits it', () => {
    const { properties } = JSON.parse(deskJsonSchema());
    expect(properties.categories.items.properties.words.description).toContain('Etagendrucker');
    const { targets } = properties.sla.items.properties;
    expect(targets.additionalProperties.properties.firstResponse.examples).toContain('4h in office');
  });
});
