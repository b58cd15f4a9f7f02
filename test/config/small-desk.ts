import type { Desk } from '../../core/config/desk.ts';
import { describeProblems, loadDesk, type Problem } from '../../core/config/load.ts';

/** The smallest desk that is complete; tests change one line of it. */
export const SMALL_DESK = `name: Small desk
domain: desk.example.org
addresses:
  - { address: help@desk.example.org, name: Help, team: it }
people:
  - { address: ann@example.org, name: Ann, role: agent, team: it, tier: 1 }
  - { address: leo@example.org, name: Leo, role: lead }
teams:
  - { name: it, title: IT, lead: leo@example.org }
tiers:
  - { tier: 1, title: First line }
  - { tier: 2, title: Experts }
categories:
  - { name: printing, title: Printing, team: it, words: [printer] }
  - { name: general, title: Everything else, team: it }
impact:
  - { impact: everyone, words: [all users] }
urgency:
  - { urgency: outage, words: [is down] }
matrix:
  one: { routine: P4, degraded: P3, outage: P2 }
  team: { routine: P3, degraded: P2, outage: P1 }
  everyone: { routine: P3, degraded: P2, outage: P1 }
calendars:
  - name: always
    timezone: UTC
    hours: { mon: [00:00-24:00], tue: [00:00-24:00], wed: [00:00-24:00], thu: [00:00-24:00], fri: [00:00-24:00], sat: [00:00-24:00], sun: [00:00-24:00] }
  - name: office
    timezone: Europe/Berlin
    hours: { mon: [08:00-12:00, 13:00-17:00], tue: [08:00-17:00], fri: [22:00-06:00] }
    holidays: [12-25, 2027-03-26]
sla:
  - name: standard
    calendar: office
    targets:
      P1: { calendar: always, firstResponse: 15m, nextResponse: 30m, resolution: 4h, tier: 1h }
      P2: { calendar: always, firstResponse: 1h, nextResponse: 2h, resolution: 8h, tier: 2h }
      P3: { firstResponse: 4h, nextResponse: 4h, resolution: 20h, tier: 4h }
      P4: { firstResponse: 1h30m, nextResponse: 8h, resolution: 40h, tier: 8h }
waiting: { remindAfter: 2d, resolveAfter: 5d }
resolved: { closeAfter: 3d }
tokens: { validFor: 180d }
`;

/** `changes` are texts of the file and what stands in their place. */
export function smallDeskWith(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new RangeError(`the small desk has no “${before}”`);
    return text.replace(before, () => after);
  }, SMALL_DESK);
}

export function deskOf(text: string): Desk {
  const loaded = loadDesk(text);
  if (!loaded.ok) throw new Error(describeProblems('desk.yaml', loaded.problems));
  return loaded.desk;
}

/** Of a file that is YAML. Each says where it is, what stands there, what is wrong with it and what may stand there. */
export function problemsOf(text: string): Problem[] {
  const loaded = loadDesk(text);
  if (loaded.ok) return [];
  const bare = loaded.problems.find((problem) => Object.values(problem).includes(''));
  if (bare) throw new Error(`a problem says too little: ${JSON.stringify(bare)}`);
  return loaded.problems;
}
